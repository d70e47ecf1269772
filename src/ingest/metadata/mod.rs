/*!
Number, title, kind, signer and dates from a document's own text.

Looks where drafters put them: number and day of issue in the head, the title under the kind
in capitals, the effective date in the last articles, signer and, of a consolidated text, its
number in the closing. Unknown stays unknown.
*/

pub mod dates;
pub mod effect;
mod title;

use jiff::civil::Date;

use super::{sidecar::guess_kind, source_text::CELL_SEPARATOR};
use crate::law::{
    DocumentKind, NodeKind, Validity,
    document::Heading,
    text::{fold, is_upper_case},
};

/// Most lines of a preamble that are read for metadata.
const PREAMBLE_LINES_MAX: usize = 60;
/// How many of the last articles may state the effective date.
const LAST_ARTICLES_MAX: usize = 8;
/// Most lines of the closing that are read.
const CLOSING_LINES_MAX: usize = 60;

/// Lines of an office's name that may stand before its certification.
const CERTIFIED_LINES_BEFORE: usize = 2;

/// What the text says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Number as printed.
    pub number: Option<String>,
    /// Title with its year.
    pub title: Option<String>,
    /// Kind.
    pub kind: Option<DocumentKind>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// Who signed it, with the office.
    pub signer: Option<String>,
    /// Day of issue.
    pub issued: Option<Date>,
    /// Effective date.
    pub validity: Validity,
    /// Of a consolidated text: the number of what it consolidates.
    pub consolidates: Option<String>,
}

/// Reads the metadata of `text`, whose headings are known.
pub fn find(text: &str, headings: &[Heading]) -> Found {
    let first = headings.first().map_or(text.len(), |h| h.start);
    let head = cells(&text[..first], PREAMBLE_LINES_MAX);
    let closing_at = headings.iter().find(|h| h.kind == NodeKind::Closing).map_or(text.len(), |h| h.start);
    let closing_end =
        headings.iter().find(|h| h.kind == NodeKind::Annex && closing_at < h.start).map_or(text.len(), |h| h.start);
    let closing = cells(&text[closing_at..closing_end], CLOSING_LINES_MAX);
    // A consolidated text is certified at its very end, after the annexes.
    let end = last_cells(text, CLOSING_LINES_MAX);
    let certified = |line: &&&str| fold(line).starts_with("xac thuc") || fold(line).starts_with("xac nhan van ban");
    let closing = match end.iter().position(|line| certified(&line)) {
        // Its number and day stand beside and below the certification, not before it.
        Some(at) => end[at.saturating_sub(CERTIFIED_LINES_BEFORE)..].to_vec(),
        None => closing,
    };
    let is_consolidated = is_consolidated(&head, &closing);
    let stated = own_number(&head);
    let (number, consolidates) = if is_consolidated {
        let own = closing.iter().chain(&head).find_map(|line| number_in(line).filter(|n| n.contains("VBHN")));
        (own, head.iter().find_map(|line| number_in(line).filter(|n| !n.contains("VBHN"))))
    } else {
        (stated, None)
    };
    let issued = if is_consolidated { issued_in(&closing) } else { issued_in(&head).or_else(|| passed_in(&closing)) };
    let bare = title::find(&head);
    let kind = if is_consolidated {
        Some(DocumentKind::Consolidated)
    } else {
        guess_kind(number.as_deref(), bare.as_deref().unwrap_or_default())
    };
    let title = bare.map(|bare| match (is_consolidated, issued) {
        (true, Some(day)) => format!("{bare} (văn bản hợp nhất {})", day.year()),
        (true, None) => format!("{bare} (văn bản hợp nhất)"),
        (false, _) => title::with_year(bare, number.as_deref(), issued),
    });
    let articles: Vec<&Heading> =
        headings.iter().filter(|h| h.kind == NodeKind::Article && h.start < closing_at).collect();
    let tail = articles.get(articles.len().saturating_sub(LAST_ARTICLES_MAX)).map_or(first, |heading| heading.start);
    // A consolidated text has no day of its own: its provisions came into force at different times.
    let from = if is_consolidated {
        None
    } else {
        effect::effective_from(&text[tail..closing_at.max(tail)], issued)
            .or_else(|| effect::effective_from(&text[..first], issued))
    };
    Found {
        number,
        title,
        kind,
        issuer: issuer_in(&head),
        signer: signer_in(&closing),
        issued,
        validity: Validity { from, to: None },
        consolidates,
    }
}

/// The first lines, table cells apart, without empty ones.
fn cells(text: &str, lines_max: usize) -> Vec<&str> {
    text.lines()
        .flat_map(|line| line.split(CELL_SEPARATOR.trim()))
        .map(|cell| cell.trim().trim_matches(['*', '_', '#']).trim())
        .filter(|cell| cell.chars().any(char::is_alphanumeric))
        .take(lines_max)
        .collect()
}

