/*!
A limit on what the packed parts of a PDF unpack to.

The built-in reader unpacks a part as a whole, whatever its length: a few kilobytes may fill
the memory. So every part is unpacked once beforehand and thrown away as it comes, up to the
limit. What a part says of itself, its length or kind, is not trusted.
*/

use std::io::{self, Read};

use flate2::read::ZlibDecoder;

/// Most bytes one part may unpack to: a page scanned in colour at 600 dots an inch, uncompressed.
pub const UNPACKED_BYTES_MAX: u64 = 128 << 20;
/// Parts packed several times over are followed so far.
const LAYERS_MAX: usize = 3;
/// What a part begins with.
const MARK: &[u8] = b"stream";

/// Checks all parts of a file.
///
/// # Errors
/// A message when one unpacks to more than `bytes_max`.
pub fn check(bytes: &[u8], bytes_max: u64) -> Result<(), String> {
    let mut from = 0;
    while let Some(at) = find(&bytes[from..], MARK).map(|at| from + at) {
        from = at + MARK.len();
        let is_end = bytes[..at].ends_with(b"end");
        let start = match bytes.get(from..) {
            Some([b'\r', b'\n', ..]) => from + 2,
            Some([b'\n' | b'\r', ..]) => from + 1,
            _ => continue,
        };
        if !is_end && bytes_max < unpacked(&bytes[start..], bytes_max, LAYERS_MAX) {
            return Err(format!("a part of the PDF unpacks to more than {} MiB", bytes_max >> 20));
        }
    }
    Ok(())
}

/// How much `packed` unpacks to, or one more than the limit; 0 where it is not packed.
fn unpacked(packed: &[u8], bytes_max: u64, layers: usize) -> u64 {
    if !is_zlib(packed) || layers == 0 {
        return 0;
    }
    let mut inner = ZlibDecoder::new(packed).take(bytes_max + 1);
    let mut head = Vec::new();
    // What a damaged part gives before the damage counts; that it is damaged is the reader's to say.
    let _ = inner.by_ref().take(2).read_to_end(&mut head);
    if !is_zlib(&head) {
        let _ = io::copy(&mut inner, &mut io::sink());
        return bytes_max + 1 - inner.limit();
    }
    let _ = inner.read_to_end(&mut head);
    (head.len() as u64).max(unpacked(&head, bytes_max, layers - 1))
}

/// A header of the zlib format: its two bytes are a multiple of 31.
fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [first, second, ..] if first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)) % 31 == 0)
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
