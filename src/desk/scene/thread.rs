//! What is said and pressed in a ticket's thread of the supervisors' group.
//!
//! Whoever is on the roster may do there what they may do in their own conversation with the assistant: their rights come from
//! the roster, not from being in the group. Only what replies to the assistant, or what it has asked for, goes on to the
//! company; everything else is talk among colleagues, and is neither passed on nor kept.

use super::Scene;
use crate::desk::dialogue::Pending;
use crate::desk::message::{Body, Words};
use crate::desk::press::Press;
use crate::desk::reply::Status;
use crate::desk::service::HandleError;
use crate::desk::threads::TicketThread;
use crate::desk::wording::{talk, thread as wording};

impl Scene<'_> {
    /// Something in a thread; one that belongs to no ticket is left alone.
    pub(super) async fn play_in_thread(&mut self) -> Result<(), HandleError> {
        let Some(thread) = self.thread.clone() else {
            self.is_silent = true;
            return Ok(());
        };
        if let Body::Press(data) = &self.incoming.body {
            return match Press::decode(data) {
                _ if self.me.is_none() => {
                    self.say(Status::Rejected, wording::only_for_the_roster().to_owned(), Vec::new());
                    Ok(())
                }
                Some(press) => Box::pin(self.on_press(&press)).await,
                None => {
                    self.stale();
                    Ok(())
                }
            };
        }
        if self.me.is_none() || !self.is_for_us(&thread).await? {
            self.is_silent = true;
            return Ok(());
        }
        let words = match &self.incoming.body {
            Body::Text(text) => Words::from(text.as_str()),
            Body::Attached { attachment, caption } => {
                Words { text: caption.clone(), attachment: Some(attachment.clone()), is_correction: false }
            }
            Body::Corrected { words, attachment } => {
                Words { text: words.clone(), attachment: attachment.clone(), is_correction: true }
            }
            Body::TooLarge(what) => {
                self.say(Status::Rejected, talk::too_large(what), Vec::new());
                return Ok(());
            }
            Body::Unsupported(what) => {
                self.say(Status::Rejected, talk::unsupported(what), Vec::new());
                return Ok(());
            }
            Body::Press(_) => return Ok(()),
        };
        Box::pin(self.on_ticket_words(&thread.ticket, &words)).await
    }

    /// Whether a message replies to the assistant, or is what it has asked its writer for.
    async fn is_for_us(&self, thread: &TicketThread) -> Result<bool, HandleError> {
        if let (Body::Text(_), Some(Pending::Words { ticket, .. })) =
            (&self.incoming.body, &self.dialogue.value.pending)
            && ticket == thread.ticket.as_str()
        {
            return Ok(true);
        }
        let Some(replied) = &self.incoming.reply_to else { return Ok(false) };
        let behind = self.desk.store.ticket_behind(&thread.address(), &replied.id).await?;
        Ok(behind.as_ref() == Some(&thread.ticket))
    }
}
