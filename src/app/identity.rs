/*! Who asked, for who may know: the log is asked first, then the register. */

use super::App;
use crate::{
    accounts::{Actor, MemberDetail},
    error::Result,
    identity::{Known, State},
};

/// What a counsellor may know of who asked.
#[derive(Debug, Clone)]
pub struct AskerView {
    /// What the log says.
    pub known: Known,
    /// Who it is, where that is open.
    pub detail: Option<MemberDetail>,
}

impl AskerView {
    /// `closed`, `wished`, `refused`, `ended` (open to somebody once, not here and now), `open`.
    pub fn state_name(&self) -> &'static str {
        match &self.known {
            Known::Nothing => "closed",
            Known::Not(last) => match last.state {
                State::Wished => "wished",
                State::Refused => "refused",
                State::Granted => "ended",
            },
            Known::Asker(..) => "open",
        }
    }

    /// Until when it is open.
    pub fn ends(&self) -> Option<&jiff::Timestamp> {
        match &self.known {
            Known::Asker(_, ends) => Some(ends),
            Known::Nothing | Known::Not(_) => None,
        }
    }
}

impl App {
    /// What a counsellor may know of who asked; a first look is written down before it is shown.
    ///
    /// # Errors
    /// As [`Identities::known`](crate::identity::Identities::known).
    pub async fn asker_of(&self, actor: &Actor, review: i64) -> Result<AskerView> {
        let known = self.identities()?.known(actor, review, self.now()).await?;
        let detail = match &known {
            Known::Asker(member, _) => self.accounts()?.detail_of(*member).await?,
            Known::Nothing | Known::Not(_) => None,
        };
        Ok(AskerView { known, detail })
    }
}
