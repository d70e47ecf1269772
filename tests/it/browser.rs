/*!
A browser asks: the page as a member on a small phone meets it.

Speaks the WebDriver protocol itself (a handful of JSON calls). Runs where `chromedriver`
is found; elsewhere it says that it is skipped, unless `CONGDOAN_REQUIRE_BROWSER=1`.
Screenshots go to `CONGDOAN_SCREENSHOTS`, `target/screenshots` by default.
*/

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::Client;
use serde_json::{Value, json};

use crate::support::{ABSTAINED, ANSWERED, DOCUMENT, TestServer, UNACCENTED, WITHDRAWN, encode, slow_app, with_units};

/// Longest wait for anything to appear on the page.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// Pause between two looks at the page.
const POLL: Duration = Duration::from_millis(50);

/// Key under which WebDriver hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A running browser, ended when dropped.
struct Browser {
    driver: Child,
    client: Client,
    session: String,
    _profile: tempfile::TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Ends the driver, which ends its browser; `quit` has done so already where all went well.
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

#[expect(clippy::print_stdout, reason = "a skipped test must say so")]
fn driver_found() -> bool {
    let found = Command::new("chromedriver").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let found = found.is_ok_and(|status| status.success());
    let required = std::env::var("CONGDOAN_REQUIRE_BROWSER").is_ok_and(|value| value == "1");
    assert!(found || !required, "CONGDOAN_REQUIRE_BROWSER=1, but there is no `chromedriver`");
    if !found {
        println!("skipped: no `chromedriver` on this machine");
    }
    found
}

impl Browser {
    async fn start(width: u32, height: u32, script: bool) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let driver = Command::new("chromedriver").arg(format!("--port={port}")).stdout(Stdio::null()).spawn().unwrap();
        let client = Client::builder().no_proxy().timeout(2 * WAIT_MAX).build().unwrap();
        let profile = tempfile::tempdir().unwrap();
        let base = format!("http://127.0.0.1:{port}/session");
        let mut browser = Self { driver, client, session: base, _profile: profile };
        let arguments = [
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            "--no-first-run".to_owned(),
            "--lang=vi".to_owned(),
            format!("--user-data-dir={}", browser._profile.path().display()),
        ];
        let options = json!({
            "args": arguments,
            "mobileEmulation": { "deviceMetrics": { "width": width, "height": height, "pixelRatio": 2.0 } },
            "prefs": { "profile.managed_default_content_settings.javascript": if script { 1 } else { 2 } },
        });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": options } } });
        let deadline = Instant::now() + WAIT_MAX;
        let session = loop {
            // The driver takes a moment to listen.
            match browser.client.post(&browser.session).json(&wanted).send().await {
                Ok(reply) => break reply.json::<Value>().await.unwrap(),
                Err(error) if deadline < Instant::now() => panic!("chromedriver does not answer: {error}"),
                Err(_) => tokio::time::sleep(POLL).await,
            }
        };
        let id = session["value"]["sessionId"].as_str().unwrap_or_else(|| panic!("no session: {session}"));
        browser.session = format!("{}/{id}", browser.session);
        browser
    }

    async fn post(&self, command: &str, body: Value) -> Value {
        let reply = self.client.post(format!("{}/{command}", self.session)).json(&body).send().await.unwrap();
        let value = reply.json::<Value>().await.unwrap()["value"].clone();
        assert!(value.get("error").is_none(), "{command}: {value}");
        value
    }

    async fn open(&self, url: &str) {
        self.post("url", json!({ "url": url })).await;
    }

    /// What a piece of script returns: for looking, never for acting.
    async fn look(&self, script: &str) -> Value {
        self.post("execute/sync", json!({ "script": format!("return {script}"), "args": [] })).await
    }

