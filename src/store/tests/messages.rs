//! The contract of inbox and outbox: nothing lost, nothing twice, in order.

use futures::future::join_all;

use super::sample::{LEASE, at, button, number, outgoing, received, saying, telegram, web};
use super::{Store, contract};
use crate::desk::changes::Changes;
use crate::desk::letters::LetterOrder;
use crate::desk::message::{Channel, ChatAddress, reference};
use crate::desk::ports::{Backlog, CommitError, InboxItem};

contract!(
    same_message_is_stored_once,
    same_message_at_the_same_time_is_stored_once,
    a_conversation_is_handled_in_order,
    a_lost_claim_is_open_again_and_still_first,
    concurrent_claims_are_disjoint,
    a_dead_letter_does_not_hold_up_its_conversation,
    one_message_is_claimed_only_in_its_turn,
    a_message_is_handled_once,
    whoever_outlives_a_claim_on_an_incoming_message_changes_nothing,
    whoever_outlives_a_claim_on_an_outgoing_message_changes_nothing_but_that_it_was_sent,
    the_oldest_message_of_each_conversation_is_sent_first,
    a_retry_holds_up_its_own_conversation_only,
    a_message_given_up_does_not_hold_up_its_conversation,
    a_dead_letter_is_shown_until_somebody_settles_it,
    what_did_not_arrive_is_looked_into_once,
    fetched_channels_never_wait,
    a_conversation_is_shown_again_in_order,
    a_reply_leads_to_its_ticket,
);

async fn claim(store: &impl Store, seconds: i64) -> Option<String> {
    let item = store.claim_incoming(Channel::Telegram, at(seconds), LEASE).await.unwrap();
    item.map(|item| item.received.id)
}

async fn handle(store: &impl Store, id: &str) -> Result<(), CommitError> {
    store.commit(Changes { handled: Some(id.into()), at: at(0), ..Changes::default() }).await
}

/// The texts claimed for sending, and their numbers.
async fn claim_out(store: &impl Store, seconds: i64) -> Vec<(i64, String)> {
    let items = store.claim_outgoing(Channel::Telegram, at(seconds), LEASE, 10).await.unwrap();
    items.into_iter().map(|item| (item.id, item.message.text)).collect()
}

fn texts(items: &[(i64, String)]) -> Vec<&str> {
    items.iter().map(|(_, text)| text.as_str()).collect()
}

async fn same_message_is_stored_once(store: &impl Store) {
    let message = received("telegram:1", &telegram("42"), 0);
    assert_eq!(store.receive(&[message.clone(), message.clone()]).await.unwrap(), 1);
    assert_eq!(store.receive(std::slice::from_ref(&message)).await.unwrap(), 0);
    assert_eq!(store.receive(&[]).await.unwrap(), 0);
    let item = store.claim_incoming(Channel::Telegram, at(1), LEASE).await.unwrap();
    assert_eq!(item, Some(InboxItem { received: message.clone(), attempts: 1 }));
    assert_eq!(claim(store, 2).await, None);
    handle(store, "telegram:1").await.unwrap();
    assert_eq!(store.receive(&[message]).await.unwrap(), 0, "also after it was handled");
    assert_eq!(claim(store, 1000).await, None);
}

async fn same_message_at_the_same_time_is_stored_once(store: &impl Store) {
    let messages = [received("telegram:1", &telegram("42"), 0), received("telegram:2", &telegram("43"), 0)];
    let counts = join_all((0..16).map(|_| store.receive(&messages))).await;
    assert_eq!(counts.into_iter().map(Result::unwrap).sum::<usize>(), 2);
}

async fn a_conversation_is_handled_in_order(store: &impl Store) {
    let (one, two) = (telegram("1"), telegram("2"));
    let messages =
        [received("a", &one, 0), received("b", &one, 0), received("c", &two, 0), received("d", &web("1"), 0)];
    store.receive(&messages).await.unwrap();
    assert_eq!(claim(store, 0).await.as_deref(), Some("a"));
    assert_eq!(claim(store, 0).await.as_deref(), Some("c"), "b waits behind a");
    assert_eq!(claim(store, 0).await, None, "d is of another channel");
    handle(store, "a").await.unwrap();
    assert_eq!(claim(store, 1).await.as_deref(), Some("b"));
    assert!(store.fail_incoming("b", 1, "no index", Some(at(100))).await.unwrap());
    store.receive(&[received("e", &one, 2)]).await.unwrap();
    assert_eq!(claim(store, 99).await.as_deref(), Some("c"), "its lease has run out, and e waits behind b");
    let again = store.claim_incoming(Channel::Telegram, at(100), LEASE).await.unwrap().unwrap();
    assert_eq!((again.received.id.as_str(), again.attempts), ("b", 2));
}

