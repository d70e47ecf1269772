/*!
Versions of articles over time.

A law's own text keeps its articles and gets their last days; a changed article stands in a
second document of the same id, of only the changed articles, with the day they begin.
Whatever cannot be carried out is told on the provision, in every version it concerns.
*/

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{
    Action, How, Instruction, Named, Target,
    apply::{self, Edit},
    mention, pieces, read,
};
use crate::{
    ingest::problem::{Problem, ProblemKind},
    law::{Document, DocumentKind, DocumentMeta, NodeKind, Relation, RelationKind, Validity, document::Heading},
};

/// What came of the amendments of a corpus.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Documents of changed articles, to stand behind the others.
    pub overlays: Vec<Document>,
    /// What could not be carried out, by the index of the amending document.
    pub problems: Vec<(usize, Problem)>,
    /// What concerns no single provision, by the index of the law.
    pub document_notes: Vec<(usize, String)>,
    /// Provisions changed as instructed.
    pub applied: usize,
    /// Provisions with a note instead.
    pub noted: usize,
}

/// One version of an article; the base document's own text where `text` is none.
struct Version {
    from: Option<Date>,
    text: Option<Document>,
    is_repealed: bool,
    /// Index of the document that made it.
    by: Option<usize>,
    notes: Vec<(String, String)>,
}

/// An instruction with its documents found.
struct Order {
    amending: usize,
    base: usize,
    day: Date,
    instruction: Instruction,
}

/// Carries out on `documents` what they say of each other.
pub fn apply(documents: &mut [Document]) -> Outcome {
    let mut outcome = Outcome::default();
    let mut orders = Vec::new();
    let mut unmerged: BTreeSet<(usize, usize)> = BTreeSet::new();
    for amending in 0..documents.len() {
        if !gives_orders(&documents[amending]) {
            continue;
        }
        for instruction in read::instructions(&documents[amending]) {
            let number = number_of(documents, amending, &instruction.document);
            note_number(&mut documents[amending], &instruction, number.as_deref());
            let base = base_of(documents, amending, &instruction.document, number.as_deref());
            let day = documents[amending].validity(instruction.origin).from;
            match (base, day) {
                (Some(base), Some(day)) => orders.push(Order { amending, base, day, instruction }),
                (base, _) => {
                    unmerged.extend(article_of(&documents[amending], instruction.origin).map(|a| (amending, a)));
                    if base.is_some() {
                        let message = "it amends other documents but its own effective date is unknown";
                        outcome.problems.push((amending, Problem::new(0, ProblemKind::NotApplied, message)));
                    }
                }
            }
        }
    }
    orders.sort_by_key(|order| (order.base, order.day, documents[order.amending].meta.issued, order.amending));
    end_documents(documents, &orders);
    let mut at = 0;
    while at < orders.len() {
        let base = orders[at].base;
        let next = at + orders[at..].iter().take_while(|order| order.base == base).count();
        let mut timeline = Timeline { documents, base, articles: BTreeMap::new(), outcome: &mut outcome };
        timeline.run(&orders[at..next], &mut unmerged);
        let articles = timeline.articles;
        emit(documents, base, articles, &mut outcome);
        at = next;
    }
    for (base, note) in std::mem::take(&mut outcome.document_notes) {
        let notes = &mut documents[base].meta.notes;
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    relate(documents, &orders);
    absorb(documents, &orders, &unmerged);
    outcome
}

fn gives_orders(document: &Document) -> bool {
    document.meta.kind.is_law() && !matches!(document.meta.kind, DocumentKind::Digest | DocumentKind::Consolidated)
}

fn article_of(document: &Document, node: usize) -> Option<usize> {
    document.enclosing(node, NodeKind::Article)
}

/// The number of a document named: as given, or that of the same name elsewhere in the text.
fn number_of(documents: &[Document], amending: usize, named: &Named) -> Option<String> {
    if named.number.is_some() {
        return named.number.clone();
    }
    let wanted = mention::comparable(&named.name);
    let document = &documents[amending];
    let preamble = document.nodes().iter().position(|n| n.kind == NodeKind::Preamble)?;
    mention::all_numbered(&mention::flat(document.own_text(preamble)))
        .into_iter()
        .find(|other| mention::comparable(&other.name) == wanted)
        .and_then(|other| other.number)
}

/// The law concerned, where its own text is held.
fn base_of(documents: &[Document], amending: usize, named: &Named, number: Option<&str>) -> Option<usize> {
    let is_text = |d: &Document| !matches!(d.meta.kind, DocumentKind::Digest | DocumentKind::Consolidated);
    if let Some(number) = number {
        let id = crate::law::label::document_slug(number);
        return (0..documents.len()).find(|i| *i != amending && documents[*i].id == id && is_text(&documents[*i]));
    }
    let wanted = mention::comparable(&named.name);
    let day = documents[amending].meta.validity.from;
    let fits = |d: &Document| {
        mention::comparable(&d.meta.title) == wanted && day.is_none_or(|day| d.meta.validity.in_force_on(day))
    };
    let mut fitting =
        (0..documents.len()).filter(|i| *i != amending && is_text(&documents[*i]) && fits(&documents[*i]));
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first)
}

