//! The whole desk in one process: real knowledge, index in memory, store in memory, a hand-moved clock, people with voices.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};

use jiff::civil::{DateTime, date, time};
use jiff::{SignedDuration, Timestamp};
use zhengqitong::catalog::{self, Loaded};
use zhengqitong::desk::hand_over::{HandOver, HandedOver, Which};
use zhengqitong::desk::knowledge::{Edition, KnowledgeBase, Shelf};
use zhengqitong::desk::message::{Attachment, AttachmentKind, Body, Channel, ChatAddress, Incoming, Replied};
use zhengqitong::desk::ports::{
    Clock, Files, Inbox, Outbox, OutboxItem, Received, Retrieve, RetrieveError, TicketFilter, WordsOnly,
};
use zhengqitong::desk::service::Desk;
use zhengqitong::domain::answer::{Found, Matching};
use zhengqitong::domain::calendar::{Calendar, WorkingSpan, china_instant, china_time};
use zhengqitong::domain::commissioner::{Commissioner, CommissionerId};
use zhengqitong::domain::reading::Reading;
use zhengqitong::domain::ticket::Ticket;
use zhengqitong::domain::topic::{Topic, TopicId};
use zhengqitong::search::{self, TopicIndex};
use zhengqitong::store::SqliteStore;

/// A clock that stands still until it is moved.
pub(crate) struct HandClock(Mutex<Timestamp>);

impl HandClock {
    pub(crate) fn at(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    pub(crate) fn set(&self, now: Timestamp) {
        *self.0.lock().unwrap() = now;
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// The desk and everybody who talks to it.
pub(crate) struct TestDesk {
    pub(crate) desk: Desk,
    pub(crate) store: Arc<SqliteStore>,
    clock: Arc<HandClock>,
    seen: Mutex<BTreeMap<ChatAddress, i64>>,
    blocked: Mutex<BTreeSet<String>>,
    messages: Mutex<u32>,
    transcript: Mutex<String>,
}

/// The shipped knowledge, loaded and indexed once for all stories.
struct Knowledge {
    loaded: Loaded,
    index: Arc<TopicIndex>,
}

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| {
    let faq_data = Path::new(env!("CARGO_MANIFEST_DIR")).join("faq_data");
    let loaded = catalog::load(&faq_data, date(2026, 11, 20));
    assert!(loaded.is_publishable(), "{:?}", loaded.problems);
    let index = Arc::new(search::in_memory(&loaded.base).unwrap());
    Knowledge { loaded, index }
});

/// The shipped knowledge as an edition.
pub(crate) fn edition() -> Edition {
    let Knowledge { loaded, index } = &*KNOWLEDGE;
    let index = Box::new(SharedIndex(Arc::clone(index)));
    Edition { number: 1, base: loaded.base.clone(), index, meanings: Arc::new(WordsOnly) }
}

struct SharedIndex(Arc<TopicIndex>);

impl Retrieve for SharedIndex {
    fn read(&self, message: &str) -> Reading {
        self.0.read(message)
    }

    fn retrieve(&self, question: &str, limit: usize) -> Result<Found, RetrieveError> {
        self.0.retrieve(question, limit)
    }

    fn explain(&self, question: &str, topic: &TopicId, base: &KnowledgeBase) -> Result<Matching, RetrieveError> {
        self.0.explain(question, topic, base)
    }
}

/// Two commissioners, a supervisor and the duty desk; everybody has a Telegram account.
const ROSTER: &str = "\
id,name,phone,subdistricts,fields,role,backup,telegram_id,capacity
wang,王专员(示例),,,market;tax,commissioner,li,501,10
li,李专员(示例),,,market;tax,commissioner,wang,502,10
duty,值班专员(示例),,,,commissioner,,503,50
zhao,赵督办(示例),,,,supervisor,,504,50
";

/// The shipped roster of sample people.
pub(crate) fn sample_roster() -> Vec<Commissioner> {
    KNOWLEDGE.loaded.sample_roster.clone()
}

/// The shipped holidays, nine to twelve and one to five.
pub(crate) fn working_calendar() -> Calendar {
    let span = |from, to| WorkingSpan { start: time(from, 0, 0, 0), end: time(to, 0, 0, 0) };
    catalog::working_calendar(&KNOWLEDGE.loaded.holidays, vec![span(9, 12), span(13, 17)]).unwrap()
}

impl TestDesk {
    /// A desk on a Friday afternoon: 2026-11-20 15:00 in China.
    pub(crate) async fn new() -> Self {
        Self::with_roster(ROSTER).await
    }

    /// A desk with a roster of one's own.
    pub(crate) async fn with_roster(roster: &str) -> Self {
        let now = china_instant(date(2026, 11, 20).at(15, 0, 0, 0));
        let calendar = working_calendar();
        let store = Arc::new(SqliteStore::open("sqlite::memory:").await.unwrap());
        let people = catalog::parse_roster("roster.csv", roster.as_bytes(), true).unwrap();
        store.replace_roster(&people, "test", now).await.unwrap();
        let clock = Arc::new(HandClock(Mutex::new(now)));
        let shelf = Arc::new(Shelf::new(edition()));
        let desk = Desk::new(store.clone(), shelf, clock.clone(), calendar);
        Self {
            desk,
            store,
            clock,
            seen: Mutex::default(),
            blocked: Mutex::default(),
            messages: Mutex::default(),
            transcript: Mutex::default(),
        }
    }

    /// Somebody on Telegram.
    pub(crate) fn person(&self, telegram_id: i64, name: &'static str) -> Voice<'_> {
        let chat = ChatAddress::new(Channel::Telegram, telegram_id.to_string());
        self.seen.lock().unwrap().entry(chat.clone()).or_default();
        Voice { house: self, chat, name }
    }

    /// A company on the web page.
    pub(crate) fn visitor(&self) -> Voice<'_> {
        let chat = ChatAddress::new(Channel::Web, "visitor");
        self.seen.lock().unwrap().entry(chat.clone()).or_default();
        Voice { house: self, chat, name: "网页企业" }
    }

    /// A company, the commissioner for markets and taxes, and the supervisor.
    pub(crate) fn company(&self) -> Voice<'_> {
        self.person(9001, "企业")
    }

    pub(crate) fn wang(&self) -> Voice<'_> {
        self.person(501, "王专员")
    }

