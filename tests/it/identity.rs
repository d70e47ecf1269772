//! Who asked: closed to the desk, opened by the asker's own word or by two with a reason, and
//! every step written down.

use congdoan::{
    accounts::{Actor, ClientFacts, Role, Visitor},
    app::App,
    identity::Known,
};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    people::{Load, PASSWORD, Person, people_server},
    support::{ANSWERED, encode},
};

const REASON: &str = "Câu hỏi nói có người sắp bị đánh ở xưởng, cần gọi ngay.";

/// A case of `member`; its conversation and number.
async fn a_case(member: &Person<'_>, counsellor: &Person<'_>) -> (String, i64) {
    member.send(Method::PUT, "/api/v1/me/consents/keep-questions", Load::Nothing).await;
    let load = Load::Json(json!({ "question": ANSWERED }).to_string());
    let asked = member.send(Method::POST, "/api/v1/chat", load).await.value();
    let id = asked["conversation_id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/conversations/{id}/messages/1/review");
    assert_eq!(member.send(Method::POST, &path, Load::Nothing).await.status, 202);
    let queue = counsellor.get("/api/v1/reviews").await.value();
    (id, queue["reviews"][0]["id"].as_i64().unwrap())
}

async fn wish(person: &Person<'_>, review: i64, reason: &str) -> (u16, Value) {
    let load = Load::Json(json!({ "reason": reason }).to_string());
    let reply = person.send(Method::POST, &format!("/api/v1/reviews/{review}/identity"), load).await;
    (reply.status, reply.value())
}

async fn decide(person: &Person<'_>, id: &Value, grant: bool) -> u16 {
    let load = Load::Json(json!({ "grant": grant }).to_string());
    person.send(Method::POST, &format!("/api/v1/identity-openings/{id}/decision"), load).await.status
}

async fn known(person: &Person<'_>, review: i64) -> Value {
    person.get(&format!("/api/v1/reviews/{review}/identity")).await.value()
}

async fn actor(app: &App, number: &str) -> Box<Actor> {
    let accounts = app.accounts().unwrap();
    let signed_in = accounts.sign_in(number, PASSWORD, &ClientFacts::default(), app.now()).await.unwrap();
    let Visitor::Member(actor) = accounts.visitor(&signed_in.token, app.now()).await.unwrap() else { panic!() };
    actor
}

#[tokio::test]
async fn two_persons_open_an_identity_with_a_reason_that_stays_written() {
    let (server, app, _codes) = people_server().await;
    let admin = actor(&app, "9").await;
    app.accounts().unwrap().give_role(&admin, "3", Role::Counsellor, "A", app.now()).await.unwrap();
    let [member, counsellor, colleague, inspector] = [
        Person::sign_in(&server, "1").await,
        Person::sign_in(&server, "2").await,
        Person::sign_in(&server, "3").await,
        Person::sign_in(&server, "4").await,
    ];
    let (conversation, review) = a_case(&member, &counsellor).await;
    assert_eq!(known(&counsellor, review).await, json!({ "state": "closed" }));
    assert_eq!(wish(&counsellor, review, "cần biết").await.0, 422, "a word is no reason");
    let (status, made) = wish(&counsellor, review, REASON).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(wish(&colleague, review, REASON).await.0, 409, "one wish at a time");
    assert_eq!(known(&counsellor, review).await, json!({ "state": "wished" }));
    for other in [&counsellor, &colleague, &member] {
        assert_eq!(decide(other, &made["id"], true).await, 404);
    }
    let log = inspector.get("/api/v1/identity-openings").await;
    assert_eq!(
        (&log.value()["openings"][0]["reason"], &log.value()["openings"][0]["wished_by"]),
        (&json!(REASON), &json!("Trần Bình"))
    );
    let page = inspector.get("/quan-ly/danh-tinh").await.text;
    for shown in [&log.text, &page] {
        assert!(
            shown.contains("sắp bị đánh") && !shown.contains("Nguyễn Thị An") && !shown.contains(ANSWERED),
            "{shown}"
        );
    }
    assert_eq!(decide(&inspector, &made["id"], true).await, 200);
    assert_eq!(decide(&inspector, &made["id"], false).await, 409, "it is decided");

    let open = known(&counsellor, review).await;
    assert_eq!(
        (&open["state"], &open["name"], &open["number"], &open["phone"], &open["unit"]),
        (&json!("open"), &json!("Nguyễn Thị An"), &json!("1"), &json!("0900000001"), &json!("A1"))
    );
    let page = counsellor.get(&format!("/tu-van/{review}/danh-tinh")).await.text;
    assert!(page.contains("Nguyễn Thị An") && page.contains("đã được ghi lại"), "{page}");
    assert_eq!(known(&colleague, review).await["state"], "ended", "to who wished alone");
    assert!(
        !counsellor.get(&format!("/tu-van/{review}")).await.text.contains("Nguyễn Thị An"),
        "the case stays without"
    );
    let late = app.now() + SignedDuration::from_hours(73);
    let by = actor(&app, "2").await;
    let after = app.identities().unwrap().known(&by, review, late).await.unwrap();
    assert!(matches!(after, Known::Not(_)), "for a while: {after:?}");

    // Who asked is shown all of it.
    let page = member.get(&format!("/lich-su/{conversation}")).await.text;
    for words in ["Trần Bình đã đề nghị", "sắp bị đánh", "bởi Phạm Dũng", "cán bộ xem lúc"] {
        assert!(page.contains(words), "{words} in {page}");
    }
    let own = &member.get("/api/v1/me/export").await.value()["identity_openings"][0];
    assert_eq!((&own["conversation"], &own["state"]), (&json!(conversation), &json!("granted")));
    assert!(own["seen_at"].is_string(), "{own}");
}

