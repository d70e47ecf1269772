/*!
Checking what a model wrote against the clauses it cites.

Shares no step with `compose`, which chose those clauses. A sentence stands when every
number with its unit is in the cited text, nothing negated there is affirmed here (or the
other way round), and enough of its wording is there. What fails is withdrawn.
*/

use std::collections::HashSet;

use super::{
    numbers::{Quantity, quantities},
    sentences,
    types::AnswerSentence,
};
use crate::{
    law::text::{fold, syllables},
    retrieve::understand,
};

/// Least share of a sentence's content syllables that must stand in the cited text.
const SYLLABLE_SHARE_MIN: f32 = 0.6;
/// Least share of a sentence's content syllable pairs that must stand in the cited text.
const PAIR_SHARE_MIN: f32 = 0.3;
/// Shortest sentence that claims anything, in content syllables.
const CLAIM_SYLLABLES_MIN: usize = 2;
/// How far before a pair a negation still governs it, in syllables.
const NEGATION_REACH_SYLLABLES: usize = 4;

/// Folded syllables that carry no claim of their own.
const STOP_SYLLABLES: [&str; 38] = [
    "va", "cua", "la", "thi", "cho", "voi", "cac", "nhung", "mot", "nay", "do", "khi", "de", "tai", "o", "trong", "ma",
    "neu", "hoac", "co", "ban", "anh", "chi", "theo", "dieu", "khoan", "diem", "luat", "se", "ve", "tu", "den", "vay",
    "nhu", "rang", "ra", "thuoc", "quy",
];

/// Folded negations.
const NEGATIONS: [&str; 5] = ["khong", "chua", "cam", "chang", "nghiem"];

/// Folded pairs that ask: a model that repeats the question has not answered it.
const QUESTION_PAIRS: [[&str; 2]; 8] = [
    ["bao", "nhieu"],
    ["bao", "lau"],
    ["the", "nao"],
    ["khi", "nao"],
    ["hop", "nao"],
    ["kien", "nao"],
    ["la", "gi"],
    ["thu", "may"],
];

/// Folded words that judge an act; the cited text must hold them.
const JUDGEMENTS: [&[&str]; 12] = [
    &["dung", "luat"],
    &["dung", "phap", "luat"],
    &["dung", "quy", "dinh"],
    &["hop", "phap"],
    &["hop", "le"],
    &["trai", "luat"],
    &["trai", "phap", "luat"],
    &["sai", "luat"],
    &["vi", "pham"],
    &["duoc", "phep"],
    &["co", "quyen"],
    &["bat", "buoc"],
];

/// Evidence a sentence may cite.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// Number given by the server.
    pub n: usize,
    /// What it is, with its document's title: numbers in it may be repeated.
    pub citation: &'a str,
    /// Title of its article: a list of what is forbidden says so in the title alone.
    pub title: &'a str,
    /// Lead-in of the clause a point belongs to.
    pub lead_in: &'a str,
    /// Verbatim text.
    pub text: &'a str,
}

