//! The feed where it was weak: links of attached answers, comments that are changed, limits over a
//! restart, reach and log of what editors do, what a member takes along.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    feed::{a_reported_post, an_official_post, call, shown_post},
    people::{Load, Person, people_server},
    support::{ANSWERED, encode},
};

/// Asks something that is kept; the conversation.
async fn kept(person: &Person<'_>, question: &str) -> String {
    person.send(Method::PUT, "/api/v1/me/consents/keep-questions", Load::Nothing).await;
    let asked = call(person, Method::POST, "/api/v1/chat", json!({ "question": question })).await;
    asked.value()["conversation_id"].as_str().unwrap().to_owned()
}

fn path_of(url: &Value) -> String {
    format!("/{}", url.as_str().unwrap().splitn(4, '/').last().unwrap().trim_start_matches("chia-se/")).replacen(
        '/',
        "/chia-se/",
        1,
    )
}

#[tokio::test]
async fn an_attached_answer_leaves_the_link_that_was_handed_out() {
    let (server, _app, _codes) = people_server().await;
    let (member, editor) = (Person::sign_in(&server, "1").await, Person::sign_in(&server, "3").await);
    let nobody = Person::anonymous(&server);
    shown_post(&member, &editor, "Chào mọi người").await;
    let conversation = kept(&member, ANSWERED).await;
    let shared = format!("/api/v1/conversations/{conversation}/messages/1/share");
    let link = path_of(&member.send(Method::POST, &shared, Load::Nothing).await.value()["url"]);
    assert_eq!(nobody.get(&link).await.status, 200, "{link}");
    let card = json!({"conversation": conversation, "n": 1});
    let wish = |text: &str| json!({"text": text, "topic": "quyen-loi", "card": card});
    assert_eq!(call(&member, Method::POST, "/api/v1/posts", wish("")).await.status, 422);
    let made = call(&member, Method::POST, "/api/v1/posts", wish("Trợ lý trả lời tôi thế này")).await.value();
    let of_post = made["card"]["url"].as_str().unwrap().to_owned();
    assert_ne!(of_post, link);
    assert_eq!((nobody.get(&link).await.status, nobody.get(&of_post).await.status), (200, 200));
    let path = format!("/api/v1/posts/{}", made["id"]);
    assert_eq!(member.send(Method::DELETE, &path, Load::Nothing).await.status, 204);
    assert_eq!((nobody.get(&link).await.status, nobody.get(&of_post).await.status), (200, 404));

    // The question is shown with the post: what it tells of a person is asked about, too.
    let conversation = kept(&member, &format!("{ANSWERED} Gọi tôi 0977123456")).await;
    let card = json!({"conversation": conversation, "n": 1});
    let mut wish = json!({"text": "Xem giúp", "topic": "quyen-loi", "card": card});
    let refused = call(&member, Method::POST, "/api/v1/posts", wish.clone()).await;
    assert!(refused.status == 422 && refused.text.contains("số điện thoại"), "{}", refused.text);
    wish["confirmed"] = json!(true);
    assert_eq!(call(&member, Method::POST, "/api/v1/posts", wish).await.status, 201);
}

#[tokio::test]
async fn a_comment_is_changed_by_who_wrote_it_and_its_wordings_stay() {
    let (server, _app, _codes) = people_server().await;
    let (member, editor) = (Person::sign_in(&server, "1").await, Person::sign_in(&server, "3").await);
    let other = Person::sign_in(&server, "2").await;
    let id = shown_post(&member, &editor, "Ai biết lịch nghỉ?").await;
    let made = other.submit(&format!("/bang-tin/{id}/binh-luan"), "binh_luan=Mai+nghi").await;
    let n = made.header("location").split("#l").nth(1).unwrap().to_owned();
    let form = format!("/bang-tin/{id}/binh-luan/{n}/sua");
    assert!(other.get(&form).await.text.contains("Mai nghi</textarea>"));
    assert_eq!(member.get(&form).await.status, 403);
    assert_eq!(member.submit(&form, "bai=x").await.status, 403);
    let asked = other.submit(&form, "bai=goi+0977123456").await;
    assert!(asked.status == 422 && asked.text.contains("xac_nhan"), "{}", asked.text);
    assert_eq!(other.submit(&form, &format!("bai={}", encode("Mốt nghỉ"))).await.status, 303);
    let page = member.get(&format!("/bang-tin/{id}")).await.text;
    assert!(page.contains("Mốt nghỉ") && page.contains("đã sửa") && !page.contains("Mai nghi"), "{page}");
    let before = member.get(&format!("/bang-tin/{id}/binh-luan/{n}/ban-truoc")).await.text;
    assert!(before.contains("Mai nghi") && !before.contains("Mốt nghỉ"), "{before}");
    let path = format!("/api/v1/posts/{id}/comments/{n}");
    assert_eq!(call(&other, Method::PUT, &path, json!({"text": "Ba nghỉ"})).await.status, 204);
    let versions = member.get(&format!("{path}/versions")).await.value();
    assert_eq!(versions["versions"].as_array().unwrap().len(), 2, "{versions}");
    let listed = member.get(&format!("/api/v1/posts/{id}/comments")).await.value();
    assert!(listed["comments"][0]["edited_at"].is_string(), "{listed}");
}

