/*!
The text in its pieces: Word writes what was added to the end of the stream and keeps the
order in a table. Each piece is UTF-16, or one byte a letter.
*/

use super::bytes::Bytes;

/// Longest text, in characters.
const CHARS_MAX: usize = 32 << 20;

/// A run of characters that stand together in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    first: usize,
    end: usize,
    at: usize,
    bytes_each: usize,
}

/// The characters of a file in the order of the text, each one or half a unit of UTF-16.
#[derive(Debug, Default)]
pub struct Text {
    /// The characters.
    pub units: Vec<u16>,
    /// Whether the table or the stream ended before the text.
    pub is_cut: bool,
    pieces: Vec<Piece>,
}

impl Text {
    /// Puts the pieces together.
    pub fn read(stream: Bytes<'_>, table: Bytes<'_>) -> Self {
        let mut text = Self::default();
        for (first, end, data) in piece_table(table).places(8) {
            let Some(place) = Bytes(data).u32(2) else { continue };
            let is_narrow = place & 0x4000_0000 != 0;
            let place = (place & 0x3FFF_FFFF) as usize;
            let (at, bytes_each) = if is_narrow { (place / 2, 1) } else { (place, 2) };
            text.add(stream, first, end, at, bytes_each);
        }
        text
    }

    /// The text of an old file in one piece.
    pub fn whole(stream: Bytes<'_>, start: usize, length: usize) -> Self {
        let mut text = Self::default();
        text.add(stream, 0, length, start, 1);
        text
    }

    fn add(&mut self, stream: Bytes<'_>, first: usize, end: usize, at: usize, bytes_each: usize) {
        if first != self.units.len() || end < first || CHARS_MAX < end {
            self.is_cut = true;
            return;
        }
        let rest = stream.0.get(at..).unwrap_or_default();
        let bytes = &rest[..rest.len().min((end - first).saturating_mul(bytes_each))];
        if bytes_each == 1 {
            self.units.extend(bytes.iter().map(|byte| windows_1252(*byte)));
        } else {
            self.units.extend(bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])));
        }
        self.is_cut |= self.units.len() < end;
        // What is missing in the stream stays a hole, so that later places stay right.
        let holes = end - self.units.len();
        if holes <= stream.0.len() {
            self.units.resize(end, 0);
        }
        self.pieces.push(Piece { first, end, at, bytes_each });
    }

    /// Where in the stream a character stands.
    pub fn place(&self, index: usize) -> Option<usize> {
        let after = self.pieces.partition_point(|piece| piece.first <= index);
        let piece = self.pieces.get(after.checked_sub(1)?)?;
        (index < piece.end).then(|| piece.at + (index - piece.first) * piece.bytes_each)
    }
}

/// The table of pieces, behind changes of properties that are of no use here.
fn piece_table(part: Bytes<'_>) -> Bytes<'_> {
    let mut at = 0;
    loop {
        match part.byte(at) {
            Some(1) => match part.size16(at + 1) {
                Some(length) => at += 3 + length,
                None => return Bytes(&[]),
            },
            Some(2) => {
                let length = part.size32(at + 1).unwrap_or(0);
                let rest = part.0.get(at + 5..).unwrap_or_default();
                return Bytes(&rest[..rest.len().min(length)]);
            }
            _ => return Bytes(&[]),
        }
    }
}

/// Windows-1252, in which 0x80 to 0x9F are not what they are in Unicode.
fn windows_1252(byte: u8) -> u16 {
    const HIGH: [u16; 32] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
        0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x9D, 0x017E, 0x0178,
    ];
    match byte {
        0x80..=0x9F => HIGH[usize::from(byte - 0x80)],
        _ => u16::from(byte),
    }
}
