/*!
Precedents as values: made of checked sentences, found for a question, shown only while the law
says the same. Pure: the law is handed in.

A precedent is bound to the text of each clause it cites (points belong to their clause, so that
a point added beside them counts). Before it is shown all of that is looked at anew: the texts
are the same, the quotes stand, and every sentence passes the check that a model's do.
*/

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use sha2::{Digest as _, Sha256};

use super::port::PrecedentFound;
use crate::{
    answer::{
        Answer, AnswerSentence, AnswerStatus, CitedProvision, Precedent,
        ground::{Evidence, Grounds},
        sentences,
    },
    error::{Error, Result},
    history::{kept_text, read_kept},
    law::text::{fold, syllables},
    secrets::Hash,
};

/// What the law says at a provision on a day, quoted whole; none where nothing is in force.
pub type Law<'a> = dyn Fn(&str, Date) -> Option<CitedProvision> + Send + Sync + 'a;

/// Name of the generator of answers that only quote.
const QUOTING: &str = "trich-dan";
/// Least cosine of two questions that may have one answer, by multilingual-e5-small. Of 18
/// rewordings of our own 12 lie above it, of 26,694 pairs of questions with different gold 34: most
/// of these ask the same, the others differ in one word that decides (a holiday, a working day). So
/// a cosine alone never decides: see [`find`].
pub const COSINE_MIN: f32 = 0.95;
/// Least share of words two such questions have in common: of the rewordings all 18 do.
pub const WORDS_SHARE_MIN: f32 = 0.4;
/// Syllables that address, ask politely or link, and change no answer. With their accents: folded,
/// most of them are also words that say something.
const FILLERS: [&str; 28] = [
    "thì", "là", "muốn", "xin", "tôi", "mình", "em", "anh", "chị", "bạn", "ơi", "vậy", "hỏi", "về", "theo", "như",
    "thế", "ra", "sao", "nào", "luật", "trong", "và", "những", "các", "biết", "ạ", "nhé",
];
/// Those that a question without accents may lose: no word that decides is written the same.
const FOLDED_FILLERS: [&str; 7] = ["em", "minh", "oi", "nhung", "cac", "nhe", "a"];
/// Phrases that change no answer, folded.
const PHRASES: [[&str; 2]; 2] = [["quy", "dinh"], ["phap", "luat"]];
/// Longest question of a precedent, in characters.
const QUESTION_CHARS_MAX: usize = 300;
/// Most clauses a counsellor adds.
const SOURCES_MAX: usize = 5;

/// The clause or article a binding holds to: points belong to their clause.
pub fn clause_of(id: &str) -> &str {
    id.split_once("/diem-").map_or(id, |(clause, _)| clause)
}

/// What a version of a clause is recognised by.
pub fn text_hash(text: &str) -> Hash {
    Sha256::digest(text.as_bytes()).into()
}

/// The clause around a provision and the hash of its text on a day.
pub fn version(id: &str, day: Date, law: &Law<'_>) -> Option<(String, Hash)> {
    let clause = clause_of(id);
    Some((clause.to_owned(), text_hash(&law(clause, day)?.quote)))
}

/// What a counsellor asks to be made a precedent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The question in general words.
    pub question: String,
    /// What is right, with marks `[1]`; none where the answer itself is.
    pub text: Option<String>,
    /// Further clauses it rests on, as ids or addresses.
    pub sources: Vec<String>,
}

/// A precedent that may be signed.
#[derive(Debug, Clone)]
pub struct Made {
    /// The question.
    pub question: String,
    /// The answer in the form in which answers are kept.
    pub answer: String,
    /// Versions of clauses it rests on.
    pub clauses: Vec<(String, Hash)>,
}

