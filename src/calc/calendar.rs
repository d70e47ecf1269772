/*!
Calendar arithmetic as the Civil Code counts terms.

The day of the event is not counted (Điều 147); a term of months ends on the same day of the
last month or on that month's last day (Điều 148 khoản 3); one that ends on a weekend or a
public holiday ends with the next working day (khoản 5). Which days are holidays: `holiday`.
*/

use jiff::{
    ToSpan as _,
    civil::{Date, Weekday},
};

use super::holiday::is_surely_off;

/// `start` plus months, the same day or the month's last one. Years beyond the calendar's
/// end stay at its end.
pub fn add_months(start: Date, months: i64) -> Date {
    i32::try_from(months).ok().and_then(|months| start.checked_add(months.months()).ok()).unwrap_or(Date::MAX)
}

/// `start` plus days.
pub fn add_days(start: Date, days: i64) -> Date {
    i32::try_from(days).ok().and_then(|days| start.checked_add(days.days()).ok()).unwrap_or(Date::MAX)
}

/// Whole days from `start` to `end`, negative when `end` is before.
pub fn days_between(start: Date, end: Date) -> i64 {
    start.until(end).map_or(0, |span| i64::from(span.get_days()))
}

/// Full months and the days left over from `start` to the day before `end`.
pub fn months_and_days(start: Date, end: Date) -> (i64, i64) {
    if end <= start {
        return (0, 0);
    }
    let years = i64::from(end.year()) - i64::from(start.year());
    let mut months = 12 * years + i64::from(end.month()) - i64::from(start.month());
    while end < add_months(start, months) {
        months -= 1;
    }
    (months, days_between(add_months(start, months), end))
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// `day`, or the next day that is neither weekend nor surely a public holiday.
pub fn working_day_from(day: Date) -> Date {
    let mut day = day;
    while is_weekend(day) || is_surely_off(day) {
        let next = add_days(day, 1);
        if next == day {
            return day;
        }
        day = next;
    }
    day
}

/// The day on which the `count`-th working day after `start` falls; Saturdays count as rest.
pub fn add_working_days(start: Date, count: i64) -> Date {
    let mut day = start;
    for _ in 0..count {
        let next = working_day_from(add_days(day, 1));
        if next == day {
            return day;
        }
        day = next;
    }
    day
}

/// A day as people here write it.
pub fn day_text(day: Date) -> String {
    format!("{:02}/{:02}/{}", day.day(), day.month(), day.year())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn terms_end_as_the_civil_code_says() {
        assert_eq!(add_months(date(2025, 8, 31), 6), date(2026, 2, 28));
        assert_eq!(add_months(date(2024, 2, 29), 12), date(2025, 2, 28));
        assert_eq!(working_day_from(date(2026, 11, 28)), date(2026, 11, 30));
        // Thursday 30 April, Friday 1 May, then a weekend.
        assert_eq!(working_day_from(date(2026, 4, 30)), date(2026, 5, 4));
        assert_eq!(add_working_days(date(2026, 11, 27), 3), date(2026, 12, 2));
        assert_eq!(months_and_days(date(2020, 1, 1), date(2021, 1, 1)), (12, 0));
        assert_eq!(months_and_days(date(2020, 1, 31), date(2020, 3, 1)), (1, 1));
    }

    /// Walks day by day and counts a month whenever the day of the month comes round.
    fn naive(start: Date, end: Date) -> (i64, i64) {
        let (mut months, mut days, mut day) = (0, 0, start);
        while day < end {
            day = day.tomorrow().unwrap();
            days += 1;
            let comes_round = day.day() == start.day() || (day.day() == day.days_in_month() && day.day() < start.day());
            if comes_round {
                months += 1;
                days = 0;
            }
        }
        (months, days)
    }

    proptest! {
        #[test]
        fn months_agree_with_walking_day_by_day(offset in 0i64..20_000, length in 0i64..4_000) {
            let start = add_days(date(1980, 1, 1), offset);
            let end = add_days(start, length);
            prop_assert_eq!(months_and_days(start, end), naive(start, end));
            prop_assert_eq!(days_between(start, end), length);
        }

        #[test]
        fn working_days_agree_with_walking_day_by_day(offset in 0i64..20_000, count in 0i64..60) {
            let start = add_days(date(1980, 1, 1), offset);
            let (mut day, mut left) = (start, count);
            while 0 < left {
                day = day.tomorrow().unwrap();
                if day.weekday().to_monday_zero_offset() < 5 && !is_surely_off(day) {
                    left -= 1;
                }
            }
            prop_assert_eq!(add_working_days(start, count), day);
        }
    }
}
