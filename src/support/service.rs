/*! Requests as members and officers meet them: sent, talked over, decided, brought on by time. */

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

use super::{
    files::SealedFile,
    port::{Change, EntryRow, FileRow, NewRequest, Promise, RequestRow, Side, SupportStore},
    state::{Kind, State, Step},
};
use crate::{
    accounts::{Actor, PeopleStore, Role},
    engine::Pool,
    error::{Error, Result},
    secrets::Keys,
};

/// Days within which a unit decides; then the request goes to the unit above.
pub const DECIDE_DAYS: i64 = 7;
/// Longest text of a request or within it, in characters.
pub const TEXT_CHARS_MAX: usize = 4_000;
/// Most open requests of one member.
pub const OPEN_PER_MEMBER_MAX: u32 = 5;
/// Most that is promised at once, in đồng.
pub const AMOUNT_DONG_MAX: i64 = 1_000_000_000;
/// Most entries of one request that still take words; what is decided of it is never refused for that.
const ENTRIES_MAX: u32 = 300;
/// Requests brought on by one sweep.
const SWEEP_MAX: u32 = 500;
/// Most tries to say something while others do.
const SAY_TRIES_MAX: u32 = 4;
/// Pictures that wait to be written anew.
const PICTURES_WAITING_MAX: usize = 8;
/// Wait told to who comes while too many wait, in seconds.
const PICTURES_RETRY_S: u32 = 10;
/// Places under which texts and files are sealed.
const WORDS_PLACE: &str = "support.words";
const ENTRY_PLACE: &str = "support.entry";
pub(super) const FILE_NAME_PLACE: &str = "support.file_name";

/// What somebody does with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Says something; a member's words answer what was asked.
    Say(String),
    /// Takes it back.
    Withdraw,
    /// Takes it in hand.
    Take,
    /// Asks the member.
    Ask(String),
    /// Promises so many đồng, with words for the member.
    Approve {
        /// How much; 0 where it is no money.
        amount_dong: i64,
        /// For the member.
        words: String,
    },
    /// Refuses, with the reason.
    Refuse(String),
    /// Says that it was handed over.
    Finish(String),
}

/// What happened to a request, to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineEntry {
    /// When.
    pub at: Timestamp,
    /// Who speaks.
    pub side: Side,
    /// A short name of what happened.
    pub what: String,
    /// The state it came to.
    pub state: Option<State>,
    /// What was said.
    pub text: String,
}

/// A request as somebody who may see it sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestView {
    /// As it stands in the store.
    pub request: RequestRow,
    /// What the member wrote.
    pub words: String,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// Files.
    pub files: Vec<SealedFile>,
    /// Whether who looks has sent it.
    pub is_own: bool,
    /// Whether who looks may decide it, once in hand.
    pub may_decide: bool,
    /// Whether who looks has it in hand.
    pub in_hand: bool,
    /// Whether it should have been decided.
    pub is_late: bool,
    /// What the desk's budget of this year has left, for who decides, in đồng.
    pub left_dong: Option<i64>,
}

/// A request that nobody decided in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalated {
    /// The request, as it stood before.
    pub request: RequestRow,
    /// Until when the unit above should decide.
    pub due_at: Timestamp,
}

/// The service of requests for support.
pub struct Support {
    pub(super) store: Arc<dyn SupportStore>,
    pub(super) people: Arc<dyn PeopleStore>,
    pub(super) keys: Arc<Keys>,
    pub(super) pictures: Pool,
}

/// How somebody stands to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Owner,
    Officer { decides: bool },
}

impl Support {
    /// The service over a store, with a thread for pictures.
    ///
    /// # Errors
    /// `Internal` when the thread cannot be started.
    pub fn start(store: Arc<dyn SupportStore>, people: Arc<dyn PeopleStore>, keys: Arc<Keys>) -> Result<Self> {
        let pictures = Pool::start("support-pictures", 1, PICTURES_WAITING_MAX, PICTURES_RETRY_S)?;
        Ok(Self { store, people, keys, pictures })
    }

    /// Sends a request to the desk of the member's own unit; its number.
    ///
    /// # Errors
    /// `Invalid` for words that are none, `Conflict` for too many open ones, `Forbidden` for a key.
    pub async fn send(&self, actor: &Actor, kind: Kind, words: &str, now: Timestamp) -> Result<i64> {
        actor.require_session()?;
        let words = said("noi_dung", words)?;
        let request = NewRequest {
            member: actor.member().id,
            unit: actor.member().unit,
            kind,
            words_sealed: self.keys.seal(WORDS_PLACE, &words)?,
            now,
            due_at: due(now),
        };
        self.store.send(&request, OPEN_PER_MEMBER_MAX).await
    }

