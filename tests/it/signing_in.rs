//! Signing in over HTTP: pages without a script, cookies, who may ask, keys of programs.

use congdoan::{app::App, config::Config};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    people::{Load, PASSWORD, Person, people_server, with_people},
    support::{ANSWERED, TestServer, empty_app, encode, quoting_app},
};

/// The app over the same folder with other settings.
async fn with_settings(change: impl FnOnce(&mut Config)) -> App {
    let (app, _codes) = with_people(empty_app().await).await;
    let mut config = app.config().clone();
    change(&mut config);
    app.close_store().await;
    let app = App::open_on(config, None).unwrap();
    app.open_store().await.unwrap();
    app
}

fn encoded(fields: &[(&str, &str)]) -> String {
    fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect::<Vec<_>>().join("&")
}

#[tokio::test]
async fn a_member_uses_a_code_signs_out_and_in_again_with_forms_alone() {
    let (server, _app, codes) = people_server().await;
    let code = codes.iter().find(|code| code.number == "7").unwrap().code.shown();
    let mut person = Person::anonymous(&server);
    assert!(person.get("/kich-hoat").await.text.contains("action=\"/kich-hoat\""));
    let unlike = encoded(&[("ma", &code), ("mat_khau", PASSWORD), ("mat_khau_2", "khác")]);
    let refused = person.submit("/kich-hoat", &unlike).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("không giống nhau") && refused.text.contains(&code), "{}", refused.text);
    let fields = encoded(&[("ma", &code.to_lowercase()), ("mat_khau", PASSWORD), ("mat_khau_2", PASSWORD)]);
    let opened = person.submit("/kich-hoat", &fields).await;
    assert_eq!((opened.status, opened.header("location")), (303, "/tai-khoan"));
    person.keep_cookie(&opened);
    let account = person.get("/tai-khoan").await;
    assert_eq!((account.status, account.header("cache-control")), (200, "private, no-store"));
    assert!(account.text.contains("Hồ Giang") && account.text.contains("thiết bị này"));
    let token = account.text.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    person.form_token = token.to_owned();
    let out = person.submit("/dang-xuat", "x=1").await;
    assert_eq!((out.status, out.header("location")), (303, "/"));
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(out.header("clear-site-data"), "\"cache\"", "who comes after on this device sees nothing of it");
    let account = person.get("/tai-khoan").await;
    assert_eq!((account.status, account.header("location")), (303, "/dang-nhap?tiep=%2Ftai-khoan"));

    let again = Person::anonymous(&server);
    assert_eq!(again.submit("/kich-hoat", &fields).await.status, 422, "a code opens once");
    let wrong = again.submit("/dang-nhap", &encoded(&[("ten", "7"), ("mat_khau", "sai")])).await;
    assert_eq!(wrong.status, 401);
    assert!(wrong.text.contains("không đúng") && wrong.text.contains("value=\"7\""), "{}", wrong.text);
    let fields = encoded(&[("ten", "7"), ("mat_khau", PASSWORD), ("tiep", "/quan-ly/don-vi")]);
    let right = again.submit("/dang-nhap", &fields).await;
    assert_eq!((right.status, right.header("location")), (303, "/quan-ly/don-vi"));
}

#[tokio::test]
async fn cookies_are_out_of_reach_of_scripts_and_bound_to_https_where_it_is_used() {
    for (url, start, secure) in [(None, "phien=", false), (Some("https://a.example"), "__Host-phien=", true)] {
        let app = with_settings(|config| config.http.public_url = url.map(str::to_owned)).await;
        let server = TestServer::start(app).await;
        let load = Load::Json(json!({"name": "1", "password": PASSWORD}).to_string());
        let request = Person::anonymous(&server).request(Method::POST, "/api/v1/sessions", load);
        let reply = request.send().await.unwrap();
        let cookie = reply.headers()["set-cookie"].to_str().unwrap();
        assert!(cookie.starts_with(start), "{cookie}");
        for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax"] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
        assert_eq!(cookie.contains("; Secure"), secure, "{cookie}");
    }
}

