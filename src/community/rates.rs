/*!
How often one member may write, react and report.

Counted in memory, by member; posts, comments and reports also by what is stored, so that a
restart forgives none of them. The bounds are far above what a person does and
far below what would fill a feed.
*/

use std::num::NonZeroU32;

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};

use jiff::{SignedDuration, Timestamp};

use crate::{
    accounts::MemberId,
    error::{Error, Result},
};

/// Posts of one member in an hour.
pub const POSTS_PER_HOUR_MAX: NonZeroU32 = NonZeroU32::new(6).unwrap();
/// Comments of one member in an hour.
pub const COMMENTS_PER_HOUR_MAX: NonZeroU32 = NonZeroU32::new(60).unwrap();
/// Reactions, kept posts and the like of one member in a minute.
pub const TAPS_PER_MINUTE_MAX: NonZeroU32 = NonZeroU32::new(60).unwrap();
/// Reports and appeals of one member in an hour.
pub const REPORTS_PER_HOUR_MAX: NonZeroU32 = NonZeroU32::new(20).unwrap();
/// Members remembered before those that are quiet are forgotten.
const MEMBERS_KEPT: usize = 20_000;

/// What members did of late.
pub(super) struct Rates {
    posts: DefaultKeyedRateLimiter<MemberId>,
    comments: DefaultKeyedRateLimiter<MemberId>,
    taps: DefaultKeyedRateLimiter<MemberId>,
    reports: DefaultKeyedRateLimiter<MemberId>,
}

impl Rates {
    pub(super) fn new() -> Self {
        Self {
            posts: RateLimiter::keyed(Quota::per_hour(POSTS_PER_HOUR_MAX)),
            comments: RateLimiter::keyed(Quota::per_hour(COMMENTS_PER_HOUR_MAX)),
            taps: RateLimiter::keyed(Quota::per_minute(TAPS_PER_MINUTE_MAX)),
            reports: RateLimiter::keyed(Quota::per_hour(REPORTS_PER_HOUR_MAX)),
        }
    }

    pub(super) fn post(&self, member: MemberId) -> Result<()> {
        check(&self.posts, member)
    }

    pub(super) fn comment(&self, member: MemberId) -> Result<()> {
        check(&self.comments, member)
    }

    pub(super) fn tap(&self, member: MemberId) -> Result<()> {
        check(&self.taps, member)
    }

    pub(super) fn report(&self, member: MemberId) -> Result<()> {
        check(&self.reports, member)
    }
}

/// Refuses where what was written so many times before lies within the hour.
pub(super) fn within_an_hour(written_at: Option<Timestamp>, now: Timestamp) -> Result<()> {
    let Some(free_at) = written_at.map(|at| at + SignedDuration::from_hours(1)).filter(|free_at| now < *free_at) else {
        return Ok(());
    };
    let wait_s = free_at.duration_since(now).as_secs() + 1;
    Err(Error::TooManyAttempts { retry_after_s: u32::try_from(wait_s).unwrap_or(u32::MAX) })
}

fn check(limiter: &DefaultKeyedRateLimiter<MemberId>, member: MemberId) -> Result<()> {
    if MEMBERS_KEPT < limiter.len() {
        limiter.retain_recent();
    }
    limiter.check_key(&member).map_err(|wait| {
        let wait_s = wait.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
        Error::TooManyAttempts { retry_after_s: u32::try_from(wait_s).unwrap_or(u32::MAX) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_one_member_is_stopped_and_nobody_else_is() {
        let rates = Rates::new();
        let one = MemberId(1);
        let through = (0..10_000).filter(|_| rates.tap(one).is_ok()).count();
        let burst = TAPS_PER_MINUTE_MAX.get() as usize;
        assert!((burst..=burst + 5).contains(&through), "{through}");
        assert!(matches!(rates.tap(one), Err(Error::TooManyAttempts { retry_after_s: 1..=60 })));
        assert!(rates.tap(MemberId(2)).is_ok() && rates.post(one).is_ok());
    }
}
