/*!
The two inner products everything else is made of, for what the processor offers.

Owns every `unsafe` line of `int8`. Each kernel computes one tile: up to [`TILE_ROWS`]
rows of the left matrix against a fixed number of columns of the right one. The integer
kernels are exact, so all of them give the same numbers; the float ones differ in the
order of additions. [`Simd`] is the proof that the processor has what a kernel needs: it
is made by detection alone. Lengths are asserted before a kernel runs, because inside it
reads through bare pointers.
*/

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

use crate::simd::{Level, Simd};

/// Rows of the left matrix per tile: 6 rows of 4 registers leave 8 of AVX-512's 32 for operands.
pub(super) const TILE_ROWS: usize = 6;
/// Columns per tile of the integer kernels.
pub(super) const INT_COLUMNS: usize = 64;
/// Columns per tile of the float kernels.
pub(super) const FLOAT_COLUMNS: usize = 32;
/// Bytes that one 32-bit lane multiplies and adds at once.
pub(super) const GROUP: usize = 4;

/// 64 packed weights: 16 columns of one group of 4 inputs, each column's 4 side by side.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
pub(super) struct Line(pub(super) [i8; 64]);

/// Lines that hold one group of inputs for all columns of a tile.
pub(super) const LINES_PER_GROUP: usize = INT_COLUMNS * GROUP / 64;

/// Sums of an integer tile, row after row.
pub(super) type IntTile = [[i32; INT_COLUMNS]; TILE_ROWS];
/// Sums of a float tile, row after row.
pub(super) type FloatTile = [[f32; FLOAT_COLUMNS]; TILE_ROWS];

impl Simd {
    /// `tile[r][c]` = the sum over all inputs of `left[r * stride + i]` times column `c`'s
    /// weight `i`, for `rows` rows; the tile's other rows stay as they are.
    pub(super) fn int_tile(self, left: &[u8], stride: usize, rows: usize, lines: &[Line], tile: &mut IntTile) {
        let groups = lines.len() / LINES_PER_GROUP;
        assert!((1..=TILE_ROWS).contains(&rows) && groups * LINES_PER_GROUP == lines.len(), "shape of a tile");
        assert!(groups * GROUP <= stride && (rows - 1) * stride + groups * GROUP <= left.len(), "left matrix");
        match self.level() {
            Level::Portable => int_tile_portable(left, stride, rows, lines, tile),
            // SAFETY: `Simd` of this level is made only where the processor has the
            // features; the lengths the kernel relies on are asserted above.
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => unsafe {
                match rows {
                    1 => int_tile_avx2::<1>(left, stride, 0, lines, tile),
                    2 => int_tile_avx2::<2>(left, stride, 0, lines, tile),
                    3 => {
                        int_tile_avx2::<2>(left, stride, 0, lines, tile);
                        int_tile_avx2::<1>(left, stride, 2, lines, tile);
                    }
                    4 | 5 => {
                        int_tile_avx2::<2>(left, stride, 0, lines, tile);
                        int_tile_avx2::<2>(left, stride, 2, lines, tile);
                        if rows == 5 {
                            int_tile_avx2::<1>(left, stride, 4, lines, tile);
                        }
                    }
                    _ => {
                        int_tile_avx2::<2>(left, stride, 0, lines, tile);
                        int_tile_avx2::<2>(left, stride, 2, lines, tile);
                        int_tile_avx2::<2>(left, stride, 4, lines, tile);
                    }
                }
            },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Level::Avx512Vnni => unsafe {
                match rows {
                    1 => int_tile_avx512::<1>(left, stride, lines, tile),
                    2 => int_tile_avx512::<2>(left, stride, lines, tile),
                    3 => int_tile_avx512::<3>(left, stride, lines, tile),
                    4 => int_tile_avx512::<4>(left, stride, lines, tile),
                    5 => int_tile_avx512::<5>(left, stride, lines, tile),
                    _ => int_tile_avx512::<6>(left, stride, lines, tile),
                }
            },
        }
    }

