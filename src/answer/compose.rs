/*!
Stage (a): choosing the clauses that answer, without a model.

From the best articles it takes clauses and points, not whole articles: each candidate is
scored by the question's weighty words it holds and by its passage's place in the search.
Quotes are verbatim parts of the provision's text.
*/

use std::collections::{HashMap, HashSet};

use super::types::CitedProvision;
use crate::{
    config::Limits,
    index::{
        Generation,
        words::{Spelling, terms},
    },
    law::{
        Document, NodeKind,
        page::{address, provision_notes},
        text::byte_offset,
    },
    retrieve::{Hit, Outcome},
};

/// Score a further article may lag behind the best one and still be quoted.
const ARTICLE_LAG_MAX: f32 = 0.9;
/// A clause longer than this, in characters, is quoted by its points.
const CLAUSE_CHARS_MAX: usize = 700;
/// Longest quote of one provision, in characters.
const QUOTE_CHARS_MAX: usize = 900;
/// Share of the best candidate's score a second one of the same article must reach.
const SECOND_CLAUSE_SHARE: f32 = 0.75;
/// Bonus of a candidate that lies in the article's best passage.
const BEST_PASSAGE_BONUS: f32 = 0.35;

/// A piece of an article that may be quoted.
struct Candidate {
    node: usize,
    score: f32,
}

/// The clauses that answer, numbered from 1, best first.
///
/// # Errors
/// When the words index is damaged.
pub fn choose(
    generation: &Generation,
    outcome: &Outcome,
    limits: &Limits,
    as_of: jiff::civil::Date,
) -> anyhow::Result<Vec<CitedProvision>> {
    let weights = term_weights(generation, &outcome.understood.text)?;
    let mut cited = Vec::new();
    let mut chars_left = limits.quoted_chars_max;
    let Some(best) = outcome.hits.first() else { return Ok(cited) };
    let is_law = |hit: &Hit| generation.document_of(hit.article).meta.kind.is_law();
    let near = |hit: &&Hit| best.score - hit.score <= ARTICLE_LAG_MAX;
    let law = outcome.hits.iter().take(limits.cited_articles_max).take_while(near);
    // The union's own agreement stands beside the law's minimum, never in its place.
    let beside = outcome.hits.iter().skip(limits.cited_articles_max).find(|hit| !is_law(hit)).filter(near);
    for (place, hit) in law.chain(beside).enumerate() {
        let document = generation.document_of(hit.article);
        let clause = outcome.understood.direct.as_ref().and_then(|direct| direct.clause.clone());
        let wanted = Wanted { most: if place == 0 { 2 } else { 1 }, clause: clause.as_deref(), as_of };
        let chosen = choose_in_article(generation, hit, &weights, &wanted);
        for node in chosen {
            let provision = cite(document, node, cited.len() + 1, as_of);
            let chars = provision.quote_end - provision.quote_start;
            if chars_left < chars && !cited.is_empty() {
                continue;
            }
            chars_left = chars_left.saturating_sub(chars);
            cited.push(provision);
        }
    }
    Ok(cited)
}

/// Weight of every term of the question: inverse document frequency.
fn term_weights(generation: &Generation, question: &str) -> anyhow::Result<HashMap<String, f32>> {
    let count = generation.words.len() as f32;
    terms(question, Spelling::Folded)
        .into_iter()
        .map(|term| {
            let frequency = generation.words.document_frequency(&term, Spelling::Folded)? as f32;
            Ok((term, (1.0 + (count - frequency + 0.5) / (frequency + 0.5)).ln()))
        })
        .collect()
}

/// What is wanted of one article.
struct Wanted<'q> {
    /// Most pieces of it.
    most: usize,
    /// The clause the question names.
    clause: Option<&'q str>,
    /// The day asked for.
    as_of: jiff::civil::Date,
}

