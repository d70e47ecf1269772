/*!
Files that hold many documents or parts of them: the codification, and archives.

The articles of a source document are spread over files, so [`Codified`] takes files in one
by one and gives the documents when all were read.
*/

use std::{collections::HashMap, path::Path};

use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use super::{
    DocumentReport,
    problem::{Problem, ProblemKind},
    readers::{
        RawFile, Read,
        archive::{self, Format},
        html::decode,
        phapdien::{Added, Codification, Finished, Origin, scan},
    },
    source,
};

/// How much of a file is looked at to tell what it is, in bytes.
const HEAD_BYTES_MAX: usize = 16_384;
/// Codes named in one remark.
const NAMED_MAX: usize = 8;

/// What one file gave at once.
#[derive(Debug, Default)]
pub struct Taken {
    /// Documents whose parts it holds, with the counts of its own articles.
    pub reports: Vec<DocumentReport>,
    /// Other documents, and what is to be remarked.
    pub read: Read,
}

/// Files of the codification and archives of a corpus.
#[derive(Debug, Default)]
pub struct Codified {
    codification: Codification,
}

/// What the subjects of one file gave.
#[derive(Debug, Default)]
struct Tally {
    subjects: usize,
    empty: Vec<String>,
    unplaced: Vec<String>,
    /// Documents in order, with their counts.
    documents: Vec<(usize, usize)>,
    by_document: HashMap<usize, usize>,
}

