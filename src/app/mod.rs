/*!
Composition root: what the rims (`http`, `web`, `cli`) may ask of the program.

STAND-IN for the web branch only: canned answers over an invented law, with delays, so
that pages and API can be built before the real parts exist. Replaced whole at merge;
nothing outside this file depends on more than the methods of [`App`].
*/

pub mod types;

pub use types::*;

use std::{sync::Arc, time::Duration};

use jiff::civil::{Date, date};
use tokio::sync::mpsc;

use crate::{
    answer::{
        Answer, AnswerSentence, AnswerStatus, AskEvent, AskRequest, AskStage, CitedProvision, Clarify, ClarifyChoice,
    },
    config::{Config, RawConfig},
    error::{Error, Result},
};

/// How the stand-in behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FakeMode {
    /// Everything works.
    Ready,
    /// No generator.
    NoGenerator,
    /// The queue is always full.
    Overloaded,
    /// There is no index.
    NoIndex,
}

/// The program as the rims see it.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    config: Config,
    mode: FakeMode,
    delay: Duration,
}

const DOC: &str = "1-2020-qh99";
const NUMBER: &str = "1/2020/QH99";
const TITLE: &str = "Luật Thử nghiệm 2020";
const RELEASE: &str = "20260101T000000Z-thunghiem";

/// (path below the document, kind, label, title, text)
const TREE: &[(&str, &str, &str, &str, &str)] = &[
    ("chuong-i", "chapter", "Chương I", "QUY ĐỊNH CHUNG", ""),
    ("dieu-1", "article", "Điều 1", "Phạm vi", "Điều 1. Phạm vi\nLuật này chỉ dùng để thử, không có hiệu lực với ai."),
    ("chuong-ii", "chapter", "Chương II", "NGHỈ VIỆC VÀ NGHỈ NGƠI", ""),
    (
        "dieu-2",
        "article",
        "Điều 2",
        "Báo trước khi nghỉ việc",
        "Điều 2. Báo trước khi nghỉ việc\n1. Ai muốn thôi việc thì nói trước với nơi mình làm một thời gian như sau:\na) Ít nhất 45 ngày với hợp đồng không thời hạn;\nb) Ít nhất 30 ngày với hợp đồng có thời hạn.\n2. Khỏi cần nói trước khi nơi làm việc trả công chậm quá 15 ngày so với ngày đã hẹn.",
    ),
    (
        "dieu-2/khoan-1",
        "clause",
        "1",
        "",
        "1. Ai muốn thôi việc thì nói trước với nơi mình làm một thời gian như sau:\na) Ít nhất 45 ngày với hợp đồng không thời hạn;\nb) Ít nhất 30 ngày với hợp đồng có thời hạn.",
    ),
    ("dieu-2/khoan-1/diem-a", "point", "a", "", "a) Ít nhất 45 ngày với hợp đồng không thời hạn;"),
    ("dieu-2/khoan-1/diem-b", "point", "b", "", "b) Ít nhất 30 ngày với hợp đồng có thời hạn."),
    (
        "dieu-2/khoan-2",
        "clause",
        "2",
        "",
        "2. Khỏi cần nói trước khi nơi làm việc trả công chậm quá 15 ngày so với ngày đã hẹn.",
    ),
    (
        "dieu-3",
        "article",
        "Điều 3",
        "Nghỉ hằng năm",
        "Điều 3. Nghỉ hằng năm\nLàm đủ một năm ở cùng một nơi thì có 12 ngày nghỉ mà vẫn lĩnh đủ công.",
    ),
];

impl App {
    /// A stand-in whose answers take several times `delay`.
    pub fn fake(mode: FakeMode, delay: Duration, raw: RawConfig) -> Result<Self> {
        Ok(Self(Arc::new(Inner { config: Config::resolve(raw)?, mode, delay })))
    }

    /// Settings.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Today.
    pub fn today(&self) -> Date {
        date(2026, 1, 15)
    }

