/*!
Raw files as they were taken in: `raw/SHA256`, never changed, and what they were called.

A file of one content is kept once. The list `raw/index.jsonl` is only appended to: a line for
every new pair of name and content, with length, where it came from and when. Uploads also
stand under their names in `uploads/`, which belongs to the corpus; the newest of a name wins
there, and all stay here.
*/

use std::{
    collections::HashSet,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::store::unusable;
use crate::{
    error::{Error, Result},
    ingest::source::hex,
};

const RAW_FOLDER: &str = "raw";
const UPLOADS_FOLDER: &str = "uploads";
const INDEX_FILE: &str = "index.jsonl";
const LOCK_FILE: &str = "lock";
/// A file on its way in; under the lock there is only one, and what a crash left is overwritten.
const TAKING_FILE: &str = "taking";
/// Bytes copied at a time.
const BUFFER_BYTES: usize = 1 << 20;
/// Longest name of an upload, in characters.
const NAME_CHARS_MAX: usize = 120;
/// Endings of the names of uploads: what readers read, and sidecars.
const ENDINGS: [&str; 12] = ["doc", "docx", "gz", "htm", "html", "json", "jsonl", "md", "pdf", "toml", "txt", "zst"];
/// Names that mean something else than a sidecar in a corpus folder.
const RESERVED: [&str; 2] = [crate::ingest::source::SOURCES_FILE, crate::ingest::source::KNOWN_FILE];

/// Where a file came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A corpus path.
    Corpus,
    /// The admin API.
    Upload,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RawEntry {
    /// Name it was taken in under.
    pub name: String,
    /// Where it came from.
    pub origin: Origin,
    /// SHA-256 of its content; its name in the folder.
    pub sha256: String,
    /// Length, in bytes.
    pub bytes: u64,
    /// When, RFC 3339.
    pub taken_in: String,
}

/// An uploaded file that belongs to the corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uploaded {
    /// Its name.
    pub name: String,
    /// Length, in bytes.
    pub bytes: u64,
}

/// Name of an uploaded file: one that is a name in every system, and of a known format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadName(String);

