/*!
Whether the rule has the sentence's words at all: numbers, terms, exceptions, enough of the wording.
*/

use super::{
    align::{Alignment, Gap, equal},
    amounts::Quantity,
    held::{Held, Said},
    lexicon::{Bound, NEIGHBOURS, Party, is_light},
    taken,
    tokens::{Kind, Token},
    units::Unit,
};
use crate::law::text::syllables;

/// Least share of a sentence's content that must stand in the rule.
pub const HELD_SHARE_MIN: f32 = 0.7;
/// Least share of a sentence's content that must stand there in the same order.
const ALIGNED_SHARE_MIN: f32 = 0.5;
/// Least share of an exception's content that must stand in the rule's exception.
const EXCEPTION_SHARE_MIN: f32 = 0.6;
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
            if is_half_of_range(said, unit, partner) {
                return Some(NumberFault::Bound);
            }
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
        if (asked && at < main && !replaces && !taken::is_outside(quantity, unit, alignment)) || is_rate {
            continue;
        }
        return Some(NumberFault::Foreign);
    }
    None
}

/// Whether the number at `at` is one end of "từ 12 đến 36 tháng", of which the sentence has
/// not the other.
fn is_half_of_range(said: &[Token], unit: &Unit, at: usize) -> bool {
    let law = &unit.tokens;
    let is_stop = |t: &&Token| t.kind == Kind::Stop;
    let lower = |t: &Token| number(t).is_some_and(|q| matches!(q.bound, Bound::AtLeast | Bound::Above));
    let upper = |t: &Token| number(t).is_some_and(|q| matches!(q.bound, Bound::AtMost | Bound::Below));
    let other = if lower(&law[at]) {
        law[at + 1..].iter().find(|t| !is_stop(t)).filter(|t| upper(t))
    } else if upper(&law[at]) {
        law[..at].iter().rev().find(|t| !is_stop(t)).filter(|t| lower(t))
    } else {
        None
    };
    other.and_then(number).is_some_and(|other| !said.iter().filter_map(number).any(|own| own.same_amount(other)))
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

/// Words that point at an exception without saying what it is.
const POINTING: [&str; 8] = ["định", "nêu", "riêng", "luật", "pháp luật", "ghi", "rõ", "nói"];

/// Whether the word at `at` only points at an exception: "trừ trường hợp luật định".
fn points(said: &[Token], at: usize) -> bool {
    POINTING.contains(&said[at].words.as_str()) && said[..at].iter().any(|t| t.kind == Kind::Exception)
}

/// Whether the sentence makes an exception that the rule has not, or has for something else.
pub fn alters_exception(sentence: &Said, unit: &Unit) -> bool {
    let said = &sentence.tokens;
    let Some(from) = said.iter().position(|t| t.kind == Kind::Exception) else { return false };
    let segments = |tokens: &[Token]| -> Vec<Token> {
        let mut list = Vec::new();
        let mut inside = false;
        for token in tokens {
            // "trừ một trong các trường hợp sau đây:" goes on below.
            let goes_on = list.last().is_some_and(|t: &Token| t.kind == Kind::Break(':'));
            let ends = matches!(token.kind, Kind::Break('.' | ';' | '\n')) && !goes_on;
            inside = (inside || token.kind == Kind::Exception) && !ends;
            if inside {
                list.push(token.clone());
            }
        }
        list
    };
    let theirs = segments(&unit.tokens[unit.lead_from..]);
    if theirs.is_empty() {
        return true;
    }
    // "trừ trường hợp có thỏa thuận khác khi …" goes on with the rule.
    let ends = |at: &usize| {
        matches!(said[*at].kind, Kind::Break(_))
            || (from + 2 < *at
                && matches!(said[*at].words.as_str(), "khi" | "nếu" | "thì" | "trong trường hợp" | "trong" | "đối với"))
    };
    let to = (from..said.len()).find(ends).unwrap_or(said.len());
    let own: Vec<usize> =
        (from + 1..to).filter(|at| said[*at].is_content() && !POINTING.contains(&said[*at].words.as_str())).collect();
    let held = Held::of(&theirs);
    let holds = |at: &&usize| match said[**at].kind {
        Kind::Word => held.holds(sentence, **at),
        _ => theirs.iter().any(|t| equal(&said[**at], t)),
    };
    let count = own.iter().filter(holds).count();
    (count as f32) < EXCEPTION_SHARE_MIN * own.len() as f32
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
            if !counts(token) || points(said, at) {
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
        // What a point says of its own is told before or after its lead-in.
        if unit.tokens[gap.law.clone()].iter().any(|t| t.kind == Kind::Break('\n')) {
            return false;
        }
        let own: Vec<usize> = gap.said.clone().filter(|at| said[*at].kind == Kind::Word).collect();
        let foreign =
            own.iter().any(|at| !is_light(&said[*at].words) && !points(said, *at) && !unit.held.holds(sentence, *at));
        // Words of the rule in each other's places.
        let of_lead = |at: &usize| {
            unit.own_from <= gap.law.start
                && unit.lead_held.has_pair(Some(&said[*at]), said.get(at + 1))
                    | unit.lead_held.has_pair(at.checked_sub(1).map(|i| &said[i]), Some(&said[*at]))
        };
        let turned = gap.inner
            && own.len() <= TERM_WORDS_MAX
            && own.iter().any(|at| !is_light(&said[*at].words) && !of_lead(at));
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

/// Whether a name of the sentence stands where the rule has its neighbour, though the rule
/// has both: "lao động nam" for "lao động nữ".
pub fn swaps_neighbours(said: &[Token], unit: &Unit, alignment: &Alignment) -> bool {
    let law = &unit.tokens;
    let reads = |list: &[Token], at: usize, name: &[String]| {
        name.iter().enumerate().all(|(i, word)| list.get(at + i).is_some_and(|t| t.words == *word))
    };
    NEIGHBOURS.iter().any(|group| {
        let names: Vec<Vec<String>> = group.iter().map(|name| syllables(name)).collect();
        (0..said.len()).any(|at| {
            let Some(own) = names.iter().find(|name| reads(said, at, name)) else { return false };
            let starts = (0..own.len()).filter_map(|i| alignment.partner[at + i].and_then(|l| l.checked_sub(i)));
            let places: Vec<usize> = starts.collect();
            !places.iter().any(|l| reads(law, *l, own))
                && places.iter().any(|l| names.iter().any(|name| name != own && reads(law, *l, name)))
        })
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