    /// `tile[r][c]` = the sum over `i < depth` of `left[r * left_stride + i]` times
    /// `right[i * right_stride + c]`, for `rows` rows.
    pub(super) fn float_tile(self, left: Left<'_>, right: &[f32], right_stride: usize, tile: &mut FloatTile) {
        let Left { values, stride, rows, depth } = left;
        assert!((1..=TILE_ROWS).contains(&rows) && 0 < depth, "shape of a tile");
        assert!(depth <= stride && (rows - 1) * stride + depth <= values.len(), "left matrix");
        let is_right_whole = FLOAT_COLUMNS <= right_stride && (depth - 1) * right_stride + FLOAT_COLUMNS <= right.len();
        assert!(is_right_whole, "right matrix");
        match self.level() {
            Level::Portable => float_tile_portable(left, right, right_stride, tile),
            // SAFETY: `Simd` of this level is made only where the processor has the
            // features; the lengths the kernel relies on are asserted above.
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => unsafe {
                for half in [0, FLOAT_COLUMNS / 2] {
                    match rows {
                        6 => float_tile_avx2::<6>(left, right, right_stride, half, tile),
                        5 => float_tile_avx2::<5>(left, right, right_stride, half, tile),
                        4 => float_tile_avx2::<4>(left, right, right_stride, half, tile),
                        3 => float_tile_avx2::<3>(left, right, right_stride, half, tile),
                        2 => float_tile_avx2::<2>(left, right, right_stride, half, tile),
                        _ => float_tile_avx2::<1>(left, right, right_stride, half, tile),
                    }
                }
            },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Level::Avx512Vnni => unsafe {
                match rows {
                    6 => float_tile_avx512::<6>(left, right, right_stride, tile),
                    5 => float_tile_avx512::<5>(left, right, right_stride, tile),
                    4 => float_tile_avx512::<4>(left, right, right_stride, tile),
                    3 => float_tile_avx512::<3>(left, right, right_stride, tile),
                    2 => float_tile_avx512::<2>(left, right, right_stride, tile),
                    _ => float_tile_avx512::<1>(left, right, right_stride, tile),
                }
            },
        }
    }
}

/// The left matrix of a float tile.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left<'a> {
    /// Row `r` begins at `r * stride`.
    pub(super) values: &'a [f32],
    /// Distance between rows.
    pub(super) stride: usize,
    /// Number of rows, up to [`TILE_ROWS`].
    pub(super) rows: usize,
    /// Numbers used of each row.
    pub(super) depth: usize,
}

fn int_tile_portable(left: &[u8], stride: usize, rows: usize, lines: &[Line], tile: &mut IntTile) {
    for (row, sums) in tile.iter_mut().enumerate().take(rows) {
        *sums = [0; INT_COLUMNS];
        for (group, lines) in lines.chunks_exact(LINES_PER_GROUP).enumerate() {
            let inputs = &left[row * stride + group * GROUP..][..GROUP];
            for (column, sum) in sums.iter_mut().enumerate() {
                let weights = &lines[column / 16].0[column % 16 * GROUP..][..GROUP];
                *sum += inputs.iter().zip(weights).map(|(x, w)| i32::from(*x) * i32::from(*w)).sum::<i32>();
            }
        }
    }
}

fn float_tile_portable(left: Left<'_>, right: &[f32], right_stride: usize, tile: &mut FloatTile) {
    for (row, sums) in tile.iter_mut().enumerate().take(left.rows) {
        *sums = [0.0; FLOAT_COLUMNS];
        for (index, x) in left.values[row * left.stride..][..left.depth].iter().enumerate() {
            let right = &right[index * right_stride..][..FLOAT_COLUMNS];
            sums.iter_mut().zip(right).for_each(|(sum, y)| *sum += x * y);
        }
    }
}

/// `vpdpbusd` multiplies four unsigned by four signed bytes and adds them to a lane.
///
/// # Safety
/// The caller has asserted that `R` rows of `left` and whole groups of `lines` are there.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vnni")]
unsafe fn int_tile_avx512<const R: usize>(left: &[u8], stride: usize, lines: &[Line], tile: &mut IntTile) {
    let groups = lines.len() / LINES_PER_GROUP;
    let mut sums = [[_mm512_setzero_si512(); LINES_PER_GROUP]; R];
    let left = left.as_ptr();
    let lines = lines.as_ptr();
    for group in 0..groups {
        // SAFETY: `group` is a whole group of `lines`, whose lines are aligned to 64 bytes.
        let weights: [__m512i; LINES_PER_GROUP] =
            std::array::from_fn(|line| unsafe { _mm512_load_si512(lines.add(group * LINES_PER_GROUP + line).cast()) });
        for (row, sums) in sums.iter_mut().enumerate() {
            // SAFETY: the caller asserted that row `row` holds `groups * GROUP` bytes.
            let inputs = unsafe { left.add(row * stride + group * GROUP).cast::<i32>().read_unaligned() };
            let inputs = _mm512_set1_epi32(inputs);
            for (sum, weights) in sums.iter_mut().zip(weights) {
                *sum = _mm512_dpbusd_epi32(*sum, inputs, weights);
            }
        }
    }
    for (sums, out) in sums.iter().zip(tile) {
        for (sum, out) in sums.iter().zip(out.as_chunks_mut::<16>().0) {
            // SAFETY: `out` holds 16 numbers of 4 bytes.
            unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), *sum) };
        }
    }
}

