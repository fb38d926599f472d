//! Everything that a run needs: a database server, a Telegram, replicas, people; and the run from its beginning to its end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::json;
use tokio::task::JoinSet;
use zhengqitong::store::PostgresStore;

use super::faults::{Ledger, Measure, Monkey, secs};
use super::house::{House, Replica};
use super::reckoning::{Compared, compare, is_drained, kinds_of, lost, pages_are_whole, tickets};
use super::report::Report;
use super::talk::Tally;
use super::telegram::WHICH_TICKET;
use super::{overdue, post_mortem, telegram, web};
use crate::support::bot_api::{FakeBotApi, Outcome, Person};
use crate::support::installation::{Installation, repository};
use crate::support::postgres::{self, Server};

const REPLICAS: usize = 3;
/// Companies at a time in a run of this many seconds; at most three times as many in longer ones.
const ON_THE_WEB: usize = 16;
const IN_TELEGRAM: usize = 6;
const CROWD_SECS: u64 = 60;
const MOST_CROWDED: u64 = 3;
/// Telegram takes one message a second for each of them.
const COMMISSIONERS: i64 = 16;
const OVERDUE: usize = 12;

/// Topics of these are about something that a commissioner does not have to send elsewhere.
const FIELDS: [&str; 7] = ["market", "tax", "innovation", "finance", "ip", "talent", "trade"];

pub(super) struct Stage {
    seconds: u64,
    house: Arc<House>,
    server: Option<Server>,
    database: String,
    telegram: FakeBotApi,
    staff: Vec<Person>,
    overdue: Arc<BTreeSet<String>>,
}

/// What somebody who looks for the cause of a failed run wants to see.
impl Drop for Stage {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let database = self.database.clone();
            let told = std::thread::spawn(move || {
                tokio::runtime::Runtime::new().unwrap().block_on(post_mortem::tell(&database))
            });
            let _ = told.join();
            self.house.replicas.iter().for_each(post_mortem::tell_log);
        }
    }
}

impl Stage {
    pub(super) async fn new(seed: u64, seconds: u64) -> Self {
        let server = Server::own().await;
        let database = server.database().await;
        let telegram = FakeBotApi::start().await;
        let staff = (0..=COMMISSIONERS).map(|number| telegram.person(501 + number, &name(number))).collect();
        let known = tokio::task::block_in_place(|| furnish(&database));
        let overdue = overdue::raise(&database, now(), OVERDUE, &known[0].0).await;
        let mut replicas = Vec::new();
        for number in 0..REPLICAS {
            replicas.push(Replica::new(number, &database, &telegram).await);
        }
        let house = Arc::new(House::new(seed, replicas, known));
        tokio::task::block_in_place(|| house.opens());
        let server = Some(server);
        Self { seconds, house, server, database, telegram, staff, overdue: Arc::new(overdue) }
    }

    /// Load and faults, then peace until all is done, then the reckoning.
    pub(super) async fn lives_through(mut self) -> Report {
        let server = self.server.take().expect("a run is lived through once");
        let ledger = Arc::new(Ledger::default());
        let (mut pages, mut chats, mut desks) = (JoinSet::new(), JoinSet::new(), JoinSet::new());
        let crowd = usize::try_from((self.seconds / CROWD_SECS).clamp(1, MOST_CROWDED)).unwrap();
        for number in 0..ON_THE_WEB * crowd {
            pages.spawn(web::companies(Arc::clone(&self.house), number));
        }
        for number in 0..IN_TELEGRAM * crowd {
            let person = self.telegram.person(9001 + i64::try_from(number).unwrap(), "企业");
            chats.spawn(telegram::company(Arc::clone(&self.house), person, number));
        }
        for person in &self.staff {
            desks.spawn(telegram::commissioner(Arc::clone(&self.house), person.clone(), Arc::clone(&self.overdue)));
        }
        let mut monkeys = self.monkeys(&ledger);
        let mut restarts = JoinSet::new();
        restarts.spawn(self.monkey(&ledger, 10).restarts(server, self.database.clone()));
        tokio::time::sleep(Duration::from_secs(self.seconds)).await;
        self.house.load_ends.cancel();
        let ended = Instant::now();
        while let Some(monkey) = monkeys.join_next().await {
            monkey.unwrap();
        }
        self.server = Some(restarts.join_next().await.unwrap().unwrap());
        let pages = pages.join_all().await;
        let chats = chats.join_all().await;
        self.house.day_ends.cancel();
        let desks = desks.join_all().await;
        let store = PostgresStore::open(&self.database).await.unwrap();
        is_drained(&store).await;
        let drained_secs = secs(ended);
        self.telegram.wait_until_confirmed().await;
        tokio::task::block_in_place(|| self.house.replicas.iter().for_each(Replica::stops));
        let mut report = self.reckons(&store, pages, chats, desks).await;
        report.drained_secs = drained_secs;
        report.faults = ledger.counts();
        report.explained = ledger.repeating();
        report
    }

    fn monkey(&self, ledger: &Arc<Ledger>, number: usize) -> Monkey {
        let secs = Duration::from_secs(self.seconds);
        // A process that stands still for longer than a lease is for long runs: claims must run out before all is done.
        let measure = Measure {
            stop: (secs / 5).min(Duration::from_mins(1)),
            outage: (secs / 10).min(Duration::from_secs(15)),
            peace: (secs / 8).min(Duration::from_secs(8)),
        };
        let dice = self.house.dice(number as u64);
        Monkey { house: Arc::clone(&self.house), ledger: Arc::clone(ledger), dice, measure }
    }

    fn monkeys(&self, ledger: &Arc<Ledger>) -> JoinSet<()> {
        let mut monkeys = JoinSet::new();
        for number in 0..self.house.replicas.len() {
            monkeys.spawn(self.monkey(ledger, number).plagues(number));
        }
        monkeys.spawn(self.monkey(ledger, 20).disturbs(self.telegram.clone()));
        monkeys
    }

