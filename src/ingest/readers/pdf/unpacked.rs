/*!
A limit on what the packed parts of a PDF unpack to.

The built-in reader unpacks a part as a whole, whatever its length: a few kilobytes may fill
the memory. So every part is unpacked once beforehand and thrown away as it comes, up to the
limit. What a part says of itself, its length or kind, is not trusted: whatever the reader
could take it for is tried, one within the other. Parts of encrypted files are noise here;
what they unpack to is bounded by nothing but the clock.
*/

use std::io::Read;

use flate2::read::{DeflateDecoder, ZlibDecoder};

/// Most bytes one part may unpack to: a page scanned in colour at 600 dots an inch, uncompressed.
pub const UNPACKED_BYTES_MAX: u64 = 128 << 20;
/// Parts may be packed so many times over; honest files do it twice at most.
const LAYERS_MAX: usize = 3;
/// What a part begins with.
const MARK: &[u8] = b"stream";
/// Bytes before a part in which its kind is looked for.
const KIND_BYTES_MAX: usize = 2_048;
/// Noise that is taken for packed may unpack to so many bytes.
const NOISE_BYTES_MAX: usize = 1_024;
/// Codes of LZW: 256 ends the table, 257 the part; codes have at most twelve bits.
const LZW_CLEAR: usize = 256;
const LZW_END: usize = 257;
const LZW_CODES_MAX: usize = 4_096;

/// Why a part is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refused {
    TooLong,
    TooDeep,
}

