//! How domain values are written into columns. The domain knows nothing of it.

use std::borrow::Cow;
use std::str::FromStr;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::commissioner::CommissionerId;
use crate::domain::ticket::{Actor, Event, EventKind, Submission, TicketNumber};
use crate::domain::topic::TopicId;

/// A stored value cannot be read by this version.
#[derive(Debug, thiserror::Error)]
#[error("a stored {what} cannot be read by this version")]
pub struct RecordError {
    what: &'static str,
    #[source]
    cause: Option<serde_json::Error>,
}

impl RecordError {
    pub(super) fn new(what: &'static str) -> Self {
        Self { what, cause: None }
    }
}

/// One row of `ticket_event`.
pub(super) struct EventRow {
    pub(super) ticket: String,
    pub(super) sequence: i64,
    pub(super) at: i64,
    pub(super) actor: String,
    pub(super) from_state: String,
    pub(super) to_state: String,
    pub(super) kind: String,
    pub(super) detail: Option<String>,
}

impl EventRow {
    pub(super) fn write(event: &Event) -> Result<Self, RecordError> {
        let (kind, detail) = write_kind(&event.kind)?;
        Ok(Self {
            ticket: event.ticket.as_str().to_owned(),
            sequence: event.sequence.into(),
            at: event.at.as_millisecond(),
            actor: write_actor(&event.actor),
            from_state: event.from.to_string(),
            to_state: event.to.to_string(),
            kind,
            detail,
        })
    }

    pub(super) fn read(self) -> Result<Event, RecordError> {
        Ok(Event {
            ticket: read_number(&self.ticket)?,
            sequence: read_count("event sequence", self.sequence)?,
            at: read_time(self.at)?,
            actor: read_actor(&self.actor)?,
            from: read_word("ticket state", &self.from_state)?,
            to: read_word("ticket state", &self.to_state)?,
            kind: read_kind(self.kind, self.detail.as_deref())?,
        })
    }
}

/// Free text as every database takes it: PostgreSQL has no NUL in text, and nobody can read one.
pub(super) fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(text) }
}

pub(super) fn read_time(milliseconds: i64) -> Result<Timestamp, RecordError> {
    Timestamp::from_millisecond(milliseconds).map_err(|_out_of_range| RecordError::new("time"))
}

pub(super) fn read_count<T: TryFrom<i64>>(what: &'static str, number: i64) -> Result<T, RecordError> {
    T::try_from(number).map_err(|_out_of_range| RecordError::new(what))
}

pub(super) fn read_word<T: FromStr>(what: &'static str, word: &str) -> Result<T, RecordError> {
    word.parse().map_err(|_unknown_word| RecordError::new(what))
}

pub(super) fn read_number(text: &str) -> Result<TicketNumber, RecordError> {
    TicketNumber::parse(text).ok_or(RecordError::new("ticket number"))
}

pub(super) fn read_commissioner_id(text: &str) -> Result<CommissionerId, RecordError> {
    CommissionerId::parse(text).ok_or(RecordError::new("commissioner id"))
}

pub(super) fn write_json<T: Serialize>(what: &'static str, value: &T) -> Result<String, RecordError> {
    serde_json::to_string(value).map_err(|cause| RecordError { what, cause: Some(cause) })
}

pub(super) fn read_json<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T, RecordError> {
    serde_json::from_str(text).map_err(|cause| RecordError { what, cause: Some(cause) })
}

/// `company`, `system`, `commissioner:<id>` or `supervisor:<id>`.
pub(super) fn write_actor(actor: &Actor) -> String {
    match actor {
        Actor::Company => "company".to_owned(),
        Actor::System => "system".to_owned(),
        Actor::Commissioner(id) => format!("commissioner:{id}"),
        Actor::Supervisor(id) => format!("supervisor:{id}"),
    }
}

