/*!
What to do next: until when, and whom to ask.

Deadlines come from the calculators' dated rules, and are said only where the provision they
rest on is held and in force.
*/

use jiff::civil::Date;

use super::clarify;
use crate::{
    calc::{self, Offer},
    index::Generation,
    retrieve::understand,
};

/// Words of somebody in a dispute.
const DISPUTE: [&str; 24] = [
    "kiện",
    "khởi kiện",
    "tranh chấp",
    "khiếu nại",
    "sa thải",
    "đuổi việc",
    "bị đuổi",
    "kỷ luật",
    "nợ lương",
    "chậm lương",
    "không trả lương",
    "trái luật",
    "trái pháp luật",
    "sai luật",
    "ép",
    "bị ép",
    "bồi thường",
    "quỵt",
    "giữ bằng",
    "giữ lương",
    "cho nghỉ việc",
    "trừ lương",
    "hợp pháp",
    "đúng luật",
];
/// Calculators whose benefit is asked for with a file, and the term for it.
const FILES: [(&str, &str); 4] = [
    ("unemployment", "unemployment_file"),
    ("sick-leave", "sickness_file"),
    ("maternity", "maternity_file"),
    ("paternity", "maternity_file"),
];

/// The steps of an answer.
pub fn steps(
    generation: &Generation,
    question: &str,
    offer: Option<&Offer>,
    contact: &str,
    as_of: Date,
) -> Vec<String> {
    let mut steps = Vec::new();
    let text = understand::without_other_words(question);
    if let Some((_, kind)) = offer.and_then(|offer| FILES.iter().find(|(name, _)| *name == offer.calculator.name)) {
        steps.extend(term(generation, kind, as_of).map(|(text, source)| format!("{text} ({source}).")));
    }
    if DISPUTE.iter().any(|words| text.contains(&format!(" {words} "))) {
        let mediation = term(generation, "mediation", as_of);
        let court = term(generation, "court", as_of);
        if let (Some((mediation, _)), Some((court, source))) = (mediation, court) {
            steps.push(format!(
                "Nếu thành tranh chấp, chú ý thời hạn kể từ ngày phát hiện quyền lợi bị xâm phạm: {mediation}; {court} ({source})."
            ));
        }
    }
    steps.push(format!("Cần chắc chắn cho trường hợp của mình, hỏi {contact}."));
    steps
}

/// A term in words and the citation of what it rests on.
fn term(generation: &Generation, kind: &str, as_of: Date) -> Option<(String, String)> {
    let outcome = calc::calculator("limitation")?.run([("kind", kind)], as_of).ok()?;
    let step = outcome.steps.first()?;
    let source = step.sources.first()?;
    clarify::held(generation, &source.id(), as_of)?;
    Some((step.text.trim_end_matches('.').to_owned(), source.citation().to_string()))
}
