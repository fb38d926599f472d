//! The Telegram bot: updates into the inbox, fetched or brought, turns from the inbox to the desk, sending from the outbox.
//!
//! The three run side by side and only meet in the store, so that each can fail, wait and be stopped by itself. The client
//! library's dispatcher is not used: it acknowledges updates before they are handled and keeps them in memory only. Of groups only
//! the supervisors' is served, and of that only tickets' threads. What people attach is passed on by its
//! id and never downloaded. Where Telegram brings updates itself ([`Webhook`]), whoever serves HTTP hands them in; no HTTP is spoken here.

mod api;
mod arrivals;
mod attached;
mod backoff;
mod deliver;
mod duty;
mod fault;
mod flood;
mod group;
mod limits;
mod link;
mod menu;
mod parse;
mod parts;
mod poller;
mod presses;
mod progress;
mod sender;
mod text;
mod threads;
mod webhook;
mod worker;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use secrecy::SecretString;
use teloxide::Bot;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

pub use self::api::SetupError;
pub use self::fault::Fault;
pub use self::group::{GroupStanding, group_standing};
pub use self::link::Link;
pub use self::webhook::{Delivery, Webhook, WebhookConfig};

use self::arrivals::Arrivals;
use self::deliver::Courier;
use self::duty::Duty;
use self::flood::Flood;
use self::limits::Limits;
use self::link::Reporter;
use self::poller::Poller;
use self::presses::Presses;
use self::progress::Unfinished;
use self::sender::Sender;
use self::webhook::Registrar;
use self::worker::Worker;
use super::Handler;
use crate::desk::ports::{Clock, Files, Inbox, Leases, Outbox, Store, Threads, Turns};

/// The roster is looked at once in so many checks: somebody new sees their commands soon, not at once.
const ROSTER_LOOKS: u32 = 10;

/// How the bot is reached and how it works.
#[derive(Clone, Debug)]
pub struct TelegramConfig {
    /// The bot's token.
    pub token: SecretString,
    /// The Bot API server, if it is not Telegram's own.
    pub api_url: Option<Url>,
    /// The supervisors' group, in which every ticket has a thread.
    pub group: Option<i64>,
    /// Where Telegram is to bring updates; they are fetched where there is none.
    pub webhook: Option<WebhookConfig>,
    /// How many conversations are handled at a time.
    pub workers: usize,
    /// How long Telegram may keep a poll open; whole seconds, at most ten.
    pub poll_timeout: Duration,
    /// How often the inbox and the outbox are looked at without being told of news.
    pub check_every: Duration,
    /// For how long a message is claimed for sending: a good deal more than twice as long as a slow request takes.
    pub send_lease: Duration,
    /// How long turns, and then sending, may go on after the stop.
    pub grace: Duration,
}

impl TelegramConfig {
    /// The defaults for a bot with this token.
    pub fn new(token: SecretString) -> Self {
        Self {
            token,
            api_url: None,
            group: None,
            webhook: None,
            workers: 4,
            poll_timeout: Duration::from_secs(10),
            check_every: Duration::from_secs(1),
            send_lease: Duration::from_mins(1),
            grace: Duration::from_secs(5),
        }
    }
}

