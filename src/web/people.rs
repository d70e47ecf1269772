/*! Pages of people: signing in, one's own account, members and units for their admins. */

use askama::Template;
use jiff::{Timestamp, tz::TimeZone};

use super::{Site, render};
use crate::{
    accounts::{Invitation, MemberDetail, MemberList, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, Role, SessionId, Unit},
    error::Result,
};

/// What has just been done, as told after a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice(&'static str);

/// Short names of notices in addresses, and their words.
const NOTICES: [(&str, &str); 31] = [
    ("mat-khau", "Đã đổi mật khẩu. Các thiết bị khác đã bị đăng xuất, các khóa của máy đã bị xóa."),
    ("khoa-may", "Đã xóa khóa đó."),
    ("phien", "Đã đăng xuất thiết bị đó."),
    ("khoa", "Đã khóa tài khoản."),
    ("mo-khoa", "Đã mở khóa tài khoản."),
    ("vai-tro", "Đã cập nhật vai trò. Nếu người này chưa dùng mã kích hoạt thì mã đó hết hiệu lực; hãy tạo mã mới."),
    ("bo-vai-tro", "Đã bỏ vai trò."),
    ("da-xoa", "Đã xóa."),
    ("luu", "Từ nay câu hỏi của bạn được lưu."),
    ("khong-luu", "Từ nay câu hỏi của bạn không được lưu. Những câu đã lưu vẫn còn cho đến khi bạn xóa."),
    ("xem-lai", "Từ nay cán bộ tư vấn có thể xem lại những câu trả lời có rủi ro của bạn; họ không biết tên bạn."),
    (
        "thoi-xem-lai",
        "Từ nay câu trả lời của bạn không tự chuyển cho cán bộ nữa. Những câu đã chuyển thì họ vẫn xem được.",
    ),
    ("gop-chu-de", "Từ nay câu bạn hỏi được đếm vào mục “Hỏi nhiều trong tháng”, không tên và không nguyên văn."),
    ("thoi-gop-chu-de", "Câu hỏi của bạn không được đếm nữa."),
    ("gap-can-bo", "Đã gửi cho cán bộ tư vấn. Trả lời sẽ hiện ở trang này."),
    ("da-tra", "Đã trả việc lại hàng chờ."),
    ("da-quyet", "Đã gửi đánh giá."),
    ("da-tra-loi", "Đã gửi trả lời cho người hỏi."),
    ("da-nhan", "Đã gửi cho cán bộ tư vấn."),
    ("gia-han", "Mẫu đã được đối chiếu và dùng lại."),
    ("bo-mau", "Đã bỏ mẫu."),
    ("da-doc", "Đã đánh dấu đã đọc."),
    ("thu-ma", "Mã đang được gửi. Mở thư, chép mã vào ô bên dưới trong 30 phút."),
    ("thu-bat", "Từ nay thông báo mới được báo qua thư."),
    ("thu-tat", "Bạn không nhận thư nữa."),
    ("gio-yen-lang", "Đã đổi giờ yên lặng."),
    ("cho-biet-ten", "Cán bộ tư vấn xem việc này sẽ biết bạn là ai, trong 30 ngày hoặc đến khi bạn thôi."),
    ("giau-ten", "Tên bạn không hiện nữa."),
    ("da-quyet-danh-tinh", "Đã ghi quyết định."),
    ("y-kien", "Cảm ơn ý kiến của bạn."),
    ("thoi-chia-se", "Liên kết chia sẻ không còn dùng được."),
];

impl Notice {
    /// The notice of that short name.
    pub fn of(name: &str) -> Option<Self> {
        NOTICES.iter().find(|(known, _)| *known == name).map(|(_, text)| Self(text))
    }

    pub(super) fn text(self) -> &'static str {
        self.0
    }
}

/// A part of an address, with everything encoded that could end it.
pub fn path_part(text: &str) -> String {
    askama::filters::urlencode_strict(text).map(|text| text.to_string()).unwrap_or_default()
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn<'a> {
    site: &'a Site,
    title: &'a str,
    name: &'a str,
    onward: &'a str,
    problem: Option<&'a str>,
}

