/*!
Who may ask, and how often.

Counted in memory, by network for who is not signed in and by member for who is: a flood from
one place does not fill the queue for everybody. Addresses are forgotten when they are quiet.
*/

use std::num::NonZeroU32;

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};

use super::App;
use crate::{
    accounts::{ClientFacts, MemberId, Scope, Visitor},
    config::Limits,
    error::{Error, Result},
};

/// Keys remembered before the quiet ones are dropped.
const KEYS_KEPT: usize = 20_000;

/// Questions of late.
pub(super) struct Admission {
    anonymous: DefaultKeyedRateLimiter<String>,
    members: DefaultKeyedRateLimiter<MemberId>,
}

impl Admission {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            anonymous: RateLimiter::keyed(per_minute(limits.anonymous_questions_per_minute_max)),
            members: RateLimiter::keyed(per_minute(limits.member_questions_per_minute_max)),
        }
    }
}

impl App {
    /// Lets on who may ask now.
    ///
    /// # Errors
    /// `Unauthenticated` where only members may ask, `Forbidden` for a key that may not,
    /// `TooManyAttempts` beyond the rate.
    pub fn admit(&self, visitor: &Visitor, client: &ClientFacts) -> Result<()> {
        let admission = &self.0.admission;
        match visitor {
            Visitor::Anonymous if !self.config().accounts.anonymous_asking => Err(Error::Unauthenticated),
            Visitor::Anonymous => check(&admission.anonymous, &client.network()),
            Visitor::Member(actor) => {
                actor.require_scope(Scope::Ask)?;
                check(&admission.members, &actor.member().id)
            }
        }
    }

    /// Lets a program on that asks over OpenAI's interface: by a member's key, by the key of
    /// the settings, or, where there is none, as anybody who asks.
    ///
    /// # Errors
    /// As [`admit`](Self::admit); `Unauthenticated` for another key than that of the settings.
    pub fn admit_program(&self, visitor: &Visitor, client: &ClientFacts, key: Option<&str>) -> Result<()> {
        if *visitor == Visitor::Anonymous {
            self.may_complete(key)?;
            if self.0.api_key.is_some() {
                return Ok(());
            }
        }
        self.admit(visitor, client)
    }
}

fn per_minute(questions_max: usize) -> Quota {
    let questions_max = u32::try_from(questions_max).unwrap_or(u32::MAX);
    Quota::per_minute(NonZeroU32::new(questions_max).unwrap_or(NonZeroU32::MIN))
}

fn check<K: std::hash::Hash + Eq + Clone>(rates: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<()> {
    if KEYS_KEPT < rates.len() {
        rates.retain_recent();
    }
    rates.check_key(key).map_err(|wait| {
        let wait_s = wait.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
        Error::TooManyAttempts { retry_after_s: u32::try_from(wait_s).unwrap_or(u32::MAX) }
    })
}
