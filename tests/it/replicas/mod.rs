//! One service in several processes: the real binary over PostgreSQL, and the way there and back.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on fails")]

mod edition;
mod moved;
mod polling;
mod timers;
mod two;
mod webhook;

use std::ops::Range;
use std::time::Duration;

use reqwest::header::{COOKIE, SET_COOKIE};
use serde_json::{Value, json};
use zhengqitong::desk::message::{Channel, ChatAddress};
use zhengqitong::desk::ports::{Inbox, Outbox};
use zhengqitong::store::{OpenStore, PostgresStore};

use crate::support::bot_api::Person;

/// Somebody with a browser, who may be sent to any of the processes.
struct Visitor {
    client: reqwest::Client,
    cookie: String,
    /// The number of the last message that the page has shown.
    seen: i64,
    /// Everything the page has shown, with the buttons below.
    shown: Vec<Value>,
}

impl Visitor {
    async fn opens(url: &str) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let response = client.get(url).send().await.unwrap();
        let cookie = response.headers()[SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        Self { client, cookie, seen: 0, shown: Vec::new() }
    }

    /// Sends a message of the page to the process at `url`; `None` when it does not answer.
    async fn sends(&mut self, url: &str, mut record: Value) -> Option<u16> {
        record["after"] = self.seen.into();
        let post = self.client.post(format!("{url}/chat/messages")).header(COOKIE, &self.cookie);
        let response = post.json(&record).send().await.ok()?;
        let status = response.status().as_u16();
        let answer: Value = response.json().await.ok()?;
        self.shows(&answer);
        Some(status)
    }

    /// Says something and reads what comes of it, which has `words`. On a busy machine the process takes the message, and the page
    /// waits for the answer.
    async fn says(&mut self, url: &str, id: &str, text: &str, words: &str) {
        let status = self.sends(url, json!({ "id": id, "text": text })).await;
        assert!(matches!(status, Some(200 | 202)), "{status:?}");
        self.reads(url, words).await;
    }

    /// Presses the last button of this name that was shown, and reads what comes of it.
    async fn presses(&mut self, url: &str, id: &str, label: &str, words: &str) {
        let buttons = self.shown.iter().rev().flat_map(|message| message["buttons"].as_array().unwrap());
        let mut buttons = buttons.flat_map(|row| row.as_array().unwrap());
        let button = buttons.find(|button| button["label"].as_str().unwrap().contains(label));
        let button = button.unwrap_or_else(|| panic!("no button {label}: {:?}", self.shown)).clone();
        let status = self.sends(url, json!({ "id": id, "press": button["data"], "label": label })).await;
        assert!(matches!(status, Some(200 | 202)), "{status:?}");
        self.reads(url, words).await;
    }

    /// Waits until the page shows something with `words`, asking the process at `url`.
    async fn reads(&mut self, url: &str, words: &str) {
        let waiting = async {
            while self.count(words) == 0 {
                let get = self.client.get(format!("{url}/chat/messages?after={}", self.seen));
                let answer = get.header(COOKIE, &self.cookie).send().await.unwrap().json().await.unwrap();
                self.shows(&answer);
            }
        };
        let waited = tokio::time::timeout(Duration::from_mins(2), waiting).await;
        assert!(waited.is_ok(), "nothing with {words:?}: {:?}", self.shown);
    }

    /// Opens the page anew: everything that was said is shown again.
    async fn rereads(&mut self, url: &str) {
        (self.seen, self.shown) = (0, Vec::new());
        let get = self.client.get(format!("{url}/chat/messages?after=0")).header(COOKIE, &self.cookie);
        let answer = get.send().await.unwrap().json().await.unwrap();
        self.shows(&answer);
    }

    fn shows(&mut self, answer: &Value) {
        for message in answer["messages"].as_array().unwrap() {
            self.seen = message["id"].as_i64().unwrap();
            self.shown.push(message.clone());
        }
    }

    /// How many messages with `words` the page has shown.
    fn count(&self, words: &str) -> usize {
        self.shown.iter().filter(|message| message["text"].as_str().unwrap().contains(words)).count()
    }
}

/// Waits for a message with `words`; long enough for a lease of a process that died to run out.
async fn hears(person: &Person, words: &str) {
    let mut look = tokio::time::interval(Duration::from_millis(50));
    let heard = async {
        while !person.messages().iter().any(|message| message.from_bot && message.text.contains(words)) {
            look.tick().await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_mins(3), heard).await;
    assert!(waited.is_ok(), "nothing with {words:?}: {}", person.transcript());
}

/// Waits until nothing is left to be done, leases of a process that died included, and asserts that each of these was answered once.
async fn each_was_answered_once(database: &str, chats: Range<i64>) {
    let store = PostgresStore::open(database).await.unwrap();
    let mut look = tokio::time::interval(Duration::from_millis(100));
    let settled = async {
        while store.inbox_backlog().await.unwrap().waiting + store.outbox_backlog().await.unwrap().waiting > 0 {
            look.tick().await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_mins(3), settled).await.is_ok(), "something is left undone");
    for chat in chats {
        let written = store.outgoing_since(&ChatAddress::new(Channel::Telegram, chat.to_string()), 0).await.unwrap();
        assert_eq!(written.len(), 1, "{written:?}");
    }
    assert_eq!((store.inbox_backlog().await.unwrap().dead, store.outbox_backlog().await.unwrap().dead), (0, 0));
    OpenStore::close(&store).await.unwrap();
}

/// What a process says of itself.
async fn ready(url: &str) -> Value {
    reqwest::get(format!("{url}/readyz")).await.unwrap().json().await.unwrap()
}
