//! The counsellors' desk from the question to the recall, over HTTP.

use congdoan::{
    app::{App, MissingPackages, Setup},
    fetch::Silent,
    index::build::BuildOptions,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    people::{Load, Person, people_server, with_people},
    support::{ABSTAINED, ADMIN_TOKEN, ANSWERED, TestServer, admin_app, encode},
};

async fn agree(person: &Person<'_>) {
    for purpose in ["keep-questions", "review"] {
        let path = format!("/api/v1/me/consents/{purpose}");
        assert_eq!(person.send(Method::PUT, &path, Load::Nothing).await.status, 204);
    }
}

async fn ask(person: &Person<'_>, question: &str) -> Value {
    let load = json!({ "question": question }).to_string();
    let reply = person.send(Method::POST, "/api/v1/chat", Load::Json(load)).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.value()
}

async fn post(person: &Person<'_>, path: &str, load: Value) -> crate::support::Reply {
    person.send(Method::POST, path, Load::Json(load.to_string())).await
}

/// Builds the corpus as it lies there, without activating it; the generation.
fn build(app: &App) -> String {
    let setup = Setup { app, packages: MissingPackages::Leave, progress: &Silent };
    let options = BuildOptions { activate: false, confirm_removal: true, ..setup.options() };
    setup.ingest_with(options).unwrap().1.manifest.id
}

/// The only case of the queue, taken in hand; its number.
async fn claimed(counsellor: &Person<'_>) -> i64 {
    let queue = counsellor.get("/api/v1/reviews").await.value();
    let id = queue["reviews"][0]["id"].as_i64().unwrap_or_else(|| panic!("{queue}"));
    assert_eq!(post(counsellor, &format!("/api/v1/reviews/{id}/claim"), json!({})).await.status, 204);
    id
}

