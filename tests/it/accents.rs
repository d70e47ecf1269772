//! How well accents are restored, on text that was not counted.
#![expect(clippy::print_stderr, reason = "figures are worth reading in the log")]

use std::path::Path;

use congdoan::law::{
    accents::AccentModel,
    text::{strip_accents, syllables},
};

use crate::{architecture::text_of, support};

/// Every so many sentences or articles one is left out of counting and restored instead.
const LEFT_OUT_EVERY: usize = 5;

/// Share of syllables that come back as they were.
fn restored_share<'t>(model: &AccentModel, texts: impl IntoIterator<Item = &'t str>) -> f64 {
    let (mut right, mut all) = (0, 0);
    for text in texts {
        let restored = model.restore(&strip_accents(text));
        let (before, after) = (syllables(text), syllables(&restored));
        assert_eq!(before.len(), after.len(), "{text}");
        right += before.iter().zip(&after).filter(|(before, after)| before == after).count();
        all += before.len();
    }
    right as f64 / all.max(1) as f64
}

fn values(path: &Path) -> Vec<serde_json::Value> {
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn most_syllables_come_back_in_sentences_left_out() {
    let everyday = text_of(Path::new("corpus/language/questions.txt"));
    let everyday: Vec<&str> = everyday.lines().collect();
    let left_out = |index: usize| index.is_multiple_of(LEFT_OUT_EVERY);
    let mut model = AccentModel::default();
    for (_, sentence) in everyday.iter().enumerate().filter(|(index, _)| !left_out(*index)) {
        model.add(sentence, 20);
    }
    let law = support::shared_data("accents over labour law").map(|shared| shared.join("eval"));
    let articles = law.as_ref().map(|folder| values(&folder.join("labour_corpus.jsonl"))).unwrap_or_default();
    let article = |value: &serde_json::Value| value["text"].as_str().unwrap().to_owned();
    for (_, value) in articles.iter().enumerate().filter(|(index, _)| !left_out(*index)) {
        model.add(&article(value), 1);
    }
    model.finish();
    let held = everyday.iter().enumerate().filter(|(index, _)| left_out(*index)).map(|(_, text)| *text);
    let share = restored_share(&model, held);
    eprintln!("restored in everyday sentences left out: {share:.4}");
    let Some(folder) = law else {
        assert!(0.60 < share, "{share} without any law counted");
        return;
    };
    assert!(0.88 < share, "{share}");
    let held: Vec<String> =
        articles.iter().enumerate().filter(|(index, _)| left_out(*index)).map(|(_, value)| article(value)).collect();
    // Line by line: of a long text only the beginning is restored.
    let share = restored_share(&model, held.iter().flat_map(|text| text.lines()));
    eprintln!("restored in articles left out: {share:.4}");
    assert!(0.985 < share, "{share}");
    let questions: Vec<String> = values(&folder.join("labour_dev.jsonl"))
        .iter()
        .map(|value| value["question"].as_str().unwrap().to_owned())
        .collect();
    let share = restored_share(&model, questions.iter().map(String::as_str));
    eprintln!("restored in labour questions: {share:.4}");
    assert!(0.97 < share, "{share}");
}