async fn a_lost_claim_is_open_again_and_still_first(store: &impl Store) {
    let chat = telegram("1");
    store.receive(&[received("a", &chat, 0), received("b", &chat, 0)]).await.unwrap();
    assert_eq!(claim(store, 0).await.as_deref(), Some("a"));
    assert_eq!(claim(store, 29).await, None);
    assert_eq!(claim(store, 30).await.as_deref(), Some("a"), "whoever had it is gone");
    assert_eq!(claim(store, 30).await, None, "and b still waits");
    handle(store, "a").await.unwrap();
    assert!(matches!(handle(store, "a").await, Err(CommitError::AlreadyHandled)), "the first one was slow, not gone");
    assert_eq!(claim(store, 31).await.as_deref(), Some("b"));
}

async fn concurrent_claims_are_disjoint(store: &impl Store) {
    let messages: Vec<_> = (0..40).map(|n| received(&format!("m{n:02}"), &telegram(&(n % 8).to_string()), n)).collect();
    store.receive(&messages).await.unwrap();
    let mut handled: Vec<String> = Vec::new();
    for round in 0..5 {
        let mut claimed: Vec<_> = join_all((0..20).map(|_| claim(store, round))).await.into_iter().flatten().collect();
        claimed.sort();
        let expected: Vec<_> = (0..8).map(|chat| format!("m{:02}", round * 8 + chat)).collect();
        assert_eq!(claimed, expected, "the next of each conversation, once");
        join_all(claimed.iter().map(|id| handle(store, id))).await.into_iter().for_each(Result::unwrap);
        handled.extend(claimed);
    }
    assert_eq!(handled.len(), 40);
}

async fn a_dead_letter_does_not_hold_up_its_conversation(store: &impl Store) {
    let chat = telegram("1");
    store.receive(&[received("a", &chat, 5), received("b", &chat, 6), received("c", &web("1"), 7)]).await.unwrap();
    store.receive(&[received("d", &ChatAddress::new(Channel::Terminal, "1"), 1)]).await.unwrap();
    let backlog = store.inbox_backlog().await.unwrap();
    assert_eq!(backlog, Backlog { waiting: 3, oldest: Some(at(5)), dead: 0 }, "the terminal is not counted");
    assert_eq!(claim(store, 6).await.as_deref(), Some("a"));
    assert!(!store.is_settled("a").await.unwrap() && !store.is_settled("z").await.unwrap());
    assert!(store.fail_incoming("a", 1, "cannot be read", None).await.unwrap());
    assert!(store.is_settled("a").await.unwrap());
    assert_eq!(claim(store, 6).await.as_deref(), Some("b"));
    assert!(matches!(handle(store, "a").await, Err(CommitError::AlreadyHandled)));
    assert!(!store.fail_incoming("a", 1, "too late", Some(at(0))).await.unwrap());
    assert_eq!(store.inbox_backlog().await.unwrap(), Backlog { waiting: 2, oldest: Some(at(6)), dead: 1 });
}

async fn one_message_is_claimed_only_in_its_turn(store: &impl Store) {
    let chat = web("1");
    store.receive(&[received("a", &chat, 0), received("b", &chat, 0)]).await.unwrap();
    let claim = async |id: &str| store.claim_message(id, at(0), LEASE).await.unwrap().map(|item| item.received.id);
    assert_eq!(claim("b").await, None, "a comes first");
    assert_eq!(claim("a").await.as_deref(), Some("a"));
    assert_eq!(claim("a").await, None, "leased");
    handle(store, "a").await.unwrap();
    assert_eq!(claim("a").await, None, "handled");
    assert_eq!(claim("b").await.as_deref(), Some("b"));
    assert_eq!(claim("unknown").await, None);
}

