/*!
The corpus reloaded over HTTP: uploads, builds and generations.

Owns the check who may: an [`Admin`] exists only for who holds the token of the settings and for
a signed-in admin of the whole union, and everything an admin may do is a method of it. What is
done is written into the log of deeds with who did it. Builds run one at a time on a thread of
their own; whoever watches one sees its latest state.
*/

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{oneshot, watch};

use super::{
    App, DiffView, GenerationView, MissingPackages, Setup,
    secret::{self, Wanted},
};
use crate::{
    accounts::{Actor, MemberId, Role},
    audit::Deed,
    config::{ADMIN_TOKEN_BYTES_MIN, AdminConfig},
    engine::{Pool, QueueState},
    error::{Error, Result},
    fetch::Progress,
    index::raw::{RawEntry, RawStore, UploadName, Uploaded},
    review::Touched,
};

/// Comparisons and activations waiting for their turn.
const QUEUE_REQUESTS_MAX: usize = 8;
/// Suggested wait when that queue is full, in seconds.
const RETRY_AFTER_S: u32 = 5;
/// Builds remembered.
const BUILDS_MAX: usize = 20;

/// Token, builds and the thread for long questions.
pub(super) struct AdminState {
    token: Option<Wanted>,
    builds: Mutex<Builds>,
    pool: Pool,
}

#[derive(Default)]
struct Builds {
    started: u64,
    known: VecDeque<watch::Receiver<BuildView>>,
}

/// How far a build has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuildState {
    /// Under way.
    Running,
    /// The generation is there; whether it is active, the outcome says.
    Done,
    /// It failed; the active generation stayed.
    Failed,
}

/// What came of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildOutcome {
    /// The generation.
    pub generation: String,
    /// Whether it was there already.
    pub unchanged: bool,
    /// Whether it is active.
    pub active: bool,
    /// Why it was not activated though that was wanted.
    pub held_back: Option<String>,
    /// Passages encoded.
    pub passages_encoded: usize,
    /// Problems in the files read.
    pub problems: usize,
}

/// One build as admins see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildView {
    /// Its id.
    pub id: String,
    /// How far it has come.
    pub state: BuildState,
    /// What is being done.
    pub stage: String,
    /// Bytes of that done.
    pub bytes_done: u64,
    /// Bytes of that in all; 0 where it has no measure.
    pub bytes_total: u64,
    /// What came of it.
    pub outcome: Option<BuildOutcome>,
    /// Why it failed.
    pub error: Option<String>,
}

/// What is wanted of a build.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BuildWish {
    /// Activate it when it is done.
    pub activate: bool,
    /// Even if more provisions go than may go unconfirmed.
    pub confirm_removal: bool,
}

impl AdminState {
    /// How full the queue of admins' long work is.
    pub(super) fn queue(&self) -> QueueState {
        self.pool.state()
    }

    /// Reads the token.
    ///
    /// # Errors
    /// `Unavailable` when the file named for it cannot be read or holds too short a token.
    pub(super) fn start(config: &AdminConfig) -> Result<Self> {
        let (token, file) = (config.token.as_ref(), config.token_file.as_ref());
        let token = secret::load("admin.token", token, file, ADMIN_TOKEN_BYTES_MIN)?;
        Ok(Self {
            token: token.as_ref().map(Wanted::new),
            builds: Mutex::default(),
            pool: Pool::start("admin", 1, QUEUE_REQUESTS_MAX, RETRY_AFTER_S)?,
        })
    }
}

/// Who may reload the corpus and look after the service.
pub struct Admin {
    pub(super) app: App,
    /// The member; none: whoever has shown the token.
    by: Option<MemberId>,
}

impl App {
    /// Lets in who shows the token.
    ///
    /// # Errors
    /// `NotFound` where no token is set, `Unauthenticated` for another token or none.
    pub fn admin(&self, token: Option<&str>) -> Result<Admin> {
        let Some(wanted) = &self.0.admin.token else {
            return Err(Error::NotFound { resource: "page", id: "admin".to_owned() });
        };
        if wanted.accepts(token) { Ok(Admin { app: self.clone(), by: None }) } else { Err(Error::Unauthenticated) }
    }

    /// Lets in a signed-in admin of the whole union: the corpus is everybody's.
    ///
    /// # Errors
    /// `NotFound` for everybody else; `Forbidden` for a key of a program.
    pub fn admin_of(&self, actor: &Actor) -> Result<Admin> {
        actor.require_top(Role::Admin)?;
        Ok(Admin { app: self.clone(), by: Some(actor.member().id) })
    }

