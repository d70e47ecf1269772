/*! Pages of admins over the corpus: uploads, builds, what a generation would change. */

use askama::Template;

use super::{Site, day, render};
use crate::{
    app::{
        DiffView, GenerationView, MovedQuestion, QualityView, RetrievalView,
        admin::{BuildState, BuildView},
    },
    error::Result,
    index::{
        diff::{Change, DocumentName, Op, Run},
        raw::Uploaded,
        report::StoredFile,
    },
    law::Validity,
    review::Touched,
};

/// Entries of each list of a preview; the rest is counted.
const LIST_MAX: usize = 100;
/// Problems shown of one file; the rest is counted.
const PROBLEMS_MAX: usize = 20;
/// Golden questions shown that moved.
const MOVED_MAX: usize = 20;

/// What has just been done, as told after a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdminNotice(&'static str);

/// Short names of notices in addresses, and their words.
const NOTICES: [(&str, &str); 5] = [
    ("da-tai-tep", "Đã nhận tệp. Tệp vào kho luật từ lượt dựng sau: hãy dựng bản mới rồi xem trước."),
    ("da-bo-tep", "Đã bỏ tệp khỏi kho luật, kể từ lượt dựng sau. Bản gốc vẫn được lưu."),
    ("da-dung-ban", "Đã đưa bản này vào dùng. Ai có câu trả lời không còn đúng căn cứ thì được báo."),
    ("da-quay-lai", "Đã quay lại bản trước."),
    ("da-xoa-ma", "Đã xóa danh sách mã."),
];

impl AdminNotice {
    /// The notice of that short name.
    pub fn of(name: &str) -> Option<Self> {
        NOTICES.iter().find(|(known, _)| *known == name).map(|(_, text)| Self(text))
    }

    pub(super) fn text(self) -> &'static str {
        self.0
    }
}

/// What the page of the corpus shows.
#[derive(Debug, Clone)]
pub struct CorpusPage {
    /// Files that were uploaded.
    pub uploads: Vec<Uploaded>,
    /// Builds remembered, newest first.
    pub builds: Vec<BuildView>,
    /// Generations, newest first.
    pub generations: Vec<GenerationView>,
    /// Whether there is one to go back to.
    pub may_roll_back: bool,
    /// Most bytes of one upload.
    pub upload_bytes_max: usize,
    /// Most files of one.
    pub files_max: usize,
    /// Whether uploads belong to the corpus at all.
    pub with_uploads: bool,
    /// Token of its forms.
    pub form_token: String,
    /// What has just been done.
    pub notice: Option<AdminNotice>,
    /// Why something was not done.
    pub problem: Option<String>,
}

#[derive(Template)]
#[template(path = "admin_corpus.html")]
struct Corpus<'a> {
    site: &'a Site,
    title: &'a str,
    tab: &'a str,
    page: &'a CorpusPage,
}

/// Uploads, builds, generations.
///
/// # Errors
/// `Internal` when the template fails.
pub fn admin_corpus(site: &Site, page: &CorpusPage) -> Result<String> {
    render(&Corpus { site, title: "Kho văn bản", tab: "van-ban", page })
}

#[derive(Template)]
#[template(path = "admin_build.html")]
struct Build<'a> {
    site: &'a Site,
    title: &'a str,
    tab: &'a str,
    build: &'a BuildView,
}

/// How far a build has come.
///
/// # Errors
/// `Internal` when the template fails.
pub fn admin_build(site: &Site, build: &BuildView) -> Result<String> {
    render(&Build { site, title: "Dựng kho luật", tab: "van-ban", build })
}

/// What a preview shows.
#[derive(Debug, Clone)]
pub struct PreviewPage {
    /// What the generation changes.
    pub diff: DiffView,
    /// What of members' and counsellors' it touches, where there is a store.
    pub touched: Option<Touched>,
    /// Token of its form.
    pub form_token: String,
    /// Why it was not activated.
    pub problem: Option<&'static str>,
}

impl PreviewPage {
    fn is_active(&self) -> bool {
        self.diff.from.as_ref() == Some(&self.diff.to)
    }

    fn is_confirmation_needed(&self) -> bool {
        self.diff.removal.exceeds(self.diff.removed_percent_max)
    }

