/*! Secrets of the settings: read once, compared without telling how much was right. */

use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

use crate::{
    config::Secret,
    error::{Error, Result},
    secrets,
};

/// The secret of the setting `key`, or that in the file of `{key}_file`; none where neither is
/// set.
///
/// # Errors
/// `Unavailable` when the file cannot be read or holds fewer than `bytes_min` bytes.
pub(super) fn load(
    key: &str,
    secret: Option<&Secret>,
    file: Option<&PathBuf>,
    bytes_min: usize,
) -> Result<Option<Secret>> {
    if let Some(secret) = secret {
        return Ok(Some(Secret::new(secret.expose().trim())));
    }
    let Some(path) = file else { return Ok(None) };
    let bad = |what: &str| {
        let hint = format!("correct `{key}_file`, or leave it out");
        Error::unavailable(format!("the file `{}` of `{key}_file` {what}", path.display()), hint)
    };
    let text = std::fs::read_to_string(path).map_err(|e| bad(&format!("cannot be read: {e}")))?;
    if text.trim().len() < bytes_min {
        return Err(bad(&format!("must hold at least {bytes_min} characters")));
    }
    Ok(Some(Secret::new(text.trim())))
}

/// A secret to compare with, as its hash: comparing hashes takes the same time however much of
/// it is right.
pub(super) struct Wanted([u8; 32]);

impl Wanted {
    /// Will accept `secret` alone.
    pub(super) fn new(secret: &Secret) -> Self {
        Self(Sha256::digest(secret.expose().as_bytes()).into())
    }

    /// Whether `given` is it.
    pub(super) fn accepts(&self, given: Option<&str>) -> bool {
        let hash: [u8; 32] = Sha256::digest(given.unwrap_or_default().as_bytes()).into();
        given.is_some() && secrets::same(&hash, &self.0)
    }
}
