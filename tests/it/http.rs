/*! The API: contract keys, order of events, errors, bad input, headers. */

use std::{cell::RefCell, io::Write, sync::Mutex};

use congdoan::http;
use insta::assert_snapshot;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    ABSTAINED, ANSWERED, BODY_BYTES_MAX, DOCUMENT, QUESTION_CHARS_MAX, TestServer, empty_app, encode, overloaded_app,
    quoting_app, slow_app, test_app,
};

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap_or_else(|| panic!("{value} is no object")).keys().map(String::as_str).collect()
}

fn assert_keys(value: &Value, expected: &[&str]) {
    let keys = keys(value);
    for key in expected {
        assert!(keys.contains(key), "`{key}` is missing in {keys:?}");
    }
}

/// An answer without what differs from one time to the next.
fn timeless(mut answer: Value) -> Value {
    let fields = answer.as_object_mut().unwrap();
    for key in ["timings_ms", "label", "run", "conversation_id"] {
        fields.remove(key);
    }
    answer
}

fn question(text: &str) -> String {
    json!({ "question": text }).to_string()
}

#[tokio::test]
async fn an_answer_has_the_contracts_keys() {
    let server = TestServer::start(test_app().await).await;
    let reply = server.chat(question(ANSWERED), "application/json").await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
    let answer = reply.value();
    assert_keys(
        &answer,
        &[
            "question",
            "understood",
            "as_of",
            "status",
            "answer",
            "sentences",
            "citations",
            "clarify",
            "next_steps",
            "generator",
            "corpus_release",
            "timings_ms",
            "label",
            "conversation_id",
        ],
    );
    assert_eq!(answer["status"], "answered");
    assert_eq!(answer["clarify"], Value::Null);
    assert_keys(&answer["sentences"][0], &["text", "citations", "supported", "withdrawn"]);
    let cited = &answer["citations"][0];
    assert_keys(
        cited,
        &[
            "n",
            "id",
            "law_id",
            "article_id",
            "clause_id",
            "point_id",
            "citation",
            "quote",
            "quote_start",
            "quote_end",
            "url",
            "in_force",
        ],
    );
    assert_eq!((&cited["n"], &cited["law_id"], &cited["article_id"]), (&json!(1), &json!("1/2020/QH99"), &json!("2")));
    assert!(answer["answer"].as_str().unwrap().contains("[1]"));
}

#[tokio::test]
async fn a_quote_stands_verbatim_where_it_says() {
    let server = TestServer::start(test_app().await).await;
    let answer = server.chat(question(ANSWERED), "application/json").await.value();
    for cited in answer["citations"].as_array().unwrap() {
        let law = server.json(&format!("/luat/{}", cited["id"].as_str().unwrap())).await.value();
        let span = |key: &str| usize::try_from(cited[key].as_u64().unwrap()).unwrap();
        let text: Vec<char> = law["text"].as_str().unwrap().chars().collect();
        let quote: String = text[span("quote_start")..span("quote_end")].iter().collect();
        assert_eq!(cited["quote"], quote);
    }
}

#[tokio::test]
async fn a_stream_shows_clauses_then_checked_sentences_then_the_same_value() {
    let server = TestServer::start(test_app().await).await;
    let reply = server.chat(question(ANSWERED), "text/event-stream").await;
    assert!(reply.header("content-type").starts_with("text/event-stream"));
    assert_eq!(reply.header("content-encoding"), "");
    let events = reply.events();
    let ids: Vec<String> = events.iter().map(|(id, ..)| id.clone()).collect();
    let expected: Vec<String> = (1..=events.len()).map(|id| id.to_string()).collect();
    assert_eq!(ids, expected);
    let mut names: Vec<&str> = events.iter().map(|(_, name, _)| name.as_str()).collect();
    let first = |wanted: &str| names.iter().position(|name| *name == wanted).unwrap();
    assert!(first("status") < first("citation") && first("citation") < first("delta"));
    assert!(first("delta") < first("verdict") && first("verdict") < first("done"));
    assert_eq!(names.pop(), Some("done"));
    assert!(!names.contains(&"done") && !names.contains(&"error"));
    let done = events.last().unwrap().2.clone();
    let verdicts: Vec<&Value> = events.iter().filter(|(_, name, _)| name == "verdict").map(|(.., v)| v).collect();
    assert_eq!(
        verdicts.iter().map(|v| v["index"].as_u64().unwrap()).collect::<Vec<_>>(),
        (0..verdicts.len() as u64).collect::<Vec<_>>()
    );
    assert_keys(verdicts[0], &["index", "text", "citations", "supported", "withdrawn"]);
    let alone = server.chat(question(ANSWERED), "application/json").await.value();
    assert_eq!(timeless(alone), timeless(done));
}

