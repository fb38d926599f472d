//! Companies in the web chat: each conversation is a browser's, which any replica may serve.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use reqwest::header::{COOKIE, SET_COOKIE};
use serde_json::{Value, json};

use super::house::House;
use super::talk::{PATIENCE, Talk, Tally, asks, question, raises, thinks};
use crate::support::generated::Dice;

/// A browser gives up a request that is not answered, and asks elsewhere.
const GIVES_UP_AFTER: Duration = Duration::from_secs(8);
/// It does not try again at once.
const AGAIN_AFTER: Duration = Duration::from_millis(100);

/// A page with its conversation.
pub(super) struct Page {
    house: Arc<House>,
    client: reqwest::Client,
    dice: Dice,
    cookie: String,
    /// Ids of the page's messages begin with this.
    name: String,
    said: usize,
    /// Everything it shows, in order.
    shown: Vec<Value>,
    /// What was shown before this was heard already.
    heard: usize,
}

/// What is to be looked up in the store when all is over.
pub(super) struct Ended {
    pub(super) tally: Tally,
    /// Ids of messages that were accepted, as the page gave them.
    pub(super) accepted: BTreeSet<String>,
    /// The numbers of the messages that the page has shown, of one conversation each.
    pub(super) pages: Vec<Vec<i64>>,
}

/// One company after the other, each in a conversation of its own, until the load is over.
pub(super) async fn companies(house: Arc<House>, number: usize) -> Ended {
    let client = reqwest::Client::builder().no_proxy().timeout(GIVES_UP_AFTER).build().unwrap();
    let mut dice = house.dice(100 + number as u64);
    let mut ended = Ended { tally: Tally::default(), accepted: BTreeSet::new(), pages: Vec::new() };
    let mut round = 0;
    while house.is_loaded() {
        let name = format!("w{number}r{round}");
        let mut page = Page::opens(&house, &client, name, house.dice(dice.next())).await;
        let mut tally = Tally::default();
        for _ in 0..=dice.below(5) {
            asks(&mut page, question(&house, dice.below(house.known.len())), &mut tally).await;
        }
        if dice.below(3) == 0 {
            raises(&mut page, dice.below(6) == 0, &mut tally).await;
        }
        assert_eq!(page.said, tally.turns());
        assert_eq!(page.shown.len(), tally.messages(), "{:?}", page.shown);
        ended.accepted.extend((1..=page.said).map(|message| page.id(message)));
        ended.pages.push(page.shown.iter().map(|message| message["id"].as_i64().unwrap()).collect());
        ended.tally.add(&tally);
        round += 1;
    }
    ended
}

impl Page {
    pub(super) async fn opens(house: &Arc<House>, client: &reqwest::Client, name: String, mut dice: Dice) -> Self {
        let opened = Instant::now();
        let cookie = loop {
            let page = match house.somewhere(&mut dice) {
                Some(url) => client.get(url).send().await.ok(),
                None => None,
            };
            let cookie = page.and_then(|page| Some(page.headers().get(SET_COOKIE)?.to_str().ok()?.to_owned()));
            match cookie {
                Some(cookie) => break cookie.split(';').next().unwrap().to_owned(),
                None => wait_a_little(opened, "the page does not open").await,
            }
        };
        let (house, client) = (Arc::clone(house), client.clone());
        Self { house, client, dice, cookie, name, said: 0, shown: Vec::new(), heard: 0 }
    }

    fn id(&self, message: usize) -> String {
        format!("{}m{message}", self.name)
    }

    fn seen(&self) -> i64 {
        self.shown.last().map_or(0, |message| message["id"].as_i64().unwrap())
    }

    /// Says the same thing here and there until somebody accepts it.
    async fn sends(&mut self, mut record: Value) {
        self.said += 1;
        record["id"] = self.id(self.said).into();
        let begun = Instant::now();
        let mut is_repeated = false;
        loop {
            record["after"] = self.seen().into();
            if self.posts(&record, is_repeated).await.is_some() {
                return;
            }
            is_repeated = true;
            wait_a_little(begun, "a message is not accepted").await;
        }
    }

    async fn posts(&mut self, record: &Value, is_repeated: bool) -> Option<()> {
        let url = self.house.somewhere(&mut self.dice)?;
        if is_repeated {
            self.house.repeated.fetch_add(1, Ordering::Relaxed);
        }
        let post = self.client.post(format!("{url}/chat/messages")).header(COOKIE, &self.cookie);
        let response = post.json(record).send().await.ok()?;
        let is_accepted = matches!(response.status().as_u16(), 200 | 202);
        let answer: Value = response.json().await.ok()?;
        is_accepted.then(|| self.shows(&answer))
    }

    /// Waits for news at any replica.
    async fn reads(&mut self) -> Option<()> {
        let url = self.house.somewhere(&mut self.dice)?;
        let get = self.client.get(format!("{url}/chat/messages?after={}", self.seen()));
        let response = get.header(COOKIE, &self.cookie).send().await.ok()?;
        let is_told = response.status().is_success();
        let answer: Value = response.json().await.ok()?;
        is_told.then(|| self.shows(&answer))
    }

    fn shows(&mut self, answer: &Value) {
        for message in answer["messages"].as_array().unwrap() {
            assert!(message["id"].as_i64().unwrap() > self.seen(), "shown again: {message}");
            self.shown.push(message.clone());
        }
    }

    fn find(&self, words: &[&str], labels: &[&str]) -> Option<usize> {
        let fits = |message: &Value| {
            let text = message["text"].as_str().unwrap();
            words.iter().all(|word| text.contains(word)) && labels.iter().all(|label| button(message, label).is_some())
        };
        (self.heard..self.shown.len()).find(|place| fits(&self.shown[*place]))
    }
}

impl Talk for Page {
    async fn says(&mut self, text: &str) {
        tokio::time::sleep(thinks(&mut self.dice)).await;
        self.sends(json!({ "text": text })).await;
    }

    async fn presses(&mut self, label: &str) {
        tokio::time::sleep(thinks(&mut self.dice)).await;
        let last = &self.shown[self.heard - 1];
        let data = button(last, label).unwrap_or_else(|| panic!("no button {label}: {last}"));
        self.sends(json!({ "press": data, "label": label })).await;
    }

    async fn hears(&mut self, words: &[&str], labels: &[&str]) -> String {
        let begun = Instant::now();
        loop {
            if let Some(place) = self.find(words, labels) {
                self.heard = place + 1;
                return self.shown[place]["text"].as_str().unwrap().to_owned();
            }
            let is_patient = begun.elapsed() < PATIENCE;
            assert!(is_patient, "{}: nothing with {words:?} {labels:?}: {:#?}", self.name, self.shown);
            if self.reads().await.is_none() {
                tokio::time::sleep(AGAIN_AFTER).await;
            }
        }
    }
}

fn button<'a>(message: &'a Value, label: &str) -> Option<&'a str> {
    let rows = message["buttons"].as_array().unwrap().iter();
    let mut buttons = rows.flat_map(|row| row.as_array().unwrap());
    buttons.find(|button| button["label"] == label).map(|button| button["data"].as_str().unwrap())
}

/// A pause before the next try, which somebody who has tried for too long does not get.
async fn wait_a_little(begun: Instant, what: &str) {
    assert!(begun.elapsed() < PATIENCE, "{what}");
    tokio::time::sleep(AGAIN_AFTER).await;
}
