/*!
Archives (`.tar`, `.tar.zst`, `.tar.gz`, `.zip`): their files one at a time, never unpacked
to disk, within limits on files, bytes and the ratio of packing.
*/

use std::io::{self, Cursor, Read};

/// Most files of an archive.
const ENTRIES_MAX: usize = 20_000;
/// Largest file in an archive, in bytes.
const ENTRY_BYTES_MAX: u64 = 64 << 20;
/// Most bytes of all files of an archive together.
const TOTAL_BYTES_MAX: u64 = 1 << 30;
/// Most unpacked bytes for each packed one; law text packs about twelve times.
const RATIO_MAX: u64 = 100;
/// Unpacked bytes that no ratio is asked of.
const RATIO_FREE_BYTES: u64 = 8 << 20;
/// Largest window of zstd data, in bytes.
const ZSTD_WINDOW_BYTES_MAX: u64 = 64 << 20;

/// Kinds of archives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Not packed.
    Tar,
    /// Packed with zstd.
    TarZst,
    /// Packed with gzip.
    TarGz,
    /// Zip.
    Zip,
}

impl Format {
    /// The format by a file's name.
    pub fn of(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
        if ends(&[".tar"]) {
            Some(Self::Tar)
        } else if ends(&[".tar.zst", ".tzst"]) {
            Some(Self::TarZst)
        } else if ends(&[".tar.gz", ".tgz"]) {
            Some(Self::TarGz)
        } else if ends(&[".zip"]) {
            Some(Self::Zip)
        } else {
            None
        }
    }
}

/// Calls `each` with name and content of every file in order. What stops the reading is
/// returned as a message; files before it have been handed over.
///
/// # Errors
/// Damaged data or a limit, in words for the admin.
pub fn read(format: Format, bytes: &[u8], each: &mut dyn FnMut(&str, Vec<u8>)) -> Result<(), String> {
    match format {
        Format::Tar => tar(Limited::new(bytes, bytes.len()), each),
        Format::TarGz => tar(Limited::new(flate2::read::MultiGzDecoder::new(bytes), bytes.len()), each),
        Format::TarZst => {
            let decoder =
                ruzstd::decoding::StreamingDecoder::new_with_max_window_size(Cursor::new(bytes), ZSTD_WINDOW_BYTES_MAX)
                    .map_err(|e| format!("damaged zstd data: {e}"))?;
            tar(Limited::new(decoder, bytes.len()), each)
        }
        Format::Zip => zip(bytes, each),
    }
}

fn tar(reader: impl Read, each: &mut dyn FnMut(&str, Vec<u8>)) -> Result<(), String> {
    let damaged = |e: io::Error| format!("damaged archive: {e}");
    let mut archive = ::tar::Archive::new(reader);
    // Raw: names beyond the header's are not put together, which would need memory without limit.
    for (count, entry) in archive.entries().map_err(damaged)?.raw(true).enumerate() {
        if ENTRIES_MAX <= count {
            return Err(format!("more than {ENTRIES_MAX} files"));
        }
        let mut entry = entry.map_err(damaged)?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let content = content(&mut entry, &name).map_err(|e| e.unwrap_or_else(&damaged))?;
        each(&name, content);
    }
    Ok(())
}

fn zip(bytes: &[u8], each: &mut dyn FnMut(&str, Vec<u8>)) -> Result<(), String> {
    let mut archive = ::zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| format!("damaged archive: {e}"))?;
    if ENTRIES_MAX < archive.len() {
        return Err(format!("more than {ENTRIES_MAX} files"));
    }
    let mut total = 0;
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(|e| format!("damaged archive: {e}"))?;
        if !entry.is_file() {
            continue;
        }
        let name = entry.name().map_err(|e| format!("damaged archive: {e}"))?.into_owned();
        let mut limited = Limited { read: total, ..Limited::new(entry, bytes.len()) };
        let content =
            content(&mut limited, &name).map_err(|e| e.unwrap_or_else(|e| format!("damaged archive: {e}")))?;
        total = limited.read;
        each(&name, content);
    }
    Ok(())
}

