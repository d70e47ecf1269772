/*! Pages of requests for support: one's own, one request, the officers' register. */

use askama::Template;

use super::{Site, people::moment, render};
use crate::{
    error::Result,
    support::{
        DECIDE_DAYS, FILES_PER_REQUEST_MAX, FileKind, Kind, Register, RequestView, Side, State, TEXT_CHARS_MAX,
        TimelineEntry, port::RequestRow,
    },
};

/// Short names of notices in addresses, and their words.
const NOTICES: [(&str, &str); 9] = [
    ("gui", "Đã gửi. Bạn theo dõi ở trang này; cán bộ trả lời cũng hiện ở đây."),
    ("tep", "Đã thêm tệp."),
    ("sent", "Vượt ngân sách của đơn vị: yêu cầu đã chuyển lên đơn vị cấp trên."),
    ("taken", "Đã ghi nhận."),
    ("asked", "Đã ghi nhận."),
    ("approved", "Đã ghi nhận."),
    ("refused", "Đã ghi nhận."),
    ("done", "Đã ghi nhận."),
    ("withdrawn", "Đã rút yêu cầu."),
];

/// What a page says of what was just done, by its short name.
pub fn support_notice(name: &str) -> Option<&'static str> {
    NOTICES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The form of a new request, as it was filled in.
#[derive(Debug, Clone, Default)]
pub struct SupportForm {
    /// Name of the kind.
    pub kind: String,
    /// What was written.
    pub words: String,
    /// What is wrong with it.
    pub problem: Option<String>,
}

/// What the page of one's own requests shows.
#[derive(Debug, Clone)]
pub struct SupportPage {
    /// Newest first.
    pub requests: Vec<RequestRow>,
    /// The form.
    pub form: SupportForm,
    /// Token of its form.
    pub form_token: String,
}

#[derive(Template)]
#[template(path = "support.html")]
struct Own<'a> {
    site: &'a Site,
    title: &'a str,
    page: &'a SupportPage,
    kinds: [Kind; 4],
    days: i64,
    text_chars_max: usize,
}

/// One's own requests, and the form for a new one.
///
/// # Errors
/// `Internal` when the template fails.
pub fn support(site: &Site, page: &SupportPage) -> Result<String> {
    render(&Own {
        site,
        title: "Cần gì lo nấy",
        page,
        kinds: Kind::ALL,
        days: DECIDE_DAYS,
        text_chars_max: TEXT_CHARS_MAX,
    })
}

/// What the page of one request shows.
#[derive(Debug, Clone)]
pub struct SupportRequestPage {
    /// The request.
    pub view: RequestView,
    /// Token of its forms.
    pub form_token: String,
    /// What is wrong with what was filled in.
    pub problem: Option<String>,
    /// What was typed and refused.
    pub typed: String,
    /// What was just done.
    pub notice: Option<&'static str>,
}

impl SupportRequestPage {
    fn is_closed(&self) -> bool {
        matches!(self.view.request.state, State::Refused | State::Done | State::Withdrawn)
    }

    fn may_withdraw(&self) -> bool {
        self.view.is_own && self.view.request.state.is_open()
    }

    fn may_take(&self) -> bool {
        self.view.may_decide && !self.view.in_hand && self.view.request.state.is_open()
    }

    fn decides(&self) -> bool {
        self.view.may_decide && self.view.in_hand && self.view.request.state.is_open()
    }

    fn may_ask(&self) -> bool {
        self.view.request.state == State::Taken
    }

    fn may_finish(&self) -> bool {
        self.view.may_decide && self.view.request.state == State::Approved
    }

    fn may_attach(&self) -> bool {
        !self.is_closed() && self.view.files.len() < FILES_PER_REQUEST_MAX as usize
    }

