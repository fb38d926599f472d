//! What is said differently to PostgreSQL. Writers of many processes work side by side: who claims locks the rows it takes and
//! passes over rows that others are taking (`SKIP LOCKED`).

use std::collections::BTreeSet;

use sqlx::PgConnection;

use crate::desk::message::Outgoing;
use crate::store::{Fault, Turn};

/// A waiting message is held up by every earlier one of its conversation that waits, be it leased, due later, or next. It is also
/// held up by a later one that is being handled: messages that two processes receive at once may appear out of order.
///
/// The inner query is a scalar, so it is run once; a row that changed before it was locked is looked at again.
pub(super) const CLAIM_OLDEST_INCOMING: &str = "
    UPDATE inbox SET ready_at = $3, attempts = attempts + 1
    WHERE sequence = (
        SELECT next.sequence FROM inbox AS next
        WHERE next.state = 'waiting' AND next.channel = $1 AND next.ready_at <= $2
            AND NOT EXISTS (
                SELECT 1 FROM inbox AS other
                WHERE other.state = 'waiting' AND other.channel = next.channel AND other.chat = next.chat
                    AND (other.sequence < next.sequence OR other.sequence > next.sequence AND other.ready_at > $2))
        ORDER BY next.sequence LIMIT 1 FOR UPDATE OF next SKIP LOCKED)
    RETURNING id, channel, chat, payload, received_at, attempts";

pub(super) const CLAIM_ONE_INCOMING: &str = "
    UPDATE inbox SET ready_at = $3, attempts = attempts + 1
    WHERE sequence = (
        SELECT wanted.sequence FROM inbox AS wanted
        WHERE wanted.id = $1 AND wanted.state = 'waiting' AND wanted.ready_at <= $2
            AND NOT EXISTS (
                SELECT 1 FROM inbox AS other
                WHERE other.state = 'waiting' AND other.channel = wanted.channel AND other.chat = wanted.chat
                    AND (other.sequence < wanted.sequence
                        OR other.sequence > wanted.sequence AND other.ready_at > $2))
        FOR UPDATE OF wanted SKIP LOCKED)
    RETURNING id, channel, chat, payload, received_at, attempts";

/// The oldest waiting message of a conversation, unless it is leased or due later; the others wait behind it.
///
/// An array is worked out once; `IN` might run the inner query, limit and all, more than once.
pub(super) const CLAIM_OUTGOING: &str = "
    UPDATE outbox SET ready_at = $3, attempts = attempts + 1
    WHERE id = ANY (ARRAY(
        SELECT next.id FROM outbox AS next
        WHERE next.state = 'waiting' AND next.channel = $1 AND next.ready_at <= $2
            AND NOT EXISTS (
                SELECT 1 FROM outbox AS earlier
                WHERE earlier.state = 'waiting' AND earlier.channel = next.channel AND earlier.chat = next.chat
                    AND earlier.id < next.id)
        ORDER BY next.id LIMIT $4 FOR UPDATE OF next SKIP LOCKED))
    RETURNING id, channel, chat, text, buttons, about, attempts, attachment";

pub(super) const HAS_MIGRATIONS: &str = "SELECT to_regclass('_sqlx_migrations') IS NOT NULL";

/// Name, kind and place in the primary key of a table's columns.
pub(super) const COLUMNS: &str = "
    SELECT CAST(attname AS TEXT), format_type(atttypid, NULL),
        CAST(COALESCE(array_position(CAST(indkey AS SMALLINT[]), attnum) + 1, 0) AS BIGINT)
    FROM pg_attribute LEFT JOIN pg_index ON indrelid = attrelid AND indisprimary
    WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped";

/// The last number drawn for a table.
pub(super) const COUNTER: &str = "
    SELECT pg_sequence_last_value(CAST(pg_get_serial_sequence($1, $2) AS regclass))";

const SET_COUNTER: &str = "SELECT setval(CAST(pg_get_serial_sequence($1, $2) AS regclass), $3)";

/// All in the same order, so that no two wait for each other.
const HOLD_CHATS: &str = "
    SELECT COUNT(pg_advisory_xact_lock(held.hash)) FROM (
        SELECT DISTINCT hashtextextended(chat, 0) AS hash FROM unnest($1) AS chat ORDER BY 1) AS held";

const HOLD_TURN: &str = "SELECT COUNT(pg_advisory_xact_lock($1))";

/// Lets nobody else write to the conversations of `outgoing` until the transaction ends.
///
/// Numbers are drawn before they can be seen. Without this, message 8 might appear before message 7, and a page that asks for
/// what comes after 8 would never show 7.
pub(super) async fn keep_order(transaction: &mut PgConnection, outgoing: &[Outgoing]) -> Result<(), Fault> {
    if outgoing.is_empty() {
        return Ok(());
    }
    let chats: BTreeSet<String> = outgoing.iter().map(|message| message.to.to_string()).collect();
    let chats: Vec<String> = chats.into_iter().collect();
    sqlx::query(HOLD_CHATS).bind(chats).fetch_all(transaction).await?;
    Ok(())
}

/// Waits until nobody else is in a transaction of this kind; until its end nobody else is.
pub(super) async fn wait_for_turn(transaction: &mut PgConnection, turn: Turn) -> Result<(), Fault> {
    // Any two numbers that the hashes above are unlikely to meet.
    let key: i64 = match turn {
        Turn::Editions => 0x7a71_7401,
        Turn::Roster => 0x7a71_7402,
    };
    sqlx::query(HOLD_TURN).bind(key).fetch_all(transaction).await?;
    Ok(())
}

/// Lets a table go on counting after `last`.
pub(super) async fn set_counter(
    connection: &mut PgConnection,
    table: &str,
    column: &str,
    last: i64,
) -> Result<(), Fault> {
    sqlx::query(SET_COUNTER).bind(table).bind(column).bind(last).fetch_all(connection).await?;
    Ok(())
}

/// Nothing to do: what is deleted is gone from every query at once, and from the files with the next vacuum.
#[expect(clippy::unused_async, reason = "the other database has to ask for it")]
pub(super) async fn overwrite_deleted(_connection: &mut PgConnection) -> Result<(), Fault> {
    Ok(())
}
