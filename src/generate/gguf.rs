/*!
GGUF files: the header, and one tensor at a time.

Reads the container only; what its keys and tensors mean is the business of
[`super::gguf_tokenizer`] and [`super::transformer`]. A damaged file is an ordinary
case here: every count and length is checked against a named limit and against the
size of the file before anything is allocated for it, so that neither a truncated
download nor a flipped bit leads to a panic or to gigabytes of memory. What it cannot
see is a flipped bit inside the weights: only the checksum of `models verify` can.
*/

use std::{
    collections::HashMap,
    fs::File,
    io::{BufReader, Read},
    ops::Range,
    path::Path,
    sync::Arc,
};

use anyhow::{Context, Result, bail, ensure};
use candle_core::{
    Device, Tensor,
    quantized::{GgmlDType, QTensor},
};
use memmap2::Mmap;

use super::mapped;

/// Longest header read, in bytes. A vocabulary of 262,144 tokens takes about 10 MB.
const HEADER_BYTES_MAX: u64 = 128 << 20;
/// Longest key, tensor name, token or template, in bytes.
const STRING_BYTES_MAX: u64 = 1 << 20;
/// Most items in one array: vocabularies and their merges.
const ARRAY_ITEMS_MAX: u64 = 1 << 21;
const METADATA_ENTRIES_MAX: u64 = 1 << 12;
const TENSORS_MAX: u64 = 1 << 16;
const DIMENSIONS_MAX: u32 = 4;

/// A metadata value, as wide as its kind allows. Arrays other than these three kinds are
/// skipped: nothing here needs them.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Integer(i64),
    Float(f32),
    Bool(bool),
    Text(String),
    Texts(Vec<String>),
    Integers(Vec<i32>),
    Floats(Vec<f32>),
    Skipped,
}

/// Where one tensor lies, already checked to lie inside the file.
#[derive(Debug, Clone)]
struct TensorInfo {
    /// Outermost dimension first, as candle has it.
    shape: Vec<usize>,
    kind: GgmlDType,
    offset: u64,
    bytes: usize,
}

impl TensorInfo {
    fn range(&self) -> Result<Range<usize>> {
        let start = usize::try_from(self.offset)?;
        Ok(start..start.checked_add(self.bytes).context("tensor offset out of range")?)
    }
}

/// An open file whose header has been read and checked.
pub(super) struct Gguf {
    map: Arc<Mmap>,
    metadata: HashMap<String, Value>,
    tensors: HashMap<String, TensorInfo>,
}

impl Gguf {
    /// Reads and checks the header of the file at `path`.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).context("cannot be opened")?;
        let file_bytes = file.metadata().context("cannot be examined")?.len();
        let mut header = Header {
            input: BufReader::with_capacity(1 << 16, &file),
            read_bytes: 0,
            bytes_max: file_bytes.min(HEADER_BYTES_MAX),
        };
        ensure!(header.bytes(4).context("too short")? == b"GGUF", "not a GGUF file");
        let version = header.u32()?;
        ensure!((2..=3).contains(&version), "GGUF version {version} is not supported, only 2 and 3");
        let tensor_count = header.count("tensors", TENSORS_MAX)?;
        let entry_count = header.count("metadata entries", METADATA_ENTRIES_MAX)?;

