/*!
Copies of the database: made while it is in use, verified, brought back.

A backup is a folder: the database as one file, what it is (`backup.json`), and, unless it is
kept elsewhere, the key file, without which nobody reads the copy. A copy counts only once it
has been opened and checked. Bringing one back needs the store to be closed: a lock tells. What
was there is put aside whole: database, journal and the key file that belonged to them. Every
copy is for its owner alone, whatever rights its source had.
*/

use std::{
    io::{ErrorKind, Read as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};

use super::{FILE, FILE_MODE, KEY_FACT, LOCK, MIGRATIONS, SqliteStore, error::failed, unusable};
use crate::{
    community::{MEDIA_FOLDER, WORDS_FOLDER},
    error::{Error, Result},
    hex::hex,
    secrets::{Keys, Purpose, same},
};

/// What a backup says of itself.
const MANIFEST: &str = "backup.json";
/// Name of the fact that tells of the last backup.
const BACKUP_FACT: &str = "last-backup";
/// Rights of the folder: its owner's alone.
const FOLDER_MODE: u32 = 0o700;
/// Problems told of a damaged database.
const PROBLEMS_MAX: usize = 20;

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

/// What the database remembers of the last backup made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupNote {
    /// When it was made.
    pub made_at: jiff::Timestamp,
    /// Its folder.
    pub folder: PathBuf,
    /// Length of the database, in bytes.
    pub bytes: u64,
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
        // Made beforehand, empty, so that the copy is its owner's alone from its first byte.
        drop(private(&copy)?);
        // One statement, one snapshot: what is written meanwhile is in the next backup.
        sqlx::query("VACUUM INTO ?1").bind(path).execute(self.readers()).await.map_err(failed)?;
        synced(&copy)?;
        if with_key {
            let key = Keys::path(to);
            let folder = key.parent().unwrap_or(to);
            std::fs::DirBuilder::new().mode(FOLDER_MODE).create(folder).map_err(|e| unusable(folder, &e))?;
            copied(&Keys::path(data), &key)?;
        }
        // After the database: every picture it names is there by then, and none ever changes.
        copy_pictures(&data.join(MEDIA_FOLDER), &to.join(MEDIA_FOLDER))?;
        let (bytes, sha256) = hashed(&copy)?;
        let members = verified(&copy, keys).await?;
        let manifest = json!({
            "made_at": now.to_string(),
            "program": env!("CARGO_PKG_VERSION"),
            "schema": schema(),
            "bytes": bytes,
            "sha256": sha256,
            "members": members,
            "with_key": with_key,
        });
        let manifest_path = to.join(MANIFEST);
        std::fs::write(&manifest_path, format!("{manifest:#}\n")).map_err(|e| unusable(&manifest_path, &e))?;
        synced(&manifest_path)?;
        let note = BackupNote { made_at: now, folder: to.to_owned(), bytes, with_key };
        // The backup is whole already: a full disk must not take that away.
        if let Err(error) = self.note_backup(&note).await {
            tracing::warn!("that a backup was made was not noted: {error}");
        }
        Ok(BackupReport { folder: to.to_owned(), bytes, sha256, members, with_key })
    }

    async fn note_backup(&self, note: &BackupNote) -> Result<()> {
        let text = serde_json::to_vec(note).map_err(|e| Error::Internal(e.into()))?;
        sqlx::query(
            "INSERT INTO facts (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(BACKUP_FACT)
        .bind(text)
        .execute(self.writer())
        .await
        .map(drop)
        .map_err(failed)
    }

    /// The last backup made of this database.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn last_backup(&self) -> Result<Option<BackupNote>> {
        let text: Option<Vec<u8>> = sqlx::query_scalar("SELECT value FROM facts WHERE name = ?1")
            .bind(BACKUP_FACT)
            .fetch_optional(self.readers())
            .await
            .map_err(failed)?;
        Ok(text.and_then(|text| serde_json::from_slice(&text).ok()))
    }

    /// What is wrong inside the database; empty when nothing is.
    ///
    /// # Errors
    /// When it cannot be read at all.
    pub async fn damage(&self) -> Result<Vec<String>> {
        damage(self.readers()).await
    }
}

/// What is wanted of bringing a backup back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RestoreWish {
    /// The backup's folder.
    pub from: PathBuf,
    /// The key file that belongs to it, where that was kept elsewhere.
    pub key: Option<PathBuf>,
    /// Puts a database and a key file that are there aside.
    pub replace: bool,
}

