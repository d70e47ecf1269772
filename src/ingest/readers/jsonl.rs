/*!
Articles JSONL: one article a line, the import format of other programs.

Articles are grouped by `law_id` into documents, in order of first appearance. The text of
a document is its articles under their headings.
*/

use jiff::civil::Date;
use serde::Deserialize;

use super::{RawFile, Read};
use crate::{
    ingest::{
        parse,
        problem::{Problem, ProblemKind},
        sidecar,
    },
    law::{
        Document, DocumentKind, DocumentMeta, NodeKind, Source, Trust, Validity, document::Heading, text::stored_form,
    },
};

#[derive(Deserialize)]
struct Record {
    law_id: String,
    article_id: String,
    #[serde(default)]
    title: String,
    text: String,
    #[serde(default)]
    doc_title: String,
    effective_from: Option<String>,
    effective_to: Option<String>,
}

/// One document while its articles come in.
struct Draft {
    number: String,
    title: String,
    text: String,
    headings: Vec<Heading>,
    /// Dates by article heading.
    validities: Vec<(usize, Validity)>,
}

/// Reads a whole file of articles.
pub fn read(file: RawFile<'_>) -> Read {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut problems = Vec::new();
    for (index, line) in file.bytes.split(|byte| *byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        match record(line) {
            Ok(record) => add(&mut drafts, record, index + 1, &mut problems),
            Err(message) => problems.push(Problem::new(index + 1, ProblemKind::BadRecord, message)),
        }
    }
    let documents = drafts.into_iter().map(|draft| document(file, draft)).collect();
    Read { documents, problems }
}

fn record(line: &[u8]) -> Result<Record, String> {
    let text = std::str::from_utf8(line).map_err(|e| format!("not UTF-8: {e}"))?;
    let record: Record = serde_json::from_str(text).map_err(|e| e.to_string())?;
    for (field, value) in [("law_id", &record.law_id), ("article_id", &record.article_id), ("text", &record.text)] {
        if value.trim().is_empty() {
            return Err(format!("`{field}` is empty"));
        }
    }
    Ok(record)
}

fn add(drafts: &mut Vec<Draft>, record: Record, line: usize, problems: &mut Vec<Problem>) {
    let number = stored_form(record.law_id.trim());
    // Articles of one document mostly follow each other: the search begins at the end.
    let at = drafts.iter().rposition(|draft| draft.number == number).unwrap_or_else(|| {
        let title =
            if record.doc_title.trim().is_empty() { number.clone() } else { stored_form(record.doc_title.trim()) };
        drafts.push(Draft { number, title, text: String::new(), headings: Vec::new(), validities: Vec::new() });
        drafts.len() - 1
    });
    let draft = &mut drafts[at];
    let label = stored_form(record.article_id.trim());
    if draft.headings.iter().any(|h| h.kind == NodeKind::Article && h.label == label) {
        problems.push(Problem::new(
            line,
            ProblemKind::DuplicateArticle,
            format!("article {label} of {} again", draft.number),
        ));
    }
    let mut date = |value: Option<String>, field: &str| {
        let value = value?;
        let date = value.trim().parse::<Date>().ok();
        if date.is_none() {
            problems.push(Problem::new(
                line,
                ProblemKind::Metadata,
                format!("`{field}` `{value}` is not a date (YYYY-MM-DD)"),
            ));
        }
        date
    };
    let validity =
        Validity { from: date(record.effective_from, "effective_from"), to: date(record.effective_to, "effective_to") };
    let title = stored_form(record.title.trim()).replace('\n', " ");
    let start = draft.text.len();
    draft.text.push_str(&format!("Điều {label}."));
    if !title.is_empty() {
        draft.text.push(' ');
        draft.text.push_str(&title);
    }
    let body_start = draft.text.len();
    draft.headings.push(Heading { kind: NodeKind::Article, label, title, start, body: body_start });
    draft.validities.push((start, validity));
    draft.text.push('\n');
    let body = stored_form(&record.text);
    let parsed = parse::parse_article_body(body.trim(), draft.text.len());
    draft.headings.extend(parsed.headings);
    problems.extend(parsed.problems.into_iter().map(|p| Problem { line, ..p }));
    draft.text.push_str(body.trim());
    draft.text.push_str("\n\n");
}

fn document(file: RawFile<'_>, draft: Draft) -> Document {
    let shared = draft.validities.first().map(|(_, validity)| *validity).unwrap_or_default();
    let uniform = draft.validities.iter().all(|(_, validity)| *validity == shared);
    let mut meta = DocumentMeta {
        kind: sidecar::guess_kind(Some(&draft.number), &draft.title).unwrap_or(DocumentKind::Other),
        number: Some(draft.number),
        title: draft.title,
        validity: if uniform { shared } else { Validity::default() },
        source: Source { trust: Trust::File, ..file.source() },
        ..DocumentMeta::default()
    };
    if let Some(sidecar) = file.sidecar {
        sidecar.apply(&mut meta);
    }
    let mut document = Document::new(meta, draft.text, draft.headings);
    if !uniform {
        for (start, validity) in draft.validities {
            let node = document.nodes().iter().position(|n| n.kind == NodeKind::Article && n.start == start);
            if let Some(node) = node {
                document.set_validity(node, validity);
            }
        }
    }
    document
}
