/*!
What every page and answer says of a provision: its address and the notes on its text.
*/

use super::{Document, NodeKind};

/// Said of every digest.
pub const DIGEST_NOTE: &str = "Tóm lược bằng lời của chúng tôi, không thay văn bản gốc.";

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

/// What a reader must know of a document's text.
pub fn notes(document: &Document) -> Vec<String> {
    let mut notes = Vec::new();
    if document.is_digest() {
        notes.push(DIGEST_NOTE.to_owned());
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
