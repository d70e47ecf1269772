/*!
Lists of scores made comparable, so that they can be summed.

Each list is brought to mean 0 and deviation 1 over its best candidates; `score` sums them with
weights. Over the best thousand and not over all: a corpus sixty times as large holds as many
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A few lines that do the same the long way.
    fn oracle(scores: &[f32], at: usize) -> f64 {
        let n = scores.len() as f64;
        let mean: f64 = scores.iter().map(|s| f64::from(*s)).sum::<f64>() / n;
        let sd = (scores.iter().map(|s| (f64::from(*s) - mean) * (f64::from(*s) - mean)).sum::<f64>() / n).sqrt();
        if 1e-9 <= sd { (f64::from(scores[at]) - mean) / sd } else { 0.0 }
    }

    proptest! {
        #[test]
        fn scores_agree_with_the_oracle(scores in prop::collection::vec(-5.0f32..5.0, 1..40)) {
            for (at, score) in z_scores(&scores).iter().enumerate() {
                prop_assert!((f64::from(*score) - oracle(&scores, at)).abs() < 1e-3);
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
        assert_eq!(z_scores(&[3.0, 3.0]), [0.0, 0.0]);
        assert!(z_scores(&[]).is_empty());
    }
}
