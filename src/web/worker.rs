//! Background work: messages whose handling failed or was cut off, and forgetting.

use std::time::Duration;

use futures::future::join_all;
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use super::Web;
use super::turn::chain;
use crate::desk::message::Channel;

/// Longer than handling may take.
const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// So many at a time: one that the store keeps waiting must not hold up the others.
const AT_A_TIME: usize = 4;

/// Rate limits are tidied, and metrics compacted, this often.
const TIDY_EVERY: Duration = Duration::from_mins(1);

impl Web {
    /// Handles what is left in the inbox until `stop`; messages under way are finished first.
    pub async fn run_worker(&self, stop: CancellationToken) {
        let handling = (0..AT_A_TIME).map(|_| async {
            while !stop.is_cancelled() {
                self.handle_leftovers(&stop).await;
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = self.0.leftover.notified() => {}
                    () = tokio::time::sleep(self.0.config.look_every) => {}
                }
            }
        });
        tokio::join!(join_all(handling), self.tidy(&stop));
    }

    async fn tidy(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            self.0.limits.forget_the_quiet();
            self.0.prometheus.run_upkeep();
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(TIDY_EVERY) => {}
            }
        }
    }

    /// Handles every message that may be handled now.
    async fn handle_leftovers(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            match self.0.store.claim_incoming(Channel::Web, self.0.clock.now(), LEASE).await {
                Ok(Some(item)) => {
                    self.handle(&item).await;
                }
                Ok(None) => return,
                Err(cause) => {
                    tracing::warn!(error = chain(&cause), "leftover web messages could not be claimed");
                    return;
                }
            }
        }
    }
}
