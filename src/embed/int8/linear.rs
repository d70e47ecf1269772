/*!
A linear step in 8-bit integers.

Owns both quantisations and the packed form of the weights. Weights: one scale per
output, symmetric, -127..=127. Inputs: one scale and one zero point per row, found when
the row comes, 0..=255, because what follows GELU leans far to one side. With
x = s (q - z) and w = t v, the output is s t (sum q v - z sum v) + bias, where the sum of
v is known from the start.
*/

use super::kernels::{GROUP, INT_COLUMNS, IntTile, LINES_PER_GROUP, Line, TILE_ROWS};
use super::math::{ROUNDING, gelu, range};
use crate::simd::{Simd, Wide, fused};

/// Steps between the least and the greatest input. Below 255, so that rounding cannot
/// leave a byte at either end.
const STEPS: f32 = 252.0;

/// Rows of numbers as bytes.
#[derive(Debug, Default, PartialEq)]
pub(super) struct QuantisedRows {
    bytes: Vec<u8>,
    columns: usize,
    scales: Vec<f32>,
    zeros: Vec<i32>,
}

impl QuantisedRows {
    /// Quantises `values`, rows of `columns`, in place of what was here.
    pub(super) fn set(&mut self, simd: Simd, values: &[f32], columns: usize) {
        self.make_room(values.len(), columns);
        simd.run(Set { values, rows: self });
    }

    /// As [`set`](Self::set), after GELU, which is written back into `values`.
    pub(super) fn set_after_gelu(&mut self, simd: Simd, values: &mut [f32], columns: usize) {
        self.make_room(values.len(), columns);
        simd.run(SetAfterGelu { values, rows: self });
    }

    fn make_room(&mut self, count: usize, columns: usize) {
        let rows = count / columns;
        assert_eq!(rows * columns, count, "whole rows");
        self.columns = columns;
        self.bytes.resize(count, 0);
        self.scales.resize(rows, 0.0);
        self.zeros.resize(rows, 0);
    }

    #[inline(always)]
    fn set_row<const FUSED: bool>(&mut self, index: usize, row: &[f32]) {
        let (least, greatest) = range(row);
        let scale = (greatest - least).max(1e-20) / STEPS;
        let inverse = 1.0 / scale;
        let zero = (-least * inverse).round() + 1.0;
        let shift = zero + ROUNDING;
        for (byte, x) in self.bytes[index * self.columns..][..row.len()].iter_mut().zip(row) {
            *byte = fused::<FUSED>(*x, inverse, shift).to_bits() as u8;
        }
        self.scales[index] = scale;
        self.zeros[index] = zero as i32;
    }

    fn rows(&self) -> usize {
        self.scales.len()
    }
}

struct Set<'a> {
    values: &'a [f32],
    rows: &'a mut QuantisedRows,
}

impl Wide for Set<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FUSED: bool>(self) {
        for (index, row) in self.values.chunks_exact(self.rows.columns).enumerate() {
            self.rows.set_row::<FUSED>(index, row);
        }
    }
}

struct SetAfterGelu<'a> {
    values: &'a mut [f32],
    rows: &'a mut QuantisedRows,
}

impl Wide for SetAfterGelu<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FUSED: bool>(self) {
        for (index, row) in self.values.chunks_exact_mut(self.rows.columns).enumerate() {
            gelu::<FUSED>(row);
            self.rows.set_row::<FUSED>(index, row);
        }
    }
}

/// Quantised weights and their bias.
#[derive(Debug)]
pub(super) struct Linear {
    inputs: usize,
    outputs: usize,
    /// For each panel of 64 outputs: for each group of 4 inputs: 64 times 4 bytes.
    lines: Vec<Line>,
    /// Of each panel, as are the two that follow.
    scales: Vec<[f32; INT_COLUMNS]>,
    sums: Vec<[i32; INT_COLUMNS]>,
    bias: Vec<[f32; INT_COLUMNS]>,
}

