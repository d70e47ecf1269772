/*! `/api/v1/courses/…`, `/api/v1/lessons/…`. */

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State, rejection::BytesRejection},
};
use serde_json::{Map, Value};

use super::{
    error::ApiError,
    input::{self, Parameters, string},
    who::{CurrentMember, CurrentVisitor},
};
use crate::{
    accounts::Visitor,
    app::App,
    courses::{EVENTS_PER_CALL_MAX, Event, GivenAnswer, grade::Answer, is_event_id},
    error::Error,
    views::{CertificateJson, CourseCompletionJson, CourseJson, CoursesJson, LessonJson, RecordedJson},
};

type Body = Result<Bytes, BytesRejection>;

/// All courses in service.
pub(super) async fn list(
    State(app): State<App>,
    CurrentVisitor(visitor): CurrentVisitor,
) -> Result<Json<CoursesJson>, ApiError> {
    Ok(Json(CoursesJson::new(&app.courses()?.list(&visitor, &app.law_now()).await?)))
}

/// One course.
pub(super) async fn course(
    State(app): State<App>,
    Path(slug): Path<String>,
    CurrentVisitor(visitor): CurrentVisitor,
) -> Result<Json<CourseJson>, ApiError> {
    Ok(Json(CourseJson::from(&app.courses()?.course(&visitor, &slug, &app.law_now()).await?)))
}

/// A lesson with its quiz.
pub(super) async fn lesson(
    State(app): State<App>,
    Path((slug, lesson)): Path<(String, String)>,
    CurrentVisitor(visitor): CurrentVisitor,
) -> Result<Json<LessonJson>, ApiError> {
    let view = app.courses()?.course(&visitor, &slug, &app.law_now()).await?;
    Ok(Json(LessonJson::new(&view, view.lesson(&lesson)?.1)))
}

/// Steps of a member, as their device kept them.
pub(super) async fn record(
    State(app): State<App>,
    member: CurrentMember,
    body: Body,
) -> Result<Json<RecordedJson>, ApiError> {
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().http.body_bytes_max))?;
    let fields = input::object(&body, r#"{"events": [{"id": "…", "course": "…", "lesson": "…"}]}"#)?;
    let list = fields.get("events").and_then(Value::as_array);
    let list = list.filter(|list| list.len() <= EVENTS_PER_CALL_MAX);
    let list =
        list.ok_or_else(|| Error::invalid("events", format!("phải là mảng tối đa {EVENTS_PER_CALL_MAX} bước")))?;
    // A device that was offline must not lose good steps over one that is not.
    let (mut events, mut refused) = (Vec::new(), Vec::new());
    for (at, value) in list.iter().enumerate() {
        match event(value) {
            Ok(event) => events.push(event),
            Err(error) => refused.push((name(at, value), error.to_string())),
        }
    }
    let mut recorded = app.courses()?.record(&member.actor, &events, &app.law_now(), app.now()).await?;
    recorded.refused.extend(refused);
    Ok(Json(RecordedJson::from(&recorded)))
}

/// One's own certificate of a course.
pub(super) async fn certificate(
    State(app): State<App>,
    Path(slug): Path<String>,
    member: CurrentMember,
) -> Result<Json<CertificateJson>, ApiError> {
    let visitor = Visitor::Member(Box::new(member.actor));
    let view = app.courses()?.course(&visitor, &slug, &app.law_now()).await?;
    let missing = || Error::NotFound { resource: "certificate", id: slug };
    Ok(Json(CertificateJson::from(view.certificate.as_ref().ok_or_else(missing)?)))
}

/// Counts of a unit: `?unit=`.
pub(super) async fn completion(
    State(app): State<App>,
    Path(slug): Path<String>,
    Query(parameters): Query<Parameters>,
    member: CurrentMember,
) -> Result<Json<CourseCompletionJson>, ApiError> {
    let unit = parameters.get("unit").map(String::as_str);
    Ok(Json(CourseCompletionJson::from(&app.courses()?.completion(&member.actor, &slug, unit).await?)))
}

/// What a step that cannot be read is called: its id, or its place in the list from 0.
fn name(at: usize, value: &Value) -> String {
    let id = value.get("id").and_then(Value::as_str).filter(|id| is_event_id(id));
    id.map_or_else(|| format!("#{at}"), str::to_owned)
}

/// A step: `{id, course, lesson, at?}`, and for an answer `attempt`, `question`, `answer`.
fn event(value: &Value) -> Result<Event, Error> {
    let fields = value.as_object().ok_or_else(|| Error::invalid("events", "mỗi bước phải là một đối tượng"))?;
    let required = |field: &str| {
        let text = string(fields, field)?.ok_or_else(|| Error::invalid(field, "còn thiếu"))?;
        Ok::<String, Error>(text.to_owned())
    };
    let at = string(fields, "at")?.map(|text| {
        text.parse().map_err(|_ignored| Error::invalid("at", "phải là thời điểm dạng 2026-01-01T08:00:00Z"))
    });
    Ok(Event {
        id: required("id")?,
        course: required("course")?,
        lesson: required("lesson")?,
        at: at.transpose()?,
        answer: given(fields, &required)?,
    })
}

fn given(
    fields: &Map<String, Value>,
    required: &dyn Fn(&str) -> Result<String, Error>,
) -> Result<Option<GivenAnswer>, Error> {
    let Some(answer) = fields.get("answer") else { return Ok(None) };
    Ok(Some(GivenAnswer {
        attempt: required("attempt")?,
        question: required("question")?,
        answer: Answer::from_json(answer)?,
    }))
}
