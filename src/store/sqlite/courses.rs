/*! Courses as versions of folders, and what they are bound to. */

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction, sqlite::SqliteRow};

use super::{
    SqliteStore,
    error::failed,
    values::{self, get},
};
use crate::{
    accounts::{MemberId, UnitPath},
    courses::{
        Binding,
        folder::Files,
        port::{
            AnswerRow, Certificate, CourseStore, CourseVersion, EventRow, LessonProgress, UnitCounts, VersionState,
        },
    },
    engine::Later,
    error::{Error, Result},
};

impl CourseStore for SqliteStore {
    fn published(&self) -> Later<'_, Vec<CourseVersion>> {
        Box::pin(self.course_versions(
            "SELECT slug, max(version) AS version, state, changed_at_ms FROM course_versions \
             WHERE state = 'published' GROUP BY slug ORDER BY slug",
        ))
    }

    fn newest(&self) -> Later<'_, Vec<CourseVersion>> {
        Box::pin(self.course_versions(
            "SELECT slug, max(version) AS version, state, changed_at_ms FROM course_versions \
             GROUP BY slug ORDER BY slug",
        ))
    }

    fn files<'a>(&'a self, slug: &'a str, version: i64) -> Later<'a, Option<Files>> {
        Box::pin(async move {
            let rows = sqlx::query("SELECT path, bytes FROM course_files WHERE slug = ?1 AND version = ?2")
                .bind(slug)
                .bind(version)
                .fetch_all(self.readers())
                .await
                .map_err(failed)?;
            let files: Result<Files> = rows.iter().map(|row| Ok((get(row, "path")?, get(row, "bytes")?))).collect();
            files.map(|files| (!files.is_empty()).then_some(files))
        })
    }

    fn file_part<'a>(
        &'a self,
        slug: &'a str,
        version: i64,
        path: &'a str,
        from: u64,
        bytes_max: u64,
    ) -> Later<'a, Option<(u64, Vec<u8>)>> {
        let signed = |n: u64| i64::try_from(n).unwrap_or(i64::MAX - 1);
        Box::pin(async move {
            let row = sqlx::query(
                "SELECT length(bytes) AS total, substr(bytes, ?4 + 1, ?5) AS part FROM course_files \
                 WHERE slug = ?1 AND version = ?2 AND path = ?3",
            )
            .bind(slug)
            .bind(version)
            .bind(path)
            .bind(signed(from))
            .bind(signed(bytes_max))
            .fetch_optional(self.readers())
            .await
            .map_err(failed)?;
            let part =
                |row: &SqliteRow| Ok((u64::try_from(get::<i64>(row, "total")?).unwrap_or_default(), get(row, "part")?));
            row.as_ref().map(part).transpose()
        })
    }

    fn put_draft<'a>(
        &'a self,
        slug: &'a str,
        files: &'a Files,
        base: Option<&'a CourseVersion>,
        now: Timestamp,
    ) -> Later<'a, Option<CourseVersion>> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            let kept = keep_draft(&mut transaction, slug, files, base, now).await?;
            transaction.commit().await.map_err(failed)?;
            Ok(kept)
        })
    }

    fn drop_draft<'a>(&'a self, draft: &'a CourseVersion) -> Later<'a, bool> {
        Box::pin(async move {
            let dropped = sqlx::query(
                "DELETE FROM course_versions WHERE slug = ?1 AND version = ?2 AND state = 'draft' AND changed_at_ms = ?3",
            )
            .bind(&draft.slug)
            .bind(draft.version)
            .bind(draft.changed_at.as_millisecond())
            .execute(self.writer())
            .await
            .map_err(failed)?;
            Ok(0 < dropped.rows_affected())
        })
    }

    fn publish<'a>(
        &'a self,
        draft: &'a CourseVersion,
        bindings: &'a [Binding],
        now: Timestamp,
        versions_max: u32,
    ) -> Later<'a, bool> {
        Box::pin(async move {
            let slug = draft.slug.as_str();
            let mut transaction = self.write().await?;
            let published = sqlx::query(
                "UPDATE course_versions SET state = 'published', changed_at_ms = ?3 \
                 WHERE slug = ?1 AND version = ?2 AND state = 'draft' AND changed_at_ms = ?4",
            )
            .bind(slug)
            .bind(draft.version)
            .bind(now.as_millisecond().max(draft.changed_at.as_millisecond()))
            .bind(draft.changed_at.as_millisecond())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
            if published.rows_affected() == 0 {
                return Ok(false);
            }
            for sql in [
                "DELETE FROM course_bindings WHERE slug = ?1",
                "DELETE FROM course_versions WHERE slug = ?1 AND version NOT IN \
                 (SELECT version FROM course_versions WHERE slug = ?1 ORDER BY version DESC LIMIT ?2)",
            ] {
                sqlx::query(sql).bind(slug).bind(versions_max).execute(&mut *transaction).await.map_err(failed)?;
            }
            bind(&mut transaction, slug, bindings).await?;
            transaction.commit().await.map_err(failed)?;
            Ok(true)
        })
    }

    fn bindings<'a>(&'a self, slug: &'a str) -> Later<'a, Vec<Binding>> {
        Box::pin(async move {
            let rows = sqlx::query(
                "SELECT lesson, question, provision, text_sha256 FROM course_bindings WHERE slug = ?1 \
                 ORDER BY lesson, question, provision",
            )
            .bind(slug)
            .fetch_all(self.readers())
            .await
            .map_err(failed)?;
            rows.iter().map(binding).collect()
        })
    }

    fn add_bindings<'a>(&'a self, slug: &'a str, bindings: &'a [Binding]) -> Later<'a, ()> {
        Box::pin(async move {
            let mut transaction = self.write().await?;
            bind(&mut transaction, slug, bindings).await?;
            transaction.commit().await.map_err(failed)
        })
    }

    fn record<'a>(
        &'a self,
        member: MemberId,
        slug: &'a str,
        events: &'a [EventRow],
        now: Timestamp,
        events_max: u32,
    ) -> Later<'a, usize> {
        Box::pin(self.keep_events(member, slug, events, now, events_max))
    }

    fn events(&self, member: MemberId) -> Later<'_, Vec<(String, EventRow)>> {
        Box::pin(self.events_of(member))
    }

    fn answers<'a>(
        &'a self,
        member: MemberId,
        slug: &'a str,
        lesson: &'a str,
        attempt: &'a str,
    ) -> Later<'a, Vec<AnswerRow>> {
        Box::pin(self.answers_of(member, slug, lesson, attempt))
    }

    fn advance<'a>(&'a self, member: MemberId, progress: &'a [LessonProgress]) -> Later<'a, ()> {
        Box::pin(self.keep_progress(member, progress))
    }

    fn progress(&self, member: MemberId) -> Later<'_, Vec<LessonProgress>> {
        Box::pin(self.progress_of(member))
    }

    fn put_certificate<'a>(&'a self, certificate: &'a Certificate) -> Later<'a, Certificate> {
        Box::pin(self.keep_certificate(certificate))
    }

    fn certificate<'a>(&'a self, id: &'a str) -> Later<'a, Option<Certificate>> {
        Box::pin(self.certificate_of(id))
    }

    fn certificates(&self, member: MemberId) -> Later<'_, Vec<Certificate>> {
        Box::pin(self.certificates_of(member))
    }

    fn show_name<'a>(&'a self, member: MemberId, id: &'a str, shows: bool) -> Later<'a, bool> {
        Box::pin(self.keep_consent(member, id, shows))
    }

    fn forget(&self, member: MemberId) -> Later<'_, ()> {
        Box::pin(self.forget_courses_of(member))
    }

    fn counts<'a>(&'a self, slug: &'a str, within: &'a UnitPath) -> Later<'a, Vec<UnitCounts>> {
        Box::pin(self.course_counts(slug, within))
    }
}

