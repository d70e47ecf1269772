/*! What a report and a decision change, step by step within one transaction. */

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::{
    error::failed,
    notices::put_notice,
    posts::{count_post, next_change},
    reactions::{add_to_comments, set_points},
    values::{self, get},
};
use crate::{
    accounts::{MemberId, UnitId},
    community::{
        PostState, Ruling,
        port::{ReportRow, RulingRow},
    },
    error::Result,
};

/// What a decision is about.
pub(super) struct Subject {
    pub(super) post: i64,
    pub(super) comment: i64,
    pub(super) author: MemberId,
    pub(super) audience: UnitId,
}

pub(super) async fn report(transaction: &mut Transaction<'static, Sqlite>, row: &ReportRow) -> Result<(i64, bool)> {
    let comment = row.comment.unwrap_or(0);
    let opened = sqlx::query(
        "INSERT INTO feed_cases (post_id, comment_id, author_id, audience_id, kind, state, text, reports, opened_at_ms) \
         SELECT p.id, ?2, coalesce(c.author_id, p.author_id), p.audience_id, 'report', 'open', \
         coalesce(c.text, p.text), 0, ?3 FROM posts p LEFT JOIN comments c ON c.id = ?2 WHERE p.id = ?1 \
         ON CONFLICT (post_id, comment_id) WHERE state = 'open' DO NOTHING",
    )
    .bind(row.post)
    .bind(comment)
    .bind(row.now.as_millisecond())
    .execute(&mut **transaction)
    .await
    .map_err(failed)?;
    if opened.rows_affected() != 0 {
        for notice in &row.notices {
            put_notice(transaction, notice).await?;
        }
    }
    let case: i64 =
        sqlx::query_scalar("SELECT id FROM feed_cases WHERE post_id = ?1 AND comment_id = ?2 AND state = 'open'")
            .bind(row.post)
            .bind(comment)
            .fetch_one(&mut **transaction)
            .await
            .map_err(failed)?;
    let done = sqlx::query(
        "INSERT INTO feed_reports (case_id, member_id, reason, words, reported_at_ms) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (case_id, member_id) DO NOTHING",
    )
    .bind(case)
    .bind(row.by.0)
    .bind(row.reason.name())
    .bind(&row.words)
    .bind(row.now.as_millisecond())
    .execute(&mut **transaction)
    .await
    .map_err(failed)?;
    let is_new = done.rows_affected() != 0;
    if is_new {
        let sql = "UPDATE feed_cases SET reports = reports + 1 WHERE id = ?1";
        sqlx::query(sql).bind(case).execute(&mut **transaction).await.map_err(failed)?;
    }
    Ok((case, is_new))
}

pub(super) async fn subject(transaction: &mut Transaction<'static, Sqlite>, case: i64) -> Result<Subject> {
    let sql = "SELECT post_id, comment_id, author_id, audience_id FROM feed_cases WHERE id = ?1";
    let row = sqlx::query(sql).bind(case).fetch_one(&mut **transaction).await.map_err(failed)?;
    Ok(Subject {
        post: get(&row, "post_id")?,
        comment: get(&row, "comment_id")?,
        author: MemberId(get(&row, "author_id")?),
        audience: UnitId(get(&row, "audience_id")?),
    })
}

/// What words become when the decision of `case` against them is taken back: shown again, unless
/// another decision against them stands that no later one let them through after.
pub(super) async fn state_without(
    transaction: &mut Transaction<'static, Sqlite>,
    case: i64,
    subject: &Subject,
) -> Result<PostState> {
    let other: Option<String> = sqlx::query_scalar(
        "SELECT o.decision FROM feed_cases o WHERE o.post_id = ?1 AND o.comment_id = ?2 AND o.id <> ?3 \
         AND o.decision IN ('hide', 'remove') AND (o.appeal_decision IS NULL OR o.appeal_decision <> 'restore') \
         AND NOT EXISTS (SELECT 1 FROM feed_cases k WHERE k.post_id = ?1 AND k.comment_id = ?2 \
         AND k.decision = 'keep' AND o.decided_at_ms <= k.decided_at_ms) ORDER BY o.decided_at_ms DESC LIMIT 1",
    )
    .bind(subject.post)
    .bind(subject.comment)
    .bind(case)
    .fetch_optional(&mut **transaction)
    .await
    .map_err(failed)?;
    Ok(other.as_deref().and_then(Ruling::parse).map_or(PostState::Shown, Ruling::state))
}

