/*! The style sheet, the script and the icon, under names that carry their content's hash. */

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use crate::hex::hex;

/// A file of the pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Name with the hash, `trang.0123456789ab.css`.
    pub name: String,
    /// Media type with its charset.
    pub media_type: &'static str,
    /// Content.
    pub text: &'static str,
}

/// Name without the hash, media type, content.
const SOURCES: [(&str, &str, &str); 3] = [
    ("trang.css", "text/css; charset=utf-8", include_str!("trang.css")),
    ("trang.js", "text/javascript; charset=utf-8", include_str!("trang.js")),
    ("dau.svg", "image/svg+xml", include_str!("dau.svg")),
];

static ASSETS: LazyLock<Vec<(&str, Asset)>> = LazyLock::new(|| {
    let hashed = |(plain, media_type, text): &(&'static str, &'static str, &'static str)| {
        let (stem, extension) = plain.rsplit_once('.').unwrap_or((plain, ""));
        let digest = Sha256::digest(text.as_bytes());
        let hash = hex(&digest[..6]);
        (*plain, Asset { name: format!("{stem}.{hash}.{extension}"), media_type, text })
    };
    SOURCES.iter().map(hashed).collect()
});

/// The file with this hashed name.
pub fn asset(name: &str) -> Option<Asset> {
    ASSETS.iter().map(|(_, asset)| asset).find(|asset| asset.name == name).cloned()
}

/// Address of the file whose name without the hash is `plain`.
pub(super) fn url(plain: &str) -> String {
    let asset = ASSETS.iter().find(|(name, _)| *name == plain);
    asset.map(|(_, asset)| format!("/tinh/{}", asset.name)).unwrap_or_default()
}
