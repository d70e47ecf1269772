/*!
What a calculator says: figures, the steps to them with their provisions, and what it does
not know.
*/

use jiff::civil::Date;

use super::{
    calendar::day_text,
    input::{Field, Given},
    number::{Ratio, dong},
    rule::{CODE_2012_FROM, CODE_FROM, DECREE_145_FROM, Rule},
    source::{Law, Source},
};

/// First day of the civil code by which terms are counted.
const CIVIL_CODE_FROM: Date = jiff::civil::date(2017, 1, 1);

/// A figure with its unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amount {
    /// Whole đồng.
    Money(i64),
    /// A number of something: the unit for programs and for people.
    Count(Ratio, Unit),
    /// A calendar day.
    Day(Date),
    /// Years and months of age.
    Age {
        /// Full years.
        years: i64,
        /// Months beyond them.
        months: i64,
    },
    /// Yes or no.
    Flag(bool),
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Calendar days.
    Days,
    /// Working days.
    WorkingDays,
    /// Months.
    Months,
    /// Years.
    Years,
    /// Hours.
    Hours,
    /// Hundredths.
    Percent,
    /// Times.
    Times,
}

impl Unit {
    /// Name for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::WorkingDays => "working_days",
            Self::Months => "months",
            Self::Years => "years",
            Self::Hours => "hours",
            Self::Percent => "percent",
            Self::Times => "times",
        }
    }

    fn text(self, count: Ratio) -> String {
        let unit = match self {
            Self::Days => " ngày",
            Self::WorkingDays => " ngày làm việc",
            Self::Months => " tháng",
            Self::Years => " năm",
            Self::Hours => " giờ",
            Self::Percent => "%",
            Self::Times => " lần",
        };
        format!("{}{unit}", count.text())
    }
}

impl Amount {
    /// As people read it.
    pub fn text(&self) -> String {
        match self {
            Self::Money(value) => dong(*value),
            Self::Count(count, unit) => unit.text(*count),
            Self::Day(day) => day_text(*day),
            Self::Age { years, months: 0 } => format!("{years} tuổi"),
            Self::Age { years, months } => format!("{years} tuổi {months} tháng"),
            Self::Flag(true) => "Có".to_owned(),
            Self::Flag(false) => "Không".to_owned(),
        }
    }
}

/// One figure of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Name for programs.
    pub name: &'static str,
    /// What it is, in Vietnamese.
    pub label: String,
    /// How much.
    pub amount: Amount,
}

/// One step of the reasoning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// In Vietnamese, short.
    pub text: String,
    /// What it rests on.
    pub sources: Vec<Source>,
}

/// An input without which the result is not complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing {
    /// The field.
    pub field: Field,
}

/// A document that decides but is not among those the figures were checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingDocument {
    /// Its number.
    pub number: &'static str,
    /// What it would decide, in Vietnamese.
    pub decides: String,
}

/// The whole result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The day whose law was applied.
    pub as_of: Date,
    /// Figures, the one asked for first; empty where nothing can be said.
    pub figures: Vec<Figure>,
    /// Steps.
    pub steps: Vec<Step>,
    /// What was taken for granted.
    pub assumptions: Vec<String>,
    /// What the result leaves out.
    pub not_covered: Vec<String>,
    /// What is needed for a complete result.
    pub missing: Vec<Missing>,
    /// Documents not held that decide.
    pub missing_documents: Vec<MissingDocument>,
}

/// The labour code that decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// Of 2012.
    Of2012,
    /// Of 2019.
    Of2019,
}

/// A result in the making, with the inputs it is made from.
pub struct Work<'a> {
    /// The inputs.
    pub given: &'a Given,
    fields: &'static [Field],
    /// The result so far.
    pub outcome: Outcome,
}

impl<'a> Work<'a> {
    /// Nothing yet.
    pub fn new(given: &'a Given, fields: &'static [Field], as_of: Date) -> Self {
        let outcome = Outcome {
            as_of,
            figures: Vec::new(),
            steps: Vec::new(),
            assumptions: Vec::new(),
            not_covered: Vec::new(),
            missing: Vec::new(),
            missing_documents: Vec::new(),
        };
        Self { given, fields, outcome }
    }

    /// Notes that an input is needed.
    pub fn need(&mut self, name: &str) {
        if let Some(field) = self.fields.iter().find(|field| field.name == name)
            && !self.outcome.missing.iter().any(|missing| missing.field.name == name)
        {
            self.outcome.missing.push(Missing { field: *field });
        }
    }

    /// An amount of money, noted as needed where it is not given.
    pub fn need_money(&mut self, name: &str) -> Option<i64> {
        let value = self.given.money(name);
        if value.is_none() {
            self.need(name);
        }
        value
    }

