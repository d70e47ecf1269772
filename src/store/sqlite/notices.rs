/*! Notices of members, and their quiet hours. */

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction, sqlite::SqliteRow};

use super::{
    SqliteStore,
    error::{conflict, failed},
    values::{self, get},
};
use crate::{
    accounts::MemberId,
    engine::Later,
    error::Result,
    notices::{After, Kind, NOTICES_MAX, NoticeFound, NoticeRow, NoticeStore, QuietHours},
};

/// What is told again before it was read is the same notice, told anew.
const TELL: &str = "INSERT INTO notices (member_id, kind, title_sealed, link, made_at_ms) VALUES (?1, ?2, ?3, ?4, ?5) \
    ON CONFLICT (member_id, kind, link) WHERE read_at_ms IS NULL \
    DO UPDATE SET title_sealed = excluded.title_sealed, made_at_ms = excluded.made_at_ms";

const TRIM: &str = "DELETE FROM notices WHERE id IN (SELECT id FROM notices WHERE member_id = ?1 \
    ORDER BY made_at_ms DESC, id DESC LIMIT -1 OFFSET ?2)";

const NOTICES: &str = "SELECT id, kind, title_sealed, link, made_at_ms, read_at_ms FROM notices \
    WHERE member_id = ?1 AND (made_at_ms, id) < (?2, ?3) ORDER BY made_at_ms DESC, id DESC LIMIT ?4";

const UNREAD: &str = "SELECT min(count(*), ?3) FROM notices WHERE member_id = ?1 AND read_at_ms IS NULL \
    AND made_at_ms < ?2";

/// Keeps a notice together with what it tells of.
pub(super) async fn put_notice(transaction: &mut Transaction<'static, Sqlite>, row: &NoticeRow) -> Result<()> {
    let told = sqlx::query(TELL)
        .bind(row.member.0)
        .bind(row.kind.name())
        .bind(&row.title_sealed)
        .bind(&row.link)
        .bind(row.made_at.as_millisecond())
        .execute(&mut **transaction)
        .await;
    conflict(told, "the member of a notice is not there")?;
    let trimmed = sqlx::query(TRIM).bind(row.member.0).bind(NOTICES_MAX).execute(&mut **transaction).await;
    trimmed.map(drop).map_err(failed)
}

impl NoticeStore for SqliteStore {
    fn tell<'a>(&'a self, row: &'a NoticeRow) -> Later<'a, ()> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            put_notice(&mut transaction, row).await?;
            transaction.commit().await.map_err(failed)
        })
    }

    fn notices(&self, member: MemberId, before: After, rows_max: u32) -> Later<'_, Vec<NoticeFound>> {
        Box::pin(async move {
            let rows = sqlx::query(NOTICES)
                .bind(member.0)
                .bind(before.0.as_millisecond())
                .bind(before.1)
                .bind(rows_max)
                .fetch_all(self.readers())
                .await;
            rows.map_err(failed)?.iter().map(notice).collect()
        })
    }

    fn unread(&self, member: MemberId, before: Timestamp, count_max: u32) -> Later<'_, u32> {
        Box::pin(async move {
            let count = sqlx::query_scalar(UNREAD).bind(member.0).bind(before.as_millisecond()).bind(count_max);
            count.fetch_one(self.readers()).await.map_err(failed)
        })
    }

    fn read_notice(&self, member: MemberId, id: i64, now: Timestamp) -> Later<'_, Option<String>> {
        Box::pin(async move {
            let link = sqlx::query_scalar(
                "UPDATE notices SET read_at_ms = coalesce(read_at_ms, ?3) WHERE id = ?2 AND member_id = ?1 \
                 RETURNING link",
            )
            .bind(member.0)
            .bind(id)
            .bind(now.as_millisecond())
            .fetch_optional(self.writer())
            .await;
            link.map_err(failed)
        })
    }

    fn read_notices(&self, member: MemberId, before: Timestamp, now: Timestamp) -> Later<'_, u64> {
        Box::pin(async move {
            let done = sqlx::query(
                "UPDATE notices SET read_at_ms = ?3 WHERE member_id = ?1 AND read_at_ms IS NULL AND made_at_ms < ?2",
            )
            .bind(member.0)
            .bind(before.as_millisecond())
            .bind(now.as_millisecond())
            .execute(self.writer())
            .await;
            Ok(done.map_err(failed)?.rows_affected())
        })
    }

    fn quiet_hours(&self, member: MemberId) -> Later<'_, Option<QuietHours>> {
        Box::pin(async move {
            let row = sqlx::query("SELECT from_minute, to_minute FROM quiet_hours WHERE member_id = ?1")
                .bind(member.0)
                .fetch_optional(self.readers())
                .await
                .map_err(failed)?;
            let hours = |row: SqliteRow| {
                Ok(QuietHours { from_minute: get(&row, "from_minute")?, to_minute: get(&row, "to_minute")? })
            };
            row.map(hours).transpose()
        })
    }

    fn put_quiet_hours(&self, member: MemberId, hours: Option<QuietHours>) -> Later<'_, ()> {
        Box::pin(async move {
            let done = match hours {
                None => {
                    let sql = "DELETE FROM quiet_hours WHERE member_id = ?1";
                    sqlx::query(sql).bind(member.0).execute(self.writer()).await
                }
                Some(hours) => {
                    let sql = "INSERT INTO quiet_hours (member_id, from_minute, to_minute) VALUES (?1, ?2, ?3) \
                               ON CONFLICT (member_id) DO UPDATE SET from_minute = excluded.from_minute, \
                               to_minute = excluded.to_minute";
                    let row = sqlx::query(sql).bind(member.0).bind(hours.from_minute).bind(hours.to_minute);
                    row.execute(self.writer()).await
                }
            };
            conflict(done, "the member of quiet hours is not there").map(drop)
        })
    }

    fn forget_notices(&self, member: MemberId) -> Later<'_, ()> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            for sql in ["DELETE FROM notices WHERE member_id = ?1", "DELETE FROM quiet_hours WHERE member_id = ?1"] {
                sqlx::query(sql).bind(member.0).execute(&mut *transaction).await.map_err(failed)?;
            }
            transaction.commit().await.map_err(failed)
        })
    }

    fn drop_notices(&self, before: Timestamp) -> Later<'_, u64> {
        Box::pin(async move {
            let done = sqlx::query("DELETE FROM notices WHERE made_at_ms < ?1").bind(before.as_millisecond());
            Ok(done.execute(self.writer()).await.map_err(failed)?.rows_affected())
        })
    }
}

fn notice(row: &SqliteRow) -> Result<NoticeFound> {
    let read: Option<i64> = get(row, "read_at_ms")?;
    Ok(NoticeFound {
        id: get(row, "id")?,
        kind: values::word(row, "kind", Kind::parse)?,
        title_sealed: get(row, "title_sealed")?,
        link: get(row, "link")?,
        made_at: values::time(row, "made_at_ms")?,
        read_at: read.and_then(|ms| Timestamp::from_millisecond(ms).ok()),
    })
}
