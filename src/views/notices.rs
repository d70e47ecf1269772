/*! What a member is told, as the API shows it to them. */

use serde::Serialize;

use crate::notices::{Notice, NoticeList, QuietHours};

/// One notice.
#[derive(Debug, Clone, Serialize)]
pub struct NoticeJson {
    /// Number.
    pub id: i64,
    /// `review`, `reply`, `recall`, `feed`, `support`, `course`.
    pub kind: &'static str,
    /// What it says, in Vietnamese.
    pub title: String,
    /// Page it leads to, a path on this site.
    pub link: String,
    /// RFC 3339.
    pub made_at: String,
    /// RFC 3339, or null.
    pub read_at: Option<String>,
}

impl From<&Notice> for NoticeJson {
    fn from(notice: &Notice) -> Self {
        Self {
            id: notice.id,
            kind: notice.kind.name(),
            title: notice.title.clone(),
            link: notice.link.clone(),
            made_at: notice.made_at.to_string(),
            read_at: notice.read_at.map(|at| at.to_string()),
        }
    }
}

/// Hours in which nothing new is shown, local time.
#[derive(Debug, Clone, Serialize)]
pub struct QuietHoursJson {
    /// `22:00`.
    pub from: String,
    /// `06:00`.
    pub to: String,
}

impl From<QuietHours> for QuietHoursJson {
    fn from(hours: QuietHours) -> Self {
        let (from, to) = hours.texts();
        Self { from, to }
    }
}

/// A page of notices.
#[derive(Debug, Clone, Serialize)]
pub struct NoticesJson {
    /// Newest first.
    pub notices: Vec<NoticeJson>,
    /// How many are not read; 99 stands for that many or more.
    pub unread: u32,
    /// Quiet hours, or null.
    pub quiet_hours: Option<QuietHoursJson>,
    /// Until when nothing new is shown, RFC 3339, or null.
    pub quiet_until: Option<String>,
    /// What to give as `after` for the next page, or null.
    pub next: Option<String>,
}

impl From<&NoticeList> for NoticesJson {
    fn from(list: &NoticeList) -> Self {
        Self {
            notices: list.notices.iter().map(NoticeJson::from).collect(),
            unread: list.unread,
            quiet_hours: list.quiet.map(QuietHoursJson::from),
            quiet_until: list.quiet_until.map(|until| until.to_string()),
            next: list.next.clone(),
        }
    }
}
