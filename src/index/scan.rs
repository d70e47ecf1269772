/*!
Vectors as bytes, for comparing a question with all of them.

Owns the copy of a generation's vectors in 8-bit integers, a quarter of the size, and the search
over it. What it returns first is what comparing in f32 would return first: of every row the
length of its rounding error is kept, so a sum of integers is known to lie within a bound of the
true cosine, and whatever could still be among the first is compared again in f32. Sums of
integers do not depend on the machine, nor does the result. Never writes a file: the copy is made
when vectors are opened.
*/

use std::{ops::Range, sync::Arc};

use super::vectors::{VectorsView, dot};
use crate::simd::{Simd, Wide};

/// Rows of one block: what is new in a growing file is added in whole blocks.
pub(super) const BLOCK_ROWS: usize = 4096;
/// Greatest code of a row.
const CODE_MAX: f32 = 127.0;
/// Greatest code of a question; lower where that many dimensions could overflow a sum.
const QUERY_CODE_MAX: i64 = 32_767;
/// Added to every bound for the roundings of the f32 arithmetic itself.
const ROUNDING: f32 = 4e-6;

/// Vectors of consecutive passages.
#[derive(Debug)]
pub(super) struct Block {
    codes: Box<[i8]>,
    /// Of each row: what a code of 1 stands for, and the length of what rounding took away.
    rows: Box<[(f32, f32)]>,
}

impl Block {
    /// Rounds `rows`, each of `dimensions` numbers.
    pub(super) fn of<'a>(rows: impl Iterator<Item = &'a [f32]>, dimensions: usize) -> Arc<Self> {
        Arc::new(Simd::detect().run(Round { rows, dimensions }))
    }
}

struct Round<R> {
    rows: R,
    dimensions: usize,
}

impl<'a, R: Iterator<Item = &'a [f32]>> Wide for Round<R> {
    type Output = Block;

    #[inline(always)]
    fn run<const FUSED: bool>(self) -> Block {
        let mut codes = Vec::with_capacity(BLOCK_ROWS * self.dimensions);
        let mut scales = Vec::with_capacity(BLOCK_ROWS);
        self.rows.for_each(|row| {
            let scale = (greatest_of(row) / CODE_MAX).max(f32::MIN_POSITIVE);
            let inverse = 1.0 / scale;
            let start = codes.len();
            codes.extend(row.iter().map(|x| (x * inverse).round_ties_even().clamp(-CODE_MAX, CODE_MAX) as i8));
            let squared: f32 =
                row.iter().zip(&codes[start..]).map(|(x, code)| (x - f32::from(*code) * scale).powi(2)).sum();
            scales.push((scale, squared.sqrt()));
        });
        Block { codes: codes.into(), rows: scales.into() }
    }
}

/// The greatest number by its size.
#[inline(always)]
fn greatest_of(row: &[f32]) -> f32 {
    row.iter().fold(0.0f32, |greatest, x| greatest.max(x.abs()))
}

/// A question as integers.
struct Query<'a> {
    floats: &'a [f32],
    codes: Vec<i16>,
    scale: f32,
    length: f32,
    /// Length of what rounding took away.
    error: f32,
}

impl<'a> Query<'a> {
    fn new(floats: &'a [f32]) -> Self {
        let overflow = i64::from(i32::MAX) / (CODE_MAX as i64 * floats.len().max(1) as i64);
        let code_max = QUERY_CODE_MAX.min(overflow) as f32;
        let scale = (greatest_of(floats) / code_max).max(f32::MIN_POSITIVE);
        let codes: Vec<i16> =
            floats.iter().map(|x| (x / scale).round_ties_even().clamp(-code_max, code_max) as i16).collect();
        let length = |numbers: &mut dyn Iterator<Item = f32>| numbers.map(|x| x * x).sum::<f32>().sqrt();
        let error = length(&mut floats.iter().zip(&codes).map(|(x, code)| x - f32::from(*code) * scale));
        Self { floats, scale, length: length(&mut floats.iter().copied()), error, codes }
    }

    /// Cosine by integers, and how far it may be from the one by floats.
    #[inline(always)]
    fn estimate(&self, block: &Block, row: usize) -> (f32, f32) {
        let dimensions = self.codes.len();
        let (scale, error) = block.rows[row];
        let sum = int_dot(&block.codes[row * dimensions..][..dimensions], &self.codes);
        // Rows are of unit length within a hundredth, and so is what rounding leaves of them.
        (sum as f32 * (scale * self.scale), error * self.length + 1.05 * self.error + ROUNDING)
    }
}

/// Exact; the compiler makes 16-bit multiply-and-add instructions of it.
#[inline(always)]
fn int_dot(codes: &[i8], query: &[i16]) -> i32 {
    codes.iter().zip(query).map(|(x, y)| i32::from(*x) * i32::from(*y)).sum()
}

