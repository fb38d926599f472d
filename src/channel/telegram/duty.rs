//! Whose duty it is to fetch updates: of all processes that share a store, one at a time polls.
//!
//! A lease in the store says which. It is prolonged every few seconds; who cannot do so, being stopped or without the store, polls no
//! more before the lease ends. That is for Telegram, which refuses the older of two polls, and not for correctness: whoever still polls
//! acknowledges only what they have stored, and what two fetch is known by its number. So a lease that is lost in the middle of a
//! long poll costs nothing.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::link::Reporter;
use super::{Ports, chain, later};

/// Another process takes over so long after one has died, and within [`LOOK_EVERY`].
const LEASE: Duration = Duration::from_secs(10);
const RENEW_EVERY: Duration = Duration::from_secs(2);
/// Who stands by looks this often whether the lease is free.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A lease is relied upon for so much of it only.
const RELIED_UPON: Duration = Duration::from_secs(8);
/// The store has so long to take the lease back.
const RELEASE_LIMIT: Duration = Duration::from_secs(2);

/// One process's share in the duty.
pub(super) struct Duty {
    ports: Arc<Ports>,
    link: Arc<Reporter>,
    name: String,
    holder: String,
}

/// A time of duty; says until when polls may be begun.
pub(super) struct Term(watch::Sender<Instant>);

impl Term {
    /// Whether this process surely still has the lease. The clock goes on while the process is stopped.
    pub(super) fn lasts(&self) -> bool {
        Instant::now() < *self.0.borrow()
    }
}

impl Duty {
    /// `bot` names the bot, whose processes take turns.
    pub(super) fn new(ports: Arc<Ports>, link: Arc<Reporter>, bot: &str) -> Self {
        let mut random = [0; 16];
        let holder = match getrandom::fill(&mut random) {
            Ok(()) => format!("{:032x}", u128::from_be_bytes(random)),
            // Two processes of one machine still differ.
            Err(_no_entropy) => format!("process {}", std::process::id()),
        };
        Self { ports, link, name: format!("telegram:poll:{bot}"), holder }
    }

    /// Stands by until the duty is this process's.
    pub(super) async fn begins(&self) -> Term {
        let mut is_told = false;
        loop {
            let asked = Instant::now();
            match self.hold().await {
                Ok(true) => {
                    show(true);
                    tracing::info!("this process fetches the updates from Telegram");
                    return Term(watch::Sender::new(asked + RELIED_UPON));
                }
                Ok(false) => {
                    show(false);
                    self.link.stands_by();
                    is_told = false;
                }
                Err(cause) => {
                    show(false);
                    if !is_told {
                        tracing::warn!(cause, "the store does not say who fetches updates; trying again");
                    }
                    is_told = true;
                }
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Prolongs the term; returns when it has ended.
    pub(super) async fn lasts(&self, term: &Term) {
        loop {
            tokio::time::sleep(RENEW_EVERY).await;
            let (asked, ends) = (Instant::now(), *term.0.borrow());
            match tokio::time::timeout_at(ends, self.hold()).await {
                Ok(Ok(true)) => {
                    let _former = term.0.send_replace(asked + RELIED_UPON);
                }
                Ok(Ok(false)) => {
                    tracing::warn!("another process fetches the updates by now; standing by");
                    return;
                }
                Ok(Err(_)) if term.lasts() => {}
                Ok(Err(_)) | Err(_) => {
                    tracing::warn!("the store does not prolong the duty to fetch updates; they wait at Telegram");
                    return;
                }
            }
        }
    }

    /// Gives the duty back, so that another process takes it at once.
    pub(super) async fn ends(&self) {
        show(false);
        let released = tokio::time::timeout(RELEASE_LIMIT, self.ports.leases.release(&self.name, &self.holder)).await;
        if let Ok(Err(error)) = released {
            tracing::debug!(cause = chain(&error), "the duty to fetch updates was not given back; it ends by itself");
        }
    }

    async fn hold(&self) -> Result<bool, String> {
        let now = self.ports.clock.now();
        let held = self.ports.leases.hold(&self.name, &self.holder, now, later(now, LEASE)).await;
        held.map_err(|error| chain(&error))
    }
}

fn show(is_on_duty: bool) {
    metrics::gauge!("zhengqitong_telegram_poller").set(if is_on_duty { 1.0 } else { 0.0 });
}
