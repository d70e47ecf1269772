/*!
Words as they are taken in: tidied, bounded, looked at for what should not be told.

Pure. Characters nobody sees (zero width, direction marks, controls) are taken out: they serve to
hide words from readers and from the list of links. Telephone and identity numbers are not
refused; whoever writes them is asked once whether they mean it.
*/

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use super::idn;
use crate::error::{Error, Result};

/// Marks that may stand on one letter after composition; more climb over the lines above.
const MARKS_MAX: usize = 2;
/// Empty lines in a row.
const EMPTY_LINES_MAX: usize = 1;
/// Digits of a telephone number, its leading 0 included.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 10..=11;
/// Digits of the numbers of identity cards, old and new.
const IDENTITY_DIGITS: [usize; 2] = [9, 12];
/// Digits of a bank account or card that is long enough not to be anything else.
const ACCOUNT_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;

/// The words as they are kept.
///
/// # Errors
/// `Invalid` naming `field` where nothing is left, or more than `chars_max` characters.
pub fn tidy(field: &str, text: &str, chars_max: usize) -> Result<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let chars: Vec<char> = text.chars().collect();
    let joined = |at: usize| {
        // A joiner between two signs is part of one: a family, a flag.
        let sign = |char: Option<&char>| char.is_some_and(|char| is_sign(*char));
        at != 0 && sign(chars.get(at - 1)) && sign(chars.get(at + 1))
    };
    let is_shown = |(at, char): &(usize, char)| match *char {
        '\n' | '\t' | '\u{a0}' => true,
        '\u{200d}' => joined(*at),
        char => !is_unseen(char),
    };
    // What is not seen goes first: it must not part a letter from its marks.
    let shown = chars.iter().copied().enumerate().filter(is_shown).map(|(_, char)| char);
    let mut tidy = String::with_capacity(text.len());
    let mut marks = 0;
    for char in shown.nfc() {
        marks = if is_combining_mark(char) && !is_variation(char) { marks + 1 } else { 0 };
        match char {
            _ if MARKS_MAX < marks => {}
            '\t' | '\u{a0}' => tidy.push(' '),
            char => tidy.push(char),
        }
    }
    let tidy = fewer_empty_lines(&tidy);
    let tidy = tidy.trim();
    if tidy.is_empty() {
        return Err(Error::invalid(field, "chưa có chữ nào"));
    }
    let chars = tidy.chars().count();
    if chars_max < chars {
        return Err(Error::invalid(field, format!("dài {chars} ký tự; tối đa {chars_max}")));
    }
    Ok(tidy.to_owned())
}

/// Signs that joiners join.
fn is_sign(char: char) -> bool {
    is_variation(char) || matches!(u32::from(char), 0x2190..=0x2bff | 0x1f000..=0x1faff)
}

fn is_variation(char: char) -> bool {
    matches!(char, '\u{fe0e}' | '\u{fe0f}')
}

/// Characters that show nothing or turn what stands beside them around.
fn is_unseen(char: char) -> bool {
    char.is_control()
        || matches!(u32::from(char),
            0xad | 0x34f | 0x61c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f
            | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0x2800 | 0x3164
            | 0xfe00..=0xfe0d | 0xfeff | 0xffa0 | 0xfff0..=0xfffd | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff)
}

fn fewer_empty_lines(text: &str) -> String {
    let mut empty = 0;
    let mut lines = Vec::new();
    for line in text.split('\n').map(str::trim_end) {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty <= EMPTY_LINES_MAX {
            lines.push(line);
        }
    }
    lines.join("\n")
}

/// What the words seem to tell of a person, for people: empty for nothing.
pub fn personal_data(text: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    let mut add = |what| {
        if !found.contains(&what) {
            found.push(what);
        }
    };
    for (digits, is_split) in runs_of_digits(text) {
        let local = digits.strip_prefix("84").map(|rest| format!("0{rest}"));
        let local = local.filter(|local| PHONE_DIGITS.contains(&local.len())).unwrap_or_else(|| digits.clone());
        if local.starts_with('0') && PHONE_DIGITS.contains(&local.len()) {
            add("số điện thoại");
        } else if IDENTITY_DIGITS.contains(&digits.len()) && !is_split {
            add("số giấy tờ");
        } else if ACCOUNT_DIGITS.contains(&digits.len()) {
            add("số tài khoản hoặc số thẻ");
        }
    }
    found
}

