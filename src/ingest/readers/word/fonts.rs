/*!
Fonts of the encodings from before Unicode: text set in them shows Vietnamese only in that
font. Counts how much of it there is, so that it can be told.
*/

use std::collections::BTreeMap;

use crate::ingest::problem::{Problem, ProblemKind};

/// An encoding from before Unicode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Legacy {
    /// TCVN 5712, fonts `.VnTime` and kin.
    Tcvn3,
    /// VNI, fonts `VNI-Times` and kin.
    Vni,
}

impl Legacy {
    /// The encoding a font's name tells of.
    pub fn of_font(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        if name.starts_with(".vn") {
            Some(Self::Tcvn3)
        } else if name.starts_with("vni-") || name.starts_with("vni ") {
            Some(Self::Vni)
        } else {
            None
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Tcvn3 => "TCVN3",
            Self::Vni => "VNI",
        }
    }
}

/// Text met in legacy fonts.
#[derive(Debug, Clone, Default)]
pub struct LegacyFonts {
    chars: BTreeMap<(Legacy, String), usize>,
}

impl LegacyFonts {
    /// Counts `text` set in `font` if it is of such an encoding. Text that has letters beyond
    /// Latin-1 is Unicode whatever its font is called, and plain ASCII reads the same.
    pub fn note(&mut self, font: &str, text: &str) {
        let Some(legacy) = Legacy::of_font(font) else { return };
        let high = |c: char| ('\u{A1}'..='\u{FF}').contains(&c);
        if text.chars().any(|c| c.is_alphabetic() && '\u{FF}' < c) || !text.chars().any(high) {
            return;
        }
        *self.chars.entry((legacy, font.trim().to_owned())).or_default() += text.chars().count();
    }

    /// What to remark.
    pub fn problems(&self) -> Vec<Problem> {
        let remark = |((legacy, font), chars): (&(Legacy, String), &usize)| {
            let message = format!("{chars} characters are set in `{font}`, a font of the encoding {}", legacy.name());
            Problem::new(0, ProblemKind::Encoding, message)
        };
        self.chars.iter().map(remark).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_text_that_needs_its_font_counts() {
        let mut fonts = LegacyFonts::default();
        fonts.note(".VnTime", "§iÒu 1");
        fonts.note(".VnTime", "Điều 1");
        fonts.note(".VnTime", "plain");
        fonts.note("VNI-Times", "Ñieàu 1");
        fonts.note("Times New Roman", "Ñieàu 1");
        let messages: Vec<String> = fonts.problems().into_iter().map(|p| p.message).collect();
        assert_eq!(
            messages,
            [
                "6 characters are set in `.VnTime`, a font of the encoding TCVN3",
                "7 characters are set in `VNI-Times`, a font of the encoding VNI"
            ]
        );
    }
}