    /// Asks; dropping the receiver cancels.
    pub fn ask(&self, request: AskRequest) -> Result<mpsc::Receiver<AskEvent>> {
        match self.0.mode {
            FakeMode::Overloaded => return Err(Error::Overloaded { retry_after_s: 5 }),
            FakeMode::NoIndex => return Err(no_index()),
            FakeMode::Ready | FakeMode::NoGenerator => {}
        }
        let (sender, receiver) = mpsc::channel(16);
        let (delay, generates) = (self.0.delay, self.0.mode == FakeMode::Ready && request.generate);
        tokio::spawn(async move {
            for event in script(&request, generates) {
                tokio::time::sleep(delay).await;
                if sender.send(event).await.is_err() {
                    return;
                }
            }
        });
        Ok(receiver)
    }

    /// Searches.
    pub async fn search(&self, request: SearchRequest) -> Result<SearchView> {
        if self.0.mode == FakeMode::NoIndex {
            return Err(no_index());
        }
        let hit = |(i, path): (usize, &&str)| {
            let view = self.provision_now(&format!("{DOC}/{path}"), request.as_of).ok()?;
            Some(HitView {
                rank: i + 1,
                score: 1.0 / (i + 1) as f32,
                article_id: Some(path.trim_start_matches("dieu-").to_owned()),
                clause_id: None,
                passage: view.text.clone(),
                url: format!("/luat/{}?tai={}", view.id, request.as_of),
                law_id: view.law_id,
                citation: view.citation,
                title: view.title,
                text: view.text,
                in_force: view.in_force,
                effective_from: view.effective_from,
                effective_to: None,
                explain: Vec::new(),
                id: view.id,
            })
        };
        let hits = ["dieu-2", "dieu-3", "dieu-1"].iter().take(request.hits_max).enumerate().filter_map(hit).collect();
        Ok(SearchView {
            understood: request.query.as_str().to_owned(),
            query: request.query.as_str().to_owned(),
            as_of: request.as_of,
            mode: "hybrid",
            hits,
            timings_ms: vec![("total", 1.5)],
        })
    }

    /// One provision.
    pub async fn provision(&self, path: &str, as_of: Date) -> Result<ProvisionView> {
        self.provision_now(path, as_of)
    }

    /// What is held.
    pub async fn coverage(&self, as_of: Date) -> Result<CoverageView> {
        if self.0.mode == FakeMode::NoIndex {
            return Err(no_index());
        }
        let law = DocumentView {
            id: DOC.to_owned(),
            number: Some(NUMBER.to_owned()),
            title: TITLE.to_owned(),
            articles: 3,
            effective_from: Some(date(2021, 1, 1)),
            effective_to: None,
            in_force: date(2021, 1, 1) <= as_of,
            digest: false,
            notes: vec!["Đã có Luật 2/2025/QH99 sửa đổi; phần sửa chưa được nhập.".to_owned()],
        };
        let digest = DocumentView {
            id: "3-2024-qh99".to_owned(),
            number: Some("3/2024/QH99".to_owned()),
            title: "Luật Mẫu về đoàn thể 2024".to_owned(),
            articles: 12,
            effective_from: Some(date(2025, 7, 1)),
            in_force: date(2025, 7, 1) <= as_of,
            digest: true,
            notes: Vec::new(),
            ..law.clone()
        };
        Ok(CoverageView {
            documents: vec![law, digest],
            missing: vec![("4/2021/NĐ-CP".to_owned(), "Nghị định thử về tiền công".to_owned())],
            corpus_release: RELEASE.to_owned(),
            built_at: "2026-01-01T00:00:00Z".to_owned(),
        })
    }

    /// State of the parts.
    pub fn parts(&self) -> Vec<PartState> {
        let mode = self.0.mode;
        let why = |is: bool, text: &str| is.then(|| text.to_owned());
        vec![
            PartState { part: "index", degraded: why(mode == FakeMode::NoIndex, "chưa nhập văn bản nào") },
            PartState { part: "embedder", degraded: None },
            PartState { part: "generator", degraded: why(mode == FakeMode::NoGenerator, "chưa có tệp mô hình") },
        ]
    }

    /// The active generation.
    pub fn corpus_release(&self) -> Option<String> {
        (self.0.mode != FakeMode::NoIndex).then(|| RELEASE.to_owned())
    }

