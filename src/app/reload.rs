/*!
Reloading the corpus: generations listed, compared, chosen; vectors filled in behind.

What the command line may do and, with the token, the admin API ([`super::admin`]).
*/

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

use super::{App, quality};
use crate::{
    error::{Error, Result},
    fetch::Progress,
    index::{
        Generation, Manifest,
        build::BuildReport,
        diff::{self, Difference},
        fill::{self, Filled},
        generation::REPORT_FILE,
        provisions::Removal,
        report::{self, StoredFile},
        store::Choice,
    },
};

/// Vectors are told of in the log at every so many percent.
const LOG_EVERY_PERCENT: u64 = 5;
/// Seconds between two looks at which generation is active.
const LOOK_EVERY_S: u64 = 2;

/// One generation in lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenerationView {
    /// What it is made of.
    pub manifest: Manifest,
    /// Whether it is the active one.
    pub active: bool,
    /// Whether an admin chose it.
    pub pinned: bool,
    /// Whether it was ever active.
    pub activated_before: bool,
}

/// What a generation changes against another one.
#[derive(Debug, Clone)]
pub struct DiffView {
    /// The generation compared with; none where there is none.
    pub from: Option<String>,
    /// The new generation.
    pub to: String,
    /// Documents and articles.
    pub difference: Difference,
    /// Provisions that would go.
    pub removal: Removal,
    /// Share of provisions that may go unconfirmed, in percent.
    pub removed_percent_max: usize,
    /// Files of the new generation with problems.
    pub files: Vec<StoredFile>,
    /// How the golden questions move.
    pub quality: quality::QualityView,
}

/// What the watching thread waits on.
#[derive(Debug, Default)]
pub(super) struct Filling {
    idle: Mutex<()>,
    look: Condvar,
}

impl App {
    /// The complete generations, oldest first.
    pub fn generations(&self) -> Vec<GenerationView> {
        let store = self.store();
        let (active, pinned, activated) = (store.active_id(), store.pinned(), store.activated_before());
        let view = |manifest: Manifest| GenerationView {
            active: Some(&manifest.id) == active.as_ref(),
            pinned: Some(&manifest.id) == pinned.as_ref(),
            activated_before: activated.contains(&manifest.id),
            manifest,
        };
        store.list().into_iter().map(view).collect()
    }

    /// Makes a generation the active one and keeps it there until the next explicit choice.
    ///
    /// # Errors
    /// `NotFound`, `Unavailable` when it is damaged, `Conflict` when it was never active, lacks
    /// more provisions than may go, and that is not confirmed.
    pub fn activate(&self, id: &str, confirm_removal: bool) -> Result<()> {
        if !confirm_removal && !self.store().activated_before().contains(id) {
            let removal = self.store().removal(id);
            if removal.exceeds(self.config().limits.removed_percent_max) {
                return Err(Error::Conflict(self.removal_text(id, removal)));
            }
        }
        self.store().activate(id, Choice::Pinned)?;
        self.fill_behind();
        Ok(())
    }

    /// Makes the generation that was active before the active one again, and keeps it there.
    ///
    /// # Errors
    /// `Conflict` when there is none before it.
    pub fn rollback(&self) -> Result<String> {
        let generation = self.store().rollback()?;
        self.fill_behind();
        Ok(generation.manifest.id.clone())
    }

    /// Why a build was not activated, and what to do.
    pub fn removal_text(&self, id: &str, removal: Removal) -> String {
        let percent = removal.removed as f64 * 100.0 / removal.before.max(1) as f64;
        format!(
            "generation `{id}` lacks {} of {} provisions ({percent:.1} %) of the active one, {} documents whole; more than {} %, or a whole document, does not go unconfirmed: it is kept, not activated; look at `corpus diff {id}`, then confirm the removal (--confirm-removal, or \"confirm_removal\": true)",
            removal.removed,
            removal.before,
            removal.documents,
            self.config().limits.removed_percent_max
        )
    }

    /// The error of a build that was held back, if it was.
    ///
    /// # Errors
    /// `Conflict` saying what would go.
    pub fn refuse_if_held_back(&self, report: &BuildReport) -> Result<()> {
        match report.held_back {
            Some(removal) => Err(Error::Conflict(self.removal_text(&report.manifest.id, removal))),
            None => Ok(()),
        }
    }

