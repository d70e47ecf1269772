/*!
What every page and answer says of a provision: its address and the notes on its text.
*/

use super::{Document, NodeKind};

/// Said of every digest.
pub const DIGEST_NOTE: &str = "Tóm lược bằng lời của chúng tôi, không thay văn bản gốc.";

/// Said of every text known not to be whole or right.
pub const INCOMPLETE_NOTE: &str = "Bản trong kho không đầy đủ hoặc chưa đối chiếu được với bản gốc.";

/// Most notes shown with one provision.
const NOTES_MAX: usize = 30;

/// Address of a provision: the article's page, scrolled to the clause or point.
pub fn address(document: &Document, node: Option<usize>) -> String {
    let Some(node) = node else { return format!("/luat/{}", document.id) };
    let id = document.provision_id(node);
    let article = document.enclosing(node, NodeKind::Article).map(|a| document.provision_id(a));
    match article.as_deref().and_then(|article| id.strip_prefix(article)) {
        Some(inner) if !inner.is_empty() => format!("/luat/{id}#{}", inner.trim_start_matches('/').replace('/', "-")),
        _ => format!("/luat/{id}"),
    }
}

/// What a reader must know of a provision: of its document, what is around it, itself, and
/// what it holds.
pub fn provision_notes(document: &Document, node: Option<usize>) -> Vec<String> {
    let mut all = notes(document);
    if let Some(node) = node {
        for note in amendment_notes(document, node) {
            if !all.contains(&note) && all.len() < NOTES_MAX {
                all.push(note);
            }
        }
    }
    all
}

/// The notes on a provision, what is around it and what it holds: amendments merged and not.
pub fn amendment_notes(document: &Document, node: usize) -> Vec<String> {
    let mut around: Vec<usize> = document.ancestors(node).collect();
    around.reverse();
    let end = document.nodes()[node].end;
    let within = (node..document.nodes().len()).take_while(|i| *i == node || document.nodes()[*i].start < end);
    around.into_iter().chain(within).flat_map(|i| document.nodes()[i].notes.iter().cloned()).collect()
}

/// What a reader must know of a document's text.
pub fn notes(document: &Document) -> Vec<String> {
    let mut notes = Vec::new();
    if document.is_digest() {
        notes.push(DIGEST_NOTE.to_owned());
    }
    if document.meta.source.incomplete.is_some() {
        notes.push(INCOMPLETE_NOTE.to_owned());
    }
    for note in &document.meta.notes {
        if !(document.is_digest() && note.starts_with("Tóm lược")) {
            notes.push(note.clone());
        }
    }
    if document.meta.validity.from.is_none() && document.nodes().iter().all(|n| n.validity.from.is_none()) {
        notes.push("Chưa rõ ngày có hiệu lực của văn bản này.".to_owned());
    }
    notes
}
