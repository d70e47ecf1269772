/*!
Bounded queues and worker threads between async callers and sync compute.

Async code waits, threads compute: a job is handed over with [`Pool::submit`], which never
waits; a full queue is [`Error::Overloaded`]. Results come back over channels the job
holds; when the caller drops its end, the job sees it and stops.
*/

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use tokio::sync::oneshot;

use crate::error::{Error, Result};

/// A result that comes later: what the methods of a port of the store give. Boxed, so that a
/// service holds `Arc<dyn Port>` and need not know which store is behind it.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

type Job = Box<dyn FnOnce() + Send>;

/// A fixed number of threads behind a bounded queue.
pub struct Pool {
    sender: mpsc::SyncSender<Job>,
    retry_after_s: u32,
    /// Jobs handed over that no worker has begun.
    waiting: Arc<AtomicUsize>,
    workers: usize,
    queue_requests_max: usize,
}

/// How full a queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueState {
    /// Jobs that wait.
    pub waiting: usize,
    /// Jobs that may wait.
    pub queue_requests_max: usize,
    /// Threads at work behind it.
    pub workers: usize,
}

impl Pool {
    /// Starts `workers` threads; `queue_requests_max` jobs may wait beyond those at work.
    ///
    /// # Errors
    /// `Internal` when a thread cannot be started.
    pub fn start(name: &str, workers: usize, queue_requests_max: usize, retry_after_s: u32) -> Result<Self> {
        let (sender, receiver) = mpsc::sync_channel::<Job>(queue_requests_max);
        let receiver = Arc::new(Mutex::new(receiver));
        for worker in 0..workers {
            let receiver = receiver.clone();
            thread::Builder::new()
                .name(format!("{name}-{worker}"))
                .spawn(move || work(&receiver))
                .map_err(|e| Error::Internal(anyhow::anyhow!("starting a worker thread: {e}")))?;
        }
        Ok(Self { sender, retry_after_s, waiting: Arc::default(), workers, queue_requests_max })
    }

    /// How full its queue is.
    pub fn state(&self) -> QueueState {
        QueueState {
            waiting: self.waiting.load(Ordering::Relaxed),
            queue_requests_max: self.queue_requests_max,
            workers: self.workers,
        }
    }

    /// Hands a job over.
    ///
    /// # Errors
    /// `Overloaded` when the queue is full.
    pub fn submit(&self, job: impl FnOnce() + Send + 'static) -> Result<()> {
        let waiting = self.waiting.clone();
        let counted = move || {
            waiting.fetch_sub(1, Ordering::Relaxed);
            job();
        };
        // Counted before it can begin, so that the count never falls below zero.
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.sender.try_send(Box::new(counted)).map_err(|_full| {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            Error::Overloaded { retry_after_s: self.retry_after_s }
        })
    }

    /// Hands a job over and waits for what it gives, without holding an async thread.
    ///
    /// # Errors
    /// `Overloaded` when the queue is full, `Internal` when the job panicked.
    pub async fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let (sender, receiver) = oneshot::channel();
        self.submit(move || {
            let _ = sender.send(job());
        })?;
        receiver.await.map_err(|_| Error::Internal(anyhow::anyhow!("a job ended without a result")))
    }
}

fn work(receiver: &Mutex<mpsc::Receiver<Job>>) {
    loop {
        let job = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // A job that panics must not take its thread along: the next question needs it.
        if std::panic::catch_unwind(std::panic::AssertUnwindSafe(job)).is_err() {
            tracing::error!("a job panicked; its caller gets an error, the worker goes on");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_is_overloaded_and_a_panic_costs_one_job() {
        let pool = Pool::start("test", 1, 1, 3).unwrap();
        let (release, gate) = mpsc::channel::<()>();
        let (started, has_started) = mpsc::channel();
        pool.submit(move || {
            started.send(()).unwrap();
            gate.recv().unwrap();
            panic!("on purpose");
        })
        .unwrap();
        has_started.recv().unwrap();
        let (done, is_done) = mpsc::channel();
        pool.submit(move || done.send(7).unwrap()).unwrap();
        assert_eq!(pool.state(), QueueState { waiting: 1, queue_requests_max: 1, workers: 1 });
        let refused = pool.submit(|| ()).unwrap_err();
        assert!(matches!(refused, Error::Overloaded { retry_after_s: 3 }));
        release.send(()).unwrap();
        assert_eq!(is_done.recv().unwrap(), 7);
        assert_eq!(pool.state().waiting, 0);
    }
}
