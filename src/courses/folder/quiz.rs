/*! `NAME.quiz.toml`: questions with their keys and proofs. */

use std::{collections::BTreeSet, ops::RangeInclusive};

use super::{
    is_slug,
    source::{Keys, Source},
};
use crate::{
    courses::course::{Choice, Kind, Proof, Question},
    law::text::syllables,
};

/// Questions of a quiz.
const QUESTIONS: RangeInclusive<usize> = 3..=5;
/// Longest id, in characters.
const ID_CHARS_MAX: usize = 40;
/// Longest question and explanation, in characters.
const TEXT_CHARS_MAX: usize = 600;
/// Longest choice, in characters.
const CHOICE_CHARS_MAX: usize = 200;
/// Longest unit, in characters.
const UNIT_CHARS_MAX: usize = 30;
/// Longest provision id, in characters.
const PROVISION_CHARS_MAX: usize = 120;
/// Longest fact, in characters and syllables.
const FACT_CHARS_MAX: usize = 80;
const FACT_SYLLABLES_MAX: usize = 6;
/// Most proofs of one question.
const PROOFS_MAX: usize = 8;

/// Reads a quiz; what is wrong is told.
pub(super) fn read(source: &Source<'_>) -> Option<Vec<Question>> {
    let table = source.parse()?;
    let keys = source.keys(&table);
    source.format(&keys, super::FORMAT);
    let tables = source.tables(&keys, "question", QUESTIONS)?;
    source.nothing_else(&keys);
    let mut ids = BTreeSet::new();
    let mut questions = Vec::new();
    for table in &tables {
        let question = question(source, table);
        source.nothing_else(table);
        let Some(question) = question else { continue };
        if !ids.insert(question.id.clone()) {
            source.say(table, "id", format!("câu `{}` có hai lần", question.id));
        }
        questions.push(question);
    }
    (questions.len() == tables.len()).then_some(questions)
}

fn question(source: &Source<'_>, keys: &Keys<'_>) -> Option<Question> {
    let id = source.string(keys, "id", ID_CHARS_MAX);
    if id.as_deref().is_some_and(|id| !is_slug(id)) {
        source.say(keys, "id", "chỉ gồm a-z, 0-9 và dấu gạch ngang".to_owned());
    }
    let kind = source.string(keys, "kind", ID_CHARS_MAX);
    let topic = source.string(keys, "topic", ID_CHARS_MAX);
    let text = source.string(keys, "text", TEXT_CHARS_MAX);
    let explanation = source.string(keys, "explanation", TEXT_CHARS_MAX);
    let is_legal = match topic.as_deref() {
        Some("law") => Some(true),
        Some("skill") => Some(false),
        Some(_) => {
            source.say(keys, "topic", "phải là `law` hoặc `skill`".to_owned());
            None
        }
        None => None,
    };
    let proofs = match is_legal {
        Some(true) => proofs(source, keys),
        Some(false) if source.has(keys, "proof") => {
            source.say(
                keys,
                "proof",
                "câu kỹ năng không có căn cứ; đổi `topic` thành `law` hoặc bỏ khóa này".to_owned(),
            );
            None
        }
        Some(false) => Some(Vec::new()),
        None => None,
    };
    let kind = kind.and_then(|kind| match kind.as_str() {
        "single" | "multiple" | "order" => with_choices(source, keys, &kind),
        "true_false" => {
            let key = source.value(keys, "key")?.as_bool();
            if key.is_none() {
                source.say(keys, "key", "phải là true hoặc false".to_owned());
            }
            Some(Kind::TrueFalse { key: key? })
        }
        "number" => number(source, keys, is_legal),
        _ => {
            source.say(keys, "kind", "phải là single, multiple, order, true_false hoặc number".to_owned());
            None
        }
    });
    Some(Question { id: id?, text: text?, kind: kind?, explanation: explanation?, proofs: proofs? })
}

