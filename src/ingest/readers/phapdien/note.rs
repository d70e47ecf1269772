/*!
The source line of an article of the codification (`pGhiChu`): which article of which
document it is, since when, and by what it was amended.

Shape: `(Điều 5 Nghị định số 1/2020/NĐ-CP TITLE ngày 01/02/2020 của ISSUER, có hiệu lực thi
hành kể từ ngày 01/04/2020, có nội dung được sửa đổi bởi Điều 1 Nghị định số 2/2022/NĐ-CP có
hiệu lực thi hành kể từ ngày 01/03/2022; …)`. Title, day of issue and issuer stand in the
first line of each document only. Written by people: everything but the number may be off.
*/

use jiff::{Span, civil::Date};

use crate::law::{Validity, text::fold};

/// Kinds of documents, longer names first.
const KINDS: [&str; 17] = [
    "Thông tư liên tịch",
    "Nghị quyết liên tịch",
    "Thông tư liên bộ",
    "Bộ luật",
    "Hiến pháp",
    "Pháp lệnh",
    "Nghị định",
    "Nghị quyết",
    "Quyết định",
    "Thông tư",
    "Chỉ thị",
    "Sắc lệnh",
    "Thông báo",
    "Công văn",
    "Lệnh",
    "Luật",
    "Quy chế",
];

/// Most words between the kind and the digits of the number.
const WORDS_BEFORE_NUMBER_MAX: usize = 6;

/// What a source line says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Note {
    /// Label of the article in its document; empty where the line gives none.
    pub label: String,
    /// Kind as in `KINDS`.
    pub kind: &'static str,
    /// Number as printed.
    pub number: Option<String>,
    /// Title without the kind.
    pub title: Option<String>,
    /// Day of issue.
    pub issued: Option<Date>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// Effective date of the document, or of the article where it has its own.
    pub from: Option<Date>,
    /// What was done to the article later, as printed.
    pub changes: Option<String>,
    /// By what.
    pub amendments: Vec<Amendment>,
    /// Dates of the text as it now stands.
    pub validity: Validity,
}

/// One amendment named in a source line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// Number of the amending document.
    pub number: String,
    /// Its article, where given.
    pub article: Option<String>,
    /// Its effective date.
    pub from: Option<Date>,
}

/// Reads a source line; none where it names no document.
pub fn parse(line: &str) -> Option<Note> {
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.trim_start_matches('(').trim_end_matches([')', '.', ' ']);
    let (kind_at, kind) = find_kind(line)?;
    let mut rest = &line[kind_at + kind.len()..];
    if rest.trim_start().starts_with("này") {
        // The text of an article, put where its source line belongs.
        return None;
    }
    let number = take_number(&mut rest);
    let (head, tail) = match find_folded(rest, "co hieu luc") {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let mut note = Note { label: label(&line[..kind_at]), kind, number, ..Note::default() };
    head_facts(head.trim_matches([' ', ',', ';']), &mut note);
    note.from = first_date(tail).map(|(date, _)| date);
    note.validity.from = note.from;
    let changes = first_date(tail).map_or("", |(_, end)| &tail[end..]);
    changes_in(changes.trim_matches([' ', ',', '.', ')', ';']), &mut note);
    Some(note)
}

/// `57` of "Điều 57 ", also of "Danh mục … tại Điều 7 ".
fn label(before_kind: &str) -> String {
    let Some(at) = before_kind.rfind("Điều ") else { return String::new() };
    let rest = before_kind[at + "Điều ".len()..].trim_start();
    let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    let label = &rest[..end];
    if label.starts_with(|c: char| c.is_ascii_digit()) { label.to_lowercase() } else { String::new() }
}

fn find_kind(line: &str) -> Option<(usize, &'static str)> {
    let same = |text: &str, kind: &str| {
        let mut chars = text.chars();
        kind.chars().all(|k| chars.next().is_some_and(|c| c.to_lowercase().eq(k.to_lowercase())))
            && chars.next().is_none_or(|c| !c.is_alphanumeric())
    };
    let mut at_word_start = true;
    for (at, c) in line.char_indices() {
        if at_word_start && c.is_uppercase() {
            let found = KINDS.into_iter().find(|kind| same(&line[at..], kind));
            // Letter case may differ from the name's, its length in bytes not: both are NFC.
            if let Some(kind) = found.filter(|kind| line.is_char_boundary(at + kind.len())) {
                return Some((at, kind));
            }
        }
        at_word_start = !c.is_alphanumeric();
    }
    None
}

/// Takes "số 145/2020/NĐ-CP" off; spaces around its strokes are slips.
fn take_number(rest: &mut &str) -> Option<String> {
    let mut text = rest.trim_start();
    // "số", "số: ", "số TT", "số liên tịch": what stands before the digits is no part of it.
    for _ in 0..WORDS_BEFORE_NUMBER_MAX {
        text = text.trim_start_matches([' ', ':', '.']);
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            break;
        }
        let word = text.split(' ').next().unwrap_or_default();
        let is_known = ["so", "so:", "tt", "thong", "tu", "lien", "tich", "nghi", "dinh", "khong"];
        if word.is_empty() || !is_known.contains(&fold(word).as_str()) {
            break;
        }
        text = &text[word.len()..];
        *rest = text;
    }
    let mut number = String::new();
    let mut end = 0;
    for (at, c) in text.char_indices() {
        let joins = number.ends_with(['/', '-']) || text[at..].trim_start().starts_with(['/', '-']);
        if c.is_alphanumeric() || matches!(c, '/' | '-' | '&') {
            number.push(c);
        } else if !(c == ' ' && joins && !number.is_empty()) {
            break;
        }
        end = at + c.len_utf8();
    }
    let number = number.trim_end_matches(['/', '-', '&']).to_owned();
    let is_number = number.starts_with(|c: char| c.is_ascii_digit()) && number.contains(['/', '-']);
    if is_number {
        *rest = &text[end..];
        return Some(tidy(number));
    }
    None
}

