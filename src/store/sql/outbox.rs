//! The outbox: what the assistant said, kept until the channel has taken it, and for reading again.
//!
//! Only Telegram is pushed to. What is said in other channels is kept for their readers and never waits to be sent.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use sqlx::query::{Query, QueryAs};

use super::inbox::lease_millis;
use super::{Arguments, Connection, Database, Store, dialect};
use crate::desk::message::{Channel, ChatAddress, Outgoing};
use crate::desk::ports::{Backlog, Line, Outbox, OutboxItem, StoreError};
use crate::domain::ticket::TicketNumber;
use crate::store::Fault;
use crate::store::record::{read_count, read_json, read_number, read_time, read_word, storable, write_json};

const INSERT: &str = "
    INSERT INTO outbox (channel, chat, text, buttons, about, written_at, state, attachment)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Whether [`dialect::CLAIM_OUTGOING`] would find anything. After an outage all of a long queue may be waiting behind retries: finding out must
/// not keep others from writing.
const IS_ANY_DUE: &str = "
    SELECT EXISTS (
        SELECT 1 FROM outbox AS next
        WHERE next.state = 'waiting' AND next.channel = $1 AND next.ready_at <= $2
            AND NOT EXISTS (
                SELECT 1 FROM outbox AS earlier
                WHERE earlier.state = 'waiting' AND earlier.channel = next.channel AND earlier.chat = next.chat
                    AND earlier.id < next.id))";

/// A message that was given up may turn out to have arrived; one that was sent twice keeps its first id.
const MARK_SENT: &str = "
    UPDATE outbox SET state = 'sent', message_id = $2, settled_at = $3, error = NULL WHERE id = $1 AND state <> 'sent'";

/// By the latest claim only.
const RETRY: &str = "UPDATE outbox SET ready_at = $4, error = $3 WHERE id = $1 AND attempts = $2 AND state = 'waiting'";

const GIVE_UP: &str = "
    UPDATE outbox SET state = 'dead', error = $3, settled_at = $4, is_unreachable = $5
    WHERE id = $1 AND attempts = $2 AND state = 'waiting'";

/// Those that somebody has still to look into.
const UNDELIVERED: &str = "
    SELECT id, channel, chat, text, buttons, about, attempts, attachment FROM outbox
    WHERE is_unreachable AND looked_into_at IS NULL AND state = 'dead' ORDER BY id LIMIT $1";

const LOOK_INTO: &str = "UPDATE outbox SET looked_into_at = $2 WHERE id = $1 AND looked_into_at IS NULL";

const SINCE: &str = "
    SELECT id, channel, chat, text, buttons, about, attempts, attachment FROM outbox
    WHERE channel = $1 AND chat = $2 AND id > $3 ORDER BY id LIMIT 200";

const HISTORY: &str = "
    SELECT number, at, text, buttons FROM (
        SELECT * FROM (
            SELECT 0 AS side, CAST(NULL AS BIGINT) AS number, sequence AS place, received_at AS at, payload AS text, '[]' AS buttons
            FROM inbox WHERE channel = $1 AND chat = $2 ORDER BY sequence DESC LIMIT $3) AS said
        UNION ALL
        SELECT * FROM (
            SELECT 1 AS side, id AS number, id AS place, written_at AS at, text, buttons
            FROM outbox WHERE channel = $1 AND chat = $2 ORDER BY id DESC LIMIT $3) AS answered) AS line
    ORDER BY at DESC, side DESC, place DESC LIMIT $3";

const BACKLOG: &str = "
    SELECT waiting.number, waiting.oldest, dead.number
    FROM (SELECT COUNT(*) AS number, MIN(written_at) AS oldest FROM outbox WHERE state = 'waiting') AS waiting,
         (SELECT COUNT(*) AS number FROM outbox WHERE state = 'dead' AND looked_into_at IS NULL) AS dead";

type Row = (i64, String, String, String, String, Option<String>, i64, Option<String>);

type LineRow = (Option<i64>, i64, String, String);

#[async_trait]
impl Outbox for Store {
    /// Only of channels that are pushed to; of others nothing ever waits.
    async fn claim_outgoing(
        &self,
        channel: Channel,
        now: Timestamp,
        lease: SignedDuration,
        limit: u32,
    ) -> Result<Vec<OutboxItem>, StoreError> {
        let claimed = self.claim_due(channel, now, lease, limit).await;
        claimed.map_err(|fault| fault.during("claim outgoing messages"))
    }

    async fn mark_sent(&self, id: i64, message_id: &str, at: Timestamp) -> Result<(), StoreError> {
        let query = sqlx::query(MARK_SENT).bind(id).bind(message_id).bind(at.as_millisecond());
        self.settle(query, "record that a message was sent").await.map(drop)
    }

    async fn retry_outgoing(
        &self,
        id: i64,
        attempt: u32,
        error: &str,
        retry_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(RETRY).bind(id).bind(i64::from(attempt));
        let query = query.bind(storable(error)).bind(retry_at.as_millisecond());
        self.settle(query, "put back an outgoing message").await
    }

    async fn give_up_outgoing(
        &self,
        id: i64,
        attempt: u32,
        error: &str,
        is_unreachable: bool,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(GIVE_UP).bind(id).bind(i64::from(attempt));
        let query = query.bind(storable(error)).bind(at.as_millisecond()).bind(is_unreachable);
        self.settle(query, "give up an outgoing message").await
    }

