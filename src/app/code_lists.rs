/*!
Lists of invite codes: files in the data folder, for their owner alone, until somebody has
handed the codes out and drops them; and imports, which make them.

A code that is lost opens nothing, but its member waits: so a list is on the disk before the
members of it are kept, and it is never written over.
*/

use std::{
    fs::File,
    io::{ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use super::{App, admin::Admin};
use crate::{
    accounts::{ImportReport, ImportWish, IssuedCode},
    audit::Deed,
    error::{Error, Result},
};

/// Rights of a list: its owner's alone.
const CODES_MODE: u32 = 0o600;
/// How names of lists begin, and end.
const PREFIX: &str = "invite-codes-";
const SUFFIX: &str = ".csv";

/// A list of codes: made with the first one, never over another file, on the disk before the
/// members are kept.
pub struct CodeList {
    path: PathBuf,
    file: Option<File>,
}

impl CodeList {
    /// A list that will be written to `path`, or to the data folder under a name of its own.
    pub fn new(app: &App, path: Option<PathBuf>) -> Self {
        Self { path: path.unwrap_or_else(|| own_place(app)), file: None }
    }

    /// Where it was written, if it was.
    pub fn written(&self) -> Option<&Path> {
        self.file.is_some().then_some(self.path.as_path())
    }

    /// Adds codes.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be written.
    pub fn add(&mut self, issued: &[IssuedCode]) -> Result<()> {
        let failed = |path: &Path, e: &dyn std::fmt::Display| {
            Error::unavailable(
                format!("the list of codes `{}` cannot be written: {e}", path.display()),
                "name another file with --codes; a file that is there is never written over",
            )
        };
        let mut text = Vec::new();
        if self.file.is_none() {
            let options = std::fs::OpenOptions::new().write(true).create_new(true).mode(CODES_MODE).open(&self.path);
            self.file = Some(options.map_err(|e| failed(&self.path, &e))?);
            text.extend_from_slice("\u{FEFF}number,name,unit,code\r\n".as_bytes());
        }
        let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(text);
        for code in issued {
            let row = [&code.number, &code.name, &code.unit_code, &code.code.shown()];
            writer.write_record(row).map_err(|e| failed(&self.path, &e))?;
        }
        let text = writer.into_inner().map_err(|e| failed(&self.path, &e))?;
        let Some(file) = self.file.as_mut() else { return Ok(()) };
        file.write_all(&text).and_then(|()| file.sync_data()).map_err(|e| failed(&self.path, &e))
    }
}

fn own_place(app: &App) -> PathBuf {
    // To the microsecond: two imports in one second each have a file of their own.
    let time = app.now().strftime("%Y%m%dT%H%M%S.%6fZ").to_string();
    app.config().paths.data.join(format!("{PREFIX}{time}{SUFFIX}"))
}

impl Admin {
    /// Imports members or units, or only compares; the name of the list of codes that was made.
    ///
    /// # Errors
    /// As [`Accounts::import`](crate::accounts::Accounts::import).
    pub async fn import(&self, file: Vec<u8>, wish: ImportWish) -> Result<(ImportReport, Option<String>)> {
        let runtime = tokio::runtime::Handle::current();
        // Hashing tens of thousands of names keeps a thread busy: not one that others wait on.
        let imported = self.on_thread(move |app| {
            let mut list = CodeList::new(app, None);
            let mut hand_over = |issued: &[IssuedCode]| list.add(issued);
            let accounts = app.accounts()?;
            let report = runtime.block_on(accounts.import(&file, wish, app.now(), &mut hand_over))?;
            let name = list.written().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
            Ok((report, name))
        });
        let (report, list) = imported.await?;
        if !wish.dry_run {
            let subject = format!("{} dòng: {} mới, {} đổi", report.rows, report.created, report.changed);
            self.note(Deed::Import, &subject).await?;
        }
        Ok((report, list))
    }

    /// Names of the lists of codes that are there, newest first.
    ///
    /// # Errors
    /// `Unavailable` when the folder cannot be read.
    pub fn code_lists(&self) -> Result<Vec<String>> {
        let data = &self.app.config().paths.data;
        let entries = std::fs::read_dir(data).map_err(|e| unreadable(data, &e))?;
        let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names.filter(|name| is_list(name)).collect();
        names.sort_unstable_by(|a, b| b.cmp(a));
        Ok(names)
    }

    /// One of them.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn code_list(&self, name: &str) -> Result<Vec<u8>> {
        let path = self.list_path(name)?;
        let bytes = std::fs::read(&path).map_err(|e| match e.kind() {
            ErrorKind::NotFound => missing(name),
            _ => unreadable(&path, &e),
        })?;
        self.note(Deed::TakeCodes, name).await?;
        Ok(bytes)
    }

    /// Drops one of them, once its codes are handed out.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn drop_code_list(&self, name: &str) -> Result<()> {
        let path = self.list_path(name)?;
        std::fs::remove_file(&path).map_err(|e| match e.kind() {
            ErrorKind::NotFound => missing(name),
            _ => unreadable(&path, &e),
        })?;
        self.note(Deed::DropCodes, name).await
    }

    fn list_path(&self, name: &str) -> Result<PathBuf> {
        if is_list(name) { Ok(self.app.config().paths.data.join(name)) } else { Err(missing(name)) }
    }
}

/// Whether a name is one of ours, and no path that leads elsewhere.
fn is_list(name: &str) -> bool {
    let time = name.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(SUFFIX));
    time.is_some_and(|time| time.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.'))
}

fn missing(name: &str) -> Error {
    Error::NotFound { resource: "file", id: name.to_owned() }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::unavailable(format!("`{}` cannot be used: {error}", path.display()), "check the folder's rights")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_named_by_nothing_that_leads_elsewhere() {
        assert!(is_list("invite-codes-20260101T000000.000001Z.csv"));
        for other in ["congdoan.db", "invite-codes-../x.csv", "invite-codes-a/b.csv", "invite-codes-x.db", ""] {
            assert!(!is_list(other), "{other}");
        }
    }
}
