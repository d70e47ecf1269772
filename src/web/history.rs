/*! Pages of what a member asked: the list, one conversation, one answer shown by a link. */

use askama::Template;

use super::{
    Notice, Site,
    ask::{clause, said},
    people::moment,
    render,
    review::{approved, talk},
};
use crate::{
    answer::{Answer, AnswerStatus},
    error::Result,
    history::{ASKERS_MIN, ConversationList, FoundQuestion, Message, Purpose, SHARE_DAYS, Verdict},
    identity::{Opening, OwnOpening},
    review::{Outcome, State, Talk},
    views::label_text,
};

/// What the list of one's own questions shows.
#[derive(Debug, Clone)]
pub struct HistoryPage {
    /// Conversations, where nothing is looked for.
    pub list: ConversationList,
    /// What was looked for; empty for nothing.
    pub search: String,
    /// What was found.
    pub found: Vec<FoundQuestion>,
    /// What the member agreed to.
    pub agreed: Vec<Purpose>,
    /// Token of its forms.
    pub form_token: String,
    /// What has just been done.
    pub notice: Option<Notice>,
}

impl HistoryPage {
    fn is_kept(&self) -> bool {
        self.agreed.contains(&Purpose::KeepQuestions)
    }

    fn is_reviewed(&self) -> bool {
        self.agreed.contains(&Purpose::Review)
    }

    fn is_counted(&self) -> bool {
        self.agreed.contains(&Purpose::Topics)
    }
}

#[derive(Template)]
#[template(path = "history.html")]
struct List<'a> {
    site: &'a Site,
    title: &'a str,
    page: &'a HistoryPage,
    askers_min: usize,
}

/// The list of one's own questions.
///
/// # Errors
/// `Internal` when the template fails.
pub fn history(site: &Site, page: &HistoryPage) -> Result<String> {
    render(&List { site, title: "Câu đã hỏi", page, askers_min: ASKERS_MIN })
}

/// What one conversation shows.
#[derive(Debug, Clone)]
pub struct ConversationPage {
    /// Its id.
    pub id: String,
    /// Its answers in order.
    pub messages: Vec<Message>,
    /// What counsellors decided of them, by their places.
    pub outcomes: Vec<(u32, Outcome)>,
    /// The talk over them with counsellors, by their places.
    pub talks: Vec<(u32, Talk)>,
    /// What was wished and decided about who asked.
    pub openings: Vec<OwnOpening>,
    /// Token of its forms.
    pub form_token: String,
    /// What has just been done.
    pub notice: Option<Notice>,
    /// A link that has just been made: shown this once.
    pub link: Option<String>,
}

impl ConversationPage {
    fn openings(&self, ordinal: &u32) -> Vec<&Opening> {
        self.openings.iter().filter(|own| own.message.1 == *ordinal).map(|own| &own.opening).collect()
    }

    fn outcome(&self, ordinal: &u32) -> Option<&Outcome> {
        self.outcomes.iter().find(|(place, _)| place == ordinal).map(|(_, outcome)| outcome)
    }

    fn talk(&self, ordinal: &u32) -> Option<&Talk> {
        let of = self.talks.iter().find(|(place, _)| place == ordinal).map(|(_, talk)| talk);
        of.filter(|talk| talk.is_handed_over)
    }
}

#[derive(Template)]
#[template(path = "conversation.html")]
struct Conversation<'a> {
    site: &'a Site,
    title: &'a str,
    page: &'a ConversationPage,
    verdicts: [Verdict; 3],
    share_days: i64,
}

/// One conversation.
///
/// # Errors
/// `Internal` when the template fails.
pub fn conversation(site: &Site, page: &ConversationPage) -> Result<String> {
    render(&Conversation { site, title: "Cuộc hỏi", page, verdicts: Verdict::ALL, share_days: SHARE_DAYS })
}

#[derive(Template)]
#[template(path = "shared.html")]
struct Shared<'a> {
    site: &'a Site,
    title: &'a str,
    message: &'a Message,
}

/// One answer, without who asked.
///
/// # Errors
/// `Internal` when the template fails.
pub fn shared(site: &Site, message: &Message) -> Result<String> {
    render(&Shared { site, title: "Câu trả lời được chia sẻ", message })
}

#[derive(Template)]
#[template(path = "given.html")]
struct Given<'a> {
    answer: &'a Answer,
    approved: String,
    said: String,
    clauses: String,
    label: String,
}

impl Given<'_> {
    fn abstained(&self) -> bool {
        self.answer.status == AnswerStatus::Abstained
    }

    /// Small talk: there is nothing to do next.
    fn chatting(&self) -> bool {
        self.abstained() && self.answer.next_steps.is_empty()
    }
}

/// An answer as it was given, without a page around it.
pub(super) fn given(answer: &Answer) -> String {
    let clauses = answer.citations.iter().map(clause).collect();
    let approved = answer.precedent.as_deref().map(approved).unwrap_or_default();
    let given = Given { answer, approved, said: said(answer), clauses, label: label_text(answer) };
    render(&given).unwrap_or_default()
}