    /// The first element that matches, once there is one.
    async fn find(&self, selector: &str) -> String {
        let deadline = Instant::now() + WAIT_MAX;
        loop {
            let query = json!({ "using": "css selector", "value": selector });
            let found = self.post("elements", query).await;
            if let Some(id) = found[0][ELEMENT].as_str() {
                return id.to_owned();
            }
            assert!(Instant::now() < deadline, "`{selector}` did not appear");
            tokio::time::sleep(POLL).await;
        }
    }

    async fn click(&self, selector: &str) {
        let id = self.find(selector).await;
        self.post(&format!("element/{id}/click"), json!({})).await;
    }

    async fn write(&self, selector: &str, text: &str) {
        let id = self.find(selector).await;
        self.post(&format!("element/{id}/value"), json!({ "text": text })).await;
    }

    async fn text(&self, selector: &str) -> String {
        self.read(selector, "text").await
    }

    async fn attribute(&self, selector: &str, name: &str) -> String {
        self.read(selector, &format!("attribute/{name}")).await
    }

    async fn read(&self, selector: &str, what: &str) -> String {
        let id = self.find(selector).await;
        let url = format!("{}/element/{id}/{what}", self.session);
        let reply = self.client.get(url).send().await.unwrap().json::<Value>().await.unwrap();
        reply["value"].as_str().unwrap_or_default().to_owned()
    }

    async fn picture(&self, name: &str) {
        let folder = std::env::var_os("CONGDOAN_SCREENSHOTS")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/screenshots"), PathBuf::from);
        std::fs::create_dir_all(&folder).unwrap();
        let reply = self.client.get(format!("{}/screenshot", self.session)).send().await.unwrap();
        let value = reply.json::<Value>().await.unwrap();
        let bytes = base64(value["value"].as_str().unwrap());
        std::fs::write(folder.join(format!("{name}.png")), bytes).unwrap();
    }

    async fn quit(self) {
        self.client.delete(&self.session).send().await.unwrap();
    }
}

/// Decodes base64; a dozen lines spare a dependency.
fn base64(text: &str) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for six in text.bytes().filter_map(value) {
        (bits, held) = (bits << 6 | u32::from(six), held + 6);
        if 8 <= held {
            held -= 8;
            bytes.push((bits >> held & 0xFF) as u8);
        }
    }
    bytes
}

/// Whether the marked clause is within the window.
const HIT_IN_VIEW: &str = "(() => { const r = document.querySelector('.hit').getBoundingClientRect(); \
                           return 0 <= r.top && r.top < innerHeight })()";

/// Whether the page scrolls sideways, which a phone's reader must never have to.
const SIDEWAYS: &str = "document.documentElement.scrollWidth > innerWidth";

#[tokio::test]
async fn a_member_asks_on_a_phone_and_taps_a_clause() {
    if !driver_found() {
        return;
    }
    let server = TestServer::start(slow_app().await).await;
    let browser = Browser::start(360, 740, true).await;
    browser.open(&server.base).await;
    browser.picture("phone-home").await;
    assert_eq!(browser.look(SIDEWAYS).await, false);
    browser.write("#cau", UNACCENTED).await;
    browser.click("form.ask button").await;
    browser.find("#ket-qua .clause").await;
    browser.find("#ket-qua .draft:not(:empty)").await;
    browser.picture("phone-writing").await;
    browser.find("#ket-qua .basis").await;
    assert_eq!(browser.look("location.pathname").await, "/", "the script answers in place");
    assert_eq!(browser.look(SIDEWAYS).await, false);
    assert!(!browser.text("#ket-qua").await.contains(WITHDRAWN));
    browser.look("document.querySelector('.answer').scrollIntoView()").await;
    browser.picture("phone-answer").await;
    browser.click("#ket-qua .answer .ref").await;
    let marked = browser.text(".law .hit").await;
    assert!(!marked.is_empty());
    assert_eq!(browser.look(HIT_IN_VIEW).await, true);
    assert_eq!(browser.look("location.pathname").await.as_str().unwrap().split('/').nth(2), Some(DOCUMENT));
    browser.picture("phone-clause").await;
    browser.post("back", json!({})).await;
    browser.find("#ket-qua .basis").await;
    assert!(browser.text("#ket-qua .clauses").await.contains("Điều 2"), "the answer is still there");
    browser.quit().await;
}

