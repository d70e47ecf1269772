//! Mails that tell of notices: wished for, confirmed, quiet, without a word of what they tell of, ended.

use std::{fs, path::PathBuf, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use congdoan::{
    accounts::PeopleStore as _,
    app::App,
    notices::{Kind, Notices},
    secrets::Keys,
    store::{SqliteStore, StoreLimits},
};
use jiff::SignedDuration;
use reqwest::Method;

use crate::{
    people::{Load, Person, with_people},
    support::{TestServer, mailing_app},
};

/// The store of an app's data folder, opened beside it.
async fn store_of(app: &App) -> (SqliteStore, Keys) {
    let data = &app.config().paths.data;
    let keys = Keys::open(data).unwrap();
    (SqliteStore::open(data, &keys, StoreLimits::default()).await.unwrap(), keys)
}

async fn server() -> (TestServer, App, PathBuf) {
    let (app, outbox) = mailing_app().await;
    let (app, _codes) = with_people(app).await;
    (TestServer::start(app.clone()).await, app, outbox)
}

/// Tells member 1 something.
async fn tell(app: &App, title: &str, link: &str) {
    let (store, keys) = store_of(app).await;
    let member = store.member("1").await.unwrap().unwrap().id;
    let notices = Notices::new(Arc::new(store.clone()), Arc::new(keys));
    notices.tell(member, Kind::Reply, title, link, app.now()).await.unwrap();
    store.close().await;
}

/// Heads and texts of what lies in the outbox, the oldest first; the outbox is emptied.
fn taken(outbox: &PathBuf) -> Vec<(String, String)> {
    let mut paths: Vec<PathBuf> = fs::read_dir(outbox).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: &PathBuf| {
        let whole = fs::read_to_string(path).unwrap();
        fs::remove_file(path).unwrap();
        let (head, body) = whole.split_once("\r\n\r\n").unwrap();
        let text = String::from_utf8(STANDARD.decode(body.replace("\r\n", "")).unwrap()).unwrap();
        (head.to_owned(), text)
    };
    paths.iter().map(read).collect()
}

/// Gets mails at an address.
async fn confirmed(member: &Person<'_>, app: &App, outbox: &PathBuf, address: &str) {
    assert_eq!(member.submit("/thong-bao/thu", &format!("dia_chi={address}")).await.status, 303);
    app.mail_round(app.now()).await.unwrap();
    let (head, text) = taken(outbox).remove(0);
    assert!(head.contains(&format!("To: <{address}>")), "{head}");
    let code: String = text.split("thư: ").nth(1).unwrap().chars().take_while(char::is_ascii_digit).collect();
    let wrong = member.submit("/thong-bao/thu/ma", "ma=1").await;
    assert!(wrong.status == 422 && wrong.text.contains("mã không đúng"), "{}", wrong.text);
    assert_eq!(member.submit("/thong-bao/thu/ma", &format!("ma={code}")).await.status, 303);
}

#[tokio::test]
async fn mails_go_to_a_confirmed_address_say_nothing_and_end_by_their_link() {
    let (server, app, outbox) = server().await;
    let member = Person::sign_in(&server, "1").await;
    let tell = async |title: &str, link: &str| tell(&app, title, link).await;
    tell("Trước khi bật", "/lich-su").await;
    confirmed(&member, &app, &outbox, "an@vi.example").await;
    app.mail_round(app.now()).await.unwrap();
    assert!(taken(&outbox).is_empty(), "what came before is not told");
    assert_eq!(
        member.submit("/thong-bao/thu", "dia_chi=khac@vi.example").await.status,
        429,
        "soon after the last code"
    );

    tell("Chuyện thai sản của bạn", "/lich-su/a").await;
    let later = |minutes: i64| app.now() + SignedDuration::from_mins(minutes);
    // Quiet now: it is told afterwards.
    member.submit("/thong-bao/gio-yen-lang", "tu=00:00&den=23:59").await;
    app.mail_round(later(15)).await.unwrap();
    assert!(taken(&outbox).is_empty(), "it is quiet");
    member.submit("/thong-bao/gio-yen-lang", "bo=1").await;
    app.mail_round(later(24 * 60 + 1)).await.unwrap();
    let mut mails = taken(&outbox);
    assert_eq!(mails.len(), 1);
    let (head, text) = mails.remove(0);
    assert!(text.contains("Bạn có 1 thông báo mới") && text.contains("\n/thong-bao"), "{text}");
    assert!(!text.contains("thai sản") && !head.contains("lich-su"), "no word of it: {text}");
    let link = head.split("List-Unsubscribe: <").nth(1).unwrap().split('>').next().unwrap();
    app.mail_round(later(3 * 24 * 60)).await.unwrap();
    assert!(taken(&outbox).is_empty(), "once");

    let nobody = Person::anonymous(&server);
    let page = nobody.get(link).await;
    assert!(page.status == 200 && page.text.contains("Thôi nhận thư"), "{}", page.text);
    assert!(member.get("/thong-bao").await.text.contains("an@vi.example"), "looking ends nothing");
    let one_click = Load::Form("List-Unsubscribe=One-Click".to_owned());
    assert_eq!(nobody.send(Method::POST, link, one_click).await.status, 200);
    assert_eq!(nobody.get(link).await.status, 404);
    assert!(!member.get("/thong-bao").await.text.contains("an@vi.example"));
    tell("Nữa", "/lich-su/b").await;
    app.mail_round(later(4 * 24 * 60)).await.unwrap();
    assert!(taken(&outbox).is_empty());
}

#[tokio::test]
async fn what_is_not_taken_waits_and_is_given_up_in_the_end() {
    let (server, app, outbox) = server().await;
    let member = Person::sign_in(&server, "1").await;
    confirmed(&member, &app, &outbox, "an@vi.example").await;
    let export = member.get("/api/v1/me/export").await.value();
    assert_eq!(export["mail"]["address"], "an@vi.example", "{export}");
    tell(&app, "Một tin", "/lich-su/a").await;
    fs::remove_dir(&outbox).unwrap();
    let mut at = app.now() + SignedDuration::from_mins(11);
    assert_eq!(app.mail_round(at).await.unwrap(), 0);
    let (backlog, fault) = app.mails().unwrap().backlog().await.unwrap().unwrap();
    assert_eq!((backlog.waiting, backlog.refused), (1, 1));
    assert!(fault.is_some(), "the folder is gone");
    assert_eq!(app.mail_round(at).await.unwrap(), 0, "not at once again");
    for _ in 0..6 {
        at += SignedDuration::from_hours(24);
        app.mail_round(at).await.unwrap();
    }
    let (backlog, _) = app.mails().unwrap().backlog().await.unwrap().unwrap();
    assert_eq!(backlog.waiting, 0, "given up");
    fs::create_dir(&outbox).unwrap();
    let bytes: Vec<u8> = ["congdoan.db", "congdoan.db-wal"]
        .iter()
        .flat_map(|name| fs::read(app.config().paths.data.join(name)).unwrap_or_default())
        .collect();
    assert!(!bytes.windows(13).any(|part| part == b"an@vi.example"), "an address lies in the clear");
}
