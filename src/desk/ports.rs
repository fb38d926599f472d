//! What the desk needs from the world, named by need.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::changes::{AuditEntry, Changes};
use super::dialogue::Dialogue;
use super::knowledge::KnowledgeBase;
pub use super::lease::Leases;
pub use super::letters::DeadLetters;
pub use super::meanings::{Meanings, SemanticVariant, WordsOnly};
use super::message::{Channel, ChatAddress, Outgoing};
pub use super::pace::Turns;
pub use super::questions::Questions;
pub use super::threads::Threads;
use crate::domain::answer::{Found, Matching};
use crate::domain::commissioner::{Commissioner, CommissionerId};
use crate::domain::dispatch::Loads;
use crate::domain::reading::Reading;
use crate::domain::ticket::{Event, Ticket, TicketNumber};
use crate::domain::topic::TopicId;

pub use super::editions::{EditionRecord, Editions, NewEdition, PublishError, RolledBack, ServingMark};

/// Finds topics for a question within one edition.
pub trait Retrieve: Send + Sync {
    /// Reads `message`, a normalised text (see [`crate::domain::text::normalise`]): politeness and repetition left out, mistyped
    /// words mended, pinyin written out, all against the edition's own words. What cannot be mended stays as it is.
    fn read(&self, message: &str) -> Reading;

    /// Ranks topics for `question`, the words of a [`Reading`]; at most `limit`, best first.
    ///
    /// An empty result means that no word of the question occurs anywhere.
    ///
    /// # Errors
    ///
    /// Returns [`RetrieveError`] when the index cannot be read.
    fn retrieve(&self, question: &str, limit: usize) -> Result<Found, RetrieveError>;

    /// Takes the match of `question` with one topic apart, term by term; `base` is what the index was built from.
    ///
    /// # Errors
    ///
    /// Returns [`RetrieveError`] when the index cannot be read.
    fn explain(&self, question: &str, topic: &TopicId, base: &KnowledgeBase) -> Result<Matching, RetrieveError>;
}

/// The index could not be searched.
#[derive(Debug, thiserror::Error)]
#[error("could not search the index")]
pub struct RetrieveError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The store could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("could not {action} in the store")]
pub struct StoreError {
    /// What was attempted, such as `save a ticket`.
    pub action: &'static str,
    /// Why not.
    #[source]
    pub cause: Box<dyn std::error::Error + Send + Sync>,
}

/// Why a set of changes was not committed; nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Somebody else changed the same ticket or dialogue meanwhile: read again and decide again.
    #[error("the state has changed meanwhile")]
    Conflict,
    /// The incoming message has been handled already.
    #[error("the message has been handled already")]
    AlreadyHandled,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An incoming message as it is stored before it is acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Unique over all channels; a second one with the same id is ignored.
    pub id: String,
    /// The conversation; messages of one conversation are handled in the order in which they were received.
    pub chat: ChatAddress,
    /// The raw message in the channel's own form.
    pub payload: String,
    /// When it was received.
    pub at: Timestamp,
}

/// A received message that is to be handled now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxItem {
    /// The message.
    pub received: Received,
    /// How often handling it was begun, this time included. Every claim has its own number, so it also says which claim this is.
    pub attempts: u32,
}

/// An outgoing message that is to be sent now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxItem {
    /// Its number; ascending in the order of writing.
    pub id: i64,
    /// The message.
    pub message: Outgoing,
    /// How often sending it was begun, this time included. Every claim has its own number, so it also says which claim this is.
    pub attempts: u32,
}

/// A line of a conversation, for showing it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The outbox number; `None` for what the person said.
    pub outbox_id: Option<i64>,
    /// When.
    pub at: Timestamp,
    /// The raw payload of what the person said, or the text of what the assistant said.
    pub text: String,
    /// Buttons below it.
    pub buttons: Vec<Vec<super::message::Button>>,
}

