//! The contract of commits, dialogues and tickets: all or nothing, and histories that say everything.

use std::collections::BTreeMap;

use futures::future::join_all;
use jiff::civil::date;
use proptest::prelude::*;

use super::sample::{
    about, acted, at, id, kept, number, opened, outgoing, received, rules, saying, submission, telegram,
};
use super::{Store, contract, in_memory};
use crate::desk::changes::{AuditEntry, Changes, DialogueChange, TicketChange, TicketMessage};
use crate::desk::dialogue::{Dialogue, Pending, Turn};
use crate::desk::message::{Attachment, AttachmentKind};
use crate::desk::ports::{Backlog, CommitError, Files, TicketFilter, Versioned};
use crate::desk::questions::Reason;
use crate::domain::sla::{Card, Clock};
use crate::domain::ticket::{Action, Actor, Event, Rating, Ticket, TicketNumber};

contract!(
    a_dialogue_is_replaced_by_its_last_reader_only,
    a_conflict_leaves_nothing,
    concurrent_changes_of_a_ticket_conflict,
    a_malformed_change_is_refused,
    tickets_are_listed_by_filter,
    the_most_overdue_cards_come_first,
    what_was_said_on_a_ticket_is_kept,
    a_ticket_sequence_is_given_once,
);

async fn a_dialogue_is_replaced_by_its_last_reader_only(store: &impl Store) {
    let chat = telegram("1");
    assert_eq!(store.dialogue(&chat).await.unwrap(), Versioned::default());
    let mut dialogue = Dialogue { unsolved: 2, last_at: Some(at(3)), ..Dialogue::default() };
    dialogue.remember(Turn { question: "高企怎么认定".into(), choices: vec!["a/b".into()], ..Turn::default() });
    dialogue.pending =
        Some(Pending::Words { purpose: crate::desk::dialogue::Purpose::Transfer, ticket: "ZQ-20261122-0001".into() });
    let save = async |dialogue: &Dialogue, version| {
        let change = DialogueChange { chat: chat.clone(), dialogue: dialogue.clone(), version };
        store.commit(Changes { dialogues: vec![change], at: at(0), ..Changes::default() }).await
    };
    assert!(matches!(save(&dialogue, 1).await, Err(CommitError::Conflict)));
    save(&dialogue, 0).await.unwrap();
    assert_eq!(store.dialogue(&chat).await.unwrap(), Versioned { value: dialogue.clone(), version: 1 });
    assert!(matches!(save(&Dialogue::default(), 0).await, Err(CommitError::Conflict)));
    dialogue.start_afresh();
    save(&dialogue, 1).await.unwrap();
    assert!(matches!(save(&Dialogue::default(), 1).await, Err(CommitError::Conflict)));
    assert_eq!(store.dialogue(&chat).await.unwrap(), Versioned { value: dialogue, version: 2 });
}

