/*!
Which of the lines shaped like article headings are the document's own.

A document's articles count 1, 2, 3 … . Quoted articles of other laws, references, tables of
contents and forms in annexes are shaped alike but do not fit into one count. So the longest
count is chosen, as a whole and not line by line: a quoted line is worth almost nothing, a
gap costs more than it can win, and no count runs on past a signature or a restart.
*/

use std::collections::HashMap;

use super::{
    lines::Line,
    shapes::{ArticleShape, article_shape},
};

/// What an unquoted heading is worth.
const PLAIN_WORTH: f64 = 1.0;
/// A heading without the usual mark after its number.
const UNUSUAL_WORTH: f64 = 0.6;
/// A heading within quotation marks: enough to fill a gap, never to draw the count away.
const QUOTED_WORTH: f64 = 0.001;
/// What a gap in the count costs where what it skips stands nowhere later: less than an
/// article is worth, as digests and fragments leave articles out.
const GAP_COST: f64 = 0.9;
/// What it costs to pass over a number that does stand later.
const OVERTAKING_COST: f64 = 2.5;
/// What a count costs that does not begin at 1.
const LATE_START_COST: f64 = 0.5;
/// What it costs to pass over an unquoted article 1.
const RESTART_COST: f64 = 0.9;
/// Worth of each byte of text under a heading, up to a limit: the body of a document wins
/// over its table of contents.
const TEXT_WORTH: f64 = 1e-5;
const TEXT_BYTES_MAX: usize = 2_000;

/// An article heading that was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ArticleHeading {
    /// Index of its line.
    pub line: usize,
    pub shape: ArticleShape,
    /// The article before it in count is not there.
    pub skips_from: Option<u32>,
}

struct Candidate {
    line: usize,
    shape: ArticleShape,
    worth: f64,
    /// How many unquoted first articles stand before it.
    restarts: usize,
}

