/*!
Members and their roles.

A batch of members crosses as one JSON text and is taken apart in SQL: a statement for each
row would spend most of an import between this program and its own connection.
*/

use std::{collections::HashMap, fmt::Write as _};

use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::{Sqlite, Transaction};

use super::{
    SqliteStore,
    error::{conflict, failed},
    values::{self, get, member_sql},
};
use crate::{
    accounts::{
        DirectoryEntry, Grant, LoginKind, LoginRow, Member, MemberId, MemberQuery, MemberRow, PeopleStore, Role,
        SealedContacts, Unit, UnitId, UnitPath, UnitRow,
    },
    engine::Later,
    error::{Error, Result},
    hex::hex,
};

impl PeopleStore for SqliteStore {
    fn units<'a>(&'a self, within: Option<&'a UnitPath>) -> Later<'a, Vec<Unit>> {
        Box::pin(self.units_within(within))
    }

    fn unit<'a>(&'a self, code: &'a str) -> Later<'a, Option<Unit>> {
        Box::pin(self.unit_of(code))
    }

    fn put_units<'a>(&'a self, rows: &'a [UnitRow]) -> Later<'a, usize> {
        Box::pin(self.keep_units(rows))
    }

    fn member<'a>(&'a self, number: &'a str) -> Later<'a, Option<Member>> {
        Box::pin(async move {
            let row =
                sqlx::query(MEMBER_BY_NUMBER).bind(number).fetch_optional(self.readers()).await.map_err(failed)?;
            row.as_ref().map(values::member).transpose()
        })
    }

