/*!
Names of hosts in one form, whichever way they are written.

A host in other letters than a to z has two spellings, `bücher.example` and
`xn--bcher-kva.example` (RFC 3492): both are read as the first one, so that a ban of one is a
ban of both. Letters that only look like Latin ones are told apart. Pure.
*/

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Beginning of a label that is written in ASCII for another one.
const PREFIX: &str = "xn--";
/// Numbers of RFC 3492, section 5.
const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const FIRST_BIAS: u32 = 72;
const FIRST_CODE: u32 = 0x80;
/// Longest label that is decoded, in bytes, as names have it.
const LABEL_BYTES_MAX: usize = 63;

/// A host in its one form, in small letters.
pub(super) fn canonical(host: &str) -> String {
    let label = |label: &str| {
        let small = label.to_lowercase();
        let decoded = small.strip_prefix(PREFIX).and_then(decoded);
        decoded.unwrap_or(small).nfkc().collect::<String>().to_lowercase()
    };
    host.split('.').map(label).collect::<Vec<_>>().join(".")
}

/// Whether all letters of a host are Latin ones, with marks or without.
pub(super) fn is_latin(host: &str) -> bool {
    let plain = |sign: char| sign.is_ascii() || matches!(sign, 'đ' | 'Đ') || is_combining_mark(sign);
    canonical(host).nfd().all(plain)
}

/// What stands behind the prefix, in letters; none for what is no such label.
fn decoded(label: &str) -> Option<String> {
    if LABEL_BYTES_MAX < label.len() || !label.is_ascii() {
        return None;
    }
    let (plain, coded) = label.rsplit_once('-').unwrap_or(("", label));
    let mut signs: Vec<char> = plain.chars().collect();
    let (mut code, mut bias, mut index) = (FIRST_CODE, FIRST_BIAS, 0_u32);
    let mut digits = coded.chars();
    while let Some(first) = digits.next() {
        let start = index;
        let (mut weight, mut k, mut digit) = (1_u32, BASE, value(first)?);
        loop {
            index = index.checked_add(digit.checked_mul(weight)?)?;
            let limit = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
            if digit < limit {
                break;
            }
            weight = weight.checked_mul(BASE - limit)?;
            k += BASE;
            digit = value(digits.next()?)?;
        }
        let length = u32::try_from(signs.len()).ok()? + 1;
        bias = adapted(index - start, length, start == 0);
        code = code.checked_add(index / length)?;
        index %= length;
        signs.insert(usize::try_from(index).ok()?, char::from_u32(code)?);
        index += 1;
    }
    Some(signs.into_iter().collect())
}

fn value(digit: char) -> Option<u32> {
    match digit {
        'a'..='z' => Some(u32::from(digit) - u32::from('a')),
        '0'..='9' => Some(u32::from(digit) - u32::from('0') + 26),
        _ => None,
    }
}

fn adapted(delta: u32, length: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / DAMP } else { delta / 2 };
    delta += delta / length;
    let mut k = 0;
    while ((BASE - T_MIN) * T_MAX) / 2 < delta {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE * delta) / (delta + SKEW)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_spellings_of_a_host_are_one() {
        for (written, form) in [
            ("xn--bcher-kva.example", "bücher.example"),
            ("XN--BCHER-KVA.Example", "bücher.example"),
            ("Bücher.example", "bücher.example"),
            ("xn--fiqs8s", "中国"),
            ("xn--n3h.example", "☃.example"),
            ("xn--!!.example", "xn--!!.example"),
            ("xn--99999999999.example", "xn--99999999999.example"),
            ("plain.example", "plain.example"),
        ] {
            assert_eq!(canonical(written), form, "{written}");
        }
        assert!(is_latin("vi-du.example") && is_latin("việtnam.example") && is_latin("xn--bcher-kva.example"));
        // The letter a of another script, in both spellings.
        assert!(
            !is_latin("b\u{430}d.example") && !is_latin("xn--bd-7kc.example"),
            "{}",
            canonical("xn--bd-7kc.example")
        );
    }

    proptest! {
        #[test]
        fn no_label_breaks_the_reader(label in "[a-z0-9-]{0,70}") {
            let once = canonical(&format!("xn--{label}.example"));
            prop_assert!(once.ends_with(".example"));
        }
    }
}