/// Chooses the longest count among `lines[range]`.
pub(super) fn choose(lines: &[Line<'_>], range: std::ops::Range<usize>) -> Vec<ArticleHeading> {
    let candidates = candidates(lines, range);
    let mut best: Vec<(f64, Option<usize>)> = Vec::with_capacity(candidates.len());
    // The best end of a count at each number and letters, and the best end of all.
    let mut ends: HashMap<u32, Vec<usize>> = HashMap::new();
    let mut top: Option<usize> = None;
    let own = candidates.iter().enumerate().filter(|(_, candidate)| QUOTED_WORTH < candidate.worth / 2.0);
    let last_at: HashMap<u32, usize> = own.map(|(at, candidate)| (candidate.shape.number, at)).collect();
    for (at, candidate) in candidates.iter().enumerate() {
        let start = if candidate.shape.number <= 1 { 0.0 } else { -LATE_START_COST };
        let mut score = (start, None);
        let mut consider = |from: usize, cost: f64| {
            let skipped = skipped_restarts(&candidates[from], candidate);
            let total = best[from].0 - cost - RESTART_COST * skipped as f64;
            if score.0 < total {
                score = (total, Some(from));
            }
        };
        let number = candidate.shape.number;
        for from in number.checked_sub(1).and_then(|n| ends.get(&n)).into_iter().flatten() {
            if candidate.shape.letters.is_empty() {
                consider(*from, 0.0);
            }
        }
        for from in ends.get(&number).into_iter().flatten() {
            if candidates[*from].shape.letters < candidate.shape.letters {
                consider(*from, 0.0);
            }
        }
        if let Some(from) = top
            && candidates[from].shape.number < number
            && candidate.shape.letters.is_empty()
        {
            let overtakes = last_at.get(&(candidates[from].shape.number + 1)).is_some_and(|last| from < *last);
            consider(from, if overtakes { OVERTAKING_COST } else { GAP_COST });
        }
        best.push((score.0 + candidate.worth, score.1));
        keep_best(ends.entry(number).or_default(), at, &candidates, &best);
        if top.is_none_or(|top| best[top].0 < best[at].0) {
            top = Some(at);
        }
    }
    let mut chain = Vec::new();
    let mut at = top;
    while let Some(index) = at {
        chain.push(index);
        at = best[index].1;
    }
    chain.reverse();
    headings(candidates, &chain)
}

/// Keeps, of the ends with the same label, the best; at most one a label.
fn keep_best(ends: &mut Vec<usize>, at: usize, candidates: &[Candidate], best: &[(f64, Option<usize>)]) {
    match ends.iter_mut().find(|end| candidates[**end].shape.letters == candidates[at].shape.letters) {
        Some(end) if best[*end].0 <= best[at].0 => *end = at,
        Some(_) => {}
        None => ends.push(at),
    }
}

fn skipped_restarts(from: &Candidate, to: &Candidate) -> usize {
    // `restarts` counts those before a candidate; its own start is no restart.
    let own = usize::from(from.shape.number == 1 && from.shape.letters.is_empty());
    to.restarts.saturating_sub(from.restarts + own)
}

fn candidates(lines: &[Line<'_>], range: std::ops::Range<usize>) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut restarts = 0;
    for line in range.clone() {
        let content = lines[line].content;
        let Some(shape) = article_shape(content) else { continue };
        let quoted = lines[line].quoted || content.starts_with(['“', '"']);
        if quoted && !shape.letters.is_empty() {
            // "Điều 12a" of a law being amended fits behind any own article 12: it fills no gap.
            continue;
        }
        let worth = match (quoted, shape.is_plain) {
            (true, _) => QUOTED_WORTH,
            (false, true) => PLAIN_WORTH,
            (false, false) => UNUSUAL_WORTH,
        };
        let is_first = !quoted && shape.number == 1 && shape.letters.is_empty();
        candidates.push(Candidate { line, shape, worth, restarts });
        restarts += usize::from(is_first);
    }
    let end =
        range.end.checked_sub(1).and_then(|last| lines.get(last)).map_or(0, |line| line.start + line.content.len());
    for at in 0..candidates.len() {
        let next = candidates.get(at + 1).map_or(end, |next| lines[next.line].start);
        let text = next.saturating_sub(lines[candidates[at].line].start);
        candidates[at].worth += TEXT_WORTH * text.min(TEXT_BYTES_MAX) as f64 * candidates[at].worth;
    }
    candidates
}

fn headings(candidates: Vec<Candidate>, chain: &[usize]) -> Vec<ArticleHeading> {
    let mut last = 0;
    let mut chosen = Vec::with_capacity(chain.len());
    let mut next = chain.iter().peekable();
    for (at, candidate) in candidates.into_iter().enumerate() {
        if next.next_if(|chosen| **chosen == at).is_none() {
            continue;
        }
        let number = candidate.shape.number;
        let skips_from = (last + 1 < number).then_some(last + 1);
        last = number;
        chosen.push(ArticleHeading { line: candidate.line, shape: candidate.shape, skips_from });
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::parse::lines::lines;

    fn chosen(text: &str) -> Vec<String> {
        let lines = lines(text);
        choose(&lines, 0..lines.len()).into_iter().map(|h| format!("{}@{}", h.shape.label, h.line)).collect()
    }

    #[test]
    fn quoted_articles_are_another_law() {
        let text = "Điều 1. Sửa đổi luật cũ\n1. Thay như sau:\n“Điều 2. Nghỉ\nĐiều 3. Làm\nx”.\nĐiều 2. Hiệu lực\nx";
        assert_eq!(chosen(text), ["1@0", "2@5"]);
    }

    #[test]
    fn a_mark_that_was_never_closed_loses_no_article() {
        let text = "Điều 1. A\n“Mở mà không đóng\nĐiều 2. B\nĐiều 3. C\ncó một dấu thừa”\nĐiều 4. D";
        assert_eq!(chosen(text), ["1@0", "2@2", "3@3", "4@5"]);
    }

    #[test]
    fn the_body_wins_over_the_table_of_contents() {
        let text = "Điều 1. A\nĐiều 2. B\nĐiều 3. C\nĐiều 1. A\nmột\nĐiều 2. B\nhai\nĐiều 3. C\nba";
        assert_eq!(chosen(text), ["1@3", "2@5", "3@7"]);
    }

    #[test]
    fn letters_carry_on_and_gaps_are_told() {
        let text = "Điều 1. A\nĐiều 2. B\nĐiều 2a. C\nĐiều 2b. D\nĐiều 3. E\nĐiều 6. F\nĐiều 7. G";
        assert_eq!(chosen(text), ["1@0", "2@1", "2a@2", "2b@3", "3@4", "6@5", "7@6"]);
        let lines = lines(text);
        let skips: Vec<_> = choose(&lines, 0..lines.len()).into_iter().filter_map(|h| h.skips_from).collect();
        assert_eq!(skips, [4]);
    }

    #[test]
    fn a_digest_leaves_articles_out_and_loses_none() {
        let text = "Điều 1. A\nĐiều 5. B\nĐiều 6. C\nĐiều 12. D\nĐiều 40. E\nĐiều 41. F";
        assert_eq!(chosen(text), ["1@0", "5@1", "6@2", "12@3", "40@4", "41@5"]);
    }

    #[test]
    fn a_nested_run_does_not_overtake_the_own_count() {
        let text = "Điều 1. Sửa đổi\nĐiều 3. x\nĐiều 4. y\nĐiều 5. z\nĐiều 2. Hiệu lực\nĐiều 3. Thi hành";
        assert_eq!(chosen(text), ["1@0", "2@4", "3@5"]);
    }

    #[test]
    fn nested_articles_without_marks_do_not_draw_the_count_away() {
        let text = "Điều 1. Sửa đổi\nĐiều 7. x\nĐiều 2. Bổ sung\nĐiều 8. y\nĐiều 3. Hiệu lực\nĐiều 4. Thi hành";
        assert_eq!(chosen(text), ["1@0", "2@2", "3@4", "4@5"]);
    }
}
