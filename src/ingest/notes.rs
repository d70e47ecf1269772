/*!
Footnotes: found in texts that write them as lines `[3] …`, and told to the provisions that
call them.
*/

use super::{
    clean::Unmarked,
    problem::{Problem, ProblemKind},
    source_text::{FOOTNOTE_CLOSE, FOOTNOTE_OPEN, Footnote},
};
use crate::law::{Document, text::shorten};

/// Longest note told of a provision, in characters.
const NOTE_CHARS_MAX: usize = 2_000;

/// Takes the footnotes out of a text that writes their marks as `[3]` and their words, after
/// the signatures, as lines that begin with the mark. Another text stays as it is.
pub fn take_bracketed(text: &str) -> (String, Vec<Footnote>) {
    let Some(from) = definitions_start(text) else { return (text.to_owned(), Vec::new()) };
    let mut footnotes: Vec<Footnote> = Vec::new();
    for line in text[from..].lines().map(str::trim).filter(|line| !line.is_empty()) {
        match bracketed(line) {
            Some((mark, rest)) if mark.parse() == Ok(footnotes.len() + 1) => {
                footnotes.push(Footnote { mark: mark.to_owned(), text: rest.trim().to_owned() });
            }
            _ => {
                if let Some(footnote) = footnotes.last_mut() {
                    footnote.text.push(' ');
                    footnote.text.push_str(line);
                }
            }
        }
    }
    let mut body = text[..from].trim_end_matches(['_', '-', ' ', '\n']).to_owned();
    body.push('\n');
    for footnote in &footnotes {
        let called = format!("{FOOTNOTE_OPEN}{}{FOOTNOTE_CLOSE}", footnote.mark);
        body = body.replace(&format!("[{}]", footnote.mark), &called);
    }
    (body, footnotes)
}

/// Where the line `[1] …` stands that defines a footnote called before it.
fn definitions_start(text: &str) -> Option<usize> {
    let mut at = 0;
    let mut found = None;
    for line in text.split_inclusive('\n') {
        if bracketed(line.trim_start()).is_some_and(|(mark, rest)| mark == "1" && !rest.trim().is_empty()) {
            found = Some(at);
        }
        at += line.len();
    }
    found.filter(|at| text[..*at].contains("[1]"))
}

/// `3` and the rest of a line that begins with `[3]`.
fn bracketed(line: &str) -> Option<(&str, &str)> {
    let (mark, rest) = line.strip_prefix('[')?.split_once(']')?;
    (!mark.is_empty() && mark.len() <= 3 && mark.bytes().all(|b| b.is_ascii_digit())).then_some((mark, rest))
}

/// Tells each footnote to the innermost provision that calls it. `from` is where the document
/// begins in the unmarked text.
pub fn attach(document: &mut Document, unmarked: &Unmarked, from: usize, footnotes: &[Footnote]) -> Vec<Problem> {
    let end = from + document.text().len();
    let mut problems = Vec::new();
    for (mark, at) in unmarked.marks.iter().filter(|(_, at)| (from..=end).contains(at)) {
        let Some(footnote) = footnotes.iter().find(|footnote| footnote.mark == *mark) else {
            let line = 1 + unmarked.text[from..*at].matches('\n').count();
            problems.push(Problem::new(
                line,
                ProblemKind::Footnote,
                format!("footnote {mark} is called and not there"),
            ));
            continue;
        };
        // A mark at the end of a heading or clause belongs to it, not to what follows.
        let before = (at - from).saturating_sub(1);
        let node = document.nodes().iter().rposition(|node| node.start <= before && before < node.end);
        if let Some(node) = node {
            document.add_note(node, shorten(&footnote.text, NOTE_CHARS_MAX).to_owned());
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bracketed_footnotes_leave_the_text() {
        let text =
            "Điều 1. A[1]\n8a.[2] B\nNơi nhận\n____\n[1] Luật X có căn cứ:\n“Căn cứ Y”.\n[2] Khoản này được bổ sung.\n";
        let (body, footnotes) = take_bracketed(text);
        assert_eq!(body, "Điều 1. A\u{FFF9}1\u{FFFB}\n8a.\u{FFF9}2\u{FFFB} B\nNơi nhận\n");
        assert_eq!(footnotes.len(), 2);
        assert_eq!(footnotes[0].text, "Luật X có căn cứ: “Căn cứ Y”.");
        let (same, none) = take_bracketed("Xem [1] ở trên\n");
        assert_eq!((same.as_str(), none.len()), ("Xem [1] ở trên\n", 0));
    }
}
