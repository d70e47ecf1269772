//! What members asked: kept when they agree, sealed, theirs alone; shared, judged, taken along,
//! erased.

use congdoan::accounts::ClientFacts;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    people::{Load, PASSWORD, Person, people_server, with_people},
    support::{ANSWERED, TestServer, UNACCENTED, encode, test_app},
};

async fn agree(person: &Person<'_>) {
    let reply = person.send(Method::PUT, "/api/v1/me/consents/keep-questions", Load::Nothing).await;
    assert_eq!(reply.status, 204, "{}", reply.text);
}

/// Asks; the answer.
async fn ask(person: &Person<'_>, question: &str, conversation: Option<&str>) -> Value {
    let load = json!({"question": question, "conversation_id": conversation}).to_string();
    let reply = person.send(Method::POST, "/api/v1/chat", Load::Json(load)).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.value()
}

async fn conversations(person: &Person<'_>) -> Vec<Value> {
    person.get("/api/v1/conversations").await.value()["conversations"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_answer_is_kept_as_it_was_given_once_its_asker_agrees() {
    let (app, _codes) = with_people(test_app().await).await;
    let server = TestServer::start(app.clone()).await;
    let member = Person::sign_in(&server, "1").await;
    ask(&member, ANSWERED, None).await;
    assert_eq!(conversations(&member).await, Vec::<Value>::new(), "nothing is kept of who did not agree");
    agree(&member).await;
    let given = ask(&member, ANSWERED, None).await;
    let id = given["conversation_id"].as_str().unwrap();
    ask(&member, UNACCENTED, Some(id)).await;
    ask(&Person::anonymous(&server), ANSWERED, None).await;
    let listed = conversations(&member).await;
    assert_eq!(listed.len(), 1, "{listed:?}");
    assert_eq!(
        (&listed[0]["id"], &listed[0]["messages"], &listed[0]["question"]),
        (&json!(id), &json!(2), &json!(ANSWERED))
    );
    let kept = member.get(&format!("/api/v1/conversations/{id}")).await.value();
    let answer = &kept["messages"][0]["answer"];
    for key in [
        "question",
        "understood",
        "as_of",
        "status",
        "answer",
        "sentences",
        "citations",
        "clarify",
        "next_steps",
        "generator",
        "corpus_release",
    ] {
        assert_eq!(answer[key], given[key], "{key}");
    }
    assert!(answer["sentences"].as_array().unwrap().iter().any(|sentence| sentence["withdrawn"] == true));

    let folder = &app.config().paths.data;
    app.close_store().await;
    let mut bytes = Vec::new();
    for name in ["congdoan.db", "congdoan.db-wal"] {
        bytes.extend(std::fs::read(folder.join(name)).unwrap_or_default());
    }
    for secret in [ANSWERED, "Hợp đồng có thời hạn phải báo trước ít nhất", "0900000001"] {
        assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret} lies in the clear");
    }
    assert!(bytes.windows(8).any(|part| part == b"dieu-2/k"), "what is cited can be looked up");
}

#[tokio::test]
async fn another_members_conversation_is_not_there() {
    let (server, _app, _codes) = people_server().await;
    let member = Person::sign_in(&server, "1").await;
    agree(&member).await;
    let id = ask(&member, ANSWERED, None).await["conversation_id"].as_str().unwrap().to_owned();
    let base = format!("/api/v1/conversations/{id}");
    for number in ["2", "4", "5", "9"] {
        let other = Person::sign_in(&server, number).await;
        let verdict = Load::Json(json!({"verdict": "wrong"}).to_string());
        let tries = [
            other.get(&base).await,
            other.send(Method::DELETE, &base, Load::Nothing).await,
            other.send(Method::POST, &format!("{base}/messages/1/verdict"), verdict).await,
            other.send(Method::POST, &format!("{base}/messages/1/share"), Load::Nothing).await,
            other.get(&format!("/lich-su/{id}")).await,
            other.submit(&format!("/lich-su/{id}/xoa"), "x=1").await,
        ];
        for reply in tries {
            assert_eq!(reply.status, 404, "as {number}: {}", reply.text);
        }
        assert_eq!(conversations(&other).await.len(), 0);
    }
    assert_eq!(member.get(&base).await.status, 200);
}

#[tokio::test]
async fn history_is_paged_searched_and_dropped_with_forms_alone() {
    let (server, _app, _codes) = people_server().await;
    let member = Person::sign_in(&server, "1").await;
    let page = member.get("/lich-su").await;
    assert!(page.text.contains("chưa bật lưu câu hỏi"), "{}", page.text);
    let agreed = member.submit("/tai-khoan/luu-cau-hoi", "dong_y=1").await;
    assert_eq!((agreed.status, agreed.header("location")), (303, "/lich-su?bao=luu"));
    for n in 0..23 {
        ask(&member, &format!("Nghỉ hằng năm lần thứ {n} được mấy ngày?"), None).await;
    }
    ask(&member, ANSWERED, None).await;
    let first = member.get("/lich-su").await.text;
    assert_eq!(first.matches("<li><a href=\"/lich-su/").count(), 20);
    let next = first.split("/lich-su?sau=").nth(1).unwrap().split('"').next().unwrap();
    let second = member.get(&format!("/lich-su?sau={next}")).await.text;
    assert_eq!(second.matches("<li><a href=\"/lich-su/").count(), 4);
    assert_eq!(member.get("/lich-su?sau=x").await.status, 422);
    let found = member.get("/lich-su?tim=bao+truoc").await.text;
    assert_eq!(found.matches("<li><a href=\"/lich-su/").count(), 1);
    assert!(found.contains(ANSWERED));
    let address = found.split("<a href=\"").find(|part| part.starts_with("/lich-su/") && part.contains("#c1")).unwrap();
    let address = address.split('#').next().unwrap();
    let conversation = member.get(address).await;
    assert!(
        conversation.text.contains(ANSWERED) && conversation.text.contains("/luat/1-2020-qh99"),
        "{}",
        conversation.text
    );
    let judged =
        member.submit(&format!("{address}/1/y-kien"), &format!("y_kien=unclear&loi={}", encode("Chưa rõ <b>"))).await;
    assert_eq!(judged.status, 303);
    assert!(member.get(address).await.text.contains("Chưa rõ &#60;b&#62;"));
    let dropped = member.submit(&format!("{address}/xoa"), "x=1").await;
    assert_eq!((dropped.status, dropped.header("location")), (303, "/lich-su?bao=da-xoa"));
    assert_eq!(member.get(address).await.status, 404);
    assert!(!member.get("/lich-su?tim=bao+truoc").await.text.contains(ANSWERED));
    member.submit("/tai-khoan/luu-cau-hoi", "dong_y=0").await;
    ask(&member, ANSWERED, None).await;
    assert_eq!(conversations(&member).await.len(), 20, "a page of what was kept before; nothing is added");
    let all = member.get("/api/v1/me/export").await.value();
    let kept = all["conversations"].as_array().unwrap();
    assert_eq!(kept.len(), 23, "an export goes through all pages");
    assert_eq!(kept[0]["messages"][0]["answer"]["question"], "Nghỉ hằng năm lần thứ 22 được mấy ngày?");
}

#[tokio::test]
async fn a_link_shows_one_answer_and_not_who_asked() {
    let (server, _app, _codes) = people_server().await;
    let member = Person::sign_in(&server, "1").await;
    agree(&member).await;
    let other_question = "Phạm vi của luật này là gì?";
    let id = ask(&member, other_question, None).await["conversation_id"].as_str().unwrap().to_owned();
    ask(&member, ANSWERED, Some(&id)).await;
    let share = format!("/api/v1/conversations/{id}/messages/2/share");
    let made = member.send(Method::POST, &share, Load::Nothing).await;
    assert_eq!(made.status, 201);
    let url = made.value()["url"].as_str().unwrap().to_owned();
    let anybody = Person::anonymous(&server);
    let shown = anybody.get(&url).await;
    assert_eq!((shown.status, shown.header("x-robots-tag")), (200, "noindex"));
    assert!(shown.text.contains(ANSWERED));
    for secret in [other_question, "Nguyễn Thị An", id.as_str()] {
        assert!(!shown.text.contains(secret), "{secret} in {}", shown.text);
    }
    let again = member.send(Method::POST, &share, Load::Nothing).await.value()["url"].as_str().unwrap().to_owned();
    assert_eq!(anybody.get(&url).await.status, 404, "a new link ends the one before");
    assert_eq!(anybody.get(&again).await.status, 200);
    assert_eq!(member.send(Method::DELETE, &share, Load::Nothing).await.status, 204);
    assert_eq!(anybody.get(&again).await.status, 404);
    assert_eq!(anybody.get("/chia-se/khong-co").await.status, 404);
}

#[tokio::test]
async fn a_member_takes_their_data_along_and_erases_it() {
    let (server, app, codes) = people_server().await;
    let code = codes.iter().find(|code| code.number == "8").unwrap().code.shown();
    let client = ClientFacts::default();
    app.accounts().unwrap().redeem(&code, PASSWORD, &client, app.now()).await.unwrap();
    let member = Person::sign_in(&server, "8").await;
    agree(&member).await;
    ask(&member, ANSWERED, None).await;
    // Browsers take it packed.
    let packed = member.request(Method::GET, "/api/v1/me/export", Load::Nothing).header("accept-encoding", "gzip");
    let packed = packed.send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    assert!(!packed.bytes().await.unwrap().is_empty(), "it comes to its end");
    let export = member.get("/api/v1/me/export").await;
    assert!(export.header("content-disposition").starts_with("attachment"));
    let all = export.value();
    assert_eq!((&all["account"]["phone"], &all["account"]["number"]), (&json!("0900000008"), &json!("8")));
    assert_eq!(all["conversations"][0]["messages"][0]["answer"]["question"], ANSWERED);
    assert_eq!(all["consents"][0]["purpose"], "keep-questions");
    assert_eq!(all["sessions"].as_array().unwrap().len(), 2);

    let erase = |current: &str| Load::Json(json!({"current": current}).to_string());
    let wrong = member.send(Method::DELETE, "/api/v1/me", erase("sai")).await;
    assert_eq!(wrong.problem(), "422 invalid current");
    assert_eq!(conversations(&member).await.len(), 1);
    assert_eq!(member.send(Method::DELETE, "/api/v1/me", erase(PASSWORD)).await.status, 204);
    assert_eq!(member.get("/api/v1/me").await.status, 401, "the session has ended");
    let admin = Person::sign_in(&server, "9").await;
    let left = admin.get("/api/v1/members/8").await.value();
    assert_eq!((&left["phone"], &left["state"], &left["name"]), (&Value::Null, &json!("invited"), &json!("Đỗ Hải")));
    let refused = admin.send(Method::DELETE, "/api/v1/me", erase(PASSWORD)).await;
    assert_eq!(refused.problem(), "409 conflict", "the last admin does not vanish by mistake");
}

#[tokio::test]
async fn what_counsellors_will_see_is_said_before_it_is_sent() {
    let (server, _app, _codes) = people_server().await;
    let member = Person::sign_in(&server, "1").await;
    agree(&member).await;
    let page = member.get("/lich-su").await.text;
    assert!(page.contains("báo sai hay khó hiểu") && !page.contains("Chỉ mình bạn xem được"), "{page}");
    let agreed = member.submit("/tai-khoan/luu-cau-hoi", "viec=review&dong_y=1").await;
    assert_eq!(agreed.header("location"), "/lich-su?bao=xem-lai");
    assert!(member.get("/lich-su?bao=xem-lai").await.text.contains("họ không biết tên bạn"));
    let taken_back = member.submit("/tai-khoan/luu-cau-hoi", "viec=review&dong_y=0").await;
    assert_eq!(taken_back.header("location"), "/lich-su?bao=thoi-xem-lai");
    assert!(member.get("/lich-su?bao=thoi-xem-lai").await.text.contains("Những câu đã chuyển"));
    let id = ask(&member, ANSWERED, None).await["conversation_id"].as_str().unwrap().to_owned();
    let page = member.get(&format!("/lich-su/{id}")).await.text;
    let (note, button) = (page.find("cán bộ tư vấn của công đoàn đọc được").unwrap(), page.find("Gửi ý kiến").unwrap());
    assert!(note < button, "it is said above the button");
}

#[tokio::test]
async fn an_answer_that_abstained_is_shown_again_with_its_words_and_what_to_do() {
    let (server, _app, _codes) = people_server().await;
    let member = Person::sign_in(&server, "1").await;
    agree(&member).await;
    let given = ask(&member, "Quán phở nào ngon nhất Hà Nội?", None).await;
    assert_eq!(given["status"], "abstained", "{given}");
    let page = member.get(&format!("/lich-su/{}", given["conversation_id"].as_str().unwrap())).await.text;
    let shown = |text: &str| page.contains(&text.replace('"', "&#34;").replace('<', "&#60;"));
    for line in given["answer"].as_str().unwrap().lines().filter(|line| !line.is_empty()) {
        assert!(shown(line), "{line} in {page}");
    }
    let steps = given["next_steps"].as_array().unwrap();
    assert!(!steps.is_empty() && steps.iter().all(|step| shown(step.as_str().unwrap())), "{page}");
}
