/*!
The order "for you", as sums of whole numbers that a page can tell.

Pure. What a post has for everybody (freshness, reactions) is one number that does not change
as time passes: an hour is worth the same today and tomorrow, so a later post is ahead by a
fixed number of points and no list need ever be worked out anew. What it has for one reader
(their unit, the topics they follow) is a bonus of the whole stream it comes in.
*/

use jiff::Timestamp;

/// Points a post loses to a newer one for each hour.
pub const POINTS_PER_HOUR: i64 = 10;
/// Points of a post of one's own unit.
pub const OWN_UNIT_POINTS: i64 = 120;
/// Points of a post of a unit above that is not the whole union.
pub const UPPER_UNIT_POINTS: i64 = 40;
/// Points of a topic one follows.
pub const TOPIC_POINTS: i64 = 90;
/// Points of each doubling of the reactions.
pub const POINTS_PER_DOUBLING: i64 = 30;
/// Doublings that count: a post that everybody has seen must make room.
pub const DOUBLINGS_MAX: i64 = 8;
/// Length of an hour, in milliseconds.
const HOUR_MS: i64 = 3_600_000;

/// Points of `reactions`: 1 gives one step, 3 two, 7 three, and so on.
pub fn of_reactions(reactions: u32) -> i64 {
    let doublings = i64::from(u32::BITS - 1 - reactions.saturating_add(1).leading_zeros());
    doublings.min(DOUBLINGS_MAX) * POINTS_PER_DOUBLING
}

/// Points of freshness, counted from 1970.
pub fn of_time(shown_at: Timestamp) -> i64 {
    shown_at.as_millisecond() / (HOUR_MS / POINTS_PER_HOUR)
}

/// What a post has for everybody.
pub fn of_post(shown_at: Timestamp, reactions: u32) -> i64 {
    of_time(shown_at) + of_reactions(reactions)
}

/// Why a reader meets a post where they do: each part in points, and their sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// Reasons in words, with their points.
    pub parts: Vec<(String, i64)>,
    /// Their sum.
    pub total: i64,
}

impl Why {
    /// Of these parts; those worth nothing are left out, but for the first.
    pub(super) fn of(parts: Vec<(String, i64)>) -> Self {
        let total = parts.iter().map(|(_, points)| points).sum();
        let first = parts.first().map(|(words, _)| words.clone());
        let parts = parts.into_iter().filter(|(words, points)| *points != 0 || Some(words) == first.as_ref());
        Self { parts: parts.collect(), total }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reactions_count_by_doublings_and_not_without_end() {
        let steps = [(0, 0), (1, 1), (2, 1), (3, 2), (6, 2), (7, 3), (254, 7), (255, 8), (1_000_000, 8), (u32::MAX, 8)];
        for (reactions, doublings) in steps {
            assert_eq!(of_reactions(reactions), doublings * POINTS_PER_DOUBLING, "{reactions}");
        }
    }

    #[test]
    fn the_order_of_two_posts_does_not_depend_on_when_one_looks() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (old, new) = (at("2026-01-01T00:00:00Z"), at("2026-01-01T06:00:00Z"));
        assert_eq!(of_post(new, 0) - of_post(old, 0), 6 * POINTS_PER_HOUR);
        assert!(of_post(old, 3) == of_post(new, 0), "two doublings are worth six hours");
        assert!(of_post(new, 0) < of_post(old, 7));
    }
}
