/*!
How far the members of units have come, for their officers: counts that name nobody.

A count under ten is withheld, and every other is rounded down to five: with exact counts, what
is withheld of a small unit could be had by taking its neighbours from the unit above.
*/

use super::{port::UnitCounts, service::Courses};
use crate::{
    accounts::{Actor, Role, Scope, Unit, UnitPath},
    error::{Error, Result},
};

/// Smallest count that is shown.
pub const COUNT_MIN: u64 = 10;
/// Counts are shown in steps of so many.
pub const COUNT_STEP: u64 = 5;

/// Roles that see counts, within their reach.
const OFFICERS: [Role; 3] = [Role::Admin, Role::Inspector, Role::Editor];

/// Counts of one unit with all below it, as they may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitReport {
    /// The unit.
    pub unit: Unit,
    /// Members; `None` where withheld.
    pub members: Option<u64>,
    /// Of them, those with any progress.
    pub started: Option<u64>,
    /// Of them, those with a certificate.
    pub completed: Option<u64>,
}

/// Counts of a unit and of those directly below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletionReport {
    /// Title of the course.
    pub title: String,
    /// The unit.
    pub whole: UnitReport,
    /// Those directly below it.
    pub below: Vec<UnitReport>,
}

/// A count as it may be shown.
pub fn shown_count(count: u64) -> Option<u64> {
    (COUNT_MIN <= count).then_some(count - count % COUNT_STEP)
}

impl Courses {
    /// How far the members of a unit have come with a course; without a code, of the highest
    /// unit within reach.
    ///
    /// # Errors
    /// `NotFound` beyond the reach of one's roles, `Forbidden` for a key that may not.
    pub async fn completion(&self, actor: &Actor, slug: &str, unit: Option<&str>) -> Result<CompletionReport> {
        actor.require_scope(Scope::People)?;
        let missing = |code: &str| Error::NotFound { resource: "unit", id: code.to_owned() };
        let may = |path: &UnitPath| OFFICERS.into_iter().any(|role| actor.may(role, path));
        let unit = match unit {
            Some(code) => self.people.unit(code).await?.filter(|unit| may(&unit.path)).ok_or_else(|| missing(code))?,
            None => {
                let reach = OFFICERS.into_iter().flat_map(|role| actor.reach(role)).min_by_key(|p| p.as_str().len());
                let path = reach.ok_or_else(|| missing(""))?;
                let units = self.people.units(Some(path)).await?;
                units.into_iter().next().ok_or_else(|| missing(""))?
            }
        };
        let held = self.held(slug).await?;
        let counts = self.store.counts(slug, &unit.path).await?;
        let units = self.people.units(Some(&unit.path)).await?;
        let below = units.into_iter().filter(|other| other.parent == Some(unit.id));
        Ok(CompletionReport {
            title: held.course.title.clone(),
            below: below.map(|unit| report(unit, &counts)).collect(),
            whole: report(unit, &counts),
        })
    }
}

fn report(unit: Unit, counts: &[UnitCounts]) -> UnitReport {
    let within = || counts.iter().filter(|counts| unit.path.contains(&counts.path));
    UnitReport {
        members: shown_count(within().map(|counts| counts.members).sum()),
        started: shown_count(within().map(|counts| counts.started).sum()),
        completed: shown_count(within().map(|counts| counts.completed).sum()),
        unit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_counts_are_withheld_and_no_difference_gives_one_away() {
        assert_eq!(
            [0, 1, 9, 10, 14, 15, 99].map(shown_count),
            [None, None, None, Some(10), Some(10), Some(15), Some(95)]
        );
        // A unit of 40 over one of 37 and one of 3: nothing shown tells the small one's count.
        let difference = shown_count(40).unwrap() - shown_count(37).unwrap();
        assert_eq!(difference, 5);
        assert_eq!(shown_count(44).unwrap() - shown_count(37).unwrap(), difference, "3 and 7 look alike");
    }
}
