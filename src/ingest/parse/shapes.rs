/*!
What a heading of each level looks like. Pure functions of one line.
*/

use crate::{
    ingest::source_text::CELL_SEPARATOR,
    law::{
        NodeKind,
        label::{point_position, roman, split_numbered},
        text::{fold, is_upper_case},
    },
};

/// Longest title taken from a heading, in characters: a longer line is text.
const TITLE_CHARS_MAX: usize = 450;
/// From this length on, in characters, a line that ends like a sentence is text, no title.
const SENTENCE_CHARS_MIN: usize = 60;

/// A line shaped like an article's heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ArticleShape {
    /// Label as printed, `12a`.
    pub label: String,
    /// Its number, and its letters.
    pub number: u32,
    pub letters: String,
    /// Title; empty where the rest of the line is text.
    pub title: String,
    /// Bytes of the line up to the text: where there is no title, what follows the label.
    pub text_at: usize,
    /// Whether the line has the usual mark after the number.
    pub is_plain: bool,
    /// The label was written with letters for digits (`1O`, `l2`).
    pub has_slip: bool,
}

/// Label and title of a line that looks like an article's heading. Without a mark after
/// the number the line must hold nothing else, or a title.
pub(super) fn article_shape(content: &str) -> Option<ArticleShape> {
    // Some converters write U+00D0 for Đ.
    let opening = content.strip_prefix(['“', '"']).unwrap_or(content);
    let rest = opening.strip_prefix(['Đ', 'Ð'])?;
    let rest = ["iều", "IỀU", "iêù", "ìêu"].iter().find_map(|word| rest.strip_prefix(word))?;
    let rest = rest.trim_start().strip_prefix("thứ").unwrap_or(rest).trim_start();
    let label_len = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    let (label, tail) = rest.split_at(label_len);
    let (number, letters, has_slip) = article_number(label)?;
    let mut title = tail.trim_start();
    let mark = title.chars().next();
    let is_plain = matches!(mark, Some('.' | ':'));
    match mark {
        None => {}
        Some(mark @ ('.' | ':')) => title = title[mark.len_utf8()..].trim_start(),
        Some(mark @ ('-' | '–')) if title[mark.len_utf8()..].starts_with(' ') => {
            title = title[mark.len_utf8()..].trim_start();
        }
        Some(c) if c.is_uppercase() && tail.starts_with(char::is_whitespace) && !names_document(title) => {}
        Some('(') => {}
        Some(_) => return None,
    }
    // "Điều 5.2" is a reference to a point of a contract, "Điều 5. Điều 6" a list.
    if title.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let text_at = content.len() - title.len();
    let is_text = TITLE_CHARS_MAX < title.chars().count()
        || (SENTENCE_CHARS_MIN < title.chars().count() && title.ends_with(['.', ';', ':', ',']))
        || title.ends_with(';');
    let shape = ArticleShape {
        label: label.to_owned(),
        number,
        letters,
        title: if is_text { String::new() } else { title.to_owned() },
        text_at: if is_text { text_at } else { content.len() },
        is_plain,
        has_slip,
    };
    Some(shape)
}

/// Number and letters of an article's label; a slip of O for 0 or l for 1 is read as meant.
fn article_number(label: &str) -> Option<(u32, String, bool)> {
    if let Some((number, letters)) = split_numbered(label)
        && letters.chars().count() <= 2
        && letters.chars().all(|c| c.is_lowercase() && c != 'l' && c != 'o')
    {
        return Some((number, letters.to_owned(), false));
    }
    let mended: String = label
        .chars()
        .map(|c| match c {
            'O' | 'o' => '0',
            'l' | 'I' => '1',
            c => c,
        })
        .collect();
    let has_digit = label.bytes().any(|b| b.is_ascii_digit());
    let all_digits = !mended.is_empty() && mended.bytes().all(|b| b.is_ascii_digit());
    if has_digit && all_digits { Some((mended.parse().ok()?, String::new(), true)) } else { None }
}

