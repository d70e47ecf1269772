/*!
What differs between two sets of documents, down to the words.

Articles are compared by provision id: a new text under a known id is a change, not a removal
and an addition. An article whose validity now ends where it did not is repealed.
*/

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use similar::{Algorithm, DiffTag, capture_diff_slices};

use crate::law::{Document, NodeKind, Validity};

/// Longest texts compared word by word, in words; what differs of longer ones is shown whole.
const WORDS_MAX: usize = 5_000;
/// Words of an unchanged run shown at each of its ends.
const CONTEXT_WORDS: usize = 8;

/// A document as lists name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentName {
    /// Document id.
    pub id: String,
    /// Number as printed.
    pub number: Option<String>,
    /// Title.
    pub title: String,
    /// Its articles, annexes' included.
    pub articles: usize,
}

/// What happened to a run of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// It stands in both.
    Same,
    /// It stands in both and is left out here.
    Skipped,
    /// Only in the old text.
    Removed,
    /// Only in the new text.
    Added,
}

impl Op {
    /// Name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Skipped => "skipped",
            Self::Removed => "removed",
            Self::Added => "added",
        }
    }
}

/// A run of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// What happened to it.
    pub op: Op,
    /// The words; of a skipped run, how many they are.
    pub text: String,
}

/// An article in both sets that is not the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its id.
    pub id: String,
    /// Title and text, word by word; empty where only dates differ.
    pub words: Vec<Run>,
    /// Dates before and now, where they differ.
    pub validity: Option<(Validity, Validity)>,
}

/// An article that is no longer in force for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeal {
    /// Its id.
    pub id: String,
    /// Last day in force.
    pub last_day: Date,
}

/// What differs; ids in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Documents only in the new set.
    pub documents_added: Vec<DocumentName>,
    /// Documents only in the old set.
    pub documents_removed: Vec<DocumentName>,
    /// Documents in both of which an article was added, changed, repealed or removed.
    pub documents_changed: Vec<DocumentName>,
    /// Articles only in the new set.
    pub added: Vec<String>,
    /// Articles with another text, title or dates.
    pub changed: Vec<Change>,
    /// Articles whose validity now has an end it had not.
    pub repealed: Vec<Repeal>,
    /// Articles only in the old set.
    pub removed: Vec<String>,
}

impl Difference {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Compares the articles of two sets of documents.
pub fn documents(old: &[Document], new: &[Document]) -> Difference {
    let names = |documents: &[Document]| -> BTreeMap<String, DocumentName> {
        documents.iter().filter(|d| !d.is_overlay()).map(|document| (document.id.clone(), name(document))).collect()
    };
    let (old_names, new_names) = (names(old), names(new));
    let (old, new) = (articles(old), articles(new));
    let mut difference = Difference::default();
    let mut touched: BTreeSet<&str> = BTreeSet::new();
    for (id, article) in &new {
        let before = old.get(id);
        if before == Some(article) {
            continue;
        }
        touched.insert(document_of(id));
        let Some(before) = before else {
            difference.added.push(id.clone());
            continue;
        };
        if let (None, Some(last_day)) = (before.validity.to, article.validity.to) {
            difference.repealed.push(Repeal { id: id.clone(), last_day });
        }
        let ended = Validity { to: None, ..article.validity };
        if (before.title, before.text) != (article.title, article.text) || before.validity != ended {
            difference.changed.push(Change {
                id: id.clone(),
                words: words(&before.whole(), &article.whole()),
                validity: (before.validity != article.validity).then_some((before.validity, article.validity)),
            });
        }
    }
    difference.removed = old.into_keys().filter(|id| !new.contains_key(id)).collect();
    touched.extend(difference.removed.iter().map(|id| document_of(id)));
    let only = |these: &BTreeMap<String, DocumentName>, those: &BTreeMap<String, DocumentName>| {
        these.iter().filter(|(id, _)| !those.contains_key(*id)).map(|(_, name)| name.clone()).collect()
    };
    difference.documents_added = only(&new_names, &old_names);
    difference.documents_removed = only(&old_names, &new_names);
    let both = new_names.iter().filter(|(id, _)| old_names.contains_key(*id) && touched.contains(id.as_str()));
    difference.documents_changed = both.map(|(_, name)| name.clone()).collect();
    difference
}

/// An article's content.
#[derive(PartialEq)]
struct Article<'a> {
    title: &'a str,
    text: &'a str,
    validity: Validity,
}

