/*!
The generations of a data folder: which there are, which one is active.

`generations/ID/` are complete builds, `generations/.building-ID/` one under way and
`generations/.removing-ID/` one going; the file `active` holds the id of the active one and
is replaced by rename. Where an admin chose it, the word `pinned` stands behind the id: it
stays until the next explicit choice, whatever the corpus holds. `activated` lists what was
ever active. One builder at a time holds a lock on the file `build.lock`, and whoever fills
in vectors one on `fill.lock`.
*/

use std::{
    collections::BTreeSet,
    fs::{self, File, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    Generation, Manifest,
    generation::PROVISIONS_FILE,
    provisions::{self, Removal},
};
use crate::error::{Error, Result};

const ACTIVE_FILE: &str = "active";
const ACTIVATED_FILE: &str = "activated";
const BUILD_LOCK_FILE: &str = "build.lock";
const FILL_LOCK_FILE: &str = "fill.lock";
/// Behind the id of an active generation that an admin chose.
const PINNED: &str = "pinned";
const GENERATIONS: &str = "generations";
const BUILDING_PREFIX: &str = ".building-";
const REMOVING_PREFIX: &str = ".removing-";

/// The generations of one data folder.
pub struct GenerationStore {
    data: PathBuf,
    current: Mutex<Current>,
}

/// What this process has open.
#[derive(Default)]
struct Current {
    open: Option<Arc<Generation>>,
    /// A generation another process activated, while a thread of ours opens it.
    opening: Option<String>,
    /// The one that could not be opened: it is not tried again at every question.
    failed: Option<String>,
}

/// Who chose a generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// It is the latest build of the corpus; the next one may take its place.
    Latest,
    /// An admin chose it; it stays until the next explicit choice.
    Pinned,
}

/// Held while building or filling; released when dropped, also by a crash.
pub struct Lock {
    _file: File,
}

