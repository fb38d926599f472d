//! Tickets that change hands without their holder: messages do not reach them, they have left the roster, or a supervisor hands
//! over all they have.
//!
//! Unlike a scene this is not about one message from one person. It decides about several tickets and gathers what is to be
//! written and told; whoever calls commits it.

use std::sync::Arc;

use jiff::Timestamp;

use super::case::Case;
use super::changes::{AuditEntry, Changes};
use super::knowledge::Edition;
use super::message::{Button, ChatAddress, Outgoing};
use super::scene::{address_of, supervisors};
use super::wording::{self, supervision, ticket as ticket_wording};
use crate::domain::commissioner::{Commissioner, CommissionerId, Role};
use crate::domain::dispatch::{Loads, Request, dispatch, own_commissioner};
use crate::domain::sla::Rules;
use crate::domain::ticket::{Action, Actor, Refusal, Ticket};
use crate::domain::topic::TopicId;

/// What is decided about several tickets.
pub(super) struct Moves<'a> {
    pub(super) roster: &'a [Commissioner],
    pub(super) loads: Loads,
    pub(super) rules: Rules<'a>,
    pub(super) edition: Arc<Edition>,
    pub(super) now: Timestamp,
    pub(super) cases: Vec<Case>,
    pub(super) outgoing: Vec<Outgoing>,
    pub(super) audit: Vec<AuditEntry>,
}