impl Article<'_> {
    fn whole(&self) -> String {
        format!("{}\n{}", self.title, self.text)
    }
}

fn articles(documents: &[Document]) -> BTreeMap<String, Article<'_>> {
    let mut articles = BTreeMap::new();
    for document in documents {
        for (index, node) in document.nodes().iter().enumerate().filter(|(_, node)| node.kind == NodeKind::Article) {
            let article = Article {
                title: node.title.as_str(),
                text: document.provision_text(index),
                validity: document.validity(index),
            };
            // A version of an article is told from the law's own text by the day it begins.
            let day = article.validity.from.filter(|_| document.is_overlay());
            let id = document.provision_id(index);
            articles.insert(day.map_or(id.clone(), |day| format!("{id}?tai={day}")), article);
        }
    }
    articles
}

fn name(document: &Document) -> DocumentName {
    DocumentName {
        id: document.id.clone(),
        number: document.meta.number.clone(),
        title: document.meta.title.clone(),
        articles: document.nodes().iter().filter(|node| node.kind == NodeKind::Article).count(),
    }
}

fn document_of(id: &str) -> &str {
    id.split('/').next().unwrap_or(id)
}

/// What became of the words of a text; white space does not count. Empty for equal words.
pub fn words(old: &str, new: &str) -> Vec<Run> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split_whitespace().collect(), new.split_whitespace().collect());
    if old == new {
        return Vec::new();
    }
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let most = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let mut runs = Vec::new();
    same(&mut runs, &old[..head], true, false);
    let (old_middle, new_middle) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    if WORDS_MAX < old_middle.len().max(new_middle.len()) {
        push(&mut runs, Op::Removed, old_middle);
        push(&mut runs, Op::Added, new_middle);
    } else {
        for op in capture_diff_slices(Algorithm::Myers, old_middle, new_middle) {
            let (tag, before, after) = op.as_tag_tuple();
            if tag == DiffTag::Equal {
                same(&mut runs, &old_middle[before], false, false);
            } else {
                push(&mut runs, Op::Removed, &old_middle[before]);
                push(&mut runs, Op::Added, &new_middle[after]);
            }
        }
    }
    same(&mut runs, &old[old.len() - tail..], false, true);
    runs
}

fn push(runs: &mut Vec<Run>, op: Op, words: &[&str]) {
    if !words.is_empty() {
        runs.push(Run { op, text: words.join(" ") });
    }
}

/// An unchanged run: its words near a change, the rest counted.
fn same(runs: &mut Vec<Run>, words: &[&str], is_head: bool, is_tail: bool) {
    let first = if is_head { 0 } else { CONTEXT_WORDS };
    let last = if is_tail { 0 } else { CONTEXT_WORDS };
    if words.len() <= first + last + 1 {
        push(runs, Op::Same, words);
        return;
    }
    push(runs, Op::Same, &words[..first]);
    runs.push(Run { op: Op::Skipped, text: (words.len() - first - last).to_string() });
    push(runs, Op::Same, &words[words.len() - last..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &str, new: &str) -> String {
        let mark = |op| match op {
            Op::Same => "",
            Op::Skipped => "…",
            Op::Removed => "-",
            Op::Added => "+",
        };
        words(old, new).iter().map(|run| format!("{}[{}]", mark(run.op), run.text)).collect()
    }

    #[test]
    fn words_that_changed_are_told_from_those_that_did_not() {
        assert_eq!(shown("báo trước 30 ngày", "báo  trước\n30 ngày"), "");
        assert_eq!(shown("báo trước 30 ngày", "báo trước 45 ngày làm việc"), "[báo trước]-[30]+[45][ngày]+[làm việc]");
        assert_eq!(shown("", "mới"), "+[mới]");
        assert_eq!(shown("cũ", ""), "-[cũ]");
        let long = vec!["từ"; 100].join(" ");
        assert_eq!(
            shown(&format!("{long} a"), &format!("{long} b")),
            format!("…[92][{}]-[a]+[b]", ["từ"; 8].join(" "))
        );
    }

    #[test]
    fn texts_with_nothing_in_common_take_no_time() {
        let text = |seed: usize| (0..WORDS_MAX + 5).map(|n| format!("{seed}-{n}")).collect::<Vec<_>>().join(" ");
        assert_eq!(words(&text(1), &text(2)).len(), 2);
    }
}
