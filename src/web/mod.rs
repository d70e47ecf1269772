/*!
Pages as text: templates, one style sheet, one script. No transport, no statuses.

Everything that comes from a question, a law or a model is escaped by the templates. Every
page works without the script and says which text it rests on, and its date.
*/

mod ask;
mod asset;
mod calc;
mod law;
mod reading;

use askama::Template;
use jiff::civil::Date;

pub use ask::AskPage;
pub use asset::{Asset, asset};
pub use calc::{CalculatorForm, calculator, calculators};
pub use law::{article_path, documents, provision};

use crate::{
    app::{CoverageView, DocumentView, PartState},
    error::{Error, Result},
    views::ProblemJson,
};

/// Most documents named on the first page; the rest is one tap away.
const HOME_DOCUMENTS_MAX: usize = 6;

/// Most missing documents named on the first page.
const HOME_MISSING_MAX: usize = 6;

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
    /// Longest question, in characters.
    pub question_chars_max: usize,
    /// Today.
    pub today: Date,
}

impl Site {
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
                "generator" => "Máy soạn đang tạm tắt: bạn vẫn xem được các điều khoản trích nguyên văn.",
                _ => "Một phần của hệ thống đang tạm tắt.",
            })
            .collect()
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
    let form = Form { question: question.to_owned(), as_of: String::new() };
    render(&ProblemPage { site, title: problem.title, form, problem })
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
