//! What a bad client may cost: slow heads, slow readers, hanging up in the middle.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::TcpStream,
    ops::ControlFlow,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use congdoan::generate::{GenerateLimits, Generated, Generator, Prompt, StopReason, scripted::ScriptedGenerator};
use flate2::write::GzDecoder;
use reqwest::Method;
use serde_json::json;
use tokio::{sync::Notify, task::spawn_blocking, time::timeout};

use crate::support::{ANSWERED, TestServer, encode, impatient_app, quoting_app, slow_app};

/// Longest wait for anything here.
const WAIT_MAX: Duration = Duration::from_secs(20);

/// A model that writes for ever, until it is told to stop.
#[derive(Default)]
struct EndlessGenerator {
    writing: Notify,
    stopped: Notify,
    tokens_after_stop: AtomicUsize,
}

impl Generator for EndlessGenerator {
    fn id(&self) -> &str {
        "endless"
    }

    fn generate(
        &self,
        _prompt: &Prompt,
        _limits: &GenerateLimits,
        on_text: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> anyhow::Result<Generated> {
        let mut answer_tokens = 0;
        self.writing.notify_one();
        while on_text("chữ ").is_continue() {
            answer_tokens += 1;
            // A pace that a real model keeps; without it events pile up faster than they are read.
            std::thread::sleep(Duration::from_millis(2));
        }
        // Nothing listens any more: a second refusal is the proof.
        self.tokens_after_stop.fetch_add(usize::from(on_text("chữ ").is_continue()), Ordering::Relaxed);
        self.stopped.notify_one();
        let (prompt_tokens, first_text_ms, total_ms) = (0, 0, 0);
        let stop = StopReason::Cancelled;
        Ok(Generated { text: String::new(), prompt_tokens, answer_tokens, first_text_ms, total_ms, stop, model: None })
    }
}

#[tokio::test]
async fn hanging_up_where_nobody_could_come_back_stops_the_model_at_the_next_token() {
    let app = quoting_app().await;
    let model = Arc::new(EndlessGenerator::default());
    app.set_generator(model.clone());
    let server = TestServer::start(app).await;
    let page = format!("/hoi?cau={}", encode(ANSWERED));
    let completion =
        json!({ "model": "congdoan", "stream": true, "messages": [{ "role": "user", "content": ANSWERED }] });
    for (method, path, body, begun) in [
        (Method::GET, page.as_str(), Vec::new(), "đang soạn"),
        (Method::POST, "/v1/chat/completions", completion.to_string().into_bytes(), "assistant"),
    ] {
        let mut stream = server.open(method, path, "text/event-stream", body).await;
        assert_eq!(stream.status(), 200);
        let mut seen = String::new();
        // Drafts are shown neither on the page nor there, but that there will be an answer is.
        while !seen.contains(begun) {
            let chunk = timeout(WAIT_MAX, stream.chunk()).await.unwrap().unwrap().unwrap();
            seen.push_str(&String::from_utf8_lossy(&chunk));
        }
        timeout(WAIT_MAX, model.writing.notified()).await.unwrap();
        drop(stream);
        timeout(WAIT_MAX, model.stopped.notified()).await.unwrap_or_else(|_| panic!("{path}: it writes on"));
        assert_eq!(model.tokens_after_stop.load(Ordering::Relaxed), 0);
    }
}

/// A model that takes four tokens for a character and keeps what it was asked.
#[derive(Default)]
struct WordyGenerator(Mutex<Vec<Prompt>>);

impl Generator for WordyGenerator {
    fn id(&self) -> &str {
        "wordy"
    }

    fn prompt_tokens(&self, prompt: &Prompt) -> Option<usize> {
        Some(prompt.user.chars().count() * 4)
    }