        let mut metadata = HashMap::new();
        for _ in 0..entry_count {
            let key = header.text()?;
            let kind = header.u32()?;
            let value = header.value(kind).with_context(|| format!("metadata `{key}`"))?;
            metadata.insert(key, value);
        }
        let mut tensors = HashMap::new();
        for _ in 0..tensor_count {
            let name = header.text()?;
            let info = header.tensor_info().with_context(|| format!("tensor `{name}`"))?;
            tensors.insert(name, info);
        }
        let alignment = match metadata.get("general.alignment") {
            None => 32,
            Some(Value::Integer(alignment)) if (1..=1 << 16).contains(alignment) => *alignment as u64,
            Some(other) => bail!("metadata `general.alignment` is {other:?}"),
        };
        let data_start = header.read_bytes.div_ceil(alignment) * alignment;
        place_tensors(&mut tensors, data_start, file_bytes)?;
        let map = mapped::open(&file).context("cannot be mapped")?;
        Ok(Self { map, metadata, tensors })
    }

    /// The value under `key`, if there is one.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.metadata.get(key)
    }

    /// The text under `key`.
    pub(super) fn text(&self, key: &str) -> Result<&str> {
        match self.metadata.get(key) {
            Some(Value::Text(text)) => Ok(text),
            Some(_) => bail!("metadata `{key}` is not text"),
            None => bail!("metadata `{key}` is missing"),
        }
    }

    /// The non-negative integer under `key`, if there is one.
    pub(super) fn size(&self, key: &str) -> Result<Option<usize>> {
        match self.metadata.get(key) {
            None => Ok(None),
            Some(Value::Integer(value)) => {
                Ok(Some(usize::try_from(*value).with_context(|| format!("metadata `{key}` is {value}"))?))
            }
            Some(_) => bail!("metadata `{key}` is not an integer"),
        }
    }

    /// The finite number under `key`, if there is one.
    pub(super) fn number(&self, key: &str) -> Result<Option<f32>> {
        match self.metadata.get(key) {
            None => Ok(None),
            Some(Value::Float(value)) if value.is_finite() => Ok(Some(*value)),
            Some(other) => bail!("metadata `{key}` is {other:?}, not a number"),
        }
    }

    /// Whether the file has a tensor of this name.
    pub(super) fn has_tensor(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// A tensor, which must have the given shape; it stays in the file.
    pub(super) fn tensor(&self, name: &str, shape: &[usize]) -> Result<QTensor> {
        let info = self.tensors.get(name).with_context(|| format!("tensor `{name}` is missing"))?;
        ensure!(info.shape == shape, "tensor `{name}` has shape {:?}, {shape:?} is needed", info.shape);
        let storage = mapped::storage(&self.map, info.range()?, info.kind);
        Ok(QTensor::new(storage.with_context(|| format!("tensor `{name}` cannot be read"))?, shape)?)
    }

    /// Reads a tensor as 32-bit floats: norms and biases.
    pub(super) fn floats(&self, name: &str, shape: &[usize]) -> Result<Tensor> {
        let floats = self.tensor(name, shape)?.dequantize(&Device::Cpu)?;
        let energy: f32 = floats.sqr()?.sum_all()?.to_scalar()?;
        ensure!(energy.is_finite(), "tensor `{name}` holds what are not numbers");
        Ok(floats)
    }

    /// Gives the memory of a tensor back where it has been copied; it can still be read.
    pub(super) fn forget(&self, name: &str) {
        if let Some(Ok(range)) = self.tensors.get(name).map(TensorInfo::range) {
            mapped::forget(&self.map, &range);
        }
    }

    /// Rows of the two-dimensional tensor `name`, if it is one: the size of the vocabulary.
    pub(super) fn rows(&self, name: &str) -> Option<usize> {
        let info = self.tensors.get(name)?;
        (info.shape.len() == 2).then(|| info.shape.first().copied()).flatten()
    }
}

/// Turns offsets into the data into offsets into the file and checks that every tensor
/// lies inside it and that together they are no larger than it.
fn place_tensors(tensors: &mut HashMap<String, TensorInfo>, data_start: u64, file_bytes: u64) -> Result<()> {
    let mut bytes_in_all = 0u64;
    let mut end_max = 0u64;
    for info in tensors.values_mut() {
        info.offset = data_start.checked_add(info.offset).context("tensor offset out of range")?;
        let end = info.offset.checked_add(info.bytes as u64).context("tensor offset out of range")?;
        end_max = end_max.max(end);
        bytes_in_all = bytes_in_all.saturating_add(info.bytes as u64);
    }
    ensure!(end_max <= file_bytes, "truncated: {file_bytes} bytes, its header tells of {end_max}");
    ensure!(bytes_in_all <= file_bytes, "its tensors overlap: the header is damaged");
    Ok(())
}

/// Reads header fields and refuses to go past `bytes_max`.
struct Header<'a> {
    input: BufReader<&'a File>,
    read_bytes: u64,
    bytes_max: u64,
}

