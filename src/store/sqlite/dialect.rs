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