    /// One's own requests, newest first.
    ///
    /// # Errors
    /// `Forbidden` for a key.
    pub async fn own(&self, actor: &Actor) -> Result<Vec<RequestRow>> {
        actor.require_session()?;
        self.store.own_requests(actor.member().id).await
    }

    /// One request with all that was said in it.
    ///
    /// # Errors
    /// `NotFound` for who may not see it, `Forbidden` for a key.
    pub async fn open(&self, actor: &Actor, id: i64, now: Timestamp) -> Result<RequestView> {
        let (request, access) = self.seen(actor, id).await?;
        let may_decide = access == Access::Officer { decides: true };
        let left_dong = match may_decide && request.state.is_open() {
            true => Some(self.left(&request, year_of(now)).await?),
            false => None,
        };
        let mut view = self.view(request, now).await?;
        view.is_own = access == Access::Owner;
        view.may_decide = may_decide;
        view.in_hand = view.request.taken_by == Some(actor.member().id);
        view.left_dong = left_dong;
        Ok(view)
    }

    pub(super) async fn view(&self, request: RequestRow, now: Timestamp) -> Result<RequestView> {
        let mut timeline = Vec::new();
        for entry in self.store.entries(request.id).await? {
            let text = entry.text_sealed.as_deref().map(|sealed| self.keys.open_sealed(ENTRY_PLACE, sealed));
            timeline.push(TimelineEntry {
                at: entry.at,
                side: entry.side,
                what: entry.what,
                state: entry.state,
                text: text.transpose()?.unwrap_or_default(),
            });
        }
        let files = self.store.files(request.id).await?;
        Ok(RequestView {
            // Whose words were taken away has none.
            words: match request.words_sealed.as_slice() {
                [] => String::new(),
                sealed => self.keys.open_sealed(WORDS_PLACE, sealed)?,
            },
            timeline,
            files: files.iter().map(|file| self.named(file)).collect::<Result<_>>()?,
            is_own: false,
            may_decide: false,
            in_hand: false,
            is_late: request.state.is_open() && request.asked_at.is_none() && request.due_at <= now,
            left_dong: None,
            request,
        })
    }

    pub(super) fn named(&self, file: &FileRow) -> Result<SealedFile> {
        Ok(SealedFile {
            n: file.n,
            name: self.keys.open_sealed(FILE_NAME_PLACE, &file.name_sealed)?,
            kind: file.kind,
            length: file.length,
            added_at: file.added_at,
        })
    }

    /// What the budget of a request's desk has left.
    async fn left(&self, request: &RequestRow, year: i16) -> Result<i64> {
        let lines = self.store.budgets(&request.desk.path, year).await?;
        let own = lines.iter().find(|line| line.unit_code == request.desk.code);
        Ok(own.map_or(0, |line| line.budget_dong - line.promised_dong))
    }

    pub(super) async fn seen(&self, actor: &Actor, id: i64) -> Result<(RequestRow, Access)> {
        actor.require_session()?;
        let missing = || Error::NotFound { resource: "support request", id: id.to_string() };
        let request = self.store.request(id).await?.ok_or_else(missing)?;
        let access = if request.member == actor.member().id {
            Access::Owner
        } else if actor.may(Role::Counsellor, &request.unit.path) {
            Access::Officer { decides: actor.may(Role::Counsellor, &request.desk.path) }
        } else {
            return Err(missing());
        };
        Ok((request, access))
    }

    /// Does something with a request; the state it comes to, and how it stood before.
    ///
    /// # Errors
    /// `NotFound` for who may not see it, `Forbidden` for who may not do that, `Conflict` where
    /// it cannot be done now, `Invalid` naming the field.
    pub async fn act(&self, actor: &Actor, id: i64, act: &Act, now: Timestamp) -> Result<(State, RequestRow)> {
        let (request, access) = self.seen(actor, id).await?;
        let state = match act {
            Act::Say(text) => self.say(actor, id, &said("noi_dung", text)?, now).await?,
            Act::Withdraw => self.withdraw(actor, &request, access, now).await?,
            Act::Take => self.take(actor, &request, access, now).await?,
            Act::Ask(text) => {
                let text = said("noi_dung", text)?;
                let mut change = self.by_officer((actor, access), &request, Step::Ask, Some(&text), now)?;
                change.asked_at = Some(now);
                self.advance(&change).await?
            }
            Act::Approve { amount_dong, words } => {
                let promise = (*amount_dong, optional("noi_dung", words)?);
                self.approve((actor, access), &request, promise, now).await?
            }
            Act::Refuse(reason) => {
                let reason = said("noi_dung", reason)?;
                let change = self.by_officer((actor, access), &request, Step::Refuse, Some(&reason), now)?;
                self.advance(&change).await?
            }
            Act::Finish(words) => {
                let words = optional("noi_dung", words)?;
                must_decide(access)?;
                let change = self.change(&request, Step::Finish, (Side::Officer, words.as_deref()), now)?;
                self.advance(&Change { by: Some(actor.member().id), ..change }).await?
            }
        };
        Ok((state, request))
    }

