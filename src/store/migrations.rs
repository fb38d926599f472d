//! What brings a database up to date. The same numbers for both, so that a version means the same everywhere.
//!
//! A new one is a file in `migrations/sqlite`, one of the same name in `migrations/postgres`, and a line here. What was released
//! is never changed: a database remembers the checksum.

use std::sync::LazyLock;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

macro_rules! migrations {
    ($(#[$doc:meta])* $name:ident, $folder:literal) => {
        $(#[$doc])*
        pub(super) static $name: LazyLock<Migrator> = LazyLock::new(|| {
            migrator(&[
                (1, "begin", include_str!(concat!("../../migrations/", $folder, "/0001_begin.sql"))),
                (2, "life", include_str!(concat!("../../migrations/", $folder, "/0002_life.sql"))),
                (3, "questions", include_str!(concat!("../../migrations/", $folder, "/0003_questions.sql"))),
                (4, "desk", include_str!(concat!("../../migrations/", $folder, "/0004_desk.sql"))),
                (5, "reach", include_str!(concat!("../../migrations/", $folder, "/0005_reach.sql"))),
                (6, "threads", include_str!(concat!("../../migrations/", $folder, "/0006_threads.sql"))),
                (7, "pace", include_str!(concat!("../../migrations/", $folder, "/0007_pace.sql"))),
                (8, "lease", include_str!(concat!("../../migrations/", $folder, "/0008_lease.sql"))),
                (9, "letters", include_str!(concat!("../../migrations/", $folder, "/0009_letters.sql"))),
            ])
        });
    };
}

migrations!(
    /// For an SQLite file.
    SQLITE,
    "sqlite"
);
migrations!(
    /// For a PostgreSQL database.
    POSTGRES,
    "postgres"
);

fn migrator(scripts: &[(i64, &'static str, &'static str)]) -> Migrator {
    let migration = |&(version, name, sql): &(i64, &'static str, &'static str)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(scripts.iter().map(migration).collect())
}
