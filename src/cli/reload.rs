/*!
`congdoan corpus diff | generations | activate | rollback`
*/

use super::{output, progress::Bars};
use crate::{
    app::{App, DiffView, MissingPackages, QualityView, Setup},
    config::Config,
    error::Result,
    index::{
        build::BuildOptions,
        diff::{DocumentName, Op, Run},
    },
    views::{DiffJson, GenerationsJson},
};

/// Entries of a list shown; the rest is counted.
const SHOWN_MAX: usize = 20;
/// Problems of one file shown.
const PROBLEMS_SHOWN_MAX: usize = 5;

/// What a generation changes. Without an id the corpus is built beside first: only a built
/// generation can tell how retrieval moves, and activating it afterwards takes no time.
pub(super) fn difference(config: Config, from: Option<&str>, id: Option<String>, as_json: bool) -> Result<()> {
    let app = App::open(config)?;
    let setup = Setup { app: &app, packages: MissingPackages::Fetch, progress: &Bars };
    if let Err(error) = setup.load_embedder() {
        output::warn(&format!("comparing by words alone: {error}"));
    }
    let id = match id {
        Some(id) => id,
        None => {
            setup.pull_corpus()?;
            let (_, report) = setup.ingest_with(BuildOptions { activate: false, ..setup.options() })?;
            report.manifest.id
        }
    };
    let view = app.diff(from, Some(&id))?;
    if as_json {
        return output::json(&DiffJson::new(&view, usize::MAX));
    }
    show(&view);
    if app.store().active_id().as_ref() != Some(&id) {
        output::say(&format!("generation {id} is kept, not active: `congdoan corpus activate {id}` activates it"));
    }
    Ok(())
}

fn show(view: &DiffView) {
    let from = view.from.as_deref().unwrap_or("nothing");
    output::line(&format!("{from} -> {}", view.to));
    let difference = &view.difference;
    for (what, names) in [
        ("added", &difference.documents_added),
        ("changed", &difference.documents_changed),
        ("removed", &difference.documents_removed),
    ] {
        list(&format!("documents {what}"), names, document_line);
    }
    list("articles added", &difference.added, String::clone);
    list("articles changed", &difference.changed, |change| {
        let dates = change.validity.map_or_else(String::new, |(before, after)| {
            let day = |date: Option<jiff::civil::Date>| date.map_or_else(|| "?".to_owned(), |date| date.to_string());
            let span = |v: crate::law::Validity| format!("{}..{}", day(v.from), day(v.to));
            format!(" [in force {} -> {}]", span(before), span(after))
        });
        format!("{}{dates}\n    {}", change.id, runs_line(&change.words))
    });
    list("articles repealed", &difference.repealed, |repeal| format!("{} (last day {})", repeal.id, repeal.last_day));
    list("articles removed", &difference.removed, String::clone);
    let removal = view.removal;
    output::line(&format!("{} of {} provisions go", removal.removed, removal.before));
    if removal.exceeds(view.removed_percent_max) {
        output::line(&format!(
            "{} documents go whole; activating that, or more than {} % of the provisions, needs --confirm-removal",
            removal.documents, view.removed_percent_max
        ));
    }
    list("files with problems", &view.files, |file| {
        let shown = file.problems.iter().take(PROBLEMS_SHOWN_MAX);
        let lines: String = shown.map(|p| format!("\n    line {}: {}: {}", p.line, p.kind, p.message)).collect();
        format!("{}: {} problems{lines}", file.path, file.problems.len())
    });
    quality(&view.quality);
}

fn list<T>(what: &str, entries: &[T], line: impl Fn(&T) -> String) {
    output::line(&format!("{} {what}", entries.len()));
    for entry in entries.iter().take(SHOWN_MAX) {
        output::line(&format!("  {}", line(entry)));
    }
    if SHOWN_MAX < entries.len() {
        output::line(&format!("  … {} more; --json shows all", entries.len() - SHOWN_MAX));
    }
}

fn document_line(name: &DocumentName) -> String {
    format!("{} ({}): {} articles", name.title, name.number.as_deref().unwrap_or("no number"), name.articles)
}

/// Words as one line: `[-gone-]` and `{+new+}`.
fn runs_line(runs: &[Run]) -> String {
    let shown = runs.iter().map(|run| match run.op {
        Op::Same => run.text.clone(),
        Op::Skipped => format!("…({} words)…", run.text),
        Op::Removed => format!("[-{}-]", run.text),
        Op::Added => format!("{{+{}+}}", run.text),
    });
    shown.collect::<Vec<_>>().join(" ")
}

fn quality(view: &QualityView) {
    let by = if view.hybrid { "words and vectors" } else { "words alone" };
    let before = |pick: &dyn Fn(&crate::app::RetrievalView) -> f64| {
        view.before.as_ref().map_or_else(|| "-".to_owned(), |figures| format!("{:.3}", pick(figures)))
    };
    let recall = |depth: usize| {
        move |figures: &crate::app::RetrievalView| {
            figures.recall_at.iter().find(|(at, _)| *at == depth).map_or(0.0, |(_, share)| *share)
        }
    };
    output::line(&format!(
        "golden questions ({}, by {by}): mrr@10 {} -> {:.3}, recall@1 {} -> {:.3}, recall@10 {} -> {:.3}",
        view.after.questions,
        before(&|figures| figures.mrr_at_10),
        view.after.mrr_at_10,
        before(&recall(1)),
        recall(1)(&view.after),
        before(&recall(10)),
        recall(10)(&view.after),
    ));
    let rank = |rank: Option<usize>| rank.map_or_else(|| "-".to_owned(), |rank| rank.to_string());
    list("questions moved", &view.moved, |moved| {
        format!("{} rank {} -> {}: {}", moved.id, rank(moved.before), rank(moved.after), moved.question)
    });
}

pub(super) fn generations(config: Config, as_json: bool) -> Result<()> {
    let app = App::open(config)?;
    let views = app.generations();
    if as_json {
        return output::json(&GenerationsJson::from(views));
    }
    for view in &views {
        let mark = if view.active { "*" } else { " " };
        let pinned = if view.pinned { ", chosen by an admin" } else { "" };
        let vectors = if view.manifest.awaits_vectors() { ", vectors to come" } else { "" };
        let never = if view.activated_before { "" } else { ", never active" };
        output::line(&format!(
            "{mark} {}\t{} documents, {} articles{pinned}{vectors}{never}",
            view.manifest.id, view.manifest.documents, view.manifest.articles
        ));
    }
    Ok(())
}

pub(super) fn activate(config: Config, id: &str, confirm_removal: bool) -> Result<()> {
    let app = App::open(config)?;
    app.activate(id, confirm_removal)?;
    say_pinned(id);
    Ok(())
}

pub(super) fn rollback(config: Config) -> Result<()> {
    let app = App::open(config)?;
    let id = app.rollback()?;
    say_pinned(&id);
    Ok(())
}

fn say_pinned(id: &str) {
    output::line(&format!("generation {id} is active"));
    output::say(
        "it stays until the next `congdoan ingest`, `corpus activate` or `corpus rollback`, whatever the corpus holds",
    );
}