    fn member_of(&self, id: MemberId) -> Later<'_, Option<Member>> {
        Box::pin(async move {
            let row = sqlx::query(MEMBER_BY_ID).bind(id.0).fetch_optional(self.readers()).await.map_err(failed)?;
            row.as_ref().map(values::member).transpose()
        })
    }

    fn members<'a>(&'a self, query: &'a MemberQuery) -> Later<'a, Vec<Member>> {
        Box::pin(self.page_of_members(query))
    }

    fn members_with<'a>(&'a self, within: &'a UnitPath, role: Role, members_max: u32) -> Later<'a, Vec<Member>> {
        Box::pin(async move {
            let rows = sqlx::query(MEMBERS_WITH)
                .bind(within.as_str())
                .bind(within.end())
                .bind(role.name())
                .bind(members_max)
                .fetch_all(self.readers())
                .await
                .map_err(failed)?;
            rows.iter().map(values::member).collect()
        })
    }

    fn count_members<'a>(&'a self, within: &'a UnitPath) -> Later<'a, u64> {
        Box::pin(async move {
            let count: i64 =
                sqlx::query_scalar("SELECT count(*) FROM members WHERE ?1 <= unit_path AND unit_path < ?2")
                    .bind(within.as_str())
                    .bind(within.end())
                    .fetch_one(self.readers())
                    .await
                    .map_err(failed)?;
            Ok(u64::try_from(count).unwrap_or_default())
        })
    }

    fn contacts(&self, member: MemberId) -> Later<'_, SealedContacts> {
        Box::pin(async move {
            let row = sqlx::query("SELECT phone_sealed, email_sealed FROM members WHERE id = ?1")
                .bind(member.0)
                .fetch_optional(self.readers())
                .await
                .map_err(failed)?;
            let Some(row) = row else { return Ok(SealedContacts::default()) };
            Ok(SealedContacts { phone: get(&row, "phone_sealed")?, email: get(&row, "email_sealed")? })
        })
    }

    fn directory(&self) -> Later<'_, Vec<DirectoryEntry>> {
        Box::pin(self.whole_directory())
    }

    fn put_members<'a>(&'a self, rows: &'a [MemberRow], now: Timestamp, invites_end: Timestamp) -> Later<'a, ()> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            keep(&mut transaction, rows, now, invites_end).await?;
            transaction.commit().await.map_err(failed)
        })
    }

    fn grants(&self, member: MemberId) -> Later<'_, Vec<Grant>> {
        Box::pin(self.grants_of(member))
    }

    fn put_grant(&self, member: MemberId, role: Role, unit: UnitId, now: Timestamp) -> Later<'_, bool> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            let done = sqlx::query(
                "INSERT INTO grants (member_id, role, unit_id, granted_at_ms) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT DO NOTHING",
            )
            .bind(member.0)
            .bind(role.name())
            .bind(unit.0)
            .bind(now.as_millisecond())
            .execute(&mut *transaction)
            .await;
            let is_new = conflict(done, "the member or the unit of a role is not there")?.rows_affected() != 0;
            if is_new {
                let codes = sqlx::query("DELETE FROM invites WHERE member_id = ?1").bind(member.0);
                codes.execute(&mut *transaction).await.map_err(failed)?;
            }
            transaction.commit().await.map_err(failed)?;
            Ok(is_new)
        })
    }

    fn drop_grant(&self, member: MemberId, role: Role, unit: UnitId) -> Later<'_, bool> {
        Box::pin(async move {
            let done = sqlx::query("DELETE FROM grants WHERE member_id = ?1 AND role = ?2 AND unit_id = ?3")
                .bind(member.0)
                .bind(role.name())
                .bind(unit.0)
                .execute(self.writer())
                .await
                .map_err(failed)?;
            Ok(done.rows_affected() != 0)
        })
    }

    fn erase(&self, member: MemberId, now: Timestamp) -> Later<'_, ()> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            for sql in ERASE {
                let step = sqlx::query(sql).bind(member.0).bind(now.as_millisecond());
                step.execute(&mut *transaction).await.map_err(failed)?;
            }
            transaction.commit().await.map_err(failed)
        })
    }

    fn block(&self, member: MemberId, blocked: bool, now: Timestamp) -> Later<'_, ()> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            sqlx::query("UPDATE members SET blocked_at_ms = ?2 WHERE id = ?1")
                .bind(member.0)
                .bind(blocked.then_some(now.as_millisecond()))
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
            let ended = ["DELETE FROM sessions WHERE member_id = ?1", "DELETE FROM api_keys WHERE member_id = ?1"];
            for sql in ended.into_iter().filter(|_| blocked) {
                sqlx::query(sql).bind(member.0).execute(&mut *transaction).await.map_err(failed)?;
            }
            transaction.commit().await.map_err(failed)
        })
    }
}

/// Steps of taking all from an account but number, name and unit; ?2 is now.
const ERASE: [&str; 6] = [
    "UPDATE members SET password = NULL, phone_sealed = NULL, email_sealed = NULL, erased_at_ms = ?2 WHERE id = ?1",
    "DELETE FROM logins WHERE member_id = ?1 AND kind <> 'number'",
    "DELETE FROM grants WHERE member_id = ?1",
    "DELETE FROM invites WHERE member_id = ?1",
    "DELETE FROM sessions WHERE member_id = ?1",
    "DELETE FROM api_keys WHERE member_id = ?1",
];

const MEMBER_BY_NUMBER: &str = member_sql!("FROM members m JOIN units u ON u.id = m.unit_id WHERE m.number = ?1");

const MEMBER_BY_ID: &str = member_sql!("FROM members m JOIN units u ON u.id = m.unit_id WHERE m.id = ?1");

/// Who has the role ?3 over a unit of the subtree and belongs to it: from its units, through their grants.
const MEMBERS_WITH: &str = member_sql!(
    "FROM units gu CROSS JOIN grants g ON g.unit_id = gu.id AND g.role = ?3 CROSS JOIN members m ON m.id = g.member_id \
    CROSS JOIN units u ON u.id = m.unit_id WHERE gu.path >= ?1 AND gu.path < ?2 \
    AND m.unit_path >= ?1 AND m.unit_path < ?2 GROUP BY m.id ORDER BY m.unit_path, m.name_folded, m.id LIMIT ?4"
);

