/*!
`{so_hieu, …, full_text}` JSON: a document's text with what a collector noted of it.

The notes are hints and no more: the number is often that of the law a consolidated text
was made from, not the text's own.
*/

use serde::Deserialize;

use crate::{
    ingest::{
        problem::{Problem, ProblemKind},
        source_text::{Hints, LineShape, PAGE_BREAK, SourceText},
    },
    law::{Trust, text::fold},
};

#[derive(Deserialize)]
struct File {
    full_text: String,
    #[serde(default)]
    so_hieu: Option<String>,
    #[serde(default, alias = "ten_van_ban", alias = "title", alias = "mo_ta")]
    ten: Option<String>,
    #[serde(default)]
    co_quan_ban_hanh: Option<String>,
    #[serde(default)]
    ngay_ban_hanh: Option<String>,
    #[serde(default, alias = "ngay_co_hieu_luc")]
    ngay_hieu_luc: Option<String>,
    #[serde(default)]
    ngay_het_hieu_luc: Option<String>,
}

/// Only the keys count.
#[derive(Deserialize)]
struct Keys {
    full_text: Option<serde::de::IgnoredAny>,
    raw_text: Option<serde::de::IgnoredAny>,
}

/// Whether the bytes are of this format.
pub fn recognises(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Keys>(bytes).is_ok_and(|keys| keys.full_text.is_some() && keys.raw_text.is_none())
}

/// Reads a file.
pub fn read(bytes: &[u8]) -> SourceText {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let file: File = match serde_json::from_slice(bytes) {
        Ok(file) => file,
        Err(error) => return SourceText::unreadable(format!("not a full-text document: {error}")),
    };
    let hints = Hints {
        number: file.so_hieu,
        title: file.ten,
        issuer: file.co_quan_ban_hanh,
        issued: file.ngay_ban_hanh,
        effective_from: file.ngay_hieu_luc,
        effective_to: file.ngay_het_hieu_luc,
    };
    let mut problems = Vec::new();
    if file.full_text.trim().is_empty() {
        problems.push(Problem::new(0, ProblemKind::NoArticle, "`full_text` is empty"));
    }
    let (text, lines) = printed(file.full_text);
    SourceText { text, lines, hints, trust: Trust::Web, problems, ..SourceText::default() }
}

/// Text taken from a printed gazette keeps its running headers; a page begins at each.
fn printed(text: String) -> (String, LineShape) {
    let text = text.replace("\r\n", "\n");
    let is_header = |line: &str| fold(line).starts_with("cong bao/so ");
    if text.contains(PAGE_BREAK) {
        return (text, LineShape::Printed);
    }
    if text.lines().filter(|line| is_header(line.trim())).count() < 2 {
        return (text, LineShape::Paragraphs);
    }
    let mut pages = String::with_capacity(text.len() + 1_000);
    // A page's number may stand on the line above its header, after the text of the page before.
    for (at, line) in text.lines().enumerate() {
        if 0 < at {
            pages.push('\n');
        }
        if is_header(line.trim()) && !pages.trim().is_empty() {
            pages.push(PAGE_BREAK);
        }
        pages.push_str(line);
    }
    (pages, LineShape::Printed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_hints_and_gazette_pages_are_cut() {
        let text = "CÔNG BÁO/Số 9 + 10/Ngày 1-2-2031\n3\nLUẬT\nTRỒNG CÂY\nĐiều 1. Cây\nCÔNG BÁO/Số 9 + 10/Ngày 1-2-2031\n4\nxanh.";
        let json = serde_json::json!({"so_hieu": "7/2031/QH99", "nam": 2031, "full_text": text}).to_string();
        assert!(recognises(json.as_bytes()));
        let source = read(json.as_bytes());
        assert_eq!(source.hints.number.as_deref(), Some("7/2031/QH99"));
        assert_eq!((source.lines, source.text.matches(PAGE_BREAK).count()), (LineShape::Printed, 1));
        let flowing = serde_json::json!({"full_text": "LUẬT\nĐiều 1. Cây"}).to_string();
        assert_eq!(read(flowing.as_bytes()).lines, LineShape::Paragraphs);
    }

    #[test]
    fn other_json_is_not_taken() {
        for other in ["{}", "[1]", "{\"full_text\": 1, \"raw_text\": \"x\"}", "{\"full_text\": ", ""] {
            assert!(!recognises(other.as_bytes()), "{other}");
        }
        assert_eq!(read(b"{\"full_text\": 5}").problems.len(), 1);
        assert_eq!(read(b"{\"full_text\": \" \"}").problems.len(), 1);
    }
}
