/*!
Points of a list: what a lead-in says holds only with the point it leads to.

"… trong trường hợp sau đây:" says nothing without one of the cases below it, and the number
of a case is told only together with the words of that case.
*/

use std::{collections::HashSet, ops::Range};

use super::{
    align::Alignment,
    held::{Held, Said},
    lexicon::is_light,
    taken::{CONDITION_WORDS_MIN, Taken},
    tokens::{Kind, Token},
    units::Unit,
};

/// Share of the best part of a point below which a sentence that has all of a sibling's is about that.
const SIBLING_SHARE_BELOW: f32 = 0.7;
/// Least share of one part of a point's own words that the sentence must take up with its number.
const OWN_SHARE_MIN: f32 = 0.5;

/// Whether a run that ends at `end` ends in "sau đây:".
pub fn opens_list(law: &[Token], end: usize) -> bool {
    let colon = law.get(end).is_some_and(|t| t.kind == Kind::Break(':'));
    let word = law[..end].last().map_or("", |t| t.words.as_str());
    colon && matches!(word, "sau đây" | "dưới đây" | "sau" | "đây")
}

/// Whether the sentence says anything of the part of a lead-in whose colon stands at `colon`.
fn is_used(law: &[Token], colon: usize, taken: &Taken) -> bool {
    let from = law[..colon].iter().rposition(|t| matches!(t.kind, Kind::Break('.' | ';' | '\n'))).map_or(0, |i| i + 1);
    (from..colon).any(|l| law[l].is_content() && taken.is_taken_in(law, &(from..colon), l))
}

/// Whether the sentence names what is listed ("một số ngành, nghề sau đây:") as the lead-in
/// whose colon stands at `colon` does.
fn names_group(law: &[Token], colon: usize, taken: &Taken) -> bool {
    let joins = |t: &Token| {
        matches!(t.words.as_str(), "trong" | "trong trường hợp" | "theo" | "khi" | "nếu" | "có")
            || !matches!(t.kind, Kind::Word | Kind::Stop | Kind::Break(','))
    };
    let from = law[..colon].iter().rposition(joins).map_or(0, |i| i + 1);
    CONDITION_WORDS_MIN <= (from..colon).filter(|l| law[*l].is_telling() && taken.is_taken(*l)).count()
}

/// Whether the rule is nothing without the points below it, or a point of such a list of
/// which the sentence takes up nothing.
pub fn names_no_point(unit: &Unit, taken: &Taken) -> bool {
    let law = &unit.tokens;
    let last = law.len() - usize::from(law.last().is_some_and(|t| t.kind == Kind::Break('\n')));
    let colon = last.saturating_sub(1);
    let restricts = |at: usize| opens_list(law, at) && !names_group(law, at, taken) && is_used(law, at, taken);
    if restricts(colon) {
        return true;
    }
    // What the lead-in says too names no point.
    let own: Vec<usize> = (unit.own_from..law.len())
        .filter(|l| law[*l].is_content() && !is_light(&law[*l].words) && !unit.lead_held.has_words(&law[*l].words))
        .collect();
    let used = own.iter().filter(|l| taken.is_taken(**l)).count();
    (unit.lead_from..unit.own_from).any(restricts) && used < CONDITION_WORDS_MIN.min(own.len())
}

/// Whether the sentence takes a point's number without what the point gives it for.
pub fn takes_bare_number(said: &Said, unit: &Unit, alignment: &Alignment, taken: &Taken) -> bool {
    takes_own_number(said, unit, alignment) && !takes_a_part(unit, taken)
}

/// Whether a number of the sentence is one that a point gives in its own words.
fn takes_own_number(said: &Said, unit: &Unit, alignment: &Alignment) -> bool {
    if unit.is_list || unit.own_from == unit.lead_from {
        return false;
    }
    let is_own = |at: usize, token: &Token| match (&token.kind, alignment.partner[at]) {
        (Kind::Number(_), Some(partner)) => unit.own_from <= partner,
        (Kind::Number(own), None) => unit.own().iter().any(|t| match &t.kind {
            Kind::Number(theirs) => own.same_amount(theirs),
            _ => false,
        }),
        _ => false,
    };
    said.tokens.iter().enumerate().any(|(at, token)| is_own(at, token))
}

