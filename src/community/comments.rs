/*! Comments: one level below a post, oldest first, in pages. */

use jiff::Timestamp;

use super::{
    Community,
    text::{personal_data, tidy},
    types::{Comment, Post, PostState},
};
use crate::{
    accounts::Actor,
    error::{Error, Result},
    notices::{Kind, NoticeRow},
};

/// Longest comment, in characters.
pub const COMMENT_CHARS_MAX: usize = 1_000;
/// Comments of one page.
const PAGE_COMMENTS: u32 = 50;

/// A comment as a reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownComment {
    /// The comment.
    pub comment: Comment,
    /// Whether it is the reader's.
    pub is_own: bool,
}

/// Comments of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentPage {
    /// Oldest first.
    pub comments: Vec<ShownComment>,
    /// Where the next page begins.
    pub next: Option<i64>,
}

impl Community {
    /// Comments on a post after the one of that number.
    ///
    /// # Errors
    /// `NotFound` for a post the reader may not see.
    pub async fn comments(&self, actor: &Actor, post: i64, after: Option<i64>) -> Result<CommentPage> {
        self.visible(actor, post).await?;
        let reader = actor.member().id;
        let mut found = self.feed.comments(post, reader, after.unwrap_or(0), PAGE_COMMENTS + 1).await?;
        let page = usize::try_from(PAGE_COMMENTS).unwrap_or(usize::MAX);
        let has_more = page < found.len();
        found.truncate(page);
        let next = found.last().filter(|_| has_more).map(|comment| comment.id);
        let shown = |comment: Comment| ShownComment { is_own: comment.author.id == reader, comment };
        Ok(CommentPage { comments: found.into_iter().map(shown).collect(), next })
    }

    /// All that one wrote in the feed, to be taken along: posts and comments, newest first.
    ///
    /// # Errors
    /// When the store fails; `Forbidden` for a key.
    pub async fn all_own(&self, actor: &Actor) -> Result<(Vec<Post>, Vec<Comment>)> {
        actor.require_session()?;
        let (mut posts, mut comments) = (Vec::new(), Vec::new());
        let mut before = None;
        loop {
            let (page, next) = self.written(actor, before).await?;
            posts.extend(page.into_iter().map(|shown| shown.post));
            before = next;
            if before.is_none() {
                break;
            }
        }
        let mut before = i64::MAX;
        loop {
            let page = self.feed.comments_of(actor.member().id, before, PAGE_COMMENTS).await?;
            let Some(last) = page.last() else { return Ok((posts, comments)) };
            before = last.id;
            comments.extend(page);
        }
    }

    /// Comments on a post; its number.
    ///
    /// # Errors
    /// `NotFound` for a post the member may not see; `Invalid` naming `text` or `confirm`;
    /// `Forbidden` for who is locked, and for a key; `TooManyAttempts`.
    pub async fn comment(
        &self,
        actor: &Actor,
        post: i64,
        text: &str,
        is_confirmed: bool,
        now: Timestamp,
    ) -> Result<i64> {
        actor.require_session()?;
        let post = self.visible(actor, post).await?;
        if post.state != PostState::Shown {
            return Err(Error::Conflict("bài này chưa hiện nên chưa bình luận được".to_owned()));
        }
        self.check_lock(actor, now).await?;
        let text = tidy("text", text, COMMENT_CHARS_MAX)?;
        self.check_links(&text).await?;
        let told = personal_data(&text);
        if !told.is_empty() && !is_confirmed {
            let told = told.join(", ");
            return Err(Error::invalid(
                "confirm",
                format!("bình luận có vẻ chứa {told}; hãy bỏ đi, hoặc xác nhận rồi gửi"),
            ));
        }
        self.rates.comment(actor.member().id)?;
        let notice = self.told_of_comment(actor, &post, now)?;
        self.feed.put_comment(post.id, actor.member().id, &text, notice.as_ref(), now).await
    }

    /// What the author of a post is told of a comment; nothing of their own.
    fn told_of_comment(&self, actor: &Actor, post: &Post, now: Timestamp) -> Result<Option<NoticeRow>> {
        if post.author.id == actor.member().id {
            return Ok(None);
        }
        let told = ("Có bình luận mới ở bài của bạn", format!("/bang-tin/{}", post.id));
        NoticeRow::new(&self.keys, post.author.id, Kind::Feed, (told.0, &told.1), now).map(Some)
    }

    /// Takes one's own comment back.
    ///
    /// # Errors
    /// `NotFound` where it is not there; `Forbidden` for another's.
    pub async fn delete_comment(&self, actor: &Actor, post: i64, id: i64) -> Result<()> {
        actor.require_session()?;
        self.visible(actor, post).await?;
        if self.comment_of(post, id).await?.author.id != actor.member().id {
            return Err(Error::Forbidden("chỉ người viết mới xóa được bình luận".to_owned()));
        }
        self.feed.delete_comment(id).await.map(|_| ())
    }

    /// A comment on that post that is seen.
    pub(super) async fn comment_of(&self, post: i64, id: i64) -> Result<Comment> {
        let found = self.feed.comment(id).await?.filter(|c| c.post == post && c.state == PostState::Shown);
        found.ok_or_else(|| Error::NotFound { resource: "comment", id: id.to_string() })
    }
}
