//! When all is over: what the store has, what people have got, and whether the two agree.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sqlx::PgConnection;
use zhengqitong::desk::ports::{Files, Inbox, Outbox};
use zhengqitong::domain::ticket::{Event, EventKind, Ticket};
use zhengqitong::store::PostgresStore;

use super::faults::secs;
use super::talk::PATIENCE;
use super::telegram::WHICH_TICKET;
use super::{number_in, office_calendar};
use crate::support::bot_api::Person;
use crate::year::laws::is_legal;

/// What the program says of itself when something takes longer; it answers nothing.
const NOTICE: &str = "系统暂时繁忙";

/// Everything that is written in the outbox to one chat.
const WRITTEN: &str = "SELECT id, text FROM outbox WHERE channel = $1 AND chat = $2 ORDER BY id";

/// Whoever raised what is overdue has no page.
const WRITTEN_TO_PAGES: &str = "
    SELECT chat, id FROM outbox WHERE channel = 'web' AND chat NOT LIKE 'overdue-%' ORDER BY chat, id";

const SAID: &str = "SELECT id, state FROM inbox WHERE channel = $1";

/// How far the chats of one kind agree with the store.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Compared {
    /// Messages that were written.
    pub(super) written: usize,
    /// Messages that somebody got again.
    pub(super) doubled: usize,
    /// The most that one person got again.
    pub(super) most_in_a_chat: usize,
}

/// Waits until nothing waits to be handled or sent any more.
pub(super) async fn is_drained(store: &PostgresStore) -> f64 {
    let begun = Instant::now();
    let mut look = tokio::time::interval(Duration::from_millis(200));
    loop {
        look.tick().await;
        let (inbox, outbox) = (store.inbox_backlog().await.unwrap(), store.outbox_backlog().await.unwrap());
        if inbox.waiting + outbox.waiting == 0 {
            assert_eq!((inbox.dead, outbox.dead), (0, 0), "something was given up");
            return secs(begun);
        }
        assert!(begun.elapsed() < PATIENCE, "never drained: {inbox:?} {outbox:?}");
    }
}

/// Counts what was accepted and is not handled; asserts that nothing else is there.
pub(super) async fn lost(database: &mut PgConnection, channel: &str, accepted: &BTreeSet<String>) -> usize {
    let said: Vec<(String, String)> = sqlx::query_as(SAID).bind(channel).fetch_all(database).await.unwrap();
    let handled = said.iter().filter(|(_, state)| state == "handled");
    let handled: BTreeSet<&str> = handled.map(|(id, _)| id.rsplit(':').next().unwrap()).collect();
    assert_eq!(handled.len(), said.len(), "an id of a page is used once");
    let unheard: Vec<_> = handled.iter().filter(|id| !accepted.contains(**id)).collect();
    assert!(unheard.is_empty(), "nobody said {unheard:?}");
    accepted.iter().filter(|id| !handled.contains(id.as_str())).count()
}

async fn written(database: &mut PgConnection, channel: &str, chat: &str) -> Vec<(i64, String)> {
    sqlx::query_as(WRITTEN).bind(channel).bind(chat).fetch_all(database).await.unwrap()
}

/// Every message of a person's chat was written, every one that was written has arrived, and some have arrived twice.
pub(super) async fn compare(database: &mut PgConnection, person: &Person, all: &mut Compared) -> Vec<String> {
    let texts = written(database, "telegram", &person.chat_id().to_string()).await;
    let mut difference: BTreeMap<&str, i64> = BTreeMap::new();
    let got = person.messages();
    for message in got.iter().filter(|message| message.from_bot) {
        *difference.entry(message.text.trim()).or_default() += 1;
    }
    for (_, text) in &texts {
        *difference.entry(text.trim()).or_default() -= 1;
    }
    let missing: Vec<_> = difference.iter().filter(|(_, difference)| **difference < 0).collect();
    assert!(missing.is_empty(), "never arrived: {missing:#?}\n{}", person.transcript());
    let unwritten: Vec<_> =
        difference.keys().filter(|text| !texts.iter().any(|(_, wrote)| wrote.trim() == **text)).collect();
    assert!(unwritten.is_empty(), "nobody wrote {unwritten:#?}");
    let doubled = usize::try_from(difference.values().sum::<i64>()).unwrap();
    all.written += texts.len();
    all.doubled += doubled;
    all.most_in_a_chat = all.most_in_a_chat.max(doubled);
    texts.into_iter().map(|(_, text)| text).filter(|text| !text.contains(NOTICE)).collect()
}

