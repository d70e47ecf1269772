/*!
A web page as a flat tree, built in time linear in its length whatever its tags do.

The tokenizer is html5ever's (entities, attributes, script data); the tree is our own. It
keeps what matters to text: which element closes which. Elements deeper than a limit are
flattened into their parent, and a page with too many nodes is cut off and says so; a
browser's tree builder has neither limit and is quadratic on hostile nesting.
*/

use std::cell::RefCell;

use html5ever::{
    LocalName,
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts, states::RawKind,
    },
};

/// Deepest nesting kept; what lies deeper belongs to the element at this depth.
const DEPTH_MAX: usize = 200;
/// Most nodes of a page.
const NODES_MAX: usize = 3_000_000;
/// Attributes that are kept.
const ATTRIBUTES: [&str; 9] = ["id", "class", "style", "href", "onclick", "name", "start", "type", "hidden"];

/// An element.
#[derive(Debug, Clone)]
pub struct Element {
    /// Name in lower case.
    pub name: LocalName,
    attributes: Vec<(LocalName, StrTendril)>,
    /// Index after its last descendant.
    pub end: usize,
    /// Index of the element around it; its own for the outermost.
    pub parent: usize,
}

impl Element {
    /// Value of a kept attribute; empty where there is none.
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(local, _)| &**local == name).map_or("", |(_, value)| value)
    }

    /// Whether the attribute stands there at all.
    pub fn has(&self, name: &str) -> bool {
        self.attributes.iter().any(|(local, _)| &**local == name)
    }

    /// Whether one of its classes is `class`.
    pub fn has_class(&self, class: &str) -> bool {
        self.attribute("class").split_ascii_whitespace().any(|own| own == class)
    }
}

/// A node: an element, or characters.
#[derive(Debug, Clone)]
pub enum Node {
    /// An element.
    Element(Element),
    /// Characters, entities resolved.
    Text(StrTendril),
}

/// A page; nodes in document order, the root (no page's element) first.
#[derive(Debug, Clone)]
pub struct Dom {
    /// The nodes.
    pub nodes: Vec<Node>,
    /// Whether it was cut off at the limit of nodes.
    pub is_cut: bool,
}

impl Dom {
    /// Reads a page or a piece of one; never fails.
    pub fn parse(html: &str) -> Self {
        let input = BufferQueue::default();
        input.push_back(StrTendril::from_slice(html));
        let tokenizer = Tokenizer::new(Sink(RefCell::new(Builder::new())), TokenizerOpts::default());
        // The sink never asks for a script to be run, so one call takes all input.
        let _ = tokenizer.feed(&input);
        tokenizer.end();
        tokenizer.sink.0.into_inner().finish()
    }

    /// The element at `index`, if it is one.
    pub fn element(&self, index: usize) -> Option<&Element> {
        match self.nodes.get(index) {
            Some(Node::Element(element)) => Some(element),
            _ => None,
        }
    }

    /// Index after the node's last descendant.
    pub fn end(&self, index: usize) -> usize {
        self.element(index).map_or(index + 1, |element| element.end)
    }

    /// Indices of all elements within `index`, itself included, in order.
    pub fn elements(&self, index: usize) -> impl Iterator<Item = (usize, &Element)> {
        (index..self.end(index)).filter_map(|i| Some((i, self.element(i)?)))
    }

    /// Indices of the direct children.
    pub fn children(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.end(index);
        let first = (index + 1 < end).then_some(index + 1);
        std::iter::successors(first, move |at| Some(self.end(*at)).filter(|next| *next < end))
    }
}

/// Whether an element breaks the line before and after itself.
pub fn is_block(name: &str) -> bool {
    const BLOCKS: [&str; 42] = [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "td",
        "th",
        "tr",
        "ul",
    ];
    BLOCKS.binary_search(&name).is_ok() || matches!(name, "tbody" | "thead" | "tfoot")
}

