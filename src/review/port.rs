/*! What the desk needs of a store. */

use jiff::Timestamp;

use super::{Judgement, State};
use crate::{
    accounts::{MemberId, UnitPath},
    engine::Later,
    notices::NoticeRow,
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
    /// Whose counsellors may see it.
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
    /// What was decided.
    pub verdict: Option<Judgement>,
    /// About which sentence, from 1.
    pub sentence: Option<u32>,
    /// Why.
    pub reason_sealed: Option<Vec<u8>>,
    /// What is right instead.
    pub correction_sealed: Option<Vec<u8>>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// When the answer was given.
    pub made_at: Timestamp,
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
    /// Now.
    pub now: Timestamp,
    /// When it should be decided.
    pub due_at: Timestamp,
}

/// What is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRow {
    /// By whom, who has it in hand.
    pub by: MemberId,
    /// Right or not.
    pub verdict: Judgement,
    /// About which sentence, from 1.
    pub sentence: Option<u32>,
    /// Why.
    pub reason_sealed: Option<Vec<u8>>,
    /// What is right instead.
    pub correction_sealed: Option<Vec<u8>>,
    /// How far that brings it.
    pub state: State,
    /// What its asker is told along with it.
    pub notice: Option<NoticeRow>,
    /// Now.
    pub now: Timestamp,
}

/// Answers to be looked at.
pub trait ReviewStore: Send + Sync {
    /// Puts an answer into the queue, or raises its risk; a decided one is opened again. Whether
    /// the answer is there.
    fn enter<'a>(&'a self, entry: &'a Entry) -> Later<'a, bool>;
    /// The queue of a subtree, most at stake first.
    fn queue<'a>(&'a self, within: &'a UnitPath, rows_max: u32) -> Later<'a, Vec<ReviewFound>>;
    /// One of them.
    fn review(&self, id: i64) -> Later<'_, Option<ReviewFound>>;
    /// Takes one in hand unless another has it; whether it is taken.
    fn claim(&self, id: i64, by: MemberId, now: Timestamp, until: Timestamp) -> Later<'_, bool>;
    /// Lays one back; whether it was in that hand.
    fn release(&self, id: i64, by: MemberId) -> Later<'_, bool>;
    /// Decides one that is in hand; whether it was.
    fn decide<'a>(&'a self, id: i64, row: &'a DecisionRow) -> Later<'a, bool>;
    /// What was decided of a member's own answers in a conversation, by their places.
    fn outcomes<'a>(&'a self, member: MemberId, conversation: &'a str) -> Later<'a, Vec<(u32, ReviewFound)>>;
}
