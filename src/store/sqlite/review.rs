/*! Answers to be looked at by counsellors: the queue, hands, decisions. */

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction, sqlite::SqliteRow};

use super::{
    SqliteStore,
    error::failed,
    notices::put_notice,
    precedents::{put_precedent, retire_shown},
    values::{self, get, review_sql},
};
use crate::{
    accounts::{MemberId, UnitPath},
    engine::Later,
    error::Result,
    history::Verdict,
    review::{
        DecisionFound, DecisionRow, Entry, Escalate, Judgement, ReplyFound, ReplyRow, ReviewFound, ReviewStore, State,
        TalkFound,
    },
};

const QUEUE: &str = review_sql!(
    "WHERE r.state <> 'done' AND ?1 <= p.unit_path AND p.unit_path < ?2 ORDER BY r.risk DESC, r.due_at_ms, r.id LIMIT ?3"
);

const ONE: &str = review_sql!("WHERE r.id = ?1");

/// The last final decision of each answer.
const OUTCOMES: &str = "SELECT d.decided_by, d.verdict, d.sentence, d.reason_sealed, d.correction_sealed, \
    d.decided_at_ms, d.is_final, m.ordinal \
    FROM conversations c JOIN messages m ON m.conversation_id = c.id JOIN reviews r ON r.message_id = m.id \
    JOIN decisions d ON d.id = (SELECT max(id) FROM decisions WHERE review_id = r.id AND is_final) \
    WHERE c.member_id = ?1 AND c.public_id = ?2 ORDER BY m.ordinal";

const DECISIONS: &str = "SELECT decided_by, verdict, sentence, reason_sealed, correction_sealed, decided_at_ms, \
    is_final FROM decisions WHERE review_id = ?1 ORDER BY id";

/// An answer of the member ?1 enters; what is in the queue already keeps the higher risk and the
/// earlier end, and adds the reason. A decided one is opened again only by its member's word.
const ENTER: &str = "INSERT INTO reviews (message_id, state, risk, reasons, entered_at_ms, due_at_ms, \
      handed_over_at_ms) \
    SELECT m.id, 'open', ?4, ?5, ?6, ?7, CASE WHEN ?8 THEN ?6 END \
    FROM conversations c JOIN messages m ON m.conversation_id = c.id \
    WHERE c.member_id = ?1 AND c.public_id = ?2 AND m.ordinal = ?3 \
    ON CONFLICT (message_id) DO UPDATE SET \
      risk = max(risk, excluded.risk), \
      due_at_ms = CASE WHEN state = 'done' THEN excluded.due_at_ms ELSE min(due_at_ms, excluded.due_at_ms) END, \
      reasons = CASE WHEN ' ' || reasons || ' ' LIKE '% ' || excluded.reasons || ' %' THEN reasons \
                     ELSE reasons || ' ' || excluded.reasons END, \
      handed_over_at_ms = coalesce(handed_over_at_ms, excluded.handed_over_at_ms), \
      first_by = CASE WHEN state = 'done' THEN NULL ELSE first_by END, \
      level = CASE WHEN state = 'done' THEN 0 ELSE level END, \
      escalated_at_ms = CASE WHEN state = 'done' THEN NULL ELSE escalated_at_ms END, \
      state = CASE WHEN state = 'done' THEN 'open' ELSE state END";

/// Whoever found it dangerous does not take it again: that is for other eyes.
const CLAIM: &str = "UPDATE reviews SET claimed_by = ?2, claimed_until_ms = ?4 WHERE id = ?1 AND state <> 'done' \
    AND (state <> 'second' OR first_by IS NOT ?2) \
    AND (claimed_by IS NULL OR claimed_by = ?2 OR claimed_until_ms <= ?3)";

/// In hand, in time, in the state it was read in, and by other eyes where that is asked for.
const DECIDE: &str = "UPDATE reviews SET state = ?4, claimed_by = NULL, claimed_until_ms = 0, \
    first_by = CASE WHEN ?4 = 'second' THEN ?2 ELSE first_by END \
    WHERE id = ?1 AND claimed_by = ?2 AND ?5 < claimed_until_ms AND state = ?3 AND state <> 'done' \
    AND (state <> 'second' OR first_by IS NOT ?2)";

const PUT_DECISION: &str = "INSERT INTO decisions (review_id, decided_by, verdict, sentence, reason_sealed, \
    correction_sealed, decided_at_ms, is_final) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

const TALKS: &str = "SELECT r.id, r.state, r.due_at_ms, r.handed_over_at_ms, m.ordinal \
    FROM conversations c JOIN messages m ON m.conversation_id = c.id JOIN reviews r ON r.message_id = m.id \
    WHERE c.member_id = ?1 AND c.public_id = ?2 ORDER BY m.ordinal";

/// Not decided and due before ?1: a range of the index of open cases.
const DUE_BEFORE: &str = "SELECT count(*) FROM reviews r WHERE r.state <> 'done' AND r.due_at_ms < ?1";

