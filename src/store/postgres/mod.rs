//! The store in PostgreSQL, shared by any number of processes.
//!
//! Nothing is freed when a process starts: what another one, or an earlier life of the same one, has claimed is free again when
//! its lease ends. Times of leases are the database's: see [`OpenStore::time`].

mod connections;
mod dialect;
mod open;
#[expect(clippy::duplicate_mod, reason = "the statements are compiled for each database")]
#[path = "../sql/mod.rs"]
mod sql;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::Postgres as Database;
use sqlx::postgres::{PgArguments as Arguments, PgConnection as Connection, PgRow as DatabaseRow};

use self::PostgresStore as Store;
use crate::desk::ports::StoreError;
use crate::store::record::read_time;
use crate::store::{Fault, Kind, OpenStore};

pub(super) use open::{begin_whole, missing_migrations, place};

const NOW: &str = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";

/// The store in a PostgreSQL database. Clones share the connections.
#[derive(Clone, Debug)]
pub struct PostgresStore {
    connections: Arc<connections::Connections>,
}

impl PostgresStore {
    async fn read_now(&self) -> Result<Timestamp, Fault> {
        let now: i64 = sqlx::query_scalar(NOW).fetch_one(&mut *self.connections.reader().await?).await?;
        Ok(read_time(now)?)
    }
}

#[async_trait]
impl OpenStore for PostgresStore {
    fn kind(&self) -> Kind {
        Kind::Postgres
    }

    /// Does nothing: others may be working on what is claimed.
    async fn release_claims(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn time(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read_now().await.map(Some).map_err(|fault| fault.during("read the time"))
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.connections.close().await;
        Ok(())
    }
}
