//! Keeps below Telegram's limits: about 30 messages a second overall, one a second to one chat, and 20 a minute to one group.
//!
//! They hold for the bot, so all processes that send for it take their turns from the store. A process that cannot ask it goes on by
//! itself: several may then send too much together, for as long as the store is away. The limits are not published exactly and
//! are counted on Telegram's side; a 429 is obeyed all the same.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Ports, chain, later};
use crate::desk::pace::{Pace, Turn};

/// At most 27 in any second: what was sent in turn may arrive a tenth of a second closer together.
const OVERALL: Pace = Pace { every: SignedDuration::from_millis(40), burst: 2 };
const CHAT: Pace = Pace { every: SignedDuration::from_secs(1), burst: 4 };
/// At most 20 in any minute.
const GROUP: Pace = Pace { every: SignedDuration::from_secs(5), burst: 8 };

/// A message waits so long for its turn; well within a lease.
const PATIENCE: SignedDuration = SignedDuration::from_secs(10);

/// Chats that were quiet are forgotten when so many are known.
const MANY_CHATS: usize = 10_000;
const TIDY_EVERY: Duration = Duration::from_mins(10);
/// Processes do not agree on the time to the last millisecond.
const TIDY_AFTER: SignedDuration = SignedDuration::from_mins(1);

/// A turn is too far away to be waited for; the message is to be put back until then.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the chat has had enough for now")]
pub(super) struct Crowded(pub(super) Timestamp);

/// All limits.
pub(super) struct Limits {
    ports: Arc<Ports>,
    is_alone: AtomicBool,
    overall: DefaultKeyedRateLimiter<i64>,
    chats: DefaultKeyedRateLimiter<i64>,
    groups: DefaultKeyedRateLimiter<i64>,
}

impl Limits {
    pub(super) fn new(ports: Arc<Ports>) -> Self {
        Self {
            ports,
            is_alone: AtomicBool::new(false),
            overall: RateLimiter::keyed(quota(OVERALL)),
            chats: RateLimiter::keyed(quota(CHAT)),
            groups: RateLimiter::keyed(quota(GROUP)),
        }
    }

    /// Lets one message to a group pass, or tells when to come again. Its threads are many conversations with one limit,
    /// and waiting here for minutes would outlast their leases.
    pub(super) async fn pass_group(&self, group: i64) -> Result<(), Crowded> {
        self.turn(&format!("telegram:group:{group}"), GROUP, SignedDuration::ZERO, (&self.groups, group)).await
    }

    /// Waits until one message may go to `chat`: first for the chat's own turn, then for one overall, which is used at once.
    pub(super) async fn pass(&self, chat: i64) -> Result<(), Crowded> {
        if self.chats.len() > MANY_CHATS {
            self.chats.retain_recent();
        }
        self.turn(&format!("telegram:chat:{chat}"), CHAT, PATIENCE, (&self.chats, chat)).await?;
        self.turn("telegram", OVERALL, PATIENCE, (&self.overall, 0)).await
    }

    async fn turn(
        &self,
        key: &str,
        pace: Pace,
        patience: SignedDuration,
        alone: (&DefaultKeyedRateLimiter<i64>, i64),
    ) -> Result<(), Crowded> {
        let (asked, now) = (Instant::now(), self.ports.clock.now());
        match self.ports.turns.take_turn(key, pace, now, patience).await {
            Ok(Turn::At(at)) => {
                self.is_alone.store(false, Ordering::Relaxed);
                let wait = Duration::try_from(at.duration_since(now)).unwrap_or_default();
                tokio::time::sleep_until(asked + wait).await;
                Ok(())
            }
            Ok(Turn::NotBefore(at)) => Err(Crowded(at)),
            Err(error) => {
                if !self.is_alone.swap(true, Ordering::Relaxed) {
                    tracing::warn!(cause = chain(&error), "the pace of sending is kept by this process alone for now");
                }
                let (limiter, key) = alone;
                let Err(busy) = limiter.check_key(&key) else { return Ok(()) };
                let wait = busy.wait_time_from(DefaultClock::default().now());
                if wait > patience.unsigned_abs() {
                    return Err(Crowded(later(now, wait)));
                }
                limiter.until_key_ready(&key).await;
                Ok(())
            }
        }
    }
}

/// The same pace for one process.
fn quota(pace: Pace) -> Quota {
    let every = Duration::try_from(pace.every).unwrap_or(Duration::from_secs(1));
    let burst = NonZeroU32::new(pace.burst).unwrap_or(NonZeroU32::MIN);
    Quota::with_period(every).unwrap_or(Quota::per_second(NonZeroU32::MIN)).allow_burst(burst)
}

/// Forgets now and then who has had no message for long.
pub(super) async fn keep_tidy(ports: Arc<Ports>, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(TIDY_EVERY)).await.is_some() {
        let before = ports.clock.now().saturating_sub(TIDY_AFTER).unwrap_or(Timestamp::MIN);
        if let Err(error) = ports.turns.forget_turns(before).await {
            tracing::debug!(cause = chain(&error), "turns that are over were not forgotten");
        }
    }
}
