/*!
Documents named in running text: `Luật Công đoàn số 50/2024/QH15 đã được sửa đổi …`.
*/

use super::Named;
use crate::{
    ingest::refs,
    law::{Document, NodeKind, text::fold},
};

/// Words that begin the name of a document.
pub(in crate::ingest) const KIND_WORDS: [&str; 10] = [
    "Bộ luật",
    "Luật",
    "Nghị định",
    "Pháp lệnh",
    "Thông tư liên tịch",
    "Thông tư",
    "Nghị quyết",
    "Quyết định",
    "Hiến pháp",
    "Điều lệ",
];
/// Longest name of a document, in characters: beyond, it is no longer the name.
const NAME_CHARS_MAX: usize = 400;

/// The first document named in `text` and the byte offset behind it. `Luật này` is none.
pub fn first(text: &str) -> Option<(Named, usize)> {
    let (start, kind) = kind_at(text)?;
    let rest = &text[start..];
    if starts_with_word(rest[kind.len()..].trim_start(), "này") {
        let behind = start + kind.len();
        return first(&text[behind..]).map(|(named, end)| (named, behind + end));
    }
    let name_end = name_end(rest);
    let name = rest[..name_end].trim().trim_end_matches([',', ';', '.', ':']).to_owned();
    // The number must follow the name at once: "Luật A số N", "Nghị định số N".
    let tail = rest[name_end..].trim_start();
    // Twice in "Luật Công nghệ số số N".
    let tail = tail.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, 's' | 'ố'));
    let number = refs::numbers(tail).first().filter(|(at, _)| *at == 0).map(|(_, number)| (*number).to_owned());
    let end = match &number {
        Some(number) => text.len() - tail.len() + number.len(),
        None => start + name_end,
    };
    Some((Named { number, name }, end))
}

/// Where a text begins to tell what became of a document: "đã được sửa đổi, bổ sung theo …".
/// The documents named from there on are not the one spoken of.
pub fn history_start(text: &str) -> Option<usize> {
    ["đã được sửa đổi", "được sửa đổi", "đã được bổ sung", "được bổ sung", "đã được thay thế", "được thay thế"]
        .iter()
        .filter_map(|mark| text.find(mark))
        .min()
}

/// Whether a text begins with the kind of a document, "các" aside.
pub fn starts_with_kind(text: &str) -> bool {
    let text = text.trim_start();
    let text = text.strip_prefix("các ").or_else(|| text.strip_prefix("Các ")).unwrap_or(text);
    let first: String =
        text.chars().take(1).flat_map(char::to_uppercase).chain(text.chars().skip(1).take(20)).collect();
    KIND_WORDS.iter().any(|kind| first.starts_with(kind))
}