    /// The state in words of who looks.
    fn state(&self) -> &'static str {
        match self.view.request.state {
            State::Asked if !self.view.is_own => "chờ đoàn viên bổ sung",
            state => state.title(),
        }
    }

    /// Who speaks, in words of who looks.
    fn who(&self, entry: &TimelineEntry) -> &'static str {
        match (entry.side, self.view.is_own) {
            (Side::Member, true) => "Bạn",
            (Side::Member, false) => "Đoàn viên",
            (Side::Officer, _) => "Cán bộ",
            (Side::Service, _) => "Hệ thống",
        }
    }
}

/// What happened, in words; nothing where something was only said.
fn happened(entry: &TimelineEntry) -> &'static str {
    match (entry.what.as_str(), entry.side) {
        ("sent", _) => "gửi yêu cầu",
        ("taken", Side::Member) => "trả lời",
        ("taken" | "asked", Side::Officer) if entry.text.is_empty() => "nhận việc",
        ("asked", _) => "hỏi thêm",
        ("approved", _) => "duyệt",
        ("refused", _) => "không duyệt, vì",
        ("done", _) => "báo đã xong",
        ("withdrawn", _) => "rút yêu cầu",
        ("late", _) => "quá hạn, chuyển lên đơn vị cấp trên",
        ("over_budget", _) => "vượt ngân sách đơn vị, chuyển lên đơn vị cấp trên",
        ("file", _) => "thêm một tệp",
        _ => "viết",
    }
}

#[derive(Template)]
#[template(path = "support_request.html")]
struct One<'a> {
    site: &'a Site,
    title: &'a str,
    page: &'a SupportRequestPage,
    files_max: u32,
    text_chars_max: usize,
}

/// One request.
///
/// # Errors
/// `Internal` when the template fails.
pub fn support_request(site: &Site, page: &SupportRequestPage) -> Result<String> {
    render(&One {
        site,
        title: page.view.request.kind.title(),
        page,
        files_max: FILES_PER_REQUEST_MAX,
        text_chars_max: TEXT_CHARS_MAX,
    })
}

/// What the officers' register shows.
#[derive(Debug, Clone)]
pub struct SupportRegisterPage {
    /// The register.
    pub register: Register,
    /// Token of its forms.
    pub form_token: String,
    /// What is wrong with what was filled in.
    pub problem: Option<String>,
}

impl SupportRegisterPage {
    fn is_late(&self, request: &RequestRow) -> bool {
        request.state.is_open() && request.asked_at.is_none() && request.due_at <= self.register.now
    }

    /// What leads to the same register again, from `?` on, without the place in it.
    fn query(&self) -> String {
        let register = &self.register;
        let state = register.state.map_or("", State::name);
        format!("don_vi={}&nam={}&trang_thai={state}", super::path_part(&register.unit.code), register.year)
    }

    fn is_state(&self, state: &State) -> bool {
        self.register.state == Some(*state)
    }
}

#[derive(Template)]
#[template(path = "support_register.html")]
struct RegisterTemplate<'a> {
    site: &'a Site,
    title: &'a str,
    page: &'a SupportRegisterPage,
    states: [State; 7],
}

/// The officers' register.
///
/// # Errors
/// `Internal` when the template fails.
pub fn support_register(site: &Site, page: &SupportRegisterPage) -> Result<String> {
    render(&RegisterTemplate { site, title: "Sổ hỗ trợ", page, states: State::ALL })
}

/// An amount as people here write it.
fn dong(amount: &i64) -> String {
    let digits = amount.unsigned_abs().to_string();
    let mut text = String::from(if *amount < 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if 0 < at && (digits.len() - at).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    format!("{text} đồng")
}

#[cfg(test)]
mod tests {
    use super::dong;

    #[test]
    fn amounts_are_written_as_people_here_write_them() {
        for (amount, text) in [(0, "0 đồng"), (300_000, "300.000 đồng"), (-1_500_000, "-1.500.000 đồng")] {
            assert_eq!(dong(&amount), text);
        }
    }
}
