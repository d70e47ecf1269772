/*!
A number with its bound and unit as a verbatim fragment: "ít nhất 45 ngày", "không quá 30%".
*/

use std::ops::Range;

use super::asked::{Asked, Wish};
use crate::law::text::{fold, syllable_ranges};

/// A figure of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Byte range of bound, number and unit.
    pub range: Range<usize>,
    /// Its value.
    pub value: f64,
    /// Folded unit: `ngay`, `%`.
    pub unit: String,
    /// What it bounds.
    pub bound: Bound,
}

/// What a figure bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Ít nhất.
    Least,
    /// Không quá.
    Most,
    /// Neither is said.
    Plain,
}

/// Folded words before a number, longest first.
const BOUNDS: [(&[&str], Bound); 20] = [
    (&["it", "nhat", "phai", "bang"], Bound::Least),
    (&["khong", "duoc", "thap", "hon"], Bound::Least),
    (&["khong", "thap", "hon"], Bound::Least),
    (&["it", "nhat", "la"], Bound::Least),
    (&["it", "nhat", "bang"], Bound::Least),
    (&["it", "nhat"], Bound::Least),
    (&["toi", "thieu", "la"], Bound::Least),
    (&["toi", "thieu"], Bound::Least),
    (&["khong", "it", "hon"], Bound::Least),
    (&["tu", "du"], Bound::Least),
    (&["khong", "duoc", "vuot", "qua"], Bound::Most),
    (&["khong", "vuot", "qua"], Bound::Most),
    (&["khong", "duoc", "qua"], Bound::Most),
    (&["khong", "qua"], Bound::Most),
    (&["toi", "da", "la"], Bound::Most),
    (&["toi", "da"], Bound::Most),
    (&["tu"], Bound::Plain),
    (&["den"], Bound::Plain),
    (&["duoi"], Bound::Plain),
    (&["tren"], Bound::Plain),
];

/// Folded units a figure may have.
const UNITS: [&str; 14] =
    ["ngay", "thang", "nam", "gio", "phut", "tuan", "tuoi", "lan", "dong", "ban", "nguoi", "%", "trieu", "luong"];

/// Folded words that belong to the unit before them.
const TAILS: [&[&str]; 6] =
    [&["lam", "viec"], &["lien", "tuc"], &["tien", "luong"], &["tuoi"], &["cong", "don"], &["luong"]];

/// A unit of `UNITS` by its text.
pub fn unit_name(unit: &str) -> Option<&'static str> {
    UNITS.into_iter().find(|name| *name == unit)
}

/// All figures of a text, in order.
pub fn figures(text: &str) -> Vec<Figure> {
    let ranges: Vec<Range<usize>> = syllable_ranges(text).collect();
    let folded: Vec<String> = ranges.iter().map(|range| fold(&text[range.clone()])).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < ranges.len() {
        match figure_at(text, &ranges, &folded, at) {
            Some((figure, next)) => {
                found.push(figure);
                at = next;
            }
            None => at += 1,
        }
    }
    found
}

