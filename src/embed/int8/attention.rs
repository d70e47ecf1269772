/*!
Attention of one text's tokens to each other, in f32.

Owns the loop over heads and its buffers. Queries come already divided by the root of a
head's width: the weights are scaled so at load.
*/

use super::kernels::{FLOAT_COLUMNS, FloatTile, Left, TILE_ROWS};
use super::math::softmax;
use crate::simd::{Simd, Wide};

/// Tokens whose keys are turned together: a cache line of each row that is written.
const TURNED_TOKENS: usize = 16;

/// Buffers that are reused from head to head.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    /// One column per token, so that scores are sums of whole rows.
    keys: Vec<f32>,
    /// One row per token.
    values: Vec<f32>,
    /// Scores of the queries of one tile.
    scores: Vec<f32>,
}

/// The width of the residual stream and how many heads share it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heads {
    /// Width of the residual stream.
    pub(super) hidden: usize,
    /// Number of heads.
    pub(super) count: usize,
}

/// Writes each token's mix of all tokens' values into `mixed`, rows of `hidden`;
/// `projected` holds, per token, query, key and value, each of length `hidden`.
pub(super) fn attend(simd: Simd, heads: Heads, projected: &[f32], mixed: &mut [f32], buffers: &mut Buffers) {
    assert_eq!(projected.len(), 3 * mixed.len(), "a query, a key and a value per token");
    simd.run(Attend { simd, heads, projected, mixed, buffers });
}

struct Attend<'a> {
    simd: Simd,
    heads: Heads,
    projected: &'a [f32],
    mixed: &'a mut [f32],
    buffers: &'a mut Buffers,
}

impl Wide for Attend<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FUSED: bool>(self) {
        let Self { simd, heads, projected, mixed, buffers } = self;
        for head in 0..heads.count {
            gather(heads, head, projected, buffers);
            attend_head::<FUSED>(simd, heads, head, projected, mixed, buffers);
        }
    }
}

/// Copies a head's keys and values to where they lie side by side.
#[inline(always)]
fn gather(heads: Heads, head: usize, projected: &[f32], buffers: &mut Buffers) {
    let Heads { hidden, count } = heads;
    let width = hidden / count;
    let width_padded = width.next_multiple_of(FLOAT_COLUMNS);
    let tokens = projected.len() / (3 * hidden);
    let tokens_padded = tokens.next_multiple_of(FLOAT_COLUMNS);
    buffers.keys.resize(width * tokens_padded, 0.0);
    buffers.values.resize(tokens * width_padded, 0.0);
    for (turned, rows) in projected.chunks(TURNED_TOKENS * 3 * hidden).enumerate() {
        for index in 0..width {
            let keys = &mut buffers.keys[index * tokens_padded + turned * TURNED_TOKENS..];
            for (key, row) in keys.iter_mut().zip(rows.chunks_exact(3 * hidden)) {
                *key = row[hidden + head * width + index];
            }
        }
    }
    for (row, values) in projected.chunks_exact(3 * hidden).zip(buffers.values.chunks_exact_mut(width_padded)) {
        values[..width].copy_from_slice(&row[2 * hidden + head * width..][..width]);
    }
}

#[inline(always)]
fn attend_head<const FUSED: bool>(
    simd: Simd,
    heads: Heads,
    head: usize,
    projected: &[f32],
    mixed: &mut [f32],
    buffers: &mut Buffers,
) {
    let Heads { hidden, count } = heads;
    let width = hidden / count;
    let width_padded = width.next_multiple_of(FLOAT_COLUMNS);
    let tokens = mixed.len() / hidden;
    let tokens_padded = tokens.next_multiple_of(FLOAT_COLUMNS);
    let Buffers { keys, values, scores } = buffers;
    scores.resize(TILE_ROWS * tokens_padded, 0.0);
    let mut tile: FloatTile = [[0.0; FLOAT_COLUMNS]; TILE_ROWS];
    for first in (0..tokens).step_by(TILE_ROWS) {
        let rows = TILE_ROWS.min(tokens - first);
        let queries =
            Left { values: &projected[first * 3 * hidden + head * width..], stride: 3 * hidden, rows, depth: width };
        for column in (0..tokens_padded).step_by(FLOAT_COLUMNS) {
            simd.float_tile(queries, &keys[column..], tokens_padded, &mut tile);
            for (row, sums) in tile.iter().enumerate().take(rows) {
                copy(sums, &mut scores[row * tokens_padded + column..][..FLOAT_COLUMNS]);
            }
        }
        let mut inverses = [0.0; TILE_ROWS];
        for (row, inverse) in inverses.iter_mut().enumerate().take(rows) {
            *inverse = 1.0 / softmax::<FUSED>(&mut scores[row * tokens_padded..][..tokens]);
        }
        let shares = Left { values: scores, stride: tokens_padded, rows, depth: tokens };
        for column in (0..width_padded).step_by(FLOAT_COLUMNS) {
            simd.float_tile(shares, &values[column..], width_padded, &mut tile);
            let columns = FLOAT_COLUMNS.min(width - column);
            for (row, sums) in tile.iter_mut().enumerate().take(rows) {
                sums.iter_mut().for_each(|sum| *sum *= inverses[row]);
                copy(sums, &mut mixed[(first + row) * hidden + head * width + column..][..columns]);
            }
        }
    }
}

/// As much of a tile's row as fits; a length known to the compiler is no call.
#[inline(always)]
fn copy(sums: &[f32; FLOAT_COLUMNS], to: &mut [f32]) {
    match <&mut [f32; FLOAT_COLUMNS]>::try_from(&mut *to) {
        Ok(to) => *to = *sums,
        Err(_) => to.iter_mut().zip(sums).for_each(|(x, sum)| *x = *sum),
    }
}
