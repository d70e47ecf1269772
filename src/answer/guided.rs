/*!
The law before the decree that carries it out.

A decree on some cases of a rule repeats the rule's words, often more of them than the rule
itself, and so may stand before it. Who asks for a rule asks for the rule.
*/

use super::pieces::{self, Weights};
use crate::{
    index::Generation,
    law::text::{fold, padded},
    retrieve::{self, Hit, Outcome, score},
};

/// First hits among which the law is looked for.
const LAW_HITS: usize = 6;
/// How much less than the decree the law may score.
const LAG_MAX: f32 = 0.5;
/// Share of what the decree holds of the question that the law must hold too.
const HELD_SHARE_MIN: f32 = 0.9;

/// The article of a law that the first hit only carries out, where it answers as well.
pub fn law_behind(generation: &Generation, outcome: &Outcome, weights: &Weights) -> Option<usize> {
    let first = outcome.hits.first()?;
    let understood = &outcome.understood;
    let is_law = |hit: &Hit| score::is_law(generation.document_of(hit.article));
    let is_named = understood.direct.is_some() || understood.document.is_some();
    if is_law(first) || is_named || retrieve::score::asks_for_guidance(understood) {
        return None;
    }
    let text_of = |hit: &Hit| {
        let entry = &generation.layout.articles[hit.article];
        let document = generation.document_of(hit.article);
        (document, entry.node, document.provision_text(entry.node))
    };
    let (decree, node, text) = text_of(first);
    let opening = padded(&fold(&format!("{} {}", decree.nodes()[node].title, pieces::opening(decree, node))));
    let held = weights.share(text);
    let names = |hit: &&Hit| {
        let (law, article, _) = text_of(hit);
        let label = fold(&law.nodes()[article].label);
        opening.contains(&format!(" dieu {label} ")) && opening.contains(" luat ")
    };
    let near = outcome.hits.iter().take(LAW_HITS).filter(|hit| is_law(hit) && first.score - hit.score <= LAG_MAX);
    let answers = near.filter(names).filter(|hit| HELD_SHARE_MIN * held <= weights.share(text_of(hit).2));
    // Of several the one whose title says more of what is asked: whose right or duty it is.
    let title_share = |hit: &Hit| {
        let (law, article, _) = text_of(hit);
        weights.share(&law.nodes()[article].title)
    };
    let best = answers.reduce(|best, hit| if title_share(best) < title_share(hit) { hit } else { best });
    best.map(|hit| hit.article)
}
