/*!
What amendments leave behind: last days, documents of changed articles, relations, notes.
*/

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{
    Action, Target,
    versions::{Order, Outcome, Version, article_of},
};
use crate::law::{
    Document, DocumentKind, DocumentMeta, Relation, RelationKind, Validity, document::Heading, label::split_numbered,
    text::fold,
};

/// The last day of documents that others end.
pub(super) fn end_documents(documents: &mut [Document], orders: &[Order]) {
    for order in orders {
        let Action::EndDocument { except, on } = &order.instruction.action else { continue };
        let first_day_without = on.unwrap_or(order.day);
        let source = source_text(&documents[order.amending], order.instruction.origin);
        let base = &mut documents[order.base];
        base.meta.validity.to = base.meta.validity.to.or(first_day_without.yesterday().ok());
        let mut note = format!("Hết hiệu lực từ ngày {} theo {source}", day_text(first_day_without));
        if !except.is_empty() {
            note.push_str(&format!(", {except}"));
        }
        base.meta.notes.push(format!("{note}."));
    }
}

/// Notes on chapters, sections and annexes, and the last day of annexes that ended.
pub(super) fn mark_divisions(documents: &mut [Document], marks: Vec<DivisionMark>) {
    for DivisionMark { base, node, note, ends } in marks {
        let base = &mut documents[base];
        base.add_note(node, note);
        // Articles have their own last days; an annex has no other node that could carry it.
        if let Some(first_day_without) = ends {
            let validity = base.nodes()[node].validity;
            let to = validity.to.or(first_day_without.yesterday().ok());
            base.set_validity(node, Validity { to, ..validity });
        }
    }
}

/// What is told of a division of a law.
#[derive(Debug)]
pub(super) struct DivisionMark {
    /// Index of the law.
    pub(super) base: usize,
    /// The division's node.
    pub(super) node: usize,
    pub(super) note: String,
    /// Of an annex that ended: the first day without it.
    pub(super) ends: Option<Date>,
}

/// `khoản 2 Điều 5 Nghị định số 12/2022/NĐ-CP`.
pub fn source_text(document: &Document, node: usize) -> String {
    let citation = document.citation(Some(node));
    let target =
        Target { article: citation.article, clause: citation.clause, point: citation.point, ..Target::default() };
    let kind = match document.meta.kind {
        DocumentKind::Code => "Bộ luật",
        DocumentKind::Law => "Luật",
        DocumentKind::Ordinance => "Pháp lệnh",
        DocumentKind::Resolution => "Nghị quyết",
        DocumentKind::Decree => "Nghị định",
        DocumentKind::Decision => "Quyết định",
        DocumentKind::Circular => "Thông tư",
        _ => "văn bản",
    };
    match &document.meta.number {
        Some(number) => format!("{} {kind} số {number}", target.text()),
        None => format!("{} {}", target.text(), document.meta.title),
    }
}

pub(super) fn day_text(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}

/// Path, dates and version of an article that changed.
type Placed = (String, Validity, Version);

/// Sets the last days of the base text and makes the documents of changed articles.
pub(super) fn emit(
    documents: &mut [Document],
    base: usize,
    articles: BTreeMap<String, Vec<Version>>,
    outcome: &mut Outcome,
) {
    let mut made: BTreeMap<(Date, usize), Vec<Placed>> = BTreeMap::new();
    for (path, versions) in articles {
        let days: Vec<Option<Date>> = versions.iter().map(|version| version.from).collect();
        for (index, version) in versions.into_iter().enumerate() {
            let to = days.get(index + 1).copied().flatten().and_then(|day| day.yesterday().ok());
            match (version.by, version.from, version.text.is_some()) {
                (Some(by), Some(from), true) => {
                    let validity = Validity { from: Some(from), to };
                    made.entry((from, by)).or_default().push((path.clone(), validity, version));
                }
                _ => {
                    let Some(node) = documents[base].find(&path) else { continue };
                    for (at, note) in version.notes {
                        let at = documents[base].find(&at).unwrap_or(node);
                        documents[base].add_note(at, note);
                    }
                    if !version.is_repealed && to.is_some() {
                        let from = documents[base].nodes()[node].validity.from;
                        documents[base].set_validity(node, Validity { from, to });
                    }
                    if version.is_repealed
                        && let (Some(by), Some(from)) = (version.by, version.from)
                    {
                        let number = documents[by].law_id().to_owned();
                        let note = format!("Bị bãi bỏ từ ngày {} theo văn bản số {number}.", day_text(from));
                        documents[base].add_note(node, note);
                    }
                }
            }
        }
    }
    for ((_, by), mut versions) in made {
        versions.sort_by_key(|(path, ..)| article_order(path));
        let overlay = overlay(&documents[base], &documents[by], versions);
        outcome.overlays.push(overlay);
    }
}

