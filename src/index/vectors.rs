/*!
The vectors file: one L2-normalised f32 vector a passage, memory-mapped.

Layout, little endian: 8 bytes magic, u32 dimensions, u32 zero, u64 count, 40 bytes zero
(64 in all), then f32 vectors in passage order. `count` is how many there will be: a file
that holds fewer is still being filled, and only ever grows at its end, so a mapping of what
was there stays true. Unit length is asserted when a vector is written and when the file is
opened (on a sample), NaN is refused.
*/

use std::{
    fs::{File, OpenOptions},
    io::{BufWriter, Write as _},
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use anyhow::{Context as _, ensure};
use memmap2::Mmap;

use super::scan::{BLOCK_ROWS, Block, PASSAGES_MAX};

const MAGIC: &[u8; 8] = b"cdvec\0\0\x01";
const HEADER_BYTES: usize = 64;
/// How far the squared length of a stored vector may be from 1.
const UNIT_TOLERANCE: f32 = 1e-2;
/// Every how many vectors the length is checked on opening.
const CHECK_EVERY: usize = 97;

/// A file mapped for reading. Also used by the cache of vectors.
pub(super) struct Mapped(Mmap);

impl Mapped {
    /// Maps the first `bytes` of a file.
    pub(super) fn open(file: &File, bytes: usize) -> std::io::Result<Self> {
        // SAFETY: what is mapped here lies in files that are only ever appended to once they
        // are there; a foreign truncation would be a fault of the machine's owner.
        Ok(Self(unsafe { memmap2::MmapOptions::new().len(bytes).map(file)? }))
    }

    /// All of it.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// A piece of it as numbers; the piece must begin and end at multiples of four.
    pub(super) fn floats(&self, range: Range<usize>) -> &[f32] {
        // SAFETY: every bit pattern is an f32; the middle part is aligned because the map is
        // page-aligned and the piece begins at a multiple of four, which is asserted.
        let (head, values, tail) = unsafe { self.0[range].align_to::<f32>() };
        assert!(head.is_empty() && tail.is_empty(), "mapped vectors are aligned");
        values
    }
}

/// Appends vectors to a file, from its beginning or from where it stopped.
pub struct VectorsWriter {
    out: BufWriter<File>,
    dimensions: usize,
    written: usize,
}

impl VectorsWriter {
    /// Begins a file of `count` vectors.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn create(path: &Path, dimensions: usize, count: usize) -> anyhow::Result<Self> {
        let mut out = BufWriter::new(File::create(path)?);
        let mut header = [0u8; HEADER_BYTES];
        header[..8].copy_from_slice(MAGIC);
        header[8..12].copy_from_slice(&u32::try_from(dimensions)?.to_le_bytes());
        header[16..24].copy_from_slice(&(count as u64).to_le_bytes());
        out.write_all(&header)?;
        Ok(Self { out, dimensions, written: 0 })
    }

    /// Carries on with a file that holds `vectors`, dropping what a crash left of a vector at
    /// its end.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn resume(path: &Path, vectors: &Vectors) -> anyhow::Result<Self> {
        let (dimensions, mut written) = (vectors.dimensions, vectors.view().ready());
        let view = vectors.view();
        // After a power cut the end may hold what was never written; a kill leaves at most a
        // torn vector.
        written = (0..written).find(|index| check_unit(view.get(*index)).is_err()).unwrap_or(written);
        let file = OpenOptions::new().append(true).open(path)?;
        file.set_len((HEADER_BYTES + written * dimensions * 4) as u64)?;
        Ok(Self { out: BufWriter::new(file), dimensions, written })
    }

    /// How many the file holds.
    pub fn written(&self) -> usize {
        self.written
    }

    /// Appends one.
    ///
    /// # Errors
    /// When it is not of unit length or the file cannot be written.
    pub fn push(&mut self, vector: &[f32]) -> anyhow::Result<()> {
        let index = self.written;
        ensure!(vector.len() == self.dimensions, "vector {index} has {} dimensions", vector.len());
        check_unit(vector).with_context(|| format!("vector {index}"))?;
        for value in vector {
            self.out.write_all(&value.to_le_bytes())?;
        }
        self.written += 1;
        Ok(())
    }

    /// Hands what was appended to readers.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn publish(&mut self) -> anyhow::Result<()> {
        Ok(self.out.flush()?)
    }

    /// Ends the file, safe against a power cut.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(self) -> anyhow::Result<()> {
        Ok(self.out.into_inner()?.sync_all()?)
    }
}

