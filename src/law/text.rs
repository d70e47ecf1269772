/*!
Vietnamese text: normal form, folding of accents, syllables.

A syllable is a maximal run of letters and digits; Vietnamese writes a space between
syllables, so words of the language are one to four of them.
*/

use std::ops::Range;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark, is_nfc};

/// The stored form of a source: NFC, `\n` line ends, no byte-order mark; otherwise unchanged.
pub fn stored_form(source: &str) -> String {
    let source = source.strip_prefix('\u{FEFF}').unwrap_or(source);
    let lines = source.replace("\r\n", "\n").replace('\r', "\n");
    if is_nfc(&lines) { lines } else { lines.nfc().collect() }
}

/// Lower case without accents, đ as d: what a member types on a phone without a Vietnamese keyboard.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).map(fold_d).collect()
}

fn fold_d(c: char) -> char {
    // U+00D0 is what some old converters write for U+0110.
    if matches!(c, 'đ' | 'ð') { 'd' } else { c }
}

/// Accents stripped but case kept: NFD, marks dropped, đ→d (`eval --unaccented`).
pub fn strip_accents(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .map(|c| match c {
            'đ' | 'ð' => 'd',
            'Đ' | 'Ð' => 'D',
            c => c,
        })
        .collect()
}

/// Whether the text has letters, and no small ones.
pub fn is_upper_case(text: &str) -> bool {
    text.chars().any(char::is_alphabetic) && !text.chars().any(char::is_lowercase)
}

/// Whether the text carries a Vietnamese accent or đ.
pub fn has_accent(text: &str) -> bool {
    !text.is_ascii() && text.nfd().any(|c| is_combining_mark(c) || matches!(c, 'đ' | 'Đ' | 'ð' | 'Ð'))
}

/// Byte ranges of the syllables of `text`, in order.
pub fn syllable_ranges(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, _) = chars.find(|(_, c)| is_syllable_char(*c))?;
        let mut end = text.len();
        while let Some((at, c)) = chars.peek() {
            if !is_syllable_char(*c) {
                end = *at;
                break;
            }
            chars.next();
        }
        Some(start..end)
    })
}

/// Lower-cased NFC syllables of `text`.
pub fn syllables(text: &str) -> Vec<String> {
    syllable_ranges(text).map(|range| canonical_syllable(&text[range])).collect()
}

/// Syllables of `text` between single spaces, a space at each end: whole words are found in it.
pub fn padded(text: &str) -> String {
    format!(" {} ", syllables(text).join(" "))
}

fn is_syllable_char(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// Lower case, NFC, and one placement of the tone mark: `hoà` and `hòa` are the same syllable.
pub fn canonical_syllable(syllable: &str) -> String {
    let lower: String = syllable.to_lowercase().nfc().collect();
    if lower.is_ascii() {
        return lower;
    }
    // Modern placement puts the tone on the first vowel of an open oa, oe, uy; both are written.
    const PLACEMENTS: [(&str, &str); 15] = [
        ("oà", "òa"),
        ("oá", "óa"),
        ("oả", "ỏa"),
        ("oã", "õa"),
        ("oạ", "ọa"),
        ("oè", "òe"),
        ("oé", "óe"),
        ("oẻ", "ỏe"),
        ("oẽ", "õe"),
        ("oẹ", "ọe"),
        ("uỳ", "ùy"),
        ("uý", "úy"),
        ("uỷ", "ủy"),
        ("uỹ", "ũy"),
        ("uỵ", "ụy"),
    ];
    for (new, old) in PLACEMENTS {
        if let Some(stem) = lower.strip_suffix(new)
            && !stem.ends_with('q')
        {
            return format!("{stem}{old}");
        }
    }
    lower
}

/// Byte offset of the `chars`-th Unicode scalar value, or the length of `text` past its end.
pub fn byte_offset(text: &str, chars: usize) -> usize {
    text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at)
}

/// At most `chars_max` characters of `text`, cut at white space where there is some.
pub fn shorten(text: &str, chars_max: usize) -> &str {
    let cut = byte_offset(text, chars_max);
    if cut == text.len() {
        return text;
    }
    let head = &text[..cut];
    head.rfind(char::is_whitespace).map_or(head, |at| &head[..at])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folding_drops_accents_and_case() {
        assert_eq!(fold("Người Lao Động ĐÃ nghỉ"), "nguoi lao dong da nghi");
        assert_eq!(fold("e\u{0302}\u{0301}"), "e");
        assert_eq!(strip_accents("Đường Ưu đãi"), "Duong Uu dai");
    }

    #[test]
    fn tone_placements_meet() {
        assert_eq!(canonical_syllable("hoà"), canonical_syllable("hòa"));
        assert_eq!(canonical_syllable("Thuỷ"), canonical_syllable("thủy"));
        assert_eq!(canonical_syllable("quý"), "quý");
        assert_ne!(canonical_syllable("toàn"), canonical_syllable("tòa"));
    }

    #[test]
    fn syllables_are_runs_of_letters_and_digits() {
        assert_eq!(syllables("Điều 35. (khoản 1)"), ["điều", "35", "khoản", "1"]);
        assert_eq!(syllables("  "), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn stored_form_is_a_fixed_point(text in "\\PC*[\r\n]?\\PC*") {
            let once = stored_form(&text);
            prop_assert_eq!(&stored_form(&once), &once);
            prop_assert!(!once.contains('\r'));
        }

        #[test]
        fn shortening_keeps_a_prefix(text in "\\PC*", n in 0usize..40) {
            let short = shorten(&text, n);
            prop_assert!(text.starts_with(short));
            prop_assert!(short.chars().count() <= n);
        }
    }
}
