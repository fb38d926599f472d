//! What may happen to a ticket, what has happened, and why something was refused. Deciding which is which is `decide`'s.

use jiff::{SignedDuration, Timestamp};

use super::{Rating, State, Submission, TicketNumber};
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
    /// A member of the roster who works on tickets.
    Commissioner(CommissionerId),
    /// A member of the roster who supervises: may do what the holder may, and redistribute.
    Supervisor(CommissionerId),
    /// The assistant itself: dispatch and clocks.
    System,
}

impl Actor {
    /// Who it is on the roster; `None` for the company and the assistant.
    #[must_use]
    pub fn member(&self) -> Option<&CommissionerId> {
        match self {
            Self::Commissioner(id) | Self::Supervisor(id) => Some(id),
            Self::Company | Self::System => None,
        }
    }
}

/// Something somebody wants to do with a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Give it to a commissioner by the rules, with the reasons in words (派单).
    Dispatch {
        /// Who gets it.
        to: CommissionerId,
        /// Why.
        reasons: Vec<String>,
    },
    /// Give it to a commissioner by a supervisor's own choice (指派); the rules never overrule it.
    Assign {
        /// Who gets it.
        to: CommissionerId,
        /// Why.
        reason: String,
    },
    /// Stand in for the holder who has missed a deadline (AB角接手).
    StandIn {
        /// Who stands in.
        to: CommissionerId,
        /// Why.
        reason: String,
    },
    /// Sign for it (签收).
    Sign,
    /// Say that the company was contacted, by phone for instance (首次联系).
    RecordContact,
    /// Give the opinion on how the matter will be handled (办理意见).
    GiveOpinion,
    /// Write to the company: the first message is contact and opinion at once.
    Reply,
    /// Wait for the company: the clocks of opinion and closing stand still (等企业补充).
    Wait {
        /// What for.
        reason: String,
    },
    /// Go on: the company has answered, or the wait has lasted long enough.
    Resume,
    /// Ask for more time (延期申请).
    RequestExtension {
        /// Why.
        reason: String,
    },
    /// Grant more time.
    ApproveExtension,
    /// Refuse more time.
    RefuseExtension {
        /// Why.
        reason: String,
    },
    /// Hand it on with a reason (转办).
    Transfer {
        /// Why.
        reason: String,
    },
    /// Send it back with a reason (退单), within the time for it.
    Return {
        /// Why.
        reason: String,
    },
    /// Join it to another ticket about the same matter (并单).
    Merge {
        /// The ticket that goes on.
        into: TicketNumber,
    },
    /// Take in another ticket about the same matter.
    Absorb {
        /// The ticket that was joined to this one.
        from: TicketNumber,
    },
    /// Close it (办结), with a summary in words where there is one.
    Close {
        /// What came of it.
        summary: Option<String>,
    },
    /// Rate a closed ticket (好差评).
    Rate(Rating),
    /// Say once in words why it was rated so.
    Comment {
        /// The words.
        words: String,
    },
    /// Raise a closed ticket again, within the time for it.
    Reopen,
    /// Ask the company once, some days after closing, whether the matter is settled (回访).
    FollowUp,
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
    /// Given to a commissioner by the rules.
    Dispatched {
        /// Who got it.
        to: CommissionerId,
        /// Why.
        reasons: Vec<String>,
    },
    /// Given to a commissioner by a supervisor.
    Assigned {
        /// Who got it.
        to: CommissionerId,
        /// Why.
        reason: String,
    },
    /// Somebody stands in for the holder.
    StoodIn {
        /// Who.
        to: CommissionerId,
        /// Why.
        reason: String,
    },
    /// Signed for.
    Signed,
    /// First contact was made.
    Contacted,
    /// The opinion was given.
    OpinionGiven,
    /// Answered in writing.
    Replied,
    /// The company is waited for.
    WaitBegan {
        /// What for.
        reason: String,
    },
    /// The company is no longer waited for.
    WaitEnded,
    /// More time was asked for.
    ExtensionRequested {
        /// Why.
        reason: String,
    },
    /// More time was granted.
    ExtensionApproved,
    /// More time was refused.
    ExtensionRefused {
        /// Why.
        reason: String,
    },
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
    /// Joined to another ticket.
    Merged {
        /// The ticket that goes on.
        into: TicketNumber,
    },
    /// Another ticket was joined to this one.
    Absorbed {
        /// That ticket.
        from: TicketNumber,
    },
    /// Closed.
    Closed {
        /// What came of it, in words.
        summary: Option<String>,
    },
    /// Rated.
    Rated(Rating),
    /// The company said why it rated so.
    Commented {
        /// Its words.
        words: String,
    },
    /// Reopened after a bad rating; the clocks begin anew.
    Reworked,
    /// Raised again by the company; the clocks begin anew.
    Reopened,
    /// The company was asked whether the matter is settled.
    FollowedUp,
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
    /// Only a supervisor may do this.
    #[error("only a supervisor may do this")]
    NotSupervisor,
    /// It is no longer open.
    #[error("the ticket is no longer open")]
    NotOpen,
    /// It has been signed for already.
    #[error("the ticket has been signed for already")]
    AlreadySigned,
    /// It must be signed for first.
    #[error("the ticket must be signed for first")]
    NotSigned,
    /// Only a closed ticket can be rated or raised again.
    #[error("the ticket is not closed yet")]
    NotClosed,
    /// It has been rated already.
    #[error("the ticket has been rated already")]
    AlreadyRated,
    /// There is no rating to be explained, or it has been explained already.
    #[error("no rating waits for words")]
    NothingToExplain,
    /// It was urged less than an hour ago.
    #[error("the ticket was urged less than an hour ago")]
    UrgedRecently,
    /// It has nobody yet, or is waiting for dispatch.
    #[error("the ticket waits for dispatch")]
    Undispatched,
    /// This card has been shown already, or this step has been taken.
    #[error("this card has been shown already")]
    CardShown,
    /// A supervisor chose the holder; the rules do not overrule that.
    #[error("the ticket was assigned by a supervisor")]
    AssignedByHand,
    /// The time for returning it has passed.
    #[error("the time for returning the ticket has passed")]
    TooLateToReturn,
    /// The time for raising it again has passed.
    #[error("the time for reopening the ticket has passed")]
    TooLateToReopen,
    /// The company is waited for already.
    #[error("the company is waited for already")]
    WaitsAlready,
    /// Nobody is waited for.
    #[error("nobody is waited for")]
    NotWaiting,
    /// More time was asked for or granted already.
    #[error("an extension was asked for already")]
    ExtensionKnown,
    /// No extension waits for a decision.
    #[error("no extension waits for a decision")]
    NoExtension,
    /// A ticket cannot be joined to itself.
    #[error("the ticket cannot be joined to itself")]
    SameTicket,
}
