/*!
`congdoan search`
*/

use super::{app_for_search, args::SearchArgs, output};
use crate::{
    answer::Question,
    app::SearchRequest,
    config::Config,
    error::{Error, Result},
    law::text::shorten,
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
        as_of: args.as_of.unwrap_or_else(|| app.today()),
        hits_max: args.limit,
        passages: args.passages,
        explain: args.explain,
    };
    let view = app.search_blocking(&request)?;
    if args.json {
        return output::json(&SearchJson::from(&view));
    }
    if view.understood != view.query {
        output::say(&format!("Hiểu câu hỏi là: {}", view.understood));
    }
    for hit in &view.hits {
        output::line(&format!("{:>2}. {} – {}", hit.rank, hit.citation, hit.title));
        output::line(&format!("    {}", shorten(&hit.passage.replace('\n', " "), PASSAGE_CHARS_SHOWN)));
        for (name, value) in &hit.explain {
            output::line(&format!("      {name} {value:.3}"));
        }
    }
    Ok(())
}
