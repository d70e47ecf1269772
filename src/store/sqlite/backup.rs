/*!
Copies of the database: made while it is in use, verified, brought back.

A backup is a folder: the database as one file, what it is (`backup.json`), and, unless it is
kept elsewhere, the key file, without which nobody reads the copy. A copy counts only once it
has been opened and checked. Bringing one back needs the store to be closed: a lock tells.
*/

use std::{
    io::{ErrorKind, Read as _},
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};

use super::{FILE, KEY_FACT, LOCK, MIGRATIONS, SqliteStore, error::failed, unusable};
use crate::{
    community::{MEDIA_FOLDER, WORDS_FOLDER},
    error::{Error, Result},
    secrets::{Keys, Purpose, same},
};

/// What a backup says of itself.
const MANIFEST: &str = "backup.json";
/// Rights of the folder: its owner's alone.
const FOLDER_MODE: u32 = 0o700;
/// Problems told of a damaged database.
const PROBLEMS_MAX: usize = 20;
/// Files of a database beside it, which must not be taken for those of another.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupReport {
    /// Its folder.
    pub folder: PathBuf,
    /// Length of the database, in bytes.
    pub bytes: u64,
    /// SHA-256 of the database, hexadecimal.
    pub sha256: String,
    /// Members in it.
    pub members: u64,
    /// Whether the key file is with it.
    pub with_key: bool,
}

impl SqliteStore {
    /// Copies the database to the new folder `to` while it is in use, and verifies the copy.
    ///
    /// # Errors
    /// `Invalid` when the folder is there, `StorageFull`, `Unavailable` when it cannot be
    /// written or the copy is damaged.
    pub async fn back_up(
        &self,
        data: &Path,
        to: &Path,
        keys: &Keys,
        with_key: bool,
        now: jiff::Timestamp,
    ) -> Result<BackupReport> {
        let made = std::fs::DirBuilder::new().mode(FOLDER_MODE).create(to);
        made.map_err(|e| match e.kind() {
            ErrorKind::AlreadyExists => Error::invalid(to.display().to_string(), "is there already; name a new folder"),
            _ => unusable(to, &e),
        })?;
        let copy = to.join(FILE);
        let path = copy.to_str().ok_or_else(|| Error::invalid(to.display().to_string(), "is no UTF-8"))?;
        // One statement, one snapshot: what is written meanwhile is in the next backup.
        sqlx::query("VACUUM INTO ?1").bind(path).execute(self.readers()).await.map_err(failed)?;
        synced(&copy)?;
        if with_key {
            let key = Keys::path(to);
            let folder = key.parent().unwrap_or(to);
            std::fs::DirBuilder::new().mode(FOLDER_MODE).create(folder).map_err(|e| unusable(folder, &e))?;
            // The copy keeps the rights of the file.
            std::fs::copy(Keys::path(data), &key).map_err(|e| unusable(&key, &e))?;
            synced(&key)?;
        }
        // After the database: every picture it names is there by then, and none ever changes.
        copy_pictures(&data.join(MEDIA_FOLDER), &to.join(MEDIA_FOLDER))?;
        let (bytes, sha256) = hashed(&copy)?;
        let members = verified(&copy, keys).await?;
        let manifest = json!({
            "made_at": now.to_string(),
            "program": env!("CARGO_PKG_VERSION"),
            "schema": MIGRATIONS.iter().map(|migration| migration.version).max(),
            "bytes": bytes,
            "sha256": sha256,
            "members": members,
            "with_key": with_key,
        });
        let manifest_path = to.join(MANIFEST);
        std::fs::write(&manifest_path, format!("{manifest:#}\n")).map_err(|e| unusable(&manifest_path, &e))?;
        synced(&manifest_path)?;
        Ok(BackupReport { folder: to.to_owned(), bytes, sha256, members, with_key })
    }

    /// What is wrong inside the database; empty when nothing is.
    ///
    /// # Errors
    /// When it cannot be read at all.
    pub async fn damage(&self) -> Result<Vec<String>> {
        damage(self.readers()).await
    }
}

/// Brings a backup back into a data folder that has no database, or whose database is put
/// aside where `replace` says so; where that lies then.
///
/// # Errors
/// `Invalid` for a folder that is no backup or whose copy is not what it says, `Conflict` where
/// there is a database or a program has it open, `Unavailable` when the key file does not fit.
pub async fn restore(data: &Path, from: &Path, replace: bool, now: jiff::Timestamp) -> Result<Option<PathBuf>> {
    let wrong = |what: String| Error::invalid(from.display().to_string(), what);
    let manifest = std::fs::read_to_string(from.join(MANIFEST)).map_err(|e| wrong(format!("is no backup: {e}")))?;
    let manifest: Value = serde_json::from_str(&manifest).map_err(|e| wrong(format!("is no backup: {e}")))?;
    let source = from.join(FILE);
    if manifest["sha256"] != hashed(&source)?.1.as_str() {
        return Err(wrong("its database is not the one that was backed up".to_owned()));
    }
    std::fs::create_dir_all(data).map_err(|e| unusable(data, &e))?;
    let lock = std::fs::File::create(data.join(LOCK)).map_err(|e| unusable(data, &e))?;
    if lock.try_lock().is_err() {
        return Err(Error::Conflict("a program has the database open; stop it first".to_owned()));
    }
    let target = data.join(FILE);
    if target.exists() && !replace {
        return Err(Error::Conflict(format!("`{}` is there; --replace puts it aside", target.display())));
    }
    let key_of_backup = Keys::path(from);
    let brings_key = key_of_backup.exists() && !Keys::path(data).exists();
    if !brings_key && !Keys::path(data).exists() {
        return Err(Error::unavailable(
            "the backup was made without its key file, and there is none here".to_owned(),
            format!("put it at `{}` first", Keys::path(data).display()),
        ));
    }
    let keys = Keys::open(if brings_key { from } else { data })?;
    verified(&source, &keys).await?;
    let beside = data.join(format!("{FILE}.restoring"));
    std::fs::copy(&source, &beside).map_err(|e| unusable(&beside, &e))?;
    synced(&beside)?;
    if brings_key {
        let key = Keys::path(data);
        let folder = key.parent().unwrap_or(data);
        let made = std::fs::DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder);
        made.and_then(|()| std::fs::copy(&key_of_backup, &key)).map_err(|e| unusable(&key, &e))?;
        synced(&key)?;
    }
    copy_pictures(&from.join(MEDIA_FOLDER), &data.join(MEDIA_FOLDER))?;
    // It follows another database; the program makes it anew from this one.
    let words = data.join(WORDS_FOLDER);
    if words.exists() {
        std::fs::remove_dir_all(&words).map_err(|e| unusable(&words, &e))?;
    }
    let aside = put_aside(&target, now)?;
    std::fs::rename(&beside, &target).map_err(|e| unusable(&target, &e))?;
    std::fs::File::open(data).and_then(|folder| folder.sync_all()).map_err(|e| unusable(data, &e))?;
    Ok(aside)
}

