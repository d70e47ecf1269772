/*!
Lines of a text and whether they stand within a quotation.

Amending documents quote the provisions they put in: a line within quotation marks belongs
to another law. A mark without its partner counts for nothing, so that one slip of the
typist does not swallow the rest of a law.
*/

/// A line with what surrounds its content taken off.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// Byte offset of the content in the text.
    pub start: usize,
    /// Content, trimmed.
    pub content: &'a str,
    /// Whether a quotation is open where the line starts.
    pub quoted: bool,
}

/// A straight quotation mark opens only at the start of a line and must be closed within so
/// many lines, at the end of one.
const STRAIGHT_QUOTE_LINES_MAX: usize = 400;

/// The lines of `text`.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for raw in text.split('\n') {
        let content = raw.trim();
        lines.push(Line { start: start + (raw.len() - raw.trim_start().len()), content, quoted: false });
        start += raw.len() + 1;
    }
    mark_curly(text, &mut lines);
    mark_straight(&mut lines);
    lines
}

/// Marks the lines that start between a “ and its ”.
fn mark_curly(text: &str, lines: &mut [Line<'_>]) {
    let mut open: Vec<usize> = Vec::new();
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '“' => open.push(at),
            '”' => {
                if let Some(start) = open.pop() {
                    spans.push((start, at));
                }
            }
            _ => {}
        }
    }
    // Outermost spans in order; a line is quoted when it starts within one.
    spans.sort_unstable();
    let mut reach = 0;
    let mut next = spans.into_iter().peekable();
    for line in lines {
        while let Some((_, end)) = next.next_if(|(start, _)| *start < line.start) {
            reach = reach.max(end);
        }
        line.quoted = line.start < reach;
    }
}

/// Marks the lines after one that opens with `"` up to one that closes with it.
fn mark_straight(lines: &mut [Line<'_>]) {
    let mut at = 0;
    while at < lines.len() {
        let content = lines[at].content;
        let opens = content.starts_with('"') && content.matches('"').count() % 2 == 1;
        let end = opens.then(|| {
            let last = lines.len().min(at + STRAIGHT_QUOTE_LINES_MAX);
            (at + 1..last).find(|i| {
                let text = lines[*i].content.trim_end_matches(['.', ';', ',']);
                text.ends_with('"') && lines[*i].content.matches('"').count() % 2 == 1
            })
        });
        match end.flatten() {
            Some(end) => {
                lines[at + 1..=end].iter_mut().for_each(|line| line.quoted = true);
                at = end + 1;
            }
            None => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(text: &str) -> Vec<bool> {
        lines(text).iter().map(|line| line.quoted).collect()
    }

    #[test]
    fn lines_within_quotation_marks_are_quoted() {
        assert_eq!(quoted("a “b\nc\nd” e\nf"), [false, true, true, false]);
        assert_eq!(quoted("“a “b” c\nd” e\nf"), [false, true, false]);
        assert_eq!(quoted("\"Điều 5. a\n1. b\".\nc"), [false, true, false]);
    }

    #[test]
    fn a_mark_without_partner_counts_for_nothing() {
        assert_eq!(quoted("a “b\nc\nd “e” f\ng"), [false, false, false, false]);
        assert_eq!(quoted("a ” b\nc"), [false, false]);
        assert_eq!(quoted("\"a\nb\nc"), [false, false, false]);
    }
}
