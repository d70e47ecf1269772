/*!
"Most asked this month": what many ask, for editors, and drafts of lessons about it.

A draft is made for a topic that is listed alone, of an answer of the assistant to the words
many used, without a model, kept in nobody's history.
*/

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::oneshot;

use super::{App, Asking};
use crate::{
    accounts::{Actor, Role},
    answer::{Answer, AnswerStatus, AskEvent, AskRequest, CitedProvision, Question, figure, sentences},
    courses::{Figure, Material, machine_slug},
    error::{Error, Result},
    history::Topic,
    law::text::syllables,
};

/// Fewest syllables worth asking; below, the title of the article is asked.
const QUESTION_SYLLABLES_MIN: usize = 3;

/// What many asked, as an editor sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedTopic {
    /// The topic.
    pub topic: Topic,
    /// Title of the article, where one is held.
    pub title: String,
    /// How the article is cited.
    pub citation: String,
    /// The draft or course that was made of it.
    pub slug: Option<String>,
}

impl App {
    /// What many asked lately, the most askers first; those without an answer last.
    ///
    /// # Errors
    /// `NotFound` for who is no editor; `Overloaded` when too much waits.
    pub async fn most_asked(&self, actor: &Actor) -> Result<Vec<AskedTopic>> {
        actor.require_session()?;
        actor.require_anywhere(Role::Editor)?;
        let rows = self.history()?.asked(self.now()).await?;
        let (sender, receiver) = oneshot::channel();
        let app = self.clone();
        self.0.ask_pool.submit(move || {
            let _ = sender.send(app.history().and_then(|history| history.topics(&rows)));
        })?;
        let topics = receiver.await.map_err(|_| Error::Internal(anyhow::anyhow!("the topics were dropped")))??;
        let courses = self.courses()?.slugs().await?;
        Ok(topics.into_iter().map(|topic| self.asked_topic(topic, &courses)).collect())
    }

    fn asked_topic(&self, topic: Topic, courses: &[String]) -> AskedTopic {
        let slug = topic.article.as_deref().map(machine_slug).filter(|slug| courses.contains(slug));
        let (title, citation) = topic.article.as_deref().and_then(|id| self.title_of(id)).unwrap_or_default();
        AskedTopic { topic, title, citation, slug }
    }

    /// Title and citation of a provision that is held.
    fn title_of(&self, id: &str) -> Option<(String, String)> {
        let generation = self.0.store.current().ok()?;
        let (document, node) = generation.provision(id, self.today())?;
        let title = node.map_or_else(|| document.meta.title.clone(), |node| document.nodes()[node].title.clone());
        Some((title, document.citation(node).to_string()))
    }

    /// Makes a draft of a lesson of a listed topic, by its article; the course it is in.
    ///
    /// # Errors
    /// `NotFound` for a topic that is not listed, and for who is no editor; `Conflict` where there
    /// is one, or the assistant has no answer; `Overloaded`.
    pub async fn draft_of_topic(&self, actor: &Actor, article: &str, now: Timestamp) -> Result<String> {
        let listed = self.most_asked(actor).await?;
        let found = listed.into_iter().find(|one| one.topic.article.as_deref() == Some(article));
        let topic = found.ok_or_else(|| Error::NotFound { resource: "topic", id: article.to_owned() })?;
        let answer = self.answer_to(&topic).await?;
        let material = material(article, &topic, &answer);
        if answer.status == AnswerStatus::Abstained || material.pieces.is_empty() {
            return Err(Error::Conflict("trợ lý chưa trả lời chắc được câu này; hãy tự soạn bài".to_owned()));
        }
        self.courses()?.put_machine_draft(actor, &material, &self.law_now(), now).await
    }

    /// Stage (a) alone, kept nowhere.
    async fn answer_to(&self, topic: &AskedTopic) -> Result<Answer> {
        let words = &topic.topic.words;
        let asked = if syllables(words).len() < QUESTION_SYLLABLES_MIN { &topic.title } else { words };
        let question = Question::parse(asked, self.config().limits.question_chars_max)?;
        let request = AskRequest {
            question,
            as_of: Some(self.today()),
            generate: false,
            unit: None,
            audience: Default::default(),
        };
        let mut reader = self.ask(Asking::from(request))?;
        let mut last: Option<Arc<AskEvent>> = None;
        while let Some((_, event)) = reader.next().await {
            last = Some(event);
        }
        match last.as_deref() {
            Some(AskEvent::Done(answer)) => Ok((**answer).clone()),
            _ => Err(Error::Internal(anyhow::anyhow!("an answer about a topic ended without its end"))),
        }
    }
}

/// What a draft is made of: the answer's sentences that stand, or the choices of a question back.
fn material(article: &str, topic: &AskedTopic, answer: &Answer) -> Material {
    let cited = |cited: &CitedProvision| (cited.id.clone(), cited.citation.clone());
    let of = |n: &usize| answer.citations.iter().find(|cited| cited.n == *n).map(cited);
    let parts = answer.sentences.iter().filter(|sentence| sentence.is_part());
    let mut pieces: Vec<_> = parts
        .map(|sentence| (sentence.text.clone(), sentence.citations.iter().filter_map(of).collect::<Vec<_>>()))
        .filter(|(_, cited)| !cited.is_empty())
        .collect();
    let choices = answer.clarify.iter().flat_map(|clarify| &clarify.choices);
    pieces.extend(
        choices.clone().map(|choice| {
            (format!("{}: {}", choice.label, choice.answer), choice.citations.iter().map(cited).collect())
        }),
    );
    let quoted = answer.citations.iter().chain(choices.flat_map(|choice| &choice.citations));
    Material {
        article: article.to_owned(),
        title: if topic.title.is_empty() { topic.citation.clone() } else { topic.title.clone() },
        asked: topic.topic.words.clone(),
        pieces,
        figures: quoted.flat_map(figures).collect(),
    }
}

/// Numbers with their units that stand in a quote, each with its sentence.
fn figures(cited: &CitedProvision) -> Vec<Figure> {
    let mut found = Vec::new();
    for sentence in sentences::split(&cited.quote).into_iter().flat_map(|sentence| sentence.split(';')) {
        for one in figure::figures(sentence) {
            let told = &sentence[one.range.clone()];
            // The number itself, behind its bound; numbers in words are left.
            let Some(start) = told.find(|sign: char| sign.is_ascii_digit()) else { continue };
            let fact = &told[start..];
            let end =
                fact.find(|sign: char| !sign.is_ascii_digit() && !matches!(sign, '.' | ',')).unwrap_or(fact.len());
            let number = fact[..end].trim_end_matches(['.', ',']);
            found.push(Figure {
                provision: cited.id.clone(),
                citation: cited.citation.clone(),
                sentence: format!("{} {}", cited.lead_in.trim(), sentence.trim()).trim().to_owned(),
                fact: fact.to_owned(),
                number: number.to_owned(),
                value: one.value,
            });
        }
    }
    found
}