    pub(crate) fn li(&self) -> Voice<'_> {
        self.person(502, "李专员")
    }

    pub(crate) fn zhao(&self) -> Voice<'_> {
        self.person(504, "赵督办")
    }

    /// The process ends and starts again: another desk over the same store, clock and edition.
    pub(crate) async fn restarts(&self) -> &Self {
        let desk = Desk::new(self.store.clone(), self.desk.shelf().clone(), self.clock.clone(), working_calendar());
        assert_eq!(desk.warn_of_endings().await.unwrap(), 0, "an end was told a second time after a restart");
        self
    }

    /// Publishes an edition with other topics.
    pub(crate) fn publishes(&self, change: impl FnOnce(&mut Vec<Topic>)) {
        let current = self.desk.shelf().current();
        let mut topics: Vec<_> = current.base.topics.values().cloned().collect();
        change(&mut topics);
        let topics = topics.into_iter().map(|topic| (topic.id.clone(), topic)).collect();
        let base = KnowledgeBase { topics, ..current.base.clone() };
        let index = Box::new(search::in_memory(&base).unwrap());
        self.desk.shelf().swap(Edition { number: current.number + 1, base, index, meanings: Arc::new(WordsOnly) });
    }

    /// Another roster is imported.
    pub(crate) async fn replaces_roster(&self, roster: &str) {
        let people = catalog::parse_roster("roster.csv", roster.as_bytes(), true).unwrap();
        self.store.replace_roster(&people, "test", self.clock.now()).await.unwrap();
    }

    /// Moves the clock to a time in China and lets the desk follow up.
    pub(crate) async fn at(&self, local: DateTime) {
        *self.clock.0.lock().unwrap() = china_instant(local);
        self.write(&format!("—— {} ——", local.strftime("%m-%d %H:%M")));
        self.follow_up().await;
    }

    /// Lets some time pass without anybody looking.
    pub(crate) fn passes(&self, duration: SignedDuration) {
        *self.clock.0.lock().unwrap() += duration;
    }

    /// Lets the desk follow up twice: the second time must show nothing new.
    async fn follow_up(&self) {
        self.desk.follow_up().await.unwrap();
        assert_eq!(self.desk.follow_up().await.unwrap(), 0, "a card was shown twice");
        self.desk.warn_of_endings().await.unwrap();
        assert_eq!(self.desk.warn_of_endings().await.unwrap(), 0, "an end was told twice");
        self.collect().await;
    }

    /// Two processes send last week's figures at the same time; returns how many were sent together.
    pub(crate) async fn sends_weekly_figures(&self) -> usize {
        let other = Desk::new(self.store.clone(), self.desk.shelf().clone(), self.clock.clone(), working_calendar());
        let (one, two) = tokio::join!(self.desk.send_weekly_figures(), other.send_weekly_figures());
        self.collect().await;
        one.unwrap() + two.unwrap()
    }

    /// Looks into what did not arrive, twice: the second time finds nothing new but what the first one said in vain.
    pub(crate) async fn looks_into_undelivered(&self) {
        self.desk.look_into_undelivered().await.unwrap();
        self.collect().await;
        self.desk.look_into_undelivered().await.unwrap();
        assert_eq!(self.desk.look_into_undelivered().await.unwrap(), 0, "looked into twice");
        self.collect().await;
    }

    /// An administrator hands over all open tickets of somebody.
    pub(crate) async fn hands_over(&self, from: &str, to: Option<&str>, why: &str) -> HandedOver {
        let id = |text: &str| CommissionerId::parse(text).unwrap();
        let order =
            HandOver { which: Which::AllOf(id(from)), to: to.map(id), why: why.to_owned(), by: "cli".to_owned() };
        let moved = self.desk.hand_over(&order).await.unwrap();
        self.collect().await;
        moved
    }

    /// The open tickets of somebody.
    pub(crate) async fn tickets_of(&self, id: &str) -> Vec<Ticket> {
        let assignee = Some(CommissionerId::parse(id).unwrap());
        let filter = TicketFilter { assignee, only_open: true, ..TicketFilter::default() };
        self.store.tickets(&filter).await.unwrap()
    }

    /// Lines of the audit log about an action, oldest first: who, and to what.
    pub(crate) async fn audit_lines(&self, action: &str) -> Vec<String> {
        let entries = self.store.audit_log(action).await.unwrap();
        entries.into_iter().map(|entry| format!("{} {}", entry.by, entry.detail)).collect()
    }

    /// The one ticket of the story.
    pub(crate) async fn ticket(&self) -> Ticket {
        let tickets = self.store.tickets(&TicketFilter::default()).await.unwrap();
        assert_eq!(tickets.len(), 1, "one ticket");
        tickets.into_iter().next().unwrap()
    }

    /// Everything that was said, in order.
    pub(crate) fn transcript(&self) -> String {
        self.transcript.lock().unwrap().clone()
    }

    fn write(&self, line: &str) {
        let mut transcript = self.transcript.lock().unwrap();
        transcript.push_str(line);
        transcript.push('\n');
    }

    fn name_of(chat: &ChatAddress) -> &'static str {
        match chat.chat.as_str() {
            "501" => "王专员",
            "502" => "李专员",
            "503" => "值班专员",
            "504" => "赵督办",
            "505" => "孙管理",
            "visitor" => "网页企业",
            _ => "企业",
        }
    }

    /// Delivers what was written to everybody and writes it down.
    async fn collect(&self) {
        let mut delivered = Vec::new();
        let seen = self.seen.lock().unwrap().clone();
        for (chat, seen) in seen {
            for item in self.store.outgoing_since(&chat, seen).await.unwrap() {
                delivered.push((chat.clone(), item));
            }
        }
        for person in self.store.roster().await.unwrap() {
            let chat = ChatAddress::new(Channel::Telegram, person.telegram_id.unwrap().to_string());
            if !self.seen.lock().unwrap().contains_key(&chat) {
                let items = self.store.outgoing_since(&chat, 0).await.unwrap();
                delivered.extend(items.into_iter().map(|item| (chat.clone(), item)));
            }
        }
        delivered.sort_by_key(|(_, item)| item.id);
        let now = self.clock.now();
        for (chat, item) in delivered {
            if self.blocked.lock().unwrap().contains(&chat.chat) {
                self.store
                    .give_up_outgoing(item.id, item.attempts, "Forbidden: bot was blocked by the user", true, now)
                    .await
                    .unwrap();
                self.write(&format!("✗ {}", Self::name_of(&chat)));
                self.seen.lock().unwrap().insert(chat, item.id);
                continue;
            }
            self.store.mark_sent(item.id, &item.id.to_string(), now).await.unwrap();
            let buttons: Vec<_> =
                item.message.buttons.iter().flatten().map(|button| format!("[{}]", button.label)).collect();
            let text = item.message.text.replace('\n', "\n    ");
            let buttons = if buttons.is_empty() { String::new() } else { format!("\n    {}", buttons.join(" ")) };
            let shown = item.message.attachment.as_ref();
            let shown = shown.map(|shown| format!("<{:?}> ", shown.kind)).unwrap_or_default();
            self.write(&format!("→ {}: {shown}{text}{buttons}", Self::name_of(&chat)));
            self.seen.lock().unwrap().insert(chat, item.id);
        }
    }
}