/// Makes a precedent of an answer, or of what a counsellor wrote in its place.
///
/// # Errors
/// `Invalid` naming `precedent` or `sources`, with the first sentence that does not stand.
pub fn make(answer: &Answer, wish: &Wish, law: &Law<'_>, today: Date) -> Result<Made> {
    let question = wish.question.split_whitespace().collect::<Vec<_>>().join(" ");
    if question.is_empty() || QUESTION_CHARS_MAX < question.chars().count() {
        return Err(Error::invalid("precedent", format!("câu hỏi mẫu từ 1 đến {QUESTION_CHARS_MAX} ký tự")));
    }
    let citations = sources(answer, wish, law, today)?;
    let (said, by_quotes): (Vec<String>, bool) = match &wish.text {
        Some(text) => (sentences::split(text).into_iter().map(str::to_owned).collect(), false),
        None => {
            let standing = answer.sentences.iter().filter(|sentence| sentence.is_part());
            (standing.map(AnswerSentence::marked).collect(), answer.generator == QUOTING)
        }
    };
    let sentences = checked(&said, &citations, &answer.question, by_quotes);
    if sentences.is_empty() {
        return Err(Error::invalid("precedent", "không có câu nào để làm mẫu"));
    }
    if let Some((at, fault)) = sentences.iter().enumerate().find(|(_, sentence)| !sentence.supported) {
        let text = format!("câu {} chưa đối chiếu được với điều khoản: {} (“{}”)", at + 1, fault.reason, fault.text);
        return Err(Error::invalid("precedent", text));
    }
    let is_used = |cited: &CitedProvision| sentences.iter().any(|sentence| sentence.citations.contains(&cited.n));
    let citations: Vec<CitedProvision> = citations.into_iter().filter(is_used).collect();
    let bound: Option<Vec<_>> = citations.iter().map(|cited| version(&cited.id, today, law)).collect();
    let mut clauses = bound.ok_or_else(|| Error::invalid("sources", "có điều khoản không còn hiệu lực"))?;
    clauses.sort();
    clauses.dedup();
    let made = Answer {
        question: question.clone(),
        understood: String::new(),
        as_of: today,
        status: AnswerStatus::Answered,
        answer: sentences.iter().map(AnswerSentence::marked).collect::<Vec<_>>().join(" "),
        sentences,
        citations,
        precedent: None,
        clarify: None,
        next_steps: Vec::new(),
        ..answer.clone()
    };
    Ok(Made { question, answer: kept_text(&made)?, clauses })
}

/// The answer's clauses as they read today, and those the counsellor adds.
fn sources(answer: &Answer, wish: &Wish, law: &Law<'_>, today: Date) -> Result<Vec<CitedProvision>> {
    let mut citations: Vec<CitedProvision> =
        answer.citations.iter().filter_map(|cited| refreshed(cited, law, today)).collect();
    let next = answer.citations.iter().map(|cited| cited.n).max().unwrap_or(0) + 1;
    let named = wish.sources.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
    for (n, text) in (next..).zip(named.take(SOURCES_MAX)) {
        let id = text.split(['?', '#']).next().unwrap_or_default();
        let id = id.split_once("/luat/").map_or(id, |(_, id)| id).trim_matches('/');
        let missing = || Error::invalid("sources", format!("không có điều khoản `{text}` đang có hiệu lực"));
        citations.push(CitedProvision { n, ..law(id, today).ok_or_else(missing)? });
    }
    Ok(citations)
}

/// A citation in today's text; none where its words do not stand there any more.
fn refreshed(cited: &CitedProvision, law: &Law<'_>, today: Date) -> Option<CitedProvision> {
    let now = law(&cited.id, today)?;
    let at = now.quote.find(&cited.quote)?;
    let quote_start = now.quote.get(..at)?.chars().count();
    let quote_end = quote_start + cited.quote.chars().count();
    let CitedProvision { n, quote, .. } = cited.clone();
    Some(CitedProvision { n, quote, quote_start, quote_end, ..now })
}

