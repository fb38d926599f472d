//! Which actions are possible, what they lead to, and how events fold into a ticket.

use jiff::Timestamp;

use super::event::{Action, Actor, Event, EventKind, MAX_REWORKS, Refusal, URGE_EVERY};
use super::{Rating, State, Ticket, TicketNumber};
use crate::domain::commissioner::CommissionerId;
use crate::domain::sla::{Card, Clock, Rules};

type Outcome = Result<Vec<EventKind>, Refusal>;

impl Ticket {
    /// What `action` by `actor` at `at` leads to, in order.
    ///
    /// Nothing is changed; pass the events to [`Ticket::apply`].
    ///
    /// # Errors
    ///
    /// Returns the [`Refusal`] that tells the actor what stands in the way.
    pub fn decide(
        &self,
        action: &Action,
        actor: &Actor,
        at: Timestamp,
        rules: &Rules<'_>,
    ) -> Result<Vec<Event>, Refusal> {
        let kinds = self.outcome(action, actor, at, rules)?;
        let mut ticket = self.clone();
        Ok(kinds
            .into_iter()
            .map(|kind| {
                let event = ticket.event(kind, actor.clone(), at);
                ticket.apply(&event);
                event
            })
            .collect())
    }

    fn event(&self, kind: EventKind, actor: Actor, at: Timestamp) -> Event {
        Event {
            ticket: self.number.clone(),
            sequence: self.version + 1,
            at,
            actor,
            from: self.state,
            to: self.state_after(&kind),
            kind,
        }
    }

    fn state_after(&self, kind: &EventKind) -> State {
        match kind {
            EventKind::Reworked | EventKind::Reopened if self.assignee.is_some() => State::Dispatched,
            EventKind::Submitted(_) | EventKind::Transferred { .. } | EventKind::Reworked | EventKind::Reopened => {
                State::Submitted
            }
            EventKind::Dispatched { .. } | EventKind::Assigned { .. } | EventKind::StoodIn { .. } => State::Dispatched,
            EventKind::Signed => State::Signed,
            EventKind::Contacted => State::Contacted,
            EventKind::OpinionGiven => State::OpinionGiven,
            EventKind::Replied => State::Replied,
            EventKind::Returned { .. } => State::Returned,
            EventKind::Merged { .. } => State::Merged,
            EventKind::Closed { .. } => State::Closed,
            EventKind::Withdrawn => State::Withdrawn,
            EventKind::Escalated { .. } => State::Escalated,
            EventKind::WaitBegan { .. }
            | EventKind::WaitEnded
            | EventKind::ExtensionRequested { .. }
            | EventKind::ExtensionApproved
            | EventKind::ExtensionRefused { .. }
            | EventKind::Absorbed { .. }
            | EventKind::Rated(_)
            | EventKind::Commented { .. }
            | EventKind::FollowedUp
            | EventKind::Urged
            | EventKind::CardShown(..) => self.state,
        }
    }

    fn outcome(&self, action: &Action, actor: &Actor, at: Timestamp, rules: &Rules<'_>) -> Outcome {
        match action {
            Action::Dispatch { to, reasons } => self.dispatch(to, reasons),
            Action::Assign { to, reason } => {
                // On the command line administrators act through the assistant.
                if *actor == Actor::System { self.open() } else { self.supervised_by(actor) }?;
                Ok(vec![EventKind::Assigned { to: to.clone(), reason: reason.clone() }])
            }
            Action::StandIn { to, reason } => self.stand_in(to, reason),
            Action::Sign => self.sign(actor),
            Action::RecordContact => self.in_hand_of(actor).map(|()| self.contact()),
            Action::GiveOpinion => self.in_hand_of(actor).map(|()| self.opinion()),
            Action::Reply => self.in_hand_of(actor).map(|()| self.reply()),
            Action::Wait { reason } => self.wait(actor, reason),
            Action::Resume => self.resume(),
            Action::RequestExtension { reason } => self.request_extension(actor, reason),
            Action::ApproveExtension => self.decide_extension(actor, EventKind::ExtensionApproved),
            Action::RefuseExtension { reason } => {
                self.decide_extension(actor, EventKind::ExtensionRefused { reason: reason.clone() })
            }
            Action::Transfer { reason } => {
                self.held_by(actor).map(|()| vec![EventKind::Transferred { reason: reason.clone() }])
            }
            Action::Return { reason } => self.give_back(actor, reason, at, rules),
            Action::Merge { into } => self.merge(actor, into),
            Action::Absorb { from } => self.absorb(from),
            Action::Close { summary } => self.in_hand_of(actor).map(|()| self.close(summary.clone())),
            Action::Rate(rating) => self.rate(*rating),
            Action::Comment { words } => self.comment(words),
            Action::Reopen => self.reopen(at, rules),
            Action::FollowUp => self.follow_up(),
            Action::Urge => self.urge(at),
            Action::Withdraw => self.open().map(|()| vec![EventKind::Withdrawn]),
            Action::ShowCard(clock, card) => self.show_card(*clock, *card),
            Action::Escalate { to, reason } => self.escalate(actor, to, reason),
        }
    }

