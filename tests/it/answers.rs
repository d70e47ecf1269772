//! What stage (a) says: the answer first, exceptions with their rule, questions back, false
//! premises; over an invented law, and over the codes beside the project where they are.

use std::fs;

use congdoan::{
    answer::{Answer, AnswerStatus, AskRequest, Question},
    app::{App, MissingPackages, Setup},
    config::{Config, RawConfig},
    fetch::Silent,
};
use jiff::civil::{Date, date};

use super::support::shared_data;

pub(super) const TODAY: Date = date(2026, 1, 1);
pub(super) const QUESTION_CHARS_MAX: usize = 500;
/// Most characters of all quotes of an answer.
const QUOTED_CHARS_MAX: usize = 600;

const LAW: &str = "QUỐC HỘI\nLuật số: 3/2020/QH99\nLUẬT\nTHUÊ QUẦY\n\n\
Điều 1. Giải thích từ ngữ\nTrong Luật này, các từ ngữ dưới đây được hiểu như sau:\n\
1. Quầy lưu động là quầy có bánh xe.\n2. Chủ chợ là người giữ sổ của chợ.\n\
Điều 2. Trả quầy\n1. Người thuê quầy muốn trả quầy phải nhắn trước cho chủ chợ như sau:\n\
a) Ít nhất 20 ngày nếu thuê quầy theo giấy thuê dài hạn;\nb) Ít nhất 10 ngày nếu thuê quầy theo giấy thuê theo mùa;\n\
c) Ít nhất 02 ngày nếu thuê quầy theo giấy thuê theo tuần.\n\
2. Người thuê quầy không phải nhắn trước khi quầy bị dột.\n\
Điều 3. Đặt cọc\n1. Tiền đặt cọc thuê quầy không quá 30% tiền thuê một năm, trừ trường hợp quy định tại khoản 3 Điều này.\n\
2. Chủ chợ trả lại tiền đặt cọc trong 05 ngày.\n3. Quầy bán vàng đặt cọc theo thỏa thuận.\n\
Điều 4. Việc chủ chợ không được làm\n1. Giữ xe của người thuê quầy.\n2. Khóa quầy khi người thuê đang bán hàng.\n\
Điều 5. Hiệu lực thi hành\nLuật này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2021.\n";

pub(super) fn app(folder: &std::path::Path) -> App {
    let data = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap().keep();
    let text = format!(
        "[limits]\nquestion_chars_max = {QUESTION_CHARS_MAX}\n[paths]\ndata = '{}'\ncorpus = ['{}']\n\
         [models]\nembedder = 'hashed'\ngenerator = 'none'\n[contacts]\ndefault = 'Chị An'",
        data.display(),
        folder.display()
    );
    let config = Config::resolve(RawConfig::read(&text, std::iter::empty()).unwrap()).unwrap();
    let app = App::open_on(config, Some(TODAY)).unwrap();
    let setup = Setup { app: &app, packages: MissingPackages::Leave, progress: &Silent };
    setup.load_embedder().unwrap();
    setup.ingest().unwrap();
    app
}

fn invented() -> App {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap().keep();
    fs::write(folder.join("luat.txt"), LAW).unwrap();
    app(&folder)
}

pub(super) fn ask(app: &App, question: &str) -> Answer {
    let question = Question::parse(question, QUESTION_CHARS_MAX).unwrap();
    app.ask_blocking(
        &AskRequest { question, as_of: TODAY, generate: false, unit: None, audience: Default::default() },
        &mut |_| {},
    )
    .unwrap()
}

/// Every text between “ and ” must stand in what is cited.
fn assert_verbatim(answer: &Answer) {
    for sentence in answer.sentences.iter().filter(|sentence| !sentence.citations.is_empty()) {
        let cited: Vec<_> = answer.citations.iter().filter(|c| sentence.citations.contains(&c.n)).collect();
        assert!(!cited.is_empty(), "{}", sentence.text);
        for part in sentence.text.split('“').skip(1) {
            let quoted = part.split('”').next().unwrap();
            let stands =
                cited.iter().any(|c| [&c.quote, &c.lead_in, &c.title].iter().any(|text| text.contains(quoted)));
            assert!(stands, "“{quoted}” of {}", sentence.text);
        }
    }
    assert!(answer.citations.iter().map(|c| c.quote_end - c.quote_start).sum::<usize>() <= QUOTED_CHARS_MAX);
}

