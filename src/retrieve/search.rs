/*!
Searching one generation.
*/

use std::time::Instant;

use jiff::civil::Date;

use super::{
    dense::{self, Nearness},
    named::{Named, Standing},
    score::{self, Lists, Parts},
    twins,
    understand::{self, Understood},
};
use crate::{
    embed::Embedder,
    index::{
        Generation,
        vectors::Vectors,
        words::{Spelling, terms},
    },
};

/// What a word the law uses for the asker's counts, against the asker's own: a whole share was
/// measured to bury the rest of the question under them.
const ADDED_SHARE: f32 = 0.7;
/// What the vector of the question in the law's words counts beside that of its own.
const LAW_WORDS_SHARE: f32 = 0.7;
/// Places kept for agreements and guides behind the law.
const OTHER_HITS_MAX: usize = 2;
/// One article found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Index of the article in the generation.
    pub article: usize,
    /// Index of its best passage in the generation.
    pub passage: usize,
    /// Fused score, comparable within one outcome.
    pub score: f32,
    /// Cosine of the nearest passage or run of passages; 0 without vectors.
    pub cosine: f32,
    /// BM25 of the accented words.
    pub words: f32,
    /// BM25 of the folded words.
    pub folded: f32,
    /// How the score came about.
    pub parts: Parts,
}

/// What a search found.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The question as understood.
    pub understood: Understood,
    /// What became of the provision or document it names.
    pub standing: Standing,
    /// Whether vectors took part.
    pub hybrid: bool,
    /// Passages whose vectors took part, of all, while they are still being encoded.
    pub partial: Option<(usize, usize)>,
    /// Best first, one an article.
    pub hits: Vec<Hit>,
    /// Milliseconds by stage.
    pub timings_ms: Vec<(&'static str, f64)>,
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
    let query = Query::read(generation, embedder, question)?;
    query.among(&|article| in_force(generation, article, as_of), hits_max)
}

/// Whether an article is law on a day.
pub fn in_force(generation: &Generation, article: usize, as_of: Date) -> bool {
    let entry = &generation.layout.articles[article];
    generation.at(entry.document).validity(entry.node).in_force_on(as_of)
}

/// A question read, encoded and laid beside every text: what a search costs. Ranking among these
/// or those articles is cheap.
pub struct Query<'g> {
    generation: &'g Generation,
    understood: Understood,
    named: Named,
    vector: Option<Vec<f32>>,
    words: Vec<f32>,
    folded: Vec<f32>,
    clock: Clock,
}

impl<'g> Query<'g> {
    /// Reads a question.
    ///
    /// # Errors
    /// When the index is damaged or the embedder fails.
    pub fn read(generation: &'g Generation, embedder: Option<&dyn Embedder>, question: &str) -> anyhow::Result<Self> {
        let mut clock = Clock::start();
        let understood = understand::understand(question, &generation.accents);
        let named = Named::find(generation, &understood);
        clock.lap("understand");
        let embedder = embedder.filter(|e| Some(e.id()) == generation.manifest.embedder.as_deref());
        let added = understood.expansions.join("; ");
        let by_words = |spelling| generation.words.scores_with(&understood.text, (&added, ADDED_SHARE), spelling);
        let vector = embedder.map(|embedder| meaning(embedder, &understood)).transpose()?;
        clock.lap("encode");
        let words = by_article(generation, &by_words(Spelling::Accented)?);
        let folded = by_article(generation, &by_words(Spelling::Folded)?);
        clock.lap("words");
        Ok(Self { generation, understood, named, vector, words, folded, clock })
    }

    /// The question as understood.
    pub fn understood(&self) -> &Understood {
        &self.understood
    }

    /// Ranks the articles that `admits` lets in. Articles that only repeat others are left out
    /// unless the question names their number.
    ///
    /// # Errors
    /// When the index is damaged.
    pub fn among(&self, admits: &dyn Fn(usize) -> bool, hits_max: usize) -> anyhow::Result<Outcome> {
        let Self { generation, understood, named, .. } = self;
        let mut clock = self.clock.going_on();
        let candidates = candidates(generation, named, admits);
        let pick = |scores: &[f32]| candidates.iter().map(|article| scores[*article]).collect::<Vec<f32>>();
        let (words, folded) = (pick(&self.words), pick(&self.folded));
        // One view for the whole search: vectors that arrive meanwhile wait for the next.
        let vectors = self.vector.as_ref().and(generation.vectors.as_ref()).map(Vectors::view);
        let vectors = vectors.filter(|vectors| 0 < vectors.ready());
        let near = self.vector.as_deref().zip(vectors.as_ref());
        let near = near.map(|(query, vectors)| dense::nearness(generation, &candidates, query, vectors));
        let total = generation.layout.passages.len();
        let partial = vectors.as_ref().map(|vectors| (vectors.ready(), total)).filter(|(ready, total)| ready < total);
        clock.lap("vectors");
        let cosines: Option<Vec<Option<f32>>> = near.as_ref().map(|near| near.iter().map(|near| near.cosine).collect());
        let lists = Lists { words: &words, folded: &folded, cosines: cosines.as_deref() };
        let parts = score::score(generation, understood, named, &candidates, &lists);
        let mut hits = hits(generation, &candidates, &parts, &lists, near.as_deref());
        law_first(generation, &mut hits, hits_max);
        if near.is_none() {
            for hit in &mut hits {
                hit.passage = passage_by_words(generation, hit.article, &understood.text);
            }
        }
        clock.lap("fuse");
        let (hybrid, standing, understood) = (near.is_some(), named.standing, understood.clone());
        Ok(Outcome { understood, standing, hybrid, partial, hits, timings_ms: clock.laps })
    }
}

