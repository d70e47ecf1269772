//! Every reader over damaged files: no bytes make one panic or hang, and what is read keeps to
//! its bounds. The same entry as the targets in `fuzz/`, with few cases and fixed seeds.

use std::io::{Cursor, Write as _};

use congdoan::ingest;
use proptest::prelude::*;

const TEXT: &str = "QUỐC HỘI\nLuật số: 7/2011/QH99\nLUẬT\nCHỢ NỔI\n\nChương I\nCHUNG\nĐiều 1. Giờ mở cửa\n1. Chợ mở lúc sáu giờ:\na) mùa mưa;\nb) mùa khô.[1]\nĐiều 2. Sửa đổi, bổ sung một số điều của Luật Sông số 8/2012/QH99\n1. Sửa đổi, bổ sung khoản 1 Điều 3 như sau:\n“1. Sông có đèn.”.\n2. Bãi bỏ Mục 1 Chương II.\nĐiều 3. Hiệu lực thi hành\nLuật này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2012.\nPhụ lục I\nMẪU\nTT | Tên\n1 | Vé\n____\n[1] Điểm này được bổ sung.\n";
const RTF: &str = r"{\rtf1\ansi\ansicpg1258 {\fonttbl{\f0 Times;}}\pard \u272?i\u7873?u 1. Ch\u7907?\par 1. M\u7903? c\u7917?a.\par {\trowd\cellx100 A\cell\row}}";
const JSONL: &str = "{\"law_id\":\"7/2011/QH99\",\"article_id\":\"1\",\"title\":\"Chợ\",\"text\":\"1. Chợ mở.\",\"doc_title\":\"Luật Chợ\"}\n";
const JSON: &str = "{\"metadata\":{\"title\":\"Luật Chợ\"},\"raw_text\":\"Điều 1. Chợ\\nChợ mở.\",\"tree\":[]}";
/// What stands between the parts of the formats' own syntax.
const TOKENS: [&[u8]; 12] = [
    b"<table>",
    b"</p>",
    b"&#x110;",
    b"stream",
    b"endobj",
    b"{\\*",
    b"\\'e0",
    b"\xff\xfe",
    b"\0",
    b"]]>",
    b"PK\x03\x04",
    b"\"}",
];

fn html() -> Vec<u8> {
    format!(
        "<html><head><title>Luật</title></head><body><table><tr><td>{}</td></tr></table></body></html>",
        TEXT.replace('\n', "<p>")
    )
    .into_bytes()
}

fn docx() -> Vec<u8> {
    let paragraphs: String = TEXT.lines().map(|line| format!("<w:p><w:r><w:t>{line}</w:t></w:r></w:p>")).collect();
    let body = format!(
        "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{paragraphs}</w:body></w:document>"
    );
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(body.as_bytes()).unwrap();
    archive.finish().unwrap().into_inner()
}

/// A file without a table of places: readers have to mend it.
fn pdf() -> Vec<u8> {
    let page = "BT /F1 12 Tf 72 700 Td (Dieu 1. Cho) Tj 0 -20 Td (1. Cho mo cua.) Tj ET";
    format!(
        "%PDF-1.4\n1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\n2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj\n\
         3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>>>> endobj\n\
         4 0 obj <</Length {}>> stream\n{page}\nendstream endobj\n5 0 obj <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>> endobj\n\
         trailer <</Root 1 0 R>>\n%%EOF\n",
        page.len()
    )
    .into_bytes()
}

/// The ending of each format with a file that is read.
fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let ole = [&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1][..], &[0; 2_048]].concat();
    vec![
        ("txt", TEXT.as_bytes().to_vec()),
        ("md", TEXT.replace("Điều", "## Điều").into_bytes()),
        ("html", html()),
        ("docx", docx()),
        ("doc", ole),
        ("rtf", RTF.as_bytes().to_vec()),
        ("pdf", pdf()),
        ("json", JSON.as_bytes().to_vec()),
        ("jsonl", JSONL.as_bytes().to_vec()),
        ("gz", vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ]
}

#[derive(Debug, Clone)]
enum Damage {
    Set(prop::sample::Index, u8),
    Cut(prop::sample::Index, usize),
    Twice(prop::sample::Index, usize),
    Token(prop::sample::Index, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        (at(), 1usize..200).prop_map(|(at, length)| Damage::Cut(at, length)),
        (at(), 1usize..200).prop_map(|(at, length)| Damage::Twice(at, length)),
        (at(), 0..TOKENS.len()).prop_map(|(at, token)| Damage::Token(at, token)),
    ]
}

fn damaged(mut bytes: Vec<u8>, damages: &[Damage]) -> Vec<u8> {
    for damage in damages {
        if bytes.is_empty() {
            break;
        }
        let length = bytes.len();
        let range = |at: &prop::sample::Index, wanted: usize| {
            let from = at.index(length);
            from..length.min(from + wanted)
        };
        match damage {
            Damage::Set(at, byte) => bytes[at.index(length)] = *byte,
            Damage::Cut(at, wanted) => drop(bytes.drain(range(at, *wanted))),
            Damage::Twice(at, wanted) => {
                let copy = bytes[range(at, *wanted)].to_vec();
                let from = at.index(length);
                bytes.splice(from..from, copy);
            }
            Damage::Token(at, token) => {
                let from = at.index(length);
                bytes.splice(from..from, TOKENS[*token].iter().copied());
            }
        }
    }
    bytes
}

/// What holds of whatever was read.
fn check(extension: &str, bytes: &[u8]) {
    let read = ingest::read_bytes(extension, bytes);
    assert!(!read.documents.is_empty() || !read.problems.is_empty(), "{extension}: neither read nor told why not");
    for document in &read.documents {
        let own: usize = (0..document.nodes().len()).map(|node| document.own_text(node).len()).sum();
        assert!(own <= document.text().len(), "{extension}: a character belongs to two provisions");
        assert!(document.text().len() <= 64 * bytes.len() + 4_096, "{extension}: text out of nothing");
    }
}

#[test]
fn whole_files_are_read() {
    for (extension, bytes) in seeds() {
        check(extension, &bytes);
        let articles: usize =
            ingest::read_bytes(extension, &bytes).documents.iter().map(|d| d.articles().count()).sum();
        let expected = if matches!(extension, "doc" | "gz" | "json" | "pdf" | "rtf") { 0 } else { 1 };
        assert!(expected <= articles, "{extension}: {articles} articles");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Damaged in up to eight places, or anything at all.
    #[test]
    fn damaged_files_are_read_or_told(damages in prop::collection::vec(damage(), 0..8), noise in prop::collection::vec(any::<u8>(), 0..400)) {
        for (extension, bytes) in seeds() {
            check(extension, &damaged(bytes, &damages));
            check(extension, &noise);
        }
    }
}
