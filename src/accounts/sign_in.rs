/*!
Signing in, invite codes and sessions.

A try is counted before the password is looked at, so that tries at the same time cannot
pass the limit. It is counted under the name that was typed and the network it came from, so
that nobody locks another out from elsewhere; a higher bound holds for the name from
everywhere. Whether an account exists, and which names belong to one, shows neither in words nor
in counts nor in time: an unknown name is counted, hashed and refused like a wrong password.
*/

use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};
use jiff::{SignedDuration, Timestamp};

use super::{
    Accounts, Actor, AttemptLimits, Credentials, Login, MemberId, Password, Session, SessionId, SessionRow, Via,
    Visitor,
};
use crate::{
    error::{Error, Result},
    secrets::{Code, Hash, Purpose, Token},
};

/// Tries with wrong passwords under one name from one network before it is locked there for a while.
const ATTEMPTS: AttemptLimits =
    AttemptLimits { attempts_max: 10, window_ms: 15 * 60 * 1_000, lock_ms: 15 * 60 * 1_000 };
/// The same from all networks together: what many machines may guess.
const ATTEMPTS_ANYWHERE: AttemptLimits = AttemptLimits { attempts_max: 100, ..ATTEMPTS };
/// Sign-ins and codes an address may try in a minute: a factory shares one address.
const ADDRESS_TRIES_PER_MINUTE_MAX: NonZeroU32 = NonZeroU32::new(120).unwrap();
/// Addresses remembered before those that are quiet are forgotten.
const ADDRESSES_KEPT: usize = 20_000;
/// Days a session lasts after its last use.
const SESSION_DAYS: i64 = 30;
/// Days a session lasts at most, however much it is used.
const SESSION_DAYS_MAX: i64 = 180;
/// Time after which a use of a session is written down, in minutes: not every page is a write.
const TOUCH_MINUTES: i64 = 60;
/// Sessions of one member.
const SESSIONS_MAX: u32 = 20;
/// Days an invite code waits.
pub(super) const INVITE_DAYS: i64 = 60;
/// Longest name of a device, in characters.
const DEVICE_CHARS_MAX: usize = 120;

/// How many tries come from each address.
pub(super) struct AddressRates(DefaultKeyedRateLimiter<Hash>);

impl AddressRates {
    pub(super) fn new() -> Self {
        Self(RateLimiter::keyed(Quota::per_minute(ADDRESS_TRIES_PER_MINUTE_MAX)))
    }

    fn check(&self, address: &Hash) -> Result<()> {
        if ADDRESSES_KEPT < self.0.len() {
            self.0.retain_recent();
        }
        self.0.check_key(address).map_err(|wait| Error::TooManyAttempts {
            retry_after_s: seconds(wait.wait_time_from(DefaultClock::default().now()).as_secs() + 1),
        })
    }
}

/// What is known of who sends a request before they have shown who they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClientFacts {
    /// Address; counted under a keyed hash, never kept in the clear.
    pub address: String,
    /// What the browser says it is.
    pub device: String,
}

impl ClientFacts {
    /// The network an address belongs to, as one household or office has it: an address of
    /// IPv4, the first 64 bits of one of IPv6, within which a machine changes as it likes.
    pub fn network(&self) -> String {
        let address = self.address.parse::<IpAddr>();
        let address = address.or_else(|_| self.address.parse::<SocketAddr>().map(|socket| socket.ip()));
        match address.map(|address| address.to_canonical()) {
            Ok(IpAddr::V4(address)) => address.to_string(),
            Ok(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
            Err(_) => self.address.clone(),
        }
    }
}

/// A session that has just begun.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// What the browser keeps.
    pub token: Token,
    /// When it ends unless it is used.
    pub expires_at: Timestamp,
    /// Whose.
    pub member: MemberId,
}

