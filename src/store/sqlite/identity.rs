/*! Wishes to know who asked. */

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;

use super::{
    SqliteStore,
    error::{conflict, failed},
    values::{self, get, opening_sql},
};
use crate::{
    accounts::{MemberId, UnitPath},
    engine::Later,
    error::Result,
    identity::{CaseFound, IdentityStore, OpeningFound, State},
};

const CASE: &str = "SELECT c.member_id AS asker, p.unit_path FROM reviews r JOIN messages m ON m.id = r.message_id \
    JOIN conversations c ON c.id = m.conversation_id JOIN members p ON p.id = c.member_id WHERE r.id = ?1";

const ONE: &str = opening_sql!("WHERE o.id = ?1");

const OF_REVIEW: &str = opening_sql!("WHERE o.review_id = ?1 ORDER BY o.id DESC LIMIT ?2");

const WITHIN: &str =
    opening_sql!("WHERE o.id < ?3 AND ?1 <= p.unit_path AND p.unit_path < ?2 ORDER BY o.id DESC LIMIT ?4");

const OF_ASKER: &str = opening_sql!("WHERE c.member_id = ?1 ORDER BY o.id DESC LIMIT ?2");

const AGREE: &str = "INSERT INTO identity_openings \
    (review_id, reason_sealed, wished_by, wished_at_ms, state, ends_at_ms) \
    SELECT r.id, ?4, c.member_id, ?5, 'granted', ?6 FROM conversations c \
    JOIN messages m ON m.conversation_id = c.id JOIN reviews r ON r.message_id = m.id \
    WHERE c.member_id = ?1 AND c.public_id = ?2 AND m.ordinal = ?3";

const TAKE_BACK: &str = "UPDATE identity_openings SET ends_at_ms = ?4 \
    WHERE wished_by = ?1 AND state = 'granted' AND ?4 < ends_at_ms AND review_id IN (SELECT r.id FROM conversations c \
    JOIN messages m ON m.conversation_id = c.id JOIN reviews r ON r.message_id = m.id \
    WHERE c.member_id = ?1 AND c.public_id = ?2 AND m.ordinal = ?3)";

