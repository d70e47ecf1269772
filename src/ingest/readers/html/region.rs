/*!
Where on a page the document stands.

First the places that law portals use; then, for any page, the smallest element that holds
nearly all of the longest unbroken count of article headings ("Điều 1", "Điều 2", …), so
that other documents quoted in pop-ups and lists cannot draw it away; last, for pages
without articles, the smallest element that holds most of the text that is no link.
*/

use std::collections::HashMap;

use super::{
    dom::{Dom, Element, Node, is_block},
    flow::article_number,
    noise,
};

/// Share of the longest count of articles that the document's element must hold, in percent.
const ARTICLES_PERCENT_MIN: usize = 90;
/// Share of the unlinked text that the element must hold, in percent.
const TEXT_PERCENT_MIN: usize = 60;
/// Least text of a known place, in characters: an empty one is passed over.
const PLACE_CHARS_MIN: usize = 120;
/// Most text that may be taken in above the first article, in characters.
const HEAD_CHARS_MAX: usize = 8_000;
/// How many elements up the head of the document is looked for.
const HEAD_LEVELS_MAX: usize = 4;

/// Ids and classes of the element that holds the document on known portals.
const PLACES: [(&str, &str); 9] = [
    ("class", "content1"),
    ("id", "divContentDoc"),
    ("id", "toanvancontent"),
    ("class", "toanvancontent"),
    ("class", "the-document-body"),
    ("class", "noidungvanban"),
    ("id", "noidungvanban"),
    ("class", "content-doc"),
    ("class", "vbContent"),
];

/// Index of the element that holds the document.
pub fn find(dom: &Dom) -> usize {
    let page = Page::new(dom);
    let place = page.known_place();
    let start = place.unwrap_or(0);
    let chain = page.chain(start);
    let region = if 0 < chain {
        if place.is_some() { start } else { page.narrow_by_articles(chain) }
    } else if place.is_some() {
        start
    } else {
        page.narrow_by_text()
    };
    page.with_head(region)
}

/// Measures of a page.
struct Page<'d> {
    dom: &'d Dom,
    /// Nodes where a line starts like an article's heading, with its number.
    headings: Vec<(usize, u32)>,
    /// Unlinked characters before each node.
    chars_before: Vec<u32>,
}

impl<'d> Page<'d> {
    fn new(dom: &'d Dom) -> Self {
        let mut page = Self { dom, headings: Vec::new(), chars_before: Vec::with_capacity(dom.nodes.len() + 1) };
        let mut chars = 0u32;
        let mut line = String::new();
        let mut line_at = 0;
        let mut link_end = 0;
        let mut dropped_end = 0;
        for (index, node) in dom.nodes.iter().enumerate() {
            page.chars_before.push(chars);
            match node {
                Node::Element(element) => {
                    if noise::is_machinery(&element.name) {
                        dropped_end = dropped_end.max(element.end);
                    }
                    if is_block(&element.name) || &*element.name == "br" {
                        page.heading(line_at, &mut line);
                    }
                    if &*element.name == "a" {
                        link_end = link_end.max(element.end);
                    }
                }
                Node::Text(text) if dropped_end <= index => {
                    let own = text.chars().filter(|c| !c.is_whitespace()).count();
                    if link_end <= index {
                        chars = chars.saturating_add(u32::try_from(own).unwrap_or(u32::MAX));
                    }
                    if line.trim().is_empty() {
                        line.clear();
                        line_at = index;
                    }
                    // The head of the line is enough to tell a heading.
                    if line.len() < 64 {
                        line.extend(text.chars().take(64));
                    }
                }
                Node::Text(_) => {}
            }
        }
        page.heading(line_at, &mut line);
        page.chars_before.push(chars);
        page
    }

    fn heading(&mut self, at: usize, line: &mut String) {
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
        line.clear();
        if let Some(number) = article_number(&words) {
            self.headings.push((at, number));
        }
    }

    fn chars(&self, index: usize) -> usize {
        (self.chars_before[self.dom.end(index)] - self.chars_before[index]) as usize
    }

