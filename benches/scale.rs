/*!
The whole codification's size: how long a reload takes, how much memory, how fast searches are.

Measured: reading and ingesting with words first, vectors filled in behind, opening the
generation, an unchanged second start, activating back and forth, then searches by words and
by words and vectors: p50 and p95, and the peak and present memory after each step. Ratios
against a tenth of the size say how each step grows. On: invented articles of invented
syllables (frequencies fall as in real text; lengths as in decrees) made here from a fixed
seed, 132,028 of them in about 8,000 documents unless a number is given; vectors of 384
dimensions by hashing, so that the time of an encoder is left out.

    cargo bench --bench scale -- [ARTICLES]
*/

use std::{fmt::Write as _, fs, path::Path, time::Instant};

use congdoan::{
    answer::Question,
    app::{App, MissingPackages, SearchRequest, Setup},
    config::{Config, RawConfig},
    embed::hashed::HashedEmbedder,
    fetch::Silent,
};

/// Articles of both snapshots of the codification.
const ARTICLES: usize = 132_028;
/// Dimensions of the encoder that ships with the program.
const DIMENSIONS: usize = 384;
/// Articles a file.
const ARTICLES_PER_FILE: usize = 8_000;
/// Searches timed.
const SEARCHES: usize = 100;
const HITS_MAX: usize = 10;

fn main() -> anyhow::Result<()> {
    let given = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let articles: usize = given.unwrap_or(ARTICLES);
    let small = measure(articles.div_ceil(10))?;
    let large = measure(articles)?;
    for ((what, before), (_, after)) in small.iter().zip(&large) {
        report(&format!("{what}: {:.1} times the time at ten times the size", after / before.max(1e-6)));
    }
    Ok(())
}

/// All steps at one size: what each took, in milliseconds.
fn measure(articles: usize) -> anyhow::Result<Vec<(&'static str, f64)>> {
    let folder = tempfile::tempdir()?;
    let corpus = folder.path().join("corpus");
    let questions = write_corpus(&corpus, articles)?;
    report(&format!("-- {articles} articles, {} MB", folder_bytes(&corpus)? >> 20));
    let mut raw = RawConfig::default();
    raw.paths.data = Some(folder.path().join("data"));
    raw.paths.corpus = Some(vec![corpus]);
    let config = Config::resolve(raw)?;
    let app = App::open(config.clone())?;
    app.set_embedder(std::sync::Arc::new(HashedEmbedder::new(DIMENSIONS)));
    let mut taken = Vec::new();
    let mut step = |what: &'static str, ms: f64| {
        report(&format!("{what}: {ms:.0} ms, memory {} now, {} at most", status("VmRSS"), status("VmHWM")));
        taken.push((what, ms));
    };
    let setup = Setup { app: &app, packages: MissingPackages::Leave, progress: &Silent };
    let (ms, built) = timed(|| setup.ingest());
    let built = built?.1.manifest;
    step("ingest, words first", ms);
    let lexical = searches(&app, &questions)?;
    let (ms, filled) = timed(|| app.fill(&Silent));
    filled?;
    step("vectors filled in (hashed)", ms);
    let hybrid = searches(&app, &questions)?;
    let (ms, again) = timed(|| setup.ingest());
    anyhow::ensure!(again?.1.unchanged, "nothing had changed");
    step("ingest again, read and unchanged", ms);
    let (ms, fresh) = timed(|| setup.is_up_to_date());
    anyhow::ensure!(fresh, "nothing had changed");
    step("second start, not read", ms);
    let (ms, opened) = timed(|| app.store().open_generation(&built.id));
    drop(opened?);
    step("open the generation", ms);
    for (what, (p50, p95)) in [("search by words", lexical), ("search by words and vectors", hybrid)] {
        report(&format!("{what}: p50 {p50:.1} ms, p95 {p95:.1} ms over {SEARCHES} questions"));
        taken.push((what, p50));
    }
    report(&format!("  {} documents, {} passages, {} provisions", built.documents, built.passages, built.provisions));
    Ok(taken)
}

