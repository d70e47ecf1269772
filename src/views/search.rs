/*! The value of `search --json` and of `GET /api/v1/search`. */

use std::collections::BTreeMap;

use serde::Serialize;

use super::date_text;
use crate::app::{HitView, SearchView};

/// Mirror of [`SearchView`].
#[derive(Debug, Clone, Serialize)]
pub struct SearchJson {
    /// As typed.
    pub query: String,
    /// As understood.
    pub understood: String,
    /// The day whose law was searched.
    pub as_of: String,
    /// The law's words for workers' words in the question, searched along.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub law_words: Vec<String>,
    /// What the asker must know of what the question names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// `hybrid` or `lexical`; `partial` while vectors are being encoded.
    pub mode: &'static str,
    /// How far encoding has come, while it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vectors: Option<VectorsJson>,
    /// Best first.
    pub hits: Vec<HitJson>,
    /// Milliseconds by stage.
    pub timings_ms: BTreeMap<&'static str, f64>,
}

/// How far the encoding of passages has come.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct VectorsJson {
    /// Passages whose vectors take part.
    pub ready: usize,
    /// All passages.
    pub total: usize,
}

/// Mirror of [`HitView`].
#[derive(Debug, Clone, Serialize)]
pub struct HitJson {
    /// From 1.
    pub rank: usize,
    /// Comparable within one result only.
    pub score: f32,
    /// Provision id.
    pub id: String,
    /// Document number as printed.
    pub law_id: String,
    /// Bare article label.
    pub article_id: Option<String>,
    /// Bare clause label.
    pub clause_id: Option<String>,
    /// Citation text.
    pub citation: String,
    /// Article title.
    pub title: String,
    /// Whole text of the article, or of the passage.
    pub text: String,
    /// Best passage.
    pub passage: String,
    /// In force on the day asked for.
    pub in_force: bool,
    /// First day in force.
    pub effective_from: Option<String>,
    /// Last day in force.
    pub effective_to: Option<String>,
    /// Its page.
    pub url: String,
    /// How the score came about, where asked for.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub explain: BTreeMap<&'static str, f32>,
    /// Articles that detail it or that it details: context, not hits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<RelatedJson>,
}

/// An article that stands near a hit.
#[derive(Debug, Clone, Serialize)]
pub struct RelatedJson {
    /// Provision id.
    pub id: String,
    /// Citation text.
    pub citation: String,
}

impl From<&SearchView> for SearchJson {
    fn from(view: &SearchView) -> Self {
        Self {
            query: view.query.clone(),
            understood: view.understood.clone(),
            as_of: date_text(view.as_of),
            law_words: view.law_words.clone(),
            notes: view.notes.clone(),
            mode: view.mode,
            vectors: view
                .vectors
                .filter(|(ready, total)| ready < total)
                .map(|(ready, total)| VectorsJson { ready, total }),
            hits: view.hits.iter().map(HitJson::from).collect(),
            timings_ms: view.timings_ms.iter().copied().collect(),
        }
    }
}

impl From<&HitView> for HitJson {
    fn from(hit: &HitView) -> Self {
        Self {
            rank: hit.rank,
            score: hit.score,
            id: hit.id.clone(),
            law_id: hit.law_id.clone(),
            article_id: hit.article_id.clone(),
            clause_id: hit.clause_id.clone(),
            citation: hit.citation.clone(),
            title: hit.title.clone(),
            text: hit.text.clone(),
            passage: hit.passage.clone(),
            in_force: hit.in_force,
            effective_from: hit.effective_from.map(date_text),
            effective_to: hit.effective_to.map(date_text),
            url: hit.url.clone(),
            explain: hit.explain.iter().copied().collect(),
            related: hit
                .related
                .iter()
                .map(|(id, citation)| RelatedJson { id: id.clone(), citation: citation.clone() })
                .collect(),
        }
    }
}
