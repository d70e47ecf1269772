/*!
Tables and formulas, found by the white between their columns.

One row tells little: a narrow column leaves no more white than two words do. White that runs
down many rows, wide or with the words behind it set flush, parts columns. Where a column
holds nothing but the signs of arithmetic, it is a formula, and reads column by column.
*/

use std::ops::Range;

use super::{
    paragraphs::{ends_sentence, is_heading, signs_or_heads},
    rows::{Piece, Row},
};
use crate::{
    ingest::source_text::CELL_SEPARATOR,
    law::{label::roman, text::is_upper_case},
};

/// Rows from which on white is more than chance.
const ROWS_MIN: usize = 3;
/// Columns from which on a grid is a table of its own; two columns may be two texts.
const COLUMNS_MIN: usize = 3;
/// White as wide as this many row heights parts columns wherever it stays.
const WIDE_HEIGHTS: f32 = 0.6;
/// White narrower than this is none, in row heights.
const NARROW_HEIGHTS: f32 = 0.1;
/// Words that begin within so many points of an edge are flush with it.
const FLUSH_POINTS: f32 = 2.0;
/// Share of the rows that must be flush behind narrow white.
const FLUSH_SHARE: f32 = 0.7;
/// Share of the flush rows before which there must be more white than a space.
const FREE_SHARE: f32 = 0.25;
/// Rows without columns that may stand among others, such as a heading's second line.
const ODD_ROWS_MAX: usize = 6;
/// Words that begin a remark below a table or formula.
const REMARKS: [&str; 2] = ["Trong đó", "Ghi chú"];
/// White between two rows, in row heights, beyond which they are no one grid.
const ROW_GAP_HEIGHTS: f32 = 2.5;
/// Rows a formula has at most.
const FORMULA_ROWS_MAX: usize = 12;

/// Rows that stand in columns.
#[derive(Debug, PartialEq)]
pub(super) struct Grid {
    /// The rows on their page.
    pub rows: Range<usize>,
    /// Where one column ends and the next begins, from left to right.
    cuts: Vec<f32>,
    is_formula: bool,
}

/// The grids of a page, from top to bottom.
pub(super) fn grids(page: &[Row]) -> Vec<Grid> {
    let mut found: Vec<Grid> = Vec::new();
    let mut at = 0;
    while at < page.len() {
        let floor = found.last().map_or(0, |grid| grid.rows.end);
        match grid_at(page, at, floor) {
            Some(grid) => {
                at = grid.rows.end;
                found.push(grid);
            }
            None => at += 1,
        }
    }
    found
}

/// A grid whose first row of several cells is `at`; rows before `floor` are taken.
fn grid_at(page: &[Row], at: usize, floor: usize) -> Option<Grid> {
    if page[at].cells.len() < 2 {
        return None;
    }
    let (mut end, mut columns) = (at, 0);
    let mut next = at + 1;
    while let Some(row) = page.get(next).filter(|row| next <= end + ODD_ROWS_MAX && !parts(row, &page[next - 1])) {
        let now = cuts(&page[at..=next]).len() + 1;
        let is_settled = ROWS_MIN < end - at && COLUMNS_MIN <= columns;
        if is_settled && now < columns && (row.cells.len() == 1 || now < COLUMNS_MIN) {
            break;
        }
        next += 1;
        if COLUMNS_MIN <= now {
            (end, columns) = (next, if is_settled { columns.max(now) } else { now });
        }
    }
    if end <= at || page[at..end].iter().flat_map(|row| &row.cells).any(|cell| signs_or_heads(&cell.text)) {
        return None;
    }
    let mut grid = Grid { rows: at..end, cuts: cuts(&page[at..end]), is_formula: false };
    grid.join_marks(page);
    grid.is_formula = grid.rows.len() <= FORMULA_ROWS_MAX && grid.holds_signs(page);
    if grid.is_formula {
        // What stands above the line of a fraction may be a row of its own.
        let fits = |row: &Row| {
            let column = |x: f32| grid.cuts.iter().filter(|cut| **cut < x).count();
            let is_part = row.cells.len() == 1 && column(row.x0()) == column(row.x1());
            is_part && !ends_sentence(&row.text())
        };
        let mut first = at;
        while floor < first && fits(&page[first - 1]) && page[first].y0 - page[first - 1].y1 < page[first].height {
            first -= 1;
        }
        grid.rows.start = first;
    }
    grid.begin_higher(page, floor);
    let is_grid = ROWS_MIN <= grid.rows.len() && COLUMNS_MIN <= grid.cuts.len() + 1;
    is_grid.then_some(grid)
}