impl Moves<'_> {
    /// Takes a ticket from its holder and gives it to the next one: another supervisor for a supervisor's, otherwise the
    /// holder's backup, then whoever the rules name. `why` stands in the history and is told to the new holder.
    ///
    /// # Errors
    ///
    /// Returns the [`Refusal`] of a ticket that cannot be moved, such as one without anybody else on the roster.
    pub(super) fn move_on(&mut self, ticket: Ticket, why: &str) -> Result<CommissionerId, Refusal> {
        let former = ticket.assignee.clone();
        let former_person = self.person(former.as_ref());
        let mut case = Case::of(ticket);
        let other_supervisor = former_person.filter(|person| person.role == Role::Supervisor).and_then(|_| {
            supervisors(self.roster).find(|person| Some(&person.id) != former.as_ref() && self.can(person))
        });
        let action = if let Some(other) = other_supervisor {
            Action::Escalate { to: other.id.clone(), reason: why.to_owned() }
        } else {
            case.act(&Action::Transfer { reason: why.to_owned() }, &Actor::System, self.now, &self.rules)?;
            let (to, reasons) = self.next(&case.ticket, former_person, former.as_ref())?;
            Action::Dispatch { to, reasons }
        };
        case.act(&action, &Actor::System, self.now, &self.rules)?;
        self.settle(case, former.as_ref(), why)
    }

    /// Gives a ticket to somebody by a supervisor's choice; the former holder is told as well.
    ///
    /// # Errors
    ///
    /// Returns the [`Refusal`] of a ticket that is no longer open.
    pub(super) fn give(&mut self, ticket: Ticket, to: &CommissionerId, by: &Actor, why: &str) -> Result<(), Refusal> {
        let former = ticket.assignee.clone();
        let mut case = Case::of(ticket);
        case.act(&Action::Assign { to: to.clone(), reason: why.to_owned() }, by, self.now, &self.rules)?;
        self.settle(case, former.as_ref(), why).map(drop)
    }

    /// Who gets it next, and why, in words.
    fn next(
        &self,
        ticket: &Ticket,
        former_person: Option<&Commissioner>,
        former: Option<&CommissionerId>,
    ) -> Result<(CommissionerId, Vec<String>), Refusal> {
        let mut exclude: Vec<CommissionerId> = ticket.handed_on_by.iter().cloned().collect();
        exclude.extend(former.cloned());
        let backup = self.person(former_person.and_then(|person| person.backup.as_ref()));
        if let (Some(backup), Some(person)) = (backup, former_person)
            && backup.role == Role::Commissioner
            && !exclude.contains(&backup.id)
            && self.can(backup)
        {
            return Ok((backup.id.clone(), vec![wording::backup_of(&person.name)]));
        }
        let submission = &ticket.submission;
        let own = submission.company.as_deref().and_then(|company| own_commissioner(self.roster, company));
        let request = Request {
            category: submission.topic.as_ref().map(TopicId::category),
            subdistrict: submission.subdistrict.as_deref(),
            own,
            exclude: &exclude,
        };
        let chosen = dispatch(self.roster, &self.loads, &request, self.now).ok_or(Refusal::Undispatched)?;
        Ok((chosen.commissioner, chosen.reasons.iter().map(wording::reason).collect()))
    }

    fn can(&self, person: &Commissioner) -> bool {
        let load = self.loads.get(&person.id).copied().unwrap_or(0);
        person.is_on_duty(self.now) && load < person.capacity
    }

    fn settle(&mut self, case: Case, former: Option<&CommissionerId>, why: &str) -> Result<CommissionerId, Refusal> {
        let ticket = case.ticket.clone();
        let to = ticket.assignee.clone().ok_or(Refusal::Undispatched)?;
        self.cases.push(case);
        if let Some(load) = former.and_then(|former| self.loads.get_mut(former)) {
            *load = load.saturating_sub(1);
        }
        *self.loads.entry(to.clone()).or_default() += 1;
        let next = ticket.next_deadline(&self.rules);
        let name = self.name_of(&to);
        if let Some(address) = self.person(Some(&to)).map(address_of) {
            let title = ticket.submission.topic.as_ref().and_then(|topic| self.edition.base.topics.get(topic));
            let title = title.map(|topic| topic.title.clone());
            let words = ticket_wording::handed_over(&ticket, title.as_deref(), why, next, self.now);
            self.tell(address, words, ticket_wording::assigned_buttons(&ticket.number), &ticket);
        }
        let words = ticket_wording::transferred_for_company(&ticket, &name, next, self.now);
        self.tell_company(&ticket, words);
        Ok(to)
    }

    /// Tells somebody that they no longer have a ticket.
    pub(super) fn tell_former(&mut self, former: &CommissionerId, why: &str) {
        let Some(case) = self.cases.last() else { return };
        let ticket = case.ticket.clone();
        let name = ticket.assignee.as_ref().map(|id| self.name_of(id)).unwrap_or_default();
        if let Some(address) = self.person(Some(former)).map(address_of) {
            self.tell(address, supervision::taken_away(&ticket, &name, why), Vec::new(), &ticket);
        }
    }

    fn tell_company(&mut self, ticket: &Ticket, words: String) {
        match ticket.submission.chat.parse() {
            Ok(to) => self.tell(to, words, ticket_wording::company_buttons(&ticket.number), ticket),
            Err(cause) => {
                tracing::error!(ticket.number = %ticket.number, %cause, "the company's address cannot be read");
            }
        }
    }

    fn tell(&mut self, to: ChatAddress, text: String, buttons: Vec<Vec<Button>>, about: &Ticket) {
        self.outgoing.push(Outgoing { to, text, buttons, about: Some(about.number.clone()), attachment: None });
    }

    pub(super) fn person(&self, id: Option<&CommissionerId>) -> Option<&Commissioner> {
        self.roster.iter().find(|person| Some(&person.id) == id)
    }

    pub(super) fn name_of(&self, id: &CommissionerId) -> String {
        self.person(Some(id)).map_or_else(|| id.to_string(), |person| person.name.clone())
    }

    /// All that was decided, to be committed at once.
    pub(super) fn into_changes(self) -> Changes {
        let tickets = self.cases.into_iter().filter_map(|case| case.into_change(&self.rules)).collect();
        Changes { tickets, outgoing: self.outgoing, audit: self.audit, at: self.now, ..Changes::default() }
    }
}
