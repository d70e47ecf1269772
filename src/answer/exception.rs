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
/// Folded kinds of documents a reference may be to.
const DOCUMENT_KINDS: [&str; 12] = [
    "bo luat",
    "luat",
    "phap lenh",
    "nghi dinh",
    "nghi quyet",
    "thong tu",
    "thong tu lien tich",
    "quyet dinh",
    "dieu le",
    "quy che",
    "hien phap",
    "cong uoc",
];
/// Words behind an article in which its document is named.
const REFERENCE_WORDS_MAX: usize = 6;
/// Folded words that take a demand back; what follows them must stand in the rule.
const TAKEN_BACK: [&str; 3] = ["khong can", "khong phai", "khong ap dung"];

/// What limits the rule that was chosen first.
pub fn of(choice: &Choice<'_>, chosen: &[Chosen]) -> Vec<Found> {
    let Some(rule) = chosen.first() else { return Vec::new() };
    let document = choice.generation.at(rule.document);
    let mut nodes = referred_to(document, rule.node);
    nodes.extend(beside(document, rule.node));
    let mut seen = HashSet::new();
    nodes.retain(|node| seen.insert(*node) && document.validity(*node).in_force_on(choice.as_of));
    let found = |node: usize| {
        let is_list = document.children(Some(node)).next().is_some();
        let piece = if is_list { Piece::list(node) } else { Piece::leaf(node) };
        Found { document: rule.document, piece, role: Role::Exception, most: EXCEPTION_CHARS_MAX }
    };
    nodes.into_iter().take(EXCEPTIONS_MAX).map(found).collect()
}

/// Provisions of the same document that the rule excepts by name.
fn referred_to(document: &Document, rule: usize) -> Vec<usize> {
    let text = format!("{}\n{}", pieces::lead_in(document, rule), document.provision_text(rule));
    let Some(article) = document.enclosing(rule, NodeKind::Article) else { return Vec::new() };
    let mut found = Vec::new();
    for part in text.split([';', '.', '\n']) {
        // As written: folded, "điểm đ" would be "điểm d".
        let words = syllables(part);
        let folded: Vec<String> = words.iter().map(|word| fold(word)).collect();
        let begins = |at: &usize| EXCEPT.iter().any(|begin| folded[*at..].join(" ").starts_with(begin));
        if let Some(at) = (0..words.len()).find(begins) {
            found.extend(provisions(document, article, &Reference { words: &words[at..], folded: &folded[at..] }));
        }
    }
    found.retain(|node| *node != rule && !document.ancestors(rule).any(|above| above == *node));
    found
}

/// Syllables of a reference, as written and folded.
struct Reference<'a> {
    words: &'a [String],
    folded: &'a [String],
}

impl Reference<'_> {
    /// The labels listed from `at` on, "4, 5 và 6", and the syllable behind them.
    fn labels(&self, mut at: usize, is_label: fn(&str) -> bool) -> (Vec<&str>, usize) {
        let label = |at: usize| self.words.get(at).map(String::as_str).filter(|word| is_label(word));
        let mut found = Vec::new();
        loop {
            let joined = matches!(self.folded.get(at).map(String::as_str), Some("va" | "hoac"));
            let next = if joined && !found.is_empty() { at + 1 } else { at };
            match label(next) {
                Some(label) => found.push(label),
                None => return (found, at),
            }
            at = next + 1;
        }
    }

    /// Whether the article named before `at` is another document's: "của Luật Giáo dục", but not
    /// "của Luật này".
    fn is_of_another(&self, at: usize) -> bool {
        let until = |word: &&String| !matches!(word.as_str(), "dieu" | "khoan" | "diem" | "va" | "hoac");
        let behind: Vec<&str> =
            self.folded[at..].iter().take_while(until).take(REFERENCE_WORDS_MAX).map(String::as_str).collect();
        let behind = format!(" {} ", behind.join(" "));
        let kind = DOCUMENT_KINDS.iter().filter_map(|kind| Some((behind.find(&format!(" {kind} "))?, kind)));
        let first = kind.min_by_key(|(at, kind)| (*at, std::cmp::Reverse(kind.len())));
        first.is_some_and(|(at, kind)| !behind[at + 1 + kind.len()..].starts_with(" nay "))
    }
}

/// "4", "12a".
fn is_numbered(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) && word.len() <= 4
}

