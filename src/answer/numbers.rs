/*!
Reading numbers, in digits or in Vietnamese words: `4.960.000`, `1,5`, `08`, "ba mươi lăm".

Knows values only; what is counted, and whether a number is a bound, `ground` reads.
*/

/// Value of a number in digits: `4.960.000` is 4960000, `1,5` and `1.5` are 1.5, `02` is 2.
pub fn digits_value(token: &str) -> Option<f64> {
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

/// Factor of a word that scales the number before it.
pub fn scale(word: &str) -> Option<f64> {
    Some(match word {
        "nghìn" | "ngàn" => 1e3,
        "triệu" => 1e6,
        "tỷ" | "tỉ" => 1e9,
        _ => return None,
    })
}

fn digit_word(word: &str) -> Option<u32> {
    Some(match word {
        "một" | "mốt" => 1,
        "hai" => 2,
        "ba" => 3,
        "bốn" | "tư" => 4,
        "năm" | "lăm" => 5,
        "sáu" => 6,
        "bảy" | "bẩy" => 7,
        "tám" => 8,
        "chín" => 9,
        _ => return None,
    })
}

/// Value of the number words that `words` begins with, and how many they are: "ba mươi lăm",
/// "mười hai", "một trăm". Words are lower-case syllables in their canonical spelling.
pub fn words_value(words: &[&str]) -> Option<(f64, usize)> {
    let word = |i: usize| words.get(i).copied().unwrap_or_default();
    let (mut value, mut next) = match (digit_word(word(0)), word(0)) {
        (Some(digit), _) => (digit, 1),
        (None, "mười") => (10, 1),
        _ => return None,
    };
    if word(next) == "trăm" && value < 10 {
        value *= 100;
        next += 1;
        let spare = matches!(word(next), "lẻ" | "linh");
        if spare {
            next += 1;
        }
        if let Some(digit) = digit_word(word(next)).filter(|_| spare || word(next + 1) == "mươi") {
            let tens = word(next + 1) == "mươi";
            value += if tens { digit * 10 } else { digit };
            next += if tens { 2 } else { 1 };
        } else if word(next) == "mười" {
            value += 10;
            next += 1;
        }
    } else if word(next) == "mươi" && value < 10 {
        value *= 10;
        next += 1;
    }
    if value % 10 == 0
        && 0 < value % 100
        && let Some(digit) = digit_word(word(next))
        // "ba mươi năm" is thirty years: a unit is no digit.
        && word(next) != "năm"
    {
        value += digit;
        next += 1;
    }
    Some((f64::from(value), next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_words(text: &str) -> Option<(f64, usize)> {
        words_value(&text.split(' ').collect::<Vec<_>>())
    }

    #[test]
    fn digits_in_every_grouping() {
        assert_eq!(digits_value("4.960.000"), Some(4_960_000.0));
        assert_eq!(digits_value("1,5"), Some(1.5));
        assert_eq!(digits_value("08"), Some(8.0));
        assert_eq!(digits_value("1."), None);
        assert_eq!(digits_value("một"), None);
    }

    #[test]
    fn words_end_where_the_number_ends() {
        assert_eq!(in_words("ba mươi ngày"), Some((30.0, 2)));
        assert_eq!(in_words("ba mươi lăm ngày"), Some((35.0, 3)));
        assert_eq!(in_words("mười hai tháng"), Some((12.0, 2)));
        assert_eq!(in_words("ba mươi năm"), Some((30.0, 2)));
        assert_eq!(in_words("một trăm hai mươi đồng"), Some((120.0, 4)));
        assert_eq!(in_words("hai trăm linh năm người"), Some((205.0, 4)));
        assert_eq!(in_words("một trăm mười lăm người"), Some((115.0, 4)));
        assert_eq!(in_words("ngày mai"), None);
    }
}
