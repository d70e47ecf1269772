//! Pictures: turned, made smaller, written anew; what is none or too much is refused.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat};

use super::*;

/// A picture whose left half is red and whose right half is blue.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| image::Rgb(if x < width / 2 { [250, 0, 0] } else { [0, 0, 250] }))
}

fn encoded(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture.clone()).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A JPEG file that says how its camera was held, and where.
fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    exif.extend(b"GPS 10.7769N 106.7009E");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
}

fn kept(folder: &Path, picture: &Picture, size: Size) -> (Vec<u8>, RgbImage) {
    let bytes = std::fs::read(path(folder, &picture.hash, size)).unwrap();
    let picture = image::load_from_memory_with_format(&bytes, ImageFormat::Jpeg).unwrap().to_rgb8();
    (bytes, picture)
}

fn is_red(pixel: &image::Rgb<u8>) -> bool {
    100 < pixel.0[0] && pixel.0[2] < 100
}

#[test]
fn a_picture_is_turned_made_smaller_and_loses_what_its_camera_wrote() {
    let folder = tempfile::tempdir().unwrap();
    // Orientation 6: the camera was held upright, the right side of the file is the lower one.
    let file = with_exif(&encoded(&halves(2_000, 1_000), ImageFormat::Jpeg), 6);
    assert!(file.windows(3).any(|part| part == b"GPS"));
    let picture = take_in(folder.path(), &file).unwrap();
    assert_eq!((picture.width, picture.height), (800, 1_600));
    for (size, sides) in [(Size::Whole, (800, 1_600)), (Size::Small, (240, 480))] {
        let (bytes, shown) = kept(folder.path(), &picture, size);
        assert_eq!(shown.dimensions(), sides);
        let (middle, bottom) = (sides.0 / 2, sides.1 - 10);
        assert!(is_red(shown.get_pixel(middle, 10)) && !is_red(shown.get_pixel(middle, bottom)));
        for word in [&b"Exif"[..], b"GPS", b"106.7"] {
            assert!(!bytes.windows(word.len()).any(|part| part == word), "{word:?} is still in it");
        }
    }
    assert_eq!(take_in(folder.path(), &file).unwrap().hash, picture.hash, "the same picture is kept once");
}

#[test]
fn small_pictures_of_all_kinds_are_kept_as_large_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let picture = take_in(folder.path(), &encoded(&halves(100, 50), format)).unwrap();
        assert_eq!((picture.width, picture.height), (100, 50), "{format:?}");
    }
    let clear = DynamicImage::ImageRgba8(image::RgbaImage::from_pixel(4, 4, image::Rgba([0, 0, 0, 0])));
    let mut bytes = Cursor::new(Vec::new());
    clear.write_to(&mut bytes, ImageFormat::Png).unwrap();
    let picture = take_in(folder.path(), &bytes.into_inner()).unwrap();
    assert!(kept(folder.path(), &picture, Size::Whole).1.get_pixel(1, 1).0.iter().all(|part| 250 < *part), "white");
}

#[test]
fn a_file_that_is_two_files_leaves_its_second_one_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut file = encoded(&halves(64, 64), ImageFormat::Jpeg);
    file.extend(b"<html><script>alert(1)</script>PK\x03\x04");
    let picture = take_in(folder.path(), &file).unwrap();
    let (bytes, _) = kept(folder.path(), &picture, Size::Whole);
    assert!(!bytes.windows(7).any(|part| part == b"<script") && !bytes.windows(2).any(|part| part == b"PK"));
}

/// A PNG file that claims to have so many pixels, with no more than its header.
fn claims(width: u32, height: u32) -> Vec<u8> {
    let mut file = encoded(&halves(1, 1), ImageFormat::Png);
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    // The checksum of the header, over its name and content.
    let mut crc = u32::MAX;
    for byte in &file[12..29] {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    file[29..33].copy_from_slice(&(!crc).to_be_bytes());
    file
}

#[test]
fn what_is_too_much_is_refused_from_its_header_and_what_is_no_picture_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |file: &[u8]| match take_in(folder.path(), file) {
        Err(Error::Invalid { field, message }) => {
            assert_eq!(field, "pictures");
            message
        }
        other => panic!("{other:?}"),
    };
    let began = std::time::Instant::now();
    assert!(refused(&claims(10_000, 5_000)).contains("50 triệu điểm ảnh"));
    assert!(refused(&claims(60_000, 60_000)).contains("triệu điểm ảnh"));
    assert!(began.elapsed().as_millis() < 500, "nothing was decoded");
    assert!(refused(&vec![0xff; PICTURE_BYTES_MAX + 1]).contains("8 MB"));
    let jpeg = encoded(&halves(64, 64), ImageFormat::Jpeg);
    let gif = b"GIF89a\x01\0\x01\0\0\0\0;".as_slice();
    for bad in [b"".as_slice(), b"<svg xmlns='x'/>", b"%PDF-1.7", gif, &jpeg[..40], &claims(100, 100)] {
        assert!(refused(bad).contains("không đọc được ảnh"));
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was kept");
}
