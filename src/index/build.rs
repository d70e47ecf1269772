/*!
Building a generation: documents -> folder -> verified -> active.
*/

use std::{fs, path::Path};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

use super::{
    Generation, GenerationStore,
    cache::VectorCache,
    generation::{ACCENTS_FILE, DOCUMENTS_FILE, Layout, VECTORS_FILE, WORDS_FOLDER},
    manifest::{FORMAT_VERSION, FileEntry, Manifest},
    store::unusable,
    stored, vectors,
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
/// Passages encoded between two writes of the cache and progress reports.
const PASSAGES_PER_STEP: usize = 64;
/// Folder of the vector caches within the data folder.
const CACHE_FOLDER: &str = "cache";

/// What a build did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildReport {
    /// The generation built and activated.
    pub manifest: Manifest,
    /// Passages that had to be encoded; the others came from the cache.
    pub passages_encoded: usize,
    /// Whether the active generation was the same corpus and model already: nothing was built.
    pub unchanged: bool,
}

/// Builds a generation of the corpus and activates it, or finds that the active one is it.
///
/// # Errors
/// `Invalid` for a corpus without articles, `Conflict` while another build runs,
/// `Unavailable` when the disk is full or not writable. The active generation stays.
pub fn build(
    store: &GenerationStore,
    corpus: &Corpus,
    embedder: Option<&dyn Embedder>,
    built_at: jiff::Timestamp,
    progress: &dyn Progress,
) -> Result<BuildReport> {
    let layout = Layout::of(&corpus.documents);
    if layout.articles.is_empty() {
        return Err(Error::invalid("corpus", "no article was found in it; `congdoan corpus check` says why"));
    }
    let _lock = store.lock_for_building()?;
    let corpus_sha256 = corpus_hash(&corpus.documents);
    let embedder_id = embedder.map(|e| e.id().to_owned());
    if let Some(id) = store.active_id()
        && let Ok(active) = store.current()
        && active.manifest.id == id
        && active.manifest.corpus_sha256 == corpus_sha256
        && active.manifest.embedder == embedder_id
    {
        return Ok(BuildReport { manifest: active.manifest.clone(), passages_encoded: 0, unchanged: true });
    }
    let id = format!("{}-{}", built_at.strftime("%Y%m%dT%H%M%SZ"), &corpus_sha256[..8]);
    let folder = store.building_folder(&id);
    let mut builder =
        Builder { store, folder: &folder, documents: &corpus.documents, layout: &layout, embedder, progress };
    let result = builder.write(&id, &corpus_sha256, built_at);
    let (manifest, passages_encoded) = match result {
        Ok(done) => done,
        Err(error) => {
            // What was there stays; the half-built folder goes.
            let _ = fs::remove_dir_all(&folder);
            return Err(classify(store.data(), error));
        }
    };
    fs::rename(&folder, store.folder(&id)).map_err(|e| unusable(store.data(), &e))?;
    store.activate(&id)?;
    Ok(BuildReport { manifest, passages_encoded, unchanged: false })
}

