/*!
What a calculator takes: typed fields, read from text, each mistake naming its field.

Nothing is guessed: what is not given is missing, and the result says so.
*/

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{
    amounts,
    number::{Ratio, dong},
};

/// Most inputs taken at once.
pub const INPUTS_MAX: usize = 40;
/// Longest value of an input, in characters.
pub const INPUT_CHARS_MAX: usize = 60;

/// A value to choose from: its name and what people read.
pub type Choice = (&'static str, &'static str);

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Whole đồng.
    Money,
    /// A whole number, within bounds.
    Whole {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// A number that may have decimals, from 0 to this.
    Decimal {
        /// Largest.
        max: i64,
    },
    /// A day.
    Day,
    /// A month of a year.
    Month,
    /// One of these.
    Choice(&'static [Choice]),
    /// Yes or no.
    Flag,
}

/// One input of a calculator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Name for programs.
    pub name: &'static str,
    /// Name for people, in Vietnamese.
    pub label: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether there is no full result without it.
    pub needed: bool,
    /// A hint, in Vietnamese; may be empty.
    pub hint: &'static str,
}

impl Field {
    /// A field without which there is no full result.
    pub const fn needed(name: &'static str, label: &'static str, kind: Kind) -> Self {
        Self { name, label, kind, needed: true, hint: "" }
    }

    /// A field that may be left out.
    pub const fn optional(name: &'static str, label: &'static str, kind: Kind) -> Self {
        Self { name, label, kind, needed: false, hint: "" }
    }

    /// The same with a hint.
    pub const fn hint(mut self, hint: &'static str) -> Self {
        self.hint = hint;
        self
    }
}

/// A value that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    Money(i64),
    Whole(i64),
    Decimal(Ratio),
    Day(Date),
    Choice(&'static str),
    Flag(bool),
}

/// A mistake in one input; the message is for members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputProblem {
    /// The field at fault.
    pub field: String,
    /// What is wrong and what would be right, in Vietnamese.
    pub message: String,
}

/// The inputs given, checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given(BTreeMap<&'static str, Value>);

impl Given {
    /// Reads inputs against the fields of a calculator. Empty values count as not given.
    ///
    /// # Errors
    /// Every mistake, each naming its field.
    pub fn read<'a>(
        fields: &'static [Field],
        inputs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Vec<InputProblem>> {
        let mut given = BTreeMap::new();
        let mut problems = Vec::new();
        for (count, (name, text)) in inputs.into_iter().enumerate() {
            let problem =
                |message: String| InputProblem { field: name.chars().take(INPUT_CHARS_MAX).collect(), message };
            if INPUTS_MAX <= count {
                problems.push(problem(format!("quá nhiều mục, tối đa {INPUTS_MAX}")));
                break;
            }
            let Some(field) = fields.iter().find(|field| field.name == name) else {
                let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
                problems.push(problem(format!("công cụ này không có mục đó; các mục: {}", names.join(", "))));
                continue;
            };
            if text.trim().is_empty() {
                continue;
            }
            match value(field, text) {
                Ok(value) => {
                    given.insert(field.name, value);
                }
                Err(message) => problems.push(problem(format!("{}: {message}", field.label))),
            }
        }
        if problems.is_empty() { Ok(Self(given)) } else { Err(problems) }
    }

    /// An amount of money.
    pub fn money(&self, name: &str) -> Option<i64> {
        if let Some(Value::Money(value)) = self.0.get(name) { Some(*value) } else { None }
    }

    /// A whole number.
    pub fn whole(&self, name: &str) -> Option<i64> {
        if let Some(Value::Whole(value)) = self.0.get(name) { Some(*value) } else { None }
    }

    /// A number.
    pub fn decimal(&self, name: &str) -> Option<Ratio> {
        if let Some(Value::Decimal(value)) = self.0.get(name) { Some(*value) } else { None }
    }

    /// A day, or the first day of a month.
    pub fn day(&self, name: &str) -> Option<Date> {
        if let Some(Value::Day(value)) = self.0.get(name) { Some(*value) } else { None }
    }