    fn provision_now(&self, path: &str, as_of: Date) -> Result<ProvisionView> {
        let missing = || Error::NotFound { resource: "provision", id: path.to_owned() };
        let rest = path.strip_prefix(DOC).ok_or_else(missing)?.trim_start_matches('/');
        let (kind, label, title, text) = if rest.is_empty() {
            (
                "document",
                NUMBER,
                TITLE,
                TREE.iter().filter(|n| n.1 == "article").map(|n| n.4).collect::<Vec<_>>().join("\n"),
            )
        } else {
            let node = TREE.iter().find(|node| node.0 == rest).ok_or_else(missing)?;
            (node.1, node.2, node.3, node.4.to_owned())
        };
        let articles = ["dieu-1", "dieu-2", "dieu-3"];
        let at = articles.iter().position(|article| *article == rest);
        let neighbour = |i: Option<usize>| i.and_then(|i| articles.get(i)).map(|a| format!("{DOC}/{a}"));
        Ok(ProvisionView {
            id: path.to_owned(),
            law_id: NUMBER.to_owned(),
            kind,
            label: label.trim_start_matches("Điều ").to_owned(),
            citation: cite(rest),
            title: title.to_owned(),
            text,
            children: children(rest),
            ancestors: vec![(DOC.to_owned(), TITLE.to_owned(), String::new())],
            neighbours: (neighbour(at.and_then(|i| i.checked_sub(1))), neighbour(at.map(|i| i + 1))),
            effective_from: Some(date(2021, 1, 1)),
            effective_to: None,
            in_force: date(2021, 1, 1) <= as_of,
            as_of,
            notes: vec!["Đã có Luật 2/2025/QH99 sửa đổi; phần sửa chưa được nhập.".to_owned()],
            relations: vec![("refers".to_owned(), format!("{DOC}/dieu-3"), cite("dieu-3"))],
            source_file: "luat-thu-nghiem.txt".to_owned(),
            source_sha256: "0".repeat(64),
            source_date: Some(date(2026, 1, 1)),
        })
    }
}

fn no_index() -> Error {
    Error::unavailable("no index in data/", "run `congdoan ingest`")
}

fn children(rest: &str) -> Vec<ChildView> {
    let below = |node: &&(&'static str, &'static str, &'static str, &'static str, &'static str)| {
        if rest.is_empty() { matches!(node.1, "chapter" | "article") } else { node.0.starts_with(&format!("{rest}/")) }
    };
    let depth = |path: &str, kind: &str| match rest.is_empty() {
        true => usize::from(kind == "article"),
        false => path.matches('/').count() - rest.matches('/').count() - 1,
    };
    TREE.iter()
        .filter(below)
        .map(|(path, kind, label, title, text)| ChildView {
            id: format!("{DOC}/{path}"),
            label: (*label).to_owned(),
            kind,
            title: (*title).to_owned(),
            text: (*text).to_owned(),
            depth: depth(path, kind),
        })
        .collect()
}

fn cite(rest: &str) -> String {
    let mut words: Vec<String> = rest
        .split('/')
        .rev()
        .filter_map(|part| part.split_once('-'))
        .map(|(kind, label)| match kind {
            "dieu" => format!("Điều {label}"),
            "khoan" => format!("khoản {label}"),
            "diem" => format!("điểm {label}"),
            _ => format!("Chương {}", label.to_uppercase()),
        })
        .collect();
    words.push(format!("{TITLE} ({NUMBER})"));
    words.join(" ")
}

fn cited(n: usize, path: &str, as_of: Date) -> CitedProvision {
    let text = TREE.iter().find(|node| node.0 == path).map_or("", |node| node.4);
    let parts: Vec<&str> = path.split('/').collect();
    let part = |i: usize| parts.get(i).and_then(|p| p.split_once('-')).map(|p| p.1.to_owned());
    let anchor = parts.get(1..).unwrap_or_default().join("-");
    let hash = if anchor.is_empty() { String::new() } else { format!("#{anchor}") };
    CitedProvision {
        n,
        id: format!("{DOC}/{path}"),
        law_id: NUMBER.to_owned(),
        article_id: part(0),
        clause_id: part(1),
        point_id: part(2),
        citation: cite(path),
        title: "Báo trước khi nghỉ việc".to_owned(),
        quote: text.to_owned(),
        quote_start: 0,
        quote_end: text.chars().count(),
        url: format!("/luat/{DOC}/{path}?tai={as_of}{hash}"),
        in_force: true,
        notes: Vec::new(),
    }
}