/// Whether what follows an article's number names a document: then it is a reference.
fn names_document(text: &str) -> bool {
    const NAMES: [&str; 12] = [
        "Luật",
        "Bộ luật",
        "Nghị",
        "Thông tư",
        "Quyết định",
        "Hiến pháp",
        "Pháp lệnh",
        "Điều",
        "Quy chế",
        "Quy định",
        "Chương",
        "Mục",
    ];
    NAMES.iter().any(|name| text.starts_with(name))
}

/// Kind, label and title of a part, chapter, section or subsection heading.
pub(super) fn upper_shape(content: &str) -> Option<(NodeKind, &str, &str)> {
    const WORDS: [(&str, NodeKind); 4] = [
        ("phần", NodeKind::Part),
        ("chương", NodeKind::Chapter),
        ("tiểu mục", NodeKind::Subsection),
        ("mục", NodeKind::Section),
    ];
    for (word, kind) in WORDS {
        let Some(rest) = strip_word(content, word) else { continue };
        let rest = if kind == NodeKind::Part { strip_word(rest, "thứ").unwrap_or(rest) } else { rest };
        let label_end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        let (label, tail) = rest.split_at(label_end);
        if !is_upper_label(kind, label) {
            return None;
        }
        let tail_trimmed = tail.trim_start();
        let title = tail_trimmed.strip_prefix(['.', ':', '-', '–']).map(str::trim);
        // Without a mark the rest must be a title in capitals; "mục 3 Chương II" is a reference.
        return match title {
            Some(title) => Some((kind, label, title)),
            None if tail_trimmed.is_empty() || is_upper_case(tail_trimmed) => Some((kind, label, tail_trimmed)),
            None => None,
        };
    }
    None
}

/// `content` after `word` (any case, first letter a capital) and white space.
pub(super) fn strip_word<'a>(content: &'a str, word: &str) -> Option<&'a str> {
    let mut chars = content.char_indices();
    for expected in word.chars() {
        let (_, c) = chars.next()?;
        if !c.to_lowercase().eq(expected.to_lowercase()) {
            return None;
        }
    }
    if !content.starts_with(char::is_uppercase) && word != "thứ" {
        return None;
    }
    let rest = chars.as_str();
    rest.starts_with(char::is_whitespace).then(|| rest.trim_start())
}

fn is_upper_label(kind: NodeKind, label: &str) -> bool {
    let number = label.parse::<u32>().is_ok() || roman(label).is_some();
    let is_single_letter = label.chars().count() == 1 && label.starts_with(char::is_uppercase);
    let bare = label.trim_end_matches(|c: char| c.is_lowercase());
    let lettered = bare.len() < label.len() && roman(bare).is_some();
    match kind {
        NodeKind::Part => number || ordinal(label).is_some(),
        NodeKind::Section | NodeKind::Subsection => number || is_single_letter || split_numbered(label).is_some(),
        _ => number || lettered || split_numbered(label).is_some(),
    }
}

/// Value of an ordinal word: `nhất` 1, `hai` 2.
fn ordinal(word: &str) -> Option<u32> {
    const ORDINALS: [&str; 11] = ["nhat", "hai", "ba", "tu", "nam", "sau", "bay", "tam", "chin", "muoi", "nhi"];
    let folded = fold(word);
    ORDINALS.iter().position(|o| *o == folded).and_then(|at| u32::try_from(at + 1).ok())
}

/// `12` of "12. Text", `8a` of "8a. Text", `3` of "3- Text" and "3/ Text". An amount
/// ("2.000 đồng") has a digit after the point.
pub(super) fn clause_label(content: &str) -> Option<&str> {
    let digits = content.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || 3 < digits {
        return None;
    }
    let letter = content[digits..].chars().next().filter(|c| c.is_lowercase()).map_or(0, char::len_utf8);
    let end = digits + letter;
    let tail = &content[end..];
    let rest = tail.strip_prefix('.').or_else(|| tail.trim_start().strip_prefix(['-', '/']))?;
    let next = rest.chars().next()?;
    // A hyphen parts a range ("15-20 ngày"), a stroke a date: both need white space or a word.
    let is_dotted = tail.starts_with('.');
    let opens = next.is_whitespace() || (next.is_uppercase() && (is_dotted || tail.starts_with(['-', '/'])));
    (opens && rest.chars().any(char::is_alphanumeric)).then(|| &content[..end])
}

