/*!
Articles of all files of the codification, gathered by their source documents.

A document's articles are spread over subjects and snapshots; so nothing is built before
every file was read. Of an article only one text is held, the newest, which bounds memory by
the size of one codification. Older texts that differ are counted and named, never merged.
*/

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use jiff::civil::Date;

use super::{
    note::{self, Amendment, Note},
    scan::{RawArticle, Subject, Upper, upper_rank},
};
use crate::law::{
    Validity,
    label::{document_slug, split_numbered},
};

/// Articles named in one remark on a file; the rest is counted.
pub(super) const NAMED_MAX: usize = 5;

/// Where a file of the codification comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// Name shown as the source.
    pub file: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Day of the snapshot by its folder or name.
    pub snapshot: Option<Date>,
}

/// An article with all that is known of it.
#[derive(Debug)]
pub(super) struct Article {
    pub label: String,
    /// How often the label stood before in the same file.
    pub occurrence: usize,
    pub title: String,
    pub text: String,
    pub uppers: Vec<Upper>,
    pub validity: Validity,
    pub changes: Option<String>,
    pub amendments: Vec<Amendment>,
    pub attachments: Vec<String>,
    /// Related articles: hashes of anchor and of snapshot and code.
    pub links: Vec<(u64, u64)>,
    pub snapshot: Option<Date>,
    /// From a copy somebody else made of the codification.
    pub is_derived: bool,
    /// Number of the subject it stands in.
    pub subject: u32,
    /// The file whose text is held.
    pub file: usize,
}

/// A source document while its articles come in.
#[derive(Debug)]
pub(super) struct Draft {
    pub kind: &'static str,
    pub number: Option<String>,
    pub title: Option<String>,
    pub issued: Option<Date>,
    pub issuer: Option<String>,
    /// Effective dates and how many articles give them.
    pub from: HashMap<Date, usize>,
    pub articles: Vec<Article>,
    by_label: HashMap<(String, usize), usize>,
    /// The newest file it was found in.
    pub file: usize,
    pub snapshot: Option<Date>,
    /// Whether a file of the codification itself has it.
    pub is_official: bool,
}

impl Draft {
    /// The effective date most articles give.
    pub fn effective(&self) -> Option<Date> {
        self.from.iter().max_by_key(|(date, count)| (**count, std::cmp::Reverse(**date))).map(|(date, _)| *date)
    }
}

/// What is remarked on a file once all are read.
#[derive(Debug, Default)]
pub(super) struct FileState {
    pub report: usize,
    pub origin: Origin,
    /// Articles whose text differs from the one held, and the snapshot of that one.
    pub differing: Vec<String>,
    pub differing_count: usize,
}

/// What one file held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Added {
    /// Documents by their place in the collection, with the count of their articles here.
    pub documents: Vec<(usize, usize)>,
    /// Articles whose source line names no document.
    pub unplaced: Vec<String>,
    /// Articles in all, each once.
    pub articles: usize,
}

/// All files of the codification of a corpus.
#[derive(Debug, Default)]
pub struct Codification {
    pub(super) drafts: Vec<Draft>,
    by_key: HashMap<String, usize>,
    /// Documents by their id at the law portal.
    by_item: HashMap<String, usize>,
    pub(super) anchors: HashMap<u64, (usize, usize)>,
    pub(super) codes: HashMap<u64, (usize, usize)>,
    pub(super) files: Vec<FileState>,
    /// Newest snapshot of each subject, by its number.
    pub(super) subjects: HashMap<String, (u32, Option<Date>)>,
    pub(super) newest_of_subject: Vec<Option<Date>>,
}

impl Codification {
    /// Begins a file whose remarks go to the report `report`.
    pub fn begin(&mut self, report: usize, origin: Origin) {
        self.files.push(FileState { report, origin, ..FileState::default() });
    }

