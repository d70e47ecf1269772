/*!
One build of the index, opened: documents, passages, words and vectors that belong together.

Immutable. Whoever holds an `Arc<Generation>` sees one corpus from the first word to the
last citation, whatever is activated meanwhile.
*/

use std::{
    collections::HashSet,
    ops::{Deref, Range},
    path::Path,
    sync::Arc,
};

use anyhow::{Context as _, ensure};
use jiff::civil::Date;

use super::{
    manifest::Manifest,
    stored,
    vectors::Vectors,
    words::{Spelling, WordsIndex},
};
use crate::{
    ingest::passages::{self, Passage, PassageLimits},
    law::{Audience, Document, NodeKind, accents::AccentModel, label::document_slug},
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
    /// Runs of neighbouring passages of one article that together are no longer than one
    /// passage may be: what several short clauses say together. Two passages or more each.
    pub runs: Vec<Range<usize>>,
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
        layout.runs = layout.find_runs(PassageLimits::default().syllables_max);
        layout
    }

    fn find_runs(&self, syllables_max: usize) -> Vec<Range<usize>> {
        let mut runs: Vec<(Range<usize>, usize)> = Vec::new();
        for (at, entry) in self.passages.iter().enumerate() {
            let own = entry.passage.syllables;
            match runs.last_mut() {
                Some((run, syllables))
                    if self.passages[run.start].article == entry.article && *syllables + own <= syllables_max =>
                {
                    *syllables += own;
                    run.end = at + 1;
                }
                _ => runs.push((at..at + 1, own)),
            }
        }
        runs.into_iter().map(|(run, _)| run).filter(|run| 1 < run.len()).collect()
    }

    /// The runs that lie in a range of passages.
    pub fn runs_in(&self, passages: &Range<usize>) -> &[Range<usize>] {
        let first = self.runs.partition_point(|run| run.start < passages.start);
        let end = self.runs.partition_point(|run| run.start < passages.end);
        &self.runs[first..end]
    }
}

/// An opened generation as one audience sees it: documents limited to units of others are not
/// there, by whatever way they are looked for.
pub struct Generation {
    held: Arc<Held>,
    audience: Audience,
    /// Documents that are not there for the audience, by index; none: all are there.
    hidden: Option<Vec<bool>>,
}

/// What an opened generation holds, for whoever looks at it.
pub struct Held {
    /// Its manifest.
    pub manifest: Manifest,
    /// Documents; read through the [`Generation`], which knows its audience.
    documents: Vec<Document>,
    /// Articles and passages.
    pub layout: Layout,
    /// Words.
    pub words: WordsIndex,
    /// Vectors, one a passage, unless built without an embedder.
    pub vectors: Option<Vectors>,
    /// Accent model of this corpus.
    pub accents: AccentModel,
    /// See [`is_shadowed`](Generation::is_shadowed).
    shadowed: Vec<bool>,
    /// See [`is_labour`](Generation::is_labour).
    labour: Vec<bool>,
    /// See [`is_limited`](Self::is_limited).
    is_limited: bool,
}

/// Words that stand throughout labour, union and insurance law, and seldom elsewhere.
const LABOUR_TERMS: [&str; 4] = ["lao động", "công đoàn", "bảo hiểm", "việc làm"];
/// Share of a document's articles that hold one of them from which it counts as labour law.
const LABOUR_SHARE_MIN: f32 = 0.4;

/// Documents of labour law.
fn labour(documents: &[Document], layout: &Layout, words: &WordsIndex) -> anyhow::Result<Vec<bool>> {
    let mut holds = vec![false; layout.articles.len()];
    for term in LABOUR_TERMS {
        for article in words.articles_with(term, Spelling::Accented)? {
            if let Some(holds) = holds.get_mut(article) {
                *holds = true;
            }
        }
    }
    let mut counts = vec![(0usize, 0usize); documents.len()];
    for (article, holds) in layout.articles.iter().zip(holds) {
        let (holding, all) = &mut counts[article.document];
        *holding += usize::from(holds);
        *all += 1;
    }
    Ok(counts.into_iter().map(|(holding, all)| LABOUR_SHARE_MIN * all as f32 <= holding as f32 && 0 < all).collect())
}

