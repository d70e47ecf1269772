/*!
Asking: from a request to a run that readers follow.

Owns the two stages' places on their workers, what a conversation adds to a question, and
when an answer nobody listens to is still worked on (`runs`). The clock is read here: answers
are stamped with the time they were made.
*/

use std::sync::atomic::Ordering;

use super::{App, Owner, Reader, Survival, runs::Writer, stored::Keeper};
use crate::{
    answer::{
        Answer, AskContext, AskEvent, AskRequest, AskStage, Question, ask,
        condense::{self, Standing, Turn},
    },
    error::Result,
};

/// What the answer says when the model has too many waiting.
const BUSY: &str = "Máy đang bận nên chỉ trích điều luật; hãy hỏi lại sau ít phút để có câu trả lời soạn sẵn.";

/// A question with what it follows and who follows it.
#[derive(Debug, Clone)]
pub struct Asking {
    /// The question and its choices.
    pub request: AskRequest,
    /// What was said before.
    pub context: Context,
    /// Whether the run outlives its readers.
    pub survival: Survival,
    /// Who asks: for a member's history, and whose conversation it goes on with.
    pub owner: Owner,
}

/// What was said before a question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Context {
    /// Nothing, and nothing is kept.
    #[default]
    None,
    /// A conversation kept here: its id, or none for a new one.
    Kept(Option<String>),
    /// Turns that the asker keeps and sends along.
    Sent(Vec<Turn>),
}

impl From<AskRequest> for Asking {
    fn from(request: AskRequest) -> Self {
        Self { request, context: Context::None, survival: Survival::WhileHeard, owner: Owner::Program }
    }
}

/// A question made to stand alone, and what was asked.
struct Stood {
    asked: String,
    standing: Standing,
    request: AskRequest,
}

impl Stood {
    /// `request` after `turns`; a question that would grow beyond `chars_max` stays as it is.
    fn after(turns: &[Turn], request: &AskRequest, chars_max: usize) -> Self {
        let asked = request.question.as_str().to_owned();
        let mut standing = condense::stand(&asked, turns);
        let mut request = request.clone();
        if standing.is_carried() {
            match Question::parse(&standing.text(), chars_max) {
                Ok(question) => request.question = question,
                Err(_too_long) => standing = Standing { root: asked.clone(), modifiers: Vec::new() },
            }
        }
        Self { asked, standing, request }
    }

    /// Puts what was asked, and the time, into an answer to what it stands for.
    fn seal(&self, answer: &mut Answer) {
        answer.question.clone_from(&self.asked);
        answer.made_at = Some(jiff::Timestamp::now());
    }

    /// What the conversation remembers of it.
    fn turn(self, answer: &Answer) -> Turn {
        Turn {
            asked: self.asked,
            standing: self.standing,
            answer: Turn::keep(&answer.answer),
            cited: answer.citations.iter().map(|cited| cited.citation.clone()).collect(),
            asked_back: answer.clarify.as_ref().map(|clarify| clarify.question.clone()),
        }
    }
}

/// Where an answer goes: to which conversation, whose, and who keeps it.
struct Place {
    conversation: Option<String>,
    owner: Owner,
    keeper: Option<Keeper>,
}

/// A run with the conversation its answer goes to.
struct Job {
    app: App,
    conversation: Option<String>,
    stood: Stood,
    writer: Writer,
    keeper: Option<Keeper>,
}

impl Job {
    /// The outcome: stamped, remembered, told.
    fn end(self, mut answer: Answer) {
        self.stood.seal(&mut answer);
        if let Some(id) = &self.conversation {
            if let Some(keeper) = &self.keeper {
                self.app.keep_answer(keeper, id, &answer);
            }
            self.app.0.conversations.add(id, self.stood.turn(&answer));
        }
        self.writer.push(AskEvent::Done(Box::new(answer)));
    }
}

impl App {
    /// Asks; the events are read from the run.
    ///
    /// # Errors
    /// `Overloaded` when the queue is full, `Unavailable` when there is no index.
    pub fn ask(&self, asking: impl Into<Asking>) -> Result<Reader> {
        let Asking { request, context, survival, owner } = asking.into();
        self.0.store.current()?;
        let (conversation, sent) = match context {
            Context::None => (None, Vec::new()),
            Context::Kept(id) => (Some(self.0.conversations.open(id.as_deref(), &owner)?), Vec::new()),
            Context::Sent(turns) => (None, turns),
        };
        let (writer, reader) = self.0.runs.begin(conversation.clone(), survival)?;
        let app = self.clone();
        let keeper = Keeper::of(owner.member());
        let place = Place { conversation, owner, keeper };
        self.0.ask_pool.submit(move || app.answer_into(&request, place, &sent, writer))?;
        Ok(reader)
    }

    /// Reads a run on after the first `events_read` events.
    ///
    /// # Errors
    /// `NotFound` for an id that is unknown or forgotten.
    pub fn read_run(&self, id: &str, events_read: usize) -> Result<Reader> {
        self.0.runs.read(id, events_read)
    }

