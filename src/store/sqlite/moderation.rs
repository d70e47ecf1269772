/*! Moderation's port: each decision whole, with what follows from it and its entry in the log. */

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;

use super::{
    SqliteStore,
    error::failed,
    notices::put_notice,
    posts,
    rulings::{Subject, end_lock_where_undone, lock_where_often, log, report, set_state, state_without, subject},
    values::{self, case_sql, get},
};
use crate::{
    accounts::{MemberId, UnitId, UnitPath},
    community::{
        Appeal, Case, CaseKind, CaseState, CheckVerdict, Decided, LogEntry, OwnReport, ReportReason, Ruling,
        port::{CheckRow, ModerationStore, ReportRow, RulingRow},
    },
    engine::Later,
    error::{Error, Result},
    notices::NoticeRow,
};

/// Walks the units of a subtree, each a range of the index of cases that wait.
const WAITING: &str = "SELECT w.id FROM units u CROSS JOIN feed_cases w INDEXED BY cases_waiting \
    ON w.audience_id = u.id WHERE ?1 <= u.path AND u.path < ?2 AND w.state IN ('open', 'appealed') \
    ORDER BY w.opened_at_ms, w.id LIMIT ?3";
const CASES: &str = case_sql!("WHERE c.id IN (SELECT value FROM json_each(?1)) ORDER BY c.opened_at_ms, c.id");
const CASE: &str = case_sql!("WHERE c.id = ?1");
const CASES_OF: &str = case_sql!("WHERE c.author_id = ?1 AND c.decision IS NOT NULL ORDER BY c.id DESC LIMIT ?2");

const REPORTS_OF: &str = "SELECT c.post_id, c.comment_id, r.reason, r.words, r.reported_at_ms FROM feed_reports r \
    CROSS JOIN feed_cases c ON c.id = r.case_id WHERE r.member_id = ?1 ORDER BY r.reported_at_ms DESC, c.id DESC";

/// Those of the first unit, from the audience up, that has some.
const EDITORS: &str = "WITH RECURSIVE up (id, depth) AS (SELECT ?1, 0 UNION ALL \
    SELECT u.parent_id, up.depth + 1 FROM up JOIN units u ON u.id = up.id WHERE u.parent_id IS NOT NULL), \
    found AS (SELECT g.member_id, up.depth FROM up CROSS JOIN grants g ON g.unit_id = up.id WHERE g.role = 'editor') \
    SELECT member_id FROM found WHERE depth = (SELECT min(depth) FROM found) ORDER BY member_id LIMIT ?2";

const LOG: &str = "SELECT l.id, l.at_ms, m.name AS actor, l.post_id, l.comment_id, l.act, l.reason \
    FROM units u CROSS JOIN feed_log l ON l.audience_id = u.id CROSS JOIN members m ON m.id = l.actor_id \
    WHERE ?1 <= u.path AND u.path < ?2 AND l.id < ?3 ORDER BY l.id DESC LIMIT ?4";