/// The form to sign in; `onward` is where to go then.
///
/// # Errors
/// `Internal` when the template fails.
pub fn sign_in(site: &Site, name: &str, onward: &str, problem: Option<&str>) -> Result<String> {
    render(&SignIn { site, title: "Đăng nhập", name, onward, problem })
}

#[derive(Template)]
#[template(path = "redeem.html")]
struct Redeem<'a> {
    site: &'a Site,
    title: &'a str,
    code: &'a str,
    problem: Option<&'a str>,
    password_chars_min: usize,
    password_chars_max: usize,
}

/// The form to use an invite code.
///
/// # Errors
/// `Internal` when the template fails.
pub fn redeem(site: &Site, code: &str, problem: Option<&str>) -> Result<String> {
    render(&Redeem {
        site,
        title: "Kích hoạt tài khoản",
        code,
        problem,
        password_chars_min: PASSWORD_CHARS_MIN,
        password_chars_max: PASSWORD_CHARS_MAX,
    })
}

/// What the page of one's own account shows.
#[derive(Debug, Clone)]
pub struct AccountPage {
    /// The member.
    pub detail: MemberDetail,
    /// Their sessions.
    pub sessions: Vec<crate::accounts::Session>,
    /// The session that asks.
    pub current: Option<SessionId>,
    /// Their keys of programs.
    pub api_keys: Vec<crate::accounts::ApiKey>,
    /// Whether pages of members are theirs to see.
    pub may_manage: bool,
    /// Token of its forms.
    pub form_token: String,
    /// What has just been done.
    pub notice: Option<Notice>,
    /// What is wrong with what was filled in.
    pub problem: Option<String>,
}

impl AccountPage {
    fn may_review(&self) -> bool {
        self.detail.grants.iter().any(|grant| grant.role == Role::Counsellor)
    }

    fn may_decide_identities(&self) -> bool {
        self.detail.grants.iter().any(|grant| matches!(grant.role, Role::Inspector | Role::Admin))
    }

    fn may_keep_register(&self) -> bool {
        self.detail.grants.iter().any(|grant| grant.role != Role::Editor)
    }

    fn device(&self, session: &crate::accounts::Session) -> String {
        device_text(&session.device)
    }

    fn is_current(&self, session: &crate::accounts::Session) -> bool {
        self.current == Some(session.id)
    }
}

#[derive(Template)]
#[template(path = "account.html")]
struct Account<'a> {
    site: &'a Site,
    title: &'a str,
    page: &'a AccountPage,
    password_chars_min: usize,
    password_chars_max: usize,
}

/// One's own account.
///
/// # Errors
/// `Internal` when the template fails.
pub fn account(site: &Site, page: &AccountPage) -> Result<String> {
    render(&Account {
        site,
        title: "Tài khoản của bạn",
        page,
        password_chars_min: PASSWORD_CHARS_MIN,
        password_chars_max: PASSWORD_CHARS_MAX,
    })
}

/// What the list of members shows.
#[derive(Debug, Clone)]
pub struct MembersPage {
    /// The list.
    pub list: MemberList,
    /// Units to choose from.
    pub units: Vec<Unit>,
    /// What was looked for.
    pub search: String,
    /// Only those of this role.
    pub role: Option<Role>,
    /// Whether it is not the first page.
    pub is_later: bool,
}

impl MembersPage {
    fn is_role(&self, role: &Role) -> bool {
        self.role == Some(*role)
    }

    /// Whether a unit below the first or a role was chosen: then the choice is seen.
    fn is_narrowed(&self) -> bool {
        self.role.is_some() || self.units.first().is_some_and(|unit| unit.code != self.list.unit.code)
    }

    /// The list without a search, a role or a page.
    fn start(&self) -> String {
        format!("/quan-ly/doan-vien?don_vi={}", path_part(&self.list.unit.code))
    }
}