/// What a document amends or ends is known from its text, too.
fn note_number(document: &mut Document, instruction: &Instruction, number: Option<&str>) {
    let Some(number) = number.filter(|number| document.meta.number.as_deref() != Some(number)) else { return };
    let list = match instruction.action {
        Action::EndDocument { .. } => &mut document.meta.replaces,
        _ => &mut document.meta.amends,
    };
    if !list.iter().any(|other| other == number) {
        list.push(number.to_owned());
    }
}

/// The last day of documents that others end.
fn end_documents(documents: &mut [Document], orders: &[Order]) {
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

/// `khoản 2 Điều 5 Nghị định số 12/2022/NĐ-CP`.
pub fn source_text(document: &Document, node: usize) -> String {
    let citation = document.citation(Some(node));
    let target =
        Target { article: citation.article, clause: citation.clause, point: citation.point, title_only: false };
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

fn day_text(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}

/// The versions of one law's articles.
struct Timeline<'d, 'o> {
    documents: &'d [Document],
    base: usize,
    articles: BTreeMap<String, Vec<Version>>,
    outcome: &'o mut Outcome,
}

impl Timeline<'_, '_> {
    /// Carries out the orders, in groups of one document and one day.
    fn run(&mut self, orders: &[Order], unmerged: &mut BTreeSet<(usize, usize)>) {
        let mut at = 0;
        while at < orders.len() {
            let (day, amending) = (orders[at].day, orders[at].amending);
            let same = |order: &&Order| order.day == day && order.amending == amending;
            let next = at + orders[at..].iter().take_while(same).count();
            let mut edits: BTreeMap<String, Vec<(usize, Target, Edit)>> = BTreeMap::new();
            for order in &orders[at..next] {
                let failed = self.collect(order, &mut edits);
                if let Err((targets, reason)) = failed {
                    self.tell(order, &targets, reason);
                    unmerged.extend(self.origin_article(order).map(|article| (amending, article)));
                }
            }
            for (label, edits) in edits {
                for (origin, target, reason) in self.article(&label, day, amending, edits) {
                    let order = orders[at..next].iter().find(|order| order.instruction.origin == origin);
                    if let Some(order) = order {
                        self.tell(order, &[target], reason);
                        unmerged.extend(self.origin_article(order).map(|article| (amending, article)));
                    }
                }
            }
            at = next;
        }
    }

    fn origin_article(&self, order: &Order) -> Option<usize> {
        article_of(&self.documents[order.amending], order.instruction.origin)
    }

    /// Sorts what an order says by article.
    fn collect(
        &self,
        order: &Order,
        edits: &mut BTreeMap<String, Vec<(usize, Target, Edit)>>,
    ) -> Result<(), (Vec<Target>, &'static str)> {
        let origin = order.instruction.origin;
        let mut put = |target: &Target, edit: Edit| {
            if let Some(article) = &target.article {
                edits.entry(article.clone()).or_default().push((origin, target.clone(), edit));
            }
        };
        match &order.instruction.action {
            Action::EndDocument { .. } => {}
            Action::Unclear { targets } => return Err((targets.clone(), "the instruction is not a plain one")),
            Action::Repeal { targets } => targets.iter().for_each(|target| put(target, Edit::Repeal)),
            Action::Words { old, new, targets } => {
                targets.iter().for_each(|target| put(target, Edit::Words(old.clone(), new.clone())));
            }
            Action::Text { parts, text } => {
                let targets = || parts.iter().map(|(_, target)| target.clone()).collect();
                for piece in pieces::cut(parts, text).map_err(|reason| (targets(), reason))? {
                    let edit = match (piece.target.title_only, piece.how) {
                        (false, how) => Edit::Text(how, piece.text),
                        (true, How::Replace) => Edit::Title(piece.text),
                        (true, How::Insert(_)) => Edit::SameTitle(piece.text),
                    };
                    put(&piece.target, edit);
                }
            }
        }
        Ok(())
    }

    /// One article on one day; what was refused comes back.
    fn article(
        &mut self,
        label: &str,
        day: Date,
        amending: usize,
        edits: Vec<(usize, Target, Edit)>,
    ) -> Vec<(usize, Target, &'static str)> {
        let path = Target::article(label).path().unwrap_or_default();
        let base = &self.documents[self.base];
        let versions = self.articles.entry(path.clone()).or_insert_with(|| base_version(base, &path));
        let standing = versions.last().filter(|version| !version.is_repealed);
        let exists = standing.is_some();
        let is_whole = |target: &Target| target.clause.is_none() && target.point.is_none() && !target.title_only;
        let source = |origin: usize| source_text(&self.documents[amending], origin);
        if let Some(at) =
            edits.iter().position(|(_, target, edit)| is_whole(target) && !matches!(edit, Edit::Words(..)))
        {
            let mut refused: Vec<_> = Vec::new();
            let (origin, target, edit) = edits[at].clone();
            let text = match edit {
                Edit::Repeal if exists => Ok(None),
                Edit::Text(How::Replace, text) if exists => Ok(Some(text)),
                Edit::Text(How::Insert(_), text) if !exists && versions.is_empty() => Ok(Some(text)),
                Edit::Text(How::Insert(_), _) => Err("an article of that label is there already"),
                _ => Err("the article named is not there"),
            };
            let made = text.map(|text| text.map(|text| pieces::article_document(DocumentMeta::default(), &text)));
            match made {
                Ok(None) => {
                    let is_repealed = true;
                    versions.push(Version {
                        from: Some(day),
                        text: None,
                        is_repealed,
                        by: Some(amending),
                        notes: vec![],
                    });
                    self.outcome.applied += 1;
                }
                Ok(Some(Some(text))) => {
                    let notes = vec![(path, applied_note(&source(origin), day))];
                    let is_repealed = false;
                    versions.push(Version {
                        from: Some(day),
                        text: Some(text),
                        is_repealed,
                        by: Some(amending),
                        notes,
                    });
                    self.outcome.applied += 1;
                }
                Ok(Some(None)) => refused.push((origin, target, "the new text has no heading")),
                Err(reason) => refused.push((origin, target, reason)),
            }
            let others = edits.into_iter().enumerate().filter(|(index, _)| *index != at);
            refused
                .extend(others.map(|(_, (origin, target, _))| (origin, target, "the article is replaced as a whole")));
            return refused;
        }
        let Some(standing) = standing else {
            return edits
                .into_iter()
                .map(|(origin, target, _)| (origin, target, "the article named is not there"))
                .collect();
        };
        let extracted;
        let current = match &standing.text {
            Some(text) => text,
            None => {
                extracted = extract(base, &path);
                match &extracted {
                    Some(text) => text,
                    None => {
                        let reason = "the article cannot be read on its own";
                        return edits.into_iter().map(|(origin, target, _)| (origin, target, reason)).collect();
                    }
                }
            }
        };
        let plain: Vec<(Target, Edit)> = edits.iter().map(|(_, target, edit)| (target.clone(), edit.clone())).collect();
        let edited = apply::edit(current, &plain);
        let made = edited.text.as_ref().and_then(|text| pieces::article_document(DocumentMeta::default(), text));
        if let Some(text) = made {
            let kept = standing.notes.iter().filter(|(_, note)| note.starts_with(UNMERGED)).cloned();
            let new = edited.applied.iter().filter_map(|index| {
                let (origin, target, edit) = &edits[*index];
                (!matches!(edit, Edit::SameTitle(_)))
                    .then(|| target.path())
                    .flatten()
                    .map(|p| (p, applied_note(&source(*origin), day)))
            });
            let notes = kept.chain(new).collect();
            versions.push(Version { from: Some(day), text: Some(text), is_repealed: false, by: Some(amending), notes });
            self.outcome.applied += edited.applied.len();
        }
        edited.refused.into_iter().map(|(index, reason)| (edits[index].0, edits[index].1.clone(), reason)).collect()
    }

    /// Notes on the provisions concerned that an amendment is not in their text.
    fn tell(&mut self, order: &Order, targets: &[Target], reason: &str) {
        let amending = &self.documents[order.amending];
        let source = source_text(amending, order.instruction.origin);
        let note = format!("{UNMERGED} {source} (từ ngày {}), chưa gộp vào bản này.", day_text(order.day));
        let base = &self.documents[self.base];
        for target in targets {
            let article = target.article.as_deref().map(Target::article).and_then(|article| article.path());
            let (Some(article), Some(path)) = (article, target.path()) else { continue };
            let versions = self.articles.entry(article.clone()).or_insert_with(|| base_version(base, &article));
            match versions.last_mut() {
                Some(version) => version.notes.push((path, note.clone())),
                None => versions.push(Version {
                    from: None,
                    text: None,
                    is_repealed: true,
                    by: None,
                    notes: vec![(path, note.clone())],
                }),
            }
            self.outcome.noted += 1;
        }
        if targets.is_empty() {
            let note = format!(
                "{UNMERGED} văn bản số {} (từ ngày {}) còn sửa phần khác, như phụ lục, mẫu, chưa gộp vào bản này.",
                amending.law_id(),
                day_text(order.day)
            );
            self.outcome.document_notes.push((self.base, note));
        }
        let what: Vec<String> = targets.iter().map(Target::text).collect();
        let what = if what.is_empty() { "an unnamed provision".to_owned() } else { what.join(", ") };
        let message = format!("{source}: {what} of {} not merged, {reason}", base.law_id());
        self.outcome.problems.push((order.amending, Problem::new(0, ProblemKind::NotApplied, message)));
    }
}

/// How a note begins that tells of an amendment not in the text.
pub const UNMERGED: &str = "Có văn bản sửa đổi:";

fn applied_note(source: &str, day: Date) -> String {
    format!("Sửa đổi, bổ sung theo {source}, từ ngày {}.", day_text(day))
}

fn base_version(base: &Document, path: &str) -> Vec<Version> {
    let is_there = base.find(path).is_some_and(|node| base.nodes()[node].kind == NodeKind::Article);
    let version = || Version { from: None, text: None, is_repealed: false, by: None, notes: Vec::new() };
    if is_there { vec![version()] } else { Vec::new() }
}

/// An article of a law as a document of its own; none where reading it alone gives other
/// provisions than reading it within the law.
fn extract(base: &Document, path: &str) -> Option<Document> {
    let node = base.find(path)?;
    let article = &base.nodes()[node];
    let alone = pieces::article_document(DocumentMeta::default(), &base.text()[article.start..article.end])?;
    let inside = base.nodes()[node..].iter().take_while(|n| n.start < article.end);
    let same = inside.map(|n| n.path.as_str()).eq(alone.nodes().iter().map(|n| n.path.as_str()));
    same.then_some(alone)
}

/// Sets the last days of the base text and makes the documents of changed articles.
fn emit(documents: &mut [Document], base: usize, articles: BTreeMap<String, Vec<Version>>, outcome: &mut Outcome) {
    let mut made: BTreeMap<(Date, usize), Vec<(String, Validity, Version)>> = BTreeMap::new();
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
    crate::law::label::split_numbered(label).map_or((u32::MAX, label.to_owned()), |(n, l)| (n, l.to_owned()))
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
fn relate(documents: &mut [Document], orders: &[Order]) {
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
        let mut paths: Vec<String> = targets.into_iter().filter_map(Target::path).collect();
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
fn absorb(documents: &mut [Document], orders: &[Order], unmerged: &BTreeSet<(usize, usize)>) {
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
        let title = crate::law::text::fold(&documents[document].nodes()[article].title);
        // Final provisions say more than what they amend.
        if !["hieu luc", "thi hanh"].iter().any(|word| title.contains(word)) {
            let path = documents[document].nodes()[article].path.clone();
            documents[document].meta.absorbed.push(path);
        }
    }
}
