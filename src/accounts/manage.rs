/*!
Members and units as those see and change them who may.

An admin's reach is the subtree of each unit they are admin of. Nobody changes the account
of who has a role beyond that reach: an invite code opens an account, so a unit's admin
could else become the whole union's.
*/

use jiff::Timestamp;

use super::{
    Accounts, Actor, Grant, Login, Member, MemberId, MemberQuery, MemberRow, MemberState, Role, Scope, ShortMessage,
    Unit, UnitLevel, UnitPath, UnitRow, fold_name,
    port::LoginRow,
    sign_in::{INVITE_DAYS, days},
};
use crate::{
    error::{Error, Result},
    secrets::Code,
};

/// Members of one page.
const PAGE_MEMBERS_MAX: u32 = 50;
/// Members listed of one role.
const ROLE_MEMBERS_MAX: u32 = 500;
/// Words looked for in names.
const WORDS_MAX: usize = 6;
/// Places under which contacts are sealed.
pub(super) const PHONE_PLACE: &str = "members.phone";
pub(super) const EMAIL_PLACE: &str = "members.email";

/// What is wanted of a list of members.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberListWish {
    /// Code of the unit; the first one within reach without.
    pub unit: Option<String>,
    /// Words of a name, a member number, a telephone number or an e-mail address.
    pub search: String,
    /// Number of the last member of the page before.
    pub after: Option<String>,
    /// Only those who have this role within the unit; they are few, and listed whole.
    pub role: Option<Role>,
}

/// A page of a list of members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberList {
    /// The unit whose subtree is listed.
    pub unit: Unit,
    /// Members in order of unit and name.
    pub members: Vec<Member>,
    /// Members of the subtree in all.
    pub total: u64,
    /// Number to ask for the next page with, where there is one.
    pub next: Option<String>,
}

/// One member as an admin of their unit sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberDetail {
    /// The member.
    pub member: Member,
    /// Telephone number.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Roles.
    pub grants: Vec<Grant>,
}

/// The first admin, of the whole union.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstAdmin {
    /// Member number.
    pub number: String,
    /// Name.
    pub name: String,
    /// Code and name of the topmost unit, made where there is none.
    pub unit: (String, String),
}

/// An invite code that has just been made.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The code: shown once.
    pub code: Code,
    /// Whether a message with it was taken over; none where there is no gateway or no number.
    pub message: Option<MessageTaken>,
}

/// A message that a gateway has taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageTaken {
    /// Whether messages it takes reach a telephone.
    pub delivers: bool,
}

impl Accounts {
    /// Units an actor sees: the subtrees of their roles and their own unit, those above first.
    ///
    /// # Errors
    /// `Forbidden` for a key that may not.
    pub async fn units(&self, actor: &Actor) -> Result<Vec<Unit>> {
        actor.require_scope(Scope::People)?;
        let own = &actor.member().unit_path;
        let all = self.people.units(None).await?;
        let reach: Vec<&UnitPath> = actor.grants().iter().map(|grant| &grant.path).collect();
        Ok(all
            .into_iter()
            .filter(|unit| unit.path == *own || reach.iter().any(|path| path.contains(&unit.path)))
            .collect())
    }

    /// A page of the members within an admin's reach.
    ///
    /// # Errors
    /// `NotFound` for who is no admin, and for a unit beyond their reach.
    pub async fn list_members(&self, actor: &Actor, wish: &MemberListWish) -> Result<MemberList> {
        actor.require_scope(Scope::People)?;
        actor.require_anywhere(Role::Admin)?;
        let unit = match wish.unit.as_deref().filter(|code| !code.is_empty()) {
            Some(code) => self.unit_within(actor, code).await?,
            None => self.first_unit(actor).await?,
        };
        let total = self.people.count_members(&unit.path).await?;
        if let Some(role) = wish.role {
            let members = self.people.members_with(&unit.path, role, ROLE_MEMBERS_MAX).await?;
            return Ok(MemberList { unit, members, total, next: None });
        }
        if let Some(member) = self.exactly(&wish.search).await? {
            let members = if unit.path.contains(&member.unit_path) { vec![member] } else { Vec::new() };
            return Ok(MemberList { unit, members, total, next: None });
        }
        let after = match &wish.after {
            None => None,
            Some(number) => Some(self.member_within(actor, number).await?.id),
        };
        let folded = fold_name(&wish.search);
        let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let query = MemberQuery {
            within: unit.path.clone(),
            words: words.take(WORDS_MAX).map(str::to_owned).collect(),
            after,
            members_max: PAGE_MEMBERS_MAX + 1,
        };
        let mut members = self.people.members(&query).await?;
        let page = usize::try_from(PAGE_MEMBERS_MAX).unwrap_or(usize::MAX);
        let has_more = page < members.len();
        members.truncate(page);
        let next = members.last().filter(|_| has_more).map(|member| member.number.clone());
        Ok(MemberList { unit, members, total, next })
    }

