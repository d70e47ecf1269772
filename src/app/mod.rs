/*!
Composition root: what the rims (`http`, `web`, `cli`) may ask of the program.

Owns the wiring of store, models and workers. A missing model or index degrades what needs
it, loudly, and leaves the rest at work.
*/

pub mod admin;
mod admission;
mod asking;
mod code_lists;
mod community;
mod conversations;
mod courses;
mod desk;
mod fingerprint;
mod health;
mod identity;
mod law_views;
mod mail;
mod most_asked;
mod people;
mod quality;
mod random;
mod reading;
mod reload;
mod runs;
mod search_notes;
mod secret;
mod setup;
mod stored;
mod support;
pub mod types;
mod versions;

use std::sync::{Arc, RwLock, atomic::AtomicUsize};

use jiff::{
    civil::Date,
    tz::{Offset, TimeZone},
};
use tokio::sync::oneshot;

pub use asking::{Asking, Context};
pub use code_lists::CodeList;
pub use community::CardWish;
pub use conversations::{CONVERSATION_QUESTIONS_MAX, Conversations, Owner};
pub use desk::{CaseView, Claim, ClauseBeside};
pub use health::{DiskSpace, HealthView, JobState, Look, Waiting, content_look};
pub use identity::AskerView;
pub use most_asked::AskedTopic;
pub use quality::{MovedQuestion, QualityView, RetrievalView};
pub use reload::{DiffView, GenerationView};
pub use runs::{Reader, Survival};
pub use setup::{MissingPackages, Setup};
pub use types::*;

use crate::{
    config::{ADMIN_TOKEN_BYTES_MIN, Config, GeneratorKind},
    embed::Embedder,
    engine::Pool,
    error::{Error, Result},
    generate::Generator,
    index::{Generation, GenerationStore},
    ingest::KnownDocuments,
    retrieve,
};

/// Hours of Vietnam's clock ahead of UTC: deadlines of the law run on it.
const VIETNAM_UTC_OFFSET_HOURS: i8 = 7;
/// Suggested wait when stage (a) is overloaded, in seconds.
const ASK_RETRY_AFTER_S: u32 = 2;
/// Suggested wait when the model is overloaded, in seconds.
const GENERATE_RETRY_AFTER_S: u32 = 15;

/// A model that is there, or why it is not.
enum Slot<T: ?Sized> {
    Loading,
    Ready(Arc<T>),
    Missing(String),
}

impl<T: ?Sized> Slot<T> {
    fn get(&self) -> Option<Arc<T>> {
        match self {
            Self::Ready(value) => Some(value.clone()),
            Self::Loading | Self::Missing(_) => None,
        }
    }

    fn state(&self, part: &'static str) -> PartState {
        let degraded = match self {
            Self::Ready(_) => None,
            Self::Loading => Some("đang nạp".to_owned()),
            Self::Missing(why) => Some(why.clone()),
        };
        PartState { part, degraded }
    }
}

struct Inner {
    config: Config,
    store: GenerationStore,
    known: KnownDocuments,
    embedder: RwLock<Slot<dyn Embedder>>,
    generator: RwLock<Slot<dyn Generator>>,
    ask_pool: Pool,
    /// Pages of the law: who reads does not wait behind those who ask.
    read_pool: Pool,
    generate_pool: Pool,
    /// Answers waiting for the model.
    generate_waiting: AtomicUsize,
    runs: runs::Runs,
    conversations: Box<dyn Conversations>,
    admin: admin::AdminState,
    admission: admission::Admission,
    /// What callers of OpenAI's interface must show, where anything.
    api_key: Option<secret::Wanted>,
    filling: reload::Filling,
    jobs: health::Jobs,
    stored: RwLock<stored::StoredSlot>,
    fixed_today: Option<Date>,
}

/// The program, to be cloned freely.
#[derive(Clone)]
pub struct App(Arc<Inner>);

