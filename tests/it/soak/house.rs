//! The service in several processes, each behind proxies of its own, and what everybody in a run shares.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio_util::sync::CancellationToken;

use crate::support::bot_api::FakeBotApi;
use crate::support::generated::Dice;
use crate::support::installation::{Installation, Serving};
use crate::support::proxy::Proxy;

/// How many replicas have the bot's token: all of them, and one polls at a time.
const WITH_TOKEN: usize = 3;

/// One process of the real binary, again and again.
pub(super) struct Replica {
    installation: Installation,
    pub(super) to_database: Proxy,
    pub(super) to_telegram: Proxy,
    is_on_telegram: bool,
    serving: Mutex<Option<Serving>>,
    /// Where it can be asked; `None` while nobody is there.
    url: Mutex<Option<String>>,
    /// How often it began to start and did not come to it.
    pub(super) failed_starts: AtomicU64,
    /// How often it ended without being told to.
    pub(super) ended_by_itself: AtomicU64,
}

impl Replica {
    pub(super) async fn new(number: usize, database: &str, telegram: &FakeBotApi) -> Self {
        let (server, name) = database.rsplit_once('/').unwrap();
        let (user, port) = server.rsplit_once(':').unwrap();
        let to_database = Proxy::before(port.parse().unwrap()).await;
        let to_telegram = Proxy::before(telegram.port()).await;
        let installation = Installation::bare().over(&format!("{user}:{}/{name}", to_database.port()));
        let installation = if number < WITH_TOKEN {
            installation.with_telegram(telegram.token(), &format!("http://127.0.0.1:{}", to_telegram.port()))
        } else {
            installation
        };
        Self {
            installation: installation.told("ZHENGQITONG_HOURS__SPANS", super::OFFICE_HOURS),
            to_database,
            to_telegram,
            is_on_telegram: number < WITH_TOKEN,
            serving: Mutex::default(),
            url: Mutex::default(),
            failed_starts: AtomicU64::new(0),
            ended_by_itself: AtomicU64::new(0),
        }
    }

    /// Starts it, again and again as a supervisor of processes does, until it serves. Blocks.
    pub(super) fn starts(&self) {
        loop {
            let mut serving = self.installation.begin_to_serve(0);
            if serving.becomes_ready() {
                *self.url.lock().unwrap() = Some(serving.url.clone());
                *self.serving.lock().unwrap() = Some(serving);
                return;
            }
            self.failed_starts.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Ends it at once. Blocks until it is gone.
    pub(super) fn is_killed(&self) {
        *self.url.lock().unwrap() = None;
        if let Some(serving) = self.serving.lock().unwrap().take() {
            serving.kill_9();
        }
    }

    /// Starts it anew where it has ended by itself, and counts that. Blocks.
    pub(super) fn is_looked_after(&self) {
        let has_ended = self.serving.lock().unwrap().as_mut().is_some_and(Serving::has_ended);
        if has_ended {
            self.ended_by_itself.fetch_add(1, Ordering::Relaxed);
            self.is_killed();
            self.starts();
        }
    }

    pub(super) fn is_on_telegram(&self) -> bool {
        self.is_on_telegram
    }

    pub(super) fn signal(&self, name: &str) {
        if let Some(serving) = self.serving.lock().unwrap().as_ref() {
            serving.signal(name);
        }
    }

    /// Asks it to end, which it must do in order. Blocks.
    pub(super) fn stops(&self) {
        *self.url.lock().unwrap() = None;
        self.serving.lock().unwrap().take().expect("it serves").stop();
    }
}

impl Replica {
    /// What it has logged in all its lives.
    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(self.installation.path().join("serve.log")).unwrap_or_default()
    }
}

/// What everybody in a run shares.
pub(super) struct House {
    pub(super) seed: u64,
    pub(super) replicas: Vec<Replica>,
    /// Questions, and the title of what answers each.
    pub(super) known: Vec<(String, String)>,
    /// From then on companies begin with nothing new, and nothing more goes wrong on purpose.
    pub(super) load_ends: CancellationToken,
    /// From then on commissioners may go home.
    pub(super) day_ends: CancellationToken,
    /// How often a page had to say something again.
    pub(super) repeated: AtomicU64,
}

impl House {
    pub(super) fn new(seed: u64, replicas: Vec<Replica>, known: Vec<(String, String)>) -> Self {
        let (load_ends, day_ends) = (CancellationToken::new(), CancellationToken::new());
        Self { seed, replicas, known, load_ends, day_ends, repeated: AtomicU64::new(0) }
    }

    /// Dice of somebody's own, which fall the same way in every run of the seed.
    pub(super) fn dice(&self, whose: u64) -> Dice {
        Dice::new(self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(whose))
    }

    /// Where a balancer sends somebody.
    pub(super) fn somewhere(&self, dice: &mut Dice) -> Option<String> {
        self.replicas[dice.below(self.replicas.len())].url.lock().unwrap().clone()
    }

    pub(super) fn is_loaded(&self) -> bool {
        !self.load_ends.is_cancelled()
    }

    /// Starts every replica at once, as an orchestrator does.
    pub(super) fn opens(&self) {
        std::thread::scope(|scope| {
            for replica in &self.replicas {
                scope.spawn(|| replica.starts());
            }
        });
    }
}
