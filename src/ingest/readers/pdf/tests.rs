//! Small PDFs of an invented law, written by hand; each is read by the converter, where it is
//! installed, and by the built-in reader.

use proptest::prelude::*;

use super::*;

/// A converter that is not there.
fn missing() -> Converter {
    Converter { program: "no-such-converter".into(), ..converter() }
}

/// A file of pages, each a content stream; `picture` gives every page one, `extra` goes into
/// the trailer.
fn pdf(pages: &[&str], picture: bool, extra: &str) -> Vec<u8> {
    // Letters outside ASCII are codes of their own, mapped to Unicode.
    let map = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange \
               2 beginbfrange <20> <7E> <0020> <80> <80> <0110> endbfrange 2 beginbfchar <81> <1EC1> <82> <00E8> endbfchar \
               endcmap end end";
    let kids: String = (0..pages.len()).map(|at| format!("{} 0 R ", 10 + 2 * at)).collect();
    let widths = "500 ".repeat(224);
    let mut objects = vec![
        (1, "<< /Type /Catalog /Pages 2 0 R >>".to_owned()),
        (2, format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", pages.len())),
        (
            3,
            format!(
                "<< /Type /Font /Subtype /TrueType /BaseFont /Den /FirstChar 32 /LastChar 255 /Widths [{widths}] \
                 /Encoding /WinAnsiEncoding /ToUnicode 4 0 R /FontDescriptor 5 0 R >>"
            ),
        ),
        (4, stream(map, "")),
        (
            5,
            "<< /Type /FontDescriptor /FontName /Den /Flags 32 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 900 /Descent -200 /CapHeight 700 /StemV 80 >>"
                .to_owned(),
        ),
        (6, stream("x", "/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray")),
    ];
    let picture = if picture { "/XObject << /Im 6 0 R >>" } else { "" };
    for (at, content) in pages.iter().enumerate() {
        let number = 10 + 2 * at;
        let resources = format!("<< /Font << /F 3 0 R >> {picture} >>");
        objects.push((
            number,
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources {resources} /Contents {} 0 R >>",
                number + 1
            ),
        ));
        objects.push((number + 1, stream(content, "")));
    }
    let mut file = "%PDF-1.4\n".to_owned();
    let mut places = vec![None; 10 + 2 * pages.len()];
    for (number, object) in objects {
        places[number] = Some(file.chars().count());
        file.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let start = file.chars().count();
    file.push_str(&format!("xref\n0 {}\n", places.len()));
    for place in &places {
        file.push_str(&place.map_or("0000000000 65535 f \n".to_owned(), |place| format!("{place:010} 00000 n \n")));
    }
    file.push_str(&format!("trailer\n<< /Size {} /Root 1 0 R {extra} >>\nstartxref\n{start}\n%%EOF\n", places.len()));
    // The codes of the letters in `page`.
    file.chars().map(|c| if (c as u32) < 256 { c as u8 } else { b'?' }).collect()
}

fn stream(content: &str, dictionary: &str) -> String {
    format!("<< /Length {} {dictionary} >>\nstream\n{content}\nendstream", content.chars().count())
}

/// A page of lines, 20 points apart.
fn page(lines: &[&str]) -> String {
    let mut content = String::new();
    for (at, line) in lines.iter().enumerate() {
        let codes: String = line
            .chars()
            .map(|c| match c {
                'Đ' => '\u{80}',
                'ề' => '\u{81}',
                'è' => '\u{82}',
                c => c,
            })
            .collect();
        content.push_str(&format!("BT /F 12 Tf 1 0 0 1 72 {} Tm ({codes}) Tj ET\n", 760 - 20 * at));
    }
    content
}

/// Reads with both readers.
fn both(bytes: &[u8]) -> Vec<SourceText> {
    let mut read = vec![read_with(bytes, &missing())];
    if notice().is_none() {
        read.push(super::read(bytes));
    } else {
        assert!(notice().unwrap().message.contains("poppler-utils"));
    }
    read
}

#[test]
fn text_comes_page_by_page() {
    let first = page(&["Điều 1. Ten den", "Nguoi giu den."]);
    let second = page(&["Điều 2. Den cuoi", "Het."]);
    for source in both(&pdf(&[&first, &second], false, "")) {
        assert_eq!(source.problems, []);
        let found: Vec<&str> = source.text.lines().filter(|line| line.starts_with("Điều")).collect();
        assert_eq!(found, ["Điều 1. Ten den", "Điều 2. Den cuoi"], "{}", source.text);
        assert!(source.incomplete.is_none());
    }
}

#[test]
fn scans_are_said_to_be_scans() {
    for source in both(&pdf(&["q 500 0 0 700 0 0 cm /Im Do Q"; 2], true, "")) {
        assert_eq!(source.text, "");
        assert!(source.problems[0].message.starts_with("it is a scan: 2 pages"), "{:?}", source.problems);
    }
}

#[test]
fn pages_that_are_pictures_are_named_and_empty_ones_are_not() {
    let text = page(&["Điều 1. Ten den", "Nguoi giu den."]);
    for source in both(&pdf(&[&text, "q 500 0 0 700 0 0 cm /Im Do Q"], true, "")) {
        assert!(source.text.contains("Điều 1."));
        let why = source.incomplete.unwrap();
        assert_eq!(why, "page 2 of 2 is a picture without text; it needs OCR");
        assert_eq!(source.problems[0].message, why);
    }
    for source in both(&pdf(&[&text, " "], false, "")) {
        assert_eq!(source.incomplete, None);
    }
}

#[test]
fn turned_pages_are_read_in_their_own_order() {
    // Written upwards, the first row at the left.
    let lines = ["Điều 1. Ten den long thap sang", "Nguoi giu den long thap sang den"];
    let turned = page(&lines)
        .replace("1 0 0 1 72 760 Tm", "0 1 -1 0 100 72 Tm")
        .replace("1 0 0 1 72 740 Tm", "0 1 -1 0 120 72 Tm");
    assert!(turned.contains("0 1 -1 0 120 72 Tm"));
    for source in both(&pdf(&[&turned], false, "")) {
        assert_eq!(source.text.split_whitespace().collect::<Vec<_>>().join(" "), lines.join(" "));
    }
}

#[test]
fn damaged_and_locked_files_get_one_clear_message() {
    let text = page(&["Điều 1. Ten den", "Nguoi giu den."]);
    let whole = pdf(&[&text], false, "");
    for bytes in [&b"not a pdf"[..], b"%PDF-1.4\n", &whole[..200]] {
        for source in both(bytes) {
            assert_eq!((source.text.as_str(), source.problems.len()), ("", 1), "{:?}", source.problems);
        }
    }
    let lock = "/Encrypt << /Filter /Standard /V 1 /R 2 /O <00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff> \
                /U <00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff> /P -4 >> /ID [<00> <00>]";
    for source in both(&pdf(&[&text], false, lock)) {
        assert!(source.problems[0].message.contains("password"), "{:?}", source.problems);
    }
    // Every object stands elsewhere than the table of places says, or the table is gone.
    let shifted = [b"%PDF-1.4\n% shifted\n".as_slice(), &whole[9..]].concat();
    let torn = whole[..whole.len() - 300].to_vec();
    for source in [both(&shifted), both(&torn)].concat() {
        assert!(source.text.contains("Điều 1."), "{:?}", source.problems);
    }
}

#[test]
fn a_converter_that_fails_is_named_and_the_built_in_reader_takes_over() {
    let bytes = pdf(&[&page(&["Điều 1. Ten den", "Nguoi giu den."])], false, "");
    let refusing = Converter { program: "false".into(), ..converter() };
    let source = read_with(&bytes, &refusing);
    assert!(source.text.contains("Điều 1. Ten den"));
    assert_eq!(
        source.problems[0].message,
        "`false` could not read it: it reported an error; read by the built-in reader"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn mutated_files_are_read(changes in proptest::collection::vec((0usize..4000, any::<u8>()), 1..20), cut in 0usize..4000) {
        let mut bytes = pdf(&[&page(&["Điều 1. Ten den"])], true, "");
        for (at, byte) in &changes {
            let at = at % bytes.len();
            bytes[at] = *byte;
        }
        read_with(&bytes, &missing());
        bytes.truncate(cut);
        read_with(&bytes, &missing());
    }
}
