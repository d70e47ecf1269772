/*!
Cutting evidence into rules: the least piece of a clause that says something by itself.

A point says nothing without the words its clause begins with, so each rule carries its
lead-ins and the article's title before its own words.
*/

use super::{
    Evidence,
    held::Held,
    lexicon::Modal,
    shape,
    tokens::{Kind, Token, tokens, tokens_after},
};

/// A rule with what leads to it.
#[derive(Debug, Clone)]
pub struct Unit {
    /// Number of the evidence it comes from.
    pub n: usize,
    /// Title, lead-ins and own words.
    pub tokens: Vec<Token>,
    /// Where the lead-ins begin: before it stands the title.
    pub lead_from: usize,
    /// Where its own words begin.
    pub own_from: usize,
    /// Label of the clause it stands in, where the text says.
    pub clause: Option<String>,
    /// Label of the point it stands in, where the text says.
    pub point: Option<String>,
    /// Whether it is a lead-in with all that is listed under it.
    pub is_list: bool,
    /// Its words.
    pub held: Held,
    /// Its words without the title's.
    pub body_held: Held,
    /// The words of its lead-ins alone.
    pub lead_held: Held,
}

/// A rule with a must or may of its own has it among its first words; later ones are of
/// clauses within it.
const OWN_MODAL_TOKENS: usize = 3;

/// Depth of a line: plain, clause, point, dash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Depth {
    Plain,
    Clause,
    Point,
    Dash,
}

struct Line<'t> {
    depth: Depth,
    label: &'t str,
    text: &'t str,
}

/// All rules of a piece of evidence: each line, and each sentence of a line of several.
pub fn units(evidence: &Evidence<'_>) -> Vec<Unit> {
    let mut joined = joined(evidence.text);
    joined.retain(|text| !shape::gives_orders(text));
    let lines: Vec<Line<'_>> = joined.iter().map(|text| line(text)).collect();
    let mut open: Vec<&Line<'_>> = Vec::new();
    let mut units = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        open.retain(|above| above.depth < line.depth);
        let leads: Vec<&str> = open.iter().map(|above| above.text).collect();
        let label = |depth: Depth| {
            open.iter().copied().chain([line]).find(|l| l.depth == depth).map(|l| l.label.to_lowercase())
        };
        let (clause, point) = (label(Depth::Clause), label(Depth::Point));
        let mut add = |own: &str| units.push(unit(evidence, &leads, own, clause.clone(), point.clone()));
        add(line.text);
        let sentences = split(line.text);
        if 1 < sentences.len() {
            sentences.iter().for_each(|sentence| add(sentence));
            units.extend(elliptic(evidence, &leads, &sentences, &clause, &point));
        }
        if line.text.ends_with(':') || lines.get(index + 1).is_some_and(|next| line.depth < next.depth) {
            open.push(line);
        }
    }
    units.extend(lists(evidence, &lines));
    units
}

/// "… giờ chèo không quá 5 giờ trong ngày; không quá 20 giờ trong tuần": what begins with its
/// number is said of what the first part of the line speaks of.
fn elliptic(
    evidence: &Evidence<'_>,
    leads: &[&str],
    sentences: &[&str],
    clause: &Option<String>,
    point: &Option<String>,
) -> Vec<Unit> {
    let is_number = |t: &Token| matches!(t.kind, Kind::Number(_));
    let first = tokens(sentences[0]);
    let Some(subject) = first.iter().position(is_number).filter(|at| 0 < *at) else { return Vec::new() };
    let whole = |sentence: &&str| {
        let own = tokens(sentence);
        own.first().is_some_and(is_number).then(|| {
            let mut unit = unit(evidence, leads, "", clause.clone(), point.clone());
            unit.tokens.extend(first[..subject].iter().cloned().chain(own));
            unit.read()
        })
    };
    sentences[1..].iter().filter_map(whole).collect()
}

/// Each lead-in with the lines under it, and all lines of a text without one.
fn lists(evidence: &Evidence<'_>, lines: &[Line<'_>]) -> Vec<Unit> {
    let mut lists = Vec::new();
    for (index, lead) in lines.iter().enumerate().filter(|(_, line)| line.text.ends_with(':')) {
        let under: Vec<&Line<'_>> = lines[index + 1..].iter().take_while(|l| lead.depth < l.depth).collect();
        let clause = (lead.depth == Depth::Clause).then(|| lead.label.to_lowercase());
        lists.extend(list(evidence, &[lead.text], &under, clause));
    }
    let outer: Vec<&Line<'_>> = lines.iter().collect();
    if lines.iter().all(|l| l.depth == Depth::Clause || l.depth == Depth::Dash) {
        lists.extend(list(evidence, &[], &outer, None));
    }
    lists
}