async fn a_message_is_handled_once(store: &impl Store) {
    let chat = telegram("1");
    store.receive(&[received("a", &chat, 0)]).await.unwrap();
    let answer = || Changes { handled: Some("a".into()), ..saying(0, vec![outgoing(&chat, "answer")]) };
    let results = join_all((0..8).map(|_| store.commit(answer()))).await;
    let refused = results.iter().filter(|result| matches!(result, Err(CommitError::AlreadyHandled))).count();
    assert_eq!((results.iter().filter(|result| result.is_ok()).count(), refused), (1, 7));
    assert_eq!(texts(&claim_out(store, 0).await), ["answer"]);
    assert!(matches!(handle(store, "never received").await, Err(CommitError::Store(_))));
}

async fn whoever_outlives_a_claim_on_an_incoming_message_changes_nothing(store: &impl Store) {
    store.receive(&[received("a", &telegram("1"), 0)]).await.unwrap();
    assert_eq!(claim(store, 0).await.as_deref(), Some("a"));
    assert_eq!(claim(store, 30).await.as_deref(), Some("a"), "the first one is slow, and a second one takes over");
    for retry_at in [Some(at(0)), None] {
        assert!(!store.fail_incoming("a", 1, "too slow", retry_at).await.unwrap());
        assert_eq!(claim(store, 59).await, None, "still the second one's");
    }
    assert!(store.fail_incoming("a", 2, "no index", Some(at(40))).await.unwrap());
    assert_eq!(claim(store, 40).await.as_deref(), Some("a"));
    assert!(!store.fail_incoming("a", 2, "again", None).await.unwrap(), "the second one is late by now as well");
    handle(store, "a").await.unwrap();
    assert!(!store.fail_incoming("a", 3, "after it was handled", None).await.unwrap());
    assert_eq!(store.inbox_backlog().await.unwrap(), Backlog::default());
}

async fn whoever_outlives_a_claim_on_an_outgoing_message_changes_nothing_but_that_it_was_sent(store: &impl Store) {
    store.commit(saying(0, vec![outgoing(&telegram("1"), "x")])).await.unwrap();
    let id = claim_out(store, 0).await[0].0;
    assert_eq!(claim_out(store, 30).await[0].0, id, "the first one is slow, and a second one takes over");
    assert!(!store.retry_outgoing(id, 1, "too slow", at(0)).await.unwrap());
    assert!(!store.give_up_outgoing(id, 1, "too slow", true, at(31)).await.unwrap());
    assert!(claim_out(store, 59).await.is_empty(), "still the second one's");
    assert_eq!(store.outbox_backlog().await.unwrap(), Backlog { waiting: 1, oldest: Some(at(0)), dead: 0 });
    assert!(store.retry_outgoing(id, 2, "429", at(40)).await.unwrap());
    assert_eq!(claim_out(store, 40).await[0].0, id);
    store.mark_sent(id, "of the first one", at(41)).await.unwrap();
    assert!(!store.give_up_outgoing(id, 3, "blocked", true, at(42)).await.unwrap());
    assert!(!store.retry_outgoing(id, 3, "429", at(0)).await.unwrap());
    assert_eq!(store.outbox_backlog().await.unwrap(), Backlog::default());
    assert!(store.undelivered(10).await.unwrap().is_empty());
}

async fn the_oldest_message_of_each_conversation_is_sent_first(store: &impl Store) {
    let (one, two) = (telegram("1"), telegram("2"));
    let say = [outgoing(&one, "1a"), outgoing(&one, "1b"), outgoing(&two, "2a"), outgoing(&two, "2b")];
    store.commit(saying(0, say.to_vec())).await.unwrap();
    let first = claim_out(store, 0).await;
    assert_eq!(texts(&first), ["1a", "2a"]);
    assert!(claim_out(store, 29).await.is_empty(), "leased");
    store.mark_sent(first[1].0, "m1", at(1)).await.unwrap();
    assert_eq!(texts(&claim_out(store, 29).await), ["2b"]);
    assert_eq!(texts(&claim_out(store, 30).await), ["1a"], "the lease has run out");
    store.mark_sent(first[0].0, "m2", at(31)).await.unwrap();
    assert!(!store.retry_outgoing(first[0].0, 2, "too late", at(0)).await.unwrap());
    let one_only = store.claim_outgoing(Channel::Telegram, at(100), LEASE, 1).await.unwrap();
    assert_eq!((one_only[0].message.text.as_str(), one_only[0].attempts), ("1b", 1), "limit 1: the oldest");
    assert!(store.claim_outgoing(Channel::Telegram, at(100), LEASE, 0).await.unwrap().is_empty());
}

