/*!
How much is at stake in an answer: what puts it into the queue by itself, and where.

Pure. Words are looked for folded; they are few and grave, as every one costs a counsellor
time. A question about them is not a mistake of the machine: it is a person who may need one.
*/

use crate::{
    answer::{Answer, AnswerStatus},
    law::text::fold,
};

/// A sentence of the model had to be withdrawn.
const WITHDRAWN: (u32, &str) = (30, "withdrawn");
/// There was not enough to answer with.
const ABSTAINED: (u32, &str) = (15, "abstained");
/// The question names something grave.
const GRAVE: (u32, &str) = (45, "grave");
/// The asker fears to miss a time limit.
const DEADLINE: (u32, &str) = (20, "deadline");

/// Words of grave matters, folded.
const GRAVE_WORDS: [&str; 12] = [
    "tai nan",
    "quay roi",
    "no luong",
    "khong tra luong",
    "cham luong",
    "dinh cong",
    "danh dap",
    "cuong buc",
    "giu giay to",
    "giu bang goc",
    "bi duoi",
    "tu tu",
];
/// Words of time that runs out, folded.
const DEADLINE_WORDS: [&str; 4] = ["het han", "thoi hieu", "hom nay la", "ngay mai"];

/// Risk from 0 to 100, and its reasons; 0 for nothing that calls for a counsellor.
pub(super) fn of(answer: &Answer) -> (u32, Vec<&'static str>) {
    let question = fold(&answer.question);
    let names = |words: &[&str]| words.iter().any(|word| question.contains(word));
    let found = [
        (answer.sentences.iter().any(|sentence| sentence.withdrawn), WITHDRAWN),
        (answer.status == AnswerStatus::Abstained, ABSTAINED),
        (names(&GRAVE_WORDS), GRAVE),
        (names(&DEADLINE_WORDS), DEADLINE),
    ];
    let reasons: Vec<(u32, &str)> =
        found.into_iter().filter(|(applies, _)| *applies).map(|(_, reason)| reason).collect();
    (reasons.iter().map(|(risk, _)| risk).sum::<u32>().min(100), reasons.into_iter().map(|(_, name)| name).collect())
}

/// A reason in words.
pub(super) fn reason_text(name: &str) -> &'static str {
    match name {
        "withdrawn" => "máy đã rút câu",
        "abstained" => "máy không trả lời",
        "grave" => "việc nghiêm trọng",
        "deadline" => "sắp hết hạn",
        "wrong" => "đoàn viên nói sai",
        "unclear" => "đoàn viên thấy khó hiểu",
        "asked" => "đoàn viên muốn gặp cán bộ",
        _ => "cần xem lại",
    }
}
