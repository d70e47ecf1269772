/*! The value of `ask --json` and of the `done` event, and the events before it. */

use std::collections::BTreeMap;

use serde::Serialize;

use super::{LabelJson, OfferJson, ProblemJson, date_text};
use crate::{
    answer::{
        Answer, AnswerSentence, AnswerStatus, AskEvent, AskStage, CitedProvision, Clarify, ClarifyChoice, Precedent,
    },
    app::Reader,
};

/// Mirror of [`Answer`].
#[derive(Debug, Clone, Serialize)]
pub struct AnswerJson {
    /// As asked.
    pub question: String,
    /// As understood.
    pub understood: String,
    /// The day whose law was applied.
    pub as_of: String,
    /// `answered`, `abstained` or `clarify`.
    pub status: &'static str,
    /// The answer with `[n]` marks.
    pub answer: String,
    /// Its sentences.
    pub sentences: Vec<SentenceJson>,
    /// Clauses cited.
    pub citations: Vec<CitationJson>,
    /// The question back, or null.
    pub clarify: Option<ClarifyJson>,
    /// What to do next.
    pub next_steps: Vec<String>,
    /// What counsellors approved for such a question, or null.
    pub precedent: Option<PrecedentShownJson>,
    /// A calculator for what was asked, or null.
    pub calculator: Option<OfferJson>,
    /// Who wrote the answer.
    pub generator: String,
    /// The generation it came from.
    pub corpus_release: String,
    /// What every copy of the answer must say of itself.
    pub label: LabelJson,
    /// The conversation it belongs to, for the next question; absent where none is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// The run, where it can be read again; absent elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// Milliseconds by stage.
    pub timings_ms: BTreeMap<&'static str, u64>,
}

/// An answer that counsellors approved for a question like the one asked.
#[derive(Debug, Clone, Serialize)]
pub struct PrecedentShownJson {
    /// The question it answers.
    pub question: String,
    /// Its sentences.
    pub sentences: Vec<SentenceJson>,
    /// Clauses they rest on.
    pub citations: Vec<CitationJson>,
    /// As what it was signed: role and unit.
    pub signed_as: String,
    /// RFC 3339.
    pub signed_at: String,
}

impl From<&Precedent> for PrecedentShownJson {
    fn from(precedent: &Precedent) -> Self {
        Self {
            question: precedent.question.clone(),
            sentences: precedent.sentences.iter().map(SentenceJson::from).collect(),
            citations: precedent.citations.iter().map(CitationJson::from).collect(),
            signed_as: precedent.signed_as.clone(),
            signed_at: precedent.signed_at.to_string(),
        }
    }
}

impl AnswerJson {
    /// The same as the outcome of a run.
    pub fn of_run(self, run: &AnswerRunJson) -> Self {
        Self { run: run.is_kept.then(|| run.run.clone()), conversation_id: run.conversation_id.clone(), ..self }
    }
}

/// The run that an answer comes from.
#[derive(Debug, Clone, Serialize)]
pub struct AnswerRunJson {
    /// Its id: whoever knows it may read and stop it.
    pub run: String,
    /// The conversation, for the next question; absent where none is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// Whether it can be read again.
    #[serde(skip)]
    pub is_kept: bool,
}

impl From<&Reader> for AnswerRunJson {
    fn from(reader: &Reader) -> Self {
        Self {
            run: reader.run_id().to_owned(),
            conversation_id: reader.conversation_id().map(str::to_owned),
            is_kept: reader.is_kept(),
        }
    }
}

/// The value of `POST /api/v1/chat/{run}/stop`.
#[derive(Debug, Clone, Serialize)]
pub struct StoppedJson {
    /// The run.
    pub run: String,
    /// False where it had ended by itself.
    pub stopped: bool,
}