    /// `Điều 35 (45/2019/QH14)` of an id, with its title's document where it is known.
    fn label(&self, id: &str) -> String {
        let (path, as_of) = id.split_once("?tai=").unwrap_or((id, ""));
        let (document, inner) = path.split_once('/').unwrap_or((path, ""));
        let difference = &self.diff.difference;
        let known = [&difference.documents_added, &difference.documents_changed, &difference.documents_removed];
        let name = known.into_iter().flatten().find(|name| name.id == document);
        let number = name.map_or(document, |name| name.number.as_deref().unwrap_or(&name.title));
        let article = inner.rsplit('/').find_map(|part| part.strip_prefix("dieu-"));
        let mut text = match article {
            Some(article) => format!("Điều {} ({number})", article.replace("dd", "đ")),
            None => format!("{inner} ({number})"),
        };
        if let Ok(date) = as_of.parse() {
            text.push_str(&format!(", bản từ {}", day(date)));
        }
        text
    }

    fn problem_count(&self) -> usize {
        self.diff.files.iter().map(|file| file.problems.len()).sum()
    }
}

#[derive(Template)]
#[template(path = "admin_preview.html")]
struct Preview<'a> {
    site: &'a Site,
    title: &'a str,
    tab: &'a str,
    page: &'a PreviewPage,
}

/// What a generation would change.
///
/// # Errors
/// `Internal` when the template fails.
pub fn admin_preview(site: &Site, page: &PreviewPage) -> Result<String> {
    render(&Preview { site, title: "Xem trước thay đổi", tab: "van-ban", page })
}

#[derive(Template)]
#[template(
    ext = "html",
    source = "{% if !list.is_empty() %}<section><h2>{{ heading }} ({{ list.len() }})</h2><ul class=\"plain\">\
              {% let some = self::first(list) %}{% for name in some.0 %}<li><strong>{{ name.title }}</strong> \
              <span class=\"note\">{% if let Some(number) = name.number %}{{ number }}, {% endif %}{{ name.articles }} \
              điều</span></li>\n{% endfor %}</ul>{% if some.1 != 0 %}<p class=\"note\">và {{ some.1 }} văn bản \
              nữa.</p>{% endif %}</section>\n{% endif %}"
)]
struct DocumentsPiece<'a> {
    heading: &'a str,
    list: &'a [DocumentName],
}

fn documents_piece(heading: &str, list: &[DocumentName]) -> String {
    render(&DocumentsPiece { heading, list }).unwrap_or_default()
}

#[derive(Template)]
#[template(
    ext = "html",
    source = "{% if !list.is_empty() %}<details class=\"part\"><summary>{{ heading }} ({{ list.len() }})</summary>\
              <ul class=\"plain\">{% let some = self::first(list) %}{% for id in some.0 %}<li>{{ page.label(id) }}</li>\n\
              {% endfor %}</ul>{% if some.1 != 0 %}<p class=\"note\">và {{ some.1 }} điều nữa.</p>{% endif %}</details>\n\
              {% endif %}"
)]
struct ArticlesPiece<'a> {
    page: &'a PreviewPage,
    heading: &'a str,
    list: &'a [String],
}

fn articles_piece(page: &PreviewPage, heading: &str, list: &[String]) -> String {
    render(&ArticlesPiece { page, heading, list }).unwrap_or_default()
}

#[derive(Template)]
#[template(
    ext = "html",
    source = "{% match run.op %}{% when Op::Same %}{{ run.text }}{% when Op::Removed %}<del>{{ run.text }}</del>\
              {% when Op::Added %}<ins>{{ run.text }}</ins>{% when Op::Skipped %}<span class=\"note\">… ({{ run.text }} \
              chữ không đổi) …</span>{% endmatch %}"
)]
struct RunPiece<'a> {
    run: &'a Run,
}

fn run(run: &Run) -> String {
    render(&RunPiece { run }).unwrap_or_default()
}

fn is_running(build: &BuildView) -> bool {
    build.state == BuildState::Running
}

fn build_state(build: &BuildView) -> String {
    match (build.state, &build.outcome) {
        (BuildState::Running, _) => format!("đang chạy: {}", stage(&build.stage)),
        (BuildState::Failed, _) => "không thành".to_owned(),
        (BuildState::Done, Some(outcome)) if outcome.unchanged => "xong, không có gì mới".to_owned(),
        (BuildState::Done, _) => "xong".to_owned(),
    }
}

/// A figure's name, its value before where there is one, and now.
fn quality_rows(quality: &QualityView) -> Vec<(String, Option<String>, String)> {
    let at = |view: &RetrievalView, depth: usize| {
        view.recall_at.iter().find(|(known, _)| *known == depth).map_or(0.0, |(_, share)| *share)
    };
    let row = |name: &str, figure: &dyn Fn(&RetrievalView) -> String| {
        (name.to_owned(), quality.before.as_ref().map(figure), figure(&quality.after))
    };
    vec![
        row("đứng đầu", &|view| percent(at(view, 1))),
        row("trong 3 điều đầu", &|view| percent(at(view, 3))),
        row("trong 10 điều đầu", &|view| percent(at(view, 10))),
        row("điểm MRR@10", &|view| format!("{:.3}", view.mrr_at_10).replace('.', ",")),
    ]
}

