/*!
Which words a rule has, and which plain words of a sentence stand for words of the law.
*/

use std::collections::HashSet;

use super::{
    lexicon::PLAIN,
    tokens::{Kind, Token},
};
use crate::{law::text::canonical_syllable, retrieve::understand};

/// How far a plain term of several words reaches, in tokens.
const PLAIN_REACH_TOKENS: usize = 3;

/// A sentence with what its plain words mean in the law.
#[derive(Debug, Clone)]
pub struct Said {
    /// Its tokens.
    pub tokens: Vec<Token>,
    /// For each token, the law's terms for the plain term it is part of, as syllables.
    law_terms: Vec<Vec<Vec<String>>>,
}

impl Said {
    /// The law's terms for the plain term that the token at `at` is part of.
    pub fn law_terms(&self, at: usize) -> &[Vec<String>] {
        &self.law_terms[at]
    }

    /// Reads the plain words of a sentence.
    pub fn new(tokens: Vec<Token>) -> Self {
        let whole = joined(tokens.iter());
        let has_lay_words = !understand::expansions(&whole).is_empty();
        let terms = |at: usize| {
            let lay = if has_lay_words { lay_terms(&tokens, at) } else { Vec::new() };
            let plain =
                PLAIN.iter().filter(|(plain, _)| stands_at(&tokens, at, plain)).map(|(_, law)| (*law).to_owned());
            lay.into_iter().chain(plain).map(|law| law.split(' ').map(canonical_syllable).collect()).collect()
        };
        let law_terms = (0..tokens.len()).map(terms).collect();
        Self { tokens, law_terms }
    }
}

fn joined<'t>(tokens: impl Iterator<Item = &'t Token>) -> String {
    tokens.map(|t| t.words.as_str()).collect::<Vec<_>>().join(" ")
}

/// Whether a plain term that takes in the token at `at` stands in the sentence.
fn stands_at(tokens: &[Token], at: usize, plain: &str) -> bool {
    let plain: Vec<String> = plain.split(' ').map(canonical_syllable).collect();
    let mut starts = (at + 1).saturating_sub(plain.len())..=at;
    starts.any(|start| plain.iter().enumerate().all(|(i, w)| tokens.get(start + i).is_some_and(|t| t.words == *w)))
}

/// The law's terms for lay terms that are gone when the token at `at` is taken out.
fn lay_terms(tokens: &[Token], at: usize) -> Vec<String> {
    let from = at.saturating_sub(PLAIN_REACH_TOKENS);
    let near = &tokens[from..(at + PLAIN_REACH_TOKENS + 1).min(tokens.len())];
    let found = understand::expansions(&joined(near.iter()));
    if found.is_empty() {
        return found;
    }
    let without = format!("{} | {}", joined(tokens[from..at].iter()), joined(near[at - from + 1..].iter()));
    let rest = understand::expansions(&without);
    found.into_iter().filter(|law| !rest.contains(law)).collect()
}

/// Longest item of a list, in tokens.
const ITEM_TOKENS_MAX: usize = 6;

/// "ông nội, bà nội, em ruột chết": what ends a list is said of each of its items.
fn list_pairs(tokens: &[Token]) -> Vec<String> {
    let joins = |t: &Token| matches!(t.kind, Kind::Break(',' | ';')) || matches!(t.words.as_str(), "hoặc" | "và");
    let ends = |t: &Token| matches!(t.kind, Kind::Break('.' | '\n' | ':' | '('));
    let mut pairs = Vec::new();
    for line in tokens.split(ends) {
        let items: Vec<&[Token]> = line.split(joins).collect();
        for (at, item) in items.iter().enumerate().filter(|(_, item)| item.len() <= ITEM_TOKENS_MAX) {
            let Some(last) = item.last().filter(|t| t.kind == Kind::Word) else { continue };
            let before = items[..at].iter().rev().take_while(|item| item.len() <= ITEM_TOKENS_MAX);
            pairs.extend(before.filter_map(|item| item.last()).map(|t| format!("{} {}", t.words, last.words)));
        }
    }
    pairs
}

/// The words of a rule, alone and in pairs.
#[derive(Debug, Clone, Default)]
pub struct Held {
    words: HashSet<String>,
    pairs: HashSet<String>,
}

impl Held {
    /// The words of a rule's tokens.
    pub fn of(tokens: &[Token]) -> Self {
        let syllables: Vec<&str> = tokens.iter().flat_map(|t| t.words.split(' ')).filter(|w| !w.is_empty()).collect();
        let mut pairs: HashSet<String> = syllables.windows(2).map(|w| format!("{} {}", w[0], w[1])).collect();
        pairs.extend(list_pairs(tokens));
        Self { words: syllables.iter().map(|w| (*w).to_owned()).collect(), pairs }
    }

    /// Whether all syllables stand there, somewhere.
    pub fn has_words(&self, words: &str) -> bool {
        words.split(' ').all(|w| self.words.contains(w))
    }

    /// Whether the two tokens stand there side by side.
    pub fn has_pair(&self, before: Option<&Token>, after: Option<&Token>) -> bool {
        let (Some(before), Some(after)) = (before, after) else { return false };
        let last = before.words.rsplit(' ').next().unwrap_or_default();
        let first = after.words.split(' ').next().unwrap_or_default();
        self.pairs.contains(&format!("{last} {first}"))
    }

    /// Whether the rule has the law's words for the plain word at `at`.
    pub fn explains(&self, said: &Said, at: usize) -> bool {
        said.law_terms[at].iter().any(|term| term.iter().all(|w| self.words.contains(w)))
    }

    /// Whether the word at `at` stands in the rule. Most words of the language are two
    /// syllables, so one beside another must be there with one of its neighbours.
    pub fn holds(&self, said: &Said, at: usize) -> bool {
        let tokens = &said.tokens;
        if !self.has_words(&tokens[at].words) {
            return self.explains(said, at);
        }
        let (before, after) = (at.checked_sub(1).map(|i| &tokens[i]), tokens.get(at + 1));
        let is_apart = |side: Option<&Token>| side.is_none_or(|t| t.kind != Kind::Word);
        (is_apart(before) && is_apart(after))
            || self.has_pair(before, Some(&tokens[at]))
            || self.has_pair(Some(&tokens[at]), after)
            || self.explains(said, at)
    }
}
