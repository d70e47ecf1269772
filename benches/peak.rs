//! The most 8-bit multiply-adds a second these processors do: nothing but `vpdpbusd` on registers.
//!
//! `cargo bench --bench peak` prints it for one and two threads, and what that is in tokens of
//! the encoder's linear steps a second: the roof of `benches/encode.rs`.
#![expect(clippy::print_stdout, reason = "figures are for reading")]

use std::{hint::black_box, thread, time::Instant};

/// Multiply-adds of the linear steps of multilingual-e5-small for one token: twelve layers of
/// query, key, value and output (4 × 384²) and of two inner steps (2 × 384 × 1,536).
const MULTIPLY_ADDS_PER_TOKEN: f64 = 12.0 * (4.0 * 384.0 * 384.0 + 2.0 * 384.0 * 1536.0);
/// Turns of the loop in one run.
const TURNS: u64 = 400_000;
/// Runs; the best counts.
const RUNS: usize = 40;

#[cfg(target_arch = "x86_64")]
mod bare {
    use std::arch::x86_64::{_mm512_dpbusd_epi32, _mm512_reduce_add_epi32, _mm512_set1_epi32};

    /// Independent sums, so that no instruction waits for the one before it.
    pub const SUMS: usize = 16;
    /// Multiply-adds of one instruction.
    pub const LANES: u64 = 64;

    pub fn is_there() -> bool {
        is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vnni")
    }

    #[target_feature(enable = "avx512f,avx512vnni")]
    pub fn run(turns: u64, seed: i32) -> i32 {
        let mut sums = [_mm512_set1_epi32(seed); SUMS];
        let (left, right) = (_mm512_set1_epi32(seed | 1), _mm512_set1_epi32(seed | 2));
        for _ in 0..turns {
            for sum in &mut sums {
                *sum = _mm512_dpbusd_epi32(*sum, left, right);
            }
        }
        sums.iter().map(|sum| _mm512_reduce_add_epi32(*sum)).fold(0, i32::wrapping_add)
    }
}

#[cfg(target_arch = "x86_64")]
fn once() {
    // SAFETY: `main` asked the processor for the two features that `run` is compiled for.
    black_box(unsafe { bare::run(black_box(TURNS), black_box(3)) });
}

#[cfg(target_arch = "x86_64")]
fn main() {
    if !bare::is_there() {
        println!("no AVX-512 VNNI here: nothing to measure");
        return;
    }
    for threads in [1, 2] {
        let best = (0..RUNS)
            .map(|_| {
                let began = Instant::now();
                thread::scope(|scope| {
                    (0..threads).for_each(|_| {
                        scope.spawn(once);
                    });
                });
                began.elapsed().as_secs_f64()
            })
            .fold(f64::INFINITY, f64::min);
        let all = (threads * TURNS * bare::SUMS as u64 * bare::LANES) as f64 / best;
        let tokens = all / MULTIPLY_ADDS_PER_TOKEN;
        println!("{threads} threads: {:.0} billion multiply-adds a second, {tokens:.0} tokens a second", all / 1e9);
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn main() {
    println!("this loop is for x86-64");
}
