/*!
Dated parameters: a number the law sets, when, and where it stands.

A calculator's numbers are such constants and nothing else. `tests/it/calc_rules.rs` looks
each of them up in the cited provision's own text.
*/

use jiff::civil::{Date, date};

use super::source::Source;

/// One number of the law.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// What it is, in Vietnamese.
    pub name: &'static str,
    /// The number, in the unit its name or its text says.
    pub value: i64,
    /// First day it holds.
    pub from: Date,
    /// Last day it holds; none where no end is known.
    pub to: Option<Date>,
    /// Where it stands.
    pub source: Source,
    /// How it is written there.
    pub stands: &'static str,
}

impl Rule {
    /// Whether it holds on `day`.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }
}

/// First day of the Labour Code of 2012.
pub const CODE_2012_FROM: Date = date(2013, 5, 1);
/// Its last day.
pub const CODE_2012_TO: Date = date(2020, 12, 31);
/// First day of the Labour Code of 2019.
pub const CODE_FROM: Date = date(2021, 1, 1);
/// First day of its decree 145/2020.
pub const DECREE_145_FROM: Date = date(2021, 2, 1);
/// First day of the social insurance law of 2014.
pub const INSURANCE_2014_FROM: Date = date(2016, 1, 1);
/// Its last day.
pub const INSURANCE_2014_TO: Date = date(2025, 6, 30);
/// First day of the social insurance law of 2024.
pub const INSURANCE_2024_FROM: Date = date(2025, 7, 1);
/// First day of the employment law of 2013.
pub const EMPLOYMENT_2013_FROM: Date = date(2015, 1, 1);
/// Its last day.
pub const EMPLOYMENT_2013_TO: Date = date(2025, 12, 31);
/// First day of the employment law of 2025.
pub const EMPLOYMENT_2025_FROM: Date = date(2026, 1, 1);

/// A rule of the Labour Code, in force since it is.
pub const fn code(name: &'static str, value: i64, source: Source, stands: &'static str) -> Rule {
    Rule { name, value, from: CODE_FROM, to: None, source, stands }
}

/// A rule of the Labour Code of 2012.
pub const fn code_2012(name: &'static str, value: i64, source: Source, stands: &'static str) -> Rule {
    Rule { name, value, from: CODE_2012_FROM, to: Some(CODE_2012_TO), source, stands }
}

/// A rule of decree 145/2020.
pub const fn decree_145(name: &'static str, value: i64, source: Source, stands: &'static str) -> Rule {
    Rule { name, value, from: DECREE_145_FROM, to: None, source, stands }
}

/// A rule of the social insurance law of 2014.
pub const fn insurance_2014(name: &'static str, value: i64, source: Source, stands: &'static str) -> Rule {
    Rule { name, value, from: INSURANCE_2014_FROM, to: Some(INSURANCE_2014_TO), source, stands }
}

/// A rule of the social insurance law of 2024.
pub const fn insurance_2024(name: &'static str, value: i64, source: Source, stands: &'static str) -> Rule {
    Rule { name, value, from: INSURANCE_2024_FROM, to: None, source, stands }
}

/// A rule of the employment law of 2013.
pub const fn employment_2013(name: &'static str, value: i64, source: Source, stands: &'static str) -> Rule {
    Rule { name, value, from: EMPLOYMENT_2013_FROM, to: Some(EMPLOYMENT_2013_TO), source, stands }
}

/// A rule of the employment law of 2025.
pub const fn employment_2025(name: &'static str, value: i64, source: Source, stands: &'static str) -> Rule {
    Rule { name, value, from: EMPLOYMENT_2025_FROM, to: None, source, stands }
}