    /// Takes in one subject of the file begun last.
    pub fn add(&mut self, subject: Subject) -> Added {
        let snapshot = self.files.last().and_then(|file| file.origin.snapshot).or(subject.newest);
        let is_derived = subject.is_derived;
        let subject_at = self.subject(&subject.number, snapshot.filter(|_| !is_derived));
        let mut added = Added::default();
        let mut seen = Seen::default();
        for raw in subject.articles {
            if let Some(place) = seen.by_code.get(&raw.code).copied().filter(|_| is_derived && raw.lines.is_empty()) {
                // An entry of a list of contents.
                self.point(&raw, snapshot, place);
                continue;
            }
            let found = note::parse(&raw.note);
            let Some(draft) = self.document_of(&raw, found.as_ref(), &seen) else {
                added.articles += 1;
                added.unplaced.push(if raw.code.is_empty() { raw.title } else { raw.code });
                continue;
            };
            let note = found.unwrap_or_default();
            let label = if note.label.is_empty() { own_label(&raw) } else { note.label.clone() };
            let (occurrence, is_new) = seen.occurrence(draft, &label, &raw.code);
            let article = Article { is_derived, ..self.article(&raw, note, label.clone(), snapshot) };
            let article = Article { occurrence, subject: subject_at, ..article };
            let place = (draft, self.keep(draft, article));
            self.point(&raw, snapshot, place);
            seen.note(&raw.code, place, label);
            // The codification itself lists an article twice where two subjects' parts meet.
            if is_new || !is_derived {
                added.articles += 1;
                seen.count(draft, &mut added.documents);
            }
        }
        added
    }

    /// Lets links to the article's anchor and code find it.
    fn point(&mut self, raw: &RawArticle, snapshot: Option<Date>, place: (usize, usize)) {
        if !raw.anchor.is_empty() {
            self.anchors.insert(hash(&raw.anchor), place);
        }
        if !raw.code.is_empty() {
            self.codes.insert(code_hash(snapshot, &raw.code), place);
        }
    }

    /// The document of an article; where its source line is damaged, by the portal's id, its
    /// neighbours of the same code, or the article it follows in count.
    fn document_of(&mut self, raw: &RawArticle, note: Option<&Note>, seen: &Seen) -> Option<usize> {
        if let Some(note) = note {
            return Some(self.draft(note, &raw.source_link));
        }
        let by_item = item_id(&raw.source_link).and_then(|item| self.by_item.get(item)).copied();
        let prefix = raw.code.rsplit_once('.').map(|(prefix, _)| prefix);
        by_item.or_else(|| seen.by_prefix.get(prefix?).copied()).or_else(|| {
            let (last, last_label) = seen.last.as_ref().filter(|_| raw.code.is_empty())?;
            let number = split_numbered(&own_label(raw))?.0;
            let before = split_numbered(last_label)?.0;
            (number == before || number == before + 1).then_some(*last)
        })
    }

    /// Number, title and first day in force of a document of the collection.
    pub fn document(&self, at: usize) -> (Option<String>, String, Validity) {
        let draft = &self.drafts[at];
        let validity = Validity { from: draft.effective(), to: None };
        (draft.number.clone(), super::build::title(draft), validity)
    }

    fn subject(&mut self, number: &str, snapshot: Option<Date>) -> u32 {
        let next = u32::try_from(self.subjects.len()).unwrap_or(u32::MAX);
        let entry = self.subjects.entry(number.to_owned()).or_insert((next, None));
        entry.1 = entry.1.max(snapshot);
        entry.0
    }

