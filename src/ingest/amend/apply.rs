/*!
Edits on the text of one article.

An edit names a provision and what happens to it. After the edits the text is read again:
every provision not named must be there, unchanged, or nothing is done at all.
*/

use std::{collections::BTreeMap, ops::Range};

use super::{How, Target, pieces};
use crate::ingest::place::words;
use crate::law::{
    Document, Node, NodeKind,
    label::{point_position, split_numbered},
};

/// What stands in place of a provision that is repealed, as consolidated texts print it.
pub const REPEALED: &str = "(được bãi bỏ)";

/// What happens to one provision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Replaced, or inserted, by text with its label.
    Text(How, String),
    /// Repealed.
    Repeal,
    /// Words exchanged.
    Words(String, String),
    /// The heading is this one now.
    Title(String),
    /// The heading was quoted along and must be this one already.
    SameTitle(String),
}

/// The outcome of the edits of one article.
#[derive(Debug, Default)]
pub struct Edited {
    /// The article's text now; none where nothing could be applied.
    pub text: Option<String>,
    /// Indices of the edits that were carried out.
    pub applied: Vec<usize>,
    /// The others with the reason.
    pub refused: Vec<(usize, &'static str)>,
}

/// Carries out edits of parts of the one article `current` holds.
pub fn edit(current: &Document, edits: &[(Target, Edit)]) -> Edited {
    let mut edited = Edited::default();
    let mut changes: Vec<Change> = Vec::new();
    for (index, (target, edit)) in edits.iter().enumerate() {
        match change(current, target, edit) {
            Ok(places) if places.is_empty() => edited.applied.push(index),
            Ok(places) => changes.push(Change { index, places }),
            Err(reason) => edited.refused.push((index, reason)),
        }
    }
    changes.sort_by_key(|change| (change.places[0].0.start, change.places[0].0.end, change.index));
    let mut kept: Vec<Change> = Vec::new();
    for change in changes {
        if kept.iter().any(|other| other.meets(&change)) {
            edited.refused.push((change.index, "two instructions change the same words"));
        } else {
            kept.push(change);
        }
    }
    if kept.is_empty() {
        return edited;
    }
    match result(current, &kept, edits) {
        Ok(text) => {
            edited.applied.extend(kept.iter().map(|change| change.index));
            edited.text = Some(text);
        }
        Err(reason) if kept.len() == 1 => edited.refused.push((kept[0].index, reason)),
        Err(_) => one_by_one(current, kept, edits, &mut edited),
    }
    edited
}

/// Bytes that are replaced and what comes there.
type Place = (Range<usize>, String);

/// What an edit does, as a whole or not at all.
struct Change {
    /// Of the edit.
    index: usize,
    /// In the order of the text; at least one.
    places: Vec<Place>,
}

impl Change {
    /// Whether two change the same words.
    fn meets(&self, other: &Self) -> bool {
        let meet = |one: &Range<usize>, other: &Range<usize>| one.start < other.end && other.start < one.end;
        self.places.iter().any(|(range, _)| other.places.iter().any(|(other, _)| meet(range, other)))
    }
}

/// Together they do not fit: each is added to those that do, in the order of the text, so that
/// one that cannot be carried out takes no other with it.
fn one_by_one(current: &Document, changes: Vec<Change>, edits: &[(Target, Edit)], edited: &mut Edited) {
    let mut kept: Vec<Change> = Vec::new();
    for change in changes {
        let index = change.index;
        kept.push(change);
        match result(current, &kept, edits) {
            Ok(text) => edited.text = Some(text),
            Err(reason) => {
                kept.pop();
                edited.refused.push((index, reason));
            }
        }
    }
    edited.applied.extend(kept.iter().map(|change| change.index));
}

/// The text with the changes; why not, where it would change more than the provisions they name.
fn result(current: &Document, changes: &[Change], edits: &[(Target, Edit)]) -> Result<String, &'static str> {
    let mut text = current.text().to_owned();
    let mut places: Vec<(usize, &Place)> =
        changes.iter().flat_map(|change| change.places.iter().map(|place| (change.index, place))).collect();
    places.sort_by_key(|(index, (range, _))| (range.start, range.end, *index));
    for (_, (range, new)) in places.into_iter().rev() {
        text.replace_range(range.clone(), new);
    }
    let touched: Vec<&(Target, Edit)> = changes.iter().map(|change| &edits[change.index]).collect();
    only_named_changed(current, &text, &touched).map(|()| text)
}

