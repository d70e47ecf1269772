/*!
Where messages are handed over: a folder that a mail program picks up, or a program like `sendmail`.

Neither says that a message arrived, only that it was taken. No address and no text is ever an
argument of the program: it reads the message, with whom it is for, from its input.
*/

use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::PathBuf,
    sync::Arc,
};

use jiff::Timestamp;

use super::message::Message;
use crate::ingest::converter::{Converter, Failure};

/// Arguments of the program: whom it is for stands in the message, a line with a dot ends nothing.
const COMMAND_ARGUMENTS: [&str; 2] = ["-t", "-i"];
/// Longest run of the program, in milliseconds.
const COMMAND_MS_MAX: u64 = 30_000;
/// Most output of the program, in bytes.
const OUTPUT_BYTES_MAX: u64 = 64 << 10;
/// Rights of a file in the outbox: the mail program's group may read it.
const FILE_MODE: u32 = 0o640;

/// One way to hand a message over.
pub trait Way: Send + Sync {
    /// Hands a message over; called on a thread that may wait.
    ///
    /// # Errors
    /// Why it was not taken, without address and text.
    fn hand_over(&self, id: i64, made_at: Timestamp, message: &Message) -> Result<(), String>;
    /// What stands in the way now; none where nothing does.
    fn fault(&self) -> Option<String>;
}

/// A folder that takes a file of each message.
#[derive(Debug, Clone)]
pub struct Outbox(pub PathBuf);

impl Way for Outbox {
    fn hand_over(&self, id: i64, made_at: Timestamp, message: &Message) -> Result<(), String> {
        let name = format!("{}-{id}", made_at.as_millisecond());
        // Hidden until it is whole: who picks files up never sees half of one.
        let (hidden, whole) = (self.0.join(format!(".{name}.tmp")), self.0.join(format!("{name}.eml")));
        let write = || -> io::Result<()> {
            let mut file =
                fs::OpenOptions::new().create(true).write(true).truncate(true).mode(FILE_MODE).open(&hidden)?;
            file.write_all(message.whole(id, made_at, "\r\n").as_bytes())?;
            file.sync_all()?;
            fs::rename(&hidden, &whole)?;
            fs::File::open(&self.0)?.sync_all()
        };
        write().map_err(|error| error.to_string())
    }

    fn fault(&self) -> Option<String> {
        match fs::metadata(&self.0) {
            Ok(found) if !found.is_dir() => Some(format!("`{}` is no folder", self.0.display())),
            Ok(found) if found.permissions().readonly() => Some(format!("`{}` cannot be written", self.0.display())),
            Ok(_) => None,
            Err(error) => Some(format!("`{}`: {error}", self.0.display())),
        }
    }
}

/// A program that takes a message on its input, as `sendmail` does.
#[derive(Debug, Clone)]
pub struct Command(pub PathBuf);

impl Way for Command {
    fn hand_over(&self, id: i64, made_at: Timestamp, message: &Message) -> Result<(), String> {
        let program = Converter {
            program: self.0.clone().into_os_string(),
            arguments: COMMAND_ARGUMENTS.iter().map(Into::into).collect(),
            run_ms_max: COMMAND_MS_MAX,
            output_bytes_max: OUTPUT_BYTES_MAX,
        };
        let input: Arc<[u8]> = message.whole(id, made_at, "\n").into_bytes().into();
        program.run(input).map(drop).map_err(|failure| match failure {
            Failure::Missing => "the program is not there".to_owned(),
            Failure::TooLong => format!("the program did not end within {COMMAND_MS_MAX} ms"),
            Failure::TooMuch => "the program writes without end".to_owned(),
            Failure::Refused(why) => why,
        })
    }

    fn fault(&self) -> Option<String> {
        let is_file = fs::metadata(&self.0).is_ok_and(|found| found.is_file());
        (!is_file).then(|| format!("`{}` is no program", self.0.display()))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn message() -> Message {
        Message {
            from: "may@congdoan.example".to_owned(),
            to: "an@vi.example".to_owned(),
            subject: "Thông báo".to_owned(),
            text: ".\nChào".to_owned(),
            unsubscribe: None,
        }
    }

    #[test]
    fn the_outbox_holds_whole_files_once() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = Outbox(folder.path().to_owned());
        assert_eq!(outbox.fault(), None);
        for _ in 0..2 {
            outbox.hand_over(7, Timestamp::UNIX_EPOCH, &message()).unwrap();
        }
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["0-7.eml"], "handed over twice it is one file");
        let text = fs::read_to_string(folder.path().join("0-7.eml")).unwrap();
        assert!(text.contains("To: <an@vi.example>\r\n"), "{text}");
        let gone = Outbox(folder.path().join("gone"));
        assert!(gone.fault().is_some() && gone.hand_over(1, Timestamp::UNIX_EPOCH, &message()).is_err());
    }

    #[test]
    fn a_program_takes_the_message_on_its_input_and_its_no_is_heard() {
        let folder = tempfile::tempdir().unwrap();
        let script = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
            Command(path)
        };
        let took = folder.path().join("took");
        let good = script("good", &format!("#!/bin/sh\n(echo \"$@\"; cat) > '{}'\n", took.display()));
        good.hand_over(1, Timestamp::UNIX_EPOCH, &message()).unwrap();
        let text = fs::read_to_string(&took).unwrap();
        assert!(text.starts_with("-t -i\nFrom: <may@congdoan.example>\n") && !text.contains('\r'), "{text}");
        let bad = script("bad", "#!/bin/sh\ncat > /dev/null\nexit 75\n");
        assert!(bad.hand_over(1, Timestamp::UNIX_EPOCH, &message()).is_err());
        let missing = Command(folder.path().join("none"));
        assert!(missing.fault().is_some() && missing.hand_over(1, Timestamp::UNIX_EPOCH, &message()).is_err());
    }
}
