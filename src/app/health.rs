/*!
How the service fares: versions, what is degraded, queues, sizes, what runs beside, what is late.

Owns the looks of `congdoan doctor`, which the admins' page shows, too. Nothing here changes
anything; what cannot be measured is told as not known, never as zero.
*/

use std::{
    collections::BTreeMap,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;

use super::{App, GenerationView, PartState, admin::Admin};
use crate::{
    community::{MEDIA_FOLDER, WORDS_FOLDER},
    engine::QueueState,
    error::Result,
    mail::Backlog,
    secrets::Keys,
    store::{self, BackupNote},
};

/// Rights of others, which the key file and the database must not have.
const OTHERS_MODE: u32 = 0o077;
/// Files looked at to sum up a folder.
const ENTRIES_MAX: usize = 200_000;
/// Days after which a backup is told as old.
const BACKUP_DAYS_MAX: i64 = 7;
/// Longest time a mail may wait before that is a problem, in hours.
const BACKLOG_HOURS_MAX: i64 = 24;
/// Share of the disk that should be free, in percent.
const FREE_PERCENT_MIN: u64 = 10;

/// One thing looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// A short name: `key file`, `database`, `index`.
    pub what: &'static str,
    /// What is wrong and what to do; none where nothing is.
    pub problem: Option<String>,
    /// What else is worth knowing.
    pub note: Option<String>,
}

/// Free space where the data folder lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiskSpace {
    /// Bytes free to this program.
    pub free_bytes: u64,
    /// Bytes in all.
    pub total_bytes: u64,
}

impl DiskSpace {
    /// Whether little of it is left.
    pub fn is_short(&self) -> bool {
        self.free_bytes.saturating_mul(100) < self.total_bytes.saturating_mul(FREE_PERCENT_MIN)
    }
}

/// When a piece of work that runs beside was last done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobState {
    /// When.
    pub at: Timestamp,
    /// Why it failed, where it did.
    pub error: Option<String>,
}

/// What waits and is late.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Answers that wait for counsellors.
    pub reviews: u64,
    /// Those of them whose time has run out.
    pub reviews_late: u64,
    /// Requests for support nobody decided in time.
    pub support_late: u64,
}