/// Where the first word of a document's name stands.
fn kind_at(text: &str) -> Option<(usize, &'static str)> {
    let mut best: Option<(usize, &'static str)> = None;
    for kind in KIND_WORDS {
        let mut from = 0;
        while let Some(at) = text[from..].find(kind).map(|at| from + at) {
            let before = text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
            let after = text[at + kind.len()..].chars().next().is_none_or(|c| !c.is_alphanumeric());
            if before && after {
                if best.is_none_or(|(first, _)| at < first) {
                    best = Some((at, kind));
                }
                break;
            }
            from = at + kind.len();
        }
    }
    best
}

/// Where the name ends: at its number, or at a word that cannot belong to it.
fn name_end(text: &str) -> usize {
    const ENDS: [&str; 9] = [" như sau", " đã được", " được sửa", " ngày ", " hết hiệu lực", " (", ":", ";", "\n"];
    let limit = text.char_indices().nth(NAME_CHARS_MAX).map_or(text.len(), |(at, _)| at);
    let mut end = ENDS.iter().filter_map(|mark| text[..limit].find(mark)).min().unwrap_or(limit);
    // The word for "number", not one of the name: "Luật Tần số vô tuyến điện".
    let is_number = |at: &usize| text[at + " số ".len()..].trim_start().starts_with(|c: char| c.is_ascii_digit());
    if let Some(at) = text[..end].match_indices(" số ").map(|(at, _)| at).find(is_number) {
        end = at;
    }
    if let Some((at, _)) = refs::numbers(&text[..limit]).first() {
        end = end.min(*at);
    }
    end
}

fn starts_with_word(text: &str, word: &str) -> bool {
    text.strip_prefix(word).is_some_and(|rest| rest.chars().next().is_none_or(|c| !c.is_alphanumeric()))
}

/// All documents a text names with their numbers.
pub fn all_numbered(text: &str) -> Vec<Named> {
    let mut found: Vec<Named> = Vec::new();
    let mut rest = text;
    while let Some((named, end)) = first(rest) {
        if named.number.is_some() {
            found.push(named);
        }
        if end == 0 || rest.len() <= end {
            break;
        }
        rest = &rest[end..];
    }
    found
}

/// What a document says it amends as a whole, from its preamble: the one document named
/// behind "sửa đổi, bổ sung … của"; none where there are several.
pub fn amended_as_a_whole(document: &Document) -> Option<Named> {
    let preamble = document.nodes().iter().position(|n| n.kind == NodeKind::Preamble)?;
    let text = flat(document.own_text(preamble));
    let lower = text.to_lowercase();
    if lower.len() != text.len() {
        return None;
    }
    // The sentence that enacts: "… ban hành Nghị định sửa đổi, bổ sung một số điều của …".
    let enacts = lower.rfind("ban hành")?;
    let at = enacts + lower[enacts..].find("sửa đổi")?;
    let tail = &text[at..];
    let tail = tail.find(" của ").map_or(tail, |of| &tail[of..]);
    let own = ["đã được sửa đổi", "được sửa đổi"].iter().filter_map(|mark| tail.find(mark)).min();
    let named = all_numbered(&tail[..own.unwrap_or(tail.len())]);
    match named.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    }
}

/// White space and line breaks as single spaces.
pub fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A name for comparison: folded, without a year at the end.
pub fn comparable(name: &str) -> String {
    let folded = fold(name);
    let words: Vec<&str> =
        folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty() && *w != "nam").collect();
    let without_year = match words.split_last() {
        Some((last, rest)) if last.len() == 4 && last.bytes().all(|b| b.is_ascii_digit()) => rest,
        _ => &words,
    };
    without_year.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers() {
        let first = |text: &str| first(text).map(|(named, _)| (named.name, named.number.unwrap_or_default()));
        let pair = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(first("của Luật Chợ số 7/2011/QH13 đã được"), pair("Luật Chợ", "7/2011/QH13"));
        assert_eq!(first("của Nghị định số 5/2012/NĐ-CP ngày 3"), pair("Nghị định", "5/2012/NĐ-CP"));
        assert_eq!(first("một số điều của Luật Chợ"), pair("Luật Chợ", ""));
        assert_eq!(first("Luật Mạng số số 7/2025/QH15").unwrap().1, "7/2025/QH15");
        assert_eq!(first("Điều 7 của Luật Sông số hóa số 7/2009/QH12"), pair("Luật Sông số hóa", "7/2009/QH12"));
        assert_eq!(first("theo Luật này"), None);
        assert_eq!(first("đúng luật lệ"), None);
        assert_eq!(comparable("Luật Chợ 2011"), comparable("LUẬT CHỢ"));
    }

    #[test]
    fn every_numbered_document_is_found_once() {
        let text = "Luật Chợ số 7/2011/QH13, Luật Sông và Nghị định số 5/2012/NĐ-CP ngày 1";
        let found: Vec<_> = all_numbered(text).into_iter().filter_map(|named| named.number).collect();
        assert_eq!(found, ["7/2011/QH13", "5/2012/NĐ-CP"]);
    }
}
