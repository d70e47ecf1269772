/*!
`congdoan ingest`
*/

use serde_json::json;

use super::{args::IngestArgs, corpus, output, progress::Bars};
use crate::{
    app::{App, MissingPackages, Setup},
    config::Config,
    error::{Error, Result},
    index::build::{BuildOptions, BuildReport},
};

pub(super) fn run(config: Config, args: &IngestArgs) -> Result<()> {
    let app = App::open(config)?;
    let setup = Setup { app: &app, packages: MissingPackages::Fetch, progress: &Bars };
    setup.pull_corpus()?;
    if let Err(error) = setup.load_embedder() {
        output::warn(&format!("building an index of words alone: {error}"));
    }
    let started = std::time::Instant::now();
    // Paths named here that are not those of the active index name another corpus: that is a
    // choice, not a folder that lost its files.
    let is_another = !args.corpus.is_empty() && !args.no_activate && setup.is_another_corpus();
    if is_another {
        output::warn(
            "these are other corpus paths than those of the active index, which they replace; `congdoan corpus rollback` brings it back",
        );
    }
    let confirm_removal = args.confirm_removal || is_another;
    let options = BuildOptions { activate: !args.no_activate, confirm_removal, ..setup.options() };
    let (files, mut report) = setup.ingest_with(options)?;
    if report.active && !args.words_first {
        report.passages_encoded += fill(&app, &report)?;
    }
    let problems: usize = files.iter().map(|file| file.problems.len()).sum();
    let manifest = &report.manifest;
    let awaits_vectors =
        report.active && app.store().current()?.vectors_ready().is_some_and(|(ready, total)| ready < total);
    if args.json {
        output::json(&json!({
            "generation": manifest.id,
            "unchanged": report.unchanged,
            "active": report.active,
            "awaits_vectors": awaits_vectors,
            "provisions_removed": report.held_back.map(|removal| removal.removed),
            "documents": manifest.documents,
            "articles": manifest.articles,
            "passages": manifest.passages,
            "passages_encoded": report.passages_encoded,
            "embedder": manifest.embedder,
            "problems": problems,
            "files": files.iter().map(corpus::file_json).collect::<Vec<_>>(),
            "seconds": started.elapsed().as_secs_f64(),
        }))?;
        return app.refuse_if_held_back(&report);
    }
    for file in files.iter().filter(|file| !file.problems.is_empty()) {
        output::say(&corpus::file_line(file));
    }
    app.refuse_if_held_back(&report)?;
    let verb = match (report.unchanged, report.active) {
        (true, true) => "is up to date",
        (_, true) => "built and active",
        (true, false) => "is built already, not active",
        (false, false) => "built, not active",
    };
    output::line(&format!(
        "generation {} {verb}: {} documents, {} articles, {} passages ({} encoded), {problems} problems, {:.1} s",
        manifest.id,
        manifest.documents,
        manifest.articles,
        manifest.passages,
        report.passages_encoded,
        started.elapsed().as_secs_f64()
    ));
    Ok(())
}

/// Encodes what a large build left for later. Searches go on meanwhile, in this folder's server
/// too, and a run that is cut short is carried on by the next.
fn fill(app: &App, report: &BuildReport) -> Result<usize> {
    let Some((ready, total)) = app.store().current()?.vectors_ready().filter(|(ready, total)| ready < total) else {
        return Ok(0);
    };
    let id = &report.manifest.id;
    output::say(&format!(
        "generation {id} is active by words; {} of {total} passages await their vectors",
        total - ready
    ));
    match app.fill(&Bars) {
        Ok(filled) => Ok(filled.encoded()),
        Err(Error::Conflict(message)) => {
            output::say(&message);
            Ok(0)
        }
        Err(error) => Err(error),
    }
}
