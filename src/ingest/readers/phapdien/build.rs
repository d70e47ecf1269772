/*!
Collected articles -> documents of the law model, under the ids of their source documents.
*/

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

use jiff::civil::Date;

use super::{
    collect::{Article, Codification, Draft, FileState, NAMED_MAX},
    scan::{Upper, upper_rank},
};
use crate::{
    ingest::{
        parse,
        problem::{Problem, ProblemKind},
        sidecar::guess_kind,
    },
    law::{
        Document, DocumentKind, DocumentMeta, NodeKind, Relation, RelationKind, Source, Trust, Validity,
        document::Heading,
        label::{document_slug, label_slug, point_position, split_numbered},
        text::{fold, shorten, stored_form},
    },
};

/// Longest title, in characters; titles of amending documents list all they touch.
const TITLE_CHARS_MAX: usize = 400;

/// What all files gave together.
#[derive(Debug, Default)]
pub struct Finished {
    /// Documents, in order of first appearance, each with the report of its newest file.
    pub documents: Vec<(usize, Document)>,
    /// Remarks, each with the report it belongs to.
    pub problems: Vec<(usize, Problem)>,
    /// Links to articles that are in none of the files.
    pub dangling: usize,
}

impl Codification {
    /// Builds the documents.
    pub fn finish(mut self) -> Finished {
        let mut finished = Finished::default();
        let mut newest_of_subject = vec![None; self.subjects.len()];
        for (at, snapshot) in self.subjects.values() {
            newest_of_subject[*at as usize] = *snapshot;
        }
        self.newest_of_subject = newest_of_subject;
        part_same_numbers(&mut self.drafts);
        let ids: Vec<String> = self.drafts.iter().map(document_id).collect();
        let paths: Vec<Vec<String>> = self.drafts.iter().map(|d| d.articles.iter().map(path).collect()).collect();
        let drafts = std::mem::take(&mut self.drafts);
        let numbers: Vec<Option<String>> = drafts.iter().map(|draft| draft.number.clone()).collect();
        let mut remarks: Vec<Remarks> = self.files.iter().map(|_| Remarks::default()).collect();
        for (at, draft) in drafts.into_iter().enumerate() {
            let relations = draft
                .articles
                .iter()
                .enumerate()
                .flat_map(|(article, value)| self.relations((at, article), value, (&ids, &paths, &numbers)))
                .collect::<Vec<_>>();
            let links: usize = draft.articles.iter().map(|a| a.links.len()).sum();
            let resolved = relations.iter().filter(|(is_link, _)| *is_link).count();
            finished.dangling += links - resolved;
            let report = self.files[draft.file].report;
            let mut document = self.built(draft, &mut remarks);
            document.set_relations(relations.into_iter().filter_map(|(_, relation)| relation).collect());
            finished.documents.push((report, document));
        }
        for (file, remarks) in self.files.iter().zip(remarks) {
            finished.problems.extend(remarks.problems(file).into_iter().map(|problem| (file.report, problem)));
        }
        finished
    }

    /// Relations of one article; each with whether it comes from a link. A link to the
    /// article itself is resolved but says nothing.
    fn relations(
        &self,
        (draft, at): (usize, usize),
        article: &Article,
        (ids, paths, numbers): (&[String], &[Vec<String>], &[Option<String>]),
    ) -> Vec<(bool, Option<Relation>)> {
        let from = &paths[draft][at];
        let mut relations = Vec::new();
        for (anchor, code) in &article.links {
            let Some(&(to, to_article)) = self.anchors.get(anchor).or_else(|| self.codes.get(code)) else { continue };
            let relation = ((to, to_article) != (draft, at)).then(|| Relation {
                from: from.clone(),
                kind: RelationKind::Related,
                document: ids[to].clone(),
                number: numbers[to].clone(),
                path: paths[to][to_article].clone(),
            });
            relations.push((true, relation));
        }
        for amendment in &article.amendments {
            let relation = Relation::to_number(
                from.clone(),
                RelationKind::AmendedBy,
                &amendment.number,
                amendment.article.as_deref(),
            );
            relations.push((false, Some(relation)));
        }
        relations
    }

