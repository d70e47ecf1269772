/*!
A [`Generator`] over the network: any server that speaks OpenAI's chat completions (vLLM,
llama.cpp, Ollama, …).

Owns the way there: time limits, bounded tries before the first word and none after it, sizes,
and leaving when nobody listens. A redirect is refused: question and key go to the configured
address or nowhere. Neither the key nor any text from the wire is ever part of a message.

The connection is read on a thread of its own, so that whoever waits for words can look up and
see that nobody wants them any more.
*/

use std::{
    io::{BufRead as _, BufReader, Read as _},
    ops::ControlFlow,
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{
    GenerateLimits, Generated, Generator, Prompt, StopReason,
    event_stream::{EventStream, Piece, Thoughtless},
};
use crate::error::{Error, Result};

/// Longest line of a stream, in bytes.
const LINE_BYTES_MAX: u64 = 64 << 10;
/// Longest stream, in bytes.
const STREAM_BYTES_MAX: u64 = 8 << 20;
/// Longest head of a response, in bytes.
const HEAD_BYTES_MAX: usize = 32 << 10;
/// Most bytes that one token stands for; beyond, the server ignores `max_tokens`.
const TOKEN_BYTES_MAX: usize = 32;
/// Pieces that may wait to be taken.
const PIECES_WAITING_MAX: usize = 64;
/// Time between two looks at whether anybody listens, in milliseconds.
const LOOK_UP_MS: u64 = 50;
/// Longest pause before another try that a server may ask for, in milliseconds.
const PAUSE_ASKED_MS_MAX: u64 = 5_000;

/// Where the server is and what it may cost.
#[derive(Clone)]
pub struct OpenAiOptions {
    /// Address up to and with `/v1`, without a slash at the end.
    pub base_url: String,
    /// Model to ask for; also the id of the generator.
    pub model: String,
    /// Sent as bearer token.
    pub key: Option<String>,
    /// Longest time to connect.
    pub connect_max: Duration,
    /// Longest silence of the server.
    pub read_max: Duration,
    /// Further tries before the first word.
    pub retries_max: u32,
    /// Pause before the first of them; each later one is twice as long.
    pub retry_pause: Duration,
}

/// Why a server gave no answer.
#[derive(Debug, thiserror::Error)]
#[error("the model server: {what}")]
pub struct RemoteFailure {
    what: String,
    /// Whether it may go well the next time.
    may_pass: bool,
    /// Whether it tells of the server rather than of this one prompt.
    is_servers: bool,
    /// How long the server asks to be left alone.
    pause_asked: Option<Duration>,
}

impl RemoteFailure {
    fn passing(what: impl Into<String>) -> Self {
        Self { what: what.into(), may_pass: true, is_servers: true, pause_asked: None }
    }

    fn lasting(what: impl Into<String>) -> Self {
        Self { may_pass: false, ..Self::passing(what) }
    }

    /// Whether it tells of the server rather than of this one prompt.
    pub fn is_servers(&self) -> bool {
        self.is_servers
    }

    fn of_status(status: u16, retry_after: Option<u64>) -> Self {
        let pause_asked = retry_after.map(|s| Duration::from_millis(s.saturating_mul(1_000).min(PAUSE_ASKED_MS_MAX)));
        match status {
            300..400 => Self::lasting(format!("status {status}: redirects are not followed")),
            408 | 429 | 500 | 502 | 503 | 504 => Self { pause_asked, ..Self::passing(format!("status {status}")) },
            // The prompt is at fault: too long for the model, most often.
            400 | 413 | 422 => Self { is_servers: false, ..Self::lasting(format!("status {status}")) },
            _ => Self::lasting(format!("status {status}")),
        }
    }
}

/// What the reading thread tells.
type Told = std::result::Result<Piece, RemoteFailure>;

/// A model behind a server.
pub struct OpenAiGenerator {
    options: OpenAiOptions,
    agent: ureq::Agent,
}

impl OpenAiGenerator {
    /// Prepares to ask; nothing is sent yet.
    pub fn new(options: OpenAiOptions) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .max_response_header_size(HEAD_BYTES_MAX)
            .timeout_resolve(Some(options.connect_max))
            .timeout_connect(Some(options.connect_max))
            .timeout_per_read(Some(options.read_max))
            .timeout_per_write(Some(options.read_max))
            .user_agent("congdoan")
            .build()
            .new_agent();
        Self { options, agent }
    }

    /// Host and port of the server, for messages.
    pub fn host(&self) -> &str {
        let rest = self.options.base_url.split("://").nth(1).unwrap_or_default();
        rest.split('/').next().unwrap_or_default()
    }

    /// Sends the prompt on a thread that reads what comes back.
    fn begin(&self, prompt: &Prompt, limits: &GenerateLimits) -> Result<Receiver<Told>> {
        let body = json!({
            "model": self.options.model,
            "messages": [
                { "role": "system", "content": prompt.system },
                { "role": "user", "content": prompt.user },
            ],
            "stream": true,
            "temperature": 0,
            "max_tokens": limits.answer_tokens_max,
        })
        .to_string();
        let url = format!("{}/chat/completions", self.options.base_url);
        let mut request = self.agent.post(&url).header("content-type", "application/json");
        request = request.header("accept", "text/event-stream");
        if let Some(key) = &self.options.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        let (sender, receiver) = sync_channel(PIECES_WAITING_MAX);
        let until = Instant::now() + Duration::from_millis(limits.answer_ms_max);
        let read = move || {
            let outcome = match request.send(body.as_bytes()) {
                Ok(response) => read_response(response, &sender, until),
                Err(error) => Err(RemoteFailure::passing(kind_of(&error))),
            };
            if let Err(failure) = outcome {
                // Nobody listens any more: there is nobody to tell.
                let _ = sender.send(Err(failure));
            }
        };
        let spawned = thread::Builder::new().name("read-model-server".to_owned()).spawn(read);
        spawned.map_err(|e| Error::Internal(anyhow::anyhow!("starting a thread: {e}")))?;
        Ok(receiver)
    }

    /// One try: until the end, a limit, or a failure.
    fn attempt(
        &self,
        prompt: &Prompt,
        answer: &mut Answer<'_>,
    ) -> anyhow::Result<std::result::Result<StopReason, RemoteFailure>> {
        let pieces = self.begin(prompt, answer.limits)?;
        let mut filter = Thoughtless::default();
        loop {
            if let Some(stop) = answer.may_stop() {
                return Ok(Ok(stop));
            }
            let flow = match pieces.recv_timeout(Duration::from_millis(LOOK_UP_MS)) {
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => return Ok(Err(RemoteFailure::passing("the reader ended"))),
                Ok(Err(failure)) => return Ok(Err(failure)),
                Ok(Ok(Piece::Usage(prompt, tokens))) => {
                    (answer.prompt_tokens, answer.answer_tokens) = (prompt, tokens);
                    continue;
                }
                Ok(Ok(Piece::Text(text))) => answer.emit(&filter.push(&text)),
                Ok(Ok(Piece::End(stop))) => match answer.emit(&filter.finish()) {
                    ControlFlow::Continue(()) => ControlFlow::Break(stop),
                    cancelled => cancelled,
                },
            };
            if let ControlFlow::Break(stop) = flow {
                return Ok(Ok(stop));
            }
        }
    }

    /// Waits before another try; tells why to stop instead.
    fn pause(&self, tries: u32, asked: Option<Duration>, answer: &mut Answer<'_>) -> Option<StopReason> {
        let pause = asked.unwrap_or_default().max(self.options.retry_pause.saturating_mul(1 << tries.min(8)));
        let until = Instant::now() + pause;
        loop {
            if let Some(stop) = answer.may_stop() {
                return Some(stop);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            thread::sleep(left.min(Duration::from_millis(LOOK_UP_MS)));
        }
    }
}

/// The answer so far, where it goes and what it may still cost.
struct Answer<'a> {
    limits: &'a GenerateLimits,
    started: Instant,
    text: String,
    pieces: usize,
    prompt_tokens: usize,
    answer_tokens: usize,
    first_text_ms: u64,
    on_text: &'a mut dyn FnMut(&str) -> ControlFlow<()>,
}

