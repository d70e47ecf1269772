/*! Calculators and their results. */

use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

use super::date_text;
use crate::calc::{Amount, Calculator, Field, Figure, Kind, Offer, Outcome, Source, Step};

/// The value of `GET /api/v1/calculators` and of `calc --list --json`.
#[derive(Debug, Clone, Serialize)]
pub struct CalculatorsJson {
    /// All calculators.
    pub calculators: Vec<CalculatorJson>,
}

impl CalculatorsJson {
    /// Mirrors of `calculators`.
    pub fn new(calculators: &[&Calculator]) -> Self {
        Self { calculators: calculators.iter().map(|calculator| CalculatorJson::from(*calculator)).collect() }
    }
}

/// Mirror of [`Calculator`].
#[derive(Debug, Clone, Serialize)]
pub struct CalculatorJson {
    /// Name for programs.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// What it works out.
    pub summary: &'static str,
    /// Its inputs.
    pub fields: Vec<FieldJson>,
    /// Its page.
    pub url: String,
}

/// Mirror of [`Field`].
#[derive(Debug, Clone, Serialize)]
pub struct FieldJson {
    /// Name for programs.
    pub name: &'static str,
    /// Name for people.
    pub label: &'static str,
    /// `money`, `whole`, `decimal`, `day`, `month`, `choice` or `flag`.
    pub kind: &'static str,
    /// Whether there is no full result without it.
    pub needed: bool,
    /// A hint, where there is one.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub hint: &'static str,
    /// Smallest and largest value, for numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounds: Option<[i64; 2]>,
    /// Values to choose from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<CalculatorChoiceJson>,
}

/// A value to choose from.
#[derive(Debug, Clone, Serialize)]
pub struct CalculatorChoiceJson {
    /// What programs send.
    pub value: &'static str,
    /// What people read.
    pub label: &'static str,
}

/// Mirror of [`Outcome`]: the value of `POST /api/v1/calculators/{name}` and `calc --json`.
#[derive(Debug, Clone, Serialize)]
pub struct OutcomeJson {
    /// Name of the calculator.
    pub calculator: &'static str,
    /// Its title.
    pub title: &'static str,
    /// The day whose law was applied.
    pub as_of: String,
    /// Figures, the one asked for first.
    pub figures: Vec<FigureJson>,
    /// Steps.
    pub steps: Vec<StepJson>,
    /// What was taken for granted.
    pub assumptions: Vec<String>,
    /// What the result leaves out.
    pub not_covered: Vec<String>,
    /// Inputs without which the result is not complete.
    pub missing: Vec<FieldJson>,
    /// Documents not held that decide.
    pub missing_documents: Vec<MissingDocumentJson>,
}

/// Mirror of [`Figure`].
#[derive(Debug, Clone, Serialize)]
pub struct FigureJson {
    /// Name for programs.
    pub name: &'static str,
    /// What it is.
    pub label: String,
    /// A whole number, a fraction as `35/4`, a day, or true or false. Ages are in months.
    pub value: Value,
    /// `dong`, `days`, `working_days`, `months`, `years`, `hours`, `percent`, `times`, `date`, `age_months` or `flag`.
    pub unit: &'static str,
    /// As people read it.
    pub text: String,
}

/// Mirror of [`Step`].
#[derive(Debug, Clone, Serialize)]
pub struct StepJson {
    /// In Vietnamese.
    pub text: String,
    /// What it rests on.
    pub citations: Vec<StepCitationJson>,
}

/// Mirror of [`Source`].
#[derive(Debug, Clone, Serialize)]
pub struct StepCitationJson {
    /// Provision id.
    pub id: String,
    /// Number of the document.
    pub law_id: &'static str,
    /// Bare label of the article.
    pub article_id: &'static str,
    /// Bare label of the clause.
    pub clause_id: Option<&'static str>,
    /// Bare label of the point.
    pub point_id: Option<&'static str>,
    /// Citation text.
    pub citation: String,
    /// Its page.
    pub url: String,
}

/// A document not held that decides.
#[derive(Debug, Clone, Serialize)]
pub struct MissingDocumentJson {
    /// Its number.
    pub law_id: &'static str,
    /// What it would decide.
    pub decides: String,
}

