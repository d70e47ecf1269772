/*!
Days as Vietnamese documents write them: "ngày 20 tháng 11 năm 2019", "20/11/2019", "1-7-2026".
*/

use std::ops::Range;

use jiff::civil::Date;

use crate::law::text::fold;

/// A day and where it stands, in bytes of the text searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundDate {
    /// The day.
    pub date: Date,
    /// Where it stands in the folded text.
    pub range: Range<usize>,
}

/// Every day in `text`, in order. Ranges count in the folded text.
pub fn find_all(text: &str) -> Vec<FoundDate> {
    let folded = fold(text);
    let mut found = Vec::new();
    let bytes = folded.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let starts = bytes[at].is_ascii_digit() && (at == 0 || !bytes[at - 1].is_ascii_alphanumeric());
        match starts.then(|| date_at(&folded, at)).flatten() {
            Some((date, end)) => {
                found.push(FoundDate { date, range: at..end });
                at = end;
            }
            None => at += 1,
        }
    }
    found
}

/// The first day in `text`.
pub fn first(text: &str) -> Option<Date> {
    find_all(text).first().map(|found| found.date)
}

/// A day in one of the forms hints use, alone: `2019-11-20`, `20/11/2019`, `20-11-2019`.
pub fn parse(text: &str) -> Option<Date> {
    let text = text.trim();
    text.get(..10).and_then(|iso| iso.parse().ok()).or_else(|| first(text))
}

fn date_at(folded: &str, at: usize) -> Option<(Date, usize)> {
    let (day, after_day) = number(folded, at, 2)?;
    let rest = &folded[after_day..];
    if let Some(mark @ ('/' | '-' | '.')) = rest.chars().next() {
        let (month, after_month) = number(folded, after_day + 1, 2)?;
        folded[after_month..].strip_prefix(mark)?;
        let (year, end) = number(folded, after_month + 1, 4)?;
        return Some((date(year, month, day)?, end));
    }
    let after_word = skip_word(folded, after_day, "thang")?;
    let (month, after_month) = number(folded, after_word, 2)?;
    // "ngày 01 tháng 7/2025" is written, too.
    let before_year = match folded[after_month..].strip_prefix('/') {
        Some(_) => after_month + 1,
        None => skip_word(folded, after_month, "nam")?,
    };
    let (year, end) = number(folded, before_year, 4)?;
    Some((date(year, month, day)?, end))
}

fn number(text: &str, at: usize, digits_max: usize) -> Option<(i16, usize)> {
    let digits = text.as_bytes().get(at..)?.iter().take_while(|b| b.is_ascii_digit()).count();
    ((1..=digits_max).contains(&digits)).then(|| text[at..at + digits].parse().ok().map(|n| (n, at + digits))).flatten()
}

fn skip_word(text: &str, at: usize, word: &str) -> Option<usize> {
    let rest = text[at..].trim_start();
    let rest = rest.strip_prefix(word)?.trim_start();
    Some(text.len() - rest.len())
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    if !(1900..2200).contains(&year) {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_in_every_spelling() {
        for text in [
            "ngày 01 tháng 7 năm 2025",
            "từ 1/7/2025.",
            "(01-07-2025)",
            "Hà Nội ngày 1  tháng 07 năm 2025",
            "01 tháng 7/2025",
        ] {
            assert_eq!(first(text), Some(date(2025, 7, 1)), "{text}");
        }
        for text in ["số 12/2022/NĐ-CP", "ngày 45 tháng 1 năm 2020", "1/2/20", "3.000.000", "ngày … tháng … năm …"]
        {
            assert_eq!(first(text), None, "{text}");
        }
        assert_eq!(find_all("từ 1/1/2020 đến 31/12/2020").len(), 2);
        assert_eq!(parse("2019-11-20T00:00:00"), Some(date(2019, 11, 20)));
        assert_eq!(parse("20/11/2019"), Some(date(2019, 11, 20)));
    }
}
