/*!
Conditions: what a rule hangs on must not be left out of the sentence.

"Có quyền X nếu Y" does not say "có quyền X". A condition is a run of the rule after "nếu",
"khi", "trường hợp" …, up to "thì" or the end of the rule. What hangs on the points of a list
is told by [`super::points`].
*/

use std::ops::Range;

use super::{
    lexicon::Party,
    points::opens_list,
    taken::Taken,
    tokens::{Kind, Token},
    units::Unit,
};

/// Words that begin a condition.
const MARKERS: [&str; 5] = ["nếu", "khi", "trường hợp", "trong trường hợp", "với điều kiện"];
/// Words before "khi" that make it a time.
const TIMES: [&str; 9] = ["trước", "sau", "từ", "kể từ", "đến", "tới", "trong", "ngay", "đồng thời"];
/// Least share of a lead-in's condition that a point must repeat to stand for it.
const REPEATED_SHARE_MIN: f32 = 0.6;
/// A condition without content that is shorter is a turn of speech ("nếu có").
const BARE_TOKENS_MIN: usize = 2;
/// Content words outside its condition from which a rule is said.
const RULE_WORDS_MIN: usize = 2;

fn ends_rule(token: &Token) -> bool {
    matches!(token.kind, Kind::Break('.' | ';' | '\n' | ':'))
}

/// The conditions of a rule: what stands after each marker, up to the rule itself.
pub fn conditions(unit: &Unit) -> Vec<Range<usize>> {
    let law = &unit.tokens;
    let mut found = Vec::new();
    let mut in_exception = false;
    for at in unit.lead_from..law.len() {
        match law[at].kind {
            Kind::Exception => in_exception = true,
            Kind::Break(sign) if sign != '(' => in_exception &= sign == ',',
            _ => {}
        }
        if !in_exception && (is_marker(law, at, unit.lead_from) || opens_rule(law, at, unit.lead_from)) {
            found.push(at + 1..condition_end(law, at, unit.lead_from));
        }
        if !in_exception && let Some(narrower) = narrower_subject(law, at, unit.lead_from) {
            found.push(narrower);
        }
    }
    found
}

/// Whether the rule begins with the word at `at`, and what follows it up to the comma is when
/// or for whom it holds: "Trong thời gian …, ", "Đối với …, ".
fn opens_rule(law: &[Token], at: usize, from: usize) -> bool {
    let opens = matches!(law[at].words.as_str(), "đối với" | "trong" | "hết" | "sau khi" | "trước khi" | "sau");
    let begins = law[from..at].last().is_none_or(ends_rule);
    opens
        && begins
        && law[at + 1..]
            .iter()
            .take_while(|t| !ends_rule(t))
            .any(|t| matches!(t.kind, Kind::Break(',')) || t.words == "thì")
}

/// "Người lao động làm việc theo ca được …": the words between the party a rule begins with
/// and its must or may say which of them it is about.
fn narrower_subject(law: &[Token], at: usize, from: usize) -> Option<Range<usize>> {
    let begins = law[from..at].iter().rev().take_while(|t| !ends_rule(t)).all(|t| t.kind == Kind::Stop);
    if !begins || !matches!(law[at].kind, Kind::Party(_)) {
        return None;
    }
    let rest = law[at + 1..].iter().take_while(|t| matches!(t.kind, Kind::Word | Kind::Stop));
    let to = at + 1 + rest.count();
    let rules = law.get(to).is_some_and(|t| matches!(t.kind, Kind::Modal(_)));
    let joins = law[at + 1..to].iter().any(|t| matches!(t.words.as_str(), "và" | "hoặc" | "thì" | "là"));
    (rules && !joins && law[at + 1..to].iter().any(Token::is_telling)).then_some(at + 1..to)
}

