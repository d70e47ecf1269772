//! The `congdoan` binary.

fn main() -> std::process::ExitCode {
    congdoan::cli::run()
}
