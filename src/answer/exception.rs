/*!
The exceptions of a rule: the provisions it excepts by reference, and the clauses beside it that
take back what it demands.
*/

use std::collections::HashSet;

use super::{
    compose::{Choice, Chosen, Found, Role},
    pieces::{self, Piece},
};
use crate::law::{
    Document, NodeKind,
    text::{fold, syllables},
};

/// Most exceptions of one rule.
const EXCEPTIONS_MAX: usize = 2;
/// Longest quote of an exception, in characters.
const EXCEPTION_CHARS_MAX: usize = 180;

/// Folded words that begin an exception.
const EXCEPT: [&str; 4] = ["tru truong hop", "tru cac truong hop", "tru quy dinh", "ngoai tru"];
/// Folded words that take a demand back; what follows them must stand in the rule.
const TAKEN_BACK: [&str; 3] = ["khong can", "khong phai", "khong ap dung"];

/// What limits the rule that was chosen first.
pub fn of(choice: &Choice<'_>, chosen: &[Chosen]) -> Vec<Found> {
    let Some(rule) = chosen.first() else { return Vec::new() };
    let document = &choice.generation.documents[rule.document];
    let mut nodes = referred_to(document, rule.node);
    nodes.extend(beside(document, rule.node));
    let mut seen = HashSet::new();
    nodes.retain(|node| seen.insert(*node) && document.validity(*node).in_force_on(choice.as_of));
    let found = |node: usize| {
        let is_list = document.children(Some(node)).next().is_some();
        let piece = Piece { node, is_list };
        Found { document: rule.document, piece, role: Role::Exception, most: EXCEPTION_CHARS_MAX }
    };
    nodes.into_iter().take(EXCEPTIONS_MAX).map(found).collect()
}

/// Provisions of the same document that the rule excepts by name.
fn referred_to(document: &Document, rule: usize) -> Vec<usize> {
    let text = fold(&format!("{}\n{}", pieces::lead_in(document, rule), document.provision_text(rule)));
    let Some(article) = document.enclosing(rule, NodeKind::Article) else { return Vec::new() };
    let mut found = Vec::new();
    for begin in EXCEPT {
        for (at, _) in text.match_indices(begin) {
            let rest = &text[at..];
            let end = rest.find([';', '.', '\n']).unwrap_or(rest.len());
            found.extend(provisions(document, article, &rest[..end]));
        }
    }
    found.retain(|node| *node != rule && !document.ancestors(rule).any(|above| above == *node));
    found
}

/// The provisions a folded reference names: "diem a khoan 1 va khoan 3 dieu nay", "khoan 4 dieu 97 cua bo luat nay".
fn provisions(document: &Document, own_article: usize, reference: &str) -> Vec<usize> {
    let words: Vec<String> = syllables(reference);
    let mut found = Vec::new();
    let (mut point, mut clauses): (Option<&str>, Vec<(Option<&str>, &str)>) = (None, Vec::new());
    for (at, word) in words.iter().enumerate() {
        let Some(label) = words.get(at + 1).map(String::as_str) else { break };
        match word.as_str() {
            "diem" => point = Some(label),
            "khoan" => clauses.push((point.take(), label)),
            "dieu" => {
                let other = words[at + 2..].iter().take(6).any(|w| matches!(w.as_str(), "luat" | "dinh")) && {
                    // Another document's article: "Điều 3 của Luật Giáo dục".
                    let tail = words[at + 2..].iter().take(6).map(String::as_str).collect::<Vec<_>>().join(" ");
                    !tail.contains("luat nay") && !tail.contains("dinh nay")
                };
                let article = if label == "nay" { Some(own_article) } else { document.find(&format!("dieu-{label}")) };
                if let (Some(article), false) = (article, other && label != "nay") {
                    found.extend(parts(document, article, &clauses));
                }
                clauses.clear();
            }
            _ => {}
        }
    }
    found
}

