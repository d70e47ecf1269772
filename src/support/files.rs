/*!
Files that go with a request: pictures, decoded and written anew, and PDF.

A picture comes out without anything its camera wrote into it, upright and small; what hides
behind a picture's head does not survive that. A PDF stays as it is, is bounded, and is only
ever handed out as a file to keep, never shown inside a page.
*/

use jiff::Timestamp;

use crate::{
    error::{Error, Result},
    picture::{self, Bounds, Refused},
};

/// Largest file that is taken, in bytes.
pub const UPLOAD_BYTES_MAX: usize = 6 * 1024 * 1024;
/// Largest PDF, in bytes.
pub const PDF_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Most files of one request.
pub const FILES_PER_REQUEST_MAX: u32 = 4;
/// What a picture may claim: most phones make half of that.
const BOUNDS: Bounds = Bounds { pixels_max: 24_000_000, memory_bytes_max: 160 << 20 };
/// Longest side of a picture as it is kept, in pixels: a page of a document can be read.
const SIDE_PIXELS_MAX: u32 = 1_600;
/// Quality of pictures as they are kept.
const JPEG_QUALITY: u8 = 78;
/// Bytes at the end of a PDF in which its end is looked for.
const PDF_END_BYTES: usize = 1_024;
/// Longest name of a file, in characters.
const NAME_CHARS_MAX: usize = 80;

/// What a file is, once taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A picture.
    Jpeg,
    /// A document.
    Pdf,
}

impl FileKind {
    /// Name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Pdf => "pdf",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Jpeg, Self::Pdf].into_iter().find(|kind| kind.name() == name)
    }

    /// Its media type.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Pdf => "application/pdf",
        }
    }
}

/// A file of a request, opened for who may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedFile {
    /// Place, from 1.
    pub n: u32,
    /// What its owner called it.
    pub name: String,
    /// Kind.
    pub kind: FileKind,
    /// Length, in bytes.
    pub length: u32,
    /// When it came.
    pub added_at: Timestamp,
}

/// What is kept of an uploaded file. Slow: for a thread that may take its time.
///
/// # Errors
/// `Invalid` naming `tep` for what is neither a picture nor a PDF within bounds.
pub(super) fn taken(bytes: &[u8]) -> Result<(FileKind, Vec<u8>)> {
    let wrong = |message: &str| Error::invalid("tep", message);
    if bytes.is_empty() {
        return Err(wrong("hãy chọn một tệp"));
    }
    if UPLOAD_BYTES_MAX < bytes.len() {
        return Err(Error::invalid("tep", format!("tệp lớn quá {} MB", UPLOAD_BYTES_MAX >> 20)));
    }
    if bytes.starts_with(b"%PDF-") {
        let end = &bytes[bytes.len().saturating_sub(PDF_END_BYTES)..];
        if PDF_BYTES_MAX < bytes.len() {
            return Err(Error::invalid("tep", format!("PDF lớn quá {} MB", PDF_BYTES_MAX >> 20)));
        }
        if !end.windows(5).any(|window| window == b"%%EOF") {
            return Err(wrong("tệp PDF không trọn vẹn"));
        }
        return Ok((FileKind::Pdf, bytes.to_vec()));
    }
    Ok((FileKind::Jpeg, picture(bytes)?))
}

fn picture(bytes: &[u8]) -> Result<Vec<u8>> {
    let picture = picture::decode(bytes, BOUNDS).map_err(|refused| match refused {
        Refused::Unreadable => Error::invalid("tep", "không đọc được ảnh; hãy gửi ảnh JPEG, PNG, WebP hoặc tệp PDF"),
        Refused::Pixels(_) => {
            let pixels = BOUNDS.pixels_max / 1_000_000;
            Error::invalid("tep", format!("ảnh quá lớn, tối đa {pixels} triệu điểm ảnh"))
        }
    })?;
    let kept = picture::jpeg(&picture::within(&picture, SIDE_PIXELS_MAX), JPEG_QUALITY);
    kept.map_err(|e| Error::Internal(e.context("writing a picture")))
}

/// A file's name as it is kept: the last part of a path, without signs that act.
pub(super) fn tidy_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .filter(|sign| sign.is_alphanumeric() || matches!(sign, ' ' | '-' | '_' | '.' | '(' | ')'))
        .take(NAME_CHARS_MAX)
        .collect();
    let kept = kept.trim().trim_start_matches('.').to_owned();
    if kept.is_empty() { "tệp".to_owned() } else { kept }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageFormat, codecs::jpeg::JpegEncoder};

    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_luma8(width, height).write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    fn told(bytes: &[u8]) -> String {
        taken(bytes).unwrap_err().to_string()
    }

    #[test]
    fn a_picture_is_written_anew_and_small() {
        let page = [png(3_200, 100), b"<script>alert(1)</script>".to_vec()].concat();
        let (kind, kept) = taken(&page).unwrap();
        assert_eq!(kind, FileKind::Jpeg);
        assert!(!kept.windows(8).any(|part| part == b"<script>"), "what hides behind it is gone");
        let again = image::load_from_memory(&kept).unwrap();
        assert_eq!((again.width(), again.height()), (SIDE_PIXELS_MAX, 50));
    }

    #[test]
    fn what_a_camera_wrote_goes_and_the_picture_stands_upright() {
        let mut picture = Vec::new();
        DynamicImage::new_rgb8(40, 20).write_with_encoder(JpegEncoder::new(&mut picture)).unwrap();
        // EXIF with one entry: turned by a quarter.
        let exif: &[u8] = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        let with = [&picture[..2], &[0xff, 0xe1], &length, exif, &picture[2..]].concat();
        let (_, kept) = taken(&with).unwrap();
        let again = image::load_from_memory(&kept).unwrap();
        assert_eq!((again.width(), again.height()), (20, 40));
        assert!(!kept.windows(4).any(|part| part == b"Exif"));
    }

    #[test]
    fn what_is_no_picture_and_no_document_is_refused() {
        assert!(told(b"").contains("chọn một tệp"));
        assert!(told(b"<html>").contains("không đọc được ảnh"));
        assert!(told(b"GIF89a").contains("không đọc được ảnh"));
        assert!(told(&png(8, 8)[..30]).contains("không đọc được ảnh"));
        assert!(told(&png(8_000, 4_000)).contains("quá lớn"), "a small file may claim a large picture");
        assert!(told(&vec![0; UPLOAD_BYTES_MAX + 1]).contains("lớn quá"));
        assert!(told(b"%PDF-1.4 cut short").contains("không trọn vẹn"));
        let long = [b"%PDF-1.4".to_vec(), vec![b' '; PDF_BYTES_MAX], b"%%EOF".to_vec()].concat();
        assert!(told(&long).contains("PDF lớn quá"));
        assert_eq!(taken(b"%PDF-1.4\n%%EOF\n").unwrap().0, FileKind::Pdf);
    }

    #[test]
    fn names_of_files_are_tidied() {
        for (name, kept) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\Ảnh\\giấy tờ (1).jpg", "giấy tờ (1).jpg"),
            ("\u{202e}gpj.exe\"\r\n", "gpj.exe"),
            ("..", "tệp"),
            ("", "tệp"),
        ] {
            assert_eq!(tidy_name(name), kept, "{name}");
        }
        assert_eq!(tidy_name(&"a".repeat(500)).len(), NAME_CHARS_MAX);
    }
}
