//! Takes stored updates to the desk, one conversation in its order, several conversations at a time.
//!
//! An update that cannot be handled is tried again a few times and then put aside, so that it does not hold up its
//! conversation. A panic of the desk is such a failure and nothing more.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::backoff::Backoff;
use super::flood::{Flood, Verdict};
use super::parse::{self, Update};
use super::presses::Presses;
use super::{Ports, chain, later};
use crate::desk::changes::Changes;
use crate::desk::message::{Channel, Incoming, Outgoing};
use crate::desk::ports::{CommitError, InboxItem};
use crate::desk::wording::talk;

/// A claim that was not settled after this long, because the process died, is open again.
const LEASE: SignedDuration = SignedDuration::from_secs(30);
/// Handling takes milliseconds; after this long it counts as failed. Within the lease.
const HANDLING: Duration = Duration::from_secs(20);
/// So often an update is tried.
pub(super) const ATTEMPTS: u32 = 8;
/// With this attempt the person is told that it takes longer.
const TELL_AT: u32 = 3;

const AGAIN: Backoff = Backoff { first: Duration::from_secs(1), most: Duration::from_mins(1) };
const STORE_DOWN: Backoff = Backoff { first: Duration::from_millis(200), most: Duration::from_secs(10) };

/// One of several equal workers.
#[derive(Clone)]
pub(super) struct Worker {
    pub(super) ports: Arc<Ports>,
    pub(super) group: Option<i64>,
    pub(super) presses: Presses,
    pub(super) flood: Arc<Flood>,
    /// Told when updates were stored.
    pub(super) arrived: Arc<Notify>,
    /// To be told when the desk may have written something.
    pub(super) written: Arc<Notify>,
    /// Looks for work this often without being told.
    pub(super) check_every: Duration,
}

