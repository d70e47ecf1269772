/*!
The log of what admins did: the corpus reloaded, members let in and shut out, roles.

Owns the names of deeds and who may read of them. An entry names who, what and when, never what
a member asked or wrote; none is ever changed or dropped.
*/

pub mod port;

use std::sync::Arc;

use jiff::Timestamp;

pub use self::port::*;
use crate::{
    accounts::{Actor, MemberId, Role},
    error::{Error, Result},
};

/// Entries of one page.
const PAGE_ACTS_MAX: u32 = 50;
/// Longest text of what a deed concerns, in characters.
const SUBJECT_CHARS_MAX: usize = 300;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// A file was uploaded to the corpus.
    Upload,
    /// An uploaded file was taken out of the corpus.
    DropUpload,
    /// A generation was built.
    Build,
    /// A generation was made the active one.
    Activate,
    /// The generation before was made the active one.
    RollBack,
    /// Members or units were imported.
    Import,
    /// A list of invite codes was fetched.
    TakeCodes,
    /// A list of invite codes was dropped.
    DropCodes,
    /// An invite code was made for a member.
    Invite,
    /// A member was shut out.
    Block,
    /// A member was let in again.
    Unblock,
    /// A role was given.
    GiveRole,
    /// A role was taken.
    TakeRole,
}

impl Deed {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Upload,
        Self::DropUpload,
        Self::Build,
        Self::Activate,
        Self::RollBack,
        Self::Import,
        Self::TakeCodes,
        Self::DropCodes,
        Self::Invite,
        Self::Block,
        Self::Unblock,
        Self::GiveRole,
        Self::TakeRole,
    ];

    /// Name in the store and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::DropUpload => "drop-upload",
            Self::Build => "build",
            Self::Activate => "activate",
            Self::RollBack => "roll-back",
            Self::Import => "import",
            Self::TakeCodes => "take-codes",
            Self::DropCodes => "drop-codes",
            Self::Invite => "invite",
            Self::Block => "block",
            Self::Unblock => "unblock",
            Self::GiveRole => "give-role",
            Self::TakeRole => "take-role",
        }
    }

    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Upload => "Tải tệp văn bản lên",
            Self::DropUpload => "Bỏ tệp văn bản đã tải",
            Self::Build => "Dựng bản kho luật",
            Self::Activate => "Đưa bản kho luật vào dùng",
            Self::RollBack => "Quay lại bản kho luật trước",
            Self::Import => "Nhập danh sách",
            Self::TakeCodes => "Tải danh sách mã kích hoạt",
            Self::DropCodes => "Xóa danh sách mã kích hoạt",
            Self::Invite => "Tạo mã kích hoạt",
            Self::Block => "Khóa tài khoản",
            Self::Unblock => "Mở khóa tài khoản",
            Self::GiveRole => "Giao vai trò",
            Self::TakeRole => "Bỏ vai trò",
        }
    }

    /// The deed of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.name() == name)
    }
}

/// A page of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActList {
    /// Entries, newest first.
    pub acts: Vec<Act>,
    /// Number to ask for older ones with, where there are some.
    pub next: Option<i64>,
}

/// The log.
pub struct Audit {
    store: Arc<dyn AuditStore>,
}

impl Audit {
    /// The log over a store.
    pub fn new(store: Arc<dyn AuditStore>) -> Self {
        Self { store }
    }

    /// Adds an entry; without a member it is whoever holds the token of the settings.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn note(&self, by: Option<MemberId>, deed: Deed, subject: &str, now: Timestamp) -> Result<()> {
        let subject = subject.chars().take(SUBJECT_CHARS_MAX).collect();
        self.store.put_act(&ActRow { at: now, member: by, deed, subject }).await
    }

    /// A page of the log, older than the entry `before`.
    ///
    /// # Errors
    /// `NotFound` for who is neither admin nor inspector of the whole union.
    pub async fn list(&self, actor: &Actor, before: Option<i64>) -> Result<ActList> {
        actor.require_session()?;
        if !(actor.is_top(Role::Admin) || actor.is_top(Role::Inspector)) {
            return Err(Error::NotFound { resource: "page", id: "audit".to_owned() });
        }
        let mut acts = self.store.acts(before, PAGE_ACTS_MAX + 1).await?;
        let page = usize::try_from(PAGE_ACTS_MAX).unwrap_or(usize::MAX);
        let has_more = page < acts.len();
        acts.truncate(page);
        let next = acts.last().filter(|_| has_more).map(|act| act.id);
        Ok(ActList { acts, next })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_deed_has_a_name_of_its_own() {
        for deed in Deed::ALL {
            assert_eq!(Deed::parse(deed.name()), Some(deed));
        }
        let titles: std::collections::BTreeSet<&str> = Deed::ALL.iter().map(|deed| deed.title()).collect();
        assert_eq!(titles.len(), Deed::ALL.len());
    }
}
