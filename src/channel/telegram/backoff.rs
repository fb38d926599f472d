//! Waiting longer after every failure.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// How long to wait after a number of failures in a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Backoff {
    /// After the first one.
    pub(super) first: Duration,
    /// At most.
    pub(super) most: Duration,
}

impl Backoff {
    /// Doubles with every failure; up to a tenth is added or taken, so that many do not come back at once.
    pub(super) fn after(self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(20);
        let plain = self.first.saturating_mul(1 << doublings).min(self.most);
        let random = u32::try_from(RandomState::new().hash_one(failures) % 200).unwrap_or(100);
        plain * (900 + random) / 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_most() {
        let backoff = Backoff { first: Duration::from_secs(1), most: Duration::from_mins(1) };
        for (failures, secs) in [(0, 1), (1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (u32::MAX, 60)] {
            let wait = backoff.after(failures).as_secs_f64();
            assert!((wait / f64::from(secs) - 1.0).abs() <= 0.1, "{failures}: {wait}");
        }
    }
}
