/*!
What an office file really is: names lie. A `.doc` is often a web page, RTF, or a `.docx`
renamed; its first bytes decide who reads it.
*/

use super::{doc, docx, html, pdf, plain, rtf};
use crate::ingest::source_text::SourceText;

/// Bytes at the head of a file that tell what it is.
const HEAD_BYTES: usize = 4_096;

/// What a file's first bytes say it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A zip, as `.docx` is.
    Zip,
    /// An OLE file, as `.doc` is.
    Ole,
    /// Rich text format.
    Rtf,
    /// PDF.
    Pdf,
    /// A web page.
    Html,
    /// A web page with its pictures in one file of parts.
    WebArchive,
    /// A Word document in one XML file.
    WordXml,
    /// Text without a container.
    Text,
    /// Anything else.
    Unknown,
}

/// Tells what a file is.
pub fn kind(bytes: &[u8]) -> Kind {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    match head {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => return Kind::Zip,
        [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, ..] => return Kind::Ole,
        _ => {}
    }
    // One byte a letter is enough to tell, for UTF-16, too.
    let text: String = head.iter().filter(|byte| byte.is_ascii() && **byte != 0).map(|b| char::from(*b)).collect();
    let text = text.trim_start().to_ascii_lowercase();
    let has_start = |starts: &[&str]| starts.iter().any(|start| text.starts_with(start));
    if has_start(&["{\\rt"]) {
        Kind::Rtf
    } else if text.contains("%pdf-") && text.find("%pdf-") < Some(1_024) {
        Kind::Pdf
    } else if text.contains("<w:worddocument") || text.contains("progid=\"word.document\"") {
        Kind::WordXml
    } else if has_start(&["<!doctype html", "<html", "<meta", "<head", "<body", "<div", "<p>", "<p ", "<table", "<!--"])
        || (has_start(&["<?xml"]) && text.contains("<html"))
    {
        Kind::Html
    } else if has_start(&["mime-version:"]) {
        Kind::WebArchive
    } else if head.is_empty() || head.iter().any(|byte| *byte < 9) {
        Kind::Unknown
    } else {
        Kind::Text
    }
}

/// Reads a file named `.docx`, `.doc`, `.rtf` or `.pdf` as what it is.
pub fn read(bytes: &[u8], extension: &str) -> SourceText {
    match kind(bytes) {
        Kind::Zip => docx::read(bytes),
        Kind::Ole => doc::read(bytes),
        Kind::Rtf => rtf::read(bytes),
        Kind::Pdf => pdf::read(bytes),
        Kind::Html => html::read(bytes),
        Kind::WordXml => docx::read_flat(bytes),
        Kind::WebArchive => SourceText::unreadable("it is a web archive (MHT), not a Word document; save it as .docx"),
        Kind::Text if matches!(extension, "doc" | "rtf") => plain::read(bytes, false),
        Kind::Text | Kind::Unknown => {
            SourceText::unreadable(format!("it is named .{extension} but is no such file, or damaged at its beginning"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_decide() {
        let ole = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0];
        let utf16: Vec<u8> = "\u{FEFF}<html>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let cases: [(&[u8], Kind); 12] = [
            (b"PK\x03\x04", Kind::Zip),
            (&ole, Kind::Ole),
            (b" {\\rtf1", Kind::Rtf),
            (b"junk\n%PDF-1.4", Kind::Pdf),
            ("\u{FEFF}<!DOCTYPE HTML>".as_bytes(), Kind::Html),
            (&utf16, Kind::Html),
            (b"<?xml version=\"1.0\"?><html>", Kind::Html),
            (b"<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?>", Kind::WordXml),
            (b"MIME-Version: 1.0", Kind::WebArchive),
            ("Điều 1. Đèn".as_bytes(), Kind::Text),
            (b"\x00\x01\x02", Kind::Unknown),
            (b"", Kind::Unknown),
        ];
        for (bytes, expected) in cases {
            assert_eq!(kind(bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_web_page_and_a_flat_document_named_doc_are_read() {
        let page =
            "<html><head><meta charset=\"utf-8\"></head><body><p>Điều 1. Đèn</p><p>Điều 2. Lồng</p></body></html>";
        assert!(read(page.as_bytes(), "doc").text.contains("Điều 2. Lồng"));
        let flat = "<?xml version=\"1.0\"?><w:wordDocument xmlns:w=\"w\"><w:styles><w:style><w:name w:val=\"x\"/></w:style></w:styles>\
                    <w:body><wx:sect><w:p><w:r><w:t>Điều 1. Đèn</w:t></w:r></w:p></wx:sect></w:body></w:wordDocument>";
        assert_eq!(read(flat.as_bytes(), "doc").text, "Điều 1. Đèn\n");
        assert_eq!(read("Điều 1. Đèn".as_bytes(), "doc").text, "Điều 1. Đèn");
        assert!(read("Điều 1. Đèn".as_bytes(), "pdf").problems[0].message.contains("no such file"));
    }
}