/// The places an edit changes; none where nothing changes.
fn change(current: &Document, target: &Target, edit: &Edit) -> Result<Vec<Place>, &'static str> {
    let path = target.path().ok_or("no article is named")?;
    let find = || current.find(&path).map(|node| &current.nodes()[node]).ok_or("the provision named is not there");
    Ok(vec![match edit {
        // A text that was gathered later may hold the amendment already.
        Edit::Text(_, text) if current.find(&path).is_some_and(|node| is_same(current.provision_text(node), text)) => {
            return Ok(Vec::new());
        }
        Edit::Text(How::Replace, text) => (span(current, find()?), text.clone()),
        Edit::Text(How::Insert(anchor), text) => {
            if current.find(&path).is_some() {
                return Err("a provision of that label is there already");
            }
            let at = place(current, target, anchor.as_ref())?;
            (at..at, format!("\n{text}"))
        }
        Edit::Repeal => {
            let node = find()?;
            let mark = match node.kind {
                NodeKind::Clause => ". ",
                NodeKind::Point => ") ",
                _ => return Err("only clauses and points are repealed within an article"),
            };
            (span(current, node), format!("{}{mark}{REPEALED}", node.label))
        }
        Edit::Words(old, new) => {
            let node = find()?;
            // Of a heading, the heading alone.
            let whole = node.start..if target.title_only { node.body } else { node.end };
            return words_exchanged(current.text(), whole, old, new);
        }
        Edit::Title(title) => {
            let article = &current.nodes()[0];
            (article.start..article.body, format!("Điều {}. {title}", article.label))
        }
        Edit::SameTitle(title) => {
            if !pieces::same_title(title, &current.nodes()[0].title) {
                return Err("the quoted heading is not the article's");
            }
            return Ok(Vec::new());
        }
    }])
}

/// Where words of a provision are exchanged. Who exchanges a phrase in a provision, or takes it out,
/// means the phrase wherever it stands there; which of several places words are added to, or which
/// single word is meant, is not certain.
fn words_exchanged(text: &str, within: Range<usize>, old: &str, new: &str) -> Result<Vec<Place>, &'static str> {
    let places = occurrences(&text[within.clone()], old);
    let is_phrase = 1 < old.split_whitespace().count() && occurrences(new, old).is_empty();
    match places.len() {
        0 => Err("the words to exchange do not stand there"),
        1 => Ok(places),
        _ if is_phrase => Ok(places),
        _ => Err("the words to exchange stand there more than once"),
    }
    .map(|places| {
        let at = |range: Range<usize>| within.start + range.start..within.start + range.end;
        places.into_iter().map(|range| exchange(text, at(range), old, new)).collect()
    })
}

fn is_same(one: &str, other: &str) -> bool {
    words(one) == words(other)
}

/// The bytes of a provision without the white space behind it.
fn span(current: &Document, node: &Node) -> Range<usize> {
    node.start..node.start + current.text()[node.start..node.end].trim_end().len()
}

