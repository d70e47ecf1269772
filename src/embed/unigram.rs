/*!
The likeliest way to cut a word into the pieces of a vocabulary.

Owns the table of pieces (text, ends and scores as the weight file packs them, and an
open-addressed index of their hashes: a few megabytes, built in a few hundredths of a
second) and the Viterbi search of SentencePiece's unigram model over it. The `tokenizers`
crate does the same with a tree of nodes, fifty times the memory and a slow start; the
tests hold this one to its results.
*/

/// Added to the lowest score for a character that no piece covers, as SentencePiece does.
const UNKNOWN_PENALTY: f64 = 10.0;
/// No piece.
const EMPTY: u32 = u32::MAX;

/// Pieces of text with their log probabilities, packed; the index is the token id.
#[derive(Debug)]
pub struct Pieces {
    text: Box<[u8]>,
    /// Where each piece begins, and after the last one where it ends.
    starts: Box<[u32]>,
    scores: Box<[f32]>,
}

impl Pieces {
    /// Takes the pieces of a file; each must be text and have a score.
    pub(super) fn new(text: &[u8], starts: Box<[u32]>, scores: Box<[f32]>) -> Result<Self, String> {
        if starts.len() != scores.len() + 1 || scores.is_empty() || u32::try_from(scores.len()).is_err() {
            return Err(format!("{} scores for {} ends of pieces", scores.len(), starts.len()));
        }
        for (id, (ends, score)) in starts.windows(2).zip(&scores).enumerate() {
            let piece = text.get(ends[0] as usize..ends[1] as usize);
            if piece.and_then(|bytes| std::str::from_utf8(bytes).ok()).is_none() {
                return Err(format!("piece {id} is not text"));
            }
            if ends[0] == ends[1] || !score.is_finite() {
                return Err(format!("piece {id} is empty or without a score"));
            }
        }
        Ok(Self { text: text.into(), starts, scores })
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.scores.len()
    }

    /// All pieces with their scores, for comparing.
    #[cfg(test)]
    pub(super) fn list(&self) -> Vec<(String, f64)> {
        let piece = |id: u32| String::from_utf8(self.bytes(id).to_vec()).unwrap();
        self.scores.iter().enumerate().map(|(id, score)| (piece(id as u32), f64::from(*score))).collect()
    }

    fn bytes(&self, id: u32) -> &[u8] {
        &self.text[self.starts[id as usize] as usize..self.starts[id as usize + 1] as usize]
    }
}

/// Cuts words.
pub(super) struct Unigram {
    pieces: Pieces,
    /// Ids of pieces by their hash, in the next free place; a power of two of them.
    slots: Box<[u32]>,
    longest_bytes: usize,
    unknown_id: u32,
    unknown_score: f64,
}

/// The best way known to the end of a character.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Step {
    id: u32,
    score: f64,
    /// Where its last piece begins, plus one; 0 where no way is known yet.
    from: usize,
}

impl Unigram {
    /// Control tokens are the pieces without a probability: text that spells one, say `</s>`,
    /// must not become it, so they are left out.
    pub(super) fn new(pieces: Pieces, unknown_id: u32) -> Self {
        let lowest = pieces.scores.iter().copied().fold(f32::INFINITY, f32::min);
        let mut unigram = Self {
            slots: vec![EMPTY; (pieces.len() * 2).next_power_of_two()].into(),
            longest_bytes: 0,
            unknown_id,
            unknown_score: f64::from(lowest) - UNKNOWN_PENALTY,
            pieces,
        };
        for id in 0..unigram.pieces.len() as u32 {
            if unigram.pieces.scores[id as usize] != 0.0 {
                unigram.insert(id);
            }
        }
        unigram
    }

    fn insert(&mut self, id: u32) {
        let piece = self.pieces.bytes(id);
        self.longest_bytes = self.longest_bytes.max(piece.len());
        let mut at = self.place(piece.iter().fold(Hash::default(), |hash, byte| hash.with(*byte)));
        // Of a piece that is there twice the later one counts.
        while self.slots[at] != EMPTY && self.pieces.bytes(self.slots[at]) != piece {
            at = (at + 1) % self.slots.len();
        }
        self.slots[at] = id;
    }

    fn place(&self, hash: Hash) -> usize {
        (hash.0 ^ (hash.0 >> 29)) as usize & (self.slots.len() - 1)
    }

