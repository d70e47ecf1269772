/*!
Ingest, search and stage (a) of asking, end to end through the library.

Measured: one fresh ingest (files read, parsed, indexed, encoded), opening the generation
again, then every question of `seeds/golden.jsonl` searched and asked one at a time after
one warm-up round: p50 and p95. On: the corpus paths given as arguments, else the default
corpus folder; the encoder of the settings, else words alone, which is said.

    cargo bench --bench pipeline -- CORPUS_PATH...
*/

use std::{path::PathBuf, time::Instant};

use congdoan::{
    answer::{AskRequest, Question},
    app::{App, MissingPackages, SearchRequest, Setup},
    config::{Config, RawConfig},
    eval::Item,
    fetch::Silent,
};

/// Hits asked for.
const HITS_MAX: usize = 10;

fn main() -> anyhow::Result<()> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let paths: Vec<PathBuf> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).map(PathBuf::from).collect();
    let data = tempfile::tempdir()?;
    let mut raw = RawConfig::default();
    raw.paths.data = Some(data.path().to_owned());
    raw.paths.models = Some(root.join("models"));
    raw.paths.corpus = Some(if paths.is_empty() { vec![root.join("corpus")] } else { paths });
    let app = App::open(Config::resolve(raw)?)?;
    let setup = Setup { app: &app, packages: MissingPackages::Fetch, progress: &Silent };
    timed("load the encoder", || setup.load_embedder())
        .unwrap_or_else(|error| report(&format!("skipped: vectors, words alone are measured: {error}")));
    setup.pull_corpus()?;
    let (_, built) = timed("fresh ingest", || setup.ingest())?;
    report(&format!("  {} articles, {} passages", built.manifest.articles, built.manifest.passages));
    timed("ingest again, nothing changed", || setup.ingest())?;
    timed("open the generation", || app.store().open_generation(&built.manifest.id))?;
    let questions: Vec<Question> = std::fs::read_to_string(root.join("seeds/golden.jsonl"))?
        .lines()
        .map(|line| {
            let item: Item = serde_json::from_str(line)?;
            Ok(Question::parse(&item.question, usize::MAX)?)
        })
        .collect::<anyhow::Result<_>>()?;
    let as_of = app.today();
    each("search", &questions, |query| {
        let request =
            SearchRequest { query: query.clone(), as_of, hits_max: HITS_MAX, passages: false, explain: false };
        app.search_blocking(&request).map(|_| ())
    })?;
    each("ask, stage (a)", &questions, |question| {
        let request = AskRequest { question: question.clone(), as_of, generate: false, unit: None };
        app.ask_blocking(&request, &mut |_| ()).map(|_| ())
    })
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let value = work();
    report(&format!("{what}: {:.0} ms", started.elapsed().as_secs_f64() * 1e3));
    value
}

fn each(
    what: &str,
    questions: &[Question],
    work: impl Fn(&Question) -> congdoan::error::Result<()>,
) -> anyhow::Result<()> {
    let mut times = Vec::new();
    for round in 0..2 {
        for question in questions {
            let started = Instant::now();
            work(question)?;
            if round == 1 {
                times.push(started.elapsed().as_secs_f64() * 1e3);
            }
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[(share * (times.len() - 1) as f64).round() as usize];
    report(&format!("{what}: p50 {:.1} ms, p95 {:.1} ms over {} questions", at(0.5), at(0.95), times.len()));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a bench prints what it measured")]
fn report(text: &str) {
    println!("{text}");
}
