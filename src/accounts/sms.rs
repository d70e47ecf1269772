/*!
Short messages to members: a gateway is a trait, and the one that ships writes a file.

Nothing here pretends to send: the log file is for a union whose own gateway reads it. Invite
codes are handed to it where one is configured (`accounts.sms_log`), before they are kept: a
message with a code that was not kept opens nothing. Messages hold codes, so the file is its
owner's alone.
*/

use std::{
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use serde_json::json;

use crate::{
    error::{Error, Result},
    secrets::Code,
};

/// Longest message, in characters: what fits into a few parts of a short message.
const MESSAGE_CHARS_MAX: usize = 480;
/// Rights of the file: its owner's alone.
const FILE_MODE: u32 = 0o600;

/// A message for a telephone number.
#[derive(Clone, PartialEq, Eq)]
pub struct ShortMessage {
    /// Telephone number.
    pub phone: String,
    /// What it says.
    pub text: String,
}

impl ShortMessage {
    /// An invite code for its owner.
    pub(super) fn invite(phone: &str, code: &Code, days: i64) -> Self {
        let text =
            format!("Cong doan: ma kich hoat {}, dung mot lan trong {days} ngay o trang Kich hoat.", code.shown());
        Self { phone: phone.to_owned(), text }
    }
}

impl std::fmt::Debug for ShortMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// Takes short messages over.
pub trait SmsGateway: Send + Sync {
    /// Takes messages over, all or none.
    ///
    /// # Errors
    /// `Invalid` for a message that is too long, `Unavailable` when they cannot be taken.
    fn take(&self, messages: &[ShortMessage]) -> Result<()>;
    /// Whether messages taken reach a telephone: pages say so where they do not.
    fn delivers(&self) -> bool;
}

/// A gateway that writes each message as a line of JSON to a file.
#[derive(Debug, Clone)]
pub struct LogFile {
    path: PathBuf,
}

impl LogFile {
    /// Messages go to the end of `path`.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }
}

impl SmsGateway for LogFile {
    fn take(&self, messages: &[ShortMessage]) -> Result<()> {
        if messages.iter().any(|message| MESSAGE_CHARS_MAX < message.text.chars().count()) {
            return Err(Error::invalid("message", format!("tin nhắn dài quá {MESSAGE_CHARS_MAX} ký tự")));
        }
        let line = |message: &ShortMessage| format!("{}\n", json!({"to": message.phone, "message": message.text}));
        let lines: String = messages.iter().map(line).collect();
        let file = std::fs::OpenOptions::new().create(true).append(true).mode(FILE_MODE).open(&self.path);
        file.and_then(|mut file| file.write_all(lines.as_bytes()).and_then(|()| file.sync_data())).map_err(|e| {
            Error::unavailable(
                format!("the file of short messages `{}` cannot be written: {e}", self.path.display()),
                "check the data folder's rights and free space",
            )
        })
    }

    fn delivers(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn messages_are_lines_of_a_file_for_its_owner_and_are_said_not_to_arrive() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sms.jsonl");
        let gateway = LogFile::new(&path);
        let message = |text: &str| ShortMessage { phone: "0912345678".to_owned(), text: text.to_owned() };
        gateway.take(&[message("Mã kích hoạt: \"ABCD\"")]).unwrap();
        gateway.take(&[message("Hai"), message("Ba")]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!((first["to"].as_str(), text.lines().count()), (Some("0912345678"), 3));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!gateway.delivers());
        assert!(gateway.take(&[message("x"), message(&"x".repeat(481))]).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 3, "all or none");
        assert!(LogFile::new(&folder.path().join("no/where")).take(&[message("x")]).is_err());
        assert_eq!(format!("{:?}", message("x")), "…");
    }
}
