//! A year of the desk on a hand-moved clock: companies and commissioners made by dice act through the real desk on the real
//! store, with leave, a blocked bot, somebody taken off the roster and a handing over. Seeded, so that it can be told again.
//!
//! `cargo test` lives through a small year; `just year` (and `.ci/run`) through one of 20,000 tickets.

#![expect(clippy::unwrap_used, reason = "a year that cannot go on fails")]

mod agents;
pub(crate) mod laws;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use zhengqitong::desk::figures::Period;
use zhengqitong::desk::knowledge::Shelf;
use zhengqitong::desk::message::{Body, ChatAddress, Incoming};
use zhengqitong::desk::ports::{Clock, Files, Inbox, Received, TicketFilter};
use zhengqitong::desk::reply::{Reply, Status};
use zhengqitong::desk::service::Desk;
use zhengqitong::domain::calendar::{Calendar, china_instant, china_time};
use zhengqitong::domain::figures::{Breakdown, Share};
use zhengqitong::domain::ticket::{Ticket, TicketNumber};
use zhengqitong::store::SqliteStore;

use crate::support::desk::{HandClock, edition, sample_roster, working_calendar};
use crate::support::generated::Dice;

/// Tickets of the small year.
const FEW: usize = 60;

/// The clocks of tickets are looked at this often.
const LOOK_EVERY: i64 = 30;

/// A company that has not rated is asked after three working days.
const ASKED_AFTER: i64 = 3 * 420 + 1;

const SEED: u64 = 2026;

/// Something that is to happen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Act {
    /// The desk looks at its clocks, and again later while anything is open.
    Look,
    /// The desk looks at its clocks this once.
    LookOnce,
    /// A company raises something; its number within the year.
    Raise(usize),
    /// Whoever has the ticket does the next thing.
    Work(TicketNumber),
    /// The company answers, urges, rates or takes back.
    Company(TicketNumber),
    /// A supervisor decides about an extension.
    Decide(TicketNumber),
    /// Somebody goes away for so many days.
    Leave(usize, u8),
    /// Somebody blocks the bot.
    Block,
    /// And starts it again.
    Unblock,
    /// Somebody is taken off the roster.
    Remove,
    /// Somebody hands over everything.
    HandOver,
}

/// The desk, and what is to happen to it.
struct Year {
    desk: Desk,
    store: Arc<SqliteStore>,
    clock: Arc<HandClock>,
    calendar: Calendar,
    dice: Dice,
    queue: BinaryHeap<Reverse<(Timestamp, u64, Act)>>,
    /// Keeps acts of one instant in the order in which they were planned.
    planned: u64,
    messages: u64,
    refused: BTreeMap<String, u32>,
    raised: usize,
    /// Whether the next look is planned.
    looks: bool,
}

#[derive(Debug, PartialEq, Eq)]
struct Ending {
    total: Breakdown,
    open: usize,
    refused: BTreeMap<String, u32>,
    acts: u64,
    events: usize,
}

fn day(month: i8, day: i8) -> Date {
    date(2026, month, day)
}

impl Year {
    async fn new(seed: u64) -> Self {
        let clock = Arc::new(HandClock::at(china_instant(day(1, 1).at(0, 0, 0, 0))));
        let store = Arc::new(SqliteStore::open("sqlite::memory:").await.unwrap());
        store.replace_roster(&sample_roster(), "year", clock.now()).await.unwrap();
        let shelf = Arc::new(Shelf::new(edition()));
        let desk = Desk::new(store.clone(), shelf, clock.clone(), working_calendar());
        Self {
            desk,
            store,
            clock,
            calendar: working_calendar(),
            dice: Dice::new(seed),
            queue: BinaryHeap::new(),
            planned: 0,
            messages: 0,
            refused: BTreeMap::new(),
            raised: 0,
            looks: false,
        }
    }

    fn plan(&mut self, at: Timestamp, act: Act) {
        self.planned += 1;
        self.queue.push(Reverse((at, self.planned, act)));
    }

    /// Within working time, so many working minutes from now.
    fn plan_in(&mut self, minutes: i64, act: Act) {
        let at = self.calendar.add_working_minutes(self.clock.now(), minutes.max(1));
        self.plan(at, act);
    }

    /// Whether it happens, in so many cases of a hundred.
    fn happens(&mut self, percent: usize) -> bool {
        self.dice.below(100) < percent
    }

    fn between(&mut self, least: usize, most: usize) -> i64 {
        i64::try_from(least + self.dice.below(most - least + 1)).unwrap()
    }

    /// Three of four tickets in working time, the others at any time, nights and holidays included.
    fn plan_the_year(&mut self, tickets: usize) {
        let year_begins = china_instant(day(1, 1).at(0, 0, 0, 0));
        let minutes = 365 * 24 * 60;
        for number in 0..tickets {
            let at = year_begins + SignedDuration::from_mins(self.between(0, minutes - 1));
            let at = if self.happens(75) { self.calendar.next_working_instant(at) } else { at };
            let at = if self.calendar.is_working_time(at) {
                let later = self.between(0, 360);
                self.calendar.add_working_minutes(at, later)
            } else {
                at
            };
            self.plan(at.min(china_instant(day(12, 31).at(23, 0, 0, 0))), Act::Raise(number));
        }
        let people = sample_roster().len();
        for person in 0..people {
            for half in [0, 6] {
                let month = i8::try_from(1 + half + self.between(0, 5)).unwrap();
                let first = day(month, i8::try_from(self.between(1, 28)).unwrap());
                let days = u8::try_from(self.between(3, 10)).unwrap();
                self.plan(china_instant(first.at(8, 30, 0, 0)), Act::Leave(person, days));
            }
        }
        for (at, act) in [
            (day(3, 10).at(10, 0, 0, 0), Act::Block),
            (day(3, 13).at(9, 30, 0, 0), Act::Unblock),
            (day(7, 1).at(9, 0, 0, 0), Act::Remove),
            (day(9, 1).at(9, 0, 0, 0), Act::HandOver),
        ] {
            self.plan(china_instant(at), act);
        }
    }

