/*!
Pages as text: templates, one style sheet, one script. No transport, no statuses.

Everything that comes from a question, a law or a model is escaped by the templates. Every
page works without the script and says which text it rests on, and its date.
*/

mod admin;
mod admin_state;
mod ask;
mod asset;
mod calc;
mod course_editing;
mod courses;
mod docs;
mod feed;
mod feed_editing;
mod history;
mod identity;
mod law;
mod menu;
mod notices;
mod people;
mod reading;
mod review;
mod support;

use askama::Template;
use jiff::civil::Date;

pub use admin::{AdminNotice, CorpusPage, PreviewPage, admin_build, admin_corpus, admin_preview};
pub use admin_state::{ImportPage, admin_health, admin_import, admin_log, admin_settings};
pub use ask::AskPage;
pub use asset::{Asset, asset};
pub use calc::{CalculatorForm, calculator, calculators};
pub use course_editing::{course_draft, course_editing, course_file, most_asked};
pub use courses::{
    CertificatePage, LessonUse, answers, certificate, completion, course, courses, lesson, preview_of, quiz, quiz_done,
};
pub use docs::{DocsOperation, docs};
pub use feed::{
    EditForm, FeedView, OwnPage, PostList, PostPage, WriteForm, comment_versions, edit_post, feed, feed_notice,
    own_posts, post, post_list, post_versions, why, write_post,
};
pub use feed_editing::{FeedCasePage, FeedQueue, feed_case, feed_log, feed_meter, feed_queue};
pub use history::{ConversationPage, HistoryPage, conversation, history, shared};
pub use identity::{IdentityPage, OpeningsPage, identity, openings};
pub use law::{article_path, documents, provision};
pub use menu::{Group, Menu};
pub use notices::{NoticesPage, end_mails, notices};
pub use people::{
    AccountPage, MemberPage, MembersPage, Notice, account, member, members, path_part, redeem, sign_in, units,
};

pub use review::{CasePage, PrecedentPage, case, precedent, precedents, quality, queue};
pub use support::{
    SupportForm, SupportPage, SupportRegisterPage, SupportRequestPage, support, support_notice, support_register,
    support_request,
};

use crate::{
    app::{CoverageView, DocumentView, PartState},
    error::{Error, Result},
    views::ProblemJson,
};

/// Most documents named on the first page; the rest is one tap away.
const HOME_DOCUMENTS_MAX: usize = 6;

/// Most missing documents named on the first page.
const HOME_MISSING_MAX: usize = 6;

/// Digits of a telephone number, with or without its country.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=13;

/// Questions to start from, as members write them, with and without accents.
const EXAMPLES: [&str; 6] = [
    "Nghỉ việc phải báo trước bao nhiêu ngày?",
    "Mỗi năm được nghỉ phép mấy ngày?",
    "Làm thêm ngày lễ được trả lương thế nào?",
    "Thử việc tối đa bao lâu?",
    "nghi thai san duoc may thang",
    "Bị cho nghỉ việc trái luật thì được bồi thường gì?",
];

/// What every page shows of the service.
#[derive(Debug, Clone)]
pub struct Site {
    /// The active generation, if any.
    pub corpus_release: Option<String>,
    /// State of the parts.
    pub parts: Vec<PartState>,
    /// Whom to ask.
    pub contact: String,
    /// Units a member can choose; empty where the contacts name none.
    pub units: Vec<String>,
    /// The unit chosen, empty for none.
    pub unit: String,
    /// Longest question, in characters.
    pub question_chars_max: usize,
    /// Today.
    pub today: Date,
    /// Notices the member who looks has not read.
    pub unread: u32,
    /// Where the reader may go.
    pub menu: Menu,
}

impl Site {
    /// The same on a page that rests on this generation.
    pub fn of_release(self, corpus_release: &str) -> Self {
        Self { corpus_release: Some(corpus_release.to_owned()), ..self }
    }

