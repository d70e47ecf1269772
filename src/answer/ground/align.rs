/*!
Laying a sentence beside a rule: which token says the same as which.

The best local alignment first, then what is left before and after it, so that a sentence
that turns the order of a rule around is followed too. Only equals are paired; what stands
between two pairs on either side is a [`Gap`], and differences are read off the gaps.
*/

use super::{
    tokens::{Kind, Token},
    units::Unit,
};
use crate::answer::ground::lexicon::Modal;

/// Cost of a token left out on either side.
const SKIP_COST: f32 = 0.25;
/// Cost of going over the end of a sentence or line.
const BREAK_COST: f32 = 0.75;
/// Least score of a further piece: two words.
const PIECE_SCORE_MIN: f32 = 3.4;
/// Least tokens of a gap in which a piece is looked for.
const PIECE_TOKENS_MIN: usize = 2;
/// Tokens looked at beyond the ends of a piece.
const EDGE_TOKENS: usize = 4;

/// What stands between two neighbouring pairs: ranges of the sentence and of the rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Tokens of the sentence without a partner.
    pub said: std::ops::Range<usize>,
    /// Tokens of the rule without a partner.
    pub law: std::ops::Range<usize>,
    /// Whether a pair stands on both sides.
    pub inner: bool,
}

/// A sentence laid beside a rule.
#[derive(Debug, Clone)]
pub struct Alignment {
    /// For each token of the sentence its partner in the rule.
    pub partner: Vec<Option<usize>>,
    /// What has none, between and beside pairs.
    pub gaps: Vec<Gap>,
    /// Sum over all pieces.
    pub score: f32,
}

fn weight(token: &Token) -> f32 {
    match token.kind {
        Kind::Word | Kind::Code => 2.0,
        Kind::Party(_) => 2.0,
        Kind::Number(_) => 3.0,
        Kind::Modal(_) | Kind::Negation | Kind::Exception => 1.2,
        Kind::Stop => 0.3,
        Kind::Reference(_) => 1.0,
        Kind::Break(_) => 0.0,
    }
}

/// Whether two tokens say the same.
pub fn equal(said: &Token, law: &Token) -> bool {
    match (&said.kind, &law.kind) {
        (Kind::Number(a), Kind::Number(b)) => a.same_amount(b),
        (Kind::Modal(a), Kind::Modal(b)) => same_modal(*a, *b),
        (Kind::Party(a), Kind::Party(b)) => super::parties::same(*a, &said.words, *b, &law.words),
        (Kind::Reference(a), Kind::Reference(b)) => a == b,
        (Kind::Negation, Kind::Negation) | (Kind::Exception, Kind::Exception) => true,
        (Kind::Word | Kind::Stop | Kind::Code, Kind::Word | Kind::Stop | Kind::Code) => said.words == law.words,
        _ => false,
    }
}

/// May and the passive are told apart by nothing but sense.
pub fn same_modal(a: Modal, b: Modal) -> bool {
    let plain = |m: Modal| if m == Modal::MayOrPassive { Modal::May } else { m };
    plain(a) == plain(b)
}

/// Lays `said` beside the tokens of a rule.
pub fn align(said: &[Token], unit: &Unit) -> Alignment {
    let (law, own_from) = (unit.tokens.as_slice(), unit.own_from);
    let mut alignment = Alignment { partner: vec![None; said.len()], gaps: Vec::new(), score: 0.0 };
    let whole = 0..said.len();
    let mut open = vec![whole];
    let mut is_first = true;
    while let Some(range) = open.pop() {
        let (pairs, score) = best_piece(&said[range.clone()], law);
        let (Some(first), Some(last)) = (pairs.first(), pairs.last()) else { continue };
        if !is_first && score < PIECE_SCORE_MIN {
            continue;
        }
        is_first = false;
        alignment.score += score;
        let shifted: Vec<(usize, usize)> = pairs.iter().map(|(s, l)| (s + range.start, *l)).collect();
        let (first, last) = ((first.0 + range.start, first.1), (last.0 + range.start, last.1));
        for (s, l) in &shifted {
            alignment.partner[*s] = Some(*l);
        }
        let inner = shifted.windows(2).map(|w| Gap { said: w[0].0 + 1..w[1].0, law: w[0].1 + 1..w[1].1, inner: true });
        alignment.gaps.extend(inner.filter(|gap| !gap.said.is_empty() || !gap.law.is_empty()));
        // "làm thêm [vào ngày lễ] được trả": the point's own words amid those of its lead-in.
        if last.1 < own_from {
            for gap in alignment.gaps.clone().into_iter().filter(|gap| gap.inner && PIECE_TOKENS_MIN <= gap.said.len())
            {
                let (pairs, score) = best_piece(&said[gap.said.clone()], &law[own_from..]);
                if PIECE_SCORE_MIN <= score {
                    alignment.score += score;
                    pairs.iter().for_each(|(s, l)| alignment.partner[gap.said.start + s] = Some(own_from + l));
                }
            }
        }
        alignment.gaps.push(edge_before(range.start, first, law));
        alignment.gaps.push(edge_after(range.end, last, law));
        open.push(range.start..first.0);
        open.push(last.0 + 1..range.end);
    }
    // What a later piece has found is no gap of an earlier one.
    alignment.gaps.retain_mut(|gap| {
        let taken = |s: &usize| alignment.partner[*s].is_some();
        if gap.inner && gap.said.clone().any(|s| taken(&s)) {
            let is_left = |s: &usize| said[*s].is_content() && !taken(s);
            return gap.said.clone().any(|s| is_left(&s));
        }
        if !gap.inner {
            if gap.law.end <= gap.law.start && gap.said.is_empty() {
                return false;
            }
            // Only the side next to the piece counts.
            let free: Vec<usize> = gap.said.clone().filter(|s| !taken(s)).collect();
            if free.len() != gap.said.len() {
                return false;
            }
        }
        true
    });
    alignment
}