    fn find(&self, piece: &[u8], hash: Hash) -> Option<u32> {
        let mut at = self.place(hash);
        // At most half of the places are taken.
        while self.slots[at] != EMPTY {
            if self.pieces.bytes(self.slots[at]) == piece {
                return Some(self.slots[at]);
            }
            at = (at + 1) % self.slots.len();
        }
        None
    }

    /// Appends the ids of `word`; characters that no piece covers become one unknown for each
    /// run of them. `steps` is room to work in.
    pub(super) fn append(&self, word: &str, steps: &mut Vec<Step>, ids: &mut Vec<u32>) {
        steps.clear();
        steps.resize(word.len() + 1, Step::default());
        for (start, char) in word.char_indices() {
            let single_end = start + char.len_utf8();
            let mut is_single_known = false;
            let so_far = steps[start].score;
            let mut hash = Hash::default();
            let rest = &word.as_bytes()[start..];
            for (offset, byte) in rest.iter().enumerate().take(self.longest_bytes) {
                hash = hash.with(*byte);
                let end = start + offset + 1;
                if !word.is_char_boundary(end) {
                    continue;
                }
                if let Some(id) = self.find(&rest[..=offset], hash) {
                    is_single_known |= end == single_end;
                    steps[end].improve(start, id, so_far + f64::from(self.pieces.scores[id as usize]));
                }
            }
            if !is_single_known {
                steps[single_end].improve(start, self.unknown_id, so_far + self.unknown_score);
            }
        }
        let first = ids.len();
        let mut end = word.len();
        while 0 < end {
            let step = steps[end];
            // A run of unknown characters is one unknown.
            if step.id != self.unknown_id || ids.len() == first || ids.last() != Some(&self.unknown_id) {
                ids.push(step.id);
            }
            // Every character has at least the unknown ending at it, so there is a way.
            end = step.from - 1;
        }
        ids[first..].reverse();
    }
}

impl Step {
    fn improve(&mut self, start: usize, id: u32, score: f64) {
        if self.from == 0 || self.score < score {
            *self = Self { id, score, from: start + 1 };
        }
    }
}

/// FNV-1a, which can be continued byte by byte.
#[derive(Clone, Copy)]
struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    fn with(self, byte: u8) -> Self {
        Self((self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tokenizers::{Model, models::unigram};

    use super::*;

    fn pieces(list: &[(String, f32)]) -> Pieces {
        let text: String = list.iter().map(|(piece, _)| piece.as_str()).collect();
        let ends = list.iter().scan(0, |end, (piece, _)| {
            *end += piece.len() as u32;
            Some(*end)
        });
        let starts = std::iter::once(0).chain(ends).collect();
        Pieces::new(text.as_bytes(), starts, list.iter().map(|(_, score)| *score).collect()).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn words_are_cut_as_the_reference_cuts_them(
            list in prop::collection::btree_map("[ab▁ệ]{1,4}", -9.0f32..-0.1, 1..40),
            words in prop::collection::vec("[ab▁ệx好]{0,14}", 1..12),
        ) {
            let list: Vec<(String, f32)> = [("?".to_owned(), -8.0)].into_iter().chain(list).collect();
            let reference = list.iter().map(|(piece, score)| (piece.clone(), f64::from(*score))).collect();
            let reference = unigram::Unigram::from(reference, Some(0), false).unwrap();
            let ours = Unigram::new(pieces(&list), 0);
            let mut steps = Vec::new();
            for word in words {
                let mut ids = vec![77];
                ours.append(&word, &mut steps, &mut ids);
                let expected: Vec<u32> = reference.tokenize(&word).unwrap().iter().map(|token| token.id).collect();
                prop_assert_eq!(&ids[1..], &expected, "{}", word);
            }
        }
    }

    #[test]
    fn pieces_that_do_not_fit_are_refused() {
        for (text, starts, scores) in [
            ("ab", vec![0, 1], vec![-1.0, -1.0]),
            ("ab", vec![0, 3], vec![-1.0]),
            ("ab", vec![2, 1], vec![-1.0]),
            ("ab", vec![1, 1], vec![-1.0]),
            ("ệ", vec![0, 1], vec![-1.0]),
            ("ab", vec![0, 1], vec![f32::NAN]),
            ("", vec![0], vec![]),
        ] {
            let message = Pieces::new(text.as_bytes(), starts.clone().into(), scores.into());
            assert!(message.is_err(), "{text} {starts:?}");
        }
    }
}
