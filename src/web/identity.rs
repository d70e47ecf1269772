/*! Pages of who asked: what a counsellor may know, and the log of those who decide. */

use askama::Template;

use super::{Notice, Site, people::moment, render};
use crate::{
    app::AskerView,
    error::Result,
    identity::{Known, Opening, REASON_CHARS_MAX, REASON_CHARS_MIN, State},
};

/// What a counsellor may know of who asked.
#[derive(Debug, Clone)]
pub struct IdentityPage {
    /// Number of the case.
    pub review: i64,
    /// What is known.
    pub known: AskerView,
    /// Token of its forms.
    pub form_token: String,
    /// What is wrong with what was filled in.
    pub problem: Option<String>,
}

impl IdentityPage {
    fn last(&self) -> Option<&Opening> {
        match &self.known.known {
            Known::Not(opening) => Some(opening),
            Known::Nothing | Known::Asker(..) => None,
        }
    }

    fn may_wish(&self) -> bool {
        self.known.detail.is_none() && self.last().is_none_or(|last| last.state != State::Wished)
    }
}

#[derive(Template)]
#[template(path = "identity.html")]
struct Identity<'a> {
    site: &'a Site,
    title: &'a str,
    page: &'a IdentityPage,
    reason_chars_min: usize,
    reason_chars_max: usize,
}

/// What a counsellor may know of who asked.
///
/// # Errors
/// `Internal` when the template fails.
pub fn identity(site: &Site, page: &IdentityPage) -> Result<String> {
    let (reason_chars_min, reason_chars_max) = (REASON_CHARS_MIN, REASON_CHARS_MAX);
    render(&Identity { site, title: "Ai đã hỏi", page, reason_chars_min, reason_chars_max })
}

/// The log of wishes.
#[derive(Debug, Clone)]
pub struct OpeningsPage {
    /// Newest first.
    pub openings: Vec<Opening>,
    /// Token of its forms.
    pub form_token: String,
    /// What has just been done.
    pub notice: Option<Notice>,
}

#[derive(Template)]
#[template(path = "openings.html")]
struct Openings<'a> {
    site: &'a Site,
    title: &'a str,
    page: &'a OpeningsPage,
}

/// The log of wishes.
///
/// # Errors
/// `Internal` when the template fails.
pub fn openings(site: &Site, page: &OpeningsPage) -> Result<String> {
    render(&Openings { site, title: "Đề nghị biết người hỏi", page })
}
