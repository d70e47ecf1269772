/*!
What needs the store: opened once, beside everything else, or told as missing.

Asking and reading the law need no store. A database that cannot be opened takes sign-in and
all that hangs on it away, and nothing more.
*/

use std::{path::Path, sync::Arc};

use super::{App, PartState, read, write};
use crate::{
    accounts::{Accounts, Actor, MemberId, Visitor},
    answer::Answer,
    courses::Courses,
    error::{Error, Result},
    history::{History, Purpose, Verdict},
    notices::Notices,
    review::Reviews,
    secrets::{Keys, Token},
    store::{BackupReport, SqliteStore, StoreLimits},
};

/// For whom an answer is kept, and where waiting for the store is done.
#[derive(Debug, Clone)]
pub(super) struct Keeper {
    member: MemberId,
    runtime: tokio::runtime::Handle,
}

impl Keeper {
    /// For the member, where there is one and a runtime to wait on.
    pub(super) fn of(member: Option<MemberId>) -> Option<Self> {
        Some(Self { member: member?, runtime: tokio::runtime::Handle::try_current().ok()? })
    }
}

/// The store and the services over it.
pub(super) struct Stored {
    store: SqliteStore,
    accounts: Accounts,
    courses: Courses,
    history: History,
    notices: Notices,
    reviews: Reviews,
    keys: Arc<Keys>,
}

/// Whether there is a store: not asked for, there, or why not.
#[derive(Default)]
pub(super) enum StoredSlot {
    /// Nobody asked for it: commands over the index alone, and tests of them.
    #[default]
    Unwanted,
    /// Open.
    Open(Arc<Stored>),
    /// It could not be opened.
    Missing(String),
}

impl StoredSlot {
    /// Its state, once it was asked for.
    pub(super) fn state(&self) -> Option<PartState> {
        match self {
            Self::Unwanted => None,
            Self::Open(_) => Some(PartState { part: "store", degraded: None }),
            Self::Missing(why) => Some(PartState { part: "store", degraded: Some(why.clone()) }),
        }
    }
}

impl App {
    /// Opens the store of the data folder, and makes it where there is none.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be opened; the reason is kept for `/readyz`, too.
    pub async fn open_store(&self) -> Result<()> {
        match self.stored_anew().await {
            Ok(stored) => {
                *write(&self.0.stored) = StoredSlot::Open(Arc::new(stored));
                Ok(())
            }
            Err(error) => {
                *write(&self.0.stored) = StoredSlot::Missing(error.to_string());
                Err(error)
            }
        }
    }

    async fn stored_anew(&self) -> Result<Stored> {
        let data = &self.config().paths.data;
        let keys = Arc::new(Keys::open(data)?);
        let store = SqliteStore::open(data, &keys, StoreLimits::default()).await?;
        let courses = Courses::new(Arc::new(store.clone()), Arc::new(store.clone()));
        let accounts = Accounts::start(Arc::new(store.clone()), Arc::new(store.clone()), keys.clone())?;
        let history = History::new(Arc::new(store.clone()), keys.clone());
        let notices = Notices::new(Arc::new(store.clone()), keys.clone());
        let reviews = Reviews::new(Arc::new(store.clone()), keys.clone());
        Ok(Stored { store, accounts, courses, history, notices, reviews, keys })
    }

    /// Ends the connections to the store.
    pub async fn close_store(&self) {
        let slot = std::mem::take(&mut *write(&self.0.stored));
        if let StoredSlot::Open(stored) = slot {
            stored.store.close().await;
        }
    }

    fn stored(&self) -> Result<Arc<Stored>> {
        match &*read(&self.0.stored) {
            StoredSlot::Open(stored) => Ok(stored.clone()),
            StoredSlot::Unwanted => Err(Error::unavailable("the store is not open", "run `congdoan serve`")),
            StoredSlot::Missing(why) => Err(Error::unavailable(why.clone(), "run `congdoan doctor`")),
        }
    }

    /// The service of accounts.
    ///
    /// # Errors
    /// `Unavailable` where there is no store.
    pub fn accounts(&self) -> Result<impl std::ops::Deref<Target = Accounts> + Send + Sync + use<>> {
        Ok(OfStored(self.stored()?, |stored| &stored.accounts))
    }

    /// The service of courses.
    ///
    /// # Errors
    /// `Unavailable` where there is no store.
    pub fn courses(&self) -> Result<impl std::ops::Deref<Target = Courses> + Send + Sync + use<>> {
        Ok(OfStored(self.stored()?, |stored| &stored.courses))
    }

