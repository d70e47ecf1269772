/*!
Score fusion: z-scored sum.

Each list of scores is brought to mean 0 and deviation 1 over its best candidates, then summed
with weights. Over the best thousand and not over all: a corpus sixty times as large holds as many
more that have nothing to do with the question, and what a bonus weighs must not hang on them. Reciprocal rank fusion was measured worse: it forgets by how much a hit wins.
*/

/// Candidates, best of a list, whose mean and deviation it is measured by.
const MEASURED_BY_MAX: usize = 1000;

/// Brings scores to mean 0 and standard deviation 1 over the best of them; equal scores become
/// zeros.
pub fn z_scores(scores: &[f32]) -> Vec<f32> {
    let mut best = scores.to_vec();
    if MEASURED_BY_MAX < best.len() {
        best.select_nth_unstable_by(MEASURED_BY_MAX, |a, b| b.total_cmp(a));
        best.truncate(MEASURED_BY_MAX);
    }
    // In one order, so that sums do not depend on how the best were found.
    best.sort_unstable_by(f32::total_cmp);
    let count = best.len().max(1) as f64;
    let mean = best.iter().map(|s| f64::from(*s)).sum::<f64>() / count;
    let variance = best.iter().map(|s| (f64::from(*s) - mean).powi(2)).sum::<f64>() / count;
    let deviation = variance.sqrt();
    if deviation < 1e-9 {
        return vec![0.0; scores.len()];
    }
    scores.iter().map(|s| ((f64::from(*s) - mean) / deviation) as f32).collect()
}

/// Weighted sum of z-scored lists of one length.
///
/// # Panics
/// When the lists are of different lengths.
pub fn fuse(lists: &[(f32, &[f32])]) -> Vec<f32> {
    let length = lists.first().map_or(0, |(_, scores)| scores.len());
    let mut fused = vec![0.0; length];
    for (weight, scores) in lists {
        assert_eq!(scores.len(), length, "lists of one length");
        for (sum, z) in fused.iter_mut().zip(z_scores(scores)) {
            *sum += weight * z;
        }
    }
    fused
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Ten lines that do the same the long way.
    fn oracle(lists: &[(f32, Vec<f32>)], at: usize) -> f64 {
        let mut sum = 0.0;
        for (weight, scores) in lists {
            let n = scores.len() as f64;
            let mean: f64 = scores.iter().map(|s| f64::from(*s)).sum::<f64>() / n;
            let sd = (scores.iter().map(|s| (f64::from(*s) - mean) * (f64::from(*s) - mean)).sum::<f64>() / n).sqrt();
            if 1e-9 <= sd {
                sum += f64::from(*weight) * (f64::from(scores[at]) - mean) / sd;
            }
        }
        sum
    }

    proptest! {
        #[test]
        fn fusion_agrees_with_the_oracle(rows in prop::collection::vec((-5.0f32..5.0, -1.0f32..1.0), 1..40), w in 0.0f32..1.0) {
            let lists = [(w, rows.iter().map(|r| r.0).collect::<Vec<_>>()), (1.0 - w, rows.iter().map(|r| r.1).collect())];
            let fused = fuse(&[(lists[0].0, &lists[0].1), (lists[1].0, &lists[1].1)]);
            for (at, score) in fused.iter().enumerate() {
                prop_assert!((f64::from(*score) - oracle(&lists, at)).abs() < 1e-3);
            }
        }
    }

    #[test]
    fn what_has_nothing_to_do_with_the_question_changes_nothing() {
        let few: Vec<f32> = (0..MEASURED_BY_MAX).map(|at| at as f32).collect();
        let mut many = few.clone();
        many.extend(std::iter::repeat_n(-5.0, 10 * MEASURED_BY_MAX));
        assert_eq!(z_scores(&few), z_scores(&many)[..MEASURED_BY_MAX]);
    }

    #[test]
    fn equal_scores_say_nothing() {
        assert_eq!(fuse(&[(1.0, &[3.0, 3.0])]), [0.0, 0.0]);
        assert!(fuse(&[]).is_empty());
    }
}
