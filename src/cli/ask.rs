/*!
`congdoan ask`
*/

use super::{app_for_search, args::AskArgs, output, progress::Bars};
use crate::{
    answer::{AnswerStatus, AskEvent, AskRequest, Question},
    app::{MissingPackages, Setup},
    config::Config,
    error::Result,
    law::Audience,
    views::AnswerJson,
};

pub(super) fn run(config: Config, args: &AskArgs) -> Result<()> {
    let question = Question::parse(&args.question, config.limits.question_chars_max)?;
    let app = app_for_search(config)?;
    if !args.no_generate {
        let setup = Setup { app: &app, packages: MissingPackages::Leave, progress: &Bars };
        if let Err(error) = setup.load_generator() {
            output::warn(&format!("answering with the clauses alone: {error}"));
        }
    }
    let as_of = args.as_of.unwrap_or_else(|| app.today());
    let audience = Audience::of_units(args.unit.as_deref());
    let request = AskRequest { question, as_of, generate: !args.no_generate, unit: args.unit.clone(), audience };
    let quiet = args.json;
    let answer = app.ask_blocking(&request, &mut |event| {
        if let (false, AskEvent::Citation(citation)) = (quiet, event) {
            output::say(&format!("[{}] {}", citation.n, citation.citation));
        }
    })?;
    if args.json {
        return output::json(&AnswerJson::from(&answer));
    }
    if answer.understood != answer.question {
        output::say(&format!("Hiểu câu hỏi là: {}", answer.understood));
    }
    output::line(&answer.answer);
    for sentence in answer.sentences.iter().filter(|sentence| sentence.withdrawn) {
        output::say(&format!("(đã rút: {} – {})", sentence.text, sentence.reason));
    }
    if answer.status == AnswerStatus::Answered {
        for citation in &answer.citations {
            output::line(&format!("\n[{}] {}\n“{}”", citation.n, citation.citation, citation.quote));
            for note in &citation.notes {
                output::line(&format!("    ({note})"));
            }
        }
    }
    for choice in answer.clarify.iter().flat_map(|clarify| &clarify.choices) {
        output::line(&format!("* {}: {}", choice.label, choice.answer));
        for citation in &choice.citations {
            output::line(&format!("    [{}] {}", citation.n, citation.citation));
        }
    }
    for step in &answer.next_steps {
        output::line(&format!("- {step}"));
    }
    output::say(&format!("luật ngày {} · {} · {}", answer.as_of, answer.generator, answer.corpus_release));
    Ok(())
}
