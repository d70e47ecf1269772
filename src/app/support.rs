/*!
Requests for support as the rims ask for them: what happens to one is told to who waits for it.

Who sent it hears of every step; the officer who has it in hand hears from the member; the
officers nearest to a desk hear of what comes to it. What cannot be told is logged and takes
nothing back.
*/

use jiff::Timestamp;

use super::App;
use crate::{
    accounts::{Actor, MemberId, UnitId},
    error::Result,
    notices::Kind as About,
    support::{Act, Kind, State, port::RequestRow},
};

impl App {
    /// Sends a request for support; its number.
    ///
    /// # Errors
    /// As [`Support::send`](crate::support::Support::send); `Unavailable` where there is no store.
    pub async fn send_support(&self, actor: &Actor, kind: Kind, words: &str, now: Timestamp) -> Result<i64> {
        let id = self.support()?.send(actor, kind, words, now).await?;
        let title = format!("Có yêu cầu hỗ trợ mới: {}", kind.title());
        self.tell_desk(actor.member().unit, id, &title, now).await;
        Ok(id)
    }

    /// Does something with a request for support; the state it comes to.
    ///
    /// # Errors
    /// As [`Support::act`](crate::support::Support::act); `Unavailable` where there is no store.
    pub async fn act_on_support(&self, actor: &Actor, id: i64, act: &Act, now: Timestamp) -> Result<State> {
        let (state, before) = self.support()?.act(actor, id, act, now).await?;
        let is_own = before.member == actor.member().id;
        match (act, is_own) {
            (Act::Say(_) | Act::Withdraw, true) => {
                let what =
                    if state == State::Withdrawn { "đã rút yêu cầu" } else { "nhắn bạn về yêu cầu" };
                if let Some(officer) = before.taken_by {
                    self.tell_of(officer, id, &format!("Đoàn viên {what} hỗ trợ số {id}"), now).await;
                }
            }
            _ => {
                let title = format!("Yêu cầu hỗ trợ số {id}: {}", told(act, state));
                self.tell_of(before.member, id, &title, now).await;
            }
        }
        if let (Act::Approve { .. }, State::Sent, Some(above)) = (act, state, before.desk.parent) {
            self.tell_desk(above, id, &came_up(&before, "vượt ngân sách"), now).await;
        }
        Ok(state)
    }

    /// Brings requests on that nobody decided in time; how many.
    ///
    /// # Errors
    /// As [`Support::sweep`](crate::support::Support::sweep); `Unavailable` where there is no store.
    pub async fn sweep_support(&self, now: Timestamp) -> Result<u64> {
        let escalated = self.support()?.sweep(now).await?;
        for one in &escalated {
            let (request, id) = (&one.request, one.request.id);
            let title = format!("Yêu cầu hỗ trợ số {id}: quá hạn, đã chuyển lên đơn vị cấp trên");
            self.tell_of(request.member, id, &title, now).await;
            if let Some(above) = request.desk.parent {
                self.tell_desk(above, id, &came_up(request, "quá hạn"), now).await;
            }
        }
        Ok(escalated.len() as u64)
    }

    async fn tell_desk(&self, desk: UnitId, id: i64, title: &str, now: Timestamp) {
        let officers = async { self.support()?.officers(desk).await };
        match officers.await {
            Ok(officers) => {
                for officer in officers {
                    self.tell_of(officer, id, title, now).await;
                }
            }
            Err(error) => tracing::error!("officers were not told of a request for support: {error}"),
        }
    }

    async fn tell_of(&self, member: MemberId, id: i64, title: &str, now: Timestamp) {
        let link = format!("/ho-tro/{id}");
        let tell = async { self.notices()?.tell(member, About::Support, title, &link, now).await };
        if let Err(error) = tell.await {
            tracing::error!("a step of a request for support was not told: {error}");
        }
    }
}

/// A step as it is told to who sent the request.
fn told(act: &Act, state: State) -> &'static str {
    match act {
        Act::Say(_) => "cán bộ nhắn bạn",
        Act::Ask(_) => "cán bộ hỏi thêm, chờ bạn trả lời",
        Act::Take => "cán bộ đã nhận",
        Act::Approve { .. } if state == State::Sent => "vượt ngân sách đơn vị, đã chuyển lên đơn vị cấp trên",
        Act::Withdraw | Act::Approve { .. } | Act::Refuse(_) | Act::Finish(_) => state.title(),
    }
}

fn came_up(request: &RequestRow, why: &str) -> String {
    format!("Yêu cầu hỗ trợ số {} từ {} chuyển lên: {why}", request.id, request.desk.name)
}
