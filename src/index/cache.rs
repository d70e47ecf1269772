/*!
Vectors by content: what was encoded once is not encoded again by a later build.

One append-only file an embedder: records of the SHA-256 of the encoder text and the vector.
A record cut short by a crash is dropped on opening.
*/

use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions},
    io::{BufWriter, Read as _, Write as _},
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use crate::law::label::document_slug;

type Key = [u8; 32];

/// The opened cache of one embedder.
pub struct VectorCache {
    path: PathBuf,
    dimensions: usize,
    vectors: HashMap<Key, Vec<f32>>,
    out: BufWriter<File>,
}

impl VectorCache {
    /// Opens or begins the cache of `embedder` in `folder`.
    ///
    /// # Errors
    /// When the folder or file cannot be read or written.
    pub fn open(folder: &Path, embedder: &str, dimensions: usize) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)?;
        let path = folder.join(format!("{}-{dimensions}.vec", document_slug(embedder)));
        let record = 32 + 4 * dimensions;
        let mut bytes = Vec::new();
        if path.exists() {
            File::open(&path)?.read_to_end(&mut bytes)?;
        }
        let whole = bytes.len() / record * record;
        let vectors = bytes[..whole]
            .chunks_exact(record)
            .map(|chunk| {
                let mut key = Key::default();
                key.copy_from_slice(&chunk[..32]);
                let vector =
                    chunk[32..].chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
                (key, vector)
            })
            .collect();
        let file = OpenOptions::new().create(true).append(true).open(&path)?;
        file.set_len(whole as u64)?;
        Ok(Self { path, dimensions, vectors, out: BufWriter::new(file) })
    }

    /// Key of an encoder text.
    pub fn key(text: &str) -> Key {
        Sha256::digest(text.as_bytes()).into()
    }

    /// The vector of a key, if it was encoded before.
    pub fn get(&self, key: &Key) -> Option<&Vec<f32>> {
        self.vectors.get(key)
    }

    /// Keeps a vector.
    ///
    /// # Errors
    /// When the file cannot be written: the build goes on without it only if the caller says so.
    pub fn put(&mut self, key: Key, vector: Vec<f32>) -> anyhow::Result<()> {
        anyhow::ensure!(
            vector.len() == self.dimensions,
            "vector of {} dimensions in `{}`",
            vector.len(),
            self.path.display()
        );
        self.out.write_all(&key)?;
        for value in &vector {
            self.out.write_all(&value.to_le_bytes())?;
        }
        self.vectors.insert(key, vector);
        Ok(())
    }

    /// Writes out what is kept.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn flush(&mut self) -> anyhow::Result<()> {
        Ok(self.out.flush()?)
    }
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
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"torn").unwrap();
        let mut cache = VectorCache::open(folder.path(), "m/1", 2).unwrap();
        assert_eq!(cache.get(&key), Some(&vec![0.6, 0.8]));
        cache.put(VectorCache::key("b"), vec![1.0, 0.0]).unwrap();
        cache.flush().unwrap();
        let cache = VectorCache::open(folder.path(), "m/1", 2).unwrap();
        assert_eq!(cache.vectors.len(), 2);
    }
}
