/*!
Pieces of an article that may be quoted, and the words in them that matter to a question.

Everything here is a range of the stored text: what is quoted is verbatim by construction.
*/

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use super::asked::Asked;
use crate::{
    index::{
        Generation,
        words::{Spelling, terms},
    },
    law::{
        Document, NodeKind,
        text::{byte_offset, fold, syllables},
    },
    retrieve::understand::Understood,
};

/// Weight of the law's words for lay words, beside the asker's own.
const EXPANSION_WEIGHT: f32 = 0.5;
/// Added to a piece or sentence that holds a number of the unit asked for.
pub const NUMBER_BONUS: f32 = 0.25;

/// A provision up to this length is told whole, in characters.
const WHOLE_CHARS_MAX: usize = 200;

/// What a piece or sentence loses that holds only in a case of which the question tells nothing.
/// `span_hit` of `labour_dev` is .855 without, .870 from .3 to .5.
pub const UNTOLD_LOSS: f32 = 0.5;
/// What a condition begins with, without accents.
const CONDITIONS: [&str; 6] = ["trong truong hop ", "truong hop ", "neu ", "khi ", "doi voi ", "rieng "];
/// Syllables of a condition that tell nothing of the case, without accents.
const PLAIN: [&str; 35] = [
    "nguoi", "lao", "dong", "su", "dung", "cua", "va", "hoac", "ma", "duoc", "co", "la", "cac", "nhung", "mot", "tai",
    "theo", "quy", "dinh", "khoan", "dieu", "nay", "thi", "bi", "voi", "o", "tu", "tro", "di", "den", "trong", "nhu",
    "sau", "day", "hop",
];

/// How much each term of a question weighs: inverse document frequency.
#[derive(Debug, Default)]
pub struct Weights {
    by_term: HashMap<String, f32>,
    /// The terms among them that the law's words for lay words brought along.
    added: HashSet<String>,
    total: f32,
}

impl Weights {
    /// Terms that weigh the same.
    #[cfg(test)]
    pub fn of_terms(terms: &[&str]) -> Self {
        let by_term = terms.iter().map(|term| ((*term).to_owned(), 1.0)).collect();
        Self { by_term, added: HashSet::new(), total: terms.len() as f32 }
    }

    /// The terms of a question as understood.
    ///
    /// # Errors
    /// When the words index is damaged.
    pub fn of(generation: &Generation, understood: &Understood) -> anyhow::Result<Self> {
        let count = generation.words.len() as f32;
        let (mut by_term, mut added) = (HashMap::new(), HashSet::new());
        let own = terms(&understood.text, Spelling::Folded);
        let expanded = terms(&understood.expansions.join(" ; "), Spelling::Folded);
        let mut total = 0.0;
        for (list, share) in [(own, 1.0), (expanded, EXPANSION_WEIGHT)] {
            for term in list {
                if by_term.contains_key(&term) {
                    continue;
                }
                let frequency = generation.words.document_frequency(&term, Spelling::Folded)? as f32;
                let weight = share * (1.0 + (count - frequency + 0.5) / (frequency + 0.5)).ln();
                if share == 1.0 {
                    total += weight;
                } else {
                    added.insert(term.clone());
                }
                by_term.insert(term, weight);
            }
        }
        Ok(Self { by_term, added, total: total.max(f32::EPSILON) })
    }

    /// Share of the question's weight whose terms stand in `text`; with expansions it may pass 1.
    pub fn share(&self, text: &str) -> f32 {
        self.share_beyond(text, "")
    }

    /// The same of the asker's own terms alone, terms that stand in `known` left out: what was
    /// brought along tells no part of a list from the next.
    pub fn own_share_beyond(&self, text: &str, known: &str) -> f32 {
        self.sum(text, known, |term| !self.added.contains(term))
    }

    /// How much of a condition of `text` the question does not tell, as a share of the condition's
    /// syllables: 1 for a case it says nothing of, 0 where there is no condition.
    pub fn untold(&self, text: &str) -> f32 {
        let folded = fold(bare(text));
        let untold = |part: &str| {
            let condition = CONDITIONS.iter().find_map(|mark| part.trim().strip_prefix(mark))?;
            let condition = condition.split(" thi ").next().unwrap_or(condition);
            let words: HashSet<String> = syllables(condition).into_iter().collect();
            let telling: Vec<&String> = words.iter().filter(|word| !PLAIN.contains(&word.as_str())).collect();
            let told = telling.iter().filter(|word| self.by_term.contains_key(word.as_str())).count();
            (!telling.is_empty()).then(|| 1.0 - told as f32 / telling.len() as f32)
        };
        folded.split(',').filter_map(untold).fold(0.0, f32::max)
    }

