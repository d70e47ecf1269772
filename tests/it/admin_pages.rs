/*!
The corpus reloaded in a browser by a signed-in admin of the union, as requests: upload, build,
look, activate, roll back; what stops a reload that takes much away; who did it.
*/

use std::path::Path;

use congdoan::app::App;
use reqwest::Method;

use crate::{
    people::{Load, Person, with_people},
    support::{ANSWERED, Reply, TestServer, admin_app},
};

/// A new law to upload.
const NEW_LAW: &str = "# Luật Tưởng tượng 2021\n\nLuật số: 2/2021/QH99\n\n## Điều 1. Trợ cấp đường xa\n\nNgười ở xa được trợ cấp 7 đồng vàng.\n";

/// A form of fields and files, sent from our own page.
pub async fn send_files(person: &Person<'_>, path: &str, fields: &[(&str, &str)], files: &[(&str, &str)]) -> Reply {
    let mut body = String::new();
    for (name, value) in fields.iter().copied().chain([("csrf", person.form_token.as_str())]) {
        body.push_str(&format!("--ranh\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    }
    for (name, content) in files {
        body.push_str(&format!(
            "--ranh\r\nContent-Disposition: form-data; name=\"tep\"; filename=\"{name}\"\r\n\r\n{content}\r\n"
        ));
    }
    body.push_str("--ranh--\r\n");
    let request = person.request(Method::POST, path, Load::Nothing).header("sec-fetch-site", "same-origin");
    let request = request.header("content-type", "multipart/form-data; boundary=ranh").body(body);
    Reply::read(request.send().await.unwrap()).await
}

/// An admin of the union at work on the corpus of a folder of its own.
struct Desk<'a> {
    app: App,
    folder: &'a Path,
    admin: Person<'a>,
}

impl Desk<'_> {
    /// Builds, waits for the end as the page does, and gives the address of the preview.
    async fn build(&self) -> String {
        let begun = self.admin.submit("/quan-tri/van-ban/dung", "x=1").await;
        assert_eq!(begun.status, 303, "{}", begun.text);
        let address = begun.header("location").to_owned();
        loop {
            let page = self.admin.get(&address).await;
            if page.header("refresh").is_empty() {
                let (_, rest) =
                    page.text.split_once("href=\"/quan-tri/van-ban/ban/").unwrap_or_else(|| panic!("{}", page.text));
                return format!("/quan-tri/van-ban/ban/{}", rest.split('"').next().unwrap());
            }
            assert!(page.text.contains("Xem lại"), "without a script there is a link: {}", page.text);
        }
    }

    fn change_law(&self, change: impl FnOnce(String) -> String) {
        let path = self.folder.join("luat.md");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, change(text)).unwrap();
    }

    fn release(&self) -> String {
        self.app.corpus_release().unwrap()
    }

    async fn log(&self) -> String {
        self.admin.get("/quan-tri/nhat-ky").await.text
    }
}

#[tokio::test]
async fn an_admin_reloads_the_law_in_a_browser() {
    let (app, folder) = admin_app().await;
    let (app, _) = with_people(app).await;
    let server = TestServer::start(app.clone()).await;
    let member = Person::sign_in(&server, "1").await;
    let desk = Desk { app, folder: &folder, admin: Person::sign_in(&server, "9").await };
    let before = desk.release();
    member.send(Method::PUT, "/api/v1/me/consents/keep-questions", Load::Nothing).await;
    let question = serde_json::json!({ "question": ANSWERED }).to_string();
    for _ in 0..2 {
        assert_eq!(member.send(Method::POST, "/api/v1/chat", Load::Json(question.clone())).await.status, 200);
    }

    let taken =
        send_files(&desk.admin, "/quan-tri/van-ban/tep", &[], &[("mới.md", NEW_LAW), ("ghi chú.txt", "x")]).await;
    assert_eq!((taken.status, taken.header("location")), (303, "/quan-tri/van-ban?bao=da-tai-tep"), "{}", taken.text);
    assert!(desk.admin.get("/quan-tri/van-ban").await.text.contains("mới.md"));
    let dropped = desk.admin.submit("/quan-tri/van-ban/tep/xoa", "ten=ghi+ch%C3%BA.txt").await;
    assert_eq!(dropped.status, 303, "{}", dropped.text);
    assert!(!desk.admin.get("/quan-tri/van-ban").await.text.contains("ghi chú.txt"));
    desk.change_law(|text| text.replace("Ít nhất 30 ngày", "Ít nhất 35 ngày"));
    let preview = desk.build().await;
    assert_eq!(desk.release(), before, "looked at first");

    let page = desk.admin.get(&preview).await.text;
    for shown in [
        "Luật Tưởng tượng 2021",
        "Điều 1 (2/2021/QH99)",
        "Điều 2 (1/2020/QH99)",
        "<del>30</del>",
        "<ins>35</ins>",
        "Đoàn viên sẽ nhận báo thu hồi</dt><dd>1</dd>",
        "Câu trả lời đã gửi không còn đúng căn cứ</dt><dd>2</dd>",
        "Câu hỏi chuẩn",
    ] {
        assert!(page.contains(shown), "{shown} is not in {page}");
    }
    assert!(!page.contains("xac_nhan"), "nothing goes: nothing to confirm");
    let activated = desk.admin.submit(&preview, "x=1").await;
    assert_eq!(activated.header("location"), "/quan-tri/van-ban?bao=da-dung-ban", "{}", activated.text);
    assert!(preview.ends_with(&desk.release()));
    let recalls = member.get("/api/v1/notices").await.value();
    assert_eq!(recalls["notices"].as_array().unwrap().iter().filter(|n| n["kind"] == "recall").count(), 2, "{recalls}");

    let back = desk.admin.submit("/quan-tri/van-ban/lui", "x=1").await;
    assert_eq!(back.header("location"), "/quan-tri/van-ban?bao=da-quay-lai", "{}", back.text);
    assert_eq!(desk.release(), before);
    let log = desk.log().await;
    for deed in [
        "Tải tệp văn bản lên",
        "Bỏ tệp văn bản đã tải",
        "Dựng bản kho luật",
        "Đưa bản kho luật vào dùng",
        "Quay lại bản kho luật trước",
    ] {
        assert!(log.contains(deed) && log.contains("Quản Trị (9)"), "{deed} is not in {log}");
    }
}