impl GenerationStore {
    /// The store of a data folder, which is made where it is missing.
    ///
    /// # Errors
    /// `Unavailable` when the folder cannot be made.
    pub fn open(data: &Path) -> Result<Self> {
        fs::create_dir_all(data.join(GENERATIONS)).map_err(|e| unusable(data, &e))?;
        Ok(Self { data: data.to_owned(), current: Mutex::default() })
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Folder of a complete generation.
    pub fn folder(&self, id: &str) -> PathBuf {
        self.data.join(GENERATIONS).join(id)
    }

    /// Folder for building a generation.
    pub fn building_folder(&self, id: &str) -> PathBuf {
        self.data.join(GENERATIONS).join(format!("{BUILDING_PREFIX}{id}"))
    }

    /// Id of the active generation.
    pub fn active_id(&self) -> Option<String> {
        self.read_active().map(|(id, _)| id)
    }

    /// Id of the active generation if an admin chose it.
    pub fn pinned(&self) -> Option<String> {
        self.read_active().filter(|(_, choice)| *choice == Choice::Pinned).map(|(id, _)| id)
    }

    fn read_active(&self) -> Option<(String, Choice)> {
        let text = fs::read_to_string(self.data.join(ACTIVE_FILE)).ok()?;
        let mut words = text.split_whitespace();
        let id = words.next()?.to_owned();
        let choice = if words.next() == Some(PINNED) { Choice::Pinned } else { Choice::Latest };
        (!id.contains(['/', '\\'])).then_some((id, choice))
    }

    fn lock_current(&self) -> std::sync::MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The active generation, opened at most once; another process may have activated a
    /// newer one meanwhile, which the first to notice opens while all others go on with the
    /// one before.
    ///
    /// # Errors
    /// `Unavailable` when none is active or the active one is damaged and was not open yet.
    pub fn current(&self) -> Result<Arc<Generation>> {
        let active = self.active_id();
        let mut current = self.lock_current();
        if let Some(open) = &current.open {
            let seen = active.as_deref().is_none_or(|id| {
                id == open.manifest.id || [&current.opening, &current.failed].into_iter().flatten().any(|at| at == id)
            });
            if seen {
                return Ok(open.clone());
            }
        }
        let Some(id) = active else {
            return Err(Error::unavailable(
                format!("no index in `{}`", self.data.display()),
                "run `congdoan ingest`, or `congdoan serve`, which does it first",
            ));
        };
        if current.open.is_none() {
            // There is nothing to go on with: all wait.
            let opened = self.open_active(&id)?;
            current.open = Some(opened.clone());
            return Ok(opened);
        }
        current.opening = Some(id.clone());
        drop(current);
        let opened = self.open_active(&id);
        let mut current = self.lock_current();
        current.opening = None;
        match opened {
            // It may have been activated in this process, or left again, meanwhile.
            Ok(opened) if self.active_id().as_deref() == Some(id.as_str()) => {
                current.open = Some(opened.clone());
                return Ok(opened);
            }
            Ok(_) => {}
            Err(error) => {
                tracing::error!(generation.id = %id, "generation `{id}` cannot be opened, the one before goes on serving: {error}");
                current.failed = Some(id);
            }
        }
        current.open.clone().ok_or_else(|| Error::Internal(anyhow::anyhow!("the open generation went away")))
    }

    fn open_active(&self, id: &str) -> Result<Arc<Generation>> {
        let opened = Generation::open(&self.folder(id)).map(Arc::new);
        opened.map_err(|error| {
            Error::unavailable(
                format!("index `{}` is damaged: {error:#}", self.folder(id).display()),
                "run `congdoan corpus rollback` for the one before, or `congdoan ingest` to build it again",
            )
        })
    }

    /// Manifests of the complete generations, oldest first; damaged ones are left out.
    pub fn list(&self) -> Vec<Manifest> {
        let Ok(entries) = fs::read_dir(self.data.join(GENERATIONS)) else { return Vec::new() };
        let mut manifests: Vec<Manifest> = entries
            .flatten()
            .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
            .filter_map(|entry| Manifest::read(&entry.path()).ok())
            .collect();
        // Ids hold whole seconds only.
        manifests.sort_by_cached_key(|manifest| {
            (manifest.built_at.parse::<jiff::Timestamp>().unwrap_or_default(), manifest.id.clone())
        });
        manifests
    }

    /// Ids of the generations that were ever active.
    pub fn activated_before(&self) -> BTreeSet<String> {
        let text = fs::read_to_string(self.data.join(ACTIVATED_FILE)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Provisions of the active generation that another one lacks; none where one of them
    /// cannot be read, for then there is nothing to compare.
    pub fn removal(&self, id: &str) -> Removal {
        self.active_id().map_or_else(Removal::default, |active| self.removal_between(&active, id))
    }

    /// Provisions of one generation that another one lacks. One of another format version, whose
    /// hashes may be others, is not compared.
    pub fn removal_between(&self, old: &str, new: &str) -> Removal {
        let read = |id: &str| {
            let folder = self.folder(id);
            Manifest::read(&folder).and_then(|_| provisions::read(&folder.join(PROVISIONS_FILE))).ok()
        };
        read(old).zip(read(new)).map(|(old, new)| provisions::removal(&old, &new)).unwrap_or_default()
    }

    /// Opens a complete generation without activating it.
    ///
    /// # Errors
    /// `NotFound` when there is none of that id, `Unavailable` when it is damaged.
    pub fn open_generation(&self, id: &str) -> Result<Arc<Generation>> {
        if id.is_empty() || id.starts_with('.') || id.contains(['/', '\\']) || !self.folder(id).is_dir() {
            return Err(Error::NotFound { resource: "generation", id: id.to_owned() });
        }
        Generation::open(&self.folder(id)).map(Arc::new).map_err(|e| {
            Error::unavailable(
                format!("generation `{id}` is damaged: {e:#}"),
                "choose another one or run `congdoan ingest`",
            )
        })
    }

    /// Makes a complete generation the active one. Questions under way keep the one they
    /// began with.
    ///
    /// # Errors
    /// `NotFound` when there is none of that id, `Unavailable` when it is damaged or the
    /// folder cannot be written; the one active before stays.
    pub fn activate(&self, id: &str, choice: Choice) -> Result<Arc<Generation>> {
        let open = self.lock_current().open.clone().filter(|open| open.manifest.id == id);
        let generation = open.map_or_else(|| self.open_generation(id), Ok)?;
        // Held over both, so that of two activations the one that is written last is served.
        let mut current = self.lock_current();
        self.write_active(id, choice).map_err(|e| unusable(&self.data, &e))?;
        *current = Current { open: Some(generation.clone()), ..Current::default() };
        Ok(generation)
    }

    fn write_active(&self, id: &str, choice: Choice) -> std::io::Result<()> {
        let mut activated = OpenOptions::new().create(true).append(true).open(self.data.join(ACTIVATED_FILE))?;
        activated.write_all(format!("{id}\n").as_bytes())?;
        let next = self.data.join(format!("{ACTIVE_FILE}.next"));
        let mut file = File::create(&next)?;
        let pin = if choice == Choice::Pinned { format!(" {PINNED}") } else { String::new() };
        file.write_all(format!("{id}{pin}").as_bytes())?;
        file.sync_all()?;
        fs::rename(&next, self.data.join(ACTIVE_FILE))?;
        File::open(&self.data)?.sync_all()
    }

    /// Makes the generation that was active before the active one active again, and pins it.
    ///
    /// # Errors
    /// `Conflict` when there is none before it.
    pub fn rollback(&self) -> Result<Arc<Generation>> {
        match self.before_active() {
            Some(id) => self.activate(&id, Choice::Pinned),
            None => Err(Error::Conflict("there is no generation before the active one".to_owned())),
        }
    }

    /// Whether there is a generation to go back to.
    pub fn has_before(&self) -> bool {
        self.before_active().is_some()
    }

    /// The newest generation built before the active one that was ever active.
    fn before_active(&self) -> Option<String> {
        let active = self.active_id().unwrap_or_default();
        let activated = self.activated_before();
        let mut before = self.list();
        match before.iter().position(|manifest| manifest.id == active) {
            Some(at) => before.truncate(at),
            // A damaged one is not listed; its id still tells when it was built.
            None => before.retain(|manifest| manifest.id < active),
        }
        before.into_iter().rev().map(|manifest| manifest.id).find(|id| activated.contains(id))
    }

    /// Gives a finished build its place among the generations.
    ///
    /// # Errors
    /// `Unavailable` when the folder cannot be written.
    pub(super) fn keep(&self, id: &str) -> Result<()> {
        let kept = fs::rename(self.building_folder(id), self.folder(id))
            .and_then(|()| File::open(self.data.join(GENERATIONS))?.sync_all());
        kept.map_err(|e| unusable(&self.data, &e))
    }

    /// Takes the lock of the one builder and clears what a crashed one left.
    ///
    /// # Errors
    /// `Conflict` when another build is under way.
    pub fn lock_for_building(&self) -> Result<Lock> {
        let lock = self.lock(BUILD_LOCK_FILE, "another build is under way")?;
        if let Ok(entries) = fs::read_dir(self.data.join(GENERATIONS)) {
            for entry in entries.flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                if name.starts_with(BUILDING_PREFIX) || name.starts_with(REMOVING_PREFIX) {
                    tracing::warn!("removing an unfinished build: `{}`", entry.path().display());
                    fs::remove_dir_all(entry.path()).map_err(|e| unusable(&self.data, &e))?;
                }
            }
        }
        Ok(lock)
    }

    /// Takes the lock of the one that fills in vectors.
    ///
    /// # Errors
    /// `Conflict` when another process does.
    pub fn lock_for_filling(&self) -> Result<Lock> {
        self.lock(FILL_LOCK_FILE, "vectors are being encoded by another process")
    }

    fn lock(&self, name: &str, busy: &str) -> Result<Lock> {
        let file = File::create(self.data.join(name)).map_err(|e| unusable(&self.data, &e))?;
        if file.try_lock().is_err() {
            return Err(Error::Conflict(format!("{busy} in `{}`", self.data.display())));
        }
        Ok(Lock { _file: file })
    }

    /// Removes the oldest generations beyond `kept`, never the active one, nor the one that
    /// would be gone back to.
    pub fn prune(&self, kept: usize) {
        let active = self.active_id();
        let before = self.before_active();
        let manifests = self.list();
        for manifest in manifests.iter().take(manifests.len().saturating_sub(kept)) {
            if [&active, &before].contains(&&Some(manifest.id.clone())) {
                continue;
            }
            // First out of the way at once: a crash must not leave half of one in the list.
            let going = self.data.join(GENERATIONS).join(format!("{REMOVING_PREFIX}{}", manifest.id));
            let removed = fs::rename(self.folder(&manifest.id), &going).and_then(|()| fs::remove_dir_all(&going));
            if let Err(e) = removed {
                tracing::warn!(generation.id = %manifest.id, "old generation `{}` cannot be removed: {e}", manifest.id);
            }
        }
    }
}

/// A full disk and the like are the environment's; the rest is ours.
pub(super) fn classify(data: &Path, error: anyhow::Error, doing: &'static str) -> Error {
    // Libraries wrap the system's error in types of their own; its text names the number.
    let from_system = error
        .chain()
        .find(|cause| cause.downcast_ref::<std::io::Error>().is_some() || cause.to_string().contains("(os error "));
    match from_system.map(ToString::to_string) {
        Some(message) => unusable(data, &std::io::Error::other(message)),
        None => Error::Internal(error.context(doing)),
    }
}

/// The data folder cannot be used.
pub(super) fn unusable(data: &Path, error: &std::io::Error) -> Error {
    Error::unavailable(
        format!("`{}` cannot be used: {error}", data.display()),
        "check that the folder exists, is writable, and that the disk is not full",
    )
}
