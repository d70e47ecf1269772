/*!
Which texts go through the network together.

Owns the token budget: texts are sorted by length, so that little is padded, and a batch
ends where the padded whole would pass the budget.
*/

/// Groups of indices into `lengths`, longest first; a group's count times its longest
/// length stays within `batch_tokens_max`, unless one text alone is longer.
pub(super) fn plan(lengths: &[usize], batch_tokens_max: usize) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|index| (std::cmp::Reverse(lengths[*index]), *index));
    let mut batches: Vec<Vec<usize>> = Vec::new();
    for index in order {
        match batches.last_mut() {
            Some(batch) if (batch.len() + 1).saturating_mul(lengths[batch[0]]) <= batch_tokens_max => batch.push(index),
            _ => batches.push(vec![index]),
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::plan;

    proptest! {
        #[test]
        fn every_text_is_in_one_batch_within_the_budget(
            lengths in prop::collection::vec(1..600usize, 0..80),
            budget in 1..3000usize,
        ) {
            let batches = plan(&lengths, budget);
            let mut seen: Vec<usize> = batches.concat();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..lengths.len()).collect::<Vec<_>>());
            for batch in batches {
                let longest = batch.iter().map(|index| lengths[*index]).max().unwrap();
                prop_assert!(batch.len() == 1 || batch.len() * longest <= budget);
            }
        }
    }
}
