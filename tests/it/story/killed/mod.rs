//! The process dies again and again in the middle of its work, as by a power cut, and nothing is lost.
//!
//! `CRASH_ROUNDS` says how often, `CRASH_SEED` when: the seed of a run is printed. After each death a copy of the database, as it
//! lies there, is examined; the process itself finds the original.

mod companies;
mod remains;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use zhengqitong::desk::ports::{Backlog, Files, Inbox, Outbox, TicketFilter};
use zhengqitong::domain::ticket::{EventKind, State, Ticket};
use zhengqitong::store::SqliteStore;

use self::companies::{Known, Office, Tally, company, visitors};
use super::{received_by, written_to};
use crate::support::bot_api::{FakeBotApi, Person};
use crate::support::generated::Dice;
use crate::support::installation::Installation;

const ROUNDS: u64 = 10;
const COMPANIES: i64 = 6;
/// A process lives at most this long after it says that it is ready.
const LIFE_MILLIS: usize = 1500;
/// One in so many dies before that.
const STILLBORN: usize = 8;
/// And then within this time.
const BIRTH_MILLIS: usize = 600;
/// Many restarts may come before an answer.
const PATIENCE: Duration = Duration::from_mins(5);

const QUESTIONS: [&str; 5] = [
    "公司没有债务，想走简易注销",
    "食品经营许可证有效期几年",
    "拿到高企证书以后企业所得税按几个点交",
    "服务业贷款贴息最高支持多少贷款",
    "因为没报年报进了经营异常名录，怎么移出来",
];

/// Telegram takes one message a second for each of them.
const ROSTER: &str = "\
id,name,phone,subdistricts,fields,role,backup,telegram_id,capacity
wang,王晓,,,market;tax;finance,commissioner,duty,501,1000
li,李澜,,,market;tax;finance,commissioner,duty,502,1000
sun,孙宁,,,market;tax;finance,commissioner,duty,503,1000
zhou,周越,,,market;tax;finance,commissioner,duty,504,1000
chen,陈川,,,market;tax;finance,commissioner,duty,505,1000
xu,徐宁,,,market;tax;finance,commissioner,duty,506,1000
gao,高远,,,market;tax;finance,commissioner,duty,507,1000
duty,值班岗,,,,commissioner,wang,508,1000
";

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
    QUESTIONS.into_iter().zip(titles).collect()
}

