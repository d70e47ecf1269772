/*! Requests for support over real HTTP: approved and closed, late, over budget, and who sees what. */

use congdoan::{app::App, support::DECIDE_DAYS};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    browser::{Browser, SIDEWAYS, driver_found},
    people::{Load, PASSWORD, Person, people_server},
    support::{Reply, TestServer, encode},
};

/// Who decides where: `3` for the base unit `A1` alone, `2` for `A` above it, `4` for `B`.
async fn with_officers(server: &TestServer) {
    let admin = Person::sign_in(server, "9").await;
    for (number, unit) in [("3", "A1"), ("4", "B")] {
        let path = format!("/api/v1/members/{number}/roles/counsellor/{unit}");
        assert_eq!(admin.send(Method::PUT, &path, Load::Nothing).await.status, 204);
    }
}

async fn budget(person: &Person<'_>, app: &App, unit: &str, amount: &str) -> u16 {
    let year = app.today().year();
    person.submit("/quan-ly/ho-tro", &format!("don_vi={unit}&nam={year}&ngan_sach={amount}")).await.status
}

/// Sends a request; where it is.
async fn send(person: &Person<'_>, kind: &str, words: &str) -> String {
    let sent = person.submit("/ho-tro", &format!("loai={kind}&noi_dung={}", encode(words))).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    sent.header("location").strip_suffix("?bao=gui").unwrap().to_owned()
}

async fn act(person: &Person<'_>, at: &str, what: &str, fields: &str) -> u16 {
    person.submit(&format!("{at}/{what}"), &format!("x=1&{fields}")).await.status
}

async fn attach(person: &Person<'_>, at: &str, token: &str, (name, bytes): (&str, &[u8])) -> Reply {
    let head = format!(
        "--rand\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n--rand\r\n\
         content-disposition: form-data; name=\"tep\"; filename=\"{name}\"\r\ncontent-type: image/png\r\n\r\n"
    );
    let body = [head.as_bytes(), bytes, b"\r\n--rand--\r\n"].concat();
    let request = person.request(Method::POST, &format!("{at}/tep"), Load::Nothing).body(body);
    let request = request.header("content-type", "multipart/form-data; boundary=rand");
    Reply::read(request.send().await.unwrap()).await
}

/// A picture with a script behind it.
fn picture() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(64, 48).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    [bytes.into_inner(), b"<script>alert(1)</script>".to_vec()].concat()
}

async fn view(person: &Person<'_>, at: &str) -> Value {
    let reply = person.get(&format!("/api/v1/support-requests/{}", at.rsplit('/').next().unwrap())).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.value()
}

