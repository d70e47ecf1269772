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
    course_editing::{publish, write},
    courses::{COURSE, import},
    people::{Person, with_people},
    support::{TestServer, admin_app, law_app, shared_data},
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

/// A law that changes an article of the invented one in words that are not there.
const AMENDING: &str = "QUỐC HỘI\nLuật số: 9/2021/QH99\nLUẬT\nSỬA ĐỔI MỘT SỐ ĐIỀU CỦA LUẬT THỬ NGHIỆM\n\n\
    Điều 1. Sửa đổi, bổ sung một số điều của Luật số 1/2020/QH99\n\
    1. Thay thế cụm từ “bốn mươi ngày” bằng cụm từ “năm mươi ngày” tại Điều 3.\n\
    Điều 2. Hiệu lực thi hành\nLuật này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2021.\n";

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
    let asked = editor.get(draft).await.text;
    assert!(asked.contains("name=\"da_kiem.01-nghi.so-ngay\""), "{asked}");
    let reviewed = publish(&editor, COURSE, "da_kiem.01-nghi.so-ngay=1").await;
    assert_eq!(reviewed.status, 422, "the fact is gone: {}", reviewed.text);
    let lesson = member.get("/khoa-hoc/nghi-thu/01-nghi").await.text;
    assert!(lesson.contains("1 câu hỏi của bài này tạm rút"), "{lesson}");
    assert!(!member.get("/khoa-hoc/nghi-thu/02-tiep").await.text.contains("tạm rút"));

    // Another lesson may be published meanwhile; that calls nothing else checked.
    let other = String::from_utf8(crate::courses::course_files()["02-tiep.md"].clone()).unwrap();
    assert_eq!(
        write(&editor, COURSE, "02-tiep.md", &other.replace("## Làm ngay", "Thêm.\n\n## Làm ngay")).await.status,
        303
    );
    assert_eq!(publish(&editor, COURSE, "x=1").await.status, 303);
    assert!(member.get("/khoa-hoc/nghi-thu/02-tiep").await.text.contains("Thêm."));
    assert!(!member.get(quiz).await.text.contains("Mỗi năm"), "nobody has looked at it");

    let file = String::from_utf8(crate::courses::course_files()["01-nghi.quiz.toml"].clone()).unwrap();
    let mended = file.replace("key = 12", "key = 14").replace("\"12 ngày\"", "\"14 ngày\"");
    assert_eq!(write(&editor, COURSE, "01-nghi.quiz.toml", &mended).await.status, 303);
    assert!(!member.get(quiz).await.text.contains("Mỗi năm"), "a draft changes nothing for members");
    assert_eq!(publish(&editor, COURSE, "x=1").await.status, 303);
    assert!(member.get(quiz).await.text.contains("Mỗi năm có mấy ngày nghỉ?"));
    assert!(!editor.get("/bien-tap/khoa-hoc").await.text.contains("so-ngay"));

    // Words that leave the fact standing make another version all the same.
    std::fs::write(folder.join("luat.md"), changed.replace("được trả công", "được trả đủ công")).unwrap();
    reload(&app);
    assert!(!member.get(quiz).await.text.contains("Mỗi năm"));
    assert_eq!(publish(&editor, COURSE, "x=1").await.status, 303);
    assert!(!member.get(quiz).await.text.contains("Mỗi năm"), "an editor has not looked at it");
    assert_eq!(publish(&editor, COURSE, "da_kiem.01-nghi.so-ngay=1").await.status, 303, "an editor has looked at it");
    assert!(member.get(quiz).await.text.contains("Mỗi năm có mấy ngày nghỉ?"));

    // An amendment that cannot be merged leaves the text as it is; a note tells of it.
    std::fs::write(folder.join("sua.md"), AMENDING).unwrap();
    reload(&app);
    let clause = member.get("/luat/1-2020-qh99/dieu-3").await.text;
    assert!(clause.contains("14 ngày nghỉ") && clause.contains("Có văn bản sửa đổi"), "{clause}");
    assert!(!member.get(quiz).await.text.contains("Mỗi năm"), "the question waits for its editors");
    assert!(editor.get("/bien-tap/khoa-hoc").await.text.contains("ghi chú sửa đổi mới"));
    assert_eq!(publish(&editor, COURSE, "da_kiem.01-nghi.so-ngay=1").await.status, 303);
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
