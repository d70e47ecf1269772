/*!
Speed and memory of the local generator.

What is measured, for each `*.gguf` in the models directory: prompt tokens per second (one invented statute and a question, after the fixed
instructions of `generate::prompt`), decoded tokens per second, time to the first text with
and without the instructions cached, time to load, and the peak resident memory of the
process so far, which includes the models measured before.

`-- --ask FILE` answers each line, `first` (a model just loaded) or `cached` (its fixed instructions
known), with the figures of one run as JSON, after a first line that carries the prompt: for
`benches/compare_llamacpp.mjs`.

Run with `cargo bench --bench generate`; the models directory is `CONGDOAN_TEST_MODELS`,
by default `models/`. Set `RAYON_NUM_THREADS` for comparable figures.
*/

use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result};
use congdoan::generate::{
    GenerateLimits, Generated, Generator, Prompt,
    candle::{CandleGenerator, GeneratorOptions},
    prompt::{EvidenceItem, PromptLimits, assemble},
};

const LIMITS: GenerateLimits =
    GenerateLimits { prompt_tokens_max: 2048, answer_tokens_max: 64, answer_ms_max: 120_000 };

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().collect();
    if let Some(at) = words.iter().position(|word| word == "--ask") {
        return answer(Path::new(words.get(at + 1).context("`--ask` wants a model file")?));
    }
    let mut report = String::new();
    let directory = std::env::var_os("CONGDOAN_TEST_MODELS").map_or_else(|| PathBuf::from("models"), PathBuf::from);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&directory)
        .map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path())).collect())
        .unwrap_or_default();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "gguf"));
    files.sort();
    if files.is_empty() {
        report.push_str(&format!(
            "SKIPPED: no *.gguf in `{}`; set CONGDOAN_TEST_MODELS or run `congdoan models pull`\n",
            directory.display()
        ));
    }
    for file in files {
        report.push_str(&measure(&file)?);
    }
    std::io::Write::write_all(&mut std::io::stdout(), report.as_bytes())?;
    Ok(())
}

fn measure(file: &Path) -> Result<String> {
    let started = Instant::now();
    let generator = CandleGenerator::load(file, &GeneratorOptions::recommended())?;
    let load_s = started.elapsed().as_secs_f64();

    let long = long_prompt();
    let one_token = GenerateLimits { answer_tokens_max: 1, ..LIMITS };
    let cold = generate(&generator, &long, &one_token)?;
    let mut prefills = Vec::new();
    for _ in 0..3 {
        prefills.push(generate(&generator, &long, &one_token)?);
    }
    let warm = prefills.iter().min_by_key(|run| run.first_text_ms).context("three runs")?;
    let empty = Prompt { system: long.system.clone(), user: String::new() };
    let prefix_tokens = generate(&generator, &empty, &one_token)?.prompt_tokens;
    let answer = generate(&generator, &long, &LIMITS)?;
    let decode_ms = answer.total_ms - answer.first_text_ms;
    Ok(format!(
        "{}: load {load_s:.1} s · prefill {:.0} tok/s · decode {:.1} tok/s ({} tokens) · first text {} ms cold ({} tokens), \
         {} ms with the prefix of {prefix_tokens} tokens cached · peak memory {}\n",
        generator.id(),
        (warm.prompt_tokens - prefix_tokens) as f64 * 1000.0 / warm.first_text_ms as f64,
        answer.answer_tokens.saturating_sub(1) as f64 * 1000.0 / decode_ms as f64,
        answer.answer_tokens,
        cold.first_text_ms,
        cold.prompt_tokens,
        warm.first_text_ms,
        peak_memory(),
    ))
}

/// One invented statute of twelve clauses and a question about it.
fn long_prompt() -> Prompt {
    let clauses: Vec<String> = (1..=12)
        .map(|n| {
            format!(
                "{n}. Thuyền có từ {} đến {} người chèo thì mỗi người được trả thêm {}% tiền công đêm và nghỉ {n:02} ngày.",
                n * 3,
                n * 3 + 2,
                n * 5 + 1
            )
        })
        .collect();
    let text = clauses.join("\n");
    let item = EvidenceItem { n: 1, citation: "Điều 21 Luật Thuyền chài", text: &text };
    let question = "Thuyền có 14 người chèo thì mỗi người được trả thêm bao nhiêu và nghỉ mấy ngày?";
    assemble(question, "01/02/2031", &[item], &PromptLimits::recommended())
}

/// Runs until the lines end.
fn answer(file: &Path) -> Result<()> {
    let prompt = long_prompt();
    say(&serde_json::json!({ "system": prompt.system, "user": prompt.user }))?;
    let mut generator = None;
    for line in std::io::stdin().lines() {
        if line? == "first" {
            // Before the next one is loaded, so that memory holds one.
            drop(generator.take());
            generator = Some(CandleGenerator::load(file, &GeneratorOptions::recommended())?);
        }
        let run = generate(generator.as_ref().context("`first` comes first")?, &prompt, &LIMITS)?;
        let decode_ms = run.total_ms - run.first_text_ms;
        say(&serde_json::json!({
            "prompt_tokens": run.prompt_tokens,
            "first_ms": run.first_text_ms,
            "decode_per_s": run.answer_tokens.saturating_sub(1) as f64 * 1000.0 / decode_ms as f64,
        }))?;
    }
    Ok(())
}

fn say(value: &serde_json::Value) -> Result<()> {
    let mut out = std::io::stdout().lock();
    std::io::Write::write_all(&mut out, format!("{value}\n").as_bytes())?;
    Ok(std::io::Write::flush(&mut out)?)
}

fn generate(generator: &CandleGenerator, prompt: &Prompt, limits: &GenerateLimits) -> Result<Generated> {
    generator.generate(prompt, limits, &mut |_| ControlFlow::Continue(()))
}

/// Peak resident set of this process, where the system tells.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |peak| peak.trim().to_owned())
}
