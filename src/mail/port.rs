/*! What mails need of a store. */

use jiff::Timestamp;

use crate::{accounts::MemberId, engine::Later, notices::QuietHours, secrets::Hash};

/// What is kept of a member's wish to get mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailRow {
    /// The address that gets mails, sealed; none before one was confirmed.
    pub address_sealed: Option<Vec<u8>>,
    /// An address that waits for its code, sealed.
    pub pending_sealed: Option<Vec<u8>>,
    /// Hash of that code.
    pub code: Option<Hash>,
    /// When that code was made.
    pub code_at: Timestamp,
    /// Wrong codes given since then.
    pub tries: u32,
}

/// A member whose turn it is to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueRow {
    /// The member.
    pub member: MemberId,
    /// Where mails go, sealed.
    pub address_sealed: Vec<u8>,
    /// Their quiet hours.
    pub quiet: Option<QuietHours>,
    /// Unread notices that no mail has told of.
    pub fresh: u32,
}

/// A message to be kept until it is handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueRow {
    /// Whom it is for.
    pub member: MemberId,
    /// The message, sealed.
    pub message_sealed: Vec<u8>,
    /// When it is made.
    pub now: Timestamp,
}

/// A message that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingMail {
    /// Number.
    pub id: i64,
    /// The message, sealed.
    pub message_sealed: Vec<u8>,
    /// When it was made.
    pub made_at: Timestamp,
    /// How often it was refused.
    pub tries: u32,
}

/// What waits to be handed over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// How many.
    pub waiting: u64,
    /// How many of them were refused before.
    pub refused: u64,
    /// When the oldest was made.
    pub oldest: Option<Timestamp>,
}

/// Addresses that get mails, and mails that wait.
pub trait MailStore: Send + Sync {
    /// What a member wishes.
    fn mail_of(&self, member: MemberId) -> Later<'_, Option<MailRow>>;
    /// Keeps an address that waits for its code, with the message that tells the code; false, and
    /// nothing kept, where `queue_max` messages wait.
    fn put_pending<'a>(
        &'a self,
        address_sealed: &'a [u8],
        code: &'a Hash,
        message: &'a QueueRow,
        queue_max: u32,
    ) -> Later<'a, bool>;
    /// Counts a wrong code.
    fn count_try(&self, member: MemberId) -> Later<'_, ()>;
    /// The address that waits under that code gets mails from now on, ended by `end`; whether it was
    /// still that code.
    fn confirm_mail<'a>(&'a self, member: MemberId, code: &'a Hash, end: &'a Hash, now: Timestamp) -> Later<'a, bool>;
    /// Takes a member's addresses and all that waits for them away; whether there was anything.
    fn drop_mail(&self, member: MemberId) -> Later<'_, bool>;
    /// Whose mails `end` ends.
    fn ended_by<'a>(&'a self, end: &'a Hash) -> Later<'a, Option<MemberId>>;
    /// Members whose turn it is, the longest waiting first.
    fn due(&self, now: Timestamp, rows_max: u32) -> Later<'_, Vec<DueRow>>;
    /// When it is a member's turn again.
    fn put_turn(&self, member: MemberId, next: Timestamp) -> Later<'_, ()>;
    /// Keeps the message that tells a member of what is new, and when it is their turn again; false,
    /// and nothing kept, where `queue_max` messages wait.
    fn put_told<'a>(&'a self, message: &'a QueueRow, next: Timestamp, queue_max: u32) -> Later<'a, bool>;
    /// Messages to be handed over now.
    fn waiting_mails(&self, now: Timestamp, rows_max: u32) -> Later<'_, Vec<WaitingMail>>;
    /// A message was handed over, or is given up.
    fn drop_waiting(&self, id: i64) -> Later<'_, ()>;
    /// A message was refused, and is tried again then.
    fn put_refused(&self, id: i64, next: Timestamp) -> Later<'_, ()>;
    /// What waits.
    fn backlog(&self) -> Later<'_, Backlog>;
}
