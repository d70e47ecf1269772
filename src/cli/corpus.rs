/*!
`congdoan corpus …`
*/

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{
    args::{CorpusArgs, CorpusCommand},
    output,
    progress::Bars,
    reload,
};
use crate::{
    app::{App, MissingPackages, Setup},
    config::Config,
    error::Result,
    ingest::{self, FileReport, FileStatus},
    law::Audience,
    views::CoverageJson,
};

/// Problems of one file shown in a table; the rest is counted.
const PROBLEMS_SHOWN_MAX: usize = 5;

pub(super) fn run(config: Config, args: CorpusArgs) -> Result<()> {
    match args.command {
        CorpusCommand::Check { path, json } => check(&config, path, json),
        CorpusCommand::Pull => {
            let app = App::open(config)?;
            let count = setup(&app).pull_corpus()?;
            output::line(&format!("{count} files fetched"));
            Ok(())
        }
        CorpusCommand::Diff { id, from, json } => reload::difference(config, from.as_deref(), id, json),
        CorpusCommand::List { json } => list(config, json),
        CorpusCommand::Generations { json } => reload::generations(config, json),
        CorpusCommand::Activate { id, confirm_removal } => reload::activate(config, &id, confirm_removal),
        CorpusCommand::Rollback => reload::rollback(config),
    }
}

fn setup(app: &App) -> Setup<'_> {
    Setup { app, packages: MissingPackages::Fetch, progress: &Bars }
}

fn check(config: &Config, path: PathBuf, as_json: bool) -> Result<()> {
    let mut corpus = ingest::load(&[path], &config.paths.data.join("packages"))?;
    ingest::timeline::settle(&mut corpus, &ingest::KnownDocuments::built_in()?);
    if as_json {
        return output::json(&json!({"files": corpus.files.iter().map(file_json).collect::<Vec<_>>()}));
    }
    for file in &corpus.files {
        output::line(&file_line(file));
    }
    let count = |status| corpus.files.iter().filter(|file| file.status == status).count();
    output::line(&format!(
        "{} files: {} ok, {} with problems, {} unreadable; {} documents, {} articles",
        corpus.files.len(),
        count(FileStatus::Ok),
        count(FileStatus::Problems),
        count(FileStatus::Unreadable),
        corpus.documents.len(),
        corpus.documents.iter().map(|d| d.articles().count()).sum::<usize>()
    ));
    Ok(())
}

/// A file's report in the contract's form.
pub(super) fn file_json(file: &FileReport) -> Value {
    let status = match file.status {
        FileStatus::Ok => "ok",
        FileStatus::Problems => "problems",
        FileStatus::Unreadable => "unreadable",
    };
    json!({
        "path": file.path,
        "status": status,
        "documents": file.documents.iter().map(|d| json!({
            "number": d.number,
            "title": d.title,
            "articles": d.articles,
            "effective_from": d.validity.from,
            "effective_to": d.validity.to,
        })).collect::<Vec<_>>(),
        "problems": file.problems.iter().map(|p| json!({"line": p.line, "kind": p.kind.name(), "message": p.message})).collect::<Vec<_>>(),
    })
}

/// A file's report as lines of text.
pub(super) fn file_line(file: &FileReport) -> String {
    let mut text = file.path.display().to_string();
    for document in &file.documents {
        let number = document.number.as_deref().unwrap_or("no number");
        let from = document.validity.from.map_or_else(|| "unknown".to_owned(), |date| date.to_string());
        text.push_str(&format!(
            "\n  {number} · {} · {} articles · in force from {from}",
            document.title, document.articles
        ));
    }
    for problem in file.problems.iter().take(PROBLEMS_SHOWN_MAX) {
        text.push_str(&format!("\n  line {}: {}: {}", problem.line, problem.kind.name(), problem.message));
    }
    if PROBLEMS_SHOWN_MAX < file.problems.len() {
        text.push_str(&format!("\n  … {} more problems", file.problems.len() - PROBLEMS_SHOWN_MAX));
    }
    text
}

fn list(config: Config, as_json: bool) -> Result<()> {
    let app = App::open(config)?;
    let today = app.today();
    let coverage = app.coverage_blocking(today, &Audience::Keeper)?;
    if as_json {
        return output::json(&CoverageJson::new(&coverage, today));
    }
    for document in &coverage.documents {
        let force = if document.in_force { "in force" } else { "not in force" };
        let digest = if document.digest { " (digest)" } else { "" };
        let number = document.number.as_deref().unwrap_or("no number");
        output::line(&format!("{number}\t{}{digest}\t{} articles\t{force}", document.title, document.articles));
    }
    Ok(())
}
