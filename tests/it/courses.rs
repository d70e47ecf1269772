/*! Courses over real HTTP: a member learns on two devices, is offline in between, and holds a certificate. */

use std::collections::BTreeSet;

use congdoan::{
    app::App,
    courses::{ImportWish, Imported, OpenDraft, Reviewed, Unheld, folder::Files},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    people::{Load, Person, people_server},
    support::TestServer,
};

/// A picture of one dot.
const PIXEL: [u8; 67] = *b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU\0\0\0\nIDATx\x9cc`\0\0\0\x02\0\x01H\xaf\xa4q\0\0\0\0IEND\xaeB`\x82";
/// Short name of the invented course.
pub const COURSE: &str = "nghi-thu";

/// The folder of the invented course.
pub fn course_files() -> Files {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/courses").join(COURSE);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap())
    });
    files.collect()
}

/// Takes a course in that stands in the law held here.
pub fn wish() -> ImportWish {
    ImportWish { unheld: Unheld::Refuse, reviewed: Reviewed::These(BTreeSet::new()), draft: OpenDraft::Keep }
}

/// Puts the invented course into service.
pub async fn import(app: &App) {
    let courses = app.courses().unwrap();
    let done = courses.import(COURSE, &course_files(), &wish(), &app.law_now(), app.now()).await.unwrap();
    assert_eq!(done, Imported::Published(1));
}

/// A server over the invented law, its people, the starter courses and the invented one.
pub async fn course_server() -> (TestServer, App) {
    let (server, app, _codes) = people_server().await;
    import(&app).await;
    (server, app)
}

/// The name of the go on a quiz's page.
fn attempt(page: &str) -> &str {
    page.split("name=\"lan\" value=\"").nth(1).unwrap().split('"').next().unwrap()
}

fn answer(id: &str, at: &str, attempt: &str, question: &str, answer: Value) -> Value {
    json!({"id": id, "course": COURSE, "lesson": "02-tiep", "at": at, "attempt": attempt, "question": question,
           "answer": answer})
}

async fn send(person: &Person<'_>, events: &[Value]) -> Value {
    let load = Load::Json(json!({ "events": events }).to_string());
    let reply = person.send(Method::POST, "/api/v1/lessons/events", load).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.value()
}

/// Both lessons passed, as a device that was offline tells it; the certificate's id.
async fn pass_all(person: &Person<'_>, prefix: &str) -> String {
    let all = [
        ("01-nghi", "so-ngay", json!(12)),
        ("01-nghi", "hoi-ai", json!(["a"])),
        ("01-nghi", "dung-sai", json!(true)),
        ("02-tiep", "nhieu", json!(["c", "a"])),
        ("02-tiep", "thu-tu", json!(["a", "b", "c"])),
        ("02-tiep", "phan", json!("1,5")),
    ];
    let event = |(lesson, question, answer): &(&str, &str, Value)| {
        json!({"id": format!("{prefix}-{question}"), "course": COURSE, "lesson": lesson, "attempt": "x",
               "question": question, "answer": answer})
    };
    let done = send(person, &all.iter().map(event).collect::<Vec<_>>()).await;
    done["courses"][0]["certificate"]["id"].as_str().unwrap_or_else(|| panic!("{done}")).to_owned()
}

