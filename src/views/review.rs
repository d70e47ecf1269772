/*! The counsellors' desk as the API shows it. */

use serde::Serialize;

use super::{AnswerJson, CitationJson, SentenceJson};
use crate::{
    app::{CaseView, Claim},
    review::{Case, Finding, Outcome, QualityMonth, Reply, Standing, Talk},
};

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
    /// How many units up it was brought because nobody decided in time.
    pub escalated: u32,
    /// `mine`, `taken`, or null.
    pub claimed: Option<&'static str>,
    /// The answer as it was given.
    pub answer: AnswerJson,
    /// What its asker says of it, `useful`, `wrong`, `unclear`, or null.
    pub heard: Option<&'static str>,
    /// Their words, or null.
    pub heard_words: Option<String>,
    /// Whether its asker handed the conversation over.
    pub handed_over: bool,
    /// The last final decision, or null.
    pub outcome: Option<ReviewOutcomeJson>,
    /// All decisions in order; empty in a list.
    pub findings: Vec<FindingJson>,
    /// What was written in it, in order; empty in a list.
    pub replies: Vec<ReplyJson>,
    /// Its sentences beside the law; empty in a list.
    pub claims: Vec<ClaimJson>,
}

impl From<&Case> for ReviewJson {
    fn from(case: &Case) -> Self {
        let last = case.findings.iter().rev().find(|finding| finding.is_final);
        Self {
            id: case.id,
            state: case.state.name(),
            risk: case.risk,
            reasons: case.reasons.clone(),
            entered_at: case.entered_at.to_string(),
            due_at: case.due_at.to_string(),
            late: case.is_late,
            escalated: case.level,
            claimed: match (case.is_mine, case.is_taken) {
                (true, _) => Some("mine"),
                (_, true) => Some("taken"),
                _ => None,
            },
            answer: AnswerJson::from(&case.answer),
            heard: case.heard.as_ref().map(|(verdict, _)| verdict.name()),
            heard_words: case.heard.as_ref().and_then(|(_, words)| words.clone()),
            handed_over: case.is_handed_over,
            outcome: last.map(|finding| ReviewOutcomeJson::from(&finding.outcome)),
            findings: case.findings.iter().map(FindingJson::from).collect(),
            replies: case.replies.iter().map(ReplyJson::from).collect(),
            claims: Vec::new(),
        }
    }
}

impl From<&CaseView> for ReviewJson {
    fn from(view: &CaseView) -> Self {
        Self { claims: view.claims.iter().map(ClaimJson::from).collect(), ..Self::from(&view.case) }
    }
}

/// The queue.
#[derive(Debug, Clone, Serialize)]
pub struct ReviewsJson {
    /// Most at stake first.
    pub reviews: Vec<ReviewJson>,
}

/// A sentence beside the law it rests on.
#[derive(Debug, Clone, Serialize)]
pub struct ClaimJson {
    /// Place, from 1.
    pub n: usize,
    /// The sentence with its verdict when it was given.
    pub sentence: SentenceJson,
    /// Why it was withdrawn, or null.
    pub reason: Option<String>,
    /// Why it does not stand today where it did, or null.
    pub fault_now: Option<String>,
    /// The clauses it rests on, in their articles.
    pub clauses: Vec<ClauseBesideJson>,
}

/// A quoted clause in its article.
#[derive(Debug, Clone, Serialize)]
pub struct ClauseBesideJson {
    /// The citation as it was given.
    pub citation: CitationJson,
    /// Text of the article before the quote.
    pub before: String,
    /// Text after it.
    pub after: String,
    /// What became of it since, or null.
    pub change: Option<&'static str>,
}