/// Whether half of a part of the point's own words is taken up, and two of them in all.
fn takes_a_part(unit: &Unit, taken: &Taken) -> bool {
    let names = |l: usize| matches!(unit.tokens[l].kind, Kind::Party(_)) || unit.tokens[l].is_telling();
    let distinct = |range: Range<usize>, used: bool| {
        let words = range.filter(|l| names(*l) && (!used || taken.is_taken(*l))).map(|l| unit.tokens[l].words.as_str());
        words.collect::<HashSet<_>>().len()
    };
    // A number that lies within a bound of the part stands for what it bounds.
    let numbers = |range: Range<usize>| {
        range
            .filter(|l| taken.is_taken(*l) && matches!(unit.tokens[*l].kind, Kind::Number(_)))
            .count()
            .saturating_sub(1)
    };
    let own = unit.own_from..unit.tokens.len();
    let (all, used) = (distinct(own.clone(), false), distinct(own.clone(), true) + numbers(own.clone()));
    // A number alone is no condition.
    let is_said = |l: usize| {
        (unit.lead_from..unit.tokens.len())
            .any(|at| taken.is_taken(at) && unit.tokens[at].words == unit.tokens[l].words)
    };
    let has_words = own.clone().any(|l| names(l) && is_said(l));
    let is_half = |part: Range<usize>| {
        let (all, used) = (distinct(part.clone(), false), distinct(part.clone(), true) + numbers(part));
        0 < all && OWN_SHARE_MIN * all as f32 <= used as f32
    };
    all == 0 || (has_words && CONDITION_WORDS_MIN.min(all) <= used && own_parts(unit).into_iter().any(is_half))
}

/// The own words of a point between signs and "hoặc".
fn own_parts(unit: &Unit) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = unit.own_from;
    for at in unit.own_from..unit.tokens.len() {
        let token = &unit.tokens[at];
        if matches!(token.kind, Kind::Break(_) | Kind::Exception) || matches!(token.words.as_str(), "hoặc" | "và") {
            parts.push(start..at);
            start = at + 1;
        }
    }
    parts.push(start..unit.tokens.len());
    parts
}

/// Share of the best part of a point's own words that stands in the sentence, wherever.
fn fit(said: &Held, unit: &Unit) -> f32 {
    let best = own_parts(unit).into_iter().filter_map(|part| {
        let words: Vec<&Token> = unit.tokens[part].iter().filter(|t| t.is_telling()).collect();
        let held = words.iter().filter(|t| said.has_words(&t.words)).count();
        (CONDITION_WORDS_MIN <= words.len()).then(|| held as f32 / words.len() as f32)
    });
    best.fold(0.0, f32::max)
}

/// Whether the number of one point is told for the case of another one of its list.
pub fn is_case_of_sibling(said: &Said, unit: &Unit, alignment: &Alignment, others: &[&Unit]) -> bool {
    if !takes_own_number(said, unit, alignment) {
        return false;
    }
    // What stands in the lead-in tells no point from another.
    let tells = |at: &usize| alignment.partner[*at].is_none_or(|l| unit.own_from <= l);
    let words: Vec<Token> = (0..said.tokens.len()).filter(tells).map(|at| said.tokens[at].clone()).collect();
    let words = Held::of(&words);
    let own = fit(&Held::of(&said.tokens), unit);
    others.iter().any(|other| {
        let is_sibling = !other.is_list
            && other.n == unit.n
            && other.own_from == unit.own_from
            && other.tokens[..other.own_from] == unit.tokens[..unit.own_from]
            && (other.point != unit.point || other.clause != unit.clause);
        is_sibling && own < SIBLING_SHARE_BELOW && 1.0 <= fit(&words, other)
    })
}
