/*!
Whether the rule has the sentence's words at all: numbers, terms, exceptions, enough of the wording.
*/

use std::collections::HashSet;

use super::{
    align::{Alignment, Gap},
    amounts::Quantity,
    tokens::{Kind, Token},
    units::Unit,
};
use crate::retrieve::understand;

/// Least share of a sentence's content that must stand in the rule.
const HELD_SHARE_MIN: f32 = 0.7;
/// Least share of a sentence's content that must stand there in the same order.
const ALIGNED_SHARE_MIN: f32 = 0.5;
/// Most foreign words in a row: more are a term that the rule has not.
const FOREIGN_RUN_MAX: usize = 1;

/// A number that the rule has not, or has with another bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberFault {
    /// No such amount.
    Foreign,
    /// The amount without its "ít nhất", or with another.
    Bound,
}

fn number(token: &Token) -> Option<&Quantity> {
    match &token.kind {
        Kind::Number(quantity) => Some(quantity),
        _ => None,
    }
}

/// Whether every number of the sentence stands in the rule as it is, or is the asker's own.
pub fn numbers(said: &[Token], unit: &Unit, alignment: &Alignment, question: &[Token]) -> Option<NumberFault> {
    let law: Vec<&Quantity> = unit.tokens.iter().filter_map(number).collect();
    let main = said.iter().position(|t| matches!(t.kind, Kind::Modal(_))).unwrap_or(0);
    for (at, token) in said.iter().enumerate() {
        let Some(quantity) = number(token) else { continue };
        if let Some(partner) = alignment.partner[at] {
            let theirs = number(&unit.tokens[partner]);
            if theirs.is_some_and(|theirs| quantity.keeps_bound_of(theirs)) {
                continue;
            }
        }
        let same: Vec<&&Quantity> = law.iter().filter(|theirs| quantity.same_amount(theirs)).collect();
        let replaces = alignment.gaps.iter().any(|gap| is_replaced(gap, at, said, unit));
        if same.iter().any(|theirs| quantity.keeps_bound_of(theirs)) && !replaces {
            continue;
        }
        if !same.is_empty() && !replaces {
            return Some(NumberFault::Bound);
        }
        // What the asker says of their own case may be repeated as a condition, not as the rule.
        let asked = question.iter().filter_map(number).any(|theirs| quantity.same_amount(theirs));
        let is_rate = quantity.value == 1.0
            && matches!(quantity.bound, super::lexicon::Bound::Exact | super::lexicon::Bound::Within)
            && has_rate(unit, &quantity.unit);
        if (asked && at < main && !replaces) || is_rate {
            continue;
        }
        return Some(NumberFault::Foreign);
    }
    None
}

/// "mỗi ngày" and "hằng ngày" are "trong 01 ngày".
fn has_rate(unit: &Unit, of: &str) -> bool {
    unit.tokens.windows(2).any(|w| matches!(w[0].words.as_str(), "mỗi" | "hằng" | "một" | "trong") && w[1].words == of)
}

/// Whether the number at `at` stands where the rule has another.
fn is_replaced(gap: &Gap, at: usize, said: &[Token], unit: &Unit) -> bool {
    let Some(own) = number(&said[at]) else { return false };
    gap.inner
        && gap.said.contains(&at)
        && unit.tokens[gap.law.clone()].iter().filter_map(number).any(|theirs| !own.same_amount(theirs))
}

/// Whether the rule has an exception the sentence leaves out.
pub fn drops_exception(said: &[Token], unit: &Unit, alignment: &Alignment) -> bool {
    let is_exception = |t: &Token| t.kind == Kind::Exception;
    let law = &unit.tokens[unit.lead_from..];
    if !law.iter().any(is_exception) || said.iter().any(is_exception) {
        return false;
    }
    // Of several sentences only those count from which something is said.
    let mut from = 0;
    for (index, token) in law.iter().enumerate() {
        let ends = index + 1 == law.len() || matches!(token.kind, Kind::Break('.' | ';' | '\n'));
        if !ends {
            continue;
        }
        let range = from + unit.lead_from..index + 1 + unit.lead_from;
        let used =
            alignment.partner.iter().flatten().filter(|l| range.contains(l) && unit.tokens[**l].is_content()).count();
        if 2 <= used && unit.tokens[range].iter().any(is_exception) {
            return true;
        }
        from = index + 1;
    }
    false
}

