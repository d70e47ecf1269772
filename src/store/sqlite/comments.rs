/*! Comments, and what tells how often a member writes: parts of the feed's port. */

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;

use super::{
    SqliteStore,
    error::failed,
    notices::put_notice,
    posts,
    reactions::add_to_comments,
    values::{self, get},
};
use crate::{
    accounts::MemberId,
    community::{Comment, PostState, Reaction, Version, day_of},
    error::Result,
    notices::NoticeRow,
};

impl SqliteStore {
    pub(super) async fn keep_comment(
        &self,
        post: i64,
        author: MemberId,
        text: &str,
        notice: Option<&NoticeRow>,
        now: Timestamp,
    ) -> Result<Option<i64>> {
        let mut transaction = self.write().await?;
        // A post may have been taken out of sight since its reader looked.
        let id: Option<i64> = sqlx::query_scalar(
            "INSERT INTO comments (post_id, author_id, text, state, made_at_ms) SELECT p.id, ?2, ?3, 'shown', ?4 \
             FROM posts p WHERE p.id = ?1 AND p.state = 'shown' RETURNING id",
        )
        .bind(post)
        .bind(author.0)
        .bind(text)
        .bind(now.as_millisecond())
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed)?;
        let Some(id) = id else { return Ok(None) };
        add_to_comments(&mut transaction, post, 1).await?;
        if let Some(notice) = notice {
            put_notice(&mut transaction, notice).await?;
        }
        sqlx::query(
            "INSERT INTO feed_days (audience_id, day, comments) SELECT p.audience_id, ?2, 1 FROM posts p \
             WHERE p.id = ?1 ON CONFLICT (audience_id, day) DO UPDATE SET comments = comments + 1",
        )
        .bind(post)
        .bind(day_of(now))
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(Some(id))
    }

    pub(super) async fn change_comment(&self, id: i64, text: &str, now: Timestamp, versions_max: u32) -> Result<bool> {
        let mut transaction = self.write().await?;
        let kept = sqlx::query(
            "INSERT INTO comment_versions (comment_id, n, text, until_ms) \
             SELECT c.id, 1 + coalesce((SELECT max(v.n) FROM comment_versions v WHERE v.comment_id = c.id), 0), \
             c.text, ?2 FROM comments c WHERE c.id = ?1 AND c.state = 'shown'",
        )
        .bind(id)
        .bind(now.as_millisecond())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        if kept.rows_affected() == 0 {
            return Ok(false);
        }
        // The first wording stays whatever comes; of the others the newest.
        sqlx::query(
            "DELETE FROM comment_versions WHERE comment_id = ?1 AND n <> 1 AND n <= \
             (SELECT max(v.n) FROM comment_versions v WHERE v.comment_id = ?1) - (?2 - 1)",
        )
        .bind(id)
        .bind(versions_max)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        sqlx::query("UPDATE comments SET text = ?2, edited_at_ms = ?3 WHERE id = ?1")
            .bind(id)
            .bind(text)
            .bind(now.as_millisecond())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(true)
    }

    pub(super) async fn comment_versions_of(&self, id: i64) -> Result<Vec<Version>> {
        let sql = "SELECT text, until_ms FROM comment_versions WHERE comment_id = ?1 ORDER BY n";
        let rows = sqlx::query(sql).bind(id).fetch_all(self.readers()).await.map_err(failed)?;
        rows.iter().map(|row| Ok(Version { text: get(row, "text")?, until: values::time(row, "until_ms")? })).collect()
    }

    pub(super) async fn wipe_comment(&self, id: i64) -> Result<bool> {
        let mut transaction = self.write().await?;
        let post: Option<i64> = sqlx::query_scalar(
            "UPDATE comments SET text = '', state = 'deleted' WHERE id = ?1 AND state = 'shown' RETURNING post_id",
        )
        .bind(id)
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed)?;
        let Some(post) = post else { return Ok(false) };
        add_to_comments(&mut transaction, post, -1).await?;
        let versions = "DELETE FROM comment_versions WHERE comment_id = ?1";
        sqlx::query(versions).bind(id).execute(&mut *transaction).await.map_err(failed)?;
        let close = "UPDATE feed_cases SET text = '', appeal_text = iif(appeal_text IS NULL, NULL, ''), \
                     state = iif(state IN ('open', 'appealed'), 'closed', state) \
                     WHERE post_id = ?1 AND comment_id = ?2";
        sqlx::query(close).bind(post).bind(id).execute(&mut *transaction).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(true)
    }

    /// When the row of that place was written, the newest being place 0.
    pub(super) async fn written_at(&self, sql: &'static str, member: MemberId, back: u32) -> Result<Option<Timestamp>> {
        let ms: Option<i64> =
            sqlx::query_scalar(sql).bind(member.0).bind(back).fetch_optional(self.readers()).await.map_err(failed)?;
        Ok(ms.and_then(|ms| Timestamp::from_millisecond(ms).ok()))
    }

    pub(super) async fn reactions_by(&self, member: MemberId) -> Result<Vec<(i64, Reaction)>> {
        let sql = "SELECT post_id, kind FROM reactions WHERE member_id = ?1 ORDER BY post_id";
        let rows = sqlx::query(sql).bind(member.0).fetch_all(self.readers()).await.map_err(failed)?;
        rows.iter().map(|row| Ok((get(row, "post_id")?, values::word(row, "kind", Reaction::parse)?))).collect()
    }
}

pub(super) fn comment(row: &SqliteRow) -> Result<Comment> {
    let edited: Option<i64> = get(row, "edited_at_ms")?;
    Ok(Comment {
        id: get(row, "id")?,
        post: get(row, "post_id")?,
        author: posts::author(row)?,
        text: get(row, "text")?,
        state: values::word(row, "state", PostState::parse)?,
        made_at: values::time(row, "made_at_ms")?,
        edited_at: edited.and_then(|ms| Timestamp::from_millisecond(ms).ok()),
    })
}
