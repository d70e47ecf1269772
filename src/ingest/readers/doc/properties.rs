/*!
Properties of paragraphs and characters: pages of 512 bytes that list runs of the stream,
each with small changes ("sprm") to what its style says.
*/

use super::bytes::Bytes;

/// Length of a page of properties, in bytes.
const PAGE_BYTES: usize = 512;
/// Most runs of properties kept.
const RUNS_MAX: usize = 4_000_000;

/// Properties of a paragraph, `None` where the style decides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Paragraph {
    /// Its style.
    pub style: u16,
    /// Whether it is within a table.
    pub in_table: bool,
    /// Whether its mark ends a row.
    pub ends_row: bool,
    /// Its list, from 1.
    pub list: Option<i64>,
    /// Its level in the list.
    pub level: Option<usize>,
}

/// Properties of a run of characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Characters {
    /// Hidden.
    pub hidden: Option<bool>,
    /// In capitals.
    pub capitals: Option<bool>,
    /// Deleted while changes were tracked.
    pub deleted: bool,
    /// A sign with a meaning of its own.
    pub special: bool,
    /// Font, as a place in the list of fonts.
    pub font: Option<u16>,
    /// Font and code of a symbol.
    pub symbol: Option<(u16, u16)>,
    /// Character style.
    pub style: Option<u16>,
}

impl Paragraph {
    /// Applies a list of changes.
    pub fn apply(&mut self, changes: &[u8]) {
        each_change(changes, |code, operand| {
            let byte = operand.byte(0).unwrap_or(0);
            match code {
                0x2416 => self.in_table = byte != 0,
                0x2417 => self.ends_row = byte != 0,
                0x6649 => self.in_table |= operand.u32(0).is_some_and(|depth| depth != 0),
                0x460B => self.list = operand.u16(0).map(|list| i64::from(list as i16)),
                0x260A => self.level = Some(usize::from(byte)),
                _ => {}
            }
        });
    }
}

impl Characters {
    /// Applies a list of changes.
    pub fn apply(&mut self, changes: &[u8]) {
        each_change(changes, |code, operand| {
            let byte = operand.byte(0).unwrap_or(0);
            // 0x80 is "as the style", 0x81 "not as the style", which is off by far most often.
            let toggle = match byte {
                0x80 => None,
                value => Some(value & 1 == 1),
            };
            match code {
                0x0800 => self.deleted = byte != 0,
                0x0855 => self.special = byte != 0,
                0x083C => self.hidden = toggle,
                0x083B => self.capitals = toggle,
                0x4A4F => self.font = operand.u16(0),
                0x4A30 => self.style = operand.u16(0),
                0x6A09 => {
                    self.symbol = operand.u16(0).zip(operand.u16(2));
                    self.special = true;
                }
                _ => {}
            }
        });
    }
}

/// Calls `change` with each change's code and operand.
fn each_change(changes: &[u8], mut change: impl FnMut(u16, Bytes<'_>)) {
    let bytes = Bytes(changes);
    let mut at = 0;
    while let Some(code) = bytes.u16(at) {
        at += 2;
        let length = match code >> 13 {
            0 | 1 => Some(1),
            2 | 4 | 5 => Some(2),
            3 => Some(4),
            7 => Some(3),
            // The definition of a table counts its length in two bytes, one too many.
            _ if code == 0xD608 => bytes.size16(at).map(|length| length + 1),
            // Tabs too many to count in a byte: nothing after them can be found.
            _ if code == 0xC615 && bytes.byte(at) == Some(255) => None,
            _ => bytes.byte(at).map(|length| usize::from(length) + 1),
        };
        let Some(operand) = length.and_then(|length| bytes.slice(at, length)) else { return };
        change(code, Bytes(operand));
        at += operand.len();
    }
}

/// Properties by places in the stream.
#[derive(Debug)]
pub struct Runs<T> {
    runs: Vec<(usize, usize, T)>,
}

impl<T: Copy> Runs<T> {
    /// The properties at a place.
    pub fn at(&self, place: usize) -> Option<T> {
        let after = self.runs.partition_point(|(start, _, _)| *start <= place);
        let (_, end, properties) = self.runs.get(after.checked_sub(1)?)?;
        (place < *end).then_some(*properties)
    }

    /// Whether nothing is known at all.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    fn read(stream: Bytes<'_>, pages: Bytes<'_>, entry: usize, one: impl Fn(Bytes<'_>, usize) -> Option<T>) -> Self {
        let mut runs = Vec::new();
        for (_, _, number) in pages.places(4) {
            let number = Bytes(number).size32(0).unwrap_or(0) & 0x3F_FFFF;
            let Some(page) = stream.slice(number * PAGE_BYTES, PAGE_BYTES).map(Bytes) else { continue };
            let count = page.byte(PAGE_BYTES - 1).map_or(0, usize::from);
            for at in 0..count {
                let (Some(start), Some(end)) = (page.size32(4 * at), page.size32(4 * (at + 1))) else { break };
                let properties = one(page, 4 * (count + 1) + entry * at);
                if let Some(properties) = properties
                    && runs.len() < RUNS_MAX
                {
                    runs.push((start, end, properties));
                }
            }
        }
        runs.sort_by_key(|(start, _, _)| *start);
        Self { runs }
    }
}

/// Reads the properties of paragraphs.
pub fn paragraphs(stream: Bytes<'_>, pages: Bytes<'_>) -> Runs<Paragraph> {
    Runs::read(stream, pages, 13, |page, entry| {
        let at = 2 * usize::from(page.byte(entry)?);
        let mut properties = Paragraph::default();
        if at == 0 {
            return Some(properties);
        }
        let (at, length) = match page.byte(at)? {
            0 => (at + 2, 2 * usize::from(page.byte(at + 1)?)),
            half => (at + 1, 2 * usize::from(half) - 1),
        };
        let found = Bytes(page.slice(at, length)?);
        properties.style = found.u16(0)?;
        properties.apply(found.0.get(2..)?);
        Some(properties)
    })
}

/// Reads the properties of characters.
pub fn characters(stream: Bytes<'_>, pages: Bytes<'_>) -> Runs<Characters> {
    Runs::read(stream, pages, 1, |page, entry| {
        let at = 2 * usize::from(page.byte(entry)?);
        let mut properties = Characters::default();
        if at != 0 {
            let length = usize::from(page.byte(at)?);
            properties.apply(page.slice(at + 1, length)?);
        }
        Some(properties)
    })
}
