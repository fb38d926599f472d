//! Clocks: what they call for is written to the history and told to the people concerned.

use jiff::Timestamp;

use super::case::Case;
use super::changes::Changes;
use super::message::{Button, ChatAddress, Outgoing};
use super::ports::{CommitError, StoreError};
use super::scene::{address_of, supervisors};
use super::service::Desk;
use super::wording::{STAND_IN, button, handling, supervision, ticket as wording};
use crate::desk::press::Press;
use crate::domain::commissioner::{Commissioner, CommissionerId};
use crate::domain::sla::{Card, Clock, Rules};
use crate::domain::ticket::{Action, Actor, Refusal, Step, Ticket};

impl Desk {
    /// Does everything that the clocks call for; returns how many steps were taken. Idempotent: each is taken once.
    ///
    /// Takes no input and may run at any time and as often as wanted. Outside working hours only the tickets of people who have
    /// left the roster are given to others.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails; what was not done is done the next time.
    pub async fn follow_up(&self) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let mut taken = self.rehome().await?;
        if !self.calendar.is_working_time(now) {
            return Ok(taken);
        }
        let roster = self.store.roster().await?;
        for ticket in self.store.tickets_with_step_due(now).await? {
            let steps = ticket.steps_due(&self.rules(), now);
            let mut round =
                Round { case: Case::of(ticket), roster: &roster, rules: self.rules(), now, outgoing: Vec::new() };
            let count = steps.into_iter().filter(|step| round.take(*step)).count();
            let mut changes = round.into_changes();
            self.copy_to_threads(&mut changes, &roster, None);
            match self.store.commit(changes).await {
                Ok(()) => taken += count,
                // Somebody is working on it this very moment; the step can wait for the next run.
                Err(CommitError::Conflict | CommitError::AlreadyHandled) => {}
                Err(CommitError::Store(cause)) => return Err(cause),
            }
        }
        Ok(taken)
    }
}

/// One ticket whose clocks call for something.
struct Round<'a> {
    case: Case,
    roster: &'a [Commissioner],
    rules: Rules<'a>,
    now: Timestamp,
    outgoing: Vec<Outgoing>,
}

