/*!
Answering one question: stage (a) at once, stage (b) with a model, every sentence checked.
*/

use std::{ops::ControlFlow, sync::Arc, time::Instant};

use super::{
    abstain, asked, chat, claim, clarify,
    compose::{self, Choice},
    definition, direct,
    ground::{Evidence, Grounds},
    guided, next,
    pieces::Weights,
    premise, sentences, support,
    types::{Answer, AnswerSentence, AnswerStatus, AskEvent, AskRequest, AskStage, CitedProvision, Timings, Writing},
    worked, yes_no,
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
/// First hits among which an article the question names rightly is found without its name.
const NAMED_HITS: usize = 10;
/// How far such an article may lag behind the best one: of few articles all are among the first.
const FOUND_LAG_MAX: f32 = 1.5;
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
    /// How many of its first sentences stand before whatever a model writes: what is wrong with the
    /// question, the verdict on a number, what a calculator makes of it.
    leads: usize,
    started: Instant,
}

impl Composed {
    /// Whether there is something for a model to say.
    pub fn may_generate(&self) -> bool {
        self.answer.status == AnswerStatus::Answered && !self.answer.citations.is_empty()
    }
}

/// Stage (a): searches, chooses clauses, and answers with them alone, asks back, or abstains.
///
/// # Errors
/// `Internal` when the index is damaged or the embedder fails.
pub fn compose(context: &AskContext<'_>, request: &AskRequest, emit: &mut dyn FnMut(AskEvent)) -> Result<Composed> {
    let started = Instant::now();
    emit(AskEvent::Status(AskStage::Searching));
    let mut answer = blank(context, request);
    // Small talk is nothing to search for.
    let leads = match chat::reply(request.question.as_str()) {
        Some(reply) => {
            reply.clone_into(&mut answer.answer);
            0
        }
        None => answer_to(context, request, &mut answer, started)?,
    };
    lap(&mut answer.timings_ms, "compose", started);
    for citation in &answer.citations {
        emit(AskEvent::Citation(citation.clone()));
    }
    emit(AskEvent::Composed(Box::new(answer.clone())));
    Ok(Composed { answer, leads, started })
}

/// Searches and answers; returns how many sentences lead the answer.
fn answer_to(context: &AskContext<'_>, request: &AskRequest, answer: &mut Answer, started: Instant) -> Result<usize> {
    let (generation, as_of) = (&**context.generation, request.as_of);
    let query = |question: &str| retrieve::Query::read(generation, context.embedder, question).map_err(Error::Internal);
    let rank = |query: &retrieve::Query<'_>| {
        query.among(&|article| retrieve::in_force(generation, article, as_of), HITS_MAX).map_err(Error::Internal)
    };
    let mut asked = query(request.question.as_str())?;
    let mut outcome = rank(&asked)?;
    answer.understood.clone_from(&outcome.understood.text);
    lap(&mut answer.timings_ms, "retrieve", started);
    let correction = premise::wrong_reference(context.generation, context.known, &outcome.understood, request.as_of);
    let correction = match correction {
        None => other_subject(context, &outcome, &|rest| rank(&query(rest)?))?,
        Some(correction) => Some(correction),
    };
    if let Some(rest) = correction.as_ref().and_then(|correction| correction.rest.as_ref()) {
        asked = query(rest)?;
        outcome = rank(&asked)?;
    }
    answer.support = support::measure(generation, &outcome).map_err(Error::Internal)?;
    if !answer.support.is_enough()
        && let Some((own, support)) = support::of_own_texts(generation, &outcome).map_err(Error::Internal)?
    {
        (outcome, answer.support) = (own, support);
    }
    let mut leads = 0;
    if chat::is_foreign_law(&answer.understood) {
        abstain::foreign(context, answer);
    } else if let Some((missing, nearest)) = &abstain::missing_law(context, request, &asked)? {
        abstain::name_missing(context, missing, nearest, request.as_of, answer);
    } else {
        leads = answer_from(context, &outcome, answer)?;
    }
    if let Some(correction) = correction {
        correct(correction.text, answer);
        leads += 1;
    }
    Ok(leads)
}

/// An answer that says nothing yet.
fn blank(context: &AskContext<'_>, request: &AskRequest) -> Answer {
    Answer {
        question: request.question.as_str().to_owned(),
        understood: request.question.as_str().to_owned(),
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
        support: support::Support::default(),
        writing: Writing::default(),
        made_at: None,
        precedent: None,
        timings_ms: Vec::new(),
    }
}

