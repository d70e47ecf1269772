/*!
Answering one question: stage (a) at once, stage (b) with a model, every sentence checked.
*/

use std::{ops::ControlFlow, sync::Arc, time::Instant};

use jiff::civil::Date;

use super::{
    compose,
    gap::{self, Missing},
    ground::{Evidence, Grounds},
    sentences, support, table,
    types::{Answer, AnswerSentence, AnswerStatus, AskEvent, AskRequest, AskStage, CitedProvision, Timings, Writing},
};
use crate::{
    calc,
    config::Limits,
    embed::Embedder,
    error::{Error, Result},
    generate::{
        GenerateLimits, Generator, Prompt, StopReason,
        prompt::{self, EvidenceItem, PromptLimits},
    },
    index::Generation,
    ingest::KnownDocuments,
    retrieve,
};

/// Hits looked at for an answer.
const HITS_MAX: usize = 20;
/// Pieces of evidence given to the model: with more, small models pick the wrong one.
const EVIDENCE_ITEMS_MAX: usize = 2;
/// Evidence shorter than this is not cut further to fit a model's prompt, in characters.
const EVIDENCE_CHARS_MIN: usize = 200;
/// How the note begins that limits a text to one unit.
const UNIT_NOTE: &str = "Chỉ áp dụng trong phạm vi";
/// Name of stage (a) in place of a model's.
pub const EXTRACTS: &str = "trich-dan";

/// What answering needs.
pub struct AskContext<'a> {
    /// The generation everything comes from.
    pub generation: &'a Arc<Generation>,
    /// Encoder of the question, if there is one.
    pub embedder: Option<&'a dyn Embedder>,
    /// What is known of documents not held.
    pub known: &'a KnownDocuments,
    /// Bounds.
    pub limits: &'a Limits,
    /// Whom to ask.
    pub contact: String,
}

/// Stage (a), ready to be handed to a model.
pub struct Composed {
    /// The answer as it stands.
    pub answer: Answer,
    started: Instant,
}

impl Composed {
    /// Whether there is something for a model to say.
    pub fn may_generate(&self) -> bool {
        self.answer.status == AnswerStatus::Answered && !self.answer.citations.is_empty()
    }
}

/// Stage (a): searches, chooses clauses, and answers with them alone, or abstains.
///
/// # Errors
/// `Internal` when the index is damaged or the embedder fails.
pub fn compose(context: &AskContext<'_>, request: &AskRequest, emit: &mut dyn FnMut(AskEvent)) -> Result<Composed> {
    let started = Instant::now();
    emit(AskEvent::Status(AskStage::Searching));
    let question = request.question.as_str();
    let outcome = retrieve::search(context.generation, context.embedder, question, request.as_of, HITS_MAX)
        .map_err(Error::Internal)?;
    let support = support::measure(context.generation, &outcome).map_err(Error::Internal)?;
    let mut answer = Answer {
        question: question.to_owned(),
        understood: outcome.understood.text.clone(),
        as_of: request.as_of,
        status: AnswerStatus::Abstained,
        answer: String::new(),
        sentences: Vec::new(),
        citations: Vec::new(),
        clarify: None,
        next_steps: Vec::new(),
        calculator: None,
        generator: EXTRACTS.to_owned(),
        corpus_release: context.generation.manifest.id.clone(),
        support,
        writing: Writing::default(),
        made_at: None,
        timings_ms: vec![("retrieve", millis(started))],
    };
    let missing = missing_law(context, request, &outcome)?;
    if let Some((missing, nearest)) = &missing {
        abstain_for(context, missing, nearest, request.as_of, &mut answer);
    } else if !outcome.hits.is_empty() && support.is_enough() {
        answer.status = AnswerStatus::Answered;
        answer.citations =
            compose::choose(context.generation, &outcome, context.limits, request.as_of).map_err(Error::Internal)?;
        answer.calculator = calc::recognise(&answer.understood);
        (answer.answer, answer.sentences) = extracts(&answer.citations);
        say_cell(&mut answer);
        answer.next_steps = vec![format!("Cần chắc chắn cho trường hợp của mình, hỏi {}.", context.contact)];
    } else {
        abstain(context, &outcome, &mut answer);
    }
    lap(&mut answer.timings_ms, "compose", started);
    for citation in &answer.citations {
        emit(AskEvent::Citation(citation.clone()));
    }
    emit(AskEvent::Composed(Box::new(answer.clone())));
    Ok(Composed { answer, started })
}