    fn built(&self, mut draft: Draft, remarks: &mut [Remarks]) -> Document {
        draft.articles.sort_by_cached_key(order);
        let effective = draft.effective();
        let mut text = String::new();
        let mut headings = Vec::new();
        let mut own: Vec<(usize, Validity, Vec<String>)> = Vec::new();
        let uppers = uppers(&draft.articles);
        for (article, uppers) in draft.articles.iter().zip(uppers) {
            for upper in uppers {
                write_upper(&mut text, &mut headings, &upper);
            }
            let parsed = write_article(&mut text, &mut headings, article);
            if !parsed.is_empty() {
                let name = format!("Điều {} {}", article.label, draft.number.as_deref().unwrap_or(draft.kind));
                remarks[article.file].note(&name, &parsed);
            }
            let validity = if article.validity == (Validity { from: effective, to: None }) {
                Validity::default()
            } else {
                article.validity
            };
            if self.is_left_behind(article) {
                remarks[article.file].left_behind += 1;
            }
            own.push((headings.len(), validity, self.notes(article)));
        }
        let meta = self.meta(&draft, effective);
        let mut document = Document::new(meta, text, headings);
        let articles: Vec<usize> = document.articles().collect();
        for (node, (_, validity, notes)) in articles.into_iter().zip(own) {
            document.set_validity(node, validity);
            for note in notes {
                document.add_note(node, note);
            }
        }
        document
    }

    /// Whether a newer snapshot has the subject and not this article.
    fn is_left_behind(&self, article: &Article) -> bool {
        article.snapshot < self.newest_of_subject[article.subject as usize]
    }

    fn notes(&self, article: &Article) -> Vec<String> {
        let mut notes = Vec::new();
        notes.extend(article.changes.as_deref().map(|changes| capitalised(changes.trim())));
        if !article.attachments.is_empty() {
            notes.push(format!("Tệp kèm theo trong Bộ pháp điển: {}", article.attachments.join("; ")));
        }
        if article.is_derived {
            notes.push("Lấy từ bản chép Bộ pháp điển của bên thứ ba, chưa đối chiếu".to_owned());
        }
        if self.is_left_behind(article)
            && let (Some(own), Some(newest)) = (article.snapshot, self.newest_of_subject[article.subject as usize])
        {
            let month = |date: Date| format!("{:02}/{}", date.month(), date.year());
            notes.push(format!(
                "Lấy từ bản pháp điển tháng {}; bản tháng {} không còn điều này",
                month(own),
                month(newest)
            ));
        }
        notes
    }

    fn meta(&self, draft: &Draft, effective: Option<Date>) -> DocumentMeta {
        let origin = &self.files[draft.file].origin;
        let title = title(draft);
        let by_word = DocumentKind::from_name(draft.kind).or_else(|| guess_kind(None, draft.kind));
        DocumentMeta {
            kind: guess_kind(draft.number.as_deref(), &title).or(by_word).unwrap_or(DocumentKind::Other),
            number: draft.number.clone(),
            title,
            issuer: draft.issuer.clone(),
            issued: draft.issued,
            validity: Validity { from: effective, to: None },
            source: Source {
                file: origin.file.clone(),
                sha256: origin.sha256.clone(),
                date: draft.snapshot,
                trust: if draft.is_official { Trust::Official } else { Trust::Unknown },
                incomplete: gaps(&draft.articles),
            },
            ..DocumentMeta::default()
        }
    }
}

/// What the articles of one file gave reason to remark.
#[derive(Debug, Default)]
struct Remarks {
    left_behind: usize,
    /// By kind: articles, and the names of the first ones.
    found: HashMap<ProblemKind, (usize, Vec<String>)>,
}

impl Remarks {
    fn note(&mut self, article: &str, problems: &[Problem]) {
        let kinds: HashSet<ProblemKind> = problems.iter().map(|problem| problem.kind).collect();
        for kind in kinds {
            let (count, names) = self.found.entry(kind).or_default();
            *count += 1;
            if names.len() < NAMED_MAX {
                names.push(article.to_owned());
            }
        }
    }

