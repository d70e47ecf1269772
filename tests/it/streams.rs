/*! Streams over a phone's network, conversations, and the label every answer carries. */

use std::{
    ops::ControlFlow,
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};

use congdoan::generate::{GenerateLimits, Generated, Generator, Prompt, StopReason, scripted::ScriptedGenerator};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio::{sync::Notify, time::timeout};

use crate::{
    people::{Load, Person},
    support::{ABSTAINED, ANSWERED, Reply, TestServer, encode, quoting_app, slow_app, test_app},
};

/// Longest wait for anything here.
const WAIT_MAX: Duration = Duration::from_secs(20);
/// What the model here says before it is let on, and after.
const FIRST: &str = "Hợp đồng có thời hạn phải báo trước ít nhất 30 ngày [1]. ";
const SECOND: &str = "Hợp đồng không thời hạn phải báo trước ít nhất 45 ngày [1].";

/// A model that stops after its first sentence until it is let on.
#[derive(Default)]
struct GatedGenerator {
    open: Mutex<bool>,
    opened: Condvar,
    prompts: Mutex<Vec<Prompt>>,
    /// How its answers ended.
    ends: Mutex<Vec<StopReason>>,
    ended: Notify,
}

impl GatedGenerator {
    fn let_on(&self) {
        *self.open.lock().unwrap() = true;
        self.opened.notify_all();
    }
}

impl Generator for GatedGenerator {
    fn id(&self) -> &str {
        "gated"
    }

