/*! Pages of the law: documents, a document's contents, an article with the cited clause marked. */

use askama::Template;
use jiff::civil::Date;

use super::{
    Site, day,
    reading::{Block, blocks},
    render, validity,
};
use crate::{
    app::{ChildView, CoverageView, DocumentView, ProvisionView, VersionView},
    error::Result,
};

/// A document with no more articles than this shows its contents unfolded.
const UNFOLDED_ARTICLES_MAX: usize = 40;

#[derive(Template)]
#[template(path = "documents.html")]
struct Documents<'a> {
    site: &'a Site,
    title: &'a str,
    documents: &'a [DocumentView],
    missing: &'a [(String, String)],
    picker: Picker,
    suffix: String,
}

/// The as-of date picker.
struct Picker {
    action: String,
    as_of: String,
    as_of_text: String,
}

/// The documents held, and those known to be missing.
///
/// # Errors
/// `Internal` when the template fails.
pub fn documents(site: &Site, coverage: &CoverageView, as_of: Date) -> Result<String> {
    render(&Documents {
        site,
        title: "Văn bản",
        documents: &coverage.documents,
        missing: &coverage.missing,
        picker: picker("", as_of),
        suffix: site.as_of_suffix(as_of),
    })
}

fn picker(id: &str, as_of: Date) -> Picker {
    let slash = if id.is_empty() { "" } else { "/" };
    Picker { action: format!("/luat{slash}{id}"), as_of: as_of.to_string(), as_of_text: day(as_of) }
}

/// The article that holds `id`: its path down to the article.
pub fn article_path(id: &str) -> Option<&str> {
    let start = id.find("/dieu-")?;
    let rest = id.get(start + 1..)?;
    let end = rest.find('/').map_or(id.len(), |at| start + 1 + at);
    id.get(..end)
}

/// A group of articles under one heading; no heading for those that have none.
struct Group<'a> {
    heading: Option<&'a ChildView>,
    rows: Vec<&'a ChildView>,
}

/// A link to another provision.
struct Link {
    id: String,
    text: String,
}

#[derive(Template)]
#[template(path = "provision.html")]
struct ProvisionPage<'a> {
    site: &'a Site,
    title: String,
    /// What is laid out: the article, or a document or chapter.
    shown: &'a ProvisionView,
    /// What was asked for: the same, or something inside it.
    target: &'a ProvisionView,
    heading: String,
    crumbs: Vec<Link>,
    validity: String,
    blocks: Vec<Block>,
    groups: Vec<Group<'a>>,
    unfolded: bool,
    previous: Option<Link>,
    next: Option<Link>,
    relations: Vec<(&'a str, Link)>,
    versions: Vec<VersionRow>,
    picker: Picker,
    suffix: String,
    source_date: String,
}

/// A provision's page: `article` is the article around `target`, where it is not the target itself.
///
/// # Errors
/// `Internal` when the template fails.
pub fn provision(
    site: &Site,
    article: Option<&ProvisionView>,
    target: &ProvisionView,
    quote: Option<(usize, usize)>,
) -> Result<String> {
    let shown = article.unwrap_or(target);
    let heading = heading(shown);
    let groups = groups(shown);
    render(&ProvisionPage {
        site,
        title: format!("{heading} · {}", document_title(shown)),
        shown,
        target,
        crumbs: shown.ancestors.iter().map(crumb).collect(),
        validity: validity(target.effective_from, target.effective_to),
        blocks: if groups.is_empty() { blocks(shown, target, quote) } else { Vec::new() },
        unfolded: groups.iter().map(|group| group.rows.len()).sum::<usize>() <= UNFOLDED_ARTICLES_MAX,
        groups,
        previous: shown.neighbours.0.as_deref().map(neighbour),
        next: shown.neighbours.1.as_deref().map(neighbour),
        relations: shown.relations.iter().map(relation).collect(),
        versions: if 1 < shown.versions.len() { shown.versions.iter().map(version).collect() } else { Vec::new() },
        picker: picker(&target.id, shown.as_of),
        suffix: site.as_of_suffix(shown.as_of),
        source_date: shown.source_date.map(day).unwrap_or_default(),
        heading,
    })
}

