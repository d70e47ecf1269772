/*!
"Kiểm chứng": what the assistant says of a post's claim, shown once an editor stands for it.

What the assistant answered is a draft that editors alone see. A label appears when one of them
has read it, says what the claim is worth and why. It belongs to the wording that was checked:
an edited post loses it.
*/

use jiff::Timestamp;

use super::{
    Community,
    moderation::{REASON_CHARS_MAX, may_moderate},
    port::CheckRow,
    posting::missing,
    text::tidy,
    types::{CheckVerdict, Post, PostState},
};
use crate::{
    accounts::Actor,
    error::{Error, Result},
};

/// Longest answer that is kept, in characters.
const ANSWER_CHARS_MAX: usize = 20_000;
/// Provisions that are kept of it.
const CITATIONS_MAX: usize = 20;

/// What was found of a post's claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostCheck {
    /// What the assistant was asked.
    pub question: String,
    /// What it answered.
    pub answer: String,
    /// What it cited: citation and address.
    pub citations: Vec<(String, String)>,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// What an editor stands for: worth, note, when.
    pub approved: Option<(CheckVerdict, String, Timestamp)>,
    /// Whether the post's words are still those that were checked.
    pub is_current: bool,
}

impl Community {
    /// A post whose claim an editor may check.
    ///
    /// # Errors
    /// `NotFound` beyond their reach, for their own post, and for one that is not shown.
    pub async fn to_check(&self, actor: &Actor, id: i64) -> Result<Post> {
        actor.require_session()?;
        let post = self.visible(actor, id).await?;
        if may_moderate(actor, &post) && post.state == PostState::Shown { Ok(post) } else { Err(missing(id)) }
    }

    /// Keeps what the assistant answered to what it was asked at `asked_at`, in place of what there
    /// was.
    ///
    /// # Errors
    /// As [`to_check`](Self::to_check).
    pub async fn keep_check(
        &self,
        actor: &Actor,
        id: i64,
        question: &str,
        answer: &str,
        mut citations: Vec<(String, String)>,
        asked_at: Timestamp,
    ) -> Result<()> {
        self.to_check(actor, id).await?;
        citations.truncate(CITATIONS_MAX);
        let row = CheckRow {
            post: id,
            question: question.to_owned(),
            answer: answer.chars().take(ANSWER_CHARS_MAX).collect(),
            citations,
            asked_by: actor.member().id,
            asked_at,
            approved: None,
        };
        self.moderation.put_check(&row).await
    }

    /// An editor stands for what was asked at `asked_at`, which is what they have read, or takes it
    /// away.
    ///
    /// # Errors
    /// As [`to_check`](Self::to_check); `Invalid` without a note; `Conflict` where that is not what
    /// was asked last, or the post was edited since.
    pub async fn approve_check(
        &self,
        actor: &Actor,
        (id, asked_at): (i64, Timestamp),
        verdict: Option<CheckVerdict>,
        note: &str,
        now: Timestamp,
    ) -> Result<()> {
        let post = self.to_check(actor, id).await?;
        let check = self.check_of(&post).await?;
        if verdict.is_some() && check.is_none_or(|check| !check.is_current) {
            return Err(Error::Conflict("bài đã được sửa sau khi hỏi; hãy hỏi lại rồi mới gắn nhãn".to_owned()));
        }
        let note = match verdict {
            Some(_) => tidy("note", note, REASON_CHARS_MAX)?,
            None => String::new(),
        };
        if self.moderation.approve_check((id, asked_at), actor.member().id, verdict, &note, now).await? {
            Ok(())
        } else {
            Err(Error::Conflict(
                "chưa hỏi trợ lý về bài này, hoặc vừa có người hỏi lại; hãy tải lại trang rồi đọc".to_owned(),
            ))
        }
    }

    /// What a reader may see of a post's check: its editors all of it, everybody else what one
    /// of them stands for.
    ///
    /// # Errors
    /// As [`visible`](Self::visible).
    pub async fn check(&self, actor: &Actor, id: i64) -> Result<Option<PostCheck>> {
        let post = self.visible(actor, id).await?;
        let check = self.check_of(&post).await?;
        let stands = |check: &PostCheck| check.approved.is_some() && check.is_current;
        Ok(check.filter(|check| may_moderate(actor, &post) || stands(check)))
    }

    async fn check_of(&self, post: &Post) -> Result<Option<PostCheck>> {
        let Some(row) = self.moderation.check(post.id).await? else { return Ok(None) };
        Ok(Some(PostCheck {
            question: row.question,
            answer: row.answer,
            citations: row.citations,
            asked_at: row.asked_at,
            approved: row.approved,
            is_current: post.edited_at.is_none_or(|edited_at| edited_at < row.asked_at),
        }))
    }
}
