/*!
Printed pages -> text as it was written: rows, running heads, footnotes, paragraphs.

A PDF knows where words stand, not what they belong to. From the places alone this module
finds rows and table cells, takes off what belongs to the page and not to the document
(running heads, page numbers), moves footnotes out of the text, and joins the rows of a
paragraph. Pure: [`bbox`] reads the words, the caller runs the converter.
*/

pub mod bbox;
mod footnotes;
mod furniture;
pub mod lines;
mod paragraphs;
mod rows;

use super::source_text::{Footnote, PAGE_BREAK};

/// A word and its box, in points from the top left corner of its page.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// Left edge.
    pub x0: f32,
    /// Top edge.
    pub y0: f32,
    /// Right edge.
    pub x1: f32,
    /// Bottom edge.
    pub y1: f32,
    /// Its letters, without white space.
    pub text: String,
}

/// The words of one page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// Words in any order.
    pub words: Vec<Word>,
}

/// What was written on the pages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Printed {
    /// One paragraph or table row a line, marks of footnotes as in `source_text`.
    pub text: String,
    /// Footnotes in the order of their marks.
    pub footnotes: Vec<Footnote>,
    /// Whether the pages carry the head of the official gazette.
    pub is_gazette: bool,
}

/// Reads pages of positioned words.
pub fn read(pages: &[Page]) -> Printed {
    let mut pages: Vec<Vec<rows::Row>> = pages.iter().map(|page| rows::rows(&page.words)).collect();
    let is_gazette = furniture::remove(&mut pages);
    let body_height = rows::usual_height(&pages);
    let footnotes = footnotes::take(&mut pages, body_height);
    let text = paragraphs::join(&pages);
    debug_assert!(!text.contains(PAGE_BREAK));
    Printed { text, footnotes, is_gazette }
}

#[cfg(test)]
mod tests;
