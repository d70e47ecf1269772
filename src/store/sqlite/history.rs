/*! Conversations of members. */

use jiff::Timestamp;
use serde_json::Value;
use sqlx::{Sqlite, Transaction, sqlite::SqliteRow};

use super::{
    SqliteStore,
    desk::count,
    error::{conflict, failed},
    precedents::version_of,
    values::{self, get},
};
use crate::{
    accounts::MemberId,
    engine::Later,
    error::Result,
    history::{
        After, AskedRow, ConversationFound, HistoryStore, MessageFound, MessageRow, QuestionFound, ShareRow, Verdict,
    },
    secrets::Hash,
};

/// Answers of a conversation, each with its link while that lasts (to the second it was made).
const MESSAGES: &str = "SELECT m.ordinal, m.made_at_ms, m.question_sealed, m.answer_sealed, m.verdict, \
    m.verdict_words_sealed, m.recalled_at_ms, \
    (SELECT max(s.ends_at_ms) FROM shares s WHERE s.message_id = m.id) AS ends_at_ms \
    FROM conversations c JOIN messages m ON m.conversation_id = c.id WHERE c.member_id = ?1 AND c.public_id = ?2 ORDER BY m.ordinal LIMIT ?3";

const SHARED: &str = "SELECT m.ordinal, m.made_at_ms, m.question_sealed, m.answer_sealed, m.verdict, \
    m.verdict_words_sealed, s.ends_at_ms, m.recalled_at_ms FROM shares s JOIN messages m ON m.id = s.message_id \
    WHERE s.token = ?1 AND ?2 < s.ends_at_ms";

/// A page after the conversation of time ?2 and number ?3; each with its first question.
const CONVERSATIONS: &str = "SELECT c.id, c.public_id, c.last_at_ms, c.messages, m.question_sealed \
    FROM conversations c JOIN messages m ON m.conversation_id = c.id AND m.ordinal = 1 \
    WHERE c.member_id = ?1 AND (c.last_at_ms, c.id) < (?2, ?3) ORDER BY c.last_at_ms DESC, c.id DESC LIMIT ?4";

const QUESTIONS: &str = "SELECT c.public_id, m.ordinal, m.made_at_ms, m.question_sealed \
    FROM conversations c JOIN messages m ON m.conversation_id = c.id \
    WHERE c.member_id = ?1 ORDER BY c.last_at_ms DESC, c.id DESC, m.ordinal DESC LIMIT ?2";

/// Each with the first provision it quotes.
const ASKED: &str = "SELECT c.member_id, m.question_sealed, m.answer_sealed, m.status <> 'abstained' AS is_answered, \
    (SELECT q.provision FROM message_citations q WHERE q.message_id = m.id ORDER BY q.n LIMIT 1) AS provision \
    FROM messages m JOIN conversations c ON c.id = m.conversation_id JOIN consents s ON s.member_id = c.member_id \
    AND s.purpose = ?1 AND s.taken_back_at_ms IS NULL AND s.given_at_ms <= m.made_at_ms \
    WHERE ?2 <= m.made_at_ms ORDER BY m.made_at_ms DESC LIMIT ?3";

/// The answer at place ?3 of the conversation ?2 of the member ?1.
const MESSAGE_ID: &str = "SELECT m.id FROM conversations c JOIN messages m ON m.conversation_id = c.id \
    WHERE c.member_id = ?1 AND c.public_id = ?2 AND m.ordinal = ?3";

