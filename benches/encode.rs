/*!
How fast are texts turned into vectors?

Measured: tokens per second through the network at 8 texts of 256 tokens and at 32 of
128, and the latency of one question of 16 tokens, for each precision; the time to load;
the time to tokenize. Measured on: the default embedder's weights in `models/` (or
`CONGDOAN_TEST_MODELS`), two threads (`CONGDOAN_BENCH_THREADS`), invented words. Best
of several runs, as other programs on the machine only ever add time. `-- int8` or `-- fp32` measures one of them.
*/
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use congdoan::embed::candle::{CandleEmbedder, EmbedOptions, Precision};

/// Runs of each measurement.
const RUNS: usize = 7;
const WORDS: [&str; 8] = ["người", "lao động", "hợp đồng", "nghỉ", "tiền lương", "công đoàn", "thời giờ", "báo trước"];

fn main() {
    let dir = std::env::var_os("CONGDOAN_TEST_MODELS").map_or_else(|| PathBuf::from("models"), PathBuf::from);
    let path = dir.join("multilingual-e5-small-q4.bin");
    if !path.exists() {
        println!("SKIPPED: no weights at `{}`; run `congdoan models pull`", path.display());
        return;
    }
    let threads = std::env::var("CONGDOAN_BENCH_THREADS").ok().and_then(|text| text.parse().ok()).unwrap_or(2);
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    for precision in [Precision::Int8, Precision::Fp32] {
        if !wanted.is_empty() && !wanted.contains(&format!("{precision:?}").to_lowercase()) {
            continue;
        }
        let options = EmbedOptions { precision, threads, ..EmbedOptions::default() };
        let start = Instant::now();
        let embedder = CandleEmbedder::load(&path, &options).expect("sound weights");
        println!("{precision:?}, {threads} threads: loaded in {} ms", start.elapsed().as_millis());
        for (texts, tokens) in [(8, 256), (32, 128)] {
            let best = best_of(&embedder, texts, tokens);
            let rate = (texts * tokens) as f64 / best.as_secs_f64();
            println!("{precision:?} {texts:>3} x {tokens}: {rate:>8.0} tokens/s");
        }
        let best = best_of(&embedder, 1, 16);
        println!("{precision:?}   1 x 16 : {:>8.2} ms", best.as_secs_f64() * 1e3);
        tokenize(&embedder);
    }
}

fn best_of(embedder: &CandleEmbedder, texts: usize, tokens: usize) -> Duration {
    let batch: Vec<Vec<u32>> = (0..texts).map(|text| sequence(embedder, text, tokens)).collect();
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        let start = Instant::now();
        let vectors = embedder.embed_tokens(&batch).expect("vectors");
        best = best.min(start.elapsed());
        assert_eq!(vectors.len(), texts);
    }
    best
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

fn tokenize(embedder: &CandleEmbedder) {
    let text: String = (0..150).map(|at| format!("{} {at} ", WORDS[at % WORDS.len()])).collect();
    let start = Instant::now();
    let tokens: usize = (0..50).map(|_| embedder.passage_tokens(&text).expect("tokens").len()).sum();
    println!("tokenizer: {:.0} tokens/s", tokens as f64 / start.elapsed().as_secs_f64());
}
