/*!
Searching one generation.
*/

use std::time::Instant;

use jiff::civil::Date;

use super::{
    fuse, partial,
    understand::{self, DirectCitation, Understood},
};
use crate::{
    embed::Embedder,
    index::{
        Generation,
        vectors::{Vectors, VectorsView},
        words::Spelling,
        words::terms,
    },
    law::text::fold,
};

/// Weight of the vectors against the words in the fused score.
const DENSE_WEIGHT: f32 = 0.7;
/// Weight of the accented words; the folded ones get the rest of the words' share.
const ACCENTED_SHARE: f32 = 0.6;
/// Added to the fused score of an article the question names with its document.
const DIRECT_BONUS: f32 = 100.0;
/// Added to the fused score of an article the question names without a document.
const DIRECT_UNNAMED_BONUS: f32 = 2.0;

/// Places kept for agreements and guides behind the law.
const OTHER_HITS_MAX: usize = 2;
/// Articles nearest by vectors whose cosines are exact; those of the rest are estimates, good to
/// a thousandth or so and the same on every machine.
const EXACT_ARTICLES: usize = 200;
/// First hits whose cosine tells of support.
const SUPPORT_HITS: usize = 3;

/// One article found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Index of the article in the generation.
    pub article: usize,
    /// Index of its best passage in the generation.
    pub passage: usize,
    /// Fused score, comparable within one outcome.
    pub score: f32,
    /// Cosine of the best passage; 0 without vectors.
    pub cosine: f32,
    /// BM25 of the accented words.
    pub words: f32,
    /// BM25 of the folded words.
    pub folded: f32,
}

/// What a search found.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The question as understood.
    pub understood: Understood,
    /// Whether vectors took part.
    pub hybrid: bool,
    /// Passages whose vectors took part, of all, while they are still being encoded.
    pub partial: Option<(usize, usize)>,
    /// Best first, one an article.
    pub hits: Vec<Hit>,
    /// Milliseconds by stage.
    pub timings_ms: Vec<(&'static str, f64)>,
    /// Best cosine of the first hits with the question, or with the question in the law's
    /// words where there are some; 0 without vectors.
    pub support_cosine: f32,
}

/// Searches for a question among the articles in force on `as_of`.
///
/// # Errors
/// When the index is damaged or the embedder fails.
pub fn search(
    generation: &Generation,
    embedder: Option<&dyn Embedder>,
    question: &str,
    as_of: Date,
    hits_max: usize,
) -> anyhow::Result<Outcome> {
    let in_force = |article: usize| {
        let entry = &generation.layout.articles[article];
        generation.documents[entry.document].validity(entry.node).in_force_on(as_of)
    };
    search_among(generation, embedder, question, &in_force, hits_max)
}

