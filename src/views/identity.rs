/*! Who asked, as the API shows it to who may know, and the log without names of who asked. */

use serde::Serialize;

use crate::{
    app::AskerView,
    identity::{Known, Opening, OwnOpening},
};

/// What a counsellor may know of who asked.
#[derive(Debug, Clone, Serialize)]
pub struct IdentityJson {
    /// `closed`, `wished`, `refused`, `ended`, `open`.
    pub state: &'static str,
    /// Member number, where open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Name, where open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Code of the unit, where open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Telephone number, where open and known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Until when, RFC 3339, where open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<String>,
}

impl From<&AskerView> for IdentityJson {
    fn from(view: &AskerView) -> Self {
        let detail = view.detail.as_ref();
        let ends_at = match &view.known {
            Known::Asker(_, ends) => Some(ends.to_string()),
            Known::Nothing | Known::Not(_) => None,
        };
        Self {
            state: view.state_name(),
            number: detail.map(|detail| detail.member.number.clone()),
            name: detail.map(|detail| detail.member.name.clone()),
            unit: detail.map(|detail| detail.member.unit_code.clone()),
            phone: detail.and_then(|detail| detail.phone.clone()),
            ends_at,
        }
    }
}

/// A line of the log.
#[derive(Debug, Clone, Serialize)]
pub struct OpeningJson {
    /// Number.
    pub id: i64,
    /// Number of the case.
    pub review: i64,
    /// Why.
    pub reason: String,
    /// Name of who wished, or null where the asker agreed themselves.
    pub wished_by: Option<String>,
    /// RFC 3339.
    pub wished_at: String,
    /// `wished`, `granted`, `refused`.
    pub state: &'static str,
    /// Name of who decided, or null.
    pub decided_by: Option<String>,
    /// RFC 3339, or null.
    pub decided_at: Option<String>,
    /// RFC 3339, or null.
    pub ends_at: Option<String>,
    /// When it was first looked at, RFC 3339, or null.
    pub seen_at: Option<String>,
}

impl From<&Opening> for OpeningJson {
    fn from(opening: &Opening) -> Self {
        Self {
            id: opening.id,
            review: opening.review,
            reason: opening.reason.clone(),
            wished_by: opening.wisher.clone(),
            wished_at: opening.wished_at.to_string(),
            state: opening.state.name(),
            decided_by: opening.decider.clone(),
            decided_at: opening.decided_at.map(|at| at.to_string()),
            ends_at: opening.ends_at.map(|at| at.to_string()),
            seen_at: opening.seen_at.map(|at| at.to_string()),
        }
    }
}

/// A page of the log.
#[derive(Debug, Clone, Serialize)]
pub struct OpeningsJson {
    /// Newest first.
    pub openings: Vec<OpeningJson>,
}

impl From<&[Opening]> for OpeningsJson {
    fn from(openings: &[Opening]) -> Self {
        Self { openings: openings.iter().map(OpeningJson::from).collect() }
    }
}

/// One of one's own answers whose asker was wished to be known.
#[derive(Debug, Clone, Serialize)]
pub struct OwnOpeningJson {
    /// Conversation.
    pub conversation: String,
    /// Place in it, from 1.
    pub n: u32,
    /// The line of the log.
    #[serde(flatten)]
    pub opening: OpeningJson,
}

impl From<&OwnOpening> for OwnOpeningJson {
    fn from(own: &OwnOpening) -> Self {
        Self { conversation: own.message.0.clone(), n: own.message.1, opening: OpeningJson::from(&own.opening) }
    }
}