    fn style_url(&self) -> String {
        asset::url("trang.css")
    }

    fn script_url(&self) -> String {
        asset::url("trang.js")
    }

    fn icon_url(&self) -> String {
        asset::url("dau.svg")
    }

    /// What a member should know of parts that do not work; the reasons are for `/readyz`.
    fn warnings(&self) -> Vec<&'static str> {
        let degraded = self.parts.iter().filter(|part| part.degraded.is_some());
        degraded
            .map(|part| match part.part {
                "index" => "Chưa có văn bản nào để tra cứu, nên chưa trả lời được.",
                "embedder" => "Tìm theo nghĩa đang tạm tắt: chỉ tìm theo từ, kết quả có thể sót.",
                "vectors" => "Kho luật đang được mã hóa: phần chưa xong mới tìm được theo từ, kết quả có thể sót.",
                "upstream" => "Máy soạn chính đang tạm tắt: máy dự phòng ở đây soạn thay, có thể kém hơn.",
                "generator" => "Máy soạn đang tạm tắt: bạn vẫn xem được các điều khoản trích nguyên văn.",
                "store" => "Chưa mở được kho tài khoản: bạn vẫn hỏi được, nhưng chưa đăng nhập được.",
                _ => "Một phần của hệ thống đang tạm tắt.",
            })
            .collect()
    }

    /// Whether there are accounts to sign in to.
    fn has_accounts(&self) -> bool {
        self.parts.iter().any(|part| part.part == "store" && part.degraded.is_none())
    }

    /// The day of the active generation, which its id begins with.
    fn release_day(&self) -> Option<String> {
        let digits = self.corpus_release.as_deref()?.get(..8)?;
        let number = |from: usize, to: usize| digits.get(from..to)?.parse::<i16>().ok();
        let (month, date) = (i8::try_from(number(4, 6)?).ok()?, i8::try_from(number(6, 8)?).ok()?);
        Date::new(number(0, 4)?, month, date).ok().map(day)
    }

    /// The contact cut around its telephone number, so that a phone can call it.
    fn contact_parts(&self) -> (&str, &str, &str) {
        let (before, number, after) = phone(&self.contact).unwrap_or((&self.contact, "", ""));
        (before, number, after)
    }

    /// The telephone number as a link takes it.
    fn contact_phone(&self) -> String {
        self.contact_parts().1.chars().filter(|char| char.is_ascii_digit() || *char == '+').collect()
    }

    /// `&don_vi=…` for addresses that ask again; empty where no unit is chosen.
    fn unit_suffix(&self) -> String {
        if self.unit.is_empty() {
            return String::new();
        }
        let encoded = askama::filters::urlencode_strict(&self.unit).map(|text| text.to_string());
        format!("&don_vi={}", encoded.unwrap_or_default())
    }

    /// `?tai=…`, unless the day is today.
    fn as_of_suffix(&self, as_of: Date) -> String {
        if as_of == self.today { String::new() } else { format!("?tai={as_of}") }
    }
}

/// The form's content.
#[derive(Debug, Clone, Default)]
struct Form {
    question: String,
    /// Empty for today.
    as_of: String,
    /// The conversation the question goes on with; empty for a new one.
    conversation: String,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    site: &'a Site,
    title: &'a str,
    form: Form,
    examples: &'a [&'a str],
    documents: &'a [DocumentView],
    documents_more: usize,
    missing: &'a [(String, String)],
    missing_more: usize,
    built_at: String,
}