async fn recalls(person: &Person<'_>) -> Vec<String> {
    let told = person.get("/api/v1/notices").await.value();
    let all = told["notices"].as_array().unwrap().clone();
    all.iter().filter(|n| n["kind"] == "recall").map(|n| n["link"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_a_weak_answer_to_its_recall() {
    let (app, folder) = admin_app().await;
    let (app, _codes) = with_people(app).await;
    let server = TestServer::start(app.clone()).await;
    let (member, counsellor, other) =
        (Person::sign_in(&server, "1").await, Person::sign_in(&server, "2").await, Person::sign_in(&server, "3").await);
    agree(&member).await;
    let asked = ask(&member, ANSWERED).await;
    assert_eq!(asked["precedent"], Value::Null);
    let conversation = asked["conversation_id"].as_str().unwrap();
    let verdict = json!({"verdict": "wrong", "words": "Tôi có hợp đồng có thời hạn"});
    let said = post(&member, &format!("/api/v1/conversations/{conversation}/messages/1/verdict"), verdict).await;
    assert_eq!(said.status, 204);

    let id = claimed(&counsellor).await;
    let case = counsellor.get(&format!("/api/v1/reviews/{id}")).await.value();
    assert_eq!(case["heard_words"], "Tôi có hợp đồng có thời hạn");
    let beside = &case["claims"][0]["clauses"][0];
    let article = format!(
        "{}{}{}",
        beside["before"].as_str().unwrap(),
        beside["citation"]["quote"].as_str().unwrap(),
        beside["after"].as_str().unwrap()
    );
    assert!(article.contains("Ít nhất 45 ngày") && article.contains("trả công chậm quá 15 ngày"), "{article}");
    assert_eq!((&case["claims"][0]["fault_now"], &beside["change"]), (&Value::Null, &Value::Null));
    let decision = |days: u32| {
        json!({
            "verdict": "incomplete",
            "correction": format!("Hợp đồng có thời hạn phải báo trước ít nhất {days} ngày [1]."),
            "precedent": {"question": MODEL_QUESTION},
        })
    };
    let path = format!("/api/v1/reviews/{id}/decision");
    let refused = post(&counsellor, &path, decision(90)).await;
    assert_eq!(refused.status, 422, "a precedent passes the check that a model's sentence does");
    assert!(refused.text.contains("con số"), "{}", refused.text);
    assert_eq!(post(&counsellor, &path, decision(30)).await.status, 200);
    let kept = member.get(&format!("/api/v1/conversations/{conversation}")).await.value();
    assert_eq!(kept["messages"][0]["review"]["verdict"], "incomplete");

    agree(&other).await;
    let second = ask(&other, "nghi viec phai bao truoc bao nhieu ngay").await;
    assert!(second["precedent"]["sentences"][0]["text"].as_str().unwrap().contains("30 ngày"), "{second}");
    let own = second["conversation_id"].as_str().unwrap();
    let kept = other.get(&format!("/api/v1/conversations/{own}")).await.value();
    assert_eq!(kept["messages"][0]["answer"]["precedent"], second["precedent"], "it is kept as it was shown");
    let page = other.get(&format!("/hoi?cau={}", encode(MODEL_QUESTION))).await.text;
    let (approved, answer) = (page.find("Đã được cán bộ kiểm duyệt ngày"), page.find("lấy nguyên văn từ điều luật"));
    assert!(approved.is_some() && approved < answer, "{page}");
    assert!(page.contains("cán bộ tư vấn, Cơ sở A1") && !page.contains("Trần Bình"), "the name is not shown");
    for unlike in ["Nghỉ việc không phải báo trước bao nhiêu ngày?", "Nghỉ hằng năm được bao nhiêu ngày?"]
    {
        assert_eq!(ask(&other, unlike).await["precedent"], Value::Null, "{unlike}");
    }
    let then = format!("/hoi?cau={}&tai=2022-01-01", encode(MODEL_QUESTION));
    assert!(!other.get(&then).await.text.contains("kiểm duyệt"), "another day's law");

    let story = Story { app: &app, server: &server, member: &member, counsellor: &counsellor, other: &other };
    let activated = story.the_law_changes(&folder, conversation).await;
    story.it_is_settled_once(&activated).await;
    story.the_precedent_is_renewed().await;
}

/// The question of the precedent.
const MODEL_QUESTION: &str = "Nghỉ việc phải báo trước bao nhiêu ngày?";

/// Who takes part after an answer was corrected and served as a precedent.
struct Story<'a> {
    app: &'a App,
    server: &'a TestServer,
    member: &'a Person<'a>,
    counsellor: &'a Person<'a>,
    other: &'a Person<'a>,
}

impl Story<'_> {
    async fn admin(&self, method: Method, path: &str) -> crate::support::Reply {
        self.server.admin(method, path, Some(ADMIN_TOKEN), Vec::new()).await
    }

    /// Another text of the cited point; the address that activates it.
    async fn the_law_changes(&self, folder: &std::path::Path, conversation: &str) -> String {
        let Self { app, member, counsellor, other, .. } = *self;
        let file = folder.join("luat.md");
        let law = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, law.replace("Ít nhất 30 ngày", "Ít nhất 35 ngày")).unwrap();
        let generation = build(app);
        let preview = self.admin(Method::GET, &format!("diff?to={generation}")).await.value();
        assert_eq!(preview["touched"]["precedents"], 1, "{preview}");
        let touched = preview["touched"]["answers"].as_u64().unwrap();
        assert!(2 <= touched, "{preview}");
        assert_eq!(preview["touched"]["members"], 2, "{preview}");
        assert_eq!((recalls(member).await.len(), recalls(other).await.len()), (0, 0), "a preview changes nothing");
        let activate = format!("generations/{generation}/activate");
        assert_eq!(self.admin(Method::POST, &activate).await.status, 200);

        assert_eq!(ask(other, MODEL_QUESTION).await["precedent"], Value::Null, "it has left service");
        let listed = counsellor.get("/api/v1/precedents").await.value();
        assert_eq!(listed["precedents"][0]["state"], "renewal", "{listed}");
        assert_eq!(recalls(member).await, [format!("/lich-su/{conversation}#c1")]);
        let recalled = recalls(other).await;
        assert_eq!(recalled.len() as u64 + 1, touched, "each answer of a member once: {recalled:?}");
        let page = member.get(&format!("/lich-su/{conversation}")).await.text;
        assert!(page.contains("Luật đã đổi"), "{page}");
        assert!(counsellor.get("/tu-van").await.text.contains("1 cần gia hạn"));
        let signer = counsellor.get("/api/v1/notices").await.value();
        assert_eq!(signer["notices"][0]["kind"], "desk", "{signer}");
        activate
    }

    async fn it_is_settled_once(&self, activate: &str) {
        let Self { app, member, other, .. } = *self;
        let before = (recalls(member).await.len(), recalls(other).await.len());
        assert_eq!(self.admin(Method::POST, activate).await.status, 200);
        app.precedents().unwrap().unsettle();
        app.settle_law().await.unwrap();
        assert_eq!((recalls(member).await.len(), recalls(other).await.len()), before);
    }

    async fn the_precedent_is_renewed(&self) {
        let Self { counsellor, other, .. } = *self;
        let listed = counsellor.get("/api/v1/precedents").await.value();
        let precedent = listed["precedents"][0]["id"].as_i64().unwrap();
        let renew = format!("/api/v1/precedents/{precedent}/renew");
        assert_eq!(post(counsellor, &renew, json!({})).await.status, 422, "the old text does not stand any more");
        let anew = json!({
            "text": "Hợp đồng có thời hạn phải báo trước ít nhất 35 ngày.",
            "sources": ["/luat/1-2020-qh99/dieu-2/khoan-1"],
        });
        assert_eq!(post(counsellor, &renew, anew).await.status, 204);
        let third = ask(other, MODEL_QUESTION).await;
        assert!(third["precedent"]["sentences"][0]["text"].as_str().unwrap().contains("35 ngày"), "{third}");
        let dropped = counsellor.send(Method::DELETE, &format!("/api/v1/precedents/{precedent}"), Load::Nothing).await;
        assert_eq!(dropped.status, 204);
        assert_eq!(ask(other, MODEL_QUESTION).await["precedent"], Value::Null);
    }
}

