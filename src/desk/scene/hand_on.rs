//! What commissioners do beside signing, writing and closing: hand on, send back, wait, ask for more time, note, join.
//!
//! Each needs words, which come with the next message.

use super::{Scene, supervisors};
use crate::desk::dialogue::{Pending, Purpose};
use crate::desk::reply::Status;
use crate::desk::scene::address_of;
use crate::desk::service::HandleError;
use crate::desk::wording::{canned, handling as wording, relay, ticket as ticket_wording};
use crate::domain::commissioner::CommissionerId;
use crate::domain::ticket::{Action, Actor, RETURNS_BEFORE_ESCALATION, Refusal, Ticket, TicketNumber};

impl Scene<'_> {
    /// What else can be done with a ticket.
    pub(super) async fn on_other_actions(&mut self, number: &TicketNumber) -> Result<(), HandleError> {
        let Some((ticket, _)) = self.ticket_to_work_on(number).await? else { return Ok(()) };
        if ticket.assignee != self.me {
            self.refuse(Refusal::NotYours, number);
            return Ok(());
        }
        let buttons = wording::more_buttons(&ticket);
        self.say_about(Status::Handoff, wording::more(&ticket), buttons, Some(number));
        Ok(())
    }

    /// Something that needs words is wanted: asks for them.
    pub(super) async fn on_say(&mut self, purpose: Purpose, number: &TicketNumber) -> Result<(), HandleError> {
        let Some((ticket, actor)) = self.ticket_to_work_on(number).await? else { return Ok(()) };
        let may = ticket.assignee == self.me || (purpose == Purpose::RefuseExtension && is_supervisor(&actor));
        if !may || !ticket.state.is_open() {
            let refusal = if ticket.state.is_open() { Refusal::NotYours } else { Refusal::NotOpen };
            self.refuse(refusal, number);
            return Ok(());
        }
        self.dialogue.value.pending = Some(Pending::Words { purpose, ticket: number.to_string() });
        self.say_about(Status::Handoff, wording::what_words(&ticket, purpose), Vec::new(), Some(number));
        Ok(())
    }

    /// The words have come.
    pub(super) async fn on_awaited_words(
        &mut self,
        purpose: Purpose,
        ticket: &str,
        words: &str,
    ) -> Result<(), HandleError> {
        self.dialogue.value.pending = None;
        let Some(number) = TicketNumber::parse(ticket) else { return self.on_company_words(words).await };
        match purpose {
            Purpose::Transfer => self.transfer(&number, words).await,
            Purpose::Return => self.give_back(&number, words).await,
            Purpose::Opinion => self.give_opinion(&number, words).await,
            Purpose::Wait => self.wait(&number, words).await,
            Purpose::Extension => self.request_extension(&number, words).await,
            Purpose::RefuseExtension => self.refuse_extension(&number, words).await,
            Purpose::Note => self.add_note(&number, words).await,
            Purpose::Close => self.close_with(&number, Some(words.to_owned()), Some(words)).await,
            Purpose::Merge => self.merge(&number, words).await,
        }
    }

    /// Does something with a ticket that the person who writes works on; `None` when it was refused, which they are told.
    async fn act_on(&mut self, number: &TicketNumber, action: &Action) -> Result<Option<(Ticket, Actor)>, HandleError> {
        let Some((mut ticket, actor)) = self.ticket_to_work_on(number).await? else { return Ok(None) };
        if let Err(refusal) = self.act(&mut ticket, action, &actor) {
            self.refuse(refusal, number);
            return Ok(None);
        }
        Ok(Some((ticket, actor)))
    }

    /// Hands a ticket on (转办): dispatched anew to somebody who has not had it.
    async fn transfer(&mut self, number: &TicketNumber, reason: &str) -> Result<(), HandleError> {
        let action = Action::Transfer { reason: reason.to_owned() };
        let Some((mut ticket, _)) = self.act_on(number, &action).await? else { return Ok(()) };
        let had_by: Vec<CommissionerId> = ticket.had_by.iter().cloned().collect();
        self.dispatch(&mut ticket, &had_by);
        self.tell_handed_on(&ticket, reason);
        let name = self.name_of(ticket.assignee.as_ref());
        self.say_about(Status::Handoff, ticket_wording::transferred(&ticket, &name), Vec::new(), Some(number));
        Ok(())
    }

    /// Sends a ticket back (退单): dispatched anew, the second time to a supervisor.
    async fn give_back(&mut self, number: &TicketNumber, reason: &str) -> Result<(), HandleError> {
        let action = Action::Return { reason: reason.to_owned() };
        let Some((mut ticket, _)) = self.act_on(number, &action).await? else { return Ok(()) };
        let supervisor = (ticket.returns >= RETURNS_BEFORE_ESCALATION).then(|| self.supervisor()).flatten();
        if let Some(to) = supervisor {
            let why = wording::returned_often(ticket.returns);
            if let Err(refusal) = self.act(&mut ticket, &Action::Escalate { to, reason: why }, &Actor::System) {
                tracing::error!(ticket.number = %number, %refusal, "a returned ticket could not be escalated");
            }
        } else {
            let handed_on_by: Vec<CommissionerId> = ticket.handed_on_by.iter().cloned().collect();
            self.dispatch(&mut ticket, &handed_on_by);
        }
        self.tell_handed_on(&ticket, reason);
        let name = self.name_of(ticket.assignee.as_ref());
        self.say_about(Status::Handoff, wording::returned(&ticket, &name), Vec::new(), Some(number));
        Ok(())
    }

    /// Tells the new holder and the company that a ticket has changed hands.
    pub(super) fn tell_handed_on(&mut self, ticket: &Ticket, reason: &str) {
        let next = self.next_deadline(ticket);
        if let Some(to) = &ticket.assignee {
            let title = ticket.submission.topic.as_ref().and_then(|topic| self.title_of(topic.as_str()));
            let words = ticket_wording::handed_over(ticket, title.as_deref(), reason, next, self.now);
            let address = self.reach(to);
            self.tell(address, words, ticket_wording::assigned_buttons(&ticket.number), Some(&ticket.number));
        }
        let name = self.name_of(ticket.assignee.as_ref());
        let words = ticket_wording::transferred_for_company(ticket, &name, next, self.now);
        self.tell_company(ticket, words, ticket_wording::company_buttons(&ticket.number));
    }

    /// 办理意见: how the matter will be handled, to the company.
    async fn give_opinion(&mut self, number: &TicketNumber, words: &str) -> Result<(), HandleError> {
        let Some((ticket, actor)) = self.act_on(number, &Action::GiveOpinion).await? else { return Ok(()) };
        let name = self.name_of(ticket.assignee.as_ref());
        let told = wording::opinion_for_company(&ticket, &name, words, self.next_deadline(&ticket), self.now);
        self.tell_company(&ticket, told, ticket_wording::signed_for_company_buttons(number));
        self.note_down(number, actor, &words.into(), false);
        let buttons = ticket_wording::in_hand_buttons(number);
        self.say_about(Status::Handoff, relay::passed_on(&ticket), buttons, Some(number));
        Ok(())
    }

    /// 等企业补充: the clocks stand still until the company answers.
    async fn wait(&mut self, number: &TicketNumber, words: &str) -> Result<(), HandleError> {
        let action = Action::Wait { reason: words.to_owned() };
        let Some((ticket, actor)) = self.act_on(number, &action).await? else { return Ok(()) };
        let name = self.name_of(ticket.assignee.as_ref());
        let told = wording::waited_for(&ticket, &name, words);
        self.tell_company(&ticket, told, ticket_wording::signed_for_company_buttons(number));
        self.note_down(number, actor, &words.into(), false);
        let buttons = wording::waiting_buttons(number);
        self.say_about(Status::Handoff, wording::waiting(&ticket), buttons, Some(number));
        Ok(())
    }

    /// The holder goes on without waiting any longer.
    pub(super) async fn on_resume(&mut self, number: &TicketNumber) -> Result<(), HandleError> {
        let Some((ticket, _)) = self.ticket_to_work_on(number).await? else { return Ok(()) };
        if ticket.assignee != self.me {
            self.refuse(Refusal::NotYours, number);
            return Ok(());
        }
        let Some((ticket, _)) = self.act_on(number, &Action::Resume).await? else { return Ok(()) };
        let words = wording::resumed(&ticket, self.next_deadline(&ticket), self.now);
        self.say_about(Status::Handoff, words, ticket_wording::in_hand_buttons(number), Some(number));
        Ok(())
    }

    /// 申请延期: a supervisor decides.
    async fn request_extension(&mut self, number: &TicketNumber, reason: &str) -> Result<(), HandleError> {
        let action = Action::RequestExtension { reason: reason.to_owned() };
        let Some((ticket, _)) = self.act_on(number, &action).await? else { return Ok(()) };
        let name = self.name_of(ticket.assignee.as_ref());
        let words = wording::extension_requested(&ticket, &name, reason);
        let to: Vec<_> = supervisors(&self.roster).map(address_of).collect();
        for supervisor in to {
            self.tell(supervisor, words.clone(), wording::extension_buttons(number), Some(number));
        }
        self.say_about(Status::Handoff, wording::extension_waits(&ticket), Vec::new(), Some(number));
        Ok(())
    }

    /// 同意延期, by a supervisor.
    pub(super) async fn on_approve_extension(&mut self, number: &TicketNumber) -> Result<(), HandleError> {
        let Some((ticket, _)) = self.act_on(number, &Action::ApproveExtension).await? else { return Ok(()) };
        let due = ticket.promised(crate::domain::sla::Clock::Close, &self.desk.rules()).due_at;
        self.tell_holder(&ticket, wording::extended(&ticket, due, self.now));
        let words = wording::extended_for_company(&ticket, due, self.now);
        self.tell_company(&ticket, words, ticket_wording::company_buttons(number));
        self.say_about(Status::Handoff, wording::extended(&ticket, due, self.now), Vec::new(), Some(number));
        Ok(())
    }

    /// 不同意延期, by a supervisor, with the reason.
    async fn refuse_extension(&mut self, number: &TicketNumber, reason: &str) -> Result<(), HandleError> {
        let action = Action::RefuseExtension { reason: reason.to_owned() };
        let Some((ticket, _)) = self.act_on(number, &action).await? else { return Ok(()) };
        self.tell_holder(&ticket, wording::extension_refused(&ticket, reason));
        self.say_about(Status::Handoff, wording::extension_refused(&ticket, reason), Vec::new(), Some(number));
        Ok(())
    }

    /// Tells whoever has a ticket, with the buttons that fit.
    pub(super) fn tell_holder(&mut self, ticket: &Ticket, words: String) {
        if let Some(holder) = &ticket.assignee {
            let to = self.reach(holder);
            self.tell(to, words, ticket_wording::holder_buttons(ticket), Some(&ticket.number));
        }
    }

    /// 内部备注: the company never sees it.
    async fn add_note(&mut self, number: &TicketNumber, words: &str) -> Result<(), HandleError> {
        let Some((ticket, actor)) = self.ticket_to_work_on(number).await? else { return Ok(()) };
        if ticket.assignee != self.me && !is_supervisor(&actor) {
            self.refuse(Refusal::NotYours, number);
            return Ok(());
        }
        self.note_down(number, actor, &words.into(), true);
        let buttons = ticket_wording::holder_buttons(&ticket);
        self.say_about(Status::Handoff, wording::noted(&ticket), buttons, Some(number));
        Ok(())
    }

    /// 并单: joins a ticket to another one of the same company.
    async fn merge(&mut self, number: &TicketNumber, words: &str) -> Result<(), HandleError> {
        let other = TicketNumber::parse(words);
        let target = match &other {
            Some(other) => self.ticket(other).await?,
            None => None,
        };
        let Some((ticket, _)) = self.ticket_to_work_on(number).await? else { return Ok(()) };
        // What one company says is invisible to every other: only its own tickets are joined.
        let Some(mut target) = target.filter(|target| target.submission.chat == ticket.submission.chat) else {
            self.say_about(Status::Rejected, wording::cannot_merge(&ticket), Vec::new(), Some(number));
            return Ok(());
        };
        if let Err(refusal) = self.act(&mut target, &Action::Absorb { from: number.clone() }, &Actor::System) {
            self.refuse(refusal, &target.number.clone());
            return Ok(());
        }
        let action = Action::Merge { into: target.number.clone() };
        let Some((ticket, _)) = self.act_on(number, &action).await? else { return Ok(()) };
        let words = wording::merged_for_company(&ticket, &target);
        self.tell_company(&ticket, words, ticket_wording::company_buttons(&target.number));
        if target.assignee != self.me {
            self.tell_holder(&target, wording::absorbed(&target, &ticket));
        }
        self.say_about(Status::Handoff, wording::merged(&ticket, &target), Vec::new(), Some(number));
        Ok(())
    }

    /// One of the canned replies (常用语), with this ticket's own particulars.
    pub(super) async fn on_canned(&mut self, number: &TicketNumber, reply: usize) -> Result<(), HandleError> {
        let Some((ticket, _)) = self.ticket_to_work_on(number).await? else { return Ok(()) };
        if ticket.assignee != self.me {
            self.refuse(Refusal::NotYours, number);
            return Ok(());
        }
        let name = self.name_of(ticket.assignee.as_ref());
        match canned::fill(reply, &ticket, &name, self.next_deadline(&ticket), self.now) {
            Some(words) => self.write_to_company(ticket, &words.as_str().into()),
            None => self.stale(),
        }
        Ok(())
    }
}

fn is_supervisor(actor: &Actor) -> bool {
    matches!(actor, Actor::Supervisor(_))
}
