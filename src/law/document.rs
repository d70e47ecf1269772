/*!
A document as a tree of provisions over its verbatim text.

The nodes stand in text order and cut the text into adjacent pieces: a node's own text
runs from its start to the start of the next node, so every character belongs to exactly
one node by construction. A node's whole text runs to the end of its last descendant.
*/

use std::{collections::HashMap, ops::Range};

use super::{
    citation::Citation,
    label,
    meta::{DocumentKind, DocumentMeta},
    relation::Relation,
    validity::Validity,
};

/// Levels of the tree, outermost first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKind {
    /// Everything before the first heading.
    Preamble,
    /// Phụ lục; restarts the levels below it.
    Annex,
    /// Phần.
    Part,
    /// Chương.
    Chapter,
    /// Mục.
    Section,
    /// Tiểu mục.
    Subsection,
    /// Điều.
    Article,
    /// Khoản.
    Clause,
    /// Điểm.
    Point,
    /// Signatures and what follows the last article.
    Closing,
}

impl NodeKind {
    /// Name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Preamble => "preamble",
            Self::Annex => "annex",
            Self::Part => "part",
            Self::Chapter => "chapter",
            Self::Section => "section",
            Self::Subsection => "subsection",
            Self::Article => "article",
            Self::Clause => "clause",
            Self::Point => "point",
            Self::Closing => "closing",
        }
    }

    /// Depth in the tree; a node ends where the next one of its depth or less begins.
    pub fn depth(self) -> u8 {
        match self {
            Self::Preamble | Self::Annex | Self::Closing => 0,
            Self::Part => 1,
            Self::Chapter => 2,
            Self::Section => 3,
            Self::Subsection => 4,
            Self::Article => 5,
            Self::Clause => 6,
            Self::Point => 7,
        }
    }

    fn slug_word(self) -> &'static str {
        match self {
            Self::Preamble => "mo-dau",
            Self::Annex => "phu-luc",
            Self::Part => "phan",
            Self::Chapter => "chuong",
            Self::Section => "muc",
            Self::Subsection => "tieu-muc",
            Self::Article => "dieu",
            Self::Clause => "khoan",
            Self::Point => "diem",
            Self::Closing => "ket",
        }
    }

    /// Word before the label on pages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Preamble => "Mở đầu",
            Self::Annex => "Phụ lục",
            Self::Part => "Phần",
            Self::Chapter => "Chương",
            Self::Section => "Mục",
            Self::Subsection => "Tiểu mục",
            Self::Article => "Điều",
            Self::Clause => "khoản",
            Self::Point => "điểm",
            Self::Closing => "Phần kết",
        }
    }
}

/// A heading as the parser found it, from which nodes are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Level.
    pub kind: NodeKind,
    /// Bare label, `35`, `IV`, `đ`; empty for preamble and closing.
    pub label: String,
    /// Title, without the label.
    pub title: String,
    /// Byte offset where the heading starts.
    pub start: usize,
    /// Byte offset where the text after label and title starts. For clauses and points,
    /// whose label is part of their text, the same as `start`.
    pub body: usize,
}

/// A node of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Level.
    pub kind: NodeKind,
    /// Bare label.
    pub label: String,
    /// Title without the label; empty where there is none.
    pub title: String,
    /// Id within the document: `dieu-35/khoan-1`.
    pub path: String,
    /// Start of the heading, in bytes.
    pub start: usize,
    /// Start of the text after the heading, in bytes.
    pub body: usize,
    /// End of the last descendant, in bytes.
    pub end: usize,
    /// Index of the parent.
    pub parent: Option<usize>,
    /// Own dates, where they differ from the document's.
    pub validity: Validity,
    /// What readers must be told of this provision, in Vietnamese: an amendment note of a
    /// consolidated text, an amendment that could not be applied.
    pub notes: Vec<String>,
}

/// A document: text, tree and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Stable id, `45-2019-qh14`.
    pub id: String,
    /// What is known of it beside the text.
    pub meta: DocumentMeta,
    text: String,
    nodes: Vec<Node>,
    by_path: HashMap<String, usize>,
    relations: Vec<Relation>,
}

