/*!
What accounts need of a store: two ports, and the values that cross them.

A port decides nothing about who may do what; it keeps, finds and changes, each method
whole or not at all. Its behaviour is written once, in the contract suite of `store`.
*/

use jiff::Timestamp;

use super::{
    actor::Scope,
    login::LoginKind,
    types::{Grant, Member, MemberId, Role, Session, SessionId, Unit, UnitId, UnitLevel, UnitPath},
};
use crate::{engine::Later, secrets::Hash};

/// A unit to be kept; units above come first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitRow {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Level.
    pub level: UnitLevel,
    /// Code of the unit above.
    pub parent_code: Option<String>,
}

/// A name to sign in with, to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginRow {
    /// Kind.
    pub kind: LoginKind,
    /// Hash.
    pub hash: Hash,
}

/// A member to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRow {
    /// Member number.
    pub number: String,
    /// Name.
    pub name: String,
    /// Name folded, for order and search.
    pub name_folded: String,
    /// Code of their unit, which is there.
    pub unit_code: String,
    /// Telephone number, sealed.
    pub phone_sealed: Option<Vec<u8>>,
    /// E-mail address, sealed.
    pub email_sealed: Option<Vec<u8>>,
    /// All names to sign in with; others the member had are dropped.
    pub logins: Vec<LoginRow>,
    /// Hash of an invite code, for who has no password.
    pub invite: Option<Hash>,
}

/// A member as an import compares it with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// Member number.
    pub number: String,
    /// Name.
    pub name: String,
    /// Code of their unit.
    pub unit_code: String,
    /// Whether they have a password.
    pub has_password: bool,
    /// Whether an invite code waits for them.
    pub has_invite: bool,
    /// Names to sign in with.
    pub logins: Vec<LoginRow>,
    /// Whether they had their account erased: no import brings contacts or a code back.
    pub is_erased: bool,
}

/// A page of a list of members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberQuery {
    /// Only those of this unit's subtree.
    pub within: UnitPath,
    /// Only those whose folded name holds these words, each from its beginning.
    pub words: Vec<String>,
    /// Those after this one, in order of unit and name.
    pub after: Option<MemberId>,
    /// How many at most.
    pub members_max: u32,
}

/// What is needed to check a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Whose.
    pub member: MemberId,
    /// The password's hash, if one was set.
    pub password: Option<String>,
    /// Whether they may sign in at all.
    pub blocked: bool,
}

/// A member's contacts, sealed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SealedContacts {
    /// Telephone number.
    pub phone: Option<Vec<u8>>,
    /// E-mail address.
    pub email: Option<Vec<u8>>,
}

/// Units, members and roles.
pub trait PeopleStore: Send + Sync {
    /// All units of a subtree, or of the whole tree, those above first.
    fn units<'a>(&'a self, within: Option<&'a UnitPath>) -> Later<'a, Vec<Unit>>;
    /// The unit of that code.
    fn unit<'a>(&'a self, code: &'a str) -> Later<'a, Option<Unit>>;
    /// Keeps units, new or changed; how many were either. A unit that gets another unit above
    /// takes its subtree along.
    ///
    /// # Errors
    /// `Conflict` where the unit above is not there, or lies below it.
    fn put_units<'a>(&'a self, rows: &'a [UnitRow]) -> Later<'a, usize>;
    /// The member of that number.
    fn member<'a>(&'a self, number: &'a str) -> Later<'a, Option<Member>>;
    /// The member of that number in the store.
    fn member_of(&self, id: MemberId) -> Later<'_, Option<Member>>;
    /// A page of members, ordered by unit and name.
    fn members<'a>(&'a self, query: &'a MemberQuery) -> Later<'a, Vec<Member>>;
    /// Members of a subtree who have a role over a unit of it, ordered by unit and name.
    fn members_with<'a>(&'a self, within: &'a UnitPath, role: Role, members_max: u32) -> Later<'a, Vec<Member>>;
    /// How many members a subtree has.
    fn count_members<'a>(&'a self, within: &'a UnitPath) -> Later<'a, u64>;
    /// A member's contacts.
    fn contacts(&self, member: MemberId) -> Later<'_, SealedContacts>;
    /// All members, for an import.
    fn directory(&self) -> Later<'_, Vec<DirectoryEntry>>;
    /// Keeps members, new or changed, with their names to sign in and invite codes.
    ///
    /// # Errors
    /// `Conflict` where a unit is not there or a name to sign in belongs to somebody else.
    fn put_members<'a>(&'a self, rows: &'a [MemberRow], now: Timestamp, invites_end: Timestamp) -> Later<'a, ()>;
    /// A member's roles.
    fn grants(&self, member: MemberId) -> Later<'_, Vec<Grant>>;
    /// Gives a role; whether it is new. A new one ends the invite code that waits for the
    /// member: whoever holds it was handed less than it would open now.
    fn put_grant(&self, member: MemberId, role: Role, unit: UnitId, now: Timestamp) -> Later<'_, bool>;
    /// Takes a role; whether it was there.
    fn drop_grant(&self, member: MemberId, role: Role, unit: UnitId) -> Later<'_, bool>;
    /// Takes all from an account that the union's register does not need: password, contacts,
    /// names to sign in with but the number, roles, sessions, keys, codes. That it was erased
    /// is noted, and stays so.
    fn erase(&self, member: MemberId, now: Timestamp) -> Later<'_, ()>;
    /// Blocks a member and ends their sessions and keys, or lets them in again.
    fn block(&self, member: MemberId, blocked: bool, now: Timestamp) -> Later<'_, ()>;
}

