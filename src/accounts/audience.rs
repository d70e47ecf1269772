/*!
For whom the corpus is read: a member's place in the union's tree as an [`Audience`].
*/

use super::{Accounts, Actor};
use crate::{error::Result, law::Audience};

impl Accounts {
    /// The unit of a member with those above it, whose texts bind them, and the units that a
    /// role of theirs reaches, whatever the role is.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn audience(&self, actor: &Actor) -> Result<Audience> {
        let units = self.people.units(None).await?;
        let own = units.iter().filter(|unit| unit.path.contains(&actor.member().unit_path));
        let reaches = |path| actor.grants().iter().any(|grant| grant.path.contains(path));
        let over = units.iter().filter(|unit| reaches(&unit.path));
        Ok(Audience::of_people(own.map(|unit| unit.code.as_str()), over.map(|unit| unit.code.as_str())))
    }
}
