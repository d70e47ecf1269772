/*! Requests for support as the API shows them. */

use serde::Serialize;

use crate::support::{
    BudgetLine, Register, RequestView, SealedFile, TimelineEntry,
    port::{RequestRow, UnitOf},
};

/// A unit.
#[derive(Debug, Clone, Serialize)]
pub struct SupportUnitJson {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
}

impl From<&UnitOf> for SupportUnitJson {
    fn from(unit: &UnitOf) -> Self {
        Self { code: unit.code.clone(), name: unit.name.clone() }
    }
}

/// A request without what was said in it.
#[derive(Debug, Clone, Serialize)]
pub struct SupportCardJson {
    /// Number.
    pub id: i64,
    /// `hardship`, `smartphone`, `legal`, `other`.
    pub kind: &'static str,
    /// `sent`, `taken`, `asked`, `approved`, `refused`, `done`, `withdrawn`.
    pub state: &'static str,
    /// The unit it came from.
    pub unit: SupportUnitJson,
    /// The unit that has to decide.
    pub desk: SupportUnitJson,
    /// Member number of who sent it.
    pub member: String,
    /// Their name.
    pub member_name: String,
    /// RFC 3339.
    pub sent_at: String,
    /// Until when the desk should decide, RFC 3339.
    pub due_at: String,
    /// What was promised, in đồng.
    pub amount_dong: i64,
    /// RFC 3339, or null.
    pub decided_at: Option<String>,
}

impl From<&RequestRow> for SupportCardJson {
    fn from(row: &RequestRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind.name(),
            state: row.state.name(),
            unit: SupportUnitJson::from(&row.unit),
            desk: SupportUnitJson::from(&row.desk),
            member: row.member_number.clone(),
            member_name: row.member_name.clone(),
            sent_at: row.sent_at.to_string(),
            due_at: row.due_at.to_string(),
            amount_dong: row.amount_dong,
            decided_at: row.decided_at.map(|at| at.to_string()),
        }
    }
}

/// Several requests.
#[derive(Debug, Clone, Serialize)]
pub struct SupportListJson {
    /// Newest first.
    pub requests: Vec<SupportCardJson>,
}

impl SupportListJson {
    /// The list.
    pub fn new(rows: &[RequestRow]) -> Self {
        Self { requests: rows.iter().map(SupportCardJson::from).collect() }
    }
}

/// What happened to a request.
#[derive(Debug, Clone, Serialize)]
pub struct SupportEntryJson {
    /// RFC 3339.
    pub at: String,
    /// `member`, `officer`, `service`.
    pub side: &'static str,
    /// A short name of what happened.
    pub what: String,
    /// The state it came to, or null.
    pub state: Option<&'static str>,
    /// What was said.
    pub text: String,
}

impl From<&TimelineEntry> for SupportEntryJson {
    fn from(entry: &TimelineEntry) -> Self {
        Self {
            at: entry.at.to_string(),
            side: entry.side.name(),
            what: entry.what.clone(),
            state: entry.state.map(|state| state.name()),
            text: entry.text.clone(),
        }
    }
}

/// A file of a request.
#[derive(Debug, Clone, Serialize)]
pub struct SupportFileJson {
    /// Place, from 1.
    pub n: u32,
    /// What its owner called it.
    pub name: String,
    /// Media type.
    pub content_type: &'static str,
    /// Length, in bytes.
    pub bytes: u32,
    /// Where it is.
    pub url: String,
}

impl SupportFileJson {
    fn new(id: i64, file: &SealedFile) -> Self {
        Self {
            n: file.n,
            name: file.name.clone(),
            content_type: file.kind.content_type(),
            bytes: file.length,
            url: format!("/ho-tro/{id}/tep/{}", file.n),
        }
    }
}

/// A request with all that was said in it.
#[derive(Debug, Clone, Serialize)]
pub struct SupportRequestJson {
    /// What a list says of it, too.
    #[serde(flatten)]
    pub card: SupportCardJson,
    /// Whether it should have been decided.
    pub late: bool,
    /// Whether who looks has sent it.
    pub is_own: bool,
    /// Whether who looks may decide it, once in hand.
    pub may_decide: bool,
    /// What the member wrote.
    pub words: String,
    /// What happened, oldest first.
    pub timeline: Vec<SupportEntryJson>,
    /// Files.
    pub files: Vec<SupportFileJson>,
    /// What the desk's budget of this year has left, for who decides, in đồng.
    pub left_dong: Option<i64>,
}

impl From<&RequestView> for SupportRequestJson {
    fn from(view: &RequestView) -> Self {
        Self {
            card: SupportCardJson::from(&view.request),
            late: view.is_late,
            is_own: view.is_own,
            may_decide: view.may_decide,
            words: view.words.clone(),
            timeline: view.timeline.iter().map(SupportEntryJson::from).collect(),
            files: view.files.iter().map(|file| SupportFileJson::new(view.request.id, file)).collect(),
            left_dong: view.left_dong,
        }
    }
}

/// A unit's budget of a year.
#[derive(Debug, Clone, Serialize)]
pub struct SupportBudgetJson {
    /// Code of the unit.
    pub unit: String,
    /// Its name.
    pub unit_name: String,
    /// The budget, in đồng.
    pub budget_dong: i64,
    /// What was promised out of it, in đồng.
    pub promised_dong: i64,
}

impl From<&BudgetLine> for SupportBudgetJson {
    fn from(line: &BudgetLine) -> Self {
        Self {
            unit: line.unit_code.clone(),
            unit_name: line.unit_name.clone(),
            budget_dong: line.budget_dong,
            promised_dong: line.promised_dong,
        }
    }
}

/// A register.
#[derive(Debug, Clone, Serialize)]
pub struct SupportRegisterJson {
    /// Code of the unit.
    pub unit: String,
    /// The year.
    pub year: i16,
    /// Newest first; null for who looks after budgets alone.
    pub requests: Option<Vec<SupportCardJson>>,
    /// Number to go on with, or null.
    pub next: Option<i64>,
    /// Budgets of units that have one or have promised something.
    pub budgets: Vec<SupportBudgetJson>,
}

impl From<&Register> for SupportRegisterJson {
    fn from(register: &Register) -> Self {
        Self {
            unit: register.unit.code.clone(),
            year: register.year,
            requests: register.requests.as_ref().map(|rows| rows.iter().map(SupportCardJson::from).collect()),
            next: register.next,
            budgets: register.budgets.iter().map(SupportBudgetJson::from).collect(),
        }
    }
}
