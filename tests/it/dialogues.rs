/*!
Dialogues in our own words over the real corpus, where it is beside the project: what follows
finds the articles of its topic, and a new topic those of its own.

Words alone search here, so that no weights are needed; what is tested is what a question
stands for, not how well it is found.
*/

use congdoan::{
    app::{App, MissingPackages, Setup},
    config::{Config, RawConfig},
    fetch::Silent,
};
use serde_json::Value;

use crate::support::{TestServer, encode, shared_data};

/// Hits among which the article must be.
const HITS_MAX: usize = 5;

/// The Labour Code's id.
const CODE: &str = "45-2019-qh14";

/// One line of a dialogue: what is said, and an article of the Labour Code that must be found.
type Line = (&'static str, &'static str);

const DIALOGUES: [&[Line]; 5] = [
    &[
        ("Người lao động đơn phương chấm dứt hợp đồng phải báo trước mấy ngày?", "35"),
        ("thế nếu hợp đồng không xác định thời hạn?", "35"),
        ("Trợ cấp thôi việc được tính thế nào?", "46"),
        ("thế làm 5 năm thì sao?", "46"),
    ],
    &[
        ("Mỗi năm được nghỉ hằng năm hưởng nguyên lương bao nhiêu ngày?", "113"),
        ("còn làm nghề nặng nhọc, độc hại thì sao?", "113"),
        ("nói rõ hơn", "113"),
    ],
    &[
        ("luong thu viec bang bao nhieu phan tram", "26"),
        ("con thoi gian thu viec toi da bao lau", "25"),
        ("the neu lam quan ly doanh nghiep", "25"),
    ],
    &[
        ("Làm thêm giờ vào ngày lễ được trả lương thế nào?", "98"),
        ("còn làm vào ban đêm thì sao?", "98"),
        ("Quy định này áp dụng từ khi nào?", "98"),
    ],
    &[
        ("Sa thải được áp dụng trong trường hợp nào?", "125"),
        ("khoản 2 thì sao?", "125"),
        ("Lao động nữ sinh con được nghỉ thai sản mấy tháng?", "139"),
    ],
];

#[tokio::test]
async fn follow_ups_find_the_articles_of_their_topic() {
    let Some(shared) = shared_data("the test of dialogues") else { return };
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let text = format!(
        "[paths]\ndata = '{}'\ncorpus = ['{}']\n[models]\nembedder = 'hashed'\ngenerator = 'none'",
        folder.path().display(),
        shared.join("eval/labour_corpus.jsonl").display()
    );
    let app = App::open(Config::resolve(RawConfig::read(&text, std::iter::empty()).unwrap()).unwrap()).unwrap();
    Setup { app: &app, packages: MissingPackages::Leave, progress: &Silent }.ingest().unwrap();
    let server = TestServer::start(app).await;
    let mut missed = Vec::new();
    for dialogue in DIALOGUES {
        let mut conversation = Value::Null;
        for (said, article) in dialogue {
            let body = serde_json::json!({ "question": said, "conversation_id": conversation }).to_string();
            let answer = server.chat(body, "application/json").await.value();
            conversation = answer["conversation_id"].clone();
            let understood = answer["understood"].as_str().unwrap();
            let query = format!("/api/v1/search?q={}&limit={HITS_MAX}", encode(understood));
            let found = server.json(&query).await.value();
            let found: Vec<&str> =
                found["hits"].as_array().unwrap().iter().filter_map(|hit| hit["id"].as_str()).collect();
            // The article of the code, not one of that number in another law.
            if !found.contains(&format!("{CODE}/dieu-{article}").as_str()) {
                missed.push(format!("{said} -> {understood}: {found:?}"));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
