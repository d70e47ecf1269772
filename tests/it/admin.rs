/*! The admin API: who may, uploads, builds, comparisons, activations. */

use congdoan::http;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ADMIN_TOKEN, Reply, TestServer, admin_app, quoting_app};

const TOKEN: Option<&str> = Some(ADMIN_TOKEN);

/// Every admin route with a way to call it.
const ROUTES: [(&str, &str); 9] = [
    ("GET", "uploads"),
    ("DELETE", "uploads/{name}"),
    ("POST", "builds"),
    ("GET", "builds/{id}"),
    ("GET", "builds/{id}/events"),
    ("GET", "generations"),
    ("POST", "generations/{id}/activate"),
    ("POST", "rollback"),
    ("GET", "diff"),
];

async fn call(server: &TestServer, method: &str, path: &str, token: Option<&str>) -> Reply {
    server.admin(method.parse().unwrap(), path, token, b"{}".to_vec()).await
}

/// Runs a build to its end and gives its last state.
async fn build(server: &TestServer, wish: Value) -> Value {
    let started = server.admin(Method::POST, "builds", TOKEN, wish.to_string().into_bytes()).await;
    assert_eq!(started.status, 202, "{}", started.text);
    let id = started.value()["id"].as_str().unwrap().to_owned();
    let events = server.admin(Method::GET, &format!("builds/{id}/events"), TOKEN, Vec::new()).await.events();
    let (_, name, last) = events.last().unwrap().clone();
    assert!(events[..events.len() - 1].iter().all(|(_, name, _)| name == "progress"));
    assert_eq!(name, last["state"]);
    assert_eq!(server.admin(Method::GET, &format!("builds/{id}"), TOKEN, Vec::new()).await.value(), last);
    last
}

async fn upload(server: &TestServer, name: &str, content: &str) -> Reply {
    let path = format!("uploads?name={}", crate::support::encode(name));
    server.admin(Method::POST, &path, TOKEN, content.as_bytes().to_vec()).await
}

#[tokio::test]
async fn every_admin_route_wants_the_token() {
    let listed: Vec<String> = http::route_table()
        .into_iter()
        .filter_map(|(methods, path)| {
            let path = path.strip_prefix("/api/v1/admin/corpus/")?;
            Some(format!("{} {path}", methods.split(',').next().unwrap()))
        })
        .collect();
    let tested: Vec<String> = ROUTES.iter().map(|(method, path)| format!("{method} {path}")).collect();
    assert_eq!(listed, tested, "a new route needs its place here");
    let without = TestServer::start(quoting_app().await).await;
    let (app, _) = admin_app().await;
    let with = TestServer::start(app).await;
    for (method, path) in ROUTES {
        let switched_off = call(&without, method, path, TOKEN).await;
        assert_eq!(switched_off.problem(), "404 not_found", "{method} {path}");
        for token in [None, Some("wrong"), Some(""), Some("a-token-for-tests-onl"), Some("a-token-for-tests-only-")] {
            let refused = call(&with, method, path, token).await;
            assert_eq!(refused.problem(), "401 unauthenticated", "{method} {path} {token:?}");
            assert_eq!(refused.header("www-authenticate"), "Bearer");
        }
    }
    assert_eq!(call(&with, "GET", "generations", TOKEN).await.status, 200);
}

/// The parts of a form: name of the file, if it is one, and content.
async fn upload_form(server: &TestServer, parts: &[(Option<&str>, &str)]) -> Reply {
    let mut body = String::new();
    for (name, content) in parts {
        let file = name.map(|name| format!("; filename=\"{name}\"")).unwrap_or_default();
        body.push_str(&format!("--ranh\r\nContent-Disposition: form-data; name=\"f\"{file}\r\n\r\n{content}\r\n"));
    }
    body.push_str("--ranh--\r\n");
    let address = format!("http://{}/api/v1/admin/corpus/uploads", server.address());
    let request = server.client().post(address).bearer_auth(TOKEN.unwrap());
    let request = request.header("content-type", "multipart/form-data; boundary=ranh").body(body);
    Reply::read(request.send().await.unwrap()).await
}