/// Checks sentences as those of a model are. A sentence that was put together here of quotes may
/// stand by them alone (`by_quotes`).
pub fn checked(said: &[String], citations: &[CitedProvision], question: &str, by_quotes: bool) -> Vec<AnswerSentence> {
    let evidence: Vec<Evidence<'_>> = citations
        .iter()
        .map(|cited| Evidence {
            n: cited.n,
            citation: &cited.citation,
            title: &cited.title,
            lead_in: &cited.lead_in,
            text: &cited.quote,
            in_force: cited.in_force,
        })
        .collect();
    let grounds = Grounds::new(&evidence, question);
    let check = |marked: &String| {
        let verdict = grounds.check(marked);
        let (text, marks) = sentences::take_marks(marked);
        if !verdict.supported && by_quotes && stands_by_quotes(&text, &marks, citations) {
            return AnswerSentence { text, citations: marks, supported: true, withdrawn: false, reason: String::new() };
        }
        verdict
    };
    said.iter().map(check).collect()
}

/// Whether all between “ and ” stands verbatim in what the sentence cites, and something does.
fn stands_by_quotes(text: &str, marks: &[usize], citations: &[CitedProvision]) -> bool {
    let cited: Vec<&CitedProvision> = citations.iter().filter(|cited| marks.contains(&cited.n)).collect();
    let quoted: Vec<&str> = text.split('“').skip(1).filter_map(|part| part.split('”').next()).collect();
    let stands = |quote: &&str| cited.iter().any(|c| c.quote.contains(*quote) || c.lead_in.contains(*quote));
    !quoted.is_empty() && quoted.iter().all(stands)
}

/// What of a question decides whether another one asks the same.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Profile {
    words: BTreeSet<String>,
    /// In order, lower case, with the accents that were typed.
    syllables: Vec<String>,
    is_accented: bool,
    numbers: Vec<String>,
    negations: usize,
}

impl Profile {
    fn of(question: &str) -> Self {
        let mut typed = syllables(question);
        // At the end of a question this word asks, it does not deny.
        while typed.last().is_some_and(|word| matches!(fold(word).as_str(), "khong" | "chua" | "a" | "vay")) {
            typed.pop();
        }
        let all: Vec<String> = typed.iter().map(|word| fold(word)).collect();
        let mut numbers: Vec<String> =
            all.iter().filter(|word| word.chars().any(|c| c.is_ascii_digit())).cloned().collect();
        numbers.sort();
        let negations = all.iter().filter(|word| matches!(word.as_str(), "khong" | "chua")).count();
        let is_accented = typed != all;
        Self { words: all.into_iter().collect(), syllables: typed, is_accented, numbers, negations }
    }

    /// Share of words in common, from 0 to 1; none where numbers or denials differ.
    fn share(&self, other: &Self) -> Option<f32> {
        if self.numbers != other.numbers || self.negations != other.negations || self.words.is_empty() {
            return None;
        }
        let common = self.words.intersection(&other.words).count();
        Some(2.0 * common as f32 / (self.words.len() + other.words.len()) as f32)
    }

    /// Whether the same is asked word for word, but for such as change nothing. Order counts: who
    /// owes whom hangs on it.
    fn is_same(&self, other: &Self) -> bool {
        let folds = !(self.is_accented && other.is_accented);
        self.share(other).is_some() && self.telling(folds) == other.telling(folds)
    }

    /// The syllables that say something, in order.
    fn telling(&self, folds: bool) -> Vec<String> {
        let mut telling = Vec::new();
        let mut at = 0;
        while let Some(syllable) = self.syllables.get(at) {
            let folded = fold(syllable);
            let next = self.syllables.get(at + 1).map(|next| fold(next)).unwrap_or_default();
            if PHRASES.iter().any(|[first, second]| folded == *first && next == *second) {
                at += 2;
                continue;
            }
            at += 1;
            let is_filler =
                if folds { FOLDED_FILLERS.contains(&folded.as_str()) } else { FILLERS.contains(&syllable.as_str()) };
            if !is_filler {
                telling.push(if folds { folded } else { syllable.clone() });
            }
        }
        telling
    }

