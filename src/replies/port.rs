/*! What writes that may be sent twice need of a store. */

use jiff::Timestamp;

use crate::{engine::Later, secrets::Hash};

/// Where a write stands that came with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is the first: to be done.
    First,
    /// The first is under way, or broke off.
    UnderWay,
    /// Something else was sent under this key.
    Other,
    /// It was done: the status and the sealed reply.
    Done(u16, Vec<u8>),
}

/// Replies to writes that came with a key.
pub trait ReplyStore: Send + Sync {
    /// Notes that a write begins unless one with its key has; where it stands.
    fn begin<'a>(&'a self, key: &'a Hash, request: &'a Hash, now: Timestamp) -> Later<'a, Standing>;
    /// Keeps the reply to a write that was begun.
    fn end<'a>(&'a self, key: &'a Hash, status: u16, reply_sealed: &'a [u8]) -> Later<'a, ()>;
    /// Forgets a write that came to nothing.
    fn forget<'a>(&'a self, key: &'a Hash) -> Later<'a, ()>;
    /// Drops those begun before then; how many.
    fn drop_replies(&self, begun_before: Timestamp) -> Later<'_, u64>;
}
