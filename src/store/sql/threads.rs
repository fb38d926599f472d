//! Threads of the supervisors' group: which one stands for which conversation.

use async_trait::async_trait;
use jiff::Timestamp;

use super::Store;
use crate::desk::message::{Channel, ChatAddress, ThreadPlace};
use crate::desk::ports::StoreError;
use crate::desk::threads::{Thread, Threads};
use crate::store::Fault;
use crate::store::record::{RecordError, read_word};

const FIND: &str = "SELECT number, is_closed FROM thread WHERE channel = $1 AND chat = $2";

const KEEP: &str = "
    INSERT INTO thread (channel, chat, number, is_closed, kept_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (channel, chat) DO UPDATE
    SET number = excluded.number, is_closed = excluded.is_closed, kept_at = excluded.kept_at";

const BEHIND: &str = "SELECT channel, chat FROM thread WHERE channel = $1 AND number = $2 ORDER BY kept_at DESC";

#[async_trait]
impl Threads for Store {
    async fn thread(&self, conversation: &ChatAddress) -> Result<Option<Thread>, StoreError> {
        self.find_thread(conversation).await.map_err(|fault| fault.during("find a thread"))
    }

    async fn keep_thread(&self, conversation: &ChatAddress, thread: Thread, at: Timestamp) -> Result<(), StoreError> {
        let query = sqlx::query(KEEP)
            .bind(conversation.channel.to_string())
            .bind(&conversation.chat)
            .bind(thread.number)
            .bind(thread.is_closed)
            .bind(at.as_millisecond());
        self.write_one(query).await.map_err(|fault| fault.during("keep a thread"))
    }

    async fn behind_thread(&self, place: &ThreadPlace) -> Result<Option<ChatAddress>, StoreError> {
        self.find_behind(place).await.map_err(|fault| fault.during("find a thread's ticket"))
    }
}

impl Store {
    async fn find_thread(&self, conversation: &ChatAddress) -> Result<Option<Thread>, Fault> {
        let query =
            sqlx::query_as::<_, (i64, bool)>(FIND).bind(conversation.channel.to_string()).bind(&conversation.chat);
        let found = query.fetch_optional(&mut *self.connections.reader().await?).await?;
        Ok(found.map(|(number, is_closed)| Thread { number, is_closed }))
    }

    async fn find_behind(&self, place: &ThreadPlace) -> Result<Option<ChatAddress>, Fault> {
        let query =
            sqlx::query_as::<_, (String, String)>(BEHIND).bind(Channel::Telegram.to_string()).bind(place.thread);
        let rows = query.fetch_all(&mut *self.connections.reader().await?).await?;
        // Another group has threads of its own under the same numbers.
        let row = rows.into_iter().find(|(_, chat)| chat.split('/').next() == Some(place.group.as_str()));
        let address = |(channel, chat): (String, String)| -> Result<_, RecordError> {
            Ok(ChatAddress::new(read_word("channel", &channel)?, chat))
        };
        Ok(row.map(address).transpose()?)
    }
}