#[tokio::test]
async fn a_smartphone_is_asked_for_talked_over_approved_and_handed_over() {
    let (server, app, _codes) = people_server().await;
    with_officers(&server).await;
    let [member, officer, other, admin] = [
        Person::sign_in(&server, "1").await,
        Person::sign_in(&server, "3").await,
        Person::sign_in(&server, "4").await,
        Person::sign_in(&server, "9").await,
    ];
    assert_eq!(budget(&officer, &app, "A1", "5.000.000").await, 404, "who spends does not set the budget");
    assert_eq!(budget(&admin, &app, "A1", "5.000.000").await, 303);
    let empty = member.submit("/ho-tro", "loai=smartphone&noi_dung=+").await;
    assert!(empty.status == 422 && empty.text.contains("hãy viết vài lời"), "{}", empty.text);
    let at = send(&member, "smartphone", "Máy <b>cục gạch</b> của tôi mất sóng.").await;
    let page = member.get(&format!("{at}?bao=gui")).await.text;
    assert!(page.contains("Máy &#60;b&#62;cục gạch") && page.contains("Cơ sở A1") && page.contains("đã gửi"), "{page}");
    assert!(member.get("/ho-tro").await.text.contains(&format!("trong {DECIDE_DAYS} ngày")), "the time is shown");
    assert!(officer.get("/").await.text.contains("thông báo chưa đọc"), "the desk is told");

    let foreign = attach(&member, &at, &"0".repeat(64), ("a.png", &picture())).await;
    assert_eq!(foreign.status, 403, "a form without its session's token");
    let done = attach(&member, &at, &member.form_token, ("../hóa đơn.png", &picture())).await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert!(member.get(&at).await.text.contains("hóa đơn.png"));
    let file = officer.get(&format!("{at}/tep/1")).await;
    assert_eq!((file.status, file.header("content-type")), (200, "image/jpeg"));
    assert!(file.text.as_bytes().starts_with("\u{fffd}\u{fffd}".as_bytes()) && !file.text.contains("script"));
    let junk = attach(&member, &at, &member.form_token, ("a.png", b"<html>")).await;
    assert!(junk.status == 422 && junk.text.contains("không đọc được ảnh"), "{}", junk.text);
    let large = attach(&member, &at, &member.form_token, ("a.png", &vec![0; 7 << 20])).await;
    assert_eq!(large.status, 413);

    let register = officer.get("/quan-ly/ho-tro").await.text;
    assert!(register.contains("Nguyễn Thị An") && register.contains("Sổ hỗ trợ"), "{register}");
    assert_eq!(act(&officer, &at, "duyet", "so_tien=1").await, 422, "nobody decides what they have not taken");
    assert_eq!(act(&officer, &at, "nhan", "").await, 303);
    assert_eq!(act(&officer, &at, "hoi", "noi_dung=M%C3%A1y+n%C3%A0o%3F").await, 303);
    assert!(member.get(&at).await.text.contains("Cán bộ đang chờ bạn trả lời"));
    assert_eq!(act(&member, &at, "nhan-tin", "noi_dung=Nokia").await, 303);
    assert_eq!(view(&officer, &at).await["state"], "taken");
    assert_eq!(
        act(&officer, &at, "duyet", "so_tien=3.000.000&noi_dung=M%E1%BB%9Di+t%E1%BB%9Bi+nh%E1%BA%ADn").await,
        303
    );
    assert_eq!(act(&member, &at, "rut", "").await, 422, "what is promised is not withdrawn");
    assert_eq!(act(&officer, &at, "xong", "").await, 303);
    let page = member.get(&at).await.text;
    assert!(page.contains("đã xong") && page.contains("3.000.000 đồng") && page.contains("Mời tới nhận"), "{page}");
    assert_eq!(act(&member, &at, "nhan-tin", "noi_dung=x").await, 422, "it is closed");
    assert!(member.get("/thong-bao").await.text.contains("Yêu cầu hỗ trợ số"), "every step is told");

    let csv = officer.get("/quan-ly/ho-tro/so.csv").await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert!(csv.text.contains("Nguyễn Thị An") && csv.text.contains(",3000000"), "{}", csv.text);
    assert!(!csv.text.contains("cục gạch"), "words of members are no part of it");
    let whole = admin.get("/quan-ly/ho-tro").await.text;
    assert!(whole.contains("đã duyệt 3.000.000 đồng trên 5.000.000 đồng"), "{whole}");
    assert!(!whole.contains("Nguyễn Thị An"), "who looks after budgets sees no requests");

    // Another unit's officer, and everybody else.
    for stranger in [&other, &admin, &Person::sign_in(&server, "5").await] {
        for path in [at.clone(), format!("{at}/tep/1"), format!("/api/v1{}", at.replace("ho-tro", "support-requests"))]
        {
            assert_eq!(stranger.get(&path).await.status, 404, "{path}");
        }
        assert_eq!(act(stranger, &at, "nhan-tin", "noi_dung=x").await, 404);
    }
    assert!(!other.get("/quan-ly/ho-tro").await.text.contains("Nguyễn Thị An"));
    assert_eq!(other.get("/quan-ly/ho-tro/so.csv?don_vi=A1").await.status, 404);
}

