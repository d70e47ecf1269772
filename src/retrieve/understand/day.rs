/*!
The day a question speaks of: `năm 2023`, `tháng 7/2022`, `ngày 5/3/2021`, `trước 1/7/2025`.

A year that belongs to a document (`Bộ luật Lao động năm 2019`), a birth (`sinh năm 1990`) or
the beginning of a stretch of time (`làm từ năm 2010`, `vào làm năm 2015`, `ký hợp đồng ngày
1/3/2020`) is not the day whose law is asked for.
*/

use jiff::{ToSpan, civil::Date};

use super::cited::NamedDocument;
use crate::law::text::fold;

/// Years a question may speak of.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2100;
/// Words of the question looked at before a day.
const WORDS_BEFORE: usize = 3;
/// Words before a day that say it is something else than the day asked for.
const NOT_ASKED_FOR: [&str; 7] = ["sinh", "tu", "so", "hieu", "hanh", "ban", "luat"];
/// Words between `từ` and a day: "từ đầu năm 2015".
const PARTS_OF_TIME: [&str; 10] = ["dau", "giua", "cuoi", "hoi", "khoang", "tan", "thoi", "lan", "diem", "ngay"];
/// Last year of birth of somebody who may work: a later birth is of a child, on the day asked for.
const WORKER_BORN_YEAR_MAX: i16 = 2011;
/// Folded words before `sinh` of a child, who may be born long before what is asked.
const CHILDREN: [&str; 4] = ["con", "be", "chau", "dua"];
/// Folded words of what lasts from a day on, which is no event of that day.
const BEGINNINGS: [&str; 15] = [
    "vao lam",
    "vao viec",
    "vao cong ty",
    "vao nghe",
    "nhan viec",
    "bat dau",
    "ky hop dong",
    "ki hop dong",
    "ky hdld",
    "giao ket",
    "duoc tuyen",
    "duoc nhan vao",
    "lam cong nhan tu",
    "gia nhap",
    "vao nganh",
];
/// Folded words of events: after one of these the day is its own.
const EVENTS: [&str; 18] = [
    "nghi",
    "thoi viec",
    "thoi lam",
    "cham dut",
    "sa thai",
    "duoi",
    "tai nan",
    "sinh con",
    "om",
    "benh",
    "mat viec",
    "het han",
    "bi",
    "xay ra",
    "no luong",
    "tra luong",
    "ky luat",
    "tranh chap",
];
/// Words between a beginning and its day at most: "ký hợp đồng lao động không xác định thời hạn ngày …".
const BEGINNING_WORDS_MAX: usize = 12;

/// The day whose law a question asks for, if it speaks of one; `named` is the document it
/// names, whose year is none.
pub fn asked(text: &str, named: Option<&NamedDocument>) -> Option<Date> {
    let folded = fold(text);
    let written: Vec<&str> = folded.split_whitespace().filter(|word| !trim(word).is_empty()).collect();
    let words: Vec<&str> = written.iter().map(|word| trim(word)).collect();
    (0..words.len()).find_map(|at| {
        let (first, last, begins) = span(&words, at)?;
        let is_whole_year = first.day_of_year() == 1 && last.day_of_year() == last.days_in_year();
        if is_whole_year && named.is_some_and(|named| named.is_of(first.year())) {
            return None;
        }
        let before = &words[begins.saturating_sub(WORDS_BEFORE)..begins];
        let said = before.iter().rposition(|word| !PARTS_OF_TIME.contains(word)).map(|at| before[at]);
        // Said of the day itself: in "trước tuổi năm 2025" it is said of the age.
        match said {
            Some("truoc") => return first.checked_sub(1.day()).ok(),
            Some("sau") => return last.checked_add(1.day()).ok(),
            _ => {}
        }
        let is_birth_asked_of = said == Some("sinh")
            && WORKER_BORN_YEAR_MAX < first.year()
            && !before.iter().any(|word| CHILDREN.contains(word));
        let is_other = !is_birth_asked_of && said.is_some_and(|word| NOT_ASKED_FOR.contains(&word));
        (!is_other && !is_beginning(&written[..begins])).then_some(last)
    })
}

/// Whether what a day is said of only begins there: the last verb of the same part of the
/// sentence tells.
fn is_beginning(before: &[&str]) -> bool {
    let ends_part = |word: &&str| word.ends_with([',', '.', ';', '?', '!', ':']);
    let from = before.iter().rposition(ends_part).map_or(0, |at| at + 1);
    let part = before[from.max(before.len().saturating_sub(BEGINNING_WORDS_MAX))..].iter().map(|word| trim(word));
    let part = format!(" {} ", part.collect::<Vec<_>>().join(" "));
    let last = |phrases: &[&str]| phrases.iter().filter_map(|phrase| part.rfind(&format!(" {phrase} "))).max();
    match (last(&BEGINNINGS), last(&EVENTS)) {
        (Some(beginning), event) => event.is_none_or(|event| event < beginning),
        (None, _) => false,
    }
}

