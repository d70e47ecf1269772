/*!
The quoted text of an instruction, cut into the provisions it holds.

Certain or nothing: the labels must stand in the quoted text in the order of the directive,
each at the start of a line, with nothing before the first.
*/

use super::{How, Target};
use crate::{
    ingest::parse,
    law::{Document, DocumentMeta, NodeKind, document::Heading, text::fold},
};

/// A provision taken out of a quoted text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// How it enters.
    pub how: How,
    /// Which it is.
    pub target: Target,
    /// Its text with its label; for an article with its heading, for a heading alone the title.
    pub text: String,
}

/// Cuts `text` for the provisions in `parts`; why not, where it is uncertain.
pub fn cut(parts: &[(How, Target)], text: &str) -> Result<Vec<Piece>, &'static str> {
    if parts.iter().any(|(_, target)| !target.division.is_empty()) {
        return Err("a chapter, section or annex is replaced as a whole");
    }
    if parts.iter().all(|(_, target)| is_article(target)) {
        return articles(parts, text);
    }
    if parts.iter().any(|(_, target)| is_article(target)) {
        return Err("articles and parts of articles in one quoted text");
    }
    let mut pieces = Vec::new();
    let mut body = text;
    let wants_title = parts.iter().find(|(_, target)| target.title_only);
    if let Some((label, title, rest)) = heading(text) {
        if parts.iter().any(|(_, target)| target.article.as_deref() != Some(label)) {
            return Err("the quoted text is headed by another article");
        }
        body = rest;
        // Quoted with its heading for the reader's sake; where it says otherwise, `apply` refuses.
        let target = Target { title_only: true, ..Target::article(label) };
        pieces.push(Piece { how: How::Replace, target, text: title.to_owned() });
    } else if wants_title.is_some() {
        return Err("a heading is replaced, but the quoted text has none");
    }
    if wants_title.is_none() {
        for piece in &mut pieces {
            piece.how = How::Insert(None);
        }
    }
    let wanted: Vec<&(How, Target)> = parts.iter().filter(|(_, target)| !target.title_only).collect();
    pieces.extend(inner(&wanted, body)?);
    Ok(pieces)
}

fn is_article(target: &Target) -> bool {
    target.clause.is_none() && target.point.is_none() && !target.title_only
}

/// Label, title and rest of a text that begins with an article's heading.
pub fn heading(text: &str) -> Option<(&str, &str, &str)> {
    let line_end = text.find('\n').unwrap_or(text.len());
    let line = text[..line_end].trim();
    let rest = line.strip_prefix(['Đ', 'Ð'])?.strip_prefix("iều ")?.trim_start();
    let label_end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    let (label, tail) = rest.split_at(label_end);
    let title = tail.trim_start().strip_prefix(['.', ':']).or(tail.trim().is_empty().then_some(""))?;
    (label.starts_with(|c: char| c.is_ascii_digit())).then_some((label, title.trim(), &text[line_end..]))
}

fn articles(parts: &[(How, Target)], text: &str) -> Result<Vec<Piece>, &'static str> {
    let mut starts = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let wanted = parts.get(starts.len()).and_then(|(_, target)| target.article.as_deref());
        if let Some((label, ..)) = heading(line.trim())
            && wanted == Some(label)
        {
            starts.push(at);
        }
        at += line.len();
    }
    if starts.len() != parts.len() || starts.first().is_none_or(|first| !text[..*first].trim().is_empty()) {
        return Err("the quoted text does not begin with the article named");
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let cut = parts.iter().zip(starts.iter().zip(ends));
    Ok(cut
        .map(|((how, target), (from, to))| Piece {
            how: how.clone(),
            target: target.clone(),
            text: text[*from..to].trim().to_owned(),
        })
        .collect())
}

