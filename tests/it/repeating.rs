//! Writes of the API that are sent twice, and those that name what they saw.

use reqwest::Method;
use serde_json::json;

use crate::{
    people::{Load, Person, people_server},
    support::Reply,
};

async fn send(person: &Person<'_>, method: Method, path: &str, load: Load, header: (&str, &str)) -> Reply {
    let request = person.request(method, path, load).header("x-csrf-token", &person.form_token);
    Reply::read(request.header(header.0, header.1).send().await.unwrap()).await
}

fn key(name: &str) -> Load {
    Load::Json(json!({ "name": name, "scopes": ["ask"] }).to_string())
}

#[tokio::test]
async fn a_write_sent_again_under_its_key_is_done_once() {
    let (server, app, _codes) = people_server().await;
    let admin = Person::sign_in(&server, "9").await;
    let path = "/api/v1/api-keys";
    let first = send(&admin, Method::POST, path, key("máy"), ("idempotency-key", "a1")).await;
    let again = send(&admin, Method::POST, path, key("máy"), ("idempotency-key", "a1")).await;
    assert_eq!((first.status, first.header("idempotency-replayed")), (201, ""));
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
    assert_eq!(first.value(), again.value(), "the key that is shown once, too");
    assert_eq!(admin.get(path).await.value()["api_keys"].as_array().unwrap().len(), 1);
    // In another session of the same member, too: a phone that signed in anew.
    let later = Person::sign_in(&server, "9").await;
    assert_eq!(send(&later, Method::POST, path, key("máy"), ("idempotency-key", "a1")).await.value(), first.value());
    let other = send(&admin, Method::POST, path, key("khác"), ("idempotency-key", "a1")).await;
    assert_eq!(other.problem(), "422 invalid Idempotency-Key");
    assert_eq!(send(&admin, Method::POST, path, key("x"), ("idempotency-key", "a b")).await.status, 422);
    let stranger = Person::sign_in(&server, "5").await;
    let own = send(&stranger, Method::POST, path, key("máy"), ("idempotency-key", "a1")).await;
    assert!(own.status == 201 && own.value() != first.value(), "keys are their sender's own");
    let program = first.value()["key"].as_str().unwrap().to_owned();
    let request = Person::anonymous(&server).request(Method::POST, path, key("máy")).bearer_auth(program);
    let by_key = request.header("idempotency-key", "a1").send().await.unwrap();
    assert_eq!(by_key.status(), 403, "a key of a program gets nothing that a session was told");
    // What was refused may be mended.
    let wrong = Load::Json(json!({ "name": "", "scopes": ["ask"] }).to_string());
    assert_eq!(send(&admin, Method::POST, path, wrong, ("idempotency-key", "a2")).await.status, 422);
    assert_eq!(send(&admin, Method::POST, path, key("lại"), ("idempotency-key", "a2")).await.status, 201);
    let empty = "/api/v1/me/consents/keep-questions";
    for replayed in ["", "true"] {
        let reply = send(&admin, Method::PUT, empty, Load::Nothing, ("idempotency-key", "a3")).await;
        assert_eq!((reply.status, reply.header("idempotency-replayed")), (204, replayed));
    }
    let bytes = std::fs::read(app.config().paths.data.join("congdoan.db-wal")).unwrap();
    assert!(!bytes.windows(9).any(|part| part == b"congdoan_"), "replies are kept sealed");
}

#[tokio::test]
async fn another_site_gets_no_reply_again() {
    let (server, _app, _codes) = people_server().await;
    let admin = Person::sign_in(&server, "9").await;
    let path = "/api/v1/api-keys";
    assert_eq!(send(&admin, Method::POST, path, key("máy"), ("idempotency-key", "a1")).await.status, 201);
    let request = admin.request(Method::POST, path, key("máy")).header("origin", "https://noi-khac.example");
    assert_eq!(request.header("idempotency-key", "a1").send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn a_write_that_names_what_it_saw_is_refused_once_that_has_changed() {
    let (server, _app, _codes) = people_server().await;
    let admin = Person::sign_in(&server, "9").await;
    let (read, write) = ("/api/v1/members/7", "/api/v1/members/7/roles/editor/A");
    let seen = admin.get(read).await;
    let tag = seen.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.len() == 34, "{tag}");
    assert_eq!(seen.header("cache-control"), "private, no-cache");
    let unchanged = admin.request(Method::GET, read, Load::Nothing).header("if-none-match", &tag).send().await.unwrap();
    assert_eq!(unchanged.status(), 304);
    assert_eq!(send(&admin, Method::PUT, write, Load::Nothing, ("if-match", &tag)).await.status, 204);
    let late = send(&admin, Method::DELETE, write, Load::Nothing, ("if-match", &tag)).await;
    assert_eq!(late.problem(), "412 changed", "the role changed what is read");
    assert_eq!(admin.get(read).await.value()["roles"].as_array().unwrap().len(), 1, "nothing was done");
    let now = admin.get(read).await.header("etag").to_owned();
    let listed = format!("{tag}, {now}");
    assert_eq!(send(&admin, Method::DELETE, write, Load::Nothing, ("if-match", &listed)).await.status, 204);
    assert_eq!(send(&admin, Method::PUT, write, Load::Nothing, ("if-match", "*")).await.status, 204);
    let nobody = "/api/v1/members/khong-co/roles/editor/A";
    assert_eq!(send(&admin, Method::PUT, nobody, Load::Nothing, ("if-match", "*")).await.status, 412);
    // Who may not read it learns nothing by it.
    let counsellor = Person::sign_in(&server, "2").await;
    let tag = admin.get(read).await.header("etag").to_owned();
    for guess in [tag.as_str(), "*"] {
        assert_eq!(send(&counsellor, Method::PUT, write, Load::Nothing, ("if-match", guess)).await.status, 412);
    }
}