    fn generate(
        &self,
        prompt: &Prompt,
        limits: &GenerateLimits,
        on_text: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> anyhow::Result<Generated> {
        self.0.lock().unwrap().push(prompt.clone());
        assert!(self.prompt_tokens(prompt).unwrap() <= limits.prompt_tokens_max, "too long: {}", prompt.user);
        ScriptedGenerator::new("Không đủ căn cứ.").generate(prompt, limits, on_text)
    }
}

#[tokio::test]
async fn evidence_is_cut_to_the_tokens_of_the_model() {
    let app = quoting_app().await;
    let model = Arc::new(WordyGenerator::default());
    app.set_generator(model.clone());
    let server = TestServer::start(app).await;
    let body = json!({ "question": ANSWERED }).to_string();
    assert_eq!(server.chat(body, "application/json").await.value()["generator"], "trich-dan");
    let prompts = model.0.lock().unwrap();
    let [prompt] = prompts.as_slice() else { panic!("{} prompts", prompts.len()) };
    assert!(prompt.user.contains("<trich n=\"1\">") && prompt.user.contains(ANSWERED), "{}", prompt.user);
    assert!(prompt.user.contains(" …\n</trich>"), "a cut is told: {}", prompt.user);
}

#[tokio::test]
async fn a_client_that_never_reads_is_given_up() {
    let server = TestServer::start(impatient_app(1024).await).await;
    let address = server.address().to_owned();
    let given_up = spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_write_timeout(Some(WAIT_MAX)).unwrap();
        // Answers fill what the system buffers; then the server writes no more, reads no more
        // requests, and ends the connection.
        loop {
            if let Err(error) = stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") {
                return error.kind();
            }
        }
    });
    let kind = given_up.await.unwrap();
    assert!(matches!(kind, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe), "{kind}");
    assert_eq!(server.page("/").await.status, 200);
}

#[tokio::test]
async fn a_head_that_never_ends_is_given_up() {
    let server = TestServer::start(impatient_app(1024).await).await;
    for begun in ["", "GET / HTT", "GET / HTTP/1.1\r\nHost: x\r\nX-A: "] {
        let address = server.address().to_owned();
        let rest = spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(WAIT_MAX)).unwrap();
            stream.write_all(begun.as_bytes()).unwrap();
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).map(|_| rest)
        });
        let rest = rest.await.unwrap().unwrap_or_else(|error| panic!("still open after {begun:?}: {error}"));
        assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
    }
    assert_eq!(server.page("/").await.status, 200, "whole requests are served");
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_for_a_place() {
    let server = TestServer::start(impatient_app(2).await).await;
    // Both places are held by clients that say nothing, until they are given up.
    let mut idle = Vec::new();
    for _ in 0..2 {
        idle.push(TcpStream::connect(server.address()).unwrap());
    }
    let reply = timeout(WAIT_MAX, server.page("/livez")).await.expect("a place became free");
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn a_packed_page_still_comes_in_pieces() {
    let server = TestServer::start(slow_app().await).await;
    let url = format!("{}/hoi?cau={}", server.base, encode(ANSWERED));
    let request = server.client().get(url).header("accept", "text/html").header("accept-encoding", "gzip");
    let mut reply = request.send().await.unwrap();
    assert_eq!(reply.headers()["content-encoding"], "gzip");
    assert_eq!(reply.headers()["vary"], "accept-encoding");
    let mut decoder = GzDecoder::new(Vec::new());
    let (mut sent, mut pieces, mut clauses_at, mut basis_at) = (0, 0, None, None);
    while let Some(chunk) = reply.chunk().await.unwrap() {
        sent += chunk.len();
        pieces += 1;
        decoder.write_all(&chunk).unwrap();
        decoder.flush().unwrap();
        let text = String::from_utf8_lossy(decoder.get_ref()).into_owned();
        if text.contains("class=\"clause\"") {
            clauses_at.get_or_insert(pieces);
        }
        if text.contains("class=\"basis\"") {
            basis_at.get_or_insert(pieces);
        }
    }
    let text = String::from_utf8(decoder.finish().unwrap()).unwrap();
    assert!(text.trim_end().ends_with("</html>"), "{text}");
    assert!(clauses_at.unwrap() < basis_at.unwrap(), "clauses can be read before the answer is complete");
    assert!(sent * 3 < text.len() * 2, "{sent} bytes for {}", text.len());
}
