//! What may happen to a ticket, what has happened, and why something was refused.

use jiff::{SignedDuration, Timestamp};

use super::{Rating, State, Submission, Ticket, TicketNumber};
use crate::domain::commissioner::CommissionerId;
use crate::domain::sla::{Card, Clock};

/// A company may urge once in this time.
pub const URGE_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// A closed ticket may be reopened by a bad rating this many times without a supervisor.
pub const REWORKS_UNSUPERVISED: u32 = 1;

/// A ticket is reopened by bad ratings at most this many times; a further one is recorded and shown to the supervisor.
pub const MAX_REWORKS: u32 = 2;

/// After this many returns a ticket goes up to a supervisor.
pub const RETURNS_BEFORE_ESCALATION: u32 = 2;

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The company that raised the ticket.
    Company,
    /// A member of the roster.
    Commissioner(CommissionerId),
    /// The assistant itself: dispatch and clocks.
    System,
}

/// Something somebody wants to do with a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Give it to a commissioner, with the reasons in words.
    Dispatch {
        /// Who gets it.
        to: CommissionerId,
        /// Why.
        reasons: Vec<String>,
    },
    /// Sign for it (签收).
    Sign,
    /// Say that the company was contacted, by phone for instance (首次联系).
    RecordContact,
    /// Write to the company: the first message is contact and opinion at once.
    Reply,
    /// Hand it on with a reason (转办).
    Transfer {
        /// Why.
        reason: String,
    },
    /// Send it back with a reason (退单).
    Return {
        /// Why.
        reason: String,
    },
    /// Close it (办结).
    Close,
    /// Rate a closed ticket (好差评).
    Rate(Rating),
    /// Urge (催办).
    Urge,
    /// Take it back.
    Withdraw,
    /// Show a card.
    ShowCard(Clock, Card),
    /// Hand it to a supervisor (提级).
    Escalate {
        /// Who takes it.
        to: CommissionerId,
        /// Why.
        reason: String,
    },
}

/// What has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// Raised by a company.
    Submitted(Submission),
    /// Given to a commissioner.
    Dispatched {
        /// Who got it.
        to: CommissionerId,
        /// Why.
        reasons: Vec<String>,
    },
    /// Signed for.
    Signed,
    /// First contact was made.
    Contacted,
    /// The opinion was given.
    OpinionGiven,
    /// Answered in writing.
    Replied,
    /// Handed on.
    Transferred {
        /// Why.
        reason: String,
    },
    /// Sent back.
    Returned {
        /// Why.
        reason: String,
    },
    /// Closed.
    Closed,
    /// Rated.
    Rated(Rating),
    /// Reopened after a bad rating; the clocks begin anew.
    Reworked,
    /// Urged.
    Urged,
    /// Taken back.
    Withdrawn,
    /// A card was shown.
    CardShown(Clock, Card),
    /// Handed to a supervisor.
    Escalated {
        /// Who took it.
        to: CommissionerId,
        /// Why.
        reason: String,
    },
}

/// One line of a ticket's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Whose history.
    pub ticket: TicketNumber,
    /// Its place in the history, from 1.
    pub sequence: u32,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// Where the ticket stood before.
    pub from: State,
    /// Where it stands now.
    pub to: State,
    /// What.
    pub kind: EventKind,
}

impl Event {
    /// The first event of a new ticket.
    #[must_use]
    pub fn submitted(number: TicketNumber, submission: Submission, at: Timestamp) -> Self {
        Self {
            ticket: number,
            sequence: 1,
            at,
            actor: Actor::Company,
            from: State::Submitted,
            to: State::Submitted,
            kind: EventKind::Submitted(submission),
        }
    }
}

/// Why something cannot be done with a ticket now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Somebody else has it.
    #[error("the ticket is with somebody else")]
    NotYours,
    /// It is no longer open.
    #[error("the ticket is no longer open")]
    NotOpen,
    /// It has been signed for already.
    #[error("the ticket has been signed for already")]
    AlreadySigned,
    /// It must be signed for first.
    #[error("the ticket must be signed for first")]
    NotSigned,
    /// Only a closed ticket can be rated.
    #[error("the ticket is not closed yet")]
    NotClosed,
    /// It has been rated already.
    #[error("the ticket has been rated already")]
    AlreadyRated,
    /// It was urged less than an hour ago.
    #[error("the ticket was urged less than an hour ago")]
    UrgedRecently,
    /// It has nobody yet, or is waiting for dispatch.
    #[error("the ticket waits for dispatch")]
    Undispatched,
    /// This card has been shown already.
    #[error("this card has been shown already")]
    CardShown,
}