/// How many messages wait, and for how long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Waiting messages.
    pub waiting: u64,
    /// Receipt of the oldest one.
    pub oldest: Option<Timestamp>,
    /// Messages that were given up and that nobody has settled.
    pub dead: u64,
}

/// Keeps incoming messages until they are handled.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Stores messages; those whose id is known are ignored. Returns how many were new. Durable on return.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when they could not be stored: do not acknowledge them.
    async fn receive(&self, messages: &[Received]) -> Result<usize, StoreError>;

    /// Claims the oldest message of `channel` whose conversation is free, for `lease`.
    ///
    /// A conversation with an earlier waiting or leased message is not free. A claim that is not settled in time is open again.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn claim_incoming(
        &self,
        channel: Channel,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Option<InboxItem>, StoreError>;

    /// Claims one particular message; `None` when it is handled, leased, or waits behind an earlier one.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn claim_message(
        &self,
        id: &str,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Option<InboxItem>, StoreError>;

    /// Whether a message was handled or given up; `false` for one that is not known.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn is_settled(&self, id: &str) -> Result<bool, StoreError>;

    /// Puts a claimed message back until `retry_at`, or gives it up when `None`: it is kept as a dead letter.
    ///
    /// `attempt` is the claim's own number ([`InboxItem::attempts`]). `false`, and nothing is changed, where the message is settled
    /// or somebody else has claimed it since: whoever outlives their lease has no say any more.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn fail_incoming(
        &self,
        id: &str,
        attempt: u32,
        error: &str,
        retry_at: Option<Timestamp>,
    ) -> Result<bool, StoreError>;

    /// What waits.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn inbox_backlog(&self) -> Result<Backlog, StoreError>;
}

/// Keeps outgoing messages until they are sent.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Claims up to `limit` messages of `channel` for `lease`, at most one a conversation: its oldest unsent one.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn claim_outgoing(
        &self,
        channel: Channel,
        now: Timestamp,
        lease: SignedDuration,
        limit: u32,
    ) -> Result<Vec<OutboxItem>, StoreError>;

    /// Records that a message was sent, with the channel's own id for it.
    ///
    /// Taken from anybody, be their lease over or not: a message that was sent was sent. The first id is kept.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn mark_sent(&self, id: i64, message_id: &str, at: Timestamp) -> Result<(), StoreError>;

    /// Puts a claimed message back until `retry_at`.
    ///
    /// `attempt` is the claim's own number ([`OutboxItem::attempts`]). `false`, and nothing is changed, where the message is settled
    /// or somebody else has claimed it since.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn retry_outgoing(&self, id: i64, attempt: u32, error: &str, retry_at: Timestamp)
    -> Result<bool, StoreError>;

    /// Gives a message up: it is kept as a dead letter and does not hold up its conversation. `is_unreachable` where the person
    /// cannot be reached at all, which the desk looks into.
    ///
    /// `false`, and nothing is changed, where claim number `attempt` is not the latest one, or the message is settled.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn give_up_outgoing(
        &self,
        id: i64,
        attempt: u32,
        error: &str,
        is_unreachable: bool,
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Messages to people who cannot be reached that have not been looked into yet, oldest first, at most `limit`.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn undelivered(&self, limit: u32) -> Result<Vec<OutboxItem>, StoreError>;

    /// What was written to one conversation after number `after`, oldest first, sent or not, at most 200.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn outgoing_since(&self, chat: &ChatAddress, after: i64) -> Result<Vec<OutboxItem>, StoreError>;

    /// The last `limit` lines of a conversation, both sides, oldest first.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn history(&self, chat: &ChatAddress, limit: u32) -> Result<Vec<Line>, StoreError>;

    /// What waits.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn outbox_backlog(&self) -> Result<Backlog, StoreError>;
}

/// A dialogue with the version it was read at.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Versioned<T> {
    /// The value.
    pub value: T,
    /// Its version; 0 when nothing is stored yet.
    pub version: u32,
}