/// The best of a group of passages.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Best {
    /// Passage.
    pub passage: usize,
    /// Its cosine with the question: exact in f32 for the first groups, for the others within
    /// about a hundredth.
    pub cosine: f32,
}

/// What is known of a group after the integers were compared. Small, as there is one of each
/// passage of an index.
#[derive(Clone, Copy)]
struct Estimate {
    /// The best, [`NO_PASSAGE`] where none of the group is there yet.
    passage: u32,
    /// Its cosine.
    cosine: f32,
    /// The true best cosine lies between these.
    least: f32,
    most: f32,
}

/// In place of a passage.
const NO_PASSAGE: u32 = u32::MAX;
/// Most vectors of a file: each must have a number of its own beside [`NO_PASSAGE`].
pub(super) const PASSAGES_MAX: usize = NO_PASSAGE as usize;

impl Estimate {
    fn best(self) -> Option<Best> {
        (self.passage != NO_PASSAGE).then_some(Best { passage: self.passage as usize, cosine: self.cosine })
    }
}

/// The pass over the bytes.
struct Scan<'a, G> {
    view: &'a VectorsView,
    query: &'a Query<'a>,
    groups: G,
}

impl<G: Iterator<Item = Range<usize>>> Wide for Scan<'_, G> {
    type Output = Vec<Estimate>;

    #[inline(always)]
    fn run<const FUSED: bool>(self) -> Vec<Estimate> {
        let mut estimates = Vec::with_capacity(self.groups.size_hint().0);
        self.groups.for_each(|group| estimates.push(self.view.estimate(self.query, group)));
        estimates
    }
}

/// The least that a group must be able to reach to be among the `first`.
fn bar_of(estimates: &[Estimate], first: usize) -> f32 {
    let mut least: Vec<f32> = estimates.iter().filter(|e| e.passage != NO_PASSAGE).map(|e| e.least).collect();
    match first.min(least.len()) {
        0 => f32::INFINITY,
        place => *least.select_nth_unstable_by(place - 1, |a, b| b.total_cmp(a)).1,
    }
}

impl VectorsView {
    /// The best passage of each group, none where none of its vectors is there yet. Of the `first`
    /// best groups, whichever they are, passage and cosine are those that comparing in f32 gives.
    pub fn best_of(&self, query: &[f32], groups: &[Range<usize>], first: usize) -> Vec<Option<Best>> {
        assert_eq!(query.len(), self.dimensions(), "length of the question's vector");
        let query = Query::new(query);
        let estimates = Simd::detect().run(Scan { view: self, query: &query, groups: groups.iter().cloned() });
        let bar = bar_of(&estimates, first);
        let exact = |(estimate, group): (&Estimate, &Range<usize>)| match estimate.best() {
            Some(_) if bar <= estimate.most => self.exact(&query, group.clone()),
            best => best,
        };
        estimates.iter().zip(groups).map(exact).collect()
    }

    /// The `count` passages among `passages` nearest to the question, best first; of equal ones
    /// that which stands first.
    pub fn nearest(&self, query: &[f32], passages: impl Iterator<Item = usize>, count: usize) -> Vec<Best> {
        assert_eq!(query.len(), self.dimensions(), "length of the question's vector");
        let query = Query::new(query);
        let groups = passages.map(|passage| passage..passage + 1);
        let estimates = Simd::detect().run(Scan { view: self, query: &query, groups });
        let bar = bar_of(&estimates, count);
        let candidates = estimates.iter().filter(|estimate| estimate.passage != NO_PASSAGE && bar <= estimate.most);
        let mut found: Vec<Best> = candidates
            .filter_map(|estimate| self.exact(&query, estimate.passage as usize..estimate.passage as usize + 1))
            .collect();
        let order = |a: &Best, b: &Best| b.cosine.total_cmp(&a.cosine).then(a.passage.cmp(&b.passage));
        if count < found.len() {
            found.select_nth_unstable_by(count, order);
            found.truncate(count);
        }
        found.sort_by(order);
        found
    }

    #[inline(always)]
    fn estimate(&self, query: &Query<'_>, group: Range<usize>) -> Estimate {
        let none = f32::NEG_INFINITY;
        let mut all = Estimate { passage: NO_PASSAGE, cosine: none, least: none, most: none };
        for passage in group.start..group.end.min(self.ready()) {
            let (cosine, bound) = match self.blocks().get(passage / BLOCK_ROWS) {
                Some(block) => query.estimate(block, passage % BLOCK_ROWS),
                None => (dot(self.get(passage), query.floats), 0.0),
            };
            all.least = all.least.max(cosine - bound);
            all.most = all.most.max(cosine + bound);
            if all.passage == NO_PASSAGE || all.cosine < cosine {
                (all.passage, all.cosine) = (passage as u32, cosine);
            }
        }
        all
    }

