/*!
The stored form of documents: mirrors of `law` types, one record a document.

A record is its length (u32, little endian) and postcard bytes: at the size of the whole
codification JSON took several times as long to read. Domain types stay free of serde; a
change of theirs does not change what lies on disk, and the other way round only with the
manifest's format version.
*/

use std::{
    fs::File,
    io::{BufReader, BufWriter, Read as _, Write as _},
    path::Path,
};

use anyhow::Context as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::law::{
    Document, DocumentKind, DocumentMeta, NodeKind, Relation, RelationKind, Source, Trust, Validity, document::Heading,
};

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
    let mut documents = Vec::new();
    let mut file = BufReader::new(File::open(path)?);
    let mut left = file.get_ref().metadata()?.len();
    let mut record = Vec::new();
    while 0 < left {
        let number = documents.len() + 1;
        let mut length = [0; 4];
        file.read_exact(&mut length).with_context(|| format!("document {number}"))?;
        let length = u32::from_le_bytes(length);
        left = left.checked_sub(4 + u64::from(length)).with_context(|| format!("document {number} is cut short"))?;
        record.resize(length as usize, 0);
        file.read_exact(&mut record).with_context(|| format!("document {number}"))?;
        let stored: StoredDocument = postcard::from_bytes(&record).with_context(|| format!("document {number}"))?;
        documents.push(restore(stored).with_context(|| format!("document {number}"))?);
    }
    Ok(documents)
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
