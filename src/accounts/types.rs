/*! Units, members, roles: the values everything about people is told in. */

use jiff::Timestamp;

use crate::error::{Error, Result};

/// Number of a unit in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitId(pub i64);

/// Number of a member in the store. It never leaves the program: outside, a member is their
/// member number, and only to those who may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberId(pub i64);

/// Number of a session in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub i64);

/// Levels of the union's tree, from its top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnitLevel {
    /// Công đoàn ngành: the whole union.
    Sector,
    /// Công đoàn cấp trên trực tiếp cơ sở.
    Upper,
    /// Công đoàn cơ sở.
    Base,
    /// Tổ công đoàn, công đoàn bộ phận.
    Team,
}

impl UnitLevel {
    /// All levels, from the top.
    pub const ALL: [Self; 4] = [Self::Sector, Self::Upper, Self::Base, Self::Team];

    /// Name in files and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sector => "sector",
            Self::Upper => "upper",
            Self::Base => "base",
            Self::Team => "team",
        }
    }

    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Sector => "Công đoàn ngành",
            Self::Upper => "Công đoàn cấp trên",
            Self::Base => "Công đoàn cơ sở",
            Self::Team => "Tổ công đoàn",
        }
    }

    /// The level of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// Place of a unit in the tree: the numbers of the units from the top down to it, `/1/5/17/`.
/// A unit lies in the subtree of another exactly when its path begins with the other's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitPath(String);

impl UnitPath {
    /// A path as stored.
    ///
    /// # Errors
    /// `Internal` for what is none: an empty path would be every unit's ancestor.
    pub fn from_stored(text: String) -> Result<Self> {
        let mut parts = text.split('/');
        let framed = parts.next() == Some("") && parts.next_back() == Some("");
        let parts: Vec<&str> = parts.collect();
        if framed && !parts.is_empty() && parts.iter().all(|part| part.parse::<i64>().is_ok()) {
            Ok(Self(text))
        } else {
            Err(Error::Internal(anyhow::anyhow!("`{text}` is no path of a unit")))
        }
    }

    /// Path of the unit `id` below `parent`.
    pub fn below(parent: Option<&Self>, id: UnitId) -> Self {
        Self(format!("{}{}/", parent.map_or("/", Self::as_str), id.0))
    }

    /// Text, as stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// First text after all paths of the subtree, for ranges: `/1/5/` gives `/1/50`, as `0`
    /// follows `/`.
    pub fn end(&self) -> String {
        format!("{}0", self.0.trim_end_matches('/'))
    }

    /// Whether it is the topmost unit: the whole union.
    pub fn is_top(&self) -> bool {
        self.0.trim_matches('/').bytes().all(|byte| byte != b'/')
    }

    /// Whether `other` is this unit or lies below it.
    pub fn contains(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }
}

/// A unit of the union.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its number in the store.
    pub id: UnitId,
    /// Code, as the union writes it; names it outside.
    pub code: String,
    /// Name.
    pub name: String,
    /// Level.
    pub level: UnitLevel,
    /// Place in the tree.
    pub path: UnitPath,
    /// The unit above.
    pub parent: Option<UnitId>,
}

/// What a person may do, each within the subtree of a unit. Everybody is a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Cán bộ tư vấn: reviews answers, takes cases over.
    Counsellor,
    /// Biên tập: posts, moderation, lessons.
    Editor,
    /// Kiểm tra, giám sát: audit trail and reports that name nobody.
    Inspector,
    /// Quản trị: units, members, roles; at the top of the tree the corpus, too.
    Admin,
}

impl Role {
    /// All roles beside that of member.
    pub const ALL: [Self; 4] = [Self::Counsellor, Self::Editor, Self::Inspector, Self::Admin];

    /// Name in files, in the API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Counsellor => "counsellor",
            Self::Editor => "editor",
            Self::Inspector => "inspector",
            Self::Admin => "admin",
        }
    }

    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Counsellor => "Cán bộ tư vấn",
            Self::Editor => "Biên tập",
            Self::Inspector => "Kiểm tra, giám sát",
            Self::Admin => "Quản trị",
        }
    }

    /// The role of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// A role within the subtree of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The unit.
    pub unit: UnitId,
    /// Its code.
    pub unit_code: String,
    /// Its place in the tree.
    pub path: UnitPath,
}

/// How far a member has come with their account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberState {
    /// No password yet.
    Invited,
    /// May sign in.
    Active,
    /// May not, by an admin's decision.
    Blocked,
}

impl MemberState {
    /// Name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Blocked => "blocked",
        }
    }

    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Invited => "chưa kích hoạt",
            Self::Active => "đang dùng",
            Self::Blocked => "bị khóa",
        }
    }
}

/// A member of the union. Telephone number and e-mail address are not here: they are kept
/// sealed and opened for who needs them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Number in the store.
    pub id: MemberId,
    /// Member number: names them outside.
    pub number: String,
    /// Name.
    pub name: String,
    /// Their unit.
    pub unit: UnitId,
    /// Code of their unit.
    pub unit_code: String,
    /// Name of their unit.
    pub unit_name: String,
    /// Place of their unit in the tree.
    pub unit_path: UnitPath,
    /// How far they have come.
    pub state: MemberState,
}

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Number in the store.
    pub id: SessionId,
    /// What the browser says it is, shortened.
    pub device: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the hour.
    pub seen_at: Timestamp,
    /// When it ends unless it is used.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> UnitPath {
        UnitPath::from_stored(text.to_owned()).unwrap()
    }

    #[test]
    fn a_path_contains_its_subtree_and_nothing_else() {
        let unit = path("/1/5/");
        for inside in ["/1/5/", "/1/5/17/", "/1/5/17/3/"] {
            assert!(unit.contains(&path(inside)), "{inside}");
            assert!(unit.as_str() <= inside && inside < unit.end().as_str(), "{inside} is not in the range");
        }
        for outside in ["/1/", "/1/50/", "/1/51/5/", "/15/", "/5/", "/1/4/5/"] {
            assert!(!unit.contains(&path(outside)), "{outside}");
            assert!(!(unit.as_str() <= outside && outside < unit.end().as_str()), "{outside} is in the range");
        }
        assert!(path("/1/").is_top() && path("/17/").is_top() && !unit.is_top());
        assert_eq!(UnitPath::below(Some(&unit), UnitId(7)).as_str(), "/1/5/7/");
        assert_eq!(UnitPath::below(None, UnitId(7)).as_str(), "/7/");
        for bad in ["", "/", "//", "1/5", "/1", "/x/", "/1//5/"] {
            assert!(UnitPath::from_stored(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