impl SqliteStore {
    async fn course_versions(&self, sql: &'static str) -> Result<Vec<CourseVersion>> {
        let rows = sqlx::query(sql).fetch_all(self.readers()).await.map_err(failed)?;
        rows.iter().map(course_version).collect()
    }
}

fn course_version(row: &SqliteRow) -> Result<CourseVersion> {
    Ok(CourseVersion {
        slug: get(row, "slug")?,
        version: get(row, "version")?,
        state: values::word(row, "state", |name| match name {
            "draft" => Some(VersionState::Draft),
            "published" => Some(VersionState::Published),
            _ => None,
        })?,
        changed_at: values::time(row, "changed_at_ms")?,
    })
}

fn binding(row: &SqliteRow) -> Result<Binding> {
    Ok(Binding {
        lesson: get(row, "lesson")?,
        question: get(row, "question")?,
        provision: get(row, "provision")?,
        text: values::hash(row, "text_sha256")?,
    })
}

/// Over the newest version where it is a draft, else as the next one; if the newest is `base`.
async fn keep_draft(
    transaction: &mut Transaction<'static, Sqlite>,
    slug: &str,
    files: &Files,
    base: Option<&CourseVersion>,
    now: Timestamp,
) -> Result<Option<CourseVersion>> {
    let row = sqlx::query(
        "SELECT slug, version, state, changed_at_ms FROM course_versions WHERE slug = ?1 \
         ORDER BY version DESC LIMIT 1",
    )
    .bind(slug)
    .fetch_optional(&mut **transaction)
    .await
    .map_err(failed)?;
    let newest = row.as_ref().map(course_version).transpose()?;
    if newest.as_ref() != base {
        return Ok(None);
    }
    let version = newest.as_ref().map_or(1, |newest| newest.version + i64::from(newest.state != VersionState::Draft));
    // The time tells one state of a draft from another, so it always goes on.
    let changed_at_ms = newest.map_or(0, |newest| newest.changed_at.as_millisecond() + 1).max(now.as_millisecond());
    // Its files go with it.
    for sql in [
        "DELETE FROM course_versions WHERE slug = ?1 AND version = ?2",
        "INSERT INTO course_versions (slug, version, state, changed_at_ms) VALUES (?1, ?2, 'draft', ?3)",
    ] {
        sqlx::query(sql)
            .bind(slug)
            .bind(version)
            .bind(changed_at_ms)
            .execute(&mut **transaction)
            .await
            .map_err(failed)?;
    }
    for (path, bytes) in files {
        sqlx::query("INSERT INTO course_files (slug, version, path, bytes) VALUES (?1, ?2, ?3, ?4)")
            .bind(slug)
            .bind(version)
            .bind(path)
            .bind(bytes)
            .execute(&mut **transaction)
            .await
            .map_err(failed)?;
    }
    let changed_at = Timestamp::from_millisecond(changed_at_ms).map_err(|e| Error::Internal(e.into()))?;
    Ok(Some(CourseVersion { slug: slug.to_owned(), version, state: VersionState::Draft, changed_at }))
}

async fn bind(transaction: &mut Transaction<'static, Sqlite>, slug: &str, bindings: &[Binding]) -> Result<()> {
    for binding in bindings {
        sqlx::query(
            "INSERT INTO course_bindings (slug, lesson, question, provision, text_sha256) \
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
        )
        .bind(slug)
        .bind(&binding.lesson)
        .bind(&binding.question)
        .bind(&binding.provision)
        .bind(binding.text.as_slice())
        .execute(&mut **transaction)
        .await
        .map_err(failed)?;
    }
    Ok(())
}
