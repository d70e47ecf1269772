//! An invented codification: nested paragraphs, tables, links, empty subjects, snapshots.

use jiff::civil::date;
use proptest::prelude::*;

use super::{
    Codification, Finished, Origin, note,
    scan::{self, Subject},
};
use crate::law::{Document, NodeKind, RelationKind, Trust, Validity};

fn article(anchor: &str, code: &str, title: &str, note: &str, link: &str, text: &str, related: &str) -> String {
    let related = if related.is_empty() {
        String::new()
    } else {
        format!("<p class='pChiDan'>(Điều này có nội dung liên quan đến {related})</p>")
    };
    let item = if code.contains(".NĐ.") { 15 } else { 9 };
    format!(
        "<p class='pDieu'><a name='{anchor}'></a>Điều {code}. {title}</p><p class='pGhiChu'>\
         <a href='http://portal.test/toanvan.aspx?ItemID={item}#{link}' target='_blank'>({note})</a></p>\
         <p class='pNoiDung'>{text}</p>{related}"
    )
}

fn related(anchor: &str, code: &str) -> String {
    format!("<a href='#' onclick=\"ViewNoiDungPhapDien('{anchor}'); return false;\">Điều {code}. Tên</a>")
}

fn subject(articles: &str) -> String {
    format!(
        "<h3>\n Đề mục 9.1\n <br />\n Trồng cây\n</h3><p style='display: none'>(Xem danh mục)</p>\
         <div class='_content'>{articles}</div>"
    )
}

const LAW: &str = "Luật số 7/2031/QH99, có hiệu lực thi hành kể từ ngày 01/01/2032";

fn newest() -> String {
    let chapter = |label: &str, title: &str| format!("<p class='pChuong'>{label}</p><p class='pChuong'>{title}</p>");
    subject(&[
        chapter("Chương I", "CHUNG"),
        article(
            "9001",
            "9.1.LQ.1",
            "Cây",
            "Điều 1 Luật số 7/2031/QH99 Luật Trồng cây ngày 05/06/2031 của Hội đồng Thử, có hiệu lực thi hành kể từ ngày 01/01/2032 ",
            "Chuong_I_Dieu_1",
            "<p>1. Cây là cây.</p>\n\n<p>2. Gồm:</p><p>a) Cây cao;</p><p>b) Cây thấp.</p>",
            &format!("{}; {}", related("9101", "9.1.NĐ.1.2"), related("7777", "8.8.LQ.1")),
        ),
        chapter("Chương II", "TƯỚI"),
        article(
            "9002",
            "9.1.LQ.2",
            "Tưới",
            &format!("Điều 2 {LAW}, có nội dung được sửa đổi, có nội dung được bổ sung bởi Điều 3 Luật số 8/2033/QH99 có hiệu lực thi hành kể từ ngày 01/07/2034"),
            "Chuong_II_Dieu_2",
            "<p>Tưới sáng.</p><table><tbody><tr><td>Tháng</td><td>Lần</td></tr><tr><td>1</td><td>2</td></tr></tbody>",
            "",
        ),
        article(
            "9003",
            "9.1.LQ.2a",
            "Nghỉ tưới",
            &format!("Điều 2a {LAW}, được bổ sung bởi Luật số 8/2033/QH99 có hiệu lực thi hành kể từ ngày 01/07/2034"),
            "Chuong_II_Dieu_2a",
            "<p>Mưa thì nghỉ.</p><p><a href='x'>Mẫu so 1.docx</a></p>",
            "",
        ),
        article(
            "9004",
            "9.1.LQ.4",
            "Cũ",
            &format!("Điều 4 {LAW}, bị bãi bỏ bởi Luật số 8/2033/QH99 có hiệu lực thi hành kể từ ngày 01/07/2034"),
            "Chuong_II_Dieu_4",
            "<p>Đã thôi.</p>",
            "",
        ),
        article(
            "9101",
            "9.1.NĐ.1.2",
            "Chi tiết",
            "Điều 2 Nghị định số 15 /2032/NĐ-CP quy định chi tiết về tưới ngày 02/02/2032 của Chính phủ, có hiệu lực thi hành kể từ ngày 01/03/2032",
            "Dieu_2",
            "<p>1. Tưới hai lần.</p>",
            &related("9001", "9.1.LQ.1"),
        ),
        article("9102", "9.1.NĐ.1.3", "Hỏng", "lời nào đó", "", "<p>Vẫn của nghị định.</p>", ""),
    ]
    .concat())
}

fn older() -> String {
    subject(
        &[
            article("9001", "9.1.LQ.1", "Cây", &format!("Điều 1 {LAW}"), "Chuong_I_Dieu_1", "<p>1. Cây cũ.</p>", ""),
            article("9009", "9.1.LQ.9", "Đã rời", &format!("Điều 9 {LAW}"), "Chuong_II_Dieu_9", "<p>Còn đây.</p>", ""),
        ]
        .concat(),
    )
}

