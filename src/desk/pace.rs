//! How often something may be done by all processes together.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::ports::StoreError;

/// One turn every so often in the long run, and a few at once after a pause.
///
/// In any span of time there are at most `burst` turns and one for each `every` within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// From one turn to the next.
    pub every: SignedDuration,
    /// So many at once; at least one.
    pub burst: u32,
}

/// What came of asking for a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is taken for this instant, which may have come already: others take theirs after it.
    At(Timestamp),
    /// Nothing is taken: the next one is further away than was to be waited for. To be asked for again at this instant.
    NotBefore(Timestamp),
}

/// Hands out turns. All processes over one store ask the same.
#[async_trait]
pub trait Turns: Send + Sync {
    /// Takes the next turn under `key`, at most `patience` after `now`.
    ///
    /// A turn that is not used is lost, no more. Whoever asks under one key always asks with the same pace and patience. It need
    /// not outlive a crash of the store.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails; a turn may have been taken.
    async fn take_turn(
        &self,
        key: &str,
        pace: Pace,
        now: Timestamp,
        patience: SignedDuration,
    ) -> Result<Turn, StoreError>;

    /// Forgets keys whose turns were all over at `before`. Changes nothing but the room they take.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    async fn forget_turns(&self, before: Timestamp) -> Result<(), StoreError>;
}
