//! Pictures of posts over HTTP: taken in by a form, served to who may see the post alone.

use image::{DynamicImage, ImageFormat, RgbImage};
use reqwest::Method;

use crate::{
    feed::shown_post,
    people::{Load, PASSWORD, Person, people_server},
    support::Reply,
};

const BOUNDARY: &str = "----ranh-gioi";

/// A picture as a file of that format.
pub fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let pixels = RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([u8::try_from(x % 256).unwrap(), u8::try_from(y % 256).unwrap(), 90])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(pixels).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// The form to write, with files, as a browser sends it.
pub async fn send_form(person: &Person<'_>, fields: &[(&str, &str)], files: &[Vec<u8>]) -> Reply {
    let mut body = Vec::new();
    let token = [("csrf", person.form_token.as_str())];
    for (name, value) in fields.iter().chain(&token) {
        body.extend(
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    for file in files {
        let head = "Content-Disposition: form-data; name=\"anh\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg";
        body.extend(format!("--{BOUNDARY}\r\n{head}\r\n\r\n").bytes());
        body.extend(file);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    let request = person.request(Method::POST, "/bang-tin/viet", Load::Nothing);
    let request = request.header("content-type", format!("multipart/form-data; boundary={BOUNDARY}")).body(body);
    Reply::read(request.send().await.unwrap()).await
}

#[tokio::test]
async fn pictures_are_written_anew_and_seen_by_who_sees_the_post() {
    let (server, app, _codes) = people_server().await;
    let (editor, reader) = (Person::sign_in(&server, "3").await, Person::sign_in(&server, "2").await);
    let far = Person::sign_in(&server, "9").await;
    let fields = [("bai", "Ảnh liên hoan"), ("chu_de", "vui"), ("don_vi", "A1")];
    let mut polyglot = picture(1_000, 500, ImageFormat::Jpeg);
    polyglot.extend(b"<script>alert(1)</script>");
    let files = [polyglot, picture(300, 200, ImageFormat::Png), Vec::new()];
    let made = send_form(&editor, &fields, &files).await;
    assert_eq!(made.status, 303, "{}", made.text);
    let page = made.header("location").split('?').next().unwrap().to_owned();
    let html = reader.get(&page).await.text;
    assert_eq!(html.matches("<img src=\"/bang-tin/").count(), 2, "an empty field is no picture: {html}");
    for (address, width) in [(format!("{page}/anh/1"), 1_000), (format!("{page}/anh/1?nho=1"), 480)] {
        let response = reader.request(Method::GET, &address, Load::Nothing).send().await.unwrap();
        let headers = response.headers().clone();
        assert_eq!(
            (response.status(), &headers["content-type"]),
            (reqwest::StatusCode::OK, &"image/jpeg".parse().unwrap())
        );
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["cache-control"], "private, no-cache");
        let again = reader.request(Method::GET, &address, Load::Nothing).header("if-none-match", &headers["etag"]);
        assert_eq!(again.send().await.unwrap().status(), 304, "who may see it needs it once");
        let bytes = response.bytes().await.unwrap();
        assert!(!bytes.windows(7).any(|part| part == b"<script"));
        assert_eq!(image::load_from_memory(&bytes).unwrap().width(), width);
    }
    assert_eq!(far.get(&format!("{page}/anh/1")).await.status, 404, "for A1 alone");
    assert_eq!(reader.get(&format!("{page}/anh/3")).await.status, 404);
    assert_eq!(Person::anonymous(&server).get(&format!("{page}/anh/1")).await.status, 303);

    let media = app.config().paths.data.join("media");
    let files_in =
        || std::fs::read_dir(&media).unwrap().flat_map(|f| std::fs::read_dir(f.unwrap().path()).unwrap()).count();
    assert_eq!(files_in(), 4);
    assert_eq!(editor.submit(&format!("{page}/xoa"), "x=1").await.status, 303);
    assert_eq!(files_in(), 0, "what no post has any longer is dropped");

    let leaving = Person::sign_in(&server, "1").await;
    let fields = [("bai", "Ảnh của tôi"), ("chu_de", "vui")];
    assert_eq!(send_form(&leaving, &fields, &[picture(90, 60, ImageFormat::Png)]).await.status, 303);
    assert_eq!(files_in(), 2);
    let wish = serde_json::json!({"current": PASSWORD}).to_string();
    assert_eq!(leaving.send(Method::DELETE, "/api/v1/me", Load::Json(wish)).await.status, 204);
    assert_eq!(files_in(), 0, "who leaves takes their pictures along");
}

#[tokio::test]
async fn too_many_too_large_and_strange_pictures_are_refused_in_words() {
    let (server, _app, _codes) = people_server().await;
    let (member, editor) = (Person::sign_in(&server, "1").await, Person::sign_in(&server, "3").await);
    let fields = [("bai", "Thử ảnh"), ("chu_de", "vui")];
    let small = picture(20, 20, ImageFormat::Png);
    let five = send_form(&editor, &fields, &vec![small.clone(); 5]).await;
    assert!(five.status == 422 && five.text.contains("tối đa 4 ảnh") && five.text.contains("Thử ảnh"), "{}", five.text);
    let strange = send_form(&editor, &fields, &[b"%PDF-1.7 khong phai anh".to_vec()]).await;
    assert!(strange.status == 422 && strange.text.contains("không đọc được ảnh"), "{}", strange.text);
    let huge = send_form(&editor, &fields, &[vec![0xff; 9 << 20]]).await;
    assert!(huge.status == 422 && huge.text.contains("8 MB"), "{}", huge.text);
    let endless = send_form(&editor, &fields, &[vec![0xff; 33 << 20]]).await;
    assert_eq!(endless.status, 413, "{}", endless.text);
    let mut forged = Person::sign_in(&server, "3").await;
    forged.form_token = "0".repeat(64);
    assert_eq!(send_form(&forged, &fields, std::slice::from_ref(&small)).await.status, 403);

    let id = shown_post(&member, &editor, "Thêm ảnh sau").await;
    let path = format!("/api/v1/posts/{id}/pictures");
    let add = |body: Vec<u8>| {
        let request = member.request(Method::POST, &path, Load::Nothing).header("origin", &server.base).body(body);
        async move { Reply::read(request.send().await.unwrap()).await }
    };
    for n in 1..=4 {
        let added = add(small.clone()).await;
        assert_eq!((added.status, added.value()["width"].as_u64()), (201, Some(20)), "{n}: {}", added.text);
    }
    assert_eq!(add(small).await.status, 422, "a fifth");
}
