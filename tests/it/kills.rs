/*!
The real server, killed while it writes, and on a disk that is full: what members and officers were
told is done is there, and what cannot be done is said.

A *round* is the life of one answer, one post and one request for support, write by write, of a
member of its own. What each acknowledged write must have left is noted as something to be read
again.
*/

use std::collections::BTreeMap;

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::{
    members_cli::{Server, kills, members, units, write},
    shell::Shell,
    support::ANSWERED,
};

/// Everybody's password.
const PASSWORD: &str = "mưa rơi trên mái";
/// Members who have an office, by number; those of rounds come after them.
const COUNSELLOR: usize = 1;
const EDITOR: usize = 2;
const FIRST_ASKER: usize = 3;
/// The number of the admin.
const ADMIN: usize = 9_999;
/// Writes of a whole round; a test holds it to the round.
const WRITES: usize = 21;
/// Writes of a round before its case is taken in hand.
const BEFORE_CLAIM: usize = 13;
/// Writes that fill a disk, at most.
const FILLING_MAX: usize = 2_000;
/// Writes so small that they may still find room where the smallest of the filling ones did not.
const SLIPPED_MAX: usize = 2;
/// Room that is left on the disk, in KiB.
const ROOM_KIB: u64 = 128;

/// Something that was acknowledged: who reads it where, and what must stand there.
struct Kept {
    who: usize,
    path: String,
    text: String,
}

/// The server's people, over whichever server runs now.
struct People {
    client: reqwest::Client,
    base: String,
    codes: BTreeMap<usize, String>,
    cookies: BTreeMap<usize, String>,
}

impl People {
    /// People of a fresh folder: so many askers, a counsellor, an editor, an admin.
    async fn of(shell: &Shell, server: &Server, askers: usize) -> Self {
        shell.json(&["members", "import", &units(shell), "--json"]);
        let codes = shell.folder.path().join("codes.csv");
        let file = write(shell, "members.csv", &members(FIRST_ASKER + askers));
        shell.json(&["members", "import", &file, "--codes", &codes.display().to_string(), "--json"]);
        let text = std::fs::read_to_string(codes).unwrap();
        let line = |line: &str| Some((line.split(',').next()?.parse().ok()?, line.split(',').next_back()?.to_owned()));
        let mut codes: BTreeMap<usize, String> = text.lines().skip(1).filter_map(line).collect();
        let admin = shell.run(&["members", "first-admin", &ADMIN.to_string(), "--name", "Quản Trị"]).stdout;
        codes.insert(ADMIN, String::from_utf8(admin).unwrap().trim().to_owned());
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut people = Self { client, base: server.base.clone(), codes, cookies: BTreeMap::new() };
        for number in [COUNSELLOR, EDITOR, ADMIN] {
            people.redeem(number).await.unwrap();
        }
        for (number, role) in [(COUNSELLOR, "counsellor"), (EDITOR, "editor")] {
            let path = format!("/api/v1/members/{number}/roles/{role}/A");
            assert_eq!(people.send(ADMIN, Method::PUT, &path, Value::Null).await.unwrap().status(), 204);
        }
        people
    }

    async fn redeem(&mut self, number: usize) -> reqwest::Result<()> {
        let load = json!({ "code": self.codes[&number], "password": PASSWORD });
        let reply = self.send(number, Method::POST, "/api/v1/invites/redeem", load).await?;
        assert_eq!(reply.status(), 201);
        let cookie = reply.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        // Told only with the whole reply.
        reply.bytes().await?;
        self.cookies.insert(number, cookie);
        Ok(())
    }

    async fn send(&self, who: usize, method: Method, path: &str, load: Value) -> reqwest::Result<Response> {
        let mut request = self.client.request(method, format!("{}{path}", self.base)).header("origin", &self.base);
        if let Some(cookie) = self.cookies.get(&who) {
            request = request.header("cookie", cookie);
        }
        if !load.is_null() {
            request = request.header("content-type", "application/json").body(load.to_string());
        }
        request.header("accept", "application/json").send().await
    }

    async fn text(&self, who: usize, path: &str) -> String {
        let reply = self.send(who, Method::GET, path, Value::Null).await.unwrap();
        assert_eq!(reply.status(), 200, "{path}");
        reply.text().await.unwrap()
    }

    /// What was acknowledged and is not there.
    async fn lost(&self, kept: &BTreeMap<&'static str, Kept>) -> Vec<String> {
        let mut lost = Vec::new();
        for (what, kept) in kept {
            let text = self.text(kept.who, &kept.path).await;
            if !text.contains(&kept.text) {
                lost.push(format!("{what}: no `{}` in {text}", kept.text));
            }
        }
        lost
    }
}

