//! A few threads of their own for work that is too long for the runtime, with a short queue in front.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

type Job = Box<dyn FnOnce() + Send>;

/// Threads that take jobs from one queue; they end when the pool is dropped, after what they have in hand.
///
/// Each thread is a rayon pool of one, so the arithmetic of a job stays on its thread and takes no more than one core.
pub(super) struct Pool {
    queue: SyncSender<Job>,
    _workers: Vec<ThreadPool>,
}

impl Pool {
    /// Starts `workers` threads; `waiting` jobs may wait.
    ///
    /// # Errors
    ///
    /// Returns an error when a thread cannot be started.
    pub(super) fn new(workers: usize, waiting: usize) -> Result<Self, ThreadPoolBuildError> {
        let (queue, jobs) = sync_channel(waiting);
        let jobs = Arc::new(Mutex::new(jobs));
        let workers = (0..workers.max(1)).map(|_| worker(Arc::clone(&jobs))).collect::<Result<_, _>>()?;
        Ok(Self { queue, _workers: workers })
    }

    /// Puts a job in the queue; `false` when it is full, and then the job is dropped.
    pub(super) fn start(&self, job: impl FnOnce() + Send + 'static) -> bool {
        match self.queue.try_send(Box::new(job)) {
            Ok(()) => true,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => false,
        }
    }
}

fn worker(jobs: Arc<Mutex<Receiver<Job>>>) -> Result<ThreadPool, ThreadPoolBuildError> {
    let thread = single_thread()?;
    thread.spawn(move || {
        loop {
            let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(job) = job else { return };
            if catch_unwind(AssertUnwindSafe(job)).is_err() {
                tracing::error!("working out a meaning panicked; the turn goes on by words");
            }
        }
    });
    Ok(thread)
}

/// A rayon pool of one thread.
///
/// # Errors
///
/// Returns an error when the thread cannot be started.
pub(super) fn single_thread() -> Result<ThreadPool, ThreadPoolBuildError> {
    ThreadPoolBuilder::new().num_threads(1).thread_name(|_| "meanings".to_owned()).build()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn a_full_queue_refuses_and_a_panic_does_not_end_the_pool() {
        let pool = Pool::new(1, 1).unwrap();
        let (release, released) = channel::<()>();
        let (begun_here, begun) = channel();
        assert!(pool.start(move || {
            begun_here.send(()).unwrap();
            let _ = released.recv();
            panic!("on purpose");
        }));
        begun.recv().unwrap();
        let (done_here, done) = channel();
        assert!(pool.start(move || done_here.send(()).unwrap()));
        assert!(!pool.start(|| {}));
        drop(release);
        done.recv().unwrap();
    }
}
