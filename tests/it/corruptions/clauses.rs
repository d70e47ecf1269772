//! Clauses to make sentences from, cut by code that shares nothing with the check.

use std::path::Path;

use congdoan::answer::ground::Evidence;

/// A sentence that its clause supports, with that clause as evidence.
#[derive(Debug, Clone)]
pub struct Gold {
    /// Number of the document.
    pub law: String,
    /// Label of the article.
    pub article: String,
    /// Citation of the clause.
    pub citation: String,
    /// Title of the article.
    pub title: String,
    /// What a point stands under.
    pub lead_in: String,
    /// The clause, as it is quoted.
    pub text: String,
    /// The sentence.
    pub sentence: String,
}

impl Gold {
    /// The clause as numbered evidence.
    pub fn evidence(&self, in_force: bool) -> Evidence<'_> {
        Evidence {
            n: 1,
            citation: &self.citation,
            title: &self.title,
            lead_in: &self.lead_in,
            text: &self.text,
            in_force,
        }
    }

    /// Whether the check was built without ever looking at this article.
    pub fn is_held_out(&self) -> bool {
        let digits: String = self.article.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<usize>().is_ok_and(|number| number % 2 == 1)
    }
}

/// Longest clause that is quoted whole, in characters; of a longer one each point is quoted.
const CLAUSE_CHARS_MAX: usize = 700;
/// Sentences shorter or longer, in words, are no answers.
const SENTENCE_WORDS: std::ops::RangeInclusive<usize> = 9..=60;

/// An article as the corpus files hold it.
pub struct Article {
    /// Number of the document.
    pub law: String,
    /// Label.
    pub label: String,
    /// Title.
    pub title: String,
    /// Text.
    pub text: String,
    /// Title of the document.
    pub document: String,
}

/// The articles of a corpus file.
pub fn articles(path: &Path) -> Vec<Article> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            let field = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
            Article {
                law: field("law_id"),
                label: field("article_id"),
                title: field("title"),
                text: field("text"),
                document: field("doc_title"),
            }
        })
        .collect()
}

/// Whether a line begins with "1. ", and its label.
fn clause_label(line: &str) -> Option<&str> {
    let (label, _) = line.split_once(". ")?;
    (label.len() <= 3 && label.starts_with(|c: char| c.is_ascii_digit())).then_some(label)
}

fn point_label(line: &str) -> Option<&str> {
    let (label, _) = line.split_once(") ")?;
    (label.chars().count() <= 2 && label.chars().all(char::is_alphabetic)).then_some(label)
}

/// Lines that a printed page broke are put together again.
fn whole_lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let labelled = clause_label(line).is_some() || point_label(line).is_some();
        match lines.last_mut() {
            Some(last) if !labelled && !last.ends_with(['.', ';', ':']) => *last = format!("{last} {line}"),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// The clauses of an article: label and lines.
pub fn clauses(article: &Article) -> Vec<(String, Vec<String>)> {
    let mut clauses: Vec<(String, Vec<String>)> = Vec::new();
    for line in whole_lines(&article.text) {
        let line = line.as_str();
        match clause_label(line) {
            Some(label) => clauses.push((label.to_owned(), vec![line.to_owned()])),
            None if clauses.is_empty() => clauses.push((String::new(), vec![line.to_owned()])),
            None => clauses.last_mut().unwrap().1.push(line.to_owned()),
        }
    }
    clauses
}

/// All sentences that can be made of an article, each with the clause that carries it.
pub fn golds(article: &Article) -> Vec<Gold> {
    let mut golds = Vec::new();
    // What stands under such a title is not what a sentence without "không được" says.
    let title = article.title.to_lowercase();
    if title.contains("cấm") || title.contains("không được") {
        return golds;
    }
    for (label, lines) in clauses(article) {
        let clause = if label.is_empty() { String::new() } else { format!("khoản {label} ") };
        let citation = format!("{clause}Điều {} {} ({})", article.label, article.document, article.law);
        let gold = |citation: &str, lead_in: &str, text: &str, sentence: String| Gold {
            law: article.law.clone(),
            article: article.label.clone(),
            citation: citation.to_owned(),
            title: article.title.clone(),
            lead_in: lead_in.to_owned(),
            text: text.to_owned(),
            sentence,
        };
        let whole = lines.join("\n");
        let head = without_label(&lines[0]);
        let is_list = lines.len() > 1 && lines[1..].iter().any(|l| point_label(l).is_some());
        if !is_list {
            for line in &lines {
                for sentence in sentences(without_label(line)) {
                    golds.push(gold(&citation, "", &whole, sentence));
                }
            }
            continue;
        }
        for line in &lines[1..] {
            let Some(point) = point_label(line) else { continue };
            let own = without_label(line).trim_end_matches(['.', ';', ',']);
            let joined = format!("{} {}", head.trim_end_matches(':').trim_end_matches("sau đây").trim(), lower(own));
            let Some(sentence) = sentences(&joined).into_iter().next().filter(|s| own.len() + 10 < s.len()) else {
                continue;
            };
            if whole.chars().count() <= CLAUSE_CHARS_MAX {
                golds.push(gold(&citation, "", &whole, sentence));
            } else {
                golds.push(gold(&format!("điểm {point} {citation}"), &lines[0], line, sentence));
            }
        }
    }
    golds
}

/// Reference answers of a question file, each with its whole gold article.
pub fn answers(path: &Path, articles: &[Article]) -> Vec<Gold> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut golds = Vec::new();
    for line in text.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let (Some(answer), Some([gold])) = (value["answer"].as_str(), value["gold"].as_array().map(Vec::as_slice))
        else {
            continue;
        };
        let is_gold = |a: &&Article| gold["law_id"] == a.law.as_str() && gold["article_id"] == a.label.as_str();
        let Some(article) = articles.iter().find(is_gold) else { continue };
        golds.extend(sentences(answer).into_iter().map(|sentence| Gold {
            law: article.law.clone(),
            article: article.label.clone(),
            citation: format!("Điều {} {} ({})", article.label, article.document, article.law),
            title: article.title.clone(),
            lead_in: String::new(),
            text: article.text.clone(),
            sentence,
        }));
    }
    golds
}

fn without_label(line: &str) -> &str {
    let label = clause_label(line).or_else(|| point_label(line));
    label.map_or(line, |label| line[label.len() + 1..].trim())
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// Whole sentences of a line that are long enough to say something.
fn sentences(line: &str) -> Vec<String> {
    line.split(". ")
        .map(|s| s.trim().trim_end_matches(['.', ';', ',']).to_owned())
        .filter(|s| !s.ends_with(':') && !s.contains(['“', '"', '[', '…']) && !s.contains("www.") && !s.contains(".."))
        .filter(|s| s.starts_with(char::is_uppercase))
        .filter(|s| SENTENCE_WORDS.contains(&s.split_whitespace().count()))
        .collect()
}
