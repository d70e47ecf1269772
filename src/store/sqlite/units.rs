/*! Units: a tree kept by paths. */

use sqlx::{Sqlite, Transaction};

use super::{SqliteStore, error::failed, values};
use crate::{
    accounts::{Unit, UnitId, UnitPath, UnitRow},
    error::{Error, Result},
};

/// What is compared with a row before it is kept.
struct Held {
    id: UnitId,
    name: String,
    level: String,
    parent: Option<UnitId>,
    path: UnitPath,
}

impl SqliteStore {
    pub(super) async fn units_within(&self, within: Option<&UnitPath>) -> Result<Vec<Unit>> {
        let (from, to) = range(within);
        let rows = sqlx::query(
            "SELECT id, code, name, level, path, parent_id FROM units WHERE ?1 <= path AND path < ?2 ORDER BY path",
        )
        .bind(from)
        .bind(to)
        .fetch_all(self.readers())
        .await
        .map_err(failed)?;
        rows.iter().map(values::unit).collect()
    }

    pub(super) async fn unit_of(&self, code: &str) -> Result<Option<Unit>> {
        let row = sqlx::query("SELECT id, code, name, level, path, parent_id FROM units WHERE code = ?1")
            .bind(code)
            .fetch_optional(self.readers())
            .await
            .map_err(failed)?;
        row.as_ref().map(values::unit).transpose()
    }

    pub(super) async fn keep_units(&self, rows: &[UnitRow]) -> Result<usize> {
        let mut transaction = self.write().await?;
        let mut changed = 0;
        for row in rows {
            changed += usize::from(keep(&mut transaction, row).await?);
        }
        transaction.commit().await.map_err(failed)?;
        Ok(changed)
    }
}

/// First path and end of the paths of a subtree, or of all.
fn range(within: Option<&UnitPath>) -> (String, String) {
    // `0` follows `/`, with which every path begins.
    within.map_or(("/".to_owned(), "0".to_owned()), |path| (path.as_str().to_owned(), path.end()))
}

async fn held(transaction: &mut Transaction<'static, Sqlite>, code: &str) -> Result<Option<Held>> {
    let row = sqlx::query("SELECT id, code, name, level, path, parent_id FROM units WHERE code = ?1")
        .bind(code)
        .fetch_optional(&mut **transaction)
        .await
        .map_err(failed)?;
    let unit = row.as_ref().map(values::unit).transpose()?;
    Ok(unit.map(|unit| Held {
        id: unit.id,
        name: unit.name,
        level: unit.level.name().to_owned(),
        parent: unit.parent,
        path: unit.path,
    }))
}

/// Keeps one unit; whether anything changed.
async fn keep(transaction: &mut Transaction<'static, Sqlite>, row: &UnitRow) -> Result<bool> {
    let parent = match &row.parent_code {
        None => None,
        Some(code) => {
            let missing = || Error::Conflict(format!("the unit `{code}` above `{}` is not there", row.code));
            Some(held(transaction, code).await?.ok_or_else(missing)?)
        }
    };
    let Some(before) = held(transaction, &row.code).await? else {
        add(transaction, row, parent.as_ref()).await?;
        return Ok(true);
    };
    let parent_id = parent.as_ref().map(|parent| parent.id);
    if before.name == row.name && before.level == row.level.name() && before.parent == parent_id {
        return Ok(false);
    }
    if parent.as_ref().is_some_and(|parent| before.path.contains(&parent.path)) {
        return Err(Error::Conflict(format!("the unit `{}` cannot lie below itself", row.code)));
    }
    sqlx::query("UPDATE units SET name = ?2, level = ?3, parent_id = ?4 WHERE id = ?1")
        .bind(before.id.0)
        .bind(&row.name)
        .bind(row.level.name())
        .bind(parent_id.map(|id| id.0))
        .execute(&mut **transaction)
        .await
        .map_err(failed)?;
    let path = UnitPath::below(parent.as_ref().map(|parent| &parent.path), before.id);
    if path != before.path {
        move_subtree(transaction, &before.path, &path).await?;
    }
    Ok(true)
}

async fn add(transaction: &mut Transaction<'static, Sqlite>, row: &UnitRow, parent: Option<&Held>) -> Result<()> {
    // The path holds the number, which is known afterwards; the code keeps it unique meanwhile.
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO units (code, name, level, parent_id, path) VALUES (?1, ?2, ?3, ?4, 'new:' || ?1) RETURNING id",
    )
    .bind(&row.code)
    .bind(&row.name)
    .bind(row.level.name())
    .bind(parent.map(|parent| parent.id.0))
    .fetch_one(&mut **transaction)
    .await
    .map_err(failed)?;
    let path = UnitPath::below(parent.map(|parent| &parent.path), UnitId(id));
    sqlx::query("UPDATE units SET path = ?2 WHERE id = ?1")
        .bind(id)
        .bind(path.as_str())
        .execute(&mut **transaction)
        .await
        .map_err(failed)?;
    Ok(())
}

/// Gives a subtree's units and members their new paths.
async fn move_subtree(transaction: &mut Transaction<'static, Sqlite>, from: &UnitPath, to: &UnitPath) -> Result<()> {
    for sql in [
        "UPDATE units SET path = ?3 || substr(path, ?4) WHERE ?1 <= path AND path < ?2",
        "UPDATE members SET unit_path = ?3 || substr(unit_path, ?4) WHERE ?1 <= unit_path AND unit_path < ?2",
    ] {
        sqlx::query(sql)
            .bind(from.as_str())
            .bind(from.end())
            .bind(to.as_str())
            .bind(i64::try_from(from.as_str().len()).unwrap_or(i64::MAX).saturating_add(1))
            .execute(&mut **transaction)
            .await
            .map_err(failed)?;
    }
    Ok(())
}
