/*!
Answers under way, and those just given.

Owns what a phone's network needs: the events of an answer are kept, numbered from 1, so that
whoever lost the line reads on where it broke; an answer that is being written is finished
though nobody listens. Each run has an id that cannot be guessed, and knowing it is the right
to read it.

Everything is in memory and bounded: so many runs, each for so long after its end.
*/

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::watch;

use super::random;
use crate::{
    answer::AskEvent,
    error::{Error, Result},
};

/// Runs remembered, those under way included.
const RUNS_MAX: usize = 256;
/// Longest time an ended run is kept, in seconds.
const KEPT_S_MAX: u64 = 15 * 60;
/// Time a run nobody listens to is held for its reader to come back, in seconds. Afterwards it
/// goes on only while nobody else waits for the model.
pub(super) const UNHEARD_S_MAX: u64 = 30;

/// Whether a run outlives its readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Survival {
    /// It stops when its last reader leaves: nobody could find it again.
    #[default]
    WhileHeard,
    /// It is finished and kept, for a reader that comes back.
    Kept,
}

/// The runs by id.
#[derive(Default)]
pub(super) struct Runs {
    known: Mutex<HashMap<String, Arc<Run>>>,
}

/// One answer under way.
pub(super) struct Run {
    id: String,
    conversation: Option<String>,
    survival: Survival,
    state: Mutex<State>,
    /// How many events there are.
    grown: watch::Sender<usize>,
}

struct State {
    events: Vec<Arc<AskEvent>>,
    readers: usize,
    unheard_since: Instant,
    stopped: bool,
    ended: Option<Instant>,
}

impl Runs {
    /// Begins a run with its first reader.
    ///
    /// # Errors
    /// `Overloaded` when all places are taken by runs under way, `Internal` when the system
    /// gives no random bits.
    pub(super) fn begin(&self, conversation: Option<String>, survival: Survival) -> Result<(Writer, Reader)> {
        let run = Arc::new(Run {
            id: random::id()?,
            conversation,
            survival,
            state: Mutex::new(State {
                events: Vec::new(),
                readers: 0,
                unheard_since: Instant::now(),
                stopped: false,
                ended: None,
            }),
            grown: watch::Sender::new(0),
        });
        let reader = Reader::new(run.clone(), 0);
        // A run nobody can find again need not be found.
        if survival == Survival::Kept {
            let mut known = self.purged(Instant::now());
            if RUNS_MAX <= known.len() && !forget_oldest(&mut known) {
                return Err(Error::Overloaded { retry_after_s: super::ASK_RETRY_AFTER_S });
            }
            known.insert(run.id.clone(), run.clone());
        }
        Ok((Writer(Arc::new(Ending(run))), reader))
    }

    /// Reads a run on after `events_read` events.
    ///
    /// # Errors
    /// `NotFound` for an id that is unknown or forgotten.
    pub(super) fn read(&self, id: &str, events_read: usize) -> Result<Reader> {
        self.get(id).map(|run| Reader::new(run, events_read))
    }

    /// Ends a run early; false where it had ended.
    ///
    /// # Errors
    /// `NotFound` for an id that is unknown or forgotten.
    pub(super) fn stop(&self, id: &str) -> Result<bool> {
        let run = self.get(id)?;
        let mut state = run.lock();
        state.stopped = true;
        Ok(state.ended.is_none())
    }

    fn get(&self, id: &str) -> Result<Arc<Run>> {
        let known = self.purged(Instant::now());
        // The id is the caller's secret: it is not repeated.
        known.get(id).cloned().ok_or(Error::NotFound { resource: "run", id: "…".to_owned() })
    }

    /// The runs, those kept long enough forgotten.
    fn purged(&self, now: Instant) -> MutexGuard<'_, HashMap<String, Arc<Run>>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, run| {
            let ended = run.lock().ended;
            ended.is_none_or(|ended| now.duration_since(ended) <= Duration::from_secs(KEPT_S_MAX))
        });
        known
    }
}