fn is_table_part(name: &str) -> bool {
    matches!(name, "table" | "tbody" | "thead" | "tfoot" | "tr" | "td" | "th" | "caption")
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

struct Sink(RefCell<Builder>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut builder = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => builder.text(text),
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => return builder.start(tag),
            Token::TagToken(tag) => builder.finish_tag(&tag.name),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

struct Builder {
    nodes: Vec<Node>,
    /// Open elements, outermost first.
    open: Vec<usize>,
    /// Elements opened below the deepest level and not closed yet.
    too_deep: usize,
    is_cut: bool,
}

impl Builder {
    fn new() -> Self {
        let root = Element { name: LocalName::from(""), attributes: Vec::new(), end: 1, parent: 0 };
        Self { nodes: vec![Node::Element(root)], open: vec![0], too_deep: 0, is_cut: false }
    }

    fn finish(mut self) -> Dom {
        self.close_down_to(0);
        self.close_last();
        Dom { nodes: self.nodes, is_cut: self.is_cut }
    }

    fn text(&mut self, text: StrTendril) {
        if self.has_room() {
            self.nodes.push(Node::Text(text));
        }
    }

    fn has_room(&mut self) -> bool {
        self.is_cut |= NODES_MAX <= self.nodes.len();
        !self.is_cut
    }

    fn name_of(&self, index: usize) -> &str {
        match &self.nodes[index] {
            Node::Element(element) => &element.name,
            Node::Text(_) => "",
        }
    }

    fn start(&mut self, tag: Tag) -> TokenSinkResult<()> {
        let raw = match &*tag.name {
            "script" => TokenSinkResult::RawData(RawKind::ScriptData),
            "style" | "iframe" | "noembed" | "noframes" | "xmp" => TokenSinkResult::RawData(RawKind::Rawtext),
            "textarea" | "title" => TokenSinkResult::RawData(RawKind::Rcdata),
            _ => TokenSinkResult::Continue,
        };
        if !self.has_room() {
            return raw;
        }
        self.close_implied(&tag.name);
        let is_leaf = is_void(&tag.name);
        if !is_leaf && DEPTH_MAX <= self.open.len() {
            self.too_deep += 1;
            return raw;
        }
        let index = self.nodes.len();
        let kept = |name: &LocalName| ATTRIBUTES.contains(&&**name);
        let attributes =
            tag.attrs.into_iter().filter(|a| kept(&a.name.local)).map(|a| (a.name.local, a.value)).collect();
        let parent = self.open.last().copied().unwrap_or(0);
        self.nodes.push(Node::Element(Element { name: tag.name, attributes, end: index + 1, parent }));
        if !is_leaf {
            self.open.push(index);
        }
        raw
    }

    /// Closes what the start of an element `name` ends by itself.
    fn close_implied(&mut self, name: &str) {
        let (ends, stops): (&[&str], &[&str]) = match name {
            "li" => (&["li"], &["ul", "ol", "menu", "dir", "table", "td", "th"]),
            "dd" | "dt" => (&["dd", "dt"], &["dl", "table", "td", "th"]),
            "td" | "th" => (&["td", "th", "caption"], &["tr", "table"]),
            "tr" => (&["tr", "caption"], &["tbody", "thead", "tfoot", "table"]),
            "tbody" | "thead" | "tfoot" => (&["tbody", "thead", "tfoot", "caption"], &["table"]),
            _ if is_block(name) => (&["p"], &["table", "td", "th", "caption", "li"]),
            _ => return,
        };
        let found = self
            .open
            .iter()
            .rposition(|i| ends.contains(&self.name_of(*i)) || stops.contains(&self.name_of(*i)))
            .filter(|at| ends.contains(&self.name_of(self.open[*at])));
        if let Some(at) = found {
            self.close_down_to(at);
        }
    }

    fn finish_tag(&mut self, name: &str) {
        if name == "br" {
            // A browser reads `</br>` as a line break.
            if self.has_room() {
                let (index, parent) = (self.nodes.len(), self.open.last().copied().unwrap_or(0));
                let element = Element { name: LocalName::from("br"), attributes: Vec::new(), end: index + 1, parent };
                self.nodes.push(Node::Element(element));
            }
            return;
        }
        if is_void(name) || matches!(name, "html" | "body" | "") {
            return;
        }
        if 0 < self.too_deep {
            self.too_deep -= 1;
            return;
        }
        let stops = |other: &str| {
            if is_table_part(name) {
                name != "table" && other == "table"
            } else if is_block(name) {
                is_table_part(other)
            } else {
                // The end of an inline element never closes a block opened within it.
                is_block(other)
            }
        };
        for at in (1..self.open.len()).rev() {
            let other = self.name_of(self.open[at]);
            if other == name {
                self.close_down_to(at);
                return;
            }
            if stops(other) {
                return;
            }
        }
    }

    /// Closes open elements until only `keep` are left; the root always is.
    fn close_down_to(&mut self, keep: usize) {
        while keep.max(1) < self.open.len() {
            self.close_last();
        }
    }

    fn close_last(&mut self) {
        let end = self.nodes.len();
        if let Some(last) = self.open.pop()
            && let Node::Element(element) = &mut self.nodes[last]
        {
            element.end = end;
        }
    }
}