impl ModerationStore for SqliteStore {
    fn report<'a>(&'a self, row: &'a ReportRow) -> Later<'a, (i64, bool)> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            let told = report(&mut transaction, row).await?;
            transaction.commit().await.map_err(failed)?;
            Ok(told)
        })
    }

    fn waiting<'a>(&'a self, within: &'a UnitPath, rows_max: u32) -> Later<'a, Vec<Case>> {
        Box::pin(async move {
            let ids: Vec<i64> = sqlx::query_scalar(WAITING)
                .bind(within.as_str())
                .bind(within.end())
                .bind(rows_max)
                .fetch_all(self.readers())
                .await
                .map_err(failed)?;
            let rows = sqlx::query(CASES).bind(posts::json(&ids)).fetch_all(self.readers()).await.map_err(failed)?;
            self.with_reasons(&rows).await
        })
    }

    fn case(&self, id: i64) -> Later<'_, Option<Case>> {
        Box::pin(async move {
            let rows = sqlx::query(CASE).bind(id).fetch_all(self.readers()).await.map_err(failed)?;
            Ok(self.with_reasons(&rows).await?.pop())
        })
    }

    fn rule<'a>(&'a self, id: i64, row: &'a RulingRow) -> Later<'a, bool> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            let done = sqlx::query(
                "UPDATE feed_cases SET state = 'decided', decision = ?2, decision_reason = ?3, decided_by = ?4, \
                 decided_at_ms = ?5 WHERE id = ?1 AND state = 'open'",
            )
            .bind(id)
            .bind(row.ruling.name())
            .bind(&row.reason)
            .bind(row.by.0)
            .bind(row.now.as_millisecond())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            let subject = subject(&mut transaction, id).await?;
            set_state(&mut transaction, &subject, row.ruling.state(), row.now).await?;
            log(&mut transaction, &subject, row, row.ruling.name()).await?;
            if row.ruling == Ruling::Remove {
                lock_where_often(&mut transaction, &subject, row).await?;
            }
            if let Some(notice) = &row.notice {
                put_notice(&mut transaction, notice).await?;
            }
            transaction.commit().await.map_err(failed)?;
            Ok(true)
        })
    }

    fn appeal<'a>(&'a self, id: i64, text: &'a str, notices: &'a [NoticeRow], now: Timestamp) -> Later<'a, bool> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            let done = sqlx::query(
                "UPDATE feed_cases SET state = 'appealed', appeal_text = ?2, appealed_at_ms = ?3 \
                 WHERE id = ?1 AND state = 'decided' AND decision IN ('hide', 'remove') AND appeal_text IS NULL",
            )
            .bind(id)
            .bind(text)
            .bind(now.as_millisecond())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            for notice in notices {
                put_notice(&mut transaction, notice).await?;
            }
            transaction.commit().await.map_err(failed)?;
            Ok(true)
        })
    }

    fn reported_at(&self, member: MemberId, back: u32) -> Later<'_, Option<Timestamp>> {
        let sql = "SELECT reported_at_ms FROM feed_reports WHERE member_id = ?1 \
                   ORDER BY reported_at_ms DESC LIMIT 1 OFFSET ?2";
        Box::pin(self.written_at(sql, member, back))
    }

    fn reports_of(&self, member: MemberId) -> Later<'_, Vec<OwnReport>> {
        Box::pin(async move {
            let rows = sqlx::query(REPORTS_OF).bind(member.0).fetch_all(self.readers()).await.map_err(failed)?;
            let report = |row: &SqliteRow| {
                Ok(OwnReport {
                    post: get(row, "post_id")?,
                    comment: Some(get(row, "comment_id")?).filter(|id| *id != 0),
                    reason: values::word(row, "reason", ReportReason::parse)?,
                    words: get(row, "words")?,
                    at: values::time(row, "reported_at_ms")?,
                })
            };
            rows.iter().map(report).collect()
        })
    }

    fn editors(&self, unit: UnitId, members_max: u32) -> Later<'_, Vec<MemberId>> {
        Box::pin(async move {
            let rows = sqlx::query_scalar(EDITORS).bind(unit.0).bind(members_max).fetch_all(self.readers()).await;
            Ok(rows.map_err(failed)?.into_iter().map(MemberId).collect())
        })
    }

    fn home_of(&self, member: MemberId) -> Later<'_, Option<UnitPath>> {
        Box::pin(async move {
            let row = sqlx::query("SELECT unit_path FROM members WHERE id = ?1").bind(member.0);
            let row = row.fetch_optional(self.readers()).await.map_err(failed)?;
            row.as_ref().map(|row| values::path(row, "unit_path")).transpose()
        })
    }

    fn answer_appeal<'a>(&'a self, id: i64, restores: bool, row: &'a RulingRow) -> Later<'a, bool> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            let act = if restores { "restore" } else { "uphold" };
            let done = sqlx::query(
                "UPDATE feed_cases SET state = 'closed', appeal_decision = ?2, appeal_reason = ?3, appeal_by = ?4, \
                 appeal_at_ms = ?5 WHERE id = ?1 AND state = 'appealed' AND decided_by <> ?4",
            )
            .bind(id)
            .bind(act)
            .bind(&row.reason)
            .bind(row.by.0)
            .bind(row.now.as_millisecond())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            let subject = subject(&mut transaction, id).await?;
            if restores {
                let state = state_without(&mut transaction, id, &subject).await?;
                set_state(&mut transaction, &subject, state, row.now).await?;
                end_lock_where_undone(&mut transaction, &subject, row).await?;
            }
            log(&mut transaction, &subject, row, act).await?;
            if let Some(notice) = &row.notice {
                put_notice(&mut transaction, notice).await?;
            }
            transaction.commit().await.map_err(failed)?;
            Ok(true)
        })
    }

    fn cases_of(&self, author: MemberId, rows_max: u32) -> Later<'_, Vec<Case>> {
        Box::pin(async move {
            let rows = sqlx::query(CASES_OF).bind(author.0).bind(rows_max).fetch_all(self.readers()).await;
            rows.map_err(failed)?.iter().map(case).collect()
        })
    }

    fn locked_until(&self, member: MemberId) -> Later<'_, Option<Timestamp>> {
        Box::pin(async move {
            let row = sqlx::query("SELECT until_ms FROM posting_locks WHERE member_id = ?1").bind(member.0);
            let row = row.fetch_optional(self.readers()).await.map_err(failed)?;
            row.as_ref().map(|row| values::time(row, "until_ms")).transpose()
        })
    }

    fn unlock<'a>(&'a self, member: MemberId, audience: UnitId, row: &'a RulingRow) -> Later<'a, bool> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            let done = sqlx::query("DELETE FROM posting_locks WHERE member_id = ?1 AND ?2 < until_ms")
                .bind(member.0)
                .bind(row.now.as_millisecond())
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            let subject = Subject { post: 0, comment: 0, author: member, audience };
            log(&mut transaction, &subject, row, "unlock").await?;
            transaction.commit().await.map_err(failed)?;
            Ok(true)
        })
    }

    fn log<'a>(&'a self, within: &'a UnitPath, before: i64, rows_max: u32) -> Later<'a, Vec<LogEntry>> {
        Box::pin(async move {
            let rows = sqlx::query(LOG).bind(within.as_str()).bind(within.end()).bind(before).bind(rows_max);
            let entry = |row: &SqliteRow| {
                Ok(LogEntry {
                    id: get(row, "id")?,
                    at: values::time(row, "at_ms")?,
                    actor: get(row, "actor")?,
                    post: get(row, "post_id")?,
                    comment: Some(get(row, "comment_id")?).filter(|id| *id != 0),
                    act: get(row, "act")?,
                    reason: get(row, "reason")?,
                })
            };
            rows.fetch_all(self.readers()).await.map_err(failed)?.iter().map(entry).collect()
        })
    }

    fn banned_hosts(&self) -> Later<'_, Vec<(String, UnitPath)>> {
        Box::pin(async move {
            let sql = "SELECT b.host, u.path FROM host_bans b JOIN units u ON u.id = b.unit_id ORDER BY b.host, u.path";
            let rows = sqlx::query(sql).fetch_all(self.readers()).await.map_err(failed)?;
            rows.iter().map(|row| Ok((get(row, "host")?, values::path(row, "path")?))).collect()
        })
    }

    fn ban_host<'a>(
        &'a self,
        host: &'a str,
        is_banned: bool,
        within: &'a UnitPath,
        by: (MemberId, Timestamp),
    ) -> Later<'a, bool> {
        Box::pin(self.set_ban(host, is_banned, within, by))
    }

    fn put_check<'a>(&'a self, row: &'a CheckRow) -> Later<'a, ()> {
        Box::pin(async move {
            sqlx::query(
                "INSERT INTO post_checks (post_id, question, answer, citations, asked_by, asked_at_ms) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (post_id) DO UPDATE SET question = excluded.question, \
                 answer = excluded.answer, citations = excluded.citations, asked_by = excluded.asked_by, \
                 asked_at_ms = excluded.asked_at_ms, verdict = NULL, note = '', approved_by = NULL, approved_at_ms = NULL \
                 WHERE post_checks.asked_at_ms <= excluded.asked_at_ms",
            )
            .bind(row.post)
            .bind(&row.question)
            .bind(&row.answer)
            .bind(serde_json::json!(row.citations).to_string())
            .bind(row.asked_by.0)
            .bind(row.asked_at.as_millisecond())
            .execute(self.writer())
            .await
            .map_err(failed)?;
            Ok(())
        })
    }

    fn check(&self, post: i64) -> Later<'_, Option<CheckRow>> {
        Box::pin(async move {
            let row = sqlx::query(
                "SELECT post_id, question, answer, citations, asked_by, asked_at_ms, verdict, note, approved_at_ms \
                 FROM post_checks WHERE post_id = ?1",
            )
            .bind(post)
            .fetch_optional(self.readers())
            .await
            .map_err(failed)?;
            row.as_ref().map(check).transpose()
        })
    }

    fn approve_check<'a>(
        &'a self,
        (post, asked_at): (i64, Timestamp),
        by: MemberId,
        verdict: Option<CheckVerdict>,
        note: &'a str,
        now: Timestamp,
    ) -> Later<'a, bool> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            let done = sqlx::query(
                "UPDATE post_checks SET verdict = ?2, note = ?3, approved_by = ?4, approved_at_ms = ?5 \
                 WHERE post_id = ?1 AND (?2 IS NULL OR asked_at_ms = ?6)",
            )
            .bind(post)
            .bind(verdict.map(CheckVerdict::name))
            .bind(note)
            .bind(by.0)
            .bind(now.as_millisecond())
            .bind(asked_at.as_millisecond())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            let act = if verdict.is_some() { "check" } else { "uncheck" };
            sqlx::query(
                "INSERT INTO feed_log (at_ms, actor_id, audience_id, post_id, comment_id, act, reason) \
                 SELECT ?2, ?3, p.audience_id, p.id, 0, ?4, ?5 FROM posts p WHERE p.id = ?1",
            )
            .bind(post)
            .bind(now.as_millisecond())
            .bind(by.0)
            .bind(act)
            .bind(note)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
            transaction.commit().await.map_err(failed)?;
            Ok(true)
        })
    }
}

