/*!
`/v1`: the same answers for programs that speak OpenAI's interface.

Such a client cannot take back what it has shown, so a stream holds checked sentences alone. A
client keeps its conversation itself and sends it along; whoever hangs up frees the worker.
System messages are text of the client, not orders to this program: they are not used.
*/

use std::{convert::Infallible, time::Duration};

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State, rejection::BytesRejection},
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream::{self, Stream, StreamExt as _};

use super::{
    error::{ApiError, openai_error, stream_problem},
    finish::Streamed,
    input, openai_input,
    who::{Client, CurrentVisitor},
};
use crate::{
    answer::{Answer, AskEvent},
    app::{App, Reader},
    error::Error,
    views::{
        AnswerJson, CompletionChoiceJson, CompletionJson, MessageJson, ModelJson, ModelsJson, UsageJson, annotations,
        completion_text,
    },
};

/// Time between heartbeats, in seconds.
const HEARTBEAT_S: u64 = 15;

/// The models there are.
pub(super) async fn models(State(app): State<App>, headers: HeaderMap) -> Result<Json<ModelsJson>, ApiError> {
    app.may_complete(input::bearer(&headers))?;
    Ok(Json(ModelsJson { object: "list", data: ModelJson::all() }))
}

/// One of them.
pub(super) async fn model(
    State(app): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Json<ModelJson>, ApiError> {
    app.may_complete(input::bearer(&headers))?;
    let found = ModelJson::all().into_iter().find(|model| model.id == name);
    found.map(Json).ok_or_else(|| Error::NotFound { resource: "model", id: name }.into())
}

/// Answers the last message.
pub(super) async fn complete(
    State(app): State<App>,
    headers: HeaderMap,
    CurrentVisitor(visitor): CurrentVisitor,
    Client(client): Client,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    app.admit_program(&visitor, &client, input::bearer(&headers))?;
    let body = body.map_err(|e| ApiError::from_body(&e, app.config().http.body_bytes_max))?;
    let mut wanted = openai_input::completion(&app, &body)?;
    wanted.asking.request.audience = app.audience(&visitor).await?;
    let reader = app.ask(wanted.asking)?;
    let frame = Frame {
        id: format!("chatcmpl-{}", reader.run_id()),
        created: jiff::Timestamp::now().as_second(),
        model: wanted.model,
        with_usage: wanted.with_usage,
        public_url: app.config().http.public_url.clone().unwrap_or_default(),
    };
    if !wanted.streamed {
        return Ok(Json(frame.whole(&*outcome(reader).await?)).into_response());
    }
    let keep_alive = KeepAlive::new().interval(Duration::from_secs(HEARTBEAT_S)).text("nhip");
    Ok((Streamed::headers(), Sse::new(chunks(frame, reader)).keep_alive(keep_alive)).into_response())
}

async fn outcome(mut reader: Reader) -> Result<Box<Answer>, Error> {
    while let Some((_, event)) = reader.next().await {
        match &*event {
            AskEvent::Done(answer) => return Ok(answer.clone()),
            AskEvent::Error(error) => return Err(error.again()),
            _ => {}
        }
    }
    Err(Error::Internal(anyhow::anyhow!("a run ended without an outcome")))
}

/// What all chunks of one completion share.
struct Frame {
    id: String,
    created: i64,
    model: String,
    with_usage: bool,
    public_url: String,
}

impl Frame {
    fn around(&self, object: &'static str, choices: Vec<CompletionChoiceJson>) -> CompletionJson {
        CompletionJson {
            id: self.id.clone(),
            object,
            created: self.created,
            model: self.model.clone(),
            choices,
            usage: None,
            congdoan: None,
        }
    }

    fn whole(&self, answer: &Answer) -> CompletionJson {
        let content = completion_text(answer);
        let annotations = annotations(&answer.answer, &answer.citations, &self.public_url);
        let message = MessageJson { role: Some("assistant"), content: Some(content), annotations };
        let choice = CompletionChoiceJson {
            index: 0,
            message: Some(message),
            delta: None,
            logprobs: None,
            finish_reason: Some(finish_reason(answer)),
        };
        CompletionJson {
            usage: Some(UsageJson::from(answer)),
            congdoan: Some(Box::new(AnswerJson::from(answer))),
            ..self.around("chat.completion", vec![choice])
        }
    }

    fn chunk(&self, delta: MessageJson, finish_reason: Option<&'static str>) -> CompletionJson {
        let choice =
            CompletionChoiceJson { index: 0, message: None, delta: Some(delta), logprobs: None, finish_reason };
        self.around("chat.completion.chunk", vec![choice])
    }

    /// The chunks that end the stream: the rest of the text, the marks' links, the answer.
    fn last(&self, answer: &Answer, told: &str) -> Vec<Event> {
        let content = completion_text(answer);
        // What was told is the beginning of the answer; should it not be, all of it follows.
        let rest = content.strip_prefix(told).map_or_else(|| format!("\n\n{content}"), str::to_owned);
        let mut annotations = annotations(&answer.answer, &answer.citations, &self.public_url);
        if !content.starts_with(told) {
            let shift = told.chars().count() + 2;
            for annotation in &mut annotations {
                annotation.url_citation.start_index += shift;
                annotation.url_citation.end_index += shift;
            }
        }
        let text = MessageJson { content: Some(rest), ..MessageJson::default() };
        let links = MessageJson { annotations, ..MessageJson::default() };
        let mut end = self.chunk(links, Some(finish_reason(answer)));
        end.congdoan = Some(Box::new(AnswerJson::from(answer)));
        let mut events = vec![event(&self.chunk(text, None)), event(&end)];
        if self.with_usage {
            let usage = Some(UsageJson::from(answer));
            events.push(event(&CompletionJson { usage, ..self.around("chat.completion.chunk", Vec::new()) }));
        }
        events.push(Event::default().data("[DONE]"));
        events
    }
}

fn finish_reason(answer: &Answer) -> &'static str {
    if answer.writing.cut_off { "length" } else { "stop" }
}

fn event(chunk: &CompletionJson) -> Event {
    // Strings and numbers alone: it can always be written.
    Event::default().json_data(chunk).unwrap_or_else(|_never| Event::default().comment("empty"))
}

/// The stream: who speaks, each sentence once it is checked, the end.
fn chunks(frame: Frame, reader: Reader) -> impl Stream<Item = Result<Event, Infallible>> {
    let role = MessageJson { role: Some("assistant"), content: Some(String::new()), ..MessageJson::default() };
    let first = event(&frame.chunk(role, None));
    let rest = stream::unfold((frame, reader, String::new()), |(frame, mut reader, mut told)| async move {
        let (_, next) = reader.next().await?;
        let events = match &*next {
            AskEvent::Verdict { sentence, .. } if sentence.is_part() => {
                let text = if told.is_empty() { sentence.marked() } else { format!(" {}", sentence.marked()) };
                told.push_str(&text);
                vec![event(&frame.chunk(MessageJson { content: Some(text), ..MessageJson::default() }, None))]
            }
            AskEvent::Done(answer) => frame.last(answer, &told),
            AskEvent::Error(error) => {
                let error = openai_error(&stream_problem(error));
                vec![Event::default().json_data(error).unwrap_or_default()]
            }
            _ => Vec::new(),
        };
        Some((stream::iter(events), (frame, reader, told)))
    });
    stream::once(async { first }).chain(rest.flatten()).map(Ok)
}
