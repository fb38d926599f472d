//! Tickets that have been left lying for days: their cards are due at once, and every replica sees that at the same time.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use zhengqitong::desk::knowledge::Shelf;
use zhengqitong::desk::message::{Body, Channel, ChatAddress, Incoming};
use zhengqitong::desk::ports::{Inbox, Received};
use zhengqitong::desk::service::Desk;
use zhengqitong::store::PostgresStore;

use super::office_calendar;
use crate::support::desk::{HandClock, edition};

/// So long ago they were raised, weekends included.
const AGE: SignedDuration = SignedDuration::from_hours(5 * 24);

/// It is asked, 找专员 is pressed, and 确认.
const TURNS: usize = 3;

/// Raises `count` tickets in the past; returns their numbers.
pub(super) async fn raise(database: &str, now: Timestamp, count: usize, question: &str) -> BTreeSet<String> {
    let store = Arc::new(PostgresStore::open(database).await.unwrap());
    let clock = Arc::new(HandClock::at(now - AGE));
    let desk = Desk::new(store.clone(), Arc::new(Shelf::new(edition())), clock, office_calendar());
    let mut numbers = BTreeSet::new();
    for company in 0..count {
        let chat = ChatAddress::new(Channel::Web, format!("overdue-{company}"));
        let mut body = Some(Body::Text(question.to_owned()));
        for turn in 0..TURNS {
            let (id, at) = (format!("{chat}:{}", id(company, turn)), now - AGE);
            let received = Received { id: id.clone(), chat: chat.clone(), payload: "{}".to_owned(), at };
            store.receive(&[received]).await.unwrap();
            let said = body.take().expect("the desk offers to go on");
            let incoming =
                Incoming { id, chat: chat.clone(), sender: None, at, body: said, reply_to: None, thread: None };
            let reply = desk.handle(&incoming).await.unwrap().expect("the desk answers");
            numbers.extend(reply.ticket.clone());
            let mut buttons = reply.buttons.into_iter().flatten();
            let next = buttons.find(|button| ["找专员", "确认"].contains(&button.label.as_str()));
            body = next.map(|button| Body::Press(button.data));
        }
    }
    assert_eq!(numbers.len(), count, "each company has raised a ticket");
    numbers
}

fn id(company: usize, turn: usize) -> String {
    format!("o{company}m{turn}")
}

/// The ids of what was said for that.
pub(super) fn ids(count: usize) -> impl Iterator<Item = String> {
    (0..count).flat_map(|company| (0..TURNS).map(move |turn| id(company, turn)))
}
