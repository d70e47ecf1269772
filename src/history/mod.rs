/*!
What a member asked and was answered, kept for them alone.

Owns their history: kept with the exact citations, versions and generation; listed, searched
and dropped by its owner; one answer shown by a link that ends. Questions and answers are
sealed before they reach a store. Nobody but the owner reads them here; no method takes a
role. What many ask is told as topics (`asked`), of who agreed to that. Search opens the member's own questions one by one: an index of words would be a second
copy of them in the clear.
*/

mod asked;
mod kept;
pub mod port;
mod purpose;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use self::kept::{KeptAnswer, status_name};
pub use self::{
    asked::{ASKED_DAYS, ASKERS_MIN, Topic},
    port::*,
    purpose::Purpose,
};
use crate::{
    accounts::{Actor, MemberId, Scope},
    answer::Answer,
    error::{Error, Result},
    law::text::fold,
    secrets::{self, Hash, Keys, Token},
};

/// Conversations of one page.
const PAGE_CONVERSATIONS_MAX: u32 = 20;
/// Conversations kept of one member; beyond them the oldest go.
const CONVERSATIONS_MAX: u32 = 1_000;
/// Answers of one conversation that are opened; `app` begins a new one long before.
const MESSAGES_MAX: u32 = 500;
/// Questions a search opens, newest first.
const SEARCHED_MAX: u32 = 2_000;
/// Questions a search shows.
const FOUND_MAX: usize = 50;
/// Longest words of a verdict, in characters.
const WORDS_CHARS_MAX: usize = 1_000;
/// Days a link to an answer lasts.
pub const SHARE_DAYS: i64 = 30;
/// Hours of Vietnam's clock ahead of UTC.
const LOCAL_UTC_OFFSET_HOURS: i64 = 7;
/// Hours of a day.
const DAY_HOURS: i64 = 24;
/// Places under which texts are sealed.
const QUESTION_PLACE: &str = "messages.question";
const ANSWER_PLACE: &str = "messages.answer";
const WORDS_PLACE: &str = "messages.verdict_words";

/// What a member says of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It helped.
    Useful,
    /// It is wrong.
    Wrong,
    /// It is not understood.
    Unclear,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Useful, Self::Wrong, Self::Unclear];

    /// Name in the API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Useful => "useful",
            Self::Wrong => "wrong",
            Self::Unclear => "unclear",
        }
    }

    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Useful => "Có ích",
            Self::Wrong => "Sai",
            Self::Unclear => "Khó hiểu",
        }
    }

    /// The verdict of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.name() == name)
    }
}

/// A conversation in the list of its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Its id.
    pub id: String,
    /// When it was last gone on with.
    pub last_at: Timestamp,
    /// Answers in it.
    pub messages: u32,
    /// Its first question.
    pub question: String,
}

/// A page of conversations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationList {
    /// Last gone on with first.
    pub conversations: Vec<Conversation>,
    /// What to ask for the next page with.
    pub next: Option<String>,
}

/// A question that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundQuestion {
    /// Conversation.
    pub conversation: String,
    /// Place in it, from 1.
    pub ordinal: u32,
    /// When it was answered.
    pub made_at: Timestamp,
    /// The question.
    pub question: String,
}

/// An answer that was kept.
#[derive(Debug, Clone)]
pub struct Message {
    /// Place in its conversation, from 1.
    pub ordinal: u32,
    /// When it was answered.
    pub made_at: Timestamp,
    /// The answer with its question.
    pub answer: Answer,
    /// What the member says of it.
    pub verdict: Option<Verdict>,
    /// In which words.
    pub verdict_words: Option<String>,
    /// When the link that shows it ends, where there is one.
    pub shared_until: Option<Timestamp>,
    /// When the law it rests on changed: it is not to be followed any more.
    pub recalled_at: Option<Timestamp>,
}

/// Gives the clause around a provision with the hash of its text, where an answer rests on that.
pub type RestsOn<'a> = dyn Fn(&str) -> Option<(String, Hash)> + Send + Sync + 'a;

/// The service of histories.
pub struct History {
    store: Arc<dyn HistoryStore>,
    keys: Arc<Keys>,
}

impl History {
    /// The service over a store.
    pub fn new(store: Arc<dyn HistoryStore>, keys: Arc<Keys>) -> Self {
        Self { store, keys }
    }

