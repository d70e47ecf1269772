/*!
What is no part of a document's words: invisible letters, look-alikes, signing boxes, the
marks of footnotes.
*/

use super::source_text::{FOOTNOTE_CLOSE, FOOTNOTE_OPEN};

/// Lines at the head of a file that may be a digital signature's box.
const SIGNING_LINES_MAX: usize = 12;

/// Letters as they are meant: no soft hyphens or zero-width letters, plain spaces, no
/// ligatures, Đ for the Icelandic Ð that old converters write.
pub fn letters(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{202A}'..='\u{202E}' | '\u{FFFC}' => {}
            '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' | '\t' => {
                out.push(' ')
            }
            '\u{2028}' | '\u{2029}' | '\u{B}' | '\u{85}' => out.push('\n'),
            'Ð' => out.push('Đ'),
            'ð' => out.push('đ'),
            'ﬀ' => out.push_str("ff"),
            'ﬁ' => out.push_str("fi"),
            'ﬂ' => out.push_str("fl"),
            'ﬃ' => out.push_str("ffi"),
            'ﬄ' => out.push_str("ffl"),
            // Bullets of symbol fonts.
            '\u{F0B7}' | '\u{F0A7}' | '\u{F02D}' => out.push('-'),
            c if c.is_control() && !matches!(c, '\n' | '\u{C}' | '\r') => {}
            c => out.push(c),
        }
    }
    out
}

/// Takes off the box of a digital signature at the head of a file.
pub fn without_signing_box(text: &str) -> String {
    const STARTS: [&str; 8] =
        ["Người ký:", "Ký bởi:", "Email:", "Cơ quan:", "Thời gian ký:", "Ngày ký:", "Chức vụ:", "Tổ chức:"];
    let is_box = |line: &str| STARTS.iter().any(|start| line.trim_start().starts_with(start));
    if !text.lines().take(SIGNING_LINES_MAX).any(is_box) {
        return text.to_owned();
    }
    let mut kept = String::with_capacity(text.len());
    for (index, line) in text.split_inclusive('\n').enumerate() {
        if index < SIGNING_LINES_MAX && is_box(line) {
            continue;
        }
        kept.push_str(line);
    }
    kept
}

/// A text without the marks of its footnotes, and where each stood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unmarked {
    /// The text.
    pub text: String,
    /// Mark and byte offset in `text`, in order.
    pub marks: Vec<(String, usize)>,
}

/// Takes the marks of footnotes out of the text.
pub fn unmark(text: &str) -> Unmarked {
    let mut unmarked = Unmarked { text: String::with_capacity(text.len()), marks: Vec::new() };
    let mut rest = text;
    while let Some(at) = rest.find(FOOTNOTE_OPEN) {
        unmarked.text.push_str(&rest[..at]);
        rest = &rest[at + FOOTNOTE_OPEN.len_utf8()..];
        let Some(end) = rest.find(FOOTNOTE_CLOSE) else { continue };
        unmarked.marks.push((rest[..end].to_owned(), unmarked.text.len()));
        rest = &rest[end + FOOTNOTE_CLOSE.len_utf8()..];
    }
    unmarked.text.push_str(rest);
    unmarked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_as_meant() {
        assert_eq!(letters("Ðiều\u{A0}1\u{AD}. Ofﬁce\u{200B}\u{FEFF}"), "Điều 1. Office");
        assert_eq!(letters("a\u{0}\u{7}b\u{2028}c"), "ab\nc");
    }

    #[test]
    fn the_signing_box_goes_and_only_at_the_head() {
        let text = "Người ký: Cổng X\nEmail: a@b\nCHÍNH PHỦ\n";
        assert_eq!(without_signing_box(text), "CHÍNH PHỦ\n");
        let later = format!("{}Email: a@b\n", "x\n".repeat(20));
        assert_eq!(without_signing_box(&later), later);
    }

    #[test]
    fn marks_of_footnotes_leave_their_places() {
        let unmarked = unmark("Điều 4. Thủ tục\u{FFF9}2\u{FFFB}\nb)\u{FFF9}5\u{FFFB} Việc");
        assert_eq!(unmarked.text, "Điều 4. Thủ tục\nb) Việc");
        assert_eq!(unmarked.marks, [("2".to_owned(), 22), ("5".to_owned(), 25)]);
        assert_eq!(unmark("a\u{FFF9}b").text, "ab");
    }
}
