//! What one process at a time does for all.

use async_trait::async_trait;
use jiff::Timestamp;

use super::ports::StoreError;

/// Says which process does it. A lease ends by itself, so that one which dies is replaced.
#[async_trait]
pub trait Leases: Send + Sync {
    /// Takes the lease `name` for `holder` until `until`, or prolongs it; `false` while somebody else has it.
    ///
    /// Whoever asks under one name always asks for equally long.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails; it may have been taken.
    async fn hold(&self, name: &str, holder: &str, now: Timestamp, until: Timestamp) -> Result<bool, StoreError>;

    /// Gives the lease back, if `holder` has it.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails; it then ends by itself.
    async fn release(&self, name: &str, holder: &str) -> Result<(), StoreError>;
}
