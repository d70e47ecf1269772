/*!
The program under test, served on a free port.

All HTTP tests see an [`App`] made here and nothing else of how it is made, over one
invented law:

**Luật Thử nghiệm 2020**, number `1/2020/QH99`, id `1-2020-qh99`, in force since 2021-01-01:
* Chương I: Điều 1 "Phạm vi".
* Chương II: Điều 2 "Báo trước khi nghỉ việc": khoản 1 (điểm a: 45 ngày, hợp đồng không thời
  hạn; điểm b: 30 ngày, hợp đồng có thời hạn), khoản 2 (khi trả công chậm quá 15 ngày thì khỏi
  báo). Điều 3 "Nghỉ hằng năm": 12 ngày.

The generator says of [`ANSWERED`] one sentence that Điều 2 khoản 1 supports, and one with a
number that stands nowhere (90 ngày), which must be withdrawn.
*/

use std::{ops::ControlFlow, path::PathBuf, sync::Arc, time::Duration};

use congdoan::{
    answer::{AskRequest, Question},
    app::{App, MissingPackages, Setup},
    config::{Config, MailConfig, MailWay, RawConfig, Secret},
    embed::{Embedder, hashed::HashedEmbedder},
    fetch::Silent,
    generate::{GenerateLimits, Generated, Generator, Prompt, scripted::ScriptedGenerator},
    http,
};
use jiff::civil::{Date, date};
use reqwest::{Client, Response, header::HeaderMap};
use tokio::{net::TcpListener, sync::oneshot};

/// Answered from Điều 2 khoản 1. Also without accents: [`UNACCENTED`].
pub const ANSWERED: &str = "Nghỉ việc phải báo trước bao nhiêu ngày?";
/// [`ANSWERED`] as typed on many phones.
pub const UNACCENTED: &str = "nghi viec phai bao truoc bao nhieu ngay";
/// The law says nothing of it.
pub const ABSTAINED: &str = "Giá vé máy bay đi Đà Lạt là bao nhiêu?";
/// A number only the draft has; it must never be shown as part of an answer.
pub const WITHDRAWN: &str = "90 ngày";
/// Id of the invented law.
pub const DOCUMENT: &str = "1-2020-qh99";
/// Largest body that the app under test takes, in bytes.
pub const BODY_BYTES_MAX: usize = 16 * 1024;
/// Longest question that the app under test takes, in characters.
pub const QUESTION_CHARS_MAX: usize = 500;

/// Data beside the project that a user's clone does not have; the caller says what it skips.
pub fn shared_data(what: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: {what} needs the shared data folder, which is not here");
    None
}

/// Folder of files taken from packages, filled by `congdoan corpus pull`.
pub fn packages_dir() -> PathBuf {
    std::env::var_os("CONGDOAN_TEST_PACKAGES")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/packages"), PathBuf::from)
}

/// What the model says of every question.
const DRAFT: &str = "Hợp đồng có thời hạn phải báo trước ít nhất 30 ngày [1]. Người đi làm phải báo trước 90 ngày [1].";
/// Dimensions of the embedder without a model.
const HASHED_DIMENSIONS: usize = 256;
/// Today in every test.
const TODAY: Date = date(2026, 1, 1);

/// Settings over a fresh data folder.
fn settings() -> Config {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap().keep();
    let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/luat-thu-nghiem-2020.md");
    let text = format!(
        "[http]\nbody_bytes_max = {BODY_BYTES_MAX}\n\
         [limits]\nquestion_chars_max = {QUESTION_CHARS_MAX}\nask_workers = 1\nask_queue_requests_max = 1\n\
         anonymous_questions_per_minute_max = 1000000\n\
         [paths]\ndata = '{}'\ncorpus = ['{}']\n[models]\nembedder = 'hashed'\ngenerator = 'none'\n\
         [contacts]\ndefault = 'Chị An, 0900 000 000'",
        folder.display(),
        corpus.display()
    );
    Config::resolve(RawConfig::read(&text, std::iter::empty()).unwrap()).unwrap()
}

/// The invented law, ingested; no generator.
fn ingested(mut config: Config, queue_requests_max: usize) -> App {
    config.limits.ask_queue_requests_max = queue_requests_max;
    let app = App::open_on(config, Some(TODAY)).unwrap();
    let setup = Setup { app: &app, packages: MissingPackages::Leave, progress: &Silent };
    setup.load_embedder().unwrap();
    setup.ingest().unwrap();
    setup.load_generator().unwrap();
    app
}

/// Everything ready.
pub async fn test_app() -> App {
    let app = ingested(settings(), 32);
    app.set_generator(Arc::new(ScriptedGenerator::new(DRAFT)));
    app
}