#[tokio::test]
async fn what_nobody_decides_in_time_goes_to_the_unit_above() {
    let (server, app, _codes) = people_server().await;
    with_officers(&server).await;
    let (member, base, upper) =
        (Person::sign_in(&server, "1").await, Person::sign_in(&server, "3").await, Person::sign_in(&server, "2").await);
    let at = send(&member, "hardship", "Nhà tôi bị lũ.").await;
    let asked = send(&member, "other", "Cần mượn hội trường.").await;
    assert_eq!(act(&base, &at, "nhan", "").await, 303);
    assert_eq!(act(&base, &asked, "nhan", "").await, 303);
    assert_eq!(act(&base, &asked, "hoi", "noi_dung=Khi+n%C3%A0o%3F").await, 303);
    let start = app.now();
    let days = |days: i64| start + SignedDuration::from_hours(24 * days);
    assert_eq!(
        app.sweep_support(days(DECIDE_DAYS) - SignedDuration::from_mins(1)).await.unwrap(),
        0,
        "not a day early"
    );
    assert_eq!(app.sweep_support(days(DECIDE_DAYS)).await.unwrap(), 1);
    assert_eq!(app.sweep_support(days(DECIDE_DAYS)).await.unwrap(), 0, "once");
    let risen = view(&upper, &at).await;
    assert_eq!((&risen["desk"]["code"], &risen["state"]), (&json!("A"), &json!("sent")), "{risen}");
    assert_eq!(view(&upper, &asked).await["desk"]["code"], "A1", "the clock stands still while the member is asked");
    let page = member.get(&at).await.text;
    assert!(page.contains("quá hạn, chuyển lên đơn vị cấp trên") && page.contains("Cấp trên A"), "{page}");
    assert!(upper.get("/thong-bao").await.text.contains("chuyển lên"), "the unit above is told");
    assert_eq!(act(&base, &at, "nhan", "").await, 403, "it is decided above now");
    assert_eq!(act(&base, &at, "nhan-tin", "noi_dung=x").await, 303, "whom it came from may still talk");
    assert_eq!(act(&upper, &at, "nhan", "").await, 303);
    assert_eq!(act(&upper, &at, "tu-choi", "noi_dung=").await, 422, "without a reason nothing is refused");
    assert_eq!(act(&upper, &at, "tu-choi", "noi_dung=Qu%E1%BB%B9+kh%C3%A1c+lo").await, 303);
    assert!(member.get(&at).await.text.contains("Quỹ khác lo"));

    // From the base to the top, and no further.
    let third = send(&member, "legal", "Cần người đi cùng ra tòa.").await;
    for (round, desk) in [(1, "A"), (2, "N"), (3, "N")] {
        app.sweep_support(days(DECIDE_DAYS * round + round)).await.unwrap();
        assert_eq!(view(&member, &third).await["desk"]["code"], desk, "{round}");
    }
}

#[tokio::test]
async fn beyond_its_budget_a_unit_hands_a_request_up() {
    let (server, app, _codes) = people_server().await;
    with_officers(&server).await;
    let [member, base, upper, admin, admin_a] = [
        Person::sign_in(&server, "1").await,
        Person::sign_in(&server, "3").await,
        Person::sign_in(&server, "2").await,
        Person::sign_in(&server, "9").await,
        Person::sign_in(&server, "5").await,
    ];
    assert_eq!(budget(&admin_a, &app, "A1", "1000000").await, 303, "the unit above sets it");
    assert_eq!(budget(&admin_a, &app, "A", "9000000").await, 404, "and nobody their own");
    assert_eq!(budget(&admin, &app, "A", "9000000").await, 303);
    assert_eq!(budget(&admin, &app, "A", "nhi%E1%BB%81u").await, 422);
    let at = send(&member, "hardship", "Con tôi nằm viện.").await;
    act(&base, &at, "nhan", "").await;
    assert_eq!(act(&base, &at, "duyet", "so_tien=-5").await, 422);
    assert_eq!(act(&base, &at, "duyet", "so_tien=2000000").await, 303);
    let risen = view(&upper, &at).await;
    assert_eq!(
        (&risen["desk"]["code"], &risen["state"], &risen["amount_dong"]),
        (&json!("A"), &json!("sent"), &json!(0))
    );
    assert!(member.get(&at).await.text.contains("vượt ngân sách đơn vị"));
    act(&upper, &at, "nhan", "").await;
    assert_eq!(act(&upper, &at, "duyet", "so_tien=2000000").await, 303);
    assert_eq!(view(&member, &at).await["state"], "approved");
    let lines = admin.get("/api/v1/support-requests/register").await.value();
    let promised: Vec<_> =
        lines["budgets"].as_array().unwrap().iter().map(|l| (&l["unit"], &l["promised_dong"])).collect();
    assert_eq!(promised, [(&json!("A"), &json!(2_000_000)), (&json!("A1"), &json!(0))]);
}

