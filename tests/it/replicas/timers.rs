//! Cards, figures and warnings are told once, whoever looks first: processes with clocks that differ, one of them an hour behind
//! as after having been stopped, all look at the same time.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::join_all;
use jiff::civil::{DateTime, date};
use jiff::{SignedDuration, Timestamp};
use zhengqitong::catalog;
use zhengqitong::desk::knowledge::Shelf;
use zhengqitong::desk::message::{Body, Channel, ChatAddress, Incoming};
use zhengqitong::desk::ports::{Clock, Files, Inbox, Outbox, Received, TicketFilter};
use zhengqitong::desk::service::Desk;
use zhengqitong::domain::calendar::china_instant;
use zhengqitong::store::PostgresStore;

use crate::support::desk::{HandClock, edition, working_calendar};
use crate::support::postgres;

/// How far the processes' clocks are ahead, in seconds; the last one has slept.
const AHEAD: [i64; 4] = [0, 45, -45, -3_600];
const COMPANIES: i64 = 12;
const ROSTER: &str = "\
id,name,phone,subdistricts,fields,role,backup,telegram_id,capacity
wang,王专员(示例),,,market,commissioner,li,501,100
li,李专员(示例),,,finance,commissioner,wang,502,100
zhao,赵督办(示例),,,,supervisor,,504,100
sun,孙管理(示例),,,,administrator,,505,100
";

struct Process {
    desk: Desk,
    clock: Arc<HandClock>,
    ahead: SignedDuration,
}

struct Service {
    store: Arc<PostgresStore>,
    processes: Vec<Process>,
}

impl Service {
    async fn begins(local: DateTime) -> Self {
        let store = Arc::new(PostgresStore::open(&postgres::new_database().await).await.unwrap());
        let people = catalog::parse_roster("roster.csv", ROSTER.as_bytes(), true).unwrap();
        store.replace_roster(&people, "test", china_instant(local)).await.unwrap();
        let processes = AHEAD.map(|ahead| {
            let clock = Arc::new(HandClock::at(china_instant(local)));
            let desk = Desk::new(store.clone(), Arc::new(Shelf::new(edition())), clock.clone(), working_calendar());
            Process { desk, clock, ahead: SignedDuration::from_secs(ahead) }
        });
        Self { store, processes: processes.into() }
    }

    /// Everybody's clock goes on, each its own way, and all look at what is due, at the same time and twice.
    async fn passes_to(&self, local: DateTime) {
        for process in &self.processes {
            process.clock.set(china_instant(local) + process.ahead);
        }
        for _ in 0..2 {
            join_all(self.processes.iter().map(async |process| {
                process.desk.follow_up().await.unwrap();
                process.desk.warn_of_endings().await.unwrap();
                process.desk.send_weekly_figures().await.unwrap();
            }))
            .await;
        }
    }

    /// Every company raises a ticket, each through some process, all at the same time.
    async fn is_asked(&self) {
        join_all((0..COMPANIES).map(async |company| {
            let process = &self.processes[usize::try_from(company).unwrap() % 3];
            for (step, words) in ["简易注销公示要多少天", "找专员", "确认"].into_iter().enumerate() {
                let chat = ChatAddress::new(Channel::Telegram, (9_000 + company).to_string());
                let (id, at): (_, Timestamp) = (format!("telegram:{company}-{step}"), process.clock.now());
                let received = Received { id: id.clone(), chat: chat.clone(), payload: "{}".to_owned(), at };
                self.store.receive(&[received]).await.unwrap();
                let body = Body::Text(words.to_owned());
                let incoming = Incoming { id, chat, sender: None, at, body, reply_to: None, thread: None };
                process.desk.handle(&incoming).await.unwrap();
            }
        }))
        .await;
    }

    /// What somebody was told that has `words`, and how often each was told.
    async fn told(&self, telegram_id: i64, words: &str) -> BTreeMap<String, usize> {
        let chat = ChatAddress::new(Channel::Telegram, telegram_id.to_string());
        let mut told = BTreeMap::new();
        for item in self.store.outgoing_since(&chat, 0).await.unwrap() {
            if item.message.text.contains(words) {
                *told.entry(item.message.text.lines().take(2).collect()).or_default() += 1;
            }
        }
        told
    }

    async fn were_told_once(&self, telegram_id: i64, words: &str, number: i64) {
        let told = self.told(telegram_id, words).await;
        assert_eq!(i64::try_from(told.len()).unwrap(), number, "{words} to {telegram_id}: {told:#?}");
        assert!(told.values().all(|times| *times == 1), "{words} to {telegram_id}: {told:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_time_calls_for_is_done_by_one_process_whatever_its_clock_says() {
    let friday = date(2026, 12, 4);
    let service = Service::begins(friday.at(14, 0, 0, 0)).await;
    service.is_asked().await;
    for (hour, minute) in [(15, 31), (15, 40), (16, 1), (16, 2), (16, 31), (16, 33)] {
        service.passes_to(friday.at(hour, minute, 0, 0)).await;
    }
    service.were_told_once(501, "黄牌", COMPANIES).await;
    service.were_told_once(501, "红牌", COMPANIES).await;
    service.were_told_once(504, "红牌", COMPANIES).await;
    service.were_told_once(502, "新工单", COMPANIES).await;
    for ticket in service.store.tickets(&TicketFilter::default()).await.unwrap() {
        assert_eq!(ticket.assignee.as_ref().unwrap().as_str(), "li", "its backup took over, once: {}", ticket.number);
        let history = service.store.ticket_history(&ticket.number).await.unwrap();
        assert!(history.windows(2).all(|pair| pair[0].to == pair[1].from), "{history:#?}");
    }
    let monday = date(2026, 12, 7);
    for minute in [0, 1, 30] {
        service.passes_to(monday.at(9, minute, 0, 0)).await;
    }
    service.were_told_once(504, "办件统计", 1).await;
    service.were_told_once(505, "办件统计", 1).await;
    let ends = service.told(505, "到期").await;
    assert!(!ends.is_empty() && ends.values().all(|times| *times == 1), "{ends:#?}");
}
