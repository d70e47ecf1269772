/*!
Text <-> token numbers, rebuilt from GGUF metadata: byte-level BPE here, SentencePiece in
[`super::gguf_pieces`].

Encoding never yields a control token: those are kept out of the vocabulary the text is
encoded with, so that `<|im_end|>` in a question is seven harmless pieces of text. The
chat template asks for control tokens by name instead ([`GgufTokenizer::control`]).
Decoding works on bytes: a character may be split over several tokens, and
[`TextStream`] lets only whole ones out.
*/

use std::collections::HashMap;

use anyhow::{Context, Result, bail, ensure};
use tokenizers::{
    Tokenizer,
    models::bpe::{BPE, Vocab},
    normalizers::NFC,
    pre_tokenizers::{
        byte_level::ByteLevel,
        sequence::Sequence,
        split::{Split, SplitPattern},
    },
    tokenizer::SplitDelimiterBehavior,
};

use super::{
    gguf::{Gguf, Value},
    gguf_pieces::{self, PieceEncoder},
};

/// Splits text before merging, as the Qwen 2 and 3 families do: each digit alone.
const SPLIT_QWEN2: &str =
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
/// As the Llama 3 family does: digits in groups of up to three.
const SPLIT_LLAMA3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// `tokenizer.ggml.token_type` of a token that stands for text, of one its maker defined, of
/// one for a single byte.
const TOKEN_TYPE_NORMAL: i32 = 1;
const TOKEN_TYPE_USER_DEFINED: i32 = 4;
const TOKEN_TYPE_BYTE: i32 = 6;
/// Tokens that open and end turns, of whatever type a file says they are.
const TURN_TOKENS: [&str; 4] = ["<start_of_turn>", "<end_of_turn>", "<|im_start|>", "<|im_end|>"];

/// Encodes text and tells the bytes of each token.
pub(super) struct GgufTokenizer {
    encoder: Encoder,
    /// Bytes of each token by its number; `None` for control tokens.
    token_bytes: Vec<Option<Box<[u8]>>>,
    controls: HashMap<String, u32>,
    begin_of_sequence: Option<u32>,
    end_of_sequence: Option<u32>,
}

/// How text is cut into tokens.
enum Encoder {
    /// Byte-level BPE: Qwen, Llama 3.
    Bpe(Box<Tokenizer>),
    /// SentencePiece with scores: Gemma, Llama 2.
    Pieces(PieceEncoder),
}

impl GgufTokenizer {
    /// Rebuilds the tokenizer that `gguf` describes.
    pub(super) fn from_gguf(gguf: &Gguf) -> Result<Self> {
        let tokens = texts(gguf, "tokenizer.ggml.tokens")?;
        let Some(Value::Integers(types)) = gguf.get("tokenizer.ggml.token_type") else {
            bail!("metadata `tokenizer.ggml.token_type` is missing");
        };
        ensure!(types.len() == tokens.len(), "{} token types for {} tokens", types.len(), tokens.len());
        let number = |key: &str| gguf.size(key)?.map(u32::try_from).transpose().map_err(anyhow::Error::from);
        let made = match gguf.text("tokenizer.ggml.model")? {
            "gpt2" => byte_level(gguf, tokens, types)?,
            "llama" => pieces(gguf, tokens, types)?,
            model => {
                bail!("tokenizer `{model}` is not supported, only byte-level BPE (`gpt2`) and SentencePiece (`llama`)")
            }
        };
        Ok(Self {
            begin_of_sequence: number("tokenizer.ggml.bos_token_id")?,
            end_of_sequence: number("tokenizer.ggml.eos_token_id")?,
            encoder: made.encoder,
            token_bytes: made.token_bytes,
            controls: made.controls,
        })
    }

    /// Appends the tokens of `text` to `tokens`; whatever it looks like, it is only text.
    pub(super) fn encode_onto(&self, text: &str, tokens: &mut Vec<u32>) -> Result<()> {
        match &self.encoder {
            Encoder::Bpe(encoder) => {
                let encoding = encoder.encode_fast(text, false).map_err(anyhow::Error::from_boxed)?;
                tokens.extend_from_slice(encoding.get_ids());
            }
            Encoder::Pieces(encoder) => {
                let after_control = tokens.last().is_some_and(|last| self.bytes(*last).is_none());
                encoder.encode_onto(text, after_control, tokens);
            }
        }
        Ok(())
    }

    /// The token that begins a text according to the file.
    pub(super) fn begin_of_sequence(&self) -> Option<u32> {
        self.begin_of_sequence
    }

