/*!
Saying that there is no answer, why, what is nearest, and whom to ask.
*/

use jiff::civil::Date;

use super::{
    AskContext,
    gap::{self, Missing},
    support,
    types::Answer,
};
use crate::{
    error::{Error, Result},
    retrieve,
};

/// Hits among which the text is looked for that belongs to another time.
const CANDIDATES_MAX: usize = 5;

/// The document of that day that is not held, where the question's best text is one of another
/// time that stands in its place; and that text's citation.
pub fn missing_law(context: &AskContext<'_>, query: &retrieve::Query<'_>) -> Result<Option<(Missing, String)>> {
    let generation = context.generation;
    if query.understood().direct.is_some() {
        return Ok(None);
    }
    let gaps = gap::missing_on(generation, context.known, context.as_of);
    if gaps.is_empty() {
        return Ok(None);
    }
    let gap_of = |article: usize| {
        let entry = &generation.layout.articles[article];
        gaps.iter().find(|(document, _)| *document == entry.document)
    };
    let admits = |article: usize| retrieve::in_force(generation, article, context.as_of) || gap_of(article).is_some();
    let mut wider = query.among(&admits, CANDIDATES_MAX).map_err(Error::Internal)?;
    // Which text it is that speaks of this is asked here; that a law goes before its decree is not.
    let fit = |hit: &retrieve::Hit| hit.score - hit.parts.law;
    wider.hits.sort_by(|a, b| fit(b).total_cmp(&fit(a)).then(a.article.cmp(&b.article)));
    let support = support::measure(generation, &wider).map_err(Error::Internal)?;
    let best = wider.hits.first().filter(|_| support.is_enough());
    Ok(best.and_then(|hit| {
        let (document, missing) = gap_of(hit.article)?;
        let node = generation.layout.articles[hit.article].node;
        Some((missing.clone(), generation.at(*document).citation(Some(node)).to_string()))
    }))
}

/// The law of another country is not held, whatever is found.
pub fn foreign(context: &AskContext<'_>, answer: &mut Answer) {
    answer.answer =
        "Câu hỏi nói về luật của nước khác. Kho ở đây chỉ có luật Việt Nam, nên tôi không trả lời được.".to_owned();
    answer.next_steps.push(format!(
        "Nếu bạn làm việc tại Việt Nam hoặc được đưa đi làm ở nước ngoài, hãy hỏi lại theo luật Việt Nam, hoặc hỏi {}.",
        context.contact
    ));
}

/// The law of that day is known and not held: it is named, and nothing else stands for it.
pub fn name_missing(context: &AskContext<'_>, missing: &Missing, nearest: &str, as_of: Date, answer: &mut Answer) {
    let day = as_of.strftime("%d/%m/%Y");
    answer.answer = format!(
        "Văn bản quy định nội dung này vào ngày {day} là {}; văn bản đó chưa có trong kho, nên không trả lời bằng quy định của thời gian khác.",
        missing.text()
    );
    answer.next_steps.push(format!("Tìm đọc văn bản số {}, hoặc hỏi {}.", missing.number, context.contact));
    answer.next_steps.push(format!("Quy định cùng nội dung ở thời gian khác: {nearest}."));
}

/// Nothing is claimed; the nearest topics and a person are named.
pub fn with_topics(context: &AskContext<'_>, outcome: &retrieve::Outcome, answer: &mut Answer) {
    answer.answer = "Tôi chưa tìm được quy định đủ chắc để trả lời câu hỏi này.".to_owned();
    answer.next_steps.push(format!("Hỏi {}.", context.contact));
    let topics: Vec<String> = outcome
        .hits
        .iter()
        .take(3)
        .map(|hit| {
            let entry = &context.generation.layout.articles[hit.article];
            let document = context.generation.at(entry.document);
            format!("{} – {}", document.citation(Some(entry.node)), document.nodes()[entry.node].title)
        })
        .collect();
    if !topics.is_empty() {
        answer.next_steps.push(format!("Chủ đề gần nhất trong kho: {}.", topics.join("; ")));
    }
    answer.next_steps.push("Viết rõ hơn: loại hợp đồng, thời gian làm việc, việc gì đã xảy ra, ngày nào.".to_owned());
}
