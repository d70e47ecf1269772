/*!
The parts of a model as its GGUF file describes them: sizes, layers, matrices.

Owns what the architectures differ in, as values ([`Family`], [`Sizes`]), so that the forward
pass has one shape for all of them. Every size is checked before anything is computed with it.
*/

use anyhow::{Context, Result, bail, ensure};
use candle_core::{
    D, DType, Device, Module, Tensor,
    quantized::{GgmlDType, QMatMul, QTensor},
};

use super::gguf::{Gguf, Value};

/// candle's fast kernels want rows of a multiple of this.
const FAST_ROW: usize = 256;
/// Of so many layers of Gemma 3 the last one looks at all positions.
const GEMMA_PATTERN_LAYERS: usize = 6;
/// Base of the rotation in the others.
const GEMMA_LOCAL_ROPE_BASE: f32 = 10_000.0;
/// Layers of the one Gemma 3 whose attention is scaled by its width.
const GEMMA_27B_LAYERS: usize = 62;

/// Architectures, by what they compute differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// Qwen 2 and 3.
    Qwen,
    /// Llama 3 and what is built like it.
    Llama,
    /// Gemma 3.
    Gemma3,
}

impl Family {
    /// The family of an architecture's name in GGUF files.
    pub(super) fn of(architecture: &str) -> Result<Self> {
        match architecture {
            "qwen2" | "qwen3" => Ok(Self::Qwen),
            "llama" => Ok(Self::Llama),
            "gemma3" => Ok(Self::Gemma3),
            _ => bail!("architecture `{architecture}` is not supported, only qwen2, qwen3, llama and gemma3"),
        }
    }
}

/// Sizes of the model, read from metadata and checked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sizes {
    pub(super) layers: usize,
    pub(super) hidden: usize,
    pub(super) feed_forward: usize,
    pub(super) heads: usize,
    pub(super) kv_heads: usize,
    pub(super) head: usize,
    pub(super) vocabulary: usize,
    pub(super) norm_epsilon: f32,
    pub(super) rope_base: f32,
    /// Divides the angles of rotation, where positions were stretched.
    pub(super) rope_stretch: f32,
    /// Positions that most layers look back at; `None` where all look at all.
    pub(super) window: Option<usize>,
}

pub(super) struct Layer {
    pub(super) attention_norm: Tensor,
    pub(super) query: Linear,
    pub(super) key: Linear,
    pub(super) value: Linear,
    pub(super) query_norm: Option<Tensor>,
    pub(super) key_norm: Option<Tensor>,
    pub(super) attention_output: Linear,
    pub(super) attention_post_norm: Option<Tensor>,
    pub(super) feed_forward_norm: Tensor,
    pub(super) gate: Linear,
    pub(super) up: Linear,
    pub(super) down: Linear,
    pub(super) feed_forward_post_norm: Option<Tensor>,
}

/// A matrix, and a bias where the file has one.
pub(super) struct Linear {
    weight: QMatMul,
    bias: Option<Tensor>,
    /// Zeros to append to each input so that its length is what the weights were padded to.
    padding: usize,
}

impl Sizes {
    pub(super) fn read(gguf: &Gguf, architecture: &str, family: Family) -> Result<Self> {
        let key = |name: &str| format!("{architecture}.{name}");
        let size = |name: &str| {
            let value = gguf.size(&key(name))?.with_context(|| format!("metadata `{}` is missing", key(name)))?;
            ensure!((1..=1 << 20).contains(&value), "metadata `{}` is {value}", key(name));
            Ok(value)
        };
        let (hidden, heads) = (size("embedding_length")?, size("attention.head_count")?);
        let kv_heads = size("attention.head_count_kv")?;
        let head = gguf.size(&key("attention.key_length"))?.unwrap_or(hidden / heads);
        ensure!(heads % kv_heads == 0, "{heads} heads over {kv_heads} key heads");
        ensure!((2..=1024).contains(&head) && head % 2 == 0, "heads of {head}");
        let rotated = gguf.size(&key("rope.dimension_count"))?.unwrap_or(head);
        ensure!(rotated == head, "rotating {rotated} of {head} is not supported");
        ensure!(gguf.get(&key("expert_count")).is_none(), "mixtures of experts are not supported");
        let vocabulary = gguf.rows("token_embd.weight").context("tensor `token_embd.weight` is missing")?;
        let norm_epsilon = gguf.number(&key("attention.layer_norm_rms_epsilon"))?;
        let is_stretched = matches!(gguf.get(&key("rope.scaling.type")), Some(Value::Text(kind)) if kind == "linear");
        let stretch = if is_stretched { gguf.number(&key("rope.scaling.factor"))? } else { None };
        let rope_stretch = stretch.unwrap_or(1.0);
        ensure!(0.0 < rope_stretch, "positions are stretched by {rope_stretch}");
        let window = if family == Family::Gemma3 { Some(size("attention.sliding_window")?) } else { None };
        Ok(Self {
            layers: size("block_count")?,
            hidden,
            feed_forward: size("feed_forward_length")?,
            heads,
            kv_heads,
            head,
            vocabulary,
            norm_epsilon: norm_epsilon.context("the epsilon of the norms is missing")?,
            rope_base: gguf.number(&key("rope.freq_base"))?.unwrap_or(match family {
                Family::Gemma3 => 1_000_000.0,
                Family::Qwen | Family::Llama => 10_000.0,
            }),
            rope_stretch,
            window,
        })
    }

