//! The counsellors' desk over HTTP: what gets there, in which order, one hand at a time, and back.

use congdoan::{
    accounts::{Role, Visitor},
    history::Verdict,
};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    people::{Load, Person, people_server, with_people},
    support::{ABSTAINED, ANSWERED, TestServer, encode, test_app},
};

async fn agree(person: &Person<'_>) {
    for purpose in ["keep-questions", "review"] {
        let path = format!("/api/v1/me/consents/{purpose}");
        assert_eq!(person.send(Method::PUT, &path, Load::Nothing).await.status, 204);
    }
}

/// Asks; the conversation's id.
async fn ask(person: &Person<'_>, question: &str) -> String {
    let load = json!({ "question": question }).to_string();
    let reply = person.send(Method::POST, "/api/v1/chat", Load::Json(load)).await;
    reply.value()["conversation_id"].as_str().unwrap().to_owned()
}

async fn queue(person: &Person<'_>) -> Vec<Value> {
    let reply = person.get("/api/v1/reviews").await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.value()["reviews"].as_array().unwrap().clone()
}

async fn act(person: &Person<'_>, id: &Value, what: &str, load: Value) -> u16 {
    person.send(Method::POST, &format!("/api/v1/reviews/{id}/{what}"), Load::Json(load.to_string())).await.status
}

#[tokio::test]
async fn what_is_grave_comes_first_and_nobody_learns_who_asked() {
    let (app, _codes) = with_people(test_app().await).await;
    let server = TestServer::start(app).await;
    let member = Person::sign_in(&server, "1").await;
    let counsellor = Person::sign_in(&server, "2").await;
    ask(&member, ANSWERED).await;
    assert_eq!(queue(&counsellor).await, Vec::<Value>::new(), "its member agreed to nothing");
    agree(&member).await;
    ask(&member, ABSTAINED).await;
    ask(&member, ANSWERED).await;
    ask(&member, "Bị tai nạn thì được báo trước bao nhiêu ngày?").await;
    let cases = queue(&counsellor).await;
    let reasons: Vec<_> = cases.iter().map(|case| case["reasons"].to_string()).collect();
    assert_eq!(cases.len(), 3, "{reasons:?}");
    assert!(reasons[0].contains("việc nghiêm trọng"), "{reasons:?}");
    assert!(reasons[1].contains("máy đã rút câu") && reasons[2].contains("máy không trả lời"), "{reasons:?}");
    let risks: Vec<_> = cases.iter().map(|case| case["risk"].as_u64().unwrap()).collect();
    assert!(risks.is_sorted_by(|a, b| a >= b), "{risks:?}");
    let page =
        counsellor.get("/tu-van").await.text + &counsellor.get(&format!("/tu-van/{}", cases[0]["id"])).await.text;
    for secret in ["Nguyễn Thị An", "0900000001"] {
        assert!(!page.contains(secret) && !cases.iter().any(|case| case.to_string().contains(secret)), "{secret}");
    }
    let elsewhere = Person::sign_in(&server, "9").await;
    let given = elsewhere.send(Method::PUT, "/api/v1/members/3/roles/counsellor/B", Load::Nothing).await;
    assert_eq!(given.status, 204);
    let of_b = Person::sign_in(&server, "3").await;
    assert_eq!(queue(&of_b).await.len(), 0, "the asker is not in B");
    assert_eq!(act(&of_b, &cases[0]["id"], "claim", json!({})).await, 404);
    let editor_or_admin = Person::sign_in(&server, "5").await;
    assert_eq!(editor_or_admin.get("/api/v1/reviews").await.status, 404, "an admin of A is no counsellor");
}