impl Round<'_> {
    /// Takes a step; `false` when an earlier one has made it needless.
    fn take(&mut self, step: Step) -> bool {
        let taken = match step {
            Step::Card(clock, card) => self.show_card(clock, card),
            Step::StandIn => self.stand_in(),
            Step::Escalate => self.escalate(),
            Step::EndWait => self.end_wait(),
            Step::FollowUp => self.ask_company(),
        };
        taken.is_ok()
    }

    fn act(&mut self, action: &Action) -> Result<(), Refusal> {
        self.case.act(action, &Actor::System, self.now, &self.rules)
    }

    fn person(&self, id: Option<&CommissionerId>) -> Option<&Commissioner> {
        self.roster.iter().find(|person| Some(&person.id) == id)
    }

    fn name_of(&self, id: Option<&CommissionerId>) -> String {
        self.person(id).map(|person| person.name.clone()).unwrap_or_default()
    }

    fn tell(&mut self, to: ChatAddress, text: String, buttons: Vec<Vec<Button>>) {
        let about = Some(self.case.ticket.number.clone());
        self.outgoing.push(Outgoing { to, text, buttons, about, attachment: None });
    }

    fn tell_company(&mut self, text: String, buttons: Vec<Vec<Button>>) {
        match self.case.ticket.submission.chat.parse() {
            Ok(to) => self.tell(to, text, buttons),
            Err(cause) => {
                tracing::error!(ticket.number = %self.case.ticket.number, %cause, "the company's address cannot be read");
            }
        }
    }

    fn show_card(&mut self, clock: Clock, card: Card) -> Result<(), Refusal> {
        let due_at = self.case.ticket.promised(clock, &self.rules).due_at;
        self.act(&Action::ShowCard(clock, card))?;
        let ticket = self.case.ticket.clone();
        let holder = ticket.assignee.as_ref();
        let words = wording::card(&ticket, clock, card, due_at, &self.name_of(holder), self.now);
        let concerned: Vec<_> = concerned(card, holder, self.roster)
            .into_iter()
            .map(|(person, part)| (address_of(person), card_buttons(&ticket, clock, part)))
            .collect();
        for (to, buttons) in concerned {
            self.tell(to, words.clone(), buttons);
        }
        Ok(())
    }

    /// The backup of a holder who has missed the first contact; a supervisor where there is none.
    fn stand_in(&mut self) -> Result<(), Refusal> {
        let holder = self.person(self.case.ticket.assignee.as_ref());
        let backup = self
            .person(holder.and_then(|holder| holder.backup.as_ref()))
            .filter(|backup| backup.is_on_duty(self.now) && !self.case.ticket.handed_on_by.contains(&backup.id))
            .map(|backup| backup.id.clone());
        let Some(to) = backup else { return self.escalate() };
        self.hand_over(&Action::StandIn { to, reason: supervision::STANDS_IN.to_owned() }, supervision::STANDS_IN)
    }

    /// A supervisor on duty, failing that any; without supervisors the ticket stays, marked as gone up.
    fn escalate(&mut self) -> Result<(), Refusal> {
        let on_duty = supervisors(self.roster).find(|person| person.is_on_duty(self.now));
        let to = on_duty.or_else(|| supervisors(self.roster).next()).map(|person| person.id.clone());
        let Some(to) = to.or_else(|| self.case.ticket.assignee.clone()) else { return Err(Refusal::Undispatched) };
        let why = supervision::STILL_NO_CONTACT;
        self.hand_over(&Action::Escalate { to, reason: why.to_owned() }, why)
    }

    fn hand_over(&mut self, action: &Action, why: &str) -> Result<(), Refusal> {
        let former = self.case.ticket.assignee.clone();
        self.act(action)?;
        let ticket = self.case.ticket.clone();
        let name = self.name_of(ticket.assignee.as_ref());
        let next = ticket.next_deadline(&self.rules);
        if let Some(former) = self.person(former.as_ref()).filter(|person| Some(&person.id) != ticket.assignee.as_ref())
        {
            let to = address_of(former);
            self.tell(to, supervision::taken_away(&ticket, &name, why), Vec::new());
        }
        if let Some(holder) = self.person(ticket.assignee.as_ref()) {
            let to = address_of(holder);
            let words = wording::handed_over(&ticket, None, why, next, self.now);
            self.tell(to, words, wording::assigned_buttons(&ticket.number));
        }
        let words = wording::transferred_for_company(&ticket, &name, next, self.now);
        self.tell_company(words, wording::company_buttons(&ticket.number));
        Ok(())
    }

    fn end_wait(&mut self) -> Result<(), Refusal> {
        self.act(&Action::Resume)?;
        let ticket = self.case.ticket.clone();
        if let Some(holder) = self.person(ticket.assignee.as_ref()) {
            let to = address_of(holder);
            let words = handling::wait_is_over(&ticket, ticket.next_deadline(&self.rules), self.now);
            self.tell(to, words, wording::holder_buttons(&ticket));
        }
        self.tell_company(handling::wait_is_over_for_company(&ticket), wording::company_buttons(&ticket.number));
        Ok(())
    }

    fn ask_company(&mut self) -> Result<(), Refusal> {
        self.act(&Action::FollowUp)?;
        let ticket = self.case.ticket.clone();
        self.tell_company(wording::follow_up(&ticket), wording::follow_up_buttons(&ticket.number));
        Ok(())
    }

    fn into_changes(self) -> Changes {
        let tickets = self.case.into_change(&self.rules).into_iter().collect();
        Changes { tickets, outgoing: self.outgoing, at: self.now, ..Changes::default() }
    }
}

/// What somebody has to do with a ticket whose card is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Holder,
    Backup,
    Supervisor,
}

fn card_buttons(ticket: &Ticket, clock: Clock, part: Part) -> Vec<Vec<Button>> {
    match part {
        Part::Holder => wording::holder_buttons(ticket),
        Part::Backup if clock == Clock::FirstContact => {
            vec![vec![button(STAND_IN, &Press::StandIn(ticket.number.clone()))]]
        }
        Part::Backup => Vec::new(),
        Part::Supervisor => supervision::card_buttons(&ticket.number),
    }
}

/// A yellow card goes to whoever has the ticket; a red one also to their backup and to the supervisors.
fn concerned<'a>(
    card: Card,
    holder: Option<&CommissionerId>,
    roster: &'a [Commissioner],
) -> Vec<(&'a Commissioner, Part)> {
    let with_id = |id: Option<&CommissionerId>| roster.iter().find(move |person| Some(&person.id) == id);
    let mut people: Vec<_> = with_id(holder).into_iter().map(|person| (person, Part::Holder)).collect();
    if card == Card::Red || people.is_empty() {
        let backup = with_id(people.first().and_then(|(person, _)| person.backup.as_ref()));
        people.extend(backup.map(|person| (person, Part::Backup)));
        people.extend(supervisors(roster).map(|person| (person, Part::Supervisor)));
    }
    let mut seen = std::collections::BTreeSet::new();
    people.retain(|(person, _)| seen.insert(person.id.clone()));
    people
}
