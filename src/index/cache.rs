/*!
Vectors by content: what was encoded once is not encoded again by a later build.

One append-only file an embedder: records of the SHA-256 of the encoder text and the vector.
The vectors stay in the file, memory-mapped; in memory is only where each lies, some 40 bytes
a record. Records are appended under a lock, so that a build and a process that fills in
vectors may share the file; one cut short by a crash is dropped before the next is appended.
*/

use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use super::vectors::Mapped;
use crate::law::label::document_slug;

/// Bytes of a key within a record.
const KEY_BYTES: usize = 32;

/// SHA-256 of an encoder text.
pub type Key = [u8; KEY_BYTES];

/// The opened cache of one embedder.
pub struct VectorCache {
    path: PathBuf,
    dimensions: usize,
    file: File,
    /// Where a key's record lies. Half of a SHA-256 tells texts apart as well as all of it.
    places: HashMap<[u8; 16], u32>,
    /// Records read so far, of which `map` holds all.
    records: usize,
    map: Option<Mapped>,
    /// Records to be appended by the next flush.
    pending: Vec<(Key, Vec<f32>)>,
}

impl VectorCache {
    /// Opens or begins the cache of `embedder` in `folder`.
    ///
    /// # Errors
    /// When the folder or file cannot be read or written.
    pub fn open(folder: &Path, embedder: &str, dimensions: usize) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)?;
        let path = folder.join(format!("{}-{dimensions}.vec", document_slug(embedder)));
        let file = OpenOptions::new().create(true).read(true).append(true).open(&path)?;
        let (places, pending) = (HashMap::new(), Vec::new());
        let mut cache = Self { path, dimensions, file, places, records: 0, map: None, pending };
        cache.read_on()?;
        Ok(cache)
    }

    /// Key of an encoder text.
    pub fn key(text: &str) -> Key {
        Sha256::digest(text.as_bytes()).into()
    }

    /// How many vectors are kept.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Whether a key was encoded before.
    pub fn holds(&self, key: &Key) -> bool {
        self.places.contains_key(&short(key))
    }

    /// The vector of a key, if it was encoded before and flushed.
    pub fn get(&self, key: &Key) -> Option<&[f32]> {
        let at = *self.places.get(&short(key))? as usize;
        let start = at * self.record_bytes();
        Some(self.map.as_ref()?.floats(start + KEY_BYTES..start + self.record_bytes()))
    }

    /// Keeps a vector, from the next flush on.
    ///
    /// # Errors
    /// When it is of other dimensions.
    pub fn put(&mut self, key: Key, vector: Vec<f32>) -> anyhow::Result<()> {
        let length = vector.len();
        anyhow::ensure!(length == self.dimensions, "vector of {length} dimensions in `{}`", self.path.display());
        self.pending.push((key, vector));
        Ok(())
    }

    /// Appends what is kept, and reads what another process appended meanwhile.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn flush(&mut self) -> anyhow::Result<()> {
        let mut bytes = Vec::with_capacity(self.pending.len() * self.record_bytes());
        for (key, vector) in self.pending.drain(..) {
            bytes.extend_from_slice(&key);
            vector.iter().for_each(|value| bytes.extend_from_slice(&value.to_le_bytes()));
        }
        self.file.lock()?;
        let appended = self.append(&bytes);
        self.file.unlock()?;
        appended?;
        self.read_on()
    }

    /// Under the lock nobody else is appending: what does not make a record is a crash's.
    fn append(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        let record = self.record_bytes() as u64;
        let length = self.file.metadata()?.len();
        if !length.is_multiple_of(record) {
            self.file.set_len(length / record * record)?;
        }
        Ok(self.file.write_all(bytes)?)
    }

    /// Maps the file as far as it goes and notes where its new records lie.
    fn read_on(&mut self) -> anyhow::Result<()> {
        let record = self.record_bytes();
        let records = usize::try_from(self.file.metadata()?.len())? / record;
        if records <= self.records {
            return Ok(());
        }
        let map = Mapped::open(&self.file, records * record)?;
        for at in self.records..records {
            let mut key = Key::default();
            key.copy_from_slice(&map.bytes()[at * record..at * record + KEY_BYTES]);
            self.places.insert(short(&key), u32::try_from(at)?);
        }
        (self.records, self.map) = (records, Some(map));
        Ok(())
    }

    fn record_bytes(&self) -> usize {
        KEY_BYTES + 4 * self.dimensions
    }
}

fn short(key: &Key) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&key[..16]);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_survive_reopening_and_a_torn_record_does_not_hurt() {
        let folder = tempfile::tempdir().unwrap();
        let key = VectorCache::key("a");
        let mut cache = VectorCache::open(folder.path(), "m/1", 2).unwrap();
        cache.put(key, vec![0.6, 0.8]).unwrap();
        cache.flush().unwrap();
        let path = cache.path.clone();
        drop(cache);
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"torn").unwrap();
        let mut cache = VectorCache::open(folder.path(), "m/1", 2).unwrap();
        assert_eq!(cache.get(&key), Some([0.6, 0.8].as_slice()));
        cache.put(VectorCache::key("b"), vec![1.0, 0.0]).unwrap();
        cache.flush().unwrap();
        let cache = VectorCache::open(folder.path(), "m/1", 2).unwrap();
        assert_eq!((cache.len(), cache.get(&VectorCache::key("b"))), (2, Some([1.0, 0.0].as_slice())));
    }

    #[test]
    fn two_writers_share_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut caches = [(); 2].map(|()| VectorCache::open(folder.path(), "m", 2).unwrap());
        for round in 0..10 {
            for (writer, cache) in caches.iter_mut().enumerate() {
                cache.put(VectorCache::key(&format!("{writer} {round}")), vec![writer as f32, round as f32]).unwrap();
                cache.flush().unwrap();
            }
        }
        caches[0].flush().unwrap();
        assert_eq!(caches[0].len(), 20);
        assert_eq!(caches[0].get(&VectorCache::key("1 7")), Some([1.0, 7.0].as_slice()));
    }
}
