/*!
Who acts: the value every service asks before it does anything.

An [`Actor`] exists only for who has shown a session or a key. Authorisation is asking it:
[`Actor::require`] within a unit's subtree. What may not be seen is not found, so that no
answer tells that it exists.
*/

use super::types::{Grant, Member, MemberId, Role, SessionId, UnitPath};
use crate::error::{Error, Result};

/// What a key of a program may be used for. A session may be used for everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Asking and searching.
    Ask,
    /// Reading one's own account and history.
    Read,
    /// What the owner's roles allow over members and units.
    People,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 3] = [Self::Ask, Self::Read, Self::People];

    /// Name in the API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Read => "read",
            Self::People => "people",
        }
    }

    /// What it allows, for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Ask => "hỏi và tra cứu",
            Self::Read => "đọc tài khoản, câu đã hỏi",
            Self::People => "việc quản lý theo vai trò của bạn",
        }
    }

    /// The scope of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// How somebody has shown who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// A session of a browser.
    Session(SessionId),
    /// A key of a program, with its number in the store.
    ApiKey(i64, Vec<Scope>),
}

/// A member who is signed in, with their roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    member: Member,
    grants: Vec<Grant>,
    via: Via,
}

impl Actor {
    /// A member who has shown who they are. Only the service of accounts makes one.
    pub(super) fn new(member: Member, grants: Vec<Grant>, via: Via) -> Self {
        Self { member, grants, via }
    }

    /// The member.
    pub fn member(&self) -> &Member {
        &self.member
    }

    /// Their roles.
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// The session, where it is one.
    pub fn session(&self) -> Option<SessionId> {
        match self.via {
            Via::Session(id) => Some(id),
            Via::ApiKey(..) => None,
        }
    }

    /// Subtrees in which they have the role.
    pub fn reach(&self, role: Role) -> impl Iterator<Item = &UnitPath> {
        self.grants.iter().filter(move |grant| grant.role == role).map(|grant| &grant.path)
    }

    /// Whether they have the role over the unit at `path`.
    pub fn may(&self, role: Role, path: &UnitPath) -> bool {
        self.reach(role).any(|reach| reach.contains(path))
    }

    /// Whether they have the role anywhere.
    pub fn has(&self, role: Role) -> bool {
        self.reach(role).next().is_some()
    }

    /// Whether they have the role over the whole union.
    pub fn is_top(&self, role: Role) -> bool {
        self.reach(role).any(UnitPath::is_top)
    }

    /// Lets on who has the role over the whole union: for what is everybody's.
    ///
    /// # Errors
    /// `NotFound` for everybody else; `Forbidden` for a key of a program.
    pub fn require_top(&self, role: Role) -> Result<()> {
        if !self.is_top(role) {
            return Err(Error::NotFound { resource: "page", id: role.name().to_owned() });
        }
        self.require_session().map(drop)
    }

    /// Lets on who has the role over the unit at `path`.
    ///
    /// # Errors
    /// `NotFound` of `resource` and `id` for everybody else.
    pub fn require(&self, role: Role, path: &UnitPath, resource: &'static str, id: &str) -> Result<()> {
        if self.may(role, path) { Ok(()) } else { Err(Error::NotFound { resource, id: id.to_owned() }) }
    }

    /// Lets on who has the role anywhere: for pages that then show what lies within its reach.
    ///
    /// # Errors
    /// `NotFound` for everybody else.
    pub fn require_anywhere(&self, role: Role) -> Result<()> {
        if self.has(role) { Ok(()) } else { Err(Error::NotFound { resource: "page", id: role.name().to_owned() }) }
    }

    /// Lets on a session, and a key that was made for this.
    ///
    /// # Errors
    /// `Forbidden` for a key that was not: its owner knows what they made it for.
    pub fn require_scope(&self, scope: Scope) -> Result<()> {
        match &self.via {
            Via::Session(_) => Ok(()),
            Via::ApiKey(_, scopes) if scopes.contains(&scope) => Ok(()),
            Via::ApiKey(..) => Err(Error::Forbidden(format!("khóa này không có quyền `{}`", scope.name()))),
        }
    }

    /// Lets on a session alone: for what no program should do in a member's name.
    ///
    /// # Errors
    /// `Forbidden` for a key.
    pub fn require_session(&self) -> Result<SessionId> {
        self.session().ok_or_else(|| Error::Forbidden("việc này phải đăng nhập, không dùng khóa".to_owned()))
    }
}

/// Somebody who sends a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visitor {
    /// Has shown nothing.
    Anonymous,
    /// Is signed in.
    Member(Box<Actor>),
}

impl Visitor {
    /// The member.
    ///
    /// # Errors
    /// `Unauthenticated` for who has shown nothing.
    pub fn actor(&self) -> Result<&Actor> {
        match self {
            Self::Anonymous => Err(Error::Unauthenticated),
            Self::Member(actor) => Ok(actor),
        }
    }

    /// Number in the store of the member, where it is one.
    pub fn member_id(&self) -> Option<MemberId> {
        self.actor().ok().map(|actor| actor.member().id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::types::{MemberState, UnitId};

    fn path(text: &str) -> UnitPath {
        UnitPath::from_stored(text.to_owned()).unwrap()
    }

    fn actor(grants: &[(Role, &str)], via: Via) -> Actor {
        let member = Member {
            id: MemberId(1),
            number: "1".to_owned(),
            name: "An".to_owned(),
            unit: UnitId(1),
            unit_code: "A".to_owned(),
            unit_name: "A".to_owned(),
            unit_path: path("/1/"),
            state: MemberState::Active,
        };
        let grant = |(role, at): &(Role, &str)| Grant {
            role: *role,
            unit: UnitId(1),
            unit_code: "A".to_owned(),
            path: path(at),
        };
        Actor::new(member, grants.iter().map(grant).collect(), via)
    }

    #[test]
    fn a_role_reaches_its_subtree_and_no_other_role() {
        let actor = actor(&[(Role::Admin, "/1/5/"), (Role::Editor, "/1/")], Via::Session(SessionId(1)));
        assert!(actor.may(Role::Admin, &path("/1/5/9/")) && actor.may(Role::Editor, &path("/1/6/")));
        assert!(!actor.may(Role::Admin, &path("/1/6/")) && !actor.may(Role::Admin, &path("/1/")));
        assert!(!actor.has(Role::Counsellor));
        let refused = actor.require(Role::Admin, &path("/1/6/"), "unit", "B").unwrap_err();
        assert!(matches!(refused, Error::NotFound { resource: "unit", .. }));
        assert!(actor.require_session().is_ok());
        assert!(actor.require_top(Role::Editor).is_ok());
        assert!(matches!(actor.require_top(Role::Admin), Err(Error::NotFound { .. })), "a unit is not the union");
    }

    #[test]
    fn a_key_reaches_no_further_than_its_scopes() {
        let actor = actor(&[], Via::ApiKey(1, vec![Scope::Ask]));
        assert!(actor.require_scope(Scope::Ask).is_ok());
        assert!(matches!(actor.require_scope(Scope::People), Err(Error::Forbidden(_))));
        assert!(matches!(actor.require_session(), Err(Error::Forbidden(_))));
        assert!(matches!(Visitor::Anonymous.actor(), Err(Error::Unauthenticated)));
    }
}
