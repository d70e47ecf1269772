/*!
The title of a document: the lines under its kind in capitals, or the line that holds both.
*/

use jiff::civil::Date;

use super::{is_reason, number_in};
use crate::{
    ingest::sidecar::guess_kind,
    law::text::{fold, is_upper_case},
};

/// Most lines of one title.
const TITLE_LINES_MAX: usize = 6;

/// Kinds as they stand alone over a title, longest first where one begins another.
const KINDS: [&str; 17] = [
    "BỘ LUẬT",
    "LUẬT",
    "NGHỊ ĐỊNH",
    "THÔNG TƯ LIÊN TỊCH",
    "THÔNG TƯ",
    "NGHỊ QUYẾT LIÊN TỊCH",
    "NGHỊ QUYẾT",
    "QUYẾT ĐỊNH",
    "PHÁP LỆNH",
    "HIẾN PHÁP",
    "ĐIỀU LỆ",
    "QUY CHẾ",
    "QUY ĐỊNH",
    "NỘI QUY",
    "THỎA ƯỚC",
    "THOẢ ƯỚC",
    "HƯỚNG DẪN",
];

/// The title in a document's head, with its kind.
pub(super) fn find(head: &[&str]) -> Option<String> {
    let is_motto = |line: &&str| ["doc lap", "ha noi"].iter().any(|start| fold(line).starts_with(start));
    let head: Vec<&str> = head.iter().copied().filter(|line| !is_motto(line)).collect();
    for (at, line) in head.iter().enumerate() {
        if let Some(kind) = KINDS.iter().find(|kind| **kind == *line) {
            let name = name_below(&head[at + 1..]);
            if !name.is_empty() {
                return Some(join(kind, &name));
            }
        }
        let kind = KINDS
            .iter()
            .find(|kind| line.strip_prefix(**kind).is_some_and(|rest| rest.starts_with(' ') && is_upper_case(line)));
        if let Some(kind) = kind
            && !fold(line).starts_with("luat so")
            && !fold(line).starts_with("bo luat so")
            && number_in(line).is_none()
        {
            let mut words = vec![line[kind.len()..].trim()];
            words.extend(
                head[at + 1..]
                    .iter()
                    .copied()
                    .take_while(|l| is_title_line(l) && is_upper_case(l))
                    .take(TITLE_LINES_MAX),
            );
            return Some(join(kind, &words.join(" ")));
        }
    }
    // Prose that begins with a kind: a first heading, or "LUẬT CÔNG ĐOÀN số: …".
    let first = head.first()?;
    let before_number = first.split(" số").next().unwrap_or(first).trim();
    let kind = KINDS.iter().find(|kind| before_number.starts_with(**kind) && is_upper_case(before_number));
    match kind {
        Some(kind) => Some(join(kind, before_number[kind.len()..].trim())),
        None => guess_kind(None, first).filter(|_| !is_upper_case(first)).map(|_| (*before_number).to_owned()),
    }
}

/// The lines of a title under its kind: in capitals as long as they are, else the sentence.
fn name_below(lines: &[&str]) -> String {
    let capitals: Vec<&str> =
        lines.iter().copied().take_while(|l| is_title_line(l) && is_upper_case(l)).take(TITLE_LINES_MAX).collect();
    if !capitals.is_empty() {
        return capitals.join(" ");
    }
    // A title in small letters ends where the reasons begin, or a line that names a number.
    let rest = lines.iter().copied().take_while(|l| is_title_line(l) && !is_upper_case(l)).take(TITLE_LINES_MAX);
    let mut name = String::new();
    for line in rest {
        let goes_on = ["của", "về", "và", "theo", "tại", "số"].iter().any(|word| name.ends_with(&format!(" {word}")));
        if !name.is_empty() && !goes_on && (number_in(line).is_some() || line.ends_with(['.', ':', ';'])) {
            break;
        }
        name = format!("{name} {line}");
    }
    name.trim().to_owned()
}

fn is_title_line(line: &str) -> bool {
    let is_number_line = number_in(line).is_some() && fold(line).starts_with("so");
    let is_rule = !line.chars().any(char::is_alphabetic);
    const NOT: [&str; 7] =
        ["(", "doc lap", "ha noi, ngay", "loi noi dau", "cong hoa xa hoi", "chinh phu ban hanh", "theo"];
    let folded = fold(line);
    !is_number_line
        && !is_rule
        && !is_reason(line)
        && !NOT.iter().any(|s| folded.starts_with(s))
        && line.chars().count() < 600
}

/// "BỘ LUẬT", "LAO ĐỘNG" -> "Bộ luật Lao động"; "NGHỊ ĐỊNH", "Quy định …" -> "Nghị định quy định …".
fn join(kind: &str, name: &str) -> String {
    let name = name.trim().trim_end_matches(['.', ';', '*']).split_whitespace().collect::<Vec<_>>().join(" ");
    if kind == "HIẾN PHÁP" && small_letters(&name).starts_with("nước") {
        return "Hiến pháp".to_owned();
    }
    let is_statute = matches!(kind, "BỘ LUẬT" | "LUẬT" | "PHÁP LỆNH" | "HIẾN PHÁP" | "ĐIỀU LỆ");
    let small = if is_upper_case(&name) { small_letters(&name) } else { name };
    let name = if is_statute && !small.starts_with("sửa đổi") && !small.starts_with("nước") {
        first_letter(&small, true)
    } else {
        first_letter(&small, false)
    };
    format!("{} {}", first_letter(&kind.to_lowercase(), true), name_documents(&name)).trim().to_owned()
}

/// A title in capitals in small letters; numbers of documents and names keep theirs.
fn small_letters(name: &str) -> String {
    const NAMES: [&str; 9] = [
        "Việt Nam",
        "Chính phủ",
        "Quốc hội",
        "Nhà nước",
        "Bộ luật Lao động",
        "Mặt trận Tổ quốc",
        "Nghị định số",
        "Thông tư số",
        "Bộ Lao động",
    ];
    let words: Vec<String> = name
        .split(' ')
        .map(|word| if number_in(word).is_some() { word.to_owned() } else { word.to_lowercase() })
        .collect();
    NAMES.iter().fold(words.join(" "), |text, name| text.replace(&name.to_lowercase(), name))
}

/// Within a title, the name of a law begins with a capital: "… của Luật Bảo hiểm y tế".
fn name_documents(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(at) = rest.find("của luật ") {
        let after = at + "của luật ".len();
        out.push_str(&rest[..at]);
        out.push_str("của Luật ");
        let tail = &rest[after..];
        let first = tail.chars().next().map_or(0, char::len_utf8);
        out.push_str(&tail[..first].to_uppercase());
        rest = &tail[first..];
    }
    out.push_str(rest);
    out
}

fn first_letter(text: &str, capital: bool) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if capital => format!("{}{}", first.to_uppercase(), chars.as_str()),
        Some(first) => format!("{}{}", first.to_lowercase(), chars.as_str()),
        None => String::new(),
    }
}

/// Adds the year of the number or of issue where the title has none.
pub(super) fn with_year(title: String, number: Option<&str>, issued: Option<Date>) -> String {
    let is_year =
        |word: &str| word.len() == 4 && word.starts_with(['1', '2']) && word.bytes().all(|b| b.is_ascii_digit());
    if title.split_whitespace().next_back().is_some_and(is_year) {
        return title;
    }
    let year = number
        .and_then(|number| number.split('/').find(|part| is_year(part)))
        .map(str::to_owned)
        .or_else(|| issued.map(|date| date.year().to_string()));
    year.map_or_else(|| title.clone(), |year| format!("{title} {year}"))
}
