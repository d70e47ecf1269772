/*! Addresses that get mails, and mails that wait to be handed over. */

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
    error::{Error, Result},
    mail::port::{Backlog, DueRow, MailRow, MailStore, QueueRow, WaitingMail},
    notices::QuietHours,
    secrets::Hash,
};

/// Each with its quiet hours and how much is new. Bounded: a mail says a number, not how large.
const DUE: &str = "SELECT a.member_id, a.address_sealed, q.from_minute, q.to_minute, (SELECT min(count(*), 99) \
    FROM notices n WHERE n.member_id = a.member_id AND n.read_at_ms IS NULL AND a.told_until_ms < n.made_at_ms) AS fresh \
    FROM mail_addresses a INDEXED BY mail_by_turn LEFT JOIN quiet_hours q ON q.member_id = a.member_id \
    WHERE a.address_sealed IS NOT NULL AND a.next_at_ms <= ?1 ORDER BY a.next_at_ms, a.member_id LIMIT ?2";

const BACKLOG: &str = "SELECT count(*) AS waiting, coalesce(sum(tries <> 0), 0) AS refused, \
    min(made_at_ms) AS oldest_ms FROM mail_queue";

impl MailStore for SqliteStore {
    fn mail_of(&self, member: MemberId) -> Later<'_, Option<MailRow>> {
        Box::pin(async move {
            let sql = "SELECT address_sealed, pending_sealed, code_hash, code_at_ms, tries FROM mail_addresses \
                       WHERE member_id = ?1";
            let row = sqlx::query(sql).bind(member.0).fetch_optional(self.readers()).await.map_err(failed)?;
            row.as_ref().map(mail).transpose()
        })
    }

    fn put_pending<'a>(
        &'a self,
        address_sealed: &'a [u8],
        code: &'a Hash,
        message: &'a QueueRow,
        queue_max: u32,
    ) -> Later<'a, bool> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            if !queue(&mut transaction, message, queue_max).await? {
                return Ok(false);
            }
            sqlx::query(
                "INSERT INTO mail_addresses (member_id, pending_sealed, code_hash, code_at_ms) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT (member_id) DO UPDATE SET pending_sealed = excluded.pending_sealed, \
                 code_hash = excluded.code_hash, code_at_ms = excluded.code_at_ms, tries = 0",
            )
            .bind(message.member.0)
            .bind(address_sealed)
            .bind(code.as_slice())
            .bind(message.now.as_millisecond())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
            transaction.commit().await.map_err(failed)?;
            Ok(true)
        })
    }

    fn count_try(&self, member: MemberId) -> Later<'_, ()> {
        Box::pin(async move {
            let sql = "UPDATE mail_addresses SET tries = tries + 1 WHERE member_id = ?1";
            sqlx::query(sql).bind(member.0).execute(self.writer()).await.map(drop).map_err(failed)
        })
    }

    fn confirm_mail<'a>(&'a self, member: MemberId, code: &'a Hash, end: &'a Hash, now: Timestamp) -> Later<'a, bool> {
        Box::pin(async move {
            let done = sqlx::query(
                "UPDATE mail_addresses SET address_sealed = pending_sealed, pending_sealed = NULL, code_hash = NULL, \
                 end_hash = ?3, told_until_ms = ?4, next_at_ms = ?4 \
                 WHERE member_id = ?1 AND code_hash = ?2 AND pending_sealed IS NOT NULL",
            )
            .bind(member.0)
            .bind(code.as_slice())
            .bind(end.as_slice())
            .bind(now.as_millisecond())
            .execute(self.writer())
            .await
            .map_err(failed)?;
            Ok(done.rows_affected() != 0)
        })
    }

    fn drop_mail(&self, member: MemberId) -> Later<'_, bool> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            let mut rows = 0;
            for sql in
                ["DELETE FROM mail_queue WHERE member_id = ?1", "DELETE FROM mail_addresses WHERE member_id = ?1"]
            {
                let done = sqlx::query(sql).bind(member.0).execute(&mut *transaction).await.map_err(failed)?;
                rows += done.rows_affected();
            }
            transaction.commit().await.map_err(failed)?;
            Ok(rows != 0)
        })
    }

    fn ended_by<'a>(&'a self, end: &'a Hash) -> Later<'a, Option<MemberId>> {
        Box::pin(async move {
            let id =
                sqlx::query_scalar("SELECT member_id FROM mail_addresses WHERE end_hash = ?1").bind(end.as_slice());
            Ok(id.fetch_optional(self.readers()).await.map_err(failed)?.map(MemberId))
        })
    }

    fn due(&self, now: Timestamp, rows_max: u32) -> Later<'_, Vec<DueRow>> {
        Box::pin(async move {
            let rows = sqlx::query(DUE).bind(now.as_millisecond()).bind(rows_max).fetch_all(self.readers()).await;
            rows.map_err(failed)?.iter().map(due).collect()
        })
    }

    fn put_turn(&self, member: MemberId, next: Timestamp) -> Later<'_, ()> {
        Box::pin(async move {
            let sql = "UPDATE mail_addresses SET next_at_ms = ?2 WHERE member_id = ?1";
            let done = sqlx::query(sql).bind(member.0).bind(next.as_millisecond()).execute(self.writer()).await;
            done.map(drop).map_err(failed)
        })
    }

    fn put_told<'a>(&'a self, message: &'a QueueRow, next: Timestamp, queue_max: u32) -> Later<'a, bool> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            // Ended meanwhile: nothing is made for who does not want it.
            let sql = "UPDATE mail_addresses SET told_until_ms = ?2, next_at_ms = ?3 \
                       WHERE member_id = ?1 AND address_sealed IS NOT NULL";
            let turn = sqlx::query(sql)
                .bind(message.member.0)
                .bind(message.now.as_millisecond())
                .bind(next.as_millisecond())
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
            if turn.rows_affected() == 0 {
                return Ok(true);
            }
            if !queue(&mut transaction, message, queue_max).await? {
                return Ok(false);
            }
            transaction.commit().await.map_err(failed)?;
            Ok(true)
        })
    }

    fn waiting_mails(&self, now: Timestamp, rows_max: u32) -> Later<'_, Vec<WaitingMail>> {
        Box::pin(async move {
            let sql = "SELECT id, message_sealed, made_at_ms, tries FROM mail_queue WHERE next_at_ms <= ?1 \
                       ORDER BY next_at_ms, id LIMIT ?2";
            let rows = sqlx::query(sql).bind(now.as_millisecond()).bind(rows_max).fetch_all(self.readers()).await;
            let waiting = |row: &SqliteRow| {
                Ok(WaitingMail {
                    id: get(row, "id")?,
                    message_sealed: get(row, "message_sealed")?,
                    made_at: values::time(row, "made_at_ms")?,
                    tries: get(row, "tries")?,
                })
            };
            rows.map_err(failed)?.iter().map(waiting).collect()
        })
    }

    fn drop_waiting(&self, id: i64) -> Later<'_, ()> {
        Box::pin(async move {
            let done = sqlx::query("DELETE FROM mail_queue WHERE id = ?1").bind(id).execute(self.writer()).await;
            done.map(drop).map_err(failed)
        })
    }

    fn put_refused(&self, id: i64, next: Timestamp) -> Later<'_, ()> {
        Box::pin(async move {
            let sql = "UPDATE mail_queue SET tries = tries + 1, next_at_ms = ?2 WHERE id = ?1";
            let done = sqlx::query(sql).bind(id).bind(next.as_millisecond()).execute(self.writer()).await;
            done.map(drop).map_err(failed)
        })
    }

    fn backlog(&self) -> Later<'_, Backlog> {
        Box::pin(async move {
            let row = sqlx::query(BACKLOG).fetch_one(self.readers()).await.map_err(failed)?;
            let count = |column: &str| Ok::<_, Error>(u64::try_from(get::<i64>(&row, column)?).unwrap_or(0));
            let oldest: Option<i64> = get(&row, "oldest_ms")?;
            Ok(Backlog {
                waiting: count("waiting")?,
                refused: count("refused")?,
                oldest: oldest.and_then(|ms| Timestamp::from_millisecond(ms).ok()),
            })
        })
    }
}

