//! Properties of any history: nothing is stranded, nothing is warned of at night, and the history says everything.

use std::sync::LazyLock;

use jiff::civil::{date, time};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::domain::calendar::{Calendar, WorkingSpan, china_instant};
use crate::domain::sla::{Promises, Rules};

static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| {
    let span = |from, to| WorkingSpan { start: time(from, 0, 0, 0), end: time(to, 0, 0, 0) };
    let mut calendar = Calendar::new(vec![span(9, 12), span(13, 17)]).unwrap();
    calendar.add_year(2026, (1..=7).map(|day| (date(2026, 10, day), true)).chain([(date(2026, 10, 10), false)]));
    calendar
});

fn rules() -> Rules<'static> {
    Rules { calendar: &CALENDAR, promises: Promises::shandong_2115(&CALENDAR) }
}

fn id(text: &str) -> CommissionerId {
    CommissionerId::parse(text).unwrap()
}

fn at(day: i8, hour: i8, minute: i8) -> Timestamp {
    china_instant(date(2026, 9, day).at(hour, minute, 0, 0))
}

fn ticket(kind: TicketKind, at: Timestamp) -> Ticket {
    let submission = Submission {
        kind,
        question: "老厂房改造能补多少".into(),
        topic: None,
        answered: None,
        chat: "telegram:1".into(),
        company: None,
        contact: None,
        is_anonymous: false,
        subdistrict: None,
    };
    let first = Event::submitted(TicketNumber::new(date(2026, 9, 1), 1), submission, at);
    let mut ticket = Ticket::replay([&first]).unwrap();
    act(&mut ticket, &Action::Dispatch { to: id("wang"), reasons: vec!["负责该事项".into()] }, &Actor::System, at)
        .unwrap();
    ticket
}

fn act(ticket: &mut Ticket, action: &Action, actor: &Actor, at: Timestamp) -> Result<Vec<Event>, Refusal> {
    let events = ticket.decide(action, actor, at, &rules())?;
    events.iter().for_each(|event| ticket.apply(event));
    Ok(events)
}

fn wang() -> Actor {
    Actor::Commissioner(id("wang"))
}

#[test]
fn the_clocks_stand_still_while_the_company_is_waited_for() {
    // Tuesday 2026-09-01, 9:00.
    let mut ticket = ticket(TicketKind::Assistance, at(1, 9, 0));
    let due = ticket.promised(Clock::Close, &rules()).due_at;
    act(&mut ticket, &Action::Sign, &wang(), at(1, 9, 10)).unwrap();
    let wait = Action::Wait { reason: "请补充租赁合同".into() };
    act(&mut ticket, &wait, &wang(), at(1, 10, 0)).unwrap();
    assert_eq!(ticket.contacted_at, Some(at(1, 10, 0)), "asking for what is missing is a contact");
    assert_eq!(act(&mut ticket, &wait, &wang(), at(1, 10, 5)), Err(Refusal::WaitsAlready));
    assert_eq!(ticket.next_deadline(&rules()), None, "nothing is due meanwhile");
    assert_eq!(ticket.steps_due(&rules(), at(4, 10, 0)), []);
    act(&mut ticket, &Action::Resume, &Actor::Company, at(3, 10, 0)).unwrap();
    let later = CALENDAR.add_working_minutes(due, 2 * CALENDAR.minutes_per_day());
    assert_eq!(ticket.promised(Clock::Close, &rules()).due_at, later);
}

#[test]
fn a_wait_ends_by_itself_after_five_working_days() {
    let mut ticket = ticket(TicketKind::Assistance, at(1, 9, 0));
    act(&mut ticket, &Action::Sign, &wang(), at(1, 9, 10)).unwrap();
    act(&mut ticket, &Action::Reply, &wang(), at(1, 9, 30)).unwrap();
    act(&mut ticket, &Action::Wait { reason: "请补充合同".into() }, &wang(), at(1, 10, 0)).unwrap();
    assert_eq!(ticket.next_step_at(&rules()), Some(at(8, 10, 0)));
    assert_eq!(ticket.steps_due(&rules(), at(8, 10, 0)), [Step::EndWait]);
}

