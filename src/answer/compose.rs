/*!
Stage (a): choosing the clauses that answer, without a model.

From the best articles it takes clauses and points, not whole articles: each candidate is
scored by the question's weighty words it holds, by its passage's place in the search, and by
whether it has what is asked for, a number or a list. The exceptions of a rule come with it.
Quotes are verbatim parts of the provision's text, and few: somebody reads them on a phone.
*/

use std::ops::Range;

use jiff::civil::Date;

use super::{
    asked::{Asked, Wish},
    definition::Definition,
    exception, figure,
    pieces::{self, NUMBER_BONUS, Piece, UNTOLD_LOSS, Weights},
    types::CitedProvision,
};
use crate::{
    config::Limits,
    index::Generation,
    law::{
        Document, NodeKind,
        page::{address, provision_notes},
    },
    retrieve::{Hit, Outcome},
};

/// Score a further article may lag behind the best one and still be quoted.
const ARTICLE_LAG_MAX: f32 = 1.35;
/// Longest quote of the first provision, in characters.
const FIRST_CHARS_MAX: usize = 400;
/// The same of a list, which says little by its beginning.
const LIST_CHARS_MAX: usize = 500;
/// Longest quote of any other provision, in characters.
const OTHER_CHARS_MAX: usize = 220;
/// Fewest characters worth quoting.
const QUOTE_CHARS_MIN: usize = 50;
/// Share of the best candidate's score a second one of the same article must reach.
const SECOND_PIECE_SHARE: f32 = 0.9;
/// The same where there is no other article to quote.
const FILL_PIECE_SHARE: f32 = 0.65;
/// Most pieces of one article that answers alone.
const PIECES_MAX: usize = 3;
/// Bonus of a candidate that lies in the article's best passage.
const BEST_PASSAGE_BONUS: f32 = 0.35;
/// Bonus of a list where several things are asked for.
const LIST_BONUS: f32 = 0.3;
/// What a whole list loses against the point of it that fits.
const LIST_LOSS: f32 = 0.12;
/// Points closer than this by their own words are not told apart by the question.
const SAME_SHARE: f32 = 0.04;

/// Units, without accents, of what money is measured by.
const AMOUNTS: [&str; 3] = ["%", "lan", "dong"];

/// Why a provision is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It answers.
    Rule,
    /// It says where the rule before it does not hold.
    Exception,
    /// Another article on the subject.
    Beside,
}

/// A provision chosen, with the part of it that answers.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// The provision as cited.
    pub cited: CitedProvision,
    /// Why.
    pub role: Role,
    /// Whether its points are quoted as a list.
    pub is_list: bool,
    /// Points of a list that the quote does not reach.
    pub points_left: usize,
    /// Whether the sentence that answers is quoted to its end.
    pub is_whole: bool,
    /// Share of the question's weight in that sentence and what leads to it.
    pub share: f32,
    /// Byte range in the quote of the sentence that answers.
    pub focus: Range<usize>,
    /// Index of its document.
    pub document: usize,
    /// Its node.
    pub node: usize,
    /// Whether it is law, not an agreement or a guide.
    pub is_law: bool,
    /// Whether it is limited to the asker's own unit.
    pub is_own: bool,
}

/// What choosing needs to know.
pub struct Choice<'a> {
    /// The generation.
    pub generation: &'a Generation,
    /// What the search found.
    pub outcome: &'a Outcome,
    /// The question's terms.
    pub weights: &'a Weights,
    /// What is asked for.
    pub asked: &'a Asked,
    /// The clause that defines the term asked for.
    pub definition: Option<Definition>,
    /// The day whose law is asked for.
    pub as_of: Date,
}

/// The outcome with one article first.
pub fn promoted(outcome: &Outcome, article: usize) -> Outcome {
    let mut outcome = outcome.clone();
    let at = outcome.hits.iter().position(|hit| hit.article == article);
    let Some(first) = outcome.hits.first().cloned() else { return outcome };
    // An article that was not among the hits stands in for its own passage.
    let mut hit = at.map_or_else(|| Hit { article, ..first.clone() }, |at| outcome.hits.remove(at));
    hit.score = first.score;
    outcome.hits.insert(0, hit);
    outcome
}