    /// The service of histories.
    ///
    /// # Errors
    /// `Unavailable` where there is no store.
    pub fn history(&self) -> Result<impl std::ops::Deref<Target = History> + Send + Sync + use<>> {
        Ok(OfStored(self.stored()?, |stored| &stored.history))
    }

    /// The service of notices.
    ///
    /// # Errors
    /// `Unavailable` where there is no store.
    pub fn notices(&self) -> Result<impl std::ops::Deref<Target = Notices> + Send + Sync + use<>> {
        Ok(OfStored(self.stored()?, |stored| &stored.notices))
    }

    /// The service of the counsellors' desk.
    ///
    /// # Errors
    /// `Unavailable` where there is no store.
    pub fn reviews(&self) -> Result<impl std::ops::Deref<Target = Reviews> + Send + Sync + use<>> {
        Ok(OfStored(self.stored()?, |stored| &stored.reviews))
    }

    /// Says what one thinks of an answer; where it is nothing good, counsellors look at it.
    ///
    /// # Errors
    /// As [`History::judge`].
    pub async fn judge(&self, actor: &Actor, message: (&str, u32), verdict: Verdict, words: &str) -> Result<()> {
        self.history()?.judge(actor, message, verdict, words, self.now()).await?;
        self.reviews()?.heard(actor, message, verdict, self.now()).await.map(|_| ())
    }

    /// Drops what has ended and what is older than it is kept.
    ///
    /// # Errors
    /// `Unavailable` where there is no store; when it fails.
    pub async fn sweep_store(&self) -> Result<u64> {
        let days = self.config().limits.history_days_kept;
        let ended = self.accounts()?.sweep(self.now()).await?;
        let told = self.notices()?.sweep(self.now()).await?;
        Ok(ended + told + self.history()?.sweep(days, self.now()).await?)
    }

    /// Backs the store up into a new folder, while it is in use, and verifies that.
    ///
    /// # Errors
    /// As [`SqliteStore::back_up`]; `Unavailable` where there is no store.
    pub async fn back_up(&self, to: &Path, with_key: bool) -> Result<BackupReport> {
        let stored = self.stored()?;
        stored.store.back_up(&self.config().paths.data, to, &stored.keys, with_key, self.now()).await
    }

    /// What is wrong inside the database; empty when nothing is.
    ///
    /// # Errors
    /// `Unavailable` where there is no store; when it cannot be read.
    pub async fn store_damage(&self) -> Result<Vec<String>> {
        self.stored()?.store.damage().await
    }

    /// Takes all from one's own account and history that the union's register does not need.
    ///
    /// # Errors
    /// `Invalid` naming `current` for a wrong password; `Conflict` for an admin.
    pub async fn erase_own(&self, actor: &Actor, current: &str) -> Result<()> {
        let accounts = self.accounts()?;
        accounts.may_be_erased(actor)?;
        accounts.confirm_password(actor, current, self.now()).await?;
        let history = self.history()?;
        for purpose in Purpose::ALL {
            history.agree(actor, purpose, false, self.now()).await?;
        }
        history.drop_all(actor).await?;
        self.courses()?.forget_own(actor).await?;
        self.notices()?.forget_own(actor).await?;
        accounts.erase(actor).await
    }

    /// Keeps an answer for the member who asked. Called on worker threads, where it waits; a
    /// failure takes nothing of the answer away.
    pub(super) fn keep_answer(&self, keeper: &Keeper, conversation: &str, answer: &Answer) {
        if let Err(error) = keeper.runtime.block_on(self.keep_and_consider(keeper.member, conversation, answer)) {
            tracing::error!("an answer was not kept in its member's history: {error}");
        }
    }

    async fn keep_and_consider(&self, member: MemberId, conversation: &str, answer: &Answer) -> Result<()> {
        let history = self.history()?;
        let kept = history.keep(member, conversation, answer, self.now()).await?;
        if let Some(ordinal) = kept
            && history.agrees(member, Purpose::Review).await?
        {
            self.reviews()?.consider(member, (conversation, ordinal), answer, self.now()).await?;
        }
        Ok(())
    }

    /// Who a session's token belongs to. Without a store nobody is signed in, and pages that
    /// need nobody go on.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn visitor(&self, token: Option<&Token>) -> Result<Visitor> {
        match (token, self.accounts()) {
            (Some(token), Ok(accounts)) => accounts.visitor(token, self.now()).await,
            _ => Ok(Visitor::Anonymous),
        }
    }

    /// The time it is.
    pub fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }
}

/// A service of the store, which stays open as long as it is held.
struct OfStored<T>(Arc<Stored>, fn(&Stored) -> &T);

impl<T> std::ops::Deref for OfStored<T> {
    type Target = T;

    fn deref(&self) -> &T {
        (self.1)(&self.0)
    }
}