fn read(files: &[(&str, Option<jiff::civil::Date>, Subject)]) -> (Finished, Vec<usize>) {
    let mut codification = Codification::default();
    let mut counts = Vec::new();
    for (at, (file, snapshot, subject)) in files.iter().enumerate() {
        let origin = Origin { file: (*file).to_owned(), sha256: String::new(), snapshot: *snapshot };
        codification.begin(at, origin);
        counts.push(codification.add(subject.clone()).documents.iter().map(|(_, count)| count).sum());
    }
    (codification.finish(), counts)
}

fn document<'f>(finished: &'f Finished, id: &str) -> &'f Document {
    let ids: Vec<&str> = finished.documents.iter().map(|(_, d)| d.id.as_str()).collect();
    let found = finished.documents.iter().find(|(_, d)| d.id == id);
    &found.unwrap_or_else(|| panic!("{id} is not among {ids:?}")).1
}

#[test]
fn articles_go_to_their_source_documents() {
    let (finished, counts) = read(&[("a.html", Some(date(2035, 1, 1)), scan::html(&newest()))]);
    assert_eq!(counts, [6]);
    assert_eq!(finished.documents.len(), 2);
    let law = document(&finished, "7-2031-qh99");
    assert_eq!(law.meta.title, "Luật Trồng cây 2031");
    assert_eq!(law.meta.issuer.as_deref(), Some("Hội đồng Thử"));
    assert_eq!((law.meta.issued, law.meta.validity.from), (Some(date(2031, 6, 5)), Some(date(2032, 1, 1))));
    assert_eq!(
        law.text(),
        "Chương I\nCHUNG\nĐiều 1. Cây\n1. Cây là cây.\n2. Gồm:\na) Cây cao;\nb) Cây thấp.\nChương II\nTƯỚI\n\
         Điều 2. Tưới\nTưới sáng.\nTháng | Lần\n1 | 2\nĐiều 2a. Nghỉ tưới\nMưa thì nghỉ.\nĐiều 4. Cũ\nĐã thôi.\n"
    );
    assert!(law.find("dieu-1/khoan-2/diem-b").is_some());
    let chapters: Vec<&str> =
        law.nodes().iter().filter(|n| n.kind == NodeKind::Chapter).map(|n| n.title.as_str()).collect();
    assert_eq!(chapters, ["CHUNG", "TƯỚI"]);
    assert_eq!(law.meta.source.incomplete.as_deref(), Some("the codification leaves out articles 3"));
    let decree = document(&finished, "15-2032-nd-cp");
    assert_eq!(decree.meta.title, "Nghị định quy định chi tiết về tưới 2032");
    assert_eq!(decree.articles().count(), 2);
    assert_eq!(finished.dangling, 1);
}

#[test]
fn articles_have_the_dates_and_notes_of_their_amendments() {
    let (finished, _) = read(&[("a.html", Some(date(2035, 1, 1)), scan::html(&newest()))]);
    let law = document(&finished, "7-2031-qh99");
    let node = |path: &str| law.find(path).unwrap();
    let from = |from| Validity { from: Some(from), to: None };
    assert_eq!(law.validity(node("dieu-1")), from(date(2032, 1, 1)));
    assert_eq!(law.validity(node("dieu-2")), from(date(2034, 7, 1)));
    assert_eq!(law.validity(node("dieu-2a")), from(date(2034, 7, 1)));
    let repealed = Validity { from: Some(date(2032, 1, 1)), to: Some(date(2034, 6, 30)) };
    assert_eq!(law.validity(node("dieu-4")), repealed);
    let notes = &law.nodes()[node("dieu-2")].notes;
    assert!(notes[0].starts_with("Có nội dung được sửa đổi, có nội dung được bổ sung bởi Điều 3 Luật"), "{notes:?}");
    assert!(law.nodes()[node("dieu-2a")].notes.iter().any(|note| note.contains("Mẫu so 1.docx")));
    let relations: Vec<(String, RelationKind, String)> =
        law.relations().iter().map(|r| (r.from.clone(), r.kind, r.id())).collect();
    let expected = [
        ("dieu-1", RelationKind::Related, "15-2032-nd-cp/dieu-2"),
        ("dieu-2", RelationKind::AmendedBy, "8-2033-qh99/dieu-3"),
        ("dieu-2a", RelationKind::AmendedBy, "8-2033-qh99"),
        ("dieu-4", RelationKind::AmendedBy, "8-2033-qh99"),
    ];
    assert_eq!(relations, expected.map(|(from, kind, to)| (from.to_owned(), kind, to.to_owned())));
}

