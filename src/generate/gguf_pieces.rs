/*!
Text -> token numbers of a SentencePiece vocabulary with scores: Gemma's, and that of many
models built like Llama.

The best-scored pair of neighbours is joined first, over and over, as such models were trained
to read; what no token stands for becomes its bytes. Only tokens that stand for text are ever
produced: a text that looks like `<end_of_turn>` stays its letters.
*/

use std::{
    cmp::Ordering,
    collections::{BinaryHeap, HashMap},
};

use anyhow::{Context, Result, ensure};

/// What stands for a space inside tokens.
const SPACE: char = '\u{2581}';

/// Encodes text by the scores of its tokens.
pub(super) struct PieceEncoder {
    /// Number and score of each token that stands for text.
    tokens: HashMap<String, (u32, f32)>,
    /// Tokens of single bytes.
    bytes: Vec<u32>,
    /// Runs of white space that have a token of their own, longest first.
    runs: Vec<(String, u32)>,
    /// Whether a text after a control token begins with a space.
    space_prefix: bool,
}

/// A part of the text that may be joined with its neighbours.
#[derive(Debug, Clone, Copy)]
struct Part {
    start: usize,
    end: usize,
    before: Option<usize>,
    after: Option<usize>,
}

/// A pair of neighbours that has a token.
#[derive(Debug, PartialEq)]
struct Pair {
    score: f32,
    left: usize,
    right: usize,
    /// Bytes together: tells whether the pair is still what it was.
    length: usize,
}

impl Eq for Pair {}

impl PartialOrd for Pair {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Pair {
    /// The best score first, of equal ones the leftmost.
    fn cmp(&self, other: &Self) -> Ordering {
        self.score.total_cmp(&other.score).then(other.left.cmp(&self.left))
    }
}

impl PieceEncoder {
    /// Builds it of tokens with their scores, byte tokens, and runs of white space.
    pub(super) fn new(
        tokens: HashMap<String, (u32, f32)>,
        bytes: &[Option<u32>],
        mut runs: Vec<(String, u32)>,
        space_prefix: bool,
    ) -> Result<Self> {
        ensure!(bytes.len() == 256, "{} byte tokens", bytes.len());
        let bytes = bytes.iter().copied().collect::<Option<Vec<_>>>();
        runs.sort_by_key(|(run, _)| std::cmp::Reverse(run.len()));
        let bytes = bytes.context("the vocabulary has no token for some bytes")?;
        Ok(Self { tokens, bytes, runs, space_prefix })
    }

    /// Appends the tokens of `text` to `out`; `after_control` says what comes before it.
    pub(super) fn encode_onto(&self, text: &str, after_control: bool, out: &mut Vec<u32>) {
        let mut plain = String::new();
        if self.space_prefix && after_control && !text.is_empty() {
            plain.push(SPACE);
        }
        let mut rest = text;
        while let Some(char) = rest.chars().next() {
            if char.is_whitespace()
                && let Some((run, token)) = self.runs.iter().find(|(run, _)| rest.starts_with(run.as_str()))
            {
                self.join_onto(&plain, out);
                plain.clear();
                out.push(*token);
                rest = rest.get(run.len()..).unwrap_or_default();
                continue;
            }
            plain.push(if char == ' ' { SPACE } else { char });
            rest = rest.get(char.len_utf8()..).unwrap_or_default();
        }
        self.join_onto(&plain, out);
    }

    fn join_onto(&self, text: &str, out: &mut Vec<u32>) {
        let ends: Vec<usize> = text.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
        let count = ends.len();
        let mut parts: Vec<Part> = (0..count)
            .map(|i| Part {
                start: if i == 0 { 0 } else { ends[i - 1] },
                end: ends[i],
                before: i.checked_sub(1),
                after: (i + 1 < count).then_some(i + 1),
            })
            .collect();
        let mut pairs = BinaryHeap::new();
        for right in 1..count {
            self.consider(text, &parts, right - 1, right, &mut pairs);
        }
        while let Some(pair) = pairs.pop() {
            let (left, right) = (parts[pair.left], parts[pair.right]);
            // One of the two may have been joined with another neighbour since.
            let is_current = left.after == Some(pair.right) && right.end.checked_sub(left.start) == Some(pair.length);
            if !is_current || left.start == left.end || right.start == right.end {
                continue;
            }
            parts[pair.left] = Part { end: right.end, after: right.after, ..left };
            parts[pair.right] = Part { start: right.end, end: right.end, before: None, after: None };
            if let Some(after) = right.after {
                parts[after].before = Some(pair.left);
                self.consider(text, &parts, pair.left, after, &mut pairs);
            }
            if let Some(before) = left.before {
                self.consider(text, &parts, before, pair.left, &mut pairs);
            }
        }
        for part in parts.iter().filter(|part| part.start < part.end) {
            let piece = text.get(part.start..part.end).unwrap_or_default();
            match self.tokens.get(piece) {
                Some((token, _)) => out.push(*token),
                None => out.extend(piece.bytes().map(|byte| self.bytes[usize::from(byte)])),
            }
        }
    }