impl Document {
    /// Builds the tree from headings in text order. A preamble is put before the first
    /// heading where text stands there.
    ///
    /// # Panics
    /// When headings are out of order or off character boundaries: the parser's fault.
    pub fn new(meta: DocumentMeta, text: String, headings: Vec<Heading>) -> Self {
        let id = document_id(&meta);
        let mut nodes: Vec<Node> = Vec::with_capacity(headings.len() + 1);
        if headings.first().is_none_or(|first| 0 < first.start) && !text.is_empty() {
            nodes.push(node(Heading {
                kind: NodeKind::Preamble,
                label: String::new(),
                title: String::new(),
                start: 0,
                body: 0,
            }));
        }
        nodes.extend(headings.into_iter().map(node));
        for at in 1..nodes.len() {
            assert!(nodes[at - 1].start < nodes[at].start, "headings in text order");
            // A title that runs into the next heading ends there.
            nodes[at - 1].body = nodes[at - 1].body.min(nodes[at].start);
        }
        link(&mut nodes, text.len());
        let by_path = name_paths(&mut nodes);
        assert!(nodes.iter().all(|n| text.is_char_boundary(n.start) && text.is_char_boundary(n.body)));
        Self { id, meta, text, nodes, by_path, relations: Vec::new() }
    }

    /// The verbatim text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All nodes in text order.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Index of the node of a path within the document, `dieu-35/khoan-1`.
    pub fn find(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    /// Full id of a node: `45-2019-qh14/dieu-35`.
    pub fn provision_id(&self, node: usize) -> String {
        format!("{}/{}", self.id, self.nodes[node].path)
    }

    /// The text quotes are counted in: the whole node without its heading, trimmed at the end.
    pub fn provision_text(&self, node: usize) -> &str {
        &self.text[self.provision_range(node)]
    }

    /// Byte range of [`provision_text`](Self::provision_text) in the document's text.
    pub fn provision_range(&self, node: usize) -> Range<usize> {
        let node = &self.nodes[node];
        let body = &self.text[node.body..node.end];
        let start = node.body + (body.len() - body.trim_start().len());
        start..start.max(node.body + body.trim_end().len())
    }

    /// Own text of a node: from its start to the next node, heading included.
    pub fn own_text(&self, node: usize) -> &str {
        let end = self.nodes.get(node + 1).map_or(self.text.len(), |next| next.start);
        &self.text[self.nodes[node].start..end]
    }

    /// Indices of the direct children, in order.
    pub fn children(&self, parent: Option<usize>) -> impl Iterator<Item = usize> + '_ {
        let first = parent.map_or(0, |p| p + 1);
        let end = parent.map_or(usize::MAX, |p| self.nodes[p].end);
        (first..self.nodes.len())
            .take_while(move |i| parent.is_none() || self.nodes[*i].start < end)
            .filter(move |i| self.nodes[*i].parent == parent)
    }

    /// Indices of the document's own articles (not those of annexes).
    pub fn articles(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.nodes.len()).filter(|i| self.nodes[*i].kind == NodeKind::Article && !self.in_annex(*i))
    }

    /// Whether a node stands in an annex.
    pub fn in_annex(&self, node: usize) -> bool {
        self.ancestors(node).any(|i| self.nodes[i].kind == NodeKind::Annex)
    }

    /// Indices from the parent outwards.
    pub fn ancestors(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(self.nodes[node].parent, |i| self.nodes[*i].parent)
    }

    /// The node itself or its nearest ancestor of `kind`.
    pub fn enclosing(&self, node: usize, kind: NodeKind) -> Option<usize> {
        std::iter::once(node).chain(self.ancestors(node)).find(|i| self.nodes[*i].kind == kind)
    }

    /// The innermost node whose whole text covers the byte range, starting the search at `within`.
    pub fn innermost(&self, within: usize, range: &Range<usize>) -> usize {
        let mut best = within;
        for i in within + 1..self.nodes.len() {
            let node = &self.nodes[i];
            if self.nodes[within].end <= node.start || range.start < node.start {
                break;
            }
            if range.end <= node.end {
                best = i;
            }
        }
        best
    }

    /// Dates of a node: its own, else those of the nearest ancestor, else the document's.
    pub fn validity(&self, node: usize) -> Validity {
        std::iter::once(node)
            .chain(self.ancestors(node))
            .fold(Validity::default(), |validity, i| validity.or(self.nodes[i].validity))
            .or(self.meta.validity)
    }

    /// Gives a node dates of its own.
    pub fn set_validity(&mut self, node: usize, validity: Validity) {
        self.nodes[node].validity = validity;
    }

    /// Tells readers something of a node; a note it has already is not repeated.
    pub fn add_note(&mut self, node: usize, note: String) {
        let notes = &mut self.nodes[node].notes;
        if !notes.contains(&note) {
            notes.push(note);
        }
    }

    /// What sources say of its provisions and others, ordered by provision, each once.
    pub fn relations(&self) -> &[Relation] {
        &self.relations
    }

    /// Replaces its relations.
    pub fn set_relations(&mut self, mut relations: Vec<Relation>) {
        relations.sort();
        relations.dedup();
        self.relations = relations;
    }

    /// The citation of a node; the document itself for `None`.
    pub fn citation(&self, node: Option<usize>) -> Citation {
        let label = |kind| {
            node.and_then(|node| self.enclosing(node, kind))
                .map(|i| self.nodes[i].label.clone())
                .filter(|l| !l.is_empty())
        };
        Citation {
            point: label(NodeKind::Point),
            clause: label(NodeKind::Clause),
            article: label(NodeKind::Article),
            annex: label(NodeKind::Annex),
            document: self.meta.title.clone(),
            number: self.meta.number.clone(),
        }
    }

    /// Number as printed, or the title of a document without one.
    pub fn law_id(&self) -> &str {
        self.meta.number.as_deref().unwrap_or(&self.meta.title)
    }

    /// Whether this holds only changed articles of the law whose id it has.
    pub fn is_overlay(&self) -> bool {
        self.meta.version_by.is_some()
    }

    /// Whether this is a digest in our own words.
    pub fn is_digest(&self) -> bool {
        self.meta.kind == DocumentKind::Digest
    }
}