impl Header<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut field = [0u8; N];
        self.take(N as u64)?;
        self.input.read_exact(&mut field)?;
        Ok(field)
    }

    fn bytes(&mut self, length: u64) -> Result<Vec<u8>> {
        self.take(length)?;
        let mut field = vec![0u8; usize::try_from(length)?];
        self.input.read_exact(&mut field)?;
        Ok(field)
    }

    /// Accounts for `length` bytes before they are read or allocated.
    fn take(&mut self, length: u64) -> Result<()> {
        let left = self.bytes_max - self.read_bytes;
        ensure!(length <= left, "the header is truncated or damaged: it asks for {length} bytes, {left} are left");
        self.read_bytes += length;
        Ok(())
    }

    fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn u64(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    fn count(&mut self, what: &str, count_max: u64) -> Result<u64> {
        let count = self.u64()?;
        ensure!(count <= count_max, "{count} {what}, at most {count_max} are accepted");
        Ok(count)
    }

    fn text(&mut self) -> Result<String> {
        let length = self.count("bytes of text", STRING_BYTES_MAX)?;
        let raw = self.bytes(length)?;
        Ok(String::from_utf8(raw).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    fn value(&mut self, kind: u32) -> Result<Value> {
        Ok(match kind {
            0 => Value::Integer(self.array::<1>()?[0].into()),
            1 => Value::Integer(i8::from_le_bytes(self.array()?).into()),
            2 => Value::Integer(u16::from_le_bytes(self.array()?).into()),
            3 => Value::Integer(i16::from_le_bytes(self.array()?).into()),
            4 => Value::Integer(self.u32()?.into()),
            5 => Value::Integer(i32::from_le_bytes(self.array()?).into()),
            6 => Value::Float(f32::from_le_bytes(self.array()?)),
            7 => Value::Bool(self.array::<1>()?[0] != 0),
            8 => Value::Text(self.text()?),
            9 => self.array_value()?,
            10 => Value::Integer(i64::try_from(self.u64()?).context("integer out of range")?),
            11 => Value::Integer(i64::from_le_bytes(self.array()?)),
            12 => Value::Float(f64::from_le_bytes(self.array()?) as f32),
            _ => bail!("unknown value type {kind}"),
        })
    }

    fn array_value(&mut self) -> Result<Value> {
        let kind = self.u32()?;
        let count = self.count("array items", ARRAY_ITEMS_MAX)?;
        match kind {
            8 => (0..count).map(|_| self.text()).collect::<Result<_>>().map(Value::Texts),
            4 | 5 => {
                (0..count).map(|_| Ok(i32::from_le_bytes(self.array()?))).collect::<Result<_>>().map(Value::Integers)
            }
            6 => (0..count).map(|_| Ok(f32::from_le_bytes(self.array()?))).collect::<Result<_>>().map(Value::Floats),
            9 => bail!("arrays of arrays are not supported"),
            _ => {
                for _ in 0..count {
                    self.value(kind)?;
                }
                Ok(Value::Skipped)
            }
        }
    }

    fn tensor_info(&mut self) -> Result<TensorInfo> {
        let dimension_count = self.u32()?;
        ensure!((1..=DIMENSIONS_MAX).contains(&dimension_count), "{dimension_count} dimensions");
        let mut shape = Vec::new();
        let mut elements = 1u64;
        for _ in 0..dimension_count {
            let dimension = self.u64()?;
            elements = elements.checked_mul(dimension).filter(|&count| 0 < count).context("impossible dimensions")?;
            shape.push(usize::try_from(dimension)?);
        }
        let row = shape[0];
        shape.reverse();
        let kind = tensor_kind(self.u32()?)?;
        ensure!(row % kind.block_size() == 0, "rows of {row} do not fill blocks of {}", kind.block_size());
        let bytes = (elements / kind.block_size() as u64).checked_mul(kind.type_size() as u64);
        let bytes = bytes.filter(|&bytes| bytes <= isize::MAX as u64).context("impossible size")?;
        Ok(TensorInfo { shape, kind, offset: self.u64()?, bytes: bytes as usize })
    }
}

/// The storage formats candle computes with, by their number in the file.
fn tensor_kind(number: u32) -> Result<GgmlDType> {
    Ok(match number {
        0 => GgmlDType::F32,
        1 => GgmlDType::F16,
        2 => GgmlDType::Q4_0,
        3 => GgmlDType::Q4_1,
        6 => GgmlDType::Q5_0,
        7 => GgmlDType::Q5_1,
        8 => GgmlDType::Q8_0,
        10 => GgmlDType::Q2K,
        11 => GgmlDType::Q3K,
        12 => GgmlDType::Q4K,
        13 => GgmlDType::Q5K,
        14 => GgmlDType::Q6K,
        30 => GgmlDType::BF16,
        _ => bail!("storage format {number} is not supported"),
    })
}