/// The first page: ask, and see what is covered and what is not.
///
/// # Errors
/// `Internal` when the template fails.
pub fn home(site: &Site, coverage: Option<&CoverageView>) -> Result<String> {
    let (documents, missing) = coverage.map_or((&[][..], &[][..]), |c| (&c.documents[..], &c.missing[..]));
    let built_at = coverage.map_or("", |c| c.built_at.as_str());
    render(&Home {
        site,
        title: "Hỏi về quyền lợi khi đi làm",
        form: Form::default(),
        examples: &EXAMPLES,
        documents: documents.get(..HOME_DOCUMENTS_MAX).unwrap_or(documents),
        documents_more: documents.len().saturating_sub(HOME_DOCUMENTS_MAX),
        missing: missing.get(..HOME_MISSING_MAX).unwrap_or(missing),
        missing_more: missing.len().saturating_sub(HOME_MISSING_MAX),
        built_at: built_at.get(..10).and_then(|day| day.parse().ok()).map(day).unwrap_or_default(),
    })
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    site: &'a Site,
    title: &'a str,
    form: Form,
    problem: &'a ProblemJson,
}

/// A failure as a page, with ways onward; `question` is what was asked, so that nobody types it twice.
///
/// # Errors
/// `Internal` when the template fails.
pub fn problem(site: &Site, problem: &ProblemJson, question: &str) -> Result<String> {
    let form = Form { question: question.to_owned(), ..Form::default() };
    render(&ProblemPage { site, title: problem.title, form, problem })
}

/// The first telephone number in a text, with what stands before and after it.
fn phone(text: &str) -> Option<(&str, &str, &str)> {
    let belongs = |char: char| char.is_ascii_digit() || matches!(char, ' ' | '.' | '-' | '+' | '(' | ')' | '\u{a0}');
    let mut start = 0;
    while let Some(from) = text.get(start..)?.find(|c: char| c.is_ascii_digit() || matches!(c, '+' | '(')) {
        let from = start + from;
        let rest = text.get(from..)?;
        let run = rest.find(|char| !belongs(char)).map_or(rest, |end| rest.get(..end).unwrap_or(rest));
        let number = run.trim_end_matches(|char: char| !char.is_ascii_digit());
        // A bracket around the whole number is not part of it; one around its beginning is.
        let outer = usize::from(number.starts_with('(') && !number.contains(')'));
        let (from, number) = (from + outer, number.get(outer..)?);
        let digits = number.chars().filter(char::is_ascii_digit).count();
        if PHONE_DIGITS.contains(&digits) {
            return Some((text.get(..from)?, number, text.get(from + number.len()..)?));
        }
        start = from + run.len() - outer;
    }
    None
}

fn render(template: &impl Template) -> Result<String> {
    template.render().map_err(|e| Error::Internal(anyhow::Error::new(e).context("rendering a page")))
}

/// A day as people here write it.
fn day(date: Date) -> String {
    format!("{:02}/{:02}/{}", date.day(), date.month(), date.year())
}

/// Validity in words.
fn validity(from: Option<Date>, to: Option<Date>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!("Hiệu lực từ {} đến hết {}", day(from), day(to)),
        (Some(from), None) => format!("Hiệu lực từ {}", day(from)),
        (None, Some(to)) => format!("Hiệu lực đến hết {}", day(to)),
        (None, None) => "Chưa rõ ngày hiệu lực".to_owned(),
    }
}

impl DocumentView {
    fn validity_text(&self) -> String {
        validity(self.effective_from, self.effective_to)
    }
}

#[cfg(test)]
mod tests {
    use super::phone;

    #[test]
    fn a_telephone_number_is_found_in_a_contact() {
        assert_eq!(phone("Chị An, 0900 000 000"), Some(("Chị An, ", "0900 000 000", "")));
        assert_eq!(phone("phòng 305, gọi +84 24.3826-1234."), Some(("phòng 305, gọi ", "+84 24.3826-1234", ".")));
        assert_eq!(phone("(024) 3826 1234 (giờ làm)"), Some(("", "(024) 3826 1234", " (giờ làm)")));
        assert_eq!(phone("Anh Bình (0911 111 111)"), Some(("Anh Bình (", "0911 111 111", ")")));
        for none in ["Chị An, phòng 12", "", "+", "((", "1 2 3", "số 12345678901234567890"] {
            assert_eq!(phone(none), None, "{none}");
        }
    }
}
