/*!
Word 97 to 2003 (`.doc`): an OLE file whose text lies in pieces.

Read in process, without a converter: pieces, properties of paragraphs (tables, lists) and
of characters (hidden and deleted text, symbols), styles, notes, text boxes. Of Word 6 and 95
the bare text is read.
*/

mod bytes;
mod fib;
mod lists;
mod notes;
mod pieces;
mod properties;
mod sheet;
#[cfg(test)]
mod tests;
mod text;

use std::io::{Cursor, Read as _};

use bytes::Bytes;
use cfb::CompoundFile;
use fib::{Fib, Part};
use lists::Numbering;
use notes::Called;
use pieces::Text;
use sheet::Styles;
use text::{Document, Reading};

use super::word::blocks;
use crate::{
    ingest::{
        problem::{Problem, ProblemKind},
        source_text::SourceText,
    },
    law::Trust,
};

/// Longest stream, in bytes.
const STREAM_BYTES_MAX: u64 = 256 << 20;

type Ole<'a> = CompoundFile<Cursor<&'a [u8]>>;

/// Reads a `.doc` file.
pub fn read(bytes: &[u8]) -> SourceText {
    let mut ole = match CompoundFile::open(Cursor::new(bytes)) {
        Ok(ole) => ole,
        Err(error) => {
            return SourceText::unreadable(format!("the Word file is damaged: {error}; save it again from Word"));
        }
    };
    if ole.exists("/EncryptedPackage") {
        return SourceText::unreadable("the Word file is protected by a password; save it without one");
    }
    let Some(main) = stream(&mut ole, "/WordDocument") else {
        return SourceText::unreadable(what_else(&ole));
    };
    let main = Bytes(&main);
    let Some(fib) = Fib::read(main) else {
        return SourceText::unreadable("the Word file is damaged or older than Word 6; save it as .docx");
    };
    if fib.is_encrypted {
        return SourceText::unreadable("the Word file is protected by a password; save it without one");
    }
    if fib.is_old && fib.is_old_complex {
        return SourceText::unreadable("the Word 95 file was saved in pieces; save it as .docx");
    }
    let table = if fib.is_old { Vec::new() } else { stream(&mut ole, &format!("/{}", fib.table)).unwrap_or_default() };
    read_streams(main, Bytes(&table), &fib)
}

fn stream(ole: &mut Ole<'_>, name: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let stream = ole.open_stream(name).ok()?;
    // What was read before the damage is worth reading.
    let read = stream.take(STREAM_BYTES_MAX).read_to_end(&mut bytes);
    (read.is_ok() || !bytes.is_empty()).then_some(bytes)
}

fn what_else(ole: &Ole<'_>) -> String {
    let what = if ole.exists("/Workbook") || ole.exists("/Book") {
        "an Excel workbook"
    } else if ole.exists("/PowerPoint Document") {
        "a PowerPoint file"
    } else {
        "of another program"
    };
    format!("it is {what}, not a Word document; save it as .docx")
}

fn read_streams(main: Bytes<'_>, table: Bytes<'_>, fib: &Fib) -> SourceText {
    let part = |part| fib.part(table, part);
    let text = if fib.is_old {
        Text::whole(main, fib.old_start, fib.lengths.text)
    } else {
        Text::read(main, part(Part::Pieces))
    };
    let document = Document {
        paragraphs: properties::paragraphs(main, part(Part::Paragraphs)),
        characters: properties::characters(main, part(Part::Characters)),
        styles: Styles::read(part(Part::Styles)),
        fonts: sheet::fonts(part(Part::Fonts)),
        called: Called::read(fib, table),
        text,
    };
    let numbering = Numbering::read(fib.rest(table, Part::Definitions), part(Part::Lists));
    let mut reading = Reading::new(&document, numbering);
    let read = reading.read(0, fib.lengths.text);
    let mut source = SourceText { trust: Trust::File, ..SourceText::default() };
    blocks::write(&read, &mut source.text);
    source.problems.extend(reading.legacy.problems());
    source.footnotes = reading.footnotes;
    if document.text.is_cut || document.text.units.len() < fib.lengths.text {
        let message = "the text breaks off: the Word file is damaged";
        let lines = source.text.lines().count();
        source.problems.push(Problem::new(lines, ProblemKind::Unreadable, message));
        source.incomplete = Some(message.to_owned());
    } else if source.text.is_empty() {
        let message = "there is no text in it, perhaps only pictures";
        source.problems.push(Problem::new(0, ProblemKind::Unreadable, message));
    }
    source
}
