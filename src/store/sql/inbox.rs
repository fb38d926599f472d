//! The inbox: what people sent, kept until it is handled.
//!
//! The raw payloads stay: they are the conversation's history. Nothing here reads them.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::{Connection, Store, dialect};
use crate::desk::message::{Channel, ChatAddress};
use crate::desk::ports::{Backlog, Inbox, InboxItem, Received, StoreError};
use crate::store::Fault;
use crate::store::record::{RecordError, read_count, read_time, read_word, storable};

const INSERT: &str = "
    INSERT INTO inbox (id, channel, chat, payload, received_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (id) DO NOTHING";

const IS_SETTLED: &str = "SELECT EXISTS (SELECT 1 FROM inbox WHERE id = $1 AND state <> 'waiting')";

/// By the latest claim only.
const RETRY: &str = "UPDATE inbox SET ready_at = $4, error = $3 WHERE id = $1 AND attempts = $2 AND state = 'waiting'";

const BURY: &str = "UPDATE inbox SET state = 'dead', error = $3 WHERE id = $1 AND attempts = $2 AND state = 'waiting'";

/// A terminal's unhandled messages ended with the process in which they were typed: nobody waits for them.
const BACKLOG: &str = "
    SELECT waiting.number, waiting.oldest, dead.number
    FROM (SELECT COUNT(*) AS number, MIN(received_at) AS oldest FROM inbox
          WHERE state = 'waiting' AND channel <> 'terminal') AS waiting,
         (SELECT COUNT(*) AS number FROM inbox
          WHERE state = 'dead' AND looked_into_at IS NULL AND channel <> 'terminal') AS dead";

type Row = (String, String, String, String, i64, i64);

#[async_trait]
impl Inbox for Store {
    async fn receive(&self, messages: &[Received]) -> Result<usize, StoreError> {
        self.insert_received(messages).await.map_err(|fault| fault.during("store incoming messages"))
    }

    async fn claim_incoming(
        &self,
        channel: Channel,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Option<InboxItem>, StoreError> {
        let key = channel.to_string();
        self.claim(dialect::CLAIM_OLDEST_INCOMING, &key, now, lease)
            .await
            .map_err(|fault| fault.during("claim an incoming message"))
    }

    async fn claim_message(
        &self,
        id: &str,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Option<InboxItem>, StoreError> {
        self.claim(dialect::CLAIM_ONE_INCOMING, id, now, lease)
            .await
            .map_err(|fault| fault.during("claim an incoming message"))
    }

    async fn is_settled(&self, id: &str) -> Result<bool, StoreError> {
        self.read_is_settled(id).await.map_err(|fault| fault.during("look up an incoming message"))
    }

    async fn fail_incoming(
        &self,
        id: &str,
        attempt: u32,
        error: &str,
        retry_at: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(if retry_at.is_some() { RETRY } else { BURY });
        let query = query.bind(id).bind(i64::from(attempt)).bind(storable(error));
        let query = match retry_at {
            Some(at) => query.bind(at.as_millisecond()),
            None => query,
        };
        self.change_one(query).await.map_err(|fault| fault.during("put back an incoming message"))
    }

    /// Counts every channel but the terminal, whose messages end with the process in which they were typed.
    async fn inbox_backlog(&self) -> Result<Backlog, StoreError> {
        self.read_backlog(BACKLOG).await.map_err(|fault| fault.during("count incoming messages"))
    }
}

impl Store {
    async fn insert_received(&self, messages: &[Received]) -> Result<usize, Fault> {
        let mut writer = self.connections.writer().await?;
        let mut new = 0;
        if let [message] = messages {
            new += insert(writer.connection(), message).await?;
        } else {
            let mut transaction = writer.begin().await?;
            for message in messages {
                new += insert(&mut transaction, message).await?;
            }
            transaction.commit().await?;
        }
        // Also when all are known: whoever stored them may still be waiting for the disk.
        self.connections.keep(writer).await?;
        Ok(new)
    }

    async fn read_is_settled(&self, id: &str) -> Result<bool, Fault> {
        let mut reader = self.connections.reader().await?;
        Ok(sqlx::query_scalar(IS_SETTLED).bind(id).fetch_one(&mut *reader).await?)
    }

    async fn claim(
        &self,
        sql: &'static str,
        key: &str,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Option<InboxItem>, Fault> {
        let until = now.as_millisecond().saturating_add(lease_millis(lease));
        let query = sqlx::query_as::<_, Row>(sql).bind(key).bind(now.as_millisecond()).bind(until);
        let mut writer = self.connections.writer().await?;
        // `fetch_optional` would stop at the first row and never learn whether the statement was committed.
        let mut rows = query.fetch_all(writer.connection()).await?;
        Ok(rows.pop().map(read_item).transpose()?)
    }
}

pub(super) fn lease_millis(lease: SignedDuration) -> i64 {
    i64::try_from(lease.as_millis()).unwrap_or(i64::MAX)
}

async fn insert(connection: &mut Connection, message: &Received) -> Result<usize, sqlx::Error> {
    let result = sqlx::query(INSERT)
        .bind(&message.id)
        .bind(message.chat.channel.to_string())
        .bind(&message.chat.chat)
        .bind(storable(&message.payload))
        .bind(message.at.as_millisecond())
        .execute(connection)
        .await?;
    Ok(usize::from(result.rows_affected() > 0))
}

fn read_item((id, channel, chat, payload, received_at, attempts): Row) -> Result<InboxItem, RecordError> {
    let chat = ChatAddress::new(read_word("channel", &channel)?, chat);
    let received = Received { id, chat, payload, at: read_time(received_at)? };
    Ok(InboxItem { received, attempts: read_count("number of attempts", attempts)? })
}
