/*! What the history needs of a store. */

use jiff::Timestamp;

use super::Verdict;
use crate::{accounts::MemberId, engine::Later, secrets::Hash};

/// A provision an answer quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitedRow {
    /// Number in the answer.
    pub n: u32,
    /// Provision id.
    pub provision: String,
    /// SHA-256 of the words quoted.
    pub quote_hash: Hash,
    /// The clause or article around it and SHA-256 of that one's text, where the answer rests on
    /// the law of the day it was given.
    pub version: Option<(String, Hash)>,
}

/// An answer to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRow {
    /// Whose.
    pub member: MemberId,
    /// The conversation; made where it is not there.
    pub conversation: String,
    /// When it was answered.
    pub made_at: Timestamp,
    /// The question.
    pub question_sealed: Vec<u8>,
    /// The answer.
    pub answer_sealed: Vec<u8>,
    /// `answered`, `abstained`, `clarify`.
    pub status: &'static str,
    /// Model.
    pub generator: String,
    /// Generation.
    pub corpus_release: String,
    /// The month it counts for.
    pub month: String,
    /// What it quotes.
    pub cited: Vec<CitedRow>,
}

/// A conversation in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationFound {
    /// Number in the store, for paging.
    pub id: i64,
    /// Its id.
    pub public_id: String,
    /// When it was last gone on with.
    pub last_at: Timestamp,
    /// Answers in it.
    pub messages: u32,
    /// Its first question.
    pub question_sealed: Vec<u8>,
}

/// An answer that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageFound {
    /// From 1 within its conversation.
    pub ordinal: u32,
    /// When it was answered.
    pub made_at: Timestamp,
    /// The question.
    pub question_sealed: Vec<u8>,
    /// The answer.
    pub answer_sealed: Vec<u8>,
    /// What the member says of it.
    pub verdict: Option<Verdict>,
    /// In which words.
    pub verdict_words_sealed: Option<Vec<u8>>,
    /// When a link that shows it ends, where there is one.
    pub shared_until: Option<Timestamp>,
    /// When the law it rests on changed.
    pub recalled_at: Option<Timestamp>,
}

/// A question that was kept, without its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionFound {
    /// Its conversation.
    pub conversation: String,
    /// From 1 within it.
    pub ordinal: u32,
    /// When it was answered.
    pub made_at: Timestamp,
    /// The question.
    pub question_sealed: Vec<u8>,
}

/// What a link to an answer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareKind {
    /// To be handed out by its owner.
    Link,
    /// For readers of a post of theirs.
    Post,
}

impl ShareKind {
    /// Name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Post => "post",
        }
    }
}

/// A link to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareRow {
    /// Hash of its token.
    pub token: Hash,
    /// What it is for.
    pub kind: ShareKind,
    /// When it is made.
    pub now: Timestamp,
    /// When it ends.
    pub ends: Timestamp,
}

/// A question of who agreed to be counted, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedRow {
    /// Who asked; to be counted, never shown.
    pub member: MemberId,
    /// The question.
    pub question_sealed: Vec<u8>,
    /// The answer.
    pub answer_sealed: Vec<u8>,
    /// Whether there was an answer, or a question back.
    pub is_answered: bool,
    /// The first provision it quotes.
    pub provision: Option<String>,
}

/// Where a list goes on: after the conversation of that time and number.
pub type After = (Timestamp, i64);

/// Conversations of members. Everything asks for whose it is: another's is not there.
pub trait HistoryStore: Send + Sync {
    /// Keeps an answer; its place in the conversation. Of a member's conversations beyond
    /// `conversations_max` the oldest is dropped.
    ///
    /// # Errors
    /// `Conflict` where the member is not there.
    fn keep<'a>(&'a self, row: &'a MessageRow, conversations_max: u32) -> Later<'a, u32>;
    /// A page of a member's conversations, last gone on with first.
    fn conversations(&self, member: MemberId, after: Option<After>, rows_max: u32)
    -> Later<'_, Vec<ConversationFound>>;
    /// A conversation's first `rows_max` answers in order; empty where there is none.
    fn messages<'a>(&'a self, member: MemberId, conversation: &'a str, rows_max: u32) -> Later<'a, Vec<MessageFound>>;
    /// Sealed questions of a member, newest first.
    fn questions(&self, member: MemberId, rows_max: u32) -> Later<'_, Vec<QuestionFound>>;
    /// Drops a conversation; whether there was one.
    fn drop_conversation<'a>(&'a self, member: MemberId, conversation: &'a str) -> Later<'a, bool>;
    /// Drops all of a member's; how many.
    fn drop_all(&self, member: MemberId) -> Later<'_, u64>;
    /// Drops conversations that were not gone on with since then, and links that have ended.
    fn drop_before(&self, last_at: Timestamp, now: Timestamp) -> Later<'_, u64>;
    /// Notes what the member says of an answer; whether it is there.
    fn put_verdict<'a>(
        &'a self,
        member: MemberId,
        message: (&'a str, u32),
        verdict: Verdict,
        words_sealed: Option<Vec<u8>>,
        now: Timestamp,
    ) -> Later<'a, bool>;
    /// Keeps a link to an answer, one to hand out in place of the one before; whether the answer is
    /// there.
    fn put_share<'a>(&'a self, member: MemberId, message: (&'a str, u32), row: &'a ShareRow) -> Later<'a, bool>;
    /// Ends the link of that token, where it shows an answer of that member.
    fn drop_share_token<'a>(&'a self, member: MemberId, token: &'a Hash) -> Later<'a, ()>;
    /// Ends all links to an answer; whether there was one.
    fn drop_share<'a>(&'a self, member: MemberId, message: (&'a str, u32)) -> Later<'a, bool>;
    /// The answer a link shows, while it lasts.
    fn shared<'a>(&'a self, token: &'a Hash, now: Timestamp) -> Later<'a, Option<MessageFound>>;
    /// What a member agreed to and has not taken back: (purpose, since).
    fn consents(&self, member: MemberId) -> Later<'_, Vec<(String, Timestamp)>>;
    /// Notes that a member agrees, or takes it back; whether anything changed.
    ///
    /// # Errors
    /// `Conflict` where a member who is not there agrees.
    fn put_consent<'a>(&'a self, member: MemberId, purpose: &'a str, given: bool, now: Timestamp) -> Later<'a, bool>;
    /// Whether a member agrees.
    fn has_consent<'a>(&'a self, member: MemberId, purpose: &'a str) -> Later<'a, bool>;
    /// What members asked since then who agree to `purpose`, and since they did, newest first.
    fn asked<'a>(&'a self, purpose: &'a str, since: Timestamp, rows_max: u32) -> Later<'a, Vec<AskedRow>>;
    /// How many kept answers quote one of these provisions or more, all together.
    fn count_citing<'a>(&'a self, provisions: &'a [String]) -> Later<'a, u64>;
}
