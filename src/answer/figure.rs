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

/// Folded words before a number; where several stand there, the longest counts. What only says
/// where a case begins or ends ("từ đủ", "chưa đủ", "quá") bounds no right or duty.
const BOUNDS: [(&str, Bound); 62] = [
    ("it nhat phai bang", Bound::Least),
    ("khong duoc thap hon", Bound::Least),
    ("khong duoc it hon", Bound::Least),
    ("khong duoc duoi", Bound::Least),
    ("khong thap hon", Bound::Least),
    ("khong it hon", Bound::Least),
    ("khong duoi", Bound::Least),
    ("it nhat la", Bound::Least),
    ("it nhat bang", Bound::Least),
    ("it nhat", Bound::Least),
    ("toi thieu la", Bound::Least),
    ("toi thieu bang", Bound::Least),
    ("toi thieu", Bound::Least),
    ("toi da khong duoc vuot qua", Bound::Most),
    ("toi da khong vuot qua", Bound::Most),
    ("toi da khong qua", Bound::Most),
    ("khong duoc vuot qua", Bound::Most),
    ("khong vuot qua", Bound::Most),
    ("khong duoc qua", Bound::Most),
    ("khong qua", Bound::Most),
    ("khong duoc cao hon", Bound::Most),
    ("khong cao hon", Bound::Most),
    ("khong duoc nhieu hon", Bound::Most),
    ("khong nhieu hon", Bound::Most),
    ("khong lon hon", Bound::Most),
    ("khong tren", Bound::Most),
    ("nhieu nhat la", Bound::Most),
    ("nhieu nhat", Bound::Most),
    ("cao nhat la", Bound::Most),
    ("toi da la", Bound::Most),
    ("toi da bang", Bound::Most),
    ("toi da", Bound::Most),
    ("tu du", Bound::Plain),
    ("den chua du", Bound::Plain),
    ("den khi du", Bound::Plain),
    ("den du", Bound::Plain),
    ("chua du", Bound::Plain),
    ("khong du", Bound::Plain),
    ("phai du", Bound::Plain),
    ("du", Bound::Plain),
    ("chua den", Bound::Plain),
    ("chua qua", Bound::Plain),
    ("den duoi", Bound::Plain),
    ("tu tren", Bound::Plain),
    ("den", Bound::Plain),
    ("tu", Bound::Plain),
    ("cham qua", Bound::Plain),
    ("vuot qua", Bound::Plain),
    ("qua", Bound::Plain),
    ("cham nhat la", Bound::Plain),
    ("cham nhat", Bound::Plain),
    ("som nhat la", Bound::Plain),
    ("som nhat", Bound::Plain),
    ("thap hon", Bound::Plain),
    ("cao hon", Bound::Plain),
    ("nhieu hon", Bound::Plain),
    ("lon hon", Bound::Plain),
    ("it hon", Bound::Plain),
    ("hon", Bound::Plain),
    ("ngoai", Bound::Plain),
    ("duoi", Bound::Plain),
    ("tren", Bound::Plain),
];
/// Folded words right before a figure that make it an addition to something else, or one of many.
const RELATIVE_BEFORE: [&str; 23] = [
    "moi",
    "moi lan",
    "moi ngay",
    "moi dot",
    "moi thang",
    "moi nam",
    "cu",
    "thap hon",
    "cao hon",
    "som hon",
    "muon hon",
    "tre hon",
    "gia hon",
    "nhieu hon",
    "it hon",
    "dai hon",
    "ngan hon",
    "tang them",
    "tra them",
    "cong them",
    "nghi them",
    "tang",
    "giam",
];
/// Folded words right behind it that do the same.
const RELATIVE_BEHIND: &str = "so voi";
/// Folded words behind a unit that turn the figure into where a case begins or ends.
const OPEN_ENDS: [&str; 2] = ["tro len", "tro xuong"];

/// Folded units a figure may have.
const UNITS: [&str; 14] =
    ["ngay", "thang", "nam", "gio", "phut", "tuan", "tuoi", "lan", "dong", "ban", "nguoi", "%", "trieu", "luong"];