/// Brings a backup back into a data folder that has no database, or whose database is put
/// aside where the wish says so; what was put aside.
///
/// The key file is the first that fits: the data folder's own, the one named, the backup's. One
/// of the data folder that does not fit (a program that was started there has made it) is put
/// aside like the database it belongs to.
///
/// # Errors
/// `Invalid` for a folder that is no backup, whose copy is not what it says, or that a later
/// version wrote; `Conflict` where there is a database or a key file in the way or a program has
/// it open, `Unavailable` when no key file fits.
pub async fn restore(data: &Path, wish: &RestoreWish, now: jiff::Timestamp) -> Result<Vec<PathBuf>> {
    let source = wish.from.join(FILE);
    check_manifest(&wish.from, &source)?;
    std::fs::create_dir_all(data).map_err(|e| unusable(data, &e))?;
    let lock = std::fs::File::create(data.join(LOCK)).map_err(|e| unusable(data, &e))?;
    if lock.try_lock().is_err() {
        return Err(Error::Conflict("a program has the database open; stop it first".to_owned()));
    }
    let (target, own_key) = (data.join(FILE), Keys::path(data));
    let in_the_way: Vec<PathBuf> = with_companions(&target).into_iter().filter(|path| path.exists()).collect();
    if let (Some(first), false) = (in_the_way.first(), wish.replace) {
        return Err(Error::Conflict(format!("`{}` is there; --replace puts it aside", first.display())));
    }
    let key = fitting_key(data, wish, &source).await?;
    let new_key = (key != own_key).then_some(key);
    if new_key.is_some() && own_key.exists() && !wish.replace {
        let what = format!("`{}` is the key file of another database; --replace puts it aside", own_key.display());
        return Err(Error::Conflict(what));
    }
    let beside = data.join(format!("{FILE}.restoring"));
    copied(&source, &beside)?;
    let mut aside = Vec::new();
    for path in in_the_way.iter().chain(new_key.as_ref().filter(|_| own_key.exists()).map(|_| &own_key)) {
        aside.push(put_aside(path, now)?);
    }
    if let Some(key) = new_key {
        let folder = own_key.parent().unwrap_or(data);
        let made = std::fs::DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder);
        made.map_err(|e| unusable(folder, &e))?;
        copied(&key, &own_key)?;
    }
    copy_pictures(&wish.from.join(MEDIA_FOLDER), &data.join(MEDIA_FOLDER))?;
    // It follows another database; the program makes it anew from this one.
    let words = data.join(WORDS_FOLDER);
    if words.exists() {
        std::fs::remove_dir_all(&words).map_err(|e| unusable(&words, &e))?;
    }
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

/// Whether a folder is a backup that is whole and that this program can read.
fn check_manifest(from: &Path, source: &Path) -> Result<()> {
    let wrong = |what: String| Error::invalid(from.display().to_string(), what);
    let manifest = std::fs::read_to_string(from.join(MANIFEST)).map_err(|e| wrong(format!("is no backup: {e}")))?;
    let manifest: Value = serde_json::from_str(&manifest).map_err(|e| wrong(format!("is no backup: {e}")))?;
    let written = manifest["schema"].as_i64().ok_or_else(|| wrong("is no backup: it tells no schema".to_owned()))?;
    if schema() < written {
        return Err(wrong(format!(
            "was made by a later version (schema {written}, this one knows {}); use congdoan {} or later",
            schema(),
            manifest["program"].as_str().unwrap_or("of that day")
        )));
    }
    if manifest["sha256"] != hashed(source)?.1.as_str() {
        return Err(wrong("its database is not the one that was backed up".to_owned()));
    }
    Ok(())
}

/// Version of the schema that this program writes.
fn schema() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// The key file that belongs to a copy; it is verified with it.
async fn fitting_key(data: &Path, wish: &RestoreWish, source: &Path) -> Result<PathBuf> {
    let mut candidates = vec![Keys::path(data)];
    candidates.extend(wish.key.clone());
    candidates.push(Keys::path(&wish.from));
    let mut failure = None;
    for path in candidates.into_iter().filter(|path| path.exists()) {
        match verified(source, &Keys::open_file(&path)?).await {
            Ok(_) => return Ok(path),
            Err(error) => failure = Some(error),
        }
    }
    Err(failure.unwrap_or_else(|| {
        Error::unavailable(
            "the backup was made without its key file, and there is none here".to_owned(),
            "name it with --key FILE",
        )
    }))
}

/// A database and the files SQLite keeps beside it, which must not be taken for those of another.
fn with_companions(database: &Path) -> Vec<PathBuf> {
    ["", "-wal", "-shm"].iter().map(|end| PathBuf::from(format!("{}{end}", database.display()))).collect()
}

/// Renames a file out of the way: `congdoan.db-wal` to `congdoan.before-….db-wal`.
fn put_aside(path: &Path, now: jiff::Timestamp) -> Result<PathBuf> {
    let end = path.extension().map(|end| end.to_string_lossy().into_owned()).unwrap_or_default();
    // To the microsecond: what was put aside is never written over.
    let aside = path.with_extension(format!("before-{}.{end}", now.strftime("%Y%m%dT%H%M%S.%6fZ")));
    std::fs::rename(path, &aside).map_err(|e| unusable(path, &e))?;
    Ok(aside)
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

/// A new file, its owner's alone.
fn private(path: &Path) -> Result<std::fs::File> {
    let file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(FILE_MODE).open(path);
    let file = file.map_err(|e| unusable(path, &e))?;
    // The mode above is for a new file alone.
    let own = std::os::unix::fs::PermissionsExt::from_mode(FILE_MODE);
    file.set_permissions(own).map_err(|e| unusable(path, &e))?;
    Ok(file)
}

/// Copies a file for its owner alone, and waits for the disk.
fn copied(from: &Path, to: &Path) -> Result<()> {
    let mut source = std::fs::File::open(from).map_err(|e| unusable(from, &e))?;
    let mut target = private(to)?;
    std::io::copy(&mut source, &mut target).and_then(|_| target.sync_all()).map_err(|e| unusable(to, &e))
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
    Ok((bytes, hex(&hash.finalize())))
}