pub(super) fn read_actor(text: &str) -> Result<Actor, RecordError> {
    match text.split_once(':') {
        None if text == "company" => Ok(Actor::Company),
        None if text == "system" => Ok(Actor::System),
        Some(("commissioner", id)) => read_commissioner_id(id).map(Actor::Commissioner),
        Some(("supervisor", id)) => read_commissioner_id(id).map(Actor::Supervisor),
        _ => Err(RecordError::new("actor")),
    }
}

/// The columns `kind` and `detail` together.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", content = "detail", rename_all = "snake_case")]
enum KindRecord {
    Submitted(SubmissionRecord),
    Dispatched { to: String, reasons: Vec<String> },
    Assigned { to: String, reason: String },
    StoodIn { to: String, reason: String },
    Signed,
    Contacted,
    OpinionGiven,
    Replied,
    WaitBegan { reason: String },
    WaitEnded,
    ExtensionRequested { reason: String },
    ExtensionApproved,
    ExtensionRefused { reason: String },
    Transferred { reason: String },
    Returned { reason: String },
    Merged { into: String },
    Absorbed { from: String },
    Closed { summary: Option<String> },
    Rated { rating: String },
    Commented { words: String },
    Reworked,
    Reopened,
    FollowedUp,
    Urged,
    Withdrawn,
    CardShown { clock: String, card: String },
    Escalated { to: String, reason: String },
}

#[derive(Serialize, Deserialize)]
struct SubmissionRecord {
    kind: String,
    question: String,
    topic: Option<String>,
    answered: Option<String>,
    chat: String,
    company: Option<String>,
    #[serde(default)]
    contact: Option<String>,
    #[serde(default)]
    is_anonymous: bool,
    subdistrict: Option<String>,
}

fn write_kind(kind: &EventKind) -> Result<(String, Option<String>), RecordError> {
    let unreadable = |cause| RecordError { what: "event", cause };
    let mut value = serde_json::to_value(KindRecord::from(kind)).map_err(|cause| unreadable(Some(cause)))?;
    let detail = value.get_mut("detail").map(Value::take).map(|detail| detail.to_string());
    let kind = value.get("kind").and_then(Value::as_str).ok_or(unreadable(None))?;
    Ok((kind.to_owned(), detail))
}

fn read_kind(kind: String, detail: Option<&str>) -> Result<EventKind, RecordError> {
    let mut value = serde_json::Map::from_iter([("kind".to_owned(), Value::String(kind))]);
    if let Some(detail) = detail {
        value.insert("detail".to_owned(), read_json("event", detail)?);
    }
    let record: KindRecord = serde_json::from_value(Value::Object(value))
        .map_err(|cause| RecordError { what: "event", cause: Some(cause) })?;
    record.read()
}

impl From<&EventKind> for KindRecord {
    fn from(kind: &EventKind) -> Self {
        match kind {
            EventKind::Submitted(submission) => Self::Submitted(submission.into()),
            EventKind::Dispatched { to, reasons } => Self::Dispatched { to: to.to_string(), reasons: reasons.clone() },
            EventKind::Assigned { to, reason } => Self::Assigned { to: to.to_string(), reason: reason.clone() },
            EventKind::StoodIn { to, reason } => Self::StoodIn { to: to.to_string(), reason: reason.clone() },
            EventKind::Signed => Self::Signed,
            EventKind::Contacted => Self::Contacted,
            EventKind::OpinionGiven => Self::OpinionGiven,
            EventKind::Replied => Self::Replied,
            EventKind::WaitBegan { reason } => Self::WaitBegan { reason: reason.clone() },
            EventKind::WaitEnded => Self::WaitEnded,
            EventKind::ExtensionRequested { reason } => Self::ExtensionRequested { reason: reason.clone() },
            EventKind::ExtensionApproved => Self::ExtensionApproved,
            EventKind::ExtensionRefused { reason } => Self::ExtensionRefused { reason: reason.clone() },
            EventKind::Transferred { reason } => Self::Transferred { reason: reason.clone() },
            EventKind::Returned { reason } => Self::Returned { reason: reason.clone() },
            EventKind::Merged { into } => Self::Merged { into: into.to_string() },
            EventKind::Absorbed { from } => Self::Absorbed { from: from.to_string() },
            EventKind::Closed { summary } => Self::Closed { summary: summary.clone() },
            EventKind::Rated(rating) => Self::Rated { rating: rating.to_string() },
            EventKind::Commented { words } => Self::Commented { words: words.clone() },
            EventKind::Reworked => Self::Reworked,
            EventKind::Reopened => Self::Reopened,
            EventKind::FollowedUp => Self::FollowedUp,
            EventKind::Urged => Self::Urged,
            EventKind::Withdrawn => Self::Withdrawn,
            EventKind::CardShown(clock, card) => Self::CardShown { clock: clock.to_string(), card: card.to_string() },
            EventKind::Escalated { to, reason } => Self::Escalated { to: to.to_string(), reason: reason.clone() },
        }
    }
}

