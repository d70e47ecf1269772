//! Headings in any order: nothing panics, and every character has its place.

use proptest::prelude::*;

use super::*;
use crate::law::{Document, DocumentMeta};

fn document(text: &str) -> Document {
    Document::new(DocumentMeta::default(), text.to_owned(), parse(text).headings)
}

#[test]
fn the_title_of_an_annex_is_no_annex_of_its_own() {
    let text = "Điều 1. A\nX\nTM. CHÍNH PHỦ\nPHỤ LỤC II\nQUY CHẾ NHÀ\n(Ban hành kèm theo Nghị định bịa)\nĐIỀU 1. C\nĐIỀU 2. D\n\
                ĐIỀU 3. E\n";
    let document = document(text);
    let paths: Vec<&str> = document.nodes().iter().map(|node| node.path.as_str()).collect();
    assert_eq!(paths, ["dieu-1", "ket", "phu-luc-ii", "phu-luc-ii/dieu-1", "phu-luc-ii/dieu-2", "phu-luc-ii/dieu-3"]);
    assert_eq!(document.nodes()[2].title, "QUY CHẾ NHÀ");
}

#[test]
fn a_preamble_ends_where_the_law_begins() {
    let document = document("LUẬT BỊA\nCăn cứ\nChương I\nĐiều 1. A\nX\n");
    assert_eq!(document.provision_text(0), "LUẬT BỊA\nCăn cứ");
    assert_eq!(document.nodes()[1].parent, None);
}

/// A line shaped like one heading or another.
fn line() -> impl Strategy<Value = String> {
    let heads = prop::sample::select(vec![
        "Điều 1. A",
        "Điều 2. B",
        "Điều 2a. B",
        "ĐIỀU 3. C",
        "“Điều 4. D",
        "Điều 5",
        "Chương I",
        "Chương II",
        "CHƯƠNG III. X",
        "Mục 1",
        "MỤC 2",
        "Phần thứ nhất",
        "PHỤ LỤC",
        "PHỤ LỤC I",
        "Phụ lục 2",
        "QUY CHẾ",
        "(Ban hành kèm theo)",
        "TM. CHÍNH PHỦ",
        "Nơi nhận:",
        "CHỦ TỊCH",
        "1. một",
        "2. hai",
        "5. năm",
        "a) x",
        "b) y",
        "đ) z",
        "x”",
        "",
        "DANH MỤC",
        "I. Mở",
        "II. HAI",
        "văn xuôi thường",
        "\u{301}",
        "Điều",
        "Đ",
    ]);
    heads.prop_map(str::to_owned)
}

proptest! {
    #[test]
    fn own_texts_reproduce_the_text_and_provisions_lie_within_it(lines in prop::collection::vec(line(), 0..40)) {
        let text = lines.join("\n");
        let document = document(&text);
        let joined: String = (0..document.nodes().len()).map(|node| document.own_text(node)).collect();
        prop_assert_eq!(joined, text.as_str());
        for node in 0..document.nodes().len() {
            let range = document.provision_range(node);
            prop_assert!(range.start <= range.end && range.end <= text.len());
            document.provision_text(node);
        }
    }

    #[test]
    fn any_text_is_parsed(text in "\\PC{0,200}") {
        document(&text);
    }
}