#[tokio::test]
async fn a_form_brings_several_files_or_none() {
    let (app, _) = admin_app().await;
    let server = TestServer::start(app.clone()).await;
    let text = "Luật số: 2/2021/QH99\nĐiều 1. Chợ\nChợ họp sớm.\n";
    let taken = upload_form(&server, &[(Some("một.txt"), text), (None, "ghi chú"), (Some("hai.md"), text)]).await;
    assert_eq!(taken.status, 201, "{}", taken.text);
    let names: Vec<_> = taken.value()["files"].as_array().unwrap().iter().map(|file| file["name"].clone()).collect();
    assert_eq!(names, ["một.txt", "hai.md"]);
    let uploads = congdoan::index::raw::RawStore::new(&app.config().paths.data).uploads();
    let count = || std::fs::read_dir(&uploads).map_or(0, Iterator::count);
    let before = count();
    assert!(2 <= before, "{}", uploads.display());
    for parts in [
        vec![(Some("ba.txt"), text), (Some("../xa.txt"), text)],
        vec![(Some("ba.txt"), text), (Some("trống.txt"), "")],
        vec![(Some("ba.txt"), text), (Some("chương trình.exe"), "x")],
        vec![(None, "không có tệp")],
    ] {
        let refused = upload_form(&server, &parts).await;
        assert!((400..500).contains(&refused.status), "{} {parts:?}", refused.status);
        assert_eq!(count(), before, "{parts:?}");
    }
    let long = "a".repeat(app.config().limits.upload_bytes_max + 1);
    assert_eq!(upload_form(&server, &[(Some("dài.txt"), &long)]).await.problem(), "413 body_too_large body");
}

#[tokio::test]
async fn an_upload_is_built_looked_at_and_activated() {
    let (app, _) = admin_app().await;
    let server = TestServer::start(app.clone()).await;
    let before = app.corpus_release().unwrap();
    let text = "# Luật Tưởng tượng 2021\n\nLuật số: 2/2021/QH99\n\n## Điều 1. Trợ cấp đường xa\n\nNgười ở xa được trợ cấp 7 đồng vàng.\n";
    let taken = upload(&server, "luật mới.md", text).await;
    assert_eq!((taken.status, &taken.value()["new"]), (201, &true.into()), "{}", taken.text);
    assert_eq!(upload(&server, "luật mới.md", text).await.value()["new"], false);
    let built = build(&server, json!({})).await;
    let id = built["outcome"]["generation"].as_str().unwrap().to_owned();
    assert_eq!((&built["state"], &built["outcome"]["active"]), (&"done".into(), &false.into()), "{built}");
    assert_eq!(app.corpus_release().unwrap(), before, "looked at first");
    let diff = server.admin(Method::GET, &format!("diff?to={id}"), TOKEN, Vec::new()).await.value();
    assert_eq!((&diff["from"], &diff["to"]), (&before.clone().into(), &id.clone().into()));
    assert_eq!(diff["added"], json!(["2-2021-qh99/dieu-1"]));
    assert_eq!(diff["documents"]["added"][0]["law_id"], "2/2021/QH99");
    assert_eq!(
        (&diff["changed"], &diff["removed"], &diff["needs_confirmation"]),
        (&json!([]), &json!([]), &false.into())
    );
    assert!(diff["quality"]["after"]["questions"].as_u64().unwrap() > 0);
    let activated = server.admin(Method::POST, &format!("generations/{id}/activate"), TOKEN, Vec::new()).await;
    assert_eq!(activated.status, 200, "{}", activated.text);
    let hit = server.json(&format!("/api/v1/search?q={}", crate::support::encode("trợ cấp đường xa"))).await.value();
    assert_eq!(hit["hits"][0]["id"], "2-2021-qh99/dieu-1");
    let list = server.admin(Method::GET, "generations", TOKEN, Vec::new()).await.value();
    let active: Vec<&Value> = list["generations"].as_array().unwrap().iter().filter(|g| g["active"] == true).collect();
    assert_eq!((active.len(), &active[0]["id"], &active[0]["pinned"]), (1, &id.into(), &true.into()));
}

#[tokio::test]
async fn a_changed_word_and_a_golden_question_that_moves_are_shown() {
    let (mut app, folder) = admin_app().await;
    let mut config = app.config().clone();
    let golden = folder.join("../golden.jsonl");
    let line =
        json!({"id": "q1", "question": "nghỉ việc báo trước", "gold": [{"law_id": "1/2020/QH99", "article_id": "2"}]});
    std::fs::write(&golden, line.to_string()).unwrap();
    config.paths.golden = Some(golden);
    drop(std::mem::replace(&mut app, congdoan::app::App::open_on(config, None).unwrap()));
    let server = TestServer::start(app).await;
    let law = folder.join("luat.md");
    let text = std::fs::read_to_string(&law).unwrap();
    let text = text
        .replace("Ít nhất 30 ngày", "Ít nhất 40 ngày làm việc")
        .replace("## Điều 3. Nghỉ hằng năm", "## Điều 3. Báo trước khi nghỉ việc, nghỉ việc");
    std::fs::write(&law, text).unwrap();
    build(&server, json!({})).await;
    let diff = server.admin(Method::GET, "diff", TOKEN, Vec::new()).await.value();
    assert_eq!(diff["counts"]["changed"], 2);
    let words = |change: &Value| -> Vec<String> {
        let runs = change["words"].as_array().unwrap();
        runs.iter()
            .filter(|run| run["op"] != "same" && run["op"] != "skipped")
            .map(|run| format!("{} {}", run["op"].as_str().unwrap(), run["text"].as_str().unwrap()))
            .collect()
    };
    assert_eq!(diff["changed"][0]["id"], "1-2020-qh99/dieu-2");
    assert_eq!(words(&diff["changed"][0]), ["removed 30", "added 40", "added làm việc"]);
    let quality = &diff["quality"];
    assert_eq!(quality["before"]["mrr_at_10"], 1.0);
    if quality["after"]["mrr_at_10"] != 1.0 {
        assert_eq!((&quality["moved"][0]["id"], &quality["moved"][0]["rank_before"]), (&"q1".into(), &1.into()));
    }
}

