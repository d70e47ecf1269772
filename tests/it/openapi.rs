//! The document of the API: it names the routes there are, and replies fit what it says of them.

use std::collections::BTreeSet;

use congdoan::http;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    people::{Load, PASSWORD, Person, people_server},
    support::ANSWERED,
};

/// Routes of the table that programs call: all others are pages and their files.
const OF_PROGRAMS: [&str; 6] = ["/api/v1/", "/v1/", "/livez", "/readyz", "/version", "/openapi.json"];

#[test]
fn the_document_names_every_route_of_the_api_with_every_method() {
    let mut routes = BTreeSet::new();
    for (methods, path) in http::route_table() {
        if OF_PROGRAMS.iter().any(|start| path.starts_with(start)) {
            routes.extend(methods.split(", ").filter(|m| *m != "HEAD").map(|m| (m.to_lowercase(), path.to_owned())));
        }
    }
    let mut told = BTreeSet::new();
    for (path, operations) in http::openapi_document()["paths"].as_object().unwrap() {
        told.extend(operations.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())));
    }
    assert_eq!(routes.difference(&told).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "routes not told of");
    assert_eq!(told.difference(&routes).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "no such routes");
}

/// Where a value does not fit a schema; a field that is not named does not fit.
fn misfits(schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return misfits(&http::openapi_document()["components"]["schemas"][name], value, at, found);
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        let tried = choices.iter().map(|choice| {
            let mut wrong = Vec::new();
            misfits(choice, value, at, &mut wrong);
            wrong
        });
        let best = tried.min_by_key(Vec::len).unwrap();
        return found.extend(best);
    }
    let fits = match schema["type"].as_str() {
        None => true,
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        Some(other) => panic!("{other}"),
    };
    let listed = schema["enum"].as_array().is_none_or(|words| words.contains(value));
    let text = value.as_str().unwrap_or_default();
    let formed = match schema["format"].as_str() {
        Some("date") => text.parse::<jiff::civil::Date>().is_ok() && text.len() == 10,
        Some("date-time") => text.parse::<jiff::Timestamp>().is_ok(),
        _ => true,
    };
    if !(fits && listed && formed) {
        found.push(format!("{at}: {value} is no {schema}"));
        return;
    }
    for (n, item) in value.as_array().into_iter().flatten().enumerate() {
        misfits(&schema["items"], item, &format!("{at}[{n}]"), found);
    }
    let (Some(properties), Some(fields)) = (schema["properties"].as_object(), value.as_object()) else { return };
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !fields.contains_key(name) {
            found.push(format!("{at}.{name} is missing"));
        }
    }
    for (name, field) in fields {
        match properties.get(name) {
            Some(schema) => misfits(schema, field, &format!("{at}.{name}"), found),
            None => found.push(format!("{at}.{name} is not told of")),
        }
    }
}

/// The schema of what an operation gives at `status`.
fn given(method: &str, path: &str, status: u16) -> Value {
    let response = &http::openapi_document()["paths"][path][method]["responses"][status.to_string()];
    assert!(response.is_object(), "{method} {path} tells of no {status}");
    let kind = if status < 400 { "application/json" } else { "application/problem+json" };
    response["content"][kind]["schema"].clone()
}

async fn fits(person: &Person<'_>, method: Method, route: &str, address: &str, load: Load) -> Value {
    let reply = person.send(method.clone(), address, load).await;
    let schema = given(&method.as_str().to_lowercase(), route, reply.status);
    if schema.is_null() {
        assert_eq!(reply.text, "", "{method} {address}");
        return Value::Null;
    }
    let value = reply.value();
    let mut found = Vec::new();
    misfits(&schema, &value, route, &mut found);
    assert!(found.is_empty(), "{}", found.join("\n"));
    value
}

fn json_load(value: Value) -> Load {
    Load::Json(value.to_string())
}

