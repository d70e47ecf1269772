/*! Passwords, invite codes and tries. */

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::{
    SqliteStore,
    error::{conflict, failed},
    values::{self, get},
};
use crate::{
    accounts::{
        ApiKey, ApiKeyFound, AttemptLimits, Credentials, MemberId, Session, SessionFound, SessionId, SessionRow,
        SignInStore,
    },
    engine::Later,
    error::Result,
    secrets::Hash,
};

/// Age at which tries that led to no lock are dropped, in milliseconds: longer than any window.
const ATTEMPTS_KEPT_MS: i64 = 24 * 60 * 60 * 1_000;

impl SignInStore for SqliteStore {
    fn credentials<'a>(&'a self, login: &'a Hash) -> Later<'a, Option<Credentials>> {
        Box::pin(async move {
            let row = sqlx::query(
                "SELECT m.id, m.password, m.blocked_at_ms IS NOT NULL AS blocked \
                 FROM logins l JOIN members m ON m.id = l.member_id WHERE l.hash = ?1",
            )
            .bind(login.as_slice())
            .fetch_optional(self.readers())
            .await
            .map_err(failed)?;
            row.as_ref().map(credentials).transpose()
        })
    }

    fn credentials_of(&self, member: MemberId) -> Later<'_, Option<Credentials>> {
        Box::pin(async move {
            let row =
                sqlx::query("SELECT id, password, blocked_at_ms IS NOT NULL AS blocked FROM members WHERE id = ?1")
                    .bind(member.0)
                    .fetch_optional(self.readers())
                    .await
                    .map_err(failed)?;
            row.as_ref().map(credentials).transpose()
        })
    }

    fn begin_attempt<'a>(
        &'a self,
        key: &'a Hash,
        limits: AttemptLimits,
        now: Timestamp,
    ) -> Later<'a, Option<Timestamp>> {
        Box::pin(self.count_attempt(key, limits, now))
    }

    fn forget_attempts<'a>(&'a self, key: &'a Hash) -> Later<'a, ()> {
        Box::pin(async move {
            sqlx::query("DELETE FROM attempts WHERE key = ?1")
                .bind(key.as_slice())
                .execute(self.writer())
                .await
                .map_err(failed)?;
            Ok(())
        })
    }

    fn put_invite<'a>(&'a self, member: MemberId, code: &'a Hash, now: Timestamp, ends: Timestamp) -> Later<'a, ()> {
        Box::pin(async move {
            let done = sqlx::query(
                "INSERT INTO invites (code, member_id, created_at_ms, ends_at_ms) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT (member_id) DO UPDATE SET code = excluded.code, \
                 created_at_ms = excluded.created_at_ms, ends_at_ms = excluded.ends_at_ms",
            )
            .bind(code.as_slice())
            .bind(member.0)
            .bind(now.as_millisecond())
            .bind(ends.as_millisecond())
            .execute(self.writer())
            .await;
            conflict(done, "the member of an invite code is not there").map(|_| ())
        })
    }

    fn redeem<'a>(&'a self, code: &'a Hash, password: &'a str, now: Timestamp) -> Later<'a, Option<MemberId>> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            let member: Option<i64> = sqlx::query_scalar(
                "DELETE FROM invites WHERE code = ?1 AND ?2 < ends_at_ms AND EXISTS (SELECT 1 FROM members m \
                 WHERE m.id = invites.member_id AND m.blocked_at_ms IS NULL) RETURNING member_id",
            )
            .bind(code.as_slice())
            .bind(now.as_millisecond())
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed)?;
            let Some(member) = member.map(MemberId) else { return Ok(None) };
            change_password(&mut transaction, member, password, None).await?;
            transaction.commit().await.map_err(failed)?;
            Ok(Some(member))
        })
    }

    fn set_password<'a>(&'a self, member: MemberId, password: &'a str, keep: Option<SessionId>) -> Later<'a, ()> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            change_password(&mut transaction, member, password, keep).await?;
            transaction.commit().await.map_err(failed)
        })
    }

    fn start_session<'a>(&'a self, row: &'a SessionRow, sessions_max: u32) -> Later<'a, SessionId> {
        Box::pin(self.keep_session(row, sessions_max))
    }

    fn session<'a>(&'a self, token: &'a Hash, now: Timestamp) -> Later<'a, Option<SessionFound>> {
        Box::pin(self.session_of_token(token, now))
    }

    fn touch_session(&self, session: SessionId, now: Timestamp, expires_at: Timestamp) -> Later<'_, ()> {
        Box::pin(async move {
            sqlx::query("UPDATE sessions SET seen_at_ms = ?2, expires_at_ms = ?3 WHERE id = ?1")
                .bind(session.0)
                .bind(now.as_millisecond())
                .bind(expires_at.as_millisecond())
                .execute(self.writer())
                .await
                .map_err(failed)?;
            Ok(())
        })
    }

    fn sessions(&self, member: MemberId, now: Timestamp) -> Later<'_, Vec<Session>> {
        Box::pin(self.sessions_of(member, now))
    }

    fn end_session(&self, member: MemberId, session: SessionId) -> Later<'_, bool> {
        Box::pin(async move {
            let done = sqlx::query("DELETE FROM sessions WHERE id = ?2 AND member_id = ?1")
                .bind(member.0)
                .bind(session.0)
                .execute(self.writer())
                .await
                .map_err(failed)?;
            Ok(done.rows_affected() != 0)
        })
    }

    fn sweep(&self, now: Timestamp) -> Later<'_, u64> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            let mut rows = 0;
            for sql in [
                "DELETE FROM sessions WHERE expires_at_ms <= ?1",
                "DELETE FROM invites WHERE ends_at_ms <= ?1",
                "DELETE FROM api_keys WHERE expires_at_ms <= ?1",
                "DELETE FROM attempts WHERE began_at_ms <= ?2 AND locked_until_ms <= ?1",
            ] {
                let done = sqlx::query(sql)
                    .bind(now.as_millisecond())
                    .bind(now.as_millisecond() - ATTEMPTS_KEPT_MS)
                    .execute(&mut *transaction)
                    .await;
                rows += done.map_err(failed)?.rows_affected();
            }
            transaction.commit().await.map_err(failed)?;
            Ok(rows)
        })
    }

    fn put_api_key<'a>(&'a self, member: MemberId, hash: &'a Hash, key: &'a ApiKey, keys_max: u32) -> Later<'a, i64> {
        Box::pin(self.keep_api_key(member, hash, key, keys_max))
    }

    fn api_key<'a>(&'a self, hash: &'a Hash, now: Timestamp) -> Later<'a, Option<ApiKeyFound>> {
        Box::pin(self.api_key_of_hash(hash, now))
    }

    fn api_keys(&self, member: MemberId, now: Timestamp) -> Later<'_, Vec<ApiKey>> {
        Box::pin(self.api_keys_of(member, now))
    }

    fn end_api_key(&self, member: MemberId, id: i64) -> Later<'_, bool> {
        Box::pin(async move {
            let done = sqlx::query("DELETE FROM api_keys WHERE id = ?2 AND member_id = ?1")
                .bind(member.0)
                .bind(id)
                .execute(self.writer())
                .await
                .map_err(failed)?;
            Ok(done.rows_affected() != 0)
        })
    }
}