    fn exact(&self, query: &Query<'_>, group: Range<usize>) -> Option<Best> {
        (group.start..group.end.min(self.ready())).fold(None, |best: Option<Best>, passage| {
            let cosine = dot(self.get(passage), query.floats);
            if best.is_none_or(|best| best.cosine < cosine) { Some(Best { passage, cosine }) } else { best }
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::index::vectors::{Vectors, VectorsWriter};

    /// Unit vectors that look random; clustered ones differ by little, as those of an encoder do.
    fn vectors(seed: u64, count: usize, dimensions: usize, is_clustered: bool) -> Vec<Vec<f32>> {
        let mut state = seed | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 40) as f32 / (1u32 << 23) as f32 - 1.0
        };
        let centre: Vec<f32> = (0..dimensions).map(|_| if is_clustered { 4.0 * next() } else { 0.0 }).collect();
        (0..count)
            .map(|_| {
                let row: Vec<f32> = centre.iter().map(|c| c + next()).collect();
                let length = row.iter().map(|x| x * x).sum::<f32>().sqrt();
                if length < 1e-3 { unit(dimensions) } else { row.iter().map(|x| x / length).collect() }
            })
            .collect()
    }

    fn unit(dimensions: usize) -> Vec<f32> {
        (0..dimensions).map(|at| if at == 0 { 1.0 } else { 0.0 }).collect()
    }

    fn view(vectors: &[Vec<f32>], dimensions: usize) -> VectorsView {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v");
        let mut writer = VectorsWriter::create(&path, dimensions, vectors.len()).unwrap();
        vectors.iter().for_each(|vector| writer.push(vector).unwrap());
        writer.finish().unwrap();
        Vectors::open(&path).unwrap().view()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn the_first_are_those_of_comparing_in_floats(
            seed: u64, count in 1..400usize, dimensions in 1..70usize, first in 0..30usize, keep in 1..5usize, is_clustered: bool,
        ) {
            let mut rows = vectors(seed, count + 1, dimensions, is_clustered);
            let query = rows.pop().unwrap();
            // Repetitions must come in the order they stand in.
            rows[count / 2] = rows[0].clone();
            let view = view(&rows, dimensions);
            let admitted = || (0..count).filter(|passage| passage % keep == 0);
            let mut naive: Vec<(usize, f32)> = admitted().map(|passage| (passage, dot(&rows[passage], &query))).collect();
            naive.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            naive.truncate(first);
            let found: Vec<(usize, f32)> =
                view.nearest(&query, admitted(), first).iter().map(|best| (best.passage, best.cosine)).collect();
            prop_assert_eq!(found, naive);
        }

        #[test]
        fn groups_get_their_best_passage(seed: u64, groups in 1..60usize, first in 0..20usize) {
            let dimensions = 48;
            let sizes: Vec<usize> = (0..groups).map(|group| (seed as usize).wrapping_mul(group + 7) % 5).collect();
            let mut rows = vectors(seed, sizes.iter().sum::<usize>() + 1, dimensions, true);
            let query = rows.pop().unwrap();
            let view = view(&rows, dimensions);
            let mut end = 0;
            let ranges: Vec<Range<usize>> = sizes.iter().map(|size| { end += size; end - size..end }).collect();
            let found = view.best_of(&query, &ranges, first);
            let naive: Vec<Option<(usize, f32)>> = ranges.iter().map(|range| {
                range.clone().map(|passage| (passage, dot(&rows[passage], &query)))
                    .reduce(|best, next| if best.1 < next.1 { next } else { best })
            }).collect();
            let mut order: Vec<f32> = naive.iter().flatten().map(|(_, cosine)| *cosine).collect();
            order.sort_by(|a, b| b.total_cmp(a));
            for (found, naive) in found.iter().zip(&naive) {
                let (Some(found), Some((passage, cosine))) = (found, naive) else {
                    prop_assert!(found.is_none() && naive.is_none());
                    continue;
                };
                prop_assert!((found.cosine - cosine).abs() < 0.02, "{} is no estimate of {}", found.cosine, cosine);
                if order[..first.min(order.len())].contains(cosine) {
                    prop_assert_eq!((found.passage, found.cosine), (*passage, *cosine));
                }
            }
        }
    }

    #[test]
    fn whole_blocks_and_the_rest_count_alike() {
        let (count, dimensions) = (BLOCK_ROWS + 300, 32);
        let mut rows = vectors(5, count + 1, dimensions, true);
        let query = rows.pop().unwrap();
        let view = view(&rows, dimensions);
        let mut naive: Vec<(usize, f32)> = rows.iter().map(|row| dot(row, &query)).enumerate().collect();
        naive.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let found = view.nearest(&query, 0..count + 9, 40);
        assert_eq!(found.iter().map(|best| (best.passage, best.cosine)).collect::<Vec<_>>(), naive[..40]);
        assert!(naive[..40].iter().any(|(passage, _)| BLOCK_ROWS <= *passage), "both kinds are among the first");
    }
}