/// Forgets the run that ended first; false where none has ended.
fn forget_oldest(known: &mut HashMap<String, Arc<Run>>) -> bool {
    let ended = known.iter().filter_map(|(id, run)| Some((run.lock().ended?, id.clone())));
    let Some((_, oldest)) = ended.min() else { return false };
    known.remove(&oldest);
    true
}

impl Run {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, event: AskEvent) {
        let mut state = self.lock();
        // An empty piece only asks whether anybody listens.
        let is_empty = matches!(&event, AskEvent::Delta(text) if text.is_empty());
        if state.ended.is_some() || is_empty {
            return;
        }
        if matches!(event, AskEvent::Done(_) | AskEvent::Error(_)) {
            state.ended = Some(Instant::now());
        }
        state.events.push(Arc::new(event));
        self.grown.send_replace(state.events.len());
    }

    /// Whether it is still worth working on at `now`; `somebody_waits` for the same worker.
    fn is_wanted(&self, now: Instant, somebody_waits: bool) -> bool {
        let state = self.lock();
        if state.stopped || state.readers != 0 {
            return !state.stopped;
        }
        let unheard = now.saturating_duration_since(state.unheard_since);
        self.survival == Survival::Kept && (unheard <= Duration::from_secs(UNHEARD_S_MAX) || !somebody_waits)
    }
}

/// The end that adds events. When its last copy goes without an outcome, the run ends with an
/// error, so that no reader waits for ever.
#[derive(Clone)]
pub(super) struct Writer(Arc<Ending>);

struct Ending(Arc<Run>);

impl Writer {
    /// Adds an event; after the outcome nothing is added.
    pub(super) fn push(&self, event: AskEvent) {
        self.0.0.push(event);
    }

    /// Whether it is still worth working on; `somebody_waits` for the same worker.
    pub(super) fn is_wanted(&self, somebody_waits: bool) -> bool {
        self.0.0.is_wanted(Instant::now(), somebody_waits)
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        let broken_off = anyhow::anyhow!("the answer's events ended without an outcome");
        self.0.push(AskEvent::Error(Error::Internal(broken_off)));
    }
}

/// One reader of a run. Dropping it is hanging up.
pub struct Reader {
    run: Arc<Run>,
    events_read: usize,
    grown: watch::Receiver<usize>,
}

impl Reader {
    fn new(run: Arc<Run>, events_read: usize) -> Self {
        run.lock().readers += 1;
        let grown = run.grown.subscribe();
        Self { run, events_read, grown }
    }

    /// Id of the run.
    pub fn run_id(&self) -> &str {
        &self.run.id
    }

    /// Whether it can be read again by its id.
    pub fn is_kept(&self) -> bool {
        self.run.survival == Survival::Kept
    }

    /// Id of the conversation the answer belongs to, if one is kept.
    pub fn conversation_id(&self) -> Option<&str> {
        self.run.conversation.as_deref()
    }

    /// Whether it ended, and everything of it was read.
    pub fn is_over(&self) -> bool {
        let state = self.run.lock();
        state.ended.is_some() && state.events.len() <= self.events_read
    }

