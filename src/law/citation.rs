/*!
Citations as text: `điểm b khoản 1 Điều 35 Bộ luật Lao động 2019 (45/2019/QH14)`.

Printing and parsing round-trip; the loose spellings of members are read by
`retrieve::understand`, not here.
*/

use std::{fmt, str::FromStr};

/// A reference to a provision of a named document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Citation {
    /// Point, `b`.
    pub point: Option<String>,
    /// Clause, `1`.
    pub clause: Option<String>,
    /// Article, `35`.
    pub article: Option<String>,
    /// Annex, `I` or `1`.
    pub annex: Option<String>,
    /// Title of the document with its year, `Bộ luật Lao động 2019`.
    pub document: String,
    /// Number of the document as printed, if it has one.
    pub number: Option<String>,
}

/// Why a text is not a citation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a citation: {0}")]
pub struct CitationError(&'static str);

impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(point) = &self.point {
            write!(f, "điểm {point} ")?;
        }
        if let Some(clause) = &self.clause {
            write!(f, "khoản {clause} ")?;
        }
        if let Some(article) = &self.article {
            write!(f, "Điều {article} ")?;
        }
        if let Some(annex) = &self.annex {
            write!(f, "Phụ lục {annex} ")?;
        }
        f.write_str(&self.document)?;
        if let Some(number) = &self.number {
            write!(f, " ({number})")?;
        }
        Ok(())
    }
}

impl FromStr for Citation {
    type Err = CitationError;

    fn from_str(text: &str) -> Result<Self, CitationError> {
        let mut rest = text.trim();
        let point = take_labelled(&mut rest, "điểm ");
        let clause = take_labelled(&mut rest, "khoản ");
        let article = take_labelled(&mut rest, "Điều ");
        let annex = take_labelled(&mut rest, "Phụ lục ");
        if point.is_some() && clause.is_none() && article.is_none() {
            return Err(CitationError("a point needs its clause or article"));
        }
        if clause.is_some() && article.is_none() && annex.is_none() {
            return Err(CitationError("a clause needs its article"));
        }
        let (document, number) = match rest.strip_suffix(')').and_then(|head| head.rsplit_once(" (")) {
            Some((document, number)) => (document.trim(), Some(number.to_owned())),
            None => (rest, None),
        };
        if document.is_empty() {
            return Err(CitationError("names no document"));
        }
        Ok(Self { point, clause, article, annex, document: document.to_owned(), number })
    }
}

fn take_labelled(rest: &mut &str, word: &str) -> Option<String> {
    let after = rest.strip_prefix(word)?;
    let (label, tail) = after.split_once(' ').unwrap_or((after, ""));
    *rest = tail.trim_start();
    Some(label.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::{option, prelude::*};

    use super::*;

    #[test]
    fn a_point_is_cited_from_the_inside_out() {
        let text = "điểm b khoản 1 Điều 35 Bộ luật Lao động 2019 (45/2019/QH14)";
        let citation: Citation = text.parse().unwrap();
        assert_eq!(citation.article.as_deref(), Some("35"));
        assert_eq!(citation.number.as_deref(), Some("45/2019/QH14"));
        assert_eq!(citation.to_string(), text);
        assert!("khoản 1 Luật X".parse::<Citation>().is_err());
        assert!("Điều 3".parse::<Citation>().is_err());
    }

    proptest! {
        #[test]
        fn printing_and_parsing_round_trip(
            point in option::of("[a-eđ]"), clause in option::of("[1-9][0-9]?[a-z]?"), article in "[1-9][0-9]{0,2}[a-z]?",
            document in "(Luật|Nghị định) [A-Z][a-zđêô]{1,8}( [a-zđêô]{1,6}){0,3} [12][0-9]{3}",
            number in option::of("[1-9][0-9]{0,2}/20[0-9]{2}/(QH14|NĐ-CP)"),
        ) {
            let point = point.filter(|_| clause.is_some());
            let citation = Citation { point, clause, article: Some(article), annex: None, document, number };
            prop_assert_eq!(citation.to_string().parse::<Citation>().unwrap(), citation);
        }
    }
}
