/*!
A CSV file of units or members, read as people's spreadsheets write it.

Comma, semicolon or tab; with a byte-order mark or without; titles of columns in Vietnamese
or English, in any order. It reads and names, and judges nothing.
*/

use std::collections::HashMap;

use csv::{ReaderBuilder, StringRecord};

use crate::{
    error::{Error, Result},
    law::text::{fold, stored_form},
};

/// Largest file, in bytes: some ten times a union of a hundred thousand.
const FILE_BYTES_MAX: usize = 128 << 20;
/// Longest cell, in characters.
const CELL_CHARS_MAX: usize = 300;

/// Columns that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Column {
    Number,
    Name,
    Phone,
    Email,
    Unit,
    UnitName,
    Level,
    Parent,
}

/// Titles of columns, folded, letters and digits alone.
const TITLES: [(Column, &[&str]); 8] = [
    (Column::Number, &["number", "membernumber", "madoanvien", "masodoanvien", "sothe", "sothedoanvien", "madv"]),
    (Column::Name, &["name", "fullname", "hoten", "hovaten", "ten", "tendoanvien"]),
    (Column::Phone, &["phone", "telephone", "dienthoai", "sodienthoai", "sdt"]),
    (Column::Email, &["email", "thudientu", "diachithudientu", "hopthu"]),
    (Column::Unit, &["unit", "unitcode", "madonvi", "donvi", "macongdoan"]),
    (Column::UnitName, &["unitname", "tendonvi", "tencongdoan"]),
    (Column::Level, &["level", "cap", "capdonvi", "capcongdoan"]),
    (Column::Parent, &["parent", "parentcode", "madonvicaptren", "captren", "macaptren", "donvicaptren"]),
];

/// Counts lines, going forward; the reader itself counts a row from the empty lines before it.
struct Lines<'a> {
    text: &'a str,
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    /// Line of the row that begins at or after `byte`.
    fn of(&mut self, byte: u64) -> u64 {
        let begin = usize::try_from(byte).unwrap_or(usize::MAX);
        let rest = self.text.as_bytes();
        while self.byte < rest.len() && (self.byte < begin || rest[self.byte] == b'\n') {
            self.line += u64::from(rest[self.byte] == b'\n');
            self.byte += 1;
        }
        self.line
    }
}

/// The rows of a file.
pub(super) struct Rows {
    columns: HashMap<Column, usize>,
    records: Vec<(u64, std::result::Result<StringRecord, String>)>,
}

impl Rows {
    /// Reads a file.
    ///
    /// # Errors
    /// `Invalid` naming `file` when it is too large, no UTF-8 or has no titles.
    pub(super) fn read(bytes: &[u8]) -> Result<Self> {
        let wrong = |message: String| Error::invalid("file", message);
        if FILE_BYTES_MAX < bytes.len() {
            return Err(wrong(format!("larger than {FILE_BYTES_MAX} bytes")));
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|e| wrong(format!("no UTF-8 at byte {}; save it as “CSV UTF-8”", e.valid_up_to())))?;
        let text = stored_form(text);
        let titles = text.lines().next().unwrap_or_default();
        let count = |separator: u8| titles.bytes().filter(|byte| *byte == separator).count();
        let separator = [b',', b';', b'\t'].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(b',');
        let mut reader = ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(text.as_bytes());
        let titles = reader.headers().map_err(|e| wrong(e.to_string()))?.clone();
        let mut columns = HashMap::new();
        for (place, title) in titles.iter().enumerate() {
            let key: String = fold(title).chars().filter(char::is_ascii_alphanumeric).collect();
            let known = TITLES.iter().find(|(_, names)| names.contains(&key.as_str()));
            if let Some((column, _)) = known
                && columns.insert(*column, place).is_some()
            {
                return Err(wrong(format!("two columns mean the same as `{title}`")));
            }
        }
        let mut records = Vec::new();
        let mut record = StringRecord::new();
        let mut lines = Lines { text: &text, byte: 0, line: 1 };
        loop {
            let byte = reader.position().byte();
            match reader.read_record(&mut record) {
                Ok(false) => break,
                Ok(true) if record.iter().all(|cell| cell.trim().is_empty()) => {}
                Ok(true) => records.push((lines.of(byte), Ok(record.clone()))),
                Err(e) => records.push((lines.of(byte), Err(e.to_string()))),
            }
        }
        Ok(Self { columns, records })
    }

    /// Whether the file has this column.
    pub(super) fn has(&self, column: Column) -> bool {
        self.columns.contains_key(&column)
    }

    /// Those of `wanted` that the file lacks, by their first title.
    pub(super) fn lacks(&self, wanted: &[Column]) -> Vec<&'static str> {
        let missing = TITLES.iter().filter(|(column, _)| wanted.contains(column) && !self.has(*column));
        missing.filter_map(|(_, names)| names.first().copied()).collect()
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// All rows with the lines they begin on.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, std::result::Result<Row<'_>, &str>)> {
        self.records.iter().map(|(line, record)| {
            let row = record.as_ref().map(|record| Row { columns: &self.columns, record }).map_err(String::as_str);
            (*line, row)
        })
    }
}

/// One row.
pub(super) struct Row<'a> {
    columns: &'a HashMap<Column, usize>,
    record: &'a StringRecord,
}

impl Row<'_> {
    /// A cell, trimmed, without control characters and too much of anything; empty where absent.
    pub(super) fn cell(&self, column: Column) -> String {
        let cell = self.columns.get(&column).and_then(|place| self.record.get(*place)).unwrap_or_default();
        let tidy = cell.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
        tidy.collect::<Vec<_>>().join(" ").chars().take(CELL_CHARS_MAX).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str, columns: &[Column]) -> Vec<(u64, Vec<String>)> {
        let rows = Rows::read(text.as_bytes()).unwrap();
        rows.iter()
            .map(|(line, row)| (line, columns.iter().map(|c| row.as_ref().unwrap().cell(*c)).collect()))
            .collect()
    }

    #[test]
    fn spreadsheets_of_all_kinds_are_read() {
        let wanted = [Column::Number, Column::Name];
        let rows = [(2, vec!["1".to_owned(), "Đỗ An".to_owned()]), (4, vec!["2".to_owned(), "Lê, Bình".to_owned()])];
        for text in [
            "\u{FEFF}Mã đoàn viên,Họ và tên\r\n1, Đỗ  An \r\n\r\n2,\"Lê, Bình\"\r\n",
            "Họ tên;x;number\nĐỗ An;;1\n;;\nLê, Bình;;2\n",
            "name,number\n\"Đỗ\nAn\",1\n\"Lê, Bình\",2",
            "name\tnumber\nĐỗ An\t1\n\t\nLê, Bình\t2",
        ] {
            assert_eq!(cells(text, &wanted), rows, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        assert!(Rows::read(b"number,name\n1,\xff").is_err());
        assert!(Rows::read("số thẻ,number\n".as_bytes()).is_err(), "two columns of one meaning");
        let rows = Rows::read("number,name\n1,An".as_bytes()).unwrap();
        assert_eq!(rows.lacks(&[Column::Number, Column::Email, Column::Unit]), ["email", "unit"]);
        assert_eq!(rows.len(), 1);
        let short = cells("number,name,email\n1\n", &[Column::Number, Column::Email]);
        assert_eq!(short, [(2, vec!["1".to_owned(), String::new()])]);
    }
}
