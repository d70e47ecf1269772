/*!
An article laid out for reading: its verbatim text cut into blocks, one for each clause and
point, with the cited one marked.

Invariant: the blocks' text in order is the article's text, but for the heading line that
the page shows as its title, and white space between blocks. What cannot be located in the
text is simply not cut out: nothing is lost and nothing shown twice.
*/

use crate::app::ProvisionView;

/// One paragraph or item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// Anchor, `khoan-1`, `khoan-1-diem-b`; empty for lead-ins.
    pub(super) anchor: String,
    /// A second anchor by the last label alone, for the cited provision.
    pub(super) anchor_short: String,
    /// 0 for text of the article, 1 for clauses, 2 for points.
    pub(super) depth: usize,
    /// Whether it belongs to the provision cited.
    pub(super) hit: bool,
    /// Its text in pieces.
    pub(super) spans: Vec<Span>,
}

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    /// Verbatim.
    pub(super) text: String,
    /// Whether it belongs to the quote.
    pub(super) marked: bool,
}

/// A child found in the text: byte offsets.
struct Found<'a> {
    id: &'a str,
    depth: usize,
    start: usize,
    end: usize,
}

/// Longest label that is drawn into the block after it (`12a. `), in bytes.
const LABEL_BYTES_MAX: usize = 8;

/// Lays out `article`, marking `target` (itself or something below it) and, inside it, the
/// characters `quote` of its text.
pub(super) fn blocks(article: &ProvisionView, target: &ProvisionView, quote: Option<(usize, usize)>) -> Vec<Block> {
    let text = article.text.as_str();
    let found = locate(article);
    let whole = target.id == article.id;
    let base = if whole { Some(0) } else { found.iter().find(|f| f.id == target.id).map(|f| f.start) };
    let marked = base.zip(quote).map(|(base, (start, end))| (byte_at(text, base, start), byte_at(text, base, end)));
    let cut = |start: usize, end: usize| spans(text, start, end, marked);
    let mut blocks = Vec::new();
    let mut at = heading_end(article);
    for (index, child) in found.iter().enumerate() {
        let start = label_start(text, at, child.start);
        push(&mut blocks, Block::plain(cut(at, start)));
        let next = found.get(index + 1).map_or(text.len(), |next| label_start(text, child.start, next.start));
        let end = child.end.min(next);
        let below = child.id.strip_prefix(article.id.as_str()).unwrap_or(child.id).trim_start_matches('/');
        let is_target = !whole && child.id == target.id;
        push(
            &mut blocks,
            Block {
                anchor: below.replace('/', "-"),
                anchor_short: match below.rsplit_once('/') {
                    Some((_, last)) if is_target => last.to_owned(),
                    _ => String::new(),
                },
                depth: child.depth + 1,
                hit: !whole && belongs(child.id, &target.id),
                spans: cut(start, end),
            },
        );
        at = end;
    }
    push(&mut blocks, Block::plain(cut(at, text.len())));
    blocks
}

impl Block {
    fn plain(spans: Vec<Span>) -> Self {
        Self { anchor: String::new(), anchor_short: String::new(), depth: 0, hit: false, spans }
    }
}

fn push(blocks: &mut Vec<Block>, block: Block) {
    if block.spans.iter().any(|span| !span.text.trim().is_empty()) {
        blocks.push(block);
    }
}

fn belongs(id: &str, target: &str) -> bool {
    id.strip_prefix(target).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Finds the children's texts one after the other. A child's text may or may not contain its
/// own children's: both are found, since each search starts just behind the last start.
fn locate(article: &ProvisionView) -> Vec<Found<'_>> {
    let text = article.text.as_str();
    let mut found: Vec<Found<'_>> = Vec::new();
    let mut from = heading_end(article);
    for child in &article.children {
        let wanted = child.text.trim();
        let Some(rest) = text.get(from..) else { break };
        let Some(start) = (!wanted.is_empty()).then(|| rest.find(wanted)).flatten().map(|at| from + at) else {
            continue;
        };
        found.push(Found { id: &child.id, depth: child.depth, start, end: start + wanted.len() });
        from = start + wanted.chars().next().map_or(1, char::len_utf8);
    }
    found
}

/// Where the text begins after its own heading line, which the page shows as its title.
fn heading_end(article: &ProvisionView) -> usize {
    let title = article.title.trim();
    let heading_is_title = |line: &str| !title.is_empty() && line.trim_end().ends_with(title);
    match article.text.split_once('\n') {
        Some((line, _)) if article.kind == "article" && heading_is_title(line) => line.len() + 1,
        _ => 0,
    }
}

/// Draws a label such as `1. ` that stands alone before `start` into the block.
fn label_start(text: &str, at: usize, start: usize) -> usize {
    let gap = text.get(at..start).unwrap_or_default();
    let line = gap.rfind('\n').map_or(0, |i| i + 1);
    let label = gap.get(line..).unwrap_or_default();
    let is_label = label.len() <= LABEL_BYTES_MAX && label.trim_end().ends_with(['.', ')']);
    if is_label { at + line } else { start }
}

/// Byte offset of the `chars`-th character behind `base`.
fn byte_at(text: &str, base: usize, chars: usize) -> usize {
    let rest = text.get(base..).unwrap_or_default();
    rest.char_indices().nth(chars).map_or(text.len(), |(at, _)| base + at)
}