#[tokio::test]
async fn a_case_is_in_one_hand_and_the_decision_comes_back_to_who_asked() {
    let (server, _app, _codes) = people_server().await;
    let admin = Person::sign_in(&server, "9").await;
    admin.send(Method::PUT, "/api/v1/members/3/roles/counsellor/A", Load::Nothing).await;
    let (member, one, other) =
        (Person::sign_in(&server, "1").await, Person::sign_in(&server, "2").await, Person::sign_in(&server, "3").await);
    let agreed = member.send(Method::PUT, "/api/v1/me/consents/keep-questions", Load::Nothing).await;
    assert_eq!(agreed.status, 204);
    let conversation = ask(&member, ANSWERED).await;
    let base = format!("/api/v1/conversations/{conversation}/messages/1");
    let wrong = Load::Json(json!({"verdict": "wrong", "words": "Thiếu trường hợp của tôi"}).to_string());
    assert_eq!(member.send(Method::POST, &format!("{base}/verdict"), wrong).await.status, 204);
    let asked = member.send(Method::POST, &format!("{base}/review"), Load::Nothing).await;
    assert_eq!(asked.status, 202);
    assert!(asked.value()["due_at"].as_str().is_some());
    let case = queue(&one).await.remove(0);
    assert_eq!((case["risk"].as_u64(), case["reasons"].as_array().unwrap().len()), (Some(70), 2), "{case}");
    let id = &case["id"];
    let correction = json!({"verdict": "incomplete", "sentence": 1, "reason": "thiếu trường hợp", "correction": "Thêm: 45 ngày nếu không thời hạn."});
    assert_eq!(act(&one, id, "decision", correction.clone()).await, 409, "not in hand yet");
    assert_eq!(act(&one, id, "claim", json!({})).await, 204);
    assert_eq!(act(&other, id, "claim", json!({})).await, 409, "no two on one case");
    assert_eq!(act(&other, id, "decision", correction.clone()).await, 409);
    assert_eq!(act(&other, id, "release", json!({})).await, 409);
    assert_eq!(act(&one, id, "decision", json!({"verdict": "wrong"})).await, 422, "what is right is missing");
    assert_eq!(act(&one, id, "release", json!({})).await, 204);
    assert_eq!(act(&other, id, "claim", json!({})).await, 204);
    assert_eq!(act(&other, id, "decision", correction).await, 200);
    assert_eq!(queue(&one).await.len(), 0);
    let kept = member.get(&format!("/api/v1/conversations/{conversation}")).await.value();
    let of_desk = one.get(&format!("/tu-van/{id}")).await.text;
    assert!(of_desk.contains("thiếu trường hợp") && of_desk.contains("Thiếu trường hợp của tôi"), "{of_desk}");
    let review = &kept["messages"][0]["review"];
    assert_eq!(review.get("reason"), None, "the reason is for colleagues");
    assert_eq!((&review["verdict"], &review["sentence"]), (&json!("incomplete"), &json!(1)));
    let told = member.get("/api/v1/notices").await.value();
    let link = format!("/lich-su/{conversation}#c1");
    assert_eq!((&told["notices"][0]["kind"], &told["notices"][0]["link"]), (&json!("review"), &json!(link)), "{told}");
    let page = member.get(&format!("/lich-su/{conversation}")).await.text;
    assert!(page.contains("Cán bộ đã xem lại") && page.contains("45 ngày nếu không thời hạn"), "{page}");
    assert!(!page.contains("Lê Chi"), "and the member does not learn which counsellor");
}

#[tokio::test]
async fn what_one_finds_dangerous_another_confirms_and_nobody_judges_their_own() {
    let (server, _app, _codes) = people_server().await;
    let admin = Person::sign_in(&server, "9").await;
    admin.send(Method::PUT, "/api/v1/members/3/roles/counsellor/A", Load::Nothing).await;
    let (one, other) = (Person::sign_in(&server, "2").await, Person::sign_in(&server, "3").await);
    one.send(Method::PUT, "/api/v1/me/consents/keep-questions", Load::Nothing).await;
    let conversation = ask(&one, ANSWERED).await;
    one.send(Method::POST, &format!("/api/v1/conversations/{conversation}/messages/1/review"), Load::Nothing).await;
    assert_eq!(queue(&one).await.len(), 0, "one's own case");
    let id = queue(&other).await.remove(0)["id"].clone();
    assert_eq!(act(&one, &id, "claim", json!({})).await, 404);

    let member = Person::sign_in(&server, "1").await;
    member.send(Method::PUT, "/api/v1/me/consents/keep-questions", Load::Nothing).await;
    let conversation = ask(&member, ANSWERED).await;
    member.send(Method::POST, &format!("/api/v1/conversations/{conversation}/messages/1/review"), Load::Nothing).await;
    let id = queue(&one).await.remove(0)["id"].clone();
    let dangerous = json!({"verdict": "dangerous", "correction": "Đừng làm theo; hãy gọi cán bộ."});
    act(&one, &id, "claim", json!({})).await;
    assert_eq!(act(&one, &id, "decision", dangerous.clone()).await, 200);
    let review = |value: Value| value["messages"][0]["review"].clone();
    let path = format!("/api/v1/conversations/{conversation}");
    assert_eq!(review(member.get(&path).await.value()), Value::Null, "one alone does not decide that");
    assert_eq!(act(&one, &id, "claim", json!({})).await, 409);
    assert_eq!(act(&other, &id, "claim", json!({})).await, 204);
    let fields = format!("danh_gia=dangerous&cau_so=&ly_do=&sua={}", encode("Đừng làm theo."));
    let decided = other.submit(&format!("/tu-van/{id}/quyet-dinh"), &fields).await;
    assert_eq!((decided.status, decided.header("location")), (303, "/tu-van?bao=da-quyet"));
    assert_eq!(review(member.get(&path).await.value())["verdict"], "dangerous");
}

