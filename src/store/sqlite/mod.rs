/*!
The store in one SQLite file, `congdoan.db` in the data folder.

One connection writes, several read: SQLite has one writer at a time, and a queue in front
of one connection is fairer than many connections that wait for a lock. The journal is a
write-ahead log, so readers never wait for the writer; every commit is synced to the disk
before it is acknowledged (`synchronous = FULL`: `NORMAL` would lose the last commits when
the power fails). Migrations are embedded and go forward only.
*/

mod audit;
mod backup;
mod comments;
mod course_progress;
mod courses;
mod desk;
mod error;
mod feed;
mod history;
mod identity;
mod mail;
mod members;
mod moderation;
mod notices;
mod posts;
mod precedents;
mod reactions;
mod replies;
mod review;
mod rulings;
mod sessions;
mod sign_in;
mod support;
mod units;
mod values;

pub use backup::{BackupNote, BackupReport, RestoreWish, restore};

use std::{os::unix::fs::OpenOptionsExt as _, path::Path, sync::Arc, time::Duration};

use sqlx::{
    Connection as _, Sqlite, SqlitePool, Transaction,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use self::error::failed;
use crate::{
    error::{Error, Result},
    secrets::{Keys, Purpose, same},
};

/// Name of the database in the data folder.
pub const FILE: &str = "congdoan.db";
/// Name of the file that is locked while a program has the database open.
const LOCK: &str = "congdoan.lock";
/// All migrations, in order.
static MIGRATIONS: Migrator = sqlx::migrate!("src/store/sqlite/migrations");
/// Name of the fact that tells whose key file belongs to the database.
const KEY_FACT: &str = "key-fingerprint";
/// Rights of the database: its owner's alone.
const FILE_MODE: u32 = 0o600;
/// Memory each connection may use for pages, in KiB.
const CACHE_KIB: u32 = 8 * 1024;

/// Bounds of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreLimits {
    /// Connections that read at once.
    pub readers_max: u32,
    /// Longest wait for a connection, in milliseconds; then the store is overloaded.
    pub wait_ms_max: u64,
    /// Longest wait for a lock another process holds, in milliseconds.
    pub busy_ms_max: u64,
}

impl Default for StoreLimits {
    fn default() -> Self {
        Self { readers_max: 4, wait_ms_max: 5_000, busy_ms_max: 5_000 }
    }
}

/// The store, to be cloned freely.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
    /// Held as long as the database is open: no backup is brought back under it.
    _lock: Arc<std::fs::File>,
}

impl SqliteStore {
    /// Opens the database of a data folder, makes it where there is none, and brings it to
    /// this program's version.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be opened, was written by a later version, or belongs to
    /// another key file than `keys`.
    pub async fn open(data: &Path, keys: &Keys, limits: StoreLimits) -> Result<Self> {
        std::fs::create_dir_all(data).map_err(|e| unusable(data, &e))?;
        let path = data.join(FILE);
        let lock = std::fs::File::create(data.join(LOCK)).map_err(|e| unusable(&path, &e))?;
        if lock.try_lock_shared().is_err() {
            return Err(unusable(&path, &"a backup is just being brought back"));
        }
        // Its companions, made by SQLite, get the rights of the file itself.
        let made = std::fs::OpenOptions::new().create(true).append(true).mode(FILE_MODE).open(&path);
        drop(made.map_err(|e| unusable(&path, &e))?);
        let options = options(&path, limits);
        let pool = |connections_max: u32| {
            SqlitePoolOptions::new()
                .max_connections(connections_max)
                .acquire_timeout(Duration::from_millis(limits.wait_ms_max))
                // Connections are to a file of this machine: they do not grow old.
                .idle_timeout(None)
                .max_lifetime(None)
                .test_before_acquire(false)
        };
        // A commit that fails for want of room ends its transaction in SQLite and not in sqlx, which
        // would refuse every further one: such a connection is given up for a new one. The ping
        // waits for what a transaction that was dropped still has to do.
        let writer = pool(1).before_acquire(|connection, _| {
            Box::pin(async move {
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        });
        let writer = writer.connect_with(options.clone().create_if_missing(true)).await;
        let writer = writer.map_err(|e| unusable(&path, &e))?;
        MIGRATIONS.run(&writer).await.map_err(|e| unusable(&path, &e))?;
        let readers = pool(limits.readers_max).connect_with(options.read_only(true)).await;
        let store = Self { writer, readers: readers.map_err(|e| unusable(&path, &e))?, _lock: Arc::new(lock) };
        store.check_keys(&path, keys).await?;
        Ok(store)
    }

    /// Ends all connections; what was acknowledged is in the file already.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// A database and a key file that do not belong together would look like wrong passwords.
    async fn check_keys(&self, path: &Path, keys: &Keys) -> Result<()> {
        let fingerprint = keys.hash(Purpose::Fingerprint, b"congdoan");
        sqlx::query("INSERT INTO facts (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING")
            .bind(KEY_FACT)
            .bind(fingerprint.as_slice())
            .execute(&self.writer)
            .await
            .map_err(failed)?;
        let known: Vec<u8> = sqlx::query_scalar("SELECT value FROM facts WHERE name = ?1")
            .bind(KEY_FACT)
            .fetch_one(&self.writer)
            .await
            .map_err(failed)?;
        if same(&known, &fingerprint) {
            return Ok(());
        }
        Err(Error::unavailable(
            format!("`{}` was written under another key file than the one here", path.display()),
            "bring back `keys/secret.key` that belongs to it, from the backup of the same day",
        ))
    }

    /// The connections that read.
    pub(super) fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    /// The one connection that writes, for single statements.
    pub(super) fn writer(&self) -> &SqlitePool {
        &self.writer
    }

    /// A transaction that writes. It takes the lock at once, so that it cannot fail half-way
    /// for another process that wrote meanwhile; dropped without a commit it changes nothing.
    pub(super) async fn write(&self) -> Result<Transaction<'static, Sqlite>> {
        self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(failed)
    }
}

fn options(path: &Path, limits: StoreLimits) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_millis(limits.busy_ms_max))
        .pragma("cache_size", format!("-{CACHE_KIB}"))
        // Deleted questions leave no traces in free pages.
        .pragma("secure_delete", "ON")
        .pragma("temp_store", "MEMORY")
}

fn unusable(path: &Path, cause: &dyn std::fmt::Display) -> Error {
    Error::unavailable(
        format!("the database `{}` cannot be used: {cause}", path.display()),
        "check the folder's rights and free space; a database of a later version needs that version of congdoan",
    )
}

#[cfg(test)]
mod tests;
