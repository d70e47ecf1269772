/*!
Amounts, numbers and days as people write them.

`10 triệu`, `10.000.000đ`, `5 triệu rưỡi`, `10tr5`, `4,5 triệu`, `500k`, `31/01/2026`. What
reads two ways is not read at all.
*/

use jiff::civil::Date;

use super::number::Ratio;

/// Largest amount of money taken, in đồng.
pub const MONEY_DONG_MAX: i64 = 10_000_000_000_000;

/// Longest number read, in characters.
const NUMBER_CHARS_MAX: usize = 24;

/// A decimal number with dots or commas: thousands are groups of three, else the mark is the
/// decimal one.
pub fn decimal(text: &str) -> Option<Ratio> {
    let text = text.trim();
    if text.is_empty() || NUMBER_CHARS_MAX < text.len() || !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if !text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',')) {
        return None;
    }
    let marks: Vec<char> = text.chars().filter(|c| !c.is_ascii_digit()).collect();
    let grouped = |text: &str, mark: char| {
        let mut parts = text.split(mark);
        let first = parts.next().unwrap_or_default();
        (1..=3).contains(&first.len()) && first != "0" && parts.all(|part| part.len() == 3)
    };
    let digits = |text: &str| text.replace(['.', ','], "").parse::<i128>().ok();
    match marks.as_slice() {
        [] => Some(Ratio::new(digits(text)?, 1)),
        [mark] if grouped(text, *mark) => Some(Ratio::new(digits(text)?, 1)),
        [mark] => fraction(text, *mark),
        [first, .., last] if marks.iter().all(|mark| mark == first) && first == last => {
            grouped(text, *first).then(|| digits(text)).flatten().map(|value| Ratio::new(value, 1))
        }
        [.., last] => {
            let (whole, _) = text.rsplit_once(*last)?;
            let thousands = if *last == ',' { '.' } else { ',' };
            if !grouped(whole, thousands) {
                return None;
            }
            fraction(&text.replace(thousands, ""), *last)
        }
    }
}

fn fraction(text: &str, mark: char) -> Option<Ratio> {
    let (whole, rest) = text.split_once(mark)?;
    if rest.is_empty() || !rest.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let scale = 10i128.checked_pow(u32::try_from(rest.len()).ok()?)?;
    Some(Ratio::new(whole.parse::<i128>().ok()?.checked_mul(scale)? + rest.parse::<i128>().ok()?, scale))
}

/// Scale of a unit of money, in đồng.
fn scale(unit: &str) -> Option<i64> {
    match unit {
        "" | "đ" | "đồng" | "vnd" | "vnđ" | "d" | "dong" => Some(1),
        "k" | "nghìn" | "ngàn" | "ngan" | "nghin" | "nghìn đồng" | "ngàn đồng" => Some(1_000),
        "tr" | "triệu" | "trieu" | "củ" | "triệu đồng" | "tr đồng" => Some(1_000_000),
        "tỷ" | "tỉ" | "ty" | "tỷ đồng" | "tỉ đồng" => Some(1_000_000_000),
        _ => None,
    }
}

/// An amount of money in whole đồng.
pub fn money(text: &str) -> Option<i64> {
    let text = text.trim().to_lowercase();
    let text = text.trim_end_matches(['.', ',']);
    let digits = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ','))).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let value = decimal(number.trim_end_matches(['.', ',']))?;
    let unit = unit.split_whitespace().collect::<Vec<_>>().join(" ");
    let (unit, half) = match unit.strip_suffix("rưỡi").or_else(|| unit.strip_suffix("ruoi")) {
        Some(unit) => (unit.trim().to_owned(), true),
        None => (unit, false),
    };
    // `10tr5`, `10 triệu 5`: the digits after the unit are its tenths, hundredths, …
    let (unit, tail) = match unit.find(|c: char| c.is_ascii_digit()) {
        Some(at) => (unit[..at].trim().to_owned(), unit[at..].to_owned()),
        None => (unit, String::new()),
    };
    let scale = scale(&unit)?;
    let mut total = value * Ratio::whole(scale);
    if half || !tail.is_empty() {
        if scale == 1 || !value.is_whole() || (half && !tail.is_empty()) {
            return None;
        }
        let part = if half { Ratio::new(1, 2) } else { fraction(&format!("0.{tail}"), '.')? };
        total = total + part * Ratio::whole(scale);
    }
    let dong = total.as_whole()?;
    (0..=MONEY_DONG_MAX).contains(&dong).then_some(dong)
}

/// A day, `2026-01-31` or `31/01/2026`.
pub fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Some((year, rest)) = text.split_once('-')
        && year.len() == 4
    {
        let (month, day) = rest.split_once('-')?;
        return Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok();
    }
    let mut parts = text.split(['/', '-', '.']);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// A month, `1968-09`, `9/1968`, or the month of a day; a year alone is its January
/// (Điều 3 khoản 3 Nghị định 135/2020/NĐ-CP).
pub fn month(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Some(day) = day(text) {
        return Some(day);
    }
    let (year, month) = match text.split_once(['-', '/', '.']) {
        Some((first, second)) if first.len() == 4 => (first, second),
        Some((first, second)) => (second, first),
        None => (text, "1"),
    };
    if year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn money_is_read_as_people_write_it() {
        for (text, value) in [
            ("10 triệu", 10_000_000),
            ("10.000.000đ", 10_000_000),
            ("10,000,000 VND", 10_000_000),
            ("5 triệu rưỡi", 5_500_000),
            ("10tr5", 10_500_000),
            ("7 triệu 250", 7_250_000),
            ("4,5 triệu", 4_500_000),
            ("4.25tr", 4_250_000),
            ("500k", 500_000),
            ("1 tỷ rưỡi", 1_500_000_000),
            ("8000000", 8_000_000),
        ] {
            assert_eq!(money(text), Some(value), "{text}");
        }
        for text in ["", "mười triệu", "10 tháng", "-5 triệu", "1.2.3", "99999999999999999999", "1,5 đồng", "10 rưỡi"]
        {
            assert_eq!(money(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_with_either_mark() {
        for (text, value) in
            [("1,5", "3/2"), ("1.234", "1234"), ("1.234,5", "2469/2"), ("0.123", "123/1000"), ("12", "12")]
        {
            assert_eq!(decimal(text).map(Ratio::exact).as_deref(), Some(value), "{text}");
        }
        assert_eq!(decimal("1,2,3"), None);
    }

    #[test]
    fn days_and_months() {
        assert_eq!(day("31/1/2026"), Some(date(2026, 1, 31)));
        assert_eq!(day("2026-01-31"), Some(date(2026, 1, 31)));
        assert_eq!(day("31/2/2026"), None);
        assert_eq!(month("9/1968"), Some(date(1968, 9, 1)));
        assert_eq!(month("1968-09"), Some(date(1968, 9, 1)));
        assert_eq!(month("1968"), Some(date(1968, 1, 1)));
        assert_eq!(month("13/1968"), None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            let _ = (money(&text), decimal(&text), day(&text), month(&text));
        }
    }
}
