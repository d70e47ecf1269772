//! The law of a day, from files to pages and answers, over invented laws; and minimum wages on
//! given days over the documents beside the project, where they are.

use std::{fs, path::Path};

use congdoan::{
    answer::{Answer, AnswerStatus, AskRequest, Question},
    app::{App, MissingPackages, ProvisionView, Setup},
    config::{Config, RawConfig},
    fetch::Silent,
    law::Audience,
};
use jiff::civil::{Date, date};

use super::support::shared_data;

const TODAY: Date = date(2026, 1, 1);
const QUESTION_CHARS_MAX: usize = 500;

const LAW: &str = "QUỐC HỘI\nLuật số: 7/2011/QH99\nLUẬT\nCHỢ NỔI\n\nĐiều 1. Giờ mở cửa chợ nổi\n1. Chợ nổi mở cửa lúc sáu giờ sáng.\n2. Chợ nổi đóng cửa lúc chín giờ tối.\nĐiều 2. Thuyền\nThuyền có đèn theo quy định tại khoản 2 Điều 1 của Luật này.\nĐiều 3. Hiệu lực thi hành\nLuật này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2012.\n";

const AMENDING: &str = "QUỐC HỘI\nLuật số: 9/2020/QH99\nLUẬT\nSỬA ĐỔI, BỔ SUNG MỘT SỐ ĐIỀU CỦA LUẬT CHỢ NỔI\n\nQuốc hội ban hành Luật sửa đổi, bổ sung một số điều của Luật Chợ nổi số 7/2011/QH99.\nĐiều 1. Sửa đổi, bổ sung một số điều của Luật Chợ nổi\n1. Sửa đổi, bổ sung khoản 1 Điều 1 như sau:\n“1. Chợ nổi mở cửa lúc năm giờ sáng.”.\n2. Bổ sung Điều 1a vào sau Điều 1 như sau:\n“Điều 1a. Nghỉ trưa\nChợ nổi nghỉ trưa một giờ.”.\nĐiều 2. Hiệu lực thi hành\nLuật này có hiệu lực thi hành từ ngày 01 tháng 7 năm 2020.\n";

const DECREE: &str = "CHÍNH PHỦ\nSố: 4/2022/NĐ-CP\nNGHỊ ĐỊNH\nQUY ĐỊNH GIÁ THUÊ QUẦY CHỢ NỔI\n\nĐiều 1. Giá thuê quầy chợ nổi\n1. Giá thuê quầy chợ nổi theo khu như sau:\nKhu | Giá thuê quầy tháng (Đơn vị: đồng/tháng) | Giá thuê quầy ngày (Đơn vị: đồng/ngày)\nKhu I | 40.000 | 1.500\nKhu II | 30.000 | 1.200\nĐiều 2. Hiệu lực thi hành\n1. Nghị định này có hiệu lực thi hành từ ngày 01 tháng 3 năm 2022.\n2. Nghị định số 6/2018/NĐ-CP ngày 01 tháng 02 năm 2018 của Chính phủ quy định giá thuê quầy hết hiệu lực kể từ ngày Nghị định này có hiệu lực thi hành.\n";

