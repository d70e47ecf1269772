/*!
Numbers with their units and bounds, and whether two of them say the same.

Units are compared across exact conversions only: a year is twelve months, a working day is
no day.
*/

use super::lexicon::{self, Bound, Class};
use crate::answer::numbers::{digits_value, scale, words_value};

/// A number as a text states it.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// Its value; of a date, year, month and day as digits.
    pub value: f64,
    /// Canonical unit; empty where none is known.
    pub unit: String,
    /// What it bounds.
    pub bound: Bound,
}

/// Unit of a calendar date.
pub const DATE: &str = "date";
/// Unit of a place in an order: "tháng thứ 7".
const ORDINAL: &str = "thứ";

/// Units as written, the longest first, with the canonical form.
const UNITS: &[(&str, &str)] = &[
    ("ngày làm việc", "ngày làm việc"),
    ("ngày công", "ngày công"),
    ("tháng lương cơ sở", "tháng lương cơ sở"),
    ("lần mức lương cơ sở", "lần"),
    ("tháng lương", "tháng lương"),
    ("tháng tuổi", "tháng"),
    ("phần trăm", "%"),
    ("năm tuổi", "năm"),
    ("tiếng", "giờ"),
    ("h", "giờ"),
    ("vnd", "đồng"),
    ("vnđ", "đồng"),
    ("đ", "đồng"),
    ("ngày", "ngày"),
    ("tháng", "tháng"),
    ("năm", "năm"),
    ("giờ", "giờ"),
    ("tuần", "tuần"),
    ("quý", "quý"),
    ("phút", "phút"),
    ("giây", "giây"),
    ("lần", "lần"),
    ("tuổi", "tuổi"),
    ("đồng", "đồng"),
    ("người", "người"),
    ("buổi", "buổi"),
    ("ca", "ca"),
    ("%", "%"),
    ("km", "km"),
    ("mét", "mét"),
    ("m", "mét"),
    ("kg", "kg"),
    ("ki lô gam", "kg"),
    ("gam", "gam"),
    ("gram", "gam"),
    ("bản", "bản"),
    ("bộ", "bộ"),
    ("con", "con"),
];

/// Units that follow a number in words only where they make it one: "một người" is anybody.
const NOT_AFTER_ONE: [&str; 4] = ["người", "bản", "bộ", "con"];

/// Exact conversions: unit, smaller unit, how many.
const CONVERSIONS: [(&str, &str, f64); 5] =
    [("năm", "tháng", 12.0), ("quý", "tháng", 3.0), ("tuần", "ngày", 7.0), ("giờ", "phút", 60.0), ("lần", "%", 100.0)];

/// The number that `words` begin with: value, unit and how many words it takes. `before` are
/// the two words before it, the nearest first.
pub fn read(words: &[&str], before: &[&str]) -> Option<(f64, String, usize)> {
    if let Some(date) = date(words) {
        return Some(date);
    }
    let first = words.first()?;
    if let Some(value) = digits_value(first) {
        let (value, mut next) = scaled(value, words);
        if words.get(next) == Some(&"rưỡi") {
            next += 1;
            return unit_at(words, next).map(|(unit, end)| (value + 0.5, unit, end)).or(Some((
                value + 0.5,
                String::new(),
                next,
            )));
        }
        let ordinal = before.first() == Some(&"thứ");
        let calendar = matches!(before.first(), Some(&("năm" | "tháng" | "quý" | "ngày" | "tuổi")));
        return Some(match unit_at(words, next) {
            _ if ordinal => (value, ORDINAL.to_owned(), next),
            Some((unit, end)) => (value, unit, end),
            None if calendar => (value, String::new(), next),
            None => (value, String::new(), next),
        });
    }
    if let Some(fraction) = fraction(words) {
        return Some(fraction);
    }
    if *first == "nửa" {
        return unit_at(words, 1).map(|(unit, end)| (0.5, unit, end));
    }
    if matches!(*first, "mỗi" | "hằng") {
        return unit_at(words, 1).filter(|(unit, _)| is_time(unit)).map(|(unit, end)| (1.0, unit, end));
    }
    let (value, next) = words_value(words)?;
    if before.first() == Some(&"thứ") {
        return Some((value, ORDINAL.to_owned(), next));
    }
    let (value, next) =
        words.get(next).and_then(|w| scale(w)).map_or((value, next), |factor| (value * factor, next + 1));
    let (value, next) = if words.get(next) == Some(&"rưỡi") { (value + 0.5, next + 1) } else { (value, next) };
    let (unit, end) = unit_at(words, next)?;
    let is_somebody = value == 1.0 && NOT_AFTER_ONE.contains(&unit.as_str());
    // "năm" alone is a year, "tư" an ordinal, "ba" a father: only with a unit are they numbers.
    (!is_somebody).then_some((value, unit, end))
}

/// "một phần ba", "hai phần ba".
fn fraction(words: &[&str]) -> Option<(f64, String, usize)> {
    let [above, "phần", below, ..] = words else { return None };
    let value = |word: &str| words_value(&[word]).map(|(value, _)| value).or_else(|| digits_value(word));
    let (above, below) = (value(above)?, value(below)?);
    (above < below).then(|| (above / below, "phần".to_owned(), 3))
}

fn is_time(unit: &str) -> bool {
    matches!(unit, "ngày" | "tháng" | "năm" | "tuần" | "giờ" | "quý" | "ca" | "ngày làm việc")
}

