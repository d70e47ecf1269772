/*!
Which words of a rule a sentence takes up, wherever it says them.

An alignment pairs words in order; what is left out of a rule must also be looked for where
the sentence turns the order around or says it in plain words.
*/

use std::ops::Range;

use super::{
    align::{Alignment, equal},
    amounts::Quantity,
    held::Said,
    lexicon::{Bound, is_light},
    tokens::{Kind, Token},
    units::Unit,
};

/// Content words of a condition that must be taken up, where it has so many.
pub const CONDITION_WORDS_MIN: usize = 2;

/// Which words of a rule a sentence takes up.
pub struct Taken {
    /// By pairs, by neighbours or by sense.
    taken: Vec<bool>,
    /// By pairs alone.
    paired: Vec<bool>,
    /// Where the rule begins: the title repeats its words.
    lead_from: usize,
}

impl Taken {
    /// What is paired, what stands there with its neighbour, what plain words stand for, and
    /// bounds that a number of the sentence lies within.
    pub fn of(sentence: &Said, unit: &Unit, alignment: &Alignment) -> Self {
        let (said, law) = (&sentence.tokens, &unit.tokens);
        let mut taken = vec![false; law.len()];
        alignment.partner.iter().flatten().for_each(|l| taken[*l] = true);
        let paired = taken.clone();
        // What is paired with the title may stand in the rule as well.
        for at in (0..said.len()).filter(|at| alignment.partner[*at].is_none_or(|l| l < unit.lead_from)) {
            for l in unit.lead_from..law.len() {
                taken[l] |= match (&said[at].kind, &law[l].kind) {
                    (Kind::Word, Kind::Word) => said[at].words == law[l].words && share_neighbour(said, at, law, l),
                    (Kind::Number(own), Kind::Number(theirs)) => own.same_amount(theirs) || lies_within(own, theirs),
                    (Kind::Party(_), Kind::Party(_)) => equal(&said[at], &law[l]),
                    _ => false,
                };
            }
            for term in sentence.law_terms(at).iter().filter(|_| unit.held.explains(sentence, at)) {
                for l in unit.lead_from..law.len() {
                    taken[l] |= law[l].kind == Kind::Word && term.iter().any(|w| *w == law[l].words);
                }
            }
        }
        Self { taken, paired, lead_from: unit.lead_from }
    }

    /// Content words of a run, and how many of them are taken up. Parties count where there is
    /// nothing else.
    fn share(&self, law: &[Token], range: Range<usize>) -> (usize, usize) {
        let count = |is: &dyn Fn(&Token) -> bool| {
            let all: Vec<usize> = range.clone().filter(|l| is(&law[*l])).collect();
            (all.iter().filter(|l| self.is_taken_in(law, &range, **l)).count(), all.len())
        };
        let has_words = law[range.clone()].iter().any(|t| t.kind == Kind::Word);
        if has_words {
            count(&|t| matches!(t.kind, Kind::Word | Kind::Number(_) | Kind::Code) && !is_light(&t.words))
        } else {
            count(&Token::is_content)
        }
    }

    /// Whether the word at `at` is taken up.
    pub fn is_taken(&self, at: usize) -> bool {
        self.taken[at]
    }

    /// Whether the word at `at` is taken up in this run, not only outside it: what is said once
    /// is said in one place.
    pub fn is_taken_in(&self, law: &[Token], range: &Range<usize>, at: usize) -> bool {
        let is_outside = |l: usize| !range.contains(&l) && self.paired[l] && law[l].words == law[at].words;
        self.paired[at] || (self.taken[at] && !(self.lead_from..law.len()).any(is_outside))
    }

    /// Whether enough of a condition is taken up.
    pub fn is_met(&self, law: &[Token], range: Range<usize>) -> bool {
        let (taken, all) = self.share(law, range);
        CONDITION_WORDS_MIN.min(all.div_ceil(2)) <= taken
    }
}

/// Whether a word stands in both places with the same word before or after it, or alone.
fn share_neighbour(said: &[Token], at: usize, law: &[Token], l: usize) -> bool {
    let word = |list: &[Token], at: Option<usize>| {
        at.and_then(|at| list.get(at)).filter(|t| t.kind == Kind::Word).map(|t| t.words.clone())
    };
    let (before, after) = (word(said, at.checked_sub(1)), word(said, Some(at + 1)));
    (before.is_none() && after.is_none())
        || (before.is_some() && before == word(law, l.checked_sub(1)))
        || (after.is_some() && after == word(law, Some(l + 1)))
}

/// Whether "24 tháng" lies within "từ 12 tháng", "dưới 36 tháng" …
fn lies_within(own: &Quantity, bound: &Quantity) -> bool {
    bound.compared(own).is_some_and(|(bound_value, value)| match bound.bound {
        Bound::AtLeast => bound_value <= value,
        Bound::AtMost => value <= bound_value,
        Bound::Above => bound_value < value,
        Bound::Below => value < bound_value,
        Bound::Exact | Bound::Within => false,
    })
}

/// Whether a number stated as a condition lies outside a bound of the rule that no other
/// number of the sentence takes up.
pub fn is_outside(own: &Quantity, unit: &Unit, alignment: &Alignment) -> bool {
    let paired = |l: usize| alignment.partner.iter().flatten().any(|p| *p == l);
    (unit.own_from..unit.tokens.len()).filter(|l| !paired(*l)).any(|l| match &unit.tokens[l].kind {
        Kind::Number(theirs) if !matches!(theirs.bound, Bound::Exact | Bound::Within) => {
            theirs.compared(own).is_some() && !lies_within(own, theirs)
        }
        _ => false,
    })
}