/// Bounds of trying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptLimits {
    /// Tries before a lock.
    pub attempts_max: u32,
    /// Time after which tries are forgotten, in milliseconds.
    pub window_ms: i64,
    /// Length of the lock, in milliseconds.
    pub lock_ms: i64,
}

/// A session to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Whose.
    pub member: MemberId,
    /// Hash of its token.
    pub token: Hash,
    /// What the browser says it is, shortened.
    pub device: String,
    /// When it begins.
    pub now: Timestamp,
    /// When it ends unless it is used.
    pub expires_at: Timestamp,
}

/// A session found by its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionFound {
    /// The session.
    pub session: Session,
    /// Whose.
    pub member: Member,
    /// Their roles.
    pub grants: Vec<Grant>,
}

/// A key of a program as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Number in the store.
    pub id: i64,
    /// What its owner calls it.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// Requests a minute at most.
    pub requests_per_minute_max: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A key found by its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyFound {
    /// The key.
    pub key: ApiKey,
    /// Whose.
    pub member: Member,
    /// Their roles.
    pub grants: Vec<Grant>,
}

/// Passwords, invite codes, sessions, keys and tries.
pub trait SignInStore: Send + Sync {
    /// Whose name this is.
    fn credentials<'a>(&'a self, login: &'a Hash) -> Later<'a, Option<Credentials>>;
    /// A member's own credentials.
    fn credentials_of(&self, member: MemberId) -> Later<'_, Option<Credentials>>;
    /// Counts a try for `key` before it is made; the end of the lock where there is one.
    fn begin_attempt<'a>(
        &'a self,
        key: &'a Hash,
        limits: AttemptLimits,
        now: Timestamp,
    ) -> Later<'a, Option<Timestamp>>;
    /// Forgets the tries for `key`.
    fn forget_attempts<'a>(&'a self, key: &'a Hash) -> Later<'a, ()>;
    /// Keeps an invite code in place of the one before. Nothing else ends until it is used.
    fn put_invite<'a>(&'a self, member: MemberId, code: &'a Hash, now: Timestamp, ends: Timestamp) -> Later<'a, ()>;
    /// Uses an invite code up: sets the password and ends all sessions and keys of programs.
    /// `None` for a code that is not there, has ended or belongs to who is blocked.
    fn redeem<'a>(&'a self, code: &'a Hash, password: &'a str, now: Timestamp) -> Later<'a, Option<MemberId>>;
    /// Sets the password, and ends invite codes, keys of programs and all sessions but `keep`.
    fn set_password<'a>(&'a self, member: MemberId, password: &'a str, keep: Option<SessionId>) -> Later<'a, ()>;
    /// Keeps a session; beyond `sessions_max` of a member the oldest ends.
    fn start_session<'a>(&'a self, row: &'a SessionRow, sessions_max: u32) -> Later<'a, SessionId>;
    /// The session of that token, unless it has ended or its owner is blocked.
    fn session<'a>(&'a self, token: &'a Hash, now: Timestamp) -> Later<'a, Option<SessionFound>>;
    /// A session was used.
    fn touch_session(&self, session: SessionId, now: Timestamp, expires_at: Timestamp) -> Later<'_, ()>;
    /// A member's sessions that have not ended, last used first.
    fn sessions(&self, member: MemberId, now: Timestamp) -> Later<'_, Vec<Session>>;
    /// Ends a session of that member; whether there was one.
    fn end_session(&self, member: MemberId, session: SessionId) -> Later<'_, bool>;
    /// Drops what has ended: sessions, invite codes, tries, keys; how many rows.
    fn sweep(&self, now: Timestamp) -> Later<'_, u64>;
    /// Keeps a key of a program; its number.
    ///
    /// # Errors
    /// `Conflict` where the member has `keys_max` of them.
    fn put_api_key<'a>(&'a self, member: MemberId, hash: &'a Hash, key: &'a ApiKey, keys_max: u32) -> Later<'a, i64>;
    /// The key of that hash, unless it has ended or its owner is blocked.
    fn api_key<'a>(&'a self, hash: &'a Hash, now: Timestamp) -> Later<'a, Option<ApiKeyFound>>;
    /// A member's keys.
    fn api_keys(&self, member: MemberId, now: Timestamp) -> Later<'_, Vec<ApiKey>>;
    /// Ends a key of that member; whether there was one.
    fn end_api_key(&self, member: MemberId, id: i64) -> Later<'_, bool>;
}
