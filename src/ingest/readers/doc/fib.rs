/*!
The head of the stream `WordDocument`: where everything else is.
*/

use super::bytes::Bytes;

/// Mark of Word 97 and later.
const MARK: u16 = 0xA5EC;
/// Mark of Word 6 and 95.
const MARK_OLD: u16 = 0xA5DC;
/// First version whose head has the later form.
const VERSION_97: u16 = 0x00C1;
/// Length of the fixed head, in bytes.
const BASE_BYTES: usize = 32;

/// Parts of the table stream, by their place in the head.
#[derive(Debug, Clone, Copy)]
pub enum Part {
    /// Styles.
    Styles = 1,
    /// Calls of footnotes.
    FootnoteCalls = 2,
    /// Texts of footnotes.
    FootnoteTexts = 3,
    /// Pages of character properties.
    Characters = 12,
    /// Pages of paragraph properties.
    Paragraphs = 13,
    /// Names of fonts.
    Fonts = 15,
    /// Pieces of the text.
    Pieces = 33,
    /// Drawings and their anchors.
    Drawings = 40,
    /// Calls of endnotes.
    EndnoteCalls = 46,
    /// Texts of endnotes.
    EndnoteTexts = 47,
    /// Text boxes.
    Boxes = 56,
    /// Definitions of lists.
    Definitions = 73,
    /// Lists.
    Lists = 74,
}

/// Lengths of the parts of the text, in characters, in their order.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lengths {
    /// The document itself.
    pub text: usize,
    /// Footnotes.
    pub footnotes: usize,
    /// Headers, macros and comments, which are not read.
    pub between: usize,
    /// Endnotes.
    pub endnotes: usize,
}

/// The head.
#[derive(Debug, Clone)]
pub struct Fib {
    /// Whether it is of Word 6 or 95.
    pub is_old: bool,
    /// Whether the text is locked by a password.
    pub is_encrypted: bool,
    /// Name of the table stream.
    pub table: &'static str,
    /// Lengths of the text's parts.
    pub lengths: Lengths,
    /// First byte of the text in an old file.
    pub old_start: usize,
    /// Whether an old file's text lies in pieces.
    pub is_old_complex: bool,
    pairs: Vec<(usize, usize)>,
}

impl Fib {
    /// Reads the head; `None` where it is not one.
    pub fn read(stream: Bytes<'_>) -> Option<Self> {
        let mark = stream.u16(0)?;
        let version = stream.u16(2)?;
        let flags = stream.u16(10)?;
        if mark != MARK && mark != MARK_OLD {
            return None;
        }
        let mut fib = Self {
            is_old: mark == MARK_OLD || version < VERSION_97,
            is_encrypted: flags & 0x0100 != 0,
            table: if flags & 0x0200 == 0 { "0Table" } else { "1Table" },
            lengths: Lengths::default(),
            old_start: stream.size32(0x18)?,
            is_old_complex: flags & 0x0004 != 0,
            pairs: Vec::new(),
        };
        if fib.is_old {
            fib.lengths.text = stream.size32(0x34)?;
            return Some(fib);
        }
        let words = stream.size16(BASE_BYTES)?;
        let longs_at = BASE_BYTES + 2 + 2 * words;
        let longs = stream.size16(longs_at)?;
        let long = |at: usize| if at < longs { stream.size32(longs_at + 2 + 4 * at) } else { None };
        let sum = |places: &[usize]| places.iter().filter_map(|at| long(*at)).fold(0usize, usize::saturating_add);
        fib.lengths = Lengths { text: long(3)?, footnotes: sum(&[4]), between: sum(&[5, 6, 7]), endnotes: sum(&[8]) };
        let pairs_at = longs_at + 2 + 4 * longs;
        let count = stream.size16(pairs_at)?;
        let pair = |at: usize| Some((stream.size32(pairs_at + 2 + 8 * at)?, stream.size32(pairs_at + 6 + 8 * at)?));
        fib.pairs = (0..count).map_while(pair).collect();
        Some(fib)
    }

    /// A part of the table stream, empty where there is none.
    pub fn part<'a>(&self, table: Bytes<'a>, part: Part) -> Bytes<'a> {
        let found = self.pairs.get(part as usize).and_then(|(at, length)| table.slice(*at, *length));
        Bytes(found.unwrap_or_default())
    }

    /// The table stream from where a part begins to its end: some parts go on past their length.
    pub fn rest<'a>(&self, table: Bytes<'a>, part: Part) -> Bytes<'a> {
        let found = self.pairs.get(part as usize).filter(|(_, length)| 0 < *length);
        found.and_then(|(at, _)| table.from(*at)).unwrap_or(Bytes(&[]))
    }
}
