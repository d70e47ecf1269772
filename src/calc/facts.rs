/*!
Facts a question states: amounts, lengths of time, days, months, places in the text.

Reads accented Vietnamese word by word. Only what is written is taken; what could mean two
things is left out.
*/

use jiff::civil::Date;

use super::amounts;
use crate::law::text::canonical_syllable;

/// Most words of a question looked at.
const WORDS_MAX: usize = 400;

/// Words before money that is no wage.
const OTHER_MONEY: [&str; 7] = ["trừ", "thu", "cấp", "phạt", "cọc", "đền", "thưởng"];
/// Those of what is taken off a wage.
const TAKEN_OFF: [&str; 3] = ["trừ", "thu", "phạt"];
/// Words looked at before an amount for one of them.
const OTHER_MONEY_REACH_WORDS: usize = 4;

/// Words behind an hour that make a time of the day of it.
const OF_THE_DAY: [&str; 6] = ["sáng", "trưa", "chiều", "tối", "đêm", "khuya"];
/// Words before one.
const AT_AN_HOUR: [&str; 5] = ["lúc", "từ", "đến", "hồi", "tới"];

/// What stands behind the stroke of an amount: `50k/h`.
const PAID_FOR: [&str; 6] = ["tháng", "giờ", "h", "tiếng", "ngày", "ca"];

/// What an amount is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// An hour.
    Hour,
    /// A day, a week, a year, a piece: no monthly or hourly wage.
    Other,
    /// A month, or nothing is said.
    Month,
}

/// A length of time as stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    /// Months of its years and months together.
    pub months: i64,
    /// Days, where it is in days.
    pub days: i64,
    /// Hours, where it is in hours.
    pub hours: i64,
    /// Age, where it is one.
    pub age: i64,
    /// Index of its first word.
    pub at: usize,
}

/// A question as words, with the facts found in it.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Words in lower case, punctuation at their ends dropped.
    pub words: Vec<String>,
    /// The words, joined by single spaces, with one at each end.
    pub text: String,
    /// Amounts of money with the index of their first word.
    pub amounts: Vec<(i64, usize)>,
    /// Lengths of time.
    pub lengths: Vec<Length>,
    /// Days with the index of their first word.
    pub days: Vec<(Date, usize)>,
    /// Months and years that are no full day.
    pub months: Vec<(Date, usize)>,
}

impl Facts {
    /// Reads a question.
    pub fn read(question: &str) -> Self {
        let words: Vec<String> = question
            .split(|c: char| c.is_whitespace() || matches!(c, '?' | '!' | ';' | '(' | ')' | '“' | '”' | '"' | ':'))
            .map(|word| word.trim_matches(|c: char| matches!(c, '.' | ',' | '…' | '-')))
            .filter(|word| !word.is_empty())
            .take(WORDS_MAX)
            .map(canonical_syllable)
            .collect();
        let text = format!(" {} ", words.join(" "));
        let mut facts = Self { words, text, ..Self::default() };
        let mut at = 0;
        while at < facts.words.len() {
            at += facts.take(at).max(1);
        }
        facts
    }

