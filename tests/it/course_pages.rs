/*! Courses in a browser, on a phone and on a desk: nothing runs off the side, every step is there. */

use crate::{
    browser::{Browser, SIDEWAYS, driver_found},
    courses::course_server,
    people::PASSWORD,
};

/// Opens a page, checks that it fits, and keeps its picture.
async fn shot(browser: &Browser, base: &str, path: &str, name: &str) {
    browser.open(&format!("{base}{path}")).await;
    fits(browser, name).await;
}

async fn fits(browser: &Browser, name: &str) {
    browser.find(".foot").await;
    browser.picture(name).await;
    assert_eq!(browser.look(SIDEWAYS).await, false, "{name} runs off the side");
}

async fn sign_in(browser: &Browser, base: &str, number: &str) {
    browser.open(&format!("{base}/dang-nhap?tiep=/khoa-hoc")).await;
    browser.write("#ten", number).await;
    browser.write("#mat-khau", PASSWORD).await;
    browser.click("main form button").await;
    browser.find("main .docs").await;
}

#[tokio::test]
async fn a_member_takes_a_course_in_a_browser_to_its_certificate() {
    if !driver_found() {
        return;
    }
    let (server, _app) = course_server().await;
    let base = server.base.as_str();
    for (width, height, size, number) in [(360, 740, "phone", "1"), (1280, 900, "desk", "2")] {
        let browser = Browser::start(width, height, true).await;
        shot(&browser, base, "/khoa-hoc", &format!("{size}-courses-anonymous")).await;
        sign_in(&browser, base, number).await;
        fits(&browser, &format!("{size}-courses")).await;
        let real = "/khoa-hoc/hop-dong-10-phut";
        shot(&browser, base, &format!("{real}/02-thu-viec"), &format!("{size}-lesson")).await;
        shot(&browser, base, &format!("{real}/02-thu-viec/cau-hoi"), &format!("{size}-quiz")).await;
        shot(&browser, base, "/khoa-hoc/nghi-thu/01-nghi", &format!("{size}-lesson-invented")).await;
        browser.click("main form button").await;
        browser.write("[name='q.so-ngay']", "12").await;
        browser.click("[name='q.hoi-ai'][value='a']").await;
        browser.click("[name='q.dung-sai'][value='0']").await;
        browser.click("form.quiz > button").await;
        browser.find("ol.quiz").await;
        assert_eq!(browser.text("main h1").await, "Đúng 2/3 câu");
        fits(&browser, &format!("{size}-quiz-done")).await;
        shot(&browser, base, "/khoa-hoc/nghi-thu", &format!("{size}-course")).await;
        browser.open(&format!("{base}/khoa-hoc/nghi-thu/02-tiep/cau-hoi")).await;
        browser.click("[name='q.nhieu.a']").await;
        browser.click("[name='q.nhieu.c']").await;
        for (choice, place) in [("a", "1"), ("b", "2"), ("c", "3")] {
            browser.write(&format!("[name='q.thu-tu.{choice}']"), place).await;
        }
        browser.write("[name='q.phan']", "1,5").await;
        fits(&browser, &format!("{size}-quiz-filled")).await;
        browser.click("form.quiz > button").await;
        browser.find("ol.quiz").await;
        browser.click("main .answer .button").await;
        browser.find(".qr svg").await;
        fits(&browser, &format!("{size}-certificate")).await;
        browser.quit().await;
    }
}

#[tokio::test]
async fn editors_and_officers_find_their_pages_to_fit() {
    if !driver_found() {
        return;
    }
    let (server, _app) = course_server().await;
    let base = server.base.as_str();
    for (width, height, size) in [(360, 740, "phone"), (1280, 900, "desk")] {
        let browser = Browser::start(width, height, true).await;
        sign_in(&browser, base, "3").await;
        let draft = "/bien-tap/khoa-hoc/hop-dong-10-phut";
        for (path, name) in [
            ("/bien-tap/khoa-hoc".to_owned(), "editing"),
            (draft.to_owned(), "draft"),
            (format!("{draft}/tep?ten=02-thu-viec.quiz.toml"), "file"),
            (format!("{draft}/xem/02-thu-viec"), "preview"),
            ("/quan-ly/khoa-hoc/hop-dong-10-phut".to_owned(), "completion"),
        ] {
            shot(&browser, base, &path, &format!("{size}-course-{name}")).await;
        }
        browser.quit().await;
    }
}
