//! Which migrations a database still lacks. Asking needs no right to change anything.

use sqlx::migrate::{Migrate, MigrateError, Migrator};

use super::{Connection, dialect};

/// The versions that `connection` has yet to be brought to, in their order.
///
/// # Errors
///
/// Returns [`MigrateError`] when it has one that is not known here, or another than the one that is.
pub(in crate::store) async fn missing(
    connection: &mut Connection,
    migrations: &Migrator,
) -> Result<Vec<i64>, MigrateError> {
    let has_any: bool = sqlx::query_scalar(dialect::HAS_MIGRATIONS).fetch_one(&mut *connection).await?;
    let applied = if has_any { connection.list_applied_migrations(&migrations.table_name).await? } else { Vec::new() };
    for migration in &applied {
        match migrations.iter().find(|known| known.version == migration.version) {
            None => return Err(MigrateError::VersionMissing(migration.version)),
            Some(known) if known.checksum != migration.checksum => {
                return Err(MigrateError::VersionMismatch(migration.version));
            }
            Some(_same) => {}
        }
    }
    let is_applied = |version| applied.iter().any(|migration| migration.version == version);
    Ok(migrations.iter().map(|migration| migration.version).filter(|version| !is_applied(*version)).collect())
}
