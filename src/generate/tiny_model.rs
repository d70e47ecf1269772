/*!
Writes small, random but complete GGUF chat models for tests.
*/

use std::{io::BufWriter, path::PathBuf};

use candle_core::{
    Device, Tensor,
    quantized::{
        GgmlDType, QTensor,
        gguf_file::{self, Value},
    },
};
use tempfile::TempDir;

const HIDDEN: usize = 64;
const FEED_FORWARD: usize = 96;
const HEADS: usize = 4;
const KV_HEADS: usize = 2;
const HEAD: usize = 16;
const LAYERS: usize = 2;
/// Of Gemma, so many that one of them looks at all positions.
const GEMMA_LAYERS: usize = 6;
/// Positions its other layers look back at.
pub(super) const GEMMA_WINDOW: usize = 4;
/// Base of its rotation in layers that look at all positions: far from that of the others.
pub(super) const GEMMA_ROPE_BASE: f32 = 20.0;

/// A model file that disappears with this value.
pub(super) struct TinyModel {
    directory: TempDir,
}

impl TinyModel {
    /// Writes a model of `architecture`: `qwen2`, `qwen3`, `llama` or `gemma3`, or another that
    /// is to be refused.
    pub(super) fn new(architecture: &str) -> Self {
        let model = Self { directory: tempfile::tempdir().unwrap() };
        let metadata = metadata(architecture);
        let tensors = tensors(architecture, vocabulary(architecture).0.len());
        let metadata: Vec<(&str, &Value)> = metadata.iter().map(|(key, value)| (key.as_str(), value)).collect();
        let tensors: Vec<(&str, &QTensor)> = tensors.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
        let mut file = BufWriter::new(std::fs::File::create(model.path()).unwrap());
        gguf_file::write(&mut file, &metadata, &tensors).unwrap();
        model
    }

    /// Where it is.
    pub(super) fn path(&self) -> PathBuf {
        self.directory.path().join("tiny.gguf")
    }

    /// Its bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.path()).unwrap()
    }

    /// Replaces its bytes.
    pub(super) fn overwrite(&self, bytes: &[u8]) {
        std::fs::write(self.path(), bytes).unwrap();
    }
}

