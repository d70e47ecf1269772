/*!
Word documents (`.docx`): a zip of XML parts.

Takes what the reader of the printed page sees: labels of automatic lists, results of
fields, insertions; not hidden or deleted text, headers and footers. Of the container's
properties nothing is used: they are what the template said years ago, and were found wrong
wherever they were not empty.
*/

mod body;
mod numbering;
mod parts;
mod run;
mod styles;
#[cfg(test)]
mod tests;
mod xml;

use std::collections::HashMap;

use body::{Body, NoteCall};
use numbering::Numbering;
use parts::Parts;
use styles::Styles;

use super::word::blocks;
use crate::{
    ingest::{
        problem::{Problem, ProblemKind},
        source_text::{Footnote, SourceText},
    },
    law::Trust,
};

/// Reads a `.docx` file.
pub fn read(bytes: &[u8]) -> SourceText {
    let mut parts = match Parts::open(bytes) {
        Ok(parts) => parts,
        Err(message) => return SourceText::unreadable(message),
    };
    let main = match parts.main() {
        Ok(main) => main,
        Err(message) => return SourceText::unreadable(message),
    };
    let mut problems = Vec::new();
    let mut part = |kind: &str| match parts.related(kind) {
        Ok(part) => part.unwrap_or_default(),
        Err(message) => {
            problems.push(Problem::new(0, ProblemKind::Unreadable, message));
            String::new()
        }
    };
    let styles = Styles::read(&part("styles"));
    let numbering = Numbering::read(&part("numbering"));
    let notes = [part("footnotes"), part("endnotes")];
    let mut source = read_parts(&main, &styles, numbering, &notes);
    source.problems.extend(problems);
    source
}

/// Reads a Word 2003 document in one XML file.
pub fn read_flat(bytes: &[u8]) -> SourceText {
    match parts::decode(bytes) {
        Some(text) => read_parts(&text, &Styles::default(), Numbering::default(), &[String::new(), String::new()]),
        None => SourceText::unreadable("the XML is neither UTF-8 nor UTF-16"),
    }
}

fn read_parts(main: &str, styles: &Styles, numbering: Numbering, notes: &[String; 2]) -> SourceText {
    let mut body = Body::new(main, styles, numbering.clone());
    let read = body.read();
    let mut source = SourceText { trust: Trust::File, ..SourceText::default() };
    blocks::write(&read, &mut source.text);
    source.problems.extend(body.fonts.problems());
    if 0 < body.embedded {
        let message = format!("{} embedded files of other formats are not read", body.embedded);
        source.problems.push(Problem::new(0, ProblemKind::Unreadable, message));
    }
    let why =
        body.xml.broken().map(str::to_owned).or_else(|| body.cut.then(|| "it has too many paragraphs".to_owned()));
    if let Some(why) = why {
        let lines = source.text.lines().count();
        let message = format!("the text breaks off: {why}");
        source.problems.push(Problem::new(lines, ProblemKind::Unreadable, message.clone()));
        source.incomplete = Some(message);
    }
    if source.text.is_empty() && source.problems.is_empty() {
        source.problems.push(Problem::new(0, ProblemKind::Unreadable, "there is no text in it, perhaps only pictures"));
    }
    let texts = [0, 1].map(|at| note_texts(&notes[at], styles, &numbering));
    source.footnotes = body.calls.into_iter().filter_map(|call| footnote(call, &texts)).collect();
    source
}

fn footnote(call: NoteCall, texts: &[HashMap<String, String>; 2]) -> Option<Footnote> {
    let text = texts[usize::from(call.at_end)].get(&call.id)?.clone();
    Some(Footnote { mark: call.mark, text })
}

/// Texts of the notes of a part by their ids.
fn note_texts(part: &str, styles: &Styles, numbering: &Numbering) -> HashMap<String, String> {
    let mut texts = HashMap::new();
    let mut body = Body::new(part, styles, numbering.clone());
    if part.is_empty() || body.xml.child().is_none() {
        return texts;
    }
    while let Some(note) = body.xml.child() {
        let Some(id) = note.attribute("id") else {
            body.xml.skip();
            continue;
        };
        let mut read = Vec::new();
        body.blocks(&mut read);
        texts.insert(id, blocks::one_line(&read));
    }
    texts
}
