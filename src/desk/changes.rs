//! What a decision changes: written in one transaction, or not at all.

use jiff::Timestamp;
use jiff::civil::Date;

use super::dialogue::Dialogue;
use super::message::{Attachment, ChatAddress, Outgoing};
use super::questions::{FeedbackChange, QuestionChange};
use crate::domain::commissioner::CommissionerId;
use crate::domain::ticket::{Actor, Event, Ticket, TicketNumber};
use crate::domain::topic::TopicId;

/// State changes and messages that belong together.
///
/// The desk returns them; it never sends and never writes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// The incoming message that is handled by this.
    pub handled: Option<String>,
    /// Dialogues as they stand now: the one that was written to, and those that a ticket concerns.
    pub dialogues: Vec<DialogueChange>,
    /// New events of tickets.
    pub tickets: Vec<TicketChange>,
    /// What was said on tickets.
    pub ticket_messages: Vec<TicketMessage>,
    /// What people are told, in order.
    pub outgoing: Vec<Outgoing>,
    /// Members of the roster who go away or come back.
    pub leaves: Vec<LeaveChange>,
    /// Members of the roster whom messages no longer reach, or do again.
    pub reaches: Vec<ReachChange>,
    /// Undelivered messages that this settles, by outbox number.
    pub looked_into: Vec<i64>,
    /// Questions to learn from.
    pub questions: Vec<QuestionChange>,
    /// What was thought of answers.
    pub feedback: Vec<FeedbackChange>,
    /// Lines for the audit log.
    pub audit: Vec<AuditEntry>,
    /// Warnings of ends that the outgoing messages give; a conflict where one was given before.
    pub expiry_warnings: Vec<ExpiryWarning>,
    /// Figures of a week that the outgoing messages hold; a conflict where somebody was sent them before.
    pub figures_sent: Vec<FiguresSent>,
    /// When it was decided; the time of the outgoing messages.
    pub at: Timestamp,
}

/// A dialogue to be stored if it is still at `version`.
#[derive(Clone, Debug, PartialEq)]
pub struct DialogueChange {
    /// Whose.
    pub chat: ChatAddress,
    /// As it stands now.
    pub dialogue: Dialogue,
    /// The version it was read at.
    pub version: u32,
}

/// Events to be appended if the ticket still has `version` events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketChange {
    /// The ticket after the events.
    pub ticket: Ticket,
    /// The new events, oldest first; the first one has the sequence `version + 1`.
    pub events: Vec<Event>,
    /// The version it was read at; 0 for a new ticket.
    pub version: u32,
    /// When its clocks may next call for something.
    pub next_step_at: Option<Timestamp>,
}

/// Something said on a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketMessage {
    /// The ticket.
    pub ticket: TicketNumber,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub from: Actor,
    /// What; may be empty where something went with it.
    pub text: String,
    /// Whether it is an internal note (内部备注), which the company never sees.
    pub is_note: bool,
    /// What went with it.
    pub attachment: Option<Attachment>,
}

/// Somebody's leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaveChange {
    /// Whose.
    pub commissioner: CommissionerId,
    /// Away until this instant; `None` for back at work.
    pub away_until: Option<Timestamp>,
}

/// Whether messages reach somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReachChange {
    /// Whom.
    pub commissioner: CommissionerId,
    /// Not since this instant; `None` when they do.
    pub unreachable_since: Option<Timestamp>,
}

/// A warning that something ends (到期提醒), given once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExpiryWarning {
    /// The topic.
    pub topic: TopicId,
    /// The document that ends; `None` when it is the topic as a whole.
    pub document: Option<String>,
    /// The last day on which it applies.
    pub last_day: Date,
    /// How many days ahead: one of [`crate::domain::ending::WARNED_DAYS_AHEAD`].
    pub days_ahead: i32,
}

/// Somebody is sent figures, once a week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiguresSent {
    /// The Monday of the week in which they are sent.
    pub week: Date,
    /// To whom.
    pub to: CommissionerId,
}

/// A line of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who: a person's id, `cli`, or `system`.
    pub by: String,
    /// What was done, such as `roster.import`.
    pub action: String,
    /// To what, and details; no personal data.
    pub detail: String,
}
