/*!
Rich text format, as old offices save it: text with control words between.

Labels of lists stand in the file as text, so nothing is counted here. Letters of one byte
are read in the code page of their font.
*/

use std::collections::HashMap;

use encoding_rs::{Encoding, GBK, SHIFT_JIS, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1258};

use super::word::blocks::{self, Block, Row, one_line};
use crate::{
    ingest::{
        problem::{Problem, ProblemKind},
        source_text::{FOOTNOTE_CLOSE, FOOTNOTE_OPEN, Footnote, SourceText},
    },
    law::Trust,
};

/// Deepest nesting of groups.
const DEPTH_MAX: usize = 2_000;
/// Longest control word, in bytes.
const WORD_BYTES_MAX: usize = 40;

/// Groups that hold no text of the document.
const NO_TEXT: [&str; 22] = [
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "object",
    "header",
    "headerl",
    "headerr",
    "headerf",
    "footer",
    "footerl",
    "footerr",
    "footerf",
    "fldinst",
    "listtable",
    "listoverridetable",
    "revtbl",
    "rsidtbl",
    "generator",
    "xmlnstbl",
    "themedata",
    "annotation",
];
/// Groups marked as unknown to old readers that do hold text.
const TEXT_AFTER_STAR: [&str; 4] = ["shptxt", "pntext", "shpinst", "listtext"];

#[derive(Debug, Clone, Copy)]
struct State {
    is_skipped: bool,
    is_hidden: bool,
    in_fonts: bool,
    in_note: bool,
    font: i32,
    after_unicode: usize,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    states: Vec<State>,
    state: State,
    encodings: HashMap<i32, &'static Encoding>,
    default: &'static Encoding,
    font_read: i32,
    pending: Vec<u8>,
    skip_letters: usize,
    star: bool,
    high: Option<u16>,
    text: String,
    note: String,
    in_table: bool,
    cell: Vec<Block>,
    row: Row,
    rows: Vec<Row>,
    blocks: Vec<Block>,
    footnotes: Vec<Footnote>,
    is_cut: bool,
}

/// Reads an RTF file.
pub fn read(bytes: &[u8]) -> SourceText {
    let state =
        State { is_skipped: false, is_hidden: false, in_fonts: false, in_note: false, font: 0, after_unicode: 1 };
    let mut reader = Reader {
        bytes,
        at: 0,
        states: Vec::new(),
        state,
        encodings: HashMap::new(),
        default: WINDOWS_1252,
        font_read: 0,
        pending: Vec::new(),
        skip_letters: 0,
        star: false,
        high: None,
        text: String::new(),
        note: String::new(),
        in_table: false,
        cell: Vec::new(),
        row: Row::new(),
        rows: Vec::new(),
        blocks: Vec::new(),
        footnotes: Vec::new(),
        is_cut: false,
    };
    reader.run();
    let mut source = SourceText { trust: Trust::File, ..SourceText::default() };
    blocks::write(&reader.blocks, &mut source.text);
    source.footnotes = reader.footnotes;
    if reader.is_cut {
        let why = "the text breaks off: the RTF file is damaged";
        source.problems.push(Problem::new(source.text.lines().count(), ProblemKind::Unreadable, why));
        source.incomplete = Some(why.to_owned());
    } else if source.text.is_empty() {
        source.problems.push(Problem::new(0, ProblemKind::Unreadable, "there is no text in it, perhaps only pictures"));
    }
    source
}