/// The clauses that answer, numbered from 1, best first.
pub fn choose(choice: &Choice<'_>, limits: &Limits) -> Vec<Chosen> {
    let hits = &choice.outcome.hits;
    let mut chosen: Vec<Chosen> = Vec::new();
    let mut chars_left = limits.quoted_chars_max;
    let Some(best) = hits.first() else { return chosen };
    let is_law = |hit: &Hit| choice.generation.document_of(hit.article).meta.kind.is_law();
    let near = |hit: &&Hit| best.score - hit.score <= ARTICLE_LAG_MAX;
    let law: Vec<&Hit> = hits.iter().take(limits.cited_articles_max).take_while(near).collect();
    // The union's own agreement stands beside the law's minimum, never in its place. That it is no
    // law is why it ranks lower, and no reason to leave a unit's own text out.
    let is_limited = |hit: &Hit| choice.generation.document_of(hit.article).meta.unit.is_some();
    let is_beside = |hit: &&Hit| {
        let handicap = if is_limited(hit) { best.parts.law - hit.parts.law } else { 0.0 };
        best.score - hit.score - handicap <= ARTICLE_LAG_MAX
    };
    let mut others = hits.iter().skip(law.len()).filter(|hit| !is_law(hit));
    let beside = if law.len() < limits.cited_articles_max {
        others.find(|hit| is_limited(hit) && is_beside(hit))
    } else {
        others.next().filter(is_beside)
    };
    for (place, hit) in law.into_iter().chain(beside).enumerate() {
        let pieces = in_article(choice, hit).into_iter().filter(|piece| SECOND_PIECE_SHARE <= piece.share);
        for (at, piece) in pieces.take(if place == 0 { 2 } else { 1 }).enumerate() {
            let (role, most) = match (place, at) {
                (0, 0) if choice.definition.is_some() => (Role::Rule, limits.quoted_chars_max),
                (0, 0) if piece.is_list => (Role::Rule, LIST_CHARS_MAX),
                (0, 0) => (Role::Rule, FIRST_CHARS_MAX),
                (0, _) => (Role::Rule, OTHER_CHARS_MAX),
                _ => (Role::Beside, OTHER_CHARS_MAX),
            };
            let document = choice.generation.layout.articles[hit.article].document;
            take(choice, &mut chosen, &mut chars_left, Found { document, piece, role, most });
        }
        if place == 0 {
            for found in exception::of(choice, &chosen) {
                take(choice, &mut chosen, &mut chars_left, found);
            }
        }
    }
    fill(choice, &mut chosen, &mut chars_left);
    chosen
}

/// Where one article answers alone, what is left of the room goes to further pieces of it.
fn fill(choice: &Choice<'_>, chosen: &mut Vec<Chosen>, chars_left: &mut usize) {
    let Some(first) = chosen.first() else { return };
    let same = |one: &Chosen| one.cited.law_id == first.cited.law_id && one.cited.article_id == first.cited.article_id;
    if choice.definition.is_some() || first.is_list || !chosen.iter().all(same) {
        return;
    }
    let Some(hit) = choice.outcome.hits.first() else { return };
    let document = first.document;
    for piece in in_article(choice, hit).into_iter().take(PIECES_MAX) {
        if chosen.len() < PIECES_MAX {
            take(choice, chosen, chars_left, Found { document, piece, role: Role::Rule, most: OTHER_CHARS_MAX });
        }
    }
}

/// A piece to quote.
pub struct Found {
    /// Index of its document.
    pub document: usize,
    /// The piece.
    pub piece: Piece,
    /// Why.
    pub role: Role,
    /// Most characters of it.
    pub most: usize,
}

fn take(choice: &Choice<'_>, chosen: &mut Vec<Chosen>, chars_left: &mut usize, found: Found) {
    let document = choice.generation.at(found.document);
    let covers = |held: &Chosen| {
        held.document == found.document
            && (held.node == found.piece.node || document.ancestors(found.piece.node).any(|node| node == held.node))
    };
    if chosen.iter().any(covers) {
        return;
    }
    let text = document.provision_text(found.piece.node);
    let focus = if found.piece.is_list && found.role != Role::Exception {
        0..pieces::segments(text).first().map_or(text.len(), |first| first.end)
    } else {
        pieces::best_segment(text, choice.weights, choice.asked)
    };
    // Sentences of the rule and its exceptions are not cut short while there is room.
    let sentence_chars = if found.role == Role::Beside { 0 } else { text[focus.clone()].chars().count() };
    let room = found.most.max(sentence_chars).min(*chars_left);
    if room < QUOTE_CHARS_MIN {
        return;
    }
    let quoted = pieces::window(text, focus.clone(), room);
    let is_whole = focus.end <= quoted.end;
    let lead_in = pieces::lead_in(document, found.piece.node);
    let share = choice.weights.share(&format!("{lead_in}\n{}", &text[focus.clone()]));
    let focus = focus.start - quoted.start..focus.end.min(quoted.end) - quoted.start;
    let points = document.children(Some(found.piece.node));
    let reached = document.provision_range(found.piece.node).start + quoted.end;
    let points_left = points.filter(|point| reached <= document.nodes()[*point].start).count();
    let cited = cite(document, found.piece.node, chosen.len() + 1, quoted, choice.as_of);
    *chars_left -= cited.quote_end - cited.quote_start;
    let (is_law, is_own) = (document.meta.kind.is_law(), choice.generation.is_own(found.document));
    let Found { document, piece, role, .. } = found;
    let (is_list, node) = (piece.is_list, piece.node);
    chosen.push(Chosen { cited, role, is_list, points_left, is_whole, share, focus, document, node, is_law, is_own });
}

