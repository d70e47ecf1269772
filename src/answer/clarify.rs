/*!
Asking back: when the answer turns on a fact that was not given.

The fact is read off the structure of what was found, never off the wording of known
questions: a calculator that lacks a choice, the points of one list with different numbers,
the parts of an article where the question points at a case it does not tell. Every choice
comes with its partial answer.
*/

use std::ops::Range;

use super::{
    asked::Wish,
    compose::{self, Choice},
    figure,
    pieces::{self, Piece},
    types::{CitedProvision, Clarify, ClarifyChoice},
};
use crate::{
    calc::{self, Amount, Kind, Offer, Outcome},
    index::Generation,
    law::{Document, text::shorten},
};

/// Most choices of one question.
const CHOICES_MAX: usize = 6;
/// Longest label of a choice, in characters.
const LABEL_CHARS_MAX: usize = 110;
/// Longest quote under a choice, in characters.
const QUOTE_CHARS_MAX: usize = 240;
/// Most provisions under one choice.
const CITATIONS_MAX: usize = 2;
/// Closer than this, the question does not tell one branch from the next.
const SAME_SHARE: f32 = 0.04;
/// A question longer than this tells its case, in syllables.
const UNTOLD_SYLLABLES_MAX: usize = 14;

/// The question back, where one is needed.
pub fn find(choice: &Choice<'_>, offer: Option<&Offer>) -> Option<Clarify> {
    if choice.outcome.understood.direct.is_some() {
        return None;
    }
    if is_untold(choice) {
        return by_parts(choice);
    }
    if !choice.asked.own_case || choice.asked.wish != Wish::Number {
        return None;
    }
    // A question a calculator can work out has told enough, whatever the clause distinguishes.
    match offer {
        Some(offer) if offer.outcome(choice.as_of).is_some() => None,
        Some(offer) => by_calculator(choice, offer).or_else(|| by_branches(choice)),
        None => by_branches(choice),
    }
}

/// Whether the question points at a case it does not tell.
pub fn is_untold(choice: &Choice<'_>) -> bool {
    let text = &choice.outcome.understood.text;
    choice.asked.points_at_untold
        && !text.contains('(')
        && crate::law::text::syllables(text).len() <= UNTOLD_SYLLABLES_MAX
}

/// The first choice a calculator lacks, worked out for every value.
fn by_calculator(choice: &Choice<'_>, offer: &Offer) -> Option<Clarify> {
    let run = |extra: Option<(&'static str, &str)>| {
        let stated = offer.inputs.iter().map(|(name, value)| (*name, value.as_str()));
        offer.calculator.run(stated.chain(extra), choice.as_of).ok()
    };
    let missing = run(None)?.missing;
    let (field, values) = missing.iter().find_map(|missing| match missing.field.kind {
        Kind::Choice(values) => Some((missing.field, values)),
        _ => None,
    })?;
    let mut choices = Vec::new();
    for (value, label) in values.iter().take(CHOICES_MAX) {
        let outcome = run(Some((field.name, value)))?;
        choices.push(worked_out(choice, label, &outcome)?);
    }
    let differ = choices.iter().any(|other| other.answer != choices[0].answer);
    (2 <= choices.len() && differ).then(|| Clarify {
        question: format!("Câu trả lời tùy theo: {}. Của bạn là:", lower_first(field.label)),
        choices,
    })
}

/// One value's partial answer: the figures, or the steps towards them, on the provisions held.
fn worked_out(choice: &Choice<'_>, label: &str, outcome: &Outcome) -> Option<ClarifyChoice> {
    let mut citations: Vec<CitedProvision> = Vec::new();
    for source in outcome.steps.iter().flat_map(|step| &step.sources) {
        if citations.len() < CITATIONS_MAX
            && let Some((document, node)) = held(choice.generation, &source.id(), choice.as_of)
            && !citations.iter().any(|cited| cited.id == document.provision_id(node))
        {
            citations.push(cite(choice, document, node, citations.len() + 1, QUOTE_CHARS_MAX));
        }
    }
    // "0 ngày" is said better by the step that tells why.
    let is_zero =
        |figure: &calc::Figure| matches!(figure.amount, Amount::Count(count, _) if count.as_whole() == Some(0));
    let text = match outcome.figures.first().filter(|figure| !is_zero(figure)) {
        Some(figure) => format!("{}: {}.", figure.label, figure.amount.text()),
        None => outcome.steps.first()?.text.clone(),
    };
    let marks: String = citations.iter().map(|cited| format!("[{}]", cited.n)).collect();
    (!citations.is_empty()).then(|| ClarifyChoice {
        label: label.to_owned(),
        answer: format!("{text} {marks}"),
        citations,
    })
}

/// The points of one list, where each has another number and the question fits none better.
fn by_branches(choice: &Choice<'_>) -> Option<Clarify> {
    let hit = choice.outcome.hits.first()?;
    let best = *compose::in_article(choice, hit).first()?;
    let document = choice.generation.document_of(hit.article);
    let list = if best.is_list { best.node } else { pieces::list_of(document, best.node)? };
    let nodes: Vec<usize> =
        document.children(Some(list)).filter(|node| document.validity(*node).in_force_on(choice.as_of)).collect();
    let figures: Vec<figure::Figure> = nodes
        .iter()
        .map(|node| figure::figures(document.provision_text(*node)).into_iter().find(|f| fits(choice, f)))
        .collect::<Option<_>>()?;
    let differ = figures.iter().any(|f| f.value != figures[0].value || f.unit != figures[0].unit);
    if nodes.len() < 2 || CHOICES_MAX < nodes.len() || !differ || !undecided(choice, document, list, &nodes) {
        return None;
    }
    let choices = nodes.iter().zip(&figures).map(|(node, f)| {
        let text = document.provision_text(*node);
        let segment = segment_at(text, f.range.start);
        branch(choice, document, *node, segment.clone(), condition(&text[segment.clone()], &within(f, &segment)))
    });
    Some(Clarify {
        question: "Câu trả lời tùy trường hợp. Trường hợp của bạn là:".to_owned(),
        choices: choices.collect(),
    })
}