    fn problems(self, file: &FileState) -> Vec<Problem> {
        let mut problems = Vec::new();
        if 0 < file.differing_count {
            let message = format!(
                "{} differ from the text that is used, of a newer snapshot or another subject: {}",
                articles(file.differing_count),
                listed(&file.differing, file.differing_count)
            );
            problems.push(Problem::new(0, ProblemKind::Superseded, message));
        }
        if 0 < self.left_behind {
            let message =
                format!("{} are not in the newer snapshot of their subject and kept", articles(self.left_behind));
            problems.push(Problem::new(0, ProblemKind::Superseded, message));
        }
        let mut found: Vec<_> = self.found.into_iter().collect();
        found.sort_by_key(|(kind, _)| *kind);
        for (kind, (count, names)) in found {
            let message =
                format!("{} with numbering that does not count on: {}", articles(count), listed(&names, count));
            problems.push(Problem::new(0, kind, message));
        }
        problems
    }
}

fn articles(count: usize) -> String {
    if count == 1 { "1 article".to_owned() } else { format!("{count} articles") }
}

/// "a, b and 3 more".
pub(super) fn listed(names: &[String], count: usize) -> String {
    let more = count.saturating_sub(names.len());
    let rest = if 0 < more { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", names.join(", "))
}

/// A law and a resolution of the Assembly can have one number: only the law keeps it as its id.
fn part_same_numbers(drafts: &mut [Draft]) {
    let mut by_slug: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, draft) in drafts.iter().enumerate() {
        if let Some(number) = &draft.number {
            by_slug.entry(document_slug(number)).or_default().push(at);
        }
    }
    for at in by_slug.into_values().filter(|same| 1 < same.len()) {
        let law = at
            .iter()
            .copied()
            .max_by_key(|i| (matches!(drafts[*i].kind, "Luật" | "Bộ luật"), drafts[*i].articles.len(), Reverse(*i)));
        for other in at.into_iter().filter(|i| Some(*i) != law) {
            if let Some(number) = drafts[other].number.take() {
                let name = drafts[other].title.take().map(|title| format!(" {title}")).unwrap_or_default();
                drafts[other].title = Some(format!("{number}{name}"));
            }
        }
    }
}

fn document_id(draft: &Draft) -> String {
    draft.number.as_deref().map_or_else(|| document_slug(&title(draft)), document_slug)
}

/// "Bộ luật Lao động 2019", "Nghị định quy định về … 2020".
pub(super) fn title(draft: &Draft) -> String {
    let Some(name) = draft.title.as_deref() else {
        return match &draft.number {
            Some(number) => format!("{} {number}", draft.kind),
            None => draft.kind.to_owned(),
        };
    };
    let folded_kind = fold(draft.kind);
    // "Bộ luật số 1/2020/QH14 Bộ Luật thử nghiệm" names the kind twice.
    let repeats = fold(name).strip_prefix(&folded_kind).is_some_and(|rest| rest.starts_with(' '));
    let name = if repeats {
        let skip = draft.kind.chars().count();
        name.chars().skip(skip).collect::<String>().trim_start().to_owned()
    } else {
        name.to_owned()
    };
    let is_statute = matches!(draft.kind, "Luật" | "Bộ luật" | "Pháp lệnh") && !fold(&name).starts_with("ve ");
    let name = if is_statute { capitalised(&name) } else { small_first(&name) };
    let year = draft
        .issued
        .map(|date| date.year().to_string())
        .or_else(|| {
            let number = draft.number.as_deref()?;
            number.split('/').find(|p| p.len() == 4 && p.bytes().all(|b| b.is_ascii_digit())).map(str::to_owned)
        })
        .or_else(|| draft.effective().map(|date| date.year().to_string()));
    let name = shorten(&name, TITLE_CHARS_MAX);
    let has_year = year.as_deref().is_none_or(|year| name.ends_with(year));
    let year = year.filter(|_| !has_year).map(|year| format!(" {year}")).unwrap_or_default();
    format!("{} {name}{year}", draft.kind)
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), chars.as_str()))
}

