/*! One file under reading: its keys with their lines, and where problems go. */

use std::{
    cell::RefCell,
    collections::BTreeSet,
    ops::{Range, RangeInclusive},
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{FolderProblem, MACHINE_MARK};

/// Most problems told of one folder.
const PROBLEMS_MAX: usize = 200;

/// Problems of a folder.
#[derive(Default)]
pub(super) struct Log(RefCell<Vec<FolderProblem>>);

impl Log {
    /// A problem of a file as a whole.
    pub(super) fn file(&self, file: &str, message: String) {
        self.line(file, 0, message);
    }

    /// A problem in a line.
    pub(super) fn line(&self, file: &str, line: usize, message: String) {
        let mut problems = self.0.borrow_mut();
        if problems.len() < PROBLEMS_MAX {
            problems.push(FolderProblem { file: file.to_owned(), line, message });
        }
    }

    /// Whether no more is told.
    pub(super) fn is_full(&self) -> bool {
        PROBLEMS_MAX <= self.0.borrow().len()
    }

    /// All of them, in order.
    pub(super) fn sorted(self) -> Vec<FolderProblem> {
        let mut problems = self.0.into_inner();
        problems.sort();
        problems.dedup();
        problems
    }
}

/// Signs that nobody sees: they can turn a text around or make two words look alike.
fn is_hidden(sign: char) -> bool {
    (sign.is_control() && sign != '\n')
        || matches!(sign, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

/// Tells of hidden signs in a text.
pub(super) fn check_signs(file: &str, text: &str, log: &Log) {
    for (at, line) in text.lines().enumerate() {
        if let Some(sign) = line.chars().find(|sign| is_hidden(*sign)) {
            log.line(file, at + 1, format!("có ký tự ẩn U+{:04X}; hãy xóa", u32::from(sign)));
        }
    }
}

/// Tells where a text still says that nobody but the program has written it.
pub(super) fn check_mark(file: &str, text: &str, log: &Log) {
    if let Some(at) = text.lines().position(|line| line.contains(MACHINE_MARK)) {
        log.line(file, at + 1, "còn là bản nháp do máy soạn: hãy đọc lại, sửa, rồi xóa dòng này và lưu".to_owned());
    }
}

/// A file with its text.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
    pub(super) log: &'a Log,
}

/// Keys of a table, and which of them were looked at.
pub(super) struct Keys<'a> {
    table: &'a DeTable<'a>,
    /// First byte of the table.
    start: usize,
    known: RefCell<BTreeSet<&'static str>>,
}

impl<'a> Source<'a> {
    /// The file as a table; syntax errors are told.
    pub(super) fn parse(&self) -> Option<Spanned<DeTable<'a>>> {
        match DeTable::parse(self.text) {
            Ok(table) => Some(table),
            Err(error) => {
                let line = error.span().map_or(0, |span| self.line_of(span.start));
                self.log.line(self.file, line, format!("sai cú pháp TOML: {}", error.message()));
                None
            }
        }
    }

    pub(super) fn keys<'t>(&self, table: &'t Spanned<DeTable<'a>>) -> Keys<'t>
    where
        'a: 't,
    {
        keys(table.get_ref(), table.span())
    }

    /// Line of a byte, from 1.
    pub(super) fn line_of(&self, byte: usize) -> usize {
        1 + self.text.bytes().take(byte).filter(|byte| *byte == b'\n').count()
    }

    /// A problem with a key.
    pub(super) fn say(&self, keys: &Keys<'_>, name: &str, message: String) {
        let at = find(keys.table, name).map_or(keys.start, |(span, _)| span.start);
        self.log.line(self.file, self.line_of(at), format!("`{name}`: {message}"));
    }

    /// Whether a key is there.
    pub(super) fn has(&self, keys: &Keys<'_>, name: &str) -> bool {
        find(keys.table, name).is_some()
    }

    /// The value of a key, which must be there.
    pub(super) fn value<'t>(&self, keys: &Keys<'t>, name: &'static str) -> Option<&'t DeValue<'t>> {
        keys.known.borrow_mut().insert(name);
        let found = find(keys.table, name).map(|(_, value)| value.get_ref());
        if found.is_none() {
            self.say(keys, name, "thiếu khóa này".to_owned());
        }
        found
    }

    /// A text that must be there and say something.
    pub(super) fn string(&self, keys: &Keys<'_>, name: &'static str, chars_max: usize) -> Option<String> {
        let value = self.value(keys, name)?;
        let Some(text) = value.as_str() else {
            self.say(keys, name, "phải là chuỗi chữ".to_owned());
            return None;
        };
        self.bounded(keys, name, text, chars_max)
    }

    fn bounded(&self, keys: &Keys<'_>, name: &str, text: &str, chars_max: usize) -> Option<String> {
        let chars = text.chars().count();
        if text.trim().is_empty() {
            self.say(keys, name, "để trống".to_owned());
        } else if chars_max < chars {
            self.say(keys, name, format!("dài {chars} ký tự, tối đa {chars_max}"));
        } else if text.trim() != text || text.contains('\n') {
            self.say(keys, name, "không được có dấu cách ở hai đầu hay xuống dòng".to_owned());
        } else {
            return Some(text.to_owned());
        }
        None
    }

    /// A text that may be left out.
    pub(super) fn optional(&self, keys: &Keys<'_>, name: &'static str, chars_max: usize) -> Option<String> {
        keys.known.borrow_mut().insert(name);
        if self.has(keys, name) { self.string(keys, name, chars_max) } else { None }
    }

    /// Texts in an array.
    pub(super) fn strings(
        &self,
        keys: &Keys<'_>,
        name: &'static str,
        count: RangeInclusive<usize>,
        chars_max: usize,
    ) -> Option<Vec<String>> {
        let Some(array) = self.value(keys, name)?.as_array() else {
            self.say(keys, name, "phải là mảng".to_owned());
            return None;
        };
        if !count.contains(&array.len()) {
            self.say(keys, name, format!("có {} mục, cần từ {} đến {}", array.len(), count.start(), count.end()));
            return None;
        }
        let text = |value: &Spanned<DeValue<'_>>| {
            let text = value.get_ref().as_str();
            if text.is_none() {
                self.say(keys, name, "mỗi mục phải là chuỗi chữ".to_owned());
            }
            self.bounded(keys, name, text?, chars_max)
        };
        array.iter().map(text).collect()
    }

    /// A whole number within bounds.
    pub(super) fn integer(&self, keys: &Keys<'_>, name: &'static str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = self.value(keys, name)?;
        let number = value.as_integer().and_then(|n| i64::from_str_radix(n.as_str(), n.radix()).ok());
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            self.say(keys, name, format!("phải là số nguyên từ {} đến {}", range.start(), range.end()));
        }
        number
    }

    /// A number, whole or not.
    pub(super) fn number(&self, keys: &Keys<'_>, name: &'static str) -> Option<f64> {
        let value = self.value(keys, name)?;
        let whole = value.as_integer().and_then(|n| i64::from_str_radix(n.as_str(), n.radix()).ok());
        // Whole numbers beyond 2^53 are no quiz answers; they are refused with the others.
        let whole = whole.and_then(|n| i32::try_from(n).ok().map(f64::from).or_else(|| n.to_string().parse().ok()));
        let number = whole.or_else(|| value.as_float().and_then(|n| n.as_str().parse::<f64>().ok()));
        let number = number.filter(|number| number.is_finite() && number.abs() < 1e15);
        if number.is_none() {
            self.say(keys, name, "phải là số, ví dụ 45 hoặc 1.5".to_owned());
        }
        number
    }

    /// The number of the format.
    pub(super) fn format(&self, keys: &Keys<'_>, known: i64) {
        self.integer(keys, "format", known..=known);
    }

    /// A table that must be there.
    pub(super) fn table<'t>(&self, keys: &Keys<'t>, name: &'static str) -> Option<Keys<'t>> {
        let value = self.value(keys, name)?;
        let start = find(keys.table, name).map_or(keys.start, |(span, _)| span.start);
        match value.as_table() {
            Some(table) => Some(self::keys(table, start..start)),
            None => {
                self.say(keys, name, "phải là bảng".to_owned());
                None
            }
        }
    }

    /// Tables in an array.
    pub(super) fn tables<'t>(
        &self,
        keys: &Keys<'t>,
        name: &'static str,
        count: RangeInclusive<usize>,
    ) -> Option<Vec<Keys<'t>>> {
        let Some(array) = self.value(keys, name)?.as_array() else {
            self.say(keys, name, "phải là mảng các bảng".to_owned());
            return None;
        };
        if !count.contains(&array.len()) {
            self.say(keys, name, format!("có {} mục, cần từ {} đến {}", array.len(), count.start(), count.end()));
            return None;
        }
        let table = |value: &'t Spanned<DeValue<'t>>| {
            let table = value.get_ref().as_table();
            if table.is_none() {
                self.say(keys, name, "mỗi mục phải là bảng".to_owned());
            }
            Some(self::keys(table?, value.span()))
        };
        array.iter().map(table).collect()
    }

    /// Tells of keys that nothing asked for: a misspelt key is not lost unseen.
    pub(super) fn nothing_else(&self, keys: &Keys<'_>) {
        for key in keys.table.keys() {
            if !keys.known.borrow().contains(key.get_ref().as_ref()) {
                let line = self.line_of(key.span().start);
                self.log.line(self.file, line, format!("không có khóa `{}`", key.get_ref()));
            }
        }
    }
}

fn keys<'t>(table: &'t DeTable<'t>, span: Range<usize>) -> Keys<'t> {
    let first = table.keys().map(|key| key.span().start).min();
    Keys { table, start: first.unwrap_or(span.start), known: RefCell::default() }
}

fn find<'t>(table: &'t DeTable<'t>, name: &str) -> Option<(Range<usize>, &'t Spanned<DeValue<'t>>)> {
    table.iter().find(|(key, _)| key.get_ref() == name).map(|(key, value)| (key.span(), value))
}