/// One round, up to the write at which the server is killed, if any.
struct Round<'a> {
    people: &'a mut People,
    n: usize,
    asker: usize,
    /// Writes that were sent.
    sent: usize,
    /// The server's process and the write, from 0, during which it is killed.
    kill: Option<(u32, usize)>,
    /// The write, from 0, before which the round stops.
    stop: usize,
    kept: BTreeMap<&'static str, Kept>,
}

impl Round<'_> {
    /// What comes back for a write; `None` once the server is gone or the round stops.
    async fn write(&mut self, who: usize, method: Method, path: &str, load: Value) -> Option<Value> {
        let reply = self.written(async |people: &mut People| people.send(who, method, path, load).await).await?;
        let (status, text) = (reply.status(), reply.text().await.ok()?);
        assert!(status.is_success(), "{path}: {status} {text}");
        Some(serde_json::from_str(&text).unwrap_or_default())
    }

    async fn written<T>(&mut self, send: impl AsyncFnOnce(&mut People) -> reqwest::Result<T>) -> Option<T> {
        let at = self.sent;
        if at == self.stop {
            return None;
        }
        self.sent += 1;
        match self.kill {
            // Killed by another thread, at a moment no write waits for.
            Some((pid, write)) if write == at => {
                let kill = move || std::process::Command::new("kill").args(["-9", &pid.to_string()]).status();
                let killer = tokio::task::spawn_blocking(kill);
                let sent = send(self.people).await;
                assert!(killer.await.unwrap().unwrap().success());
                sent.ok()
            }
            _ => send(self.people).await.ok(),
        }
    }

    async fn read(&self, who: usize, path: &str) -> Option<Value> {
        let reply = self.people.send(who, Method::GET, path, Value::Null).await.ok()?;
        Some(serde_json::from_str(&reply.text().await.ok()?).unwrap())
    }

    fn keep(&mut self, what: &'static str, who: usize, path: &str, text: impl Into<String>) {
        self.kept.insert(what, Kept { who, path: path.to_owned(), text: text.into() });
    }

    async fn run(&mut self) -> Option<()> {
        let (asker, n) = (self.asker, self.n);
        self.written(async |people: &mut People| people.redeem(asker).await).await?;
        self.keep("session", asker, "/api/v1/me", format!("\"number\":\"{asker}\""));
        self.write(asker, Method::PUT, "/api/v1/me/consents/keep-questions", Value::Null).await?;
        self.keep("consent", asker, "/api/v1/me/consents", "keep-questions");
        let (conversation, case) = self.an_answer().await?;
        self.a_post().await?;
        let support = json!({ "kind": "hardship", "words": format!("Nhà tốc mái lần {n}") });
        let made = self.write(asker, Method::POST, "/api/v1/support-requests", support).await?;
        let support = format!("/api/v1/support-requests/{}", made["id"]);
        self.keep("request", asker, &support, format!("Nhà tốc mái lần {n}"));
        let step = format!("buoc-{n}");
        let steps = json!({ "events": [{ "id": step, "course": "hop-dong-10-phut", "lesson": "02-thu-viec" }] });
        self.write(asker, Method::POST, "/api/v1/lessons/events", steps).await?;
        self.keep("lesson", asker, "/api/v1/me/export", step);
        self.at_the_desk(&conversation, &case, &support).await?;
        let role = format!("/api/v1/members/{asker}/roles/counsellor/A");
        self.write(ADMIN, Method::PUT, &role, Value::Null).await?;
        self.keep("role", ADMIN, &format!("/api/v1/members/{asker}"), "\"role\":\"counsellor\"");
        Some(())
    }

    /// An answer, shared, judged, handed over; its conversation and its case.
    async fn an_answer(&mut self) -> Option<(String, String)> {
        let asker = self.asker;
        let asked = self.write(asker, Method::POST, "/api/v1/chat", json!({ "question": ANSWERED })).await?;
        let conversation = format!("/api/v1/conversations/{}", asked["conversation_id"].as_str().unwrap());
        self.keep("answer", asker, &conversation, ANSWERED);
        let message = format!("{conversation}/messages/1");
        self.write(asker, Method::POST, &format!("{message}/share"), Value::Null).await?;
        self.keep("share", asker, &conversation, "\"shared_until\":\"");
        let verdict = json!({ "verdict": "wrong", "words": "Chưa đúng" });
        self.write(asker, Method::POST, &format!("{message}/verdict"), verdict).await?;
        self.keep("verdict", asker, &conversation, "\"verdict\":\"wrong\",\"verdict_words\":\"Chưa đúng\"");
        self.write(asker, Method::POST, &format!("{message}/review"), Value::Null).await?;
        self.keep("handed over", asker, &conversation, "\"handed_over\":true");
        let queue = self.read(COUNSELLOR, "/api/v1/reviews").await?;
        let newest = queue["reviews"].as_array().unwrap().iter().filter_map(|case| case["id"].as_i64()).max();
        Some((conversation, format!("/api/v1/reviews/{}", newest.unwrap())))
    }

    /// A post, let through, reacted to, commented on, kept.
    async fn a_post(&mut self) -> Option<()> {
        let text = format!("Chào cả nhà lần {}", self.n);
        let post = json!({ "text": text, "topic": "vui" });
        let made = self.write(self.asker, Method::POST, "/api/v1/posts", post).await?;
        let path = format!("/api/v1/posts/{}", made["id"]);
        self.keep("post", self.asker, &path, text);
        let cases = self.read(EDITOR, "/api/v1/reports").await?;
        let case = cases["reports"].as_array().unwrap().iter().find(|case| case["post"] == made["id"]).unwrap();
        let ruling = json!({ "ruling": "keep", "reason": "Bài hay" });
        self.write(EDITOR, Method::POST, &format!("/api/v1/reports/{}/decision", case["id"]), ruling).await?;
        self.keep("let through", COUNSELLOR, &path, "\"state\":\"shown\"");
        self.write(COUNSELLOR, Method::PUT, &format!("{path}/reaction"), json!({ "reaction": "fun" })).await?;
        self.keep("reaction", COUNSELLOR, &path, "\"reaction\":\"fun\"");
        let comments = format!("{path}/comments");
        self.write(COUNSELLOR, Method::POST, &comments, json!({ "text": format!("Ừ nhỉ {}", self.n) })).await?;
        self.keep("comment", self.asker, &comments, format!("Ừ nhỉ {}", self.n));
        self.write(COUNSELLOR, Method::PUT, &format!("{path}/saved"), Value::Null).await?;
        self.keep("kept post", COUNSELLOR, &path, "\"saved\":true");
        Some(())
    }

    /// What counsellors do: a case from hand to decision, a request from hand to refusal.
    async fn at_the_desk(&mut self, conversation: &str, case: &str, support: &str) -> Option<()> {
        let (asker, n) = (self.asker, self.n);
        self.write(COUNSELLOR, Method::POST, &format!("{case}/claim"), Value::Null).await?;
        self.keep("claim", COUNSELLOR, case, "\"claimed\":\"mine\"");
        let reply = json!({ "text": format!("Chờ tôi xem lại {n}") });
        self.write(COUNSELLOR, Method::POST, &format!("{case}/replies"), reply).await?;
        self.keep("reply", asker, conversation, format!("Chờ tôi xem lại {n}"));
        self.write(COUNSELLOR, Method::POST, &format!("{support}/take"), json!({})).await?;
        self.keep("request in hand", asker, support, "\"state\":\"taken\"");
        self.kept.remove("request in hand");
        let refusal = json!({ "words": format!("Đã nhận hỗ trợ {n}") });
        self.write(COUNSELLOR, Method::POST, &format!("{support}/refuse"), refusal).await?;
        self.keep("request refused", asker, support, format!("Đã nhận hỗ trợ {n}"));
        // Decided, it is in nobody's hand.
        self.kept.remove("claim");
        let question = format!("Báo trước bao lâu thì được nghỉ việc lần {n}?");
        let decision = json!({
            "verdict": "incomplete",
            "correction": "Hợp đồng có thời hạn phải báo trước ít nhất 30 ngày [1].",
            "precedent": { "question": question },
        });
        self.write(COUNSELLOR, Method::POST, &format!("{case}/decision"), decision).await?;
        self.keep("decision", asker, conversation, "\"verdict\":\"incomplete\"");
        self.keep("precedent", COUNSELLOR, "/api/v1/precedents", question);
        let notices = self.read(asker, "/api/v1/notices").await?;
        let told = notices["notices"].as_array().unwrap().iter().find(|notice| notice["kind"] == "review").unwrap();
        let read = format!("/api/v1/notices/{}/read", told["id"]);
        self.write(asker, Method::POST, &read, Value::Null).await?;
        let left = notices["unread"].as_u64().unwrap() - 1;
        self.keep("notice", asker, "/api/v1/notices", format!("\"unread\":{left}"));
        let back = json!({ "text": format!("Cảm ơn lần {n}") });
        self.write(asker, Method::POST, &format!("{conversation}/messages/1/replies"), back).await?;
        self.keep("written back", asker, conversation, format!("Cảm ơn lần {n}"));
        Some(())
    }
}