#[tokio::test]
async fn a_reload_that_takes_much_away_needs_its_box_ticked() {
    let (app, folder) = admin_app().await;
    let (app, _) = with_people(app).await;
    let server = TestServer::start(app.clone()).await;
    let desk = Desk { app, folder: &folder, admin: Person::sign_in(&server, "9").await };
    let before = desk.release();
    desk.change_law(|text| text.split("## Điều 3").next().unwrap().to_owned());
    let preview = desk.build().await;
    let page = desk.admin.get(&preview).await.text;
    assert!(page.contains("name=\"xac_nhan\"") && page.contains("Điều mất (2)"), "{page}");
    let refused = desk.admin.submit(&preview, "x=1").await;
    assert_eq!(refused.status, 409);
    assert!(refused.text.contains("hãy đánh dấu xác nhận") && refused.text.contains("xac_nhan"), "{}", refused.text);
    assert_eq!(desk.release(), before);
    assert_eq!(desk.admin.submit(&preview, "xac_nhan=1").await.status, 303);
    assert_ne!(desk.release(), before);
    assert!(desk.admin.get(&preview).await.text.contains("Đây là bản đang dùng"));
}

#[tokio::test]
async fn what_cannot_be_done_is_said_on_the_page() {
    let (app, folder) = admin_app().await;
    let (app, _) = with_people(app).await;
    let server = TestServer::start(app.clone()).await;
    let desk = Desk { app: app.clone(), folder: &folder, admin: Person::sign_in(&server, "9").await };
    let refused = send_files(&desk.admin, "/quan-tri/van-ban/tep", &[], &[("virus.exe", "x"), ("a.md", "x")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("định dạng tệp này không được nhận"), "{}", refused.text);
    assert_eq!(send_files(&desk.admin, "/quan-tri/van-ban/tep", &[], &[]).await.status, 422);
    assert_eq!(desk.admin.get("/api/v1/admin/corpus/uploads").await.value()["files"], serde_json::json!([]));
    let lock = app.store().lock_for_building().unwrap();
    let busy = desk.admin.submit("/quan-tri/van-ban/dung", "x=1").await;
    assert_eq!(busy.status, 409);
    assert!(busy.text.contains("Đang có một lượt dựng khác"), "{}", busy.text);
    drop(lock);
    let nowhere = desk.admin.submit("/quan-tri/van-ban/lui", "x=1").await;
    assert!(nowhere.status == 409 && nowhere.text.contains("Không có bản nào trước"), "{}", nowhere.text);
    std::fs::remove_file(folder.join("luat.md")).unwrap();
    let begun = desk.admin.submit("/quan-tri/van-ban/dung", "x=1").await;
    let failed = loop {
        let page = desk.admin.get(begun.header("location")).await;
        if page.header("refresh").is_empty() {
            break page.text;
        }
    };
    assert!(failed.contains("Dựng không được") && failed.contains("Bản đang dùng vẫn giữ nguyên"), "{failed}");
    // A form of the session's token is refused without it, files or not.
    let mut forged = Person::sign_in(&server, "9").await;
    forged.form_token = "0".repeat(64);
    assert_eq!(send_files(&forged, "/quan-tri/van-ban/tep", &[], &[("a.md", NEW_LAW)]).await.status, 403);
}

#[tokio::test]
async fn the_api_takes_the_session_of_an_admin_of_the_union_and_names_them() {
    let (app, _folder) = admin_app().await;
    let (app, _) = with_people(app).await;
    let server = TestServer::start(app.clone()).await;
    let admin = Person::sign_in(&server, "9").await;
    let path = "/api/v1/admin/corpus/uploads?name=m%E1%BB%9Bi.md";
    let taken = admin.send(Method::POST, path, Load::Json(NEW_LAW.to_owned())).await;
    assert_eq!(taken.status, 201, "{}", taken.text);
    assert_eq!(admin.send_from_elsewhere(Method::POST, path, Load::Json(NEW_LAW.to_owned())).await.status, 403);
    assert_eq!(admin.get("/api/v1/admin/corpus/uploads").await.value()["files"][0]["name"], "mới.md");
    let key = serde_json::json!({"name": "máy", "scopes": ["people"]}).to_string();
    let key =
        admin.send(Method::POST, "/api/v1/api-keys", Load::Json(key)).await.value()["key"].as_str().unwrap().to_owned();
    let by_key = server.admin(Method::GET, "generations", Some(&key), Vec::new()).await;
    assert_eq!(by_key.problem(), "403 forbidden", "a program shows the token");
    let dropped = admin.send(Method::DELETE, "/api/v1/admin/corpus/uploads/m%E1%BB%9Bi.md", Load::Nothing).await;
    assert_eq!(dropped.status, 204);
    let token = Some(crate::support::ADMIN_TOKEN);
    let by_token = server.admin(Method::POST, "uploads?name=b.md", token, NEW_LAW.as_bytes().to_vec()).await;
    assert_eq!(by_token.status, 201);
    let log = admin.get("/quan-tri/nhat-ky").await.text;
    assert!(log.contains("Quản Trị (9)") && log.contains("khóa quản trị của máy chủ"), "{log}");
}
