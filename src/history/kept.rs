/*!
An answer in the form in which it is kept: whole, with the exact quotes and places.

A form of its own, so that the answer's type may change while what was kept stays readable;
every field that is new gets a default. Where the time went is not kept, nor is the offer of
a calculator, which is made anew from a question.
*/

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::answer::{Answer, AnswerSentence, AnswerStatus, CitedProvision, Clarify, ClarifyChoice, Precedent};

/// An answer as it is kept; the question is sealed apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct KeptAnswer {
    understood: String,
    as_of: Date,
    status: String,
    answer: String,
    sentences: Vec<KeptSentence>,
    citations: Vec<KeptCitation>,
    #[serde(default)]
    precedent: Option<KeptPrecedent>,
    #[serde(default)]
    clarify: Option<KeptClarify>,
    next_steps: Vec<String>,
    generator: String,
    corpus_release: String,
    #[serde(default)]
    made_at: Option<Timestamp>,
    /// Cosine and coverage of the evidence, for who reviews.
    #[serde(default)]
    support: (f32, f32),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct KeptSentence {
    text: String,
    citations: Vec<usize>,
    supported: bool,
    withdrawn: bool,
    #[serde(default)]
    reason: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct KeptCitation {
    n: usize,
    id: String,
    law_id: String,
    article_id: Option<String>,
    clause_id: Option<String>,
    point_id: Option<String>,
    citation: String,
    title: String,
    lead_in: String,
    quote: String,
    quote_start: usize,
    quote_end: usize,
    url: String,
    in_force: bool,
    notes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct KeptPrecedent {
    id: i64,
    question: String,
    sentences: Vec<KeptSentence>,
    citations: Vec<KeptCitation>,
    signed_as: String,
    signed_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct KeptClarify {
    question: String,
    choices: Vec<(String, String, Vec<KeptCitation>)>,
}

/// Name of a status in the store.
pub(super) fn status_name(status: AnswerStatus) -> &'static str {
    match status {
        AnswerStatus::Answered => "answered",
        AnswerStatus::Abstained => "abstained",
        AnswerStatus::Clarify => "clarify",
    }
}

impl From<&Answer> for KeptAnswer {
    fn from(answer: &Answer) -> Self {
        Self {
            understood: answer.understood.clone(),
            as_of: answer.as_of,
            status: status_name(answer.status).to_owned(),
            answer: answer.answer.clone(),
            sentences: answer.sentences.iter().map(KeptSentence::from).collect(),
            citations: answer.citations.iter().map(KeptCitation::from).collect(),
            precedent: answer.precedent.as_deref().map(KeptPrecedent::from),
            clarify: answer.clarify.as_ref().map(KeptClarify::from),
            next_steps: answer.next_steps.clone(),
            generator: answer.generator.clone(),
            corpus_release: answer.corpus_release.clone(),
            made_at: answer.made_at,
            support: (answer.support.cosine, answer.support.coverage),
        }
    }
}

impl KeptAnswer {
    /// The answer to `question`, as it was given.
    pub(super) fn answer(self, question: String) -> Answer {
        Answer {
            question,
            understood: self.understood,
            as_of: self.as_of,
            status: match self.status.as_str() {
                "answered" => AnswerStatus::Answered,
                "clarify" => AnswerStatus::Clarify,
                _ => AnswerStatus::Abstained,
            },
            answer: self.answer,
            sentences: self.sentences.into_iter().map(AnswerSentence::from).collect(),
            citations: self.citations.into_iter().map(CitedProvision::from).collect(),
            clarify: self.clarify.map(Clarify::from),
            next_steps: self.next_steps,
            precedent: self.precedent.map(|precedent| Box::new(Precedent::from(precedent))),
            calculator: None,
            generator: self.generator,
            corpus_release: self.corpus_release,
            support: crate::answer::support::Support {
                cosine: self.support.0,
                coverage: self.support.1,
                ..Default::default()
            },
            writing: Default::default(),
            made_at: self.made_at,
            timings_ms: Vec::new(),
        }
    }
}

/// What a member was shown the words of, numbered through: the answer's clauses, then those of
/// what counsellors approved.
pub(super) fn shown(answer: &Answer) -> impl Iterator<Item = (u32, &CitedProvision)> {
    let approved = answer.precedent.iter().flat_map(|precedent| &precedent.citations);
    answer.citations.iter().chain(approved).zip(1..).map(|(cited, n)| (n, cited))
}

impl From<&Precedent> for KeptPrecedent {
    fn from(precedent: &Precedent) -> Self {
        Self {
            id: precedent.id,
            question: precedent.question.clone(),
            sentences: precedent.sentences.iter().map(KeptSentence::from).collect(),
            citations: precedent.citations.iter().map(KeptCitation::from).collect(),
            signed_as: precedent.signed_as.clone(),
            signed_at: precedent.signed_at,
        }
    }
}

impl From<KeptPrecedent> for Precedent {
    fn from(kept: KeptPrecedent) -> Self {
        Self {
            id: kept.id,
            question: kept.question,
            sentences: kept.sentences.into_iter().map(AnswerSentence::from).collect(),
            citations: kept.citations.into_iter().map(CitedProvision::from).collect(),
            signed_as: kept.signed_as,
            signed_at: kept.signed_at,
        }
    }
}

impl From<&AnswerSentence> for KeptSentence {
    fn from(sentence: &AnswerSentence) -> Self {
        let AnswerSentence { text, citations, supported, withdrawn, reason } = sentence.clone();
        Self { text, citations, supported, withdrawn, reason }
    }
}

impl From<KeptSentence> for AnswerSentence {
    fn from(sentence: KeptSentence) -> Self {
        let KeptSentence { text, citations, supported, withdrawn, reason } = sentence;
        Self { text, citations, supported, withdrawn, reason }
    }
}

impl From<&CitedProvision> for KeptCitation {
    fn from(cited: &CitedProvision) -> Self {
        let cited = cited.clone();
        Self {
            n: cited.n,
            id: cited.id,
            law_id: cited.law_id,
            article_id: cited.article_id,
            clause_id: cited.clause_id,
            point_id: cited.point_id,
            citation: cited.citation,
            title: cited.title,
            lead_in: cited.lead_in,
            quote: cited.quote,
            quote_start: cited.quote_start,
            quote_end: cited.quote_end,
            url: cited.url,
            in_force: cited.in_force,
            notes: cited.notes,
            unit: cited.unit,
        }
    }
}

impl From<KeptCitation> for CitedProvision {
    fn from(cited: KeptCitation) -> Self {
        Self {
            n: cited.n,
            id: cited.id,
            law_id: cited.law_id,
            article_id: cited.article_id,
            clause_id: cited.clause_id,
            point_id: cited.point_id,
            citation: cited.citation,
            title: cited.title,
            lead_in: cited.lead_in,
            quote: cited.quote,
            quote_start: cited.quote_start,
            quote_end: cited.quote_end,
            url: cited.url,
            in_force: cited.in_force,
            notes: cited.notes,
            unit: cited.unit,
        }
    }
}

impl From<&Clarify> for KeptClarify {
    fn from(clarify: &Clarify) -> Self {
        let choice = |choice: &ClarifyChoice| {
            let citations = choice.citations.iter().map(KeptCitation::from).collect();
            (choice.label.clone(), choice.answer.clone(), citations)
        };
        Self { question: clarify.question.clone(), choices: clarify.choices.iter().map(choice).collect() }
    }
}

impl From<KeptClarify> for Clarify {
    fn from(clarify: KeptClarify) -> Self {
        let choice = |(label, answer, citations): (String, String, Vec<KeptCitation>)| ClarifyChoice {
            label,
            answer,
            citations: citations.into_iter().map(CitedProvision::from).collect(),
        };
        Self { question: clarify.question, choices: clarify.choices.into_iter().map(choice).collect() }
    }
}
