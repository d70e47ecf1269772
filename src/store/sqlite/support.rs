/*! Requests for support, what was said in them, their files, and budgets. */

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction, sqlite::SqliteRow};

use super::{
    SqliteStore,
    error::{conflict, failed},
    values::{self, get},
};
use crate::{
    accounts::{MemberId, UnitId, UnitPath},
    engine::Later,
    error::{Error, Result},
    support::{
        BudgetLine, FileKind, Kind, Side, State,
        port::{Change, EntryRow, FileRow, NewRequest, Promise, RegisterRange, RequestRow, SupportStore, UnitOf},
    },
};

const LATE: &str = "SELECT * FROM support_rows WHERE id IN (SELECT r.id FROM support_requests r \
    WHERE r.state IN ('sent', 'taken') AND r.due_at_ms <= ?1 \
    AND EXISTS (SELECT 1 FROM units d WHERE d.id = r.desk_id AND d.parent_id IS NOT NULL) \
    ORDER BY r.due_at_ms LIMIT ?2) ORDER BY due_at_ms, id";

const REGISTER: &str = "SELECT * FROM support_rows WHERE id IN (SELECT r.id FROM units u \
    CROSS JOIN support_requests r ON r.unit_id = u.id WHERE ?1 <= u.path AND u.path < ?2 \
    AND ?3 <= r.sent_at_ms AND r.sent_at_ms < ?4 AND (?5 IS NULL OR r.state = ?5) AND (?6 IS NULL OR r.id < ?6) \
    ORDER BY r.id DESC LIMIT ?7) ORDER BY id DESC";

const BUDGETS: &str = "SELECT u.code, u.name, coalesce(b.amount_dong, 0) AS budget, \
    (SELECT coalesce(sum(r.amount_dong), 0) FROM support_requests r \
     WHERE r.budget_unit_id = u.id AND r.budget_year = ?3) AS promised \
    FROM units u LEFT JOIN support_budgets b ON b.unit_id = u.id AND b.year = ?3 \
    WHERE ?1 <= u.path AND u.path < ?2 AND (b.unit_id IS NOT NULL OR EXISTS (SELECT 1 FROM support_requests r \
     WHERE r.budget_unit_id = u.id AND r.budget_year = ?3)) ORDER BY u.path";

/// Those of the first unit, from the desk up, that has some.
const OFFICERS: &str = "WITH RECURSIVE up (id, depth) AS (SELECT ?1, 0 UNION ALL \
    SELECT u.parent_id, up.depth + 1 FROM up JOIN units u ON u.id = up.id WHERE u.parent_id IS NOT NULL), \
    found AS (SELECT g.member_id, up.depth FROM up CROSS JOIN grants g ON g.unit_id = up.id WHERE g.role = 'counsellor') \
    SELECT member_id FROM found WHERE depth = (SELECT min(depth) FROM found) ORDER BY member_id LIMIT ?2";

impl SupportStore for SqliteStore {
    fn send<'a>(&'a self, request: &'a NewRequest, open_max: u32) -> Later<'a, i64> {
        Box::pin(self.send_request(request, open_max))
    }