fn sentence(text: &str, n: usize, withdrawn: bool) -> AnswerSentence {
    AnswerSentence {
        text: text.to_owned(),
        citations: vec![n],
        supported: !withdrawn,
        withdrawn,
        reason: if withdrawn {
            "số ngày không có trong điều khoản được dẫn".to_owned()
        } else {
            String::new()
        },
    }
}

fn blank(request: &AskRequest) -> Answer {
    Answer {
        question: request.question.as_str().to_owned(),
        understood: request.question.as_str().to_owned(),
        as_of: request.as_of,
        status: AnswerStatus::Abstained,
        answer: String::new(),
        sentences: Vec::new(),
        citations: Vec::new(),
        clarify: None,
        next_steps: vec!["Hỏi cán bộ công đoàn cơ sở nơi bạn làm việc.".to_owned()],
        generator: "trich-dan".to_owned(),
        corpus_release: RELEASE.to_owned(),
        timings_ms: vec![("total", 12)],
    }
}

fn script(request: &AskRequest, generates: bool) -> Vec<AskEvent> {
    let question = request.question.as_str().to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| question.contains(word));
    let mut events = vec![AskEvent::Status(AskStage::Searching)];
    let mut answer = blank(request);
    if has(&["vé máy bay", "ve may bay"]) {
        answer.next_steps.insert(0, "Kho luật chưa có văn bản về việc này; hãy hỏi rõ hơn về quan hệ lao động.".into());
    } else if has(&["loại hợp đồng nào", "loai hop dong nao"]) {
        let choice = |label: &str, days: u32, path: &str| ClarifyChoice {
            label: label.to_owned(),
            answer: format!("Báo trước ít nhất {days} ngày [1]."),
            citations: vec![cited(1, path, request.as_of)],
        };
        answer.status = AnswerStatus::Clarify;
        answer.clarify = Some(Clarify {
            question: "Hợp đồng của bạn có thời hạn không?".to_owned(),
            choices: vec![
                choice("Không thời hạn", 45, "dieu-2/khoan-1/diem-a"),
                choice("Có thời hạn", 30, "dieu-2/khoan-1/diem-b"),
            ],
        });
    } else {
        answered(request, generates, &mut events, &mut answer);
    }
    events.push(AskEvent::Done(Box::new(answer)));
    events
}

fn answered(request: &AskRequest, generates: bool, events: &mut Vec<AskEvent>, answer: &mut Answer) {
    let citations = vec![cited(1, "dieu-2/khoan-1", request.as_of), cited(2, "dieu-2/khoan-2", request.as_of)];
    events.extend(citations.iter().cloned().map(AskEvent::Citation));
    answer.status = AnswerStatus::Answered;
    answer.sentences = citations.iter().map(|c| sentence(&c.quote, c.n, false)).collect();
    answer.answer = citations.iter().map(|c| format!("{} [{}]", c.quote, c.n)).collect::<Vec<_>>().join("\n");
    answer.citations = citations;
    events.push(AskEvent::Composed(Box::new(answer.clone())));
    if !generates {
        return;
    }
    let sentences = vec![
        sentence(
            "Bạn cần báo trước ít nhất 45 ngày nếu hợp đồng không thời hạn, ít nhất 30 ngày nếu có thời hạn.",
            1,
            false,
        ),
        sentence("Người thử việc phải báo trước 90 ngày.", 1, true),
        sentence("Nếu bị trả công chậm quá 15 ngày so với ngày đã hẹn thì không cần báo trước.", 2, false),
    ];
    events.push(AskEvent::Status(AskStage::Reading));
    events.push(AskEvent::Status(AskStage::Writing));
    for (index, sentence) in sentences.iter().enumerate() {
        events.extend(sentence.text.split_inclusive(' ').map(|word| AskEvent::Delta(word.to_owned())));
        events.push(AskEvent::Verdict { index, sentence: sentence.clone() });
    }
    let kept = sentences.iter().filter(|s| !s.withdrawn);
    answer.answer = kept.map(|s| format!("{} [{}]", s.text, s.citations[0])).collect::<Vec<_>>().join(" ");
    answer.sentences = sentences;
    answer.generator = "may-thu".to_owned();
}
