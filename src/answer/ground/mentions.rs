/*!
References and laws that a sentence names: they must be the cited ones, or stand in their text.
*/

use super::{
    Evidence,
    align::Alignment,
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

/// Words that name a source: what follows is where the sentence says it comes from.
const SOURCES: [&str; 6] = ["theo", "theo quy định", "tại", "căn cứ", "quy định tại", "dựa"];
/// Words with which a sentence begins to name its source.
const BEGINNINGS: [&str; 5] = ["theo", "theo quy định", "tại", "căn", "dựa"];
/// Words between them and the name.
const BETWEEN: [&str; 15] = [
    "căn",
    "cứ",
    "dựa",
    "vào",
    "theo",
    "tại",
    "quy định",
    "theo quy định",
    "quy định tại",
    "của",
    "thì",
    "như",
    "trên",
    "số",
    "năm",
];

fn references(list: &[Token]) -> impl Iterator<Item = &Reference> {
    list.iter().filter_map(|t| match &t.kind {
        Kind::Reference(reference) => Some(reference),
        _ => None,
    })
}

/// Whether the sentence names a provision or document that is neither the cited one nor in its
/// text, or names as its source one that only stands in the text.
pub fn is_foreign(said: &[Token], unit: &Unit, evidence: &Evidence<'_>, alignment: &Alignment) -> bool {
    let citation = tokens(evidence.citation);
    let stands = |at: usize| {
        let before = at.checked_sub(1).map_or("", |i| said[i].words.as_str());
        alignment.partner[at].is_some()
            || unit.tokens.windows(2).any(|w| w[0].words == before && w[1].kind == said[at].kind)
    };
    let is_source = |at: usize| is_attributed(said, at) || !stands(at);
    said.iter().enumerate().any(|(at, token)| match &token.kind {
        Kind::Reference(named) => !is_cited(named, &citation, unit) && (is_source(at) || !is_in_text(named, unit)),
        _ => false,
    }) || has_foreign_document(said, &citation, unit)
}

/// What a sentence gives as its source before its first comma ("Theo khoản 2 Điều 4 Luật …, "),
/// and the rest.
pub fn split_source(said: &[Token]) -> (&[Token], &[Token]) {
    let comma = said.iter().position(|t| t.kind == Kind::Break(',')).unwrap_or(0);
    let (source, rest) = said.split_at(comma);
    let names = |t: &Token| matches!(t.kind, Kind::Reference(_) | Kind::Code) || KINDS.contains(&t.words.as_str());
    let begins = source.first().is_some_and(|t| BEGINNINGS.contains(&t.words.as_str()));
    let is_source =
        begins && source.iter().any(names) && !source.iter().any(|t| matches!(t.kind, Kind::Modal(_) | Kind::Negation));
    if is_source && 1 < rest.len() { (source, &rest[1..]) } else { (&[], said) }
}

/// Whether what a sentence gives as its source is anything but the cited clause.
pub fn is_foreign_source(source: &[Token], unit: &Unit, evidence: &Evidence<'_>) -> bool {
    let citation = tokens(evidence.citation);
    let is_cited_word = |t: &Token| {
        BETWEEN.contains(&t.words.as_str())
            || citation.iter().any(|c| c.words.split(' ').any(|w| w == t.words) || c.words == t.words)
    };
    source.iter().any(|token| match &token.kind {
        Kind::Reference(named) => !is_cited(named, &citation, unit),
        Kind::Code => {
            !citation.iter().any(|t| t.words == token.words || t.words.starts_with(&format!("{}/", token.words)))
        }
        Kind::Stop if !KINDS.contains(&token.words.as_str()) => false,
        Kind::Break(_) => false,
        _ => !is_cited_word(token),
    }) || has_foreign_document(source, &citation, unit)
}

/// Whether the sentence begins with the name at `at`: "Theo khoản 2 Điều 4, …".
fn is_attributed(said: &[Token], at: usize) -> bool {
    let before = &said[..at];
    let is_name = |t: &Token| matches!(t.kind, Kind::Reference(_)) || KINDS.contains(&t.words.as_str());
    before.first().is_some_and(|t| BEGINNINGS.contains(&t.words.as_str()))
        && before.iter().all(|t| BETWEEN.contains(&t.words.as_str()) || is_name(t))
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
    let spoken = |tokens: &[&Token]| tokens.iter().map(|t| format!(" {}", t.words)).collect::<String>() + " ";
    let (cited, text) = (spoken(&citation.iter().collect::<Vec<_>>()), spoken(&held));
    said.iter().enumerate().any(|(at, token)| {
        if token.kind == Kind::Code {
            return !held.iter().any(|t| t.words == token.words || t.words.starts_with(&format!("{}/", token.words)));
        }
        if !KINDS.contains(&token.words.as_str()) {
            return false;
        }
        let after: Vec<&Token> = said[at + 1..].iter().skip_while(|t| t.words == "số").collect();
        let name: Vec<&str> = after
            .iter()
            .take_while(|t| t.words != "năm")
            .take_while(|t| matches!(t.kind, Kind::Word | Kind::Party(_)) || t.words == "việc")
            .take(NAME_WORDS)
            .map(|t| t.words.as_str())
            .collect();
        let has_capital = after.first().is_some_and(|t| t.capital && !matches!(t.kind, Kind::Code | Kind::Number(_)));
        let is_source = is_attributed(said, at)
            || at.checked_sub(1).is_some_and(|before| SOURCES.contains(&said[before].words.as_str()));
        let name = name.join(" ");
        // "theo luật định" names none.
        if name.is_empty() || matches!(name.as_str(), "định" | "hiện hành") || !(has_capital || is_source) {
            return has_capital;
        }
        // What the text says of another document is no source of this sentence.
        let within = if is_attributed(said, at) { &cited } else { &text };
        !KINDS.iter().any(|kind| within.contains(&format!(" {kind} {name} ")))
    })
}
