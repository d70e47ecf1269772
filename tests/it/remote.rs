/*! A model behind a server: what a well-behaved one gives, what a bad one cannot do. */

use std::{
    collections::VecDeque,
    convert::Infallible,
    io::Write as _,
    ops::ControlFlow,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::post,
};
use congdoan::{
    config::{GeneratorKind, RawConfig},
    generate::{
        GenerateLimits, Generated, Generator, Prompt, StopReason,
        fallback::{BreakerLimits, WithFallback},
        openai::{OpenAiGenerator, OpenAiOptions},
        scripted::ScriptedGenerator,
    },
};
use futures_util::stream::{self, StreamExt as _};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::spawn_blocking};

use crate::support::{ANSWERED, TestServer, encode, quoting_app};

const LIMITS: GenerateLimits =
    GenerateLimits { prompt_tokens_max: 1_000, answer_tokens_max: 40, answer_ms_max: 20_000 };
/// Silence that counts as a failure here.
const READ_MAX: Duration = Duration::from_millis(150);
const KEY: &str = "the-key-of-tests";
const SAID: &str = "Hợp đồng có thời hạn phải báo trước ít nhất 30 ngày [1].";

/// What the fake server does with a request.
#[derive(Clone)]
enum Act {
    /// Says this, a word an event, and ends properly.
    Says(&'static str),
    /// Answers with this status.
    Status(u16),
    /// Sends a body of this type.
    Sends(&'static str, String),
    /// Says the beginning of this, then the connection breaks.
    BreaksAfter(&'static str),
    /// Takes the request and says nothing, ever.
    Silent,
    /// Says a word, then nothing, ever.
    StopsAfter(&'static str),
    /// Sends the client elsewhere.
    Redirects(String),
}

/// What it was asked: bearer token and body.
type Asked = (String, Value);

#[derive(Default)]
struct Script {
    acts: Mutex<VecDeque<Act>>,
    asked: Mutex<Vec<Asked>>,
}

struct FakeServer {
    base: String,
    script: Arc<Script>,
}

impl FakeServer {
    async fn start(acts: &[Act]) -> Self {
        let script = Arc::new(Script { acts: Mutex::new(acts.iter().cloned().collect()), ..Script::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let router = Router::new().route("/v1/chat/completions", post(act)).with_state(script.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { base, script }
    }

    fn asked(&self) -> Vec<Asked> {
        self.script.asked.lock().unwrap().clone()
    }

    fn generator(&self) -> OpenAiGenerator {
        OpenAiGenerator::new(OpenAiOptions {
            base_url: self.base.clone(),
            model: "big".to_owned(),
            key: Some(KEY.to_owned()),
            connect_max: Duration::from_secs(5),
            read_max: READ_MAX,
            retries_max: 2,
            retry_pause: Duration::from_millis(1),
        })
    }

    /// Generates on a thread of its own; what was streamed comes along.
    async fn generate(&self, limits: GenerateLimits) -> (String, anyhow::Result<Generated>) {
        let generator = self.generator();
        let run = spawn_blocking(move || {
            let mut streamed = String::new();
            let generated = generator.generate(&prompt(), &limits, &mut |text| {
                streamed.push_str(text);
                ControlFlow::Continue(())
            });
            (streamed, generated)
        });
        run.await.unwrap()
    }
}

fn prompt() -> Prompt {
    Prompt { system: "Chỉ dẫn.".to_owned(), user: "Câu hỏi riêng tư?".to_owned() }
}

fn event(content: &str) -> String {
    format!("data: {}\n\n", json!({ "choices": [{ "index": 0, "delta": { "content": content } }] }))
}

fn words(text: &str) -> String {
    text.split_inclusive(' ').map(event).collect()
}

fn events(body: Body) -> Response {
    Response::builder().header("content-type", "text/event-stream").body(body).unwrap()
}

async fn act(State(script): State<Arc<Script>>, headers: HeaderMap, body: Bytes) -> Response {
    let token = headers.get("authorization").map_or("", |value| value.to_str().unwrap()).to_owned();
    script.asked.lock().unwrap().push((token, serde_json::from_slice(&body).unwrap()));
    let act = script.acts.lock().unwrap().pop_front().unwrap_or(Act::Status(500));
    let first = |text: &str| stream::once(std::future::ready(Ok::<_, std::io::Error>(words(text))));
    match act {
        Act::Says(text) => events(Body::from(format!(
            ": hi\n\n{}data: {}\n\ndata: [DONE]\n\n",
            words(text),
            json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] })
        ))),
        Act::Status(status) => {
            let status = StatusCode::from_u16(status).unwrap();
            Response::builder().status(status).header("retry-after", "0").body(Body::from("Câu hỏi riêng tư?")).unwrap()
        }
        Act::Sends(kind, text) => Response::builder().header("content-type", kind).body(Body::from(text)).unwrap(),
        Act::BreaksAfter(text) => {
            let breaks = stream::once(async {
                // What was said is sent while this waits.
                tokio::task::yield_now().await;
                Err(std::io::Error::other("on purpose"))
            });
            events(Body::from_stream(first(text).chain(breaks)))
        }
        Act::Silent => std::future::pending::<Infallible>().await.into_response(),
        Act::StopsAfter(text) => events(Body::from_stream(first(text).chain(stream::pending()))),
        Act::Redirects(to) => Response::builder()
            .status(StatusCode::TEMPORARY_REDIRECT)
            .header("location", to)
            .body(Body::empty())
            .unwrap(),
    }
}

trait Never {
    fn into_response(self) -> Response;
}

impl Never for Infallible {
    fn into_response(self) -> Response {
        match self {}
    }
}

#[tokio::test]
async fn words_come_as_they_are_said_and_the_request_is_what_servers_expect() {
    let server = FakeServer::start(&[Act::Says(SAID)]).await;
    let (streamed, generated) = server.generate(LIMITS).await;
    let generated = generated.unwrap();
    assert_eq!((streamed.as_str(), generated.text.as_str(), generated.stop), (SAID, SAID, StopReason::End));
    assert!(0 < generated.answer_tokens);
    let (token, body) = server.asked().remove(0);
    assert_eq!(token, format!("Bearer {KEY}"));
    assert_eq!((&body["model"], &body["stream"], &body["max_tokens"]), (&json!("big"), &json!(true), &json!(40)));
    assert_eq!(body["messages"][1], json!({ "role": "user", "content": prompt().user }));
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_what_will_not_is_not() {
    let server = FakeServer::start(&[Act::Status(503), Act::Status(429), Act::Says(SAID)]).await;
    assert_eq!(server.generate(LIMITS).await.1.unwrap().text, SAID);
    assert_eq!(server.asked().len(), 3);
    for (act, tries) in [(Act::Status(500), 3), (Act::Status(401), 1), (Act::Status(400), 1), (Act::Status(404), 1)] {
        let server = FakeServer::start(&[act.clone(), act.clone(), act.clone(), Act::Says(SAID)]).await;
        let error = format!("{:#}", server.generate(LIMITS).await.1.unwrap_err());
        assert_eq!(server.asked().len(), tries, "{error}");
        assert!(error.contains("status") && !error.contains("riêng tư") && !error.contains(KEY), "{error}");
    }
}

#[tokio::test]
async fn after_the_first_word_nothing_is_tried_again() {
    for act in [Act::BreaksAfter("Hợp đồng "), Act::StopsAfter("Hợp đồng ")] {
        let server = FakeServer::start(&[act, Act::Says(SAID)]).await;
        let (streamed, generated) = server.generate(LIMITS).await;
        assert!(generated.is_err());
        assert_eq!((streamed.as_str(), server.asked().len()), ("Hợp đồng ", 1));
    }
    let cut = Act::Sends("text/event-stream", words("Hợp đồng "));
    let error = FakeServer::start(&[cut]).await.generate(LIMITS).await.1.unwrap_err().to_string();
    assert!(error.contains("broke off"), "an answer without an end is none: {error}");
}

#[tokio::test]
async fn what_is_no_stream_of_answers_is_refused() {
    let endless = format!("data: {}", "đ".repeat(100_000));
    for (kind, body, reason) in [
        ("application/json", "{\"choices\":[]}".to_owned(), "no event stream"),
        ("text/html", "<html>".to_owned(), "no event stream"),
        ("text/event-stream", "data: rác\n\n".to_owned(), "not JSON"),
        ("text/event-stream", endless, "longer than"),
        ("text/event-stream", String::new(), "broke off"),
    ] {
        let acts = vec![Act::Sends(kind, body); 3];
        let error = format!("{:#}", FakeServer::start(&acts).await.generate(LIMITS).await.1.unwrap_err());
        assert!(error.contains(reason), "{kind}: {error}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = FakeServer::start(&[Act::Says(SAID)]).await;
    let server = FakeServer::start(&[Act::Redirects(format!("{}/chat/completions", elsewhere.base))]).await;
    let error = server.generate(LIMITS).await.1.unwrap_err().to_string();
    assert!(error.contains("redirects"), "{error}");
    assert!(elsewhere.asked().is_empty(), "neither question nor key go elsewhere");
}

#[tokio::test]
async fn silence_and_a_flood_have_an_end() {
    let server = FakeServer::start(&[Act::Silent, Act::Silent, Act::Silent]).await;
    let error = server.generate(LIMITS).await.1.unwrap_err().to_string();
    assert!(error.contains("time-out"), "{error}");
    let late = GenerateLimits { answer_ms_max: 0, ..LIMITS };
    let server = FakeServer::start(&[Act::Silent]).await;
    assert_eq!(server.generate(late).await.1.unwrap().stop, StopReason::Time);
    let flood: String = words(&"chữ ".repeat(5_000));
    let server = FakeServer::start(&[Act::Sends("text/event-stream", flood)]).await;
    let generated = server.generate(LIMITS).await.1.unwrap();
    assert_eq!(generated.stop, StopReason::Tokens);
    assert!(generated.text.len() < 4_000, "{} bytes", generated.text.len());
}

#[tokio::test]
async fn who_hangs_up_does_not_wait_for_a_silent_server() {
    let server = FakeServer::start(&[Act::Silent]).await;
    let generator = OpenAiGenerator::new(OpenAiOptions {
        base_url: server.base.clone(),
        model: "big".to_owned(),
        key: None,
        connect_max: Duration::from_secs(5),
        read_max: Duration::from_secs(600),
        retries_max: 0,
        retry_pause: Duration::ZERO,
    });
    let run = spawn_blocking(move || {
        let mut looks = 0;
        generator.generate(&prompt(), &LIMITS, &mut |_| {
            looks += 1;
            if looks == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
    });
    assert_eq!(run.await.unwrap().unwrap().stop, StopReason::Cancelled);
}

/// An app whose model is behind `server`, left alone after two failures.
async fn app_behind(server: &FakeServer, local: Option<&str>) -> TestServer {
    let app = quoting_app().await;
    let limits = BreakerLimits { failures_max: 2, pause: Duration::from_secs(600) };
    let generator = WithFallback::new(server.generator(), limits);
    if let Some(text) = local {
        generator.set_local(Arc::new(ScriptedGenerator::new(text)));
    }
    app.set_generator(Arc::new(generator));
    TestServer::start(app).await
}

async fn ask(server: &TestServer) -> Value {
    server.chat(json!({ "question": ANSWERED }).to_string(), "application/json").await.value()
}

#[tokio::test]
async fn a_failing_server_is_left_alone_and_the_local_model_writes() {
    let acts = [Act::Says(SAID), Act::Status(401), Act::Status(404), Act::Says(SAID)];
    let upstream = FakeServer::start(&acts).await;
    let server = app_behind(&upstream, Some(SAID)).await;
    let first = ask(&server).await;
    assert_eq!((&first["generator"], &first["label"]["generator"]), (&json!("big"), &json!("big")));
    for _ in 0..3 {
        let answer = ask(&server).await;
        assert_eq!(answer["generator"], "scripted", "the label names who wrote: {answer}");
        assert!(answer["answer"].as_str().unwrap().contains("30 ngày"));
    }
    assert_eq!(upstream.asked().len(), 3, "the third question did not wait for it");
    let ready = server.json("/readyz").await.value();
    assert_eq!((&ready["status"], &ready["parts"]["generator"]["status"]), (&json!("degraded"), &json!("ready")));
    let why = ready["parts"]["upstream"]["why"].as_str().unwrap();
    assert!(why.contains("127.0.0.1") && why.contains("2 lần") && !why.contains(KEY), "{why}");
    assert!(server.page("/").await.text.contains("máy dự phòng"), "the page says so");
}

#[tokio::test]
async fn a_server_silent_to_the_end_of_the_time_is_a_failing_one() {
    let upstream = FakeServer::start(&[Act::Silent]).await;
    let limits = BreakerLimits { failures_max: 1, pause: Duration::from_secs(600) };
    let generator = WithFallback::new(upstream.generator(), limits);
    generator.set_local(Arc::new(ScriptedGenerator::new(SAID)));
    let late = GenerateLimits { answer_ms_max: 0, ..LIMITS };
    let run = spawn_blocking(move || {
        let said = generator.generate(&prompt(), &late, &mut |_| ControlFlow::Continue(()));
        (said.unwrap().text, generator.degraded().is_some())
    });
    assert_eq!(run.await.unwrap(), (SAID.to_owned(), true), "the local model writes, and the server is left alone");
}

#[tokio::test]
async fn without_a_local_model_the_clauses_are_the_answer() {
    let upstream = FakeServer::start(&[Act::Status(401), Act::BreaksAfter("Hợp đồng "), Act::Says(SAID)]).await;
    let server = app_behind(&upstream, None).await;
    for _ in 0..3 {
        let answer = ask(&server).await;
        assert_eq!((&answer["generator"], &answer["status"]), (&json!("trich-dan"), &json!("answered")));
        assert!(answer["next_steps"].to_string().contains("đang lỗi"), "{answer}");
    }
    assert_eq!(upstream.asked().len(), 2);
    let ready = server.json("/readyz").await.value();
    assert_eq!(ready["parts"]["generator"]["status"], "degraded", "{ready}");
    let page = server.page(&format!("/hoi?cau={}", encode(ANSWERED))).await.text;
    assert!(page.contains("class=\"banner\"") && page.contains("class=\"basis\""), "{page}");
}

#[tokio::test]
async fn a_prompt_the_server_refuses_is_not_the_servers_failure() {
    let acts: Vec<Act> = (0..4).map(|_| Act::Status(400)).chain([Act::Says(SAID)]).collect();
    let upstream = FakeServer::start(&acts).await;
    let server = app_behind(&upstream, None).await;
    for _ in 0..4 {
        assert_eq!(ask(&server).await["generator"], "trich-dan");
    }
    assert_eq!(ask(&server).await["generator"], "big");
}

#[test]
fn the_settings_name_a_server_and_its_key_comes_from_a_file() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "{KEY}").unwrap();
    let environment = [
        ("CONGDOAN__GENERATOR__KIND", "openai"),
        ("CONGDOAN__GENERATOR__BASE_URL", "https://llm.example/v1"),
        ("CONGDOAN__GENERATOR__MODEL", "32"),
        ("CONGDOAN__GENERATOR__KEY_FILE", file.path().to_str().unwrap()),
        ("CONGDOAN__GENERATOR__LOCAL_FALLBACK", "false"),
    ];
    let environment = environment.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned()));
    let config = congdoan::config::Config::resolve(RawConfig::read("", environment).unwrap()).unwrap();
    let GeneratorKind::OpenAi(remote) = &config.generator else { panic!("{:?}", config.generator) };
    assert_eq!((remote.model.as_str(), remote.local_fallback), ("32", false));
    assert!(!format!("{config:?}").contains(KEY));
}