    async fn say(&self, actor: &Actor, id: i64, text: &str, now: Timestamp) -> Result<State> {
        for _ in 0..SAY_TRIES_MAX {
            let (request, access) = self.seen(actor, id).await?;
            if matches!(request.state, State::Refused | State::Done | State::Withdrawn) {
                return Err(Error::Conflict("yêu cầu này đã khép lại; hãy gửi yêu cầu mới".to_owned()));
            }
            if ENTRIES_MAX <= request.entries {
                return Err(Error::Conflict(format!("một yêu cầu có tối đa {ENTRIES_MAX} lượt trao đổi")));
            }
            let is_answer = access == Access::Owner && request.state == State::Asked;
            let side = if access == Access::Owner { Side::Member } else { Side::Officer };
            let mut change = match is_answer {
                true => self.change(&request, Step::Answer, (side, Some(text)), now)?,
                false => self.saying(&request, side, text, now)?,
            };
            if let (true, Some(asked_at)) = (is_answer, request.asked_at) {
                // The time the officer waited for the member is not the officer's.
                change.due_at = request.due_at + now.duration_since(asked_at);
                change.asked_at = None;
            }
            change.by = Some(actor.member().id);
            if self.store.advance(&change).await? {
                return Ok(change.state);
            }
        }
        Err(overtaken())
    }

    async fn withdraw(&self, actor: &Actor, request: &RequestRow, access: Access, now: Timestamp) -> Result<State> {
        if access != Access::Owner {
            return Err(Error::Forbidden("chỉ người gửi rút được yêu cầu".to_owned()));
        }
        let change = self.change(request, Step::Withdraw, (Side::Member, None), now)?;
        self.advance(&Change { by: Some(actor.member().id), asked_at: None, ..change }).await
    }

    async fn take(&self, actor: &Actor, request: &RequestRow, access: Access, now: Timestamp) -> Result<State> {
        must_decide(access)?;
        let own = Some(actor.member().id);
        if request.taken_by == own && request.state.is_open() {
            return Ok(request.state);
        }
        let change = self.change(request, Step::Take, (Side::Officer, None), now)?;
        self.advance(&Change { by: own, taken_by: own, ..change }).await
    }

    /// Promises within the budget; beyond it the request goes to the unit above, who may promise
    /// out of its own.
    async fn approve(
        &self,
        (actor, access): (&Actor, Access),
        request: &RequestRow,
        (amount_dong, words): (i64, Option<String>),
        now: Timestamp,
    ) -> Result<State> {
        if !(0..=AMOUNT_DONG_MAX).contains(&amount_dong) {
            return Err(Error::invalid("so_tien", format!("phải từ 0 đến {AMOUNT_DONG_MAX} đồng")));
        }
        let change = self.by_officer((actor, access), request, Step::Approve, words.as_deref(), now)?;
        match self.store.promise(&change, amount_dong, year_of(now)).await? {
            Promise::Kept => Ok(change.state),
            Promise::Overtaken => Err(overtaken()),
            Promise::OverBudget(left) if request.desk.parent.is_none() => Err(Error::Conflict(format!(
                "ngân sách năm nay chỉ còn {left} đồng; hãy đặt lại ngân sách trước khi duyệt"
            ))),
            Promise::OverBudget(_) => {
                let change = self.escalation(request, "over_budget", Side::Officer, now)?;
                self.advance(&Change { by: Some(actor.member().id), ..change }).await
            }
        }
    }