/// Everything ready, but slow enough that a reader can hang up in the middle.
pub async fn slow_app() -> App {
    let app = ingested(settings(), 32);
    app.set_generator(Arc::new(SlowGenerator(ScriptedGenerator::new(DRAFT))));
    app
}

/// Contacts of units beside the default one.
pub async fn with_units(contacts: &[(&str, &str)]) -> App {
    let mut config = settings();
    config.contacts.extend(contacts.iter().map(|(unit, contact)| ((*unit).to_owned(), (*contact).to_owned())));
    ingested(config, 32)
}

/// Heads of requests must come and answers be read within a moment, and connections are few.
pub async fn impatient_app(connections_max: usize) -> App {
    let mut config = settings();
    config.http.header_ms_max = 150;
    config.http.write_ms_max = 150;
    config.http.connections_max = connections_max;
    ingested(config, 32)
}

/// OpenAI's interface asks for a key.
pub async fn with_api_key(key: &str) -> App {
    let mut config = settings();
    config.api.key = Some(Secret::new(key));
    ingested(config, 32)
}

/// No generator.
pub async fn quoting_app() -> App {
    ingested(settings(), 32)
}

/// No generator; mails are handed over to the folder that comes with it.
pub async fn mailing_app() -> (App, PathBuf) {
    let mut config = settings();
    let outbox = config.paths.data.join("outbox");
    std::fs::create_dir(&outbox).unwrap();
    let way = MailWay::Outbox(outbox.clone());
    config.mail = Some(MailConfig { from: "may@congdoan.example".to_owned(), way });
    (ingested(config, 32), outbox)
}

/// No generator, over a corpus folder of the test's own.
pub fn app_over(corpus: &std::path::Path) -> App {
    let mut config = settings();
    config.paths.corpus = vec![corpus.to_owned()];
    ingested(config, 32)
}

/// The token of [`admin_app`].
pub const ADMIN_TOKEN: &str = "a-token-for-tests-only";

/// Like [`quoting_app`], reloadable by who holds [`ADMIN_TOKEN`], over a corpus folder of its
/// own, which is handed out.
pub async fn admin_app() -> (App, PathBuf) {
    let mut config = settings();
    let folder = config.paths.data.join("../corpus-").with_extension(config.paths.data.file_name().unwrap());
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(&config.paths.corpus[0], folder.join("luat.md")).unwrap();
    config.paths.corpus = vec![folder.clone()];
    config.admin.token = Some(Secret::new(ADMIN_TOKEN));
    (ingested(config, 64), folder)
}

/// A full queue: every question is refused.
pub async fn overloaded_app() -> App {
    let app = ingested(settings(), 1);
    app.set_embedder(Arc::new(StuckEmbedder(HashedEmbedder::new(HASHED_DIMENSIONS))));
    let question = Question::parse(ANSWERED, QUESTION_CHARS_MAX).unwrap();
    let request =
        AskRequest { question, as_of: Some(TODAY), generate: false, unit: None, audience: Default::default() };
    // One question at work, one waiting; the worker may take the first a moment later.
    let mut held = Vec::new();
    while let Ok(receiver) = app.ask(request.clone()) {
        held.push(receiver);
        tokio::task::yield_now().await;
        assert!(held.len() <= 2, "a queue of one takes no third question");
    }
    if held.len() == 1 {
        while app.ask(request.clone()).is_err() {
            tokio::task::yield_now().await;
        }
    }
    app
}

/// The law of these files as it stands on a day; no generator.
pub async fn law_app(corpus: Vec<PathBuf>, today: Date) -> App {
    let mut config = settings();
    config.paths.corpus = corpus;
    let app = App::open_on(config, Some(today)).unwrap();
    let setup = Setup { app: &app, packages: MissingPackages::Leave, progress: &Silent };
    setup.load_embedder().unwrap();
    setup.ingest().unwrap();
    app
}

/// Nothing ingested yet.
pub async fn empty_app() -> App {
    App::open_on(settings(), Some(TODAY)).unwrap()
}

/// A model that takes its time over every word.
/// A model that breaks off with an error behind what it wrote.
struct BreakingGenerator(ScriptedGenerator);

impl Generator for BreakingGenerator {
    fn id(&self) -> &str {
        "breaking"
    }

    fn generate(
        &self,
        prompt: &Prompt,
        limits: &GenerateLimits,
        on_text: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> anyhow::Result<Generated> {
        self.0.generate(prompt, limits, on_text)?;
        Err(anyhow::anyhow!("the model is gone"))
    }
}

/// Everything ready, with a model that breaks off after `text`.
pub async fn breaking_app(text: &str) -> App {
    let app = ingested(settings(), 32);
    app.set_generator(Arc::new(BreakingGenerator(ScriptedGenerator::new(text))));
    app
}

struct SlowGenerator(ScriptedGenerator);

impl Generator for SlowGenerator {
    fn id(&self) -> &str {
        self.0.id()
    }