fn fits(choice: &Choice<'_>, figure: &figure::Figure) -> bool {
    choice.asked.units.is_empty() || choice.asked.units.contains(&figure.unit.as_str())
}

fn undecided(choice: &Choice<'_>, document: &Document, list: usize, nodes: &[usize]) -> bool {
    let opening = pieces::opening(document, list);
    let mut own: Vec<f32> =
        nodes.iter().map(|node| choice.weights.share_beyond(document.provision_text(*node), opening)).collect();
    own.sort_by(|a, b| b.total_cmp(a));
    own[0] - own[1] < SAME_SHARE
}

/// What a branch depends on: its words without its number.
fn condition(text: &str, figure: &figure::Figure) -> String {
    let rest = [pieces::bare(&text[..figure.range.start]), pieces::bare(&text[figure.range.end..])].join(" ");
    let rest = rest.trim();
    let begins = ["nếu ", "đối với ", "khi ", "trong trường hợp ", "trường hợp ", "với "];
    let rest = begins.iter().find_map(|begin| rest.strip_prefix(begin)).unwrap_or(rest);
    upper_first(shorten(rest, LABEL_CHARS_MAX))
}

/// The parts of the best article, where the case is not told at all.
fn by_parts(choice: &Choice<'_>) -> Option<Clarify> {
    let hit = choice.outcome.hits.first()?;
    let document = choice.generation.document_of(hit.article);
    let article = choice.generation.layout.articles[hit.article].node;
    let leaves: Vec<Piece> = pieces::of_article(document, article)
        .into_iter()
        .filter(|piece| !piece.is_list && document.validity(piece.node).in_force_on(choice.as_of))
        .collect();
    if leaves.len() < 2 {
        return None;
    }
    // What is tapped and what it answers come from the same sentence.
    let part = |node: usize| {
        let text = document.provision_text(node);
        let segment = pieces::best_segment(text, choice.weights, choice.asked);
        let segment = segment_at(text, segment.start);
        let label = match figure::figures(&text[segment.clone()]).first() {
            Some(figure) => condition(&text[segment.clone()], figure),
            None => upper_first(shorten(pieces::bare(&text[segment.clone()]), LABEL_CHARS_MAX)),
        };
        branch(choice, document, node, segment, label)
    };
    let mut scored: Vec<(Piece, f32)> =
        leaves.iter().map(|piece| (*piece, choice.weights.share(document.provision_text(piece.node)))).collect();
    scored.sort_by(|a, b| b.1.total_cmp(&a.1));
    scored.truncate(CHOICES_MAX - 2);
    scored.sort_by_key(|(piece, _)| piece.node);
    let choices = scored.iter().map(|(piece, _)| part(piece.node));
    let question = "Bạn chưa kể rõ đó là trường hợp nào. Trường hợp của bạn giống mục nào dưới đây?".to_owned();
    Some(Clarify { question, choices: choices.collect() })
}

/// A choice: its label, and the sentence it is a label of.
fn branch(
    choice: &Choice<'_>,
    document: &Document,
    node: usize,
    segment: Range<usize>,
    label: String,
) -> ClarifyChoice {
    let text = document.provision_text(node);
    let quoted = pieces::window(text, segment, QUOTE_CHARS_MAX);
    let cited = compose::cite(document, node, 1, quoted, choice.as_of);
    let answer = format!("“{}” [1]", pieces::bare(&cited.quote));
    ClarifyChoice { label, answer, citations: vec![cited] }
}

/// The sentence of a text that holds the byte at `at`.
fn segment_at(text: &str, at: usize) -> Range<usize> {
    pieces::segments(text).into_iter().find(|segment| at < segment.end).unwrap_or(0..text.len())
}

/// A figure of a text as one of a segment of it.
fn within(figure: &figure::Figure, segment: &Range<usize>) -> figure::Figure {
    let range = figure.range.start.saturating_sub(segment.start)..figure.range.end.saturating_sub(segment.start);
    figure::Figure { range, ..figure.clone() }
}

/// A provision as a citation of at most `chars_max` characters around what fits the question.
pub fn cite(choice: &Choice<'_>, document: &Document, node: usize, n: usize, chars_max: usize) -> CitedProvision {
    let text = document.provision_text(node);
    let focus = pieces::best_segment(text, choice.weights, choice.asked);
    compose::cite(document, node, n, pieces::window(text, focus, chars_max), choice.as_of)
}

/// The provision of an id that is in force on a day: of several versions, that day's.
pub fn held<'g>(generation: &'g Generation, id: &str, as_of: jiff::civil::Date) -> Option<(&'g Document, usize)> {
    let (document, path) = id.split_once('/')?;
    let found =
        |d: &'g Document| d.find(path).filter(|node| d.validity(*node).in_force_on(as_of)).map(|node| (d, node));
    generation.documents().map(|(_, d)| d).filter(|d| d.id == document && !d.is_digest()).find_map(found)
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

fn upper_first(text: &str) -> String {
    let mut chars = text.trim().chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