fn parts(document: &Document, article: usize, clauses: &[(Option<&str>, &str)]) -> Vec<usize> {
    let labelled = |parent: usize, label: &str| {
        document.children(Some(parent)).find(|node| fold(&document.nodes()[*node].label) == label)
    };
    if clauses.is_empty() {
        return vec![article];
    }
    let part = |(point, clause): &(Option<&str>, &str)| {
        let clause = labelled(article, clause)?;
        Some(point.and_then(|point| labelled(clause, point)).unwrap_or(clause))
    };
    clauses.iter().filter_map(part).collect()
}

/// Clauses of the same article that take back what the rule demands: "không cần báo trước".
fn beside(document: &Document, rule: usize) -> Vec<usize> {
    let clause = document.enclosing(rule, NodeKind::Clause);
    let (Some(clause), Some(article)) = (clause, document.enclosing(rule, NodeKind::Article)) else {
        return Vec::new();
    };
    let rule_words =
        syllables(&fold(&format!("{} {}", pieces::opening(document, clause), document.provision_text(rule))));
    let pairs: HashSet<(&str, &str)> = rule_words.windows(2).map(|p| (p[0].as_str(), p[1].as_str())).collect();
    let rule_text = rule_words.join(" ");
    let takes_back = |node: &usize| {
        let words = syllables(&fold(pieces::opening(document, *node))).join(" ");
        TAKEN_BACK.iter().any(|begin| {
            words.match_indices(begin).any(|(at, _)| {
                let rest: Vec<&str> = words[at + begin.len()..].split_whitespace().take(2).collect();
                matches!(rest[..], [a, b] if pairs.contains(&(a, b)))
                    && !rule_text.contains(&format!("{begin} {}", rest.join(" ")))
            })
        })
    };
    document.children(Some(article)).filter(|node| *node != clause).filter(takes_back).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::{DocumentMeta, Heading};

    fn law() -> Document {
        let text = "Điều 1. Thuê quầy\n1. Người thuê phải đặt cọc trước 5 ngày, trừ trường hợp quy định tại khoản 3 Điều này và khoản 1 Điều 2 của Luật này.\n2. Người thuê không cần đặt cọc trước khi thuê lại.\n3. Quầy của hội.\nĐiều 2. Miễn\n1. Người già.\n";
        let heading = |kind, label: &str, mark: &str, from: usize| {
            let start = from + text[from..].find(mark).unwrap();
            let body = if kind == NodeKind::Article { start + text[start..].find('\n').unwrap() } else { start };
            Heading { kind, label: label.to_owned(), title: String::new(), start, body }
        };
        let second = text.find("Điều 2. Miễn").unwrap();
        let headings = vec![
            heading(NodeKind::Article, "1", "Điều 1.", 0),
            heading(NodeKind::Clause, "1", "1. Người thuê", 0),
            heading(NodeKind::Clause, "2", "2. Người thuê", 0),
            heading(NodeKind::Clause, "3", "3. Quầy", 0),
            heading(NodeKind::Article, "2", "Điều 2. Miễn", 0),
            heading(NodeKind::Clause, "1", "1. Người già", second),
        ];
        Document::new(
            DocumentMeta { title: "Luật Thuê quầy 2020".to_owned(), ..DocumentMeta::default() },
            text.to_owned(),
            headings,
        )
    }

    #[test]
    fn exceptions_are_found_by_reference_and_beside_the_rule() {
        let law = law();
        let rule = law.find("dieu-1/khoan-1").unwrap();
        let paths = |nodes: Vec<usize>| nodes.into_iter().map(|n| law.nodes()[n].path.clone()).collect::<Vec<_>>();
        assert_eq!(paths(referred_to(&law, rule)), ["dieu-1/khoan-3", "dieu-2/khoan-1"]);
        assert_eq!(paths(beside(&law, rule)), ["dieu-1/khoan-2"]);
        assert!(beside(&law, law.find("dieu-1/khoan-3").unwrap()).is_empty());
    }
}
