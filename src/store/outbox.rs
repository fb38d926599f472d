//! The outbox: what the assistant said, kept until the channel has taken it, and for reading again.
//!
//! Only Telegram is pushed to. What is said in other channels is kept for their readers and never waits to be sent.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteArguments;

use super::inbox::{lease_millis, read_backlog};
use super::record::{read_count, read_json, read_number, read_time, read_word, write_json};
use super::{Fault, SqliteStore};
use crate::desk::message::{Channel, ChatAddress, Outgoing};
use crate::desk::ports::{Backlog, Line, Outbox, OutboxItem, StoreError};
use crate::domain::ticket::TicketNumber;

const INSERT: &str = "
    INSERT INTO outbox (channel, chat, text, buttons, about, written_at, state) VALUES ($1, $2, $3, $4, $5, $6, $7)";

/// The oldest waiting message of a conversation, unless it is leased or due later; the others wait behind it.
const CLAIM: &str = "
    UPDATE outbox SET ready_at = $3, attempts = attempts + 1
    WHERE id IN (
        SELECT next.id FROM outbox AS next
        WHERE next.state = 'waiting' AND next.channel = $1 AND next.ready_at <= $2
            AND NOT EXISTS (
                SELECT 1 FROM outbox AS earlier
                WHERE earlier.state = 'waiting' AND earlier.channel = next.channel AND earlier.chat = next.chat
                    AND earlier.id < next.id)
        ORDER BY next.id LIMIT $4)
    RETURNING id, channel, chat, text, buttons, about, attempts";

/// A message that was given up may turn out to have arrived; one that was sent twice keeps its first id.
const MARK_SENT: &str = "
    UPDATE outbox SET state = 'sent', message_id = $2, settled_at = $3, error = NULL WHERE id = $1 AND state <> 'sent'";

const RETRY: &str = "UPDATE outbox SET ready_at = $3, error = $2 WHERE id = $1 AND state = 'waiting'";

const GIVE_UP: &str = "
    UPDATE outbox SET state = 'dead', error = $2, settled_at = $3 WHERE id = $1 AND state = 'waiting'";

const SINCE: &str = "
    SELECT id, channel, chat, text, buttons, about, attempts FROM outbox
    WHERE channel = $1 AND chat = $2 AND id > $3 ORDER BY id LIMIT 200";

const HISTORY: &str = "
    SELECT number, at, text, buttons FROM (
        SELECT * FROM (
            SELECT 0 AS side, NULL AS number, sequence AS place, received_at AS at, payload AS text, '[]' AS buttons
            FROM inbox WHERE channel = $1 AND chat = $2 ORDER BY sequence DESC LIMIT $3) AS said
        UNION ALL
        SELECT * FROM (
            SELECT 1 AS side, id AS number, id AS place, written_at AS at, text, buttons
            FROM outbox WHERE channel = $1 AND chat = $2 ORDER BY id DESC LIMIT $3) AS answered) AS line
    ORDER BY at DESC, side DESC, place DESC LIMIT $3";

const BACKLOG: &str = "
    SELECT waiting.number, waiting.oldest, dead.number
    FROM (SELECT COUNT(*) AS number, MIN(written_at) AS oldest FROM outbox WHERE state = 'waiting') AS waiting,
         (SELECT COUNT(*) AS number FROM outbox WHERE state = 'dead') AS dead";

type Row = (i64, String, String, String, String, Option<String>, i64);

type LineRow = (Option<i64>, i64, String, String);

#[async_trait]
impl Outbox for SqliteStore {
    /// Only of channels that are pushed to; of others nothing ever waits.
    async fn claim_outgoing(
        &self,
        channel: Channel,
        now: Timestamp,
        lease: SignedDuration,
        limit: u32,
    ) -> Result<Vec<OutboxItem>, StoreError> {
        let until = now.as_millisecond().saturating_add(lease_millis(lease));
        let query = sqlx::query_as::<_, Row>(CLAIM).bind(channel.to_string()).bind(now.as_millisecond());
        let rows = query.bind(until).bind(i64::from(limit)).fetch_all(&self.writer).await;
        let mut items = read_items(rows).map_err(|fault| fault.during("claim outgoing messages"))?;
        items.sort_by_key(|item| item.id);
        Ok(items)
    }

