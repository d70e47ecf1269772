/*! Talk in cases, cases brought up, counts for the public page. */

use jiff::Timestamp;
use serde_json::Value;
use sqlx::{Sqlite, Transaction};

use super::{
    SqliteStore,
    error::failed,
    notices::put_notice,
    values::{self, get},
};
use crate::{
    accounts::MemberId,
    error::Result,
    review::{Escalate, ReplyFound, ReplyRow},
};

/// Most of one month's counts there are.
const COUNTS_OF_A_MONTH_MAX: u32 = 20;
/// Most texts of one case.
const REPLIES_MAX: u32 = 200;

/// A counsellor writes while they have the case in hand; its asker while it is theirs.
const PUT_REPLY: &str = "INSERT INTO case_replies (review_id, from_member, written_by, text_sealed, made_at_ms) \
    SELECT r.id, ?3, ?2, ?4, ?5 FROM reviews r JOIN messages m ON m.id = r.message_id \
    JOIN conversations c ON c.id = m.conversation_id WHERE r.id = ?1 AND r.handed_over_at_ms IS NOT NULL \
    AND ((?3 AND c.member_id = ?2) OR (NOT ?3 AND r.claimed_by = ?2 AND ?5 < r.claimed_until_ms)) \
    AND (SELECT count(*) FROM case_replies k WHERE k.review_id = r.id) < ?6";

const REPLIES: &str = "SELECT from_member, text_sealed, made_at_ms FROM case_replies WHERE review_id = ?1 \
    ORDER BY id DESC LIMIT ?2";

const LATE: &str = "SELECT r.id, r.level, c.member_id, p.unit_path FROM reviews r \
    CROSS JOIN messages m ON m.id = r.message_id CROSS JOIN conversations c ON c.id = m.conversation_id \
    CROSS JOIN members p ON p.id = c.member_id \
    WHERE r.state <> 'done' AND r.due_at_ms < ?1 AND (r.escalated_at_ms IS NULL OR r.escalated_at_ms < ?2) \
    ORDER BY r.due_at_ms, r.id LIMIT ?3";

/// Counsellors over any of these units, nearest first.
const COUNSELLORS: &str = "SELECT u.path, g.member_id FROM json_each(?1) above CROSS JOIN units u ON u.path = above.value \
    JOIN grants g ON g.unit_id = u.id AND g.role = 'counsellor' ORDER BY length(u.path) DESC, g.member_id";

/// Counts one more of something in a month.
pub(super) async fn count(transaction: &mut Transaction<'static, Sqlite>, month: &str, what: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO quality_counts (month, what, count) VALUES (?1, ?2, 1) \
         ON CONFLICT (month, what) DO UPDATE SET count = count + 1",
    )
    .bind(month)
    .bind(what)
    .execute(&mut **transaction)
    .await
    .map(drop)
    .map_err(failed)
}

impl SqliteStore {
    pub(super) async fn keep_reply(&self, id: i64, row: &ReplyRow) -> Result<bool> {
        let mut transaction = self.write().await?;
        let done = sqlx::query(PUT_REPLY)
            .bind(id)
            .bind(row.by.0)
            .bind(row.from_member)
            .bind(&row.text_sealed)
            .bind(row.now.as_millisecond())
            .bind(REPLIES_MAX)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        if row.from_member {
            // What its asker adds to a decided case is to be read by somebody.
            let sql = "UPDATE reviews SET state = 'open', first_by = NULL, due_at_ms = ?2, level = 0, \
                       escalated_at_ms = NULL WHERE id = ?1 AND state = 'done'";
            let opened = sqlx::query(sql).bind(id).bind(row.due_at.as_millisecond());
            opened.execute(&mut *transaction).await.map_err(failed)?;
        }
        if let Some(notice) = &row.notice {
            put_notice(&mut transaction, notice).await?;
        }
        transaction.commit().await.map_err(failed)?;
        Ok(true)
    }

