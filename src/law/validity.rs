/*!
When a text is law.
*/

use jiff::civil::Date;

/// First and last day in force; a missing end means "not known to have ended", a missing
/// start "not known".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Validity {
    /// First day in force.
    pub from: Option<Date>,
    /// Last day in force.
    pub to: Option<Date>,
}

impl Validity {
    /// Whether the text is law on `date`. An unknown start counts as begun: the reader is
    /// told that the date is unknown, and the text is not hidden.
    pub fn in_force_on(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
    }

    /// `self` where it says something, `outer` where it does not.
    pub fn or(self, outer: Self) -> Self {
        Self { from: self.from.or(outer.from), to: self.to.or(outer.to) }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn both_ends_belong_to_the_term() {
        let validity = Validity { from: Some(date(2021, 1, 1)), to: Some(date(2024, 6, 30)) };
        for (day, expected) in [
            (date(2020, 12, 31), false),
            (date(2021, 1, 1), true),
            (date(2024, 6, 30), true),
            (date(2024, 7, 1), false),
        ] {
            assert_eq!(validity.in_force_on(day), expected, "{day}");
        }
        assert!(Validity::default().in_force_on(date(1990, 1, 1)));
    }
}