async fn a_conflict_leaves_nothing(store: &impl Store) {
    let chat = telegram("1");
    store.receive(&[received("a", &chat, 0)]).await.unwrap();
    let first = opened(number(1), &chat, "wang", 0);
    store.commit(about(first.clone())).await.unwrap();
    let signed = acted(&first.ticket, &Action::Sign, &Actor::Commissioner(id("wang")), 1);
    store.commit(about(signed.clone())).await.unwrap();
    let everything = |last: TicketChange| Changes {
        handled: Some("a".into()),
        dialogues: vec![DialogueChange { chat: chat.clone(), dialogue: Dialogue::default(), version: 0 }],
        tickets: vec![opened(number(2), &chat, "li", 2), last],
        ticket_messages: vec![TicketMessage {
            ticket: number(1),
            at: at(2),
            from: Actor::Company,
            text: "急".into(),
            is_note: false,
            attachment: None,
        }],
        outgoing: vec![outgoing(&chat, "never said")],
        leaves: Vec::new(),
        reaches: Vec::new(),
        looked_into: Vec::new(),
        questions: vec![kept(&chat, 1, "急", Reason::Declined, 2)],
        feedback: Vec::new(),
        audit: vec![AuditEntry { at: at(2), by: "cli".into(), action: "test".into(), detail: String::new() }],
        expiry_warnings: Vec::new(),
        figures_sent: Vec::new(),
        at: at(2),
    };
    let late = acted(&first.ticket, &Action::Withdraw, &Actor::Company, 2);
    assert!(matches!(store.commit(everything(late)).await, Err(CommitError::Conflict)));
    assert!(matches!(store.commit(everything(first)).await, Err(CommitError::Conflict)), "opened twice");
    assert_eq!(store.ticket(&number(1)).await.unwrap(), Some(signed.ticket.clone()));
    assert_eq!(store.ticket(&number(2)).await.unwrap(), None);
    assert!(store.ticket_history(&number(2)).await.unwrap().is_empty());
    assert!(store.ticket_messages(&number(1)).await.unwrap().is_empty());
    assert_eq!(store.outbox_backlog().await.unwrap(), Backlog::default());
    assert!(store.outgoing_since(&chat, 0).await.unwrap().is_empty());
    assert!(store.open_questions().await.unwrap().is_empty());
    assert_eq!(store.dialogue(&chat).await.unwrap().version, 0);
    assert_eq!(store.inbox_backlog().await.unwrap().waiting, 1);
    let contacted = acted(&signed.ticket, &Action::RecordContact, &Actor::Commissioner(id("wang")), 3);
    store.commit(everything(contacted)).await.unwrap();
    assert_eq!(store.inbox_backlog().await.unwrap().waiting, 0, "the message was still open");
    assert_eq!(store.open_questions().await.unwrap().len(), 1);
    assert_eq!(store.loads().await.unwrap(), BTreeMap::from([(id("li"), 1), (id("wang"), 1)]));
}

async fn concurrent_changes_of_a_ticket_conflict(store: &impl Store) {
    let chat = telegram("1");
    let change = opened(number(1), &chat, "wang", 0);
    store.commit(about(change.clone())).await.unwrap();
    let urge = || {
        let mut changes = about(acted(&change.ticket, &Action::Urge, &Actor::Company, 5));
        changes.outgoing = vec![outgoing(&chat, "urged")];
        changes
    };
    let results = join_all((0..8).map(|_| store.commit(urge()))).await;
    let conflicts = results.iter().filter(|result| matches!(result, Err(CommitError::Conflict))).count();
    assert_eq!((results.iter().filter(|result| result.is_ok()).count(), conflicts), (1, 7));
    assert_eq!(store.outgoing_since(&chat, 0).await.unwrap().len(), 1);
    assert_eq!(store.ticket_history(&number(1)).await.unwrap().len(), 3);
}

async fn a_malformed_change_is_refused(store: &impl Store) {
    let good = opened(number(1), &telegram("1"), "wang", 0);
    let mut gap = good.clone();
    gap.events.remove(0);
    let mut foreign = good.clone();
    foreign.events[1].ticket = number(2);
    let mut older = good.clone();
    older.ticket.version = 1;
    for change in [gap, foreign, older] {
        assert!(matches!(store.commit(about(change)).await, Err(CommitError::Store(_))));
    }
    store.commit(about(good)).await.unwrap();
}

async fn tickets_are_listed_by_filter(store: &impl Store) {
    let (one, two) = (telegram("1"), telegram("2"));
    let changes =
        [opened(number(1), &one, "wang", 10), opened(number(2), &two, "li", 20), opened(number(3), &one, "li", 30)];
    for change in &changes {
        store.commit(about(change.clone())).await.unwrap();
    }
    let withdrawn = acted(&changes[2].ticket, &Action::Withdraw, &Actor::Company, 40);
    store.commit(about(withdrawn.clone())).await.unwrap();
    let list = async |filter: TicketFilter| -> Vec<TicketNumber> {
        store.tickets(&filter).await.unwrap().into_iter().map(|ticket| ticket.number).collect()
    };
    let all = TicketFilter::default();
    assert_eq!(list(all.clone()).await, [number(3), number(2), number(1)]);
    assert_eq!(list(TicketFilter { limit: 2, ..all.clone() }).await, [number(3), number(2)]);
    assert_eq!(list(TicketFilter { only_open: true, ..all.clone() }).await, [number(2), number(1)]);
    assert_eq!(list(TicketFilter { chat: Some("telegram:1".into()), ..all.clone() }).await, [number(3), number(1)]);
    let li = TicketFilter { assignee: Some(id("li")), ..all.clone() };
    assert_eq!(list(li.clone()).await, [number(3), number(2)]);
    assert_eq!(list(TicketFilter { only_open: true, chat: Some("telegram:2".into()), ..li }).await, [number(2)]);
    assert_eq!(store.tickets(&all).await.unwrap()[0], withdrawn.ticket);
    assert_eq!(store.loads().await.unwrap(), BTreeMap::from([(id("li"), 1), (id("wang"), 1)]));
}

