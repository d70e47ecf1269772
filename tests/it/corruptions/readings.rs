//! Readings of clauses in plain words, written by hand: what is true stands, near misses do not.

use congdoan::answer::ground;

use super::{
    Count, KEPT_SHARE_MIN,
    clauses::{Gold, articles, clauses},
};
use crate::{architecture::text_of, support};

/// Fewest true readings.
const READINGS_MIN: usize = 100;
/// Share of near misses that must be withdrawn.
const NEAR_MISSES_SHARE_MIN: f64 = 0.95;

/// A line of the table: its clause as evidence, whether it is true, and the sentence.
fn readings() -> Option<Vec<(Gold, bool)>> {
    let shared = support::shared_data("the readings of real clauses")?;
    let corpus = articles(&shared.join("eval/labour_corpus.jsonl"));
    let table = text_of(std::path::Path::new("tests/fixtures/readings.tsv"));
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    let read = |line: &str| {
        let [law, article, clause, verdict, sentence] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("not five columns: {line}")
        };
        let found = corpus.iter().find(|a| a.law == law && a.label == article).unwrap();
        let (text, place) = if clause == "-" {
            (found.text.clone(), String::new())
        } else {
            let (_, lines) = clauses(found).into_iter().find(|(label, _)| label == clause).unwrap();
            (lines.join("\n"), format!("khoản {clause} "))
        };
        let gold = Gold {
            law: law.to_owned(),
            article: article.to_owned(),
            citation: format!("{place}Điều {article} {} ({law})", found.document),
            title: found.title.clone(),
            lead_in: String::new(),
            text,
            sentence: sentence.to_owned(),
        };
        (gold, verdict == "đúng")
    };
    Some(lines.map(read).collect())
}

#[test]
fn true_readings_stand_and_near_misses_do_not() {
    let Some(readings) = readings() else { return };
    let (mut kept, mut caught) = (Count::default(), Count::default());
    for (gold, is_true) in &readings {
        let verdict = ground::check(&format!("{} [1]", gold.sentence), &[gold.evidence(true)], "");
        let count = if *is_true { &mut kept } else { &mut caught };
        let half = count.half(gold.is_held_out());
        half.1 += 1;
        if verdict.supported == *is_true {
            half.0 += 1;
        } else {
            eprintln!("{}: {} [{}]", gold.citation, gold.sentence, verdict.reason);
        }
    }
    eprintln!("{}\n{}", Count::show("true readings", &kept), Count::show("near misses", &caught));
    assert!(READINGS_MIN <= kept.seen.1 + kept.held_out.1);
    let share = |count: &Count| (count.seen.0 + count.held_out.0) as f64 / (count.seen.1 + count.held_out.1) as f64;
    assert!(KEPT_SHARE_MIN <= share(&kept) && NEAR_MISSES_SHARE_MIN <= share(&caught));
}
