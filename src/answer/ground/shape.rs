/*!
What no sentence of an answer may hold, whatever it cites.
*/

use super::{
    Evidence,
    lexicon::{ASKING, JUDGEMENTS, ORDERS},
};
use crate::law::text::syllables;

/// Pairs of marks that claim to quote.
const QUOTES: [(char, char); 4] = [('“', '”'), ('"', '"'), ('«', '»'), ('„', '“')];
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
    while let Some((at, open)) = rest.char_indices().find(|(_, c)| is_quote(*c)) {
        let after = &rest[at + open.len_utf8()..];
        let close = QUOTES.iter().find(|(o, _)| *o == open).map(|(_, close)| *close);
        let Some(end) = close.and_then(|close| after.find(close)) else { return true };
        let quote = &after[..end];
        let stands = |e: &Evidence<'_>| [e.text, e.lead_in, e.title, e.citation].iter().any(|t| t.contains(quote));
        if quote.trim().is_empty() || !cited.iter().any(stands) {
            return true;
        }
        let step = end + after[end..].chars().next().map_or(0, char::len_utf8);
        rest = &after[step..];
    }
    false
}

fn is_quote(c: char) -> bool {
    QUOTES.iter().any(|(open, close)| *open == c || *close == c)
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
