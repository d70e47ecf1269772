/*! Answers to be looked at by counsellors. */

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;

use super::{
    SqliteStore,
    error::failed,
    notices::put_notice,
    values::{self, get, review_sql},
};
use crate::{
    accounts::{MemberId, UnitPath},
    engine::Later,
    error::Result,
    review::{DecisionRow, Entry, Judgement, ReviewFound, ReviewStore, State},
};

const QUEUE: &str = review_sql!(
    "WHERE r.state <> 'done' AND ?1 <= r.unit_path AND r.unit_path < ?2 ORDER BY r.risk DESC, r.due_at_ms, r.id LIMIT ?3"
);

const ONE: &str = review_sql!("WHERE r.id = ?1");

const OUTCOMES: &str = "SELECT r.id, c.member_id, r.unit_path, r.state, r.risk, r.reasons, r.entered_at_ms, \
    r.due_at_ms, r.claimed_by, r.claimed_until_ms, r.first_by, r.verdict, r.sentence, r.reason_sealed, \
    r.correction_sealed, r.decided_at_ms, m.made_at_ms, m.question_sealed, m.answer_sealed, m.ordinal, \
    c.public_id \
    FROM conversations c JOIN messages m ON m.conversation_id = c.id JOIN reviews r ON r.message_id = m.id \
    WHERE c.member_id = ?1 AND c.public_id = ?2 AND r.state = 'done' ORDER BY m.ordinal";

/// An answer of the member ?1 enters; what is in the queue already keeps the higher risk and the
/// earlier end, and adds the reason. A decided one is opened again only by its member's word.
const ENTER: &str = "INSERT INTO reviews (message_id, unit_path, state, risk, reasons, entered_at_ms, due_at_ms) \
    SELECT m.id, p.unit_path, 'open', ?4, ?5, ?6, ?7 \
    FROM conversations c JOIN messages m ON m.conversation_id = c.id JOIN members p ON p.id = c.member_id \
    WHERE c.member_id = ?1 AND c.public_id = ?2 AND m.ordinal = ?3 \
    ON CONFLICT (message_id) DO UPDATE SET \
      risk = max(risk, excluded.risk), \
      due_at_ms = CASE WHEN state = 'done' THEN excluded.due_at_ms ELSE min(due_at_ms, excluded.due_at_ms) END, \
      reasons = CASE WHEN ' ' || reasons || ' ' LIKE '% ' || excluded.reasons || ' %' THEN reasons \
                     ELSE reasons || ' ' || excluded.reasons END, \
      state = CASE WHEN state = 'done' THEN 'open' ELSE state END";

impl ReviewStore for SqliteStore {
    fn enter<'a>(&'a self, entry: &'a Entry) -> Later<'a, bool> {
        Box::pin(async move {
            let done = sqlx::query(ENTER)
                .bind(entry.member.0)
                .bind(&entry.message.0)
                .bind(entry.message.1)
                .bind(entry.risk)
                .bind(&entry.reasons)
                .bind(entry.now.as_millisecond())
                .bind(entry.due_at.as_millisecond())
                .execute(self.writer())
                .await
                .map_err(failed)?;
            Ok(done.rows_affected() != 0)
        })
    }

    fn queue<'a>(&'a self, within: &'a UnitPath, rows_max: u32) -> Later<'a, Vec<ReviewFound>> {
        Box::pin(async move {
            let rows = sqlx::query(QUEUE).bind(within.as_str()).bind(within.end()).bind(rows_max);
            rows.fetch_all(self.readers()).await.map_err(failed)?.iter().map(review).collect()
        })
    }

