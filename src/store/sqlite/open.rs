//! Opening, migrating and closing the database file.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteLockingMode, SqliteSynchronous};

use super::SqliteStore;
use super::connections::Connections;
use super::log::Log;
use super::sql::up_to_date;
use super::sql::whole::Transfer;
use crate::desk::ports::StoreError;
use crate::store::copy::Whole;
use crate::store::migrations::SQLITE as MIGRATIONS;
use crate::store::{Fault, OpenStoreError};

/// How long a writer waits for writers of other processes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How often opening is tried again while another process switches the file to the write-ahead log.
const RETRY_EVERY: Duration = Duration::from_millis(20);

/// Terminals handle their own messages, in processes of their own.
const RELEASE: [&str; 3] = [
    "UPDATE inbox SET ready_at = 0 WHERE state = 'waiting' AND channel <> 'terminal'",
    "UPDATE outbox SET ready_at = 0 WHERE state = 'waiting'",
    "DELETE FROM lease",
];

impl SqliteStore {
    /// Opens the database at `url`, creating and migrating it where needed.
    ///
    /// `sqlite://data/zhengqitong.db` is a file: missing folders are created with mode 0700, the file with 0600.
    /// `sqlite::memory:` is empty and gone with the store.
    ///
    /// # Errors
    ///
    /// Returns [`OpenStoreError`]; an existing file is left as it was.
    pub async fn open(url: &str) -> Result<Self, OpenStoreError> {
        let (options, is_memory) = parse(url)?;
        let path = options.get_filename().to_owned();
        let database = |cause| OpenStoreError::Database { place: path.display().to_string(), cause };
        if is_memory {
            let mut writer = SqliteConnection::connect_with(&options).await.map_err(|cause| database(cause.into()))?;
            migrate(&mut writer, &path).await?;
            return Ok(Self { connections: Arc::new(Connections::new(writer, options, None)) });
        }
        if !path.exists() {
            create(&path).map_err(|cause| OpenStoreError::Create { path: path.clone(), cause })?;
        }
        let mut writer = open_writer(&options).await.map_err(database)?;
        migrate(&mut writer, &path).await?;
        let log = Log::open(&path).map_err(|cause| database(Fault::Disk(cause.into())))?;
        Ok(Self { connections: Arc::new(Connections::new(writer, options, Some(log))) })
    }

    /// Makes messages claimable that a process which died had claimed; to be called by `serve` when it starts.
    ///
    /// An embedded database has one serving process, so nobody else can hold a claim then. What had been sent and not yet
    /// recorded is sent once more. Waiting times before a retry end too.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the database cannot be written; the claims then run out by themselves.
    pub async fn release_claims(&self) -> Result<(), StoreError> {
        for release in RELEASE {
            self.write_one(sqlx::query(release)).await.map_err(|fault| fault.during("release claims"))?;
        }
        Ok(())
    }

    /// Writes everything from the log into the database file and closes all connections.
    ///
    /// Nothing is lost without it; the next start is quicker with it.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the log could not be written back; the connections are closed all the same.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.connections.close().await.map_err(|fault| fault.during("close the database"))
    }
}

pub(super) fn parse(url: &str) -> Result<(SqliteConnectOptions, bool), OpenStoreError> {
    let (scheme, rest) = url.split_once(':').ok_or(OpenStoreError::InvalidUrl { cause: None })?;
    if scheme != "sqlite" {
        return Err(OpenStoreError::InvalidUrl { cause: None });
    }
    let place = rest.trim_start_matches("//");
    let is_memory = place.starts_with(":memory:") || place.contains("mode=memory");
    if place.is_empty() || place.starts_with('?') && !is_memory {
        return Err(OpenStoreError::InvalidUrl { cause: None });
    }
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|cause| OpenStoreError::InvalidUrl { cause: Some(cause) })?
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .synchronous(SqliteSynchronous::Normal);
    Ok((options, is_memory))
}