    fn consider(&self, text: &str, parts: &[Part], left: usize, right: usize, pairs: &mut BinaryHeap<Pair>) {
        let (start, end) = (parts[left].start, parts[right].end);
        if let Some((_, score)) = text.get(start..end).and_then(|joined| self.tokens.get(joined)) {
            pairs.push(Pair { score: *score, left, right, length: end - start });
        }
    }
}

/// The bytes a token of text stands for.
pub(super) fn bytes_of(token: &str) -> Box<[u8]> {
    token.replace(SPACE, " ").into_bytes().into()
}

/// The byte a token like `<0x0A>` stands for.
pub(super) fn byte_of(token: &str) -> Option<u8> {
    let digits = token.strip_prefix("<0x")?.strip_suffix('>')?;
    u8::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TOKENS: [(&str, f32); 9] = [
        ("\u{2581}", -9.0),
        ("n", -9.0),
        ("g", -9.0),
        ("h", -9.0),
        ("ỉ", -9.0),
        ("ng", -1.0),
        ("gh", -2.0),
        ("ngh", -3.0),
        ("\u{2581}nghỉ", -4.0),
    ];
    const FIRST_BYTE: u32 = 100;

    fn encoder(space_prefix: bool) -> PieceEncoder {
        let tokens = TOKENS.iter().zip(0..).map(|((text, score), n)| ((*text).to_owned(), (n, *score))).collect();
        let bytes: Vec<Option<u32>> = (0..256).map(|byte| Some(FIRST_BYTE + byte)).collect();
        PieceEncoder::new(tokens, &bytes, vec![("\n".to_owned(), 50), ("\n\n".to_owned(), 51)], space_prefix).unwrap()
    }

    fn encode(text: &str) -> Vec<u32> {
        let mut out = Vec::new();
        encoder(false).encode_onto(text, true, &mut out);
        out
    }

    #[test]
    fn the_best_pair_is_joined_first() {
        assert_eq!(encode("ngh"), [7], "ng, which is better than gh, and then ngh");
        assert_eq!(encode("gh"), [6]);
        assert_eq!(encode(" nghỉ"), [0, 7, 4], "no pair on the way to the longest token: it is never made");
        assert_eq!(encode("nng"), [1, 5]);
    }

    #[test]
    fn what_has_no_token_becomes_its_bytes() {
        assert_eq!(encode("x"), [FIRST_BYTE + u32::from(b'x')]);
        let bytes: Vec<u32> = "đ".bytes().map(|byte| FIRST_BYTE + u32::from(byte)).collect();
        assert_eq!(encode("đ"), bytes);
    }

    #[test]
    fn runs_of_white_space_have_tokens_of_their_own() {
        assert_eq!(encode("n\n\n\ng"), [1, 51, 50, 2]);
    }

    #[test]
    fn some_vocabularies_begin_a_text_with_a_space() {
        let mut out = Vec::new();
        encoder(true).encode_onto("n", true, &mut out);
        encoder(true).encode_onto("n", false, &mut out);
        assert_eq!(out, [0, 1, 1]);
    }

    #[test]
    fn byte_tokens_are_read() {
        assert_eq!(
            (byte_of("<0x0A>"), byte_of("<0xA>"), byte_of("<0xZZ>"), byte_of("a")),
            (Some(10), None, None, None)
        );
        assert_eq!(&*bytes_of("\u{2581}nghỉ"), " nghỉ".as_bytes());
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "[ngh\u{1EC9} \n<x]{0,40}|.{0,20}") {
            let mut bytes = Vec::new();
            for token in encode(&text) {
                match token {
                    50 => bytes.push(b'\n'),
                    51 => bytes.extend(b"\n\n"),
                    token if token < 9 => bytes.extend(bytes_of(TOKENS[token as usize].0).iter()),
                    token => bytes.push(u8::try_from(token - FIRST_BYTE).unwrap()),
                }
            }
            // A character like the mark of a space is read as one.
            prop_assert_eq!(String::from_utf8(bytes).unwrap(), text.replace(SPACE, " "));
        }
    }
}