#[tokio::test]
async fn a_removal_is_confirmed_or_does_not_happen() {
    let (app, folder) = admin_app().await;
    let server = TestServer::start(app.clone()).await;
    let before = app.corpus_release().unwrap();
    let law = folder.join("luat.md");
    let text = std::fs::read_to_string(&law).unwrap();
    std::fs::write(&law, text.split("## Điều 3").next().unwrap()).unwrap();
    let built = build(&server, json!({"activate": true})).await;
    assert_eq!(built["outcome"]["active"], false);
    assert!(built["outcome"]["held_back"].as_str().unwrap().contains("confirm_removal"), "{built}");
    assert_eq!(app.corpus_release().unwrap(), before);
    let id = built["outcome"]["generation"].as_str().unwrap();
    let diff = server.admin(Method::GET, "diff", TOKEN, Vec::new()).await.value();
    assert_eq!(diff["removed"], json!(["1-2020-qh99/dieu-3", "1-2020-qh99/dieu-4"]));
    assert_eq!(diff["needs_confirmation"], true);
    let path = format!("generations/{id}/activate");
    assert_eq!(server.admin(Method::POST, &path, TOKEN, Vec::new()).await.problem(), "409 conflict");
    let confirmed = json!({"confirm_removal": true}).to_string().into_bytes();
    assert_eq!(server.admin(Method::POST, &path, TOKEN, confirmed).await.status, 200);
    assert_eq!(app.corpus_release().unwrap(), id);
    let back = server.admin(Method::POST, &format!("generations/{before}/activate"), TOKEN, Vec::new()).await;
    assert_eq!(back.status, 200, "going back to what served before needs no confirmation: {}", back.text);
}

#[tokio::test]
async fn bad_requests_name_what_is_wrong() {
    let (mut app, _) = admin_app().await;
    let mut config = app.config().clone();
    config.limits.upload_bytes_max = 100;
    drop(std::mem::replace(&mut app, congdoan::app::App::open_on(config, None).unwrap()));
    let server = TestServer::start(app.clone()).await;
    for name in ["", "../x.md", "x.exe", "sources.toml", "..", "a/b.md", "a\u{0}.md"] {
        assert_eq!(upload(&server, name, "x").await.problem(), "422 invalid name", "{name:?}");
    }
    assert_eq!(upload(&server, "a.md", "").await.problem(), "422 invalid body");
    assert_eq!(upload(&server, "a.md", &"x".repeat(101)).await.problem(), "413 body_too_large body");
    let post = |path: &'static str, body: &'static str| server.admin(Method::POST, path, TOKEN, body.into());
    assert_eq!(post("builds", "[]").await.problem(), "400 invalid_body body");
    assert_eq!(post("builds", "{\"activate\": 1}").await.problem(), "422 invalid activate");
    assert_eq!(post("generations/nothing/activate", "").await.problem(), "404 not_found");
    assert_eq!(post("generations/.building-x/activate", "").await.problem(), "404 not_found");
    assert_eq!(server.admin(Method::GET, "builds/nothing", TOKEN, Vec::new()).await.problem(), "404 not_found");
    assert_eq!(server.admin(Method::GET, "diff?to=nothing", TOKEN, Vec::new()).await.problem(), "404 not_found");
}

#[tokio::test]
async fn a_second_build_is_refused_and_a_failed_one_says_why() {
    let (app, folder) = admin_app().await;
    let server = TestServer::start(app.clone()).await;
    let lock = app.store().lock_for_building().unwrap();
    assert_eq!(server.admin(Method::POST, "builds", TOKEN, Vec::new()).await.problem(), "409 conflict");
    drop(lock);
    std::fs::remove_file(folder.join("luat.md")).unwrap();
    let failed = build(&server, json!({})).await;
    assert_eq!(failed["state"], "failed");
    assert!(failed["error"].as_str().unwrap().contains("no article"), "{failed}");
    assert!(app.corpus_release().is_some());
}