    /// What a generation changes: `to`, or the newest one, against `from`, or the active one.
    ///
    /// # Errors
    /// `NotFound` for an id that is not there, `Unavailable` for a damaged generation.
    pub fn diff(&self, from: Option<&str>, to: Option<&str>) -> Result<DiffView> {
        let from = match from {
            Some(id) => Some(self.generation(id)?),
            None => self.store().current().ok(),
        };
        let to = match to {
            Some(id) => self.generation(id)?,
            None => {
                let newest = self.store().list().pop();
                let newest = newest.ok_or_else(|| Error::NotFound { resource: "generation", id: String::new() })?;
                self.generation(&newest.id)?
            }
        };
        let embedder = self.embedder();
        let items = quality::golden(self.config())?;
        let before = from.as_deref();
        let quality = quality::compare(&items, before, &to, embedder.as_deref(), self.today())?;
        let old = before.map_or(&[][..], |generation| generation.all_documents());
        let mut files =
            report::read(&self.store().folder(&to.manifest.id).join(REPORT_FILE)).map_err(Error::Internal)?;
        files.retain(|file| !file.problems.is_empty());
        let removal = before
            .map_or_else(Removal::default, |from| self.store().removal_between(&from.manifest.id, &to.manifest.id));
        Ok(DiffView {
            from: before.map(|generation| generation.manifest.id.clone()),
            difference: diff::documents(old, to.all_documents()),
            removal,
            removed_percent_max: self.config().limits.removed_percent_max,
            files,
            quality,
            to: to.manifest.id.clone(),
        })
    }

    /// An opened generation, the active one without opening it again.
    fn generation(&self, id: &str) -> Result<Arc<Generation>> {
        if let Ok(current) = self.store().current()
            && current.manifest.id == id
        {
            return Ok(current);
        }
        self.store().open_generation(id)
    }

    /// Gives the active generation the vectors it lacks, on this thread.
    ///
    /// # Errors
    /// `Conflict` while another process does; as [`fill::fill`].
    pub fn fill(&self, progress: &dyn Progress) -> Result<Filled> {
        match self.embedder() {
            Some(embedder) => fill::fill(self.store(), embedder.as_ref(), progress),
            None => Ok(Filled::Complete(0)),
        }
    }

    /// Has the watching thread look at once, if there is one.
    pub(super) fn fill_behind(&self) {
        self.0.filling.look.notify_all();
    }

    /// Starts the thread that, as long as the program lives, opens what another process
    /// activated before a question has to wait for it, and fills in vectors.
    ///
    /// # Errors
    /// `Internal` when it cannot be started.
    pub fn watch_generations(&self) -> Result<()> {
        let inner = Arc::downgrade(&self.0);
        let watch = move || {
            let mut last_error = String::new();
            while let Some(inner) = inner.upgrade() {
                App(inner.clone()).look(&mut last_error);
                let idle = inner.filling.idle.lock().unwrap_or_else(PoisonError::into_inner);
                let _ = inner.filling.look.wait_timeout(idle, Duration::from_secs(LOOK_EVERY_S));
            }
        };
        let spawned = std::thread::Builder::new().name("generations".to_owned()).spawn(watch);
        spawned.map(drop).map_err(|e| Error::Internal(anyhow::Error::new(e).context("starting a thread")))
    }

    fn look(&self, last_error: &mut String) {
        if !self.awaits_vectors() {
            return;
        }
        let filled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.fill(&LogProgress::default())))
            .unwrap_or_else(|_| Err(Error::Internal(anyhow::anyhow!("the encoder panicked"))));
        self.0.jobs.note("vectors", filled.as_ref().err().map(ToString::to_string));
        match filled {
            Ok(Filled::Complete(encoded)) => tracing::info!(encoded, "every passage has its vector"),
            Ok(Filled::Stopped(encoded)) => tracing::info!(encoded, "encoding stopped, another generation is active"),
            Err(error) => {
                // It is tried again and again; told of once.
                let text = error.to_string();
                if text != *last_error {
                    tracing::warn!("passages are not being encoded, search goes on with what is there: {text}");
                    *last_error = text;
                }
            }
        }
    }

    fn awaits_vectors(&self) -> bool {
        let (Ok(generation), Some(embedder)) = (self.store().current(), self.embedder()) else { return false };
        let lacks = generation.vectors_ready().is_some_and(|(ready, total)| ready < total);
        lacks && generation.manifest.embedder.as_deref() == Some(embedder.id())
    }
}

/// Progress as log lines.
#[derive(Default)]
struct LogProgress(Mutex<(u64, u64, u64)>);

impl Progress for LogProgress {
    fn start(&self, what: &str, bytes_total: u64) {
        tracing::info!(bytes_total, "{what} in the background");
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (bytes_total, 0, 0);
    }

    fn advance(&self, bytes: u64) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.1 += bytes;
        let percent = state.1 * 100 / state.0.max(1);
        if state.2 + LOG_EVERY_PERCENT <= percent {
            state.2 = percent;
            tracing::info!(percent, "encoding passages: {percent} %");
        }
    }

    fn finish(&self) {}
}