/// Content of one file; the error is a message or what the reader said.
fn content(reader: &mut impl Read, name: &str) -> Result<Vec<u8>, Result<String, io::Error>> {
    let mut content = Vec::new();
    reader.take(ENTRY_BYTES_MAX + 1).read_to_end(&mut content).map_err(Err)?;
    if ENTRY_BYTES_MAX < content.len() as u64 {
        return Err(Ok(format!("`{name}` has more than {ENTRY_BYTES_MAX} bytes")));
    }
    Ok(content)
}

/// Counts what is read and stops at the limits.
struct Limited<R> {
    inner: R,
    read: u64,
    max: u64,
}

impl<R> Limited<R> {
    fn new(inner: R, packed_bytes: usize) -> Self {
        let by_ratio = RATIO_FREE_BYTES.max(RATIO_MAX * packed_bytes as u64);
        Self { inner, read: 0, max: TOTAL_BYTES_MAX.min(by_ratio) }
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read += read as u64;
        if self.max < self.read {
            return Err(io::Error::other(format!("unpacks to more than {} bytes", self.max)));
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::*;

    fn tarred(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = ::tar::Builder::new(Vec::new());
        for (name, content) in files {
            let mut header = ::tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, name, *content).unwrap();
        }
        builder.into_inner().unwrap()
    }

    fn gzipped(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
    }

    fn names(format: Format, bytes: &[u8]) -> (Vec<(String, usize)>, Result<(), String>) {
        let mut names = Vec::new();
        let result = read(format, bytes, &mut |name, content| names.push((name.to_owned(), content.len())));
        (names, result)
    }

    #[test]
    fn files_come_one_by_one_from_every_format() {
        let tar = tarred(&[("a/1.html", b"one"), ("a/2.html", b"three")]);
        let mut zip = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in [("a/1.html", "one"), ("a/2.html", "three")] {
            zip.start_file(name, ::zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(content.as_bytes()).unwrap();
        }
        let zip = zip.finish().unwrap().into_inner();
        for (name, bytes) in
            [("x.tar", tar.clone()), ("x.tgz", gzipped(&tar)), ("x.tar.zst", zstd(&tar)), ("X.ZIP", zip)]
        {
            let (names, result) = names(Format::of(name).unwrap(), &bytes);
            assert_eq!(result, Ok(()), "{name}");
            assert_eq!(names, [("a/1.html".to_owned(), 3), ("a/2.html".to_owned(), 5)], "{name}");
        }
        assert_eq!(Format::of("x.html"), None);
    }

    #[test]
    fn bombs_and_damage_end_with_a_message() {
        let zeros = vec![0u8; 80 << 20];
        let bomb = gzipped(&tarred(&[("small.html", b"x"), ("big.html", &zeros)]));
        let (names, result) = names(Format::TarGz, &bomb);
        assert_eq!(names.len(), 1);
        assert!(result.unwrap_err().contains("bytes"));
        let mut damaged = gzipped(&tarred(&[("1.html", b"x")]));
        damaged.truncate(damaged.len() / 2);
        assert!(self::names(Format::TarGz, &damaged).1.is_err());
        assert!(self::names(Format::TarZst, b"no zstd").1.unwrap_err().contains("zstd"));
        assert!(self::names(Format::Zip, b"PK no").1.is_err());
    }

    proptest! {
        #[test]
        fn damaged_archives_never_panic(cuts in proptest::collection::vec((any::<usize>(), any::<u8>()), 0..20), keep in any::<usize>()) {
            let tar = tarred(&[("a/1.html", b"one"), ("a/2.html", &[b'x'; 900])]);
            for (format, mut bytes) in [
                (Format::Tar, tar.clone()), (Format::TarGz, gzipped(&tar)), (Format::TarZst, zstd(&tar)), (Format::Zip, tar.clone()),
            ] {
                for (at, byte) in &cuts {
                    let length = bytes.len();
                    bytes[at % length] = *byte;
                }
                bytes.truncate(1 + keep % bytes.len());
                let _ = names(format, &bytes);
            }
        }
    }
}
