//! Companies and commissioners in Telegram.
//!
//! Telegram may bring a message twice when a replica died over it. People see that it is the same one and do not act again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::house::House;
use super::number_in;
use super::talk::{PATIENCE, Talk, Tally, asks, cycle_of, question, raises, reply, thinks};
use crate::support::bot_api::{Person, SentMessage};
use crate::support::generated::Dice;

/// Commissioners look whether the day is over this often.
const LOOKS_UP_EVERY: Duration = Duration::from_millis(500);

/// Asked of a commissioner whose reply does not tell; every message that is replied to here does, be it a copy or not.
pub(super) const WHICH_TICKET: &str = "这条消息要发给哪个工单的企业";

/// A company's private chat.
pub(super) struct Chat {
    person: Person,
    dice: Dice,
    heard: Option<SentMessage>,
    updates: BTreeSet<u32>,
}

/// What is to be looked up in the store when all is over.
pub(super) struct Ended {
    pub(super) person: Person,
    pub(super) tally: Tally,
    /// The updates that it made.
    pub(super) updates: BTreeSet<u32>,
}

/// A company that raises one ticket after the other until the load is over.
pub(super) async fn company(house: Arc<House>, person: Person, number: usize) -> Ended {
    let mut dice = house.dice(200 + number as u64);
    let mut chat =
        Chat { person: person.clone(), dice: house.dice(dice.next()), heard: None, updates: BTreeSet::new() };
    let mut tally = Tally::default();
    // Never the same question twice in a row, so that an answer that comes twice is not taken for the next one.
    let mut next = dice.below(house.known.len());
    while house.is_loaded() {
        for _ in 0..=dice.below(2) {
            asks(&mut chat, question(&house, next), &mut tally).await;
            next += 1;
        }
        raises(&mut chat, false, &mut tally).await;
    }
    assert_eq!(chat.updates.len(), tally.turns());
    Ended { person, tally, updates: chat.updates }
}

impl Talk for Chat {
    async fn says(&mut self, text: &str) {
        tokio::time::sleep(thinks(&mut self.dice)).await;
        self.updates.insert(self.person.says(text));
    }

    async fn presses(&mut self, label: &str) {
        tokio::time::sleep(thinks(&mut self.dice)).await;
        let heard = self.heard.as_ref().expect("something was heard");
        self.updates.insert(self.person.presses_as_seen(heard, label));
    }

    async fn hears(&mut self, words: &[&str], labels: &[&str]) -> String {
        let begun = Instant::now();
        let mut seen = self.heard.as_ref().map_or(0, |heard| heard.message_id);
        loop {
            let news = self.person.news_after(seen, PATIENCE).await;
            seen = news.last().map_or(seen, |last| last.message_id);
            let fits = |message: &SentMessage| {
                words.iter().all(|word| message.text.contains(word))
                    && labels.iter().all(|label| message.has_button(label))
            };
            if let Some(found) = news.into_iter().find(fits) {
                self.heard = Some(found.clone());
                return found.text;
            }
            let is_patient = begun.elapsed() < PATIENCE;
            assert!(is_patient, "nothing with {words:?} {labels:?}:\n{}", self.person.transcript());
        }
    }
}

/// How far a commissioner has come with a ticket.
#[derive(Default)]
struct Case {
    /// How often it was signed for.
    signed: usize,
    /// How often it was answered.
    replied: usize,
    /// How often it was closed.
    closed: usize,
}

/// Signs, answers what the company adds, and closes, until the day is over. Leaves `others` alone.
pub(super) async fn commissioner(house: Arc<House>, person: Person, others: Arc<BTreeSet<String>>) -> Ended {
    let mut cases: BTreeMap<String, Case> = BTreeMap::new();
    let mut ended = Ended { person, tally: Tally::default(), updates: BTreeSet::new() };
    let mut seen = 0;
    while !house.day_ends.is_cancelled() {
        for message in ended.person.news_after(seen, LOOKS_UP_EVERY).await {
            seen = message.message_id;
            let number = number_in(&message.text);
            if number.is_empty() || others.contains(&number) {
                continue;
            }
            let case = cases.entry(number.clone()).or_default();
            ended.updates.extend(case.goes_on(&ended.person, &number, &message));
        }
    }
    ended
}

impl Case {
    /// Does what a message calls for, unless that was done already.
    fn goes_on(&mut self, person: &Person, number: &str, message: &SentMessage) -> Option<u32> {
        let calls_for = |done: usize, cycle: usize| done + 1 == cycle;
        let text = &message.text;
        if text.contains(WHICH_TICKET) {
            let buttons = message.button_texts();
            let button = buttons.iter().find(|button| button.starts_with(number));
            return Some(person.presses_as_seen(message, button.unwrap_or_else(|| panic!("not offered: {message:?}"))));
        }
        if message.has_button("签收") {
            let cycle = if text.contains("已自动重办") { 2 } else { 1 };
            if calls_for(self.signed, cycle) {
                self.signed = cycle;
                return Some(person.presses_as_seen(message, "签收"));
            }
        } else if text.contains("企业补充")
            && let Some(cycle) = cycle_of(number, text)
        {
            if calls_for(self.replied, cycle) {
                self.replied = cycle;
                return Some(person.replies_to(message, &reply(number, cycle)));
            }
        } else if text.contains("已转给企业") && self.closed < self.replied {
            self.closed = self.replied;
            return Some(person.presses_as_seen(message, "办结"));
        }
        None
    }
}