#[tokio::test]
async fn an_approved_answer_serves_others_word_for_word() {
    let (server, _app, _codes) = people_server().await;
    let (member, counsellor) = (Person::sign_in(&server, "1").await, Person::sign_in(&server, "2").await);
    agree(&member).await;
    let conversation = ask(&member, ANSWERED).await["conversation_id"].as_str().unwrap().to_owned();
    post(&member, &format!("/api/v1/conversations/{conversation}/messages/1/review"), json!({})).await;
    let id = claimed(&counsellor).await;
    let page = counsellor.get(&format!("/tu-van/{id}")).await.text;
    for part in ["<mark>", "accesskey=\"1\"", "accesskey=\"g\"", "Câu 1", "Gửi đánh giá", "Trao đổi với người hỏi"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    let form = format!("danh_gia=right&cau_so=&sua=&ly_do=&mau={}&can_cu=", encode(ANSWERED));
    let decided = counsellor.submit(&format!("/tu-van/{id}/quyet-dinh"), &form).await;
    assert_eq!(decided.status, 303, "{}", decided.text);
    let again = ask(&Person::anonymous(&server), ANSWERED).await;
    let texts =
        |value: &Value| value["sentences"].as_array().unwrap().iter().map(|s| s["text"].clone()).collect::<Vec<_>>();
    assert_eq!(texts(&again["precedent"]), texts(&again), "{again}");
    let list = counsellor.get("/tu-van/mau").await.text;
    assert!(list.contains("đang dùng"), "{list}");

    let other = Person::sign_in(&server, "3").await;
    agree(&other).await;
    let conversation = ask(&other, ANSWERED).await["conversation_id"].as_str().unwrap().to_owned();
    post(&other, &format!("/api/v1/conversations/{conversation}/messages/1/review"), json!({})).await;
    let id = claimed(&counsellor).await;
    let page = counsellor.get(&format!("/tu-van/{id}")).await.text;
    let link =
        page.split("/tu-van/mau/").nth(1).and_then(|rest| rest.split('"').next()).expect("a link to what was shown");
    assert_eq!(counsellor.get(&format!("/tu-van/mau/{link}")).await.status, 200);
    let form = "danh_gia=wrong&cau_so=&sua=&ly_do=sai&mau=&can_cu=";
    assert_eq!(counsellor.submit(&format!("/tu-van/{id}/quyet-dinh"), form).await.status, 303);
    assert_eq!(ask(&Person::anonymous(&server), ANSWERED).await["precedent"], Value::Null, "it waits to be renewed");
}

#[tokio::test]
async fn a_member_hands_over_and_both_write() {
    let (server, _app, _codes) = people_server().await;
    let (member, counsellor) = (Person::sign_in(&server, "1").await, Person::sign_in(&server, "2").await);
    agree(&member).await;
    let first = ask(&member, ANSWERED).await;
    let conversation = first["conversation_id"].as_str().unwrap();
    let load = json!({"question": ABSTAINED, "conversation_id": conversation}).to_string();
    member.send(Method::POST, "/api/v1/chat", Load::Json(load)).await;
    let base = format!("/lich-su/{conversation}/1");
    assert_eq!(member.submit(&format!("{base}/gap-can-bo"), "x=1").await.status, 422, "consent is asked for");
    assert_eq!(member.submit(&format!("{base}/nhan-tin"), "loi=a").await.status, 404, "nothing is handed over");
    assert_eq!(member.submit(&format!("{base}/gap-can-bo"), "dong_y=1").await.status, 303);
    let page = member.get(&format!("/lich-su/{conversation}")).await.text;
    assert!(page.contains("Cán bộ trả lời trước"), "{page}");
    let id = claimed(&counsellor).await;
    let page = counsellor.get(&format!("/tu-van/{id}")).await.text;
    assert!(page.contains("Trả lời trước") && page.contains(ABSTAINED), "the whole conversation: {page}");
    assert_eq!(counsellor.submit(&format!("/tu-van/{id}/tra-loi"), "loi=").await.status, 422);
    let text = encode("Bạn gửi tôi xem <b>hợp đồng</b>.");
    assert_eq!(counsellor.submit(&format!("/tu-van/{id}/tra-loi"), &format!("loi={text}")).await.status, 303);
    let told = member.get("/api/v1/notices").await.value();
    assert_eq!(told["notices"][0]["kind"], "reply", "{told}");
    let page = member.get(&format!("/lich-su/{conversation}")).await.text;
    assert!(page.contains("&#60;b&#62;hợp đồng") && !page.contains("Trần Bình"), "{page}");
    assert_eq!(member.submit(&format!("{base}/nhan-tin"), "loi=Cam+on").await.status, 303);
    let case = counsellor.get(&format!("/api/v1/reviews/{id}")).await.value();
    let from: Vec<_> = case["replies"].as_array().unwrap().iter().map(|r| r["from"].clone()).collect();
    assert_eq!(from, ["counsellor", "member"]);
    assert!(!case.to_string().contains("Nguyễn Thị An"));
}

#[tokio::test]
async fn the_public_page_withholds_small_counts() {
    let (server, _app, _codes) = people_server().await;
    let member = Person::sign_in(&server, "1").await;
    agree(&member).await;
    for n in 0..11 {
        if n == 9 {
            let months = member.get("/api/v1/quality").await.value();
            assert_eq!(months["months"][0]["answered"], Value::Null, "{months}");
        }
        ask(&member, ANSWERED).await;
    }
    let months = Person::anonymous(&server).get("/api/v1/quality").await.value();
    assert_eq!((&months["months"][0]["answered"], &months["months"][0]["abstained"]), (&json!(11), &Value::Null));
    let page = Person::anonymous(&server).get("/chat-luong").await.text;
    assert!(page.contains("<dd>11</dd>") && page.contains("dưới 10"), "{page}");
}