/// What was found, as an answer, a question back, or nothing; returns how many sentences lead it.
fn answer_from(context: &AskContext<'_>, outcome: &retrieve::Outcome, answer: &mut Answer) -> Result<usize> {
    let (generation, as_of) = (&**context.generation, answer.as_of);
    let asked = asked::read(&outcome.understood.text);
    // The "không" that asks is no word of the law.
    let text = asked::without_asking(&outcome.understood.text, &asked);
    let understood = retrieve::Understood { text, ..outcome.understood.clone() };
    let weights = Weights::of(generation, &understood).map_err(Error::Internal)?;
    let definition =
        definition::term(&outcome.understood.text).and_then(|term| definition::find(generation, &term, as_of));
    let first =
        definition.map(|definition| definition.article).or_else(|| guided::law_behind(generation, outcome, &weights));
    let promoted = first.map(|article| compose::promoted(outcome, article));
    let outcome = promoted.as_ref().unwrap_or(outcome);
    let choice = Choice { generation, outcome, weights: &weights, asked: &asked, definition, as_of };
    // A term explained in so many words needs no other support.
    let is_enough = !outcome.hits.is_empty() && (answer.support.is_enough() || definition.is_some());
    let may_ask_back = is_enough || clarify::is_untold(&choice) && answer.support.is_near();
    if !may_ask_back {
        abstain::with_topics(context, outcome, answer);
        return Ok(0);
    }
    answer.calculator = calc::recognise(&answer.understood);
    answer.next_steps =
        next::steps(generation, &answer.understood, answer.calculator.as_ref(), &context.contact, as_of);
    if let Some(clarify) = clarify::find(&choice, answer.calculator.as_ref()) {
        answer.status = AnswerStatus::Clarify;
        answer.answer.clone_from(&clarify.question);
        answer.clarify = Some(clarify);
        return Ok(0);
    }
    if !is_enough {
        abstain::with_topics(context, outcome, answer);
        return Ok(0);
    }
    answer.status = AnswerStatus::Answered;
    let judged = claim::judged(&choice, context.limits);
    let mut chosen =
        judged.as_ref().map_or_else(|| compose::choose(&choice, context.limits), |(_, chosen)| chosen.clone());
    // What a quoted table says needs no calculator.
    let offer = answer.calculator.as_ref().filter(|_| direct::cell(&answer.understood, &chosen).is_none());
    let worked_out = offer.and_then(|offer| worked::out(&choice, offer, &mut chosen, context.limits));
    let is_worked_out = worked_out.is_some();
    let verdict = judged.map(|(verdict, _)| verdict).zip(chosen.first());
    let mut sentences: Vec<AnswerSentence> = Vec::new();
    let mut citations = Vec::new();
    if let Some((line, cited)) = worked_out {
        sentences.push(line);
        citations = cited;
    }
    let verdict = verdict.map(|(verdict, rule)| direct::sentence(verdict, rule));
    sentences.extend(verdict.or_else(|| yes_no::lead(&answer.understood, &asked, &chosen)));
    let leads = sentences.len();
    sentences.extend(direct::say(&answer.understood, &asked, &chosen, is_worked_out));
    answer.answer = direct::text_of(&sentences);
    answer.sentences = sentences;
    answer.citations = chosen.into_iter().map(|chosen| chosen.cited).chain(citations).collect();
    Ok(leads)
}

/// An article the question names that says nothing of what it asks.
fn other_subject(
    context: &AskContext<'_>,
    outcome: &retrieve::Outcome,
    search: &dyn Fn(&str) -> Result<retrieve::Outcome>,
) -> Result<Option<premise::Correction>> {
    let (Some(direct), Some(hit)) = (outcome.understood.direct.as_ref(), outcome.hits.first()) else {
        return Ok(None);
    };
    let entry = &context.generation.layout.articles[hit.article];
    let document = context.generation.at(entry.document);
    let is_named = document.nodes()[entry.node].label == direct.article
        && (direct.document_title.is_some() || direct.document_number.is_some());
    let Some(rest) = premise::rest_of(&outcome.understood).filter(|_| is_named) else { return Ok(None) };
    let without = search(&rest)?;
    let support = support::measure(context.generation, &without).map_err(Error::Internal)?;
    let weights = Weights::of(context.generation, &without.understood).map_err(Error::Internal)?;
    let best = without.hits.first().map_or(0.0, |best| best.score);
    let is_found = |other: &retrieve::Hit| other.article == hit.article && best - other.score <= FOUND_LAG_MAX;
    let is_among = without.hits.iter().take(NAMED_HITS).any(is_found);
    if is_among || !support.is_enough() {
        return Ok(None);
    }
    let text = premise::other_subject(document, entry.node, &weights, support.coverage);
    Ok(text.map(|text| premise::Correction { text, rest: Some(rest) }))
}

/// Puts what is wrong with the question before everything else.
fn correct(text: String, answer: &mut Answer) {
    let end = if answer.answer.is_empty() { String::new() } else { format!("\n{}", answer.answer) };
    answer.answer = format!("{text}{end}");
    let (supported, withdrawn) = (true, false);
    let sentence = AnswerSentence { text, citations: Vec::new(), supported, withdrawn, reason: String::new() };
    answer.sentences.insert(0, sentence);
}

/// Stage (b): the model answers from the clauses; sentences that fail the check are
/// withdrawn. `emit` returns false when nobody listens any more, which stops the model.
pub fn generate(
    composed: Composed,
    generator: &dyn Generator,
    limits: &Limits,
    emit: &mut dyn FnMut(AskEvent) -> bool,
) -> Answer {
    let Composed { mut answer, leads, started } = composed;
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
    let sentences: Vec<AnswerSentence> = answer.sentences[..leads].to_vec();
    for (index, sentence) in sentences.iter().enumerate() {
        emit(AskEvent::Verdict { index, sentence: sentence.clone() });
    }
    let mut checker = Checker { grounds, pending: String::new(), sentences, writing: false };
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
            finish(&mut answer, leads, checker.sentences, generated.model.as_deref().unwrap_or(generator.id()));
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

/// Puts what stands behind the `leads` and before the clauses; what was withdrawn stays visible
/// as withdrawn.
fn finish(answer: &mut Answer, leads: usize, sentences: Vec<AnswerSentence>, generator: &str) {
    let refused = |s: &AnswerSentence| s.text.starts_with(prompt::NO_GROUNDS);
    if !sentences[leads..].iter().any(AnswerSentence::is_part) {
        // The clauses alone remain the answer; withdrawn sentences are still reported.
        answer.sentences.extend(sentences.into_iter().filter(|s| s.withdrawn && !refused(s)));
        return;
    }
    let standing = sentences.iter().filter(|sentence| sentence.is_part());
    answer.answer = standing.map(AnswerSentence::marked).collect::<Vec<String>>().join(" ");
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

/// The prompt for an answer's clauses within limits.
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