/// A page after the member ?3, in order of unit and name; the index walks in that order.
const PAGE_OF_MEMBERS: &str = member_sql!(
    "FROM members m JOIN units u ON u.id = m.unit_id \
    WHERE m.unit_path >= ?1 AND m.unit_path < ?2 \
    AND (m.unit_path, m.name_folded, m.id) > (?3, ?4, ?5) \
    ORDER BY m.unit_path, m.name_folded, m.id LIMIT ?6"
);

/// The same among those whose names hold the words of ?7.
const PAGE_OF_FOUND: &str = member_sql!(
    "FROM member_words f CROSS JOIN members m ON m.id = f.rowid JOIN units u ON u.id = m.unit_id \
    WHERE f.member_words MATCH ?7 AND m.unit_path >= ?1 AND m.unit_path < ?2 \
    AND (m.unit_path, m.name_folded, m.id) > (?3, ?4, ?5) \
    ORDER BY m.unit_path, m.name_folded, m.id LIMIT ?6"
);

impl SqliteStore {
    async fn page_of_members(&self, query: &MemberQuery) -> Result<Vec<Member>> {
        let (path, name, id) = match query.after {
            None => (query.within.as_str().to_owned(), String::new(), i64::MIN),
            Some(after) => {
                let row = sqlx::query("SELECT unit_path, name_folded FROM members WHERE id = ?1")
                    .bind(after.0)
                    .fetch_optional(self.readers())
                    .await
                    .map_err(failed)?;
                let gone = || Error::invalid("after", "trang này không còn; hãy xem lại từ đầu");
                let row = row.ok_or_else(gone)?;
                (get(&row, "unit_path")?, get(&row, "name_folded")?, after.0)
            }
        };
        let words = words_to_match(&query.words);
        let sql = if words.is_empty() { PAGE_OF_MEMBERS } else { PAGE_OF_FOUND };
        let mut page = sqlx::query(sql)
            .bind(query.within.as_str())
            .bind(query.within.end())
            .bind(path)
            .bind(name)
            .bind(id)
            .bind(query.members_max);
        if !words.is_empty() {
            page = page.bind(words);
        }
        let rows = page.fetch_all(self.readers()).await.map_err(failed)?;
        rows.iter().map(values::member).collect()
    }

    pub(super) async fn grants_of(&self, member: MemberId) -> Result<Vec<Grant>> {
        let rows = sqlx::query(
            "SELECT g.role, g.unit_id, u.code, u.path FROM grants g JOIN units u ON u.id = g.unit_id \
             WHERE g.member_id = ?1 ORDER BY g.role, u.path",
        )
        .bind(member.0)
        .fetch_all(self.readers())
        .await
        .map_err(failed)?;
        rows.iter().map(values::grant).collect()
    }

    async fn whole_directory(&self) -> Result<Vec<DirectoryEntry>> {
        let mut logins: HashMap<i64, Vec<LoginRow>> = HashMap::new();
        let rows = sqlx::query("SELECT member_id, kind, hash FROM logins").fetch_all(self.readers()).await;
        for row in rows.map_err(failed)? {
            let login =
                LoginRow { kind: values::word(&row, "kind", LoginKind::parse)?, hash: values::hash(&row, "hash")? };
            logins.entry(get(&row, "member_id")?).or_default().push(login);
        }
        let rows = sqlx::query(
            "SELECT m.id, m.number, m.name, u.code, m.password IS NOT NULL AS has_password, \
             i.code IS NOT NULL AS has_invite, m.erased_at_ms IS NOT NULL AS is_erased \
             FROM members m JOIN units u ON u.id = m.unit_id LEFT JOIN invites i ON i.member_id = m.id",
        )
        .fetch_all(self.readers())
        .await
        .map_err(failed)?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            entries.push(DirectoryEntry {
                number: get(&row, "number")?,
                name: get(&row, "name")?,
                unit_code: get(&row, "code")?,
                has_password: get(&row, "has_password")?,
                has_invite: get(&row, "has_invite")?,
                is_erased: get(&row, "is_erased")?,
                logins: logins.remove(&get(&row, "id")?).unwrap_or_default(),
            });
        }
        Ok(entries)
    }
}