#[tokio::test]
async fn where_only_members_may_ask_others_are_shown_the_way_in() {
    let app = with_settings(|config| config.accounts.anonymous_asking = false).await;
    let server = TestServer::start(app).await;
    let nobody = Person::anonymous(&server);
    let question = || Load::Json(json!({"question": ANSWERED}).to_string());
    assert_eq!(nobody.send(Method::POST, "/api/v1/chat", question()).await.problem(), "401 unauthenticated");
    assert_eq!(nobody.get("/api/v1/search?q=nghi").await.problem(), "401 unauthenticated");
    let messages = json!({"model": "congdoan", "messages": [{"role": "user", "content": ANSWERED}]});
    let program = nobody.send(Method::POST, "/v1/chat/completions", Load::Json(messages.to_string())).await;
    assert_eq!(program.status, 401, "{}", program.text);
    let page = nobody.get("/hoi?cau=nghi+viec").await;
    assert_eq!((page.status, page.header("location")), (303, "/dang-nhap?tiep=%2Fhoi%3Fcau%3Dnghi%2Bviec"));
    let member = Person::sign_in(&server, "1").await;
    let reply = member.send(Method::POST, "/api/v1/chat", question()).await;
    assert_eq!(reply.problem(), "503 unavailable", "let in; there is no index here");
}

#[tokio::test]
async fn questions_of_one_address_and_of_one_member_are_counted_apart() {
    let app = with_settings(|config| {
        config.limits.anonymous_questions_per_minute_max = 2;
        config.limits.member_questions_per_minute_max = 3;
        config.http.behind_proxy = true;
    })
    .await;
    let server = TestServer::start(app).await;
    let (nobody, member) = (Person::anonymous(&server), Person::sign_in(&server, "1").await);
    let ask = async |person: &Person<'_>, from: &str| {
        let load = Load::Json(json!({"question": ANSWERED}).to_string());
        let request = person.request(Method::POST, "/api/v1/chat", load).header("origin", &server.base);
        request.header("x-forwarded-for", from).send().await.unwrap().status().as_u16()
    };
    for (expected, from) in [(503, "192.0.2.1"), (503, "192.0.2.1"), (429, "192.0.2.1"), (503, "192.0.2.2")] {
        assert_eq!(ask(&nobody, from).await, expected, "{from}");
    }
    assert_eq!(ask(&nobody, "192.0.2.9, 192.0.2.1").await, 429, "what a client claims of itself counts for nothing");
    for expected in [503, 503, 503, 429] {
        assert_eq!(ask(&member, "192.0.2.1").await, expected);
    }
}

