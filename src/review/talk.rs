/*!
Talk in a case: who asked has handed the conversation over, a counsellor writes in it, both see
until when an answer should be there.

Neither learns who the other is.
*/

use jiff::Timestamp;

use super::{ASKED_RISK, ReplyFound, ReplyRow, Reviews, State, due, link, not_in_hand};
use crate::{
    accounts::{Actor, Scope},
    error::{Error, Result},
    notices::{Kind, NoticeRow},
};

/// Longest text of a reply, in characters.
const REPLY_CHARS_MAX: usize = 4_000;
/// Place under which replies are sealed.
const REPLY_PLACE: &str = "reviews.reply";

/// What was written in a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Whether its asker wrote it.
    pub from_member: bool,
    /// The text.
    pub text: String,
    /// When.
    pub made_at: Timestamp,
}

/// How far the talk over one answer has come, for its asker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Talk {
    /// How far the case has come.
    pub state: State,
    /// When it should be decided.
    pub due_at: Timestamp,
    /// Whether the conversation was handed over.
    pub is_handed_over: bool,
    /// What was written, in order.
    pub replies: Vec<Reply>,
}

impl Reviews {
    /// Writes to who asked, in a case that is in hand and was handed over.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` for one that is not in that hand or was not handed over; `Invalid`
    /// naming `text`.
    pub async fn reply(&self, actor: &Actor, id: i64, text: &str, now: Timestamp) -> Result<()> {
        let row = self.within(actor, id).await?;
        if row.handed_over_at.is_none() {
            return Err(Error::Conflict("người hỏi chưa đồng ý trao cuộc hỏi cho cán bộ".to_owned()));
        }
        let title = ("Cán bộ tư vấn đã trả lời bạn", &*link(&row.message));
        let notice = Some(NoticeRow::new(&self.keys, row.asker, Kind::Reply, title, now)?);
        let by = actor.member().id;
        let reply =
            ReplyRow { by, from_member: false, text_sealed: self.sealed(text)?, notice, due_at: row.due_at, now };
        if self.store.put_reply(id, &reply).await? { Ok(()) } else { Err(not_in_hand()) }
    }

    /// Writes to the counsellors about one of one's own answers that was handed over; until when
    /// an answer should be there.
    ///
    /// # Errors
    /// `NotFound` for another's, and where nothing was handed over; `Invalid` naming `text`;
    /// `Forbidden` for a key.
    pub async fn write(
        &self,
        actor: &Actor,
        (conversation, ordinal): (&str, u32),
        text: &str,
        now: Timestamp,
    ) -> Result<Timestamp> {
        actor.require_session()?;
        let by = actor.member().id;
        let missing = || Error::NotFound { resource: "conversation", id: conversation.to_owned() };
        let talks = self.store.talks(by, conversation).await?;
        let talk = talks.into_iter().find(|(place, _)| *place == ordinal).map(|(_, talk)| talk).ok_or_else(missing)?;
        let due_at = if talk.state == State::Done { due(ASKED_RISK, now) } else { talk.due_at };
        let reply = ReplyRow { by, from_member: true, text_sealed: self.sealed(text)?, notice: None, due_at, now };
        if self.store.put_reply(talk.id, &reply).await? { Ok(due_at) } else { Err(missing()) }
    }

    /// The talk over one's own answers in a conversation, by their places.
    ///
    /// # Errors
    /// `Forbidden` for a key that may not read.
    pub async fn talks(&self, actor: &Actor, conversation: &str) -> Result<Vec<(u32, Talk)>> {
        actor.require_scope(Scope::Read)?;
        let found = self.store.talks(actor.member().id, conversation).await?;
        let talk = |(ordinal, found): (u32, super::TalkFound)| {
            let talk = Talk {
                state: found.state,
                due_at: found.due_at,
                is_handed_over: found.handed_over_at.is_some(),
                replies: self.opened(found.replies)?,
            };
            Ok((ordinal, talk))
        };
        found.into_iter().map(talk).collect()
    }

    pub(super) fn opened(&self, rows: Vec<ReplyFound>) -> Result<Vec<Reply>> {
        let reply = |row: ReplyFound| {
            let text = self.keys.open_sealed(REPLY_PLACE, &row.text_sealed)?;
            Ok(Reply { from_member: row.from_member, text, made_at: row.made_at })
        };
        rows.into_iter().map(reply).collect()
    }

    fn sealed(&self, text: &str) -> Result<Vec<u8>> {
        let text = text.trim();
        if text.is_empty() || REPLY_CHARS_MAX < text.chars().count() {
            return Err(Error::invalid("text", format!("từ 1 đến {REPLY_CHARS_MAX} ký tự")));
        }
        self.keys.seal(REPLY_PLACE, text)
    }
}
