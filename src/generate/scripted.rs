/*!
A generator that says what it was told to: for tests.
*/

use std::ops::ControlFlow;

use super::{GenerateLimits, Generated, Generator, Prompt, StopReason};

/// Streams a fixed text word by word, whatever the prompt.
#[derive(Debug, Clone)]
pub struct ScriptedGenerator {
    text: String,
}

impl ScriptedGenerator {
    /// Will answer every prompt with `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

impl Generator for ScriptedGenerator {
    fn id(&self) -> &str {
        "scripted"
    }

    fn generate(
        &self,
        _prompt: &Prompt,
        limits: &GenerateLimits,
        on_text: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> anyhow::Result<Generated> {
        let mut generated = Generated {
            text: String::new(),
            prompt_tokens: 0,
            answer_tokens: 0,
            first_text_ms: 0,
            total_ms: 0,
            stop: StopReason::End,
            model: None,
        };
        for word in self.text.split_inclusive(' ') {
            if limits.answer_tokens_max <= generated.answer_tokens {
                generated.stop = StopReason::Tokens;
                break;
            }
            generated.text.push_str(word);
            generated.answer_tokens += 1;
            if on_text(word).is_break() {
                generated.stop = StopReason::Cancelled;
                break;
            }
        }
        Ok(generated)
    }
}
