/*!
Must, may, must not, need not, and plain not: none may turn into another.
*/

use super::{
    align::{Alignment, same_modal},
    lexicon::{Bound, Modal},
    tokens::{Kind, Token},
    units::Unit,
};

/// How far before what is said a negation still governs it, in tokens.
const REACH_TOKENS: usize = 2;

/// Small words that may stand between a not and what it denies.
const BETWEEN: [&str; 12] = ["có", "bị", "còn", "đã", "đang", "sẽ", "cũng", "vẫn", "thêm", "lại", "thuộc", "vào"];

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// Must for may, or the other way round.
    Modality,
    /// Not for nothing, or the other way round.
    Polarity,
    /// What is forbidden or not needed, said as if it were neither.
    Prohibition,
}

fn modals(tokens: &[Token]) -> impl Iterator<Item = Modal> + '_ {
    tokens.iter().filter_map(|t| match t.kind {
        Kind::Modal(modal) => Some(modal),
        _ => None,
    })
}

fn negates(token: &Token) -> bool {
    token.kind == Kind::Negation || matches!(token.kind, Kind::Modal(Modal::MustNot | Modal::NeedNot))
}

/// How the sentence differs from the rule.
pub fn difference(said: &[Token], unit: &Unit, alignment: &Alignment, passive: bool) -> Option<Difference> {
    let law = &unit.tokens;
    let inherited = unit.inherited();
    for gap in &alignment.gaps {
        let (own, theirs) = (&said[gap.said.clone()], &law[gap.law.clone()]);
        if let Some(difference) = in_gap(own, theirs, gap.inner && inherited.is_none(), passive) {
            return Some(difference);
        }
    }
    if let Some(difference) = governed(said, unit, alignment, passive) {
        return Some(difference);
    }
    if let Some(difference) = unpaired(said, unit, alignment, passive) {
        return Some(difference);
    }
    let inherited = inherited?;
    let uses_own =
        alignment.partner.iter().flatten().any(|l| unit.own_from <= *l && matches!(law[*l].kind, Kind::Word));
    let keeps = modals(said).any(|m| m == inherited) || said.iter().any(negates);
    (uses_own && !keeps).then_some(Difference::Prohibition)
}

fn in_gap(own: &[Token], theirs: &[Token], inner: bool, passive: bool) -> Option<Difference> {
    let (a, b): (Vec<Modal>, Vec<Modal>) = (modals(own).collect(), modals(theirs).collect());
    if let (Some(a), Some(b)) = (a.last(), b.last())
        && !same_modal(*a, *b)
        && !(passive && *a == Modal::MayOrPassive)
    {
        let turned = matches!(a, Modal::MustNot | Modal::NeedNot) != matches!(b, Modal::MustNot | Modal::NeedNot);
        return Some(if turned { Difference::Polarity } else { Difference::Modality });
    }
    // Nothing but a not, with what little hangs on it, is left out or put in.
    let short = |tokens: &[Token]| tokens.len() <= REACH_TOKENS + 1;
    let (said_not, law_not) = (own.iter().any(negates), theirs.iter().any(negates));
    if inner && said_not != law_not && short(own) && short(theirs) {
        return Some(Difference::Polarity);
    }
    None
}

/// What is said must stand under the same must, may or not as its partner in the rule. A word
/// without a partner is looked for with its neighbour: a reworded sentence may leave the
/// order of the rule.
fn governed(said: &[Token], unit: &Unit, alignment: &Alignment, passive: bool) -> Option<Difference> {
    for (at, partner) in alignment.partner.iter().enumerate() {
        let counts = said[at].kind == Kind::Word || matches!(said[at].words.as_str(), "có" | "thuộc" | "còn");
        if !counts {
            continue;
        }
        let places = match partner {
            Some(partner) => vec![*partner],
            None => places(said, at, &unit.tokens),
        };
        let differences: Vec<Option<Difference>> =
            places.iter().map(|place| governors_differ(said, at, unit, *place, alignment, passive)).collect();
        if let Some(Some(difference)) = differences.first()
            && differences.iter().all(Option::is_some)
        {
            return Some(*difference);
        }
    }
    None
}

/// Where the rule has the word at `at` and the one after it.
fn places(said: &[Token], at: usize, law: &[Token]) -> Vec<usize> {
    let Some(next) = said.get(at + 1).filter(|_| said[at].kind == Kind::Word) else { return Vec::new() };
    let same = |w: &[Token]| w[0].words == said[at].words && w[1].words == next.words;
    law.windows(2).enumerate().filter(|(_, w)| same(w)).map(|(place, _)| place).collect()
}

fn governors_differ(
    said: &[Token],
    at: usize,
    unit: &Unit,
    place: usize,
    alignment: &Alignment,
    passive: bool,
) -> Option<Difference> {
    let law = &unit.tokens;
    let (own_at, theirs_at) = (governor(said, at), governor(law, place));
    let (own, theirs) = (own_at.map(|i| &said[i]), theirs_at.map(|i| &law[i]));
    let is_negated = |token: Option<&Token>| token.is_some_and(negates);
    if is_negated(own) != is_negated(theirs) {
        let is_inherited = unit.own_from <= place && unit.inherited().is_some();
        // "không được thực hiện quyền đơn phương …": the same not, further off.
        let partner = own_at.and_then(|i| alignment.partner[i]);
        let is_same_not = partner.is_some_and(|p| {
            p < place && !law[p + 1..place].iter().any(|t| matches!(t.kind, Kind::Break(_) | Kind::Modal(_)))
        });
        return (!is_inherited && !is_same_not).then_some(Difference::Polarity);
    }
    match (own.map(|t| &t.kind), theirs.map(|t| &t.kind)) {
        (Some(Kind::Modal(a)), Some(Kind::Modal(b))) if !same_modal(*a, *b) && !negates(own?) && !passive => {
            Some(Difference::Modality)
        }
        _ => None,
    }
}