/// The file of the database at `url`; `None` in memory.
pub(super) fn file_of(url: &str) -> Result<Option<PathBuf>, OpenStoreError> {
    let (options, is_memory) = parse(url)?;
    Ok((!is_memory).then(|| options.get_filename().to_owned()))
}

/// Tells whether there is a database at `url`.
pub(in crate::store) fn exists(url: &str) -> Result<bool, OpenStoreError> {
    Ok(file_of(url)?.is_some_and(|path| path.exists()))
}

/// The migrations that the database still lacks: all where there is none.
pub(in crate::store) async fn missing_migrations(url: &str) -> Result<Vec<i64>, OpenStoreError> {
    let (options, _) = parse(url)?;
    if !exists(url)? {
        return Ok(MIGRATIONS.iter().map(|migration| migration.version).collect());
    }
    let place = options.get_filename().display().to_string();
    let database = |cause: sqlx::Error| OpenStoreError::Database { place: place.clone(), cause: cause.into() };
    let mut connection = SqliteConnection::connect_with(&options).await.map_err(database)?;
    let missing = up_to_date::missing(&mut connection, &MIGRATIONS).await;
    missing.map_err(|cause| OpenStoreError::migrating(&place, &MIGRATIONS, cause))
}

/// A transaction over everything, which nobody else may read or write meanwhile; `None` where somebody has the file open.
pub(in crate::store) async fn begin_whole(url: &str) -> Result<Option<Box<dyn Whole>>, OpenStoreError> {
    let (options, _) = parse(url)?;
    let place = options.get_filename().display().to_string();
    let options = options.locking_mode(SqliteLockingMode::Exclusive).busy_timeout(RETRY_EVERY);
    let begun = async {
        let mut connection = SqliteConnection::connect_with(&options).await?;
        sqlx::query("BEGIN EXCLUSIVE").execute(&mut connection).await?;
        Ok(connection)
    };
    match begun.await.map_err(|error: sqlx::Error| Fault::from(error)) {
        Ok(connection) => Ok(Some(Box::new(Transfer(connection)))),
        Err(Fault::Locked(_)) => Ok(None),
        Err(cause) => Err(OpenStoreError::Database { place, cause }),
    }
}

/// Creates an empty file that only its owner may read: it will hold what companies write.
pub(super) fn create(path: &Path) -> io::Result<()> {
    let mut folders = DirBuilder::new();
    let mut file = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
        folders.mode(0o700);
        file.mode(0o600);
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        folders.recursive(true).create(folder)?;
    }
    // Another process may be creating it at the same time; its `-wal` and `-shm` take over the mode.
    file.write(true).create(true).truncate(false).open(path).map(drop)
}

/// Opens the connection that writes.
async fn open_writer(options: &SqliteConnectOptions) -> Result<SqliteConnection, Fault> {
    let options = options.clone().journal_mode(SqliteJournalMode::Wal);
    // Switching to the write-ahead log does not wait for others, unlike everything after it.
    let mut patience = BUSY_TIMEOUT;
    loop {
        match SqliteConnection::connect_with(&options).await.map_err(Fault::from) {
            Err(fault) if fault.is_passing() && !patience.is_zero() => {
                patience = patience.saturating_sub(RETRY_EVERY);
                tokio::time::sleep(RETRY_EVERY).await;
            }
            result => return result,
        }
    }
}

/// Applies missing migrations, all or none, one process at a time.
async fn migrate(writer: &mut SqliteConnection, path: &Path) -> Result<(), OpenStoreError> {
    let place = path.display().to_string();
    let database = |cause: sqlx::Error| OpenStoreError::Database { place: place.clone(), cause: cause.into() };
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await.map_err(database)?;
    let migrated = MIGRATIONS.run(&mut *transaction).await;
    migrated.map_err(|cause| OpenStoreError::migrating(&place, &MIGRATIONS, cause))?;
    // A file that may only be read takes part in everything until the first write: better to hear of it now.
    sqlx::query("UPDATE setting SET value = value WHERE key = ''")
        .execute(&mut *transaction)
        .await
        .map_err(database)?;
    transaction.commit().await.map_err(database)
}