/// Clauses and points.
fn inner(parts: &[&(How, Target)], body: &str) -> Result<Vec<Piece>, &'static str> {
    let headings = parse::parse_article_body(body, 0).headings;
    let mut places = Vec::new();
    let mut from = 0;
    for (_, target) in parts {
        let (kind, label) = match (&target.point, &target.clause) {
            (Some(point), _) => (NodeKind::Point, point),
            (None, Some(clause)) => (NodeKind::Clause, clause),
            (None, None) => return Err("no clause or point is named"),
        };
        let at = headings[from..].iter().position(|h| h.kind == kind && h.label == *label);
        let at = from + at.ok_or("the quoted text lacks a provision the directive names")?;
        places.push((at, kind));
        from = at + 1;
    }
    if places.first().is_none_or(|(at, _)| *at != 0 || !body[..headings[0].start].trim().is_empty()) {
        return Err("the quoted text begins with something else than the provision named");
    }
    let mut pieces = Vec::new();
    for (index, (at, kind)) in places.iter().enumerate() {
        let next = places.get(index + 1).map_or(headings.len(), |(next, _)| *next);
        let is_foreign = |h: &Heading| h.kind == NodeKind::Clause || *kind == NodeKind::Point;
        if headings[at + 1..next].iter().any(is_foreign) {
            return Err("the quoted text holds a provision the directive does not name");
        }
        let end = headings.get(next).map_or(body.len(), |h| h.start);
        let (how, target) = parts[index];
        let text = body[headings[*at].start..end].trim().to_owned();
        pieces.push(Piece { how: how.clone(), target: target.clone(), text });
    }
    Ok(pieces)
}

/// A text of one article, heading included, as a document of its own.
pub fn article_document(meta: DocumentMeta, text: &str) -> Option<Document> {
    let text = text.trim();
    let (label, title, rest) = heading(text)?;
    let body = text.len() - rest.len();
    let mut headings =
        vec![Heading { kind: NodeKind::Article, label: label.to_owned(), title: title.to_owned(), start: 0, body }];
    headings.extend(parse::parse_article_body(rest, body).headings);
    Some(Document::new(meta, text.to_owned(), headings))
}

/// Whether two titles are the same but for case, accents' composition and punctuation.
pub fn same_title(one: &str, other: &str) -> bool {
    let words = |text: &str| {
        fold(text).split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
    };
    words(one) == words(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(point: Option<&str>, clause: Option<&str>, article: &str) -> Target {
        let own = |label: Option<&str>| label.map(str::to_owned);
        Target { point: own(point), clause: own(clause), ..Target::article(article) }
    }

    fn texts(parts: &[Target], text: &str) -> Result<Vec<String>, &'static str> {
        let parts: Vec<_> = parts.iter().map(|t| (How::Replace, t.clone())).collect();
        cut(&parts, text).map(|pieces| pieces.into_iter().map(|p| p.text).collect())
    }

    #[test]
    fn provisions_are_cut_in_the_order_named() {
        let parts = [target(None, Some("2"), "4"), target(None, Some("3"), "4")];
        assert_eq!(
            texts(&parts, "2. Hai:\na) một;\nb) hai.\n3. Ba."),
            Ok(vec!["2. Hai:\na) một;\nb) hai.".into(), "3. Ba.".into()])
        );
        let parts = [target(Some("c"), Some("1"), "5"), target(None, Some("3"), "5")];
        assert_eq!(texts(&parts, "c) Xê;\n3. Ba:\na) một."), Ok(vec!["c) Xê;".into(), "3. Ba:\na) một.".into()]));
        let parts = [target(None, None, "8a"), target(None, None, "8b")];
        assert_eq!(
            texts(&parts, "Điều 8a. Tám a\nA.\nĐiều 8b. Tám b\nB."),
            Ok(vec!["Điều 8a. Tám a\nA.".into(), "Điều 8b. Tám b\nB.".into()])
        );
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let clause = [target(None, Some("2"), "4")];
        for text in ["Không có số.", "Lời dẫn\n2. Hai.", "2. Hai.\n3. Ba.", "Điều 5. Khác\n2. Hai.", "3. Ba."]
        {
            assert!(texts(&clause, text).is_err(), "{text}");
        }
        assert!(texts(&[target(None, None, "4")], "Điều 5. Khác\nX.").is_err());
        assert!(texts(&[target(Some("a"), Some("2"), "4")], "a) Một;\nb) Hai.").is_err());
    }

    #[test]
    fn a_heading_quoted_along_is_known_as_such() {
        let parts = [(How::Replace, target(None, Some("1"), "8"))];
        let pieces = cut(&parts, "Điều 8. Tên cũ\n1. Mới.").unwrap();
        assert_eq!((pieces[0].how.clone(), pieces[0].text.as_str()), (How::Insert(None), "Tên cũ"));
        assert_eq!(pieces[1].text, "1. Mới.");
    }
}