/// The clauses themselves as an answer, one sentence each.
fn extracts(citations: &[CitedProvision]) -> (String, Vec<AnswerSentence>) {
    let mut answer = String::new();
    let mut list = Vec::new();
    for citation in citations {
        let title = if citation.title.is_empty() { String::new() } else { format!(" – {}", citation.title) };
        let lead_in =
            if citation.lead_in.is_empty() { String::new() } else { format!(" “{}” …", citation.lead_in) };
        let whose =
            if citation.notes.iter().any(|note| note.starts_with(UNIT_NOTE)) { "Riêng đơn vị: " } else { "" };
        let text = format!("{whose}{}{title}:{lead_in} “{}”", citation.citation, citation.quote);
        if !answer.is_empty() {
            answer.push_str("\n\n");
        }
        answer.push_str(&format!("{text} [{}]", citation.n));
        list.push(AnswerSentence {
            text,
            citations: vec![citation.n],
            supported: true,
            withdrawn: false,
            reason: String::new(),
        });
    }
    (answer, list)
}

/// Puts the cell of a table that the question asks for before the clauses, in a sentence.
fn say_cell(answer: &mut Answer) {
    let cell = |c: &CitedProvision| Some((table::sentence(&answer.understood, &c.quote)?, c.n));
    let Some((text, n)) = answer.citations.iter().find_map(cell) else { return };
    answer.answer = format!("{text} [{n}]\n\n{}", answer.answer);
    let citations = vec![n];
    let sentence = AnswerSentence { text, citations, supported: true, withdrawn: false, reason: String::new() };
    answer.sentences.insert(0, sentence);
}

/// The document of that day that is not held, where the question's best text is one of another
/// time that stands in its place; and that text's citation.
fn missing_law(
    context: &AskContext<'_>,
    request: &AskRequest,
    outcome: &retrieve::Outcome,
) -> Result<Option<(Missing, String)>> {
    let generation = context.generation;
    let gaps = gap::missing_on(generation, context.known, request.as_of);
    if gaps.is_empty() || outcome.understood.direct.is_some() {
        return Ok(None);
    }
    let gap_of = |article: usize| {
        let entry = &generation.layout.articles[article];
        gaps.iter().find(|(document, _)| *document == entry.document)
    };
    let admits = |article: usize| {
        let entry = &generation.layout.articles[article];
        generation.documents[entry.document].validity(entry.node).in_force_on(request.as_of)
            || gap_of(article).is_some()
    };
    let question = request.question.as_str();
    let wider = retrieve::search_among(generation, context.embedder, question, &admits, 1).map_err(Error::Internal)?;
    let support = support::measure(generation, &wider).map_err(Error::Internal)?;
    let best = wider.hits.first().filter(|_| support.is_enough());
    Ok(best.and_then(|hit| {
        let (document, missing) = gap_of(hit.article)?;
        let node = generation.layout.articles[hit.article].node;
        Some((missing.clone(), generation.documents[*document].citation(Some(node)).to_string()))
    }))
}

/// The law of that day is known and not held: it is named, and nothing else stands for it.
fn abstain_for(context: &AskContext<'_>, missing: &Missing, nearest: &str, as_of: Date, answer: &mut Answer) {
    let day = as_of.strftime("%d/%m/%Y");
    answer.answer = format!(
        "Văn bản quy định nội dung này vào ngày {day} là {}; văn bản đó chưa có trong kho, nên không trả lời bằng quy định của thời gian khác.",
        missing.text()
    );
    answer.next_steps.push(format!("Tìm đọc văn bản số {}, hoặc hỏi {}.", missing.number, context.contact));
    answer.next_steps.push(format!("Quy định cùng nội dung ở thời gian khác: {nearest}."));
}

