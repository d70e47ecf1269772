/*!
Bytes of a page -> characters: byte-order mark, then what the page states, then UTF-8, then
the Windows code pages that Vietnamese pages were written in.
*/

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, WINDOWS_1258};
use unicode_normalization::UnicodeNormalization as _;

/// How far into a page its statement of an encoding is looked for, in bytes.
const META_BYTES_MAX: usize = 4_096;

/// The page as text; the encoding's name where it was guessed and may be wrong.
pub fn decode(bytes: &[u8]) -> (String, Option<&'static str>) {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return (encoding.decode_without_bom_handling(&bytes[length..]).0.into_owned(), None);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        // Pages saved anew keep an old statement: what is UTF-8 is UTF-8.
        return (text.to_owned(), None);
    }
    if let Some(encoding) = stated(bytes) {
        let (text, _, has_errors) = encoding.decode(bytes);
        if !has_errors {
            return (text.nfc().collect(), None);
        }
        if encoding == UTF_8 {
            return (text.into_owned(), Some("UTF-8 with invalid bytes"));
        }
    }
    if looks_like_utf_16(bytes, 1) {
        return (UTF_16LE.decode_without_bom_handling(bytes).0.into_owned(), None);
    }
    if looks_like_utf_16(bytes, 0) {
        return (UTF_16BE.decode_without_bom_handling(bytes).0.into_owned(), None);
    }
    // A few bad bytes in a page of UTF-8 are damage, not another encoding.
    let utf_8 = String::from_utf8_lossy(bytes);
    let damage = utf_8.chars().filter(|c| *c == '\u{FFFD}').count();
    let foreign = utf_8.chars().filter(|c| !c.is_ascii() && *c != '\u{FFFD}').count();
    if damage * 10 < foreign {
        return (utf_8.into_owned(), Some("UTF-8 with invalid bytes"));
    }
    // Vietnamese in 1258 carries its tones as combining marks; 1252 has letters there.
    let (text, _, _) = WINDOWS_1258.decode(bytes);
    let has_tones = text.chars().any(|c| matches!(c, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}'));
    if has_tones || text.contains(['ơ', 'ư', 'đ', 'ă']) {
        return (text.nfc().collect(), Some("Windows-1258"));
    }
    (WINDOWS_1252.decode(bytes).0.into_owned(), Some("Windows-1252"))
}

fn looks_like_utf_16(bytes: &[u8], zero_at: usize) -> bool {
    let head = &bytes[..bytes.len().min(200)];
    let zeros = head.iter().skip(zero_at).step_by(2).filter(|b| **b == 0).count();
    8 <= head.len() && head.len() / 4 < zeros
}

/// The encoding a `<meta>` or an XML declaration states.
fn stated(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(META_BYTES_MAX)];
    let head: String = head.iter().map(|b| b.to_ascii_lowercase() as char).collect();
    let at = ["charset", "encoding"].iter().filter_map(|word| head.find(word).map(|at| at + word.len())).min()?;
    let rest = head[at..].trim_start();
    let rest = rest.strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.')));
    Encoding::for_label(&rest.as_bytes()[..end.unwrap_or(rest.len())])
}
