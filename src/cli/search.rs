/*!
`congdoan search`
*/

use super::{app_for_search, args::SearchArgs, output};
use crate::{
    answer::Question,
    app::{HitView, SearchRequest, SearchView},
    config::Config,
    error::{Error, Result},
    law::{Audience, text::shorten},
    views::SearchJson,
};

/// Characters of a passage shown in text output.
const PASSAGE_CHARS_SHOWN: usize = 200;

pub(super) fn run(config: Config, args: &SearchArgs) -> Result<()> {
    let query = Question::parse(&args.query, config.limits.question_chars_max)?;
    if args.limit == 0 {
        return Err(Error::invalid("limit", "must be at least 1"));
    }
    let app = app_for_search(config)?;
    let request = SearchRequest {
        query,
        as_of: args.as_of,
        hits_max: args.limit,
        passages: args.passages,
        explain: args.explain,
        audience: Audience::of_units(args.unit.as_deref()),
    };
    let view = app.search_blocking(&request)?;
    if args.json {
        return output::json(&SearchJson::from(&view));
    }
    if view.understood != view.query {
        output::say(&format!("Hiểu câu hỏi là: {}", view.understood));
    }
    for note in &view.notes {
        output::say(note);
    }
    if args.explain {
        explain_question(&view);
    }
    for hit in &view.hits {
        output::line(&format!("{:>2}. {} – {}", hit.rank, hit.citation, hit.title));
        output::line(&format!("    {}", shorten(&hit.passage.replace('\n', " "), PASSAGE_CHARS_SHOWN)));
        if args.explain {
            output::line(&format!("    {}", explained(hit)));
        }
        for (_, citation) in &hit.related {
            output::line(&format!("    xem thêm: {citation}"));
        }
    }
    Ok(())
}

/// What the question was searched with, and how long each stage took.
fn explain_question(view: &SearchView) {
    if !view.law_words.is_empty() {
        output::line(&format!("từ luật đi kèm: {}", view.law_words.join("; ")));
    }
    output::line(&format!("tính theo luật ngày {}, cách tìm: {}", view.as_of, view.mode));
    let timings: Vec<String> = view.timings_ms.iter().map(|(stage, ms)| format!("{stage} {ms:.1} ms")).collect();
    output::line(&format!("thời gian: {}", timings.join(", ")));
}

/// The sum that is the score, part by part: `4.12 = 1.02 từ ngữ + …`.
fn explained(hit: &HitView) -> String {
    let word = |name: &str| match name {
        "words" => Some("từ có dấu"),
        "words_folded" => Some("từ không dấu"),
        "meaning" => Some("gần nghĩa"),
        "law" => Some("là luật"),
        "newer" => Some("đổi chỗ với bản mới hơn"),
        "labour" => Some("luật lao động"),
        "term" => Some("giải thích đúng từ được hỏi"),
        "named" => Some("câu hỏi nêu đích danh"),
        "number" => Some("có con số được hỏi"),
        "special" => Some("trường hợp riêng hoặc phụ lục"),
        "actor" => Some("việc của ai"),
        _ => None,
    };
    let parts: Vec<String> =
        hit.explain.iter().filter_map(|(name, value)| Some(format!("{value:.2} {}", word(name)?))).collect();
    let raw = |wanted: &str| hit.explain.iter().find(|(name, _)| *name == wanted).map_or(0.0, |(_, value)| *value);
    format!(
        "điểm {:.2} = {} (cosin {:.3}, BM25 {:.1} có dấu, {:.1} không dấu)",
        hit.score,
        parts.join(" + "),
        raw("cosine"),
        raw("bm25"),
        raw("bm25_folded")
    )
}
