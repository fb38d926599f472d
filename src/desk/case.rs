//! A ticket as it is being worked on: what has been decided so far, not yet committed.

use jiff::Timestamp;

use super::changes::TicketChange;
use crate::domain::sla::Rules;
use crate::domain::ticket::{Action, Actor, Event, Refusal, Submission, Ticket, TicketNumber};

/// A ticket, the version it was read at, and the events decided since.
pub(super) struct Case {
    pub(super) ticket: Ticket,
    version: u32,
    events: Vec<Event>,
}

impl Case {
    /// A ticket as it was read.
    pub(super) fn of(ticket: Ticket) -> Self {
        Self { version: ticket.version, ticket, events: Vec::new() }
    }

    /// A new ticket.
    pub(super) fn submitted(number: TicketNumber, submission: Submission, at: Timestamp) -> Option<Self> {
        let first = Event::submitted(number, submission, at);
        let ticket = Ticket::replay([&first])?;
        Some(Self { ticket, version: 0, events: vec![first] })
    }

    /// Does something with the ticket.
    ///
    /// # Errors
    ///
    /// Returns the [`Refusal`] when it cannot be done; nothing was changed.
    pub(super) fn act(
        &mut self,
        action: &Action,
        actor: &Actor,
        now: Timestamp,
        rules: &Rules<'_>,
    ) -> Result<(), Refusal> {
        let events = self.ticket.decide(action, actor, now, rules)?;
        for event in &events {
            self.ticket.apply(event);
        }
        self.events.extend(events);
        Ok(())
    }

    /// What is to be stored; `None` when nothing was decided.
    pub(super) fn into_change(self, rules: &Rules<'_>) -> Option<TicketChange> {
        (!self.events.is_empty()).then(|| TicketChange {
            next_step_at: self.ticket.next_step_at(rules),
            ticket: self.ticket,
            events: self.events,
            version: self.version,
        })
    }
}