/// Articles in the order of their labels.
pub fn article_order(path: &str) -> (u32, String) {
    let label = path.trim_start_matches("dieu-");
    split_numbered(label).map_or((u32::MAX, label.to_owned()), |(n, l)| (n, l.to_owned()))
}

/// The changed articles as one document of the law's id.
pub fn overlay_of(base: &Document, by: &Document, articles: Vec<(Validity, Document)>) -> Document {
    let mut text = String::new();
    let mut headings: Vec<Heading> = Vec::new();
    let mut validities = Vec::new();
    for (validity, article) in &articles {
        let offset = text.len();
        validities.push((headings.len(), *validity));
        headings.extend(article.nodes().iter().map(|node| Heading {
            kind: node.kind,
            label: node.label.clone(),
            title: node.title.clone(),
            start: node.start + offset,
            body: node.body + offset,
        }));
        text.push_str(article.text());
        text.push_str("\n\n");
    }
    let meta =
        DocumentMeta { version_by: Some(by.law_id().to_owned()), source: by.meta.source.clone(), ..base.meta.clone() };
    let mut overlay = Document::new(meta, text, headings);
    for (node, validity) in validities {
        overlay.set_validity(node, validity);
    }
    overlay
}

fn overlay(base: &Document, by: &Document, versions: Vec<(String, Validity, Version)>) -> Document {
    let mut notes = Vec::new();
    let mut articles = Vec::new();
    for (path, validity, version) in versions {
        notes.extend(version.notes.into_iter().map(|(at, note)| (path.clone(), at, note)));
        articles.extend(version.text.map(|text| (validity, text)));
    }
    let mut overlay = overlay_of(base, by, articles);
    for (article, at, note) in notes {
        if let Some(node) = overlay.find(&at).or_else(|| overlay.find(&article)) {
            overlay.add_note(node, note);
        }
    }
    overlay
}

/// Both ends of every instruction know each other.
pub(super) fn relate(documents: &mut [Document], orders: &[Order]) {
    let mut added: BTreeMap<usize, Vec<Relation>> = BTreeMap::new();
    for order in orders {
        let (amending, base) = (&documents[order.amending], &documents[order.base]);
        let origin = amending.nodes()[order.instruction.origin].path.clone();
        let targets: Vec<&Target> = match &order.instruction.action {
            Action::Text { parts, .. } => parts.iter().map(|(_, target)| target).collect(),
            Action::Repeal { targets } | Action::Words { targets, .. } | Action::Unclear { targets } => {
                targets.iter().collect()
            }
            Action::EndDocument { .. } => Vec::new(),
        };
        let path = |target: &Target| target.path().or_else(|| Some(base.nodes()[target.node(base)?].path.clone()));
        let mut paths: Vec<String> = targets.into_iter().filter_map(path).collect();
        if paths.is_empty() {
            paths.push(String::new());
        }
        for path in paths {
            added.entry(order.amending).or_default().push(Relation {
                from: origin.clone(),
                kind: RelationKind::Amends,
                document: base.id.clone(),
                number: base.meta.number.clone(),
                path: path.clone(),
            });
            added.entry(order.base).or_default().push(Relation {
                from: path,
                kind: RelationKind::AmendedBy,
                document: amending.id.clone(),
                number: amending.meta.number.clone(),
                path: origin.clone(),
            });
        }
    }
    for (index, mut relations) in added {
        relations.extend(documents[index].relations().iter().cloned());
        documents[index].set_relations(relations);
    }
}

/// Articles of amending documents whose every instruction is carried out: the law's own
/// articles speak for them from now on.
pub(super) fn absorb(documents: &mut [Document], orders: &[Order], unmerged: &BTreeSet<(usize, usize)>) {
    let changes = orders.iter().filter(|order| !matches!(order.instruction.action, Action::EndDocument { .. }));
    let merged: BTreeSet<(usize, usize)> = changes
        .filter_map(|order| Some((order.amending, article_of(&documents[order.amending], order.instruction.origin)?)))
        .filter(|pair| !unmerged.contains(pair))
        .collect();
    let numbers: BTreeSet<(usize, usize)> = orders.iter().map(|order| (order.base, order.amending)).collect();
    for (base, amending) in numbers {
        let number = documents[amending].law_id().to_owned();
        documents[base].meta.merged.push(number);
    }
    for (document, article) in merged {
        let title = fold(&documents[document].nodes()[article].title);
        // Final provisions say more than what they amend.
        if !["hieu luc", "thi hanh"].iter().any(|word| title.contains(word)) {
            let path = documents[document].nodes()[article].path.clone();
            documents[document].meta.absorbed.push(path);
        }
    }
}