/// How the service fares.
#[derive(Debug, Clone)]
pub struct HealthView {
    /// Version of the program.
    pub version: &'static str,
    /// The active generation.
    pub generation: Option<GenerationView>,
    /// Passages with vectors, and all, while they are still made.
    pub vectors: Option<(usize, usize)>,
    /// Id of the embedder that is loaded.
    pub embedder: Option<String>,
    /// Id of the generator that is loaded.
    pub generator: Option<String>,
    /// The parts, each ready or degraded and why.
    pub parts: Vec<PartState>,
    /// Queues before the workers.
    pub queues: Vec<(&'static str, QueueState)>,
    /// Sizes of what is stored, in bytes, by a short name.
    pub sizes: Vec<(&'static str, u64)>,
    /// Free space; none where it cannot be measured.
    pub disk: Option<DiskSpace>,
    /// The last backup; none where there was none, or no store.
    pub backup: Option<BackupNote>,
    /// Work that runs beside, by a short name.
    pub jobs: Vec<(&'static str, JobState)>,
    /// What waits; none where there is no store.
    pub waiting: Option<Waiting>,
    /// What the doctor looks at.
    pub looks: Vec<Look>,
    /// Now.
    pub now: Timestamp,
}

impl HealthView {
    /// Whether the last backup is missing or old.
    pub fn is_backup_old(&self) -> bool {
        let day_ms = 24 * 60 * 60 * 1_000;
        let age_ms = |note: &BackupNote| self.now.as_millisecond() - note.made_at.as_millisecond();
        self.backup.as_ref().is_none_or(|note| BACKUP_DAYS_MAX * day_ms < age_ms(note))
    }
}

/// Work that runs beside, as it was last done.
#[derive(Debug, Default)]
pub(super) struct Jobs(Mutex<BTreeMap<&'static str, JobState>>);

impl Jobs {
    /// Notes that a piece of work was done, or why not.
    pub(super) fn note(&self, name: &'static str, error: Option<String>) {
        let state = JobState { at: Timestamp::now(), error };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name, state);
    }

    fn all(&self) -> Vec<(&'static str, JobState)> {
        let jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.iter().map(|(name, state)| (*name, state.clone())).collect()
    }
}

impl Admin {
    /// How the service fares; with `whole` the content of the database is checked, too, which
    /// takes its time.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn health(&self, whole: bool) -> Result<HealthView> {
        let app = &self.app;
        let data = app.config().paths.data.clone();
        let (sizes, disk) = self.on_thread(move |_| Ok((sizes(&data), disk_space(&data)))).await?;
        let mut looks = app.file_looks();
        if whole {
            let damage = app.store_damage().await.unwrap_or_else(|error| vec![error.to_string()]);
            looks.push(content_look(&damage));
        }
        looks.extend(app.mail_look().await?);
        looks.push(app.index_look());
        let generation = app.generations().into_iter().find(|generation| generation.active);
        let vectors = app.store().current().ok().and_then(|generation| generation.vectors_ready());
        Ok(HealthView {
            version: env!("CARGO_PKG_VERSION"),
            generation,
            vectors: vectors.filter(|(ready, total)| ready < total),
            embedder: app.embedder().map(|embedder| embedder.id().to_owned()),
            generator: app.generator().map(|generator| generator.id().to_owned()),
            parts: app.parts(),
            queues: app.queues(),
            sizes,
            disk,
            backup: app.last_backup().await?,
            jobs: app.0.jobs.all(),
            waiting: app.waiting().await?,
            looks,
            now: app.now(),
        })
    }
}

impl App {
    /// Whether others may read the key file or the database.
    pub fn file_looks(&self) -> Vec<Look> {
        let data = &self.config().paths.data;
        vec![rights("key file", &Keys::path(data)), rights("database file", &data.join(store::FILE))]
    }

    /// Whether the index serves.
    pub fn index_look(&self) -> Look {
        Look { what: "index", problem: self.store().current().err().map(|error| error.to_string()), note: None }
    }

    /// What waits of mails; none where no mails are sent.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn mail_look(&self) -> Result<Option<Look>> {
        let backlog = self.mails()?.backlog().await?;
        Ok(backlog.map(|(backlog, fault)| mails(&backlog, fault, self.now())))
    }

    fn queues(&self) -> Vec<(&'static str, QueueState)> {
        let inner = &self.0;
        vec![("ask", inner.ask_pool.state()), ("generate", inner.generate_pool.state()), ("admin", inner.admin.queue())]
    }

    async fn waiting(&self) -> Result<Option<Waiting>> {
        let (Ok(reviews), Ok(support)) = (self.reviews(), self.support()) else { return Ok(None) };
        let (open, late) = reviews.open_and_late(self.now()).await?;
        let support_late = support.late_count(self.now()).await?;
        Ok(Some(Waiting { reviews: open, reviews_late: late, support_late }))
    }
}

/// What was found inside the database.
pub fn content_look(damage: &[String]) -> Look {
    let hint = "hint: restore a backup with `congdoan restore FOLDER --replace`";
    let problem = (!damage.is_empty()).then(|| format!("{}\n{hint}", damage.join("; ")));
    Look { what: "database content", problem, note: None }
}

/// A backlog that is a day old, or nowhere to hand mails over, is a problem.
fn mails(backlog: &Backlog, fault: Option<String>, now: Timestamp) -> Look {
    let told = format!("{} wait, {} of them were refused before", backlog.waiting, backlog.refused);
    let is_old =
        backlog.oldest.is_some_and(|oldest| oldest + jiff::SignedDuration::from_hours(BACKLOG_HOURS_MAX) < now);
    let problem = match fault {
        Some(fault) => Some(format!("{fault}; {told}\nhint: mend `[mail]` in the settings, or what it names")),
        None if is_old => Some(format!("{told}; the oldest for over {BACKLOG_HOURS_MAX} hours")),
        None => None,
    };
    Look { what: "mail", problem, note: Some(told) }
}

/// Whether others may read a file; one that is not there is no problem here.
fn rights(what: &'static str, path: &Path) -> Look {
    let mode = std::fs::metadata(path).map(|found| found.permissions().mode()).unwrap_or_default();
    let open = mode & OTHERS_MODE != 0;
    let problem = open.then(|| format!("others may read `{}`\nhint: run `chmod 600` on it", path.display()));
    Look { what, problem, note: None }
}

/// What lies in the data folder, by what it is.
fn sizes(data: &Path) -> Vec<(&'static str, u64)> {
    let places: [(&'static str, &[&str]); 5] = [
        ("database", &[store::FILE, "congdoan.db-wal"]),
        ("generations", &["generations", "cache"]),
        ("raw", &["raw", "packages"]),
        ("media", &[MEDIA_FOLDER]),
        ("words", &[WORDS_FOLDER]),
    ];
    places.into_iter().map(|(name, parts)| (name, parts.iter().map(|part| bytes_of(&data.join(part))).sum())).collect()
}

/// Bytes of a file, or of all files below a folder.
fn bytes_of(path: &Path) -> u64 {
    let mut open: Vec<PathBuf> = vec![path.to_owned()];
    let (mut bytes, mut seen) = (0, 0);
    while let Some(path) = open.pop() {
        seen += 1;
        let Ok(found) = std::fs::symlink_metadata(&path) else { continue };
        if found.is_file() {
            bytes += found.len();
        } else if found.is_dir() && seen < ENTRIES_MAX {
            open.extend(std::fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path()));
        }
    }
    bytes
}

/// Free space by the system's own `df`: the standard library does not tell.
fn disk_space(data: &Path) -> Option<DiskSpace> {
    let output = Command::new("df").arg("-Pk").arg("--").arg(data).output().ok()?;
    read_df(&String::from_utf8(output.stdout).ok()?)
}

/// The second line of `df -Pk`: file system, blocks in all, used, free.
fn read_df(text: &str) -> Option<DiskSpace> {
    let words: Vec<&str> = text.lines().nth(1)?.split_whitespace().collect();
    // A name of a file system may hold spaces: counted from the share, which ends with `%`.
    let share = words.iter().rposition(|word| word.ends_with('%'))?;
    let kib = |back: usize| words.get(share.checked_sub(back)?)?.parse::<u64>().ok();
    Some(DiskSpace { free_bytes: kib(1)? * 1_024, total_bytes: kib(3)? * 1_024 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_space_is_read_whatever_the_file_system_is_called() {
        let head = "Filesystem     1024-blocks      Used Available Capacity Mounted on\n";
        let read = |line: &str| read_df(&format!("{head}{line}\n"));
        let expected = DiskSpace { free_bytes: 300 << 10, total_bytes: 1000 << 10 };
        assert_eq!(read("/dev/vda1 1000 700 300 70% /"), Some(expected));
        assert_eq!(read("my share 1000 700 300 70% /mnt/a b"), Some(expected));
        assert_eq!((read("nothing here"), read_df("")), (None, None));
        assert!(!expected.is_short());
        assert!(DiskSpace { free_bytes: 99, total_bytes: 1000 }.is_short());
    }

    #[test]
    fn a_folder_is_summed_up_and_open_rights_are_told() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("raw/a")).unwrap();
        std::fs::write(folder.path().join("raw/a/b"), [0; 700]).unwrap();
        std::fs::write(folder.path().join("raw/c"), [0; 30]).unwrap();
        assert_eq!(sizes(folder.path())[2], ("raw", 730));
        assert!(disk_space(folder.path()).is_none_or(|space| 0 < space.total_bytes));
        let file = folder.path().join("raw/c");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(rights("key file", &file).problem, None);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(rights("key file", &file).problem.is_some_and(|problem| problem.contains("chmod 600")));
    }
}
