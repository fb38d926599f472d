//! What companies do with their tickets: urge, take back, rate, raise again.

use super::{Scene, supervisors};
use crate::desk::changes::DialogueChange;
use crate::desk::dialogue::Pending;
use crate::desk::message::ChatAddress;
use crate::desk::reply::Status;
use crate::desk::service::HandleError;
use crate::desk::wording::ticket as ticket_wording;
use crate::domain::commissioner::CommissionerId;
use crate::domain::ticket::{Action, Actor, REWORKS_UNSUPERVISED, Rating, Refusal, Ticket, TicketNumber};

impl Scene<'_> {
    /// How the company found it.
    pub(super) async fn on_rate(&mut self, number: &TicketNumber, rating: Rating) -> Result<(), HandleError> {
        let Some(mut ticket) = self.ticket_of_company(number).await? else { return Ok(()) };
        if let Err(refusal) = self.act(&mut ticket, &Action::Rate(rating), &Actor::Company) {
            self.refuse(refusal, number);
            return Ok(());
        }
        if ticket.state.is_open() {
            self.rework(&mut ticket, rating);
            return Ok(());
        }
        if let Some(holder) = ticket.assignee.clone() {
            let to = self.reach(&holder);
            self.tell(to, ticket_wording::rated(&ticket, rating), Vec::new(), Some(number));
        }
        let words = ticket_wording::rated_for_company(&ticket, rating);
        self.say_about(Status::Progress, words, ticket_wording::comment_buttons(number), Some(number));
        Ok(())
    }

    /// The company wants to say why it rated so.
    pub(super) async fn on_comment(&mut self, number: &TicketNumber) -> Result<(), HandleError> {
        let Some(ticket) = self.ticket_of_company(number).await? else { return Ok(()) };
        if !ticket.may_comment {
            self.refuse(Refusal::NothingToExplain, number);
            return Ok(());
        }
        self.dialogue.value.pending = Some(Pending::Comment { ticket: number.to_string() });
        self.say_about(Status::Progress, ticket_wording::what_comment(&ticket), Vec::new(), Some(number));
        Ok(())
    }

    /// Why the company rated so, in its own words: once, to whoever has the ticket.
    pub(super) async fn on_comment_words(&mut self, ticket: &str, words: &str) -> Result<(), HandleError> {
        self.dialogue.value.pending = None;
        let Some(number) = TicketNumber::parse(ticket) else { return self.on_company_words(words).await };
        let Some(mut ticket) = self.ticket_of_company(&number).await? else { return Ok(()) };
        let comment = Action::Comment { words: words.to_owned() };
        if let Err(refusal) = self.act(&mut ticket, &comment, &Actor::Company) {
            self.refuse(refusal, &number);
            return Ok(());
        }
        if let Some(holder) = ticket.assignee.clone() {
            let to = self.reach(&holder);
            let told = ticket_wording::commented(&ticket, words);
            self.tell(to, told, ticket_wording::holder_buttons(&ticket), Some(&number));
        }
        self.say_about(Status::Progress, ticket_wording::comment_kept(&ticket), Vec::new(), Some(&number));
        Ok(())
    }

    /// Raised again, within the time for it: the clocks begin anew with whoever had it.
    pub(super) async fn on_reopen(&mut self, number: &TicketNumber) -> Result<(), HandleError> {
        let Some(mut ticket) = self.ticket_of_company(number).await? else { return Ok(()) };
        if let Err(refusal) = self.act(&mut ticket, &Action::Reopen, &Actor::Company) {
            self.refuse(refusal, number);
            return Ok(());
        }
        let holder = match ticket.assignee.clone().filter(|holder| self.commissioner(holder).is_some()) {
            Some(holder) => Some(holder),
            None => self.dispatch(&mut ticket, &[]),
        };
        let next = self.next_deadline(&ticket);
        if let Some(holder) = &holder {
            let to = self.reach(holder);
            let words = ticket_wording::reopened(&ticket, next, self.now);
            self.tell(to, words, ticket_wording::assigned_buttons(number), Some(number));
        }
        let name = self.name_of(holder.as_ref());
        let words = ticket_wording::reopened_for_company(&ticket, &name, next, self.now);
        self.say_about(Status::Progress, words, ticket_wording::company_buttons(number), Some(number));
        Ok(())
    }

    /// Reopened by a bad rating: the first time by itself, then under a supervisor.
    fn rework(&mut self, ticket: &mut Ticket, rating: Rating) {
        let supervisor = (ticket.reworks > REWORKS_UNSUPERVISED).then(|| self.supervisor()).flatten();
        let is_supervised = supervisor.is_some();
        let former = ticket.assignee.clone().filter(|_| is_supervised);
        if let Some(to) = supervisor {
            let reason = ticket_wording::supervised_rework(ticket.reworks);
            let escalation = Action::Escalate { to, reason };
            if let Err(refusal) = self.act(ticket, &escalation, &Actor::System) {
                tracing::error!(ticket.number = %ticket.number, %refusal, "a reworked ticket could not be escalated");
            }
        }
        let next = self.next_deadline(ticket);
        let number = ticket.number.clone();
        let holder = ticket.assignee.clone();
        if let Some(former) = &former {
            let words = ticket_wording::taken_over(ticket, rating, &self.name_of(holder.as_ref()));
            let to = self.reach(former);
            self.tell(to, words, Vec::new(), Some(&number));
        }
        if let Some(holder) = &holder {
            let mut words = ticket_wording::reworked(ticket, rating, next, self.now);
            if is_supervised {
                let title = ticket.submission.topic.as_ref().and_then(|topic| self.title_of(topic.as_str()));
                words = format!("{words}\n\n{}", ticket_wording::assigned(ticket, title.as_deref(), None, self.now));
            }
            let to = self.reach(holder);
            self.tell(to, words, ticket_wording::assigned_buttons(&number), Some(&number));
        }
        let name = self.name_of(holder.as_ref());
        let words = ticket_wording::reworked_for_company(ticket, rating, &name, is_supervised, next, self.now);
        let mut buttons = ticket_wording::company_buttons(&number);
        buttons.extend(ticket_wording::comment_buttons(&number));
        self.say_about(Status::Progress, words, buttons, Some(&number));
    }

    /// The first supervisor on duty; failing that, the first one.
    pub(super) fn supervisor(&self) -> Option<CommissionerId> {
        let on_duty = supervisors(&self.roster).find(|person| person.is_on_duty(self.now));
        on_duty.or_else(|| supervisors(&self.roster).next()).map(|person| person.id.clone())
    }

    /// The company urges.
    pub(super) async fn on_urge(&mut self, number: &TicketNumber) -> Result<(), HandleError> {
        let Some(mut ticket) = self.ticket_of_company(number).await? else { return Ok(()) };
        if let Err(refusal) = self.act(&mut ticket, &Action::Urge, &Actor::Company) {
            self.refuse(refusal, number);
            return Ok(());
        }
        let holder = ticket.assignee.clone();
        if let Some(holder) = &holder {
            let words = ticket_wording::urged(&ticket, self.next_deadline(&ticket), self.now);
            let to = self.reach(holder);
            self.tell(to, words, ticket_wording::holder_buttons(&ticket), Some(number));
        }
        let words = ticket_wording::urged_for_company(&ticket, &self.name_of(holder.as_ref()));
        self.say_about(Status::Progress, words, Vec::new(), Some(number));
        Ok(())
    }

    /// The company takes it back.
    pub(super) async fn on_withdraw(&mut self, number: &TicketNumber) -> Result<(), HandleError> {
        let Some(mut ticket) = self.ticket_of_company(number).await? else { return Ok(()) };
        if let Err(refusal) = self.act(&mut ticket, &Action::Withdraw, &Actor::Company) {
            self.refuse(refusal, number);
            return Ok(());
        }
        if let Some(holder) = ticket.assignee.clone() {
            let to = self.reach(&holder);
            self.tell(to, ticket_wording::withdrawn(&ticket), Vec::new(), Some(number));
        }
        self.dialogue.value.start_afresh();
        self.say_about(Status::Progress, ticket_wording::withdrawn_for_company(&ticket), Vec::new(), Some(number));
        Ok(())
    }

    /// A ticket that was raised in this conversation; says so when there is none.
    pub(super) async fn ticket_of_company(&mut self, number: &TicketNumber) -> Result<Option<Ticket>, HandleError> {
        let chat = self.incoming.chat.to_string();
        let ticket = self.ticket(number).await?.filter(|ticket| ticket.submission.chat == chat);
        if ticket.is_none() {
            self.say(Status::Rejected, ticket_wording::no_such_ticket(number), Vec::new());
        }
        Ok(ticket)
    }

    /// After closing, the company's next question starts with a fresh context.
    pub(super) async fn start_company_afresh(&mut self, ticket: &Ticket) -> Result<(), HandleError> {
        let Ok(chat) = ticket.submission.chat.parse::<ChatAddress>() else { return Ok(()) };
        if chat == self.incoming.chat {
            self.dialogue.value.start_afresh();
            return Ok(());
        }
        let mut read = self.desk.store.dialogue(&chat).await?;
        read.value.start_afresh();
        self.other_dialogues.push(DialogueChange { chat, dialogue: read.value, version: read.version });
        Ok(())
    }
}
