/*!
Elements -> lines of text: one line a block, one a table row, footnotes apart.

What a reader of the page sees as one paragraph becomes one line. A table that only lays
out a page (a cell of it holds a table, many lines or an article) is read cell by cell.
*/

use super::{
    dom::{Dom, Element, Node, is_block},
    noise,
};
use crate::ingest::source_text::{CELL_SEPARATOR, FOOTNOTE_CLOSE, FOOTNOTE_OPEN, Footnote};

/// A cell with more lines than this belongs to a table that lays out a page.
const CELL_LINES_MAX: usize = 12;
/// Longest mark of a footnote, in characters.
const MARK_CHARS_MAX: usize = 6;

/// Text of a part of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flow {
    /// Lines, without empty ones.
    pub lines: Vec<String>,
    /// Footnotes, in order.
    pub footnotes: Vec<Footnote>,
}

/// The lines of the element at `index`; `keep` is not looked at for noise (nor what is
/// around it), so that the document itself is never dropped.
pub fn flow(dom: &Dom, index: usize, keep: Option<usize>) -> Flow {
    let mut writer = Writer { dom, keep, flow: Flow::default(), line: String::new(), ..Writer::new(dom) };
    writer.node(index);
    writer.end_line();
    writer.flow
}

struct Writer<'d> {
    dom: &'d Dom,
    keep: Option<usize>,
    flow: Flow,
    line: String,
    /// White space was read since the last character.
    space: bool,
    /// Marks of the lists that are open: next number and kind (`1`, `a`, `i`); none: bullets.
    lists: Vec<Option<(u32, char)>>,
    /// The mark that the next line starts with, if it has none of its own.
    marker: Option<String>,
    /// The footnote whose words the line being written are.
    footnote: Option<String>,
    /// Line ends of the source count (`pre`).
    is_verbatim: bool,
}

impl<'d> Writer<'d> {
    fn new(dom: &'d Dom) -> Self {
        Self {
            dom,
            keep: None,
            flow: Flow::default(),
            line: String::new(),
            space: false,
            lists: Vec::new(),
            marker: None,
            footnote: None,
            is_verbatim: false,
        }
    }

    /// Writes one node; gives the index after it.
    fn node(&mut self, index: usize) -> usize {
        let end = self.dom.end(index);
        match &self.dom.nodes[index] {
            Node::Text(text) => self.text(text),
            Node::Element(element) => self.element(index, element),
        }
        end
    }

    fn children(&mut self, index: usize) {
        let end = self.dom.end(index);
        let mut at = index + 1;
        while at < end {
            at = self.node(at);
        }
    }

    fn element(&mut self, index: usize, element: &Element) {
        if self.keep.is_none_or(|keep| keep < index || self.dom.end(index) <= keep) && noise::is_dropped(element) {
            return;
        }
        match &*element.name {
            "br" | "hr" => self.end_line(),
            "tr" => self.row(index),
            "a" => self.anchor(index, element),
            "ol" | "ul" => self.list(index, element),
            "li" => self.item(index, element),
            "pre" => {
                self.end_line();
                let before = std::mem::replace(&mut self.is_verbatim, true);
                self.children(index);
                self.is_verbatim = before;
                self.end_line();
            }
            name if is_block(name) => {
                self.end_line();
                match footnote_id(element.attribute("id")) {
                    Some(mark) => self.footnote_element(index, mark),
                    None => self.children(index),
                }
                self.end_line();
            }
            _ => self.children(index),
        }
    }

    fn text(&mut self, text: &str) {
        for c in text.chars() {
            if self.is_verbatim && c == '\n' {
                self.end_line();
            } else if c.is_whitespace() || c == '\0' {
                self.space = true;
            } else if !matches!(c, '\u{200B}' | '\u{2060}' | '\u{FEFF}' | FOOTNOTE_OPEN | FOOTNOTE_CLOSE) {
                if self.space && !self.line.is_empty() {
                    self.line.push(' ');
                }
                self.space = false;
                self.line.push(c);
            }
        }
    }

