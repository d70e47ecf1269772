/*!
Who asked: opened by the asker's own word, or by two persons with a reason that stays written.

Owns that rule. The desk shows cases without names. Where a counsellor must know whose one is
(somebody may come to harm), they state why; an inspector or admin of the unit, who is another
person, agrees or refuses without seeing the question. Then the counsellor alone sees who asked,
for a few days. Every wish, decision and first look stays in a log, and who asked is shown it.
Nobody decides about themselves, neither as who wishes nor as who asked.
*/

pub mod port;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

pub use self::port::*;
use crate::{
    accounts::{Actor, MemberId, Role},
    error::{Error, Result},
    secrets::Keys,
};

/// Shortest and longest reason, in characters: a word is no reason.
pub const REASON_CHARS_MIN: usize = 20;
/// See [`REASON_CHARS_MIN`].
pub const REASON_CHARS_MAX: usize = 1_000;
/// Hours for which an identity stays open.
const OPEN_HOURS: i64 = 72;
/// Days within which a wish is decided; after that it is refused, and who still needs it wishes anew.
const WISH_DAYS: i64 = 7;
/// Days for which the asker's own word holds, unless they take it back.
const AGREED_DAYS: i64 = 30;
/// Rows of one page of the log.
const LOG_MAX: u32 = 50;
/// Wishes of one case that are looked at, newest first.
const OF_CASE_MAX: u32 = 20;
/// Place under which reasons are sealed.
const REASON_PLACE: &str = "identity_openings.reason";
/// What the log says where the asker agreed.
const OWN_WORD: &str = "người hỏi tự đồng ý";

/// How far a wish has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nobody has decided.
    Wished,
    /// It may be seen for a while.
    Granted,
    /// It may not.
    Refused,
}

impl State {
    /// Name in the API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wished => "wished",
            Self::Granted => "granted",
            Self::Refused => "refused",
        }
    }

    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Wished => "chờ quyết định",
            Self::Granted => "đã đồng ý",
            Self::Refused => "đã từ chối",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Wished, Self::Granted, Self::Refused].into_iter().find(|state| state.name() == name)
    }
}

impl Opening {
    /// How far it has come, for people.
    pub fn state_title(&self) -> &'static str {
        match (self.state, &self.decider, &self.wisher) {
            (State::Refused, None, Some(_)) => "hết hạn, không có người quyết định",
            (state, _, _) => state.title(),
        }
    }
}

/// A line of the log: it never tells who asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Number.
    pub id: i64,
    /// Number of the case.
    pub review: i64,
    /// Why.
    pub reason: String,
    /// Who wishes; none where the asker agreed themselves.
    pub wisher: Option<String>,
    /// When.
    pub wished_at: Timestamp,
    /// How far it has come.
    pub state: State,
    /// Who decided; nobody where it is still open, or was not decided in time.
    pub decider: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// Until when it may be seen.
    pub ends_at: Option<Timestamp>,
    /// When it first was.
    pub seen_at: Option<Timestamp>,
}

/// One of one's own answers whose asker was wished to be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnOpening {
    /// Conversation and place of the answer.
    pub message: (String, u32),
    /// The line of the log.
    pub opening: Opening,
}

/// What a counsellor may know of who asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Nothing, and nobody wished to.
    Nothing,
    /// Nothing yet, or not any more: the last wish.
    Not(Opening),
    /// Who it is, until then.
    Asker(MemberId, Timestamp),
}

/// A wish that has been decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// How far that brings it.
    pub state: State,
    /// Who asked: to be told.
    pub asker: MemberId,
    /// The conversation.
    pub conversation: String,
}

/// The service.
pub struct Identities {
    store: Arc<dyn IdentityStore>,
    keys: Arc<Keys>,
}

impl Identities {
    /// The service over a store.
    pub fn new(store: Arc<dyn IdentityStore>, keys: Arc<Keys>) -> Self {
        Self { store, keys }
    }

    /// A counsellor wishes to know who asked.
    ///
    /// # Errors
    /// `NotFound` beyond their reach and for their own case; `Invalid` naming `reason`; `Conflict`
    /// where a wish is under way; `Forbidden` for a key.
    pub async fn wish(&self, actor: &Actor, review: i64, reason: &str, now: Timestamp) -> Result<i64> {
        self.case_within(actor, review).await?;
        let reason = reason.trim();
        if !(REASON_CHARS_MIN..=REASON_CHARS_MAX).contains(&reason.chars().count()) {
            let message = format!("lý do dài từ {REASON_CHARS_MIN} đến {REASON_CHARS_MAX} ký tự");
            return Err(Error::invalid("reason", message));
        }
        let sealed = self.keys.seal(REASON_PLACE, reason)?;
        self.sweep(now).await?;
        self.store.wish(review, actor.member().id, &sealed, now).await
    }

    /// What a counsellor may know of who asked; the first look is written down.
    ///
    /// # Errors
    /// `NotFound` beyond their reach and for their own case; `Forbidden` for a key.
    pub async fn known(&self, actor: &Actor, review: i64, now: Timestamp) -> Result<Known> {
        let case = self.case_within(actor, review).await?;
        let rows = self.store.of_review(review, OF_CASE_MAX).await?;
        let is_for = |row: &&OpeningFound| row.wished_by == actor.member().id || row.wished_by == case.asker;
        let open = rows
            .iter()
            .filter(is_for)
            .find(|row| row.state == State::Granted && row.ends_at.is_some_and(|ends| now < ends));
        if let Some((row, ends)) = open.and_then(|row| Some((row, row.ends_at?))) {
            self.store.seen(row.id, now).await?;
            return Ok(Known::Asker(case.asker, ends));
        }
        let last = rows.into_iter().find(|row| row.wished_by != case.asker);
        last.map_or(Ok(Known::Nothing), |row| self.line(row).map(Known::Not))
    }

