/*!
What courses rest on: a question leaves service when its clause changes; the proofs of the
starter courses stand in the official texts, where those are here.
*/

use congdoan::{
    app::{App, MissingPackages, Setup},
    courses::{check, seeds},
    fetch::Silent,
};
use jiff::civil::date;

use crate::{
    courses::{COURSE, import},
    people::{Person, with_people},
    support::{TestServer, admin_app, encode, law_app, shared_data},
};

/// Texts that the starter courses cite, with what amends them.
const CITED: [&str; 9] = [
    "45-2019-qh14.docx",
    "vbhn-125-2025-vpqh.pdf",
    "91-2025-qh15.pdf",
    "50-2024-qh15.pdf",
    "97-2025-qh15.docx",
    "293-2025-nd-cp.docx",
    "145-2020-nd-cp.docx",
    "105-2026-nd-cp.md",
    "10-2022-qh15.html",
];

fn reload(app: &App) {
    Setup { app, packages: MissingPackages::Leave, progress: &Silent }.ingest().unwrap();
}

#[tokio::test]
async fn a_question_leaves_service_when_its_clause_changes_and_comes_back_when_it_is_mended() {
    let (app, folder) = admin_app().await;
    let (app, _codes) = with_people(app).await;
    import(&app).await;
    let server = TestServer::start(app.clone()).await;
    let member = Person::sign_in(&server, "1").await;
    let editor = Person::sign_in(&server, "3").await;
    let quiz = "/khoa-hoc/nghi-thu/01-nghi/cau-hoi";
    assert!(member.get(quiz).await.text.contains("Mỗi năm có mấy ngày nghỉ?"));
    assert!(!editor.get("/bien-tap/khoa-hoc").await.text.contains("so-ngay"));

    let law = std::fs::read_to_string(folder.join("luat.md")).unwrap();
    let changed = law.replace("12 ngày nghỉ", "14 ngày nghỉ");
    assert_ne!(law, changed);
    std::fs::write(folder.join("luat.md"), &changed).unwrap();
    reload(&app);
    let page = member.get(quiz).await.text;
    assert!(!page.contains("Mỗi năm có mấy ngày nghỉ?") && page.contains("1 câu tạm rút"), "{page}");
    let passed = member.submit(quiz, "lan=mot&q.hoi-ai=a&q.dung-sai=1&q.so-ngay=12").await.text;
    assert!(passed.contains("Đúng 2/2 câu"), "what left service does not count: {passed}");
    let told = editor.get("/bien-tap/khoa-hoc").await.text;
    assert!(told.contains("so-ngay") && told.contains("đã rút khỏi bài"), "{told}");
    let draft = "/bien-tap/khoa-hoc/nghi-thu";
    assert_eq!(editor.submit(&format!("{draft}/xuat-ban"), "x=1").await.status, 422, "the fact is gone");

    let file = String::from_utf8(crate::courses::course_files()["01-nghi.quiz.toml"].clone()).unwrap();
    let mended = file.replace("key = 12", "key = 14").replace("\"12 ngày\"", "\"14 ngày\"");
    let fields = format!("ten=01-nghi.quiz.toml&noi_dung={}", encode(&mended));
    assert_eq!(editor.submit(&format!("{draft}/tep"), &fields).await.status, 303);
    assert!(!member.get(quiz).await.text.contains("Mỗi năm"), "a draft changes nothing for members");
    assert_eq!(editor.submit(&format!("{draft}/xuat-ban"), "x=1").await.status, 303);
    assert!(member.get(quiz).await.text.contains("Mỗi năm có mấy ngày nghỉ?"));
    assert!(!editor.get("/bien-tap/khoa-hoc").await.text.contains("so-ngay"));

    // Words that leave the fact standing make another version all the same.
    std::fs::write(folder.join("luat.md"), changed.replace("được trả công", "được trả đủ công")).unwrap();
    reload(&app);
    assert!(!member.get(quiz).await.text.contains("Mỗi năm"));
    assert_eq!(editor.submit(&format!("{draft}/xuat-ban"), "x=1").await.status, 303, "an editor has looked at it");
    assert!(member.get(quiz).await.text.contains("Mỗi năm có mấy ngày nghỉ?"));
    assert!(app.courses().unwrap().export(COURSE).await.unwrap().contains_key("01-nghi.quiz.toml"));
}

#[tokio::test]
async fn the_proofs_of_the_starter_courses_stand_in_the_law() {
    let Some(shared) = shared_data("comparing the starter courses with the law") else { return };
    let texts = CITED.map(|name| shared.join("corpus/law").join(name)).into();
    let app = law_app(texts, date(2026, 11, 24)).await;
    let law = app.law_now();
    let mut proofs = 0;
    let mut problems = Vec::new();
    for (slug, files) in seeds() {
        match check(slug, &files, &law) {
            Ok(course) => proofs += course.questions().map(|(_, question)| question.proofs.len()).sum::<usize>(),
            Err(found) => problems.extend(found.proofs.iter().map(|problem| format!("{slug}/{problem}"))),
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(60 < proofs, "only {proofs} proofs were compared");
}