/// Brings the words into that state; what its author took back stays taken back.
pub(super) async fn set_state(
    transaction: &mut Transaction<'static, Sqlite>,
    subject: &Subject,
    state: PostState,
    now: Timestamp,
) -> Result<()> {
    if subject.comment != 0 {
        let by = if state == PostState::Shown { 1 } else { -1 };
        let sql = "UPDATE comments SET state = ?2 WHERE id = ?1 AND state <> 'deleted' AND state <> ?2";
        let done = sqlx::query(sql).bind(subject.comment).bind(state.name()).execute(&mut **transaction).await;
        if done.map_err(failed)?.rows_affected() != 0 {
            add_to_comments(transaction, subject.post, by).await?;
        }
        return Ok(());
    }
    let row = sqlx::query("SELECT state, official, shown_at_ms FROM posts WHERE id = ?1").bind(subject.post);
    let row = row.fetch_one(&mut **transaction).await.map_err(failed)?;
    let before: PostState = values::word(&row, "state", PostState::parse)?;
    if before == state || before == PostState::Deleted {
        return Ok(());
    }
    let is_first_time = state == PostState::Shown && get::<i64>(&row, "shown_at_ms")? == 0;
    let change = next_change(transaction).await?;
    sqlx::query(
        "UPDATE posts SET state = ?2, change = ?3, shown_at_ms = CASE WHEN ?4 THEN ?5 ELSE shown_at_ms END WHERE id = ?1",
    )
    .bind(subject.post)
    .bind(state.name())
    .bind(change)
    .bind(is_first_time)
    .bind(now.as_millisecond())
    .execute(&mut **transaction)
    .await
    .map_err(failed)?;
    if is_first_time {
        set_points(transaction, subject.post).await?;
        count_post(transaction, subject.audience, get(&row, "official")?, now).await?;
    }
    Ok(())
}

/// Locks an author whose words were removed too often of late and not restored.
pub(super) async fn lock_where_often(
    transaction: &mut Transaction<'static, Sqlite>,
    subject: &Subject,
    row: &RulingRow,
) -> Result<()> {
    if removals(transaction, subject.author, row.removals_since).await? < row.removals_max {
        return Ok(());
    }
    let sql = "INSERT INTO posting_locks (member_id, until_ms) VALUES (?1, ?2) \
               ON CONFLICT (member_id) DO UPDATE SET until_ms = max(until_ms, excluded.until_ms)";
    let put = sqlx::query(sql).bind(subject.author.0).bind(row.lock_until.as_millisecond());
    put.execute(&mut **transaction).await.map_err(failed)?;
    log(transaction, subject, row, "lock").await
}

/// Ends a lock that rested on a removal which was taken back.
pub(super) async fn end_lock_where_undone(
    transaction: &mut Transaction<'static, Sqlite>,
    subject: &Subject,
    row: &RulingRow,
) -> Result<()> {
    if row.removals_max <= removals(transaction, subject.author, row.removals_since).await? {
        return Ok(());
    }
    let sql = "DELETE FROM posting_locks WHERE member_id = ?1";
    let done = sqlx::query(sql).bind(subject.author.0).execute(&mut **transaction).await.map_err(failed)?;
    if done.rows_affected() == 0 { Ok(()) } else { log(transaction, subject, row, "unlock").await }
}

async fn removals(transaction: &mut Transaction<'static, Sqlite>, author: MemberId, since: Timestamp) -> Result<u32> {
    sqlx::query_scalar(
        "SELECT count(DISTINCT post_id || '/' || comment_id) FROM feed_cases \
         WHERE author_id = ?1 AND decision = 'remove' AND ?2 <= decided_at_ms \
         AND (appeal_decision IS NULL OR appeal_decision <> 'restore')",
    )
    .bind(author.0)
    .bind(since.as_millisecond())
    .fetch_one(&mut **transaction)
    .await
    .map_err(failed)
}

pub(super) async fn log(
    transaction: &mut Transaction<'static, Sqlite>,
    subject: &Subject,
    row: &RulingRow,
    act: &str,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO feed_log (at_ms, actor_id, audience_id, post_id, comment_id, act, reason) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
    .bind(row.now.as_millisecond())
    .bind(row.by.0)
    .bind(subject.audience.0)
    .bind(subject.post)
    .bind(subject.comment)
    .bind(act)
    .bind(&row.reason)
    .execute(&mut **transaction)
    .await
    .map_err(failed)?;
    Ok(())
}