/// The only figure of a unit asked for; none where there are several.
pub fn find(text: &str, asked: &Asked) -> Option<Figure> {
    if asked.wish != Wish::Number {
        return None;
    }
    let wanted = |figure: &Figure| asked.units.is_empty() || asked.units.contains(&figure.unit.as_str());
    let mut all = figures(text).into_iter().filter(wanted);
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

/// The figure whose number begins at a syllable, and the syllable after it.
fn figure_at(text: &str, ranges: &[Range<usize>], folded: &[String], at: usize) -> Option<(Figure, usize)> {
    let (value, mut next) = number_at(text, ranges, folded, at)?;
    let after = |next: usize| text.get(ranges.get(next - 1)?.end..).map(|rest| rest.trim_start_matches(' '));
    let mut end = ranges[next - 1].end;
    let unit = if after(next).is_some_and(|rest| rest.starts_with('%')) {
        end = text[end..].find('%').map_or(end, |place| end + place + 1);
        "%".to_owned()
    } else {
        let unit = folded.get(next).filter(|unit| UNITS.contains(&unit.as_str()))?.clone();
        // Only a space may stand between a number and its unit.
        if !text[end..ranges[next].start].chars().all(|c| c == ' ' || c == '\u{a0}') {
            return None;
        }
        end = ranges[next].end;
        next += 1;
        unit
    };
    for tail in TAILS {
        let fits = folded.get(next..next + tail.len()).is_some_and(|run| run.iter().zip(tail).all(|(a, b)| a == b));
        if fits && text[end..ranges[next].start].trim().is_empty() && !text[end..ranges[next].start].contains('\n') {
            next += tail.len();
            end = ranges[next - 1].end;
            break;
        }
    }
    let (start, bound) = bound_before(ranges, folded, at);
    Some((Figure { range: start..end, value, unit, bound }, next))
}

/// "30", "1.500", "0,3"; of number words only "một lần", which the law likes to spell out.
fn number_at(text: &str, ranges: &[Range<usize>], folded: &[String], at: usize) -> Option<(f64, usize)> {
    let word = &folded[at];
    if word == "mot" && folded.get(at + 1).is_some_and(|unit| unit == "lan") {
        return Some((1.0, at + 1));
    }
    if !word.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let before = text[..ranges[at].start].chars().next_back();
    if before.is_some_and(|c| matches!(c, '/' | '-' | '.' | ',')) {
        return None;
    }
    let mut digits = word.clone();
    let mut next = at + 1;
    let mut decimal = false;
    while let Some(range) = ranges.get(next) {
        let between = &text[ranges[next - 1].end..range.start];
        let piece = &folded[next];
        if !matches!(between, "." | ",") || !piece.bytes().all(|b| b.is_ascii_digit()) || decimal {
            break;
        }
        if piece.len() != 3 {
            digits.push('.');
            decimal = true;
        }
        digits.push_str(piece);
        next += 1;
    }
    Some((digits.parse().ok()?, next))
}

fn bound_before(ranges: &[Range<usize>], folded: &[String], at: usize) -> (usize, Bound) {
    let stands =
        |words: &[&str]| words.len() <= at && folded[at - words.len()..at].iter().zip(words).all(|(a, b)| a == b);
    let found = BOUNDS.iter().find(|(words, _)| stands(words));
    found.map_or((ranges[at].start, Bound::Plain), |(words, bound)| (ranges[at - words.len()].start, *bound))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[(&str, f64, &str, Bound)]) {
        let found: Vec<(&str, f64, String, Bound)> =
            figures(text).into_iter().map(|f| (&text[f.range.clone()], f.value, f.unit, f.bound)).collect();
        let expect: Vec<_> = expect.iter().map(|(t, v, u, b)| (*t, *v, (*u).to_owned(), *b)).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn figures_are_verbatim_with_bound_and_unit() {
        check("Phải báo ít nhất 45 ngày trước", &[("ít nhất 45 ngày", 45.0, "ngay", Bound::Least)]);
        check("không được quá 30% tiền lương", &[("không được quá 30% tiền lương", 30.0, "%", Bound::Most)]);
        check(
            "03 ngày làm việc, 1.500.000 đồng",
            &[("03 ngày làm việc", 3.0, "ngay", Bound::Plain), ("1.500.000 đồng", 1_500_000.0, "dong", Bound::Plain)],
        );
        check("chỉ được thử việc một lần", &[("một lần", 1.0, "lan", Bound::Plain)]);
    }

    #[test]
    fn numbers_of_provisions_and_days_of_the_calendar_are_no_figures() {
        check("theo khoản 2 Điều 36, ngày 01/07/2024, số 12/2022", &[]);
        check("quy định tại điểm a khoản 1\nngày nào", &[]);
    }
}
