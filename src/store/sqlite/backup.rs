//! Keeping a copy of the database file, and putting one back.
//!
//! Copies are made while the service runs: the database itself writes them, as it stood at one moment. Putting one back needs the
//! file for itself, and what was there before is kept.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

use super::SqliteStore;
use super::open::{create, file_of, parse};
use crate::store::{Fault, OpenStoreError, StoreUrl};

/// Why there is no backup, or why it was not put back; the database is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The URL names no file.
    #[error("only an SQLite file can be backed up here")]
    NoFile,
    /// There is nothing to copy.
    #[error("there is no database at `{}`", .path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The backup would replace something.
    #[error("`{}` exists", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// It is no database of ours.
    #[error("`{}` is no backup", .path.display())]
    NotABackup {
        /// The file.
        path: PathBuf,
    },
    /// The copy is not whole.
    #[error("`{}` is damaged: {said}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the database says of it.
        said: String,
    },
    /// A process has the database open.
    #[error("`{}` is in use: stop the service first", .path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// A file could not be read or written.
    #[error("could not read or write `{}`", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: io::Error,
    },
    /// The database could not be opened.
    #[error(transparent)]
    Open(#[from] OpenStoreError),
    /// The database failed.
    #[error("the database could not be copied")]
    Database(#[source] Fault),
}

impl From<sqlx::Error> for BackupError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

/// Writes a copy of the database at `url`, as it stands now, to `file`, which must not exist; returns its size in bytes.
///
/// Only its owner may read the copy. It is complete, checked and on disk when this returns.
///
/// # Errors
///
/// Returns [`BackupError`]; there is no `file` then.
pub async fn back_up(url: &str, file: &Path) -> Result<u64, BackupError> {
    let path = file_in(url)?;
    if !path.exists() {
        return Err(BackupError::Missing { path });
    }
    if file.exists() {
        return Err(BackupError::Exists { path: file.to_owned() });
    }
    let part = beside(file, "part");
    let written = write(url, &part).await;
    let named = written.and_then(|()| fs::rename(&part, file).map_err(failed(file)));
    if named.is_err() {
        let _ = fs::remove_file(&part);
    }
    named?;
    fs::metadata(file).map(|metadata| metadata.len()).map_err(failed(file))
}

async fn write(url: &str, part: &Path) -> Result<(), BackupError> {
    // Left behind by an earlier attempt that was cut short.
    let _ = fs::remove_file(part);
    create(part).map_err(failed(part))?;
    let (options, _) = parse(url)?;
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let name = part.to_str().ok_or_else(|| failed(part)(io::ErrorKind::InvalidFilename.into()))?;
    sqlx::query("VACUUM INTO $1").bind(name).execute(&mut connection).await?;
    connection.close().await?;
    check(part).await?;
    File::open(part).and_then(|file| file.sync_all()).map_err(failed(part))
}

/// Puts the copy at `file` in the place of the database at `url`; returns where the former one is kept, if there was one:
/// beside it, its name ending in `kept_as`.
///
/// # Errors
///
/// Returns [`BackupError`], such as when any process has the database open; the database is then as it was.
pub async fn restore(url: &str, file: &Path, kept_as: &str) -> Result<Option<PathBuf>, BackupError> {
    let path = file_in(url)?;
    let incoming = beside(&path, "restoring");
    let _ = fs::remove_file(&incoming);
    create(&incoming).map_err(failed(&incoming))?;
    let restored = take_in(&path, file, &incoming, kept_as).await;
    for leftover in [incoming.clone(), beside(&incoming, "wal"), beside(&incoming, "shm")] {
        let _ = fs::remove_file(leftover);
    }
    restored
}

async fn take_in(path: &Path, file: &Path, incoming: &Path, kept_as: &str) -> Result<Option<PathBuf>, BackupError> {
    let copied = File::open(file).and_then(|mut from| io::copy(&mut from, &mut File::create(incoming)?));
    copied.map_err(failed(file))?;
    check(incoming).await.map_err(|error| match error {
        BackupError::Damaged { said, .. } => BackupError::Damaged { path: file.to_owned(), said },
        BackupError::NotABackup { .. } | BackupError::Database(Fault::NotADatabase(_)) => {
            BackupError::NotABackup { path: file.to_owned() }
        }
        BackupError::Database(fault @ Fault::Damaged(_)) => {
            BackupError::Damaged { path: file.to_owned(), said: fault.to_string() }
        }
        error => error,
    })?;
    // Brings it up to date, and refuses what a newer version has written.
    let store = SqliteStore::open(&format!("sqlite://{}", incoming.display())).await?;
    store.connections.close().await.map_err(BackupError::Database)?;
    if !path.exists() {
        fs::rename(incoming, path).map_err(failed(path))?;
        return Ok(None);
    }
    let owner = take(path).await?;
    let kept = beside(path, kept_as);
    // The former file gets a second name before it loses its first: there is a database at every moment.
    fs::hard_link(path, &kept).map_err(failed(&kept))?;
    fs::rename(incoming, path).map_err(failed(path))?;
    let _ = owner.close().await;
    Ok(Some(kept))
}

/// Takes the database for itself: everything in the one file, and nobody else let in while the connection lasts.
async fn take(path: &Path) -> Result<SqliteConnection, BackupError> {
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(std::time::Duration::from_millis(50));
    let taken = async {
        let mut connection = options.connect().await?;
        // Leaving the write-ahead log is only possible where nobody else has the database open.
        sqlx::query("PRAGMA journal_mode = DELETE").fetch_all(&mut connection).await?;
        sqlx::query("BEGIN EXCLUSIVE").execute(&mut connection).await?;
        Ok(connection)
    };
    taken.await.map_err(|error: sqlx::Error| match error.into() {
        Fault::Locked(_) => BackupError::InUse { path: path.to_owned() },
        fault => BackupError::Database(fault),
    })
}

/// Makes sure that a file is a whole database of ours.
async fn check(path: &Path) -> Result<(), BackupError> {
    let mut connection = SqliteConnectOptions::new().filename(path).read_only(true).connect().await?;
    let said: String = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut connection).await?;
    if said != "ok" {
        return Err(BackupError::Damaged { path: path.to_owned(), said });
    }
    let is_ours: bool = sqlx::query_scalar(super::dialect::HAS_MIGRATIONS).fetch_one(&mut connection).await?;
    connection.close().await?;
    if is_ours { Ok(()) } else { Err(BackupError::NotABackup { path: path.to_owned() }) }
}

fn file_in(url: &str) -> Result<PathBuf, BackupError> {
    match url.parse()? {
        StoreUrl::Sqlite(url) => file_of(&url)?.ok_or(BackupError::NoFile),
        StoreUrl::Postgres(_) => Err(BackupError::NoFile),
    }
}

/// The file of the same name with an addition.
fn beside(path: &Path, addition: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-");
    name.push(addition);
    name.into()
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> BackupError {
    let path = path.to_owned();
    move |cause| BackupError::File { path, cause }
}
