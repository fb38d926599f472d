//! The process dies again and again in the middle of its work, and nothing is lost.
//!
//! `ZQT_KILL_ROUNDS` says how often, `ZQT_KILL_SEED` when: the seed of a run is printed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::{Connection, SqliteConnection};
use tokio::task::JoinSet;
use zhengqitong::desk::ports::{Backlog, Files, Inbox, Outbox, TicketFilter};
use zhengqitong::domain::ticket::{EventKind, State, Ticket};
use zhengqitong::store::SqliteStore;

use super::{received_by, written_to};
use crate::support::bot_api::{FakeBotApi, Person, SentMessage};
use crate::support::installation::Installation;

const ROUNDS: u64 = 12;
const COMPANIES: i64 = 6;
/// A process lives at most this long after it says that it is ready.
const LIFE_MILLIS: u64 = 1500;
/// Many restarts may come before an answer.
const PATIENCE: Duration = Duration::from_mins(5);

const QUESTIONS: [&str; 5] = [
    "公司没有债务，想走简易注销",
    "食品经营许可证有效期几年",
    "拿到高企证书以后企业所得税按几个点交",
    "服务业贷款贴息最高支持多少贷款",
    "因为没报年报进了经营异常名录，怎么移出来",
];

const ROSTER: &str = "\
id,name,phone,subdistricts,fields,role,backup,telegram_id,capacity
wang,王晓,,,market,commissioner,duty,501,1000
duty,值班岗,,,,commissioner,wang,502,1000
";

