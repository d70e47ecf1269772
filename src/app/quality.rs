/*!
How a reload moves retrieval: the golden questions, searched in two generations.
*/

use jiff::civil::Date;

use crate::{
    config::Config,
    embed::Embedder,
    error::{Error, Result},
    eval::{ArticleKey, Item, RetrievalFigures},
    index::Generation,
    retrieve,
};

/// The questions that ship with the program.
const BUILT_IN: &str = include_str!("../../seeds/golden.jsonl");
/// Depth to which a gold article is looked for.
const HITS_MAX: usize = 100;
/// Most questions searched.
const QUESTIONS_MAX: usize = 500;

/// Retrieval figures of one generation.
#[derive(Debug, Clone, PartialEq)]
pub struct RetrievalView {
    /// Questions with gold articles.
    pub questions: usize,
    /// Mean reciprocal rank within ten.
    pub mrr_at_10: f64,
    /// Recall by depth.
    pub recall_at: Vec<(usize, f64)>,
}

/// A question whose first gold article stands elsewhere now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedQuestion {
    /// Id of the question.
    pub id: String,
    /// The question.
    pub question: String,
    /// Rank of its first gold article before, from 1; none: not among the first hundred.
    pub before: Option<usize>,
    /// The same now.
    pub after: Option<usize>,
}

/// How a reload moves retrieval.
#[derive(Debug, Clone, PartialEq)]
pub struct QualityView {
    /// Figures of the generation before; none where there is none.
    pub before: Option<RetrievalView>,
    /// Figures of the new generation.
    pub after: RetrievalView,
    /// Whether vectors took part in both.
    pub hybrid: bool,
    /// Questions that moved, worst first.
    pub moved: Vec<MovedQuestion>,
}

/// The golden questions of the settings, else those that ship with the program.
pub(super) fn golden(config: &Config) -> Result<Vec<Item>> {
    let (name, text) = match &config.paths.golden {
        Some(path) => {
            let name = path.display().to_string();
            (name.clone(), std::fs::read_to_string(path).map_err(|e| Error::invalid(name, e.to_string()))?)
        }
        None => ("the golden questions".to_owned(), BUILT_IN.to_owned()),
    };
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).take(QUESTIONS_MAX);
    lines
        .map(|(index, line)| {
            serde_json::from_str(line).map_err(|e| Error::invalid(name.clone(), format!("line {}: {e}", index + 1)))
        })
        .collect()
}

/// Searches the questions in both generations.
pub(super) fn compare(
    items: &[Item],
    before: Option<&Generation>,
    after: &Generation,
    embedder: Option<&dyn Embedder>,
    today: Date,
) -> Result<QualityView> {
    let new = Run::over(items, after, embedder, today)?;
    let Some(before) = before else {
        return Ok(QualityView { before: None, after: new.view(), hybrid: new.hybrid, moved: Vec::new() });
    };
    let old = Run::over(items, before, embedder, today)?;
    let mut moved: Vec<MovedQuestion> = items
        .iter()
        .filter(|item| !item.gold.is_empty())
        .zip(old.ranks.iter().zip(&new.ranks))
        .filter(|(_, (before, after))| before != after)
        .map(|(item, (before, after))| MovedQuestion {
            id: item.id.clone(),
            question: item.question.clone(),
            before: *before,
            after: *after,
        })
        .collect();
    let reciprocal = |rank: Option<usize>| rank.map_or(0.0, |rank| 1.0 / rank as f64);
    let gain = |question: &MovedQuestion| reciprocal(question.after) - reciprocal(question.before);
    moved.sort_by(|a, b| gain(a).total_cmp(&gain(b)));
    Ok(QualityView { before: Some(old.view()), after: new.view(), hybrid: old.hybrid && new.hybrid, moved })
}

/// The questions over one generation.
struct Run {
    figures: RetrievalFigures,
    ranks: Vec<Option<usize>>,
    hybrid: bool,
}

impl Run {
    fn over(items: &[Item], generation: &Generation, embedder: Option<&dyn Embedder>, today: Date) -> Result<Self> {
        let mut run = Self { figures: RetrievalFigures::default(), ranks: Vec::new(), hybrid: true };
        for item in items.iter().filter(|item| !item.gold.is_empty()) {
            let as_of = item.query_date.as_ref().and_then(|date| date.parse().ok()).unwrap_or(today);
            let outcome = retrieve::search(generation, embedder, &item.question, as_of, HITS_MAX);
            let outcome = outcome.map_err(Error::Internal)?;
            run.hybrid &= outcome.hybrid;
            let ranked: Vec<ArticleKey> = outcome
                .hits
                .iter()
                .map(|hit| {
                    let document = generation.document_of(hit.article);
                    let node = generation.layout.articles[hit.article].node;
                    (document.law_id().to_owned(), document.nodes()[node].label.clone())
                })
                .collect();
            run.figures.add(&item.gold, &ranked, 0.0);
            let is_gold =
                |key: &ArticleKey| item.gold.iter().any(|gold| gold.law_id == key.0 && gold.article_id == key.1);
            run.ranks.push(ranked.iter().position(is_gold).map(|at| at + 1));
        }
        Ok(run)
    }

    fn view(&self) -> RetrievalView {
        RetrievalView {
            questions: self.figures.questions,
            mrr_at_10: self.figures.mrr_at_10(),
            recall_at: self.figures.recall_at(),
        }
    }
}
