/*! Pages of admins over the service itself: health, settings in force, imports, the log of deeds. */

use askama::Template;

use super::{
    AdminNotice, Site,
    admin::size,
    people::{moment, path_part},
    render,
};
use crate::{
    accounts::{ImportKind, ImportReport},
    app::HealthView,
    audit::ActList,
    config::{Origin, Setting, Shown},
    error::Result,
};

/// Rows at fault shown one by one; the rest is counted.
const PROBLEMS_MAX: usize = 200;

#[derive(Template)]
#[template(path = "admin_health.html")]
struct Health<'a> {
    site: &'a Site,
    title: &'a str,
    tab: &'a str,
    view: &'a HealthView,
    whole: bool,
}

/// How the service fares; `whole` where the content of the database was checked, too.
///
/// # Errors
/// `Internal` when the template fails.
pub fn admin_health(site: &Site, view: &HealthView, whole: bool) -> Result<String> {
    render(&Health { site, title: "Sức khỏe hệ thống", tab: "suc-khoe", view, whole })
}

#[derive(Template)]
#[template(path = "admin_settings.html")]
struct Settings<'a> {
    site: &'a Site,
    title: &'a str,
    tab: &'a str,
    sections: Vec<(&'a str, Vec<&'a Setting>)>,
}

/// The settings in force, by section.
///
/// # Errors
/// `Internal` when the template fails.
pub fn admin_settings(site: &Site, settings: &[Setting]) -> Result<String> {
    let mut sections: Vec<(&str, Vec<&Setting>)> = Vec::new();
    for setting in settings {
        let section = setting.key.split('.').next().unwrap_or_default();
        match sections.last_mut().filter(|(name, _)| *name == section) {
            Some((_, list)) => list.push(setting),
            None => sections.push((section, vec![setting])),
        }
    }
    render(&Settings { site, title: "Cấu hình đang dùng", tab: "cau-hinh", sections })
}

/// What the page of imports shows.
#[derive(Debug, Clone)]
pub struct ImportPage {
    /// What came of an import that was just made, and whether it only compared.
    pub report: Option<(ImportReport, bool)>,
    /// The list of codes it made.
    pub list: Option<String>,
    /// Lists that are there.
    pub lists: Vec<String>,
    /// Longest file, in bytes.
    pub bytes_max: u64,
    /// Token of its forms.
    pub form_token: String,
    /// What has just been done.
    pub notice: Option<AdminNotice>,
    /// Why nothing was imported.
    pub problem: Option<String>,
}

#[derive(Template)]
#[template(path = "admin_import.html")]
struct Import<'a> {
    site: &'a Site,
    title: &'a str,
    tab: &'a str,
    page: &'a ImportPage,
}

/// Imports of members and units.
///
/// # Errors
/// `Internal` when the template fails.
pub fn admin_import(site: &Site, page: &ImportPage) -> Result<String> {
    render(&Import { site, title: "Nhập đoàn viên và đơn vị", tab: "nhap", page })
}

#[derive(Template)]
#[template(path = "admin_log.html")]
struct Log<'a> {
    site: &'a Site,
    title: &'a str,
    tab: &'a str,
    list: &'a ActList,
    is_admin: bool,
}

/// The log of deeds, for admins and inspectors.
///
/// # Errors
/// `Internal` when the template fails.
pub fn admin_log(site: &Site, list: &ActList, is_admin: bool) -> Result<String> {
    render(&Log { site, title: "Nhật ký quản trị", tab: "nhat-ky", list, is_admin })
}

/// A part of the program in words.
fn part(part: &str) -> &str {
    match part {
        "index" => "Kho luật",
        "embedder" => "Mô hình tìm theo nghĩa",
        "vectors" => "Mã hóa các đoạn",
        "generator" => "Mô hình soạn câu trả lời",
        "upstream" => "Máy soạn ở ngoài",
        "store" => "Kho tài khoản",
        other => other,
    }
}

fn queue(name: &str) -> &str {
    match name {
        "ask" => "Tìm và trả lời",
        "generate" => "Soạn bằng mô hình",
        "admin" => "Việc của quản trị",
        other => other,
    }
}

fn stored(name: &str) -> &str {
    match name {
        "database" => "Cơ sở dữ liệu",
        "generations" => "Các bản kho luật",
        "raw" => "Bản gốc văn bản",
        "media" => "Ảnh",
        "words" => "Chỉ mục bảng tin",
        other => other,
    }
}

fn job(name: &str) -> &str {
    match name {
        "accounts" => "Dọn phiên đăng nhập, mã hết hạn",
        "replies" => "Dọn ghi nhận gửi lặp",
        "support" => "Chuyển yêu cầu hỗ trợ quá hạn",
        "notices" => "Dọn thông báo cũ",
        "counts of the feed" => "Ghi số lượt xem bảng tin",
        "index of posts" => "Chỉ mục bảng tin",
        "late cases" => "Chuyển việc tư vấn quá hạn lên cấp trên",
        "history" => "Xóa câu hỏi quá hạn lưu",
        "law" => "Đối chiếu câu trả lời với luật đang dùng",
        "vectors" => "Mã hóa các đoạn",
        other => other,
    }
}

fn look(what: &str) -> &str {
    match what {
        "key file" => "Quyền của tệp khóa",
        "database file" => "Quyền của tệp cơ sở dữ liệu",
        "database" => "Mở cơ sở dữ liệu",
        "database content" => "Nội dung cơ sở dữ liệu",
        "mail" => "Thư báo",
        "index" => "Kho luật",
        other => other,
    }
}

fn section(name: &str) -> &str {
    match name {
        "http" => "Mạng",
        "paths" => "Thư mục",
        "models" => "Mô hình",
        "generator" => "Soạn câu trả lời",
        "api" => "Giao diện kiểu OpenAI",
        "mail" => "Thư báo",
        "admin" => "Khóa quản trị",
        "accounts" => "Tài khoản",
        "limits" => "Giới hạn",
        "contacts" => "Người liên hệ",
        other => other,
    }
}

fn origin(origin: &Origin) -> &'static str {
    match origin {
        Origin::Default => "mặc định",
        Origin::File => "tệp cấu hình",
        Origin::Environment => "biến môi trường",
        Origin::Flag => "dòng lệnh",
    }
}

fn first_problems(report: &ImportReport) -> &[crate::accounts::RowProblem] {
    report.problems.get(..PROBLEMS_MAX).unwrap_or(&report.problems)
}
