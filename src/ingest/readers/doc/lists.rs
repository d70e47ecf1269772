/*!
Definitions of lists -> the lists of [`super::super::word::lists`].
*/

use std::collections::HashMap;

use super::bytes::Bytes;
use crate::ingest::readers::word::lists::{Format, LEVELS_MAX, Level, List, Lists};

/// Most lists.
const LISTS_MAX: usize = 20_000;

/// Lists, and which level each definition keeps for a style.
#[derive(Debug, Default)]
pub struct Numbering {
    /// The lists.
    pub lists: Lists,
    styles: HashMap<(i64, u16), usize>,
}

impl Numbering {
    /// Reads definitions (`rest` of the table stream from where they begin) and lists.
    pub fn read(definitions: Bytes<'_>, lists: Bytes<'_>) -> Self {
        let mut numbering = Self::default();
        numbering.read_definitions(definitions);
        numbering.read_lists(lists);
        numbering
    }

    /// The level that a list keeps for a paragraph style.
    pub fn level_of_style(&self, list: i64, style: u16) -> Option<usize> {
        let definition = self.lists.lists.get(&list)?.definition;
        self.styles.get(&(definition, style)).copied()
    }

    fn read_definitions(&mut self, part: Bytes<'_>) -> Option<()> {
        let count = part.size16(0)?.min(LISTS_MAX);
        let mut at = 2 + 28 * count;
        for number in 0..count {
            let head = Bytes(part.slice(2 + 28 * number, 28)?);
            let id = i64::from(head.i32(0)?);
            let levels = if head.byte(26)? & 1 == 1 { 1 } else { LEVELS_MAX };
            let mut definition = Vec::new();
            for level in 0..levels {
                let style = head.u16(8 + 2 * level).filter(|style| *style != 0x0FFF);
                self.styles.extend(style.map(|style| ((id, style), level)));
                let (read, length) = read_level(part.from(at)?)?;
                definition.push(read);
                at += length;
            }
            self.lists.definitions.insert(id, definition);
        }
        Some(())
    }

    fn read_lists(&mut self, part: Bytes<'_>) -> Option<()> {
        let count = part.size32(0)?.min(LISTS_MAX);
        let mut at = 4 + 16 * count;
        for number in 0..count {
            let head = Bytes(part.slice(4 + 16 * number, 16)?);
            let list = List { definition: i64::from(head.i32(0)?), ..List::default() };
            self.lists.lists.insert(number as i64 + 1, list);
        }
        for number in 0..count {
            let overrides = usize::from(part.byte(4 + 16 * number + 12)?);
            at += 4;
            for _ in 0..overrides {
                let start = i64::from(part.i32(at)?);
                let flags = part.u32(at + 4)?;
                at += 8;
                let level = (flags & 0xF) as usize;
                let list = self.lists.lists.entry(number as i64 + 1).or_default();
                if flags & 0x20 != 0 {
                    let (read, length) = read_level(part.from(at)?)?;
                    list.levels.insert(level, read);
                    at += length;
                } else if flags & 0x10 != 0 {
                    list.starts.insert(level, start);
                }
            }
        }
        Some(())
    }
}

/// Reads a level; it and its length.
fn read_level(part: Bytes<'_>) -> Option<(Level, usize)> {
    let flags = part.byte(5)?;
    let properties = usize::from(part.byte(24)?) + usize::from(part.byte(25)?);
    let restart = part.byte(26).map(usize::from);
    let text_at = 28 + properties;
    let count = part.size16(text_at)?;
    let mut text = String::new();
    for at in 0..count {
        match part.u16(text_at + 2 + 2 * at)? {
            place @ 0..=8 => text.push_str(&format!("%{}", place + 1)),
            unit => text.push(char::from_u32(u32::from(unit)).unwrap_or(' ')),
        }
    }
    let level = Level {
        start: i64::from(part.i32(0)?),
        format: format(part.byte(4)?),
        text,
        joined: part.byte(15)? == 2,
        restart: if flags & 0x08 != 0 { restart } else { None },
        legal: flags & 0x04 != 0,
    };
    Some((level, text_at + 2 + 2 * count))
}

fn format(code: u8) -> Format {
    match code {
        1 => Format::UpperRoman,
        2 => Format::LowerRoman,
        3 => Format::UpperLetter,
        4 => Format::LowerLetter,
        22 => Format::Padded(2),
        23 => Format::Bullet,
        56 => Format::Words,
        255 => Format::None,
        _ => Format::Decimal,
    }
}