/// "a", "đ".
fn is_lettered(word: &str) -> bool {
    word.chars().count() == 1 && word.chars().all(|c| c.is_ascii_lowercase() || c == 'đ')
}

/// The provisions a reference names: "điểm a khoản 1 và khoản 3, 4 Điều này", "khoản 4 Điều 97 của Bộ luật này".
fn provisions(document: &Document, own_article: usize, reference: &Reference<'_>) -> Vec<usize> {
    let mut found = Vec::new();
    let (mut points, mut clauses): (Vec<&str>, Vec<(Vec<&str>, &str)>) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < reference.words.len() {
        let word = reference.folded[at].as_str();
        at += 1;
        match word {
            "diem" => {
                let (labels, behind) = reference.labels(at, is_lettered);
                points.extend(labels);
                at = behind;
            }
            "khoan" => {
                let (labels, behind) = reference.labels(at, is_numbered);
                // Points are of the clause they are named with, further clauses are whole.
                clauses.extend(labels.into_iter().map(|label| (std::mem::take(&mut points), label)));
                at = behind;
            }
            "dieu" => {
                let (labels, behind) = reference.labels(at, is_numbered);
                let is_own = labels.is_empty() && reference.folded.get(at).is_some_and(|word| word == "nay");
                let articles: Vec<usize> = if is_own {
                    vec![own_article]
                } else if reference.is_of_another(behind) {
                    Vec::new()
                } else {
                    labels.iter().filter_map(|label| document.find(&format!("dieu-{label}"))).collect()
                };
                for (place, article) in articles.iter().enumerate() {
                    // Clauses are of the article they are named with.
                    let own = if place == 0 { clauses.as_slice() } else { &[] };
                    found.extend(parts(document, *article, own));
                }
                clauses.clear();
                points.clear();
                at = behind;
            }
            _ => {}
        }
    }
    found
}

fn parts(document: &Document, article: usize, clauses: &[(Vec<&str>, &str)]) -> Vec<usize> {
    let labelled = |parent: usize, label: &str| {
        document.children(Some(parent)).find(|node| document.nodes()[*node].label.to_lowercase() == label)
    };
    if clauses.is_empty() {
        return vec![article];
    }
    let mut found = Vec::new();
    for (points, clause) in clauses {
        let Some(clause) = labelled(article, clause) else { continue };
        let named: Vec<usize> = points.iter().filter_map(|point| labelled(clause, point)).collect();
        if named.is_empty() {
            found.push(clause);
        }
        found.extend(named);
    }
    found
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
    use crate::law::{DocumentMeta, document::Heading};

    fn law() -> Document {
        let text = "Điều 1. Thuê quầy\n1. Người thuê phải đặt cọc trước 5 ngày, trừ trường hợp quy định tại khoản 3 Điều này và khoản 1 Điều 2 của Luật này.\n2. Người thuê không cần đặt cọc trước khi thuê lại.\n3. Quầy của hội, trừ trường hợp quy định tại các điểm d và đ khoản 4, khoản 1, 2 Điều này.\n4. Chợ có các loại quầy:\nd) Quầy cá;\nđ) Quầy hoa.\n5. Phí thu theo ngày, trừ trường hợp quy định tại Điều 2 Thông tư của bộ, khoản 1 Điều 2 Nghị quyết số 9.\nĐiều 2. Miễn\n1. Người già.\n";
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
            heading(NodeKind::Clause, "4", "4. Chợ", 0),
            heading(NodeKind::Point, "d", "d) Quầy", 0),
            heading(NodeKind::Point, "đ", "đ) Quầy", 0),
            heading(NodeKind::Clause, "5", "5. Phí", 0),
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
        let listed = paths(referred_to(&law, law.find("dieu-1/khoan-3").unwrap()));
        let points = ["dieu-1/khoan-4/diem-d", "dieu-1/khoan-4/diem-dd"];
        assert_eq!(listed, [points[0], points[1], "dieu-1/khoan-1", "dieu-1/khoan-2"]);
        let foreign = referred_to(&law, law.find("dieu-1/khoan-5").unwrap());
        assert!(foreign.is_empty(), "another document's article: {:?}", paths(foreign));
        assert_eq!(paths(beside(&law, rule)), ["dieu-1/khoan-2"]);
        assert!(beside(&law, law.find("dieu-1/khoan-3").unwrap()).is_empty());
    }
}
