/*! Precedents, and the versions of clauses that they and stored answers rest on. */

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;
use sqlx::{Sqlite, Transaction, sqlite::SqliteRow};

use super::{
    SqliteStore,
    error::failed,
    notices::put_notice,
    values::{self, get},
};
use crate::{
    accounts::MemberId,
    engine::Later,
    error::Result,
    review::{PrecedentFound, PrecedentRow, PrecedentStore, Recall, Resting, StandingVersion, Touched},
    secrets::Hash,
};

const PRECEDENTS: &str = "SELECT id, state, question, answer, embedder, vector, signed_by, signed_as, signed_at_ms, \
    retired_at_ms FROM precedents WHERE state = ?1 ORDER BY id DESC LIMIT ?2";

const PRECEDENT: &str = "SELECT id, state, question, answer, embedder, vector, signed_by, signed_as, signed_at_ms, \
    retired_at_ms FROM precedents WHERE id = ?1 AND state <> 'dropped'";

const CLAUSES: &str = "SELECT v.provision, v.text_hash FROM precedent_clauses c \
    JOIN clause_versions v ON v.id = c.version_id WHERE c.precedent_id = ?1 ORDER BY v.provision";

const STANDING: &str = "SELECT id, provision, text_hash FROM clause_versions WHERE ended_at_ms IS NULL ORDER BY id";

const RETIRE: &str = "UPDATE precedents SET state = 'renewal', retired_at_ms = ?2 WHERE state = 'serving' \
    AND id IN (SELECT precedent_id FROM precedent_clauses WHERE version_id = ?1) RETURNING id, signed_by";

/// Answers on a version that were not recalled before.
const ANSWERS: &str = "SELECT DISTINCT m.id, m.ordinal, c.member_id, c.public_id FROM message_citations x \
    CROSS JOIN messages m ON m.id = x.message_id CROSS JOIN conversations c ON c.id = m.conversation_id \
    WHERE x.version_id = ?1 AND m.recalled_at_ms IS NULL";

/// The number of a version that something is about to rest on; one that had ended stands again.
pub(super) async fn version_of(
    transaction: &mut Transaction<'static, Sqlite>,
    provision: &str,
    text_hash: &Hash,
) -> Result<i64> {
    sqlx::query_scalar(
        "INSERT INTO clause_versions (provision, text_hash) VALUES (?1, ?2) \
         ON CONFLICT (provision, text_hash) DO UPDATE SET ended_at_ms = NULL RETURNING id",
    )
    .bind(provision)
    .bind(text_hash.as_slice())
    .fetch_one(&mut **transaction)
    .await
    .map_err(failed)
}

/// Keeps a precedent, new or in place of what it said before.
pub(super) async fn put_precedent(
    transaction: &mut Transaction<'static, Sqlite>,
    id: Option<i64>,
    row: &PrecedentRow,
) -> Result<()> {
    let vector: Option<Vec<u8>> =
        row.vector.as_ref().map(|(_, vector)| vector.iter().flat_map(|value| value.to_le_bytes()).collect());
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO precedents (id, state, question, answer, embedder, vector, signed_by, signed_as, signed_at_ms) \
         VALUES (?1, 'serving', ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO UPDATE SET state = 'serving', \
         question = excluded.question, answer = excluded.answer, embedder = excluded.embedder, \
         vector = excluded.vector, signed_by = excluded.signed_by, signed_as = excluded.signed_as, \
         signed_at_ms = excluded.signed_at_ms, retired_at_ms = NULL RETURNING id",
    )
    .bind(id)
    .bind(&row.question)
    .bind(&row.answer)
    .bind(row.vector.as_ref().map(|(embedder, _)| embedder))
    .bind(vector)
    .bind(row.signed_by.0)
    .bind(&row.signed_as)
    .bind(row.signed_at.as_millisecond())
    .fetch_one(&mut **transaction)
    .await
    .map_err(failed)?;
    let sql = "DELETE FROM precedent_clauses WHERE precedent_id = ?1";
    sqlx::query(sql).bind(id).execute(&mut **transaction).await.map_err(failed)?;
    for (provision, text_hash) in &row.clauses {
        let version = version_of(transaction, provision, text_hash).await?;
        let sql = "INSERT OR IGNORE INTO precedent_clauses (precedent_id, version_id) VALUES (?1, ?2)";
        sqlx::query(sql).bind(id).bind(version).execute(&mut **transaction).await.map_err(failed)?;
    }
    Ok(())
}

