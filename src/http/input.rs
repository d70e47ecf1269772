/*! What callers send, parsed into domain types; each mistake names its field. */

use std::collections::HashMap;

use axum::http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use jiff::civil::Date;
use serde_json::{Map, Value};

use super::error::ApiError;
use crate::{
    answer::{AskRequest, Question},
    app::{App, Asking, Audience, Context, SearchRequest},
    error::Error,
};

/// Hits of a search that names no limit.
const HITS_DEFAULT: usize = 10;

/// Longest name of a unit, in characters.
const UNIT_CHARS_MAX: usize = 200;

/// Longest conversation id, in characters.
const CONVERSATION_ID_CHARS_MAX: usize = 100;

/// Query parameters by name; of repeated ones the last.
pub(super) type Parameters = HashMap<String, String>;

/// A day written `2026-01-01`.
pub(super) fn date(field: &str, text: &str) -> Result<Date, Error> {
    let wrong = || Error::invalid(field, "ngày phải viết dạng năm-tháng-ngày, ví dụ 2026-01-31");
    if text.len() != "2026-01-01".len() {
        return Err(wrong());
    }
    text.parse().map_err(|_ignored| wrong())
}

/// The day named by `field`, today where it is absent or empty.
pub(super) fn date_or_today(app: &App, parameters: &Parameters, field: &str) -> Result<Date, Error> {
    Ok(stated_date(parameters, field)?.unwrap_or_else(|| app.today()))
}

/// The day named by `field`, if it is there and not empty.
fn stated_date(parameters: &Parameters, field: &str) -> Result<Option<Date>, Error> {
    let text = parameters.get(field).map(|text| text.trim()).filter(|text| !text.is_empty());
    text.map(|text| date(field, text)).transpose()
}

/// A question from the form.
pub(super) fn form_asking(app: &App, parameters: &Parameters) -> Result<Asking, Error> {
    let text = parameters.get("cau").map_or("", String::as_str);
    let context = conversation("hoi_thoai", parameters.get("hoi_thoai").map(String::as_str))?;
    let request = AskRequest {
        question: Question::parse(text, app.config().limits.question_chars_max)?,
        as_of: stated_date(parameters, "tai")?,
        generate: parameters.get("may").is_none_or(|value| value != "0"),
        unit: unit("don_vi", parameters.get("don_vi").map(String::as_str))?,
        audience: Audience::Public,
    };
    Ok(Asking { context, ..Asking::from(request) })
}

/// A question from a JSON body. Keys we do not know are tolerated, so that newer clients work.
pub(super) fn asking(app: &App, body: &[u8]) -> Result<Asking, ApiError> {
    let fields = object(body, "{\"question\": \"…\"}")?;
    let context = conversation("conversation_id", string(&fields, "conversation_id")?)?;
    let question = string(&fields, "question")?.ok_or_else(|| Error::invalid("question", "thiếu câu hỏi"))?;
    let request = AskRequest {
        question: Question::parse(question, app.config().limits.question_chars_max)?,
        as_of: as_of(&fields)?,
        generate: boolean(&fields, "generate")?.unwrap_or(true),
        unit: unit("unit", string(&fields, "unit")?)?,
        audience: Audience::Public,
    };
    Ok(Asking { context, ..Asking::from(request) })
}

/// The day a JSON body names, if it names one.
pub(super) fn as_of(fields: &Map<String, Value>) -> Result<Option<Date>, Error> {
    string(fields, "as_of")?.map(|text| date("as_of", text)).transpose()
}

/// A JSON object from a body; `example` shows its form.
pub(super) fn object(body: &[u8], example: &str) -> Result<Map<String, Value>, ApiError> {
    if body.is_empty() {
        return Err(ApiError::Body(format!("Nội dung trống; cần JSON dạng {example}.")));
    }
    let text = std::str::from_utf8(body)
        .map_err(|_ignored| ApiError::Body("Nội dung không phải văn bản UTF-8.".to_owned()))?;
    let value: Value = serde_json::from_str(text)
        .map_err(|error| ApiError::Body(format!("JSON sai ở dòng {}, cột {}.", error.line(), error.column())))?;
    let Value::Object(fields) = value else {
        return Err(ApiError::Body(format!("JSON phải là một đối tượng, dạng {example}.")));
    };
    Ok(fields)
}

