/*!
Follow-up questions made to stand alone: pure rules over the last turns.

"Thế nếu hợp đồng không thời hạn?" asks nothing by itself. [`stand`] decides whether a question
stands alone; where it does not, what it follows is put before it, so that search, answer and
calculators get one question and need to know nothing of conversations. A question with a
topic of its own begins anew, whatever it opens with: nothing of the last topic is carried.

Questions typed without accents are read as well as others. What was carried is always shown
to the member, as part of the question as understood.
*/

mod words;

use words::{
    ASKED_BACK_ENDS, ASKING_ENDS, CONDITION, CONTRASTS, EMPTY, EMPTY_ENDS, FILLERS, HOW_ENDS, OF_CHILDREN, OPENINGS,
    POINTERS, PROVISION_POINTERS, QUESTION_WORDS, REPLIES, WEAK_ENDS,
};

use super::chat;
use crate::{
    law::{
        citation::Citation,
        text::{fold, has_accent, padded, syllable_ranges, syllables},
    },
    retrieve::understand::cited,
};

/// Turns that count; older ones are forgotten.
pub const TURNS_MAX: usize = 6;
/// Longest answer a turn remembers, in characters.
pub const TURN_ANSWER_CHARS_MAX: usize = 1_500;
/// Longest question made of several, in characters; beyond it what was carried is left out.
const STANDING_CHARS_MAX: usize = 600;
/// Circumstances carried beside the question they belong to.
const MODIFIERS_MAX: usize = 2;
/// Longest reply to a question asked back, in syllables.
const REPLY_SYLLABLES_MAX: usize = 12;
/// Syllables of its own that make a bare phrase a topic.
const PHRASE_TOPIC_SYLLABLES: usize = 3;
/// Syllables of its own that make a question a topic.
const QUESTION_TOPIC_SYLLABLES: usize = 2;
/// The same after an opening that ties it to what was said, or with a word that points back.
const TIED_TOPIC_SYLLABLES: usize = 3;
/// The same where it only ends in "thì sao".
const WEAK_TOPIC_SYLLABLES: usize = 5;
const POINTING_TOPIC_SYLLABLES: usize = 6;

/// What a conversation remembers of one question and its answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Turn {
    /// The question as asked.
    pub asked: String,
    /// What it stood for.
    pub standing: Standing,
    /// The answer, cut to [`TURN_ANSWER_CHARS_MAX`].
    pub answer: String,
    /// Citation texts of the clauses it rested on, the first first.
    pub cited: Vec<String>,
    /// The question asked back, where one was.
    pub asked_back: Option<String>,
}

/// A question that stands alone, in its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The question that brought the topic.
    pub root: String,
    /// What follow-ups added to it, the last one last.
    pub modifiers: Vec<String>,
}

impl Standing {
    fn alone(question: &str) -> Self {
        Self { root: question.to_owned(), modifiers: Vec::new() }
    }

    /// Whether something of an earlier turn is part of it.
    pub fn is_carried(&self) -> bool {
        !self.modifiers.is_empty()
    }

    /// The whole as one question.
    pub fn text(&self) -> String {
        let mut text = self.root.clone();
        for modifier in &self.modifiers {
            if !text.ends_with(['.', '?', '!', '…']) {
                text.push('.');
            }
            text.push(' ');
            text.push_str(modifier);
        }
        text
    }
}

impl Turn {
    /// A turn of a conversation that a client kept as plain texts.
    pub fn from_texts(asked: &str, answer: &str, before: &[Self]) -> Self {
        Self {
            asked: asked.to_owned(),
            standing: stand(asked, before),
            answer: shortened(answer),
            cited: cited_in(answer),
            asked_back: answer.lines().map(str::trim).find(|line| asks_back(line)).map(str::to_owned),
        }
    }

    /// The answer as a turn keeps it.
    pub fn keep(answer: &str) -> String {
        shortened(answer)
    }
}

/// Whether a line of an answer asks something: "… nào?", "Của bạn là:".
fn asks_back(line: &str) -> bool {
    line.ends_with('?') || ASKED_BACK_ENDS.iter().any(|end| line.to_lowercase().ends_with(end))
}

