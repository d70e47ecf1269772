/*!
A document as it stood on a day: its articles each once, in the version of that day; and what
an article's page says of its versions and of the provisions it stands in relation to.
*/

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::types::VersionView;
use crate::{
    index::Generation,
    ingest::refs::Target,
    law::{Document, NodeKind, RelationKind, label::split_numbered},
};

/// Most relations shown of one provision.
const RELATIONS_MAX: usize = 100;

/// An article in the version of a day.
pub(super) type Standing<'g> = (&'g Document, usize);

/// The articles of a document on a day.
pub(super) struct DayView<'g> {
    generation: &'g Generation,
    base: &'g Document,
    as_of: Date,
    /// Articles that stand in no place of the base text, by the base article they follow.
    inserted: BTreeMap<Option<usize>, Vec<Standing<'g>>>,
}

impl<'g> DayView<'g> {
    pub(super) fn new(generation: &'g Generation, base: &'g Document, as_of: Date) -> Self {
        let mut inserted: BTreeMap<Option<usize>, Vec<Standing<'g>>> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for overlay in generation.documents().map(|(_, d)| d).filter(|d| d.id == base.id && d.is_overlay()) {
            for article in overlay.articles() {
                let path = &overlay.nodes()[article].path;
                let stands = overlay.validity(article).in_force_on(as_of);
                if stands && base.find(path).is_none() && seen.insert(path) {
                    let order = order(&overlay.nodes()[article].label);
                    let before = base.articles().filter(|i| self::order(&base.nodes()[*i].label) < order).last();
                    inserted.entry(before).or_default().push((overlay, article));
                }
            }
        }
        for list in inserted.values_mut() {
            list.sort_by_key(|(document, node)| order(&document.nodes()[*node].label));
        }
        Self { generation, base, as_of, inserted }
    }

    /// The version of an article of the base text on the day; itself where none is in force.
    pub(super) fn standing(&self, article: usize) -> Standing<'g> {
        if self.base.validity(article).in_force_on(self.as_of) {
            return (self.base, article);
        }
        let found = self.generation.provision(&self.base.provision_id(article), self.as_of);
        found.and_then(|(document, node)| Some((document, node?))).unwrap_or((self.base, article))
    }

    /// Articles inserted behind one of the base text (none: before the first).
    pub(super) fn behind(&self, article: Option<usize>) -> &[Standing<'g>] {
        self.inserted.get(&article).map_or(&[], Vec::as_slice)
    }

    /// Ids of the articles before and after one.
    pub(super) fn neighbours(&self, id: &str) -> (Option<String>, Option<String>) {
        let mut ids: Vec<String> = self.behind(None).iter().map(|(d, n)| d.provision_id(*n)).collect();
        for article in (0..self.base.nodes().len()).filter(|i| self.base.nodes()[*i].kind == NodeKind::Article) {
            ids.push(self.base.provision_id(article));
            ids.extend(self.behind(Some(article)).iter().map(|(d, n)| d.provision_id(*n)));
        }
        let at = ids.iter().position(|other| other == id);
        let near = |at: Option<usize>| at.and_then(|at| ids.get(at)).cloned();
        (near(at.and_then(|at| at.checked_sub(1))), near(at.map(|at| at + 1)))
    }
}

fn order(label: &str) -> (u32, String) {
    split_numbered(label).map_or((u32::MAX, label.to_owned()), |(number, letters)| (number, letters.to_owned()))
}

/// Every version of a provision with its days and the document it comes from.
pub(super) fn versions(generation: &Generation, id: &str, shown: Standing<'_>, as_of: Date) -> Vec<VersionView> {
    let view = |(document, node): (&Document, usize)| {
        let validity = document.validity(node);
        VersionView {
            effective_from: validity.from,
            effective_to: validity.to,
            by: document.meta.version_by.clone().unwrap_or_else(|| document.law_id().to_owned()),
            in_force: validity.in_force_on(as_of),
            shown: std::ptr::eq(document, shown.0) && node == shown.1,
        }
    };
    // A version replaced on the day it began was never law.
    let was_law = |validity: &crate::law::Validity| validity.from.zip(validity.to).is_none_or(|(from, to)| from <= to);
    let versions = generation.versions(id).into_iter();
    versions.filter(|(document, node)| was_law(&document.validity(*node))).map(view).collect()
}

/// Relations of a provision and of what it holds, both ways: kind, id, citation.
pub(super) fn relations(generation: &Generation, base: &Document, path: &str) -> Vec<(String, String, String)> {
    let concerns = |other: &str| {
        if path.is_empty() {
            return other.is_empty();
        }
        other.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    // By rank of the kind, kind and id; with the number as printed, where the relation gives it.
    let mut found: BTreeMap<(u8, &str, String), Option<&str>> = BTreeMap::new();
    for (_, document) in generation.documents() {
        for relation in document.relations() {
            if document.id == base.id && concerns(&relation.from) {
                let kind = relation.kind.name();
                found.insert((rank(kind), kind, relation.id()), relation.number.as_deref());
            }
            if relation.document == base.id && concerns(&relation.path) {
                let from = if relation.from.is_empty() {
                    document.id.clone()
                } else {
                    format!("{}/{}", document.id, relation.from)
                };
                let kind = reverse(relation.kind);
                found.entry((rank(kind), kind, from)).or_insert(document.meta.number.as_deref());
            }
        }
    }
    let own = if path.is_empty() { base.id.clone() } else { format!("{}/{path}", base.id) };
    let is_other = |id: &str| id != own && !id.starts_with(&format!("{own}/"));
    let shown = found.into_iter().filter(|((_, _, id), _)| is_other(id)).take(RELATIONS_MAX);
    let view = |((_, kind, id), number): ((u8, &str, String), Option<&str>)| {
        let citation = citation(generation, &id, number);
        (kind.to_owned(), id, citation)
    };
    shown.map(view).collect()
}

/// What a relation is called from its other end.
fn reverse(kind: RelationKind) -> &'static str {
    match kind {
        RelationKind::Details => "detailed_by",
        RelationKind::DetailedBy => "details",
        RelationKind::RefersTo => "referred_by",
        RelationKind::Related => "related",
        RelationKind::Amends => "amended_by",
        RelationKind::AmendedBy => "amends",
    }
}

/// The order in which kinds are shown.
fn rank(kind: &str) -> u8 {
    const ORDER: [&str; 7] = ["amended_by", "amends", "detailed_by", "details", "refers_to", "referred_by", "related"];
    ORDER.iter().position(|other| *other == kind).and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX)
}

/// Citation of a provision by its id; of one not held what the id tells.
fn citation(generation: &Generation, id: &str, number: Option<&str>) -> String {
    let (document_id, path) = id.split_once('/').unwrap_or((id, ""));
    if let Some(document) = generation.document(document_id) {
        let versions = generation.versions(id);
        if let Some((version, node)) = versions.first() {
            return version.citation(Some(*node)).to_string();
        }
        if path.is_empty() {
            return document.citation(None).to_string();
        }
    }
    let number = number.unwrap_or(document_id);
    let label = |word: &str| path.split('/').find_map(|part| part.strip_prefix(word)).map(|l| l.replace("dd", "đ"));
    let target =
        Target { article: label("dieu-"), clause: label("khoan-"), point: label("diem-"), ..Target::default() };
    if path.is_empty() { number.to_owned() } else { format!("{} {number}", target.text()) }
}