/// Whether a condition begins behind the word at `at`.
pub fn is_marker(law: &[Token], at: usize, from: usize) -> bool {
    let before = law[from..at].last().map_or("", |t| t.words.as_str());
    match law[at].words.as_str() {
        // "báo trước khi …" is told before, not a time before.
        "khi" if law.get(at + 1).is_some_and(|t| t.words == "nào") => false,
        "khi" => {
            !TIMES.contains(&before)
                || (before == "trước" && law[from..at].iter().rev().nth(1).is_some_and(|t| t.words == "báo"))
        }
        // "hết hạn mà hai bên không ký thì", "mà không có lý do": else it begins no condition.
        "mà" => {
            let lacks = law.get(at + 1).is_some_and(|t| t.kind == Kind::Negation)
                && law.get(at + 2).is_some_and(|t| t.words == "có");
            lacks || law[at + 1..].iter().take_while(|t| !ends_rule(t)).any(|t| t.words == "thì")
        }
        // "chỉ được khấu trừ để …": for nothing else.
        "để" => law[from..at].iter().rev().take_while(|t| !ends_rule(t)).any(|t| t.words == "chỉ"),
        // "Các trường hợp tạm hoãn gồm": what the rule is about.
        "trường hợp" => {
            let is_noun = matches!(before, "các" | "những" | "mọi" | "mỗi" | "một số");
            !is_noun || law[from..at].iter().rev().take_while(|t| !ends_rule(t)).count() != 1
        }
        words => MARKERS.contains(&words),
    }
}

/// End of the condition whose marker stands at `at`: "thì", the end of the rule or, before
/// the rule itself, the comma behind which its subject stands.
fn condition_end(law: &[Token], at: usize, from: usize) -> usize {
    let parts = |t: &Token| ends_rule(t) || t.words == "thì";
    let line = law[from..at].iter().rposition(parts).map_or(from, |i| from + i + 1);
    let begins = law[line..at].iter().all(|t| !t.is_content() && !matches!(t.kind, Kind::Modal(_)));
    let limit = (at + 1..law.len())
        .find(|i| {
            ends_rule(&law[*i]) || matches!(law[*i].kind, Kind::Exception | Kind::Break(')')) || law[*i].words == "thì"
        })
        .unwrap_or(law.len());
    if !begins || law.get(limit).is_some_and(|t| t.words == "thì") {
        return limit;
    }
    let commas: Vec<usize> = (at + 1..limit).filter(|i| law[*i].kind == Kind::Break(',')).collect();
    let opens = |comma: &&usize| {
        let rest = &law[**comma + 1..limit];
        let rest = &rest[..rest.iter().position(|t| t.kind == Kind::Break(',')).unwrap_or(rest.len())];
        rest.iter().any(|t| matches!(t.kind, Kind::Modal(_)))
            || rest.iter().find(|t| t.kind != Kind::Stop).is_some_and(|t| matches!(t.kind, Kind::Party(_)))
    };
    let modal = (at + 1..limit).find(|i| matches!(law[*i].kind, Kind::Modal(_)));
    commas.iter().find(opens).or(commas.first()).copied().or(modal).unwrap_or(limit)
}

/// Whether the sentence says a rule without one of its conditions.
pub fn drops(said: &[Token], unit: &Unit, taken: &Taken) -> bool {
    let law = &unit.tokens;
    let has_marker = (0..said.len()).any(|at| is_marker(said, at, 0));
    let conditions = conditions(unit);
    let is_condition = |l: usize| conditions.iter().any(|range| range.contains(&l));
    conditions.iter().any(|range| {
        let content = law[range.clone()].iter().any(Token::is_content);
        // "trong trường hợp do luật quy định" is told in any words, "trong trường hợp sau đây:"
        // by what stands below.
        let is_bare = !content && (has_marker || range.len() < BARE_TOKENS_MIN);
        if is_bare || opens_list(law, range.end) || taken.is_met(law, range.clone()) || is_repeated(unit, range, taken)
        {
            return false;
        }
        // A condition of a lead-in rules all that stands under it.
        let from = law[..range.start].iter().rposition(ends_rule).map_or(0, |i| i + 1);
        let end = (range.end..law.len()).find(|i| ends_rule(&law[*i])).unwrap_or(law.len());
        let leads = range.start < unit.own_from && law.get(end).is_some_and(|t| t.kind == Kind::Break(':'));
        let to = if leads { law.len() } else { end };
        let said = (from..to).filter(|l| !is_condition(*l) && law[*l].is_content() && taken.is_taken(*l)).count();
        RULE_WORDS_MIN <= said && !is_of_alternative(law, from, range.start, taken)
    })
}