fn list(evidence: &Evidence<'_>, leads: &[&str], under: &[&Line<'_>], clause: Option<String>) -> Option<Unit> {
    if under.len() < 2 {
        return None;
    }
    let mut whole = unit(evidence, leads, "", clause, None);
    for line in under {
        whole.tokens.extend(tokens(line.text));
        whole.tokens.push(Token { kind: Kind::Break('\n'), words: String::new(), capital: false });
    }
    whole.is_list = true;
    Some(whole.read())
}

fn unit(evidence: &Evidence<'_>, leads: &[&str], own: &str, clause: Option<String>, point: Option<String>) -> Unit {
    let mut list = tokens(evidence.title);
    let sign = |list: &mut Vec<Token>| {
        list.push(Token { kind: Kind::Break('\n'), words: String::new(), capital: false });
    };
    sign(&mut list);
    let lead_from = list.len();
    let mut open = None;
    // "3. Bổ nhiệm lại": the label is no number of the rule.
    for lead in [line(evidence.lead_in.trim()).text].iter().chain(leads).filter(|lead| !lead.is_empty()) {
        let (lead, left) = tokens_after(lead, open);
        open = left;
        list.extend(lead);
        sign(&mut list);
    }
    let own_from = list.len();
    list.extend(tokens_after(own, open).0);
    let (n, lead_held) = (evidence.n, Held::of(&list[lead_from..own_from]));
    let (held, body_held) = (Held::default(), Held::default());
    let unit = Unit { n, tokens: list, lead_from, own_from, clause, point, is_list: false, held, body_held, lead_held };
    unit.read()
}

/// The lines of a text, each whole: a printed line that goes on in the next is one with it.
fn joined(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for next in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let goes_on = lines.last().is_some_and(|last| !last.ends_with(['.', ';', ':', ',', '!', '?']))
            || next.starts_with(char::is_lowercase);
        match lines.last_mut() {
            Some(last) if goes_on && line(next).depth == Depth::Plain => {
                last.push(' ');
                last.push_str(next);
            }
            _ => lines.push(next.to_owned()),
        }
    }
    lines
}

/// A line with its label taken off.
fn line(text: &str) -> Line<'_> {
    let head = text.split([' ', '\u{a0}']).next().unwrap_or_default();
    let rest = text[head.len()..].trim_start();
    let is_letter = |label: &str| label.chars().count() <= 2 && label.chars().all(char::is_alphabetic);
    let is_number = |label: &str| {
        !label.is_empty()
            && label.len() <= 4
            && label.starts_with(|c: char| c.is_ascii_digit())
            && label.bytes().filter(|b| b.is_ascii_digit()).count() + 1 >= label.len()
    };
    if let Some(label) = head.strip_suffix('.').filter(|label| is_number(label)) {
        return Line { depth: Depth::Clause, label, text: rest };
    }
    if let Some(label) = head.strip_suffix(')').filter(|label| is_letter(label) && !label.is_empty()) {
        return Line { depth: Depth::Point, label, text: rest };
    }
    if matches!(head, "-" | "–" | "+" | "•") {
        return Line { depth: Depth::Dash, label: "", text: rest };
    }
    Line { depth: Depth::Plain, label: "", text }
}

/// Sentences of a line, and parts between semicolons.
fn split(line: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, c) in line.char_indices() {
        let after = &line[at + c.len_utf8()..];
        let ends = match c {
            '.' => after.starts_with(' ') && after.trim_start().starts_with(char::is_uppercase),
            ';' => true,
            _ => false,
        };
        if ends {
            parts.push(line[start..at].trim());
            start = at + c.len_utf8();
        }
    }
    parts.push(line[start..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}

impl Unit {
    /// With the words of its tokens.
    fn read(mut self) -> Self {
        self.held = Held::of(&self.tokens);
        self.body_held = Held::of(&self.tokens[self.lead_from..]);
        self
    }

    /// Its own words.
    pub fn own(&self) -> &[Token] {
        &self.tokens[self.own_from..]
    }

    /// What its title and lead-ins do to acts listed under them: forbidden, or not needed.
    pub fn inherited(&self) -> Option<Modal> {
        let states_own =
            self.own().iter().take(OWN_MODAL_TOKENS).any(|t| matches!(t.kind, Kind::Modal(_) | Kind::Negation));
        let last = self.tokens[..self.own_from].iter().rev().find_map(|t| match t.kind {
            Kind::Modal(modal) => Some(modal),
            _ => None,
        });
        last.filter(|modal| !states_own && matches!(modal, Modal::MustNot | Modal::NeedNot))
    }
}