/// Somebody who talks to the desk.
#[derive(Clone)]
pub(crate) struct Voice<'a> {
    house: &'a TestDesk,
    chat: ChatAddress,
    name: &'static str,
}

impl Voice<'_> {
    /// Sends a text.
    pub(crate) async fn says(&self, words: &str) {
        self.house.write(&format!("{}: {words}", self.name));
        self.sends(Body::Text(words.to_owned()), None).await;
    }

    /// Replies to the last message received.
    pub(crate) async fn replies(&self, words: &str) {
        self.house.write(&format!("{} (回复): {words}", self.name));
        let last = replied(self.last().await);
        self.sends(Body::Text(words.to_owned()), Some(last)).await;
    }

    /// Replies to the last message received, which has arrived twice: to the copy whose sending was not recorded.
    pub(crate) async fn replies_to_the_copy(&self, words: &str) {
        self.house.write(&format!("{} (回复): {words}", self.name));
        let copy = Replied { id: "unknown".to_owned(), ..replied(self.last().await) };
        self.sends(Body::Text(words.to_owned()), Some(copy)).await;
    }

    /// Sends a picture, a file and the like.
    pub(crate) async fn attaches(&self, kind: AttachmentKind, caption: &str) {
        self.house.write(&format!("{}: <{kind:?}> {caption}", self.name));
        self.sends(attached(kind, caption), None).await;
    }

    /// Replies to the last message received with a picture, a file and the like.
    pub(crate) async fn replies_with(&self, kind: AttachmentKind, caption: &str) {
        self.house.write(&format!("{} (回复): <{kind:?}> {caption}", self.name));
        let last = replied(self.last().await);
        self.sends(attached(kind, caption), Some(last)).await;
    }

    /// Changes the words of an earlier message.
    pub(crate) async fn corrects(&self, words: &str) {
        self.house.write(&format!("{} (改为): {words}", self.name));
        self.sends(Body::Corrected { words: words.to_owned(), attachment: None }, None).await;
    }

    /// Sends something over 20 MB.
    pub(crate) async fn attaches_too_much(&self) {
        self.house.write(&format!("{}: <over 20 MB>", self.name));
        self.sends(Body::TooLarge("视频".to_owned()), None).await;
    }

    /// Presses a button of the last message that has it.
    pub(crate) async fn presses(&self, label: &str) {
        self.house.write(&format!("{}: [{label}]", self.name));
        let received = self.received().await;
        let button = received
            .iter()
            .rev()
            .flat_map(|item| item.message.buttons.iter().flatten())
            .find(|button| button.label == label)
            .unwrap_or_else(|| panic!("{} has no button {label}:\n{}", self.name, self.house.transcript()));
        self.sends(Body::Press(button.data.clone()), None).await;
    }

    /// Sends a button's code that was never offered.
    pub(crate) async fn presses_raw(&self, data: &str) {
        self.house.write(&format!("{}: [{data}]", self.name));
        self.sends(Body::Press(data.to_owned()), None).await;
    }

    /// From now on nothing reaches them.
    pub(crate) fn blocks_the_bot(&self) {
        self.house.write(&format!("{} blocks the bot", self.name));
        self.house.blocked.lock().unwrap().insert(self.chat.chat.clone());
    }

    /// They are reached again.
    pub(crate) fn unblocks_the_bot(&self) {
        self.house.write(&format!("{} unblocks the bot", self.name));
        self.house.blocked.lock().unwrap().remove(&self.chat.chat);
    }

    /// What the person has received so far, oldest first.
    pub(crate) async fn received(&self) -> Vec<OutboxItem> {
        self.house.store.outgoing_since(&self.chat, 0).await.unwrap()
    }

    /// The last message received.
    pub(crate) async fn last(&self) -> OutboxItem {
        self.received().await.pop().unwrap_or_else(|| panic!("{} has received nothing", self.name))
    }

    async fn sends(&self, body: Body, reply_to: Option<Replied>) {
        let number = {
            let mut messages = self.house.messages.lock().unwrap();
            *messages += 1;
            *messages
        };
        let (id, at) = (format!("telegram:{number}"), self.house.clock.now());
        let received = Received { id: id.clone(), chat: self.chat.clone(), payload: String::new(), at };
        self.house.store.receive(&[received]).await.unwrap();
        let incoming = Incoming {
            id,
            chat: self.chat.clone(),
            sender: Some(self.name.to_owned()),
            at,
            body,
            reply_to,
            thread: None,
        };
        self.house.desk.handle(&incoming).await.unwrap();
        // The same message again changes nothing.
        assert!(self.house.desk.handle(&incoming).await.unwrap().is_none(), "a message was handled twice");
        self.house.collect().await;
    }
}

/// A message of the outbox, as somebody replies to it.
fn replied(item: OutboxItem) -> Replied {
    Replied { id: item.id.to_string(), words: item.message.text }
}

fn attached(kind: AttachmentKind, caption: &str) -> Body {
    let attachment = Attachment { kind, reference: "file-1".to_owned(), name: None };
    Body::Attached { attachment, caption: caption.to_owned() }
}

/// What clocks in China show at `instant`.
pub(crate) fn local(instant: Timestamp) -> DateTime {
    china_time(instant)
}
