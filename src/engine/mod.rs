/*!
Bounded queues and worker threads between async callers and sync compute.

Async code waits, threads compute: a job is handed over with [`Pool::submit`], which never
waits; a full queue is [`Error::Overloaded`]. Results come back over channels the job
holds; when the caller drops its end, the job sees it and stops.
*/

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError, mpsc},
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
        Ok(Self { sender, retry_after_s })
    }

    /// Hands a job over.
    ///
    /// # Errors
    /// `Overloaded` when the queue is full.
    pub fn submit(&self, job: impl FnOnce() + Send + 'static) -> Result<()> {
        self.sender.try_send(Box::new(job)).map_err(|_| Error::Overloaded { retry_after_s: self.retry_after_s })
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
        let refused = pool.submit(|| ()).unwrap_err();
        assert!(matches!(refused, Error::Overloaded { retry_after_s: 3 }));
        release.send(()).unwrap();
        assert_eq!(is_done.recv().unwrap(), 7);
    }
}
