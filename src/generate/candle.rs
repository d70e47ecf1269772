/*!
A [`Generator`] that runs a GGUF chat model in this process, on the CPU.

Owns decoding: greedy, one sequence at a time, stopping between tokens (and between chunks
of the prompt) when the caller, the clock or a limit says so. The state after the fixed
beginning of a prompt (system text and the opening of the user's turn) is kept, so that
only the first question pays for it; it is always computed in the same chunks and alone, so
that an answer does not depend on what was asked before.

Threads are candle's: `RAYON_NUM_THREADS`, by default one for each physical core.
*/

use std::{
    ops::ControlFlow,
    path::Path,
    sync::{Mutex, MutexGuard},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use candle_core::Tensor;

use super::{
    GenerateLimits, Generated, Generator, Prompt, StopReason,
    chat::{ChatTemplate, ChatTokens},
    gguf::Gguf,
    gguf_tokenizer::{GgufTokenizer, TextStream},
    transformer::{KvCache, Transformer},
};
use crate::error::{Error, Result};

/// How a model is loaded and run.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneratorOptions {
    /// Most tokens of prompt and answer together, or what the model was made for if that is
    /// less; each costs memory while it is held.
    pub context_tokens_max: usize,
    /// Tokens of a prompt computed at a time. Between chunks the caller can cancel.
    pub prefill_chunk_tokens: usize,
    /// Divides the score of a token that was already in the answer; 1 leaves it alone.
    pub repetition_penalty: f32,
    /// Stores weights in a larger format where that is faster (files of 0.5 billion
    /// parameters), at about 10 % more memory for the model.
    pub requantize: bool,
    /// System texts whose state is kept.
    pub prefixes_kept_max: usize,
}

impl GeneratorOptions {
    /// What was found best for the two models of `models/manifest.toml`.
    pub fn recommended() -> Self {
        Self {
            context_tokens_max: 4096,
            prefill_chunk_tokens: 64,
            repetition_penalty: 1.0,
            requantize: true,
            prefixes_kept_max: 2,
        }
    }
}

/// A loaded GGUF chat model.
pub struct CandleGenerator {
    id: String,
    options: GeneratorOptions,
    tokenizer: GgufTokenizer,
    template: ChatTemplate,
    model: Transformer,
    /// Kept states, most recently used last.
    states: Mutex<Vec<PrefixState>>,
}

/// The key/value cache of a sequence that begins with `prefix`.
struct PrefixState {
    prefix: Vec<u32>,
    cache: KvCache,
}

impl CandleGenerator {
    /// Loads the model at `path`; its file name without the extension becomes its id.
    pub fn load(path: &Path, options: &GeneratorOptions) -> Result<Self> {
        Self::try_load(path, options).map_err(|cause| {
            Error::unavailable(
                format!("model `{}` cannot be used: {cause:#}", path.display()),
                "run `congdoan models verify`, and `congdoan models pull` to fetch it again",
            )
        })
    }

    fn try_load(path: &Path, options: &GeneratorOptions) -> anyhow::Result<Self> {
        ensure!(0 < options.prefill_chunk_tokens, "the option `prefill_chunk_tokens` is 0");
        ensure!(1.0 <= options.repetition_penalty, "the option `repetition_penalty` is below 1");
        let gguf = Gguf::open(path)?;
        let tokenizer = GgufTokenizer::from_gguf(&gguf)?;
        let template = ChatTemplate::resolve(&tokenizer, gguf.text("general.architecture")?)?;
        let trained_for = gguf.size(&format!("{}.context_length", gguf.text("general.architecture")?))?;
        let context_tokens_max = options.context_tokens_max.min(trained_for.unwrap_or(usize::MAX));
        let options = GeneratorOptions { context_tokens_max, ..options.clone() };
        let model = Transformer::load(&gguf, context_tokens_max, options.requantize)?;
        ensure!(
            tokenizer.len() <= model.vocabulary(),
            "{} tokens for {} embeddings",
            tokenizer.len(),
            model.vocabulary()
        );
        let id = path.file_stem().context("no file name")?.to_string_lossy().into_owned();
        Ok(Self { id, options, tokenizer, template, model, states: Mutex::default() })
    }

