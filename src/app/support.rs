/*!
Requests for support as the rims ask for them: what happens to one is told to who waits for it.
*/

use jiff::Timestamp;

use super::App;
use crate::{
    accounts::Actor,
    error::Result,
    support::{Act, State},
};

impl App {
    /// Does something with a request for support; the state it comes to.
    ///
    /// # Errors
    /// As [`Support::act`](crate::support::Support::act); `Unavailable` where there is no store.
    pub async fn act_on_support(&self, actor: &Actor, id: i64, act: &Act, now: Timestamp) -> Result<State> {
        let (state, _before) = self.support()?.act(actor, id, act, now).await?;
        Ok(state)
    }

    /// Brings requests on that nobody decided in time; how many.
    ///
    /// # Errors
    /// As [`Support::sweep`](crate::support::Support::sweep); `Unavailable` where there is no store.
    pub async fn sweep_support(&self, now: Timestamp) -> Result<u64> {
        let escalated = self.support()?.sweep(now).await?;
        Ok(escalated.len() as u64)
    }
}