    fn request(&self, id: i64) -> Later<'_, Option<RequestRow>> {
        Box::pin(async move {
            let row = sqlx::query("SELECT * FROM support_rows WHERE id = ?1").bind(id);
            row.fetch_optional(self.readers()).await.map_err(failed)?.as_ref().map(request).transpose()
        })
    }

    fn own_requests(&self, member: MemberId) -> Later<'_, Vec<RequestRow>> {
        Box::pin(async move {
            let rows = sqlx::query("SELECT * FROM support_rows WHERE member_id = ?1 ORDER BY id DESC").bind(member.0);
            rows.fetch_all(self.readers()).await.map_err(failed)?.iter().map(request).collect()
        })
    }

    fn entries(&self, id: i64) -> Later<'_, Vec<EntryRow>> {
        Box::pin(async move {
            let rows = sqlx::query(
                "SELECT ordinal, at_ms, side, what, state, text_sealed FROM support_entries \
                 WHERE request_id = ?1 ORDER BY ordinal",
            );
            rows.bind(id).fetch_all(self.readers()).await.map_err(failed)?.iter().map(entry).collect()
        })
    }

    fn advance<'a>(&'a self, change: &'a Change) -> Later<'a, bool> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            let done = bring_on(&mut transaction, change).await?;
            transaction.commit().await.map_err(failed)?;
            Ok(done)
        })
    }

    fn promise<'a>(&'a self, change: &'a Change, amount_dong: i64, year: i16) -> Later<'a, Promise> {
        Box::pin(self.promise_money(change, amount_dong, year))
    }

    fn late(&self, now: Timestamp, rows_max: u32) -> Later<'_, Vec<RequestRow>> {
        Box::pin(async move {
            let rows = sqlx::query(LATE).bind(now.as_millisecond()).bind(rows_max);
            rows.fetch_all(self.readers()).await.map_err(failed)?.iter().map(request).collect()
        })
    }

    fn late_count(&self, now: Timestamp) -> Later<'_, u64> {
        Box::pin(async move {
            let count: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM support_requests WHERE state IN ('sent', 'taken') AND due_at_ms < ?1",
            )
            .bind(now.as_millisecond())
            .fetch_one(self.readers())
            .await
            .map_err(failed)?;
            Ok(u64::try_from(count).unwrap_or_default())
        })
    }

    fn register<'a>(&'a self, range: &'a RegisterRange) -> Later<'a, Vec<RequestRow>> {
        Box::pin(async move {
            let rows = sqlx::query(REGISTER)
                .bind(range.within.as_str())
                .bind(range.within.end())
                .bind(range.from.as_millisecond())
                .bind(range.until.as_millisecond())
                .bind(range.state.map(State::name))
                .bind(range.before)
                .bind(range.rows_max);
            rows.fetch_all(self.readers()).await.map_err(failed)?.iter().map(request).collect()
        })
    }

    fn budgets<'a>(&'a self, within: &'a UnitPath, year: i16) -> Later<'a, Vec<BudgetLine>> {
        Box::pin(async move {
            let rows = sqlx::query(BUDGETS).bind(within.as_str()).bind(within.end()).bind(year);
            rows.fetch_all(self.readers()).await.map_err(failed)?.iter().map(budget).collect()
        })
    }

    fn officers(&self, desk: UnitId, members_max: u32) -> Later<'_, Vec<MemberId>> {
        Box::pin(async move {
            let rows = sqlx::query(OFFICERS).bind(desk.0).bind(members_max).fetch_all(self.readers()).await;
            rows.map_err(failed)?.iter().map(|row| Ok(MemberId(get(row, "member_id")?))).collect()
        })
    }

    fn put_budget(&self, unit: UnitId, year: i16, budget_dong: i64) -> Later<'_, ()> {
        Box::pin(async move {
            let done = sqlx::query(
                "INSERT INTO support_budgets (unit_id, year, amount_dong) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (unit_id, year) DO UPDATE SET amount_dong = excluded.amount_dong",
            );
            let done = done.bind(unit.0).bind(year).bind(budget_dong).execute(self.writer()).await;
            conflict(done, "the unit is not there").map(|_| ())
        })
    }

    fn put_file<'a>(
        &'a self,
        id: i64,
        file: &'a FileRow,
        sealed: &'a [u8],
        by: (Side, MemberId),
        files_max: u32,
    ) -> Later<'a, Option<u32>> {
        Box::pin(self.keep_support_file(id, file, sealed, by, files_max))
    }

    fn files(&self, id: i64) -> Later<'_, Vec<FileRow>> {
        Box::pin(async move {
            let rows = sqlx::query(
                "SELECT n, name_sealed, kind, length, added_at_ms FROM support_files WHERE request_id = ?1 ORDER BY n",
            );
            rows.bind(id).fetch_all(self.readers()).await.map_err(failed)?.iter().map(file).collect()
        })
    }

    fn file(&self, id: i64, n: u32) -> Later<'_, Option<(FileRow, Vec<u8>)>> {
        Box::pin(async move {
            let row = sqlx::query(
                "SELECT n, name_sealed, kind, length, added_at_ms, sealed FROM support_files \
                 WHERE request_id = ?1 AND n = ?2",
            );
            let row = row.bind(id).bind(n).fetch_optional(self.readers()).await.map_err(failed)?;
            row.as_ref().map(|row| Ok((file(row)?, get(row, "sealed")?))).transpose()
        })
    }

    fn forget_requests(&self, member: MemberId) -> Later<'_, ()> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            for sql in [
                "UPDATE support_entries SET text_sealed = NULL \
                 WHERE request_id IN (SELECT id FROM support_requests WHERE member_id = ?1)",
                "DELETE FROM support_files WHERE request_id IN (SELECT id FROM support_requests WHERE member_id = ?1)",
                // An officer who read it before writes nothing more into it.
                "UPDATE support_requests SET words_sealed = x'', asked_at_ms = NULL, entries = entries + 1, \
                 state = iif(state IN ('sent', 'taken', 'asked'), 'withdrawn', state) WHERE member_id = ?1",
            ] {
                sqlx::query(sql).bind(member.0).execute(&mut *transaction).await.map_err(failed)?;
            }
            transaction.commit().await.map_err(failed)
        })
    }
}

