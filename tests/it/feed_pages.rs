/*! The feed in a browser, on a phone and on a desk: nothing runs off the side, all is done by forms. */

use image::ImageFormat;
use reqwest::Method;

use crate::{
    browser::{Browser, SIDEWAYS, driver_found},
    feed::{an_official_post, call, put_posts},
    feed_pictures::{picture, send_form},
    people::{PASSWORD, Person, people_server},
};

async fn shot(browser: &Browser, base: &str, path: &str, name: &str) {
    browser.open(&format!("{base}{path}")).await;
    browser.find(".foot").await;
    browser.picture(name).await;
}

#[tokio::test]
async fn the_feed_is_read_and_written_in_a_browser() {
    if !driver_found() {
        return;
    }
    let (server, app, _codes) = people_server().await;
    let base = server.base.as_str();
    let of_member = put_posts(&app, "1", "A1", false, 22).await[21];
    let official = an_official_post(&app, "8", "N").await;
    let editor = Person::sign_in(&server, "3").await;
    let fields = [("bai", "Liên hoan **tổ ba** hôm qua.\n\n- vui\n- no"), ("chu_de", "vui")];
    let made =
        send_form(&editor, &fields, &[picture(1_200, 800, ImageFormat::Jpeg), picture(600, 900, ImageFormat::Png)])
            .await;
    let pictured = made.header("location").split('?').next().unwrap().to_owned();
    let two = Person::sign_in(&server, "2").await;
    let load = serde_json::json!({"text": "Nhìn vui quá, lần sau rủ mình với nhé"});
    call(&two, Method::POST, &format!("/api/v1{}/comments", pictured.replace("bang-tin", "posts")), load).await;
    let load = serde_json::json!({"post": official.parse::<i64>().unwrap(), "reason": "other"});
    call(&two, Method::POST, "/api/v1/reports", load).await;
    let id: i64 = pictured.rsplit('/').next().unwrap().parse().unwrap();
    call(&two, Method::POST, "/api/v1/reports", serde_json::json!({"post": id, "reason": "privacy"})).await;
    let load = serde_json::json!({"post": of_member, "reason": "untrue", "words": "Không có chuyện này"});
    call(&two, Method::POST, "/api/v1/reports", load).await;
    let case = editor.get("/api/v1/reports").await.value()["reports"][0]["id"].to_string();
    let case = format!("/bien-tap/bang-tin/{case}");
    for (width, height, size) in [(360, 740, "phone"), (360, 2_600, "phone-whole"), (1280, 900, "desk")] {
        let browser = Browser::start(width, height, true).await;
        browser.open(&format!("{base}/dang-nhap?tiep=/bang-tin")).await;
        browser.write("#ten", "3").await;
        browser.write("#mat-khau", PASSWORD).await;
        browser.click("main form button").await;
        browser.find("main .post").await;
        let pages = [
            ("/bang-tin", "feed"),
            ("/bang-tin?xem=cho-ban", "feed-for-you"),
            (pictured.as_str(), "post"),
            ("/bang-tin/viet", "post-write"),
            ("/bang-tin/cua-toi", "post-own"),
            ("/bang-tin/tim?tim=xuong", "post-search"),
            ("/bien-tap/bang-tin", "feed-queue"),
            (case.as_str(), "feed-case"),
            ("/bien-tap/bang-tin/ty-le", "feed-meter"),
        ];
        for (path, name) in pages {
            shot(&browser, base, path, &format!("{size}-{name}")).await;
            assert_eq!(browser.look(SIDEWAYS).await, false, "{name} runs off the side");
        }
        browser.open(&format!("{base}/bang-tin/viet")).await;
        browser.write("#bai", "Viết từ trình duyệt").await;
        browser.write("#chu-de", "Vui").await;
        browser.click("main form > button").await;
        browser.find("#binh-luan").await;
        assert!(browser.text("main").await.contains("Viết từ trình duyệt"));
        browser.click("[name='cam_xuc'][value='like']").await;
        browser.find(".taps .on").await;
        browser.quit().await;
    }
}