#[tokio::test]
async fn words_lie_sealed_and_nobody_decides_their_own() {
    let (server, app, _codes) = people_server().await;
    with_officers(&server).await;
    let (member, officer) = (Person::sign_in(&server, "1").await, Person::sign_in(&server, "3").await);
    let at = send(&member, "hardship", "Bí mật gia đình tôi").await;
    act(&officer, &at, "nhan", "").await;
    act(&officer, &at, "nhan-tin", &format!("noi_dung={}", encode("Lời riêng của cán bộ"))).await;
    assert_eq!(attach(&member, &at, &member.form_token, ("a.pdf", b"%PDF-1.4 Giay bao no\n%%EOF")).await.status, 303);
    let kept = officer.get(&format!("{at}/tep/1")).await;
    assert!(kept.header("content-disposition").starts_with("attachment") && kept.text.contains("Giay bao no"));
    for name in ["congdoan.db", "congdoan.db-wal"] {
        let bytes = std::fs::read(app.config().paths.data.join(name)).unwrap_or_default();
        for words in ["Bí mật gia đình", "Lời riêng của", "Giay bao no", "a.pdf"] {
            assert!(!bytes.windows(words.len()).any(|part| part == words.as_bytes()), "`{words}` lies in {name}");
        }
    }
    let own = send(&officer, "other", "Việc của tôi").await;
    assert_eq!(act(&officer, &own, "nhan", "").await, 403, "one's own");
    assert_eq!(act(&member, &at, "duyet", "so_tien=1").await, 403);
    assert_eq!(act(&officer, &at, "rut", "").await, 403);
    assert_eq!(act(&member, &at, "bay", "").await, 404);
    let open = async |load: Value| {
        member.send(Method::POST, "/api/v1/support-requests", Load::Json(load.to_string())).await.status
    };
    assert_eq!(open(json!({"kind": "moon", "words": "x"})).await, 422);
    assert_eq!(open(json!({"kind": "other", "words": "x".repeat(4_001)})).await, 422);
    for _ in 0..4 {
        assert_eq!(open(json!({"kind": "other", "words": "Thêm"})).await, 201);
    }
    assert_eq!(open(json!({"kind": "other", "words": "Thêm"})).await, 409, "so many open ones at most");

    let export = member.get("/api/v1/me/export").await.text;
    assert!(export.contains("Bí mật gia đình") && export.contains("Lời riêng của cán bộ"), "{export}");
    let erased = member.send(Method::DELETE, "/api/v1/me", Load::Json(json!({"current": PASSWORD}).to_string())).await;
    assert_eq!(erased.status, 204, "{}", erased.text);
    let left = view(&officer, &at).await;
    assert_eq!((&left["state"], &left["words"], &left["files"]), (&json!("withdrawn"), &json!(""), &json!([])));
    assert!(!left.to_string().contains("Lời riêng"), "{left}");
}

#[tokio::test]
async fn the_pages_of_requests_fit_a_phone_and_a_desk() {
    if !driver_found() {
        return;
    }
    let (server, app, _codes) = people_server().await;
    with_officers(&server).await;
    let base = server.base.as_str();
    let (member, officer, admin) =
        (Person::sign_in(&server, "1").await, Person::sign_in(&server, "3").await, Person::sign_in(&server, "9").await);
    budget(&admin, &app, "A1", "5.000.000").await;
    let at = send(&member, "smartphone", "Máy cục gạch của tôi mất sóng từ tháng chín, không gọi được cho con.").await;
    attach(&member, &at, &member.form_token, ("hoa-don-mua-may-nam-hai-nghin-muoi.png", &picture())).await;
    send(&member, "hardship", "Nhà tôi bị lũ cuốn mất mái.").await;
    act(&officer, &at, "nhan", "").await;
    for (width, height, size) in [(360, 740, "phone"), (1280, 900, "desk")] {
        for (number, paths) in [("1", vec!["/ho-tro", at.as_str()]), ("3", vec![at.as_str(), "/quan-ly/ho-tro"])] {
            let browser = Browser::start(width, height, true).await;
            browser.open(&format!("{base}/dang-nhap?tiep=/ho-tro")).await;
            browser.write("#ten", number).await;
            browser.write("#mat-khau", PASSWORD).await;
            browser.click("main form button").await;
            browser.find("#noi-dung").await;
            for path in paths {
                browser.open(&format!("{base}{path}")).await;
                browser.find(".foot").await;
                let name = format!("{size}-support-{number}{}", path.replace('/', "-"));
                browser.picture(&name).await;
                assert_eq!(browser.look(SIDEWAYS).await, false, "{name} runs off the side");
            }
        }
    }
}
