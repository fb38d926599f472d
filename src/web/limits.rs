//! How often one conversation and one network address may send.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// A rate with some slack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Allowed in the long run.
    pub per_minute: NonZeroU32,
    /// Allowed at once.
    pub burst: NonZeroU32,
}

pub(super) struct Limits {
    sessions: DefaultKeyedRateLimiter<String>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
}

impl Limits {
    pub(super) fn new(session: Rate, address: Rate) -> Self {
        let quota = |rate: Rate| Quota::per_minute(rate.per_minute).allow_burst(rate.burst);
        Self {
            sessions: RateLimiter::keyed(quota(session)),
            addresses: RateLimiter::keyed(quota(address)),
            clock: DefaultClock::default(),
        }
    }

    /// Counts one message of a conversation; how long to wait when it is one too many.
    pub(super) fn admit_session(&self, chat: &str) -> Result<(), Duration> {
        let verdict = self.sessions.check_key(&chat.to_owned());
        verdict.map_err(|too_early| too_early.wait_time_from(self.clock.now()))
    }

    /// Counts one message of a network address; how long to wait when it is one too many.
    pub(super) fn admit_address(&self, address: IpAddr) -> Result<(), Duration> {
        let Some(key) = limited_address(address) else { return Ok(()) };
        self.addresses.check_key(&key).map_err(|too_early| too_early.wait_time_from(self.clock.now()))
    }

    /// Forgets those who have not sent for a while.
    pub(super) fn forget_the_quiet(&self) {
        self.sessions.retain_recent();
        self.addresses.retain_recent();
    }
}

/// What stands for a visitor: the address, for IPv6 its network, since one visitor has all of it.
///
/// `None` for this machine: a proxy on it that does not tell addresses speaks for everybody.
fn limited_address(address: IpAddr) -> Option<IpAddr> {
    let address = address.to_canonical();
    if address.is_loopback() {
        return None;
    }
    Some(match address {
        IpAddr::V6(address) => {
            let [first, second, third, fourth, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(first, second, third, fourth, 0, 0, 0, 0))
        }
        IpAddr::V4(_) => address,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, expected: Option<&str>) {
        let limited = limited_address(address.parse().unwrap()).map(|address| address.to_string());
        assert_eq!(limited.as_deref(), expected, "{address}");
    }

    #[test]
    fn a_visitor_is_known_by_address_or_network() {
        check("203.0.113.7", Some("203.0.113.7"));
        check("::ffff:203.0.113.7", Some("203.0.113.7"));
        check("2001:db8:1:2:3:4:5:6", Some("2001:db8:1:2::"));
        check("127.0.0.1", None);
        check("::1", None);
    }

    #[test]
    fn one_too_many_is_told_how_long_to_wait() {
        let rate = Rate { per_minute: NonZeroU32::new(20).unwrap(), burst: NonZeroU32::new(2).unwrap() };
        let limits = Limits::new(rate, rate);
        assert_eq!(limits.admit_session("a"), Ok(()));
        assert_eq!(limits.admit_session("a"), Ok(()));
        let wait = limits.admit_session("a").unwrap_err();
        assert!(wait <= Duration::from_secs(3), "{wait:?}");
        assert_eq!(limits.admit_session("b"), Ok(()));
    }
}
