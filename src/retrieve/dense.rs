/*!
How near each article's meaning is to the question: cosines of passages and of runs of them.

An article is as near as its nearest passage, a clause mostly, or as its nearest run of
neighbouring clauses taken together: a question may be answered by one clause or by what several
say. The vector of a run is the mean of its passages' vectors, brought to unit length; so runs
cost no encoding and no room, and only for the articles nearest by a passage are they worked out.
*/

use std::ops::Range;

use crate::index::{Generation, scan::Best, vectors::VectorsView};

/// Articles, nearest by a passage, whose cosines are exact and whose runs are looked at; those of
/// the rest are estimates, good to a thousandth or so and the same on every machine.
const ARTICLES_WITH_RUNS_MAX: usize = 400;

/// How near one article is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nearness {
    /// Cosine of its nearest passage or run; none while its vectors are still to come.
    pub cosine: Option<f32>,
    /// Its nearest passage.
    pub passage: usize,
}

/// Nearness of every article of `articles`, in their order.
pub fn nearness(generation: &Generation, articles: &[usize], query: &[f32], vectors: &VectorsView) -> Vec<Nearness> {
    let passages_of = |article: usize| generation.layout.articles[article].passages.clone();
    let groups: Vec<Range<usize>> = articles.iter().map(|article| passages_of(*article)).collect();
    let mut near = by_passage(&groups, query, vectors);
    let mut nearest: Vec<usize> = (0..near.len()).filter(|at| near[*at].cosine.is_some()).collect();
    let farther = |a: &usize, b: &usize| {
        let cosine = |at: &usize| near[*at].cosine.unwrap_or(f32::MIN);
        cosine(b).total_cmp(&cosine(a)).then(a.cmp(b))
    };
    if ARTICLES_WITH_RUNS_MAX < nearest.len() {
        nearest.select_nth_unstable_by(ARTICLES_WITH_RUNS_MAX, farther);
        nearest.truncate(ARTICLES_WITH_RUNS_MAX);
    }
    for at in nearest {
        for run in generation.layout.runs_in(&passages_of(articles[at])) {
            let cosine = run_cosine(run, query, vectors);
            if cosine.is_some_and(|cosine| near[at].cosine.is_some_and(|own| own < cosine)) {
                near[at].cosine = cosine;
            }
        }
    }
    near
}

fn by_passage(groups: &[Range<usize>], query: &[f32], vectors: &VectorsView) -> Vec<Nearness> {
    let best = vectors.best_of(query, groups, ARTICLES_WITH_RUNS_MAX);
    let near = |(best, group): (Option<Best>, &Range<usize>)| match best {
        Some(best) => Nearness { cosine: Some(best.cosine), passage: best.passage },
        None => Nearness { cosine: None, passage: group.start },
    };
    best.into_iter().zip(groups).map(near).collect()
}

/// Cosine with the mean of a run's vectors; none while one of them is still to come.
fn run_cosine(run: &Range<usize>, query: &[f32], vectors: &VectorsView) -> Option<f32> {
    if vectors.ready() < run.end {
        return None;
    }
    let mut sum = vec![0.0f32; query.len()];
    for passage in run.clone() {
        for (sum, value) in sum.iter_mut().zip(vectors.get(passage)) {
            *sum += value;
        }
    }
    let length = sum.iter().map(|value| value * value).sum::<f32>().sqrt();
    let product: f32 = sum.iter().zip(query).map(|(a, b)| a * b).sum();
    // Opposite vectors have no mean direction.
    (1e-6 < length).then(|| product / length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::vectors::{Vectors, VectorsWriter};

    #[test]
    fn a_run_is_as_near_as_the_mean_of_its_passages() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v");
        let mut writer = VectorsWriter::create(&path, 2, 4).unwrap();
        for vector in [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]] {
            writer.push(&vector).unwrap();
        }
        writer.finish().unwrap();
        let vectors = Vectors::open(&path).unwrap().view();
        let diagonal = [0.5f32.sqrt(), 0.5f32.sqrt()];
        assert!((run_cosine(&(0..2), &diagonal, &vectors).unwrap() - 1.0).abs() < 1e-6);
        assert_eq!(run_cosine(&(2..4), &diagonal, &vectors), None, "one is still to come");
        assert_eq!(run_cosine(&(0..3), &[0.0, 1.0], &vectors), Some(1.0), "the opposite ones cancel out");
        let near = by_passage(&[0..4, 3..4], &[0.6, 0.8], &vectors);
        assert_eq!(near[0], Nearness { cosine: Some(0.8), passage: 1 });
        assert_eq!(near[1], Nearness { cosine: None, passage: 3 });
    }
}