    async fn undelivered(&self, limit: u32) -> Result<Vec<OutboxItem>, StoreError> {
        self.read_undelivered(limit).await.map_err(|fault| fault.during("read undelivered messages"))
    }

    async fn outgoing_since(&self, chat: &ChatAddress, after: i64) -> Result<Vec<OutboxItem>, StoreError> {
        self.read_since(chat, after).await.map_err(|fault| fault.during("read outgoing messages"))
    }

    async fn history(&self, chat: &ChatAddress, limit: u32) -> Result<Vec<Line>, StoreError> {
        self.read_history(chat, limit).await.map_err(|fault| fault.during("read a conversation"))
    }

    /// Counts the channels that are pushed to: elsewhere nothing waits.
    async fn outbox_backlog(&self) -> Result<Backlog, StoreError> {
        self.read_backlog(BACKLOG).await.map_err(|fault| fault.during("count outgoing messages"))
    }
}

type RowQuery<'q> = QueryAs<'q, Database, Row, Arguments>;

impl Store {
    async fn claim_due(
        &self,
        channel: Channel,
        now: Timestamp,
        lease: SignedDuration,
        limit: u32,
    ) -> Result<Vec<OutboxItem>, Fault> {
        let now = now.as_millisecond();
        let is_any_due = sqlx::query_scalar::<_, bool>(IS_ANY_DUE).bind(channel.to_string()).bind(now);
        if !is_any_due.fetch_one(&mut *self.connections.reader().await?).await? {
            return Ok(Vec::new());
        }
        let until = now.saturating_add(lease_millis(lease));
        let claim: RowQuery<'_> =
            sqlx::query_as(dialect::CLAIM_OUTGOING).bind(channel.to_string()).bind(now).bind(until);
        let mut writer = self.connections.writer().await?;
        let mut rows = claim.bind(i64::from(limit)).fetch_all(writer.connection()).await?;
        drop(writer);
        rows.sort_by_key(|row| row.0);
        rows.into_iter().map(read_item).collect()
    }

    async fn read_since(&self, chat: &ChatAddress, after: i64) -> Result<Vec<OutboxItem>, Fault> {
        let mut reader = self.connections.reader().await?;
        let query: RowQuery<'_> = sqlx::query_as(SINCE).bind(chat.channel.to_string()).bind(&chat.chat).bind(after);
        query.fetch_all(&mut *reader).await?.into_iter().map(read_item).collect()
    }

    async fn read_undelivered(&self, limit: u32) -> Result<Vec<OutboxItem>, Fault> {
        let mut reader = self.connections.reader().await?;
        let query: RowQuery<'_> = sqlx::query_as(UNDELIVERED).bind(i64::from(limit));
        query.fetch_all(&mut *reader).await?.into_iter().map(read_item).collect()
    }

    async fn read_history(&self, chat: &ChatAddress, limit: u32) -> Result<Vec<Line>, Fault> {
        let mut reader = self.connections.reader().await?;
        let query = sqlx::query_as(HISTORY).bind(chat.channel.to_string()).bind(&chat.chat).bind(i64::from(limit));
        let newest_first = query.fetch_all(&mut *reader).await?;
        newest_first.into_iter().rev().map(read_line).collect()
    }

    async fn settle(&self, query: Query<'_, Database, Arguments>, action: &'static str) -> Result<bool, StoreError> {
        self.change_one(query).await.map_err(|fault| fault.during(action))
    }
}

/// Writes one message, within a transaction.
pub(super) async fn insert(connection: &mut Connection, message: &Outgoing, at: Timestamp) -> Result<(), Fault> {
    sqlx::query(INSERT)
        .bind(message.to.channel.to_string())
        .bind(&message.to.chat)
        .bind(storable(&message.text))
        .bind(write_json("button", &message.buttons)?)
        .bind(message.about.as_ref().map(TicketNumber::as_str))
        .bind(at.as_millisecond())
        .bind(if is_pushed(message.to.channel) { "waiting" } else { "kept" })
        .bind(message.attachment.as_ref().map(|attachment| write_json("attachment", attachment)).transpose()?)
        .execute(connection)
        .await?;
    Ok(())
}

/// Marks undelivered messages as looked into, within a transaction; `false` when somebody else has done so meanwhile.
pub(super) async fn look_into(connection: &mut Connection, ids: &[i64], at: Timestamp) -> Result<bool, Fault> {
    for id in ids {
        let query = sqlx::query(LOOK_INTO).bind(id).bind(at.as_millisecond());
        if query.execute(&mut *connection).await?.rows_affected() != 1 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Tells whether messages are brought to people, instead of being fetched by them.
fn is_pushed(channel: Channel) -> bool {
    match channel {
        Channel::Telegram => true,
        Channel::Web | Channel::Terminal | Channel::Desk => false,
    }
}

fn read_item((id, channel, chat, text, buttons, about, attempts, attachment): Row) -> Result<OutboxItem, Fault> {
    let message = Outgoing {
        to: ChatAddress::new(read_word("channel", &channel)?, chat),
        text,
        buttons: read_json("button", &buttons)?,
        about: about.as_deref().map(read_number).transpose()?,
        attachment: attachment.as_deref().map(|attachment| read_json("attachment", attachment)).transpose()?,
    };
    Ok(OutboxItem { id, message, attempts: read_count("number of attempts", attempts)? })
}

fn read_line((outbox_id, at, text, buttons): LineRow) -> Result<Line, Fault> {
    Ok(Line { outbox_id, at: read_time(at)?, text, buttons: read_json("button", &buttons)? })
}
