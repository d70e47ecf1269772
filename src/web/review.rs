/*! Pages of the counsellors' desk: the queue, one case. */

use askama::Template;

use super::{Notice, Site, history::given, people::moment, render};
use crate::{
    error::Result,
    review::{Case, Judgement, State},
};

#[derive(Template)]
#[template(path = "queue.html")]
struct Queue<'a> {
    site: &'a Site,
    title: &'a str,
    cases: &'a [Case],
    notice: Option<Notice>,
}

/// The queue.
///
/// # Errors
/// `Internal` when the template fails.
pub fn queue(site: &Site, cases: &[Case], notice: Option<Notice>) -> Result<String> {
    render(&Queue { site, title: "Việc chờ xem lại", cases, notice })
}

/// What one case shows.
#[derive(Debug, Clone)]
pub struct CasePage {
    /// The case.
    pub case: Case,
    /// Token of its forms.
    pub form_token: String,
    /// What is wrong with what was filled in.
    pub problem: Option<String>,
    /// A correction that was filled in and refused.
    pub correction: String,
}

impl CasePage {
    fn may_claim(&self) -> bool {
        !self.case.is_mine && !self.case.is_taken && self.case.state != State::Done
    }

    fn awaits_second(&self) -> bool {
        self.case.state == State::Second
    }
}

#[derive(Template)]
#[template(path = "case.html")]
struct CaseView<'a> {
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
    render(&CaseView { site, title: "Xem lại câu trả lời", page, judgements: Judgement::ALL })
}