impl HistoryStore for SqliteStore {
    fn keep<'a>(&'a self, row: &'a MessageRow, conversations_max: u32) -> Later<'a, u32> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            let ordinal = keep(&mut transaction, row).await?;
            drop_oldest(&mut transaction, row.member, conversations_max).await?;
            transaction.commit().await.map_err(failed)?;
            Ok(ordinal)
        })
    }

    fn conversations(
        &self,
        member: MemberId,
        after: Option<After>,
        rows_max: u32,
    ) -> Later<'_, Vec<ConversationFound>> {
        Box::pin(async move {
            let (ms, id) = after.map_or((i64::MAX, i64::MAX), |(at, id)| (at.as_millisecond(), id));
            let rows = sqlx::query(CONVERSATIONS).bind(member.0).bind(ms).bind(id).bind(rows_max);
            rows.fetch_all(self.readers()).await.map_err(failed)?.iter().map(conversation).collect()
        })
    }

    fn messages<'a>(&'a self, member: MemberId, conversation: &'a str, rows_max: u32) -> Later<'a, Vec<MessageFound>> {
        Box::pin(async move {
            let rows = sqlx::query(MESSAGES).bind(member.0).bind(conversation).bind(rows_max);
            let rows = rows.fetch_all(self.readers()).await;
            rows.map_err(failed)?.iter().map(message).collect()
        })
    }

    fn questions(&self, member: MemberId, rows_max: u32) -> Later<'_, Vec<QuestionFound>> {
        Box::pin(async move {
            let rows = sqlx::query(QUESTIONS).bind(member.0).bind(rows_max).fetch_all(self.readers()).await;
            let question = |row: &SqliteRow| {
                Ok(QuestionFound {
                    conversation: get(row, "public_id")?,
                    ordinal: get(row, "ordinal")?,
                    made_at: values::time(row, "made_at_ms")?,
                    question_sealed: get(row, "question_sealed")?,
                })
            };
            rows.map_err(failed)?.iter().map(question).collect()
        })
    }

    fn drop_conversation<'a>(&'a self, member: MemberId, conversation: &'a str) -> Later<'a, bool> {
        Box::pin(async move {
            let done = sqlx::query("DELETE FROM conversations WHERE member_id = ?1 AND public_id = ?2")
                .bind(member.0)
                .bind(conversation)
                .execute(self.writer())
                .await
                .map_err(failed)?;
            Ok(done.rows_affected() != 0)
        })
    }

    fn drop_all(&self, member: MemberId) -> Later<'_, u64> {
        Box::pin(async move {
            let done = sqlx::query("DELETE FROM conversations WHERE member_id = ?1").bind(member.0);
            Ok(done.execute(self.writer()).await.map_err(failed)?.rows_affected())
        })
    }

    fn drop_before(&self, last_at: Timestamp, now: Timestamp) -> Later<'_, u64> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            let mut rows = 0;
            for (sql, time) in [
                ("DELETE FROM conversations WHERE last_at_ms < ?1", last_at),
                ("DELETE FROM shares WHERE ends_at_ms <= ?1", now),
            ] {
                let done = sqlx::query(sql).bind(time.as_millisecond()).execute(&mut *transaction).await;
                rows += done.map_err(failed)?.rows_affected();
            }
            transaction.commit().await.map_err(failed)?;
            Ok(rows)
        })
    }

    fn put_verdict<'a>(
        &'a self,
        member: MemberId,
        message: (&'a str, u32),
        verdict: Verdict,
        words_sealed: Option<Vec<u8>>,
        now: Timestamp,
    ) -> Later<'a, bool> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            let Some(id) = message_id(&mut transaction, member, message).await? else { return Ok(false) };
            sqlx::query(
                "UPDATE messages SET verdict = ?2, verdict_words_sealed = ?3, verdict_at_ms = ?4 WHERE id = ?1",
            )
            .bind(id)
            .bind(verdict.name())
            .bind(words_sealed)
            .bind(now.as_millisecond())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
            transaction.commit().await.map_err(failed)?;
            Ok(true)
        })
    }

    fn put_share<'a>(&'a self, member: MemberId, message: (&'a str, u32), row: &'a ShareRow) -> Later<'a, bool> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            let Some(id) = message_id(&mut transaction, member, message).await? else { return Ok(false) };
            sqlx::query(
                "INSERT INTO shares (token, message_id, kind, created_at_ms, ends_at_ms) VALUES (?1, ?2, ?3, ?4, ?5) \
                 ON CONFLICT (message_id) WHERE kind = 'link' DO UPDATE SET token = excluded.token, \
                 created_at_ms = excluded.created_at_ms, ends_at_ms = excluded.ends_at_ms",
            )
            .bind(row.token.as_slice())
            .bind(id)
            .bind(row.kind.name())
            .bind(row.now.as_millisecond())
            .bind(row.ends.as_millisecond())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
            transaction.commit().await.map_err(failed)?;
            Ok(true)
        })
    }

    fn drop_share_token<'a>(&'a self, member: MemberId, token: &'a Hash) -> Later<'a, ()> {
        Box::pin(async move {
            let sql = "DELETE FROM shares WHERE token = ?1 AND EXISTS (SELECT 1 FROM messages m \
                       JOIN conversations c ON c.id = m.conversation_id WHERE m.id = message_id AND c.member_id = ?2)";
            let done = sqlx::query(sql).bind(token.as_slice()).bind(member.0).execute(self.writer()).await;
            done.map(drop).map_err(failed)
        })
    }

    fn drop_share<'a>(&'a self, member: MemberId, message: (&'a str, u32)) -> Later<'a, bool> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            let Some(id) = message_id(&mut transaction, member, message).await? else { return Ok(false) };
            let done = sqlx::query("DELETE FROM shares WHERE message_id = ?1").bind(id);
            let rows = done.execute(&mut *transaction).await.map_err(failed)?.rows_affected();
            transaction.commit().await.map_err(failed)?;
            Ok(rows != 0)
        })
    }

    fn shared<'a>(&'a self, token: &'a Hash, now: Timestamp) -> Later<'a, Option<MessageFound>> {
        Box::pin(async move {
            let row = sqlx::query(SHARED).bind(token.as_slice()).bind(now.as_millisecond());
            let row = row.fetch_optional(self.readers()).await.map_err(failed)?;
            row.as_ref().map(message).transpose()
        })
    }

    fn consents(&self, member: MemberId) -> Later<'_, Vec<(String, Timestamp)>> {
        Box::pin(async move {
            let sql = "SELECT purpose, given_at_ms FROM consents \
                       WHERE member_id = ?1 AND taken_back_at_ms IS NULL ORDER BY purpose";
            let rows = sqlx::query(sql).bind(member.0).fetch_all(self.readers()).await.map_err(failed)?;
            rows.iter().map(|row| Ok((get(row, "purpose")?, values::time(row, "given_at_ms")?))).collect()
        })
    }

    fn put_consent<'a>(&'a self, member: MemberId, purpose: &'a str, given: bool, now: Timestamp) -> Later<'a, bool> {
        Box::pin(async move {
            let sql = if given {
                "INSERT INTO consents (member_id, purpose, given_at_ms) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING"
            } else {
                "UPDATE consents SET taken_back_at_ms = ?3 \
                 WHERE member_id = ?1 AND purpose = ?2 AND taken_back_at_ms IS NULL"
            };
            let done = sqlx::query(sql).bind(member.0).bind(purpose).bind(now.as_millisecond());
            let done = conflict(done.execute(self.writer()).await, "the member of a consent is not there")?;
            Ok(done.rows_affected() != 0)
        })
    }

    fn has_consent<'a>(&'a self, member: MemberId, purpose: &'a str) -> Later<'a, bool> {
        Box::pin(async move {
            sqlx::query_scalar(
                "SELECT EXISTS (SELECT 1 FROM consents \
                 WHERE member_id = ?1 AND purpose = ?2 AND taken_back_at_ms IS NULL)",
            )
            .bind(member.0)
            .bind(purpose)
            .fetch_one(self.readers())
            .await
            .map_err(failed)
        })
    }

    fn asked<'a>(&'a self, purpose: &'a str, since: Timestamp, rows_max: u32) -> Later<'a, Vec<AskedRow>> {
        Box::pin(async move {
            let rows = sqlx::query(ASKED).bind(purpose).bind(since.as_millisecond()).bind(rows_max);
            let asked = |row: &SqliteRow| {
                Ok(AskedRow {
                    member: MemberId(get(row, "member_id")?),
                    question_sealed: get(row, "question_sealed")?,
                    answer_sealed: get(row, "answer_sealed")?,
                    is_answered: get(row, "is_answered")?,
                    provision: get(row, "provision")?,
                })
            };
            rows.fetch_all(self.readers()).await.map_err(failed)?.iter().map(asked).collect()
        })
    }

    fn count_citing<'a>(&'a self, provisions: &'a [String]) -> Later<'a, u64> {
        Box::pin(async move {
            let list = Value::from(provisions).to_string();
            let count: i64 = sqlx::query_scalar(
                "SELECT count(DISTINCT c.message_id) FROM json_each(?1) p \
                 CROSS JOIN message_citations c ON c.provision = p.value",
            )
            .bind(list)
            .fetch_one(self.readers())
            .await
            .map_err(failed)?;
            Ok(u64::try_from(count).unwrap_or_default())
        })
    }
}

