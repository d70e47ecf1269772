/*!
Footnotes of texts that have lost the places of their words: plain copies of consolidated texts.

There a note is a line that begins with its bare number, at the foot of a page or at the end, and
its call a number glued to a word. Both count up from 1, and a note of a consolidated text says what
amended the provision: by that they are told from clauses and figures. What is not so stays text.
*/

use super::source_text::{FOOTNOTE_CLOSE, FOOTNOTE_OPEN, Footnote};

/// What a note speaks of.
const SUBJECTS: [&str; 22] = [
    "Khoản",
    "Điểm",
    "Điều",
    "Đoạn",
    "Cụm từ",
    "Các cụm từ",
    "Từ",
    "Tên",
    "Tiêu đề",
    "Nội dung",
    "Mục",
    "Chương",
    "Phần",
    "Phụ lục",
    "Mẫu",
    "Luật",
    "Bộ luật",
    "Pháp lệnh",
    "Nghị định",
    "Nghị quyết",
    "Thông tư",
    "Quyết định",
];
/// Longest note, in lines.
const NOTE_LINES_MAX: usize = 60;
/// Lines within which a further paragraph of a note says that it quotes.
const QUOTING_LINES_MAX: usize = 3;
/// Most notes of a text.
const NOTES_MAX: usize = 500;

/// A note and the lines it takes.
struct Note {
    lines: std::ops::Range<usize>,
    text: String,
}

/// Takes the notes out of a text and marks where they are called. A text without any stays as it is.
pub fn take(text: &str) -> (String, Vec<Footnote>) {
    let lines: Vec<&str> = text.lines().collect();
    let notes = notes(&lines);
    if notes.is_empty() {
        return (text.to_owned(), Vec::new());
    }
    // At the end they follow each other; else each stands at the foot of its page.
    let is_blank = |range: std::ops::Range<usize>| lines[range].iter().all(|line| line.trim().is_empty());
    let at_end = notes.windows(2).all(|pair| is_blank(pair[0].lines.end..pair[1].lines.start))
        && notes.last().is_some_and(|last| is_blank(last.lines.end..lines.len()));
    let mut body = String::with_capacity(text.len());
    let mut called_to = 0;
    let mut from = 0;
    let mut footnotes = Vec::new();
    for (index, note) in notes.into_iter().enumerate() {
        for line in &lines[from..note.lines.start] {
            body.push_str(line);
            body.push('\n');
        }
        from = note.lines.end;
        let mark = (index + 1).to_string();
        let mut calls = calls(&body[called_to..], &mark).into_iter();
        let call = if at_end { calls.next() } else { calls.next_back() };
        if let Some(at) = call.map(|at| called_to + at) {
            let marked = format!("{FOOTNOTE_OPEN}{mark}{FOOTNOTE_CLOSE}");
            body.replace_range(at..at + mark.len(), &marked);
            called_to = at + marked.len();
        }
        footnotes.push(Footnote { mark, text: note.text });
    }
    for line in &lines[from..] {
        body.push_str(line);
        body.push('\n');
    }
    (body, footnotes)
}

/// The notes, counting from 1; none unless the first of them speaks of an amendment.
fn notes(lines: &[&str]) -> Vec<Note> {
    let mut notes: Vec<Note> = Vec::new();
    let mut at = 0;
    while at < lines.len() && notes.len() < NOTES_MAX {
        let note = opening(lines[at], notes.len() + 1).and_then(|first| note(lines, at, first, notes.len() + 2));
        match note {
            Some(note) => {
                at = note.lines.end;
                notes.push(note);
            }
            None => at += 1,
        }
    }
    notes
}

/// The words behind the number of a line that may begin note `number`.
fn opening(line: &str, number: usize) -> Option<&str> {
    let rest = line.trim().strip_prefix(number.to_string().as_str())?;
    let words = rest.strip_prefix(' ')?.trim_start();
    SUBJECTS
        .iter()
        .any(|subject| words.strip_prefix(subject).is_some_and(|rest| rest.starts_with(' ')))
        .then_some(words)
}

/// The note that begins in line `at`: up to the end of its sentence outside quotation marks, with
/// further paragraphs that say what they quote.
fn note(lines: &[&str], at: usize, first: &str, next: usize) -> Option<Note> {
    let mut text = first.to_owned();
    let mut end = at + 1;
    loop {
        let is_open = text.matches('”').count() < text.matches('“').count();
        let is_over = !is_open && text.trim_end().ends_with(['.', '”', ';']);
        let line = lines.get(end).map_or("", |line| line.trim());
        let is_next = !line.is_empty() && opening(line, next).is_some();
        if is_over && (is_next || !quotes_further(&lines[end..])) || end == lines.len() {
            break;
        }
        if NOTE_LINES_MAX < end - at {
            return None;
        }
        if !line.is_empty() {
            text.push(' ');
            text.push_str(line);
        }
        end += 1;
    }
    let says = ["theo quy định tại", "có căn cứ ban hành", "quy định như sau", "được quy định tại"];
    let amends = says.iter().any(|words| text.contains(words));
    amends.then_some(Note { lines: at..end, text })
}

