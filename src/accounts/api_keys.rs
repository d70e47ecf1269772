/*!
Keys of programs: a member's own, for a few uses, for a while, with a quota.

The text of a key is shown once, when it is made; its hash is kept. Quotas are counted in
memory: a restart forgives a minute.
*/

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
};

use governor::{
    DefaultDirectRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};
use jiff::Timestamp;

use super::{Accounts, Actor, ApiKey, Scope, Via, Visitor, sign_in::days};
use crate::{
    error::{Error, Result},
    secrets::{Purpose, Token},
};

/// What a key begins with, so that one left in a file is recognised.
const PREFIX: &str = "congdoan_";
/// Keys of one member.
const KEYS_MAX: u32 = 10;
/// Most requests a minute that a key may be given.
const REQUESTS_PER_MINUTE_MAX: u32 = 600;
/// Longest life of a key, in days.
const DAYS_MAX: i64 = 366;
/// Longest name of a key, in characters.
const NAME_CHARS_MAX: usize = 60;
/// Keys whose quota is remembered.
const QUOTAS_KEPT: usize = 1_000;

/// What is wanted of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApiKey {
    /// What its owner calls it.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// Requests a minute at most.
    pub requests_per_minute_max: u32,
    /// Days until it ends.
    pub days: i64,
}

/// A quota with the rate it was made for.
type KeyQuota = (u32, Arc<DefaultDirectRateLimiter>);

/// Quotas of the keys in use.
#[derive(Default)]
pub(super) struct Quotas(Mutex<HashMap<i64, KeyQuota>>);

impl Quotas {
    fn check(&self, key: &ApiKey) -> Result<()> {
        let per_minute = NonZeroU32::new(key.requests_per_minute_max).unwrap_or(NonZeroU32::MIN);
        let limiter = {
            let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if QUOTAS_KEPT <= held.len() && !held.contains_key(&key.id) {
                held.clear();
            }
            let fresh = || (per_minute.get(), Arc::new(RateLimiter::direct(Quota::per_minute(per_minute))));
            let entry = held.entry(key.id).or_insert_with(fresh);
            if entry.0 != per_minute.get() {
                *entry = fresh();
            }
            entry.1.clone()
        };
        limiter.check().map_err(|wait| {
            let wait_s = wait.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
            Error::TooManyAttempts { retry_after_s: u32::try_from(wait_s).unwrap_or(u32::MAX) }
        })
    }
}

impl Accounts {
    /// Makes a key for oneself; its text is never seen again.
    ///
    /// # Errors
    /// `Invalid` naming `name`, `scopes`, `requests_per_minute_max` or `days`; `Conflict`
    /// where there are too many; `Forbidden` for a key.
    pub async fn make_api_key(&self, actor: &Actor, wish: NewApiKey, now: Timestamp) -> Result<(String, ApiKey)> {
        actor.require_session()?;
        let name = wish.name.trim();
        if name.is_empty() || NAME_CHARS_MAX < name.chars().count() {
            return Err(Error::invalid("name", format!("tên khóa dài từ 1 đến {NAME_CHARS_MAX} ký tự")));
        }
        if wish.scopes.is_empty() {
            return Err(Error::invalid("scopes", "hãy chọn ít nhất một quyền: ask, read, people"));
        }
        if !(1..=REQUESTS_PER_MINUTE_MAX).contains(&wish.requests_per_minute_max) {
            return Err(Error::invalid("requests_per_minute_max", format!("phải từ 1 đến {REQUESTS_PER_MINUTE_MAX}")));
        }
        if !(1..=DAYS_MAX).contains(&wish.days) {
            return Err(Error::invalid("days", format!("phải từ 1 đến {DAYS_MAX}")));
        }
        let text = format!("{PREFIX}{}", Token::random()?.expose());
        let mut key = ApiKey {
            id: 0,
            name: name.to_owned(),
            scopes: wish.scopes,
            requests_per_minute_max: wish.requests_per_minute_max,
            created_at: now,
            expires_at: now + days(wish.days),
        };
        let hash = self.keys.hash(Purpose::ApiKey, text.as_bytes());
        key.id = self.sign_ins.put_api_key(actor.member().id, &hash, &key, KEYS_MAX).await?;
        Ok((text, key))
    }

    /// Whose key this is, and one request of its quota.
    ///
    /// # Errors
    /// `Unauthenticated` for a key that is none or has ended; `TooManyAttempts` beyond its quota.
    pub async fn visitor_of_key(&self, text: &str, now: Timestamp) -> Result<Visitor> {
        if text.strip_prefix(PREFIX).and_then(Token::parse).is_none() {
            return Err(Error::Unauthenticated);
        }
        let hash = self.keys.hash(Purpose::ApiKey, text.as_bytes());
        let found = self.sign_ins.api_key(&hash, now).await?.ok_or(Error::Unauthenticated)?;
        self.quotas.check(&found.key)?;
        let via = Via::ApiKey(found.key.id, found.key.scopes);
        Ok(Visitor::Member(Box::new(Actor::new(found.member, found.grants, via))))
    }

    /// One's own keys.
    ///
    /// # Errors
    /// `Forbidden` for a key that may not read.
    pub async fn api_keys(&self, actor: &Actor, now: Timestamp) -> Result<Vec<ApiKey>> {
        actor.require_scope(Scope::Read)?;
        self.sign_ins.api_keys(actor.member().id, now).await
    }

    /// Ends one of one's own keys.
    ///
    /// # Errors
    /// `NotFound` for one of somebody else; `Forbidden` for a key.
    pub async fn end_api_key(&self, actor: &Actor, id: i64) -> Result<()> {
        actor.require_session()?;
        if self.sign_ins.end_api_key(actor.member().id, id).await? {
            Ok(())
        } else {
            Err(Error::NotFound { resource: "key", id: id.to_string() })
        }
    }
}