#[test]
fn of_two_snapshots_the_newest_text_is_used_and_the_older_named() {
    for swapped in [false, true] {
        let mut files = vec![
            ("old.html", Some(date(2033, 1, 1)), scan::html(&older())),
            ("new.html", Some(date(2035, 1, 1)), scan::html(&newest())),
        ];
        if swapped {
            files.reverse();
        }
        let (finished, _) = read(&files);
        let law = document(&finished, "7-2031-qh99");
        assert!(law.text().contains("Cây là cây") && !law.text().contains("Cây cũ"), "{swapped}");
        let left = &law.nodes()[law.find("dieu-9").unwrap()].notes;
        assert_eq!(left, &["Lấy từ bản pháp điển tháng 01/2033; bản tháng 01/2035 không còn điều này"]);
        let old = usize::from(swapped);
        let messages: Vec<&str> =
            finished.problems.iter().filter(|(at, _)| *at == old).map(|(_, p)| p.message.as_str()).collect();
        assert!(
            messages.iter().any(|m| m.starts_with("1 article differ") && m.contains("Điều 1 7/2031")),
            "{messages:?}"
        );
        assert!(messages.iter().any(|m| m.contains("kept")), "{messages:?}");
        assert_eq!(law.meta.source.file, "new.html");
    }
}

#[test]
fn an_empty_subject_and_markdown() {
    assert!(scan::recognises_html(&newest()) && scan::recognises_html(&subject("")));
    let empty = scan::html(&subject(""));
    assert_eq!((empty.number.as_str(), empty.title.as_str(), empty.articles.len()), ("9.1", "Trồng cây", 0));
    let text = format!(
        "---\ntitle: Cây\n---\n# Cây\n\nChương I\n\nCHUNG\n\nĐiều 9.1.LQ.1. Cây\n\n(Điều 1 {LAW})\n\n1. Cây là cây.\n\n\
         (Điều này có nội dung liên quan đến Điều 9.1.LQ.2. Tưới)\n\nĐiều 9.1.LQ.2. Tưới\n\n(Điều 2 {LAW})\n\nTưới.\n\n\
         ### 90010000000000000000\n\nĐiều 9.1.LQ.1. Cây\n\n### 90020000000000000000\n\nĐiều 9.1.LQ.2. Tưới\n"
    );
    assert!(scan::recognises_text(&text));
    assert!(!scan::recognises_text("Điều 1. Cây\n(Điều này hay)\nĐiều 2. Cây\n"));
    let (finished, counts) = read(&[("a.md", None, scan::markdown(&text))]);
    assert_eq!(counts, [2]);
    let law = document(&finished, "7-2031-qh99");
    assert_eq!(law.text(), "Chương I\nCHUNG\nĐiều 1. Cây\n1. Cây là cây.\nĐiều 2. Tưới\nTưới.\n");
    assert_eq!(law.relations()[0].id(), "7-2031-qh99/dieu-2");
    assert_eq!(law.meta.source.trust, Trust::Unknown);
    // A copy never replaces the codification, however new it is.
    let html = scan::html(&newest());
    let (both, _) = read(&[
        ("a.html", Some(date(2030, 1, 1)), html),
        ("a.md", Some(date(2040, 1, 1)), scan::markdown(&text.replace("Cây là cây", "Cây chép sai"))),
    ]);
    let law = document(&both, "7-2031-qh99");
    assert!(law.text().contains("Cây là cây") && !law.text().contains("sai"));
    assert_eq!((law.meta.source.trust, law.meta.source.file.as_str()), (Trust::Official, "a.html"));
    assert!(both.problems.iter().any(|(at, p)| *at == 1 && p.message.contains("differ")));
}

#[test]
fn damaged_source_lines_are_placed_by_what_is_around_them() {
    let law = |label: &str, text: &str| {
        let note = format!("Điều {label} {LAW}");
        article(label, &format!("9.1.LQ.{label}"), "Cây", &note, &format!("Dieu_{label}"), text, "")
    };
    let bare = "<p class='pDieu'><a name='x'></a>Điều 2a. Chen vào</p><p class='pNoiDung'><p>Chữ.</p></p>";
    let by_item = article("9", "9.1.TT.7.3", "Cuối", "Luật này hết.", "Dieu_3", "<p>Hết.</p>", "");
    let stray = bare.replace("2a", "77");
    let page = subject(&[law("1", "<p>Một.</p>"), law("2", "<p>Hai.</p>"), bare.to_owned(), by_item, stray].concat());
    let mut codification = Codification::default();
    codification.begin(0, Origin::default());
    let added = codification.add(scan::html(&page));
    assert_eq!((added.articles, added.documents.as_slice()), (5, [(0, 4)].as_slice()));
    assert_eq!(added.unplaced, ["Điều 77. Chen vào"]);
    let finished = codification.finish();
    let labels: Vec<&str> = document(&finished, "7-2031-qh99")
        .nodes()
        .iter()
        .filter(|n| n.kind == NodeKind::Article)
        .map(|n| n.label.as_str())
        .collect();
    assert_eq!(labels, ["1", "2", "2a", "3"]);
}

