/*!
Whether what was found supports an answer at all.

Similarity is not authority: when support is weak the answer abstains. The measure is the
best cosine where the encoder is one the threshold was calibrated for, on questions with
and without an answer; otherwise the share of the question's weighty syllables that the
best article holds. Joining both was measured no better than the cosine alone.
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
    /// Cosine of the best hit; 0 without vectors.
    pub cosine: f32,
    /// Share of the weight (inverse document frequency) of the question's syllables held by the best hit.
    pub coverage: f32,
    /// Whether the cosine is of an encoder the threshold was calibrated for.
    pub is_calibrated: bool,
}

/// Start of the ids of encoders the threshold was calibrated for.
const CALIBRATED_ENCODER: &str = "multilingual-e5-small";

/// Least cosine for an answer. Of 65 questions of other branches of law 94 % fall below it, of
/// 129 labour questions with an answer 3 %, of 47 in citizens' own wording 2 %; at .8875 95 %, 3 %
/// and 6 %.
const COSINE_MIN: f32 = 0.885;
/// A question that points at an untold case has few words to be near anything with: it is asked
/// back from this cosine on.
const UNTOLD_COSINE_MIN: f32 = 0.85;
/// Least coverage for an answer where there are no vectors, or those of an uncalibrated encoder.
const LEXICAL_COVERAGE_MIN: f32 = 0.55;

/// Measures the support of an outcome.
///
/// # Errors
/// When the words index is damaged.
pub fn measure(generation: &Generation, outcome: &Outcome) -> anyhow::Result<Support> {
    let Some(best) = outcome.hits.first() else {
        return Ok(Support::default());
    };
    let entry = &generation.layout.articles[best.article];
    let text = Generation::words_text(&generation.documents[entry.document], entry.node);
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
    let cosine = outcome.support_cosine;
    // While vectors are missing, a low cosine may only mean that the right article has none yet.
    let is_complete = outcome.hybrid && outcome.partial.is_none();
    let is_calibrated =
        is_complete && generation.manifest.embedder.as_ref().is_some_and(|id| id.starts_with(CALIBRATED_ENCODER));
    Ok(Support { cosine, coverage: if 0.0 < total { covered / total } else { 0.0 }, is_calibrated })
}

impl Support {
    /// Whether it is enough for an answer.
    pub fn is_enough(&self) -> bool {
        if self.is_calibrated { COSINE_MIN <= self.cosine } else { LEXICAL_COVERAGE_MIN <= self.coverage }
    }

    /// Whether it is enough to ask back what case is meant.
    pub fn is_near(&self) -> bool {
        self.is_enough() || (self.is_calibrated && UNTOLD_COSINE_MIN <= self.cosine)
    }
}