impl PrecedentStore for SqliteStore {
    fn precedents(&self, serving: bool, rows_max: u32) -> Later<'_, Vec<PrecedentFound>> {
        Box::pin(async move {
            let state = if serving { "serving" } else { "renewal" };
            let rows = sqlx::query(PRECEDENTS).bind(state).bind(rows_max).fetch_all(self.readers()).await;
            let mut found = Vec::new();
            for row in &rows.map_err(failed)? {
                found.push(self.precedent_with_clauses(row).await?);
            }
            Ok(found)
        })
    }

    fn precedent(&self, id: i64) -> Later<'_, Option<PrecedentFound>> {
        Box::pin(async move {
            match sqlx::query(PRECEDENT).bind(id).fetch_optional(self.readers()).await.map_err(failed)? {
                Some(row) => Ok(Some(self.precedent_with_clauses(&row).await?)),
                None => Ok(None),
            }
        })
    }

    fn renew<'a>(&'a self, id: i64, row: &'a PrecedentRow) -> Later<'a, bool> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            let there: bool =
                sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM precedents WHERE id = ?1 AND state <> 'dropped')")
                    .bind(id)
                    .fetch_one(&mut *transaction)
                    .await
                    .map_err(failed)?;
            if there {
                put_precedent(&mut transaction, Some(id), row).await?;
                transaction.commit().await.map_err(failed)?;
            }
            Ok(there)
        })
    }

    fn drop_precedent(&self, id: i64) -> Later<'_, bool> {
        Box::pin(async move {
            let sql = "UPDATE precedents SET state = 'dropped' WHERE id = ?1 AND state <> 'dropped'";
            let done = sqlx::query(sql).bind(id).execute(self.writer()).await.map_err(failed)?;
            Ok(done.rows_affected() != 0)
        })
    }

    fn standing_versions(&self) -> Later<'_, Vec<StandingVersion>> {
        Box::pin(async move {
            let rows = sqlx::query(STANDING).fetch_all(self.readers()).await.map_err(failed)?;
            let version = |row: &SqliteRow| {
                Ok(StandingVersion {
                    id: get(row, "id")?,
                    provision: get(row, "provision")?,
                    text_hash: values::hash(row, "text_hash")?,
                })
            };
            rows.iter().map(version).collect()
        })
    }

    fn end_versions<'a>(&'a self, ids: &'a [i64], now: Timestamp, recall: Recall<'a>) -> Later<'a, Touched> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            let (mut touched, mut told) = (Touched::default(), BTreeSet::new());
            for id in ids {
                let sql = "UPDATE clause_versions SET ended_at_ms = ?2 WHERE id = ?1 AND ended_at_ms IS NULL";
                let ended = sqlx::query(sql).bind(id).bind(now.as_millisecond()).execute(&mut *transaction).await;
                if ended.map_err(failed)?.rows_affected() == 0 {
                    continue;
                }
                touched.precedents += retire(&mut transaction, *id, now, recall).await?;
                touched.answers += recall_answers(&mut transaction, *id, (now, recall), &mut told).await?;
            }
            touched.members = told.len() as u64;
            transaction.commit().await.map_err(failed)?;
            Ok(touched)
        })
    }

    fn touched<'a>(&'a self, ids: &'a [i64]) -> Later<'a, Touched> {
        Box::pin(async move {
            let list = Value::from(ids).to_string();
            let one = async |sql: &'static str| -> Result<u64> {
                let count: i64 = sqlx::query_scalar(sql).bind(&list).fetch_one(self.readers()).await.map_err(failed)?;
                Ok(u64::try_from(count).unwrap_or_default())
            };
            let precedents = one(
                "SELECT count(DISTINCT p.id) FROM json_each(?1) v CROSS JOIN precedent_clauses c ON c.version_id = v.value \
                 CROSS JOIN precedents p ON p.id = c.precedent_id WHERE p.state = 'serving'",
            );
            let answers = one(
                "SELECT count(DISTINCT m.id) FROM json_each(?1) v CROSS JOIN message_citations x ON x.version_id = v.value \
                 CROSS JOIN messages m ON m.id = x.message_id WHERE m.recalled_at_ms IS NULL",
            );
            let members = one("SELECT count(DISTINCT c.member_id) FROM json_each(?1) v \
                 CROSS JOIN message_citations x ON x.version_id = v.value CROSS JOIN messages m ON m.id = x.message_id \
                 CROSS JOIN conversations c ON c.id = m.conversation_id WHERE m.recalled_at_ms IS NULL");
            Ok(Touched { precedents: precedents.await?, answers: answers.await?, members: members.await? })
        })
    }
}