impl Accounts {
    /// Signs in with a member number, telephone number or e-mail address.
    ///
    /// # Errors
    /// `WrongCredentials`; `TooManyAttempts` from that network or for that name;
    /// `Overloaded` when too many sign in at once.
    pub async fn sign_in(&self, name: &str, password: &str, client: &ClientFacts, now: Timestamp) -> Result<SignedIn> {
        self.addresses.check(&self.address_hash(client))?;
        let meanings = Login::meanings(name);
        let Some(likeliest) = meanings.first() else { return Err(Error::WrongCredentials) };
        let mut found: Option<Credentials> = None;
        for login in &meanings {
            found = self.sign_ins.credentials(&login.hash(&self.keys)).await?;
            if found.is_some() {
                break;
            }
        }
        let name = format!("{}:{}", likeliest.kind.name(), likeliest.as_str());
        let here = self.attempt_key("name-here", &format!("{} {name}", client.network()));
        let anywhere = self.attempt_key("name", &name);
        // Who is locked out here adds nothing to what locks everywhere.
        self.begin_attempt(&here, ATTEMPTS, now).await?;
        self.begin_attempt(&anywhere, ATTEMPTS_ANYWHERE, now).await?;
        let stored = found.as_ref().and_then(|found| found.password.as_deref());
        let agrees = self.passwords.verify(password, stored).await?;
        let member = found.filter(|found| agrees && !found.blocked).ok_or(Error::WrongCredentials)?.member;
        self.sign_ins.forget_attempts(&here).await?;
        self.sign_ins.forget_attempts(&anywhere).await?;
        self.start_session(member, client, now).await
    }

    /// Uses an invite code: sets the password and signs in.
    ///
    /// # Errors
    /// `Invalid` naming `code` or `password`; `TooManyAttempts`; `Overloaded`.
    pub async fn redeem(&self, code: &str, password: &str, client: &ClientFacts, now: Timestamp) -> Result<SignedIn> {
        self.addresses.check(&self.address_hash(client))?;
        let code = Code::parse(code)?;
        let password = self.passwords.hash(Password::choose(password)?).await?;
        let member = self.sign_ins.redeem(&self.invite_hash(&code), &password, now).await?;
        let unknown = || Error::invalid("code", "mã kích hoạt không đúng, đã dùng hoặc đã hết hạn; hãy xin mã mới");
        self.start_session(member.ok_or_else(unknown)?, client, now).await
    }

    /// Changes one's own password; other sessions end.
    ///
    /// # Errors
    /// `Invalid` naming `current` or `password`; `TooManyAttempts`; `Forbidden` for a key.
    pub async fn change_password(&self, actor: &Actor, current: &str, password: &str, now: Timestamp) -> Result<()> {
        let session = actor.require_session()?;
        self.confirm_password(actor, current, now).await?;
        let password = self.passwords.hash(Password::choose(password)?).await?;
        self.sign_ins.set_password(actor.member().id, &password, Some(session)).await
    }

    /// Checks that who asks knows their password: before what cannot be undone.
    ///
    /// # Errors
    /// `Invalid` naming `current`; `TooManyAttempts`; `Forbidden` for a key.
    pub async fn confirm_password(&self, actor: &Actor, current: &str, now: Timestamp) -> Result<()> {
        actor.require_session()?;
        let member = actor.member().id;
        // Apart from signing in: who has a session must not lock its owner out.
        let counted = self.attempt_key("confirm", &member.0.to_string());
        self.begin_attempt(&counted, ATTEMPTS, now).await?;
        let stored = self.sign_ins.credentials_of(member).await?.and_then(|found| found.password);
        if self.passwords.verify(current, stored.as_deref()).await? {
            self.sign_ins.forget_attempts(&counted).await
        } else {
            Err(Error::invalid("current", "mật khẩu hiện tại không đúng"))
        }
    }

    /// Takes all from one's own account that the union's register does not need.
    ///
    /// # Errors
    /// `Conflict` for an admin, whose roles somebody must take first; `Forbidden` for a key.
    pub async fn erase(&self, actor: &Actor, now: Timestamp) -> Result<()> {
        actor.require_session()?;
        self.may_be_erased(actor)?;
        self.people.erase(actor.member().id, now).await
    }

