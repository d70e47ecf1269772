//! The real program, run in a folder of its own.

use std::{
    path::PathBuf,
    process::{Command, Output},
};

use serde_json::Value;

/// A working folder, and the program run in it.
pub struct Shell {
    /// Where it runs.
    pub folder: tempfile::TempDir,
}

impl Shell {
    /// An empty folder.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// The program over the invented law, with the embedder that needs no weights.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_congdoan"));
        command
            .current_dir(self.folder.path())
            .env("CONGDOAN__MODELS__EMBEDDER", "hashed")
            .env("CONGDOAN__MODELS__GENERATOR", "none")
            .env("CONGDOAN__PATHS__CORPUS", fixture())
            .env("RUST_LOG", "warn");
        command
    }

    /// Runs it.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    /// The one JSON value on stdout of a command that succeeds.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The message of a command that fails by the user's fault.
    pub fn failure(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{arguments:?}: {message}");
        message
    }
}

/// The invented law.
pub fn fixture() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/luat-thu-nghiem-2020.md")
}
