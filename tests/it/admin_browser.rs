/*!
Admins' pages in a browser: the law reloaded by keyboard alone on a phone, and every page of
signing in, history, the desk and admins at both widths.
*/

use congdoan::{accounts::ImportWish, app::App};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    browser::{Browser, SIDEWAYS, driver_found},
    people::{Load, PASSWORD, Person, with_people},
    support::{ANSWERED, TestServer, admin_app},
};

/// Presses of the tab key within which everything on a page is reached.
const TABS_MAX: usize = 60;
const TAB: &str = "\u{E004}";
const ENTER: &str = "\u{E007}";

async fn press(browser: &Browser, key: &str) {
    let actions = json!([{ "type": "keyDown", "value": key }, { "type": "keyUp", "value": key }]);
    browser.post("actions", json!({ "actions": [{ "type": "key", "id": "phim", "actions": actions }] })).await;
}

/// Goes on with the tab key until what matches has the focus, which can be seen.
async fn reach(browser: &Browser, selector: &str) {
    browser.find(selector).await;
    for _ in 0..TABS_MAX {
        press(browser, TAB).await;
        if browser.look(&format!("document.activeElement.matches({})", json!(selector))).await == json!(true) {
            let outline = browser.look("getComputedStyle(document.activeElement).outlineStyle").await;
            assert_ne!(outline, json!("none"), "the focus on `{selector}` is seen");
            return;
        }
    }
    panic!("`{selector}` is not reached with the tab key");
}

async fn use_by_key(browser: &Browser, selector: &str) {
    reach(browser, selector).await;
    press(browser, ENTER).await;
}

async fn sign_in(browser: &Browser, base: &str, number: &str, onward: &str) {
    browser.open(&format!("{base}/dang-nhap?tiep={onward}")).await;
    browser.write("#ten", number).await;
    browser.write("#mat-khau", &format!("{PASSWORD}{ENTER}")).await;
    browser.find("#noi-dung h1").await;
    browser.find("details.menu").await;
}

#[tokio::test]
async fn the_law_is_reloaded_by_keyboard_on_a_phone() {
    if !driver_found() {
        return;
    }
    let (app, folder) = admin_app().await;
    let (app, _codes) = with_people(app).await;
    let server = TestServer::start(app.clone()).await;
    let before = app.corpus_release().unwrap();
    let law = std::fs::read_to_string(folder.join("luat.md")).unwrap();
    std::fs::write(folder.join("luat.md"), law.replace("Ít nhất 30 ngày", "Ít nhất 35 ngày")).unwrap();
    let upload = folder.join("../phu-cap.md");
    std::fs::write(&upload, "# Luật Phụ cấp 2021\n\nLuật số: 2/2021/QH99\n\n## Điều 1. Phụ cấp\n\nCó phụ cấp.\n")
        .unwrap();
    let browser = Browser::start(360, 740, true).await;
    sign_in(&browser, &server.base, "9", "/").await;
    use_by_key(&browser, ".menu summary").await;
    use_by_key(&browser, ".menu a[href='/quan-tri/van-ban']").await;
    // The picker of files belongs to the system: its choice is handed over.
    browser.write("#chon-tep", &upload.canonicalize().unwrap().display().to_string()).await;
    use_by_key(&browser, "form[action$='/tep'] button").await;
    browser.find("[role=status]").await;
    assert!(browser.text("main").await.contains("phu-cap.md"));
    use_by_key(&browser, "form[action$='/dung'] button").await;
    // The page of the build asks again by itself until there is something to look at.
    browser.find("a[href*='/van-ban/ban/']").await;
    use_by_key(&browser, "a[href*='/van-ban/ban/']").await;
    browser.find("del").await;
    assert_eq!((browser.text("del").await, browser.text("ins").await), ("30".to_owned(), "35".to_owned()));
    assert_eq!(app.corpus_release().unwrap(), before);
    assert_eq!(browser.look(SIDEWAYS).await, false);
    browser.picture("phone-admin-preview").await;
    use_by_key(&browser, "form[action*='/ban/'] button").await;
    browser.find("[role=status]").await;
    assert_ne!(app.corpus_release().unwrap(), before);
    browser.picture("phone-admin-activated").await;
    use_by_key(&browser, "form[action$='/lui'] button").await;
    browser.find("[role=status]").await;
    assert_eq!(app.corpus_release().unwrap(), before);
    browser.quit().await;
}

/// Some members more, so that lists have pages.
async fn with_many(app: &App) {
    let mut file = "number,name,phone,email,unit\n".to_owned();
    for n in 100..180 {
        file.push_str(&format!("{n},Nguyễn Thị Hồng {n},09000{n:05},,A1\n"));
    }
    let accounts = app.accounts().unwrap();
    let report = accounts.import(file.as_bytes(), ImportWish::default(), app.now(), &mut |_| Ok(())).await.unwrap();
    assert_eq!(report.created, 80);
}

