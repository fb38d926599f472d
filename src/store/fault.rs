//! What goes wrong in a database, sorted by who can do something about it.

use sqlx::postgres::PgDatabaseError;

use super::record::RecordError;
use crate::desk::ports::StoreError;

/// Why the database did not do what was asked. The cause of a [`StoreError`] of this store.
#[derive(Debug, thiserror::Error, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
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
    /// The server cannot be reached, or is starting or stopping; trying again later may help.
    #[error("the database server does not answer")]
    Unreachable(#[source] sqlx::Error),
    /// The server does not know the user or the database, or the user may not do this.
    #[error("the database server does not let us in")]
    Denied(#[source] sqlx::Error),
    /// Two transactions stood in each other's way and the other one was preferred; nothing of this one was written.
    #[error("another transaction was preferred")]
    Overtaken(#[source] sqlx::Error),
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
        matches!(self, Self::Locked(_) | Self::Unreachable(_) | Self::Overtaken(_))
    }

    /// Whatever the store fails in is counted here, so that an operator sees a full disk before people complain.
    pub(super) fn during(self, action: &'static str) -> StoreError {
        let kind: &'static str = (&self).into();
        metrics::counter!("zhengqitong_store_faults_total", "kind" => kind).increment(1);
        StoreError { action, cause: Box::new(self) }
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        let sort = match &error {
            sqlx::Error::PoolTimedOut => Self::Locked,
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Self::Closed,
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => Self::Unreachable,
            sqlx::Error::Database(said) => match said.try_downcast_ref::<PgDatabaseError>() {
                Some(said) => of_sqlstate(said.code()),
                None => of_result_code(said.code().and_then(|code| code.parse().ok())),
            },
            _ => Self::Refused,
        };
        sort(error)
    }
}

/// What SQLite's code means; the low byte is the primary code: <https://www.sqlite.org/rescode.html>.
fn of_result_code(code: Option<u32>) -> fn(sqlx::Error) -> Fault {
    match code.map(|code| code & 0xff) {
        Some(3 | 14 | 23) => Fault::NotPermitted,
        Some(5 | 6) => Fault::Locked,
        Some(8) => Fault::ReadOnly,
        Some(10) => Fault::Disk,
        Some(11) => Fault::Damaged,
        Some(13) => Fault::DiskFull,
        Some(26) => Fault::NotADatabase,
        _ => Fault::Refused,
    }
}

/// What PostgreSQL's code means: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn of_sqlstate(code: &str) -> fn(sqlx::Error) -> Fault {
    match code {
        // Waited too long for somebody's lock, or for a free connection.
        "55P03" | "57014" | "53300" => Fault::Locked,
        "40001" | "40P01" => Fault::Overtaken,
        "25006" => Fault::ReadOnly,
        "53100" => Fault::DiskFull,
        "58030" => Fault::Disk,
        "3D000" | "42501" => Fault::Denied,
        _ => match &code[..code.len().min(2)] {
            "08" | "57" => Fault::Unreachable,
            "28" => Fault::Denied,
            "XX" => Fault::Damaged,
            _ => Fault::Refused,
        },
    }
}