    /// Keeps an answer for who asked and agreed to that; its place in the conversation.
    /// `rests_on` gives the clause around a provision and the hash of its text today, where the
    /// answer speaks of today's law.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn keep(
        &self,
        member: MemberId,
        conversation: &str,
        answer: &Answer,
        rests_on: &RestsOn<'_>,
        now: Timestamp,
    ) -> Result<Option<u32>> {
        if !self.agrees(member, Purpose::KeepQuestions).await? {
            return Ok(None);
        }
        let kept = kept_text(answer)?;
        let cited = kept::shown(answer).map(|(n, cited)| CitedRow {
            n,
            provision: cited.id.clone(),
            quote_hash: quote_hash(&cited.quote),
            version: rests_on(&cited.id),
        });
        let row = MessageRow {
            member,
            conversation: conversation.to_owned(),
            made_at: now,
            question_sealed: self.keys.seal(QUESTION_PLACE, &answer.question)?,
            answer_sealed: self.keys.seal(ANSWER_PLACE, &kept)?,
            status: status_name(answer.status),
            generator: answer.generator.clone(),
            corpus_release: answer.corpus_release.clone(),
            month: month(now),
            cited: cited.collect(),
        };
        self.store.keep(&row, CONVERSATIONS_MAX).await.map(Some)
    }

    /// Whether a member agrees to something.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn agrees(&self, member: MemberId, purpose: Purpose) -> Result<bool> {
        self.store.has_consent(member, purpose.name()).await
    }

    /// A kept answer, for the desk, which knows whose it may show to whom.
    ///
    /// # Errors
    /// `Internal` when it does not open.
    pub(crate) fn open_answer(&self, question_sealed: &[u8], answer_sealed: &[u8]) -> Result<Answer> {
        let question = self.keys.open_sealed(QUESTION_PLACE, question_sealed)?;
        let kept = self.keys.open_sealed(ANSWER_PLACE, answer_sealed)?;
        read_kept(question, &kept)
    }

    /// Words of a member beside their verdict, for the desk, to which they were said.
    ///
    /// # Errors
    /// `Internal` when they do not open.
    pub(crate) fn open_words(&self, words_sealed: &[u8]) -> Result<String> {
        self.keys.open_sealed(WORDS_PLACE, words_sealed)
    }

    /// The answers of a conversation its member handed over, for the desk.
    ///
    /// # Errors
    /// `Internal` when one does not open.
    pub(crate) async fn handed_over(&self, member: MemberId, conversation: &str) -> Result<Vec<Answer>> {
        let rows = self.store.messages(member, conversation, MESSAGES_MAX).await?;
        rows.iter().map(|row| self.open_answer(&row.question_sealed, &row.answer_sealed)).collect()
    }

    /// A page of one's own conversations; `after` is what the page before gave as `next`.
    ///
    /// # Errors
    /// `Invalid` naming `after`; `Forbidden` for a key that may not read.
    pub async fn list(&self, actor: &Actor, after: Option<&str>) -> Result<ConversationList> {
        actor.require_scope(Scope::Read)?;
        let after = after.map(parse_cursor).transpose()?;
        let rows_max = PAGE_CONVERSATIONS_MAX + 1;
        let mut rows = self.store.conversations(actor.member().id, after, rows_max).await?;
        let page = usize::try_from(PAGE_CONVERSATIONS_MAX).unwrap_or(usize::MAX);
        let has_more = page < rows.len();
        rows.truncate(page);
        let last = rows.last().filter(|_| has_more);
        let next = last.map(|row| format!("{}-{}", row.last_at.as_millisecond(), row.id));
        let conversation = |row: ConversationFound| {
            Ok(Conversation {
                question: self.keys.open_sealed(QUESTION_PLACE, &row.question_sealed)?,
                id: row.public_id,
                last_at: row.last_at,
                messages: row.messages,
            })
        };
        Ok(ConversationList { conversations: rows.into_iter().map(conversation).collect::<Result<_>>()?, next })
    }

    /// One's own questions that hold all words of `search`, with accents or without.
    ///
    /// # Errors
    /// `Forbidden` for a key that may not read.
    pub async fn search(&self, actor: &Actor, search: &str) -> Result<Vec<FoundQuestion>> {
        actor.require_scope(Scope::Read)?;
        let folded = fold(search);
        let words: Vec<&str> = folded.split_whitespace().collect();
        let mut found = Vec::new();
        for row in self.store.questions(actor.member().id, SEARCHED_MAX).await? {
            let question = self.keys.open_sealed(QUESTION_PLACE, &row.question_sealed)?;
            let text = fold(&question);
            if words.iter().all(|word| text.contains(word)) {
                let QuestionFound { conversation, ordinal, made_at, .. } = row;
                found.push(FoundQuestion { conversation, ordinal, made_at, question });
            }
            if found.len() == FOUND_MAX {
                break;
            }
        }
        Ok(found)
    }

    /// One of one's own conversations.
    ///
    /// # Errors
    /// `NotFound` for another's; `Forbidden` for a key that may not read.
    pub async fn conversation(&self, actor: &Actor, id: &str) -> Result<Vec<Message>> {
        actor.require_scope(Scope::Read)?;
        let rows = self.store.messages(actor.member().id, id, MESSAGES_MAX).await?;
        if rows.is_empty() {
            return Err(missing(id));
        }
        rows.into_iter().map(|row| self.message(row)).collect()
    }

    /// Drops one of one's own conversations.
    ///
    /// # Errors
    /// `NotFound` for another's; `Forbidden` for a key.
    pub async fn drop(&self, actor: &Actor, id: &str) -> Result<()> {
        actor.require_session()?;
        if self.store.drop_conversation(actor.member().id, id).await? { Ok(()) } else { Err(missing(id)) }
    }

    /// Drops all of one's own; how many.
    ///
    /// # Errors
    /// `Forbidden` for a key.
    pub async fn drop_all(&self, actor: &Actor) -> Result<u64> {
        actor.require_session()?;
        self.store.drop_all(actor.member().id).await
    }

    /// Says what one thinks of an answer; whether that is anything new.
    ///
    /// # Errors
    /// `NotFound` for another's; `Invalid` naming `words`; `Forbidden` for a key.
    pub async fn judge(
        &self,
        actor: &Actor,
        message: (&str, u32),
        verdict: Verdict,
        words: &str,
        now: Timestamp,
    ) -> Result<bool> {
        actor.require_session()?;
        let words = words.trim();
        if WORDS_CHARS_MAX < words.chars().count() {
            return Err(Error::invalid("words", format!("dài nhất {WORDS_CHARS_MAX} ký tự")));
        }
        let rows = self.store.messages(actor.member().id, message.0, MESSAGES_MAX).await?;
        let said = rows.into_iter().find(|row| row.ordinal == message.1).ok_or_else(|| missing(message.0))?;
        let said_words = said.verdict_words_sealed.as_deref().map(|sealed| self.open_words(sealed)).transpose()?;
        if said.verdict == Some(verdict) && said_words.as_deref().unwrap_or_default() == words {
            return Ok(false);
        }
        let sealed = if words.is_empty() { None } else { Some(self.keys.seal(WORDS_PLACE, words)?) };
        let done = self.store.put_verdict(actor.member().id, message, verdict, sealed, now).await?;
        if done { Ok(true) } else { Err(missing(message.0)) }
    }

    /// Makes a link that shows one answer; its token is shown once. One to hand out takes the place
    /// of the one before; one of a post stands beside all others.
    ///
    /// # Errors
    /// `NotFound` for another's; `Forbidden` for a key.
    pub async fn share(&self, actor: &Actor, message: (&str, u32), kind: ShareKind, now: Timestamp) -> Result<Token> {
        actor.require_session()?;
        let token = Token::random()?;
        let ends = now + SignedDuration::from_hours(SHARE_DAYS * DAY_HOURS);
        let row = ShareRow { token: self.share_hash(&token), kind, now, ends };
        let done = self.store.put_share(actor.member().id, message, &row).await?;
        if done { Ok(token) } else { Err(missing(message.0)) }
    }

    /// Ends the link of that token, where it is one of the actor's.
    ///
    /// # Errors
    /// When the store fails; `Forbidden` for a key.
    pub async fn unshare_token(&self, actor: &Actor, token: &str) -> Result<()> {
        actor.require_session()?;
        let Some(token) = Token::parse(token) else { return Ok(()) };
        self.store.drop_share_token(actor.member().id, &self.share_hash(&token)).await
    }

    /// Ends all links to an answer.
    ///
    /// # Errors
    /// `NotFound` where there is none; `Forbidden` for a key.
    pub async fn unshare(&self, actor: &Actor, message: (&str, u32)) -> Result<()> {
        actor.require_session()?;
        if self.store.drop_share(actor.member().id, message).await? { Ok(()) } else { Err(missing(message.0)) }
    }

    /// What a link shows: one answer, without who asked and what else they asked.
    ///
    /// # Errors
    /// `NotFound` for a link that has ended or is none.
    pub async fn shared(&self, token: &str, now: Timestamp) -> Result<Message> {
        let none = || Error::NotFound { resource: "page", id: "chia-se".to_owned() };
        let token = Token::parse(token).ok_or_else(none)?;
        let row = self.store.shared(&self.share_hash(&token), now).await?.ok_or_else(none)?;
        let message = self.message(row)?;
        Ok(Message { verdict: None, verdict_words: None, shared_until: None, ..message })
    }

    /// What one agreed to: the purpose and since when.
    ///
    /// # Errors
    /// `Forbidden` for a key that may not read.
    pub async fn consents(&self, actor: &Actor) -> Result<Vec<(Purpose, Timestamp)>> {
        actor.require_scope(Scope::Read)?;
        let held = self.store.consents(actor.member().id).await?;
        Ok(held.into_iter().filter_map(|(name, since)| Some((Purpose::parse(&name)?, since))).collect())
    }

    /// Agrees, or takes it back; the ledger keeps both. What was kept stays until it is dropped.
    ///
    /// # Errors
    /// `Forbidden` for a key.
    pub async fn agree(&self, actor: &Actor, purpose: Purpose, given: bool, now: Timestamp) -> Result<bool> {
        actor.require_session()?;
        self.store.put_consent(actor.member().id, purpose.name(), given, now).await
    }

    /// How many kept answers quote one of these provisions: what a reload would touch.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn count_citing(&self, provisions: &[String]) -> Result<u64> {
        self.store.count_citing(provisions).await
    }

    /// Drops conversations not gone on with for `days_kept`, and links that have ended.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sweep(&self, days_kept: usize, now: Timestamp) -> Result<u64> {
        let hours = i64::try_from(days_kept).unwrap_or(i64::MAX).saturating_mul(DAY_HOURS);
        let before = now.checked_sub(SignedDuration::from_hours(hours.min(i64::MAX / 3_600)));
        self.store.drop_before(before.unwrap_or(Timestamp::MIN), now).await
    }

    fn share_hash(&self, token: &Token) -> Hash {
        self.keys.hash(secrets::Purpose::Share, token.expose().as_bytes())
    }

    fn message(&self, row: MessageFound) -> Result<Message> {
        let open = |sealed: Vec<u8>| self.keys.open_sealed(WORDS_PLACE, &sealed);
        Ok(Message {
            ordinal: row.ordinal,
            made_at: row.made_at,
            answer: self.open_answer(&row.question_sealed, &row.answer_sealed)?,
            verdict: row.verdict,
            verdict_words: row.verdict_words_sealed.map(open).transpose()?,
            shared_until: row.shared_until,
            recalled_at: row.recalled_at,
        })
    }
}

