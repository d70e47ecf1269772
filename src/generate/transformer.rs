/*!
The forward pass of the Qwen 2, Qwen 3, Llama 3 and Gemma 3 families over quantised weights.

One sequence at a time, with a key/value cache that belongs to the caller: it can be kept
and cut back, which is how the fixed beginning of all prompts is computed once. Logits are
computed only for the positions asked for. The families differ in biases and norms, which are
taken from what the file holds, in how positions rotate, and Gemma 3 also in its activation, in
the scale of its embeddings and in layers that look back at a window alone ([`Family`]).
*/

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use candle_core::{DType, Device, Tensor, quantized::QTensor};
use candle_nn::{ops, rotary_emb};

use super::{
    gguf::Gguf,
    weights::{Family, Layer, Linear, Sizes, ensure_finite, local_rotation_tables, mask, rotation_tables},
};

/// Positions by which a key/value cache grows.
const CACHE_STEP_TOKENS: usize = 256;

/// Cosines and sines by position.
type Rotation = (Tensor, Tensor);

/// The weights of a model.
pub(super) struct Transformer {
    family: Family,
    sizes: Sizes,
    embedding: Arc<QTensor>,
    layers: Vec<Layer>,
    norm: Tensor,
    output: Linear,
    rotation: Rotation,
    /// That of layers that look back at a window alone.
    local_rotation: Option<Rotation>,
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
        let family = Family::of(&architecture)?;
        let sizes = Sizes::read(gguf, &architecture, family)?;
        let embedding = Arc::new(gguf.tensor("token_embd.weight", &[sizes.vocabulary, sizes.hidden])?);
        let output = if gguf.has_tensor("output.weight") {
            Linear::load(gguf, "output", [sizes.vocabulary, sizes.hidden], requantize)?
        } else {
            Linear::tied(gguf, embedding.clone(), sizes.hidden)?
        };
        let norm = gguf.floats("output_norm.weight", &[sizes.hidden])?;
        let mut layers = Vec::new();
        for layer in 0..sizes.layers {
            layers.push(Layer::load(gguf, &format!("blk.{layer}"), &sizes, requantize)?);
        }
        let rotation = rotation_tables(gguf, sizes.head, sizes.rope_base, sizes.rope_stretch, context_tokens_max)?;
        let is_local = sizes.window.is_some();
        let local_rotation = is_local.then(|| local_rotation_tables(gguf, &sizes, context_tokens_max)).transpose()?;
        Ok(Self { family, sizes, embedding, layers, norm, output, rotation, local_rotation })
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
        let positions_max = self.rotation.0.dim(0)?;
        ensure!(start + rows <= positions_max, "more than {positions_max} positions");
        self.reserve(cache, start + rows)?;
        let at = |(cos, sin): &Rotation| -> Result<Rotation> {
            Ok((cos.narrow(0, start, rows)?, sin.narrow(0, start, rows)?))
        };
        let everywhere = (at(&self.rotation)?, mask(rows, start, None)?);
        let nearby = match &self.local_rotation {
            Some(rotation) => Some((at(rotation)?, mask(rows, start, self.sizes.window)?)),
            None => None,
        };

        let mut hidden = self.embedding.embedding(&Tensor::new(tokens, &Device::Cpu)?)?;
        if self.family == Family::Gemma3 {
            hidden = (hidden * (self.sizes.hidden as f64).sqrt())?;
        }
        for (index, (layer, cached)) in self.layers.iter().zip(&cache.layers).enumerate() {
            let is_local = self.sizes.window_of(index).is_some();
            let view = nearby.as_ref().filter(|_| is_local).unwrap_or(&everywhere);
            let attended = self.attend(layer, &self.normed(&hidden, &layer.attention_norm)?, cached, start, view)?;
            hidden = (hidden + self.post_normed(attended, layer.attention_post_norm.as_ref())?)?;
            let fed = self.feed(layer, &self.normed(&hidden, &layer.feed_forward_norm)?)?;
            hidden = (hidden + self.post_normed(fed, layer.feed_forward_post_norm.as_ref())?)?;
        }
        cache.len = start + rows;
        Ok(hidden)
    }

    fn normed(&self, states: &Tensor, norm: &Tensor) -> Result<Tensor> {
        Ok(ops::rms_norm(states, norm, self.sizes.norm_epsilon)?)
    }

    fn post_normed(&self, states: Tensor, norm: Option<&Tensor>) -> Result<Tensor> {
        norm.map_or(Ok(states.clone()), |norm| self.normed(&states, norm))
    }

    fn feed(&self, layer: &Layer, input: &Tensor) -> Result<Tensor> {
        let (gate, up) = (layer.gate.forward(input)?, layer.up.forward(input)?);
        let gate = if self.family == Family::Gemma3 { gate.gelu()? } else { ops::silu(&gate)? };
        layer.down.forward(&(gate * up)?)
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
        (rotation, mask): &(Rotation, Option<Tensor>),
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
        let query = (query * self.sizes.attention_scale(self.family))?.reshape((kv_heads, group * rows, head))?;
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
        rotation: Option<&Rotation>,
    ) -> Result<Tensor> {
        let split = projected.reshape((projected.dim(0)?, heads, self.sizes.head))?;
        let normed = match norm {
            Some(norm) => ops::rms_norm(&split, norm, self.sizes.norm_epsilon)?,
            None => split,
        };
        let by_head = normed.transpose(0, 1)?.contiguous()?;
        let Some((cos, sin)) = rotation else { return Ok(by_head) };
        let batch = by_head.unsqueeze(0)?;
        // Llama rotates neighbours, the others the first half of a head with the second.
        let rotated = match self.family {
            Family::Qwen | Family::Gemma3 => rotary_emb::rope(&batch, cos, sin)?,
            Family::Llama => rotary_emb::rope_i(&batch, cos, sin)?,
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
