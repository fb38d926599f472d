//! The supervisors' group, in which every ticket has a thread (话题) of its own: what members of the roster are told about a
//! ticket and what they say to the company stands there as well, so that others can follow it and step in.
//!
//! Threads hold copies. What was decided does not depend on them, and a group that is gone loses nothing. A thread is opened,
//! closed and opened again by the channel when it delivers, by the state of the ticket; nothing here waits for that.

use async_trait::async_trait;
use jiff::Timestamp;

use super::changes::Changes;
use super::message::{Button, Channel, ChatAddress, Outgoing, ThreadPlace};
use super::ports::StoreError;
use super::scene::address_of;
use super::service::Desk;
use super::wording::thread as wording;
use crate::domain::commissioner::Commissioner;
use crate::domain::ticket::TicketNumber;

/// A thread as its channel knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thread {
    /// What the channel calls it.
    pub number: i64,
    /// Whether it was closed.
    pub is_closed: bool,
}

/// Remembers which thread stands for which conversation.
#[async_trait]
pub trait Threads: Send + Sync {
    /// The thread that stands for a conversation, if there is one.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn thread(&self, conversation: &ChatAddress) -> Result<Option<Thread>, StoreError>;

    /// Keeps the thread of a conversation, instead of an earlier one.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn keep_thread(&self, conversation: &ChatAddress, thread: Thread, at: Timestamp) -> Result<(), StoreError>;

    /// The conversation that a thread of Telegram stands for; `None` when it is none of ours.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn behind_thread(&self, place: &ThreadPlace) -> Result<Option<ChatAddress>, StoreError>;
}

/// The thread of a ticket. Its conversation is written `<group>/<ticket>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketThread {
    /// The group, in the channel's own terms.
    pub group: String,
    /// The ticket.
    pub ticket: TicketNumber,
}

impl TicketThread {
    /// Reads a conversation; `None` for one that is no ticket's thread.
    #[must_use]
    pub fn of(conversation: &ChatAddress) -> Option<Self> {
        let (group, ticket) = conversation.chat.split_once('/')?;
        let ticket = TicketNumber::parse(ticket)?;
        (conversation.channel == Channel::Telegram).then(|| Self { group: group.to_owned(), ticket })
    }

    /// The conversation that it stands for.
    #[must_use]
    pub fn address(&self) -> ChatAddress {
        ChatAddress::new(Channel::Telegram, format!("{}/{}", self.group, self.ticket))
    }
}

/// What several members of the roster are told in the same words.
struct Copy {
    ticket: TicketNumber,
    names: Vec<String>,
    message: Outgoing,
}

impl Desk {
    /// Adds to `changes` what stands in the threads of the tickets that they are about; nothing where there is no group.
    /// `here` is the ticket in whose thread all this was begun: what was said there needs no copy.
    pub(super) fn copy_to_threads(&self, changes: &mut Changes, roster: &[Commissioner], here: Option<&TicketThread>) {
        let Some(group) = &self.group else { return };
        let place = |ticket: &TicketNumber| TicketThread { group: group.clone(), ticket: ticket.clone() }.address();
        let mut copies: Vec<Outgoing> = Vec::new();
        for said in changes.ticket_messages.iter().filter(|said| here.is_none_or(|here| here.ticket != said.ticket)) {
            let Some(member) = said.from.member() else { continue };
            let name = roster.iter().find(|person| person.id == *member).map_or(member.as_str(), |person| &person.name);
            copies.push(Outgoing {
                to: place(&said.ticket),
                text: wording::said(&said.ticket, name, &said.text, said.is_note),
                buttons: Vec::new(),
                about: Some(said.ticket.clone()),
                attachment: said.attachment.clone(),
            });
        }
        let told = told_to_members(&changes.outgoing, roster);
        copies.extend(told.into_iter().map(|copy| Outgoing {
            to: place(&copy.ticket),
            text: wording::to(&copy.names, &copy.message.text),
            ..copy.message
        }));
        changes.outgoing.extend(copies);
    }
}

/// What members of the roster are told about tickets, each text once, with everybody's buttons.
fn told_to_members(outgoing: &[Outgoing], roster: &[Commissioner]) -> Vec<Copy> {
    let mut copies: Vec<Copy> = Vec::new();
    for message in outgoing {
        let Some(ticket) = &message.about else { continue };
        let Some(person) = roster.iter().find(|person| address_of(person) == message.to) else { continue };
        let known = copies.iter_mut().find(|copy| copy.ticket == *ticket && copy.message.text == message.text);
        if let Some(copy) = known {
            copy.names.push(person.name.clone());
            add_rows(&mut copy.message.buttons, &message.buttons);
        } else {
            copies.push(Copy { ticket: ticket.clone(), names: vec![person.name.clone()], message: message.clone() });
        }
    }
    copies
}

fn add_rows(rows: &mut Vec<Vec<Button>>, more: &[Vec<Button>]) {
    for row in more.iter().filter(|row| !row.is_empty()) {
        if !rows.contains(row) {
            rows.push(row.clone());
        }
    }
}
