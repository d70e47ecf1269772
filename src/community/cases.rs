/*! Cases, reports and decisions: the values of moderation. */

use jiff::Timestamp;

use super::types::{Audience, Author, PostState};
use crate::accounts::MemberId;

/// Why somebody reports something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReportReason {
    /// It is not true.
    Untrue,
    /// It insults or threatens somebody.
    Insult,
    /// It tells what is nobody's business.
    Privacy,
    /// It sells something or is a fraud.
    Fraud,
    /// It is indecent or cruel.
    Indecent,
    /// Something else.
    Other,
}

impl ReportReason {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Untrue, Self::Insult, Self::Privacy, Self::Fraud, Self::Indecent, Self::Other];

    /// Name in forms, the API and the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Untrue => "untrue",
            Self::Insult => "insult",
            Self::Privacy => "privacy",
            Self::Fraud => "fraud",
            Self::Indecent => "indecent",
            Self::Other => "other",
        }
    }

    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Untrue => "Sai sự thật",
            Self::Insult => "Xúc phạm, đe dọa",
            Self::Privacy => "Lộ thông tin riêng",
            Self::Fraud => "Lừa đảo, quảng cáo",
            Self::Indecent => "Phản cảm, bạo lực",
            Self::Other => "Lý do khác",
        }
    }

    /// The reason of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// What an editor decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// It stays, or is let through.
    Keep,
    /// It goes out of sight; its author may write on.
    Hide,
    /// It is taken down; that counts towards a lock.
    Remove,
}

impl Ruling {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Keep, Self::Hide, Self::Remove];

    /// Name in forms, the API and the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Hide => "hide",
            Self::Remove => "remove",
        }
    }

    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Keep => "Giữ, cho hiện",
            Self::Hide => "Ẩn",
            Self::Remove => "Gỡ",
        }
    }

    /// What becomes of the words.
    pub fn state(self) -> PostState {
        match self {
            Self::Keep => PostState::Shown,
            Self::Hide => PostState::Hidden,
            Self::Remove => PostState::Removed,
        }
    }

    /// The ruling of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ruling| ruling.name() == name)
    }
}

/// Why there is a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseKind {
    /// Somebody's first post waits to be let through.
    First,
    /// Somebody reported it.
    Report,
}

impl CaseKind {
    /// Name in the API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Report => "report",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::First, Self::Report].into_iter().find(|kind| kind.name() == name)
    }
}

/// How far a case has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseState {
    /// Nobody has decided.
    Open,
    /// Decided.
    Decided,
    /// Its author asks for another look.
    Appealed,
    /// The other look was taken, or the words are gone.
    Closed,
}

impl CaseState {
    /// Name in the API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Decided => "decided",
            Self::Appealed => "appealed",
            Self::Closed => "closed",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Open, Self::Decided, Self::Appealed, Self::Closed].into_iter().find(|state| state.name() == name)
    }
}

/// A decision with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What.
    pub ruling: Ruling,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: MemberId,
    /// When.
    pub at: Timestamp,
}

/// An appeal, and its answer once there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appeal {
    /// The author's words.
    pub text: String,
    /// When.
    pub at: Timestamp,
    /// Whether it was shown again, why, and when.
    pub answer: Option<(bool, String, Timestamp)>,
}

/// Words that somebody has to look at, or has looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Number.
    pub id: i64,
    /// Why there is one.
    pub kind: CaseKind,
    /// How far it has come.
    pub state: CaseState,
    /// The post.
    pub post: i64,
    /// The comment; none for the post itself.
    pub comment: Option<i64>,
    /// Who wrote it.
    pub author: Author,
    /// For whom the post is.
    pub audience: Audience,
    /// The words as they stood when the case was opened.
    pub text: String,
    /// How many reported it.
    pub reports: u32,
    /// Why, each reason once, and what they wrote; who they are is not told.
    pub reasons: Vec<(ReportReason, String)>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// What was decided.
    pub decided: Option<Decided>,
    /// What its author said to that.
    pub appeal: Option<Appeal>,
}

impl Case {
    /// Whether its author may still ask for another look.
    pub fn may_be_appealed(&self) -> bool {
        let against = self.decided.as_ref().is_some_and(|decided| decided.ruling != Ruling::Keep);
        self.state == CaseState::Decided && against && self.appeal.is_none()
    }
}

/// A report as who made it may take it along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnReport {
    /// The post.
    pub post: i64,
    /// The comment; none for the post itself.
    pub comment: Option<i64>,
    /// Why.
    pub reason: ReportReason,
    /// In which words.
    pub words: String,
    /// When.
    pub at: Timestamp,
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// Number.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: String,
    /// The post.
    pub post: i64,
    /// The comment; none for the post itself.
    pub comment: Option<i64>,
    /// What was done: `keep`, `hide`, `remove`, `uphold`, `restore`, `lock`, `unlock`, `pin`,
    /// `unpin`, `check`, `uncheck`, `ban`, `unban` (of a host, which is the reason).
    pub act: String,
    /// Why.
    pub reason: String,
}
