/*!
How good the answers are, month by month, for everybody: counts that name nobody.

Answers that were kept and decisions over them are counted as they are made, so that what is
dropped afterwards still counts. Counts under ten are withheld.
*/

use super::Reviews;
use crate::error::Result;

/// Months shown.
const MONTHS_MAX: u32 = 12;
/// Counts under this are withheld.
const COUNT_MIN: u64 = 10;
/// Percent of a whole.
const PERCENT: u64 = 100;

/// Counts of one month; none for one that is withheld.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QualityMonth {
    /// `2026-01`.
    pub month: String,
    /// Answers with citations.
    pub answered: Option<u64>,
    /// Questions that were not answered for lack of support.
    pub abstained: Option<u64>,
    /// Questions asked back.
    pub clarified: Option<u64>,
    /// Answers that counsellors decided on.
    pub reviewed: Option<u64>,
    /// Those of them that were not right.
    pub corrected: Option<u64>,
    /// Decisions that a later one changed.
    pub overturned: Option<u64>,
    /// Of second looks by another counsellor, how many of a hundred agreed with the first.
    pub agreement_percent: Option<u64>,
}

impl Reviews {
    /// The last months, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn quality(&self) -> Result<Vec<QualityMonth>> {
        Ok(months(self.store.quality(MONTHS_MAX).await?))
    }
}

fn months(rows: Vec<(String, String, u64)>) -> Vec<QualityMonth> {
    let mut names: Vec<&String> = rows.iter().map(|(month, _, _)| month).collect();
    names.dedup();
    let most = usize::try_from(MONTHS_MAX).unwrap_or(usize::MAX);
    let month = |name: &&String| {
        let count = |what: &str| {
            let found = rows.iter().find(|(month, other, _)| month == *name && other == what);
            found.map_or(0, |(_, _, count)| *count)
        };
        let shown = |what: &str| Some(count(what)).filter(|count| COUNT_MIN <= *count);
        let looks = count("second_looks");
        QualityMonth {
            month: (*name).clone(),
            answered: shown("answered"),
            abstained: shown("abstained"),
            clarified: shown("clarify"),
            reviewed: shown("reviewed"),
            corrected: shown("corrected"),
            overturned: shown("overturned"),
            agreement_percent: (COUNT_MIN <= looks).then(|| count("agreed") * PERCENT / looks.max(1)),
        }
    };
    names.iter().take(most).map(month).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_under_ten_are_withheld_and_so_is_what_rests_on_few_looks() {
        let row = |month: &str, what: &str, count: u64| (month.to_owned(), what.to_owned(), count);
        let all = months(vec![
            row("2026-02", "answered", 9),
            row("2026-02", "second_looks", 9),
            row("2026-02", "agreed", 9),
            row("2026-01", "agreed", 9),
            row("2026-01", "answered", 10),
            row("2026-01", "second_looks", 12),
        ]);
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].answered, all[0].agreement_percent), (None, None));
        assert_eq!((all[1].answered, all[1].agreement_percent, all[1].corrected), (Some(10), Some(75), None));
    }
}