/// Counts one try in one statement, so that tries at the same time cannot pass unseen: after a
/// lock or a quiet window the count begins anew, and the try after the last one allowed locks.
const COUNT_ATTEMPT: &str = "INSERT INTO attempts (key, attempts, began_at_ms, locked_until_ms) VALUES (?1, 1, ?2, 0) \
    ON CONFLICT (key) DO UPDATE SET \
      attempts = CASE WHEN ?2 < locked_until_ms THEN attempts \
                      WHEN locked_until_ms <> 0 OR began_at_ms + ?4 <= ?2 THEN 1 ELSE attempts + 1 END, \
      began_at_ms = CASE WHEN ?2 < locked_until_ms THEN began_at_ms \
                         WHEN locked_until_ms <> 0 OR began_at_ms + ?4 <= ?2 THEN ?2 ELSE began_at_ms END, \
      locked_until_ms = CASE WHEN ?2 < locked_until_ms THEN locked_until_ms \
                             WHEN locked_until_ms <> 0 OR began_at_ms + ?4 <= ?2 THEN 0 \
                             WHEN ?3 <= attempts THEN ?2 + ?5 ELSE 0 END \
    RETURNING locked_until_ms";

impl SqliteStore {
    async fn count_attempt(&self, key: &Hash, limits: AttemptLimits, now: Timestamp) -> Result<Option<Timestamp>> {
        let row = sqlx::query(COUNT_ATTEMPT)
            .bind(key.as_slice())
            .bind(now.as_millisecond())
            .bind(limits.attempts_max)
            .bind(limits.window_ms)
            .bind(limits.lock_ms)
            .fetch_one(self.writer())
            .await
            .map_err(failed)?;
        let locked_until = values::time(&row, "locked_until_ms")?;
        Ok((now < locked_until).then_some(locked_until))
    }
}

/// Sets a password, uses up what else would let in (codes, keys), and ends all sessions but `keep`.
async fn change_password(
    transaction: &mut Transaction<'static, Sqlite>,
    member: MemberId,
    password: &str,
    keep: Option<SessionId>,
) -> Result<()> {
    sqlx::query("UPDATE members SET password = ?2 WHERE id = ?1")
        .bind(member.0)
        .bind(password)
        .execute(&mut **transaction)
        .await
        .map_err(failed)?;
    sqlx::query("DELETE FROM invites WHERE member_id = ?1")
        .bind(member.0)
        .execute(&mut **transaction)
        .await
        .map_err(failed)?;
    sqlx::query("DELETE FROM api_keys WHERE member_id = ?1")
        .bind(member.0)
        .execute(&mut **transaction)
        .await
        .map_err(failed)?;
    sqlx::query("DELETE FROM sessions WHERE member_id = ?1 AND id IS NOT ?2")
        .bind(member.0)
        .bind(keep.map(|session| session.0))
        .execute(&mut **transaction)
        .await
        .map_err(failed)?;
    Ok(())
}

fn credentials(row: &sqlx::sqlite::SqliteRow) -> Result<Credentials> {
    Ok(Credentials {
        member: MemberId(get(row, "id")?),
        password: get(row, "password")?,
        blocked: get(row, "blocked")?,
    })
}
