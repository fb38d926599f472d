//! Inbox, outbox, tickets, dialogues, roster and editions in an SQLite file, behind the ports of [`crate::desk::ports`].
//!
//! What is acknowledged is on disk: see `log`. Every change is one immediate transaction on the one writing connection; reading
//! has connections of its own and never waits for it. Claims and drawn numbers are not waited for: power that fails before they
//! are on disk also takes all that was built on them. The SQL keeps to what PostgreSQL also understands; only opening,
//! migrations and claiming differ there.
//!
//! Absent on purpose: rules. The store compares versions and keeps order; what a ticket may do is decided in
//! [`crate::domain::ticket`]. Also absent: deleting, but for unused invitations
//! and for the questions that are kept to learn from.
//!
//! Times are kept in milliseconds: what is read back is cut to the millisecond.

mod commit;
mod connections;
mod dialogues;
mod editions;
mod expiry;
mod fault;
mod figures;
mod files;
mod inbox;
mod log;
mod open;
mod outbox;
mod questions;
mod record;
mod roster;
mod threads;
mod tickets;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use sqlx::Sqlite;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;

use self::record::{read_count, read_time};
use crate::desk::ports::Backlog;

pub use fault::Fault;
pub use open::OpenStoreError;
pub use record::RecordError;

/// The store in an SQLite file, or in memory for tests. Clones share the connections.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    connections: Arc<connections::Connections>,
}

impl SqliteStore {
    /// Runs one statement as a transaction of its own; durable on return.
    async fn write_one(&self, query: Query<'_, Sqlite, SqliteArguments>) -> Result<(), Fault> {
        let mut writer = self.connections.writer().await?;
        query.execute(writer.connection()).await?;
        self.connections.keep(writer).await
    }

    /// Reads the number of waiting messages, when the oldest was written, and the number of dead ones.
    async fn read_backlog(&self, sql: &'static str) -> Result<Backlog, Fault> {
        let mut reader = self.connections.reader().await?;
        let (waiting, oldest, dead): (i64, Option<i64>, i64) = sqlx::query_as(sql).fetch_one(&mut *reader).await?;
        Ok(Backlog {
            waiting: read_count("count", waiting)?,
            oldest: oldest.map(read_time).transpose()?,
            dead: read_count("count", dead)?,
        })
    }
}
