//! One connection that writes and a few that read.
//!
//! Not the driver's pool: that asks the database's thread for a sign of life before and after every use, which costs more
//! than most statements here.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Sqlite, Transaction};
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};

use super::log::Log;
use crate::store::{Fault, Turn};

/// Reading is short; more connections than this only cost memory.
const READERS: usize = 4;

/// How long a task waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

type Slot = Mutex<Option<SqliteConnection>>;

/// The connections to one database.
#[derive(Debug)]
pub(super) struct Connections {
    writer: Slot,
    readers: [Slot; READERS],
    next_reader: AtomicUsize,
    options: SqliteConnectOptions,
    /// `None` in memory: there everything goes through the one connection.
    log: Option<Log>,
    is_closed: AtomicBool,
}

/// The right to write, one at a time.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    connection: MappedMutexGuard<'a, SqliteConnection>,
    options: &'a SqliteConnectOptions,
}

/// A connection for reading.
pub(super) type Reader<'a> = MappedMutexGuard<'a, SqliteConnection>;

impl Connections {
    pub(super) fn new(writer: SqliteConnection, options: SqliteConnectOptions, log: Option<Log>) -> Self {
        Self {
            writer: Mutex::new(Some(writer)),
            readers: Default::default(),
            next_reader: AtomicUsize::new(0),
            options,
            log,
            is_closed: AtomicBool::new(false),
        }
    }

    /// Waits for the right to write.
    pub(super) async fn writer(&self) -> Result<Writer<'_>, Fault> {
        let slot = in_time(self.writer.lock()).await?;
        let connection = MutexGuard::try_map(slot, Option::as_mut).map_err(|_empty| closed())?;
        Ok(Writer { connection, options: &self.options })
    }

    /// Gives up the right to write and waits until all that was committed is on disk.
    pub(super) async fn keep(&self, writer: Writer<'_>) -> Result<(), Fault> {
        drop(writer);
        match &self.log {
            Some(log) => log.sync().await.map_err(|error| Fault::Disk(error.into())),
            None => Ok(()),
        }
    }

    /// How often [`Connections::keep`] has waited for the disk.
    #[cfg(test)]
    pub(super) async fn times_kept(&self) -> u64 {
        self.log.as_ref().expect("the database is a file").times_synced().await
    }

    /// A connection that sees all that was committed before.
    pub(super) async fn reader(&self) -> Result<Reader<'_>, Fault> {
        if self.log.is_none() {
            return Ok(self.writer().await?.connection);
        }
        let free = self.readers.iter().find_map(|slot| slot.try_lock().ok());
        let mut slot = match free {
            Some(slot) => slot,
            None => in_time(self.readers[self.next_reader.fetch_add(1, Ordering::Relaxed) % READERS].lock()).await?,
        };
        if self.is_closed.load(Ordering::Acquire) {
            return Err(closed());
        }
        if slot.is_none() {
            let options = self.options.clone().pragma("query_only", "ON");
            *slot = Some(SqliteConnection::connect_with(&options).await?);
        }
        MutexGuard::try_map(slot, Option::as_mut).map_err(|_empty| closed())
    }

    /// Closes everything, the log written back into the database.
    pub(super) async fn close(&self) -> Result<(), Fault> {
        self.is_closed.store(true, Ordering::Release);
        for slot in &self.readers {
            if let Some(reader) = slot.lock().await.take() {
                reader.close().await?;
            }
        }
        let Some(mut writer) = self.writer.lock().await.take() else { return Ok(()) };
        let checkpoint = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_all(&mut writer).await;
        writer.close().await?;
        checkpoint?;
        Ok(())
    }
}

impl Writer<'_> {
    /// Begins a transaction that holds the database's write lock from the start.
    pub(super) async fn begin(&mut self) -> Result<Transaction<'_, Sqlite>, Fault> {
        // An error such as a full disk makes SQLite roll back by itself, and the driver goes on believing in a transaction
        // that is no more: no other can be begun. The ping lets an ordinary roll-back that is under way come to its end.
        if self.connection.is_in_transaction() {
            let is_alive = self.connection.ping().await.is_ok();
            if !is_alive || self.connection.is_in_transaction() {
                *self.connection = SqliteConnection::connect_with(self.options).await?;
            }
        }
        Ok(self.connection.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// The same: nobody else writes while a transaction is under way.
    pub(super) async fn begin_alone(&mut self, _turn: Turn) -> Result<Transaction<'_, Sqlite>, Fault> {
        self.begin().await
    }

    /// The connection, for a single statement: a transaction of its own.
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}

async fn in_time<T>(turn: impl Future<Output = T>) -> Result<T, Fault> {
    tokio::time::timeout(PATIENCE, turn).await.map_err(|_elapsed| Fault::Locked(sqlx::Error::PoolTimedOut))
}

fn closed() -> Fault {
    Fault::Closed(sqlx::Error::PoolClosed)
}