/// The text from `start` to `end`, cut where `marked` begins and ends.
fn spans(text: &str, start: usize, end: usize, marked: Option<(usize, usize)>) -> Vec<Span> {
    let piece = |from: usize, to: usize, marked: bool| {
        let text = text.get(from..to).filter(|text| !text.is_empty())?;
        Some(Span { text: text.to_owned(), marked })
    };
    let (from, to) = marked.map_or((end, end), |(from, to)| (from.clamp(start, end), to.clamp(start, end)));
    let mut spans: Vec<Span> =
        [piece(start, from, false), piece(from, to, true), piece(to, end, false)].into_iter().flatten().collect();
    if let Some(first) = spans.first_mut() {
        first.text = first.text.trim_start().to_owned();
    }
    if let Some(last) = spans.last_mut() {
        last.text = last.text.trim_end().to_owned();
    }
    spans.retain(|span| !span.text.is_empty());
    spans
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::app::ChildView;

    fn view(id: &str, kind: &'static str, text: &str, children: &[(&str, usize, &str)]) -> ProvisionView {
        let child = |(id, depth, text): &(&str, usize, &str)| ChildView {
            id: format!("x/dieu-2/{id}"),
            label: String::new(),
            kind: "clause",
            title: String::new(),
            text: (*text).to_owned(),
            depth: *depth,
        };
        ProvisionView {
            id: id.to_owned(),
            law_id: "X".to_owned(),
            kind,
            label: "2".to_owned(),
            citation: String::new(),
            title: "Báo trước".to_owned(),
            text: text.to_owned(),
            children: children.iter().map(child).collect(),
            ancestors: Vec::new(),
            neighbours: (None, None),
            effective_from: None,
            effective_to: None,
            in_force: true,
            as_of: date(2026, 1, 1),
            notes: Vec::new(),
            relations: Vec::new(),
            versions: Vec::new(),
            source_file: String::new(),
            source_sha256: String::new(),
            source_date: None,
        }
    }

    fn shape(blocks: &[Block]) -> Vec<String> {
        let text = |b: &Block| {
            b.spans.iter().map(|s| if s.marked { format!("«{}»", s.text) } else { s.text.clone() }).collect::<String>()
        };
        blocks.iter().map(|b| format!("{}{}#{} {}", b.depth, if b.hit { "*" } else { "" }, b.anchor, text(b))).collect()
    }

    const TEXT: &str = "Điều 2. Báo trước\nLời dẫn.\n1. Báo như sau:\na) 45 ngày;\nb) 30 ngày.\n2. Khỏi báo.";

    #[test]
    fn clauses_may_carry_their_points_or_not() {
        let whole = [
            ("khoan-1", 0, "1. Báo như sau:\na) 45 ngày;\nb) 30 ngày."),
            ("khoan-1/diem-a", 1, "a) 45 ngày;"),
            ("khoan-1/diem-b", 1, "b) 30 ngày."),
            ("khoan-2", 0, "2. Khỏi báo."),
        ];
        let own = [("khoan-1", 0, "1. Báo như sau:"), whole[1], whole[2], whole[3]];
        let bare = [
            ("khoan-1", 0, "Báo như sau:"),
            ("khoan-1/diem-a", 1, "45 ngày;"),
            ("khoan-1/diem-b", 1, "30 ngày."),
            ("khoan-2", 0, "Khỏi báo."),
        ];
        for children in [&whole, &own, &bare] {
            let article = view("x/dieu-2", "article", TEXT, children);
            let target = view("x/dieu-2/khoan-1", "clause", children[0].2, &[]);
            assert_eq!(
                shape(&blocks(&article, &target, None)),
                [
                    "0# Lời dẫn.",
                    "1*#khoan-1 1. Báo như sau:",
                    "2*#khoan-1-diem-a a) 45 ngày;",
                    "2*#khoan-1-diem-b b) 30 ngày.",
                    "1#khoan-2 2. Khỏi báo."
                ]
            );
        }
    }

    #[test]
    fn the_quote_is_marked_by_characters_of_the_cited_text() {
        let children = [("khoan-1", 0, "1. Báo như sau:\na) 45 ngày;"), ("khoan-1/diem-a", 1, "a) 45 ngày;")];
        let article = view("x/dieu-2", "article", "Điều 2. Báo trước\n1. Báo như sau:\na) 45 ngày;", &children);
        let point = view("x/dieu-2/khoan-1/diem-a", "point", "a) 45 ngày;", &[]);
        let laid = blocks(&article, &point, Some((3, 10)));
        assert_eq!(shape(&laid), ["1#khoan-1 1. Báo như sau:", "2*#khoan-1-diem-a a) «45 ngày»;"]);
        assert_eq!(laid[1].anchor_short, "diem-a");
        let clause = view("x/dieu-2/khoan-1", "clause", children[0].2, &[]);
        assert_eq!(
            shape(&blocks(&article, &clause, Some((3, 9999)))),
            ["1*#khoan-1 1. «Báo như sau:»", "2*#khoan-1-diem-a «a) 45 ngày;»"]
        );
    }

    #[test]
    fn what_cannot_be_found_stays_in_the_text() {
        let article = view("x/dieu-2", "article", "Một câu.\nHai câu.", &[("khoan-1", 0, "Không có.")]);
        assert_eq!(shape(&blocks(&article, &article, None)), ["0# Một câu.\nHai câu."]);
        let empty = view("x/dieu-2", "article", "", &[("khoan-1", 0, "")]);
        assert!(blocks(&empty, &empty, Some((0, 5))).is_empty());
    }
}