fn number(source: &Source<'_>, keys: &Keys<'_>, is_legal: Option<bool>) -> Option<Kind> {
    let key = source.number(keys, "key");
    let unit = source.string(keys, "unit", UNIT_CHARS_MAX);
    let tolerance = source.number(keys, "tolerance");
    if tolerance.is_some_and(|tolerance| tolerance < 0.0) {
        source.say(keys, "tolerance", "không được âm".to_owned());
    }
    if is_legal == Some(true) && tolerance.is_some_and(|tolerance| 0.0 < tolerance) {
        source.say(keys, "tolerance", "câu pháp luật phải đúng từng con số: 0".to_owned());
    }
    Some(Kind::Number { key: key?, unit: unit?, tolerance: tolerance? })
}

fn with_choices(source: &Source<'_>, keys: &Keys<'_>, kind: &str) -> Option<Kind> {
    let count = if kind == "order" { 3..=6 } else { 2..=6 };
    let tables = source.tables(keys, "choices", count);
    let mut choices = Vec::new();
    for table in tables.iter().flatten() {
        let choice = (source.string(table, "id", ID_CHARS_MAX), source.string(table, "text", CHOICE_CHARS_MAX));
        source.nothing_else(table);
        let (Some(id), Some(text)) = choice else { continue };
        if !is_slug(&id) || choices.iter().any(|other: &Choice| other.id == id) {
            source.say(table, "id", format!("`{id}` phải gồm a-z, 0-9, dấu gạch ngang và không trùng lựa chọn khác"));
        }
        choices.push(Choice { id, text });
    }
    let is_choice = |id: &String| choices.iter().any(|choice| choice.id == *id);
    if kind == "single" {
        let key = source.string(keys, "key", ID_CHARS_MAX)?;
        if !is_choice(&key) {
            source.say(keys, "key", format!("không có lựa chọn `{key}`"));
        }
        tables?;
        return Some(Kind::Single { choices, key });
    }
    let key = source.strings(keys, "key", 2..=6, ID_CHARS_MAX)?;
    tables?;
    let is_set = key.iter().collect::<BTreeSet<_>>().len() == key.len();
    if !is_set || !key.iter().all(is_choice) {
        source.say(keys, "key", "phải là mã các lựa chọn, mỗi mã một lần".to_owned());
    } else if kind == "multiple" && key.len() == choices.len() {
        source.say(keys, "key", "không được là mọi lựa chọn".to_owned());
    } else if kind == "order" && key.len() != choices.len() {
        source.say(keys, "key", "phải gồm mọi lựa chọn theo thứ tự đúng".to_owned());
    } else if kind == "order" && key.iter().eq(choices.iter().map(|choice| &choice.id)) {
        source.say(keys, "choices", "phải xếp khác thứ tự đúng".to_owned());
    }
    Some(if kind == "order" { Kind::Order { choices, key } } else { Kind::Multiple { choices, key } })
}

fn proofs(source: &Source<'_>, keys: &Keys<'_>) -> Option<Vec<Proof>> {
    let tables = source.tables(keys, "proof", 1..=PROOFS_MAX)?;
    let mut proofs = Vec::new();
    for table in &tables {
        let provision = source.string(table, "id", PROVISION_CHARS_MAX);
        let fact = source.string(table, "fact", FACT_CHARS_MAX);
        source.nothing_else(table);
        if provision.as_deref().is_some_and(|id| !is_provision(id)) {
            source.say(table, "id", "phải là mã điều khoản, ví dụ 45-2019-qh14/dieu-35/khoan-1".to_owned());
        }
        if fact.as_deref().is_some_and(|fact| FACT_SYLLABLES_MAX < syllables(fact).len()) {
            source.say(table, "fact", format!("dài quá {FACT_SYLLABLES_MAX} tiếng"));
        }
        if let (Some(provision), Some(fact)) = (provision, fact) {
            proofs.push(Proof { provision, fact });
        }
    }
    (proofs.len() == tables.len()).then_some(proofs)
}

/// Whether a text has the form of a provision's id, with at least an article.
pub(super) fn is_provision(id: &str) -> bool {
    let mut parts = id.split('/');
    parts.all(is_slug) && id.contains('/')
}