async fn a_retry_holds_up_its_own_conversation_only(store: &impl Store) {
    let (one, two) = (telegram("1"), telegram("2"));
    store.commit(saying(0, vec![outgoing(&one, "1a"), outgoing(&one, "1b"), outgoing(&two, "2a")])).await.unwrap();
    let first = claim_out(store, 0).await;
    assert!(store.retry_outgoing(first[0].0, 1, "429", at(60)).await.unwrap());
    store.mark_sent(first[1].0, "m", at(0)).await.unwrap();
    store.commit(saying(1, vec![outgoing(&two, "2b")])).await.unwrap();
    assert_eq!(texts(&claim_out(store, 59).await), ["2b"]);
    assert_eq!(texts(&claim_out(store, 60).await), ["1a"]);
}

async fn a_message_given_up_does_not_hold_up_its_conversation(store: &impl Store) {
    let chat = telegram("1");
    store.commit(saying(7, vec![outgoing(&chat, "a"), outgoing(&chat, "b")])).await.unwrap();
    let first = claim_out(store, 7).await;
    assert!(store.give_up_outgoing(first[0].0, 1, "blocked", false, at(8)).await.unwrap());
    assert_eq!(store.outbox_backlog().await.unwrap(), Backlog { waiting: 1, oldest: Some(at(7)), dead: 1 });
    let next = claim_out(store, 8).await;
    assert_eq!(texts(&next), ["b"]);
    store.mark_sent(next[0].0, "m", at(9)).await.unwrap();
    assert_eq!(store.outbox_backlog().await.unwrap(), Backlog { waiting: 0, oldest: None, dead: 1 });
}

async fn a_dead_letter_is_shown_until_somebody_settles_it(store: &impl Store) {
    let (chat, terminal) = (telegram("1"), ChatAddress::new(Channel::Terminal, "1"));
    store.receive(&[received("a", &chat, 1), received("b", &chat, 2), received("t", &terminal, 3)]).await.unwrap();
    store.commit(saying(4, vec![outgoing(&chat, "one"), outgoing(&telegram("2"), "gone")])).await.unwrap();
    for id in ["a", "t"] {
        store.claim_message(id, at(4), LEASE).await.unwrap().unwrap();
        store.fail_incoming(id, 1, "cannot be read", None).await.unwrap();
    }
    for (id, text) in claim_out(store, 5).await {
        store.give_up_outgoing(id, 1, "no", text == "gone", at(6)).await.unwrap();
    }
    let gone = store.undelivered(9).await.unwrap();
    store.commit(Changes { looked_into: vec![gone[0].id], ..saying(7, vec![]) }).await.unwrap();

    let letters = store.dead_letters(9).await.unwrap();
    let [read, sent] = letters.as_slice() else { panic!("{letters:?}") };
    assert_eq!((read.reference.as_deref(), read.error.as_str()), (Some(reference("a").as_str()), "cannot be read"));
    assert_eq!((sent.reference.as_deref(), sent.error.as_str(), sent.attempts), (None, "no", 1));
    assert_eq!((store.inbox_backlog().await.unwrap().dead, store.outbox_backlog().await.unwrap().dead), (1, 1));

    assert!(store.settle_letter(read.id, LetterOrder::Retry, "cli", at(10)).await.unwrap());
    assert_eq!(claim(store, 9).await, None, "not before it was put back");
    assert_eq!(claim(store, 10).await.as_deref(), Some("a"), "before b, as it came");
    assert!(store.settle_letter(sent.id, LetterOrder::Dismiss, "cli", at(11)).await.unwrap());
    assert_eq!(store.dead_letters(9).await.unwrap(), []);
    assert!(!store.settle_letter(read.id, LetterOrder::Dismiss, "cli", at(12)).await.unwrap(), "it is no dead letter");
    assert!(!store.settle_letter(sent.id, LetterOrder::Dismiss, "cli", at(12)).await.unwrap(), "settled before");
    assert!(store.settle_letter(sent.id, LetterOrder::Retry, "cli", at(13)).await.unwrap(), "a changed mind");
    assert_eq!(texts(&claim_out(store, 13).await), ["one"]);
    let settled: Vec<_> = store.audit_log("dead_letter.retry").await.unwrap();
    assert_eq!(
        settled.iter().map(|entry| entry.detail.clone()).collect::<Vec<_>>(),
        [read.id.to_string(), sent.id.to_string()]
    );
}

