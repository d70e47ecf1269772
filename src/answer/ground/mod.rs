/*!
Checking what a model wrote against the clauses it cites.

Shares no step with `compose`, which chose those clauses. A sentence stands when one rule of
a cited clause carries it: the rule has its numbers with their units and bounds, its parties
in their places, the same must, may and not, its references, and most of its wording. What
fails is withdrawn, with a reason a person can read. `docs/answers.md` says what each means.
*/

mod acts;
mod align;
mod amounts;
mod conditions;
mod frames;
mod held;
mod lexicon;
mod mentions;
mod modality;
mod parties;
mod points;
mod shape;
mod taken;
mod tokens;
mod units;
mod verdict;
mod wording;

#[cfg(test)]
mod near_tests;
#[cfg(test)]
mod tests;

use self::verdict::Fault;
use super::{sentences, types::AnswerSentence};

/// Evidence a sentence may cite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence<'a> {
    /// Number given by the server.
    pub n: usize,
    /// What it is, with its document's title: references and years in it may be repeated.
    pub citation: &'a str,
    /// Title of its article: a list of what is forbidden says so in the title alone.
    pub title: &'a str,
    /// Lead-in of the clause a point belongs to.
    pub lead_in: &'a str,
    /// Verbatim text.
    pub text: &'a str,
    /// Whether it is in force on the day asked for.
    pub in_force: bool,
}

/// What sentences are checked against, read once for all of them.
#[derive(Debug)]
pub struct Grounds<'a> {
    evidence: &'a [Evidence<'a>],
    rules: Vec<units::Unit>,
    question: Vec<tokens::Token>,
}

impl<'a> Grounds<'a> {
    /// Reads all evidence there is. Numbers of the `question` may be repeated as conditions.
    pub fn new(evidence: &'a [Evidence<'a>], question: &str) -> Self {
        let rules = evidence.iter().filter(|e| e.in_force).flat_map(units::units).collect();
        Self { evidence, rules, question: tokens::tokens(question) }
    }

    /// Checks one sentence as the model wrote it, marks included. What stands is shown without
    /// a "Có," or "Không," before it: whether that answers the question, no clause can tell.
    pub fn check(&self, sentence: &str) -> AnswerSentence {
        let (text, marks) = sentences::take_marks(sentence);
        let (opening, claim) = shape::without_opening(&text);
        match verdict::grounds((opening, &claim), &marks, self.evidence, &self.rules, &self.question) {
            Ok(citations) => {
                AnswerSentence { text: claim, citations, supported: true, withdrawn: false, reason: String::new() }
            }
            Err(fault) => withdrawn(text, fault),
        }
    }
}

/// Checks one sentence alone, see [`Grounds`].
pub fn check(sentence: &str, evidence: &[Evidence<'_>], question: &str) -> AnswerSentence {
    Grounds::new(evidence, question).check(sentence)
}

fn withdrawn(text: String, fault: Fault) -> AnswerSentence {
    AnswerSentence { text, citations: Vec::new(), supported: false, withdrawn: true, reason: fault.reason().to_owned() }
}