#[test]
fn a_missed_first_contact_goes_to_the_backup_and_then_up() {
    let mut ticket = ticket(TicketKind::Consultation, at(1, 9, 0));
    for (hour, minute, card) in [(10, 30, Card::Yellow), (11, 0, Card::Red)] {
        let now = at(1, hour, minute);
        assert_eq!(ticket.next_step_at(&rules()), Some(now));
        assert_eq!(ticket.steps_due(&rules(), now), [Step::Card(Clock::FirstContact, card)]);
        act(&mut ticket, &Action::ShowCard(Clock::FirstContact, card), &Actor::System, now).unwrap();
    }
    assert_eq!(ticket.steps_due(&rules(), at(1, 11, 30)), [Step::StandIn]);
    let stand_in = Action::StandIn { to: id("li"), reason: "首次联系超时".into() };
    act(&mut ticket, &stand_in, &Actor::System, at(1, 11, 30)).unwrap();
    assert_eq!(ticket.assignee, Some(id("li")));
    assert_eq!(ticket.steps_due(&rules(), at(1, 11, 59)), []);
    assert_eq!(ticket.steps_due(&rules(), at(1, 13, 0)), [Step::Escalate], "never in the lunch break");
    let escalate = Action::Escalate { to: id("zhao"), reason: "首次联系超时".into() };
    act(&mut ticket, &escalate, &Actor::System, at(1, 13, 0)).unwrap();
    assert!(!ticket.steps_due(&rules(), at(1, 16, 0)).contains(&Step::Escalate), "once");
}

#[test]
fn a_supervisors_choice_is_never_overruled_by_the_rules() {
    let mut ticket = ticket(TicketKind::Consultation, at(1, 9, 0));
    let assign = Action::Assign { to: id("li"), reason: "督办指派".into() };
    assert_eq!(act(&mut ticket, &assign, &wang(), at(1, 9, 5)), Err(Refusal::NotSupervisor));
    act(&mut ticket, &assign, &Actor::Supervisor(id("zhao")), at(1, 9, 5)).unwrap();
    let dispatch = Action::Dispatch { to: id("wang"), reasons: vec![] };
    assert_eq!(act(&mut ticket, &dispatch, &Actor::System, at(1, 9, 6)), Err(Refusal::AssignedByHand));
    act(&mut ticket, &Action::ShowCard(Clock::FirstContact, Card::Red), &Actor::System, at(1, 11, 0)).unwrap();
    assert!(!ticket.steps_due(&rules(), at(1, 14, 0)).contains(&Step::StandIn));
}

#[test]
fn a_ticket_is_returned_in_time_and_reopened_in_time() {
    let mut late = ticket(TicketKind::Assistance, at(1, 9, 0));
    let back = Action::Return { reason: "不属于本部门".into() };
    assert_eq!(act(&mut late, &back, &wang(), at(3, 9, 1)), Err(Refusal::TooLateToReturn));
    let mut ticket = ticket(TicketKind::Assistance, at(1, 9, 0));
    act(&mut ticket, &Action::Sign, &wang(), at(1, 9, 10)).unwrap();
    act(&mut ticket, &Action::Close { summary: None }, &wang(), at(1, 10, 0)).unwrap();
    let mut again = ticket.clone();
    assert_eq!(act(&mut ticket, &Action::Reopen, &Actor::Company, at(22, 10, 1)), Err(Refusal::TooLateToReopen));
    act(&mut again, &Action::Reopen, &Actor::Company, at(22, 10, 0)).unwrap();
    assert_eq!((again.state, again.clocks_from), (State::Dispatched, at(22, 10, 0)));
}

#[test]
fn an_extension_needs_a_supervisor() {
    let mut ticket = ticket(TicketKind::Assistance, at(1, 9, 0));
    act(&mut ticket, &Action::Sign, &wang(), at(1, 9, 10)).unwrap();
    let before = ticket.promised(Clock::Close, &rules()).due_at;
    let request = Action::RequestExtension { reason: "需要现场勘验".into() };
    act(&mut ticket, &request, &wang(), at(2, 9, 0)).unwrap();
    assert_eq!(ticket.promised(Clock::Close, &rules()).due_at, before, "asking changes nothing");
    assert_eq!(act(&mut ticket, &Action::ApproveExtension, &wang(), at(2, 9, 1)), Err(Refusal::NotSupervisor));
    act(&mut ticket, &Action::ApproveExtension, &Actor::Supervisor(id("zhao")), at(2, 9, 2)).unwrap();
    let after = CALENDAR.add_working_minutes(at(1, 9, 0), 30 * CALENDAR.minutes_per_day());
    assert_eq!(ticket.promised(Clock::Close, &rules()).due_at, after);
    assert_eq!(act(&mut ticket, &request, &wang(), at(2, 9, 3)), Err(Refusal::ExtensionKnown));
}