#[test]
fn the_answer_comes_first_and_exceptions_with_their_rule() {
    let app = invented();
    let answer = ask(&app, "Tiền đặt cọc thuê quầy không quá bao nhiêu tiền thuê một năm?");
    assert_eq!(answer.status, AnswerStatus::Answered, "{}", answer.answer);
    assert_verbatim(&answer);
    assert!(answer.sentences[0].text.contains("“không quá 30%"), "{}", answer.answer);
    let paths: Vec<&str> = answer.citations.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(paths[0], "3-2020-qh99/dieu-3/khoan-1");
    assert!(paths.contains(&"3-2020-qh99/dieu-3/khoan-3"), "the exception: {paths:?}");
    assert!(answer.answer.contains("Ngoại lệ, theo khoản 3 Điều 3"), "{}", answer.answer);
    assert!(answer.next_steps.iter().any(|step| step.contains("Chị An")));
}

#[test]
fn a_list_is_told_point_by_point_and_taken_back_where_the_law_does() {
    let app = invented();
    let answer = ask(&app, "Người thuê quầy muốn trả quầy phải nhắn trước bao nhiêu ngày?");
    assert_verbatim(&answer);
    for part in ["Ít nhất 20 ngày", "Ít nhất 10 ngày", "Ít nhất 02 ngày"] {
        assert!(answer.answer.contains(&format!("– “{part}")), "{}", answer.answer);
    }
    assert!(answer.answer.contains("Ngoại lệ, theo khoản 2 Điều 2"), "{}", answer.answer);
}

#[test]
fn what_turns_on_a_fact_not_given_is_asked_back() {
    let app = invented();
    let open = ask(&app, "Tôi là người thuê quầy muốn trả quầy, phải nhắn trước cho chủ chợ ít nhất bao nhiêu ngày?");
    assert_eq!(open.status, AnswerStatus::Clarify, "{}", open.answer);
    let clarify = open.clarify.unwrap();
    let labels: Vec<&str> = clarify.choices.iter().map(|choice| choice.label.as_str()).collect();
    assert_eq!(labels.len(), 3, "{labels:?}");
    for choice in &clarify.choices {
        assert!(choice.answer.contains(&choice.label.to_lowercase()), "{}: {}", choice.label, choice.answer);
    }
    assert!(labels[0].contains("giấy thuê dài hạn") && clarify.choices[0].answer.contains("Ít nhất 20 ngày"));
    assert!(clarify.choices.iter().all(|choice| choice.citations.len() == 1 && choice.answer.contains("[1]")));
    // The same with a choice tapped, and with the fact told at once.
    for question in [
        format!("Tôi là người thuê quầy muốn trả quầy, phải nhắn trước cho chủ chợ ít nhất bao nhiêu ngày? ({})", labels[1]),
        "Tôi là người thuê quầy theo giấy thuê theo mùa muốn trả quầy, phải nhắn trước cho chủ chợ ít nhất bao nhiêu ngày?"
            .to_owned(),
    ] {
        let answer = ask(&app, &question);
        assert_eq!(answer.status, AnswerStatus::Answered, "{question}: {}", answer.answer);
        assert_verbatim(&answer);
        assert!(answer.sentences[0].text.contains("Ít nhất 10 ngày"), "{question}: {}", answer.answer);
    }
}

