/*!
Pictures of posts: taken in, written anew, kept under the hash of what is in them.

What is sent is decoded and written anew (`picture`), in two sizes. One thread decodes, so that many pictures at once take turns and not the memory of all.
*/

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use image::RgbImage;
use sha2::{Digest as _, Sha256};

use super::types::Picture;
use crate::{
    engine::Pool,
    error::{Error, Result},
    picture::{self, Bounds, Refused, within},
};

/// Pictures of one post.
pub const PICTURES_MAX: usize = 4;
/// Longest file of a picture, in bytes.
pub const PICTURE_BYTES_MAX: usize = 8 << 20;
/// What a picture that comes may claim.
const BOUNDS: Bounds = Bounds { pixels_max: 40_000_000, memory_bytes_max: 256 << 20 };
/// Longest side of a picture that is kept, in pixels.
const SIDE_PIXELS_MAX: u32 = 1_600;
/// Longest side of its small form, in pixels.
const SMALL_SIDE_PIXELS_MAX: u32 = 480;
/// Quality of what is written, out of 100.
const QUALITY: u8 = 80;
/// Pictures that wait for the thread.
const QUEUE_PICTURES_MAX: usize = 16;
/// Suggested wait when too many do, in seconds.
const RETRY_AFTER_S: u32 = 5;
/// Characters of a hash that name its folder.
const FOLDER_CHARS: usize = 2;

/// Which form of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// For a page of its own.
    Whole,
    /// For a list.
    Small,
}

/// The folder of pictures.
pub(super) struct Pictures {
    folder: Arc<PathBuf>,
    pool: Pool,
}

impl Pictures {
    pub(super) fn start(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(|e| unusable(folder, &e))?;
        let pool = Pool::start("pictures", 1, QUEUE_PICTURES_MAX, RETRY_AFTER_S)?;
        Ok(Self { folder: Arc::new(folder.to_owned()), pool })
    }

    /// Takes a picture in; its place in its post is set by the caller.
    pub(super) async fn take_in(&self, file: Vec<u8>) -> Result<Picture> {
        let folder = self.folder.clone();
        self.pool.run(move || take_in(&folder, &file)).await?
    }

    /// A picture as a file, if it is there.
    pub(super) async fn read(&self, hash: &str, size: Size) -> Result<Option<Vec<u8>>> {
        let path = path(&self.folder, hash, size);
        let read = tokio::task::spawn_blocking(move || match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unusable(&path, &error)),
        });
        read.await.map_err(|e| Error::Internal(anyhow::anyhow!("reading a picture: {e}")))?
    }

    /// Drops a picture that no post has any longer.
    pub(super) fn remove(&self, hash: &str) {
        for size in [Size::Whole, Size::Small] {
            let path = path(&self.folder, hash, size);
            if let Err(error) = std::fs::remove_file(&path) {
                tracing::warn!("the picture `{}` was not dropped: {error}", path.display());
            }
        }
    }
}

fn path(folder: &Path, hash: &str, size: Size) -> PathBuf {
    let end = match size {
        Size::Whole => "jpg",
        Size::Small => "nho.jpg",
    };
    folder.join(hash.get(..FOLDER_CHARS).unwrap_or(hash)).join(format!("{hash}.{end}"))
}

fn take_in(folder: &Path, file: &[u8]) -> Result<Picture> {
    let whole = decode(file)?;
    let small = jpeg(&within(&whole, SMALL_SIDE_PIXELS_MAX))?;
    let whole = within(&whole, SIDE_PIXELS_MAX);
    let (width, height) = whole.dimensions();
    let whole = jpeg(&whole)?;
    let hash = Sha256::digest(&whole).iter().fold(String::new(), |hash, byte| format!("{hash}{byte:02x}"));
    // The small one first: where the whole one is, both are.
    for (size, bytes) in [(Size::Small, &small), (Size::Whole, &whole)] {
        let path = path(folder, &hash, size);
        keep(&path, bytes).map_err(|error| match error.kind() {
            std::io::ErrorKind::StorageFull => Error::StorageFull,
            _ => unusable(&path, &error),
        })?;
    }
    Ok(Picture { n: 1, hash, width, height })
}

/// Written beside, synced, renamed: a picture is whole or not there, and stays.
fn keep(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)?;
    let beside = path.with_extension("moi");
    let mut file = std::fs::File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    std::fs::File::open(folder)?.sync_all()
}

fn wrong(message: impl Into<String>) -> Error {
    Error::invalid("pictures", message)
}

fn unreadable() -> Error {
    wrong("không đọc được ảnh; hãy gửi ảnh JPEG, PNG hoặc WebP")
}

/// The picture, turned the way its camera was held.
fn decode(file: &[u8]) -> Result<RgbImage> {
    if PICTURE_BYTES_MAX < file.len() {
        return Err(wrong(format!("mỗi ảnh tối đa {} MB", PICTURE_BYTES_MAX >> 20)));
    }
    picture::decode(file, BOUNDS).map_err(|refused| match refused {
        Refused::Unreadable => unreadable(),
        Refused::Pixels(pixels) => {
            let (has, most) = (pixels / 1_000_000, BOUNDS.pixels_max / 1_000_000);
            wrong(format!("ảnh có {has} triệu điểm ảnh; tối đa {most} triệu. Hãy thu nhỏ ảnh rồi gửi lại"))
        }
    })
}

fn jpeg(picture: &RgbImage) -> Result<Vec<u8>> {
    picture::jpeg(picture, QUALITY).map_err(|e| Error::Internal(e.context("writing a picture")))
}

fn unusable(path: &Path, cause: &dyn std::fmt::Display) -> Error {
    Error::unavailable(
        format!("pictures in `{}` cannot be kept or read: {cause}", path.display()),
        "check the rights and free space of the data folder",
    )
}

#[cfg(test)]
mod tests;
