/*!
Rows -> paragraphs and table rows, one a line.

A typesetter breaks a line where the next word does not fit. So a row after which the next
word would have fitted ends a paragraph, and one indented further than the row before
begins one; a row that begins with a small letter never does.
*/

use super::{
    grid,
    rows::{Cell, Row},
};
use crate::{
    ingest::source_text::{CELL_SEPARATOR, FOOTNOTE_CLOSE, FOOTNOTE_OPEN},
    law::text::fold,
};

/// Rows shorter than this, in letters, say nothing of the margins.
const MARGIN_LETTERS_MIN: usize = 30;
/// White between two rows beyond the usual, in row heights, that parts paragraphs.
const EXTRA_GAP_HEIGHTS: f32 = 0.45;
/// How much further a row must be indented to begin a paragraph, in row heights.
const INDENT_HEIGHTS: f32 = 0.6;
/// Room left beside the next word that shows a row was ended on purpose, in row heights.
const ROOM_HEIGHTS: f32 = 0.9;

/// Joins the rows of all pages.
pub(super) fn join(pages: &[Vec<Row>]) -> String {
    let usual_gap = usual_gap(pages);
    let mut text = String::new();
    let mut last: Option<(usize, &Row)> = None;
    for (number, page) in pages.iter().enumerate() {
        let margins = Margins::of(page);
        let mut grids = grid::grids(page).into_iter().peekable();
        let mut at = 0;
        while at < page.len() {
            if let Some(grid) = grids.next_if(|grid| grid.rows.start <= at) {
                end_line(&mut text);
                grid.write(page, &mut text);
                last = None;
                at = at.max(grid.rows.end);
                continue;
            }
            let before_grid = grids.peek().map_or(page.len(), |grid| grid.rows.start);
            let table = table_rows(&page[at..before_grid]);
            if 0 < table {
                end_line(&mut text);
                write_table(&page[at..at + table], &mut text);
                last = None;
                at += table;
                continue;
            }
            let row = &page[at];
            match last {
                Some((page_before, before))
                    if !begins(&text, before, row, page_before == number, usual_gap, margins) =>
                {
                    if !breaks_word(&text) {
                        text.push(' ');
                    }
                }
                _ => end_line(&mut text),
            }
            text.push_str(&row.text());
            last = Some((number, row));
            at += 1;
        }
    }
    end_line(&mut text);
    text
}

/// Whether a row ends within a number such as "NĐ-CP", broken at its hyphen.
pub(super) fn breaks_word(text: &str) -> bool {
    text.strip_suffix('-').and_then(|head| head.chars().next_back()).is_some_and(|c| c.is_alphanumeric())
}

fn end_line(text: &mut String) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

#[derive(Debug, Clone, Copy)]
struct Margins {
    left: f32,
    right: f32,
}

impl Margins {
    fn of(page: &[Row]) -> Self {
        let long = || page.iter().filter(|row| row.cells.len() == 1 && MARGIN_LETTERS_MIN <= row.letters());
        let left = long().map(Row::x0).fold(f32::INFINITY, f32::min);
        let right = long().map(Row::x1).fold(f32::NEG_INFINITY, f32::max);
        Self { left, right }
    }
}

/// The usual white between two rows of a paragraph, in points.
fn usual_gap(pages: &[Vec<Row>]) -> f32 {
    let mut gaps: Vec<f32> = pages
        .iter()
        .flat_map(|page| page.windows(2))
        .filter(|pair| MARGIN_LETTERS_MIN <= pair[0].letters() && MARGIN_LETTERS_MIN <= pair[1].letters())
        .map(|pair| pair[1].y0 - pair[0].y1)
        .collect();
    gaps.sort_by(f32::total_cmp);
    gaps.get(gaps.len() / 2).copied().unwrap_or(0.0)
}

/// Whether `row` begins a paragraph after the row `before`, which is the last of `written`.
fn begins(written: &str, before: &Row, row: &Row, same_page: bool, usual_gap: f32, margins: Margins) -> bool {
    let text = row.text();
    let first = text.trim_start_matches(['“', '"', '(']).chars().next().unwrap_or(' ');
    if first.is_lowercase() && label(&text).is_none() {
        return false;
    }
    let height = row.height.max(1.0);
    let gap = row.y0 - before.y1;
    if same_page && usual_gap + EXTRA_GAP_HEIGHTS * height < gap {
        return true;
    }
    if label(&text).is_some() && (ends_sentence(&before.text()) || opens_list(last_line(written), &text)) {
        return true;
    }
    let indent = if same_page { before.x0().min(margins.left.max(before.x0() - height)) } else { margins.left };
    if indent + INDENT_HEIGHTS * height < row.x0() && margins.left + INDENT_HEIGHTS * height < row.x0() {
        return true;
    }
    let first_word = row.cells.first().map_or(0.0, |cell| cell.first_word);
    let room = margins.right - before.x1();
    first_word + ROOM_HEIGHTS * height < room
}

/// Whether a text ends as sentences and list items do.
pub(super) fn ends_sentence(text: &str) -> bool {
    let mut text = text.trim_end();
    while let Some(head) = text.strip_suffix(FOOTNOTE_CLOSE) {
        text = head.rfind(FOOTNOTE_OPEN).map_or(head, |at| &head[..at]).trim_end();
    }
    text.ends_with(['.', ';', ':', '”', '"', '!', '?'])
}

/// The paragraph being written, as far as it goes.
pub(super) fn last_line(written: &str) -> &str {
    written.rsplit('\n').next().unwrap_or_default()
}

