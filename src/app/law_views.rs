/*!
Generation -> what the rims show.
*/

use jiff::civil::Date;

use super::types::{ChildView, CoverageView, DocumentView, HitView, ProvisionView, SearchRequest, SearchView};
use super::{
    search_notes,
    versions::{self, DayView},
};
use crate::{
    error::{Error, Result},
    index::Generation,
    ingest::KnownDocuments,
    law::{
        Document, NodeKind,
        page::{address, notes, provision_notes},
    },
    retrieve::{Hit, Outcome},
};

/// First hits that are shown with what details them or what they detail.
const HITS_WITH_CONTEXT: usize = 3;
/// Most such articles of one hit.
const RELATED_MAX: usize = 3;

pub(super) fn search_view(
    generation: &Generation,
    request: &SearchRequest,
    outcome: Outcome,
    hits_max: usize,
) -> SearchView {
    let mut hits = Vec::new();
    for hit in &outcome.hits {
        let entry = &generation.layout.articles[hit.article];
        if request.passages {
            let passages = entry.passages.clone().filter(|p| *p == hit.passage || outcome.hits.len() < hits_max);
            hits.extend(passages.map(|passage| (hit.article, hit_view(generation, request, hit, passage))));
        } else {
            hits.push((hit.article, hit_view(generation, request, hit, hit.passage)));
        }
    }
    hits.truncate(hits_max);
    for (index, (_, hit)) in hits.iter_mut().enumerate() {
        hit.rank = index + 1;
    }
    for (article, hit) in hits.iter_mut().take(HITS_WITH_CONTEXT) {
        let entry = &generation.layout.articles[*article];
        let document = generation.at(entry.document);
        let path = &document.nodes()[entry.node].path;
        let related = versions::relations(generation, document, path).into_iter();
        let guides = related.filter(|(kind, _, _)| matches!(kind.as_str(), "details" | "detailed_by"));
        hit.related = guides.map(|(_, id, citation)| (id, citation)).take(RELATED_MAX).collect();
    }
    SearchView {
        query: request.query.as_str().to_owned(),
        notes: search_notes::notes(generation, request.as_of, &outcome),
        law_words: outcome.understood.expansions,
        understood: outcome.understood.text,
        as_of: request.as_of,
        mode: match (outcome.hybrid, outcome.partial) {
            (true, None) => "hybrid",
            (true, Some(_)) => "partial",
            (false, _) => "lexical",
        },
        vectors: generation.vectors_ready(),
        hits: hits.into_iter().map(|(_, hit)| hit).collect(),
        timings_ms: outcome.timings_ms,
    }
}

fn hit_view(generation: &Generation, request: &SearchRequest, hit: &Hit, passage: usize) -> HitView {
    let entry = &generation.layout.articles[hit.article];
    let document = generation.at(entry.document);
    let found = &generation.layout.passages[passage].passage;
    let shown = if request.passages { found.node } else { entry.node };
    let citation = document.citation(Some(found.node));
    let passage_text = document.text()[found.range.clone()].trim().to_owned();
    let validity = document.validity(shown);
    HitView {
        rank: 0,
        score: hit.score,
        id: document.provision_id(shown),
        law_id: document.law_id().to_owned(),
        article_id: citation.article,
        clause_id: citation.clause,
        citation: document.citation(Some(shown)).to_string(),
        title: document.nodes()[entry.node].title.clone(),
        text: if request.passages { passage_text.clone() } else { document.provision_text(entry.node).to_owned() },
        passage: passage_text,
        in_force: validity.in_force_on(request.as_of),
        effective_from: validity.from,
        effective_to: validity.to,
        url: address(document, Some(shown)),
        explain: if request.explain { explained(hit) } else { Vec::new() },
        related: Vec::new(),
    }
}

/// Every part of the score that is not nothing, and what it was made of.
fn explained(hit: &Hit) -> Vec<(&'static str, f32)> {
    let raw = [("fused", hit.score), ("cosine", hit.cosine), ("bm25", hit.words), ("bm25_folded", hit.folded)];
    let parts = hit.parts.all().into_iter().filter(|(_, value)| *value != 0.0);
    raw.into_iter().chain(parts).collect()
}