impl IdentityStore for SqliteStore {
    fn case(&self, review: i64) -> Later<'_, Option<CaseFound>> {
        Box::pin(async move {
            let row = sqlx::query(CASE).bind(review).fetch_optional(self.readers()).await.map_err(failed)?;
            row.as_ref().map(case).transpose()
        })
    }

    fn wish<'a>(&'a self, review: i64, by: MemberId, reason_sealed: &'a [u8], now: Timestamp) -> Later<'a, i64> {
        Box::pin(async move {
            let id = sqlx::query_scalar(
                "INSERT INTO identity_openings (review_id, reason_sealed, wished_by, wished_at_ms, state) \
                 VALUES (?1, ?2, ?3, ?4, 'wished') RETURNING id",
            )
            .bind(review)
            .bind(reason_sealed)
            .bind(by.0)
            .bind(now.as_millisecond())
            .fetch_one(self.writer())
            .await;
            conflict(id, "đã có một đề nghị đang chờ quyết định cho việc này")
        })
    }

    fn agree<'a>(
        &'a self,
        asker: MemberId,
        (conversation, ordinal): (&'a str, u32),
        reason_sealed: &'a [u8],
        now: Timestamp,
        ends: Timestamp,
    ) -> Later<'a, bool> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            // The word given before ends where this one begins: the log keeps both.
            let before = sqlx::query(TAKE_BACK).bind(asker.0).bind(conversation).bind(ordinal);
            before.bind(now.as_millisecond()).execute(&mut *transaction).await.map_err(failed)?;
            let done = sqlx::query(AGREE)
                .bind(asker.0)
                .bind(conversation)
                .bind(ordinal)
                .bind(reason_sealed)
                .bind(now.as_millisecond())
                .bind(ends.as_millisecond())
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
            transaction.commit().await.map_err(failed)?;
            Ok(done.rows_affected() != 0)
        })
    }

    fn take_back<'a>(
        &'a self,
        asker: MemberId,
        (conversation, ordinal): (&'a str, u32),
        now: Timestamp,
    ) -> Later<'a, bool> {
        Box::pin(async move {
            let done = sqlx::query(TAKE_BACK).bind(asker.0).bind(conversation).bind(ordinal);
            let done = done.bind(now.as_millisecond()).execute(self.writer()).await.map_err(failed)?;
            Ok(done.rows_affected() != 0)
        })
    }

    fn decide_wish(&self, id: i64, by: MemberId, now: Timestamp, ends: Option<Timestamp>) -> Later<'_, bool> {
        Box::pin(async move {
            let done = sqlx::query(
                "UPDATE identity_openings SET state = CASE WHEN ?4 IS NULL THEN 'refused' ELSE 'granted' END, \
                 decided_by = ?2, decided_at_ms = ?3, ends_at_ms = ?4 \
                 WHERE id = ?1 AND state = 'wished' AND wished_by <> ?2",
            )
            .bind(id)
            .bind(by.0)
            .bind(now.as_millisecond())
            .bind(ends.map(Timestamp::as_millisecond))
            .execute(self.writer())
            .await
            .map_err(failed)?;
            Ok(done.rows_affected() != 0)
        })
    }

    fn lapse(&self, made_before: Timestamp, now: Timestamp) -> Later<'_, u64> {
        Box::pin(async move {
            let sql = "UPDATE identity_openings SET state = 'refused', decided_at_ms = ?2 \
                       WHERE state = 'wished' AND wished_at_ms <= ?1";
            let done = sqlx::query(sql).bind(made_before.as_millisecond()).bind(now.as_millisecond());
            Ok(done.execute(self.writer()).await.map_err(failed)?.rows_affected())
        })
    }

    fn seen(&self, id: i64, now: Timestamp) -> Later<'_, ()> {
        Box::pin(async move {
            let sql = "UPDATE identity_openings SET seen_at_ms = ?2 WHERE id = ?1 AND seen_at_ms IS NULL";
            let done = sqlx::query(sql).bind(id).bind(now.as_millisecond());
            done.execute(self.writer()).await.map_err(failed).map(|_| ())
        })
    }

    fn opening(&self, id: i64) -> Later<'_, Option<OpeningFound>> {
        Box::pin(async move {
            let row = sqlx::query(ONE).bind(id).fetch_optional(self.readers()).await.map_err(failed)?;
            row.as_ref().map(opening).transpose()
        })
    }

    fn of_review(&self, review: i64, rows_max: u32) -> Later<'_, Vec<OpeningFound>> {
        Box::pin(async move {
            let rows = sqlx::query(OF_REVIEW).bind(review).bind(rows_max).fetch_all(self.readers()).await;
            rows.map_err(failed)?.iter().map(opening).collect()
        })
    }

    fn within<'a>(&'a self, reach: &'a UnitPath, before: i64, rows_max: u32) -> Later<'a, Vec<OpeningFound>> {
        Box::pin(async move {
            let rows = sqlx::query(WITHIN).bind(reach.as_str()).bind(reach.end()).bind(before).bind(rows_max);
            rows.fetch_all(self.readers()).await.map_err(failed)?.iter().map(opening).collect()
        })
    }

    fn of_asker(&self, asker: MemberId, rows_max: u32) -> Later<'_, Vec<OpeningFound>> {
        Box::pin(async move {
            let rows = sqlx::query(OF_ASKER).bind(asker.0).bind(rows_max).fetch_all(self.readers()).await;
            rows.map_err(failed)?.iter().map(opening).collect()
        })
    }
}

fn case(row: &SqliteRow) -> Result<CaseFound> {
    Ok(CaseFound { asker: MemberId(get(row, "asker")?), unit_path: values::path(row, "unit_path")? })
}

fn opening(row: &SqliteRow) -> Result<OpeningFound> {
    let time = |column: &str| {
        let ms: Option<i64> = get(row, column)?;
        Ok::<_, crate::error::Error>(ms.and_then(|ms| Timestamp::from_millisecond(ms).ok()))
    };
    Ok(OpeningFound {
        id: get(row, "id")?,
        review: get(row, "review_id")?,
        case: case(row)?,
        message: (get(row, "public_id")?, get(row, "ordinal")?),
        reason_sealed: get(row, "reason_sealed")?,
        wished_by: MemberId(get(row, "wished_by")?),
        wisher: get(row, "wisher")?,
        wished_at: values::time(row, "wished_at_ms")?,
        state: values::word(row, "state", State::parse)?,
        decider: get(row, "decider")?,
        decided_at: time("decided_at_ms")?,
        ends_at: time("ends_at_ms")?,
        seen_at: time("seen_at_ms")?,
    })
}