/// One life of the process, which ends at a random moment.
async fn lives(installation: &Installation, office: &Office, dice: &mut Dice) {
    if dice.below(STILLBORN) == 0 {
        let serving = installation.begin_to_serve(0);
        tokio::time::sleep(Duration::from_millis(dice.below(BIRTH_MILLIS) as u64)).await;
        return serving.kill_9();
    }
    let serving = tokio::task::block_in_place(|| installation.serve());
    office.opens_at(Some(serving.url.clone()));
    tokio::time::sleep(Duration::from_millis(dice.below(LIFE_MILLIS) as u64)).await;
    serving.kill_9();
    office.opens_at(None);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_it_loses_nothing() {
    let rounds = asked_for("CRASH_ROUNDS").unwrap_or(ROUNDS);
    let seed = asked_for("CRASH_SEED").unwrap_or_else(random_seed);
    eprintln!("CRASH_ROUNDS={rounds} CRASH_SEED={seed}");
    let begun = Instant::now();
    let telegram = FakeBotApi::start().await;
    let installation = Installation::new().on(&telegram);
    let roster = installation.file("roster.csv", ROSTER);
    installation.run(&["commissioner", "import", &roster]).succeeds();
    let staff: Vec<_> = (501..=508).map(|account| telegram.person(account, "专员")).collect();

    let office = Arc::new(Office::new(telegram.clone(), known(&installation)));
    let mut told = JoinSet::new();
    for number in 0..COMPANIES {
        told.spawn(company(Arc::clone(&office), number, COMPANIES));
    }
    let mut asked = JoinSet::new();
    asked.spawn(visitors(Arc::clone(&office)));
    let mut dice = Dice::new(seed);
    let mut found = remains::Found::default();
    for round in 1..=rounds {
        lives(&installation, &office, &mut dice).await;
        let acknowledged = (telegram.confirmed_below(), office.accepted());
        found = remains::examine(installation.path(), acknowledged, found).await;
        if round.is_multiple_of(50) {
            eprintln!("{round} rounds, {} s: {found:?}", begun.elapsed().as_secs());
        }
    }
    office.over.store(true, Ordering::Relaxed);
    let serving = installation.serve();
    office.opens_at(Some(serving.url.clone()));
    let told: Vec<_> = told.join_all().await.into_iter().flatten().collect();
    let asked = asked.join_all().await;
    telegram.wait_until_confirmed().await;
    let store = SqliteStore::open(&installation.database_url()).await.unwrap();
    is_drained(&store).await;
    serving.stop();

    let raised = told.iter().map(|(_, tally)| tally.tickets).sum();
    let duplicates = everybody_was_told_once(&store, &told, &staff, rounds).await;
    every_ticket_is_sound(&store, raised).await;
    store.close().await.unwrap();
    let ends = remains::examine(installation.path(), (telegram.confirmed_below(), office.accepted()), found).await;
    assert_eq!(
        (ends.asked_on_pages, ends.told_on_pages),
        (asked[0], asked[0]),
        "each question on a page is answered once"
    );
    let questions: usize = told.iter().map(|(_, tally)| tally.questions).sum();
    eprintln!(
        "{rounds} kills in {} s, {questions} questions in Telegram, {} on the web, {raised} tickets, {duplicates} messages sent \
         a second time; {} databases examined, all intact, with all of the {} messages acknowledged by the end",
        begun.elapsed().as_secs(),
        asked[0],
        ends.examined,
        ends.acknowledged
    );
}

/// Waits until nothing is left to be sent, looking in from beside the process.
async fn is_drained(store: &SqliteStore) {
    let drained = async {
        let mut look = tokio::time::interval(Duration::from_millis(200));
        loop {
            look.tick().await;
            let backlogs = [store.inbox_backlog().await.unwrap(), store.outbox_backlog().await.unwrap()];
            if backlogs.iter().all(|backlog: &Backlog| backlog.waiting == 0) {
                return backlogs;
            }
        }
    };
    let backlogs = tokio::time::timeout(PATIENCE, drained).await.expect("everything is handled and sent in the end");
    assert!(backlogs.iter().all(|backlog| backlog.dead == 0), "{backlogs:?}");
}

/// Returns how many messages came a second time.
async fn everybody_was_told_once(
    store: &SqliteStore,
    companies: &[(Person, Tally)],
    staff: &[Person],
    rounds: u64,
) -> usize {
    let mut duplicates = 0;
    for (person, tally) in companies {
        duplicates += duplicates_of(store, person, tally.questions + 2 * tally.tickets, rounds).await;
    }
    let mut told_staff = 0;
    for person in staff {
        let written = written_to(store, person).await;
        told_staff += written;
        duplicates += duplicates_of(store, person, written, rounds).await;
    }
    let raised: usize = companies.iter().map(|(_, tally)| tally.tickets).sum();
    assert_eq!(told_staff, raised, "each ticket was told to its owner once");
    duplicates
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
    let tickets = store.tickets(&TicketFilter { limit: u32::MAX, ..TicketFilter::default() }).await.unwrap();
    assert_eq!(tickets.len(), raised);
    for ticket in tickets {
        assert!(ticket.assignee.is_some() && ticket.state == State::Dispatched, "{ticket:?}");
        let history = store.ticket_history(&ticket.number).await.unwrap();
        assert_eq!(Ticket::replay(&history).as_ref(), Some(&ticket), "the history is a legal one and leads here");
        let dispatches = history.iter().filter(|event| matches!(event.kind, EventKind::Dispatched { .. })).count();
        assert_eq!((history.len(), dispatches), (2, 1), "submitted and dispatched: {history:?}");
    }
}
