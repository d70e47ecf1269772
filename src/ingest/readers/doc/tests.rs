//! Small Word 97 files of an invented law, written byte by byte.

use std::io::{Cursor, Write as _};

use proptest::prelude::*;

use super::*;

/// First byte of the text in the stream.
const TEXT_AT: usize = 1024;

/// A run of paragraph or character properties: how many characters it covers, its bytes.
type Run = (usize, Vec<u8>);

/// What a test puts into a file.
#[derive(Default)]
struct Fixture {
    /// Text of the document, then of its footnotes.
    text: String,
    /// Characters of it that are footnotes.
    footnote_chars: usize,
    /// Paragraph properties (style and changes).
    paragraphs: Vec<Run>,
    /// Character changes.
    characters: Vec<Run>,
    /// Parts of the table stream.
    parts: Vec<(Part, Vec<u8>)>,
    /// The first characters stand in a piece of one byte each.
    narrow_chars: usize,
    flags: u16,
}

fn u16s(values: &[u16]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn u32s(values: &[usize]) -> Vec<u8> {
    values.iter().flat_map(|value| u32::try_from(*value).unwrap().to_le_bytes()).collect()
}

/// A page of properties: runs over the text's bytes, each with its data at the page's end.
fn page(runs: &[Run], entry: usize, length_of: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let mut page = vec![0u8; 512];
    let mut place = TEXT_AT;
    let mut free = 510;
    for (at, (chars, data)) in runs.iter().enumerate() {
        page[4 * at..4 * at + 4].copy_from_slice(&u32s(&[place]));
        place += 2 * chars;
        let stored = length_of(data);
        free = (free - stored.len()) & !1;
        page[free..free + stored.len()].copy_from_slice(&stored);
        page[4 * (runs.len() + 1) + entry * at] = u8::try_from(free / 2).unwrap();
    }
    page[4 * runs.len()..4 * runs.len() + 4].copy_from_slice(&u32s(&[place]));
    page[511] = u8::try_from(runs.len()).unwrap();
    page
}

impl Fixture {
    fn streams(&self) -> (Vec<u8>, Vec<u8>) {
        let units: Vec<u16> = self.text.encode_utf16().collect();
        let mut main = vec![0u8; TEXT_AT];
        let narrow = self.narrow_chars;
        main.extend(units[..narrow].iter().map(|unit| *unit as u8));
        let wide_at = main.len();
        main.extend(u16s(&units[narrow..]));
        main.resize(main.len().next_multiple_of(512), 0);
        let mut parts: Vec<(Part, Vec<u8>)> = Vec::new();
        let mut pieces = u32s(&if narrow == 0 { vec![0, units.len()] } else { vec![0, narrow, units.len()] });
        if narrow != 0 {
            pieces.extend([u16s(&[0]), u32s(&[(TEXT_AT * 2) | 0x4000_0000]), u16s(&[0])].concat());
        }
        pieces.extend([u16s(&[0]), u32s(&[wide_at]), u16s(&[0])].concat());
        let table = [vec![1, 2, 0, 9, 9, 2], u32s(&[pieces.len()]), pieces].concat();
        parts.push((Part::Pieces, table));
        for (part, runs, entry) in [(Part::Paragraphs, &self.paragraphs, 13), (Part::Characters, &self.characters, 1)] {
            if !runs.is_empty() {
                let end = TEXT_AT + 2 * runs.iter().map(|(chars, _)| chars).sum::<usize>();
                parts.push((part, u32s(&[TEXT_AT, end, main.len() / 512])));
                main.extend(page(runs, entry, |data| match entry {
                    13 => {
                        [vec![0, u8::try_from(data.len().div_ceil(2)).unwrap()], data.to_vec(), vec![0; data.len() % 2]]
                            .concat()
                    }
                    _ => [vec![u8::try_from(data.len()).unwrap()], data.to_vec()].concat(),
                }));
            }
        }
        parts.extend(self.parts.iter().map(|(part, data)| (*part, data.clone())));
        let mut table = vec![0u8; 8];
        let mut pairs = vec![(0, 0); 93];
        for (part, data) in parts {
            pairs[part as usize] = (table.len(), data.len());
            table.extend(data);
        }
        let head = [
            u16s(&[0xA5EC, 0x00C1, 0, 0, 0, 0x0200 | self.flags]),
            vec![0; 20],
            u16s(&[14]),
            vec![0; 28],
            u16s(&[22]),
            u32s(&[main.len(), 0, 0, units.len() - self.footnote_chars, self.footnote_chars]),
            vec![0; 4 * 17],
            u16s(&[93]),
            pairs.iter().flat_map(|(at, length)| u32s(&[*at, *length])).collect(),
        ]
        .concat();
        main[..head.len()].copy_from_slice(&head);
        (main, table)
    }

    fn file(&self) -> Vec<u8> {
        let (main, table) = self.streams();
        ole(&[("/WordDocument", &main), ("/1Table", &table)])
    }
}

fn ole(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (name, content) in streams {
        file.create_stream(name).unwrap().write_all(content).unwrap();
    }
    file.into_inner().into_inner()
}

/// Properties of a paragraph in the first style with changes.
fn papx(changes: &[(u16, u8)]) -> Vec<u8> {
    let mut bytes = vec![0, 0];
    for (code, value) in changes {
        bytes.extend(code.to_le_bytes());
        bytes.push(*value);
        if code >> 13 == 2 {
            bytes.push(0);
        }
    }
    bytes
}

#[test]
fn pieces_of_both_widths_with_breaks_and_hyphens() {
    let text = "Chuong I\rĐiều 1. Đèn\u{B}lồng A\u{1E}B\u{1F}\rhết\t.\u{C}".to_owned();
    let read = read(&Fixture { text, narrow_chars: 9, ..Fixture::default() }.file());
    assert_eq!(read.text, "Chuong I\nĐiều 1. Đèn\nlồng A-B\nhết .\n");
    assert_eq!((read.problems, read.incomplete), (vec![], None));
}

#[test]
fn tables_are_rows_of_cells_with_and_without_properties() {
    let text = "trước\rHạng\rđèn\u{7}Mức\u{7}\u{7}một\u{7}\u{7}\u{7}sau\r".to_owned();
    let (cell, row) = (papx(&[(0x2416, 1)]), papx(&[(0x2416, 1), (0x2417, 1)]));
    let of = |part: &str| part.encode_utf16().count();
    let paragraphs = vec![
        (of("trước\r"), papx(&[])),
        (of("Hạng\rđèn\u{7}Mức\u{7}"), cell.clone()),
        (1, row.clone()),
        (of("một\u{7}\u{7}"), cell),
        (1, row),
        (of("sau\r"), papx(&[])),
    ];
    let expected = "trước\nHạng đèn | Mức\nmột\nsau\n";
    let with = read(&Fixture { text: text.clone(), paragraphs, ..Fixture::default() }.file());
    assert_eq!(with.text, expected);
    let plain = "trước\rHạng\u{7}Mức\u{7}\u{7}sau\r".to_owned();
    let without = read(&Fixture { text: plain, ..Fixture::default() }.file());
    assert_eq!(without.text, "trước Hạng | Mức\nsau\n".replace("trước Hạng", "trước\nHạng"));
}

#[test]
fn fields_hidden_and_deleted_text() {
    let text = "xem \u{13} REF x \u{14}Điều 3\u{15}.\rgiữẩnxóa\r\u{13}TOC\u{14}Điều 1. Mục lục\r\u{15}sau\r".to_owned();
    let before = "xem \u{13} REF x \u{14}Điều 3\u{15}.\rgiữ".encode_utf16().count();
    let characters = vec![(before, vec![]), (2, vec![0x3C, 0x08, 1]), (3, vec![0x00, 0x08, 1]), (40, vec![])];
    let read = read(&Fixture { text, characters, ..Fixture::default() }.file());
    assert_eq!(read.text, "xem Điều 3.\ngiữ\nsau\n");
}

#[test]
fn footnotes_stand_apart() {
    let text = "Điều 1\u{2}. Đèn\r\u{2} Sửa đổi\r".to_owned();
    let parts =
        vec![(Part::FootnoteCalls, [u32s(&[6, 99]), u16s(&[1])].concat()), (Part::FootnoteTexts, u32s(&[0, 10, 11]))];
    let read = read(&Fixture { text, footnote_chars: 10, parts, ..Fixture::default() }.file());
    assert_eq!(read.text, "Điều 1\u{FFF9}1\u{FFFB}. Đèn\n");
    assert_eq!((read.footnotes[0].mark.as_str(), read.footnotes[0].text.as_str()), ("1", "Sửa đổi"));
}

/// A level of a list definition.
fn level(format: u8, text: &[u16]) -> Vec<u8> {
    let mut bytes = vec![1, 0, 0, 0, format];
    bytes.resize(28, 0);
    bytes.extend(u16s(&[u16::try_from(text.len()).unwrap()]));
    bytes.extend(u16s(text));
    bytes
}

#[test]
fn automatic_labels_are_text() {
    let dieu: Vec<u16> = "Điều ".encode_utf16().chain([0, u16::from(b'.')]).collect();
    let mut definition = [u16s(&[1]), u32s(&[77]), vec![0; 24]].concat();
    for at in 0..9u16 {
        definition.extend(match at {
            0 => level(0, &dieu),
            1 => level(4, &[1, u16::from(b')')]),
            _ => level(23, &[0xF0B7]),
        });
    }
    let lists = [u32s(&[1, 77, 0, 0, 0]), vec![0xFF; 4]].concat();
    let in_list = |level: u8| papx(&[(0x460B, 1), (0x260A, level)]);
    let text = "Tên\rnhỏ\rlớn\rgạch\rHai\r".to_owned();
    let paragraphs = vec![(4, in_list(0)), (8, in_list(1)), (5, in_list(2)), (4, in_list(0))];
    // The levels stand behind the part's own length.
    let mut fixture = Fixture { text, paragraphs, ..Fixture::default() };
    fixture.parts = vec![(Part::Definitions, definition), (Part::Lists, lists)];
    assert_eq!(read(&fixture.file()).text, "Điều 1. Tên\na) nhỏ\nb) lớn\n- gạch\nĐiều 2. Hai\n");
}

#[test]
fn what_cannot_be_read_gets_one_clear_message() {
    let message = |bytes: &[u8]| {
        let source = read(bytes);
        assert_eq!((source.text.as_str(), source.problems.len()), ("", 1));
        source.problems[0].message.clone()
    };
    let locked = Fixture { text: "x\r".to_owned(), flags: 0x0100, ..Fixture::default() };
    assert!(message(&locked.file()).contains("password"));
    assert!(message(&ole(&[("/EncryptedPackage", b"x")])).contains("password"));
    assert!(message(&ole(&[("/Workbook", b"x")])).contains("Excel"));
    assert!(message(&ole(&[("/WordDocument", b"x")])).contains("damaged"));
    assert!(message(b"\xD0\xCF\x11\xE0").contains("damaged"));
    let (main, table) = Fixture { text: "Điều 1. Đèn\r".to_owned(), ..Fixture::default() }.streams();
    let torn = read(&ole(&[("/WordDocument", &main[..TEXT_AT + 10]), ("/1Table", &table)]));
    assert!(torn.text.starts_with("Điều") && torn.incomplete.is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        read(&bytes);
        read(&[&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], bytes.as_slice()].concat());
    }

    #[test]
    fn mutated_streams_and_files_are_read(changes in proptest::collection::vec((0usize..8000, any::<u8>()), 1..40)) {
        let text = "Điều 1\rmột\u{7}hai\u{7}\u{7}\u{13}x\u{14}y\u{15}\r".to_owned();
        let paragraphs = vec![(10, papx(&[(0x2416, 1), (0x460B, 1)]))];
        let characters = vec![(10, vec![0x3C, 0x08, 1])];
        let fixture = Fixture { text, paragraphs, characters, ..Fixture::default() };
        let (mut main, mut table) = fixture.streams();
        let mut file = fixture.file();
        for (at, byte) in &changes {
            let (in_main, in_table, in_file) = (at % main.len(), at % table.len(), at % file.len());
            main[in_main] = *byte;
            table[in_table] = *byte;
            file[in_file] = *byte;
        }
        if let Some(fib) = Fib::read(Bytes(&main)) {
            read_streams(Bytes(&main), Bytes(&table), &fib);
        }
        read(&file);
    }
}
