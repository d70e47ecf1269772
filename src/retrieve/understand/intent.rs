/*!
What kind of rule a question asks for, where that decides which document answers it.

Three things only, each a plain rule on the question's words: the meaning of a term, a penalty,
the region of minimum wages.
*/

use crate::law::text::{padded, syllables};

/// Ways to ask for the meaning of a term, longest first, as syllables.
const ASKS_MEANING: [&str; 10] = [
    "được hiểu như thế nào",
    "được hiểu là gì",
    "được hiểu thế nào",
    "có nghĩa là gì",
    "định nghĩa về",
    "định nghĩa của",
    "khái niệm",
    "định nghĩa",
    "thế nào là",
    "là gì",
];
/// Ways to ask for a penalty.
const ASKS_PENALTY: [&str; 8] =
    ["mức phạt", "bị phạt", "xử phạt", "tiền phạt", "phạt tiền", "phạt bao nhiêu", "phạt thế nào", "phạt hành chính"];
/// Longest term whose meaning is asked for, in syllables: beyond, it is a question about something.
const TERM_SYLLABLES_MAX: usize = 12;

/// Ways to ask for a number, and the units that answer as the law writes them.
const ASKS_NUMBER: [(&str, &[&str]); 27] = [
    ("bao lâu", TIME),
    ("bao nhiêu lâu", TIME),
    ("khi nào hết hạn", TIME),
    ("bao nhiêu ngày", &["ngày"]),
    ("mấy ngày", &["ngày"]),
    ("mấy bữa", &["ngày"]),
    ("mấy hôm", &["ngày"]),
    ("bao nhiêu tháng", &["tháng"]),
    ("mấy tháng", &["tháng"]),
    ("bao nhiêu năm", &["năm"]),
    ("mấy năm", &["năm"]),
    ("bao nhiêu giờ", &["giờ"]),
    ("mấy giờ", &["giờ"]),
    ("mấy tiếng", &["giờ"]),
    ("bao nhiêu tiếng", &["giờ"]),
    ("bao nhiêu phút", &["phút"]),
    ("mấy phút", &["phút"]),
    ("bao nhiêu tuổi", &["tuổi"]),
    ("mấy tuổi", &["tuổi"]),
    ("bao nhiêu phần trăm", &["%"]),
    ("mấy phần trăm", &["%"]),
    ("phần trăm", &["%"]),
    ("bao nhiêu lần", &["lần"]),
    ("mấy lần", &["lần"]),
    ("bao nhiêu tuần", &["tuần"]),
    ("mấy tuần", &["tuần"]),
    ("bao nhiêu", &["%", "đồng", "lần", "tháng tiền lương", "tháng lương"]),
];
const TIME: &[&str] = &["ngày", "tháng", "năm", "giờ", "phút", "tuần"];

/// Units of the number asked for, as the law writes them; none where none is.
pub fn units(text: &str) -> &'static [&'static str] {
    let padded = padded(text);
    let asked = ASKS_NUMBER.iter().find(|(words, _)| padded.contains(&format!(" {words} ")));
    let percent = text.contains("bao nhiêu %") || text.contains("mấy %");
    if percent { &["%"] } else { asked.map_or(&[], |(_, units)| units) }
}

/// The term whose meaning is asked for, as syllables.
pub fn meaning_of(text: &str) -> Option<String> {
    let padded = padded(text);
    let asked = ASKS_MEANING.iter().find(|words| padded.contains(&format!(" {words} ")))?;
    let term = padded.replacen(&format!(" {asked} "), " ", 1);
    let term = term.trim();
    let count = term.split(' ').count();
    (!term.is_empty() && count <= TERM_SYLLABLES_MAX).then(|| term.to_owned())
}

/// Whether a penalty is asked for.
pub fn is_about_penalty(text: &str) -> bool {
    let padded = padded(text);
    ASKS_PENALTY.iter().any(|words| padded.contains(&format!(" {words} ")))
}

/// The region of minimum wages as the law writes it, `vùng II`.
pub fn region(text: &str) -> Option<&'static str> {
    const REGIONS: [&str; 4] = ["vùng I", "vùng II", "vùng III", "vùng IV"];
    let words = syllables(text);
    words.windows(2).find_map(|pair| {
        let number = match pair[1].as_str() {
            "1" | "i" | "một" => 0,
            "2" | "ii" | "hai" => 1,
            "3" | "iii" | "ba" => 2,
            "4" | "iv" | "bốn" => 3,
            _ => return None,
        };
        (pair[0] == "vùng").then_some(REGIONS[number])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_penalties_and_regions_are_seen() {
        assert_eq!(meaning_of("Thợ gác đèn là gì?").as_deref(), Some("thợ gác đèn"));
        assert_eq!(meaning_of("Thế nào là \"ca trực\"?").as_deref(), Some("ca trực"));
        assert_eq!(meaning_of("Ca trực dài bao lâu?"), None);
        assert_eq!(meaning_of("là gì"), None);
        let long = "mức bồi thường của người gác đèn khi đèn bị vỡ trong ca đêm mùa bão là gì";
        assert_eq!(meaning_of(long), None, "a question about something");
        assert!(is_about_penalty("Không thắp đèn bị phạt bao nhiêu?") && !is_about_penalty("Phải thắp đèn không?"));
        assert_eq!(
            (region("ở vùng 2"), region("Vùng iv"), region("vùng biển")),
            (Some("vùng II"), Some("vùng IV"), None)
        );
    }
}
