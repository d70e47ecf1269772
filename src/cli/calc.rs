/*!
`congdoan calc`: it needs no corpus and no model.
*/

use super::{args::CalcArgs, output};
use crate::{
    app::today_in_vietnam,
    calc::{self, CALCULATORS, InputProblem, Outcome},
    error::{Error, Result},
    views::{CalculatorsJson, OutcomeJson},
};

pub(super) fn run(args: &CalcArgs) -> Result<()> {
    let Some(name) = args.name.as_deref().filter(|_| !args.list) else {
        return list(args.json);
    };
    let calculator =
        calc::calculator(name).ok_or_else(|| Error::NotFound { resource: "calculator", id: name.to_owned() })?;
    let inputs: Vec<(&str, &str)> = args
        .inputs
        .iter()
        .map(|input| input.split_once('=').ok_or_else(|| Error::invalid(input.as_str(), "write inputs as key=value")))
        .collect::<Result<_>>()?;
    let as_of = args.as_of.unwrap_or_else(today_in_vietnam);
    let outcome = calculator.run(inputs, as_of).map_err(|problems| invalid(&problems))?;
    if args.json {
        return output::json(&OutcomeJson::new(calculator, &outcome));
    }
    output::line(calculator.title);
    show(&outcome);
    Ok(())
}

fn list(json: bool) -> Result<()> {
    if json {
        return output::json(&CalculatorsJson::new(&CALCULATORS));
    }
    for calculator in CALCULATORS {
        output::line(&format!("{}: {}", calculator.name, calculator.title));
        for field in calculator.fields {
            let mark = if field.needed { "*" } else { " " };
            output::line(&format!("  {mark} {} – {}", field.name, field.label));
        }
    }
    Ok(())
}

/// All mistakes as one, at the first one's field.
fn invalid(problems: &[InputProblem]) -> Error {
    let first = problems.first().map_or("inputs", |problem| problem.field.as_str());
    let messages: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
    Error::invalid(first, messages.join("; "))
}

fn show(outcome: &Outcome) {
    for figure in &outcome.figures {
        output::line(&format!("  {}: {}", figure.label, figure.amount.text()));
    }
    for step in &outcome.steps {
        let sources: Vec<String> = step.sources.iter().map(|source| source.citation().to_string()).collect();
        output::line(&format!("- {} [{}]", step.text, sources.join("; ")));
    }
    for document in &outcome.missing_documents {
        output::line(&format!("Chưa có trong kho: {} ({})", document.number, document.decides));
    }
    for missing in &outcome.missing {
        output::line(&format!("Còn thiếu: {} ({})", missing.field.label, missing.field.name));
    }
    for assumption in &outcome.assumptions {
        output::line(&format!("Giả định: {assumption}"));
    }
    for left_out in &outcome.not_covered {
        output::line(&format!("Chưa tính: {left_out}"));
    }
}
