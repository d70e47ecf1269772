/*!
Footnotes: small rows at the foot of a page, each opened by its mark.

A table set small opens its rows with numbers, too: a plain number is a mark only where the text
calls it, and a page that is small from its first row is no footnote that goes on.
*/

use std::collections::BTreeSet;

use super::rows::Row;
use crate::ingest::source_text::{FOOTNOTE_CLOSE, FOOTNOTE_OPEN, Footnote};

/// A row lower than this share of the body text may be part of a footnote.
const SMALL_HEIGHT_SHARE: f32 = 0.95;

/// Takes the footnotes off the pages.
pub(super) fn take(pages: &mut [Vec<Row>], body_height: f32) -> Vec<Footnote> {
    let mut footnotes: Vec<Footnote> = Vec::new();
    let mut open = false;
    let mut calls: BTreeSet<String> = BTreeSet::new();
    for page in pages.iter_mut() {
        calls.extend(page.iter().flat_map(calls_in));
        let small = page.iter().rev().take_while(|row| row.height < SMALL_HEIGHT_SHARE * body_height).count();
        let first_small = page.len() - small;
        let first_mark = page[first_small..].iter().position(|row| opening_mark(row, &calls).is_some());
        open &= 0 < first_small;
        // Small rows before the first mark carry on the last footnote of the page before.
        let from = match first_mark {
            Some(_) if open => first_small,
            Some(at) => first_small + at,
            None if open => first_small,
            None => {
                open = false;
                continue;
            }
        };
        for row in page.drain(from..) {
            match opening_mark(&row, &calls) {
                Some((mark, text)) => footnotes.push(Footnote { mark, text }),
                None => {
                    if let Some(footnote) = footnotes.last_mut() {
                        footnote.text.push(' ');
                        footnote.text.push_str(&row.text());
                    }
                }
            }
        }
        open = 0 < small && (open || first_mark.is_some());
    }
    for footnote in &mut footnotes {
        footnote.text = footnote.text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    footnotes
}

/// Marks that a row calls: superscripts behind its first word.
fn calls_in(row: &Row) -> Vec<String> {
    let text = row.text();
    let calls = text.split(FOOTNOTE_OPEN).skip(1).filter_map(|part| part.split_once(FOOTNOTE_CLOSE));
    let opens = usize::from(text.starts_with(FOOTNOTE_OPEN));
    calls.skip(opens).map(|(mark, _)| mark.to_owned()).collect()
}

/// The mark a row begins with and the text after it: a superscript, or a number that the text
/// calls, alone before words that begin with a capital or a quotation mark.
fn opening_mark(row: &Row, calls: &BTreeSet<String>) -> Option<(String, String)> {
    let text = row.text();
    if let Some(rest) = text.strip_prefix(FOOTNOTE_OPEN) {
        let (mark, rest) = rest.split_once(FOOTNOTE_CLOSE)?;
        return Some((mark.to_owned(), rest.trim().to_owned()));
    }
    let (head, rest) = text.split_once(' ').unwrap_or((&text, ""));
    let mark = head.trim_matches(['[', ']', '(', ')']);
    let is_number = !mark.is_empty() && mark.len() <= 3 && mark.bytes().all(|b| b.is_ascii_digit());
    let begins = rest.is_empty() || rest.starts_with(|c: char| c.is_uppercase() || matches!(c, '“' | '"'));
    (is_number && begins && !head.ends_with('.') && calls.contains(mark)).then(|| (mark.to_owned(), rest.to_owned()))
}
