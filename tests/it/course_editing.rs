/*! Editors write, look at and publish a course in the browser; bad input changes nothing. */

use reqwest::Method;

use congdoan::courses::{Imported, OpenDraft};

use crate::{
    courses::{COURSE, course_files, course_server, wish},
    people::{Load, Person},
    support::{Reply, encode},
};

/// What a hidden field of a page holds.
pub fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_default().split('"').next().unwrap()
}

/// Opens a file of a course, writes `text` in its stead and saves it.
pub async fn write(editor: &Person<'_>, slug: &str, name: &str, text: &str) -> Reply {
    let page = editor.get(&format!("/bien-tap/khoa-hoc/{slug}/tep?ten={name}")).await.text;
    save(editor, slug, (name, text), hidden(&page, "goc")).await
}

async fn save(editor: &Person<'_>, slug: &str, (name, text): (&str, &str), seen: &str) -> Reply {
    let fields = format!("ten={name}&goc={seen}&noi_dung={}", encode(text));
    editor.submit(&format!("/bien-tap/khoa-hoc/{slug}/tep"), &fields).await
}

/// Opens a course and publishes what is seen there.
pub async fn publish(editor: &Person<'_>, slug: &str, fields: &str) -> Reply {
    let page = editor.get(&format!("/bien-tap/khoa-hoc/{slug}")).await.text;
    let fields = format!("ban={}&{fields}", hidden(&page, "ban"));
    editor.submit(&format!("/bien-tap/khoa-hoc/{slug}/xuat-ban"), &fields).await
}

#[tokio::test]
async fn nothing_is_written_over_that_an_editor_has_not_seen() {
    let (server, app) = course_server().await;
    let (one, other) = (Person::sign_in(&server, "3").await, Person::sign_in(&server, "3").await);
    let own = |name: &str| String::from_utf8(course_files()[name].clone()).unwrap();
    let (lesson, quiz) = (own("01-nghi.md"), own("01-nghi.quiz.toml"));
    let opened = one.get("/bien-tap/khoa-hoc/nghi-thu/tep?ten=01-nghi.md").await.text;
    let seen = hidden(&opened, "goc").to_owned();
    let first = lesson.replace("Luật thử", "Luật thử đây");
    assert_eq!(write(&other, COURSE, "01-nghi.md", &first).await.status, 303);
    let late = save(&one, COURSE, ("01-nghi.md", &lesson.replace("Luật thử", "Luật thử kia")), &seen).await;
    assert_eq!(late.status, 409);
    assert!(late.text.contains("Luật thử kia") && late.text.contains("Luật thử đây"), "both are shown: {}", late.text);
    assert!(one.get("/bien-tap/khoa-hoc/nghi-thu/tep?ten=01-nghi.md").await.text.contains("Luật thử đây"));

    // Different files of one draft, saved at the same time.
    let more = (quiz.replace("gần.", "rất gần."), first.replace("đây", "nữa"));
    let both =
        tokio::join!(write(&one, COURSE, "01-nghi.quiz.toml", &more.0), write(&other, COURSE, "01-nghi.md", &more.1));
    assert_eq!((both.0.status, both.1.status), (303, 303));
    assert!(one.get("/bien-tap/khoa-hoc/nghi-thu/tep?ten=01-nghi.md").await.text.contains("Luật thử nữa"));
    assert!(one.get("/bien-tap/khoa-hoc/nghi-thu/tep?ten=01-nghi.quiz.toml").await.text.contains("rất gần."));

    // What is published is what was looked at.
    let page = one.get("/bien-tap/khoa-hoc/nghi-thu").await.text;
    let ban = hidden(&page, "ban").to_owned();
    assert_eq!(write(&other, COURSE, "01-nghi.md", &lesson.replace("Luật thử", "Luật thử sau")).await.status, 303);
    for seen in [ban.as_str(), ""] {
        let early = one.submit("/bien-tap/khoa-hoc/nghi-thu/xuat-ban", &format!("ban={seen}")).await;
        assert_eq!(early.status, 409, "{}", early.text);
    }
    // An import from outside does not drop a draft unless told so.
    let courses = app.courses().unwrap();
    let mut wish = wish();
    let refused = courses.import(COURSE, &course_files(), &wish, &app.law_now(), app.now()).await;
    assert!(matches!(refused, Err(congdoan::error::Error::Conflict(_))), "{refused:?}");
    assert!(one.get("/bien-tap/khoa-hoc/nghi-thu/tep?ten=01-nghi.md").await.text.contains("Luật thử sau"));
    wish.draft = OpenDraft::Replace;
    let done = courses.import(COURSE, &course_files(), &wish, &app.law_now(), app.now()).await.unwrap();
    assert_eq!(done, Imported::Unchanged);
    assert!(one.get("/bien-tap/khoa-hoc/nghi-thu").await.text.contains("đang dùng"), "the draft is gone");

    // A draft that came back to what is in service is none.
    assert_eq!(write(&one, COURSE, "01-nghi.md", &first).await.status, 303);
    assert!(one.get("/bien-tap/khoa-hoc/nghi-thu").await.text.contains("bản nháp"));
    assert_eq!(write(&one, COURSE, "01-nghi.md", &lesson).await.status, 303);
    assert!(one.get("/bien-tap/khoa-hoc/nghi-thu").await.text.contains("đang dùng"));
}

