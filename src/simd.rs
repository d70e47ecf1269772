/*!
Loops compiled once for each set of vector instructions a processor may have.

Owns the knowledge of what this processor offers, and the one call that is `unsafe` about it:
[`Simd::run`] enters a copy of a loop that was compiled with those instructions. What the loop
does stays plain Rust ([`Wide`]); a program built for every x86-64 processor would otherwise use
those of 2003 for all but its hand-written kernels.
*/

/// What this processor can run. A value is proof of it: none is made but by detection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Simd(Level);

/// A set of instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// What the build's target promises.
    Portable,
    /// AVX2 with fused multiply-add.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// AVX-512 with its byte, word and dot-product instructions.
    #[cfg(target_arch = "x86_64")]
    Avx512Vnni,
}

/// Work for [`Simd::run`]. `run` and all it calls must be `#[inline(always)]`: what is not
/// inlined is compiled for the build's target as everything else.
pub(crate) trait Wide {
    /// What comes of it.
    type Output;
    /// Does it; with `FUSED`, multiplying and adding is one instruction and not a call.
    fn run<const FUSED: bool>(self) -> Self::Output;
}

impl Simd {
    /// Every level this processor has, the best last.
    pub(crate) fn available() -> Vec<Self> {
        let mut levels = vec![Self(Level::Portable)];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                levels.push(Self(Level::Avx2));
            }
            if is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512vnni")
                && is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("fma")
            {
                levels.push(Self(Level::Avx512Vnni));
            }
        }
        levels
    }

    /// The best level this processor has.
    pub(crate) fn detect() -> Self {
        Self::available().pop().unwrap_or(Self(Level::Portable))
    }

    /// This level, where the processor has it.
    pub(crate) fn at(level: Level) -> Option<Self> {
        Self::available().into_iter().find(|simd| simd.0 == level)
    }

    /// What it is proof of.
    pub(crate) fn level(self) -> Level {
        self.0
    }

    /// Does `work` with the instructions of this level.
    #[inline]
    pub(crate) fn run<W: Wide>(self, work: W) -> W::Output {
        match self.0 {
            Level::Portable => work.run::<{ cfg!(any(target_feature = "fma", target_arch = "aarch64")) }>(),
            // SAFETY: a `Simd` of this level is made only where the processor has the features.
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => unsafe { run_avx2(work) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Level::Avx512Vnni => unsafe { run_avx512(work) },
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn run_avx2<W: Wide>(work: W) -> W::Output {
    work.run::<true>()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
fn run_avx512<W: Wide>(work: W) -> W::Output {
    work.run::<true>()
}

/// `a * b + c`, rounded once with `FUSED`.
#[inline(always)]
pub(crate) fn fused<const FUSED: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FUSED { a.mul_add(b, c) } else { a * b + c }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sum<'a>(&'a [i8], &'a [i16]);

    impl Wide for Sum<'_> {
        type Output = i32;

        #[inline(always)]
        fn run<const FUSED: bool>(self) -> i32 {
            self.0.iter().zip(self.1).map(|(x, y)| i32::from(*x) * i32::from(*y)).sum()
        }
    }

    #[test]
    fn every_level_gives_the_same_integers() {
        for length in 0..200i16 {
            let bytes: Vec<i8> = (0..length).map(|x| (x * 37) as i8).collect();
            let words: Vec<i16> = (0..length).map(|x| x.wrapping_mul(7919)).collect();
            let sums: Vec<i32> = Simd::available().iter().map(|simd| simd.run(Sum(&bytes, &words))).collect();
            let naive = bytes.iter().zip(&words).fold(0, |sum, (x, y)| sum + i32::from(*x) * i32::from(*y));
            assert!(sums.iter().all(|sum| *sum == naive), "{sums:?}, not {naive}");
        }
    }

    #[test]
    fn fused_rounds_once() {
        let (a, b) = (1.0 + f32::EPSILON, 1.0 - f32::EPSILON);
        assert_eq!(fused::<false>(a, b, -1.0), 0.0);
        assert!(fused::<true>(a, b, -1.0) < 0.0);
    }
}