    async fn mark_sent(&self, id: i64, message_id: &str, at: Timestamp) -> Result<(), StoreError> {
        let query = sqlx::query(MARK_SENT).bind(id).bind(message_id).bind(at.as_millisecond());
        self.settle(query, "record that a message was sent").await
    }

    async fn retry_outgoing(&self, id: i64, error: &str, retry_at: Timestamp) -> Result<(), StoreError> {
        let query = sqlx::query(RETRY).bind(id).bind(error).bind(retry_at.as_millisecond());
        self.settle(query, "put back an outgoing message").await
    }

    async fn give_up_outgoing(&self, id: i64, error: &str, at: Timestamp) -> Result<(), StoreError> {
        let query = sqlx::query(GIVE_UP).bind(id).bind(error).bind(at.as_millisecond());
        self.settle(query, "give up an outgoing message").await
    }

    async fn outgoing_since(&self, chat: &ChatAddress, after: i64) -> Result<Vec<OutboxItem>, StoreError> {
        let query = sqlx::query_as::<_, Row>(SINCE).bind(chat.channel.to_string()).bind(&chat.chat).bind(after);
        read_items(query.fetch_all(&self.readers).await).map_err(|fault| fault.during("read outgoing messages"))
    }

    async fn history(&self, chat: &ChatAddress, limit: u32) -> Result<Vec<Line>, StoreError> {
        let query = sqlx::query_as(HISTORY).bind(chat.channel.to_string()).bind(&chat.chat).bind(i64::from(limit));
        read_lines(query.fetch_all(&self.readers).await).map_err(|fault| fault.during("read a conversation"))
    }

    /// Counts the channels that are pushed to: elsewhere nothing waits.
    async fn outbox_backlog(&self) -> Result<Backlog, StoreError> {
        read_backlog(sqlx::query_as(BACKLOG).fetch_one(&self.readers).await)
            .map_err(|fault| fault.during("count outgoing messages"))
    }
}

impl SqliteStore {
    async fn settle(
        &self,
        query: sqlx::query::Query<'_, sqlx::Sqlite, SqliteArguments>,
        action: &'static str,
    ) -> Result<(), StoreError> {
        query.execute(&self.writer).await.map(drop).map_err(|error| Fault::from(error).during(action))
    }
}

/// Writes one message, within a transaction.
pub(super) async fn insert(connection: &mut SqliteConnection, message: &Outgoing, at: Timestamp) -> Result<(), Fault> {
    sqlx::query(INSERT)
        .bind(message.to.channel.to_string())
        .bind(&message.to.chat)
        .bind(&message.text)
        .bind(write_json("button", &message.buttons)?)
        .bind(message.about.as_ref().map(TicketNumber::as_str))
        .bind(at.as_millisecond())
        .bind(if is_pushed(message.to.channel) { "waiting" } else { "kept" })
        .execute(connection)
        .await?;
    Ok(())
}

/// Tells whether messages are brought to people, instead of being fetched by them.
fn is_pushed(channel: Channel) -> bool {
    match channel {
        Channel::Telegram => true,
        Channel::Web | Channel::Terminal | Channel::Desk => false,
    }
}

fn read_items(rows: Result<Vec<Row>, sqlx::Error>) -> Result<Vec<OutboxItem>, Fault> {
    rows?.into_iter().map(read_item).collect()
}

fn read_item((id, channel, chat, text, buttons, about, attempts): Row) -> Result<OutboxItem, Fault> {
    let message = Outgoing {
        to: ChatAddress::new(read_word("channel", &channel)?, chat),
        text,
        buttons: read_json("button", &buttons)?,
        about: about.as_deref().map(read_number).transpose()?,
    };
    Ok(OutboxItem { id, message, attempts: read_count("number of attempts", attempts)? })
}

fn read_lines(rows: Result<Vec<LineRow>, sqlx::Error>) -> Result<Vec<Line>, Fault> {
    let newest_first = rows?.into_iter().rev();
    newest_first
        .map(|(outbox_id, at, text, buttons)| {
            Ok(Line { outbox_id, at: read_time(at)?, text, buttons: read_json("button", &buttons)? })
        })
        .collect()
}
