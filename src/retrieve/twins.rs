/*!
The same rule in an old and a newer document: the newer one first.

Where both are law on the day asked for (an end not known, a time of transition), two articles of
one title in two documents of one name differ by a hair in their scores, and that hair is no
reason. They trade places; nothing else moves.
*/

use super::Hit;
use crate::{index::Generation, law::text::fold};

/// First hits that are looked at.
const HITS_LOOKED_AT: usize = 20;

/// Puts, of two twins among the first hits, the one in force later first.
pub(super) fn newer_first(generation: &Generation, hits: &mut [Hit]) {
    let looked_at = hits.len().min(HITS_LOOKED_AT);
    let key = |hit: &Hit| {
        let document = generation.document_of(hit.article);
        let node = generation.layout.articles[hit.article].node;
        let title = fold(&document.nodes()[node].title);
        let name = fold(&document.meta.title);
        (!title.is_empty()).then(|| (name.trim_end_matches(|c: char| !c.is_alphabetic()).to_owned(), title))
    };
    let from =
        |hit: &Hit| generation.document_of(hit.article).validity(generation.layout.articles[hit.article].node).from;
    let keys: Vec<_> = hits[..looked_at].iter().map(key).collect();
    for first in 0..looked_at {
        for second in first + 1..looked_at {
            let are_twins = keys[first].is_some() && keys[first] == keys[second];
            let is_named = 0.0 < hits[first].parts.named;
            if are_twins && !is_named && from(&hits[first]) < from(&hits[second]) {
                // The score belongs to the place: hits stay ordered by it.
                let (a, b) = (hits[first].score, hits[second].score);
                hits.swap(first, second);
                (hits[first].score, hits[second].score) = (a, b);
                for at in [first, second] {
                    let hit = &mut hits[at];
                    hit.parts.newer += hit.score - hit.parts.sum();
                }
            }
        }
    }
}
