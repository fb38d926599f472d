//! A circuit breaker: who failed several times in a row is left alone for a while, then tried once.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So many failures in a row open it.
const FAILURES: u32 = 3;

/// How long it stays open before one call is let through.
const REST: Duration = Duration::from_secs(30);

/// Decides whether a server is worth calling.
#[derive(Debug, Default)]
pub(super) struct Breaker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    /// Closed to all callers before this moment.
    rests_until: Option<Instant>,
}

impl Breaker {
    /// Tells whether a call may be made at `now`; after a rest only the first caller is told so.
    pub(super) fn lets_through(&self, now: Instant) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match state.rests_until {
            None => true,
            Some(until) if now < until => false,
            Some(_) => {
                state.rests_until = Some(now + REST);
                true
            }
        }
    }

    /// Tells whether calls are being held back, without taking the one that is let through.
    pub(super) fn is_open(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).rests_until.is_some()
    }

    /// Records how a call went at `now`; returns whether that opened it.
    pub(super) fn record(&self, succeeded: bool, now: Instant) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if succeeded {
            *state = State::default();
            return false;
        }
        state.failures += 1;
        if state.failures < FAILURES {
            return false;
        }
        let was_closed = state.rests_until.is_none();
        state.rests_until = Some(now + REST);
        was_closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_three_failures_it_rests_and_then_tries_one() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        assert!(!breaker.record(false, now) && !breaker.record(false, now));
        assert!(breaker.lets_through(now));
        assert!(breaker.record(false, now));
        assert!(!breaker.lets_through(now + REST / 2));
        let later = now + REST;
        assert!(breaker.lets_through(later), "one is tried");
        assert!(!breaker.lets_through(later), "and only one");
        breaker.record(false, later);
        assert!(breaker.is_open());
        assert!(breaker.lets_through(later + REST));
        breaker.record(true, later + REST);
        assert!(!breaker.is_open() && breaker.lets_through(later + REST));
    }
}
