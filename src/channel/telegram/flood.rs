//! One person who sends without pause is answered for a while and then asked to wait, so that others do not wait for their answers.
//!
//! Counted in this process only: several processes let so much more pass, which is still little. On the web page the same is said
//! before anything is stored (`web::limits`).

use std::num::NonZeroU32;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// So many messages and presses at once; an album of pictures or a commissioner's full desk is far below.
const BURST: NonZeroU32 = NonZeroU32::new(60).expect("not zero");
/// And so many in the long run.
const PER_SEC: NonZeroU32 = NonZeroU32::new(1).expect("not zero");
/// Whoever is asked to wait is asked so often.
const TOLD_PER_MINUTE: NonZeroU32 = NonZeroU32::new(1).expect("not zero");
/// Chats that were quiet are forgotten when so many are known.
const MANY_CHATS: usize = 10_000;

/// Who has sent how much.
pub(super) struct Flood {
    chats: DefaultKeyedRateLimiter<String>,
    told: DefaultKeyedRateLimiter<String>,
}

/// Whether something is one too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Passes,
    /// It is, and the person is to be told so.
    TooMany,
    /// It is, and the person was told a moment ago.
    StillTooMany,
}

impl Flood {
    pub(super) fn new() -> Self {
        Self {
            chats: RateLimiter::keyed(Quota::per_second(PER_SEC).allow_burst(BURST)),
            told: RateLimiter::keyed(Quota::per_minute(TOLD_PER_MINUTE)),
        }
    }

    /// Counts one message or press of a chat.
    pub(super) fn count(&self, chat: &str) -> Verdict {
        if self.chats.len() > MANY_CHATS {
            self.chats.retain_recent();
            self.told.retain_recent();
        }
        let chat = chat.to_owned();
        if self.chats.check_key(&chat).is_ok() {
            Verdict::Passes
        } else if self.told.check_key(&chat).is_ok() {
            Verdict::TooMany
        } else {
            Verdict::StillTooMany
        }
    }
}