impl SqliteStore {
    async fn set_ban(
        &self,
        host: &str,
        is_banned: bool,
        within: &UnitPath,
        (by, now): (MemberId, Timestamp),
    ) -> Result<bool> {
        let mut transaction = self.write().await?;
        let done = if is_banned {
            let sql = "INSERT INTO host_bans (host, unit_id) SELECT ?1, u.id FROM units u WHERE u.path = ?2 \
                       ON CONFLICT (host, unit_id) DO NOTHING";
            sqlx::query(sql).bind(host).bind(within.as_str()).execute(&mut *transaction).await
        } else {
            let sql = "DELETE FROM host_bans WHERE host = ?1 AND unit_id IN (SELECT u.id FROM units u \
                       WHERE ?2 <= u.path AND u.path < ?3)";
            let row = sqlx::query(sql).bind(host).bind(within.as_str()).bind(within.end());
            row.execute(&mut *transaction).await
        };
        if done.map_err(failed)?.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO feed_log (at_ms, actor_id, audience_id, post_id, comment_id, act, reason) \
             SELECT ?2, ?3, u.id, 0, 0, ?4, ?5 FROM units u WHERE u.path = ?1",
        )
        .bind(within.as_str())
        .bind(now.as_millisecond())
        .bind(by.0)
        .bind(if is_banned { "ban" } else { "unban" })
        .bind(host)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(true)
    }

    /// Cases with what was reported of them.
    async fn with_reasons(&self, rows: &[SqliteRow]) -> Result<Vec<Case>> {
        let mut cases: Vec<Case> = rows.iter().map(case).collect::<Result<_>>()?;
        let ids: Vec<i64> = cases.iter().map(|case| case.id).collect();
        let reports = sqlx::query(
            "SELECT case_id, reason, words FROM feed_reports WHERE case_id IN (SELECT value FROM json_each(?1)) \
             ORDER BY case_id, reported_at_ms, member_id",
        )
        .bind(posts::json(&ids))
        .fetch_all(self.readers())
        .await
        .map_err(failed)?;
        for row in &reports {
            let of: i64 = get(row, "case_id")?;
            let told = (values::word(row, "reason", ReportReason::parse)?, get(row, "words")?);
            if let Some(case) = cases.iter_mut().find(|case| case.id == of)
                && !case.reasons.contains(&told)
            {
                case.reasons.push(told);
            }
        }
        Ok(cases)
    }
}