async fn the_most_overdue_cards_come_first(store: &impl Store) {
    let mut changes: Vec<_> = (1..=3).map(|n| opened(number(n), &telegram("1"), "wang", n.into())).collect();
    changes[0].next_step_at = Some(at(200));
    changes[1].next_step_at = Some(at(100));
    changes[2].next_step_at = None;
    for change in &changes {
        store.commit(about(change.clone())).await.unwrap();
    }
    let due = async |seconds| store.tickets_with_step_due(at(seconds)).await.unwrap();
    assert!(due(99).await.is_empty());
    assert_eq!(due(100).await, [changes[1].ticket.clone()]);
    assert_eq!(due(500).await, [changes[1].ticket.clone(), changes[0].ticket.clone()]);
    let card = Action::ShowCard(Clock::FirstContact, Card::Yellow);
    let mut shown = acted(&changes[1].ticket, &card, &Actor::System, 100);
    shown.next_step_at = Some(at(300));
    store.commit(about(shown)).await.unwrap();
    assert_eq!(due(299).await, [changes[0].ticket.clone()]);
    let mut withdrawn = acted(&changes[0].ticket, &Action::Withdraw, &Actor::Company, 100);
    withdrawn.next_step_at = None;
    store.commit(about(withdrawn)).await.unwrap();
    assert!(due(299).await.is_empty(), "nothing is left to come");
}

async fn what_was_said_on_a_ticket_is_kept(store: &impl Store) {
    store.commit(about(opened(number(1), &telegram("1"), "wang", 0))).await.unwrap();
    let say = |seconds, from, text: &str| TicketMessage {
        ticket: number(1),
        at: at(seconds),
        from,
        text: text.into(),
        is_note: seconds == 3,
        attachment: (seconds == 2).then(|| Attachment {
            kind: AttachmentKind::Document,
            reference: "BQAC".into(),
            name: Some("表.pdf".into()),
        }),
    };
    let said = [
        say(2, Actor::Company, "在吗"),
        say(1, Actor::Commissioner(id("wang")), "您好"),
        say(3, Actor::System, "已提醒"),
    ];
    store.commit(Changes { ticket_messages: said.to_vec(), ..saying(3, vec![]) }).await.unwrap();
    assert_eq!(store.ticket_messages(&number(1)).await.unwrap(), said);
    let stray = TicketMessage { ticket: number(9), ..said[0].clone() };
    let refused = store.commit(Changes { ticket_messages: vec![stray], ..saying(3, vec![]) }).await;
    assert!(matches!(refused, Err(CommitError::Store(_))));
}

async fn a_ticket_sequence_is_given_once(store: &impl Store) {
    let day = date(2026, 11, 22);
    let mut given: Vec<_> =
        join_all((0..20).map(|_| store.next_ticket_sequence(day))).await.into_iter().map(Result::unwrap).collect();
    given.sort_unstable();
    assert_eq!(given, (1..=20).collect::<Vec<u32>>());
    assert_eq!(store.next_ticket_sequence(date(2026, 11, 23)).await.unwrap(), 1);
}