fn document_id(meta: &DocumentMeta) -> String {
    let id = public_id(meta);
    // Every unit has an agreement of that name, or number 01 of the year: a text that is limited
    // to a unit is named with it.
    match &meta.unit {
        Some(unit) => format!("{id}-{}", label::document_slug(unit)),
        None => id,
    }
}

fn public_id(meta: &DocumentMeta) -> String {
    let Some(number) = &meta.number else { return label::document_slug(&meta.title) };
    if meta.kind == DocumentKind::Consolidated && number.contains("VBHN") {
        // 125/VBHN-VPQH -> vbhn-125-2025-vpqh: the year is always added.
        let first = number.split('/').next().unwrap_or_default();
        let office = number.rsplit('-').next().unwrap_or_default();
        let year = meta.issued.map(|date| date.year().to_string()).unwrap_or_default();
        return label::document_slug(&format!("vbhn {first} {year} {office}"));
    }
    label::document_slug(number)
}

fn node(heading: Heading) -> Node {
    let Heading { kind, label, title, start, body } = heading;
    let (validity, notes) = (Validity::default(), Vec::new());
    Node { kind, label, title, path: String::new(), start, body, end: 0, parent: None, validity, notes }
}

/// Sets parents and ends.
fn link(nodes: &mut [Node], text_end: usize) {
    let mut open: Vec<usize> = Vec::new();
    for i in 0..nodes.len() {
        let (depth, start) = (nodes[i].kind.depth(), nodes[i].start);
        while let Some(last) = open.pop_if(|last| depth <= nodes[*last].kind.depth()) {
            nodes[last].end = start;
        }
        nodes[i].parent = open.last().copied().filter(|p| nodes[*p].kind != NodeKind::Preamble);
        open.push(i);
    }
    for i in open {
        nodes[i].end = text_end;
    }
    // A preamble holds nothing: it ends where the first heading stands.
    if let Some(second) = nodes.get(1).map(|node| node.start)
        && nodes[0].kind == NodeKind::Preamble
    {
        nodes[0].end = second;
    }
}

/// Names every node; a path met again gets a counter, so that none is ever lost.
fn name_paths(nodes: &mut [Node]) -> HashMap<String, usize> {
    let mut by_path = HashMap::with_capacity(nodes.len());
    for i in 0..nodes.len() {
        let kind = nodes[i].kind;
        let slug = label::label_slug(&nodes[i].label);
        let own = if slug.is_empty() { kind.slug_word().to_owned() } else { format!("{}-{slug}", kind.slug_word()) };
        // Articles count through the document: chapters are no part of their path.
        let base = std::iter::successors(nodes[i].parent, |p| nodes[*p].parent).find(|p| {
            kind < NodeKind::Article || NodeKind::Article <= nodes[*p].kind || nodes[*p].kind == NodeKind::Annex
        });
        let path = base.map_or_else(|| own.clone(), |base| format!("{}/{own}", nodes[base].path));
        let mut unique = path.clone();
        let mut times = 1;
        while by_path.contains_key(&unique) {
            times += 1;
            unique = format!("{path}-lan-{times}");
        }
        by_path.insert(unique.clone(), i);
        nodes[i].path = unique;
    }
    by_path
}