/// Tokens and their types: all bytes, one merge, then the control tokens.
fn vocabulary(architecture: &str) -> (Vec<String>, Vec<i32>) {
    if architecture == "gemma3" {
        return pieces();
    }
    let mut others = 0x100u32..;
    let mut tokens: Vec<String> = (0..=255u8)
        .map(|byte| {
            let visible = matches!(byte, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff);
            let code = if visible { u32::from(byte) } else { others.next().unwrap() };
            char::from_u32(code).unwrap().to_string()
        })
        .collect();
    tokens.push("im".to_owned());
    let mut types = vec![1; tokens.len()];
    let controls: &[&str] = match architecture {
        "llama" => &["<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"],
        _ => &["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
    };
    tokens.extend(controls.iter().map(|&name| name.to_owned()));
    types.resize(tokens.len(), 3);
    (tokens, types)
}

/// The same as Gemma has it: control tokens first, bytes by name, pieces, turns.
fn pieces() -> (Vec<String>, Vec<i32>) {
    let mut all: Vec<(String, i32)> =
        [("<pad>", 3), ("<eos>", 3), ("<bos>", 3), ("<unk>", 2)].map(|(name, kind)| (name.to_owned(), kind)).into();
    all.extend((0..=255u8).map(|byte| (format!("<0x{byte:02X}>"), 6)));
    let rest =
        [("\u{2581}", 1), ("i", 1), ("m", 1), ("im", 1), ("\n", 4), ("<start_of_turn>", 3), ("<end_of_turn>", 4)];
    all.extend(rest.map(|(name, kind)| (name.to_owned(), kind)));
    all.into_iter().unzip()
}

fn layers(architecture: &str) -> usize {
    if architecture == "gemma3" { GEMMA_LAYERS } else { LAYERS }
}

fn metadata(architecture: &str) -> Vec<(String, Value)> {
    let (tokens, types) = vocabulary(architecture);
    let end = tokens.len() as u32 - 1;
    let is_gemma = architecture == "gemma3";
    let split = if architecture == "llama" { "llama-bpe" } else { "qwen2" };
    let text = |text: &str| Value::String(text.to_owned());
    let size = |size: usize| Value::U32(size as u32);
    let sizes = [
        ("block_count", size(layers(architecture))),
        ("context_length", size(512)),
        ("embedding_length", size(HIDDEN)),
        ("feed_forward_length", size(FEED_FORWARD)),
        ("attention.head_count", size(HEADS)),
        ("attention.head_count_kv", size(KV_HEADS)),
        ("attention.key_length", size(HEAD)),
        ("attention.layer_norm_rms_epsilon", Value::F32(1e-5)),
        ("rope.dimension_count", size(HEAD)),
        ("rope.freq_base", Value::F32(if is_gemma { GEMMA_ROPE_BASE } else { 10_000.0 })),
        ("attention.sliding_window", size(GEMMA_WINDOW)),
    ];
    let mut entries = vec![
        ("general.architecture".to_owned(), text(architecture)),
        ("tokenizer.ggml.model".to_owned(), text(if is_gemma { "llama" } else { "gpt2" })),
        ("tokenizer.ggml.scores".to_owned(), Value::Array(vec![Value::F32(-1.0); tokens.len()])),
        ("tokenizer.ggml.add_space_prefix".to_owned(), Value::Bool(false)),
        ("tokenizer.ggml.bos_token_id".to_owned(), Value::U32(2)),
        ("tokenizer.ggml.pre".to_owned(), text(split)),
        ("tokenizer.ggml.tokens".to_owned(), Value::Array(tokens.iter().map(|token| text(token)).collect())),
        ("tokenizer.ggml.token_type".to_owned(), Value::Array(types.into_iter().map(Value::I32).collect())),
        ("tokenizer.ggml.merges".to_owned(), Value::Array(vec![text("i m")])),
        ("tokenizer.ggml.eos_token_id".to_owned(), Value::U32(end)),
    ];
    entries.extend(sizes.map(|(name, value)| (format!("{architecture}.{name}"), value)));
    entries
}

fn tensors(architecture: &str, vocabulary: usize) -> Vec<(String, QTensor)> {
    let mut random = Random(7);
    let mut tensors = vec![
        ("token_embd.weight".to_owned(), random.matrix(vocabulary, HIDDEN)),
        ("output_norm.weight".to_owned(), random.vector(HIDDEN)),
    ];
    let is_gemma = architecture == "gemma3";
    if !is_gemma {
        // Gemma's is its embeddings once more.
        tensors.push(("output.weight".to_owned(), random.matrix(vocabulary, HIDDEN)));
    }
    for layer in 0..layers(architecture) {
        let mut add = |name: &str, tensor| tensors.push((format!("blk.{layer}.{name}"), tensor));
        for (name, rows, columns) in [
            ("attn_q", HEADS * HEAD, HIDDEN),
            ("attn_k", KV_HEADS * HEAD, HIDDEN),
            ("attn_v", KV_HEADS * HEAD, HIDDEN),
            ("attn_output", HIDDEN, HEADS * HEAD),
            ("ffn_gate", FEED_FORWARD, HIDDEN),
            ("ffn_up", FEED_FORWARD, HIDDEN),
            ("ffn_down", HIDDEN, FEED_FORWARD),
        ] {
            add(&format!("{name}.weight"), random.matrix(rows, columns));
            if architecture == "qwen2" && ["attn_q", "attn_k", "attn_v"].contains(&name) {
                add(&format!("{name}.bias"), random.vector(rows));
            }
        }
        let head_norms: &[&str] =
            if architecture == "qwen3" || is_gemma { &["attn_q_norm", "attn_k_norm"] } else { &[] };
        for name in head_norms {
            add(&format!("{name}.weight"), random.vector(HEAD));
        }
        let post_norms: &[&str] = if is_gemma { &["post_attention_norm", "post_ffw_norm"] } else { &[] };
        for name in ["attn_norm", "ffn_norm"].iter().chain(post_norms) {
            add(&format!("{name}.weight"), random.vector(HIDDEN));
        }
    }
    tensors
}

/// A linear congruential generator: the same model every time.
struct Random(u64);

impl Random {
    fn numbers(&mut self, count: usize) -> Vec<f32> {
        (0..count)
            .map(|_| {
                self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (self.0 >> 40) as f32 / (1 << 23) as f32 - 1.0
            })
            .collect()
    }

    fn matrix(&mut self, rows: usize, columns: usize) -> QTensor {
        // Small, so that rounding in one layer is not blown up by the next.
        let numbers: Vec<f32> = self.numbers(rows * columns).into_iter().map(|number| number / 4.0).collect();
        QTensor::quantize(&Tensor::from_vec(numbers, (rows, columns), &Device::Cpu).unwrap(), GgmlDType::Q8_0).unwrap()
    }

    fn vector(&mut self, length: usize) -> QTensor {
        let numbers = self.numbers(length).into_iter().map(|number| number + 1.0).collect();
        QTensor::quantize(&Tensor::from_vec(numbers, length, &Device::Cpu).unwrap(), GgmlDType::F32).unwrap()
    }
}