impl App {
    /// Opens the data folder and starts the workers; models are attached afterwards.
    ///
    /// # Errors
    /// `Unavailable` when the data folder cannot be used.
    pub fn open(config: Config) -> Result<Self> {
        Self::open_on(config, None)
    }

    /// Like [`open`](Self::open) with a fixed day as today: for tests.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_on(config: Config, fixed_today: Option<Date>) -> Result<Self> {
        let limits = &config.limits;
        let ask_pool = Pool::start("ask", limits.ask_workers, limits.ask_queue_requests_max, ASK_RETRY_AFTER_S)?;
        let read_pool = Pool::start("read", limits.ask_workers, limits.ask_queue_requests_max, ASK_RETRY_AFTER_S)?;
        // One model here, one thread: a second generation would halve the speed of the first. A
        // server takes several.
        let generate_workers = match &config.generator {
            GeneratorKind::OpenAi(remote) => remote.requests_at_once_max,
            GeneratorKind::Candle | GeneratorKind::None => 1,
        };
        let generate_pool =
            Pool::start("generate", generate_workers, limits.generate_queue_requests_max, GENERATE_RETRY_AFTER_S)?;
        let store = GenerationStore::open(&config.paths.data)?;
        let known = KnownDocuments::built_in()?;
        let admin = admin::AdminState::start(&config.admin)?;
        let admission = admission::Admission::new(&config.limits);
        let (key, key_file) = (config.api.key.as_ref(), config.api.key_file.as_ref());
        let api_key = secret::load("api.key", key, key_file, ADMIN_TOKEN_BYTES_MIN)?;
        let missing = || "chưa nạp mô hình".to_owned();
        Ok(Self(Arc::new(Inner {
            config,
            store,
            known,
            embedder: RwLock::new(Slot::Missing(missing())),
            generator: RwLock::new(Slot::Missing(missing())),
            ask_pool,
            read_pool,
            generate_pool,
            generate_waiting: AtomicUsize::new(0),
            runs: runs::Runs::default(),
            conversations: Box::new(conversations::MemoryConversations::default()),
            admin,
            admission,
            api_key: api_key.as_ref().map(secret::Wanted::new),
            filling: reload::Filling::default(),
            jobs: health::Jobs::default(),
            stored: RwLock::default(),
            fixed_today,
        })))
    }

    /// The settings in force.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The generations.
    pub fn store(&self) -> &GenerationStore {
        &self.0.store
    }

    /// Attaches an embedder.
    pub fn set_embedder(&self, embedder: Arc<dyn Embedder>) {
        *write(&self.0.embedder) = Slot::Ready(embedder);
    }

    /// Attaches a generator.
    pub fn set_generator(&self, generator: Arc<dyn Generator>) {
        *write(&self.0.generator) = Slot::Ready(generator);
    }

    /// The embedder, if it is there.
    pub fn embedder(&self) -> Option<Arc<dyn Embedder>> {
        read(&self.0.embedder).get()
    }

    /// The generator, if it is there.
    pub fn generator(&self) -> Option<Arc<dyn Generator>> {
        read(&self.0.generator).get()
    }

    /// Today in Vietnam.
    pub fn today(&self) -> Date {
        self.0.fixed_today.unwrap_or_else(today_in_vietnam)
    }

    /// Whether a caller of OpenAI's interface may: everybody where no key is set.
    ///
    /// # Errors
    /// `Unauthenticated` for another key or none.
    pub fn may_complete(&self, key: Option<&str>) -> Result<()> {
        match &self.0.api_key {
            Some(wanted) if !wanted.accepts(key) => Err(Error::Unauthenticated),
            _ => Ok(()),
        }
    }

    /// Searches on an ask worker.
    ///
    /// # Errors
    /// `Overloaded` when the queue is full, `Unavailable` when there is no index.
    pub async fn search(&self, request: SearchRequest) -> Result<SearchView> {
        let (sender, receiver) = oneshot::channel();
        let app = self.clone();
        self.0.ask_pool.submit(move || {
            let _ = sender.send(app.search_blocking(&request));
        })?;
        receiver.await.map_err(|_| Error::Internal(anyhow::anyhow!("the search was dropped")))?
    }

    /// The day whose law answers a question: the one asked for, though it be today; else the one
    /// the question itself speaks of; else today.
    fn day_of(&self, generation: &Generation, question: &str, as_of: Option<Date>) -> Date {
        if let Some(as_of) = as_of {
            return as_of;
        }
        let today = self.today();
        let Some(asked) = retrieve::understand::asked_day(question) else { return today };
        // A day of which no law is held tells more of the question's words than of the law.
        let is_held = generation.documents().any(|(_, document)| document.meta.validity.in_force_on(asked));
        if is_held { asked } else { today }
    }

    /// Searches on this thread.
    ///
    /// # Errors
    /// `Unavailable` when there is no index.
    pub fn search_blocking(&self, request: &SearchRequest) -> Result<SearchView> {
        let generation = self.law_for(&request.audience)?;
        let embedder = self.embedder();
        let hits_max = request.hits_max.min(self.0.config.limits.hits_max);
        let as_of = self.day_of(&generation, request.query.as_str(), request.as_of);
        let outcome = retrieve::search(&generation, embedder.as_deref(), request.query.as_str(), as_of, hits_max)
            .map_err(Error::Internal)?;
        Ok(law_views::search_view(&generation, request, as_of, outcome, hits_max))
    }

    /// Index, embedder, generator: ready, or degraded and why.
    pub fn parts(&self) -> Vec<PartState> {
        let generation = self.0.store.current();
        let index = PartState { part: "index", degraded: generation.as_ref().err().map(ToString::to_string) };
        let mut embedder = read(&self.0.embedder).state("embedder");
        if let (None, Ok(generation), Some(loaded)) = (&embedder.degraded, &generation, self.embedder())
            && generation.manifest.embedder.as_deref() != Some(loaded.id())
        {
            let built_with = generation.manifest.embedder.as_deref().unwrap_or("không có véc-tơ");
            embedder.degraded =
                Some(format!("chỉ mục dựng bằng `{built_with}`, mô hình đang nạp là `{}`", loaded.id()));
        }
        let mut parts = vec![index, embedder];
        parts.extend(self.writing_parts());
        let ready = generation.ok().and_then(|generation| generation.vectors_ready());
        if let Some((ready, total)) = ready.filter(|(ready, total)| ready < total) {
            let why = format!("đang mã hóa để tìm theo nghĩa: {ready}/{total} đoạn; phần còn lại mới tìm được theo từ");
            parts.push(PartState { part: "vectors", degraded: Some(why) });
        }
        parts.extend(read(&self.0.stored).state());
        parts
    }

    /// The generator, and the server behind it where it fails and another model writes.
    fn writing_parts(&self) -> Vec<PartState> {
        let mut generator = read(&self.0.generator).state("generator");
        match self.generator().and_then(|generator| generator.degraded()) {
            Some(degraded) if degraded.still_writes => {
                vec![generator, PartState { part: "upstream", degraded: Some(degraded.why) }]
            }
            Some(degraded) => {
                generator.degraded = Some(degraded.why);
                vec![generator]
            }
            None => vec![generator],
        }
    }

    /// Id of the active generation.
    pub fn corpus_release(&self) -> Option<String> {
        self.0.store.current().ok().map(|generation| generation.manifest.id.clone())
    }
}

/// The day it is in Vietnam.
pub fn today_in_vietnam() -> Date {
    let zone = TimeZone::fixed(Offset::constant(VIETNAM_UTC_OFFSET_HOURS));
    zone.to_datetime(jiff::Timestamp::now()).date()
}

fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(std::sync::PoisonError::into_inner)
}
