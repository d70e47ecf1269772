/*!
Facts about documents that matter, also those whose text is not held.

From `known-documents.toml`. A document known to be replaced is not in force from the day
its successor is, even where the successor's text is missing; amendments known but not
merged are shown with every text they concern.
*/

use jiff::civil::Date;
use serde::Deserialize;

use crate::{
    error::{Error, Result},
    law::{Document, DocumentKind, Validity},
};

/// The facts that ship with the program.
const BUILT_IN: &str = include_str!("../../corpus/known-documents.toml");

/// The list as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KnownDocuments {
    /// One entry a document.
    pub document: Vec<KnownDocument>,
}

/// What is known of one document.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KnownDocument {
    /// Number as printed.
    pub number: String,
    /// Title.
    pub title: String,
    /// Kind.
    pub kind: Option<String>,
    /// Day of issue.
    pub issued: Option<String>,
    /// First day in force.
    pub effective_from: Option<String>,
    /// Last day in force.
    pub effective_to: Option<String>,
    /// Documents it replaces as a whole.
    pub replaces: Vec<String>,
    /// Document that replaces it as a whole.
    pub replaced_by: Option<String>,
    /// Documents it amends.
    pub amends: Vec<String>,
    /// How many articles it has.
    pub articles: Option<usize>,
    /// Anything else, in our own words.
    pub note: Option<String>,
}

impl KnownDocument {
    /// Its dates in force, as far as they are known.
    pub fn validity(&self) -> Validity {
        let date = |value: &Option<String>| value.as_ref().and_then(|value| value.parse::<Date>().ok());
        Validity { from: date(&self.effective_from), to: date(&self.effective_to) }
    }

    /// Day of issue.
    pub fn issued(&self) -> Option<Date> {
        self.issued.as_ref().and_then(|value| value.parse().ok())
    }
}

impl KnownDocuments {
    /// The list that ships with the program.
    ///
    /// # Errors
    /// `Internal` when the shipped list is wrong: a test holds it right.
    pub fn built_in() -> Result<Self> {
        Self::parse(BUILT_IN).map_err(|e| Error::Internal(anyhow::anyhow!("known-documents.toml: {e}")))
    }

    /// Reads a list and checks its dates.
    ///
    /// # Errors
    /// A message naming the entry at fault.
    pub fn parse(text: &str) -> Result<Self, String> {
        let known: Self = toml::from_str(text).map_err(|e| e.to_string())?;
        for document in &known.document {
            for value in [&document.issued, &document.effective_from, &document.effective_to].into_iter().flatten() {
                if value.parse::<Date>().is_err() {
                    return Err(format!("`{}`: `{value}` is not a date (YYYY-MM-DD)", document.number));
                }
            }
        }
        Ok(known)
    }

    /// Gives documents without a first day the one known.
    pub fn fill_first_days(&self, documents: &mut [Document]) {
        for document in documents {
            let known = self.document.iter().find(|known| document.law_id() == known.number);
            let from = known.and_then(|known| known.effective_from.as_ref()).and_then(|day| day.parse::<Date>().ok());
            document.meta.validity.from = document.meta.validity.from.or(from);
        }
    }

    /// Lays the facts over the documents held: ends of validity, amendments not merged.
    pub fn apply(&self, documents: &mut [Document]) {
        let held: Vec<String> = documents.iter().map(|d| d.law_id().to_owned()).collect();
        for document in documents {
            // One without a number goes by its title: `Hiến pháp 2013`.
            let number = document.law_id().to_owned();
            let date = |value: &Option<String>| value.as_ref().and_then(|value| value.parse::<Date>().ok());
            if let Some(known) = self.document.iter().find(|known| known.number == number) {
                let validity = &mut document.meta.validity;
                validity.from = validity.from.or(date(&known.effective_from));
                validity.to = validity.to.or(date(&known.effective_to));
                // That it was amended is told below, for all documents alike.
                if let Some(note) = known.note.as_ref().filter(|note| !note.starts_with("Đã được sửa"))
                    && !document.meta.notes.contains(note)
                    && document.meta.kind != DocumentKind::Digest
                {
                    document.meta.notes.push(note.clone());
                }
                if let Some(successor) = &known.replaced_by
                    && !held.contains(successor)
                {
                    let name = self.name_of(successor);
                    document.meta.notes.push(format!("Đã được thay thế bởi {name}, chưa có trong kho."));
                }
            }
            let amending = self.document.iter().filter(|known| known.amends.contains(&number));
            for known in amending {
                if !document.meta.amended_by.contains(&known.number) {
                    document.meta.amended_by.push(known.number.clone());
                }
            }
            let merged = document.is_digest();
            let unmerged: Vec<&str> = document
                .meta
                .amended_by
                .iter()
                .filter(|number| !document.meta.merged.contains(number))
                .map(String::as_str)
                .collect();
            if !merged && !unmerged.is_empty() {
                let list = unmerged.join(", ");
                document.meta.notes.push(format!("Có văn bản sửa đổi chưa gộp vào bản này: {list}."));
            }
        }
    }

    /// What is known of the document of a number.
    pub fn find(&self, number: &str) -> Option<&KnownDocument> {
        self.document.iter().find(|known| known.number == number)
    }

    /// Documents known to matter that are not among `held` (numbers): number and title.
    pub fn missing(&self, held: &[&str], on: Date) -> Vec<(String, String)> {
        self.document
            .iter()
            .filter(|known| !held.contains(&known.number.as_str()))
            .filter(|known| {
                let ended = known.effective_to.as_ref().and_then(|to| to.parse::<Date>().ok());
                ended.is_none_or(|to| on <= to)
            })
            .map(|known| (known.number.clone(), known.title.clone()))
            .collect()
    }

    fn name_of(&self, number: &str) -> String {
        self.document
            .iter()
            .find(|known| known.number == number)
            .map_or_else(|| number.to_owned(), |known| format!("{} ({number})", known.title))
    }
}
