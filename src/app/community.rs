/*!
The feed with the law beside it: what a post shows of the law or of an answer, and what the
assistant says of a post's claim.
*/

use std::sync::Arc;

use jiff::Timestamp;

use super::{App, Asking};
use crate::{
    accounts::Actor,
    answer::{AskEvent, AskRequest, Question},
    community::{Card, CardKind, NewPost, Post},
    error::{Error, Result},
    history::ShareKind,
    law::{Audience, page::address},
};

/// Where pages of provisions begin.
const LAW_ADDRESS: &str = "/luat/";
/// Where shared answers begin.
const SHARED_ADDRESS: &str = "/chia-se/";

/// What is wished for below a post's words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum CardWish {
    /// Nothing.
    #[default]
    None,
    /// The provision of this address or id.
    Provision(String),
    /// One of the writer's own answers: conversation and place in it.
    Answer(String, u32),
}

impl App {
    /// Publishes a post with what is wished for below its words.
    ///
    /// # Errors
    /// As [`Community::publish`](crate::community::Community::publish); `Invalid` naming `card`
    /// for a provision that is not held; `NotFound` for another's answer.
    pub async fn publish_post(&self, actor: &Actor, wish: NewPost, card: &CardWish, now: Timestamp) -> Result<Post> {
        let community = self.community()?;
        let card_of = match card {
            CardWish::None => None,
            CardWish::Provision(id) => Some(self.provision_card(id)?),
            CardWish::Answer(conversation, n) => Some(self.answer_card(actor, conversation, *n).await?),
        };
        let mut wish = NewPost { card: card_of, ..wish };
        // Nothing is shared for a post that is refused.
        community.may_publish(actor, &wish, now).await?;
        let CardWish::Answer(conversation, n) = card else { return community.publish(actor, wish, now).await };
        let token = self.history()?.share(actor, (conversation, *n), ShareKind::Post, now).await?;
        if let Some(card) = &mut wish.card {
            card.url = format!("{SHARED_ADDRESS}{}", token.expose());
        }
        let published = community.publish(actor, wish, now).await;
        if published.is_err() {
            // Refused after all: nobody was given the link, and it ends.
            self.history()?.unshare_token(actor, token.expose()).await?;
        }
        published
    }

    /// Takes one's own post back; the link to the answer that it showed ends with it.
    ///
    /// # Errors
    /// As [`Community::delete`](crate::community::Community::delete).
    pub async fn delete_post(&self, actor: &Actor, id: i64) -> Result<()> {
        let card = self.community()?.delete(actor, id).await?;
        match card.as_ref().and_then(|card| card.url.strip_prefix(SHARED_ADDRESS)) {
            Some(token) => self.history()?.unshare_token(actor, token).await,
            None => Ok(()),
        }
    }

    fn provision_card(&self, text: &str) -> Result<Card> {
        let wrong = || Error::invalid("card", "không có điều khoản này trong kho; hãy chép địa chỉ trang /luat/…");
        let (_, id) = text.trim().rsplit_once(LAW_ADDRESS).unwrap_or(("", text.trim()));
        let id = id.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
        // A card is seen by everybody who sees the post.
        let generation = self.law_for(&Audience::Public)?;
        let (document, node) = generation.provision(id, self.today()).ok_or_else(wrong)?;
        let title = document.citation(node).to_string();
        Ok(Card { kind: CardKind::Provision, title, url: address(document, node) })
    }

    /// One of the actor's own answers; its address is known once it is shared.
    async fn answer_card(&self, actor: &Actor, conversation: &str, n: u32) -> Result<Card> {
        actor.require_session()?;
        let messages = self.history()?.conversation(actor, conversation).await?;
        let missing = || Error::NotFound { resource: "conversation", id: conversation.to_owned() };
        let message = messages.into_iter().find(|message| message.ordinal == n).ok_or_else(missing)?;
        Ok(Card { kind: CardKind::Answer, title: message.answer.question, url: String::new() })
    }

    /// Asks the assistant about a post's claim, for its editors to read.
    ///
    /// # Errors
    /// As [`Community::to_check`](crate::community::Community::to_check); `Invalid` naming
    /// `question`; `Overloaded` when too much waits; `Unavailable` without an index.
    pub async fn check_post(&self, actor: &Actor, id: i64, question: &str, now: Timestamp) -> Result<()> {
        self.community()?.to_check(actor, id).await?;
        let request = AskRequest {
            question: Question::parse(question, self.config().limits.question_chars_max)?,
            as_of: None,
            generate: true,
            unit: None,
            // What the check says is for everybody who sees the post.
            audience: Audience::Public,
        };
        let mut reader = self.ask(Asking::from(request))?;
        let mut answered: Option<Arc<AskEvent>> = None;
        while let Some((_, event)) = reader.next().await {
            answered = Some(event);
        }
        let Some(AskEvent::Done(answer)) = answered.as_deref() else {
            return Err(Error::Internal(anyhow::anyhow!("an answer about a post ended without its end")));
        };
        let citations = answer.citations.iter().map(|cited| (cited.citation.clone(), cited.url.clone())).collect();
        self.community()?.keep_check(actor, id, question, &answer.answer, citations, now).await
    }

    /// Takes changes of the feed into its index of words until none is left.
    ///
    /// # Errors
    /// `Unavailable` where there is no store; when the index cannot be written.
    pub async fn index_posts(&self) -> Result<()> {
        while self.community()?.index_changes().await? {}
        Ok(())
    }
}
