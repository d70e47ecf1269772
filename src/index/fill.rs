/*!
Vectors for the passages of a generation, in passage order.

A build that has few passages to encode encodes them before it is activated. One with many is
activated with words alone and filled afterwards, in the background or by a later run: every
window of passages becomes searchable when it is written. Filling stops when another
generation becomes active, and starts again where it stopped.
*/

use std::{collections::HashSet, path::Path};

use anyhow::{Context as _, ensure};

use super::{
    Generation, GenerationStore,
    build::file_entry,
    cache::{Key, VectorCache},
    generation::{Layout, VECTORS_FILE},
    store::classify,
    vectors::{Vectors, VectorsWriter},
};
use crate::{embed::Embedder, error::Result, fetch::Progress, law::Document};

/// Passages encoded between two writes of the cache and progress reports.
const PASSAGES_PER_STEP: usize = 64;
/// Passages that become searchable together.
const PASSAGES_PER_WINDOW: usize = 512;
/// Folder of the vector caches within the data folder.
const CACHE_FOLDER: &str = "cache";

/// How filling ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filled {
    /// Every passage has its vector; so many had to be encoded.
    Complete(usize),
    /// Another generation became active; so many were encoded.
    Stopped(usize),
}

impl Filled {
    /// Passages encoded.
    pub fn encoded(self) -> usize {
        match self {
            Self::Complete(encoded) | Self::Stopped(encoded) => encoded,
        }
    }
}

/// Encodes what the cache does not hold.
pub(super) struct Encoder<'a> {
    pub(super) embedder: &'a dyn Embedder,
    pub(super) cache: VectorCache,
    pub(super) progress: &'a dyn Progress,
    pub(super) encoded: usize,
}

impl<'a> Encoder<'a> {
    /// An encoder over the cache of a data folder.
    pub(super) fn open(data: &Path, embedder: &'a dyn Embedder, progress: &'a dyn Progress) -> anyhow::Result<Self> {
        let cache = VectorCache::open(&data.join(CACHE_FOLDER), embedder.id(), embedder.dimensions())?;
        Ok(Self { embedder, cache, progress, encoded: 0 })
    }

    /// Length of all passages that are to be encoded, in bytes, and how many they are.
    pub(super) fn missing(&self, documents: &[Document], layout: &Layout, from: usize) -> (u64, usize) {
        let mut seen: HashSet<Key> = HashSet::new();
        let (mut bytes, mut count) = (0, 0);
        for passage in from..layout.passages.len() {
            let text = encoder_text(documents, layout, passage);
            let key = VectorCache::key(&text);
            if !self.cache.holds(&key) && seen.insert(key) {
                bytes += text.len() as u64;
                count += 1;
            }
        }
        (bytes, count)
    }

    /// Appends the vectors of all passages the file does not hold yet, a window at a time,
    /// while `go_on` says so. False when it said no.
    pub(super) fn append(
        &mut self,
        writer: &mut VectorsWriter,
        documents: &[Document],
        layout: &Layout,
        go_on: &dyn Fn() -> bool,
    ) -> anyhow::Result<bool> {
        while writer.written() < layout.passages.len() {
            let first = writer.written();
            let window = first..layout.passages.len().min(first + PASSAGES_PER_WINDOW);
            let texts: Vec<String> = window.map(|passage| encoder_text(documents, layout, passage)).collect();
            let keys: Vec<Key> = texts.iter().map(|text| VectorCache::key(text)).collect();
            if !self.encode(&texts, &keys, go_on)? {
                return Ok(false);
            }
            for key in &keys {
                writer.push(self.cache.get(key).context("a passage has no vector")?)?;
            }
            writer.publish()?;
        }
        Ok(true)
    }

