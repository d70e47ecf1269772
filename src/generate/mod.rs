/*!
Prompt -> streamed text.

Owns the [`Generator`] port and its implementations: [`candle`] (GGUF files), [`openai`] (a
server, with [`fallback`] around it) and [`scripted`] (tests). Sync compute only: callers on async threads go through
`engine`. What is generated is a draft: `answer` checks every sentence of it.
*/

use std::ops::ControlFlow;

pub mod candle;
#[cfg(test)]
mod candle_tests;
mod chat;
mod event_stream;
pub mod fallback;
mod gguf;
mod gguf_pieces;
mod gguf_tokenizer;
mod mapped;
pub mod openai;
pub mod prompt;
pub mod scripted;
#[cfg(test)]
mod tiny_model;
mod transformer;
#[cfg(test)]
mod transformer_tests;
mod weights;

/// One request. `system` is the same for every question, so that an implementation can
/// keep its key/value cache; `user` carries evidence and question. Both are plain text:
/// the chat template and its special tokens are the implementation's, and text that looks
/// like a special token must be encoded as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The fixed instructions.
    pub system: String,
    /// Evidence and question.
    pub user: String,
}

/// Bounds of one generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenerateLimits {
    /// Longest prompt accepted, in tokens of the model.
    pub prompt_tokens_max: usize,
    /// Longest answer, in tokens of the model.
    pub answer_tokens_max: usize,
    /// Longest time from start to end, in milliseconds.
    pub answer_ms_max: u64,
}

/// Why a generation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// The model ended its answer.
    End,
    /// `answer_tokens_max` was reached.
    Tokens,
    /// `answer_ms_max` was reached.
    Time,
    /// The caller wants no more.
    Cancelled,
}

/// The outcome of one generation.
#[derive(Debug, Clone)]
pub struct Generated {
    /// All text that was streamed.
    pub text: String,
    /// Tokens of the prompt, the cached prefix included.
    pub prompt_tokens: usize,
    /// Tokens generated.
    pub answer_tokens: usize,
    /// Milliseconds until the first text was streamed.
    pub first_text_ms: u64,
    /// Milliseconds in all.
    pub total_ms: u64,
    /// Why it ended.
    pub stop: StopReason,
    /// Model that wrote it, where that is another than the generator's id names.
    pub model: Option<String>,
}

/// Why a generator that is there does not do what it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Degraded {
    /// The reason, in Vietnamese, for those who run the service.
    pub why: String,
    /// Whether another model writes in its place.
    pub still_writes: bool,
}

/// Generates text from a prompt, greedily and deterministically.
pub trait Generator: Send + Sync {
    /// Names the model, e.g. `qwen2.5-coder-1.5b-instruct-q4_k_m`.
    fn id(&self) -> &str;

    /// Tokens that `prompt` takes, where that can be told without asking anybody.
    fn prompt_tokens(&self, _prompt: &Prompt) -> Option<usize> {
        None
    }

    /// What is wrong with it at the moment; nothing for most.
    fn degraded(&self) -> Option<Degraded> {
        None
    }

    /// Streams the answer into `on_text` in whole characters as it is made and stops soon
    /// after `on_text` breaks or a limit is reached. One call at a time per value: a second
    /// one waits.
    fn generate(
        &self,
        prompt: &Prompt,
        limits: &GenerateLimits,
        on_text: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> anyhow::Result<Generated>;
}
