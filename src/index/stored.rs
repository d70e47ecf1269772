/*!
The stored form of documents: mirrors of `law` types, one record a document.

A record is its length (u32, little endian) and postcard bytes, which are read without a
parser and on all cores: the whole codification is opened at every start. Domain types stay free of serde; a
change of theirs does not change what lies on disk, and the other way round only with the
manifest's format version.
*/

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::Path,
};

use anyhow::Context as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::vectors::Mapped;
use crate::law::{
    Document, DocumentKind, DocumentMeta, NodeKind, Relation, RelationKind, Source, Trust, Validity, document::Heading,
};

/// Documents for which another thread is not worth its start.
const ITEMS_PER_THREAD_MIN: usize = 64;

#[derive(Serialize, Deserialize)]
struct StoredDocument {
    number: Option<String>,
    title: String,
    kind: String,
    issuer: Option<String>,
    signer: Option<String>,
    issued: Option<Date>,
    validity: StoredValidity,
    amends: Vec<String>,
    replaces: Vec<String>,
    consolidates: Option<String>,
    unit: Option<String>,
    amended_by: Vec<String>,
    notes: Vec<String>,
    source_file: String,
    source_sha256: String,
    source_date: Option<Date>,
    source_trust: String,
    source_incomplete: Option<String>,
    version_by: Option<String>,
    merged: Vec<String>,
    absorbed: Vec<String>,
    text: String,
    nodes: Vec<StoredNode>,
    relations: Vec<StoredRelation>,
}

/// From, kind, document, number, path.
#[derive(Serialize, Deserialize)]
struct StoredRelation(String, String, String, Option<String>, String);

#[derive(Serialize, Deserialize, Default, PartialEq)]
struct StoredValidity(Option<Date>, Option<Date>);

/// Kind, label, title, start, body, own validity, notes.
#[derive(Serialize, Deserialize)]
struct StoredNode(u8, String, String, usize, usize, StoredValidity, Vec<String>);

const KINDS: [NodeKind; 10] = [
    NodeKind::Preamble,
    NodeKind::Annex,
    NodeKind::Part,
    NodeKind::Chapter,
    NodeKind::Section,
    NodeKind::Subsection,
    NodeKind::Article,
    NodeKind::Clause,
    NodeKind::Point,
    NodeKind::Closing,
];

/// Writes documents.
///
/// # Errors
/// When the file cannot be written.
pub fn write(path: &Path, documents: &[Document]) -> anyhow::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    for document in documents {
        let record = postcard::to_allocvec(&stored(document))?;
        out.write_all(&u32::try_from(record.len())?.to_le_bytes())?;
        out.write_all(&record)?;
    }
    out.into_inner()?.sync_all()?;
    Ok(())
}

/// Reads documents.
///
/// # Errors
/// When a record is not a stored document.
pub fn read(path: &Path) -> anyhow::Result<Vec<Document>> {
    let file = File::open(path)?;
    let bytes = usize::try_from(file.metadata()?.len())?;
    if bytes == 0 {
        return Ok(Vec::new());
    }
    let map = Mapped::open(&file, bytes)?;
    let mut records: Vec<&[u8]> = Vec::new();
    let mut rest = map.bytes();
    while !rest.is_empty() {
        let number = records.len() + 1;
        let cut_short = || format!("document {number} is cut short");
        let (length, after) = rest.split_first_chunk::<4>().with_context(cut_short)?;
        let (record, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize).with_context(cut_short)?;
        records.push(record);
        rest = after;
    }
    let decode = |(at, record): (usize, &&[u8])| -> anyhow::Result<Document> {
        let stored: StoredDocument = postcard::from_bytes(record).with_context(|| format!("document {}", at + 1))?;
        restore(stored).with_context(|| format!("document {}", at + 1))
    };
    in_parallel(&records, decode).into_iter().collect()
}

/// `work` over all items with their places, in order, on all cores.
pub(super) fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn((usize, &T)) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = items.len().div_ceil(threads).max(ITEMS_PER_THREAD_MIN);
    if items.len() <= share {
        return items.iter().enumerate().map(work).collect();
    }
    let work = &work;
    std::thread::scope(|scope| {
        let shares: Vec<_> = items
            .chunks(share)
            .enumerate()
            .map(|(number, chunk)| {
                let first = number * share;
                scope.spawn(move || {
                    chunk.iter().enumerate().map(|(at, item)| work((first + at, item))).collect::<Vec<R>>()
                })
            })
            .collect();
        let done =
            shares.into_iter().map(|share| share.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        done.flatten().collect()
    })
}

