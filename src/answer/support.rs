/*!
Whether what was found supports an answer at all.

Similarity is not authority: when support is weak the answer abstains. Where the encoder is one
the weights were calibrated for, three things are summed on the scale of the cosine: how near the
first hits are in meaning, how many of the question's words they hold, and whether the table of
lay words knows what is asked about. A question in everyday words lies farther from the law than
one in the law's own, and the latter two make up for that. `docs/retrieval.md` has the figures.
With other encoders, or none, the share of the question's weighty syllables that the best article
holds decides.
*/

use std::collections::{BTreeSet, HashSet};

use crate::{
    index::{Generation, words::Spelling},
    law::text::{fold, syllables},
    retrieve::Outcome,
};

/// How strongly the evidence supports an answer.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Support {
    /// Best cosine of the first hits; 0 without vectors.
    pub cosine: f32,
    /// Best BM25 of the first hits without accents, for each syllable of the question, over the
    /// logarithm of the number of articles: larger indexes give larger scores.
    pub words: f32,
    /// Whether the law has words of its own for what the question says in everyday ones.
    pub has_law_words: bool,
    /// Share of the weight (inverse document frequency) of the question's syllables held by the best hit.
    pub coverage: f32,
    /// Whether the cosine is of an encoder the weights were calibrated for.
    pub is_calibrated: bool,
}

/// Start of the ids of encoders the weights were calibrated for.
const CALIBRATED_ENCODER: &str = "multilingual-e5-small";
/// First hits that tell of support.
const SUPPORT_HITS: usize = 3;

/// What [`Support::words`] is worth on the scale of the cosine.
const WORDS_WEIGHT: f32 = 0.0337;
/// What [`Support::has_law_words`] is worth on that scale.
const LAW_WORDS_WEIGHT: f32 = 0.0173;
/// Least strength for an answer.
const STRENGTH_MIN: f32 = 0.905;
/// A question that points at an untold case has few words to be near anything with: it is asked
/// back from this strength on.
const UNTOLD_STRENGTH_MIN: f32 = 0.865;
/// Least coverage for an answer where there are no vectors, or those of an uncalibrated encoder.
const LEXICAL_COVERAGE_MIN: f32 = 0.55;

/// Measures the support of an outcome.
///
/// # Errors
/// When the words index is damaged.
pub fn measure(generation: &Generation, outcome: &Outcome) -> anyhow::Result<Support> {
    let first = &outcome.hits[..outcome.hits.len().min(SUPPORT_HITS)];
    let Some(best) = first.first() else {
        return Ok(Support::default());
    };
    let count = generation.words.len() as f32;
    let asked = syllables(&outcome.understood.text).len().max(1) as f32;
    let words = first.iter().map(|hit| hit.folded).fold(0.0, f32::max) / asked / (1.0 + count).ln();
    // While vectors are missing, a low cosine may only mean that the right article has none yet.
    let is_complete = outcome.hybrid && outcome.partial.is_none();
    let is_calibrated =
        is_complete && generation.manifest.embedder.as_ref().is_some_and(|id| id.starts_with(CALIBRATED_ENCODER));
    Ok(Support {
        cosine: first.iter().map(|hit| hit.cosine).fold(0.0, f32::max),
        words,
        has_law_words: !outcome.understood.expansions.is_empty(),
        coverage: coverage(generation, outcome, best.article)?,
        is_calibrated,
    })
}

/// What the texts of the asker's own unit alone answer, where the law does not: an agreement settles
/// much that no law speaks of. None where they do not carry an answer either.
///
/// # Errors
/// When the words index is damaged.
pub fn of_own_texts(generation: &Generation, outcome: &Outcome) -> anyhow::Result<Option<(Outcome, Support)>> {
    let mut own = outcome.clone();
    own.hits.retain(|hit| generation.document_of(hit.article).meta.unit.is_some());
    let support = measure(generation, &own)?;
    Ok(support.is_enough().then_some((own, support)))
}

/// Share of the weight of the question's syllables that an article holds.
fn coverage(generation: &Generation, outcome: &Outcome, article: usize) -> anyhow::Result<f32> {
    let entry = &generation.layout.articles[article];
    let text = Generation::words_text(generation.at(entry.document), entry.node);
    let held: HashSet<String> = syllables(&fold(&text)).into_iter().collect();
    let wanted: BTreeSet<String> = syllables(&fold(&outcome.understood.text)).into_iter().collect();
    let count = generation.words.len() as f32;
    let (mut total, mut covered) = (0.0, 0.0);
    for term in wanted {
        let frequency = generation.words.document_frequency(&term, Spelling::Folded)? as f32;
        let weight = (1.0 + (count - frequency + 0.5) / (frequency + 0.5)).ln();
        total += weight;
        if held.contains(&term) {
            covered += weight;
        }
    }
    Ok(if 0.0 < total { covered / total } else { 0.0 })
}

impl Support {
    /// Cosine, words and law words, weighed.
    pub fn strength(&self) -> f32 {
        let law_words = if self.has_law_words { LAW_WORDS_WEIGHT } else { 0.0 };
        self.cosine + WORDS_WEIGHT * self.words + law_words
    }

    /// Whether it is enough for an answer.
    pub fn is_enough(&self) -> bool {
        if self.is_calibrated { STRENGTH_MIN <= self.strength() } else { LEXICAL_COVERAGE_MIN <= self.coverage }
    }

    /// Whether it is enough to ask back what case is meant.
    pub fn is_near(&self) -> bool {
        self.is_enough() || (self.is_calibrated && UNTOLD_STRENGTH_MIN <= self.strength())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_law_words_make_up_for_a_cosine_that_everyday_speech_keeps_low() {
        let far = Support { cosine: 0.89, is_calibrated: true, ..Support::default() };
        assert!(!far.is_enough() && far.is_near());
        assert!(Support { has_law_words: true, ..far }.is_enough());
        assert!(Support { words: 0.5, ..far }.is_enough());
        assert!(!Support { cosine: 0.86, has_law_words: true, ..far }.is_enough());
        assert!(
            !Support { is_calibrated: false, has_law_words: true, ..far }.is_near(),
            "nothing is held of the words"
        );
        assert!(Support { is_calibrated: false, coverage: 0.6, cosine: 0.0, ..far }.is_enough());
    }
}