impl Codified {
    /// Takes a file in if it is an archive or of the codification; `report` is the place of
    /// its report. Files of an archive that are neither are read by `other`.
    pub fn take(
        &mut self,
        path: &Path,
        file: RawFile<'_>,
        report: usize,
        other: &dyn Fn(&str, RawFile<'_>) -> Read,
    ) -> Option<Taken> {
        let origin = Origin { file: file.name.to_owned(), sha256: file.sha256.to_owned(), snapshot: snapshot_of(path) };
        let mut tally = Tally::default();
        let mut taken = Taken::default();
        if let Some(format) = Format::of(file.name) {
            self.codification.begin(report, origin);
            self.archive(format, file, &mut tally, &mut taken, other);
        } else {
            let kind = kind(file.name, file.bytes)?;
            self.codification.begin(report, origin);
            let added = self.subject(kind, file.bytes, &mut tally);
            self.tally(added, &mut tally);
        }
        self.report(tally, &mut taken);
        Some(taken)
    }

    /// The documents, once all files were taken in.
    pub fn finish(self) -> Finished {
        self.codification.finish()
    }

    fn subject(&mut self, kind: Kind, bytes: &[u8], tally: &mut Tally) -> Added {
        let text = decode::decode(bytes).0;
        let subject = match kind {
            Kind::Html => scan::html(&text),
            Kind::Text => scan::markdown(&text),
        };
        tally.subjects += 1;
        if subject.articles.is_empty() {
            tally.empty.push(format!("{} {}", subject.number, subject.title).trim().to_owned());
        }
        self.codification.add(subject)
    }

    fn tally(&self, added: Added, tally: &mut Tally) {
        tally.unplaced.extend(added.unplaced);
        for (document, count) in added.documents {
            let documents = &mut tally.documents;
            let at = *tally.by_document.entry(document).or_insert_with(|| {
                documents.push((document, 0));
                documents.len() - 1
            });
            tally.documents[at].1 += count;
        }
    }

    fn archive(
        &mut self,
        format: Format,
        file: RawFile<'_>,
        tally: &mut Tally,
        taken: &mut Taken,
        other: &dyn Fn(&str, RawFile<'_>) -> Read,
    ) {
        let mut left_out = 0;
        let result = archive::read(format, file.bytes, &mut |name, bytes| {
            let base = name.rsplit('/').next().unwrap_or(name);
            if base.is_empty() || base.starts_with('.') || base.ends_with(".toml") || base == "jsonData.js" {
                return;
            }
            if let Some(kind) = kind(name, &bytes) {
                let added = self.subject(kind, &bytes, tally);
                self.tally(added, tally);
            } else if Format::of(name).is_some() {
                left_out += 1;
            } else {
                let inner = format!("{}:{name}", file.name);
                let sha256 = source::hex(&Sha256::digest(&bytes));
                let extension = base.rsplit_once('.').map_or("", |(_, extension)| extension).to_lowercase();
                let raw = RawFile { name: &inner, sha256: &sha256, bytes: &bytes, sidecar: None };
                let read = other(&extension, raw);
                taken.read.documents.extend(read.documents);
                taken.read.problems.extend(
                    read.problems.into_iter().map(|p| Problem { message: format!("{name}: {}", p.message), ..p }),
                );
            }
        });
        if let Err(message) = result {
            taken.read.problems.push(Problem::new(0, ProblemKind::Unreadable, message));
        }
        if 0 < left_out {
            let message = format!("{left_out} archives within the archive are not read");
            taken.read.problems.push(Problem::new(0, ProblemKind::Unreadable, message));
        }
    }

    fn report(&self, tally: Tally, taken: &mut Taken) {
        for (document, articles) in tally.documents {
            let (number, title, validity) = self.codification.document(document);
            taken.reports.push(DocumentReport { number, title, articles, validity });
        }
        let problems = &mut taken.read.problems;
        if tally.subjects == 1 && tally.empty.len() == 1 {
            let message = format!("subject (đề mục) {} is empty in this snapshot of the codification", tally.empty[0]);
            problems.push(Problem::new(0, ProblemKind::NoArticle, message));
        } else if !tally.empty.is_empty() {
            let named: Vec<&str> = tally.empty.iter().take(NAMED_MAX).map(String::as_str).collect();
            let more = tally.empty.len() - named.len();
            let more = if 0 < more { format!(" and {more} more") } else { String::new() };
            let (empty, all) = (tally.empty.len(), tally.subjects);
            let message = format!("{empty} of {all} subjects (đề mục) are empty: {}{more}", named.join("; "));
            problems.push(Problem::new(0, ProblemKind::NoArticle, message));
        }
        if !tally.unplaced.is_empty() {
            let named: Vec<&str> = tally.unplaced.iter().take(NAMED_MAX).map(String::as_str).collect();
            let message = format!("{} articles name no source document: {}", tally.unplaced.len(), named.join(", "));
            problems.push(Problem::new(0, ProblemKind::Metadata, message));
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Html,
    Text,
}

/// Whether a file is one of the codification.
fn kind(name: &str, bytes: &[u8]) -> Option<Kind> {
    let lower = name.to_ascii_lowercase();
    if lower.ends_with(".html") || lower.ends_with(".htm") {
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD_BYTES_MAX)]);
        scan::recognises_html(&head).then_some(Kind::Html)
    } else if lower.ends_with(".md") || lower.ends_with(".txt") {
        let head = &bytes[..bytes.len().min(4 * HEAD_BYTES_MAX)];
        scan::recognises_text(&String::from_utf8_lossy(head)).then_some(Kind::Text)
    } else {
        None
    }
}

/// `2026-01` or `2026-01-15` in the file's name or in a folder's, the innermost first.
fn snapshot_of(path: &Path) -> Option<Date> {
    path.components().rev().take(3).find_map(|part| {
        let name = part.as_os_str().to_string_lossy();
        let bytes = name.as_bytes();
        let number = |from: usize, to: usize| -> Option<i16> {
            let part = bytes.get(from..to)?;
            std::str::from_utf8(part).ok().filter(|t| t.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
        };
        (0..bytes.len()).find_map(|at| {
            let starts = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
            let year = number(at, at + 4).filter(|year| starts && (2010..2100).contains(year))?;
            let month = (bytes.get(at + 4) == Some(&b'-')).then(|| number(at + 5, at + 7)).flatten()?;
            let ends = |at: usize| bytes.get(at).is_none_or(|b| !b.is_ascii_alphanumeric());
            let day = (bytes.get(at + 7) == Some(&b'-')).then(|| number(at + 8, at + 10)).flatten();
            let day = day.filter(|_| ends(at + 10)).or(ends(at + 7).then_some(1))?;
            Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapshots_are_read_off_names_and_folders() {
        let date = |text: &str| text.parse::<Date>().ok();
        for (path, expected) in [
            ("phapdien/raw/2026-01/20.2-lao-dong.html", date("2026-01-01")),
            ("full/phapdien-2025-02.tar.zst", date("2025-02-01")),
            ("2024-01/phapdien-2025-02-17.zip", date("2025-02-17")),
            ("20.2-lao-dong.2026-05.md", date("2026-05-01")),
            ("luat-45-2019.html", None),
            ("2efd8c6f-2019-0507-84b6.html", None),
        ] {
            assert_eq!(snapshot_of(Path::new(path)), expected, "{path}");
        }
    }
}