/// How much of a sentence stands in a rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coverage {
    /// Share of its content that stands there.
    pub held: f32,
    /// Share that stands there in the same order.
    pub aligned: f32,
    /// Longest run of content words that stand nowhere there.
    pub foreign_run: usize,
}

impl Coverage {
    /// Measures it.
    pub fn of(said: &[Token], unit: &Unit, alignment: &Alignment) -> Self {
        let theirs: HashSet<&str> = unit.tokens.iter().flat_map(|t| t.words.split(' ')).collect();
        let (mut content, mut held, mut aligned, mut run, mut longest) = (0.0f32, 0.0f32, 0.0f32, 0, 0);
        for (at, token) in said.iter().enumerate() {
            if !token.is_content() || matches!(token.kind, Kind::Party(super::lexicon::Party::Asker)) {
                if matches!(token.kind, Kind::Break(_)) {
                    run = 0;
                }
                continue;
            }
            content += 1.0;
            let is_aligned = alignment.partner[at].is_some();
            let is_held = is_aligned
                || match &token.kind {
                    Kind::Number(own) => unit.tokens.iter().filter_map(number).any(|q| own.same_amount(q)),
                    _ => token.words.split(' ').all(|w| theirs.contains(w)) || is_explained(said, at, &theirs),
                };
            aligned += f32::from(u8::from(is_aligned));
            held += f32::from(u8::from(is_held));
            run = if is_held || !matches!(token.kind, Kind::Word) { 0 } else { run + 1 };
            longest = longest.max(run);
        }
        let content = content.max(1.0);
        Self { held: held / content, aligned: aligned / content, foreign_run: longest }
    }

    /// Whether it is enough.
    pub fn is_enough(&self) -> bool {
        HELD_SHARE_MIN <= self.held && ALIGNED_SHARE_MIN <= self.aligned
    }

    /// Whether the sentence uses a term that the rule has not.
    pub fn has_foreign_term(&self) -> bool {
        FOREIGN_RUN_MAX < self.foreign_run
    }
}

/// Whether a word is part of a lay term whose term of law the rule has.
fn is_explained(said: &[Token], at: usize, theirs: &HashSet<&str>) -> bool {
    let from = at.saturating_sub(3);
    let words: Vec<&str> = said[from..(at + 4).min(said.len())].iter().map(|t| t.words.as_str()).collect();
    let near = words.join(" ");
    // Without the word itself the term is not there any more.
    let without =
        words.iter().enumerate().filter(|(i, _)| i + from != at).map(|(_, w)| *w).collect::<Vec<_>>().join(" | ");
    let rest = understand::expansions(&without);
    understand::expansions(&near).iter().any(|law| {
        !rest.contains(law) && law.split(' ').all(|w| theirs.contains(crate::law::text::canonical_syllable(w).as_str()))
    })
}

/// Longest run that counts as a term put in another's place, in tokens.
const TERM_TOKENS_MAX: usize = 4;

/// Whether two terms of the rule stand in each other's place, or a word of the rule in
/// another's.
pub fn swaps_terms(said: &[Token], unit: &Unit, alignment: &Alignment) -> bool {
    let words = |list: &[Token]| -> Vec<String> {
        list.iter().filter(|t| t.kind == Kind::Word).map(|t| t.words.clone()).collect()
    };
    let law: HashSet<&str> = unit.tokens.iter().filter(|t| t.kind == Kind::Word).map(|t| t.words.as_str()).collect();
    alignment.gaps.iter().filter(|gap| gap.inner).any(|gap| {
        let (own, theirs) = (words(&said[gap.said.clone()]), words(&unit.tokens[gap.law.clone()]));
        let short = |list: &[String]| !list.is_empty() && list.len() <= TERM_TOKENS_MAX;
        short(&own) && short(&theirs) && own.iter().all(|w| law.contains(w.as_str()))
    })
}
