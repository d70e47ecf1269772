/*! Health, settings in force, imports, the log of deeds, and the menu that leads to pages. */

use reqwest::Method;

use crate::{
    admin_pages::send_files,
    people::{Load, PEOPLE, Person, people_server, with_people},
    support::{ADMIN_TOKEN, TestServer, admin_app},
};

#[tokio::test]
async fn the_page_of_health_tells_what_is_wrong_and_what_is_late() {
    let (server, app, _codes) = people_server().await;
    let admin = Person::sign_in(&server, "9").await;
    let page = admin.get("/quan-tri/suc-khoe").await.text;
    assert!(page.contains("Sao lưu gần nhất</dt><dd><b class=\"no\">chưa có</b>"), "{page}");
    assert!(page.contains(&app.corpus_release().unwrap()) && page.contains("Đĩa còn trống"), "{page}");
    assert!(page.contains("Chưa việc nào chạy"), "{page}");
    assert!(!page.contains("Nội dung cơ sở dữ liệu"), "{page}");
    let folder = app.config().paths.data.join("bản sao");
    app.back_up(&folder, false).await.unwrap();
    app.sweep_store().await.unwrap();
    let page = admin.get("/quan-tri/suc-khoe?kiem=1").await.text;
    assert!(page.contains("bản sao") && page.contains("không kèm tệp khóa"), "{page}");
    assert!(page.contains("Xóa câu hỏi quá hạn lưu") && page.contains("Nội dung cơ sở dữ liệu"), "{page}");
    // An open key file is said aloud.
    let key = app.config().paths.data.join("keys/secret.key");
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    assert!(admin.get("/quan-tri/suc-khoe").await.text.contains("others may read"));
}

#[tokio::test]
async fn the_page_of_settings_hides_secrets() {
    let (app, _folder) = admin_app().await;
    let (app, _) = with_people(app).await;
    let server = TestServer::start(app).await;
    let page = Person::sign_in(&server, "9").await.get("/quan-tri/cau-hinh").await.text;
    assert!(page.contains("admin.token") && page.contains("đã đặt, không hiện"), "{page}");
    assert!(page.contains("limits.hits_max") && page.contains("mặc định"), "{page}");
    assert!(!page.contains(ADMIN_TOKEN));
}

#[tokio::test]
async fn a_list_is_tried_imported_and_its_codes_are_handed_out() {
    let (server, app, _codes) = people_server().await;
    let admin = Person::sign_in(&server, "9").await;
    let file = "number,name,phone,email,unit\n20,Bùi Ích,,,A1\n21,Cao Kha,,,Z9\n";
    let import =
        async |fields: &[(&str, &str)]| send_files(&admin, "/quan-tri/nhap", fields, &[("ds.csv", file)]).await;
    let tried = import(&[("thu", "1")]).await;
    assert!(
        tried.text.contains("Chạy thử, chưa ghi gì") && tried.text.contains("Dòng 3, cột <code>unit</code>"),
        "{}",
        tried.text
    );
    assert_eq!(admin.get("/quan-ly/doan-vien/20").await.status, 404, "nothing was kept");
    let done = import(&[("thu", "0")]).await;
    assert_eq!(done.status, 200);
    let (_, rest) = done.text.split_once("href=\"/quan-tri/nhap/").unwrap_or_else(|| panic!("{}", done.text));
    let name = rest.split('"').next().unwrap();
    let list = admin.get(&format!("/quan-tri/nhap/{name}")).await;
    assert!(list.text.contains("20,Bùi Ích,A1,"), "{}", list.text);
    assert!(list.header("content-disposition").starts_with("attachment"));
    let code = list.text.trim_end().rsplit(',').next().unwrap().to_owned();
    let load = serde_json::json!({"code": code, "password": "mưa rơi trên mái"}).to_string();
    let used = Person::anonymous(&server).send(Method::POST, "/api/v1/invites/redeem", Load::Json(load)).await;
    assert_eq!(used.status, 201, "{}", used.text);
    assert_eq!(admin.submit(&format!("/quan-tri/nhap/{name}/xoa"), "x=1").await.status, 303);
    assert_eq!(admin.get(&format!("/quan-tri/nhap/{name}")).await.status, 404);
    assert_eq!(admin.get("/quan-tri/nhap/congdoan.db").await.status, 404);
    let bad = send_files(&admin, "/quan-tri/nhap", &[("thu", "0")], &[("ds.csv", "a,b\n1,2\n")]).await;
    assert!(bad.status == 422 && bad.text.contains("number, name"), "{}", bad.text);
    let acts = app.audit().unwrap();
    drop(acts);
    let log = admin.get("/quan-tri/nhat-ky").await.text;
    for deed in ["Nhập danh sách", "Tải danh sách mã kích hoạt", "Xóa danh sách mã kích hoạt"] {
        assert!(log.contains(deed), "{deed} is not in {log}");
    }
}