/// Nothing is claimed; the nearest topics and a person are named.
fn abstain(context: &AskContext<'_>, outcome: &retrieve::Outcome, answer: &mut Answer) {
    answer.answer = "Tôi chưa tìm được quy định đủ chắc để trả lời câu hỏi này.".to_owned();
    answer.next_steps.push(format!("Hỏi {}.", context.contact));
    let topics: Vec<String> = outcome
        .hits
        .iter()
        .take(3)
        .map(|hit| {
            let entry = &context.generation.layout.articles[hit.article];
            let document = &context.generation.documents[entry.document];
            format!("{} – {}", document.citation(Some(entry.node)), document.nodes()[entry.node].title)
        })
        .collect();
    if !topics.is_empty() {
        answer.next_steps.push(format!("Chủ đề gần nhất trong kho: {}.", topics.join("; ")));
    }
    answer.next_steps.push("Viết rõ hơn: loại hợp đồng, thời gian làm việc, việc gì đã xảy ra, ngày nào.".to_owned());
}

/// Stage (b): the model answers from the clauses; sentences that fail the check are
/// withdrawn. `emit` returns false when nobody listens any more, which stops the model.
pub fn generate(
    composed: Composed,
    generator: &dyn Generator,
    limits: &Limits,
    emit: &mut dyn FnMut(AskEvent) -> bool,
) -> Answer {
    let Composed { mut answer, started } = composed;
    emit(AskEvent::Status(AskStage::Reading));
    let generation_started = Instant::now();
    let prompt = prompt_within(&answer, generator, limits.prompt_tokens_max);
    let bounds = GenerateLimits {
        prompt_tokens_max: limits.prompt_tokens_max,
        answer_tokens_max: limits.answer_tokens_max,
        answer_ms_max: limits.answer_ms_max,
    };
    let citations = answer.citations.clone();
    let evidence: Vec<Evidence<'_>> = citations.iter().map(evidence_of).collect();
    let grounds = Grounds::new(&evidence, &answer.understood);
    let mut checker = Checker { grounds, pending: String::new(), sentences: Vec::new(), writing: false };
    let generated = generator.generate(&prompt, &bounds, &mut |text| checker.take(text, emit));
    match generated {
        Ok(generated) => {
            // A sentence cut off by a limit is not a sentence.
            if generated.stop == StopReason::End {
                checker.finish(emit);
            }
            answer.timings_ms.push(("first_text", generated.first_text_ms));
            answer.writing = Writing {
                prompt_tokens: generated.prompt_tokens,
                answer_tokens: generated.answer_tokens,
                cut_off: matches!(generated.stop, StopReason::Tokens | StopReason::Time),
            };
            finish(&mut answer, checker.sentences, generated.model.as_deref().unwrap_or(generator.id()));
            // Clauses in place of a draft that did not stand are whole.
            answer.writing.cut_off &= answer.generator != EXTRACTS;
        }
        Err(error) => {
            tracing::error!("the generator failed, the answer is the clauses alone: {error:#}");
            answer.next_steps.push("Mô hình soạn câu trả lời đang lỗi nên chỉ trích điều luật.".to_owned());
        }
    }
    lap(&mut answer.timings_ms, "generate", generation_started);
    lap(&mut answer.timings_ms, "total", started);
    answer
}

/// A clause as the check sees it.
fn evidence_of(citation: &CitedProvision) -> Evidence<'_> {
    Evidence {
        n: citation.n,
        citation: &citation.citation,
        title: &citation.title,
        lead_in: &citation.lead_in,
        text: &citation.quote,
        in_force: citation.in_force,
    }
}

