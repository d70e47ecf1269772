/*!
Styles and fonts.
*/

use super::{
    bytes::Bytes,
    properties::{Characters, Paragraph},
};

/// Longest chain of styles based on each other.
const CHAIN_STYLES_MAX: usize = 24;
/// No style.
const NO_STYLE: u16 = 0x0FFF;

#[derive(Debug, Clone, Default)]
struct Style {
    based_on: Option<u16>,
    paragraph: Paragraph,
    characters: Characters,
}

/// The styles of a document.
#[derive(Debug, Default)]
pub struct Styles {
    styles: Vec<Style>,
}

impl Styles {
    /// Reads the style sheet.
    pub fn read(part: Bytes<'_>) -> Self {
        let mut styles = Vec::new();
        let head = part.size16(0).unwrap_or(0);
        let base = part.size16(4).unwrap_or(10);
        let mut at = 2 + head;
        while let Some(length) = part.size16(at) {
            let Some(style) = part.slice(at + 2, length) else { break };
            styles.push(read_style(Bytes(style), base).unwrap_or_default());
            at += 2 + length;
        }
        Self { styles }
    }

    fn chain(&self, style: u16) -> impl Iterator<Item = (u16, &Style)> {
        let mut next = Some(style);
        std::iter::from_fn(move || {
            let at = next?;
            let style = self.styles.get(usize::from(at))?;
            next = style.based_on;
            Some((at, style))
        })
        .take(CHAIN_STYLES_MAX)
    }

    /// List and level of a paragraph, its own or of its style; `level_of_style` is the level
    /// that a list keeps for a style.
    pub fn list(
        &self,
        paragraph: &Paragraph,
        level_of_style: impl Fn(i64, u16) -> Option<usize>,
    ) -> Option<(i64, usize)> {
        let mut level = paragraph.level;
        let mut list = paragraph.list;
        let mut of_style = None;
        for (at, style) in self.chain(paragraph.style) {
            if list.is_some() {
                break;
            }
            level = level.or(style.paragraph.level);
            list = style.paragraph.list;
            of_style = Some(at);
        }
        let list = list.filter(|list| (1..0x7FF).contains(list))?;
        let kept = || level_of_style(list, of_style.unwrap_or(paragraph.style));
        Some((list, level.or_else(kept).unwrap_or(0)))
    }

    /// A property of characters: their own, of their style, of the paragraph's style.
    pub fn of<T>(
        &self,
        characters: &Characters,
        paragraph: &Paragraph,
        property: impl Fn(&Characters) -> Option<T>,
    ) -> Option<T> {
        property(characters)
            .or_else(|| self.chain(characters.style?).find_map(|(_, style)| property(&style.characters)))
            .or_else(|| self.chain(paragraph.style).find_map(|(_, style)| property(&style.characters)))
    }
}

fn read_style(style: Bytes<'_>, base: usize) -> Option<Style> {
    let kind = style.u16(2)? & 0xF;
    let based_on = Some(style.u16(2)? >> 4).filter(|at| *at != NO_STYLE);
    let count = usize::from(style.u16(4)? & 0xF);
    let name = style.size16(base)?;
    let mut at = base + 2 + 2 * name + 2;
    let mut read = Style { based_on, ..Style::default() };
    for number in 0..count {
        at += at % 2;
        let Some(length) = style.size16(at) else { break };
        let Some(changes) = style.slice(at + 2, length) else { break };
        match (kind, number) {
            (1, 0) => read.paragraph.apply(changes.get(2..).unwrap_or_default()),
            (1, 1) | (2, 0) => read.characters.apply(changes),
            _ => {}
        }
        at += 2 + length;
    }
    Some(read)
}

/// Names of the fonts.
pub fn fonts(part: Bytes<'_>) -> Vec<String> {
    let mut names = Vec::new();
    let mut at = 4;
    while let Some(length) = part.byte(at).map(usize::from) {
        let Some(font) = part.slice(at + 1, length) else { break };
        let name = font.get(39..).unwrap_or_default();
        let name = Bytes(name).utf16(0, name.len() / 2).unwrap_or_default();
        names.push(name.split('\0').next().unwrap_or_default().to_owned());
        at += 1 + length;
    }
    names
}
