/*! Editors write, look at and publish a course in the browser; bad input changes nothing. */

use reqwest::Method;

use crate::{
    courses::{COURSE, course_files, course_server},
    people::{Load, Person},
    support::encode,
};

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
    assert_eq!(editor.submit("/bien-tap/khoa-hoc/nghi-moi/xuat-ban", "x=1").await.status, 422);

    let write = async |name: &str, text: &str| {
        let fields = format!("ten={name}&noi_dung={}", encode(text));
        editor.submit("/bien-tap/khoa-hoc/nghi-moi/tep", &fields).await.status
    };
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
    let out = editor.submit("/bien-tap/khoa-hoc/nghi-moi/xuat-ban", "x=1").await;
    assert_eq!((out.status, out.header("location")), (303, "/bien-tap/khoa-hoc/nghi-moi?bao=xuat-ban"));
    assert_eq!(stranger.get("/khoa-hoc/nghi-moi/02-tiep").await.status, 200);

    assert_eq!(write("01-nghi.md", "# <script>alert(1)</script>\n").await, 303, "no work is lost");
    let page = editor.get("/bien-tap/khoa-hoc/nghi-moi").await.text;
    assert!(page.contains("không dùng HTML") && !page.contains("<script>alert"), "{page}");
    assert_eq!(editor.submit("/bien-tap/khoa-hoc/nghi-moi/xuat-ban", "x=1").await.status, 422);
    assert!(
        stranger.get("/khoa-hoc/nghi-moi/01-nghi").await.text.contains("Luật thử nghiệm"),
        "what is in service stays"
    );
    let long = Load::Form(format!("ten=01-nghi.md&noi_dung={}", "a".repeat(100_000)));
    assert_eq!(editor.send(Method::POST, "/bien-tap/khoa-hoc/nghi-moi/tep", long).await.status, 413);
}
