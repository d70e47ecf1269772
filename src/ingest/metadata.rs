/*!
Number, title, kind and dates from a document's own text.

Looks where drafters put them: number and day of issue in the preamble, the title under
the kind in capitals, the effective date in the last articles. Unknown stays unknown.
*/

use jiff::civil::Date;

use super::sidecar::guess_kind;
use crate::law::{DocumentKind, NodeKind, Validity, document::Heading, text::fold};

/// Most lines of a preamble that are read for metadata.
const PREAMBLE_LINES_MAX: usize = 60;
/// How many of the last articles may state the effective date.
const LAST_ARTICLES_MAX: usize = 5;

/// What the text says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Number as printed.
    pub number: Option<String>,
    /// Title with its year.
    pub title: Option<String>,
    /// Kind.
    pub kind: Option<DocumentKind>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// Day of issue.
    pub issued: Option<Date>,
    /// Effective date.
    pub validity: Validity,
}

/// Reads the metadata of `text`, whose headings are known.
pub fn find(text: &str, headings: &[Heading]) -> Found {
    let first = headings.first().map_or(text.len(), |h| h.start);
    let preamble: Vec<&str> =
        text[..first].lines().map(str::trim).filter(|l| !l.is_empty()).take(PREAMBLE_LINES_MAX).collect();
    let number = preamble.iter().find_map(|line| number_in(line));
    let issued = preamble.iter().find_map(|line| date_in(line));
    let title = title_in(&preamble).map(|title| with_year(title, number.as_deref(), issued));
    let kind = guess_kind(number.as_deref(), title.as_deref().unwrap_or_default());
    let issuer = preamble.first().filter(|line| is_capital(line)).map(|line| (*line).to_owned());
    let articles: Vec<&Heading> = headings.iter().filter(|h| h.kind == NodeKind::Article).collect();
    let tail = articles.len().checked_sub(LAST_ARTICLES_MAX).map_or(articles.first(), |at| articles.get(at));
    let from = tail.and_then(|heading| effective_date(&text[heading.start..]));
    Found { number, title, kind, issuer, issued, validity: Validity { from, to: None } }
}

/// `45/2019/QH14`, `125/VBHN-VPQH`: the first such word of a line.
fn number_in(line: &str) -> Option<String> {
    line.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | ':' | '*'))
        .map(|word| word.trim_matches(['.', '"', '“', '”']))
        .find(|word| {
            let mut parts = word.split('/');
            let numbered = parts.next().is_some_and(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
            let last = word.rsplit('/').next().unwrap_or_default();
            numbered
                && word.contains('/')
                && last.chars().any(char::is_alphabetic)
                && !last.chars().any(char::is_lowercase)
        })
        .map(str::to_owned)
}

/// "ngày 20 tháng 11 năm 2019" or "20/11/2019" in a line.
fn date_in(line: &str) -> Option<Date> {
    let folded = fold(line);
    let after = |text: &str, word: &str| -> Option<(i16, usize)> {
        let at = text.find(word)? + word.len();
        let rest = text[at..].trim_start();
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        Some((rest[..digits].parse().ok()?, at))
    };
    let mut rest = folded.as_str();
    while let Some(at) = rest.find("ngay ") {
        rest = &rest[at..];
        if let Some((day, _)) = after(rest, "ngay ") {
            let slashed: Vec<i16> = rest["ngay ".len()..]
                .split(|c: char| !c.is_ascii_digit() && c != '/')
                .next()
                .unwrap_or_default()
                .split('/')
                .filter_map(|part| part.parse().ok())
                .collect();
            let (month, year) = match slashed.as_slice() {
                [_, month, year] => (Some(*month), Some(*year)),
                _ => (after(rest, "thang ").map(|x| x.0), after(rest, "nam ").map(|x| x.0)),
            };
            let date = month
                .zip(year)
                .and_then(|(month, year)| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok());
            if date.is_some() {
                return date;
            }
        }
        rest = &rest["ngay ".len()..];
    }
    None
}

fn effective_date(tail: &str) -> Option<Date> {
    tail.lines().filter(|line| fold(line).contains("co hieu luc")).find_map(|line| {
        let folded = fold(line);
        let at = folded.find("co hieu luc")?;
        date_in(&folded[at..])
    })
}

fn is_capital(line: &str) -> bool {
    line.chars().any(char::is_alphabetic) && !line.chars().any(char::is_lowercase)
}

/// The lines in capitals under the kind ("BỘ LUẬT", "NGHỊ ĐỊNH", …) as a title, or a first
/// heading that names a kind.
fn title_in(preamble: &[&str]) -> Option<String> {
    const KINDS: [&str; 8] =
        ["BỘ LUẬT", "LUẬT", "NGHỊ ĐỊNH", "THÔNG TƯ", "NGHỊ QUYẾT", "QUYẾT ĐỊNH", "PHÁP LỆNH", "HIẾN PHÁP"];
    for (at, line) in preamble.iter().enumerate() {
        if let Some(kind) = KINDS.iter().find(|kind| **kind == *line) {
            let title: Vec<&str> =
                preamble[at + 1..].iter().copied().take_while(|l| is_capital(l) && number_in(l).is_none()).collect();
            let name = if title.is_empty() {
                preamble.get(at + 1).copied().unwrap_or_default().to_owned()
            } else {
                title.join(" ")
            };
            return (!name.is_empty()).then(|| format!("{} {}", sentence_case(kind), sentence_case(&name)));
        }
    }
    let first = preamble.first()?;
    guess_kind(None, first).filter(|_| !is_capital(first)).map(|_| (*first).to_owned())
}

fn sentence_case(text: &str) -> String {
    if !is_capital(text) {
        return text.to_owned();
    }
    let lower = text.to_lowercase();
    let mut chars = lower.chars();
    chars.next().map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), chars.as_str()))
}

/// Adds the year of the number or of issue where the title has none.
fn with_year(title: String, number: Option<&str>, issued: Option<Date>) -> String {
    let has_year = |text: &str| text.split_whitespace().any(|w| w.len() == 4 && w.bytes().all(|b| b.is_ascii_digit()));
    if has_year(&title) {
        return title;
    }
    let year = number
        .and_then(|number| number.split('/').find(|part| part.len() == 4 && part.bytes().all(|b| b.is_ascii_digit())))
        .map(str::to_owned)
        .or_else(|| issued.map(|date| date.year().to_string()));
    year.map_or_else(|| title.clone(), |year| format!("{title} {year}"))
}