impl Answer<'_> {
    fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn may_stop(&mut self) -> Option<StopReason> {
        if (self.on_text)("").is_break() {
            return Some(StopReason::Cancelled);
        }
        (self.limits.answer_ms_max <= self.elapsed_ms()).then_some(StopReason::Time)
    }

    fn emit(&mut self, text: &str) -> ControlFlow<StopReason> {
        if text.is_empty() {
            return ControlFlow::Continue(());
        }
        if self.text.is_empty() {
            self.first_text_ms = self.elapsed_ms();
        }
        self.text.push_str(text);
        self.pieces += 1;
        if (self.on_text)(text).is_break() {
            return ControlFlow::Break(StopReason::Cancelled);
        }
        if self.limits.answer_tokens_max.saturating_mul(TOKEN_BYTES_MAX) < self.text.len() {
            return ControlFlow::Break(StopReason::Tokens);
        }
        ControlFlow::Continue(())
    }
}

impl Generator for OpenAiGenerator {
    fn id(&self) -> &str {
        &self.options.model
    }

    fn generate(
        &self,
        prompt: &Prompt,
        limits: &GenerateLimits,
        on_text: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> anyhow::Result<Generated> {
        let mut answer = Answer {
            limits,
            started: Instant::now(),
            text: String::new(),
            pieces: 0,
            prompt_tokens: 0,
            answer_tokens: 0,
            first_text_ms: 0,
            on_text,
        };
        let mut tries = 0;
        let stop = loop {
            match self.attempt(prompt, &mut answer)? {
                Ok(stop) => break stop,
                // What was said cannot be said again.
                Err(failure) if failure.may_pass && answer.text.is_empty() && tries < self.options.retries_max => {
                    if let Some(stop) = self.pause(tries, failure.pause_asked, &mut answer) {
                        break stop;
                    }
                    tries += 1;
                }
                Err(failure) => return Err(failure.into()),
            }
        };
        Ok(Generated {
            prompt_tokens: answer.prompt_tokens,
            // Where the server does not count: a piece is about a token.
            answer_tokens: if answer.answer_tokens == 0 { answer.pieces } else { answer.answer_tokens },
            first_text_ms: answer.first_text_ms,
            total_ms: answer.elapsed_ms(),
            text: answer.text,
            stop,
            model: None,
        })
    }
}

/// Reads a stream to its end, or until nobody takes its pieces, or nobody waits any more: a
/// stream of nothing but comments gives no piece by which that would be noticed.
fn read_response(
    response: ureq::http::Response<ureq::Body>,
    sender: &SyncSender<Told>,
    until: Instant,
) -> std::result::Result<(), RemoteFailure> {
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
    let status = response.status().as_u16();
    if status != 200 {
        return Err(RemoteFailure::of_status(status, header("retry-after").and_then(|text| text.trim().parse().ok())));
    }
    let kind = header("content-type").unwrap_or_default().to_ascii_lowercase();
    if !kind.starts_with("text/event-stream") {
        return Err(RemoteFailure::lasting("it sends no event stream"));
    }
    let body = response.into_body().into_with_config().limit(STREAM_BYTES_MAX).reader();
    let mut lines = BufReader::new(body);
    let mut stream = EventStream::default();
    loop {
        if until <= Instant::now() {
            return Ok(());
        }
        let mut line = Vec::new();
        let read = (&mut lines).take(LINE_BYTES_MAX).read_until(b'\n', &mut line);
        let read = read.map_err(|e| RemoteFailure::passing(format!("reading its stream: {:?}", e.kind())))?;
        if read as u64 == LINE_BYTES_MAX && !line.ends_with(b"\n") {
            return Err(RemoteFailure::lasting(format!("a line longer than {LINE_BYTES_MAX} bytes")));
        }
        let pieces = match read {
            0 => stream.finish(),
            _ => {
                let text = std::str::from_utf8(&line).map_err(|_bytes| RemoteFailure::lasting("it sends no UTF-8"))?;
                stream.line(text.trim_end_matches(['\r', '\n']))
            }
        };
        for piece in pieces.map_err(|e| RemoteFailure::passing(e.to_string()))? {
            let is_end = matches!(piece, Piece::End(_));
            if sender.send(Ok(piece)).is_err() || is_end {
                return Ok(());
            }
        }
    }
}

/// A failure of the connection in words that hold nothing of what was sent.
fn kind_of(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Io(error) => format!("{:?}", error.kind()),
        ureq::Error::Timeout(which) => format!("time-out ({which:?})"),
        ureq::Error::HostNotFound => "its host is not found".to_owned(),
        ureq::Error::ConnectionFailed => "no connection".to_owned(),
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => "its certificate is not trusted".to_owned(),
        _ => "the request failed".to_owned(),
    }
}
