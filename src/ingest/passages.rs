/*!
Documents -> passages, the unit of retrieval.

A passage is a run of whole clauses of one article, or a part of a long clause, under the
document's and the article's title: short enough for the encoder, whole enough to be
understood. Every passage knows the provision it lies in and its place in the text. What has
no article is found, too: an annex of tables or lists, a guide in sections.
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

/// A passage of an article, or of what stands for one: an annex without articles, a section
/// of a document without any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Node of the article, or of what stands for it.
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
        let heading = match (article.label.is_empty(), article.title.is_empty()) {
            (true, true) => document.meta.title.clone(),
            (true, false) => format!("{} - {}", document.meta.title, article.title),
            (false, true) => format!("{} - {} {}", document.meta.title, article.kind.word(), article.label),
            (false, false) => {
                format!("{} - {} {}. {}", document.meta.title, article.kind.word(), article.label, article.title)
            }
        };
        format!("{heading}\n{body}")
    }
}

/// Cuts every article of `document`, annexes' included, and what stands for one into passages.
pub fn cut(document: &Document, limits: &PassageLimits) -> Vec<Passage> {
    let mut passages = Vec::new();
    let has_articles = document.articles().next().is_some();
    for (index, node) in document.nodes().iter().enumerate() {
        let is_unit = match node.kind {
            NodeKind::Article => true,
            NodeKind::Annex => !holds_article(document, index) && !document.provision_range(index).is_empty(),
            // Sections and loose text of a document without articles.
            NodeKind::Preamble | NodeKind::Part | NodeKind::Chapter | NodeKind::Section | NodeKind::Subsection => {
                !has_articles && !holds_upper(document, index) && !document.provision_range(index).is_empty()
            }
            NodeKind::Clause | NodeKind::Point => {
                !has_articles && node.parent.is_none() && node.kind == NodeKind::Clause
            }
            NodeKind::Closing => false,
        };
        if is_unit {
            cut_article(document, index, limits, &mut passages);
        }
    }
    passages
}

fn holds_article(document: &Document, within: usize) -> bool {
    let end = document.nodes()[within].end;
    document.nodes()[within + 1..].iter().take_while(|n| n.start < end).any(|n| n.kind == NodeKind::Article)
}

/// Whether a node has a child of a level above articles: then the children are the units.
fn holds_upper(document: &Document, within: usize) -> bool {
    document.children(Some(within)).any(|child| document.nodes()[child].kind < NodeKind::Article)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ingest::parse,
        law::{DocumentMeta, NodeKind},
    };

    fn units(text: &str) -> Vec<(NodeKind, String)> {
        let meta = DocumentMeta { title: "Luật Bịa 2030".to_owned(), ..DocumentMeta::default() };
        let document = Document::new(meta, text.to_owned(), parse::parse(text).headings);
        let mut units: Vec<_> = cut(&document, &PassageLimits::default())
            .iter()
            .map(|p| (document.nodes()[p.article].kind, document.nodes()[p.article].path.clone()))
            .collect();
        units.dedup();
        units
    }

    #[test]
    fn an_annex_without_articles_is_found_and_one_with_articles_by_them() {
        let text = "Điều 1. A\nmột\nĐiều 2. B\nhai\nTM. CHÍNH PHỦ\nPHỤ LỤC I\nDANH MỤC VÙNG\n1. Vùng một\nPHỤ LỤC II\n\
                    QUY CHẾ\nĐiều 1. C\nba\nĐiều 2. D\nbốn\nĐiều 3. E\nnăm\n";
        let paths: Vec<String> = units(text).into_iter().map(|(_, path)| path).collect();
        assert_eq!(
            paths,
            ["dieu-1", "dieu-2", "phu-luc-i", "phu-luc-ii/dieu-1", "phu-luc-ii/dieu-2", "phu-luc-ii/dieu-3"]
        );
    }

    #[test]
    fn a_guide_without_articles_is_found_by_its_sections() {
        let text = "Mở đầu vài lời\nI. CHUẨN BỊ\n1. Họp\n2. Ghi\nII. THỰC HIỆN\nLàm theo mẫu\n";
        let kinds: Vec<NodeKind> = units(text).into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, [NodeKind::Preamble, NodeKind::Section, NodeKind::Section]);
    }
}
