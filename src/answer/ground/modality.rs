/*!
Must, may, must not, need not, and plain not: none may turn into another.
*/

use super::{
    align::{Alignment, Gap, same_modal},
    lexicon::Modal,
    tokens::{Kind, Token},
    units::Unit,
};

/// How far before what is said a negation still governs it, in tokens.
const REACH_TOKENS: usize = 2;

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
    for gap in &alignment.gaps {
        let (own, theirs) = (&said[gap.said.clone()], &law[gap.law.clone()]);
        if let Some(difference) = in_gap(own, theirs, gap, passive) {
            return Some(difference);
        }
    }
    if let Some(difference) = unpaired(said, unit, alignment) {
        return Some(difference);
    }
    let inherited = unit.inherited()?;
    let uses_own =
        alignment.partner.iter().flatten().any(|l| unit.own_from <= *l && matches!(law[*l].kind, Kind::Word));
    let keeps = modals(said).any(|m| m == inherited) || said.iter().any(negates);
    (uses_own && !keeps).then_some(Difference::Prohibition)
}

fn in_gap(own: &[Token], theirs: &[Token], gap: &Gap, passive: bool) -> Option<Difference> {
    let (a, b): (Vec<Modal>, Vec<Modal>) = (modals(own).collect(), modals(theirs).collect());
    if let (Some(a), Some(b)) = (a.last(), b.last())
        && !same_modal(*a, *b)
        && !(passive && *a == Modal::MayOrPassive)
    {
        let turned = matches!(a, Modal::MustNot | Modal::NeedNot) != matches!(b, Modal::MustNot | Modal::NeedNot);
        return Some(if turned { Difference::Polarity } else { Difference::Modality });
    }
    let near = |tokens: &[Token]| {
        let last = tokens.len().saturating_sub(REACH_TOKENS);
        tokens[last..].iter().any(negates)
    };
    let first = |tokens: &[Token]| tokens.iter().take(REACH_TOKENS).any(negates);
    if gap.inner && (near(own) != near(theirs)) && (near(own) || near(theirs)) && !(first(own) && first(theirs)) {
        return Some(Difference::Polarity);
    }
    None
}

/// Musts, mays and nots of the sentence that the rule has nowhere near.
fn unpaired(said: &[Token], unit: &Unit, alignment: &Alignment) -> Option<Difference> {
    let law = &unit.tokens;
    for (at, token) in said.iter().enumerate().filter(|(at, _)| alignment.partner[*at].is_none()) {
        let held = law.iter().any(|t| super::align::equal(token, t));
        match token.kind {
            Kind::Negation if !law.iter().any(negates) => return Some(Difference::Polarity),
            Kind::Modal(Modal::MustNot | Modal::NeedNot) if !held && !law.iter().any(negates) => {
                return Some(Difference::Polarity);
            }
            Kind::Modal(Modal::May) if !held => return Some(Difference::Modality),
            Kind::Modal(Modal::Must) if !held && modals(&law[unit.lead_from..]).any(|m| m == Modal::May) => {
                return Some(Difference::Modality);
            }
            _ => {}
        }
        if matches!(token.kind, Kind::Negation | Kind::Modal(_)) && governed_otherwise(said, at, law, alignment) {
            return Some(Difference::Polarity);
        }
    }
    None
}

/// Whether what follows an unpaired not or must stands in the rule without one.
fn governed_otherwise(said: &[Token], at: usize, law: &[Token], alignment: &Alignment) -> bool {
    let next = said.iter().enumerate().skip(at + 1).take(REACH_TOKENS + 1).find(|(_, t)| t.kind == Kind::Word);
    let Some(partner) = next.and_then(|(index, _)| alignment.partner[index]) else { return false };
    let from = partner.saturating_sub(REACH_TOKENS + 2);
    negates(&said[at]) && !law[from..partner].iter().any(negates)
}
