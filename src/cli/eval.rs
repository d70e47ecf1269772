/*!
`congdoan eval`
*/

use std::{io::Write as _, time::Instant};

use serde_json::{Map, Value, json};

use super::{app_for_search, args::EvalArgs, output, progress::Bars};
use crate::{
    answer::{Answer, AskRequest, Question},
    app::{App, MissingPackages, SearchRequest, Setup},
    config::Config,
    error::{Error, Result},
    eval::{AnswerFigures, ArticleKey, Item, RetrievalFigures},
    law::{Audience, text::strip_accents},
    views::AnswerJson,
};

/// Hits asked for: the deepest recall reported.
const HITS_MAX: usize = 100;

pub(super) fn run(config: Config, args: &EvalArgs) -> Result<()> {
    let items = read_items(args)?;
    let app = app_for_search(config)?;
    if args.generate {
        Setup { app: &app, packages: MissingPackages::Leave, progress: &Bars }.load_generator()?;
    }
    let mut details = match &args.details {
        Some(path) => Some(std::fs::File::create(path).map_err(|e| Error::invalid("details", e.to_string()))?),
        None => None,
    };
    let mut retrieval = RetrievalFigures::default();
    let mut answers = AnswerFigures::default();
    for item in &items {
        let mut detail = json!({"id": item.id, "question": item.question});
        let as_of = match &item.query_date {
            Some(date) => {
                Some(date.parse().map_err(|_| Error::invalid("query_date", format!("`{date}` of `{}`", item.id)))?)
            }
            None => None,
        };
        let text = if args.unaccented { strip_accents(&item.question) } else { item.question.clone() };
        let question = Question::parse(&text, usize::MAX)?;
        if !item.gold.is_empty() {
            let request = SearchRequest {
                query: question.clone(),
                as_of,
                hits_max: HITS_MAX,
                passages: false,
                explain: true,
                audience: Audience::Keeper,
            };
            let started = Instant::now();
            let view = app.search_blocking(&request)?;
            let latency_ms = started.elapsed().as_secs_f64() * 1e3;
            let ranked: Vec<ArticleKey> =
                view.hits.iter().map(|hit| (hit.law_id.clone(), hit.article_id.clone().unwrap_or_default())).collect();
            retrieval.add(&item.gold, &ranked, latency_ms);
            detail["understood"] = view.understood.clone().into();
            detail["gold_rank"] = ranked
                .iter()
                .position(|(law, article)| item.gold.iter().any(|g| g.law_id == *law && g.article_id == *article))
                .map_or(Value::Null, |at| (at + 1).into());
            detail["hits"] = view
                .hits
                .iter()
                .take(3)
                .map(|h| json!([h.citation, h.score, h.explain.iter().map(|e| e.1).collect::<Vec<_>>()]))
                .collect();
        }
        if args.answers {
            let request =
                AskRequest { question, as_of, generate: args.generate, unit: None, audience: Audience::Keeper };
            let answer = app.ask_blocking(&request, &mut |_| ())?;
            answers.add(item, &gold_texts(&app, item)?, &answer);
            detail["gold"] = item.gold.iter().map(|g| json!([g.law_id, g.article_id])).collect();
            detail["expected"] = item.answer.clone().unwrap_or(Value::Null);
            detail["support"] = support_json(&answer);
            detail["answer"] =
                serde_json::to_value(AnswerJson::from(&answer)).map_err(|e| Error::Internal(e.into()))?;
        }
        if let Some(file) = &mut details {
            writeln!(file, "{detail}").map_err(|e| Error::invalid("details", e.to_string()))?;
        }
    }
    report(args, &retrieval, &answers)
}

fn support_json(answer: &Answer) -> Value {
    let timings: Map<String, Value> =
        answer.timings_ms.iter().map(|(name, ms)| ((*name).to_owned(), (*ms).into())).collect();
    json!({"status": format!("{:?}", answer.status), "cosine": answer.support.cosine, "words": answer.support.words, "has_law_words": answer.support.has_law_words, "strength": answer.support.strength(), "coverage": answer.support.coverage, "timings_ms": timings})
}

fn read_items(args: &EvalArgs) -> Result<Vec<Item>> {
    let path = args.questions.display().to_string();
    let text = std::fs::read_to_string(&args.questions).map_err(|e| Error::invalid(path.clone(), e.to_string()))?;
    let mut items = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let item =
            serde_json::from_str(line).map_err(|e| Error::invalid(path.clone(), format!("line {}: {e}", index + 1)))?;
        items.push(item);
    }
    if items.is_empty() {
        return Err(Error::invalid(path, "holds no question"));
    }
    items.truncate(args.limit.unwrap_or(usize::MAX));
    Ok(items)
}

/// Texts of the gold articles that the index holds.
fn gold_texts(app: &App, item: &Item) -> Result<Vec<String>> {
    let generation = app.store().current()?;
    let mut texts = Vec::new();
    for document in generation.all_documents() {
        for gold in item.gold.iter().filter(|gold| gold.law_id == document.law_id()) {
            if let Some(node) = document.articles().find(|i| document.nodes()[*i].label == gold.article_id) {
                texts.push(document.provision_text(node).to_owned());
            }
        }
    }
    Ok(texts)
}

fn report(args: &EvalArgs, retrieval: &RetrievalFigures, answers: &AnswerFigures) -> Result<()> {
    let recall: Map<String, Value> =
        retrieval.recall_at().into_iter().map(|(depth, value)| (depth.to_string(), json!(value))).collect();
    let mut value = json!({
        "questions": retrieval.questions,
        "recall_at": recall,
        "mrr_at_10": retrieval.mrr_at_10(),
        "ndcg_at_10": retrieval.ndcg_at_10(),
        "latency_ms": {"p50": retrieval.latency_ms(0.5), "p95": retrieval.latency_ms(0.95)},
    });
    if let (true, Value::Object(map)) = (args.answers, &mut value) {
        map.extend(answers.to_json());
    }
    if args.json {
        return output::json(&value);
    }
    output::line(&format!("questions {}", retrieval.questions));
    for (depth, share) in retrieval.recall_at() {
        output::line(&format!("recall@{depth} {share:.3}"));
    }
    output::line(&format!("mrr@10 {:.3}\nndcg@10 {:.3}", retrieval.mrr_at_10(), retrieval.ndcg_at_10()));
    output::line(&format!("latency p50 {:.1} ms, p95 {:.1} ms", retrieval.latency_ms(0.5), retrieval.latency_ms(0.95)));
    if args.answers {
        for (name, share) in answers.to_json() {
            output::line(&format!("{name} {share}"));
        }
    }
    Ok(())
}
