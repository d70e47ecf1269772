/*! What members did in courses, how far they have come, and certificates. */

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;

use super::{
    SqliteStore,
    error::{conflict, failed},
    values::{self, get},
};
use crate::{
    accounts::{MemberId, UnitPath},
    courses::port::{AnswerRow, Certificate, EventRow, LessonProgress, Step, UnitCounts},
    error::{Error, Result},
};

/// Progress where it is further than what is there; of two results the greater share is better.
const ADVANCE: &str = "INSERT INTO course_progress AS p \
     (member_id, slug, lesson, read_at_ms, best_correct, best_questions, passed_at_ms) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (member_id, slug, lesson) DO UPDATE SET \
     read_at_ms = coalesce(min(p.read_at_ms, excluded.read_at_ms), p.read_at_ms, excluded.read_at_ms), \
     passed_at_ms = coalesce(p.passed_at_ms, excluded.passed_at_ms), \
     best_correct = iif(excluded.best_correct IS NOT NULL AND (p.best_correct IS NULL \
         OR p.best_correct * excluded.best_questions < excluded.best_correct * p.best_questions), \
         excluded.best_correct, p.best_correct), \
     best_questions = iif(excluded.best_correct IS NOT NULL AND (p.best_correct IS NULL \
         OR p.best_correct * excluded.best_questions < excluded.best_correct * p.best_questions), \
         excluded.best_questions, p.best_questions)";

/// A certificate with its owner's name, by its id.
const CERTIFICATE_BY_ID: &str = "SELECT c.id, c.member_id, m.name, c.slug, c.title, c.issued_at_ms, c.shows_name \
     FROM certificates c JOIN members m ON m.id = c.member_id WHERE c.id = ?1";

/// The same of a member and a course.
const CERTIFICATE_OF_COURSE: &str = "SELECT c.id, c.member_id, m.name, c.slug, c.title, c.issued_at_ms, c.shows_name \
     FROM certificates c JOIN members m ON m.id = c.member_id WHERE c.member_id = ?1 AND c.slug = ?2";

/// The same of a member, newest first.
const CERTIFICATES: &str = "SELECT c.id, c.member_id, m.name, c.slug, c.title, c.issued_at_ms, c.shows_name \
     FROM certificates c JOIN members m ON m.id = c.member_id WHERE c.member_id = ?1 \
     ORDER BY c.issued_at_ms DESC, c.id";