/// Passes connections on to `to`, and breaks the first one that asks a question once it has
/// carried `bytes` of the answer. Tells where it listens and what was asked of it.
fn breaking_line(to: String, bytes: usize) -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(String::new()));
    let (log, has_broken) = (asked.clone(), Arc::new(AtomicBool::new(false)));
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let Ok(server) = TcpStream::connect(&to) else { return };
            let breaks = Arc::new(AtomicBool::new(false));
            let (mut from, mut onward) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            let (log, has_broken, armed) = (log.clone(), has_broken.clone(), breaks.clone());
            std::thread::spawn(move || {
                let mut chunk = [0; 16 << 10];
                while let Ok(read @ 1..) = from.read(&mut chunk) {
                    let text = String::from_utf8_lossy(&chunk[..read]).into_owned();
                    if text.contains("POST /api/v1/chat ") && !has_broken.swap(true, Ordering::Relaxed) {
                        armed.store(true, Ordering::Relaxed);
                    }
                    log.lock().unwrap().push_str(&text);
                    if onward.write_all(&chunk[..read]).is_err() {
                        break;
                    }
                }
                let _ = onward.shutdown(Shutdown::Both);
            });
            let (mut from, mut back) = (server, client);
            std::thread::spawn(move || {
                let (mut chunk, mut carried) = ([0; 256], 0);
                while let Ok(read @ 1..) = from.read(&mut chunk) {
                    carried += if breaks.load(Ordering::Relaxed) { read } else { 0 };
                    if bytes < carried || back.write_all(&chunk[..read]).is_err() {
                        break;
                    }
                }
                let _ = (back.shutdown(Shutdown::Both), from.shutdown(Shutdown::Both));
            });
        }
    });
    (base, asked)
}

#[tokio::test]
async fn the_script_reads_on_after_a_lost_line_and_follows_a_conversation() {
    if !driver_found() {
        return;
    }
    let server = TestServer::start(slow_app().await).await;
    let (base, asked) = breaking_line(server.address().to_owned(), 6_000);
    let browser = Browser::start(360, 740, true).await;
    browser.open(&base).await;
    browser.write("#cau", ANSWERED).await;
    browser.click("form.ask button").await;
    browser.find("#ket-qua .basis").await;
    let log = asked.lock().unwrap().to_lowercase();
    assert!(log.contains("get /api/v1/chat/") && log.contains("last-event-id: "), "it came back: {log}");
    assert_eq!(log.matches("post /api/v1/chat ").count(), 1, "and asked nothing twice");
    assert_eq!(browser.look("document.querySelectorAll('#ket-qua .clauses').length").await, 1);
    browser.write("#cau", "\u{E009}a\u{E000}\u{E003}").await;
    browser.write("#cau", "thế nếu hợp đồng không thời hạn?").await;
    browser.click("form.ask button").await;
    browser.find(".turns details").await;
    assert_eq!(browser.text(".turns summary").await, ANSWERED);
    browser.find("#ket-qua .basis").await;
    let understood = browser.text("#ket-qua .understood").await;
    assert!(understood.contains(ANSWERED) && understood.contains("không thời hạn"), "{understood}");
    browser.picture("phone-follow-up").await;
    assert_eq!(browser.look(SIDEWAYS).await, false);
    browser.quit().await;
}

#[tokio::test]
async fn without_a_script_the_same_question_is_answered() {
    if !driver_found() {
        return;
    }
    let server = TestServer::start(slow_app().await).await;
    let browser = Browser::start(360, 740, false).await;
    // By address, not by click: chromedriver's clicks need scripts of their own.
    browser.open(&format!("{}/hoi?cau={}", server.base, encode(UNACCENTED))).await;
    browser.find(".flow .basis").await;
    browser.picture("phone-noscript-answer").await;
    let clause = browser.attribute(".flow .ref", "href").await;
    browser.open(&format!("{}{clause}", server.base)).await;
    browser.find(".law .hit").await;
    browser.picture("phone-noscript-clause").await;
    browser.quit().await;
}