    /// The number of the control token named `name`.
    pub(super) fn control(&self, name: &str) -> Option<u32> {
        self.controls.get(name).copied()
    }

    /// The token that ends a text according to the file.
    pub(super) fn end_of_sequence(&self) -> Option<u32> {
        self.end_of_sequence
    }

    /// The bytes `token` stands for; `None` if it is a control token or unknown.
    pub(super) fn bytes(&self, token: u32) -> Option<&[u8]> {
        self.token_bytes.get(token as usize)?.as_deref()
    }

    /// How many tokens there are.
    pub(super) fn len(&self) -> usize {
        self.token_bytes.len()
    }
}

/// What both kinds of vocabulary come to.
struct Made {
    encoder: Encoder,
    token_bytes: Vec<Option<Box<[u8]>>>,
    controls: HashMap<String, u32>,
}

/// Byte-level BPE: every token that is not of the normal kind is a control token.
fn byte_level(gguf: &Gguf, tokens: &[String], types: &[i32]) -> Result<Made> {
    let merges = texts(gguf, "tokenizer.ggml.merges")?;
    let bytes_of = bytes_by_printed_char();
    let mut vocabulary = Vocab::default();
    let mut controls = HashMap::new();
    let mut token_bytes = Vec::with_capacity(tokens.len());
    for (number, (token, &kind)) in tokens.iter().zip(types).enumerate() {
        let number = u32::try_from(number)?;
        if kind == TOKEN_TYPE_NORMAL {
            let bytes: Option<Box<[u8]>> = token.chars().map(|char| bytes_of.get(&char).copied()).collect();
            token_bytes.push(Some(bytes.with_context(|| format!("token {number} `{token}` is not byte-level"))?));
            vocabulary.insert(token.clone(), number);
        } else {
            controls.insert(token.clone(), number);
            token_bytes.push(None);
        }
    }
    let encoder = Encoder::Bpe(Box::new(build_encoder(vocabulary, merges, gguf.text("tokenizer.ggml.pre")?)?));
    Ok(Made { encoder, token_bytes, controls })
}

/// SentencePiece: a token its maker defined stands for its text, unless it opens or ends a turn.
fn pieces(gguf: &Gguf, tokens: &[String], types: &[i32]) -> Result<Made> {
    let Some(Value::Floats(scores)) = gguf.get("tokenizer.ggml.scores") else {
        bail!("metadata `tokenizer.ggml.scores` is missing");
    };
    ensure!(scores.len() == tokens.len(), "{} scores for {} tokens", scores.len(), tokens.len());
    let mut vocabulary = HashMap::new();
    let (mut bytes, mut runs, mut controls) = (vec![None; 256], Vec::new(), HashMap::new());
    let mut token_bytes = Vec::with_capacity(tokens.len());
    for (number, ((token, &kind), &score)) in tokens.iter().zip(types).zip(scores).enumerate() {
        let number = u32::try_from(number)?;
        let is_turn = TURN_TOKENS.contains(&token.as_str());
        let text = match kind {
            _ if is_turn => None,
            TOKEN_TYPE_NORMAL => {
                vocabulary.insert(token.clone(), (number, score));
                Some(gguf_pieces::bytes_of(token))
            }
            TOKEN_TYPE_BYTE => {
                let byte = gguf_pieces::byte_of(token).with_context(|| format!("token {number} is no byte"))?;
                bytes[usize::from(byte)] = Some(number);
                Some([byte].into())
            }
            TOKEN_TYPE_USER_DEFINED => {
                if !token.is_empty() && token.chars().all(char::is_whitespace) {
                    runs.push((token.clone(), number));
                }
                Some(gguf_pieces::bytes_of(token))
            }
            _ => None,
        };
        if text.is_none() {
            controls.insert(token.clone(), number);
        }
        token_bytes.push(text);
    }
    let space_prefix = !matches!(gguf.get("tokenizer.ggml.add_space_prefix"), Some(Value::Bool(false)));
    let encoder = Encoder::Pieces(PieceEncoder::new(vocabulary, &bytes, runs, space_prefix)?);
    Ok(Made { encoder, token_bytes, controls })
}

fn texts<'a>(gguf: &'a Gguf, key: &str) -> Result<&'a [String]> {
    match gguf.get(key) {
        Some(Value::Texts(texts)) => Ok(texts),
        Some(_) => bail!("metadata `{key}` is not a list of texts"),
        None => bail!("metadata `{key}` is missing"),
    }
}

