/*!
The body of a part: paragraphs and tables in order.

Elements not known are passed through to what they hold, so that content controls, smart
tags, hyperlinks and drawings give up their text; what is no text of the document (deleted
text, old properties, codes of fields) is left out by name.
*/

use super::{
    numbering::Numbering,
    run::Inline,
    styles::{ParagraphProperties, Styles},
    xml::{Node, Xml},
};
use crate::ingest::readers::word::{
    blocks::{Block, Cell, Row},
    fields::Fields,
    fonts::LegacyFonts,
};

/// Most paragraphs of one part.
const PARAGRAPHS_MAX: usize = 1_000_000;
/// Most cells of one row.
const CELLS_MAX: usize = 1_000;

/// A call of a footnote or endnote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteCall {
    /// Whether it is an endnote.
    pub at_end: bool,
    /// Its id in the part that holds the notes.
    pub id: String,
    /// Its mark in the text.
    pub mark: String,
}

/// Text of a paragraph whose mark is gone: the next one goes on with it.
#[derive(Default)]
struct Carried {
    text: String,
    has_label: bool,
}

/// A part being read.
pub struct Body<'a> {
    /// Where reading stands.
    pub xml: Xml<'a>,
    /// Styles of the document.
    pub styles: &'a Styles,
    /// Lists and their counts.
    pub numbering: Numbering,
    /// Calls of notes met.
    pub calls: Vec<NoteCall>,
    /// Text in legacy fonts met.
    pub fonts: LegacyFonts,
    /// Parts of other formats embedded, which are not read.
    pub embedded: usize,
    /// Whether a limit cut the part short.
    pub cut: bool,
    pub(super) fields: Fields,
    carried: Carried,
    paragraphs: usize,
}

impl<'a> Body<'a> {
    /// Starts on a part.
    pub fn new(part: &'a str, styles: &'a Styles, numbering: Numbering) -> Self {
        Self {
            xml: Xml::new(part),
            styles,
            numbering,
            calls: Vec::new(),
            fonts: LegacyFonts::default(),
            embedded: 0,
            cut: false,
            fields: Fields::default(),
            carried: Carried::default(),
            paragraphs: 0,
        }
    }

    /// Reads the whole part.
    pub fn read(&mut self) -> Vec<Block> {
        let mut blocks = Vec::new();
        while let Some(node) = self.xml.next() {
            if let Node::Open(element) = node {
                let name = element.name().to_owned();
                self.block(&name, &mut blocks);
            }
        }
        self.let_go(&mut blocks);
        blocks
    }

    /// Reads the children of the element opened last.
    pub fn blocks(&mut self, out: &mut Vec<Block>) {
        while let Some(element) = self.xml.child() {
            let name = element.name().to_owned();
            self.block(&name, out);
        }
    }

    fn block(&mut self, name: &str, out: &mut Vec<Block>) {
        match name {
            "p" => self.paragraph(out),
            "tbl" => self.table(out),
            "sdt" => self.content_control(|body| body.blocks(out)),
            "AlternateContent" => self.alternate(|body| {
                let before = out.len();
                body.blocks(out);
                before < out.len()
            }),
            "altChunk" => {
                self.embedded += 1;
                self.xml.skip();
            }
            name if is_no_text(name) => self.xml.skip(),
            _ => self.blocks(out),
        }
    }

    /// Reads `p`, the text boxes anchored in it behind it.
    pub(super) fn paragraph(&mut self, out: &mut Vec<Block>) {
        self.paragraphs += 1;
        if PARAGRAPHS_MAX < self.paragraphs {
            self.cut = true;
            return self.xml.skip();
        }
        let mut inline = Inline::default();
        // What is carried belongs to this paragraph, not to a text box within it.
        let carried = std::mem::take(&mut self.carried);
        self.inline(&mut inline);
        self.fields.end_paragraph();
        let mark = &inline.properties.mark;
        let goes_on = mark.deleted || mark.hidden == Some(true);
        let is_empty = inline.text.trim().is_empty();
        let label = if carried.has_label || (goes_on && (mark.deleted || is_empty)) {
            None
        } else {
            self.label(&inline.properties)
        };
        let is_bare_bullet = is_empty && label.as_deref().is_some_and(|l| matches!(l, "- " | "+ " | "* "));
        let label = label.filter(|_| !is_bare_bullet);
        let has_label = carried.has_label || label.is_some();
        let text = format!("{}{}{}", label.unwrap_or_default(), carried.text, inline.text);
        if goes_on {
            self.carried = Carried { text, has_label };
        } else if !text.trim().is_empty() {
            out.push(Block::Paragraph(text));
        }
        out.append(&mut inline.beside);
    }