/// What `question` stands for after `turns`, the last of them last.
pub fn stand(question: &str, turns: &[Turn]) -> Standing {
    // Thanks and greetings are no topic, and follow none.
    let is_talk = |text: &str| chat::reply(text).is_some();
    let last = turns.iter().rev().find(|turn| !is_talk(&turn.asked)).filter(|_| !is_talk(question));
    let Some(last) = last else { return Standing::alone(question) };
    let reading = Reading::of(question);
    let carried = match reading.tie(last.asked_back.is_some()) {
        Tie::None => return Standing::alone(question),
        Tie::Provision => match last.cited.first() {
            // The provision is named, so the topic need not be said again.
            Some(citation) => {
                Standing { root: question.to_owned(), modifiers: vec![format!("({})", without_number(citation))] }
            }
            None => last.standing.with(question, false),
        },
        Tie::Reply => last.standing.with(&reply(question, &reading, last), false),
        Tie::Topic => last.standing.with(&bare(question), reading.is_contrast()),
    };
    if STANDING_CHARS_MAX < carried.text().chars().count() { Standing::alone(question) } else { carried }
}

impl Standing {
    /// The same with one more circumstance, in place of the others where it is a contrast.
    fn with(&self, modifier: &str, replaces: bool) -> Self {
        let kept = if replaces { &[][..] } else { self.modifiers.as_slice() };
        let from = (kept.len() + 1).saturating_sub(MODIFIERS_MAX);
        let mut modifiers = kept.get(from..).unwrap_or_default().to_vec();
        modifiers.push(modifier.trim().to_owned());
        Self { root: self.root.clone(), modifiers }
    }
}

/// A reply with the question it replies to, where it says nothing without it.
fn reply(question: &str, reading: &Reading, last: &Turn) -> String {
    match &last.asked_back {
        Some(asked) if reading.is_bare_reply() => format!("{asked} {question}."),
        _ => question.to_owned(),
    }
}

/// A follow-up without what only ties it to what was said: "thế … thì sao?". The words would
/// count as something to be found in the law.
fn bare(question: &str) -> String {
    let ranges: Vec<_> = syllable_ranges(question).collect();
    let reading = Reading::of(question);
    let words = |phrase: &str| phrase.split_whitespace().count();
    let skipped = FILLERS.iter().find(|filler| reading.begins(&[**filler])).map_or(0, |filler| words(filler));
    let dropped = EMPTY_ENDS.iter().find(|end| reading.ends(end)).map_or(0, |end| words(end));
    let kept = ranges.len().saturating_sub(dropped);
    let (Some(first), Some(last)) = (ranges.get(skipped), kept.checked_sub(1).and_then(|last| ranges.get(last))) else {
        return question.trim().to_owned();
    };
    let tail = ranges.last().and_then(|last| question.get(last.end..)).unwrap_or_default();
    // What stands before the first syllable, a quotation mark perhaps, goes with the filler.
    match question.get(first.start..last.end) {
        Some(middle) if skipped < kept => format!("{middle}{}", tail.trim_end()),
        _ => question.trim().to_owned(),
    }
}

/// How a question hangs on what was said before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tie {
    /// It stands alone.
    None,
    /// It adds to the topic.
    Topic,
    /// It replies to a question asked back.
    Reply,
    /// It asks about the provision last cited.
    Provision,
}

/// A question as the rules see it: syllables between spaces. Where it was typed without
/// accents the words of the rules lose theirs; where it has some, `còn` is not `con`.
struct Reading {
    text: String,
    has_accents: bool,
    /// It names a clause or point and no article: "khoản 2 thì sao?".
    names_part_alone: bool,
}

impl Reading {
    fn of(question: &str) -> Self {
        let has_accents = has_accent(question);
        let question = if has_accents { question.to_owned() } else { fold(question) };
        Self { text: padded(&question), has_accents, names_part_alone: cited::is_part_alone(&question) }
    }

    /// A phrase of the rules as this question would write it, between spaces.
    fn phrase(&self, phrase: &str) -> String {
        if self.has_accents { format!(" {} ", syllables(phrase).join(" ")) } else { format!(" {} ", fold(phrase)) }
    }

    fn tie(&self, was_asked_back: bool) -> Tie {
        let own = self.own_syllables();
        let length = self.text.split_whitespace().count();
        if self.is_bare_reply() {
            return if was_asked_back { Tie::Reply } else { Tie::Topic };
        }
        if was_asked_back && !self.asks() && self.opening().is_none() && length <= REPLY_SYLLABLES_MAX {
            return Tie::Reply;
        }
        if self.names_part_alone || (self.holds(&PROVISION_POINTERS) && own < POINTING_TOPIC_SYLLABLES) {
            return Tie::Provision;
        }
        if self.holds(&POINTERS) && own < POINTING_TOPIC_SYLLABLES {
            return Tie::Topic;
        }
        let is_tied = self.opening().is_some() || self.weak_end().is_some();
        let stands = match (is_tied, self.asks()) {
            // "Công ty nợ lương ba tháng liền thì sao?" tells a case of its own.
            (true, false) if self.opening().is_none() => WEAK_TOPIC_SYLLABLES <= own,
            (true, true) => TIED_TOPIC_SYLLABLES <= own,
            // A bare circumstance: the question it belongs to was asked before.
            (true, false) => false,
            (false, true) => QUESTION_TOPIC_SYLLABLES <= own,
            (false, false) => PHRASE_TOPIC_SYLLABLES <= own,
        };
        if stands { Tie::None } else { Tie::Topic }
    }

