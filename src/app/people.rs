/*!
What admins change of members and their roles, written into the log of deeds.

The service of accounts decides who may; what it did is noted here, so that every rim that
changes somebody's account leaves a trace.
*/

use super::App;
use crate::{
    accounts::{Actor, Invitation, Role},
    audit::Deed,
    error::Result,
};

impl App {
    /// Makes a new invite code for a member.
    ///
    /// # Errors
    /// As [`Accounts::invite`](crate::accounts::Accounts::invite).
    pub async fn invite_member(&self, actor: &Actor, number: &str) -> Result<Invitation> {
        let made = self.accounts()?.invite(actor, number, self.now()).await?;
        self.note(Some(actor.member().id), Deed::Invite, number).await?;
        Ok(made)
    }

    /// Blocks a member, or lets them in again.
    ///
    /// # Errors
    /// As [`Accounts::block`](crate::accounts::Accounts::block).
    pub async fn block_member(&self, actor: &Actor, number: &str, blocked: bool) -> Result<()> {
        self.accounts()?.block(actor, number, blocked, self.now()).await?;
        let deed = if blocked { Deed::Block } else { Deed::Unblock };
        self.note(Some(actor.member().id), deed, number).await
    }

    /// Gives a role within a unit's subtree.
    ///
    /// # Errors
    /// As [`Accounts::give_role`](crate::accounts::Accounts::give_role).
    pub async fn give_role(&self, actor: &Actor, number: &str, role: Role, unit: &str) -> Result<()> {
        if self.accounts()?.give_role(actor, number, role, unit, self.now()).await? {
            self.note(Some(actor.member().id), Deed::GiveRole, &subject(number, role, unit)).await?;
        }
        Ok(())
    }

    /// Takes a role within a unit's subtree; whether it was there.
    ///
    /// # Errors
    /// As [`Accounts::take_role`](crate::accounts::Accounts::take_role).
    pub async fn take_role(&self, actor: &Actor, number: &str, role: Role, unit: &str) -> Result<bool> {
        let was_there = self.accounts()?.take_role(actor, number, role, unit).await?;
        if was_there {
            self.note(Some(actor.member().id), Deed::TakeRole, &subject(number, role, unit)).await?;
        }
        Ok(was_there)
    }
}

fn subject(number: &str, role: Role, unit: &str) -> String {
    format!("{number}: {}, {unit}", role.title())
}
