/*! Pages of the counsellors' desk: the queue, one case, precedents; and how good answers are. */

use askama::Template;

use super::{
    Notice, Site,
    ask::{clause, quote_url, said_of},
    day,
    people::moment,
    render,
};
use crate::{
    answer::{AnswerStatus, Precedent},
    app::{CaseView, Claim, ClauseBeside},
    error::Result,
    review::{Case, Judgement, QualityMonth, Reply, Standing, State},
};

#[derive(Template)]
#[template(path = "queue.html")]
struct Queue<'a> {
    site: &'a Site,
    title: &'a str,
    cases: &'a [Case],
    waiting: usize,
    notice: Option<Notice>,
}

/// The queue, and how many precedents wait to be renewed.
///
/// # Errors
/// `Internal` when the template fails.
pub fn queue(site: &Site, cases: &[Case], waiting: usize, notice: Option<Notice>) -> Result<String> {
    render(&Queue { site, title: "Việc chờ xem lại", cases, waiting, notice })
}

/// What one case shows.
#[derive(Debug, Clone)]
pub struct CasePage {
    /// The case beside the law.
    pub view: CaseView,
    /// Token of its forms.
    pub form_token: String,
    /// What has just been done.
    pub notice: Option<Notice>,
    /// What is wrong with what was filled in.
    pub problem: Option<String>,
    /// A judgement that was chosen and refused.
    pub chosen: String,
    /// A correction that was filled in and refused.
    pub correction: String,
    /// A reason that was.
    pub reason: String,
    /// The question of a precedent that was.
    pub precedent: String,
    /// Sources that were.
    pub sources: String,
}

impl CasePage {
    fn may_claim(&self) -> bool {
        let case = &self.view.case;
        let is_own_finding = case.state == State::Second && case.findings.last().is_some_and(|finding| finding.is_mine);
        !case.is_mine && !case.is_taken && case.state != State::Done && !is_own_finding
    }

    fn awaits_second(&self) -> bool {
        self.view.case.state == State::Second
    }

    fn abstained(&self) -> bool {
        self.view.case.answer.status == AnswerStatus::Abstained
    }

    fn as_of(&self) -> String {
        day(self.view.case.answer.as_of)
    }
}

impl ClauseBeside {
    fn url(&self) -> String {
        quote_url(&self.cited)
    }
}

#[derive(Template)]
#[template(path = "case.html")]
struct CaseTemplate<'a> {
    site: &'a Site,
    title: &'a str,
    page: &'a CasePage,
    judgements: [Judgement; 4],
}

/// One case: each sentence beside the clauses it rests on.
///
/// # Errors
/// `Internal` when the template fails.
pub fn case(site: &Site, page: &CasePage) -> Result<String> {
    render(&CaseTemplate { site, title: "Xem lại câu trả lời", page, judgements: Judgement::ALL })
}

#[derive(Template)]
#[template(path = "clause_beside.html")]
struct Beside<'a> {
    clause: &'a ClauseBeside,
}

/// A clause in its article, as a piece of a page.
fn clause_beside(clause: &ClauseBeside) -> String {
    render(&Beside { clause }).unwrap_or_default()
}

#[derive(Template)]
#[template(path = "talk.html")]
struct TalkPiece<'a> {
    replies: &'a [Reply],
}

/// What was written in a case, as a piece of a page.
pub(super) fn talk(replies: &[Reply]) -> String {
    render(&TalkPiece { replies }).unwrap_or_default()
}

#[derive(Template)]
#[template(path = "precedents.html")]
struct PrecedentList<'a> {
    site: &'a Site,
    title: &'a str,
    standings: &'a [Standing],
    notice: Option<Notice>,
}

/// Precedents, those to be renewed first.
///
/// # Errors
/// `Internal` when the template fails.
pub fn precedents(site: &Site, standings: &[Standing], notice: Option<Notice>) -> Result<String> {
    render(&PrecedentList { site, title: "Câu trả lời mẫu", standings, notice })
}

/// What one precedent shows.
#[derive(Debug, Clone)]
pub struct PrecedentPage {
    /// The precedent.
    pub standing: Standing,
    /// Its sentences beside the law of today.
    pub claims: Vec<Claim>,
    /// Token of its form.
    pub form_token: String,
    /// What is wrong with what was filled in.
    pub problem: Option<String>,
    /// A text that was filled in and refused.
    pub text: String,
    /// Sources that were.
    pub sources: String,
}

#[derive(Template)]
#[template(path = "precedent.html")]
struct PrecedentTemplate<'a> {
    site: &'a Site,
    title: &'a str,
    page: &'a PrecedentPage,
}

/// One precedent, to be renewed or dropped.
///
/// # Errors
/// `Internal` when the template fails.
pub fn precedent(site: &Site, page: &PrecedentPage) -> Result<String> {
    render(&PrecedentTemplate { site, title: "Câu trả lời mẫu", page })
}

#[derive(Template)]
#[template(path = "approved.html")]
struct Approved<'a> {
    precedent: &'a Precedent,
    said: String,
    clauses: String,
    signed_on: String,
}

/// A precedent above an answer, as a piece of a page.
pub(super) fn approved(precedent: &Precedent) -> String {
    let piece = Approved {
        precedent,
        said: said_of(&precedent.sentences, &precedent.citations),
        clauses: precedent.citations.iter().map(clause).collect(),
        signed_on: signed_on(precedent),
    };
    render(&piece).unwrap_or_default()
}

/// The day a precedent was signed, local time.
pub(crate) fn signed_on(precedent: &Precedent) -> String {
    let text = moment(&precedent.signed_at);
    text.split_whitespace().find(|part| part.contains('/')).unwrap_or(&text).to_owned()
}

#[derive(Template)]
#[template(path = "quality.html")]
struct Quality<'a> {
    site: &'a Site,
    title: &'a str,
    months: &'a [QualityMonth],
}

/// How good answers are, month by month, for everybody.
///
/// # Errors
/// `Internal` when the template fails.
pub fn quality(site: &Site, months: &[QualityMonth]) -> Result<String> {
    render(&Quality { site, title: "Chất lượng trả lời", months })
}

fn month_text(month: &str) -> String {
    month.split_once('-').map_or_else(|| month.to_owned(), |(year, month)| format!("{month}/{year}"))
}

fn count_text(count: &Option<u64>) -> String {
    count.map_or_else(|| "dưới 10".to_owned(), |count| count.to_string())
}