/// A first capital that is not part of an abbreviation becomes small.
fn small_first(text: &str) -> String {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return String::new() };
    if chars.clone().next().is_some_and(char::is_uppercase) {
        return text.to_owned();
    }
    format!("{}{}", first.to_lowercase(), chars.as_str())
}

/// Place of an article in its document.
fn order(article: &Article) -> (u32, Vec<usize>, usize) {
    let (number, letters) = split_numbered(&article.label).unwrap_or((u32::MAX, &article.label));
    let letters = letters.chars().map(|c| point_position(&c.to_string()).unwrap_or(c as usize)).collect();
    (number, letters, article.occurrence)
}

/// Path the document will give the article.
fn path(article: &Article) -> String {
    let path = format!("dieu-{}", label_slug(&article.label));
    if article.occurrence == 0 { path } else { format!("{path}-lan-{}", article.occurrence + 1) }
}

/// Which numbers between the first and the last article are not there.
fn gaps(articles: &[Article]) -> Option<String> {
    let numbers: HashSet<u32> = articles.iter().filter_map(|a| Some(split_numbered(&a.label)?.0)).collect();
    let last = numbers.iter().max()?;
    let mut missing: Vec<String> = Vec::new();
    let mut at = 1;
    while at < *last && missing.len() < 2 * NAMED_MAX {
        if numbers.contains(&at) {
            at += 1;
            continue;
        }
        let end = (at..=*last).find(|n| numbers.contains(n)).unwrap_or(*last);
        missing.push(if end == at + 1 { at.to_string() } else { format!("{at}-{}", end - 1) });
        at = end;
    }
    let more = if at < *last && missing.len() == 2 * NAMED_MAX { ", …" } else { "" };
    (!missing.is_empty()).then(|| format!("the codification leaves out articles {}{more}", missing.join(", ")))
}

/// For each article the headings that begin before it; none at all where they are not in order.
fn uppers(articles: &[Article]) -> Vec<Vec<Upper>> {
    let mut open: Vec<Upper> = Vec::new();
    let mut seen: HashSet<Vec<String>> = HashSet::new();
    let mut all = Vec::with_capacity(articles.len());
    for article in articles {
        if article.uppers.is_empty() {
            all.push(Vec::new());
            continue;
        }
        let same = open.iter().zip(&article.uppers).take_while(|(a, b)| a.label == b.label).count();
        let starts = article.uppers[same..].to_vec();
        if !starts.is_empty() || same < open.len() {
            let key: Vec<String> = article.uppers.iter().map(|upper| upper.label.clone()).collect();
            if !seen.insert(key) {
                return vec![Vec::new(); articles.len()];
            }
        }
        open.clone_from(&article.uppers);
        all.push(starts);
    }
    all
}

fn write_upper(text: &mut String, headings: &mut Vec<Heading>, upper: &Upper) {
    const KINDS: [NodeKind; 4] = [NodeKind::Part, NodeKind::Chapter, NodeKind::Section, NodeKind::Subsection];
    let Some(kind) = KINDS.get(upper_rank(&upper.label)).copied() else { return };
    let label = upper.label.rsplit(' ').next().unwrap_or_default().trim_end_matches(['.', ':']).to_owned();
    let start = text.len();
    let (line, title) = (stored_form(&upper.label), stored_form(&upper.title));
    text.push_str(&line);
    if !title.is_empty() {
        text.push('\n');
        text.push_str(&title);
    }
    headings.push(Heading { kind, label, title, start, body: text.len() });
    text.push('\n');
}

fn write_article(text: &mut String, headings: &mut Vec<Heading>, article: &Article) -> Vec<Problem> {
    let start = text.len();
    let title = stored_form(&article.title);
    text.push_str(&format!("Điều {}.", article.label));
    if !title.is_empty() {
        text.push(' ');
        text.push_str(&title);
    }
    let label = article.label.clone();
    headings.push(Heading { kind: NodeKind::Article, label, title, start, body: text.len() });
    text.push('\n');
    let body = stored_form(&article.text);
    let parsed = parse::parse_article_body(body.trim(), text.len());
    headings.extend(parsed.headings);
    text.push_str(body.trim());
    text.push('\n');
    parsed.problems
}