#[test]
fn who_has_not_rated_is_asked_once_some_days_later() {
    let mut ticket = ticket(TicketKind::Consultation, at(1, 9, 0));
    act(&mut ticket, &Action::Sign, &wang(), at(1, 9, 10)).unwrap();
    act(&mut ticket, &Action::Close { summary: None }, &wang(), at(1, 10, 0)).unwrap();
    assert_eq!(ticket.next_step_at(&rules()), Some(at(4, 10, 0)));
    assert_eq!(ticket.steps_due(&rules(), at(4, 10, 0)), [Step::FollowUp]);
    act(&mut ticket, &Action::FollowUp, &Actor::System, at(4, 10, 0)).unwrap();
    assert_eq!(ticket.next_step_at(&rules()), None);
}

fn any_action() -> impl Strategy<Value = Action> {
    let who = || prop_oneof![Just(id("wang")), Just(id("li"))];
    let clock = || prop_oneof![Just(Clock::FirstContact), Just(Clock::Opinion), Just(Clock::Close)];
    let card = prop_oneof![Just(Card::Yellow), Just(Card::Red)];
    let words = || "[甲乙丙]{1,4}";
    prop_oneof![
        who().prop_map(|to| Action::Dispatch { to, reasons: vec![] }),
        (who(), words()).prop_map(|(to, reason)| Action::Assign { to, reason }),
        (who(), words()).prop_map(|(to, reason)| Action::StandIn { to, reason }),
        Just(Action::Sign),
        Just(Action::RecordContact),
        Just(Action::GiveOpinion),
        Just(Action::Reply),
        words().prop_map(|reason| Action::Wait { reason }),
        Just(Action::Resume),
        words().prop_map(|reason| Action::RequestExtension { reason }),
        Just(Action::ApproveExtension),
        words().prop_map(|reason| Action::RefuseExtension { reason }),
        words().prop_map(|reason| Action::Transfer { reason }),
        words().prop_map(|reason| Action::Return { reason }),
        Just(Action::Close { summary: None }),
        prop_oneof![Just(Rating::Dissatisfied), Just(Rating::Satisfied)].prop_map(Action::Rate),
        Just(Action::Reopen),
        Just(Action::FollowUp),
        Just(Action::Urge),
        Just(Action::Withdraw),
        (clock(), card).prop_map(|(clock, card)| Action::ShowCard(clock, card)),
        (who(), words()).prop_map(|(to, reason)| Action::Escalate { to, reason }),
    ]
}

fn any_actor() -> impl Strategy<Value = Actor> {
    prop_oneof![
        3 => Just(wang()),
        2 => Just(Actor::Commissioner(id("li"))),
        1 => Just(Actor::Supervisor(id("wang"))),
        2 => Just(Actor::System),
        1 => Just(Actor::Company),
    ]
}

proptest! {
    #[test]
    fn any_history_is_legal(
        steps in prop::collection::vec((any_action(), any_actor(), 1_i64..600), 0..60),
        kind in prop_oneof![Just(TicketKind::Consultation), Just(TicketKind::Complaint)],
    ) {
        let mut now = at(29, 14, 0);
        let mut subject = ticket(kind, now);
        let mut history = Vec::new();
        for (action, actor, minutes) in steps {
            now += SignedDuration::from_mins(minutes);
            let due = subject.steps_due(&rules(), now);
            prop_assert!(due.is_empty() || CALENDAR.is_working_time(now), "nothing happens outside working hours");
            let next = subject.next_step_at(&rules());
            prop_assert!(due.is_empty() || next.is_some_and(|next| next <= now), "{due:?} at {now} but next {next:?}");
            if CALENDAR.is_working_time(now) && next.is_some_and(|next| next <= now) {
                prop_assert!(!due.is_empty(), "something was announced for {next:?}");
            }
            if let Ok(events) = act(&mut subject, &action, &actor, now) {
                history.extend(events);
            }
            let waits_for_dispatch = matches!(subject.state, State::Submitted | State::Returned);
            prop_assert!(!subject.state.is_open() || waits_for_dispatch || subject.assignee.is_some(), "nobody has it");
            prop_assert!(subject.state.is_open() || subject.next_deadline(&rules()).is_none());
            for clock in [Clock::FirstContact, Clock::Opinion, Clock::Close] {
                let promised = subject.promised(clock, &rules());
                prop_assert!(promised.warn_at < promised.due_at && promised.due_at > subject.clocks_from);
            }
        }
        let mut replayed = ticket(kind, at(29, 14, 0));
        history.iter().for_each(|event| replayed.apply(event));
        prop_assert_eq!(replayed, subject);
    }
}
