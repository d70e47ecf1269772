/*!
Source text -> documents: the one way from any format's text to the law model.
*/

use std::ops::Range;

use super::{
    clean::{self, Unmarked},
    encoding, metadata, notes, parse, plain_notes, printed,
    problem::{Problem, ProblemKind},
    readers::{RawFile, Read},
    source_text::{Footnote, Hints, LineShape, SourceText},
    split,
};
use crate::law::{
    Document, DocumentKind, DocumentMeta, Source, Trust, Validity,
    text::{shorten, stored_form},
};

/// Bytes at the end of a text in which it may say that it goes on elsewhere.
const TAIL_BYTES: usize = 3_000;

/// Characters told of a footnote that nothing calls.
const UNCALLED_CHARS_MAX: usize = 120;

/// From so many breaks in its count on, readers of an untrusted copy are told.
const SLIPS_TOLD_MIN: usize = 20;

/// Makes the documents of a file's text.
pub fn assemble(file: RawFile<'_>, source: SourceText) -> Read {
    let SourceText { text, lines, hints, mut footnotes, trust, incomplete, mut problems } = source;
    if text.trim().is_empty() {
        return Read { documents: Vec::new(), problems };
    }
    let decoded = encoding::repair(text);
    if let Some(name) = decoded.converted_from {
        problems.push(Problem::new(0, ProblemKind::Encoding, format!("the text was in {name} and was converted")));
    }
    let text = clean::letters(&stored_form(&decoded.text));
    // Before lines are joined: a note at the foot of a page stands in the middle of a sentence.
    let (text, noted) = plain_notes::take(&text);
    footnotes.extend(noted);
    let is_printed = lines == LineShape::Printed || printed::lines::are_broken(&text);
    let text = match is_printed {
        true => printed::lines::join(&text),
        false if printed::lines::are_cut(&text) => printed::lines::join_cut(&text),
        false => text,
    };
    let text = clean::without_signing_box(&text);
    let (text, bracketed) = notes::take_bracketed(&text);
    footnotes.extend(bracketed);
    let unmarked = clean::unmark(&text);
    let incomplete = incomplete.or_else(|| goes_on_elsewhere(&unmarked.text));
    if let Some(why) = &incomplete {
        problems.push(Problem::new(0, ProblemKind::Incomplete, why.clone()));
    }
    let uncalled: Vec<&Footnote> =
        footnotes.iter().filter(|note| !unmarked.marks.iter().any(|(mark, _)| *mark == note.mark)).collect();
    for note in &uncalled {
        let message =
            format!("footnote {} is called nowhere: `{}`", note.mark, shorten(&note.text, UNCALLED_CHARS_MAX));
        problems.push(Problem::new(0, ProblemKind::Footnote, message));
    }
    let parts = split::documents(&unmarked.text);
    let several = 1 < parts.len();
    let source = Source { trust, incomplete, ..file.source() };
    let mut documents = Vec::with_capacity(parts.len());
    for (index, part) in parts.into_iter().enumerate() {
        // What a sidecar or the container states, it states of the file's first document.
        let stated = if index == 0 { Some((&hints, file.sidecar)) } else { None };
        let whole = Part { file, unmarked: &unmarked, footnotes: &footnotes, source: &source, stated };
        let (document, found) = whole.document(part.clone());
        let line = unmarked.text[..part.start].matches('\n').count();
        problems.extend(found.into_iter().map(|p| Problem { line: if p.line == 0 { 0 } else { p.line + line }, ..p }));
        documents.push(document);
    }
    if several {
        let message = format!("{} documents in one file; a sidecar speaks of the first", documents.len());
        problems.push(Problem::new(0, ProblemKind::SeveralDocuments, message));
    }
    Read { documents, problems }
}

/// A text that says it goes on in the next issue of the gazette is not whole.
fn goes_on_elsewhere(text: &str) -> Option<String> {
    let mut from = text.len().saturating_sub(TAIL_BYTES);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let line = text[from..]
        .lines()
        .find(|line| line.contains("(Xem tiếp") || line.trim_start_matches(['(', ' ']).starts_with("Xem tiếp"))?;
    Some(format!("the text is cut off: it says `{}`", line.trim()))
}

type Stated<'a> = (&'a Hints, Option<&'a super::sidecar::Sidecar>);

/// One document of a file on its way.
struct Part<'a> {
    file: RawFile<'a>,
    unmarked: &'a Unmarked,
    footnotes: &'a [Footnote],
    source: &'a Source,
    stated: Option<Stated<'a>>,
}

