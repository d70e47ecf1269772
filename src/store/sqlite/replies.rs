/*! Replies to writes that may be sent twice. */

use jiff::Timestamp;

use super::{
    SqliteStore,
    error::failed,
    values::{self, get},
};
use crate::{
    engine::Later,
    replies::{ReplyStore, Standing},
    secrets::{Hash, same},
};

impl ReplyStore for SqliteStore {
    fn begin<'a>(&'a self, key: &'a Hash, request: &'a Hash, now: Timestamp) -> Later<'a, Standing> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            let done = sqlx::query(
                "INSERT INTO idempotent_replies (key, request, begun_at_ms) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            )
            .bind(key.as_slice())
            .bind(request.as_slice())
            .bind(now.as_millisecond())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
            let standing = if done.rows_affected() == 0 {
                let row = sqlx::query("SELECT request, status, reply_sealed FROM idempotent_replies WHERE key = ?1")
                    .bind(key.as_slice())
                    .fetch_one(&mut *transaction)
                    .await
                    .map_err(failed)?;
                let (status, reply): (Option<u16>, Option<Vec<u8>>) =
                    (get(&row, "status")?, get(&row, "reply_sealed")?);
                match (same(&values::hash(&row, "request")?, request), status, reply) {
                    (false, ..) => Standing::Other,
                    (true, Some(status), Some(reply)) => Standing::Done(status, reply),
                    (true, ..) => Standing::UnderWay,
                }
            } else {
                Standing::First
            };
            transaction.commit().await.map_err(failed)?;
            Ok(standing)
        })
    }

    fn end<'a>(&'a self, key: &'a Hash, status: u16, reply_sealed: &'a [u8]) -> Later<'a, ()> {
        Box::pin(async move {
            sqlx::query("UPDATE idempotent_replies SET status = ?2, reply_sealed = ?3 WHERE key = ?1")
                .bind(key.as_slice())
                .bind(status)
                .bind(reply_sealed)
                .execute(self.writer())
                .await
                .map_err(failed)?;
            Ok(())
        })
    }

    fn forget<'a>(&'a self, key: &'a Hash) -> Later<'a, ()> {
        Box::pin(async move {
            sqlx::query("DELETE FROM idempotent_replies WHERE key = ?1")
                .bind(key.as_slice())
                .execute(self.writer())
                .await
                .map_err(failed)?;
            Ok(())
        })
    }

    fn drop_replies(&self, begun_before: Timestamp) -> Later<'_, u64> {
        Box::pin(async move {
            let done = sqlx::query("DELETE FROM idempotent_replies WHERE begun_at_ms < ?1");
            let done = done.bind(begun_before.as_millisecond()).execute(self.writer()).await;
            Ok(done.map_err(failed)?.rows_affected())
        })
    }
}
