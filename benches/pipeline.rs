/*!
Ingest, search and stage (a) of asking, end to end through the library.

Measured: one fresh ingest (files read, parsed, indexed, encoded; of a larger corpus the vectors
by themselves), opening the generation again, then every question of `seeds/golden.jsonl`
searched and asked one at a time after one warm-up round: p50 and p95, of a search also each
stage's share; then the same searches from twenty members at once, who wait for each answer and
ask again, through the bounded pool. On: the corpus paths given as arguments, else the default
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
/// Members who search at once.
const MEMBERS: usize = 20;
/// Searches of each of them.
const SEARCHES_EACH: usize = 25;

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
    // A larger corpus is searched by words first; what is measured below has its vectors.
    timed("encode what was left for later", || app.fill(&Silent))?;
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
        let request = SearchRequest {
            query: query.clone(),
            as_of,
            hits_max: HITS_MAX,
            passages: false,
            explain: false,
            audience: Default::default(),
        };
        app.search_blocking(&request).map(|_| ())
    })?;
    stages(&app, &questions)?;
    members(&app, &questions)?;
    each("ask, stage (a)", &questions, |question| {
        let request =
            AskRequest { question: question.clone(), as_of, generate: false, unit: None, audience: Default::default() };
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

/// Each stage's mean and share of a search.
fn stages(app: &App, questions: &[Question]) -> anyhow::Result<()> {
    let mut sums: Vec<(&'static str, f64)> = Vec::new();
    for query in questions {
        let request = SearchRequest {
            query: query.clone(),
            as_of: app.today(),
            hits_max: HITS_MAX,
            passages: false,
            explain: false,
            audience: Default::default(),
        };
        for (stage, ms) in app.search_blocking(&request)?.timings_ms {
            match sums.iter_mut().find(|(name, _)| *name == stage) {
                Some((_, sum)) => *sum += ms,
                None => sums.push((stage, ms)),
            }
        }
    }
    let all: f64 = sums.iter().map(|(_, sum)| sum).sum();
    for (stage, sum) in sums {
        let mean = sum / questions.len().max(1) as f64;
        report(&format!("  {stage}: {mean:.2} ms, {:.0} %", 100.0 * sum / all.max(1e-9)));
    }
    Ok(())
}

/// Members who search at once, each the next question as soon as the last is answered.
fn members(app: &App, questions: &[Question]) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut times = runtime.block_on(async {
        let mut asking = tokio::task::JoinSet::new();
        for member in 0..MEMBERS {
            let (app, questions) = (app.clone(), questions.to_vec());
            asking.spawn(async move {
                let mut times = Vec::new();
                for round in 0..SEARCHES_EACH {
                    let query = questions[(member * 7 + round) % questions.len()].clone();
                    let request = SearchRequest {
                        query,
                        as_of: app.today(),
                        hits_max: HITS_MAX,
                        passages: false,
                        explain: false,
                        audience: Default::default(),
                    };
                    let started = Instant::now();
                    app.search(request).await?;
                    times.push(started.elapsed().as_secs_f64() * 1e3);
                }
                anyhow::Ok(times)
            });
        }
        let mut all = Vec::new();
        while let Some(times) = asking.join_next().await {
            all.extend(times??);
        }
        anyhow::Ok(all)
    })?;
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[(share * (times.len() - 1) as f64).round() as usize];
    report(&format!("{MEMBERS} members at once: p50 {:.1} ms, p95 {:.1} ms", at(0.5), at(0.95)));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a bench prints what it measured")]
fn report(text: &str) {
    println!("{text}");
}
