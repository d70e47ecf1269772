/*! The values of `/luat` and `/luat/…` as JSON. */

use serde::Serialize;

use super::date_text;
use crate::app::{ChildView, CoverageView, DocumentView, ProvisionView, VersionView};

/// Mirror of [`ProvisionView`].
#[derive(Debug, Clone, Serialize)]
pub struct ProvisionJson {
    /// Provision id.
    pub id: String,
    /// Document number as printed.
    pub law_id: String,
    /// `document`, `chapter`, `article`, `clause`, …
    pub kind: &'static str,
    /// Bare label.
    pub label: String,
    /// Citation text.
    pub citation: String,
    /// Heading without the label.
    pub title: String,
    /// Verbatim text, as quotes count it.
    pub text: String,
    /// Direct children in order.
    pub children: Vec<ChildJson>,
    /// Everything below, in order, without texts.
    pub contents: Vec<ContentsJson>,
    /// First day in force.
    pub effective_from: Option<String>,
    /// Last day in force.
    pub effective_to: Option<String>,
    /// In force on `as_of`.
    pub in_force: bool,
    /// The day asked for.
    pub as_of: String,
    /// Notes in Vietnamese.
    pub notes: Vec<String>,
    /// Related provisions.
    pub relations: Vec<RelationJson>,
    /// All versions, oldest first.
    pub versions: Vec<ProvisionVersionJson>,
    /// Where the text comes from.
    pub source: SourceJson,
}

/// A direct child.
#[derive(Debug, Clone, Serialize)]
pub struct ChildJson {
    /// Provision id.
    pub id: String,
    /// Label as shown.
    pub label: String,
    /// As in [`ProvisionJson::kind`].
    pub kind: &'static str,
    /// Heading without the label.
    pub title: String,
    /// Verbatim text; empty for parts and chapters.
    pub text: String,
}

/// A line of the table of contents.
#[derive(Debug, Clone, Serialize)]
pub struct ContentsJson {
    /// Provision id.
    pub id: String,
    /// Label as shown.
    pub label: String,
    /// As in [`ProvisionJson::kind`].
    pub kind: &'static str,
    /// Heading without the label.
    pub title: String,
    /// 0 for a direct child.
    pub depth: usize,
}

/// A related provision.
#[derive(Debug, Clone, Serialize)]
pub struct RelationJson {
    /// How it is related.
    pub kind: String,
    /// Provision id.
    pub id: String,
    /// Citation text.
    pub citation: String,
}

/// One version of a provision.
#[derive(Debug, Clone, Serialize)]
pub struct ProvisionVersionJson {
    /// First day in force.
    pub effective_from: Option<String>,
    /// Last day in force.
    pub effective_to: Option<String>,
    /// Number of the document that made it.
    pub by: String,
    /// In force on the day asked for.
    pub in_force: bool,
    /// The one shown.
    pub shown: bool,
}

/// Where a text comes from.
#[derive(Debug, Clone, Serialize)]
pub struct SourceJson {
    /// File name.
    pub file: String,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// Its date.
    pub date: Option<String>,
}

/// Mirror of [`CoverageView`], the value of `/luat`.
#[derive(Debug, Clone, Serialize)]
pub struct CoverageJson {
    /// Documents held.
    pub documents: Vec<DocumentJson>,
    /// Documents known to matter but not held.
    pub missing: Vec<MissingJson>,
    /// The active generation.
    pub corpus_release: String,
    /// When it was built, RFC 3339.
    pub built_at: String,
    /// The day asked for.
    pub as_of: String,
}

/// Mirror of [`DocumentView`].
#[derive(Debug, Clone, Serialize)]
pub struct DocumentJson {
    /// Document id.
    pub id: String,
    /// Number as printed.
    pub law_id: Option<String>,
    /// Title with year.
    pub title: String,
    /// How many articles.
    pub articles: usize,
    /// First day in force.
    pub effective_from: Option<String>,
    /// Last day in force.
    pub effective_to: Option<String>,
    /// In force on the day asked for.
    pub in_force: bool,
    /// A digest in our own words, not the law's text.
    pub digest: bool,
    /// Notes in Vietnamese.
    pub notes: Vec<String>,
    /// Its page.
    pub url: String,
}

/// A document that is not held.
#[derive(Debug, Clone, Serialize)]
pub struct MissingJson {
    /// Number as printed.
    pub law_id: String,
    /// Title.
    pub title: String,
}

impl From<&ProvisionView> for ProvisionJson {
    fn from(view: &ProvisionView) -> Self {
        let relation = |(kind, id, citation): &(String, String, String)| RelationJson {
            kind: kind.clone(),
            id: id.clone(),
            citation: citation.clone(),
        };
        let version = |version: &VersionView| ProvisionVersionJson {
            effective_from: version.effective_from.map(date_text),
            effective_to: version.effective_to.map(date_text),
            by: version.by.clone(),
            in_force: version.in_force,
            shown: version.shown,
        };
        Self {
            id: view.id.clone(),
            law_id: view.law_id.clone(),
            kind: view.kind,
            label: view.label.clone(),
            citation: view.citation.clone(),
            title: view.title.clone(),
            text: view.text.clone(),
            children: view.children.iter().filter(|c| c.depth == 0).map(ChildJson::from).collect(),
            contents: view.children.iter().map(ContentsJson::from).collect(),
            effective_from: view.effective_from.map(date_text),
            effective_to: view.effective_to.map(date_text),
            in_force: view.in_force,
            as_of: date_text(view.as_of),
            notes: view.notes.clone(),
            relations: view.relations.iter().map(relation).collect(),
            versions: view.versions.iter().map(version).collect(),
            source: SourceJson {
                file: view.source_file.clone(),
                sha256: view.source_sha256.clone(),
                date: view.source_date.map(date_text),
            },
        }
    }
}

impl From<&ChildView> for ChildJson {
    fn from(child: &ChildView) -> Self {
        Self {
            id: child.id.clone(),
            label: child.label.clone(),
            kind: child.kind,
            title: child.title.clone(),
            text: child.text.clone(),
        }
    }
}

impl From<&ChildView> for ContentsJson {
    fn from(child: &ChildView) -> Self {
        Self {
            id: child.id.clone(),
            label: child.label.clone(),
            kind: child.kind,
            title: child.title.clone(),
            depth: child.depth,
        }
    }
}

impl CoverageJson {
    /// The mirror of `view`, asked for as of `as_of`.
    pub fn new(view: &CoverageView, as_of: jiff::civil::Date) -> Self {
        let missing = |(number, title): &(String, String)| MissingJson { law_id: number.clone(), title: title.clone() };
        Self {
            documents: view.documents.iter().map(DocumentJson::from).collect(),
            missing: view.missing.iter().map(missing).collect(),
            corpus_release: view.corpus_release.clone(),
            built_at: view.built_at.clone(),
            as_of: date_text(as_of),
        }
    }
}

impl From<&DocumentView> for DocumentJson {
    fn from(document: &DocumentView) -> Self {
        Self {
            id: document.id.clone(),
            law_id: document.number.clone(),
            title: document.title.clone(),
            articles: document.articles,
            effective_from: document.effective_from.map(date_text),
            effective_to: document.effective_to.map(date_text),
            in_force: document.in_force,
            digest: document.digest,
            notes: document.notes.clone(),
            url: format!("/luat/{}", document.id),
        }
    }
}