    async fn reckons(
        &self,
        store: &PostgresStore,
        pages: Vec<web::Ended>,
        chats: Vec<telegram::Ended>,
        desks: Vec<telegram::Ended>,
    ) -> Report {
        let mut database = postgres::outsider(&self.database).await;
        let mut tally = Tally::default();
        let (mut said, mut shown) = (BTreeSet::new(), Vec::new());
        for ended in pages {
            tally.add(&ended.tally);
            said.extend(ended.accepted);
            shown.extend(ended.pages);
        }
        let turns_on_the_web = said.len();
        said.extend(overdue::ids(OVERDUE));
        let mut lost_messages = lost(&mut database, "web", &said).await;
        pages_are_whole(&mut database, shown).await;
        let mut compared = Compared::default();
        let mut updates = BTreeSet::new();
        for ended in chats {
            let told = compare(&mut database, &ended.person, &mut compared).await;
            assert_eq!(told.len(), ended.tally.messages(), "{}", ended.person.transcript());
            updates.extend(ended.updates.iter().map(u32::to_string));
            tally.add(&ended.tally);
        }
        let mut told = Vec::new();
        for ended in desks {
            told.extend(compare(&mut database, &ended.person, &mut compared).await);
            updates.extend(ended.updates.iter().map(u32::to_string));
        }
        lost_messages += lost(&mut database, "telegram", &updates).await;
        let tickets = tickets(store, &self.overdue).await;
        assert_eq!(
            (tickets.raised, tickets.cycles),
            (tally.tickets, tally.cycles),
            "each was raised and worked on once"
        );
        let asked_which = is_told_once(&told, &self.overdue, &tally);
        let replicas = &self.house.replicas;
        let floods = |outcome: &Outcome| matches!(outcome, Outcome::Answered { status: 429, .. });
        Report {
            seed: self.house.seed,
            load_secs: self.seconds,
            drained_secs: 0.0,
            faults: BTreeMap::new(),
            explained: 0,
            turns: turns_on_the_web + updates.len(),
            turns_on_the_web,
            tickets,
            lost: lost_messages,
            repeated: self.house.repeated.load(Ordering::Relaxed),
            telegram: compared,
            floods: self.telegram.requests().iter().filter(|request| floods(&request.outcome)).count(),
            asked_which,
            slowest: tally.slowest,
            failed_starts: replicas.iter().map(|replica| replica.failed_starts.load(Ordering::Relaxed)).sum(),
            ended_by_themselves: replicas.iter().map(|replica| replica.ended_by_itself.load(Ordering::Relaxed)).sum(),
        }
    }
}

/// The roster was told each thing about a ticket once. Returns how often somebody was asked which ticket their words belong to.
fn is_told_once(told: &[String], overdue: &BTreeSet<String>, tally: &Tally) -> usize {
    let mut kinds = kinds_of(told, overdue);
    let asked_which = kinds.remove(WHICH_TICKET).unwrap_or_default();
    for (kind, count) in kinds {
        let expected = match kind {
            "新工单" | "企业评价：满意" => tally.tickets,
            "已自动重办" => tally.cycles - tally.tickets,
            _ => tally.cycles,
        };
        assert_eq!(count, expected, "{kind}");
    }
    asked_which
}

#[expect(clippy::disallowed_methods, reason = "what is overdue is so by the clock of the machine")]
fn now() -> Timestamp {
    Timestamp::now()
}

fn name(number: i64) -> String {
    if number == COMMISSIONERS { "督办员".to_owned() } else { format!("专员{}号", number + 1) }
}

/// Publishes the knowledge, imports the roster, and asks what the golden questions are answered with.
pub(super) fn furnish(database: &str) -> Vec<(String, String)> {
    let office = Installation::bare().over(database);
    office.run(&["reindex"]).succeeds();
    let mut roster = "id,name,phone,subdistricts,fields,role,backup,telegram_id,capacity\n".to_owned();
    for number in 0..=COMMISSIONERS {
        let (fields, role) =
            if number == COMMISSIONERS { (String::new(), "supervisor") } else { (FIELDS.join(";"), "commissioner") };
        let (name, account) = (name(number), 501 + number);
        roster.push_str(&format!("p{number},{name},,,{fields},{role},,{account},1000\n"));
    }
    let roster = office.file("roster.csv", roster);
    office.run(&["commissioner", "import", &roster]).succeeds();
    known(&office)
}

/// Questions of the knowledge that are answered, and with what.
fn known(office: &Installation) -> Vec<(String, String)> {
    let golden = std::fs::read_to_string(repository("faq_data/golden.yaml")).unwrap();
    let asked: Vec<_> = golden
        .lines()
        .filter_map(|line| line.strip_prefix("- {question: ")?.split_once(", topic: "))
        .filter(|(_, topic)| FIELDS.iter().any(|field| topic.starts_with(&format!("{field}/"))))
        .map(|(question, _)| question)
        .collect();
    let line = |(id, text)| json!({ "id": id, "text": text }).to_string() + "\n";
    let batch: String = asked.iter().enumerate().map(line).collect();
    let replies = office.run_with_input(&["ask", "--batch", "-", "--format", "json"], &batch).succeeds().json_lines();
    let answered =
        |reply: &serde_json::Value| (reply["status"] == "answer").then(|| reply["title"].as_str().unwrap().to_owned());
    let known: Vec<_> = asked
        .into_iter()
        .zip(replies)
        .filter_map(|(question, reply)| Some((question.to_owned(), answered(&reply)?)))
        .collect();
    assert!(known.len() > 20, "{known:?}");
    known
}