impl Worker {
    /// Works until it is stopped; a turn that was begun is finished.
    pub(super) async fn run(self, stop: CancellationToken) {
        let mut failures = 0;
        while !stop.is_cancelled() {
            let mut arrival = pin!(self.arrived.notified());
            // From here on no arrival is missed, though the inbox is looked at first.
            arrival.as_mut().enable();
            let now = self.ports.clock.now();
            let idle = match self.ports.inbox.claim_incoming(Channel::Telegram, now, LEASE).await {
                Ok(Some(item)) => {
                    failures = 0;
                    self.turn(&item).await;
                    continue;
                }
                Ok(None) => {
                    failures = 0;
                    self.check_every
                }
                Err(error) => {
                    failures += 1;
                    if failures == 1 {
                        tracing::error!(cause = chain(&error), "the inbox cannot be read; trying again");
                    }
                    STORE_DOWN.after(failures)
                }
            };
            tokio::select! {
                () = arrival, if failures == 0 => {}
                () = tokio::time::sleep(idle) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    async fn turn(&self, item: &InboxItem) {
        let outcome = if item.attempts > ATTEMPTS {
            // Each time the process died before it could say why.
            Err("handling it was begun too often and never ended".to_owned())
        } else {
            self.attempt(item).await
        };
        let counted = match outcome {
            Ok(counted) => counted,
            Err(error) => self.put_back(item, &error).await,
        };
        metrics::counter!("zhengqitong_telegram_updates_handled_total", "outcome" => counted).increment(1);
        self.written.notify_one();
    }

    async fn attempt(&self, item: &InboxItem) -> Result<&'static str, String> {
        let incoming = match parse::read(&item.received, self.group) {
            Update::Nothing => return self.ignore(item).await.map(|()| "ignored"),
            Update::Message(incoming) => incoming,
            Update::Press(incoming, id) => {
                if item.attempts == 1 {
                    self.presses.acknowledge(id);
                }
                incoming
            }
        };
        if item.attempts == 1 {
            match self.flood.count(&incoming.chat.chat) {
                Verdict::Passes => {}
                verdict => return self.refuse(item, &incoming, verdict).await.map(|()| "refused"),
            }
        }
        self.handle(&incoming).await.map(|()| "handled")
    }

    /// Handles one too many: nothing comes of it but a word to the person, now and then.
    async fn refuse(&self, item: &InboxItem, incoming: &Incoming, verdict: Verdict) -> Result<(), String> {
        metrics::counter!("zhengqitong_rate_limited_total", "by" => "chat").increment(1);
        let notice = || Outgoing {
            to: incoming.chat.clone(),
            text: talk::too_fast().to_owned(),
            buttons: Vec::new(),
            about: None,
            attachment: None,
        };
        let outgoing = if verdict == Verdict::TooMany { vec![notice()] } else { Vec::new() };
        self.settle(item, outgoing).await
    }

    async fn handle(&self, incoming: &Incoming) -> Result<(), String> {
        let handling = AssertUnwindSafe(self.ports.handler.handle(incoming)).catch_unwind();
        match tokio::time::timeout(HANDLING, handling).await {
            // What is shown comes from the outbox.
            Ok(Ok(Ok(reply))) => {
                let status: &'static str = reply.map_or("silent", |reply| reply.status.into());
                metrics::counter!("zhengqitong_turns_total", "channel" => "telegram", "status" => status).increment(1);
                Ok(())
            }
            Ok(Ok(Err(error))) => Err(chain(&error)),
            Ok(Err(_panic)) => Err("handling it panicked".to_owned()),
            Err(_elapsed) => Err("handling it took too long".to_owned()),
        }
    }

    /// Marks as handled what says nothing.
    async fn ignore(&self, item: &InboxItem) -> Result<(), String> {
        self.settle(item, Vec::new()).await
    }

    async fn settle(&self, item: &InboxItem, outgoing: Vec<Outgoing>) -> Result<(), String> {
        let (handled, at) = (Some(item.received.id.clone()), self.ports.clock.now());
        match self.ports.files.commit(Changes { handled, outgoing, at, ..Changes::default() }).await {
            Ok(()) | Err(CommitError::AlreadyHandled) => Ok(()),
            Err(error) => Err(chain(&error)),
        }
    }

    async fn put_back(&self, item: &InboxItem, error: &str) -> &'static str {
        metrics::counter!("zhengqitong_turn_failures_total", "channel" => "telegram").increment(1);
        let id = &item.received.id;
        let now = self.ports.clock.now();
        let retry_at = (item.attempts < ATTEMPTS).then(|| later(now, AGAIN.after(item.attempts)));
        match self.ports.inbox.fail_incoming(id, item.attempts, error, retry_at).await {
            Ok(true) => {}
            Ok(false) => {
                tracing::warn!(update.id = id, cause = error, "somebody else has an update that took too long here");
                return "overtaken";
            }
            // The lease runs out, and it is tried again.
            Err(store) => tracing::error!(update.id = id, cause = chain(&store), "a failure could not be recorded"),
        }
        if retry_at.is_some() {
            tracing::warn!(
                update.id = id,
                attempts = item.attempts,
                cause = error,
                "an update was not handled; trying again"
            );
        } else {
            tracing::error!(update.id = id, cause = error, "an update was put aside unhandled");
        }
        if item.attempts == TELL_AT {
            self.tell(item, now).await;
        }
        if retry_at.is_some() { "failed" } else { "dead" }
    }

    /// Tells the person once that the message is kept; without effect when that cannot be written either.
    async fn tell(&self, item: &InboxItem, now: Timestamp) {
        let (Update::Message(incoming) | Update::Press(incoming, _)) = parse::read(&item.received, self.group) else {
            return;
        };
        let text = talk::failed(&incoming.reference());
        let notice = Outgoing { to: incoming.chat, text, buttons: Vec::new(), about: None, attachment: None };
        let _told = self.ports.files.commit(Changes { outgoing: vec![notice], at: now, ..Changes::default() }).await;
    }
}