impl Linear {
    /// Packs `weights`, one row of `inputs` per output. The number of outputs may be any,
    /// that of inputs a multiple of 4.
    pub(super) fn pack(weights: &[f32], inputs: usize, bias: &[f32]) -> Self {
        let outputs = bias.len();
        assert!(inputs.is_multiple_of(GROUP) && weights.len() == inputs * outputs, "shape of the weights");
        let panels = outputs.div_ceil(INT_COLUMNS);
        let groups = inputs / GROUP;
        let mut lines = vec![Line([0; 64]); panels * groups * LINES_PER_GROUP];
        let mut scales = vec![[0.0; INT_COLUMNS]; panels];
        let mut sums = vec![[0; INT_COLUMNS]; panels];
        let mut biases = vec![[0.0; INT_COLUMNS]; panels];
        for (output, row) in weights.chunks_exact(inputs).enumerate() {
            let (least, greatest) = range(row);
            let scale = greatest.max(-least).max(1e-20) / 127.0;
            let inverse = 1.0 / scale;
            let (panel, column) = (output / INT_COLUMNS, output % INT_COLUMNS);
            let (line, lane) = (column / 16, column % 16);
            for (group, values) in row.as_chunks::<GROUP>().0.iter().enumerate() {
                let line = &mut lines[(panel * groups + group) * LINES_PER_GROUP + line];
                for (byte, x) in line.0[lane * GROUP..][..GROUP].iter_mut().zip(values) {
                    *byte = fused::<false>(*x, inverse, ROUNDING).to_bits() as i8;
                    sums[panel][column] += i32::from(*byte);
                }
            }
            scales[panel][column] = scale;
            biases[panel][column] = bias[output];
        }
        Self { inputs, outputs, lines, scales, sums, bias: biases }
    }

    /// Writes the outputs of all rows, row after row.
    pub(super) fn forward(&self, simd: Simd, input: &QuantisedRows, output: &mut [f32]) {
        assert_eq!(input.columns, self.inputs, "length of a row");
        assert_eq!(output.len(), input.rows() * self.outputs, "length of the output");
        simd.run(Forward { linear: self, simd, input, output });
    }

    /// From sums of integers to floats; see the module.
    #[inline(always)]
    fn finish<const FUSED: bool>(
        &self,
        sums: &[i32; INT_COLUMNS],
        panel: usize,
        scale: f32,
        zero: i32,
        output: &mut [f32],
    ) {
        let (weight_sums, scales, bias) = (&self.sums[panel], &self.scales[panel], &self.bias[panel]);
        let float = |column: usize| {
            let sum = sums[column] - zero * weight_sums[column];
            fused::<FUSED>(sum as f32, scale * scales[column], bias[column])
        };
        // A length known to the compiler becomes vector instructions.
        match <&mut [f32; INT_COLUMNS]>::try_from(&mut *output) {
            Ok(output) => output.iter_mut().enumerate().for_each(|(column, x)| *x = float(column)),
            Err(_) => output.iter_mut().enumerate().for_each(|(column, x)| *x = float(column)),
        }
    }
}

struct Forward<'a> {
    linear: &'a Linear,
    simd: Simd,
    input: &'a QuantisedRows,
    output: &'a mut [f32],
}

impl Wide for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FUSED: bool>(self) {
        let Self { linear, simd, input, output } = self;
        let Linear { inputs, outputs, ref lines, .. } = *linear;
        let mut tile: IntTile = [[0; INT_COLUMNS]; TILE_ROWS];
        // A panel stays in the second-level cache while all rows pass by.
        for (panel, lines) in lines.chunks_exact(inputs / GROUP * LINES_PER_GROUP).enumerate() {
            for first in (0..input.rows()).step_by(TILE_ROWS) {
                let rows = TILE_ROWS.min(input.rows() - first);
                simd.int_tile(&input.bytes[first * inputs..], inputs, rows, lines, &mut tile);
                for (row, sums) in tile.iter().enumerate().take(rows) {
                    let start = (first + row) * outputs + panel * INT_COLUMNS;
                    let columns = INT_COLUMNS.min(outputs - panel * INT_COLUMNS);
                    let (scale, zero) = (input.scales[first + row], input.zeros[first + row]);
                    linear.finish::<FUSED>(sums, panel, scale, zero, &mut output[start..start + columns]);
                }
            }
        }
    }
}
