//! What goes wrong, by dice: to each replica, to the database, and at Telegram, side by side, one thing after the other at each.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::house::{House, Replica};
use crate::support::bot_api::{FakeBotApi, Fault};
use crate::support::generated::Dice;
use crate::support::postgres::{self, Restart, Server};
use crate::support::proxy::Way;

/// What can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub(super) enum Kind {
    #[strum(serialize = "replica: kill -9")]
    Killed,
    #[strum(serialize = "replica: SIGSTOP")]
    Stopped,
    #[strum(serialize = "database connections: cut")]
    DatabaseCut,
    #[strum(serialize = "database connections: cut and refused")]
    DatabaseRefused,
    #[strum(serialize = "database connections: stalled")]
    DatabaseStalled,
    #[strum(serialize = "database connections: slow")]
    DatabaseSlow,
    #[strum(serialize = "Telegram connections: cut")]
    TelegramCut,
    #[strum(serialize = "Telegram connections: stalled")]
    TelegramStalled,
    #[strum(serialize = "database: restart, fast")]
    RestartFast,
    #[strum(serialize = "database: restart, immediate")]
    RestartImmediate,
    #[strum(serialize = "Telegram: 429")]
    Flood,
    #[strum(serialize = "Telegram: 5xx")]
    ServerError,
    #[strum(serialize = "Telegram: cut before the effect")]
    CutBefore,
    #[strum(serialize = "Telegram: cut after the effect")]
    CutAfter,
    #[strum(serialize = "Telegram: slow answer")]
    SlowAnswer,
    #[strum(serialize = "Telegram: updates doubled")]
    UpdatesDoubled,
}

impl Kind {
    /// Whether a message may be sent whose sending is then not known of.
    fn may_repeat_a_message(self) -> bool {
        !matches!(self, Self::Flood | Self::ServerError | Self::CutBefore | Self::UpdatesDoubled | Self::DatabaseSlow)
    }
}

/// What has gone wrong so far.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    counts: Mutex<BTreeMap<Kind, usize>>,
}

impl Ledger {
    fn enter(&self, kind: Kind) {
        *self.counts.lock().unwrap().entry(kind).or_default() += 1;
    }

    pub(super) fn counts(&self) -> BTreeMap<Kind, usize> {
        self.counts.lock().unwrap().clone()
    }

    /// How many of them may have repeated a message of a chat.
    pub(super) fn repeating(&self) -> usize {
        self.counts().into_iter().filter(|(kind, _)| kind.may_repeat_a_message()).map(|(_, count)| count).sum()
    }
}

/// How long things last, and how long nothing happens in between.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measure {
    /// A process stands still at most so long.
    pub(super) stop: Duration,
    /// A connection is no good at most so long.
    pub(super) outage: Duration,
    /// There is peace at most so long.
    pub(super) peace: Duration,
}

/// Somebody who does harm until the load ends; what was done lasts no longer than that.
pub(super) struct Monkey {
    pub(super) house: Arc<House>,
    pub(super) ledger: Arc<Ledger>,
    pub(super) dice: Dice,
    pub(super) measure: Measure,
}

impl Monkey {
    fn up_to(&mut self, most: Duration) -> Duration {
        Duration::from_millis(self.dice.below(usize::try_from(most.as_millis()).unwrap().max(1)) as u64)
    }

    /// Lets time pass, but not beyond the end of the load.
    async fn waits(&mut self, most: Duration) {
        let wait = self.up_to(most);
        let _ = tokio::time::timeout(wait, self.house.load_ends.cancelled()).await;
    }

