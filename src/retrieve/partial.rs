/*!
Cosines of articles whose vectors are still to come.

While a large corpus is being encoded, part of its articles have vectors and part have not.
Left at the bottom, an article without one could never win against a poor match that has one;
so it gets the cosine it would have if its vector told as much as its words do.
*/

use super::fuse::z_scores;

/// The known cosines, and for the others one as far from the mean as their words are; never
/// a better one than the best known.
pub fn complete(known: &[Option<f32>], words: &[f32]) -> Vec<f32> {
    let held: Vec<f32> = known.iter().flatten().copied().collect();
    if held.len() == known.len() {
        return held;
    }
    let count = held.len().max(1) as f32;
    let mean = held.iter().sum::<f32>() / count;
    let deviation = (held.iter().map(|cosine| (cosine - mean).powi(2)).sum::<f32>() / count).sqrt();
    let best = held.iter().copied().fold(mean, f32::max);
    let guessed = z_scores(words).into_iter().map(|z| (mean + z * deviation).min(best));
    known.iter().zip(guessed).map(|(known, guessed)| known.unwrap_or(guessed)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_stays_and_the_rest_follows_its_words() {
        assert_eq!(complete(&[Some(0.5), Some(0.7)], &[9.0, 0.0]), [0.5, 0.7]);
        let all = complete(&[Some(0.5), None, Some(0.7), None], &[0.0, 9.0, 0.0, 0.0]);
        assert_eq!((all[0], all[2]), (0.5, 0.7));
        assert_eq!(all[1], 0.7, "the best by words is put beside the best known, not above it");
        assert!(all[3] < 0.6 && all[3].is_finite());
        assert_eq!(complete(&[None, None], &[1.0, 1.0]), [0.0, 0.0]);
    }
}
