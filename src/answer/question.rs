/*!
A question within the limits.
*/

use crate::error::{Error, Result};

/// A question within the limits, tidied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question(String);

impl Question {
    /// Checks and tidies a question: trims it, drops control and zero-width characters.
    ///
    /// # Errors
    /// `Invalid` naming `question` when nothing readable is left or when it is longer than
    /// `question_chars_max`.
    pub fn parse(text: &str, question_chars_max: usize) -> Result<Self> {
        let tidy: String =
            text.chars().filter(|c| !is_invisible(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
        let tidy = tidy.split_whitespace().collect::<Vec<_>>().join(" ");
        if !tidy.chars().any(char::is_alphanumeric) {
            return Err(Error::invalid("question", "không có chữ nào để tìm; hãy viết câu hỏi của bạn"));
        }
        let chars = tidy.chars().count();
        if question_chars_max < chars {
            return Err(Error::invalid(
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

/// Zero-width characters, direction marks, soft hyphens, byte-order marks.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{00AD}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_tidied_or_refused_with_a_reason() {
        let parse = |text: &str| Question::parse(text, 20).map(|q| q.as_str().to_owned()).map_err(|e| e.to_string());
        assert_eq!(parse(" nghỉ\u{200B} \n việc\u{0000}? ").unwrap(), "nghỉ việc ?");
        for (text, reason) in [("", "không có chữ"), ("\u{0007}…?!", "không có chữ"), (&"a ".repeat(21), "41 ký tự")]
        {
            assert!(parse(text).unwrap_err().contains(reason), "{text:?}");
        }
    }
}
