//! Contacts by unit: a member chooses theirs, and an abstaining answer names its person.

use reqwest::Method;
use serde_json::json;

use crate::{
    shell::Shell,
    support::{ABSTAINED, TestServer, encode, test_app, with_units},
};

const UNIT: &str = "Bưu điện Bến Gỗ";
const PERSON: &str = "Anh Bình, 0911 111 111";

#[tokio::test]
async fn a_member_chooses_a_unit_without_a_script() {
    let server = TestServer::start(with_units(&[(UNIT, PERSON), ("Trạm \"7\" <b>", "Chị Cúc")]).await).await;
    let home = server.page("/").await.text;
    assert!(
        home.contains("<select id=\"don_vi\" name=\"don_vi\">") && home.contains("<label for=\"don_vi\">"),
        "{home}"
    );
    assert!(home.contains(UNIT) && !home.contains("<b>") && !home.contains("selected"), "{home}");
    let path = format!("/hoi?cau={}&don_vi={}", encode(ABSTAINED), encode(UNIT));
    let page = server.page(&path).await.text;
    assert!(page.contains("class=\"abstain\"") && page.contains(PERSON), "{page}");
    assert!(page.contains("href=\"tel:0911111111\""), "a phone can call: {page}");
    assert!(!page.contains("Chị An"), "{page}");
    assert!(page.contains(&format!("<option selected>{UNIT}</option>")), "kept for the next question: {page}");
    let refused = server.page(&format!("/hoi?cau=&don_vi={}", encode(UNIT))).await.text;
    assert!(refused.contains(&format!("<option selected>{UNIT}</option>")), "{refused}");
}

#[tokio::test]
async fn the_api_takes_a_unit_and_unknown_ones_get_the_default_person() {
    let server = TestServer::start(with_units(&[(UNIT, PERSON)]).await).await;
    let steps = async |unit: serde_json::Value| {
        let body = json!({ "question": ABSTAINED, "unit": unit }).to_string();
        server.chat(body, "application/json").await.value()["next_steps"].to_string()
    };
    assert!(steps(json!(UNIT)).await.contains(PERSON));
    for unit in [json!(null), json!(""), json!("Không có đơn vị này")] {
        let steps = steps(unit).await;
        assert!(steps.contains("Chị An") && !steps.contains(PERSON), "{steps}");
    }
    for unit in [json!(7), json!("ă".repeat(500))] {
        let body = json!({ "question": ABSTAINED, "unit": unit }).to_string();
        assert_eq!(server.chat(body, "application/json").await.problem(), "422 invalid unit");
    }
    let path = format!("/hoi?cau={}&don_vi={}", encode(ABSTAINED), "a".repeat(500));
    assert_eq!(server.send(Method::GET, &path, "*/*", Vec::new()).await.problem(), "422 invalid don_vi");
}

#[tokio::test]
async fn without_units_nothing_is_to_choose() {
    let server = TestServer::start(test_app().await).await;
    assert!(!server.page("/").await.text.contains("<select"));
}

#[test]
fn the_command_line_takes_a_unit() {
    let shell = Shell::new();
    let settings = format!("[contacts]\ndefault = 'Chị An'\n'{UNIT}' = '{PERSON}'\n");
    std::fs::write(shell.folder.path().join("congdoan.toml"), settings).unwrap();
    shell.json(&["ingest", "--json"]);
    let steps = |arguments: &[&str]| shell.json(arguments)["next_steps"].to_string();
    assert!(steps(&["ask", ABSTAINED, "--unit", UNIT, "--json"]).contains(PERSON));
    assert!(steps(&["ask", ABSTAINED, "--json"]).contains("Chị An"));
}