fn stored(document: &Document) -> StoredDocument {
    let meta = document.meta.clone();
    let nodes = document
        .nodes()
        .iter()
        .map(|node| {
            let kind = KINDS.iter().position(|kind| *kind == node.kind).unwrap_or_default();
            let validity = StoredValidity(node.validity.from, node.validity.to);
            let notes = node.notes.clone();
            StoredNode(kind as u8, node.label.clone(), node.title.clone(), node.start, node.body, validity, notes)
        })
        .collect();
    StoredDocument {
        number: meta.number,
        title: meta.title,
        kind: meta.kind.name().to_owned(),
        issuer: meta.issuer,
        signer: meta.signer,
        issued: meta.issued,
        validity: StoredValidity(meta.validity.from, meta.validity.to),
        amends: meta.amends,
        replaces: meta.replaces,
        consolidates: meta.consolidates,
        unit: meta.unit,
        amended_by: meta.amended_by,
        notes: meta.notes,
        source_file: meta.source.file,
        source_sha256: meta.source.sha256,
        source_date: meta.source.date,
        source_trust: meta.source.trust.name().to_owned(),
        source_incomplete: meta.source.incomplete,
        version_by: meta.version_by,
        merged: meta.merged,
        absorbed: meta.absorbed,
        text: document.text().to_owned(),
        nodes,
        relations: document.relations().iter().map(stored_relation).collect(),
    }
}

fn stored_relation(relation: &Relation) -> StoredRelation {
    let Relation { from, kind, document, number, path } = relation.clone();
    StoredRelation(from, kind.name().to_owned(), document, number, path)
}

fn restore_relation(stored: StoredRelation) -> anyhow::Result<Relation> {
    let StoredRelation(from, kind, document, number, path) = stored;
    let kind = RelationKind::from_name(&kind).with_context(|| format!("relation `{kind}`"))?;
    Ok(Relation { from, kind, document, number, path })
}

fn restore(stored: StoredDocument) -> anyhow::Result<Document> {
    let meta = DocumentMeta {
        number: stored.number,
        title: stored.title,
        kind: DocumentKind::from_name(&stored.kind).with_context(|| format!("kind `{}`", stored.kind))?,
        issuer: stored.issuer,
        signer: stored.signer,
        issued: stored.issued,
        validity: Validity { from: stored.validity.0, to: stored.validity.1 },
        amends: stored.amends,
        replaces: stored.replaces,
        consolidates: stored.consolidates,
        unit: stored.unit,
        amended_by: stored.amended_by,
        notes: stored.notes,
        source: Source {
            file: stored.source_file,
            sha256: stored.source_sha256,
            date: stored.source_date,
            trust: Trust::from_name(&stored.source_trust)
                .with_context(|| format!("trust `{}`", stored.source_trust))?,
            incomplete: stored.source_incomplete,
        },
        version_by: stored.version_by,
        merged: stored.merged,
        absorbed: stored.absorbed,
    };
    let mut headings = Vec::with_capacity(stored.nodes.len());
    let mut own = Vec::with_capacity(stored.nodes.len());
    for StoredNode(kind, label, title, start, body, validity, notes) in stored.nodes {
        let kind = *KINDS.get(usize::from(kind)).with_context(|| format!("node kind {kind}"))?;
        anyhow::ensure!(
            stored.text.is_char_boundary(start) && stored.text.is_char_boundary(body) && start <= body,
            "node at {start} is not within the text"
        );
        headings.push(Heading { kind, label, title, start, body });
        own.push((Validity { from: validity.0, to: validity.1 }, notes));
    }
    anyhow::ensure!(headings.windows(2).all(|pair| pair[0].start < pair[1].start), "nodes are out of order");
    let relations = stored.relations.into_iter().map(restore_relation).collect::<anyhow::Result<_>>()?;
    let mut document = Document::new(meta, stored.text, headings);
    document.set_relations(relations);
    for (node, (validity, notes)) in own.into_iter().enumerate() {
        document.set_validity(node, validity);
        for note in notes {
            document.add_note(node, note);
        }
    }
    Ok(document)
}
