//! What goes from one side of a ticket to the other: words, pictures, files, corrections.
//!
//! While a person has the case the assistant keeps silent and everything is passed on. Nothing is downloaded: an attachment is
//! shown where it came from, and told of in words elsewhere.

use super::Scene;
use crate::desk::changes::TicketMessage;
use crate::desk::dialogue::Pending;
use crate::desk::message::{Channel, ChatAddress, Words};
use crate::desk::ports::TicketFilter;
use crate::desk::reply::Status;
use crate::desk::service::HandleError;
use crate::desk::wording::{self, ticket as ticket_wording};
use crate::domain::text;
use crate::domain::ticket::{Action, Actor, Refusal, State, Ticket, TicketNumber};

impl Scene<'_> {
    /// Something attached, or a correction: it belongs to a ticket where there is one, and is a question like any other where not.
    pub(super) async fn on_passed(&mut self, words: &Words) -> Result<(), HandleError> {
        if let Some(number) = self.ticket_replied_to().await? {
            return self.on_ticket_words(&number, words).await;
        }
        if self.me.is_some() && self.asks_which_ticket(words).await? {
            return Ok(());
        }
        if words.attachment.is_some() && self.prepared().is_some() {
            return self.on_attached_first(words).await;
        }
        let asks_meanwhile = self.dialogue.value.asking_until.is_some_and(|until| self.now < until);
        let has_text = !words.text.trim().is_empty();
        let open = if asks_meanwhile && has_text { Vec::new() } else { self.open_tickets().await? };
        let ticket = open.iter().find(|ticket| ticket.state.is_in_hand()).or_else(|| open.first());
        match (ticket, &words.attachment) {
            (Some(ticket), _) => {
                let is_direct = ticket.state.is_in_hand() && !asks_meanwhile;
                self.relay_to_commissioner(ticket, words, is_direct);
                Ok(())
            }
            (None, Some(_)) => self.on_attached_first(words).await,
            (None, None) if words.is_correction => self.on_corrected(&words.text).await,
            (None, None) => self.on_text(&words.text).await,
        }
    }

    /// The ticket that the message replied to is about: as is known of what was sent, or as it says itself where its sending was
    /// not recorded.
    pub(super) async fn ticket_replied_to(&self) -> Result<Option<TicketNumber>, HandleError> {
        let Some(replied) = &self.incoming.reply_to else { return Ok(None) };
        let known = self.desk.store.ticket_behind(&self.incoming.chat, &replied.id).await?;
        Ok(known.or_else(|| ticket_wording::number_at_head(&replied.words)))
    }

    /// A question in corrected words is answered anew, once, and the answer says so. Words that were asked already were only
    /// edited in how they look.
    async fn on_corrected(&mut self, words: &str) -> Result<(), HandleError> {
        let key = text::key(words);
        if self.dialogue.value.turns.iter().any(|turn| text::key(&turn.question) == key) {
            self.is_silent = true;
            return Ok(());
        }
        self.is_corrected = true;
        self.on_text(words).await
    }

    /// Words that reply to a message about a ticket: from the company, or from the commissioner who has it.
    pub(super) async fn on_ticket_words(&mut self, number: &TicketNumber, words: &Words) -> Result<(), HandleError> {
        let Some(ticket) = self.ticket(number).await? else {
            self.stale();
            return Ok(());
        };
        if let Some(Pending::Words { purpose, ticket: awaited }) = self.dialogue.value.pending.clone()
            && awaited == number.as_str()
            && words.attachment.is_none()
            && !words.is_correction
        {
            return self.on_awaited_words(purpose, &awaited, &words.text).await;
        }
        if ticket.assignee.is_some() && ticket.assignee == self.me {
            self.write_to_company(ticket, words);
            return Ok(());
        }
        if ticket.submission.chat != self.incoming.chat.to_string() {
            let refusal = Refusal::NotYours;
            self.refuse(refusal, number);
            return Ok(());
        }
        if ticket.state.is_open() {
            let is_direct = ticket.state.is_in_hand();
            self.relay_to_commissioner(&ticket, words, is_direct);
            return Ok(());
        }
        if words.text.trim().is_empty() {
            self.refuse(Refusal::NotOpen, number);
            return Ok(());
        }
        self.on_question(&words.text).await
    }

    /// The company's words go to the commissioner; when `is_direct`, the assistant keeps silent.
    pub(super) fn relay_to_commissioner(&mut self, ticket: &Ticket, words: &Words, is_direct: bool) {
        let Some(holder) = ticket.assignee.clone() else {
            self.stale();
            return;
        };
        let to = self.reach(&holder);
        let mut ticket = ticket.clone();
        // Who was waited for has answered: the clocks go on.
        if ticket.waits_since.is_some()
            && let Err(refusal) = self.act(&mut ticket, &Action::Resume, &Actor::Company)
        {
            tracing::error!(ticket.number = %ticket.number, %refusal, "the clocks could not go on");
        }
        let ticket = &ticket;
        let told = wording::relay::from_company(ticket, words);
        self.pass_on(to, told, words, ticket_wording::holder_buttons(ticket), &ticket.number);
        self.note_down(&ticket.number, Actor::Company, words, false);
        self.reply.ticket = Some(ticket.number.to_string());
        self.reply.status = Status::Handoff;
        if is_direct {
            self.is_silent = true;
        } else {
            let words = wording::relay::passed_on_to_commissioner(ticket, &self.name_of(Some(&holder)));
            self.say_about(Status::Handoff, words, Vec::new(), Some(&ticket.number));
        }
    }

    /// The commissioner's words go to the company; writing signs for the ticket where that was forgotten.
    pub(super) fn write_to_company(&mut self, mut ticket: Ticket, words: &Words) {
        let Some(actor) = self.actor() else {
            self.stale();
            return;
        };
        let number = ticket.number.clone();
        if matches!(ticket.state, State::Dispatched | State::Escalated)
            && let Err(refusal) = self.act(&mut ticket, &Action::Sign, &actor)
        {
            self.refuse(refusal, &number);
            return;
        }
        if let Err(refusal) = self.act(&mut ticket, &Action::Reply, &actor) {
            self.refuse(refusal, &number);
            return;
        }
        let name = self.name_of(ticket.assignee.as_ref());
        let told = wording::relay::from_commissioner(&ticket, &name, words);
        let buttons = ticket_wording::signed_for_company_buttons(&number);
        let is_shown = match ticket.submission.chat.parse::<ChatAddress>() {
            Ok(to) => self.pass_on(to, told, words, buttons, &number),
            Err(cause) => {
                tracing::error!(ticket.number = %number, %cause, "the company's address cannot be read");
                true
            }
        };
        self.note_down(&number, actor, words, false);
        let told =
            if is_shown { wording::relay::passed_on(&ticket) } else { wording::relay::passed_on_unseen(&ticket) };
        self.say_about(Status::Handoff, told, ticket_wording::in_hand_buttons(&number), Some(&number));
    }

    /// Tells somebody something, with what goes with it; `false` when that cannot be shown there and is told of in words.
    pub(super) fn pass_on(
        &mut self,
        to: ChatAddress,
        told: String,
        words: &Words,
        buttons: Vec<Vec<super::Button>>,
        about: &TicketNumber,
    ) -> bool {
        let attachment = words.attachment.clone();
        let is_shown = attachment.is_none() || (to.channel == Channel::Telegram && self.came_by_telegram());
        let told = match &attachment {
            Some(attachment) if !is_shown => wording::not_shown_here(&told, attachment),
            _ => told,
        };
        self.tell(to, told, buttons, Some(about));
        if let Some(last) = self.outgoing.last_mut() {
            last.attachment = attachment.filter(|_| is_shown);
        }
        is_shown
    }

    fn came_by_telegram(&self) -> bool {
        self.incoming.chat.channel == Channel::Telegram
    }

    /// Writes down what was said on a ticket.
    pub(super) fn note_down(&mut self, number: &TicketNumber, from: Actor, words: &Words, is_note: bool) {
        let text = if words.is_correction { wording::corrected(&words.text) } else { words.text.clone() };
        let attachment = words.attachment.clone();
        self.said.push(TicketMessage { ticket: number.clone(), at: self.now, from, text, is_note, attachment });
    }

    /// A commissioner's words without a reference: asks which ticket they belong to. `false` when they have none in hand.
    pub(super) async fn asks_which_ticket(&mut self, words: &Words) -> Result<bool, HandleError> {
        if self.dialogue.value.asking_until.is_some_and(|until| self.now < until) {
            return Ok(false);
        }
        let filter = TicketFilter { assignee: self.me.clone(), only_open: true, ..TicketFilter::default() };
        let in_hand: Vec<_> =
            self.desk.store.tickets(&filter).await?.into_iter().filter(|ticket| ticket.state.is_in_hand()).collect();
        if in_hand.is_empty() {
            return Ok(false);
        }
        let asked = u32::from_str_radix(&self.incoming.reference(), 16).unwrap_or_default();
        self.dialogue.value.pending = Some(Pending::WhichTicket {
            asked,
            text: words.text.clone(),
            attachment: words.attachment.clone(),
            is_correction: words.is_correction,
        });
        let buttons = wording::relay::which_ticket_buttons(asked, &in_hand);
        self.say(Status::Handoff, wording::relay::which_ticket(words), buttons);
        Ok(true)
    }

    /// The words that question `question` was about belong to this ticket.
    pub(super) async fn on_write_to(&mut self, question: u32, number: &TicketNumber) -> Result<(), HandleError> {
        let Some(words) = self.words_asked_about(question) else { return Ok(()) };
        let Some((ticket, _)) = self.ticket_to_work_on(number).await? else { return Ok(()) };
        if ticket.assignee != self.me {
            self.refuse(Refusal::NotYours, number);
            return Ok(());
        }
        self.write_to_company(ticket, &words);
        Ok(())
    }

    /// They are a question of the commissioner's own.
    pub(super) async fn on_ask_myself(&mut self, question: u32) -> Result<(), HandleError> {
        let Some(words) = self.words_asked_about(question) else { return Ok(()) };
        self.ask_the_assistant();
        self.on_question(&words.text).await
    }

    /// The words that `question` was about. Only those of the last question are kept: a button below an earlier one must not send
    /// what was written since, and is refused.
    fn words_asked_about(&mut self, question: u32) -> Option<Words> {
        match self.dialogue.value.pending.take() {
            Some(Pending::WhichTicket { asked, text, attachment, is_correction }) if asked == question => {
                Some(Words { text, attachment, is_correction })
            }
            other => {
                self.dialogue.value.pending = other;
                self.stale();
                None
            }
        }
    }
}
