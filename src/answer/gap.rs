/*!
Law that was in force on a day and is not held.

Documents on one subject replace each other. Where the question's best text belongs to
another time, and the document of the chain that was in force on the day asked for is not
held, the answer names it instead of quoting what came before or after.
*/

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::{
    index::Generation,
    ingest::KnownDocuments,
    law::{Document, Validity},
};

/// Longest chain of documents that replaced each other.
const CHAIN_DOCUMENTS_MAX: usize = 32;

/// A document in force on the day asked for that is not held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Number as printed.
    pub number: String,
    /// Title, where it is known.
    pub title: Option<String>,
    /// Dates in force, as far as they are known.
    pub validity: Validity,
}

/// Every document held that was not in force on `as_of`, whose place was then taken by one that
/// is not held: index of the document held, and the missing one.
pub fn missing_on(generation: &Generation, known: &KnownDocuments, as_of: Date) -> Vec<(usize, Missing)> {
    let chains = Chains { documents: generation.documents().map(|(_, document)| document).collect(), known };
    // An agreement or guide that ended leaves no gap in the law.
    let is_candidate = |d: &Document| !d.is_overlay() && d.meta.kind.is_law() && !d.meta.validity.in_force_on(as_of);
    let held = generation.documents().filter(|(_, document)| is_candidate(document));
    held.filter_map(|(index, document)| Some((index, chains.missing(document, as_of)?))).collect()
}

struct Chains<'g> {
    documents: Vec<&'g Document>,
    known: &'g KnownDocuments,
}

impl Chains<'_> {
    fn held(&self, number: &str) -> Option<&Document> {
        self.documents.iter().copied().find(|d| !d.is_overlay() && d.meta.number.as_deref() == Some(number))
    }

    /// Walks from a document held to the one in force on the day; none where that is held or
    /// nothing is known of it.
    fn missing(&self, document: &Document, as_of: Date) -> Option<Missing> {
        let start = document.meta.number.clone()?;
        let is_later = document.meta.validity.to.is_some_and(|to| to < as_of);
        let mut seen: BTreeSet<String> = BTreeSet::from([start.clone()]);
        let mut open = vec![start];
        let mut found = None;
        while let Some(number) = open.pop() {
            let next = if is_later { self.successors(&number) } else { self.predecessors(&number) };
            for next in next {
                if CHAIN_DOCUMENTS_MAX < seen.len() || !seen.insert(next.clone()) {
                    continue;
                }
                let validity = self.validity(&next, &number, is_later);
                if !begun_and_not_ended(&next, validity, self.issued(&next), as_of) {
                    open.push(next);
                } else if self.held(&next).is_some() {
                    return None;
                } else {
                    let title = self.known.find(&next).map(|known| known.title.clone()).filter(|t| !t.is_empty());
                    found.get_or_insert(Missing { number: next, title, validity });
                }
            }
        }
        found
    }

    fn predecessors(&self, number: &str) -> Vec<String> {
        let mut list: Vec<String> = self.held(number).map(|d| d.meta.replaces.clone()).unwrap_or_default();
        list.extend(self.known.find(number).map(|known| known.replaces.clone()).unwrap_or_default());
        let by = |known: &&crate::ingest::known::KnownDocument| known.replaced_by.as_deref() == Some(number);
        list.extend(self.known.document.iter().filter(by).map(|known| known.number.clone()));
        list
    }

    fn successors(&self, number: &str) -> Vec<String> {
        let replaces = |list: &[String]| list.iter().any(|other| other == number);
        let held = self.documents.iter().filter(|d| !d.is_overlay() && replaces(&d.meta.replaces));
        let mut list: Vec<String> = held.filter_map(|d| d.meta.number.clone()).collect();
        list.extend(self.known.document.iter().filter(|k| replaces(&k.replaces)).map(|k| k.number.clone()));
        list.extend(self.known.find(number).and_then(|known| known.replaced_by.clone()));
        list
    }

    /// Dates of a document next to `neighbour` in its chain: stated, else as the neighbour tells.
    fn validity(&self, number: &str, neighbour: &str, is_later: bool) -> Validity {
        if let Some(held) = self.held(number) {
            return held.meta.validity;
        }
        let stated = self.known.find(number).map(|known| known.validity()).unwrap_or_default();
        let beside = self
            .held(neighbour)
            .map(|d| d.meta.validity)
            .or_else(|| self.known.find(neighbour).map(|known| known.validity()))
            .unwrap_or_default();
        let told = if is_later {
            Validity { from: beside.to.and_then(|to| to.tomorrow().ok()), to: None }
        } else {
            Validity { from: None, to: beside.from.and_then(|from| from.yesterday().ok()) }
        };
        stated.or(told)
    }

    fn issued(&self, number: &str) -> Option<Date> {
        self.known.find(number).and_then(|known| known.issued())
    }
}

/// Whether a document was in force on a day; one whose first day is unknown was not before it
/// was issued, nor before the year of its number.
fn begun_and_not_ended(number: &str, validity: Validity, issued: Option<Date>, as_of: Date) -> bool {
    let year = number.split('/').find(|part| part.len() == 4).and_then(|part| part.parse::<i16>().ok());
    let first = validity.from.or(issued).or_else(|| year.and_then(|year| Date::new(year, 1, 1).ok()));
    first.is_some_and(|first| first <= as_of) && validity.in_force_on(as_of)
}

impl Missing {
    /// `Nghị định về lương tối thiểu (74/2024/NĐ-CP), hiệu lực từ 01/07/2024 đến 31/12/2025`.
    pub fn text(&self) -> String {
        let day = |date: Date| date.strftime("%d/%m/%Y").to_string();
        let name = self
            .title
            .as_ref()
            .map_or_else(|| format!("văn bản số {}", self.number), |title| format!("{title} ({})", self.number));
        match (self.validity.from, self.validity.to) {
            (Some(from), Some(to)) => format!("{name}, hiệu lực từ {} đến {}", day(from), day(to)),
            (Some(from), None) => format!("{name}, hiệu lực từ {}", day(from)),
            (None, Some(to)) => format!("{name}, hiệu lực đến {}", day(to)),
            (None, None) => name,
        }
    }
}