async fn retire(
    transaction: &mut Transaction<'static, Sqlite>,
    version: i64,
    now: Timestamp,
    recall: Recall<'_>,
) -> Result<u64> {
    let retired = sqlx::query(RETIRE).bind(version).bind(now.as_millisecond()).fetch_all(&mut **transaction).await;
    let retired = retired.map_err(failed)?;
    for row in &retired {
        if let Some(signer) = get::<Option<i64>>(row, "signed_by")? {
            let link = format!("/tu-van/mau/{}", get::<i64>(row, "id")?);
            put_notice(transaction, &recall(Resting::Precedent, MemberId(signer), &link)?).await?;
        }
    }
    Ok(retired.len() as u64)
}

/// Takes a precedent out of service that was shown with a wrong answer; not one signed anew since.
pub(super) async fn retire_shown(
    transaction: &mut Transaction<'static, Sqlite>,
    (id, signed_at): (i64, Timestamp),
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "UPDATE precedents SET state = 'renewal', retired_at_ms = ?3 \
         WHERE id = ?1 AND state = 'serving' AND signed_at_ms <= ?2",
    )
    .bind(id)
    .bind(signed_at.as_millisecond())
    .bind(now.as_millisecond())
    .execute(&mut **transaction)
    .await
    .map(drop)
    .map_err(failed)
}

async fn recall_answers(
    transaction: &mut Transaction<'static, Sqlite>,
    version: i64,
    (now, recall): (Timestamp, Recall<'_>),
    told: &mut BTreeSet<MemberId>,
) -> Result<u64> {
    let rows = sqlx::query(ANSWERS).bind(version).fetch_all(&mut **transaction).await.map_err(failed)?;
    for row in &rows {
        let (id, ordinal): (i64, u32) = (get(row, "id")?, get(row, "ordinal")?);
        sqlx::query("UPDATE messages SET recalled_at_ms = ?2 WHERE id = ?1")
            .bind(id)
            .bind(now.as_millisecond())
            .execute(&mut **transaction)
            .await
            .map_err(failed)?;
        let conversation: String = get(row, "public_id")?;
        let member = MemberId(get(row, "member_id")?);
        told.insert(member);
        let notice = recall(Resting::Answer, member, &format!("/lich-su/{conversation}#c{ordinal}"))?;
        put_notice(transaction, &notice).await?;
    }
    Ok(rows.len() as u64)
}

impl SqliteStore {
    async fn precedent_with_clauses(&self, row: &SqliteRow) -> Result<PrecedentFound> {
        let id: i64 = get(row, "id")?;
        let clauses = sqlx::query(CLAUSES).bind(id).fetch_all(self.readers()).await.map_err(failed)?;
        let clause = |row: &SqliteRow| Ok((get(row, "provision")?, values::hash(row, "text_hash")?));
        let embedder: Option<String> = get(row, "embedder")?;
        let vector: Option<Vec<u8>> = get(row, "vector")?;
        let value = |bytes: &[u8]| <[u8; 4]>::try_from(bytes).map(f32::from_le_bytes).unwrap_or_default();
        let retired: Option<i64> = get(row, "retired_at_ms")?;
        Ok(PrecedentFound {
            id,
            is_serving: get::<String>(row, "state")? == "serving",
            row: PrecedentRow {
                question: get(row, "question")?,
                answer: get(row, "answer")?,
                vector: embedder.zip(vector.map(|bytes| bytes.chunks_exact(4).map(value).collect())),
                signed_by: MemberId(get::<Option<i64>>(row, "signed_by")?.unwrap_or_default()),
                signed_as: get(row, "signed_as")?,
                signed_at: values::time(row, "signed_at_ms")?,
                clauses: clauses.iter().map(clause).collect::<Result<_>>()?,
            },
            retired_at: retired.and_then(|ms| Timestamp::from_millisecond(ms).ok()),
        })
    }
}