impl Reader<'_> {
    fn run(&mut self) {
        while let Some(byte) = self.bytes.get(self.at).copied() {
            self.at += 1;
            match byte {
                b'{' => {
                    self.flush();
                    if DEPTH_MAX < self.states.len() {
                        self.is_cut = true;
                        break;
                    }
                    self.states.push(self.state);
                }
                b'}' => {
                    self.flush();
                    self.end_group();
                    if self.states.is_empty() {
                        break;
                    }
                }
                b'\\' => self.control(),
                b'\r' | b'\n' => {}
                byte => self.letter(byte),
            }
        }
        self.is_cut |= !self.states.is_empty();
        self.flush();
        self.paragraph();
        self.end_table();
    }

    fn end_group(&mut self) {
        self.star = false;
        self.skip_letters = 0;
        let Some(state) = self.states.pop() else { return };
        if self.state.in_note && !state.in_note {
            let mark = (self.footnotes.len() + 1).to_string();
            let text = one_line(&[Block::Paragraph(std::mem::take(&mut self.note))]);
            self.text.extend([FOOTNOTE_OPEN]);
            self.text.push_str(&mark);
            self.text.extend([FOOTNOTE_CLOSE]);
            self.footnotes.push(Footnote { mark, text });
        }
        self.state = state;
    }

    /// A letter of one byte, decoded with those beside it.
    fn letter(&mut self, byte: u8) {
        if 0 < self.skip_letters {
            self.skip_letters -= 1;
        } else if !self.state.is_skipped {
            self.pending.push(byte);
        }
    }

    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.pending);
        let encoding = self.encodings.get(&self.state.font).copied().unwrap_or(self.default);
        let text = encoding.decode_without_bom_handling(&bytes).0.into_owned();
        self.push(&text);
    }

    fn push(&mut self, text: &str) {
        if self.state.is_skipped || self.state.is_hidden || self.state.in_fonts {
            return;
        }
        if self.state.in_note { self.note.push_str(text) } else { self.text.push_str(text) }
    }

    fn control(&mut self) {
        let Some(byte) = self.bytes.get(self.at).copied() else { return };
        if !byte.is_ascii_alphabetic() {
            self.at += 1;
            return self.sign(byte);
        }
        let rest = &self.bytes[self.at..];
        let length = rest.iter().take(WORD_BYTES_MAX).take_while(|b| b.is_ascii_alphabetic()).count();
        let word = String::from_utf8_lossy(&rest[..length]).into_owned();
        let digits = rest[length..].iter().take(11).take_while(|b| b.is_ascii_digit() || **b == b'-').count();
        let number = std::str::from_utf8(&rest[length..length + digits]).ok().and_then(|digits| digits.parse().ok());
        self.at += length + digits;
        if self.bytes.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        if word == "bin" {
            self.at = self.at.saturating_add(number.and_then(|n: i32| usize::try_from(n).ok()).unwrap_or(0));
            return;
        }
        self.flush();
        self.word(&word, number);
    }

    fn sign(&mut self, sign: u8) {
        match sign {
            b'\'' => {
                let code = self.bytes.get(self.at..self.at + 2).and_then(|hex| std::str::from_utf8(hex).ok());
                if let Some(byte) = code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                    self.at += 2;
                    self.letter(byte);
                }
            }
            b'*' => self.star = true,
            b'~' => self.letter(b' '),
            b'_' => self.letter(b'-'),
            b'\\' | b'{' | b'}' => self.letter(sign),
            b'\r' | b'\n' => {
                self.flush();
                self.paragraph();
            }
            _ => {}
        }
    }

    fn word(&mut self, word: &str, number: Option<i32>) {
        let is_on = number != Some(0);
        if std::mem::take(&mut self.star) && !TEXT_AFTER_STAR.contains(&word) {
            self.state.is_skipped = true;
            return;
        }
        match word {
            "fonttbl" => self.state.in_fonts = true,
            word if NO_TEXT.contains(&word) => self.state.is_skipped = true,
            _ if self.state.is_skipped => {}
            "ansicpg" => self.default = code_page(number.unwrap_or(0)),
            "f" if self.state.in_fonts => self.font_read = number.unwrap_or(0),
            "f" => self.state.font = number.unwrap_or(0),
            "fcharset" if self.state.in_fonts => {
                let encoding = charset(number.unwrap_or(0)).unwrap_or(self.default);
                self.encodings.insert(self.font_read, encoding);
            }
            "uc" => self.state.after_unicode = number.and_then(|n| usize::try_from(n).ok()).unwrap_or(1).min(16),
            "u" => self.unicode(number.unwrap_or(0)),
            "v" => self.state.is_hidden = is_on,
            "deleted" => self.state.is_hidden = is_on,
            "plain" => self.state.is_hidden = false,
            "footnote" => {
                self.state.in_note = true;
                self.note.clear();
            }
            "par" | "sect" | "page" if !self.state.in_note => self.paragraph(),
            "par" | "line" | "lbr" => self.push("\n"),
            "tab" | "enspace" | "emspace" | "qmspace" => self.push(" "),
            "emdash" => self.push("—"),
            "endash" => self.push("–"),
            "bullet" => self.push("•"),
            "lquote" => self.push("‘"),
            "rquote" => self.push("’"),
            "ldblquote" => self.push("“"),
            "rdblquote" => self.push("”"),
            "intbl" => self.in_table = true,
            "pard" => self.in_table = false,
            "cell" => self.end_cell(),
            "nestcell" | "nestrow" => self.paragraph(),
            "row" => {
                let row = std::mem::take(&mut self.row);
                self.rows.push(row);
            }
            _ => {}
        }
    }

    fn unicode(&mut self, number: i32) {
        self.skip_letters = self.state.after_unicode;
        // Codes above 32767 are written as negative numbers, pairs as two codes.
        let unit = number as u16;
        let units = match (self.high.take(), unit) {
            (_, 0xD800..=0xDBFF) => {
                self.high = Some(unit);
                return;
            }
            (Some(high), 0xDC00..=0xDFFF) => vec![high, unit],
            _ => vec![unit],
        };
        self.push(&String::from_utf16_lossy(&units));
    }

    fn paragraph(&mut self) {
        let text = std::mem::take(&mut self.text);
        let is_empty = text.trim().is_empty();
        if self.in_table {
            self.cell.extend((!is_empty).then_some(Block::Paragraph(text)));
        } else if !is_empty {
            self.end_table();
            self.blocks.push(Block::Paragraph(text));
        }
    }

    fn end_cell(&mut self) {
        let text = std::mem::take(&mut self.text);
        let mut cell = std::mem::take(&mut self.cell);
        cell.extend((!text.trim().is_empty()).then_some(Block::Paragraph(text)));
        self.row.push(cell);
    }

    fn end_table(&mut self) {
        blocks::end_table(&mut self.blocks, &mut self.rows, &mut self.row, &mut self.cell);
    }
}

