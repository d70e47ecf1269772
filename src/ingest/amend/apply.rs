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
            Ok(Some((range, text))) => changes.push((index, range, text)),
            Ok(None) => edited.applied.push(index),
            Err(reason) => edited.refused.push((index, reason)),
        }
    }
    changes.sort_by_key(|(index, range, _)| (range.start, range.end, *index));
    let mut kept: Vec<Change> = Vec::new();
    for change in changes {
        match kept.last() {
            Some((_, last, _)) if change.1.start < last.end => {
                edited.refused.push((change.0, "two instructions change the same words"));
            }
            _ => kept.push(change),
        }
    }
    if kept.is_empty() {
        return edited;
    }
    match result(current, &kept, edits) {
        Ok(text) => {
            edited.applied.extend(kept.iter().map(|(index, ..)| *index));
            edited.text = Some(text);
        }
        Err(reason) if kept.len() == 1 => edited.refused.push((kept[0].0, reason)),
        Err(_) => one_by_one(current, kept, edits, &mut edited),
    }
    edited
}

/// An edit's index, the bytes it replaces and what comes there.
type Change = (usize, Range<usize>, String);

/// Together they do not fit: each is added to those that do, in the order of the text, so that
/// one that cannot be carried out takes no other with it.
fn one_by_one(current: &Document, changes: Vec<Change>, edits: &[(Target, Edit)], edited: &mut Edited) {
    let mut kept: Vec<Change> = Vec::new();
    for change in changes {
        let index = change.0;
        kept.push(change);
        match result(current, &kept, edits) {
            Ok(text) => edited.text = Some(text),
            Err(reason) => {
                kept.pop();
                edited.refused.push((index, reason));
            }
        }
    }
    edited.applied.extend(kept.iter().map(|(index, ..)| *index));
}

/// The text with the changes, which stand in the order of the text; why not, where it would
/// change more than the provisions they name.
fn result(current: &Document, changes: &[Change], edits: &[(Target, Edit)]) -> Result<String, &'static str> {
    let mut text = current.text().to_owned();
    for (_, range, new) in changes.iter().rev() {
        text.replace_range(range.clone(), new);
    }
    let touched: Vec<&(Target, Edit)> = changes.iter().map(|(index, ..)| &edits[*index]).collect();
    only_named_changed(current, &text, &touched).map(|()| text)
}

/// The bytes an edit replaces and what comes there; none where nothing changes.
fn change(current: &Document, target: &Target, edit: &Edit) -> Result<Option<(Range<usize>, String)>, &'static str> {
    let path = target.path().ok_or("no article is named")?;
    let find = || current.find(&path).map(|node| &current.nodes()[node]).ok_or("the provision named is not there");
    Ok(Some(match edit {
        // A text that was gathered later may hold the amendment already.
        Edit::Text(_, text) if current.find(&path).is_some_and(|node| is_same(current.provision_text(node), text)) => {
            return Ok(None);
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
            let places = occurrences(&current.text()[whole.clone()], old);
            match places.as_slice() {
                [one] => exchange(current.text(), whole.start + one.start..whole.start + one.end, old, new),
                [] => return Err("the words to exchange do not stand there"),
                _ => return Err("the words to exchange stand there more than once"),
            }
        }
        Edit::Title(title) => {
            let article = &current.nodes()[0];
            (article.start..article.body, format!("Điều {}. {title}", article.label))
        }
        Edit::SameTitle(title) => {
            if !pieces::same_title(title, &current.nodes()[0].title) {
                return Err("the quoted heading is not the article's");
            }
            return Ok(None);
        }
    }))
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