    /// Writes what was done into the log of deeds. Where no store is wanted there is only the
    /// program's own log.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn note(&self, by: Option<MemberId>, deed: Deed, subject: &str) -> Result<()> {
        // The subject may name a member: it is for the log of deeds alone.
        tracing::info!(audit.deed = deed.name(), audit.member = by.map(|id| id.0), "an admin has done something");
        match self.audit() {
            Ok(audit) => audit.note(by, deed, subject, self.now()).await,
            Err(_not_open) => Ok(()),
        }
    }
}

impl Admin {
    /// Writes what was done into the log of deeds.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn note(&self, deed: Deed, subject: &str) -> Result<()> {
        self.app.note(self.by, deed, subject).await
    }

    /// Takes in a file; it belongs to the corpus from the next build on. Whether it is new.
    ///
    /// # Errors
    /// `Invalid` for its name or when it is empty, `Unavailable` when it cannot be kept.
    pub async fn upload(&self, name: &str, content: Vec<u8>) -> Result<(RawEntry, bool)> {
        let name = UploadName::parse(name)?;
        if content.is_empty() {
            return Err(Error::invalid("body", "tệp trống"));
        }
        let raw = self.raw();
        let taken = self.on_thread(move |_| raw.upload(&name, &content, jiff::Timestamp::now())).await?;
        self.note(Deed::Upload, &taken.0.name).await?;
        Ok(taken)
    }

    /// Takes in several files under their names; where one of them would be refused, none is.
    ///
    /// # Errors
    /// As [`Admin::upload`]; after `Unavailable` some may have been taken in.
    pub async fn upload_all(&self, files: Vec<(String, Vec<u8>)>) -> Result<Vec<(RawEntry, bool)>> {
        let mut named = Vec::with_capacity(files.len());
        for (name, content) in files {
            if content.is_empty() {
                return Err(Error::invalid("body", format!("tệp trống: {name}")));
            }
            named.push((UploadName::parse(&name)?, content));
        }
        let raw = self.raw();
        let take = move || named.iter().map(|(name, bytes)| raw.upload(name, bytes, jiff::Timestamp::now())).collect();
        let taken: Vec<(RawEntry, bool)> = self.on_thread(move |_| take()).await?;
        for (entry, _) in &taken {
            self.note(Deed::Upload, &entry.name).await?;
        }
        Ok(taken)
    }

    /// The files that were uploaded and belong to the corpus, by name.
    ///
    /// # Errors
    /// `Unavailable` when the folder cannot be read.
    pub async fn uploads(&self) -> Result<Vec<Uploaded>> {
        let raw = self.raw();
        self.on_thread(move |_| raw.uploaded()).await
    }

    /// Takes an uploaded file out of the corpus, from the next build on; what it was stays among
    /// the raw files.
    ///
    /// # Errors
    /// `NotFound` where there is none of that name.
    pub async fn drop_upload(&self, name: &str) -> Result<()> {
        let missing = || Error::NotFound { resource: "file", id: name.to_owned() };
        let parsed = UploadName::parse(name).map_err(|_no_name| missing())?;
        let raw = self.raw();
        if !self.on_thread(move |_| raw.drop_upload(&parsed)).await? {
            return Err(missing());
        }
        self.note(Deed::DropUpload, name).await
    }

    fn raw(&self) -> RawStore {
        RawStore::new(&self.app.config().paths.data)
    }

    /// The complete generations, oldest first.
    pub fn generations(&self) -> Vec<GenerationView> {
        self.app.generations()
    }

    /// As [`App::activate`].
    ///
    /// # Errors
    /// As [`App::activate`].
    pub async fn activate(&self, id: String, confirm_removal: bool) -> Result<()> {
        let chosen = id.clone();
        self.on_thread(move |app| app.activate(&chosen, confirm_removal)).await?;
        self.app.settle_or_warn().await;
        self.note(Deed::Activate, &id).await
    }

    /// As [`App::rollback`].
    ///
    /// # Errors
    /// As [`App::rollback`].
    pub async fn roll_back(&self) -> Result<String> {
        let id = self.on_thread(App::rollback).await?;
        self.app.settle_or_warn().await;
        self.note(Deed::RollBack, &id).await?;
        Ok(id)
    }

    /// What a generation would touch that is stored, as [`App::touched_by`].
    ///
    /// # Errors
    /// As [`App::touched_by`].
    pub async fn touched_by(&self, release: &str) -> Result<Option<Touched>> {
        self.app.touched_by(release).await
    }

    /// As [`App::diff`].
    ///
    /// # Errors
    /// As [`App::diff`].
    pub async fn diff(&self, from: Option<String>, to: Option<String>) -> Result<DiffView> {
        self.on_thread(move |app| app.diff(from.as_deref(), to.as_deref())).await
    }

    /// Starts a build of the corpus.
    ///
    /// # Errors
    /// `Conflict` while another one runs, here or in another process.
    pub async fn start_build(&self, wish: BuildWish) -> Result<BuildView> {
        let view = self.begin(wish)?;
        self.note(Deed::Build, &view.id).await?;
        Ok(view)
    }

    fn begin(&self, wish: BuildWish) -> Result<BuildView> {
        let mut builds = self.builds();
        if builds.known.iter().any(|build| build.borrow().state == BuildState::Running) {
            return Err(Error::Conflict("another build is under way".to_owned()));
        }
        // Taken once to answer at once; the build takes it again.
        drop(self.app.store().lock_for_building()?);
        builds.started += 1;
        let now = jiff::Timestamp::now();
        let view = BuildView {
            id: format!("{}-{}", now.strftime("%Y%m%dT%H%M%SZ"), builds.started),
            state: BuildState::Running,
            stage: "starting".to_owned(),
            bytes_done: 0,
            bytes_total: 0,
            outcome: None,
            error: None,
        };
        let (sender, receiver) = watch::channel(view.clone());
        let app = self.app.clone();
        let runtime = tokio::runtime::Handle::try_current().ok();
        std::thread::Builder::new()
            .name("build".to_owned())
            .spawn(move || run_build(&app, wish, sender, runtime))
            .map_err(|e| Error::Internal(anyhow::Error::new(e).context("starting a build")))?;
        builds.known.push_back(receiver);
        if BUILDS_MAX < builds.known.len() {
            builds.known.pop_front();
        }
        Ok(view)
    }

    /// A build, to be watched: it ends when its state is not `Running` or the sender is gone.
    ///
    /// # Errors
    /// `NotFound` for an id that is not remembered.
    pub fn build(&self, id: &str) -> Result<watch::Receiver<BuildView>> {
        let found = self.builds().known.iter().find(|build| build.borrow().id == id).cloned();
        found.ok_or_else(|| Error::NotFound { resource: "build", id: id.to_owned() })
    }

    /// Whether there is a generation to go back to.
    pub fn may_roll_back(&self) -> bool {
        self.app.store().has_before()
    }

    /// The builds remembered, newest first.
    pub fn known_builds(&self) -> Vec<BuildView> {
        self.builds().known.iter().rev().map(|build| build.borrow().clone()).collect()
    }

    fn builds(&self) -> std::sync::MutexGuard<'_, Builds> {
        self.app.0.admin.builds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does long work where admins' long work is done, one after the other.
    pub(super) async fn on_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (sender, receiver) = oneshot::channel();
        let app = self.app.clone();
        self.app.0.admin.pool.submit(move || {
            let _ = sender.send(work(&app));
        })?;
        receiver.await.map_err(|_| Error::Internal(anyhow::anyhow!("an admin's request was dropped")))?
    }
}

