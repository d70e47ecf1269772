/*!
References found in texts: which provision speaks of which.

`Điều 29 của Bộ luật này`, `khoản 2 Điều 35` (of the same document), `Điều 5 Nghị định số …`;
documents a decree is based on or details; transitional clauses of a document that replaces
another. Only what is plainly written is taken.
*/

use std::collections::{BTreeMap, BTreeSet};

use super::{
    amend::mention::{self, flat},
    refs::{self, Target},
};
use crate::law::{Document, DocumentKind, NodeKind, Relation, RelationKind, label::document_slug, text::fold};

/// Characters behind a list of articles in which its document is named.
const NAME_CHARS_MAX: usize = 300;
/// Most references taken from one article.
const ARTICLE_REFERENCES_MAX: usize = 60;

/// Adds to every document the relations its text states.
pub fn find(documents: &mut [Document]) {
    let titles = titles(documents);
    for document in documents.iter_mut() {
        if document.meta.kind == DocumentKind::Digest {
            continue;
        }
        let mut relations: Vec<Relation> = document.relations().to_vec();
        relations.extend(based_on(document, &titles));
        for article in document.articles() {
            relations.extend(references(document, article, &titles));
        }
        relations.extend(transitional(document));
        document.set_relations(relations);
    }
}

/// Numbers of the documents held by their comparable titles; none where two share one.
fn titles(documents: &[Document]) -> BTreeMap<String, Option<String>> {
    let mut titles: BTreeMap<String, Option<String>> = BTreeMap::new();
    for document in documents.iter().filter(|d| !d.is_overlay() && d.meta.kind != DocumentKind::Consolidated) {
        let title = mention::comparable(&document.meta.title);
        let number = document.meta.number.clone();
        titles
            .entry(title)
            .and_modify(|known| *known = known.take().filter(|n| Some(n) == number.as_ref()))
            .or_insert(number);
    }
    titles
}

/// References of one article to articles of this and other documents.
fn references(document: &Document, article: usize, titles: &BTreeMap<String, Option<String>>) -> Vec<Relation> {
    let mut found = Vec::new();
    let end = document.nodes()[article].end;
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    for node in article..document.nodes().len() {
        let here = &document.nodes()[node];
        if end <= here.start || ARTICLE_REFERENCES_MAX <= found.len() {
            break;
        }
        let text = flat(&document.own_text(node)[here.body - here.start..]);
        for (number, path) in references_in(&text, titles) {
            let (id, number) = match number {
                Some(number) => (document_slug(&number), Some(number)),
                None => (document.id.clone(), document.meta.number.clone()),
            };
            let is_itself = id == document.id && (here.path == path || here.path.starts_with(&format!("{path}/")));
            if !is_itself && seen.insert((id.clone(), path.clone())) {
                found.push(Relation {
                    from: here.path.clone(),
                    kind: RelationKind::RefersTo,
                    document: id,
                    number,
                    path,
                });
            }
        }
    }
    found.truncate(ARTICLE_REFERENCES_MAX);
    found
}

/// Lists of articles in a text, each with its document's number (none: this document).
fn references_in(text: &str, titles: &BTreeMap<String, Option<String>>) -> Vec<(Option<String>, String)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = next_reference(text, from) {
        let listed = refs::list(&text[start..], &Target::default());
        if listed.end == 0 {
            from = start + text[start..].chars().next().map_or(1, char::len_utf8);
            continue;
        }
        from = start + listed.end;
        let behind = text[from..].trim_start_matches([',', ' ']);
        let behind = behind.strip_prefix("của ").unwrap_or(behind);
        let own = ["Luật này", "Bộ luật này", "Nghị định này", "Thông tư này", "Quyết định này", "Điều lệ này"];
        let number = if own.iter().any(|own| behind.starts_with(own)) {
            None
        } else if mention::KIND_WORDS.iter().any(|kind| behind.starts_with(kind)) {
            let near: String = behind.chars().take(NAME_CHARS_MAX).collect();
            let Some((named, _)) = mention::first(&near) else { continue };
            let by_title = || titles.get(&mention::comparable(&named.name)).cloned().flatten();
            match named.number.clone().or_else(by_title) {
                Some(number) => Some(number),
                // A document that is not known: no relation, rather than one to this document.
                None => continue,
            }
        } else {
            None
        };
        found.extend(listed.targets.iter().filter_map(Target::path).map(|path| (number.clone(), path)));
    }
    found
}

/// Where the next word that may begin a list of references stands.
fn next_reference(text: &str, from: usize) -> Option<usize> {
    ["điểm ", "khoản ", "Điều ", "các điều ", "Khoản ", "Điểm "]
        .iter()
        .filter_map(|word| {
            let mut at = from;
            loop {
                let found = at + text.get(at..)?.find(word)?;
                if text[..found].chars().next_back().is_none_or(|c| !c.is_alphanumeric()) {
                    return Some(found);
                }
                at = found + word.len();
            }
        })
        .min()
}

