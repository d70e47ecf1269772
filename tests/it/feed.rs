//! The feed over HTTP: writing, reading, its order, moderation from report to restored post.

use congdoan::{
    accounts::PeopleStore as _,
    app::App,
    community::{PostState, Topic, port::FeedStore as _, port::PostRow},
    secrets::Keys,
    store::{SqliteStore, StoreLimits},
};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    people::{Load, Person, people_server, with_people},
    support::{ANSWERED, Reply, TestServer, encode, quoting_app, test_app},
};

/// Sends JSON.
pub async fn call(person: &Person<'_>, method: Method, path: &str, load: Value) -> Reply {
    person.send(method, path, Load::Json(load.to_string())).await
}

async fn post(person: &Person<'_>, text: &str) -> Reply {
    call(person, Method::POST, "/api/v1/posts", json!({"text": text, "topic": "vui"})).await
}

/// A post of `member` that `editor` let through; its number.
pub async fn shown_post(member: &Person<'_>, editor: &Person<'_>, text: &str) -> String {
    let made = post(member, text).await;
    assert_eq!((made.status, &made.value()["state"]), (201, &json!("held")), "{}", made.text);
    let case = editor.get("/api/v1/reports").await.value()["reports"][0]["id"].clone();
    assert_eq!(rule(editor, &case, "keep", "Bài hay").await.status, 200);
    made.value()["id"].to_string()
}

async fn rule(person: &Person<'_>, case: &Value, ruling: &str, reason: &str) -> Reply {
    let load = json!({"ruling": ruling, "reason": reason});
    call(person, Method::POST, &format!("/api/v1/reports/{case}/decision"), load).await
}

/// A shown post of `member` that `other` has reported, and the case.
pub async fn a_reported_post(member: &Person<'_>, other: &Person<'_>, editor: &Person<'_>) -> (String, String) {
    let id = shown_post(member, editor, "Nghỉ việc báo trước một ngày là đủ").await;
    let load = json!({"post": id.parse::<i64>().unwrap(), "reason": "untrue"});
    assert_eq!(call(other, Method::POST, "/api/v1/reports", load).await.status, 202);
    let case = editor.get("/api/v1/reports").await.value()["reports"][0]["id"].to_string();
    (id, case)
}

/// The store of an app's data folder, opened beside it.
async fn store_of(app: &App) -> SqliteStore {
    let data = &app.config().paths.data;
    SqliteStore::open(data, &Keys::open(data).unwrap(), StoreLimits::default()).await.unwrap()
}

/// An official post of a member, put into the store; its number.
pub async fn an_official_post(app: &App, number: &str, unit: &str) -> String {
    put_posts(app, number, unit, true, 1).await.remove(0).to_string()
}

/// Posts of a member put into the store, a minute apart, the last one now.
pub async fn put_posts(app: &App, number: &str, unit: &str, is_official: bool, count: i64) -> Vec<i64> {
    let store = store_of(app).await;
    let author = store.member(number).await.unwrap().unwrap().id;
    let audience = store.unit(unit).await.unwrap().unwrap().id;
    let mut ids = Vec::new();
    for n in 0..count {
        let row = PostRow {
            author,
            audience,
            is_official,
            topic: Topic::Work,
            text: format!("Bài số {n}. {}", "Chuyện ở xưởng hôm nay có nhiều điều để kể. ".repeat(20)),
            state: PostState::Shown,
            card_sealed: None,
            pictures: Vec::new(),
            notices: Vec::new(),
            now: app.now() - SignedDuration::from_mins(count - n),
        };
        ids.push(store.put_post(&row).await.unwrap());
    }
    store.close().await;
    ids
}