#[tokio::test]
async fn withdrawn_sentences_are_told_apart_and_not_part_of_the_answer() {
    let server = TestServer::start(test_app().await).await;
    let answer = server.chat(question(ANSWERED), "application/json").await.value();
    let withdrawn: Vec<&Value> =
        answer["sentences"].as_array().unwrap().iter().filter(|s| s["withdrawn"] == true).collect();
    assert_eq!(withdrawn.len(), 1);
    assert_eq!(withdrawn[0]["supported"], false);
    assert!(!answer["answer"].as_str().unwrap().contains(withdrawn[0]["text"].as_str().unwrap()));
}

#[tokio::test]
async fn generate_false_and_a_missing_model_give_quotes_alone() {
    let server = TestServer::start(test_app().await).await;
    let body =
        json!({ "question": ANSWERED, "generate": false, "as_of": "2026-01-01", "conversation_id": "a", "new": 1 });
    let answer = server.chat(body.to_string(), "application/json").await.value();
    assert_eq!((&answer["generator"], &answer["as_of"]), (&json!("trich-dan"), &json!("2026-01-01")));
    let server = TestServer::start(quoting_app().await).await;
    assert_eq!(server.chat(question(ANSWERED), "application/json").await.value()["generator"], "trich-dan");
    let ready = server.json("/readyz").await;
    assert_eq!((ready.status, &ready.value()["parts"]["generator"]["status"]), (200, &json!("degraded")));
    assert!(ready.value()["parts"]["generator"]["why"].is_string());
}

