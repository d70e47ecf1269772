/*!
`congdoan serve`
*/

use tokio::net::TcpListener;

use super::{output, progress::Bars};
use crate::{
    app::{App, MissingPackages, Setup},
    config::Config,
    error::{Error, Result},
    http,
    law::Audience,
};

/// Time between two looks for what has ended, in seconds.
const SWEEP_S: u64 = 600;
/// Seconds between two rounds of mails.
const MAIL_S: u64 = 60;
/// Time between two looks at whether another law is served, in seconds.
const SETTLE_S: u64 = 5;

pub(super) fn run(config: Config) -> Result<()> {
    let listen = config.http.listen;
    let app = App::open(config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .worker_threads(2)
        .build()
        .map_err(|e| Error::Internal(e.into()))?;
    // Bound first: a second server on the port is found out before an hour of set-up.
    let listener = runtime.block_on(TcpListener::bind(listen)).map_err(|e| {
        Error::unavailable(
            format!("cannot listen on {listen}: {e}"),
            "another program may use the port; choose one with --listen",
        )
    })?;
    // What needs no account goes on without a store; pages and the log say so.
    if let Err(error) = runtime.block_on(app.open_store()) {
        output::warn(&format!("nobody can sign in: {error}"));
    }
    prepare(&app);
    plant_courses(&app, &runtime);
    app.watch_generations()?;
    say_coverage(&app);
    // Port 0 means any: only the listener knows which.
    let address = listener.local_addr().unwrap_or(listen);
    output::say(&format!("serving on http://{address}"));
    load_generator_beside(app.clone());
    runtime.block_on(async {
        tokio::spawn(sweep(app.clone()));
        tokio::spawn(settle(app.clone()));
        tokio::spawn(mails(app.clone()));
        let served = http::serve(app.clone(), listener, shutdown()).await;
        app.close_store().await;
        served
    })
}

/// Drops what has ended, again and again.
async fn sweep(app: App) {
    let mut interval = tokio::time::interval(std::time::Duration::from_secs(SWEEP_S));
    loop {
        interval.tick().await;
        if app.accounts().is_err() {
            continue;
        }
        if let Err(error) = app.sweep_store().await {
            tracing::warn!("what has ended was not dropped: {error}");
        }
    }
}

/// Makes mails of what is new and hands them over, again and again.
async fn mails(app: App) {
    if app.config().mail.is_none() {
        return;
    }
    let mut interval = tokio::time::interval(std::time::Duration::from_secs(MAIL_S));
    loop {
        interval.tick().await;
        if let Err(error) = app.mail_round(app.now()).await {
            tracing::warn!("mails were not made or handed over: {error}");
        }
    }
}

/// Settles what the law of a new generation or day changes.
async fn settle(app: App) {
    let mut interval = tokio::time::interval(std::time::Duration::from_secs(SETTLE_S));
    loop {
        interval.tick().await;
        app.settle_or_warn().await;
    }
}

/// The starter courses, at the first start.
fn plant_courses(app: &App, runtime: &tokio::runtime::Runtime) {
    let Ok(courses) = app.courses() else { return };
    match runtime.block_on(courses.plant(&app.law_now(), app.now())) {
        Ok(0) => {}
        Ok(planted) => output::say(&format!("{planted} starter courses taken in")),
        Err(error) => output::warn(&format!("the starter courses were not taken in: {error}")),
    }
}

/// Everything stage (a) needs; what fails degrades and is said.
fn prepare(app: &App) {
    let setup = Setup { app, packages: MissingPackages::Fetch, progress: &Bars };
    if let Err(error) = setup.load_embedder() {
        output::warn(&format!("searching by words alone: {error}"));
    }
    if let Err(error) = setup.pull_corpus() {
        output::warn(&format!("the corpus is incomplete: {error}"));
    }
    if let Some(id) = app.store().pinned() {
        output::warn(&format!(
            "generation {id} was chosen by an admin and is served whatever the corpus holds now; \
             `congdoan ingest` follows the corpus again"
        ));
        return;
    }
    if setup.is_up_to_date() {
        output::say(&format!("index {} up to date", app.corpus_release().unwrap_or_default()));
        return;
    }
    match setup.ingest() {
        Ok((files, report)) => {
            if let Some(removal) = report.held_back {
                output::warn(&app.removal_text(&report.manifest.id, removal));
                return;
            }
            let problems: usize = files.iter().map(|file| file.problems.len()).sum();
            let state = if report.unchanged { "up to date" } else { "built" };
            output::say(&format!("index {} {state}, {problems} problems in {} files", report.manifest.id, files.len()));
        }
        Err(error) => output::warn(&format!("the index was not rebuilt: {error}")),
    }
}

/// What the corpus covers and what it does not.
fn say_coverage(app: &App) {
    let Ok(coverage) = app.coverage_blocking(app.today(), &Audience::Keeper) else { return };
    for document in &coverage.documents {
        let digest = if document.digest { ", digest" } else { "" };
        let number = document.number.as_deref().unwrap_or("no number");
        output::say(&format!("  {} ({number}{digest}): {} articles", document.title, document.articles));
    }
    output::say(&format!("  not held: {} further documents known to matter", coverage.missing.len()));
}

/// The model may take minutes to fetch: stage (a) serves meanwhile.
fn load_generator_beside(app: App) {
    let spawned = std::thread::Builder::new().name("load-generator".to_owned()).spawn(move || {
        let setup = Setup { app: &app, packages: MissingPackages::Fetch, progress: &Bars };
        match setup.load_generator() {
            Ok(true) => output::say("the generator is ready"),
            Ok(false) => output::say("no generator is configured: answers are the clauses alone"),
            Err(error) => output::warn(&format!("answers are the clauses alone: {error}")),
        }
    });
    if let Err(error) = spawned {
        output::warn(&format!("the generator cannot be loaded: {error}"));
    }
}

/// Ends on Ctrl-C or SIGTERM.
async fn shutdown() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(error) => {
            tracing::warn!("SIGTERM cannot be watched: {error}");
            let _ = interrupt.await;
        }
    }
    output::say("stopping");
}