#[tokio::test]
async fn a_worker_posts_is_reported_removed_appeals_and_is_restored() {
    let (server, _app, _codes) = people_server().await;
    let admin = Person::sign_in(&server, "9").await;
    admin.send(Method::PUT, "/api/v1/members/5/roles/editor/A", Load::Nothing).await;
    let (worker, two, four) =
        (Person::sign_in(&server, "1").await, Person::sign_in(&server, "2").await, Person::sign_in(&server, "4").await);
    let (editor, other) = (Person::sign_in(&server, "3").await, Person::sign_in(&server, "5").await);

    let fields =
        format!("bai={}&chu_de=chuyen-nghe&don_vi=A", encode("Ca đêm **vất vả** lắm, ai có cách ngủ bù không?"));
    let sent = worker.submit("/bang-tin/viet", &fields).await;
    assert_eq!((sent.status, sent.header("location")), (303, "/bang-tin/cua-toi?bao=cho-duyet"), "{}", sent.text);
    assert!(worker.get("/bang-tin/cua-toi").await.text.contains("chờ duyệt"));
    assert!(!two.get("/bang-tin").await.text.contains("vất vả"), "nobody sees it yet");
    let queue = editor.get("/bien-tap/bang-tin").await.text;
    let case = queue.split("/bien-tap/bang-tin/").filter_map(|part| part.split('"').next()?.parse::<i64>().ok()).next();
    let decide = format!("/bien-tap/bang-tin/{}/quyet-dinh", case.unwrap());
    assert_eq!(editor.submit(&decide, "quyet_dinh=keep&ly_do=").await.status, 422, "without a reason");
    assert_eq!(editor.submit(&decide, &format!("quyet_dinh=keep&ly_do={}", encode("Bài hay"))).await.status, 303);
    let feed = two.get("/bang-tin").await.text;
    assert!(feed.contains("<strong>vất vả</strong>"), "{feed}");
    let id = feed.split("id=\"b").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let told = worker.get("/api/v1/notices").await.text;
    assert!(told.contains("đã được duyệt"), "{told}");

    for (person, reason) in [(&two, "insult"), (&four, "untrue"), (&two, "insult")] {
        let sent = person.submit(&format!("/bang-tin/{id}/bao-cao"), &format!("ly_do={reason}")).await;
        assert_eq!(sent.status, 303);
    }
    let waiting = editor.get("/api/v1/reports").await.value();
    let case = &waiting["reports"][0];
    assert_eq!((waiting["reports"].as_array().unwrap().len(), &case["reports"]), (1, &json!(2)), "{waiting}");
    for secret in ["Trần Bình", "Phạm Dũng"] {
        assert!(!waiting.to_string().contains(secret), "who reports is not told");
    }
    let case = case["id"].clone();
    assert_eq!(rule(&editor, &case, "remove", "Không nêu nguồn").await.status, 200);
    assert_eq!(rule(&other, &case, "keep", "x").await.status, 409, "it is decided");
    let late = editor.submit(&format!("/bang-tin/{id}/bao-cao"), "ly_do=insult").await;
    assert_eq!(late.status, 409, "what is not shown needs no report");
    for person in [&two, &four] {
        assert_eq!(person.get(&format!("/bang-tin/{id}")).await.status, 404);
        assert!(!person.get("/bang-tin").await.text.contains("vất vả"));
    }
    let own = worker.get("/bang-tin/cua-toi").await.text;
    assert!(own.contains("Không nêu nguồn") && own.contains("Khiếu nại") && own.contains("bị gỡ"), "{own}");
    assert!(worker.get("/api/v1/notices").await.text.contains("bị gỡ"));

    let appeal = format!("/bang-tin/khieu-nai/{case}");
    assert_eq!(two.submit(&appeal, "loi=x").await.status, 404, "another's");
    assert_eq!(worker.submit(&appeal, &format!("loi={}", encode("Tôi chỉ hỏi kinh nghiệm"))).await.status, 303);
    assert_eq!(worker.submit(&appeal, "loi=x").await.status, 409);
    assert_eq!(editor.get("/api/v1/reports").await.value()["reports"].as_array().unwrap().len(), 0);
    assert_eq!(rule(&editor, &case, "keep", "x").await.status, 409, "another person answers");
    let page = other.get(&format!("/bien-tap/bang-tin/{case}")).await.text;
    assert!(page.contains("Tôi chỉ hỏi kinh nghiệm") && page.contains("Không nêu nguồn"), "{page}");
    assert_eq!(rule(&other, &case, "keep", "Bài chỉ hỏi, không sai").await.status, 200);
    assert!(two.get("/bang-tin").await.text.contains("vất vả"));
    let own = worker.get("/bang-tin/cua-toi").await.text;
    assert!(own.contains("Đã khôi phục") && own.contains("Bài chỉ hỏi, không sai"), "{own}");
    let log = editor.get("/api/v1/reports/log").await.value();
    let acts: Vec<_> = log["log"].as_array().unwrap().iter().map(|entry| entry["act"].as_str().unwrap()).collect();
    assert_eq!(acts, ["restore", "remove", "keep"]);
}