/// Runs of digits, which spaces, dots, dashes and brackets may part, and whether they do. Sums of
/// money (`1.200.000`) are parted into threes from their end and are no such run.
fn runs_of_digits(text: &str) -> Vec<(String, bool)> {
    let mut runs = Vec::new();
    let chars: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        let starts = chars[at].is_ascii_digit() || (chars[at] == '+' && digit(&chars, at + 1));
        if !starts {
            at += 1;
            continue;
        }
        let start = at;
        let mut digits = String::new();
        while at < chars.len() {
            if chars[at].is_ascii_digit() {
                digits.push(chars[at]);
            } else if !(is_parting(chars[at]) && (digit(&chars, at + 1) || is_parted(&chars, at))) {
                break;
            }
            at += 1;
        }
        let typed: String = chars[start..at].iter().collect();
        if !is_money(&typed) {
            let is_split = digits.len() != typed.trim_start_matches('+').len();
            runs.push((digits, is_split));
        }
    }
    runs
}

fn is_parting(char: char) -> bool {
    matches!(char, '+' | ' ' | '.' | '-' | '(' | ')')
}

/// Two signs between digits, as after a bracket.
fn is_parted(chars: &[char], at: usize) -> bool {
    chars.get(at + 1).is_some_and(|char| is_parting(*char)) && digit(chars, at + 2)
}

fn digit(chars: &[char], at: usize) -> bool {
    chars.get(at).is_some_and(char::is_ascii_digit)
}

fn is_money(typed: &str) -> bool {
    let mut groups = typed.split('.');
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    let all_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    !rest.is_empty()
        && (1..=3).contains(&first.len())
        && !first.starts_with('0')
        && all_digits(first)
        && rest.iter().all(|group| group.len() == 3 && all_digits(group))
}

