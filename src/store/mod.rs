//! Inbox, outbox, tickets, dialogues, roster and editions in a database, behind the ports of [`crate::desk::ports`].
//!
//! Two databases: an SQLite file for one process ([`SqliteStore`]), PostgreSQL for several ([`PostgresStore`]). The statements
//! stand once, in `sql/`, and are compiled for each; opening, connections, claims and what keeps writers apart are each one's own.
//! What is acknowledged is on disk in both, and every change is one transaction.
//!
//! Absent on purpose: rules. The store compares versions and keeps order; what a ticket may do is decided in
//! [`crate::domain::ticket`]. Also absent: deleting, but for unused invitations
//! and for the questions that are kept to learn from.
//!
//! Times are kept in milliseconds: what is read back is cut to the millisecond.

mod copy;
mod fault;
mod migrations;
mod open;
mod postgres;
mod record;
mod sqlite;

#[cfg(test)]
mod tests;

pub use copy::{CopiedTable, CopyError, copy};
pub use fault::Fault;
pub use open::{Kind, OpenStore, OpenStoreError, StoreUrl, missing_migrations, open};
pub use postgres::PostgresStore;
pub use record::RecordError;
pub use sqlite::{BackupError, SqliteStore, back_up, restore};

/// Transactions that read before they write, and therefore come one after the other.
#[derive(Clone, Copy, Debug)]
enum Turn {
    /// Which edition serves.
    Editions,
    /// Who is on the roster, and with which account.
    Roster,
}