    /// Positions that the layer looks back at; `None` for all.
    pub(super) fn window_of(&self, layer: usize) -> Option<usize> {
        self.window.filter(|_| !(layer + 1).is_multiple_of(GEMMA_PATTERN_LAYERS))
    }

    /// What the products of queries and keys are multiplied with.
    pub(super) fn attention_scale(&self, family: Family) -> f64 {
        let width = match family {
            Family::Gemma3 if self.layers == GEMMA_27B_LAYERS => self.hidden / self.heads,
            _ => self.head,
        };
        1.0 / (width as f64).sqrt()
    }
}

impl Layer {
    pub(super) fn load(gguf: &Gguf, prefix: &str, sizes: &Sizes, requantize: bool) -> Result<Self> {
        let Sizes { hidden, feed_forward, heads, kv_heads, head, .. } = *sizes;
        let linear = |name: &str, shape| Linear::load(gguf, &format!("{prefix}.{name}"), shape, requantize);
        let query = linear("attn_q", [heads * head, hidden])?;
        let key = linear("attn_k", [kv_heads * head, hidden])?;
        let value = linear("attn_v", [kv_heads * head, hidden])?;
        let attention_output = linear("attn_output", [hidden, heads * head])?;
        let gate = linear("ffn_gate", [feed_forward, hidden])?;
        let up = linear("ffn_up", [feed_forward, hidden])?;
        let down = linear("ffn_down", [hidden, feed_forward])?;
        let norm = |name: &str, length| {
            let name = format!("{prefix}.{name}.weight");
            gguf.has_tensor(&name).then(|| gguf.floats(&name, &[length])).transpose()
        };
        Ok(Self {
            query_norm: norm("attn_q_norm", head)?,
            key_norm: norm("attn_k_norm", head)?,
            attention_norm: gguf.floats(&format!("{prefix}.attn_norm.weight"), &[hidden])?,
            attention_post_norm: norm("post_attention_norm", hidden)?,
            feed_forward_norm: gguf.floats(&format!("{prefix}.ffn_norm.weight"), &[hidden])?,
            feed_forward_post_norm: norm("post_ffw_norm", hidden)?,
            query,
            key,
            value,
            attention_output,
            gate,
            up,
            down,
        })
    }
}

