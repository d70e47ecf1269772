/*!
Characters and their properties -> paragraphs and tables.
*/

use super::{
    lists::Numbering,
    notes::Called,
    pieces::Text,
    properties::{Characters, Paragraph, Runs},
    sheet::Styles,
};
use crate::ingest::{
    readers::word::{
        blocks::{self, Block, Row, one_line},
        fields::Fields,
        fonts::LegacyFonts,
        symbols::{private_use, symbol},
    },
    source_text::{FOOTNOTE_CLOSE, FOOTNOTE_OPEN, Footnote},
};

/// Text boxes within text boxes are not followed further than this.
const BOXES_DEPTH_MAX: usize = 2;
/// Longest chain of text boxes read in all.
const BOXES_MAX: usize = 10_000;

/// Everything a file says of its text.
pub struct Document {
    /// The characters.
    pub text: Text,
    /// Properties of paragraphs.
    pub paragraphs: Runs<Paragraph>,
    /// Properties of characters.
    pub characters: Runs<Characters>,
    /// Styles.
    pub styles: Styles,
    /// Names of fonts.
    pub fonts: Vec<String>,
    /// Notes and text boxes.
    pub called: Called,
}

/// A reading of a document.
pub struct Reading<'a> {
    document: &'a Document,
    numbering: Numbering,
    /// Notes called, in order.
    pub footnotes: Vec<Footnote>,
    /// Text in legacy fonts.
    pub legacy: LegacyFonts,
    boxes: usize,
}

/// What is gathered of a stretch of text.
#[derive(Default)]
struct Gathered {
    blocks: Vec<Block>,
    rows: Vec<Row>,
    row: Row,
    cell: Vec<Block>,
    fields: Fields,
    line: Vec<u16>,
    beside: Vec<Block>,
}

impl Gathered {
    fn end_table(&mut self) {
        blocks::end_table(&mut self.blocks, &mut self.rows, &mut self.row, &mut self.cell);
    }
}

impl<'a> Reading<'a> {
    /// Starts reading.
    pub fn new(document: &'a Document, numbering: Numbering) -> Self {
        Self { document, numbering, footnotes: Vec::new(), legacy: LegacyFonts::default(), boxes: 0 }
    }

    /// Reads the characters from `start` to `end`.
    pub fn read(&mut self, start: usize, end: usize) -> Vec<Block> {
        self.stretch(start, end, 0)
    }

    fn stretch(&mut self, start: usize, end: usize, depth: usize) -> Vec<Block> {
        let document = self.document;
        let end = end.min(document.text.units.len());
        let mut gathered = Gathered::default();
        let mut at = start;
        while at < end {
            let mark = (at..end).find(|at| matches!(document.text.units[*at], 0x07 | 0x0C | 0x0D));
            let stop = mark.unwrap_or(end);
            let place = document.text.place(stop.min(end - 1));
            let paragraph = place.and_then(|place| document.paragraphs.at(place)).unwrap_or_default();
            let joins = self.paragraph(at..stop, &paragraph, &mut gathered, depth);
            self.finish(mark.map(|at| document.text.units[at]), &paragraph, joins, &mut gathered);
            at = stop + 1;
        }
        self.finish(Some(0x0D), &Paragraph::default(), false, &mut gathered);
        gathered.end_table();
        gathered.blocks
    }

    /// Adds a paragraph's characters to the open line; whether its mark is gone, so that the
    /// next paragraph goes on with it.
    fn paragraph(
        &mut self,
        range: std::ops::Range<usize>,
        paragraph: &Paragraph,
        gathered: &mut Gathered,
        depth: usize,
    ) -> bool {
        let stop = range.end;
        let mut own_mark: Option<usize> = None;
        for at in range {
            let unit = self.document.text.units[at];
            let properties = self.properties(at);
            if let Some(spans) = self.document.called.boxes.get(&at)
                && depth < BOXES_DEPTH_MAX
            {
                for (start, end) in spans {
                    self.boxes += 1;
                    if self.boxes <= BOXES_MAX {
                        gathered.beside.extend(self.stretch(*start, *end, depth + 1));
                    }
                }
            }
            if let Some(note) = self.document.called.notes.get(&at)
                && depth == 0
                && !self.is_hidden(&properties, paragraph, gathered)
            {
                if note.is_counted || unit < 0x20 {
                    self.call(note.mark.clone(), (note.start, note.end), gathered);
                    own_mark = None;
                    continue;
                }
                own_mark = Some(at);
            }
            match unit {
                0x13 => gathered.fields.begin(),
                0x14 => gathered.fields.separate(),
                0x15 => gathered.fields.end(),
                _ if gathered.fields.in_code() => {
                    gathered.fields.code(&String::from_utf16_lossy(&[unit]));
                }
                _ if self.is_hidden(&properties, paragraph, gathered) => {}
                _ if own_mark == Some(at) => {
                    let note = &self.document.called.notes[&at];
                    self.call(String::from_utf16_lossy(&[unit]), (note.start, note.end), gathered);
                }
                _ => self.character(unit, &properties, paragraph, gathered),
            }
        }
        let mark = self.properties(stop);
        let is_cell = self.document.text.units.get(stop) == Some(&0x07);
        !is_cell && (mark.deleted || mark.hidden == Some(true))
    }