    /// One member.
    ///
    /// # Errors
    /// `NotFound` for one beyond the admin's reach.
    pub async fn member_detail(&self, actor: &Actor, number: &str) -> Result<MemberDetail> {
        actor.require_scope(Scope::People)?;
        let member = self.member_within(actor, number).await?;
        self.detail(member).await
    }

    /// One's own account.
    ///
    /// # Errors
    /// `Forbidden` for a key that may not read.
    pub async fn own_detail(&self, actor: &Actor) -> Result<MemberDetail> {
        actor.require_scope(Scope::Read)?;
        self.detail(actor.member().clone()).await
    }

    /// A member with contacts, for whoever may know by the log of identities: `app` asks that
    /// first, and no rim reaches this.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn detail_of(&self, member: MemberId) -> Result<Option<MemberDetail>> {
        match self.people.member_of(member).await? {
            Some(member) => self.detail(member).await.map(Some),
            None => Ok(None),
        }
    }

    /// Makes a new invite code for a member, in place of the one before. It is shown once, and
    /// handed to the gateway for short messages where there is one.
    ///
    /// # Errors
    /// `NotFound` beyond the admin's reach; `Conflict` for a blocked member, and for oneself:
    /// who knows one's password changes it, and who has only the session must not.
    /// `Unavailable` when the gateway does not take it: then there is no new code.
    pub async fn invite(&self, actor: &Actor, number: &str, now: Timestamp) -> Result<Invitation> {
        let member = self.member_to_change(actor, number).await?;
        if member.id == actor.member().id {
            return Err(Error::Conflict("hãy đổi mật khẩu của mình ở trang tài khoản".to_owned()));
        }
        if member.state == MemberState::Blocked {
            return Err(Error::Conflict("tài khoản đang bị khóa; hãy mở khóa trước".to_owned()));
        }
        let code = Code::random()?;
        let phone = self.people.contacts(member.id).await?.phone;
        let message = match (&self.sms, phone) {
            (Some(gateway), Some(sealed)) => {
                let phone = self.keys.open_sealed(PHONE_PLACE, &sealed)?;
                gateway.take(&[ShortMessage::invite(&phone, &code, INVITE_DAYS)])?;
                Some(MessageTaken { delivers: gateway.delivers() })
            }
            _ => None,
        };
        self.keep_code(member.id, &code, now).await?;
        Ok(Invitation { code, message })
    }

    /// Blocks a member and ends their sessions, or lets them in again.
    ///
    /// # Errors
    /// `NotFound` beyond the admin's reach; `Conflict` for oneself.
    pub async fn block(&self, actor: &Actor, number: &str, blocked: bool, now: Timestamp) -> Result<()> {
        let member = self.member_to_change(actor, number).await?;
        if member.id == actor.member().id {
            return Err(Error::Conflict("không thể tự khóa tài khoản của mình".to_owned()));
        }
        self.people.block(member.id, blocked, now).await
    }

    /// Gives a role within a unit's subtree.
    ///
    /// # Errors
    /// `NotFound` where the member or the unit is beyond the admin's reach.
    pub async fn give_role(&self, actor: &Actor, number: &str, role: Role, unit: &str, now: Timestamp) -> Result<bool> {
        let (member, unit) = self.role_to_change(actor, number, unit).await?;
        self.people.put_grant(member, role, unit.id, now).await
    }

    /// Takes a role within a unit's subtree.
    ///
    /// # Errors
    /// As [`give_role`](Self::give_role); `Conflict` for one's own role of admin, so that
    /// nobody locks the last admin out by mistake.
    pub async fn take_role(&self, actor: &Actor, number: &str, role: Role, unit: &str) -> Result<bool> {
        let (member, unit) = self.role_to_change(actor, number, unit).await?;
        if member == actor.member().id && role == Role::Admin {
            return Err(Error::Conflict("không thể tự bỏ quyền quản trị của mình".to_owned()));
        }
        self.people.drop_grant(member, role, unit.id).await
    }

    /// Makes an admin of the whole union, and the topmost unit where there is none; for who
    /// holds the machine. The code is shown once.
    ///
    /// # Errors
    /// `Invalid` for the number or names; `Conflict` where the unit is not the topmost.
    pub async fn make_first_admin(&self, wish: &FirstAdmin, now: Timestamp) -> Result<Code> {
        let login = Login::number(&wish.number)?;
        let name = wish.name.trim();
        if name.is_empty() {
            return Err(Error::invalid("name", "the admin needs a name"));
        }
        let top = self.people.units(None).await?.into_iter().find(|unit| unit.parent.is_none());
        let top = match top {
            Some(top) => top,
            None => {
                let (code, unit_name) = &wish.unit;
                let row = UnitRow {
                    code: code.trim().to_uppercase(),
                    name: unit_name.clone(),
                    level: UnitLevel::Sector,
                    parent_code: None,
                };
                self.people.put_units(std::slice::from_ref(&row)).await?;
                let made = self.people.unit(&row.code).await?;
                made.ok_or_else(|| Error::Internal(anyhow::anyhow!("the topmost unit was not kept")))?
            }
        };
        if self.people.member(login.as_str()).await?.is_none() {
            let row = MemberRow {
                number: login.as_str().to_owned(),
                name: name.to_owned(),
                name_folded: fold_name(name),
                unit_code: top.code.clone(),
                phone_sealed: None,
                email_sealed: None,
                logins: vec![LoginRow { kind: login.kind, hash: login.hash(&self.keys) }],
                invite: None,
            };
            self.people.put_members(&[row], now, now).await?;
        }
        let member = self.people.member(login.as_str()).await?;
        let member = member.ok_or_else(|| Error::Internal(anyhow::anyhow!("the first admin was not kept")))?;
        self.people.put_grant(member.id, Role::Admin, top.id, now).await?;
        let code = Code::random()?;
        self.keep_code(member.id, &code, now).await?;
        Ok(code)
    }

    async fn keep_code(&self, member: MemberId, code: &Code, now: Timestamp) -> Result<()> {
        self.sign_ins.put_invite(member, &self.invite_hash(code), now, now + days(INVITE_DAYS)).await
    }

    /// The member whose number, telephone number or e-mail address is exactly this.
    async fn exactly(&self, search: &str) -> Result<Option<Member>> {
        for login in Login::meanings(search.trim()) {
            if let Some(found) = self.sign_ins.credentials(&login.hash(&self.keys)).await? {
                return self.people.member_of(found.member).await;
            }
        }
        Ok(None)
    }

    async fn detail(&self, member: Member) -> Result<MemberDetail> {
        let sealed = self.people.contacts(member.id).await?;
        let open = |place: &str, sealed: Option<Vec<u8>>| sealed.map(|s| self.keys.open_sealed(place, &s)).transpose();
        let grants = self.people.grants(member.id).await?;
        Ok(MemberDetail {
            phone: open(PHONE_PLACE, sealed.phone)?,
            email: open(EMAIL_PLACE, sealed.email)?,
            member,
            grants,
        })
    }

    async fn first_unit(&self, actor: &Actor) -> Result<Unit> {
        let reach = actor.grants().iter().find(|grant| grant.role == Role::Admin);
        let code = reach.map_or("", |grant| grant.unit_code.as_str());
        self.unit_within(actor, code).await
    }

    async fn unit_within(&self, actor: &Actor, code: &str) -> Result<Unit> {
        let missing = || Error::NotFound { resource: "unit", id: code.to_owned() };
        let unit = self.people.unit(code).await?.ok_or_else(missing)?;
        actor.require(Role::Admin, &unit.path, "unit", code)?;
        Ok(unit)
    }

    async fn member_within(&self, actor: &Actor, number: &str) -> Result<Member> {
        let missing = || Error::NotFound { resource: "member", id: number.to_owned() };
        let login = Login::number(number).map_err(|_| missing())?;
        let member = self.people.member(login.as_str()).await?.ok_or_else(missing)?;
        actor.require(Role::Admin, &member.unit_path, "member", number)?;
        Ok(member)
    }

    /// A member within reach, none of whose roles lies beyond it.
    async fn member_to_change(&self, actor: &Actor, number: &str) -> Result<Member> {
        actor.require_scope(Scope::People)?;
        let member = self.member_within(actor, number).await?;
        for grant in self.people.grants(member.id).await? {
            if !actor.may(Role::Admin, &grant.path) {
                return Err(Error::Forbidden("người này có vai trò ngoài phạm vi quản trị của bạn".to_owned()));
            }
        }
        Ok(member)
    }

    async fn role_to_change(&self, actor: &Actor, number: &str, unit: &str) -> Result<(MemberId, Unit)> {
        actor.require_scope(Scope::People)?;
        let member = self.member_within(actor, number).await?;
        Ok((member.id, self.unit_within(actor, unit).await?))
    }
}
