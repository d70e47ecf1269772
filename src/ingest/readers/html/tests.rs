//! Invented pages of every pattern; arbitrary and damaged bytes.

use proptest::prelude::*;

use super::{flow::article_number, read};
use crate::ingest::source_text::{FOOTNOTE_CLOSE, FOOTNOTE_OPEN, SourceText};

fn page(body: &str) -> SourceText {
    read(format!("<!DOCTYPE html><html><head><title>T</title></head><body>{body}</body></html>").as_bytes())
}

fn lines(source: &SourceText) -> Vec<&str> {
    source.text.lines().collect()
}

const HEAD: &str = "<table><tr><td><p><b>HỘI ĐỒNG THỬ<br>-----</b></p></td>\
    <td><p>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM<br>Độc lập - Tự do - Hạnh phúc</p></td></tr>\
    <tr><td>Số: 7/2031/QH99</td><td><i>Hà Nội, ngày 5 tháng 6 năm 2031</i></td></tr></table>\
    <p align=center><a name='loai_1'><b>LUẬT</b></a></p><p>TRỒNG CÂY</p>";

fn articles(from: u32, to: u32) -> String {
    (from..=to)
        .map(|n| {
            format!(
                "<p><a name='dieu_{n}'><b><span lang=NL>Điều\n {n}. Việc thứ {n}</span></b></a></p>\n\
                 <p>1. Người trồng cây&nbsp;số {n} tưới\n mỗi ngày.</p><p>a) Buổi sáng;</p>"
            )
        })
        .collect()
}

/// Another document in many pop-ups, each with a few of its articles, before and after.
fn popups() -> String {
    (1..40)
        .map(|n| {
            format!(
                "<div class='lqhlTip-{n}'><div id='bmContent'>Điều {n}. Của văn bản lạ<br/>1. Chữ lạ {n}.<br/>\
                 Điều {}. Cũng lạ<br/></div></div>",
                n + 1
            )
        })
        .collect()
}

#[test]
fn a_document_is_found_among_pop_ups_that_quote_another() {
    let menu = "<div class='menu'><ul><li><a href='/a'>Trang chủ</a></li><li>Điều 1. Trong thực đơn</li></ul></div>";
    for (open, close) in [
        ("<div id='divContentDoc' class='cldivContentDocVn'><div class='content1'><div>", "</div></div></div>"),
        ("<div class='chua-gap'><div><div>", "</div></div></div>"),
        ("<center><table width='100%'><tr><td>", "</td></tr></table></center>"),
    ] {
        let related =
            "<div class='danh-sach'><a href='/x'>Nghị định số 9/2030/NĐ-CP</a> Ngày ban hành: 01/01/2030</div>";
        let text = format!("{menu}{}{open}{HEAD}{}{close}{related}{}", popups(), articles(1, 12), popups());
        let source = page(&text);
        let lines = lines(&source);
        assert!(!source.text.contains("lạ"), "{open}: {}", source.text);
        assert!(!source.text.contains("thực đơn"), "{open}");
        let numbers: Vec<u32> = lines.iter().filter_map(|line| article_number(line)).collect();
        assert_eq!(numbers, (1..=12).collect::<Vec<_>>(), "{open}");
        assert!(lines.contains(&"1. Người trồng cây số 3 tưới mỗi ngày."), "{open}");
        assert!(source.text.contains("Số: 7/2031/QH99 | Hà Nội, ngày 5 tháng 6 năm 2031"), "{open}: {}", source.text);
        assert_eq!(source.hints.number.as_deref(), Some("7/2031/QH99"), "{open}");
    }
}

