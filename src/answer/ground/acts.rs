/*!
What is done, and by what: the act after a must or may, and the word before it, must be the rule's.

One word that the rule has not may be another way to say the same; right behind "được",
"phải" or "không được", or as what the sentence begins with, it is another act or another
subject.
*/

use super::{
    align::Alignment,
    conditions,
    held::Said,
    lexicon::Modal,
    tokens::{Kind, Token},
    units::Unit,
};

/// How far behind a must or may its act is looked for, in tokens.
const ACT_REACH_TOKENS: usize = 6;

/// Whether the sentence orders, allows or forbids an act that the rule does not name.
pub fn is_foreign(sentence: &Said, unit: &Unit, alignment: &Alignment) -> bool {
    let said = &sentence.tokens;
    let is_modal = |at: &usize| matches!(said[*at].kind, Kind::Modal(_));
    // A title names an act only where it forbids it.
    let forbids = unit.tokens[..unit.lead_from]
        .iter()
        .any(|t| matches!(t.kind, Kind::Modal(Modal::MustNot | Modal::NeedNot) | Kind::Negation));
    let is_held = |at: usize, modal: usize| {
        if forbids || is_supposed(said, modal) {
            return is_held(sentence, at, unit, alignment);
        }
        alignment.partner[at].is_some_and(|l| unit.lead_from <= l) || unit.body_held.holds(sentence, at)
    };
    (0..said.len()).filter(is_modal).any(|modal| act(said, modal).is_some_and(|at| !is_held(at, modal)))
}

/// Whether the sentence is about something that the rule does not name.
pub fn has_foreign_subject(sentence: &Said, unit: &Unit, alignment: &Alignment) -> bool {
    let said = &sentence.tokens;
    let is_main = |at: &usize| matches!(said[*at].kind, Kind::Modal(_) | Kind::Number(_));
    let main = (0..said.len()).find(is_main).unwrap_or(0);
    (0..main).any(|at| said[at].is_telling() && !is_held(sentence, at, unit, alignment))
}

/// Whether the must or may at `modal` stands in a condition.
fn is_supposed(said: &[Token], modal: usize) -> bool {
    let ends = |t: &Token| matches!(t.kind, Kind::Break(_)) || t.words == "thì";
    let part = said[..modal].iter().rposition(ends).map_or(0, |i| i + 1);
    (part..modal).any(|at| conditions::is_marker(said, at, part))
}

fn is_held(sentence: &Said, at: usize, unit: &Unit, alignment: &Alignment) -> bool {
    alignment.partner[at].is_some() || unit.held.holds(sentence, at)
}

/// The first word behind the must or may at `modal` that names an act. A number or the end of
/// the part comes before none.
pub fn act(said: &[Token], modal: usize) -> Option<usize> {
    for at in (modal + 1..said.len()).take(ACT_REACH_TOKENS) {
        match said[at].kind {
            Kind::Break(_) | Kind::Number(_) | Kind::Modal(_) | Kind::Exception => return None,
            Kind::Word if said[at].is_telling() => return Some(at),
            _ => {}
        }
    }
    None
}

/// Whether the sentence orders or allows, without any condition, what the rule only supposes.
pub fn is_only_supposed(said: &[Token], unit: &Unit, alignment: &Alignment) -> bool {
    let supposes = (0..said.len()).any(|at| conditions::is_marker(said, at, 0));
    let modal = said.iter().position(|t| matches!(t.kind, Kind::Modal(_)));
    let act = modal.and_then(|modal| act(said, modal)).and_then(|act| alignment.partner[act]);
    !supposes && act.is_some_and(|act| conditions::conditions(unit).iter().any(|range| range.contains(&act)))
}

/// Whether what the sentence allows without a may of this rule, another rule of the same text
/// forbids.
pub fn is_forbidden_beside(sentence: &Said, unit: &Unit, alignment: &Alignment, others: &[&Unit]) -> bool {
    let said = &sentence.tokens;
    let allows = |at: &usize| {
        matches!(said[*at].kind, Kind::Modal(Modal::May | Modal::MayOrPassive)) && alignment.partner[*at].is_none()
    };
    (0..said.len()).filter(allows).any(|modal| {
        let phrase = phrase(said, modal);
        let own: Vec<&str> = said.iter().filter(|t| t.kind == Kind::Word).map(|t| t.words.as_str()).collect();
        let is_once = own.windows(phrase.len().max(1)).filter(|w| *w == phrase).count() == 1;
        1 < phrase.len()
            && is_once
            && others.iter().filter(|o| o.n == unit.n && o.clause == unit.clause).any(|o| forbids(o, &phrase))
    })
}

/// The words behind the must or may at `modal`, up to the next sign or number.
fn phrase(said: &[Token], modal: usize) -> Vec<&str> {
    let words = said[modal + 1..].iter().take_while(|t| matches!(t.kind, Kind::Word));
    words.map(|t| t.words.as_str()).collect()
}

fn forbids(rule: &Unit, phrase: &[&str]) -> bool {
    let own = rule.own();
    (0..own.len()).filter(|at| own[*at].kind == Kind::Modal(Modal::MustNot)).any(|at| {
        let words: Vec<&str> = own[at + 1..]
            .iter()
            .take_while(|t| !matches!(t.kind, Kind::Break('.' | ';' | '\n') | Kind::Modal(_)))
            .filter(|t| t.kind == Kind::Word)
            .map(|t| t.words.as_str())
            .collect();
        words.windows(phrase.len()).any(|w| w == phrase)
    })
}