/// A question and the title of what answers it.
type Known = Arc<Vec<(&'static str, String)>>;

/// What a company has done.
#[derive(Debug, Default)]
struct Tally {
    questions: usize,
    tickets: usize,
}

/// Asks one question after the other, and raises a ticket about each one once; every step waits for what the bot says.
async fn company(person: Person, known: Known, over: Arc<AtomicBool>) -> Tally {
    let mut tally = Tally::default();
    let mut seen = 0;
    while !over.load(Ordering::Relaxed) {
        let (question, title) = &known[tally.questions % known.len()];
        person.says(question);
        let answer = hears(&person, &mut seen, &[title, "核实日期"]).await;
        tally.questions += 1;
        if tally.questions > known.len() {
            continue;
        }
        person.presses(&answer, "找专员");
        let proposal = hears(&person, &mut seen, &["请核对", question]).await;
        person.presses(&proposal, "确认");
        hears(&person, &mut seen, &["已派给服务企业专员", question]).await;
        tally.tickets += 1;
    }
    tally
}

/// Waits for a message with all of `words` after the message `seen`, which it then is.
async fn hears(person: &Person, seen: &mut i32, words: &[&str]) -> SentMessage {
    let heard = async {
        let mut look = tokio::time::interval(Duration::from_millis(20));
        loop {
            look.tick().await;
            let messages = person.messages().into_iter().filter(|message| message.from_bot);
            let mut new = messages.filter(|message| message.message_id > *seen);
            if let Some(found) = new.find(|message| words.iter().all(|word| message.text.contains(word))) {
                return found;
            }
        }
    };
    let heard = tokio::time::timeout(PATIENCE, heard).await;
    let heard = heard.unwrap_or_else(|_| panic!("nothing with {words:?}:\n{}", person.transcript()));
    *seen = heard.message_id;
    heard
}

/// `splitmix64`: the same seed kills at the same moments.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

#[expect(clippy::disallowed_methods, reason = "whoever runs the test may ask for more of it")]
fn asked_for(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn random_seed() -> u64 {
    let mut seed = [0; 8];
    getrandom::fill(&mut seed).unwrap();
    u64::from_le_bytes(seed)
}

/// Asks the installation itself what answers each question.
fn known(installation: &Installation) -> Known {
    let line = |(id, text)| serde_json::json!({ "id": id, "text": text }).to_string() + "\n";
    let batch: String = QUESTIONS.iter().enumerate().map(line).collect();
    let replies = installation.run_with_input(&["ask", "--batch", "-", "--format", "json"], &batch).succeeds();
    let titles = replies.json_lines().into_iter().map(|reply| reply["title"].as_str().expect("an answer").to_owned());
    Arc::new(QUESTIONS.into_iter().zip(titles).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_it_loses_nothing() {
    let rounds = asked_for("ZQT_KILL_ROUNDS").unwrap_or(ROUNDS);
    let seed = asked_for("ZQT_KILL_SEED").unwrap_or_else(random_seed);
    eprintln!("ZQT_KILL_ROUNDS={rounds} ZQT_KILL_SEED={seed}");
    let telegram = FakeBotApi::start().await;
    let installation = Installation::new().on(&telegram);
    let roster = installation.file("roster.csv", ROSTER);
    installation.run(&["commissioner", "import", &roster]).succeeds();
    let staff = [telegram.person(501, "王晓"), telegram.person(502, "值班岗")];

    let (known, over) = (known(&installation), Arc::new(AtomicBool::new(false)));
    let mut companies = JoinSet::new();
    for number in 0..COMPANIES {
        let person = telegram.person(9001 + number, "企业");
        let (known, over) = (Arc::clone(&known), Arc::clone(&over));
        companies.spawn(async move { (person.clone(), company(person, known, over).await) });
    }
    let mut dice = Dice(seed);
    for _ in 0..rounds {
        let serving = installation.serve();
        tokio::time::sleep(Duration::from_millis(dice.below(LIFE_MILLIS))).await;
        serving.kill_9();
    }
    over.store(true, Ordering::Relaxed);
    let serving = installation.serve();
    let told = companies.join_all().await;
    telegram.wait_until_confirmed().await;
    serving.stop();

    let store = SqliteStore::open(&installation.database_url()).await.unwrap();
    let mut raised = 0;
    let mut duplicates = 0;
    for (person, tally) in &told {
        assert!(tally.questions > 0);
        raised += tally.tickets;
        duplicates += duplicates_of(&store, person, tally.questions + 2 * tally.tickets, rounds).await;
    }
    let mut told_staff = 0;
    for person in &staff {
        let written = written_to(&store, person).await;
        told_staff += written;
        duplicates += duplicates_of(&store, person, written, rounds).await;
    }
    assert_eq!(told_staff, raised, "each ticket was told to its owner once");
    every_ticket_is_sound(&store, raised).await;
    let nothing = |backlog: Backlog| (backlog.waiting, backlog.dead) == (0, 0);
    assert!(nothing(store.inbox_backlog().await.unwrap()) && nothing(store.outbox_backlog().await.unwrap()));
    store.close().await.unwrap();
    let mut database = SqliteConnection::connect(&installation.database_url()).await.unwrap();
    let integrity: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut database).await.unwrap();
    assert_eq!(integrity, "ok");
    let questions: usize = told.iter().map(|(_, tally)| tally.questions).sum();
    eprintln!("{rounds} kills, {questions} questions, {raised} tickets, {duplicates} messages sent a second time");
}

/// Every update had its effect exactly once, and was told at least once; a kill repeats at most one message of a chat.
async fn duplicates_of(store: &SqliteStore, person: &Person, expected: usize, rounds: u64) -> usize {
    let written = written_to(store, person).await;
    assert_eq!(written, expected, "{}", person.transcript());
    let received = received_by(person);
    assert!(received >= written && (received - written) as u64 <= rounds, "{received} of {written}");
    received - written
}

async fn every_ticket_is_sound(store: &SqliteStore, raised: usize) {
    let tickets = store.tickets(&TicketFilter::default()).await.unwrap();
    assert_eq!(tickets.len(), raised);
    for ticket in tickets {
        assert!(ticket.assignee.is_some() && ticket.state == State::Dispatched, "{ticket:?}");
        let history = store.ticket_history(&ticket.number).await.unwrap();
        assert_eq!(Ticket::replay(&history).as_ref(), Some(&ticket), "the history is a legal one and leads here");
        let dispatches = history.iter().filter(|event| matches!(event.kind, EventKind::Dispatched { .. })).count();
        assert_eq!((history.len(), dispatches), (2, 1), "submitted and dispatched: {history:?}");
    }
}