#[tokio::test]
async fn a_lesson_on_one_device_the_next_on_another_and_a_certificate_that_verifies() {
    let (server, _app) = course_server().await;
    let first = Person::sign_in(&server, "1").await;
    let list = first.get("/khoa-hoc").await.text;
    assert!(list.contains("Ngày nghỉ thử") && list.contains("Hợp đồng lao động trong mười phút"), "{list}");
    let lesson = first.get("/khoa-hoc/nghi-thu/01-nghi").await.text;
    assert!(lesson.contains("<h2>Ví dụ</h2>") && lesson.contains("href=\"/luat/1-2020-qh99/dieu-3\""), "{lesson}");
    let read = first.submit("/khoa-hoc/nghi-thu/01-nghi", "x=1").await;
    assert_eq!((read.status, read.header("location")), (303, "/khoa-hoc/nghi-thu/01-nghi/cau-hoi"));
    let quiz = first.get("/khoa-hoc/nghi-thu/01-nghi/cau-hoi").await.text;
    let fields = format!("lan={}&q.so-ngay=11&q.hoi-ai=a&q.dung-sai=1", attempt(&quiz));
    let done = first.submit("/khoa-hoc/nghi-thu/01-nghi/cau-hoi", &fields).await.text;
    assert!(done.contains("Đúng 2/3 câu") && done.contains("Bạn đã qua bài này"), "{done}");
    assert!(done.contains("Đáp án: <strong>12 ngày</strong>") && done.contains("Luật thử nói mười hai."), "{done}");
    assert!(done.contains("href=\"/luat/1-2020-qh99/dieu-3\""), "each legal answer shows its article: {done}");

    let mut second = Person::sign_in(&server, "1").await;
    let own = std::mem::replace(&mut second.form_token, "0".repeat(64));
    let foreign = second.submit("/khoa-hoc/nghi-thu/01-nghi/cau-hoi", "lan=x&q.hoi-ai=a").await;
    assert_eq!(foreign.status, 403, "a quiz of a session needs its token");
    second.form_token = own;
    let course = second.get("/khoa-hoc/nghi-thu").await.text;
    assert!(
        course.contains("Đã qua 1/2 bài") && course.contains("đúng 2/3 câu") && course.contains("Học tiếp: Học tiếp")
    );
    let offline = [
        answer("e1", "2026-01-01T08:00:00Z", "go", "nhieu", json!(["a", "c"])),
        answer("e2", "2026-01-01T08:01:00Z", "go", "thu-tu", json!(["a", "b", "c"])),
        answer("e3", "2026-01-01T08:02:00Z", "go", "phan", json!("1,5")),
        json!({"id": "e4", "course": COURSE, "lesson": "khong-co", "attempt": "go", "question": "a", "answer": true}),
    ];
    let sent = send(&second, &offline).await;
    assert_eq!((&sent["new"], &sent["known"], &sent["refused"][0]["id"]), (&json!(3), &json!(0), &json!("e4")));
    assert!(sent["feedback"].as_array().unwrap().iter().all(|one| one["right"] == true), "{sent}");
    let certificate = sent["courses"][0]["certificate"]["id"].as_str().unwrap().to_owned();
    let again = send(&second, &offline).await;
    assert_eq!((&again["new"], &again["known"]), (&json!(0), &json!(3)), "sent twice, kept once");
    assert_eq!(again["courses"][0]["certificate"]["id"], certificate.as_str());
    assert!(first.get("/khoa-hoc/nghi-thu").await.text.contains(&format!("/chung-chi/{certificate}")));

    let stranger = Person::anonymous(&server);
    let address = format!("/chung-chi/{certificate}");
    let page = stranger.get(&address).await;
    assert_eq!(page.header("cache-control"), "private, no-store");
    assert!(page.text.contains("N. T. A.") && !page.text.contains("Nguyễn Thị An"), "{}", page.text);
    assert!(page.text.contains("<svg") && !page.text.contains("name=\"hien\""));
    assert_eq!(first.submit(&format!("{address}/ten"), "hien=1").await.status, 303);
    assert!(stranger.get(&address).await.text.contains("Nguyễn Thị An"), "with consent");
    let other = Person::sign_in(&server, "2").await;
    assert_eq!(other.submit(&format!("{address}/ten"), "hien=0").await.status, 404, "it is another's");
    let forged: String = certificate.chars().rev().collect();
    for id in [forged.as_str(), "x", "AAAAAAAAAAAAAAAAAAAAAA", "..%2F..%2Fkhoa-hoc"] {
        assert_eq!(stranger.get(&format!("/chung-chi/{id}")).await.status, 404, "{id}");
    }
}