impl From<&Claim> for ClaimJson {
    fn from(claim: &Claim) -> Self {
        let clauses = claim.clauses.iter().map(|clause| ClauseBesideJson {
            citation: CitationJson::from(&clause.cited),
            before: clause.before.clone(),
            after: clause.after.clone(),
            change: clause.change,
        });
        Self {
            n: claim.n,
            sentence: SentenceJson::from(&claim.sentence),
            reason: Some(claim.sentence.reason.clone()).filter(|reason| !reason.is_empty()),
            fault_now: claim.fault_now.clone(),
            clauses: clauses.collect(),
        }
    }
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

/// The same for counsellors.
#[derive(Debug, Clone, Serialize)]
pub struct FindingJson {
    /// What was decided.
    #[serde(flatten)]
    pub outcome: ReviewOutcomeJson,
    /// Why, or null.
    pub reason: Option<String>,
    /// Whether who asks for this found it.
    pub mine: bool,
    /// Whether the asker sees it.
    pub r#final: bool,
}

impl From<&Finding> for FindingJson {
    fn from(finding: &Finding) -> Self {
        Self {
            outcome: ReviewOutcomeJson::from(&finding.outcome),
            reason: finding.reason.clone(),
            mine: finding.is_mine,
            r#final: finding.is_final,
        }
    }
}

/// What was written in a case.
#[derive(Debug, Clone, Serialize)]
pub struct ReplyJson {
    /// `member` or `counsellor`.
    pub from: &'static str,
    /// The text.
    pub text: String,
    /// RFC 3339.
    pub made_at: String,
}

impl From<&Reply> for ReplyJson {
    fn from(reply: &Reply) -> Self {
        let from = if reply.from_member { "member" } else { "counsellor" };
        Self { from, text: reply.text.clone(), made_at: reply.made_at.to_string() }
    }
}

/// The talk over one answer, for its asker.
#[derive(Debug, Clone, Serialize)]
pub struct TalkJson {
    /// `open`, `second`, `done`.
    pub state: &'static str,
    /// Until when an answer should be there, RFC 3339.
    pub due_at: String,
    /// Whether the conversation was handed over.
    pub handed_over: bool,
    /// What was written, in order.
    pub replies: Vec<ReplyJson>,
}

impl From<&Talk> for TalkJson {
    fn from(talk: &Talk) -> Self {
        Self {
            state: talk.state.name(),
            due_at: talk.due_at.to_string(),
            handed_over: talk.is_handed_over,
            replies: talk.replies.iter().map(ReplyJson::from).collect(),
        }
    }
}

/// A precedent, for counsellors.
#[derive(Debug, Clone, Serialize)]
pub struct PrecedentJson {
    /// Number.
    pub id: i64,
    /// `serving` or `renewal`.
    pub state: &'static str,
    /// The question it answers.
    pub question: String,
    /// Its answer with marks.
    pub answer: String,
    /// Clauses it rests on.
    pub citations: Vec<CitationJson>,
    /// As what it was signed.
    pub signed_as: String,
    /// RFC 3339.
    pub signed_at: String,
    /// When it left service, RFC 3339, or null.
    pub retired_at: Option<String>,
}

impl From<&Standing> for PrecedentJson {
    fn from(standing: &Standing) -> Self {
        let found = &standing.found;
        Self {
            id: found.id,
            state: if found.is_serving && standing.stands { "serving" } else { "renewal" },
            question: found.row.question.clone(),
            answer: standing.answer.answer.clone(),
            citations: standing.answer.citations.iter().map(CitationJson::from).collect(),
            signed_as: found.row.signed_as.clone(),
            signed_at: found.row.signed_at.to_string(),
            retired_at: found.retired_at.map(|at| at.to_string()),
        }
    }
}

/// Counts of one month; null for one that is withheld.
#[derive(Debug, Clone, Serialize)]
pub struct QualityMonthJson {
    /// `2026-01`.
    pub month: String,
    /// Answers with citations.
    pub answered: Option<u64>,
    /// Not answered for lack of support.
    pub abstained: Option<u64>,
    /// Asked back.
    pub clarified: Option<u64>,
    /// Decided on by counsellors.
    pub reviewed: Option<u64>,
    /// Not right.
    pub corrected: Option<u64>,
    /// Decisions changed by later ones.
    pub overturned: Option<u64>,
    /// Agreement of second looks with first ones, of a hundred.
    pub agreement_percent: Option<u64>,
}

impl From<&QualityMonth> for QualityMonthJson {
    fn from(month: &QualityMonth) -> Self {
        let QualityMonth { month, answered, abstained, clarified, reviewed, corrected, overturned, agreement_percent } =
            month.clone();
        Self { month, answered, abstained, clarified, reviewed, corrected, overturned, agreement_percent }
    }
}