/// The question's vector: that of its own words, turned towards that of the law's words in their
/// place. Everyday words lie far from every rule and near to whatever else is told plainly.
fn meaning(embedder: &dyn Embedder, understood: &Understood) -> anyhow::Result<Vec<f32>> {
    let mut meaning = embedder.embed_query(&understood.text)?;
    let Some(words) = &understood.in_law_words else { return Ok(meaning) };
    let law = embedder.embed_query(words)?;
    meaning.iter_mut().zip(&law).for_each(|(own, law)| *own += LAW_WORDS_SHARE * law);
    let length = meaning.iter().map(|value| value * value).sum::<f32>().sqrt();
    // Of unequal shares not even opposite vectors cancel out.
    meaning.iter_mut().for_each(|value| *value /= length.max(f32::EPSILON));
    Ok(meaning)
}

/// A hit of every candidate; without vectors, of those that share a word with the question or
/// are named by it.
fn hits(
    generation: &Generation,
    candidates: &[usize],
    parts: &[Parts],
    lists: &Lists<'_>,
    near: Option<&[Nearness]>,
) -> Vec<Hit> {
    let hit = |(at, article): (usize, &usize)| Hit {
        article: *article,
        passage: near.map_or(generation.layout.articles[*article].passages.start, |near| near[at].passage),
        score: parts[at].sum(),
        cosine: near.and_then(|near| near[at].cosine).unwrap_or(0.0),
        words: lists.words[at],
        folded: lists.folded[at],
        parts: parts[at],
    };
    let is_found = |hit: &Hit| near.is_some() || 0.0 < hit.words || 0.0 < hit.folded || 0.0 < hit.parts.named;
    candidates.iter().enumerate().map(hit).filter(is_found).collect()
}

/// The articles let in, but for those that only repeat others; what the question names exactly
/// is found whatever it is.
fn candidates(generation: &Generation, named: &Named, admits: &dyn Fn(usize) -> bool) -> Vec<usize> {
    let is_found = |article: &usize| {
        (admits(*article) && (!generation.is_shadowed(*article) || named.is_article(generation, *article)))
            || named.is_meant_whenever(generation, *article)
    };
    generation.articles().filter(is_found).collect()
}

/// Best first; agreements and guides never stand before law. The best few of them keep a place
/// behind it, never more than half of a short list.
fn law_first(generation: &Generation, hits: &mut Vec<Hit>, hits_max: usize) {
    let is_law = |hit: &Hit| generation.document_of(hit.article).meta.kind.is_law();
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.article.cmp(&b.article)));
    let (mut law, mut other): (Vec<Hit>, Vec<Hit>) = std::mem::take(hits).into_iter().partition(is_law);
    other.truncate(OTHER_HITS_MAX.min(hits_max / 2).max(hits_max.saturating_sub(law.len())));
    law.truncate(hits_max - other.len());
    twins::newer_first(generation, &mut law);
    law.append(&mut other);
    *hits = law;
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

/// The passage of an article that shares most words with the question.
fn passage_by_words(generation: &Generation, article: usize, question: &str) -> usize {
    let wanted = terms(question, Spelling::Folded);
    let entry = &generation.layout.articles[article];
    let shared = |passage: usize| {
        let range = generation.layout.passages[passage].passage.range.clone();
        let held = terms(&generation.at(entry.document).text()[range], Spelling::Folded);
        wanted.iter().filter(|term| held.contains(term)).count()
    };
    entry.passages.clone().rev().max_by_key(|passage| shared(*passage)).unwrap_or(entry.passages.start)
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

    /// The same laps, timed on from now.
    fn going_on(&self) -> Self {
        Self { last: Instant::now(), laps: self.laps.clone() }
    }

    fn lap(&mut self, stage: &'static str) {
        let now = Instant::now();
        self.laps.push((stage, (now - self.last).as_secs_f64() * 1e3));
        self.last = now;
    }
}
