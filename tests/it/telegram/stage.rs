//! The bot between a fake Telegram and a store in a file, and the clock it reads.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use zhengqitong::channel::telegram::{Link, Ports, TaskEnded, Telegram, TelegramConfig};
use zhengqitong::desk::changes::Changes;
use zhengqitong::desk::message::{Channel, ChatAddress, Outgoing};
use zhengqitong::desk::ports::{Backlog, Clock, Files, Inbox, InboxItem, Outbox, Received, StoreError, Turns};
use zhengqitong::store::SqliteStore;

use super::parrot::{Parrot, UNPOISONED};
use crate::support::bot_api::FakeBotApi;

/// Longer than anything that is waited for; only a failing test waits for so long.
pub(super) const BOUND: Duration = Duration::from_secs(30);

/// Everything around the bot. The store's file outlives the bot's processes.
pub(super) struct Stage {
    pub(super) telegram: FakeBotApi,
    pub(super) store: Arc<SqliteStore>,
    pub(super) inbox: Arc<Gate>,
    pub(super) clock: Arc<SteppedClock>,
    pub(super) token: String,
    pub(super) send_lease: Duration,
    pub(super) turns: Arc<dyn Turns>,
    _folder: TempDir,
}

impl Stage {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let url = format!("sqlite://{}", folder.path().join("bot.db").display());
        let store = Arc::new(SqliteStore::open(&url).await.expect("the store opens"));
        let inbox = Arc::new(Gate {
            store: Arc::clone(&store),
            refusals: watch::Sender::default(),
            failures: watch::Sender::default(),
        });
        let telegram = FakeBotApi::start().await;
        let token = telegram.token().to_owned();
        let turns = Arc::clone(&store) as _;
        Self {
            telegram,
            store,
            inbox,
            clock: Arc::default(),
            token,
            send_lease: Duration::from_mins(1),
            turns,
            _folder: folder,
        }
    }

    pub(super) fn config(&self) -> TelegramConfig {
        let mut config = TelegramConfig::new(SecretString::from(self.token.clone()));
        config.api_url = Some(self.telegram.url().parse().expect("it is an address"));
        config.check_every = Duration::from_millis(20);
        config.poll_timeout = Duration::from_secs(5);
        config.send_lease = self.send_lease;
        config
    }

    /// The bot, not running yet.
    fn bot(&self, parrot: &Arc<Parrot>) -> Telegram {
        let ports = Ports {
            inbox: Arc::clone(&self.inbox) as _,
            outbox: Arc::clone(&self.store) as _,
            files: Arc::clone(&self.store) as _,
            threads: Arc::clone(&self.store) as _,
            turns: Arc::clone(&self.turns),
            leases: Arc::clone(&self.store) as _,
            handler: Arc::clone(parrot) as _,
            clock: Arc::clone(&self.clock) as _,
        };
        Telegram::new(self.config(), ports).expect("the address is one")
    }

    /// A process of the bot.
    pub(super) fn starts(&self) -> Process {
        let parrot = Arc::new(Parrot::new(Arc::clone(&self.store) as _));
        let bot = self.bot(&parrot);
        let (link, stop) = (bot.link(), CancellationToken::new());
        let mut running = JoinSet::new();
        running.spawn(bot.run(stop.clone()));
        Process { parrot, link, stop, running }
    }

    /// Writes to a chat as other parts of the program do.
    pub(super) async fn writes(&self, chat: i64, texts: &[&str]) {
        let to = ChatAddress::new(Channel::Telegram, chat.to_string());
        let message = |text: &&str| Outgoing {
            to: to.clone(),
            text: (*text).to_owned(),
            buttons: vec![],
            about: None,
            attachment: None,
        };
        let outgoing = texts.iter().map(message).collect();
        self.store
            .commit(Changes { outgoing, at: self.clock.now(), ..Changes::default() })
            .await
            .expect("the store works");
    }

    /// Waits until the outbox is as wanted.
    pub(super) async fn outbox_becomes(&self, wanted: impl Fn(&Backlog) -> bool) {
        self.waits("outbox", async || wanted(&self.store.outbox_backlog().await.expect("the store works"))).await;
    }

    /// Waits until the inbox is as wanted.
    pub(super) async fn inbox_becomes(&self, wanted: impl Fn(&Backlog) -> bool) {
        self.waits("inbox", async || wanted(&self.store.inbox_backlog().await.expect("the store works"))).await;
    }

    async fn waits(&self, what: &str, is_reached: impl AsyncFn() -> bool) {
        let reached = async {
            let mut look = tokio::time::interval(Duration::from_millis(10));
            loop {
                look.tick().await;
                if is_reached().await {
                    return;
                }
            }
        };
        let outcome = tokio::time::timeout(BOUND, reached).await;
        assert!(outcome.is_ok(), "the {what} does not become as wanted\n{}", self.telegram.transcript());
    }

    pub(super) async fn outbox_dead(&self) -> u64 {
        self.store.outbox_backlog().await.expect("the store works").dead
    }
}