#[tokio::test]
async fn a_program_asks_with_a_key_and_does_nothing_else() {
    let (server, _app, _codes) = people_server().await;
    let admin = Person::sign_in(&server, "9").await;
    let wish = || Load::Json(json!({"name": "máy", "scopes": ["ask"], "days": 5}).to_string());
    let made = admin.send(Method::POST, "/api/v1/api-keys", wish()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let key = made.value()["key"].as_str().unwrap().to_owned();
    let listed = admin.get("/api/v1/api-keys").await.value();
    assert_eq!((listed["api_keys"][0]["name"].as_str(), &listed["api_keys"][0]["key"]), (Some("máy"), &Value::Null));
    let program = async |method: Method, path: &str, load: Load| {
        let request = Person::anonymous(&server).request(method, path, load).bearer_auth(&key);
        request.send().await.unwrap().status().as_u16()
    };
    let question = || Load::Json(json!({"question": ANSWERED}).to_string());
    assert_eq!(program(Method::POST, "/api/v1/chat", question()).await, 200);
    for path in ["/api/v1/me", "/api/v1/members", "/api/v1/sessions", "/api/v1/units"] {
        assert_eq!(program(Method::GET, path, Load::Nothing).await, 403, "{path}");
    }
    let page = admin.get("/tai-khoan").await.text;
    assert!(page.contains("máy") && page.contains("hỏi và tra cứu"), "{page}");
    let id = &made.value()["id"];
    assert_eq!(admin.send(Method::DELETE, &format!("/api/v1/api-keys/{id}"), Load::Nothing).await.status, 204);
    assert_eq!(program(Method::POST, "/api/v1/chat", question()).await, 401);
    let made = admin.send(Method::POST, "/api/v1/api-keys", wish()).await.value();
    let ended = admin.submit(&format!("/tai-khoan/khoa-may/{}", made["id"]), "x=1").await;
    assert_eq!((ended.status, ended.header("location")), (303, "/tai-khoan?bao=khoa-may"));
    assert!(!admin.get("/tai-khoan?bao=khoa-may").await.text.contains("hỏi và tra cứu"));
}

#[tokio::test]
async fn an_admin_finds_a_member_makes_a_code_and_gives_a_role_with_forms_alone() {
    let (server, _app, _codes) = people_server().await;
    let admin = Person::sign_in(&server, "5").await;
    let list = admin.get("/quan-ly/doan-vien?tim=ho+giang").await;
    assert!(
        list.text.contains("/quan-ly/doan-vien/7") && !list.text.contains("/quan-ly/doan-vien/1\""),
        "{}",
        list.text
    );
    let made = admin.submit("/quan-ly/doan-vien/7/ma-kich-hoat", "x=1").await;
    assert_eq!((made.status, made.header("cache-control")), (200, "private, no-store"));
    let code = made.text.split("<code>").nth(1).unwrap().split('<').next().unwrap();
    let load = Load::Json(json!({"code": code, "password": PASSWORD}).to_string());
    assert_eq!(Person::anonymous(&server).send(Method::POST, "/api/v1/invites/redeem", load).await.status, 201);
    let given = admin.submit("/quan-ly/doan-vien/7/vai-tro", "vai_tro=counsellor&don_vi=A1").await;
    assert_eq!((given.status, given.header("location")), (303, "/quan-ly/doan-vien/7?bao=vai-tro"));
    assert!(admin.get("/quan-ly/doan-vien/7?bao=vai-tro").await.text.contains("Cán bộ tư vấn, A1"));
    let units = admin.get("/api/v1/units").await.value();
    let codes: Vec<_> = units["units"].as_array().unwrap().iter().map(|unit| unit["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["A", "A1"]);
    let page = admin.get("/api/v1/members?unit=A").await.value();
    assert_eq!((page["total"].as_u64(), page["members"].as_array().unwrap().len()), (Some(6), 6));
}

#[tokio::test]
async fn a_code_is_handed_to_the_gateway_where_one_is_configured() {
    let log = tempfile::tempdir().unwrap();
    let path = log.path().join("sms.jsonl");
    let app = with_settings(|config| config.accounts.sms_log = Some(path.clone())).await;
    let server = TestServer::start(app.clone()).await;
    let admin = Person::sign_in(&server, "9").await;
    let made = admin.send(Method::POST, "/api/v1/members/8/invite", Load::Nothing).await;
    assert_eq!((made.status, made.value()["message"].as_str()), (201, Some("logged")), "{}", made.text);
    let code = made.value()["code"].as_str().unwrap().to_owned();
    let lines = || std::fs::read_to_string(&path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>();
    let told: Value = serde_json::from_str(&lines()[0]).unwrap();
    assert_eq!(told["to"], "0900000008");
    assert!(told["message"].as_str().unwrap().contains(&code), "{told}");
    let without_phone = admin.send(Method::POST, "/api/v1/members/7/invite", Load::Nothing).await.value();
    assert_eq!((&without_phone["message"], lines().len()), (&Value::Null, 1));
    let page = admin.submit("/quan-ly/doan-vien/8/ma-kich-hoat", "x=1").await.text;
    assert!(page.contains("đã ghi vào tệp tin nhắn") && page.contains("không tự gửi đi"), "{page}");
    // An import hands its codes over, too.
    let file = "number,name,phone,email,unit\n70,Hồ Kim,0900000070,,A1\n71,Hồ Lan,,,A1\n";
    let mut hand_over = |_: &[congdoan::accounts::IssuedCode]| Ok(());
    let accounts = app.accounts().unwrap();
    accounts.import(file.as_bytes(), Default::default(), app.now(), &mut hand_over).await.unwrap();
    assert!(lines().len() == 3 && lines()[2].contains("0900000070"), "{:?}", lines());
    // What cannot be written makes no code.
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    let failed = admin.send(Method::POST, "/api/v1/members/8/invite", Load::Nothing).await;
    assert_eq!(failed.problem(), "503 unavailable");
}

#[tokio::test]
async fn without_a_store_asking_goes_on_and_signing_in_says_why_not() {
    let app = quoting_app().await;
    let server = TestServer::start(app.clone()).await;
    let load = || Load::Json(json!({"name": "1", "password": PASSWORD}).to_string());
    let nobody = Person::anonymous(&server);
    assert_eq!(nobody.send(Method::POST, "/api/v1/sessions", load()).await.problem(), "503 unavailable");
    std::fs::create_dir(app.config().paths.data.join("congdoan.db")).unwrap();
    app.open_store().await.unwrap_err();
    let ready = nobody.get("/readyz").await.text;
    assert!(ready.contains("\"store\":{\"status\":\"degraded\"") && ready.contains("congdoan.db"), "{ready}");
    assert!(nobody.get("/").await.text.contains("chưa đăng nhập được"));
    let question = Load::Json(json!({"question": ANSWERED}).to_string());
    assert_eq!(nobody.send(Method::POST, "/api/v1/chat", question).await.status, 200);
}
