/*!
What needs the store: opened once, beside everything else, or told as missing.

Asking and reading the law need no store. A database that cannot be opened takes sign-in and
all that hangs on it away, and nothing more.
*/

use std::{path::Path, sync::Arc};

use super::{App, PartState, health::Jobs, mail::mail_setup, read, write};
use crate::{
    accounts::{Accounts, Actor, LogFile, MemberId, Visitor},
    answer::Answer,
    audit::Audit,
    community::{Community, Ports},
    courses::Courses,
    error::{Error, Result},
    history::{History, Purpose, Verdict},
    identity::Identities,
    mail::Mails,
    notices::Notices,
    replies::Replies,
    review::{Precedents, Reviews},
    secrets::{Keys, Token},
    store::{BackupNote, BackupReport, SqliteStore, StoreLimits},
    support::Support,
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
    audit: Audit,
    community: Community,
    courses: Courses,
    history: History,
    mails: Mails,
    notices: Notices,
    precedents: Precedents,
    reviews: Reviews,
    identities: Identities,
    replies: Replies,
    support: Support,
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
        let ports = Ports {
            feed: Arc::new(store.clone()),
            moderation: Arc::new(store.clone()),
            people: Arc::new(store.clone()),
        };
        let community = Community::start(ports, keys.clone(), data)?;
        let courses = Courses::new(Arc::new(store.clone()), Arc::new(store.clone()));
        let mut accounts = Accounts::start(Arc::new(store.clone()), Arc::new(store.clone()), keys.clone())?;
        if let Some(path) = &self.config().accounts.sms_log {
            accounts = accounts.with_sms(Arc::new(LogFile::new(path)));
        }
        let audit = Audit::new(Arc::new(store.clone()));
        let history = History::new(Arc::new(store.clone()), keys.clone());
        let notices = Notices::new(Arc::new(store.clone()), keys.clone());
        let mails = Mails::start(Arc::new(store.clone()), keys.clone(), mail_setup(self.config()))?;
        let precedents = Precedents::new(Arc::new(store.clone()), keys.clone());
        precedents.load().await?;
        let reviews = Reviews::new(Arc::new(store.clone()), keys.clone());
        let identities = Identities::new(Arc::new(store.clone()), keys.clone());
        let replies = Replies::new(Arc::new(store.clone()), keys.clone());
        let support = Support::start(Arc::new(store.clone()), Arc::new(store.clone()), keys.clone())?;
        Ok(Stored {
            store,
            accounts,
            audit,
            community,
            courses,
            history,
            mails,
            notices,
            precedents,
            reviews,
            identities,
            replies,
            support,
            keys,
        })
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

    /// The log of admins' deeds.
    ///
    /// # Errors
    /// `Unavailable` where there is no store.
    pub fn audit(&self) -> Result<impl std::ops::Deref<Target = Audit> + Send + Sync + use<>> {
        Ok(OfStored(self.stored()?, |stored| &stored.audit))
    }

    /// The service of the feed.
    ///
    /// # Errors
    /// `Unavailable` where there is no store.
    pub fn community(&self) -> Result<impl std::ops::Deref<Target = Community> + Send + Sync + use<>> {
        Ok(OfStored(self.stored()?, |stored| &stored.community))
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

    /// The service of mails.
    ///
    /// # Errors
    /// `Unavailable` where there is no store.
    pub fn mails(&self) -> Result<impl std::ops::Deref<Target = Mails> + Send + Sync + use<>> {
        Ok(OfStored(self.stored()?, |stored| &stored.mails))
    }

    /// The service of the counsellors' desk.
    ///
    /// # Errors
    /// `Unavailable` where there is no store.
    pub fn reviews(&self) -> Result<impl std::ops::Deref<Target = Reviews> + Send + Sync + use<>> {
        Ok(OfStored(self.stored()?, |stored| &stored.reviews))
    }

    /// The service of precedents.
    ///
    /// # Errors
    /// `Unavailable` where there is no store.
    pub fn precedents(&self) -> Result<impl std::ops::Deref<Target = Precedents> + Send + Sync + use<>> {
        Ok(OfStored(self.stored()?, |stored| &stored.precedents))
    }

    /// The service of who asked.
    ///
    /// # Errors
    /// `Unavailable` where there is no store.
    pub fn identities(&self) -> Result<impl std::ops::Deref<Target = Identities> + Send + Sync + use<>> {
        Ok(OfStored(self.stored()?, |stored| &stored.identities))
    }

    /// The service of writes that may be sent twice.
    ///
    /// # Errors
    /// `Unavailable` where there is no store.
    pub fn replies(&self) -> Result<impl std::ops::Deref<Target = Replies> + Send + Sync + use<>> {
        Ok(OfStored(self.stored()?, |stored| &stored.replies))
    }

    /// The service of requests for support.
    ///
    /// # Errors
    /// `Unavailable` where there is no store.
    pub fn support(&self) -> Result<impl std::ops::Deref<Target = Support> + Send + Sync + use<>> {
        Ok(OfStored(self.stored()?, |stored| &stored.support))
    }

    /// Says what one thinks of an answer; where that is new and nothing good, counsellors look at
    /// it. The same once more is nothing new and opens no decided case.
    ///
    /// # Errors
    /// As [`History::judge`].
    pub async fn judge(&self, actor: &Actor, message: (&str, u32), verdict: Verdict, words: &str) -> Result<()> {
        if self.history()?.judge(actor, message, verdict, words, self.now()).await? {
            self.reviews()?.heard(actor, message, verdict, self.now()).await?;
        }
        Ok(())
    }

    /// Drops what has ended and what is older than it is kept; brings on what nobody decided. A step
    /// that fails holds no other back.
    ///
    /// # Errors
    /// `Unavailable` where there is no store; the first failure, once every step was taken.
    pub async fn sweep_store(&self) -> Result<u64> {
        let (now, days) = (self.now(), self.config().limits.history_days_kept);
        let taken = [
            ("accounts", self.accounts()?.sweep(now).await),
            ("replies", self.replies()?.sweep(now).await),
            ("identities", self.identities()?.sweep(now).await),
            ("support", self.sweep_support(now).await),
            ("notices", self.notices()?.sweep(now).await),
            ("counts of the feed", self.community()?.write_shown(now).await.map(|_| 0)),
            ("index of posts", self.index_posts().await.map(|_| 0)),
            ("late cases", self.reviews()?.escalate(now).await.map(|_| 0)),
            ("history", self.history()?.sweep(days, now).await),
        ];
        all_of(&self.0.jobs, taken)
    }

    /// Backs the store up into a new folder, while it is in use, and verifies that.
    ///
    /// # Errors
    /// As [`SqliteStore::back_up`]; `Unavailable` where there is no store.
    pub async fn back_up(&self, to: &Path, with_key: bool) -> Result<BackupReport> {
        let stored = self.stored()?;
        stored.store.back_up(&self.config().paths.data, to, &stored.keys, with_key, self.now()).await
    }

    /// The last backup; none where there was none, or no store is open.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn last_backup(&self) -> Result<Option<BackupNote>> {
        match self.stored() {
            Ok(stored) => stored.store.last_backup().await,
            Err(_not_open) => Ok(None),
        }
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
        self.support()?.forget_own(actor).await?;
        self.community()?.forget_own(actor).await?;
        self.notices()?.forget_own(actor).await?;
        self.mails()?.end(actor).await?;
        accounts.erase(actor, self.now()).await
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
        let kept = history.keep(member, conversation, answer, &self.rests_on(answer), self.now()).await?;
        if self.corpus_release().as_ref() != Some(&answer.corpus_release) {
            self.precedents()?.unsettle();
        }
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

/// What steps came to together, or the first of their failures; each is logged.
fn all_of<const N: usize>(jobs: &Jobs, taken: [(&'static str, Result<u64>); N]) -> Result<u64> {
    let (mut sum, mut first) = (0, None);
    for (step, result) in taken {
        jobs.note(step, result.as_ref().err().map(ToString::to_string));
        match result {
            Ok(count) => sum += count,
            Err(error) => {
                tracing::warn!(step, "a step of the sweep failed: {error}");
                first.get_or_insert(error);
            }
        }
    }
    first.map_or(Ok(sum), Err)
}