/// `1` of "1, Text": a clause whose point a machine read as a comma. Only a count can tell it from
/// a number in running text.
pub(super) fn slipped_clause_label(content: &str) -> Option<&str> {
    let digits = content.bytes().take_while(u8::is_ascii_digit).count();
    let rest = content[digits..].strip_prefix(", ")?;
    ((1..=2).contains(&digits) && rest.starts_with(char::is_uppercase)).then(|| &content[..digits])
}

/// `đ` of "đ) Text", `a1` of "a1) Text".
pub(super) fn point_label(content: &str) -> Option<&str> {
    let close = content.find(')').filter(|at| *at <= 4)?;
    let label = &content[..close];
    let mut chars = label.chars();
    let first = chars.next()?;
    let tail = chars.as_str();
    (first.is_lowercase() && point_position(label).is_some() && tail.bytes().all(|b| b.is_ascii_digit()))
        .then_some(label)
}

/// Label of an annex heading: the line is "PHỤ LỤC", "PHỤ LỤC I", "Phụ lục 2. Title",
/// "Mẫu số 01". Empty where it has none.
pub(super) fn annex_label(content: &str) -> Option<&str> {
    // A page number may stand beside it in the row.
    let content = match content.rsplit_once(CELL_SEPARATOR.trim()) {
        Some((head, number)) if number.trim().bytes().all(|b| b.is_ascii_digit()) => head.trim_end(),
        _ => content,
    };
    let rest = if is_upper_case(content) && content.starts_with("PHỤ LỤC") {
        content["PHỤ LỤC".len()..].trim()
    } else if content == "Phụ lục" {
        ""
    } else {
        strip_word(content, "phụ lục")?
    };
    let rest = rest.strip_prefix("SỐ").or_else(|| rest.strip_prefix("số")).unwrap_or(rest).trim_start();
    if rest.is_empty() || rest.starts_with(['*', ':']) {
        return Some("");
    }
    let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    let label = &rest[..end];
    let bare = label.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let is_label =
        split_numbered(label).is_some() || roman(label).is_some() || (!bare.is_empty() && roman(bare).is_some());
    let tail = rest[end..].trim_start();
    let ends_well = tail.is_empty() || tail.starts_with(['.', ':', '-', '–', '*']) || is_upper_case(content);
    if is_label {
        return ends_well.then_some(label);
    }
    // "PHỤ LỤC DANH MỤC …": the rest is a title in capitals.
    is_upper_case(content).then_some("")
}