#[tokio::test]
async fn what_members_and_officers_were_told_survives_a_kill() {
    let kills = kills();
    let shell = Shell::new();
    shell.json(&["ingest", "--json"]);
    let mut server = Server::start(&shell);
    let mut people = People::of(&shell, &server, kills + 1).await;
    let mut acknowledged = 0;
    // The first round is let be: it says how many writes there are, and that all of them are noted.
    for n in 0..=kills {
        // Far apart, so that a few kills are not all at the beginning.
        let kill = (0 < n).then_some((server.pid(), (n * 8) % WRITES));
        let asker = FIRST_ASKER + n;
        let mut round = Round { people: &mut people, n, asker, sent: 0, kill, stop: WRITES, kept: BTreeMap::new() };
        let is_whole = round.run().await.is_some();
        let (sent, kept) = (round.sent, round.kept);
        assert!(n != 0 || (is_whole && sent == WRITES && kept.len() == WRITES - 1), "{sent} {}", kept.len());
        drop(server);
        server = Server::start(&shell);
        people.base.clone_from(&server.base);
        let lost = people.lost(&kept).await;
        assert!(lost.is_empty(), "kill {n} at write {sent}:\n{}", lost.join("\n"));
        acknowledged += kept.len();
    }
    assert!(WRITES + kills * 2 <= acknowledged, "only {acknowledged} writes were acknowledged");
}

