/*!
What the rims get to see: values assembled for one page or one reply.
*/

use jiff::civil::Date;

pub use crate::law::Audience;

/// A provision's page.
#[derive(Debug, Clone)]
pub struct ProvisionView {
    /// Provision id: `45-2019-qh14`, `45-2019-qh14/dieu-35/khoan-1`.
    pub id: String,
    /// Document number as printed, or the title where it has none.
    pub law_id: String,
    /// `document`, `part`, `chapter`, `section`, `subsection`, `article`, `clause`, `point`, `annex`.
    pub kind: &'static str,
    /// Bare label, `35`.
    pub label: String,
    /// Citation text.
    pub citation: String,
    /// Heading without the label.
    pub title: String,
    /// Verbatim text, as quotes count it.
    pub text: String,
    /// Direct children in order.
    pub children: Vec<ChildView>,
    /// From the document down to the parent: (id, label as shown, title).
    pub ancestors: Vec<(String, String, String)>,
    /// Previous and next article of the document (ids), for an article.
    pub neighbours: (Option<String>, Option<String>),
    /// First day in force, where known.
    pub effective_from: Option<Date>,
    /// Last day in force, where known.
    pub effective_to: Option<Date>,
    /// Whether it is in force on `as_of`.
    pub in_force: bool,
    /// The day asked for.
    pub as_of: Date,
    /// Notes in Vietnamese: a digest, amendments known but not merged, unknown dates.
    pub notes: Vec<String>,
    /// Related provisions: (kind, id, citation).
    pub relations: Vec<(String, String, String)>,
    /// All versions of it, oldest first; empty for a whole document.
    pub versions: Vec<VersionView>,
    /// File the text comes from.
    pub source_file: String,
    /// SHA-256 of that file, hexadecimal.
    pub source_sha256: String,
    /// Day the file was taken in, or its stated date.
    pub source_date: Option<Date>,
}

/// One version of a provision.
#[derive(Debug, Clone)]
pub struct VersionView {
    /// First day in force, where known.
    pub effective_from: Option<Date>,
    /// Last day in force, where known.
    pub effective_to: Option<Date>,
    /// Number of the document that made it.
    pub by: String,
    /// Whether it is in force on the day asked for.
    pub in_force: bool,
    /// Whether it is the one shown.
    pub shown: bool,
}

/// A child of a provision.
#[derive(Debug, Clone)]
pub struct ChildView {
    /// Provision id.
    pub id: String,
    /// Label as shown, `Điều 35`, `1`, `đ`.
    pub label: String,
    /// Kind, as in [`ProvisionView::kind`].
    pub kind: &'static str,
    /// Heading without the label.
    pub title: String,
    /// Verbatim text; empty for parts and chapters, whose children carry it.
    pub text: String,
    /// Depth below the provision shown, 0 for a direct child (`children` lists the whole
    /// subtree down to points for an article, and down to articles for a document).
    pub depth: usize,
}

/// One document of the corpus in lists.
#[derive(Debug, Clone)]
pub struct DocumentView {
    /// Document id.
    pub id: String,
    /// Number as printed, if any.
    pub number: Option<String>,
    /// Title with year.
    pub title: String,
    /// How many articles of its own.
    pub articles: usize,
    /// First day in force, where known.
    pub effective_from: Option<Date>,
    /// Last day in force, where known.
    pub effective_to: Option<Date>,
    /// Whether it is in force on the day asked for.
    pub in_force: bool,
    /// Whether it is a digest in our own words, not the text of the law.
    pub digest: bool,
    /// Notes in Vietnamese.
    pub notes: Vec<String>,
}

/// What the corpus covers and what it does not.
#[derive(Debug, Clone, Default)]
pub struct CoverageView {
    /// Documents held.
    pub documents: Vec<DocumentView>,
    /// Documents known to matter but not held: (number, title).
    pub missing: Vec<(String, String)>,
    /// The active generation.
    pub corpus_release: String,
    /// When it was built, RFC 3339.
    pub built_at: String,
}

/// State of one part of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartState {
    /// `index`, `embedder`, `generator`; `vectors` while they are being encoded; `store` once
    /// it was to be opened.
    pub part: &'static str,
    /// Ready, or degraded with the reason.
    pub degraded: Option<String>,
}

/// One search hit.
#[derive(Debug, Clone)]
pub struct HitView {
    /// From 1.
    pub rank: usize,
    /// Fused score; comparable within one result only.
    pub score: f32,
    /// Provision id (article, or clause with `passages`).
    pub id: String,
    /// Document number as printed.
    pub law_id: String,
    /// Bare article label.
    pub article_id: Option<String>,
    /// Bare clause label of the best passage, if it is one clause.
    pub clause_id: Option<String>,
    /// Citation text.
    pub citation: String,
    /// Article title.
    pub title: String,
    /// Whole text of the article (or of the passage with `passages`).
    pub text: String,
    /// Best passage of the article.
    pub passage: String,
    /// In force on the as-of date.
    pub in_force: bool,
    /// First day in force.
    pub effective_from: Option<Date>,
    /// Last day in force.
    pub effective_to: Option<Date>,
    /// Its page.
    pub url: String,
    /// How the score came about: (part, value).
    pub explain: Vec<(&'static str, f32)>,
    /// Articles that detail it or that it details, as (id, citation): context, not hits.
    pub related: Vec<(String, String)>,
}

/// What a search gives.
#[derive(Debug, Clone)]
pub struct SearchView {
    /// As typed.
    pub query: String,
    /// As understood.
    pub understood: String,
    /// The day whose law was searched.
    pub as_of: Date,
    /// `hybrid`, `partial` while vectors are being encoded, or `lexical` when no embedder
    /// matches the index or no vector is there yet.
    pub mode: &'static str,
    /// Passages whose vectors are there, of all; none for an index of words alone.
    pub vectors: Option<(usize, usize)>,
    /// The law's words for workers' words in the question, searched along.
    pub law_words: Vec<String>,
    /// What the asker must know of what the question names, in Vietnamese.
    pub notes: Vec<String>,
    /// Best first.
    pub hits: Vec<HitView>,
    /// Milliseconds by stage.
    pub timings_ms: Vec<(&'static str, f64)>,
}

/// A search request.
#[derive(Debug, Clone)]
pub struct SearchRequest {
    /// The query.
    pub query: crate::answer::Question,
    /// The day whose law is searched.
    pub as_of: Date,
    /// How many hits at most.
    pub hits_max: usize,
    /// One hit per passage instead of per article.
    pub passages: bool,
    /// Fill [`HitView::explain`].
    pub explain: bool,
    /// For whom the corpus is read.
    pub audience: Audience,
}