fn choose_in_article(
    generation: &Generation,
    hit: &Hit,
    weights: &HashMap<String, f32>,
    wanted: &Wanted<'_>,
) -> Vec<usize> {
    let Wanted { most, clause: named_clause, as_of } = *wanted;
    let entry = &generation.layout.articles[hit.article];
    let document = &generation.documents[entry.document];
    if let Some(label) = named_clause
        && let Some(node) = document.children(Some(entry.node)).find(|i| document.nodes()[*i].label == label)
    {
        return vec![node];
    }
    let total: f32 = weights.values().sum::<f32>().max(f32::EPSILON);
    let in_force = |node: &usize| document.validity(*node).in_force_on(as_of);
    let best_passage = &generation.layout.passages[hit.passage].passage.range;
    let mut candidates: Vec<Candidate> = pieces(document, entry.node)
        .into_iter()
        .filter(in_force)
        .map(|node| {
            let range = document.provision_range(node);
            let held: HashSet<String> = terms(&context_text(document, node), Spelling::Folded).into_iter().collect();
            let shared: f32 = weights.iter().filter(|(term, _)| held.contains(*term)).map(|(_, weight)| weight).sum();
            let in_best = best_passage.start <= range.start && range.start < best_passage.end;
            Candidate { node, score: shared / total + if in_best { BEST_PASSAGE_BONUS } else { 0.0 } }
        })
        .collect();
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.node.cmp(&b.node)));
    let floor = candidates.first().map_or(0.0, |best| best.score * SECOND_CLAUSE_SHARE);
    candidates.into_iter().take(most).filter(|c| floor <= c.score).map(|c| c.node).collect()
}

/// What a candidate is judged by: its text, and for a point the lead-in of its clause.
fn context_text(document: &Document, node: usize) -> String {
    format!("{}\n{}", lead_in(document, node), document.provision_text(node))
}

/// The words of a clause, or of an article without clauses, before its points.
fn lead_in(document: &Document, node: usize) -> String {
    let parent = document.nodes()[node].parent.filter(|_| document.nodes()[node].kind == NodeKind::Point);
    parent.map_or_else(String::new, |parent| {
        let whole = document.provision_range(parent);
        document.text()[whole.start..document.nodes()[parent + 1].start.max(whole.start)].trim().to_owned()
    })
}

/// The pieces an article is quoted by: its clauses, the points of long clauses, or itself.
fn pieces(document: &Document, article: usize) -> Vec<usize> {
    let mut pieces = Vec::new();
    for child in document.children(Some(article)) {
        let points: Vec<usize> = document.children(Some(child)).collect();
        if points.is_empty() || document.provision_text(child).chars().count() <= CLAUSE_CHARS_MAX {
            pieces.push(child);
        } else {
            pieces.extend(points);
        }
    }
    if pieces.is_empty() {
        pieces.push(article);
    }
    pieces
}

/// A provision as a citation; a long text is quoted by its beginning, cut at white space.
pub fn cite(document: &Document, node: usize, n: usize, as_of: jiff::civil::Date) -> CitedProvision {
    let text = document.provision_text(node);
    let quote = if text.chars().count() <= QUOTE_CHARS_MAX {
        text
    } else {
        let head = &text[..byte_offset(text, QUOTE_CHARS_MAX)];
        head.rfind(['\n', ' ']).map_or(head, |at| head[..at].trim_end())
    };
    let citation = document.citation(Some(node));
    let article = document.enclosing(node, NodeKind::Article).unwrap_or(node);
    CitedProvision {
        n,
        id: document.provision_id(node),
        law_id: document.law_id().to_owned(),
        article_id: citation.article.clone(),
        clause_id: citation.clause.clone(),
        point_id: citation.point.clone(),
        citation: citation.to_string(),
        title: document.nodes()[article].title.clone(),
        lead_in: lead_in(document, node),
        quote: quote.to_owned(),
        quote_start: 0,
        quote_end: quote.chars().count(),
        url: address(document, Some(node)),
        in_force: document.validity(node).in_force_on(as_of),
        notes: provision_notes(document, Some(node)),
    }
}
