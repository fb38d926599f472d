//! The store in an SQLite file, embedded in the one process that serves.
//!
//! What is acknowledged is on disk: see `log`. Every change is one immediate transaction on the one writing connection; reading
//! has connections of its own and never waits for it. Claims and drawn numbers are not waited for: power that fails before they
//! are on disk also takes all that was built on them.

mod backup;
mod connections;
mod dialect;
mod log;
mod open;
#[path = "../sql/mod.rs"]
mod sql;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::Sqlite as Database;
use sqlx::sqlite::{SqliteArguments as Arguments, SqliteConnection as Connection, SqliteRow as DatabaseRow};

pub use backup::{BackupError, back_up, restore};
pub(super) use open::{begin_whole, exists, missing_migrations};

use self::SqliteStore as Store;
use crate::desk::ports::StoreError;
use crate::store::{Kind, OpenStore};

/// The store in an SQLite file, or in memory for tests. Clones share the connections.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    connections: Arc<connections::Connections>,
}

#[async_trait]
impl OpenStore for SqliteStore {
    fn kind(&self) -> Kind {
        Kind::Sqlite
    }

    async fn release_claims(&self) -> Result<(), StoreError> {
        SqliteStore::release_claims(self).await
    }

    async fn time(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(None)
    }

    async fn close(&self) -> Result<(), StoreError> {
        SqliteStore::close(self).await
    }
}

#[cfg(test)]
impl SqliteStore {
    /// Runs a statement of a test on the connection that writes.
    pub(super) async fn run(&self, sql: &'static str) -> Result<(), crate::store::Fault> {
        self.write_one(sqlx::query(sql)).await
    }

    /// How often somebody has waited for the disk.
    pub(super) async fn times_kept(&self) -> u64 {
        self.connections.times_kept().await
    }
}