    /// A whole number, noted as needed where it is not given.
    pub fn need_whole(&mut self, name: &str) -> Option<i64> {
        let value = self.given.whole(name);
        if value.is_none() {
            self.need(name);
        }
        value
    }

    /// A day, noted as needed where it is not given.
    pub fn need_day(&mut self, name: &str) -> Option<Date> {
        let value = self.given.day(name);
        if value.is_none() {
            self.need(name);
        }
        value
    }

    /// A choice, noted as needed where it is not made.
    pub fn need_choice(&mut self, name: &str) -> Option<&'static str> {
        let value = self.given.choice(name);
        if value.is_none() {
            self.need(name);
        }
        value
    }

    /// Yes or no; no where not given, and then the assumption is noted.
    pub fn flag_or_no(&mut self, name: &str, assumption: &str) -> bool {
        self.given.flag(name).unwrap_or_else(|| {
            self.assume(assumption);
            false
        })
    }

    /// Adds a figure.
    pub fn figure(&mut self, name: &'static str, label: impl Into<String>, amount: Amount) {
        self.outcome.figures.push(Figure { name, label: label.into(), amount });
    }

    /// Adds an amount of money.
    pub fn money(&mut self, name: &'static str, label: impl Into<String>, value: i64) {
        self.figure(name, label, Amount::Money(value));
    }

    /// Adds a count.
    pub fn count(&mut self, name: &'static str, label: impl Into<String>, count: Ratio, unit: Unit) {
        self.figure(name, label, Amount::Count(count, unit));
    }

    /// Adds a step.
    pub fn step(&mut self, text: impl Into<String>, sources: &[Source]) {
        self.outcome.steps.push(Step { text: text.into(), sources: sources.to_vec() });
    }

    /// Adds a step that rests on one rule.
    pub fn by_rule(&mut self, text: impl Into<String>, rule: &Rule) {
        self.step(text, &[rule.source]);
    }

    /// Notes what was taken for granted.
    pub fn assume(&mut self, text: impl Into<String>) {
        self.outcome.assumptions.push(text.into());
    }

    /// Notes what is left out.
    pub fn leave_out(&mut self, text: impl Into<String>) {
        self.outcome.not_covered.push(text.into());
    }

    /// Notes that a document not held decides.
    pub fn lacks(&mut self, number: &'static str, decides: impl Into<String>) {
        self.outcome.missing_documents.push(MissingDocument { number, decides: decides.into() });
    }

    /// The day of an event decides which law holds, where it is given.
    pub fn on_day_of(&mut self, field: &str) {
        self.outcome.as_of = self.given.day(field).unwrap_or(self.outcome.as_of);
    }

    /// The labour code of the as-of day. The one before that of 2012 is held only as it was made,
    /// without what amended it: it is named, and nothing is worked out.
    pub fn code(&mut self) -> Option<Code> {
        let day = self.outcome.as_of;
        if CODE_FROM <= day {
            return Some(Code::Of2019);
        }
        if CODE_2012_FROM <= day {
            return Some(Code::Of2012);
        }
        self.lacks("35-L/CTN", format!("quy định ngày {} (bản đã gộp các lần sửa đổi)", day_text(day)));
        None
    }

    /// Whether the as-of day is before decree 145/2020, whose predecessors are not held.
    pub fn is_before_decree_145(&self) -> bool {
        self.outcome.as_of < DECREE_145_FROM
    }

    /// Whether terms from `start` are counted by the civil code held; else the one before is named.
    pub fn counts_terms(&mut self, start: Date) -> bool {
        let counts = CIVIL_CODE_FROM <= start;
        if !counts {
            self.lacks("33/2005/QH11", format!("cách tính ngày hết hạn cho thời hạn bắt đầu ngày {}", day_text(start)));
        }
        counts
    }

    /// Whether `law`, in force from `from`, holds on the as-of day; if not, says so.
    pub fn holds_from(&mut self, law: Law, from: Date) -> bool {
        let holds = from <= self.outcome.as_of;
        if !holds {
            self.leave_out(format!(
                "công cụ tính theo {} ({}), có hiệu lực từ {}; ngày {} áp dụng văn bản trước đó, chưa có trong công cụ",
                law.title,
                law.number,
                day_text(from),
                day_text(self.outcome.as_of)
            ));
        }
        holds
    }

    /// The end: agreements may give more.
    pub fn finish(mut self) -> Outcome {
        self.leave_out("thỏa ước lao động tập thể, hợp đồng hoặc nội quy có thể có lợi hơn mức tối thiểu của luật");
        self.outcome
    }
}