fn trim(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// First and last day of what begins at a word, and the word at which its name begins.
fn span(words: &[&str], at: usize) -> Option<(Date, Date, usize)> {
    let word = words[at];
    let before = |name: &str| at.checked_sub(1).filter(|before| words[*before] == name);
    let numbers: Option<Vec<i16>> = word.split(['/', '-', '.']).map(|part| part.parse().ok()).collect();
    match numbers?.as_slice() {
        [day, month, year] => {
            let date = date(*year, *month, *day)?;
            Some((date, date, before("ngay").unwrap_or(at)))
        }
        [month, year] => {
            let begins = before("thang").or_else(|| before("tu")).or_else(|| before("truoc"))?;
            let begins = if words[begins] == "thang" { begins } else { at };
            month_of(*year, *month).map(|(first, last)| (first, last, begins))
        }
        [year] if word.len() == 4 => {
            let begins = before("nam")?;
            // `tháng 7 năm 2022`, `ngày 5 tháng 3 năm 2021`
            let number = |back: usize| begins.checked_sub(back).and_then(|at| words[at].parse::<i16>().ok());
            let named = |back: usize, name: &str| begins.checked_sub(back).is_some_and(|at| words[at] == name);
            if let (Some(month), true) = (number(1), named(2, "thang")) {
                if let (Some(day), true) = (number(3), named(4, "ngay")) {
                    let date = date(*year, month, day)?;
                    return Some((date, date, begins - 4));
                }
                return month_of(*year, month).map(|(first, last)| (first, last, begins - 2));
            }
            Some((date(*year, 1, 1)?, date(*year, 12, 31)?, begins))
        }
        _ => None,
    }
}

fn month_of(year: i16, month: i16) -> Option<(Date, Date)> {
    let first = date(year, month, 1)?;
    Some((first, first.last_of_month()))
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Date::new(year, month, day).ok().filter(|date| YEARS.contains(&date.year()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Option<Date> {
        asked(text, super::super::cited::document(text).as_ref())
    }

    #[test]
    fn days_months_and_years_are_read() {
        assert_eq!(day("Năm 2023 lương tối thiểu là bao nhiêu?"), Some(date(2023, 12, 31)));
        assert_eq!(day("nghỉ việc tháng 2/2022 thì sao"), Some(date(2022, 2, 28)));
        assert_eq!(day("nghi viec thang 7 nam 2022"), Some(date(2022, 7, 31)));
        assert_eq!(day("tôi bị tai nạn ngày 5/3/2021"), Some(date(2021, 3, 5)));
        assert_eq!(day("ngày 5 tháng 3 năm 2021, tôi nghỉ"), Some(date(2021, 3, 5)));
        assert_eq!(day("trước ngày 1/7/2025 đóng thế nào"), Some(date(2025, 6, 30)));
        assert_eq!(day("lương của người lao động năm 2023"), Some(date(2023, 12, 31)));
        assert_eq!(day("trước năm 2021 thì sao"), Some(date(2020, 12, 31)));
        assert_eq!(day("Tôi vào làm năm 2015, nghỉ việc tháng 2/2023"), Some(date(2023, 2, 28)));
        assert_eq!(day("ký hợp đồng năm 2015 rồi bị sa thải ngày 5/6/2022"), Some(date(2022, 6, 5)));
        assert_eq!(day("vào làm từ 2015 thì nghỉ việc năm 2022 được gì"), Some(date(2022, 12, 31)));
        assert_eq!(day("sau 30/6/2025 có gì mới"), Some(date(2025, 7, 1)));
        assert_eq!(day("trước thời điểm ngày 1/7/2025 thì sao"), Some(date(2025, 6, 30)));
        assert_eq!(day("trước tuổi năm 2025 thì trừ mấy phần trăm"), Some(date(2025, 12, 31)));
        assert_eq!(day("khám sau sinh năm 2025"), Some(date(2025, 12, 31)));
        assert_eq!(day("khám trước sinh tháng 8/2025"), Some(date(2025, 8, 31)));
        assert_eq!(day("vợ tôi sinh tháng 3/2025"), Some(date(2025, 3, 31)));
    }

    #[test]
    fn other_years_are_not_the_day_asked_for() {
        for text in [
            "sinh năm 1968 thì khi nào nghỉ hưu",
            "con tôi sinh năm 2020 bị ốm thì sao",
            "Bộ luật Lao động năm 2019 quy định gì",
            "tôi làm từ năm 2010 đến nay",
            "tôi vào làm năm 2015, nghỉ phải báo trước mấy ngày",
            "em ký hợp đồng lao động không thời hạn ngày 1/3/2014 thì được mấy ngày phép",
            "đóng bảo hiểm từ đầu năm 2012 thì được hưởng bao nhiêu",
            "tôi bắt đầu đóng bảo hiểm tháng 3/2011",
            "làm từ khoảng tháng 5/2010",
            "nghị định 145/2020/NĐ-CP",
            "nghị định số 145 năm 2020",
            "bản năm 2012 còn dùng không",
            "nghỉ 12 ngày trong năm",
            "lương 2023 nghìn",
            "ngày 31/2/2023",
            "",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_day_as_printed_is_that_day(year in 1990i16..2100, month in 1i8..=12, day_of in 1i8..=28) {
            let expected = Date::new(year, month, day_of).unwrap();
            prop_assert_eq!(day(&format!("nghỉ việc ngày {day_of}/{month}/{year} thì sao")), Some(expected));
            prop_assert_eq!(day(&format!("nghỉ việc ngày {day_of:02}/{month:02}/{year}.")), Some(expected));
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in "\\PC{0,60}", tail in "(năm|tháng|ngày|trước) [0-9/.-]{0,10}") {
            let _ = day(&format!("{text} {tail}"));
        }
    }
}
