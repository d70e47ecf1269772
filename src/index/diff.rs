/*!
What differs between two sets of documents, by provision id of articles.
*/

use std::collections::BTreeMap;

use crate::law::{Document, NodeKind, Validity};

/// Ids of articles that differ, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Only in the new set.
    pub added: Vec<String>,
    /// In both, with another text, title or dates.
    pub changed: Vec<String>,
    /// Only in the old set.
    pub removed: Vec<String>,
}

/// Compares the articles of two sets of documents.
pub fn documents(old: &[Document], new: &[Document]) -> Difference {
    let (old, new) = (articles(old), articles(new));
    let mut difference = Difference::default();
    for (id, article) in &new {
        match old.get(id) {
            None => difference.added.push(id.clone()),
            Some(before) if before != article => difference.changed.push(id.clone()),
            Some(_) => {}
        }
    }
    difference.removed = old.into_keys().filter(|id| !new.contains_key(id)).collect();
    difference
}

fn articles(documents: &[Document]) -> BTreeMap<String, (&str, &str, Validity)> {
    let mut articles = BTreeMap::new();
    for document in documents {
        for (index, node) in document.nodes().iter().enumerate().filter(|(_, node)| node.kind == NodeKind::Article) {
            let content = (node.title.as_str(), document.provision_text(index), document.validity(index));
            articles.insert(document.provision_id(index), content);
        }
    }
    articles
}