    /// The same, terms that stand in `known` left out.
    pub fn share_beyond(&self, text: &str, known: &str) -> f32 {
        self.sum(text, known, |_| true)
    }

    fn sum(&self, text: &str, known: &str, takes: impl Fn(&String) -> bool) -> f32 {
        let held: HashSet<String> = terms(text, Spelling::Folded).into_iter().collect();
        let known: HashSet<String> = terms(known, Spelling::Folded).into_iter().collect();
        let counts = |term: &String| held.contains(term) && !known.contains(term) && takes(term);
        self.by_term.iter().filter(|(term, _)| counts(term)).map(|(_, weight)| weight).sum::<f32>() / self.total
    }
}

/// What an article is quoted by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// The provision.
    pub node: usize,
    /// Whether it is a list of points quoted as a whole.
    pub is_list: bool,
    /// Its score as a share of the best one of its article; 1 until it is scored.
    pub share: f32,
}

impl Piece {
    /// A clause or point without parts.
    pub fn leaf(node: usize) -> Self {
        Self { node, is_list: false, share: 1.0 }
    }

    /// A list as a whole.
    pub fn list(node: usize) -> Self {
        Self { node, is_list: true, share: 1.0 }
    }
}

/// The pieces of an article: clauses and points without parts, and every list of points as a whole.
pub fn of_article(document: &Document, article: usize) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut group = |parent: usize| {
        let points: Vec<usize> = document.children(Some(parent)).collect();
        if points.is_empty() {
            pieces.push(Piece::leaf(parent));
        } else {
            pieces.push(Piece::list(parent));
            pieces.extend(points.into_iter().map(Piece::leaf));
        }
    };
    let children: Vec<usize> = document.children(Some(article)).collect();
    let has_clauses = children.iter().any(|child| document.nodes()[*child].kind == NodeKind::Clause);
    if has_clauses {
        children.into_iter().for_each(&mut group);
        if has_opening(document, article) {
            pieces.push(Piece::list(article));
        }
    } else {
        group(article);
    }
    pieces
}

/// The words of a clause before its points, or of an article before its clauses.
pub fn lead_in(document: &Document, node: usize) -> &str {
    list_of(document, node).map_or("", |list| opening(document, list))
}

/// The provision whose list a point, or a clause under an opening of its article, belongs to.
pub fn list_of(document: &Document, node: usize) -> Option<usize> {
    let parent = document.nodes()[node].parent?;
    match document.nodes()[node].kind {
        NodeKind::Point => Some(parent),
        NodeKind::Clause if has_opening(document, parent) => Some(parent),
        _ => None,
    }
}

/// Whether an article says something before its clauses that they go on from.
fn has_opening(document: &Document, article: usize) -> bool {
    document.nodes()[article].kind == NodeKind::Article && opening(document, article).ends_with(':')
}

/// What stands in a provision before its first part.
pub fn opening(document: &Document, node: usize) -> &str {
    let whole = document.provision_range(node);
    let end = document.nodes().get(node + 1).map_or(whole.end, |next| next.start).clamp(whole.start, whole.end);
    document.text()[whole.start..end].trim()
}

/// Byte ranges of the sentences and list items of `text`, without white space around them.
pub fn segments(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, c)| *c);
        let ends = match c {
            '\n' => true,
            '.' | '!' | '?' => next.is_none_or(char::is_whitespace) && !is_label(text[start..at].trim()),
            _ => false,
        };
        if ends {
            push(&mut found, text, start..at + c.len_utf8());
            start = at + c.len_utf8();
        }
    }
    push(&mut found, text, start..text.len());
    found
}

fn push(found: &mut Vec<Range<usize>>, text: &str, range: Range<usize>) {
    let piece = &text[range.clone()];
    let start = range.start + (piece.len() - piece.trim_start().len());
    let end = range.start + piece.trim_end().len();
    if start < end {
        found.push(start..end);
    }
}

/// "1", "12a": the label of a clause is no sentence.
fn is_label(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    0 < digits && text.len() <= digits + 1
}

