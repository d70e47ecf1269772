/*! The counsellors' desk as the API shows it. */

use serde::Serialize;

use super::AnswerJson;
use crate::review::{Case, Outcome};

/// A case: nothing in it tells who asked.
#[derive(Debug, Clone, Serialize)]
pub struct ReviewJson {
    /// Number.
    pub id: i64,
    /// `open`, `second`, `done`.
    pub state: &'static str,
    /// From 0 to 100.
    pub risk: u32,
    /// Why it is here, in words.
    pub reasons: Vec<&'static str>,
    /// RFC 3339.
    pub entered_at: String,
    /// RFC 3339.
    pub due_at: String,
    /// Whether that time has passed.
    pub late: bool,
    /// `mine`, `taken`, or null.
    pub claimed: Option<&'static str>,
    /// The answer as it was given.
    pub answer: AnswerJson,
    /// What was decided, or null.
    pub outcome: Option<ReviewOutcomeJson>,
}

impl From<&Case> for ReviewJson {
    fn from(case: &Case) -> Self {
        Self {
            id: case.id,
            state: case.state.name(),
            risk: case.risk,
            reasons: case.reasons.clone(),
            entered_at: case.entered_at.to_string(),
            due_at: case.due_at.to_string(),
            late: case.is_late,
            claimed: match (case.is_mine, case.is_taken) {
                (true, _) => Some("mine"),
                (_, true) => Some("taken"),
                _ => None,
            },
            answer: AnswerJson::from(&case.answer),
            outcome: case.outcome.as_ref().map(ReviewOutcomeJson::from),
        }
    }
}

/// The queue.
#[derive(Debug, Clone, Serialize)]
pub struct ReviewsJson {
    /// Most at stake first.
    pub reviews: Vec<ReviewJson>,
}

/// What a counsellor decided.
#[derive(Debug, Clone, Serialize)]
pub struct ReviewOutcomeJson {
    /// `right`, `wrong`, `incomplete`, `dangerous`.
    pub verdict: &'static str,
    /// The sentence it concerns, from 1, or null.
    pub sentence: Option<u32>,
    /// What is right instead, or null.
    pub correction: Option<String>,
    /// RFC 3339.
    pub decided_at: String,
}

impl From<&Outcome> for ReviewOutcomeJson {
    fn from(outcome: &Outcome) -> Self {
        Self {
            verdict: outcome.verdict.name(),
            sentence: outcome.sentence,
            correction: outcome.correction.clone(),
            decided_at: outcome.decided_at.to_string(),
        }
    }
}
