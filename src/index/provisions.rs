/*!
Which provisions a generation holds, as sorted hashes of their ids.

Small enough to compare two generations without opening them: how many provisions the one
has that the other has not is asked before every activation.
*/

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::ensure;

use crate::law::{Document, NodeKind};

/// Bytes of one hash.
const HASH_BYTES: usize = 8;

/// Provisions that one generation holds and another does not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removal {
    /// Provisions held before.
    pub before: usize,
    /// Those of them that would go.
    pub removed: usize,
    /// Documents of which nothing would stay.
    pub documents: usize,
}

impl Removal {
    /// Whether a whole document goes, or more than so many provisions of a hundred: in a large
    /// corpus even a code is a small share.
    pub fn exceeds(&self, percent_max: usize) -> bool {
        0 < self.documents || self.before * percent_max < self.removed * 100
    }
}

/// Hashes of the ids of all articles, clauses and points, sorted: the document's in the upper
/// half, so that those of one document stand together.
pub fn hashes(documents: &[Document]) -> Vec<u64> {
    let mut hashes: Vec<u64> = Vec::new();
    for document in documents {
        let provisions =
            document.nodes().iter().filter(|node| (NodeKind::Article..=NodeKind::Point).contains(&node.kind));
        hashes.extend(provisions.map(|node| hash(&document.id, &node.path)));
    }
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

fn hash(document: &str, path: &str) -> u64 {
    u64::from(fnv1a(document)) << 32 | u64::from(fnv1a(path))
}

/// FNV-1a, 32 bits: stable across compilers, unlike the standard library's.
fn fnv1a(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// Writes hashes.
///
/// # Errors
/// When the file cannot be written.
pub fn write(path: &Path, hashes: &[u64]) -> anyhow::Result<()> {
    let bytes: Vec<u8> = hashes.iter().flat_map(|hash| hash.to_le_bytes()).collect();
    Ok(fs::write(path, bytes)?)
}

/// Reads them.
///
/// # Errors
/// When the file is missing or damaged.
pub fn read(path: &Path) -> anyhow::Result<Vec<u64>> {
    let bytes = fs::read(path)?;
    ensure!(bytes.len().is_multiple_of(HASH_BYTES), "cut short");
    Ok(bytes
        .chunks_exact(HASH_BYTES)
        .map(|chunk| chunk.iter().rev().fold(0, |hash, byte| hash << 8 | u64::from(*byte)))
        .collect())
}

/// What goes from `old` to `new`, both sorted.
pub fn removal(old: &[u64], new: &[u64]) -> Removal {
    let removed = old.iter().filter(|hash| new.binary_search(hash).is_err()).count();
    let of = |hashes: &[u64]| hashes.iter().map(|hash| hash >> 32).collect::<BTreeSet<u64>>();
    let documents = of(old).difference(&of(new)).count();
    Removal { before: old.len(), removed, documents }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removals_are_counted_and_weighed() {
        let of = |document: &str, paths: &[&str]| paths.iter().map(|path| hash(document, path)).collect::<Vec<u64>>();
        let sorted = |mut hashes: Vec<u64>| {
            hashes.sort_unstable();
            hashes
        };
        let (code, notice) = (of("luat-a", &["dieu-1", "dieu-2", "dieu-3"]), of("luat-b", &["dieu-1"]));
        let old = sorted([code.clone(), notice.clone()].concat());
        let shorter = removal(&old, &sorted([code[..2].to_vec(), notice].concat()));
        assert_eq!(shorter, Removal { before: 4, removed: 1, documents: 0 });
        assert!(shorter.exceeds(24) && !shorter.exceeds(25));
        let without = removal(&old, &sorted(code));
        assert_eq!(without, Removal { before: 4, removed: 1, documents: 1 });
        assert!(without.exceeds(100), "a whole document is always asked about");
        assert!(!Removal::default().exceeds(1));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p");
        write(&path, &[1, u64::MAX]).unwrap();
        assert_eq!(read(&path).unwrap(), [1, u64::MAX]);
    }
}