/// Who raised something in words that lead to a ticket list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TicketFilter {
    /// Only tickets raised in this conversation (`<channel>:<chat>`).
    pub chat: Option<String>,
    /// Only tickets that this commissioner has.
    pub assignee: Option<CommissionerId>,
    /// Only open ones.
    pub only_open: bool,
    /// At most this many, newest first; 0 means 200.
    pub limit: u32,
}

/// Keeps dialogues, tickets and the roster.
#[async_trait]
pub trait Files: Send + Sync {
    /// Commits everything or nothing.
    ///
    /// # Errors
    ///
    /// Returns [`CommitError`]; nothing was changed.
    async fn commit(&self, changes: Changes) -> Result<(), CommitError>;

    /// The dialogue of a conversation; a fresh one at version 0 when there is none.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn dialogue(&self, chat: &ChatAddress) -> Result<Versioned<Dialogue>, StoreError>;

    /// A ticket, rebuilt from its history.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn ticket(&self, number: &TicketNumber) -> Result<Option<Ticket>, StoreError>;

    /// A ticket's history, oldest first.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn ticket_history(&self, number: &TicketNumber) -> Result<Vec<Event>, StoreError>;

    /// The whole histories of the tickets raised from `from` on and before `until`, oldest ticket first.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn ticket_histories(&self, from: Timestamp, until: Timestamp) -> Result<Vec<Vec<Event>>, StoreError>;

    /// The messages exchanged on a ticket, oldest first.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn ticket_messages(&self, number: &TicketNumber) -> Result<Vec<super::changes::TicketMessage>, StoreError>;

    /// Tickets, newest first.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn tickets(&self, filter: &TicketFilter) -> Result<Vec<Ticket>, StoreError>;

    /// Tickets whose clocks call for something at `now` or before, at most 100, the most overdue first.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn tickets_with_step_due(&self, now: Timestamp) -> Result<Vec<Ticket>, StoreError>;

    /// The ticket that a sent message was about.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn ticket_behind(&self, chat: &ChatAddress, message_id: &str) -> Result<Option<TicketNumber>, StoreError>;

    /// The next free ticket sequence of a day, counted from 1; never given twice.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn next_ticket_sequence(&self, day: jiff::civil::Date) -> Result<u32, StoreError>;

    /// Everybody on the roster, by id.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn roster(&self) -> Result<Vec<Commissioner>, StoreError>;

    /// Open tickets by commissioner.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn loads(&self) -> Result<Loads, StoreError>;

    /// Replaces the roster by `people`, keeping Telegram bindings and leave of those who stay where `people` leaves them out.
    ///
    /// People no longer listed are removed at once; their open tickets go to others with the next [`Desk::follow_up`].
    ///
    /// [`Desk::follow_up`]: super::service::Desk::follow_up
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails; the old roster stays.
    async fn replace_roster(&self, people: &[Commissioner], by: &str, at: Timestamp) -> Result<(), StoreError>;

    /// Lines of the audit log about `action`, oldest first.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn audit_log(&self, action: &str) -> Result<Vec<AuditEntry>, StoreError>;

    /// Who was sent figures in the week that begins on the Monday `week`.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn figures_sent(&self, week: jiff::civil::Date) -> Result<Vec<CommissionerId>, StoreError>;

    /// Keeps an invitation: the SHA-256 of its code, for whom, until when. Replaces an unused earlier one.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn invite(
        &self,
        commissioner: &CommissionerId,
        code_sha256: &str,
        expires_at: Timestamp,
        by: &str,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Binds the Telegram account to whom the invitation was for, once, before it expires; `None` when it is not valid.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn redeem_invitation(
        &self,
        code_sha256: &str,
        telegram_id: i64,
        at: Timestamp,
    ) -> Result<Option<CommissionerId>, StoreError>;
}

/// Everything the desk keeps.
pub trait Store: Inbox + Outbox + DeadLetters + Files + Editions + Questions + Threads + Turns + Leases {}

impl<T: Inbox + Outbox + DeadLetters + Files + Editions + Questions + Threads + Turns + Leases> Store for T {}
