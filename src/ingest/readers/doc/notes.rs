/*!
Notes and text boxes: texts behind the document's own, called from places within it.
*/

use std::collections::HashMap;

use super::{
    bytes::Bytes,
    fib::{Fib, Part},
};

/// A note called in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its mark, where Word counts; else the letter at its place is the mark.
    pub mark: String,
    /// Whether Word counts it.
    pub is_counted: bool,
    /// First character of its text.
    pub start: usize,
    /// Where its text ends.
    pub end: usize,
}

/// What is called from where.
#[derive(Debug, Default)]
pub struct Called {
    /// Notes by the place of their calls.
    pub notes: HashMap<usize, Note>,
    /// Text boxes (first character and end) by the place of their anchors.
    pub boxes: HashMap<usize, Vec<(usize, usize)>>,
}

impl Called {
    /// Reads the tables of calls.
    pub fn read(fib: &Fib, table: Bytes<'_>) -> Self {
        let mut called = Self::default();
        let lengths = fib.lengths;
        let footnotes = lengths.text;
        let endnotes = footnotes.saturating_add(lengths.footnotes).saturating_add(lengths.between);
        let boxes = endnotes.saturating_add(lengths.endnotes);
        let part = |part| fib.part(table, part);
        called.add_notes(part(Part::FootnoteCalls), part(Part::FootnoteTexts), footnotes, "");
        called.add_notes(part(Part::EndnoteCalls), part(Part::EndnoteTexts), endnotes, "e");
        called.add_boxes(part(Part::Drawings), part(Part::Boxes), boxes);
        called
    }

    fn add_notes(&mut self, calls: Bytes<'_>, texts: Bytes<'_>, base: usize, prefix: &str) {
        let mut count = 0;
        for (index, (place, _, data)) in calls.places(2).into_iter().enumerate() {
            let is_counted = Bytes(data).u16(0) != Some(0);
            count += usize::from(is_counted);
            let (Some(start), Some(end)) = (texts.size32(4 * index), texts.size32(4 * index + 4)) else { break };
            let (start, end) = (base.saturating_add(start), base.saturating_add(end));
            self.notes.insert(place, Note { mark: format!("{prefix}{count}"), is_counted, start, end });
        }
    }

    fn add_boxes(&mut self, drawings: Bytes<'_>, boxes: Bytes<'_>, base: usize) {
        let anchors = drawings.places(26).into_iter();
        let anchors: HashMap<i32, usize> =
            anchors.filter_map(|(place, _, data)| Some((Bytes(data).i32(0)?, place))).collect();
        for (start, end, data) in boxes.places(22) {
            let Some(anchor) = Bytes(data).i32(14).and_then(|id| anchors.get(&id)) else { continue };
            let span = (base.saturating_add(start), base.saturating_add(end));
            self.boxes.entry(*anchor).or_default().push(span);
        }
    }
}
