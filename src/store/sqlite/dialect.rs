//! What is said differently to SQLite. Writers take turns in the whole database, so no row is ever locked.

use sqlx::SqliteConnection;

use crate::desk::message::Outgoing;
use crate::store::Fault;

/// A waiting message is held up by every earlier one of its conversation that waits, be it leased, due later, or next.
pub(super) const CLAIM_OLDEST_INCOMING: &str = "
    UPDATE inbox SET ready_at = $3, attempts = attempts + 1
    WHERE sequence = (
        SELECT next.sequence FROM inbox AS next
        WHERE next.state = 'waiting' AND next.channel = $1 AND next.ready_at <= $2
            AND NOT EXISTS (
                SELECT 1 FROM inbox AS earlier
                WHERE earlier.state = 'waiting' AND earlier.channel = next.channel AND earlier.chat = next.chat
                    AND earlier.sequence < next.sequence)
        ORDER BY next.sequence LIMIT 1)
    RETURNING id, channel, chat, payload, received_at, attempts";

pub(super) const CLAIM_ONE_INCOMING: &str = "
    UPDATE inbox SET ready_at = $3, attempts = attempts + 1
    WHERE id = $1 AND state = 'waiting' AND ready_at <= $2
        AND NOT EXISTS (
            SELECT 1 FROM inbox AS earlier
            WHERE earlier.state = 'waiting' AND earlier.channel = inbox.channel AND earlier.chat = inbox.chat
                AND earlier.sequence < inbox.sequence)
    RETURNING id, channel, chat, payload, received_at, attempts";

/// The oldest waiting message of a conversation, unless it is leased or due later; the others wait behind it.
pub(super) const CLAIM_OUTGOING: &str = "
    UPDATE outbox SET ready_at = $3, attempts = attempts + 1
    WHERE id IN (
        SELECT next.id FROM outbox AS next
        WHERE next.state = 'waiting' AND next.channel = $1 AND next.ready_at <= $2
            AND NOT EXISTS (
                SELECT 1 FROM outbox AS earlier
                WHERE earlier.state = 'waiting' AND earlier.channel = next.channel AND earlier.chat = next.chat
                    AND earlier.id < next.id)
        ORDER BY next.id LIMIT $4)
    RETURNING id, channel, chat, text, buttons, about, attempts, attachment";

pub(super) const HAS_MIGRATIONS: &str =
    "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '_sqlx_migrations')";

/// Name, kind and place in the primary key of a table's columns.
pub(super) const COLUMNS: &str = "SELECT name, lower(type), pk FROM pragma_table_info($1)";

/// The last number drawn for a table.
pub(super) const COUNTER: &str = "SELECT MAX(seq) FROM sqlite_sequence WHERE name = $1 AND $2 <> ''";

/// Goes on counting after a number; tables that are not counted for good have no row here, and none is made.
const RAISE_COUNTER: [&str; 2] = [
    "INSERT INTO sqlite_sequence (name, seq)
     SELECT name, 0 FROM sqlite_schema WHERE name = $1 AND sql LIKE '%AUTOINCREMENT%' AND $2 > 0
         AND NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = $1)",
    "UPDATE sqlite_sequence SET seq = $2 WHERE name = $1 AND seq < $2",
];

/// Lets a table go on counting after `last`.
pub(super) async fn set_counter(
    connection: &mut SqliteConnection,
    table: &str,
    _column: &str,
    last: i64,
) -> Result<(), Fault> {
    for sql in RAISE_COUNTER {
        sqlx::query(sql).bind(table).bind(last).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Nothing to do: one writes after the other, so the numbers of messages appear in the order in which they were drawn.
#[expect(clippy::unused_async, reason = "the other database has to ask for it")]
pub(super) async fn keep_order(_transaction: &mut SqliteConnection, _outgoing: &[Outgoing]) -> Result<(), Fault> {
    Ok(())
}

/// What is deleted from now on over this connection is overwritten with zeros.
pub(super) async fn overwrite_deleted(connection: &mut SqliteConnection) -> Result<(), Fault> {
    sqlx::query("PRAGMA secure_delete = ON").fetch_all(connection).await?;
    Ok(())
}
