/*!
What needs the store: opened once, beside everything else, or told as missing.

Asking and reading the law need no store. A database that cannot be opened takes sign-in and
all that hangs on it away, and nothing more.
*/

use std::sync::Arc;

use super::{App, PartState, read, write};
use crate::{
    accounts::{Accounts, Visitor},
    error::{Error, Result},
    secrets::{Keys, Token},
    store::{SqliteStore, StoreLimits},
};

/// The store and the services over it.
pub(super) struct Stored {
    store: SqliteStore,
    accounts: Accounts,
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
        let accounts = Accounts::start(Arc::new(store.clone()), Arc::new(store.clone()), keys)?;
        Ok(Stored { store, accounts })
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