    /// Whether both were typed with accents, so that the same words are the same words.
    fn is_exact(&self, other: &Self) -> bool {
        self.is_accented && other.is_accented && self.is_same(other)
    }
}

/// A precedent ready to be found.
#[derive(Debug, Clone)]
pub struct OnShelf {
    id: i64,
    answer: Answer,
    profile: Profile,
    vector: Option<(String, Vec<f32>)>,
    clauses: Vec<(String, Hash)>,
    signed_as: String,
    signed_at: Timestamp,
}

impl OnShelf {
    /// Reads what is stored.
    ///
    /// # Errors
    /// `Internal` when it cannot be read.
    pub fn new(found: &PrecedentFound) -> Result<Self> {
        let row = &found.row;
        Ok(Self {
            id: found.id,
            answer: read_kept(row.question.clone(), &row.answer)?,
            profile: Profile::of(&row.question),
            vector: row.vector.clone(),
            clauses: row.clauses.clone(),
            signed_as: row.signed_as.clone(),
            signed_at: row.signed_at,
        })
    }

    /// How near a question is; none where it is not the same one.
    fn nearness(&self, profile: &Profile, asked: &Asked<'_>) -> Option<f32> {
        let share = self.profile.share(profile)?;
        let comparable = self.vector.as_ref().zip(asked.vector).filter(|((own, _), (other, _))| own == other);
        let cosine =
            comparable.map_or(0.0, |((_, own), (_, other))| own.iter().zip(other).map(|(a, b)| a * b).sum::<f32>());
        let own_first = self.answer.citations.first().map(|cited| cited.id.as_str());
        let is_near = COSINE_MIN <= cosine && WORDS_SHARE_MIN <= share;
        // Words alone suffice where they are the same with their accents: a precedent may be there
        // because the machine, asked alone, cites the wrong clause.
        let is_theirs = (is_near || self.profile.is_same(profile)) && own_first == asked.first_cited;
        (is_theirs || self.profile.is_exact(profile)).then_some(cosine + share)
    }

    /// As it is shown under the law of a day; none where that says anything else.
    pub fn shown(&self, law: &Law<'_>, today: Date) -> Option<Precedent> {
        let same = |(id, text): &(String, Hash)| law(id, today).is_some_and(|now| text_hash(&now.quote) == *text);
        if !self.clauses.iter().all(same) {
            return None;
        }
        let citations: Option<Vec<CitedProvision>> =
            self.answer.citations.iter().map(|cited| refreshed(cited, law, today)).collect();
        let citations = citations?;
        let said: Vec<String> = self.answer.sentences.iter().map(AnswerSentence::marked).collect();
        let sentences = checked(&said, &citations, &self.answer.question, self.answer.generator == QUOTING);
        sentences.iter().all(|sentence| sentence.supported).then(|| Precedent {
            id: self.id,
            question: self.answer.question.clone(),
            sentences,
            citations,
            signed_as: self.signed_as.clone(),
            signed_at: self.signed_at,
        })
    }
}

/// A question, and what the machine found for it alone.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The question, made to stand alone.
    pub question: &'a str,
    /// Its vector with the name of the encoder, where there is one.
    pub vector: Option<(&'a str, &'a [f32])>,
    /// The provision the answer to it cites first.
    pub first_cited: Option<&'a str>,
}

