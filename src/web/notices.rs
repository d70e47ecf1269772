/*! The page of what a member is told. */

use askama::Template;

use super::{Notice, Site, people::moment, render};
use crate::{error::Result, mail::OwnMail, notices::NoticeList};

/// What the page shows.
#[derive(Debug, Clone)]
pub struct NoticesPage {
    /// The notices.
    pub list: NoticeList,
    /// Where mails go; none where mails are not set up.
    pub mail: Option<OwnMail>,
    /// Token of its forms.
    pub form_token: String,
    /// What has just been done.
    pub done: Option<Notice>,
    /// What is wrong with what was filled in.
    pub problem: Option<String>,
}

impl NoticesPage {
    /// Ends of the quiet hours as filled in; at night where none are set.
    fn hours(&self) -> (String, String) {
        self.list.quiet.map_or(("22:00".to_owned(), "06:00".to_owned()), |hours| hours.texts())
    }
}

#[derive(Template)]
#[template(path = "notices.html")]
struct List<'a> {
    site: &'a Site,
    title: &'a str,
    page: &'a NoticesPage,
}

/// One's own notices.
///
/// # Errors
/// `Internal` when the template fails.
pub fn notices(site: &Site, page: &NoticesPage) -> Result<String> {
    render(&List { site, title: "Thông báo", page })
}

#[derive(Template)]
#[template(path = "mail_end.html")]
struct EndMails<'a> {
    site: &'a Site,
    title: &'a str,
    token: Option<&'a str>,
}

/// The page that a link out of a mail leads to; without its token, once that was done.
///
/// # Errors
/// `Internal` when the template fails.
pub fn end_mails(site: &Site, token: Option<&str>) -> Result<String> {
    render(&EndMails { site, title: "Thư thông báo", token })
}