/// A number wholly in small letters is a slip.
fn tidy(number: String) -> String {
    if number.chars().any(char::is_uppercase) { number } else { number.to_uppercase() }
}

/// Title, day of issue and issuer, from the end backwards: titles may hold days of their own.
fn head_facts(head: &str, note: &mut Note) {
    let mut title = head;
    let mut from = head.len();
    while let Some(at) = head[..from].rfind("ngày ") {
        if let Some((date, end)) = date_at(&head[at + "ngày ".len()..]) {
            let after = head[at + "ngày ".len() + end..].trim_start();
            if let Some(issuer) = after.strip_prefix("của ") {
                note.issued = Some(date);
                note.issuer = Some(issuer.trim().to_owned()).filter(|i| !i.is_empty());
                title = &head[..at];
                break;
            }
        }
        from = at;
    }
    let title = title.trim_matches([' ', ',', '.', ';']);
    note.title = (!title.is_empty()).then(|| title.to_owned());
}

/// What was done to the article: dates of its text, amending documents.
fn changes_in(changes: &str, note: &mut Note) {
    if changes.is_empty() {
        return;
    }
    if let Some(rest) = strip_folded(changes, "co hieu luc thi hanh den") {
        note.validity.to = first_date(rest).map(|(date, _)| date);
        return;
    }
    note.changes = Some(changes.to_owned());
    for part in changes.split(';') {
        if let Some(amendment) = amendment(part) {
            note.amendments.push(amendment);
        }
    }
    let folded = fold(changes);
    let verbs = folded.split(" boi ").next().unwrap_or_default();
    // "Có nội dung bị bãi bỏ" touches a part; "bị bãi bỏ" alone the article as a whole.
    let whole = verbs.split(',').map(str::trim).filter(|verb| !verb.starts_with("co noi dung"));
    let is_repealed = whole.clone().any(|v| v.starts_with("bi bai bo") || v.starts_with("bi huy bo"));
    let latest = note.amendments.iter().filter_map(|a| a.from).max();
    if is_repealed {
        // Which of several documents repealed it is not said: only one is certain.
        if let ([only], Some(date)) = (note.amendments.as_slice(), latest)
            && only.from == Some(date)
        {
            note.validity.to = date.checked_sub(Span::new().days(1)).ok();
        }
    } else if !folded.contains("ngung hieu luc") {
        note.validity.from = note.validity.from.max(latest);
    }
}

fn amendment(part: &str) -> Option<Amendment> {
    let (at, kind) = find_kind(part)?;
    let mut rest = &part[at + kind.len()..];
    let number = take_number(&mut rest)?;
    let article = Some(label(&part[..at])).filter(|label| !label.is_empty());
    Some(Amendment { number, article, from: first_date(rest).map(|(date, _)| date) })
}

/// First "ngày dd/mm/yyyy" and the offset after it.
pub fn first_date(text: &str) -> Option<(Date, usize)> {
    text.match_indices("ngày").find_map(|(at, word)| {
        let rest = &text[at + word.len()..];
        let start = rest.len() - rest.trim_start().len();
        let (date, end) = date_at(&rest[start..])?;
        Some((date, at + word.len() + start + end))
    })
}

/// `dd/mm/yyyy` or `dd-mm-yyyy` at the start, and its length.
fn date_at(text: &str) -> Option<(Date, usize)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '/' | '-')).unwrap_or(text.len());
    let mut parts = text[..end].split(['/', '-']);
    let day: i8 = parts.next()?.parse().ok()?;
    let month: i8 = parts.next()?.parse().ok()?;
    let year: i16 = parts.next()?.parse().ok()?;
    Some((Date::new(year, month, day).ok().filter(|date| 1900 < date.year())?, end))
}

/// Byte offset of the first place where `folded` stands, whatever its accents and case.
fn find_folded(text: &str, folded: &str) -> Option<usize> {
    text.char_indices()
        .filter(|(_, c)| c.to_lowercase().next() == folded.chars().next())
        .find(|(at, _)| strip_folded(&text[*at..], folded).is_some())
        .map(|(at, _)| at)
}

fn strip_folded<'a>(text: &'a str, folded: &str) -> Option<&'a str> {
    let mut chars = text.chars();
    for expected in folded.chars() {
        let c = chars.next()?;
        if c != expected && !fold(c.encode_utf8(&mut [0; 4])).starts_with(expected) {
            return None;
        }
    }
    Some(chars.as_str())
}