    fn generate(
        &self,
        prompt: &Prompt,
        limits: &GenerateLimits,
        on_text: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> anyhow::Result<Generated> {
        self.0.generate(prompt, limits, &mut |text| {
            std::thread::sleep(Duration::from_millis(30));
            on_text(text)
        })
    }
}

/// An embedder that never comes back from a question.
struct StuckEmbedder(HashedEmbedder);

impl Embedder for StuckEmbedder {
    fn id(&self) -> &str {
        self.0.id()
    }

    fn dimensions(&self) -> usize {
        self.0.dimensions()
    }

    fn embed_passages(&self, texts: &[&str]) -> anyhow::Result<Vec<Vec<f32>>> {
        self.0.embed_passages(texts)
    }

    fn embed_query(&self, _text: &str) -> anyhow::Result<Vec<f32>> {
        loop {
            std::thread::park();
        }
    }
}

/// A server over an app, stopped when dropped.
pub struct TestServer {
    /// `http://127.0.0.1:PORT`
    pub base: String,
    client: Client,
    stop: Option<oneshot::Sender<()>>,
}

impl TestServer {
    /// Serves `app` on a free port of this machine.
    pub async fn start(app: App) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        let shutdown = async {
            let _ = stopped.await;
        };
        tokio::spawn(http::serve(app, listener, shutdown));
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        Self { base, client, stop: Some(stop) }
    }

    /// A GET with an `Accept` header.
    pub async fn get(&self, path: &str, accept: &str) -> Reply {
        self.send(reqwest::Method::GET, path, accept, Vec::new()).await
    }

    /// A page, as a browser asks for it.
    pub async fn page(&self, path: &str) -> Reply {
        self.get(path, "text/html,application/xhtml+xml,*/*;q=0.8").await
    }

    /// A JSON value.
    pub async fn json(&self, path: &str) -> Reply {
        self.get(path, "application/json").await
    }

    /// A question to the API.
    pub async fn chat(&self, body: impl Into<Vec<u8>>, accept: &str) -> Reply {
        self.send(reqwest::Method::POST, "/api/v1/chat", accept, body.into()).await
    }

    /// Any request, its response read to the end.
    pub async fn send(&self, method: reqwest::Method, path: &str, accept: &str, body: Vec<u8>) -> Reply {
        Reply::read(self.open(method, path, accept, body).await).await
    }

    /// Any request, its body still to be read.
    pub async fn open(&self, method: reqwest::Method, path: &str, accept: &str, body: Vec<u8>) -> Response {
        let request = self.client.request(method, format!("{}{path}", self.base)).header("accept", accept);
        request.header("content-type", "application/json").body(body).send().await.unwrap()
    }

    /// An admin's request with a token, its response read to the end.
    pub async fn admin(&self, method: reqwest::Method, path: &str, token: Option<&str>, body: Vec<u8>) -> Reply {
        let mut request = self.client.request(method, format!("{}/api/v1/admin/corpus/{path}", self.base)).body(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        Reply::read(request.send().await.unwrap()).await
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// The client, for requests with headers of their own.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Tells the server to stop.
    pub fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A response read to the end.
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    /// Reads a response to its end.
    pub async fn read(response: Response) -> Self {
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        }
    }

    /// A header as text, empty where absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body as JSON.
    pub fn value(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e} in {}", self.text))
    }

    /// `status code field`, after checking that these are problem details.
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        let value = self.value();
        assert_eq!(value["status"], self.status);
        for key in ["type", "title", "detail"] {
            assert!(value[key].as_str().is_some_and(|text| !text.is_empty()), "{key} in {value}");
        }
        let field = value["field"].as_str().map(|field| format!(" {field}")).unwrap_or_default();
        format!("{} {}{field}", self.status, value["code"].as_str().unwrap())
    }

    /// The events of a stream: (id, name, data).
    pub fn events(&self) -> Vec<(String, String, serde_json::Value)> {
        let line = |frame: &str, key: &str| {
            frame.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default().trim().to_owned()
        };
        let frames = self.text.split("\n\n").filter(|frame| frame.contains("event:"));
        frames
            .map(|frame| {
                let data = serde_json::from_str(&line(frame, "data:")).unwrap();
                (line(frame, "id:"), line(frame, "event:"), data)
            })
            .collect()
    }
}

/// Percent-encodes a query value.
pub fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