/// Words as FTS5 takes them: each in quotes, each from its beginning.
fn words_to_match(words: &[String]) -> String {
    let mut text = String::new();
    for word in words {
        let _ = write!(text, "\"{}\"* ", word.replace('"', ""));
    }
    text.trim_end().to_owned()
}

/// Steps of keeping a batch, each over the JSON text ?1; ?2 is now, ?3 the end of invite codes.
/// What an erased account held does not come back, though the file names it.
const KEEP: [&str; 5] = [
    // `ON CONFLICT` after a `SELECT` needs its `WHERE`.
    "INSERT INTO members (number, name, name_folded, unit_id, unit_path, phone_sealed, email_sealed, created_at_ms) \
     SELECT r.value ->> 'number', r.value ->> 'name', r.value ->> 'folded', u.id, u.path, \
            unhex(r.value ->> 'phone'), unhex(r.value ->> 'email'), ?2 \
     FROM json_each(?1) r LEFT JOIN units u ON u.code = r.value ->> 'unit' WHERE true \
     ON CONFLICT (number) DO UPDATE SET name = excluded.name, name_folded = excluded.name_folded, \
            unit_id = excluded.unit_id, unit_path = excluded.unit_path, \
            phone_sealed = CASE WHEN erased_at_ms IS NULL THEN excluded.phone_sealed END, \
            email_sealed = CASE WHEN erased_at_ms IS NULL THEN excluded.email_sealed END",
    "DELETE FROM logins WHERE member_id IN \
     (SELECT m.id FROM json_each(?1) r JOIN members m ON m.number = r.value ->> 'number')",
    "INSERT INTO logins (hash, member_id, kind) \
     SELECT unhex(l.value ->> 'hash'), m.id, l.value ->> 'kind' \
     FROM json_each(?1) r JOIN members m ON m.number = r.value ->> 'number', json_each(r.value, '$.logins') l \
     WHERE m.erased_at_ms IS NULL OR l.value ->> 'kind' = 'number'",
    "DELETE FROM invites WHERE member_id IN \
     (SELECT m.id FROM json_each(?1) r JOIN members m ON m.number = r.value ->> 'number' \
      WHERE r.value ->> 'invite' IS NOT NULL)",
    "INSERT INTO invites (code, member_id, created_at_ms, ends_at_ms) \
     SELECT unhex(r.value ->> 'invite'), m.id, ?2, ?3 \
     FROM json_each(?1) r JOIN members m ON m.number = r.value ->> 'number' WHERE r.value ->> 'invite' IS NOT NULL",
];

async fn keep(
    transaction: &mut Transaction<'static, Sqlite>,
    rows: &[MemberRow],
    now: Timestamp,
    invites_end: Timestamp,
) -> Result<()> {
    let batch = Value::Array(rows.iter().map(row_json).collect()).to_string();
    for sql in KEEP {
        let done = sqlx::query(sql)
            .bind(&batch)
            .bind(now.as_millisecond())
            .bind(invites_end.as_millisecond())
            .execute(&mut **transaction)
            .await;
        conflict(done, "a unit of these members is not there, or a name to sign in with belongs to somebody else")?;
    }
    Ok(())
}

fn row_json(row: &MemberRow) -> Value {
    json!({
        "number": row.number,
        "name": row.name,
        "folded": row.name_folded,
        "unit": row.unit_code,
        "phone": row.phone_sealed.as_deref().map(hex),
        "email": row.email_sealed.as_deref().map(hex),
        "invite": row.invite.as_ref().map(|code| hex(code)),
        "logins": row.logins.iter()
            .map(|login| json!({"kind": login.kind.name(), "hash": hex(&login.hash)}))
            .collect::<Vec<_>>(),
    })
}
