/*!
The command line: thin. Each command resolves the settings, asks the program, and shows.

Data goes to stdout, narration to stderr. Exit status 0 done, 1 the user's input or
environment, 2 our fault.
*/

mod args;
mod ask;
mod calc;
mod corpus;
mod courses;
mod eval;
mod ingest;
mod keeping;
mod members;
mod models;
mod output;
mod progress;
mod reload;
mod search;
mod serve;

use std::{os::unix::process::CommandExt as _, process::ExitCode};

use clap::{CommandFactory as _, FromArgMatches as _};

pub use args::Cli;

use crate::{
    app::{App, MissingPackages, Setup},
    config::{Config, RawConfig, THREADS_VARIABLES},
    error::{Error, Result},
};

/// Name of the settings file in the working folder.
const SETTINGS_FILE: &str = "congdoan.toml";

/// Runs the command line and says how it ended.
pub fn run() -> ExitCode {
    let matches = match Cli::command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::from(error.use_stderr()));
        }
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(1);
        }
    };
    start_logging();
    match command(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::failure(&error);
            ExitCode::from(error.exit_code())
        }
    }
}

/// Logs go to stderr; `RUST_LOG` chooses what.
fn start_logging() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,congdoan=info"));
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}

fn command(cli: Cli) -> Result<()> {
    let config = settings(&cli)?;
    if may_generate(&cli.command) {
        hand_on_threads(&config);
    }
    match cli.command {
        args::Command::Serve(_) => serve::run(config),
        args::Command::Models(command) => models::run(&config, &command),
        args::Command::Corpus(command) => corpus::run(config, command),
        args::Command::Ingest(options) => ingest::run(config, &options),
        args::Command::Search(options) => search::run(config, &options),
        args::Command::Ask(options) => ask::run(config, &options),
        args::Command::Eval(options) => eval::run(config, &options),
        args::Command::Calc(options) => calc::run(&options),
        args::Command::Members(options) => members::run(config, options),
        args::Command::Courses(options) => courses::run(config, options),
        args::Command::Backup(options) => keeping::backup(config, &options),
        args::Command::Restore(options) => keeping::restore(&config, &options),
        args::Command::Doctor(options) => keeping::doctor(config, &options),
    }
}

/// Whether a command may load the generator.
fn may_generate(command: &args::Command) -> bool {
    match command {
        args::Command::Serve(_) => true,
        args::Command::Ask(options) => !options.no_generate,
        args::Command::Eval(options) => options.generate,
        _ => false,
    }
}

/// The libraries below the generator take their number of threads from the environment alone,
/// once: where the settings ask for another, this process begins anew with it.
fn hand_on_threads(config: &Config) {
    let (Some(threads), Ok(program)) = (config.threads_to_hand_on(), std::env::current_exe()) else { return };
    let mut again = std::process::Command::new(program);
    again.args(std::env::args_os().skip(1));
    again.envs(THREADS_VARIABLES.map(|name| (name, threads.to_string())));
    // Comes back only where it failed.
    let error = again.exec();
    output::warn(&format!("`models.threads` does not reach the generator: {error}"));
}

/// Settings: file < environment < flags.
fn settings(cli: &Cli) -> Result<Config> {
    let text = match std::fs::read_to_string(SETTINGS_FILE) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(Error::invalid(SETTINGS_FILE, e.to_string())),
    };
    let mut raw = RawConfig::read_with_environment(&text)?;
    cli.lay_over(&mut raw);
    Config::resolve(raw)
}

/// The program with its embedder, for commands that search; what is missing is said.
fn app_for_search(config: Config) -> Result<App> {
    let app = App::open(config)?;
    let bars = progress::Bars;
    let setup = Setup { app: &app, packages: MissingPackages::Leave, progress: &bars };
    if let Err(error) = setup.load_embedder() {
        output::warn(&format!("searching by words alone: {error}"));
    }
    Ok(app)
}

/// Where commands wait for the store.
fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| Error::Internal(e.into()))
}

/// Does some work with the store open, and closes it whatever came of that.
fn with_store<T>(app: &App, work: impl AsyncFnOnce() -> Result<T>) -> Result<T> {
    runtime()?.block_on(async {
        app.open_store().await?;
        let done = work().await;
        app.close_store().await;
        done
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verify_cli() {
        Cli::command().debug_assert();
    }
}