/// Where a new clause or point is put: behind the one named, else behind the one its label follows.
fn place(current: &Document, target: &Target, anchor: Option<&Target>) -> Result<usize, &'static str> {
    if let Some(anchor) = anchor {
        let path = anchor.path().ok_or("no article is named")?;
        let node = current.find(&path).ok_or("the provision to insert behind is not there")?;
        return Ok(span(current, &current.nodes()[node]).end);
    }
    let parent = match (&target.point, &target.clause) {
        (Some(_), Some(_)) => Target { point: None, ..target.clone() },
        _ => Target::article(target.article.as_deref().unwrap_or_default()),
    };
    let parent = parent.path().and_then(|path| current.find(&path)).ok_or("the provision around is not there")?;
    let order = |label: &str| match target.point {
        Some(_) => point_position(label).map(|at| (u32::try_from(at).unwrap_or(u32::MAX), label.to_owned())),
        None => split_numbered(label).map(|(number, letters)| (number, letters.to_owned())),
    };
    let own = target.point.as_deref().or(target.clause.as_deref()).and_then(order).ok_or("no label")?;
    let siblings: Vec<usize> = current.children(Some(parent)).collect();
    let before = siblings.iter().rev().find(|i| order(&current.nodes()[**i].label).is_some_and(|label| label < own));
    match before {
        Some(node) => Ok(span(current, &current.nodes()[*node]).end),
        None => Err("there is no provision it could follow"),
    }
}

/// Places where `words` stand, white space of any kind between them, not within other words.
pub fn occurrences(text: &str, words: &str) -> Vec<Range<usize>> {
    let wanted: Vec<&str> = words.split_whitespace().collect();
    let Some(first) = wanted.first() else { return Vec::new() };
    let mut found: Vec<Range<usize>> = Vec::new();
    for (start, _) in text.match_indices(first) {
        if found.last().is_some_and(|last| start < last.end) {
            continue;
        }
        let mut at = start;
        let mut stands = true;
        for (index, word) in wanted.iter().enumerate() {
            let rest = &text[at..];
            let gap = rest.len() - rest.trim_start().len();
            let is_gap = if index == 0 { gap == 0 } else { 0 < gap };
            if !is_gap || !rest[gap..].starts_with(word) {
                stands = false;
                break;
            }
            at += gap + word.len();
        }
        let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let joined_before = is_letter(text[..start].chars().next_back()) && is_letter(first.chars().next());
        let joined_after = is_letter(text[at..].chars().next()) && is_letter(words.trim_end().chars().next_back());
        if stands && !joined_before && !joined_after {
            found.push(start..at);
        }
    }
    found
}

/// Words taken out leave no double space and no space before a comma.
fn exchange(text: &str, range: Range<usize>, old: &str, new: &str) -> (Range<usize>, String) {
    let new = new.trim();
    if !new.is_empty() || old.trim().is_empty() {
        return (range, new.to_owned());
    }
    let before = text[..range.start].ends_with(' ');
    let after = text[range.end..].chars().next();
    let drops_space = before && after.is_none_or(|c| c.is_whitespace() || matches!(c, ',' | ';' | '.' | ':' | ')'));
    (range.start - usize::from(drops_space)..range.end, String::new())
}

/// Reads the new text and compares it with the old one, provision by provision.
fn only_named_changed(old: &Document, new_text: &str, touched: &[&(Target, Edit)]) -> Result<(), &'static str> {
    let new = pieces::article_document(old.meta.clone(), new_text).ok_or("the result has no heading")?;
    let (before, after) = (own_texts(old), own_texts(&new));
    let is_named = |path: &str| {
        touched.iter().any(|(target, _)| {
            let Some(named) = target.path() else { return false };
            path.strip_prefix(named.as_str())
                .is_some_and(|rest| rest.is_empty() || (rest.starts_with('/') && !target.title_only))
        })
    };
    for (path, text) in &before {
        if !is_named(path) && after.get(path) != Some(text) {
            return Err("the result would change a provision that is not named");
        }
    }
    if after.keys().any(|path| !before.contains_key(path) && !is_named(path)) {
        return Err("the result would hold a provision that is not named");
    }
    for (target, edit) in touched {
        let is_there = target.path().is_some_and(|path| after.contains_key(path.as_str()));
        if matches!(edit, Edit::Text(..) | Edit::Words(..)) && !is_there {
            return Err("the result lacks the provision named");
        }
    }
    Ok(())
}

/// Own text of every node by its path, without white space around.
fn own_texts(document: &Document) -> BTreeMap<&str, &str> {
    (0..document.nodes().len()).map(|i| (document.nodes()[i].path.as_str(), document.own_text(i).trim())).collect()
}