    /// Computes and keeps the state after `system`, so that the first question is as fast as
    /// the next.
    pub fn warm_up(&self, system: &str) -> Result<()> {
        let prompt = Prompt { system: system.to_owned(), user: String::new() };
        let tokens = self.template.encode(&prompt, &self.tokenizer).map_err(Error::Internal)?;
        let limits = GenerateLimits { prompt_tokens_max: usize::MAX, answer_tokens_max: 0, answer_ms_max: 0 };
        self.check_length(&tokens, &limits)?;
        let mut states = self.lock_states();
        let state = self.state_for(&mut states, &tokens.prefix).map_err(Error::Internal)?;
        self.prefill(&mut state.cache, &tokens.prefix, &mut || None).map(drop).map_err(Error::Internal)
    }

    fn lock_states(&self) -> MutexGuard<'_, Vec<PrefixState>> {
        self.states.lock().unwrap_or_else(|poisoned| {
            // A panic half-way through a computation: forget what it may have left behind.
            self.states.clear_poison();
            let mut states = poisoned.into_inner();
            states.clear();
            states
        })
    }

    /// The kept state for `prefix`, cut back to it, or a new one.
    fn state_for<'a>(&self, states: &'a mut Vec<PrefixState>, prefix: &[u32]) -> anyhow::Result<&'a mut PrefixState> {
        let state = match states.iter().position(|state| state.prefix == prefix) {
            Some(found) => states.remove(found),
            None => PrefixState { prefix: prefix.to_vec(), cache: self.model.empty_cache()? },
        };
        if self.options.prefixes_kept_max.max(1) <= states.len() {
            states.remove(0);
        }
        states.push(state);
        let state = states.last_mut().context("just pushed")?;
        state.cache.truncate(prefix.len());
        Ok(state)
    }

    /// Computes those of `tokens` that `cache` does not hold yet and returns the states of the
    /// last ones. Before each chunk `may_stop` is asked whether and why to stop.
    fn prefill(
        &self,
        cache: &mut KvCache,
        tokens: &[u32],
        may_stop: &mut dyn FnMut() -> Option<StopReason>,
    ) -> anyhow::Result<Result<Option<Tensor>, StopReason>> {
        let mut states = None;
        while cache.len() < tokens.len() {
            if let Some(stop) = may_stop() {
                return Ok(Err(stop));
            }
            let end = tokens.len().min(cache.len() + self.options.prefill_chunk_tokens);
            states = Some(self.model.forward(&tokens[cache.len()..end], cache)?);
        }
        Ok(Ok(states))
    }

    /// Computes the prompt and decodes the answer to it.
    fn run(&self, cache: &mut KvCache, prompt: &ChatTokens, answer: &mut Answer<'_>) -> anyhow::Result<StopReason> {
        if let Err(stop) = self.prefill(cache, &prompt.prefix, &mut || answer.may_stop())? {
            return Ok(stop);
        }
        let whole = [prompt.prefix.as_slice(), &prompt.rest].concat();
        match self.prefill(cache, &whole, &mut || answer.may_stop())? {
            Err(stop) => Ok(stop),
            Ok(states) => {
                let states = states.context("a prompt has at least the opening of the answer")?;
                let token = self.choose(self.model.logits(&states, states.dim(0)? - 1)?, &[])?;
                self.decode(cache, token, answer)
            }
        }
    }

    fn check_length(&self, tokens: &ChatTokens, limits: &GenerateLimits) -> Result<()> {
        let count = tokens.len();
        if limits.prompt_tokens_max < count {
            let message = format!("{count} tokens, `prompt_tokens_max` is {}", limits.prompt_tokens_max);
            return Err(Error::invalid("prompt", message));
        }
        if self.options.context_tokens_max < count + limits.answer_tokens_max {
            let message = format!(
                "{count} tokens and `answer_tokens_max` {} are more than `context_tokens_max` {}",
                limits.answer_tokens_max, self.options.context_tokens_max
            );
            return Err(Error::invalid("prompt", message));
        }
        Ok(())
    }

    /// The likeliest next token.
    fn choose(&self, mut logits: Vec<f32>, answer: &[u32]) -> anyhow::Result<u32> {
        if 1.0 < self.options.repetition_penalty {
            penalise(&mut logits, answer, self.options.repetition_penalty);
        }
        let mut best = (0, f32::NEG_INFINITY);
        for (token, &score) in logits.iter().enumerate() {
            if best.1 < score {
                best = (token, score);
            }
        }
        Ok(u32::try_from(best.0)?)
    }

    /// Decodes until something says stop.
    fn decode(&self, cache: &mut KvCache, mut token: u32, answer: &mut Answer<'_>) -> anyhow::Result<StopReason> {
        loop {
            if let ControlFlow::Break(stop) = self.accept(token, answer) {
                return Ok(stop);
            }
            let states = self.model.forward(&[token], cache)?;
            token = self.choose(self.model.logits(&states, 0)?, &answer.tokens)?;
        }
    }

    /// Takes `token` into the answer and streams its text, unless that is the end of it.
    fn accept(&self, token: u32, answer: &mut Answer<'_>) -> ControlFlow<StopReason> {
        // Any control token ends the answer: the end of the turn, or a turn out of place.
        let ends = Some(token) == self.tokenizer.end_of_sequence() || token == self.template.end_of_turn();
        let Some(bytes) = self.tokenizer.bytes(token).filter(|_| !ends) else {
            return ControlFlow::Break(StopReason::End);
        };
        answer.may_continue()?;
        answer.tokens.push(token);
        let text = answer.stream.push(bytes);
        answer.emit(&text)?;
        answer.may_continue()
    }
}

