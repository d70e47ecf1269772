/*!
Plain text and Markdown: one document a file.

Of Markdown only the marks around headings and bold text are taken off; what is left is
the document's text.
*/

use crate::{
    ingest::{
        problem::{Problem, ProblemKind},
        source_text::SourceText,
    },
    law::Trust,
};

/// Reads a text file; `markdown` takes the marks of headings off first.
pub fn read(bytes: &[u8], markdown: bool) -> SourceText {
    match std::str::from_utf8(bytes) {
        Ok(source) => {
            let text = if markdown { without_marks(source) } else { source.to_owned() };
            SourceText::paragraphs(text, Trust::Unknown)
        }
        Err(error) => {
            let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
            let message = "not UTF-8 text; save the file as UTF-8 and try again";
            let problems = vec![Problem::new(line, ProblemKind::Encoding, message)];
            SourceText { problems, ..SourceText::default() }
        }
    }
}

/// Takes off what surrounds headings (`#`), bold text (`**`) and quoted lines (`>`).
fn without_marks(source: &str) -> String {
    let mut text = String::with_capacity(source.len());
    for line in source.split_inclusive('\n') {
        let trimmed = line.trim_start_matches([' ', '\t']);
        let heading = trimmed.trim_start_matches('#');
        let is_heading = heading.len() < trimmed.len() && heading.starts_with([' ', '\t']);
        let content = if is_heading { heading.trim_start_matches([' ', '\t']) } else { line };
        let content = content.strip_prefix("> ").unwrap_or(content);
        text.push_str(&content.replace("**", ""));
    }
    text
}