fn check_unit(vector: &[f32]) -> anyhow::Result<()> {
    let squared: f32 = vector.iter().map(|x| x * x).sum();
    ensure!((squared - 1.0).abs() <= UNIT_TOLERANCE, "squared length is {squared}, not 1");
    Ok(())
}

/// The opened file.
pub struct Vectors {
    path: PathBuf,
    dimensions: usize,
    count: usize,
    now: RwLock<VectorsView>,
}

/// What the file held at one moment.
#[derive(Clone)]
pub struct VectorsView {
    map: Arc<Mapped>,
    dimensions: usize,
    ready: usize,
    /// The same as bytes, as far as there are whole blocks, and the rest of a complete file.
    blocks: Arc<[Arc<Block>]>,
}

impl Vectors {
    /// Opens and checks the file.
    ///
    /// # Errors
    /// When it is no vectors file, is too long or damaged.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let file = File::open(path)?;
        let bytes = usize::try_from(file.metadata()?.len())?;
        ensure!(HEADER_BYTES <= bytes, "not a vectors file");
        let header = Mapped::open(&file, HEADER_BYTES)?;
        ensure!(&header.bytes()[..8] == MAGIC, "not a vectors file");
        let dimensions = u32::from_le_bytes(header.bytes()[8..12].try_into()?) as usize;
        let count = usize::try_from(u64::from_le_bytes(header.bytes()[16..24].try_into()?))?;
        let whole =
            dimensions.checked_mul(4).and_then(|b| b.checked_mul(count)).and_then(|b| b.checked_add(HEADER_BYTES));
        ensure!(0 < dimensions && whole.is_some_and(|whole| bytes <= whole), "damaged");
        ensure!(count <= PASSAGES_MAX, "{count} vectors, and {PASSAGES_MAX} are the most");
        let view = VectorsView::open(&file, dimensions, count, &[])?;
        for index in (0..view.ready).step_by(CHECK_EVERY) {
            check_unit(view.get(index)).with_context(|| format!("vector {index}"))?;
        }
        Ok(Self { path: path.to_owned(), dimensions, count, now: RwLock::new(view) })
    }

    /// Length of every vector.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// How many there will be.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there will be none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// What the file holds now; whoever holds the view sees no more and no less.
    pub fn view(&self) -> VectorsView {
        let view = self.now.read().unwrap_or_else(PoisonError::into_inner).clone();
        if view.ready == self.count {
            return view;
        }
        let grown = || -> anyhow::Result<VectorsView> {
            let file = File::open(&self.path)?;
            VectorsView::open(&file, self.dimensions, self.count, &view.blocks)
        };
        match grown() {
            Ok(grown) if view.ready < grown.ready => {
                *self.now.write().unwrap_or_else(PoisonError::into_inner) = grown.clone();
                grown
            }
            // Nothing new, or the folder was removed meanwhile: what is mapped stays.
            _ => view,
        }
    }
}

impl VectorsView {
    /// `blocks` were made of the file's beginning before.
    fn open(file: &File, dimensions: usize, count: usize, blocks: &[Arc<Block>]) -> anyhow::Result<Self> {
        let bytes = usize::try_from(file.metadata()?.len())?;
        let ready = (bytes.saturating_sub(HEADER_BYTES) / (dimensions * 4)).min(count);
        let map = Arc::new(Mapped::open(file, HEADER_BYTES + ready * dimensions * 4)?);
        let mut view = Self { map, dimensions, ready, blocks: Arc::new([]) };
        let whole = if ready == count { ready.div_ceil(BLOCK_ROWS) } else { ready / BLOCK_ROWS };
        let block = |at: usize| {
            let rows = at * BLOCK_ROWS..ready.min((at + 1) * BLOCK_ROWS);
            Block::of(rows.map(|index| view.get(index)), dimensions)
        };
        view.blocks = (0..whole).map(|at| blocks.get(at).cloned().unwrap_or_else(|| block(at))).collect();
        Ok(view)
    }