#[tokio::test]
async fn replies_of_a_running_server_fit_their_schemas() {
    let (server, _app, _codes) = people_server().await;
    let (nobody, member) = (Person::anonymous(&server), Person::sign_in(&server, "1").await);
    let (counsellor, admin) = (Person::sign_in(&server, "2").await, Person::sign_in(&server, "9").await);
    let consents = "/api/v1/me/consents/{purpose}";
    fits(&member, Method::PUT, consents, "/api/v1/me/consents/keep-questions", Load::Nothing).await;
    let question = || json_load(json!({ "question": ANSWERED }));
    let asked = fits(&member, Method::POST, "/api/v1/chat", "/api/v1/chat", question()).await;
    let id = asked["conversation_id"].as_str().unwrap().to_owned();
    let message = "/api/v1/conversations/{id}/messages/{n}";
    for (method, end, load) in [
        (Method::POST, "review", Load::Nothing),
        (Method::POST, "verdict", json_load(json!({ "verdict": "wrong", "words": "sai" }))),
        (Method::POST, "share", Load::Nothing),
    ] {
        let address = format!("/api/v1/conversations/{id}/messages/1/{end}");
        fits(&member, method, &format!("{message}/{end}"), &address, load).await;
    }
    let queue = fits(&counsellor, Method::GET, "/api/v1/reviews", "/api/v1/reviews", Load::Nothing).await;
    let review = queue["reviews"][0]["id"].to_string();
    let case = format!("/api/v1/reviews/{review}");
    let reason = json_load(json!({ "reason": "Cần gọi ngay cho người hỏi vì có người gặp nạn." }));
    fits(&counsellor, Method::POST, "/api/v1/reviews/{id}/identity", &format!("{case}/identity"), reason).await;
    fits(&counsellor, Method::GET, "/api/v1/reviews/{id}/identity", &format!("{case}/identity"), Load::Nothing).await;
    fits(&counsellor, Method::POST, "/api/v1/reviews/{id}/claim", &format!("{case}/claim"), Load::Nothing).await;
    let decision = json_load(json!({ "verdict": "wrong", "correction": "Phải là 45 ngày." }));
    fits(&counsellor, Method::POST, "/api/v1/reviews/{id}/decision", &format!("{case}/decision"), decision).await;
    fits(&counsellor, Method::GET, "/api/v1/reviews/{id}", &case, Load::Nothing).await;
    let log = fits(&admin, Method::GET, "/api/v1/identity-openings", "/api/v1/identity-openings", Load::Nothing).await;
    let wish = format!("/api/v1/identity-openings/{}/decision", log["openings"][0]["id"]);
    let route = "/api/v1/identity-openings/{id}/decision";
    fits(&admin, Method::POST, route, &wish, json_load(json!({ "grant": true }))).await;
    fits(&counsellor, Method::GET, "/api/v1/reviews/{id}/identity", &format!("{case}/identity"), Load::Nothing).await;
    for (route, address) in [
        ("/api/v1/conversations", "/api/v1/conversations".to_owned()),
        ("/api/v1/conversations/{id}", format!("/api/v1/conversations/{id}")),
        ("/api/v1/me", "/api/v1/me".to_owned()),
        ("/api/v1/me/consents", "/api/v1/me/consents".to_owned()),
        ("/api/v1/sessions", "/api/v1/sessions".to_owned()),
        ("/api/v1/units", "/api/v1/units".to_owned()),
        ("/api/v1/courses", "/api/v1/courses".to_owned()),
        ("/api/v1/search", "/api/v1/search?q=bao+truoc".to_owned()),
        ("/api/v1/calculators", "/api/v1/calculators".to_owned()),
        ("/version", "/version".to_owned()),
    ] {
        fits(&member, Method::GET, route, &address, Load::Nothing).await;
    }
    fits(&admin, Method::GET, "/api/v1/members", "/api/v1/members?unit=N", Load::Nothing).await;
    fits(&admin, Method::GET, "/api/v1/members/{number}", "/api/v1/members/5", Load::Nothing).await;
    let invite = "/api/v1/members/{number}/invite";
    let made = fits(&admin, Method::POST, invite, "/api/v1/members/8/invite", Load::Nothing).await;
    let redeem = json_load(json!({ "code": made["code"], "password": PASSWORD }));
    fits(&nobody, Method::POST, "/api/v1/invites/redeem", "/api/v1/invites/redeem", redeem).await;
    let key = json_load(json!({ "name": "máy", "scopes": ["ask"] }));
    fits(&admin, Method::POST, "/api/v1/api-keys", "/api/v1/api-keys", key).await;
    fits(&admin, Method::GET, "/api/v1/api-keys", "/api/v1/api-keys", Load::Nothing).await;
    // Problems, too.
    fits(&nobody, Method::GET, "/api/v1/me", "/api/v1/me", Load::Nothing).await;
    fits(&member, Method::GET, "/api/v1/members", "/api/v1/members", Load::Nothing).await;
    let wrong = json_load(json!({ "name": "", "scopes": ["ask"] }));
    fits(&admin, Method::POST, "/api/v1/api-keys", "/api/v1/api-keys", wrong).await;
}

#[tokio::test]
async fn the_document_is_served_for_programs_and_for_people() {
    let (server, _app, _codes) = people_server().await;
    let nobody = Person::anonymous(&server);
    let document = nobody.get("/openapi.json").await;
    assert_eq!((document.status, document.value()["openapi"].as_str()), (200, Some("3.1.0")));
    assert_eq!(&document.value(), http::openapi_document());
    let page = nobody.get("/docs").await.text;
    assert!(page.contains("POST /api/v1/chat") && page.contains("href=\"/openapi.json\""), "{page}");
}
