/*!
One build of the index, opened: documents, passages, words and vectors that belong together.

Immutable. Whoever holds an `Arc<Generation>` sees one corpus from the first word to the
last citation, whatever is activated meanwhile.
*/

use std::{ops::Range, path::Path};

use anyhow::{Context as _, ensure};

use super::{manifest::Manifest, stored, vectors::Vectors, words::WordsIndex};
use crate::{
    ingest::passages::{self, Passage, PassageLimits},
    law::{Document, NodeKind, accents::AccentModel},
};

/// File of the stored documents.
pub const DOCUMENTS_FILE: &str = "documents.bin";
/// File of the accent model's counts.
pub const ACCENTS_FILE: &str = "accents.tsv";
/// File of the vectors.
pub const VECTORS_FILE: &str = "vectors.bin";
/// File of the hashes of provision ids.
pub const PROVISIONS_FILE: &str = "provisions.bin";
/// Report of the files it was built from.
pub const REPORT_FILE: &str = "report.json";
/// Folder of the words index.
pub const WORDS_FOLDER: &str = "words";

/// An article as retrieval counts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleEntry {
    /// Index of its document.
    pub document: usize,
    /// Its node.
    pub node: usize,
    /// Its passages.
    pub passages: Range<usize>,
}

/// A passage with its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassageEntry {
    /// Index of its document.
    pub document: usize,
    /// Index of its article.
    pub article: usize,
    /// The passage.
    pub passage: Passage,
}

/// Documents cut into articles and passages: the order everything else counts in.
#[derive(Debug, Default)]
pub struct Layout {
    /// Articles in document order.
    pub articles: Vec<ArticleEntry>,
    /// Passages in article order.
    pub passages: Vec<PassageEntry>,
}

impl Layout {
    /// Cuts the documents; the same documents give the same layout.
    pub fn of(documents: &[Document]) -> Self {
        let mut layout = Self::default();
        let cut = stored::in_parallel(documents, |(_, document)| passages::cut(document, &PassageLimits::default()));
        for (index, passages) in cut.into_iter().enumerate() {
            for passage in passages {
                let here = layout.passages.len();
                let is_new =
                    layout.articles.last().is_none_or(|last| (last.document, last.node) != (index, passage.article));
                if is_new {
                    layout.articles.push(ArticleEntry { document: index, node: passage.article, passages: here..here });
                }
                let article = layout.articles.len() - 1;
                layout.articles[article].passages.end = here + 1;
                layout.passages.push(PassageEntry { document: index, article, passage });
            }
        }
        layout
    }
}

/// An opened generation.
pub struct Generation {
    /// Its manifest.
    pub manifest: Manifest,
    /// Documents.
    pub documents: Vec<Document>,
    /// Articles and passages.
    pub layout: Layout,
    /// Words.
    pub words: WordsIndex,
    /// Vectors, one a passage, unless built without an embedder.
    pub vectors: Option<Vectors>,
    /// Accent model of this corpus.
    pub accents: AccentModel,
}

impl Generation {
    /// Opens the generation in `folder` and checks that its parts belong together.
    ///
    /// # Errors
    /// Naming the part that is missing or damaged.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let manifest = Manifest::read(folder)?;
        manifest.check_files(folder, false)?;
        let documents =
            stored::read(&folder.join(DOCUMENTS_FILE)).with_context(|| format!("`{DOCUMENTS_FILE}` is damaged"))?;
        let layout = Layout::of(&documents);
        let words = WordsIndex::open(&folder.join(WORDS_FOLDER)).context("the words index is damaged")?;
        let vectors = match manifest.embedder {
            Some(_) => Some(
                Vectors::open(&folder.join(VECTORS_FILE)).with_context(|| format!("`{VECTORS_FILE}` is damaged"))?,
            ),
            None => None,
        };
        let rows = std::fs::read_to_string(folder.join(ACCENTS_FILE))
            .with_context(|| format!("`{ACCENTS_FILE}` cannot be read"))?;
        let accents = AccentModel::from_rows(&rows)
            .map_err(|row| anyhow::anyhow!("`{ACCENTS_FILE}` is damaged in row {}", row + 1))?;
        ensure!(documents.len() == manifest.documents, "{} documents, not {}", documents.len(), manifest.documents);
        ensure!(
            layout.articles.len() == manifest.articles,
            "{} articles, not {}",
            layout.articles.len(),
            manifest.articles
        );
        ensure!(words.len() == manifest.articles as u64, "the words index holds {} articles", words.len());
        ensure!(
            layout.passages.len() == manifest.passages,
            "{} passages, not {}",
            layout.passages.len(),
            manifest.passages
        );
        if let Some(vectors) = &vectors {
            ensure!(
                vectors.len() == layout.passages.len(),
                "{} vectors for {} passages",
                vectors.len(),
                layout.passages.len()
            );
            ensure!(vectors.dimensions() == manifest.dimensions, "vectors of {} dimensions", vectors.dimensions());
            let ready = vectors.view().ready();
            ensure!(manifest.awaits_vectors() || ready == vectors.len(), "cut short: {ready} vectors");
        }
        Ok(Self { manifest, documents, layout, words, vectors, accents })
    }

    /// Passages whose vectors are there, of those that get one; none without an embedder.
    pub fn vectors_ready(&self) -> Option<(usize, usize)> {
        self.vectors.as_ref().map(|vectors| (vectors.view().ready(), vectors.len()))
    }

    /// Document of an article.
    pub fn document_of(&self, article: usize) -> &Document {
        &self.documents[self.layout.articles[article].document]
    }

    /// The document of a number as printed, or of an id.
    pub fn document(&self, id: &str) -> Option<&Document> {
        self.documents.iter().find(|document| document.id == id)
    }

    /// Document and node of a provision id; the node is none for a whole document.
    pub fn provision(&self, id: &str) -> Option<(&Document, Option<usize>)> {
        let (document, path) = id.split_once('/').map_or((id, None), |(document, path)| (document, Some(path)));
        let document = self.document(document)?;
        match path {
            None => Some((document, None)),
            Some(path) => document.find(path).map(|node| (document, Some(node))),
        }
    }

    /// Text under which an article is found in the words index.
    pub fn words_text(document: &Document, article: usize) -> String {
        let node = &document.nodes()[article];
        let chapter = document.enclosing(article, NodeKind::Chapter).map_or("", |i| document.nodes()[i].title.as_str());
        let title = &node.title;
        format!(
            "Điều {}\n{title}\n{title}\n{chapter}\n{}\n{}",
            node.label,
            document.meta.title,
            document.provision_text(article)
        )
    }
}
