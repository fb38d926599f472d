//! How the company's tickets stand.

use super::Scene;
use crate::desk::ports::TicketFilter;
use crate::desk::reply::Status;
use crate::desk::service::HandleError;
use crate::desk::wording::answer as wording;
use crate::desk::wording::ticket as ticket_wording;
use crate::domain::ticket::{Ticket, TicketNumber};

impl Scene<'_> {
    /// How do my tickets stand?
    pub(super) async fn on_progress(&mut self) -> Result<(), HandleError> {
        if self.me.is_some() && self.on_my_tickets().await? {
            return Ok(());
        }
        let filter = TicketFilter { chat: Some(self.incoming.chat.to_string()), limit: 5, ..TicketFilter::default() };
        let tickets = self.desk.store.tickets(&filter).await?;
        let Some(newest) = tickets.first() else {
            self.say(Status::Progress, ticket_wording::no_tickets(), vec![vec![wording::human(0)]]);
            return Ok(());
        };
        let lines: Vec<_> = tickets.iter().map(|ticket| self.progress_of(ticket)).collect();
        let buttons = if newest.state.is_open() { ticket_wording::company_buttons(&newest.number) } else { Vec::new() };
        let number = newest.number.clone();
        self.say_about(Status::Progress, lines.join("\n\n"), buttons, Some(&number));
        Ok(())
    }

    /// How do my tickets stand, in words that may name one.
    pub(super) async fn on_progress_words(&mut self, words: &str) -> Result<(), HandleError> {
        match TicketNumber::parse(words) {
            Some(number) => self.on_progress_of(&number).await,
            None => self.on_progress().await,
        }
    }

    fn progress_of(&self, ticket: &Ticket) -> String {
        let name = ticket.assignee.as_ref().map(|id| self.name_of(Some(id)));
        ticket_wording::progress(ticket, name.as_deref(), self.next_deadline(ticket), self.now)
    }

    /// How does this ticket stand? Only one's own.
    pub(super) async fn on_progress_of(&mut self, number: &TicketNumber) -> Result<(), HandleError> {
        let Some(ticket) = self.own_ticket(number).await? else { return Ok(()) };
        let buttons = if ticket.state.is_open() { ticket_wording::company_buttons(number) } else { Vec::new() };
        self.say_about(Status::Progress, self.progress_of(&ticket), buttons, Some(number));
        Ok(())
    }

    /// A ticket of this conversation, or of the commissioner who writes; says so when there is none.
    pub(super) async fn own_ticket(&mut self, number: &TicketNumber) -> Result<Option<Ticket>, HandleError> {
        let chat = self.incoming.chat.to_string();
        let ticket = self
            .ticket(number)
            .await?
            .filter(|ticket| ticket.submission.chat == chat || (self.me.is_some() && ticket.assignee == self.me));
        if ticket.is_none() {
            self.say(Status::Rejected, ticket_wording::no_such_ticket(number), Vec::new());
        }
        Ok(ticket)
    }
}