#[tokio::test]
async fn nobody_decides_their_own_wish_nor_about_themselves() {
    let (server, app, _codes) = people_server().await;
    let admin = actor(&app, "9").await;
    for (number, role) in [("9", Role::Counsellor), ("1", Role::Inspector)] {
        app.accounts().unwrap().give_role(&admin, number, role, "N", app.now()).await.unwrap();
    }
    let (member, both) = (Person::sign_in(&server, "1").await, Person::sign_in(&server, "9").await);
    let (_, review) = a_case(&member, &both).await;
    let (_, made) = wish(&both, review, REASON).await;
    assert_eq!(decide(&both, &made["id"], true).await, 409, "it takes a second person");
    assert_eq!(decide(&member, &made["id"], true).await, 404, "an inspector who asked does not judge it");
    assert_eq!(member.get("/api/v1/identity-openings").await.value()["openings"], json!([]));
    assert_eq!(decide(&Person::sign_in(&server, "4").await, &made["id"], false).await, 200);
    assert_eq!(known(&both, review).await, json!({ "state": "refused" }));
}

#[tokio::test]
async fn the_asker_may_say_who_they_are_and_take_it_back_with_forms_alone() {
    let (server, _app, _codes) = people_server().await;
    let (member, counsellor) = (Person::sign_in(&server, "1").await, Person::sign_in(&server, "2").await);
    let (conversation, review) = a_case(&member, &counsellor).await;
    let path = format!("/lich-su/{conversation}/1/danh-tinh");
    let agreed = member.submit(&path, "x=1").await;
    assert_eq!(
        (agreed.status, agreed.header("location")),
        (303, format!("/lich-su/{conversation}?bao=cho-biet-ten").as_str())
    );
    assert_eq!(known(&counsellor, review).await["name"], "Nguyễn Thị An");
    assert!(member.get(&format!("/lich-su/{conversation}")).await.text.contains("Bạn đã cho cán bộ biết tên"));
    assert_eq!(member.submit(&path, "bo=1").await.status, 303);
    assert_eq!(known(&counsellor, review).await, json!({ "state": "closed" }));
    let other = Person::sign_in(&server, "4").await;
    let foreign = format!("/api/v1/conversations/{conversation}/messages/1/identity");
    assert_eq!(other.send(Method::PUT, &foreign, Load::Nothing).await.status, 404);
    let refused = counsellor.submit(&format!("/tu-van/{review}/danh-tinh"), "ly_do=ng").await;
    assert!(refused.status == 422 && refused.text.contains("lý do dài từ 20"), "{}", refused.text);
    let wished = counsellor.submit(&format!("/tu-van/{review}/danh-tinh"), &format!("ly_do={}", encode(REASON))).await;
    assert_eq!(wished.status, 303);
    let inspector = Person::sign_in(&server, "4").await;
    let id = inspector.get("/api/v1/identity-openings").await.value()["openings"][0]["id"].to_string();
    assert_eq!(inspector.submit(&format!("/quan-ly/danh-tinh/{id}"), "dong_y=1").await.status, 303);
    assert_eq!(known(&counsellor, review).await["state"], "open");
}