impl Linear {
    pub(super) fn load(gguf: &Gguf, name: &str, [outputs, inputs]: [usize; 2], requantize: bool) -> Result<Self> {
        let weight = gguf.tensor(&format!("{name}.weight"), &[outputs, inputs])?;
        let bias_name = format!("{name}.bias");
        let bias = gguf.has_tensor(&bias_name).then(|| gguf.floats(&bias_name, &[outputs])).transpose()?;
        let slow = matches!(weight.dtype(), GgmlDType::Q5_0 | GgmlDType::Q5_1 | GgmlDType::Q4_0 | GgmlDType::Q4_1);
        // The output matrix meets one row at a time and is bound by memory: leave it compact.
        let unaligned = weight.dtype() == GgmlDType::Q8_0 && inputs % FAST_ROW != 0 && name != "output";
        if !requantize || !(slow || unaligned) {
            let weight = QMatMul::from_qtensor(weight)?;
            // The first product makes candle's rearranged copy: made here, one matrix at a
            // time, the file's own bytes need not stay in memory beside it.
            let rows = if name == "output" { 1 } else { 2 };
            weight.forward(&Tensor::zeros((rows, inputs), DType::F32, &Device::Cpu)?)?;
            gguf.forget(&format!("{name}.weight"));
            return Ok(Self { weight, bias, padding: 0 });
        }
        let padding = inputs.next_multiple_of(FAST_ROW) - inputs;
        let exact = weight.dequantize(&Device::Cpu)?;
        ensure_finite(&exact).with_context(|| format!("tensor `{name}.weight`"))?;
        let wide = exact.pad_with_zeros(1, 0, padding)?;
        let weight = QTensor::quantize(&wide, GgmlDType::Q8_0)?;
        gguf.forget(&format!("{name}.weight"));
        Ok(Self { weight: QMatMul::from_qtensor(weight)?, bias, padding })
    }

    pub(super) fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let output = if self.padding == 0 {
            self.weight.forward(input)?
        } else {
            self.weight.forward(&input.pad_with_zeros(D::Minus1, 0, self.padding)?)?
        };
        Ok(match &self.bias {
            Some(bias) => output.broadcast_add(bias)?,
            None => output,
        })
    }

    /// The embeddings once more, as the matrix that tells the next token.
    pub(super) fn tied(gguf: &Gguf, embedding: std::sync::Arc<QTensor>, inputs: usize) -> Result<Self> {
        let weight = QMatMul::from_arc(embedding)?;
        weight.forward(&Tensor::zeros((1, inputs), DType::F32, &Device::Cpu)?)?;
        gguf.forget("token_embd.weight");
        Ok(Self { weight, bias: None, padding: 0 })
    }
}

/// Fails if an element is infinite or not a number. Squares of weights and activations are
/// far from overflowing.
pub(super) fn ensure_finite(tensor: &Tensor) -> Result<()> {
    let energy: f32 = tensor.sqr()?.sum_all()?.to_scalar()?;
    ensure!(energy.is_finite(), "it holds what are not numbers");
    Ok(())
}

/// Cosines and sines by position: `[context_tokens_max, head / 2]`.
pub(super) fn rotation_tables(
    gguf: &Gguf,
    head: usize,
    base: f32,
    stretch: f32,
    positions: usize,
) -> Result<(Tensor, Tensor)> {
    let half = head / 2;
    let mut frequencies: Vec<f32> =
        (0..half).map(|i| 1.0 / base.powf((2 * i) as f32 / head as f32) / stretch).collect();
    if gguf.has_tensor("rope_freqs.weight") {
        let factors: Vec<f32> = gguf.floats("rope_freqs.weight", &[half])?.to_vec1()?;
        for (frequency, factor) in frequencies.iter_mut().zip(factors) {
            *frequency /= factor;
        }
    }
    let angles: Vec<f32> = (0..positions)
        .flat_map(|position| frequencies.iter().map(move |frequency| position as f32 * frequency))
        .collect();
    let angles = Tensor::from_vec(angles, (positions, half), &Device::Cpu)?;
    Ok((angles.cos()?, angles.sin()?))
}

/// The tables of layers that look back at a window alone.
pub(super) fn local_rotation_tables(gguf: &Gguf, sizes: &Sizes, positions: usize) -> Result<(Tensor, Tensor)> {
    rotation_tables(gguf, sizes.head, GEMMA_LOCAL_ROPE_BASE, 1.0, positions)
}

/// Adds nothing where a row may look and minus infinity where it may not: `[rows, start + rows]`;
/// `None` where every row may look at everything.
pub(super) fn mask(rows: usize, start: usize, window: Option<usize>) -> Result<Option<Tensor>> {
    let width = start + rows;
    let window = window.unwrap_or(usize::MAX);
    if rows == 1 && width <= window {
        return Ok(None);
    }
    let may_look = |row: usize, column: usize| column <= start + row && start + row - column < window;
    let mask: Vec<f32> = (0..rows)
        .flat_map(|row| (0..width).map(move |column| if may_look(row, column) { 0.0 } else { f32::NEG_INFINITY }))
        .collect();
    Ok(Some(Tensor::from_vec(mask, (rows, width), &Device::Cpu)?))
}
