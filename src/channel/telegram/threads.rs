//! Threads (话题) of the supervisors' group: opened for a ticket when something is first said about it, closed and opened again
//! as the ticket is.
//!
//! All of it is part of delivering a message, so it is tried again with it. Each step can be repeated: what is so already is
//! taken for done. Only a process that dies between opening a thread and remembering it leaves an empty one behind.

use serde_json::json;

use super::api;
use super::deliver::Courier;
use super::fault::Fault;
use super::limits::Crowded;
use super::progress::Hold;
use crate::desk::message::{ChatAddress, Outgoing};
use crate::desk::ports::StoreError;
use crate::desk::threads::{Thread, TicketThread};
use crate::desk::wording::thread as wording;

/// Why a message has no place to go to now.
#[derive(Debug, thiserror::Error)]
pub(super) enum PlaceError {
    /// The address is not one of Telegram's.
    #[error("the chat is not one of Telegram's")]
    NoAddress,
    /// Telegram.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is left of the lease is too short for a slow request.
    #[error("delivering it takes longer than one lease")]
    Late,
    /// The chat has had as much as it may for now.
    #[error(transparent)]
    Crowded(#[from] Crowded),
}

/// A chat, or a thread within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) chat: i64,
    pub(super) thread: Option<i64>,
}

/// Where a message goes, and the thread there if it is a ticket's.
pub(super) struct Destination {
    pub(super) place: Place,
    hold: Hold,
    thread: Option<OpenThread>,
}

/// A ticket's thread while a message is delivered.
struct OpenThread {
    conversation: ChatAddress,
    name: String,
    is_ticket_open: bool,
    known: Thread,
    is_renewed: bool,
}

impl Destination {
    /// Whether it is a thread of the group, and nobody's own conversation.
    pub(super) fn is_thread(&self) -> bool {
        self.thread.is_some()
    }

    /// To be asked right before each request: by then the message may be somebody else's.
    pub(super) fn is_ours(&self) -> Result<(), PlaceError> {
        is_ours(self.hold)
    }
}

impl Courier {
    /// Where `message` goes; a thread that is missing is opened, one that was closed is opened again for an open ticket.
    pub(super) async fn destination(&self, message: &Outgoing, hold: Hold) -> Result<Destination, PlaceError> {
        let Some(thread) = TicketThread::of(&message.to) else {
            let chat = message.to.chat.parse().map_err(|_not_a_number| PlaceError::NoAddress)?;
            return Ok(Destination { place: Place { chat, thread: None }, hold, thread: None });
        };
        let group: i64 = thread.group.parse().map_err(|_not_a_number| PlaceError::NoAddress)?;
        let ticket = self.ports.files.ticket(&thread.ticket).await?.ok_or(PlaceError::NoAddress)?;
        let (conversation, name) = (thread.address(), wording::name(&ticket));
        let known = match self.ports.threads.thread(&conversation).await? {
            Some(known) => known,
            None => self.open_thread(hold, group, &conversation, &name).await?,
        };
        let is_ticket_open = ticket.state.is_open();
        let open = OpenThread { conversation, name, is_ticket_open, known, is_renewed: false };
        let place = Place { chat: group, thread: Some(known.number) };
        let mut destination = Destination { place, hold, thread: Some(open) };
        if known.is_closed && is_ticket_open {
            self.set_closed(&mut destination, false).await?;
        }
        Ok(destination)
    }

    /// After a refusal that is about the thread: one that was deleted is opened anew, once; one that was closed by hand is
    /// opened again. `false` when nothing can be mended.
    pub(super) async fn mend(&self, destination: &mut Destination, fault: &Fault) -> Result<bool, PlaceError> {
        let (group, hold) = (destination.place.chat, destination.hold);
        let Some(thread) = destination.thread.as_mut().filter(|thread| !thread.is_renewed) else { return Ok(false) };
        thread.is_renewed = true;
        match fault {
            Fault::ThreadGone(_) => {
                thread.known = self.open_thread(hold, group, &thread.conversation, &thread.name).await?;
                destination.place.thread = Some(thread.known.number);
            }
            Fault::ThreadClosed(_) => self.set_closed(destination, false).await?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Closes the thread of a ticket that has come to its end, once the last message stands in it.
    pub(super) async fn close_finished(&self, destination: &mut Destination) -> Result<(), PlaceError> {
        match &destination.thread {
            Some(thread) if !thread.is_ticket_open && !thread.known.is_closed => {
                self.set_closed(destination, true).await
            }
            _ => Ok(()),
        }
    }

    async fn open_thread(
        &self,
        hold: Hold,
        group: i64,
        conversation: &ChatAddress,
        name: &str,
    ) -> Result<Thread, PlaceError> {
        is_ours(hold)?;
        let request = json!({ "chat_id": group, "name": name });
        let opened = api::call(&self.bot, api::CreateForumTopic(request)).await?;
        let thread = Thread { number: opened.message_thread_id, is_closed: false };
        self.ports.threads.keep_thread(conversation, thread, self.ports.clock.now()).await?;
        tracing::info!(thread.number, "a ticket has a thread in the supervisors' group");
        Ok(thread)
    }

    async fn set_closed(&self, destination: &mut Destination, is_closed: bool) -> Result<(), PlaceError> {
        destination.is_ours()?;
        let Some(thread) = destination.thread.as_mut() else { return Ok(()) };
        let request = json!({ "chat_id": destination.place.chat, "message_thread_id": thread.known.number });
        let outcome = if is_closed {
            api::call(&self.bot, api::CloseForumTopic(request)).await
        } else {
            api::call(&self.bot, api::ReopenForumTopic(request)).await
        };
        match outcome {
            // One that was deleted is noticed by the next message.
            Ok(_) | Err(Fault::ThreadUnchanged(_) | Fault::ThreadGone(_)) => {}
            Err(fault) => return Err(fault.into()),
        }
        thread.known.is_closed = is_closed;
        Ok(self.ports.threads.keep_thread(&thread.conversation, thread.known, self.ports.clock.now()).await?)
    }
}

fn is_ours(hold: Hold) -> Result<(), PlaceError> {
    if hold.is_ample() { Ok(()) } else { Err(PlaceError::Late) }
}