    /// Whether one of the phrases stands in the question, at word boundaries.
    pub fn says(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.text.contains(&format!(" {phrase} ")))
    }

    /// The only amount, where there is exactly one that is not said to be taken off, given or owed.
    pub fn only_amount(&self) -> Option<i64> {
        let meant: Vec<i64> =
            self.amounts.iter().filter(|(_, at)| !self.is_other_money(*at)).map(|(value, _)| *value).collect();
        if let [value] = meant.as_slice() { Some(*value) } else { None }
    }

    /// Whether the amount at `at` is money beside the wage: the last such word before it tells.
    fn is_other_money(&self, at: usize) -> bool {
        let word = |at: usize| self.word(at);
        // "Thu nhập" is a wage, and "trung cấp", "cung cấp" give no money.
        let is_other = |at: usize| {
            OTHER_MONEY.contains(&word(at))
                && word(at + 1) != "nhập"
                && (word(at) != "cấp" || at.checked_sub(1).is_some_and(|before| matches!(word(before), "trợ" | "phụ")))
        };
        let Some(other) = (at.saturating_sub(OTHER_MONEY_REACH_WORDS)..at).rev().find(|at| is_other(*at)) else {
            return false;
        };
        let wage = (other + 1..at).find(|at| word(*at) == "lương");
        // "Trừ lương 2 triệu" is what is taken off; "trợ cấp thôi việc, lương 10 triệu" a wage.
        wage.is_none_or(|wage| wage == other + 1 && TAKEN_OFF.contains(&word(other)))
    }

    /// What the only amount is for; see [`only_amount`](Self::only_amount).
    pub fn only_amount_per(&self) -> Option<(i64, Per)> {
        let value = self.only_amount()?;
        let (_, at) = self.amounts.iter().find(|(other, at)| *other == value && !self.is_other_money(*at))?;
        Some((value, self.per(*at)))
    }

    /// What the words behind an amount say it is for: `50k/h`, `300k một ngày`, `8 triệu/tháng`.
    fn per(&self, at: usize) -> Per {
        // The amount itself has at most four words; what it is for follows at once.
        let end = (at..at + 4).take_while(|at| self.is_of_amount(*at)).last().unwrap_or(at);
        let unit = |word: &str| match word {
            "giờ" | "tiếng" | "h" => Some(Per::Hour),
            "ngày" | "tuần" | "năm" | "ca" | "công" | "sản" | "buổi" => Some(Per::Other),
            "tháng" => Some(Per::Month),
            _ => None,
        };
        if let Some((_, behind)) = self.word(end).split_once('/') {
            return unit(behind).unwrap_or(Per::Month);
        }
        let next = self.word(end + 1);
        let counted = matches!(next, "một" | "1" | "mỗi" | "mot").then(|| unit(self.word(end + 2))).flatten();
        counted.or_else(|| next.strip_prefix('/').and_then(unit)).unwrap_or(Per::Month)
    }

    fn is_of_amount(&self, at: usize) -> bool {
        let word = self.word(at).split('/').next().unwrap_or_default();
        let is_unit = matches!(
            word,
            "nghìn" | "ngàn" | "triệu" | "tỷ" | "tỉ" | "tr" | "k" | "củ" | "đồng" | "đ" | "rưỡi" | "vnd"
        );
        // A lone 1 is of "1 ngày".
        is_unit || word != "1" && word.starts_with(|c: char| c.is_ascii_digit())
    }

    /// The only day, where there is exactly one.
    pub fn only_day(&self) -> Option<Date> {
        if let [(day, _)] = self.days.as_slice() { Some(*day) } else { None }
    }

    /// A length of months with one of `words` among the few words before it.
    pub fn months_after(&self, words: &[&str], reach: usize) -> Option<i64> {
        let near = self.lengths.iter().filter(|length| 0 < length.months && self.follows(length.at, words, reach));
        let found: Vec<i64> = near.map(|length| length.months).collect();
        if let [months] = found.as_slice() { Some(*months) } else { None }
    }

    /// Whether one of `words` is among the `reach` words before the word at `at`.
    pub fn follows(&self, at: usize, words: &[&str], reach: usize) -> bool {
        self.words[at.saturating_sub(reach)..at].iter().any(|word| words.contains(&word.as_str()))
    }

    fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", String::as_str)
    }

    fn whole(&self, at: usize) -> Option<i64> {
        let word = self.word(at);
        if word.is_empty() || 4 < word.len() || !word.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        word.parse().ok()
    }

    /// Takes the fact that begins at a word, and says how many words it has.
    fn take(&mut self, at: usize) -> usize {
        self.take_day(at).or_else(|| self.take_money(at)).or_else(|| self.take_length(at)).unwrap_or(0)
    }

    fn take_day(&mut self, at: usize) -> Option<usize> {
        if let Some(day) = amounts::day(self.word(at)) {
            self.days.push((day, at));
            return Some(1);
        }
        let spelt = |marker: &str, at: usize| if self.word(at) == marker { self.whole(at + 1) } else { None };
        if let (Some(day), Some(month), Some(year)) = (spelt("ngày", at), spelt("tháng", at + 2), spelt("năm", at + 4))
        {
            let date = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
            self.days.push((date, at));
            return Some(6);
        }
        if let (Some(month), Some(year)) = (spelt("tháng", at), spelt("năm", at + 2))
            && 1000 < year
        {
            let date = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, 1).ok()?;
            self.months.push((date, at));
            return Some(4);
        }
        let (month, year) = self.word(at).split_once('/')?;
        if year.len() == 4 && month.len() <= 2 {
            let month = amounts::month(self.word(at))?;
            self.months.push((month, at));
            return Some(1);
        }
        None
    }

    fn take_money(&mut self, at: usize) -> Option<usize> {
        let word = self.word(at).to_owned();
        if !word.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        // The longest run of words that is an amount, a unit among them.
        for length in (1..=4).rev() {
            let Some(run) = self.words.get(at..at + length) else { continue };
            let text = run.join(" ");
            let paid_for = text.rsplit_once('/').filter(|(_, what)| PAID_FOR.contains(what));
            let text = paid_for.map_or(text.as_str(), |(amount, _)| amount);
            let has_unit = text.chars().any(char::is_alphabetic);
            if !has_unit && (length != 1 || text.len() < "1.000.000".len() || !text.contains(['.', ','])) {
                continue;
            }
            if length == 3
                && run[2].bytes().all(|b| b.is_ascii_digit())
                && matches!(self.word(at + 3), "tháng" | "năm" | "ngày" | "giờ" | "người")
            {
                continue;
            }
            if let Some(value) = amounts::money(text)
                && 1_000 <= value
            {
                self.amounts.push((value, at));
                return Some(length);
            }
        }
        None
    }

    fn take_length(&mut self, at: usize) -> Option<usize> {
        let count = self.whole(at)?;
        let mut length = Length { months: 0, days: 0, hours: 0, age: 0, at };
        let mut used = 2;
        match self.word(at + 1) {
            "năm" => {
                length.months = 12 * count;
                if self.word(at + 2) == "rưỡi" {
                    length.months += 6;
                    used = 3;
                } else if let (Some(months), "tháng") = (self.whole(at + 2), self.word(at + 3)) {
                    length.months += months;
                    used = 4;
                }
            }
            "tháng" => length.months = count,
            "ngày" => length.days = count,
            "giờ" | "tiếng" => {
                let before = at.checked_sub(1).map_or("", |before| self.word(before));
                // "Từ 8 giờ", "10 giờ đêm" are times of the day.
                let most = matches!(self.word(at + 3), "đa" | "thiểu");
                if OF_THE_DAY.contains(&self.word(at + 2)) && !most || AT_AN_HOUR.contains(&before) {
                    return Some(2);
                }
                length.hours = count;
            }
            "tuổi" => length.age = count,
            _ => return None,
        }
        self.lengths.push(length);
        Some(used)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn amounts_lengths_and_days_are_found() {
        let facts = Facts::read("Lương 10 triệu rưỡi, làm 3 năm 7 tháng, nghỉ ngày 31/01/2026; sinh tháng 9 năm 1968.");
        assert_eq!(facts.only_amount(), Some(10_500_000));
        assert_eq!(facts.months_after(&["làm"], 3), Some(43));
        assert_eq!(facts.only_day(), Some(date(2026, 1, 31)));
        assert_eq!(facts.months, [(date(1968, 9, 1), 13)]);
    }

    #[test]
    fn what_reads_two_ways_is_left_out() {
        let facts = Facts::read("Từ năm 2020 đến nay được 2 lần, mỗi lần 3 người");
        assert!(facts.amounts.is_empty() && facts.lengths.is_empty() && facts.days.is_empty());
        let facts = Facts::read("lương 10 triệu 6 tháng đầu, sau đó 12.000.000đ");
        assert_eq!(facts.amounts.iter().map(|(value, _)| *value).collect::<Vec<_>>(), [10_000_000, 12_000_000]);
        assert_eq!(facts.only_amount(), None);
    }

    #[test]
    fn money_taken_off_or_given_is_no_wage() {
        let amount = |text: &str| Facts::read(text).only_amount();
        for text in [
            "bị phạt 500 nghìn",
            "trừ lương 2 triệu",
            "đặt cọc 3 triệu",
            "phụ cấp xăng xe 1 triệu",
            "thưởng tết 5 triệu",
        ] {
            assert_eq!(amount(text), None, "{text}");
        }
        assert_eq!(amount("lương 10 triệu mà bị phạt 500 nghìn"), Some(10_000_000));
        for text in ["trợ cấp thôi việc lương 10 triệu", "thu nhập 10 triệu", "trung cấp lương 10 triệu"]
        {
            assert_eq!(amount(text), Some(10_000_000), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_question_panics(text in "\\PC{0,80}", words in proptest::collection::vec("(ngày|tháng|năm|triệu|[0-9]{1,5}|rưỡi|/)", 0..12)) {
            Facts::read(&text);
            Facts::read(&words.join(" "));
        }
    }
}