fn run_build(app: &App, wish: BuildWish, sender: watch::Sender<BuildView>, runtime: Option<tokio::runtime::Handle>) {
    let sender = Arc::new(sender);
    let progress = BuildProgress(sender.clone());
    let setup = Setup { app, packages: MissingPackages::Leave, progress: &progress };
    let mut options = setup.options();
    (options.activate, options.confirm_removal) = (wish.activate, wish.confirm_removal);
    // A panic must not leave a build that runs for ever.
    let built = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| setup.ingest_with(options)))
        .unwrap_or_else(|_| Err(Error::Internal(anyhow::anyhow!("the build panicked"))));
    // Who hears that it is done finds precedents retired already.
    if let (Ok((_, report)), Some(runtime)) = (&built, runtime)
        && report.active
    {
        runtime.block_on(app.settle_or_warn());
    }
    sender.send_modify(|view| match built {
        Ok((files, report)) => {
            view.state = BuildState::Done;
            view.stage = "done".to_owned();
            view.outcome = Some(BuildOutcome {
                held_back: report.held_back.map(|removal| app.removal_text(&report.manifest.id, removal)),
                generation: report.manifest.id,
                unchanged: report.unchanged,
                active: report.active,
                passages_encoded: report.passages_encoded,
                problems: files.iter().map(|file| file.problems.len()).sum(),
            });
        }
        Err(error) => {
            if let Error::Internal(cause) = &error {
                tracing::error!("a build failed: {cause:#}");
            }
            view.state = BuildState::Failed;
            view.error = Some(match error {
                Error::Internal(_) => "internal error, see the log".to_owned(),
                error => error.to_string(),
            });
        }
    });
    app.fill_behind();
}

/// Progress to whoever watches.
struct BuildProgress(Arc<watch::Sender<BuildView>>);

impl Progress for BuildProgress {
    fn start(&self, what: &str, bytes_total: u64) {
        self.0.send_modify(|view| {
            (view.stage, view.bytes_done, view.bytes_total) = (what.to_owned(), 0, bytes_total);
        });
    }

    fn advance(&self, bytes: u64) {
        self.0.send_modify(|view| view.bytes_done += bytes);
    }

    fn finish(&self) {}

    fn stage(&self, what: &str) {
        self.start(what, 0);
    }
}