#[test]
fn false_premises_are_corrected_and_the_rule_told() {
    let app = invented();
    let answer = ask(&app, "Theo Điều 90 Luật số 3/2020/QH99, tiền đặt cọc thuê quầy không quá bao nhiêu?");
    let first = &answer.sentences[0].text;
    assert!(first.contains("có 5 điều, không có Điều 90"), "{}", answer.answer);
    assert_eq!(answer.citations[0].article_id.as_deref(), Some("3"), "{}", answer.answer);
    let answer = ask(&app, "Theo Luật này tiền đặt cọc thuê quầy là 50% tiền thuê một năm, đúng không?");
    assert!(answer.answer.starts_with("Không đúng: luật ghi “không quá 30%"), "{}", answer.answer);
    assert_verbatim(&answer);
    let answer = ask(&app, "Theo Luật này tiền đặt cọc thuê quầy là 20% tiền thuê một năm, đúng không?");
    assert!(!answer.answer.contains("đúng:") && !answer.answer.contains("Đúng:"), "not certain: {}", answer.answer);
    let answer = ask(&app, "Điều 4 Luật số 3/2020/QH99, tiền đặt cọc thuê quầy không quá bao nhiêu tiền thuê một năm?");
    assert_verbatim(&answer);
    let first = &answer.sentences[0].text;
    assert!(first.contains("“Việc chủ chợ không được làm”, không nói về điều bạn hỏi"), "{}", answer.answer);
    assert_eq!(answer.citations[0].id, "3-2020-qh99/dieu-3/khoan-1", "{}", answer.answer);
}

#[test]
fn terms_are_explained_and_small_talk_is_answered() {
    let app = invented();
    let answer = ask(&app, "Quầy lưu động là gì?");
    assert_eq!(answer.citations[0].id, "3-2020-qh99/dieu-1/khoan-1", "{}", answer.answer);
    assert!(answer.answer.contains("“Quầy lưu động là quầy có bánh xe”"), "{}", answer.answer);
    let hello = ask(&app, "Chào bạn");
    assert_eq!((hello.status, hello.citations.len()), (AnswerStatus::Abstained, 0));
    assert!(hello.answer.starts_with("Chào bạn!") && hello.next_steps.is_empty());
    let foreign = ask(&app, "Luật lao động Nhật Bản quy định thuê quầy thế nào?");
    assert_eq!((foreign.status, foreign.citations.len()), (AnswerStatus::Abstained, 0));
}

#[test]
fn the_real_code_is_not_cited_beyond_its_end() {
    let Some(shared) = shared_data("the test of premises on the real code") else { return };
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap().keep();
    let lines = fs::read_to_string(shared.join("eval/labour_corpus.jsonl")).unwrap();
    let code: String =
        lines.lines().filter(|line| line.contains("\"45/2019/QH14\"")).map(|l| format!("{l}\n")).collect();
    fs::write(folder.join("code.jsonl"), code).unwrap();
    let app = app(&folder);
    let answer = ask(&app, "Theo Điều 300 Bộ luật Lao động, người lao động có phải trả chi phí tuyển dụng không?");
    assert!(
        answer.answer.starts_with("Bộ luật Lao động 2019 (45/2019/QH14) có 220 điều, không có Điều 300."),
        "{}",
        answer.answer
    );
    assert_verbatim(&answer);
    let worked = ask(
        &app,
        "Người lao động làm việc trong điều kiện bình thường 12 năm cho một người sử dụng lao động thì nghỉ hằng năm bao nhiêu ngày?",
    );
    let line = &worked.sentences[0];
    assert!(line.text.starts_with("Tính theo điều bạn nêu") && line.text.contains("14 ngày"), "{}", worked.answer);
    let carried: Vec<&str> =
        worked.citations.iter().filter(|c| line.citations.contains(&c.n)).map(|c| c.id.as_str()).collect();
    assert_eq!(carried, ["45-2019-qh14/dieu-113/khoan-1/diem-a", "45-2019-qh14/dieu-114"], "{}", worked.answer);
    assert!(!worked.answer.contains("Trả lời ngắn"), "two numbers: {}", worked.answer);
    let notice = ask(
        &app,
        "Người lao động đơn phương chấm dứt hợp đồng lao động không xác định thời hạn phải báo trước bao nhiêu ngày?",
    );
    assert!(!notice.sentences[0].citations.is_empty(), "{}", notice.answer);
    let old = ask(&app, "Bộ luật Lao động 2012 quy định người lao động trả chi phí tuyển dụng thế nào?");
    assert!(
        old.answer.starts_with("Bộ luật Lao động 2012 (10/2012/QH13) hết hiệu lực từ ngày 01/01/2021"),
        "{}",
        old.answer
    );
}
