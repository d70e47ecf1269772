/*! What a member asked, as the API shows it to them. */

use serde::Serialize;

use super::{AnswerJson, ReviewOutcomeJson, TalkJson};
use crate::{
    history::{Conversation, ConversationList, FoundQuestion, Message, Purpose},
    review::{Outcome, Talk},
};

/// A conversation in a list.
#[derive(Debug, Clone, Serialize)]
pub struct ConversationJson {
    /// Its id.
    pub id: String,
    /// RFC 3339.
    pub last_at: String,
    /// Answers in it.
    pub messages: u32,
    /// Its first question.
    pub question: String,
}

impl From<&Conversation> for ConversationJson {
    fn from(conversation: &Conversation) -> Self {
        Self {
            id: conversation.id.clone(),
            last_at: conversation.last_at.to_string(),
            messages: conversation.messages,
            question: conversation.question.clone(),
        }
    }
}

/// A page of conversations.
#[derive(Debug, Clone, Serialize)]
pub struct ConversationsJson {
    /// Last gone on with first.
    pub conversations: Vec<ConversationJson>,
    /// What to give as `after` for the next page, or null.
    pub next: Option<String>,
}

impl From<&ConversationList> for ConversationsJson {
    fn from(list: &ConversationList) -> Self {
        Self { conversations: list.conversations.iter().map(ConversationJson::from).collect(), next: list.next.clone() }
    }
}

/// A question that was found.
#[derive(Debug, Clone, Serialize)]
pub struct FoundQuestionJson {
    /// Conversation.
    pub conversation: String,
    /// Place in it, from 1.
    pub n: u32,
    /// RFC 3339.
    pub made_at: String,
    /// The question.
    pub question: String,
}

/// Questions that were found, newest first.
#[derive(Debug, Clone, Serialize)]
pub struct FoundQuestionsJson {
    /// The questions.
    pub found: Vec<FoundQuestionJson>,
}

impl From<&[FoundQuestion]> for FoundQuestionsJson {
    fn from(found: &[FoundQuestion]) -> Self {
        let json = |found: &FoundQuestion| FoundQuestionJson {
            conversation: found.conversation.clone(),
            n: found.ordinal,
            made_at: found.made_at.to_string(),
            question: found.question.clone(),
        };
        Self { found: found.iter().map(json).collect() }
    }
}

/// An answer that was kept.
#[derive(Debug, Clone, Serialize)]
pub struct KeptMessageJson {
    /// Place in its conversation, from 1.
    pub n: u32,
    /// RFC 3339.
    pub made_at: String,
    /// The answer as it was given.
    pub answer: AnswerJson,
    /// `useful`, `wrong`, `unclear`, or null.
    pub verdict: Option<&'static str>,
    /// Words beside it, or null.
    pub verdict_words: Option<String>,
    /// When the link that shows it ends, RFC 3339, or null.
    pub shared_until: Option<String>,
    /// What a counsellor found of it, or null.
    pub review: Option<ReviewOutcomeJson>,
    /// What is written about it with counsellors, or null.
    pub talk: Option<TalkJson>,
    /// When the law it rests on changed, RFC 3339, or null.
    pub recalled_at: Option<String>,
}

impl From<&Message> for KeptMessageJson {
    fn from(message: &Message) -> Self {
        Self {
            n: message.ordinal,
            made_at: message.made_at.to_string(),
            answer: AnswerJson::from(&message.answer),
            verdict: message.verdict.map(|verdict| verdict.name()),
            verdict_words: message.verdict_words.clone(),
            shared_until: message.shared_until.map(|until| until.to_string()),
            review: None,
            talk: None,
            recalled_at: message.recalled_at.map(|at| at.to_string()),
        }
    }
}

/// One conversation.
#[derive(Debug, Clone, Serialize)]
pub struct WholeConversationJson {
    /// Its id.
    pub id: String,
    /// Its answers in order.
    pub messages: Vec<KeptMessageJson>,
}

impl WholeConversationJson {
    /// The conversation `id`.
    pub fn new(id: &str, messages: &[Message], outcomes: &[(u32, Outcome)], talks: &[(u32, Talk)]) -> Self {
        let json = |message: &Message| {
            let outcome = outcomes.iter().find(|(ordinal, _)| *ordinal == message.ordinal);
            let review = outcome.map(|(_, outcome)| ReviewOutcomeJson::from(outcome));
            let talk = talks.iter().find(|(ordinal, _)| *ordinal == message.ordinal);
            let talk = talk.map(|(_, talk)| TalkJson::from(talk));
            KeptMessageJson { review, talk, ..KeptMessageJson::from(message) }
        };
        Self { id: id.to_owned(), messages: messages.iter().map(json).collect() }
    }
}

/// What a member agreed to.
#[derive(Debug, Clone, Serialize)]
pub struct ConsentJson {
    /// `keep-questions`, `review`, `topics`.
    pub purpose: &'static str,
    /// RFC 3339.
    pub since: String,
}

impl ConsentJson {
    /// A list of them.
    pub fn all(consents: &[(Purpose, jiff::Timestamp)]) -> Vec<Self> {
        consents.iter().map(|(purpose, at)| Self { purpose: purpose.name(), since: at.to_string() }).collect()
    }
}
