//! What the desk needs from the world, named by need.

use async_trait::async_trait;
use jiff::Timestamp;

use super::changes::{AuditEntry, Changes};
use super::dialogue::Dialogue;
use super::knowledge::KnowledgeBase;
pub use super::lease::Leases;
pub use super::letters::DeadLetters;
pub use super::mail::{Backlog, Inbox, InboxItem, Line, Outbox, OutboxItem, Received};
pub use super::meanings::{Meanings, SemanticVariant, WordsOnly};
use super::message::ChatAddress;
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
