/*! What the log of admins' deeds needs of the store. */

use jiff::Timestamp;

use super::Deed;
use crate::{accounts::MemberId, engine::Later};

/// An entry to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActRow {
    /// When.
    pub at: Timestamp,
    /// Who; none: whoever holds the token of the settings.
    pub member: Option<MemberId>,
    /// What was done.
    pub deed: Deed,
    /// What it concerns: a file's name, a generation, a member's number.
    pub subject: String,
}

/// An entry as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Number, growing.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Member number and name; none: whoever holds the token of the settings.
    pub by: Option<(String, String)>,
    /// What was done.
    pub deed: Deed,
    /// What it concerns.
    pub subject: String,
}

/// The log.
pub trait AuditStore: Send + Sync {
    /// Adds an entry.
    fn put_act<'a>(&'a self, row: &'a ActRow) -> Later<'a, ()>;
    /// Entries older than `before`, newest first.
    fn acts(&self, before: Option<i64>, rows_max: u32) -> Later<'_, Vec<Act>>;
}
