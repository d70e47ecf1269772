/*! Rows as domain values; what the schema cannot hold is an internal error, never a guess. */

use jiff::Timestamp;
use sqlx::{Row as _, sqlite::SqliteRow};

use super::error::failed;
use crate::{
    accounts::{Grant, Member, MemberId, MemberState, Role, Session, SessionId, Unit, UnitId, UnitLevel, UnitPath},
    error::{Error, Result},
    secrets::Hash,
};

/// A query for members `m` in their units `u`, with the columns that [`member`] reads and then
/// the rest of the statement, from its further columns or its `FROM` on.
macro_rules! member_sql {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.number, m.name, m.unit_id, u.code AS unit_code, u.name AS unit_name, m.unit_path, ",
            "m.password IS NOT NULL AS has_password, m.blocked_at_ms ",
            $rest
        )
    };
}
pub(super) use member_sql;

/// A query for reviews `r` with what `review` reads, and the rest of the statement.
macro_rules! review_sql {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, c.member_id, r.unit_path, r.state, r.risk, r.reasons, r.entered_at_ms, r.due_at_ms, ",
            "r.claimed_by, r.claimed_until_ms, r.first_by, r.verdict, r.sentence, r.reason_sealed, ",
            "r.correction_sealed, r.decided_at_ms, m.made_at_ms, m.question_sealed, m.answer_sealed, m.ordinal, c.public_id ",
            "FROM reviews r CROSS JOIN messages m ON m.id = r.message_id ",
            "CROSS JOIN conversations c ON c.id = m.conversation_id ",
            $rest
        )
    };
}
pub(super) use review_sql;

/// A column's value.
pub(super) fn get<'r, T>(row: &'r SqliteRow, column: &str) -> Result<T>
where
    T: sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    row.try_get(column).map_err(failed)
}

/// A time, stored in milliseconds.
pub(super) fn time(row: &SqliteRow, column: &str) -> Result<Timestamp> {
    let ms: i64 = get(row, column)?;
    Timestamp::from_millisecond(ms).map_err(|e| strange(column, &e))
}

/// A hash, stored as its bytes.
pub(super) fn hash(row: &SqliteRow, column: &str) -> Result<Hash> {
    let bytes: Vec<u8> = get(row, column)?;
    bytes.try_into().map_err(|_| strange(column, &"not 32 bytes"))
}

/// A word of a closed list.
pub(super) fn word<T>(row: &SqliteRow, column: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T> {
    let text: String = get(row, column)?;
    parse(&text).ok_or_else(|| strange(column, &text))
}

/// A path of a unit.
pub(super) fn path(row: &SqliteRow, column: &str) -> Result<UnitPath> {
    UnitPath::from_stored(get(row, column)?)
}

/// A unit.
pub(super) fn unit(row: &SqliteRow) -> Result<Unit> {
    Ok(Unit {
        id: UnitId(get(row, "id")?),
        code: get(row, "code")?,
        name: get(row, "name")?,
        level: word(row, "level", UnitLevel::parse)?,
        path: path(row, "path")?,
        parent: get::<Option<i64>>(row, "parent_id")?.map(UnitId),
    })
}

/// A member, of [`member_sql`].
pub(super) fn member(row: &SqliteRow) -> Result<Member> {
    let blocked: Option<i64> = get(row, "blocked_at_ms")?;
    let has_password: bool = get(row, "has_password")?;
    Ok(Member {
        id: MemberId(get(row, "id")?),
        number: get(row, "number")?,
        name: get(row, "name")?,
        unit: UnitId(get(row, "unit_id")?),
        unit_code: get(row, "unit_code")?,
        unit_name: get(row, "unit_name")?,
        unit_path: path(row, "unit_path")?,
        state: match (blocked, has_password) {
            (Some(_), _) => MemberState::Blocked,
            (None, true) => MemberState::Active,
            (None, false) => MemberState::Invited,
        },
    })
}

/// A role within a unit.
pub(super) fn grant(row: &SqliteRow) -> Result<Grant> {
    Ok(Grant {
        role: word(row, "role", Role::parse)?,
        unit: UnitId(get(row, "unit_id")?),
        unit_code: get(row, "code")?,
        path: path(row, "path")?,
    })
}

/// A session.
pub(super) fn session(row: &SqliteRow, id: &str) -> Result<Session> {
    Ok(Session {
        id: SessionId(get(row, id)?),
        device: get(row, "device")?,
        created_at: time(row, "created_at_ms")?,
        seen_at: time(row, "seen_at_ms")?,
        expires_at: time(row, "expires_at_ms")?,
    })
}

fn strange(column: &str, what: &dyn std::fmt::Display) -> Error {
    Error::Internal(anyhow::anyhow!("column `{column}` of the database holds what it should not: {what}"))
}
