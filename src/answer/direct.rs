/*!
Saying stage (a): a short answer first, then the rule, its exceptions, and what stands beside it.

Every word about rights is a verbatim fragment of a cited provision, between “ and ”; what joins
the fragments is fixed. So each sentence can be checked against its clause by looking.
*/

use super::{
    asked::{self, Asked, Wish},
    compose::{Chosen, Role},
    figure, pieces, table,
    types::AnswerSentence,
};
use crate::law::text::fold;

/// Most points of a list that are said one by one.
const POINTS_MAX: usize = 12;
/// Least share of the question's weight in a sentence whose number is told as the answer.
const SHORT_ANSWER_SHARE: f32 = 0.45;
/// Folded words before a number without which it would say something else.
const COMPARING: [&str; 10] = ["khong", "chua", "hon", "qua", "duoi", "tren", "du", "nhat", "kem", "bang"];
/// A lead-in longer than this is left to the quoted clause, in characters.
const LEAD_IN_CHARS_MAX: usize = 260;

/// The sentences of the answer, in order. The rule's own number is not said first where one was
/// worked out for the case (`is_worked_out`).
pub fn say(question: &str, asked: &Asked, chosen: &[Chosen], is_worked_out: bool) -> Vec<AnswerSentence> {
    let mut said = Vec::new();
    if !is_worked_out && let Some(short) = short_answer(question, asked, chosen) {
        said.push(short);
    }
    let has_own = chosen.iter().any(|one| one.cited.unit.is_some());
    for (at, one) in chosen.iter().enumerate() {
        let whose = whose(one, has_own && at == 0);
        let before = at.checked_sub(1).map(|before| &chosen[before]);
        if one.is_list && one.role == Role::Rule {
            say_list(one, &whose, &mut said);
        } else {
            said.push(sentence(say_one(one, &whose, before), one));
        }
    }
    said
}

/// The answer as text, with its marks.
pub fn text_of(said: &[AnswerSentence]) -> String {
    let mut text = String::new();
    for sentence in said.iter().filter(|sentence| !sentence.withdrawn) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&sentence.text);
        for (at, n) in sentence.citations.iter().enumerate() {
            text.push_str(if at == 0 { " [" } else { "[" });
            text.push_str(&format!("{n}]"));
        }
    }
    text
}

/// A sentence that stands on one citation.
pub fn sentence(text: String, on: &Chosen) -> AnswerSentence {
    AnswerSentence { text, citations: vec![on.cited.n], supported: true, withdrawn: false, reason: String::new() }
}

/// The cell of a quoted table that the question asks for.
pub fn cell(question: &str, chosen: &[Chosen]) -> Option<AnswerSentence> {
    chosen.iter().find_map(|one| Some(sentence(table::sentence(question, &one.cited.quote)?, one)))
}

/// The number asked for with its bound, or the cell of a table.
fn short_answer(question: &str, asked: &Asked, chosen: &[Chosen]) -> Option<AnswerSentence> {
    if let Some(cell) = cell(question, chosen) {
        return Some(cell);
    }
    let first = chosen.first().filter(|first| !first.is_list && asked.wish == Wish::Number)?;
    let focus = &first.cited.quote[first.focus.clone()];
    let figure = figure::find(focus, asked).filter(|_| SHORT_ANSWER_SHARE <= first.share)?;
    // A number of the question itself is its condition, not its answer.
    let told = figure::figures(question).into_iter().any(|f| f.value == figure.value && f.unit == figure.unit);
    if told {
        return None;
    }
    // A word of comparing that the table of bounds does not know would be cut off with its sense.
    let before = asked::padded_folded(&focus[..figure.range.start]);
    if COMPARING.iter().any(|word| before.ends_with(&format!(" {word} "))) {
        return None;
    }
    // Nothing else is in the sentence: it is short enough by itself.
    let fragment = &focus[figure.range];
    (fragment.chars().count() < pieces::bare(focus).chars().count() / 2 || !first.cited.lead_in.is_empty())
        .then(|| sentence(format!("Trả lời ngắn: “{fragment}”."), first))
}

