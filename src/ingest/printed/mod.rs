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
mod grid;
pub mod lines;
mod paragraphs;
mod rows;

use super::source_text::{FOOTNOTE_CLOSE, FOOTNOTE_OPEN, Footnote, PAGE_BREAK};

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
    let text = keep_exponents(&paragraphs::join(&pages), &footnotes);
    debug_assert!(!text.contains(PAGE_BREAK));
    Printed { text, footnotes, is_gazette }
}

/// A raised number that calls no footnote belongs to the text: "100 m2", a form's own mark.
fn keep_exponents(text: &str, footnotes: &[Footnote]) -> String {
    const UNITS: [&str; 6] = ["m", "km", "cm", "dm", "mm", "ha"];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(FOOTNOTE_OPEN) {
        out.push_str(&rest[..at]);
        rest = &rest[at + FOOTNOTE_OPEN.len_utf8()..];
        let Some((mark, tail)) = rest.split_once(FOOTNOTE_CLOSE) else { continue };
        let last_word = out.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        let is_exponent = matches!(mark, "2" | "3") && UNITS.contains(&last_word);
        if !is_exponent && footnotes.iter().any(|footnote| footnote.mark == mark) {
            out.extend([FOOTNOTE_OPEN.to_string(), mark.to_owned(), FOOTNOTE_CLOSE.to_string()]);
        } else {
            out.push_str(mark);
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests;
