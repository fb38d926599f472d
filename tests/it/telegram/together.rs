//! Several processes of one bot over one database: what holds for the bot holds for all of them together.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use zhengqitong::channel::telegram::{Ports, Telegram, TelegramConfig};
use zhengqitong::desk::changes::Changes;
use zhengqitong::desk::message::{Channel, ChatAddress, Outgoing};
use zhengqitong::desk::pace::{Pace, Turn};
use zhengqitong::desk::ports::{Clock, Files, StoreError, Turns};
use zhengqitong::store::PostgresStore;

use super::parrot::Parrot;
use super::stage::{Stage, SteppedClock};
use crate::support::bot_api::{FakeBotApi, Request};
use crate::support::postgres;

const PROCESSES: usize = 3;
const CHATS: i64 = 80;
const MESSAGES_EACH: usize = 3;
/// What Telegram lets pass in a second.
const A_SECOND: usize = 30;

/// A process of the bot with connections of its own.
async fn starts(telegram: &FakeBotApi, database: &str, stop: &CancellationToken, running: &mut JoinSet<()>) {
    let store = Arc::new(PostgresStore::open(database).await.unwrap());
    let mut config = TelegramConfig::new(SecretString::from(telegram.token()));
    config.api_url = Some(telegram.url().parse().unwrap());
    config.check_every = Duration::from_millis(20);
    config.grace = Duration::from_secs(30);
    let parrot = Arc::new(Parrot::new(Arc::clone(&store) as _));
    let ports = Ports::new(store, parrot, Arc::new(SteppedClock::default()));
    let (bot, stop) = (Telegram::new(config, ports).unwrap(), stop.clone());
    running.spawn(async move { bot.run(stop).await.unwrap() });
}

/// The most requests that began within a second.
fn most_in_a_second(requests: &[Request]) -> usize {
    let begun: Vec<Duration> = requests.iter().map(|request| request.at).collect();
    let within = |from: &Duration| {
        begun.iter().copied().filter(|at| (*from..*from + Duration::from_secs(1)).contains(at)).count()
    };
    begun.iter().map(within).max().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn three_processes_keep_below_the_limits_together() {
    let telegram = FakeBotApi::start().await;
    let database = postgres::new_database().await;
    let people: Vec<_> = (100..100 + CHATS).map(|id| telegram.person(id, "甲")).collect();
    let store = PostgresStore::open(&database).await.unwrap();
    let to = |chat: i64| ChatAddress::new(Channel::Telegram, chat.to_string());
    let message = |chat: i64, number: usize| {
        let text = format!("第{number}条");
        Outgoing { to: to(chat), text, buttons: vec![], about: None, attachment: None }
    };
    let numbers = 1..=MESSAGES_EACH;
    let outgoing = numbers.flat_map(|number| (100..100 + CHATS).map(move |chat| message(chat, number))).collect();
    let at = SteppedClock::default().now();
    store.commit(Changes { outgoing, at, ..Changes::default() }).await.unwrap();

    let (stop, mut running) = (CancellationToken::new(), JoinSet::new());
    for _ in 0..PROCESSES {
        starts(&telegram, &database, &stop, &mut running).await;
    }
    for person in &people {
        for number in 1..=MESSAGES_EACH {
            assert_eq!(person.next_message().await.text, format!("第{number}条"));
        }
    }
    stop.cancel();
    while let Some(ended) = running.join_next().await {
        ended.unwrap();
    }
    let sends = telegram.requests_of("sendMessage");
    assert_eq!(sends.len(), people.len() * MESSAGES_EACH, "each once");
    assert!(sends.iter().all(Request::succeeded), "a limit was hit");
    let most = most_in_a_second(&sends);
    assert!(most <= A_SECOND, "{most} in a second");
    let took = sends.last().unwrap().at.saturating_sub(sends[0].at);
    assert!(took <= Duration::from_secs(15), "and the limits are made use of: {took:?}");
}

/// A store that cannot say when there is a turn.
struct NoTurns;

#[async_trait]
impl Turns for NoTurns {
    async fn take_turn(&self, _: &str, _: Pace, _: Timestamp, _: SignedDuration) -> Result<Turn, StoreError> {
        Err(StoreError { action: "take a turn", cause: "the server is away".into() })
    }

    async fn forget_turns(&self, _: Timestamp) -> Result<(), StoreError> {
        Err(StoreError { action: "forget turns", cause: "the server is away".into() })
    }
}

#[tokio::test]
async fn a_process_that_cannot_ask_for_turns_keeps_below_the_limits_by_itself() {
    let mut stage = Stage::new().await;
    stage.turns = Arc::new(NoTurns);
    let people: Vec<_> = (100..145).map(|id| stage.telegram.person(id, "甲")).collect();
    for person in &people {
        stage.writes(person.chat_id(), &["一"]).await;
    }
    let process = stage.starts();
    for person in &people {
        assert_eq!(person.next_message().await.text, "一");
    }
    process.stops().await;
    let sends = stage.telegram.requests_of("sendMessage");
    assert!(sends.iter().all(Request::succeeded) && most_in_a_second(&sends) <= A_SECOND, "a limit was hit");
}
