//! Opening and migrating a PostgreSQL database.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};

use super::PostgresStore;
use super::connections::Connections;
use super::sql::up_to_date;
use super::sql::whole::Transfer;
use crate::store::copy::Whole;
use crate::store::migrations::POSTGRES as MIGRATIONS;
use crate::store::{Fault, OpenStoreError, StoreUrl};

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the server does by itself for a process that is no longer heard of: a process that was stopped in the middle of a
/// transaction must not hold up the others.
const SAFEGUARDS: [(&str, &str); 3] =
    [("idle_in_transaction_session_timeout", "15s"), ("lock_timeout", "10s"), ("statement_timeout", "60s")];

const ENCODING: &str = "SHOW server_encoding";

const NAME: &str = "zhengqitong";

const IS_IN_USE: &str = "
    SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'zhengqitong')";

/// A connection that was closed is listed a little longer.
const LOOKS: u32 = 20;
const LOOK_EVERY: Duration = Duration::from_millis(50);

const BEGIN_WHOLE: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ";

impl PostgresStore {
    /// Opens the database at `url` (`postgres://user@host:5432/name?sslmode=verify-full`), migrating it where needed.
    ///
    /// The database must exist. A password may also come from `PGPASSWORD` or `~/.pgpass`. Several processes may do this at
    /// once. A user who may not create tables can open a database that is up to date.
    ///
    /// # Errors
    ///
    /// Returns [`OpenStoreError`]; what was stored is left as it was.
    pub async fn open(url: &str) -> Result<Self, OpenStoreError> {
        let StoreUrl::Postgres(options) = url.parse()? else {
            return Err(OpenStoreError::InvalidUrl { cause: None });
        };
        let options = options.application_name(NAME);
        let mut connection = connect(&options).await?;
        let place = place(&options);
        let database = |cause: sqlx::Error| OpenStoreError::Database { place: place.clone(), cause: cause.into() };
        let encoding: String = sqlx::query_scalar(ENCODING).fetch_one(&mut connection).await.map_err(database)?;
        if encoding != "UTF8" {
            return Err(OpenStoreError::Encoding { place, encoding });
        }
        migrate(&mut connection, &place).await?;
        // Whatever goes wrong here went wrong after everything was done.
        let _ = connection.close().await;
        Ok(Self { connections: Arc::new(Connections::new(options.options(SAFEGUARDS))) })
    }
}

/// A connection of its own, for what is done once.
pub(super) async fn connect(options: &PgConnectOptions) -> Result<PgConnection, OpenStoreError> {
    let fault = |cause: sqlx::Error| OpenStoreError::Database { place: place(options), cause: cause.into() };
    match tokio::time::timeout(PATIENCE, options.connect()).await {
        Ok(connected) => connected.map_err(fault),
        Err(_elapsed) => {
            let cause = Fault::Unreachable(sqlx::Error::PoolTimedOut);
            Err(OpenStoreError::Database { place: place(options), cause })
        }
    }
}

/// Where it is, as people may read it: without user and password.
pub(in crate::store) fn place(options: &PgConnectOptions) -> String {
    let host = options.get_socket().map_or_else(|| options.get_host().to_owned(), |path| path.display().to_string());
    let name = options.get_database().unwrap_or(options.get_username());
    format!("{host}:{}/{name}", options.get_port())
}

/// Applies missing migrations, one process at a time.
async fn migrate(connection: &mut PgConnection, place: &str) -> Result<(), OpenStoreError> {
    let migrating = |cause| OpenStoreError::migrating(place, &MIGRATIONS, cause);
    if up_to_date::missing(connection, &MIGRATIONS).await.map_err(migrating)?.is_empty() {
        return Ok(());
    }
    MIGRATIONS.run(connection).await.map_err(migrating)
}

/// The migrations that the database still lacks.
pub(in crate::store) async fn missing_migrations(options: &PgConnectOptions) -> Result<Vec<i64>, OpenStoreError> {
    let mut connection = connect(options).await?;
    let missing = up_to_date::missing(&mut connection, &MIGRATIONS).await;
    missing.map_err(|cause| OpenStoreError::migrating(&place(options), &MIGRATIONS, cause))
}

/// A transaction over everything, as it stands now; `None` where another process of ours is connected.
pub(in crate::store) async fn begin_whole(
    options: &PgConnectOptions,
) -> Result<Option<Box<dyn Whole>>, OpenStoreError> {
    let fault = |cause: sqlx::Error| OpenStoreError::Database { place: place(options), cause: cause.into() };
    let mut connection = connect(&options.clone().application_name("zhengqitong-copy")).await?;
    for look in 1..=LOOKS {
        if !sqlx::query_scalar::<_, bool>(IS_IN_USE).fetch_one(&mut connection).await.map_err(fault)? {
            break;
        }
        if look == LOOKS {
            return Ok(None);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    sqlx::query(BEGIN_WHOLE).execute(&mut connection).await.map_err(fault)?;
    Ok(Some(Box::new(Transfer(connection))))
}