/// Mirror of [`AnswerSentence`].
#[derive(Debug, Clone, Serialize)]
pub struct SentenceJson {
    /// Without marks.
    pub text: String,
    /// Numbers cited.
    pub citations: Vec<usize>,
    /// Whether the clauses support it.
    pub supported: bool,
    /// Whether it was taken back.
    pub withdrawn: bool,
    /// Why, where it was.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Mirror of [`CitedProvision`].
#[derive(Debug, Clone, Serialize)]
pub struct CitationJson {
    /// Number in the answer, from 1.
    pub n: usize,
    /// Provision id.
    pub id: String,
    /// Document number as printed.
    pub law_id: String,
    /// Bare article label.
    pub article_id: Option<String>,
    /// Bare clause label.
    pub clause_id: Option<String>,
    /// Bare point label.
    pub point_id: Option<String>,
    /// Citation text.
    pub citation: String,
    /// Title of the article.
    pub title: String,
    /// Lead-in of the clause a point belongs to; empty otherwise.
    pub lead_in: String,
    /// Verbatim quote.
    pub quote: String,
    /// Start of the quote, in Unicode scalar values.
    pub quote_start: usize,
    /// End of the quote, in Unicode scalar values.
    pub quote_end: usize,
    /// Its page.
    pub url: String,
    /// In force on the day asked for.
    pub in_force: bool,
    /// What a reader must know of this text.
    pub notes: Vec<String>,
}

/// Mirror of [`Clarify`].
#[derive(Debug, Clone, Serialize)]
pub struct ClarifyJson {
    /// The question back.
    pub question: String,
    /// The choices.
    pub choices: Vec<ChoiceJson>,
}

/// Mirror of [`ClarifyChoice`].
#[derive(Debug, Clone, Serialize)]
pub struct ChoiceJson {
    /// What to tap.
    pub label: String,
    /// The partial answer.
    pub answer: String,
    /// What it rests on.
    pub citations: Vec<CitationJson>,
}

/// One event of a streamed answer: its name and its data.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum EventJson {
    /// A stage began; at `composed` the answer of stage (a) comes along.
    Status {
        /// `searching`, `queued`, `reading`, `writing`, `composed`.
        stage: &'static str,
        /// The same for a reader, in Vietnamese.
        message: &'static str,
        /// The answer as it stands without a model.
        #[serde(skip_serializing_if = "Option::is_none")]
        answer: Option<Box<AnswerJson>>,
        /// With the first event: the run.
        #[serde(flatten, skip_serializing_if = "Option::is_none")]
        run: Option<AnswerRunJson>,
    },
    /// A clause was found.
    Citation(Box<CitationJson>),
    /// Text as it is made, unchecked.
    Delta {
        /// The new text alone.
        text: String,
    },
    /// The check of one sentence.
    Verdict {
        /// Index of the sentence, from 0.
        index: usize,
        /// The sentence.
        #[serde(flatten)]
        sentence: SentenceJson,
    },
    /// The end.
    Done(Box<AnswerJson>),
    /// The end, by failure.
    Error(Box<ProblemJson>),
}

impl EventJson {
    /// Name of the event on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Status { .. } => "status",
            Self::Citation(_) => "citation",
            Self::Delta { .. } => "delta",
            Self::Verdict { .. } => "verdict",
            Self::Done(_) => "done",
            Self::Error(_) => "error",
        }
    }

    /// The mirror of `event`; `problem` says how a failure reads.
    pub fn new(event: &AskEvent, problem: impl FnOnce(&crate::error::Error) -> ProblemJson) -> Self {
        match event {
            AskEvent::Status(stage) => {
                let (stage, message) = (stage_name(*stage), stage_message(*stage));
                Self::Status { stage, message, answer: None, run: None }
            }
            AskEvent::Citation(citation) => Self::Citation(Box::new(CitationJson::from(citation))),
            AskEvent::Delta(text) => Self::Delta { text: text.clone() },
            AskEvent::Verdict { index, sentence } => {
                Self::Verdict { index: *index, sentence: SentenceJson::from(sentence) }
            }
            AskEvent::Composed(answer) => Self::Status {
                stage: "composed",
                message: "Đã chọn xong điều khoản",
                answer: Some(Box::new(AnswerJson::from(&**answer))),
                run: None,
            },
            AskEvent::Done(answer) => Self::Done(Box::new(AnswerJson::from(&**answer))),
            AskEvent::Error(error) => Self::Error(Box::new(problem(error))),
        }
    }

    /// The same as event `number` of a run: the first and the last name it.
    pub fn of_run(self, number: usize, of: &AnswerRunJson) -> Self {
        match self {
            Self::Status { stage, message, answer, run: None } if number == 1 => {
                Self::Status { stage, message, answer, run: Some(of.clone()) }
            }
            Self::Done(answer) => Self::Done(Box::new(answer.of_run(of))),
            other => other,
        }
    }
}