#[tokio::test]
async fn the_feed_is_paged_without_gaps_a_fifth_is_official_and_the_first_page_is_small() {
    let (server, app, _codes) = people_server().await;
    let of_members = put_posts(&app, "1", "A1", false, 30).await;
    let of_union = put_posts(&app, "8", "N", true, 12).await;
    put_posts(&app, "8", "B", false, 3).await;
    let reader = Person::sign_in(&server, "2").await;
    for order in ["newest", "for_you"] {
        let (mut seen, mut after) = (Vec::new(), String::new());
        let mut shares = Vec::new();
        loop {
            let page = reader.get(&format!("/api/v1/posts?order={order}&after={after}")).await.value();
            let posts = page["posts"].as_array().unwrap();
            shares.push(posts.iter().filter(|post| post["official"] == true).count());
            seen.extend(posts.iter().map(|post| post["id"].as_i64().unwrap()));
            if seen.len() == 20 {
                put_posts(&app, "1", "A1", false, 2).await;
            }
            match page["next"].as_str() {
                Some(next) => after = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(shares[0], 4, "{order}: of twenty four are official");
        let mut sorted = seen.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), seen.len(), "{order}: nothing comes twice");
        assert!(of_members.iter().chain(&of_union).all(|id| seen.contains(id)), "{order}: nothing is left out");
    }
    let response = reader.request(Method::GET, "/bang-tin", Load::Nothing).header("accept-encoding", "gzip");
    let response = response.send().await.unwrap();
    assert_eq!(response.headers()["content-encoding"], "gzip");
    let bytes = response.bytes().await.unwrap().len();
    assert!((1_000..50_000).contains(&bytes), "the first page is {bytes} bytes");
    let page = reader.get("/bang-tin").await.text;
    assert_eq!(page.matches("<article class=\"post\"").count(), 20);
    assert!(page.contains("rel=\"next\"") && !page.contains("chưa có bài"), "a link leads on");

    let editor = Person::sign_in(&server, "3").await;
    let meter = editor.get("/api/v1/reports/meter").await.value();
    let week = &meter["weeks"][0];
    assert!((15..=30).contains(&week["shown_percent"].as_u64().unwrap()), "{week}");
    assert!(editor.get("/bien-tap/bang-tin/ty-le").await.text.contains("Tuần này"));
    assert_eq!(reader.get("/api/v1/posts?after=x").await.status, 422);
}