    fn end_line(&mut self) {
        self.space = false;
        let mut line = std::mem::take(&mut self.line);
        if line.is_empty() {
            return;
        }
        if let Some(mark) = self.footnote.take() {
            self.footnote_words(&mark, &line);
            return;
        }
        if let Some(marker) = self.marker.take()
            && !has_mark(&line)
        {
            line = format!("{marker} {line}");
        }
        self.flow.lines.push(line);
    }

    fn list(&mut self, index: usize, element: &Element) {
        self.end_line();
        let kind = element.attribute("type").chars().next().unwrap_or('1');
        let start = element.attribute("start").trim().parse().unwrap_or(1);
        self.lists.push((&*element.name == "ol").then_some((start, kind)));
        self.children(index);
        self.end_line();
        self.lists.pop();
        self.marker = None;
    }

    fn item(&mut self, index: usize, element: &Element) {
        self.end_line();
        if let Some(mark) = footnote_id(element.attribute("id")) {
            self.footnote_element(index, mark);
            return;
        }
        if let Some(Some((next, kind))) = self.lists.last_mut() {
            self.marker = list_mark(*next, *kind);
            *next = next.saturating_add(1);
        }
        self.children(index);
        self.end_line();
        self.marker = None;
    }

    /// A row is one line, its cells apart; a row that lays out the page is its cells' lines.
    fn row(&mut self, index: usize) {
        self.end_line();
        let mut cells: Vec<Vec<String>> = Vec::new();
        let mut is_layout = false;
        for child in self.dom.children(index).collect::<Vec<_>>() {
            let Some(element) = self.dom.element(child) else { continue };
            if noise::is_dropped(element) && self.keep.is_none_or(|keep| keep < child || self.dom.end(child) <= keep) {
                continue;
            }
            let mut writer = Writer { keep: self.keep, ..Writer::new(self.dom) };
            writer.children(child);
            writer.end_line();
            let lines = writer.flow.lines;
            self.flow.footnotes.extend(writer.flow.footnotes);
            is_layout |= CELL_LINES_MAX < lines.len()
                || lines.iter().any(|line| article_number(line).is_some())
                || self.dom.elements(child).any(|(_, e)| &*e.name == "table");
            cells.push(lines);
        }
        let filled = cells.iter().filter(|lines| !lines.is_empty()).count();
        if is_layout {
            self.flow.lines.extend(cells.into_iter().flatten());
        } else if filled == 1 {
            self.flow.lines.push(cells.concat().join(" "));
        } else if 1 < filled {
            let cells: Vec<String> = cells.into_iter().map(|lines| lines.join(" ")).collect();
            let last = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |at| at + 1);
            self.flow.lines.push(cells[..last].join(CELL_SEPARATOR));
        }
    }

    /// An anchor may call a footnote, or lead back from its words to the call.
    fn anchor(&mut self, index: usize, element: &Element) {
        let Some(is_call) = footnote_link(element.attribute("href")) else {
            self.children(index);
            return;
        };
        let words = self.inline_text(index);
        let mark = words.trim_matches(|c: char| !c.is_alphanumeric() && c != '*').to_owned();
        if mark.is_empty() || MARK_CHARS_MAX < mark.chars().count() {
            self.text(&words);
        } else if is_call {
            self.line.push(FOOTNOTE_OPEN);
            self.line.push_str(&mark);
            self.line.push(FOOTNOTE_CLOSE);
            self.space = false;
        } else if self.line.is_empty() {
            self.footnote = Some(mark);
        }
    }

    /// An element that is a footnote by its id: all its lines are the footnote's words.
    fn footnote_element(&mut self, index: usize, mark: String) {
        let mut writer = Writer { keep: self.keep, ..Writer::new(self.dom) };
        writer.children(index);
        writer.end_line();
        let mut parts: Vec<String> = writer.flow.footnotes.into_iter().map(|note| note.text).collect();
        parts.extend(writer.flow.lines);
        let words = parts.join(" ");
        let words = words.trim_start_matches(['[', '(']);
        let words = words.strip_prefix(mark.as_str()).unwrap_or(words).trim_start_matches([']', ')', '.', ' ']);
        self.footnote_words(&mark, words);
    }

    fn footnote_words(&mut self, mark: &str, words: &str) {
        let words = words.trim();
        match self.flow.footnotes.iter_mut().find(|note| note.mark == mark) {
            Some(note) if note.text.is_empty() => words.clone_into(&mut note.text),
            Some(_) => {}
            None => self.flow.footnotes.push(Footnote { mark: mark.to_owned(), text: words.to_owned() }),
        }
    }

    fn inline_text(&self, index: usize) -> String {
        self.dom.nodes[index..self.dom.end(index)]
            .iter()
            .filter_map(|node| if let Node::Text(text) = node { Some(&**text) } else { None })
            .collect::<String>()
            .trim()
            .to_owned()
    }
}

