/*!
How a provision stands to another one, of the same document or another.

A relation is a statement of a source (the codification, an amendment, a reference in a
text); whether the document it points to is held is decided by whoever shows it.
*/

use super::label::{document_slug, label_slug};

/// What a relation says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RelationKind {
    /// Quy định chi tiết, hướng dẫn thi hành.
    Details,
    /// Được quy định chi tiết, hướng dẫn bởi.
    DetailedBy,
    /// Dẫn chiếu đến.
    RefersTo,
    /// Có nội dung liên quan đến.
    Related,
    /// Sửa đổi, bổ sung, bãi bỏ.
    Amends,
    /// Bị sửa đổi, bổ sung, bãi bỏ bởi.
    AmendedBy,
}

impl RelationKind {
    /// All kinds.
    pub const ALL: [Self; 6] =
        [Self::Details, Self::DetailedBy, Self::RefersTo, Self::Related, Self::Amends, Self::AmendedBy];

    /// Name in stored documents and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Details => "details",
            Self::DetailedBy => "detailed_by",
            Self::RefersTo => "refers_to",
            Self::Related => "related",
            Self::Amends => "amends",
            Self::AmendedBy => "amended_by",
        }
    }

    /// The kind of that [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One relation of a provision.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Relation {
    /// Path of the provision within its document, `dieu-35/khoan-1`; empty: the document.
    pub from: String,
    /// What is said.
    pub kind: RelationKind,
    /// Id of the document it points to, `145-2020-nd-cp`.
    pub document: String,
    /// Number of that document as printed, where the source gives it.
    pub number: Option<String>,
    /// Path within that document, `dieu-57`; empty: the document as a whole.
    pub path: String,
}

impl Relation {
    /// A relation from the provision at `from` to an article (none: the whole) of the
    /// document with the number `number`.
    pub fn to_number(from: impl Into<String>, kind: RelationKind, number: &str, article: Option<&str>) -> Self {
        let path = article.map(|label| format!("dieu-{}", label_slug(label))).unwrap_or_default();
        Self { from: from.into(), kind, document: document_slug(number), number: Some(number.to_owned()), path }
    }

    /// Full id of what it points to: `145-2020-nd-cp/dieu-57`.
    pub fn id(&self) -> String {
        if self.path.is_empty() { self.document.clone() } else { format!("{}/{}", self.document, self.path) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_ids_are_those_of_documents() {
        for kind in RelationKind::ALL {
            assert_eq!(RelationKind::from_name(kind.name()), Some(kind));
        }
        let relation = Relation::to_number("dieu-3", RelationKind::Details, "12/2022/NĐ-CP", Some("7đ"));
        assert_eq!(relation.id(), "12-2022-nd-cp/dieu-7dd");
        assert_eq!(Relation { path: String::new(), ..relation }.id(), "12-2022-nd-cp");
    }
}