impl SqliteStore {
    async fn send_request(&self, request: &NewRequest, open_max: u32) -> Result<i64> {
        let mut transaction = self.write().await?;
        let open: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM support_requests WHERE member_id = ?1 AND state IN ('sent', 'taken', 'asked')",
        )
        .bind(request.member.0)
        .fetch_one(&mut *transaction)
        .await
        .map_err(failed)?;
        if i64::from(open_max) <= open {
            return Err(Error::Conflict(format!("bạn đang có {open} yêu cầu chưa xong; hãy chờ hoặc rút bớt")));
        }
        let id = sqlx::query_scalar(
            "INSERT INTO support_requests \
             (member_id, unit_id, desk_id, kind, state, words_sealed, sent_at_ms, due_at_ms, entries) \
             VALUES (?1, ?2, ?2, ?3, 'sent', ?4, ?5, ?6, 1) RETURNING id",
        )
        .bind(request.member.0)
        .bind(request.unit.0)
        .bind(request.kind.name())
        .bind(&request.words_sealed)
        .bind(request.now.as_millisecond())
        .bind(request.due_at.as_millisecond())
        .fetch_one(&mut *transaction)
        .await;
        let id: i64 = conflict(id, "the member or the unit is not there")?;
        let first = EntryRow {
            ordinal: 1,
            at: request.now,
            side: Side::Member,
            state: Some(State::Sent),
            what: State::Sent.name().to_owned(),
            text_sealed: None,
        };
        add_entry(&mut transaction, id, &first, Some(request.member)).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(id)
    }

    async fn promise_money(&self, change: &Change, amount_dong: i64, year: i16) -> Result<Promise> {
        let mut transaction = self.write().await?;
        let left: i64 = sqlx::query_scalar(
            "SELECT coalesce((SELECT amount_dong FROM support_budgets WHERE unit_id = ?1 AND year = ?2), 0) \
             - coalesce((SELECT sum(amount_dong) FROM support_requests WHERE budget_unit_id = ?1 AND budget_year = ?2), 0)",
        )
        .bind(change.desk.0)
        .bind(year)
        .fetch_one(&mut *transaction)
        .await
        .map_err(failed)?;
        // What costs nothing needs no budget.
        if 0 < amount_dong && left < amount_dong {
            return Ok(Promise::OverBudget(left));
        }
        if !bring_on(&mut transaction, change).await? {
            return Ok(Promise::Overtaken);
        }
        sqlx::query(
            "UPDATE support_requests SET amount_dong = ?2, budget_unit_id = ?3, budget_year = ?4 WHERE id = ?1",
        )
        .bind(change.id)
        .bind(amount_dong)
        .bind(change.desk.0)
        .bind(year)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(Promise::Kept)
    }

    async fn keep_support_file(
        &self,
        id: i64,
        file: &FileRow,
        sealed: &[u8],
        (side, by): (Side, MemberId),
        files_max: u32,
    ) -> Result<Option<u32>> {
        let mut transaction = self.write().await?;
        let n: u32 = sqlx::query_scalar("SELECT count(*) + 1 FROM support_files WHERE request_id = ?1")
            .bind(id)
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed)?;
        if files_max < n {
            return Ok(None);
        }
        let done = sqlx::query(
            "INSERT INTO support_files (request_id, n, name_sealed, kind, length, added_at_ms, sealed) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )
        .bind(id)
        .bind(n)
        .bind(&file.name_sealed)
        .bind(file.kind.name())
        .bind(file.length)
        .bind(file.added_at.as_millisecond())
        .bind(sealed)
        .execute(&mut *transaction)
        .await;
        conflict(done, "the request is not there")?;
        let entries: u32 =
            sqlx::query_scalar("UPDATE support_requests SET entries = entries + 1 WHERE id = ?1 RETURNING entries")
                .bind(id)
                .fetch_one(&mut *transaction)
                .await
                .map_err(failed)?;
        let what = "file".to_owned();
        let entry = EntryRow { ordinal: entries, at: file.added_at, side, state: None, what, text_sealed: None };
        add_entry(&mut transaction, id, &entry, Some(by)).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(Some(n))
    }
}