/// Whether a row belongs to no grid the row before stands in.
fn parts(row: &Row, before: &Row) -> bool {
    let text = row.text();
    let is_title = is_upper_case(&text) && text.contains(' ');
    let is_own = is_title || is_heading(&text) || REMARKS.iter().any(|remark| text.starts_with(remark));
    (row.cells.len() == 1 && is_own) || ROW_GAP_HEIGHTS * row.height < row.y0 - before.y1
}

/// Where the white between columns lies in all of `rows`.
fn cuts(rows: &[Row]) -> Vec<f32> {
    let height = rows.iter().map(|row| row.height).fold(0.0, f32::max).max(1.0);
    let mut spans: Vec<(f32, f32)> = rows.iter().flat_map(|row| &row.words).map(|word| (word.x0, word.x1)).collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut cuts = Vec::new();
    let Some(mut right) = spans.first().map(|span| span.1) else { return cuts };
    for (x0, x1) in spans {
        let white = x0 - right;
        if WIDE_HEIGHTS * height <= white || (NARROW_HEIGHTS * height <= white && is_flush(rows, x0, height)) {
            cuts.push((right + x0) / 2.0);
        }
        right = right.max(x1);
    }
    cuts
}

/// Whether what stands right of `edge` begins there in most rows, and not merely behind the
/// same words each time.
fn is_flush(rows: &[Row], edge: f32, height: f32) -> bool {
    let (mut near, mut flush, mut free) = (0, 0, 0);
    for row in rows {
        let Some(at) = row.words.iter().position(|word| edge - 0.01 <= word.x0) else { continue };
        let far = row.words[at].x0 - edge;
        near += usize::from(far <= 2.0 * height);
        if far <= FLUSH_POINTS {
            flush += 1;
            free += usize::from(at == 0 || WIDE_HEIGHTS * height <= row.words[at].x0 - row.words[at - 1].x1);
        }
    }
    ROWS_MIN <= flush && FLUSH_SHARE * near as f32 <= flush as f32 && FREE_SHARE * flush as f32 <= free as f32
}

impl Grid {
    fn column(&self, word: &Piece) -> usize {
        let middle = (word.x0 + word.x1) / 2.0;
        self.cuts.iter().filter(|cut| **cut < middle).count()
    }

    /// The words of each column of a row.
    fn cells(&self, row: &Row) -> Vec<String> {
        let mut cells = vec![String::new(); self.cuts.len() + 1];
        for word in &row.words {
            let cell = &mut cells[self.column(word)];
            if !cell.is_empty() && !word.is_glued {
                cell.push(' ');
            }
            cell.push_str(&word.text);
        }
        cells
    }

    /// Dashes before the items of a list are no column.
    fn join_marks(&mut self, page: &[Row]) {
        for column in (0..self.cuts.len()).rev() {
            let is_dash = |cell: &String| cell.is_empty() || matches!(cell.as_str(), "-" | "–" | "+" | "•" | "*");
            let cells: Vec<String> =
                page[self.rows.clone()].iter().map(|row| self.cells(row)[column].clone()).collect();
            if cells.iter().all(is_dash) && 1 < cells.iter().filter(|cell| !cell.is_empty()).count() {
                self.cuts.remove(column);
            }
        }
    }

    /// The first line of a row may leave no wide white, and so no cells: it belongs here where it
    /// leaves all columns as they are and carries the row's number.
    fn begin_higher(&mut self, page: &[Row], floor: usize) {
        let found = self.cuts.len();
        for start in (floor.max(self.rows.start.saturating_sub(ODD_ROWS_MAX))..self.rows.start).rev() {
            let rows = &page[start..self.rows.end];
            if parts(&rows[1], &rows[0]) || parts(&rows[0], &rows[0]) || cuts(rows).len() < found {
                break;
            }
            if is_number(&self.cells(&rows[0])[0]) {
                self.rows.start = start;
            }
        }
    }