/// Whether the next lines go on with a note: "Luật X có căn cứ ban hành như sau:".
fn quotes_further(lines: &[&str]) -> bool {
    let Some(first) = lines.first().map(|line| line.trim()) else { return false };
    let is_subject = SUBJECTS.iter().any(|subject| first.starts_with(subject));
    let joined = lines.iter().take(QUOTING_LINES_MAX).map(|line| line.trim()).collect::<Vec<_>>().join(" ");
    let says = |words: &str| joined.find(words).is_some_and(|at| !joined[..at].contains(['.', ';']));
    is_subject && (says("có căn cứ ban hành như sau:") || says("quy định như sau:"))
}

/// Where a number is glued to the end of a word or mark of punctuation, and stands alone.
fn calls(text: &str, mark: &str) -> Vec<usize> {
    let is_call = |at: usize| {
        let before = text[..at].chars().next_back();
        let after = text[at + mark.len()..].chars().next();
        let word = text[..at].rsplit(char::is_whitespace).next().unwrap_or_default();
        let is_glued = before.is_some_and(|c| c.is_alphabetic() || matches!(c, '.' | ',' | ';' | ':' | ')' | '”'));
        // "QH15", "m2": part of a number or a unit; "1.5" a figure, but "3a.4" a label with its call.
        let is_other = word.contains('/') || matches!(word, "m" | "km" | "cm" | "ha" | "dm");
        let is_figure = matches!(before, Some('.' | ','))
            && word.len() > 1
            && word[..word.len() - 1].chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
            && !after.is_some_and(char::is_whitespace);
        let stands_alone = after.is_none_or(|c| c.is_whitespace() || matches!(c, '.' | ',' | ';' | ':' | ')' | '”'));
        is_glued && stands_alone && !is_other && !is_figure
    };
    text.match_indices(mark).map(|(at, _)| at).filter(|at| is_call(*at)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: &str = "\u{FFF9}";

    #[test]
    fn notes_at_the_foot_of_pages_leave_the_text() {
        let text = "LUẬT CHÈO ĐÒ1\nĐiều 1. Bến\n1. Bến mở hai\n1 Luật Sông số 8/2032/QH20 có căn cứ ban hành như sau:\n“Căn cứ Hiến \
                    pháp;\nQuốc hội ban hành Luật.”.\nLuật Chợ số 9/2032/QH20 có căn cứ ban\nhành như sau:\n“Căn cứ Hiến pháp.”.\n\n\
                    buổi.\n2a.2 Bến nghỉ theo Luật số 3/2030/QH2, trừ ngày lễ.\n2 Khoản này được bổ sung theo quy định tại Điều 4 của \
                    Luật Sông số\n8/2032/QH20, có hiệu lực từ ngày 01 tháng 01 năm 2033.\nĐiều 2. Đò\n";
        let (body, footnotes) = take(text);
        assert_eq!(
            body,
            format!(
                "LUẬT CHÈO ĐÒ{CALL}1\u{FFFB}\nĐiều 1. Bến\n1. Bến mở hai\n\nbuổi.\n2a.{CALL}2\u{FFFB} Bến nghỉ theo Luật số 3/2030/QH2, \
                 trừ ngày lễ.\nĐiều 2. Đò\n"
            )
        );
        assert!(footnotes[0].text.ends_with("“Căn cứ Hiến pháp.”."), "{}", footnotes[0].text);
        assert!(footnotes[1].text.starts_with("Khoản này được bổ sung") && footnotes.len() == 2);
    }

    #[test]
    fn notes_at_the_end_belong_to_their_calls_in_order() {
        let text = "Điều 1. Bến1\nBến mở.\nĐiều 2. Đò2\nĐò chạy. Bến1 khác.\n\n1 Điều này được sửa đổi theo quy định tại khoản 1 Điều 1 \
                    Luật số 8/2032/QH20.\n2 Điều này được bãi bỏ theo quy định tại khoản 2 Điều 1 Luật số 8/2032/QH20.\n";
        let (body, footnotes) = take(text);
        assert!(body.starts_with(&format!("Điều 1. Bến{CALL}1")) && body.contains(&format!("Đò{CALL}2")), "{body}");
        assert!(body.contains("Bến1 khác") && footnotes.len() == 2, "{body}");
    }

    #[test]
    fn clauses_tables_and_figures_are_text() {
        for text in [
            "Điều 1. Bến\n1 Khoản tiền thuê bến nộp hằng năm.\n2 Điều kiện thuê.\n",
            "1 Luật Sông\n2 Luật Chợ\n",
            "2 Khoản này được bổ sung theo quy định tại Điều 4.\n",
        ] {
            let (body, footnotes) = take(text);
            assert_eq!((body.as_str(), footnotes.len()), (text, 0));
        }
        assert!(calls("số 8/2032/QH20, rộng 5 m2, hệ số 1.5.", "2").is_empty());
        assert!(calls("hệ số 1.5.", "5").is_empty() && calls("QH15, x", "15").len() <= 1);
    }
}
