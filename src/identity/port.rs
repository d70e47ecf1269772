/*! What opening identities needs of a store. */

use jiff::Timestamp;

use super::State;
use crate::{
    accounts::{MemberId, UnitPath},
    engine::Later,
};

/// Whose case it is, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFound {
    /// Who asked.
    pub asker: MemberId,
    /// Whose counsellors may see the case.
    pub unit_path: UnitPath,
}

/// A wish as it stands in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningFound {
    /// Number.
    pub id: i64,
    /// Number of the case.
    pub review: i64,
    /// The case.
    pub case: CaseFound,
    /// Conversation and place of the answer, for who asked.
    pub message: (String, u32),
    /// Why.
    pub reason_sealed: Vec<u8>,
    /// Who wishes; the asker where they agreed themselves.
    pub wished_by: MemberId,
    /// Their name.
    pub wisher: String,
    /// When.
    pub wished_at: Timestamp,
    /// How far it has come.
    pub state: State,
    /// Name of who decided.
    pub decider: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// Until when it may be seen.
    pub ends_at: Option<Timestamp>,
    /// When it first was.
    pub seen_at: Option<Timestamp>,
}

/// Wishes to know who asked. Nothing is dropped but with the answer it concerns.
pub trait IdentityStore: Send + Sync {
    /// The case of that number.
    fn case(&self, review: i64) -> Later<'_, Option<CaseFound>>;
    /// Keeps a wish; its number.
    ///
    /// # Errors
    /// `Conflict` where another one for the case is under way.
    fn wish<'a>(&'a self, review: i64, by: MemberId, reason_sealed: &'a [u8], now: Timestamp) -> Later<'a, i64>;
    /// The asker agrees until `ends`; whether the answer is a case.
    fn agree<'a>(
        &'a self,
        asker: MemberId,
        message: (&'a str, u32),
        reason_sealed: &'a [u8],
        now: Timestamp,
        ends: Timestamp,
    ) -> Later<'a, bool>;
    /// The asker takes that back: it ends now; whether there was anything.
    fn take_back<'a>(&'a self, asker: MemberId, message: (&'a str, u32), now: Timestamp) -> Later<'a, bool>;
    /// Grants a wish until `ends`, or refuses it; whether it was under way and another's.
    fn decide_wish(&self, id: i64, by: MemberId, now: Timestamp, ends: Option<Timestamp>) -> Later<'_, bool>;
    /// Ends wishes made before a time that nobody has decided; how many.
    fn lapse(&self, made_before: Timestamp, now: Timestamp) -> Later<'_, u64>;
    /// Notes that it was seen, the first time.
    fn seen(&self, id: i64, now: Timestamp) -> Later<'_, ()>;
    /// One of them.
    fn opening(&self, id: i64) -> Later<'_, Option<OpeningFound>>;
    /// Those of a case, newest first.
    fn of_review(&self, review: i64, rows_max: u32) -> Later<'_, Vec<OpeningFound>>;
    /// Those of a subtree with numbers below `before`, newest first.
    fn within<'a>(&'a self, reach: &'a UnitPath, before: i64, rows_max: u32) -> Later<'a, Vec<OpeningFound>>;
    /// Those that concern a member's own answers, newest first.
    fn of_asker(&self, asker: MemberId, rows_max: u32) -> Later<'_, Vec<OpeningFound>>;
}
