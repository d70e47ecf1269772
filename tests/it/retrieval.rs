//! Questions as workers type them, over invented laws: what is found, and that nothing breaks.

use std::{fs, time::Instant};

use congdoan::{
    answer::Question,
    app::{App, MissingPackages, SearchRequest, SearchView, Setup},
    config::{Config, RawConfig},
    fetch::Silent,
};
use jiff::civil::{Date, date};

const TODAY: Date = date(2026, 1, 1);
const QUESTION_CHARS_MAX: usize = 20_000;
/// No question may take so long, on a machine however busy.
const SEARCH_MS_MAX: u128 = 5_000;

/// A labour code, the one before it, its decree, and a civil code that says much the same.
const FILES: [(&str, &str); 4] = [
    (
        "moi.jsonl",
        r#"{"law_id":"45/2019/QH99","article_id":"1","title":"Đèn","text":"1. Đèn là vật sáng.\n2. Ca trực là thời gian người lao động canh đèn.","doc_title":"Bộ luật Lao động 2019","effective_from":"2021-01-01"}
{"law_id":"45/2019/QH99","article_id":"2","title":"Báo trước khi nghỉ việc","text":"Người lao động nghỉ việc phải báo trước:\n1. 45 ngày với hợp đồng không thời hạn;\n2. 30 ngày với hợp đồng có thời hạn.","doc_title":"Bộ luật Lao động 2019","effective_from":"2021-01-01"}
{"law_id":"45/2019/QH99","article_id":"3","title":"Trách nhiệm bồi thường","text":"1. Người lao động làm hư hỏng dụng cụ phải bồi thường không quá ba tháng lương.\n2. Do bão thì không phải bồi thường.","doc_title":"Bộ luật Lao động 2019","effective_from":"2021-01-01"}
"#,
    ),
    (
        "cu.jsonl",
        r#"{"law_id":"10/2012/QH99","article_id":"1","title":"Đèn","text":"1. Đèn là vật sáng.\n2. Ca trực là thời gian người lao động canh đèn.","doc_title":"Bộ luật Lao động 2012","effective_from":"2013-05-01","effective_to":"2020-12-31"}
{"law_id":"10/2012/QH99","article_id":"2","title":"Báo trước khi nghỉ việc","text":"Người lao động nghỉ việc phải báo trước:\n1. 45 ngày với hợp đồng không thời hạn;\n2. 20 ngày với hợp đồng có thời hạn.","doc_title":"Bộ luật Lao động 2012","effective_from":"2013-05-01","effective_to":"2020-12-31"}
"#,
    ),
    (
        "nghi-dinh.jsonl",
        r#"{"law_id":"145/2020/NĐ-CP","article_id":"2","title":"Báo trước khi nghỉ việc đối với thợ lặn","text":"Người lao động là thợ lặn nghỉ việc phải báo trước 120 ngày.","doc_title":"Nghị định 145/2020/NĐ-CP","effective_from":"2021-02-01"}
{"law_id":"12/2022/NĐ-CP","article_id":"9","title":"Vi phạm quy định về báo trước","text":"1. Phạt tiền từ một đồng đến hai đồng người lao động nghỉ việc không báo trước.","doc_title":"Nghị định 12/2022/NĐ-CP","effective_from":"2022-01-17"}
"#,
    ),
    (
        "dan-su.jsonl",
        r#"{"law_id":"91/2015/QH99","article_id":"3","title":"Trách nhiệm bồi thường","text":"1. Người làm hư hỏng dụng cụ của người khác phải bồi thường toàn bộ.\n2. Do bão thì không phải bồi thường.","doc_title":"Bộ luật Dân sự 2015","effective_from":"2017-01-01"}
{"law_id":"91/2015/QH99","article_id":"4","title":"Hợp đồng thuê tài sản","text":"Bên thuê trả tiền thuê theo tháng.","doc_title":"Bộ luật Dân sự 2015","effective_from":"2017-01-01"}
"#,
    ),
];

/// A law whose articles differ by whose act they are on, for whom, and in their numbers alone.
const CASES: [(&str, &str); 1] = [(
    "ben.jsonl",
    r#"{"law_id":"50/2021/QH99","article_id":"5","title":"Chấm dứt hợp đồng của người lao động","text":"Báo trước 10 ngày khi chấm dứt hợp đồng.","doc_title":"Luật Bến đò 2021","effective_from":"2021-01-01"}
{"law_id":"50/2021/QH99","article_id":"6","title":"Chấm dứt hợp đồng của người sử dụng lao động","text":"Báo trước 10 ngày khi chấm dứt hợp đồng.","doc_title":"Luật Bến đò 2021","effective_from":"2021-01-01"}
{"law_id":"50/2021/QH99","article_id":"7","title":"Giờ thắp đèn bến","text":"Giờ thắp đèn bến do chủ bến định mấy tiếng một đêm.","doc_title":"Luật Bến đò 2021","effective_from":"2021-01-01"}
{"law_id":"50/2021/QH99","article_id":"8","title":"Thắp đèn bến","text":"Mỗi đêm thắp đèn bến không quá 08 giờ.","doc_title":"Luật Bến đò 2021","effective_from":"2021-01-01"}
{"law_id":"50/2021/QH99","article_id":"9","title":"Phơi lưới đối với người giúp việc gia đình","text":"Phơi lưới vào buổi sáng.","doc_title":"Luật Bến đò 2021","effective_from":"2021-01-01"}
{"law_id":"50/2021/QH99","article_id":"10","title":"Phơi lưới đối với mọi người trong bến","text":"Phơi lưới vào buổi sáng.","doc_title":"Luật Bến đò 2021","effective_from":"2021-01-01"}
"#,
)];