/// A piece of text without its label ("1. ", "a) ", "đ) ") and without the mark that ends it.
pub fn bare(text: &str) -> &str {
    let text = text.trim();
    let at = text.find(['.', ')']).filter(|at| *at <= 4);
    let body = match at {
        Some(at) if is_bare_label(&text[..at], text.as_bytes()[at] == b')') => text[at + 1..].trim_start(),
        _ => text,
    };
    body.trim_end_matches([';', ':', '.', ',', ' ', '\n'])
}

fn is_bare_label(label: &str, of_point: bool) -> bool {
    is_label(label) || (of_point && (1..=2).contains(&label.chars().count()) && label.chars().all(char::is_lowercase))
}

/// The segment of `text` that answers best: it shares most words, and holds a number of the
/// unit asked for where one is.
pub fn best_segment(text: &str, weights: &Weights, asked: &Asked) -> Range<usize> {
    if !text.contains('\n') && text.chars().count() <= WHOLE_CHARS_MAX {
        return 0..text.len();
    }
    let score = |range: &Range<usize>| {
        let segment = &text[range.clone()];
        let number = super::figure::find(segment, asked).is_some();
        weights.share(segment) + if number { NUMBER_BONUS } else { 0.0 } - UNTOLD_LOSS * weights.untold(segment)
    };
    let mut best: Option<(f32, Range<usize>)> = None;
    for range in segments(text) {
        let score = score(&range);
        if best.as_ref().is_none_or(|(held, _)| *held < score) {
            best = Some((score, range));
        }
    }
    best.map_or(0..text.len(), |(_, range)| range)
}

/// A range of `text` of at most `chars_max` characters around `focus`: whole segments where
/// they fit, first what follows, then what stands before.
pub fn window(text: &str, focus: Range<usize>, chars_max: usize) -> Range<usize> {
    let chars = |range: &Range<usize>| text[range.clone()].chars().count();
    if text.chars().count() <= chars_max {
        return 0..text.len();
    }
    let mut window = focus;
    if chars_max < chars(&window) {
        let head = &text[window.start..window.start + byte_offset(&text[window.clone()], chars_max)];
        let cut = head.rfind(['\n', ' ']).map_or(head.len(), |at| head[..at].trim_end().len());
        return window.start..window.start + cut;
    }
    let all = segments(text);
    loop {
        let after = all.iter().find(|s| window.end <= s.start).map(|s| window.start..s.end);
        let before = all.iter().rev().find(|s| s.end <= window.start).map(|s| s.start..window.end);
        match [after, before].into_iter().flatten().find(|wider| chars(wider) <= chars_max) {
            Some(wider) => window = wider,
            None => return window,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_end_marks_fall_away() {
        for (text, expect) in [
            ("1. Người thuê trả tiền;", "Người thuê trả tiền"),
            ("đ) Quầy bị hỏng.", "Quầy bị hỏng"),
            ("Ít nhất 3.000 đồng", "Ít nhất 3.000 đồng"),
            ("12a. Như sau:", "Như sau"),
        ] {
            assert_eq!(bare(text), expect);
        }
    }

    #[test]
    fn a_case_the_question_does_not_tell_of_counts_against_a_sentence() {
        let weights = Weights::of_terms(&["thue", "quay", "do", "mua"]);
        assert_eq!(weights.untold("1. Người thuê quầy trả tiền."), 0.0);
        assert_eq!(weights.untold("2. Trường hợp chợ đổ mưa thì người thuê được bớt tiền."), 1.0 - 2.0 / 3.0);
        assert_eq!(weights.untold("Tiền thuê, đối với thuyền ghe, do hai bên bàn."), 1.0);
        assert_eq!(weights.untold("3. Trường hợp theo quy định tại khoản 2 Điều này thì thôi."), 1.0);
        assert_eq!(weights.untold("Khi người thuê quầy có quy định."), 0.0);
    }

    #[test]
    fn windows_are_whole_segments_within_the_limit() {
        let text = "1. Một câu. Hai câu.\na) Ba;\nb) Bốn.";
        let parts: Vec<&str> = segments(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(parts, ["1. Một câu.", "Hai câu.", "a) Ba;", "b) Bốn."]);
        let at = |part: &str| text.find(part).map(|at| at..at + part.len()).unwrap();
        assert_eq!(&text[window(text, at("Hai câu."), 15)], "Hai câu.\na) Ba;");
        assert_eq!(&text[window(text, at("b) Bốn."), 14)], "a) Ba;\nb) Bốn.");
        assert_eq!(&text[window(text, at("Hai câu."), 4)], "Hai");
        assert_eq!(window(text, 0..3, 900), 0..text.len());
    }
}