/// The must, may or not right before a token, small words skipped.
fn governor(tokens: &[Token], at: usize) -> Option<usize> {
    for index in (at.saturating_sub(REACH_TOKENS + 1)..at).rev() {
        match tokens[index].kind {
            Kind::Stop if BETWEEN.contains(&tokens[index].words.as_str()) => {}
            Kind::Modal(_) | Kind::Negation => return Some(index),
            _ => return None,
        }
    }
    None
}

/// Musts, mays and nots of the sentence that the rule has nowhere near.
fn unpaired(said: &[Token], unit: &Unit, alignment: &Alignment, passive: bool) -> Option<Difference> {
    let law = &unit.tokens;
    for (at, token) in said.iter().enumerate().filter(|(at, _)| alignment.partner[*at].is_none()) {
        let held = law.iter().any(|t| super::align::equal(token, t));
        match token.kind {
            Kind::Negation if !law.iter().any(negates) => return Some(Difference::Polarity),
            Kind::Modal(Modal::MustNot | Modal::NeedNot) if !held && !law.iter().any(negates) => {
                return Some(Difference::Polarity);
            }
            Kind::Modal(Modal::MayOrPassive) if !passive && !held && !permits(said, at, unit, alignment) => {
                return Some(Difference::Modality);
            }
            Kind::Modal(Modal::May) if !held => return Some(Difference::Modality),
            Kind::Modal(Modal::Must) if !held && modals(&law[unit.lead_from..]).any(|m| m == Modal::May) => {
                return Some(Difference::Modality);
            }
            _ => {}
        }
        if token.kind == Kind::Modal(Modal::Must) && is_only_allowed(said, at, law, alignment) {
            return Some(Difference::Modality);
        }
        let may_differ = unit.inherited().is_none() && matches!(token.kind, Kind::Negation | Kind::Modal(_));
        if may_differ && governed_otherwise(said, at, law, alignment) {
            return Some(Difference::Polarity);
        }
    }
    None
}

/// Whether the rule only allows what the sentence orders at `at`.
fn is_only_allowed(said: &[Token], at: usize, law: &[Token], alignment: &Alignment) -> bool {
    let next = (at + 1..said.len()).take(REACH_TOKENS + 1).find(|i| said[*i].kind == Kind::Word);
    let Some(partner) = next.and_then(|next| alignment.partner[next]) else { return false };
    let ends = |t: &Token| matches!(t.kind, Kind::Break('.' | ';' | '\n'));
    let from = law[..partner].iter().rposition(ends).map_or(0, |i| i + 1);
    let before = |modal: Modal| modals(&law[from..partner]).any(|m| m == modal);
    before(Modal::May) && !before(Modal::Must)
}

/// Verbs of what one receives: "được trả", "được hưởng" only turn a duty around.
fn is_given(word: &str) -> bool {
    matches!(
        word,
        "trả" | "hưởng" | "nghỉ" | "trợ" | "bồi" | "hoàn" | "cấp" | "tính" | "giữ" | "cộng" | "tăng" | "thưởng"
    )
}

/// Whether "được" of the sentence has a ground in a rule without it: a most ("được thử việc
/// tối đa 30 ngày" of "không quá 30 ngày"), or what somebody gives.
fn permits(said: &[Token], at: usize, unit: &Unit, alignment: &Alignment) -> bool {
    // Whether the rule has the number is checked elsewhere.
    let most = |token: &Token| matches!(&token.kind, Kind::Number(quantity) if quantity.bound == Bound::AtMost);
    let law = &unit.tokens;
    let forbids = |place: usize| law[place.saturating_sub(REACH_TOKENS + 2)..place].iter().any(negates);
    let given = said[at + 1..]
        .iter()
        .position(|t| t.kind == Kind::Word)
        .map(|i| at + 1 + i)
        .filter(|at| is_given(&said[*at].words));
    said[at + 1..].iter().any(most)
        || given.is_some_and(|given| alignment.partner[given].is_some_and(|place| !forbids(place)))
}

/// Whether what follows an unpaired not or must stands in the rule without one.
fn governed_otherwise(said: &[Token], at: usize, law: &[Token], alignment: &Alignment) -> bool {
    if !negates(&said[at]) {
        return false;
    }
    let next = said.iter().enumerate().skip(at + 1).take(REACH_TOKENS + 1).find(|(_, t)| t.kind == Kind::Word);
    let Some((next, _)) = next else { return false };
    let is_denied = |place: usize| law[place.saturating_sub(REACH_TOKENS + 2)..place].iter().any(negates);
    alignment.partner[next].is_some_and(|partner| !is_denied(partner))
}
