/*!
The forward pass of the Qwen 2, Qwen 3 and Llama 3 families over quantised weights.

One sequence at a time, with a key/value cache that belongs to the caller: it can be kept
and cut back, which is how the fixed beginning of all prompts is computed once. Logits are
computed only for the positions asked for. The three families differ in biases and in norms of
queries and keys, which are taken from what the file holds, and in how positions rotate.
*/

use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use candle_core::{
    D, DType, Device, Module, Tensor,
    quantized::{GgmlDType, QMatMul, QTensor},
};
use candle_nn::{ops, rotary_emb};

use super::gguf::Gguf;

/// Positions by which a key/value cache grows.
const CACHE_STEP_TOKENS: usize = 256;
/// candle's fast kernels want rows of a multiple of this.
const FAST_ROW: usize = 256;

/// Sizes of the model, read from metadata and checked.
#[derive(Debug, Clone, PartialEq)]
struct Sizes {
    layers: usize,
    hidden: usize,
    feed_forward: usize,
    heads: usize,
    kv_heads: usize,
    head: usize,
    vocabulary: usize,
    norm_epsilon: f32,
    rope_base: f32,
}

/// How a pair of numbers to rotate is chosen from a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rotation {
    /// First half with second half.
    Halves,
    /// Neighbours.
    Interleaved,
}

/// The weights of a model.
pub(super) struct Transformer {
    sizes: Sizes,
    rotation: Rotation,
    embedding: Arc<QTensor>,
    layers: Vec<Layer>,
    norm: Tensor,
    output: Linear,
    cos: Tensor,
    sin: Tensor,
}

struct Layer {
    attention_norm: Tensor,
    query: Linear,
    key: Linear,
    value: Linear,
    query_norm: Option<Tensor>,
    key_norm: Option<Tensor>,
    attention_output: Linear,
    feed_forward_norm: Tensor,
    gate: Linear,
    up: Linear,
    down: Linear,
}

/// A matrix, and a bias where the file has one.
struct Linear {
    weight: QMatMul,
    bias: Option<Tensor>,
    /// Zeros to append to each input so that its length is what the weights were padded to.
    padding: usize,
}

/// Keys and values of the positions computed so far.
pub(super) struct KvCache {
    /// Per layer keys and values: `[kv_heads, capacity, head]`.
    layers: Vec<(Tensor, Tensor)>,
    len: usize,
}

impl KvCache {
    /// Positions held.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Forgets all positions from `len` on.
    pub(super) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }
}

impl Transformer {
    /// Loads the weights. `requantize` turns formats that candle computes slowly (`Q5_0`)
    /// into `Q8_0`, which is larger and at least as exact. Positions beyond
    /// `context_tokens_max` will not be asked for.
    pub(super) fn load(gguf: &Gguf, context_tokens_max: usize, requantize: bool) -> Result<Self> {
        let architecture = gguf.text("general.architecture")?.to_owned();
        let rotation = match architecture.as_str() {
            "qwen2" | "qwen3" => Rotation::Halves,
            "llama" => Rotation::Interleaved,
            _ => bail!("architecture `{architecture}` is not supported, only qwen2, qwen3 and llama"),
        };
        let sizes = Sizes::read(gguf, &architecture)?;
        let embedding = Arc::new(gguf.tensor("token_embd.weight", &[sizes.vocabulary, sizes.hidden])?);
        let output = if gguf.has_tensor("output.weight") {
            Linear::load(gguf, "output", [sizes.vocabulary, sizes.hidden], requantize)?
        } else {
            let weight = QMatMul::from_arc(embedding.clone())?;
            weight.forward(&Tensor::zeros((1, sizes.hidden), DType::F32, &Device::Cpu)?)?;
            gguf.forget("token_embd.weight");
            Linear { weight, bias: None, padding: 0 }
        };
        let norm = gguf.floats("output_norm.weight", &[sizes.hidden])?;
        let mut layers = Vec::new();
        for layer in 0..sizes.layers {
            layers.push(Layer::load(gguf, &format!("blk.{layer}"), &sizes, requantize)?);
        }
        let (cos, sin) = rotation_tables(gguf, &sizes, context_tokens_max)?;
        Ok(Self { sizes, rotation, embedding, layers, norm, output, cos, sin })
    }

    /// Tokens of the vocabulary.
    pub(super) fn vocabulary(&self) -> usize {
        self.sizes.vocabulary
    }

