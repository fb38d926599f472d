//! Values for tests.

use std::sync::LazyLock;

use jiff::civil::time;
use jiff::{SignedDuration, Timestamp};

use crate::desk::changes::{Changes, TicketChange};
use crate::desk::message::{Button, Channel, ChatAddress, Outgoing};
use crate::desk::ports::Received;
use crate::desk::questions::{KeptQuestion, QuestionChange, Reason};
use crate::domain::calendar::{Calendar, WorkingSpan};
use crate::domain::commissioner::{Commissioner, CommissionerId, Role};
use crate::domain::sla::{Promises, Rules};
use crate::domain::ticket::{Action, Actor, Event, Submission, Ticket, TicketKind, TicketNumber};
use crate::domain::topic::TopicId;

pub(super) const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// The instant `seconds` after the start of the test.
pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_400_000 + seconds).unwrap()
}

pub(super) fn telegram(chat: &str) -> ChatAddress {
    ChatAddress::new(Channel::Telegram, chat)
}

pub(super) fn web(chat: &str) -> ChatAddress {
    ChatAddress::new(Channel::Web, chat)
}

pub(super) fn received(id: &str, chat: &ChatAddress, seconds: i64) -> Received {
    Received { id: id.into(), chat: chat.clone(), payload: format!("raw {id}"), at: at(seconds) }
}

pub(super) fn outgoing(to: &ChatAddress, text: &str) -> Outgoing {
    Outgoing { to: to.clone(), text: text.into(), buttons: Vec::new(), about: None, attachment: None }
}

pub(super) fn button(label: &str) -> Button {
    Button { label: label.into(), data: format!("press:{label}") }
}

static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| {
    let span = |from, to| WorkingSpan { start: time(from, 0, 0, 0), end: time(to, 0, 0, 0) };
    Calendar::new(vec![span(9, 12), span(13, 17)]).unwrap()
});

/// The promises over a plain week.
pub(super) fn rules() -> Rules<'static> {
    Rules { calendar: &CALENDAR, promises: Promises::shandong_2115(&CALENDAR) }
}

/// A question to be kept.
pub(super) fn kept(chat: &ChatAddress, turn: u32, text: &str, reason: Reason, seconds: i64) -> QuestionChange {
    QuestionChange::Keep(Box::new(KeptQuestion {
        chat: (!chat.chat.is_empty()).then(|| chat.clone()),
        channel: chat.channel,
        turn,
        text: text.to_owned(),
        key: crate::domain::text::key(text),
        reason,
        wants_person: false,
        topic: TopicId::parse("innovation/hitech-certification"),
        edition: 3,
        at: at(seconds),
    }))
}

/// Changes that only say something.
pub(super) fn saying(seconds: i64, outgoing: Vec<Outgoing>) -> Changes {
    Changes { outgoing, at: at(seconds), ..Changes::default() }
}

pub(super) fn id(text: &str) -> CommissionerId {
    CommissionerId::parse(text).unwrap()
}

pub(super) fn person(text: &str) -> Commissioner {
    Commissioner {
        id: id(text),
        name: format!("{text} 专员"),
        phone: Some("0535-6200000".into()),
        subdistricts: vec!["向阳街道".into(), "东山街道".into()],
        fields: vec!["tax".into()],
        role: Role::Commissioner,
        backup: Some(id("backup")),
        telegram_id: None,
        capacity: 10,
        companies: vec!["示例机械有限公司".into()],
        away_until: None,
        unreachable_since: None,
        is_sample: true,
    }
}

pub(super) fn number(sequence: u32) -> TicketNumber {
    TicketNumber::new(jiff::civil::date(2026, 11, 22), sequence)
}

pub(super) fn submission(chat: &ChatAddress) -> Submission {
    Submission {
        kind: TicketKind::Assistance,
        question: "老厂房改造能补多少?".into(),
        topic: TopicId::parse("innovation/hitech-certification"),
        answered: Some("按设备投资额补助".into()),
        chat: chat.to_string(),
        company: None,
        contact: Some("0535-6200001".into()),
        is_anonymous: true,
        subdistrict: Some("向阳街道".into()),
    }
}

/// A new ticket, given to `to`.
pub(super) fn opened(number: TicketNumber, chat: &ChatAddress, to: &str, seconds: i64) -> TicketChange {
    let first = Event::submitted(number, submission(chat), at(seconds));
    let ticket = Ticket::replay([&first]).unwrap();
    let dispatch = Action::Dispatch { to: id(to), reasons: vec!["熟悉该领域".into()] };
    let mut change = acted(&ticket, &dispatch, &Actor::System, seconds);
    change.events.insert(0, first);
    change.version = 0;
    change
}

/// What `action` makes of `ticket`.
pub(super) fn acted(ticket: &Ticket, action: &Action, actor: &Actor, seconds: i64) -> TicketChange {
    let events = ticket.decide(action, actor, at(seconds), &rules()).unwrap();
    let mut after = ticket.clone();
    for event in &events {
        after.apply(event);
    }
    TicketChange { ticket: after, events, version: ticket.version, next_step_at: Some(at(seconds + 3600)) }
}

pub(super) fn about(change: TicketChange) -> Changes {
    let at = change.events.last().unwrap().at;
    Changes { tickets: vec![change], at, ..Changes::default() }
}