/// "01/01/2021", "01 tháng 01 năm 2021".
fn date(words: &[&str]) -> Option<(f64, String, usize)> {
    let dated = |day: f64, month: f64, year: f64| {
        ((1.0..=31.0).contains(&day) && (1.0..=12.0).contains(&month) && 1900.0 < year)
            .then_some((year * 1e4 + month * 1e2 + day, DATE.to_owned()))
    };
    let first = words.first()?;
    let parts: Vec<f64> = first.split('/').filter_map(digits_value).collect();
    if let (3, [day, month, year]) = (first.split('/').count(), parts.as_slice()) {
        return dated(*day, *month, *year).map(|(value, unit)| (value, unit, 1));
    }
    let [day, "tháng", month, "năm", year, ..] = words else { return None };
    let (value, unit) = dated(digits_value(day)?, digits_value(month)?, digits_value(year)?)?;
    Some((value, unit, 5))
}

fn scaled(value: f64, words: &[&str]) -> (f64, usize) {
    let mut next = 1;
    let mut value = value;
    while let Some(factor) = words.get(next).and_then(|word| scale(word)) {
        value *= factor;
        next += 1;
    }
    (value, next)
}

/// The unit at `at` and its end; of money also what it is per.
fn unit_at(words: &[&str], at: usize) -> Option<(String, usize)> {
    let rest = words.get(at..)?;
    let fits = |unit: &&(&str, &str)| {
        let mut length = 0;
        unit.0.split(' ').all(|word| {
            length += 1;
            rest.get(length - 1) == Some(&word)
        })
    };
    // "10 người lao động" counts workers, who are a party of their own.
    let is_party = |class| matches!(class, (Class::Party(_), 2..));
    if lexicon::classes_at(rest).next().is_some_and(is_party) {
        return None;
    }
    // The table lists longer units before the shorter ones they begin with.
    let (written, unit) = UNITS.iter().find(fits)?;
    let end = at + written.split(' ').count();
    if *unit == "đồng"
        && words.get(end) == Some(&"/")
        && let Some((per, end)) = unit_at(words, end + 1)
    {
        return Some((format!("{unit}/{per}"), end));
    }
    Some(((*unit).to_owned(), end))
}

impl Quantity {
    /// Whether both are the same amount, whatever their bounds. A unit that one side leaves
    /// out, or that no table knows, is no difference.
    pub fn same_amount(&self, other: &Self) -> bool {
        let same = |a: f64, b: f64| (a - b).abs() < 1e-6;
        if self.unit.is_empty() || other.unit.is_empty() {
            return same(self.value, other.value);
        }
        let base = |unit: &str| unit.split('/').next().unwrap_or_default().to_owned();
        let both_per = self.unit.contains('/') && other.unit.contains('/');
        if (both_per && self.unit == other.unit) || (!both_per && base(&self.unit) == base(&other.unit)) {
            return same(self.value, other.value);
        }
        let converts = |large: &Self, small: &Self| {
            let rate = CONVERSIONS.iter().find(|(a, b, _)| *a == large.unit && *b == small.unit);
            rate.is_some_and(|(_, _, rate)| same(large.value * rate, small.value))
        };
        converts(self, other) || converts(other, self)
    }

    /// Both values in one unit, where there is one that is no guess.
    pub fn compared(&self, other: &Self) -> Option<(f64, f64)> {
        if self.unit.is_empty() || other.unit.is_empty() || self.unit == DATE {
            return None;
        }
        if self.unit == other.unit {
            return Some((self.value, other.value));
        }
        let rate = |large: &Self, small: &Self| {
            CONVERSIONS.iter().find(|(a, b, _)| *a == large.unit && *b == small.unit).map(|(_, _, rate)| *rate)
        };
        rate(self, other)
            .map(|rate| (self.value * rate, other.value))
            .or_else(|| rate(other, self).map(|rate| (self.value, other.value * rate)))
    }

    /// Whether this, said of a clause that says `law`, leaves its bound as it is.
    pub fn keeps_bound_of(&self, law: &Self) -> bool {
        use Bound::{AtMost, Exact, Within};
        match (self.bound, law.bound) {
            (a, b) if a == b => true,
            // "trong thời hạn 14 ngày" ends with the fourteenth.
            (Exact | AtMost, Within) | (Within, Exact | AtMost) => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(text: &str) -> Quantity {
        let words: Vec<&str> = text.split(' ').collect();
        let (value, unit, _) = read(&words, &[]).unwrap();
        Quantity { value, unit, bound: Bound::Exact }
    }

    #[test]
    fn only_exact_conversions_are_the_same() {
        for (a, b, same) in [
            ("1 năm", "12 tháng", true),
            ("2 tuần", "14 ngày", true),
            ("1,5 giờ", "90 phút", true),
            ("ba mươi ngày", "30 ngày", true),
            ("nửa tháng", "0,5 tháng", true),
            ("gấp", "", true),
            ("200 %", "hai lần", true),
            ("30 ngày", "1 tháng", false),
            ("3 ngày", "3 ngày làm việc", false),
            ("1 tháng", "1 tháng lương", false),
            ("500 nghìn đồng", "500.000 đồng", true),
            ("20.000 đồng / giờ", "20.000 đồng / tháng", false),
            ("20.000 đồng", "20.000 đồng / tháng", true),
        ] {
            if b.is_empty() {
                continue;
            }
            assert_eq!(quantity(a).same_amount(&quantity(b)), same, "{a} = {b}");
        }
    }
}
