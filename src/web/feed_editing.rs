/*! Pages of the feed's editors: what waits, one case, the union's share, the log. */

use askama::Template;

use super::{Site, day, people::moment, render};
use crate::{
    community::{
        Case, CaseKind, CaseState, LogEntry, Meter, OFFICIAL_PERCENT, REASON_CHARS_MAX, Ruling, Week, markdown,
    },
    error::Result,
    law::text::shorten,
};

/// Characters of a case's words that the queue shows.
const QUEUE_CHARS_MAX: usize = 160;

/// What the queue shows.
#[derive(Debug, Clone)]
pub struct FeedQueue {
    /// What waits.
    pub cases: Vec<Case>,
    /// Hosts that links must not lead to.
    pub hosts: Vec<String>,
    /// Token of its forms.
    pub form_token: String,
    /// What has just been done.
    pub notice: Option<&'static str>,
}

fn kind_text(case: &Case) -> &'static str {
    match (case.state, case.kind) {
        (CaseState::Appealed, _) => "khiếu nại",
        (_, CaseKind::First) => "bài đầu tiên",
        (_, CaseKind::Report) => "bị báo cáo",
    }
}

fn act_text(act: &str) -> &'static str {
    match act {
        "keep" => "giữ, cho hiện",
        "hide" => "ẩn",
        "remove" => "gỡ",
        "uphold" => "giữ nguyên quyết định",
        "restore" => "khôi phục",
        "lock" => "khóa viết bài",
        "unlock" => "mở khóa viết bài",
        "check" => "gắn nhãn kiểm chứng",
        "pin" => "ghim bài",
        "unpin" => "bỏ ghim bài",
        "ban" => "chặn trang web",
        "unban" => "bỏ chặn trang web",
        "uncheck" => "bỏ nhãn kiểm chứng",
        _ => "việc khác",
    }
}

#[derive(Template)]
#[template(path = "feed_queue.html")]
struct Queue<'a> {
    site: &'a Site,
    title: &'a str,
    page: &'a FeedQueue,
}

impl Queue<'_> {
    fn words(&self, case: &Case) -> String {
        shorten(&markdown::plain(&case.text), QUEUE_CHARS_MAX).to_owned()
    }
}

/// What waits.
///
/// # Errors
/// `Internal` when the template fails.
pub fn feed_queue(site: &Site, page: &FeedQueue) -> Result<String> {
    render(&Queue { site, title: "Kiểm duyệt bảng tin", page })
}

/// What one case shows.
#[derive(Debug, Clone)]
pub struct FeedCasePage {
    /// The case.
    pub case: Case,
    /// Whether the reader decided it.
    pub decided_it: bool,
    /// Token of its forms.
    pub form_token: String,
    /// What is wrong with what was filled in.
    pub problem: Option<String>,
    /// A reason that was filled in and refused.
    pub reason: String,
}

impl FeedCasePage {
    fn html(&self) -> String {
        markdown::html(&self.case.text)
    }

    fn is_appealed(&self) -> bool {
        self.case.state == CaseState::Appealed
    }

    fn may_rule(&self) -> bool {
        self.case.state == CaseState::Open || (self.is_appealed() && !self.decided_it)
    }

    fn has_removed(&self) -> bool {
        self.case.decided.as_ref().is_some_and(|decided| decided.ruling == Ruling::Remove)
    }
}

#[derive(Template)]
#[template(path = "feed_case.html")]
struct CaseView<'a> {
    site: &'a Site,
    title: &'a str,
    page: &'a FeedCasePage,
    rulings: [Ruling; 3],
    reason_chars_max: usize,
}

/// One case.
///
/// # Errors
/// `Internal` when the template fails.
pub fn feed_case(site: &Site, page: &FeedCasePage) -> Result<String> {
    let title = "Xem và quyết định";
    render(&CaseView { site, title, page, rulings: Ruling::ALL, reason_chars_max: REASON_CHARS_MAX })
}

#[derive(Template)]
#[template(path = "feed_meter.html")]
struct MeterView<'a> {
    site: &'a Site,
    title: &'a str,
    meter: &'a Meter,
    is_editor: bool,
    official_percent: u64,
}

impl MeterView<'_> {
    fn now(&self) -> Option<&Week> {
        self.meter.weeks.first()
    }
}

fn percent(share: Option<u64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{share} %"))
}

/// The union's share, week by week.
///
/// # Errors
/// `Internal` when the template fails.
pub fn feed_meter(site: &Site, meter: &Meter, is_editor: bool) -> Result<String> {
    render(&MeterView {
        site, title: "Tỷ lệ tin chính thức", meter, is_editor, official_percent: OFFICIAL_PERCENT
    })
}

#[derive(Template)]
#[template(path = "feed_log.html")]
struct Log<'a> {
    site: &'a Site,
    title: &'a str,
    entries: &'a [LogEntry],
    is_editor: bool,
}

/// The log of moderation.
///
/// # Errors
/// `Internal` when the template fails.
pub fn feed_log(site: &Site, entries: &[LogEntry], is_editor: bool) -> Result<String> {
    render(&Log { site, title: "Nhật ký kiểm duyệt", entries, is_editor })
}
