/*!
Bytes and old font encodings -> Unicode.

Vietnamese files of the nineties and their copies come in Windows-1258, in TCVN3 (fonts named
`.Vn…`) and in VNI; converters carry the latter two over letter by letter, so that a Unicode
file may hold "§iÒu" for "Điều". Which one a text is in is told by how much of it reads as
Vietnamese afterwards.

Source of the two tables: TCVN 5712:1993 (VN3), and the glyph order of the VNI-Windows fonts.
*/

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252, WINDOWS_1258};
use unicode_normalization::UnicodeNormalization as _;

/// Bytes read to find out the encoding.
const SAMPLE_BYTES_MAX: usize = 64 << 10;
/// Share of syllables that must be everyday Vietnamese words for a text to read as such.
const READABLE_SHARE: f32 = 0.06;
/// How many times better a conversion must read than the text as it is.
const BETTER_TIMES: f32 = 4.0;

/// A decoded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text.
    pub text: String,
    /// Name of the old encoding it was converted from, if any.
    pub converted_from: Option<&'static str>,
}

/// Decodes a text file.
///
/// # Errors
/// A message when the bytes read as Vietnamese in no known encoding.
pub fn decode(bytes: &[u8]) -> Result<Decoded, String> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes)
        && (encoding == UTF_16LE || encoding == UTF_16BE)
    {
        let text = encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned();
        return Ok(Decoded { text, converted_from: None });
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(repair(text.to_owned()));
    }
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES_MAX)];
    let legacy = WINDOWS_1252.decode_without_bom_handling(sample).0;
    let windows: String = WINDOWS_1258.decode_without_bom_handling(sample).0.nfc().collect();
    let candidates = [
        ("Windows-1258", readability(&windows)),
        ("TCVN3", readability(&from_tcvn3(&legacy))),
        ("VNI", readability(&from_vni(&legacy))),
    ];
    let (name, share) = candidates.into_iter().fold(("", 0.0), |best, c| if best.1 < c.1 { c } else { best });
    if share < READABLE_SHARE {
        let valid = std::str::from_utf8(bytes).err().map_or(0, |e| e.valid_up_to());
        let line = 1 + bytes[..valid].iter().filter(|b| **b == b'\n').count();
        return Err(format!(
            "line {line} is not UTF-8, and the text reads as Vietnamese in no encoding known (Windows-1258, TCVN3, VNI); \
             save the file as UTF-8"
        ));
    }
    let text = match name {
        "Windows-1258" => WINDOWS_1258.decode_without_bom_handling(bytes).0.nfc().collect(),
        "TCVN3" => from_tcvn3(&WINDOWS_1252.decode_without_bom_handling(bytes).0),
        _ => from_vni(&WINDOWS_1252.decode_without_bom_handling(bytes).0),
    };
    Ok(Decoded { text, converted_from: Some(name) })
}

/// Converts a Unicode text whose letters were carried over from TCVN3 or VNI.
pub fn repair(text: String) -> Decoded {
    let sample: String = text.chars().take(SAMPLE_BYTES_MAX).collect();
    let as_is = readability(&sample);
    if READABLE_SHARE <= as_is {
        return Decoded { text, converted_from: None };
    }
    let tcvn3 = readability(&from_tcvn3(&sample));
    let vni = readability(&from_vni(&sample));
    let best = tcvn3.max(vni);
    if best < READABLE_SHARE || best < BETTER_TIMES * as_is {
        return Decoded { text, converted_from: None };
    }
    if vni < tcvn3 {
        Decoded { text: from_tcvn3(&text), converted_from: Some("TCVN3") }
    } else {
        Decoded { text: from_vni(&text), converted_from: Some("VNI") }
    }
}

/// Share of the syllables that are among the most frequent accented words of legal Vietnamese.
fn readability(text: &str) -> f32 {
    const FREQUENT: [&str; 24] = [
        "điều", "của", "và", "người", "động", "được", "không", "các", "định", "này", "có", "với", "là", "khoản",
        "luật", "hợp", "đồng", "việc", "từ", "phải", "đến", "về", "tại", "để",
    ];
    let (mut all, mut frequent) = (0u32, 0u32);
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        all += 1;
        let lower: String = word.to_lowercase().nfc().collect();
        frequent += u32::from(FREQUENT.contains(&lower.as_str()));
    }
    if all == 0 { 0.0 } else { frequent as f32 / all as f32 }
}

/// TCVN 5712:1993 VN3: code points 0xA1–0xFE, read as Latin-1 letters, and what they stand for.
const TCVN3: [(&str, &str); 4] = [
    ("¡¢£¤¥¦§¨©ª«¬\u{AD}®µ¶·¸¹»", "ĂÂÊÔƠƯĐăâêôơưđàảãáạằ"),
    ("¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×", "ẳẵắặầẩẫấậèẻẽéẹềểễếệì"),
    ("ØÜÝÞßáâãäåæçèéêëìíîï", "ỉĩíịòỏõóọồổỗốộờởỡớợù"),
    ("ñòóôõö÷øùúûüýþ", "ủũúụừửữứựỳỷỹýỵ"),
];

