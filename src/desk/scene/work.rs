//! What commissioners do: bind their account, sign, write, close. Handing on is `hand_on`'s.

use sha2::{Digest, Sha256};

use super::Scene;
use crate::desk::changes::TicketMessage;
use crate::desk::message::{Button, Channel, ChatAddress};
use crate::desk::ports::TicketFilter;
use crate::desk::reply::Status;
use crate::desk::service::HandleError;
use crate::desk::wording::excerpt;
use crate::desk::wording::ticket as wording;
use crate::domain::commissioner::Role;
use crate::domain::ticket::{Action, Actor, Ticket, TicketNumber};

/// A list of tickets shows at most this many.
const TICKETS_SHOWN: usize = 10;

/// A summary made of the last words to the company is at most this long.
const SUMMARY_CHARS: usize = 300;

impl Scene<'_> {
    /// A commissioner opens their invitation link.
    pub(super) async fn on_invitation(&mut self, code: &str) -> Result<(), HandleError> {
        let telegram_id = match self.incoming.chat.channel {
            Channel::Telegram => self.incoming.chat.chat.parse().ok(),
            _ => None,
        };
        let bound = match telegram_id {
            Some(id) => self.desk.store.redeem_invitation(&invitation_hash(code), id, self.now).await?,
            None => None,
        };
        // The account may have been bound by a first try whose answer was never committed.
        match bound.or_else(|| self.me.clone()) {
            Some(id) => {
                let name = self.name_of(Some(&id));
                self.say(Status::Smalltalk, wording::bound(&name), Vec::new());
            }
            None => self.say(Status::Rejected, wording::bad_invitation().to_owned(), Vec::new()),
        }
        Ok(())
    }

    /// A commissioner's open tickets, the most pressing first; `false` when they have none.
    pub(super) async fn on_my_tickets(&mut self) -> Result<bool, HandleError> {
        let filter = TicketFilter { assignee: self.me.clone(), only_open: true, ..TicketFilter::default() };
        let mut tickets = self.desk.store.tickets(&filter).await?;
        if tickets.is_empty() {
            return Ok(false);
        }
        tickets.sort_by_key(|ticket| self.next_deadline(ticket).map(|(_, deadline)| deadline.due_at));
        let shown = tickets.iter().take(TICKETS_SHOWN);
        let lines: Vec<_> =
            shown.map(|ticket| wording::progress(ticket, None, self.next_deadline(ticket), self.now)).collect();
        self.say(Status::Progress, wording::my_tickets(tickets.len(), &lines), Vec::new());
        Ok(true)
    }

    /// Who writes, when they are on the roster.
    pub(super) fn actor(&self) -> Option<Actor> {
        let me = self.me.clone()?;
        let is_supervisor = self.commissioner(&me).is_some_and(|person| person.role == Role::Supervisor);
        Some(if is_supervisor { Actor::Supervisor(me) } else { Actor::Commissioner(me) })
    }

    /// A ticket that the person who presses may work on; says so when not.
    pub(super) async fn ticket_to_work_on(
        &mut self,
        number: &TicketNumber,
    ) -> Result<Option<(Ticket, Actor)>, HandleError> {
        let actor = self.actor();
        let ticket = self.ticket(number).await?;
        if let (Some(ticket), Some(actor)) = (ticket, actor) {
            Ok(Some((ticket, actor)))
        } else {
            self.say(Status::Rejected, wording::no_such_ticket(number), Vec::new());
            Ok(None)
        }
    }

    /// 签收.
    pub(super) async fn on_sign(&mut self, number: &TicketNumber) -> Result<(), HandleError> {
        let Some((mut ticket, actor)) = self.ticket_to_work_on(number).await? else { return Ok(()) };
        if let Err(refusal) = self.act(&mut ticket, &Action::Sign, &actor) {
            self.refuse(refusal, number);
            return Ok(());
        }
        self.tell_company_signed(&ticket);
        let words = wording::signed(&ticket, self.next_deadline(&ticket), self.now);
        self.say_about(Status::Handoff, words, wording::in_hand_buttons(number), Some(number));
        Ok(())
    }

    fn tell_company_signed(&mut self, ticket: &Ticket) {
        let name = self.name_of(ticket.assignee.as_ref());
        let words = wording::signed_for_company(ticket, &name, self.next_deadline(ticket), self.now);
        self.tell_company(ticket, words, wording::signed_for_company_buttons(&ticket.number));
    }

    pub(super) fn tell_company(&mut self, ticket: &Ticket, words: String, buttons: Vec<Vec<Button>>) {
        match ticket.submission.chat.parse::<ChatAddress>() {
            Ok(to) => self.tell(to, words, buttons, Some(&ticket.number)),
            Err(cause) => {
                tracing::error!(ticket.number = %ticket.number, %cause, "the company's address cannot be read");
            }
        }
    }

    /// 已电话联系.
    pub(super) async fn on_contacted(&mut self, number: &TicketNumber) -> Result<(), HandleError> {
        let Some((mut ticket, actor)) = self.ticket_to_work_on(number).await? else { return Ok(()) };
        match self.act(&mut ticket, &Action::RecordContact, &actor) {
            Ok(()) => {
                let words = wording::contact_recorded(&ticket);
                self.say_about(Status::Handoff, words, wording::in_hand_buttons(number), Some(number));
            }
            Err(refusal) => self.refuse(refusal, number),
        }
        Ok(())
    }

    /// 办结; the last words to the company stand for a summary.
    pub(super) async fn on_close(&mut self, number: &TicketNumber) -> Result<(), HandleError> {
        let said = self.desk.store.ticket_messages(number).await?;
        let is_told = |message: &&TicketMessage| !message.is_note && message.from.member().is_some();
        let last = said.iter().rev().filter(is_told).find(|message| !message.text.trim().is_empty());
        let summary = last.map(|message| excerpt(&message.text, SUMMARY_CHARS));
        self.close_with(number, summary, None).await
    }

    /// Closes a ticket; `told` are words that the company has not read yet.
    pub(super) async fn close_with(
        &mut self,
        number: &TicketNumber,
        summary: Option<String>,
        told: Option<&str>,
    ) -> Result<(), HandleError> {
        let Some((mut ticket, actor)) = self.ticket_to_work_on(number).await? else { return Ok(()) };
        if let Err(refusal) = self.act(&mut ticket, &Action::Close { summary }, &actor) {
            self.refuse(refusal, number);
            return Ok(());
        }
        let name = self.name_of(ticket.assignee.as_ref());
        let words = wording::closed_for_company(&ticket, &name, told);
        self.tell_company(&ticket, words, wording::rating_buttons(number));
        self.start_company_afresh(&ticket).await?;
        self.say_about(Status::Handoff, wording::closed(&ticket), Vec::new(), Some(number));
        Ok(())
    }
}

/// An invitation code is kept as its SHA-256 only.
#[must_use]
pub(in crate::desk) fn invitation_hash(code: &str) -> String {
    Sha256::digest(code.as_bytes()).iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}
