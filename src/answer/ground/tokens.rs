/*!
A text as the check compares it: words, parties, numbers, must and may, not, references.

Nothing is decided here. Bounds are read into the numbers they bound, so that "không quá"
is no negation; references ("khoản 2 Điều 35") are one token, so that their numbers are no
quantities.
*/

use unicode_normalization::char::is_combining_mark;

use super::{
    amounts::{self, Quantity},
    lexicon::{self, Bound, Class, Modal, Party},
};
use crate::law::text::canonical_syllable;

/// A reference within a document, as far as it is stated.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reference {
    /// Label of the point.
    pub point: Option<String>,
    /// Label of the clause.
    pub clause: Option<String>,
    /// Label of the article.
    pub article: Option<String>,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A word with a claim of its own.
    Word,
    /// A word without.
    Stop,
    /// Who.
    Party(Party),
    /// Must, may.
    Modal(Modal),
    /// Not.
    Negation,
    /// A number with unit and bound.
    Number(Quantity),
    /// Where in a document.
    Reference(Reference),
    /// Number of a document.
    Code,
    /// trừ trường hợp.
    Exception,
    /// The end of a part of a sentence, with its sign.
    Break(char),
}

/// A token with its canonical words.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Lower-case canonical syllables, joined by spaces.
    pub words: String,
    /// Whether it was written with a capital.
    pub capital: bool,
}

impl Token {
    /// Whether it is a word that names something by itself.
    pub fn is_telling(&self) -> bool {
        self.kind == Kind::Word && !lexicon::is_light(&self.words)
    }

    /// Whether it must be found in the clause for the sentence to stand.
    pub fn is_content(&self) -> bool {
        matches!(self.kind, Kind::Word | Kind::Party(_) | Kind::Number(_) | Kind::Code)
    }
}

/// A run of letters or digits, or a sign.
#[derive(Debug, Clone, PartialEq)]
struct Lexeme {
    text: String,
    capital: bool,
    /// Whether white space or the start stands before.
    spaced: bool,
    is_word: bool,
}

/// The tokens of a text, in order.
pub fn tokens(text: &str) -> Vec<Token> {
    tokens_after(text, None).0
}

/// The tokens of a text that stands under another one which ends in an open bound ("tối đa
/// như sau:"), and the bound that this one leaves open.
pub fn tokens_after(text: &str, open: Option<Bound>) -> (Vec<Token>, Option<Bound>) {
    let lexemes = rewrite(lexemes(text));
    let mut reader = Reader { lexemes: &lexemes, at: 0, tokens: Vec::new(), bound: open.map(|bound| (bound, 0)) };
    while reader.at < lexemes.len() {
        reader.step();
    }
    let left = reader.bound.map(|(bound, _)| bound).filter(|_| text.trim_end().ends_with(':'));
    (reader.tokens, left)
}

fn lexemes(text: &str) -> Vec<Lexeme> {
    let mut list: Vec<Lexeme> = Vec::new();
    let chars: Vec<char> = text.chars().collect();
    let is_word = |c: char| c.is_alphanumeric() || is_combining_mark(c);
    let mut at = 0;
    let mut spaced = true;
    while at < chars.len() {
        let c = chars[at];
        let start = at;
        if c.is_ascii_digit() {
            at = number_end(&chars, at);
        } else if is_word(c) {
            while at < chars.len() && is_word(chars[at]) {
                at += 1;
            }
        } else {
            at += 1;
        }
        if !c.is_whitespace() || c == '\n' {
            let run: String = chars[start..at].iter().collect();
            let text = if is_word(c) && !c.is_ascii_digit() { canonical_syllable(&run) } else { run.to_lowercase() };
            list.push(Lexeme { text, capital: c.is_uppercase(), spaced, is_word: is_word(c) });
        }
        spaced = c.is_whitespace();
    }
    list
}

/// End of the number at `at`: digits grouped by points or commas, or joined by strokes as in
/// dates and numbers of documents.
fn number_end(chars: &[char], mut at: usize) -> usize {
    let follows = |at: usize, test: fn(&char) -> bool| chars.get(at).is_some_and(test);
    let mut is_code = false;
    while at < chars.len() {
        let c = chars[at];
        let joins = match c {
            '0'..='9' => true,
            '.' | ',' => !is_code && follows(at + 1, char::is_ascii_digit),
            '/' => {
                is_code |= follows(at + 1, |c| c.is_alphanumeric());
                is_code
            }
            '-' => is_code && follows(at + 1, |c| c.is_alphabetic()),
            c => is_code && c.is_alphanumeric(),
        };
        if !joins {
            break;
        }
        at += 1;
    }
    at
}

