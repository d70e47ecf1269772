/*!
Short messages to members: a gateway is a trait, and the one that ships writes a file.

Nothing here pretends to send: the log file is for a union that connects its own gateway,
and for tests. Messages hold codes, so the file is its owner's alone.
*/

use std::{
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use serde_json::json;

use crate::error::{Error, Result};

/// Longest message, in characters: what fits into a few parts of a short message.
const MESSAGE_CHARS_MAX: usize = 480;
/// Rights of the file: its owner's alone.
const FILE_MODE: u32 = 0o600;

/// Takes short messages over.
pub trait SmsGateway: Send + Sync {
    /// Takes one message for a telephone number over.
    ///
    /// # Errors
    /// `Invalid` for a message that is too long, `Unavailable` when it cannot be taken.
    fn take(&self, phone: &str, message: &str) -> Result<()>;
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
    fn take(&self, phone: &str, message: &str) -> Result<()> {
        if MESSAGE_CHARS_MAX < message.chars().count() {
            return Err(Error::invalid("message", format!("tin nhắn dài quá {MESSAGE_CHARS_MAX} ký tự")));
        }
        let file = std::fs::OpenOptions::new().create(true).append(true).mode(FILE_MODE).open(&self.path);
        let written = file.and_then(|mut file| writeln!(file, "{}", json!({"to": phone, "message": message})));
        written.map_err(|e| {
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
        gateway.take("0912345678", "Mã kích hoạt: \"ABCD\"").unwrap();
        gateway.take("0912345679", "Hai").unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!((first["to"].as_str(), text.lines().count()), (Some("0912345678"), 2));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!gateway.delivers());
        assert!(gateway.take("0912345678", &"x".repeat(481)).is_err());
        assert!(LogFile::new(&folder.path().join("no/where")).take("0", "x").is_err());
    }
}
