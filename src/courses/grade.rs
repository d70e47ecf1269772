/*!
Marking answers, and when a quiz is passed. Pure.

A question is right or wrong, nothing between. What was answered is kept as text in a small
JSON form, so that answers given offline to an earlier version can still be read.
*/

use serde_json::{Value, json};

use super::course::{Kind, Question};
use crate::error::{Error, Result};

/// Longest text of one answer, in characters.
pub const ANSWER_CHARS_MAX: usize = 200;
/// Most ids in one answer.
const ANSWER_IDS_MAX: usize = 12;
/// Digits between two separators of a number.
const GROUP_DIGITS: usize = 3;
/// Difference that only comes of how numbers are kept.
const NUMBER_NOISE: f64 = 1e-9;

/// What a member answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Ids of choices: one, a set or an order.
    Choices(Vec<String>),
    /// Yes or no.
    Truth(bool),
    /// A number as it was typed.
    Typed(String),
}

impl Answer {
    /// An answer of the API: a text, an array of ids, a truth value or a number.
    ///
    /// # Errors
    /// `Invalid` naming `answer`.
    pub fn from_json(value: &Value) -> Result<Self> {
        let wrong = |message: &str| Error::invalid("answer", message);
        match value {
            Value::Bool(truth) => Ok(Self::Truth(*truth)),
            Value::Number(number) => Ok(Self::Typed(number.to_string().replace('.', ","))),
            Value::String(text) if text.chars().count() <= ANSWER_CHARS_MAX => Ok(Self::Typed(text.clone())),
            Value::Array(ids) if ids.len() <= ANSWER_IDS_MAX => {
                let ids = ids.iter().map(|id| id.as_str().filter(|id| id.chars().count() <= ANSWER_CHARS_MAX));
                let ids: Option<Vec<String>> = ids.map(|id| id.map(str::to_owned)).collect();
                Ok(Self::Choices(ids.ok_or_else(|| wrong("phải là mảng mã lựa chọn"))?))
            }
            _ => Err(wrong("phải là chuỗi, số, true/false hoặc mảng mã lựa chọn ngắn")),
        }
    }

    /// The same as it is kept.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Choices(ids) => json!(ids),
            Self::Truth(truth) => json!(truth),
            Self::Typed(text) => json!(text),
        }
    }
}

/// Whether an answer is right. One of another kind than the question's is wrong.
pub fn is_right(question: &Question, answer: &Answer) -> bool {
    match (&question.kind, answer) {
        (Kind::Single { key, .. }, Answer::Choices(given)) => matches!(given.as_slice(), [one] if one == key),
        // A text is how programs name the one choice.
        (Kind::Single { key, .. }, Answer::Typed(given)) => given == key,
        (Kind::Multiple { key, .. }, Answer::Choices(given)) => {
            let is_set = given.iter().enumerate().all(|(at, id)| !given.iter().take(at).any(|other| other == id));
            is_set && given.len() == key.len() && key.iter().all(|id| given.contains(id))
        }
        (Kind::Order { key, .. }, Answer::Choices(given)) => given == key,
        (Kind::TrueFalse { key }, Answer::Truth(given)) => given == key,
        (Kind::Number { key, tolerance, .. }, Answer::Typed(typed)) => {
            number(typed).is_some_and(|given| (given - key).abs() <= tolerance + NUMBER_NOISE)
        }
        _ => false,
    }
}

/// A number as people in Vietnam type it: dots and spaces group digits by three, the comma is
/// the decimal mark. `None` for everything else.
pub fn number(typed: &str) -> Option<f64> {
    let typed = typed.trim();
    let (sign, digits) = typed.strip_prefix(['-', '−']).map_or((1.0, typed), |rest| (-1.0, rest));
    let (whole, part) = digits.split_once(',').unwrap_or((digits, ""));
    let groups: Vec<&str> = whole.split(['.', ' ', '\u{a0}', '\u{202f}']).collect();
    let (first, rest) = groups.split_first()?;
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let grouped = rest.is_empty() || first.len() <= GROUP_DIGITS;
    let fits = is_digits(first) && grouped && rest.iter().all(|group| is_digits(group) && group.len() == GROUP_DIGITS);
    if !fits || (digits.contains(',') && !is_digits(part)) || ANSWER_CHARS_MAX < typed.chars().count() {
        return None;
    }
    format!("{}.{}", groups.concat(), if part.is_empty() { "0" } else { part }).parse::<f64>().ok().map(|n| sign * n)
}

