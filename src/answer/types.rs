/*!
What asking gives: the answer value and the events on the way to it.

Domain types: they are not serialised themselves, `views` mirrors them for JSON.
*/

use jiff::civil::Date;

use crate::law::Audience;

/// A question with the choices that came with it.
#[derive(Debug, Clone)]
pub struct AskRequest {
    /// The question as asked, within the limits of [`super::Question`].
    pub question: super::Question,
    /// The day whose law is asked for.
    pub as_of: Date,
    /// Whether stage (b), the model, may speak too.
    pub generate: bool,
    /// The asker's unit, as the contacts name it: decides whom an answer sends them to.
    pub unit: Option<String>,
    /// For whom the corpus is read: what is limited to a unit is found for its people alone.
    pub audience: Audience,
}

/// How asking ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerStatus {
    /// There is an answer with citations.
    Answered,
    /// Support is too weak: nothing is claimed, a person is named.
    Abstained,
    /// The answer turns on a fact that was not given.
    Clarify,
}

/// A clause shown as support, quoted verbatim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitedProvision {
    /// Number given by the server, from 1.
    pub n: usize,
    /// Provision id, `45-2019-qh14/dieu-35/khoan-1`.
    pub id: String,
    /// Number of the document as printed, `45/2019/QH14`; its title where it has none.
    pub law_id: String,
    /// Bare label of the article, `35`.
    pub article_id: Option<String>,
    /// Bare label of the clause, `1`.
    pub clause_id: Option<String>,
    /// Bare label of the point, `đ`.
    pub point_id: Option<String>,
    /// Citation text.
    pub citation: String,
    /// Title of the article.
    pub title: String,
    /// Lead-in of the clause a point belongs to, without which the point says nothing.
    pub lead_in: String,
    /// Verbatim part of the provision's text.
    pub quote: String,
    /// Start of the quote in the provision's text, in Unicode scalar values.
    pub quote_start: usize,
    /// End of the quote in the provision's text, in Unicode scalar values.
    pub quote_end: usize,
    /// Page of the article, scrolled to the clause.
    pub url: String,
    /// Whether the provision is in force on the as-of date.
    pub in_force: bool,
    /// What a reader must know of this text: a digest, an amendment not merged.
    pub notes: Vec<String>,
    /// Unit whose people alone may see it; none: everybody.
    pub unit: Option<String>,
}

/// One sentence of the answer with its verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerSentence {
    /// The sentence, without citation marks.
    pub text: String,
    /// Numbers of the citations it rests on.
    pub citations: Vec<usize>,
    /// Whether the cited clauses support it.
    pub supported: bool,
    /// Whether it was taken back after it had been generated. Never part of `answer`.
    pub withdrawn: bool,
    /// Why it was withdrawn, in Vietnamese; empty where it was not.
    pub reason: String,
}

/// One choice of a question back to the member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClarifyChoice {
    /// What to tap.
    pub label: String,
    /// The partial answer for this branch.
    pub answer: String,
    /// Clauses the partial answer rests on.
    pub citations: Vec<CitedProvision>,
}

/// A question back to the member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clarify {
    /// The question, in Vietnamese.
    pub question: String,
    /// The choices.
    pub choices: Vec<ClarifyChoice>,
}

/// Milliseconds spent, by stage, in order.
pub type Timings = Vec<(&'static str, u64)>;

/// The whole outcome of one question.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The question as asked.
    pub question: String,
    /// The question as understood (accents restored, abbreviations read).
    pub understood: String,
    /// The day whose law was applied.
    pub as_of: Date,
    /// How it ended.
    pub status: AnswerStatus,
    /// The answer with `[n]` marks.
    pub answer: String,
    /// Its sentences with their verdicts, withdrawn ones included.
    pub sentences: Vec<AnswerSentence>,
    /// Clauses cited.
    pub citations: Vec<CitedProvision>,
    /// Present when `status` is [`AnswerStatus::Clarify`].
    pub clarify: Option<Clarify>,
    /// What to do next, in Vietnamese; names a person to ask.
    pub next_steps: Vec<String>,
    /// What counsellors approved for such a question, where there is something.
    pub precedent: Option<Box<Precedent>>,
    /// A calculator that works out what was asked, with what the question states for it.
    pub calculator: Option<crate::calc::Offer>,
    /// Model that wrote the answer, or `trich-dan` for stage (a) alone.
    pub generator: String,
    /// The generation everything above came from.
    pub corpus_release: String,
    /// How strongly the evidence supports an answer.
    pub support: super::support::Support,
    /// How the model wrote it.
    pub writing: Writing,
    /// When it was made; set by the caller of this layer, which knows no clock.
    pub made_at: Option<jiff::Timestamp>,
    /// Where the time went.
    pub timings_ms: Timings,
}

/// An answer that counsellors approved for a question like the one asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Precedent {
    /// Number.
    pub id: i64,
    /// The question it answers.
    pub question: String,
    /// Its sentences, all of which stand.
    pub sentences: Vec<AnswerSentence>,
    /// Clauses they rest on, as they read today.
    pub citations: Vec<CitedProvision>,
    /// As what it was signed: role and unit.
    pub signed_as: String,
    /// When.
    pub signed_at: jiff::Timestamp,
}

/// How a model wrote an answer; nothing where none did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Writing {
    /// Tokens of the prompt.
    pub prompt_tokens: usize,
    /// Tokens written, those of withdrawn sentences included.
    pub answer_tokens: usize,
    /// Whether a limit ended it before the model did.
    pub cut_off: bool,
}

impl Answer {
    /// Whether all that it quotes may be seen by `audience`.
    pub fn is_for(&self, audience: &Audience) -> bool {
        let choices = self.clarify.iter().flat_map(|clarify| &clarify.choices);
        let cited = self.citations.iter().chain(choices.flat_map(|choice| &choice.citations));
        let approved = self.precedent.iter().flat_map(|precedent| &precedent.citations);
        cited.chain(approved).all(|cited| audience.sees(cited.unit.as_deref()))
    }
}

impl AnswerSentence {
    /// Whether it becomes part of the answer: supported, and not that there is none.
    pub fn is_part(&self) -> bool {
        self.supported && !self.text.starts_with(crate::generate::prompt::NO_GROUNDS)
    }

    /// The sentence followed by its citation marks.
    pub fn marked(&self) -> String {
        let marks: String = self.citations.iter().map(|n| format!("[{n}]")).collect();
        if marks.is_empty() { self.text.clone() } else { format!("{} {marks}", self.text) }
    }
}

/// Events while a question is being answered, in this order: `Status`, `Citation`…,
/// (`Delta`, `Verdict`)…, and at last exactly one of `Done` and `Error`.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "a few events an answer; boxes would cost readers more than they save")]
pub enum AskEvent {
    /// A stage began.
    Status(AskStage),
    /// A clause was found: shown at once.
    Citation(CitedProvision),
    /// Text of the answer as it is made; not yet checked.
    Delta(String),
    /// The check of the sentence that just ended.
    Verdict {
        /// Index of the sentence, from 0.
        index: usize,
        /// The sentence with its verdict.
        sentence: AnswerSentence,
    },
    /// Stage (a) is complete: the answer as it stands without a model.
    Composed(Box<Answer>),
    /// The end.
    Done(Box<Answer>),
    /// The end, by failure.
    Error(crate::error::Error),
}

/// Stages of answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskStage {
    /// Looking for clauses.
    Searching,
    /// A model reads the clauses; the first word takes a while.
    Reading,
    /// A model writes.
    Writing,
    /// Waiting for the model to be free.
    Queued,
}