/// Checks all parts of a file.
///
/// # Errors
/// A message when one unpacks to more than `bytes_max`, or is packed too many times over.
pub fn check(bytes: &[u8], bytes_max: u64) -> Result<(), String> {
    let mut from = 0;
    while let Some(at) = find(&bytes[from..], MARK).map(|at| from + at) {
        from = at + MARK.len();
        let spaces = bytes[from..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let start = match bytes.get(from + spaces..) {
            Some([b'\r', b'\n', ..]) => from + spaces + 2,
            Some([b'\n' | b'\r', ..]) => from + spaces + 1,
            _ => continue,
        };
        if bytes[..at].ends_with(b"end") {
            continue;
        }
        // A name may be written in escapes, then it may be any.
        let kind = &bytes[at.saturating_sub(KIND_BYTES_MAX)..at];
        let tries = Tries { bytes_max, may_be_lzw: find(kind, b"LZW").is_some() || kind.contains(&b'#') };
        match tries.unpack(&bytes[start..], LAYERS_MAX) {
            Ok(()) => {}
            Err(Refused::TooLong) => {
                return Err(format!("a part of the PDF unpacks to more than {} MiB", bytes_max >> 20));
            }
            Err(Refused::TooDeep) => {
                return Err(format!("a part of the PDF is packed more than {LAYERS_MAX} times over"));
            }
        }
    }
    Ok(())
}

/// How parts are tried.
#[derive(Clone, Copy)]
struct Tries {
    bytes_max: u64,
    may_be_lzw: bool,
}

impl Tries {
    /// Unpacks in every way the reader knows, and what comes out again.
    fn unpack(self, packed: &[u8], layers: usize) -> Result<(), Refused> {
        let is_bomb = |early| self.bytes_max < lzw_length(packed, early, self.bytes_max);
        if self.may_be_lzw && (is_bomb(true) || is_bomb(false)) {
            return Err(Refused::TooLong);
        }
        let (inflated, plain) = (self.inflated(packed)?, ascii85(packed));
        let Some(layers) = layers.checked_sub(1) else {
            // Any text may be taken for ASCII85: what matters is whether it is packed again.
            let deepest = inflated.len().max(self.inflated(&plain)?.len());
            return if NOISE_BYTES_MAX < deepest { Err(Refused::TooDeep) } else { Ok(()) };
        };
        for inner in [inflated, plain].iter().filter(|inner| !inner.is_empty()) {
            self.unpack(inner, layers)?;
        }
        Ok(())
    }

    /// What `packed` inflates to. Like the reader: without a header where nothing comes out with
    /// one. What a damaged part gives before the damage counts.
    fn inflated(self, packed: &[u8]) -> Result<Vec<u8>, Refused> {
        let mut inner = Vec::new();
        let _ = ZlibDecoder::new(packed).take(self.bytes_max + 1).read_to_end(&mut inner);
        if let ([], Some(raw)) = (inner.as_slice(), packed.get(2..)) {
            let _ = DeflateDecoder::new(raw).take(self.bytes_max + 1).read_to_end(&mut inner);
        }
        if self.bytes_max < inner.len() as u64 { Err(Refused::TooLong) } else { Ok(inner) }
    }
}

/// What a text of ASCII85 stands for, to its first sign that is none.
fn ascii85(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut group = Vec::with_capacity(5);
    for byte in text.iter().filter(|byte| !byte.is_ascii_whitespace()) {
        match byte {
            b'z' if group.is_empty() => plain.extend([0; 4]),
            b'!'..=b'u' => group.push(u32::from(byte - b'!')),
            _ => break,
        }
        if group.len() == 5 {
            let value = group.drain(..).try_fold(0_u32, |value, digit| value.checked_mul(85)?.checked_add(digit));
            let Some(value) = value else { break };
            plain.extend(value.to_be_bytes());
        }
    }
    plain
}

/// How long a part of LZW is unpacked, or one more than the limit; `early` is when codes widen.
fn lzw_length(packed: &[u8], early: bool, bytes_max: u64) -> u64 {
    let mut lengths: Vec<u64> = vec![1; LZW_END + 1];
    let (mut length, mut before) = (0, None);
    let (mut bits, mut held, mut width) = (0_u32, 0_u32, 9);
    for byte in packed {
        bits = bits << 8 | u32::from(*byte);
        held += 8;
        if held < width {
            continue;
        }
        held -= width;
        let code = (bits >> held) as usize;
        bits &= (1 << held) - 1;
        match code {
            LZW_CLEAR => {
                lengths.truncate(LZW_END + 1);
                (before, width) = (None, 9);
                continue;
            }
            LZW_END => break,
            _ => {}
        }
        // A code that is not there yet is the one before with its first byte once more.
        let Some(own) = lengths.get(code).copied().or(before.map(|before| before + 1)) else { break };
        length += own;
        if bytes_max < length {
            return bytes_max + 1;
        }
        if let Some(before) = before.filter(|_| lengths.len() < LZW_CODES_MAX) {
            lengths.push(before + 1);
        }
        before = Some(own);
        let next = lengths.len() + usize::from(early);
        width = if next < 512 {
            9
        } else if next < 1_024 {
            10
        } else if next < 2_048 {
            11
        } else {
            12
        };
    }
    length
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut from = 0;
    loop {
        let at = from + bytes.get(from..)?.iter().position(|byte| *byte == first)?;
        if bytes[at..].starts_with(wanted) {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::ZlibEncoder};

    use super::*;

    fn packed(content: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn lzw(content: &[u8]) -> Vec<u8> {
        // The table is emptied before it is full, so that codes of nine bits do.
        let mut codes = Vec::new();
        for run in content.chunks(200) {
            codes.push(LZW_CLEAR);
            let mut rest = run;
            let mut known = 1;
            while !rest.is_empty() {
                // Of one letter alone: each code is one letter longer than the one before.
                let take = known.min(rest.len());
                codes.push(if take == 1 { usize::from(rest[0]) } else { LZW_END + take - 1 });
                known = take + 1;
                rest = &rest[take..];
            }
        }
        codes.push(LZW_END);
        let bits: Vec<u8> =
            codes.iter().flat_map(|code| (0..9).rev().map(move |bit| (code >> bit & 1) as u8)).collect();
        let byte = |bits: &[u8]| bits.iter().fold(0, |byte, bit| byte << 1 | bit) << (8 - bits.len());
        bits.chunks(8).map(byte).collect()
    }

    fn in_ascii85(content: &[u8]) -> Vec<u8> {
        let group = |four: &[u8]| {
            let mut value = u32::from_be_bytes([four[0], four[1], four[2], four[3]]);
            let mut signs = [0; 5];
            for sign in signs.iter_mut().rev() {
                *sign = (value % 85) as u8 + b'!';
                value /= 85;
            }
            signs
        };
        let mut padded = content.to_vec();
        padded.resize(content.len().next_multiple_of(4), 0);
        [padded.chunks(4).flat_map(group).collect(), b"~>".to_vec()].concat()
    }

    #[test]
    fn no_way_the_reader_knows_leads_around_the_limit() {
        let content = vec![b'a'; 5_000];
        let flat = packed(&content);
        // A header that is none: the reader tries without it.
        let raw = [&[0xff, 0xff], &flat[2..]].concat();
        let nested_raw = packed(&raw);
        let text = in_ascii85(&flat);
        let text_within = packed(&in_ascii85(&flat));
        for part in [&flat, &raw, &nested_raw, &text, &text_within] {
            assert!(check(&file(part), 4_999).is_err());
            assert_eq!(check(&file(part), 5_000), Ok(()));
        }
        let spaced = [b"1 0 obj <</Length 5>> stream \t\n", flat.as_slice()].concat();
        assert!(check(&spaced, 4_999).is_err(), "spaces before the end of the line");
        let mut deep = content;
        for _ in 0..7 {
            // Noise around it keeps each layer from being too small to tell.
            deep.extend((0..4_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8));
            deep = packed(&deep);
        }
        assert!(check(&file(&deep), 1 << 30).unwrap_err().contains("times over"));
    }

    #[test]
    fn lzw_is_measured_where_a_part_may_be_of_it() {
        let content = vec![b'a'; 5_000];
        let part = lzw(&content);
        assert_eq!((lzw_length(&part, true, 9_999), lzw_length(&part, true, 4_999)), (5_000, 5_000));
        for kind in ["/Filter /LZWDecode", "/Filter /#4cZWDecode", "/Filter [/ASCII85Decode /LZWDecode]"] {
            let part = if kind.contains("85") { in_ascii85(&part) } else { part.clone() };
            let file = [format!("1 0 obj <<{kind}>> stream\n").as_bytes(), &part].concat();
            assert!(check(&file, 4_999).is_err(), "{kind}");
            assert_eq!(check(&file, 5_001), Ok(()), "{kind}");
        }
    }

    fn file(part: &[u8]) -> Vec<u8> {
        [b"%PDF-1.5\n1 0 obj <</Length 5>> stream\r\n", part, b"\nendstream endobj\nstream"].concat()
    }

    #[test]
    fn a_part_that_unpacks_to_too_much_is_refused() {
        let content = vec![b'a'; 5_000];
        let once = packed(&content);
        let twice = packed(&once);
        for part in [&once, &twice] {
            assert!(check(&file(part), 4_999).is_err());
            assert_eq!(check(&file(part), 5_000), Ok(()));
            // Cut short or damaged, it counts as far as it unpacks.
            let cut = &file(part)[..];
            assert_eq!(check(&cut[..cut.len() - 40], 5_000), Ok(()));
        }
        assert_eq!(check(&file(&content), 10), Ok(()), "not packed");
        assert_eq!(check(b"stream", 10), Ok(()));
        assert_eq!(check(b"", 10), Ok(()));
    }
}
