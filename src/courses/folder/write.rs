/*! A course written out as its folder, keys in the order of the contract. */

use std::fmt::Write as _;

use super::Files;
use crate::courses::course::{Choice, ClipSource, Course, Kind, Lesson, Question};

/// The folder of a course; `media` are its files below `media/`.
pub fn write(course: &Course, media: &Files) -> Files {
    let mut files: Files =
        media.iter().filter(|(path, _)| path.starts_with("media/")).map(|(p, b)| (p.clone(), b.clone())).collect();
    files.insert("course.toml".to_owned(), course_toml(course).into_bytes());
    for lesson in &course.lessons {
        files.insert(format!("{}.md", lesson.file), lesson.text.clone().into_bytes());
        files.insert(format!("{}.quiz.toml", lesson.file), quiz_toml(lesson).into_bytes());
    }
    files
}

fn course_toml(course: &Course) -> String {
    let mut text = String::from("format = 1\n");
    for (key, value) in [
        ("slug", &course.slug),
        ("title", &course.title),
        ("summary", &course.summary),
        ("audience", &course.audience),
        ("language", &course.language),
    ] {
        let _ = writeln!(text, "{key} = {}", quoted(value));
    }
    let _ = writeln!(text, "authors = {}", array(&course.authors));
    let _ = writeln!(text, "updated = \"{}\"\nminutes = {}", course.updated, course.minutes());
    let _ = writeln!(text, "\n[completion]\nrule = \"all_quizzes\"\npass_percent = {}", course.pass_percent);
    for lesson in &course.lessons {
        let _ = writeln!(text, "\n[[lesson]]\nfile = {}\nminutes = {}", quoted(&lesson.file), lesson.minutes);
        if let Some(clip) = &lesson.clip {
            let (key, value) = match &clip.source {
                ClipSource::File(path) => ("file", path),
                ClipSource::Link(link) => ("link", link),
            };
            let _ = writeln!(
                text,
                "\n[lesson.clip]\n{key} = {}\nposter = {}\nseconds = {}",
                quoted(value),
                quoted(&clip.poster),
                clip.seconds
            );
        }
    }
    text
}

/// The quiz of a lesson as its file.
pub fn quiz_toml(lesson: &Lesson) -> String {
    let mut text = String::from("format = 1\n");
    for question in &lesson.questions {
        write_question(&mut text, question);
    }
    text
}

fn write_question(text: &mut String, question: &Question) {
    let topic = if question.is_legal() { "law" } else { "skill" };
    let _ = writeln!(text, "\n[[question]]\nid = {}\nkind = \"{}\"", quoted(&question.id), question.kind.name());
    let _ = writeln!(text, "topic = \"{topic}\"\ntext = {}", quoted(&question.text));
    write_choices(text, question.kind.choices());
    let _ = match &question.kind {
        Kind::Single { key, .. } => writeln!(text, "key = {}", quoted(key)),
        Kind::Multiple { key, .. } | Kind::Order { key, .. } => writeln!(text, "key = {}", array(key)),
        Kind::TrueFalse { key } => writeln!(text, "key = {key}"),
        Kind::Number { key, unit, tolerance } => {
            writeln!(text, "key = {key}\nunit = {}\ntolerance = {tolerance}", quoted(unit))
        }
    };
    let _ = writeln!(text, "explanation = {}", quoted(&question.explanation));
    let proof = |provision: &str, fact: &str| format!("{{ id = {}, fact = {} }}", quoted(provision), quoted(fact));
    match question.proofs.as_slice() {
        [] => {}
        [one] => {
            let _ = writeln!(text, "proof = [{}]", proof(&one.provision, &one.fact));
        }
        several => {
            text.push_str("proof = [\n");
            for one in several {
                let _ = writeln!(text, "    {},", proof(&one.provision, &one.fact));
            }
            text.push_str("]\n");
        }
    }
}

fn write_choices(text: &mut String, choices: &[Choice]) {
    if choices.is_empty() {
        return;
    }
    text.push_str("choices = [\n");
    for choice in choices {
        let _ = writeln!(text, "    {{ id = {}, text = {} }},", quoted(&choice.id), quoted(&choice.text));
    }
    text.push_str("]\n");
}

fn array(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", quoted.join(", "))
}

/// A text as a basic string of TOML.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for sign in text.chars() {
        match sign {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            sign if sign.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(sign));
            }
            sign => quoted.push(sign),
        }
    }
    quoted.push('"');
    quoted
}
