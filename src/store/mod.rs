//! Inbox, outbox, tickets, dialogues, roster and editions in an SQLite file, behind the ports of [`crate::desk::ports`].
//!
//! What is acknowledged is on disk (write-ahead log, `synchronous = FULL`). Every change is one immediate transaction on the
//! one writing connection; reading has connections of its own and never waits for it. The SQL keeps to what PostgreSQL also
//! understands; only opening, migrations and claiming differ there. Absent on purpose: rules. The store compares versions and
//! keeps order; what a ticket may do is decided in [`crate::domain::ticket`].
//!
//! Times are kept in milliseconds: what is read back is cut to the millisecond.

mod commit;
mod dialogues;
mod editions;
mod fault;
mod files;
mod inbox;
mod open;
mod outbox;
mod record;
mod roster;
mod tickets;

#[cfg(test)]
mod tests;

use sqlx::{Sqlite, SqlitePool, Transaction};

pub use fault::Fault;
pub use open::OpenStoreError;
pub use record::RecordError;

/// The store in an SQLite file, or in memory for tests. Clones share the connections.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    /// One connection; whoever has it may write.
    writer: SqlitePool,
    /// Connections that only read.
    readers: SqlitePool,
    /// Whether both are the same single connection.
    is_memory: bool,
}

impl SqliteStore {
    /// Begins to write: waits for other writers, in this process and in others, up to the busy time-out.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, Fault> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }
}