/// "Căn cứ Luật …" of a decree or circular that details it.
fn based_on(document: &Document, titles: &BTreeMap<String, Option<String>>) -> Vec<Relation> {
    let below_law =
        matches!(document.meta.kind, DocumentKind::Decree | DocumentKind::Circular | DocumentKind::Decision);
    let Some(preamble) = document.nodes().iter().position(|n| n.kind == NodeKind::Preamble).filter(|_| below_law)
    else {
        return Vec::new();
    };
    let details = fold(&document.meta.title);
    let whole = fold(document.own_text(preamble));
    let mut found = Vec::new();
    for line in document.own_text(preamble).lines().map(str::trim).filter(|line| line.starts_with("Căn cứ ")) {
        let Some((named, _)) = mention::first(line) else { continue };
        let name = mention::comparable(&named.name);
        // Every decree is based on the law of the government; it details those its title or
        // its enacting words name.
        let is_detailed = whole.contains("quy dinh chi tiet") || whole.contains("huong dan") || details.contains(&name);
        let is_general = name.contains("to chuc chinh phu") || name.contains("ban hanh van ban");
        let number = named.number.or_else(|| titles.get(&name).cloned().flatten());
        if let Some(number) = number.filter(|_| is_detailed && !is_general && mentions(&whole, &name)) {
            found.push(Relation::to_number("", RelationKind::Details, &number, None));
        }
    }
    found
}

/// Whether a name stands in the enacting words, not only in its line of the preamble.
fn mentions(folded: &str, name: &str) -> bool {
    let plain: String = folded.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    1 < flat(&plain).matches(name).count()
}

/// Transitional clauses concern the documents this one replaces.
fn transitional(document: &Document) -> Vec<Relation> {
    let mut found = Vec::new();
    for article in document.articles() {
        let node = &document.nodes()[article];
        if fold(&node.title).contains("chuyen tiep") {
            let replaced = document.meta.replaces.iter();
            found.extend(replaced.map(|n| Relation::to_number(node.path.clone(), RelationKind::Related, n, None)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ingest::parse,
        law::{
            DocumentMeta,
            RelationKind::{Details, RefersTo, Related},
        },
    };

    fn document(number: &str, title: &str, kind: DocumentKind, text: &str) -> Document {
        let meta =
            DocumentMeta { number: Some(number.to_owned()), title: title.to_owned(), kind, ..DocumentMeta::default() };
        Document::new(meta, text.to_owned(), parse::parse(text).headings)
    }

    #[test]
    fn references_point_to_this_or_the_named_document() {
        let law = document(
            "7/2011/QH13",
            "Luật Chợ 2011",
            DocumentKind::Law,
            "Điều 1. Chợ\n1. Theo khoản 2 Điều này và Điều 2 của Luật này.\n2. Theo Điều 9 Luật Sông số 8/2012/QH13; theo Điều 4 Luật Chim.\nĐiều 2. Bến\nTheo khoản 1 Điều 1.",
        );
        let decree = document(
            "5/2013/NĐ-CP",
            "Nghị định chi tiết Luật Chợ 2013",
            DocumentKind::Decree,
            "Căn cứ Luật Tổ chức Chính phủ;\nCăn cứ Luật Chợ ngày 1 tháng 6 năm 2011;\nChính phủ ban hành Nghị định quy định chi tiết Luật Chợ.\nĐiều 1. Chợ đêm\nChợ đêm quy định tại khoản 2 Điều 1 Luật Chợ.",
        );
        let mut documents = vec![law, decree];
        find(&mut documents);
        let shown = |d: &Document| d.relations().iter().map(|r| (r.from.clone(), r.kind, r.id())).collect::<Vec<_>>();
        let own = |from: &str, kind, id: &str| (from.to_owned(), kind, id.to_owned());
        assert_eq!(
            shown(&documents[0]),
            [
                own("dieu-1/khoan-1", RefersTo, "7-2011-qh13/dieu-2"),
                own("dieu-1/khoan-2", RefersTo, "8-2012-qh13/dieu-9"),
                own("dieu-2", RefersTo, "7-2011-qh13/dieu-1/khoan-1"),
            ]
        );
        assert_eq!(
            shown(&documents[1]),
            [own("", Details, "7-2011-qh13"), own("dieu-1", RefersTo, "7-2011-qh13/dieu-1/khoan-2")]
        );
    }

    #[test]
    fn transitional_clauses_are_linked_to_what_is_replaced() {
        let mut law = document(
            "9/2020/QH14",
            "Luật Chợ 2020",
            DocumentKind::Law,
            "Điều 1. Chợ\nChợ.\nĐiều 2. Quy định chuyển tiếp\nPhép cũ còn dùng.",
        );
        law.meta.replaces.push("7/2011/QH13".to_owned());
        let mut documents = vec![law];
        find(&mut documents);
        let relation = &documents[0].relations()[0];
        assert_eq!(
            (relation.from.as_str(), relation.kind, relation.id()),
            ("dieu-2", Related, "7-2011-qh13".to_owned())
        );
    }
}
