//! What is remembered of messages on their way, and when one that was not taken is tried again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::api::Sent;
use super::backoff::Backoff;
use super::fault::Fault;
use super::later;

/// A message that Telegram fails to take for so long is given up.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);

pub(super) const AGAIN: Backoff = Backoff { first: Duration::from_secs(1), most: Duration::from_mins(5) };
const TOKEN_AGAIN: Backoff = Backoff { first: Duration::from_mins(1), most: Duration::from_mins(1) };

/// More messages than this are never in trouble at once; what is left of them was settled by other processes.
const MANY: usize = 10_000;

/// How long a claim is surely ours.
///
/// Measured by the monotonic clock from before the claim was asked for: that clock goes on while the process is stopped
/// (`SIGSTOP`, a machine that swaps), and nobody sets it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hold {
    since: Instant,
    lease: Duration,
}

impl Hold {
    /// To be called before a claim is asked for.
    pub(super) fn from_now(lease: Duration) -> Self {
        Self { since: Instant::now(), lease }
    }

    /// Whether a request that is begun now will have ended, slow as it may be, before anybody else can claim the message. To be
    /// asked right before each request, when nothing else is waited for any more.
    pub(super) fn is_ample(self) -> bool {
        self.since.elapsed() <= self.lease / 3
    }
}

/// What is remembered of a message that is not settled.
#[derive(Clone, Copy, Default)]
pub(super) struct Progress {
    /// Parts that were sent.
    pub(super) parts: usize,
    /// The last one of them.
    pub(super) last: Option<Sent>,
    /// Failures in a row.
    failures: u32,
    /// The first of them.
    failing_since: Option<Timestamp>,
}

impl Progress {
    /// One more part was sent.
    pub(super) fn after(self, sent: Sent) -> Self {
        Self { parts: self.parts + 1, last: Some(sent), ..Self::default() }
    }
}

/// Messages that are not settled, by number. Only in memory.
#[derive(Default)]
pub(super) struct Unfinished(Mutex<HashMap<i64, Progress>>);

impl Unfinished {
    pub(super) fn recall(&self, id: i64) -> Progress {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).copied().unwrap_or_default()
    }

    pub(super) fn remember(&self, id: i64, progress: Progress) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MANY {
            all.clear();
        }
        all.insert(id, progress);
    }

    pub(super) fn forget(&self, id: i64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }
}

/// What is to become of a message that was not sent.
pub(super) enum Verdict {
    Retry(Timestamp),
    GiveUp,
}

/// Decides by the kind of failure; failures that are Telegram's or the network's are counted in `progress`.
pub(super) fn judge(progress: &mut Progress, fault: &Fault, now: Timestamp) -> Verdict {
    let backoff = match fault {
        Fault::Flood(secs) => return Verdict::Retry(later(now, Duration::from_secs((*secs).into()))),
        Fault::Migrated(_) | Fault::Unreachable(_) | Fault::Markup(_) | Fault::Refused(_) => return Verdict::GiveUp,
        Fault::ThreadGone(_) | Fault::ThreadClosed(_) | Fault::ThreadUnchanged(_) => return Verdict::GiveUp,
        Fault::WrongToken => return Verdict::Retry(later(now, TOKEN_AGAIN.after(1))),
        Fault::Conflict(_) | Fault::Server(_) | Fault::Network(_) | Fault::Garbled => AGAIN,
    };
    let since = *progress.failing_since.get_or_insert(now);
    if now.duration_since(since) >= PATIENCE {
        return Verdict::GiveUp;
    }
    progress.failures += 1;
    Verdict::Retry(later(now, backoff.after(progress.failures)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> String {
        "words".to_owned()
    }

    #[test]
    fn a_message_is_given_up_after_a_day_of_failures_and_not_before() {
        let mut progress = Progress::default();
        let mut now = Timestamp::UNIX_EPOCH;
        let mut retries = 0;
        while let Verdict::Retry(at) = judge(&mut progress, &Fault::Server(words()), now) {
            assert!(at > now && at.duration_since(now) <= SignedDuration::from_secs(330));
            (now, retries) = (at, retries + 1);
        }
        assert!(now.duration_since(Timestamp::UNIX_EPOCH) >= PATIENCE);
        assert!((250..=350).contains(&retries), "{retries}");
    }

    #[test]
    fn waiting_as_asked_is_no_failure() {
        let mut progress = Progress::default();
        let now = Timestamp::UNIX_EPOCH;
        assert!(matches!(judge(&mut progress, &Fault::Flood(7), now), Verdict::Retry(at) if at.as_second() == 7));
        assert!(matches!(judge(&mut progress, &Fault::WrongToken, now), Verdict::Retry(_)));
        assert_eq!((progress.failures, progress.failing_since), (0, None));
    }

    #[test]
    fn what_can_never_arrive_is_given_up_at_once() {
        for fault in [Fault::Migrated(1), Fault::Unreachable(words()), Fault::Markup(words()), Fault::Refused(words())]
        {
            assert!(matches!(judge(&mut Progress::default(), &fault, Timestamp::UNIX_EPOCH), Verdict::GiveUp));
        }
    }

    #[test]
    fn a_hold_ends_long_before_the_lease_does() {
        let ago = |secs| Instant::now().checked_sub(Duration::from_secs(secs)).unwrap();
        let held_for = |secs| Hold { since: ago(secs), lease: Duration::from_mins(1) };
        assert!(held_for(0).is_ample() && held_for(19).is_ample());
        assert!(!held_for(21).is_ample() && !held_for(61).is_ample());
    }
}