/// Copies pictures that are not there yet: their names are the hashes of what is in them.
fn copy_pictures(from: &Path, to: &Path) -> Result<()> {
    let Ok(folders) = std::fs::read_dir(from) else { return Ok(()) };
    for folder in folders {
        let folder = folder.map_err(|e| unusable(from, &e))?;
        let into = to.join(folder.file_name());
        let files = std::fs::read_dir(folder.path()).map_err(|e| unusable(&folder.path(), &e))?;
        std::fs::create_dir_all(&into).map_err(|e| unusable(&into, &e))?;
        for file in files {
            let file = file.map_err(|e| unusable(&folder.path(), &e))?;
            let copy = into.join(file.file_name());
            if file.path().extension().is_some_and(|end| end == "jpg") && !copy.exists() {
                let beside = copy.with_extension("moi");
                std::fs::copy(file.path(), &beside).map_err(|e| unusable(&beside, &e))?;
                synced(&beside)?;
                std::fs::rename(&beside, &copy).map_err(|e| unusable(&copy, &e))?;
            }
        }
    }
    Ok(())
}

/// Renames a database and its companions, where there is one.
fn put_aside(target: &Path, now: jiff::Timestamp) -> Result<Option<PathBuf>> {
    if !target.exists() {
        return Ok(None);
    }
    let aside = target.with_extension(format!("before-{}.db", now.strftime("%Y%m%dT%H%M%SZ")));
    let beside = |path: &Path, end: &str| PathBuf::from(format!("{}{end}", path.display()));
    for end in COMPANIONS {
        match std::fs::rename(beside(target, end), beside(&aside, end)) {
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(unusable(target, &e)),
            _ => {}
        }
    }
    std::fs::rename(target, &aside).map_err(|e| unusable(target, &e))?;
    Ok(Some(aside))
}

/// Opens a copy, looks for damage and at whose key file it belongs to; how many members it has.
async fn verified(path: &Path, keys: &Keys) -> Result<u64> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).immutable(true);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await;
    let pool = pool.map_err(|e| unusable(path, &e))?;
    let damage = damage(&pool).await?;
    if let Some(first) = damage.first() {
        return Err(unusable(path, &format!("it is damaged: {first}")));
    }
    let fact = sqlx::query_scalar("SELECT value FROM facts WHERE name = ?1").bind(KEY_FACT);
    let fingerprint: Vec<u8> = fact.fetch_one(&pool).await.map_err(failed)?;
    if !same(&fingerprint, &keys.hash(Purpose::Fingerprint, b"congdoan")) {
        return Err(Error::unavailable(
            format!("`{}` was written under another key file", path.display()),
            "bring the key file that belongs to it: `keys/secret.key` of the same day",
        ));
    }
    let members: i64 = sqlx::query_scalar("SELECT count(*) FROM members").fetch_one(&pool).await.map_err(failed)?;
    pool.close().await;
    Ok(u64::try_from(members).unwrap_or_default())
}

async fn damage(pool: &SqlitePool) -> Result<Vec<String>> {
    let mut problems: Vec<String> =
        sqlx::query_scalar("SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'")
            .fetch_all(pool)
            .await
            .map_err(failed)?;
    let orphans: Vec<String> = sqlx::query_scalar(
        "SELECT 'row ' || coalesce(rowid, '?') || ' of ' || \"table\" || ' names a missing row of ' || parent \
         FROM pragma_foreign_key_check",
    )
    .fetch_all(pool)
    .await
    .map_err(failed)?;
    problems.extend(orphans);
    problems.truncate(PROBLEMS_MAX);
    Ok(problems)
}

fn synced(path: &Path) -> Result<()> {
    std::fs::File::open(path).and_then(|file| file.sync_all()).map_err(|e| unusable(path, &e))
}

/// Length and SHA-256 of a file.
fn hashed(path: &Path) -> Result<(u64, String)> {
    let mut file = std::fs::File::open(path).map_err(|e| unusable(path, &e))?;
    let (mut hash, mut bytes, mut piece) = (Sha256::new(), 0, vec![0; 1 << 20]);
    loop {
        let read = file.read(&mut piece).map_err(|e| unusable(path, &e))?;
        if read == 0 {
            break;
        }
        hash.update(&piece[..read]);
        bytes += u64::try_from(read).unwrap_or_default();
    }
    Ok((bytes, hash.finalize().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))))
}
