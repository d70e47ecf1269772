//! What many ask, told to editors without telling who; drafts of lessons that nobody publishes unread.

use reqwest::Method;
use serde_json::json;

use congdoan::{
    accounts::{ClientFacts, ImportWish, IssuedCode},
    app::App,
};

use crate::{
    course_editing::{publish, write},
    people::{Load, PASSWORD, Person, with_people},
    support::{ABSTAINED, ANSWERED, TestServer, UNACCENTED, quoting_app},
};

/// Members 101 to 109, who have signed in once.
async fn many(app: &App) {
    let accounts = app.accounts().unwrap();
    let rows: String = (101..=109).map(|n| format!("{n},Người {n},,,A1\n")).collect();
    let file = format!("number,name,phone,email,unit\n{rows}");
    let mut codes: Vec<IssuedCode> = Vec::new();
    let mut hand_over = |issued: &[IssuedCode]| {
        codes.extend_from_slice(issued);
        Ok(())
    };
    accounts.import(file.as_bytes(), ImportWish::default(), app.now(), &mut hand_over).await.unwrap();
    let client = ClientFacts { address: "192.0.2.9".to_owned(), device: "x".to_owned() };
    for code in codes {
        accounts.redeem(&code.code.shown(), PASSWORD, &client, app.now()).await.unwrap();
    }
}

async fn agree(person: &Person<'_>, purpose: &str) {
    let path = format!("/api/v1/me/consents/{purpose}");
    assert_eq!(person.send(Method::PUT, &path, Load::Nothing).await.status, 204);
}

async fn ask(person: &Person<'_>, question: &str) {
    let load = json!({"question": question}).to_string();
    assert_eq!(person.send(Method::POST, "/api/v1/chat", Load::Json(load)).await.status, 200);
}

#[tokio::test]
async fn what_many_ask_is_told_once_enough_agree_and_never_who() {
    let (app, _codes) = with_people(quoting_app().await).await;
    many(&app).await;
    let server = TestServer::start(app.clone()).await;
    let editor = Person::sign_in(&server, "3").await;
    let page = async || editor.get("/bien-tap/hoi-nhieu").await.text;
    let draft = "dieu=1-2020-qh99%2Fdieu-2";
    for n in 101..=107 {
        let person = Person::sign_in(&server, &n.to_string()).await;
        agree(&person, "keep-questions").await;
        // Asked before agreeing to be counted: not counted.
        ask(&person, ANSWERED).await;
        if n <= 104 {
            agree(&person, "topics").await;
        }
        let own = format!("{} chị Mận {n} gọi 0977001{n}", if n % 2 == 0 { ANSWERED } else { UNACCENTED });
        ask(&person, &own).await;
        ask(&person, ABSTAINED).await;
    }
    let text = page().await;
    assert_eq!(text.matches("Chưa có chủ đề nào").count(), 2, "four have agreed: {text}");
    assert_eq!(editor.submit("/bien-tap/hoi-nhieu", draft).await.status, 404, "what is not listed is not drafted");

    let fifth = Person::sign_in(&server, "105").await;
    agree(&fifth, "topics").await;
    assert!(page().await.contains("Chưa có chủ đề nào"), "what was asked before is not counted");
    ask(&fifth, "Mận ơi nghỉ việc phải báo trước bao nhiêu ngày?").await;
    ask(&fifth, ABSTAINED).await;
    let text = page().await;
    assert!(text.contains("từ 5 người") && text.contains("báo trước"), "{text}");
    assert!(text.to_lowercase().contains("giá vé máy bay"), "without an answer, too: {text}");
    for hidden in ["0977001", "Người 10", "chị"] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
    // Taken back, it is gone at once.
    let back = "/api/v1/me/consents/topics";
    assert_eq!(fifth.send(Method::DELETE, back, Load::Nothing).await.status, 204);
    assert_eq!(page().await.matches("Chưa có chủ đề nào").count(), 2);
}

#[tokio::test]
async fn a_draft_of_what_many_ask_waits_for_a_person() {
    let (app, _codes) = with_people(quoting_app().await).await;
    many(&app).await;
    let server = TestServer::start(app.clone()).await;
    for n in 101..=106 {
        let person = Person::sign_in(&server, &n.to_string()).await;
        agree(&person, "keep-questions").await;
        agree(&person, "topics").await;
        ask(&person, ANSWERED).await;
    }
    let editor = Person::sign_in(&server, "3").await;
    let made = editor.submit("/bien-tap/hoi-nhieu", "dieu=1-2020-qh99%2Fdieu-2").await;
    let slug = "hoi-nhieu-1-2020-qh99-dieu-2";
    assert_eq!((made.status, made.header("location")), (303, &*format!("/bien-tap/khoa-hoc/{slug}")), "{}", made.text);
    assert_eq!(editor.submit("/bien-tap/hoi-nhieu", "dieu=1-2020-qh99%2Fdieu-2").await.status, 409, "once");
    assert!(editor.get("/bien-tap/hoi-nhieu").await.text.contains("Mở bản nháp"));
    let page = editor.get(&format!("/bien-tap/khoa-hoc/{slug}")).await.text;
    for file in ["course.toml", "01-bai.md", "01-bai.quiz.toml"] {
        assert!(page.contains(&format!("{file}:")) && page.contains("bản nháp do máy soạn"), "{file}: {page}");
    }
    let lesson = editor.get(&format!("/bien-tap/khoa-hoc/{slug}/tep?ten=01-bai.md")).await.text;
    assert!(lesson.contains("/luat/1-2020-qh99/dieu-2/khoan-1"), "it names its clauses: {lesson}");
    let quiz = editor.get(&format!("/bien-tap/khoa-hoc/{slug}/tep?ten=01-bai.quiz.toml")).await.text;
    assert!(quiz.contains("key = 45") && quiz.contains("____ ngày"), "{quiz}");

    // However good the rest is, the mark keeps it from members.
    let members = Person::anonymous(&server);
    let mut files = crate::courses::course_files();
    let own = |text: &[u8]| String::from_utf8(text.to_vec()).unwrap().replace(crate::courses::COURSE, slug);
    files.retain(|name, _| name != "course.toml");
    for (name, bytes) in &files {
        assert_eq!(write(&editor, slug, name, &own(bytes)).await.status, 303, "{name}");
    }
    for name in ["01-bai.md", "01-bai.quiz.toml"] {
        assert_eq!(write(&editor, slug, name, "").await.status, 303);
    }
    let course = own(&crate::courses::course_files()["course.toml"]);
    let marked = format!("# Bản nháp do máy soạn\n{course}");
    assert_eq!(write(&editor, slug, "course.toml", &marked).await.status, 303);
    assert_eq!(publish(&editor, slug, "x=1").await.status, 409, "no button, no seen state");
    assert_eq!(members.get(&format!("/khoa-hoc/{slug}")).await.status, 404);
    assert_eq!(write(&editor, slug, "course.toml", &course).await.status, 303);
    assert_eq!(publish(&editor, slug, "x=1").await.status, 303);
    assert_eq!(members.get(&format!("/khoa-hoc/{slug}")).await.status, 200);
}
