//! Fetches updates and stores them before they are acknowledged.
//!
//! Telegram keeps an update until a poll asks for those after it. So the offset only moves past what the store has, and an
//! update that is delivered again is known by its number. Nothing is parsed here beyond that.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use teloxide::Bot;
use teloxide::payloads::DeleteWebhookSetters;
use teloxide::requests::Requester;
use tokio_util::sync::CancellationToken;

use super::api::{self, GetRawUpdates};
use super::arrivals::{Arrivals, received};
use super::backoff::Backoff;
use super::duty::{Duty, Term};
use super::fault::Fault;
use super::link::Reporter;
use super::{chain, parse};
use crate::desk::ports::Received;

const UNREACHABLE: Backoff = Backoff { first: Duration::from_secs(1), most: Duration::from_mins(1) };
const STORE_DOWN: Backoff = Backoff { first: Duration::from_millis(200), most: Duration::from_secs(10) };

/// The long poll.
pub(super) struct Poller {
    pub(super) bot: Bot,
    pub(super) arrivals: Arrivals,
    pub(super) duty: Duty,
    pub(super) link: Arc<Reporter>,
    pub(super) timeout: Duration,
}

impl Poller {
    /// Polls until it is stopped, whenever that is this process's duty; the last batch may then be stored but not acknowledged, which
    /// is harmless.
    pub(super) async fn run(self, stop: CancellationToken) {
        while let Some(term) = stop.run_until_cancelled(self.duty.begins()).await {
            let polling = async {
                tokio::select! {
                    () = self.poll(&term) => {}
                    () = self.duty.lasts(&term) => {}
                }
            };
            let _stopped = stop.run_until_cancelled(polling).await;
        }
        self.duty.ends().await;
    }

    async fn poll(&self, term: &Term) {
        let mut offset = 0;
        let mut failures = 0;
        while term.lasts() {
            match api::call(&self.bot, GetRawUpdates::new(offset, self.timeout)).await {
                Ok(updates) => {
                    failures = 0;
                    self.link.up();
                    offset = self.keep(updates).await.unwrap_or(offset);
                }
                Err(fault) => {
                    failures += 1;
                    self.link.down(&fault);
                    tokio::time::sleep(self.recover(&fault, failures).await).await;
                }
            }
        }
    }

    /// Stores a batch, however long that takes; returns the offset that acknowledges it.
    async fn keep(&self, mut updates: Vec<Value>) -> Option<i64> {
        updates.sort_by_key(parse::number);
        let last = updates.iter().rev().find_map(parse::number)?;
        let now = self.arrivals.now();
        let batch: Vec<Received> = updates.iter().filter_map(|update| received(update, now)).collect();
        let mut failures = 0;
        while let Err(error) = self.arrivals.store(&batch).await {
            failures += 1;
            if failures == 1 {
                tracing::error!(
                    cause = chain(&error),
                    "updates cannot be stored, so Telegram keeps them; trying again"
                );
            }
            tokio::time::sleep(STORE_DOWN.after(failures)).await;
        }
        if failures > 0 {
            tracing::info!(failures, "updates can be stored again");
        }
        Some(last + 1)
    }

    /// Does what can be done about a failed poll; returns how long to wait before the next one.
    async fn recover(&self, fault: &Fault, failures: u32) -> Duration {
        match fault {
            Fault::WrongToken => UNREACHABLE.most,
            Fault::Flood(secs) => Duration::from_secs((*secs).into()),
            Fault::Conflict(words) if words.contains("webhook") => {
                // Long polling was configured, and while a webhook is set nobody is heard.
                tracing::warn!("removing the webhook that keeps updates away; waiting updates are kept");
                let removal = self.bot.delete_webhook().drop_pending_updates(false).await;
                let _counted = removal.map_err(api::sorted);
                UNREACHABLE.after(failures)
            }
            _ => UNREACHABLE.after(failures),
        }
    }
}
