//! What supervisors do: see what needs them, take over, choose the holder; and what a backup does: stand in.

use super::Scene;
use crate::desk::changes::AuditEntry;
use crate::desk::reply::Status;
use crate::desk::service::HandleError;
use crate::desk::wording::{supervision as wording, ticket as ticket_wording};
use crate::domain::calendar::china_time;
use crate::domain::commissioner::{Commissioner, CommissionerId, Role};
use crate::domain::sla::Card;
use crate::domain::ticket::{Action, Actor, Refusal, Ticket, TicketNumber};

/// A list of tickets shows at most this many.
const TICKETS_SHOWN: usize = 10;

/// At most this many people are offered as buttons.
const PEOPLE_SHOWN: usize = 24;

impl Scene<'_> {
    /// /supervise: what is overdue, about to be, returned, reopened, or waits for a decision.
    pub(super) async fn on_supervise(&mut self) -> Result<(), HandleError> {
        if !self.may_supervise() {
            self.say(Status::Rejected, wording::only_for_supervisors().to_owned(), Vec::new());
            return Ok(());
        }
        let mut tickets: Vec<Ticket> = self.open_tickets_of(None).await?;
        tickets.retain(needs_a_look);
        let rules = self.desk.rules();
        tickets.sort_by_key(|ticket| ticket.next_deadline(&rules).map(|(_, deadline)| deadline.due_at));
        if tickets.is_empty() {
            self.say(Status::Progress, wording::nothing_to_supervise().to_owned(), Vec::new());
            return Ok(());
        }
        let shown = &tickets[..tickets.len().min(TICKETS_SHOWN)];
        let lines: Vec<_> = shown
            .iter()
            .map(|ticket| {
                let name = self.name_of(ticket.assignee.as_ref());
                wording::line(ticket, &name, self.next_deadline(ticket), self.now)
            })
            .collect();
        let words = wording::list(tickets.len(), &lines, &self.loads_line());
        let buttons = wording::list_buttons(shown);
        self.say(Status::Progress, words, buttons);
        Ok(())
    }

    pub(super) fn may_supervise(&self) -> bool {
        self.me
            .as_ref()
            .and_then(|me| self.commissioner(me))
            .is_some_and(|person| matches!(person.role, Role::Supervisor | Role::Administrator))
    }

    fn loads_line(&self) -> String {
        let open: u32 = self.loads.values().sum();
        let away = self.roster.iter().filter(|person| !person.is_on_duty(self.now)).count();
        wording::loads(open, away, china_time(self.now))
    }

    /// 接管: a supervisor takes a ticket.
    pub(super) async fn on_take_over(&mut self, number: &TicketNumber) -> Result<(), HandleError> {
        let Some((ticket, actor)) = self.ticket_to_work_on(number).await? else { return Ok(()) };
        let Some(me) = self.me.clone() else { return Ok(()) };
        if ticket.assignee.as_ref() == Some(&me) {
            self.refuse(Refusal::AlreadySigned, number);
            return Ok(());
        }
        let reason = wording::TAKEN_OVER.to_owned();
        self.give(ticket, &Action::Escalate { to: me, reason }, &actor, wording::TAKEN_OVER);
        Ok(())
    }

    /// 接手: the backup stands in for a holder who has missed the first contact.
    pub(super) async fn on_stand_in(&mut self, number: &TicketNumber) -> Result<(), HandleError> {
        let Some((ticket, actor)) = self.ticket_to_work_on(number).await? else { return Ok(()) };
        let Some(me) = self.me.clone() else { return Ok(()) };
        let holder = ticket.assignee.as_ref().and_then(|holder| self.commissioner(holder));
        if holder.and_then(|holder| holder.backup.as_ref()) != Some(&me) {
            self.refuse(Refusal::NotYours, number);
            return Ok(());
        }
        let action = Action::StandIn { to: me, reason: wording::STANDS_IN.to_owned() };
        self.give(ticket, &action, &actor, wording::STANDS_IN);
        Ok(())
    }

    /// Shows to whom a supervisor may give a ticket.
    pub(super) async fn on_assignees(&mut self, number: &TicketNumber) -> Result<(), HandleError> {
        let Some((ticket, _)) = self.ticket_to_work_on(number).await? else { return Ok(()) };
        if !self.may_supervise() {
            self.refuse(Refusal::NotSupervisor, number);
            return Ok(());
        }
        let category = ticket.submission.topic.as_ref().map(crate::domain::topic::TopicId::category);
        let fits = |person: &Commissioner| {
            category.is_some_and(|category| person.fields.iter().any(|field| field == category))
        };
        let mut people: Vec<&Commissioner> = self
            .roster
            .iter()
            .filter(|person| person.role == Role::Commissioner && person.is_on_duty(self.now))
            .filter(|person| Some(&person.id) != ticket.assignee.as_ref())
            .collect();
        people.sort_by_key(|person| (!fits(person), self.loads.get(&person.id).copied().unwrap_or(0)));
        people.truncate(PEOPLE_SHOWN);
        let buttons = wording::people_buttons(number, &people);
        self.say_about(Status::Handoff, wording::to_whom(&ticket), buttons, Some(number));
        Ok(())
    }

    /// 指派: a supervisor chooses the holder.
    pub(super) async fn on_assign_to(
        &mut self,
        number: &TicketNumber,
        person: &CommissionerId,
    ) -> Result<(), HandleError> {
        let Some((ticket, actor)) = self.ticket_to_work_on(number).await? else { return Ok(()) };
        if !self.commissioner(person).is_some_and(|member| member.role != Role::Administrator) {
            self.stale();
            return Ok(());
        }
        let reason = wording::ASSIGNED.to_owned();
        self.give(ticket, &Action::Assign { to: person.clone(), reason }, &actor, wording::ASSIGNED);
        Ok(())
    }

    /// A ticket changes hands by somebody's choice: old and new holder and the company are told.
    fn give(&mut self, mut ticket: Ticket, action: &Action, actor: &Actor, why: &str) {
        let number = ticket.number.clone();
        let former = ticket.assignee.clone();
        if let Err(refusal) = self.act(&mut ticket, action, actor) {
            self.refuse(refusal, &number);
            return;
        }
        self.audit.push(AuditEntry {
            at: self.now,
            by: actor.member().map_or_else(|| "system".to_owned(), ToString::to_string),
            action: "ticket.give".to_owned(),
            detail: format!("{number} to {}", ticket.assignee.as_ref().map_or("nobody", CommissionerId::as_str)),
        });
        let name = self.name_of(ticket.assignee.as_ref());
        if let Some(former) = former.filter(|former| Some(former) != ticket.assignee.as_ref()) {
            let to = self.reach(&former);
            self.tell(to, wording::taken_away(&ticket, &name, why), Vec::new(), Some(&number));
        }
        let is_mine = ticket.assignee == self.me;
        let next = self.next_deadline(&ticket);
        if is_mine {
            let words = ticket_wording::transferred_for_company(&ticket, &name, next, self.now);
            self.tell_company(&ticket, words, ticket_wording::company_buttons(&number));
            let title = ticket.submission.topic.as_ref().and_then(|topic| self.title_of(topic.as_str()));
            let words = ticket_wording::assigned(&ticket, title.as_deref(), next, self.now);
            self.say_about(Status::Handoff, words, ticket_wording::assigned_buttons(&number), Some(&number));
        } else {
            self.tell_handed_on(&ticket, why);
            let words = ticket_wording::transferred(&ticket, &name);
            self.say_about(Status::Handoff, words, Vec::new(), Some(&number));
        }
    }
}

/// Whether a supervisor should look at an open ticket.
fn needs_a_look(ticket: &Ticket) -> bool {
    let has_red = ticket.cards.iter().any(|(_, card)| *card == Card::Red);
    has_red
        || !ticket.cards.is_empty()
        || ticket.returns > 0
        || ticket.reworks > 0
        || ticket.is_escalated
        || ticket.extension_reason.is_some()
}
