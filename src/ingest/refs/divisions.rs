/*!
Divisions of a document as drafters name them: `Mục 2 Chương III`, `Phụ lục II`.

A division is named from the inside out, like a provision, and found only where exactly one
of the document's fits; where it merely says in which chapter an article stands, it is no
target of its own.
*/

use super::{Target, Words};
use crate::law::{Document, NodeKind, label::roman, text::fold};

/// One level of a division's name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Division {
    /// Chapter, section, annex …
    pub kind: NodeKind,
    /// Its label as written; empty for the only annex.
    pub label: String,
}

/// The kind of division the word at `at` begins, and how many words say so.
pub(super) fn kind(words: &mut Words<'_>, at: usize) -> Option<(NodeKind, usize)> {
    let word = words.get(at)?.lower.clone();
    let next = |words: &mut Words<'_>, wanted: &str| words.is(at + 1, |next| next.lower == wanted);
    match word.as_str() {
        "chương" => Some((NodeKind::Chapter, 1)),
        "mục" => Some((NodeKind::Section, 1)),
        "tiểu" if next(words, "mục") => Some((NodeKind::Subsection, 2)),
        "phụ" if next(words, "lục") => {
            Some((NodeKind::Annex, if words.is(at + 2, |w| w.lower == "số") { 3 } else { 2 }))
        }
        _ => None,
    }
}

/// Whether `word` can be the label of a division.
pub(super) fn is_label(word: &str, kind: NodeKind) -> bool {
    let is_upper_roman = word.chars().all(|c| c.is_ascii_uppercase()) && roman(word).is_some();
    let letters = word.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_number =
        letters.len() < word.len() && letters.chars().count() <= 1 && letters.chars().all(char::is_alphabetic);
    let is_letter = kind == NodeKind::Annex && word.len() == 1 && word.bytes().all(|b| b.is_ascii_uppercase());
    // "Chương IIa": inserted between two.
    let inserted = word
        .strip_suffix(|c: char| c.is_lowercase())
        .is_some_and(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_uppercase()) && roman(word).is_some());
    is_upper_roman || is_number || is_letter || inserted
}

/// Takes divisions of one kind into `open`. `joined`: a comma or "và" stands before them.
/// False where it is not plain what belongs to what ("Mục 1 và Chương III").
pub(super) fn take(open: &mut Vec<Target>, kind: NodeKind, labels: &[String], title_only: bool, joined: bool) -> bool {
    let is_inner = |target: &Target| target.division.last().is_some_and(|outermost| kind < outermost.kind);
    if open.iter().any(is_inner) {
        let [label] = labels else { return false };
        if joined {
            return false;
        }
        for target in open.iter_mut().filter(|target| is_inner(target)) {
            target.division.push(Division { kind, label: label.clone() });
        }
        return true;
    }
    open.extend(labels.iter().map(|label| Target {
        division: vec![Division { kind, label: label.clone() }],
        title_only,
        ..Target::default()
    }));
    true
}

/// The only node of a document a division names; none where none or several fit.
pub(super) fn find(document: &Document, division: &[Division]) -> Option<usize> {
    let (own, outer) = division.split_first()?;
    let fits = |node: usize, level: &Division| {
        let node = &document.nodes()[node];
        node.kind == level.kind && (level.label.is_empty() || is_same_label(&node.label, &level.label))
    };
    let mut found = (0..document.nodes().len()).filter(|node| {
        let mut around = std::iter::successors(document.nodes()[*node].parent, |p| document.nodes()[*p].parent);
        let is_own = own.kind == NodeKind::Annex || !document.in_annex(*node);
        is_own && fits(*node, own) && outer.iter().all(|level| around.any(|node| fits(node, level)))
    });
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

fn is_same_label(one: &str, other: &str) -> bool {
    let number = |label: &str| label.parse().ok().or_else(|| roman(label));
    match (number(one), number(other)) {
        (Some(one), Some(other)) => one == other,
        _ => fold(one) == fold(other),
    }
}