/// Searches for a question among the articles that `admits` lets in. Articles that only repeat
/// others are left out unless the question names their number.
///
/// # Errors
/// When the index is damaged or the embedder fails.
pub fn search_among(
    generation: &Generation,
    embedder: Option<&dyn Embedder>,
    question: &str,
    admits: &dyn Fn(usize) -> bool,
    hits_max: usize,
) -> anyhow::Result<Outcome> {
    let mut clock = Clock::start();
    let understood = understand::understand(question, &generation.accents);
    clock.lap("understand");
    let in_force = candidates(generation, &understood, admits);
    let embedder = embedder.filter(|e| Some(e.id()) == generation.manifest.embedder.as_deref());
    // Expansions help the words and were measured to blur the vector.
    let words_text = understood.expanded();
    let query_vector = match embedder {
        Some(embedder) => Some(embedder.embed_query(&understood.text)?),
        None => None,
    };
    clock.lap("encode");
    let accented = by_article(generation, &generation.words.scores(&words_text, Spelling::Accented)?);
    let folded = by_article(generation, &generation.words.scores(&words_text, Spelling::Folded)?);
    clock.lap("words");
    // One view for the whole search: vectors that arrive meanwhile wait for the next.
    let vectors = query_vector.as_ref().and(generation.vectors.as_ref()).map(Vectors::view);
    let vectors = vectors.filter(|vectors| 0 < vectors.ready());
    let dense = query_vector
        .as_deref()
        .zip(vectors.as_ref())
        .map(|(q, vectors)| dense_scores(generation, &in_force, q, vectors));
    let total = generation.layout.passages.len();
    let partial = vectors.as_ref().map(|vectors| (vectors.ready(), total)).filter(|(ready, total)| ready < total);
    clock.lap("vectors");
    let pick = |scores: &[f32]| in_force.iter().map(|article| scores[*article]).collect::<Vec<f32>>();
    let (words_list, folded_list) = (pick(&accented), pick(&folded));
    let fused = fused(&words_list, &folded_list, dense.as_deref());
    let mut hits: Vec<Hit> = in_force
        .iter()
        .enumerate()
        .map(|(at, article)| Hit {
            article: *article,
            passage: dense.as_ref().map_or(generation.layout.articles[*article].passages.start, |dense| dense[at].1),
            score: fused[at] + direct_bonus(generation, *article, understood.direct.as_ref()),
            cosine: dense.as_ref().and_then(|dense| dense[at].0).unwrap_or(0.0),
            words: accented[*article],
            folded: folded[*article],
        })
        .filter(|hit| dense.is_some() || 0.0 < hit.words || 0.0 < hit.folded)
        .collect();
    law_first(generation, &mut hits, hits_max);
    if dense.is_none() {
        for hit in &mut hits {
            hit.passage = passage_by_words(generation, hit.article, &understood.text);
        }
    }
    clock.lap("fuse");
    let support_cosine = support_cosine(vectors.as_ref(), embedder, &understood, &hits)?;
    clock.lap("support");
    Ok(Outcome { understood, hybrid: dense.is_some(), partial, hits, timings_ms: clock.laps, support_cosine })
}

/// The articles let in, but for those that only repeat others; named by its number even such
/// an article is found.
fn candidates(generation: &Generation, understood: &Understood, admits: &dyn Fn(usize) -> bool) -> Vec<usize> {
    let is_named = |article: usize| 0.0 < direct_bonus(generation, article, understood.direct.as_ref());
    let articles = 0..generation.layout.articles.len();
    articles.filter(|a| admits(*a) && (!generation.is_shadowed(*a) || is_named(*a))).collect()
}

/// Best first; agreements and guides never stand before law. The best few of them keep a place behind it.
fn law_first(generation: &Generation, hits: &mut Vec<Hit>, hits_max: usize) {
    let is_law = |hit: &Hit| generation.document_of(hit.article).meta.kind.is_law();
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.article.cmp(&b.article)));
    let (mut law, mut other): (Vec<Hit>, Vec<Hit>) = std::mem::take(hits).into_iter().partition(is_law);
    other.truncate(OTHER_HITS_MAX.max(hits_max.saturating_sub(law.len())).min(hits_max));
    law.truncate(hits_max - other.len());
    law.append(&mut other);
    *hits = law;
}

/// Words and vectors as one score an article. Where vectors are still to come, words stand in.
fn fused(words: &[f32], folded: &[f32], dense: Option<&[(Option<f32>, usize)]>) -> Vec<f32> {
    let Some(dense) = dense else {
        return fuse::fuse(&[(ACCENTED_SHARE, words), (1.0 - ACCENTED_SHARE, folded)]);
    };
    let known: Vec<Option<f32>> = dense.iter().map(|(cosine, _)| *cosine).collect();
    let by_words = fuse::fuse(&[(ACCENTED_SHARE, words), (1.0 - ACCENTED_SHARE, folded)]);
    let cosines = partial::complete(&known, &by_words);
    let words_weight = 1.0 - DENSE_WEIGHT;
    fuse::fuse(&[
        (words_weight * ACCENTED_SHARE, words),
        (words_weight * (1.0 - ACCENTED_SHARE), folded),
        (DENSE_WEIGHT, &cosines),
    ])
}