    /// Harms one replica.
    pub(super) async fn plagues(mut self, number: usize) {
        while self.house.is_loaded() {
            self.waits(self.measure.peace).await;
            let house = Arc::clone(&self.house);
            let replica = &house.replicas[number];
            match self.dice.below(if replica.is_on_telegram() { 10 } else { 8 }) {
                0 | 1 => self.kills(number).await,
                2 | 3 => self.stops(replica).await,
                4 => {
                    self.ledger.enter(Kind::DatabaseCut);
                    replica.to_database.cut();
                }
                5 => {
                    self.ledger.enter(Kind::DatabaseRefused);
                    replica.to_database.becomes(Way::Refusing);
                    replica.to_database.cut();
                    self.waits(self.measure.outage).await;
                }
                6 => {
                    self.ledger.enter(Kind::DatabaseStalled);
                    replica.to_database.becomes(Way::Stalled);
                    self.waits(self.measure.outage).await;
                    // Sometimes what was kept back arrives, sometimes never.
                    if self.dice.below(2) == 0 {
                        replica.to_database.cut();
                    }
                }
                7 => {
                    self.ledger.enter(Kind::DatabaseSlow);
                    let delay = Duration::from_millis(5) + self.up_to(Duration::from_millis(45));
                    replica.to_database.becomes(Way::Slow(delay));
                    self.waits(self.measure.outage).await;
                }
                8 => {
                    self.ledger.enter(Kind::TelegramCut);
                    replica.to_telegram.cut();
                }
                _ => {
                    self.ledger.enter(Kind::TelegramStalled);
                    replica.to_telegram.becomes(Way::Stalled);
                    self.waits(self.measure.outage).await;
                    if self.dice.below(2) == 0 {
                        replica.to_telegram.cut();
                    }
                }
            }
            replica.to_database.becomes(Way::Open);
            replica.to_telegram.becomes(Way::Open);
            let house = Arc::clone(&self.house);
            tokio::task::spawn_blocking(move || house.replicas[number].is_looked_after()).await.unwrap();
        }
    }

    async fn kills(&mut self, number: usize) {
        self.ledger.enter(Kind::Killed);
        let house = Arc::clone(&self.house);
        tokio::task::spawn_blocking(move || house.replicas[number].is_killed()).await.unwrap();
        self.waits(Duration::from_secs(1)).await;
        let house = Arc::clone(&self.house);
        tokio::task::spawn_blocking(move || house.replicas[number].starts()).await.unwrap();
    }

    async fn stops(&mut self, replica: &Replica) {
        self.ledger.enter(Kind::Stopped);
        replica.signal("STOP");
        self.waits(self.measure.stop).await;
        replica.signal("CONT");
    }

    /// Restarts the database now and then; returns it as it was given.
    pub(super) async fn restarts(mut self, mut server: Server, database: String) -> Server {
        while self.house.is_loaded() {
            self.waits(self.measure.peace * 3).await;
            let (kind, how) = match self.dice.below(2) {
                0 => (Kind::RestartFast, Restart::Fast),
                _ => (Kind::RestartImmediate, Restart::Immediate),
            };
            self.ledger.enter(kind);
            server.restart(how);
            postgres::answers(&database).await;
        }
        server
    }

    /// Has Telegram do what it does on bad days.
    pub(super) async fn disturbs(mut self, telegram: FakeBotApi) {
        while self.house.is_loaded() {
            self.waits(self.measure.peace).await;
            let retry_after = 1 + u32::try_from(self.dice.below(3)).unwrap();
            let times = 1 + self.dice.below(3);
            let (kind, planned) = match self.dice.below(7) {
                0 => (Kind::Flood, Fault::TooManyRequests { retry_after }.on("sendMessage").times(times)),
                1 => (Kind::Flood, Fault::TooManyInText { retry_after }.on("sendMessage")),
                2 => (Kind::ServerError, Fault::ServerError(500).on("sendMessage").times(times)),
                3 => (Kind::ServerError, Fault::ServerError(502).on("getUpdates")),
                4 => (Kind::CutBefore, Fault::CutBefore.on("*").times(times)),
                5 => (Kind::CutAfter, Fault::CutAfter.on("*")),
                _ => (Kind::SlowAnswer, Fault::Slow(self.up_to(self.measure.outage)).on("sendMessage").times(times)),
            };
            self.ledger.enter(kind);
            telegram.plan(planned);
            let is_doubling = self.dice.below(3) == 0;
            if is_doubling {
                self.ledger.enter(Kind::UpdatesDoubled);
            }
            telegram.deliver_every_update_twice(is_doubling);
        }
        telegram.deliver_every_update_twice(false);
        telegram.forget_faults();
    }
}

/// For reports: how long ago something was.
pub(super) fn secs(since: Instant) -> f64 {
    since.elapsed().as_secs_f64()
}
