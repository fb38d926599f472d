//! What must hold of every ticket at any time. Written anew, so that it does not lean on the code it watches.

#![expect(clippy::unwrap_used, reason = "a year that cannot go on fails")]

use std::collections::BTreeSet;

use jiff::Timestamp;
use zhengqitong::desk::ports::{Files, TicketFilter};
use zhengqitong::domain::calendar::Calendar;
use zhengqitong::domain::ticket::{Event, EventKind, State};
use zhengqitong::store::SqliteStore;

use crate::support::desk::working_calendar;

const IN_HAND: [State; 4] = [State::Signed, State::Contacted, State::OpinionGiven, State::Replied];
const OVER: [State; 3] = [State::Closed, State::Merged, State::Withdrawn];

/// Asserts that every open ticket is with somebody on the roster and that every history is legal.
pub(super) async fn hold(store: &SqliteStore) {
    let roster: BTreeSet<_> = store.roster().await.unwrap().into_iter().map(|person| person.id).collect();
    let open = TicketFilter { only_open: true, limit: u32::MAX, ..TicketFilter::default() };
    for ticket in store.tickets(&open).await.unwrap() {
        let holder = ticket.assignee.as_ref().unwrap_or_else(|| panic!("nobody has {}: {ticket:?}", ticket.number));
        assert!(roster.contains(holder), "{} is with {holder}, who is nobody", ticket.number);
        assert!(!matches!(ticket.state, State::Submitted | State::Returned), "{} waits for dispatch", ticket.number);
    }
    let calendar = working_calendar();
    for history in store.ticket_histories(Timestamp::MIN, Timestamp::MAX).await.unwrap() {
        is_legal(&history, &calendar);
    }
}

/// Asserts that a history is gapless, in order, and legal at each step.
pub(crate) fn is_legal(history: &[Event], calendar: &Calendar) {
    let mut before: Option<&Event> = None;
    for event in history {
        let number = before.map_or(1, |before| before.sequence + 1);
        assert_eq!(event.sequence, number, "{event:?}");
        if let Some(before) = before {
            assert_eq!(event.from, before.to, "{before:?} {event:?}");
            assert!(event.at >= before.at, "{before:?} {event:?}");
        }
        assert!(leads(event), "{event:?}");
        if matches!(event.kind, EventKind::CardShown(..) | EventKind::FollowedUp) {
            assert!(calendar.is_working_time(event.at), "nobody is warned at night: {event:?}");
        }
        before = Some(event);
    }
}

/// Whether what happened may lead from the one state to the other.
fn leads(event: &Event) -> bool {
    let (from, to) = (event.from, event.to);
    let is_open = !OVER.contains(&from);
    let in_hand = IN_HAND.contains(&from);
    match &event.kind {
        EventKind::Submitted(_) => (from, to) == (State::Submitted, State::Submitted) && event.sequence == 1,
        EventKind::Dispatched { .. } => {
            matches!(from, State::Submitted | State::Returned | State::Dispatched) && to == State::Dispatched
        }
        EventKind::Assigned { .. } | EventKind::StoodIn { .. } => is_open && to == State::Dispatched,
        EventKind::Signed => matches!(from, State::Dispatched | State::Escalated) && to == State::Signed,
        EventKind::Contacted => from == State::Signed && to == State::Contacted,
        EventKind::OpinionGiven => in_hand && to == State::OpinionGiven,
        EventKind::Replied => in_hand && to == State::Replied,
        EventKind::WaitBegan { .. } | EventKind::ExtensionRequested { .. } => in_hand && to == from,
        EventKind::WaitEnded
        | EventKind::ExtensionApproved
        | EventKind::ExtensionRefused { .. }
        | EventKind::Absorbed { .. }
        | EventKind::Urged
        | EventKind::CardShown(..) => is_open && to == from,
        EventKind::Transferred { .. } => is_open && to == State::Submitted,
        EventKind::Returned { .. } => is_open && to == State::Returned,
        EventKind::Merged { .. } => is_open && to == State::Merged,
        EventKind::Closed { .. } => in_hand && to == State::Closed,
        EventKind::Commented { .. } => to == from,
        EventKind::Rated(_) | EventKind::FollowedUp => from == State::Closed && to == State::Closed,
        EventKind::Reworked | EventKind::Reopened => {
            from == State::Closed && matches!(to, State::Dispatched | State::Submitted)
        }
        EventKind::Withdrawn => is_open && to == State::Withdrawn,
        EventKind::Escalated { .. } => is_open && to == State::Escalated,
    }
}
