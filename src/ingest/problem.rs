/*!
What is wrong with a source, as data: counted and shown, never a reason to lose a law.
*/

/// Kinds of problems, stable names in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProblemKind {
    /// The file cannot be read or is of no known format.
    Unreadable,
    /// The file's text is not UTF-8 where it must be.
    Encoding,
    /// A line of an articles file is not a valid record.
    BadRecord,
    /// The count of articles has a gap.
    MissingArticle,
    /// Two articles carry one label.
    DuplicateArticle,
    /// A letter was written for a digit in an article's number.
    LabelSlip,
    /// The count of clauses has a gap.
    MissingClause,
    /// The list of points has a gap.
    MissingPoint,
    /// A numbered line does not carry on the count of clauses.
    ClauseOutOfCount,
    /// A lettered line does not carry on the list of points.
    PointOutOfCount,
    /// No article was found at all.
    NoArticle,
    /// The package's own tree disagrees with ours.
    TreeMismatch,
    /// Number, title or date could not be found, or contradict each other.
    Metadata,
    /// The text is known not to be whole.
    Incomplete,
    /// A footnote is called and not there.
    Footnote,
    /// One file holds several documents.
    SeveralDocuments,
    /// Two files give the same document; one was set aside.
    Superseded,
    /// Two files carry one number but not one text: the less trusted one is never served.
    Clash,
    /// An amendment or a day in words that could not be carried out with certainty.
    NotApplied,
}

impl ProblemKind {
    /// Name in JSON and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Encoding => "encoding",
            Self::BadRecord => "bad_record",
            Self::MissingArticle => "missing_article",
            Self::DuplicateArticle => "duplicate_article",
            Self::LabelSlip => "label_slip",
            Self::MissingClause => "missing_clause",
            Self::MissingPoint => "missing_point",
            Self::ClauseOutOfCount => "clause_out_of_count",
            Self::PointOutOfCount => "point_out_of_count",
            Self::NoArticle => "no_article",
            Self::TreeMismatch => "tree_mismatch",
            Self::Metadata => "metadata",
            Self::Incomplete => "incomplete",
            Self::Footnote => "footnote",
            Self::SeveralDocuments => "several_documents",
            Self::Superseded => "superseded",
            Self::Clash => "clash",
            Self::NotApplied => "not_applied",
        }
    }
}

/// One problem at one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line in the stored text, from 1; 0 for the file as a whole.
    pub line: usize,
    /// What kind.
    pub kind: ProblemKind,
    /// What exactly, lower case, without a full stop.
    pub message: String,
}

impl Problem {
    /// A problem at `line` (0: the whole file).
    pub fn new(line: usize, kind: ProblemKind, message: impl Into<String>) -> Self {
        Self { line, kind, message: message.into() }
    }
}