async fn keep(transaction: &mut Transaction<'static, Sqlite>, row: &MessageRow) -> Result<u32> {
    let made = sqlx::query(
        "INSERT INTO conversations (member_id, public_id, last_at_ms, messages) VALUES (?1, ?2, ?3, 1) \
         ON CONFLICT (member_id, public_id) DO UPDATE SET last_at_ms = excluded.last_at_ms, messages = messages + 1 \
         RETURNING id, messages",
    )
    .bind(row.member.0)
    .bind(&row.conversation)
    .bind(row.made_at.as_millisecond())
    .fetch_one(&mut **transaction)
    .await;
    let made = conflict(made, "the member of a conversation is not there")?;
    let (conversation, ordinal): (i64, u32) = (get(&made, "id")?, get(&made, "messages")?);
    let message: i64 = sqlx::query_scalar(
        "INSERT INTO messages (conversation_id, ordinal, made_at_ms, question_sealed, answer_sealed, status, \
         generator, corpus_release) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING id",
    )
    .bind(conversation)
    .bind(ordinal)
    .bind(row.made_at.as_millisecond())
    .bind(&row.question_sealed)
    .bind(&row.answer_sealed)
    .bind(row.status)
    .bind(&row.generator)
    .bind(&row.corpus_release)
    .fetch_one(&mut **transaction)
    .await
    .map_err(failed)?;
    count(transaction, &row.month, row.status).await?;
    for cited in &row.cited {
        let version = match &cited.version {
            Some((provision, text)) => Some(version_of(transaction, provision, text).await?),
            None => None,
        };
        sqlx::query(
            "INSERT OR IGNORE INTO message_citations (message_id, n, provision, quote_hash, version_id) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )
        .bind(message)
        .bind(cited.n)
        .bind(&cited.provision)
        .bind(cited.quote_hash.as_slice())
        .bind(version)
        .execute(&mut **transaction)
        .await
        .map_err(failed)?;
    }
    Ok(ordinal)
}

async fn drop_oldest(
    transaction: &mut Transaction<'static, Sqlite>,
    member: MemberId,
    conversations_max: u32,
) -> Result<()> {
    sqlx::query(
        "DELETE FROM conversations WHERE id IN (SELECT id FROM conversations WHERE member_id = ?1 \
         ORDER BY last_at_ms DESC, id DESC LIMIT -1 OFFSET ?2)",
    )
    .bind(member.0)
    .bind(conversations_max)
    .execute(&mut **transaction)
    .await
    .map_err(failed)?;
    Ok(())
}

async fn message_id(
    transaction: &mut Transaction<'static, Sqlite>,
    member: MemberId,
    (conversation, ordinal): (&str, u32),
) -> Result<Option<i64>> {
    let id = sqlx::query_scalar(MESSAGE_ID).bind(member.0).bind(conversation).bind(ordinal);
    id.fetch_optional(&mut **transaction).await.map_err(failed)
}

fn conversation(row: &SqliteRow) -> Result<ConversationFound> {
    Ok(ConversationFound {
        id: get(row, "id")?,
        public_id: get(row, "public_id")?,
        last_at: values::time(row, "last_at_ms")?,
        messages: get(row, "messages")?,
        question_sealed: get(row, "question_sealed")?,
    })
}

fn message(row: &SqliteRow) -> Result<MessageFound> {
    let verdict: Option<String> = get(row, "verdict")?;
    let ends: Option<i64> = get(row, "ends_at_ms")?;
    let recalled: Option<i64> = get(row, "recalled_at_ms")?;
    Ok(MessageFound {
        ordinal: get(row, "ordinal")?,
        made_at: values::time(row, "made_at_ms")?,
        question_sealed: get(row, "question_sealed")?,
        answer_sealed: get(row, "answer_sealed")?,
        verdict: verdict.as_deref().and_then(Verdict::parse),
        verdict_words_sealed: get(row, "verdict_words_sealed")?,
        shared_until: ends.and_then(|ms| Timestamp::from_millisecond(ms).ok()),
        recalled_at: recalled.and_then(|ms| Timestamp::from_millisecond(ms).ok()),
    })
}