#[tokio::test]
async fn what_admins_change_of_accounts_is_logged_and_inspectors_read_it() {
    let (server, _app, _codes) = people_server().await;
    let (admin, of_a) = (Person::sign_in(&server, "9").await, Person::sign_in(&server, "5").await);
    of_a.submit("/quan-ly/doan-vien/7/ma-kich-hoat", "x=1").await;
    of_a.send(Method::POST, "/api/v1/members/7/block", Load::Json("{\"blocked\":true}".to_owned())).await;
    of_a.submit("/quan-ly/doan-vien/7/khoa", "khoa=0").await;
    of_a.submit("/quan-ly/doan-vien/7/vai-tro", "vai_tro=editor&don_vi=A1").await;
    of_a.submit("/quan-ly/doan-vien/7/vai-tro", "vai_tro=editor&don_vi=A1&bo=1").await;
    of_a.submit("/quan-ly/doan-vien/8/khoa", "khoa=1").await;
    let inspector = Person::sign_in(&server, "4").await;
    assert_eq!(inspector.get("/quan-tri/nhat-ky").await.status, 404, "an inspector of a unit");
    let given = admin.send(Method::PUT, "/api/v1/members/4/roles/inspector/N", Load::Nothing).await;
    assert_eq!(given.status, 204);
    let log = inspector.get("/quan-tri/nhat-ky").await.text;
    for deed in [
        "Tạo mã kích hoạt</strong> 7",
        "Khóa tài khoản</strong> 7",
        "Mở khóa tài khoản</strong> 7",
        "Giao vai trò</strong> 7: Biên tập, A1",
        "Bỏ vai trò</strong> 7: Biên tập, A1",
        "Vũ Em (5)",
    ] {
        assert!(log.contains(deed), "{deed} is not in {log}");
    }
    assert!(!log.contains("</strong> 8"), "what was refused is no deed");
}

/// Addresses in the menu of a page.
fn menu(page: &str) -> Vec<String> {
    let (_, rest) = page.split_once("class=\"menu\"").unwrap_or_else(|| panic!("no menu in {page}"));
    let menu = rest.split("</details>").next().unwrap();
    menu.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn every_way_in_the_menu_is_open_to_its_reader() {
    let (server, _app, _codes) = people_server().await;
    let mut seen = Vec::new();
    for (key, number, _) in PEOPLE {
        let person = Person::sign_in(&server, number).await;
        let ways = menu(&person.get("/").await.text);
        for way in &ways {
            assert_eq!(person.get(way).await.status, 200, "{way} as {key}");
        }
        seen.push((key, ways));
    }
    let of = |key: &str| &seen.iter().find(|(known, _)| *known == key).unwrap().1;
    for (key, way) in [
        ("counsellor", "/tu-van"),
        ("editor", "/bien-tap/bang-tin"),
        ("admin-a", "/quan-ly/doan-vien"),
        ("admin", "/quan-tri/van-ban"),
    ] {
        assert!(of(key).contains(&way.to_owned()) && !of("member").contains(&way.to_owned()), "{way}");
    }
    assert!(!of("admin-a").contains(&"/quan-tri/van-ban".to_owned()), "a unit's admin does not reload the law");
    let nobody = Person::anonymous(&server);
    for way in menu(&nobody.get("/").await.text) {
        assert_eq!(nobody.get(&way).await.status, 200, "{way}");
    }
}

#[tokio::test]
async fn officers_are_found_by_their_role() {
    let (server, _app, _codes) = people_server().await;
    let (admin, of_a) = (Person::sign_in(&server, "9").await, Person::sign_in(&server, "5").await);
    let page = of_a.get("/quan-ly/doan-vien?vai_tro=counsellor").await.text;
    assert!(page.contains("Trần Bình") && !page.contains("Lê Chi") && page.contains("Về đầu danh sách"), "{page}");
    let found = async |person: &Person<'_>, query: &str| -> Vec<String> {
        let list = person.get(&format!("/api/v1/members?{query}")).await.value();
        list["members"].as_array().unwrap().iter().map(|m| m["number"].as_str().unwrap().to_owned()).collect()
    };
    admin.send(Method::PUT, "/api/v1/members/8/roles/counsellor/A", Load::Nothing).await;
    admin.send(Method::PUT, "/api/v1/members/2/roles/counsellor/A1", Load::Nothing).await;
    assert_eq!(found(&of_a, "role=counsellor").await, ["2"], "each once, none beyond reach");
    assert_eq!(found(&admin, "role=counsellor&unit=N").await, ["2", "8"]);
    assert_eq!(found(&admin, "role=counsellor&unit=B").await, Vec::<String>::new(), "the role is over A");
    assert_eq!(admin.get("/api/v1/members?role=king").await.status, 404);
}