/// `Điều 35. Tên điều`, `Chương II. …`, or a document's title.
fn heading(view: &ProvisionView) -> String {
    let label = match view.kind {
        "article" => format!("Điều {}", view.label),
        "part" => format!("Phần {}", view.label),
        "chapter" => format!("Chương {}", view.label),
        "section" => format!("Mục {}", view.label),
        "subsection" => format!("Tiểu mục {}", view.label),
        "annex" => format!("Phụ lục {}", view.label),
        _ => return if view.title.is_empty() { view.citation.clone() } else { view.title.clone() },
    };
    // A label may come with its word already (`Chương II`): never write it twice.
    let word = label.split(' ').next().unwrap_or_default();
    let label = if view.label.starts_with(word) { view.label.clone() } else { label };
    let label = label.trim_end();
    if view.title.is_empty() { label.to_owned() } else { format!("{label}. {}", view.title) }
}

fn document_title(view: &ProvisionView) -> &str {
    let document = view.ancestors.first();
    document.map_or(view.law_id.as_str(), |(_, label, title)| if title.is_empty() { label } else { title })
}

fn crumb((id, label, title): &(String, String, String)) -> Link {
    // The document's title says more than its number; a chapter's label more than its title.
    let is_document = !id.contains('/');
    let text = if is_document && !title.is_empty() { title } else { label };
    Link { id: id.clone(), text: text.clone() }
}

/// `45-2019-qh14/dieu-36` is shown as `Điều 36`.
fn neighbour(id: &str) -> Link {
    let label = id.rsplit_once("dieu-").map_or(id, |(_, label)| label);
    Link { id: id.to_owned(), text: format!("Điều {label}") }
}

fn relation((kind, id, citation): &(String, String, String)) -> (&str, Link) {
    let kind = match kind.as_str() {
        "refers_to" => "Dẫn chiếu đến",
        "referred_by" => "Được dẫn chiếu bởi",
        "amends" => "Sửa đổi",
        "amended_by" => "Bị sửa đổi bởi",
        "details" => "Quy định chi tiết, hướng dẫn",
        "detailed_by" => "Hướng dẫn bởi",
        "related" => "Có nội dung liên quan",
        other => other,
    };
    (kind, Link { id: id.clone(), text: citation.clone() })
}

/// A line of the list of versions.
struct VersionRow {
    /// `từ 01/07/2025`, both ends where known.
    days: String,
    by: String,
    /// A day on which it is in force, for the link; empty where none is known.
    day: String,
    shown: bool,
}

fn version(version: &VersionView) -> VersionRow {
    let empty = matches!((version.effective_from, version.effective_to), (Some(from), Some(to)) if to < from);
    let day = version.effective_from.or(version.effective_to).filter(|_| !empty);
    VersionRow {
        days: if empty {
            "chưa từng áp dụng".to_owned()
        } else {
            validity(version.effective_from, version.effective_to)
        },
        by: version.by.clone(),
        day: day.map(|day| day.to_string()).unwrap_or_default(),
        shown: version.shown,
    }
}

fn is_heading(kind: &str) -> bool {
    matches!(kind, "part" | "chapter" | "section" | "subsection")
}

/// The contents of a document or chapter: articles under the outermost headings.
fn groups(view: &ProvisionView) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    if view.kind == "article" || !view.children.iter().any(|child| child.kind == "article") {
        return groups;
    }
    for child in &view.children {
        if is_heading(child.kind) && child.depth == 0 {
            groups.push(Group { heading: Some(child), rows: Vec::new() });
        } else if is_heading(child.kind) || matches!(child.kind, "article" | "annex") {
            match groups.last_mut() {
                Some(group) if child.depth != 0 || group.heading.is_none() => group.rows.push(child),
                _ => groups.push(Group { heading: None, rows: vec![child] }),
            }
        }
    }
    groups
}

impl ChildView {
    /// `Điều 35`, `Chương II`, whether or not the label carries its word.
    fn label_text(&self) -> String {
        let word = match self.kind {
            "article" => "Điều",
            "part" => "Phần",
            "chapter" => "Chương",
            "section" => "Mục",
            "subsection" => "Tiểu mục",
            _ => return self.label.clone(),
        };
        if self.label.starts_with(word) { self.label.clone() } else { format!("{word} {}", self.label) }
    }

    fn is_article(&self) -> bool {
        self.kind == "article"
    }
}

impl ProvisionView {
    /// Style of the validity badge.
    fn validity_class(&self) -> &'static str {
        if self.in_force { "ok" } else { "no" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_articles_path_ends_at_the_article() {
        assert_eq!(article_path("45-2019-qh14/dieu-35/khoan-1/diem-b"), Some("45-2019-qh14/dieu-35"));
        assert_eq!(article_path("45-2019-qh14/dieu-35"), Some("45-2019-qh14/dieu-35"));
        assert_eq!(article_path("45-2019-qh14"), None);
        assert_eq!(article_path("45-2019-qh14/chuong-ii"), None);
    }
}
