/*!
Cutting text into sentences and finding citation marks.
*/

/// Sentences of `text` with their trailing marks, in order; nothing is lost but white space.
///
/// A full stop ends a sentence only before white space or the end, and not after a number
/// label of a list or a known short form.
pub fn split(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, c)| *c);
        let ends = match c {
            '\n' => true,
            '.' | '?' | '!' => next.is_none_or(char::is_whitespace) && !is_short_form(&text[start..at]),
            _ => false,
        };
        if !ends {
            continue;
        }
        let mut end = at + c.len_utf8();
        // "… 30 ngày. [1]" : marks that follow belong to the sentence they close.
        while let Some(mark_end) = mark_after(text, end) {
            end = mark_end;
        }
        while chars.peek().is_some_and(|(at, _)| *at < end) {
            chars.next();
        }
        push(&mut sentences, &text[start..end]);
        start = end;
    }
    push(&mut sentences, &text[start..]);
    sentences
}

fn push<'t>(sentences: &mut Vec<&'t str>, piece: &'t str) {
    let piece = piece.trim();
    if !piece.is_empty() {
        sentences.push(piece);
    }
}

/// End of a citation mark that follows `at` on the same line, white space skipped.
fn mark_after(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let skipped = rest.len() - rest.trim_start_matches([' ', '\u{A0}']).len();
    let mark = &rest[skipped..];
    let close = mark.find(']')?;
    (mark.starts_with('[') && mark[1..close].bytes().all(|b| b.is_ascii_digit() || b == b',' || b == b' ') && 1 < close)
        .then_some(at + skipped + close + 1)
}

/// "1." at the start of a list item, "TP." and the like.
fn is_short_form(before: &str) -> bool {
    let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    let is_label =
        !word.is_empty() && word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit()) && before.trim() == word;
    is_label || matches!(word, "TP" | "Tp" | "tp" | "v.v" | "KT" | "TM" | "ThS" | "TS")
}

/// The sentence without its marks, and the numbers in them, in order, each once.
pub fn take_marks(sentence: &str) -> (String, Vec<usize>) {
    let mut text = String::with_capacity(sentence.len());
    let mut numbers = Vec::new();
    let mut rest = sentence;
    while let Some(open) = rest.find('[') {
        let mark = rest[open..].find(']').map(|close| &rest[open + 1..open + close]);
        let found: Option<Vec<usize>> = mark
            .filter(|m| !m.is_empty())
            .map(|m| m.split(',').map(|n| n.trim().parse().ok()).collect())
            .unwrap_or(None);
        match (mark, found) {
            (Some(mark), Some(found)) => {
                text.push_str(rest[..open].trim_end_matches([' ', '\u{A0}']));
                for number in found {
                    if !numbers.contains(&number) {
                        numbers.push(number);
                    }
                }
                rest = &rest[open + mark.len() + 2..];
            }
            _ => {
                text.push_str(&rest[..=open]);
                rest = &rest[open + 1..];
            }
        }
    }
    text.push_str(rest);
    (text.trim().to_owned(), numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_keep_their_marks() {
        let text = "Bạn phải báo trước 30 ngày. [1] Lương là 4.960.000 đồng [2].\n1. Hỏi TP. HCM nhé";
        assert_eq!(
            split(text),
            ["Bạn phải báo trước 30 ngày. [1]", "Lương là 4.960.000 đồng [2].", "1. Hỏi TP. HCM nhé"]
        );
    }

    #[test]
    fn marks_are_taken_off_and_counted_once() {
        assert_eq!(take_marks("Có [1], [2] và [1, 3]."), ("Có, và.".to_owned(), vec![1, 2, 3]));
        assert_eq!(take_marks("mảng[i] và [a]"), ("mảng[i] và [a]".to_owned(), vec![]));
        assert_eq!(take_marks("hở ["), ("hở [".to_owned(), vec![]));
    }
}