/// The precedent nearest to a question that the law of the day still carries. Numbers and denials
/// must be the same; then either the words with their accents and in order, but for such as change
/// nothing, or the provision that the machine, asked alone, cites first, and besides it the words
/// without their accents or the meaning by its vector.
pub fn find(shelf: &[OnShelf], asked: &Asked<'_>, law: &Law<'_>, today: Date) -> Option<Precedent> {
    let profile = Profile::of(asked.question);
    let mut near: Vec<(f32, &OnShelf)> =
        shelf.iter().filter_map(|item| Some((item.nearness(&profile, asked)?, item))).collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.id.cmp(&a.1.id)));
    near.into_iter().find_map(|(_, item)| item.shown(law, today))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_denials_tell_questions_apart() {
        let share = |a: &str, b: &str| Profile::of(a).share(&Profile::of(b));
        assert_eq!(share("Nghỉ việc báo trước bao lâu?", "nghi viec bao truoc bao lau"), Some(1.0));
        assert_eq!(share("Hợp đồng 12 tháng báo trước bao lâu", "Hợp đồng 36 tháng báo trước bao lâu"), None);
        assert_eq!(share("hợp đồng không thời hạn", "hợp đồng có thời hạn"), None);
        assert_eq!(share("Có được nghỉ không?", "Có được nghỉ"), Some(1.0), "it asks, it does not deny");
        assert!(share("Nghỉ ốm hưởng lương thế nào", "Thử việc bao lâu").is_none_or(|share| share < WORDS_SHARE_MIN));
    }

    #[test]
    fn one_word_that_decides_tells_questions_apart() {
        let is_same = |a: &str, b: &str| Profile::of(a).is_same(&Profile::of(b));
        assert!(is_same("Nghỉ việc phải báo trước bao lâu?", "em nghi viec phai bao truoc bao lau vay a"));
        assert!(!is_same("Làm thêm ngày lễ được trả lương thế nào?", "Làm thêm ngày thường được trả lương thế nào?"));
        assert!(!is_same("Được nghỉ khi nào?", "Phải nghỉ khi nào?"));
        assert!(!is_same("Người lao động phải làm gì", "Người sử dụng lao động phải làm gì"));
        for (one, other) in [
            ("Công ty được giữ lương của công nhân", "Công nhân được giữ lương của công ty"),
            ("Nghỉ vì bệnh lao được hưởng gì", "Nghỉ vì bệnh được hưởng gì"),
            ("Ai đóng quỹ", "Ai giữ quỹ"),
            ("Công ty bán hàng trả lương", "Công ty hàng trả lương"),
            ("Thợ may được nghỉ", "Thợ được nghỉ"),
            ("Vay công đoàn", "Với công đoàn"),
            ("Được nghỉ bao lâu", "Được nghỉ bao nhiêu"),
            ("mất thẻ", "mất thế"),
            ("mat the", "mất"),
            ("Ca ca đêm nghỉ", "Ca đêm nghỉ"),
        ] {
            assert!(!is_same(one, other), "{one} / {other}");
        }
        assert!(is_same("Em muốn hỏi nghỉ ốm theo quy định của pháp luật", "nghỉ ốm của pháp luật ạ"));
        assert!(is_same("Hoà giải ở đâu", "Hòa giải ở đâu vậy"));
    }

    #[test]
    fn a_point_is_bound_with_its_clause() {
        assert_eq!(clause_of("a/dieu-2/khoan-1/diem-b"), "a/dieu-2/khoan-1");
        assert_eq!(clause_of("a/dieu-2"), "a/dieu-2");
    }

    #[test]
    fn quotes_alone_carry_only_what_they_hold() {
        let cited = CitedProvision {
            n: 1,
            id: "a/dieu-1".to_owned(),
            law_id: "a".to_owned(),
            article_id: None,
            clause_id: None,
            point_id: None,
            citation: String::new(),
            title: String::new(),
            lead_in: String::new(),
            quote: "phải báo trước 30 ngày".to_owned(),
            quote_start: 0,
            quote_end: 22,
            url: String::new(),
            in_force: true,
            notes: Vec::new(),
            unit: None,
        };
        let all = [cited];
        assert!(stands_by_quotes("Luật nói “báo trước 30 ngày”", &[1], &all));
        for (text, marks) in
            [("“báo trước 40 ngày”", vec![1]), ("báo trước 30 ngày", vec![1]), ("“báo trước”", vec![2])]
        {
            assert!(!stands_by_quotes(text, &marks, &all), "{text}");
        }
    }
}