async fn what_did_not_arrive_is_looked_into_once(store: &impl Store) {
    let chat = telegram("1");
    store.commit(saying(0, vec![outgoing(&chat, "too long"), outgoing(&chat, "blocked")])).await.unwrap();
    for (at_second, is_unreachable) in [(0, false), (1, true)] {
        let next = claim_out(store, at_second).await;
        store.give_up_outgoing(next[0].0, 1, "no", is_unreachable, at(at_second)).await.unwrap();
    }
    let undelivered = store.undelivered(10).await.unwrap();
    assert_eq!(undelivered.iter().map(|item| item.message.text.as_str()).collect::<Vec<_>>(), ["blocked"]);
    let looked_into = vec![undelivered[0].id];
    store.commit(Changes { looked_into, ..saying(2, vec![]) }).await.unwrap();
    assert!(store.undelivered(10).await.unwrap().is_empty());
}

async fn fetched_channels_never_wait(store: &impl Store) {
    let chats = [web("1"), ChatAddress::new(Channel::Desk, "wang"), ChatAddress::new(Channel::Terminal, "1")];
    for chat in &chats {
        let mut rich = outgoing(chat, "with buttons");
        rich.buttons = vec![vec![button("找专员"), button("签收")], vec![button("办结")]];
        rich.about = Some(number(7));
        store.commit(saying(0, vec![outgoing(chat, "first"), rich.clone()])).await.unwrap();
        assert!(store.claim_outgoing(chat.channel, at(9), LEASE, 10).await.unwrap().is_empty());
        let all = store.outgoing_since(chat, 0).await.unwrap();
        assert_eq!(all.iter().map(|item| &item.message).collect::<Vec<_>>(), [&outgoing(chat, "first"), &rich]);
        assert_eq!(store.outgoing_since(chat, all[0].id).await.unwrap(), all[1..]);
    }
    assert_eq!(store.outbox_backlog().await.unwrap(), Backlog::default());
    let many = (0..201).map(|n| outgoing(&chats[0], &n.to_string())).collect();
    store.commit(saying(0, many)).await.unwrap();
    assert_eq!(store.outgoing_since(&chats[0], 0).await.unwrap().len(), 200);
}

async fn a_conversation_is_shown_again_in_order(store: &impl Store) {
    let chat = telegram("1");
    store.receive(&[received("q1", &chat, 1), received("q2", &chat, 3), received("q3", &chat, 4)]).await.unwrap();
    store.receive(&[received("other", &telegram("2"), 2)]).await.unwrap();
    store.commit(saying(2, vec![outgoing(&chat, "a1"), outgoing(&chat, "a1 more")])).await.unwrap();
    store.commit(saying(4, vec![outgoing(&chat, "a2")])).await.unwrap();
    let texts = async |limit| -> Vec<String> {
        store.history(&chat, limit).await.unwrap().into_iter().map(|line| line.text).collect()
    };
    assert_eq!(texts(100).await, ["raw q1", "a1", "a1 more", "raw q2", "raw q3", "a2"]);
    assert_eq!(texts(3).await, ["raw q2", "raw q3", "a2"]);
    let lines = store.history(&chat, 2).await.unwrap();
    assert_eq!((lines[0].outbox_id, lines[1].outbox_id.is_some(), lines[1].at), (None, true, at(4)));
}

async fn a_reply_leads_to_its_ticket(store: &impl Store) {
    let (one, two) = (telegram("1"), telegram("2"));
    let mut message = outgoing(&one, "ticket");
    message.about = Some(number(7));
    store.commit(saying(0, vec![message, outgoing(&two, "something else")])).await.unwrap();
    assert_eq!(store.ticket_behind(&one, "m1").await.unwrap(), None, "not sent yet");
    for (id, text) in claim_out(store, 0).await {
        store.mark_sent(id, "m1", at(1)).await.unwrap();
        store.mark_sent(id, "m2", at(1)).await.unwrap();
        assert!(!text.is_empty());
    }
    assert_eq!(store.ticket_behind(&one, "m1").await.unwrap(), Some(number(7)));
    assert_eq!(store.ticket_behind(&one, "m2").await.unwrap(), None, "the first id counts");
    assert_eq!(store.ticket_behind(&two, "m1").await.unwrap(), None);
    assert_eq!(store.ticket_behind(&web("1"), "m1").await.unwrap(), None);
}