/// Whether `text` is the first item under the heading that the paragraph `before` is.
pub(super) fn opens_list(before: &str, text: &str) -> bool {
    is_heading(before) && (matches!(label(text), Some("1." | "a)" | "1-")) || text.starts_with("1, "))
}

/// A clause whose point was read as a comma: "2, Người".
pub(super) fn is_slipped_label(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_short = (1..=2).contains(&(text.len() - rest.len()));
    is_short && rest.strip_prefix(", ").is_some_and(|rest| rest.starts_with(char::is_uppercase))
}

/// A line shaped like "Điều 7. Việc".
pub(super) fn is_heading(text: &str) -> bool {
    let Some(rest) = text.trim_start().strip_prefix("Điều ") else { return false };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let tail = rest[digits..].trim_start_matches(|c: char| c.is_lowercase());
    0 < digits && tail.strip_prefix(['.', ':']).is_some_and(|title| title.trim_start().starts_with(char::is_uppercase))
}

/// What opens a numbered or lettered line: `12.`, `a)`, `Điều 5`, `-`.
pub(super) fn label(text: &str) -> Option<&str> {
    let text = text.trim_start_matches(['“', '"', ' ']);
    let text = text.split(FOOTNOTE_OPEN).next().unwrap_or(text);
    let word = text.split_whitespace().next()?;
    let inner = word.trim_end_matches(['.', ')', '/', ':']);
    let mark = &word[inner.len()..];
    let is_number = !inner.is_empty() && inner.len() <= 4 && inner.starts_with(|c: char| c.is_ascii_digit());
    let is_letter = inner.chars().count() <= 2 && inner.chars().next().is_some_and(char::is_alphabetic);
    let is_label = !mark.is_empty() && (is_number || (is_letter && mark.starts_with([')', '.'])));
    let is_dash = matches!(word, "-" | "–" | "+" | "*" | "•");
    let opens_heading =
        ["Điều", "Ðiều", "Chương", "Mục", "Phần", "CHƯƠNG", "MỤC", "PHẦN", "ĐIỀU", "PHỤ", "Phụ"].contains(&word);
    (is_label || is_dash || opens_heading).then_some(word)
}

/// How many rows from the first on form a table or stand side by side.
fn table_rows(rows: &[Row]) -> usize {
    if rows.first().is_none_or(|row| row.cells.len() < 2) {
        return 0;
    }
    let mut count = 1;
    while let Some(row) = rows.get(count) {
        let first_column_end = rows[0].cells[0].x1;
        let carries_on =
            row.cells.len() == 1 && first_column_end < row.x0() && row.y0 - rows[count - 1].y1 < row.height;
        if row.cells.len() < 2 && !carries_on {
            break;
        }
        count += 1;
    }
    count
}

fn write_table(rows: &[Row], text: &mut String) {
    if side_by_side(rows) {
        let parting = rows.iter().filter(|r| 1 < r.cells.len()).map(|r| r.cells[1].x0).fold(f32::INFINITY, f32::min);
        for is_left in [true, false] {
            for cell in rows.iter().flat_map(|row| &row.cells).filter(|cell| (cell.x0 < parting) == is_left) {
                text.push_str(&cell.text);
                text.push('\n');
            }
        }
        return;
    }
    let columns: Vec<(f32, f32)> = rows
        .iter()
        .max_by_key(|row| row.cells.len())
        .map(|row| row.cells.iter().map(|cell| (cell.x0, cell.x1)).collect())
        .unwrap_or_default();
    let mut lines: Vec<Vec<String>> = Vec::new();
    for row in rows {
        let placed: Vec<(usize, &Cell)> = row.cells.iter().map(|cell| (column_of(&columns, cell), cell)).collect();
        let carries_on = placed.first().is_some_and(|(column, _)| 0 < *column) && !lines.is_empty();
        if !carries_on {
            lines.push(vec![String::new(); columns.len()]);
        }
        if let Some(line) = lines.last_mut() {
            for (column, cell) in placed {
                if !line[column].is_empty() {
                    line[column].push(' ');
                }
                line[column].push_str(&cell.text);
            }
        }
    }
    for line in lines {
        text.push_str(line.join(CELL_SEPARATOR).trim_end());
        text.push('\n');
    }
}

/// The column whose span lies nearest to the cell's.
fn column_of(columns: &[(f32, f32)], cell: &Cell) -> usize {
    let distance = |(x0, x1): (f32, f32)| {
        let overlap = x1.min(cell.x1) - x0.max(cell.x0);
        if 0.0 < overlap { -overlap } else { (x0 - cell.x1).max(cell.x0 - x1) }
    };
    (0..columns.len()).min_by(|a, b| distance(columns[*a]).total_cmp(&distance(columns[*b]))).unwrap_or(0)
}

/// The head of a document and its signatures stand in two columns that are no table.
fn side_by_side(rows: &[Row]) -> bool {
    let is_narrow = rows.iter().all(|row| row.cells.len() <= 2);
    is_narrow && rows.iter().flat_map(|row| &row.cells).any(|cell| signs_or_heads(&cell.text))
}

/// Whether a text begins as signatures and the head of a document do.
pub(super) fn signs_or_heads(text: &str) -> bool {
    const SIGNS: [&str; 8] =
        ["cong hoa xa hoi", "doc lap", "noi nhan", "tm.", "kt.", "nguoi ky", "xac thuc", "chu tich"];
    let folded = fold(text);
    SIGNS.iter().any(|sign| folded.starts_with(sign))
}