    /// Whether one's own account can be erased.
    ///
    /// # Errors
    /// `Conflict` for an admin.
    pub fn may_be_erased(&self, actor: &Actor) -> Result<()> {
        if actor.has(super::Role::Admin) {
            return Err(Error::Conflict("bạn đang là quản trị; hãy nhờ quản trị khác bỏ vai trò trước".to_owned()));
        }
        Ok(())
    }

    /// Who a session's token belongs to; anonymous for one that has ended.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn visitor(&self, token: &Token, now: Timestamp) -> Result<Visitor> {
        let hash = self.keys.hash(Purpose::Session, token.expose().as_bytes());
        let Some(found) = self.sign_ins.session(&hash, now).await? else { return Ok(Visitor::Anonymous) };
        let session = found.session;
        if session.seen_at + SignedDuration::from_mins(TOUCH_MINUTES) <= now {
            let last = session.created_at + days(SESSION_DAYS_MAX);
            let touched = self.sign_ins.touch_session(session.id, now, last.min(now + days(SESSION_DAYS))).await;
            // Reading goes on where nothing can be written.
            if let Err(error) = touched {
                tracing::warn!("the use of a session was not written down: {error}");
            }
        }
        Ok(Visitor::Member(Box::new(Actor::new(found.member, found.grants, Via::Session(session.id)))))
    }

    /// One's own sessions, last used first.
    ///
    /// # Errors
    /// `Forbidden` for a key that may not read.
    pub async fn sessions(&self, actor: &Actor, now: Timestamp) -> Result<Vec<Session>> {
        actor.require_scope(super::Scope::Read)?;
        self.sign_ins.sessions(actor.member().id, now).await
    }

    /// Ends one of one's own sessions.
    ///
    /// # Errors
    /// `NotFound` for one of somebody else; `Forbidden` for a key.
    pub async fn end_session(&self, actor: &Actor, session: SessionId) -> Result<()> {
        actor.require_session()?;
        if self.sign_ins.end_session(actor.member().id, session).await? {
            Ok(())
        } else {
            Err(Error::NotFound { resource: "session", id: session.0.to_string() })
        }
    }

    /// Drops what has ended.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sweep(&self, now: Timestamp) -> Result<u64> {
        self.sign_ins.sweep(now).await
    }

    /// The hash an invite code is kept under.
    pub(super) fn invite_hash(&self, code: &Code) -> Hash {
        self.keys.hash(Purpose::Invite, code.expose().as_bytes())
    }

    fn address_hash(&self, client: &ClientFacts) -> Hash {
        self.keys.hash(Purpose::Address, client.network().as_bytes())
    }

    fn attempt_key(&self, kind: &str, text: &str) -> Hash {
        self.keys.hash(Purpose::Address, format!("{kind}:{text}").as_bytes())
    }

    async fn begin_attempt(&self, key: &Hash, limits: AttemptLimits, now: Timestamp) -> Result<()> {
        match self.sign_ins.begin_attempt(key, limits, now).await? {
            None => Ok(()),
            Some(until) => {
                let wait_s = u64::try_from(until.duration_since(now).as_secs()).unwrap_or_default() + 1;
                Err(Error::TooManyAttempts { retry_after_s: seconds(wait_s) })
            }
        }
    }

    async fn start_session(&self, member: MemberId, client: &ClientFacts, now: Timestamp) -> Result<SignedIn> {
        let token = Token::random()?;
        let row = SessionRow {
            member,
            token: self.keys.hash(Purpose::Session, token.expose().as_bytes()),
            device: client.device.chars().filter(|c| !c.is_control()).take(DEVICE_CHARS_MAX).collect(),
            now,
            expires_at: now + days(SESSION_DAYS),
        };
        self.sign_ins.start_session(&row, SESSIONS_MAX).await?;
        Ok(SignedIn { token, expires_at: row.expires_at, member })
    }
}

/// So many days; a day of a lifetime is 24 hours.
pub(super) fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

fn seconds(s: u64) -> u32 {
    u32::try_from(s).unwrap_or(u32::MAX)
}