pub(super) fn provision_view(generation: &Generation, path: &str, as_of: Date) -> Result<ProvisionView> {
    let path = path.trim_matches('/');
    let (document, node) = generation
        .provision(path, as_of)
        .ok_or_else(|| Error::NotFound { resource: "provision", id: path.to_owned() })?;
    let kind = node.map(|n| document.nodes()[n].kind);
    let validity = node.map_or(document.meta.validity, |n| document.validity(n));
    let text = node.map_or_else(String::new, |n| document.provision_text(n).to_owned());
    let base = generation.document(&document.id).unwrap_or(document);
    let day = DayView::new(generation, base, as_of);
    let own_path = node.map_or("", |n| document.nodes()[n].path.as_str());
    Ok(ProvisionView {
        id: path.to_owned(),
        law_id: document.law_id().to_owned(),
        kind: kind.map_or("document", NodeKind::name),
        label: node.map(|n| document.nodes()[n].label.clone()).unwrap_or_default(),
        citation: document.citation(node).to_string(),
        title: node.map_or_else(|| document.meta.title.clone(), |n| document.nodes()[n].title.clone()),
        text,
        children: children(&day, document, node),
        ancestors: ancestors(base, document, node),
        neighbours: node
            .and_then(|n| document.enclosing(n, NodeKind::Article))
            .map_or((None, None), |n| day.neighbours(&document.provision_id(n))),
        effective_from: validity.from,
        effective_to: validity.to,
        in_force: validity.in_force_on(as_of),
        as_of,
        notes: provision_notes(document, node),
        relations: versions::relations(generation, base, own_path),
        versions: node.map_or_else(Vec::new, |n| versions::versions(generation, path, (document, n), as_of)),
        source_file: document.meta.source.file.clone(),
        source_sha256: document.meta.source.sha256.clone(),
        source_date: document.meta.source.date,
    })
}

/// The subtree below a provision: down to articles for a document, part or chapter, down to
/// points for an article.
fn children(day: &DayView<'_>, document: &Document, parent: Option<usize>) -> Vec<ChildView> {
    let within_article = parent.is_some_and(|p| document.enclosing(p, NodeKind::Article).is_some());
    let mut views = Vec::new();
    if parent.is_none() {
        views.extend(day.behind(None).iter().map(|(d, n)| child_view(d, *n, 0)));
    }
    let mut open: Vec<(Option<usize>, usize)> = document.children(parent).map(|i| (Some(i), 0)).collect();
    open.reverse();
    while let Some((Some(index), depth)) = open.pop() {
        let node = &document.nodes()[index];
        let is_inner = NodeKind::Article < node.kind;
        let is_upper = node.kind < NodeKind::Article;
        if node.kind == NodeKind::Article && !within_article {
            let (standing, article) = day.standing(index);
            views.push(child_view(standing, article, depth));
            views.extend(day.behind(Some(index)).iter().map(|(d, n)| child_view(d, *n, depth)));
        } else {
            views.push(child_view(document, index, depth));
        }
        if within_article || (is_upper && !is_inner) {
            let mut below: Vec<_> = document.children(Some(index)).map(|i| (Some(i), depth + 1)).collect();
            below.reverse();
            open.extend(below);
        }
    }
    views
}

fn child_view(document: &Document, index: usize, depth: usize) -> ChildView {
    let node = &document.nodes()[index];
    let label = match node.kind {
        NodeKind::Clause | NodeKind::Point => node.label.clone(),
        kind if node.label.is_empty() => kind.word().to_owned(),
        kind => format!("{} {}", kind.word(), node.label),
    };
    let is_upper = node.kind < NodeKind::Article && node.kind != NodeKind::Preamble;
    ChildView {
        id: document.provision_id(index),
        label,
        kind: node.kind.name(),
        title: node.title.clone(),
        text: if is_upper { String::new() } else { document.provision_text(index).to_owned() },
        depth,
    }
}

/// From the document down to the parent; a version of an article stands where the law's own
/// text has it.
fn ancestors(base: &Document, document: &Document, node: Option<usize>) -> Vec<(String, String, String)> {
    let Some(node) = node else { return Vec::new() };
    let own = base.find(&document.nodes()[node].path);
    let (document, node) = own.map_or((document, node), |own| (base, own));
    let mut chain: Vec<usize> = document.ancestors(node).collect();
    chain.reverse();
    let mut ancestors = vec![(document.id.clone(), document.law_id().to_owned(), document.meta.title.clone())];
    ancestors.extend(chain.into_iter().map(|i| {
        let node = &document.nodes()[i];
        (document.provision_id(i), format!("{} {}", node.kind.word(), node.label), node.title.clone())
    }));
    ancestors
}

pub(super) fn coverage_view(generation: &Generation, known: &KnownDocuments, as_of: Date) -> CoverageView {
    let documents: Vec<DocumentView> = generation
        .documents()
        .map(|(_, document)| document)
        .filter(|document| !document.is_overlay())
        .map(|document| DocumentView {
            id: document.id.clone(),
            number: document.meta.number.clone(),
            title: document.meta.title.clone(),
            articles: document.articles().count(),
            effective_from: document.meta.validity.from,
            effective_to: document.meta.validity.to,
            in_force: document.meta.validity.in_force_on(as_of),
            digest: document.is_digest(),
            notes: notes(document),
        })
        .collect();
    let held: Vec<&str> = generation.documents().map(|(_, document)| document.law_id()).collect();
    CoverageView {
        missing: known.missing(&held, as_of),
        documents,
        corpus_release: generation.manifest.id.clone(),
        built_at: generation.manifest.built_at.clone(),
    }
}
