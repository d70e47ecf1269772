/*!
What belongs to the page, not to the document: running heads, page numbers, signing boxes.
*/

use std::collections::HashMap;

use super::{paragraphs::label, rows::Row};

/// Rows at the top and at the bottom of a page that may be furniture.
const EDGE_ROWS: usize = 3;
/// Rows at the top of a page among which the gazette's head may stand.
const HEAD_ROWS: usize = 10;
/// A row that stands at the edge of at least this many pages is a running head …
const PAGES_MIN: usize = 3;
/// … if that is at least one page in so many.
const ONE_PAGE_IN: usize = 5;

/// Takes running heads and page numbers off the pages; true when they were the gazette's.
pub(super) fn remove(pages: &mut [Vec<Row>]) -> bool {
    let mut is_gazette = false;
    let mut counts: HashMap<String, usize> = HashMap::new();
    for page in pages.iter() {
        let mut shapes: Vec<String> = edges(page).map(|at| shape(&page[at])).collect();
        shapes.sort();
        shapes.dedup();
        for shape in shapes {
            *counts.entry(shape).or_default() += 1;
        }
    }
    let often = PAGES_MIN.max(pages.len().div_ceil(ONE_PAGE_IN));
    for page in pages.iter_mut() {
        let gone: Vec<usize> = edges(page)
            .filter(|at| {
                let row = &page[*at];
                is_page_number(&row.text()) || counts.get(&shape(row)).is_some_and(|count| often <= *count)
            })
            .collect();
        let mut at = 0;
        page.retain(|row| {
            at += 1;
            let is_head = at <= HEAD_ROWS && is_running_head(&row.text());
            is_gazette |= is_running_head(&row.text());
            !is_head && !gone.contains(&(at - 1))
        });
    }
    is_gazette
}

fn edges(page: &[Row]) -> impl Iterator<Item = usize> + use<> {
    let len = page.len();
    // "Điều 7." stands at the edge of many pages and is no running head.
    let labelled: Vec<bool> = page.iter().map(|row| label(&row.text()).is_some()).collect();
    (0..len).filter(move |at| (*at < EDGE_ROWS || len - EDGE_ROWS.min(len) <= *at) && !labelled[*at])
}

/// The row's text with every number as `#`.
fn shape(row: &Row) -> String {
    let mut shape = String::new();
    for c in row.text().chars() {
        if c.is_ascii_digit() {
            if !shape.ends_with('#') {
                shape.push('#');
            }
        } else {
            shape.push(c);
        }
    }
    shape
}

/// `12`, `- 12 -`, `Trang 12`, `12/40`.
pub(super) fn is_page_number(text: &str) -> bool {
    let inner = text.trim().trim_start_matches("Trang").trim_matches(['-', '–', ' ', '|']);
    !inner.is_empty()
        && inner.len() <= 9
        && inner.bytes().any(|b| b.is_ascii_digit())
        && inner.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'/' | b' '))
}

/// The head of the official gazette, with or without its page number.
pub(super) fn is_running_head(text: &str) -> bool {
    let text = text.trim().trim_start_matches(|c: char| c.is_ascii_digit() || c.is_whitespace());
    let Some(rest) = text.strip_prefix("CÔNG BÁO") else { return false };
    let rest = rest.trim_start();
    rest.starts_with("/Số") || rest.starts_with("/ Số") || rest.starts_with("Số")
}
