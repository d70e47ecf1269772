/*!
A bounded pull reader of XML parts.

Elements go by their local names: Word, LibreOffice and the strict form of the standard use
different namespaces for the same elements. There are no entities but the predefined ones:
a part that declares any is refused. What is broken ends the part; what came before stays.
*/

use std::borrow::Cow;

use quick_xml::{Reader, events::BytesStart, events::Event};

/// Deepest nesting of elements.
pub const DEPTH_MAX: usize = 256;
/// Most elements of one part.
const ELEMENTS_MAX: usize = 20_000_000;

/// One step of reading.
pub enum Node<'a> {
    /// An element opens; its `Close` follows.
    Open(Element<'a>),
    /// Text between marks.
    Text(Cow<'a, str>),
    /// The element opened last closes.
    Close,
}

/// An opened element.
pub struct Element<'a>(BytesStart<'a>);

impl Element<'_> {
    /// Name without prefix.
    pub fn name(&self) -> &str {
        local(self.0.name().into_inner())
    }

    /// Value of an attribute by its name without prefix.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let found = self.0.attributes().with_checks(false).flatten().find(|a| local(a.key.into_inner()) == name)?;
        Some(quick_xml::escape::unescape(&found.value).map_or_else(|_| found.value.to_string(), Cow::into_owned))
    }

    /// The attribute `val` of an on-off property: there and not switched off.
    pub fn is_on(&self) -> bool {
        !matches!(self.attribute("val").as_deref(), Some("0" | "false" | "off" | "none"))
    }

    /// The attribute `val`.
    pub fn value(&self) -> Option<String> {
        self.attribute("val")
    }

    /// The attribute `val` as a number.
    pub fn number(&self) -> Option<i64> {
        self.value()?.trim().parse().ok()
    }
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// A part being read.
pub struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
    elements: usize,
    broken: Option<String>,
}

impl<'a> Xml<'a> {
    /// Starts at the beginning of a part.
    pub fn new(part: &'a str) -> Self {
        let mut reader = Reader::from_str(part);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = false;
        config.allow_dangling_amp = true;
        Self { reader, depth: 0, elements: 0, broken: None }
    }

    /// Why the part could not be read to its end.
    pub fn broken(&self) -> Option<&str> {
        self.broken.as_deref()
    }

    fn fail(&mut self, why: impl Into<String>) -> Option<Node<'a>> {
        self.broken = Some(why.into());
        None
    }

    /// The next step, `None` at the end of the part and of what can be read of it.
    pub fn next(&mut self) -> Option<Node<'a>> {
        while self.broken.is_none() {
            match self.reader.read_event() {
                Ok(Event::Start(start)) => {
                    self.depth += 1;
                    self.elements += 1;
                    if DEPTH_MAX < self.depth {
                        return self.fail(format!("elements nested more than {DEPTH_MAX} deep"));
                    }
                    if ELEMENTS_MAX < self.elements {
                        return self.fail(format!("more than {ELEMENTS_MAX} elements"));
                    }
                    return Some(Node::Open(Element(start)));
                }
                Ok(Event::End(_)) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Some(Node::Close);
                }
                Ok(Event::Text(text)) => return Some(Node::Text(text.into_inner())),
                Ok(Event::CData(text)) => return Some(Node::Text(text.into_inner())),
                Ok(Event::GeneralRef(reference)) => {
                    let text = match reference.resolve_char_ref() {
                        Ok(Some(c)) => c.to_string(),
                        _ => quick_xml::escape::resolve_predefined_entity(&reference).unwrap_or_default().to_owned(),
                    };
                    return Some(Node::Text(text.into()));
                }
                Ok(Event::DocType(_)) => return self.fail("it declares entities, which no Word file does"),
                Ok(Event::Eof) if 0 < self.depth => return self.fail("it ends in the middle"),
                Ok(Event::Eof) => return None,
                Ok(Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => {}
                Err(error) => return self.fail(error.to_string()),
            }
        }
        None
    }

    /// Passes over the rest of the element opened last.
    pub fn skip(&mut self) {
        let mut open = 1;
        while 0 < open {
            match self.next() {
                Some(Node::Open(_)) => open += 1,
                Some(Node::Close) => open -= 1,
                Some(Node::Text(_)) => {}
                None => return,
            }
        }
    }

    /// The next child of the element opened last; `None` when that closes.
    pub fn child(&mut self) -> Option<Element<'a>> {
        loop {
            match self.next()? {
                Node::Open(element) => return Some(element),
                Node::Text(_) => {}
                Node::Close => return None,
            }
        }
    }

    /// The text of the element opened last, to its end.
    pub fn text(&mut self) -> String {
        let mut all = String::new();
        loop {
            match self.next() {
                Some(Node::Text(text)) => all.push_str(&text),
                Some(Node::Open(_)) => self.skip(),
                Some(Node::Close) | None => return all,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_text(part: &str) -> (String, Option<String>) {
        let mut xml = Xml::new(part);
        let mut all = String::new();
        while let Some(node) = xml.next() {
            if let Node::Text(text) = node {
                all.push_str(&text);
            }
        }
        (all, xml.broken().map(str::to_owned))
    }

    #[test]
    fn predefined_references_are_the_only_ones() {
        let (text, broken) = all_text("<a>1 &lt; &#50; &amp; &#x110;&unknown;</a>");
        assert_eq!((text.as_str(), broken), ("1 < 2 & Đ", None));
        let (_, broken) = all_text("<!DOCTYPE a [<!ENTITY b \"bb\">]><a>&b;</a>");
        assert!(broken.unwrap().contains("declares entities"));
    }

    #[test]
    fn depth_has_a_limit_and_a_torn_part_keeps_its_beginning() {
        let (_, broken) = all_text(&"<a>".repeat(DEPTH_MAX + 1));
        assert!(broken.unwrap().contains("nested"));
        let (text, broken) = all_text("<a>one<b>two");
        assert_eq!((text.as_str(), broken.is_some()), ("onetwo", true));
    }
}
