//! Messages on their way: kept when they come in until they are handled, and when they go out until they are sent.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::message::{Button, Channel, ChatAddress, Outgoing};
use super::ports::StoreError;

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
    pub buttons: Vec<Vec<Button>>,
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