/// A running bot; dropped, it dies as if killed.
pub(super) struct Process {
    pub(super) parrot: Arc<Parrot>,
    pub(super) link: watch::Receiver<Link>,
    stop: CancellationToken,
    running: JoinSet<Result<(), TaskEnded>>,
}

impl Process {
    /// Asks it to stop and waits until it has.
    pub(super) async fn stops(mut self) {
        self.stop.cancel();
        let ended = tokio::time::timeout(BOUND, self.running.join_next()).await.expect("it ends soon");
        ended.expect("it was running").expect("it does not panic").expect("none of its tasks ended by itself");
    }

    /// Kills it at once.
    pub(super) async fn dies(mut self) {
        self.running.shutdown().await;
    }

    pub(super) async fn link_becomes(&mut self, wanted: impl Fn(&Link) -> bool) -> Link {
        let reached = tokio::time::timeout(BOUND, self.link.wait_for(|link| wanted(link))).await;
        reached.expect("the link changes in time").expect("the bot is running").clone()
    }
}

/// The real time, and what was added to it.
#[derive(Default)]
pub(super) struct SteppedClock(AtomicI64);

impl SteppedClock {
    pub(super) fn advance(&self, secs: i64) {
        self.0.fetch_add(secs, Ordering::Relaxed);
    }
}

impl Clock for SteppedClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is a clock")]
        let now = Timestamp::now();
        now + SignedDuration::from_secs(self.0.load(Ordering::Relaxed))
    }
}

/// The inbox, whose door can be shut: then nothing is received.
pub(super) struct Gate {
    store: Arc<SqliteStore>,
    refusals: watch::Sender<Refusals>,
    /// How many failures of the desk are recorded.
    failures: watch::Sender<usize>,
}

#[derive(Default)]
struct Refusals {
    is_shut: bool,
    number: usize,
}

impl Gate {
    pub(super) fn shut(&self, is_shut: bool) {
        self.refusals.send_modify(|refusals| refusals.is_shut = is_shut);
    }

    /// Waits until it has refused so often.
    pub(super) async fn refuses(&self, times: usize) {
        let mut refusals = self.refusals.subscribe();
        let enough = refusals.wait_for(|refusals| refusals.number >= times);
        tokio::time::timeout(BOUND, enough).await.expect("it refuses in time").expect("the sender is here");
    }

    /// Waits until so many failures are recorded, with the time at which each is tried again.
    pub(super) async fn records_failures(&self, times: usize) {
        let mut failures = self.failures.subscribe();
        let enough = failures.wait_for(|failures| *failures >= times);
        tokio::time::timeout(BOUND, enough).await.expect("they are recorded in time").expect("the sender is here");
    }
}

#[async_trait]
impl Inbox for Gate {
    async fn receive(&self, messages: &[Received]) -> Result<usize, StoreError> {
        if self.refusals.borrow().is_shut {
            self.refusals.send_modify(|refusals| refusals.number += 1);
            return Err(StoreError { action: "store incoming messages", cause: "the disk is full".into() });
        }
        self.store.receive(messages).await
    }

    async fn claim_incoming(
        &self,
        channel: Channel,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Option<InboxItem>, StoreError> {
        self.store.claim_incoming(channel, now, lease).await
    }

    async fn claim_message(
        &self,
        id: &str,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Option<InboxItem>, StoreError> {
        self.store.claim_message(id, now, lease).await
    }

    async fn is_settled(&self, id: &str) -> Result<bool, StoreError> {
        self.store.is_settled(id).await
    }

    async fn fail_incoming(
        &self,
        id: &str,
        attempt: u32,
        error: &str,
        retry_at: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let is_ours = self.store.fail_incoming(id, attempt, error, retry_at).await?;
        self.failures.send_modify(|failures| *failures += 1);
        Ok(is_ours)
    }

    async fn inbox_backlog(&self) -> Result<Backlog, StoreError> {
        self.store.inbox_backlog().await
    }
}

/// Collects what is logged on this thread, everything included.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Logs here until the guard is dropped.
    pub(super) fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || log.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect(UNPOISONED)).into_owned()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect(UNPOISONED).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