/// The answer so far, where it is streamed to and what it may still cost.
struct Answer<'a> {
    limits: &'a GenerateLimits,
    started: Instant,
    tokens: Vec<u32>,
    text: String,
    stream: TextStream,
    first_text_ms: u64,
    on_text: &'a mut dyn FnMut(&str) -> ControlFlow<()>,
}

impl Answer<'_> {
    fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Whether limits allow another token.
    fn may_continue(&self) -> ControlFlow<StopReason> {
        if self.limits.answer_tokens_max <= self.tokens.len() {
            return ControlFlow::Break(StopReason::Tokens);
        }
        if Duration::from_millis(self.limits.answer_ms_max) <= self.started.elapsed() {
            return ControlFlow::Break(StopReason::Time);
        }
        ControlFlow::Continue(())
    }

    /// Asked between chunks of the prompt, before there is text.
    fn may_stop(&mut self) -> Option<StopReason> {
        if (self.on_text)("").is_break() {
            return Some(StopReason::Cancelled);
        }
        self.may_continue().break_value()
    }

    /// Streams `text`, unless there is none.
    fn emit(&mut self, text: &str) -> ControlFlow<StopReason> {
        if text.is_empty() {
            return ControlFlow::Continue(());
        }
        if self.text.is_empty() {
            self.first_text_ms = self.elapsed_ms();
        }
        self.text.push_str(text);
        match (self.on_text)(text) {
            ControlFlow::Continue(()) => ControlFlow::Continue(()),
            ControlFlow::Break(()) => ControlFlow::Break(StopReason::Cancelled),
        }
    }
}

/// Makes tokens of the answer less likely to come again.
fn penalise(logits: &mut [f32], answer: &[u32], penalty: f32) {
    let mut seen: Vec<u32> = answer.to_vec();
    seen.sort_unstable();
    seen.dedup();
    for token in seen {
        if let Some(score) = logits.get_mut(token as usize) {
            *score = if *score < 0.0 { *score * penalty } else { *score / penalty };
        }
    }
}

impl Generator for CandleGenerator {
    fn id(&self) -> &str {
        &self.id
    }

    fn prompt_tokens(&self, prompt: &Prompt) -> Option<usize> {
        // What cannot be counted cannot be generated from either: that is told there.
        self.template.encode(prompt, &self.tokenizer).ok().map(|tokens| tokens.len())
    }

    fn generate(
        &self,
        prompt: &Prompt,
        limits: &GenerateLimits,
        on_text: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> anyhow::Result<Generated> {
        let tokens = self.template.encode(prompt, &self.tokenizer)?;
        self.check_length(&tokens, limits)?;
        let mut states = self.lock_states();
        let mut answer = Answer {
            limits,
            started: Instant::now(),
            tokens: Vec::new(),
            text: String::new(),
            stream: TextStream::default(),
            first_text_ms: 0,
            on_text,
        };
        let cache = &mut self.state_for(&mut states, &tokens.prefix)?.cache;
        let mut stop = self.run(cache, &tokens, &mut answer)?;
        let tail = answer.stream.finish();
        if stop != StopReason::Cancelled
            && let ControlFlow::Break(cancelled) = answer.emit(&tail)
        {
            stop = cancelled;
        }
        Ok(Generated {
            prompt_tokens: tokens.len(),
            answer_tokens: answer.tokens.len(),
            first_text_ms: answer.first_text_ms,
            total_ms: answer.elapsed_ms(),
            text: answer.text,
            stop,
            model: None,
        })
    }
}