/// An answer in the form in which it is kept.
///
/// # Errors
/// `Internal` when it cannot be written.
pub fn kept_text(answer: &Answer) -> Result<String> {
    serde_json::to_string(&KeptAnswer::from(answer)).map_err(|e| Error::Internal(e.into()))
}

/// A kept answer to `question`.
///
/// # Errors
/// `Internal` when it cannot be read.
pub fn read_kept(question: String, kept: &str) -> Result<Answer> {
    let kept: KeptAnswer = serde_json::from_str(kept)
        .map_err(|e| Error::Internal(anyhow::Error::new(e).context("reading a kept answer")))?;
    Ok(kept.answer(question))
}

/// The month of a time, as people here count it: `2026-01`.
pub fn month(time: Timestamp) -> String {
    (time + SignedDuration::from_hours(LOCAL_UTC_OFFSET_HOURS)).strftime("%Y-%m").to_string()
}

/// What a clause's version is recognised by.
fn quote_hash(quote: &str) -> Hash {
    Sha256::digest(quote.as_bytes()).into()
}

fn parse_cursor(text: &str) -> Result<After> {
    let wrong = || Error::invalid("after", "không phải chỗ của một trang trước");
    let (ms, id) = text.split_once('-').ok_or_else(wrong)?;
    let ms = ms.parse().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    Ok((ms.ok_or_else(wrong)?, id.parse().map_err(|_ignored| wrong())?))
}

fn missing(id: &str) -> Error {
    Error::NotFound { resource: "conversation", id: id.to_owned() }
}