    fn headings_in(&self, index: usize) -> &[(usize, u32)] {
        let from = self.headings.partition_point(|(at, _)| *at < index);
        let to = self.headings.partition_point(|(at, _)| *at < self.dom.end(index));
        &self.headings[from..to.max(from)]
    }

    /// Length of the longest run of headings within the element that count on by one.
    fn chain(&self, index: usize) -> usize {
        let mut longest: HashMap<u32, usize> = HashMap::new();
        let mut best = 0;
        for (_, number) in self.headings_in(index) {
            let length = 1 + number.checked_sub(1).and_then(|before| longest.get(&before)).copied().unwrap_or(0);
            let known = longest.entry(*number).or_default();
            *known = (*known).max(length);
            best = best.max(length);
        }
        best
    }

    fn known_place(&self) -> Option<usize> {
        let matches = |element: &Element, (attribute, value): (&str, &str)| match attribute {
            "id" => element.attribute("id") == value,
            _ => element.has_class(value),
        };
        PLACES.iter().find_map(|place| {
            let best = self.dom.elements(0).filter(|(_, e)| matches(e, *place)).map(|(i, _)| i);
            let best = best.max_by_key(|i| (self.chain(*i), self.chars(*i), usize::MAX - i))?;
            (PLACE_CHARS_MIN <= self.chars(best)).then_some(best)
        })
    }

    fn narrow_by_articles(&self, chain: usize) -> usize {
        let enough = (chain * ARTICLES_PERCENT_MIN).div_ceil(100);
        self.narrow(|page, child| enough <= page.chain(child))
    }

    fn narrow_by_text(&self) -> usize {
        let enough = self.chars(0) * TEXT_PERCENT_MIN / 100;
        self.narrow(|page, child| 0 < page.chars(child) && enough <= page.chars(child))
    }

    /// Goes down from the root as long as one child alone is enough.
    fn narrow(&self, is_enough: impl Fn(&Self, usize) -> bool) -> usize {
        let mut at = 0;
        loop {
            let child = self.dom.children(at).find(|child| {
                let is_holder = self.dom.element(*child).is_some_and(|e| {
                    is_block(&e.name) && !noise::is_machinery(&e.name) && !matches!(&*e.name, "p" | "li" | "tr")
                });
                is_holder && is_enough(self, *child)
            });
            // A row of a table that lays out a page is passed through, never chosen.
            let child = child.or_else(|| {
                self.dom
                    .children(at)
                    .find(|child| self.dom.element(*child).is_some_and(|e| &*e.name == "tr") && is_enough(self, *child))
            });
            match child {
                Some(child) => at = child,
                None => return at,
            }
        }
    }

    /// The element, or one around it that adds the document's head (state, number, date)
    /// and no other article.
    fn with_head(&self, region: usize) -> usize {
        let headings = self.headings_in(region).len();
        let (chars, mut at) = (self.chars(region), region);
        if self.has_head(region) {
            return region;
        }
        for _ in 0..HEAD_LEVELS_MAX {
            let Some(parent) = self.dom.element(at).map(|e| e.parent).filter(|p| *p != at) else { break };
            let added = self.chars(parent) - chars;
            if headings < self.headings_in(parent).len() || HEAD_CHARS_MAX.min(chars) < added {
                break;
            }
            at = parent;
            if self.has_head(at) {
                return at;
            }
        }
        region
    }

    /// Whether the state's or an organ's head stands in the first part of the element.
    fn has_head(&self, index: usize) -> bool {
        let end = self.headings_in(index).first().map_or(self.dom.end(index), |(at, _)| *at);
        let mut head = String::new();
        for node in &self.dom.nodes[index..end.max(index)] {
            if let Node::Text(text) = node {
                head.push_str(text);
                head.push(' ');
            }
            if HEAD_CHARS_MAX < head.len() {
                break;
            }
        }
        let folded = crate::law::text::fold(&head.split_whitespace().collect::<Vec<_>>().join(" "));
        folded.contains("doc lap - tu do") || folded.contains("cong hoa xa hoi chu nghia")
    }
}