#[tokio::test]
async fn a_restart_forgives_no_flood_and_editors_hear_of_what_waits() {
    let (server, app, _codes) = people_server().await;
    let (member, editor) = (Person::sign_in(&server, "1").await, Person::sign_in(&server, "3").await);
    assert!(!editor.get("/thong-bao").await.text.contains("chờ kiểm duyệt"));
    let wish = |n: usize| json!({"text": format!("Bài {n}"), "topic": "vui"});
    assert_eq!(call(&member, Method::POST, "/api/v1/posts", wish(1)).await.status, 201);
    assert!(editor.get("/thong-bao").await.text.contains("chờ kiểm duyệt"), "a first post waits");
    let mut last = json!(0);
    for n in 2..=6 {
        let made = call(&member, Method::POST, "/api/v1/posts", wish(n)).await;
        assert_eq!(made.status, 201, "{n}");
        last = made.value()["id"].clone();
    }
    // What was counted in memory is gone.
    app.open_store().await.unwrap();
    let seventh = call(&member, Method::POST, "/api/v1/posts", wish(7)).await;
    assert_eq!(seventh.status, 429, "{}", seventh.text);
    assert!(3_000 < seventh.header("retry-after").parse::<u32>().unwrap());
    // Taken back is written all the same.
    assert_eq!(member.send(Method::DELETE, &format!("/api/v1/posts/{last}"), Load::Nothing).await.status, 204);
    assert_eq!(call(&member, Method::POST, "/api/v1/posts", wish(8)).await.status, 429);
}

#[tokio::test]
async fn what_editors_do_stays_within_their_units_and_stands_in_the_log() {
    let (server, app, _codes) = people_server().await;
    let (member, editor) = (Person::sign_in(&server, "1").await, Person::sign_in(&server, "3").await);
    shown_post(&member, &editor, "Chào").await;
    let ban = async |form: &str| editor.submit("/bien-tap/bang-tin/trang-chan", form).await.status;
    assert_eq!(ban("trang=xn--bcher-kva.example").await, 303);
    let wish = |unit: &str, text: &str| json!({"text": text, "topic": "vui", "audience": unit});
    for link in ["https://bücher.example/x", "https://xn--bcher-kva.example/x"] {
        let text = format!("[a]({link})");
        let refused = call(&member, Method::POST, "/api/v1/posts", wish("A1", &text)).await;
        assert!(refused.status == 422 && refused.text.contains("bị chặn"), "{link}: {}", refused.text);
    }
    let above = call(&member, Method::POST, "/api/v1/posts", wish("N", "[a](https://bücher.example/x)")).await;
    assert_eq!(above.status, 201, "the whole union is beyond this editor: {}", above.text);
    let alike = call(&member, Method::POST, "/api/v1/posts", wish("A1", "[a](https://b\u{430}d.example/x)")).await;
    assert!(alike.status == 422 && alike.text.contains("trông giống"), "{}", alike.text);
    assert_eq!(ban("trang=b%C3%BCcher.example&bo=1").await, 303, "either spelling takes it back");
    assert_eq!(
        call(&member, Method::POST, "/api/v1/posts", wish("A1", "[a](https://bücher.example)")).await.status,
        201
    );

    let official = an_official_post(&app, "3", "A").await;
    for days in ["2", "0"] {
        let pinned = editor.submit(&format!("/bang-tin/{official}/ghim"), &format!("so_ngay={days}")).await;
        assert_eq!(pinned.status, 303, "{}", pinned.text);
    }
    let log = editor.get("/api/v1/reports/log").await.value();
    let acts: Vec<_> = log["log"].as_array().unwrap().iter().map(|entry| entry["act"].as_str().unwrap()).collect();
    assert_eq!(acts, ["unpin", "pin", "unban", "ban", "keep"], "{log}");
}

#[tokio::test]
async fn what_one_reported_and_what_was_decided_is_taken_along() {
    let (server, _app, _codes) = people_server().await;
    let (member, editor) = (Person::sign_in(&server, "1").await, Person::sign_in(&server, "3").await);
    let other = Person::sign_in(&server, "2").await;
    let (id, case) = a_reported_post(&member, &other, &editor).await;
    other.submit(&format!("/bang-tin/{id}/cam-xuc"), "cam_xuc=fun").await;
    other.submit(&format!("/bang-tin/{id}/luu"), "luu=1").await;
    other.submit("/bang-tin/chu-de", "t-vui=1").await;
    other.submit(&format!("/bang-tin/{id}/tac-gia"), "cach=mute").await;
    let load = json!({"ruling": "remove", "reason": "Sai luật"});
    assert_eq!(call(&editor, Method::POST, &format!("/api/v1/reports/{case}/decision"), load).await.status, 200);
    let of_other = other.get("/api/v1/me/export").await.value();
    let id: i64 = id.parse().unwrap();
    assert_eq!(of_other["moderation"]["reports"][0]["post"], json!(id), "{of_other}");
    assert_eq!(of_other["moderation"]["reports"][0]["reason"], "untrue");
    assert_eq!(of_other["moderation"]["shunned"][0]["how"], "mute");
    assert_eq!(of_other["reactions"], json!([{"post": id, "reaction": "fun"}]));
    assert_eq!((&of_other["saved_posts"][0]["post"], &of_other["followed_topics"]), (&json!(id), &json!(["vui"])));
    let of_author = member.get("/api/v1/me/export").await.value();
    let told = &of_author["moderation"]["cases"];
    assert!(told.as_array().unwrap().iter().any(|case| case["reason"] == "Sai luật"), "{told}");
    assert!(!told.to_string().contains("Trần Bình"), "who reported is not told: {told}");
}
