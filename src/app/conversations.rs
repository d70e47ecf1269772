/*!
What follow-up questions hang on: the last turns of each conversation.

Owns the port [`Conversations`] and its keeping in memory. Nothing is written to disk: a
conversation is gone when the program ends, after [`IDLE_S_MAX`] without a question, or when
there are too many. Its id is given by the server and cannot be guessed; one that is unknown
begins a new conversation, so that nobody can plant an id on somebody else.
*/

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::random;
use crate::{
    answer::condense::{TURNS_MAX, Turn},
    error::Result,
};

/// Conversations remembered.
const CONVERSATIONS_MAX: usize = 2_000;
/// Longest time between two questions of one conversation, in seconds.
const IDLE_S_MAX: u64 = 60 * 60;

/// Where the last turns of conversations are kept. Calls are quick or on a worker thread.
pub trait Conversations: Send + Sync {
    /// Opens the conversation `id`, or a new one where it is absent or unknown, and tells its id.
    ///
    /// # Errors
    /// When no id can be made or the keeping place fails.
    fn open(&self, id: Option<&str>) -> Result<String>;

    /// Its last turns, the last one last; none where it is unknown.
    fn turns(&self, id: &str) -> Vec<Turn>;

    /// Adds a turn; an unknown id is left alone.
    fn add(&self, id: &str, turn: Turn);
}

/// Conversations in memory.
#[derive(Default)]
pub struct MemoryConversations {
    known: Mutex<HashMap<String, Kept>>,
}

struct Kept {
    turns: Vec<Turn>,
    used: Instant,
}

impl MemoryConversations {
    /// The conversations, idle ones forgotten.
    fn purged(&self, now: Instant) -> MutexGuard<'_, HashMap<String, Kept>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, kept| now.duration_since(kept.used) <= Duration::from_secs(IDLE_S_MAX));
        known
    }
}

impl Conversations for MemoryConversations {
    fn open(&self, id: Option<&str>) -> Result<String> {
        let now = Instant::now();
        let mut known = self.purged(now);
        if let Some(id) = id
            && let Some(kept) = known.get_mut(id)
        {
            kept.used = now;
            return Ok(id.to_owned());
        }
        if CONVERSATIONS_MAX <= known.len() {
            let oldest = known.iter().min_by_key(|(_, kept)| kept.used).map(|(id, _)| id.clone());
            oldest.map(|oldest| known.remove(&oldest));
        }
        let id = random::id()?;
        known.insert(id.clone(), Kept { turns: Vec::new(), used: now });
        Ok(id)
    }

    fn turns(&self, id: &str) -> Vec<Turn> {
        self.purged(Instant::now()).get(id).map(|kept| kept.turns.clone()).unwrap_or_default()
    }

    fn add(&self, id: &str, turn: Turn) {
        if let Some(kept) = self.purged(Instant::now()).get_mut(id) {
            kept.turns.push(turn);
            let beyond = kept.turns.len().saturating_sub(TURNS_MAX);
            kept.turns.drain(..beyond);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(asked: &str) -> Turn {
        Turn { asked: asked.to_owned(), ..Turn::default() }
    }

    #[test]
    fn ids_are_the_servers_and_turns_are_bounded() {
        let all = MemoryConversations::default();
        let id = all.open(Some("mine")).unwrap();
        assert_ne!(id, "mine", "an id nobody was given begins a new conversation");
        assert_eq!(all.open(Some(&id)).unwrap(), id);
        for n in 0..2 * TURNS_MAX {
            all.add(&id, turn(&n.to_string()));
        }
        let turns = all.turns(&id);
        assert_eq!(turns.len(), TURNS_MAX);
        assert_eq!(turns.last().map(|t| t.asked.as_str()), Some((2 * TURNS_MAX - 1).to_string().as_str()));
        all.add("unknown", turn("x"));
        assert!(all.turns("unknown").is_empty());
    }

    #[test]
    fn idle_conversations_and_those_beyond_the_limit_are_forgotten() {
        let all = MemoryConversations::default();
        let first = all.open(None).unwrap();
        for _ in 0..CONVERSATIONS_MAX {
            all.open(None).unwrap();
        }
        assert_eq!(all.known.lock().unwrap().len(), CONVERSATIONS_MAX);
        assert!(!all.known.lock().unwrap().contains_key(&first));
        let later = Instant::now() + Duration::from_secs(IDLE_S_MAX + 1);
        assert!(all.purged(later).is_empty());
    }
}