fn first_moved(moved: &[MovedQuestion]) -> &[MovedQuestion] {
    moved.get(..MOVED_MAX).unwrap_or(moved)
}

/// The first entries of a list, and how many are left out.
fn first<T>(list: &[T]) -> (&[T], usize) {
    (list.get(..LIST_MAX).unwrap_or(list), list.len().saturating_sub(LIST_MAX))
}

fn first_problems(file: &StoredFile) -> (&[crate::index::report::StoredProblem], usize) {
    (file.problems.get(..PROBLEMS_MAX).unwrap_or(&file.problems), file.problems.len().saturating_sub(PROBLEMS_MAX))
}

/// Dates before and now, where they differ.
fn dates(change: &Change) -> Option<String> {
    let text = |validity: &Validity| super::validity(validity.from, validity.to).to_lowercase();
    change.validity.as_ref().map(|(before, after)| format!("trước: {}; nay: {}", text(before), text(after)))
}

/// Bytes as people read them.
pub(super) fn size(bytes: &u64) -> String {
    let value = *bytes as f64;
    match *bytes {
        0..1_024 => format!("{bytes} byte"),
        1_024..1_048_576 => format!("{:.0} KB", value / 1_024.0),
        1_048_576..1_073_741_824 => format!("{} MB", tenths(value / 1_048_576.0)),
        _ => format!("{} GB", tenths(value / 1_073_741_824.0)),
    }
}

/// A number with one place behind the comma, where that says anything.
fn tenths(value: f64) -> String {
    let text = format!("{value:.1}").replace('.', ",");
    text.strip_suffix(",0").map_or_else(|| text.clone(), str::to_owned)
}

/// A time that is kept as text, as people read it.
fn moment_of(text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), |time| super::people::moment(&time))
}

/// What a build does, in words.
fn stage(stage: &str) -> &str {
    match stage {
        "starting" => "bắt đầu",
        "keeping the raw files" => "cất bản gốc của các tệp",
        "reading the corpus" => "đọc văn bản",
        "writing documents and words" => "ghi văn bản và chỉ mục từ",
        "encoding passages" => "mã hóa các đoạn để tìm theo nghĩa",
        "verifying the new generation" => "kiểm tra bản mới",
        "activating the generation" => "đưa vào dùng",
        "done" => "xong",
        other => other,
    }
}

/// A kind of problem in words.
fn kind(kind: &str) -> &str {
    match kind {
        "unreadable" => "không đọc được tệp",
        "encoding" => "bảng mã lạ",
        "bad_record" => "dòng dữ liệu sai dạng",
        "missing_article" => "thiếu điều",
        "duplicate_article" => "trùng điều",
        "label_slip" => "số điều viết nhầm chữ",
        "missing_clause" => "thiếu khoản",
        "missing_point" => "thiếu điểm",
        "clause_out_of_count" => "khoản sai thứ tự",
        "point_out_of_count" => "điểm sai thứ tự",
        "no_article" => "không có điều nào",
        "tree_mismatch" => "bố cục không khớp",
        "metadata" => "thiếu hoặc trái nhau: số hiệu, tên, ngày",
        "incomplete" => "văn bản không trọn",
        "footnote" => "thiếu chú thích",
        "several_documents" => "một tệp nhiều văn bản",
        "superseded" => "trùng văn bản, một bản để lại",
        "clash" => "cùng số hiệu, khác nội dung",
        "not_applied" => "sửa đổi chưa áp dụng được chắc chắn",
        "converter" => "thiếu phần mềm chuyển tệp",
        other => other,
    }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0).replace('.', ",")
}

fn rank(rank: &Option<usize>) -> String {
    rank.map_or_else(|| "ngoài 100".to_owned(), |rank| format!("thứ {rank}"))
}

/// Share of a build's step that is done, in percent; none where it has no measure.
fn done_percent(build: &BuildView) -> Option<u64> {
    (build.bytes_total != 0).then(|| (build.bytes_done.min(build.bytes_total)) * 100 / build.bytes_total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_at_a_glance() {
        let shown = [0, 1_023, 1_024, 5 << 20, (5 << 20) + (1 << 19), 3 << 30].map(|bytes| size(&bytes));
        assert_eq!(shown, ["0 byte", "1023 byte", "1 KB", "5 MB", "5,5 MB", "3 GB"]);
    }
}