    /// Length of every vector.
    pub(super) fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// The vectors as bytes, from the first on; the last ones may be missing.
    pub(super) fn blocks(&self) -> &[Arc<Block>] {
        &self.blocks
    }

    /// How many there are: those of the first passages.
    pub fn ready(&self) -> usize {
        self.ready
    }

    /// The vector of a passage.
    pub fn get(&self, index: usize) -> &[f32] {
        assert!(index < self.ready, "vector {index} of {}", self.ready);
        let start = HEADER_BYTES + index * self.dimensions * 4;
        self.map.floats(start..start + self.dimensions * 4)
    }

    /// Cosine of the query with the vector of a passage, if it is there already.
    pub fn cosine(&self, index: usize, query: &[f32]) -> Option<f32> {
        (index < self.ready).then(|| dot(self.get(index), query))
    }
}

/// Dot product, summed in sixteen lanes so that the compiler can use wide registers and the
/// result does not depend on the machine's width.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0f32; 16];
    let (chunks_a, chunks_b) = (a.chunks_exact(16), b.chunks_exact(16));
    let rest: f32 = chunks_a.remainder().iter().zip(chunks_b.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in chunks_a.zip(chunks_b) {
        for lane in 0..16 {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    lanes.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, vectors: &[[f32; 3]]) -> anyhow::Result<()> {
        let mut writer = VectorsWriter::create(path, 3, vectors.len())?;
        for vector in vectors {
            writer.push(vector)?;
        }
        writer.finish()
    }

    #[test]
    fn vectors_come_back_and_damage_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v");
        let vectors = [[1.0, 0.0, 0.0], [0.0, 0.6, 0.8]];
        write(&path, &vectors).unwrap();
        let read = Vectors::open(&path).unwrap();
        assert_eq!((read.len(), read.dimensions(), read.view().get(1)), (2, 3, vectors[1].as_slice()));
        assert!((read.view().cosine(1, &[0.0, 0.6, 0.8]).unwrap() - 1.0).abs() < 1e-6);
        assert!(write(&path, &[[1.0, 1.0, 0.0]]).is_err());
        assert!(write(&path, &[[f32::NAN, 1.0, 0.0]]).is_err());
        write(&path, &vectors).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let mut longer = bytes.clone();
        longer.push(0);
        std::fs::write(&path, longer).unwrap();
        assert!(Vectors::open(&path).is_err());
        let mut flipped = bytes.clone();
        flipped[64 + 3] ^= 0x40;
        std::fs::write(&path, flipped).unwrap();
        assert!(Vectors::open(&path).is_err());
    }

    #[test]
    fn a_growing_file_is_read_as_far_as_it_goes_and_carried_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v");
        let mut writer = VectorsWriter::create(&path, 2, 3).unwrap();
        writer.push(&[1.0, 0.0]).unwrap();
        writer.publish().unwrap();
        let read = Vectors::open(&path).unwrap();
        let before = read.view();
        assert_eq!((before.ready(), before.cosine(1, &[1.0, 0.0])), (1, None));
        writer.push(&[0.0, 1.0]).unwrap();
        writer.publish().unwrap();
        assert_eq!((before.ready(), read.view().ready()), (1, 2), "a view does not change");
        drop(writer);
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"torn").unwrap();
        let mut writer = VectorsWriter::resume(&path, &Vectors::open(&path).unwrap()).unwrap();
        assert_eq!(writer.written(), 2);
        writer.push(&[0.6, 0.8]).unwrap();
        writer.finish().unwrap();
        assert_eq!((read.view().ready(), read.view().get(2)), (3, [0.6, 0.8].as_slice()));
    }
}
