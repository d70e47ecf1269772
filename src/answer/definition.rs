/*!
"X là gì?": the clause of a law's list of terms that begins with the very word asked for.
*/

use jiff::civil::Date;

use super::{asked, pieces};
use crate::{
    index::Generation,
    law::{DocumentKind, text::fold},
    retrieve::understand::intent,
};

/// Folded ways to ask for a meaning that are too loose to rank by, and enough where a clause
/// begins with the very term.
const ASKS: [&str; 3] = ["nghia la gi", "la nhu the nao", "la ai"];
/// Longest term, in syllables.
const TERM_SYLLABLES_MAX: usize = 12;
/// Folded titles of articles that list terms.
const TITLES: [&str; 2] = ["giai thich tu ngu", "giai thich thuat ngu"];

/// A clause that defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// Index of its article in the generation.
    pub article: usize,
    /// The clause or point.
    pub node: usize,
}

/// The folded term a question wants explained; none where it asks for anything else.
pub fn term(question: &str) -> Option<String> {
    let loose = || {
        let text = asked::padded_folded(question);
        let asks = ASKS.iter().find(|asks| text.contains(&format!(" {asks} ")))?;
        let term = text.replacen(&format!(" {asks} "), " ", 1).trim().to_owned();
        let count = term.split(' ').count();
        (!term.is_empty() && count <= TERM_SYLLABLES_MAX).then_some(term)
    };
    let term = intent::meaning_of(question).map(|term| fold(&term)).or_else(loose)?;
    Some(term.strip_prefix("theo luat ").unwrap_or(&term).to_owned())
}

/// The definition of a term in force on a day: of a code before that of a law, of a law before
/// that of a decree.
pub fn find(generation: &Generation, term: &str, as_of: Date) -> Option<Definition> {
    let begins = [format!(" {term} la "), format!(" {term} gom "), format!(" {term} bao gom ")];
    let mut best: Option<(u8, Definition)> = None;
    for article in generation.articles() {
        let entry = &generation.layout.articles[article];
        let document = generation.at(entry.document);
        let title = asked::padded_folded(&document.nodes()[entry.node].title);
        if !TITLES.contains(&title.trim()) || generation.is_shadowed(article) {
            continue;
        }
        for piece in pieces::of_article(document, entry.node).into_iter().filter(|piece| !piece.is_list) {
            let text = asked::padded_folded(pieces::bare(document.provision_text(piece.node)));
            let defines = begins.iter().any(|begin| text.starts_with(begin.as_str()));
            if defines && document.validity(piece.node).in_force_on(as_of) {
                let rank = rank(document.meta.kind);
                if best.is_none_or(|(held, _)| rank < held) {
                    best = Some((rank, Definition { article, node: piece.node }));
                }
            }
        }
    }
    best.map(|(_, definition)| definition)
}

fn rank(kind: DocumentKind) -> u8 {
    match kind {
        DocumentKind::Code => 0,
        DocumentKind::Law => 1,
        DocumentKind::Decree => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_term_is_what_is_left() {
        assert_eq!(term("Quầy lưu động là gì?").as_deref(), Some("quay luu dong"));
        assert_eq!(term("Thế nào là quầy lưu động?").as_deref(), Some("quay luu dong"));
        assert_eq!(term("Định nghĩa của \"Quầy\"").as_deref(), Some("quay"));
        assert_eq!(term("Chủ chợ là ai?").as_deref(), Some("chu cho"));
        assert_eq!(term("Thuê quầy mất bao lâu?"), None);
    }
}
