/*!
What follow-up questions hang on: the last turns of each conversation.

Owns the port [`Conversations`] and its keeping in memory. Nothing is written to disk: a
conversation is gone when the program ends, after [`IDLE_S_MAX`] without a question, or when
there are too many. Its id is given by the server and cannot be guessed, yet it stands in
addresses that people pass on: so a conversation is open to its [`Owner`] alone. An id that is
unknown or another's begins a new conversation; nobody can plant an id on somebody else.
*/

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::random;
use crate::{
    accounts::MemberId,
    answer::condense::{TURNS_MAX, Turn},
    error::Result,
};

/// Conversations remembered.
const CONVERSATIONS_MAX: usize = 2_000;
/// Longest time between two questions of one conversation, in seconds.
const IDLE_S_MAX: u64 = 60 * 60;

/// Questions of one conversation; the next one goes on in a new conversation that remembers the
/// last turns, so that none grows without end, here or in a member's history.
pub const CONVERSATION_QUESTIONS_MAX: usize = 100;

/// Who began a conversation, and alone goes on with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Owner {
    /// A member, on whichever device.
    Member(MemberId),
    /// A browser of who is not signed in: what its cookie holds.
    Browser(String),
    /// A program that shows neither; the id is no part of an address there.
    #[default]
    Program,
}

impl Owner {
    /// The member, where it is one.
    pub fn member(&self) -> Option<MemberId> {
        match self {
            Self::Member(id) => Some(*id),
            Self::Browser(_) | Self::Program => None,
        }
    }
}

/// Where the last turns of conversations are kept. Calls are quick or on a worker thread.
pub trait Conversations: Send + Sync {
    /// Opens the conversation `id`, or a new one where it is absent, unknown, another's or full,
    /// and tells its id.
    ///
    /// # Errors
    /// When no id can be made or the keeping place fails.
    fn open(&self, id: Option<&str>, owner: &Owner) -> Result<String>;

    /// Its last turns, the last one last; none where it is unknown or another's.
    fn turns(&self, id: &str, owner: &Owner) -> Vec<Turn>;

    /// Adds a turn; an unknown id is left alone.
    fn add(&self, id: &str, turn: Turn);
}

/// Conversations in memory.
#[derive(Default)]
pub struct MemoryConversations {
    known: Mutex<HashMap<String, Kept>>,
}

struct Kept {
    owner: Owner,
    turns: Vec<Turn>,
    questions: usize,
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
    fn open(&self, id: Option<&str>, owner: &Owner) -> Result<String> {
        let now = Instant::now();
        let mut known = self.purged(now);
        let mut turns = Vec::new();
        if let Some(id) = id
            && let Some(kept) = known.get_mut(id).filter(|kept| kept.owner == *owner)
        {
            kept.used = now;
            if kept.questions < CONVERSATION_QUESTIONS_MAX {
                kept.questions += 1;
                return Ok(id.to_owned());
            }
            turns = kept.turns.clone();
        }
        if CONVERSATIONS_MAX <= known.len() {
            let oldest = known.iter().min_by_key(|(_, kept)| kept.used).map(|(id, _)| id.clone());
            oldest.map(|oldest| known.remove(&oldest));
        }
        let id = random::id()?;
        known.insert(id.clone(), Kept { owner: owner.clone(), turns, questions: 1, used: now });
        Ok(id)
    }

    fn turns(&self, id: &str, owner: &Owner) -> Vec<Turn> {
        let known = self.purged(Instant::now());
        known.get(id).filter(|kept| kept.owner == *owner).map(|kept| kept.turns.clone()).unwrap_or_default()
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
        let own = Owner::Program;
        let id = all.open(Some("mine"), &own).unwrap();
        assert_ne!(id, "mine", "an id nobody was given begins a new conversation");
        assert_eq!(all.open(Some(&id), &own).unwrap(), id);
        for n in 0..2 * TURNS_MAX {
            all.add(&id, turn(&n.to_string()));
        }
        let turns = all.turns(&id, &own);
        assert_eq!(turns.len(), TURNS_MAX);
        assert_eq!(turns.last().map(|t| t.asked.as_str()), Some((2 * TURNS_MAX - 1).to_string().as_str()));
        all.add("unknown", turn("x"));
        assert!(all.turns("unknown", &own).is_empty());
    }

    #[test]
    fn a_conversation_is_open_to_who_began_it_alone() {
        let all = MemoryConversations::default();
        let browser = |text: &str| Owner::Browser(text.to_owned());
        let owners =
            [Owner::Member(MemberId(1)), Owner::Member(MemberId(2)), browser("a"), browser("b"), Owner::Program];
        for own in &owners {
            let id = all.open(None, own).unwrap();
            all.add(&id, turn("riêng tư"));
            for other in owners.iter().filter(|other| *other != own) {
                assert!(all.turns(&id, other).is_empty(), "{other:?} reads what {own:?} said");
                assert_ne!(all.open(Some(&id), other).unwrap(), id);
            }
            assert_eq!(all.turns(&id, own).len(), 1);
        }
    }

    #[test]
    fn a_full_conversation_goes_on_in_a_new_one() {
        let all = MemoryConversations::default();
        let own = Owner::Program;
        let id = all.open(None, &own).unwrap();
        all.add(&id, turn("trước"));
        for _ in 1..CONVERSATION_QUESTIONS_MAX {
            assert_eq!(all.open(Some(&id), &own).unwrap(), id);
        }
        let next = all.open(Some(&id), &own).unwrap();
        assert_ne!(next, id);
        assert_eq!(all.turns(&next, &own), all.turns(&id, &own), "what was said goes along");
    }

    #[test]
    fn idle_conversations_and_those_beyond_the_limit_are_forgotten() {
        let all = MemoryConversations::default();
        let first = all.open(None, &Owner::Program).unwrap();
        for _ in 0..CONVERSATIONS_MAX {
            all.open(None, &Owner::Program).unwrap();
        }
        assert_eq!(all.known.lock().unwrap().len(), CONVERSATIONS_MAX);
        assert!(!all.known.lock().unwrap().contains_key(&first));
        let later = Instant::now() + Duration::from_secs(IDLE_S_MAX + 1);
        assert!(all.purged(later).is_empty());
    }
}