fn any_action() -> impl Strategy<Value = Action> {
    let who = || prop_oneof![Just(id("wang")), Just(id("li"))];
    let rating = prop_oneof![Just(Rating::VeryDissatisfied), Just(Rating::BasicallySatisfied)];
    let clock = prop_oneof![Just(Clock::FirstContact), Just(Clock::Opinion), Just(Clock::Close)];
    let card = prop_oneof![Just(Card::Yellow), Just(Card::Red)];
    prop_oneof![
        2 => (who(), prop::collection::vec(".{0,6}", 0..3)).prop_map(|(to, reasons)| Action::Dispatch { to, reasons }),
        2 => Just(Action::Sign),
        1 => Just(Action::RecordContact),
        2 => Just(Action::Reply),
        1 => ".{0,8}".prop_map(|reason| Action::Transfer { reason }),
        1 => ".{0,8}".prop_map(|reason| Action::Return { reason }),
        1 => prop::option::of(".{0,8}").prop_map(|summary| Action::Close { summary }),
        1 => (who(), ".{0,8}").prop_map(|(to, reason)| Action::Assign { to, reason }),
        1 => (who(), ".{0,8}").prop_map(|(to, reason)| Action::StandIn { to, reason }),
        1 => Just(Action::GiveOpinion),
        1 => ".{0,8}".prop_map(|reason| Action::Wait { reason }),
        1 => Just(Action::Resume),
        1 => ".{0,8}".prop_map(|reason| Action::RequestExtension { reason }),
        1 => Just(Action::ApproveExtension),
        1 => ".{0,8}".prop_map(|reason| Action::RefuseExtension { reason }),
        1 => Just(Action::Merge { into: number(9000) }),
        1 => Just(Action::Absorb { from: number(9001) }),
        1 => Just(Action::Reopen),
        1 => Just(Action::FollowUp),
        1 => rating.prop_map(Action::Rate),
        1 => Just(Action::Urge),
        1 => Just(Action::Withdraw),
        1 => (clock, card).prop_map(|(clock, card)| Action::ShowCard(clock, card)),
        1 => (who(), ".{0,8}").prop_map(|(to, reason)| Action::Escalate { to, reason }),
    ]
}

fn any_actor() -> impl Strategy<Value = Actor> {
    prop_oneof![
        2 => Just(Actor::Commissioner(id("wang"))),
        1 => Just(Actor::Commissioner(id("li"))),
        1 => Just(Actor::Supervisor(id("wang"))),
        1 => Just(Actor::System),
        1 => Just(Actor::Company),
    ]
}

/// Takes every action that is not refused and returns the ticket and its events.
async fn live(store: &impl Store, number: TicketNumber, actions: &[(Action, Actor)]) -> (Ticket, Vec<Event>) {
    let first = Event::submitted(number, submission(&telegram("1")), at(0));
    let mut ticket = Ticket::replay([&first]).unwrap();
    let change = TicketChange { ticket: ticket.clone(), events: vec![first.clone()], version: 0, next_step_at: None };
    store.commit(about(change)).await.unwrap();
    let mut history = vec![first];
    for (step, (action, actor)) in (1..).zip(actions) {
        let Ok(events) = ticket.decide(action, actor, at(step * 2000), &rules()) else { continue };
        let version = ticket.version;
        for event in &events {
            ticket.apply(event);
        }
        let change = TicketChange { ticket: ticket.clone(), events: events.clone(), version, next_step_at: None };
        store.commit(Changes { tickets: vec![change], at: at(0), ..Changes::default() }).await.unwrap();
        history.extend(events);
    }
    (ticket, history)
}

#[test]
fn a_ticket_is_what_its_stored_history_says() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let store = runtime.block_on(in_memory());
    let mut sequence = 0;
    let strategy = prop::collection::vec((any_action(), any_actor()), 0..40);
    let mut runner = proptest::test_runner::TestRunner::default();
    let counter = std::cell::RefCell::new(&mut sequence);
    let result = runner.run(&strategy, |actions| {
        **counter.borrow_mut() += 1;
        let number = number(**counter.borrow());
        let (ticket, history) = runtime.block_on(live(&store, number.clone(), &actions));
        prop_assert_eq!(&runtime.block_on(store.ticket_history(&number)).unwrap(), &history);
        prop_assert_eq!(runtime.block_on(store.ticket(&number)).unwrap(), Some(ticket.clone()));
        let filter = TicketFilter { only_open: true, ..TicketFilter::default() };
        let listed = runtime.block_on(store.tickets(&filter)).unwrap();
        prop_assert!(listed.iter().all(|ticket| ticket.state.is_open()));
        prop_assert!(listed.len() == 200 || listed.contains(&ticket) == ticket.state.is_open());
        Ok(())
    });
    result.unwrap();
}