#[tokio::test]
async fn the_newest_answer_of_a_go_wins_and_what_was_passed_stays_passed() {
    let (server, _app) = course_server().await;
    let member = Person::sign_in(&server, "1").await;
    let progress = |sent: &Value| sent["courses"][0]["lessons"][1]["progress"].clone();
    // Sent newest first: the time the device gave counts, not the order of arrival.
    let sent = send(
        &member,
        &[
            answer("b", "2026-01-01T09:00:00Z", "go", "phan", json!("2")),
            answer("a", "2026-01-01T08:00:00Z", "go", "phan", json!("1,5")),
            answer("c", "2026-01-01T08:00:00Z", "go", "nhieu", json!(["a", "c"])),
        ],
    )
    .await;
    assert_eq!((&progress(&sent)["best_correct"], &progress(&sent)["passed_at"]), (&json!(1), &Value::Null));
    let sent = send(&member, &[answer("d", "2999-01-01T09:00:00Z", "go", "phan", json!("1,5"))]).await;
    assert_eq!((&progress(&sent)["best_correct"], &progress(&sent)["best_questions"]), (&json!(2), &json!(3)));
    assert!(progress(&sent)["passed_at"].is_string());
    let sent = send(&member, &[answer("e", "2999-01-01T09:00:00Z", "go-2", "phan", json!("7"))]).await;
    assert_eq!(progress(&sent)["best_correct"], 2, "the best go counts");
    assert!(progress(&sent)["passed_at"].is_string());
    // A clock far ahead counts as now: what is answered later wins over it.
    send(&member, &[answer("g1", "2999-01-01T09:00:00Z", "go-3", "phan", json!("7"))]).await;
    let mut all = [
        answer("g2", "2999-01-01T09:00:00Z", "go-3", "phan", json!("1,5")),
        answer("g3", "2999-01-01T09:00:00Z", "go-3", "nhieu", json!(["a", "c"])),
        answer("g4", "2999-01-01T09:00:00Z", "go-3", "thu-tu", json!(["a", "b", "c"])),
    ];
    all[0].as_object_mut().unwrap().remove("at");
    assert_eq!(progress(&send(&member, &all).await)["best_correct"], 3);
    for bad in [
        json!({"events": [{"id": "x y", "course": COURSE, "lesson": "02-tiep"}]}),
        json!({"events": [{"id": "x", "course": "khong-co", "lesson": "02-tiep"}]}),
        json!({"events": [1]}),
        json!({"events": [{"id": "x"}]}),
    ] {
        let reply = member.send(Method::POST, "/api/v1/lessons/events", Load::Json(bad.to_string())).await.value();
        assert_eq!((reply["refused"].as_array().unwrap().len(), &reply["new"]), (1, &json!(0)), "{reply}");
    }
    for bad in [json!({}), json!({"events": vec![json!({}); 201]}), json!({"events": 1})] {
        let reply = member.send(Method::POST, "/api/v1/lessons/events", Load::Json(bad.to_string())).await;
        assert_eq!(reply.status, 422, "{bad}");
    }
    let mixed = [
        json!({"id": "h1", "course": COURSE, "lesson": "02-tiep", "at": "hôm qua"}),
        answer("h2", "2026-01-01T08:00:00Z", "go-4", "phan", json!("1,5")),
        json!("lạc"),
        answer("h3", "2026-01-01T08:00:00Z", "go-4", "phan", json!({"a": 1})),
    ];
    let sent = send(&member, &mixed).await;
    let refused: Vec<&str> =
        sent["refused"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(
        (&sent["new"], refused),
        (&json!(1), vec!["h1", "#2", "h3"]),
        "the good ones are kept, the bad ones named"
    );

    let own = member.get("/api/v1/me/export").await.value();
    let steps = own["course_steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["id"] == "h2").unwrap_or_else(|| panic!("{own}"));
    assert_eq!((&step["course"], &step["answer"], &step["attempt"]), (&json!(COURSE), &json!("1,5"), &json!("go-4")));
}

#[tokio::test]
async fn who_is_not_signed_in_learns_without_saved_progress() {
    let (server, _app) = course_server().await;
    let stranger = Person::anonymous(&server);
    assert!(stranger.get("/khoa-hoc").await.text.contains("kết quả không được lưu"));
    let quiz = stranger.get("/khoa-hoc/nghi-thu/02-tiep/cau-hoi").await.text;
    let fields =
        format!("lan={}&q.nhieu.a=1&q.nhieu.c=1&q.thu-tu.a=1&q.thu-tu.b=2&q.thu-tu.c=3&q.phan=1%2C5", attempt(&quiz));
    let done = stranger.submit("/khoa-hoc/nghi-thu/02-tiep/cau-hoi", &fields).await.text;
    assert!(done.contains("Đúng 3/3 câu") && done.contains("Kết quả không được lưu"), "{done}");
    assert!(stranger.get("/api/v1/courses/nghi-thu").await.value()["lessons"][1]["progress"].is_null());
    let api = stranger.get("/api/v1/lessons/nghi-thu/02-tiep").await;
    assert!(!api.text.contains("\"key\"") && !api.text.contains("explanation"), "keys stay here: {}", api.text);
    let empty = stranger.submit("/khoa-hoc/nghi-thu/02-tiep/cau-hoi", "lan=x").await.text;
    assert!(empty.contains("Đúng 0/3 câu") && empty.contains("chưa trả lời"), "{empty}");
    let script = stranger.submit("/khoa-hoc/nghi-thu/02-tiep/cau-hoi", "lan=x&q.phan=%3Cscript%3E").await.text;
    assert!(script.contains("&#60;script&#62;") && !script.contains("<script>"), "{script}");
}

#[tokio::test]
async fn one_name_for_a_go_in_two_lessons_mixes_nothing_up() {
    let (server, _app) = course_server().await;
    let member = Person::sign_in(&server, "1").await;
    // The same question and answer in both quizzes, and a form that names both goes alike.
    let quiz = String::from_utf8(course_files()["02-tiep.quiz.toml"].clone()).unwrap();
    let text = quiz.replace("id = \"phan\"", "id = \"so-ngay\"").replace("id = \"thu-tu\"", "id = \"hoi-ai\"");
    let editor = Person::sign_in(&server, "3").await;
    assert_eq!(crate::course_editing::write(&editor, COURSE, "02-tiep.quiz.toml", &text).await.status, 303);
    assert_eq!(crate::course_editing::publish(&editor, COURSE, "x=1").await.status, 303);
    for lesson in ["01-nghi", "02-tiep"] {
        let sent = member.submit(&format!("/khoa-hoc/nghi-thu/{lesson}/cau-hoi"), "lan=x&q.so-ngay=12").await;
        assert_eq!(sent.status, 200, "{}", sent.text);
    }
    let own = member.get("/api/v1/me/export").await.value();
    let lessons: Vec<&Value> = own["course_steps"].as_array().unwrap().iter().map(|step| &step["lesson"]).collect();
    assert_eq!(lessons.len(), 2, "{own}");
}

#[tokio::test]
async fn a_clip_is_handed_out_in_the_parts_a_player_asks_for() {
    let (server, app) = course_server().await;
    let mut files = course_files();
    let toml = String::from_utf8(files["course.toml"].clone()).unwrap();
    let clip = "\n[lesson.clip]\nfile = \"media/nghe.mp3\"\nposter = \"media/lich.png\"\nseconds = 60\n";
    files.insert("course.toml".to_owned(), format!("{toml}{clip}").into_bytes());
    let sound: Vec<u8> = b"ID3".iter().copied().chain((0..2_000_000_u32).map(|n| (n % 251) as u8)).collect();
    files.insert("media/nghe.mp3".to_owned(), sound.clone());
    files.insert("media/lich.png".to_owned(), PIXEL.to_vec());
    let done = app.courses().unwrap().import(COURSE, &files, &wish(), &app.law_now(), app.now()).await.unwrap();
    assert_eq!(done, Imported::Published(2));
    let get = async |range: &str| {
        let request = server.client().get(format!("{}/hoc-lieu/nghi-thu/nghe.mp3", server.base));
        let request = if range.is_empty() { request } else { request.header("range", range) };
        let reply = request.send().await.unwrap();
        let place = reply.headers().get("content-range").map(|place| place.to_str().unwrap().to_owned());
        (reply.status().as_u16(), place.unwrap_or_default(), reply.bytes().await.unwrap().to_vec())
    };
    let total = sound.len();
    for (range, status, from, until) in [
        ("", 200, 0, total),
        ("bytes=0-1", 206, 0, 2),
        ("bytes=1999999-", 206, 1_999_999, total),
        ("bytes=-5", 206, total - 5, total),
        ("bytes=0-", 206, 0, 1 << 20),
    ] {
        let (is, place, part) = get(range).await;
        let expected = if status == 206 { format!("bytes {from}-{}/{total}", until - 1) } else { String::new() };
        assert_eq!((is, place), (status, expected), "{range}");
        assert!(part == sound[from..until], "{range}: other bytes, {} of them", part.len());
    }
    for beyond in ["bytes=3000000-", "bytes=99999999999999999-", "bytes=-0"] {
        assert_eq!(get(beyond).await, (416, format!("bytes */{total}"), Vec::new()), "{beyond}");
    }
    for odd in ["bytes=5-1", "bytes=a-b", "lines=0-1", "bytes=0-1,3-4"] {
        assert_eq!(get(odd).await.0, 200, "{odd}: the whole is an answer to what is not understood");
    }
}

#[tokio::test]
async fn officers_see_counts_that_name_nobody() {
    let (server, _app) = course_server().await;
    for number in ["1", "2", "3"] {
        pass_all(&Person::sign_in(&server, number).await, number).await;
    }
    let inspector = Person::sign_in(&server, "4").await;
    let counts = inspector.get("/api/v1/courses/nghi-thu/completion").await.value();
    assert_eq!(counts["whole"]["unit"], "A");
    for count in ["members", "started", "completed"] {
        assert!(counts["whole"][count].is_null() && counts["below"][0][count].is_null(), "{counts}");
    }
    let page = inspector.get("/quan-ly/khoa-hoc/nghi-thu").await.text;
    assert!(page.contains("dưới 10") && !page.contains("Nguyễn Thị An"), "{page}");
}