fn rewrite(lexemes: Vec<Lexeme>) -> Vec<Lexeme> {
    let mut out = Vec::with_capacity(lexemes.len());
    let mut at = 0;
    while at < lexemes.len() {
        let words = words_from(&lexemes, at);
        if let Some((taken, to)) = lexicon::rewritten(&words) {
            for (index, word) in to.iter().enumerate() {
                let capital = index == 0 && lexemes[at].capital;
                out.push(Lexeme { text: word.clone(), capital, spaced: true, is_word: true });
            }
            at += taken;
        } else {
            out.push(lexemes[at].clone());
            at += 1;
        }
    }
    out
}

/// Longest run a table may hold, in syllables.
const RUN_SYLLABLES_MAX: usize = 10;

/// The words from `at` on, up to the next sign.
fn words_from(lexemes: &[Lexeme], at: usize) -> Vec<&str> {
    lexemes[at..].iter().take(RUN_SYLLABLES_MAX).take_while(|l| l.is_word).map(|l| l.text.as_str()).collect()
}

struct Reader<'l> {
    lexemes: &'l [Lexeme],
    at: usize,
    tokens: Vec<Token>,
    /// A bound that waits for its number, and where it stood.
    bound: Option<(Bound, usize)>,
}

/// How far a bound reaches to its number, in words.
const BOUND_REACH_WORDS: usize = 8;