    fn properties(&self, at: usize) -> Characters {
        self.document.text.place(at).and_then(|place| self.document.characters.at(place)).unwrap_or_default()
    }

    fn is_hidden(&self, characters: &Characters, paragraph: &Paragraph, gathered: &Gathered) -> bool {
        gathered.fields.hide()
            || characters.deleted
            || self.document.styles.of(characters, paragraph, |c| c.hidden) == Some(true)
    }

    fn call(&mut self, mark: String, (start, end): (usize, usize), gathered: &mut Gathered) {
        let is_free = self.footnotes.iter().all(|note| note.mark != mark);
        let mark = if is_free { mark } else { format!("{mark}{}", self.footnotes.len() + 1) };
        gathered.line.push(FOOTNOTE_OPEN as u16);
        gathered.line.extend(mark.encode_utf16());
        gathered.line.push(FOOTNOTE_CLOSE as u16);
        // Notes have no notes, so this ends.
        let text = one_line(&self.stretch(start, end, BOXES_DEPTH_MAX));
        self.footnotes.push(Footnote { mark, text });
    }

    fn character(&mut self, unit: u16, characters: &Characters, paragraph: &Paragraph, gathered: &mut Gathered) {
        let font = |number: u16| self.document.fonts.get(usize::from(number)).map(String::as_str).unwrap_or_default();
        if let Some((number, code)) = characters.symbol
            && characters.special
        {
            gathered.line.extend(symbol(font(number), u32::from(code)).and_then(|c| u16::try_from(u32::from(c)).ok()));
            return;
        }
        match unit {
            0x09 | 0xA0 => gathered.line.push(0x20),
            0x0B | 0x0E => gathered.line.push(0x0A),
            0x1E => gathered.line.push(u16::from(b'-')),
            // Marks of notes, pictures, drawings and comments; the optional hyphen.
            0..=0x1F | 0xAD => {}
            0xE000..=0xF8FF => {
                let shown = char::from_u32(u32::from(unit)).and_then(private_use);
                gathered.line.extend(shown.and_then(|c| u16::try_from(u32::from(c)).ok()));
            }
            _ => {
                if unit >= 0xA1
                    && let Some(number) = self.document.styles.of(characters, paragraph, |c| c.font)
                {
                    self.legacy.note(font(number), &String::from_utf16_lossy(&[unit]));
                }
                let capitals = self.document.styles.of(characters, paragraph, |c| c.capitals) == Some(true);
                match char::from_u32(u32::from(unit)).filter(|_| capitals) {
                    Some(c) => {
                        let upper: String = c.to_uppercase().collect();
                        gathered.line.extend(upper.encode_utf16());
                    }
                    None => gathered.line.push(unit),
                }
            }
        }
    }

    /// Ends a paragraph, cell or row at its mark.
    fn finish(&mut self, mark: Option<u16>, paragraph: &Paragraph, joins: bool, gathered: &mut Gathered) {
        gathered.fields.end_paragraph();
        if joins {
            return;
        }
        let text = String::from_utf16_lossy(&std::mem::take(&mut gathered.line));
        let is_cell = mark == Some(0x07);
        // Without properties, a mark right behind a cell's is the row's.
        let ends_row = is_cell
            && (paragraph.ends_row
                || (self.document.paragraphs.is_empty()
                    && text.is_empty()
                    && gathered.cell.is_empty()
                    && !gathered.row.is_empty()));
        if ends_row {
            let row = std::mem::take(&mut gathered.row);
            gathered.rows.push(row);
            return;
        }
        let mut blocks: Vec<Block> = Vec::new();
        let is_empty = text.trim().is_empty();
        let styles = &self.document.styles;
        let numbering = &mut self.numbering;
        let list = styles.list(paragraph, |list, style| numbering.level_of_style(list, style));
        let label = list.and_then(|(list, level)| numbering.lists.label(list, level));
        let label = label.filter(|label| !is_empty || !matches!(label.as_str(), "- " | "+ " | "* "));
        let text = label.unwrap_or_default() + &text;
        if !text.trim().is_empty() {
            blocks.push(Block::Paragraph(text));
        }
        blocks.append(&mut gathered.beside);
        if is_cell {
            gathered.cell.append(&mut blocks);
            let cell = std::mem::take(&mut gathered.cell);
            gathered.row.push(cell);
        } else if paragraph.in_table {
            gathered.cell.append(&mut blocks);
        } else {
            // The end of a stretch is no paragraph that ends a table.
            let is_outside = !self.document.paragraphs.is_empty() || gathered.row.is_empty();
            if is_outside {
                gathered.end_table();
                gathered.blocks.append(&mut blocks);
            } else {
                gathered.cell.append(&mut blocks);
            }
        }
    }
}
