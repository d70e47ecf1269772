/*!
Numbers with their units, in digits or in words: "30 ngày", "ba mươi ngày", "4.960.000 đồng", "50%".
*/

use crate::law::text::{fold, syllable_ranges};

/// A number as it stands in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// Its value.
    pub value: f64,
    /// Folded first syllable of the unit, `ngay`, `%`; empty where none follows.
    pub unit: String,
}

/// Units that make a number written in words a quantity: "một người" alone is not one.
const WORD_UNITS: [&str; 12] =
    ["ngay", "thang", "nam", "gio", "tuan", "lan", "tuoi", "dong", "phan", "trieu", "quy", "phut"];

/// Units that say what is counted, whichever side writes them in another way.
fn canonical_unit(unit: &str) -> String {
    match unit {
        "phan" | "%" => "%".to_owned(),
        "vnd" | "d" | "dong" => "dong".to_owned(),
        "h" | "gio" | "tieng" => "gio".to_owned(),
        other => other.to_owned(),
    }
}

/// All quantities of `text`, in order.
pub fn quantities(text: &str) -> Vec<Quantity> {
    let folded = fold(text);
    let tokens = tokens(&folded);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if let Some(value) = digits_value(&tokens[at]) {
            let (value, next) = scaled(value, &tokens, at + 1);
            found.push(Quantity { value, unit: canonical_unit(tokens.get(next).map_or("", |t| unit_of(t))) });
            at = next.max(at + 1);
        } else if let Some((value, next)) = words_value(&tokens, at) {
            let unit = tokens.get(next).map_or("", String::as_str);
            if WORD_UNITS.contains(&unit) || unit == "%" {
                found.push(Quantity { value, unit: canonical_unit(unit) });
            }
            at = next;
        } else {
            at += 1;
        }
    }
    found
}

/// Syllables, numbers with their inner points and commas, and `%`.
fn tokens(folded: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut last_end = 0;
    for range in syllable_ranges(folded) {
        let between = &folded[last_end..range.start];
        if between.contains('%') {
            tokens.push("%".to_owned());
        }
        let piece = &folded[range.clone()];
        let joins = matches!(between, "." | ",")
            && piece.starts_with(|c: char| c.is_ascii_digit())
            && tokens.last().is_some_and(|last| {
                last.ends_with(|c: char| c.is_ascii_digit()) && last.starts_with(|c: char| c.is_ascii_digit())
            });
        if let (true, Some(last)) = (joins, tokens.last_mut()) {
            last.push_str(between);
            last.push_str(piece);
        } else {
            push_split(&mut tokens, piece);
        }
        last_end = range.end;
    }
    if folded[last_end..].contains('%') {
        tokens.push("%".to_owned());
    }
    tokens
}

/// "12h" and "30ngay" are a number and its unit.
fn push_split(tokens: &mut Vec<String>, piece: &str) {
    let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
    if 0 < digits && digits < piece.len() {
        tokens.push(piece[..digits].to_owned());
        tokens.push(piece[digits..].to_owned());
    } else {
        tokens.push(piece.to_owned());
    }
}

/// "4.960.000" is 4960000, "1,5" and "1.5" are 1.5, "02" is 2.
fn digits_value(token: &str) -> Option<f64> {
    if !token.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let parts: Vec<&str> = token.split(['.', ',']).collect();
    if parts.iter().any(|part| part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let grouped = 1 < parts.len() && parts[1..].iter().all(|part| part.len() == 3);
    if grouped || parts.len() == 1 {
        return parts.concat().parse().ok();
    }
    format!("{}.{}", parts[0], parts[1..].concat()).parse().ok()
}

/// Applies "triệu", "tỷ", "nghìn" after a number.
fn scaled(value: f64, tokens: &[String], at: usize) -> (f64, usize) {
    match tokens.get(at).map(String::as_str) {
        Some("trieu") => (value * 1e6, at + 1),
        Some("ty" | "ti") => (value * 1e9, at + 1),
        Some("nghin" | "ngan") => (value * 1e3, at + 1),
        _ => (value, at),
    }
}

fn unit_of(token: &str) -> &str {
    if token.starts_with(|c: char| c.is_ascii_digit()) { "" } else { token }
}

fn digit_word(word: &str) -> Option<u32> {
    Some(match word {
        "mot" => 1,
        "hai" => 2,
        "ba" => 3,
        "bon" | "tu" => 4,
        "nam" | "lam" => 5,
        "sau" => 6,
        "bay" => 7,
        "tam" => 8,
        "chin" => 9,
        _ => return None,
    })
}

/// Value of number words from `at` and where they end: "ba mươi lăm", "mười hai", "một trăm".
fn words_value(tokens: &[String], at: usize) -> Option<(f64, usize)> {
    let word = |i: usize| tokens.get(i).map_or("", String::as_str);
    let (mut value, mut next) = match (digit_word(word(at)), word(at)) {
        (Some(digit), _) => (digit, at + 1),
        (None, "muoi") => (10, at + 1),
        _ => return None,
    };
    if word(next) == "tram" && value < 10 {
        value *= 100;
        next += 1;
        if word(next) == "le" || word(next) == "linh" {
            next += 1;
        }
        if let Some(digit) = digit_word(word(next)) {
            let tens = word(next + 1) == "muoi";
            value += if tens { digit * 10 } else { digit };
            next += if tens { 2 } else { 1 };
        }
    } else if word(next) == "muoi" && value < 10 {
        value *= 10;
        next += 1;
    }
    if value % 10 == 0
        && (10..100).contains(&value)
        && let Some(digit) = digit_word(word(next))
        // "ba mươi năm" is thirty years: a unit is no digit.
        && word(next) != "nam"
    {
        value += digit;
        next += 1;
    }
    Some((f64::from(value), next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[(f64, &str)]) {
        let found: Vec<(f64, String)> = quantities(text).into_iter().map(|q| (q.value, q.unit)).collect();
        let expect: Vec<(f64, String)> = expect.iter().map(|(v, u)| (*v, (*u).to_owned())).collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn digits_words_and_units() {
        check("Báo trước ít nhất 45 ngày", &[(45.0, "ngay")]);
        check("ba mươi ngày hoặc mười hai tháng", &[(30.0, "ngay"), (12.0, "thang")]);
        check("4.960.000 đồng/tháng và 1,5 lần", &[(4_960_000.0, "dong"), (1.5, "lan")]);
        check("bằng 85% mức lương, 02 giờ", &[(85.0, "%"), (2.0, "gio")]);
        check("tám mươi lăm phần trăm", &[(85.0, "%")]);
        check("5 triệu đồng", &[(5_000_000.0, "dong")]);
        check("ba mươi năm", &[(30.0, "nam")]);
        check("một người bạn nói hai điều", &[]);
        check("làm 8h mỗi ngày", &[(8.0, "gio")]);
    }
}