impl UploadName {
    /// Checks a name.
    ///
    /// # Errors
    /// `Invalid` saying what is wrong, in Vietnamese.
    pub fn parse(name: &str) -> Result<Self> {
        let wrong = |message: &str| Error::invalid("name", message);
        let name = crate::law::text::stored_form(name.trim());
        if name.is_empty() {
            return Err(wrong("thiếu tên tệp"));
        }
        if NAME_CHARS_MAX < name.chars().count() {
            return Err(wrong("tên tệp quá dài"));
        }
        if name.starts_with('.') || name.contains(|c: char| c.is_control() || "/\\:*?\"<>|".contains(c)) {
            return Err(wrong("tên tệp có ký tự không được dùng"));
        }
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
        if !ENDINGS.contains(&ending.as_str()) || RESERVED.contains(&name.to_lowercase().as_str()) {
            return Err(wrong("định dạng tệp này không được nhận"));
        }
        Ok(Self(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The raw files of one data folder.
pub struct RawStore {
    data: PathBuf,
}

impl RawStore {
    /// The raw files below `data`.
    pub fn new(data: &Path) -> Self {
        Self { data: data.to_owned() }
    }

    /// Folder of uploads under their names.
    pub fn uploads(&self) -> PathBuf {
        self.data.join(UPLOADS_FOLDER)
    }

    /// The uploads that belong to the corpus, by name.
    ///
    /// # Errors
    /// `Unavailable` when the folder cannot be read.
    pub fn uploaded(&self) -> Result<Vec<Uploaded>> {
        let entries = match fs::read_dir(self.uploads()) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(unusable(&self.data, &e)),
        };
        let file = |entry: fs::DirEntry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let bytes = entry.metadata().ok()?.len();
            (!name.starts_with('.')).then_some(Uploaded { name, bytes })
        };
        let mut found: Vec<Uploaded> = entries.flatten().filter_map(file).collect();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// Takes an upload out of the corpus; it stays among the raw files. Whether it was there.
    ///
    /// # Errors
    /// `Unavailable` when the folder cannot be written.
    pub fn drop_upload(&self, name: &UploadName) -> Result<bool> {
        let removed = fs::remove_file(self.uploads().join(name.as_str()));
        match removed.and_then(|()| File::open(self.uploads())?.sync_all()) {
            Ok(()) => Ok(true),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(unusable(&self.data, &e)),
        }
    }

    /// The list, oldest first; lines a crash cut short are left out.
    pub fn entries(&self) -> Vec<RawEntry> {
        let text = fs::read_to_string(self.data.join(RAW_FOLDER).join(INDEX_FILE)).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// Takes in files of the corpus (path and name); how many were not held yet.
    ///
    /// # Errors
    /// `Unavailable` when the folder cannot be written. A file that cannot be read is left to
    /// the report of reading it.
    pub fn take_in(&self, files: &[(PathBuf, String)], at: jiff::Timestamp) -> Result<usize> {
        let work = || -> io::Result<usize> {
            let mut taking = Taking::start(self)?;
            let mut new = 0;
            for (path, name) in files {
                let Ok(file) = File::open(path) else { continue };
                new += usize::from(taking.take(file, name, Origin::Corpus, at)?.1);
            }
            Ok(new)
        };
        work().map_err(|e| unusable(&self.data, &e))
    }

    /// Takes in an upload and puts it into the corpus under its name. Whether it is new.
    ///
    /// # Errors
    /// `Unavailable` when the folder cannot be written.
    pub fn upload(&self, name: &UploadName, content: &[u8], at: jiff::Timestamp) -> Result<(RawEntry, bool)> {
        let work = || -> io::Result<(RawEntry, bool)> {
            let mut taking = Taking::start(self)?;
            let (entry, new) = taking.take(content, name.as_str(), Origin::Upload, at)?;
            fs::create_dir_all(self.uploads())?;
            let beside = self.uploads().join(format!(".{TAKING_FILE}"));
            let _ = fs::remove_file(&beside);
            let kept = taking.folder.join(&entry.sha256);
            // A second name for the kept file where the disk can, a copy of it elsewhere.
            fs::hard_link(&kept, &beside).or_else(|_| fs::copy(&kept, &beside).map(|_| ()))?;
            fs::rename(&beside, self.uploads().join(name.as_str()))?;
            // Renaming a second name of the same file onto it leaves both.
            let _ = fs::remove_file(&beside);
            File::open(self.uploads())?.sync_all()?;
            Ok((entry, new))
        };
        work().map_err(|e| unusable(&self.data, &e))
    }
}

/// Taking files in, under the lock.
struct Taking {
    folder: PathBuf,
    index: File,
    known: HashSet<(String, String)>,
    _lock: File,
}

impl Taking {
    fn start(store: &RawStore) -> io::Result<Self> {
        let folder = store.data.join(RAW_FOLDER);
        fs::create_dir_all(&folder)?;
        let lock = File::create(folder.join(LOCK_FILE))?;
        lock.lock()?;
        let path = folder.join(INDEX_FILE);
        let torn = fs::read(&path).is_ok_and(|bytes| bytes.last().is_some_and(|last| *last != b'\n'));
        let mut index = OpenOptions::new().create(true).append(true).open(&path)?;
        if torn {
            index.write_all(b"\n")?;
        }
        let known = store.entries().into_iter().map(|entry| (entry.name, entry.sha256)).collect();
        Ok(Self { folder, index, known, _lock: lock })
    }

    /// Copies one file in, unless it is held, and lists it, unless it is listed.
    fn take(
        &mut self,
        mut source: impl Read,
        name: &str,
        origin: Origin,
        at: jiff::Timestamp,
    ) -> io::Result<(RawEntry, bool)> {
        let beside = self.folder.join(TAKING_FILE);
        let _ = fs::remove_file(&beside);
        let mut out = File::create(&beside)?;
        let (mut hash, mut bytes) = (Sha256::new(), 0);
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            let read = source.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            hash.update(&buffer[..read]);
            out.write_all(&buffer[..read])?;
            bytes += read as u64;
        }
        let sha256 = hex(&hash.finalize());
        let place = self.folder.join(&sha256);
        if fs::metadata(&place).is_ok_and(|held| held.len() == bytes) {
            fs::remove_file(&beside)?;
        } else {
            let mut permissions = out.metadata()?.permissions();
            permissions.set_readonly(true);
            out.set_permissions(permissions)?;
            out.sync_all()?;
            fs::rename(&beside, &place)?;
        }
        let entry = RawEntry { name: name.to_owned(), origin, sha256: sha256.clone(), bytes, taken_in: at.to_string() };
        let new = self.known.insert((name.to_owned(), sha256));
        if new {
            let line = serde_json::to_string(&entry).map_err(io::Error::other)?;
            self.index.write_all(format!("{line}\n").as_bytes())?;
            self.index.sync_data()?;
        }
        Ok((entry, new))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_content_is_kept_once_and_every_name_listed() {
        let folder = tempfile::tempdir().unwrap();
        let store = RawStore::new(folder.path());
        let at = jiff::Timestamp::from_second(1_800_000_000).unwrap();
        let name = |text| UploadName::parse(text).unwrap();
        assert!(store.upload(&name("a.txt"), b"one", at).unwrap().1);
        assert!(!store.upload(&name("a.txt"), b"one", at).unwrap().1);
        store.upload(&name("b.txt"), b"one", at).unwrap();
        let (entry, _) = store.upload(&name("a.txt"), b"two", at).unwrap();
        assert_eq!(fs::read(store.uploads().join("a.txt")).unwrap(), b"two");
        assert_eq!(fs::read(store.uploads().join("b.txt")).unwrap(), b"one");
        let names: Vec<String> = store.entries().into_iter().map(|entry| entry.name).collect();
        assert_eq!(names, ["a.txt", "b.txt", "a.txt"]);
        let listed: Vec<String> = store.uploaded().unwrap().into_iter().map(|file| file.name).collect();
        assert_eq!(listed, ["a.txt", "b.txt"]);
        let kept = folder.path().join("raw").join(&entry.sha256);
        assert!(fs::metadata(&kept).unwrap().permissions().readonly());
        let files = |folder: PathBuf| fs::read_dir(folder).unwrap().count();
        assert_eq!(files(folder.path().join("raw")), 4, "two contents, list and lock");
        assert_eq!(files(store.uploads()), 2);
        assert!(store.drop_upload(&name("b.txt")).unwrap() && !store.drop_upload(&name("b.txt")).unwrap());
        assert_eq!((files(store.uploads()), files(folder.path().join("raw"))), (1, 4), "what it was stays");
    }

    #[test]
    fn a_line_cut_short_costs_that_line() {
        let folder = tempfile::tempdir().unwrap();
        let store = RawStore::new(folder.path());
        let at = jiff::Timestamp::UNIX_EPOCH;
        store.upload(&UploadName::parse("a.txt").unwrap(), b"one", at).unwrap();
        let index = folder.path().join("raw/index.jsonl");
        OpenOptions::new().append(true).open(&index).unwrap().write_all(b"{\"name\":\"to").unwrap();
        fs::write(folder.path().join("raw/taking"), b"half").unwrap();
        let file = folder.path().join("b.txt");
        fs::write(&file, b"two").unwrap();
        assert_eq!(store.take_in(&[(file, "b.txt".to_owned())], at).unwrap(), 1);
        assert_eq!(store.entries().len(), 2);
    }

    #[test]
    fn names_that_could_leave_the_folder_or_mean_something_else_are_refused() {
        for name in
            ["", "../a.txt", "a/b.txt", "a\\b.txt", ".a.txt", "a\u{0}.txt", "a.exe", "a", "sources.toml", "C:a.txt"]
        {
            assert!(UploadName::parse(name).is_err(), "{name}");
        }
        assert!(UploadName::parse(&format!("{}.txt", "a".repeat(120))).is_err());
        assert_eq!(UploadName::parse(" Nghị định 1.docx ").unwrap().as_str(), "Nghị định 1.docx");
    }
}
