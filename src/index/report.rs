/*!
What was reported of the files a generation was built from, kept beside it.

In the form of `corpus check --json`, so that an admin sees the same before and after.
*/

use std::{fs, path::Path};

use serde::{Deserialize, Serialize};

use crate::ingest::{FileReport, FileStatus};

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFile {
    /// Path of the file.
    pub path: String,
    /// `ok`, `problems`, `unreadable`.
    pub status: String,
    /// Documents found.
    pub documents: Vec<StoredDocumentReport>,
    /// Problems found.
    pub problems: Vec<StoredProblem>,
}

/// One document of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredDocumentReport {
    /// Number as printed, if any.
    pub number: Option<String>,
    /// Title.
    pub title: String,
    /// Its own articles.
    pub articles: usize,
    /// First day in force.
    pub effective_from: Option<String>,
    /// Last day in force.
    pub effective_to: Option<String>,
}

/// One problem of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredProblem {
    /// Line from 1; 0 for the whole file.
    pub line: usize,
    /// What kind.
    pub kind: String,
    /// What exactly.
    pub message: String,
}

impl From<&FileReport> for StoredFile {
    fn from(file: &FileReport) -> Self {
        let status = match file.status {
            FileStatus::Ok => "ok",
            FileStatus::Problems => "problems",
            FileStatus::Unreadable => "unreadable",
        };
        let date = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string());
        Self {
            path: file.path.display().to_string(),
            status: status.to_owned(),
            documents: file
                .documents
                .iter()
                .map(|document| StoredDocumentReport {
                    number: document.number.clone(),
                    title: document.title.clone(),
                    articles: document.articles,
                    effective_from: date(document.validity.from),
                    effective_to: date(document.validity.to),
                })
                .collect(),
            problems: file
                .problems
                .iter()
                .map(|p| StoredProblem { line: p.line, kind: p.kind.name().to_owned(), message: p.message.clone() })
                .collect(),
        }
    }
}

/// Writes the report.
///
/// # Errors
/// When the file cannot be written.
pub fn write(path: &Path, files: &[FileReport]) -> anyhow::Result<()> {
    let stored: Vec<StoredFile> = files.iter().map(StoredFile::from).collect();
    Ok(fs::write(path, serde_json::to_vec(&stored)?)?)
}

/// Reads it.
///
/// # Errors
/// When the file is missing or damaged.
pub fn read(path: &Path) -> anyhow::Result<Vec<StoredFile>> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}
