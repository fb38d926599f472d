//! Keeps below Telegram's limits: about 30 messages a second overall, one a second to one chat, and 20 a minute to one group.
//!
//! The limits are not published exactly and are counted on Telegram's side; a 429 is obeyed all the same.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

const OVERALL_PER_SEC: NonZeroU32 = NonZeroU32::new(30).expect("not zero");
/// So many may go at once, well below what is granted for a second.
const OVERALL_BURST: NonZeroU32 = NonZeroU32::new(15).expect("not zero");
const CHAT_PER_SEC: NonZeroU32 = NonZeroU32::new(1).expect("not zero");
/// So many messages to one chat may go at once.
const CHAT_BURST: NonZeroU32 = NonZeroU32::new(4).expect("not zero");
const GROUP_PER_MINUTE: NonZeroU32 = NonZeroU32::new(20).expect("not zero");
/// Chats that were quiet are forgotten when so many are known.
const MANY_CHATS: usize = 10_000;

/// Both limits.
pub(super) struct Limits {
    overall: DefaultDirectRateLimiter,
    chats: DefaultKeyedRateLimiter<i64>,
    groups: DefaultKeyedRateLimiter<i64>,
}

impl Limits {
    pub(super) fn new() -> Self {
        Self {
            overall: RateLimiter::direct(Quota::per_second(OVERALL_PER_SEC).allow_burst(OVERALL_BURST)),
            chats: RateLimiter::keyed(Quota::per_second(CHAT_PER_SEC).allow_burst(CHAT_BURST)),
            groups: RateLimiter::keyed(Quota::per_minute(GROUP_PER_MINUTE)),
        }
    }

    /// Lets one message to a group pass, or tells how long it has to wait. Its threads are many conversations with one limit,
    /// and waiting here for minutes would outlast their leases.
    pub(super) fn group_is_ready(&self, group: i64) -> Result<(), Duration> {
        self.groups.check_key(&group).map_err(|not_until| not_until.wait_time_from(DefaultClock::default().now()))
    }

    /// Waits until one message may go to `chat`.
    pub(super) async fn pass(&self, chat: i64) {
        if self.chats.len() > MANY_CHATS {
            self.chats.retain_recent();
        }
        self.chats.until_key_ready(&chat).await;
        self.overall.until_ready().await;
    }
}
