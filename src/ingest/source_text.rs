/*!
What a format reader makes of a file before anything legal is known of it.

Every rich format (Word, PDF, web page, Markdown, plain text) is brought to this one form:
text, the little that the container itself states, footnotes apart. [`super::assemble`]
makes documents of it, in one place for all formats.
*/

use super::problem::{Problem, ProblemKind};
use crate::law::Trust;

/// Stands before the mark of a footnote where the text calls it (U+FFF9): `\u{FFF9}3\u{FFFB}`
/// calls the footnote with the mark `3`. Taken out before the text is stored.
pub const FOOTNOTE_OPEN: char = '\u{FFF9}';
/// Stands after the mark of a footnote.
pub const FOOTNOTE_CLOSE: char = '\u{FFFB}';
/// Between the cells of a table's row, which is one line.
pub const CELL_SEPARATOR: &str = " | ";
/// Between the pages of a printed text.
pub const PAGE_BREAK: char = '\u{c}';

/// What one line of the text is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LineShape {
    /// One paragraph or table row a line.
    #[default]
    Paragraphs,
    /// Lines as printed, broken where the page is full, with [`PAGE_BREAK`] between pages
    /// and running headers, page numbers and footnotes among them.
    Printed,
}

/// What the container states of its document, as written there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// Number.
    pub number: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// Day of issue, `2019-11-20` or `20/11/2019`.
    pub issued: Option<String>,
    /// First day in force, same forms. Often wrong on the web: the text's own words win.
    pub effective_from: Option<String>,
    /// Last day in force, same forms.
    pub effective_to: Option<String>,
}

/// A footnote, apart from the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footnote {
    /// Its mark in the text.
    pub mark: String,
    /// Its words, one line.
    pub text: String,
}

/// The text of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceText {
    /// The text; need not be in stored form yet.
    pub text: String,
    /// What its lines are.
    pub lines: LineShape,
    /// What the container states.
    pub hints: Hints,
    /// Footnotes the container keeps apart.
    pub footnotes: Vec<Footnote>,
    /// How far texts of this format and place can be trusted.
    pub trust: Trust,
    /// Why the text is known not to be whole.
    pub incomplete: Option<String>,
    /// What the reader has to remark.
    pub problems: Vec<Problem>,
}

impl SourceText {
    /// Text of paragraphs and nothing else.
    pub fn paragraphs(text: impl Into<String>, trust: Trust) -> Self {
        Self { text: text.into(), trust, ..Self::default() }
    }

    /// A file of which nothing could be made: the text stays empty, the reason is a problem.
    pub fn unreadable(message: impl Into<String>) -> Self {
        Self { problems: vec![Problem::new(0, ProblemKind::Unreadable, message)], ..Self::default() }
    }
}
