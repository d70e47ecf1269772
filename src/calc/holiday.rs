/*!
Public holidays by date.

Four have a date of the solar calendar, Giỗ Tổ and Tết one of the lunar calendar. Which five
days are Tết, and which day beside 2 September is Quốc khánh too, is decided every year by the
Prime Minister (Điều 112 khoản 3 Bộ luật Lao động 2019): those decisions are not held. The
first three days of the lunar year are part of every such five; days around them may be.
*/

use jiff::civil::{Date, date};

use super::{
    calendar::{add_days, days_between},
    rule::{CODE_2012_FROM, CODE_FROM},
    source::{LABOUR_CODE, LABOUR_CODE_2012, Source},
};

/// First day of the lunar year and the tenth of its third month, by the lunar calendar of
/// Vietnam (new moons at UTC+7), worked out from the positions of sun and moon.
const LUNAR: [(Date, Date); 23] = [
    (date(2013, 2, 10), date(2013, 4, 19)),
    (date(2014, 1, 31), date(2014, 4, 9)),
    (date(2015, 2, 19), date(2015, 4, 28)),
    (date(2016, 2, 8), date(2016, 4, 16)),
    (date(2017, 1, 28), date(2017, 4, 6)),
    (date(2018, 2, 16), date(2018, 4, 25)),
    (date(2019, 2, 5), date(2019, 4, 14)),
    (date(2020, 1, 25), date(2020, 4, 2)),
    (date(2021, 2, 12), date(2021, 4, 21)),
    (date(2022, 2, 1), date(2022, 4, 10)),
    (date(2023, 1, 22), date(2023, 4, 29)),
    (date(2024, 2, 10), date(2024, 4, 18)),
    (date(2025, 1, 29), date(2025, 4, 7)),
    (date(2026, 2, 17), date(2026, 4, 26)),
    (date(2027, 2, 6), date(2027, 4, 16)),
    (date(2028, 1, 26), date(2028, 4, 4)),
    (date(2029, 2, 13), date(2029, 4, 23)),
    (date(2030, 2, 2), date(2030, 4, 12)),
    (date(2031, 1, 23), date(2031, 4, 1)),
    (date(2032, 2, 11), date(2032, 4, 19)),
    (date(2033, 1, 31), date(2033, 4, 9)),
    (date(2034, 2, 19), date(2034, 4, 28)),
    (date(2035, 2, 8), date(2035, 4, 17)),
];

/// What a day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holiday {
    /// A public holiday, by the provision that names it.
    Named(&'static str, Source),
    /// One if the yearly decision says so; or a year whose lunar calendar is not here.
    Perhaps,
    /// None.
    No,
}

/// What `day` is under the labour code of its time.
pub fn holiday(day: Date) -> Holiday {
    if day < CODE_2012_FROM {
        return Holiday::Perhaps;
    }
    let now = CODE_FROM <= day;
    let by = |point: &'static str| {
        if now { LABOUR_CODE.point("112", "1", point) } else { LABOUR_CODE_2012.point("115", "1", point) }
    };
    match (day.month(), day.day()) {
        (1, 1) => return Holiday::Named("Tết Dương lịch", by("a")),
        (4, 30) => return Holiday::Named("Ngày Chiến thắng", by("c")),
        (5, 1) => return Holiday::Named("Ngày Quốc tế lao động", by("d")),
        (9, 2) => return Holiday::Named("Quốc khánh", by("đ")),
        // A second day since the code of 2019.
        (9, 1 | 3) if now => return Holiday::Perhaps,
        _ => {}
    }
    let Some((new_year, kings)) = LUNAR.into_iter().find(|(first, _)| first.year() == day.year()) else {
        return Holiday::Perhaps;
    };
    if day == kings {
        return Holiday::Named("Giỗ Tổ Hùng Vương", by("e"));
    }
    match days_between(new_year, day) {
        0..=2 => Holiday::Named("Tết Âm lịch", by("b")),
        -3..=5 => Holiday::Perhaps,
        _ => Holiday::No,
    }
}

/// Whether a day is surely off for a holiday.
pub fn is_surely_off(day: Date) -> bool {
    matches!(holiday(day), Holiday::Named(..))
}

/// Whether `day`, or one of the two days before it, may be off by a decision that is not held.
pub fn is_unsure(day: Date) -> bool {
    (0..3).any(|back| holiday(add_days(day, -back)) == Holiday::Perhaps)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mean moon, from one well-known new moon: the table lies within a day of it.
    #[test]
    fn lunar_days_follow_the_moon() {
        let known = date(2000, 1, 6);
        for (new_year, kings) in LUNAR {
            assert_eq!(new_year.year(), kings.year());
            for (day, age) in [(new_year, 0), (kings, 9)] {
                // In thousandths of a day; a month has 29,530.588 thousandths.
                let since = (days_between(known, day) - age) * 1_000_000 - 760_000;
                let months = (since + 14_765_294).div_euclid(29_530_588);
                assert!((since - months * 29_530_588).abs() < 1_300_000, "{day}");
            }
            // Two lunar months and nine days after the new year, or three in years with a leap month between.
            assert!(
                (67..=69).contains(&days_between(new_year, kings))
                    || (96..=99).contains(&days_between(new_year, kings)),
                "{new_year}"
            );
            assert!((date(new_year.year(), 1, 21)..=date(new_year.year(), 2, 20)).contains(&new_year), "{new_year}");
        }
        assert!(LUNAR.windows(2).all(|pair| pair[0].0.year() + 1 == pair[1].0.year()));
    }

    #[test]
    fn days_are_named_unsure_or_none() {
        let named = |day: Date| {
            if let Holiday::Named(name, source) = holiday(day) { (name, source.law.number) } else { ("", "") }
        };
        assert_eq!(named(date(2026, 2, 17)), ("Tết Âm lịch", "45/2019/QH14"));
        assert_eq!(named(date(2026, 4, 26)), ("Giỗ Tổ Hùng Vương", "45/2019/QH14"));
        assert_eq!(named(date(2019, 9, 2)), ("Quốc khánh", "10/2012/QH13"));
        assert_eq!(holiday(date(2026, 2, 16)), Holiday::Perhaps);
        assert_eq!(holiday(date(2026, 9, 1)), Holiday::Perhaps);
        assert_eq!(holiday(date(2019, 9, 3)), Holiday::No);
        assert_eq!(holiday(date(2026, 3, 2)), Holiday::No);
        assert_eq!(holiday(date(2040, 2, 12)), Holiday::Perhaps, "no lunar calendar of that year");
        assert!(is_unsure(date(2026, 2, 24)) && !is_unsure(date(2026, 2, 26)) && is_surely_off(date(2026, 5, 1)));
    }
}
