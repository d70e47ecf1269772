/*!
Questions go before passages.

Owns the gate between the two: while a question is in the network, threads that encode passages
stand still at their next block of rows, a millisecond or two away. They never stand still for
long at one gate, so that passages get on, if slowly, however many questions come.
*/

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Longest stay at one gate.
const GIVE_WAY_MS_MAX: u64 = 20;

/// The gate of one network.
#[derive(Debug, Default)]
pub(super) struct Lane {
    questions: AtomicUsize,
    lock: Mutex<()>,
    quiet: Condvar,
}

/// A question in the network.
pub(super) struct Question<'a>(&'a Lane);

impl Lane {
    /// Stops passages until the value returned is dropped.
    pub(super) fn question(&self) -> Question<'_> {
        self.questions.fetch_add(1, Ordering::Relaxed);
        Question(self)
    }

    /// Where passages stand still while there is a question.
    pub(super) fn give_way(&self) {
        if self.questions.load(Ordering::Relaxed) == 0 {
            return;
        }
        let lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        let is_busy = |(): &mut ()| 0 < self.questions.load(Ordering::Relaxed);
        // Quiet, or late: either way the work goes on.
        let _ = self.quiet.wait_timeout_while(lock, Duration::from_millis(GIVE_WAY_MS_MAX), is_busy);
    }
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        if self.0.questions.fetch_sub(1, Ordering::Relaxed) == 1 {
            // Under the lock, so that nobody is between looking and waiting.
            let _lock = self.0.lock.lock().unwrap_or_else(PoisonError::into_inner);
            self.0.quiet.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn passages_wait_for_the_last_question_and_for_none_without_end() {
        let lane = Lane::default();
        lane.give_way();
        let (first, second) = (lane.question(), lane.question());
        let (passed, has_passed) = mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let start = std::time::Instant::now();
                lane.give_way();
                passed.send(start.elapsed()).unwrap();
            });
            drop(first);
            // The second question stays: the wait ends by itself, and not before its time.
            let waited = has_passed.recv().unwrap();
            assert!(Duration::from_millis(GIVE_WAY_MS_MAX) <= waited, "{waited:?}");
        });
        drop(second);
        assert_eq!(lane.questions.load(Ordering::Relaxed), 0);
        lane.give_way();
    }
}
