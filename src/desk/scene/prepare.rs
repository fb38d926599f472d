//! What is gathered before a ticket is opened: attachments that came first, and a phone to call.

use jiff::SignedDuration;

use super::Scene;
use crate::desk::dialogue::{KeptAttachment, Pending};
use crate::desk::message::{Attachment, Words};
use crate::desk::reply::Status;
use crate::desk::service::HandleError;
use crate::desk::wording::{self, opening, relay, talk, ticket as ticket_wording};
use crate::domain::phone::Phone;
use crate::domain::ticket::{Actor, Ticket};

/// At most this many attachments wait for a ticket.
const ATTACHMENTS_KEPT: usize = 10;

/// So many digits are meant to be a number.
const DIGITS_OF_A_NUMBER: usize = 5;

/// For so long they wait.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(2);

impl Scene<'_> {
    /// Something attached, where there is no ticket to which it belongs: it waits for one. Words below it are a question, unless
    /// a ticket is being prepared: then they go with it, and what will be sent is shown anew.
    pub(super) async fn on_attached_first(&mut self, words: &Words) -> Result<(), HandleError> {
        let Some(attachment) = words.attachment.clone() else { return self.on_text(&words.text).await };
        let what = wording::attachment(attachment.kind);
        let prepared = self.prepared();
        let has_text = !words.text.trim().is_empty();
        let with_words = if prepared.is_some() { words.text.trim() } else { "" };
        if !self.keep_attachment(attachment, with_words) {
            self.say(Status::Rejected, talk::too_many_kept(ATTACHMENTS_KEPT), Vec::new());
            return Ok(());
        }
        if let Some(turn) = prepared {
            if let Some((asked, proposal)) = self.proposed(turn) {
                self.propose_as(&asked, &proposal);
            }
            return Ok(());
        }
        if has_text {
            return self.on_text(&words.text).await;
        }
        self.say(Status::Smalltalk, talk::kept_for_a_ticket(what), Vec::new());
        Ok(())
    }

    /// The turn about which a ticket is being prepared: what was said last is what will be sent.
    pub(super) fn prepared(&self) -> Option<u32> {
        let last = self.dialogue.value.context(self.now)?.number;
        match &self.dialogue.value.pending {
            Some(Pending::Confirm { turn, .. }) if *turn == last => Some(last),
            _ => None,
        }
    }

    /// Keeps something attached until a ticket is opened; `false` when too much is kept already.
    fn keep_attachment(&mut self, attachment: Attachment, words: &str) -> bool {
        let now = self.now;
        let kept = &mut self.dialogue.value.attached;
        kept.retain(|kept| now.duration_since(kept.at) < KEPT_FOR);
        let (kind, reference) = (attachment.kind, attachment.reference.clone());
        if let Some(known) =
            kept.iter_mut().find(|known| known.attachment.kind == kind && known.attachment.reference == reference)
        {
            words.clone_into(&mut known.words);
            return true;
        }
        if kept.len() >= ATTACHMENTS_KEPT {
            return false;
        }
        kept.push(KeptAttachment { attachment, words: words.to_owned(), at: now });
        true
    }

    /// What waits to go with the ticket.
    pub(super) fn kept_attachments(&self) -> Vec<KeptAttachment> {
        let is_fresh = |kept: &&KeptAttachment| self.now.duration_since(kept.at) < KEPT_FOR;
        self.dialogue.value.attached.iter().filter(is_fresh).cloned().collect()
    }

    /// What was kept goes to whoever has the ticket, and stands in it.
    pub(super) fn pass_on_kept(&mut self, ticket: &Ticket) {
        let kept = self.kept_attachments();
        self.dialogue.value.attached.clear();
        for KeptAttachment { attachment, words, .. } in kept {
            let words = Words { text: words, attachment: Some(attachment), is_correction: false };
            if let Some(holder) = &ticket.assignee {
                let (to, told) = (self.reach(holder), relay::from_company(ticket, &words));
                self.pass_on(to, told, &words, ticket_wording::holder_buttons(ticket), &ticket.number);
            }
            self.note_down(&ticket.number, Actor::Company, &words, false);
        }
    }

    /// Asks for a phone to call.
    pub(super) fn on_which_phone(&mut self, turn: u32) {
        let Some((_, proposal)) = self.proposed(turn) else { return };
        let ticket_kind = proposal.kind.to_string();
        self.dialogue.value.pending = Some(Pending::Phone { turn, ticket_kind, is_anonymous: proposal.is_anonymous });
        self.say(Status::Handoff, opening::which_phone().to_owned(), opening::phone_buttons(turn));
    }

    /// The phone has come: remembered, and what will be sent is shown anew.
    /// Words without a number are words like any other.
    pub(super) async fn on_phone_told(&mut self, turn: u32, words: &str) -> Result<(), HandleError> {
        let Some((asked, proposal)) = self.proposed(turn) else { return Ok(()) };
        if let Some(phone) = Phone::parse(words) {
            self.dialogue.value.phone = Some(phone.as_str().to_owned());
            self.propose_as(&asked, &proposal);
        } else if words.chars().filter(|c| c.is_numeric()).count() >= DIGITS_OF_A_NUMBER {
            self.say(Status::Rejected, opening::bad_phone().to_owned(), opening::phone_buttons(turn));
        } else {
            self.await_confirmation(&asked, &proposal);
            return self.on_company_words(words).await;
        }
        Ok(())
    }

    /// The company leaves no phone, and is not asked again.
    pub(super) fn on_no_phone(&mut self, turn: u32) {
        let Some((asked, proposal)) = self.proposed(turn) else { return };
        self.dialogue.value.leaves_no_phone = true;
        self.propose_as(&asked, &proposal);
    }
}