    /// The document a source line names, its facts noted.
    fn draft(&mut self, note: &Note, source_link: &str) -> usize {
        let key = match &note.number {
            // Laws and resolutions of the Assembly count separately under one form of number.
            Some(number) if number.contains("/QH") => format!("{} {}", note.kind.to_lowercase(), document_slug(number)),
            // Numbers without a year were given anew each year: the portal's own id tells them apart.
            Some(number) if !has_year(number) => {
                format!("{} {}", document_slug(number), item_id(source_link).unwrap_or_default())
            }
            Some(number) => document_slug(number),
            None => item_id(source_link).map_or_else(
                || document_slug(&format!("{} {}", note.kind, note.title.as_deref().unwrap_or_default())),
                |item| format!("item {item}"),
            ),
        };
        let file = self.files.len().saturating_sub(1);
        let at = *self.by_key.entry(key).or_insert_with(|| {
            self.drafts.push(Draft {
                kind: note.kind,
                number: note.number.clone(),
                title: None,
                issued: None,
                issuer: None,
                from: HashMap::new(),
                articles: Vec::new(),
                by_label: HashMap::new(),
                file,
                snapshot: None,
                is_official: false,
            });
            self.drafts.len() - 1
        });
        if let Some(item) = item_id(source_link) {
            self.by_item.entry(item.to_owned()).or_insert(at);
        }
        let draft = &mut self.drafts[at];
        // The line with the day of issue carries the whole title; others sometimes a part.
        if note.issued.is_some() && (draft.issued.is_none() || draft.title.is_none()) {
            draft.title = note.title.clone().or(draft.title.take());
            draft.issued = note.issued;
            draft.issuer.clone_from(&note.issuer);
        } else if draft.title.is_none() {
            draft.title.clone_from(&note.title);
        }
        if let Some(from) = note.from {
            *draft.from.entry(from).or_default() += 1;
        }
        at
    }

    fn article(&self, raw: &RawArticle, note: Note, label: String, snapshot: Option<Date>) -> Article {
        let is_main = raw.code.split('.').count() == 4;
        let uppers = if is_main { raw.uppers.clone() } else { uppers_of_link(&raw.source_link) };
        let links = raw
            .links
            .iter()
            .map(|link| (if link.anchor.is_empty() { 0 } else { hash(&link.anchor) }, code_hash(snapshot, &link.code)))
            .collect();
        let text = raw.lines.join("\n");
        let title = own_title(raw);
        // An article without a title is listed under its first words, which are its text.
        let is_text = !title.is_empty() && squashed(&text).take(40).eq(squashed(title).take(40));
        Article {
            label,
            occurrence: 0,
            title: if is_text { String::new() } else { title.to_owned() },
            text,
            uppers,
            validity: note.validity,
            changes: note.changes,
            amendments: note.amendments,
            attachments: raw.attachments.clone(),
            links,
            snapshot,
            is_derived: false,
            subject: 0,
            file: self.files.len().saturating_sub(1),
        }
    }

    /// Holds the article, or the other one of its label if that is newer; gives its place.
    fn keep(&mut self, draft: usize, article: Article) -> usize {
        let draft = &mut self.drafts[draft];
        if (draft.is_official, draft.snapshot) <= (!article.is_derived, article.snapshot) {
            draft.is_official = !article.is_derived;
            (draft.snapshot, draft.file) = (article.snapshot, article.file);
        }
        let key = (article.label.clone(), article.occurrence);
        let Some(at) = draft.by_label.get(&key).copied() else {
            draft.by_label.insert(key, draft.articles.len());
            draft.articles.push(article);
            return draft.articles.len() - 1;
        };
        let held = &mut draft.articles[at];
        let same = squashed(&held.text).eq(squashed(&article.text));
        let worth =
            |a: &Article| (!a.is_derived, a.snapshot, a.amendments.iter().filter_map(|x| x.from).max(), a.text.len());
        let is_newer = worth(held) <= worth(&article);
        let mut dropped = article;
        if is_newer {
            std::mem::swap(held, &mut dropped);
        }
        if dropped.snapshot == held.snapshot {
            let known: HashSet<(u64, u64)> = held.links.iter().copied().collect();
            held.links.extend(dropped.links.iter().filter(|link| !known.contains(link)));
        }
        if !same {
            let file = &mut self.files[dropped.file];
            file.differing_count += 1;
            if file.differing.len() < NAMED_MAX {
                let number = draft.number.as_deref().unwrap_or(draft.kind);
                let of = held.snapshot.map(|date| format!(" ({date})")).unwrap_or_default();
                file.differing.push(format!("Điều {} {number}{of}", held.label));
            }
        }
        at
    }
}