/// Whether so many right answers pass a quiz of so many questions. A quiz all of whose questions
/// have left service asks nothing, and holds nobody up.
pub fn passes(correct: usize, questions: usize, pass_percent: u8) -> bool {
    usize::from(pass_percent) * questions <= correct * 100
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::courses::course::Choice;

    fn question(kind: Kind) -> Question {
        Question { id: "q".to_owned(), text: "?".to_owned(), kind, explanation: "!".to_owned(), proofs: Vec::new() }
    }

    fn choices() -> Vec<Choice> {
        ["a", "b", "c"].map(|id| Choice { id: id.to_owned(), text: id.to_uppercase() }).into()
    }

    fn ids(text: &str) -> Answer {
        Answer::Choices(text.split(' ').filter(|id| !id.is_empty()).map(str::to_owned).collect())
    }

    fn owned(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn each_kind_is_right_or_wrong() {
        let single = question(Kind::Single { choices: choices(), key: "b".to_owned() });
        let multiple = question(Kind::Multiple { choices: choices(), key: owned(&["a", "c"]) });
        let order = question(Kind::Order { choices: choices(), key: owned(&["c", "a", "b"]) });
        for (question, right, wrong) in [
            (&single, ["b", "b"], ["a", "a b"]),
            (&multiple, ["a c", "c a"], ["a", "a b c"]),
            (&order, ["c a b", "c a b"], ["a c b", "c a"]),
        ] {
            assert!(right.iter().all(|given| is_right(question, &ids(given))), "{right:?}");
            assert!(!wrong.iter().any(|given| is_right(question, &ids(given))), "{wrong:?}");
        }
        assert!(!is_right(&multiple, &ids("a a")) && !is_right(&single, &ids("")));
        assert!(is_right(&single, &Answer::Typed("b".to_owned())));
        let truth = question(Kind::TrueFalse { key: false });
        assert!(is_right(&truth, &Answer::Truth(false)) && !is_right(&truth, &Answer::Truth(true)));
        assert!(!is_right(&truth, &ids("b")), "an answer of another kind is wrong");
    }

    #[test]
    fn a_number_is_read_the_vietnamese_way() {
        let pay = question(Kind::Number { key: 5_000_000.0, unit: "đồng".to_owned(), tolerance: 0.0 });
        for typed in ["5.000.000", "5 000 000", "5000000", " 5.000.000 ", "5\u{a0}000\u{a0}000", "5000000,0"] {
            assert!(is_right(&pay, &Answer::Typed(typed.to_owned())), "{typed}");
        }
        for typed in ["5.000.001", "5,000,000", "5000.000", "năm triệu", "", "-5000000", "5.00.0000", "5e6", "5,"] {
            assert!(!is_right(&pay, &Answer::Typed(typed.to_owned())), "{typed}");
        }
        assert_eq!(number("1.5"), None, "a dot is no decimal mark");
        let hours = question(Kind::Number { key: 1.5, unit: "giờ".to_owned(), tolerance: 0.25 });
        for (typed, right) in [("1,5", true), ("1,75", true), ("1,76", false), ("1,25", true), ("2", false)] {
            assert_eq!(is_right(&hours, &Answer::Typed(typed.to_owned())), right, "{typed}");
        }
    }

    #[test]
    fn a_quiz_is_passed_from_its_share_on() {
        assert!(passes(4, 5, 80) && !passes(3, 5, 80) && passes(5, 5, 100) && !passes(4, 5, 81));
        assert!(passes(0, 0, 100), "a quiz without questions holds nobody up");
    }

    proptest! {
        #[test]
        fn what_was_answered_is_kept_and_read_again(ids in prop::collection::vec("[a-z0-9-]{1,20}", 0..6), typed in "[^\"]{0,20}", truth: bool) {
            for answer in [Answer::Choices(ids.clone()), Answer::Typed(typed.clone()), Answer::Truth(truth)] {
                prop_assert_eq!(Answer::from_json(&answer.to_json()).unwrap(), answer);
            }
        }

        #[test]
        fn grouping_changes_no_number(n in 0_u32..2_000_000_000, separator in prop::sample::select(vec![".", " ", "\u{a0}"])) {
            let plain = n.to_string();
            let mut grouped = String::new();
            for (at, digit) in plain.chars().enumerate() {
                if at > 0 && (plain.len() - at) % 3 == 0 {
                    grouped.push_str(separator);
                }
                grouped.push(digit);
            }
            prop_assert_eq!(number(&grouped), Some(f64::from(n)));
            prop_assert_eq!(number(&plain), Some(f64::from(n)));
        }

        #[test]
        fn no_text_breaks_the_reader_of_numbers(text in "\\PC{0,40}") {
            let _ = number(&text);
        }
    }
}