fn app(corpus: &Path) -> App {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap().keep();
    let text = format!(
        "[limits]\nquestion_chars_max = {QUESTION_CHARS_MAX}\n[paths]\ndata = '{}'\ncorpus = ['{}']\n\
         [models]\nembedder = 'hashed'\ngenerator = 'none'\n[contacts]\ndefault = 'Chị An'",
        folder.display(),
        corpus.display()
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
    for (name, text) in [("luat.txt", LAW), ("sua.txt", AMENDING), ("nghi-dinh.txt", DECREE)] {
        fs::write(folder.join(name), text).unwrap();
    }
    app(&folder)
}

async fn page(app: &App, path: &str, as_of: Date) -> ProvisionView {
    app.provision(path, as_of, &Audience::Keeper).await.unwrap_or_else(|e| panic!("{path} on {as_of}: {e}"))
}

fn ask(app: &App, question: &str, as_of: Date) -> Answer {
    let question = Question::parse(question, QUESTION_CHARS_MAX).unwrap();
    app.ask_blocking(
        &AskRequest { question, as_of, generate: false, unit: None, audience: Default::default() },
        &mut |_| {},
    )
    .unwrap()
}

#[tokio::test]
async fn an_article_is_that_of_the_day_and_lists_its_versions() {
    let app = invented();
    for (day, text) in [
        (date(2020, 6, 30), "1. Chợ nổi mở cửa lúc sáu giờ sáng."),
        (date(2020, 7, 1), "1. Chợ nổi mở cửa lúc năm giờ sáng."),
    ] {
        let clause = page(&app, "7-2011-qh99/dieu-1/khoan-1", day).await;
        assert_eq!((clause.text.as_str(), clause.in_force), (text, true), "{day}");
    }
    let article = page(&app, "7-2011-qh99/dieu-1", TODAY).await;
    let versions: Vec<_> = article.versions.iter().map(|v| (v.effective_to, v.by.as_str(), v.shown)).collect();
    assert_eq!(versions, [(Some(date(2020, 6, 30)), "7/2011/QH99", false), (None, "9/2020/QH99", true)]);
    assert!(article.notes.iter().any(|note| note.contains("khoản 1 Điều 1 Luật số 9/2020/QH99")));
    // Before anything was in force the nearest text is shown as not in force.
    let early = page(&app, "7-2011-qh99/dieu-1", date(2011, 12, 31)).await;
    assert!(!early.in_force && early.text.contains("sáu giờ"));
}

#[tokio::test]
async fn a_document_lists_each_article_once_as_of_the_day() {
    let app = invented();
    let labels = |view: &ProvisionView| -> Vec<String> {
        view.children.iter().filter(|c| c.kind == "article").map(|c| c.label.clone()).collect()
    };
    assert_eq!(labels(&page(&app, "7-2011-qh99", date(2020, 6, 30)).await), ["Điều 1", "Điều 2", "Điều 3"]);
    let view = page(&app, "7-2011-qh99", date(2020, 7, 1)).await;
    assert_eq!(labels(&view), ["Điều 1", "Điều 1a", "Điều 2", "Điều 3"]);
    let first = view.children.iter().find(|child| child.id.ends_with("dieu-1")).unwrap();
    assert!(first.text.contains("năm giờ"));
    let inserted = page(&app, "7-2011-qh99/dieu-1a", TODAY).await;
    let near = |id: &str| Some(format!("7-2011-qh99/{id}"));
    assert_eq!(inserted.neighbours, (near("dieu-1"), near("dieu-2")));
}

#[tokio::test]
async fn relations_are_shown_from_both_ends() {
    let app = invented();
    let has = |view: &ProvisionView, kind: &str, id: &str| view.relations.iter().any(|(k, i, _)| k == kind && i == id);
    let article = page(&app, "7-2011-qh99/dieu-1", TODAY).await;
    assert!(has(&article, "amended_by", "9-2020-qh99/dieu-1/khoan-1"), "{:?}", article.relations);
    assert!(has(&article, "referred_by", "7-2011-qh99/dieu-2"), "{:?}", article.relations);
    let other = page(&app, "7-2011-qh99/dieu-2", TODAY).await;
    assert!(has(&other, "refers_to", "7-2011-qh99/dieu-1/khoan-2"), "{:?}", other.relations);
}

#[test]
fn answers_cite_the_law_itself_in_the_version_of_the_day() {
    let app = invented();
    for (day, text) in [(date(2020, 6, 30), "sáu giờ"), (date(2020, 7, 1), "năm giờ")] {
        let answer = ask(&app, "Chợ nổi mở cửa lúc mấy giờ sáng?", day);
        assert_eq!(answer.status, AnswerStatus::Answered);
        assert_eq!(answer.citations[0].law_id, "7/2011/QH99", "the law speaks, not the law that amends it");
        assert!(answer.citations[0].quote.contains(text), "{day}: {}", answer.citations[0].quote);
    }
}

#[test]
fn a_cell_is_said_and_a_missing_document_is_named() {
    let app = invented();
    let question = "Giá thuê quầy chợ nổi theo tháng khu II";
    let answer = ask(&app, question, date(2022, 3, 1));
    assert!(answer.answer.starts_with("Giá thuê quầy tháng khu II là 30.000 đồng/tháng. [1]"), "{}", answer.answer);
    let answer = ask(&app, question, date(2022, 2, 28));
    assert_eq!(answer.status, AnswerStatus::Abstained);
    assert!(answer.answer.contains("6/2018/NĐ-CP") && answer.answer.contains("28/02/2022"), "{}", answer.answer);
    assert!(!answer.answer.contains("30.000") && answer.citations.is_empty());
    // Before that document can have been in force nothing is known.
    let answer = ask(&app, question, date(2017, 1, 1));
    assert!(!answer.answer.contains("6/2018/NĐ-CP") && !answer.answer.contains("30.000"));
}

#[test]
fn minimum_wages_are_those_of_the_day_or_the_missing_decree_is_named() {
    let Some(shared) = shared_data("minimum wages by date") else { return };
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap().keep();
    for name in ["38-2022-nd-cp.pdf", "293-2025-nd-cp.docx", "45-2019-qh14.docx"] {
        fs::copy(shared.join("corpus/law").join(name), folder.join(name)).unwrap();
    }
    let app = app(&folder);
    let held: Vec<String> = app
        .coverage_blocking(TODAY, &Audience::Keeper)
        .unwrap()
        .documents
        .into_iter()
        .filter_map(|d| d.number)
        .collect();
    let questions = fs::read_to_string(shared.join("eval/wages_by_date_dev.jsonl")).unwrap();
    for line in questions.lines() {
        let item: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| item[key].as_str().unwrap();
        let decree = item["gold"][0]["law_id"].as_str().unwrap();
        let answer = ask(&app, text("question"), text("query_date").parse().unwrap());
        if held.iter().any(|number| number == decree) {
            assert_eq!(answer.status, AnswerStatus::Answered, "{line}");
            assert!(answer.answer.contains(text("answer")), "{line}\n{}", answer.answer);
            assert_eq!(answer.citations[0].law_id, decree);
        } else {
            assert_eq!(answer.status, AnswerStatus::Abstained, "{line}\n{}", answer.answer);
            assert!(answer.answer.contains(decree), "{line}\n{}", answer.answer);
        }
    }
}