/// Folded words that belong to the unit before them.
const TAILS: [&str; 7] = ["lam viec", "lien tuc", "tien luong", "tuoi", "cong don", "luong", "lao dong"];

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
    let mut is_open = false;
    for tails in [&TAILS[..], &OPEN_ENDS] {
        let found = tails.iter().find_map(|tail| tail_at((text, end), (ranges, folded), next, tail));
        if let Some(behind) = found {
            is_open = OPEN_ENDS.iter().any(|tail| folded[next..behind].join(" ") == *tail);
            next = behind;
            end = ranges[next - 1].end;
        }
    }
    let (first, bound) = bound_before(folded, at);
    let behind = folded[next..].iter().take(2).map(String::as_str).collect::<Vec<_>>().join(" ");
    let before = folded[first.saturating_sub(2)..first].join(" ");
    let adds = |words: &&str| before == **words || before.ends_with(&format!(" {words}"));
    let is_relative = RELATIVE_BEFORE.iter().any(adds) || behind == RELATIVE_BEHIND;
    let bound = if is_open || is_relative { Bound::Plain } else { bound };
    Some((Figure { range: ranges[first].start..end, value, unit, bound }, next))
}

/// The syllable behind `tail`, where that stands at `next` with nothing but spaces from `end` on.
fn tail_at(
    (text, end): (&str, usize),
    (ranges, folded): (&[Range<usize>], &[String]),
    next: usize,
    tail: &str,
) -> Option<usize> {
    let behind = next + tail.split(' ').count();
    let fits = folded.get(next..behind)?.iter().zip(tail.split(' ')).all(|(a, b)| a == b);
    let between = |at: usize| if at == next { end..ranges[at].start } else { ranges[at - 1].end..ranges[at].start };
    let is_plain = |at: usize| text[between(at)].chars().all(|c| c == ' ' || c == '\u{a0}');
    (fits && (next..behind).all(is_plain)).then_some(behind)
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

/// The first syllable of the bound before the number at `at`, or that number, and what it bounds.
fn bound_before(folded: &[String], at: usize) -> (usize, Bound) {
    let stands = |words: &str| {
        let first = at.checked_sub(words.split(' ').count())?;
        folded[first..at].iter().zip(words.split(' ')).all(|(a, b)| a == b).then_some(first)
    };
    let found = BOUNDS.iter().filter_map(|(words, bound)| Some((stands(words)?, *bound)));
    let (first, bound) = found.min_by_key(|(first, _)| *first).unwrap_or((at, Bound::Plain));
    // "từ 5 đến 7 ngày" is one figure: its first number has no unit of its own.
    let is_number = |word: &String| word.bytes().all(|b| b.is_ascii_digit());
    if folded.get(first).is_some_and(|word| word == "den") && 2 <= first {
        let begins = folded[first - 2] == "tu" && is_number(&folded[first - 1]);
        return if begins { (first - 2, bound) } else { (first, bound) };
    }
    (first, bound)
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
        check(
            "từ đủ 13 tuổi đến chưa đủ 15 tuổi",
            &[("từ đủ 13 tuổi", 13.0, "tuoi", Bound::Plain), ("đến chưa đủ 15 tuổi", 15.0, "tuoi", Bound::Plain)],
        );
        check("chỉ được thử việc một lần", &[("một lần", 1.0, "lan", Bound::Plain)]);
    }

    #[test]
    fn a_figure_begins_at_its_bound_whatever_the_bound() {
        for (text, bound) in [
            ("không đủ 12 tháng", Bound::Plain),
            ("chậm quá 15 ngày", Bound::Plain),
            ("quá 60 giờ", Bound::Plain),
            ("ít hơn 10 người", Bound::Plain),
            ("nhiều hơn 3 lần", Bound::Plain),
            ("đủ 60 tuổi", Bound::Plain),
            ("từ 5 đến 7 ngày", Bound::Plain),
            ("đủ 12 tháng trở lên", Bound::Plain),
            ("không dưới 10 ngày", Bound::Least),
            ("không được ít hơn 4 giờ", Bound::Least),
            ("tối đa không quá 9 lần", Bound::Most),
            ("không cao hơn 25%", Bound::Most),
        ] {
            let found = figures(&format!("Người thuê quầy {text} thì được báo."));
            let [figure] = &found[..] else { panic!("{text}: {found:?}") };
            let said = format!("Người thuê quầy {text} thì được báo.");
            assert_eq!((&said[figure.range.clone()], figure.bound), (text, bound));
        }
    }

    #[test]
    fn what_is_added_to_something_else_bounds_nothing() {
        for text in [
            "mỗi 30 ngày",
            "mỗi lần không quá 30 ngày",
            "mỗi đợt tối đa 5 ngày",
            "thấp hơn không quá 05 tuổi",
            "không quá 05 tuổi so với quy định",
            "tăng thêm ít nhất 20%",
        ] {
            assert_eq!(figures(text)[0].bound, Bound::Plain, "{text}");
        }
    }

    #[test]
    fn numbers_of_provisions_and_days_of_the_calendar_are_no_figures() {
        check("theo khoản 2 Điều 36, ngày 01/07/2024, số 12/2022", &[]);
        check("quy định tại điểm a khoản 1\nngày nào", &[]);
    }
}
