/*!
How much of the feed is the union's: what was written and what pages showed, week by week.

Counts name nobody and no post. What pages show is counted in memory and added to the store from
time to time; a crash loses the last minutes of it, which a share does not feel.
*/

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{Timestamp, civil::Date};

use super::{Community, DAY_HOURS, port::FeedCounts};
use crate::{
    accounts::{Actor, Role, UnitPath},
    error::Result,
};

/// The share that is aimed at, in percent.
pub const OFFICIAL_PERCENT: u64 = 20;
/// Weeks of the report, the present one included.
const WEEKS: i64 = 8;
/// Days of a week.
const WEEK_DAYS: i64 = 7;
/// Hours of Vietnam's clock ahead of UTC.
const OFFSET_HOURS: i64 = 7;
/// Length of an hour, in milliseconds.
const HOUR_MS: i64 = 3_600_000;
/// Weekday of 1970-01-01, a Thursday, counted from Monday.
const FIRST_WEEKDAY: i64 = 3;

/// What pages have shown since it was last written down.
#[derive(Debug, Default)]
pub(super) struct ShownCounts {
    official: AtomicU64,
    all: AtomicU64,
}

impl ShownCounts {
    pub(super) fn add(&self, official: usize, all: usize) {
        self.official.fetch_add(u64::try_from(official).unwrap_or(0), Ordering::Relaxed);
        self.all.fetch_add(u64::try_from(all).unwrap_or(0), Ordering::Relaxed);
    }

    fn take(&self) -> (u64, u64) {
        let official = self.official.swap(0, Ordering::Relaxed);
        (official, self.all.swap(0, Ordering::Relaxed).saturating_sub(official))
    }
}

/// One week of the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week {
    /// Its Monday.
    pub monday: Date,
    /// What was written within the editor's reach.
    pub counts: FeedCounts,
    /// Official posts on all pages of the feed that were shown, and others.
    pub shown: (u64, u64),
}

impl Week {
    /// Share of official posts among those written, in percent.
    pub fn written_percent(&self) -> Option<u64> {
        percent(self.counts.official_posts, self.counts.member_posts)
    }

    /// Share of official posts among those shown, in percent.
    pub fn shown_percent(&self) -> Option<u64> {
        percent(self.shown.0, self.shown.1)
    }
}

/// The union's share, week by week, the present week first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meter {
    /// The weeks.
    pub weeks: Vec<Week>,
}

/// Days since 1970 in Vietnam.
pub fn day_of(at: Timestamp) -> i64 {
    (at.as_millisecond() + OFFSET_HOURS * HOUR_MS).div_euclid(DAY_HOURS * HOUR_MS)
}

fn monday_of(day: i64) -> i64 {
    day - (day + FIRST_WEEKDAY).rem_euclid(WEEK_DAYS)
}

fn percent(official: u64, others: u64) -> Option<u64> {
    let all = official + others;
    (all != 0).then(|| (100 * official + all / 2) / all)
}

impl Community {
    /// Writes down what pages have shown since the last time.
    ///
    /// # Errors
    /// When the store fails; the counts of that time are lost.
    pub async fn write_shown(&self, now: Timestamp) -> Result<()> {
        let (official, members) = self.shown.take();
        if official + members == 0 {
            return Ok(());
        }
        self.feed.add_shown(day_of(now), official, members).await
    }

    /// The union's share within an editor's reach.
    ///
    /// # Errors
    /// `NotFound` for who is neither editor nor inspector.
    pub async fn meter(&self, actor: &Actor, now: Timestamp) -> Result<Meter> {
        actor.require_session()?;
        if !actor.has(Role::Inspector) {
            actor.require_anywhere(Role::Editor)?;
        }
        self.write_shown(now).await?;
        let reach = widest(actor.reach(Role::Editor).chain(actor.reach(Role::Inspector)));
        let mut weeks = Vec::new();
        for back in 0..WEEKS {
            let first = monday_of(day_of(now)) - back * WEEK_DAYS;
            let mut counts = FeedCounts::default();
            for path in &reach {
                let part = self.feed.counts(path, first, first + WEEK_DAYS).await?;
                counts.official_posts += part.official_posts;
                counts.member_posts += part.member_posts;
                counts.comments += part.comments;
                counts.reactions += part.reactions;
            }
            let shown = self.feed.shown_counts(first, first + WEEK_DAYS).await?;
            let days = jiff::Span::new().days(first);
            weeks.push(Week { monday: Date::constant(1970, 1, 1).saturating_add(days), counts, shown });
        }
        Ok(Meter { weeks })
    }
}

/// Subtrees without those that lie in another one of them.
pub(super) fn widest<'a>(paths: impl Iterator<Item = &'a UnitPath>) -> Vec<&'a UnitPath> {
    let paths: Vec<&UnitPath> = paths.collect();
    let mut widest: Vec<&UnitPath> = Vec::new();
    for path in &paths {
        let is_within = paths.iter().any(|other| other.contains(path) && other != path);
        if !is_within && !widest.contains(path) {
            widest.push(path);
        }
    }
    widest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_monday_in_vietnam() {
        let day = |text: &str| day_of(text.parse().unwrap());
        assert_eq!(day("1970-01-01T00:00:00Z"), 0);
        assert_eq!(day("2026-01-04T16:59:59Z") + 1, day("2026-01-04T17:00:00Z"), "midnight in Vietnam");
        // 2026-01-05 is a Monday.
        assert_eq!(monday_of(day("2026-01-04T17:00:00Z")), day("2026-01-05T01:00:00Z"));
        assert_eq!(monday_of(day("2026-01-11T01:00:00Z")), day("2026-01-05T01:00:00Z"));
        assert_eq!(monday_of(day("2026-01-12T01:00:00Z")), day("2026-01-12T01:00:00Z"));
    }

    #[test]
    fn shares_are_of_what_there_is() {
        assert_eq!((percent(0, 0), percent(1, 4), percent(2, 1)), (None, Some(20), Some(67)));
        let path = |text: &str| UnitPath::from_stored(text.to_owned()).unwrap();
        let (top, below, other) = (path("/1/5/"), path("/1/5/7/"), path("/1/6/"));
        assert_eq!(widest([&below, &top, &other, &top].into_iter()), [&top, &other]);
    }
}