#[derive(Template)]
#[template(path = "members.html")]
struct Members<'a> {
    site: &'a Site,
    title: &'a str,
    page: &'a MembersPage,
    roles: &'a [Role],
}

/// The list of members.
///
/// # Errors
/// `Internal` when the template fails.
pub fn members(site: &Site, page: &MembersPage) -> Result<String> {
    render(&Members { site, title: "Đoàn viên", page, roles: &Role::ALL })
}

/// What the page of one member shows.
#[derive(Debug, Clone)]
pub struct MemberPage {
    /// The member.
    pub detail: MemberDetail,
    /// Units a role can be given over.
    pub units: Vec<Unit>,
    /// Token of its forms.
    pub form_token: String,
    /// What has just been done.
    pub notice: Option<Notice>,
    /// An invite code that has just been made: shown this once.
    pub made: Option<Invitation>,
}

impl MemberPage {
    fn is_blocked(&self) -> bool {
        self.detail.member.state == crate::accounts::MemberState::Blocked
    }

    fn may_take(&self, unit_code: &str) -> bool {
        self.units.iter().any(|unit| unit.code == unit_code)
    }
}

#[derive(Template)]
#[template(path = "member.html")]
struct Member<'a> {
    site: &'a Site,
    title: &'a str,
    page: &'a MemberPage,
    roles: &'a [Role],
}

/// One member.
///
/// # Errors
/// `Internal` when the template fails.
pub fn member(site: &Site, page: &MemberPage) -> Result<String> {
    render(&Member { site, title: &page.detail.member.name, page, roles: &Role::ALL })
}

#[derive(Template)]
#[template(path = "units.html")]
struct Units<'a> {
    site: &'a Site,
    title: &'a str,
    units: &'a [Unit],
}

/// Units within reach.
///
/// # Errors
/// `Internal` when the template fails.
pub fn units(site: &Site, units: &[Unit]) -> Result<String> {
    render(&Units { site, title: "Đơn vị", units })
}

/// What browsers call themselves, and what people call them; the first that is found counts.
const BROWSERS: [(&str, &str); 9] = [
    ("Zalo", "Zalo"),
    ("coc_coc", "Cốc Cốc"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
];
/// The same of systems.
const SYSTEMS: [(&str, &str); 6] = [
    ("Android", "máy Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "máy Windows"),
    ("Mac OS", "máy Mac"),
    ("Linux", "máy Linux"),
];

/// A browser's name of itself in words; what is not known is told as it is.
fn device_text(device: &str) -> String {
    let of =
        |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| device.contains(mark)).map(|(_, name)| *name);
    match (of(&BROWSERS), of(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} trên {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) if device.is_empty() => "Thiết bị không rõ tên".to_owned(),
        (None, None) => device.to_owned(),
    }
}

/// Number with its thousands apart.
fn thousands(number: &u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at != 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

/// How deep a unit lies below the topmost.
fn depth(unit: &Unit) -> usize {
    unit.path.as_str().matches('/').count().saturating_sub(2)
}

/// A time as people in Vietnam write it.
pub(super) fn moment(time: &Timestamp) -> String {
    let zone = TimeZone::fixed(jiff::tz::Offset::constant(7));
    zone.to_datetime(*time).strftime("%H:%M ngày %d/%m/%Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_and_numbers_are_told_in_words() {
        let phone = "Mozilla/5.0 (Linux; Android 14; SM-A055F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36";
        assert_eq!(device_text(phone), "Chrome trên máy Android");
        let mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15";
        assert_eq!(device_text(mac), "Safari trên máy Mac");
        assert_eq!(
            (device_text("curl/8.5"), device_text("")),
            ("curl/8.5".to_owned(), "Thiết bị không rõ tên".to_owned())
        );
        assert_eq!([7, 1_000, 82_992, 1_234_567].map(|n| thousands(&n)), ["7", "1.000", "82.992", "1.234.567"]);
    }
}