    fn open(&self) -> Result<(), Refusal> {
        if self.state.is_open() { Ok(()) } else { Err(Refusal::NotOpen) }
    }

    fn supervised_by(&self, actor: &Actor) -> Result<(), Refusal> {
        self.open()?;
        if matches!(actor, Actor::Supervisor(_)) { Ok(()) } else { Err(Refusal::NotSupervisor) }
    }

    /// The holder, or the assistant on the holder's behalf.
    fn held_by(&self, actor: &Actor) -> Result<(), Refusal> {
        self.open()?;
        match actor {
            Actor::System => Ok(()),
            _ if actor.member().is_some() && actor.member() == self.assignee.as_ref() => Ok(()),
            _ => Err(Refusal::NotYours),
        }
    }

    fn in_hand_of(&self, actor: &Actor) -> Result<(), Refusal> {
        self.held_by(actor)?;
        if self.state.is_in_hand() { Ok(()) } else { Err(Refusal::NotSigned) }
    }

    fn dispatch(&self, to: &CommissionerId, reasons: &[String]) -> Outcome {
        self.open()?;
        if self.is_assigned_by_hand && self.assignee.is_some() {
            return Err(Refusal::AssignedByHand);
        }
        Ok(vec![EventKind::Dispatched { to: to.clone(), reasons: reasons.to_vec() }])
    }

    /// Once a round, after the red card of the first contact, and never against a supervisor's choice.
    fn stand_in(&self, to: &CommissionerId, reason: &str) -> Outcome {
        self.open()?;
        if self.is_assigned_by_hand {
            return Err(Refusal::AssignedByHand);
        }
        if self.has_stand_in || !self.cards.contains(&(Clock::FirstContact, Card::Red)) {
            return Err(Refusal::CardShown);
        }
        Ok(vec![EventKind::StoodIn { to: to.clone(), reason: reason.to_owned() }])
    }

    fn sign(&self, actor: &Actor) -> Outcome {
        self.held_by(actor)?;
        match self.state {
            State::Dispatched | State::Escalated => Ok(vec![EventKind::Signed]),
            State::Submitted | State::Returned => Err(Refusal::Undispatched),
            _ => Err(Refusal::AlreadySigned),
        }
    }

    fn contact(&self) -> Vec<EventKind> {
        if self.contacted_at.is_none() { vec![EventKind::Contacted] } else { Vec::new() }
    }

    fn opinion(&self) -> Vec<EventKind> {
        let mut kinds = self.contact();
        if self.opinion_at.is_none() {
            kinds.push(EventKind::OpinionGiven);
        }
        kinds
    }

    fn reply(&self) -> Vec<EventKind> {
        let mut kinds = self.opinion();
        kinds.push(EventKind::Replied);
        kinds
    }

    fn close(&self, summary: Option<String>) -> Vec<EventKind> {
        let mut kinds = self.opinion();
        if self.waits_since.is_some() {
            kinds.push(EventKind::WaitEnded);
        }
        kinds.push(EventKind::Closed { summary });
        kinds
    }

