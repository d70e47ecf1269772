//! What several tests share.

use std::path::PathBuf;

/// Data beside the project that a user's clone does not have; the caller says what it skips.
pub fn shared_data(what: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: {what} needs the shared data folder, which is not here");
    None
}

/// Folder of files taken from packages, filled by `congdoan corpus pull`.
pub fn packages_dir() -> PathBuf {
    std::env::var_os("CONGDOAN_TEST_PACKAGES")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/packages"), PathBuf::from)
}
