/*!
How much is at stake in an answer: what puts it into the queue by itself, and where.

Pure. Grave words are few, as every one costs a counsellor time. A question about them is not a
mistake of the machine: it is a person who may need one. They are looked for as whole words,
with their accents where the asker wrote some: `từ từ` is nobody's death. A small share of
answers comes without any reason, so that counsellors see ordinary ones, too; which, the place
of an answer decides, so that it is not drawn anew.
*/

use sha2::{Digest as _, Sha256};

use crate::{
    answer::{Answer, AnswerStatus, chat},
    law::text::{strip_accents, syllable_ranges},
};

/// A sentence of the model had to be withdrawn.
const WITHDRAWN: (u32, &str) = (30, "withdrawn");
/// There was not enough to answer with.
const ABSTAINED: (u32, &str) = (15, "abstained");
/// The evidence barely carries the answer.
const WEAK: (u32, &str) = (15, "weak");
/// The question names something grave.
const GRAVE: (u32, &str) = (45, "grave");
/// The asker fears to miss a time limit.
const DEADLINE: (u32, &str) = (20, "deadline");
/// Drawn for quality.
const SAMPLE: (u32, &str) = (5, "sample");
/// One answer in so many is drawn for quality.
pub(super) const SAMPLE_ONE_IN: u64 = 50;
/// An answer whose nearest clause is no nearer than this is weak: a hundredth above what answers
/// at all. Only where the cosine is one that was calibrated.
const WEAK_COSINE_MAX: f32 = 0.895;

/// Words of grave matters.
const GRAVE_WORDS: [&str; 14] = [
    "tai nạn",
    "quấy rối",
    "nợ lương",
    "không trả lương",
    "chậm lương",
    "quỵt lương",
    "đình công",
    "đánh đập",
    "cưỡng bức",
    "giữ giấy tờ",
    "giữ bằng gốc",
    "bị đuổi",
    "tự tử",
    "tự sát",
];
/// Words of time that runs out.
const DEADLINE_WORDS: [&str; 5] = ["hết hạn", "thời hiệu", "quá hạn", "hôm nay là", "ngày mai"];

/// Risk from 0 to 100, and its reasons; 0 for nothing that calls for a counsellor. `place` is
/// where the answer is kept.
pub(super) fn of(answer: &Answer, place: (&str, u32)) -> (u32, Vec<&'static str>) {
    if chat::reply(&answer.question).is_some() {
        return (0, Vec::new());
    }
    let words = words(&answer.question);
    let names = |phrases: &[&str]| phrases.iter().any(|phrase| holds(&words, phrase));
    let support = &answer.support;
    let is_weak = answer.status == AnswerStatus::Answered && support.is_calibrated && support.cosine < WEAK_COSINE_MAX;
    let found = [
        (answer.sentences.iter().any(|sentence| sentence.withdrawn), WITHDRAWN),
        (answer.status == AnswerStatus::Abstained, ABSTAINED),
        (is_weak, WEAK),
        (names(&GRAVE_WORDS), GRAVE),
        (names(&DEADLINE_WORDS), DEADLINE),
        (is_sampled(place), SAMPLE),
    ];
    let reasons: Vec<(u32, &str)> =
        found.into_iter().filter(|(applies, _)| *applies).map(|(_, reason)| reason).collect();
    (reasons.iter().map(|(risk, _)| risk).sum::<u32>().min(100), reasons.into_iter().map(|(_, name)| name).collect())
}

/// Whether the answer kept there is drawn for quality.
fn is_sampled((conversation, ordinal): (&str, u32)) -> bool {
    let digest = Sha256::digest(format!("{conversation}/{ordinal}").as_bytes());
    let number = digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    number.is_multiple_of(SAMPLE_ONE_IN)
}

fn words(text: &str) -> Vec<String> {
    let text = crate::law::text::stored_form(text).to_lowercase();
    syllable_ranges(&text).filter_map(|range| text.get(range).map(str::to_owned)).collect()
}

/// Whether a phrase stands in the words: each word as it is, or typed without accents.
fn holds(words: &[String], phrase: &str) -> bool {
    let phrase = self::words(phrase);
    let is_same = |(word, wanted): (&String, &String)| word == wanted || *word == strip_accents(wanted);
    words.windows(phrase.len()).any(|run| run.iter().zip(&phrase).all(is_same))
}

/// A reason in words.
pub(super) fn reason_text(name: &str) -> &'static str {
    match name {
        "withdrawn" => "máy đã rút câu",
        "abstained" => "máy không trả lời",
        "weak" => "căn cứ yếu",
        "grave" => "việc nghiêm trọng",
        "deadline" => "sắp hết hạn",
        "sample" => "rút ngẫu nhiên để kiểm chất lượng",
        "wrong" => "đoàn viên nói sai",
        "unclear" => "đoàn viên thấy khó hiểu",
        "asked" => "đoàn viên muốn gặp cán bộ",
        _ => "cần xem lại",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grave_words_are_whole_words_with_the_askers_accents() {
        let is_grave = |text: &str| GRAVE_WORDS.iter().any(|phrase| holds(&words(text), phrase));
        for text in ["Bị TAI NẠN ở xưởng", "cong ty no luong 3 thang", "bạn tôi muốn tự tử", "bi giu bang goc"]
        {
            assert!(is_grave(text), "{text}");
        }
        for text in ["từ từ rồi nghỉ", "tai nạng", "cho nợ lượng hàng", "hai nạn nhân", "không trả lương tâm"]
        {
            assert_eq!(is_grave(text), text.starts_with("không trả lương"), "{text}");
        }
    }

    #[test]
    fn a_named_share_is_drawn_and_always_the_same() {
        let drawn = |n: u32| is_sampled(("c", n));
        let count = (0..10_000).filter(|n| drawn(*n)).count();
        let expected = 10_000 / usize::try_from(SAMPLE_ONE_IN).unwrap();
        assert!((expected / 2..expected * 2).contains(&count), "{count}");
        assert!((0..500).all(|n| drawn(n) == drawn(n)));
    }
}
