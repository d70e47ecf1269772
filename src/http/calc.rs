/*! Calculators: `GET /api/v1/calculators`, `POST /api/v1/calculators/{name}` and the pages under `/may-tinh`. */

use std::collections::HashMap;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State, rejection::BytesRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::civil::Date;
use serde_json::{Map, Value};

use super::{
    error::ApiError,
    input::{self, Parameters},
    page, site,
};
use crate::{
    app::{App, Audience},
    calc::{self, CALCULATORS, Calculator, InputProblem},
    error::Error,
    views::{CalculatorsJson, OutcomeJson},
    web::{self, CalculatorForm},
};

/// The calculators and their inputs.
pub(super) async fn list() -> Json<CalculatorsJson> {
    Json(CalculatorsJson::new(&CALCULATORS))
}

/// Works out one result: `{"inputs": {…}, "as_of": "2026-01-31"}`.
pub(super) async fn run(
    State(app): State<App>,
    Path(name): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<OutcomeJson>, ApiError> {
    let calculator = find(&name)?;
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().http.body_bytes_max))?;
    let fields = input::object(&body, "{\"inputs\": {}}")?;
    let as_of = input::string(&fields, "as_of")?.map_or_else(|| Ok(app.today()), |text| input::date("as_of", text))?;
    let inputs = inputs(&fields)?;
    let given = inputs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let outcome = calculator.run(given, as_of).map_err(|problems| invalid(&problems))?;
    Ok(Json(OutcomeJson::new(calculator, &outcome)))
}

/// The list as a page.
pub(super) async fn calculators_page(State(app): State<App>) -> Result<Response, ApiError> {
    page(web::calculators(&site(&app, None), &CALCULATORS)?)
}

/// One calculator as a page: its form, and the result of what was filled in.
pub(super) async fn calculator_page(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(mut parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    let calculator = find(&name)?;
    let as_of = input::date_or_today(&app, &parameters, "tai")?;
    parameters.remove("tai");
    let form = CalculatorForm { held: held(&app, as_of).await, inputs: parameters, as_of };
    let given = form.inputs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let result = if form.inputs.is_empty() { None } else { Some(calculator.run(given, as_of)) };
    let wrong = matches!(result, Some(Err(_)));
    let shown = page(web::calculator(&site(&app, None), calculator, &form, result)?)?;
    Ok(if wrong { (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response() } else { shown })
}

/// Ids of the documents held: others are named without a link.
async fn held(app: &App, as_of: Date) -> Vec<String> {
    let coverage = app.coverage(as_of, &Audience::Public).await.ok();
    coverage.map_or_else(Vec::new, |coverage| coverage.documents.into_iter().map(|document| document.id).collect())
}

fn find(name: &str) -> Result<&'static Calculator, Error> {
    calc::calculator(name).ok_or_else(|| Error::NotFound { resource: "calculator", id: name.to_owned() })
}

/// The inputs of a body; numbers and flags count as what they are written as.
fn inputs(fields: &Map<String, Value>) -> Result<HashMap<String, String>, Error> {
    let inputs = match fields.get("inputs") {
        None | Some(Value::Null) => return Ok(HashMap::new()),
        Some(Value::Object(inputs)) => inputs,
        Some(_) => return Err(Error::invalid("inputs", "phải là một đối tượng JSON")),
    };
    let text = |(name, value): (&String, &Value)| match value {
        Value::String(text) => Ok((name.clone(), text.clone())),
        Value::Number(number) => Ok((name.clone(), number.to_string().replace('.', ","))),
        Value::Bool(flag) => Ok((name.clone(), flag.to_string())),
        Value::Null => Ok((name.clone(), String::new())),
        Value::Array(_) | Value::Object(_) => Err(Error::invalid(name, "phải là chữ, số hoặc true, false")),
    };
    inputs.iter().map(text).collect()
}

/// All mistakes as one, at the first one's field.
fn invalid(problems: &[InputProblem]) -> Error {
    let first = problems.first().map_or("inputs", |problem| problem.field.as_str());
    let messages: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
    Error::invalid(first, messages.join("; "))
}