    /// A cache that holds nothing yet.
    pub(super) fn empty_cache(&self) -> Result<KvCache> {
        let empty = Tensor::zeros((self.sizes.kv_heads, 0, self.sizes.head), DType::F32, &Device::Cpu)?;
        Ok(KvCache { layers: vec![(empty.clone(), empty); self.sizes.layers], len: 0 })
    }

    /// Appends `tokens` to the positions in `cache` and returns the state of each, from which
    /// [`Self::logits`] tells what comes next.
    pub(super) fn forward(&self, tokens: &[u32], cache: &mut KvCache) -> Result<Tensor> {
        let rows = tokens.len();
        ensure!(0 < rows, "no tokens to compute");
        let start = cache.len;
        ensure!(start + rows <= self.cos.dim(0)?, "more than {} positions", self.cos.dim(0)?);
        self.reserve(cache, start + rows)?;
        let cos = self.cos.narrow(0, start, rows)?;
        let sin = self.sin.narrow(0, start, rows)?;
        let mask = if rows == 1 { None } else { Some(causal_mask(rows, start)?) };

        let mut hidden = self.embedding.embedding(&Tensor::new(tokens, &Device::Cpu)?)?;
        for (layer, cached) in self.layers.iter().zip(&cache.layers) {
            let normed = ops::rms_norm(&hidden, &layer.attention_norm, self.sizes.norm_epsilon)?;
            let attended = self.attend(layer, &normed, cached, start, (&cos, &sin), mask.as_ref())?;
            hidden = (hidden + attended)?;
            let normed = ops::rms_norm(&hidden, &layer.feed_forward_norm, self.sizes.norm_epsilon)?;
            let (gate, up) = (layer.gate.forward(&normed)?, layer.up.forward(&normed)?);
            hidden = (hidden + layer.down.forward(&(ops::silu(&gate)? * up)?)?)?;
        }
        cache.len = start + rows;
        Ok(hidden)
    }

    /// How likely each token of the vocabulary is to follow position `row` of `states`.
    pub(super) fn logits(&self, states: &Tensor, row: usize) -> Result<Vec<f32>> {
        let state = states.narrow(0, row, 1)?.contiguous()?;
        // Quantised products turn what is not a number into zeros: look before the last one.
        ensure_finite(&state).context("the model is damaged, run `congdoan models verify`")?;
        let normed = ops::rms_norm(&state, &self.norm, self.sizes.norm_epsilon)?;
        Ok(self.output.forward(&normed)?.flatten_all()?.to_vec1()?)
    }

    fn attend(
        &self,
        layer: &Layer,
        input: &Tensor,
        (keys, values): &(Tensor, Tensor),
        start: usize,
        rotation: (&Tensor, &Tensor),
        mask: Option<&Tensor>,
    ) -> Result<Tensor> {
        let Sizes { heads, kv_heads, head, .. } = self.sizes;
        let rows = input.dim(0)?;
        let query = self.heads_of(&layer.query.forward(input)?, heads, layer.query_norm.as_ref(), Some(rotation))?;
        let key = self.heads_of(&layer.key.forward(input)?, kv_heads, layer.key_norm.as_ref(), Some(rotation))?;
        let value = self.heads_of(&layer.value.forward(input)?, kv_heads, None, None)?;
        keys.slice_set(&key, 1, start)?;
        values.slice_set(&value, 1, start)?;
        let keys = keys.narrow(1, 0, start + rows)?;
        let values = values.narrow(1, 0, start + rows)?;

        // Query heads that share a key head lie side by side: one product serves them all.
        let group = heads / kv_heads;
        let query = (query * (1.0 / (head as f64).sqrt()))?.reshape((kv_heads, group * rows, head))?;
        let scores = query.matmul(&keys.t()?)?;
        let weights = match mask {
            None => ops::softmax_last_dim(&scores)?,
            Some(mask) => {
                let scores = scores.reshape((heads, rows, start + rows))?.broadcast_add(mask)?;
                ops::softmax_last_dim(&scores)?.reshape((kv_heads, group * rows, start + rows))?
            }
        };
        let mixed = weights.matmul(&values)?.reshape((heads, rows, head))?;
        layer.attention_output.forward(&mixed.transpose(0, 1)?.reshape((rows, heads * head))?)
    }