/// What the bot needs from the rest.
pub struct Ports {
    /// Takes updates.
    pub inbox: Arc<dyn Inbox>,
    /// Gives messages.
    pub outbox: Arc<dyn Outbox>,
    /// Marks as handled what says nothing.
    pub files: Arc<dyn Files>,
    /// Remembers the threads of the supervisors' group.
    pub threads: Arc<dyn Threads>,
    /// Keeps the pace of sending, for all processes together.
    pub turns: Arc<dyn Turns>,
    /// Says which process fetches updates.
    pub leases: Arc<dyn Leases>,
    /// Handles updates.
    pub handler: Arc<dyn Handler>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

impl Ports {
    /// Everything from one store.
    pub fn new(store: Arc<dyn Store>, handler: Arc<dyn Handler>, clock: Arc<dyn Clock>) -> Self {
        let (inbox, outbox, files) = (Arc::clone(&store) as _, Arc::clone(&store) as _, Arc::clone(&store) as _);
        let (threads, turns) = (Arc::clone(&store) as _, Arc::clone(&store) as _);
        Self { inbox, outbox, files, threads, turns, leases: store as _, handler, clock }
    }
}

/// One of the bot's tasks ended by itself, which is a bug; the others were stopped.
#[derive(Debug, thiserror::Error)]
#[error("a task of the Telegram bot ended by itself")]
pub struct TaskEnded(#[source] Option<JoinError>);

/// The bot's name could not be asked for.
#[derive(Debug, thiserror::Error)]
pub enum LookUpError {
    /// The bot could not be set up.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// Telegram did not say.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Asks Telegram for the bot's user name. For checks and links, not needed for running.
///
/// # Errors
///
/// Returns [`LookUpError`]: what an operator has to mend.
pub async fn user_name(config: &TelegramConfig) -> Result<String, LookUpError> {
    let me = api::call(&api::bot(config)?, api::WhoAmI {}).await?;
    Ok(me.username.unwrap_or_default())
}

/// What Telegram says of the webhook. For checks, not needed for running.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Where updates are brought to; `None` where they have to be fetched.
    pub url: Option<String>,
    /// Updates that wait at Telegram.
    pub waiting: u64,
    /// When bringing one failed last, and why, in Telegram's words.
    pub failure: Option<(Timestamp, String)>,
}

/// Asks Telegram where it brings updates.
///
/// # Errors
///
/// Returns [`LookUpError`]: what an operator has to mend.
pub async fn registration(config: &TelegramConfig) -> Result<Registration, LookUpError> {
    let hook = api::call(&api::bot(config)?, api::HookInfo {}).await?;
    let failed_at = hook.last_error_date.and_then(|secs| Timestamp::from_second(secs).ok());
    let failure = failed_at.map(|at| (at, hook.failure()));
    let url = Some(hook.url).filter(|url| !url.is_empty());
    Ok(Registration { url, waiting: hook.pending_update_count, failure })
}

/// The Telegram bot.
pub struct Telegram {
    bot: Bot,
    config: TelegramConfig,
    ports: Arc<Ports>,
    link: Arc<Reporter>,
    written: Arc<Notify>,
    arrivals: Arrivals,
    webhook: Option<Arc<Webhook>>,
}

impl Telegram {
    /// Sets the bot up; asks Telegram nothing yet.
    ///
    /// # Errors
    ///
    /// Returns [`SetupError`] when the address cannot be used or there is no HTTP client to be had.
    pub fn new(config: TelegramConfig, ports: Ports) -> Result<Self, SetupError> {
        let (bot, ports) = (api::bot(&config)?, Arc::new(ports));
        let arrivals = Arrivals::new(Arc::clone(&ports));
        let webhook = |hook| Arc::new(Webhook::new(hook, &config.token, arrivals.clone()));
        let webhook = config.webhook.as_ref().map(webhook);
        let (link, written) = (Arc::new(Reporter::new()), Arc::new(Notify::new()));
        Ok(Self { bot, config, ports, link, written, arrivals, webhook })
    }

    /// Where updates are to be handed in that Telegram brings; `None` where they are fetched.
    pub fn webhook(&self) -> Option<Arc<Webhook>> {
        self.webhook.clone()
    }

    /// Whether updates arrive; changes are seen by whoever watches.
    pub fn link(&self) -> watch::Receiver<Link> {
        self.link.subscribe()
    }

    /// To be notified by whoever writes to the outbox, so that it is sent at once instead of at the next look.
    pub fn written(&self) -> Arc<Notify> {
        Arc::clone(&self.written)
    }

    /// Runs until it is stopped: no more updates are taken, begun turns are finished, then what is due is sent.
    ///
    /// Ends at most twice the grace after the stop; what was not done then stands in the store. Telegram being away or
    /// refusing the token does not end it.
    ///
    /// # Errors
    ///
    /// Returns [`TaskEnded`] when a part of it failed for good.
    pub async fn run(self, stop: CancellationToken) -> Result<(), TaskEnded> {
        // Not derived from `stop`: a task that ends before it is told to is an error.
        let (intake_stops, outflow_stops) = (CancellationToken::new(), CancellationToken::new());
        describe_metrics();
        let (presses, waiting) = Presses::new();
        let mut intake = self.intake(&intake_stops, presses);
        let mut outflow = self.outflow(&outflow_stops, waiting);
        let ended = tokio::select! {
            () = stop.cancelled() => Ok(()),
            Some(ended) = intake.join_next() => Err(TaskEnded(ended.err())),
            Some(ended) = outflow.join_next() => Err(TaskEnded(ended.err())),
        };
        intake_stops.cancel();
        finish(&mut intake, self.config.grace, "turns").await;
        outflow_stops.cancel();
        finish(&mut outflow, self.config.grace, "messages").await;
        ended
    }

    fn intake(&self, stop: &CancellationToken, presses: Presses) -> JoinSet<()> {
        let worker = Worker {
            ports: Arc::clone(&self.ports),
            group: self.config.group,
            presses,
            flood: Arc::new(Flood::new()),
            arrived: self.arrivals.news(),
            written: Arc::clone(&self.written),
            check_every: self.config.check_every,
        };
        let mut tasks = JoinSet::new();
        for _ in 0..self.config.workers.max(1) {
            tasks.spawn(worker.clone().run(stop.clone()));
        }
        match (&self.config.webhook, &self.webhook) {
            (Some(config), Some(webhook)) => {
                let (bot, url, webhook) = (self.bot.clone(), config.url.clone(), Arc::clone(webhook));
                let registrar = Registrar { bot, url, webhook, link: Arc::clone(&self.link) };
                tasks.spawn(registrar.run(stop.clone()));
            }
            _ => {
                // The number of the bot, which is no secret.
                let number = self.bot.token().split(':').next().unwrap_or_default();
                let poller = Poller {
                    bot: self.bot.clone(),
                    duty: Duty::new(Arc::clone(&self.ports), Arc::clone(&self.link), number),
                    arrivals: self.arrivals.clone(),
                    link: Arc::clone(&self.link),
                    timeout: self.config.poll_timeout.min(Duration::from_secs(10)),
                };
                tasks.spawn(poller.run(stop.clone()));
            }
        }
        let look_every = self.config.check_every * ROSTER_LOOKS;
        tasks.spawn(menu::run(self.bot.clone(), Arc::clone(&self.ports), look_every, stop.clone()));
        tasks
    }

    fn outflow(&self, stop: &CancellationToken, waiting: mpsc::Receiver<String>) -> JoinSet<()> {
        let courier = Courier {
            bot: self.bot.clone(),
            ports: Arc::clone(&self.ports),
            limits: Limits::new(Arc::clone(&self.ports)),
            unfinished: Unfinished::default(),
        };
        let sender = Sender {
            ports: Arc::clone(&self.ports),
            courier: Arc::new(courier),
            written: Arc::clone(&self.written),
            check_every: self.config.check_every,
            lease: self.config.send_lease,
        };
        let mut tasks = JoinSet::new();
        tasks.spawn(sender.run(stop.clone()));
        tasks.spawn(limits::keep_tidy(Arc::clone(&self.ports), stop.clone()));
        tasks.spawn(presses::run(self.bot.clone(), waiting));
        tasks
    }
}

/// Waits for tasks that were told to stop, and cuts off those that take too long.
async fn finish(tasks: &mut JoinSet<()>, grace: Duration, what: &str) {
    let all = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(grace, all).await.is_err() {
        tracing::warn!("{what} of the Telegram bot were cut off by the stop; they are kept in the store");
        tasks.shutdown().await;
    }
}

fn describe_metrics() {
    metrics::describe_gauge!("zhengqitong_telegram_up", "Whether updates arrive, here or where they are fetched");
    metrics::describe_gauge!("zhengqitong_telegram_poller", "Whether this process fetches updates; one of all does");
    metrics::describe_counter!("zhengqitong_telegram_updates_received_total", "New updates stored");
    metrics::describe_counter!("zhengqitong_telegram_updates_handled_total", "Attempts to handle an update by outcome");
    metrics::describe_counter!("zhengqitong_telegram_store_errors_total", "Attempts to store updates that failed");
    metrics::describe_counter!("zhengqitong_telegram_messages_sent_total", "Messages that Telegram took");
    metrics::describe_counter!("zhengqitong_telegram_messages_retried_total", "Messages put back by reason");
    metrics::describe_counter!("zhengqitong_telegram_messages_given_up_total", "Messages given up by reason");
    metrics::describe_counter!("zhengqitong_telegram_api_errors_total", "Failed requests by class");
}

/// A moment after another.
fn later(now: Timestamp, wait: Duration) -> Timestamp {
    now.checked_add(signed(wait)).unwrap_or(Timestamp::MAX)
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

/// An error with its causes, in one line; masked, should one of them quote what somebody wrote.
fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(": ");
        line.push_str(&error.to_string());
        cause = error.source();
    }
    crate::domain::privacy::mask(&line)
}
