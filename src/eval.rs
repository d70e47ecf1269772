/*!
Measuring retrieval and answers on questions with gold articles.

Pure: it is given ranked lists and answers. Definitions: recall@k is the mean over questions
of |gold articles in the top k| / min(|gold|, k), articles deduplicated; MRR@10 the mean of
1/rank of the first gold article within ten; nDCG@10 with binary gain.
*/

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{
    answer::{Answer, AnswerStatus},
    law::text::{canonical_syllable, syllable_ranges},
};

/// Depths of recall.
pub const DEPTHS: [usize; 6] = [1, 3, 5, 10, 20, 100];

/// A question of an evaluation file.
#[derive(Debug, Clone, Deserialize)]
pub struct Item {
    /// Its id, for reports.
    #[serde(default)]
    pub id: String,
    /// The question.
    pub question: String,
    /// Articles that answer it; without, it is left out of retrieval figures.
    #[serde(default)]
    pub gold: Vec<Gold>,
    /// Words of the answer, where known.
    #[serde(default)]
    pub answer: Option<serde_json::Value>,
    /// Day whose law is asked for.
    #[serde(default)]
    pub query_date: Option<String>,
    /// Expected status, `abstained` or `clarify`.
    #[serde(default)]
    pub expect: Option<String>,
}

/// A gold article.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Gold {
    /// Number as printed.
    pub law_id: String,
    /// Article label.
    pub article_id: String,
}

/// An article by number and label.
pub type ArticleKey = (String, String);

/// Retrieval figures, summed up.
#[derive(Debug, Clone, Default)]
pub struct RetrievalFigures {
    /// Questions with gold.
    pub questions: usize,
    recall: [f64; DEPTHS.len()],
    mrr: f64,
    ndcg: f64,
    latencies_ms: Vec<f64>,
}

impl RetrievalFigures {
    /// Adds one question's ranked articles.
    pub fn add(&mut self, gold: &[Gold], ranked: &[ArticleKey], latency_ms: f64) {
        let mut wanted: Vec<ArticleKey> = gold.iter().map(|g| (g.law_id.clone(), g.article_id.clone())).collect();
        wanted.sort();
        wanted.dedup();
        let mut seen: Vec<&ArticleKey> = Vec::new();
        for key in ranked {
            if !seen.contains(&key) {
                seen.push(key);
            }
        }
        self.questions += 1;
        for (sum, depth) in self.recall.iter_mut().zip(DEPTHS) {
            let found = seen.iter().take(depth).filter(|key| wanted.contains(key)).count();
            *sum += found as f64 / wanted.len().min(depth) as f64;
        }
        if let Some(at) = seen.iter().take(10).position(|key| wanted.contains(key)) {
            self.mrr += 1.0 / (at + 1) as f64;
        }
        let gain = |at: usize| 1.0 / ((at + 2) as f64).log2();
        let ideal: f64 = (0..wanted.len().min(10)).map(gain).sum();
        let got: f64 =
            seen.iter().take(10).enumerate().filter(|(_, key)| wanted.contains(key)).map(|(at, _)| gain(at)).sum();
        self.ndcg += got / ideal;
        self.latencies_ms.push(latency_ms);
    }

    /// Recall at each depth of [`DEPTHS`].
    pub fn recall_at(&self) -> Vec<(usize, f64)> {
        DEPTHS.iter().zip(self.recall).map(|(depth, sum)| (*depth, self.mean(sum))).collect()
    }

    /// Mean reciprocal rank within ten.
    pub fn mrr_at_10(&self) -> f64 {
        self.mean(self.mrr)
    }

    /// Normalised discounted cumulative gain within ten.
    pub fn ndcg_at_10(&self) -> f64 {
        self.mean(self.ndcg)
    }

    /// Latency at a quantile from 0 to 1, in milliseconds.
    pub fn latency_ms(&self, quantile: f64) -> f64 {
        let mut sorted = self.latencies_ms.clone();
        sorted.sort_by(f64::total_cmp);
        let at = (quantile * (sorted.len().max(1) - 1) as f64).round() as usize;
        sorted.get(at).copied().unwrap_or(0.0)
    }

    fn mean(&self, sum: f64) -> f64 {
        sum / self.questions.max(1) as f64
    }
}

/// Answer figures, summed up.
#[derive(Debug, Clone, Default)]
pub struct AnswerFigures {
    /// Questions with gold.
    pub questions: usize,
    cites_gold: usize,
    first_gold: usize,
    precision: f64,
    articles_cited: usize,
    answered_with_citations: usize,
    /// Questions whose gold span stands in a gold article.
    pub span_questions: usize,
    span_hits: usize,
    statuses: [usize; 3],
    by_expect: BTreeMap<String, (usize, usize)>,
}

