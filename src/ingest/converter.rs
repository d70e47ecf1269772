/*!
Running a converter as a child process: file in on its input, text out on its output, with
limits on time and output, no shell, and an end in any case.
*/

use std::{
    ffi::OsString,
    io::{self, Read as _, Write as _},
    process::{Child, Command, Stdio},
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

/// How often a child that closed its output is looked at.
const POLL_MS: u64 = 10;
/// How long a child may take to end after it closed its output.
const ENDING_MS_MAX: u64 = 2_000;

/// A converter and its limits.
#[derive(Debug, Clone)]
pub struct Converter {
    /// The program, looked up in `PATH`.
    pub program: OsString,
    /// Its arguments; it reads its input and writes its output.
    pub arguments: Vec<OsString>,
    /// Longest run, in milliseconds.
    pub run_ms_max: u64,
    /// Most output, in bytes.
    pub output_bytes_max: u64,
}

/// Why there is no output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The program is not installed.
    Missing,
    /// It ran longer than it may.
    TooLong,
    /// It wrote more than it may.
    TooMuch,
    /// It said no, or could not be run.
    Refused(String),
}

impl Converter {
    /// Runs the converter on `input`.
    ///
    /// # Errors
    /// See [`Failure`]; the child has ended in every case.
    pub fn run(&self, input: Arc<[u8]>) -> Result<Vec<u8>, Failure> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Failure::Missing,
            _ => Failure::Refused(error.to_string()),
        })?;
        let deadline = Instant::now() + Duration::from_millis(self.run_ms_max);
        let outcome = self.converse(&mut child, input, deadline);
        if outcome.is_err() {
            let _ = child.kill();
        }
        let ended = wait(&mut child, Instant::now() + Duration::from_millis(ENDING_MS_MAX));
        match (outcome?, ended) {
            (output, Some(true)) => Ok(output),
            (_, Some(false)) => Err(Failure::Refused("it reported an error".to_owned())),
            (_, None) => Err(Failure::TooLong),
        }
    }

    /// Writes the input and reads the output at once, each in a thread of its own.
    fn converse(&self, child: &mut Child, input: Arc<[u8]>, deadline: Instant) -> Result<Vec<u8>, Failure> {
        let lost = || Failure::Refused("its input or output is not there".to_owned());
        let mut stdin = child.stdin.take().ok_or_else(lost)?;
        let stdout = child.stdout.take().ok_or_else(lost)?;
        // A child that reads no further closes its end, and writing stops.
        thread::spawn(move || stdin.write_all(&input));
        let bytes_max = self.output_bytes_max;
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let mut output = Vec::new();
            let read = stdout.take(bytes_max + 1).read_to_end(&mut output);
            let _ = sender.send(read.map(|_| output));
        });
        match receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(Ok(output)) if bytes_max < output.len() as u64 => Err(Failure::TooMuch),
            Ok(Ok(output)) => Ok(output),
            Ok(Err(error)) => Err(Failure::Refused(error.to_string())),
            Err(_) => Err(Failure::TooLong),
        }
    }
}

/// Waits for the end of a child, past the deadline ends it: whether it reported success.
fn wait(child: &mut Child, deadline: Instant) -> Option<bool> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.success()),
            Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(POLL_MS)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converter(program: &str, arguments: &[&str]) -> Converter {
        Converter {
            program: program.into(),
            arguments: arguments.iter().map(Into::into).collect(),
            run_ms_max: 20_000,
            output_bytes_max: 1 << 20,
        }
    }

    #[test]
    fn input_larger_than_a_pipe_comes_back() {
        let input: Arc<[u8]> = vec![b'x'; 300_000].into();
        assert_eq!(converter("cat", &[]).run(input.clone()).unwrap(), *input);
    }

    #[test]
    fn each_failure_has_its_name() {
        let input: Arc<[u8]> = b"text".as_slice().into();
        assert_eq!(converter("no-such-converter", &[]).run(input.clone()), Err(Failure::Missing));
        assert!(matches!(converter("false", &[]).run(input.clone()), Err(Failure::Refused(_))));
        let short = Converter { output_bytes_max: 3, ..converter("cat", &[]) };
        assert_eq!(short.run(input.clone()), Err(Failure::TooMuch));
        let endless = Converter { run_ms_max: 30, ..converter("sleep", &["600"]) };
        assert_eq!(endless.run(input.clone()), Err(Failure::TooLong));
        let flood = Converter { run_ms_max: 5_000, ..converter("yes", &[]) };
        assert_eq!(flood.run(input), Err(Failure::TooMuch));
    }
}