    async fn live(&mut self, tickets: usize) {
        self.plan_the_year(tickets);
        let mut month = 1;
        while let Some(Reverse((at, _, act))) = self.queue.pop() {
            let now = self.clock.now().max(at);
            self.clock.set(now);
            if china_time(now).date().month() != month {
                month = china_time(now).date().month();
                laws::hold(&self.store).await;
            }
            self.carry_out(act).await;
        }
    }

    /// Looks at the clocks until nothing is left to do.
    async fn look(&mut self) {
        while self.desk.follow_up().await.unwrap() > 0 {}
        while self.desk.look_into_undelivered().await.unwrap() > 0 {}
    }

    /// Looks at the clocks until nothing is left to do, and again later while anything is open.
    async fn look_again(&mut self) {
        self.look().await;
        if self.store.loads().await.unwrap().is_empty() {
            self.looks = false;
        } else {
            self.plan_in(LOOK_EVERY, Act::Look);
        }
    }

    /// Somebody sends something to the desk; a refusal is counted.
    async fn sends(&mut self, chat: &ChatAddress, name: &str, body: Body) -> Option<Reply> {
        self.messages += 1;
        let (id, at) = (format!("year:{}", self.messages), self.clock.now());
        let received = Received { id: id.clone(), chat: chat.clone(), payload: String::new(), at };
        self.store.receive(&[received]).await.unwrap();
        let sender = Some(name.to_owned());
        let incoming = Incoming { id, chat: chat.clone(), sender, at, body, reply_to: None, thread: None };
        let reply = self.desk.handle(&incoming).await.unwrap();
        if let Some(reply) = reply.as_ref().filter(|reply| reply.status == Status::Rejected) {
            let why = reply.reason.clone().or_else(|| reply.text.clone()).unwrap_or_default();
            *self.refused.entry(why).or_default() += 1;
        }
        reply
    }

    /// From now on the clocks are looked at, until nothing is open any more.
    fn keep_looking(&mut self) {
        if !self.looks {
            self.looks = true;
            self.plan_in(LOOK_EVERY, Act::Look);
        }
    }

    async fn ticket(&self, number: &TicketNumber) -> Ticket {
        self.store.ticket(number).await.unwrap().expect("it was raised")
    }

    async fn ends(self) -> Ending {
        laws::hold(&self.store).await;
        let period = Period::new(day(1, 1), day(12, 31)).unwrap();
        let total = self.desk.figures(period).await.unwrap();
        let open = TicketFilter { only_open: true, limit: u32::MAX, ..TicketFilter::default() };
        let open = self.store.tickets(&open).await.unwrap().len();
        let histories = self.desk.histories(period).await.unwrap();
        assert_eq!(histories.len(), self.raised, "every ticket is there");
        let events = histories.iter().map(Vec::len).sum();
        Ending { total, open, refused: self.refused, acts: self.messages, events }
    }
}

async fn a_year_of(tickets: usize, seed: u64) -> Ending {
    let mut year = Year::new(seed).await;
    year.live(tickets).await;
    year.ends().await
}

/// What the year came to, for people.
fn tell(ending: &Ending) -> String {
    let total = &ending.total.total;
    let share = |name: &str, share: Share| {
        format!("{name} {}/{} = {:.1} %\n", share.met, share.of, share.rate().unwrap_or_default() * 100.0)
    };
    let mut text = format!(
        "{} tickets, {} events, {} messages handled, {} open at the end, {} left out (withdrawn or joined)\n",
        total.raised, ending.events, ending.acts, ending.open, total.left_out
    );
    for (name, rate) in [
        ("response", total.response),
        ("opinion on time", total.opinion_on_time),
        ("closed on time", total.close_on_time),
        ("resolution", total.resolution),
        ("satisfaction", total.satisfaction),
        ("rated", total.rated),
    ] {
        text.push_str(&share(name, rate));
    }
    text.push_str(&format!(
        "returns {}, reworks {}, reopenings {}, red cards {}\nrefused: {:?}",
        total.returns, total.reworks, total.reopenings, total.red_cards, ending.refused
    ));
    text
}

#[tokio::test]
async fn a_year_ends_without_a_ticket_that_nobody_has_or_that_is_in_no_legal_state() {
    #[expect(clippy::disallowed_methods, reason = "how large the year is, is the tester's to say")]
    let tickets = std::env::var("YEAR_TICKETS").map_or(FEW, |text| text.parse().expect("YEAR_TICKETS is a number"));
    let ending = a_year_of(tickets, SEED).await;
    println!("{}", tell(&ending));
    let total = &ending.total.total;
    assert_eq!(usize::try_from(total.raised).unwrap(), tickets);
    assert_eq!(ending.open, 0, "everything is settled in the end");
    assert!(total.response.of > 0 && total.response.met < total.response.of, "some are late, and that is counted");
    assert!(total.rated.met > 0 && total.satisfaction.of == total.rated.met, "{total:?}");
}

#[tokio::test]
async fn the_same_seed_lives_through_the_same_year() {
    let few = 10;
    let first = a_year_of(few, 7).await;
    assert_eq!(first, a_year_of(few, 7).await);
    assert_ne!(first, a_year_of(few, 8).await);
}