fn app() -> App {
    app_of(&FILES)
}

fn app_of(files: &[(&str, &str)]) -> App {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap().keep();
    let corpus = folder.join("corpus");
    fs::create_dir(&corpus).unwrap();
    for (name, text) in files {
        fs::write(corpus.join(name), text).unwrap();
    }
    let text = format!(
        "[limits]\nquestion_chars_max = {QUESTION_CHARS_MAX}\n[paths]\ndata = '{}'\ncorpus = ['{}']\n\
         [models]\nembedder = 'hashed'\ngenerator = 'none'\n[contacts]\ndefault = 'Chị An'",
        folder.join("data").display(),
        corpus.display()
    );
    let config = Config::resolve(RawConfig::read(&text, std::iter::empty()).unwrap()).unwrap();
    let app = App::open_on(config, Some(TODAY)).unwrap();
    let setup = Setup { app: &app, packages: MissingPackages::Leave, progress: &Silent };
    setup.load_embedder().unwrap();
    setup.ingest().unwrap();
    app
}

fn search_on(app: &App, question: &str, as_of: impl Into<Option<Date>>) -> SearchView {
    let query = Question::parse(question, QUESTION_CHARS_MAX).unwrap();
    app.search_blocking(&SearchRequest {
        query,
        as_of: as_of.into(),
        hits_max: 10,
        passages: false,
        explain: true,
        audience: Default::default(),
    })
    .unwrap()
}

/// Id of the first hit.
fn first(app: &App, question: &str, as_of: Date) -> String {
    search_on(app, question, as_of).hits[0].id.clone()
}

#[test]
fn the_law_of_the_day_comes_first_and_before_its_decree() {
    let app = app();
    let question = "nghi viec phai bao truoc may ngay";
    assert_eq!(first(&app, question, TODAY), "45-2019-qh99/dieu-2");
    assert_eq!(first(&app, question, date(2015, 1, 1)), "10-2012-qh99/dieu-2");
    // The question's own day, where the caller gave none.
    let view = search_on(&app, "năm 2015 nghỉ việc phải báo trước mấy ngày", None);
    assert_eq!((view.as_of, view.hits[0].id.as_str()), (date(2015, 12, 31), "10-2012-qh99/dieu-2"));
    assert!(view.notes[0].contains("31/12/2015"), "{:?}", view.notes);
    assert!(view.hits.iter().all(|hit| hit.in_force));
    let given = search_on(&app, "năm 2015 nghỉ việc phải báo trước mấy ngày", date(2022, 1, 1));
    assert_eq!(given.as_of, date(2022, 1, 1), "a day that is given stands");
    // Penalties stand in decrees: there the law has nothing ahead of them.
    let has_law_part = |question: &str| {
        let view = search_on(&app, question, TODAY);
        view.hits.iter().any(|hit| hit.explain.iter().any(|(part, _)| *part == "law"))
    };
    assert!(has_law_part(question) && !has_law_part("nghỉ việc không báo trước bị phạt bao nhiêu"));
}

#[test]
fn what_a_question_names_is_found_in_the_version_named_or_said_to_be_missing() {
    let app = app();
    assert_eq!(first(&app, "k2 đ2 blld nói gì", TODAY), "45-2019-qh99/dieu-2");
    assert_eq!(first(&app, "NĐ 145 điều 2", TODAY), "145-2020-nd-cp/dieu-2");
    let old = search_on(&app, "điều 2 bộ luật lao động 2012", TODAY);
    assert_eq!(old.hits[0].id, "10-2012-qh99/dieu-2");
    assert!(!old.hits[0].in_force && old.notes.iter().any(|note| note.contains("hết hiệu lực")), "{:?}", old.notes);
    let missing = search_on(&app, "điều 2 bộ luật lao động 1994", TODAY);
    assert!(
        missing.notes.iter().any(|note| note.contains("(Bộ luật Lao động 1994) chưa có trong kho")),
        "{:?}",
        missing.notes
    );
    let no_article = search_on(&app, "điều 300 bộ luật lao động", TODAY);
    assert!(no_article.notes.iter().any(|note| note.contains("không có Điều 300")), "{:?}", no_article.notes);
    assert!(search_on(&app, "nghỉ việc", TODAY).notes.is_empty());
}