#[test]
fn one_number_of_a_law_and_of_a_resolution() {
    let both = subject(
        &[
            article("1", "9.1.LQ.1", "Cây", &format!("Điều 1 {LAW}"), "", "<p>Luật.</p>", ""),
            article(
                "2",
                "9.1.NQ.1.1",
                "Cây",
                "Điều 1 Nghị quyết số 7/2031/QH99 Về miễn phí, có hiệu lực thi hành kể từ ngày 01/01/2032",
                "",
                "<p>Nghị quyết.</p>",
                "",
            ),
        ]
        .concat(),
    );
    let (finished, _) = read(&[("a.html", None, scan::html(&both))]);
    assert!(document(&finished, "7-2031-qh99").text().contains("Luật."));
    assert_eq!(finished.documents[1].1.meta.title, "Nghị quyết 7/2031/QH99 Về miễn phí 2032");
    assert_eq!(finished.documents[1].1.meta.number, None);
}

#[test]
fn source_lines_as_people_write_them() {
    let number = |line: &str| note::parse(line).map(|note| (note.label, note.number));
    let some = |label: &str, number: &str| Some((label.to_owned(), Some(number.to_owned())));
    assert_eq!(
        number("((Điều 5a Thông tư liên tịch số: 1/2030/TTLT-BT-BNN&PTNT., có hiệu lực"),
        some("5a", "1/2030/TTLT-BT-BNN&PTNT")
    );
    assert_eq!(number("(Điều 5 Thông tư số TT 7/2030/TT-BT, có hiệu lực"), some("5", "7/2030/TT-BT"));
    assert_eq!(number("(Điều 5 nghị định Nghị định số 7/2030/nđ-cp)"), some("5", "7/2030/NĐ-CP"));
    assert_eq!(number("(Danh mục tại Điều 7 Nghị định số 9/2030/NĐ-CP, có hiệu lực"), some("7", "9/2030/NĐ-CP"));
    assert_eq!(number("(Điều 2 Pháp lệnh Về cây, có hiệu lực"), Some(("2".into(), None)));
    assert_eq!(number("(Thông tư này có hiệu lực kể từ ngày ký)"), None);
    assert_eq!(number("không gì cả"), None);
    let until = note::parse(
        "(Điều 1 Luật số 7/2031/QH99, có hiệu lực thi hành kể từ ngày 01/01/2032, có hiệu lực thi hành đến ngày 31/12/2033)",
    );
    assert_eq!(until.unwrap().validity, Validity { from: Some(date(2032, 1, 1)), to: Some(date(2033, 12, 31)) });
    let titled = note::parse("(Điều 1 Thông tư số 7/2031/TT-BT Sửa Thông tư ngày 01/02/2030 của Bộ Cây về cành ngày 05/06/2031 của Bộ Lá, có hiệu lực thi hành kể từ ngày 01/01/2032)").unwrap();
    assert_eq!(titled.issued, Some(date(2031, 6, 5)));
    assert_eq!(titled.issuer.as_deref(), Some("Bộ Lá"));
    assert_eq!(titled.title.as_deref(), Some("Sửa Thông tư ngày 01/02/2030 của Bộ Cây về cành"));
}

proptest! {
    #[test]
    fn notes_never_panic(line in "\\(?(Điều [0-9]{0,3}[a-zđ]? )?(Luật|Nghị định|thông tư|.{0,9}) (số )?.{0,40}(có hiệu lực)?.{0,40}") {
        note::parse(&line);
    }

    #[test]
    fn damaged_files_never_panic(cuts in proptest::collection::vec((0usize..9_000, "\\PC{0,3}"), 1..10)) {
        let mut page = newest();
        for (at, put) in cuts {
            let at = (0..=at % page.len()).rev().find(|at| page.is_char_boundary(*at)).unwrap_or(0);
            page.replace_range(at..page[at..].chars().next().map_or(at, |c| at + c.len_utf8()), &put);
        }
        read(&[("a.html", None, scan::html(&page)), ("b.html", Some(date(2030, 1, 1)), scan::markdown(&page))]);
    }

    #[test]
    fn arbitrary_text_never_panics(text in "\\PC{0,400}") {
        read(&[("a.html", None, scan::html(&text)), ("b.md", None, scan::markdown(&text))]);
    }
}
