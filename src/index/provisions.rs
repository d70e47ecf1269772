/*!
Which provisions a generation holds, as sorted hashes of their ids.

Small enough to compare two generations without opening them: how many provisions the one
has that the other has not is asked before every activation.
*/

use std::{fs, path::Path};

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
}

impl Removal {
    /// Whether more than so many of a hundred go.
    pub fn exceeds(&self, percent_max: usize) -> bool {
        self.before * percent_max < self.removed * 100
    }
}

/// Hashes of the ids of all articles, clauses and points, sorted.
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

/// FNV-1a, 64 bits: stable across compilers, unlike the standard library's.
fn hash(document: &str, path: &str) -> u64 {
    let bytes = document.bytes().chain([b'/']).chain(path.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
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
    Removal { before: old.len(), removed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removals_are_counted_and_weighed() {
        let removal = removal(&[1, 2, 3, 4], &[2, 4, 9]);
        assert_eq!(removal, Removal { before: 4, removed: 2 });
        assert!(removal.exceeds(49) && !removal.exceeds(50));
        assert!(!Removal::default().exceeds(1));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p");
        write(&path, &[1, u64::MAX]).unwrap();
        assert_eq!(read(&path).unwrap(), [1, u64::MAX]);
    }
}