    /// Drops cached vectors where most belong to no passage, neither of these documents nor of
    /// the generations kept, to which an admin may go back.
    pub(super) fn tidy(
        &mut self,
        store: &GenerationStore,
        documents: &[Document],
        layout: &Layout,
    ) -> anyhow::Result<()> {
        let kept: Vec<_> = store.list();
        // Opening them takes time and memory: only where it must pay.
        let most = layout.passages.len() + kept.iter().map(|manifest| manifest.passages).sum::<usize>();
        if self.cache.records() <= 2 * most {
            return Ok(());
        }
        let mut used = keys(documents, layout);
        for manifest in kept {
            let generation = store.open_generation(&manifest.id)?;
            used.extend(keys(generation.all_documents(), &generation.layout));
        }
        self.cache.compact(&used).map(drop)
    }

    fn encode(&mut self, texts: &[String], keys: &[Key], go_on: &dyn Fn() -> bool) -> anyhow::Result<bool> {
        let mut missing: Vec<usize> = (0..texts.len()).filter(|i| !self.cache.holds(&keys[*i])).collect();
        let mut seen = HashSet::new();
        missing.retain(|i| seen.insert(keys[*i]));
        // Passages of like length together: little padding, and steady progress.
        missing.sort_by_key(|i| texts[*i].len());
        for step in missing.chunks(PASSAGES_PER_STEP) {
            if !go_on() {
                return Ok(false);
            }
            let batch: Vec<&str> = step.iter().map(|i| texts[*i].as_str()).collect();
            let made = self.embedder.embed_passages(&batch)?;
            ensure!(made.len() == batch.len(), "{} vectors for {} passages", made.len(), batch.len());
            for (index, vector) in step.iter().zip(made) {
                self.cache.put(keys[*index], vector)?;
            }
            self.cache.flush()?;
            self.encoded += batch.len();
            self.progress.advance(batch.iter().map(|text| text.len() as u64).sum());
        }
        Ok(true)
    }
}

fn keys(documents: &[Document], layout: &Layout) -> HashSet<Key> {
    (0..layout.passages.len()).map(|passage| VectorCache::key(&encoder_text(documents, layout, passage))).collect()
}

fn encoder_text(documents: &[Document], layout: &Layout, passage: usize) -> String {
    let entry = &layout.passages[passage];
    entry.passage.encoder_text(&documents[entry.document])
}

/// Gives the active generation the vectors it lacks.
///
/// # Errors
/// `Conflict` while another process does, `Unavailable` when there is no generation or the
/// disk is full. What was encoded is kept.
pub fn fill(store: &GenerationStore, embedder: &dyn Embedder, progress: &dyn Progress) -> Result<Filled> {
    let generation = store.current()?;
    let wanted = generation.manifest.embedder.as_deref() == Some(embedder.id());
    if !wanted || !generation.manifest.awaits_vectors() {
        return Ok(Filled::Complete(0));
    }
    let _lock = store.lock_for_filling()?;
    let id = generation.manifest.id.as_str();
    let go_on = || store.active_id().as_deref() == Some(id);
    fill_generation(store, &generation, embedder, &go_on, progress)
        .map_err(|error| classify(store.data(), error, "encoding passages"))
}

fn fill_generation(
    store: &GenerationStore,
    generation: &Generation,
    embedder: &dyn Embedder,
    go_on: &dyn Fn() -> bool,
    progress: &dyn Progress,
) -> anyhow::Result<Filled> {
    let folder = store.folder(&generation.manifest.id);
    let path = folder.join(VECTORS_FILE);
    let (documents, layout) = (generation.all_documents(), &generation.layout);
    let mut writer = VectorsWriter::resume(&path, &Vectors::open(&path)?)?;
    let mut encoder = Encoder::open(store.data(), embedder, progress)?;
    progress.start("encoding passages", encoder.missing(documents, layout, writer.written()).0);
    let complete = encoder.append(&mut writer, documents, layout, go_on);
    progress.finish();
    writer.finish()?;
    if !complete? {
        return Ok(Filled::Stopped(encoder.encoded));
    }
    // Another process may have completed it, and this one read the manifest before.
    let mut manifest = super::Manifest::read(&folder)?;
    manifest.files.insert(VECTORS_FILE.to_owned(), file_entry(&path)?);
    manifest.write(&folder)?;
    Ok(Filled::Complete(encoder.encoded))
}
