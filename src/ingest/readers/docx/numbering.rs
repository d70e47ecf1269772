/*!
`numbering.xml` -> the lists of [`super::super::word::lists`].
*/

use std::collections::HashMap;

use super::xml::{Element, Node, Xml};
use crate::ingest::readers::word::lists::{Format, LEVELS_MAX, Level, List, Lists};

/// Lists, and which level each definition keeps for a style.
#[derive(Debug, Clone, Default)]
pub struct Numbering {
    /// The lists.
    pub lists: Lists,
    styles: HashMap<(i64, String), usize>,
}

impl Numbering {
    /// Reads `numbering.xml`.
    pub fn read(part: &str) -> Self {
        let mut numbering = Self::default();
        let mut named: HashMap<String, i64> = HashMap::new();
        let mut links: Vec<(i64, String)> = Vec::new();
        let mut xml = Xml::new(part);
        if xml.child().is_none() {
            return numbering;
        }
        while let Some(element) = xml.child() {
            match element.name() {
                "abstractNum" => {
                    let id = element.attribute("abstractNumId").and_then(|id| id.parse().ok()).unwrap_or(-1);
                    let definition = read_definition(&mut xml);
                    named.extend(definition.named.map(|name| (name, id)));
                    links.extend(definition.link.map(|name| (id, name)));
                    numbering.styles.extend(definition.styles.into_iter().map(|(name, level)| ((id, name), level)));
                    numbering.lists.definitions.insert(id, definition.levels);
                }
                "num" => {
                    let id = element.attribute("numId").and_then(|id| id.parse().ok()).unwrap_or(0);
                    let list = read_list(&mut xml);
                    numbering.lists.lists.insert(id, list);
                }
                _ => xml.skip(),
            }
        }
        // A definition may only name the list style that holds its levels.
        for (id, name) in links {
            if let Some(levels) = named.get(&name).and_then(|of| numbering.lists.definitions.get(of)).cloned() {
                numbering.lists.definitions.insert(id, levels);
            }
        }
        numbering
    }

    /// The level that a list keeps for a paragraph style.
    pub fn level_of_style(&self, list: i64, style: &str) -> Option<usize> {
        let definition = self.lists.lists.get(&list)?.definition;
        self.styles.get(&(definition, style.to_owned())).copied()
    }
}

#[derive(Default)]
struct Definition {
    levels: Vec<Level>,
    styles: Vec<(String, usize)>,
    named: Option<String>,
    link: Option<String>,
}

fn read_definition(xml: &mut Xml<'_>) -> Definition {
    let mut definition = Definition::default();
    while let Some(element) = xml.child() {
        match element.name() {
            "lvl" => {
                let at = level_number(&element).unwrap_or(definition.levels.len());
                let (level, style) = read_level(xml);
                if LEVELS_MAX <= at {
                    continue;
                }
                if definition.levels.len() <= at {
                    definition.levels.resize(at + 1, Level::default());
                }
                definition.levels[at] = level;
                definition.styles.extend(style.map(|style| (style, at)));
            }
            "styleLink" => {
                definition.named = element.value();
                xml.skip();
            }
            "numStyleLink" => {
                definition.link = element.value();
                xml.skip();
            }
            _ => xml.skip(),
        }
    }
    definition
}

fn level_number(element: &Element<'_>) -> Option<usize> {
    element.attribute("ilvl")?.trim().parse().ok()
}

/// Reads `lvl` with the style it is kept for.
fn read_level(xml: &mut Xml<'_>) -> (Level, Option<String>) {
    let mut level = Level { start: 0, ..Level::default() };
    let mut style = None;
    let mut has_format = false;
    while let Some(node) = xml.next() {
        let element = match node {
            Node::Open(element) => element,
            Node::Text(_) => continue,
            Node::Close => break,
        };
        match element.name() {
            "start" => level.start = element.number().unwrap_or(0),
            "numFmt" => (level.format, has_format) = (format(&element), true),
            "lvlText" => level.text = element.value().unwrap_or_default(),
            "suff" => level.joined = element.value().as_deref() == Some("nothing"),
            "lvlRestart" => level.restart = element.number().and_then(|n| usize::try_from(n).ok()),
            "isLgl" => level.legal = element.is_on(),
            "pStyle" => style = element.value(),
            // Formats a version of Word may not know: the first form that is read counts.
            "AlternateContent" => {
                if !has_format && let Some(format) = alternate_format(xml) {
                    (level.format, has_format) = (format, true);
                }
                continue;
            }
            _ => {}
        }
        xml.skip();
    }
    (level, style)
}

fn alternate_format(xml: &mut Xml<'_>) -> Option<Format> {
    let mut found = None;
    while let Some(branch) = xml.child() {
        let is_branch = matches!(branch.name(), "Choice" | "Fallback");
        if !is_branch {
            xml.skip();
            continue;
        }
        while let Some(element) = xml.child() {
            if element.name() == "numFmt" && found.is_none() {
                found = Some(format(&element));
            }
            xml.skip();
        }
    }
    found
}

fn format(element: &Element<'_>) -> Format {
    match element.value().as_deref().unwrap_or_default() {
        "upperRoman" => Format::UpperRoman,
        "lowerRoman" => Format::LowerRoman,
        "upperLetter" => Format::UpperLetter,
        "lowerLetter" => Format::LowerLetter,
        "decimalZero" => Format::Padded(2),
        "bullet" => Format::Bullet,
        "none" => Format::None,
        "vietnameseCounting" => Format::Words,
        "custom" => custom(&element.attribute("format").unwrap_or_default()),
        _ => Format::Decimal,
    }
}

/// `001, 002, …` is padded digits, `a, b, c, d, đ, …` the words themselves.
fn custom(items: &str) -> Format {
    let items: Vec<String> = items
        .split(',')
        .map(|item| item.trim().to_owned())
        .filter(|item| !item.is_empty() && !item.chars().all(|c| matches!(c, '.' | '…')))
        .collect();
    match items.first() {
        Some(first) if first.chars().all(|c| c.is_ascii_digit()) => Format::Padded(first.len().min(8)),
        Some(_) => Format::Custom(items),
        None => Format::Decimal,
    }
}

fn read_list(xml: &mut Xml<'_>) -> List {
    let mut list = List::default();
    while let Some(element) = xml.child() {
        match element.name() {
            "abstractNumId" => {
                list.definition = element.number().unwrap_or(-1);
                xml.skip();
            }
            "lvlOverride" => {
                let at = level_number(&element).unwrap_or(0);
                while let Some(part) = xml.child() {
                    match part.name() {
                        "startOverride" => {
                            list.starts.extend(part.number().map(|start| (at, start)));
                            xml.skip();
                        }
                        "lvl" => {
                            let (level, _) = read_level(xml);
                            list.levels.insert(at, level);
                        }
                        _ => xml.skip(),
                    }
                }
            }
            _ => xml.skip(),
        }
    }
    list
}