/// Keeps a message; whether there was room.
async fn queue(transaction: &mut Transaction<'static, Sqlite>, row: &QueueRow, queue_max: u32) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO mail_queue (member_id, message_sealed, made_at_ms, next_at_ms) SELECT ?1, ?2, ?3, ?3 \
         WHERE (SELECT count(*) FROM mail_queue) < ?4",
    )
    .bind(row.member.0)
    .bind(&row.message_sealed)
    .bind(row.now.as_millisecond())
    .bind(queue_max)
    .execute(&mut **transaction)
    .await;
    Ok(conflict(done, "the member of a mail is not there")?.rows_affected() != 0)
}

fn mail(row: &SqliteRow) -> Result<MailRow> {
    let code: Option<Vec<u8>> = get(row, "code_hash")?;
    Ok(MailRow {
        address_sealed: get(row, "address_sealed")?,
        pending_sealed: get(row, "pending_sealed")?,
        code: code.and_then(|code| Hash::try_from(code).ok()),
        code_at: values::time(row, "code_at_ms")?,
        tries: get(row, "tries")?,
    })
}

fn due(row: &SqliteRow) -> Result<DueRow> {
    let (from, to): (Option<u16>, Option<u16>) = (get(row, "from_minute")?, get(row, "to_minute")?);
    Ok(DueRow {
        member: MemberId(get(row, "member_id")?),
        address_sealed: get(row, "address_sealed")?,
        quiet: from.zip(to).map(|(from_minute, to_minute)| QuietHours { from_minute, to_minute }),
        fresh: get(row, "fresh")?,
    })
}
