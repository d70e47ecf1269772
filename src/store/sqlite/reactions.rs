/*! What a reaction changes, what a leaving member takes along: steps within one transaction. */

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::{
    error::failed,
    posts,
    values::{self, get},
};
use crate::{
    accounts::MemberId,
    community::{Reaction, day_of, points},
    error::Result,
};

/// The statement that adds to the count of a kind of reaction.
fn count_sql(kind: Reaction) -> &'static str {
    match kind {
        Reaction::Like => "UPDATE posts SET likes = likes + ?2 WHERE id = ?1",
        Reaction::Care => "UPDATE posts SET cares = cares + ?2 WHERE id = ?1",
        Reaction::Useful => "UPDATE posts SET useful = useful + ?2 WHERE id = ?1",
        Reaction::Fun => "UPDATE posts SET fun = fun + ?2 WHERE id = ?1",
    }
}

pub(super) async fn react(
    transaction: &mut Transaction<'static, Sqlite>,
    reader: MemberId,
    id: i64,
    reaction: Option<Reaction>,
    now: Timestamp,
) -> Result<bool> {
    let before: Option<String> = sqlx::query_scalar("SELECT kind FROM reactions WHERE post_id = ?1 AND member_id = ?2")
        .bind(id)
        .bind(reader.0)
        .fetch_optional(&mut **transaction)
        .await
        .map_err(failed)?;
    let before = before.as_deref().and_then(Reaction::parse);
    if before == reaction {
        return Ok(false);
    }
    match reaction {
        Some(kind) => {
            let sql = "INSERT INTO reactions (post_id, member_id, kind) VALUES (?1, ?2, ?3) \
                       ON CONFLICT (post_id, member_id) DO UPDATE SET kind = excluded.kind";
            let put = sqlx::query(sql).bind(id).bind(reader.0).bind(kind.name());
            put.execute(&mut **transaction).await.map_err(failed)?;
        }
        None => {
            let sql = "DELETE FROM reactions WHERE post_id = ?1 AND member_id = ?2";
            sqlx::query(sql).bind(id).bind(reader.0).execute(&mut **transaction).await.map_err(failed)?;
        }
    }
    for (kind, by) in [(before, -1), (reaction, 1)] {
        if let Some(kind) = kind {
            sqlx::query(count_sql(kind)).bind(id).bind(by).execute(&mut **transaction).await.map_err(failed)?;
        }
    }
    set_points(transaction, id).await?;
    if before.is_none() {
        sqlx::query(
            "INSERT INTO feed_days (audience_id, day, reactions) SELECT p.audience_id, ?2, 1 FROM posts p \
             WHERE p.id = ?1 ON CONFLICT (audience_id, day) DO UPDATE SET reactions = reactions + 1",
        )
        .bind(id)
        .bind(day_of(now))
        .execute(&mut **transaction)
        .await
        .map_err(failed)?;
    }
    Ok(true)
}

/// Works a post's points out again; they are written where they have changed.
pub(super) async fn set_points(transaction: &mut Transaction<'static, Sqlite>, id: i64) -> Result<()> {
    let row = sqlx::query("SELECT shown_at_ms, made_at_ms, likes + cares + useful + fun AS n FROM posts WHERE id = ?1")
        .bind(id)
        .fetch_one(&mut **transaction)
        .await
        .map_err(failed)?;
    let shown: i64 = get(&row, "shown_at_ms")?;
    let from = values::time(&row, if shown == 0 { "made_at_ms" } else { "shown_at_ms" })?;
    sqlx::query("UPDATE posts SET points = ?2 WHERE id = ?1 AND points <> ?2")
        .bind(id)
        .bind(points::of_post(from, get(&row, "n")?))
        .execute(&mut **transaction)
        .await
        .map_err(failed)?;
    Ok(())
}

pub(super) async fn add_to_comments(transaction: &mut Transaction<'static, Sqlite>, post: i64, by: i64) -> Result<()> {
    let sql = "UPDATE posts SET comments = max(0, comments + ?2) WHERE id = ?1";
    sqlx::query(sql).bind(post).bind(by).execute(&mut **transaction).await.map_err(failed)?;
    Ok(())
}

pub(super) async fn forget(transaction: &mut Transaction<'static, Sqlite>, member: MemberId) -> Result<()> {
    let posts: Vec<i64> = sqlx::query_scalar("SELECT id FROM posts WHERE author_id = ?1 AND state <> 'deleted'")
        .bind(member.0)
        .fetch_all(&mut **transaction)
        .await
        .map_err(failed)?;
    for id in posts {
        posts::wipe(transaction, id).await?;
    }
    let comments = sqlx::query("SELECT id, post_id FROM comments WHERE author_id = ?1 AND state = 'shown'")
        .bind(member.0)
        .fetch_all(&mut **transaction)
        .await
        .map_err(failed)?;
    for row in &comments {
        add_to_comments(transaction, get(row, "post_id")?, -1).await?;
    }
    let reacted = sqlx::query("SELECT post_id, kind FROM reactions WHERE member_id = ?1")
        .bind(member.0)
        .fetch_all(&mut **transaction)
        .await
        .map_err(failed)?;
    for row in &reacted {
        let id: i64 = get(row, "post_id")?;
        let kind = values::word(row, "kind", Reaction::parse)?;
        sqlx::query(count_sql(kind)).bind(id).bind(-1).execute(&mut **transaction).await.map_err(failed)?;
        set_points(transaction, id).await?;
    }
    for sql in [
        "DELETE FROM comment_versions WHERE comment_id IN (SELECT c.id FROM comments c WHERE c.author_id = ?1)",
        "UPDATE comments SET text = '', state = 'deleted' WHERE author_id = ?1 AND state <> 'deleted'",
        "DELETE FROM reactions WHERE member_id = ?1",
        "DELETE FROM saved_posts WHERE member_id = ?1",
        "DELETE FROM followed_topics WHERE member_id = ?1",
        "DELETE FROM shuns WHERE member_id = ?1",
        "UPDATE feed_reports SET words = '' WHERE member_id = ?1",
        "UPDATE feed_cases SET text = '', appeal_text = iif(appeal_text IS NULL, NULL, ''), \
         state = iif(state IN ('open', 'appealed'), 'closed', state) WHERE author_id = ?1",
    ] {
        sqlx::query(sql).bind(member.0).execute(&mut **transaction).await.map_err(failed)?;
    }
    Ok(())
}
