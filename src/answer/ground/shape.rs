/*!
What no sentence of an answer may hold, whatever it cites.
*/

use super::{
    Evidence,
    lexicon::{ASKING, JUDGEMENTS, ORDERS},
};
use crate::law::text::syllables;

/// Pairs of marks that claim to quote.
const QUOTES: [(char, char); 16] = [
    ('“', '”'),
    ('"', '"'),
    ('«', '»'),
    ('„', '“'),
    ('‘', '’'),
    ('‚', '‘'),
    ('‹', '›'),
    ('「', '」'),
    ('『', '』'),
    ('《', '》'),
    ('〈', '〉'),
    ('‟', '”'),
    ('‛', '’'),
    ('＂', '＂'),
    ('`', '`'),
    ('\'', '\''),
];
/// Signs that also stand within words, as in names: they quote only at the edge of one.
const APOSTROPHES: [char; 2] = ['\'', '’'];
/// What may open a sentence to answer yes or no, word for word.
const AFFIRMING: &str = "có|đúng|được|phải|chính xác|tất nhiên|dĩ nhiên|chắc chắn|ừ";
const DENYING: &str = "không|sai|chưa|không được|không phải|không đúng|không có|chẳng";
/// Words beside them that say nothing.
const POLITE: &str = "dạ|vâng|vậy|rồi|ạ|thưa|nhé|là|thế|hoàn|toàn|luật|câu|trả|lời|đáp|án|kết|luận|tóm|lại|bạn|anh|chị";
/// Whom one speaks to: alone before a sign they are its subject.
const ADDRESSED: &str = "bạn|anh|chị";
/// Longest such opening, in words.
const OPENING_WORDS_MAX: usize = 5;

/// What a sentence says before what it claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// "Có,"
    Yes,
    /// "Không,"
    No,
    /// Nothing, or nothing but politeness.
    None,
}

/// What a sentence claims, without the yes or no before it, and which that was.
pub fn without_opening(text: &str) -> (Opening, String) {
    let mut opening = Opening::None;
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once([',', '.', ':', ';', '!', '–', '—']) {
        let Some(found) = opening_of(head) else { break };
        opening = if found == Opening::None { opening } else { found };
        rest = tail.trim_start();
    }
    if rest.is_empty() || rest.len() == text.len() {
        return (Opening::None, text.to_owned());
    }
    let mut chars = rest.chars();
    (opening, chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect()))
}

/// Which answer the words before the first sign give, where they are nothing else.
fn opening_of(head: &str) -> Option<Opening> {
    let words = syllables(head);
    let one_of = |list: &str, words: &[String]| list.split('|').any(|entry| syllables(entry) == words);
    let is_polite = |words: &[String]| words.iter().all(|w| one_of(POLITE, std::slice::from_ref(w)));
    if words.is_empty() || OPENING_WORDS_MAX < words.len() {
        return None;
    }
    if is_polite(&words) {
        let is_addressed = words.iter().all(|w| one_of(ADDRESSED, std::slice::from_ref(w)));
        return (!is_addressed).then_some(Opening::None);
    }
    for from in 0..words.len() {
        for to in (from + 1..=words.len()).rev() {
            let (core, around) = (&words[from..to], is_polite(&words[..from]) && is_polite(&words[to..]));
            match around {
                true if one_of(AFFIRMING, core) => return Some(Opening::Yes),
                true if one_of(DENYING, core) => return Some(Opening::No),
                _ => {}
            }
        }
    }
    None
}
/// Longest sentence that is checked, in characters: longer ones are not sentences.
pub const SENTENCE_CHARS_MAX: usize = 1_200;

fn spoken(text: &str) -> String {
    format!(" {} ", syllables(text).join(" "))
}

fn holds(text: &str, words: &[&str]) -> bool {
    words.iter().any(|w| text.contains(&format!(" {} ", syllables(w).join(" "))))
}

/// Whether a sentence asks instead of answering.
pub fn asks(text: &str) -> bool {
    text.contains('?') || holds(&spoken(text), ASKING)
}

/// Whether a line of a statute speaks to the machine: nothing in it carries a sentence.
pub fn gives_orders(text: &str) -> bool {
    holds(&spoken(text), ORDERS)
}

/// Whether a sentence gives orders to the machine, or carries an address or markup.
pub fn is_foreign_matter(text: &str) -> bool {
    let lower = text.to_lowercase();
    let speaks_as = ["system:", "hệ thống:", "assistant:", "user:", "trợ lý:", "người dùng:"];
    holds(&spoken(text), ORDERS)
        || speaks_as.iter().any(|who| lower.contains(who))
        || ["://", "www.", "](", "```", "<", ">", "{", "}", "|im_"].iter().any(|sign| lower.contains(sign))
        || text.chars().any(|c| c.is_control() || is_invisible(c))
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Whether something like a citation mark is left that the server did not read as one.
pub fn has_forged_mark(text: &str) -> bool {
    text.chars()
        .any(|c| matches!(c, '[' | ']' | '【' | '】' | '［' | '］' | '〔' | '〕' | '¹' | '²' | '³' | '⁰' | '⁴'..='⁹'))
}

/// Whether what stands between quotation marks stands word for word in the cited text.
pub fn misquotes(text: &str, cited: &[Evidence<'_>]) -> bool {
    let mut rest = text;
    let mut before = None;
    while let Some((at, open)) = rest.char_indices().find(|(at, c)| quotes_at(rest, *at, *c, before)) {
        let after = &rest[at + open.len_utf8()..];
        let close = QUOTES.iter().find(|(o, _)| *o == open).map(|(_, close)| *close);
        let ends = |close: char| {
            after.char_indices().find(|(at, c)| *c == close && quotes_at(after, *at, *c, Some(open))).map(|(at, _)| at)
        };
        let Some(end) = close.and_then(ends) else { return true };
        let quote = &after[..end];
        let stands = |e: &Evidence<'_>| [e.text, e.lead_in, e.title, e.citation].iter().any(|t| t.contains(quote));
        if quote.trim().is_empty() || !cited.iter().any(stands) {
            return true;
        }
        let step = end + after[end..].chars().next().map_or(0, char::len_utf8);
        rest = &after[step..];
        before = close;
    }
    false
}

/// Whether the sign at `at` opens or closes a quotation. An apostrophe within a word does not.
fn quotes_at(text: &str, at: usize, sign: char, before: Option<char>) -> bool {
    let is_quote = QUOTES.iter().any(|(open, close)| *open == sign || *close == sign);
    if !is_quote || !APOSTROPHES.contains(&sign) {
        return is_quote;
    }
    let joins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let left = text[..at].chars().next_back().or(before);
    !(joins(left) && joins(text[at + sign.len_utf8()..].chars().next()))
}

/// Whether the sentence calls something lawful or unlawful in words the cited text has not.
pub fn judges_beyond(text: &str, cited: &[Evidence<'_>]) -> bool {
    let own = spoken(text);
    let theirs: Vec<String> = cited.iter().map(|e| spoken(&[e.title, e.lead_in, e.text].join("\n"))).collect();
    JUDGEMENTS.iter().any(|words| {
        let words = [*words];
        holds(&own, &words) && !theirs.iter().any(|t| holds(t, &words))
    })
}