/// The pieces of a hit's article worth quoting, best first.
pub fn in_article(choice: &Choice<'_>, hit: &Hit) -> Vec<Piece> {
    let entry = &choice.generation.layout.articles[hit.article];
    let document = choice.generation.at(entry.document);
    if let Some(definition) = choice.definition.filter(|definition| definition.article == hit.article) {
        return vec![Piece::leaf(definition.node)];
    }
    let all: Vec<Piece> = pieces::of_article(document, entry.node)
        .into_iter()
        .filter(|piece| document.validity(piece.node).in_force_on(choice.as_of))
        .collect();
    if let Some(named) = named_clause(choice, document, entry.node) {
        return all.into_iter().filter(|piece| piece.node == named).collect();
    }
    let best_passage = &choice.generation.layout.passages[hit.passage].passage.range;
    let mut scored: Vec<(Piece, f32)> =
        all.iter().map(|piece| (*piece, score(choice, document, *piece, best_passage))).collect();
    scored.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.node.cmp(&b.0.node)));
    let Some((best, best_score)) = scored.first().copied() else { return Vec::new() };
    if let Some(list) = undecided(choice, document, best, &all) {
        return vec![list];
    }
    let apart = |piece: &Piece| {
        let of = |node: usize, other: usize| document.ancestors(node).any(|ancestor| ancestor == other);
        piece.node == best.node || !of(piece.node, best.node) && !of(best.node, piece.node)
    };
    let floor = best_score * FILL_PIECE_SHARE;
    let kept = scored.into_iter().filter(|(piece, score)| floor <= *score && apart(piece));
    kept.map(|(piece, score)| Piece { share: score / best_score.max(f32::EPSILON), ..piece }).collect()
}

/// The clause the question names, if this article has it.
fn named_clause(choice: &Choice<'_>, document: &Document, article: usize) -> Option<usize> {
    let label = choice.outcome.understood.direct.as_ref()?.clause.as_ref()?;
    document.children(Some(article)).find(|node| document.nodes()[*node].label == *label)
}

fn score(choice: &Choice<'_>, document: &Document, piece: Piece, best_passage: &Range<usize>) -> f32 {
    let range = document.provision_range(piece.node);
    let text = document.provision_text(piece.node);
    let context = format!("{}\n{text}", pieces::lead_in(document, piece.node));
    let in_best = best_passage.start <= range.start && range.start < best_passage.end;
    let lead_in = pieces::lead_in(document, piece.node);
    let sentence = &text[pieces::best_segment(text, choice.weights, choice.asked)];
    let sentence_share = choice.weights.share(&format!("{lead_in}\n{sentence}"));
    // What stands together in one sentence says more than the same words strewn over a clause.
    let share = 0.5 * (choice.weights.share(&context) + sentence_share);
    let mut score = share + if in_best { BEST_PASSAGE_BONUS } else { 0.0 };
    if piece.is_list {
        score += if choice.asked.wish == Wish::List { LIST_BONUS } else { -LIST_LOSS };
    }
    if choice.asked.wish == Wish::Number && has_number(text, choice.asked) {
        score += NUMBER_BONUS;
    }
    if !piece.is_list {
        score -= UNTOLD_LOSS * choice.weights.untold(sentence);
    }
    score
}

fn has_number(text: &str, asked: &Asked) -> bool {
    let units: &[&str] = if asked.units.is_empty() && asked.of_money { &AMOUNTS } else { &asked.units };
    figure::figures(text).iter().any(|f| units.is_empty() || units.contains(&f.unit.as_str()))
}

/// The whole list, where the question does not tell the best point from the next one.
fn undecided(choice: &Choice<'_>, document: &Document, best: Piece, all: &[Piece]) -> Option<Piece> {
    let parent = pieces::list_of(document, best.node).filter(|_| !best.is_list)?;
    let list = *all.iter().find(|piece| piece.node == parent)?;
    let lead_in = pieces::lead_in(document, best.node);
    let own = |node: usize| choice.weights.own_share_beyond(document.provision_text(node), lead_in);
    let others = document.children(Some(parent)).filter(|node| *node != best.node);
    let next = others.map(own).fold(0.0, f32::max);
    (own(best.node) - next < SAME_SHARE).then_some(list)
}

/// A part of a provision as a citation.
pub fn cite(document: &Document, node: usize, n: usize, quoted: Range<usize>, as_of: Date) -> CitedProvision {
    let text = document.provision_text(node);
    let quote = &text[quoted.clone()];
    let quote_start = text[..quoted.start].chars().count();
    let citation = document.citation(Some(node));
    let article = document.enclosing(node, NodeKind::Article).unwrap_or(node);
    CitedProvision {
        n,
        id: document.provision_id(node),
        law_id: document.law_id().to_owned(),
        article_id: citation.article.clone(),
        clause_id: citation.clause.clone(),
        point_id: citation.point.clone(),
        citation: citation.to_string(),
        title: document.nodes()[article].title.clone(),
        lead_in: pieces::lead_in(document, node).to_owned(),
        quote: quote.to_owned(),
        quote_start,
        quote_end: quote_start + quote.chars().count(),
        url: address(document, Some(node)),
        in_force: document.validity(node).in_force_on(as_of),
        notes: provision_notes(document, Some(node)),
        unit: document.meta.unit.clone(),
    }
}
