/*!
The label of an answer: that it was made by AI, by which model, of which corpus, when.

It travels with every form of the answer: page, JSON, stream, OpenAI's interface. People must be able to
tell what a machine made (as Law 134/2025/QH15 on artificial intelligence asks), and a copied
answer must say how old it is.
*/

use jiff::{
    Timestamp,
    civil::Date,
    tz::{Offset, TimeZone},
};
use serde::Serialize;

use crate::answer::{Answer, AnswerStatus, ask::EXTRACTS};

/// Hours of Vietnam's clock ahead of UTC.
const VIETNAM_UTC_OFFSET_HOURS: i8 = 7;

/// Mirror of what an answer says of itself.
#[derive(Debug, Clone, Serialize)]
pub struct LabelJson {
    /// Always true: no person wrote it.
    pub ai: bool,
    /// The label for readers, in Vietnamese.
    pub text: String,
    /// Model that wrote the answer, or `trich-dan` where nothing was written.
    pub generator: String,
    /// The generation it came from.
    pub corpus_release: String,
    /// When it was made, RFC 3339 in UTC to the second; null where unknown.
    pub made_at: Option<String>,
}

impl From<&Answer> for LabelJson {
    fn from(answer: &Answer) -> Self {
        let made_at = answer.made_at.map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        Self {
            ai: true,
            text: label_text(answer),
            generator: answer.generator.clone(),
            corpus_release: answer.corpus_release.clone(),
            made_at,
        }
    }
}

/// The label for readers.
pub fn label_text(answer: &Answer) -> String {
    let when = answer.made_at.map(clock).map(|at| format!(" lúc {at}")).unwrap_or_default();
    let who = if answer.status == AnswerStatus::Answered && answer.generator != EXTRACTS {
        format!(
            "Câu trả lời do AI soạn{when} từ các điều khoản trên (mô hình {}), từng câu đã đối chiếu.",
            answer.generator
        )
    } else if answer.citations.is_empty() {
        format!("Câu trả lời do AI đưa ra{when}.")
    } else {
        format!("Câu trả lời do AI chọn{when}: các đoạn trên là trích nguyên văn, không qua máy soạn.")
    };
    let release = &answer.corpus_release;
    let corpus = match release_day(release) {
        Some(day) => format!("Kho luật ngày {day} (bản {release})"),
        None => format!("Kho luật bản {release}"),
    };
    format!("{who} {corpus}, áp dụng luật tại ngày {}.", day(answer.as_of))
}

fn day(date: Date) -> String {
    format!("{:02}/{:02}/{}", date.day(), date.month(), date.year())
}

/// The time in Vietnam, to the minute.
fn clock(at: Timestamp) -> String {
    let local = TimeZone::fixed(Offset::constant(VIETNAM_UTC_OFFSET_HOURS)).to_datetime(at);
    format!("{:02}:{:02} ngày {}", local.hour(), local.minute(), day(local.date()))
}

/// The day of a generation, which its id begins with.
fn release_day(release: &str) -> Option<String> {
    let digits = release.get(..8).filter(|_| release.get(8..9) == Some("T"))?;
    Date::strptime("%Y%m%d", digits).ok().map(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_here() {
        assert_eq!(release_day("20261124T015107Z-8f9aabda").as_deref(), Some("24/11/2026"));
        assert_eq!(release_day("20261324T015107Z-8f9aabda"), None);
        assert_eq!(release_day("x"), None);
        let late = "2026-01-31T18:05:59Z".parse().unwrap();
        assert_eq!(clock(late), "01:05 ngày 01/02/2026");
    }
}
