/*!
A remote generator that is left alone while it fails, with a local one in its place.

Owns the circuit breaker. After so many failures in a row the server is not asked for a while,
so that members do not wait for time-outs; then one question tries it again. Meanwhile the
local model writes, or nobody: the clauses alone are the answer.
*/

use std::{
    ops::ControlFlow,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::{Duration, Instant},
};

use anyhow::anyhow;

use super::{
    Degraded, GenerateLimits, Generated, Generator, Prompt, StopReason,
    openai::{OpenAiGenerator, RemoteFailure},
};

/// When the server is left alone, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerLimits {
    /// Failures in a row.
    pub failures_max: u32,
    /// How long.
    pub pause: Duration,
}

/// Counts failures and says when to try.
#[derive(Debug)]
struct Breaker {
    limits: BreakerLimits,
    /// Failures since the last success.
    failures: u32,
    /// Failures since the start.
    failures_in_all: u64,
    /// Since when the server is left alone.
    opened: Option<Instant>,
    /// Whether somebody tries it at this moment.
    trying: bool,
}

impl Breaker {
    /// Whether the server may be asked at `now`.
    fn may_try(&mut self, now: Instant) -> bool {
        let Some(opened) = self.opened else { return true };
        let is_due = self.limits.pause <= now.saturating_duration_since(opened);
        let may = is_due && !self.trying;
        self.trying |= may;
        may
    }

    /// It answered; whether it had been left alone.
    fn succeeded(&mut self) -> bool {
        self.failures = 0;
        self.trying = false;
        self.opened.take().is_some()
    }

    /// It failed at `now`; whether it is left alone from now on.
    fn failed(&mut self, now: Instant) -> bool {
        self.failures = self.failures.saturating_add(1);
        self.failures_in_all += 1;
        self.trying = false;
        let opens = self.limits.failures_max <= self.failures;
        let was_open = self.opened.is_some();
        if opens {
            self.opened = Some(now);
        }
        opens && !was_open
    }

    /// Nobody learned anything of the server.
    fn undecided(&mut self) {
        self.trying = false;
    }
}

/// A remote generator with a local one behind it.
pub struct WithFallback {
    remote: OpenAiGenerator,
    local: RwLock<Option<Arc<dyn Generator>>>,
    breaker: Mutex<Breaker>,
}

impl WithFallback {
    /// Will ask `remote`, and leave it alone within `limits`.
    pub fn new(remote: OpenAiGenerator, limits: BreakerLimits) -> Self {
        let breaker = Breaker { limits, failures: 0, failures_in_all: 0, opened: None, trying: false };
        Self { remote, local: RwLock::new(None), breaker: Mutex::new(breaker) }
    }

    /// Puts a local model behind it.
    pub fn set_local(&self, local: Arc<dyn Generator>) {
        *self.local.write().unwrap_or_else(PoisonError::into_inner) = Some(local);
    }

    fn local(&self) -> Option<Arc<dyn Generator>> {
        self.local.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the server; `None` where it gave nothing and another may speak in its place.
    fn ask_remote(
        &self,
        prompt: &Prompt,
        limits: &GenerateLimits,
        on_text: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> Option<anyhow::Result<Generated>> {
        let mut has_spoken = false;
        let outcome = self.remote.generate(prompt, limits, &mut |text| {
            has_spoken |= !text.is_empty();
            on_text(text)
        });
        match &outcome {
            // Who hung up before the first word learned nothing of the server.
            Ok(generated) if generated.stop == StopReason::Cancelled && !has_spoken => self.breaker().undecided(),
            Ok(generated) if generated.stop == StopReason::Time && !has_spoken => {
                self.note_failure(&anyhow!("not a word in the time an answer has"));
                return None;
            }
            Ok(_) => self.note_success(),
            Err(error) => self.note_failure(error),
        }
        if outcome.is_ok() || has_spoken { Some(outcome) } else { None }
    }

    fn note_success(&self) {
        if self.breaker().succeeded() {
            tracing::info!(upstream.host = self.remote.host(), "the model server answers again");
        }
    }

    fn note_failure(&self, error: &anyhow::Error) {
        let host = self.remote.host();
        if error.downcast_ref::<RemoteFailure>().is_some_and(|failure| !failure.is_servers()) {
            self.breaker().undecided();
            tracing::warn!(upstream.host = host, "this prompt was refused: {error:#}");
            return;
        }
        let mut breaker = self.breaker();
        let opens = breaker.failed(Instant::now());
        let (row, all) = (breaker.failures, breaker.failures_in_all);
        drop(breaker);
        tracing::warn!(upstream.host = host, upstream.failures = all, "no answer, {row} in a row: {error:#}");
        if opens {
            tracing::error!(
                upstream.host = host,
                upstream.failures = all,
                "the model server is left alone for a while"
            );
        }
    }
}

impl Generator for WithFallback {
    fn id(&self) -> &str {
        self.remote.id()
    }

    fn degraded(&self) -> Option<Degraded> {
        let breaker = self.breaker();
        breaker.opened?;
        let why = format!(
            "máy chủ mô hình `{}` lỗi {} lần liền ({} lần từ lúc khởi động); đang tạm ngừng hỏi, {} giây thử lại một lần",
            self.remote.host(),
            breaker.failures,
            breaker.failures_in_all,
            breaker.limits.pause.as_secs()
        );
        drop(breaker);
        Some(Degraded { why, still_writes: self.local().is_some() })
    }

    fn generate(
        &self,
        prompt: &Prompt,
        limits: &GenerateLimits,
        on_text: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> anyhow::Result<Generated> {
        let may_try = self.breaker().may_try(Instant::now());
        if may_try && let Some(outcome) = self.ask_remote(prompt, limits, on_text) {
            return outcome;
        }
        let Some(local) = self.local() else {
            anyhow::bail!("the model server gives no answer, and there is no local model");
        };
        let generated = local.generate(prompt, limits, on_text)?;
        Ok(Generated { model: Some(local.id().to_owned()), ..generated })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_secs(30);

    fn breaker() -> Breaker {
        let limits = BreakerLimits { failures_max: 3, pause: PAUSE };
        Breaker { limits, failures: 0, failures_in_all: 0, opened: None, trying: false }
    }

    #[test]
    fn failures_in_a_row_open_it_and_one_try_at_a_time_closes_it() {
        let start = Instant::now();
        let mut breaker = breaker();
        assert!(!breaker.failed(start) && !breaker.failed(start) && breaker.may_try(start));
        assert!(!breaker.succeeded(), "a success in between begins the count anew");
        for opens in [false, false, true] {
            assert_eq!(breaker.failed(start), opens);
        }
        assert!(!breaker.may_try(start) && !breaker.may_try(start + PAUSE / 2));
        assert!(breaker.may_try(start + PAUSE), "one question tries it again");
        assert!(!breaker.may_try(start + PAUSE), "and no other beside it");
        assert!(!breaker.failed(start + PAUSE), "it stays open, which is not told twice");
        assert!(!breaker.may_try(start + PAUSE + PAUSE / 2));
        assert!(breaker.may_try(start + PAUSE * 2));
        breaker.undecided();
        assert!(breaker.may_try(start + PAUSE * 2), "who hung up leaves the try to the next");
        assert!(breaker.succeeded() && breaker.may_try(start + PAUSE * 2) && breaker.may_try(start + PAUSE * 2));
        assert_eq!(breaker.failures_in_all, 6);
    }
}
