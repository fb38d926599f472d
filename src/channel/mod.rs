//! The ways in and out: each channel brings messages to the desk and takes what the desk says to people.
//!
//! A channel stores what arrives before it says so to the other side, and sends only what stands in the outbox. What is said
//! is not decided here.

pub mod telegram;

use async_trait::async_trait;

use crate::desk::message::Incoming;
use crate::desk::reply::Reply;
use crate::desk::service::{Desk, HandleError};

/// Handles messages that are stored in the inbox; the desk, to every channel.
#[async_trait]
pub trait Handler: Send + Sync {
    /// Handles one message; everything it leads to is committed, or nothing. See [`Desk::handle`].
    ///
    /// # Errors
    ///
    /// Returns [`HandleError`]; the message stays unhandled.
    async fn handle(&self, incoming: &Incoming) -> Result<Option<Reply>, HandleError>;
}

#[async_trait]
impl Handler for Desk {
    async fn handle(&self, incoming: &Incoming) -> Result<Option<Reply>, HandleError> {
        Self::handle(self, incoming).await
    }
}