fn build_encoder(vocabulary: Vocab, merges: &[String], split: &str) -> Result<Tokenizer> {
    let merges = merges
        .iter()
        .map(|merge| merge.split_once(' ').map(|(left, right)| (left.to_owned(), right.to_owned())))
        .collect::<Option<Vec<_>>>()
        .context("a merge in `tokenizer.ggml.merges` is not a pair")?;
    let (pattern, whole_words_first) = match split {
        "qwen2" | "qwen35" => (SPLIT_QWEN2, false),
        "llama-bpe" | "llama3" | "llama-v3" => (SPLIT_LLAMA3, true),
        _ => bail!("pre-tokenizer `{split}` is not supported, only `qwen2` and `llama-bpe`"),
    };
    let bpe = BPE::builder()
        .vocab_and_merges(vocabulary, merges)
        .ignore_merges(whole_words_first)
        .build()
        .map_err(anyhow::Error::from_boxed)
        .context("the vocabulary and its merges do not fit together")?;
    let mut encoder = Tokenizer::new(bpe);
    if !whole_words_first {
        encoder.with_normalizer(Some(NFC)).map_err(anyhow::Error::from_boxed)?;
    }
    let split = Split::new(SplitPattern::Regex(pattern.to_owned()), SplitDelimiterBehavior::Isolated, false)
        .map_err(anyhow::Error::from_boxed)?;
    let byte_level = ByteLevel::new(false, false, false);
    encoder.with_pre_tokenizer(Some(Sequence::new(vec![split.into(), byte_level.into()])));
    Ok(encoder)
}

/// Byte-level BPE prints each byte as one visible character: printable Latin-1 as itself,
/// the others in order from U+0100. This is the way back.
fn bytes_by_printed_char() -> HashMap<char, u8> {
    let mut others = 0x100u32..;
    (0..=255u8)
        .filter_map(|byte| {
            let visible = matches!(byte, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff);
            let code = if visible { Some(u32::from(byte)) } else { others.next() };
            Some((char::from_u32(code?)?, byte))
        })
        .collect()
}

/// Joins the bytes of successive tokens and lets whole characters out.
#[derive(Debug, Default)]
pub(super) struct TextStream {
    pending: Vec<u8>,
}

impl TextStream {
    /// Takes more bytes and returns the text that is complete with them. Bytes that can
    /// belong to no character become U+FFFD.
    pub(super) fn push(&mut self, bytes: &[u8]) -> String {
        self.pending.extend_from_slice(bytes);
        let mut text = String::new();
        let mut rest = self.pending.as_slice();
        loop {
            match std::str::from_utf8(rest) {
                Ok(valid) => {
                    text.push_str(valid);
                    rest = &[];
                    break;
                }
                Err(error) => {
                    let (valid, after) = rest.split_at(error.valid_up_to());
                    text.push_str(&String::from_utf8_lossy(valid));
                    rest = after;
                    let Some(bad) = error.error_len() else { break };
                    text.push(char::REPLACEMENT_CHARACTER);
                    rest = &rest[bad..];
                }
            }
        }
        self.pending = rest.to_vec();
        text
    }

    /// What is left at the end: an unfinished character, as U+FFFD.
    pub(super) fn finish(&mut self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut self.pending)).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::TextStream;

    #[test]
    fn a_character_split_over_tokens_comes_out_whole() {
        let mut stream = TextStream::default();
        let bytes = "lương".as_bytes();
        let out: Vec<String> = bytes.iter().map(|byte| stream.push(&[*byte])).collect();
        assert_eq!(out, ["l", "", "ư", "", "ơ", "n", "g"]);
        assert_eq!(stream.finish(), "");
    }

    #[test]
    fn an_unfinished_character_is_flushed_at_the_end() {
        let mut stream = TextStream::default();
        assert_eq!(stream.push(&"ợ".as_bytes()[..2]), "");
        assert_eq!(stream.finish(), "\u{fffd}");
        assert_eq!(stream.finish(), "");
    }

    proptest! {
        #[test]
        fn cutting_bytes_anywhere_gives_the_same_text(bytes: Vec<u8>, cuts: Vec<prop::sample::Index>) {
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let mut stream = TextStream::default();
            let mut text: String = cuts.windows(2).map(|cut| stream.push(&bytes[cut[0]..cut[1]])).collect();
            text.push_str(&stream.finish());
            prop_assert_eq!(text, String::from_utf8_lossy(&bytes));
        }
    }
}
