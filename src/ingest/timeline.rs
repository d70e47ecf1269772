/*!
What the documents of a corpus say of each other's time in force.

Sources of truth in this order: a sidecar (laid over a document when it was read), clauses of
later documents that end or amend it, consolidated texts, the document's own dates, facts
known of documents that are not held.
*/

use super::{Corpus, FileStatus, KnownDocuments, amend, consolidate, dates, problem::Problem, relations};
use crate::law::Document;

/// Settles the times of all provisions; what stays uncertain is reported with its file.
pub fn settle(corpus: &mut Corpus, known: &KnownDocuments) {
    let mut problems: Vec<(usize, Problem)> = Vec::new();
    known.fill_first_days(&mut corpus.documents);
    for (index, document) in corpus.documents.iter_mut().enumerate() {
        problems.extend(dates::apply_own_days(document).into_iter().map(|problem| (index, problem)));
    }
    let mut outcome = amend::versions::apply(&mut corpus.documents);
    problems.append(&mut outcome.problems);
    let consolidated = consolidate::apply(&mut corpus.documents, &mut outcome.overlays);
    problems.extend(consolidated);
    report(corpus, problems);
    for overlay in &mut outcome.overlays {
        // Notes, last day and amendments of the law hold for the versions of its articles, too.
        if let Some(base) = corpus.documents.iter().find(|document| document.id == overlay.id) {
            let (version_by, source) = (overlay.meta.version_by.take(), overlay.meta.source.clone());
            overlay.meta = crate::law::DocumentMeta { version_by, source, ..base.meta.clone() };
        }
    }
    corpus.documents.append(&mut outcome.overlays);
    relations::find(&mut corpus.documents);
    known.apply(&mut corpus.documents);
}

/// Puts problems to the file their document comes from.
fn report(corpus: &mut Corpus, problems: Vec<(usize, Problem)>) {
    for (index, problem) in problems {
        let document: &Document = &corpus.documents[index];
        let by_name = corpus.files.iter().position(|file| file.path.ends_with(&document.meta.source.file));
        let holds = |file: &super::FileReport| file.documents.iter().any(|d| d.number == document.meta.number);
        let Some(at) = by_name.or_else(|| corpus.files.iter().position(holds)) else { continue };
        let file = &mut corpus.files[at];
        if file.status == FileStatus::Ok {
            file.status = FileStatus::Problems;
        }
        file.problems.push(problem);
    }
}