fn case(row: &SqliteRow) -> Result<Case> {
    let moment = |column: &str| {
        let ms: Option<i64> = get(row, column)?;
        Ok::<_, Error>(ms.and_then(|ms| Timestamp::from_millisecond(ms).ok()))
    };
    let text = |column: &str| get::<Option<String>>(row, column);
    let ruling = text("decision")?.as_deref().and_then(Ruling::parse);
    let decided =
        match (ruling, text("decision_reason")?, get::<Option<i64>>(row, "decided_by")?, moment("decided_at_ms")?) {
            (Some(ruling), Some(reason), Some(by), Some(at)) => Some(Decided { ruling, reason, by: MemberId(by), at }),
            _ => None,
        };
    let answer = match (text("appeal_decision")?, text("appeal_reason")?, moment("appeal_at_ms")?) {
        (Some(decision), Some(reason), Some(at)) => Some((decision == "restore", reason, at)),
        _ => None,
    };
    let appeal = match (text("appeal_text")?, moment("appealed_at_ms")?) {
        (Some(text), Some(at)) => Some(Appeal { text, at, answer }),
        _ => None,
    };
    Ok(Case {
        id: get(row, "id")?,
        kind: values::word(row, "kind", CaseKind::parse)?,
        state: values::word(row, "state", CaseState::parse)?,
        post: get(row, "post_id")?,
        comment: Some(get(row, "comment_id")?).filter(|id| *id != 0),
        author: posts::author(row)?,
        audience: posts::audience(row)?,
        text: get(row, "text")?,
        reports: get(row, "reports")?,
        reasons: Vec::new(),
        opened_at: values::time(row, "opened_at_ms")?,
        decided,
        appeal,
    })
}

fn check(row: &SqliteRow) -> Result<CheckRow> {
    let citations: String = get(row, "citations")?;
    let strange = |e| Error::Internal(anyhow::Error::new(e).context("citations of a check"));
    let (verdict, at): (Option<String>, Option<i64>) = (get(row, "verdict")?, get(row, "approved_at_ms")?);
    let approved = match (verdict.as_deref().and_then(CheckVerdict::parse), at) {
        (Some(verdict), Some(ms)) => Timestamp::from_millisecond(ms)
            .ok()
            .map(|at| Ok::<_, Error>((verdict, get(row, "note")?, at)))
            .transpose()?,
        _ => None,
    };
    Ok(CheckRow {
        post: get(row, "post_id")?,
        question: get(row, "question")?,
        answer: get(row, "answer")?,
        citations: serde_json::from_str(&citations).map_err(strange)?,
        asked_by: MemberId(get(row, "asked_by")?),
        asked_at: values::time(row, "asked_at_ms")?,
        approved,
    })
}