/// Whether the condition of a lead-in stands in its point again, and is taken up there.
fn is_repeated(unit: &Unit, range: &Range<usize>, taken: &Taken) -> bool {
    let law = &unit.tokens;
    let words: Vec<usize> = range.clone().filter(|l| law[*l].is_telling()).collect();
    let again =
        |l: &&usize| (unit.own_from..law.len()).any(|own| taken.is_taken(own) && law[own].words == law[**l].words);
    range.end <= unit.own_from
        && !words.is_empty()
        && REPEATED_SHARE_MIN * words.len() as f32 <= words.iter().filter(again).count() as f32
}

/// Whether the condition that begins at `start` is one of an alternative ("A hoặc B nếu C") of
/// which the sentence says nothing.
fn is_of_alternative(law: &[Token], from: usize, start: usize, taken: &Taken) -> bool {
    let or = law[from..start].iter().rposition(|t| t.words == "hoặc").map(|i| from + i + 1);
    or.filter(|or| !law[*or..start].iter().any(|t| t.kind == Kind::Break(','))).is_some_and(|or| {
        let content: Vec<usize> = (or..start).filter(|l| law[*l].is_content()).collect();
        !content.is_empty() && content.iter().all(|l| !taken.is_taken(*l))
    })
}

/// Whether the sentence says nothing of a rule but what it hangs on, as if that were so.
pub fn states_condition(unit: &Unit, taken: &Taken) -> bool {
    let law = &unit.tokens;
    let conditions = conditions(unit);
    let says = |t: &Token| match t.kind {
        Kind::Word | Kind::Number(_) | Kind::Reference(_) | Kind::Modal(_) | Kind::Negation => true,
        Kind::Party(party) => matches!(party, Party::Authority | Party::Side),
        _ => false,
    };
    // "A nếu B thì C": A is whom it is about.
    let is_subject = |l: usize| {
        conditions.iter().any(|range| {
            let from = law[..range.start].iter().rposition(ends_rule).map_or(0, |i| i + 1);
            let begins = (from..range.start).contains(&l) && law.get(range.end).is_some_and(|t| t.words == "thì");
            begins && !law[from..range.start].iter().any(|t| matches!(t.kind, Kind::Modal(_)) || t.words == "thì")
        })
    };
    let (inside, outside): (Vec<usize>, Vec<usize>) = (unit.lead_from..law.len())
        .filter(|l| taken.is_taken(*l) && says(&law[*l]) && !is_subject(*l))
        .partition(|l| conditions.iter().any(|range| range.contains(l)));
    let has_rule =
        (unit.lead_from..law.len()).any(|l| law[l].is_telling() && !conditions.iter().any(|range| range.contains(&l)));
    has_rule && outside.is_empty() && inside.iter().any(|l| law[*l].is_telling())
}

/// Whether the sentence says "chỉ" where the rule does not; "chỉ được X khi Y" is "được X khi Y".
pub fn adds_only(said: &[Token], unit: &Unit) -> bool {
    let is_only = |t: &Token| t.words == "chỉ" || t.words == "chỉ phải";
    let supposes = (0..said.len()).any(|at| is_marker(said, at, 0));
    !supposes && said.iter().any(is_only) && !unit.tokens[unit.lead_from..].iter().any(is_only)
}
