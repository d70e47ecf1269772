/*!
What many members ask, as topics that name nobody.

Counted are questions kept of members who agreed to that, asked since they did. Nothing of one
question leaves this module: a topic is shown from [`ASKERS_MIN`] askers on, it is told in those
words alone that as many of them used, counts are rounded down, and long numbers are left out
whoever used them. Grouping is pure: by the article an answer rests on, and by like words where
there was no answer; accents do not count.
*/

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{ANSWER_PLACE, AskedRow, DAY_HOURS, History, Purpose, QUESTION_PLACE};
use crate::{
    accounts::MemberId,
    error::{Error, Result},
    law::text::{fold, syllable_ranges},
};

/// Fewest distinct askers of a topic, and of every word it is told in.
pub const ASKERS_MIN: usize = 5;
/// Counts of askers are shown in steps of so many, so that no single one is told by watching.
const ASKERS_STEP: usize = 5;
/// Days that are looked back.
pub const ASKED_DAYS: i64 = 30;
/// Questions looked at, newest first.
const QUESTIONS_MAX: u32 = 3_000;
/// Questions without an answer that are compared with each other.
const UNANSWERED_MAX: usize = 1_000;
/// Topics of each kind that are told.
const TOPICS_MAX: usize = 20;
/// Longest run of digits in the words of a topic.
const DIGITS_MAX: usize = 4;
/// Share of words two questions without an answer have in common to be one topic.
const ALIKE_SHARE: f64 = 0.5;
/// Words that tell a topic, at least, where no article does.
const TELLING_WORDS_MIN: usize = 2;
/// Folded words that every question may hold.
const PLAIN_WORDS: [&str; 40] = [
    "toi", "em", "minh", "anh", "chi", "la", "co", "duoc", "khong", "thi", "va", "cua", "cho", "nhu", "the", "nao",
    "gi", "bao", "nhieu", "ai", "hoi", "xin", "a", "o", "bi", "se", "da", "roi", "nay", "do", "cac", "nhung", "mot",
    "ve", "voi", "tu", "khi", "neu", "phai", "may",
];

/// A question as it is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Asked {
    member: MemberId,
    /// As it was understood: accents restored.
    words: String,
    /// The article its answer rests on; none where there was no answer.
    article: Option<String>,
}

/// What many asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Words that many of them used, in the order of a question; may be none where there is an
    /// article.
    pub words: String,
    /// The article that answers rest on; none where there was no answer.
    pub article: Option<String>,
    /// How many asked, rounded down.
    pub askers: usize,
}

/// The part of a kept answer that is read here.
#[derive(Deserialize)]
struct Understood {
    understood: String,
}

impl History {
    /// What was kept lately of who agreed to be counted, still sealed.
    pub(crate) async fn asked(&self, now: jiff::Timestamp) -> Result<Vec<AskedRow>> {
        let since = now - jiff::SignedDuration::from_hours(ASKED_DAYS * DAY_HOURS);
        self.store.asked(Purpose::Topics.name(), since, QUESTIONS_MAX).await
    }

    /// The topics of what was asked. Opens every question: for a worker.
    ///
    /// # Errors
    /// `Internal` where one does not open.
    pub(crate) fn topics(&self, rows: &[AskedRow]) -> Result<Vec<Topic>> {
        // An answer that quotes nothing was a question back: neither about an article nor unanswered.
        let counts = |row: &&AskedRow| !row.is_answered || row.provision.is_some();
        let open = |row: &AskedRow| {
            let kept = self.keys.open_sealed(ANSWER_PLACE, &row.answer_sealed)?;
            let understood: Understood = serde_json::from_str(&kept).map_err(|e| Error::Internal(e.into()))?;
            let words = match understood.understood {
                words if words.trim().is_empty() => self.keys.open_sealed(QUESTION_PLACE, &row.question_sealed)?,
                words => words,
            };
            let provision = row.provision.as_deref().filter(|_| row.is_answered);
            Ok(Asked { member: row.member, words, article: provision.map(article_of) })
        };
        Ok(topics(&rows.iter().filter(counts).map(open).collect::<Result<Vec<_>>>()?))
    }
}

/// The article around a provision: `45-2019-qh14/dieu-35` of `45-2019-qh14/dieu-35/khoan-1`.
fn article_of(provision: &str) -> String {
    let mut parts = provision.split('/');
    let document = parts.next().unwrap_or_default();
    let article = parts.find(|part| part.starts_with("dieu-"));
    article.map_or_else(|| provision.to_owned(), |article| format!("{document}/{article}"))
}

/// A question with its folded words.
struct Read<'a> {
    asked: &'a Asked,
    folded: BTreeSet<String>,
}

fn topics(asked: &[Asked]) -> Vec<Topic> {
    let read = |asked| Read { asked, folded: telling(&asked.words) };
    let mut by_article: BTreeMap<&str, Vec<Read<'_>>> = BTreeMap::new();
    let mut alike: Vec<Vec<Read<'_>>> = Vec::new();
    let mut unanswered = 0;
    for one in asked.iter().map(read) {
        match &one.asked.article {
            Some(article) => by_article.entry(article).or_default().push(one),
            None if unanswered == UNANSWERED_MAX => {}
            None => {
                unanswered += 1;
                let near = alike.iter_mut().find(|group| group.first().is_some_and(|first| are_alike(first, &one)));
                match near {
                    Some(group) => group.push(one),
                    None => alike.push(vec![one]),
                }
            }
        }
    }
    let mut answered: Vec<Topic> = by_article.values().filter_map(|group| topic(group)).collect();
    let mut open: Vec<Topic> = alike.iter().filter_map(|group| topic(group)).collect();
    for list in [&mut answered, &mut open] {
        list.sort_by(|a, b| b.askers.cmp(&a.askers).then_with(|| a.words.cmp(&b.words)));
        list.truncate(TOPICS_MAX);
    }
    answered.append(&mut open);
    answered
}

