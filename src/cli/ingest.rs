/*!
`congdoan ingest`
*/

use serde_json::json;

use super::{args::IngestArgs, corpus, output, progress::Bars};
use crate::{
    app::{App, MissingPackages, Setup},
    config::Config,
    error::Result,
};

pub(super) fn run(config: Config, args: &IngestArgs) -> Result<()> {
    let app = App::open(config)?;
    let setup = Setup { app: &app, packages: MissingPackages::Fetch, progress: &Bars };
    setup.pull_corpus()?;
    if let Err(error) = setup.load_embedder() {
        output::warn(&format!("building an index of words alone: {error}"));
    }
    let started = std::time::Instant::now();
    let (files, report) = setup.ingest()?;
    let problems: usize = files.iter().map(|file| file.problems.len()).sum();
    let manifest = &report.manifest;
    if args.json {
        return output::json(&json!({
            "generation": manifest.id,
            "unchanged": report.unchanged,
            "documents": manifest.documents,
            "articles": manifest.articles,
            "passages": manifest.passages,
            "passages_encoded": report.passages_encoded,
            "embedder": manifest.embedder,
            "problems": problems,
            "files": files.iter().map(corpus::file_json).collect::<Vec<_>>(),
            "seconds": started.elapsed().as_secs_f64(),
        }));
    }
    for file in files.iter().filter(|file| !file.problems.is_empty()) {
        output::say(&corpus::file_line(file));
    }
    let verb = if report.unchanged { "is up to date" } else { "built and active" };
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
