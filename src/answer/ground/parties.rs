/*!
Who does what to whom: parties must stand where the rule has them.

A sentence may turn a duty of one party into a passive of the other ("người sử dụng lao động
phải trả lương cho người lao động" is "người lao động được trả lương"); anything else that
puts one party in another's place changes the rule.
*/

use super::{
    align::{Alignment, Gap},
    lexicon::{Modal, Party},
    tokens::{Kind, Token, parties},
    units::Unit,
};

/// Words before a party that make it an object.
const PREPOSITIONS: [&str; 12] =
    ["cho", "của", "với", "từ", "bởi", "đối với", "giữa", "đến", "về", "thông qua", "do", "và"];

/// Whether two mentions may be of one party.
pub fn same(a: Party, a_words: &str, b: Party, b_words: &str) -> bool {
    match (a, b) {
        (Party::Asker, other) | (other, Party::Asker) => {
            matches!(other, Party::Asker | Party::Worker | Party::Side)
        }
        (Party::Authority | Party::Side, _) if a == b => {
            a_words == b_words || a_words.starts_with(b_words) || b_words.starts_with(a_words)
        }
        _ => a == b,
    }
}

/// Whether one cannot stand for the other.
fn conflict(a: &Token, b: &Token) -> bool {
    match (&a.kind, &b.kind) {
        (Kind::Party(pa), Kind::Party(pb)) => {
            let unlike = |p: &Party, q: &Party| *p == Party::Side && *q != Party::Side;
            !same(*pa, &a.words, *pb, &b.words) && !unlike(pa, pb) && !unlike(pb, pa)
        }
        _ => false,
    }
}

/// Whether a party of the sentence stands where the rule has another, or has none.
pub fn differ(said: &[Token], unit: &Unit, alignment: &Alignment) -> bool {
    let law = &unit.tokens;
    let swapped_in_gap = |gap: &Gap| {
        said[gap.said.clone()].iter().enumerate().any(|(at, token)| {
            let at = at + gap.said.start;
            law[gap.law.clone()].iter().any(|other| conflict(token, other))
                && !law[gap.law.clone()].iter().any(|other| is_same(token, other))
                && !is_passive(said, at, unit)
        })
    };
    alignment.gaps.iter().any(swapped_in_gap)
        || subjects_differ(said, unit, alignment)
        || is_foreign(said, unit, alignment)
}

fn is_same(a: &Token, b: &Token) -> bool {
    matches!((&a.kind, &b.kind), (Kind::Party(pa), Kind::Party(pb)) if same(*pa, &a.words, *pb, &b.words))
}

/// Whether the party at `at` is the one to whom the rule's duty is owed: "A được …" where the
/// rule has "B phải … cho A".
fn is_passive(said: &[Token], at: usize, unit: &Unit) -> bool {
    let next = said[at + 1..].iter().find(|t| !matches!(t.kind, Kind::Stop) || t.words == "bị");
    let suffers = next.is_some_and(|t| t.kind == Kind::Modal(Modal::MayOrPassive) || t.words == "bị");
    let others = said[at + 1..].iter().any(|t| matches!(t.kind, Kind::Party(_)));
    let is_object = |index: usize| {
        is_same(&said[at], &unit.tokens[index])
            && unit.tokens[..index]
                .last()
                .is_some_and(|t| PREPOSITIONS.contains(&t.words.as_str()) || t.kind == Kind::Word)
    };
    suffers && !others && (unit.lead_from..unit.tokens.len()).any(is_object)
}

/// The subject that rules at `at`: the last party before it that no preposition makes an object.
fn subject(tokens: &[Token], at: usize) -> Option<usize> {
    let mut object = None;
    for index in (0..at).rev() {
        if !matches!(tokens[index].kind, Kind::Party(_)) {
            continue;
        }
        let before = tokens[..index].last();
        let governs = tokens.get(index + 1).is_some_and(|next| {
            matches!(next.kind, Kind::Modal(_) | Kind::Negation)
                || matches!(next.words.as_str(), "là" | "đã" | "bị" | "sẽ")
        });
        let begins = before.is_none_or(|t| {
            matches!(t.kind, Kind::Break(_))
                || matches!(
                    t.words.as_str(),
                    "khi"
                        | "nếu"
                        | "thì"
                        | "mà"
                        | "nhưng"
                        | "hoặc"
                        | "trường hợp"
                        | "trong trường hợp"
                        | "để"
                        | "các"
                        | "những"
                        | "mỗi"
                )
        });
        if governs || begins {
            return Some(index);
        }
        object.get_or_insert(index);
    }
    // A title: "Quyền của người lao động".
    object.filter(|index| tokens[..*index].last().is_some_and(|t| t.words == "của"))
}

/// Whether a must or may is laid on another party than in the rule. One without a partner is
/// held against the one that rules where the sentence goes on.
fn subjects_differ(said: &[Token], unit: &Unit, alignment: &Alignment) -> bool {
    let law = &unit.tokens;
    said.iter().enumerate().any(|(at, token)| {
        let Kind::Modal(modal) = &token.kind else { return false };
        let Some(partner) = alignment.partner[at].or_else(|| ruling(alignment, at, law)) else { return false };
        let (Some(own), Some(theirs)) = (subject(said, at), subject(law, partner)) else { return false };
        let passive = *modal == Modal::MayOrPassive && is_passive(said, own, unit);
        conflict(&said[own], &law[theirs]) && !passive
    })
}

/// The must or may of the rule before the partner of what follows `at`, in the same line.
fn ruling(alignment: &Alignment, at: usize, law: &[Token]) -> Option<usize> {
    let next = alignment.partner[at + 1..].iter().flatten().next()?;
    let line = law[..*next].iter().rposition(|t| matches!(t.kind, Kind::Break('\n' | '.' | ';'))).map_or(0, |i| i + 1);
    (line..*next).rev().find(|i| matches!(law[*i].kind, Kind::Modal(_)))
}

/// Whether a rule begins with its must or must not: it names nobody.
fn orders_nobody(unit: &Unit) -> bool {
    let first = unit.tokens[unit.lead_from..].first();
    first.is_some_and(|t| matches!(t.kind, Kind::Modal(Modal::Must | Modal::MustNot)))
}

/// Whether the sentence brings in a party though the rule names its own.
fn is_foreign(said: &[Token], unit: &Unit, alignment: &Alignment) -> bool {
    let law_names = unit.tokens[unit.lead_from..].iter().any(|t| matches!(t.kind, Kind::Party(_)));
    let held = |token: &Token| unit.tokens.iter().any(|other| is_same(token, other));
    law_names
        && said.iter().enumerate().any(|(at, token)| {
            let Kind::Party(party) = token.kind else { return false };
            // "Không được giữ bằng của người lao động" is said to those who employ.
            let rules = said.get(at + 1).is_some_and(|t| matches!(t.kind, Kind::Modal(_)));
            if party == Party::Employer && rules && orders_nobody(unit) {
                return false;
            }
            !matches!(party, Party::Asker | Party::Side) && alignment.partner[at].is_none() && !held(token)
        })
}

/// Whether the sentence tells a duty of the rule as a passive of the one to whom it is owed.
pub fn turns_passive(said: &[Token], unit: &Unit, alignment: &Alignment) -> bool {
    parties(said).any(|(at, _)| alignment.partner[at].is_none() && is_passive(said, at, unit))
}
