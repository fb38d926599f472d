//! The queue of updates, and the one long poll that may wait at it.
//!
//! As in the real server, an update stays until a poll with a higher offset confirms it, and is
//! delivered again to every poll until then. Left out: that updates expire after a day, and the
//! small delays by which the real server slows down a client that polls in a tight loop.

use std::collections::VecDeque;

use serde_json::{Value, json};

/// Kinds that are delivered to nobody who did not ask for them by name.
const ONLY_WHEN_ASKED: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];

/// One update.
#[derive(Clone, Debug)]
struct Update {
    id: u32,
    /// Deliver it doubled, and once more after it was confirmed.
    twice: bool,
    body: Value,
}

/// Updates that the bot has not confirmed yet.
pub(super) struct UpdateQueue {
    next_id: u32,
    pending: VecDeque<Update>,
    /// Confirmed, but to be delivered once more all the same.
    again: VecDeque<Update>,
    allowed: Vec<String>,
    /// Deliver every update from now on doubled.
    pub(super) twice: bool,
    /// Deliver the last update of a batch first.
    pub(super) reversed: bool,
    newest_poll: u64,
}

impl UpdateQueue {
    pub(super) fn new() -> Self {
        Self {
            // The real ids start anywhere; a bot must not count on 0 or 1.
            next_id: 731_480_001,
            pending: VecDeque::new(),
            again: VecDeque::new(),
            allowed: Vec::new(),
            twice: false,
            reversed: false,
            newest_poll: 0,
        }
    }

    /// Adds an update of a kind, such as `message`, and returns its id.
    ///
    /// A kind that the bot does not allow is dropped, as the real server drops it.
    pub(super) fn push(&mut self, kind: &str, body: &Value, twice: bool) -> u32 {
        let id = self.next_id;
        self.next_id += 1;
        if self.allows(kind) {
            let body = json!({ "update_id": id, kind: body });
            self.pending.push_back(Update { id, twice: twice || self.twice, body });
        }
        id
    }

    fn allows(&self, kind: &str) -> bool {
        if self.allowed.is_empty() {
            !ONLY_WHEN_ASKED.contains(&kind)
        } else {
            self.allowed.iter().any(|allowed| allowed == kind)
        }
    }

    /// Remembers the kinds the bot wants; without the parameter the former choice stays.
    pub(super) fn allow(&mut self, kinds: Option<&Value>) {
        if let Some(kinds) = kinds.and_then(Value::as_array) {
            self.allowed = kinds.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        }
    }

    /// The choice of kinds, `None` for the default one.
    pub(super) fn allowed(&self) -> Option<&[String]> {
        (!self.allowed.is_empty()).then_some(&*self.allowed)
    }

    /// Moves on to a poll's offset: 0 confirms nothing, a negative one keeps only the last updates.
    pub(super) fn move_to(&mut self, offset: i64) {
        let confirmed = if offset < 0 {
            let kept = usize::try_from(-offset).unwrap_or(usize::MAX);
            self.pending.len().saturating_sub(kept)
        } else {
            self.pending.iter().take_while(|update| i64::from(update.id) < offset).count()
        };
        let confirmed = self.pending.drain(..confirmed);
        self.again.extend(confirmed.filter(|update| update.twice));
    }

    /// What a poll gets now. Updates meant to come back after their confirmation do so here, once.
    pub(super) fn batch(&mut self, limit: usize) -> Vec<Value> {
        let again = self.again.len().min(limit);
        let mut batch: Vec<Value> = self.again.drain(..again).map(|update| update.body).collect();
        for update in self.pending.iter().take(limit) {
            let copies = if update.twice { 2 } else { 1 };
            batch.extend(std::iter::repeat_n(update.body.clone(), copies));
        }
        batch.truncate(limit);
        if self.reversed {
            batch.reverse();
        }
        batch
    }

    /// Confirms this update alone, if it is still the oldest: a webhook took it.
    pub(super) fn confirm(&mut self, taken: &Value) {
        if self.first() != Some(taken) || self.again.pop_front().is_some() {
            return;
        }
        self.again.extend(self.pending.pop_front().filter(|update| update.twice));
    }

    /// The oldest update, for a webhook.
    pub(super) fn first(&self) -> Option<&Value> {
        self.again.front().or(self.pending.front()).map(|update| &update.body)
    }

    pub(super) fn forget_all(&mut self) {
        self.pending.clear();
        self.again.clear();
    }

    /// How many updates the bot has still to take.
    pub(super) fn unconfirmed(&self) -> usize {
        self.pending.len() + self.again.len()
    }

    /// Every update below this id has been confirmed.
    pub(super) fn confirmed_below(&self) -> u32 {
        self.pending.front().map_or(self.next_id, |oldest| oldest.id)
    }

    /// Begins a poll, which ends the one that waits, and returns its number.
    pub(super) fn begin_poll(&mut self) -> u64 {
        self.newest_poll += 1;
        self.newest_poll
    }

    pub(super) fn is_newest_poll(&self, poll: u64) -> bool {
        self.newest_poll == poll
    }
}