    /// The next event and its number, from 1; `None` after the outcome.
    pub async fn next(&mut self) -> Option<(usize, Arc<AskEvent>)> {
        loop {
            {
                let state = self.run.lock();
                if let Some(event) = state.events.get(self.events_read) {
                    self.events_read += 1;
                    return Some((self.events_read, event.clone()));
                }
                if state.ended.is_some() {
                    return None;
                }
            }
            // The sender lives in the run, which this reader holds: it is never closed.
            let _ = self.grown.changed().await;
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let mut state = self.run.lock();
        state.readers = state.readers.saturating_sub(1);
        state.unheard_since = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::AskStage;

    fn kept(runs: &Runs) -> (Writer, Reader) {
        runs.begin(None, Survival::Kept).unwrap()
    }

    fn run_of(reader: &Reader) -> Arc<Run> {
        reader.run.clone()
    }

    #[tokio::test]
    async fn a_reader_that_comes_back_reads_on_where_it_broke() {
        let runs = Runs::default();
        let (writer, mut first) = kept(&runs);
        for text in ["", "a", "b", "c"] {
            writer.push(AskEvent::Delta(text.to_owned()));
        }
        assert_eq!(first.next().await.unwrap().0, 1, "an empty piece is no event");
        let id = first.run_id().to_owned();
        drop(first);
        let mut again = runs.read(&id, 1).unwrap();
        let (number, event) = again.next().await.unwrap();
        assert!(number == 2 && matches!(&*event, AskEvent::Delta(text) if text == "b"));
        let mut beyond = runs.read(&id, 99).unwrap();
        drop(writer);
        again.next().await.unwrap();
        let (_, end) = again.next().await.unwrap();
        assert!(matches!(&*end, AskEvent::Error(Error::Internal(_))), "a worker that died ends the run");
        assert!(again.next().await.is_none() && beyond.next().await.is_none());
    }

    #[test]
    fn an_unheard_run_goes_on_unless_it_is_stopped_or_somebody_waits() {
        let runs = Runs::default();
        let (_writer, reader) = kept(&runs);
        let run = run_of(&reader);
        let late = Instant::now() + Duration::from_secs(2 * UNHEARD_S_MAX);
        assert!(run.is_wanted(late, true), "somebody listens");
        let id = reader.run_id().to_owned();
        drop(reader);
        assert!(run.is_wanted(Instant::now(), true), "its reader may come back");
        assert!(!run.is_wanted(late, true) && run.is_wanted(late, false));
        assert!(runs.stop(&id).unwrap());
        assert!(!run.is_wanted(Instant::now(), false));
        let (_writer, reader) = runs.begin(None, Survival::WhileHeard).unwrap();
        let run = run_of(&reader);
        assert!(run.is_wanted(late, true));
        assert!(runs.read(reader.run_id(), 0).is_err(), "nobody can find it again");
        drop(reader);
        assert!(!run.is_wanted(Instant::now(), false));
    }

    #[test]
    fn ended_runs_are_forgotten_in_time_and_when_there_are_too_many() {
        let runs = Runs::default();
        let mut held = Vec::new();
        for _ in 0..RUNS_MAX {
            held.push(kept(&runs));
        }
        assert!(matches!(runs.begin(None, Survival::Kept), Err(Error::Overloaded { .. })));
        held[7].0.push(AskEvent::Error(Error::Unauthenticated));
        held[7].0.push(AskEvent::Status(AskStage::Searching));
        assert_eq!(run_of(&held[7].1).lock().events.len(), 1, "nothing follows the outcome");
        let ended = held[7].1.run_id().to_owned();
        assert!(!runs.stop(&ended).unwrap());
        let (writer, reader) = kept(&runs);
        assert!(runs.read(&ended, 0).is_err(), "the oldest ended one makes room");
        drop(writer);
        let long_after = Instant::now() + Duration::from_secs(KEPT_S_MAX + 1);
        assert!(!runs.purged(long_after).contains_key(reader.run_id()));
        assert_eq!(runs.purged(long_after).len(), RUNS_MAX - 1, "runs under way stay");
    }

    #[test]
    fn ids_are_long_and_differ() {
        let runs = Runs::default();
        let (_writers, ids): (Vec<_>, Vec<_>) =
            (0..50).map(|_| kept(&runs)).map(|(writer, reader)| (writer, reader.run_id().to_owned())).unzip();
        let distinct: std::collections::HashSet<_> = ids.iter().collect();
        assert!(distinct.len() == 50 && ids.iter().all(|id| id.len() == 22));
    }
}
