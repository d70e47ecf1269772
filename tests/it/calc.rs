//! The calculators at the rims: command line, API, pages, and the offer in an answer.

use std::process::{Command, Output};

use congdoan::calc::{CALCULATORS, Kind};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ABSTAINED, ANSWERED, Reply, TestServer, encode, test_app};

fn calc(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    Command::new(env!("CARGO_BIN_EXE_congdoan"))
        .current_dir(folder.path())
        .arg("calc")
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn the_command_line_works_out_lists_and_names_mistakes() {
    let output =
        calc(&["severance", "wage=10 triệu", "months=43", "insured_months=0", "--as-of", "2026-01-31", "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    let figure = &value["figures"][0];
    assert_eq!(
        (&figure["name"], &figure["value"], &figure["unit"]),
        (&json!("allowance"), &json!(20_000_000), &json!("dong"))
    );
    let cited = &value["steps"][0]["citations"][0];
    assert_eq!(cited["url"], "/luat/45-2019-qh14/dieu-46/khoan-1?tai=2026-01-31");
    let list: Value = serde_json::from_slice(&calc(&["--list", "--json"]).stdout).unwrap();
    assert_eq!(list["calculators"].as_array().unwrap().len(), CALCULATORS.len());
    for (arguments, message) in [
        (["nothing", "a=1"], "calculator `nothing` not found"),
        (["severance", "wage"], "invalid `wage`"),
        (["severance", "wage=x"], "invalid `wage`: Lương"),
    ] {
        let output = calc(&arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && told.contains(message), "{told}");
    }
}

async fn post(server: &TestServer, name: &str, body: Value) -> Reply {
    server
        .send(Method::POST, &format!("/api/v1/calculators/{name}"), "application/json", body.to_string().into_bytes())
        .await
}

#[tokio::test]
async fn the_api_lists_works_out_and_names_fields() {
    let server = TestServer::start(test_app().await).await;
    let list = server.json("/api/v1/calculators").await.value();
    assert_eq!(list["calculators"][0]["fields"][0]["kind"], "choice");
    let body = json!({"inputs": {"condition": "normal", "years": 5, "months": 7}, "as_of": "2026-01-31"});
    let value = post(&server, "annual-leave", body).await.value();
    assert_eq!(
        (&value["figures"][0]["value"], &value["figures"][0]["text"]),
        (&json!("91/12"), &json!("7,58 ngày làm việc"))
    );
    assert_eq!(value["as_of"], "2026-01-31");
    let open = post(&server, "notice", json!({})).await.value();
    assert_eq!(open["missing"][0]["name"], "side");
    let mut seen = Vec::new();
    for (name, body) in [
        ("nothing", json!({})),
        ("notice", json!([])),
        ("notice", json!({"inputs": 1})),
        ("notice", json!({"inputs": {"side": "both"}})),
        ("notice", json!({"inputs": {"sides": "worker"}})),
        ("notice", json!({"inputs": {"side": ["worker"]}})),
        ("notice", json!({"inputs": {}, "as_of": "x"})),
    ] {
        seen.push(post(&server, name, body).await.problem());
    }
    assert_eq!(
        seen,
        [
            "404 not_found",
            "400 invalid_body body",
            "422 invalid inputs",
            "422 invalid side",
            "422 invalid sides",
            "422 invalid side",
            "422 invalid as_of"
        ]
    );
}

#[tokio::test]
async fn pages_need_no_script_and_escape() {
    let server = TestServer::start(test_app().await).await;
    let list = server.page("/may-tinh").await.text;
    for calculator in CALCULATORS {
        assert!(list.contains(&format!("href=\"/may-tinh/{}\"", calculator.name)));
        let page = server.page(&format!("/may-tinh/{}", calculator.name)).await;
        assert_eq!(page.status, 200);
        for field in calculator.fields {
            let tag = if matches!(field.kind, Kind::Choice(_) | Kind::Flag) { "select" } else { "input" };
            assert!(page.text.contains(&format!("<{tag} id=\"{0}\" name=\"{0}\"", field.name)), "{}", field.name);
        }
    }
    let query = format!("wage={}&months=43&insured_months=0&tai=2026-01-31", encode("10 triệu"));
    let page = server.page(&format!("/may-tinh/severance?{query}")).await.text;
    for part in
        ["20.000.000 đồng", "khoản 1 Điều 46 Bộ luật Lao động 2019 (45/2019/QH14)", "value=\"10 triệu\"", "Đã giả định"]
    {
        assert!(page.contains(part), "{part} in {page}");
    }
    let wrong = server.page(&format!("/may-tinh/severance?wage={}", encode("<script>\""))).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains("Cần sửa") && !wrong.text.contains("<script>\""), "{}", wrong.text);
    assert_eq!(server.page("/may-tinh/nothing").await.status, 404);
}

#[tokio::test]
async fn an_answer_offers_the_calculator_it_calls_for() {
    let server = TestServer::start(test_app().await).await;
    let answer = server.chat(json!({ "question": ANSWERED }).to_string(), "application/json").await.value();
    assert_eq!(answer["calculator"]["calculator"], "notice");
    let url = answer["calculator"]["url"].as_str().unwrap();
    assert_eq!(server.page(url).await.status, 200);
    assert!(server.page(&format!("/hoi?cau={}", encode(ANSWERED))).await.text.contains("href=\"/may-tinh/notice?tai="));
    let answer = server.chat(json!({ "question": ABSTAINED }).to_string(), "application/json").await.value();
    assert_eq!(answer["calculator"], Value::Null);
}
