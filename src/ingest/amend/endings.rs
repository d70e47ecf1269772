/*!
Clauses by which a document ends others: "Luật A số N hết hiệu lực kể từ ngày Luật này có
hiệu lực", and lists of documents or provisions that end.

Only final provisions are read, so that a permit which ends is not taken for a law. The
first document of a sentence ends; those behind "đã được sửa đổi … theo" are merely the
ones that amended it and live on.
*/

use jiff::civil::Date;

use super::{
    Action, Instruction, Named, Target,
    mention::{self, flat},
};
use crate::{
    ingest::{dates::day_behind, refs},
    law::{Document, text::fold},
};

/// How many of the last articles may end documents, whatever their title.
const LAST_ARTICLES_MAX: usize = 5;
/// The words by which a document says itself what it replaces.
const REPLACES: &str = " này thay thế ";
/// The words that end something.
const ENDS: &str = "hết hiệu lực";

/// Adds the endings stated in the final provisions.
pub(super) fn read(document: &Document, found: &mut Vec<Instruction>) {
    let articles: Vec<usize> = document.articles().collect();
    let last = articles.len().saturating_sub(LAST_ARTICLES_MAX);
    for (place, article) in articles.iter().enumerate() {
        let title = fold(&document.nodes()[*article].title);
        let is_final = ["hieu luc", "thi hanh", "bai bo"].iter().any(|word| title.contains(word));
        if is_final || (last <= place && title.is_empty()) {
            read_article(document, *article, found);
        }
    }
}

fn read_article(document: &Document, article: usize, found: &mut Vec<Instruction>) {
    let end = document.nodes()[article].end;
    let mut listing: Option<(usize, Option<Date>)> = None;
    for node in article..document.nodes().len() {
        let here = &document.nodes()[node];
        if end <= here.start {
            break;
        }
        if listing.is_some_and(|(parent, _)| document.nodes()[parent].end <= here.start) {
            listing = None;
        }
        for line in document.own_text(node).lines().flat_map(joined_lines) {
            let text = flat(strip_label(line));
            let own_day = document.validity(node).from;
            let sentence = Sentence { origin: node, text: &text, own_day };
            if let Some((_, on)) = listing {
                sentence.subject(&text, "", on, found);
            } else if let Some(at) = text.find(REPLACES) {
                sentence.subject(&text[at + REPLACES.len()..], "", None, found);
            } else if let Some(at) = text.find(ENDS) {
                let behind = &text[at..];
                if !behind.contains("có hiệu lực")
                    && day_behind(&behind[ENDS.len()..]).is_none()
                    && !text[..at].contains("có hiệu lực")
                {
                    continue;
                }
                let on = day_behind(&behind[ENDS.len()..]);
                let is_list = text.contains("sau đây") || text.trim_end().ends_with(':');
                if is_list && document.children(Some(node)).next().is_some() {
                    listing = Some((node, on));
                } else {
                    let except = behind.find("trừ ").map_or("", |from| behind[from..].trim_end_matches('.'));
                    sentence.subject(behind_day(text[..at].trim()), except, on, found);
                }
            }
        }
    }
}

/// One line; printed line breaks within a sentence were undone when the text was assembled.
fn joined_lines(line: &str) -> Option<&str> {
    (!line.trim().is_empty()).then_some(line)
}

fn strip_label(line: &str) -> &str {
    let line = line.trim();
    let label = line.find(['.', ')']).filter(|at| *at <= 4).map_or(0, |at| at + 1);
    line[label..].trim_start()
}

/// "Kể từ ngày Luật này có hiệu lực, Luật A …": what follows the comma.
fn behind_day(subject: &str) -> &str {
    let lower = subject.to_lowercase();
    let has_day = lower.starts_with("kể từ") || lower.starts_with("từ ngày");
    subject.find(", ").filter(|_| has_day).map_or(subject, |at| subject[at + 2..].trim_start())
}

struct Sentence<'t> {
    origin: usize,
    text: &'t str,
    /// First day of the provision that says it.
    own_day: Option<Date>,
}

impl Sentence<'_> {
    /// What ends: documents, or provisions of one.
    fn subject(&self, subject: &str, except: &str, on: Option<Date>, found: &mut Vec<Instruction>) {
        debug_assert!(subject.len() <= self.text.len());
        let parts: Vec<&str> = subject.split(';').map(str::trim).filter(|part| !part.is_empty()).collect();
        for (at, part) in parts.iter().copied().enumerate() {
            let lower = part.to_lowercase();
            let plain = ["các quy định tại ", "quy định tại ", "và ", "các "]
                .iter()
                .fold(part, |text, start| strip_start(text, start));
            let listed = refs::list(plain, &Target::default());
            let numbered = |part: &&str| mention::first(part).map(|(named, _)| named).filter(|n| n.number.is_some());
            // "Khoản 2 Điều 3; khoản 1 Điều 7 của Nghị định số …": the law is named once, behind all.
            let named = numbered(&part).or_else(|| {
                let provisions = !listed.targets.is_empty() && mention::first(part).is_none();
                provisions.then(|| parts[at + 1..].iter().find_map(numbered)).flatten()
            });
            let Some(document) = named else { continue };
            let action = if !listed.targets.is_empty() && !listed.unclear && (on.is_none() || on == self.own_day) {
                Action::Repeal { targets: listed.targets }
            } else if !listed.targets.is_empty()
                || listed.unclear
                || lower.contains("quy định về") && lower.contains(" tại ")
            {
                let places = part.find(" tại ").map(|at| refs::list(&part[at + " tại ".len()..], &Target::default()));
                let targets = places.map(|list| list.targets).filter(|t| !t.is_empty()).unwrap_or(listed.targets);
                Action::Unclear { targets }
            } else if !mention::starts_with_kind(plain) {
                // "Các quy định về … của Luật A", "Chương IX của Luật B": part of a document.
                Action::Unclear { targets: Vec::new() }
            } else {
                let documents = ending_documents(part);
                found.extend(documents.into_iter().map(|document| Instruction {
                    origin: self.origin,
                    document,
                    action: Action::EndDocument { except: except.to_owned(), on },
                }));
                continue;
            };
            found.push(Instruction { origin: self.origin, document, action });
        }
    }
}

fn strip_start<'t>(text: &'t str, start: &str) -> &'t str {
    let head: String = text.chars().take(start.chars().count()).collect();
    if head.to_lowercase() == start { &text[head.len()..] } else { text }
}

/// The documents a part of a sentence ends: the first, and those behind the brackets that
/// close a list of amendments.
pub(super) fn ending_documents(part: &str) -> Vec<Named> {
    let mut found = Vec::new();
    let mut rest = part;
    loop {
        let amended = ["đã được sửa đổi", "được sửa đổi"].iter().filter_map(|mark| rest.find(mark)).min();
        found.extend(mention::all_numbered(&rest[..amended.unwrap_or(rest.len())]));
        let Some(at) = amended else { break };
        let Some(close) = rest[at..].find(") và ") else { break };
        rest = &rest[at + close + 1..];
    }
    found
}