fn code_page(number: i32) -> &'static Encoding {
    match number {
        1258 => WINDOWS_1258,
        1250 => WINDOWS_1250,
        1251 => WINDOWS_1251,
        932 => SHIFT_JIS,
        936 => GBK,
        _ => WINDOWS_1252,
    }
}

fn charset(number: i32) -> Option<&'static Encoding> {
    match number {
        0 => Some(WINDOWS_1252),
        163 => Some(WINDOWS_1258),
        238 => Some(WINDOWS_1250),
        204 => Some(WINDOWS_1251),
        128 => Some(SHIFT_JIS),
        134 => Some(GBK),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_lists_tables_and_notes() {
        let file = "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0\\fcharset0 Times;}{\\f1\\fcharset163 Times;}}{\\stylesheet{\\s1 Normal;}}\n\
                    {\\*\\generator x}{\\header Trang}\\pard {\\listtext\\tab \\u272?i\\u7873?u 1.\\tab}\\u272\\'3fi\\u7873?u{\\v an}{\\footnote \\pard C\\'f3 note}\\par\n\
                    \\f1 ho\\'cca a\\'ec \\f0 A\\_B\\line d\\'f2ng\\par\\pard\\intbl m\\u7897?t\\par hai\\cell ba\\cell\\row\\pard {\\field{\\*\\fldinst REF}{\\fldrslt k\\'ea}} \\{x\\}\\par}";
        let source = read(file.as_bytes());
        let expected = "Điều 1. Điều\u{FFF9}1\u{FFFB}\nhòa á A-B\ndòng\nmột hai | ba\nkê {x}\n";
        assert_eq!(crate::law::text::stored_form(&source.text), expected);
        assert_eq!(source.footnotes, [Footnote { mark: "1".to_owned(), text: "Có note".to_owned() }]);
        assert!(source.incomplete.is_none());
        assert!(read(&file.as_bytes()[..300]).incomplete.is_some());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in "[{}\\\\a-z0-9 '*-]{0,200}") {
            read(&bytes);
            read(format!("{{\\rtf1 {text}").as_bytes());
        }
    }
}
