//! What the web part needs from the desk.

use async_trait::async_trait;

use crate::desk::message::Incoming;
use crate::desk::ports::SemanticVariant;
use crate::desk::reply::Reply;
use crate::desk::service::{Desk, HandleError, Question};

/// Handles stored messages and answers programs: the [`Desk`], seen from here.
#[async_trait]
pub trait Assistant: Send + Sync {
    /// Handles one stored message; see [`Desk::handle`].
    ///
    /// # Errors
    ///
    /// Returns [`HandleError`]; the message stays unhandled.
    async fn handle(&self, incoming: &Incoming) -> Result<Option<Reply>, HandleError>;

    /// Answers a program's question; see [`Desk::ask`].
    ///
    /// # Errors
    ///
    /// Returns [`HandleError`] when the store or the index fails.
    async fn ask(&self, question: &Question) -> Result<Reply, HandleError>;

    /// The edition that answers; `None` while there is none.
    fn edition(&self) -> Option<u32>;

    /// What meanings are compared with just now.
    fn semantic(&self) -> SemanticVariant {
        SemanticVariant::Lexical
    }
}

#[async_trait]
impl Assistant for Desk {
    async fn handle(&self, incoming: &Incoming) -> Result<Option<Reply>, HandleError> {
        Desk::handle(self, incoming).await
    }

    async fn ask(&self, question: &Question) -> Result<Reply, HandleError> {
        Desk::ask(self, question).await
    }

    fn edition(&self) -> Option<u32> {
        Some(self.shelf().current().number)
    }

    fn semantic(&self) -> SemanticVariant {
        self.shelf().current().meanings.variant()
    }
}
