/*!
Whether the rule has the sentence's words at all: numbers, terms, exceptions, enough of the wording.
*/

use std::collections::HashSet;

use super::{
    align::{Alignment, Gap},
    amounts::Quantity,
    lexicon::{Bound, NEIGHBOURS, PLAIN, Party, is_light},
    tokens::{Kind, Token},
    units::Unit,
};
use crate::{
    law::text::{canonical_syllable, syllables},
    retrieve::understand,
};

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

impl Coverage {
    /// Measures it.
    pub fn of(said: &[Token], unit: &Unit, alignment: &Alignment) -> Self {
        let theirs = Held::of(unit);
        let (mut content, mut held, mut aligned, mut run, mut longest) = (0.0f32, 0.0f32, 0.0f32, 0, 0);
        for (at, token) in said.iter().enumerate() {
            if !token.is_content() || matches!(token.kind, Kind::Party(Party::Asker)) {
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
                    _ => theirs.holds(said, at),
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
fn is_explained(said: &[Token], at: usize, theirs: &HashSet<String>) -> bool {
    let holds_all = |law: &str| law.split(' ').all(|w| theirs.contains(&canonical_syllable(w)));
    let stands_here = |plain: &str| {
        let plain: Vec<String> = plain.split(' ').map(canonical_syllable).collect();
        let starts = (at + 1).saturating_sub(plain.len())..=at;
        starts
            .into_iter()
            .any(|start| plain.iter().enumerate().all(|(i, w)| said.get(start + i).is_some_and(|t| t.words == *w)))
    };
    if PLAIN.iter().any(|(plain, law)| stands_here(plain) && holds_all(law)) {
        return true;
    }
    let from = at.saturating_sub(3);
    let words: Vec<&str> = said[from..(at + 4).min(said.len())].iter().map(|t| t.words.as_str()).collect();
    let near = words.join(" ");
    // Without the word itself the term is not there any more.
    let without =
        words.iter().enumerate().filter(|(i, _)| i + from != at).map(|(_, w)| *w).collect::<Vec<_>>().join(" | ");
    let rest = understand::expansions(&without);
    understand::expansions(&near)
        .iter()
        .any(|law| !rest.contains(law) && law.split(' ').all(|w| theirs.contains(&canonical_syllable(w))))
}

/// Longest run of the rule that one term may stand in the place of, in words.
const TERM_WORDS_MAX: usize = 4;

/// Whether a word or term stands where the rule has another one.
pub fn swaps_terms(said: &[Token], unit: &Unit, alignment: &Alignment) -> bool {
    let held = Held::of(unit);
    alignment.gaps.iter().any(|gap| {
        let theirs = unit.tokens[gap.law.clone()].iter().filter(|t| t.kind == Kind::Word).count();
        if theirs == 0 || TERM_WORDS_MAX < theirs {
            return false;
        }
        let own: Vec<usize> = gap.said.clone().filter(|at| said[*at].kind == Kind::Word).collect();
        let foreign = own.iter().any(|at| !is_light(&said[*at].words) && !held.holds(said, *at));
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
pub fn mixes_rules(said: &[Token], unit: &Unit, others: &[Unit]) -> bool {
    let held = Held::of(unit);
    let beside: Vec<Held> = others.iter().filter(|o| o.n == unit.n && !o.is_list).map(Held::of).collect();
    said.iter().enumerate().any(|(at, token)| {
        let pair = |a: usize, b: usize| {
            let (a, b) = (said.get(a)?, said.get(b)?);
            Some((a.words.clone(), b.words.clone()))
        };
        let pairs: Vec<(String, String)> =
            [at.checked_sub(1).and_then(|before| pair(before, at)), pair(at, at + 1)].into_iter().flatten().collect();
        token.kind == Kind::Word
            && !is_light(&token.words)
            && !held.words.contains(&token.words)
            && beside.iter().any(|other| pairs.iter().any(|pair| other.pairs.contains(pair)))
            && !is_explained(said, at, &held.words)
    })
}

/// The words of a rule, alone and in pairs.
struct Held {
    words: HashSet<String>,
    pairs: HashSet<(String, String)>,
}

impl Held {
    fn of(unit: &Unit) -> Self {
        let syllables: Vec<String> =
            unit.tokens.iter().flat_map(|t| t.words.split(' ')).filter(|w| !w.is_empty()).map(str::to_owned).collect();
        let pairs = syllables.windows(2).map(|w| (w[0].clone(), w[1].clone())).collect();
        Self { words: syllables.into_iter().collect(), pairs }
    }

    /// Whether the word at `at` stands in the rule. Most words of the language are two
    /// syllables, so one beside another must be there with one of its neighbours.
    fn holds(&self, said: &[Token], at: usize) -> bool {
        let word = |index: Option<usize>| {
            let token = said.get(index?)?;
            (token.kind == Kind::Word || token.kind == Kind::Stop).then(|| token.words.clone())
        };
        let own = &said[at].words;
        if !own.split(' ').all(|w| self.words.contains(w)) {
            return is_explained(said, at, &self.words);
        }
        let (before, after) = (word(at.checked_sub(1)), word(Some(at + 1)));
        let is_alone = |side: &Option<String>, index: Option<usize>| {
            side.is_none() || index.and_then(|i| said.get(i)).is_some_and(|t| t.kind == Kind::Stop)
        };
        if is_alone(&before, at.checked_sub(1)) && is_alone(&after, Some(at + 1)) {
            return true;
        }
        let last = |words: &str| words.rsplit(' ').next().unwrap_or_default().to_owned();
        let first = |words: &str| words.split(' ').next().unwrap_or_default().to_owned();
        before.is_some_and(|b| self.pairs.contains(&(last(&b), first(own))))
            || after.is_some_and(|a| self.pairs.contains(&(last(own), first(&a))))
            || is_explained(said, at, &self.words)
    }
}
