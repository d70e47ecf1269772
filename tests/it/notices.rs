//! What members are told: counted at the head of pages, theirs alone, quiet at night.

use congdoan::{
    accounts::{Actor, ClientFacts, Visitor},
    app::App,
    notices::{Kind, QuietHours},
};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;

use crate::people::{Load, PASSWORD, Person, people_server};

async fn actor(app: &App, number: &str) -> Actor {
    let accounts = app.accounts().unwrap();
    let signed_in = accounts.sign_in(number, PASSWORD, &ClientFacts::default(), app.now()).await.unwrap();
    match accounts.visitor(&signed_in.token, app.now()).await.unwrap() {
        Visitor::Member(actor) => *actor,
        Visitor::Anonymous => panic!("{number} is not signed in"),
    }
}

#[tokio::test]
async fn a_notice_is_counted_on_every_page_until_it_is_opened() {
    let (server, app, _codes) = people_server().await;
    let (member, other) = (Person::sign_in(&server, "1").await, Person::sign_in(&server, "3").await);
    let who = actor(&app, "1").await.member().id;
    let notices = app.notices().unwrap();
    notices.tell(who, Kind::Feed, "Có người trả lời <b>bạn</b>", "/may-tinh", app.now()).await.unwrap();
    notices.tell(who, Kind::Feed, "Có hai người trả lời bạn", "/may-tinh", app.now()).await.unwrap();
    notices.tell(who, Kind::Support, "Đã nhận yêu cầu <i>hỗ trợ</i>", "/luat", app.now()).await.unwrap();
    for path in ["/", "/luat", "/tai-khoan", "/khong-co"] {
        let page = member.get(path).await.text;
        assert!(page.contains("Bạn có 2 thông báo chưa đọc"), "{path}: {page}");
        for nobody in [&other, &Person::anonymous(&server)] {
            assert!(!nobody.get(path).await.text.contains("thông báo chưa đọc"), "{path}");
        }
    }
    let listed = member.get("/api/v1/notices").await.value();
    let first = &listed["notices"][0];
    assert_eq!((&listed["unread"], &first["kind"], &first["link"]), (&json!(2), &json!("support"), &json!("/luat")));
    let page = member.get("/thong-bao").await.text;
    assert!(page.contains("&#60;i&#62;hỗ trợ") && page.contains("Có hai người"), "{page}");
    let (id, feed) = (first["id"].as_i64().unwrap(), &listed["notices"][1]["id"]);
    assert_eq!(other.submit(&format!("/thong-bao/{id}"), "x=1").await.status, 404, "another's");
    assert_eq!(other.send(Method::POST, &format!("/api/v1/notices/{id}/read"), Load::Nothing).await.status, 404);
    let opened = member.submit(&format!("/thong-bao/{id}"), "x=1").await;
    assert_eq!((opened.status, opened.header("location")), (303, "/luat"));
    assert!(member.get("/").await.text.contains("Bạn có 1 thông báo chưa đọc"));
    assert_eq!(member.send(Method::POST, &format!("/api/v1/notices/{feed}/read"), Load::Nothing).await.status, 204);
    assert!(!member.get("/").await.text.contains("thông báo chưa đọc"));
    let own = member.get("/api/v1/me/export").await.value();
    assert_eq!(own["notices"].as_array().unwrap().len(), 2);
    for bytes in ["congdoan.db", "congdoan.db-wal"].map(|name| std::fs::read(app.config().paths.data.join(name))) {
        let bytes = bytes.unwrap_or_default();
        assert!(!bytes.windows(12).any(|part| part == "hai người".as_bytes()), "a title lies in the clear");
    }
}

#[tokio::test]
async fn what_comes_in_quiet_hours_is_shown_after_them() {
    let (server, app, _codes) = people_server().await;
    let member = Person::sign_in(&server, "1").await;
    let actor = actor(&app, "1").await;
    let notices = app.notices().unwrap();
    let at = |hours: i64| app.now() + SignedDuration::from_hours(hours);
    assert_eq!(member.submit("/thong-bao/gio-yen-lang", "tu=22:00&den=xx").await.status, 422);
    // Quiet from an hour ago until in an hour, whatever the clock says: Vietnam is 7 hours ahead.
    let hour = |hours: i64| format!("{:02}:30", (at(hours + 7).as_second().div_euclid(3_600)).rem_euclid(24));
    let (from, to) = (hour(-2), hour(2));
    assert_eq!(member.submit("/thong-bao/gio-yen-lang", &format!("tu={from}&den={to}")).await.status, 303);
    notices.tell(actor.member().id, Kind::Review, "Trước đó", "/a", at(-5)).await.unwrap();
    notices.tell(actor.member().id, Kind::Review, "Trong giờ", "/b", app.now()).await.unwrap();
    let listed = member.get("/api/v1/notices").await.value();
    assert_eq!((&listed["unread"], &listed["quiet_hours"]["from"]), (&json!(1), &json!(from)), "{listed}");
    assert_eq!(listed["notices"].as_array().unwrap().len(), 1);
    assert!(listed["quiet_until"].as_str().is_some());
    let page = member.get("/thong-bao").await.text;
    assert!(page.contains("Trước đó") && !page.contains("Trong giờ"), "{page}");
    assert!(page.contains("Đang trong giờ yên lặng"));
    assert_eq!(member.send(Method::POST, "/api/v1/notices/read", Load::Nothing).await.value()["read"], 1);
    let after = notices.list(&actor, None, at(5)).await.unwrap();
    assert_eq!((after.unread, after.notices[0].title.as_str()), (1, "Trong giờ"), "it was not read unseen");
    assert_eq!(after.quiet, Some(QuietHours::parse(&from, &to).unwrap()));
    let ended = member.send(Method::DELETE, "/api/v1/me/quiet-hours", Load::Nothing).await;
    assert_eq!(ended.status, 204);
    assert_eq!(member.get("/api/v1/notices").await.value()["unread"], 1);
}