/// What was met in one subject.
#[derive(Debug, Default)]
struct Seen {
    by_code: HashMap<String, (usize, usize)>,
    /// Documents by code without its last part.
    by_prefix: HashMap<String, usize>,
    /// Codes under one label of a document: more than one where a document has two articles
    /// of that label, its own and that of a regulation it brings in.
    labels: HashMap<(usize, String), Vec<String>>,
    /// Document and label of the article before.
    last: Option<(usize, String)>,
    /// Where the counts of the documents stand.
    counts: HashMap<usize, usize>,
}

impl Seen {
    fn occurrence(&mut self, draft: usize, label: &str, code: &str) -> (usize, bool) {
        let codes = self.labels.entry((draft, label.to_owned())).or_default();
        match codes.iter().position(|own| own == code) {
            Some(at) => (at, false),
            None => {
                codes.push(code.to_owned());
                (codes.len() - 1, true)
            }
        }
    }

    fn note(&mut self, code: &str, place: (usize, usize), label: String) {
        if let Some((prefix, _)) = code.rsplit_once('.') {
            self.by_prefix.insert(prefix.to_owned(), place.0);
            self.by_code.insert(code.to_owned(), place);
        }
        self.last = Some((place.0, label));
    }

    fn count(&mut self, draft: usize, documents: &mut Vec<(usize, usize)>) {
        let at = *self.counts.entry(draft).or_insert_with(|| {
            documents.push((draft, 0));
            documents.len() - 1
        });
        documents[at].1 += 1;
    }
}

/// Label of an article by its heading: the last part of its code, or `41a` of "Điều 41a. …".
fn own_label(raw: &RawArticle) -> String {
    match raw.code.rsplit_once('.') {
        Some((_, last)) => last.to_lowercase(),
        None => plain_heading(&raw.title).map_or_else(String::new, |(label, _)| label.to_lowercase()),
    }
}

fn own_title(raw: &RawArticle) -> &str {
    match plain_heading(&raw.title).filter(|_| raw.code.is_empty()) {
        Some((_, title)) => title,
        None => &raw.title,
    }
}

fn plain_heading(line: &str) -> Option<(&str, &str)> {
    let (label, title) = line.strip_prefix("Điều ")?.split_once('.')?;
    let is_label = split_numbered(label).is_some_and(|(_, letters)| letters.chars().all(char::is_alphabetic));
    is_label.then(|| (label, title.trim()))
}

/// Characters that count when two texts are compared.
fn squashed(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| !c.is_whitespace())
}

pub(super) fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Codes are given anew in each snapshot, so the snapshot is part of them.
fn code_hash(snapshot: Option<Date>, code: &str) -> u64 {
    if code.is_empty() { 0 } else { hash(&format!("{snapshot:?} {code}")) }
}

fn has_year(number: &str) -> bool {
    number.split(['/', '-']).any(|part| part.len() == 4 && part.bytes().all(|b| b.is_ascii_digit()))
}

/// `2315` of an address with `ItemID=2315`.
fn item_id(link: &str) -> Option<&str> {
    let (_, rest) = link.split_once("ItemID=")?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    Some(&rest[..end]).filter(|id| !id.is_empty())
}

/// Chapter and section of `#Chuong_I_Muc_1_Dieu_5`, as the law portal names the place.
fn uppers_of_link(link: &str) -> Vec<Upper> {
    let Some((_, place)) = link.rsplit_once('#') else { return Vec::new() };
    let mut uppers: Vec<Upper> = Vec::new();
    let mut words = place.split('_');
    while let Some(word) = words.next() {
        let kind = match word {
            "Chuong" => "Chương",
            "Muc" => "Mục",
            "Phan" => {
                words.next();
                continue;
            }
            _ => break,
        };
        // Some labels have a small L where a Roman one stands.
        let label = words.next().unwrap_or_default().replace('l', "I");
        let label = format!("{kind} {label}");
        if label.ends_with(' ') || uppers.iter().any(|upper| upper_rank(&label) <= upper_rank(&upper.label)) {
            return Vec::new();
        }
        uppers.push(Upper { label, title: String::new() });
    }
    uppers
}