/// A line that starts what follows the last article: signatures, places it is sent to.
pub(super) fn is_closing(content: &str) -> bool {
    const STARTS: [&str; 13] = [
        "tm. chinh phu",
        "tm. uy ban",
        "tm. ban chap hanh",
        "kt. bo truong",
        "kt. thu tuong",
        "luat nay duoc quoc hoi",
        "luat nay da duoc quoc hoi",
        "bo luat nay duoc quoc hoi",
        "bo luat nay da duoc quoc hoi",
        "phap lenh nay duoc uy ban",
        "nghi quyet nay duoc quoc hoi",
        "noi nhan",
        "xac thuc van ban hop nhat",
    ];
    const CAPITALS: [&str; 12] = [
        "chu tich",
        "tm.",
        "tm ",
        "kt.",
        "kt ",
        "tl.",
        "tuq.",
        "xac nhan van ban",
        "bo truong",
        "thu tuong",
        "van phong quoc hoi",
        "tong bi thu",
    ];
    // Signatures often stand in a table: one cell is enough.
    content.split(CELL_SEPARATOR.trim()).any(|cell| {
        let bare = cell.trim_start_matches(['_', '-', ' ', '*']);
        let folded = fold(bare);
        STARTS.iter().any(|start| folded.starts_with(start))
            || (is_upper_case(bare) && CAPITALS.iter().any(|start| folded.starts_with(start)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(content: &str) -> Option<(String, String)> {
        article_shape(content).map(|shape| (shape.label, shape.title))
    }

    #[test]
    fn articles() {
        let found = |label: &str, title: &str| Some((label.to_owned(), title.to_owned()));
        assert_eq!(article("Điều 35. Quyền nghỉ"), found("35", "Quyền nghỉ"));
        assert_eq!(article("Ðiều 12a: Việc"), found("12a", "Việc"));
        assert_eq!(article("ĐIỀU 7. VIỆC"), found("7", "VIỆC"));
        assert_eq!(article("Điều 68"), found("68", ""));
        assert_eq!(article("Điều 3 Phạm vi"), found("3", "Phạm vi"));
        assert_eq!(article("Điều 5 Luật này quy định"), None);
        assert_eq!(article("Điều 29 của Bộ luật này"), None);
        assert_eq!(article("Điều 5.2 hợp đồng"), None);
        assert!(article_shape("Điều 1O. Việc").unwrap().has_slip);
        assert_eq!(article_shape("Điều l2. Việc").unwrap().number, 12);
    }

    #[test]
    fn an_article_without_title_has_text() {
        let line = "Điều 3. Người làm thuê ở xứ này được nghỉ hai ngày mỗi tuần và được trả đủ tiền công.";
        let shape = article_shape(line).unwrap();
        assert_eq!(shape.title, "");
        assert!(line[shape.text_at..].starts_with("Người làm thuê"));
    }

    #[test]
    fn clauses_and_points() {
        assert_eq!(clause_label("12. Text"), Some("12"));
        assert_eq!(clause_label("8a. Text"), Some("8a"));
        assert_eq!(clause_label("3- Text"), Some("3"));
        assert_eq!(clause_label("1.Text"), Some("1"));
        assert_eq!(clause_label("2.000.000 đồng"), None);
        assert_eq!(clause_label("15-20 ngày"), None);
        assert_eq!(clause_label("1/2030/NĐ"), None);
        assert_eq!(slipped_clause_label("2, Text"), Some("2"));
        assert_eq!((slipped_clause_label("2, 3 và 4"), slipped_clause_label("2019, Text")), (None, None));
        assert_eq!(point_label("đ) Text"), Some("đ"));
        assert_eq!(point_label("(a) Text"), None);
    }

    #[test]
    fn annexes_and_closings() {
        assert_eq!(annex_label("PHỤ LỤC II"), Some("II"));
        assert_eq!(annex_label("Phụ lục 2. Bảng"), Some("2"));
        assert_eq!(annex_label("PHỤ LỤC DANH MỤC NGHỀ"), Some(""));
        assert_eq!(annex_label("Phụ lục I | 44"), Some("I"));
        assert!(is_closing("TM. CHÍNH PHỦ THỦ TƯỚNG Nguyễn Bịa"));
        assert_eq!(annex_label("Phụ lục này gồm"), None);
        assert_eq!(annex_label("Phụ lục I ban hành kèm theo"), None);
        assert!(is_closing("TM. CHÍNH PHỦ") && is_closing("Nơi nhận:") && is_closing("CHỦ TỊCH QUỐC HỘI"));
        assert!(!is_closing("Chủ tịch Quốc hội chủ trì phiên họp."));
    }

    #[test]
    fn upper_levels() {
        assert_eq!(upper_shape("Chương IIa"), Some((NodeKind::Chapter, "IIa", "")));
        assert_eq!(upper_shape("Mục 2a. VIỆC"), Some((NodeKind::Section, "2a", "VIỆC")));
        assert_eq!(upper_shape("Phần thứ nhất"), Some((NodeKind::Part, "nhất", "")));
        assert_eq!(upper_shape("Mục 3 Chương II"), None);
    }
}