impl Alignment {
    /// Whether a sentence goes through a list in its order, with a comma or "và" wherever the
    /// list begins a new line. Else one line's number could be joined to another's condition.
    pub fn follows_list(&self, said: &[Token], law: &[Token]) -> bool {
        let pairs: Vec<(usize, usize)> =
            self.partner.iter().enumerate().filter_map(|(s, l)| l.map(|l| (s, l))).collect();
        let parts = |token: &Token| {
            matches!(token.kind, Kind::Break(_)) || matches!(token.words.as_str(), "và" | "hoặc" | "gồm" | "như" | "là")
        };
        pairs.windows(2).all(|w| {
            let ((s, l), (next_s, next_l)) = (w[0], w[1]);
            let new_line = l < next_l && law[l..next_l].iter().any(|t| t.kind == Kind::Break('\n'));
            l < next_l && (!new_line || said[s..=next_s].iter().any(parts))
        })
    }
}

fn is_end(token: &Token) -> bool {
    matches!(token.kind, Kind::Break('.' | ';' | '\n' | ':'))
}

fn edge_before(start: usize, first: (usize, usize), law: &[Token]) -> Gap {
    let mut from = first.1;
    while 0 < from && first.1 - from < EDGE_TOKENS && !is_end(&law[from - 1]) {
        from -= 1;
    }
    Gap { said: start.max(first.0.saturating_sub(EDGE_TOKENS))..first.0, law: from..first.1, inner: false }
}

fn edge_after(end: usize, last: (usize, usize), law: &[Token]) -> Gap {
    let mut to = last.1 + 1;
    while to < law.len() && to - last.1 <= EDGE_TOKENS && !is_end(&law[to]) {
        to += 1;
    }
    Gap { said: last.0 + 1..end.min(last.0 + 1 + EDGE_TOKENS), law: last.1 + 1..to, inner: false }
}

/// The best local alignment: its pairs in order, and its score.
fn best_piece(said: &[Token], law: &[Token]) -> (Vec<(usize, usize)>, f32) {
    let columns = law.len() + 1;
    let mut scores = vec![0.0f32; (said.len() + 1) * columns];
    let mut best = (0.0f32, 0);
    let skip = |token: &Token| if is_end(token) { BREAK_COST } else { SKIP_COST };
    for s in 1..=said.len() {
        for l in 1..=law.len() {
            let at = s * columns + l;
            let up = scores[at - columns] - skip(&said[s - 1]);
            let left = scores[at - 1] - skip(&law[l - 1]);
            let mut score = up.max(left).max(0.0);
            if equal(&said[s - 1], &law[l - 1]) {
                score = score.max(scores[at - columns - 1] + pair_weight(&said[s - 1], &law[l - 1]));
            }
            scores[at] = score;
            if best.0 < score {
                best = (score, at);
            }
        }
    }
    let mut pairs = Vec::new();
    let mut at = best.1;
    while 0.0 < scores[at] {
        let (s, l) = (at / columns, at % columns);
        let paired = equal(&said[s - 1], &law[l - 1])
            && scores[at] == scores[at - columns - 1] + pair_weight(&said[s - 1], &law[l - 1]);
        if paired {
            pairs.push((s - 1, l - 1));
            at -= columns + 1;
        } else if scores[at] == scores[at - columns] - skip(&said[s - 1]) {
            at -= columns;
        } else {
            at -= 1;
        }
    }
    pairs.reverse();
    (pairs, best.0)
}

/// A number with its bound is the better partner of the same number with the same bound.
fn pair_weight(said: &Token, law: &Token) -> f32 {
    match (&said.kind, &law.kind) {
        (Kind::Number(a), Kind::Number(b)) if !a.keeps_bound_of(b) => weight(said) - 1.5,
        // "doanh nghiệp" beside itself rather than beside "người sử dụng lao động".
        (Kind::Party(_), _) if said.words != law.words => weight(said) - 0.5,
        _ => weight(said),
    }
}
