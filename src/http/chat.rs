/*!
`/api/v1/chat`: an answer as server-sent events, or as one JSON value.

A streamed answer is a run: whoever lost the line reads it on by its id after the last event
seen, and can stop it. The id, and that of the conversation, come in headers and with the first
event.
*/

use std::{convert::Infallible, time::Duration};

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State, rejection::BytesRejection},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header::SET_COOKIE},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream::{self, Stream};

use super::{
    accept,
    error::{ApiError, stream_problem},
    finish::Streamed,
    input,
    who::{Asker, Client, CurrentVisitor},
};
use crate::{
    answer::AskEvent,
    app::{App, Reader, Survival},
    error::Error,
    views::{AnswerJson, AnswerRunJson, EventJson, StoppedJson},
};

/// Time between heartbeats, in seconds: keeps proxies and phones from closing a quiet stream.
const HEARTBEAT_S: u64 = 15;

/// Id of the run, for reading it on and stopping it.
const RUN: HeaderName = HeaderName::from_static("x-congdoan-run");
/// Id of the conversation, for the next question.
const CONVERSATION: HeaderName = HeaderName::from_static("x-congdoan-conversation");
/// Number of the last event a reader saw.
const LAST_EVENT_ID: &str = "last-event-id";

/// Answers a question. A stream is finished and kept though its reader is gone; who asks for
/// JSON and hangs up could not find it again, so that frees the worker.
pub(super) async fn ask(
    State(app): State<App>,
    headers: HeaderMap,
    asker: Asker,
    Client(client): Client,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().http.body_bytes_max))?;
    let mut asking = input::asking(&app, &body)?;
    app.admit(&asker.visitor, &client)?;
    asking.request.audience = app.audience(&asker.visitor).await?;
    asking.owner = asker.owner;
    let mut response = if accept::prefers_json(&headers, "event-stream") {
        json(app.ask(asking)?).await?
    } else {
        asking.survival = Survival::Kept;
        stream(app.ask(asking)?)
    };
    if let Some(cookie) = asker.cookie {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Reads a run on: its events after the last one seen, or the outcome alone as JSON.
pub(super) async fn read_on(
    State(app): State<App>,
    Path(run): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let seen = input::events_read(headers.get(LAST_EVENT_ID))?;
    if accept::prefers_json(&headers, "event-stream") {
        return json(app.read_run(&run, 0)?).await;
    }
    let reader = app.read_run(&run, seen)?;
    // What tells an event source that there is nothing to come back for.
    Ok(if reader.is_over() { StatusCode::NO_CONTENT.into_response() } else { stream(reader) })
}

/// Stops a run: it ends with what stands so far.
pub(super) async fn stop(
    State(app): State<App>,
    CurrentVisitor(_): CurrentVisitor,
    Path(run): Path<String>,
) -> Result<Json<StoppedJson>, ApiError> {
    let stopped = app.stop_run(&run)?;
    Ok(Json(StoppedJson { run, stopped }))
}

/// What keeps a quiet stream open.
pub(super) fn heartbeat() -> KeepAlive {
    KeepAlive::new().interval(Duration::from_secs(HEARTBEAT_S)).text("nhip")
}

/// The events of a run as a response.
fn stream(reader: Reader) -> Response {
    let run = AnswerRunJson::from(&reader);
    let mut response =
        (Streamed::headers(), Sse::new(sse_events(reader, run.clone())).keep_alive(heartbeat())).into_response();
    for (name, value) in [(RUN, Some(&run.run)), (CONVERSATION, run.conversation_id.as_ref())] {
        if let Some(Ok(value)) = value.map(|value| HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The outcome of a run as a response.
async fn json(mut reader: Reader) -> Result<Response, ApiError> {
    let outcome = outcome(&mut reader).await?;
    Ok(Json(outcome.of_run(&AnswerRunJson::from(&reader))).into_response())
}

/// The end of a run, whichever it is.
async fn outcome(reader: &mut Reader) -> Result<AnswerJson, Error> {
    while let Some((_, event)) = reader.next().await {
        match &*event {
            AskEvent::Done(answer) => return Ok(AnswerJson::from(&**answer)),
            AskEvent::Error(error) => return Err(error.again()),
            AskEvent::Status(_)
            | AskEvent::Citation(_)
            | AskEvent::Delta(_)
            | AskEvent::Verdict { .. }
            | AskEvent::Composed(_) => {}
        }
    }
    Err(Error::Internal(anyhow::anyhow!("a run ended without an outcome")))
}

/// The events with their numbers, up to the outcome.
fn sse_events(reader: Reader, run: AnswerRunJson) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold((reader, run), |(mut reader, run)| async move {
        let (number, event) = reader.next().await?;
        Some((Ok(sse_event(number, &event, &run)), (reader, run)))
    })
}

fn sse_event(number: usize, event: &AskEvent, run: &AnswerRunJson) -> Event {
    let view = EventJson::new(event, stream_problem).of_run(number, run);
    let frame = Event::default().id(number.to_string()).event(view.name());
    frame.json_data(&view).unwrap_or_else(|error| {
        let problem = stream_problem(&Error::Internal(anyhow::Error::new(error)));
        let data = serde_json::to_string(&problem).unwrap_or_default();
        Event::default().id(number.to_string()).event("error").data(data)
    })
}
