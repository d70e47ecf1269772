/*!
Documents -> passages, the unit of retrieval.

A passage is a run of whole clauses of one article, or a part of a long clause, under the
document's and the article's title: short enough for the encoder, whole enough to be
understood. Every passage knows the provision it lies in and its place in the text.
*/

use std::ops::Range;

use crate::law::{Document, NodeKind};

/// Bounds of passages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassageLimits {
    /// Longest passage without its heading, in syllables; a longer clause is cut at points
    /// and then at sentences.
    pub syllables_max: usize,
}

impl Default for PassageLimits {
    fn default() -> Self {
        Self { syllables_max: 170 }
    }
}

/// A passage of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Node of the article.
    pub article: usize,
    /// Innermost node that covers the passage: the article, a clause or a point.
    pub node: usize,
    /// Byte range in the document's text.
    pub range: Range<usize>,
}

impl Passage {
    /// Text given to the encoder: titles, then the passage.
    pub fn encoder_text(&self, document: &Document) -> String {
        let article = &document.nodes()[self.article];
        let body = document.text()[self.range.clone()].trim();
        let heading = if article.title.is_empty() {
            format!("{} - Điều {}", document.meta.title, article.label)
        } else {
            format!("{} - Điều {}. {}", document.meta.title, article.label, article.title)
        };
        format!("{heading}\n{body}")
    }
}

/// Cuts every article of `document`, annexes' included, into passages.
pub fn cut(document: &Document, limits: &PassageLimits) -> Vec<Passage> {
    let mut passages = Vec::new();
    for (article, node) in document.nodes().iter().enumerate() {
        if node.kind == NodeKind::Article {
            cut_article(document, article, limits, &mut passages);
        }
    }
    passages
}

fn cut_article(document: &Document, article: usize, limits: &PassageLimits, passages: &mut Vec<Passage>) {
    let mut pieces = Vec::new();
    split(document, article, limits, &mut pieces);
    let mut open: Option<Range<usize>> = None;
    let mut flush = |range: Option<Range<usize>>| {
        let Some(range) = range.map(|range| trimmed(document.text(), range)).filter(|range| !range.is_empty()) else {
            return;
        };
        passages.push(Passage { article, node: document.innermost(article, &range), range });
    };
    for piece in pieces {
        let joined = open.clone().map_or(piece.clone(), |open| open.start..piece.end);
        if syllable_count(&document.text()[joined.clone()]) <= limits.syllables_max {
            open = Some(joined);
        } else {
            flush(open.replace(piece));
        }
    }
    flush(open);
    if passages.last().is_none_or(|passage| passage.article != article) {
        // A repealed or empty article still has its heading to be found by.
        let at = document.provision_range(article);
        passages.push(Passage { article, node: article, range: at });
    }
}

/// Adjacent pieces no longer than the limit where the text allows: a node whole, or its
/// lead-in and children, or its sentences.
fn split(document: &Document, node: usize, limits: &PassageLimits, pieces: &mut Vec<Range<usize>>) {
    let whole = document.provision_range(node);
    let children: Vec<usize> = document.children(Some(node)).collect();
    if syllable_count(&document.text()[whole.clone()]) <= limits.syllables_max
        && document.nodes()[node].kind != NodeKind::Article
    {
        pieces.push(whole);
        return;
    }
    if children.is_empty() {
        split_sentences(document.text(), whole, limits, pieces);
        return;
    }
    let lead_in = trimmed(document.text(), whole.start..document.nodes()[children[0]].start);
    if !lead_in.is_empty() {
        split_sentences(document.text(), lead_in, limits, pieces);
    }
    for child in children {
        split(document, child, limits, pieces);
    }
}

fn split_sentences(text: &str, range: Range<usize>, limits: &PassageLimits, pieces: &mut Vec<Range<usize>>) {
    let mut start = range.start;
    let mut end = range.start;
    for sentence in text[range.clone()].split_inclusive(['\n', ';', '.']) {
        let next = end + sentence.len();
        if start < end && limits.syllables_max < syllable_count(&text[start..next]) {
            pieces.push(start..end);
            start = end;
        }
        end = next;
    }
    if start < range.end {
        pieces.push(start..range.end);
    }
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let slice = &text[range.clone()];
    let start = range.start + (slice.len() - slice.trim_start().len());
    start..start.max(range.start + slice.trim_end().len())
}

fn syllable_count(text: &str) -> usize {
    text.split_whitespace().count()
}
