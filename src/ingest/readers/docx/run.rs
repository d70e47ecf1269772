/*!
What stands within a paragraph: runs, fields, notes, drawings.
*/

use super::{
    body::{Body, NoteCall, is_no_text},
    styles::{ParagraphProperties, RunProperties},
    xml::Element,
};
use crate::ingest::{
    readers::word::{
        blocks::Block,
        fields::is_contents,
        symbols::{private_use, symbol},
    },
    source_text::{FOOTNOTE_CLOSE, FOOTNOTE_OPEN},
};

/// Longest own mark of a footnote, in characters.
const MARK_CHARS_MAX: usize = 12;

/// A paragraph being read.
#[derive(Debug, Default)]
pub struct Inline {
    /// Its properties.
    pub properties: ParagraphProperties,
    /// Its text.
    pub text: String,
    /// Text boxes anchored in it.
    pub beside: Vec<Block>,
}

impl Body<'_> {
    /// Reads the children of `p`, and of anything transparent within it.
    pub(super) fn inline(&mut self, inline: &mut Inline) {
        while let Some(element) = self.xml.child() {
            match element.name() {
                "pPr" => inline.properties = ParagraphProperties::read(&mut self.xml),
                "r" => self.run(inline),
                "p" => self.paragraph(&mut inline.beside),
                "txbxContent" => {
                    let fields = std::mem::take(&mut self.fields);
                    self.blocks(&mut inline.beside);
                    self.fields = fields;
                }
                "sdt" => self.content_control(|body| body.inline(inline)),
                "fldSimple" if is_contents(&element.attribute("instr").unwrap_or_default()) => self.xml.skip(),
                "AlternateContent" => self.alternate_inline(inline),
                name if is_no_text(name) => self.xml.skip(),
                _ => self.inline(inline),
            }
        }
    }

    fn alternate_inline(&mut self, inline: &mut Inline) {
        self.alternate(|body| {
            let before = (inline.text.len(), inline.beside.len());
            body.inline(inline);
            before != (inline.text.len(), inline.beside.len())
        });
    }

    fn run(&mut self, inline: &mut Inline) {
        let mut run = RunProperties::default();
        let mut own_mark: Option<NoteCall> = None;
        while let Some(element) = self.xml.child() {
            match element.name() {
                "rPr" => {
                    run = RunProperties::read(&mut self.xml);
                    continue;
                }
                "t" => {
                    let text = self.xml.text();
                    match own_mark.take() {
                        Some(call) => self.own_mark(call, &text, inline),
                        None => self.push(&text, &run, inline),
                    }
                    continue;
                }
                "AlternateContent" => {
                    self.alternate_inline(inline);
                    continue;
                }
                "tab" | "ptab" => self.push(" ", &run, inline),
                "br" | "cr" => self.push("\n", &run, inline),
                "noBreakHyphen" => self.push("-", &run, inline),
                "sym" => self.symbol(&element, &run, inline),
                "fldChar" => self.field(&element),
                "instrText" => {
                    let code = self.xml.text();
                    self.fields.code(&code);
                    continue;
                }
                "footnoteReference" | "endnoteReference" => own_mark = self.note(&element, &run, inline),
                "drawing" | "pict" | "object" | "ruby" | "rubyBase" => {
                    self.inline(inline);
                    continue;
                }
                _ => {}
            }
            self.xml.skip();
        }
    }

    fn is_hidden(&self, run: &RunProperties, inline: &Inline) -> bool {
        self.fields.hide() || self.styles.of_run(run, &inline.properties, |run| run.hidden) == Some(true)
    }

    fn push(&mut self, text: &str, run: &RunProperties, inline: &mut Inline) {
        if self.is_hidden(run, inline) {
            return;
        }
        if let Some(font) = self.styles.of_run(run, &inline.properties, |run| run.font.clone()) {
            self.fonts.note(&font, text);
        }
        let shown = text.chars().filter(|c| *c != '\u{AD}').filter_map(|c| match c {
            '\u{E000}'..='\u{F8FF}' => private_use(c),
            c => Some(c),
        });
        if self.styles.of_run(run, &inline.properties, |run| run.capitals) == Some(true) {
            inline.text.extend(shown.flat_map(char::to_uppercase));
        } else {
            inline.text.extend(shown);
        }
    }

    fn symbol(&mut self, element: &Element<'_>, run: &RunProperties, inline: &mut Inline) {
        let code = element.attribute("char").and_then(|code| u32::from_str_radix(code.trim(), 16).ok());
        let shown = code.and_then(|code| symbol(&element.attribute("font").unwrap_or_default(), code));
        if let Some(shown) = shown
            && !self.is_hidden(run, inline)
        {
            inline.text.push(shown);
        }
    }

    fn field(&mut self, element: &Element<'_>) {
        match element.attribute("fldCharType").as_deref() {
            Some("begin") => self.fields.begin(),
            Some("separate") => self.fields.separate(),
            Some("end") => self.fields.end(),
            _ => {}
        }
    }

    /// Sets the mark of a note; a note with a mark of its own is given back, the mark follows.
    fn note(&mut self, element: &Element<'_>, run: &RunProperties, inline: &mut Inline) -> Option<NoteCall> {
        if self.is_hidden(run, inline) {
            return None;
        }
        let at_end = element.name() == "endnoteReference";
        let call = NoteCall { at_end, id: element.attribute("id")?, mark: self.next_mark(at_end) };
        let has_own = matches!(element.attribute("customMarkFollows").as_deref(), Some("1" | "true" | "on"));
        if has_own {
            return Some(call);
        }
        self.call(call, inline);
        None
    }

    /// A mark that no note has yet: 1, 2, 3, and i, ii, iii for endnotes beside footnotes.
    fn next_mark(&self, at_end: bool) -> String {
        let count = 1 + self.calls.iter().filter(|call| call.at_end == at_end).count();
        if at_end { format!("e{count}") } else { count.to_string() }
    }

    fn own_mark(&mut self, mut call: NoteCall, text: &str, inline: &mut Inline) {
        let mark = text.trim();
        let is_free = !mark.is_empty() && self.calls.iter().all(|other| other.mark != mark);
        if is_free && mark.chars().count() <= MARK_CHARS_MAX {
            call.mark = mark.to_owned();
        }
        self.call(call, inline);
    }

    fn call(&mut self, call: NoteCall, inline: &mut Inline) {
        inline.text.push(FOOTNOTE_OPEN);
        inline.text.push_str(&call.mark);
        inline.text.push(FOOTNOTE_CLOSE);
        self.calls.push(call);
    }
}
