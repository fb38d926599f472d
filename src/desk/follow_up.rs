//! Clocks: yellow and red cards, written to the history and told to the people concerned.

use super::changes::{Changes, TicketChange};
use super::message::Outgoing;
use super::ports::{CommitError, StoreError};
use super::scene::{address_of, supervisors};
use super::service::Desk;
use super::wording::ticket as wording;
use crate::domain::commissioner::{Commissioner, CommissionerId};
use crate::domain::sla::{Card, Clock};
use crate::domain::ticket::{Action, Actor, Ticket};

impl Desk {
    /// Shows every card that is due; returns how many. Idempotent: a card is shown once.
    ///
    /// Takes no input and may run at any time and as often as wanted; nothing is shown outside working hours.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails; what was not shown is shown the next time.
    pub async fn follow_up(&self) -> Result<usize, StoreError> {
        let now = self.clock.now();
        if !self.calendar.is_working_time(now) {
            return Ok(0);
        }
        let roster = self.store.roster().await?;
        let mut shown = 0;
        for ticket in self.store.tickets_with_card_due(now).await? {
            let cards = ticket.cards_due(&self.rules(), now);
            let count = cards.len();
            let changes = self.show_cards(ticket, &cards, &roster);
            match self.store.commit(changes).await {
                Ok(()) => shown += count,
                // Somebody is working on it this very moment; the card can wait for the next run.
                Err(CommitError::Conflict | CommitError::AlreadyHandled) => {}
                Err(CommitError::Store(cause)) => return Err(cause),
            }
        }
        Ok(shown)
    }

    fn show_cards(&self, mut ticket: Ticket, cards: &[(Clock, Card)], roster: &[Commissioner]) -> Changes {
        let now = self.clock.now();
        let version = ticket.version;
        let mut events = Vec::new();
        let mut outgoing = Vec::new();
        for (clock, card) in cards {
            let due_at = ticket.deadline(*clock, &self.rules()).map_or(now, |deadline| deadline.due_at);
            let Ok(happened) = ticket.decide(&Action::ShowCard(*clock, *card), &Actor::System, now) else { continue };
            for event in &happened {
                ticket.apply(event);
            }
            events.extend(happened);
            let holder = ticket.assignee.as_ref();
            let name =
                roster.iter().find(|person| Some(&person.id) == holder).map_or("", |person| person.name.as_str());
            let words = wording::card(&ticket, *clock, *card, due_at, name, now);
            for person in concerned(*card, holder, roster) {
                let buttons = if ticket.state.is_in_hand() {
                    wording::in_hand_buttons(&ticket.number)
                } else {
                    wording::assigned_buttons(&ticket.number)
                };
                let is_holder = Some(&person.id) == holder;
                outgoing.push(Outgoing {
                    to: address_of(person),
                    text: words.clone(),
                    buttons: if is_holder { buttons } else { Vec::new() },
                    about: Some(ticket.number.clone()),
                });
            }
        }
        let next_card_at = ticket.next_card_at(&self.rules());
        let tickets = vec![TicketChange { ticket, events, version, next_card_at }];
        Changes { tickets, outgoing, at: now, ..Changes::default() }
    }
}

/// A yellow card goes to whoever has the ticket; a red one also to their backup and to the supervisors.
fn concerned<'a>(card: Card, holder: Option<&CommissionerId>, roster: &'a [Commissioner]) -> Vec<&'a Commissioner> {
    let with_id = |id: Option<&CommissionerId>| roster.iter().find(move |person| Some(&person.id) == id);
    let mut people: Vec<&Commissioner> = with_id(holder).into_iter().collect();
    if card == Card::Red || people.is_empty() {
        people.extend(with_id(people.first().and_then(|person| person.backup.as_ref())));
        people.extend(supervisors(roster));
    }
    let mut seen = std::collections::BTreeSet::new();
    people.retain(|person| seen.insert(person.id.clone()));
    people
}
