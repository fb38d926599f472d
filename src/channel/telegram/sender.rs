//! Claims what stands in the outbox and has it delivered: several conversations at a time, each in its order.
//!
//! The order of a conversation is the store's promise: it hands out one message a conversation and no later one before that
//! is settled. When it is stopped, the sender goes on until nothing is due any more; its owner bounds that.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::backoff::Backoff;
use super::deliver::Courier;
use super::progress::Hold;
use super::{Ports, chain, signed};
use crate::desk::message::Channel;

/// So many messages are under way at a time, each to another chat.
const AT_A_TIME: usize = 16;

const STORE_DOWN: Backoff = Backoff { first: Duration::from_millis(200), most: Duration::from_secs(10) };

/// The sending side.
pub(super) struct Sender {
    pub(super) ports: Arc<Ports>,
    pub(super) courier: Arc<Courier>,
    /// Told when something was written to the outbox.
    pub(super) written: Arc<Notify>,
    /// Looks for work this often without being told.
    pub(super) check_every: Duration,
    /// A claim that was not settled after this long, because the process died, is open again.
    pub(super) lease: Duration,
}

impl Sender {
    /// Sends until it is stopped and nothing is due.
    pub(super) async fn run(self, stop: CancellationToken) {
        let mut under_way = JoinSet::new();
        let mut failures = 0;
        loop {
            let mut news = pin!(self.written.notified());
            news.as_mut().enable();
            let found = self.claim(&mut under_way).await;
            failures = if found.is_some() { 0 } else { failures + 1 };
            if stop.is_cancelled() && under_way.is_empty() {
                return;
            }
            // A full house leaves something to claim when the first one is back.
            let idle = if failures == 0 { self.check_every } else { STORE_DOWN.after(failures) };
            tokio::select! {
                Some(ended) = under_way.join_next() => {
                    if ended.is_err() {
                        // Its lease runs out, and it is tried again.
                        tracing::error!("delivering a message panicked");
                    }
                }
                () = news, if failures == 0 && under_way.len() < AT_A_TIME => {}
                () = tokio::time::sleep(idle) => {}
                () = stop.cancelled(), if !stop.is_cancelled() => {}
            }
        }
    }

    /// Claims what there is room for and starts delivering it; `None` when the outbox cannot be read.
    async fn claim(&self, under_way: &mut JoinSet<()>) -> Option<usize> {
        let free = u32::try_from(AT_A_TIME.saturating_sub(under_way.len())).unwrap_or(0);
        if free == 0 {
            return Some(0);
        }
        let (hold, now) = (Hold::from_now(self.lease), self.ports.clock.now());
        match self.ports.outbox.claim_outgoing(Channel::Telegram, now, signed(self.lease), free).await {
            Ok(items) => {
                let found = items.len();
                for item in items {
                    let courier = Arc::clone(&self.courier);
                    under_way.spawn(async move { courier.deliver(&item, hold).await });
                }
                Some(found)
            }
            Err(error) => {
                tracing::error!(cause = chain(&error), "the outbox cannot be read; trying again");
                None
            }
        }
    }
}