impl Part<'_> {
    fn document(&self, range: Range<usize>) -> (Document, Vec<Problem>) {
        let text = &self.unmarked.text[range.clone()];
        let parsed = parse::parse(text);
        let mut problems = parsed.problems;
        let found = metadata::find(text, &parsed.headings);
        let mut meta = DocumentMeta {
            kind: found.kind.unwrap_or(if found.number.is_some() { DocumentKind::Other } else { DocumentKind::Guide }),
            number: found.number,
            title: found.title.unwrap_or_default(),
            issuer: found.issuer,
            signer: found.signer,
            issued: found.issued,
            validity: found.validity,
            consolidates: found.consolidates,
            source: self.source.clone(),
            ..DocumentMeta::default()
        };
        if let Some((hints, sidecar)) = self.stated {
            apply_hints(hints, &mut meta, &mut problems);
            if let Some(sidecar) = sidecar {
                sidecar.apply(&mut meta);
            }
        }
        if meta.title.is_empty() {
            meta.title = file_stem(self.file.name);
        }
        let is_kind_stated = self.stated.and_then(|(_, sidecar)| sidecar).is_some_and(|sidecar| sidecar.kind.is_some());
        report_unknown(&meta, is_kind_stated, &mut problems);
        if meta.kind == DocumentKind::Digest {
            // A digest leaves provisions out by design and says so.
            problems.retain(|p| {
                !matches!(p.kind, ProblemKind::MissingArticle | ProblemKind::MissingClause | ProblemKind::MissingPoint)
            });
        }
        if meta.source.trust == Trust::Unknown && SLIPS_TOLD_MIN <= problems.iter().filter(|p| is_slip(p.kind)).count()
        {
            meta.notes.push(
                "Bản chép này có nhiều chỗ sai hoặc thiếu số khoản, điểm; hãy đối chiếu bản chính thức.".to_owned(),
            );
        }
        let mut document = Document::new(meta, text.to_owned(), parsed.headings);
        if document.articles().next().is_none() {
            problems.push(Problem::new(0, ProblemKind::NoArticle, "no article heading found"));
        }
        problems.extend(notes::attach(&mut document, self.unmarked, range.start, self.footnotes));
        (document, problems)
    }
}

/// A break in the count of provisions: the mark of a bad copy.
fn is_slip(kind: ProblemKind) -> bool {
    matches!(
        kind,
        ProblemKind::MissingArticle
            | ProblemKind::MissingClause
            | ProblemKind::MissingPoint
            | ProblemKind::ClauseOutOfCount
            | ProblemKind::PointOutOfCount
            | ProblemKind::LabelSlip
    )
}

/// Lays what the container states under what the text says; where they contradict each
/// other the text wins, and it is told.
fn apply_hints(hints: &Hints, meta: &mut DocumentMeta, problems: &mut Vec<Problem>) {
    let mut contradiction = |what: &str, stated: &str, found: &str| {
        let message = format!("the file states {what} `{stated}`, its text says `{found}`; the text is followed");
        problems.push(Problem::new(0, ProblemKind::Metadata, message));
    };
    if let Some(stated) = hints.number.as_deref().map(str::trim).filter(|n| !n.is_empty()) {
        match &meta.number {
            Some(found) if found != stated => contradiction("number", stated, found),
            Some(_) => {}
            None => {
                meta.number = metadata::number_in(stated);
                meta.kind =
                    super::sidecar::guess_kind(meta.number.as_deref(), &meta.title).unwrap_or(DocumentKind::Other);
            }
        }
    }
    if let Some(title) = &hints.title
        && meta.title.is_empty()
    {
        meta.title = stored_form(title.trim());
    }
    meta.issuer = meta.issuer.take().or_else(|| hints.issuer.clone());
    let mut date = |what: &str, stated: &Option<String>, found: Option<jiff::civil::Date>| {
        let stated = stated.as_deref().and_then(metadata::dates::parse);
        if let (Some(stated), Some(found)) = (stated, found)
            && stated != found
        {
            contradiction(what, &stated.to_string(), &found.to_string());
        }
        found.or(stated)
    };
    meta.issued = date("day of issue", &hints.issued, meta.issued);
    let from = date("effective date", &hints.effective_from, meta.validity.from);
    let to = date("end of validity", &hints.effective_to, meta.validity.to);
    meta.validity = Validity { from, to };
}

/// What stays unknown is listed.
fn report_unknown(meta: &DocumentMeta, is_kind_stated: bool, problems: &mut Vec<Problem>) {
    let is_law = meta.kind.is_law();
    if is_law && meta.number.is_none() && meta.kind != DocumentKind::Constitution {
        problems.push(Problem::new(0, ProblemKind::Metadata, "no document number found; give it in a sidecar file"));
    }
    if is_law && meta.validity.from.is_none() && meta.kind != DocumentKind::Consolidated {
        problems.push(Problem::new(0, ProblemKind::Metadata, "no effective date found; give it in a sidecar file"));
    }
    if meta.source.trust == Trust::Unknown && !is_law && !is_kind_stated {
        problems.push(Problem::new(
            0,
            ProblemKind::Metadata,
            "taken for a guide, not for law; a sidecar can say what it is",
        ));
    }
}

/// The file's path below its corpus folder, without its extension.
fn file_stem(name: &str) -> String {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
}
