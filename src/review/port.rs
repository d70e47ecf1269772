/*! What the desk needs of a store. */

use jiff::Timestamp;

use super::{Judgement, State};
use crate::{
    accounts::{MemberId, UnitPath},
    engine::Later,
    error::Result,
    history::Verdict,
    notices::NoticeRow,
    secrets::Hash,
};

/// An answer to be looked at, as it stands in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewFound {
    /// Number.
    pub id: i64,
    /// Whose answer: to refuse them their own case, never to be shown.
    pub asker: MemberId,
    /// Its conversation and its place in that, from 1.
    pub message: (String, u32),
    /// Where its asker belongs now: whose counsellors may see it.
    pub unit_path: UnitPath,
    /// How far it has come.
    pub state: State,
    /// How much is at stake, from 0 to 100.
    pub risk: u32,
    /// Why it is here, short names.
    pub reasons: Vec<String>,
    /// When it came.
    pub entered_at: Timestamp,
    /// When it should be decided.
    pub due_at: Timestamp,
    /// Who has it in hand.
    pub claimed_by: Option<MemberId>,
    /// Until when.
    pub claimed_until: Timestamp,
    /// Who first found it dangerous.
    pub first_by: Option<MemberId>,
    /// When its asker handed the conversation over.
    pub handed_over_at: Option<Timestamp>,
    /// How many units up it was brought.
    pub level: u32,
    /// What its asker says of it.
    pub verdict: Option<Verdict>,
    /// In which words.
    pub verdict_words_sealed: Option<Vec<u8>>,
    /// The question.
    pub question_sealed: Vec<u8>,
    /// The answer.
    pub answer_sealed: Vec<u8>,
}

/// Why an answer enters the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Whose answer.
    pub member: MemberId,
    /// Conversation and place in it.
    pub message: (String, u32),
    /// From 0 to 100.
    pub risk: u32,
    /// Short names, with spaces between.
    pub reasons: String,
    /// Whether the asker hands the conversation over.
    pub hands_over: bool,
    /// Now.
    pub now: Timestamp,
    /// When it should be decided.
    pub due_at: Timestamp,
}

/// What is decided.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionRow {
    /// By whom, who has it in hand.
    pub by: MemberId,
    /// The state it was decided in: another one meanwhile, and nothing is.
    pub was: State,
    /// How far that brings it.
    pub state: State,
    /// Right or not.
    pub verdict: Judgement,
    /// About which sentence, from 1.
    pub sentence: Option<u32>,
    /// Why.
    pub reason_sealed: Option<Vec<u8>>,
    /// What is right instead.
    pub correction_sealed: Option<Vec<u8>>,
    /// What its asker is told along with it.
    pub notice: Option<NoticeRow>,
    /// A precedent made along with it.
    pub precedent: Option<PrecedentRow>,
    /// The precedent shown with what was found not right, and when it was signed: it leaves
    /// service unless it was signed anew since.
    pub retires: Option<(i64, Timestamp)>,
    /// The month it counts for.
    pub month: String,
    /// Now.
    pub now: Timestamp,
}

/// A decision as it stands in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionFound {
    /// By whom; none once their account is gone.
    pub by: Option<MemberId>,
    /// Right or not.
    pub verdict: Judgement,
    /// About which sentence, from 1.
    pub sentence: Option<u32>,
    /// Why.
    pub reason_sealed: Option<Vec<u8>>,
    /// What is right instead.
    pub correction_sealed: Option<Vec<u8>>,
    /// When.
    pub decided_at: Timestamp,
    /// Whether its asker sees it.
    pub is_final: bool,
}

/// What is written in a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyRow {
    /// By whom.
    pub by: MemberId,
    /// Whether that is its asker.
    pub from_member: bool,
    /// The text.
    pub text_sealed: Vec<u8>,
    /// What the other side is told; a counsellor's reply alone.
    pub notice: Option<NoticeRow>,
    /// When a decided case should be decided again, which its asker writes in.
    pub due_at: Timestamp,
    /// Now.
    pub now: Timestamp,
}

/// The same as it stands in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyFound {
    /// Whether its asker wrote it.
    pub from_member: bool,
    /// The text.
    pub text_sealed: Vec<u8>,
    /// When.
    pub made_at: Timestamp,
}

/// How far the talk over one answer has come, for its asker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TalkFound {
    /// The case.
    pub id: i64,
    /// How far that has come.
    pub state: State,
    /// When it should be decided.
    pub due_at: Timestamp,
    /// When the conversation was handed over.
    pub handed_over_at: Option<Timestamp>,
    /// What was written, in order.
    pub replies: Vec<ReplyFound>,
}

/// What a precedent is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct PrecedentRow {
    /// The question in the counsellor's words.
    pub question: String,
    /// Its answer in the form in which answers are kept.
    pub answer: String,
    /// The encoder of its vector, and the vector.
    pub vector: Option<(String, Vec<f32>)>,
    /// Who signs it.
    pub signed_by: MemberId,
    /// As what, as shown.
    pub signed_as: String,
    /// When.
    pub signed_at: Timestamp,
    /// Versions of clauses it rests on.
    pub clauses: Vec<(String, Hash)>,
}