impl Ticket {
    /// What `action` by `actor` at `at` leads to, in order.
    ///
    /// Nothing is changed; pass the events to [`Ticket::apply`].
    ///
    /// # Errors
    ///
    /// Returns the [`Refusal`] that tells the actor what stands in the way.
    pub fn decide(&self, action: &Action, actor: &Actor, at: Timestamp) -> Result<Vec<Event>, Refusal> {
        let kinds = self.outcome(action, actor, at)?;
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
            EventKind::Reworked if self.assignee.is_some() => State::Dispatched,
            EventKind::Submitted(_) | EventKind::Transferred { .. } | EventKind::Reworked => State::Submitted,
            EventKind::Dispatched { .. } => State::Dispatched,
            EventKind::Signed => State::Signed,
            EventKind::Contacted => State::Contacted,
            EventKind::OpinionGiven => State::OpinionGiven,
            EventKind::Replied => State::Replied,
            EventKind::Returned { .. } => State::Returned,
            EventKind::Closed => State::Closed,
            EventKind::Withdrawn => State::Withdrawn,
            EventKind::Escalated { .. } => State::Escalated,
            EventKind::Rated(_) | EventKind::Urged | EventKind::CardShown(..) => self.state,
        }
    }

    fn outcome(&self, action: &Action, actor: &Actor, at: Timestamp) -> Result<Vec<EventKind>, Refusal> {
        match action {
            Action::Dispatch { to, reasons } => self.dispatch(to, reasons),
            Action::Sign => self.sign(actor),
            Action::RecordContact => self.in_hand_of(actor).map(|()| self.contact()),
            Action::Reply => self.in_hand_of(actor).map(|()| self.reply()),
            Action::Transfer { reason } => {
                self.held_by(actor).map(|()| vec![EventKind::Transferred { reason: reason.clone() }])
            }
            Action::Return { reason } => {
                self.held_by(actor).map(|()| vec![EventKind::Returned { reason: reason.clone() }])
            }
            Action::Close => self.in_hand_of(actor).map(|()| self.close()),
            Action::Rate(rating) => self.rate(*rating),
            Action::Urge => self.urge(at),
            Action::Withdraw => self.open().map(|()| vec![EventKind::Withdrawn]),
            Action::ShowCard(clock, card) => self.show_card(*clock, *card),
            Action::Escalate { to, reason } => {
                self.open().map(|()| vec![EventKind::Escalated { to: to.clone(), reason: reason.clone() }])
            }
        }
    }

    fn open(&self) -> Result<(), Refusal> {
        if self.state.is_open() { Ok(()) } else { Err(Refusal::NotOpen) }
    }

    fn held_by(&self, actor: &Actor) -> Result<(), Refusal> {
        self.open()?;
        match actor {
            Actor::Commissioner(id) if self.assignee.as_ref() == Some(id) => Ok(()),
            Actor::System => Ok(()),
            _ => Err(Refusal::NotYours),
        }
    }

    fn in_hand_of(&self, actor: &Actor) -> Result<(), Refusal> {
        self.held_by(actor)?;
        if self.state.is_in_hand() { Ok(()) } else { Err(Refusal::NotSigned) }
    }

    fn dispatch(&self, to: &CommissionerId, reasons: &[String]) -> Result<Vec<EventKind>, Refusal> {
        self.open()?;
        Ok(vec![EventKind::Dispatched { to: to.clone(), reasons: reasons.to_vec() }])
    }

    fn sign(&self, actor: &Actor) -> Result<Vec<EventKind>, Refusal> {
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

    fn reply(&self) -> Vec<EventKind> {
        let mut kinds = self.contact();
        if self.opinion_at.is_none() {
            kinds.push(EventKind::OpinionGiven);
        }
        kinds.push(EventKind::Replied);
        kinds
    }

    fn close(&self) -> Vec<EventKind> {
        let mut kinds = self.contact();
        if self.opinion_at.is_none() {
            kinds.push(EventKind::OpinionGiven);
        }
        kinds.push(EventKind::Closed);
        kinds
    }

    fn rate(&self, rating: Rating) -> Result<Vec<EventKind>, Refusal> {
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

    fn urge(&self, at: Timestamp) -> Result<Vec<EventKind>, Refusal> {
        self.open()?;
        match self.urged_at {
            Some(last) if at.duration_since(last) < URGE_EVERY => Err(Refusal::UrgedRecently),
            _ => Ok(vec![EventKind::Urged]),
        }
    }

    fn show_card(&self, clock: Clock, card: Card) -> Result<Vec<EventKind>, Refusal> {
        self.open()?;
        if self.cards.contains(&(clock, card)) {
            return Err(Refusal::CardShown);
        }
        Ok(vec![EventKind::CardShown(clock, card)])
    }

    /// Folds one event into the ticket.
    pub fn apply(&mut self, event: &Event) {
        self.version = event.sequence;
        self.state = event.to;
        match &event.kind {
            EventKind::Submitted(_) | EventKind::Signed => {}
            EventKind::Dispatched { to, reasons } => self.assign(to, reasons.clone()),
            EventKind::Escalated { to, reason } => self.assign(to, vec![reason.clone()]),
            EventKind::Contacted => self.contacted_at = Some(event.at),
            EventKind::OpinionGiven => self.opinion_at = Some(event.at),
            EventKind::Replied => self.contacted_at = self.contacted_at.or(Some(event.at)),
            EventKind::Transferred { .. } => self.assignee = None,
            EventKind::Returned { .. } => {
                self.assignee = None;
                self.returns += 1;
            }
            EventKind::Closed | EventKind::Withdrawn => self.closed_at = Some(event.at),
            EventKind::Rated(rating) => self.rating = Some(*rating),
            EventKind::Reworked => self.begin_again(event.at),
            EventKind::Urged => self.urged_at = Some(event.at),
            EventKind::CardShown(clock, card) => {
                self.cards.insert((*clock, *card));
            }
        }
    }

    fn assign(&mut self, to: &CommissionerId, reasons: Vec<String>) {
        self.had_by.insert(to.clone());
        self.assignee = Some(to.clone());
        self.reasons = reasons;
    }

    fn begin_again(&mut self, at: Timestamp) {
        self.reworks += 1;
        self.clocks_from = at;
        self.contacted_at = None;
        self.opinion_at = None;
        self.closed_at = None;
        self.rating = None;
        self.cards.clear();
    }
}