#[test]
fn labour_law_comes_before_civil_law_and_a_term_before_its_uses() {
    let app = app();
    assert_eq!(first(&app, "làm hỏng dụng cụ có phải bồi thường không", TODAY), "45-2019-qh99/dieu-3");
    assert_eq!(first(&app, "điều 3 bộ luật dân sự", TODAY), "91-2015-qh99/dieu-3");
    assert_eq!(first(&app, "thuê tài sản trả tiền theo tháng", TODAY), "91-2015-qh99/dieu-4");
    let meaning = search_on(&app, "ca trực là gì", TODAY);
    assert_eq!(meaning.hits[0].id, "45-2019-qh99/dieu-1");
    assert!(meaning.hits[0].explain.iter().any(|(part, _)| *part == "term"), "{:?}", meaning.hits[0].explain);
}

#[test]
fn whose_act_whose_case_and_which_number_decide_between_like_articles() {
    let app = app_of(&CASES);
    let part_of = |question: &str, article: &str, wanted: &str| {
        let view = search_on(&app, question, TODAY);
        let hit = view.hits.iter().find(|hit| hit.article_id.as_deref() == Some(article)).unwrap();
        hit.explain.iter().find(|(part, _)| *part == wanted).map_or(0.0, |(_, value)| *value)
    };
    let leaves = "muốn nghỉ việc thì báo trước mấy ngày";
    assert_eq!(first(&app, leaves, TODAY), "50-2021-qh99/dieu-5");
    assert!(0.0 < part_of(leaves, "5", "actor") && part_of(leaves, "6", "actor") < 0.0);
    let is_let_go = "bị cho nghỉ việc thì báo trước mấy ngày";
    assert_eq!(first(&app, is_let_go, TODAY), "50-2021-qh99/dieu-6");
    let hours = "thắp đèn bến mấy tiếng";
    assert!(0.0 < part_of(hours, "8", "number") && part_of(hours, "7", "number") == 0.0);
    assert_eq!(first(&app, "phơi lưới lúc nào", TODAY), "50-2021-qh99/dieu-10");
    assert!(part_of("phơi lưới lúc nào", "9", "special") < 0.0);
    assert_eq!(part_of("người giúp việc phơi lưới lúc nào", "9", "special"), 0.0, "the question tells of it");
}

#[test]
fn the_parts_of_a_score_add_up_and_searches_repeat_themselves() {
    let app = app();
    let view = search_on(&app, "cty bat boi thuong dung cu, nghi viec k bao truoc dc ko", TODAY);
    for hit in &view.hits {
        let parts = hit.explain.iter().filter(|(part, _)| !["fused", "cosine", "bm25", "bm25_folded"].contains(part));
        let sum: f32 = parts.map(|(_, value)| value).sum();
        assert!((sum - hit.score).abs() < 1e-4, "{:?}", hit.explain);
    }
    assert!(view.hits.windows(2).all(|pair| pair[0].score >= pair[1].score));
    let ids = |view: &SearchView| view.hits.iter().map(|hit| hit.id.clone()).collect::<Vec<_>>();
    for _ in 0..5 {
        assert_eq!(ids(&search_on(&app, view.query.as_str(), TODAY)), ids(&view));
    }
}

#[test]
fn odd_questions_are_answered_quickly_and_sanely() {
    let app = app();
    let long = "nghỉ việc báo trước ".repeat(500);
    let odd = [
        long.as_str(),
        &"😀".repeat(400),
        "a",
        "và của là các những thì",
        "ng\u{200B}hỉ vi\u{200D}ệc báo tr\u{FEFF}ước",
        "'; DROP TABLE articles; -- OR 1=1",
        "%00 \\x00 ../../etc/passwd {{7*7}}",
        "điều điều điều khoản khoản đ k 2 / / 2020",
        "0",
        "????",
    ];
    for question in odd {
        let started = Instant::now();
        let Ok(query) = Question::parse(question, QUESTION_CHARS_MAX) else { continue };
        let request = SearchRequest {
            query,
            as_of: Some(TODAY),
            hits_max: 10,
            passages: false,
            explain: true,
            audience: Default::default(),
        };
        let view = app.search_blocking(&request).unwrap();
        let shown: String = question.chars().take(40).collect();
        assert!(started.elapsed().as_millis() < SEARCH_MS_MAX, "{shown} took {:?}", started.elapsed());
        assert!(view.hits.iter().all(|hit| hit.score.is_finite()), "{shown}");
    }
    let unseen = search_on(&app, odd[4], TODAY);
    assert_eq!(unseen.hits[0].id, "45-2019-qh99/dieu-2");
    assert_eq!(unseen.understood, "nghỉ việc báo trước");
    assert_eq!(search_on(&app, &long, TODAY).hits[0].id, "45-2019-qh99/dieu-2");
}
