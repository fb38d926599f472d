//! The driver's pool, seen as the shared code sees connections: some write, some read.

use std::time::Duration;

use sqlx::pool::{PoolConnection, PoolOptions};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection, PgPool, Postgres, Transaction};

use super::dialect;
use crate::store::{Fault, Turn};

/// A server allows a hundred by default: enough for nine processes and whoever looks after it.
const MOST: u32 = 10;

/// How long a task waits for a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// The connections to one database.
#[derive(Debug)]
pub(super) struct Connections {
    pool: PgPool,
}

/// The right to write, many at a time.
#[derive(Debug)]
pub(super) struct Writer(PoolConnection<Postgres>);

/// A connection for reading.
pub(super) type Reader = PoolConnection<Postgres>;

impl Connections {
    /// Connects when the first one asks. A connection is tried before it is used, so that a server may be restarted.
    pub(super) fn new(options: PgConnectOptions) -> Self {
        let pool = PoolOptions::new().max_connections(MOST).acquire_timeout(PATIENCE);
        Self { pool: pool.connect_lazy_with(options) }
    }

    pub(super) async fn writer(&self) -> Result<Writer, Fault> {
        Ok(Writer(self.acquire().await?))
    }

    /// Gives the connection back. What was committed is on disk already: the server waits for it (`synchronous_commit`).
    #[expect(clippy::unused_async, reason = "the other database has to wait here")]
    pub(super) async fn keep(&self, writer: Writer) -> Result<(), Fault> {
        drop(writer);
        Ok(())
    }

    /// A connection that sees all that was committed before.
    pub(super) async fn reader(&self) -> Result<Reader, Fault> {
        self.acquire().await
    }

    async fn acquire(&self) -> Result<PoolConnection<Postgres>, Fault> {
        self.pool.acquire().await.map_err(|error| match error {
            // The pool goes on trying while nobody answers.
            sqlx::Error::PoolTimedOut => Fault::Unreachable(error),
            error => error.into(),
        })
    }

    /// Waits for connections that are in use, but not for ever.
    pub(super) async fn close(&self) {
        if tokio::time::timeout(PATIENCE, self.pool.close()).await.is_err() {
            tracing::warn!("connections were still in use when the store was closed");
        }
    }
}

impl Writer {
    /// Begins a transaction. Its statements see what others commit meanwhile, so what it relies on is compared when it is written.
    pub(super) async fn begin(&mut self) -> Result<Transaction<'_, Postgres>, Fault> {
        Ok(self.0.begin().await?)
    }

    /// Begins a transaction that reads before it writes, and nobody else's of the same kind meanwhile.
    pub(super) async fn begin_alone(&mut self, turn: Turn) -> Result<Transaction<'_, Postgres>, Fault> {
        let mut transaction = self.begin().await?;
        dialect::wait_for_turn(&mut transaction, turn).await?;
        Ok(transaction)
    }

    /// The connection, for a single statement: a transaction of its own.
    pub(super) fn connection(&mut self) -> &mut PgConnection {
        &mut self.0
    }
}