    /// A choice.
    pub fn choice(&self, name: &str) -> Option<&'static str> {
        if let Some(Value::Choice(value)) = self.0.get(name) { Some(*value) } else { None }
    }

    /// Yes or no.
    pub fn flag(&self, name: &str) -> Option<bool> {
        if let Some(Value::Flag(value)) = self.0.get(name) { Some(*value) } else { None }
    }
}

fn value(field: &Field, text: &str) -> Result<Value, String> {
    let text = text.trim();
    if INPUT_CHARS_MAX < text.chars().count() {
        return Err(format!("dài quá {INPUT_CHARS_MAX} ký tự"));
    }
    match field.kind {
        Kind::Money => amounts::money(text).map(Value::Money).ok_or_else(|| {
            format!("phải là số tiền từ 0 đến {}, ví dụ 10.000.000 hoặc 10 triệu", dong(amounts::MONEY_DONG_MAX))
        }),
        Kind::Whole { min, max } => match amounts::decimal(text).and_then(Ratio::as_whole) {
            Some(value) if (min..=max).contains(&value) => Ok(Value::Whole(value)),
            _ => Err(format!("phải là số nguyên từ {min} đến {max}")),
        },
        Kind::Decimal { max } => match amounts::decimal(text) {
            Some(value) if value <= Ratio::whole(max) => Ok(Value::Decimal(value)),
            _ => Err(format!("phải là số từ 0 đến {max}, ví dụ 1,5")),
        },
        Kind::Day => amounts::day(text)
            .filter(|day| in_calendar(*day))
            .map(Value::Day)
            .ok_or_else(|| "phải là ngày dạng năm-tháng-ngày hoặc ngày/tháng/năm, ví dụ 31/01/2026".to_owned()),
        Kind::Month => amounts::month(text)
            .filter(|day| in_calendar(*day))
            .map(Value::Day)
            .ok_or_else(|| "phải là tháng và năm, ví dụ 9/1968".to_owned()),
        Kind::Choice(choices) => choices
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(text))
            .map(|(name, _)| Value::Choice(name))
            .ok_or_else(|| {
                let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
                format!("phải là một trong: {}", names.join(", "))
            }),
        Kind::Flag => match text.to_lowercase().as_str() {
            "yes" | "true" | "1" | "có" | "co" | "on" => Ok(Value::Flag(true)),
            "no" | "false" | "0" | "không" | "khong" | "off" => Ok(Value::Flag(false)),
            _ => Err("phải là yes hoặc no".to_owned()),
        },
    }
}

/// Days of people's working lives; others are slips of the finger.
fn in_calendar(day: Date) -> bool {
    (1900..=2200).contains(&day.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: &[Field] = &[
        Field::needed("wage", "Tiền lương", Kind::Money),
        Field::optional("months", "Số tháng", Kind::Whole { min: 0, max: 600 }),
        Field::optional("on", "Ngày", Kind::Day),
        Field::optional("sex", "Giới", Kind::Choice(&[("male", "Nam"), ("female", "Nữ")])),
        Field::optional("night", "Ban đêm", Kind::Flag),
    ];

    #[test]
    fn mistakes_name_their_field() {
        let wrong =
            [("wage", "nhiều"), ("months", "601"), ("on", "30/02/2026"), ("sex", "x"), ("night", "?"), ("x", "1")];
        let problems = Given::read(FIELDS, wrong).unwrap_err();
        let fields: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["wage", "months", "on", "sex", "night", "x"]);
        assert!(problems.iter().all(|problem| !problem.message.ends_with('.')));
    }

    #[test]
    fn values_are_typed_and_empty_ones_are_not_given() {
        let given =
            Given::read(FIELDS, [("wage", "10 triệu"), ("months", ""), ("night", "có"), ("sex", "MALE")]).unwrap();
        assert_eq!((given.money("wage"), given.whole("months")), (Some(10_000_000), None));
        assert_eq!((given.flag("night"), given.choice("sex")), (Some(true), Some("male")));
        assert_eq!(given.whole("wage"), None);
    }
}
