//! From a URL to a store, whichever database it names.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::PgConnectOptions;
use strum::{Display, IntoStaticStr};

use super::{Fault, PostgresStore, SqliteStore};
use crate::desk::ports::{Store, StoreError};

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, IntoStaticStr)]
pub enum Kind {
    /// A file, for one serving process.
    #[strum(to_string = "sqlite")]
    Sqlite,
    /// A server, for any number of processes.
    #[strum(to_string = "postgresql")]
    Postgres,
}

/// A store as whoever opened it sees it.
#[async_trait]
pub trait OpenStore: Store {
    /// Which database it is in.
    fn kind(&self) -> Kind;

    /// Frees what a process that died had claimed, where that can be known; to be called by `serve` when it starts.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the database cannot be written; claims then run out by themselves.
    async fn release_claims(&self) -> Result<(), StoreError>;

    /// The time of the database, where that is another machine's; leases only work among processes that agree on the time.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the database does not answer.
    async fn time(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Closes all connections. Nothing is lost without it.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when something could not be tidied up; the connections are closed all the same.
    async fn close(&self) -> Result<(), StoreError>;
}

/// Why the store could not be opened. Never says a password.
#[derive(Debug, thiserror::Error)]
pub enum OpenStoreError {
    /// It is no URL of a database that is known here.
    #[error("databases of the kind `{scheme}:` are not supported, only `sqlite:` and `postgres:`")]
    UnsupportedScheme {
        /// The part before the colon.
        scheme: String,
    },
    /// It is not a URL, or has an option that the database does not know.
    #[error("the database URL is not of the form sqlite://<file> or postgres://<user>@<host>/<database>")]
    InvalidUrl {
        /// What is wrong with it.
        #[source]
        cause: Option<sqlx::Error>,
    },
    /// The folder or the file could not be created.
    #[error("could not create the database at `{}`", .path.display())]
    Create {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: io::Error,
    },
    /// The database was written by a newer version.
    #[error("the database at `{place}` is of a newer version: it has migration {found}, this version knows {known}")]
    Newer {
        /// The file, or host and name.
        place: String,
        /// The unknown migration.
        found: i64,
        /// The last one that is known.
        known: i64,
    },
    /// The database could not be brought up to date.
    #[error("could not migrate the database at `{place}`")]
    Migrate {
        /// The file, or host and name.
        place: String,
        /// Why not.
        #[source]
        cause: MigrateError,
    },
    /// The server keeps text in an encoding that does not have all of it.
    #[error("the database at `{place}` has the encoding {encoding}; create it with ENCODING 'UTF8'")]
    Encoding {
        /// Host and name.
        place: String,
        /// What it has.
        encoding: String,
    },
    /// The database could not be read or written.
    #[error("could not open the database at `{place}`")]
    Database {
        /// The file, or host and name.
        place: String,
        /// Why not.
        #[source]
        cause: Fault,
    },
}

impl OpenStoreError {
    /// What `cause`, met while migrating the database at `place`, means to whoever opens it.
    pub(super) fn migrating(place: &str, migrations: &Migrator, cause: MigrateError) -> Self {
        let place = place.to_owned();
        match cause {
            MigrateError::VersionMissing(found) => {
                let known = migrations.iter().map(|migration| migration.version).max().unwrap_or(0);
                Self::Newer { place, found, known }
            }
            MigrateError::Execute(cause) => Self::Database { place, cause: cause.into() },
            cause => Self::Migrate { place, cause },
        }
    }
}

/// A database URL that may be shown: `Display` leaves out whatever might be a secret.
#[derive(Clone)]
pub enum StoreUrl {
    /// `sqlite:`.
    Sqlite(String),
    /// `postgres:` or `postgresql:`.
    Postgres(Box<PgConnectOptions>),
}

impl FromStr for StoreUrl {
    type Err = OpenStoreError;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        let (scheme, _) = url.split_once(':').ok_or(OpenStoreError::InvalidUrl { cause: None })?;
        match scheme {
            "sqlite" => Ok(Self::Sqlite(url.to_owned())),
            "postgres" | "postgresql" => {
                let options = url.parse().map_err(|cause| OpenStoreError::InvalidUrl { cause: Some(cause) })?;
                Ok(Self::Postgres(Box::new(options)))
            }
            scheme => Err(OpenStoreError::UnsupportedScheme { scheme: scheme.to_owned() }),
        }
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(url) => f.write_str(url),
            Self::Postgres(options) => write!(f, "postgres://{}", super::postgres::place(options)),
        }
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The migrations that the database at `url` still lacks; [`open`] would apply them. Changes nothing.
///
/// # Errors
///
/// Returns [`OpenStoreError`] when the database cannot be read, or is of a newer version.
pub async fn missing_migrations(url: &str) -> Result<Vec<i64>, OpenStoreError> {
    match url.parse()? {
        StoreUrl::Sqlite(url) => super::sqlite::missing_migrations(&url).await,
        StoreUrl::Postgres(options) => super::postgres::missing_migrations(&options).await,
    }
}

/// Opens the store at `url`, bringing the database up to date where needed; see [`SqliteStore::open`] and
/// [`PostgresStore::open`].
///
/// # Errors
///
/// Returns [`OpenStoreError`]; what was stored is left as it was.
pub async fn open(url: &str) -> Result<Arc<dyn OpenStore>, OpenStoreError> {
    Ok(match url.parse()? {
        StoreUrl::Sqlite(url) => Arc::new(SqliteStore::open(&url).await?),
        StoreUrl::Postgres(_) => Arc::new(PostgresStore::open(url).await?),
    })
}