#[tokio::test]
async fn on_a_full_disk_every_write_is_refused_in_words_and_reads_go_on() {
    let shell = Shell::new();
    shell.json(&["ingest", "--json"]);
    let server = Server::start(&shell);
    let mut people = People::of(&shell, &server, 2).await;
    let mut kept = Vec::new();
    // A case that waits, and one in hand.
    for (n, stop) in [BEFORE_CLAIM, BEFORE_CLAIM + 1].into_iter().enumerate() {
        let asker = FIRST_ASKER + n;
        let mut round = Round { people: &mut people, n, asker, sent: 0, kill: None, stop, kept: BTreeMap::new() };
        assert!(round.run().await.is_none() && round.sent == stop);
        kept.push(round.kept);
    }
    drop(server);
    let data = shell.folder.path().join("data");
    let kib = |name: &str| std::fs::metadata(data.join(name)).map_or(0, |file| file.len() / 1024);
    let server = Server::start_within(&shell, kib("congdoan.db").max(kib("congdoan.db-wal")) + ROOM_KIB);
    people.base.clone_from(&server.base);
    fill(&people).await;
    let mut done = Vec::new();
    for (who, method, path, load) in writes_of(&people).await {
        if refused(&people, who, method.clone(), &path, load).await.is_none() {
            done.push(format!("{method} {path}"));
        }
    }
    assert!(done.len() <= SLIPPED_MAX, "done on a full disk: {done:?}");
    for kept in &kept {
        assert_eq!(people.lost(kept).await, Vec::<String>::new(), "reads go on");
    }
    assert_eq!(people.send(FIRST_ASKER, Method::GET, "/bang-tin", Value::Null).await.unwrap().status(), 200);
    let question = json!({ "question": ANSWERED });
    let asked = people.send(FIRST_ASKER, Method::POST, "/api/v1/chat", question).await.unwrap();
    assert_eq!(asked.status(), 200, "an answer that cannot be kept is given all the same");
    drop(server);
    let server = Server::start(&shell);
    people.base.clone_from(&server.base);
    for (who, method, path, load) in writes_of(&people).await {
        let reply = people.send(who, method.clone(), &path, load).await.unwrap();
        assert!(reply.status().is_success(), "{method} {path} with room again: {}", reply.status());
    }
}

