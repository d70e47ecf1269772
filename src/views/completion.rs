/*!
OpenAI's chat completions, as stock clients read them.

What such a client shows is one text: the answer with its marks, the question back, what to do
next, the sources, and the label. The structured answer travels beside it in `congdoan`; links
of the marks in `annotations`, their places counted in Unicode scalar values of the text.
*/

use serde::Serialize;

use super::{AnswerJson, LabelJson};
use crate::answer::{Answer, CitedProvision};

/// Name of this program as a model.
pub const MODEL: &str = "congdoan";
/// The same without a generator: the clauses alone.
pub const MODEL_QUOTING: &str = "congdoan-trich-dan";

/// The list of models.
#[derive(Debug, Clone, Serialize)]
pub struct ModelsJson {
    /// Always `list`.
    pub object: &'static str,
    /// The models.
    pub data: Vec<ModelJson>,
}

/// One model.
#[derive(Debug, Clone, Serialize)]
pub struct ModelJson {
    /// Its name.
    pub id: &'static str,
    /// Always `model`.
    pub object: &'static str,
    /// When it came to be, in seconds since 1970; not known here.
    pub created: i64,
    /// Who runs it.
    pub owned_by: &'static str,
}

impl ModelJson {
    /// All models there are.
    pub fn all() -> Vec<Self> {
        [MODEL, MODEL_QUOTING].map(|id| Self { id, object: "model", created: 0, owned_by: "congdoan" }).into()
    }
}

/// A whole completion, or one chunk of a streamed one.
#[derive(Debug, Clone, Serialize)]
pub struct CompletionJson {
    /// Its id, the same in all chunks.
    pub id: String,
    /// `chat.completion` or `chat.completion.chunk`.
    pub object: &'static str,
    /// When it began, in seconds since 1970.
    pub created: i64,
    /// The model asked for.
    pub model: String,
    /// Always one, or none in the chunk of the usage.
    pub choices: Vec<CompletionChoiceJson>,
    /// Tokens used; in a stream with the last chunk, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<UsageJson>,
    /// The answer as our own API gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub congdoan: Option<Box<AnswerJson>>,
}

/// The one choice.
#[derive(Debug, Clone, Serialize)]
pub struct CompletionChoiceJson {
    /// Always 0.
    pub index: u32,
    /// The message, in a whole completion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageJson>,
    /// What is new, in a chunk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delta: Option<MessageJson>,
    /// Always null.
    pub logprobs: Option<()>,
    /// `stop`, `length`, or null before the end.
    pub finish_reason: Option<&'static str>,
}

/// A message or a part of it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct MessageJson {
    /// `assistant`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'static str>,
    /// The text, or what is new of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Links of the marks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<AnnotationJson>,
}

/// A link of a mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnnotationJson {
    /// Always `url_citation`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Where to.
    pub url_citation: UrlCitationJson,
}

/// Where a mark leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UrlCitationJson {
    /// Start of the mark in the text, in Unicode scalar values.
    pub start_index: usize,
    /// Its end.
    pub end_index: usize,
    /// Page of the clause.
    pub url: String,
    /// Citation text.
    pub title: String,
}

/// Tokens used by the model; none where nothing was generated.
#[derive(Debug, Clone, Serialize)]
pub struct UsageJson {
    /// Of the prompt.
    pub prompt_tokens: usize,
    /// Of the answer.
    pub completion_tokens: usize,
    /// Together.
    pub total_tokens: usize,
}

impl From<&Answer> for UsageJson {
    fn from(answer: &Answer) -> Self {
        let (prompt_tokens, completion_tokens) = (answer.writing.prompt_tokens, answer.writing.answer_tokens);
        Self { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens }
    }
}

/// Errors in OpenAI's shape.
#[derive(Debug, Clone, Serialize)]
pub struct OpenAiErrorJson {
    /// The error.
    pub error: OpenAiErrorBody,
}

/// What went wrong.
#[derive(Debug, Clone, Serialize)]
pub struct OpenAiErrorBody {
    /// For readers.
    pub message: String,
    /// Kind of error.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The field at fault, or null.
    pub param: Option<String>,
    /// Stable name.
    pub code: &'static str,
}

/// The text a stock client shows.
pub fn completion_text(answer: &Answer) -> String {
    let mut parts = vec![answer.answer.clone()];
    if let Some(clarify) = &answer.clarify {
        let choices = clarify.choices.iter().map(|choice| format!("- {}: {}", choice.label, choice.answer));
        parts.push(std::iter::once(clarify.question.clone()).chain(choices).collect::<Vec<_>>().join("\n"));
    }
    let lines = |lines: &mut dyn Iterator<Item = String>| lines.collect::<Vec<_>>().join("\n");
    parts.push(lines(&mut answer.next_steps.iter().map(|step| format!("- {step}"))));
    parts.push(lines(&mut answer.citations.iter().map(|cited| format!("[{}] {}", cited.n, cited.citation))));
    parts.push(LabelJson::from(answer).text);
    parts.retain(|part| !part.trim().is_empty());
    parts.join("\n\n")
}

/// Links of the marks `[n]` in `text` whose clauses are among `citations`.
pub fn annotations(text: &str, citations: &[CitedProvision], public_url: &str) -> Vec<AnnotationJson> {
    let mut found = Vec::new();
    let (mut at, mut rest) = (0, text);
    while let Some((before, after)) = rest.split_once('[') {
        let start_index = at + before.chars().count();
        at = start_index + 1;
        rest = after;
        let Some((n, _)) = after.split_once(']') else { continue };
        let Some(cited) = n.parse().ok().and_then(|n: usize| citations.iter().find(|cited| cited.n == n)) else {
            continue;
        };
        let end_index = at + n.chars().count() + 1;
        let url = format!("{public_url}{}", cited.url);
        let url_citation = UrlCitationJson { start_index, end_index, url, title: cited.citation.clone() };
        found.push(AnnotationJson { kind: "url_citation", url_citation });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_where_they_stand() {
        let cited = |n: usize| CitedProvision {
            n,
            id: String::new(),
            law_id: String::new(),
            article_id: None,
            clause_id: None,
            point_id: None,
            citation: format!("Điều {n}"),
            title: String::new(),
            lead_in: String::new(),
            quote: String::new(),
            quote_start: 0,
            quote_end: 0,
            url: format!("/luat/x/dieu-{n}"),
            in_force: true,
            notes: Vec::new(),
            unit: None,
        };
        let text = "Được 30 ngày [1][12]. [x] [9] [ [2";
        let found = annotations(text, &[cited(1), cited(2), cited(12)], "https://a.example");
        let chars: Vec<char> = text.chars().collect();
        let shown: Vec<String> = found
            .iter()
            .map(|a| chars[a.url_citation.start_index..a.url_citation.end_index].iter().collect())
            .collect();
        assert_eq!(shown, ["[1]", "[12]"]);
        assert_eq!(found[1].url_citation.url, "https://a.example/luat/x/dieu-12");
    }
}