    /// Turns `[rows, heads * head]` into `[heads, rows, head]`, normed and rotated.
    fn heads_of(
        &self,
        projected: &Tensor,
        heads: usize,
        norm: Option<&Tensor>,
        rotation: Option<(&Tensor, &Tensor)>,
    ) -> Result<Tensor> {
        let split = projected.reshape((projected.dim(0)?, heads, self.sizes.head))?;
        let normed = match norm {
            Some(norm) => ops::rms_norm(&split, norm, self.sizes.norm_epsilon)?,
            None => split,
        };
        let by_head = normed.transpose(0, 1)?.contiguous()?;
        let Some((cos, sin)) = rotation else { return Ok(by_head) };
        let batch = by_head.unsqueeze(0)?;
        let rotated = match self.rotation {
            Rotation::Halves => rotary_emb::rope(&batch, cos, sin)?,
            Rotation::Interleaved => rotary_emb::rope_i(&batch, cos, sin)?,
        };
        Ok(rotated.squeeze(0)?)
    }

    /// Makes room for `len` positions.
    fn reserve(&self, cache: &mut KvCache, len: usize) -> Result<()> {
        let Sizes { kv_heads, head, .. } = self.sizes;
        let held = cache.len;
        for (keys, values) in &mut cache.layers {
            if len <= keys.dim(1)? {
                continue;
            }
            let capacity = len.div_ceil(CACHE_STEP_TOKENS) * CACHE_STEP_TOKENS;
            for tensor in [keys, values] {
                let larger = Tensor::zeros((kv_heads, capacity, head), DType::F32, &Device::Cpu)?;
                if 0 < held {
                    larger.slice_set(&tensor.narrow(1, 0, held)?.contiguous()?, 1, 0)?;
                }
                *tensor = larger;
            }
        }
        Ok(())
    }
}

impl Sizes {
    fn read(gguf: &Gguf, architecture: &str) -> Result<Self> {
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
        Ok(Self {
            layers: size("block_count")?,
            hidden,
            feed_forward: size("feed_forward_length")?,
            heads,
            kv_heads,
            head,
            vocabulary,
            norm_epsilon: norm_epsilon.context("the epsilon of the norms is missing")?,
            rope_base: gguf.number(&key("rope.freq_base"))?.unwrap_or(10_000.0),
        })
    }
}