/// A question in everyday words lies farther from the law than one in the law's own: both
/// wordings count for support, so that plain speech is not taken for lack of an answer.
fn support_cosine(
    vectors: Option<&VectorsView>,
    embedder: Option<&dyn Embedder>,
    understood: &Understood,
    hits: &[Hit],
) -> anyhow::Result<f32> {
    let first = &hits[..hits.len().min(SUPPORT_HITS)];
    let best = first.iter().map(|hit| hit.cosine).fold(0.0, f32::max);
    let (Some(embedder), Some(vectors), false) = (embedder, vectors, understood.expansions.is_empty()) else {
        return Ok(best);
    };
    let expanded = embedder.embed_query(&understood.expanded())?;
    Ok(first.iter().filter_map(|hit| vectors.cosine(hit.passage, &expanded)).fold(best, f32::max))
}

/// Scores spread over all articles, 0 where an article has none.
fn by_article(generation: &Generation, scores: &[(usize, f32)]) -> Vec<f32> {
    let mut all = vec![0.0; generation.layout.articles.len()];
    for (article, score) in scores {
        if let Some(slot) = all.get_mut(*article) {
            *slot = *score;
        }
    }
    all
}

/// Best cosine and passage of every article in force; no cosine where its vectors are still
/// to come.
fn dense_scores(
    generation: &Generation,
    in_force: &[usize],
    query: &[f32],
    vectors: &VectorsView,
) -> Vec<(Option<f32>, usize)> {
    let groups: Vec<_> = in_force.iter().map(|article| generation.layout.articles[*article].passages.clone()).collect();
    let best = vectors.best_of(query, &groups, EXACT_ARTICLES);
    best.iter()
        .zip(&groups)
        .map(|(best, group)| best.map_or((None, group.start), |b| (Some(b.cosine), b.passage)))
        .collect()
}

/// The passage of an article that shares most words with the question.
fn passage_by_words(generation: &Generation, article: usize, question: &str) -> usize {
    let wanted = terms(question, Spelling::Folded);
    let entry = &generation.layout.articles[article];
    let shared = |passage: usize| {
        let range = generation.layout.passages[passage].passage.range.clone();
        let held = terms(&generation.documents[entry.document].text()[range], Spelling::Folded);
        wanted.iter().filter(|term| held.contains(term)).count()
    };
    entry.passages.clone().rev().max_by_key(|passage| shared(*passage)).unwrap_or(entry.passages.start)
}

fn direct_bonus(generation: &Generation, article: usize, direct: Option<&DirectCitation>) -> f32 {
    let Some(direct) = direct else { return 0.0 };
    let entry = &generation.layout.articles[article];
    let document = &generation.documents[entry.document];
    if document.nodes()[entry.node].label != direct.article {
        return 0.0;
    }
    let by_number = direct
        .document_number
        .as_ref()
        .is_some_and(|number| document.meta.number.as_ref().is_some_and(|own| fold(own).starts_with(number)));
    let by_title =
        direct.document_title.as_ref().is_some_and(|title| fold(&document.meta.title).starts_with(title.as_str()));
    match (by_number || by_title, direct.document_number.is_some() || direct.document_title.is_some()) {
        (true, _) => DIRECT_BONUS,
        (false, true) => 0.0,
        (false, false) => DIRECT_UNNAMED_BONUS,
    }
}

/// Lap times of one search.
struct Clock {
    last: Instant,
    laps: Vec<(&'static str, f64)>,
}

impl Clock {
    fn start() -> Self {
        Self { last: Instant::now(), laps: Vec::new() }
    }

    fn lap(&mut self, stage: &'static str) {
        let now = Instant::now();
        self.laps.push((stage, (now - self.last).as_secs_f64() * 1e3));
        self.last = now;
    }
}
