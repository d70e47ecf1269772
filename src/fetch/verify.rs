/*!
Is a file on disk the one that was pinned?

Owns hashing and the `.verified` stamp: a small file beside a large one that records
the hash found last time together with the length and modification time it was found
at, so that a start need not hash a gigabyte again. A stamp is a cache, never a proof
against tampering: [`file_state`] hashes always, [`trusted_state`] may believe a stamp.
*/

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

use super::{BUFFER_BYTES, Progress, io_error};
use crate::{error::Result, hex::hex};

/// What was found where a pinned file should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileState {
    /// There is nothing.
    Missing,
    /// It is shorter than pinned: an interrupted copy.
    Truncated {
        /// Its length.
        bytes: u64,
    },
    /// It is longer than pinned: another file.
    TooLong {
        /// Its length.
        bytes: u64,
    },
    /// Right length, other content: damaged or exchanged.
    Altered {
        /// The hash of what is there.
        sha256: String,
    },
    /// The pinned file.
    Good,
}

impl FileState {
    /// In a sentence's words, e.g. ``truncated: 12 of 71622400 bytes``.
    pub fn describe(&self, bytes_expected: u64) -> String {
        match self {
            Self::Missing => "missing".into(),
            Self::Truncated { bytes } => format!("truncated: {bytes} of {bytes_expected} bytes"),
            Self::TooLong { bytes } => format!("too long: {bytes} instead of {bytes_expected} bytes"),
            Self::Altered { sha256 } => format!("altered: its sha256 is {sha256}"),
            Self::Good => "good".into(),
        }
    }
}

/// SHA-256 of a whole file.
pub fn sha256_hex(path: &Path, progress: &dyn Progress) -> Result<String> {
    let failed = |error: &std::io::Error| io_error("read", path, error);
    let mut file = File::open(path).map_err(|e| failed(&e))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0u8; BUFFER_BYTES];
    loop {
        let bytes = file.read(&mut buffer).map_err(|e| failed(&e))?;
        if bytes == 0 {
            return Ok(hex(&hasher.finalize()));
        }
        hasher.update(&buffer[..bytes]);
        progress.advance(bytes as u64);
    }
}

/// Compares length and hash with what is pinned; reads the whole file.
pub fn file_state(path: &Path, bytes: u64, sha256: &str, progress: &dyn Progress) -> Result<FileState> {
    if let Some(state) = wrong_length(path, bytes)? {
        return Ok(state);
    }
    let found = sha256_hex(path, progress)?;
    if found.eq_ignore_ascii_case(sha256) {
        write_stamp(path, &found);
        Ok(FileState::Good)
    } else {
        // A stale stamp would hide the damage at the next start.
        let _ = fs::remove_file(stamp_path(path));
        Ok(FileState::Altered { sha256: found })
    }
}

/// As [`file_state`], but believes a stamp whose length and modification time still fit.
pub fn trusted_state(path: &Path, bytes: u64, sha256: &str, progress: &dyn Progress) -> Result<FileState> {
    if let Some(state) = wrong_length(path, bytes)? {
        return Ok(state);
    }
    let stamped = fs::read_to_string(stamp_path(path)).ok();
    match (stamped, stamp_text(path, &sha256.to_ascii_lowercase())) {
        (Some(found), Some(expected)) if found == expected => Ok(FileState::Good),
        _ => file_state(path, bytes, sha256, progress),
    }
}

fn wrong_length(path: &Path, bytes: u64) -> Result<Option<FileState>> {
    match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Some(FileState::Missing)),
        Err(error) => Err(io_error("read", path, &error)),
        Ok(found) if found.len() < bytes => Ok(Some(FileState::Truncated { bytes: found.len() })),
        Ok(found) if bytes < found.len() => Ok(Some(FileState::TooLong { bytes: found.len() })),
        Ok(_) => Ok(None),
    }
}

/// Where the stamp of a file lies: `X.bin` -> `X.bin.verified`.
pub(super) fn stamp_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".verified");
    name.into()
}

fn stamp_text(path: &Path, sha256: &str) -> Option<String> {
    let found = fs::metadata(path).ok()?;
    let modified_ns = found.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos();
    Some(format!("sha256 {sha256}\nbytes {}\nmodified_ns {modified_ns}\n", found.len()))
}

/// Best effort: without a stamp (a read-only directory) the next start hashes again.
pub(super) fn write_stamp(path: &Path, sha256: &str) {
    if let Some(text) = stamp_text(path, sha256) {
        let _ = fs::write(stamp_path(path), text);
    }
}