impl Reader<'_> {
    fn step(&mut self) {
        let lexeme = &self.lexemes[self.at];
        if !lexeme.is_word && lexeme.text != "%" {
            if matches!(lexeme.text.as_str(), "," | ";" | ":" | "." | "(" | ")" | "\n" | "?" | "!" | "–" | "-" | "|")
            {
                if !matches!(lexeme.text.as_str(), "(" | ")" | ":") {
                    self.bound = None;
                }
                let sign = lexeme.text.chars().next().unwrap_or(' ');
                self.push(Kind::Break(sign), 1);
            } else {
                self.at += 1;
            }
            return;
        }
        if self.reference() || self.number() {
            return;
        }
        let after_break = self.tokens.last().is_none_or(|t| matches!(t.kind, Kind::Break(_)));
        match lexeme.text.as_str() {
            // "khấu trừ" takes away, ", trừ" excepts.
            "trừ" if after_break => return self.push(Kind::Exception, 1),
            "cấm" if after_break || matches!(self.tokens.last(), Some(Token { kind: Kind::Party(_), .. })) => {
                return self.push(Kind::Modal(Modal::MustNot), 1);
            }
            _ => {}
        }
        let words = words_from(self.lexemes, self.at);
        let Some((class, length)) = lexicon::classes_at(&words).find(|(class, length)| self.admits(*class, *length))
        else {
            let kind = if lexeme.text.contains('/') { Kind::Code } else { Kind::Word };
            return self.push(kind, 1);
        };
        match class {
            Class::Party(party) => self.push(Kind::Party(party), length),
            Class::Modal(modal) => self.push(Kind::Modal(modal), length),
            Class::Negation => self.push(Kind::Negation, length),
            Class::Exception => self.push(Kind::Exception, length),
            Class::Stop => self.push(Kind::Stop, length),
            Class::Time => self.push(Kind::Word, length),
            Class::Bound(bound) | Class::BoundBefore(bound) if self.bounds_something(self.at + length) => {
                self.bound = Some((bound, self.at));
                self.at += length;
            }
            Class::Bound(Bound::Within) => (0..length).for_each(|_| self.push(Kind::Stop, 1)),
            // "mức lương tối thiểu": the name of something.
            Class::Bound(_) | Class::BoundBefore(_) => (0..length).for_each(|_| self.push(Kind::Word, 1)),
        }
    }

    /// Whether a number follows within reach of a bound, or a colon below which one may.
    fn bounds_something(&self, from: usize) -> bool {
        let near = (from..self.lexemes.len()).take(BOUND_REACH_WORDS);
        for at in near {
            let lexeme = &self.lexemes[at];
            if lexeme.text == ":" || self.quantity_at(at).is_some() {
                return true;
            }
            // "trong thời hạn quy định tại khoản 2": no number of its own.
            let is_label = matches!(lexeme.text.as_str(), "điều" | "khoản" | "điểm");
            if is_label || (!lexeme.is_word && !matches!(lexeme.text.as_str(), "(" | ")" | "%")) {
                return false;
            }
        }
        false
    }

    /// A bound counts only where its number follows.
    fn admits(&self, class: Class, length: usize) -> bool {
        let starts = |at: usize| self.lexemes.get(at).is_some_and(|_| self.quantity_at(at).is_some());
        match class {
            Class::BoundBefore(_) => {
                let mut next = self.at + length;
                while self.lexemes.get(next).is_some_and(|l| matches!(l.text.as_str(), "là" | "bằng" | "mức" | "đủ"))
                {
                    next += 1;
                }
                starts(next)
            }
            Class::Negation => !self.lexemes[self.at].text.is_empty(),
            // "báo trước khi …" is told before, "trước ngày 01/7" a date's bound.
            Class::Time => self.tokens.last().is_none_or(|t| t.words != "báo"),
            _ => true,
        }
    }

    fn push(&mut self, kind: Kind, length: usize) {
        let run = &self.lexemes[self.at..self.at + length];
        let words = run.iter().map(|l| l.text.as_str()).collect::<Vec<_>>().join(" ");
        self.tokens.push(Token { kind, words, capital: run[0].capital });
        self.at += length;
    }

    /// The number at `at` without its bound: value, unit, end.
    fn quantity_at(&self, at: usize) -> Option<(f64, String, usize)> {
        let words = words_from_with_percent(self.lexemes, at);
        let before: Vec<&str> = self.lexemes[..at].iter().rev().take(2).map(|l| l.text.as_str()).collect();
        amounts::read(&words, &before).map(|(value, unit, length)| (value, unit, at + length))
    }

    fn number(&mut self) -> bool {
        let Some((value, unit, end)) = self.quantity_at(self.at) else { return false };
        let mut end = end;
        let mut bound = match self.bound.take() {
            Some((bound, from)) if self.at - from <= BOUND_REACH_WORDS => bound,
            _ => Bound::Exact,
        };
        let after: Vec<&str> = words_from(self.lexemes, end);
        match after.as_slice() {
            ["trở", "lên", ..] | ["trở", "đi", ..] => (bound, end) = (Bound::AtLeast, end + 2),
            ["trở", "xuống" | "lại", ..] => (bound, end) = (Bound::AtMost, end + 2),
            // "12 đến 36 tháng": the first of a range is its lower end.
            _ if bound == Bound::Exact && self.shares_bound() => bound = self.last_bound(),
            ["đến", ..] if bound == Bound::Exact && self.quantity_at(end + 1).is_some() => bound = Bound::AtLeast,
            _ => {}
        }
        let unit = if unit.is_empty() { self.unit_of_range(end) } else { unit };
        self.push(Kind::Number(Quantity { value, unit, bound }), end - self.at);
        true
    }

    /// "không quá 8 giờ trong 1 ngày và 40 giờ trong 1 tuần": the bound holds for both.
    fn shares_bound(&self) -> bool {
        let after_and = self.tokens.last().is_some_and(|t| matches!(t.words.as_str(), "và" | "hoặc"));
        let is_small = |t: &&Token| matches!(t.kind, Kind::Stop | Kind::Number(_));
        after_and && self.tokens.iter().rev().take_while(is_small).any(|t| matches!(t.kind, Kind::Number(_)))
    }

    /// The bound of the last number that has one, small words and rates skipped.
    fn last_bound(&self) -> Bound {
        let is_small = |t: &&Token| matches!(t.kind, Kind::Stop | Kind::Number(_));
        let bounds = self.tokens.iter().rev().take_while(is_small).filter_map(|t| match &t.kind {
            Kind::Number(quantity) => Some(quantity.bound),
            _ => None,
        });
        bounds.into_iter().find(|bound| *bound != Bound::Exact).unwrap_or(Bound::Exact)
    }

    /// "12 đến 36 tháng": both ends have the unit of the last.
    fn unit_of_range(&self, end: usize) -> String {
        let joins = self.lexemes.get(end).is_some_and(|l| matches!(l.text.as_str(), "đến" | "-" | "–" | "hoặc"));
        let next = joins.then(|| self.quantity_at(end + 1)).flatten();
        next.map_or_else(String::new, |(_, unit, _)| unit)
    }

    /// "điểm a khoản 1 Điều 35", "khoản 2", "Điều 12a".
    fn reference(&mut self) -> bool {
        let mut reference = Reference::default();
        let mut next = self.at;
        while let Some(lexeme) = self.lexemes.get(next) {
            let place = match lexeme.text.as_str() {
                "điểm" if reference.clause.is_none() && reference.article.is_none() => &mut reference.point,
                "khoản" if reference.article.is_none() => &mut reference.clause,
                "điều" => &mut reference.article,
                _ => break,
            };
            let is_point = lexeme.text == "điểm";
            if place.is_some() {
                break;
            }
            let Some((label, end)) = self.label(next + 1, is_point) else { break };
            *place = Some(label);
            next = end;
        }
        if next == self.at {
            return false;
        }
        self.push(Kind::Reference(reference), next - self.at);
        true
    }

    /// A label and its end: a letter for points, else a number with perhaps a letter joined to it.
    fn label(&self, at: usize, is_point: bool) -> Option<(String, usize)> {
        let lexeme = self.lexemes.get(at).filter(|l| l.is_word)?;
        if is_point {
            let is_label = lexeme.text.chars().count() == 1 && lexeme.text.chars().all(char::is_alphabetic);
            return is_label.then(|| (lexeme.text.clone(), at + 1));
        }
        if !lexeme.text.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let number = lexeme.text.trim_start_matches('0');
        let number = if number.is_empty() { "0" } else { number };
        let letter = self.lexemes.get(at + 1).filter(|l| l.is_word && !l.spaced && l.text.chars().count() == 1);
        Some(match letter {
            Some(letter) => (format!("{number}{}", letter.text), at + 2),
            None => (number.to_owned(), at + 1),
        })
    }
}