#[tokio::test]
async fn an_idle_claim_ends_by_itself() {
    let (server, app, _codes) = people_server().await;
    let admin = Person::sign_in(&server, "9").await;
    admin.send(Method::PUT, "/api/v1/members/3/roles/counsellor/A", Load::Nothing).await;
    let member = Person::sign_in(&server, "1").await;
    member.send(Method::PUT, "/api/v1/me/consents/keep-questions", Load::Nothing).await;
    let conversation = ask(&member, ANSWERED).await;
    member.send(Method::POST, &format!("/api/v1/conversations/{conversation}/messages/1/review"), Load::Nothing).await;
    let case = queue(&Person::sign_in(&server, "2").await).await.remove(0);
    let id = case["id"].as_i64().unwrap();
    let actor = async |number: &str| {
        let accounts = app.accounts().unwrap();
        let client = congdoan::accounts::ClientFacts::default();
        let signed_in = accounts.sign_in(number, crate::people::PASSWORD, &client, app.now()).await.unwrap();
        match accounts.visitor(&signed_in.token, app.now()).await.unwrap() {
            Visitor::Member(actor) => *actor,
            Visitor::Anonymous => panic!("{number} is not signed in"),
        }
    };
    let (one, other) = (actor("2").await, actor("3").await);
    assert!(other.has(Role::Counsellor));
    let (reviews, now) = (app.reviews().unwrap(), app.now());
    let later = now + SignedDuration::from_mins(31);
    reviews.claim(&one, id, now).await.unwrap();
    assert!(reviews.claim(&other, id, now).await.is_err());
    let decision = congdoan::review::Decision {
        verdict: congdoan::review::Judgement::Right,
        sentence: None,
        reason: String::new(),
        correction: String::new(),
        precedent: None,
    };
    assert!(reviews.decide(&one, id, &decision, (None, None), later).await.is_err(), "the hold is over");
    reviews.claim(&other, id, later).await.unwrap();
    reviews.decide(&other, id, &decision, (None, None), later).await.unwrap();
    assert!(reviews.claim(&one, id, later).await.is_err(), "it is decided");
    app.judge(&actor("1").await, (&conversation, 1), Verdict::Wrong, "").await.unwrap();
    let state = async || reviews.open(&one, &app.history().unwrap(), id, later).await.unwrap().state.name();
    assert_eq!(state().await, "open", "its member's word opens it again");
    reviews.claim(&other, id, later).await.unwrap();
    let corrected = congdoan::review::Decision {
        verdict: congdoan::review::Judgement::Wrong,
        correction: "X".to_owned(),
        ..decision
    };
    reviews.decide(&other, id, &corrected, (None, None), later).await.unwrap();
    app.judge(&actor("1").await, (&conversation, 1), Verdict::Wrong, " ").await.unwrap();
    assert_eq!(state().await, "done", "the same once more is nothing new");
    app.judge(&actor("1").await, (&conversation, 1), Verdict::Wrong, "vẫn sai").await.unwrap();
    assert_eq!(state().await, "open");
    let kept = member.get(&format!("/api/v1/conversations/{conversation}")).await.value();
    assert_eq!(kept["messages"][0]["review"]["correction"], "X", "the correction stays in sight meanwhile");
    let case = reviews.open(&one, &app.history().unwrap(), id, later).await.unwrap();
    assert_eq!((case.findings.len(), case.heard.unwrap().1.as_deref()), (2, Some("vẫn sai")));
}