/// Number of a line that looks like the heading of an article.
pub fn article_number(line: &str) -> Option<u32> {
    let rest = line.strip_prefix(['Đ', 'Ð'])?;
    let rest = rest.strip_prefix("iều ").or_else(|| rest.strip_prefix("IỀU "))?.trim_start();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let number = rest.get(..digits)?.parse().ok()?;
    let tail = rest[digits..].trim_start_matches(|c: char| c.is_lowercase()).trim_start();
    let is_heading = tail.is_empty() || (tail.starts_with(['.', ':']) && !tail[1..].starts_with(char::is_numeric));
    is_heading.then_some(number)
}

/// Whether a line carries a clause's or point's mark of its own.
fn has_mark(line: &str) -> bool {
    let mut chars = line.chars();
    let head: String = chars.by_ref().take_while(|c| c.is_alphanumeric()).collect();
    let close = line[head.len()..].chars().next();
    let is_short = !head.is_empty() && head.chars().count() <= 3;
    (is_short && matches!(close, Some('.' | ')' | '/'))) || line.starts_with(['-', '+', '–', '•', '*'])
}

fn list_mark(number: u32, kind: char) -> Option<String> {
    match kind {
        'a' | 'A' => {
            let letter = char::from_u32('a' as u32 + number.checked_sub(1)?).filter(char::is_ascii_lowercase)?;
            Some(format!("{})", if kind == 'A' { letter.to_ascii_uppercase() } else { letter }))
        }
        'i' | 'I' => {
            const ROMANS: [&str; 12] = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"];
            let roman = ROMANS.get(usize::try_from(number.checked_sub(1)?).ok()?)?;
            Some(format!("{})", if kind == 'I' { roman.to_uppercase() } else { (*roman).to_owned() }))
        }
        _ => Some(format!("{number}.")),
    }
}

/// Words that ids and addresses of footnotes are made of in word processors and wikis.
const FOOTNOTE_WORDS: [&str; 6] = ["ftn", "edn", "footnote", "endnote", "cite_note", "fn"];

/// Whether the address calls a footnote (true) or leads back to the call (false).
fn footnote_link(href: &str) -> Option<bool> {
    let (_, fragment) = href.rsplit_once('#')?;
    let fragment = fragment.to_ascii_lowercase();
    let name = fragment.trim_start_matches('_');
    if ["cite_ref", "fnref", "ftnref", "ednref", "footnoteref", "footnote-ref"].iter().any(|w| name.starts_with(w)) {
        return Some(false);
    }
    FOOTNOTE_WORDS.iter().any(|word| is_footnote_name(name, word)).then_some(true)
}

/// The mark of an element that is a footnote by its id: `ftn3`, `fn:3`, `footnote-3`.
fn footnote_id(id: &str) -> Option<String> {
    let id = id.to_ascii_lowercase();
    let name = id.trim_start_matches('_');
    let word = FOOTNOTE_WORDS.iter().find(|word| is_footnote_name(name, word))?;
    Some(name[word.len()..].trim_start_matches(['-', '_', ':', '.']).to_owned())
}

fn is_footnote_name(name: &str, word: &str) -> bool {
    name.strip_prefix(word).is_some_and(|rest| {
        let rest = rest.trim_start_matches(['-', '_', ':', '.']);
        !rest.is_empty() && rest.len() <= MARK_CHARS_MAX && rest.bytes().all(|b| b.is_ascii_digit() || b == b'*')
    })
}
