/*!
Building a generation: documents -> folder -> verified -> kept -> active.

A build is kept whether or not it is activated. It is not activated when the caller did not
want it, or when it lacks more of the active generation's provisions than may go unconfirmed.
*/

use std::{fs, path::Path};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

use super::{
    Generation, GenerationStore,
    fill::Encoder,
    generation::{ACCENTS_FILE, DOCUMENTS_FILE, Layout, PROVISIONS_FILE, REPORT_FILE, VECTORS_FILE, WORDS_FOLDER},
    manifest::{FORMAT_VERSION, FileEntry, Manifest},
    provisions::{self, Removal},
    report,
    store::{Choice, classify},
    stored,
    vectors::VectorsWriter,
    words::WordsIndex,
};
use crate::{
    embed::Embedder,
    error::{Error, Result},
    fetch::Progress,
    ingest::{Corpus, source::hex},
    law::{Document, accents::AccentModel},
};

/// Own everyday sentences, so that the accent model knows words no law uses.
const EVERYDAY: &str = include_str!("../../corpus/language/questions.txt");
/// How often an everyday sentence counts against a sentence of the law.
const EVERYDAY_WEIGHT: u32 = 20;

/// What is wanted of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildOptions {
    /// Whether it is to become the active generation.
    pub activate: bool,
    /// Whether any number of provisions may go.
    pub confirm_removal: bool,
    /// Share of the active generation's provisions that may go unconfirmed, in percent.
    pub removed_percent_max: usize,
    /// Passages encoded before it is activated; with more to encode, words come first.
    pub encode_first_passages_max: usize,
}

impl Default for BuildOptions {
    fn default() -> Self {
        Self { activate: true, confirm_removal: false, removed_percent_max: 5, encode_first_passages_max: 4_000 }
    }
}

/// What a build did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildReport {
    /// The generation built, or found built already.
    pub manifest: Manifest,
    /// Passages that had to be encoded; the others came from the cache or are awaited.
    pub passages_encoded: usize,
    /// Whether it was there already: nothing was built.
    pub unchanged: bool,
    /// Whether it is the active one now.
    pub active: bool,
    /// Why it was not activated though that was wanted: provisions that would go.
    pub held_back: Option<Removal>,
}

/// A build about to be made.
pub struct Build<'a> {
    /// Where to.
    pub store: &'a GenerationStore,
    /// What encodes; none: words alone.
    pub embedder: Option<&'a dyn Embedder>,
    /// When it is made; names the generation.
    pub built_at: jiff::Timestamp,
    /// What is wanted.
    pub options: BuildOptions,
    /// Told about long work.
    pub progress: &'a dyn Progress,
}

