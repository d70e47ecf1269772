/*!
The vectors file: one L2-normalised f32 vector a passage, memory-mapped.

Layout, little endian: 8 bytes magic, u32 dimensions, u32 zero, u64 count, 40 bytes zero
(64 in all), then count × dimensions f32. Unit length is asserted when a vector is written
and when the file is opened (on a sample), NaN is refused.
*/

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::Path,
};

use anyhow::{Context as _, ensure};
use memmap2::Mmap;

const MAGIC: &[u8; 8] = b"cdvec\0\0\x01";
const HEADER_BYTES: usize = 64;
/// How far the squared length of a stored vector may be from 1.
const UNIT_TOLERANCE: f32 = 1e-2;
/// Every how many vectors the length is checked on opening.
const CHECK_EVERY: usize = 97;

/// Writes the file.
///
/// # Errors
/// When a vector is not of unit length or the file cannot be written.
pub fn write(path: &Path, dimensions: usize, vectors: &[Vec<f32>]) -> anyhow::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    let mut header = [0u8; HEADER_BYTES];
    header[..8].copy_from_slice(MAGIC);
    header[8..12].copy_from_slice(&u32::try_from(dimensions)?.to_le_bytes());
    header[16..24].copy_from_slice(&(vectors.len() as u64).to_le_bytes());
    out.write_all(&header)?;
    for (index, vector) in vectors.iter().enumerate() {
        ensure!(vector.len() == dimensions, "vector {index} has {} dimensions, not {dimensions}", vector.len());
        check_unit(vector).with_context(|| format!("vector {index}"))?;
        for value in vector {
            out.write_all(&value.to_le_bytes())?;
        }
    }
    out.into_inner()?.sync_all()?;
    Ok(())
}

fn check_unit(vector: &[f32]) -> anyhow::Result<()> {
    let squared: f32 = vector.iter().map(|x| x * x).sum();
    ensure!((squared - 1.0).abs() <= UNIT_TOLERANCE, "squared length is {squared}, not 1");
    Ok(())
}

/// The opened file.
pub struct Vectors {
    map: Mmap,
    dimensions: usize,
    count: usize,
}

impl Vectors {
    /// Opens and checks the file.
    ///
    /// # Errors
    /// When it is no vectors file, is cut short or damaged.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let file = File::open(path)?;
        // SAFETY: the file belongs to a generation, which nothing writes to after it was
        // renamed into place; a foreign truncation would be a fault of the machine's owner.
        let map = unsafe { Mmap::map(&file)? };
        ensure!(HEADER_BYTES <= map.len() && &map[..8] == MAGIC, "not a vectors file");
        let dimensions = u32::from_le_bytes(map[8..12].try_into()?) as usize;
        let count = usize::try_from(u64::from_le_bytes(map[16..24].try_into()?))?;
        let bytes =
            dimensions.checked_mul(4).and_then(|b| b.checked_mul(count)).and_then(|b| b.checked_add(HEADER_BYTES));
        ensure!(0 < dimensions && bytes == Some(map.len()), "cut short or damaged");
        let vectors = Self { map, dimensions, count };
        for index in (0..count).step_by(CHECK_EVERY) {
            check_unit(vectors.get(index)).with_context(|| format!("vector {index}"))?;
        }
        Ok(vectors)
    }

    /// Length of every vector.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The vector of a passage.
    pub fn get(&self, index: usize) -> &[f32] {
        assert!(index < self.count, "vector {index} of {}", self.count);
        let start = HEADER_BYTES + index * self.dimensions * 4;
        let bytes = &self.map[start..start + self.dimensions * 4];
        // SAFETY: every bit pattern is an f32; the middle part is aligned by construction
        // and covers all, as the map is page-aligned and the header 64 bytes long.
        let (head, values, tail) = unsafe { bytes.align_to::<f32>() };
        assert!(head.is_empty() && tail.is_empty(), "mapped vectors are aligned");
        values
    }

    /// Cosine of the query with vector `index`.
    pub fn cosine(&self, index: usize, query: &[f32]) -> f32 {
        dot(self.get(index), query)
    }
}

/// Dot product, summed in sixteen lanes so that the compiler can use wide registers and the
/// result does not depend on the machine's width.
fn dot(a: &[f32], b: &[f32]) -> f32 {
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

    #[test]
    fn vectors_come_back_and_damage_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v");
        let vectors = vec![vec![1.0, 0.0, 0.0], vec![0.0, 0.6, 0.8]];
        write(&path, 3, &vectors).unwrap();
        let read = Vectors::open(&path).unwrap();
        assert_eq!((read.len(), read.dimensions(), read.get(1)), (2, 3, vectors[1].as_slice()));
        assert!((read.cosine(1, &[0.0, 0.6, 0.8]) - 1.0).abs() < 1e-6);
        assert!(write(&path, 3, &[vec![1.0, 1.0, 0.0]]).is_err());
        assert!(write(&path, 3, &[vec![f32::NAN, 1.0, 0.0]]).is_err());
        write(&path, 3, &vectors).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        assert!(Vectors::open(&path).is_err());
        let mut flipped = bytes.clone();
        flipped[64 + 3] ^= 0x40;
        std::fs::write(&path, flipped).unwrap();
        assert!(Vectors::open(&path).is_err());
    }
}
