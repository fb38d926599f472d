//! What goes wrong in a database, sorted by who can do something about it.

use super::record::RecordError;
use crate::desk::ports::StoreError;

/// Why the database did not do what was asked. The cause of a [`StoreError`] of this store.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Another process, or a very long queue in this one, kept it busy; trying again later may help.
    #[error("the database is locked")]
    Locked(#[source] sqlx::Error),
    /// The file, its folder or its file system may not be written to.
    #[error("the database is read-only")]
    ReadOnly(#[source] sqlx::Error),
    /// No room is left.
    #[error("the disk is full")]
    DiskFull(#[source] sqlx::Error),
    /// The file, its folder or one of its companions (`-wal`, `-shm`) may not be opened, or is not there.
    #[error("the database file cannot be opened")]
    NotPermitted(#[source] sqlx::Error),
    /// The file is something else.
    #[error("the file is not an SQLite database")]
    NotADatabase(#[source] sqlx::Error),
    /// The file is damaged: restore a backup.
    #[error("the database file is damaged")]
    Damaged(#[source] sqlx::Error),
    /// Reading or writing the disk failed.
    #[error("the disk failed")]
    Disk(#[source] sqlx::Error),
    /// The store has been closed.
    #[error("the store is closed")]
    Closed(#[source] sqlx::Error),
    /// A stored value was not written by this version, or by hand.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Anything else: our mistake.
    #[error("the database refused")]
    Refused(#[source] sqlx::Error),
}

impl Fault {
    /// Tells whether trying the same again may help without anybody doing anything.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Locked(_))
    }

    pub(super) fn during(self, action: &'static str) -> StoreError {
        StoreError { action, cause: Box::new(self) }
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut => return Self::Locked(error),
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => return Self::Closed(error),
            _ => {}
        }
        // The low byte is the primary code: <https://www.sqlite.org/rescode.html>.
        match result_code(&error).map(|code| code & 0xff) {
            Some(3 | 14 | 23) => Self::NotPermitted(error),
            Some(5 | 6) => Self::Locked(error),
            Some(8) => Self::ReadOnly(error),
            Some(10) => Self::Disk(error),
            Some(11) => Self::Damaged(error),
            Some(13) => Self::DiskFull(error),
            Some(26) => Self::NotADatabase(error),
            _ => Self::Refused(error),
        }
    }
}

fn result_code(error: &sqlx::Error) -> Option<u32> {
    error.as_database_error()?.code()?.parse().ok()
}
