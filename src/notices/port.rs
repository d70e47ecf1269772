/*! What notices need of a store. */

use jiff::Timestamp;

use super::{Kind, QuietHours};
use crate::{accounts::MemberId, engine::Later};

/// A notice to be kept, checked and sealed: made by [`NoticeRow::new`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// Whom it is for.
    pub member: MemberId,
    /// What it is about.
    pub kind: Kind,
    /// What it says.
    pub title_sealed: Vec<u8>,
    /// Where it leads, inside the site.
    pub link: String,
    /// When it is made.
    pub made_at: Timestamp,
}

/// A notice as it stands in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeFound {
    /// Number.
    pub id: i64,
    /// What it is about.
    pub kind: Kind,
    /// What it says.
    pub title_sealed: Vec<u8>,
    /// Where it leads.
    pub link: String,
    /// When it was made, or told again.
    pub made_at: Timestamp,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}

/// Where a list goes on: after the notice of that time and number.
pub type After = (Timestamp, i64);

/// Notices of members. Everything asks for whose they are: another's are not there.
pub trait NoticeStore: Send + Sync {
    /// Keeps a notice; one of the same kind and link that was not read yet becomes it. Of a
    /// member's notices beyond [`NOTICES_MAX`](super::NOTICES_MAX) the oldest is dropped.
    fn tell<'a>(&'a self, row: &'a NoticeRow) -> Later<'a, ()>;
    /// A page of a member's notices before a place, newest first.
    fn notices(&self, member: MemberId, before: After, rows_max: u32) -> Later<'_, Vec<NoticeFound>>;
    /// How many a member has not read that were made before a time; at most `count_max`.
    fn unread(&self, member: MemberId, before: Timestamp, count_max: u32) -> Later<'_, u32>;
    /// Notes that one was read, the first time; where it leads, if it is there.
    fn read_notice(&self, member: MemberId, id: i64, now: Timestamp) -> Later<'_, Option<String>>;
    /// Notes that all made before a time were read; how many were not.
    fn read_notices(&self, member: MemberId, before: Timestamp, now: Timestamp) -> Later<'_, u64>;
    /// A member's quiet hours, where they have set some.
    fn quiet_hours(&self, member: MemberId) -> Later<'_, Option<QuietHours>>;
    /// Sets or ends a member's quiet hours.
    fn put_quiet_hours(&self, member: MemberId, hours: Option<QuietHours>) -> Later<'_, ()>;
    /// Drops all notices of a member, and their quiet hours.
    fn forget_notices(&self, member: MemberId) -> Later<'_, ()>;
    /// Drops notices made before a time; how many.
    fn drop_notices(&self, before: Timestamp) -> Later<'_, u64>;
}