/// A case of the member in the counsellor's hand; its number.
async fn a_case(member: &Person<'_>, counsellor: &Person<'_>) -> Value {
    for purpose in ["keep-questions", "review"] {
        member.send(Method::PUT, &format!("/api/v1/me/consents/{purpose}"), Load::Nothing).await;
    }
    let load = Load::Json(json!({ "question": ANSWERED }).to_string());
    let asked = member.send(Method::POST, "/api/v1/chat", load).await.value();
    let conversation = asked["conversation_id"].as_str().unwrap();
    let path = format!("/api/v1/conversations/{conversation}/messages/1/verdict");
    let load = json!({"verdict": "wrong", "words": "Tôi có hợp đồng có thời hạn"}).to_string();
    assert_eq!(member.send(Method::POST, &path, Load::Json(load)).await.status, 204);
    let id = counsellor.get("/api/v1/reviews").await.value()["reviews"][0]["id"].clone();
    let claim = format!("/api/v1/reviews/{id}/claim");
    assert_eq!(counsellor.send(Method::POST, &claim, Load::Json("{}".to_owned())).await.status, 204);
    json!({ "conversation": conversation, "case": id })
}

/// What can be tapped and is lower than this is hard to hit, in CSS pixels; links in running text
/// are lines of it.
const SMALL: &str = "[...document.querySelectorAll('button,summary,select,input:not([type=hidden]):not([type=checkbox])\
    :not([type=radio]),.menu a,.tabs a,.docs a,.more')].filter(e => { const r = e.getBoundingClientRect(); \
    return r.width && r.height < 40 }).map(e => e.outerHTML.slice(0, 120) + ' ' + e.getBoundingClientRect().height)";

#[tokio::test]
async fn the_pages_of_people_and_admins_fit_a_phone_and_a_desk() {
    if !driver_found() {
        return;
    }
    let (app, _folder) = admin_app().await;
    let (app, _codes) = with_people(app).await;
    with_many(&app).await;
    let server = TestServer::start(app.clone()).await;
    let base = server.base.as_str();
    let (member, counsellor) = (Person::sign_in(&server, "1").await, Person::sign_in(&server, "2").await);
    let ids = a_case(&member, &counsellor).await;
    let conversation = format!("/lich-su/{}", ids["conversation"].as_str().unwrap());
    let case = format!("/tu-van/{}", ids["case"]);
    let active = format!("/quan-tri/van-ban/ban/{}", app.corpus_release().unwrap());
    let readers: [(&str, Vec<(&str, &str)>); 3] = [
        ("1", vec![("/lich-su", "history"), (&conversation, "conversation"), ("/tai-khoan", "account")]),
        ("2", vec![("/tu-van", "queue"), (&case, "case")]),
        (
            "9",
            vec![
                ("/quan-tri/van-ban", "admin-corpus"),
                (&active, "admin-active"),
                ("/quan-tri/suc-khoe?kiem=1", "admin-health"),
                ("/quan-tri/cau-hinh", "admin-settings"),
                ("/quan-tri/nhap", "admin-import"),
                ("/quan-tri/nhat-ky", "admin-log"),
                ("/quan-ly/doan-vien", "members"),
                ("/quan-ly/doan-vien/7", "member"),
                ("/quan-ly/don-vi", "units"),
            ],
        ),
    ];
    let mut small = Vec::new();
    for (width, height, size) in [(360, 1_500, "phone"), (1280, 1_300, "desk")] {
        let browser = Browser::start(width, height, true).await;
        browser.open(&format!("{base}/dang-nhap")).await;
        browser.find("#ten").await;
        browser.picture(&format!("{size}-sign-in")).await;
        browser.quit().await;
        for (number, pages) in &readers {
            let browser = Browser::start(width, height, true).await;
            sign_in(&browser, base, number, "/").await;
            browser.click(".menu summary").await;
            browser.picture(&format!("{size}-menu-{number}")).await;
            assert_eq!(browser.look(SIDEWAYS).await, false, "the menu of {number} runs off the side");
            for (path, name) in pages {
                browser.open(&format!("{base}{path}")).await;
                browser.find(".foot").await;
                browser.picture(&format!("{size}-{name}")).await;
                assert_eq!(browser.look(SIDEWAYS).await, false, "{name} runs off the side");
                assert_eq!(browser.look("document.querySelectorAll('h1').length").await, 1, "{name}");
                if size == "phone" {
                    let found = browser.look(SMALL).await;
                    small.extend(found.as_array().unwrap().iter().map(|what| format!("{name}: {what}")));
                }
            }
            browser.quit().await;
        }
    }
    assert!(small.is_empty(), "{}", small.join("\n"));
}