/// A full disk and the like are the environment's; the rest is ours.
fn classify(data: &Path, error: anyhow::Error) -> Error {
    let io = error.chain().find_map(|cause| cause.downcast_ref::<std::io::Error>().map(|e| (e.kind(), e.to_string())));
    match io {
        Some((_, message)) => unusable(data, &std::io::Error::other(message)),
        None => Error::Internal(error.context("building the index")),
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

struct Builder<'a> {
    store: &'a GenerationStore,
    folder: &'a Path,
    documents: &'a [Document],
    layout: &'a Layout,
    embedder: Option<&'a dyn Embedder>,
    progress: &'a dyn Progress,
}

impl Builder<'_> {
    fn write(&mut self, id: &str, corpus_sha256: &str, built_at: jiff::Timestamp) -> anyhow::Result<(Manifest, usize)> {
        fs::create_dir_all(self.folder)?;
        stored::write(&self.folder.join(DOCUMENTS_FILE), self.documents)?;
        let texts = self.layout.articles.iter().map(|a| Generation::words_text(&self.documents[a.document], a.node));
        WordsIndex::build(&self.folder.join(WORDS_FOLDER), texts).context("writing the words index")?;
        fs::write(self.folder.join(ACCENTS_FILE), self.accents().to_rows())?;
        let mut encoded = 0;
        if let Some(embedder) = self.embedder {
            let (all, new) = self.encode(embedder)?;
            encoded = new;
            vectors::write(&self.folder.join(VECTORS_FILE), embedder.dimensions(), &all)?;
        }
        let manifest = Manifest {
            format_version: FORMAT_VERSION,
            id: id.to_owned(),
            corpus_sha256: corpus_sha256.to_owned(),
            built_at: built_at.to_string(),
            embedder: self.embedder.map(|e| e.id().to_owned()),
            dimensions: self.embedder.map_or(0, Embedder::dimensions),
            documents: self.documents.len(),
            articles: self.layout.articles.len(),
            passages: self.layout.passages.len(),
            files: file_entries(self.folder)?,
        };
        manifest.write(self.folder)?;
        verify(self.folder).context("verifying the new generation")?;
        Ok((manifest, encoded))
    }

    fn accents(&self) -> AccentModel {
        let mut model = AccentModel::default();
        for document in self.documents {
            model.add(&document.meta.title, 1);
            model.add(document.text(), 1);
        }
        for sentence in EVERYDAY.lines() {
            model.add(sentence, EVERYDAY_WEIGHT);
        }
        model.finish();
        model
    }

    /// Vectors of all passages and how many of them had to be made.
    fn encode(&self, embedder: &dyn Embedder) -> anyhow::Result<(Vec<Vec<f32>>, usize)> {
        let mut cache = VectorCache::open(&self.store.data().join(CACHE_FOLDER), embedder.id(), embedder.dimensions())?;
        let texts: Vec<String> = self
            .layout
            .passages
            .iter()
            .map(|entry| entry.passage.encoder_text(&self.documents[entry.document]))
            .collect();
        let keys: Vec<_> = texts.iter().map(|text| VectorCache::key(text)).collect();
        let mut missing: Vec<usize> = (0..texts.len()).filter(|i| cache.get(&keys[*i]).is_none()).collect();
        let mut seen = std::collections::HashSet::new();
        missing.retain(|i| seen.insert(keys[*i]));
        // Passages of like length together: little padding, and steady progress.
        missing.sort_by_key(|i| texts[*i].len());
        self.progress.start("encoding passages", missing.iter().map(|i| texts[*i].len() as u64).sum());
        for step in missing.chunks(PASSAGES_PER_STEP) {
            let batch: Vec<&str> = step.iter().map(|i| texts[*i].as_str()).collect();
            let made = embedder.embed_passages(&batch)?;
            anyhow::ensure!(made.len() == batch.len(), "{} vectors for {} passages", made.len(), batch.len());
            for (index, vector) in step.iter().zip(made) {
                cache.put(keys[*index], vector)?;
            }
            cache.flush()?;
            self.progress.advance(batch.iter().map(|text| text.len() as u64).sum());
        }
        self.progress.finish();
        let all = keys
            .iter()
            .map(|key| cache.get(key).cloned().context("a passage has no vector"))
            .collect::<Result<_, _>>()?;
        Ok((all, missing.len()))
    }
}

fn file_entries(folder: &Path) -> anyhow::Result<std::collections::BTreeMap<String, FileEntry>> {
    let mut entries = std::collections::BTreeMap::new();
    for name in [DOCUMENTS_FILE, ACCENTS_FILE, VECTORS_FILE] {
        let path = folder.join(name);
        if path.exists() {
            fs::File::open(&path)?.sync_all()?;
            let sha256 = crate::fetch::sha256_hex(&path, &crate::fetch::Silent).map_err(|e| anyhow::anyhow!("{e}"))?;
            entries.insert(name.to_owned(), FileEntry { bytes: fs::metadata(&path)?.len(), sha256 });
        }
    }
    Ok(entries)
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