/// Hosts named in the words, in their one form (`idn`) and lower case: `a.example` of `https://a.example/x` and of
/// `a.example/x`.
pub fn hosts(text: &str) -> Vec<String> {
    let ends =
        |char: char| char.is_whitespace() || matches!(char, '<' | '>' | '(' | ')' | '[' | ']' | '"' | '\'' | ',');
    let mut hosts = Vec::new();
    let text: String = text.chars().map(plain_dot).collect();
    for word in text.split(ends) {
        let after_scheme = word.split_once("//").map_or(word, |(_, rest)| rest);
        let authority = after_scheme.split(['/', '?', '#', '\\']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default().trim_matches('.').to_lowercase();
        let host = idn::canonical(&host);
        let labels: Vec<&str> = host.split('.').collect();
        let fits = |label: &&str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
        let top_has_letters = labels.last().is_some_and(|top| 2 <= top.len() && top.chars().any(char::is_alphabetic));
        if 2 <= labels.len() && labels.iter().all(fits) && top_has_letters && !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    hosts
}

/// The host an absolute link leads to, read as browsers read it: what is written in percents, as
/// another dot or in wide letters is meant all the same. None where no name can be read.
pub fn host_of(link: &str) -> Option<String> {
    let link: String = link.chars().filter(|char| !is_unseen(*char)).collect();
    let (_, rest) = link.split_once(':')?;
    let rest = rest.trim_start_matches(['/', '\\']);
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = percent_decoded(host)?;
    let host: String = host.nfkc().map(plain_dot).filter(|char| !is_unseen(*char)).collect();
    let host = host.split(':').next()?.trim_matches('.').to_lowercase();
    let host = idn::canonical(&host);
    let labels: Vec<&str> = host.split('.').collect();
    let fits = |label: &&str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    (2 <= labels.len() && labels.iter().all(fits)).then_some(host)
}

/// Whether a link names a host rather than a page of ours.
pub fn is_absolute(link: &str) -> bool {
    let link = link.trim_start();
    let starts = |scheme: &str| link.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    starts("http:") || starts("https:")
}

/// Other characters that browsers take for the dot of a host.
fn plain_dot(char: char) -> char {
    if matches!(char, '\u{3002}' | '\u{ff0e}' | '\u{ff61}') { '.' } else { char }
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let byte = match (*first, after) {
            (b'%', [high, low, others @ ..]) => {
                rest = others;
                let digit = |digit: u8| char::from(digit).to_digit(16);
                u8::try_from(16 * digit(*high)? + digit(*low)?).ok()?
            }
            (b'%', _) => return None,
            (byte, _) => byte,
        };
        bytes.push(byte);
    }
    String::from_utf8(bytes).ok()
}

/// Whether `host` is `banned` or lies below it.
pub fn is_below(host: &str, banned: &str) -> bool {
    host == banned || host.strip_suffix(banned).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tidied(text: &str) -> String {
        tidy("text", text, 100).unwrap()
    }

    #[test]
    fn what_nobody_sees_is_taken_out() {
        assert_eq!(tidied("a\u{200b}b\u{feff}\u{2060}c\u{ad}"), "abc");
        assert_eq!(tidied("\u{202e}evil\u{202c} \u{2066}x\u{2069}\u{200f}"), "evil x");
        assert_eq!(tidied("a\u{0}\u{7}b\r\nc\td"), "ab\nc d");
        assert_eq!(tidied("a\n\n\n\n\nb"), "a\n\nb");
        assert_eq!(tidied("tie\u{302}\u{301}ng"), "tiếng", "composed");
        assert_eq!(tidied(&format!("a{}", "\u{35b}".repeat(50))).chars().count(), 3);
        assert_eq!(tidied("👨\u{200d}👩\u{200d}👧 ❤️"), "👨\u{200d}👩\u{200d}👧 ❤️", "signs stay whole");
        assert_eq!(tidied("a\u{200d}b"), "ab");
        for nothing in ["", "  \n ", "\u{200b}\u{200b}", "\u{3164}"] {
            assert!(matches!(tidy("text", nothing, 9), Err(Error::Invalid { .. })), "{nothing:?}");
        }
        assert!(tidy("text", &"a".repeat(101), 100).is_err() && tidy("text", &"ế".repeat(100), 100).is_ok());
    }

    #[test]
    fn numbers_of_people_are_seen_and_others_are_not() {
        for (text, expected) in [
            ("gọi 0900000001 nhé", &["số điện thoại"][..]),
            ("+84 900 000 001", &["số điện thoại"]),
            ("(024) 3826 1234", &["số điện thoại"]),
            ("090.000.0001", &["số điện thoại"]),
            ("CCCD 001099000001", &["số giấy tờ"]),
            ("cmnd 123456789", &["số giấy tờ"]),
            ("stk 1903456789012 và 0900000001", &["số tài khoản hoặc số thẻ", "số điện thoại"]),
            ("lương 12.500.000 đồng", &[]),
            ("1.200.000.000", &[]),
            ("năm 2026, điều 113, ngày 01/05/2026", &[]),
            ("từ 2020-2026", &[]),
            ("nghị định 145/2020", &[]),
        ] {
            assert_eq!(personal_data(text), expected, "{text}");
        }
    }

    #[test]
    fn hosts_are_read_however_they_are_written() {
        assert_eq!(
            hosts("https://A.Example/x (b.example:80/y) [c](http://u@c.example?z) d.example. e\\f v.v. 1.200"),
            ["a.example", "b.example", "c.example", "d.example"]
        );
        assert_eq!(hosts("bad\u{3002}example bad\u{ff0e}example/x"), ["bad.example"]);
        for link in [
            "https://bad.example",
            "HTTPS:///Bad.Example:80/x",
            "https:\\\\bad.example\\x",
            "https://good.example@bad%2Eexample/",
            "https://bad\u{3002}example?x",
            "https://bad\u{ff61}example#x",
            "https://ｂａｄ.example.",
            "https://ba\td.exa\u{ad}mple",
            "https://xn--bad-.example/",
        ] {
            assert!(
                is_absolute(link) && host_of(link).as_deref() == Some("bad.example"),
                "{link}: {:?}",
                host_of(link)
            );
        }
        for strange in
            ["https://", "https://[::1]/", "https://16909060/", "https://a%2", "https://a%zz.example", "https://a..b"]
        {
            assert_eq!(host_of(strange), None, "{strange}");
        }
        assert!(!is_absolute("/luat/1") && !is_absolute("mailto:a@b.example"));
        assert!(is_below("x.bad.example", "bad.example") && is_below("bad.example", "bad.example"));
        assert!(!is_below("notbad.example", "bad.example") && !is_below("bad.example.vn", "bad.example"));
    }

    #[test]
    fn what_is_not_seen_parts_no_letter_from_its_marks() {
        assert_eq!(tidy("text", "a\u{fffc}\u{301}", 9).unwrap(), "á");
        let many = format!("x{0}\u{200b}{0}", "\u{323}".repeat(MARKS_MAX));
        assert_eq!(tidy("text", &many, 99).unwrap().nfd().count(), 1 + MARKS_MAX);
    }

    proptest! {
        #[test]
        fn tidying_twice_changes_nothing_more(text in "\\PC{0,60}") {
            if let Ok(once) = tidy("text", &text, 1_000) {
                prop_assert_eq!(tidy("text", &once, 1_000).unwrap(), once);
            }
        }
    }
}
