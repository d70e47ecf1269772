/*!
Vectors by content: what was encoded once is not encoded again by a later build.

One append-only file an embedder: records of the SHA-256 of the encoder text and the vector.
The vectors stay in the file, memory-mapped; in memory is only where each lies, some 40 bytes
a record. Records are appended under a lock, so that a build and a process that fills in
vectors may share the file; one cut short by a crash is dropped before the next is appended.
When more than half of the records belong to texts that are gone, the others are written to a
new file that takes its place. Who has the old one open goes on reading it; what it appends
from then on is encoded again some day.
*/

use std::{
    collections::{HashMap, HashSet},
    fs::{self, File, OpenOptions},
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use super::vectors::Mapped;
use crate::law::label::document_slug;

/// Bytes of a key within a record.
const KEY_BYTES: usize = 32;

/// Ending of the name of a file that is being written to take another's place.
const NEW_ENDING: &str = "vec.new";

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

    /// How many records the file holds, of texts that are gone, too.
    pub fn records(&self) -> usize {
        self.records
    }

    /// Drops the vectors of all keys but those in `used`, where they are more than half of the
    /// file; whether it did. A crash leaves the old file or the new one, whole.
    ///
    /// # Errors
    /// When the new file cannot be written; the old one stays.
    pub fn compact(&mut self, used: &HashSet<Key>) -> anyhow::Result<bool> {
        self.flush()?;
        let kept = used.iter().filter(|key| self.holds(key)).count();
        if self.records <= 2 * kept {
            return Ok(false);
        }
        self.file.lock()?;
        let written = self.write_used(used);
        self.file.unlock()?;
        written?;
        self.file = OpenOptions::new().read(true).append(true).open(&self.path)?;
        (self.places, self.records, self.map) = (HashMap::new(), 0, None);
        self.read_on()?;
        Ok(true)
    }

    /// Under the lock nobody appends to the old file meanwhile.
    fn write_used(&self, used: &HashSet<Key>) -> anyhow::Result<()> {
        let beside = self.path.with_extension(NEW_ENDING);
        let mut new = BufWriter::new(File::create(&beside)?);
        let mut kept: Vec<(u32, &Key)> =
            used.iter().filter_map(|key| Some((*self.places.get(&short(key))?, key))).collect();
        kept.sort_unstable();
        for (_, key) in kept {
            let Some(vector) = self.get(key) else { continue };
            new.write_all(key)?;
            vector.iter().try_for_each(|value| new.write_all(&value.to_le_bytes()))?;
        }
        new.into_inner()?.sync_all()?;
        Ok(fs::rename(&beside, &self.path)?)
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
    fn a_file_mostly_of_texts_that_are_gone_is_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let mut cache = VectorCache::open(folder.path(), "m", 2).unwrap();
        let key = |number: u8| VectorCache::key(&number.to_string());
        for number in 0..10 {
            cache.put(key(number), vec![f32::from(number), 1.0]).unwrap();
        }
        cache.flush().unwrap();
        let mut other = VectorCache::open(folder.path(), "m", 2).unwrap();
        let length = |cache: &VectorCache| fs::metadata(&cache.path).unwrap().len();
        let before = length(&cache);
        assert!(!cache.compact(&(0..5).map(key).collect()).unwrap(), "half of it is used");
        assert_eq!(length(&cache), before);
        assert!(cache.compact(&(0..4).map(key).collect()).unwrap());
        assert_eq!(length(&cache), before / 10 * 4);
        assert_eq!((cache.len(), cache.get(&key(3))), (4, Some([3.0, 1.0].as_slice())));
        assert!(!cache.holds(&key(7)));
        // Who had it open reads on, and its appending hurts nobody.
        assert_eq!(other.get(&key(7)), Some([7.0, 1.0].as_slice()));
        other.put(key(20), vec![20.0, 1.0]).unwrap();
        other.flush().unwrap();
        cache.put(key(30), vec![30.0, 1.0]).unwrap();
        cache.flush().unwrap();
        let cache = VectorCache::open(folder.path(), "m", 2).unwrap();
        assert_eq!((cache.len(), cache.get(&key(30))), (5, Some([30.0, 1.0].as_slice())));
        // What a crash left beside it is written over.
        assert!(!cache.path.with_extension(NEW_ENDING).exists());
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