#[tokio::test]
async fn weak_support_abstains_and_says_what_next() {
    let server = TestServer::start(test_app().await).await;
    let answer = server.chat(question(ABSTAINED), "application/json").await.value();
    assert_eq!(answer["status"], "abstained");
    assert!(!answer["next_steps"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn bad_bodies_name_the_field_at_fault() {
    let server = TestServer::start(test_app().await).await;
    let huge = question(&"a".repeat(BODY_BYTES_MAX));
    let long = question(&"ă ".repeat(QUESTION_CHARS_MAX));
    let cases: [(&str, Vec<u8>); 15] = [
        ("nothing", vec![]),
        ("not JSON", b"question=1".to_vec()),
        ("cut", br#"{"question": "a"#.to_vec()),
        ("not UTF-8", b"{\"question\": \"\xff\xfe\"}".to_vec()),
        ("no object", b"[1]".to_vec()),
        ("deep", "[".repeat(5000).into_bytes()),
        ("no question", b"{}".to_vec()),
        ("a number", br#"{"question": 5}"#.to_vec()),
        ("empty", question("  \n ").into_bytes()),
        ("control characters", question("\u{0}\u{7}\u{200b}").into_bytes()),
        ("too long", long.into_bytes()),
        ("too many bytes", huge.into_bytes()),
        ("a wrong day", br#"{"question": "a", "as_of": "2026-02-30"}"#.to_vec()),
        ("a number as day", br#"{"question": "a", "as_of": 20260101}"#.to_vec()),
        ("a word as flag", br#"{"question": "a", "generate": "yes"}"#.to_vec()),
    ];
    let mut seen = Vec::new();
    for (name, body) in cases {
        seen.push(format!("{name}: {}", server.chat(body, "text/event-stream").await.problem()));
    }
    assert_snapshot!(seen.join("\n"), @r"
    nothing: 400 invalid_body body
    not JSON: 400 invalid_body body
    cut: 400 invalid_body body
    not UTF-8: 400 invalid_body body
    no object: 400 invalid_body body
    deep: 400 invalid_body body
    no question: 422 invalid question
    a number: 422 invalid question
    empty: 422 invalid question
    control characters: 422 invalid question
    too long: 422 invalid question
    too many bytes: 413 body_too_large body
    a wrong day: 422 invalid as_of
    a number as day: 422 invalid as_of
    a word as flag: 422 invalid generate
    ");
    assert!(server.chat(question("nghỉ\u{0} việc"), "application/json").await.status == 200);
}

#[tokio::test]
async fn a_full_queue_and_a_missing_index_say_when_to_come_back() {
    let server = TestServer::start(overloaded_app().await).await;
    assert_eq!(server.page("/luat/1-2020-qh99/dieu-2").await.status, 200, "who reads does not wait behind who asks");
    for reply in [
        server.chat(question(ANSWERED), "text/event-stream").await,
        server.get(&format!("/hoi?cau={}", encode(ANSWERED)), "*/*").await,
    ] {
        assert_eq!(reply.problem(), "429 overloaded");
        assert!(0 < reply.header("retry-after").parse::<u32>().unwrap());
    }
    let server = TestServer::start(empty_app().await).await;
    let reply = server.chat(question(ANSWERED), "application/json").await;
    assert_eq!(reply.problem(), "503 unavailable");
    assert!(0 < reply.header("retry-after").parse::<u32>().unwrap());
    assert!(!reply.text.contains("congdoan ingest"), "a 5xx carries no cause: {}", reply.text);
    assert_eq!(server.json("/readyz").await.status, 503);
    assert_eq!(server.json("/livez").await.status, 200);
}

#[tokio::test]
async fn hanging_up_frees_the_place() {
    let server = TestServer::start(slow_app().await).await;
    for _ in 0..60 {
        let mut stream =
            server.open(Method::POST, "/api/v1/chat", "text/event-stream", question(ANSWERED).into_bytes()).await;
        assert_eq!(stream.status(), 200);
        assert!(stream.chunk().await.unwrap().is_some());
    }
    assert_eq!(server.chat(question(ANSWERED), "application/json").await.status, 200);
}

#[tokio::test]
async fn a_search_has_the_contracts_keys() {
    let server = TestServer::start(test_app().await).await;
    let found = server.json(&format!("/api/v1/search?q={}&limit=2&as_of=2026-01-01", encode(ANSWERED))).await.value();
    assert_keys(&found, &["query", "understood", "as_of", "mode", "hits", "timings_ms"]);
    assert_eq!(found["hits"].as_array().unwrap().len(), 2);
    assert_keys(
        &found["hits"][0],
        &[
            "rank",
            "score",
            "id",
            "law_id",
            "article_id",
            "clause_id",
            "citation",
            "title",
            "text",
            "passage",
            "in_force",
            "effective_from",
            "effective_to",
            "url",
        ],
    );
    assert_eq!(found["hits"][0]["id"], "1-2020-qh99/dieu-2");
    let mut seen = Vec::new();
    for query in
        ["", "?q=", "?q=a&limit=0", "?q=a&limit=x", "?q=a&limit=100000", "?q=a&as_of=hom-nay", "?q=a&passages=x"]
    {
        seen.push(format!("{query}: {}", server.json(&format!("/api/v1/search{query}")).await.problem()));
    }
    assert_snapshot!(seen.join("\n"), @r"
    : 422 invalid q
    ?q=: 422 invalid q
    ?q=a&limit=0: 422 invalid limit
    ?q=a&limit=x: 422 invalid limit
    ?q=a&limit=100000: 422 invalid limit
    ?q=a&as_of=hom-nay: 422 invalid as_of
    ?q=a&passages=x: 422 invalid passages
    ");
}

#[tokio::test]
async fn the_law_as_json_has_the_contracts_keys() {
    let server = TestServer::start(test_app().await).await;
    let clause = server.json(&format!("/luat/{DOCUMENT}/dieu-2/khoan-1?tai=2026-01-01")).await.value();
    assert_keys(
        &clause,
        &[
            "id",
            "law_id",
            "kind",
            "citation",
            "title",
            "text",
            "children",
            "effective_from",
            "effective_to",
            "in_force",
            "as_of",
            "notes",
            "relations",
            "source",
        ],
    );
    assert_keys(&clause["source"], &["file", "sha256", "date"]);
    let children = clause["children"].as_array().unwrap();
    assert_keys(&children[0], &["id", "label", "title", "text"]);
    let ids: Vec<&str> = children.iter().map(|child| child["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["1-2020-qh99/dieu-2/khoan-1/diem-a", "1-2020-qh99/dieu-2/khoan-1/diem-b"]);
    assert_eq!((&clause["kind"], &clause["effective_from"]), (&json!("clause"), &json!("2021-01-01")));
    let article = server.json(&format!("/luat/{DOCUMENT}/dieu-2")).await.value();
    assert_eq!(article["children"].as_array().unwrap().len(), 2, "direct children alone");
    let before = server.json(&format!("/luat/{DOCUMENT}/dieu-2?tai=2020-01-01")).await;
    assert!(before.status == 404 || before.value()["in_force"] == false);
    let list = server.json("/luat").await.value();
    assert_keys(&list["documents"][0], &["id", "law_id", "title", "effective_from", "effective_to", "in_force"]);
}

#[tokio::test]
async fn unknown_laws_and_addresses_are_not_found() {
    let server = TestServer::start(test_app().await).await;
    let long = format!("/luat/{}", "a".repeat(3000));
    for path in ["/luat/9-1999-qh1", "/luat/1-2020-qh99/dieu-99", "/luat/..%2f..%2fetc%2fpasswd", "/luat/%ff", &long] {
        assert_eq!(server.json(path).await.problem(), "404 not_found", "{path}");
    }
    for path in ["/khong-co", "/api/v1/khong-co", "/tinh/trang.css", "/tinh/..%2fmod.rs"] {
        assert_eq!(server.json(path).await.problem(), "404 no_such_address", "{path}");
    }
    assert_eq!(server.json("/luat?tai=x").await.problem(), "422 invalid tai");
    let reply = server.get("/api/v1/khong-co", "text/html").await;
    assert_eq!(reply.problem(), "404 no_such_address", "the API speaks JSON to everyone");
}

#[tokio::test]
async fn other_methods_are_refused_and_head_has_no_body() {
    let server = TestServer::start(test_app().await).await;
    let reply = server.send(Method::GET, "/api/v1/chat", "*/*", Vec::new()).await;
    assert_eq!((reply.problem().as_str(), reply.header("allow")), ("405 method_not_allowed", "POST"));
    let reply = server.send(Method::DELETE, "/luat", "*/*", Vec::new()).await;
    assert_eq!((reply.problem().as_str(), reply.header("allow")), ("405 method_not_allowed", "GET,HEAD"));
    for path in ["/", "/luat", "/livez", "/version", &format!("/hoi?cau={}", encode(ANSWERED))] {
        let reply = server.send(Method::HEAD, path, "text/html", Vec::new()).await;
        assert_eq!((reply.status, reply.text.as_str()), (200, ""), "{path}");
    }
}

#[tokio::test]
async fn every_route_has_the_security_headers() {
    let server = TestServer::start(test_app().await).await;
    for (methods, path) in http::route_table() {
        let method = if methods == "POST" { Method::POST } else { Method::GET };
        let path = path.replace("{*path}", DOCUMENT).replace("{name}", "x");
        for accept in ["text/html", "application/json"] {
            let reply = server.send(method.clone(), &path, accept, Vec::new()).await;
            let policy = reply.header("content-security-policy");
            for part in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
                assert!(policy.contains(part), "{path}: {policy}");
            }
            assert!(!policy.contains("unsafe"), "{policy}");
            assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(reply.header("referrer-policy"), "no-referrer", "{path}");
        }
    }
}

#[tokio::test]
async fn the_version_names_what_runs() {
    let server = TestServer::start(test_app().await).await;
    let version = server.json("/version").await.value();
    assert_keys(&version, &["version", "corpus_release", "generator", "embedder"]);
    let ready = server.json("/readyz").await.value();
    assert_eq!(ready["status"], "ready");
    assert_eq!(keys(&ready["parts"]), ["embedder", "generator", "index"]);
}

thread_local! {
    /// What was logged on this thread: the server of a test runs on the test's own.
    static LOGGED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}
/// What was logged on any thread, the workers' included.
static LOGGED_ANYWHERE: Mutex<Vec<u8>> = Mutex::new(Vec::new());

#[derive(Clone, Copy)]
struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOGGED.with_borrow_mut(|log| log.extend(bytes));
        LOGGED_ANYWHERE.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn questions_are_never_logged_and_causes_once() {
    // One subscriber for the whole process: a scoped one races with call sites that other
    // tests reach first.
    let _ =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false).with_writer(|| Log).try_init();
    let marker = "chuyenriengcuatoi";
    let server = TestServer::start(test_app().await).await;
    server.page(&format!("/hoi?cau={marker}+nghi+viec")).await;
    server.json(&format!("/api/v1/search?q={marker}")).await;
    server.chat(question(&format!("{marker} nghỉ việc")), "text/event-stream").await;
    server.chat(format!("{{\"question\": \"{marker}\", \"as_of\": \"x\"}}"), "application/json").await;
    server.page(&format!("/{marker}")).await;
    let empty = TestServer::start(empty_app().await).await;
    empty.chat(question(marker), "application/json").await;
    let text = LOGGED.with_borrow(|log| String::from_utf8(log.clone()).unwrap());
    let anywhere = String::from_utf8_lossy(&LOGGED_ANYWHERE.lock().unwrap()).into_owned();
    // Libraries' own lines at trace level are not ours to keep clean; ours are.
    let from_us = |line: &&str| line.contains("congdoan");
    assert!(anywhere.lines().filter(from_us).all(|line| !line.contains(marker)));
    let ours: Vec<&str> = text.lines().filter(|line| line.contains("congdoan")).collect();
    assert!(ours.iter().any(|line| line.contains("/hoi") && line.contains("served")), "{text}");
    assert!(ours.iter().all(|line| !line.contains(marker)), "{text}");
    assert_eq!(ours.iter().filter(|line| line.contains("a request failed")).count(), 1, "{text}");
}

#[tokio::test]
async fn the_server_stops_when_told() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let served = tokio::spawn(http::serve(test_app().await, listener, async {
        let _ = stopped.await;
    }));
    stop.send(()).unwrap();
    served.await.unwrap().unwrap();
}