#[tokio::test]
async fn what_one_follows_and_ones_own_unit_come_first_and_the_page_says_why() {
    let (server, app, _codes) = people_server().await;
    let near = put_posts(&app, "1", "A1", false, 1).await[0];
    let far = put_posts(&app, "8", "N", false, 1).await[0];
    let reader = Person::sign_in(&server, "2").await;
    let first = |page: Value| page["posts"][0]["id"].as_i64().unwrap();
    assert_eq!(first(reader.get("/api/v1/posts").await.value()), far, "the newest");
    assert_eq!(first(reader.get("/api/v1/posts?order=for_you").await.value()), near, "one's own unit");
    let why = reader.get(&format!("/bang-tin/{near}/vi-sao")).await.text;
    assert!(why.contains("+120") && why.contains("Cơ sở A1"), "{why}");
    assert_eq!(reader.submit("/bang-tin/chu-de", "t-chuyen-nghe=1").await.status, 303);
    let why = reader.get(&format!("/bang-tin/{near}/vi-sao")).await.text;
    assert!(why.contains("+120") && why.contains("+90") && why.contains("Chuyện nghề"), "{why}");
    let none = reader.get("/api/v1/posts?topic=vui").await.value();
    assert_eq!(none["posts"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn bad_words_are_refused_with_a_message_or_made_harmless() {
    let (server, _app, _codes) = people_server().await;
    let (member, editor) = (Person::sign_in(&server, "1").await, Person::sign_in(&server, "3").await);
    let told = post(&member, "Gọi tôi 0900 000 001 nhé").await;
    assert_eq!((told.status, told.value()["field"].as_str()), (422, Some("confirm")), "{}", told.text);
    assert!(told.text.contains("số điện thoại"));
    let form = member.submit("/bang-tin/viet", &format!("bai={}&chu_de=vui", encode("CCCD 001099000001"))).await;
    assert!(form.status == 422 && form.text.contains("name=\"xac_nhan\"") && form.text.contains("CCCD 001099000001"));
    let banned = editor.submit("/bien-tap/bang-tin/trang-chan", "trang=lua-dao.example").await;
    assert_eq!(banned.status, 303);
    let linked = post(&member, "Xem [ở đây](https://www.lua-dao.example/a)").await;
    assert!(linked.status == 422 && linked.text.contains("lua-dao.example"), "{}", linked.text);
    for address in
        [r"https://lua-dao\.example", "https://lua-dao&#46;example", "https://lua-dao%2Eexample/", "https://[::1]/"]
    {
        let linked = post(&member, &format!("Xem [ở đây]({address})")).await;
        assert_eq!((linked.status, linked.value()["field"].as_str()), (422, Some("text")), "{address}");
    }
    for nothing in ["\u{200b}\u{200b}", "", "   "] {
        assert_eq!(post(&member, nothing).await.status, 422);
    }
    assert_eq!(post(&member, &"a".repeat(5_001)).await.status, 422);
    let id = shown_post(&member, &editor, "<script>alert(1)</script> a\u{202e}b\u{200b}c <img src=x onerror=alert(1)>")
        .await;
    let page = editor.get(&format!("/bang-tin/{id}")).await.text;
    assert!(page.contains("&lt;script&gt;alert(1)") && page.contains("abc"), "{page}");
    assert!(!page.contains("<script>alert") && !page.contains("<img src=x"));

    let edit = |text: &str| format!("bai={}", encode(text));
    assert_eq!(editor.submit(&format!("/bang-tin/{id}/sua"), &edit("x")).await.status, 403);
    assert_eq!(member.submit(&format!("/bang-tin/{id}/sua"), &edit("Đã sửa lại")).await.status, 303);
    let before = editor.get(&format!("/bang-tin/{id}/ban-truoc")).await.text;
    assert!(before.contains("&lt;script&gt;"), "the wording before stays: {before}");
    let comment = format!("binh_luan={}", encode("Hay quá\n<b>thật</b>"));
    assert_eq!(editor.submit(&format!("/bang-tin/{id}/binh-luan"), &comment).await.status, 303);
    let page = member.get(&format!("/bang-tin/{id}")).await.text;
    assert!(page.contains("Đã sửa lại") && page.contains("&#60;b&#62;thật") && page.contains("đã sửa"), "{page}");
    assert!(member.get("/api/v1/notices").await.text.contains("bình luận mới"));
    let taken = member.get("/api/v1/me/export").await.value();
    assert_eq!((&taken["posts"][0]["text"], taken["comments"].as_array().unwrap().len()), (&json!("Đã sửa lại"), 0));
    assert!(editor.get("/api/v1/me/export").await.value()["comments"][0]["text"].as_str().unwrap().contains("Hay quá"));
    assert_eq!(member.submit(&format!("/bang-tin/{id}/xoa"), "x=1").await.status, 303);
    assert_eq!(editor.get(&format!("/bang-tin/{id}")).await.status, 404);
}

#[tokio::test]
async fn ten_thousand_taps_and_a_flood_of_posts_are_stopped_with_a_time_to_wait() {
    let (server, app, _codes) = people_server().await;
    let id = put_posts(&app, "1", "A1", false, 1).await[0];
    let member = Person::sign_in(&server, "2").await;
    let mut stopped = None;
    for n in 0..200 {
        let kind = if n % 2 == 0 { "like" } else { "fun" };
        let reply =
            call(&member, Method::PUT, &format!("/api/v1/posts/{id}/reaction"), json!({"reaction": kind})).await;
        if reply.status != 200 {
            stopped = Some((n, reply));
            break;
        }
    }
    let (after, reply) = stopped.unwrap();
    assert!(60 <= after && reply.status == 429 && reply.text.contains("đợi"), "{after}: {}", reply.text);
    let counts = member.get(&format!("/api/v1/posts/{id}")).await.value()["reactions"].clone();
    let sum: u64 = ["like", "care", "useful", "fun"].iter().map(|kind| counts[kind].as_u64().unwrap()).sum();
    assert_eq!(sum, 1, "one of each member: {counts}");
    let mut statuses = Vec::new();
    for n in 0..8 {
        statuses.push(post(&member, &format!("Bài {n}")).await.status);
    }
    assert_eq!(statuses, [201, 201, 201, 201, 201, 201, 429, 429]);
}

#[tokio::test]
async fn who_blocks_and_who_is_elsewhere_does_not_meet() {
    let (server, app, codes) = people_server().await;
    let code = codes.iter().find(|code| code.number == "8").unwrap().code.shown();
    let client = congdoan::accounts::ClientFacts { address: "192.0.2.8".to_owned(), device: String::new() };
    app.accounts().unwrap().redeem(&code, crate::people::PASSWORD, &client, app.now()).await.unwrap();
    let id = put_posts(&app, "1", "A1", false, 1).await[0];
    let (one, two, far) =
        (Person::sign_in(&server, "1").await, Person::sign_in(&server, "2").await, Person::sign_in(&server, "8").await);
    let path = format!("/bang-tin/{id}");
    assert_eq!((two.get(&path).await.status, far.get(&path).await.status), (200, 404));
    assert_eq!(far.get("/api/v1/posts").await.value()["posts"].as_array().unwrap().len(), 0);
    assert_eq!(two.submit(&format!("{path}/tac-gia"), "cach=block").await.status, 303);
    assert_eq!(two.get(&path).await.status, 404);
    let of_two = put_posts(&app, "2", "A1", false, 1).await[0];
    assert_eq!(one.get(&format!("/bang-tin/{of_two}")).await.status, 404, "nor does the other");
    let own = two.get("/bang-tin/cua-toi").await.text;
    let entry = own.split("/bang-tin/nguoi/").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(one.submit(&format!("/bang-tin/nguoi/{entry}"), "x=1").await.status, 404);
    assert_eq!(two.submit(&format!("/bang-tin/nguoi/{entry}"), "x=1").await.status, 303);
    assert_eq!(two.get(&path).await.status, 200);
    assert_eq!(two.submit(&format!("{path}/luu"), "luu=1").await.status, 303);
    assert!(two.get("/bang-tin/da-luu").await.text.contains("Bài số 0"));
}

#[tokio::test]
async fn posts_are_found_without_accents_and_never_by_the_law() {
    let (server, app, _codes) = people_server().await;
    let (member, editor) = (Person::sign_in(&server, "1").await, Person::sign_in(&server, "3").await);
    let id = shown_post(&member, &editor, "Mẹo hay: ngâm chân nước **gừng** nóng").await;
    put_posts(&app, "8", "B", false, 1).await;
    let only = [id.clone()];
    let found = |reply: Reply| -> Vec<String> {
        reply.value()["posts"].as_array().unwrap().iter().map(|post| post["id"].to_string()).collect()
    };
    for words in ["gung nong", "GỪNG", "ngam chan gừng", "nguyen thi an"] {
        assert_eq!(found(editor.get(&format!("/api/v1/posts?q={}", encode(words))).await), only, "{words}");
    }
    assert!(found(editor.get("/api/v1/posts?q=gung+khong").await).is_empty(), "all words");
    assert!(found(editor.get(&format!("/api/v1/posts?q={}", encode("chuyện ở xưởng"))).await).is_empty(), "of B alone");
    assert!(member.get("/bang-tin/tim?tim=gung").await.text.contains("gừng"));
    let law = member.get(&format!("/api/v1/search?q={}", encode("ngâm chân nước gừng nóng"))).await;
    assert!(!law.text.contains("gừng nóng\",\"text") && !law.text.contains("Mẹo hay"), "{}", law.text);
    let edited = call(&member, Method::PUT, &format!("/api/v1/posts/{id}"), json!({"text": "Mẹo khác: tỏi"})).await;
    assert_eq!(edited.status, 200);
    assert!(found(editor.get("/api/v1/posts?q=gung").await).is_empty());
    assert_eq!(found(editor.get("/api/v1/posts?q=toi").await), only);
    // The index is made anew from the store where it is gone, and follows where it is behind.
    let folder = app.config().paths.data.join("posts-index");
    assert!(folder.join("meta.json").exists());
    app.close_store().await;
    std::fs::remove_dir_all(&folder).unwrap();
    app.open_store().await.unwrap();
    let editor = Person::sign_in(&server, "3").await;
    assert_eq!(found(editor.get("/api/v1/posts?q=toi").await), only);
    member.send(Method::DELETE, &format!("/api/v1/posts/{id}"), Load::Nothing).await;
    assert!(found(editor.get("/api/v1/posts?q=toi").await).is_empty());
}

#[tokio::test]
async fn a_provision_or_ones_own_answer_is_shown_below_and_another_ones_is_not() {
    let (app, _codes) = with_people(test_app().await).await;
    let server = TestServer::start(app).await;
    let (member, editor) = (Person::sign_in(&server, "1").await, Person::sign_in(&server, "3").await);
    for person in [&member, &editor] {
        person.send(Method::PUT, "/api/v1/me/consents/keep-questions", Load::Nothing).await;
    }
    let asked = call(&member, Method::POST, "/api/v1/chat", json!({"question": ANSWERED})).await;
    let conversation = asked.value()["conversation_id"].as_str().unwrap().to_owned();
    let wish = |card: Value| json!({"text": "Xem này", "topic": "quyen-loi", "card": card});
    let of_another = wish(json!({"conversation": conversation, "n": 1}));
    assert_eq!(call(&editor, Method::POST, "/api/v1/posts", of_another.clone()).await.status, 404);
    let made = call(&member, Method::POST, "/api/v1/posts", of_another).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let card = &made.value()["card"];
    assert_eq!((&card["kind"], &card["title"]), (&json!("answer"), &json!(ANSWERED)));
    let shown = Person::anonymous(&server).get(card["url"].as_str().unwrap()).await;
    assert_eq!(shown.status, 200, "the link that shows one answer");
    let law =
        call(&editor, Method::POST, "/api/v1/posts", wish(json!({"provision": "/luat/1-2020-qh99/dieu-3"}))).await;
    let card = &law.value()["card"];
    assert!(card["title"].as_str().unwrap().contains("Điều 3") && card["url"] == "/luat/1-2020-qh99/dieu-3", "{card}");
    let none = call(&editor, Method::POST, "/api/v1/posts", wish(json!({"provision": "/luat/khong-co/dieu-3"}))).await;
    assert_eq!((none.status, none.value()["field"].as_str()), (422, Some("card")));
}

#[tokio::test]
async fn a_check_is_seen_once_an_editor_stands_for_it_and_until_the_words_change() {
    let (app, _codes) = with_people(quoting_app().await).await;
    let server = TestServer::start(app).await;
    let (member, editor, reader) =
        (Person::sign_in(&server, "1").await, Person::sign_in(&server, "3").await, Person::sign_in(&server, "2").await);
    let id = shown_post(&member, &editor, "Đủ 12 tháng thì có 12 ngày nghỉ hằng năm").await;
    let page = format!("/bang-tin/{id}");
    let ask = format!("cau={}", encode("Nghỉ hằng năm được mấy ngày?"));
    assert_eq!(reader.submit(&format!("{page}/kiem-chung"), &ask).await.status, 404);
    assert_eq!(
        editor.submit(&format!("{page}/nhan"), "ket_qua=right&ghi_chu=x&hoi_luc=1").await.status,
        409,
        "nothing was asked"
    );
    assert_eq!(editor.submit(&format!("{page}/kiem-chung"), &ask).await.status, 303);
    let draft = editor.get(&page).await.text;
    assert!(draft.contains("Nghỉ hằng năm được mấy ngày?") && draft.contains("/luat/1-2020-qh99/dieu-3"), "{draft}");
    let unseen = reader.get(&page).await.text;
    assert!(!unseen.contains("Kiểm chứng") && !unseen.contains("mấy ngày?"), "{unseen}");
    let asked_at = draft.split("name=\"hoi_luc\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let note = format!("ket_qua=right&hoi_luc={asked_at}&ghi_chu={}", encode("Đúng theo Điều 3"));
    let earlier = note.replace(asked_at, "1");
    assert_eq!(editor.submit(&format!("{page}/nhan"), &earlier).await.status, 409, "not what was read");
    assert_eq!(editor.submit(&format!("{page}/nhan"), &note).await.status, 303);
    let seen = reader.get(&page).await.text;
    assert!(seen.contains("Kiểm chứng: đúng luật") && seen.contains("Đúng theo Điều 3"), "{seen}");
    assert!(reader.get("/bang-tin").await.text.contains("Kiểm chứng: đúng luật"));
    call(&member, Method::PUT, &format!("/api/v1/posts/{id}"), json!({"text": "Có 30 ngày nghỉ hằng năm"})).await;
    assert!(!reader.get(&page).await.text.contains("Kiểm chứng"), "other words");
    assert_eq!(editor.submit(&format!("{page}/nhan"), &note).await.status, 409);
}

#[tokio::test]
async fn an_official_post_is_pinned_for_a_while_within_its_editors_reach() {
    let (server, app, _codes) = people_server().await;
    put_posts(&app, "1", "A1", false, 25).await;
    let (editor, reader) = (Person::sign_in(&server, "3").await, Person::sign_in(&server, "2").await);
    let fields = format!("bai={}&chu_de=cong-doan&chinh_thuc=A", encode("Lịch khám sức khỏe tháng này"));
    let made = editor.submit("/bang-tin/viet", &fields).await;
    assert_eq!(made.status, 303, "{}", made.text);
    let id = made.header("location").trim_start_matches("/bang-tin/").split('?').next().unwrap().to_owned();
    assert_eq!(reader.submit(&format!("/bang-tin/{id}/ghim"), "so_ngay=3").await.status, 404);
    assert_eq!(editor.submit(&format!("/bang-tin/{id}/ghim"), "so_ngay=31").await.status, 422);
    assert_eq!(editor.submit(&format!("/bang-tin/{id}/ghim"), "so_ngay=3").await.status, 303);
    let page = reader.get("/api/v1/posts").await.value();
    assert_eq!(page["pinned"][0]["id"].to_string(), id);
    assert_eq!(page["posts"].as_array().unwrap().len(), 19, "twenty with what is on top");
    assert!(reader.get("/bang-tin").await.text.contains("Chính thức"));
    let next = page["next"].as_str().unwrap();
    let second = reader.get(&format!("/api/v1/posts?after={next}")).await.value();
    assert_eq!((second["pinned"].as_array().unwrap().len(), second["posts"].as_array().unwrap().len()), (0, 6));
}
