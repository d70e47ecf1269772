//! Small documents of an invented law, one a feature.

use std::io::{Cursor, Write as _};

use proptest::prelude::*;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::*;

const WORD: &str = "xmlns:w=\"w\" xmlns:mc=\"mc\" xmlns:wps=\"wps\" xmlns:v=\"v\"";

fn zip_of(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A document of the body and further parts (`styles`, `numbering`, `footnotes`, …).
fn docx(body: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let mut related = String::new();
    let mut members: Vec<(String, String)> = Vec::new();
    for (kind, content) in parts {
        related.push_str(&format!("<Relationship Id=\"{kind}\" Type=\"http://x/{kind}\" Target=\"{kind}.xml\"/>"));
        members.push((format!("word/{kind}.xml"), format!("<w:{kind} {WORD}>{content}</w:{kind}>")));
    }
    members.push((
        "_rels/.rels".to_owned(),
        "<Relationships><Relationship Id=\"r\" Type=\"http://x/officeDocument\" Target=\"word/document.xml\"/></Relationships>"
            .to_owned(),
    ));
    members.push(("word/_rels/document.xml.rels".to_owned(), format!("<Relationships>{related}</Relationships>")));
    members.push((
        "word/document.xml".to_owned(),
        format!("<?xml version=\"1.0\"?><w:document {WORD}><w:body>{body}</w:body></w:document>"),
    ));
    let members: Vec<(&str, &str)> = members.iter().map(|(name, content)| (name.as_str(), content.as_str())).collect();
    zip_of(&members)
}

fn text_of(body: &str, parts: &[(&str, &str)]) -> String {
    let source = read(&docx(body, parts));
    assert_eq!(source.problems, []);
    source.text
}

fn p(text: &str) -> String {
    format!("<w:p>{}</w:p>", r(text))
}

fn r(text: &str) -> String {
    format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>")
}

/// A paragraph in a list.
fn n(list: u32, level: u32, text: &str) -> String {
    let properties =
        format!("<w:pPr><w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{list}\"/></w:numPr></w:pPr>");
    format!("<w:p>{properties}{}</w:p>", r(text))
}

fn lvl(level: u32, format: &str, text: &str, more: &str) -> String {
    format!(
        "<w:lvl w:ilvl=\"{level}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{format}\"/>{more}<w:lvlText w:val=\"{text}\"/></w:lvl>"
    )
}

#[test]
fn paragraphs_breaks_tabs_and_hyphens() {
    let body = "<w:p><w:r><w:t>Chương I</w:t><w:br/><w:t>ĐÈN &amp; LỒNG</w:t></w:r></w:p>\
                <w:p><w:r><w:t>1.</w:t><w:tab/><w:t>Đèn</w:t><w:softHyphen/><w:t> lồng A</w:t><w:noBreakHyphen/><w:t>B</w:t></w:r></w:p>\
                <w:p><w:r><w:br w:type=\"page\"/></w:r></w:p>\
                <w:p><w:pPr><w:tabs><w:tab w:val=\"left\" w:pos=\"1\"/></w:tabs></w:pPr><w:r><w:lastRenderedPageBreak/><w:t>Hết</w:t></w:r></w:p>\
                <w:sectPr><w:headerReference/></w:sectPr>";
    assert_eq!(text_of(body, &[]), "Chương I\nĐÈN & LỒNG\n1. Đèn lồng A-B\nHết\n");
}

#[test]
fn tables_are_rows_of_cells() {
    let cell = |inner: &str| format!("<w:tc><w:tcPr><w:tcW w:w=\"1\"/></w:tcPr>{inner}</w:tc>");
    let table = format!(
        "<w:tbl><w:tblPr/><w:tblGrid/><w:tr>{}{}</w:tr><w:tr>{}{}</w:tr><w:tr><w:trPr><w:del/></w:trPr>{}</w:tr><w:tr>{}</w:tr></w:tbl>",
        cell(&(p("Hạng") + &p("đèn"))),
        cell(&p("Mức")),
        "<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>",
        cell(&format!("<w:tbl><w:tr>{}{}</w:tr></w:tbl><w:p/>", cell(&p("a")), cell(&p("b")))),
        cell(&p("bỏ")),
        cell(&(p("Điều 1.") + &p("khung"))),
    );
    assert_eq!(text_of(&(p("trước") + &table), &[]), "trước\nHạng đèn | Mức\n| a b\nĐiều 1.\nkhung\n");
}

#[test]
fn automatic_labels_are_text() {
    let levels = [
        lvl(0, "upperRoman", "Chương %1", ""),
        lvl(1, "decimal", "Điều %2.", "<w:lvlRestart w:val=\"0\"/>"),
        lvl(2, "decimal", "%3.", ""),
        lvl(3, "lowerLetter", "%4)", "<w:suff w:val=\"space\"/>"),
        lvl(4, "bullet", "\u{F0B7}", ""),
    ]
    .concat();
    let numbering = format!(
        "<w:abstractNum w:abstractNumId=\"0\">{levels}</w:abstractNum><w:abstractNum w:abstractNumId=\"5\"><w:lvl w:ilvl=\"0\"><w:start w:val=\"3\"/>\
         <mc:AlternateContent><mc:Choice Requires=\"w14\"><w:numFmt w:val=\"custom\" w:format=\"a, b, c, d, đ, ...\"/></mc:Choice>\
         <mc:Fallback><w:numFmt w:val=\"decimal\"/></mc:Fallback></mc:AlternateContent><w:lvlText w:val=\"%1)\"/></w:lvl></w:abstractNum>\
         <w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num><w:num w:numId=\"3\"><w:abstractNumId w:val=\"5\"/></w:num>\
         <w:num w:numId=\"2\"><w:abstractNumId w:val=\"0\"/><w:lvlOverride w:ilvl=\"2\"><w:startOverride w:val=\"7\"/></w:lvlOverride></w:num>"
    );
    let body = [
        n(1, 0, "ĐÈN"),
        n(1, 1, "Phạm vi"),
        n(1, 2, "Một"),
        n(1, 3, "nhỏ"),
        n(1, 3, "lớn"),
        n(1, 4, "gạch"),
        n(1, 0, "LỒNG"),
        n(1, 1, "Mức"),
        n(1, 2, "Lại một"),
        n(2, 2, "Bảy"),
        n(0, 0, "không số"),
        n(3, 0, "ba"),
        n(3, 0, "bốn"),
        n(3, 0, "năm"),
    ]
    .concat();
    let expected = "Chương I ĐÈN\nĐiều 1. Phạm vi\n1. Một\na) nhỏ\nb) lớn\n- gạch\nChương II LỒNG\nĐiều 2. Mức\n1. Lại một\n7. Bảy\n\
                    không số\nc) ba\nd) bốn\nđ) năm\n";
    assert_eq!(text_of(&body, &[("numbering", &numbering)]), expected);
}

#[test]
fn styles_carry_lists_hidden_text_and_capitals() {
    let styles = "<w:style w:type=\"paragraph\" w:styleId=\"Dieu\"><w:pPr><w:numPr><w:numId w:val=\"4\"/></w:numPr></w:pPr></w:style>\
                  <w:style w:type=\"paragraph\" w:styleId=\"DieuCon\"><w:basedOn w:val=\"Dieu\"/><w:pPr/></w:style>\
                  <w:style w:type=\"character\" w:styleId=\"An\"><w:rPr><w:vanish/></w:rPr></w:style>\
                  <w:style w:type=\"paragraph\" w:styleId=\"Hoa\"><w:rPr><w:caps/></w:rPr></w:style>\
                  <w:style w:type=\"paragraph\" w:styleId=\"Vong\"><w:basedOn w:val=\"Vong\"/></w:style>";
    let numbering = format!(
        "<w:abstractNum w:abstractNumId=\"1\">{}{}</w:abstractNum><w:num w:numId=\"4\"><w:abstractNumId w:val=\"1\"/></w:num>",
        lvl(0, "upperRoman", "Mục %1", ""),
        lvl(1, "decimal", "Điều %2.", "<w:pStyle w:val=\"Dieu\"/>")
    );
    let styled = |style: &str, inner: &str| format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>{inner}</w:p>");
    let body = [
        styled("DieuCon", &r("Tên")),
        styled("Dieu", &format!("{}<w:r><w:rPr><w:rStyle w:val=\"An\"/></w:rPr><w:t>ẩn</w:t></w:r>", r("Hai"))),
        styled("Hoa", &format!("{}<w:r><w:rPr><w:caps w:val=\"0\"/></w:rPr><w:t> thường</w:t></w:r>", r("đèn"))),
        styled("Vong", &r("vòng")),
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>ẩn</w:t></w:r></w:p>".to_owned(),
    ]
    .concat();
    let text = text_of(&body, &[("styles", styles), ("numbering", &numbering)]);
    assert_eq!(text, "Điều 1. Tên\nĐiều 2. Hai\nĐÈN thường\nvòng\n");
}

#[test]
fn tracked_changes_show_the_text_as_accepted() {
    let body = format!(
        "<w:p><w:pPr><w:pPrChange><w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr></w:pPrChange></w:pPr>{}<w:ins>{}</w:ins><w:del><w:r><w:delText>cũ</w:delText></w:r></w:del><w:moveFrom>{}</w:moveFrom></w:p>\
         <w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{}</w:p>{}",
        r("Giữ "),
        r("thêm"),
        r("dời"),
        r("nối "),
        p("tiếp")
    );
    assert_eq!(text_of(&body, &[]), "Giữ thêm\nnối tiếp\n");
}

#[test]
fn fields_give_their_results_and_no_contents() {
    let mark = |kind: &str| format!("<w:r><w:fldChar w:fldCharType=\"{kind}\"/></w:r>");
    let code = |code: &str| format!("<w:r><w:instrText>{code}</w:instrText></w:r>");
    let (begin, separate, end) = (mark("begin"), mark("separate"), mark("end"));
    let body = format!(
        "<w:p>{begin}{}{separate}{}{begin}{}{separate}{}{end}{end}</w:p><w:p>{}{begin}{}{separate}{}{end}<w:fldSimple w:instr=\"PAGE\">{}</w:fldSimple></w:p>\
         <w:p>{begin}{}</w:p>{}",
        code("TOC \\o"),
        r("Điều 1. Mục lục "),
        code("PAGEREF x"),
        r("9"),
        r("theo "),
        code("HYPERLINK x"),
        r("Điều 3"),
        r(" trang"),
        code("REF hỏng"),
        [p("a"), p("b"), p("c"), p("d")].concat(),
    );
    assert_eq!(text_of(&body, &[]), "theo Điều 3 trang\nd\n");
}

#[test]
fn containers_give_up_their_text_once() {
    let text_box = format!("<w:txbxContent>{}</w:txbxContent>", p("trong hộp"));
    let alternate = format!(
        "<w:r><mc:AlternateContent><mc:Choice Requires=\"wps\"><w:drawing><wps:txbx>{text_box}</wps:txbx></w:drawing></mc:Choice>\
         <mc:Fallback><w:pict><v:textbox>{text_box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    );
    let only_fallback = format!(
        "<w:r><mc:AlternateContent><mc:Choice><w:drawing/></mc:Choice><mc:Fallback>{}</mc:Fallback></mc:AlternateContent></w:r>",
        r("dự phòng")
    );
    let body = format!(
        "<w:p>{}{alternate}</w:p><w:p>{only_fallback}</w:p>\
         <w:sdt><w:sdtPr><w:alias w:val=\"x\"/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>\
         <w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>\
         <w:p><w:smartTag><w:smartTagPr/>{}</w:smartTag><w:hyperlink>{}</w:hyperlink></w:p>",
        r("neo"),
        p("ô nhập"),
        p("bấm vào đây"),
        r("thẻ "),
        r("liên kết")
    );
    assert_eq!(text_of(&body, &[]), "neo\ntrong hộp\ndự phòng\nô nhập\nthẻ liên kết\n");
}

#[test]
fn notes_stand_apart_with_marks_in_the_text() {
    let body = "<w:p><w:r><w:t>Điều 1</w:t></w:r><w:r><w:footnoteReference w:id=\"2\"/></w:r><w:r><w:t>. Đèn</w:t></w:r>\
                <w:r><w:footnoteReference w:customMarkFollows=\"1\" w:id=\"3\"/><w:t>[9]</w:t></w:r><w:r><w:endnoteReference w:id=\"2\"/></w:r></w:p>";
    let footnotes = format!(
        "<w:footnote w:type=\"separator\" w:id=\"0\"><w:p/></w:footnote><w:footnote w:id=\"2\"><w:p><w:r><w:footnoteRef/></w:r>{}</w:p>{}</w:footnote>\
         <w:footnote w:id=\"3\">{}</w:footnote>",
        r(" Sửa đổi"),
        p("từ năm sau"),
        p("Bãi bỏ")
    );
    let endnotes = format!("<w:endnote w:id=\"2\">{}</w:endnote>", p("Cuối"));
    let source = read(&docx(body, &[("footnotes", &footnotes), ("endnotes", &endnotes)]));
    assert_eq!(source.text, "Điều 1\u{FFF9}1\u{FFFB}. Đèn\u{FFF9}[9]\u{FFFB}\u{FFF9}e1\u{FFFB}\n");
    let notes: Vec<(&str, &str)> = source.footnotes.iter().map(|n| (n.mark.as_str(), n.text.as_str())).collect();
    assert_eq!(notes, [("1", "Sửa đổi từ năm sau"), ("[9]", "Bãi bỏ"), ("e1", "Cuối")]);
}

#[test]
fn symbols_and_legacy_fonts() {
    let body = "<w:p><w:r><w:sym w:font=\"Symbol\" w:char=\"F0A3\"/><w:t> 5 \u{F0B3}</w:t></w:r></w:p>\
                <w:p><w:r><w:rPr><w:rFonts w:ascii=\".VnTime\"/></w:rPr><w:t>§iÒu 1</w:t></w:r></w:p>";
    let source = read(&docx(body, &[]));
    assert_eq!(source.text, "≤ 5 ≥\n§iÒu 1\n");
    assert_eq!(source.problems[0].message, "6 characters are set in `.VnTime`, a font of the encoding TCVN3");
}

#[test]
fn bombs_and_foreign_files_get_one_clear_message() {
    let message = |bytes: &[u8]| {
        let source = read(bytes);
        assert_eq!((source.text.as_str(), source.problems.len()), ("", 1));
        source.problems[0].message.clone()
    };
    let bomb = docx(&" ".repeat(20 << 20), &[]);
    assert!(message(&bomb).contains("zip bomb"), "{}", message(&bomb));
    let entities = zip_of(&[(
        "word/document.xml",
        "<!DOCTYPE a [<!ENTITY b \"b\">]><w:document><w:body>&b;</w:body></w:document>",
    )]);
    assert!(message(&entities).contains("declares entities"));
    assert!(message(&zip_of(&[("xl/workbook.xml", "<a/>")])).contains("Excel"));
    assert!(message(&zip_of(&[("content.xml", "<a/>")])).contains("OpenDocument"));
    assert!(message(b"PK\x03\x04 torn").contains("damaged"));
}

#[test]
fn a_torn_part_keeps_what_came_before() {
    let whole = format!("<w:document><w:body>{}{}", p("Điều 1."), "<w:p><w:r><w:t>dở");
    let source = read(&zip_of(&[("word/document.xml", &whole)]));
    assert_eq!(source.text, "Điều 1.\ndở\n");
    assert!(source.incomplete.unwrap().contains("breaks off"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_bytes_and_any_marks_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read(&bytes);
        read(&[b"PK\x03\x04".as_slice(), &bytes].concat());
        read_flat(&bytes);
    }

    #[test]
    fn any_nesting_of_elements_is_read(names in proptest::collection::vec(0usize..16, 0..300)) {
        const MARKS: [&str; 16] = [
            "<w:p>", "</w:p>", "<w:r>", "</w:r>", "<w:t>x", "</w:t>", "<w:tbl>", "<w:tr>", "<w:tc>", "</w:tbl>", "<w:sdt>",
            "<w:sdtContent>", "<mc:AlternateContent>", "<mc:Choice>", "<w:fldChar w:fldCharType=\"begin\"/>", "<w:pPr><w:rPr><w:del/>",
        ];
        let body: String = names.iter().map(|at| MARKS[*at]).collect();
        read(&docx(&body, &[]));
    }

    #[test]
    fn a_mutated_document_is_read(at in 0usize..4000, byte in any::<u8>(), cut in 0usize..4000) {
        let mut bytes = docx(&[n(1, 0, "Đèn"), p("lồng")].concat(), &[("numbering", &lvl(0, "decimal", "%1.", ""))]);
        let length = bytes.len();
        bytes[at % length] = byte;
        read(&bytes);
        read(&bytes[..cut % length]);
    }
}
