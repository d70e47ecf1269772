//! What we wrote ourselves is ours: no evaluation or training question stands in the texts
//! that shape retrieval, and the facts that ship are well formed.

use std::{collections::HashSet, path::Path};

use congdoan::{
    ingest::KnownDocuments,
    law::text::{fold, syllables},
};

use crate::{architecture::text_of, support};

/// Shared runs of so many syllables count as the same wording.
const RUN_SYLLABLES: usize = 8;

fn runs(text: &str) -> Vec<String> {
    syllables(&fold(text)).windows(RUN_SYLLABLES).map(|run| run.join(" ")).collect()
}

#[test]
fn no_evaluation_question_stands_in_our_own_texts() {
    let Some(shared) = support::shared_data("the overlap test") else { return };
    let mut foreign: HashSet<String> = HashSet::new();
    for folder in ["eval", "train"] {
        for entry in std::fs::read_dir(shared.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|e| e != "jsonl") {
                continue;
            }
            for line in std::fs::read_to_string(&path).unwrap().lines() {
                let value: serde_json::Value = serde_json::from_str(line).unwrap();
                foreign.extend(value["question"].as_str().into_iter().flat_map(runs));
            }
        }
    }
    assert!(10_000 < foreign.len(), "only {} runs were read", foreign.len());
    for file in [
        "corpus/language/questions.txt",
        "corpus/language/lay-words.tsv",
        "corpus/language/short-forms.tsv",
        "seeds/golden.jsonl",
        "seeds/everyday-tune.jsonl",
        "seeds/everyday-held-out.jsonl",
    ] {
        for line in text_of(Path::new(file)).lines() {
            let question = serde_json::from_str::<serde_json::Value>(line).ok();
            // Of the table, what workers say: the law's terms are the law's.
            let own = line.split('\t').next().unwrap_or(line);
            let text = question.as_ref().and_then(|v| v["question"].as_str()).unwrap_or(own);
            let same = runs(text).into_iter().find(|run| foreign.contains(run));
            assert_eq!(same, None, "{file}: {line}");
        }
    }
}

#[test]
fn the_facts_that_ship_are_well_formed() {
    let known = KnownDocuments::built_in().unwrap();
    assert!(50 <= known.document.len());
    for document in &known.document {
        assert!(!document.number.is_empty() && !document.title.is_empty(), "{document:?}");
        let twice = known.document.iter().filter(|other| other.number == document.number).count();
        assert_eq!(twice, 1, "{} stands twice", document.number);
    }
}