    /// Stops a run: it ends with what stands so far. False where it had ended.
    ///
    /// # Errors
    /// `NotFound` for an id that is unknown or forgotten.
    pub fn stop_run(&self, id: &str) -> Result<bool> {
        self.0.runs.stop(id)
    }

    /// The turns of a conversation kept here, the last one last; none where it is unknown or
    /// another's.
    pub fn turns(&self, conversation: &str, owner: &Owner) -> Vec<Turn> {
        self.0.conversations.turns(conversation, owner)
    }

    /// Stage (a) on an ask worker; stage (b) goes on in the model's queue.
    fn answer_into(
        &self,
        request: &AskRequest,
        Place { conversation, owner, keeper }: Place,
        sent: &[Turn],
        writer: Writer,
    ) {
        let kept = conversation.as_deref().map(|id| self.0.conversations.turns(id, &owner)).unwrap_or_default();
        let turns = if sent.is_empty() { &kept } else { sent };
        let stood = Stood::after(turns, request, self.0.config.limits.question_chars_max);
        let mut precedent = None;
        let outcome = self.compose(&stood.request, &mut |mut event| {
            if let AskEvent::Composed(answer) = &mut event {
                precedent = self.precedent_for(answer, &stood.request.audience).map(Box::new);
                answer.precedent.clone_from(&precedent);
                stood.seal(answer);
            }
            writer.push(event);
        });
        let composed = match outcome {
            Ok(mut composed) => {
                composed.answer.precedent = precedent;
                composed
            }
            Err(error) => return writer.push(AskEvent::Error(error)),
        };
        let job = Job { app: self.clone(), conversation, stood, writer, keeper };
        let generator = if request.generate { self.generator() } else { None };
        let (Some(generator), true) = (generator, composed.may_generate()) else {
            return job.end(composed.answer);
        };
        self.generate_later(job, composed, generator);
    }

    /// Hands an answer to the model's queue; a full one leaves the clauses as the answer.
    fn generate_later(
        &self,
        job: Job,
        composed: ask::Composed,
        generator: std::sync::Arc<dyn crate::generate::Generator>,
    ) {
        let Job { app: _, conversation, stood, writer, keeper } = job;
        writer.push(AskEvent::Status(AskStage::Queued));
        let fallback = composed.answer.clone();
        let limits = self.0.config.limits.clone();
        // The job is taken back where the queue is full: both ends hold it until it is known.
        let job = std::sync::Arc::new(std::sync::Mutex::new(Some(Job {
            app: self.clone(),
            conversation,
            stood,
            writer,
            keeper,
        })));
        let handed = job.clone();
        self.0.generate_waiting.fetch_add(1, Ordering::Relaxed);
        let queued = self.0.generate_pool.submit(move || {
            let Some(job) = take(&handed) else { return };
            job.app.0.generate_waiting.fetch_sub(1, Ordering::Relaxed);
            let somebody_waits = || job.app.0.generate_waiting.load(Ordering::Relaxed) != 0;
            if !job.writer.is_wanted(somebody_waits()) {
                return job.end(composed.answer);
            }
            let answer = ask::generate(composed, generator.as_ref(), &limits, &mut |event| {
                job.writer.push(event);
                job.writer.is_wanted(somebody_waits())
            });
            job.end(answer);
        });
        if queued.is_err()
            && let Some(job) = take(&job)
        {
            self.0.generate_waiting.fetch_sub(1, Ordering::Relaxed);
            let mut answer = fallback;
            answer.next_steps.push(BUSY.to_owned());
            job.end(answer);
        }
    }

    fn compose(&self, request: &AskRequest, emit: &mut dyn FnMut(AskEvent)) -> Result<ask::Composed> {
        let generation = self.law_for(&request.audience)?;
        let as_of = self.day_of(&generation, request.question.as_str(), request.as_of);
        let request = &AskRequest { as_of, ..request.clone() };
        let embedder = self.embedder();
        let context = AskContext {
            generation: &generation,
            embedder: embedder.as_deref(),
            known: &self.0.known,
            limits: &self.0.config.limits,
            contact: self.0.config.contact(request.unit.as_deref()),
        };
        ask::compose(&context, request, emit)
    }

    /// Asks and waits for the answer, on this thread: for the command line.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub fn ask_blocking(&self, request: &AskRequest, emit: &mut dyn FnMut(AskEvent)) -> Result<Answer> {
        let composed = self.compose(request, emit)?;
        let generator = if request.generate { self.generator() } else { None };
        let mut answer = match generator {
            Some(generator) if composed.may_generate() => {
                ask::generate(composed, generator.as_ref(), &self.0.config.limits, &mut |event| {
                    emit(event);
                    true
                })
            }
            _ => composed.answer,
        };
        answer.made_at = Some(jiff::Timestamp::now());
        Ok(answer)
    }
}

fn take<T>(slot: &std::sync::Mutex<Option<T>>) -> Option<T> {
    slot.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
}
