/*!
The float steps between the linear ones: layer normalisation, GELU, softmax.

Owns approximations good to 1e-5 and written without branches, as loops the compiler
turns into vector instructions by itself. All are inlined into the [`Wide`](crate::simd::Wide)
work that calls them, so that those are the instructions of this processor.
*/

use crate::simd::fused;

/// Independent sums of a reduction; additions in one chain would wait for each other.
const LANES: usize = 16;
/// Adding 1.5 * 2^23 rounds a small float to an integer, which then stands in its low bits.
pub(super) const ROUNDING: f32 = 12_582_912.0;

/// e^x for x up to 88; below -87 it stays at e^-87.
#[inline(always)]
fn exp<const FUSED: bool>(x: f32) -> f32 {
    let x = if x < -87.0 { -87.0 } else { x };
    let power = x * std::f32::consts::LOG2_E;
    let shifted = power + ROUNDING;
    let rest = power - (shifted - ROUNDING);
    // Taylor's series of 2^rest; |rest| is at most 1/2.
    let mut sum = fused::<FUSED>(1.333_355_8e-3, rest, 9.618_129e-3);
    sum = fused::<FUSED>(sum, rest, 5.550_411e-2);
    sum = fused::<FUSED>(sum, rest, 2.402_265e-1);
    sum = fused::<FUSED>(sum, rest, std::f32::consts::LN_2);
    sum = fused::<FUSED>(sum, rest, 1.0);
    sum * f32::from_bits((shifted.to_bits() << 23).wrapping_add(1.0f32.to_bits()))
}

/// x times the normal distribution up to x, in place; the error function as Abramowitz and
/// Stegun give it in 7.1.26.
#[inline(always)]
pub(super) fn gelu<const FUSED: bool>(row: &mut [f32]) {
    for x in row {
        let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
        let t = 1.0 / fused::<FUSED>(0.327_591_1, z, 1.0);
        let mut sum = fused::<FUSED>(1.061_405_4, t, -1.453_152);
        sum = fused::<FUSED>(sum, t, 1.421_413_8);
        sum = fused::<FUSED>(sum, t, -0.284_496_74);
        sum = fused::<FUSED>(sum, t, 0.254_829_6);
        let tail = 0.5 * sum * t * exp::<FUSED>(-z * z);
        *x *= if *x < 0.0 { tail } else { 1.0 - tail };
    }
}

/// Turns scores into parts of a whole, which is returned: a share is a part divided by it.
#[inline(always)]
pub(super) fn softmax<const FUSED: bool>(row: &mut [f32]) -> f32 {
    let highest = reduce(row, f32::NEG_INFINITY, |a, b| if a < b { b } else { a });
    let (chunks, rest) = row.as_chunks_mut::<LANES>();
    let mut lanes = [0.0; LANES];
    for chunk in chunks {
        for (x, lane) in chunk.iter_mut().zip(&mut lanes) {
            *x = exp::<FUSED>(*x - highest);
            *lane += *x;
        }
    }
    rest.iter_mut().for_each(|x| *x = exp::<FUSED>(*x - highest));
    lanes.iter().sum::<f32>() + sum(rest)
}

/// Scales a row to mean 0 and variance 1, then by `weight` and `bias`.
#[inline(always)]
pub(super) fn layer_norm<const FUSED: bool>(row: &mut [f32], weight: &[f32], bias: &[f32], epsilon: f32) {
    let count = row.len() as f32;
    let mean = sum(row) / count;
    row.iter_mut().for_each(|x| *x -= mean);
    let scale = 1.0 / (sum_of_squares::<FUSED>(row) / count + epsilon).sqrt();
    for ((x, weight), bias) in row.iter_mut().zip(weight).zip(bias) {
        *x = fused::<FUSED>(*x * scale, *weight, *bias);
    }
}

/// Least and greatest of a row and 0.
#[inline(always)]
pub(super) fn range(row: &[f32]) -> (f32, f32) {
    let least = reduce(row, 0.0, |a, b| if b < a { b } else { a });
    let greatest = reduce(row, 0.0, |a, b| if a < b { b } else { a });
    (least, greatest)
}

/// Sum of a row.
#[inline(always)]
pub(super) fn sum(row: &[f32]) -> f32 {
    reduce(row, 0.0, |a, b| a + b)
}

/// Sum of the squares of a row.
#[inline(always)]
pub(super) fn sum_of_squares<const FUSED: bool>(row: &[f32]) -> f32 {
    let (chunks, rest) = row.as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    for chunk in chunks {
        lanes.iter_mut().zip(chunk).for_each(|(lane, x)| *lane = fused::<FUSED>(*x, *x, *lane));
    }
    lanes.iter().sum::<f32>() + rest.iter().map(|x| x * x).sum::<f32>()
}

#[inline(always)]
fn reduce(row: &[f32], start: f32, join: impl Fn(f32, f32) -> f32) -> f32 {
    let (chunks, rest) = row.as_chunks::<LANES>();
    let mut lanes = [start; LANES];
    for chunk in chunks {
        lanes.iter_mut().zip(chunk).for_each(|(lane, x)| *lane = join(*lane, *x));
    }
    lanes.iter().chain(rest).fold(start, |a, b| join(a, *b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_right_to_a_hundred_thousandth() {
        for step in -870..=880 {
            let x = step as f32 / 10.0;
            let (is, should) = (f64::from(exp::<false>(x)), f64::from(x).exp());
            assert!((is / should - 1.0).abs() < 1e-5, "exp({x}) = {is}, not {should}");
        }
        assert!(exp::<false>(f32::NEG_INFINITY) < 1e-37);
    }

    #[test]
    fn gelu_is_right_to_a_hundred_thousandth() {
        // Tabulated values of x * Phi(x).
        for (x, should) in
            [(0.0, 0.0), (1.0, 0.841_345), (-1.0, -0.158_655), (2.0, 1.954_5), (-3.0, -0.004_05), (0.5, 0.345_731)]
        {
            let mut row = [x];
            gelu::<false>(&mut row);
            assert!((row[0] - should).abs() < 1e-5, "gelu({x}) = {}", row[0]);
        }
        let mut row = [-40.0, 40.0];
        gelu::<false>(&mut row);
        assert!(row[0].abs() < 1e-5 && row[1] == 40.0, "{row:?}");
    }

    #[test]
    fn softmax_sums_to_one_at_any_length() {
        for length in 1..70 {
            let mut row: Vec<f32> = (0..length).map(|x| (x % 7) as f32 * 3.0 - 500.0).collect();
            let whole = softmax::<false>(&mut row);
            assert!((sum(&row) / whole - 1.0).abs() < 1e-5, "{length}");
            if length == 2 {
                assert!((row[1] / row[0] - 3f32.exp()).abs() < 1e-3);
            }
        }
    }

    #[test]
    fn layer_norm_gives_mean_and_variance() {
        let mut row: Vec<f32> = (0..96).map(|x| (x * x % 31) as f32).collect();
        layer_norm::<false>(&mut row, &[2.0; 96], &[0.5; 96], 1e-12);
        assert!((sum(&row) / 96.0 - 0.5).abs() < 1e-5);
        row.iter_mut().for_each(|x| *x -= 0.5);
        assert!((sum_of_squares::<false>(&row) / 96.0 - 4.0).abs() < 1e-4);
    }
}
