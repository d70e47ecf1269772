/*!
Source text -> documents: the one way from any format's text to the law model.
*/

use super::{
    metadata, parse,
    problem::{Problem, ProblemKind},
    readers::{RawFile, Read},
    source_text::SourceText,
};
use crate::law::{Document, DocumentKind, DocumentMeta, Source, text::stored_form};

/// Makes the documents of a file's text.
pub fn assemble(file: RawFile<'_>, source: SourceText) -> Read {
    let mut problems = source.problems;
    if source.text.trim().is_empty() {
        return Read { documents: Vec::new(), problems };
    }
    let text = stored_form(&source.text);
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
        source: Source { trust: source.trust, incomplete: source.incomplete, ..file.source() },
        ..DocumentMeta::default()
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
