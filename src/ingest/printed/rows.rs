/*!
Words -> rows from top to bottom, each a list of cells from left to right.
*/

use super::Word;
use crate::ingest::source_text::{FOOTNOTE_CLOSE, FOOTNOTE_OPEN};

/// A gap wider than this many row heights parts two cells.
const CELL_GAP_HEIGHTS: f32 = 1.7;
/// A word lower than this share of its row's height, and raised, is a superscript.
const SUPERSCRIPT_HEIGHT_SHARE: f32 = 0.85;
/// A gap narrower than this share of the row's height is no space between words.
const SPACE_GAP_SHARE: f32 = 0.06;

/// A run of words without a wide gap.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cell {
    pub x0: f32,
    pub x1: f32,
    /// Width of its first word.
    pub first_word: f32,
    pub text: String,
}

/// A word of a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    pub x0: f32,
    pub x1: f32,
    pub y0: f32,
    pub y1: f32,
    pub text: String,
    /// No space stands before it.
    pub is_glued: bool,
}

/// What stands on one height.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub y0: f32,
    pub y1: f32,
    /// Height of most of its letters.
    pub height: f32,
    pub cells: Vec<Cell>,
    /// The same, word by word.
    pub words: Vec<Piece>,
}

impl Row {
    pub fn x0(&self) -> f32 {
        self.cells.first().map_or(0.0, |cell| cell.x0)
    }

    pub fn x1(&self) -> f32 {
        self.cells.last().map_or(0.0, |cell| cell.x1)
    }

    pub fn text(&self) -> String {
        self.cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    pub fn letters(&self) -> usize {
        self.cells.iter().map(|cell| cell.text.chars().count()).sum()
    }
}

/// The rows of a page.
pub(super) fn rows(words: &[Word]) -> Vec<Row> {
    let mut sorted: Vec<&Word> =
        words.iter().filter(|w| [w.x0, w.x1, w.y0, w.y1].iter().all(|v| v.is_finite()) && !w.text.is_empty()).collect();
    // Tall words first: superscripts then join the row they overlap most.
    sorted.sort_by(|a, b| {
        (b.y1 - b.y0).total_cmp(&(a.y1 - a.y0)).then(a.y0.total_cmp(&b.y0)).then(a.x0.total_cmp(&b.x0))
    });
    let mut bands: Vec<Band<'_>> = Vec::new();
    for word in sorted {
        let middle = (word.y0 + word.y1) / 2.0;
        let height = word.y1 - word.y0;
        let home = bands
            .iter_mut()
            .filter(|band| band.y0.max(word.y0) + 0.5 * height <= band.y1.min(word.y1) + 0.01)
            .min_by(|a, b| (a.middle() - middle).abs().total_cmp(&(b.middle() - middle).abs()));
        match home {
            Some(band) => band.words.push(word),
            None => bands.push(Band { y0: word.y0, y1: word.y1, words: vec![word] }),
        }
    }
    bands.sort_by(|a, b| a.middle().total_cmp(&b.middle()));
    bands.iter().map(Band::row).collect()
}

struct Band<'w> {
    y0: f32,
    y1: f32,
    words: Vec<&'w Word>,
}

impl Band<'_> {
    fn middle(&self) -> f32 {
        (self.y0 + self.y1) / 2.0
    }

    fn row(&self) -> Row {
        let mut words = self.words.clone();
        words.sort_by(|a, b| a.x0.total_cmp(&b.x0).then(a.y0.total_cmp(&b.y0)));
        let height = median_height(&words);
        let mut cells: Vec<Cell> = Vec::new();
        let mut pieces: Vec<Piece> = Vec::with_capacity(words.len());
        for word in words {
            let is_mark = word.y1 - word.y0 < SUPERSCRIPT_HEIGHT_SHARE * height
                && (word.y0 + word.y1) / 2.0 < self.middle() + 0.05 * height
                && is_mark(&word.text);
            let text = if is_mark {
                let digits: String = word.text.chars().filter(char::is_ascii_digit).collect();
                format!("{FOOTNOTE_OPEN}{digits}{FOOTNOTE_CLOSE}")
            } else {
                word.text.clone()
            };
            let gap = pieces.last().map_or(f32::INFINITY, |before| word.x0 - before.x1);
            pieces.push(Piece {
                x0: word.x0,
                x1: word.x1,
                y0: word.y0,
                y1: word.y1,
                text: text.clone(),
                is_glued: gap <= SPACE_GAP_SHARE * height || (is_mark && gap < CELL_GAP_HEIGHTS * height),
            });
            match cells.last_mut() {
                Some(cell) if word.x0 - cell.x1 < CELL_GAP_HEIGHTS * height => {
                    if SPACE_GAP_SHARE * height < word.x0 - cell.x1 && !is_mark {
                        cell.text.push(' ');
                    }
                    cell.text.push_str(&text);
                    cell.x1 = cell.x1.max(word.x1);
                }
                _ => cells.push(Cell { x0: word.x0, x1: word.x1, first_word: word.x1 - word.x0, text }),
            }
        }
        Row { y0: self.y0, y1: self.y1, height, cells, words: pieces }
    }
}

/// `3`, `[3]`, `(3)`.
fn is_mark(text: &str) -> bool {
    let inner = text.trim_matches(['[', ']', '(', ')']);
    !inner.is_empty() && inner.len() <= 3 && inner.bytes().all(|b| b.is_ascii_digit())
}

/// The height that half of the letters do not exceed.
fn median_height(words: &[&Word]) -> f32 {
    weighted_median(words.iter().map(|w| (w.y1 - w.y0, w.text.chars().count())).collect())
}

fn weighted_median(mut values: Vec<(f32, usize)>) -> f32 {
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = values.iter().map(|v| v.1).sum::<usize>().div_ceil(2);
    let mut seen = 0;
    values
        .into_iter()
        .find(|(_, weight)| {
            seen += weight;
            half <= seen
        })
        .map_or(0.0, |(value, _)| value)
}

/// The height of most letters of the document: its body text.
pub(super) fn usual_height(pages: &[Vec<Row>]) -> f32 {
    weighted_median(pages.iter().flatten().map(|row| (row.height, row.letters())).collect())
}
