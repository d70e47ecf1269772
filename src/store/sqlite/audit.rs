/*! The log of admins' deeds. */

use super::{
    SqliteStore,
    error::failed,
    values::{self, get},
};
use crate::{
    audit::{Act, ActRow, AuditStore, Deed},
    engine::Later,
};

const ACTS: &str = "SELECT a.id, a.at_ms, a.deed, a.subject, m.number, m.name FROM acts a \
    LEFT JOIN members m ON m.id = a.member_id WHERE a.id < ?1 ORDER BY a.id DESC LIMIT ?2";

impl AuditStore for SqliteStore {
    fn put_act<'a>(&'a self, row: &'a ActRow) -> Later<'a, ()> {
        Box::pin(async move {
            sqlx::query("INSERT INTO acts (at_ms, member_id, deed, subject) VALUES (?1, ?2, ?3, ?4)")
                .bind(row.at.as_millisecond())
                .bind(row.member.map(|member| member.0))
                .bind(row.deed.name())
                .bind(&row.subject)
                .execute(self.writer())
                .await
                .map_err(failed)?;
            Ok(())
        })
    }

    fn acts(&self, before: Option<i64>, rows_max: u32) -> Later<'_, Vec<Act>> {
        Box::pin(async move {
            let rows = sqlx::query(ACTS).bind(before.unwrap_or(i64::MAX)).bind(rows_max).fetch_all(self.readers());
            let mut acts = Vec::new();
            for row in &rows.await.map_err(failed)? {
                let (number, name): (Option<String>, Option<String>) = (get(row, "number")?, get(row, "name")?);
                acts.push(Act {
                    id: get(row, "id")?,
                    at: values::time(row, "at_ms")?,
                    by: number.zip(name),
                    deed: values::word(row, "deed", Deed::parse)?,
                    subject: get(row, "subject")?,
                });
            }
            Ok(acts)
        })
    }
}