/// What can be tapped and is lower than this is hard to hit, in CSS pixels.
const TAP_HEIGHT_MIN: u32 = 40;

#[tokio::test]
async fn what_a_thumb_taps_is_large_enough_and_has_a_name() {
    if !driver_found() {
        return;
    }
    let server = TestServer::start(with_units(&[("Bưu điện Bến Gỗ", "Anh Bình, 0911 111 111")]).await).await;
    let browser = Browser::start(360, 740, true).await;
    let answered = format!("/hoi?cau={}", encode(ANSWERED));
    let abstained = format!("/hoi?cau={}&don_vi={}", encode(ABSTAINED), encode("Bưu điện Bến Gỗ"));
    // Skip links show on focus; an inline mark's padding counts, which its box has.
    let small = format!(
        "[...document.querySelectorAll('a[href],button,summary,input,select,textarea')].filter(e => {{ \
         const r = e.getBoundingClientRect(); return !e.closest('.skip') && r.width && r.height < {TAP_HEIGHT_MIN} }})\
         .map(e => e.outerHTML.slice(0, 120) + ' ' + e.getBoundingClientRect().height)"
    );
    let nameless = "[...document.querySelectorAll('a[href],button,summary,input:not([type=hidden]),select,textarea')].filter(e => \
                    !(e.labels && e.labels.length) && !e.textContent.trim() && !e.getAttribute('aria-label'))\
                    .map(e => e.outerHTML.slice(0, 120))";
    for (name, path, wanted) in [
        ("phone-units", "/", "#don_vi"),
        ("phone-quotes", answered.as_str(), ".basis"),
        ("phone-abstained", abstained.as_str(), ".abstain"),
        ("phone-documents", "/luat", ".docs"),
        ("phone-contents", "/luat/1-2020-qh99", ".toc"),
        ("phone-article", "/luat/1-2020-qh99/dieu-2/khoan-1", ".hit"),
        ("phone-missing", "/luat/9-1999-qh1", ".fail"),
    ] {
        browser.open(&format!("{}{path}", server.base)).await;
        browser.find(wanted).await;
        browser.picture(name).await;
        assert_eq!(browser.look(SIDEWAYS).await, false, "{path}");
        assert_eq!(browser.look(&small).await, json!([]), "{path}");
        assert_eq!(browser.look(nameless).await, json!([]), "{path}");
        assert_eq!(browser.look("document.querySelectorAll('main').length").await, 1, "{path}");
        assert_eq!(browser.look("document.querySelectorAll('h1').length").await, 1, "{path}");
    }
    browser.quit().await;
}

#[tokio::test]
async fn the_pages_on_a_desk() {
    if !driver_found() {
        return;
    }
    let server = TestServer::start(slow_app().await).await;
    let browser = Browser::start(1280, 800, true).await;
    let ask = format!("/hoi?cau={}", encode(ANSWERED));
    for (name, path, wanted) in [
        ("desk-home", "/", "form.ask"),
        ("desk-answer", ask.as_str(), ".basis"),
        ("desk-documents", "/luat", ".docs"),
        ("desk-contents", "/luat/1-2020-qh99", ".toc"),
        ("desk-clause", "/luat/1-2020-qh99/dieu-2/khoan-1", ".hit"),
        ("desk-missing", "/luat/9-1999-qh1", ".fail"),
    ] {
        browser.open(&format!("{}{path}", server.base)).await;
        browser.find(wanted).await;
        assert_eq!(browser.look(SIDEWAYS).await, false, "{path}");
        browser.picture(name).await;
    }
    assert_eq!(
        browser.look("performance.getEntriesByType('resource').every(e => e.name.startsWith(location.origin))").await,
        true
    );
    browser.quit().await;
}