    fn label(&mut self, properties: &ParagraphProperties) -> Option<String> {
        let numbering = &self.numbering;
        let (list, level) = self.styles.list(properties, |list, style| numbering.level_of_style(list, style))?;
        self.numbering.lists.label(list, level)
    }

    /// What is carried at the end of a cell or part is a paragraph after all.
    fn let_go(&mut self, out: &mut Vec<Block>) {
        let text = std::mem::take(&mut self.carried).text;
        if !text.trim().is_empty() {
            out.push(Block::Paragraph(text));
        }
    }

    fn table(&mut self, out: &mut Vec<Block>) {
        self.let_go(out);
        let mut rows = Vec::new();
        self.rows(&mut rows);
        if !rows.is_empty() {
            out.push(Block::Table(rows));
        }
    }

    fn rows(&mut self, rows: &mut Vec<Row>) {
        while let Some(element) = self.xml.child() {
            match element.name() {
                "tr" => {
                    let mut row = Row::new();
                    let is_deleted = self.cells(&mut row);
                    if !is_deleted && !row.is_empty() {
                        rows.push(row);
                    }
                }
                "sdt" => self.content_control(|body| body.rows(rows)),
                name if is_no_text(name) => self.xml.skip(),
                _ => self.rows(rows),
            }
        }
    }

    /// Reads the cells of a row; whether the row is a deleted one.
    fn cells(&mut self, row: &mut Row) -> bool {
        let mut is_deleted = false;
        while let Some(element) = self.xml.child() {
            match element.name() {
                "tc" if row.len() < CELLS_MAX => {
                    let mut cell = Cell::new();
                    self.blocks(&mut cell);
                    self.let_go(&mut cell);
                    row.push(cell);
                }
                "trPr" => {
                    while let Some(property) = self.xml.child() {
                        is_deleted |= property.name() == "del";
                        self.xml.skip();
                    }
                }
                "sdt" => self.content_control(|body| is_deleted |= body.cells(row)),
                name if is_no_text(name) || name == "tc" => self.xml.skip(),
                _ => is_deleted |= self.cells(row),
            }
        }
        is_deleted
    }

    /// Reads a content control: its content, unless that is a prompt to fill it in or a
    /// table of contents made by Word.
    pub(super) fn content_control(&mut self, mut read: impl FnMut(&mut Self)) {
        let mut is_prompt = false;
        while let Some(element) = self.xml.child() {
            match element.name() {
                "sdtPr" => is_prompt = self.is_prompt(),
                "sdtContent" if !is_prompt => read(self),
                _ => self.xml.skip(),
            }
        }
    }

    fn is_prompt(&mut self) -> bool {
        let mut is_prompt = false;
        while let Some(property) = self.xml.child() {
            match property.name() {
                "showingPlcHdr" => is_prompt |= property.is_on(),
                "docPartObj" => {
                    while let Some(part) = self.xml.child() {
                        is_prompt |=
                            part.name() == "docPartGallery" && part.value().as_deref() == Some("Table of Contents");
                        self.xml.skip();
                    }
                    continue;
                }
                _ => {}
            }
            self.xml.skip();
        }
        is_prompt
    }

    /// Reads the first branch of alternate content that gives text (`read` tells).
    pub(super) fn alternate(&mut self, mut read: impl FnMut(&mut Self) -> bool) {
        let mut is_taken = false;
        while let Some(branch) = self.xml.child() {
            if !is_taken && matches!(branch.name(), "Choice" | "Fallback") {
                is_taken = read(self);
            } else {
                self.xml.skip();
            }
        }
    }
}

/// Elements whose content is no text of the document.
pub(super) fn is_no_text(name: &str) -> bool {
    matches!(
        name,
        "del"
            | "moveFrom"
            | "delText"
            | "instrText"
            | "delInstrText"
            | "sectPr"
            | "tblPr"
            | "tblGrid"
            | "tblPrEx"
            | "tcPr"
            | "rPr"
            | "pPr"
            | "sdtPr"
            | "sdtEndPr"
            | "smartTagPr"
            | "customXmlPr"
            | "rt"
            | "binData"
            | "fonts"
            | "styles"
            | "lists"
            | "docPr"
            | "DocumentProperties"
            | "background"
            | "hdr"
            | "ftr"
    ) || name.ends_with("Change")
}
