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
    emit::{DivisionMark, absorb, article_order, day_text, emit, end_documents, mark_divisions, relate, source_text},
    mention, pieces, read,
};
use crate::{
    ingest::problem::{Problem, ProblemKind},
    law::{Document, DocumentKind, DocumentMeta, NodeKind},
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
    /// What is told of chapters, sections and annexes.
    pub(super) marks: Vec<DivisionMark>,
    /// Provisions changed as instructed.
    pub applied: usize,
    /// Provisions with a note instead.
    pub noted: usize,
}

/// One version of an article; the base document's own text where `text` is none.
pub(super) struct Version {
    pub(super) from: Option<Date>,
    pub(super) text: Option<Document>,
    pub(super) is_repealed: bool,
    /// Index of the document that made it.
    pub(super) by: Option<usize>,
    pub(super) notes: Vec<(String, String)>,
}

/// An instruction with its documents found.
pub(super) struct Order {
    pub(super) amending: usize,
    pub(super) base: usize,
    pub(super) day: Date,
    pub(super) instruction: Instruction,
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
            // What only one unit may see changes nothing that others see.
            let reaches = |base: &usize| {
                documents[amending].meta.unit.is_none() || documents[amending].meta.unit == documents[*base].meta.unit
            };
            let base = base.filter(reaches);
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
    mark_divisions(documents, std::mem::take(&mut outcome.marks));
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

pub(super) fn article_of(document: &Document, node: usize) -> Option<usize> {
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
                for (targets, reason) in self.collect(order, &mut edits) {
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

    /// Sorts what an order says by article; what cannot be sorted comes back.
    fn collect(
        &mut self,
        order: &Order,
        edits: &mut BTreeMap<String, Vec<(usize, Target, Edit)>>,
    ) -> Vec<(Vec<Target>, &'static str)> {
        let origin = order.instruction.origin;
        let mut put = |target: &Target, edit: Edit| {
            if let Some(article) = &target.article {
                edits.entry(article.clone()).or_default().push((origin, target.clone(), edit));
            }
        };
        let mut failed = Vec::new();
        match &order.instruction.action {
            Action::EndDocument { .. } => {}
            Action::Unclear { targets } => failed.push((targets.clone(), "the instruction is not a plain one")),
            Action::Repeal { targets } => {
                let (divisions, provisions): (Vec<&Target>, Vec<&Target>) =
                    targets.iter().partition(|target| target.article.is_none());
                provisions.into_iter().for_each(|target| put(target, Edit::Repeal));
                for division in divisions {
                    match self.end_division(order, division) {
                        Ok(articles) => articles.iter().for_each(|article| put(article, Edit::Repeal)),
                        Err(reason) => failed.push((vec![division.clone()], reason)),
                    }
                }
            }
            Action::Words { old, new, targets } => {
                targets.iter().for_each(|target| put(target, Edit::Words(old.clone(), new.clone())));
                let divisions: Vec<Target> = targets.iter().filter(|t| t.article.is_none()).cloned().collect();
                if !divisions.is_empty() {
                    failed.push((divisions, "words of a chapter, section or annex"));
                }
            }
            Action::Text { parts, text } => match pieces::cut(parts, text) {
                Ok(pieces) => {
                    for piece in pieces {
                        let edit = match (piece.target.title_only, piece.how) {
                            (false, how) => Edit::Text(how, piece.text),
                            (true, How::Replace) => Edit::Title(piece.text),
                            (true, How::Insert(_)) => Edit::SameTitle(piece.text),
                        };
                        put(&piece.target, edit);
                    }
                }
                Err(reason) => failed.push((parts.iter().map(|(_, target)| target.clone()).collect(), reason)),
            },
        }
        failed
    }

    /// Marks a division that ends as a whole and gives its articles in force.
    fn end_division(&mut self, order: &Order, target: &Target) -> Result<Vec<Target>, &'static str> {
        let base = &self.documents[self.base];
        let node = target.node(base).ok_or("no such chapter, section or annex, or several")?;
        if target.title_only {
            return Err("the heading of a chapter, section or annex");
        }
        let source = source_text(&self.documents[order.amending], order.instruction.origin);
        let note = format!("Hết hiệu lực từ ngày {} theo {source}.", day_text(order.day));
        let ends = (base.nodes()[node].kind == NodeKind::Annex).then_some(order.day);
        let articles = self.articles_of(node);
        self.outcome.marks.push(DivisionMark { base: self.base, node, note, ends });
        self.outcome.applied += usize::from(ends.is_some());
        Ok(articles)
    }

    /// The articles of a division that stand by now: the law's own, and those put between them.
    fn articles_of(&self, division: usize) -> Vec<Target> {
        let base = &self.documents[self.base];
        if base.nodes()[division].kind == NodeKind::Annex {
            return Vec::new();
        }
        let own: Vec<usize> =
            base.articles().filter(|article| base.ancestors(*article).any(|around| around == division)).collect();
        let (Some(first), Some(last)) = (own.first(), own.last()) else { return Vec::new() };
        // An article put behind the last one may belong here or to the next division.
        let span = article_order(&base.nodes()[*first].path)..article_order(&base.nodes()[*last].path);
        let own_paths = own.iter().map(|article| base.nodes()[*article].path.clone());
        let inserted = self.articles.keys().filter(|path| base.find(path).is_none());
        let inserted = inserted.filter(|path| span.contains(&article_order(path))).cloned();
        let stands = |path: &String| self.articles.get(path).is_none_or(|v| v.last().is_some_and(|v| !v.is_repealed));
        let label = |path: String| Target::article(path.trim_start_matches("dieu-"));
        own_paths.chain(inserted).filter(stands).map(label).collect()
    }

    /// One article on one day; what was refused comes back.
    fn article(&mut self, label: &str, day: Date, amending: usize, edits: Vec<Ordered>) -> Vec<Refused> {
        let path = Target::article(label).path().unwrap_or_default();
        let base = &self.documents[self.base];
        let versions = self.articles.entry(path.clone()).or_insert_with(|| base_version(base, &path));
        let group = Group { amending: &self.documents[amending], by: amending, day, path: &path };
        let is_whole = |target: &Target| target.clause.is_none() && target.point.is_none() && !target.title_only;
        let whole = edits.iter().position(|(_, target, edit)| is_whole(target) && !matches!(edit, Edit::Words(..)));
        let (applied, refused) = match whole {
            Some(at) => group.whole(versions, edits, at),
            None => group.parts(versions, base, edits),
        };
        self.outcome.applied += applied;
        refused
    }

    /// Notes on the provisions concerned that an amendment is not in their text.
    fn tell(&mut self, order: &Order, targets: &[Target], reason: &str) {
        let amending = &self.documents[order.amending];
        let source = source_text(amending, order.instruction.origin);
        let note = format!("{UNMERGED} {source} (từ ngày {}), chưa gộp vào bản này.", day_text(order.day));
        let base = &self.documents[self.base];
        let mut concerned: Vec<Target> = targets.iter().filter(|t| t.article.is_some()).cloned().collect();
        let mut is_placed = !concerned.is_empty();
        for target in targets.iter().filter(|target| target.article.is_none()) {
            let Some(node) = target.node(base) else { continue };
            is_placed = true;
            self.outcome.marks.push(DivisionMark { base: self.base, node, note: note.clone(), ends: None });
            if !target.title_only {
                concerned.extend(self.articles_of(node));
            }
        }
        for target in &concerned {
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
        if !is_placed {
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

/// An edit with the provision that orders it.
type Ordered = (usize, Target, Edit);
/// An edit that could not be carried out, with the reason.
type Refused = (usize, Target, &'static str);

/// The edits of one document on one article and day.
struct Group<'g> {
    amending: &'g Document,
    by: usize,
    day: Date,
    path: &'g str,
}

impl Group<'_> {
    fn note(&self, origin: usize) -> String {
        format!("Sửa đổi, bổ sung theo {}, từ ngày {}.", source_text(self.amending, origin), day_text(self.day))
    }

    /// The edit at `at` replaces, inserts or repeals the article as a whole.
    fn whole(&self, versions: &mut Vec<Version>, edits: Vec<Ordered>, at: usize) -> (usize, Vec<Refused>) {
        let exists = versions.last().is_some_and(|version| !version.is_repealed);
        let (origin, target, edit) = edits[at].clone();
        let text = match edit {
            Edit::Repeal if exists => Ok(None),
            Edit::Text(How::Replace, text) if exists => Ok(Some(text)),
            Edit::Text(How::Insert(_), text) if !exists && versions.is_empty() => Ok(Some(text)),
            Edit::Text(How::Insert(_), _) => Err("an article of that label is there already"),
            _ => Err("the article named is not there"),
        };
        let made = text.map(|text| text.map(|text| pieces::article_document(DocumentMeta::default(), &text)));
        let version = |text: Option<Document>, notes| Version {
            from: Some(self.day),
            is_repealed: text.is_none(),
            text,
            by: Some(self.by),
            notes,
        };
        let mut refused: Vec<Refused> = Vec::new();
        match made {
            Ok(None) => versions.push(version(None, Vec::new())),
            Ok(Some(Some(text))) => versions.push(version(Some(text), vec![(self.path.to_owned(), self.note(origin))])),
            Ok(Some(None)) => refused.push((origin, target, "the new text has no heading")),
            Err(reason) => refused.push((origin, target, reason)),
        }
        let applied = usize::from(refused.is_empty());
        let others = edits.into_iter().enumerate().filter(|(index, _)| *index != at);
        refused.extend(others.map(|(_, (origin, target, _))| (origin, target, "the article is replaced as a whole")));
        (applied, refused)
    }

    /// Edits of parts of the article.
    fn parts(&self, versions: &mut Vec<Version>, base: &Document, edits: Vec<Ordered>) -> (usize, Vec<Refused>) {
        let refuse_all = |edits: Vec<Ordered>, reason: &'static str| {
            (0, edits.into_iter().map(|(origin, target, _)| (origin, target, reason)).collect())
        };
        let Some(standing) = versions.last().filter(|version| !version.is_repealed) else {
            return refuse_all(edits, "the article named is not there");
        };
        let current = standing.text.clone().or_else(|| extract(base, self.path));
        let Some(current) = current else { return refuse_all(edits, "the article cannot be read on its own") };
        let plain: Vec<(Target, Edit)> = edits.iter().map(|(_, target, edit)| (target.clone(), edit.clone())).collect();
        let edited = apply::edit(&current, &plain);
        let made = edited.text.as_ref().and_then(|text| pieces::article_document(DocumentMeta::default(), text));
        let mut applied = 0;
        if let Some(text) = made {
            let kept = standing.notes.iter().filter(|(_, note)| note.starts_with(UNMERGED)).cloned();
            let new = edited.applied.iter().filter_map(|index| {
                let (origin, target, edit) = &edits[*index];
                let path = target.path().filter(|_| !matches!(edit, Edit::SameTitle(_)))?;
                Some((path, self.note(*origin)))
            });
            let notes = kept.chain(new).collect();
            let (from, by) = (Some(self.day), Some(self.by));
            versions.push(Version { from, text: Some(text), is_repealed: false, by, notes });
            applied = edited.applied.len();
        }
        let refused =
            edited.refused.into_iter().map(|(index, reason)| (edits[index].0, edits[index].1.clone(), reason));
        (applied, refused.collect())
    }
}

/// How a note begins that tells of an amendment not in the text.
pub const UNMERGED: &str = "Có văn bản sửa đổi:";

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