    fn wait(&self, actor: &Actor, reason: &str) -> Outcome {
        self.in_hand_of(actor)?;
        if self.waits_since.is_some() {
            return Err(Refusal::WaitsAlready);
        }
        // The company reads what is missing: that is a contact.
        let mut kinds = self.contact();
        kinds.push(EventKind::WaitBegan { reason: reason.to_owned() });
        Ok(kinds)
    }

    fn resume(&self) -> Outcome {
        self.open()?;
        if self.waits_since.is_none() {
            return Err(Refusal::NotWaiting);
        }
        Ok(vec![EventKind::WaitEnded])
    }

    fn request_extension(&self, actor: &Actor, reason: &str) -> Outcome {
        self.in_hand_of(actor)?;
        if self.is_extended || self.extension_reason.is_some() {
            return Err(Refusal::ExtensionKnown);
        }
        Ok(vec![EventKind::ExtensionRequested { reason: reason.to_owned() }])
    }

    fn decide_extension(&self, actor: &Actor, decision: EventKind) -> Outcome {
        self.supervised_by(actor)?;
        if self.extension_reason.is_none() {
            return Err(Refusal::NoExtension);
        }
        Ok(vec![decision])
    }

    fn give_back(&self, actor: &Actor, reason: &str, at: Timestamp, rules: &Rules<'_>) -> Outcome {
        self.held_by(actor)?;
        let until = self.assigned_at.map(|from| rules.ends_at(from, rules.promises.return_within));
        if until.is_some_and(|until| at > until) {
            return Err(Refusal::TooLateToReturn);
        }
        Ok(vec![EventKind::Returned { reason: reason.to_owned() }])
    }

    fn merge(&self, actor: &Actor, into: &TicketNumber) -> Outcome {
        if !matches!(actor, Actor::Supervisor(_)) {
            self.held_by(actor)?;
        }
        self.open()?;
        if *into == self.number {
            return Err(Refusal::SameTicket);
        }
        Ok(vec![EventKind::Merged { into: into.clone() }])
    }

    fn absorb(&self, from: &TicketNumber) -> Outcome {
        self.open()?;
        if *from == self.number {
            return Err(Refusal::SameTicket);
        }
        Ok(vec![EventKind::Absorbed { from: from.clone() }])
    }

    fn rate(&self, rating: Rating) -> Outcome {
        if self.rating.is_some() {
            return Err(Refusal::AlreadyRated);
        }
        if self.state != State::Closed {
            return Err(Refusal::NotClosed);
        }
        let mut kinds = vec![EventKind::Rated(rating)];
        if rating.calls_for_rework() && self.reworks < MAX_REWORKS {
            kinds.push(EventKind::Reworked);
        }
        Ok(kinds)
    }

    fn comment(&self, words: &str) -> Outcome {
        if !self.may_comment {
            return Err(Refusal::NothingToExplain);
        }
        Ok(vec![EventKind::Commented { words: words.to_owned() }])
    }

    fn reopen(&self, at: Timestamp, rules: &Rules<'_>) -> Outcome {
        let (State::Closed, Some(closed_at)) = (self.state, self.closed_at) else { return Err(Refusal::NotClosed) };
        if at > rules.ends_at(closed_at, rules.promises.reopen_within) {
            return Err(Refusal::TooLateToReopen);
        }
        Ok(vec![EventKind::Reopened])
    }

    fn follow_up(&self) -> Outcome {
        match self.state {
            State::Closed if !self.is_followed_up => Ok(vec![EventKind::FollowedUp]),
            State::Closed => Err(Refusal::CardShown),
            _ => Err(Refusal::NotClosed),
        }
    }

    fn urge(&self, at: Timestamp) -> Outcome {
        self.open()?;
        match self.urged_at {
            Some(last) if at.duration_since(last) < URGE_EVERY => Err(Refusal::UrgedRecently),
            _ => Ok(vec![EventKind::Urged]),
        }
    }

    fn show_card(&self, clock: Clock, card: Card) -> Outcome {
        self.open()?;
        if self.cards.contains(&(clock, card)) {
            return Err(Refusal::CardShown);
        }
        Ok(vec![EventKind::CardShown(clock, card)])
    }