impl ReviewStore for SqliteStore {
    fn open_and_late(&self, now: Timestamp) -> Later<'_, (u64, u64)> {
        Box::pin(async move {
            let before = async |due_ms: i64| -> Result<u64> {
                let count: i64 =
                    sqlx::query_scalar(DUE_BEFORE).bind(due_ms).fetch_one(self.readers()).await.map_err(failed)?;
                Ok(u64::try_from(count).unwrap_or_default())
            };
            Ok((before(i64::MAX).await?, before(now.as_millisecond()).await?))
        })
    }

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
                .bind(entry.hands_over)
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
            let done = sqlx::query(CLAIM)
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
            let done = sqlx::query(DECIDE)
                .bind(id)
                .bind(row.by.0)
                .bind(row.was.name())
                .bind(row.state.name())
                .bind(row.now.as_millisecond())
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            put_decision(&mut transaction, id, row).await?;
            if let Some(notice) = &row.notice {
                put_notice(&mut transaction, notice).await?;
            }
            if let Some(shown) = row.retires {
                retire_shown(&mut transaction, shown, row.now).await?;
            }
            if let Some(precedent) = &row.precedent {
                put_precedent(&mut transaction, None, precedent).await?;
            }
            transaction.commit().await.map_err(failed)?;
            Ok(true)
        })
    }

    fn decisions(&self, id: i64) -> Later<'_, Vec<DecisionFound>> {
        Box::pin(async move {
            let rows = sqlx::query(DECISIONS).bind(id).fetch_all(self.readers()).await;
            rows.map_err(failed)?.iter().map(decision).collect()
        })
    }

    fn outcomes<'a>(&'a self, member: MemberId, conversation: &'a str) -> Later<'a, Vec<(u32, DecisionFound)>> {
        Box::pin(async move {
            let rows = sqlx::query(OUTCOMES).bind(member.0).bind(conversation).fetch_all(self.readers()).await;
            rows.map_err(failed)?.iter().map(|row| Ok((get(row, "ordinal")?, decision(row)?))).collect()
        })
    }

    fn put_reply<'a>(&'a self, id: i64, row: &'a ReplyRow) -> Later<'a, bool> {
        Box::pin(self.keep_reply(id, row))
    }

    fn replies(&self, id: i64) -> Later<'_, Vec<ReplyFound>> {
        Box::pin(self.replies_of(id))
    }

    fn talks<'a>(&'a self, member: MemberId, conversation: &'a str) -> Later<'a, Vec<(u32, TalkFound)>> {
        Box::pin(async move {
            let rows = sqlx::query(TALKS).bind(member.0).bind(conversation).fetch_all(self.readers()).await;
            let mut talks = Vec::new();
            for row in &rows.map_err(failed)? {
                let handed_over: Option<i64> = get(row, "handed_over_at_ms")?;
                let id = get(row, "id")?;
                let talk = TalkFound {
                    id,
                    state: values::word(row, "state", State::parse)?,
                    due_at: values::time(row, "due_at_ms")?,
                    handed_over_at: handed_over.and_then(|ms| Timestamp::from_millisecond(ms).ok()),
                    replies: self.replies_of(id).await?,
                };
                talks.push((get(row, "ordinal")?, talk));
            }
            Ok(talks)
        })
    }

    fn escalate<'a>(
        &'a self,
        now: Timestamp,
        again_before: Timestamp,
        rows_max: u32,
        notice: Escalate<'a>,
    ) -> Later<'a, u64> {
        Box::pin(self.bring_up(now, again_before, rows_max, notice))
    }

    fn quality(&self, months_max: u32) -> Later<'_, Vec<(String, String, u64)>> {
        Box::pin(self.counts(months_max))
    }
}

/// Keeps a decision, and counts it: what it says of the answer, and of the decision before.
async fn put_decision(transaction: &mut Transaction<'static, Sqlite>, id: i64, row: &DecisionRow) -> Result<()> {
    let before = sqlx::query("SELECT decided_by, verdict FROM decisions WHERE review_id = ?1 ORDER BY id DESC LIMIT 1")
        .bind(id)
        .fetch_optional(&mut **transaction)
        .await
        .map_err(failed)?;
    sqlx::query(PUT_DECISION)
        .bind(id)
        .bind(row.by.0)
        .bind(row.verdict.name())
        .bind(row.sentence)
        .bind(&row.reason_sealed)
        .bind(&row.correction_sealed)
        .bind(row.now.as_millisecond())
        .bind(row.state == State::Done)
        .execute(&mut **transaction)
        .await
        .map_err(failed)?;
    let mut counted = Vec::new();
    if row.state == State::Done {
        counted.push("reviewed");
        counted.extend((row.verdict != Judgement::Right).then_some("corrected"));
    }
    if let Some(before) = before {
        let by: Option<i64> = get(&before, "decided_by")?;
        let is_same = get::<String>(&before, "verdict")? == row.verdict.name();
        counted.extend((!is_same).then_some("overturned"));
        if by.is_some_and(|by| by != row.by.0) {
            counted.push("second_looks");
            counted.extend(is_same.then_some("agreed"));
        }
    }
    for what in counted {
        super::desk::count(transaction, &row.month, what).await?;
    }
    Ok(())
}

fn decision(row: &SqliteRow) -> Result<DecisionFound> {
    Ok(DecisionFound {
        by: get::<Option<i64>>(row, "decided_by")?.map(MemberId),
        verdict: values::word(row, "verdict", Judgement::parse)?,
        sentence: get(row, "sentence")?,
        reason_sealed: get(row, "reason_sealed")?,
        correction_sealed: get(row, "correction_sealed")?,
        decided_at: values::time(row, "decided_at_ms")?,
        is_final: get(row, "is_final")?,
    })
}

fn review(row: &SqliteRow) -> Result<ReviewFound> {
    let member = |column: &str| Ok::<_, crate::error::Error>(get::<Option<i64>>(row, column)?.map(MemberId));
    let verdict: Option<String> = get(row, "verdict")?;
    let handed_over: Option<i64> = get(row, "handed_over_at_ms")?;
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
        handed_over_at: handed_over.and_then(|ms| Timestamp::from_millisecond(ms).ok()),
        level: get(row, "level")?,
        verdict: verdict.as_deref().and_then(Verdict::parse),
        verdict_words_sealed: get(row, "verdict_words_sealed")?,
        question_sealed: get(row, "question_sealed")?,
        answer_sealed: get(row, "answer_sealed")?,
    })
}