#[test]
fn pages_of_the_old_portal() {
    let text = page(&format!(
        "<div class='box-map'><ul><li><a href='/'>Cơ sở dữ liệu</a> » </li></ul></div>\
         <div class='fulltext'><div class='vbInfo'><ul><li><span>Ngày có hiệu lực: </span> 11/07/2031</li></ul></div>\
         <div><table align=left><tr><td><div>QUỐC HỘI</div><div>Số:\n 21-LCT/HDNN8</div></td></tr></table>\
         <table align=right><tr><td><b>CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM</b></td></tr></table>\
         <div class='toanvancontent' id='toanvancontent'><p>LUẬT</p><p>TRỒNG CÂY</p>{}</div></div></div>",
        articles(1, 3)
    ));
    assert_eq!(text.hints.number.as_deref(), Some("21-LCT/HDNN8"));
    assert_eq!(text.hints.effective_from.as_deref(), Some("11/07/2031"));
    assert!(text.text.starts_with("QUỐC HỘI Số: 21-LCT/HDNN8\n"), "{}", text.text);
    assert_eq!(lines(&text).iter().filter(|line| article_number(line).is_some()).count(), 3);

    let tab = |name: &str, inner: &str| {
        page(&format!("<ul><li><a class='selected' href='/TW/Pages/vbpq-{name}.aspx?ItemID=1'>x</a></li></ul>{inner}"))
    };
    let attributes = tab(
        "thuoctinh",
        "<div class='vbProperties'><table><tr><td class='title'>Trồng cây ven đường</td></tr>\
         <tr><td class='label'>Số ký hiệu</td><td>7/2031/QH99</td><td class='label'>Ngày ban hành</td><td>05/06/2031</td></tr>\
         <tr><td class='label'>Ngày có hiệu lực</td><td>01/08/2031</td><td>Ngày hết hiệu lực</td><td>...</td></tr></table></div>",
    );
    assert_eq!(attributes.text, "");
    assert_eq!(attributes.hints.title.as_deref(), Some("Trồng cây ven đường"));
    assert_eq!(attributes.hints.effective_from.as_deref(), Some("01/08/2031"));
    assert_eq!(attributes.hints.effective_to, None);
    let message = &attributes.problems[0].message;
    assert!(message.contains("the attributes of `7/2031/QH99`"), "{message}");
    for (name, what) in [("lichsu", "history"), ("vanbanlienquan", "related documents")] {
        let other = tab(name, "<table><tr><td>Số ký hiệu</td><td>1/2000/QH1</td></tr></table>");
        assert_eq!((other.text.as_str(), other.problems.len(), other.hints.number), ("", 1, None));
        assert!(other.problems[0].message.contains(what));
    }
}

#[test]
fn a_page_of_the_new_portal() {
    let source = page(
        "<table><tr><td><p>CHÍNH PHỦ<br>---</p></td><td><p>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</p></td></tr></table>\
         <p class='prov-chapter' id='0c29'><span><strong>Chương I<br> CHUNG</strong></span></p>\
         <p class='prov-article'>Điều 1. Cây</p><p class='prov-clause'>1. Cây xanh:</p><p class='prov-item'>a) Cao;</p>",
    );
    assert_eq!(
        lines(&source),
        [
            "CHÍNH PHỦ --- | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Chương I",
            "CHUNG",
            "Điều 1. Cây",
            "1. Cây xanh:",
            "a) Cao;"
        ]
    );
}

#[test]
fn a_fragment_with_entities_lists_and_bad_nesting() {
    let source = read(
        "<meta name='viewport'><p><strong>Chương I<br /></p></strong><strong>&nbsp;</strong>\
         <p><strong>Điều 1. Đối tượng &aacute;p dụng</p></strong><ol><li>Người l&agrave;m</li></ol>\
         <p>lời dẫn</p><ol start=\"2\"><li>Việc <b>khác<li>c) có dấu riêng</b></ol><ul><li>gạch</li></ul>\
         <table><tr><td>A<td><p>B</p><p>b</p><tr><td colspan=2>một ô</table>sau <span>bảng<p>hết"
            .as_bytes(),
    );
    assert_eq!(
        lines(&source),
        [
            "Chương I",
            "Điều 1. Đối tượng áp dụng",
            "1. Người làm",
            "lời dẫn",
            "2. Việc khác",
            "c) có dấu riêng",
            "gạch",
            "A | B b",
            "một ô",
            "sau bảng",
            "hết"
        ]
    );
}

#[test]
fn a_page_without_articles_is_its_densest_text() {
    let source = page(&format!(
        "<div class='ben'><a href='/1'>Tin một rất dài</a><a href='/2'>Tin hai cũng rất dài</a></div>\
         <div class='chinh'><h1>Hướng dẫn</h1><p>{}</p></div><div id='popup-qc'>Mua ngay</div>",
        "Cán bộ tưới cây vào buổi sáng. ".repeat(20)
    ));
    assert!(source.text.starts_with("Hướng dẫn\nCán bộ"), "{}", source.text);
    assert!(!source.text.contains("Mua ngay") && !source.text.contains("Tin một"));
}

