/*!
What is known of a document beside its text: number, kind, dates, source.
*/

use jiff::civil::Date;

use super::validity::Validity;

/// What a document is. Only some kinds are law; guides and agreements rank apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// Hiến pháp.
    Constitution,
    /// Bộ luật.
    Code,
    /// Luật.
    Law,
    /// Pháp lệnh.
    Ordinance,
    /// Nghị quyết.
    Resolution,
    /// Nghị định.
    Decree,
    /// Quyết định.
    Decision,
    /// Thông tư, thông tư liên tịch.
    Circular,
    /// Văn bản hợp nhất.
    Consolidated,
    /// Điều lệ và quy định của công đoàn.
    Charter,
    /// Thỏa ước, quy chế: not law.
    Agreement,
    /// Hướng dẫn, biểu mẫu: not law.
    Guide,
    /// Tóm lược in our own words of a law whose text is not held.
    Digest,
    /// Anything else.
    #[default]
    Other,
}

impl DocumentKind {
    /// Name in sidecar files and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Constitution => "constitution",
            Self::Code => "code",
            Self::Law => "law",
            Self::Ordinance => "ordinance",
            Self::Resolution => "resolution",
            Self::Decree => "decree",
            Self::Decision => "decision",
            Self::Circular => "circular",
            Self::Consolidated => "consolidated",
            Self::Charter => "charter",
            Self::Agreement => "agreement",
            Self::Guide => "guide",
            Self::Digest => "digest",
            Self::Other => "other",
        }
    }

    /// The kind of that [`name`](Self::name), or of its Vietnamese term.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name.trim().to_lowercase().as_str() {
            "constitution" | "hiến pháp" => Self::Constitution,
            "code" | "bộ luật" => Self::Code,
            "law" | "luật" => Self::Law,
            "ordinance" | "pháp lệnh" => Self::Ordinance,
            "resolution" | "nghị quyết" => Self::Resolution,
            "decree" | "nghị định" => Self::Decree,
            "decision" | "quyết định" => Self::Decision,
            "circular" | "thông tư" | "thông tư liên tịch" => Self::Circular,
            "consolidated" | "văn bản hợp nhất" => Self::Consolidated,
            "charter" | "điều lệ" => Self::Charter,
            "agreement" | "thỏa ước" => Self::Agreement,
            "guide" | "hướng dẫn" => Self::Guide,
            "digest" | "tóm lược" => Self::Digest,
            "other" => Self::Other,
            _ => return None,
        })
    }

    /// Whether a text of this kind is law (or its digest), not an agreement or a guide.
    pub fn is_law(self) -> bool {
        !matches!(self, Self::Agreement | Self::Guide)
    }
}

/// How far a source's text can be trusted, least first: of two texts of one number the more
/// trusted is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trust {
    /// Nothing is known of where the text comes from, or it was typed or read by a machine.
    #[default]
    Unknown,
    /// A page of a law portal.
    Web,
    /// A word processor's file, a pinned package, an articles file.
    File,
    /// The official gazette or the official codification.
    Official,
    /// A person stated in the sidecar that this text is the one to use.
    Stated,
}

impl Trust {
    /// Name in sidecar files, stored documents and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Web => "web",
            Self::File => "file",
            Self::Official => "official",
            Self::Stated => "stated",
        }
    }

    /// The trust of that [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Unknown, Self::Web, Self::File, Self::Official, Self::Stated].into_iter().find(|t| t.name() == name)
    }
}

/// Where a document's text comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// File name, or `package:member`.
    pub file: String,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// Date the file itself states for its text, if any.
    pub date: Option<Date>,
    /// How far the text can be trusted.
    pub trust: Trust,
    /// Why the text is known not to be whole, in English: cut off, unreadable pages.
    pub incomplete: Option<String>,
}

/// What is known of a document beside its text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DocumentMeta {
    /// Number as printed.
    pub number: Option<String>,
    /// Title with its year where it has one, `Bộ luật Lao động 2019`.
    pub title: String,
    /// What it is.
    pub kind: DocumentKind,
    /// Who issued it.
    pub issuer: Option<String>,
    /// Who signed it, with the office as printed.
    pub signer: Option<String>,
    /// Day of issue.
    pub issued: Option<Date>,
    /// Dates in force.
    pub validity: Validity,
    /// Numbers of documents this one amends in part.
    pub amends: Vec<String>,
    /// Numbers of documents this one replaces as a whole.
    pub replaces: Vec<String>,
    /// For a consolidated text: the number of the document it consolidates.
    pub consolidates: Option<String>,
    /// Unit whose members it binds alone (agreements, internal rules); none: everybody.
    pub unit: Option<String>,
    /// Numbers of documents known to amend it and not merged into its text.
    pub amended_by: Vec<String>,
    /// What readers must be told, in Vietnamese.
    pub notes: Vec<String>,
    /// Where the text comes from.
    pub source: Source,
    /// Number of the document that made these versions of articles: set where this holds only
    /// the changed articles of the law whose id it has, none for a document's own text.
    pub version_by: Option<String>,
    /// Numbers of documents held whose amendments stand in versions or notes of its provisions.
    pub merged: Vec<String>,
    /// Paths of its articles that do nothing but amend laws held, all of which is carried out:
    /// those laws' own articles say it now.
    pub absorbed: Vec<String>,
}
