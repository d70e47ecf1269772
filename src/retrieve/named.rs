/*!
What a question names, looked up among the documents held.

A document named with its number or year is meant exactly, whatever is in force; named by its
title alone, the version of the day is meant.
*/

use super::understand::{NamedDocument, Understood};
use crate::{
    index::Generation,
    law::{Document, DocumentKind, NodeKind, text::fold},
};

/// What became of what a question names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It names no document.
    Unnamed,
    /// The document is held, and the article too where one is named.
    Held,
    /// The document is held, the article it names is not in it.
    NoArticle,
    /// The document is not held.
    NotHeld,
}

/// What a question names, by index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// What became of it.
    pub standing: Standing,
    /// Documents meant, versions of their articles included; by index in the generation.
    documents: Vec<bool>,
    /// Label of the article named.
    article: Option<String>,
    is_exact: bool,
}

impl Named {
    /// Looks up what `understood` names.
    pub fn find(generation: &Generation, understood: &Understood) -> Self {
        let article = understood.direct.as_ref().map(|direct| direct.article.clone());
        let Some(named) = &understood.document else {
            return Self { standing: Standing::Unnamed, documents: Vec::new(), article, is_exact: false };
        };
        let mut documents = vec![false; generation.all_documents().len()];
        for (index, document) in generation.documents() {
            documents[index] = is_meant(document, named);
        }
        let mut found = Self { standing: Standing::Held, documents, article, is_exact: named.is_exact() };
        if !found.documents.contains(&true) {
            found.standing = Standing::NotHeld;
        } else if found.article.is_some() && !generation.articles().any(|a| found.is_article(generation, a)) {
            found.standing = Standing::NoArticle;
        }
        found
    }

    /// The documents named, versions of their articles included.
    pub fn documents_of<'g>(&self, generation: &'g Generation) -> impl Iterator<Item = &'g Document> {
        let is_meant = |index: usize| self.documents.get(index).copied().unwrap_or_default();
        generation.documents().filter(move |(index, _)| is_meant(*index)).map(|(_, document)| document)
    }

    /// Whether an article is of a document named.
    pub fn is_of_document(&self, generation: &Generation, article: usize) -> bool {
        self.documents.get(generation.layout.articles[article].document).copied().unwrap_or_default()
    }

    /// Whether it is the article named, of the document named.
    pub fn is_article(&self, generation: &Generation, article: usize) -> bool {
        self.is_of_document(generation, article) && self.has_label(generation, article)
    }

    /// Whether it has the label named, of whatever document.
    pub fn has_label(&self, generation: &Generation, article: usize) -> bool {
        let entry = &generation.layout.articles[article];
        let node = &generation.at(entry.document).nodes()[entry.node];
        node.kind == NodeKind::Article && self.article.as_ref().is_some_and(|label| fold(&node.label) == *label)
    }

    /// Whether it is found though it is not law on the day asked for.
    pub fn is_meant_whenever(&self, generation: &Generation, article: usize) -> bool {
        self.is_exact && self.is_article(generation, article)
    }
}

fn is_meant(document: &Document, named: &NamedDocument) -> bool {
    let own_number = document.meta.number.as_ref().map(|number| fold(number)).unwrap_or_default();
    if let Some(number) = &named.number {
        let rest = own_number.strip_prefix(number.as_str());
        let is_number = rest.is_some_and(|rest| number.ends_with('/') || rest.is_empty() || rest.starts_with('/'));
        return is_number && named.kind.is_none_or(|kind| own_number.contains(kind));
    }
    let title = fold(&document.meta.title);
    let rest = named.title.as_ref().and_then(|start| title.strip_prefix(start.as_str()));
    let is_title = rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()));
    let is_of_year = |year: i16| {
        let year_text = year.to_string();
        title.contains(&year_text)
            || document.meta.issued.is_some_and(|issued| issued.year() == year)
            || own_number.split('/').nth(1) == Some(year_text.as_str())
    };
    // The title of a title's part is another law's: a decree on the law's carrying out.
    let is_law = !matches!(document.meta.kind, DocumentKind::Agreement | DocumentKind::Guide);
    is_title && is_law && named.year.is_none_or(is_of_year)
}
