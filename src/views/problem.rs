/*! Problem details (RFC 9457), and the state of the service. */

use std::collections::BTreeMap;

use serde::Serialize;

use crate::app::PartState;

/// Why a request failed, as every error reply carries it.
#[derive(Debug, Clone, Serialize)]
pub struct ProblemJson {
    /// `urn:congdoan:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short, in Vietnamese, the same for every occurrence.
    pub title: &'static str,
    /// HTTP status.
    pub status: u16,
    /// Stable name for programs.
    pub code: &'static str,
    /// What happened here and what to do, in Vietnamese. Never the cause of a 5xx.
    pub detail: String,
    /// The field at fault, if one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Seconds to wait before the next try, if waiting helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u32>,
}

/// The value of `/readyz`.
#[derive(Debug, Clone, Serialize)]
pub struct ReadyJson {
    /// `ready`, `degraded`, or `unavailable` when the index is missing.
    pub status: &'static str,
    /// State by part: `index`, `embedder`, `generator`.
    pub parts: BTreeMap<&'static str, PartJson>,
}

/// State of one part.
#[derive(Debug, Clone, Serialize)]
pub struct PartJson {
    /// `ready` or `degraded`.
    pub status: &'static str,
    /// Why it is degraded, or null.
    pub why: Option<String>,
}

impl ReadyJson {
    /// The state of `parts`; without an index (`has_index`) nothing can be answered.
    pub fn new(parts: &[PartState], has_index: bool) -> Self {
        let degraded = parts.iter().any(|part| part.degraded.is_some());
        Self {
            status: match (has_index, degraded) {
                (false, _) => "unavailable",
                (true, true) => "degraded",
                (true, false) => "ready",
            },
            parts: parts.iter().map(|part| (part.part, PartJson::from(part))).collect(),
        }
    }
}

impl From<&PartState> for PartJson {
    fn from(state: &PartState) -> Self {
        let status = if state.degraded.is_some() { "degraded" } else { "ready" };
        Self { status, why: state.degraded.clone() }
    }
}

/// The value of `/version`.
#[derive(Debug, Clone, Serialize)]
pub struct VersionJson {
    /// Version of this program.
    pub version: &'static str,
    /// The active generation, or null.
    pub corpus_release: Option<String>,
    /// Configured generator.
    pub generator: String,
    /// Configured embedder.
    pub embedder: String,
}
