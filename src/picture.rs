/*!
Pictures that people send: decoded, turned upright, made smaller, written anew as JPEG.

So nothing of the file that came is ever served: no place and time of the camera, no second file
hidden behind the first. What its header claims is looked at before anything is decoded. How much
is taken, and in what words the rest is refused, belongs to who takes it.
*/

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, RgbImage, codecs::jpeg::JpegEncoder};

/// What a picture may claim.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Most pixels.
    pub pixels_max: u64,
    /// Most memory for decoding it, in bytes.
    pub memory_bytes_max: u64,
}

/// Why a picture is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is no whole JPEG, PNG or WebP.
    Unreadable,
    /// It claims this many pixels, more than are taken.
    Pixels(u64),
}

/// The picture, turned the way its camera was held; what shines through is white.
///
/// # Errors
/// See [`Refused`].
pub fn decode(file: &[u8], bounds: Bounds) -> Result<RgbImage, Refused> {
    let unreadable = |_| Refused::Unreadable;
    let format = image::guess_format(file).map_err(unreadable)?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return Err(Refused::Unreadable);
    }
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(bounds.memory_bytes_max);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if bounds.pixels_max < pixels || pixels == 0 {
        return Err(Refused::Pixels(pixels));
    }
    let orientation = decoder.orientation().map_err(unreadable)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    picture.apply_orientation(orientation);
    Ok(on_white(&picture))
}

/// JPEG knows no transparency.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let picture = picture.to_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0;
        let mix = |part: u8| {
            let mixed = (u32::from(part) * u32::from(alpha) + 255 * (255 - u32::from(alpha))) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        image::Rgb([mix(red), mix(green), mix(blue)])
    })
}

/// The picture made smaller so that no side is longer than `side_pixels_max`; never larger.
pub fn within(picture: &RgbImage, side_pixels_max: u32) -> RgbImage {
    let (width, height) = picture.dimensions();
    let longest = width.max(height);
    if longest <= side_pixels_max {
        return picture.clone();
    }
    let scaled = |side: u32| {
        let side = u64::from(side) * u64::from(side_pixels_max) / u64::from(longest);
        u32::try_from(side).unwrap_or(side_pixels_max).max(1)
    };
    image::imageops::thumbnail(picture, scaled(width), scaled(height))
}

/// The picture as JPEG of a quality out of 100.
///
/// # Errors
/// When it has a side JPEG does not know.
pub fn jpeg(picture: &RgbImage, quality: u8) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(picture)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shines_through_becomes_white() {
        let mut file = Cursor::new(Vec::new());
        DynamicImage::new_rgba8(4, 2).write_to(&mut file, ImageFormat::Png).unwrap();
        let bounds = Bounds { pixels_max: 8, memory_bytes_max: 1 << 20 };
        let picture = decode(file.get_ref(), bounds).unwrap();
        assert!(picture.pixels().all(|pixel| pixel.0 == [255; 3]));
        assert_eq!(decode(file.get_ref(), Bounds { pixels_max: 7, ..bounds }), Err(Refused::Pixels(8)));
        assert_eq!(decode(b"GIF89a", bounds), Err(Refused::Unreadable));
    }
}
