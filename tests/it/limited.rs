//! Texts limited to a unit: found by its people and by officers over it, and by nobody else,
//! whatever way they are asked for.

use std::{fs, path::Path};

use congdoan::{
    accounts::{ClientFacts, Role, Visitor},
    app::App,
    law::Audience,
};
use jiff::civil::date;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    people::{Load, PASSWORD, Person, with_people},
    shell::Shell,
    support::{TestServer, app_over, encode},
};

/// Asked of law and agreement alike.
const NOTICE: &str = "Nghỉ việc phải báo trước bao nhiêu ngày?";
const BONUS: &str = "Thưởng cuối mùa bến Lá là bao nhiêu ngày công?";
const ID_A1: &str = "thoa-uoc-ben-song-2024-a1";
const ID_B: &str = "thoa-uoc-ben-song-2024-b";

fn agreement(days: u32) -> String {
    format!(
        "# Thỏa ước bến sông 2024\n\nThỏa ước bịa ra để thử chương trình.\n\n## Điều 1. Báo trước khi nghỉ việc\n\n\
         1. Người đi làm ở bến Lá muốn nghỉ việc phải báo trước cho nơi thuê ít nhất {days} ngày, theo Điều 2 Luật \
         Thử nghiệm số 1/2020/QH99.\n2. Người đi làm ở bến Lá có con nhỏ không cần báo trước.\n\n\
         ## Điều 2. Thưởng cuối mùa bến Lá\n\nNgười đi làm ở bến Lá được thưởng cuối mùa {days} ngày công.\n"
    )
}

/// The invented law, and an agreement of A1 and one of B of the same name.
fn corpus(folder: &Path) {
    let law = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/luat-thu-nghiem-2020.md");
    fs::copy(law, folder.join("luat.md")).unwrap();
    for (unit, days) in [("A1", 71), ("B", 86)] {
        fs::write(folder.join(format!("{unit}.md")), agreement(days)).unwrap();
        let sidecar = format!("kind = 'agreement'\nunit = '{unit}'\neffective_from = 2024-01-01\n");
        fs::write(folder.join(format!("{unit}.toml")), sidecar).unwrap();
    }
}

fn app() -> App {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap().keep();
    corpus(&folder);
    app_over(&folder)
}

async fn server() -> (TestServer, App) {
    let (app, codes) = with_people(app()).await;
    let accounts = app.accounts().unwrap();
    let client = ClientFacts { address: "192.0.2.8".to_owned(), device: "thử".to_owned() };
    let code = codes.iter().find(|code| code.number == "8").unwrap().code.shown();
    accounts.redeem(&code, PASSWORD, &client, app.now()).await.unwrap();
    // A counsellor of B alone, who belongs to B.
    let admin = accounts.sign_in("9", PASSWORD, &client, app.now()).await.unwrap();
    let Visitor::Member(admin) = accounts.visitor(&admin.token, app.now()).await.unwrap() else { panic!() };
    accounts.give_role(&admin, "8", Role::Counsellor, "B", app.now()).await.unwrap();
    drop(accounts);
    (TestServer::start(app.clone()).await, app)
}

async fn ask(person: &Person<'_>, question: &str) -> Value {
    let load = json!({ "question": question, "generate": false }).to_string();
    let reply = person.send(Method::POST, "/api/v1/chat", Load::Json(load)).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.value()
}

