//! Every reader over damaged files: no bytes make one panic or hang, and what is read keeps to
//! its bounds. The same entry as the targets in `fuzz/`, with few cases and fixed seeds.

use std::io::{Cursor, Write as _};

use congdoan::ingest;
use proptest::prelude::*;

const TEXT: &str = "QUỐC HỘI\nLuật số: 7/2011/QH99\nLUẬT\nCHỢ NỔI\n\nChương I\nCHUNG\nĐiều 1. Giờ mở cửa\n1. Chợ mở lúc sáu giờ:\na) mùa mưa;\nb) mùa khô.[1]\nĐiều 2. Sửa đổi, bổ sung một số điều của Luật Sông số 8/2012/QH99\n1. Sửa đổi, bổ sung khoản 1 Điều 3 như sau:\n“1. Sông có đèn.”.\n2. Bãi bỏ Mục 1 Chương II.\nĐiều 3. Hiệu lực thi hành\nLuật này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2012.\nPhụ lục I\nMẪU\nTT | Tên\n1 | Vé\n____\n[1] Điểm này được bổ sung.\n";
const RTF: &str = r"{\rtf1\ansi\ansicpg1258 {\fonttbl{\f0 Times;}}\pard S\u7889?: 7/2011/QH99\par \u272?i\u7873?u 1. Ch\u7907?\par 1. M\u7903? c\u7917?a.\par {\trowd\cellx100 A\cell\row}}";
const JSONL: &str = "{\"law_id\":\"7/2011/QH99\",\"article_id\":\"1\",\"title\":\"Chợ\",\"text\":\"1. Chợ mở.\",\"doc_title\":\"Luật Chợ\"}\n";
const JSON: &str = "{\"metadata\":{\"ten_van_ban\":\"Luật Chợ\",\"so_hieu_van_ban\":\"7/2011/QH99\"},\"raw_text\":\"Điều 1. Chợ\\nChợ mở.\",\"tree\":null}";
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
    let page = "BT /F1 12 Tf 72 740 Td (Lu\\006t s\\007: 7/2011/QH99) Tj 0 -40 Td (\\001i\\002u 1. Ch\\003) Tj \
                0 -20 Td (1. Ch\\003 m\\004 c\\005a.) Tj ET";
    let signs = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def\n\
                 1 begincodespacerange <00> <ff> endcodespacerange\n7 beginbfchar\n<01> <0110>\n<02> <1EC1>\n\
                 <03> <1EE3>\n<04> <1EDF>\n<05> <1EED>\n<06> <1EAD>\n<07> <1ED1>\nendbfchar\n\
                 1 beginbfrange <20> <7e> <0020> endbfrange endcmap end end";
    format!(
        "%PDF-1.4\n1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\n2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj\n\
         3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>>>> endobj\n\
         4 0 obj <</Length {}>> stream\n{page}\nendstream endobj\n5 0 obj <</Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R>> endobj\n\
         6 0 obj <</Length {}>> stream\n{signs}\nendstream endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n",
        page.len(),
        signs.len()
    )
    .into_bytes()
}

/// A Word 97 file: text in one piece of two bytes a sign, and the table that says where.
fn doc() -> Vec<u8> {
    let units: Vec<u8> = TEXT.replace('\n', "\r").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let pieces = [&[0; 4][..], &u32_bytes(units.len() / 2), &[0, 0], &u32_bytes(1_024), &[0, 0]].concat();
    let table = [&[0; 8][..], &[2], &u32_bytes(pieces.len()), &pieces].concat();
    let mut main = vec![0; 1_024];
    let mut put = |at: usize, bytes: &[u8]| main[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &[0xec, 0xa5, 0xc1, 0]);
    // The table stands in the stream `1Table`.
    put(10, &[0, 2]);
    put(32, &[14, 0]);
    put(62, &[22, 0]);
    put(76, &u32_bytes(units.len() / 2));
    put(152, &[93, 0]);
    put(154 + 8 * 33, &[u32_bytes(8), u32_bytes(table.len() - 8)].concat());
    main.extend(units);
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (name, content) in [("/WordDocument", main), ("/1Table", table)] {
        file.create_stream(name).unwrap().write_all(&content).unwrap();
    }
    file.into_inner().into_inner()
}

fn u32_bytes(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap().to_le_bytes()
}

fn gz() -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(JSON.as_bytes()).unwrap();
    packed.finish().unwrap()
}

/// The ending of each format with a file that is read.
fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("txt", TEXT.as_bytes().to_vec()),
        ("md", TEXT.replace("Điều", "## Điều").into_bytes()),
        ("html", html()),
        ("docx", docx()),
        ("doc", doc()),
        ("rtf", RTF.as_bytes().to_vec()),
        ("pdf", pdf()),
        ("json", JSON.as_bytes().to_vec()),
        ("jsonl", JSONL.as_bytes().to_vec()),
        ("gz", gz()),
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
        assert!(1 <= articles, "{extension}: {articles} articles");
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