    fn review(&self, id: i64) -> Later<'_, Option<ReviewFound>> {
        Box::pin(async move {
            let row = sqlx::query(ONE).bind(id).fetch_optional(self.readers()).await.map_err(failed)?;
            row.as_ref().map(review).transpose()
        })
    }

    fn claim(&self, id: i64, by: MemberId, now: Timestamp, until: Timestamp) -> Later<'_, bool> {
        Box::pin(async move {
            let done = sqlx::query(
                "UPDATE reviews SET claimed_by = ?2, claimed_until_ms = ?4 WHERE id = ?1 AND state <> 'done' \
                 AND (claimed_by IS NULL OR claimed_by = ?2 OR claimed_until_ms <= ?3)",
            )
            .bind(id)
            .bind(by.0)
            .bind(now.as_millisecond())
            .bind(until.as_millisecond())
            .execute(self.writer())
            .await
            .map_err(failed)?;
            Ok(done.rows_affected() != 0)
        })
    }

    fn release(&self, id: i64, by: MemberId) -> Later<'_, bool> {
        Box::pin(async move {
            let sql = "UPDATE reviews SET claimed_by = NULL, claimed_until_ms = 0 WHERE id = ?1 AND claimed_by = ?2";
            let done = sqlx::query(sql).bind(id).bind(by.0).execute(self.writer()).await.map_err(failed)?;
            Ok(done.rows_affected() != 0)
        })
    }

    fn decide<'a>(&'a self, id: i64, row: &'a DecisionRow) -> Later<'a, bool> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            let done = sqlx::query(
                "UPDATE reviews SET verdict = ?3, sentence = ?4, reason_sealed = ?5, correction_sealed = ?6, \
                 state = ?7, decided_at_ms = ?8, decided_by = ?2, claimed_by = NULL, claimed_until_ms = 0, \
                 first_by = CASE WHEN ?7 = 'second' THEN ?2 ELSE first_by END \
                 WHERE id = ?1 AND claimed_by = ?2 AND ?8 < claimed_until_ms AND state <> 'done'",
            )
            .bind(id)
            .bind(row.by.0)
            .bind(row.verdict.name())
            .bind(row.sentence)
            .bind(&row.reason_sealed)
            .bind(&row.correction_sealed)
            .bind(row.state.name())
            .bind(row.now.as_millisecond())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            if let Some(notice) = &row.notice {
                put_notice(&mut transaction, notice).await?;
            }
            transaction.commit().await.map_err(failed)?;
            Ok(true)
        })
    }

    fn outcomes<'a>(&'a self, member: MemberId, conversation: &'a str) -> Later<'a, Vec<(u32, ReviewFound)>> {
        Box::pin(async move {
            let rows = sqlx::query(OUTCOMES).bind(member.0).bind(conversation).fetch_all(self.readers()).await;
            rows.map_err(failed)?.iter().map(|row| Ok((get(row, "ordinal")?, review(row)?))).collect()
        })
    }
}

fn review(row: &SqliteRow) -> Result<ReviewFound> {
    let member = |column: &str| Ok::<_, crate::error::Error>(get::<Option<i64>>(row, column)?.map(MemberId));
    let verdict: Option<String> = get(row, "verdict")?;
    let decided: Option<i64> = get(row, "decided_at_ms")?;
    let reasons: String = get(row, "reasons")?;
    Ok(ReviewFound {
        id: get(row, "id")?,
        asker: MemberId(get(row, "member_id")?),
        message: (get(row, "public_id")?, get(row, "ordinal")?),
        unit_path: values::path(row, "unit_path")?,
        state: values::word(row, "state", State::parse)?,
        risk: get(row, "risk")?,
        reasons: reasons.split(' ').filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        entered_at: values::time(row, "entered_at_ms")?,
        due_at: values::time(row, "due_at_ms")?,
        claimed_by: member("claimed_by")?,
        claimed_until: values::time(row, "claimed_until_ms")?,
        first_by: member("first_by")?,
        verdict: verdict.as_deref().and_then(Judgement::parse),
        sentence: get(row, "sentence")?,
        reason_sealed: get(row, "reason_sealed")?,
        correction_sealed: get(row, "correction_sealed")?,
        decided_at: decided.and_then(|ms| Timestamp::from_millisecond(ms).ok()),
        made_at: values::time(row, "made_at_ms")?,
        question_sealed: get(row, "question_sealed")?,
        answer_sealed: get(row, "answer_sealed")?,
    })
}