/// The smallest writes, until none of them fits.
async fn fill(people: &People) {
    let consent = |n: usize| ([Method::PUT, Method::DELETE][n % 2].clone(), "consents/review", Value::Null);
    let hours = |n: usize| (Method::PUT, "quiet-hours", json!({ "from": "22:00", "to": format!("0{}:00", 5 + n % 2) }));
    for write in [&consent as &dyn Fn(usize) -> (Method, &'static str, Value), &hours] {
        let mut filled = 0;
        loop {
            let (method, end, load) = write(filled);
            if refused(people, FIRST_ASKER, method, &format!("/api/v1/me/{end}"), load).await.is_some() {
                break;
            }
            filled += 1;
            assert!(filled < FILLING_MAX, "the disk does not fill");
        }
    }
}

/// A write, and the code of its refusal for want of room; `None` where it was done.
async fn refused(people: &People, who: usize, method: Method, path: &str, load: Value) -> Option<String> {
    let reply = people.send(who, method, path, load).await.unwrap();
    let (status, text) = (reply.status(), reply.text().await.unwrap());
    if status.is_success() {
        return None;
    }
    let code = serde_json::from_str::<Value>(&text).unwrap()["code"].as_str().unwrap_or_default().to_owned();
    assert!([507, 503].contains(&status.as_u16()), "{path}: {status} {text}");
    Some(code)
}

/// A write of each kind, on what two rounds have left: the case of the first waits, that of the
/// second is in hand.
async fn writes_of(people: &People) -> Vec<(usize, Method, String, Value)> {
    let value = async |who: usize, path: &str| serde_json::from_str::<Value>(&people.text(who, path).await).unwrap();
    let cases = value(COUNSELLOR, "/api/v1/reviews").await;
    let case = |claimed: Value| {
        let found = cases["reviews"].as_array().unwrap().iter().find(|case| case["claimed"] == claimed);
        format!("/api/v1/reviews/{}", found.unwrap()["id"])
    };
    let (waiting, held) = (case(Value::Null), case(json!("mine")));
    let conversations = value(FIRST_ASKER, "/api/v1/conversations").await;
    let conversation = conversations["conversations"][0]["id"].as_str().unwrap();
    let message = format!("/api/v1/conversations/{conversation}/messages/1");
    let requests = value(FIRST_ASKER, "/api/v1/support-requests").await;
    let request = format!("/api/v1/support-requests/{}", requests["requests"][0]["id"]);
    let posts = value(COUNSELLOR, "/api/v1/posts").await;
    let post = format!("/api/v1/posts/{}", posts["posts"][0]["id"]);
    let decision = json!({
        "verdict": "incomplete",
        "correction": "Hợp đồng có thời hạn phải báo trước ít nhất 30 ngày [1].",
        "precedent": { "question": "Báo trước bao lâu thì được nghỉ việc?" },
    });
    let step = json!({ "events": [{ "id": "sau", "course": "hop-dong-10-phut", "lesson": "02-thu-viec" }] });
    let support = json!({ "kind": "other", "words": "Xe hỏng" });
    let (post_, put) = (Method::POST, Method::PUT);
    let list = [
        (COUNSELLOR, &post_, format!("{waiting}/claim"), Value::Null),
        (COUNSELLOR, &post_, format!("{held}/replies"), json!({ "text": "Chờ tôi" })),
        (COUNSELLOR, &post_, format!("{held}/decision"), decision),
        (FIRST_ASKER, &post_, format!("{message}/verdict"), json!({ "verdict": "wrong", "words": "Chưa đúng" })),
        (FIRST_ASKER, &post_, format!("{message}/review"), Value::Null),
        (FIRST_ASKER, &post_, format!("{message}/replies"), json!({ "text": "Cảm ơn" })),
        (FIRST_ASKER, &post_, format!("{message}/share"), Value::Null),
        (FIRST_ASKER, &post_, "/api/v1/notices/read".to_owned(), Value::Null),
        (FIRST_ASKER, &put, "/api/v1/me/quiet-hours".to_owned(), json!({ "from": "21:00", "to": "06:00" })),
        (FIRST_ASKER, &post_, "/api/v1/posts".to_owned(), json!({ "text": "Chào", "topic": "vui" })),
        (EDITOR, &put, format!("{post}/reaction"), json!({ "reaction": "care" })),
        (EDITOR, &put, format!("{post}/saved"), Value::Null),
        (EDITOR, &post_, format!("{post}/comments"), json!({ "text": "Ừ" })),
        (FIRST_ASKER, &post_, "/api/v1/support-requests".to_owned(), support),
        (COUNSELLOR, &post_, format!("{request}/take"), json!({})),
        (FIRST_ASKER, &post_, "/api/v1/lessons/events".to_owned(), step),
        (ADMIN, &put, format!("/api/v1/members/{FIRST_ASKER}/roles/editor/A"), Value::Null),
    ];
    list.into_iter().map(|(who, method, path, load)| (who, method.clone(), path, load)).collect()
}
