/*!
A worker's week on a small phone: reads the union's news, posts a photo, is answered, asks for a
smartphone, takes a lesson, finds an old post without accents, shuts somebody out; and the pages of
what many ask and of mails. Pictures of each page are kept to be looked at.
*/

use image::ImageFormat;
use reqwest::Method;
use serde_json::json;

use crate::{
    browser::{Browser, SIDEWAYS, driver_found},
    feed::{an_official_post, call, put_posts, shown_post},
    feed_pictures::{picture, send_form},
    people::{PASSWORD, Person, with_people},
    support::{TestServer, encode, mailing_app},
};

async fn fits(browser: &Browser, name: &str) {
    browser.find(".foot").await;
    browser.picture(name).await;
    assert_eq!(browser.look(SIDEWAYS).await, false, "{name} runs off the side");
}

async fn signed_in(base: &str, number: &str, (width, height): (u32, u32)) -> Browser {
    let browser = Browser::start(width, height, true).await;
    browser.open(&format!("{base}/dang-nhap?tiep=/bang-tin")).await;
    browser.write("#ten", number).await;
    browser.write("#mat-khau", PASSWORD).await;
    browser.click("main form button").await;
    browser.find("main .post").await;
    browser
}

#[tokio::test]
async fn a_workers_week_on_a_small_phone() {
    if !driver_found() {
        return;
    }
    let (app, _outbox) = mailing_app().await;
    let (app, _codes) = with_people(app).await;
    let server = TestServer::start(app.clone()).await;
    let base = server.base.as_str();
    let (worker, editor) = (Person::sign_in(&server, "1").await, Person::sign_in(&server, "3").await);
    let other = Person::sign_in(&server, "2").await;
    an_official_post(&app, "3", "A").await;
    put_posts(&app, "8", "N", false, 3).await;
    let old = shown_post(&worker, &editor, "Kinh nghiệm đi xe máy đường trơn mùa mưa").await;
    let photo = picture(1_200, 800, ImageFormat::Jpeg);
    let made = send_form(&worker, &[("bai", "Ca đêm tổ tôi hôm qua"), ("chu_de", "chuyen-nghe")], &[photo]).await;
    let pictured = made.header("location").split('?').next().unwrap().to_owned();
    let commented =
        other.submit(&format!("{pictured}/binh-luan"), &format!("binh_luan={}", encode("Cố lên nhé"))).await;
    assert_eq!(commented.status, 303);
    call(&worker, Method::PUT, "/api/v1/me/consents/keep-questions", json!({})).await;
    app.index_posts().await.unwrap();

    let phone = signed_in(base, "1", (360, 740)).await;
    fits(&phone, "week-1-news").await;
    phone.open(&format!("{base}/thong-bao")).await;
    assert!(phone.text("main").await.contains("Có bình luận mới"), "being answered is told");
    fits(&phone, "week-2-notices").await;
    phone.open(&format!("{base}{pictured}")).await;
    fits(&phone, "week-3-photo").await;
    phone.write("#loi-binh", "Cảm ơn cả nhà").await;
    phone.click("form[action$='/binh-luan'] button").await;
    phone.find("a[href*='/binh-luan/'][href$='/sua']").await;
    phone.click("a[href*='/binh-luan/'][href$='/sua']").await;
    fits(&phone, "week-4-comment-edit").await;
    phone.write("#bai", " nhiều").await;
    phone.click("main form button").await;
    phone.find("a[href$='/ban-truoc']").await;
    fits(&phone, "week-5-comment-edited").await;
    phone.click("a[href$='/ban-truoc']").await;
    fits(&phone, "week-6-comment-before").await;

    phone.open(&format!("{base}/ho-tro")).await;
    fits(&phone, "week-7-support").await;
    phone.open(&format!("{base}/khoa-hoc/an-toan-tren-dien-thoai/01-ke-gia-danh")).await;
    fits(&phone, "week-8-lesson").await;
    phone.open(&format!("{base}/bang-tin/tim?tim=duong+tron")).await;
    assert!(phone.text("main").await.contains("đường trơn"), "found without accents");
    fits(&phone, "week-9-search").await;
    assert!(phone.attribute(&format!("a[href='/bang-tin/{old}']"), "href").await.contains(&old));
    phone.open(&format!("{base}/lich-su")).await;
    fits(&phone, "week-10-history").await;
    phone.quit().await;

    for (width, height, size) in [(360, 740, "phone"), (1280, 900, "desk")] {
        let editing = signed_in(base, "3", (width, height)).await;
        for (path, name) in [("/bien-tap/hoi-nhieu", "most-asked"), ("/bien-tap/bang-tin", "queue")] {
            editing.open(&format!("{base}{path}")).await;
            fits(&editing, &format!("{size}-{name}")).await;
        }
        editing.quit().await;
    }
    let whole = signed_in(base, "1", (360, 3_200)).await;
    for (course, lesson) in
        [("an-toan-tren-dien-thoai", "01-ke-gia-danh"), ("lam-them-nghi-luong", "03-phep-nam-va-le-tet")]
    {
        whole.open(&format!("{base}/khoa-hoc/{course}/{lesson}")).await;
        fits(&whole, &format!("whole-{lesson}")).await;
    }
    whole.quit().await;
}
