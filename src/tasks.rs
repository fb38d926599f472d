//! Background work with an owner: started here, stopped together, missed when it ends by itself.

use std::future::Future;
use std::time::Duration;

use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

/// Owns spawned tasks. Each promises to end soon after [`Tasks::stop`] is cancelled.
#[derive(Default)]
pub struct Tasks {
    stop: CancellationToken,
    running: JoinSet<&'static str>,
}

impl Tasks {
    /// The signal on which tasks end.
    #[must_use]
    pub fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Starts `work` under `name`.
    pub fn start(&mut self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        self.running.spawn(async move {
            work.await;
            name
        });
    }

    /// Waits for the first task that ends by itself: always an event worth handling. `None` when nothing runs.
    pub async fn ended(&mut self) -> Option<Result<&'static str, JoinError>> {
        self.running.join_next().await
    }

    /// Asks all tasks to end and waits up to `grace`; returns how many had to be cut off.
    pub async fn finish(mut self, grace: Duration) -> usize {
        self.stop.cancel();
        let all = async { while self.running.join_next().await.is_some() {} };
        if tokio::time::timeout(grace, all).await.is_ok() {
            return 0;
        }
        let left = self.running.len();
        self.running.shutdown().await;
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn tasks_end_when_asked_to() {
        let mut tasks = Tasks::default();
        let stop = tasks.stop();
        tasks.start("polite", async move { stop.cancelled().await });
        assert_eq!(tasks.finish(Duration::from_secs(5)).await, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_does_not_end_is_cut_off_and_counted() {
        let mut tasks = Tasks::default();
        tasks.start("stubborn", std::future::pending());
        assert_eq!(tasks.finish(Duration::from_secs(5)).await, 1);
    }
}