/// The asker's unit; one without a contact of its own is sent to the default one.
pub(super) fn unit(field: &str, text: Option<&str>) -> Result<Option<String>, Error> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    match text {
        Some(text) if UNIT_CHARS_MAX < text.chars().count() => {
            Err(Error::invalid(field, format!("dài quá {UNIT_CHARS_MAX} ký tự")))
        }
        text => Ok(text.map(str::to_owned)),
    }
}

/// The conversation a question follows in; empty and absent mean a new one.
fn conversation(field: &str, text: Option<&str>) -> Result<Context, Error> {
    match text.map(str::trim).filter(|id| !id.is_empty()) {
        Some(id) if CONVERSATION_ID_CHARS_MAX < id.chars().count() => {
            Err(Error::invalid(field, format!("dài quá {CONVERSATION_ID_CHARS_MAX} ký tự")))
        }
        id => Ok(Context::Kept(id.map(str::to_owned))),
    }
}

/// The bearer token of a request.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// How many events a reader says it has seen.
pub(super) fn events_read(last_event_id: Option<&HeaderValue>) -> Result<usize, Error> {
    let Some(value) = last_event_id else { return Ok(0) };
    let number = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    number.ok_or_else(|| Error::invalid("Last-Event-ID", "phải là số của sự kiện cuối đã nhận"))
}

/// A text by its key.
pub(super) fn string<'a>(fields: &'a Map<String, Value>, field: &str) -> Result<Option<&'a str>, Error> {
    match fields.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Error::invalid(field, "phải là một chuỗi chữ")),
    }
}

pub(super) fn boolean(fields: &Map<String, Value>, field: &str) -> Result<Option<bool>, Error> {
    match fields.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(value)) => Ok(Some(*value)),
        Some(_) => Err(Error::invalid(field, "phải là true hoặc false")),
    }
}

/// A switch of a JSON body that may be left out, as the whole body may.
pub(super) fn switch(body: &[u8], field: &str) -> Result<bool, ApiError> {
    if body.trim_ascii().is_empty() {
        return Ok(false);
    }
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| ApiError::Body(format!("JSON sai ở dòng {}, cột {}.", error.line(), error.column())))?;
    let Value::Object(fields) = value else {
        return Err(ApiError::Body("JSON phải là một đối tượng.".to_owned()));
    };
    Ok(boolean(&fields, field)?.unwrap_or(false))
}

/// A search from query parameters.
pub(super) fn search_request(app: &App, parameters: &Parameters) -> Result<SearchRequest, Error> {
    let limits = &app.config().limits;
    let query = parameters.get("q").ok_or_else(|| Error::invalid("q", "thiếu câu tìm"))?;
    let query = Question::parse(query, limits.question_chars_max).map_err(|error| match error {
        Error::Invalid { message, .. } => Error::invalid("q", message),
        other => other,
    })?;
    Ok(SearchRequest {
        query,
        as_of: stated_date(parameters, "as_of")?,
        hits_max: hits_max(parameters.get("limit"), limits.hits_max)?,
        passages: flag(parameters, "passages")?,
        explain: flag(parameters, "explain")?,
        audience: Audience::Public,
    })
}

fn hits_max(text: Option<&String>, hits_max: usize) -> Result<usize, Error> {
    let Some(text) = text else { return Ok(HITS_DEFAULT.min(hits_max)) };
    match text.parse::<usize>() {
        Ok(limit) if (1..=hits_max).contains(&limit) => Ok(limit),
        _ => Err(Error::invalid("limit", format!("phải là số từ 1 đến {hits_max}"))),
    }
}

/// A number of an address, where one is given.
pub(super) fn number(parameters: &Parameters, field: &str) -> Result<Option<i64>, Error> {
    let given = parameters.get(field).map(|text| text.trim()).filter(|text| !text.is_empty());
    given.map(|text| text.parse().map_err(|_ignored| Error::invalid(field, "phải là một số"))).transpose()
}

/// A switch of an address.
pub(super) fn flag(parameters: &Parameters, field: &str) -> Result<bool, Error> {
    match parameters.get(field).map(String::as_str) {
        None | Some("0" | "false") => Ok(false),
        Some("" | "1" | "true") => Ok(true),
        Some(_) => Err(Error::invalid(field, "phải là true hoặc false")),
    }
}