    /// The log within the reach of an inspector or admin, newest first; `before` is the last
    /// number of the page before. What concerns themselves as who asked is left out.
    ///
    /// # Errors
    /// `NotFound` for everybody else; `Forbidden` for a key.
    pub async fn log(&self, actor: &Actor, before: Option<i64>) -> Result<Vec<Opening>> {
        actor.require_session()?;
        let reaches: Vec<_> = actor.reach(Role::Inspector).chain(actor.reach(Role::Admin)).collect();
        if reaches.is_empty() {
            return Err(Error::NotFound { resource: "page", id: "danh-tinh".to_owned() });
        }
        let mut rows = Vec::new();
        for reach in reaches {
            rows.extend(self.store.within(reach, before.unwrap_or(i64::MAX), LOG_MAX).await?);
        }
        rows.sort_by_key(|row| std::cmp::Reverse(row.id));
        rows.dedup_by_key(|row| row.id);
        rows.retain(|row| row.case.asker != actor.member().id);
        rows.truncate(usize::try_from(LOG_MAX).unwrap_or(usize::MAX));
        rows.into_iter().map(|row| self.line(row)).collect()
    }

    /// Agrees to a wish, or refuses it.
    ///
    /// # Errors
    /// `NotFound` beyond the reach of an inspector or admin, and where they are who asked;
    /// `Conflict` for one's own wish and for one that is decided; `Forbidden` for a key.
    pub async fn decide(&self, actor: &Actor, id: i64, grant: bool, now: Timestamp) -> Result<Decided> {
        actor.require_session()?;
        let missing = || Error::NotFound { resource: "opening", id: id.to_string() };
        let row = self.store.opening(id).await?.ok_or_else(missing)?;
        let path = &row.case.unit_path;
        let may = actor.may(Role::Inspector, path) || actor.may(Role::Admin, path);
        if !may || row.case.asker == actor.member().id {
            return Err(missing());
        }
        if row.wished_by == actor.member().id {
            return Err(Error::Conflict("người đề nghị không tự quyết định; cần người thứ hai".to_owned()));
        }
        self.sweep(now).await?;
        let ends = grant.then(|| now + SignedDuration::from_hours(OPEN_HOURS));
        if self.store.decide_wish(id, actor.member().id, now, ends).await? {
            let state = if grant { State::Granted } else { State::Refused };
            Ok(Decided { state, asker: row.case.asker, conversation: row.message.0 })
        } else {
            Err(Error::Conflict("đề nghị này đã được quyết định".to_owned()))
        }
    }

    /// Refuses wishes that nobody decided in time: a reason of weeks ago opens no identity; how many.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sweep(&self, now: Timestamp) -> Result<u64> {
        self.store.lapse(now - SignedDuration::from_hours(24 * WISH_DAYS), now).await
    }

    /// Lets the counsellors of one's own case know who asked, or takes that back.
    ///
    /// # Errors
    /// `NotFound` for another's answer and for one that is no case; `Forbidden` for a key.
    pub async fn agree(&self, actor: &Actor, message: (&str, u32), given: bool, now: Timestamp) -> Result<()> {
        actor.require_session()?;
        let asker = actor.member().id;
        let done = if given {
            let sealed = self.keys.seal(REASON_PLACE, OWN_WORD)?;
            let ends = now + SignedDuration::from_hours(24 * AGREED_DAYS);
            self.store.agree(asker, message, &sealed, now, ends).await?
        } else {
            self.store.take_back(asker, message, now).await?
        };
        if done { Ok(()) } else { Err(Error::NotFound { resource: "review", id: message.0.to_owned() }) }
    }

    /// What was wished and decided about one's own answers.
    ///
    /// # Errors
    /// `Forbidden` for a key.
    pub async fn own(&self, actor: &Actor) -> Result<Vec<OwnOpening>> {
        actor.require_session()?;
        let rows = self.store.of_asker(actor.member().id, LOG_MAX).await?;
        let own = |row: OpeningFound| Ok(OwnOpening { message: row.message.clone(), opening: self.line(row)? });
        rows.into_iter().map(own).collect()
    }

    async fn case_within(&self, actor: &Actor, review: i64) -> Result<CaseFound> {
        actor.require_session()?;
        let missing = || Error::NotFound { resource: "review", id: review.to_string() };
        let case = self.store.case(review).await?.ok_or_else(missing)?;
        actor.require(Role::Counsellor, &case.unit_path, "review", &review.to_string())?;
        if case.asker == actor.member().id { Err(missing()) } else { Ok(case) }
    }

    fn line(&self, row: OpeningFound) -> Result<Opening> {
        Ok(Opening {
            id: row.id,
            review: row.review,
            reason: self.keys.open_sealed(REASON_PLACE, &row.reason_sealed)?,
            wisher: (row.wished_by != row.case.asker).then_some(row.wisher),
            wished_at: row.wished_at,
            state: row.state,
            decider: row.decider,
            decided_at: row.decided_at,
            ends_at: row.ends_at,
            seen_at: row.seen_at,
        })
    }
}