    fn escalate(&self, actor: &Actor, to: &CommissionerId, reason: &str) -> Outcome {
        self.open()?;
        if matches!(actor, Actor::Company | Actor::Commissioner(_)) {
            return Err(Refusal::NotSupervisor);
        }
        Ok(vec![EventKind::Escalated { to: to.clone(), reason: reason.to_owned() }])
    }

    /// Folds one event into the ticket.
    #[expect(clippy::too_many_lines, reason = "a plain table: one arm an event")]
    pub fn apply(&mut self, event: &Event) {
        self.version = event.sequence;
        self.state = event.to;
        match &event.kind {
            EventKind::Submitted(_) | EventKind::Signed => {}
            EventKind::Dispatched { to, reasons } => self.give_to(to, reasons.clone(), event.at),
            EventKind::Assigned { to, reason } => {
                self.give_to(to, vec![reason.clone()], event.at);
                self.is_assigned_by_hand = true;
            }
            EventKind::StoodIn { to, reason } => {
                self.give_to(to, vec![reason.clone()], event.at);
                self.has_stand_in = true;
            }
            EventKind::Escalated { to, reason } => {
                self.give_to(to, vec![reason.clone()], event.at);
                self.is_assigned_by_hand = true;
                self.is_escalated = true;
            }
            EventKind::Contacted => self.contacted_at = Some(event.at),
            EventKind::OpinionGiven => self.opinion_at = Some(event.at),
            EventKind::Replied => self.contacted_at = self.contacted_at.or(Some(event.at)),
            EventKind::WaitBegan { .. } => self.waits_since = Some(event.at),
            EventKind::WaitEnded => self.waits.extend(self.waits_since.take().map(|from| (from, event.at))),
            EventKind::ExtensionRequested { reason } => self.extension_reason = Some(reason.clone()),
            EventKind::ExtensionRefused { .. } => self.extension_reason = None,
            EventKind::ExtensionApproved => {
                self.extension_reason = None;
                self.is_extended = true;
                self.cards.retain(|(clock, _)| *clock != Clock::Close);
            }
            EventKind::Transferred { .. } => self.leave(event),
            EventKind::Returned { .. } => {
                self.leave(event);
                self.returns += 1;
            }
            EventKind::Merged { into } => {
                self.merged_into = Some(into.clone());
                self.closed_at = Some(event.at);
            }
            EventKind::Absorbed { from } => {
                self.absorbed.insert(from.clone());
            }
            EventKind::Closed { .. } | EventKind::Withdrawn => self.closed_at = Some(event.at),
            EventKind::Rated(rating) => {
                self.rating = Some(*rating);
                self.may_comment = true;
            }
            EventKind::Commented { .. } => self.may_comment = false,
            EventKind::Reworked => {
                self.reworks += 1;
                self.begin_again(event.at);
            }
            EventKind::Reopened => {
                self.reopenings += 1;
                self.begin_again(event.at);
            }
            EventKind::FollowedUp => self.is_followed_up = true,
            EventKind::Urged => self.urged_at = Some(event.at),
            EventKind::CardShown(clock, card) => {
                self.cards.insert((*clock, *card));
            }
        }
    }

    fn give_to(&mut self, to: &CommissionerId, reasons: Vec<String>, at: Timestamp) {
        self.had_by.insert(to.clone());
        self.assignee = Some(to.clone());
        self.assigned_at = Some(at);
        self.is_assigned_by_hand = false;
        self.reasons = reasons;
    }

    fn leave(&mut self, event: &Event) {
        if matches!(event.actor, Actor::Commissioner(_) | Actor::Supervisor(_)) {
            self.handed_on_by.extend(event.actor.member().cloned());
        }
        self.assignee = None;
        self.is_assigned_by_hand = false;
    }

    fn begin_again(&mut self, at: Timestamp) {
        self.clocks_from = at;
        self.contacted_at = None;
        self.opinion_at = None;
        self.closed_at = None;
        self.rating = None;
        self.is_extended = false;
        self.extension_reason = None;
        self.waits_since = None;
        self.waits.clear();
        self.has_stand_in = false;
        self.is_escalated = false;
        self.is_followed_up = false;
        self.cards.clear();
    }
}
