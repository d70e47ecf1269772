/*!
Chat templates: a prompt as the model was trained to read it.

Owns which control tokens stand where. The texts of the prompt are encoded as text only,
so that nothing in them can open or close a turn.
*/

use anyhow::{Result, bail};

use super::{Prompt, gguf_tokenizer::GgufTokenizer};

/// A prompt in tokens, divided where it stops being the same for every question.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ChatTokens {
    /// The system turn and the opening of the user's turn.
    pub(super) prefix: Vec<u32>,
    /// The user's text and the opening of the model's turn.
    pub(super) rest: Vec<u32>,
}

impl ChatTokens {
    /// Tokens in all.
    pub(super) fn len(&self) -> usize {
        self.prefix.len() + self.rest.len()
    }
}

/// The template a model wants, with its control tokens resolved.
#[derive(Debug, Clone, Copy)]
pub(super) enum ChatTemplate {
    /// `<|im_start|>role\n…<|im_end|>\n`: Qwen and many others.
    ChatMl {
        start: u32,
        end: u32,
        /// `<think>` and `</think>` of models that think aloud unless told that they have.
        think: Option<(u32, u32)>,
    },
    /// `<|start_header_id|>role<|end_header_id|>\n\n…<|eot_id|>`: Llama 3.
    Llama3 { begin: u32, header: u32, header_end: u32, end: u32 },
    /// `<bos><start_of_turn>user\n…<end_of_turn>`: Gemma, whose turns know no system.
    Gemma { begin: u32, start: u32, end: u32 },
}

impl ChatTemplate {
    /// Finds the template whose control tokens the vocabulary has.
    pub(super) fn resolve(tokenizer: &GgufTokenizer, architecture: &str) -> Result<Self> {
        let token = |name: &str| tokenizer.control(name);
        if let (Some(start), Some(end)) = (token("<|im_start|>"), token("<|im_end|>")) {
            let think = if architecture == "qwen3" { token("<think>").zip(token("</think>")) } else { None };
            return Ok(Self::ChatMl { start, end, think });
        }
        if let (Some(begin), Some(header), Some(header_end), Some(end)) =
            (token("<|begin_of_text|>"), token("<|start_header_id|>"), token("<|end_header_id|>"), token("<|eot_id|>"))
        {
            return Ok(Self::Llama3 { begin, header, header_end, end });
        }
        if let (Some(start), Some(end), Some(begin)) =
            (token("<start_of_turn>"), token("<end_of_turn>"), tokenizer.begin_of_sequence())
        {
            return Ok(Self::Gemma { begin, start, end });
        }
        bail!(
            "the vocabulary has the turn tokens of no known chat template (`<|im_start|>`, `<|start_header_id|>` or \
             `<start_of_turn>`)"
        )
    }

    /// The token that ends a turn.
    pub(super) fn end_of_turn(self) -> u32 {
        match self {
            Self::ChatMl { end, .. } | Self::Llama3 { end, .. } | Self::Gemma { end, .. } => end,
        }
    }

    /// Encodes `prompt`, ready for the model to answer.
    pub(super) fn encode(self, prompt: &Prompt, tokenizer: &GgufTokenizer) -> Result<ChatTokens> {
        let mut prefix = Vec::new();
        let mut rest = Vec::new();
        match self {
            Self::ChatMl { start, end, think } => {
                prefix.push(start);
                tokenizer.encode_onto(&format!("system\n{}", prompt.system), &mut prefix)?;
                prefix.push(end);
                tokenizer.encode_onto("\n", &mut prefix)?;
                prefix.push(start);
                tokenizer.encode_onto("user\n", &mut prefix)?;

                tokenizer.encode_onto(&prompt.user, &mut rest)?;
                rest.push(end);
                tokenizer.encode_onto("\n", &mut rest)?;
                rest.push(start);
                tokenizer.encode_onto("assistant\n", &mut rest)?;
                if let Some((think, think_end)) = think {
                    rest.push(think);
                    tokenizer.encode_onto("\n\n", &mut rest)?;
                    rest.push(think_end);
                    tokenizer.encode_onto("\n\n", &mut rest)?;
                }
            }
            Self::Gemma { begin, start, end } => {
                prefix.extend([begin, start]);
                tokenizer.encode_onto(&format!("user\n{}\n\n", prompt.system), &mut prefix)?;

                tokenizer.encode_onto(&prompt.user, &mut rest)?;
                rest.push(end);
                tokenizer.encode_onto("\n", &mut rest)?;
                rest.push(start);
                tokenizer.encode_onto("model\n", &mut rest)?;
            }
            Self::Llama3 { begin, header, header_end, end } => {
                prefix.extend([begin, header]);
                tokenizer.encode_onto("system", &mut prefix)?;
                prefix.push(header_end);
                tokenizer.encode_onto(&format!("\n\n{}", prompt.system), &mut prefix)?;
                prefix.extend([end, header]);
                tokenizer.encode_onto("user", &mut prefix)?;
                prefix.push(header_end);
                tokenizer.encode_onto("\n\n", &mut prefix)?;

                tokenizer.encode_onto(&prompt.user, &mut rest)?;
                rest.extend([end, header]);
                tokenizer.encode_onto("assistant", &mut rest)?;
                rest.push(header_end);
                tokenizer.encode_onto("\n\n", &mut rest)?;
            }
        }
        Ok(ChatTokens { prefix, rest })
    }
}
