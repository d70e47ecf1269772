/*!
Whether the rule has the sentence's words at all: numbers, terms, exceptions, enough of the wording.
*/

use super::{
    align::{Alignment, Gap},
    amounts::Quantity,
    held::Said,
    lexicon::{Bound, NEIGHBOURS, Party, is_light},
    tokens::{Kind, Token},
    units::Unit,
};
use crate::law::text::syllables;

/// Least share of a sentence's content that must stand in the rule.
pub const HELD_SHARE_MIN: f32 = 0.7;
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
            return Some(NumberFault::Bound);
        }
        if unit.is_list {
            return Some(NumberFault::Foreign);
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
            && matches!(quantity.bound, Bound::Exact | Bound::Within)
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

/// "bạn" is whoever asks, and claims nothing.
fn counts(token: &Token) -> bool {
    token.is_content() && !matches!(token.kind, Kind::Party(Party::Asker))
}

impl Coverage {
    /// Measures it.
    pub fn of(sentence: &Said, unit: &Unit, alignment: &Alignment) -> Self {
        let said = &sentence.tokens;
        let (mut content, mut held, mut aligned, mut run, mut longest) = (0.0f32, 0.0f32, 0.0f32, 0, 0);
        for (at, token) in said.iter().enumerate() {
            if !counts(token) {
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
                    _ => unit.held.holds(sentence, at),
                };
            aligned += f32::from(u8::from(is_aligned));
            held += f32::from(u8::from(is_held));
            run = if is_held || !matches!(token.kind, Kind::Word) { 0 } else { run + 1 };
            longest = longest.max(run);
        }
        let content = content.max(1.0);
        Self { held: held / content, aligned: aligned / content, foreign_run: longest }
    }

    /// The most that could be held, counted without looking at any order: cheap, and enough
    /// to pass over most rules.
    pub fn at_most(sentence: &Said, unit: &Unit) -> f32 {
        let content: Vec<usize> = (0..sentence.tokens.len()).filter(|at| counts(&sentence.tokens[*at])).collect();
        let may_hold = |at: &&usize| {
            let token = &sentence.tokens[**at];
            !matches!(token.kind, Kind::Word) || unit.held.has_words(&token.words) || unit.held.explains(sentence, **at)
        };
        content.iter().filter(may_hold).count() as f32 / content.len().max(1) as f32
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

/// Longest run of the rule that one term may stand in the place of, in words.
const TERM_WORDS_MAX: usize = 4;

/// Whether a word or term stands where the rule has another one.
pub fn swaps_terms(sentence: &Said, unit: &Unit, alignment: &Alignment) -> bool {
    let said = &sentence.tokens;
    alignment.gaps.iter().any(|gap| {
        let theirs = unit.tokens[gap.law.clone()].iter().filter(|t| t.kind == Kind::Word).count();
        if theirs == 0 || TERM_WORDS_MAX < theirs {
            return false;
        }
        let own: Vec<usize> = gap.said.clone().filter(|at| said[*at].kind == Kind::Word).collect();
        let foreign = own.iter().any(|at| !is_light(&said[*at].words) && !unit.held.holds(sentence, *at));
        // Words of the rule in each other's places.
        let turned = gap.inner && own.len() <= TERM_WORDS_MAX && own.iter().any(|at| !is_light(&said[*at].words));
        foreign || turned
    })
}

/// Whether the sentence names a right or kind whose neighbour the rule is about.
pub fn names_neighbour(said: &[Token], unit: &Unit) -> bool {
    let spoken = |list: &[Token]| -> String {
        list.iter().filter(|t| !t.words.is_empty()).map(|t| format!(" {}", t.words)).collect::<String>() + " "
    };
    let (own, theirs) = (spoken(said), spoken(&unit.tokens));
    let has = |text: &str, name: &str| {
        let name = syllables(name).join(" ");
        text.contains(&format!(" {name} "))
    };
    NEIGHBOURS.iter().any(|group| {
        group.iter().any(|name| has(&own, name) && !has(&theirs, name))
            && group.iter().any(|name| has(&theirs, name) && !has(&own, name))
    })
}

/// Whether a word of the sentence stands not in this rule but in another of the same
/// evidence: two rules mixed into one.
pub fn mixes_rules(sentence: &Said, unit: &Unit, others: &[&Unit]) -> bool {
    let said = &sentence.tokens;
    said.iter().enumerate().any(|(at, token)| {
        let (before, after) = (at.checked_sub(1).map(|i| &said[i]), said.get(at + 1));
        let is_there = |other: &&&Unit| {
            other.n == unit.n
                && !other.is_list
                && (other.held.has_pair(before, Some(token)) || other.held.has_pair(Some(token), after))
        };
        token.kind == Kind::Word
            && !is_light(&token.words)
            && !unit.held.has_words(&token.words)
            && others.iter().any(|other| is_there(&other))
            && !unit.held.explains(sentence, at)
    })
}
