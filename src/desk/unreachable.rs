//! Messages that did not arrive: whoever is on the roster and cannot be reached is passed over, and the next one is tried; a
//! company that cannot be reached is told of to whoever has its ticket.

use std::collections::{BTreeMap, BTreeSet};

use super::changes::{Changes, ReachChange, TicketMessage};
use super::message::{ChatAddress, Outgoing};
use super::moves::Moves;
use super::ports::{CommitError, OutboxItem, StoreError, TicketFilter};
use super::scene::{address_of, supervisors};
use super::service::Desk;
use super::wording::reach as wording;
use crate::domain::commissioner::{Commissioner, Role};
use crate::domain::ticket::{Actor, TicketNumber};

/// So many undelivered messages are looked into at a time.
const AT_A_TIME: u32 = 100;

impl Desk {
    /// Looks into messages that did not arrive; returns how many. Idempotent: each is looked into once.
    ///
    /// The open tickets of a member of the roster go on to their backup, then by the rules of dispatch, with the reason in their
    /// history; what a supervisor assigned by hand stays. The supervisors are told once, until the person is heard of again.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails; what was not done is done the next time.
    pub async fn look_into_undelivered(&self) -> Result<usize, StoreError> {
        let mut by_chat: BTreeMap<ChatAddress, Vec<OutboxItem>> = BTreeMap::new();
        for item in self.store.undelivered(AT_A_TIME).await? {
            by_chat.entry(item.message.to.clone()).or_default().push(item);
        }
        let mut done = 0;
        for (chat, items) in by_chat {
            let roster = self.store.roster().await?;
            let mut changes = match roster.iter().find(|person| address_of(person) == chat) {
                Some(person) => self.pass_over(person, &roster).await?,
                None => self.tell_holders(&items, &roster).await?,
            };
            changes.at = self.clock.now();
            self.copy_to_threads(&mut changes, &roster, None);
            changes.looked_into = items.iter().map(|item| item.id).collect();
            match self.store.commit(changes).await {
                Ok(()) => done += items.len(),
                // Somebody is working on one of the tickets this very moment; it can wait for the next time.
                Err(CommitError::Conflict | CommitError::AlreadyHandled) => {}
                Err(CommitError::Store(cause)) => return Err(cause),
            }
        }
        Ok(done)
    }

    /// Moves the open tickets of somebody who cannot be reached to the next one.
    async fn pass_over(&self, person: &Commissioner, roster: &[Commissioner]) -> Result<Changes, StoreError> {
        let now = self.clock.now();
        let is_news = person.unreachable_since.is_none();
        let mut roster = roster.to_vec();
        for member in roster.iter_mut().filter(|member| member.id == person.id) {
            member.unreachable_since = Some(member.unreachable_since.unwrap_or(now));
        }
        let filter = TicketFilter {
            assignee: Some(person.id.clone()),
            only_open: true,
            limit: u32::MAX,
            ..TicketFilter::default()
        };
        let mut moves = self.moves(&roster, now).await?;
        let (mut moved, mut kept) = (Vec::new(), Vec::new());
        for ticket in self.store.tickets(&filter).await? {
            let number = ticket.number.clone();
            if ticket.is_assigned_by_hand && person.role != Role::Supervisor {
                kept.push(number);
                continue;
            }
            match moves.move_on(ticket, &wording::out_of_reach(&person.name)) {
                Ok(to) => moved.push((number, moves.name_of(&to))),
                Err(refusal) => tracing::error!(ticket.number = %number, %refusal, "a ticket could not be moved on"),
            }
        }
        if is_news {
            let words = wording::unreachable(&person.name, &moved, &kept);
            let told = supervisors(&roster).filter(|other| other.id != person.id);
            let told: Vec<_> = told.map(address_of).collect();
            moves.outgoing.extend(told.into_iter().map(|to| Outgoing {
                to,
                text: words.clone(),
                buttons: Vec::new(),
                about: None,
                attachment: None,
            }));
        }
        let mut changes = moves.into_changes();
        if is_news {
            changes.reaches = vec![ReachChange { commissioner: person.id.clone(), unreachable_since: Some(now) }];
        }
        Ok(changes)
    }

    /// Tells whoever has a ticket that the company did not get what was said.
    async fn tell_holders(&self, items: &[OutboxItem], roster: &[Commissioner]) -> Result<Changes, StoreError> {
        let numbers: BTreeSet<TicketNumber> = items.iter().filter_map(|item| item.message.about.clone()).collect();
        let mut changes = Changes::default();
        for number in numbers {
            let Some(ticket) = self.store.ticket(&number).await?.filter(|ticket| ticket.state.is_open()) else {
                continue;
            };
            let holder = roster.iter().find(|person| Some(&person.id) == ticket.assignee.as_ref());
            changes.outgoing.extend(holder.map(|holder| Outgoing {
                to: address_of(holder),
                text: wording::company_unreachable(&ticket),
                buttons: super::wording::ticket::holder_buttons(&ticket),
                about: Some(number.clone()),
                attachment: None,
            }));
            changes.ticket_messages.push(TicketMessage {
                ticket: number,
                at: self.clock.now(),
                from: Actor::System,
                text: wording::NOT_DELIVERED.to_owned(),
                is_note: true,
                attachment: None,
            });
        }
        Ok(changes)
    }

    /// Nothing decided yet.
    pub(super) async fn moves<'a>(
        &'a self,
        roster: &'a [Commissioner],
        now: jiff::Timestamp,
    ) -> Result<Moves<'a>, StoreError> {
        Ok(Moves {
            roster,
            loads: self.store.loads().await?,
            rules: self.rules(),
            edition: self.shelf.current(),
            now,
            cases: Vec::new(),
            outgoing: Vec::new(),
            audit: Vec::new(),
        })
    }
}
