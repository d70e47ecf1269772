/*!
Asking: retrieve -> compose -> generate -> ground -> events.

Owns the answer and its checks. Citation numbers come from here alone, from stored
provisions: a model's text can never create a citation.
*/

pub mod types;

pub use types::*;

/// A question within the limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question(String);

impl Question {
    /// Checks and tidies a question: trims it, drops control and zero-width characters.
    ///
    /// # Errors
    /// `Invalid` naming `question` when nothing readable is left or when it is longer than
    /// `question_chars_max`.
    pub fn parse(text: &str, question_chars_max: usize) -> crate::error::Result<Self> {
        let invisible = |c: char| matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{00AD}');
        let tidy: String =
            text.chars().filter(|c| !invisible(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
        let tidy = tidy.split_whitespace().collect::<Vec<_>>().join(" ");
        if !tidy.chars().any(char::is_alphanumeric) {
            return Err(crate::error::Error::invalid("question", "không có chữ nào để tìm; hãy viết câu hỏi của bạn"));
        }
        let chars = tidy.chars().count();
        if question_chars_max < chars {
            return Err(crate::error::Error::invalid(
                "question",
                format!("câu hỏi dài {chars} ký tự, tối đa {question_chars_max}; hãy hỏi ngắn lại"),
            ));
        }
        Ok(Self(tidy))
    }

    /// The tidy text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
