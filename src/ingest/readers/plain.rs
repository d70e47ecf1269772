/*!
Plain text and Markdown: one document a file.

Of Markdown only the marks around headings and bold text are taken off; what is left is
the document's text.
*/

use super::{RawFile, Read};
use crate::{
    ingest::{
        metadata, parse,
        problem::{Problem, ProblemKind},
    },
    law::{Document, DocumentKind, Source, document::DocumentMeta, text::stored_form},
};

/// Reads a text file; `markdown` takes the marks of headings off first.
pub fn read(file: RawFile<'_>, markdown: bool) -> Read {
    let mut problems = Vec::new();
    let source = match std::str::from_utf8(file.bytes) {
        Ok(source) => stored_form(source),
        Err(error) => {
            let line = 1 + file.bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
            let message = "not UTF-8 text; save the file as UTF-8 and try again";
            problems.push(Problem::new(line, ProblemKind::Encoding, message));
            return Read { documents: Vec::new(), problems };
        }
    };
    let text = if markdown { without_marks(&source) } else { source };
    let parsed = parse::parse(&text);
    problems.extend(parsed.problems);
    let found = metadata::find(&text, &parsed.headings);
    let mut meta = DocumentMeta {
        number: found.number,
        title: found.title.unwrap_or_else(|| file_stem(file.name)),
        kind: found.kind.unwrap_or(DocumentKind::Other),
        issuer: found.issuer,
        issued: found.issued,
        validity: found.validity,
        amended_by: Vec::new(),
        notes: Vec::new(),
        source: Source { file: file.name.to_owned(), sha256: file.sha256.to_owned(), date: None },
    };
    if let Some(sidecar) = file.sidecar {
        sidecar.apply(&mut meta);
    }
    if meta.number.is_none() {
        problems.push(Problem::new(0, ProblemKind::Metadata, "no document number found; give it in a sidecar file"));
    }
    if meta.validity.from.is_none() {
        problems.push(Problem::new(0, ProblemKind::Metadata, "no effective date found; give it in a sidecar file"));
    }
    if meta.kind == DocumentKind::Digest {
        // A digest leaves provisions out by design and says so.
        problems.retain(|p| {
            !matches!(p.kind, ProblemKind::MissingArticle | ProblemKind::MissingClause | ProblemKind::MissingPoint)
        });
    }
    let document = Document::new(meta, text, parsed.headings);
    if document.articles().next().is_none() {
        problems.push(Problem::new(0, ProblemKind::NoArticle, "no article heading found"));
    }
    Read { documents: vec![document], problems }
}

fn file_stem(name: &str) -> String {
    let base = name.rsplit('/').next().unwrap_or(name);
    base.rsplit_once('.').map_or(base, |(stem, _)| stem).to_owned()
}

/// Takes off what surrounds headings (`#`), bold text (`**`) and quoted lines (`>`).
fn without_marks(source: &str) -> String {
    let mut text = String::with_capacity(source.len());
    for line in source.split_inclusive('\n') {
        let trimmed = line.trim_start_matches([' ', '\t']);
        let heading = trimmed.trim_start_matches('#');
        let is_heading = heading.len() < trimmed.len() && heading.starts_with([' ', '\t']);
        let content = if is_heading { heading.trim_start_matches([' ', '\t']) } else { line };
        let content = content.strip_prefix("> ").unwrap_or(content);
        text.push_str(&content.replace("**", ""));
    }
    text
}
