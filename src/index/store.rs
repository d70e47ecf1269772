/*!
The generations of a data folder: which there are, which one is active.

`generations/ID/` are complete builds, `generations/.building-ID/` one under way; the file
`active` holds the id of the active one and is replaced by rename. One builder at a time
holds a lock on the file `build.lock`.
*/

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use super::{Generation, Manifest};
use crate::error::{Error, Result};

const ACTIVE_FILE: &str = "active";
const LOCK_FILE: &str = "build.lock";
const GENERATIONS: &str = "generations";
const BUILDING_PREFIX: &str = ".building-";

/// The generations of one data folder.
pub struct GenerationStore {
    data: PathBuf,
    current: Mutex<Option<Arc<Generation>>>,
}

/// Held while building; released when dropped, also by a crash.
pub struct BuildLock {
    _file: File,
}

impl GenerationStore {
    /// The store of a data folder, which is made where it is missing.
    ///
    /// # Errors
    /// `Unavailable` when the folder cannot be made.
    pub fn open(data: &Path) -> Result<Self> {
        fs::create_dir_all(data.join(GENERATIONS)).map_err(|e| unusable(data, &e))?;
        Ok(Self { data: data.to_owned(), current: Mutex::new(None) })
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
        let id = fs::read_to_string(self.data.join(ACTIVE_FILE)).ok()?;
        let id = id.trim();
        (!id.is_empty() && !id.contains(['/', '\\'])).then(|| id.to_owned())
    }

    /// The active generation, opened at most once; another process may have activated a
    /// newer one meanwhile, which is then opened.
    ///
    /// # Errors
    /// `Unavailable` when none is active or the active one is damaged and was not open yet.
    pub fn current(&self) -> Result<Arc<Generation>> {
        let mut current = self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let active = self.active_id();
        if let Some(open) = current.as_ref()
            && active.as_deref().is_none_or(|id| id == open.manifest.id)
        {
            return Ok(open.clone());
        }
        let Some(id) = active else {
            return Err(Error::unavailable(
                format!("no index in `{}`", self.data.display()),
                "run `congdoan ingest`, or `congdoan serve`, which does it first",
            ));
        };
        match Generation::open(&self.folder(&id)) {
            Ok(generation) => {
                let generation = Arc::new(generation);
                *current = Some(generation.clone());
                Ok(generation)
            }
            Err(error) => {
                if let Some(open) = current.as_ref() {
                    tracing::error!(generation.id = %id, "generation `{id}` cannot be opened, `{}` goes on serving: {error:#}", open.manifest.id);
                    return Ok(open.clone());
                }
                Err(Error::unavailable(
                    format!("index `{}` is damaged: {error:#}", self.folder(&id).display()),
                    "run `congdoan corpus rollback` for the one before, or `congdoan ingest` to build it again",
                ))
            }
        }
    }

    /// Manifests of the complete generations, oldest first; damaged ones are left out.
    pub fn list(&self) -> Vec<Manifest> {
        let Ok(entries) = fs::read_dir(self.data.join(GENERATIONS)) else { return Vec::new() };
        let mut manifests: Vec<Manifest> = entries
            .flatten()
            .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
            .filter_map(|entry| Manifest::read(&entry.path()).ok())
            .collect();
        manifests.sort_by(|a, b| a.id.cmp(&b.id));
        manifests
    }

    /// Makes a complete generation the active one.
    ///
    /// # Errors
    /// `NotFound` when there is none of that id, `Unavailable` when it is damaged or the
    /// folder cannot be written; the one active before stays.
    pub fn activate(&self, id: &str) -> Result<Arc<Generation>> {
        if id.is_empty() || id.starts_with('.') || id.contains(['/', '\\']) || !self.folder(id).is_dir() {
            return Err(Error::NotFound { resource: "generation", id: id.to_owned() });
        }
        let generation = Generation::open(&self.folder(id)).map_err(|e| {
            Error::unavailable(
                format!("generation `{id}` is damaged: {e:#}"),
                "choose another one or run `congdoan ingest`",
            )
        })?;
        let write = || -> std::io::Result<()> {
            let next = self.data.join(format!("{ACTIVE_FILE}.next"));
            let mut file = File::create(&next)?;
            file.write_all(id.as_bytes())?;
            file.sync_all()?;
            fs::rename(&next, self.data.join(ACTIVE_FILE))?;
            File::open(&self.data)?.sync_all()
        };
        write().map_err(|e| unusable(&self.data, &e))?;
        let generation = Arc::new(generation);
        *self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(generation.clone());
        Ok(generation)
    }

    /// Makes the generation before the active one active.
    ///
    /// # Errors
    /// `Conflict` when there is none before it.
    pub fn rollback(&self) -> Result<Arc<Generation>> {
        let active = self.active_id().unwrap_or_default();
        let before = self.list().into_iter().rev().find(|manifest| manifest.id < active);
        match before {
            Some(manifest) => self.activate(&manifest.id),
            None => Err(Error::Conflict("there is no generation before the active one".to_owned())),
        }
    }

    /// Takes the lock of the one builder and clears what a crashed one left.
    ///
    /// # Errors
    /// `Conflict` when another build is under way.
    pub fn lock_for_building(&self) -> Result<BuildLock> {
        let path = self.data.join(LOCK_FILE);
        let file = File::create(&path).map_err(|e| unusable(&self.data, &e))?;
        if file.try_lock().is_err() {
            return Err(Error::Conflict(format!("another build is under way in `{}`", self.data.display())));
        }
        if let Ok(entries) = fs::read_dir(self.data.join(GENERATIONS)) {
            for entry in entries.flatten().filter(|e| e.file_name().to_string_lossy().starts_with(BUILDING_PREFIX)) {
                tracing::warn!("removing an unfinished build: `{}`", entry.path().display());
                fs::remove_dir_all(entry.path()).map_err(|e| unusable(&self.data, &e))?;
            }
        }
        Ok(BuildLock { _file: file })
    }

    /// Removes the oldest generations beyond `kept`, never the active one.
    pub fn prune(&self, kept: usize) {
        let active = self.active_id();
        let manifests = self.list();
        for manifest in manifests.iter().take(manifests.len().saturating_sub(kept)) {
            if Some(&manifest.id) != active.as_ref()
                && let Err(e) = fs::remove_dir_all(self.folder(&manifest.id))
            {
                tracing::warn!(generation.id = %manifest.id, "old generation `{}` cannot be removed: {e}", manifest.id);
            }
        }
    }
}

/// The data folder cannot be used.
pub(super) fn unusable(data: &Path, error: &std::io::Error) -> Error {
    Error::unavailable(
        format!("`{}` cannot be used: {error}", data.display()),
        "check that the folder exists, is writable, and that the disk is not full",
    )
}
