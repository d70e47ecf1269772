/*! People as the API shows them: sessions, members, units, keys of programs. */

use serde::Serialize;

use crate::accounts::{ApiKey, Grant, Member, MemberDetail, MemberList, Session, SessionId, Unit};

/// A role within a unit's subtree.
#[derive(Debug, Clone, Serialize)]
pub struct GrantJson {
    /// `counsellor`, `editor`, `inspector`, `admin`.
    pub role: &'static str,
    /// Code of the unit.
    pub unit: String,
}

impl From<&Grant> for GrantJson {
    fn from(grant: &Grant) -> Self {
        Self { role: grant.role.name(), unit: grant.unit_code.clone() }
    }
}

/// A member in lists.
#[derive(Debug, Clone, Serialize)]
pub struct MemberJson {
    /// Member number.
    pub number: String,
    /// Name.
    pub name: String,
    /// Code of their unit.
    pub unit: String,
    /// Name of their unit.
    pub unit_name: String,
    /// `invited`, `active`, `blocked`.
    pub state: &'static str,
}

impl From<&Member> for MemberJson {
    fn from(member: &Member) -> Self {
        Self {
            number: member.number.clone(),
            name: member.name.clone(),
            unit: member.unit_code.clone(),
            unit_name: member.unit_name.clone(),
            state: member.state.name(),
        }
    }
}

/// One member with contacts and roles.
#[derive(Debug, Clone, Serialize)]
pub struct MemberDetailJson {
    /// The member.
    #[serde(flatten)]
    pub member: MemberJson,
    /// Telephone number, or null.
    pub phone: Option<String>,
    /// E-mail address, or null.
    pub email: Option<String>,
    /// Roles beside that of member.
    pub roles: Vec<GrantJson>,
}

impl From<&MemberDetail> for MemberDetailJson {
    fn from(detail: &MemberDetail) -> Self {
        Self {
            member: MemberJson::from(&detail.member),
            phone: detail.phone.clone(),
            email: detail.email.clone(),
            roles: detail.grants.iter().map(GrantJson::from).collect(),
        }
    }
}

/// A page of members.
#[derive(Debug, Clone, Serialize)]
pub struct MembersJson {
    /// Code of the unit whose subtree is listed.
    pub unit: String,
    /// Members of the subtree in all.
    pub total: u64,
    /// This page.
    pub members: Vec<MemberJson>,
    /// What to give as `after` for the next page, or null.
    pub next: Option<String>,
}

impl From<&MemberList> for MembersJson {
    fn from(list: &MemberList) -> Self {
        Self {
            unit: list.unit.code.clone(),
            total: list.total,
            members: list.members.iter().map(MemberJson::from).collect(),
            next: list.next.clone(),
        }
    }
}

/// A unit.
#[derive(Debug, Clone, Serialize)]
pub struct UnitJson {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// `sector`, `upper`, `base`, `team`.
    pub level: &'static str,
    /// Code of the unit above, where it is seen.
    pub parent: Option<String>,
}

/// Units, those above first.
#[derive(Debug, Clone, Serialize)]
pub struct UnitsJson {
    /// The units.
    pub units: Vec<UnitJson>,
}

impl From<&[Unit]> for UnitsJson {
    fn from(units: &[Unit]) -> Self {
        let code = |unit: &Unit| units.iter().find(|above| Some(above.id) == unit.parent).map(|u| u.code.clone());
        let json = |unit: &Unit| UnitJson {
            code: unit.code.clone(),
            name: unit.name.clone(),
            level: unit.level.name(),
            parent: code(unit),
        };
        Self { units: units.iter().map(json).collect() }
    }
}

/// One of one's own sessions.
#[derive(Debug, Clone, Serialize)]
pub struct SessionJson {
    /// To end it with.
    pub id: i64,
    /// What the browser says it is.
    pub device: String,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339, to the hour.
    pub seen_at: String,
    /// RFC 3339.
    pub expires_at: String,
    /// Whether it is the one that asks.
    pub current: bool,
}

impl SessionJson {
    /// `session` as seen by the session `current`.
    pub fn new(session: &Session, current: Option<SessionId>) -> Self {
        Self {
            id: session.id.0,
            device: session.device.clone(),
            created_at: session.created_at.to_string(),
            seen_at: session.seen_at.to_string(),
            expires_at: session.expires_at.to_string(),
            current: current == Some(session.id),
        }
    }
}

/// One's own sessions.
#[derive(Debug, Clone, Serialize)]
pub struct SessionsJson {
    /// Last used first.
    pub sessions: Vec<SessionJson>,
}

/// A session that has begun; its cookie is in the headers.
#[derive(Debug, Clone, Serialize)]
pub struct SignedInJson {
    /// RFC 3339.
    pub expires_at: String,
    /// What requests that change something carry as `X-CSRF-Token`.
    pub csrf_token: String,
}

/// One of one's own keys.
#[derive(Debug, Clone, Serialize)]
pub struct ApiKeyJson {
    /// To end it with.
    pub id: i64,
    /// What its owner calls it.
    pub name: String,
    /// `ask`, `read`, `people`.
    pub scopes: Vec<&'static str>,
    /// Requests a minute at most.
    pub requests_per_minute_max: u32,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub expires_at: String,
    /// The key itself, in the answer that makes it and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

impl ApiKeyJson {
    /// `key`, with its text where it has just been made.
    pub fn new(key: &ApiKey, text: Option<String>) -> Self {
        Self {
            id: key.id,
            name: key.name.clone(),
            scopes: key.scopes.iter().map(|scope| scope.name()).collect(),
            requests_per_minute_max: key.requests_per_minute_max,
            created_at: key.created_at.to_string(),
            expires_at: key.expires_at.to_string(),
            key: text,
        }
    }
}

/// One's own keys.
#[derive(Debug, Clone, Serialize)]
pub struct ApiKeysJson {
    /// In order of their making.
    pub api_keys: Vec<ApiKeyJson>,
}