#[test]
fn footnotes_stand_apart() {
    let source = page(
        "<div><p>Điều 1. Cây</p><p>1. Tưới<a href='#_ftn1' name='_ftnref1'><sup>[1]</sup></a> mỗi ngày.</p>\
         <div id='ftn1'><p><a href='#_ftnref1' name='_ftn1'>[1]</a> Được sửa theo Luật thử.</p><p>Dòng hai.</p></div>\
         <p><a href='#_ftnref2'>[2]</a> Lời thứ hai.</p></div>",
    );
    assert_eq!(lines(&source), ["Điều 1. Cây", &format!("1. Tưới{FOOTNOTE_OPEN}1{FOOTNOTE_CLOSE} mỗi ngày.")]);
    let notes: Vec<(&str, &str)> = source.footnotes.iter().map(|n| (n.mark.as_str(), n.text.as_str())).collect();
    assert_eq!(notes, [("1", "Được sửa theo Luật thử. Dòng hai."), ("2", "Lời thứ hai.")]);
}

#[test]
fn encodings_of_old_pages() {
    let text = "<p>Điều 1. Cây xanh</p>";
    let utf_16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(read(&utf_16).text, "Điều 1. Cây xanh");
    // 1258 has base letters and combining tones; "ề" is "ê" and a grave mark.
    let (bytes, _, _) = encoding_rs::WINDOWS_1258.encode("<p>Đi\u{ea}\u{300}u 1. C\u{e2}y \u{1b0}\u{301}t</p>");
    let source = read(&bytes);
    assert_eq!(source.text, "Điều 1. Cây ứt");
    assert_eq!(source.problems.len(), 1);
    let stated = [b"<meta charset='windows-1258'>".as_slice(), &bytes].concat();
    assert_eq!((read(&stated).text.as_str(), read(&stated).problems.len()), ("Điều 1. Cây ứt", 0));
    let damaged = [text.repeat(9).as_bytes(), b"\xFF"].concat();
    assert!(read(&damaged).text.starts_with("Điều 1. Cây xanh\nĐiều 1."));
}

#[test]
fn hostile_nesting_ends() {
    for html in [
        "<div>".repeat(200_000),
        "<table><tr><td>".repeat(50_000),
        "<b><i><p>".repeat(50_000) + &"</b></i></p>".repeat(50_000),
        "<ol><li>".repeat(50_000),
        "<p class='x".repeat(50_000),
        "<a href='#_ftn1'>".repeat(50_000) + "1",
    ] {
        let source = read((html + "Điều 1. Cây").as_bytes());
        assert!(source.text.len() < 2_000_000);
    }
}

fn sample() -> String {
    format!("<body>{}<div class='content1'>{HEAD}{}</div></body>", popups(), articles(1, 5))
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        read(&bytes);
    }

    #[test]
    fn tag_soup_never_panics(parts in proptest::collection::vec(
        prop_oneof![
            Just("<p>"), Just("</p>"), Just("<table>"), Just("</table>"), Just("<tr>"), Just("<td>"), Just("</td>"),
            Just("<ol start=9>"), Just("<li>"), Just("</ol>"), Just("<a href='#_ftn1'>[1]</a>"),
            Just("<div id=ftn1>"), Just("</div>"), Just("<script>"), Just("</script>"), Just("<pre>\n"), Just("</br>"),
            Just("Điều 1. Cây"), Just("a) b"), Just("&nbsp;&#x0;&aacute"), Just("<!--"), Just("-->"), Just("<b"),
        ], 0..120)) {
        read(parts.concat().as_bytes());
    }

    #[test]
    fn damaged_pages_never_panic(cuts in proptest::collection::vec((0usize..20_000, any::<u8>()), 1..12), end in 0usize..20_000) {
        let mut bytes = sample().into_bytes();
        for (at, byte) in cuts {
            let length = bytes.len();
            bytes[at % length] = byte;
        }
        bytes.truncate(end.max(1));
        read(&bytes);
    }
}
