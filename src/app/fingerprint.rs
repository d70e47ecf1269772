/*!
Whether the corpus can have changed since it was last built, without reading it.

Names, lengths and times of the files, and of this very program, under one hash. It only
spares a second start the reading; an explicit ingest always reads.
*/

use std::{fs, path::Path};

use sha2::{Digest as _, Sha256};

use super::Setup;
use crate::{
    index::{build::BuildReport, manifest::FORMAT_VERSION},
    ingest::source::{self, SOURCES_FILE, hex},
};

/// File of the fingerprint and the generation built from it, in the data folder.
const INPUTS_FILE: &str = "inputs";

impl Setup<'_> {
    /// Hash over what the corpus looks like from outside; none where it cannot be listed.
    pub(super) fn inputs(&self) -> Option<String> {
        let paths = self.corpus_paths();
        let mut hash = Sha256::new();
        hash.update(format!("{FORMAT_VERSION} {}\n", env!("CARGO_PKG_VERSION")));
        add(&mut hash, &std::env::current_exe().ok()?);
        for path in &paths {
            add(&mut hash, &path.join(SOURCES_FILE));
        }
        for (path, name) in source::list(&paths, &self.packages_dir()).ok()? {
            hash.update(format!("{name}\n"));
            add(&mut hash, &path);
            add(&mut hash, &path.with_extension("toml"));
        }
        Some(hex(&hash.finalize()))
    }

    /// Notes from what the active generation was built.
    pub(super) fn remember_inputs(&self, inputs: &Option<String>, report: &BuildReport) {
        if let (Some(inputs), true) = (inputs, report.active) {
            let path = self.app.config().paths.data.join(INPUTS_FILE);
            let noted = format!("{inputs} {}\n{}", report.manifest.id, self.paths_text());
            if let Err(error) = fs::write(&path, noted) {
                tracing::warn!("`{}` cannot be written, the next start will read the corpus: {error}", path.display());
            }
        }
    }

    /// Whether the active generation was built from other corpus paths than those named now:
    /// then another corpus is meant, not the same one with files lost.
    pub fn is_another_corpus(&self) -> bool {
        let noted = self.noted();
        let Some((first, paths)) = noted.split_once('\n') else { return false };
        let is_active =
            first.split_once(' ').is_some_and(|(_, id)| Some(id) == self.app.store().active_id().as_deref());
        is_active && !paths.is_empty() && paths != self.paths_text()
    }

    fn noted(&self) -> String {
        fs::read_to_string(self.app.config().paths.data.join(INPUTS_FILE)).unwrap_or_default()
    }

    /// The corpus paths, a line each.
    fn paths_text(&self) -> String {
        let full = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()).display().to_string();
        let own = self.app.config().paths.corpus.iter().map(|path| full(path));
        own.collect::<Vec<_>>().join("\n")
    }

    /// Whether the active generation is what an ingest of the corpus would give.
    pub fn is_up_to_date(&self) -> bool {
        let noted = self.noted();
        let first = noted.lines().next().unwrap_or_default();
        let (Some((inputs, id)), Ok(current)) = (first.split_once(' '), self.app.store().current()) else {
            return false;
        };
        let embedder = self.app.embedder();
        let fits = embedder.as_ref().is_none_or(|embedder| current.manifest.embedder.as_deref() == Some(embedder.id()));
        fits && current.manifest.id == id && self.inputs().as_deref() == Some(inputs)
    }
}

fn add(hash: &mut Sha256, path: &Path) {
    let seen = fs::metadata(path).map(|metadata| (metadata.len(), metadata.modified().ok()));
    hash.update(format!("{} {:?}\n", path.display(), seen.ok()));
}
