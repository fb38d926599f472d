//! Telegram's flood limits: about 30 messages a second overall, about one a second to one chat.
//!
//! The real limits are not published in detail. Short bursts to one chat pass; what is modelled is
//! a bucket of [`CHAT_BURST`] messages that refills at one a second.

use std::{collections::HashMap, time::Instant};

/// Messages to one chat that pass at once.
const CHAT_BURST: f64 = 20.0;
/// Messages a second to one chat in the long run.
const CHAT_PER_SEC: f64 = 1.0;
/// Messages a second to all chats together, and at once.
const OVERALL_PER_SEC: f64 = 30.0;

/// Counts the messages and says when there were too many.
pub(super) struct FloodLimits {
    pub(super) enforced: bool,
    overall: Bucket,
    chats: HashMap<i64, Bucket>,
}

impl FloodLimits {
    pub(super) fn new() -> Self {
        Self { enforced: true, overall: Bucket::full(OVERALL_PER_SEC, OVERALL_PER_SEC), chats: HashMap::new() }
    }

    /// Lets one message to `chat_id` pass, or returns the seconds to wait; then nothing is counted.
    pub(super) fn pass(&mut self, chat_id: i64, now: Instant) -> Result<(), u32> {
        if !self.enforced {
            return Ok(());
        }
        let chat = self.chats.entry(chat_id).or_insert_with(|| Bucket::full(CHAT_BURST, CHAT_PER_SEC));
        let wait = chat.secs_to_next(now).max(self.overall.secs_to_next(now));
        if wait > 0.0 {
            return Err(whole_secs(wait));
        }
        chat.level -= 1.0;
        self.overall.level -= 1.0;
        Ok(())
    }
}

/// True for the methods that put something before a person, which alone are limited.
pub(super) fn is_limited(method: &str) -> bool {
    let sends = method.starts_with("send") && method != "sendChatAction";
    sends || method.starts_with("editMessage") || ["copyMessage", "forwardMessage"].contains(&method)
}

/// Telegram names whole seconds and never zero.
fn whole_secs(wait: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "under a minute")]
    let secs = wait.ceil() as u32;
    secs.max(1)
}

struct Bucket {
    capacity: f64,
    per_sec: f64,
    level: f64,
    filled_at: Option<Instant>,
}

impl Bucket {
    fn full(capacity: f64, per_sec: f64) -> Self {
        Self { capacity, per_sec, level: capacity, filled_at: None }
    }

    /// Refills up to `now` and returns the wait until one message may pass.
    fn secs_to_next(&mut self, now: Instant) -> f64 {
        if let Some(before) = self.filled_at.replace(now) {
            let gained = now.saturating_duration_since(before).as_secs_f64() * self.per_sec;
            self.level = self.capacity.min(self.level + gained);
        }
        ((1.0 - self.level) / self.per_sec).max(0.0)
    }
}