impl AnswerFigures {
    /// Adds one answer; `gold_texts` are the texts of the gold articles held.
    pub fn add(&mut self, item: &Item, gold_texts: &[String], answer: &Answer) {
        let status = match answer.status {
            AnswerStatus::Answered => 0,
            AnswerStatus::Abstained => 1,
            AnswerStatus::Clarify => 2,
        };
        if let Some(expect) = &item.expect {
            let entry = self.by_expect.entry(expect.clone()).or_default();
            entry.0 += 1;
            entry.1 += usize::from(status_name(answer.status) == expect);
        }
        if item.gold.is_empty() {
            return;
        }
        self.questions += 1;
        self.statuses[status] += 1;
        let is_gold = |key: &ArticleKey| item.gold.iter().any(|g| g.law_id == key.0 && g.article_id == key.1);
        let mut cited: Vec<ArticleKey> = Vec::new();
        for citation in &answer.citations {
            let key = (citation.law_id.clone(), citation.article_id.clone().unwrap_or_default());
            if !cited.contains(&key) {
                cited.push(key);
            }
        }
        self.cites_gold += usize::from(cited.iter().any(is_gold));
        self.first_gold += usize::from(cited.first().is_some_and(is_gold));
        if !cited.is_empty() {
            self.precision += cited.iter().filter(|key| is_gold(key)).count() as f64 / cited.len() as f64;
            self.answered_with_citations += 1;
        }
        self.articles_cited += cited.len();
        if let Some(span) =
            item.answer.as_ref().and_then(serde_json::Value::as_str).map(squeeze).filter(|s| !s.is_empty())
            && gold_texts.iter().any(|text| squeeze(text).contains(&span))
        {
            self.span_questions += 1;
            let said = std::iter::once(&answer.answer).chain(answer.citations.iter().map(|c| &c.quote));
            self.span_hits += usize::from(said.into_iter().any(|text| squeeze(text).contains(&span)));
        }
    }

    /// The figures of the contract, by name.
    pub fn to_json(&self) -> serde_json::Map<String, serde_json::Value> {
        let share = |count: usize, of: usize| serde_json::json!(count as f64 / of.max(1) as f64);
        let mut map = serde_json::Map::new();
        map.insert("cites_gold".into(), share(self.cites_gold, self.questions));
        map.insert("first_citation_gold".into(), share(self.first_gold, self.questions));
        map.insert(
            "citation_precision".into(),
            serde_json::json!(self.precision / self.answered_with_citations.max(1) as f64),
        );
        map.insert("articles_cited_mean".into(), share(self.articles_cited, self.questions));
        map.insert("span_hit".into(), share(self.span_hits, self.span_questions));
        map.insert("span_questions".into(), self.span_questions.into());
        for (name, count) in ["answered", "abstained", "clarified"].iter().zip(self.statuses) {
            map.insert((*name).into(), share(count, self.questions));
        }
        let by_expect = self.by_expect.iter().map(|(name, (asked, right))| {
            (name.clone(), serde_json::json!({"questions": asked, "share": *right as f64 / (*asked).max(1) as f64}))
        });
        map.insert("by_expect".into(), serde_json::Value::Object(by_expect.collect()));
        map
    }
}

/// Contract name of a status.
fn status_name(status: AnswerStatus) -> &'static str {
    match status {
        AnswerStatus::Answered => "answered",
        AnswerStatus::Abstained => "abstained",
        AnswerStatus::Clarify => "clarify",
    }
}

/// Case, composition of accents and white space folded away.
fn squeeze(text: &str) -> String {
    let mut out = String::new();
    let mut last = 0;
    for range in syllable_ranges(text) {
        out.extend(text[last..range.start].chars().filter(|c| !c.is_whitespace()));
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&canonical_syllable(&text[range.clone()]));
        last = range.end;
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(article: &str) -> ArticleKey {
        ("L".to_owned(), article.to_owned())
    }

    fn gold(article: &str) -> Gold {
        Gold { law_id: "L".to_owned(), article_id: article.to_owned() }
    }

    #[test]
    fn figures_follow_their_definitions() {
        let mut figures = RetrievalFigures::default();
        figures.add(&[gold("1"), gold("2")], &[key("9"), key("1"), key("1"), key("2")], 1.0);
        let recall = figures.recall_at();
        assert_eq!(recall[0], (1, 0.0));
        assert_eq!(recall[1], (3, 1.0));
        assert!((figures.mrr_at_10() - 0.5).abs() < 1e-9);
        let expected = (1.0 / 3f64.log2() + 1.0 / 4f64.log2()) / (1.0 + 1.0 / 3f64.log2());
        assert!((figures.ndcg_at_10() - expected).abs() < 1e-9);
        figures.add(&[gold("1")], &[], 3.0);
        assert!((figures.mrr_at_10() - 0.25).abs() < 1e-9);
        assert_eq!(figures.latency_ms(0.95), 3.0);
    }

    #[test]
    fn spans_are_compared_folded() {
        assert_eq!(squeeze("Ít nhất  30 Ngày"), squeeze("i\u{301}t nhất 30\nngày"));
        assert!(squeeze("a, ít nhất 30 ngày;").contains(&squeeze("ít nhất 30 ngày")));
    }
}
