/*!
What a calculator makes of the facts a question states, on the clauses it rests on.
*/

use super::{
    clarify,
    compose::{Choice, Chosen, Role},
    figure,
    types::{AnswerSentence, CitedProvision},
};
use crate::{calc::Offer, config::Limits, law::Document};

/// Most clauses of a result that are looked at.
const SOURCES_MAX: usize = 2;
/// Longest quote of such a clause, in characters.
const QUOTE_CHARS_MAX: usize = 200;
/// Fewest characters worth quoting.
const QUOTE_CHARS_MIN: usize = 50;

/// The calculator's line, where the facts for it are all there, and the clauses it needs beside
/// those chosen. What only stands beside the answer makes room for them.
pub fn out(
    choice: &Choice<'_>,
    offer: &Offer,
    chosen: &mut Vec<Chosen>,
    limits: &Limits,
) -> Option<(AnswerSentence, Vec<CitedProvision>)> {
    let outcome = offer.outcome(choice.as_of)?;
    let figure = outcome.figures.first()?;
    let mut held: Vec<(&Document, usize)> = Vec::new();
    let mut named: Option<String> = None;
    for source in outcome.steps.iter().flat_map(|step| &step.sources) {
        named.get_or_insert_with(|| source.citation().to_string());
        let found = clarify::held(choice.generation, &source.id(), choice.as_of);
        held.extend(found.filter(|found| held.len() < SOURCES_MAX && !is_among(&held, *found)));
    }
    let is_quoted = |chosen: &[Chosen], (document, node): (&Document, usize)| {
        let id = document.provision_id(node);
        chosen.iter().find(|one| is_same(&one.cited.id, &id)).map(|one| one.cited.n)
    };
    let mut numbers: Vec<usize> = held.iter().filter_map(|source| is_quoted(chosen, *source)).collect();
    numbers.dedup();
    // Where the very figure stands in what is quoted, that carries the line; else what else it
    // rests on comes along.
    let result = figure::figures(&figure.amount.text()).into_iter().next();
    let tells = |one: &Chosen| {
        let same = |told: figure::Figure| result.as_ref().is_some_and(|r| r.value == told.value && r.unit == told.unit);
        numbers.contains(&one.cited.n) && figure::figures(&one.cited.quote).into_iter().any(same)
    };
    let mut added: Vec<CitedProvision> = Vec::new();
    if !chosen.iter().any(tells) {
        let wanted: Vec<_> = held.iter().filter(|source| is_quoted(chosen, **source).is_none()).collect();
        while limits.quoted_chars_max < used(chosen) + wanted.len() * QUOTE_CHARS_MIN
            && chosen.last().is_some_and(|last| last.role == Role::Beside)
        {
            chosen.pop();
        }
        numbers.retain(|n| *n <= chosen.len());
        for (document, node) in wanted {
            let taken: usize = added.iter().map(|cited| cited.quote_end - cited.quote_start).sum();
            let room = limits.quoted_chars_max.saturating_sub(used(chosen) + taken).min(QUOTE_CHARS_MAX);
            if QUOTE_CHARS_MIN <= room {
                let n = chosen.len() + added.len() + 1;
                numbers.push(n);
                added.push(clarify::cite(choice, document, *node, n, room));
            }
        }
    }
    // Where the clause is not held, its name at least.
    let named = named.filter(|_| numbers.is_empty()).map(|name| format!(", theo {name}")).unwrap_or_default();
    let text = format!("Tính theo điều bạn nêu: {} {}{named}.", figure.label.to_lowercase(), figure.amount.text());
    let line = AnswerSentence { text, citations: numbers, supported: true, withdrawn: false, reason: String::new() };
    Some((line, added))
}

fn is_among(held: &[(&Document, usize)], found: (&Document, usize)) -> bool {
    held.iter().any(|one| one.0.provision_id(one.1) == found.0.provision_id(found.1))
}

/// Whether one provision is the other or a part of it.
fn is_same(a: &str, b: &str) -> bool {
    let holds = |whole: &str, part: &str| part.strip_prefix(whole).is_some_and(|r| r.is_empty() || r.starts_with('/'));
    holds(a, b) || holds(b, a)
}

fn used(chosen: &[Chosen]) -> usize {
    chosen.iter().map(|one| one.cited.quote_end - one.cited.quote_start).sum()
}