    fn is_bare_reply(&self) -> bool {
        REPLIES.iter().any(|reply| self.text == self.phrase(reply))
    }

    fn begins(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.begins_with(phrase))
    }

    /// Without accents "con" may be a child: "con ốm", "con nhỏ".
    fn begins_with(&self, phrase: &str) -> bool {
        let Some(rest) = self.text.strip_prefix(&self.phrase(phrase)) else { return false };
        let is_child = || rest.split_whitespace().next().is_some_and(|next| OF_CHILDREN.contains(&next));
        self.has_accents || phrase != "còn" || !is_child()
    }

    fn holds(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.text.contains(&self.phrase(phrase)))
    }

    fn opening(&self) -> Option<String> {
        OPENINGS.iter().find(|opening| self.begins_with(opening)).map(|opening| self.phrase(opening))
    }

    fn is_contrast(&self) -> bool {
        self.begins(&CONTRASTS) && !self.begins(&CONDITION)
    }

    fn ends(&self, phrase: &str) -> bool {
        self.text.ends_with(&self.phrase(phrase))
    }

    fn weak_end(&self) -> Option<String> {
        // "Ra sao", "làm sao" ask how: only "sao" alone says nothing.
        let asks_how = HOW_ENDS.iter().any(|end| self.ends(end));
        WEAK_ENDS.iter().map(|end| self.phrase(end)).find(|end| self.text.ends_with(end)).filter(|_| !asks_how)
    }

    /// Whether it asks something itself, beyond "thì sao". "Không thời hạn" asks nothing;
    /// "… không?" does.
    fn asks(&self) -> bool {
        let kept = self.weak_end().map_or(self.text.len(), |end| self.text.len() - end.len());
        let text = format!("{} ", self.text.get(..kept).unwrap_or_default().trim_end());
        ASKING_ENDS.iter().any(|end| text.ends_with(&self.phrase(end)))
            || QUESTION_WORDS.iter().any(|word| text.contains(&self.phrase(word)))
    }

    /// How many syllables say what it is about.
    fn own_syllables(&self) -> usize {
        let mut text = self.text.clone();
        if let Some(opening) = self.opening() {
            text = text.replacen(&opening, " ", 1);
        }
        for word in POINTERS.iter().chain(&QUESTION_WORDS) {
            text = text.replace(&self.phrase(word), " ");
        }
        let empty: Vec<String> = EMPTY.iter().map(|word| self.phrase(word)).collect();
        text.split_whitespace().filter(|syllable| !empty.iter().any(|word| word.trim() == *syllable)).count()
    }
}

/// `khoản 1 Điều 2 Luật Thử nghiệm 2020 (1/2020/QH99)` as a member would name it, without the
/// number, and without the point: the question may be about another.
fn without_number(citation: &str) -> String {
    match citation.parse::<Citation>() {
        Ok(parsed) if parsed.article.is_some() => {
            Citation { number: None, point: None, clause: None, ..parsed }.to_string()
        }
        _ => citation.to_owned(),
    }
}

/// Citations that stand in an answer's text, each on a line of its own after a mark, or before
/// a dash or colon: how our own answers name them.
fn cited_in(answer: &str) -> Vec<String> {
    let starts = ["điểm ", "khoản ", "Điều "];
    let mut found: Vec<String> = Vec::new();
    for line in answer.lines() {
        let Some(at) = starts.iter().filter_map(|start| line.find(start)).min() else { continue };
        let rest = line.get(at..).unwrap_or_default();
        let Some((head, _)) = rest.split_once(')') else { continue };
        let citation = format!("{head})");
        let is_one = citation.parse::<Citation>().is_ok_and(|c| c.article.is_some() && c.number.is_some());
        if is_one && !found.contains(&citation) {
            found.push(citation);
        }
    }
    found
}

fn shortened(answer: &str) -> String {
    answer.chars().take(TURN_ANSWER_CHARS_MAX).collect()
}

#[cfg(test)]
#[path = "condense_tests.rs"]
mod tests;
