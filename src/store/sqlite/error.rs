/*! What SQLite says, in the words of the domain. */

use crate::error::{Error, Result};

/// Wait suggested when the writer is taken for too long, in seconds.
const BUSY_RETRY_AFTER_S: u32 = 2;

/// Primary result codes of SQLite; extended ones carry them in their low byte.
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const READ_ONLY: i32 = 8;
const IO: i32 = 10;
const FULL: i32 = 13;
const PRIMARY_MASK: i32 = 0xff;

/// What a failure of the database means.
pub(super) fn failed(error: sqlx::Error) -> Error {
    if matches!(error, sqlx::Error::PoolTimedOut) {
        return Error::Overloaded { retry_after_s: BUSY_RETRY_AFTER_S };
    }
    let code = error.as_database_error().and_then(|e| e.code()).and_then(|code| code.parse::<i32>().ok());
    match code.map(|code| code & PRIMARY_MASK) {
        Some(BUSY | LOCKED) => Error::Overloaded { retry_after_s: BUSY_RETRY_AFTER_S },
        Some(FULL) => Error::StorageFull,
        Some(READ_ONLY | IO) => Error::unavailable(
            format!("the database cannot be written or read: {error}"),
            "check the disk of the data folder, its free space and its rights",
        ),
        _ => Error::Internal(anyhow::Error::new(error).context("the database")),
    }
}

/// Whether a constraint of the schema was broken.
pub(super) fn is_constraint(error: &sqlx::Error) -> bool {
    use sqlx::error::ErrorKind;
    error.as_database_error().is_some_and(|e| {
        matches!(e.kind(), ErrorKind::UniqueViolation | ErrorKind::ForeignKeyViolation | ErrorKind::NotNullViolation)
    })
}

/// A broken constraint is a conflict that the caller has words for; everything else as [`failed`].
pub(super) fn conflict<T>(result: std::result::Result<T, sqlx::Error>, message: &str) -> Result<T> {
    result.map_err(|error| if is_constraint(&error) { Error::Conflict(message.to_owned()) } else { failed(error) })
}