/// Stage as programs read it.
pub fn stage_name(stage: AskStage) -> &'static str {
    match stage {
        AskStage::Searching => "searching",
        AskStage::Reading => "reading",
        AskStage::Writing => "writing",
        AskStage::Queued => "queued",
    }
}

/// Stage as people read it.
pub fn stage_message(stage: AskStage) -> &'static str {
    match stage {
        AskStage::Searching => "Đang tìm điều khoản…",
        AskStage::Reading => "Máy đang đọc các điều khoản, chờ chút…",
        AskStage::Writing => "Máy đang soạn câu trả lời…",
        AskStage::Queued => "Đang chờ tới lượt máy soạn…",
    }
}

/// Status as programs read it.
pub fn status_name(status: AnswerStatus) -> &'static str {
    match status {
        AnswerStatus::Answered => "answered",
        AnswerStatus::Abstained => "abstained",
        AnswerStatus::Clarify => "clarify",
    }
}

impl From<&Answer> for AnswerJson {
    fn from(answer: &Answer) -> Self {
        Self {
            question: answer.question.clone(),
            understood: answer.understood.clone(),
            as_of: date_text(answer.as_of),
            status: status_name(answer.status),
            answer: answer.answer.clone(),
            sentences: answer.sentences.iter().map(SentenceJson::from).collect(),
            citations: answer.citations.iter().map(CitationJson::from).collect(),
            clarify: answer.clarify.as_ref().map(ClarifyJson::from),
            next_steps: answer.next_steps.clone(),
            precedent: answer.precedent.as_deref().map(PrecedentShownJson::from),
            calculator: answer.calculator.as_ref().map(|offer| OfferJson::new(offer, answer.as_of)),
            generator: answer.generator.clone(),
            corpus_release: answer.corpus_release.clone(),
            label: LabelJson::from(answer),
            conversation_id: None,
            run: None,
            timings_ms: answer.timings_ms.iter().copied().collect(),
        }
    }
}

impl From<&AnswerSentence> for SentenceJson {
    fn from(sentence: &AnswerSentence) -> Self {
        Self {
            text: sentence.text.clone(),
            citations: sentence.citations.clone(),
            supported: sentence.supported,
            withdrawn: sentence.withdrawn,
            reason: sentence.reason.clone(),
        }
    }
}

impl From<&CitedProvision> for CitationJson {
    fn from(cited: &CitedProvision) -> Self {
        Self {
            n: cited.n,
            id: cited.id.clone(),
            law_id: cited.law_id.clone(),
            article_id: cited.article_id.clone(),
            clause_id: cited.clause_id.clone(),
            point_id: cited.point_id.clone(),
            citation: cited.citation.clone(),
            title: cited.title.clone(),
            lead_in: cited.lead_in.clone(),
            quote: cited.quote.clone(),
            quote_start: cited.quote_start,
            quote_end: cited.quote_end,
            url: cited.url.clone(),
            in_force: cited.in_force,
            notes: cited.notes.clone(),
        }
    }
}

impl From<&Clarify> for ClarifyJson {
    fn from(clarify: &Clarify) -> Self {
        Self { question: clarify.question.clone(), choices: clarify.choices.iter().map(ChoiceJson::from).collect() }
    }
}

impl From<&ClarifyChoice> for ChoiceJson {
    fn from(choice: &ClarifyChoice) -> Self {
        Self {
            label: choice.label.clone(),
            answer: choice.answer.clone(),
            citations: choice.citations.iter().map(CitationJson::from).collect(),
        }
    }
}
