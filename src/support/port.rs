/*!
What requests for support need of a store.

Every change of a request says which state of it was seen, by the number of its entries; where
another came first nothing changes. Money is promised and counted in one transaction.
*/

use jiff::Timestamp;

use super::{
    files::FileKind,
    state::{Kind, State},
};
use crate::{
    accounts::{MemberId, UnitId, UnitPath},
    engine::Later,
};

/// Who speaks in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Who sent it.
    Member,
    /// An officer.
    Officer,
    /// The service itself, when time has run out.
    Service,
}

impl Side {
    /// Name in the API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Officer => "officer",
            Self::Service => "service",
        }
    }

    /// The side of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Member, Self::Officer, Self::Service].into_iter().find(|side| side.name() == name)
    }
}

/// A unit as a request names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitOf {
    /// Number in the store.
    pub id: UnitId,
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Place in the tree.
    pub path: UnitPath,
    /// The unit above.
    pub parent: Option<UnitId>,
}

/// A request as it stands in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRow {
    /// Number.
    pub id: i64,
    /// Who sent it.
    pub member: MemberId,
    /// Their member number.
    pub member_number: String,
    /// Their name.
    pub member_name: String,
    /// The unit it came from.
    pub unit: UnitOf,
    /// The unit that has to decide.
    pub desk: UnitOf,
    /// What is needed.
    pub kind: Kind,
    /// How far it has come.
    pub state: State,
    /// What the member wrote.
    pub words_sealed: Vec<u8>,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// Until when it should be decided.
    pub due_at: Timestamp,
    /// Since when an answer of the member is waited for.
    pub asked_at: Option<Timestamp>,
    /// Which officer has it in hand.
    pub taken_by: Option<MemberId>,
    /// What was promised, in đồng.
    pub amount_dong: i64,
    /// When it was approved or refused.
    pub decided_at: Option<Timestamp>,
    /// How many entries it has.
    pub entries: u32,
}

/// A request to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRequest {
    /// Who sends it.
    pub member: MemberId,
    /// Their unit, whose desk it goes to.
    pub unit: UnitId,
    /// What is needed.
    pub kind: Kind,
    /// What the member wrote.
    pub words_sealed: Vec<u8>,
    /// Now.
    pub now: Timestamp,
    /// Until when it should be decided.
    pub due_at: Timestamp,
}

/// What happened to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// Place, from 1.
    pub ordinal: u32,
    /// When.
    pub at: Timestamp,
    /// Who speaks.
    pub side: Side,
    /// The state it came to; none where something was only said.
    pub state: Option<State>,
    /// A short name of what happened: `said`, `taken`, `late`, `over_budget` ….
    pub what: String,
    /// What was said.
    pub text_sealed: Option<Vec<u8>>,
}

/// A change of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub id: i64,
    /// Entries it had when it was looked at.
    pub seen: u32,
    /// What happened.
    pub entry: EntryRow,
    /// Who did it.
    pub by: Option<MemberId>,
    /// The state it comes to.
    pub state: State,
    /// The desk it lies on then.
    pub desk: UnitId,
    /// Who has it in hand then.
    pub taken_by: Option<MemberId>,
    /// Until when it should be decided then.
    pub due_at: Timestamp,
    /// Since when an answer is waited for then.
    pub asked_at: Option<Timestamp>,
}

/// What became of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// It is kept.
    Kept,
    /// The budget has only so much left, in đồng.
    OverBudget(i64),
    /// Somebody else changed the request.
    Overtaken,
}

/// A unit's budget of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetLine {
    /// Code of the unit.
    pub unit_code: String,
    /// Its name.
    pub unit_name: String,
    /// The budget, in đồng.
    pub budget_dong: i64,
    /// What was promised out of it, in đồng.
    pub promised_dong: i64,
}

/// A file of a request, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// Place, from 1.
    pub n: u32,
    /// What its owner called it.
    pub name_sealed: Vec<u8>,
    /// Kind.
    pub kind: FileKind,
    /// Length before it was sealed, in bytes.
    pub length: u32,
    /// When it came.
    pub added_at: Timestamp,
}

/// Which requests a register shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterRange {
    /// Those that came from this subtree.
    pub within: UnitPath,
    /// Sent from this moment on.
    pub from: Timestamp,
    /// And before this one.
    pub until: Timestamp,
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those with a smaller number; for the next page.
    pub before: Option<i64>,
    /// How many at most.
    pub rows_max: u32,
}

/// Requests, what was said in them, their files, and budgets.
pub trait SupportStore: Send + Sync {
    /// Keeps a request with its first entry; its number.
    ///
    /// # Errors
    /// `Conflict` where the member has `open_max` open ones.
    fn send<'a>(&'a self, request: &'a NewRequest, open_max: u32) -> Later<'a, i64>;
    /// One request.
    fn request(&self, id: i64) -> Later<'_, Option<RequestRow>>;
    /// A member's own requests, newest first.
    fn own_requests(&self, member: MemberId) -> Later<'_, Vec<RequestRow>>;
    /// What happened to a request, oldest first.
    fn entries(&self, id: i64) -> Later<'_, Vec<EntryRow>>;
    /// Changes a request that has as many entries as were seen; whether it had.
    fn advance<'a>(&'a self, change: &'a Change) -> Later<'a, bool>;
    /// The same with a promise of money out of the desk's budget of a year.
    fn promise<'a>(&'a self, change: &'a Change, amount_dong: i64, year: i16) -> Later<'a, Promise>;
    /// Open requests whose time has run out, below the top of the tree; the oldest `rows_max`.
    fn late(&self, now: Timestamp, rows_max: u32) -> Later<'_, Vec<RequestRow>>;
    /// How many open requests were due before `now`, wherever they are.
    fn late_count(&self, now: Timestamp) -> Later<'_, u64>;
    /// A register, newest first.
    fn register<'a>(&'a self, range: &'a RegisterRange) -> Later<'a, Vec<RequestRow>>;
    /// Budgets of a subtree's units in a year, and what was promised; by place in the tree.
    fn budgets<'a>(&'a self, within: &'a UnitPath, year: i16) -> Later<'a, Vec<BudgetLine>>;
    /// Counsellors of a desk, or of the nearest unit above it that has some; at most `members_max`.
    fn officers(&self, desk: UnitId, members_max: u32) -> Later<'_, Vec<MemberId>>;
    /// Sets a unit's budget of a year.
    fn put_budget(&self, unit: UnitId, year: i16, budget_dong: i64) -> Later<'_, ()>;
    /// Keeps a file of a request with an entry that tells of it; its place. `None`, and nothing
    /// kept, where the request has `files_max` files.
    fn put_file<'a>(
        &'a self,
        id: i64,
        file: &'a FileRow,
        sealed: &'a [u8],
        by: (Side, MemberId),
        files_max: u32,
    ) -> Later<'a, Option<u32>>;
    /// The files of a request, without their bytes.
    fn files(&self, id: i64) -> Later<'_, Vec<FileRow>>;
    /// The bytes of a file, sealed.
    fn file(&self, id: i64, n: u32) -> Later<'_, Option<(FileRow, Vec<u8>)>>;
    /// Takes all words and files of a member's requests away and withdraws the open ones; dates
    /// and amounts stay for the accounts of the union.
    fn forget_requests(&self, member: MemberId) -> Later<'_, ()>;
}
