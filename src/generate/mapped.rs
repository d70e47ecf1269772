/*!
Weights that stay in their file.

Owns [`Mapped`], a matrix of a memory-mapped GGUF file as candle wants one. candle's quick
kernels keep a rearranged copy of a matrix once it has been multiplied with; were the
matrix itself on the heap too, a model would take its size twice. Mapped, it costs nothing
that the system cannot take back, and `forget` gives its pages back at once.
*/

use std::{fs::File, marker::PhantomData, ops::Range, sync::Arc};

use anyhow::{Result, ensure};
use candle_core::{
    CpuStorage, bail,
    quantized::{
        GgmlDType, GgmlType, QStorage, QuantizedType,
        k_quants::{
            self, BlockQ2K, BlockQ3K, BlockQ4_0, BlockQ4_1, BlockQ4K, BlockQ5_0, BlockQ5_1, BlockQ5K, BlockQ6K,
            BlockQ8_0,
        },
    },
};
use half::{bf16, f16};
use memmap2::Mmap;

/// Blocks of one matrix inside a mapped file.
struct Mapped<T> {
    map: Arc<Mmap>,
    bytes: Range<usize>,
    kind: PhantomData<T>,
}

/// Maps a model's file.
pub(super) fn open(file: &File) -> std::io::Result<Arc<Mmap>> {
    // SAFETY: the map is only read. Model files are replaced by renaming, never written in
    // place, so the mapped bytes do not change under it.
    unsafe { Mmap::map(file) }.map(Arc::new)
}

/// The matrix stored as `kind` in `bytes` of `map`, without copying it.
pub(super) fn storage(map: &Arc<Mmap>, bytes: Range<usize>, kind: GgmlDType) -> Result<QStorage> {
    let matrix: Box<dyn QuantizedType> = match kind {
        GgmlDType::F32 => Mapped::<f32>::boxed(map, bytes)?,
        GgmlDType::F16 => Mapped::<f16>::boxed(map, bytes)?,
        GgmlDType::BF16 => Mapped::<bf16>::boxed(map, bytes)?,
        GgmlDType::Q4_0 => Mapped::<BlockQ4_0>::boxed(map, bytes)?,
        GgmlDType::Q4_1 => Mapped::<BlockQ4_1>::boxed(map, bytes)?,
        GgmlDType::Q5_0 => Mapped::<BlockQ5_0>::boxed(map, bytes)?,
        GgmlDType::Q5_1 => Mapped::<BlockQ5_1>::boxed(map, bytes)?,
        GgmlDType::Q8_0 => Mapped::<BlockQ8_0>::boxed(map, bytes)?,
        GgmlDType::Q2K => Mapped::<BlockQ2K>::boxed(map, bytes)?,
        GgmlDType::Q3K => Mapped::<BlockQ3K>::boxed(map, bytes)?,
        GgmlDType::Q4K => Mapped::<BlockQ4K>::boxed(map, bytes)?,
        GgmlDType::Q5K => Mapped::<BlockQ5K>::boxed(map, bytes)?,
        GgmlDType::Q6K => Mapped::<BlockQ6K>::boxed(map, bytes)?,
        GgmlDType::Q8_1 | GgmlDType::Q8K => anyhow::bail!("weights are never stored as {kind:?}"),
    };
    Ok(QStorage::Cpu(matrix))
}

/// Gives the pages of `bytes` back to the system; they come again from the file when read.
pub(super) fn forget(map: &Mmap, bytes: &Range<usize>) {
    // SAFETY: the map is of a file, shared or private but never written to: a page given back
    // is read from the file again, with the same bytes.
    let given_back =
        unsafe { map.unchecked_advise_range(memmap2::UncheckedAdvice::DontNeed, bytes.start, bytes.len()) };
    // Only memory is at stake.
    if let Err(error) = given_back {
        tracing::debug!("pages of the model stay in memory: {error}");
    }
}

impl<T: GgmlType + Send + Sync + 'static> Mapped<T> {
    fn boxed(map: &Arc<Mmap>, bytes: Range<usize>) -> Result<Box<dyn QuantizedType>> {
        let inside = map.get(bytes.clone());
        let Some(inside) = inside else { anyhow::bail!("bytes {bytes:?} of {}", map.len()) };
        let is_aligned = inside.as_ptr().cast::<T>().is_aligned();
        ensure!(is_aligned, "it starts at byte {}, which its format cannot", bytes.start);
        ensure!(inside.len().is_multiple_of(size_of::<T>()), "{} bytes are no whole blocks", inside.len());
        Ok(Box::new(Self { map: map.clone(), bytes, kind: PhantomData }))
    }

    fn blocks(&self) -> &[T] {
        let bytes = &self.map[self.bytes.clone()];
        // SAFETY: `boxed` checked place, length and alignment. Every block is plain numbers for
        // which all bits are valid (`GgmlType` is implemented for such alone), and the map is
        // only read: model files are replaced by renaming, never written in place.
        unsafe { std::slice::from_raw_parts(bytes.as_ptr().cast(), bytes.len() / size_of::<T>()) }
    }
}

impl<T: GgmlType + Send + Sync + 'static> QuantizedType for Mapped<T> {
    fn dtype(&self) -> GgmlDType {
        T::DTYPE
    }

    fn matmul_t(&self, mkn: (usize, usize, usize), lhs: &[f32], dst: &mut [f32]) -> candle_core::Result<()> {
        k_quants::matmul(mkn, lhs, self.blocks(), dst)
    }

    fn matmul_t_f16(&self, mkn: (usize, usize, usize), lhs: &[f16], dst: &mut [f16]) -> candle_core::Result<()> {
        k_quants::matmul_f16(mkn, lhs, self.blocks(), dst)
    }

    fn embedding(&self, ids: &[u32], rows: usize, hidden: usize) -> candle_core::Result<CpuStorage> {
        let row_blocks = hidden / T::BLCK_SIZE;
        if !hidden.is_multiple_of(T::BLCK_SIZE) || self.blocks().len() != rows * row_blocks {
            bail!("{} blocks are not {rows} rows of {hidden}", self.blocks().len());
        }
        let mut out = vec![0.0f32; ids.len() * hidden];
        for (row, &id) in out.chunks_exact_mut(hidden).zip(ids) {
            let start = id as usize * row_blocks;
            let Some(blocks) = self.blocks().get(start..start + row_blocks) else {
                bail!("row {id} of {rows}");
            };
            T::to_float(blocks, row);
        }
        Ok(CpuStorage::F32(out))
    }

    fn dequantize(&self, count: usize) -> candle_core::Result<CpuStorage> {
        let mut floats = vec![0.0f32; count];
        T::to_float(self.blocks(), &mut floats);
        Ok(CpuStorage::F32(floats))
    }

    fn storage_size_in_bytes(&self) -> usize {
        self.bytes.len()
    }

    fn as_ptr(&self) -> *const u8 {
        self.map[self.bytes.clone()].as_ptr()
    }

    fn block_size(&self) -> usize {
        T::BLCK_SIZE
    }

    fn from_float(&mut self, _xs: &[f32]) {
        unreachable!("a file's weights are never written");
    }

    fn from_float_imatrix(&mut self, _xs: &[f32], _weights: &[f32], _row: usize) {
        unreachable!("a file's weights are never written");
    }

    fn size(&self) -> usize {
        self.bytes.len()
    }
}