#[tokio::test]
async fn a_course_is_begun_written_looked_at_and_published_in_the_browser() {
    let (server, _app) = course_server().await;
    let (editor, stranger) = (Person::sign_in(&server, "3").await, Person::anonymous(&server));
    let begun = editor.submit("/bien-tap/khoa-hoc", "ten_ngan=nghi-moi&ten=Kho%C3%A1%20m%E1%BB%9Bi").await;
    assert_eq!((begun.status, begun.header("location")), (303, "/bien-tap/khoa-hoc/nghi-moi"));
    assert_eq!(editor.submit("/bien-tap/khoa-hoc", "ten_ngan=nghi-moi&ten=x").await.status, 409);
    let page = editor.get("/bien-tap/khoa-hoc/nghi-moi").await.text;
    assert!(page.contains("Phải sửa trước khi xuất bản") && page.contains("course.toml:4: `summary`"), "{page}");
    assert_eq!(editor.get("/bien-tap/khoa-hoc/nghi-moi/xem/01-bai").await.status, 409);
    assert!(!page.contains("name=\"ban\""), "what cannot be published has no button: {page}");
    assert_eq!(editor.submit("/bien-tap/khoa-hoc/nghi-moi/xuat-ban", "x=1").await.status, 409);

    let write = async |name: &str, text: &str| write(&editor, "nghi-moi", name, text).await.status;
    for (name, bytes) in course_files() {
        // Browsers send lines with both ends.
        let text = String::from_utf8(bytes).unwrap().replace(COURSE, "nghi-moi").replace('\n', "\r\n");
        assert_eq!(write(&name, &text).await, 303, "{name}");
    }
    for (name, status) in [("01-bai.md", 303), ("01-bai.quiz.toml", 303), ("../x.md", 422), ("media/a.md", 422)] {
        assert_eq!(write(name, "").await, status, "{name}");
    }
    let file = editor.get("/bien-tap/khoa-hoc/nghi-moi/tep?ten=01-nghi.md").await.text;
    assert!(file.contains("# Ngày nghỉ\n\nLuật thử"), "{file}");
    let preview = editor.get("/bien-tap/khoa-hoc/nghi-moi/xem/01-nghi").await.text;
    assert!(preview.contains("Bản xem trước") && preview.contains("Đáp án</b> 12 ngày"), "{preview}");
    assert_eq!(stranger.get("/khoa-hoc/nghi-moi").await.status, 404, "a draft is its editors' alone");
    let out = publish(&editor, "nghi-moi", "x=1").await;
    assert_eq!((out.status, out.header("location")), (303, "/bien-tap/khoa-hoc/nghi-moi?bao=xuat-ban"));
    assert_eq!(stranger.get("/khoa-hoc/nghi-moi/02-tiep").await.status, 200);

    assert_eq!(write("01-nghi.md", "# <script>alert(1)</script>\n").await, 303, "no work is lost");
    let page = editor.get("/bien-tap/khoa-hoc/nghi-moi").await.text;
    assert!(page.contains("không dùng HTML") && !page.contains("<script>alert"), "{page}");
    let page = editor.get("/bien-tap/khoa-hoc/nghi-moi").await.text;
    assert!(!page.contains("name=\"ban\""), "what cannot be published has no button: {page}");
    assert!(
        stranger.get("/khoa-hoc/nghi-moi/01-nghi").await.text.contains("Luật thử nghiệm"),
        "what is in service stays"
    );
    let long = Load::Form(format!("ten=01-nghi.md&noi_dung={}", "a".repeat(100_000)));
    assert_eq!(editor.send(Method::POST, "/bien-tap/khoa-hoc/nghi-moi/tep", long).await.status, 413);
}