/// The last lines, as [`cells`].
fn last_cells(text: &str, lines_max: usize) -> Vec<&str> {
    let mut last = cells(text, usize::MAX);
    last.drain(..last.len().saturating_sub(lines_max));
    last
}

/// Whether the text is a consolidation: its number says so, or its head lists what amended it.
fn is_consolidated(head: &[&str], closing: &[&str]) -> bool {
    let says = |line: &&str| {
        let folded = fold(line);
        folded.contains("vbhn-")
            || folded.starts_with("van ban hop nhat")
            || folded.starts_with("xac thuc van ban hop nhat")
    };
    closing.iter().chain(head).any(says) || head.iter().any(|line| fold(line).ends_with("duoc sua doi, bo sung boi:"))
}

/// The document's own number: on a line that begins as drafters write it, else the first
/// that is no reason for issuing it.
fn own_number(head: &[&str]) -> Option<String> {
    const STARTS: [&str; 10] = [
        "so:",
        "so ",
        "luat so",
        "bo luat so",
        "phap lenh so",
        "nghi quyet so",
        "nghi dinh so",
        "so hieu",
        "lenh so",
        "thong tu so",
    ];
    let own = head.iter().find_map(|line| {
        let folded = fold(line);
        STARTS.iter().any(|start| folded.starts_with(start)).then(|| number_in(line)).flatten()
    });
    own.or_else(|| head.iter().take_while(|line| !is_reason(line)).find_map(|line| number_in(line)))
}

/// "Căn cứ …", "Theo đề nghị …": reasons for issuing, which name other documents.
fn is_reason(line: &str) -> bool {
    let folded = fold(line.trim_start_matches(['-', '–', '+', ' ']));
    ["can cu", "theo de nghi", "xet de nghi"].iter().any(|start| folded.starts_with(start))
}

/// `45/2019/QH14`, `125/VBHN-VPQH`, `35-L/CTN`: the first such word of a line.
pub fn number_in(line: &str) -> Option<String> {
    line.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | ':' | '*' | '|' | '[' | ']' | '_'))
        .map(|word| word.trim_matches(['.', '"', '“', '”', '/']))
        .find(|word| is_number(word))
        .map(|word| word.replace('Ð', "Đ"))
}

fn is_number(word: &str) -> bool {
    let mut parts = word.split('/');
    let first = parts.next().unwrap_or_default();
    let digits = first.bytes().take_while(u8::is_ascii_digit).count();
    // "35-L/CTN": a letter of the series may follow the number.
    let numbered = 0 < digits && (digits == first.len() || first[digits..].starts_with('-'));
    let last = word.rsplit('/').next().unwrap_or_default();
    numbered
        && word.contains('/')
        && last.chars().next().is_some_and(char::is_alphabetic)
        && !word.chars().any(char::is_lowercase)
}

/// The day on the line of place and date, else the first in the head that is not in a reason.
fn issued_in(lines: &[&str]) -> Option<Date> {
    let place = lines.iter().find(|line| {
        let folded = fold(line);
        folded.contains("ngay") && folded.contains("nam") && folded.find(", ngay").is_some_and(|at| at < 30)
            || folded.starts_with("ha noi") && folded.contains("ngay")
    });
    place
        .and_then(|line| dates::first(line))
        .or_else(|| lines.iter().take_while(|line| !is_reason(line)).find_map(|line| dates::first(line)))
}

/// The day a law was passed, in its closing.
fn passed_in(closing: &[&str]) -> Option<Date> {
    closing
        .iter()
        .find(|line| fold(line).contains("thong qua"))
        .and_then(|line| dates::find_all(line).last().map(|f| f.date))
}

fn issuer_in(head: &[&str]) -> Option<String> {
    head.iter()
        .take(12)
        .find(|line| {
            is_upper_case(line)
                && !["CỘNG H", "VĂN BẢN", "CÔNG BÁO", "LUẬT", "BỘ LUẬT", "NGHỊ", "THÔNG TƯ"]
                    .iter()
                    .any(|s| line.starts_with(s))
                && number_in(line).is_none()
        })
        .map(|line| (*line).to_owned())
}

/// Office and name: lines in capitals, then a line of two to five capitalised words.
fn signer_in(closing: &[&str]) -> Option<String> {
    let is_name = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        (2..=5).contains(&words.len())
            && words
                .iter()
                .all(|w| w.chars().next().is_some_and(char::is_uppercase) && w.chars().all(char::is_alphabetic))
            && !is_upper_case(line)
    };
    const OFFICES: [&str; 8] =
        ["chu tich", "bo truong", "thu truong", "thu tuong", "pho thu tuong", "chu nhiem", "pho chu", "tong giam doc"];
    let office = closing.iter().position(|line| {
        let folded = fold(line);
        is_upper_case(line) && OFFICES.iter().any(|office| folded.starts_with(office) || folded.ends_with(office))
    })?;
    let name = closing[office + 1..].iter().take(12).find(|line| is_name(line))?;
    Some(format!("{} {name}", closing[office]))
}

#[cfg(test)]
mod tests;
