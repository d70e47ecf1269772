/*!
References and laws that a sentence names: they must be the cited ones, or stand in their text.
*/

use super::{
    Evidence,
    tokens::{Kind, Reference, Token, tokens},
    units::Unit,
};

/// Words that begin the name of a document.
const KINDS: [&str; 10] = [
    "luật",
    "bộ luật",
    "nghị định",
    "thông tư",
    "pháp lệnh",
    "nghị quyết",
    "quyết định",
    "chỉ thị",
    "hiến pháp",
    "điều lệ",
];
/// Words of a document's name that are compared.
const NAME_WORDS: usize = 3;

fn references(list: &[Token]) -> impl Iterator<Item = &Reference> {
    list.iter().filter_map(|t| match &t.kind {
        Kind::Reference(reference) => Some(reference),
        _ => None,
    })
}

/// Whether the sentence names a provision or document that is neither the cited one nor in its text.
pub fn is_foreign(said: &[Token], unit: &Unit, evidence: &Evidence<'_>) -> bool {
    let citation = tokens(evidence.citation);
    references(said).any(|named| !is_cited(named, &citation, unit) && !is_in_text(named, unit))
        || has_foreign_document(said, &citation, unit)
}

fn is_cited(named: &Reference, citation: &[Token], unit: &Unit) -> bool {
    let own = references(citation).next().cloned().unwrap_or_default();
    let agrees = |named: &Option<String>, own: Option<&String>| named.is_none() || named.as_ref() == own;
    agrees(&named.article, own.article.as_ref())
        && agrees(&named.clause, own.clause.as_ref().or(unit.clause.as_ref()))
        && agrees(&named.point, own.point.as_ref().or(unit.point.as_ref()))
}

fn is_in_text(named: &Reference, unit: &Unit) -> bool {
    references(&unit.tokens).any(|held| {
        let agrees = |named: &Option<String>, held: &Option<String>| named.is_none() || named == held;
        agrees(&named.article, &held.article)
            && agrees(&named.clause, &held.clause)
            && agrees(&named.point, &held.point)
    })
}

/// A document by number or by the first words of its name.
fn has_foreign_document(said: &[Token], citation: &[Token], unit: &Unit) -> bool {
    let held: Vec<&Token> = citation.iter().chain(&unit.tokens).collect();
    let text: String = held.iter().map(|t| format!(" {}", t.words)).collect::<String>() + " ";
    said.iter().enumerate().any(|(at, token)| {
        if token.kind == Kind::Code {
            return !held.iter().any(|t| t.words == token.words || t.words.starts_with(&format!("{}/", token.words)));
        }
        if !KINDS.contains(&token.words.as_str()) {
            return false;
        }
        let after = said[at + 1..].iter().skip_while(|t| t.words == "số");
        let name: Vec<&str> = after
            .take_while(|t| matches!(t.kind, Kind::Word | Kind::Party(_)))
            .take(NAME_WORDS)
            .map(|t| t.words.as_str())
            .collect();
        let begins = said[at + 1..]
            .iter()
            .find(|t| t.words != "số")
            .is_some_and(|t| t.capital && !matches!(t.kind, Kind::Code | Kind::Number(_)));
        begins && !text.contains(&format!(" {} ", name.join(" ")))
    })
}