fn from_tcvn3(text: &str) -> String {
    let letter = |c: char| {
        TCVN3.iter().find_map(|(from, to)| from.chars().position(|f| f == c).and_then(|at| to.chars().nth(at)))
    };
    text.chars().map(|c| if c.is_ascii() { c } else { letter(c).unwrap_or(c) }).collect()
}

/// VNI: a vowel, then a letter that stands for its hat, horn or tone.
fn from_vni(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let capital = c.is_uppercase();
        let lower = c.to_lowercase().next().unwrap_or(c);
        let base = out.chars().next_back().map_or(' ', |b| b.to_lowercase().next().unwrap_or(b));
        if let Some(marks) = vni_marks(lower, base) {
            out.push_str(marks);
            continue;
        }
        let alone = match lower {
            'ô' => "ơ",
            'ö' => "ư",
            'ñ' => "đ",
            'æ' => "ỉ",
            'ó' => "ĩ",
            'ò' => "ị",
            'î' => "ỵ",
            _ => {
                out.push(c);
                continue;
            }
        };
        if capital { out.extend(alone.chars().flat_map(char::to_uppercase)) } else { out.push_str(alone) }
    }
    out.nfc().collect()
}

/// Combining marks that a VNI letter puts on the vowel before it.
fn vni_marks(letter: char, base: char) -> Option<&'static str> {
    let plain = matches!(base, 'a' | 'e' | 'o' | 'u' | 'y' | 'ơ' | 'ư');
    let hatted = matches!(base, 'a' | 'e' | 'o');
    Some(match letter {
        'ø' if plain => "\u{300}",
        'ù' if plain => "\u{301}",
        'û' if plain => "\u{309}",
        'õ' if plain => "\u{303}",
        'ï' if plain => "\u{323}",
        'â' if hatted => "\u{302}",
        'à' if hatted => "\u{302}\u{300}",
        'á' if hatted => "\u{302}\u{301}",
        'å' if hatted => "\u{302}\u{309}",
        'ã' if hatted => "\u{302}\u{303}",
        'ä' if hatted => "\u{302}\u{323}",
        'ê' if base == 'a' => "\u{306}",
        'è' if base == 'a' => "\u{306}\u{300}",
        'é' if base == 'a' => "\u{306}\u{301}",
        'ú' if base == 'a' => "\u{306}\u{309}",
        'ü' if base == 'a' => "\u{306}\u{303}",
        'ë' if base == 'a' => "\u{306}\u{323}",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str =
        "Điều 1. Người lao động được nghỉ; các bên phải thỏa thuận về hợp đồng và việc này có từ ngày đó.";

    fn to_tcvn3(text: &str) -> Vec<u8> {
        // By search over the decoder's own table would prove nothing: a few words by hand.
        assert_eq!(text, "Điều của người lao động");
        b"\xA7i\xD2u c\xF1a ng\xAD\xEAi lao \xAE\xE9ng".to_vec()
    }

    #[test]
    fn tcvn3_bytes_and_letters() {
        let bytes = to_tcvn3("Điều của người lao động");
        let decoded = decode(&bytes).unwrap();
        assert_eq!((decoded.text.as_str(), decoded.converted_from), ("Điều của người lao động", Some("TCVN3")));
        let carried: String = bytes.iter().map(|b| char::from(*b)).collect();
        assert_eq!(repair(carried).text, "Điều của người lao động");
    }

    #[test]
    fn vni_letters() {
        let decoded = repair("Ñieàu cuûa ngöôøi lao ñoäng, ñöôïc nghæ vaø khoâng phaûi laøm vieäc ôû NÖÔÙC".to_owned());
        assert_eq!(decoded.converted_from, Some("VNI"));
        assert_eq!(decoded.text, "Điều của người lao động, được nghỉ và không phải làm việc ở NƯỚC");
    }

    #[test]
    fn windows_1258_has_tones_of_their_own() {
        // "Điều của người": đ 0xF0, ê 0xEA + grave 0xCC, hook 0xD2.
        let bytes = b"\xD0i\xEA\xCCu cu\xD2a ng\xFD\xF5\xCCi, \xF0\xF4\xF2ng va\xCC c\xF3".to_vec();
        let decoded = decode(&bytes).unwrap();
        assert_eq!(decoded.converted_from, Some("Windows-1258"));
        assert!(decoded.text.starts_with("Điều của người, độn"), "{}", decoded.text);
    }

    #[test]
    fn unicode_stays_as_it_is() {
        assert_eq!(decode(PLAIN.as_bytes()).unwrap(), Decoded { text: PLAIN.to_owned(), converted_from: None });
        let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(PLAIN.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(decode(&utf16).unwrap().text, PLAIN);
        assert!(decode(&[0xFF, 0xC0, 0x80, 0x81, b'a']).is_err());
        let french = "Le contrat de travail à durée indéterminée où l'élève était";
        assert_eq!(repair(french.to_owned()).text, french);
    }
}