/// Changes a request that has as many entries as were seen, and adds the next one.
async fn bring_on(transaction: &mut Transaction<'static, Sqlite>, change: &Change) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE support_requests SET state = ?3, desk_id = ?4, taken_by = ?5, due_at_ms = ?6, asked_at_ms = ?7, \
         decided_at_ms = iif(?3 IN ('approved', 'refused'), coalesce(decided_at_ms, ?8), decided_at_ms), \
         entries = entries + 1 WHERE id = ?1 AND entries = ?2",
    )
    .bind(change.id)
    .bind(change.seen)
    .bind(change.state.name())
    .bind(change.desk.0)
    .bind(change.taken_by.map(|member| member.0))
    .bind(change.due_at.as_millisecond())
    .bind(change.asked_at.map(|at| at.as_millisecond()))
    .bind(change.entry.at.as_millisecond())
    .execute(&mut **transaction)
    .await;
    if conflict(done, "the unit or the member is not there")?.rows_affected() == 0 {
        return Ok(false);
    }
    add_entry(transaction, change.id, &change.entry, change.by).await?;
    Ok(true)
}

async fn add_entry(
    transaction: &mut Transaction<'static, Sqlite>,
    id: i64,
    entry: &EntryRow,
    by: Option<MemberId>,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO support_entries (request_id, ordinal, at_ms, side, by_id, what, state, text_sealed) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )
    .bind(id)
    .bind(entry.ordinal)
    .bind(entry.at.as_millisecond())
    .bind(entry.side.name())
    .bind(by.map(|member| member.0))
    .bind(&entry.what)
    .bind(entry.state.map(State::name))
    .bind(&entry.text_sealed)
    .execute(&mut **transaction)
    .await
    .map_err(failed)?;
    Ok(())
}

fn request(row: &SqliteRow) -> Result<RequestRow> {
    Ok(RequestRow {
        id: get(row, "id")?,
        member: MemberId(get(row, "member_id")?),
        member_number: get(row, "member_number")?,
        member_name: get(row, "member_name")?,
        unit: UnitOf {
            id: UnitId(get(row, "unit_id")?),
            code: get(row, "unit_code")?,
            name: get(row, "unit_name")?,
            path: values::path(row, "unit_path")?,
            parent: get::<Option<i64>>(row, "unit_parent")?.map(UnitId),
        },
        desk: UnitOf {
            id: UnitId(get(row, "desk_id")?),
            code: get(row, "desk_code")?,
            name: get(row, "desk_name")?,
            path: values::path(row, "desk_path")?,
            parent: get::<Option<i64>>(row, "desk_parent")?.map(UnitId),
        },
        kind: values::word(row, "kind", Kind::parse)?,
        state: values::word(row, "state", State::parse)?,
        words_sealed: get(row, "words_sealed")?,
        sent_at: values::time(row, "sent_at_ms")?,
        due_at: values::time(row, "due_at_ms")?,
        asked_at: values::time_or_none(row, "asked_at_ms")?,
        taken_by: get::<Option<i64>>(row, "taken_by")?.map(MemberId),
        amount_dong: get(row, "amount_dong")?,
        decided_at: values::time_or_none(row, "decided_at_ms")?,
        entries: get(row, "entries")?,
    })
}

fn entry(row: &SqliteRow) -> Result<EntryRow> {
    let state: Option<String> = get(row, "state")?;
    Ok(EntryRow {
        ordinal: get(row, "ordinal")?,
        at: values::time(row, "at_ms")?,
        side: values::word(row, "side", Side::parse)?,
        state: state.as_deref().and_then(State::parse),
        what: get(row, "what")?,
        text_sealed: get(row, "text_sealed")?,
    })
}

fn file(row: &SqliteRow) -> Result<FileRow> {
    Ok(FileRow {
        n: get(row, "n")?,
        name_sealed: get(row, "name_sealed")?,
        kind: values::word(row, "kind", FileKind::parse)?,
        length: get(row, "length")?,
        added_at: values::time(row, "added_at_ms")?,
    })
}

fn budget(row: &SqliteRow) -> Result<BudgetLine> {
    Ok(BudgetLine {
        unit_code: get(row, "code")?,
        unit_name: get(row, "name")?,
        budget_dong: get(row, "budget")?,
        promised_dong: get(row, "promised")?,
    })
}