    /// Whether a column between others holds signs of arithmetic alone, one of them "=".
    fn holds_signs(&self, page: &[Row]) -> bool {
        let sign = |column: usize| -> Option<String> {
            let cells = page[self.rows.clone()].iter().map(|row| self.cells(row)[column].clone());
            let cells: Vec<String> = cells.filter(|cell| !cell.is_empty()).collect();
            match cells.as_slice() {
                [one] if is_sign(one) => Some(one.clone()),
                _ => None,
            }
        };
        (1..self.cuts.len()).filter_map(sign).any(|sign| sign == "=")
    }

    /// Writes the grid's lines.
    pub(super) fn write(&self, page: &[Row], text: &mut String) {
        if self.is_formula {
            self.write_formula(page, text);
            return;
        }
        let rows: Vec<Vec<String>> = page[self.rows.clone()].iter().map(|row| self.cells(row)).collect();
        let first: Vec<&str> = rows.iter().map(|cells| cells[0].as_str()).filter(|cell| !cell.is_empty()).collect();
        // The number of the row stands at its first line; a heading of the column is none.
        let numbered = 2 * first.iter().filter(|cell| is_number(cell)).count() > first.len();
        let mut lines: Vec<Vec<String>> = Vec::new();
        for cells in rows {
            let begins = if numbered { is_number(&cells[0]) } else { !cells[0].is_empty() };
            match lines.last_mut() {
                Some(line) if !begins => {
                    for (cell, more) in line.iter_mut().zip(cells).filter(|(_, more)| !more.is_empty()) {
                        if !cell.is_empty() {
                            cell.push(' ');
                        }
                        cell.push_str(&more);
                    }
                }
                _ => lines.push(cells),
            }
        }
        for line in lines {
            text.push_str(line.join(CELL_SEPARATOR).trim_end());
            text.push('\n');
        }
    }

    /// Column by column on one line. Of a fraction the line is not told, only where it must be:
    /// at the height of the "=", with a capital letter above and below.
    fn write_formula(&self, page: &[Row], text: &mut String) {
        let words: Vec<&Piece> = page[self.rows.clone()].iter().flat_map(|row| &row.words).collect();
        let line = words.iter().find(|word| word.text == "=").map_or(0.0, |word| (word.y0 + word.y1) / 2.0);
        let mut operands = Vec::new();
        for column in 0..=self.cuts.len() {
            let own: Vec<&Piece> = words.iter().copied().filter(|word| self.column(word) == column).collect();
            let (above, below): (Vec<&Piece>, Vec<&Piece>) =
                own.iter().partition(|word| (word.y0 + word.y1) / 2.0 < line - 0.25 * (word.y1 - word.y0));
            let begins = |part: &[&Piece]| part.first().is_some_and(|word| word.text.starts_with(char::is_uppercase));
            if begins(&above) && begins(&below) {
                operands.push(format!("{} / {}", running(&above), running(&below)));
            } else {
                operands.push(running(&own));
            }
        }
        text.push_str(operands.join(" ").trim());
        text.push('\n');
    }
}

fn running(words: &[&Piece]) -> String {
    let mut text = String::new();
    for word in words {
        if !text.is_empty() && !word.is_glued {
            text.push(' ');
        }
        text.push_str(&word.text);
    }
    text
}

fn is_sign(text: &str) -> bool {
    matches!(text, "=" | "x" | "×" | "+" | "-" | "–" | ":" | "/")
}

/// `12`, `3.`, `IV`, `2a`.
fn is_number(cell: &str) -> bool {
    let inner = cell.trim_end_matches(['.', ')']);
    let digits = inner.bytes().take_while(u8::is_ascii_digit).count();
    inner.len() <= 5 && ((0 < digits && inner.len() <= digits + 1) || roman(inner).is_some())
}