impl Build<'_> {
    /// Builds a generation of the corpus, or finds that there is one, and activates it.
    ///
    /// # Errors
    /// `Invalid` for a corpus without articles, `Conflict` while another build runs,
    /// `Unavailable` when the disk is full or not writable. The active generation stays.
    pub fn run(&self, corpus: Corpus) -> Result<BuildReport> {
        let layout = Layout::of(&corpus.documents);
        if layout.articles.is_empty() {
            return Err(Error::invalid("corpus", "no article was found in it; `congdoan corpus check` says why"));
        }
        let _lock = self.store.lock_for_building()?;
        let corpus_sha256 = corpus_hash(&corpus.documents);
        if let Some(manifest) = self.same(&corpus_sha256) {
            return self.conclude(manifest, 0, true);
        }
        let id = self.new_id(&corpus_sha256);
        let folder = self.store.building_folder(&id);
        let written = self.write(&folder, &id, &corpus, &layout, &corpus_sha256);
        // The whole corpus need not stand in memory twice while the new folder is opened.
        drop((corpus, layout));
        let verified = written.and_then(|written| {
            self.progress.stage("verifying the new generation");
            verify(&folder).context("verifying the new generation")?;
            Ok(written)
        });
        let (manifest, encoded) = match verified {
            Ok(done) => done,
            Err(error) => {
                // What was there stays; the half-built folder goes.
                let _ = fs::remove_dir_all(&folder);
                return Err(classify(self.store.data(), error, "building the index"));
            }
        };
        self.store.keep(&id)?;
        self.conclude(manifest, encoded, false)
    }

    /// Activates what was built, unless that is not wanted or too much would go.
    fn conclude(&self, manifest: Manifest, passages_encoded: usize, unchanged: bool) -> Result<BuildReport> {
        let mut report = BuildReport { manifest, passages_encoded, unchanged, active: false, held_back: None };
        let id = report.manifest.id.clone();
        let is_active = self.store.active_id().as_deref() == Some(id.as_str());
        if !self.options.activate {
            report.active = is_active;
            return Ok(report);
        }
        let removal = self.store.removal(&id);
        if !is_active && !self.options.confirm_removal && removal.exceeds(self.options.removed_percent_max) {
            report.held_back = Some(removal);
            return Ok(report);
        }
        if !is_active || self.store.pinned().is_some() {
            self.progress.stage("activating the generation");
            self.store.activate(&id, Choice::Latest)?;
            report.unchanged &= is_active;
        }
        report.active = true;
        Ok(report)
    }

    /// A complete generation of the same corpus, encoder and format, the active one first.
    fn same(&self, corpus_sha256: &str) -> Option<Manifest> {
        let embedder = self.embedder.map(Embedder::id);
        let active = self.store.active_id();
        let mut manifests = self.store.list();
        manifests.sort_by_key(|manifest| Some(&manifest.id) != active.as_ref());
        manifests
            .into_iter()
            .filter(|manifest| manifest.corpus_sha256 == corpus_sha256)
            // A model that is missing today is no reason to give up vectors that are there.
            .filter(|manifest| embedder.is_none() || manifest.embedder.as_deref() == embedder)
            .find(|manifest| {
                let folder = self.store.folder(&manifest.id);
                if Some(&manifest.id) == active.as_ref() {
                    self.store.current().is_ok_and(|current| current.manifest.id == manifest.id)
                } else {
                    verify(&folder).is_ok()
                }
            })
    }

    /// Times order generations; two builds of one second are told apart by a letter.
    fn new_id(&self, corpus_sha256: &str) -> String {
        let id = format!("{}-{}", self.built_at.strftime("%Y%m%dT%H%M%SZ"), &corpus_sha256[..8]);
        let tries = ('a'..='z').map(|letter| format!("{id}{letter}"));
        std::iter::once(id.clone()).chain(tries).find(|id| !self.store.folder(id).exists()).unwrap_or(id)
    }

    fn write(
        &self,
        folder: &Path,
        id: &str,
        corpus: &Corpus,
        layout: &Layout,
        corpus_sha256: &str,
    ) -> anyhow::Result<(Manifest, usize)> {
        let documents = &corpus.documents;
        self.progress.stage("writing documents and words");
        fs::create_dir_all(folder)?;
        stored::write(&folder.join(DOCUMENTS_FILE), documents)?;
        report::write(&folder.join(REPORT_FILE), &corpus.files)?;
        let hashes = provisions::hashes(documents);
        provisions::write(&folder.join(PROVISIONS_FILE), &hashes)?;
        let texts = layout.articles.iter().map(|a| Generation::words_text(&documents[a.document], a.node));
        WordsIndex::build(&folder.join(WORDS_FOLDER), texts).context("writing the words index")?;
        fs::write(folder.join(ACCENTS_FILE), accents(documents).to_rows())?;
        let mut files = vec![DOCUMENTS_FILE, REPORT_FILE, PROVISIONS_FILE, ACCENTS_FILE];
        let mut encoded = 0;
        if let Some(embedder) = self.embedder {
            let (new, complete) = self.vectors(embedder, folder, documents, layout)?;
            encoded = new;
            files.extend(complete.then_some(VECTORS_FILE));
        }
        let entries: anyhow::Result<_> =
            files.into_iter().map(|name| Ok((name.to_owned(), file_entry(&folder.join(name))?))).collect();
        let manifest = Manifest {
            format_version: FORMAT_VERSION,
            id: id.to_owned(),
            corpus_sha256: corpus_sha256.to_owned(),
            built_at: self.built_at.to_string(),
            embedder: self.embedder.map(|e| e.id().to_owned()),
            dimensions: self.embedder.map_or(0, Embedder::dimensions),
            documents: documents.len(),
            articles: layout.articles.len(),
            passages: layout.passages.len(),
            provisions: hashes.len(),
            files: entries?,
        };
        manifest.write(folder)?;
        Ok((manifest, encoded))
    }

    /// The vectors file: whole where little has to be encoded, else its beginning. How many
    /// were encoded, and whether it is whole.
    fn vectors(
        &self,
        embedder: &dyn Embedder,
        folder: &Path,
        documents: &[Document],
        layout: &Layout,
    ) -> anyhow::Result<(usize, bool)> {
        let path = folder.join(VECTORS_FILE);
        let mut writer = VectorsWriter::create(&path, embedder.dimensions(), layout.passages.len())?;
        let mut encoder = Encoder::open(self.store.data(), embedder, self.progress)?;
        let (bytes, missing) = encoder.missing(documents, layout, 0);
        let complete = missing <= self.options.encode_first_passages_max;
        if complete {
            self.progress.start("encoding passages", bytes);
            let appended = encoder.append(&mut writer, documents, layout, &|| true);
            self.progress.finish();
            appended?;
        }
        writer.finish()?;
        if complete {
            // The vectors are all there; a cache that stays too large is no reason to lose them.
            if let Err(e) = encoder.tidy(self.store, documents, layout) {
                tracing::warn!("the cache of vectors was not tidied: {e:#}");
            }
        }
        Ok((encoder.encoded, complete))
    }
}

/// SHA-256 over everything that makes the documents what they are.
fn corpus_hash(documents: &[Document]) -> String {
    let mut hash = Sha256::new();
    for document in documents {
        hash.update(format!("{FORMAT_VERSION} {} {:?}\n", document.id, document.meta));
        for node in document.nodes() {
            hash.update(format!("{} {} {:?}\n", node.path, node.start, node.validity));
        }
        hash.update(document.text());
    }
    hex(&hash.finalize())
}

fn accents(documents: &[Document]) -> AccentModel {
    let mut model = AccentModel::default();
    for document in documents {
        model.add(&document.meta.title, 1);
        model.add(document.text(), 1);
    }
    for sentence in EVERYDAY.lines() {
        model.add(sentence, EVERYDAY_WEIGHT);
    }
    model.finish();
    model
}

/// Length and hash of a file, which is on the disk when they are given.
pub(super) fn file_entry(path: &Path) -> anyhow::Result<FileEntry> {
    fs::File::open(path)?.sync_all()?;
    let sha256 = crate::fetch::sha256_hex(path, &crate::fetch::Silent).map_err(|e| anyhow::anyhow!("{e}"))?;
    Ok(FileEntry { bytes: fs::metadata(path)?.len(), sha256 })
}

/// Opens a generation's folder and checks every file's content.
///
/// # Errors
/// Naming what is damaged.
pub fn verify(folder: &Path) -> anyhow::Result<()> {
    let generation = Generation::open(folder)?;
    generation.manifest.check_files(folder, true)?;
    let damaged = generation.words.damaged_files()?;
    anyhow::ensure!(damaged.is_empty(), "damaged words index files: {}", damaged.join(", "));
    Ok(())
}