    fn generate(
        &self,
        prompt: &Prompt,
        limits: &GenerateLimits,
        on_text: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> anyhow::Result<Generated> {
        self.prompts.lock().unwrap().push(prompt.clone());
        let generated = self.say(prompt, limits, on_text)?;
        self.ends.lock().unwrap().push(generated.stop);
        self.ended.notify_one();
        Ok(generated)
    }
}

impl GatedGenerator {
    fn say(
        &self,
        prompt: &Prompt,
        limits: &GenerateLimits,
        on_text: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> anyhow::Result<Generated> {
        let first = ScriptedGenerator::new(FIRST).generate(prompt, limits, on_text)?;
        // The beginning of the next sentence ends the one before.
        if on_text("Hợp ").is_break() {
            return Ok(Generated { stop: StopReason::Cancelled, ..first });
        }
        let mut open = self.open.lock().unwrap();
        while !*open {
            open = self.opened.wait_timeout(open, Duration::from_millis(5)).unwrap().0;
            if on_text("").is_break() {
                return Ok(Generated { stop: StopReason::Cancelled, ..first });
            }
        }
        drop(open);
        ScriptedGenerator::new(SECOND.trim_start_matches("Hợp ")).generate(prompt, limits, on_text)
    }
}

async fn gated() -> (TestServer, Arc<GatedGenerator>) {
    let app = quoting_app().await;
    let model = Arc::new(GatedGenerator::default());
    app.set_generator(model.clone());
    (TestServer::start(app).await, model)
}

fn body(question: &str) -> Vec<u8> {
    json!({ "question": question }).to_string().into_bytes()
}

/// Opens a stream and reads it until it contains `text`: (run, what was read).
async fn read_until(stream: &mut Response, text: &str) -> String {
    let mut seen = String::new();
    while !seen.contains(text) {
        let chunk = timeout(WAIT_MAX, stream.chunk()).await.unwrap().unwrap();
        let chunk = chunk.unwrap_or_else(|| panic!("`{text}` never came: {seen}"));
        seen.push_str(&String::from_utf8_lossy(&chunk));
    }
    seen
}

fn header(response: &Response, name: &str) -> String {
    response.headers()[name].to_str().unwrap().to_owned()
}

/// Reads a run on after the event `seen`.
async fn read_on(server: &TestServer, run: &str, seen: &str, accept: &str) -> Reply {
    let request = server.client().get(format!("{}/api/v1/chat/{run}", server.base));
    let request = request.header("accept", accept).header("last-event-id", seen);
    Reply::read(timeout(WAIT_MAX, request.send()).await.unwrap().unwrap()).await
}

#[tokio::test]
async fn a_lost_line_is_read_on_where_it_broke() {
    let (server, model) = gated().await;
    let mut stream = server.open(Method::POST, "/api/v1/chat", "text/event-stream", body(ANSWERED)).await;
    let run = header(&stream, "x-congdoan-run");
    let seen = read_until(&mut stream, "event: verdict").await;
    let last = seen.matches("\nid: ").count() + usize::from(seen.starts_with("id: "));
    assert!(seen.contains(&format!("\"run\":\"{run}\"")), "the first event names the run: {seen}");
    // The line breaks; the model goes on though nobody listens.
    drop(stream);
    for _ in 0..20 {
        // Time enough for the server to notice, and for the model to look up.
        server.json("/livez").await;
    }
    model.let_on();
    timeout(WAIT_MAX, model.ended.notified()).await.unwrap();
    assert_eq!(*model.ends.lock().unwrap(), [StopReason::End], "the answer is finished before anybody comes back");
    let outcome = read_on(&server, &run, "0", "application/json").await.value();
    assert!(outcome["answer"].as_str().unwrap().contains("45 ngày"), "{outcome}");
    let rest = read_on(&server, &run, &last.to_string(), "text/event-stream").await;
    let events = rest.events();
    assert_eq!(events[0].0, (last + 1).to_string(), "nothing twice, nothing left out");
    assert_eq!(events.last().unwrap().1, "done");
    assert_eq!(events.last().unwrap().2["run"], run.as_str());
    let whole = read_on(&server, &run, "0", "text/event-stream").await.events();
    assert_eq!(whole.len(), events.last().unwrap().0.parse::<usize>().unwrap());
    let over = read_on(&server, &run, &whole.len().to_string(), "text/event-stream").await;
    assert_eq!((over.status, over.text.as_str()), (204, ""), "an event source need not come back");
}

#[tokio::test]
async fn a_run_is_found_by_its_id_alone() {
    let server = TestServer::start(test_app().await).await;
    for (method, path) in [(Method::GET, "/api/v1/chat/unknown"), (Method::POST, "/api/v1/chat/unknown/stop")] {
        let reply = server.send(method, path, "application/json", Vec::new()).await;
        assert_eq!(reply.problem(), "404 not_found");
        assert!(!reply.text.contains("unknown"), "an id is not repeated: {}", reply.text);
    }
    let reply = read_on(&server, "unknown", "x", "text/event-stream").await;
    assert_eq!(reply.problem(), "422 invalid Last-Event-ID");
    let answer = server.chat(body(ANSWERED), "application/json").await.value();
    assert_eq!(answer.get("run"), None, "an answer given whole is not kept");
}

#[tokio::test]
async fn stopping_ends_the_run_with_what_stands() {
    let (server, _model) = gated().await;
    let mut stream = server.open(Method::POST, "/api/v1/chat", "text/event-stream", body(ANSWERED)).await;
    let run = header(&stream, "x-congdoan-run");
    read_until(&mut stream, "event: verdict").await;
    let stop = format!("/api/v1/chat/{run}/stop");
    let stopped = server.send(Method::POST, &stop, "application/json", Vec::new()).await.value();
    assert_eq!(stopped, json!({ "run": run, "stopped": true }));
    let rest = read_until(&mut stream, "event: done").await;
    assert!(rest.contains("30 ngày") && !rest.contains("45 ngày [1]"), "{rest}");
    let again = server.send(Method::POST, &stop, "application/json", Vec::new()).await.value();
    assert_eq!(again["stopped"], false);
}

#[tokio::test]
async fn a_stopped_answer_lets_the_next_one_begin() {
    let (server, model) = gated().await;
    let mut held = server.open(Method::POST, "/api/v1/chat", "text/event-stream", body(ANSWERED)).await;
    read_until(&mut held, "event: verdict").await;
    let mut waiting = server.open(Method::POST, "/api/v1/chat", "text/event-stream", body(ANSWERED)).await;
    read_until(&mut waiting, "queued").await;
    let stop = format!("/api/v1/chat/{}/stop", header(&held, "x-congdoan-run"));
    server.send(Method::POST, &stop, "application/json", Vec::new()).await;
    model.let_on();
    read_until(&mut waiting, "event: done").await;
}

/// The questions the model was asked, without the evidence.
fn asked(model: &GatedGenerator) -> Vec<String> {
    let prompts = model.prompts.lock().unwrap();
    prompts.iter().map(|p| p.user.split("<cau_hoi").nth(1).unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn follow_ups_stand_on_what_was_asked_before() {
    let (server, model) = gated().await;
    model.let_on();
    let first = server.chat(body(ANSWERED), "application/json").await.value();
    let conversation = first["conversation_id"].as_str().unwrap().to_owned();
    let follow = |text: &str| json!({ "question": text, "conversation_id": conversation }).to_string();
    let second = server.chat(follow("thế nếu hợp đồng không thời hạn?"), "application/json").await.value();
    assert_eq!(second["conversation_id"], first["conversation_id"]);
    assert_eq!(second["question"], "thế nếu hợp đồng không thời hạn?");
    let understood = second["understood"].as_str().unwrap();
    assert!(understood.starts_with(ANSWERED) && understood.contains("không thời hạn"), "{understood}");
    assert_eq!((&second["status"], &second["citations"][0]["article_id"]), (&json!("answered"), &json!("2")));
    assert!(asked(&model)[1].contains("Nghỉ việc") && asked(&model)[1].contains("không thời hạn"));
    // A topic of its own carries nothing.
    let third = server.chat(follow("Người đi làm được nghỉ hằng năm mấy ngày?"), "application/json").await.value();
    assert!(!third["understood"].as_str().unwrap().contains("báo trước"), "{third}");
    assert_eq!(third["citations"][0]["article_id"], "3");
    // Another conversation knows nothing of this one, and an unknown id begins a new one.
    let other = json!({ "question": "thế nếu hợp đồng không thời hạn?", "conversation_id": "made-up" }).to_string();
    let other = server.chat(other, "application/json").await.value();
    assert!(!other["understood"].as_str().unwrap().contains("báo trước"), "{other}");
    assert_ne!(other["conversation_id"], "made-up");
    let long = json!({ "question": "có", "conversation_id": "x".repeat(101) }).to_string();
    assert_eq!(server.chat(long, "application/json").await.problem(), "422 invalid conversation_id");
}

/// Field of the page's form with the conversation's id.
const FIELD: &str = "name=\"hoi_thoai\" value=\"";

fn conversation_on(page: &str) -> String {
    let id = page.split(FIELD).nth(1).and_then(|rest| rest.split('"').next());
    id.unwrap_or_else(|| panic!("{page}")).to_owned()
}

#[tokio::test]
async fn the_page_keeps_the_conversation_and_shows_earlier_turns() {
    let server = TestServer::start(slow_app().await).await;
    let mut reader = Person::anonymous(&server);
    let first = reader.get(&format!("/hoi?cau={}", encode(ANSWERED))).await;
    let cookie = first.header("set-cookie").to_owned();
    assert!(cookie.contains("HttpOnly; SameSite=Lax") && !cookie.contains("Max-Age"), "{cookie}");
    reader.keep_cookie(&first);
    let id = conversation_on(&first.text);
    assert!(!first.text.contains("class=\"turns\""));
    let next = format!("/hoi?cau={}&hoi_thoai={id}", encode("còn hợp đồng có thời hạn thì sao?"));
    let second = reader.get(&next).await;
    assert_eq!(second.header("set-cookie"), "", "one cookie is enough");
    let page = second.text;
    assert!(page.contains("class=\"turns\"") && page.contains(&format!("<summary>{ANSWERED}</summary>")), "{page}");
    assert!(page.contains("class=\"understood\"") && page.contains(&format!("{FIELD}{id}\"")), "{page}");
    let unknown = reader.get(&format!("/hoi?cau={}&hoi_thoai=<b>", encode(ANSWERED))).await.text;
    assert!(!unknown.contains("value=\"<b>") && !unknown.contains("class=\"turns\""));

    // The address is passed on: what was said before is not.
    for mut other in [Person::anonymous(&server), Person::anonymous(&server)] {
        let shown = other.get(&next).await;
        assert!(!shown.text.contains("class=\"turns\"") && !shown.text.contains(ANSWERED), "{}", shown.text);
        assert_ne!(conversation_on(&shown.text), id);
        other.keep_cookie(&shown);
        assert!(!other.get(&next).await.text.contains(ANSWERED));
    }
    let program = json!({ "question": "thế nếu hợp đồng không thời hạn?", "conversation_id": id }).to_string();
    let read = server.chat(program, "application/json").await.value();
    assert!(!read["understood"].as_str().unwrap().contains("báo trước"), "{read}");
}

#[tokio::test]
async fn a_question_of_the_script_goes_on_where_the_page_left_off() {
    let server = TestServer::start(slow_app().await).await;
    let mut reader = Person::anonymous(&server);
    let load = |id: Option<&str>| Load::Json(json!({ "question": ANSWERED, "conversation_id": id }).to_string());
    let first = reader.send(Method::POST, "/api/v1/chat", load(None)).await;
    reader.keep_cookie(&first);
    let id = first.value()["conversation_id"].as_str().unwrap().to_owned();
    let next = format!("/hoi?cau={}&hoi_thoai={id}", encode("còn hợp đồng có thời hạn thì sao?"));
    assert!(reader.get(&next).await.text.contains("class=\"turns\""));
    assert_eq!(
        reader.send(Method::POST, "/api/v1/chat", load(Some(&id))).await.value()["conversation_id"],
        id.as_str()
    );
}

fn assert_label(answer: &Value) {
    let label = &answer["label"];
    assert_eq!(label["ai"], true, "{label}");
    assert_eq!((&label["generator"], &label["corpus_release"]), (&answer["generator"], &answer["corpus_release"]));
    let at = label["made_at"].as_str().unwrap();
    assert!(at.ends_with('Z') && at.len() == 20, "{at}");
    let text = label["text"].as_str().unwrap();
    for part in ["AI", answer["corpus_release"].as_str().unwrap(), "lúc "] {
        assert!(text.contains(part), "{part} in {text}");
    }
    if answer["generator"] != "trich-dan" {
        assert!(text.contains(answer["generator"].as_str().unwrap()), "{text}");
    }
}

#[tokio::test]
async fn every_answer_says_that_ai_made_it_of_what_and_when() {
    let server = TestServer::start(test_app().await).await;
    for (question, generate) in [(ANSWERED, true), (ANSWERED, false), (ABSTAINED, true)] {
        let body = json!({ "question": question, "generate": generate }).to_string();
        assert_label(&server.chat(body.clone(), "application/json").await.value());
        let events = server.chat(body, "text/event-stream").await.events();
        assert_label(&events.last().unwrap().2);
        let composed = events.iter().find(|(.., data)| data["stage"] == "composed").unwrap();
        assert_label(&composed.2["answer"]);
        let choice = if generate { "" } else { "&may=0" };
        let page = server.page(&format!("/hoi?cau={}{choice}", encode(question))).await.text;
        assert!(page.contains("<p class=\"basis\">Câu trả lời do AI "), "{page}");
    }
}