/// Folded words of a question that say what it is about.
fn telling(text: &str) -> BTreeSet<String> {
    let folded = syllable_ranges(text).map(|range| fold(&text[range]));
    folded.filter(|word| !PLAIN_WORDS.contains(&word.as_str())).collect()
}

fn are_alike(one: &Read<'_>, other: &Read<'_>) -> bool {
    let common = one.folded.intersection(&other.folded).count();
    let all = one.folded.len() + other.folded.len() - common;
    all != 0 && ALIKE_SHARE <= common as f64 / all as f64
}

/// A group as it may be told; none where too few asked, or nothing would be said.
fn topic(group: &[Read<'_>]) -> Option<Topic> {
    let askers: BTreeSet<i64> = group.iter().map(|one| one.asked.member.0).collect();
    if askers.len() < ASKERS_MIN {
        return None;
    }
    let mut users: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
    for one in group {
        for range in syllable_ranges(&one.asked.words) {
            users.entry(fold(&one.asked.words[range])).or_default().insert(one.asked.member.0);
        }
    }
    let is_shared = |word: &str| {
        let digits = word.chars().filter(char::is_ascii_digit).count();
        digits <= DIGITS_MAX && users.get(word).is_some_and(|users| ASKERS_MIN <= users.len())
    };
    let told = |one: &Read<'_>| {
        let (mut words, mut left_out) = (Vec::new(), 0_i64);
        for range in syllable_ranges(&one.asked.words) {
            let word = &one.asked.words[range];
            if is_shared(&fold(word)) { words.push(word) } else { left_out += 1 }
        }
        let telling = one.folded.iter().filter(|word| is_shared(word)).count();
        (i64::try_from(2 * telling).unwrap_or(0) - left_out, telling, words.join(" ").to_lowercase())
    };
    // The question that says most in words of many; of equal ones always the same.
    let best = group.iter().map(told).max_by(|a, b| a.0.cmp(&b.0).then_with(|| b.2.cmp(&a.2)))?;
    let article = group.first()?.asked.article.clone();
    if article.is_none() && best.1 < TELLING_WORDS_MIN {
        return None;
    }
    Some(Topic { words: best.2, article, askers: askers.len() - askers.len() % ASKERS_STEP })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(member: i64, words: &str, article: Option<&str>) -> Asked {
        Asked { member: MemberId(member), words: words.to_owned(), article: article.map(str::to_owned) }
    }

    #[test]
    fn a_topic_needs_many_askers_and_says_no_word_of_few() {
        let mut all: Vec<Asked> = (1..=4)
            .map(|n| asked(n, "Chị Lan hỏi nghỉ cưới con được mấy ngày, gọi 0900000001", Some("1-2020-qh99/dieu-3")))
            .collect();
        // One who asks again and again is one asker.
        all.extend((0..20).map(|_| asked(1, "nghỉ cưới con mấy ngày", Some("1-2020-qh99/dieu-3"))));
        assert_eq!(topics(&all), [], "four askers are too few");
        all.push(asked(5, "nghi cuoi con duoc may ngay 0900000001", Some("1-2020-qh99/dieu-3")));
        let told = topics(&all);
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].article.as_deref(), told[0].askers), (Some("1-2020-qh99/dieu-3"), 5));
        let folded = fold(&told[0].words);
        assert_eq!(folded, "nghi cuoi con may ngay", "a name four used and a number are left out: {told:?}");
        all.extend((6..=9).map(|n| asked(n, "nghỉ cưới con mấy ngày", Some("1-2020-qh99/dieu-3"))));
        assert_eq!(topics(&all)[0].askers, 5, "nine are told as five");
    }

    #[test]
    fn questions_without_an_answer_are_one_topic_by_their_words() {
        let mut all: Vec<Asked> = (1..=3).map(|n| asked(n, "Vé xe buýt tháng có được công ty trả?", None)).collect();
        all.extend((4..=6).map(|n| asked(n, "ve xe buyt thang cong ty tra khong", None)));
        all.extend((7..=11).map(|n| asked(n, "Giá vàng hôm nay?", None)));
        all.extend((20..=30).map(|n| asked(n, &format!("riêng{n} khác{n}"), None)));
        let told = topics(&all);
        assert_eq!(told.iter().map(|topic| topic.askers).collect::<Vec<_>>(), [5, 5], "{told:?}");
        assert!(told.iter().all(|topic| topic.article.is_none()));
        assert!(told.iter().any(|topic| fold(&topic.words).contains("ve xe buyt thang")), "{told:?}");
        // Only plain words in common: nothing is told.
        let plain: Vec<Asked> = (1..=9).map(|n| asked(n, "có được không", None)).collect();
        assert_eq!(topics(&plain), []);
    }

    #[test]
    fn an_article_is_taken_of_what_lies_in_it() {
        assert_eq!(article_of("45-2019-qh14/dieu-35/khoan-1/diem-a"), "45-2019-qh14/dieu-35");
        assert_eq!(article_of("45-2019-qh14"), "45-2019-qh14");
    }
}
