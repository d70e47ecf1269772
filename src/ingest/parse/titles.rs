/*!
Where the title of an article ends: before the text that a copy ran into it, or on a line below.

Copies made of printed pages join a heading to what follows it, or part a long one. Three things
tell that text has begun: the first clause or point, words of the title said again, and, in a
document whose articles all have titles, the one capital letter inside the line that opens no name.
*/

use super::shapes::{clause_label, point_label, slipped_clause_label};

/// Fewest words of a title that is said again at the head of its text.
const REPEATED_WORDS_MIN: usize = 3;
/// Fewest words of a title that ends inside its line.
const TITLE_WORDS_MIN: usize = 2;
/// Longest line that may end a title begun above it, in characters.
const LAST_LINE_CHARS_MAX: usize = 120;
/// Words a title cannot end with.
const OPEN_ENDS: [&str; 18] = [
    "và", "hoặc", "của", "với", "về", "tại", "cho", "theo", "trong", "các", "những", "do", "bởi", "giữa", "đến", "từ",
    "ở", "là",
];

/// Byte at which text begins inside the words of a heading: at its first clause or point, or where
/// the title is said again.
pub(super) fn text_within(words: &str) -> Option<usize> {
    let starts = word_starts(words);
    let opens = |at: &usize| {
        let rest = &words[*at..];
        let is_first = clause_label(rest).or_else(|| slipped_clause_label(rest)) == Some("1");
        (is_first || point_label(rest) == Some("a")) && rest.split_whitespace().nth(1).is_some_and(is_capital)
    };
    let listed = starts.iter().skip(TITLE_WORDS_MIN).copied().find(opens);
    listed.or_else(|| said_again(words, &starts))
}

fn said_again(words: &str, starts: &[usize]) -> Option<usize> {
    starts.iter().skip(REPEATED_WORDS_MIN).copied().find(|at| {
        let title = words[..*at].trim_end();
        let goes_on = |rest: &str| rest.starts_with(|c: char| c.is_whitespace() || c == ',');
        words[*at..].strip_prefix(title).is_some_and(goes_on)
    })
}

/// Byte of the only word inside the first sentence that begins with a capital letter and goes on
/// from no other: where several do, it is not known which begins the text.
pub(super) fn lone_capital(words: &str) -> Option<usize> {
    let sentence_end = words.find(". ").map_or(words.len(), |at| at + 1);
    let starts = word_starts(&words[..sentence_end]);
    let word = |n: usize| words[starts[n]..].split_whitespace().next().unwrap_or_default();
    let begins = |n: &usize| {
        let before = word(n - 1);
        let is_plain = before.chars().all(char::is_lowercase) && !OPEN_ENDS.contains(&before);
        is_capital(word(*n)) && is_plain && starts.get(n + 1).is_some_and(|_| !is_capital(word(n + 1)))
    };
    let mut found = (TITLE_WORDS_MIN..starts.len()).filter(begins);
    let first = found.next()?;
    found.next().is_none().then(|| starts[first])
}

/// Whether a line below a heading's goes on with its title: the title cannot end where it does, or
/// the line begins with a small letter, and it is no sentence.
pub(super) fn goes_on(title: &str, below: &str) -> bool {
    let is_labelled = clause_label(below).is_some() || point_label(below).is_some();
    let ends = below.ends_with(['.', ';', ':', '”', '"']);
    let begins = below.starts_with(char::is_lowercase) || (ends_open(title) && below.starts_with(char::is_uppercase));
    begins && !is_labelled && !ends && below.chars().count() <= LAST_LINE_CHARS_MAX
}

/// Whether a title cannot end here.
pub fn ends_open(title: &str) -> bool {
    let last = title.split_whitespace().next_back().unwrap_or_default();
    title.ends_with(',') || OPEN_ENDS.contains(&last)
}

fn is_capital(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
}

fn word_starts(text: &str) -> Vec<usize> {
    let mut blank = true;
    let mut starts = Vec::new();
    for (at, c) in text.char_indices() {
        if blank && !c.is_whitespace() {
            starts.push(at);
        }
        blank = c.is_whitespace();
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(words: &str, at: Option<usize>) -> Option<(&str, &str)> {
        at.map(|at| words.split_at(at))
    }

    #[test]
    fn a_first_clause_or_the_title_again_is_text() {
        for (title, text) in [
            ("Quyền của người chèo đò ", "1. Người chèo đò nghỉ hai ngày."),
            ("Quyền của người chèo đò ", "1, Người chèo đò nghỉ hai ngày."),
            ("Việc cấm ", "a) Đốt lửa;"),
            ("Quan hệ giữa Bến với Chợ ", "Quan hệ giữa Bến với Chợ là quan hệ hợp tác."),
        ] {
            let words = format!("{title}{text}");
            assert_eq!(cut(&words, text_within(&words)), Some((title, text)));
        }
        for plain in ["Mức phạt theo khoản 1, Người bán", "Thời hạn 1. năm", "Bến và bến", "Nghỉ 1, 2 và 3 ngày"]
        {
            assert!(text_within(plain).is_none() || plain.starts_with("Mức"), "{plain}");
        }
    }

    #[test]
    fn one_capital_that_opens_no_name_begins_the_text() {
        let found = |words: &'static str| cut(words, lone_capital(words));
        assert_eq!(
            found("Hợp đồng thuê đò vô hiệu Trưởng bến có quyền tuyên bố thuê đò vô hiệu."),
            Some(("Hợp đồng thuê đò vô hiệu ", "Trưởng bến có quyền tuyên bố thuê đò vô hiệu."))
        );
        assert_eq!(found("Người chèo đò ở bến Lá Xanh nghỉ hai ngày."), None, "a name of two");
        assert_eq!(found("Người chèo đò của Bến nghỉ hai ngày."), None, "what a link opens");
        assert_eq!(found("Quyền chèo đò Người chèo đò phải theo lời ban Quản lý bến."), None, "two may begin it");
        assert_eq!(found("Người chèo đò nghỉ hai ngày."), None);
    }

    #[test]
    fn a_title_goes_on_below_where_it_cannot_end() {
        assert!(goes_on("Thủ tục không nhận bản án của", "Tòa án nước ngoài"));
        assert!(goes_on("Thay đổi Trưởng bến,", "Phó bến, Thư ký bến"));
        assert!(goes_on("Quản lý người", "chèo đò ở bến"));
        assert!(!goes_on("Tài sản tặng cho", "Bên tặng cho phải báo trước."), "a sentence is text");
        assert!(!goes_on("Quyền nghỉ", "Trưởng bến"));
        assert!(!goes_on("Quyền của", "1. Trưởng bến"));
    }
}