    /// How many open requests are late: for who looks after the service.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn late_count(&self, now: Timestamp) -> Result<u64> {
        self.store.late_count(now).await
    }

    /// Brings requests on whose time has run out: each goes to the unit above. One that cannot be
    /// brought on is logged and holds no other back.
    ///
    /// # Errors
    /// When the store cannot say what is late.
    pub async fn sweep(&self, now: Timestamp) -> Result<Vec<Escalated>> {
        let mut escalated = Vec::new();
        for request in self.store.late(now, SWEEP_MAX).await? {
            match self.bring_on(&request, now).await {
                Ok(Some(due_at)) => escalated.push(Escalated { request, due_at }),
                // Somebody has just decided it.
                Ok(None) => {}
                Err(error) => tracing::error!(request.id, "a late request was not brought on: {error}"),
            }
        }
        Ok(escalated)
    }

    async fn bring_on(&self, request: &RequestRow, now: Timestamp) -> Result<Option<Timestamp>> {
        let change = self.escalation(request, "late", Side::Service, now)?;
        Ok(self.store.advance(&change).await?.then_some(change.due_at))
    }

    fn escalation(&self, request: &RequestRow, what: &str, side: Side, now: Timestamp) -> Result<Change> {
        let mut change = self.change(request, Step::Escalate, (side, None), now)?;
        change.entry.what = what.to_owned();
        change.desk = request.desk.parent.unwrap_or(request.desk.id);
        (change.taken_by, change.asked_at, change.due_at) = (None, None, due(now));
        Ok(change)
    }

    /// A step of the officer who has the request in hand.
    fn by_officer(
        &self,
        (actor, access): (&Actor, Access),
        request: &RequestRow,
        step: Step,
        text: Option<&str>,
        now: Timestamp,
    ) -> Result<Change> {
        must_decide(access)?;
        let by = Some(actor.member().id);
        if request.state.is_open() && request.taken_by != by {
            return Err(Error::Conflict("hãy nhận việc này trước".to_owned()));
        }
        let change = self.change(request, step, (Side::Officer, text), now)?;
        Ok(Change { by, asked_at: None, ..change })
    }

    /// The request after a step; everything but its state stays as it is.
    fn change(
        &self,
        request: &RequestRow,
        step: Step,
        (side, text): (Side, Option<&str>),
        now: Timestamp,
    ) -> Result<Change> {
        let refused =
            || Error::Conflict(format!("yêu cầu đang ở trạng thái “{}” nên không làm được", request.state.title()));
        let state = request.state.after(step).ok_or_else(refused)?;
        let mut change = self.saying(request, side, text.unwrap_or_default(), now)?;
        change.entry.what = state.name().to_owned();
        (change.state, change.entry.state) = (state, Some(state));
        Ok(change)
    }

    /// Something said that changes nothing else.
    fn saying(&self, request: &RequestRow, side: Side, text: &str, now: Timestamp) -> Result<Change> {
        let text_sealed = if text.is_empty() { None } else { Some(self.keys.seal(ENTRY_PLACE, text)?) };
        let ordinal = request.entries + 1;
        let entry = EntryRow { ordinal, at: now, side, state: None, what: "said".to_owned(), text_sealed };
        Ok(Change {
            id: request.id,
            seen: request.entries,
            entry,
            by: None,
            state: request.state,
            desk: request.desk.id,
            taken_by: request.taken_by,
            due_at: request.due_at,
            asked_at: request.asked_at,
        })
    }

    async fn advance(&self, change: &Change) -> Result<State> {
        if self.store.advance(change).await? { Ok(change.state) } else { Err(overtaken()) }
    }
}

fn overtaken() -> Error {
    Error::Conflict("người khác vừa làm việc với yêu cầu này; hãy tải lại trang".to_owned())
}

fn must_decide(access: Access) -> Result<()> {
    match access {
        Access::Officer { decides: true } => Ok(()),
        Access::Officer { decides: false } => {
            Err(Error::Forbidden("yêu cầu này đã chuyển lên đơn vị cấp trên quyết định".to_owned()))
        }
        Access::Owner => Err(Error::Forbidden("không ai tự quyết định yêu cầu của mình".to_owned())),
    }
}

fn due(now: Timestamp) -> Timestamp {
    now + SignedDuration::from_hours(24 * DECIDE_DAYS)
}

/// A text that must say something.
fn said(field: &str, text: &str) -> Result<String> {
    optional(field, text)?.ok_or_else(|| Error::invalid(field, "hãy viết vài lời"))
}

/// A text that may be left out.
fn optional(field: &str, text: &str) -> Result<Option<String>> {
    let text = crate::law::text::stored_form(text).trim().to_owned();
    if TEXT_CHARS_MAX < text.chars().count() {
        return Err(Error::invalid(field, format!("dài quá {TEXT_CHARS_MAX} ký tự")));
    }
    Ok((!text.is_empty()).then_some(text))
}

/// Vietnam's time: budgets are of its years.
pub(super) fn zone() -> TimeZone {
    TimeZone::fixed(jiff::tz::Offset::constant(7))
}

/// The year it is in Vietnam.
pub(super) fn year_of(now: Timestamp) -> i16 {
    date_of(now).year()
}

fn date_of(now: Timestamp) -> Date {
    zone().to_datetime(now).date()
}
