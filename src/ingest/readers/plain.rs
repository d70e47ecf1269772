/*!
Plain text and Markdown.

Of Markdown only the marks around headings, bold and slanted text, quoted lines and links
are taken off, and tables become rows of cells: a law's own numbers look like lists, and a
full reader of Markdown would number them anew. The head between `---` lines gives hints.
*/

use crate::{
    ingest::{
        encoding,
        problem::{Problem, ProblemKind},
        source_text::{CELL_SEPARATOR, Hints, SourceText},
    },
    law::{Trust, text::fold},
};

/// Longest head of a Markdown file, in lines.
const HEAD_LINES_MAX: usize = 80;

/// Reads a text file; `markdown` takes the marks off first.
pub fn read(bytes: &[u8], markdown: bool) -> SourceText {
    let decoded = match encoding::decode(bytes) {
        Ok(decoded) => decoded,
        Err(message) => {
            return SourceText {
                problems: vec![Problem::new(0, ProblemKind::Encoding, message)],
                ..SourceText::default()
            };
        }
    };
    let mut source = if markdown {
        let text = decoded.text.replace("\r\n", "\n");
        let (mut hints, body) = head(&text);
        attribute_rows(body, &mut hints);
        SourceText { hints, ..SourceText::paragraphs(without_marks(body), Trust::Unknown) }
    } else {
        SourceText::paragraphs(decoded.text, Trust::Unknown)
    };
    if let Some(name) = decoded.converted_from {
        source.problems.push(Problem::new(
            0,
            ProblemKind::Encoding,
            format!("the text was in {name} and was converted"),
        ));
    }
    source
}

/// Hints of the head between `---` lines, and the text after it.
fn head(text: &str) -> (Hints, &str) {
    let none = (Hints::default(), text);
    let Some(rest) = text.trim_start_matches('\u{FEFF}').strip_prefix("---\n") else { return none };
    let Some(end) = rest.find("\n---") else { return none };
    let head = &rest[..end];
    if HEAD_LINES_MAX < head.lines().count() {
        return none;
    }
    let body = rest[end + 1..].split_once('\n').map_or("", |(_, body)| body);
    let mut hints = Hints::default();
    for (key, value) in head.lines().filter_map(|line| line.split_once(':')) {
        let value = value.trim().trim_matches(['"', '\'']).trim();
        if key.starts_with([' ', '\t', '-', '#']) || value.is_empty() {
            continue;
        }
        let slot = match key.trim() {
            "so_hieu" | "number" | "sohieu" => &mut hints.number,
            "ngay_ban_hanh" | "issued" => &mut hints.issued,
            "ngay_hieu_luc" | "ngay_co_hieu_luc" | "effective_from" => &mut hints.effective_from,
            "ngay_het_hieu_luc" | "effective_to" => &mut hints.effective_to,
            "co_quan_ban_hanh" | "issuer" => &mut hints.issuer,
            "title" => &mut hints.title,
            _ => continue,
        };
        slot.get_or_insert_with(|| value.to_owned());
    }
    (hints, body)
}

/// Hints of a table of attributes at the head of the text: `| Số hiệu | 1/2030/NĐ-CP |`.
fn attribute_rows(body: &str, hints: &mut Hints) {
    for row in body.lines().take(HEAD_LINES_MAX).filter_map(|line| table_row(line.trim())) {
        let Some((name, value)) = row.split_once(CELL_SEPARATOR) else { continue };
        let slot = match fold(name.trim_matches(['*', ' ', ':'])).as_str() {
            "so hieu" => &mut hints.number,
            "ngay ban hanh" => &mut hints.issued,
            "ngay hieu luc" | "ngay co hieu luc" => &mut hints.effective_from,
            "noi ban hanh" | "co quan ban hanh" => &mut hints.issuer,
            _ => continue,
        };
        slot.get_or_insert_with(|| value.trim_matches(['*', ' ']).to_owned());
    }
}

fn without_marks(source: &str) -> String {
    let mut text = String::with_capacity(source.len());
    for line in source.split_inclusive('\n') {
        let trimmed = line.trim();
        if let Some(row) = table_row(trimmed) {
            if !row.is_empty() {
                text.push_str(&inline(&row));
                text.push('\n');
            }
            continue;
        }
        let heading = trimmed.trim_start_matches('#');
        let is_heading = heading.len() < trimmed.len() && heading.starts_with([' ', '\t']);
        let content = if is_heading { heading.trim_start() } else { trimmed };
        let content = content.strip_prefix("> ").unwrap_or(if content == ">" { "" } else { content });
        text.push_str(&inline(content));
        if line.ends_with('\n') {
            text.push('\n');
        }
    }
    text
}

/// The cells of a table's row on one line; empty for the rule under its head.
fn table_row(line: &str) -> Option<String> {
    let inner = line.strip_prefix('|')?.strip_suffix('|').filter(|inner| inner.contains('|') || 2 < inner.len())?;
    if inner.chars().all(|c| matches!(c, '-' | ':' | '|' | ' ')) {
        return Some(String::new());
    }
    Some(inner.split('|').map(str::trim).collect::<Vec<_>>().join(CELL_SEPARATOR))
}

/// Takes marks of emphasis, escapes and links off a line.
fn inline(line: &str) -> String {
    let mut text = links(&line.replace("**", "").replace("__", "").replace("<br>", " ").replace("<br/>", " "));
    for mark in ['*', '_'] {
        let bare = text.trim();
        // A whole line in italics; a lone mark in a line may be part of a formula.
        if bare.len() > 2 && bare.starts_with(mark) && bare.ends_with(mark) && bare.chars().any(char::is_alphanumeric) {
            text = bare.trim_matches(mark).to_owned();
        } else if mark == '*' && bare.starts_with('*') && !bare.starts_with("* ") && bare.matches('*').count() == 1 {
            text = bare[1..].to_owned();
        }
    }
    for escaped in ["\\.", "\\-", "\\(", "\\)", "\\[", "\\]", "\\*", "\\_", "\\#"] {
        text = text.replace(escaped, &escaped[1..]);
    }
    text
}

/// `[words](address)` -> `words`.
fn links(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(middle) = rest.find("](") {
        let (Some(open), Some(close)) = (rest[..middle].rfind('['), rest[middle..].find(')')) else { break };
        out.push_str(&rest[..open]);
        out.push_str(&rest[open + 1..middle]);
        rest = &rest[middle + close + 1..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_numbers_stay() {
        let source = "---\ntitle: \"Nghị định bịa\"\nso_hieu: '1/2030/NĐ-CP'\ntags:\n  - so_hieu: no\n---\n\n# NGHỊ ĐỊNH\n\
                      **Điều 1. A**\n1\\. Việc [này](http://x)\n| Vùng | Mức |\n|---|---|\n| I | 5.000 |\n*(Ghi chú)*\n> trích\n";
        let read = read(source.as_bytes(), true);
        assert_eq!(read.text, "\nNGHỊ ĐỊNH\nĐiều 1. A\n1. Việc này\nVùng | Mức\nI | 5.000\n(Ghi chú)\ntrích\n");
        assert_eq!(read.hints.number.as_deref(), Some("1/2030/NĐ-CP"));
        assert_eq!(read.hints.title.as_deref(), Some("Nghị định bịa"));
    }
}