impl SqliteStore {
    pub(super) async fn keep_events(
        &self,
        member: MemberId,
        slug: &str,
        events: &[EventRow],
        now: Timestamp,
        events_max: u32,
    ) -> Result<usize> {
        let mut transaction = self.write().await?;
        let mut new = 0;
        for event in events {
            let (kind, attempt, question, answer) = match &event.step {
                Step::Read => ("read", None, None, None),
                Step::Answer { attempt, question, answer } => ("answer", Some(attempt), Some(question), Some(answer)),
            };
            let done = sqlx::query(
                "INSERT INTO course_events \
                 (member_id, id, slug, lesson, kind, attempt, question, answer, at_ms, received_at_ms) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (member_id, id) DO NOTHING",
            )
            .bind(member.0)
            .bind(&event.id)
            .bind(slug)
            .bind(&event.lesson)
            .bind(kind)
            .bind(attempt)
            .bind(question)
            .bind(answer)
            .bind(event.at.as_millisecond())
            .bind(now.as_millisecond())
            .execute(&mut *transaction)
            .await;
            new += conflict(done, "the member is not there")?.rows_affected();
        }
        let held: i64 = sqlx::query_scalar("SELECT count(*) FROM course_events WHERE member_id = ?1")
            .bind(member.0)
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed)?;
        if 0 < new && i64::from(events_max) < held {
            return Err(Error::Conflict(format!("more than {events_max} steps are kept of nobody")));
        }
        transaction.commit().await.map_err(failed)?;
        Ok(usize::try_from(new).unwrap_or(usize::MAX))
    }

    pub(super) async fn events_of(&self, member: MemberId) -> Result<Vec<(String, EventRow)>> {
        let rows = sqlx::query(
            "SELECT slug, id, lesson, kind, attempt, question, answer, at_ms FROM course_events \
             WHERE member_id = ?1 ORDER BY slug, at_ms, id",
        )
        .bind(member.0)
        .fetch_all(self.readers())
        .await
        .map_err(failed)?;
        rows.iter().map(|row| Ok((get(row, "slug")?, event(row)?))).collect()
    }

    pub(super) async fn answers_of(
        &self,
        member: MemberId,
        slug: &str,
        lesson: &str,
        attempt: &str,
    ) -> Result<Vec<AnswerRow>> {
        // The bare column beside max() is that of its row, in SQLite.
        let rows = sqlx::query(
            "SELECT question, answer, max(printf('%020d', at_ms) || id) FROM course_events \
             WHERE member_id = ?1 AND slug = ?2 AND lesson = ?3 AND attempt = ?4 AND kind = 'answer' \
             GROUP BY question ORDER BY question",
        )
        .bind(member.0)
        .bind(slug)
        .bind(lesson)
        .bind(attempt)
        .fetch_all(self.readers())
        .await
        .map_err(failed)?;
        rows.iter().map(|row| Ok(AnswerRow { question: get(row, "question")?, answer: get(row, "answer")? })).collect()
    }

    pub(super) async fn keep_progress(&self, member: MemberId, progress: &[LessonProgress]) -> Result<()> {
        let mut transaction = self.write().await?;
        for lesson in progress {
            let done = sqlx::query(ADVANCE)
                .bind(member.0)
                .bind(&lesson.slug)
                .bind(&lesson.lesson)
                .bind(lesson.read_at.map(|at| at.as_millisecond()))
                .bind(lesson.best.map(|(correct, _)| correct))
                .bind(lesson.best.map(|(_, questions)| questions))
                .bind(lesson.passed_at.map(|at| at.as_millisecond()))
                .execute(&mut *transaction)
                .await;
            conflict(done, "the member is not there")?;
        }
        transaction.commit().await.map_err(failed)
    }

    pub(super) async fn progress_of(&self, member: MemberId) -> Result<Vec<LessonProgress>> {
        let rows = sqlx::query(
            "SELECT slug, lesson, read_at_ms, best_correct, best_questions, passed_at_ms FROM course_progress \
             WHERE member_id = ?1 ORDER BY slug, lesson",
        )
        .bind(member.0)
        .fetch_all(self.readers())
        .await
        .map_err(failed)?;
        rows.iter().map(progress).collect()
    }

    pub(super) async fn keep_certificate(&self, certificate: &Certificate) -> Result<Certificate> {
        let mut transaction = self.write().await?;
        let done = sqlx::query(
            "INSERT INTO certificates (id, member_id, slug, title, issued_at_ms, shows_name) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (member_id, slug) DO NOTHING",
        )
        .bind(&certificate.id)
        .bind(certificate.member.0)
        .bind(&certificate.slug)
        .bind(&certificate.title)
        .bind(certificate.issued_at.as_millisecond())
        .bind(certificate.shows_name)
        .execute(&mut *transaction)
        .await;
        conflict(done, "the member is not there")?;
        let row = sqlx::query(CERTIFICATE_OF_COURSE)
            .bind(certificate.member.0)
            .bind(&certificate.slug)
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        self::certificate(&row)
    }

    pub(super) async fn certificate_of(&self, id: &str) -> Result<Option<Certificate>> {
        let row = sqlx::query(CERTIFICATE_BY_ID).bind(id).fetch_optional(self.readers()).await;
        row.map_err(failed)?.as_ref().map(certificate).transpose()
    }

    pub(super) async fn certificates_of(&self, member: MemberId) -> Result<Vec<Certificate>> {
        let rows = sqlx::query(CERTIFICATES).bind(member.0).fetch_all(self.readers()).await.map_err(failed)?;
        rows.iter().map(certificate).collect()
    }

    pub(super) async fn keep_consent(&self, member: MemberId, id: &str, shows: bool) -> Result<bool> {
        let done = sqlx::query("UPDATE certificates SET shows_name = ?3 WHERE member_id = ?1 AND id = ?2")
            .bind(member.0)
            .bind(id)
            .bind(shows)
            .execute(self.writer())
            .await
            .map_err(failed)?;
        Ok(0 < done.rows_affected())
    }

    pub(super) async fn forget_courses_of(&self, member: MemberId) -> Result<()> {
        let mut transaction = self.write().await?;
        for sql in [
            "DELETE FROM course_events WHERE member_id = ?1",
            "DELETE FROM course_progress WHERE member_id = ?1",
            "DELETE FROM certificates WHERE member_id = ?1",
        ] {
            sqlx::query(sql).bind(member.0).execute(&mut *transaction).await.map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)
    }

    pub(super) async fn course_counts(&self, slug: &str, within: &UnitPath) -> Result<Vec<UnitCounts>> {
        let rows = sqlx::query(
            "SELECT m.unit_path AS path, count(*) AS members, \
             sum(EXISTS (SELECT 1 FROM course_progress p WHERE p.slug = ?1 AND p.member_id = m.id)) AS started, \
             sum(EXISTS (SELECT 1 FROM certificates c WHERE c.slug = ?1 AND c.member_id = m.id)) AS completed \
             FROM members m \
             WHERE ?2 <= m.unit_path AND m.unit_path < ?3 GROUP BY m.unit_path ORDER BY m.unit_path",
        )
        .bind(slug)
        .bind(within.as_str())
        .bind(within.end())
        .fetch_all(self.readers())
        .await
        .map_err(failed)?;
        rows.iter().map(counts).collect()
    }
}

fn event(row: &SqliteRow) -> Result<EventRow> {
    let step = values::word(row, "kind", |kind| match kind {
        "read" => Some(true),
        "answer" => Some(false),
        _ => None,
    });
    let step = match step? {
        true => Step::Read,
        false => {
            Step::Answer { attempt: get(row, "attempt")?, question: get(row, "question")?, answer: get(row, "answer")? }
        }
    };
    Ok(EventRow { id: get(row, "id")?, lesson: get(row, "lesson")?, at: values::time(row, "at_ms")?, step })
}

fn progress(row: &SqliteRow) -> Result<LessonProgress> {
    let (correct, questions): (Option<u32>, Option<u32>) = (get(row, "best_correct")?, get(row, "best_questions")?);
    Ok(LessonProgress {
        slug: get(row, "slug")?,
        lesson: get(row, "lesson")?,
        read_at: values::time_or_none(row, "read_at_ms")?,
        best: correct.zip(questions),
        passed_at: values::time_or_none(row, "passed_at_ms")?,
    })
}

fn certificate(row: &SqliteRow) -> Result<Certificate> {
    Ok(Certificate {
        id: get(row, "id")?,
        member: MemberId(get(row, "member_id")?),
        member_name: get(row, "name")?,
        slug: get(row, "slug")?,
        title: get(row, "title")?,
        issued_at: values::time(row, "issued_at_ms")?,
        shows_name: get(row, "shows_name")?,
    })
}

fn counts(row: &SqliteRow) -> Result<UnitCounts> {
    let count = |column: &str| get::<i64>(row, column).map(|count| u64::try_from(count).unwrap_or_default());
    Ok(UnitCounts {
        path: values::path(row, "path")?,
        members: count("members")?,
        started: count("started")?,
        completed: count("completed")?,
    })
}