fn searches(app: &App, questions: &[String]) -> anyhow::Result<(f64, f64)> {
    let mut times = Vec::new();
    for round in 0..2 {
        for question in questions {
            let query = Question::parse(question, usize::MAX)?;
            let request = SearchRequest {
                query,
                as_of: app.today(),
                hits_max: HITS_MAX,
                passages: false,
                explain: false,
                audience: Default::default(),
            };
            let (ms, found) = timed(|| app.search_blocking(&request));
            found?;
            if round == 1 {
                times.push(ms);
            }
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[(share * (times.len() - 1) as f64).round() as usize];
    Ok((at(0.5), at(0.95)))
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let started = Instant::now();
    let value = work();
    (started.elapsed().as_secs_f64() * 1e3, value)
}

/// A line of the kernel's account of this process, where there is one.
fn status(key: &str) -> String {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
    line.map_or_else(|| "unknown".to_owned(), |value| value.trim().to_owned())
}

fn folder_bytes(folder: &Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes)
}

/// Numbers from a fixed seed (xorshift), the same everywhere.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end
    }

    fn between(&mut self, range: std::ops::RangeInclusive<usize>) -> usize {
        range.start() + self.below(range.end() - range.start() + 1)
    }
}

/// Invented syllables, those first met more often.
struct Words {
    syllables: Vec<String>,
}

impl Words {
    fn new() -> Self {
        let heads =
            ["", "b", "c", "ch", "đ", "d", "g", "h", "kh", "l", "m", "n", "ng", "nh", "ph", "s", "t", "th", "tr", "v"];
        let tails = [
            "a", "à", "ả", "ạ", "an", "án", "ang", "anh", "ao", "ay", "ây", "âu", "ấp", "e", "em", "ê", "ết", "i",
            "in", "iên", "iệu", "o", "ong", "ôi", "ông", "ống", "ơ", "ơi", "ợp", "u", "ung", "ưa", "ương", "ước",
            "uyết", "y",
        ];
        let mut numbers = Numbers(99);
        let mut syllables: Vec<String> =
            heads.iter().flat_map(|head| tails.iter().map(move |tail| format!("{head}{tail}"))).collect();
        for at in (1..syllables.len()).rev() {
            syllables.swap(at, numbers.below(at + 1));
        }
        Self { syllables }
    }

    fn write(&self, numbers: &mut Numbers, count: usize, out: &mut String) {
        for at in 0..count {
            // The product of two numbers below the count falls off about as a language does.
            let rank = numbers.below(self.syllables.len()) * numbers.below(self.syllables.len()) / self.syllables.len();
            let _ = write!(out, "{}{}", if at == 0 { "" } else { " " }, self.syllables[rank]);
        }
    }
}

/// Writes the corpus and gives questions made of its words.
fn write_corpus(folder: &Path, articles: usize) -> anyhow::Result<Vec<String>> {
    fs::create_dir(folder)?;
    let (words, mut numbers) = (Words::new(), Numbers(7));
    let (mut document, mut left, mut label, mut doc_title) = (0, 0, 0, String::new());
    let mut lines = String::new();
    for article in 0..articles {
        if left == 0 {
            (document, left, label) = (document + 1, numbers.between(1..=32), 0);
            doc_title = "Nghị định thử ".to_owned();
            words.write(&mut numbers, 5, &mut doc_title);
        }
        (left, label) = (left - 1, label + 1);
        let (mut title, mut text) = (String::new(), String::new());
        words.write(&mut numbers, 8, &mut title);
        for clause in 1..=numbers.between(1..=5) {
            let _ = write!(text, "{clause}. ");
            let count = numbers.between(20..=75);
            words.write(&mut numbers, count, &mut text);
            text.push_str(".\n");
        }
        let law_id = format!("{document}/2020/NĐ-TN");
        let line = serde_json::json!({"law_id": law_id, "article_id": label.to_string(), "title": title, "text": text, "doc_title": doc_title, "effective_from": "2020-01-01"});
        let _ = writeln!(lines, "{line}");
        if (article + 1).is_multiple_of(ARTICLES_PER_FILE) || article + 1 == articles {
            fs::write(folder.join(format!("{:04}.jsonl", article / ARTICLES_PER_FILE)), &lines)?;
            lines.clear();
        }
    }
    let question = |_| {
        let (mut text, count) = (String::new(), numbers.between(6..=16));
        words.write(&mut numbers, count, &mut text);
        text
    };
    Ok((0..SEARCHES).map(question).collect())
}

#[expect(clippy::print_stdout, reason = "a bench prints what it measured")]
fn report(text: &str) {
    println!("{text}");
}
