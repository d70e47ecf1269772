/*!
Properties of paragraphs and runs as far as they change the text, and the styles that hand
them down.
*/

use std::collections::HashMap;

use super::xml::{Element, Xml};

/// Longest chain of styles based on each other.
const CHAIN_STYLES_MAX: usize = 24;

/// Properties of a run.
#[derive(Debug, Clone, Default)]
pub struct RunProperties {
    /// Character style.
    pub style: Option<String>,
    /// Font.
    pub font: Option<String>,
    /// Hidden.
    pub hidden: Option<bool>,
    /// Shown in capitals.
    pub capitals: Option<bool>,
    /// Of a paragraph's mark: deleted, so that the next paragraph goes on here.
    pub deleted: bool,
}

impl RunProperties {
    /// Reads the children of `rPr`.
    pub fn read(xml: &mut Xml<'_>) -> Self {
        let mut properties = Self::default();
        while let Some(element) = xml.child() {
            match element.name() {
                "rStyle" => properties.style = element.value(),
                "rFonts" => properties.font = element.attribute("ascii").or_else(|| element.attribute("hAnsi")),
                "vanish" | "specVanish" => properties.hidden = Some(element.is_on()),
                "caps" => properties.capitals = Some(element.is_on()),
                "del" | "moveFrom" => properties.deleted = true,
                _ => {}
            }
            xml.skip();
        }
        properties
    }
}

/// Properties of a paragraph.
#[derive(Debug, Clone, Default)]
pub struct ParagraphProperties {
    /// Paragraph style.
    pub style: Option<String>,
    /// List; 0 takes the style's list off.
    pub list: Option<i64>,
    /// Level within it.
    pub level: Option<usize>,
    /// Properties of the paragraph's mark.
    pub mark: RunProperties,
}

impl ParagraphProperties {
    /// Reads the children of `pPr`.
    pub fn read(xml: &mut Xml<'_>) -> Self {
        let mut properties = Self::default();
        while let Some(element) = xml.child() {
            match element.name() {
                "pStyle" => {
                    properties.style = element.value();
                    xml.skip();
                }
                "numPr" | "listPr" => {
                    while let Some(part) = xml.child() {
                        match part.name() {
                            "ilvl" => properties.level = level(&part),
                            "numId" | "ilfo" => properties.list = part.number(),
                            _ => {}
                        }
                        xml.skip();
                    }
                }
                "rPr" => properties.mark = RunProperties::read(xml),
                _ => xml.skip(),
            }
        }
        properties
    }
}

fn level(element: &Element<'_>) -> Option<usize> {
    usize::try_from(element.number()?).ok()
}

/// A style.
#[derive(Debug, Clone, Default)]
struct Style {
    based_on: Option<String>,
    paragraph: ParagraphProperties,
    run: RunProperties,
}

/// The styles of a document.
#[derive(Debug, Clone, Default)]
pub struct Styles {
    styles: HashMap<String, Style>,
    default_paragraph: Option<String>,
    default_run: RunProperties,
}

impl Styles {
    /// Reads `styles.xml`.
    pub fn read(part: &str) -> Self {
        let mut styles = Self::default();
        let mut xml = Xml::new(part);
        if xml.child().is_none() {
            return styles;
        }
        while let Some(element) = xml.child() {
            match element.name() {
                "style" => {
                    let id = element.attribute("styleId").unwrap_or_default();
                    let is_default = matches!(element.attribute("default").as_deref(), Some("1" | "true" | "on"));
                    if is_default && element.attribute("type").as_deref() == Some("paragraph") {
                        styles.default_paragraph = Some(id.clone());
                    }
                    let style = read_style(&mut xml);
                    styles.styles.insert(id, style);
                }
                "docDefaults" => styles.default_run = read_defaults(&mut xml),
                _ => xml.skip(),
            }
        }
        styles
    }

    /// The style and those it is based on.
    fn chain<'a>(&'a self, id: Option<&'a str>) -> impl Iterator<Item = (&'a str, &'a Style)> {
        let mut next = id;
        std::iter::from_fn(move || {
            let id = next?;
            let style = self.styles.get(id)?;
            next = style.based_on.as_deref();
            Some((id, style))
        })
        .take(CHAIN_STYLES_MAX)
    }

    fn paragraph_style<'a>(&'a self, paragraph: &'a ParagraphProperties) -> Option<&'a str> {
        paragraph.style.as_deref().or(self.default_paragraph.as_deref())
    }

    /// List and level of a paragraph: its own, else of its style; `level_of_style` is the level
    /// that a list keeps for a style.
    pub fn list(
        &self,
        paragraph: &ParagraphProperties,
        level_of_style: impl Fn(i64, &str) -> Option<usize>,
    ) -> Option<(i64, usize)> {
        if let Some(list) = paragraph.list {
            let in_style = || {
                let styles = self.chain(self.paragraph_style(paragraph));
                styles.filter_map(|(id, _)| level_of_style(list, id)).next()
            };
            return (list != 0).then(|| (list, paragraph.level.or_else(in_style).unwrap_or(0)));
        }
        let mut level = paragraph.level;
        for (id, style) in self.chain(self.paragraph_style(paragraph)) {
            level = level.or(style.paragraph.level);
            if let Some(list) = style.paragraph.list {
                return (list != 0).then(|| (list, level.or_else(|| level_of_style(list, id)).unwrap_or(0)));
            }
        }
        None
    }

    /// A property of a run: its own, of its style, of the paragraph's style, of all.
    pub fn of_run<T: Clone>(
        &self,
        run: &RunProperties,
        paragraph: &ParagraphProperties,
        property: impl Fn(&RunProperties) -> Option<T>,
    ) -> Option<T> {
        property(run)
            .or_else(|| self.chain(run.style.as_deref()).find_map(|(_, style)| property(&style.run)))
            .or_else(|| self.chain(self.paragraph_style(paragraph)).find_map(|(_, style)| property(&style.run)))
            .or_else(|| property(&self.default_run))
    }
}

fn read_style(xml: &mut Xml<'_>) -> Style {
    let mut style = Style::default();
    while let Some(element) = xml.child() {
        match element.name() {
            "basedOn" => {
                style.based_on = element.value();
                xml.skip();
            }
            "pPr" => style.paragraph = ParagraphProperties::read(xml),
            "rPr" => style.run = RunProperties::read(xml),
            _ => xml.skip(),
        }
    }
    style
}

fn read_defaults(xml: &mut Xml<'_>) -> RunProperties {
    let mut properties = RunProperties::default();
    while let Some(element) = xml.child() {
        if element.name() != "rPrDefault" {
            xml.skip();
            continue;
        }
        while let Some(element) = xml.child() {
            if element.name() == "rPr" {
                properties = RunProperties::read(xml);
            } else {
                xml.skip();
            }
        }
    }
    properties
}
