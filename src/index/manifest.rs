/*!
What a generation is made of, in `manifest.json` of its folder.
*/

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};

/// Version of everything a generation's folder holds; another one is refused.
pub const FORMAT_VERSION: u32 = 6;
/// Name of the manifest's file.
pub const MANIFEST_FILE: &str = "manifest.json";

/// Description of one generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// See [`FORMAT_VERSION`].
    pub format_version: u32,
    /// Name of the generation; its folder's name.
    pub id: String,
    /// SHA-256 over the corpus files' hashes.
    pub corpus_sha256: String,
    /// When it was built, RFC 3339.
    pub built_at: String,
    /// Id of the embedder whose vectors it holds; none: words only.
    pub embedder: Option<String>,
    /// Length of the vectors, 0 without.
    pub dimensions: usize,
    /// Documents held.
    pub documents: usize,
    /// Articles held, annexes' included.
    pub articles: usize,
    /// Passages held.
    pub passages: usize,
    /// Provisions held: articles, clauses and points.
    pub provisions: usize,
    /// Length and SHA-256 of the files, by name.
    pub files: BTreeMap<String, FileEntry>,
}

/// One file of a generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Length, in bytes.
    pub bytes: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

impl Manifest {
    /// Reads the manifest of a generation's folder.
    ///
    /// # Errors
    /// When it is missing, damaged or of another format version.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(folder.join(MANIFEST_FILE)).context("the manifest cannot be read")?;
        let manifest: Self = serde_json::from_str(&text).context("the manifest is damaged")?;
        let version = manifest.format_version;
        ensure!(version == FORMAT_VERSION, "format version {version}; this program reads {FORMAT_VERSION}");
        Ok(manifest)
    }

    /// Writes it, in the place of one that is there.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let beside = folder.join(format!("{MANIFEST_FILE}.next"));
        let file = fs::File::create(&beside)?;
        serde_json::to_writer_pretty(&file, self).map_err(std::io::Error::from)?;
        file.sync_all()?;
        fs::rename(&beside, folder.join(MANIFEST_FILE))?;
        Ok(())
    }

    /// Whether vectors are still to come: it was built for an embedder and does not list them.
    pub fn awaits_vectors(&self) -> bool {
        self.embedder.is_some() && !self.files.contains_key(super::generation::VECTORS_FILE)
    }

    /// Checks the length of every file, and with `hashes` their content.
    ///
    /// # Errors
    /// Naming the first file that is missing, cut short or changed.
    pub fn check_files(&self, folder: &Path, hashes: bool) -> anyhow::Result<()> {
        for (name, entry) in &self.files {
            let path = folder.join(name);
            let bytes = fs::metadata(&path).with_context(|| format!("`{name}` is missing"))?.len();
            ensure!(bytes == entry.bytes, "`{name}` is {bytes} bytes long, not {}", entry.bytes);
            if hashes {
                let sha256 =
                    crate::fetch::sha256_hex(&path, &crate::fetch::Silent).map_err(|e| anyhow::anyhow!("{e}"))?;
                ensure!(sha256 == entry.sha256, "`{name}` was changed or damaged");
            }
        }
        Ok(())
    }
}
