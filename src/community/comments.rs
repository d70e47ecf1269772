/*! Comments: one level below a post, oldest first, in pages. */

use jiff::Timestamp;

use super::{
    Community,
    posting::SAVED_MAX,
    rates::{self, COMMENTS_PER_HOUR_MAX},
    text::{personal_data, tidy},
    types::{Comment, Post, PostState, Reaction, Topic, Version},
};
use crate::{
    accounts::Actor,
    error::{Error, Result},
    notices::{Kind, NoticeRow},
};

/// Longest comment, in characters.
pub const COMMENT_CHARS_MAX: usize = 1_000;
/// Earlier wordings kept of a comment.
const VERSIONS_MAX: u32 = 20;
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

/// What one did in the feed beside writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnTaps {
    /// Posts with what one feels about them.
    pub reactions: Vec<(i64, Reaction)>,
    /// Posts one keeps, last kept first, and since when.
    pub saved: Vec<(i64, Timestamp)>,
    /// Topics one follows.
    pub followed: Vec<Topic>,
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

    /// All that one did in the feed beside writing, to be taken along.
    ///
    /// # Errors
    /// When the store fails; `Forbidden` for a key.
    pub async fn own_taps(&self, actor: &Actor) -> Result<OwnTaps> {
        actor.require_session()?;
        let member = actor.member().id;
        let saved = self.feed.saved(member, (i64::MAX, i64::MAX), SAVED_MAX).await?;
        let since = |(ms, id)| Timestamp::from_millisecond(ms).ok().map(|at| (id, at));
        Ok(OwnTaps {
            reactions: self.feed.reactions_of(member).await?,
            saved: saved.into_iter().filter_map(since).collect(),
            followed: self.feed.followed(member).await?,
        })
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
        let text = self.comment_text(&post, text, is_confirmed).await?;
        let author = actor.member().id;
        self.rates.comment(author)?;
        rates::within_an_hour(self.feed.commented_at(author, COMMENTS_PER_HOUR_MAX.get() - 1).await?, now)?;
        let notice = self.told_of_comment(actor, &post, now)?;
        let made = self.feed.put_comment(post.id, author, &text, notice.as_ref(), now).await?;
        made.ok_or_else(|| Error::Conflict("bài vừa bị ẩn hoặc xóa nên không bình luận được nữa".to_owned()))
    }

    /// The words of a comment as they are kept.
    async fn comment_text(&self, post: &Post, text: &str, is_confirmed: bool) -> Result<String> {
        let text = tidy("text", text, COMMENT_CHARS_MAX)?;
        self.check_links(&text, &post.audience.path).await?;
        let told = personal_data(&text);
        if !told.is_empty() && !is_confirmed {
            let told = told.join(", ");
            return Err(Error::invalid(
                "confirm",
                format!("bình luận có vẻ chứa {told}; hãy bỏ đi, hoặc xác nhận rồi gửi"),
            ));
        }
        Ok(text)
    }

    /// One's own comment, to be changed.
    ///
    /// # Errors
    /// `NotFound` where it is not there; `Forbidden` for another's.
    pub async fn comment_to_edit(&self, actor: &Actor, post: i64, id: i64) -> Result<(Post, Comment)> {
        actor.require_session()?;
        let post = self.visible(actor, post).await?;
        let comment = self.comment_of(post.id, id).await?;
        if comment.author.id == actor.member().id {
            return Ok((post, comment));
        }
        Err(Error::Forbidden("chỉ người viết mới sửa hoặc xóa được bình luận".to_owned()))
    }

    /// Changes the words of one's own comment; the wording before stays to be read.
    ///
    /// # Errors
    /// As [`comment`](Self::comment); `Forbidden` for another's.
    pub async fn edit_comment(
        &self,
        actor: &Actor,
        (post, id): (i64, i64),
        text: &str,
        is_confirmed: bool,
        now: Timestamp,
    ) -> Result<()> {
        let (post, comment) = self.comment_to_edit(actor, post, id).await?;
        self.check_lock(actor, now).await?;
        let text = self.comment_text(&post, text, is_confirmed).await?;
        if text == comment.text {
            return Ok(());
        }
        self.rates.comment(actor.member().id)?;
        if post.state == PostState::Shown && self.feed.edit_comment(id, &text, now, VERSIONS_MAX).await? {
            Ok(())
        } else {
            Err(Error::Conflict("bình luận này không còn hiện nên không sửa được".to_owned()))
        }
    }

    /// Earlier wordings of a comment.
    ///
    /// # Errors
    /// `NotFound` for what the reader may not see.
    pub async fn comment_versions(&self, actor: &Actor, post: i64, id: i64) -> Result<(Comment, Vec<Version>)> {
        self.visible(actor, post).await?;
        let comment = self.comment_of(post, id).await?;
        let is_shunned = self.feed.is_blocked(actor.member().id, comment.author.id).await?;
        if is_shunned {
            return Err(Error::NotFound { resource: "comment", id: id.to_string() });
        }
        Ok((comment, self.feed.comment_versions(id).await?))
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
        self.comment_to_edit(actor, post, id).await?;
        self.feed.delete_comment(id).await.map(|_| ())
    }

    /// A comment on that post that is seen.
    pub(super) async fn comment_of(&self, post: i64, id: i64) -> Result<Comment> {
        let found = self.feed.comment(id).await?.filter(|c| c.post == post && c.state == PostState::Shown);
        found.ok_or_else(|| Error::NotFound { resource: "comment", id: id.to_string() })
    }
}