impl Layer {
    fn load(gguf: &Gguf, prefix: &str, sizes: &Sizes, requantize: bool) -> Result<Self> {
        let Sizes { hidden, feed_forward, heads, kv_heads, head, .. } = *sizes;
        let linear = |name: &str, shape| Linear::load(gguf, &format!("{prefix}.{name}"), shape, requantize);
        let query = linear("attn_q", [heads * head, hidden])?;
        let key = linear("attn_k", [kv_heads * head, hidden])?;
        let value = linear("attn_v", [kv_heads * head, hidden])?;
        let attention_output = linear("attn_output", [hidden, heads * head])?;
        let gate = linear("ffn_gate", [feed_forward, hidden])?;
        let up = linear("ffn_up", [feed_forward, hidden])?;
        let down = linear("ffn_down", [hidden, feed_forward])?;
        let head_norm = |name: &str| {
            let name = format!("{prefix}.{name}.weight");
            gguf.has_tensor(&name).then(|| gguf.floats(&name, &[head])).transpose()
        };
        Ok(Self {
            query_norm: head_norm("attn_q_norm")?,
            key_norm: head_norm("attn_k_norm")?,
            attention_norm: gguf.floats(&format!("{prefix}.attn_norm.weight"), &[hidden])?,
            feed_forward_norm: gguf.floats(&format!("{prefix}.ffn_norm.weight"), &[hidden])?,
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
    fn load(gguf: &Gguf, name: &str, [outputs, inputs]: [usize; 2], requantize: bool) -> Result<Self> {
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

    fn forward(&self, input: &Tensor) -> Result<Tensor> {
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
}

/// Fails if an element is infinite or not a number. Squares of weights and activations are
/// far from overflowing.
fn ensure_finite(tensor: &Tensor) -> Result<()> {
    let energy: f32 = tensor.sqr()?.sum_all()?.to_scalar()?;
    ensure!(energy.is_finite(), "it holds what are not numbers");
    Ok(())
}

/// Cosines and sines by position: `[context_tokens_max, head / 2]`.
fn rotation_tables(gguf: &Gguf, sizes: &Sizes, context_tokens_max: usize) -> Result<(Tensor, Tensor)> {
    let half = sizes.head / 2;
    let mut frequencies: Vec<f32> =
        (0..half).map(|i| 1.0 / sizes.rope_base.powf((2 * i) as f32 / sizes.head as f32)).collect();
    if gguf.has_tensor("rope_freqs.weight") {
        let factors: Vec<f32> = gguf.floats("rope_freqs.weight", &[half])?.to_vec1()?;
        for (frequency, factor) in frequencies.iter_mut().zip(factors) {
            *frequency /= factor;
        }
    }
    let angles: Vec<f32> = (0..context_tokens_max)
        .flat_map(|position| frequencies.iter().map(move |frequency| position as f32 * frequency))
        .collect();
    let angles = Tensor::from_vec(angles, (context_tokens_max, half), &Device::Cpu)?;
    Ok((angles.cos()?, angles.sin()?))
}

/// Adds nothing where a row may look and minus infinity where it may not: `[rows, start + rows]`.
fn causal_mask(rows: usize, start: usize) -> Result<Tensor> {
    let width = start + rows;
    let mask: Vec<f32> = (0..rows)
        .flat_map(|row| (0..width).map(move |column| if column <= start + row { 0.0 } else { f32::NEG_INFINITY }))
        .collect();
    Ok(Tensor::from_vec(mask, (rows, width), &Device::Cpu)?)
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use candle_core::{Device, Tensor, quantized::gguf_file::Content};
    use candle_transformers::models::{quantized_llama, quantized_qwen2, quantized_qwen3};

    use super::{Gguf, Transformer};
    use crate::generate::tiny_model::TinyModel;

    const TOKENS: [u32; 9] = [5, 250, 17, 17, 99, 0, 257, 42, 7];

    /// Root of the mean square of the differences, as a share of that of the numbers.
    fn distance(left: &[f32], right: &[f32]) -> f32 {
        assert_eq!(left.len(), right.len());
        let differences: f32 = left.iter().zip(right).map(|(left, right)| (left - right).powi(2)).sum();
        (differences / right.iter().map(|number| number.powi(2)).sum::<f32>()).sqrt()
    }

    fn logits(model: &TinyModel, chunks: &[&[u32]], requantize: bool) -> Vec<f32> {
        let transformer = Transformer::load(&Gguf::open(&model.path()).unwrap(), 64, requantize).unwrap();
        let mut cache = transformer.empty_cache().unwrap();
        let states = chunks.iter().map(|chunk| transformer.forward(chunk, &mut cache).unwrap()).last().unwrap();
        transformer.logits(&states, states.dim(0).unwrap() - 1).unwrap()
    }

    fn check_against(architecture: &str, oracle: impl Fn(Content, &mut File, &Tensor) -> Tensor) {
        let model = TinyModel::new(architecture);
        let mut file = File::open(model.path()).unwrap();
        let content = Content::read(&mut file).unwrap();
        let input = Tensor::new(&TOKENS, &Device::Cpu).unwrap().unsqueeze(0).unwrap();
        let expected: Vec<f32> = oracle(content, &mut file, &input).flatten_all().unwrap().to_vec1().unwrap();
        for requantize in [false, true] {
            let ours = logits(&model, &[&TOKENS], requantize);
            let distance = distance(&ours, &expected);
            assert!(distance < 0.05, "{architecture} {requantize}: {distance}");
        }
    }

    #[test]
    fn agrees_with_the_reference_implementations() {
        check_against("qwen2", |content, file, input| {
            quantized_qwen2::ModelWeights::from_gguf(content, file, &Device::Cpu).unwrap().forward(input, 0).unwrap()
        });
        check_against("qwen3", |content, file, input| {
            quantized_qwen3::ModelWeights::from_gguf(content, file, &Device::Cpu).unwrap().forward(input, 0).unwrap()
        });
        check_against("llama", |content, file, input| {
            quantized_llama::ModelWeights::from_gguf(content, file, &Device::Cpu).unwrap().forward(input, 0).unwrap()
        });
    }

    #[test]
    fn chunks_and_a_cache_cut_back_give_the_same_logits() {
        let model = TinyModel::new("qwen2");
        let whole = logits(&model, &[&TOKENS], true);
        let chunked = logits(&model, &[&TOKENS[..4], &TOKENS[4..8], &TOKENS[8..]], true);
        assert!(distance(&whole, &chunked) < 1e-3, "{}", distance(&whole, &chunked));

        let transformer = Transformer::load(&Gguf::open(&model.path()).unwrap(), 600, true).unwrap();
        let mut cache = transformer.empty_cache().unwrap();
        transformer.forward(&TOKENS[..4], &mut cache).unwrap();
        transformer.forward(&[1; 300], &mut cache).unwrap();
        cache.truncate(4);
        let states = transformer.forward(&TOKENS[4..], &mut cache).unwrap();
        let again = transformer.logits(&states, 4).unwrap();
        assert!(distance(&whole, &again) < 1e-3, "{}", distance(&whole, &again));
        assert!(transformer.forward(&[1; 600], &mut cache).is_err());
    }
}