    pub(super) async fn replies_of(&self, id: i64) -> Result<Vec<ReplyFound>> {
        let rows = sqlx::query(REPLIES).bind(id).bind(REPLIES_MAX).fetch_all(self.readers()).await.map_err(failed)?;
        let reply = |row: &sqlx::sqlite::SqliteRow| {
            Ok(ReplyFound {
                from_member: get(row, "from_member")?,
                text_sealed: get(row, "text_sealed")?,
                made_at: values::time(row, "made_at_ms")?,
            })
        };
        // The newest ones, oldest first.
        rows.iter().rev().map(reply).collect()
    }

    pub(super) async fn bring_up(
        &self,
        now: Timestamp,
        again_before: Timestamp,
        rows_max: u32,
        notice: Escalate<'_>,
    ) -> Result<u64> {
        let mut transaction = self.write().await?;
        let late = sqlx::query(LATE)
            .bind(now.as_millisecond())
            .bind(again_before.as_millisecond())
            .bind(rows_max)
            .fetch_all(&mut *transaction)
            .await
            .map_err(failed)?;
        for row in &late {
            let (id, level): (i64, usize) =
                (get(row, "id")?, usize::try_from(get::<u32>(row, "level")?).unwrap_or(0) + 1);
            sqlx::query(
                "UPDATE reviews SET level = ?2, escalated_at_ms = ?3, \
                 claimed_by = CASE WHEN claimed_until_ms <= ?3 THEN NULL ELSE claimed_by END WHERE id = ?1",
            )
            .bind(id)
            .bind(u32::try_from(level).unwrap_or(u32::MAX))
            .bind(now.as_millisecond())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
            let asker: i64 = get(row, "member_id")?;
            let told = counsellors_above(&mut transaction, &get::<String>(row, "unit_path")?, level).await?;
            for member in told.into_iter().filter(|member| *member != asker) {
                put_notice(&mut transaction, &notice(MemberId(member), id)?).await?;
            }
        }
        transaction.commit().await.map_err(failed)?;
        Ok(late.len() as u64)
    }

    pub(super) async fn counts(&self, months_max: u32) -> Result<Vec<(String, String, u64)>> {
        let sql = "SELECT month, what, count FROM quality_counts WHERE month <> '' ORDER BY month DESC, what LIMIT ?1";
        let rows_max = months_max.saturating_mul(COUNTS_OF_A_MONTH_MAX);
        let rows = sqlx::query(sql).bind(rows_max).fetch_all(self.readers()).await.map_err(failed)?;
        let count = |row: &sqlx::sqlite::SqliteRow| {
            let count: i64 = get(row, "count")?;
            Ok((get(row, "month")?, get(row, "what")?, u64::try_from(count).unwrap_or_default()))
        };
        rows.iter().map(count).collect()
    }
}

/// Counsellors `level` units with counsellors above the nearest one; of the highest beyond that.
async fn counsellors_above(
    transaction: &mut Transaction<'static, Sqlite>,
    unit_path: &str,
    level: usize,
) -> Result<Vec<i64>> {
    let ends = unit_path.match_indices('/').skip(1).map(|(at, _)| at + 1);
    let above: Vec<&str> = ends.filter_map(|end| unit_path.get(..end)).collect();
    let rows = sqlx::query(COUNSELLORS)
        .bind(Value::from(above).to_string())
        .fetch_all(&mut **transaction)
        .await
        .map_err(failed)?;
    let mut levels: Vec<(String, Vec<i64>)> = Vec::new();
    for row in &rows {
        let (path, member): (String, i64) = (get(row, "path")?, get(row, "member_id")?);
        match levels.last_mut().filter(|(last, _)| *last == path) {
            Some((_, members)) => members.push(member),
            None => levels.push((path, vec![member])),
        }
    }
    let at = level.min(levels.len().saturating_sub(1));
    Ok(levels.into_iter().nth(at).map(|(_, members)| members).unwrap_or_default())
}