/// A precedent as it stands in the store.
#[derive(Debug, Clone, PartialEq)]
pub struct PrecedentFound {
    /// Number.
    pub id: i64,
    /// `serving` or `renewal`.
    pub is_serving: bool,
    /// What it is made of.
    pub row: PrecedentRow,
    /// Since when it is out of service.
    pub retired_at: Option<Timestamp>,
}

/// A version of a clause that something stored rests on and that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingVersion {
    /// Number.
    pub id: i64,
    /// The clause.
    pub provision: String,
    /// SHA-256 of its text.
    pub text_hash: Hash,
}

/// What a change of the law touches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Touched {
    /// Precedents in service.
    pub precedents: u64,
    /// Stored answers not recalled yet.
    pub answers: u64,
    /// Members who got them: each is told.
    pub members: u64,
}

/// What rests on a version of a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resting {
    /// A stored answer: its member is told.
    Answer,
    /// A precedent: who signed it is told.
    Precedent,
}

/// Makes the notice of what is recalled: to whom, and the link to it.
pub type Recall<'a> = &'a (dyn Fn(Resting, MemberId, &str) -> Result<NoticeRow> + Send + Sync);
/// Makes the notice to a counsellor of a case brought up to them.
pub type Escalate<'a> = &'a (dyn Fn(MemberId, i64) -> Result<NoticeRow> + Send + Sync);

/// Answers to be looked at.
pub trait ReviewStore: Send + Sync {
    /// Puts an answer into the queue, or raises its risk; a decided one is opened again, and what
    /// was decided stays. Whether the answer is there.
    fn enter<'a>(&'a self, entry: &'a Entry) -> Later<'a, bool>;
    /// The queue of a subtree, most at stake first.
    fn queue<'a>(&'a self, within: &'a UnitPath, rows_max: u32) -> Later<'a, Vec<ReviewFound>>;
    /// One of them.
    fn review(&self, id: i64) -> Later<'_, Option<ReviewFound>>;
    /// Takes one in hand unless another has it, or it awaits another than them; whether it is
    /// taken.
    fn claim(&self, id: i64, by: MemberId, now: Timestamp, until: Timestamp) -> Later<'_, bool>;
    /// Lays one back; whether it was in that hand.
    fn release(&self, id: i64, by: MemberId) -> Later<'_, bool>;
    /// Decides one that is in hand; whether it was, in the state that is named.
    fn decide<'a>(&'a self, id: i64, row: &'a DecisionRow) -> Later<'a, bool>;
    /// All that was decided of one, in order.
    fn decisions(&self, id: i64) -> Later<'_, Vec<DecisionFound>>;
    /// The last that was decided finally of a member's own answers in a conversation, by place.
    fn outcomes<'a>(&'a self, member: MemberId, conversation: &'a str) -> Later<'a, Vec<(u32, DecisionFound)>>;
    /// Writes in a case; of a counsellor only while they have it in hand. Whether it is written.
    fn put_reply<'a>(&'a self, id: i64, row: &'a ReplyRow) -> Later<'a, bool>;
    /// What was written in a case, in order.
    fn replies(&self, id: i64) -> Later<'_, Vec<ReplyFound>>;
    /// The talk over a member's own answers in a conversation, by place.
    fn talks<'a>(&'a self, member: MemberId, conversation: &'a str) -> Later<'a, Vec<(u32, TalkFound)>>;
    /// Brings cases that were due before a time, and not brought up since `again_before`, one
    /// level up, frees them from idle hands and tells the counsellors there; how many.
    fn escalate<'a>(
        &'a self,
        now: Timestamp,
        again_before: Timestamp,
        rows_max: u32,
        notice: Escalate<'a>,
    ) -> Later<'a, u64>;
    /// How many are not decided, and how many of them were due before `now`.
    fn open_and_late(&self, now: Timestamp) -> Later<'_, (u64, u64)>;
    /// Counts by month and name, newest month first.
    fn quality(&self, months_max: u32) -> Later<'_, Vec<(String, String, u64)>>;
}

/// Precedents, and versions of clauses.
pub trait PrecedentStore: Send + Sync {
    /// Precedents that serve, or that wait to be renewed.
    fn precedents(&self, serving: bool, rows_max: u32) -> Later<'_, Vec<PrecedentFound>>;
    /// One that was not dropped.
    fn precedent(&self, id: i64) -> Later<'_, Option<PrecedentFound>>;
    /// Puts a precedent anew into service; whether it was there.
    fn renew<'a>(&'a self, id: i64, row: &'a PrecedentRow) -> Later<'a, bool>;
    /// Drops a precedent; whether it was there.
    fn drop_precedent(&self, id: i64) -> Later<'_, bool>;
    /// Versions of clauses that something rests on and that have not ended.
    fn standing_versions(&self) -> Later<'_, Vec<StandingVersion>>;
    /// Ends versions: precedents on them leave service, members of answers on them are told, all
    /// at once and once. What was touched.
    fn end_versions<'a>(&'a self, ids: &'a [i64], now: Timestamp, recall: Recall<'a>) -> Later<'a, Touched>;
    /// What ending these versions would touch.
    fn touched<'a>(&'a self, ids: &'a [i64]) -> Later<'a, Touched>;
}
