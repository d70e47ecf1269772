/*!
Days stated in words, and provisions that come into force on a day of their own.

Only plain statements count: "Quy định tại khoản 2 Điều 7 của Luật này có hiệu lực từ ngày …".
A statement about part of a provision ("quy định về … tại khoản 2") becomes a note on it.
*/

use jiff::civil::Date;

use super::{
    amend::mention::flat,
    metadata,
    problem::{Problem, ProblemKind},
    refs::{self, Target},
};
use crate::law::{Document, Validity, text::fold};

/// Longest day in words, in characters.
const DAY_CHARS_MAX: usize = 40;
/// How many of the last articles may state days.
const LAST_ARTICLES_MAX: usize = 5;

/// The day that follows "có hiệu lực" or "hết hiệu lực" at once: "thi hành kể từ ngày 1 tháng 7
/// năm 2020". A day further on ("kể từ ngày Nghị định số … ngày …") is that of something else.
pub fn day_behind(text: &str) -> Option<Date> {
    let mut rest = text.trim_start();
    for word in ["thi hành", "kể", "từ"] {
        rest = rest.strip_prefix(word).map_or(rest, str::trim_start);
    }
    let behind = rest.strip_prefix("ngày ")?.trim_start();
    let near: String = rest.chars().take(DAY_CHARS_MAX).collect();
    behind.starts_with(|c: char| c.is_ascii_digit()).then(|| metadata::dates::first(&near)).flatten()
}

/// Gives provisions the days the final articles state for them.
pub fn apply_own_days(document: &mut Document) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (targets, day, is_whole) in own_days(document) {
        for target in targets {
            let Some(node) = target.node(document) else { continue };
            let shown = day.strftime("%d/%m/%Y");
            if is_whole && !target.title_only {
                document.set_validity(node, Validity { from: Some(day), to: document.nodes()[node].validity.to });
            } else {
                document.add_note(node, format!("Một phần của quy định này có hiệu lực từ ngày {shown}."));
                let message = format!("part of {} is in force from {day}: noted only", target.text());
                problems.push(Problem::new(0, ProblemKind::NotApplied, message));
            }
        }
    }
    problems
}

/// Provisions with a day of their own, and whether the whole provision is meant.
fn own_days(document: &Document) -> Vec<(Vec<Target>, Date, bool)> {
    let articles: Vec<usize> = document.articles().collect();
    let last = articles.len().saturating_sub(LAST_ARTICLES_MAX);
    let mut found = Vec::new();
    for article in &articles[last..] {
        let title = fold(&document.nodes()[*article].title);
        if !["hieu luc", "thi hanh"].iter().any(|word| title.contains(word)) && !title.is_empty() {
            continue;
        }
        let end = document.nodes()[*article].end;
        for node in *article..document.nodes().len() {
            if end <= document.nodes()[node].start {
                break;
            }
            let here = &document.nodes()[node];
            // The heading "Điều 9. Hiệu lực thi hành" is no provision that comes into force.
            let text = flat(&document.own_text(node)[here.body - here.start..]);
            for statement in text.split(", trừ ") {
                found.extend(statement_day(statement));
            }
        }
    }
    found
}

/// "Quy định tại TARGETS của Luật này có hiệu lực … từ ngày D".
fn statement_day(statement: &str) -> Option<(Vec<Target>, Date, bool)> {
    let at = statement.find("có hiệu lực")?;
    let subject = &statement[..at];
    if !["này", "nầy"].iter().any(|own| subject.contains(own)) || !refs::numbers(subject).is_empty() {
        return None;
    }
    let day = day_behind(&statement[at + "có hiệu lực".len()..])?;
    let start = subject.find(|c: char| c.is_alphabetic())?;
    let mut plain = &subject[start..];
    for lead in ["Các quy định tại ", "Quy định tại ", "các quy định tại ", "quy định tại ", "Các ", "các "]
    {
        plain = plain.strip_prefix(lead).unwrap_or(plain);
    }
    let outer = Target::default();
    let listed = refs::list(plain, &outer);
    if !listed.targets.is_empty() && !listed.unclear {
        return Some((listed.targets, day, true));
    }
    let behind = subject.find(" tại ").map(|from| refs::list(&subject[from + " tại ".len()..], &outer))?;
    (!behind.targets.is_empty()).then_some((behind.targets, day, false))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{
        ingest::parse,
        law::{DocumentMeta, NodeKind},
    };

    fn document(text: &str) -> Document {
        Document::new(DocumentMeta::default(), text.to_owned(), parse::parse(text).headings)
    }

    #[test]
    fn days_in_words_and_figures() {
        assert_eq!(metadata::dates::first("từ ngày 01 tháng 7 năm 2025."), Some(date(2025, 7, 1)));
        assert_eq!(metadata::dates::first("kể từ ngày 5/3/2021 trở đi"), Some(date(2021, 3, 5)));
        assert_eq!(metadata::dates::first("sau 45 ngày kể từ ngày ký"), None);
        assert_eq!(day_behind(" thi hành kể từ ngày 01 tháng 7 năm 2025."), Some(date(2025, 7, 1)));
        assert_eq!(day_behind(" kể từ ngày Nghị định số 5/2025/NĐ-CP ngày 1 tháng 7 năm 2025 có hiệu lực"), None);
        assert_eq!(metadata::dates::first("ngày Luật này có hiệu lực, tháng 3 năm 2021"), None);
    }

    const TEXT: &str = "Điều 1. Chợ\n1. Chợ mở lúc sáu giờ.\n2. Chợ đóng lúc chín giờ.\nĐiều 2. Thuyền\nThuyền có đèn.\nĐiều 3. Hiệu lực thi hành\n";

    #[test]
    fn a_provision_can_have_its_own_day() {
        let mut own = document(&format!(
            "{TEXT}1. Luật này có hiệu lực từ ngày 01 tháng 01 năm 2020, trừ quy định tại khoản 2 Điều 1 của Luật này có hiệu lực thi hành kể từ ngày 01 tháng 7 năm 2021.\n2. Điều 2 của Luật này có hiệu lực từ ngày 01/03/2020."
        ));
        assert!(apply_own_days(&mut own).is_empty());
        let from = |path: &str| own.validity(own.find(path).unwrap()).from;
        assert_eq!(from("dieu-1/khoan-2"), Some(date(2021, 7, 1)));
        assert_eq!(from("dieu-2"), Some(date(2020, 3, 1)));
        assert_eq!(from("dieu-1/khoan-1"), None);
    }

    #[test]
    fn a_statement_about_part_of_a_provision_is_only_noted() {
        let mut own = document(&format!(
            "{TEXT}1. Luật này có hiệu lực từ ngày 01 tháng 01 năm 2020.\n2. Quy định về đèn tại Điều 2 của Luật này có hiệu lực từ ngày 01/03/2020."
        ));
        assert_eq!(apply_own_days(&mut own).len(), 1);
        let node = own.find("dieu-2").unwrap();
        assert_eq!(own.validity(node).from, None);
        assert!(own.nodes()[node].notes[0].contains("01/03/2020"));
        assert!(own.nodes().iter().all(|n| n.kind != NodeKind::Article || n.validity == Validity::default()));
    }
}