/// Bytes are widened to 16 bits before they are multiplied: `vpmaddubsw` on bytes would
/// saturate. Rows `first..first + R` of the tile.
///
/// # Safety
/// The caller has asserted that these rows of `left` and whole groups of `lines` are there.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn int_tile_avx2<const R: usize>(left: &[u8], stride: usize, first: usize, lines: &[Line], tile: &mut IntTile) {
    let groups = lines.len() / LINES_PER_GROUP;
    let left = left.as_ptr();
    for line in 0..LINES_PER_GROUP {
        // Four columns a register, each as two partial sums.
        let mut sums = [[_mm256_setzero_si256(); 4]; R];
        for group in 0..groups {
            let packed = lines[group * LINES_PER_GROUP + line].0.as_ptr();
            // SAFETY: a line holds 64 bytes, read here in quarters of 16.
            let weights: [__m256i; 4] = std::array::from_fn(|quarter| unsafe {
                _mm256_cvtepi8_epi16(_mm_load_si128(packed.add(quarter * 16).cast()))
            });
            for (row, sums) in sums.iter_mut().enumerate() {
                // SAFETY: the caller asserted that this row holds `groups * GROUP` bytes.
                let inputs = unsafe { left.add((first + row) * stride + group * GROUP).cast::<i32>().read_unaligned() };
                let inputs = _mm256_cvtepu8_epi16(_mm_set1_epi32(inputs));
                for (sum, weights) in sums.iter_mut().zip(weights) {
                    *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(inputs, weights));
                }
            }
        }
        for (sums, out) in sums.iter().zip(&mut tile[first..]) {
            for (pair, out) in sums.as_chunks::<2>().0.iter().zip(out[line * 16..][..16].as_chunks_mut::<8>().0) {
                // Adds neighbours; columns then stand as 0 1 4 5 2 3 6 7.
                let columns = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_hadd_epi32(pair[0], pair[1]));
                // SAFETY: `out` holds 8 numbers of 4 bytes.
                unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), columns) };
            }
        }
    }
}

/// # Safety
/// The caller has asserted the lengths of both matrices.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
unsafe fn float_tile_avx512<const R: usize>(left: Left<'_>, right: &[f32], right_stride: usize, tile: &mut FloatTile) {
    let mut sums = [[_mm512_setzero_ps(); 2]; R];
    let (values, right) = (left.values.as_ptr(), right.as_ptr());
    for index in 0..left.depth {
        // SAFETY: row `index` of the right matrix holds 32 numbers from here.
        let columns: [__m512; 2] =
            std::array::from_fn(|half| unsafe { _mm512_loadu_ps(right.add(index * right_stride + half * 16)) });
        for (row, sums) in sums.iter_mut().enumerate() {
            // SAFETY: row `row` of the left matrix holds `depth` numbers.
            let x = _mm512_set1_ps(unsafe { *values.add(row * left.stride + index) });
            for (sum, columns) in sums.iter_mut().zip(columns) {
                *sum = _mm512_fmadd_ps(x, columns, *sum);
            }
        }
    }
    for (sums, out) in sums.iter().zip(tile) {
        for (sum, out) in sums.iter().zip(out.as_chunks_mut::<16>().0) {
            // SAFETY: `out` holds 16 numbers.
            unsafe { _mm512_storeu_ps(out.as_mut_ptr(), *sum) };
        }
    }
}

/// The 16 columns from `half`.
///
/// # Safety
/// The caller has asserted the lengths of both matrices, and `half` is 0 or 16.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn float_tile_avx2<const R: usize>(
    left: Left<'_>,
    right: &[f32],
    right_stride: usize,
    half: usize,
    tile: &mut FloatTile,
) {
    let mut sums = [[_mm256_setzero_ps(); 2]; R];
    let (values, right) = (left.values.as_ptr(), right.as_ptr());
    for index in 0..left.depth {
        // SAFETY: row `index` of the right matrix holds 32 numbers, of which 16 from `half`.
        let columns: [__m256; 2] =
            std::array::from_fn(|part| unsafe { _mm256_loadu_ps(right.add(index * right_stride + half + part * 8)) });
        for (row, sums) in sums.iter_mut().enumerate() {
            // SAFETY: row `row` of the left matrix holds `depth` numbers.
            let x = _mm256_set1_ps(unsafe { *values.add(row * left.stride + index) });
            for (sum, columns) in sums.iter_mut().zip(columns) {
                *sum = _mm256_fmadd_ps(x, columns, *sum);
            }
        }
    }
    for (sums, out) in sums.iter().zip(tile) {
        for (sum, out) in sums.iter().zip(out[half..half + 16].as_chunks_mut::<8>().0) {
            // SAFETY: `out` holds 8 numbers.
            unsafe { _mm256_storeu_ps(out.as_mut_ptr(), *sum) };
        }
    }
}