/// Articles others speak for.
fn shadowed(documents: &[Document], layout: &Layout) -> Vec<bool> {
    let texts: HashSet<&str> = documents.iter().filter(|d| !d.is_digest()).map(|d| d.id.as_str()).collect();
    let is_shadowed = |article: &ArticleEntry| {
        let document = &documents[article.document];
        let base = document.meta.consolidates.as_deref().map(document_slug);
        base.is_some_and(|base| base != document.id && texts.contains(base.as_str()))
            || document.meta.absorbed.contains(&document.nodes()[article.node].path)
    };
    layout.articles.iter().map(is_shadowed).collect()
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
        let shadowed = shadowed(&documents, &layout);
        let labour = labour(&documents, &layout, &words)?;
        let is_limited = documents.iter().any(|document| document.meta.unit.is_some());
        let held = Held { manifest, documents, layout, words, vectors, accents, shadowed, labour, is_limited };
        Ok(Self { held: Arc::new(held), audience: Audience::Keeper, hidden: None })
    }

    /// The same generation as `audience` sees it.
    pub fn seen_by(&self, audience: &Audience) -> Self {
        let hides = |document: &Document| !audience.sees(document.meta.unit.as_deref());
        // Versions of articles lie in documents of their own: they go with the text they belong to.
        let ids: HashSet<&str> = self.held.documents.iter().filter(|d| hides(d)).map(|d| d.id.as_str()).collect();
        let is_hidden = |document: &Document| ids.contains(document.id.as_str());
        let hidden = (!ids.is_empty()).then(|| self.held.documents.iter().map(is_hidden).collect());
        Self { held: self.held.clone(), audience: audience.clone(), hidden }
    }

    /// Whether a document is limited to a unit the audience belongs to.
    pub fn is_own(&self, document: usize) -> bool {
        self.audience.owns(self.at(document).meta.unit.as_deref())
    }

    /// Whether it holds a text that not everybody sees.
    pub fn is_limited(&self) -> bool {
        self.held.is_limited
    }

    /// Every document whoever may see it, in the order of their indexes: for whoever keeps the
    /// corpus, never for answers and pages.
    pub fn all_documents(&self) -> &[Document] {
        &self.held.documents
    }

    fn is_hidden(&self, document: usize) -> bool {
        self.hidden.as_ref().is_some_and(|hidden| hidden.get(document).copied().unwrap_or(true))
    }

    /// The documents that are there for the audience, with their indexes.
    pub fn documents(&self) -> impl Iterator<Item = (usize, &Document)> {
        self.held.documents.iter().enumerate().filter(|(index, _)| !self.is_hidden(*index))
    }

    /// A document by an index that came from here.
    pub fn at(&self, document: usize) -> &Document {
        debug_assert!(!self.is_hidden(document), "an index of a document that is not there");
        &self.held.documents[document]
    }

    /// Indexes of the articles that are there for the audience.
    pub fn articles(&self) -> impl Iterator<Item = usize> {
        let articles = self.held.layout.articles.iter().enumerate();
        articles.filter(|(_, entry)| !self.is_hidden(entry.document)).map(|(article, _)| article)
    }

    /// Passages whose vectors are there, of those that get one; none without an embedder.
    pub fn vectors_ready(&self) -> Option<(usize, usize)> {
        self.vectors.as_ref().map(|vectors| (vectors.view().ready(), vectors.len()))
    }

    /// Document of an article.
    pub fn document_of(&self, article: usize) -> &Document {
        self.at(self.layout.articles[article].document)
    }

    /// The document of an id: its own text, not the versions of its articles.
    pub fn document(&self, id: &str) -> Option<&Document> {
        self.documents().map(|(_, document)| document).find(|document| document.id == id && !document.is_overlay())
    }

    /// Document and node of a provision id in the version of a day; where none is in force
    /// then, the last one before, else the first. The node is none for a whole document.
    pub fn provision(&self, id: &str, as_of: Date) -> Option<(&Document, Option<usize>)> {
        if !id.contains('/') {
            return self.document(id).map(|document| (document, None));
        }
        let versions = self.versions(id);
        let (document, node) = versions
            .iter()
            .find(|(document, node)| document.validity(*node).in_force_on(as_of))
            .or_else(|| versions.iter().rev().find(|(d, n)| d.validity(*n).from.is_none_or(|from| from <= as_of)))
            .or(versions.first())?;
        Some((document, Some(*node)))
    }

    /// Every version of a provision, oldest first.
    pub fn versions(&self, id: &str) -> Vec<(&Document, usize)> {
        let Some((document, path)) = id.split_once('/') else { return Vec::new() };
        let held = self.documents().map(|(_, other)| other).filter(|other| other.id == document);
        let mut versions: Vec<_> = held.filter_map(|other| Some((other, other.find(path)?))).collect();
        // The law's own text stands first among the documents of its id, and stays first.
        versions.sort_by_key(|(document, node)| (document.is_overlay(), document.validity(*node).from));
        versions
    }

    /// Whether an article only repeats what others say with more authority: it amends laws
    /// held, all of which is carried out, or belongs to a consolidated text of a law held.
    pub fn is_shadowed(&self, article: usize) -> bool {
        self.shadowed.get(article).copied().unwrap_or_default()
    }

    /// Whether a document is labour, union or insurance law, by the words its articles hold.
    pub fn is_labour(&self, document: usize) -> bool {
        self.labour.get(document).copied().unwrap_or_default()
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

impl Deref for Generation {
    type Target = Held;

    fn deref(&self) -> &Held {
        &self.held
    }
}