/// Puts what stands before the clauses; what was withdrawn stays visible as withdrawn.
fn finish(answer: &mut Answer, sentences: Vec<AnswerSentence>, generator: &str) {
    let refused = |s: &AnswerSentence| s.text.starts_with(prompt::NO_GROUNDS);
    let standing: Vec<&AnswerSentence> = sentences.iter().filter(|s| s.is_part()).collect();
    if standing.is_empty() {
        // The clauses alone remain the answer; withdrawn sentences are still reported.
        answer.sentences.extend(sentences.into_iter().filter(|s| s.withdrawn && !refused(s)));
        return;
    }
    let text: Vec<String> = standing.iter().map(|sentence| sentence.marked()).collect();
    answer.answer = text.join(" ");
    answer.sentences = sentences;
    answer.generator = generator.to_owned();
}

/// The prompt for an answer's clauses, with as much of them as `prompt_tokens_max` of the model
/// allow; the last clauses are cut first.
fn prompt_within(answer: &Answer, generator: &dyn Generator, prompt_tokens_max: usize) -> Prompt {
    let mut limits = PromptLimits::recommended();
    loop {
        let prompt = prompt_of(answer, &limits);
        let fits = generator.prompt_tokens(&prompt).is_none_or(|tokens| tokens <= prompt_tokens_max);
        if fits || limits.evidence_chars_max < EVIDENCE_CHARS_MIN {
            return prompt;
        }
        limits.evidence_chars_max = limits.evidence_chars_max / 4 * 3;
    }
}

/// The prompt for an answer's clauses.
pub fn prompt_for(answer: &Answer) -> Prompt {
    prompt_of(answer, &PromptLimits::recommended())
}

fn prompt_of(answer: &Answer, limits: &PromptLimits) -> Prompt {
    // A list of what is forbidden says so in the article's title alone.
    let texts: Vec<String> =
        answer.citations.iter().map(|c| [c.title.as_str(), &c.lead_in, &c.quote].join("\n")).collect();
    let items: Vec<EvidenceItem<'_>> = answer
        .citations
        .iter()
        .take(EVIDENCE_ITEMS_MAX)
        .zip(&texts)
        .map(|(c, text)| EvidenceItem { n: c.n, citation: &c.citation, text })
        .collect();
    prompt::assemble(&answer.understood, &answer.as_of.strftime("%d/%m/%Y").to_string(), &items, limits)
}

/// Collects streamed text and checks each sentence as it ends.
struct Checker<'a> {
    grounds: Grounds<'a>,
    pending: String,
    sentences: Vec<AnswerSentence>,
    writing: bool,
}

impl Checker<'_> {
    fn take(&mut self, text: &str, emit: &mut dyn FnMut(AskEvent) -> bool) -> ControlFlow<()> {
        if text.is_empty() {
            // Still reading: only asks whether anybody listens.
            return if emit(AskEvent::Delta(String::new())) {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            };
        }
        if !self.writing {
            self.writing = true;
            emit(AskEvent::Status(AskStage::Writing));
        }
        self.pending.push_str(text);
        if !emit(AskEvent::Delta(text.to_owned())) {
            return ControlFlow::Break(());
        }
        let pending = std::mem::take(&mut self.pending);
        let mut pieces = sentences::split(&pending);
        // The last piece may go on: a mark or more text can follow its full stop.
        let rest = pieces.pop().unwrap_or_default().to_owned();
        for piece in pieces {
            self.check(piece, emit);
        }
        let ends_with_space = pending.ends_with(char::is_whitespace);
        self.pending = if ends_with_space { rest + " " } else { rest };
        ControlFlow::Continue(())
    }

    fn finish(&mut self, emit: &mut dyn FnMut(AskEvent) -> bool) {
        let pending = std::mem::take(&mut self.pending);
        for piece in sentences::split(&pending) {
            self.check(piece, emit);
        }
    }

    fn check(&mut self, piece: &str, emit: &mut dyn FnMut(AskEvent) -> bool) {
        if sentences::take_marks(piece).0.is_empty() {
            return;
        }
        let sentence = self.grounds.check(piece);
        emit(AskEvent::Verdict { index: self.sentences.len(), sentence: sentence.clone() });
        self.sentences.push(sentence);
    }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

fn lap(timings: &mut Timings, stage: &'static str, since: Instant) {
    timings.push((stage, millis(since)));
}