/// A calculator offered with an answer.
#[derive(Debug, Clone, Serialize)]
pub struct OfferJson {
    /// Name of the calculator.
    pub calculator: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Inputs the question states.
    pub inputs: std::collections::BTreeMap<&'static str, String>,
    /// Its page, with these inputs.
    pub url: String,
    /// The result, where the question states all it needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<OutcomeJson>,
}

/// Address of a calculator's page.
pub fn calculator_url(name: &str) -> String {
    format!("/may-tinh/{name}")
}

impl OfferJson {
    /// The mirror of `offer`, its page as of a day.
    pub fn new(offer: &Offer, as_of: Date) -> Self {
        let mut url = format!("{}?tai={as_of}", calculator_url(offer.calculator.name));
        for (name, value) in &offer.inputs {
            let value = value.replace('/', "%2F").replace(' ', "%20");
            url.push_str(&format!("&{name}={value}"));
        }
        Self {
            calculator: offer.calculator.name,
            title: offer.calculator.title,
            inputs: offer.inputs.iter().cloned().collect(),
            url,
            result: offer.outcome(as_of).map(|outcome| OutcomeJson::new(offer.calculator, &outcome)),
        }
    }
}

impl From<&Calculator> for CalculatorJson {
    fn from(calculator: &Calculator) -> Self {
        Self {
            name: calculator.name,
            title: calculator.title,
            summary: calculator.summary,
            fields: calculator.fields.iter().map(FieldJson::from).collect(),
            url: calculator_url(calculator.name),
        }
    }
}

impl From<&Field> for FieldJson {
    fn from(field: &Field) -> Self {
        let (kind, bounds, choices) = match field.kind {
            Kind::Money => ("money", None, [].as_slice()),
            Kind::Whole { min, max } => ("whole", Some([min, max]), [].as_slice()),
            Kind::Decimal { max } => ("decimal", Some([0, max]), [].as_slice()),
            Kind::Day => ("day", None, [].as_slice()),
            Kind::Month => ("month", None, [].as_slice()),
            Kind::Choice(choices) => ("choice", None, choices),
            Kind::Flag => ("flag", None, [].as_slice()),
        };
        let choices = choices.iter().map(|(value, label)| CalculatorChoiceJson { value, label }).collect();
        Self { name: field.name, label: field.label, kind, needed: field.needed, hint: field.hint, bounds, choices }
    }
}

impl OutcomeJson {
    /// The mirror of what `calculator` worked out.
    pub fn new(calculator: &Calculator, outcome: &Outcome) -> Self {
        let as_of = date_text(outcome.as_of);
        let step = |step: &Step| StepJson {
            text: step.text.clone(),
            citations: step.sources.iter().map(|source| StepCitationJson::new(source, &as_of)).collect(),
        };
        Self {
            calculator: calculator.name,
            title: calculator.title,
            figures: outcome.figures.iter().map(FigureJson::from).collect(),
            steps: outcome.steps.iter().map(step).collect(),
            assumptions: outcome.assumptions.clone(),
            not_covered: outcome.not_covered.clone(),
            missing: outcome.missing.iter().map(|missing| FieldJson::from(&missing.field)).collect(),
            missing_documents: outcome
                .missing_documents
                .iter()
                .map(|document| MissingDocumentJson { law_id: document.number, decides: document.decides.clone() })
                .collect(),
            as_of,
        }
    }
}

impl StepCitationJson {
    /// The mirror of `source`, its page as of a day.
    fn new(source: &Source, as_of: &str) -> Self {
        let id = source.id();
        Self {
            law_id: source.law.number,
            article_id: source.article,
            clause_id: source.clause,
            point_id: source.point,
            citation: source.citation().to_string(),
            url: format!("/luat/{id}?tai={as_of}"),
            id,
        }
    }
}

impl From<&Figure> for FigureJson {
    fn from(figure: &Figure) -> Self {
        let (value, unit) = match &figure.amount {
            Amount::Money(value) => (Value::from(*value), "dong"),
            Amount::Count(count, unit) => {
                (count.as_whole().map_or_else(|| Value::from(count.exact()), Value::from), unit.name())
            }
            Amount::Day(day) => (Value::from(date_text(*day)), "date"),
            Amount::Age { years, months } => (Value::from(12 * years + months), "age_months"),
            Amount::Flag(flag) => (Value::from(*flag), "flag"),
        };
        Self { name: figure.name, label: figure.label.clone(), value, unit, text: figure.amount.text() }
    }
}
