/*! Pictures and clips of a folder: kind, size, and that they are what their name says. */

use std::io::Cursor;

use super::{CLIP_BYTES_MAX, PICTURE_BYTES_MAX, source::Log};

/// Most pixels of a picture: a phone holds it decoded, four bytes each.
const PICTURE_PIXELS_MAX: u64 = 4_000_000;

/// Kinds of media that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP.
    Webp,
    /// MPEG-4 pictures or sound.
    Mp4,
    /// WebM.
    Webm,
    /// MP3.
    Mp3,
    /// Ogg.
    Ogg,
}

impl MediaKind {
    /// Whether it is a picture.
    pub fn is_picture(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::Webp)
    }

    /// Whether it is a clip without pictures.
    pub fn is_sound(self) -> bool {
        matches!(self, Self::Mp3 | Self::Ogg)
    }

    /// Its media type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Mp4 => "video/mp4",
            Self::Webm => "video/webm",
            Self::Mp3 => "audio/mpeg",
            Self::Ogg => "audio/ogg",
        }
    }

    fn begins(self, bytes: &[u8]) -> bool {
        match self {
            Self::Png => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
            Self::Jpeg => bytes.starts_with(&[0xff, 0xd8, 0xff]),
            Self::Webp => bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"),
            Self::Mp4 => bytes.get(4..8) == Some(b"ftyp"),
            Self::Webm => bytes.starts_with(&[0x1a, 0x45, 0xdf, 0xa3]),
            Self::Mp3 => bytes.starts_with(b"ID3") || matches!(bytes, [0xff, second, ..] if 0xe0 <= *second),
            Self::Ogg => bytes.starts_with(b"OggS"),
        }
    }
}

/// Kind of a file below `media/` by its name; `None` for names that are not taken.
pub fn media_kind(path: &str) -> Option<MediaKind> {
    let name = path.strip_prefix("media/")?;
    let (stem, ending) = name.rsplit_once('.')?;
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    if stem.is_empty() || !stem.bytes().all(fits) {
        return None;
    }
    Some(match ending {
        "png" => MediaKind::Png,
        "jpg" | "jpeg" => MediaKind::Jpeg,
        "webp" => MediaKind::Webp,
        "mp4" | "m4a" => MediaKind::Mp4,
        "webm" => MediaKind::Webm,
        "mp3" => MediaKind::Mp3,
        "ogg" | "opus" => MediaKind::Ogg,
        _ => return None,
    })
}

/// Tells what is wrong with a file below `media/`.
pub(super) fn check(path: &str, bytes: &[u8], log: &Log) {
    let Some(kind) = media_kind(path) else {
        let forms = "media/tên-không-dấu.png, .jpg, .webp, .mp4, .m4a, .webm, .mp3 hoặc .ogg";
        return log.file(path, format!("tên phải dạng {forms}"));
    };
    let bytes_max = if kind.is_picture() { PICTURE_BYTES_MAX } else { CLIP_BYTES_MAX };
    if bytes_max < bytes.len() {
        return log.file(path, format!("dài {} byte, tối đa {bytes_max}", bytes.len()));
    }
    if !kind.begins(bytes) {
        return log.file(path, "nội dung không đúng loại mà đuôi tên nói".to_owned());
    }
    let format = match kind {
        MediaKind::Png => image::ImageFormat::Png,
        MediaKind::Jpeg => image::ImageFormat::Jpeg,
        MediaKind::Webp => image::ImageFormat::WebP,
        _ => return,
    };
    // The head alone is read: a small file may claim a picture too large for any phone.
    match image::ImageReader::with_format(Cursor::new(bytes), format).into_dimensions() {
        Ok((width, height)) if PICTURE_PIXELS_MAX < u64::from(width) * u64::from(height) => {
            log.file(path, format!("ảnh {width}×{height} quá lớn, tối đa {PICTURE_PIXELS_MAX} điểm ảnh"));
        }
        Ok(_) => {}
        Err(error) => log.file(path, format!("không đọc được ảnh: {error}")),
    }
}
