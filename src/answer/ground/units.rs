/*!
Cutting evidence into rules: the least piece of a clause that says something by itself.

A point says nothing without the words its clause begins with, so each rule carries its
lead-ins and the article's title before its own words.
*/

use super::{
    Evidence,
    lexicon::Modal,
    tokens::{Kind, Token, tokens},
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
}

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
    let lines: Vec<Line<'_>> = evidence.text.lines().map(str::trim).filter(|l| !l.is_empty()).map(line).collect();
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
        }
        if line.text.ends_with(':') || lines.get(index + 1).is_some_and(|next| line.depth < next.depth) {
            open.push(line);
        }
    }
    units
}

fn unit(evidence: &Evidence<'_>, leads: &[&str], own: &str, clause: Option<String>, point: Option<String>) -> Unit {
    let mut list = tokens(evidence.title);
    let sign = |list: &mut Vec<Token>| {
        list.push(Token { kind: Kind::Break('\n'), words: String::new(), capital: false });
    };
    sign(&mut list);
    let lead_from = list.len();
    let outer = tokens(evidence.lead_in);
    if !outer.is_empty() {
        list.extend(outer);
        sign(&mut list);
    }
    for lead in leads {
        list.extend(tokens(lead));
        sign(&mut list);
    }
    let own_from = list.len();
    list.extend(tokens(own));
    Unit { n: evidence.n, tokens: list, lead_from, own_from, clause, point }
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
    /// Its own words.
    pub fn own(&self) -> &[Token] {
        &self.tokens[self.own_from..]
    }

    /// What its title and lead-ins do to acts listed under them: forbidden, or not needed.
    pub fn inherited(&self) -> Option<Modal> {
        let own_modal = self.own().iter().any(|t| matches!(t.kind, Kind::Modal(_)));
        let last = self.tokens[..self.own_from].iter().rev().find_map(|t| match t.kind {
            Kind::Modal(modal) => Some(modal),
            _ => None,
        });
        last.filter(|modal| !own_modal && matches!(modal, Modal::MustNot | Modal::NeedNot))
    }
}