/// All that a visitor can get at without knowing an id.
async fn everything(person: &Person<'_>) -> String {
    let mut seen = String::new();
    for path in [
        "/".to_owned(),
        "/luat".to_owned(),
        "/luat/1-2020-qh99".to_owned(),
        "/luat/1-2020-qh99/dieu-2".to_owned(),
        "/may-tinh/severance".to_owned(),
        format!("/hoi?cau={}&may=0", encode(BONUS)),
        format!("/hoi?cau={}&may=0", encode(NOTICE)),
        format!("/hoi?cau={}&may=0", encode("Điều 2 Thỏa ước bến sông 2024 quy định gì?")),
        format!("/api/v1/search?q={}&limit=50&explain=1", encode("thưởng cuối mùa")),
        format!("/api/v1/search?q={}&limit=50&passages=1", encode("Điều 1 Thỏa ước bến sông")),
    ] {
        let reply = person.get(&path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        seen += &reply.text.replace(&encode(BONUS), "");
    }
    for question in [BONUS, NOTICE, "Bến Lá là gì?", "thuong cuoi mua"] {
        let answer = ask(person, question).await;
        // What was asked comes back to who asked it.
        seen += &answer.to_string().replace(question, "");
        let load = json!({"model": "congdoan", "messages": [{"role": "user", "content": question}]}).to_string();
        let reply = person.send(Method::POST, "/v1/chat/completions", Load::Json(load)).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        seen += &reply.text.replace(question, "");
    }
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agreement_is_there_for_its_unit_and_officers_over_it_alone() {
    let (server, _app) = server().await;
    let (of_a1, of_b) = (Person::sign_in(&server, "1").await, Person::sign_in(&server, "8").await);
    let (over_a, over_all) = (Person::sign_in(&server, "5").await, Person::sign_in(&server, "9").await);
    let nobody = Person::anonymous(&server);
    for (who, person, sees_a1, sees_b) in [
        ("anonymous", &nobody, false, false),
        ("a member of A1", &of_a1, true, false),
        ("a member of B", &of_b, false, true),
        ("the admin over A", &over_a, true, false),
        ("the admin over all", &over_all, true, true),
    ] {
        let seen = everything(person).await;
        assert_eq!(seen.contains("71 ngày"), sees_a1, "{who}, A1's");
        assert_eq!(seen.contains("86 ngày"), sees_b, "{who}, B's");
        assert_eq!(seen.contains(ID_A1) || seen.contains("A1</"), sees_a1, "{who}");
        assert_eq!(seen.contains(ID_B), sees_b, "{who}");
        if !sees_a1 && !sees_b {
            assert!(!seen.contains("ước bến sông 2024</"), "{who}: not even that there is one");
        }
        for (id, sees) in [(ID_A1, sees_a1), (ID_B, sees_b)] {
            for path in [format!("/luat/{id}"), format!("/luat/{id}/dieu-2"), format!("/luat/{id}/dieu-1/khoan-1")] {
                assert_eq!(person.get(&path).await.status, if sees { 200 } else { 404 }, "{who} {path}");
                let request = person.request(Method::GET, &path, Load::Nothing).header("accept", "application/json");
                let reply = request.send().await.unwrap();
                assert_eq!(reply.status() == 200, sees, "{who} {path} as JSON");
                let cached = reply.headers()["cache-control"].to_str().unwrap().to_owned();
                assert!(cached.contains("private") || cached == "no-store", "{who} {path}: {cached}");
            }
        }
        let related = person.get("/luat/1-2020-qh99/dieu-2").await.text;
        assert_eq!(related.contains("thoa-uoc-ben-song"), sees_a1 || sees_b, "{who}: what refers to the law");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_law_stands_first_and_the_units_own_rule_beside_it() {
    let (server, _app) = server().await;
    let member = Person::sign_in(&server, "1").await;
    let answer = ask(&member, NOTICE).await;
    let text = answer["answer"].as_str().unwrap();
    let (law, own) = (text.find("Luật tối thiểu"), text.find("Thỏa ước của đơn vị bạn"));
    assert!(law.is_some() && law < own, "{text}");
    assert_eq!(answer["citations"][0]["law_id"], "1/2020/QH99", "{answer}");
    assert!(text.contains("71 ngày") && !text.contains("86 ngày"), "{text}");
    let officer = ask(&Person::sign_in(&server, "5").await, NOTICE).await;
    assert!(officer["answer"].as_str().unwrap().contains("Thỏa ước của đơn vị"), "{officer}");
    let other = ask(&Person::anonymous(&server), NOTICE).await;
    assert!(!other["answer"].as_str().unwrap().contains("tối thiểu"), "nothing stands beside it: {other}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shared_answer_is_opened_by_whom_its_quotes_are_for() {
    let (server, _app) = server().await;
    let (of_a1, of_b) = (Person::sign_in(&server, "1").await, Person::sign_in(&server, "8").await);
    of_a1.send(Method::PUT, "/api/v1/me/consents/keep-questions", Load::Nothing).await;
    let mut links = Vec::new();
    for question in [BONUS, "Nghỉ hằng năm được bao nhiêu ngày?"] {
        let id = ask(&of_a1, question).await["conversation_id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/conversations/{id}/messages/1/share");
        let shared = of_a1.send(Method::POST, &path, Load::Nothing).await.value();
        let url = shared["url"].as_str().unwrap();
        links.push(url[url.find("/chia-se/").unwrap()..].to_owned());
    }
    let nobody = Person::anonymous(&server);
    let colleague = Person::sign_in(&server, "3").await;
    assert!(colleague.get(&links[0]).await.text.contains("71 ngày"));
    for person in [&nobody, &of_b] {
        let refused = person.get(&links[0]).await;
        assert!(refused.status == 404 && !refused.text.contains("71 ngày"), "{}", refused.text);
        assert_eq!(person.get(&links[1]).await.status, 200, "what rests on the law is for everybody");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_precedent_on_an_agreement_is_its_units_alone() {
    let (server, _app) = server().await;
    let (of_a1, of_b) = (Person::sign_in(&server, "1").await, Person::sign_in(&server, "8").await);
    let counsellor = Person::sign_in(&server, "2").await;
    for purpose in ["keep-questions", "review"] {
        of_a1.send(Method::PUT, &format!("/api/v1/me/consents/{purpose}"), Load::Nothing).await;
    }
    let id = ask(&of_a1, BONUS).await["conversation_id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/conversations/{id}/messages/1/verdict");
    of_a1.send(Method::POST, &path, Load::Json(json!({"verdict": "wrong"}).to_string())).await;
    let case = counsellor.get("/api/v1/reviews").await.value()["reviews"][0]["id"].as_i64().unwrap();
    counsellor.send(Method::POST, &format!("/api/v1/reviews/{case}/claim"), Load::Json("{}".to_owned())).await;
    let decision = |sources: Value| {
        let precedent = json!({"question": BONUS, "sources": sources});
        let correction = "Người đi làm ở bến Lá được thưởng cuối mùa 71 ngày công [1].";
        Load::Json(json!({"verdict": "incomplete", "correction": correction, "precedent": precedent}).to_string())
    };
    let path = format!("/api/v1/reviews/{case}/decision");
    let refused = counsellor.send(Method::POST, &path, decision(json!([format!("{ID_B}/dieu-2")]))).await;
    assert_eq!(refused.status, 422, "another unit's text cannot be drawn in: {}", refused.text);
    assert!(!refused.text.contains("86 ngày"), "{}", refused.text);
    let decided = counsellor.send(Method::POST, &path, decision(json!([]))).await;
    assert_eq!(decided.status, 200, "{}", decided.text);

    assert_ne!(ask(&of_a1, BONUS).await["precedent"], Value::Null, "it serves its unit");
    for person in [&of_b, &Person::anonymous(&server)] {
        let answer = ask(person, BONUS).await;
        assert!(answer["precedent"].is_null() && !answer.to_string().contains("71 ngày"), "{answer}");
    }
    let number = counsellor.get("/api/v1/precedents").await.value()["precedents"][0]["id"].as_i64().unwrap();
    let listed = of_b.get("/api/v1/precedents").await;
    assert!(listed.status == 200 && !listed.text.contains("71 ngày"), "{}", listed.text);
    assert_eq!(of_b.get(&format!("/api/v1/precedents/{number}")).await.status, 404);
    assert_eq!(of_b.send(Method::DELETE, &format!("/api/v1/precedents/{number}"), Load::Nothing).await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_shows_what_everybody_sees() {
    let (server, _app) = server().await;
    let editor = Person::sign_in(&server, "3").await;
    let post = |id: &str| {
        let load = json!({"text": "Xem điều này", "topic": "vui", "audience": "A1", "card": {"provision": id}});
        Load::Json(load.to_string())
    };
    let refused = editor.send(Method::POST, "/api/v1/posts", post(&format!("{ID_A1}/dieu-2"))).await;
    assert_eq!(refused.problem(), "422 invalid card");
}

#[test]
fn the_command_line_names_a_unit() {
    let shell = Shell::new();
    let folder = shell.folder.path().join("texts");
    fs::create_dir(&folder).unwrap();
    corpus(&folder);
    shell.json(&["ingest", "--corpus", folder.to_str().unwrap(), "--json"]);
    let found = |words: &[&str]| shell.json(words).to_string();
    for command in ["search", "ask"] {
        let public = found(&[command, BONUS, "--json"]).replace(BONUS, "");
        assert!(!public.contains("ngày công"), "{public}");
        let own = found(&[command, BONUS, "--unit", "A1", "--json"]);
        assert!(own.contains("71 ngày") && !own.contains("86 ngày"), "{own}");
    }
}

#[tokio::test]
async fn who_keeps_the_corpus_sees_all_and_versions_stay_with_their_text() {
    let app = app();
    let day = date(2026, 1, 1);
    let ids = async |audience: &Audience| -> Vec<String> {
        app.coverage(day, audience).await.unwrap().documents.into_iter().map(|d| d.id).collect()
    };
    assert_eq!(ids(&Audience::Keeper).await.len(), 3);
    assert_eq!(ids(&Audience::Public).await, ["1-2020-qh99"]);
    assert_eq!(ids(&Audience::of_units(["B"])).await, [ID_B, "1-2020-qh99"]);
}
