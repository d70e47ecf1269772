/*! `POST /api/v1/chat`: an answer as server-sent events, or as one JSON value. */

use std::{convert::Infallible, time::Duration};

use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream::{self, Stream};
use tokio::sync::mpsc::Receiver;

use super::{
    accept,
    error::{ApiError, stream_problem},
    finish::Streamed,
    input,
    who::{Client, CurrentVisitor},
};
use crate::{
    answer::AskEvent,
    app::App,
    error::Error,
    views::{AnswerJson, EventJson},
};

/// Time between heartbeats, in seconds: keeps proxies and phones from closing a quiet stream.
const HEARTBEAT_S: u64 = 15;

/// Answers a question. Hanging up drops the receiver, which frees the worker.
pub(super) async fn ask(
    State(app): State<App>,
    headers: HeaderMap,
    CurrentVisitor(visitor): CurrentVisitor,
    Client(client): Client,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().http.body_bytes_max))?;
    let request = input::ask_request(&app, &body)?;
    app.admit(&visitor, &client)?;
    let events = app.ask(request)?;
    if accept::prefers_json(&headers, "event-stream") {
        return Ok(Json(outcome(events).await?).into_response());
    }
    Ok((Streamed::headers(), Sse::new(sse_events(events)).keep_alive(heartbeat())).into_response())
}

/// What keeps a quiet stream open.
pub(super) fn heartbeat() -> KeepAlive {
    KeepAlive::new().interval(Duration::from_secs(HEARTBEAT_S)).text("nhip")
}

/// The end of a stream of events, whichever it is.
async fn outcome(mut events: Receiver<AskEvent>) -> Result<AnswerJson, Error> {
    while let Some(event) = events.recv().await {
        match event {
            AskEvent::Done(answer) => return Ok(AnswerJson::from(&*answer)),
            AskEvent::Error(error) => return Err(error),
            AskEvent::Status(_)
            | AskEvent::Citation(_)
            | AskEvent::Delta(_)
            | AskEvent::Verdict { .. }
            | AskEvent::Composed(_) => {}
        }
    }
    Err(broken_off())
}

/// A stream of events must end with `Done` or `Error`; a worker that died ends it without.
pub(super) fn broken_off() -> Error {
    Error::Internal(anyhow::anyhow!("the answer's events ended without an outcome"))
}

/// Numbers the events from 1 and ends after the outcome.
fn sse_events(events: Receiver<AskEvent>) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(Some((events, 1_u64)), |state| async move {
        let (mut events, number) = state?;
        let event = events.recv().await.unwrap_or_else(|| AskEvent::Error(broken_off()));
        let last = matches!(event, AskEvent::Done(_) | AskEvent::Error(_));
        let wire = sse_event(number, event);
        let next = (!last).then_some((events, number + 1));
        Some((Ok(wire), next))
    })
}

fn sse_event(number: u64, event: AskEvent) -> Event {
    let view = EventJson::new(event, |error| stream_problem(&error));
    let frame = Event::default().id(number.to_string()).event(view.name());
    frame.json_data(&view).unwrap_or_else(|error| {
        let problem = stream_problem(&Error::Internal(anyhow::Error::new(error)));
        let data = serde_json::to_string(&problem).unwrap_or_default();
        Event::default().id(number.to_string()).event("error").data(data)
    })
}
