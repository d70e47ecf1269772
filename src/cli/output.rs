/*!
The only place that writes to stdout and stderr.
*/

use std::io::Write as _;

use serde::Serialize;

use crate::error::{Error, Result};

/// Writes a line of data to stdout. A reader that went away ends the program quietly.
pub fn line(text: &str) {
    if writeln!(std::io::stdout().lock(), "{text}").is_err() {
        std::process::exit(0);
    }
}

/// Writes one JSON value to stdout.
///
/// # Errors
/// `Internal` when the value cannot be written as JSON.
pub fn json(value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string(value).map_err(|e| Error::Internal(e.into()))?;
    line(&text);
    Ok(())
}

/// Narration, to stderr.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// A warning, to stderr.
pub fn warn(text: &str) {
    say(&format!("warning: {text}"));
}

/// The error that ended the program, to stderr.
pub fn failure(error: &Error) {
    say(&format!("error: {error}"));
}
