//! Background work: messages whose handling failed or was cut off, and forgetting.

use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use super::Web;
use super::turn::chain;
use crate::desk::message::Channel;

/// Longer than handling may take.
const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// Rate limits are tidied, and metrics compacted, every so many rounds.
const TIDY_EVERY: u32 = 30;

impl Web {
    /// Handles what is left in the inbox until `stop`; a message under way is finished first.
    pub async fn run_worker(&self, stop: CancellationToken) {
        let mut round = 0_u32;
        while !stop.is_cancelled() {
            self.handle_leftovers(&stop).await;
            if round.is_multiple_of(TIDY_EVERY) {
                self.0.limits.forget_the_quiet();
                self.0.prometheus.run_upkeep();
            }
            round = round.wrapping_add(1);
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.0.leftover.notified() => {}
                () = tokio::time::sleep(self.0.config.look_every) => {}
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
