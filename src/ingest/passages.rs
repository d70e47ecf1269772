/*!
Documents -> passages, the unit of retrieval.

A passage is one clause, the first with the article's lead-in before it, or a part of a long
clause, under the document's and the article's title: it was measured that a question finds its
one clause better when no other clause blurs it. Where an article has no clauses, neighbouring
points and sentences make a passage. What several clauses say together is found by their run
(`index::Layout::runs`), which costs no encoding. Every passage knows the provision it lies in and its place in the text. What has
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
    /// Its length in syllables.
    pub syllables: usize,
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
    let clauses = document.children(Some(article)).filter(|child| document.nodes()[*child].kind == NodeKind::Clause);
    let clauses: Vec<usize> = clauses.collect();
    let first = passages.len();
    let mut push = |range: Range<usize>| {
        let range = trimmed(document.text(), range);
        if !range.is_empty() {
            let syllables = syllable_count(&document.text()[range.clone()]);
            passages.push(Passage { article, node: document.innermost(article, &range), range, syllables });
        }
    };
    if clauses.len() < 2 {
        let mut pieces = Vec::new();
        split(document, article, limits, &mut pieces);
        join(document.text(), pieces, limits).into_iter().for_each(&mut push);
    } else {
        for (lead_in, clause) in clause_spans(document, article, &clauses) {
            let mut pieces = Vec::new();
            if !lead_in.is_empty() {
                split_sentences(document.text(), lead_in, limits, &mut pieces);
            }
            split(document, clause, limits, &mut pieces);
            join(document.text(), pieces, limits).into_iter().for_each(&mut push);
        }
    }
    if passages.len() == first {
        // A repealed or empty article still has its heading to be found by.
        let at = document.provision_range(article);
        passages.push(Passage { article, node: article, range: at, syllables: 0 });
    }
}

/// Every clause with what stands between it and the clause before: the article's lead-in, or a
/// paragraph of its own.
fn clause_spans(document: &Document, article: usize, clauses: &[usize]) -> Vec<(Range<usize>, usize)> {
    let nodes = document.nodes();
    let mut from = document.provision_range(article).start;
    let spans = clauses.iter().map(|clause| {
        let start = nodes[*clause].start;
        let lead_in = trimmed(document.text(), from.min(start)..start);
        from = nodes[*clause].end;
        (lead_in, *clause)
    });
    spans.collect()
}

/// Neighbouring pieces joined as far as the limit goes.
fn join(text: &str, pieces: Vec<Range<usize>>, limits: &PassageLimits) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::new();
    for piece in pieces {
        match joined.last_mut() {
            Some(last) if syllable_count(&text[last.start..piece.end]) <= limits.syllables_max => last.end = piece.end,
            _ => joined.push(piece),
        }
    }
    joined
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
    fn every_clause_is_a_passage_and_the_lead_in_stands_with_the_first() {
        let text = "Điều 1. Nghỉ\nNgười gác đèn được nghỉ khi:\n1. Bão lớn.\n2. Đèn hỏng:\na) Cháy;\nb) Vỡ.\n\
                    Điều 2. Đèn\nĐèn phải sáng.\n";
        let meta = DocumentMeta { title: "Luật Bịa 2030".to_owned(), ..DocumentMeta::default() };
        let document = Document::new(meta, text.to_owned(), parse::parse(text).headings);
        let passages = cut(&document, &PassageLimits::default());
        let texts: Vec<&str> = passages.iter().map(|passage| &document.text()[passage.range.clone()]).collect();
        assert_eq!(texts[0], "Người gác đèn được nghỉ khi:\n1. Bão lớn.");
        assert_eq!(texts[1..], ["2. Đèn hỏng:\na) Cháy;\nb) Vỡ.", "Đèn phải sáng."]);
        assert_eq!(passages[1].syllables, 7);
        let short = cut(&document, &PassageLimits { syllables_max: 4 });
        assert!(short.iter().all(|passage| passage.syllables <= 7) && passages.len() < short.len(), "{short:?}");
    }

    #[test]
    fn a_guide_without_articles_is_found_by_its_sections() {
        let text = "Mở đầu vài lời\nI. CHUẨN BỊ\n1. Họp\n2. Ghi\nII. THỰC HIỆN\nLàm theo mẫu\n";
        let kinds: Vec<NodeKind> = units(text).into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, [NodeKind::Preamble, NodeKind::Section, NodeKind::Section]);
    }
}