impl KindRecord {
    fn read(self) -> Result<EventKind, RecordError> {
        Ok(match self {
            Self::Submitted(submission) => EventKind::Submitted(submission.read()?),
            Self::Dispatched { to, reasons } => EventKind::Dispatched { to: read_commissioner_id(&to)?, reasons },
            Self::Assigned { to, reason } => EventKind::Assigned { to: read_commissioner_id(&to)?, reason },
            Self::StoodIn { to, reason } => EventKind::StoodIn { to: read_commissioner_id(&to)?, reason },
            Self::Signed => EventKind::Signed,
            Self::Contacted => EventKind::Contacted,
            Self::OpinionGiven => EventKind::OpinionGiven,
            Self::Replied => EventKind::Replied,
            Self::WaitBegan { reason } => EventKind::WaitBegan { reason },
            Self::WaitEnded => EventKind::WaitEnded,
            Self::ExtensionRequested { reason } => EventKind::ExtensionRequested { reason },
            Self::ExtensionApproved => EventKind::ExtensionApproved,
            Self::ExtensionRefused { reason } => EventKind::ExtensionRefused { reason },
            Self::Transferred { reason } => EventKind::Transferred { reason },
            Self::Returned { reason } => EventKind::Returned { reason },
            Self::Merged { into } => EventKind::Merged { into: read_number(&into)? },
            Self::Absorbed { from } => EventKind::Absorbed { from: read_number(&from)? },
            Self::Closed { summary } => EventKind::Closed { summary },
            Self::Rated { rating } => EventKind::Rated(read_word("rating", &rating)?),
            Self::Commented { words } => EventKind::Commented { words },
            Self::Reworked => EventKind::Reworked,
            Self::Reopened => EventKind::Reopened,
            Self::FollowedUp => EventKind::FollowedUp,
            Self::Urged => EventKind::Urged,
            Self::Withdrawn => EventKind::Withdrawn,
            Self::CardShown { clock, card } => {
                EventKind::CardShown(read_word("clock", &clock)?, read_word("card", &card)?)
            }
            Self::Escalated { to, reason } => EventKind::Escalated { to: read_commissioner_id(&to)?, reason },
        })
    }
}

impl From<&Submission> for SubmissionRecord {
    fn from(submission: &Submission) -> Self {
        Self {
            kind: submission.kind.to_string(),
            question: submission.question.clone(),
            topic: submission.topic.as_ref().map(ToString::to_string),
            answered: submission.answered.clone(),
            chat: submission.chat.clone(),
            company: submission.company.clone(),
            contact: submission.contact.clone(),
            is_anonymous: submission.is_anonymous,
            subdistrict: submission.subdistrict.clone(),
        }
    }
}

impl SubmissionRecord {
    fn read(self) -> Result<Submission, RecordError> {
        let topic = |text: String| TopicId::parse(&text).ok_or(RecordError::new("topic"));
        Ok(Submission {
            kind: read_word("ticket kind", &self.kind)?,
            question: self.question,
            topic: self.topic.map(topic).transpose()?,
            answered: self.answered,
            chat: self.chat,
            company: self.company,
            contact: self.contact,
            is_anonymous: self.is_anonymous,
            subdistrict: self.subdistrict,
        })
    }
}