/// Like [`words_from`], with per cent signs, and strokes between a unit and what it is per.
fn words_from_with_percent(lexemes: &[Lexeme], at: usize) -> Vec<&str> {
    let admits = |l: &&Lexeme| l.is_word || matches!(l.text.as_str(), "%" | "/");
    lexemes[at..].iter().take(RUN_SYLLABLES_MAX).take_while(admits).map(|l| l.text.as_str()).collect()
}

/// The parties, in order.
pub fn parties(tokens: &[Token]) -> impl Iterator<Item = (usize, Party)> + '_ {
    tokens.iter().enumerate().filter_map(|(at, token)| match token.kind {
        Kind::Party(party) => Some((at, party)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One letter a token, numbers with unit and bound.
    fn check(text: &str, expect: &str) {
        let shown: Vec<String> = tokens(text)
            .into_iter()
            .filter(|t| !matches!(t.kind, Kind::Stop | Kind::Break(_)))
            .map(|t| match t.kind {
                Kind::Word | Kind::Code => t.words,
                Kind::Party(party) => format!("<{party:?}>"),
                Kind::Modal(modal) => format!("<{modal:?}>"),
                Kind::Number(q) => format!("<{} {} {:?}>", q.value, q.unit, q.bound),
                Kind::Reference(r) => format!(
                    "<{}/{}/{}>",
                    r.article.unwrap_or_default(),
                    r.clause.unwrap_or_default(),
                    r.point.unwrap_or_default()
                ),
                other => format!("<{other:?}>"),
            })
            .collect();
        assert_eq!(shown.join(" "), expect, "{text}");
    }

    #[test]
    fn parties_and_modals_are_one_token() {
        check(
            "Người sử dụng lao động không được giữ giấy tờ của người lao động",
            "<Employer> <MustNot> giữ giấy tờ <Worker>",
        );
        check("Công ty phải trả lương", "<Employer> <Must> trả lương");
        check("Bạn không cần báo trước", "<Asker> <NeedNot> báo");
    }

    #[test]
    fn bounds_go_into_numbers() {
        check("ít nhất 30 ngày", "<30 ngày AtLeast>");
        check("không quá 08 giờ trong 01 ngày", "<8 giờ AtMost> <1 ngày Exact>");
        check("từ 12 tháng đến 36 tháng", "<12 tháng AtLeast> <36 tháng AtMost>");
        check("từ đủ 15 tuổi đến chưa đủ 18 tuổi", "<15 tuổi AtLeast> <18 tuổi Below>");
        check("ba mươi ngày trở lên", "<30 ngày AtLeast>");
        check("ít nhất phải bằng 85% mức lương", "<85 % AtLeast> lương");
        check("4.960.000 đồng/tháng", "<4960000 đồng/tháng Exact>");
        check("12 đến 36 tháng", "<12 tháng AtLeast> <36 tháng AtMost>");
        check("tối đa hai năm", "<2 năm AtMost>");
        check("03 ngày làm việc", "<3 ngày làm việc Exact>");
        check(
            "tối đa 8 giờ mỗi ngày và 48 giờ mỗi tuần",
            "<8 giờ AtMost> <1 ngày Exact> <48 giờ AtMost> <1 tuần Exact>",
        );
    }

    #[test]
    fn references_and_dates_are_no_quantities() {
        check("điểm a khoản 2 Điều 36", "<36/2/a>");
        check("khoản 1 và khoản 3", "<//1> <//3>".replace("<//1>", "</1/>").replace("<//3>", "</3/>").as_str());
        check("từ ngày 01 tháng 01 năm 2021", "ngày <20210101 date Exact>");
        check("ngày 01/01/2021", "ngày <20210101 date Exact>");
        check("Nghị định số 145/2020/NĐ-CP", "145/2020/nđ-cp");
    }
}