/// Every page has shown what was written to it, in its order, and nothing was written to a page that was not shown.
pub(super) async fn pages_are_whole(database: &mut PgConnection, mut shown: Vec<Vec<i64>>) {
    let rows: Vec<(String, i64)> = sqlx::query_as(WRITTEN_TO_PAGES).fetch_all(database).await.unwrap();
    let mut chats: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for (chat, id) in rows {
        chats.entry(chat).or_default().push(id);
    }
    let mut written: Vec<_> = chats.into_values().collect();
    written.sort();
    shown.sort();
    assert_eq!(shown, written);
}

/// How many messages of each kind the roster was told about tickets, those that were overdue left out.
pub(super) fn kinds_of(told: &[String], overdue: &BTreeSet<String>) -> BTreeMap<&'static str, usize> {
    let kinds = [
        WHICH_TICKET,
        "新工单",
        "已自动重办",
        "已签收。",
        "企业补充",
        "已转给企业",
        "已办结，已请企业评价",
        "企业评价：满意",
    ];
    let about = told.iter().filter(|text| !overdue.contains(&number_in(text)));
    let mut counts = BTreeMap::from(kinds.map(|kind| (kind, 0)));
    for text in about {
        let kind = kinds.iter().find(|kind| text.contains(**kind));
        *counts.get_mut(kind.unwrap_or_else(|| panic!("what is this? {text}"))).unwrap() += 1;
    }
    counts
}

/// What tickets came to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tickets {
    pub(super) raised: usize,
    pub(super) cycles: usize,
    pub(super) cards: usize,
}

/// Every ticket has one owner, one legal history that leads to what is stored, and each of its steps once.
pub(super) async fn tickets(store: &PostgresStore, overdue: &BTreeSet<String>) -> Tickets {
    let mut counts = Tickets::default();
    let calendar = office_calendar();
    for history in store.ticket_histories(Timestamp::MIN, Timestamp::MAX).await.unwrap() {
        let number = history[0].ticket.clone();
        is_legal(&history, &calendar);
        let stored = store.ticket(&number).await.unwrap().unwrap();
        assert_eq!(Ticket::replay(&history).as_ref(), Some(&stored), "the history leads to what is stored");
        assert!(stored.assignee.is_some(), "nobody has {number}");
        if overdue.contains(number.as_str()) {
            counts.cards += cards(&history);
            continue;
        }
        let cycles = history.iter().filter(|event| matches!(event.kind, EventKind::Closed { .. })).count();
        let kinds: Vec<_> = history.iter().map(kind).collect();
        let cycle = ["signed", "contacted", "opinion", "replied", "closed", "rated"];
        let mut expected = vec!["submitted", "dispatched"];
        for round in 0..cycles {
            expected.extend((round > 0).then_some("reworked"));
            expected.extend(cycle);
        }
        assert_eq!(kinds, expected, "{history:#?}");
        counts.raised += 1;
        counts.cycles += cycles;
    }
    counts
}

/// Each warning was given once.
fn cards(history: &[Event]) -> usize {
    let card = |event: &Event| match event.kind {
        EventKind::CardShown(clock, card) => Some((clock, card)),
        _ => None,
    };
    let shown: Vec<_> = history.iter().filter_map(card).collect();
    let once: BTreeSet<_> = shown.iter().map(|card| format!("{card:?}")).collect();
    assert_eq!(once.len(), shown.len(), "a card was shown twice: {history:#?}");
    shown.len()
}

fn kind(event: &Event) -> &'static str {
    match event.kind {
        EventKind::Submitted(_) => "submitted",
        EventKind::Dispatched { .. } => "dispatched",
        EventKind::Signed => "signed",
        EventKind::Contacted => "contacted",
        EventKind::OpinionGiven => "opinion",
        EventKind::Replied => "replied",
        EventKind::Closed { .. } => "closed",
        EventKind::Rated(_) => "rated",
        EventKind::Reworked => "reworked",
        _ => "something else",
    }
}
