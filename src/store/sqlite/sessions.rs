/*! Sessions of browsers and keys of programs. */

use jiff::Timestamp;
use sqlx::{Row as _, sqlite::SqliteRow};

use super::{
    SqliteStore,
    error::{conflict, failed},
    values::{self, get, member_sql},
};
use crate::{
    accounts::{ApiKey, ApiKeyFound, MemberId, Scope, Session, SessionFound, SessionId, SessionRow},
    error::{Error, Result},
    secrets::Hash,
};

const SESSION_OF_TOKEN: &str = member_sql!(
    ", s.id AS session_id, s.device, s.created_at_ms, s.seen_at_ms, s.expires_at_ms \
     FROM sessions s JOIN members m ON m.id = s.member_id JOIN units u ON u.id = m.unit_id \
     WHERE s.token = ?1 AND ?2 < s.expires_at_ms AND m.blocked_at_ms IS NULL"
);

const KEY_OF_HASH: &str = member_sql!(
    ", k.id AS key_id, k.name AS key_name, k.scopes, k.requests_per_minute_max, k.created_at_ms, k.expires_at_ms \
     FROM api_keys k JOIN members m ON m.id = k.member_id JOIN units u ON u.id = m.unit_id \
     WHERE k.hash = ?1 AND ?2 < k.expires_at_ms AND m.blocked_at_ms IS NULL"
);

impl SqliteStore {
    pub(super) async fn keep_session(&self, row: &SessionRow, sessions_max: u32) -> Result<SessionId> {
        let mut transaction = self.write().await?;
        let inserted = sqlx::query_scalar::<_, i64>(
            "INSERT INTO sessions (member_id, token, device, created_at_ms, seen_at_ms, expires_at_ms) \
             VALUES (?1, ?2, ?3, ?4, ?4, ?5) RETURNING id",
        )
        .bind(row.member.0)
        .bind(row.token.as_slice())
        .bind(&row.device)
        .bind(row.now.as_millisecond())
        .bind(row.expires_at.as_millisecond())
        .fetch_one(&mut *transaction)
        .await;
        let id = conflict(inserted, "the member of a session is not there")?;
        sqlx::query(
            "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE member_id = ?1 \
             ORDER BY seen_at_ms DESC, id DESC LIMIT -1 OFFSET ?2)",
        )
        .bind(row.member.0)
        .bind(sessions_max)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(SessionId(id))
    }

    pub(super) async fn session_of_token(&self, token: &Hash, now: Timestamp) -> Result<Option<SessionFound>> {
        let row = sqlx::query(SESSION_OF_TOKEN)
            .bind(token.as_slice())
            .bind(now.as_millisecond())
            .fetch_optional(self.readers())
            .await
            .map_err(failed)?;
        let Some(row) = row else { return Ok(None) };
        let member = values::member(&row)?;
        let grants = self.grants_of(member.id).await?;
        Ok(Some(SessionFound { session: values::session(&row, "session_id")?, member, grants }))
    }

    pub(super) async fn sessions_of(&self, member: MemberId, now: Timestamp) -> Result<Vec<Session>> {
        let rows = sqlx::query(
            "SELECT id, device, created_at_ms, seen_at_ms, expires_at_ms FROM sessions \
             WHERE member_id = ?1 AND ?2 < expires_at_ms ORDER BY seen_at_ms DESC, id DESC",
        )
        .bind(member.0)
        .bind(now.as_millisecond())
        .fetch_all(self.readers())
        .await
        .map_err(failed)?;
        rows.iter().map(|row| values::session(row, "id")).collect()
    }

    pub(super) async fn keep_api_key(&self, member: MemberId, hash: &Hash, key: &ApiKey, keys_max: u32) -> Result<i64> {
        let inserted = sqlx::query_scalar::<_, i64>(
            "INSERT INTO api_keys \
             (member_id, hash, name, scopes, requests_per_minute_max, created_at_ms, expires_at_ms) \
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 \
             WHERE (SELECT count(*) FROM api_keys WHERE member_id = ?1) < ?8 RETURNING id",
        )
        .bind(member.0)
        .bind(hash.as_slice())
        .bind(&key.name)
        .bind(key.scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(" "))
        .bind(key.requests_per_minute_max)
        .bind(key.created_at.as_millisecond())
        .bind(key.expires_at.as_millisecond())
        .bind(keys_max)
        .fetch_optional(self.writer())
        .await;
        let id = conflict(inserted, "the member of a key is not there")?;
        id.ok_or_else(|| Error::Conflict(format!("đã có {keys_max} khóa, hãy xóa bớt")))
    }

    pub(super) async fn api_key_of_hash(&self, hash: &Hash, now: Timestamp) -> Result<Option<ApiKeyFound>> {
        let row = sqlx::query(KEY_OF_HASH)
            .bind(hash.as_slice())
            .bind(now.as_millisecond())
            .fetch_optional(self.readers())
            .await
            .map_err(failed)?;
        let Some(row) = row else { return Ok(None) };
        let member = values::member(&row)?;
        let grants = self.grants_of(member.id).await?;
        Ok(Some(ApiKeyFound { key: api_key(&row)?, member, grants }))
    }

    pub(super) async fn api_keys_of(&self, member: MemberId, now: Timestamp) -> Result<Vec<ApiKey>> {
        let rows = sqlx::query(
            "SELECT id AS key_id, name AS key_name, scopes, requests_per_minute_max, created_at_ms, expires_at_ms \
             FROM api_keys WHERE member_id = ?1 AND ?2 < expires_at_ms ORDER BY id",
        )
        .bind(member.0)
        .bind(now.as_millisecond())
        .fetch_all(self.readers())
        .await
        .map_err(failed)?;
        rows.iter().map(api_key).collect()
    }
}

fn api_key(row: &SqliteRow) -> Result<ApiKey> {
    let scopes: String = row.try_get("scopes").map_err(failed)?;
    Ok(ApiKey {
        id: get(row, "key_id")?,
        name: get(row, "key_name")?,
        // A scope of a later version opens nothing here.
        scopes: scopes.split(' ').filter_map(Scope::parse).collect(),
        requests_per_minute_max: get(row, "requests_per_minute_max")?,
        created_at: values::time(row, "created_at_ms")?,
        expires_at: values::time(row, "expires_at_ms")?,
    })
}