/// Checks one sentence as the model wrote it, marks included.
pub fn check(sentence: &str, evidence: &[Evidence<'_>]) -> AnswerSentence {
    let (text, marks) = sentences::take_marks(sentence);
    let verdict = |citations: Vec<usize>, reason: &str| AnswerSentence {
        text: text.clone(),
        citations,
        supported: reason.is_empty(),
        withdrawn: !reason.is_empty(),
        reason: reason.to_owned(),
    };
    if marks.iter().any(|n| !evidence.iter().any(|e| e.n == *n)) {
        return verdict(Vec::new(), "dẫn một điều luật không có trong phần trích");
    }
    if marks.is_empty() {
        // A model that forgets its marks: the server looks for the one clause that carries it.
        let carrier = evidence.iter().find(|e| failure(&text, std::slice::from_ref(e)).is_none());
        return match carrier {
            Some(carrier) => verdict(vec![carrier.n], ""),
            None => verdict(Vec::new(), failure(&text, evidence).unwrap_or("không dẫn điều luật nào")),
        };
    }
    let cited: Vec<Evidence<'_>> = evidence.iter().filter(|e| marks.contains(&e.n)).copied().collect();
    match failure(&text, &cited) {
        None => verdict(marks, ""),
        Some(reason) => verdict(Vec::new(), reason),
    }
}

/// Why the cited texts do not carry the sentence; none when they do.
fn failure(text: &str, cited: &[Evidence<'_>]) -> Option<&'static str> {
    let joined: String = cited.iter().map(|e| [e.citation, e.title, e.lead_in, e.text, ""].join("\n")).collect();
    let own = syllables(&fold(text));
    let theirs = syllables(&fold(&joined));
    let content: Vec<&String> = own.iter().filter(|s| !STOP_SYLLABLES.contains(&s.as_str())).collect();
    if content.len() < CLAIM_SYLLABLES_MIN {
        return Some("quá ngắn để đối chiếu");
    }
    let asks = own.windows(2).any(|pair| QUESTION_PAIRS.contains(&[pair[0].as_str(), pair[1].as_str()]));
    if text.contains('?') || asks {
        return Some("là câu hỏi, không phải câu trả lời");
    }
    if has_foreign_number(&quantities(text), &quantities(&joined)) {
        return Some("có con số không có trong điều luật được dẫn");
    }
    let forbidden = cited.iter().any(is_prohibition);
    if polarity_differs(&own, &theirs, &nearest_segment(&own, &joined), forbidden) {
        return Some("khẳng định hoặc phủ định khác điều luật được dẫn");
    }
    if judges_beyond(&own, &theirs) {
        return Some("kết luận đúng sai mà điều luật được dẫn không nói");
    }
    if forbidden && !own.iter().any(|s| NEGATIONS.contains(&s.as_str())) {
        return Some("bỏ mất chữ “không được” của điều luật được dẫn");
    }
    let in_law_words = syllables(&fold(&understand::in_law_words(text)));
    if !has_wording(&own, &theirs) && !has_wording(&in_law_words, &theirs) {
        return Some("nội dung không có trong điều luật được dẫn");
    }
    None
}

/// Whether the sentence calls something lawful or unlawful in words the cited text has not.
fn judges_beyond(own: &[String], theirs: &[String]) -> bool {
    let has =
        |text: &[String], words: &[&str]| text.windows(words.len()).any(|w| w.iter().zip(words).all(|(a, b)| a == b));
    JUDGEMENTS.iter().any(|words| has(own, words) && !has(theirs, words))
}

/// Whether title or lead-in turn what follows into something that must not be done or need not be.
fn is_prohibition(evidence: &Evidence<'_>) -> bool {
    let context = syllables(&fold(&format!("{}\n{}", evidence.title, evidence.lead_in)));
    context.windows(2).any(|pair| pair[0] == "khong" && matches!(pair[1].as_str(), "duoc" | "phai" | "can"))
        || context.iter().any(|s| s == "cam")
}

/// Whether enough of the sentence's wording stands in the cited text.
fn has_wording(own: &[String], theirs: &[String]) -> bool {
    let held: HashSet<&String> = theirs.iter().collect();
    let content: Vec<&String> = own.iter().filter(|s| !STOP_SYLLABLES.contains(&s.as_str())).collect();
    let share = content.iter().filter(|s| held.contains(**s)).count() as f32 / content.len().max(1) as f32;
    SYLLABLE_SHARE_MIN <= share && PAIR_SHARE_MIN <= pair_share(own, theirs)
}

/// Every number must stand there with its unit; without a unit of its own, its value must.
fn has_foreign_number(own: &[Quantity], theirs: &[Quantity]) -> bool {
    let same = |a: f64, b: f64| (a - b).abs() < 1e-9;
    !own.iter().all(|q| theirs.iter().any(|t| same(q.value, t.value) && (q.unit == t.unit || q.unit.is_empty())))
}

/// Share of neighbouring syllables that neighbour each other there too.
fn pair_share(own: &[String], theirs: &[String]) -> f32 {
    let held: HashSet<(&String, &String)> = theirs.windows(2).map(|p| (&p[0], &p[1])).collect();
    let pairs: Vec<(&String, &String)> = own
        .windows(2)
        .filter(|p| p.iter().any(|s| !STOP_SYLLABLES.contains(&s.as_str())))
        .map(|p| (&p[0], &p[1]))
        .collect();
    if pairs.is_empty() {
        return 0.0;
    }
    pairs.iter().filter(|pair| held.contains(*pair)).count() as f32 / pairs.len() as f32
}

/// The sentence or list item of the cited text that shares most syllables with the sentence.
fn nearest_segment(own: &[String], cited: &str) -> Vec<String> {
    let shared = |segment: &Vec<String>| {
        let held: HashSet<&String> = segment.iter().collect();
        own.iter().filter(|s| held.contains(s) && !STOP_SYLLABLES.contains(&s.as_str())).count()
    };
    let segments = cited.split(['.', ';', '\n']).map(|segment| syllables(&fold(segment)));
    // The first of equals: `max_by_key` would take the last.
    segments.fold(Vec::new(), |best, next| if shared(&best) < shared(&next) { next } else { best })
}

/// Whether the sentence negates what the cited text never does, or affirms what its nearest
/// segment only negates. Under a title that forbids, what follows is negated by it.
fn polarity_differs(own: &[String], theirs: &[String], nearest: &[String], forbidden: bool) -> bool {
    let places = |text: &[String], pair: &[String]| -> Vec<usize> {
        (0..text.len().saturating_sub(1)).filter(|i| text[*i..*i + 2] == *pair).collect()
    };
    for (at, pair) in own.windows(2).enumerate() {
        let stop = pair.iter().all(|s| STOP_SYLLABLES.contains(&s.as_str()));
        if stop || pair.iter().any(|s| NEGATIONS.contains(&s.as_str())) {
            continue;
        }
        if directly_negated(own, at) {
            let there = places(theirs, pair);
            if !forbidden && !there.is_empty() && !there.iter().any(|place| directly_negated(theirs, *place)) {
                return true;
            }
        } else if !is_negated(own, at) {
            let there = places(nearest, pair);
            if !there.is_empty() && there.iter().all(|place| directly_negated(nearest, *place)) {
                return true;
            }
        }
    }
    // A negation out of nothing: none of the cited text is negated at all.
    let negates = |s: &[String]| s.iter().any(|syllable| NEGATIONS.contains(&syllable.as_str()));
    negates(own) && !negates(theirs)
}

fn directly_negated(syllables: &[String], at: usize) -> bool {
    let reach = at.saturating_sub(2);
    syllables[reach..at].iter().any(|s| NEGATIONS.contains(&s.as_str()))
}

fn is_negated(syllables: &[String], at: usize) -> bool {
    let reach = at.saturating_sub(NEGATION_REACH_SYLLABLES);
    syllables[reach..at].iter().any(|s| NEGATIONS.contains(&s.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLAUSE: Evidence<'_> = Evidence {
        n: 1,
        citation: "khoản 1 Điều 2 Luật Thử nghiệm 2020",
        title: "Báo trước",
        lead_in: "",
        text: "Người làm việc theo hợp đồng có thời hạn muốn thôi việc phải báo cho bên kia biết trước ít nhất 30 ngày. \
               Người bị đánh đập không cần báo trước. Không được giữ bằng gốc của người làm việc.",
    };

    fn check_one(sentence: &str) -> AnswerSentence {
        check(sentence, &[CLAUSE])
    }

    #[test]
    fn a_faithful_sentence_stands() {
        for sentence in [
            "Bạn phải báo trước ít nhất 30 ngày [1].",
            "Bạn phải báo cho bên kia biết trước ba mươi ngày [1].",
            "Người bị đánh đập không cần báo trước [1].",
            "Không được giữ bằng gốc của người làm việc.",
        ] {
            let verdict = check_one(sentence);
            assert!(verdict.supported, "{sentence}: {}", verdict.reason);
            assert_eq!(verdict.citations, [1]);
        }
    }

    #[test]
    fn a_list_of_what_is_forbidden_is_not_read_as_allowed() {
        let forbidden = Evidence {
            n: 1,
            citation: "khoản 1 Điều 9 Luật Thử nghiệm 2020",
            title: "Việc nơi thuê người không được làm",
            lead_in: "",
            text: "1. Giữ bằng gốc của người đi làm.",
        };
        for (sentence, stands) in [
            ("Nơi thuê giữ bằng gốc của người đi làm [1].", false),
            ("Nơi thuê giữ bằng gốc của người đi làm là đúng luật [1].", false),
            ("Giữ bằng gốc của người đi làm là không vi phạm [1].", false),
            ("Nơi thuê không được giữ bằng gốc của người đi làm [1].", true),
        ] {
            let verdict = check(sentence, &[forbidden]);
            assert_eq!(verdict.supported, stands, "{sentence}: {}", verdict.reason);
        }
    }

    #[test]
    fn numbers_units_negation_marks_and_inventions_are_caught() {
        for sentence in [
            "Bạn phải báo trước ít nhất 45 ngày [1].",
            "Bạn phải báo trước ít nhất 30 tháng [1].",
            "Người bị đánh đập cần báo trước [1].",
            "Được giữ bằng gốc của người làm việc [1].",
            "Bạn phải báo trước ít nhất 30 ngày [2].",
            "Công ty phải trả thêm một khoản tiền thưởng lớn [1].",
            "Bạn không phải báo cho bên kia biết trước ít nhất 30 ngày [1].",
            "Có phải báo trước 30 ngày không? [1]",
            "Bạn phải báo cho bên kia biết trước bao nhiêu ngày [1].",
        ] {
            let verdict = check_one(sentence);
            assert!(verdict.withdrawn && verdict.citations.is_empty(), "{sentence}");
            assert!(!verdict.reason.is_empty());
        }
    }
}