/// A clause or point: whose, where it stands, and its words.
fn say_one(one: &Chosen, whose: &str, before: Option<&Chosen>) -> String {
    let body = pieces::bare(&one.cited.quote[one.focus.clone()]);
    let same_article = before.is_some_and(|b| article_of(b) == article_of(one));
    let begin = match one.role {
        Role::Exception => format!("Ngoại lệ, theo {}", name(one)),
        Role::Rule if same_article => format!("Cùng điều đó, {}", part_name(one)),
        Role::Rule => format!("Theo {}", name(one)),
        Role::Beside => format!("Xem thêm {}", name(one)),
    };
    // What opens a list is said before its first point, not before each.
    let repeats = same_article && before.is_some_and(|b| b.cited.lead_in == one.cited.lead_in);
    let lead_in = lead_in(one).filter(|_| !repeats).map(|lead| format!("“{lead}”: ")).unwrap_or_default();
    // Half a sentence misleads: what stands beside the first rule is whole, or named by its title.
    if before.is_some() && !one.is_whole && !one.cited.title.is_empty() {
        return format!("{whose}{begin} (“{}”).", one.cited.title);
    }
    let title = if forbids(one) { format!(" (“{}”)", one.cited.title) } else { String::new() };
    let end = if one.is_whole { "." } else { " …" };
    format!("{whose}{begin}{title}: {lead_in}“{body}”{}{end}", left(one))
}

/// A list: its opening, then its points.
fn say_list(one: &Chosen, whose: &str, said: &mut Vec<AnswerSentence>) {
    let quote = one.cited.quote.as_str();
    let parts = pieces::segments(quote);
    let opening = pieces::bare(&quote[one.focus.clone()]);
    let title = if forbids(one) { format!(" (“{}”)", one.cited.title) } else { String::new() };
    said.push(sentence(format!("{whose}Theo {}{title}: “{opening}”:", name(one)), one));
    let points = parts.iter().filter(|part| one.focus.end <= part.start);
    for point in points.take(POINTS_MAX) {
        said.push(sentence(format!("– “{}”", pieces::bare(&quote[point.clone()])), one));
    }
    if 0 < one.points_left {
        said.push(sentence(format!("– và {} mục nữa, bấm vào số để xem đủ.", one.points_left), one));
    }
}

/// Says how much of a list is not told.
fn left(one: &Chosen) -> String {
    if one.points_left == 0 {
        return String::new();
    }
    format!(" ({} mục, bấm vào số để xem đủ)", one.points_left)
}

/// Whose rule it is, where a unit has one of its own beside the law: the law is what it may not
/// go below.
fn whose(one: &Chosen, stands_beside: bool) -> String {
    match &one.cited.unit {
        None if one.is_law && stands_beside => "Luật tối thiểu: ".to_owned(),
        None => String::new(),
        Some(unit) => {
            let what = if fold(&one.cited.citation).contains("thoa uoc") { "Thỏa ước" } else { "Quy định" };
            let of = if one.is_own { "đơn vị bạn".to_owned() } else { format!("đơn vị {unit}") };
            format!("{what} của {of}: ")
        }
    }
}

/// The lead-in of a point, where it is short enough to be said.
fn lead_in(one: &Chosen) -> Option<&str> {
    let lead = pieces::bare(&one.cited.lead_in);
    (!lead.is_empty() && lead.chars().count() <= LEAD_IN_CHARS_MAX).then_some(lead)
}

/// Whether the article's title alone says that what follows must not be done.
fn forbids(one: &Chosen) -> bool {
    let title = fold(&one.cited.title);
    title.contains("khong duoc") || title.contains("nghiem cam") || title.contains("bi cam")
}

fn article_of(one: &Chosen) -> (&str, Option<&str>) {
    (&one.cited.law_id, one.cited.article_id.as_deref())
}

/// The citation without the document's number: `khoản 1 Điều 2 Luật Thử nghiệm 2020`.
fn name(one: &Chosen) -> &str {
    let whole = one.cited.citation.as_str();
    whole.strip_suffix(')').and_then(|text| text.rsplit_once(" (")).map_or(whole, |(name, _)| name)
}

/// The citation within its article: `khoản 2`.
fn part_name(one: &Chosen) -> &str {
    let name = name(one);
    name.find("Điều ").map_or(name, |at| name[..at].trim_end()).trim()
}
