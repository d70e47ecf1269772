/*! Pages of the calculators: a form without a script, and the result with its steps. */

use std::collections::HashMap;

use askama::Template;
use jiff::civil::Date;

use super::{Site, day, render};
use crate::{
    calc::{Calculator, Field, InputProblem, Kind, Outcome, Source},
    error::Result,
};

/// What was filled in.
#[derive(Debug, Clone)]
pub struct CalculatorForm {
    /// Inputs as typed.
    pub inputs: HashMap<String, String>,
    /// The day whose law is applied.
    pub as_of: Date,
    /// Ids of documents held, which alone are linked to.
    pub held: Vec<String>,
}

#[derive(Template)]
#[template(path = "calculators.html")]
struct Calculators<'a> {
    site: &'a Site,
    title: &'a str,
    calculators: &'a [&'static Calculator],
}

/// The list of calculators.
///
/// # Errors
/// `Internal` when the template fails.
pub fn calculators(site: &Site, calculators: &[&'static Calculator]) -> Result<String> {
    render(&Calculators { site, title: "Tính quyền lợi", calculators })
}

/// A field as the form shows it.
struct FormField<'a> {
    field: &'a Field,
    value: &'a str,
    problem: Option<&'a str>,
    /// Whether a result asked for it.
    missing: bool,
}

impl FormField<'_> {
    fn choices(&self) -> &'static [(&'static str, &'static str)] {
        match self.field.kind {
            Kind::Choice(choices) => choices,
            Kind::Flag => &[("yes", "Có"), ("no", "Không")],
            _ => &[],
        }
    }

    fn is_day(&self) -> bool {
        self.field.kind == Kind::Day
    }

    fn example(&self) -> &'static str {
        match self.field.kind {
            Kind::Money => "ví dụ 10.000.000 hoặc 10 triệu",
            Kind::Month => "ví dụ 9/1968",
            Kind::Decimal { .. } => "ví dụ 1,5",
            _ => "",
        }
    }
}

/// A step with its links.
struct ShownStep<'a> {
    text: &'a str,
    sources: Vec<ShownSource>,
}

/// A citation; without a link where its document is not held.
struct ShownSource {
    citation: String,
    url: Option<String>,
}

#[derive(Template)]
#[template(path = "calculator.html")]
struct CalculatorPage<'a> {
    site: &'a Site,
    title: &'a str,
    calculator: &'a Calculator,
    fields: Vec<FormField<'a>>,
    problems: &'a [InputProblem],
    as_of: String,
    outcome: Option<&'a Outcome>,
    steps: Vec<ShownStep<'a>>,
    as_of_text: String,
}

/// One calculator: its form, and the result or the mistakes, if something was filled in.
///
/// # Errors
/// `Internal` when the template fails.
pub fn calculator(
    site: &Site,
    calculator: &Calculator,
    form: &CalculatorForm,
    result: Option<std::result::Result<Outcome, Vec<InputProblem>>>,
) -> Result<String> {
    let (outcome, problems) = match &result {
        Some(Ok(outcome)) => (Some(outcome), [].as_slice()),
        Some(Err(problems)) => (None, problems.as_slice()),
        None => (None, [].as_slice()),
    };
    let fields = calculator.fields.iter().map(|field| FormField {
        field,
        value: form.inputs.get(field.name).map_or("", String::as_str),
        problem: problems.iter().find(|problem| problem.field == field.name).map(|problem| problem.message.as_str()),
        missing: outcome.is_some_and(|outcome| outcome.missing.iter().any(|m| m.field.name == field.name)),
    });
    let day_shown = outcome.map_or(form.as_of, |outcome| outcome.as_of);
    let steps = outcome.map_or(&[][..], |outcome| &outcome.steps[..]).iter().map(|step| ShownStep {
        text: &step.text,
        sources: step.sources.iter().map(|source| shown(source, day_shown, &form.held)).collect(),
    });
    render(&CalculatorPage {
        site,
        title: calculator.title,
        calculator,
        fields: fields.collect(),
        problems,
        as_of: if form.as_of == site.today { String::new() } else { form.as_of.to_string() },
        outcome,
        steps: steps.collect(),
        as_of_text: day(day_shown),
    })
}

fn shown(source: &Source, as_of: Date, held: &[String]) -> ShownSource {
    let id = source.id();
    let is_held = held.iter().any(|document| id.split('/').next() == Some(document));
    ShownSource { citation: source.citation().to_string(), url: is_held.then(|| format!("/luat/{id}?tai={as_of}")) }
}
